"""How much the past varied, and the factors of draws that follow from it.

Every spread is estimated from the county's own years. Since they are few, a prior is added that fades
with them (empirical Bayes): the variance is ``squares / freedom + prior**2 / (1 + freedom / worth)``,
where `worth` is what the prior is worth in years. It is not known exactly either: every course draws its own from the scaled inverse
chi-square distribution, so that short pasts give wide bands. The means that the projection uses come
from few years too; their error stays over all years of a course.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...base.schema.terms import STAGES
from ..past.observed import quiet
from ..projection.model import Model

#: What the prior is worth, in years.
PRIOR_YEARS = 3.0
#: Likewise, of the shock common to all grades: some counties have none, some a large one, so that what
#: others show tells little of one.
COMMON_YEARS = 1.0
#: Standard deviations of logarithms where the past shows nothing, chosen before any back-test.
PRIOR = {"births": 0.02, "entry": 0.01, "junior": 0.003, "common": 0.002, "grade": 0.003}
#: Variance of a school's ratio, and of its share of the entrants, times pupils, likewise.
PRIOR_SCHOOL, PRIOR_SHARE = 0.05, 0.5
#: Standard deviation of a year's net migration, as part of the county's pupils, likewise.
PRIOR_MIGRATION = 0.001
#: Fewest values from which a robust variance is taken; the number of pupils below which none is larger.
FEW, LEAST_CELL = 6, 5.0


@dataclass(frozen=True)
class Spread:
    """A standard deviation, and how well it is known.

    `sd`: of a logarithm; `freedom`: degrees of freedom with the prior's; `mean_of`: years in the mean.
    """

    sd: float
    freedom: float
    mean_of: float = np.inf

    @classmethod
    def of(cls, values: np.ndarray, prior: float, mean_of: float = np.inf, less: float = 0.0):
        """From values around their mean; `less`: variance that is drawn elsewhere."""
        values = values[np.isfinite(values)]
        squares = float(((values - values.mean()) ** 2).sum()) if len(values) > 1 else 0.0
        return cls.of_squares(squares, max(len(values) - 1, 0), prior, mean_of, less)

    @classmethod
    def of_squares(
        cls,
        squares: float,
        freedom: float,
        prior: float,
        mean_of: float,
        less: float = 0.0,
        worth: float = PRIOR_YEARS,
    ):
        squares = max(squares - less * freedom, 0.0)
        variance = squares / max(freedom, 1.0) + prior**2 / (1 + freedom / worth)
        return cls(float(np.sqrt(variance)), worth + freedom, mean_of)

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Standard deviations of so many courses."""
        # no course is wilder than one in a hundred of them should be
        low = self.freedom / 8
        return self.sd * np.sqrt(self.freedom / np.maximum(rng.chisquare(self.freedom, size), low))


@dataclass(frozen=True)
class Spreads:
    """How much the past varied around the means that the projection uses.

    `births`: yearly change of births; `entry`: entrants per child of age; `junior`: the step from grade
    6 to 7; `common`: the county's ratios of a year, all grades alike; `grade`: each grade's beside it;
    `school`: variance of a school's ratio times pupils of the cell; `apart`: variance of schools'
    lasting ratios; `share`: variance of a school's share of the entrants times entrants, from year to
    year; `drift`: likewise of its lasting change; `migration`: pupils a year from outside, not a
    logarithm; `walks`: no births are known, and the entrants of a year start from those of the year before.
    """

    births: Spread
    entry: Spread
    junior: Spread
    common: Spread
    grade: Spread
    school: float
    apart: float
    share: float
    drift: float
    migration: Spread | None = None
    walks: bool = False


def spreads(model: Model) -> Spreads:
    """How much the past varied: that of a model's county, by its scenario's means."""
    rates, applied = model.rates, model.applied
    window = applied.progression.window or len(model.source.years)
    births = rates.births[rates.births.index.isin(list(rates.known_births))]
    births = births[births > 0].to_numpy()[-8:]
    school, apart = _schools(rates.past)
    feeders, steps = _steps(rates)
    common, grade, yearly, blur = _county(steps, feeders, school, window)
    entries = applied.entry.window
    share, drift = _shares(rates)
    return Spreads(
        births=Spread.of(np.diff(np.log(births)), PRIOR["births"], 4),
        entry=_entry(rates, entries),
        walks=not np.isfinite(rates.entry_rates).any(),
        junior=Spread.of(
            _logs(rates.junior_steps) - yearly,
            PRIOR["junior"],
            min(entries, max(steps.shape[1], 1)),
            blur,
        ),
        common=common,
        grade=grade,
        school=school,
        apart=apart,
        share=share,
        drift=drift,
        migration=_migration(rates),
    )


