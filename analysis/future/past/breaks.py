"""Breaks of the past: openings, closures, mergers, splits, new codes, transfers between schools.

Cohorts are conserved: what a school lost beyond the county's progression, others gained. A break is a
group of schools that exchanged pupils between two years. In that step every school of the group gets
the ratio of the group as a whole, so that a school which gave half its pupils to a new one is not read
as losing half of every cohort for ever.

What is recognised, within a stage and without its entrance grade:

- a school without pupils before and with pupils now opened; one with pupils before and none now closed;
- a school whose pupils differ from the county's progression by more than `SURE` standard deviations, a
  tenth and ten pupils exchanged pupils with others;
- to a school that opened or closed belong those that differ the other way; where they are too few to
  explain most of its pupils, all schools of the stage.

The user confirms or denies breaks in a scenario file (section `breaks`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...base.schema.terms import STAGES, Label
from ..assumptions.roster import Schools
from ..assumptions.sections import Break
from ..grades import Ladder
from .observed import quiet

#: Standard deviations from which a school's difference is no accident, and those of a counterpart.
SURE, LIKELY = 4.0, 3.0
#: Least part of the expected pupils, and least pupils, that count as an exchange.
PART, PUPILS = 0.1, 10.0
#: Part of the pupils of an opening or closure that counterparts have to explain.
EXPLAINED = 0.7

KINDS = {
    "opening": Label("新开办", "Opening"),
    "split": Label("分设", "Split"),
    "closure": Label("撤并", "Closure"),
    "merger": Label("合并", "Merger"),
    "recoded": Label("更名或换代码", "Renamed or re-coded"),
    "transfer": Label("学区调整或学生划转", "Boundary change or transfer"),
}


@dataclass(frozen=True)
class Exchange:
    """Schools that exchanged pupils before a school year.

    Attributes
    ----------
    year : int
        School year that began after it.
    stage : str
    kind : str
        A key of `KINDS`.
    gave, took : tuple of int
        Positions of the schools that have fewer and more pupils than they would have had.
    moved : float
        Pupils that the takers have more, beyond the entrance grade.
    basis : {"recognised", "confirmed"}
    opened : tuple of int
        Schools that opened or closed then.
    everyone : bool
        Whether all schools of the stage are taken as the group, since no counterpart was found.
    """

    year: int
    stage: str
    kind: str
    gave: tuple[int, ...]
    took: tuple[int, ...]
    moved: float
    basis: str = "recognised"
    opened: tuple[int, ...] = ()
    everyone: bool = False

    @property
    def schools(self) -> tuple[int, ...]:
        return (*self.gave, *self.took)


@dataclass(frozen=True)
class Past:
    """Observed pupils, and the steps from year to year without what breaks did to them.

    Attributes
    ----------
    years : list of int
    pupils : ndarray, shape (schools, 9, years)
        Without special-education schools.
    ladder : Ladder
    inside : ndarray of bool, shape (schools, 8)
        The steps of each school by which its own pupils alone go on.
    before, after : ndarray, shape (schools, 8, years - 1)
        Pupils of a grade, and of the next one a year later; NaN outside those steps. `before` of a
        school that exchanged pupils is what its pupils of now would have been in its group.
    broken : ndarray of bool, shape (schools, 2, years - 1)
        By stage: where a school exchanged pupils.
    exchanges : tuple of Exchange
    """

    years: list[int]
    pupils: np.ndarray = field(repr=False)
    ladder: Ladder = field(repr=False)
    inside: np.ndarray = field(repr=False)
    before: np.ndarray = field(repr=False)
    after: np.ndarray = field(repr=False)
    broken: np.ndarray = field(repr=False)
    exchanges: tuple[Exchange, ...] = ()

    def group(self, school: int, stage: str, window: int) -> set[int]:
        """Schools linked with a school by exchanges of the last `window` years, itself included."""
        found, waiting = {school}, [school]
        recent = [x for x in self.exchanges if x.stage == stage and x.year in self.years[-window:]]
        while waiting:
            here = waiting.pop()
            for each in recent:
                if here in each.schools:
                    new = set(each.schools) - found
                    found |= new
                    waiting += new
        return found


def read_past(
    pupils: np.ndarray,
    years: list[int],
    schools: Schools,
    told: tuple[Break, ...] = (),
    joined: np.ndarray | None = None,
) -> Past:
    """Find the breaks of the observed years and take them out of the steps.

    Parameters
    ----------
    pupils : ndarray, shape (schools, 9, years)
        NaN where nothing was reported.
    years : list of int
    schools : Schools
    told : tuple of Break
        What the user confirms and denies.
    joined : ndarray of bool, shape (schools, 8), optional
        Steps in which pupils of other schools come in every year: they tell nothing of the school's own.

    Returns
    -------
    Past
    """
    ordinary = pupils.copy()
    ordinary[schools.special] = np.nan
    inside = schools.ladder.inside if joined is None else schools.ladder.inside & ~joined
    before, after = (
        np.where(inside[..., None], cells, np.nan)
        for cells in (ordinary[:, :-1, :-1], ordinary[:, 1:, 1:])
    )
    broken = np.zeros((len(pupils), len(STAGES), max(len(years) - 1, 0)), dtype=bool)
    exchanges = []
    for position, stage in enumerate(STAGES):
        counted = schools.ladder.steps(stage) & inside
        finder = _Finder(ordinary, years, stage, schools, told, counted)
        for step in range(len(years) - 1):
            found = finder.of_step(step)
            exchanges += found
            for each in found:
                group = list(each.schools)
                broken[group, position, step] = True
                _share_out(before, after, ordinary, group, counted, step)
    exchanges.sort(key=lambda each: (each.year, STAGES.index(each.stage)))
    ladder = schools.ladder
    return Past(years, ordinary, ladder, inside, before, after, broken, tuple(exchanges))


def _share_out(before, after, pupils, group: list[int], counted: np.ndarray, step: int) -> None:
    """Give every school of a group the group's ratio of a step, in place, in the grades counted."""
    counted = counted[group]
    below, above = (
        np.where(counted, cells, np.nan)
        for cells in (pupils[group, :-1, step], pupils[group, 1:, step + 1])
    )
    whole, next_whole = np.nansum(below, axis=0), np.nansum(above, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((whole > 0) & (next_whole > 0), next_whole / whole, np.nan)
    now = np.where(above > 0, above, np.nan)
    after[group, :, step] = np.where(counted, now, after[group, :, step])
    before[group, :, step] = np.where(counted, now / ratio, before[group, :, step])


class _Finder:
    """Looks for exchanges within one stage."""

    def __init__(self, pupils, years, stage: str, schools: Schools, told, counted: np.ndarray):
        self.years, self.stage, self.schools = years, stage, schools
        ladder, span = schools.ladder, schools.ladder.widest(stage)
        # grades of another stage, and steps that are not the school's own, are as not reported
        self.cells = np.where(ladder.within(stage)[:, span, None], pupils[:, span], np.nan)
        counted = counted[:, span.start : span.stop - 1, None]
        self.told = [
            (each, set(schools.numbers(each.schools)))
            for each in told
            if each.stage in (None, stage)
        ]
        below, above = (
            np.where(counted, cells, np.nan)
            for cells in (self.cells[:, :-1, :-1], self.cells[:, 1:, 1:])
        )
        whole = np.nansum(below, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(whole > 0, np.nansum(above, axis=0) / whole, np.nan)
        #: what the county's progression would have made of each school
        with np.errstate(divide="ignore", invalid="ignore"):
            own = above / below / rate
        usual = np.ones(own.shape[:2])
        if own.shape[2] >= 3:
            # a school into which another's pupils come every year (a teaching point ends with grade 3)
            # does not exchange pupils each time: its middle ratio is its own
            own = np.where(np.isfinite(own), own, np.nan)
            with quiet():
                usual = np.nan_to_num(np.nanmedian(own, axis=2), nan=1.0)
        now = np.nansum(self.cells, axis=1)[:, 1:] > 0
        # a grade that a school does not teach is not lost by it, unless it has lost all
        taught = ~np.isnan(above) | ~np.isnan(self.cells[:, 1:, :-1]) | ~now[:, None]
        self.expected = np.where(taught, np.nan_to_num(below * rate) * usual[..., None], 0.0)
        fed = ~np.isnan(below) | ~np.isnan(self.cells[:, 1:, :-1])
        was = np.nansum(self.cells, axis=1)[:, :-1] > 0
        self.found = np.where(fed | ~was[:, None], np.nan_to_num(above), 0.0)
        both = (below > 0) & (above > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            squares = np.where(both, (above - self.expected) ** 2 / np.maximum(below, 1), np.nan)
        squares = squares[np.isfinite(squares)]
        # the middle of the squares: those that exchanged pupils must not hide themselves
        self.variance = max(float(np.median(squares)) / 0.455 if len(squares) else 0.0, 1e-9)

    def of_step(self, step: int) -> list[Exchange]:
        """The exchanges between two years: at most one recognised, and those confirmed."""
        year = self.years[step + 1]
        expected = self.expected[:, :, step].sum(axis=1)
        found = self.found[:, :, step].sum(axis=1)
        difference = found - expected
        error = np.sqrt(self.variance * np.maximum(expected, 1.0))
        denied, confirmed = self._told(year)
        was, now = (np.nansum(self.cells[:, :, at], axis=1) > 0 for at in (step, step + 1))
        known = self._known(step)
        opened = ~was & now & (found > 0) & known
        closed = was & ~now & (expected > 0) & known
        usual = np.maximum(PART * expected, PUPILS)
        changed = (np.abs(difference) > np.maximum(SURE * error, usual)) & was & now
        for mask in (opened, closed, changed):
            mask[list(denied)] = False
        exchanges = []
        if opened.any() or closed.any() or (changed.any() and self._balanced(changed, difference)):
            exchanges.append(
                self._exchange(year, opened, closed, changed, difference, error, denied)
            )
        for group in confirmed:
            if not any(group & set(each.schools) for each in exchanges):
                gave = tuple(sorted(n for n in group if difference[n] < 0))
                took = tuple(sorted(group - set(gave)))
                moved = float(np.maximum(difference[list(took)], 0).sum()) if took else 0.0
                kind = self._kind(gave, took, opened, closed)
                exchanges.append(Exchange(year, self.stage, kind, gave, took, moved, "confirmed"))
        return exchanges

    def _told(self, year: int) -> tuple[set[int], list[set[int]]]:
        """Schools whose break of a year the user denies, and groups that the user confirms."""
        here = [(each, group) for each, group in self.told if each.year == year]
        denied = set().union(*(group for each, group in here if not each.happened))
        return denied, [group for each, group in here if each.happened]

    def _known(self, step: int) -> np.ndarray:
        """Schools that reported, or were not open, in both years: a gap is no closure."""
        reported = ~np.isnan(self.cells).all(axis=1)
        opening, closing = self.schools.opening, self.schools.closing
        known = np.ones(len(self.cells), dtype=bool)
        for at, year in ((step, self.years[step]), (step + 1, self.years[step + 1])):
            shut = (opening > year) | (closing < year)
            earlier, later = reported[:, :at].any(axis=1), reported[:, at + 1 :].any(axis=1)
            known &= reported[:, at] | shut | ~(earlier & later)
        return known

    def _balanced(self, changed: np.ndarray, difference: np.ndarray) -> bool:
        """Whether among schools that go on some lost about what others gained."""
        gain = difference[changed & (difference > 0)].sum()
        loss = -difference[changed & (difference < 0)].sum()
        return min(gain, loss) >= 0.5 * max(gain, loss) > 0

    def _exchange(self, year, opened, closed, changed, difference, error, denied) -> Exchange:
        free = np.ones(len(difference), dtype=bool)
        free[list(denied)] = False
        sides = []
        everyone = False
        likely = np.abs(difference) > LIKELY * error
        for structural, sign in ((opened, -1), (closed, 1)):
            if not structural.any():
                continue
            there = free & likely & (sign * difference > 0) & ~structural
            need = np.abs(difference[structural]).sum()
            if np.abs(difference[there]).sum() < EXPLAINED * need:
                everyone = True
                there = free & (self.expected.sum(axis=(1, 2)) + self.found.sum(axis=(1, 2)) > 0)
            sides.append(there)
        if not everyone:
            sides.append(changed)
        group = np.logical_or.reduce([opened, closed, *sides])
        gave = tuple(int(n) for n in np.flatnonzero(group & (difference < 0)))
        took = tuple(int(n) for n in np.flatnonzero(group & (difference >= 0)))
        gains = group & (difference >= 0)
        if everyone:
            gains = opened if opened.any() else closed
        moved = float(np.abs(difference[gains]).sum())
        kind = self._kind(gave, took, opened, closed)
        structural = tuple(int(n) for n in np.flatnonzero(opened | closed))
        return Exchange(
            year, self.stage, kind, gave, took, moved, opened=structural, everyone=everyone
        )

    def _kind(self, gave, took, opened: np.ndarray, closed: np.ndarray) -> str:
        """What to call it, by how many schools opened, closed, gave and took."""
        new, gone = int(opened.sum()), int(closed.sum())
        if new and gone:
            return "recoded" if new == gone == len(gave) == len(took) else "merger"
        if gone:
            return "merger" if gone == len(gave) and len(took) == 1 else "closure"
        if new:
            return "split" if new == len(took) and len(gave) == 1 else "opening"
        return "transfer"


def entrance_openings(past: Past) -> list[tuple[int, str, int]]:
    """Schools that opened with an entrance grade only: (school, stage, first year)."""
    found, ladder = [], past.ladder
    for stage in STAGES:
        taught = np.where(ladder.within(stage)[..., None], np.nan_to_num(past.pupils), 0.0)
        entrants, whole = taught[ladder.rows, ladder.first[stage]], taught.sum(axis=1)
        begun = np.argmax(whole > 0, axis=1)
        first = entrants[ladder.rows, begun]
        # in their first year the entrants are all that there are
        alone = (begun > 0) & (first > 0) & (whole[ladder.rows, begun] == first)
        found += [(int(n), stage, past.years[begun[n]]) for n in np.flatnonzero(alone)]
    return found
