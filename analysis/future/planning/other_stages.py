"""Kindergarten and senior secondary school beside the compulsory stages, for planning only.

The county as a whole, no school and no area: children of three to five years from births by the cut-off
date, senior entrants from grade 9 of the year before. No verdict reads it. What is assumed stands in
the scenario (`analysis.future.assumptions.planning.OtherStages`); what the county reported of itself goes
before it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...measure.indicators import whole_up
from ..assumptions.planning import OtherStages
from ..past.entry import Entry
from ..project import Outlook
from .seats import levels

#: Stage -> item of `county_years` that holds its places.
PLACES = {
    "kindergarten": "kindergarten_places",
    "senior_general": "senior_general_places",
    "senior_vocational": "senior_vocational_places",
}
#: Years that a stage takes: of age three to five; grades 10 to 12.
YEARS = 3
COLUMNS = [
    *("stage", "year", "entrants", "pupils", "classes", "places", "occupancy", "lack"),
    *("level", "decide_by", "ratio", "ratio_basis", "births_known"),
]


def other_stages(outlook: Outlook) -> pd.DataFrame:
    """Children and pupils outside the compulsory stages by projected year.

    Parameters
    ----------
    outlook : Outlook
        Without a section `other_stages` of its scenario nothing is reckoned.

    Returns
    -------
    DataFrame
        `stage` (a key of `PLACES`), `year`; `entrants` and `pupils` (persons, unrounded; NaN where births
        or the grade 9 of one of the three years before are not known); `classes` (whole); `places`
        (last reported by the county; NaN if never), `occupancy`, `lack` (places), `level`, `decide_by` as in
        `analysis.future.planning.seats.seat_warnings`; `ratio` (children in kindergarten per child of three to
        five; entrants of the kind per pupil of grade 9) and its `ratio_basis` (`observed`,
        `assumed`); `births_known` (False where a number rests on births that are assumed).
    """
    assumed = outlook.scenario.other_stages
    if assumed is None:
        return pd.DataFrame(columns=COLUMNS)
    years = [year for year in outlook.county.years if year > outlook.last]
    ninth = _ninth(outlook)
    known = _reported(outlook, "births")
    rows = []
    for stage in PLACES:
        ratio, basis = _ratio(outlook, stage, assumed, ninth)
        for year in years:
            if stage == "kindergarten":
                children = [_of_age(outlook, year + ahead) for ahead in range(1, YEARS + 1)]
                # the youngest are those who enter first grade three years later
                entrants, pupils = children[-1] * ratio, sum(children) * ratio
                # of three to five years by the cut-off date: born in these calendar years
                sure = all(born in known for born in range(year - 6, year - 2))
            else:
                cohorts = [ninth.get(year - back, np.nan) for back in range(1, YEARS + 1)]
                entrants, pupils = cohorts[0] * ratio, sum(cohorts) * ratio
                # grade 9 of the year before: of 14 years by the cut-off date
                sure = all(born in known or born <= outlook.last - 7 for born in range(year - 18, year - 15))  # fmt: skip
            rows.append((stage, year, entrants, pupils, ratio, basis, sure))
    names = ["stage", "year", "entrants", "pupils", "ratio", "ratio_basis", "births_known"]
    return _judged(outlook, pd.DataFrame(rows, columns=names), assumed)


def _judged(outlook: Outlook, table: pd.DataFrame, assumed: OtherStages) -> pd.DataFrame:
    """Classes, places and levels to the pupils."""
    size = {stage: assumed.class_size["kindergarten" if stage == "kindergarten" else "senior"] for stage in PLACES}  # fmt: skip
    table["classes"] = whole_up((table["pupils"] / table["stage"].map(size)).to_numpy())
    places = {}
    for stage, item in PLACES.items():
        reported = _reported(outlook, item)
        places[stage] = reported[max(reported)] if reported else np.nan
    table["places"] = table["stage"].map(places).astype(float)
    table["occupancy"] = table["pupils"] / table["places"].where(table["places"] > 0)
    table["lack"] = np.abs(whole_up(np.maximum(table["pupils"] - table["places"], 0.0).to_numpy()))
    rules = outlook.scenario.seat_warning
    table["level"], table["decide_by"] = "unknown", np.nan
    if rules is not None:
        table["level"] = levels(table["occupancy"].to_numpy(), rules)
        red = table[table["level"] == "red"].groupby("stage")["year"].min()
        table["decide_by"] = table["stage"].map(red).astype(float) - rules.lead_years
    return table[COLUMNS]


def _reported(outlook: Outlook, item: str) -> dict[int, float]:
    """What the county reported of itself, by observed year."""
    table = outlook.county.tables["county_years"]
    rows = table[(table["item"] == item) & (table["year"] <= outlook.last)]
    rows = rows.dropna(subset="value")
    return dict(
        zip(rows["year"].astype(int), pd.to_numeric(rows["value"]).astype(float), strict=True)
    )


def _ninth(outlook: Outlook) -> dict[int, float]:
    """Pupils of grade 9 outside special-education schools, by year; a blank makes a year unknown."""
    tables = outlook.county.tables
    roster, table = tables["schools"], tables["enrolment"]
    special = roster.loc[roster["type"] == "special_education", "school_id"]
    rows = table[(table["grade"] == 9) & ~table["school_id"].isin(special)]
    blank = rows.loc[rows["students"].isna(), "year"].astype(int)
    sums = rows.groupby("year")["students"].sum(min_count=1)
    found = {int(year): float(value) for year, value in sums.items() if pd.notna(value)}
    return {year: value for year, value in found.items() if year not in set(blank)}


def _of_age(outlook: Outlook, enters: int) -> float:
    """Children who come of age for first grade in a school year; NaN if their births are not known."""
    births = {int(year): float(value) for year, value in outlook.births.items()}
    entry = outlook.scenario.entry
    monthly = outlook.scenario.births.monthly
    return Entry(births, entry.cutoff, monthly).children(enters)


def _ratio(
    outlook: Outlook, stage: str, assumed: OtherStages, ninth: dict[int, float]
) -> tuple[float, str]:
    """The ratio of a stage: as last observed, or else assumed."""
    if stage == "kindergarten":
        seen = _reported(outlook, "kindergarten_children")
        for year in sorted(seen, reverse=True):
            children = sum(_of_age(outlook, year + ahead) for ahead in range(1, YEARS + 1))
            if children > 0:
                return seen[year] / children, "observed"
        return assumed.kindergarten, "assumed"
    seen = _reported(outlook, f"{stage}_entrants")
    for year in sorted(seen, reverse=True):
        if ninth.get(year - 1, 0) > 0:
            return seen[year] / ninth[year - 1], "observed"
    share = assumed.general if stage == "senior_general" else 1 - assumed.general
    return assumed.senior * share, "assumed"
