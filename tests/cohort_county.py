"""Counties from pupils by school, grade and year: what a test or a simulation needs of a projection."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd
from conftest import build_county

from analysis.data.county import County

SPANS = {"primary": slice(0, 6), "junior": slice(6, 9)}
FIVE_FOUR = {"primary": slice(0, 5), "junior": slice(5, 9)}


def cohort_county(
    schools: dict[str, np.ndarray],
    years: list[int],
    births: dict[int, float] | None = None,
    **columns: dict[str, object],
) -> County:
    """A county of which only pupils matter.

    Parameters
    ----------
    schools : dict of str to ndarray, shape (9, years)
        Pupils by grade; NaN: no row.
    years : list of int
    births : dict of int to float, optional
    **columns
        Columns of the roster by school (``opened={"B": 2021}``); the type follows from the grades.
    """
    rows, grades = [], []
    for number, (name, pupils) in enumerate(schools.items(), 1):
        own = {key: given[name] for key, given in columns.items() if name in given}
        spans = FIVE_FOUR if own.get("system") == "5+4" else SPANS
        taught = {stage: not np.isnan(pupils[span]).all() for stage, span in spans.items()}
        kind = "nine_year" if all(taught.values()) else "primary" if taught["primary"] else "junior"
        by_year = {}
        for at, year in enumerate(years):
            cells = pupils[:, at]
            known = not np.isnan(cells).all()
            by_year[year] = (
                {
                    f"students_{s}": float(np.nansum(cells[spans[s]])) or None
                    for s in spans
                    if taught[s]
                }
                if known
                else None
            )
            grades += [
                (f"{number:03d}", year, grade + 1, cells[grade], max(-(-cells[grade] // 40), 1), min(cells[grade], 40))
                for grade in np.flatnonzero(~np.isnan(cells))
            ]  # fmt: skip
        rows.append({"name": name, "type": kind, "by_year": by_year} | own)
    plain = build_county(rows, years, facts={"births": None})
    names = ["school_id", "year", "grade", "students", "classes", "largest_class"]
    table = pd.DataFrame(grades, columns=names).reindex(columns=plain.tables["enrolment"].columns)
    past = plain.tables["county_years"]
    past = past[past["item"] != "births"]
    known = pd.DataFrame(
        [(year, "births", str(number)) for year, number in (births or {}).items()],
        columns=["year", "item", "value"],
    ).reindex(columns=past.columns)
    tables = dict(plain.tables) | {
        "enrolment": table.astype(plain.tables["enrolment"].dtypes.to_dict()),
        "county_years": pd.concat([past, known.astype(past.dtypes.to_dict())], ignore_index=True),
    }
    return dataclasses.replace(plain, tables=MappingProxyType(tables))
