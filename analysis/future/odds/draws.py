"""How sure a projection is: many seeded courses instead of one.

Around the middle course of a scenario vary, as they did in the county's own past: the births that are
not known yet, the entrants per child of age, the schools' shares of them, progression from grade to
grade (the county's, in part common to all grades, and, the more the smaller it is, each school's), and
the dates on which projects are finished (`analysis.future.odds.noise`). Staff, sites and what the county
reports stay on the middle course. Every draw is judged by the same thresholds and limits as a single
course. The probabilities are conditional: on the scenario, and on the coming years being like the past.

What is drawn is a model, not a certainty: `analysis.future.odds.coverage` says how often the bands held in the county's past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...base.schema.terms import STAGES
from ...data.county import County
from ...measure.indicators import at_most
from ...measure.study import Study
from ...policy.entries import Text
from ..analyze import analyze
from ..assumptions.scenario import BASELINE, Scenario
from ..projection.model import Model
from .chance import EVEN, Chance
from .judge import DrawnYear
from .noise import Noise, Spreads, spreads

#: Band that is printed: it should hold four times in five.
BAND = (0.1, 0.9)
QUANTILES = (BAND[0], 0.5, BAND[1])
COLUMNS = ["low", "median", "high"]
CHUNK = 200
_CV = ["year", "stage", "indicator", *COLUMNS, "limit", "above"]


@dataclass(frozen=True)
class Courses:
    """What every draw comes to, by stage.

    Attributes
    ----------
    years : tuple of int
    ids : ndarray of str, shape (schools,)
    indicators : tuple of str
        Names of the k indicators of the standard.
    pupils : dict of str to ndarray, shape (years, draws, schools)
    mean : dict of str to ndarray, shape (years, k, draws)
        County means of the indicators; NaN where a school did not report.
    cv : dict of str to ndarray, shape (years, k + 1, draws)
        The composite last.
    passing : dict of str to ndarray of bool, shape (years, draws)
        Whether every school judged meets the school rule.
    """

    years: tuple[int, ...]
    ids: np.ndarray
    indicators: tuple[str, ...]
    pupils: dict[str, np.ndarray]
    mean: dict[str, np.ndarray]
    cv: dict[str, np.ndarray]
    passing: dict[str, np.ndarray]

    @classmethod
    def empty(cls, years, ids: np.ndarray, indicators, count: int, pupils) -> Courses:
        """Room for `count` draws; the pupils are filled in elsewhere."""

        def of(rows: int) -> dict[str, np.ndarray]:
            return {stage: np.full((len(years), rows, count), np.nan) for stage in STAGES}

        found = {stage: np.zeros((len(years), count), dtype=bool) for stage in STAGES}
        k = len(indicators)
        return cls(tuple(years), ids, tuple(indicators), pupils, of(k), of(k + 1), found)


@dataclass(frozen=True)
class Forecast:
    """Bands and probabilities.

    Attributes
    ----------
    enrolment : DataFrame
        ``year, stage, low, median, high``: pupils; 80 % of the draws lie between `low` and `high`.
    schools : DataFrame
        ``year, school_id, stage, low, median, high``.
    cv : DataFrame
        ``year, stage, indicator, low, median, high, limit, above`` (share of draws above the limit).
    probability : DataFrame
        ``year`` and shares of the draws in which it is known that: `schools` (every school meets the
        school rule), `cv` (every coefficient of variation is within its limit), `sizes` (no school
        and no class is too large),
        `resource` (schools and cv), `met` (everything, the other items as on the middle course),
        `open` (nothing fails, but something was not reported).
    first_even, first_likely : int or None
        First year in which everything is met in half, and in nine tenths, of the draws.
    draws, seed : int
    scenario : Text
        Name of the scenario that the draws are conditional on.
    courses : Courses
        The draws themselves.
    """

    enrolment: pd.DataFrame = field(repr=False)
    schools: pd.DataFrame = field(repr=False)
    cv: pd.DataFrame = field(repr=False)
    probability: pd.DataFrame
    first_even: int | None
    first_likely: int | None
    draws: int
    seed: int
    scenario: Text
    courses: Courses = field(repr=False)

    def chance(self, year: int) -> Chance | None:
        """How likely the verdict of a projected year is; None of a year that was not drawn."""
        rows = self.probability[self.probability["year"] == year]
        if rows.empty:
            return None
        shares = {name: float(rows[name].iloc[0]) for name in ("met", "resource", "open")}
        return Chance(self.scenario, int(year), **shares, draws=self.draws, seed=self.seed)

    def first_even_of(self, what: str) -> Chance | None:
        """The first year in which something (`met`, `resource`) is met in half of the draws."""
        years = self.probability.loc[self.probability[what] >= EVEN, "year"]
        return self.chance(int(years.iloc[0])) if len(years) else None

    def best_of(self, what: str) -> Chance:
        """The (first) year in which something is met in most of the draws."""
        return self.chance(int(self.probability.loc[self.probability[what].idxmax(), "year"]))


def forecast(
    county: County,
    scenario: str | Scenario = BASELINE,
    *,
    until: int | None = None,
    draws: int = 2000,
    seed: int = 1,
    concessions=None,
    study: Study | None = None,
) -> Forecast:
    """Draw courses of a county by a scenario.

    Parameters
    ----------
    county : County
        Observed years only.
    scenario : str or Scenario
    until : int, optional
    draws : int
    seed : int
        The same seed gives the same numbers.
    concessions : iterable of str, optional
        As for `analysis.future.analyze.analyze`.
    study : Study, optional
        The county judged by this scenario until this year, where it is there already.

    Returns
    -------
    Forecast
    """
    model = Model(county, scenario, until)
    if study is None:
        study = analyze(county, scenario=model.scenario, until=model.until, concessions=concessions)
    return Draws(model, study, draws, seed).run()


class Draws:
    """Draws of one county and scenario, judged year by year."""

    def __init__(self, model: Model, study, draws: int, seed: int):
        self.model, self.study, self.count, self.seed = model, study, draws, seed
        self.rng = np.random.default_rng(seed)
        self.spread = spreads(model)
        late = model.scenario.lateness
        #: years by which what is built is late -> share of the draws
        self.late = {0: 1.0} if late is None else late.shares
        self.judges = {year: DrawnYear(model, study, year) for year in model.years}

    def run(self) -> Forecast:
        model = self.model
        # the middle course first: staff and sites of every year, and who has moved by then
        middle = Model(model.source, model.scenario, model.until).run()
        self.records = {record["year"]: record for record in middle.tables}
        self.additions = middle.sites.additions
        pupils = _Pupils(model, self.count)
        courses = Courses.empty(
            model.years, model.ids, model.indicators, self.count, pupils.schools
        )
        verdicts = np.zeros((len(model.years), 6, self.count), dtype=bool)
        delays = {"a": list(self.late), "p": list(self.late.values())}
        late = np.zeros(0)
        for part, position, year, state in _courses(model, self.spread, self.rng, self.count):
            if position == 0:
                size = part.stop - part.start
                late = self.rng.choice(size=size, **delays)
                classes = np.broadcast_to(model.classes, state.shape)
            classes = model.division.divided(state, classes, year)
            students = pupils.put(part, position, state)
            judge = self.judges[year]
            crowded = model.division.too_large(state, classes, year, judge.class_size)
            found, stages = judge.judge(
                students, self._site(year, late), self.records[year], crowded
            )
            verdicts[position, :, part] = found
            for stage, figures in stages.items():
                courses.mean[stage][position, :, part] = figures.mean
                courses.cv[stage][position, :, part] = figures.cv
                courses.passing[stage][position, part] = figures.passing
        return self._summary(pupils, courses, verdicts)

    def _site(self, year: int, late: np.ndarray) -> dict[str, np.ndarray]:
        """What the schools have in a year: on the middle course, less what is late in a draw."""
        found = {}
        for name, values in self.records[year]["site"].items():
            missing = [
                (school, amount, due)
                for due, school, what, amount in self.additions
                if what == name and due <= year < due + max(self.late)
            ]
            if not missing:
                found[name] = values
                continue
            drawn = np.broadcast_to(values, (len(late), len(values))).copy()
            for school, amount, due in missing:
                drawn[:, school] -= np.where(year < due + late, amount, 0.0)
            found[name] = drawn
        return found

    def _summary(self, pupils: _Pupils, courses: Courses, verdicts) -> Forecast:
        years, cv = self.model.years, []
        enrolment, schools = pupils.tables()
        for stage in dict.fromkeys(enrolment["stage"]):
            for number, name in enumerate(courses.indicators):
                values = courses.cv[stage][:, number]
                if np.isnan(values).all():
                    continue
                limits = np.array([self.judges[year].limit(name, stage) for year in years])
                table = pd.DataFrame(
                    np.nanquantile(values, QUANTILES, axis=1).T, columns=COLUMNS
                ).assign(year=years, stage=stage, indicator=name, limit=limits)
                table["above"] = (~at_most(values, limits[:, None])).mean(axis=1)
                cv.append(table)
        shares = pd.DataFrame(
            verdicts.mean(axis=2), columns=["schools", "cv", "sizes", "resource", "met", "open"]
        )
        shares.insert(0, "year", years)

        def first(share: float) -> int | None:
            reached = shares.loc[shares["met"] >= share, "year"]
            return int(reached.iloc[0]) if len(reached) else None

        return Forecast(
            enrolment,
            schools,
            pd.concat(cv, ignore_index=True)[_CV] if cv else pd.DataFrame(columns=_CV),
            shares,
            first(EVEN),
            first(0.9),
            self.count,
            self.seed,
            self.model.scenario.name,
            courses,
        )


def _courses(
    model: Model, spread: Spreads, rng: np.random.Generator, count: int
) -> Iterator[tuple[slice, int, int, np.ndarray]]:
    """Pupils by school of every course drawn, some at a time: (courses, position, year, pupils)."""
    for start in range(0, count, CHUNK):
        part = slice(start, min(start + CHUNK, count))
        size = part.stop - part.start
        state = np.broadcast_to(model.observed_students, (size, *model.students.shape)).copy()
        noise = Noise(rng, spread, model, size)
        for position, year in enumerate(model.years):
            state = model.strands.padded(state)
            state = model.pupils(state, year, noise.of_year(year, state))
            yield part, position, year, model.strands.by_school(state)


class _Pupils:
    """Pupils of all courses, by stage, for the county and each school."""

    def __init__(self, model: Model, count: int):
        self.model = model
        shape = (len(model.years), count, len(model.ids))
        self.totals = {stage: np.empty(shape[:2]) for stage in STAGES}
        self.schools = {stage: np.empty(shape, dtype=np.float32) for stage in STAGES}

    def put(self, part: slice, position: int, state: np.ndarray) -> dict[str, np.ndarray]:
        """Keep the pupils of a year; by stage and school."""
        students = {stage: self.model.schools.ladder.total(state, stage) for stage in STAGES}
        for stage in STAGES:
            self.totals[stage][position, part] = students[stage].sum(axis=1)
            self.schools[stage][position, part] = students[stage]
        return students

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Bands of the county and of the schools, as in `Forecast`."""
        years, ids = self.model.years, self.model.ids
        enrolment, schools = [], []
        for stage in STAGES:
            if not self.totals[stage].any():
                continue
            bands = np.quantile(self.totals[stage], QUANTILES, axis=1).T
            enrolment.append(pd.DataFrame(bands, columns=COLUMNS).assign(year=years, stage=stage))
            drawn = self.schools[stage]
            at, school = np.nonzero((drawn > 0).any(axis=1))
            # one year at a time: all at once would double the memory
            bands = np.stack([np.quantile(of_year, QUANTILES, axis=0) for of_year in drawn])
            bands = bands[at, :, school]
            schools.append(
                pd.DataFrame(bands, columns=COLUMNS).assign(
                    year=np.array(years)[at], school_id=ids[school], stage=stage
                )
            )
        order = ["year", "school_id", "stage", *COLUMNS]
        return (
            pd.concat(enrolment, ignore_index=True)[["year", "stage", *COLUMNS]],
            pd.concat(schools, ignore_index=True)[order],
        )


def pupil_bands(
    county: County,
    scenario: str | Scenario = BASELINE,
    *,
    until: int | None = None,
    draws: int = 2000,
    seed: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bands of pupils alone, without judging the courses.

    Parameters
    ----------
    county, scenario, until, draws, seed
        As for `forecast`.

    Returns
    -------
    enrolment, schools : DataFrame
        As in `Forecast`.
    """
    model = Model(county, scenario, until)
    pupils = _Pupils(model, draws)
    rng = np.random.default_rng(seed)
    for part, position, _, state in _courses(model, spreads(model), rng, draws):
        pupils.put(part, position, state)
    return pupils.tables()
