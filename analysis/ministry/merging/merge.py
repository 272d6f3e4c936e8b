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
from types import MappingProxyType

import pandas as pd

from ...base.files import Finding, read_data
from ...base.schema.tables import TABLES
from ...base.schema.terms import YUAN
from ...data.county_form import TOTALS
from ...data.load import county_standard
from ...data.reading.by_name import school_key
from ...data.reading.folder import read_csv, read_folder
from ...data.reading.money import as_ten_thousands, head_unit
from ...data.reading.settings import WAN, money_unit
from ...data.reading.tables import Read, read_tables
from ...data.reading.typed import complete
from ...data.texts import cell_text


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

    def written(self, name: str, text: str, at: int | None = None) -> str:
        """A figure as it is written in a row: in 万元 where the head, or the unit beside it, says so."""
        if not text or name not in self.columns:
            return text
        column = TABLES[self.name][name]
        said = ""
        if column.unit == YUAN:
            said = head_unit(self.cells[self.head][self.columns[name]])
        elif name == "value" and at is not None and "~unit" in self.columns:
            total = self.frame.loc[at + 1, "item"] in TOTALS
            said = money_unit(self.cells[at][self.columns["~unit"]]) if total else ""
        return as_ten_thousands(text) if said == WAN else text

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


def standing(folder: Path, findings: list[Finding]) -> dict[str, Standing]:
    """The tables of a county's folder, empty where there is none; what is wrong with them is added."""
    raw, record, settings = read_folder(folder, findings)
    standard = county_standard(record.standard, folder) if record is not None else None
    return _as_standing(raw, read_tables(raw, findings, settings, standard))


def standing_table(file: Path, name: str, findings: list[Finding], schools: Standing) -> Standing:
    """One table among the sheets; its schools may be named as in the roster."""
    raw = {name: (read_csv(file, findings), str(file))}
    return _as_standing(raw, read_tables(raw, findings, schools=schools.frame[_NAMED]))[name]


#: What of a roster tells who is named.
_NAMED = ["school_id", "name"]


def _as_standing(raw: Mapping[str, tuple[pd.DataFrame, str]], read: Read) -> dict[str, Standing]:
    found = {}
    for name, table in TABLES.items():
        frame = complete(table, read.frames.get(name, pd.DataFrame()))
        places = {column: at for (of, column), at in read.places.items() if of == name}
        if not places:
            found[name] = Standing(name, None, [], 0, {}, frame)
            continue
        rows, file = raw[name]
        cells = [[] for _ in range(int(rows.index[0]))] + rows.to_numpy().tolist()
        columns = {column: at - 1 for column, (_, at) in places.items()}
        if columns.get("school_id", -1) == columns.get("~school"):
            del columns["school_id"]  # schools are chosen by their names alone
        head = next(iter(places.values()))[0] - 1
        found[name] = Standing(name, Path(file), cells, head, columns, frame)
    return found


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
    names: Mapping[str, str] = MappingProxyType({}),
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
    names : mapping of str to str, optional
        How schools are called now, where their names stand beside or in place of their ids.

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
    _call(cells, old, names)
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
            if TABLES[old.name][name].same(before, text):
                same += name not in beside
                continue
            stays = kinds.get(of) == "refused" or (before and kinds.get(of) != "changed")
            if of is not None and stays:
                continue  # the words beside a figure that stays
            kind = "filled" if before == "" else "changed" if force or of else "refused"
            kinds[name] = kind
            changes.append(Change(kind, old.name, key, name, before, text))
            if kind != "refused":
                put(cells[at], name, old.written(name, text, at))
    for column in TABLES[old.name].columns if added else ():
        name = column.name
        if name not in columns and any(
            n.get(name) or (column.needed and name in n) for _, n in added
        ):
            put(cells[old.head] if cells else [], name, name)
    if not cells and added:
        cells = [list(columns)]
    lines = []
    for key, new in added:
        texts = {name: old.written(name, text) for name, text in new.items()}
        lines.append((key, _line(texts | {"~school": names.get(key[0], "")}, columns)))
    _insert(cells, old, row_of, lines)
    file = old.file.name if old.file is not None else f"{old.name}.csv"
    return Merged(file, None if cells == old.cells else _bytes(cells, old), tuple(changes), same)


def _call(cells: list[list[str]], old: Standing, names: Mapping[str, str]) -> None:
    """Write the names that schools have now where they stand in a table, in place."""
    if "~school" not in old.columns:
        return
    at = old.columns["~school"]
    for row, school in old.frame["school_id"].items():
        line = cells[int(row) - 1]
        if line[at].strip() and school_key(line[at]) != school_key(names.get(school, line[at])):
            line[at] = names[school]


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


def merge_groups(
    old: Standing, new: Standing, *, force: bool, names: Mapping[str, str] = MappingProxyType({})
) -> Merged:
    """The same for a table in which several rows are one school's of one year (rooms).

    All rows of a school and year together are one value.
    """
    of_old, of_new = _groups(old), _groups(new)
    told = [name for name in TABLES[old.name].names if new.frame[name].notna().any()]
    columns = dict(old.columns) or {name: at for at, name in enumerate(told)}
    cells = [list(row) for row in old.cells] or [list(columns)]
    _call(cells, old, names)
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
            for row in rows:
                texts = {name: key_text(new.frame.loc[row, name]) for name in told}
                added.append(texts | {"~school": names.get(key[0], "")})
    for name in told if added else ():
        if name not in columns:
            columns[name] = len(cells[old.head])
            cells[old.head].append(name)
    lines = [_line(texts, columns) for texts in added]
    cells = [row for at, row in enumerate(cells) if at not in gone] + lines
    file = old.file.name if old.file is not None else f"{old.name}.csv"
    data = None if cells == (old.cells or [list(columns)]) else _bytes(cells, old)
    return Merged(file, data, tuple(changes), same)


def _groups(table: Standing) -> dict[tuple[str, str], dict[int, tuple[str, ...]]]:
    """School and year -> its rows by their numbers."""
    found: dict = defaultdict(dict)
    for row, values in table.frame.iterrows():
        key = key_text(values["school_id"]), key_text(values["year"])
        found[key][int(row)] = tuple(key_text(values[n]) for n in ("kind", "area_m2", "note"))
    return found


def _say_row(row: tuple[str, ...]) -> str:
    return " ".join(text for text in row if text)
