"""The tables under examination, and findings that name a place in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...base.files import MORE, Finding
from ...base.refusals import shorten
from ...base.schema.columns import Table
from ...base.schema.tables import TABLES
from ...base.schema.terms import CHOICE_LABELS

#: Problems of one kind in one column that are listed one by one; the rest is counted.
LISTED = 20
#: Rows beyond those listed that a finding still knows by number, to be marked in a workbook.
MARKED = 10_000


class Tables:
    """The tables under examination, with what is needed to name a place in them.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Typed tables by schema id. The index is the row number a spreadsheet shows.
    files : mapping of str to str
        Where each table was read from.
    unread : mapping of (table, column) to Index, optional
        Rows whose cell is blank only because it could not be read, or its column is missing:
        that was reported already.
    schema : mapping of str to Table
        The tables as the county's standard asks for them.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        files: Mapping[str, str],
        unread: Mapping[tuple[str, str], pd.Index] = MappingProxyType({}),
        schema: Mapping[str, Table] = TABLES,
    ):
        self.frames = frames
        self.files = files
        self.unread = unread
        self.schema = schema
        self._with_school: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    def __contains__(self, name: str) -> bool:
        return name in self.frames and not self.frames[name].empty

    def with_school(self, name: str) -> pd.DataFrame:
        """A table with the roster's columns of each row's school, rows and index as they were."""
        if name not in self._with_school:
            roster = self["schools"].drop_duplicates("school_id").set_index("school_id")
            frame = self[name]
            columns = [c for c in ("name", "type", "opened", "closed", "system") if c in roster]
            joined = frame.join(roster[columns], on="school_id")
            joined.index = frame.index
            for column in ("opened", "closed", "system"):
                if column not in joined:
                    joined[column] = np.nan
            self._with_school[name] = joined
        return self._with_school[name]

    def report(
        self,
        message: str,
        table: str,
        rows: pd.DataFrame,
        column: str = "",
        severity: str = "error",
        constants: Mapping[str, object] = MappingProxyType({}),
        **columns: str,
    ) -> Iterator[Finding]:
        """One finding per row (the first `LISTED`, then a count).

        `columns` maps a placeholder of the message to a column of `rows`, `constants` one to what
        is the same in every row.
        """
        if rows.empty:
            return
        for row, record in zip(
            rows.index[:LISTED], rows.head(LISTED).to_dict("records"), strict=True
        ):
            values = dict(constants)
            for name, source in columns.items():
                value = shown(record[source])
                known = (
                    source in ("type", "ownership") and value in TABLES["schools"][source].choices
                )
                values[name] = CHOICE_LABELS[value] if known else value
            if column:
                values["label"] = self.schema[table][column]
            yield Finding(
                severity,
                message,
                values,
                self.files.get(table, table),
                table,
                column,
                int(row),
                str(shown(record.get(column, ""))),
            )
        if len(rows) > LISTED:
            yield Finding(
                severity,
                MORE,
                {"n": len(rows) - LISTED},
                self.files.get(table, table),
                table,
                column,
                rows=further(rows.index),
            )


def those(rows: pd.DataFrame, where: pd.Series | np.ndarray) -> pd.DataFrame:
    """The rows that are found wrong; as a rule none are, which need not be cut out one by one."""
    return rows[where] if where.any() else rows.iloc[:0]


def further(rows: pd.Index) -> tuple[int, ...]:
    """The rows behind those that are listed one by one."""
    return tuple(int(row) for row in rows[LISTED : LISTED + MARKED])


def shown(value: object) -> object:
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return "—"
        return int(value) if float(value).is_integer() else round(float(value), 4)
    return shorten(value) if isinstance(value, str) else value