def _entry(rates, window: int) -> Spread:
    """How much entrants per child of age varied; without births, how far entrants went in a year."""
    came = _logs(rates.entry_rates)
    known = max(min(window, len(came)), 1)
    if np.isfinite(came).any():
        return Spread.of(came, PRIOR["entry"], known)
    steps = np.diff(_logs(rates.totals[0] * rates.kept[0]))
    steps = steps[np.isfinite(steps)]
    # the course goes on level from a mean: all that entrants rose or fell counts
    squares = float((steps**2).sum())
    return Spread.of_squares(squares, len(steps), PRIOR["entry"], 1 / max(_behind(known), 1e-9))


def _behind(window: int) -> float:
    """Variance, in steps of a walk, by which its mean of some years is behind it."""
    return sum(((window - i) / window) ** 2 for i in range(1, window))


def _migration(rates) -> Spread | None:
    """How much the net migration that a county reports varied; None without a stream."""
    migrants = rates.migrants
    if not migrants.goes_on:
        return None
    prior = PRIOR_MIGRATION * float(rates.totals[:, -1].sum())
    return Spread.of(migrants.totals, prior, len(migrants.totals))


def _steps(rates) -> tuple[np.ndarray, np.ndarray]:
    """Pupils (grades, years) and the logarithms of the county's ratios (grades, years - 1).

    Of the grades from which pupils go on within a stage; only the schools where they do are counted.
    """
    past = rates.past
    inside = past.inside[..., None]
    within = past.inside.any(axis=0)
    feeders = np.nansum(np.where(inside, past.pupils[:, :-1], np.nan), axis=0)[within]
    after = np.nansum(np.where(inside, past.pupils[:, 1:], np.nan), axis=0)[within]
    with np.errstate(divide="ignore", invalid="ignore"):
        return feeders, _logs(after[:, 1:] * rates.kept[1:, 1:][within] / feeders[:, :-1])


def _logs(values: np.ndarray) -> np.ndarray:
    values = np.where(np.isfinite(values) & (values > 0), values, np.nan)
    return np.log(values)


def _county(
    steps: np.ndarray, pupils: np.ndarray, school: float, window: int
) -> tuple[Spread, Spread, np.ndarray | float, float]:
    """Shocks of the county's ratios: those of a year common to all grades, and those of each grade.

    The third value is what each observed year had in common, the fourth the variance of its error.
    """
    steps = steps[np.isfinite(steps).all(axis=1)]
    grades, years = steps.shape
    used = min(window, max(years, 1))
    if grades < 2 or years < 2:
        common = Spread.of_squares(0.0, 0, PRIOR["common"], used, worth=COMMON_YEARS)
        return common, Spread.of_squares(0.0, 0, PRIOR["grade"], used), 0.0, 0.0
    apart = steps - steps.mean(axis=1, keepdims=True)
    yearly = apart.mean(axis=0)
    rest = ((apart - yearly) ** 2).sum() / (grades - 1)
    # what the schools' own chance makes of the county's ratio is drawn with the schools
    whole = pupils[:, :-1][pupils[:, :-1] > 0]
    by_chance = school / float(np.mean(whole)) if len(whole) else 0.0
    # every grade tells of the spread that all of them have: few years, but many grades
    freedom = (years - 1) * (grades - 1)
    grade = Spread.of_squares(rest * (grades - 1), freedom, PRIOR["grade"], used, by_chance)
    squares = max(float((yearly**2).sum()) - rest / grades, 0.0)
    common = Spread.of_squares(squares, years - 1, PRIOR["common"], used, worth=COMMON_YEARS)
    return common, grade, yearly, rest / (years - 1) / grades


