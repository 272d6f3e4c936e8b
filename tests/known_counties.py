"""Counties whose truth is known, many at once: some observed years, and several futures of each.

Four truths make them:

- `independent`: every grade of every school varies on its own;
- `cut-off`: births change from year to year, entry follows the cut-off date;
- `common shock`: a shock of each year is common to all grades and schools;
- `drift and breaks`: the schools' shares of the entrants drift, a school opens and takes from others.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from cohort_county import cohort_county

from analysis.data.county import County
from analysis.future.past.entry import Entry

HORIZON = 8
FIRST = 2018
PRIMARY, JUNIOR = 12, 5
#: The school that opens stands last.
NEW = PRIMARY + JUNIOR
ROWS = {"primary": [*range(PRIMARY), NEW], "junior": [*range(PRIMARY, NEW)]}
SPANS = {"primary": slice(0, 6), "junior": slice(6, 9)}
NAMES = [*(f"P{n}" for n in range(PRIMARY)), *(f"J{n}" for n in range(JUNIOR)), "N"]
#: Years before the first observed one in which the schools fill.
WARM = 9
#: Births of so many years before the first observed one are known.
KNOWN = 8


@dataclass(frozen=True)
class Truth:
    """Standard deviations (log, a year) by which a county is made."""

    births: float = 0.03
    entry: float = 0.015
    common: float = 0.0
    grade: float = 0.008
    school: float = 0.06
    """Variance of a school's ratio times pupils."""
    share: float = 0.3
    """Variance of a school's share times entrants: of a year alone …"""
    drift: float = 0.0
    """… and lasting."""
    opens: bool = False


TRUTHS = {
    "independent": Truth(births=0.0, entry=0.01),
    "cut-off": Truth(births=0.06, entry=0.01),
    "common shock": Truth(common=0.015, grade=0.004),
    "drift and breaks": Truth(drift=0.3, opens=True),
}


@dataclass(frozen=True)
class Made:
    """Counties of one truth.

    Attributes
    ----------
    seen : ndarray, shape (counties, 18, 9, past)
        Pupils by school and grade; the last school is the one that opens.
    later : ndarray, shape (counties, futures, 18, 9, HORIZON)
    births : dict of int to ndarray, shape (counties,)
        Those that have been observed.
    opened : ndarray of int, shape (counties,)
        Position of the year in which the last school opened; 0: it never did.
    """

    seen: np.ndarray
    later: np.ndarray
    births: dict[int, np.ndarray]
    opened: np.ndarray

    def county(self, number: int) -> County:
        """One of them as it was known in the last observed year."""
        past = self.seen.shape[-1]
        plain = _template(past, int(self.opened[number]))
        students = _given(self.seen[number], int(self.opened[number]))
        births = pd.DataFrame(
            [(year, "births", str(values[number])) for year, values in self.births.items()],
            columns=["year", "item", "value"],
        ).reindex(columns=plain.tables["county_years"].columns)
        tables = dict(plain.tables) | {
            "enrolment": plain.tables["enrolment"].assign(students=students),
            "county_years": births.astype(plain.tables["county_years"].dtypes.to_dict()),
        }
        return dataclasses.replace(plain, tables=MappingProxyType(tables))


def _taught(opened: int, past: int) -> np.ndarray:
    """Which cells are reported: (18, 9, past)."""
    found = np.zeros((NEW + 1, 9, past), dtype=bool)
    for stage, rows in ROWS.items():
        found[rows, SPANS[stage]] = True
    found[NEW, :, : opened if opened else past] = False
    return found


def _grids(cells: np.ndarray, opened: int) -> dict[str, np.ndarray]:
    cells = np.where(_taught(opened, cells.shape[-1]), cells, np.nan)
    return dict(zip(NAMES[: NEW + (opened > 0)], cells, strict=False))


def _given(cells: np.ndarray, opened: int) -> np.ndarray:
    """Pupils in the order of the rows of `cohort_county`: by school, year, grade."""
    taught = _taught(opened, cells.shape[-1])
    return cells.swapaxes(1, 2)[taught.swapaxes(1, 2)]


@functools.cache
def _template(past: int, opened: int) -> County:
    """A county with that roster; its pupils are put in later."""
    ones = _grids(np.full((NEW + 1, 9, past), 40.0), opened)
    dates = {"N": FIRST + opened} if opened else {}
    return cohort_county(ones, list(range(FIRST, FIRST + past)), {}, opened=dates)


