"""What only plans ask for and the tables tell: students in private schools, budgets that never fall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .facts import NAN, CountyData, ratio, students_at
from .values import Measure, of_county

BUDGET = "budget_education_cny"


def _private_share(data: CountyData) -> Measure:
    """Students of primary and junior stage in private schools among all."""
    students = students_at(data)
    every = np.arange(len(students))
    private = np.flatnonzero(data.facts.among("ownership", "private"))
    return of_county(
        data, ratio(data.facts.total(private, students), data.facts.total(every, students))
    )


def _budget_growth(data: CountyData) -> Measure:
    """Yuan by which the education budget grew on the year before; the first year is not known."""
    now = data.facts.figures(BUDGET)
    # the year before may have no schools on record
    table = data.facts.county.tables["county_years"]
    rows = table[(table["item"] == BUDGET) & table["value"].notna()]
    known = {
        int(year): float(value) for year, value in zip(rows["year"], rows["value"], strict=True)
    }
    before = np.array([known.get(year - 1, NAN) for year in data.facts.years])
    return of_county(data, now - before)


#: By entry of plans.
OWN: dict[str, Callable[[CountyData], Measure]] = {
    "private_share": _private_share,
    "budget_growth": _budget_growth,
}