def _schools(past) -> tuple[float, float]:
    """Variance of schools' yearly ratios times pupils, and of their lasting ratios."""
    before, within = past.before.copy(), past.inside.any(axis=0)
    for position, stage in enumerate(STAGES):
        before[past.ladder.steps(stage)[..., None] & past.broken[:, position, None]] = np.nan
    before, after = before[:, within], past.after[:, within]
    both = (before > 0) & np.isfinite(after)
    before, after = np.where(both, before, np.nan), np.where(both, after, np.nan)
    whole = np.nansum(before, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.nansum(after, axis=0) / whole
        apart = after / before - rate
        weight = before / (1 - before / whole)
        squares = apart**2 * weight
    squares = squares[np.isfinite(squares)]
    if len(squares) < FEW:
        return PRIOR_SCHOOL, 0.0
    school = _robust(squares)
    with np.errstate(divide="ignore", invalid="ignore"):
        feeders = np.nansum(before, axis=2)
        mean = np.nansum(apart * before, axis=2) / feeders
        lasting = mean**2 - school / feeders
    lasting = lasting[np.isfinite(lasting)]
    return school, max(float(np.mean(np.clip(lasting, -0.01, 0.01))), 0.0) if len(lasting) else 0.0


def _shares(rates) -> tuple[float, float]:
    """Variances of shares of the entrants, times entrants: of a year alone, and lasting.

    Differences over `lag` years hold twice the chance of a year, and `lag` steps of drift.
    """
    squares: dict[int, list] = {}
    for position, stage in enumerate(STAGES):
        entrants = rates.observed_entrants(stage)
        whole = rates.among(stage, np.nan_to_num(entrants))
        with np.errstate(divide="ignore", invalid="ignore"):
            part = entrants / whole
            size = entrants / (1 - part)
        share = _logs(part)
        # since the last break of a school only
        broken = np.column_stack([np.zeros(len(share), dtype=bool), rates.past.broken[:, position]])
        since = broken.cumsum(axis=1) == broken.sum(axis=1, keepdims=True)
        share = np.where(since & np.isfinite(size), share, np.nan)
        with quiet():
            mean = np.nanmean(np.where(size < np.inf, size, np.nan), axis=1, keepdims=True)
        for lag in range(1, share.shape[1]):
            found = (share[:, lag:] - share[:, :-lag]) ** 2 * mean
            squares.setdefault(lag, []).append(found[np.isfinite(found)])
    joined = {lag: np.concatenate(found) for lag, found in squares.items()}
    joined = {lag: found for lag, found in joined.items() if len(found)}
    if sum(len(found) for found in joined.values()) < FEW:
        return PRIOR_SHARE, PRIOR_SHARE / 4
    level = [float(np.mean(np.minimum(found, 9 * _robust(found)))) for found in joined.values()]
    if len(level) == 1:
        return level[0] * 3 / 8, level[0] / 4
    from scipy.optimize import nnls  # slow to import, needed only here

    weight = np.sqrt([len(found) for found in joined.values()])
    design = np.column_stack([np.full(len(level), 2.0), list(joined)])
    (share_, drift), _ = nnls(design * weight[:, None], np.array(level) * weight)
    return max(float(share_), 0.02), float(drift)


def _robust(squares: np.ndarray) -> float:
    """Variance from squares by what four in five stay below (1.642 for a squared standard normal).

    What is drawn is normal and what is printed are bands of four in five: the past, whose tails are
    longer, is met where the bands end.
    """
    return max(float(np.quantile(squares, 0.8)) / 1.642, 1e-4)


class Noise:
    """The factors of one chunk of draws, year after year."""

    def __init__(self, rng: np.random.Generator, spread: Spreads, model: Model, size: int):
        self.rng, self.spread, self.model, self.size = rng, spread, model, size
        self.sd = {
            name: getattr(spread, name).draw(rng, size)
            for name in ("births", "entry", "junior", "common", "grade")
        }
        grades = model.observed_students.shape[1] - 1
        # the means come from few years: an error that stays over all years of a draw
        self.entry = self._lasting("entry")
        self.junior = self._lasting("junior")
        self.change = self._lasting("births")
        self.common = self._lasting("common")
        self.progression = np.stack([self._lasting("grade") for _ in range(grades)], axis=1)
        self.migration = None
        if spread.migration is not None:
            self.sd["migration"] = spread.migration.draw(rng, size)
            self.migration = self._lasting("migration")
        self.births: dict[int, np.ndarray] = {}
        self.school = self._schools(grades)
        self.shares, self.share_sd, self.drift_sd = {}, {}, {}
        for stage in STAGES:
            self._shares(stage)

    def _lasting(self, name: str) -> np.ndarray:
        sd = self.sd[name] / np.sqrt(getattr(self.spread, name).mean_of)
        return self.rng.normal(0, 1, self.size) * sd

    def _schools(self, grades: int) -> np.ndarray:
        """Errors of the schools' own ratios: (draws, schools, 8)."""
        spread, course = self.spread, self.model.applied.progression
        with np.errstate(invalid="ignore"):
            recent = self.model.rates.past.before[:, :, -(course.window or 99) :]
            feeders = np.nansum(recent, axis=2)
            own = (
                feeders / (feeders + course.shrinkage) if course.shrinkage else (feeders > 0) * 1.0
            )
        own = np.nan_to_num(own)
        variance = own**2 * spread.school / np.maximum(feeders, LEAST_CELL)
        variance += (1 - own) ** 2 * spread.apart
        shape = (self.size, *variance.shape)
        return self.rng.standard_normal(shape, dtype=np.float32) * np.sqrt(variance).astype(
            np.float32
        )

    def _shares(self, stage: str) -> None:
        model, spread = self.model, self.spread
        whole = model.rates.among(stage, np.nan_to_num(model.rates.observed_entrants(stage)))[:, -1]
        size = np.maximum(model.rates.shares[stage] * whole, LEAST_CELL)
        years = np.maximum(model.rates.share_years[stage], 1)
        # a mean of some years is behind what drifts
        behind = np.array([_behind(w) for w in years])
        error = (spread.share / years + spread.drift * behind) / size
        self.share_sd[stage] = np.sqrt(spread.share / size).astype(np.float32)
        # how much a school drifts is known from the observed years only
        freedom = max(len(model.source.years) - 1, 2)
        wide = freedom / np.maximum(
            self.rng.chisquare(freedom, (self.size, len(size))), freedom / 8
        )
        self.drift_sd[stage] = np.sqrt(spread.drift / size * wide).astype(np.float32)
        self.shares[stage] = self._normal(len(size)) * np.sqrt(error).astype(np.float32)

    def _normal(self, *shape: int) -> np.ndarray:
        return self.rng.standard_normal((self.size, *shape), dtype=np.float32)

    def _born(self, year: int) -> np.ndarray | float:
        """How far the births of a year are off the middle course (log): a walk from the last known."""
        known, births = self.model.rates.known_births, self.model.rates.births
        if year in known or year not in births.index:
            return 0.0
        if year not in self.births:
            step = self.change + self.rng.normal(0, 1, self.size) * self.sd["births"]
            self.births[year] = self._born(year - 1) + step
        return self.births[year]

    def of_year(self, year: int, state: np.ndarray) -> dict:
        """Factors of a projected year for `analysis.future.projection.model.Model.pupils`.

        Parameters
        ----------
        year : int
        state : ndarray, shape (draws, strands, 9)
            Pupils of the year before.
        """
        rng, model, sd = self.rng, self.model, self.sd
        entry = self.entry + rng.normal(0, 1, self.size) * sd["entry"]
        if self.spread.walks:
            self.entry = entry
        parts = model.rates.entry.parts(year)
        born = {each: model.rates.births.get(each, 0.0) for each in parts}
        whole = sum(parts[each] * born[each] for each in parts)
        off = sum(
            parts[each] * born[each] / whole * np.exp(self._born(each))
            if whole > 0
            else parts[each]
            for each in parts
        )
        common = self.common + rng.normal(0, 1, self.size) * sd["common"]
        own = rng.normal(0, 1, self.progression.shape) * sd["grade"][:, None]
        county = common[:, None] + self.progression + own
        junior = common + self.junior + rng.normal(0, 1, self.size) * sd["junior"]
        cells = np.maximum(state.mean(axis=0), 1.0)[:, :-1]
        noise = self._normal(*cells.shape)
        noise *= np.sqrt(self.spread.school / cells).astype(np.float32)
        noise += self.school[:, model.strands.home[: cells.shape[0]]]
        noise += np.exp(county).astype(np.float32)[:, None, :]
        np.maximum(noise, 0, out=noise)
        shares = {}
        for stage in STAGES:
            self.shares[stage] += self._normal(len(model.ids)) * self.drift_sd[stage]
            yearly = self._normal(len(model.ids)) * self.share_sd[stage]
            shares[stage] = np.exp(self.shares[stage] + yearly)
        found = {}
        if self.migration is not None:
            come = self.migration + rng.normal(0, 1, self.size) * sd["migration"]
            found["migration"] = come[:, None, None]
        return found | {
            "entrants": (np.exp(entry) * off)[:, None],
            "junior": np.exp(junior)[:, None],
            "progression": noise,
            "shares": shares,
        }
