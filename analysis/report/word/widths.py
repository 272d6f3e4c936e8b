"""How wide the columns of a table want to be, and how they divide the room there is."""

from __future__ import annotations

import re

from docx.oxml.ns import qn
from docx.table import Table

#: Type sizes (pt): 五号, 小五, 六号.
SIZES = (10.5, 9.0, 7.5)


#: Width (half-width characters) from which the text of a column may be broken into lines.
SENTENCE = 24


def _width(text: str) -> float:
    """Width in half-width characters."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def natural_widths(table: Table) -> list[float]:
    """Width that each column would like to have, in half-width characters, space included."""
    rows = [[_cell_text(cell) for cell in row.findall(qn("w:tc"))] for row in table._tbl.tr_lst]
    heads = count_heads(table)
    widths = [4.0] * max(len(row) for row in rows)
    # a head may take two lines, three where there are many columns
    share = 0.5 if len(widths) < 10 else 0.35
    for number, row in enumerate(rows):
        head = number < heads
        for column, text in enumerate(row):
            lines = text.split("\n")
            width = max(_width(line) for line in lines) * (share if head else 1.0)
            # a word of letters cannot be broken; heads are bold in English
            words = [len(word) * (1.2 if head else 1.05) for word in re.findall(r"[A-Za-z]+", text)]
            width = max([min(width, 14 if head else 48), *words])
            widths[column] = max(widths[column], width)
    return [width + 2.5 for width in widths]


def least_width(table: Table) -> float:
    """Width that a table needs if its sentences are broken into lines."""
    return sum(min(width, SENTENCE) for width in natural_widths(table))


def _cell_text(cell) -> str:
    return "".join(
        "\n" if node.tag == qn("w:br") else node.text or ""
        for node in cell.iter(qn("w:t"), qn("w:br"))
    )


def count_heads(table: Table) -> int:
    """Rows of a table that are repeated on every page."""
    return sum(
        row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table._tbl.tr_lst
    )


def divide_room(natural: list[float], needed: float, room: float) -> list[float]:
    """Divide the room among columns: what is no sentence gets what it needs, if there is enough."""
    fixed = sum(width for width in natural if width <= SENTENCE)
    rest = needed - fixed
    sentences = sum(width for width in natural if width > SENTENCE)
    if not sentences or sum(natural) <= needed or rest < 0.5 * sentences:
        return [width / sum(natural) * room for width in natural]
    unit = room / needed
    return [
        width * unit if width <= SENTENCE else width / sentences * rest * unit for width in natural
    ]
