"""The plan as a workbook to work with: the work list by unit, duties, groups, levels, and what does not fit."""

from __future__ import annotations

import io

import xlsxwriter

from ..base.language import speak
from ..base.spreadsheet import XLSX_OPTIONS
from ..measure.study import Study
from .plan_review import review
from .tables.grid import Grid
from .tables.plan import equipment_grid, moves_grid, projects_grid, remarks_grid
from .tables.work import duties_grid, groups_grid, levels_grid, work_grid

#: Characters of a column's width, whatever stands in it.
NARROW, WIDE = 8, 60


def plan_book(study: Study, lang: str = "zh") -> bytes:
    """The county's plan as a workbook, a table a sheet.

    Parameters
    ----------
    study : Study
        Of a county with a plan; its judged year says how levels and duties stand.
    lang : {"zh", "en"}

    Returns
    -------
    bytes
        An .xlsx file with frozen, filterable heads; tables without rows are left out.
    """
    say, plan = speak(lang), study.county.plan
    sheets = {
        say("Work list"): work_grid(plan, lang, None),
        say("Duties"): duties_grid(plan, study, lang),
        say("Levels"): levels_grid(plan, study, lang),
        say("Groups"): groups_grid(plan, lang),
        say("Projects"): projects_grid(plan, lang),
        say("Moves"): moves_grid(plan, lang),
        say("Equipment"): equipment_grid(plan, lang),
        say("What does not fit"): remarks_grid(review(plan, study), lang),
    }
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, XLSX_OPTIONS | {"in_memory": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    for name, grid in sheets.items():
        if grid.rows:
            _write(book.add_worksheet(name), grid, head, body)
    book.close()
    return buffer.getvalue()


def _write(sheet, grid: Grid, head, body) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(grid.rows), len(grid.header) - 1)
    for column, title in enumerate(grid.header):
        texts = [title, *(row[column].text for row in grid.rows)]
        widths = [sum(2 if ord(c) > 0x2E7F else 1 for c in text) + 2 for text in texts]
        sheet.set_column(column, column, min(max(NARROW, *widths), WIDE))
        for number, text in enumerate(texts):
            sheet.write_string(number, column, text, head if number == 0 else body)
