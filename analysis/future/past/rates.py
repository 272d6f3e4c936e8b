"""What the past says about the pupils of the coming years: progression, births, entrants, shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...base.files import N_
from ...base.schema.terms import STAGES
from ...data.county import County
from ..assumptions.roster import Schools
from ..assumptions.scenario import Scenario
from ..grades import GRADES
from .breaks import entrance_openings, read_past
from .cohorts import combine, step_ratios
from .entry import Entry
from .migration import read_migrants
from .streams import Stream, joined_steps, streams


@dataclass(frozen=True)
class Flow:
    """A way on from primary school, with its ratio.

    Attributes
    ----------
    way : Stream
    ratio : float
        Of those who come to those who could.
    entrants : float
        Those who come in a year beside them, where nobody is known to have been before them.
    share : ndarray, shape (schools,)
        Of those who come.
    """

    way: Stream
    ratio: float
    entrants: float
    share: np.ndarray


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
    flows : list of Flow
        How pupils go on from primary school.
    migrants : Migrants
        Pupils from outside, where the county reports them.
    kept : ndarray, shape (9, years)
        Its `kept`.
    junior_steps : ndarray, shape (years - 1,)
        Observed ratios of those who went on from primary school to those who could, all flows together.
    shares : dict of str to ndarray, shape (schools,)
        Of the entrants of a stage; of junior school, among the schools of the same system.
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
        self.ladder = ladder = schools.ladder
        ordinary = np.where(schools.special[:, None, None], np.nan, past)
        ways = streams(ladder, ordinary, schools.is_new)
        joined = joined_steps(ways, ladder, ordinary)
        self.past = read_past(past, county.years, schools, scenario.breaks, joined)
        self.ordinary = self.past.pupils
        self.migrants = read_migrants(county, ladder, self.ordinary, scenario)
        self.kept = kept = self.migrants.kept
        # of those who were there before: a step tells of them alone
        self.past = replace(self.past, after=self.past.after * kept[1:, 1:])
        self.totals = np.nansum(self.ordinary, axis=0)
        self._progression()
        self.share_years = {stage: np.zeros(len(past), dtype=int) for stage in STAGES}
        everybody = np.ones(len(past), dtype=bool)
        self.shares = {"primary": self._share("primary", everybody)}
        self.shares["junior"] = sum(self._share("junior", group.members) for group in ladder.groups)
        self._junior(ways)
        self._births()
        self._entrants(self.totals[0] * kept[0])

    def observed_entrants(self, stage: str) -> np.ndarray:
        """Entrants of ordinary schools: (schools, years), NaN where not reported."""
        return self.ordinary[self.ladder.rows, self.ladder.first[stage]]

    def among(self, stage: str, values: np.ndarray) -> np.ndarray:
        """Sums over the schools among which each school shares entrants of a stage.

        `values` and what comes back are of shape (schools, years).
        """
        if stage == "primary":
            return np.broadcast_to(values.sum(axis=0), values.shape)
        found = np.empty(values.shape)
        for group in self.ladder.groups:
            found[group.rows] = values[group.rows].sum(axis=0)
        return found

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
            for group in self.ladder.groups:
                span = group.span[stage]
                self.factor[group.rows, span.start + 1 : span.stop] *= factor

    def _junior(self, ways: list[Stream]) -> None:
        """How pupils go on from primary school."""
        self.flows = [self._flow(way) for way in ways]
        before = sum(way.below(self.ordinary) for way in ways)
        after = sum(self._comers(way) for way in ways)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.junior_steps = after[1:] / before[:-1]

    def _comers(self, way: Stream) -> np.ndarray:
        """Observed pupils of the grade into which a way leads, without those from outside."""
        return way.comers(self.ordinary) * self.kept[way.first]

    def _flow(self, way: Stream) -> Flow:
        """The ratio of those who come to those who left; without feeders, entrants as they were."""
        entry, leavers = self.scenario.entry, way.below(self.ordinary)
        entrants = self._comers(way)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = entrants[1:] / leavers[:-1]
        step = combine(np.where(np.isfinite(step), step, np.nan)[None], "mean", entry.window)[0]
        factor = self.scenario.progression.factor.get(way.stage, 1.0)
        fixed = 0.0
        if not np.isfinite(step) and leavers[-1] > 0:
            step = 1.0 if entrants[-1] > 0 else 0.0
        if not np.isfinite(step) and entrants[-1] > 0:
            step, fixed = 1.0, float(np.mean(entrants[-entry.window :])) * factor
            self.note(
                "assumed",
                N_(
                    "the junior schools have no last grade of primary school to draw on: their entrants are taken as the mean of the last {n} years"
                ),
                n=min(entry.window, len(entrants)),
            )
        ratio = float(np.nan_to_num(step)) * factor
        share = np.where(way.target.members, self.shares[way.stage], 0.0)
        if way.crosses:
            message, values = way.said()
            self.note("assumed", message, **values)
        if way.joins:
            if way.leavers(self.ordinary).any():
                # nobody can tell those who were there from those who came: they go on alike
                self.factor[way.target.rows, way.first] = ratio
            share = self._joining(way)
        return Flow(way, ratio, fixed, share)

    def _joining(self, way: Stream) -> np.ndarray:
        """Shares of the schools which teach the grade that leavers of other schools join."""
        there = np.nan_to_num(self.ordinary[:, way.first, -self.scenario.entry.window :])
        there[~way.target.members | self._shut()] = 0.0
        share = _mean_share(there, there)
        return share / share.sum() if share.sum() else share

    def _shut(self) -> np.ndarray:
        """Schools that are not open after the last observed year, and special-education schools."""
        schools, last = self.schools, self.county.years[-1]
        return (schools.opening > last) | (schools.closing <= last) | schools.special

    def _share(self, stage: str, members: np.ndarray) -> np.ndarray:
        """The schools' shares of the entrants of a stage, among the members of a group of schools.

        Means over the last years; among schools that exchanged pupils, as since then; a school that
        opened or stopped taking entrants counts for the years in which it took them.
        """
        window = self.scenario.entry.window
        entrants = np.nan_to_num(self.observed_entrants(stage)[:, -window:])
        entrants[~members] = 0.0
        years = self.county.years[-window:]
        fixed = {n: year for n, year in self._begun(stage).items() if members[n]}
        stopped = [n for n in self._stopped(stage) if members[n]]
        others = entrants.copy()
        others[[*fixed, *stopped]] = 0.0
        share = _mean_share(others, others)
        used = np.full(len(share), entrants.shape[1])
        for group in self._groups(stage):
            last = max(x.year for x in self.past.exchanges if group & set(x.schools))
            since = entrants[:, [year >= last for year in years]]
            here = [n for n in sorted(group) if n not in fixed and n not in stopped and members[n]]
            whole = share[here].sum()
            inside = _mean_share(since[here], since[here])
            if inside.any():
                share[here] = whole * inside
                used[here] = since.shape[1]
        for school, begun in fixed.items():
            since = [year >= begun for year in years]
            used[school] = sum(since)
            fixed[school] = _mean_share(entrants[[school]][:, since], entrants[:, since])[0]
        self.share_years[stage][members] = used[members]
        share *= max(1.0 - sum(fixed.values()), 0.0)
        for school, part in fixed.items():
            share[school] = part
        share = np.where(self._shut(), 0.0, share)
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
        last = self.observed_entrants(stage)[:, -1]
        goes_on = (self.ordinary[:, :, -1] > 0) & self.ladder.within(stage)
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
