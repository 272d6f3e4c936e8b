"""How sure a projection is: many seeded courses instead of one.

Around the middle course of a scenario vary, as they did in the county's own past: the births that are
not known yet, the entrants per child born, the schools' shares of them, progression from grade to
grade (the county's and, the more the smaller it is, each school's), and the dates on which projects are
finished. Staff, sites and what the county reports stay on the middle course. Every draw is judged by
the same thresholds and limits as a single course.

What is drawn is a model, not a certainty: `coverage` says how often the bands held in the county's past.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from .course import ENTRANCE, SPAN, Model
from .drawn import DrawnYear
from .files import InputError
from .indicators import at_most
from .load import County
from .projection import _transitions
from .scenario import BASELINE, Scenario
from .schema import INDICATORS, STAGES
from .study import analyze

#: Band that is printed: it should hold four times in five.
BAND = (0.1, 0.9)
#: Standard deviations (log) where the past is too short to show any.
LEAST_SPREAD = 0.01
CHUNK = 200


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
    """

    enrolment: pd.DataFrame = field(repr=False)
    schools: pd.DataFrame = field(repr=False)
    cv: pd.DataFrame = field(repr=False)
    probability: pd.DataFrame
    first_even: int | None
    first_likely: int | None
    draws: int
    seed: int


