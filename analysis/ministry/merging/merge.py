"""One table of a county's folder and rows from new sheets: what is added, what differs, what stays.

The table is changed as text, cell by cell: whatever the sheets do not speak of is as it was written.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ...base.files import Finding, read_data
from ...base.schema.tables import TABLES
from ...base.storage.folders import entries, usable
from ...data.reading.folder import read_csv
from ...data.reading.money import head_unit
from ...data.reading.names import table_of
from ...data.reading.settings import MONEY_UNITS, WAN
from ...data.reading.typed import OTHER_UNIT, complete, typed
from ...data.texts import cell_name, cell_text


@dataclass(frozen=True)
class Change:
    """What the sheets say about a cell of a county's folder that it does not say itself.

    `kind`: row (a new row; `new` is the number of its figures), filled (the cell was blank), changed,
    renamed, or refused (another value stands there, and stays). `key` are the keys of the row.
    """

    kind: str
    table: str
    key: tuple[str, ...]
    column: str
    old: str
    new: str


@dataclass
class Standing:
    """A table of the county's folder as it is written, and what it says.

    `cells` are all rows of the file with the head at `head`; `columns` maps ids of columns to their
    positions; `frame` is the typed table, its index the number of the row in the file.
    """

    name: str
    file: Path | None
    cells: list[list[str]]
    head: int
    columns: dict[str, int]
    frame: pd.DataFrame = field(repr=False)

    @property
    def row_of(self) -> dict[tuple[str, ...], int]:
        """Keys -> position of the row in `cells`."""
        keys = [self.frame[name].map(key_text) for name in TABLES[self.name].keys]
        return {
            key: int(row) - 1 for row, *key_ in zip(self.frame.index, *keys, strict=True)
            if (key := tuple(key_))
        }  # fmt: skip


def key_text(value: object) -> str:
    """A value of a table as text: whole numbers without a point, blank where it is missing."""
    return "" if pd.isna(value) else cell_text(value)


def standing(folder: Path, name: str, findings: list[Finding]) -> Standing:
    """A table of a county's folder; empty if there is none. What is wrong with it is added."""
    for file in usable(entries(folder, ".csv")):
        if table_of(file.stem) != name:
            continue
        rows = read_csv(file, findings)
        places: dict = {}
        frame = typed(TABLES[name], rows, str(file), findings, {}, places)
        if not places:
            break
        above = [[] for _ in range(int(rows.index[0]))]
        columns = {column: at - 1 for (_, column), (_, at) in places.items()}
        head = next(iter(places.values()))[0] - 1
        cells = above + rows.to_numpy().tolist()
        findings += _in_another_unit(name, str(file), places, cells)
        return Standing(name, file, cells, head, columns, complete(TABLES[name], frame))
    return Standing(name, None, [], 0, {}, complete(TABLES[name], pd.DataFrame()))


def _in_another_unit(name: str, file: str, places, cells) -> Iterable[Finding]:
    """Refuse columns in 万元: the figures of the sheets are in yuan and would stand among them."""
    for (_, column), (top, at) in places.items():
        if head_unit(cells[top - 1][at - 1]) == WAN:
            about = TABLES[name][column]
            values = {"unit": MONEY_UNITS[WAN], "label": about, "expected": about.unit}
            yield Finding("error", OTHER_UNIT, values, file, name, column, cell=cell_name(top, at))


@dataclass(frozen=True)
class Merged:
    """What becomes of a table: its bytes (None: it stays as it is), the changes, what is the same."""

    file: str
    data: bytes | None
    changes: tuple[Change, ...]
    same: int


