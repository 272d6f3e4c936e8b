"""A table of text with its header -> typed columns."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

from ...base.files import MORE, N_, Finding
from ...base.refusals import shorten, some
from ...base.schema.columns import Column, Table
from ...base.schema.terms import YUAN
from ..checks.tables import LISTED
from ..texts import cell_name, clean, clean_text, plain
from .cells import convert
from .enrolment import ONLY_STUDENTS, only_students
from .folder import TOO_MANY_CELLS
from .money import as_yuan, in_ten_thousands
from .names import COLUMN, companions, unknown_name
from .noise import remark_rows
from .settings import NO_SETTINGS, Settings, money_unit

OTHER_UNIT = N_("the header says “{unit}”, but {label} is given in {expected}; convert it")

#: Units that people write behind a header, by the unit of the schema that they mean.
_UNITS = {
    "persons": {"人", "名", "个", "persons", "person", "students", "teachers"},
    "classes": {"班", "个", "classes"},
    "rooms": {"间", "个", "rooms"},
    "m²": {"平方米", "平米", "m2", "m²", "sqm", "squaremetres"},
    "yuan": {"元", "人民币元", "yuan", "cny", "rmb"},
    "year": {"年", "year"},
}
_ANY_UNIT = set().union(*_UNITS.values()) | {
    *("万元", "千元", "百元", "亿元", "万人", "千人", "百人", "亩", "公顷", "平方公里", "平方千米"),
    *("万平方米", "%", "‰", "万", "千", "hectares", "ha", "mu", "km2", "10000yuan", "万册"),
}


def _other_unit(title: str, column: Column) -> str:
    """The unit in brackets behind a header if it is not that of the column."""
    text = unicodedata.normalize("NFKC", title)
    for found in re.findall(r"\(([^()]*)\)", text):
        unit = re.sub(r"\s+", "", found).lower().removeprefix("单位:")
        if (
            column.is_numeric
            and unit in _ANY_UNIT
            and unit not in _UNITS.get(column.unit.en, set())
        ):
            return found
    return ""


def typed(
    table: Table,
    rows: pd.DataFrame,
    file: str,
    findings: list[Finding],
    unread: dict[tuple[str, str], pd.Index],
    places: dict[tuple[str, str], tuple[int, int]],
    settings: Settings = NO_SETTINGS,
) -> pd.DataFrame:
    """Text rows with their header -> typed columns; the index is the row in the file.

    Columns that stand beside those of the table for people (`companions`) are texts under ``~`` and
    their id.
    """

    def refuse(message: str, column: str = "", cell: str = "", **values) -> None:
        findings.append(Finding("error", message, values, file, table.name, column, cell=cell))

    filled = rows.apply(lambda column: column.str.strip() != "") if len(rows) else rows
    if not len(rows) or not filled.to_numpy().any():
        if not any(f.file == file for f in findings):
            refuse(N_("the table has no header"))
        return pd.DataFrame()
    of_row = filled.any(axis=1).to_numpy()
    start = int(np.argmax(of_row))
    header = [clean(cell) for cell in rows.iloc[start]]
    body = rows.iloc[start + 1 :][of_row[start + 1 :]]
    index = pd.Index(body.index + 1, name="row")
    spellings = {name: c.name for c in table.columns for name in (c.name, c.zh, c.en)}
    # an id is nobody else's label, and what a standard adds takes no label of the tables' own
    known = {plain(c.name): c.name for c in table.columns}
    for spelling, name in spellings.items():
        known.setdefault(plain(spelling), name)
    for name, label in companions(table).items():
        known |= {plain(spelling): f"~{name}" for spelling in (name, label.zh, label.en)}
    top = int(rows.index[start]) + 1
    last = max((position for position, title in enumerate(header, 1) if title), default=0)
    strangers = [title for title in header if title and plain(title) not in known]
    if len(strangers) == sum(map(bool, header)):
        refuse(
            N_("row {row} is not the header of this table: none of its columns is known ({names})"),
            cell=cell_name(top, 1),
            row=top,
            names=shorten(", ".join(strangers)),
        )
        return pd.DataFrame()
    of_cell = filled.loc[body.index]
    names = [known.get(plain(title)) for title in header]
    key = next((names.index(name) for name in ("school_id", "item") if name in names), None)
    remarks = {} if key is None else remark_rows(body, of_cell, key)
    if remarks:
        findings.append(_remarks(remarks, file, table.name))
        kept = ~body.index.isin(list(remarks))
        body, of_cell, index = body[kept], of_cell[kept], index[kept]
    longer = of_cell[of_cell.iloc[:, last:].any(axis=1)]
    for row, cells in longer.head(LISTED).iterrows():
        saw = int(np.flatnonzero(cells.to_numpy())[-1]) + 1
        at = cell_name(row + 1, saw)
        refuse(TOO_MANY_CELLS, cell=at, row=row + 1, saw=saw, expected=last)
    if len(longer) > LISTED:
        refuse(MORE, n=len(longer) - LISTED)
    free = [spelling for spelling, name in spellings.items() if name not in names]
    for title in strangers[:LISTED]:
        at = cell_name(top, header.index(title) + 1)
        findings.append(unknown_name(COLUMN, title, free, file, table=table.name, cell=at))
    if len(strangers) > LISTED:
        values = {"n": len(strangers) - LISTED}
        findings.append(Finding("warning", MORE_COLUMNS, values, file, table.name))
    heads = {n: (header[at], at + 1) for at, n in enumerate(names) if n and n[0] != "~"}
    ten_thousands = in_ten_thousands(table, heads, top, settings, refuse)
    frame: dict[str, pd.Series] = {}
    for position, title in enumerate(header[:last]):
        name = known.get(plain(title))
        at = cell_name(top, position + 1)
        if not title and of_cell.iloc[:, position].any():
            refuse(N_("column {position} has values but no header"), "", at, position=position + 1)
        elif name in frame:
            refuse(N_("the column stands twice; keep one"), name.removeprefix("~"), at)
        elif name is not None and name[0] == "~":
            places[table.name, name] = (top, position + 1)
            frame[name] = body.iloc[:, position].map(clean_text).set_axis(index)
        elif name is not None:
            places[table.name, name] = (top, position + 1)
            unit = _other_unit(title, table[name])
            if unit and not (table[name].unit == YUAN and money_unit(unit)):
                refuse(
                    OTHER_UNIT,
                    name,
                    at,
                    unit=unit,
                    label=table[name],
                    expected=table[name].unit,
                )
            cells = body.iloc[:, position].set_axis(index)
            if ten_thousands and table[name].unit == YUAN:
                cells = cells.map(as_yuan)
            frame[name], wrong = convert(table, table[name], cells, file, findings)
            unread[table.name, name] = wrong
    if "school_id" not in frame and "~school" in frame:
        # chosen by name alone
        frame["school_id"] = pd.Series(np.nan, index, dtype="str")
        places[table.name, "school_id"] = places[table.name, "~school"]
    if table.name == "school_years" and only_students(table, frame):
        findings.append(Finding("warning", ONLY_STUDENTS, {}, file, table.name))
        for column in table.columns:
            if column.needed and column.name not in frame:
                unread[table.name, column.name] = index
        return pd.DataFrame(frame, index=index)
    for column in table.columns:
        if column.needed and column.name not in frame:
            refuse(
                N_("the column {name} ({label}) is missing"),
                column.name,
                name=column.name,
                label=column,
            )
            unread[table.name, column.name] = index
    return pd.DataFrame(frame, index=index)


MORE_COLUMNS = N_("{n} more columns are left aside and not read")


def _remarks(remarks: dict[int, str], file: str, table: str) -> Finding:
    """A reminder that rows of totals and notes were skipped."""
    rows = [f"{row + 1} “{text}”" for row, text in remarks.items()]
    values = {"n": len(remarks), "rows": some(rows, LISTED, "; ")}
    message = N_(
        "{n} rows are totals or notes and are not read as data: {rows}. If one is a school, give it its id"
    )
    first = next(iter(remarks)) + 1
    return Finding("warning", message, values, file, table, row=first)


def complete(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """A table with all its columns, those not in the file empty, every one of its type."""
    kinds = {column.name: "float64" if column.is_numeric else "str" for column in table.columns}
    whole = frame.reindex(columns=table.names)
    other = {name: kinds[name] for name, kind in whole.dtypes.items() if kind != kinds[name]}
    return whole.astype(other) if other else whole
