"""What two versions of a county differ in: rows, columns, values, settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ..base.schema.columns import Table
from ..base.schema.tables import TABLES
from .county import County
from .texts import cell_text


@dataclass(frozen=True)
class Difference:
    """One difference between an old and a new version of a county.

    Attributes
    ----------
    kind : {"row_added", "row_removed", "column_added", "column_removed", "value"}
        A row that is added or removed has a line of its own, and a `value` for every cell of it
        that is not blank.
    table : str
        A key of `TABLES`; ``county``, ``plan`` or ``standard`` for the settings.
    key : tuple of str
        Values of the keys of the row; of all its columns where the table has no keys (rooms).
    column : str
        Id of the column, or the path of a setting (``name.zh``); empty for rows.
    old, new : str
        Values as text, blank where there is none; numbers as they can be read again without loss.
        Of a column, how many cells have a value.
    whole : bool
        Whether the value belongs to a row that is added or removed.
    """

    kind: str
    table: str
    key: tuple[str, ...]
    column: str
    old: str
    new: str
    whole: bool = False

    @property
    def row(self) -> dict[str, str]:
        """The key by the ids of its columns."""
        if self.table not in TABLES:
            return {}
        return dict(zip(keys_of(TABLES[self.table]), self.key, strict=False))


def keys_of(table: Table) -> list[str]:
    """Columns by which rows of two versions are the same row: all, where a table has no key."""
    return table.keys or table.names


def differences(old: County, new: County) -> list[Difference]:
    """Everything that differs between two versions of a county.

    Parameters
    ----------
    old, new : County

    Returns
    -------
    list of Difference
        Empty if the versions say the same; the order of rows and the kind of file do not count.
        Settings first, then table by table: columns, rows added, rows removed, values.
    """
    found = list(_settings(old, new))
    for name in TABLES:
        table = max((old.schema[name], new.schema[name]), key=lambda each: len(each.columns))
        one, other = (each.tables[name].reindex(columns=table.names) for each in (old, new))
        found += _columns(table, one, other)
        found += _rows(table, _texts(table, one), _texts(table, other))
    return found


def text_of(value: object) -> str:
    """A value of a table as text."""
    return "" if pd.isna(value) else cell_text(value)


def _texts(table: Table, frame: pd.DataFrame) -> dict[tuple[str, ...], list[dict[str, str]]]:
    """Rows by their keys."""
    found: dict[tuple[str, ...], list] = {}
    columns = {name: [text_of(value) for value in frame[name]] for name in table.names}
    for cells in zip(*columns.values(), strict=True):
        row = dict(zip(columns, cells, strict=True))
        found.setdefault(tuple(row[name] for name in keys_of(table)), []).append(row)
    return found


def _columns(table: Table, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[Difference]:
    """Columns that have values in one version only, where both have rows."""
    if old.empty or new.empty:
        return
    for name in table.names:
        before, now = int(old[name].notna().sum()), int(new[name].notna().sum())
        if bool(before) != bool(now):
            kind = "column_added" if now else "column_removed"
            yield Difference(kind, table.name, (), name, str(before or ""), str(now or ""))


def _rows(table: Table, old: dict, new: dict) -> Iterator[Difference]:
    if not table.keys:
        yield from _loose(table, old, new)
        return
    values = [name for name in table.names if name not in table.keys]
    for key, (row,) in new.items():
        if key not in old:
            yield Difference("row_added", table.name, key, "", "", "")
            yield from _cells(table, key, dict.fromkeys(values, ""), row, whole=True)
    for key, (row,) in old.items():
        if key not in new:
            yield Difference("row_removed", table.name, key, "", "", "")
            yield from _cells(table, key, row, dict.fromkeys(values, ""), whole=True)
    for key, (row,) in new.items():
        if key in old:
            yield from _cells(table, key, old[key][0], row)


def _cells(
    table: Table, key: tuple, old: dict, new: dict, *, whole: bool = False
) -> Iterator[Difference]:
    for name in table.names:
        if name not in table.keys and old[name] != new[name]:
            yield Difference("value", table.name, key, name, old[name], new[name], whole)


def _loose(table: Table, old: dict, new: dict) -> Iterator[Difference]:
    """Rows without a key are the same if all their cells are; equal ones are counted."""
    before, now = (Counter({key: len(rows) for key, rows in of.items()}) for of in (old, new))
    for key in (now - before).elements():
        yield Difference("row_added", table.name, key, "", "", "")
    for key in (before - now).elements():
        yield Difference("row_removed", table.name, key, "", "", "")


def _settings(old: County, new: County) -> Iterator[Difference]:
    """county.yaml, the plan and the rules of the standard, entry by entry."""
    for name, one, other in (
        ("county", _of(old.record), _of(new.record)),
        ("plan", _of(old.plan), _of(new.plan)),
        ("standard", _rules(old), _rules(new)),
    ):
        for path in dict.fromkeys((*one, *other)):
            before, now = one.get(path, ""), other.get(path, "")
            if before != now:
                yield Difference("value", name, (), path, before, now)


def _of(model) -> dict[str, str]:
    return {} if model is None else dict(_flat(model.model_dump(mode="json")))


def _rules(county: County) -> dict[str, str]:
    return {
        f"{profile.id}.{path}": text
        for profile in county.standard.profiles
        for path, text in _flat(profile.model_dump(mode="json"))
    }


def _flat(data: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested data as pairs of path and text."""
    if isinstance(data, dict | list):
        pairs = data.items() if isinstance(data, dict) else enumerate(data, 1)
        for name, value in pairs:
            yield from _flat(value, f"{path}.{name}" if path else str(name))
    elif data is not None:
        yield path, cell_text(data)
