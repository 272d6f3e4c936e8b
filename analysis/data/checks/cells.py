"""Single cells and keys, by the pandera schemas of `analysis.base.schema`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from ...base.language import Said
from ...base.schema.columns import Column
from ...base.schema.tables import frame_schema
from ...base.schema.terms import CHOICE_LABELS, Label
from .faults import SEVERAL, Limits, faults_of_number, listed, right_form
from .tables import LISTED, Tables, shown

#: By the names of the checks of `analysis.base.schema.tables.frame_schema`, and `filled`.
_MESSAGES = {
    "filled": N_("{label} is blank; it must be filled in"),
    "low": N_("{label} is {value}; expected {low} or more"),
    "high": N_("{label} is {value}; expected {high} or less"),
    "whole": N_("{label} is {value}; expected a whole number"),
    "choice": N_("{label} is “{value}”; expected one of {choices}"),
}


YEAR_BLANK = N_(
    "{label} is blank; enter it here, or once for all items on the sheet of the county, “School year of the form”"
)


def _is_form_year(tables: Tables, name: str, column: str, kind: str) -> bool:
    """Whether a blank year is one that a workbook may say once for all items."""
    of_item = (name, column, kind) == ("county_years", "year", "filled")
    return of_item and tables.files.get(name, "").endswith("]")


def check_cells(tables: Tables, name: str) -> Iterator[Finding]:
    """Ranges, choices, blanks and keys, by the table's pandera schema.

    The checks are asked one by one: a report on the whole table takes pandera gigabytes if millions
    of cells are wrong.
    """
    table, frame = tables.schema[name], tables[name]
    for column_name, rules in frame_schema(table).columns.items():
        cells = frame[column_name]
        there = cells.notna().to_numpy()
        known = cells if there.all() else cells[there]
        wrong = {} if rules.nullable else {"filled": ~there}
        if "filled" in wrong and (name, column_name) in tables.unread:
            wrong["filled"] &= ~cells.index.isin(tables.unread[name, column_name])
        for check in rules.checks:
            wrong[check.name] = np.zeros(len(cells), dtype=bool)
            wrong[check.name][there] = ~check(known).check_output.to_numpy(dtype=bool)
        several = _several(wrong)
        if several.any():
            wrong = {kind: rows & ~several for kind, rows in wrong.items()}
            yield from tables.report(
                SEVERAL,
                name,
                _with_faults(frame[several], column_name, Limits.of(table[column_name])),
                column_name,
                value=column_name,
                faults="_faults",
                form="_form",
            )
        for kind, rows in wrong.items():
            if not rows.any():
                continue
            yield from tables.report(
                YEAR_BLANK if _is_form_year(tables, name, column_name, kind) else _MESSAGES[kind],
                name,
                frame[rows],
                column_name,
                constants=_limits(table[column_name]),
                value=column_name,
            )
    repeated = frame.duplicated(table.keys) if table.keys else pd.Series(False, frame.index)
    rows = frame[repeated & frame[table.keys].notna().all(axis=1)]
    said = rows[table.keys].head(LISTED)
    keys = [" ".join(str(shown(part)) for part in key) for key in said.itertuples(index=False)]
    firsts = [frame.index[(frame[table.keys] == key).all(axis=1)][0] for _, key in said.iterrows()]
    # one value, so that several of them stand in one sentence
    places: list = [
        Said(N_("row {first} ({keys})"), {"first": first, "keys": key})
        for first, key in zip(firsts, keys, strict=True)
    ]
    places += [None] * (len(rows) - len(places))
    yield from tables.report(
        N_("the row repeats {place}; keep one of them"),
        name,
        rows.assign(_place=places),
        place="_place",
    )


def _several(wrong: dict[str, np.ndarray]) -> np.ndarray:
    """The rows in which a number breaks more than one rule: that is said in one sentence."""
    return np.sum([wrong[kind] for kind in ("low", "high", "whole") if kind in wrong], axis=0) > 1


def _with_faults(rows: pd.DataFrame, column: str, limits: Limits) -> pd.DataFrame:
    """Rows with their faults and the right form, as far as they are listed."""
    faults = [listed(faults_of_number(value, limits)) for value in rows[column].head(LISTED)]
    faults += [None] * (len(rows) - len(faults))
    return rows.assign(_faults=faults, _form=right_form(limits))


def _limits(column: Column) -> dict[str, object]:
    """What is expected of a column, as said in a sentence."""
    low = 0 if column.kind in ("count", "number") else column.low
    return {
        "low": "" if low is None else shown(float(low)),
        "high": "" if column.high is None else shown(float(column.high)),
        "choices": Label(
            " | ".join(CHOICE_LABELS[choice].zh for choice in column.choices),
            " | ".join(column.choices),
        ),
    }
