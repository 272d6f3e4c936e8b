"""A table of results as lines of text for a console: heads and words of the language, no ids."""

from __future__ import annotations

import unicodedata

from ...base.language import speak
from ...base.table import Table
from .cells import Context, cell, head

_GAP = "  "


def table_text(table: Table, lang: str) -> str | None:
    """A table of results in lines, every row, numbers formatted and set to the right.

    Parameters
    ----------
    table : Table
    lang : {"zh", "en"}

    Returns
    -------
    str or None
        None for a table with columns that are not of ours.
    """
    if not isinstance(table, Table) or not len(table.columns):
        return None
    about = {name: table.column_about(name) for name in table.columns}
    if None in about.values() or not table.columns.is_unique:
        return None
    names = table["indicator"].unique() if "indicator" in about else []
    one = str(names[0]) if len(names) == 1 and names[0] in (table.indicators or {}) else ""
    context = Context(table, speak(lang), one)
    columns = list(about.values())
    brackets = {"zh": "（{}）", "en": " ({})"}[lang]
    heads = []
    for column in columns:
        label, unit = head(column, context)
        heads.append(label + (brackets.format(unit) if unit else ""))
    rows = [
        [cell(column, row, context).text for column in columns] for row in table.to_dict("records")
    ]
    right = [column.kind in ("number", "integer", "share") for column in columns]
    return aligned([heads, *rows], right)


def aligned(rows: list[list[str]], right: list[bool]) -> str:
    """Rows of texts in columns, where a Chinese character is two wide.

    Parameters
    ----------
    rows : list of list of str
        The heads first.
    right : list of bool
        Which columns are set to the right.
    """
    widths = [max(map(_width, texts)) for texts in zip(*rows, strict=True)]
    return "\n".join(_line(texts, widths, right) for texts in rows)


def _line(texts: list[str], widths: list[int], right: list[bool]) -> str:
    parts = []
    for text, width, to_right in zip(texts, widths, right, strict=True):
        space = " " * (width - _width(text))
        parts.append(space + text if to_right else text + space)
    return _GAP.join(parts).rstrip()


def _width(text: str) -> int:
    """Places that a text takes on a console; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
