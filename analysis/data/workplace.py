"""A folder to work in: the notebooks, a sample county and a Makefile, nothing of which is written over."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..base.files import N_, Finding, InputError, problem
from ..base.nearest import refuse_unknown
from ..base.schema.terms import Label
from ..base.temporary import scratch
from .paths import NOTEBOOKS, sample_folder

#: Where the analyst begins.
FIRST_PAGE = "explore.ipynb"

_SAMPLE = Label("样例", "sample")
_MAKEFILE = Path(__file__).with_name("workplace.mk")


def make_workplace(folder: str | Path, sample: str, lang: str) -> list[Path]:
    """Put the notebooks, a sample county and a Makefile into a folder.

    Parameters
    ----------
    folder : str or Path
        A new folder, or one in which none of these is there yet.
    sample : str
        Name of a sample county.
    lang : {"zh", "en"}
        Language that the notebooks and the Makefile begin with.

    Returns
    -------
    list of Path
        What was put there: files, and the folder of the county.

    Raises
    ------
    InputError
        No such sample; the folder cannot be one; everything that is there already. Nothing is
        written then.
    OSError
        It cannot be written.
    """
    folder = Path(folder)
    names = sorted(path.parent.name for path in sample_folder().glob("*/county.yaml"))
    refuse_unknown(_SAMPLE, [sample], dict.fromkeys(names, ()))
    if os.path.lexists(folder) and not folder.is_dir():
        raise problem(N_("is no folder"), file=folder)
    if not folder.parent.is_dir():
        raise problem(N_("the folder does not exist"), file=folder.parent)
    if (folder / "county.yaml").exists():
        raise problem(N_("is the folder of a county; choose another one"), file=folder)
    pages = {path.name: _page(path, sample, lang) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    makefile = _MAKEFILE.read_text(encoding="utf-8")
    makefile = makefile.replace("@SAMPLE@", sample).replace("@LANG@", lang)
    files = pages | {"Makefile": makefile}
    there = [folder / name for name in (*files, sample) if os.path.lexists(folder / name)]
    if there:
        message = N_("is there already; move it away or choose another folder")
        raise InputError(Finding("error", message, {}, str(path)) for path in there)
    with scratch(folder.parent) as made:
        for name, text in files.items():
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        shutil.copytree(sample_folder() / sample, made / sample, copy_function=shutil.copyfile)
        folder.mkdir(exist_ok=True)
        return list(_moved(made, folder))


def _moved(made: Path, folder: Path) -> Iterator[Path]:
    for path in sorted(made.iterdir()):
        os.rename(path, folder / path.name)
        yield folder / path.name


def _page(path: Path, sample: str, lang: str) -> str:
    """A notebook whose parameters name the sample and the language."""
    page = json.loads(path.read_text(encoding="utf-8"))
    values = {"county": sample, "lang": lang, "counties": "."}
    for cell in page["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = [_set(line, values) for line in cell["source"]]
    return json.dumps(page, ensure_ascii=False, indent=1) + "\n"


def _set(line: str, values: dict[str, str]) -> str:
    """A line ``name = "…"  # help`` with another value."""
    name, equals, rest = line.partition(" = ")
    if not equals or name not in values:
        return line
    _, mark, help_text = rest.partition("  # ")
    return f'{name} = "{values[name]}"{mark}{help_text}'
