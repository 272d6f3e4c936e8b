"""Pupils who came to the county from outside, where the county reports them: a stream of its own.

Without it, progression holds who came and who left, and a county that grew by migration is projected as
if its cohorts themselves grew. Where the numbers are given (items ``net_migration_...`` of county_years),
ratios are estimated of the pupils who were there before, and the stream goes on by its own level. Within a
grade the pupils who came are taken as spread over the schools in proportion to their pupils.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...base.files import N_
from ...base.schema.county_items import NET_MIGRATION
from ...base.schema.terms import STAGES
from ...data.county import County
from ..assumptions.roster import Schools
from ..assumptions.scenario import BASELINE, Scenario, load_scenario
from ..assumptions.sections import NetMigration
from ..grades import GRADES, Ladder
from ..notes import Note
from .observed import observe


@dataclass(frozen=True)
class Migrants:
    """Net migration of pupils, and what is assumed of the coming years.

    Attributes
    ----------
    kept : ndarray, shape (9, years)
        Part of a grade's pupils who did not come in this year; 1 everywhere where the series is not used.
    level : ndarray, shape (9,)
        Pupils who come in every projected year, by grade; negative: who leave.
    totals : ndarray
        Of the observed years from which the level is taken.
    weight : ndarray, shape (9,)
        How a pupil more or less is spread over the grades.
    notes : tuple of Note
    """

    kept: np.ndarray = field(repr=False)
    level: np.ndarray
    totals: np.ndarray
    weight: np.ndarray
    notes: tuple[Note, ...] = ()

    @property
    def goes_on(self) -> bool:
        """Whether there is a stream in the projected years."""
        return len(self.totals) > 0


def read_migrants(
    county: County, ladder: Ladder, pupils: np.ndarray, scenario: Scenario
) -> Migrants:
    """The net migration that a county reports, if it is whole for the years that ratios are taken from.

    Parameters
    ----------
    county : County
    ladder : Ladder
    pupils : ndarray, shape (schools, 9, years)
        Of ordinary schools.
    scenario : Scenario
        Without a section `net_migration` nothing is used.

    Returns
    -------
    Migrants
    """
    course, years = scenario.net_migration, county.years
    none = Migrants(np.ones((GRADES, len(years))), np.zeros(GRADES), np.zeros(0), np.zeros(GRADES))
    found = net_migration(county, ladder, pupils)
    if course is None or np.isnan(found).all():
        return none
    note = _unusable(found, pupils, years, _needed(scenario, years))
    if note is not None:
        return Migrants(none.kept, none.level, none.totals, none.weight, (note,))
    whole = np.nansum(pupils, axis=0)
    moved = np.nan_to_num(found)
    kept = 1 - np.divide(moved, whole, out=np.zeros_like(whole), where=whole > 0)
    known = np.flatnonzero(~np.isnan(found).any(axis=0))[-course.years :]
    level = np.zeros(GRADES)
    if course.level != "none":
        level = found[:, known].mean(axis=1) * course.factor
    size = np.abs(found[:, known]).sum(axis=1)
    totals = found[:, known].sum(axis=0) if course.level != "none" else np.zeros(0)
    weight = size / size.sum() if size.sum() > 0 else np.zeros(GRADES)
    return Migrants(kept, level, totals, weight, (_said(course, level, years, known),))


def net_migration(county: County, ladder: Ladder, pupils: np.ndarray) -> np.ndarray:
    """What the county reports, by grade and year: (9, years); NaN where it is not known.

    A number of a stage is spread over its grades above the entrance grade in proportion to their
    pupils; a number of a grade goes before it. Of an entrance grade nothing need be reported: who
    comes with the entrants is counted among them.
    """
    table, years = county.tables["county_years"], county.years
    rows = table[table["item"].isin(list(NET_MIGRATION)) & table["year"].isin(years)]
    found = np.full((GRADES, len(years)), np.nan)
    values = pd.to_numeric(rows["value"], errors="coerce")
    given = {
        (item, int(year)): float(value)
        for item, year, value in zip(rows["item"], rows["year"], values, strict=True)
        if np.isfinite(value)
    }
    if not given:
        return found
    above = {stage: np.zeros((len(pupils), GRADES), dtype=bool) for stage in STAGES}
    for stage in STAGES:
        above[stage][:, 1:] = ladder.steps(stage)
    for at, year in enumerate(years):
        cells = np.nan_to_num(pupils[:, :, at])
        parts = {stage: np.where(above[stage], cells, 0.0).sum(axis=0) for stage in STAGES}
        known = np.zeros(GRADES)
        for stage, part in parts.items():
            whole = given.get((f"net_migration_{stage}", year), np.nan)
            known += np.where(part > 0, whole * part / max(part.sum(), 1.0), 0.0)
        for grade in range(GRADES):
            known[grade] = given.get((f"net_migration_grade{grade + 1}", year), known[grade])
        found[:, at] = known
    return found


def _needed(scenario: Scenario, years: list[int]) -> list[int]:
    """Years whose steps the ratios are taken from."""
    window = scenario.progression.window
    last = len(years) if window is None else max(window, scenario.entry.window)
    return years[1:][-last:]


def _unusable(
    found: np.ndarray, pupils: np.ndarray, years: list[int], needed: list[int]
) -> Note | None:
    open_ = np.isnan(found).any(axis=0)
    missing = [
        y for y, hole in zip(years, open_, strict=True) if hole and (y in needed or open_.all())
    ]
    if missing:
        message = N_(
            "net migration of pupils is not reported for every stage in {years}: it is not used, and progression holds who came and who left"
        )
        return Note("not_applied", message, {"years": ", ".join(map(str, missing))})
    whole = np.nansum(pupils, axis=0)
    grade, at = np.nonzero(np.nan_to_num(found) > np.maximum(whole - 0.5, 0.0))
    if len(grade):
        message = N_(
            "net migration of {year} is {n} in grade {grade}, which has {pupils} pupils: it is not used; check the number"
        )
        values = {"year": years[at[0]], "grade": int(grade[0]) + 1}
        values |= {"n": round(found[grade[0], at[0]]), "pupils": round(whole[grade[0], at[0]])}
        return Note("not_applied", message, values)
    return None


def _said(course: NetMigration, level: np.ndarray, years: list[int], known: np.ndarray) -> Note:
    values = {"first": years[known[0]], "last": years[known[-1]]}
    if course.level == "none":
        message = N_(
            "net migration is reported: ratios are those of the pupils who were there before, and from now on nobody is taken to come from outside or to leave"
        )
        return Note("assumed", message, {})
    message = N_(
        "net migration is reported: ratios are those of the pupils who were there before, and {n} pupils a year come from outside (negative: leave), as on average of {first} to {last}"
    )
    return Note("assumed", message, values | {"n": f"{level.sum():.0f}"})


def find_migrants(county: County) -> tuple[Note, ...]:
    """What is done with the net migration that a county reports, by its baseline.

    Parameters
    ----------
    county : County
        Observed years only.
    """
    scenario = load_scenario(BASELINE, county)
    schools = Schools(county, scenario)
    pupils = observe(county).grid["students"].copy()
    pupils[schools.special] = np.nan
    return read_migrants(county, schools.ladder, pupils, scenario).notes
