"""Quality and recognition: what Q1 to Q9 and S1 come to, from what the county reports."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...base.schema.terms import SUBJECTS
from .facts import NAN, CountyData, ratio
from .values import Measure, by_school, of_county, of_units, only_with, share_of_some


def _training_share(data: CountyData) -> Measure:
    """Teacher-training funds of each school as a share of its public-use funds."""
    rows = np.flatnonzero(~data.facts.among("type", "teaching_point"))
    funds, training = (
        data.facts.column("operating_funds_cny"),
        data.facts.column("training_funds_cny"),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = training / np.where(funds > 0, funds, NAN)
    return by_school(data, rows, value[rows])


def _retention(data: CountyData) -> Measure:
    """Three-year junior retention by one of the two formulas in circulation (an option)."""
    graduates, entrants, arrived, left, deaths = (
        data.facts.figures(f"junior_{item}")
        for item in (
            *("graduates", "entrants_three_years_ago"),
            *("transfers_in", "transfers_out", "deaths"),
        )
    )
    by_entrants = ratio(graduates, entrants + arrived - deaths - left)
    by_graduates = ratio(graduates - arrived + left, entrants - deaths)
    chosen = data.option("retention_formula", "entrants")
    nobody = (graduates == 0) & (entrants == 0)
    return of_county(data, np.where(chosen, by_entrants, by_graduates), ~nobody)


def _monitoring(kind: str) -> Callable[[CountyData], Measure]:
    def monitoring(data: CountyData) -> Measure:
        """Each subject that the state has monitored (they rotate; at least one is needed)."""
        return of_units({s: data.facts.figures(f"monitoring_{kind}_{s}") for s in SUBJECTS})

    return monitoring


def _satisfaction(data: CountyData) -> Measure:
    """Satisfied among valid questionnaires, and among the persons visited if there were visits."""
    asked, visited = "satisfaction_questionnaires", "satisfaction_visits"
    shares = np.stack(
        [
            ratio(data.facts.figures(f"{asked}_satisfied"), data.facts.figures(f"{asked}_valid")),
            ratio(data.facts.figures(f"{visited}_satisfied"), data.facts.figures(visited)),
        ],
        axis=1,
    )
    some = ~np.isnan(shares).all(axis=1)
    visits = np.isin(np.arange(len(data.rules)), list(data.facts.texts(visited)))
    year, unit = np.nonzero(np.stack([np.ones_like(some), some & visits], axis=1))
    names = np.where(some[year], np.array(["questionnaires", "visits"], dtype=object)[unit], "")
    return Measure(year, names, shares[year, unit])


QUALITY: dict[str, Callable[[CountyData], Measure]] = {
    "Q1": only_with("junior", _retention),
    "Q2": share_of_some("disabled_children_enrolled", "disabled_children_registered"),
    "Q4": _training_share,
    "Q9.level": _monitoring("level"),
    "Q9.ratio": _monitoring("ratio"),
    "S1": _satisfaction,
}