def forecast(
    county: County,
    scenario: str | Scenario = BASELINE,
    *,
    until: int | None = None,
    draws: int = 2000,
    seed: int = 1,
    concessions=None,
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
        As for `analysis.study.analyze`.

    Returns
    -------
    Forecast
    """
    model = Model(county, scenario, until)
    study = analyze(county, scenario=model.scenario, until=model.until, concessions=concessions)
    return _Draws(model, study, draws, seed).run()


class _Draws:
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
        self.additions = middle.additions
        shape = (self.count, len(model.ids))
        totals = {stage: np.empty((len(model.years), self.count)) for stage in STAGES}
        by_school = {
            stage: np.empty((len(model.years), *shape), dtype=np.float32) for stage in STAGES
        }
        cvs = {stage: np.empty((len(model.years), len(INDICATORS), self.count)) for stage in STAGES}
        verdicts = np.zeros((len(model.years), 6, self.count), dtype=bool)
        for start in range(0, self.count, CHUNK):
            part = slice(start, min(start + CHUNK, self.count))
            size = part.stop - part.start
            state = np.broadcast_to(model.observed_students, (size, *model.students.shape)).copy()
            classes = np.broadcast_to(model.classes, state.shape)
            noise = _Noise(self.rng, self.spread, model, size)
            late = self.rng.choice(list(self.late), size=size, p=list(self.late.values()))
            for position, year in enumerate(model.years):
                state = model.pupils(state, year, noise.of_year(year, state))
                classes = model.divided(state, classes, year)
                students = {stage: state[..., span].sum(axis=-1) for stage, span in SPAN.items()}
                for stage in STAGES:
                    totals[stage][position, part] = students[stage].sum(axis=1)
                    by_school[stage][position, part] = students[stage]
                judge = self.judges[year]
                crowded = model.too_large(state, classes, year, judge.class_size)
                found, cv = judge.judge(
                    students, self._site(year, late), self.records[year], crowded
                )
                verdicts[position, :, part] = found
                for stage in STAGES:
                    cvs[stage][position, :, part] = cv[stage].T
        return self._summary(totals, by_school, cvs, verdicts)

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

    def _summary(self, totals, by_school, cvs, verdicts) -> Forecast:
        model, columns = self.model, ["low", "median", "high"]
        quantiles = (BAND[0], 0.5, BAND[1])
        years = model.years
        enrolment, schools, cv = [], [], []
        for stage in STAGES:
            if not totals[stage].any():
                continue
            bands = np.quantile(totals[stage], quantiles, axis=1).T
            enrolment.append(pd.DataFrame(bands, columns=columns).assign(year=years, stage=stage))
            at, school = np.nonzero((by_school[stage] > 0).any(axis=1))
            # one school at a time: all at once would double the memory
            bands = np.array(
                [
                    np.quantile(by_school[stage][a, :, s], quantiles)
                    for a, s in zip(at, school, strict=True)
                ]
            )
            schools.append(
                pd.DataFrame(bands, columns=columns).assign(
                    year=np.array(years)[at], school_id=model.ids[school], stage=stage
                )
            )
            for number, name in enumerate(INDICATORS):
                values = cvs[stage][:, number]
                if np.isnan(values).all():
                    continue
                limits = np.array([self.judges[year].limit(stage) for year in years])
                table = pd.DataFrame(
                    np.nanquantile(values, quantiles, axis=1).T, columns=columns
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

        order = ["year", "stage"]
        return Forecast(
            pd.concat(enrolment, ignore_index=True)[[*order, *columns]],
            pd.concat(schools, ignore_index=True)[["year", "school_id", "stage", *columns]],
            pd.concat(cv, ignore_index=True)[[*order, "indicator", *columns, "limit", "above"]],
            shares,
            first(0.5),
            first(0.9),
            self.count,
            self.seed,
        )


# --- what varies, and how much ----------------------------------------------------------------------


@dataclass(frozen=True)
class Spreads:
    """Standard deviations of logarithms, as they were in the observed years.

    `births`: yearly change of births; `entry`: entrants per child born; `junior`: the step from grade 6
    to 7; `progression`: the county's ratio within a stage; `school`: variance of a school's ratio times
    pupils of the cell, so that a cell of n pupils has the standard deviation ``sqrt(school / n)``;
    `share`: likewise of a school's share of the entrants, from year to year; `years`: transitions seen.
    """

    births: float
    entry: float
    junior: float
    progression: float
    school: float
    share: float
    years: int


def spreads(model: Model) -> Spreads:
    """How much the past varied around the means that the projection uses."""
    past = model.past.copy()
    past[model.special] = np.nan
    total = np.nansum(past, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = total[1:, 1:] / total[:-1, :-1]
        within = np.delete(steps, ENTRANCE["junior"] - 1, axis=0)
        own = _transitions(past)
        apart = (own - steps) ** 2 * past[:, :-1, :-1]
    junior = steps[ENTRANCE["junior"] - 1]
    apart = np.delete(apart, ENTRANCE["junior"] - 1, axis=1)
    apart = apart[np.isfinite(apart)]
    entrants = past[:, ENTRANCE["primary"]]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = entrants / np.nansum(entrants, axis=0)
        moved = (share[:, 1:] / share[:, :-1] - 1) ** 2 * entrants[:, :-1]
    moved = moved[np.isfinite(moved)]
    births = model.births[model.births.index.isin(model.known_births)]
    changes = np.diff(np.log(births.to_numpy()[-8:])) if (births > 0).all() else np.array([])
    rates = np.array(
        [
            total[0, position] / births[year - 6]
            for position, year in enumerate(model.source.years)
            if births.get(year - 6, 0) > 0
        ]
    )
    return Spreads(
        births=_sd(changes),
        entry=_sd(_logs(rates)),
        junior=_sd(_logs(junior)),
        progression=_sd((_logs(within) - _logs(within).mean(axis=1, keepdims=True)).ravel())
        if np.isfinite(within).all() and (within > 0).all()
        else LEAST_SPREAD,
        # the middle half of the squares: one school that closed a grade must not widen all bands
        school=_robust(apart),
        share=_robust(moved),
        years=max(len(model.source.years) - 1, 1),
    )


def _logs(values: np.ndarray) -> np.ndarray:
    values = np.where(np.isfinite(values) & (values > 0), values, np.nan)
    return np.log(values)


def _sd(values: np.ndarray) -> float:
    values = values[np.isfinite(values)]
    return max(float(np.std(values, ddof=1)), LEAST_SPREAD) if len(values) > 2 else 3 * LEAST_SPREAD


def _robust(squares: np.ndarray) -> float:
    """Variance from squares by their median (that of a squared standard normal is 0.455)."""
    return max(float(np.median(squares)) / 0.455, 1e-4) if len(squares) else 0.05


class _Noise:
    """The factors of one chunk of draws, year after year."""

    def __init__(self, rng: np.random.Generator, spread: Spreads, model: Model, size: int):
        self.rng, self.spread, self.model, self.size = rng, spread, model, size
        # the means themselves come from few years: an error that stays over all years of a draw
        lasting = 1 / np.sqrt(spread.years)
        self.entry = rng.normal(0, spread.entry * lasting, size)
        self.junior = rng.normal(0, spread.junior * lasting, size)
        self.progression = rng.normal(0, spread.progression * lasting, size)
        self.births = np.zeros(size)
        self.born: dict[int, np.ndarray] = {}
        self.shares = np.zeros((size, len(model.ids)), dtype=np.float32)
        share = np.maximum(model.shares["primary"], model.shares["junior"])
        entrants = max(float(np.nansum(model.past[:, 0, -1])), 1.0)
        self.share_sd = np.sqrt(spread.share / np.maximum(share * entrants, 5.0)).astype(np.float32)

    def of_year(self, year: int, state: np.ndarray) -> dict:
        rng, spread, model = self.rng, self.spread, self.model
        entry = self.entry + rng.normal(0, spread.entry, self.size)
        born = year - 6
        if born in model.births.index and born not in model.known_births:
            # a random walk from the last known year on
            self.births = self.births + rng.normal(0, spread.births, self.size)
            entry = entry + self.births
        county = self.progression[:, None, None] + rng.normal(
            0, spread.progression, (self.size, 1, state.shape[-1] - 1)
        )
        cells = np.maximum(state.mean(axis=0), 1.0)[:, :-1]
        noise = rng.standard_normal((*state.shape[:-1], state.shape[-1] - 1), dtype=np.float32)
        noise *= np.sqrt(spread.school / cells).astype(np.float32)
        noise += (1 + county).astype(np.float32)
        np.maximum(noise, 0, out=noise)
        self.shares += rng.standard_normal(self.shares.shape, dtype=np.float32) * self.share_sd
        return {
            "entrants": np.exp(entry)[:, None],
            "junior": np.exp(self.junior + rng.normal(0, spread.junior, self.size))[:, None],
            "progression": noise,
            "shares": np.exp(self.shares),
        }


# --- did the bands hold? ----------------------------------------------------------------------------


def coverage(
    county: County, *, draws: int = 400, seed: int = 1, least_years: int = 3
) -> pd.DataFrame:
    """How often the bands would have held, had they been drawn in earlier years.

    From every year with `least_years` behind it, knowing only what was known then, by the baseline.

    Returns
    -------
    DataFrame
        ``horizon, schools, within_schools, counties, within_county``: comparisons and the share of
        them inside the 80 % band, for schools' and the county's pupils by stage. Empty where the
        past is too short.
    """
    rows = []
    years = county.years
    for origin in years[least_years - 1 : -1]:
        past = _until(county, origin)
        try:
            found = forecast(past, until=min(years[-1], origin + 40), draws=draws, seed=seed)
        except InputError:
            continue
        actual = county.tables["school_years"].set_index(["year", "school_id"])
        for stage in STAGES:
            seen = actual[f"students_{stage}"].astype(float)
            bands = found.schools[found.schools["stage"] == stage]
            value = seen.reindex(pd.MultiIndex.from_frame(bands[["year", "school_id"]])).to_numpy()
            known = np.isfinite(value) & (value > 0)
            inside = (bands["low"] <= value + 0.5) & (value - 0.5 <= bands["high"])
            rows += [
                (year - origin, "school", hit)
                for year, hit in zip(bands["year"][known], inside[known], strict=True)
            ]
            ordinary = actual[~actual.index.get_level_values(1).isin(_special(county))]
            sums = ordinary[f"students_{stage}"].astype(float).groupby("year").sum()
            whole = found.enrolment[found.enrolment["stage"] == stage].set_index("year")
            special = actual[actual.index.get_level_values(1).isin(_special(county))]
            constant = float(special[f"students_{stage}"].astype(float).get(origin, pd.Series([0.0])).sum())  # fmt: skip
            for year, band in whole.iterrows():
                value = sums[year] + constant
                rows.append((year - origin, "county", band["low"] <= value <= band["high"]))
    table = pd.DataFrame(rows, columns=["horizon", "unit", "inside"])
    if table.empty:
        return pd.DataFrame(columns=["horizon", "schools", "within_schools", "counties", "within_county"])  # fmt: skip
    grouped = table.groupby(["horizon", "unit"])["inside"].agg(["size", "mean"]).unstack("unit")
    return pd.DataFrame(
        {
            "horizon": grouped.index.astype(int),
            "schools": grouped[("size", "school")].to_numpy(),
            "within_schools": grouped[("mean", "school")].to_numpy(dtype=float),
            "counties": grouped[("size", "county")].to_numpy(),
            "within_county": grouped[("mean", "county")].to_numpy(dtype=float),
        }
    )


def _special(county: County) -> list[str]:
    schools = county.tables["schools"]
    return list(schools.loc[schools["type"] == "special_education", "school_id"])


def _until(county: County, year: int) -> County:
    """A county as it was known in an earlier year."""
    tables = {
        name: table[table["year"] <= year] if "year" in table else table
        for name, table in county.tables.items()
    }
    schools = tables["schools"]
    known = schools["school_id"].isin(tables["school_years"]["school_id"])
    tables["schools"] = schools[known & ~(schools["opened"] > year)].assign(
        closed=lambda t: t["closed"].mask(t["closed"] >= year)
    )
    ids = set(tables["schools"]["school_id"])
    for name in ("school_years", "enrolment", "rooms"):
        tables[name] = tables[name][tables[name]["school_id"].isin(ids)]
    return dataclasses.replace(county, tables=MappingProxyType(tables))
