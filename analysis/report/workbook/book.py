"""Sheets of a workbook: heads, formats, colours, paper; text that is never a formula.

What stands in the sheets is the business of the modules beside this one.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from ...base.language import Language, speak
from ...base.schema.terms import CHOICE_LABELS, STAGE_LABELS, Label
from ...future.odds.chance import Chance
from ...measure.study import Study
from ...present.chance import is_projected, mark_text
from ...present.terms import STATUS_NAMES, bracketed, school_year

#: Rows above the first row of a table: title, place, note, heads.
HEADS = 4

#: Status -> fill and type; the shades of the report.
FILLS = {
    "met": ("#E3EDF6", "#1F4E79"),
    "near": ("#FDF3D5", "#7A5C00"),
    "short": ("#F9DEDB", "#9C1C10"),
    "not_met": ("#F9DEDB", "#9C1C10"),
    "not_assessed": ("#E8E8E8", "#404040"),
    "not_applicable": ("#FFFFFF", "#8A8A8A"),
}


@dataclass(frozen=True)
class Field:
    """A column of a sheet: head, width in characters, number format (empty: text), alignment."""

    head: str
    width: float
    number: str = ""
    align: str = "left"


class Book:
    """An .xlsx workbook in one language with its formats."""

    def __init__(
        self, study: Study, lang: str, names: Mapping[str, str], chance: Chance | None = None
    ):
        self.study, self.chance = study, chance
        self.say: Language = speak(lang)
        self.buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.file = xlsxwriter.Workbook(self.buffer, options)
        self._formats: dict[tuple, object] = {}
        self.status = {name: speak(lang)(text) for name, text in STATUS_NAMES.items()}
        self.yes, self.no = (CHOICE_LABELS[word][lang] for word in ("yes", "no"))
        self.sheets = {
            name: Sheet(self, self.file.add_worksheet(self.say(title)))
            for name, title in names.items()
        }

    def style(self, **look):
        """A cell format, made once."""
        zh = self.say.code == "zh"
        base = {"font_name": "SimSun" if zh else "Arial", "font_size": 10, "valign": "vcenter"}
        if look.pop("heading", False):
            base["font_name"] = "SimHei" if zh else "Arial"
        key = tuple(sorted((base | look).items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format(base | look)
        return self._formats[key]

    def close(self) -> bytes:
        """The finished file."""
        record = self.study.county.record
        self.file.set_properties(
            {
                "title": self.place(),
                "subject": f"{record.code} {self.study.year}",
                "keywords": self.study.county.fingerprint[:8],
                "author": "Junheng 均衡",
                # the reference day of the statistics: the file does not depend on when it was made
                "created": datetime.datetime(self.study.year, 9, 1),
            }
        )
        self.file.close()
        return self.buffer.getvalue()

    def place(self) -> str:
        """County and school year."""
        record = self.study.county.record
        say = self.say
        year = school_year(self.study.year, say)
        parts = (say.label(record.province), say.label(record.name), year)
        return (" " if say.code == "zh" else ", ").join(parts)

    @property
    def mark(self) -> str:
        """What every sheet must say: that the schools are a sample, that the year is projected."""
        marks = []
        if self.study.county.record.synthetic:
            marks.append(self.say("Sample: the figures of single schools are synthetic"))
        if is_projected(self.study):
            marks.append(mark_text(self.study, self.chance, self.say))
        return self.say("; ").join(marks)


class Sheet:
    """One sheet: a table under title, place and note; remembers where things stand."""

    def __init__(self, book: Book, sheet):
        self.book = book
        self.sheet = sheet
        self.name = sheet.get_name()
        self.fields: tuple[Field, ...] = ()

    def ref(self, row: int, column: int) -> str:
        """Absolute address of a cell for formulas of other sheets."""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, column, True, True)}"

    def range(self, rows: Sequence[int], column: int) -> str:
        """Absolute address of a run of cells in a column."""
        return f"'{self.name}'!{xl_range_abs(rows[0], column, rows[-1], column)}"

    def head(self, title: str, note: str, fields: Sequence[Field], frozen: int) -> None:
        """Title, place, note and column heads; the window, the print-out."""
        book, sheet, fields = self.book, self.sheet, tuple(fields)
        self.fields = fields
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, book.style(heading=True, font_size=14, bold=True))
        mark = f"    {book.mark}" if book.mark else ""
        sheet.write_string(1, 0, book.place() + mark, book.style(font_color="#555555"))
        sheet.write_string(2, 0, note, book.style(font_color="#555555", italic=False))
        look = book.style(
            heading=True, bold=True, border=1, border_color="#999999", bg_color="#EDEDED",
            text_wrap=True, align="center",
        )  # fmt: skip
        for column, field in enumerate(fields):
            sheet.write_string(HEADS - 1, column, field.head, look)
            sheet.set_column(column, column, field.width)
        lines = max(lines_of(field.head, field.width) for field in fields)
        sheet.set_row(0, 24)
        sheet.set_row(HEADS - 1, 14.5 * lines + 4)
        sheet.freeze_panes(HEADS, frozen)
        sheet.repeat_rows(0, HEADS - 1)
        if frozen:
            sheet.repeat_columns(0, frozen - 1)
        # ids of schools are text on purpose
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self.paper()

    def paper(self, wide: int = 1, high: int = 0) -> None:
        """A4 landscape, `wide` pages across and `high` down (0: as many as it takes)."""
        sheet, book = self.sheet, self.book
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(wide, high)
        mark = book.mark.replace("&", "&&")
        sheet.set_footer(f"&L&9{mark}&C&9&A    — &P / &N —")

    def text(self, row: int, column: int, text: object, **look) -> None:
        """Text as it stands: never a formula, whatever it begins with."""
        shown = "" if text is None or text is pd.NA or text != text else str(text)
        self.sheet.write_string(row, column, shown, self._look(column, look))

    def input(self, row: int, column: int, value: object, **look) -> None:
        """A figure as it was reported or decided; an empty cell where there is none."""
        style = self._look(column, {"font_color": "#0000C0"} | look)
        if isinstance(value, str):
            self.sheet.write_string(row, column, value, style)
        elif value is None or not math.isfinite(value):
            self.sheet.write_blank(row, column, None, style)
        else:
            self.sheet.write_number(row, column, float(value), style)

    def formula(self, row: int, column: int, formula: str, value: object, **look) -> None:
        """A formula and what Python found; an empty text stands for what is missing."""
        if isinstance(value, float | int | np.number) and not isinstance(value, bool):
            value = float(value) if math.isfinite(value) else ""
        self.sheet.write_formula(row, column, "=" + formula, self._look(column, look), value)

    def _look(self, column: int, look: dict):
        field = self.fields[column] if column < len(self.fields) else Field("", 10)
        base = {"border": 1, "border_color": "#CCCCCC"}
        if field.number:
            base |= {"num_format": field.number, "align": "right"}
        else:
            base |= {"align": field.align}
        return self.book.style(**(base | look))

    def colour(self, first: int, last: int, left: int, right: int | None = None) -> None:
        """Colours by status."""
        right = left if right is None else right
        if last < first:
            return
        for name, (fill, ink) in FILLS.items():
            style = self.book.file.add_format({"bg_color": fill, "font_color": ink})
            rule = {"type": "cell", "criteria": "==", "format": style}
            rule["value"] = quoted(self.book.status[name])
            self.sheet.conditional_format(first, left, last, right, rule)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def width_of(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def lines_of(text: str, width: float) -> int:
    return sum(math.ceil((width_of(line) or 1) / max(width - 1, 1)) for line in text.split("\n"))


def titled(text: str, unit: Label, say: Language) -> str:
    return f"{text}\n{bracketed(say.label(unit), say).strip()}" if say.label(unit) else text


def stage_field(say: Language) -> Field:
    """The column that names the stage."""
    widest = max(width_of(say.label(label)) for label in STAGE_LABELS.values())
    return Field(say("Stage"), max(9, widest), align="center")