class _Maker:
    """Counties of one truth on their way from year to year; arrays are (counties, futures, …)."""

    def __init__(self, truth: Truth, rng: np.random.Generator, counties: int, past: int):
        self.truth, self.rng, self.past = truth, rng, past
        one = (counties, 1)
        self.trend = rng.normal(-0.02, 0.01, one)
        self.births = {FIRST - 20: np.full(one, 1200.0)}
        sizes = np.exp(rng.normal(0, 0.6, (*one, PRIMARY)))
        spread = rng.dirichlet(np.full(JUNIOR, 8.0), one)
        with np.errstate(divide="ignore"):
            primary = np.log(sizes / sizes.sum(axis=-1, keepdims=True))
            # nobody enters the school that has not opened
            primary = np.concatenate([primary, np.full((*one, 1), -np.inf)], axis=-1)
        self.share = {"primary": primary, "junior": np.log(spread)}
        self.ratio = rng.normal(0.995, 0.008, (*one, 8))
        self.opened = rng.integers(1, past, counties) if truth.opens else np.zeros(counties, int)
        self.state = np.zeros((*one, NEW + 1, 9))

    def normal(self, *shape: int) -> np.ndarray:
        return self.rng.normal(0, 1, (*self.state.shape[:2], *shape))

    def split(self, futures: int) -> None:
        """From here on every county has several futures."""
        self.state = np.repeat(self.state, futures, axis=1)
        self.share = {stage: np.repeat(each, futures, axis=1) for stage, each in self.share.items()}

    def children(self, year: int) -> np.ndarray:
        """Children of age; the births of a year are made when somebody asks for them."""
        for born in range(max(self.births) + 1, year - 5):
            step = self.trend + self.normal() * self.truth.births
            self.births[born] = self.births[born - 1] * np.exp(step)
        return sum(part * self.births[born] for born, part in Entry({}).parts(year).items())

    def go_on(self, at: int) -> None:
        """To the next year."""
        truth, below = self.truth, self.state[..., :-1]
        common = (self.normal() * truth.common)[..., None]
        ratio = self.ratio * np.exp(common + self.normal(8) * truth.grade)
        chance = self.normal(*below.shape[2:]) * np.sqrt(truth.school / np.maximum(below, 1))
        new = np.zeros_like(self.state)
        new[..., 1:] = below * np.maximum(ratio[..., None, :] + chance, 0)
        leavers = below[..., 5].sum(axis=-1) * ratio[..., 5]
        new[..., 6] = 0.0
        if truth.opens and 0 < at < self.past:
            self._open(new, np.flatnonzero(self.opened == at))
        entrants = 0.97 * self.children(FIRST + at) * np.exp(self.normal() * truth.entry)
        if at < 1 - WARM:
            leavers = np.full_like(leavers, 1000.0)
        for stage, grade, total in (("primary", 0, entrants), ("junior", 6, leavers)):
            share, total = self.share[stage], total[..., None]
            size = np.maximum(np.exp(share) * total, 5.0)
            share = share + self.normal(size.shape[-1]) * np.sqrt(truth.drift / size)
            part = np.exp(share + self.normal(size.shape[-1]) * np.sqrt(truth.share / size))
            new[..., ROWS[stage], grade] = total * part / part.sum(axis=-1, keepdims=True)
            self.share[stage] = share
        self.state = np.round(new)

    def _open(self, new: np.ndarray, counties: np.ndarray) -> None:
        """The new school takes part of the pupils of the two largest, in place."""
        if not len(counties):
            return
        share = self.share["primary"]
        donors = np.argsort(-share[counties, 0, :PRIMARY], axis=-1)[:, :2]
        moved = self.rng.uniform(0.3, 0.6, (len(counties), 1))
        at = counties[:, None], 0, donors
        taken = new[at] * moved[..., None]
        new[at] -= taken
        new[counties, 0, NEW] = taken.sum(axis=1)
        share[counties, 0, PRIMARY] = np.log(np.exp(share[at]).sum(axis=1) * moved[:, 0])
        share[at] += np.log(1 - moved)


def make(
    truth: Truth, rng: np.random.Generator, counties: int, futures: int = 1, past: int = 6
) -> Made:
    """Counties of a truth.

    Parameters
    ----------
    truth : Truth
    rng : Generator
    counties, futures : int
        Futures that each of them is given.
    past : int
        Observed years.

    Returns
    -------
    Made
    """
    maker = _Maker(truth, rng, counties, past)
    seen, later = [], []
    for at in range(-WARM, past):
        maker.go_on(at)
        if at >= 0:
            seen.append(maker.state[:, 0])
    # the births of the last observed years are known before those children come
    maker.children(FIRST + past - 1 + 6)
    births = {year: maker.births[year][:, 0] for year in range(FIRST - KNOWN, FIRST + past)}
    maker.split(futures)
    for at in range(past, past + HORIZON):
        maker.go_on(at)
        later.append(maker.state)
    return Made(np.stack(seen, axis=-1), np.stack(later, axis=-1), births, maker.opened)
