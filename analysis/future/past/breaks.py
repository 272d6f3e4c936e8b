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

from ...base.files import N_
from ...base.schema.terms import STAGE_LABELS, STAGES, Label
from ...data.county import County
from ..assumptions.roster import Schools
from ..assumptions.scenario import BASELINE, load_scenario
from ..assumptions.sections import Break
from ..grades import ENTRANCE, SPAN
from ..notes import Note
from .observed import observe, quiet

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
    before, after : ndarray, shape (schools, 8, years - 1)
        Pupils of a grade, and of the next one a year later; `before` of a school that exchanged
        pupils is what its pupils of now would have been in its group.
    broken : ndarray of bool, shape (schools, 2, years - 1)
        By stage: where a school exchanged pupils.
    exchanges : tuple of Exchange
    """

    years: list[int]
    pupils: np.ndarray = field(repr=False)
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
    pupils: np.ndarray, years: list[int], schools: Schools, told: tuple[Break, ...] = ()
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

    Returns
    -------
    Past
    """
    ordinary = pupils.copy()
    ordinary[schools.special] = np.nan
    before, after = ordinary[:, :-1, :-1].copy(), ordinary[:, 1:, 1:].copy()
    broken = np.zeros((len(pupils), len(STAGES), max(len(years) - 1, 0)), dtype=bool)
    exchanges = []
    for position, stage in enumerate(STAGES):
        finder = _Finder(ordinary, years, stage, schools, told)
        for step in range(len(years) - 1):
            found = finder.of_step(step)
            exchanges += found
            for each in found:
                group = list(each.schools)
                broken[group, position, step] = True
                _share_out(before, after, ordinary, group, stage, step)
    exchanges.sort(key=lambda each: (each.year, STAGES.index(each.stage)))
    return Past(years, ordinary, before, after, broken, tuple(exchanges))


def _share_out(before, after, pupils, group: list[int], stage: str, step: int) -> None:
    """Give every school of a group the group's ratio of a step, in place."""
    span = SPAN[stage]
    inner = slice(span.start, span.stop - 1)
    below = np.nansum(pupils[group, span.start : span.stop - 1, step], axis=0)
    above = np.nansum(pupils[group, span.start + 1 : span.stop, step + 1], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((below > 0) & (above > 0), above / below, np.nan)
    now = np.nan_to_num(pupils[group, span.start + 1 : span.stop, step + 1])
    now = np.where(now > 0, now, np.nan)
    rows = np.ix_(group, range(inner.start, inner.stop), [step])
    after[rows] = now[..., None]
    before[rows] = (now / ratio)[..., None]


class _Finder:
    """Looks for exchanges within one stage."""

    def __init__(self, pupils, years, stage: str, schools: Schools, told: tuple[Break, ...]):
        self.years, self.stage, self.schools = years, stage, schools
        span = SPAN[stage]
        self.cells = pupils[:, span]
        self.told = [
            (each, set(schools.numbers(each.schools)))
            for each in told
            if each.stage in (None, stage)
        ]
        below, above = self.cells[:, :-1, :-1], self.cells[:, 1:, 1:]
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
    found = []
    for stage in ENTRANCE:
        taught = np.nan_to_num(past.pupils[:, SPAN[stage]])
        there = taught.sum(axis=1) > 0
        begun = there.argmax(axis=1)
        school = np.arange(len(taught))
        alone = (taught[school, 1:, begun].sum(axis=1) == 0) & (taught[school, 0, begun] > 0)
        opened = there.any(axis=1) & (begun > 0) & alone
        found += [(int(each), stage, past.years[begun[each]]) for each in np.flatnonzero(opened)]
    return found


def told(past: Past, schools: Schools) -> list[Note]:
    """Breaks in words, as what a projection takes for granted."""
    names = schools.table["name"]

    def listed(schools: tuple[int, ...]) -> str:
        return "; ".join(str(names.iloc[n]) for n in schools) or "—"

    notes = []
    for each in past.exchanges:
        if each.everyone:
            message = N_(
                "break before {year}, {stage}: {kind} ({took}, about {n} pupils beyond the entrance grade; with whom they were exchanged is not clear): the ratios of that step are those of all schools together (confirm or deny it in a scenario, section `breaks`)"
            )
        else:
            message = N_(
                "break before {year}, {stage}: {kind} ({gave} → {took}, about {n} pupils beyond the entrance grade): the ratios of that step and the shares of the entrants are those of these schools together (confirm or deny it in a scenario, section `breaks`)"
            )
        values = {
            "year": each.year,
            "stage": STAGE_LABELS[each.stage],
            "kind": KINDS[each.kind],
            "gave": listed(each.gave),
            "took": listed(each.opened if each.everyone else each.took),
            "n": round(each.moved),
        }
        notes.append(Note("assumed", message, values))
    for school, stage, year in entrance_openings(past):
        message = N_(
            "{year}, {stage}: {name} opened with its entrance grade; its share of the entrants is that of its own years"
        )
        values = {"year": year, "stage": STAGE_LABELS[stage], "name": names.iloc[school]}
        notes.append(Note("assumed", message, values))
    return notes


def find_breaks(county: County) -> list[Note]:
    """Breaks of a county's observed years, as its baseline confirms and denies them.

    Parameters
    ----------
    county : County
        Observed years only.

    Returns
    -------
    list of Note

    Raises
    ------
    InputError
        Mistakes in the county's own `scenarios/baseline.yaml`.
    """
    scenario = load_scenario(BASELINE, county)
    schools = Schools(county, scenario)
    pupils = observe(county).grid["students"]
    found = read_past(pupils, county.years, schools, scenario.breaks)
    return told(found, schools)
