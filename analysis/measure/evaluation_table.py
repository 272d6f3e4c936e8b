"""The rows of the evaluation as a table: numbers in one column, findings in another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .apportioning.columns import words
from .requirements.facts import NAN

_TEXTS = ("detail", "origin", "evidence", "target", "target_compared", "target_source")
_MISSING = dict.fromkeys(_TEXTS, "") | {"target_status": "not_applicable"}


def evaluation_table(rows: Mapping[int, list[dict]], county: str) -> pd.DataFrame:
    """The requirements and targets of some years, one row each.

    Parameters
    ----------
    rows : mapping of int to list of dict
        As from `evaluation_rows`.
    county : str
        Its code.

    Returns
    -------
    DataFrame
        ``county, year, part, item, value, requirement, status, source``, and `finding` (``yes`` or
        ``no`` where words stand for the number, whose `value` is NaN; else empty), `margin` (what the
        worst unit has beyond the requirement, in its unit; negative what it lacks), `detail` (the
        units that fail, or that are missing), `origin` (`computed` or `reported`), `evidence`,
        `target`, `target_status`, `target_compared` (`same`, `stricter`, `weaker`, `additional` or
        `not_stated`) and `target_source`.

        Items of the resource part are ``schools.<stage>`` (share of schools that pass, 0 to 1),
        ``cv.<indicator>.<stage>``, ``composite_cv.<stage>``; the others are the entries of the
        standard. Targets for an indicator are judged on the county mean, in rows
        ``<indicator>.<stage>`` whose own status is `not_applicable`: the national rule judges
        schools, not means. Meeting a `weaker` target fails the evaluation.
    """
    columns = ["part", "item", "value", "requirement", "status", "source", "margin", "detail"]
    columns += ["origin", "evidence", "target", "target_status", "target_compared"]
    columns += ["target_source"]
    columns.insert(columns.index("source") + 1, "finding")
    records = [row for of_year in rows.values() for row in of_year]
    years = [year for year, of_year in rows.items() for _ in of_year]
    table = {name: [row.get(name, _MISSING.get(name)) for row in records] for name in columns}
    # numbers in one column, words in another: so that every kind of file and database can hold them
    words_said = [value if isinstance(value, str) else "" for value in table["value"]]
    table["finding"] = words_said
    table["value"] = np.array(
        [NAN if isinstance(value, str) or value is None else value for value in table["value"]],
        dtype=float,
    )
    for name in (*_TEXTS, "target_status", "finding"):
        table[name] = pd.Series(table[name], dtype=object)
    return pd.DataFrame(
        {"county": words([county], np.zeros(len(years), int)), "year": years} | table
    )


def said(row: Mapping) -> float | str:
    """What a row of the evaluation says: its finding (``yes``, ``no``), or else its number."""
    return row.get("finding") or row["value"]


def mixed(table: pd.DataFrame) -> pd.DataFrame:
    """A table of the evaluation whose `value` holds numbers and findings, as in files for people."""
    found = table["finding"] != ""
    return table.assign(value=table["value"].astype(object).mask(found, table["finding"]))
