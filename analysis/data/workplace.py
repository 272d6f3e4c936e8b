"""A folder to work in: the notebooks, a sample county and a Makefile, nothing of which is written over."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ..base.files import N_, problem
from ..base.nearest import refuse_unknown
from ..base.schema.terms import Label
from ..base.storage.temporary import scratch
from ..base.storage.writing import move_new, write_whole
from .paths import NOTEBOOKS, sample_counties, sample_folder

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
    refuse_unknown(_SAMPLE, [sample], dict.fromkeys(sample_counties(), ()))
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
    with scratch(folder.parent) as made:
        for name, text in files.items():
            write_whole(made / name, text.encode("utf-8"))
        for path in sorted((sample_folder() / sample).rglob("*")):
            copy = made / sample / path.relative_to(sample_folder() / sample)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                write_whole(copy, path.read_bytes())
        return move_new(made, folder)


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
