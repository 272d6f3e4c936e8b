"""A table of results in a notebook: its first rows, with labels and units, under a head that stays."""

from __future__ import annotations

import html

from ...base.language import speak
from ...base.refusals import shorten
from ...base.schema.results import ResultColumn, result_tables
from ...base.table import Table
from ..tables.grid import MARKS, Cell
from .cells import Context, cell, head

#: Rows that are shown; the rest is counted.
FIRST = 12

#: Characters of a cell that are shown; all of it stands in its tooltip.
LONGEST = 48

#: Columns that say nothing beside another one.
_BESIDE = {"shortfall_unit": "shortfall", "finding": "value"}

#: Columns that go into the caption where all rows say the same.
_OF_ALL = ("county", "year", "basis", "stage", "indicator")

_HEAD = (
    "position: sticky; top: 0; z-index: 1; vertical-align: bottom; white-space: nowrap; "
    "background: var(--jp-layout-color1, white)"
)


def table_html(table: Table, lang: str, rows: int = FIRST) -> str | None:
    """A table of results as HTML.

    Parameters
    ----------
    table : Table
    lang : {"zh", "en"}
    rows : int
        How many are shown.

    Returns
    -------
    str or None
        None for a table with columns that are not of ours (a pivot, an own column): pandas shows it.
    """
    about = {name: table.column_about(name) for name in table.columns}
    if not about or None in about.values() or not table.columns.is_unique:
        return None
    say = speak(lang)
    same = {
        name: table[name].iloc[0]
        for name in _OF_ALL
        if name in about and len(table) > 1 and table[name].nunique(dropna=False) == 1
    }
    names = table["indicator"].unique() if "indicator" in about else []
    one = str(names[0]) if len(names) == 1 and names[0] in (table.indicators or {}) else ""
    context = Context(table, say, one)
    columns = [
        column
        for name, column in about.items()
        if name not in same and _BESIDE.get(name) not in about and not _blank(table, column)
    ]
    heads = "".join(_head(*head(column, context), column.kind != "text") for column in columns)
    body = []
    for row in table.head(rows).to_dict("records"):
        cells = (cell(column, row, context) for column in columns)
        body.append("<tr>" + "".join(map(_cell, cells)) + "</tr>")
    said = [cell(about[name], {name: value}, context).text for name, value in same.items()]
    known = result_tables().get(table.table_id)
    caption = say("; ").join([*([say.label(known)] if known else []), *said])
    left = len(table) - rows
    more = say("… {n} more rows", n=say.number(left)) if left > 0 else ""
    more = html.escape(more if len(table) else say("no rows"))
    left_out = f"<p>{more}</p>" if more else ""
    return (
        '<div style="max-height: 30em; overflow: auto">'
        f'<table><caption style="text-align: left">{html.escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>{left_out}"
    )


def _blank(table: Table, column: ResultColumn) -> bool:
    """Whether a column of texts says nothing in any row."""
    if column.kind != "text" or not len(table):
        return False
    return bool((table[column.name].isna() | (table[column.name].astype(object) == "")).all())


def _head(label: str, unit: str, number: bool) -> str:
    align = "right" if number else "left"
    small = f"<br><small>{html.escape(unit)}</small>" if unit else ""
    return f'<th scope="col" style="{_HEAD}; text-align: {align}">{html.escape(label)}{small}</th>'


def _cell(shown: Cell) -> str:
    align = "right" if shown.number else "left"
    text = shown.text + MARKS.get(shown.status, "")
    short = shorten(text, LONGEST)
    tooltip = f' title="{html.escape(text)}"' if short != text else ""
    return (
        f'<td style="text-align: {align}; white-space: nowrap"{tooltip}>{html.escape(short)}</td>'
    )
