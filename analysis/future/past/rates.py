"""What the past says about the pupils of the coming years: progression, births, entrants, shares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ...base.files import N_
from ...data.county import County
from ..assumptions.roster import Schools
from ..assumptions.scenario import Scenario
from ..grades import ENTRANCE, GRADES, SPAN
from .breaks import entrance_openings, read_past
from .cohorts import combine, step_ratios
from .entry import Entry


class Rates:
    """Ratios and entrants by which pupils go on.

    Parameters
    ----------
    county : County
    scenario : Scenario
    schools : Schools
    past : ndarray, shape (schools, 9, years)
        Observed pupils.
    years : list of int
        Projected years.
    note : callable
        Takes what had to be assumed.

    Attributes
    ----------
    factor : ndarray, shape (schools, 9)
        Ratio of each grade to the grade below one year earlier.
    past : Past
        Observed pupils, and the breaks that were taken out of the steps.
    into_junior : float
        Ratio of the county's grade 7 to its grade 6.
    junior_entrants : float or None
        Entrants of grade 7 where the county has no grade 6.
    shares : dict of str to ndarray, shape (schools,)
        Of the entrants of a stage.
    share_years : dict of str to ndarray of int, shape (schools,)
        Years from which each share was taken.
    totals : ndarray, shape (9, years)
        Observed pupils of the county's ordinary schools.
    births : Series
        By calendar year, known (`known_births`) and assumed.
    entrants : dict of int to float
        Of grade 1, by projected year.
    entry : Entry
        Children of age by school year.
    entry_rates : ndarray, shape (years,)
        Observed entrants per child of age.
    entry_ratio : float
        That of the projection; NaN if no births are known.
    """

    def __init__(
        self,
        county: County,
        scenario: Scenario,
        schools: Schools,
        past: np.ndarray,
        years: list[int],
        note: Callable,
    ):
        self.county, self.scenario, self.schools = county, scenario, schools
        self.years, self.note = years, note
        self.past = read_past(past, county.years, schools, scenario.breaks)
        self.ordinary = self.past.pupils
        self.totals = np.nansum(self.ordinary, axis=0)
        self._progression()
        self._junior()
        self.share_years = {}
        self.shares = {stage: self._share(stage) for stage in ENTRANCE}
        self._births()
        self._entrants(self.totals[ENTRANCE["primary"]])

    def _progression(self) -> None:
        course, past = self.scenario.progression, self.past
        found = step_ratios(
            past.before, past.after, course.method, course.window, course.weights, course.shrinkage
        )
        if len(self.county.years) < 2:
            self.note(
                "assumed",
                N_(
                    "only {year} has been observed: nobody knows how many pupils stay from grade to grade; every cohort is taken to go on whole"
                ),
                year=self.county.years[0],
            )
        self.factor = np.ones((len(self.ordinary), GRADES))
        self.factor[:, 1:] = np.nan_to_num(found, nan=1.0)
        for stage, factor in course.factor.items():
            span = SPAN[stage]
            self.factor[:, span.start + 1 : span.stop] *= factor

    def _junior(self) -> None:
        """The step from grade 6 to 7 of the county; without feeders, entrants as they were."""
        entry, junior = self.scenario.entry, ENTRANCE["junior"]
        leavers, entrants = self.totals[junior - 1], self.totals[junior]
        with np.errstate(divide="ignore", invalid="ignore"):
            step = entrants[1:] / leavers[:-1]
        step = combine(np.where(np.isfinite(step), step, np.nan)[None], "mean", entry.window)[0]
        factor = self.scenario.progression.factor.get("junior", 1.0)
        self.junior_entrants = None
        if not np.isfinite(step) and leavers[-1] > 0:
            step = 1.0 if entrants[-1] > 0 else 0.0
        if not np.isfinite(step) and entrants[-1] > 0:
            self.junior_entrants = float(np.mean(entrants[-entry.window :])) * factor
            self.note(
                "assumed",
                N_(
                    "the junior schools have no primary grade 6 to draw on: their entrants are taken as the mean of the last {n} years"
                ),
                n=min(entry.window, len(entrants)),
            )
        self.into_junior = float(np.nan_to_num(step)) * factor

    def _share(self, stage: str) -> np.ndarray:
        """The schools' shares of the entrants of a stage.

        Means over the last years; among schools that exchanged pupils, as since then; a school that
        opened or stopped taking entrants counts for the years in which it took them.
        """
        window, first = self.scenario.entry.window, ENTRANCE[stage]
        entrants = np.nan_to_num(self.ordinary[:, first, -window:])
        years, schools = self.county.years[-window:], self.schools
        fixed = self._begun(stage)
        stopped = self._stopped(stage)
        others = entrants.copy()
        others[[*fixed, *stopped]] = 0.0
        share = _mean_share(others, others)
        used = np.full(len(share), entrants.shape[1])
        for group in self._groups(stage):
            last = max(x.year for x in self.past.exchanges if group & set(x.schools))
            since = entrants[:, [year >= last for year in years]]
            here = [n for n in sorted(group) if n not in fixed and n not in stopped]
            whole = share[here].sum()
            inside = _mean_share(since[here], since[here])
            if inside.any():
                share[here] = whole * inside
                used[here] = since.shape[1]
        for school, begun in fixed.items():
            since = [year >= begun for year in years]
            used[school] = sum(since)
            fixed[school] = _mean_share(entrants[[school]][:, since], entrants[:, since])[0]
        self.share_years[stage] = used
        share *= max(1.0 - sum(fixed.values()), 0.0)
        for school, part in fixed.items():
            share[school] = part
        last = self.county.years[-1]
        shut = (schools.opening > last) | (schools.closing <= last) | schools.special
        share = np.where(shut, 0.0, share)
        return share / share.sum() if share.sum() else share

    def _begun(self, stage: str) -> dict[int, float]:
        """Schools whose stage began within the window with its entrance grade: school -> year."""
        years = self.county.years[-self.scenario.entry.window :]
        return {
            school: year
            for school, of, year in entrance_openings(self.past)
            if of == stage and year > years[0]
        }

    def _stopped(self, stage: str) -> list[int]:
        """Schools without an entrance grade in the last year, which had one and keep others."""
        first, span = ENTRANCE[stage], SPAN[stage]
        last, goes_on = self.ordinary[:, first, -1], self.ordinary[:, span, -1] > 0
        return [int(n) for n in np.flatnonzero(np.isnan(last) & goes_on.any(axis=1))]

    def _groups(self, stage: str) -> list[set[int]]:
        """Schools that exchanged pupils within the window of the entrants, each with its partners."""
        years = self.county.years[-self.scenario.entry.window :][1:]
        groups: list[set[int]] = []
        for each in self.past.exchanges:
            if each.stage == stage and each.year in years:
                joined = set(each.schools)
                apart = [group for group in groups if not group & joined]
                for group in groups:
                    joined |= group if group & joined else set()
                groups = [*apart, joined]
        return groups

    def _births(self) -> None:
        """Births known and assumed."""
        births, table = self.scenario.births, self.county.tables["county_years"]
        rows = table[(table["item"] == "births")].dropna(subset="value")
        known = dict(
            zip(rows["year"].astype(int), pd.to_numeric(rows["value"]).astype(float), strict=True)
        )
        monthly = {int(year): float(sum(months)) for year, months in births.monthly.items()}
        given = {int(year): float(value) for year, value in births.values.items()}
        series = monthly | known | given
        self.known_births = set(series)
        if series:
            latest, change = max(series), births.change
            if change == "trend":
                change = _trend(
                    [series[y] for y in range(latest - 4, latest + 1) if series.get(y, 0) > 0]
                )
            yearly = max(1 + change + births.shift, 0.0)
            for year in range(latest + 1, self.years[-1] - 5):
                series[year] = series[year - 1] * yearly if year - 1 in series else np.nan
        self.births = pd.Series(series, dtype=float).sort_index()

    def _entrants(self, entrants: np.ndarray) -> None:
        """Entrants of the projected years, from the births or as the scenario gives them."""
        entry = self.scenario.entry
        self.entry = Entry(self.births, entry.cutoff, self.scenario.births.monthly)
        years, ratio = self.county.years, entry.ratio
        whole = [self.entry.complete(year) for year in years]
        # years with both calendar years known; if there is none, those with one
        of_age = np.array(
            [
                self.entry.children(year) if complete or not any(whole) else np.nan
                for year, complete in zip(years, whole, strict=True)
            ]
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            self.entry_rates = np.where(of_age > 0, entrants / of_age, np.nan)
        if ratio is None:
            ratio = combine(self.entry_rates[None], "mean", entry.window)[0]
        recent = float(np.mean(entrants[-entry.window :]))
        self.entrants, guessed = {}, []
        for year in self.years:
            if year in entry.values:
                self.entrants[year] = entry.values[year] * entry.factor
                continue
            born = self.entry.children(year)
            if not np.isfinite(born * ratio):
                guessed.append(year)
                born, rate = recent, 1.0
            else:
                rate = ratio
            self.entrants[year] = born * rate * entry.factor
        self.entry_ratio = ratio
        if guessed:
            self.note(
                "assumed",
                N_(
                    "no births are known for the entrants of {years}: taken as the mean of the last {n} years"
                ),
                years=f"{guessed[0]}–{guessed[-1]}",
                n=entry.window,
            )


def _trend(recent: list[float]) -> float:
    """Mean yearly change of a series."""
    return (recent[-1] / recent[0]) ** (1 / (len(recent) - 1)) - 1 if len(recent) > 1 else 0.0


def _mean_share(some: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Mean over the years of parts of a whole: (schools,); years without a whole do not count."""
    whole = of.sum(axis=0)
    counted = whole > 0
    if not counted.any():
        return np.zeros(len(some))
    return (some[:, counted] / whole[counted]).mean(axis=1)