def merge(
    old: Standing,
    rows: Iterable[Mapping[str, str]],
    *,
    force: bool,
    beside: Mapping[str, str] | None = None,
) -> Merged:
    """New rows into a table.

    Parameters
    ----------
    old : Standing
    rows : iterable of mapping
        Ids of columns -> texts, blank for what is not known: it changes nothing.
    force : bool
        Whether another value goes before the one that stands there.
    beside : mapping, optional
        Columns that follow another one: they are taken where that one changes, else they stay.

    Returns
    -------
    Merged
        Rows that no new row speaks of are as they were; a new one stands below those of its school
        (or year).
    """
    beside = beside or {}
    keys = TABLES[old.name].keys
    row_of = old.row_of
    cells = [list(row) for row in old.cells]
    columns = dict(old.columns)
    changes: list[Change] = []
    same, added = 0, []

    def put(row: list[str], name: str, text: str) -> None:
        if name not in columns:
            columns[name] = len(cells[old.head]) if cells else len(columns)
            if cells:
                cells[old.head].append(name)
        row += [""] * (columns[name] + 1 - len(row))
        row[columns[name]] = text

    for new in rows:
        key = tuple(new[name] for name in keys)
        figures = {n: t for n, t in new.items() if t != "" and n not in keys}
        if key not in row_of:
            added.append((key, new))
            count = sum(name not in beside for name in figures)
            changes.append(Change("row", old.name, key, "", "", str(count)))
            continue
        at = row_of[key]
        stands = old.frame.loc[at + 1]
        kinds = {}
        for name, text in figures.items():
            before, of = key_text(stands[name]), beside.get(name)
            if _same(old.name, name, before, text):
                same += name not in beside
                continue
            stays = kinds.get(of) == "refused" or (before and kinds.get(of) != "changed")
            if of is not None and stays:
                continue  # the words beside a figure that stays
            kind = "filled" if before == "" else "changed" if force or of else "refused"
            kinds[name] = kind
            changes.append(Change(kind, old.name, key, name, before, text))
            if kind != "refused":
                put(cells[at], name, text)
    for column in TABLES[old.name].columns if added else ():
        name = column.name
        if name not in columns and any(
            n.get(name) or (column.needed and name in n) for _, n in added
        ):
            put(cells[old.head] if cells else [], name, name)
    if not cells and added:
        cells = [list(columns)]
    _insert(cells, old, row_of, [(key, _line(new, columns)) for key, new in added])
    file = old.file.name if old.file is not None else f"{old.name}.csv"
    return Merged(file, None if cells == old.cells else _bytes(cells, old), tuple(changes), same)


def _same(table: str, name: str, one: str, other: str) -> bool:
    column = TABLES[table][name]
    if column.is_numeric and one and other:
        return float(one) == float(other)
    return one == other


def _line(new: Mapping[str, str], columns: dict[str, int]) -> list[str]:
    row = [""] * (max(columns.values(), default=-1) + 1)
    for name, text in new.items():
        if name in columns:
            row[columns[name]] = text
    return row


def _insert(cells: list, old: Standing, row_of: dict, added: list[tuple[tuple, list]]) -> None:
    """New rows below the last of the same school (or year), else at the end."""
    last: dict[str, int] = {}
    for key, at in row_of.items():
        last[key[0]] = max(at, last.get(key[0], 0))
    groups: dict[int, list] = defaultdict(list)
    for key, line in added:
        groups[last.get(key[0], len(cells) - 1)].append(line)
    for at in sorted(groups, reverse=True):
        cells[at + 1 : at + 1] = groups[at]


def _bytes(cells: list[list[str]], old: Standing) -> bytes:
    """The table as CSV in UTF-8; with the mark of Excel where the file had it, or no UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    data = text.getvalue().encode("utf-8")
    if old.file is None:
        return data
    before = read_data(old.file)
    try:
        before.decode("utf-8")
    except UnicodeDecodeError:
        return b"\xef\xbb\xbf" + data
    return (b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b"") + data


def merge_groups(old: Standing, new: Standing, *, force: bool) -> Merged:
    """The same for a table in which several rows are one school's of one year (rooms).

    All rows of a school and year together are one value.
    """
    of_old, of_new = _groups(old), _groups(new)
    names = [name for name in TABLES[old.name].names if name in new.columns]
    columns = old.columns or {name: at for at, name in enumerate(names)}
    cells = [list(row) for row in old.cells] or [list(columns)]
    changes, same, gone, added = [], 0, set(), []
    for key, rows in of_new.items():
        before = of_old.get(key, {})
        if sorted(before.values()) == sorted(rows.values()):
            same += len(rows)
            continue
        kind = "row" if not before else "changed" if force else "refused"
        says = [" + ".join(map(_say_row, sorted(each.values()))) for each in (before, rows)]
        if not before:
            says = ["", str(len(rows))]
        changes.append(Change(kind, old.name, key, "" if not before else "area_m2", *says))
        if kind != "refused":
            gone |= {row - 1 for row in before}
            added += [
                _line({n: key_text(new.frame.loc[r, n]) for n in names}, columns) for r in rows
            ]
    cells = [row for at, row in enumerate(cells) if at not in gone] + added
    file = old.file.name if old.file is not None else f"{old.name}.csv"
    return Merged(file, _bytes(cells, old) if added else None, tuple(changes), same)


def _groups(table: Standing) -> dict[tuple[str, str], dict[int, tuple[str, ...]]]:
    """School and year -> its rows by their numbers."""
    found: dict = defaultdict(dict)
    for row, values in table.frame.iterrows():
        key = key_text(values["school_id"]), key_text(values["year"])
        found[key][int(row)] = tuple(key_text(values[n]) for n in ("kind", "area_m2", "note"))
    return found


def _say_row(row: tuple[str, ...]) -> str:
    return " ".join(text for text in row if text)
