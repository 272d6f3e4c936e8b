"""The papermill engine ``junheng-pages``: a notebook of nothing but pages, executed without a kernel.

The notebooks of the reports only import, take their parameters and call the pages one after the
other. For that nobody needs a process of its own, which costs as much again as a small report. Whatever else
stands in a notebook (a picture of one's own, a print, a magic word) is for a kernel.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from papermill.engines import Engine, papermill_engines

from ..base.files import N_, InputError, problem

if TYPE_CHECKING:
    from .pages.report import Report

NAME = "junheng-pages"

#: What the cell after the parameters does: imports of ours, then the report.
_SETUP = re.compile(
    r"(?:from analysis\.[\w.]+ import [\w, ]+\n)+"
    r"\nreport = Report\.of\(county, year, lang, scenario, standard\)"
)
#: A cell that shows a page.
_PAGE = re.compile(r"(?:\w+\.)?\w+\(report(?:, alone=True)?\)")


def only_pages(notebook: str | Path) -> bool:
    """Whether a notebook is nothing but pages."""
    import nbformat

    return bool(_cells(nbformat.read(str(notebook), as_version=4)))


def _cells(notebook) -> list:
    """The cell that makes the report and those that show pages; none where anything else is in it."""
    tagged = [(cell, set(cell.metadata.get("tags", []))) for cell in notebook.cells]
    code = [
        (cell, tags)
        for cell, tags in tagged
        if cell.cell_type == "code" and not tags & {"guide", "injected-parameters"}
    ]
    setup, pages = [cell for cell, _ in code[1:2]], [cell for cell, _ in code[2:]]
    if (
        not pages
        or "parameters" not in code[0][1]
        or not _SETUP.fullmatch(setup[0].source)
        or not all(_PAGE.fullmatch(cell.source) for cell in pages)
    ):
        return []
    return [*setup, *pages]


class PagesEngine(Engine):
    """Shows the pages of a report that is given to it."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, *, report: Callable[[], Report], **options
    ) -> None:
        """Put the outputs into the notebook that a kernel would leave.

        Parameters
        ----------
        report : callable
            Makes the report by the notebook's parameters.

        Raises
        ------
        InputError
            A page cannot be made (which cell, and why).
        """
        setup, *pages = _cells(nb_man.nb)
        names: dict = {}
        exec(setup.source.rpartition("\n")[0], names)
        shown = {id(cell) for cell in (setup, *pages)}
        code = [cell for cell in nb_man.nb.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, 1):
            if id(cell) not in shown:
                continue
            try:
                if cell is setup:
                    names["report"] = report()
                    continue
                cell.outputs = [eval(cell.source, names).as_output()]
            except InputError:
                raise
            except Exception as error:
                raise problem(
                    N_("cell {cell} failed: {name}: {reason}"),
                    file=nb_man.nb.metadata.papermill.get("input_path") or "",
                    cell=number,
                    name=type(error).__name__,
                    reason=error,
                ) from error


papermill_engines.register(NAME, PagesEngine)
