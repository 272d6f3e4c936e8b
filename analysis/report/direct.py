"""A notebook of nothing but pages, made in this process: what a kernel would show, without one.

The notebooks of the reports only import, take their parameters and call the pages one after the
other. For that nobody needs a kernel, which costs as much again as a small report. Whatever else stands
in a notebook (a picture of one's own, a print, a magic word) is for papermill.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.files import N_, InputError, problem
from .light_imports import import_jsonschema

if TYPE_CHECKING:
    from .pages.report import Report

#: What the cell after the parameters does: imports of ours, then the report.
_SETUP = re.compile(
    r"(?:from analysis\.[\w.]+ import [\w, ]+\n)+\nreport = Report\.of\(county, year, lang, scenario\)"
)
#: A cell that shows a page.
_PAGE = re.compile(r"(?:\w+\.)?\w+\(report(?:, alone=True)?\)")


def made_here(notebook: str | Path, report: Callable[[], Report]):
    """The notebook with the outputs that a kernel would leave.

    Parameters
    ----------
    notebook : str or Path
    report : callable
        Makes the report; called if there is nothing but pages.

    Returns
    -------
    NotebookNode or None
        None where it has to be executed.

    Raises
    ------
    InputError
        A page cannot be made (which cell, and why).
    """
    import_jsonschema()
    import nbformat

    read = nbformat.read(str(notebook), as_version=4)
    tagged = [(cell, set(cell.metadata.get("tags", []))) for cell in read.cells]
    code = [
        (cell, tags) for cell, tags in tagged if cell.cell_type == "code" and "guide" not in tags
    ]
    setup, pages = [cell for cell, _ in code[1:2]], [cell for cell, _ in code[2:]]
    if (
        not pages
        or "parameters" not in code[0][1]
        or not _SETUP.fullmatch(setup[0].source)
        or not all(_PAGE.fullmatch(cell.source) for cell in pages)
    ):
        return None
    names: dict = {}
    exec(setup[0].source.rpartition("\n")[0], names)
    for number, cell in enumerate([*setup, *pages], 1):
        try:
            if cell is setup[0]:
                names["report"] = report()
                continue
            data, metadata = eval(cell.source, names)._repr_mimebundle_()
        except InputError:
            raise
        except Exception as error:
            raise problem(
                N_("cell {cell} failed: {name}: {reason}"),
                file=notebook,
                cell=number,
                name=type(error).__name__,
                reason=error,
            ) from error
        output = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
        cell.outputs = [output]
    return read
