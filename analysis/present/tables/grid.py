"""A table for people: cells, their numbers and statuses, and marks that survive a photocopier."""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd

from ...base.language import DASH, Language

#: Shape of a status, so that it can be told without colour.
# a space at which no line breaks
MARKS = {
    "met": "",
    "near": "\u00a0△",
    "short": "\u00a0×",
    "not_met": "\u00a0×",
    "not_assessed": "\u00a0○",
}


@dataclass(frozen=True)
class Cell:
    """One cell: text, whether it is a number, its status (colour and mark), and a bar behind the text.

    `bar` is the filled part of the cell's width, 0 to 1; None for none.
    """

    text: str
    number: bool = False
    status: str = ""
    bar: float | None = None


@dataclass(frozen=True)
class Grid:
    """A table for people.

    Attributes
    ----------
    caption : str
    header : tuple of str
    rows : tuple of tuple of Cell
    tight : bool
        Many columns: small type in print.
    fixed : int
        Rows at the top that stay there when people sort the table: a threshold, a total.

    Raises
    ------
    ValueError
        A row has more or fewer cells than the head.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    tight: bool = False
    fixed: int = 0

    def __post_init__(self):
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.header):
                raise ValueError(
                    f"{self.caption!r}: row {number} has {len(row)} cells, the head {len(self.header)}"
                )

    def to_html(self) -> str:
        """Semantic HTML: caption, column heads with scope, classes for status."""
        numeric = [any(row[i].number for row in self.rows) for i in range(len(self.header))]
        head = "".join(
            f'<th scope="col"{_class(number=is_number)}>{_lines(title)}</th>'
            for title, is_number in zip(self.header, numeric, strict=True)
        )
        body = "".join(
            ('<tr class="fixed">' if number < self.fixed else "<tr>")
            + "".join(
                f"<td{_class(cell.number, cell.status, cell.bar)}>"
                f"{html.escape(cell.text + MARKS.get(cell.status, ''))}</td>"
                for cell in row
            )
            + "</tr>\n"
            for number, row in enumerate(self.rows)
        )
        return (
            f'<table class="{"tight" if self.tight else "plain"}">'
            f"<caption>{html.escape(self.caption)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"
        )

    def _repr_html_(self) -> str:
        # notebooks set all cells of a table to the right
        left = ' style="text-align: left"'
        return self.to_html().replace("<td>", f"<td{left}>").replace("<th scope=\"col\">", f"<th scope=\"col\"{left}>")  # fmt: skip


def _lines(title: str) -> str:
    """A column head; a unit in brackets on a line of its own."""
    return html.escape(title).replace("\n", "<br>")


def _class(number: bool = False, status: str = "", bar: float | None = None) -> str:
    names = [*(["num"] if number else []), *([status] if status else [])]
    styles = ["text-align: right"] if number else []
    if bar is not None:
        names.append("bar")
        styles.append(f"--bar: {100 * bar:.0f}%")
    style = f' style="{"; ".join(styles)}"' if styles else ""
    return (f' class="{" ".join(names)}"' if names else "") + style


def number_cell(
    say: Language, value, decimals: int = 0, status: str = "", bar: float | None = None
) -> Cell:
    """A number, right-aligned, with its status and bar."""
    return Cell(say.number(value, decimals), True, status, bar)


def text_cell(value: object, status: str = "") -> Cell:
    """A text; a dash where there is none."""
    return Cell(
        DASH if value is None or value is pd.NA or value != value else str(value), False, status
    )
