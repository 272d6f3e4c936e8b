"""The course of a county's schools by a scenario, year after year.

Pupils go on by cohort, school by school; moves take pupils from schools and give them to others, so
that none is lost; classes, staff, buildings and equipment follow by the scenario.

The order of a projected year: cohorts go on, entrants come, people move in and out, moves in the order
of the scenario, caps; then classes, staff, buildings, equipment and funds.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .apportioning import SITE, STAGE_QUANTITIES, WEIGHTS
from .files import N_, Finding, InputError, problem
from .indicators import HAIR, round_half_up, whole_down, whole_up
from .load import County
from .planned import Note, plan_parts
from .projection import combine, ratios
from .scenario import (
    BASELINE,
    MOVE_LABELS,
    Addition,
    Closure,
    Diversion,
    Merger,
    NewSchool,
    Opening,
    Premises,
    Purchase,
    Recruitment,
    Rotation,
    Scenario,
    StaffTarget,
    load_scenario,
)
from .schema import (
    SCHOOL_TYPES,
    STAFF_INDICATORS,
    STAGE_GRADES,
    STAGE_LABELS,
    STAGES,
    TABLES,
    Label,
)

GRADES = 9
#: Positions of a stage's grades in the array, and of its entrance grade.
SPAN = {
    stage: slice(grades[0] - 1, grades[-1])
    for stage, grades in STAGE_GRADES.items()
    if stage in STAGES
}
ENTRANCE = {stage: span.start for stage, span in SPAN.items()}
STAFF = ("teachers", *STAGE_QUANTITIES)
#: A new class is not made smaller than this, nor an old one kept below the second number.
FULL_CLASS, SMALL_CLASS = 30.0, 20.0
#: Years projected at least: the last known births enter school after six of them.
SHORTEST = 8


@dataclass(frozen=True)
class Observed:
    """A county's tables as arrays, schools in the order of the roster.

    Attributes
    ----------
    grid : dict of str to ndarray, shape (schools, 9, years)
        `students`, `classes`, `largest_class` by grade.
    yearly : dict of str to ndarray, shape (schools, years)
        The columns of `school_years`.
    rooms : tuple of ndarray
        Positions of schools, kinds and areas of the rooms of the last year.
    evened : int
        Schools of the last year whose pupils are not known by grade.
    """

    grid: dict[str, np.ndarray]
    yearly: dict[str, np.ndarray]
    rooms: tuple[np.ndarray, np.ndarray, np.ndarray]
    evened: int


@functools.lru_cache(maxsize=8)
def observe(county: County) -> Observed:
    """The tables of a county as arrays; the same county is read once."""
    tables, years = county.tables, county.years
    place = {code: number for number, code in enumerate(tables["schools"]["school_id"])}
    position = {year: number for number, year in enumerate(years)}
    enrolment = tables["enrolment"]
    enrolment = enrolment[enrolment["grade"].between(1, GRADES)]
    at = (
        enrolment["school_id"].map(place).to_numpy(dtype=int),
        enrolment["grade"].to_numpy(dtype=int) - 1,
        enrolment["year"].map(position).to_numpy(dtype=int),
    )
    grid = {}
    for name in ("students", "classes", "largest_class"):
        grid[name] = np.full((len(place), GRADES, len(years)), np.nan)
        grid[name][at] = enrolment[name].to_numpy(dtype=float, na_value=np.nan)
    wide = tables["school_years"]
    at = tuple(
        wide[key].map(of).to_numpy(dtype=int)
        for key, of in (("school_id", place), ("year", position))
    )
    yearly = {}
    for name in TABLES["school_years"].names:
        if name not in ("school_id", "year", "note"):
            yearly[name] = np.full((len(place), len(years)), np.nan)
            yearly[name][at] = wide[name].to_numpy(dtype=float, na_value=np.nan)
    evened = 0
    for stage, span in SPAN.items():
        total, size = yearly[f"students_{stage}"], span.stop - span.start
        blank = np.isnan(grid["students"][:, span]).all(axis=1) & (total > 0)
        evened += int(blank[:, -1].sum())
        # a school that reports only its total: its pupils are taken as even over the grades
        for name, whole in (("students", total), ("classes", yearly[f"classes_{stage}"])):
            cells = grid[name][:, span]
            empty = blank[:, None] & np.isnan(cells)
            grid[name][:, span] = np.where(empty, (whole / size)[:, None], cells)
    rooms = tables["rooms"]
    rooms = rooms[rooms["year"] == years[-1]]
    return Observed(
        grid,
        yearly,
        (
            rooms["school_id"].map(place).to_numpy(dtype=int),
            rooms["kind"].to_numpy(dtype=object),
            rooms["area_m2"].to_numpy(dtype=float, na_value=np.nan),
        ),
        evened,
    )


class Model:
    """The state of a projection: what every school has in the year reached so far.

    Pupils may have an axis of draws in front (`analysis.forecast`); everything else belongs to the
    middle course.
    """

    def __init__(
        self, county: County, scenario: str | Scenario = BASELINE, until: int | None = None
    ):
        if county.observed_until is not None:
            raise problem(
                N_("is a projection already; project the observed county"), file=county.path
            )
        self.source = county
        whole = load_scenario(scenario, county)
        self.last = county.years[-1]
        longest = max(self.last + SHORTEST, county.record.target_year or 0)
        self.until = until or whole.until or longest
        if not self.last < self.until <= self.last + 40:
            raise problem(
                N_("until {until}: expected a year from {first} to {last}"),
                file=county.path,
                until=self.until,
                first=self.last + 1,
                last=self.last + 40,
            )
        self.years = list(range(self.last + 1, self.until + 1))
        self.notes: list[Note] = []
        self.flows: list[tuple] = []
        self.scenario = whole
        if whole.plan is not None:
            planned, notes = plan_parts(county, whole, self.last)
            self.notes += notes
            # what is planned comes before what somebody adds to it
            lists = {
                name: (*getattr(planned, name), *getattr(whole, name))
                for name in ("moves", "additions", "staff_targets", "purchases")
            }
            whole = whole.model_copy(update=lists)
        self.applied = whole
        self.problems: list[Finding] = []
        self._roster()
        self._check_names()
        if self.problems:
            raise InputError(self.problems)
        self._start()

    # --- the beginning ---------------------------------------------------------------------------

    def _roster(self) -> None:
        """Schools of the roster that are open in the last year, and those that the scenario makes."""
        roster = self.source.tables["schools"].copy()
        new = [
            move.school
            for move in self.applied.moves
            if isinstance(move, Opening | Merger) and move.school is not None
        ]
        starts = {
            move.school.school_id: move.start
            for move in self.applied.moves
            if isinstance(move, Opening | Merger) and move.school is not None
        }
        for school in new:
            if school.school_id in set(roster["school_id"]) or len(starts) < len(new):
                self._refuse(
                    N_("the new school {name} has the code {code} of another school"),
                    name=school.name,
                    code=school.school_id,
                )
        rows = [
            {
                **{key: getattr(school, key) for key in ("school_id", "name", "type", "ownership")},
                **{"sponsor": school.sponsor, "area": school.area, "boarding": school.boarding},
                **{"opened": starts[school.school_id], "built_year": starts[school.school_id]},
            }
            for school in new
        ]
        if rows:
            added = pd.DataFrame(rows).reindex(columns=roster.columns)
            roster = pd.concat([roster, added.astype(roster.dtypes.to_dict())], ignore_index=True)
        self.roster = roster.reset_index(drop=True)
        self.new = {school.school_id: school for school in new}
        self.ids = self.roster["school_id"].to_numpy(dtype=object)
        self.place = {code: number for number, code in enumerate(self.ids)}
        names = self.roster["name"].to_numpy(dtype=object)
        self.by_name = {name: number for number, name in enumerate(names)}
        for name, times in Counter(names).items():
            if times > 1:
                del self.by_name[name]
        self.closing = self.roster["closed"].to_numpy(dtype=float, na_value=np.nan).copy()
        self.opening = self.roster["opened"].to_numpy(dtype=float, na_value=np.nan)
        self.teaches = {
            stage: self.roster["type"]
            .isin([name for name, kind in SCHOOL_TYPES.items() if stage in kind.stages])
            .to_numpy()
            for stage in STAGES
        }
        self.special = (self.roster["type"] == "special_education").to_numpy()
        self.attached = (self.roster["type"] == "attached_class").to_numpy()

    def _refuse(self, message: str, **values) -> None:
        self.problems.append(
            Finding(
                "error", message, {"scenario": self.scenario.name} | values, str(self.source.path)
            )
        )

    def school(self, name: str) -> int:
        """Position of a school given by id or name; noted as a problem if there is none."""
        number = self.place.get(name, self.by_name.get(name))
        if number is None:
            near = difflib.get_close_matches(name, [*self.by_name, *self.place], n=1, cutoff=0.5)
            self._refuse(
                N_("scenario “{scenario}”: no school is called “{name}”; the nearest is “{near}”"),
                name=name,
                near=near[0] if near else "—",
            )
            return -1
        return number

    def schools(self, names: Sequence[str]) -> list[int]:
        return [self.school(name) for name in names]

    def _check_names(self) -> None:
        """Every school that the scenario names exists, and can do what it is to do."""
        for move in self.applied.moves:
            if isinstance(move, Diversion):
                origin, target = self.schools(move.origin), self.schools(move.target)
                self._teaching(move.target, target, move.stage)
            elif isinstance(move, Closure):
                origin, target = self.schools(move.origin), self.schools(move.target)
            elif isinstance(move, Merger):
                origin = self.schools(move.origin)
                target = [self.school(move.target or move.school.school_id)]
                if move.stage:
                    self._teaching([move.target or move.school.name], target, move.stage)
            elif isinstance(move, Premises):
                origin, target = [self.school(move.origin)], [self.school(move.target)]
            else:
                origin, target = self.schools(move.origin), [self.school(move.school.school_id)]
                for stage in move.intake:
                    self._teaching([move.school.name], target, stage)
            if set(origin) & set(target) - {-1}:
                self._refuse(
                    N_("scenario “{scenario}”: {name} would give pupils to itself"),
                    name=self.roster["name"].iloc[next(iter(set(origin) & set(target)))],
                )
            if isinstance(move, Closure | Merger) and -1 not in (*origin, *target):
                for stage in STAGES:
                    gives = any(self.teaches[stage][each] for each in origin)
                    if move.kind != "closure" and move.stage not in (None, stage):
                        continue
                    if gives and not any(self.teaches[stage][each] for each in target):
                        self._teaching(
                            [self.roster["name"].iloc[each] for each in target], target, stage
                        )
            if move.start <= self.last:
                self._refuse(
                    N_(
                        "scenario “{scenario}”: a move starts in {year}, but {last} has been observed; expected a later year"
                    ),
                    year=move.start,
                    last=self.last,
                )
        for section in ("migration", "housing", "additions"):
            for entry in getattr(self.applied, section):
                self.schools(entry.schools)
        for cap in self.applied.caps:
            self.schools((*cap.schools, *cap.surplus_to))
        for entry in self.applied.rotation:
            self.schools((*entry.origin, *entry.target))
        for entry in (*self.applied.recruitment, *self.applied.purchases):
            if not isinstance(entry.to, str):
                self.schools(entry.to)

    def _teaching(self, names, numbers, stage: str) -> None:
        for name, number in zip(names, numbers, strict=True):
            if number >= 0 and not self.teaches[stage][number]:
                self._refuse(
                    N_(
                        "scenario “{scenario}”: {name} does not teach the stage {stage}; make a new school (`school`) that does"
                    ),
                    name=name,
                    stage=STAGE_LABELS[stage],
                )

    def _start(self) -> None:
        """State of the last observed year, and what the past says about the coming ones."""
        seen = observe(self.source)
        more = len(self.ids) - len(self.source.tables["schools"])

        def extended(array: np.ndarray) -> np.ndarray:
            """With rows for the schools that the scenario makes, about whom nothing is known."""
            return np.concatenate([array, np.full((more, *array.shape[1:]), np.nan)])

        grid = {name: extended(array) for name, array in seen.grid.items()}
        yearly = {name: extended(array) for name, array in seen.yearly.items()}
        self.observed = yearly
        past = grid["students"]
        if seen.evened:
            self._note("assumed", N_("{n} schools report no pupils by grade in {year}: taken as even over the grades"), n=seen.evened, year=self.last)  # fmt: skip
        self.past = past
        open_now = ~(self.opening > self.last) & ~(self.closing <= self.last)
        # a roster that says a school closes after the last observed year: its pupils must go somewhere
        self.open = open_now & ~(self.closing < self.last)
        unknown = self.open & np.isnan(past[:, :, -1]).all(axis=1) & ~self.new_schools()
        self.unknown = unknown
        if unknown.any():
            self._note("assumed", N_("{names}: no pupils reported in {year}; they stay unknown"), names="; ".join(self.roster["name"][unknown].astype(str)), year=self.last)  # fmt: skip
        self.students = np.nan_to_num(past[:, :, -1])
        self.students[self.closing <= self.last] = 0.0
        self.observed_students = self.students.copy()
        self._ratios()
        self._classes(grid)
        self.site = {name: yearly[name][:, -1].copy() for name in SITE}
        self.staff = np.stack(
            [
                np.stack([yearly[f"{name}_{stage}"][:, -1] for name in STAFF], axis=1)
                for stage in STAGES
            ],
            axis=1,
        )
        self.senior = yearly["students_senior"][:, -1].copy()
        #: rooms: (positions of schools, kinds, areas)
        self.rooms = seen.rooms
        for code, school in self.new.items():
            self._furnish(self.place[code], school)
        #: what was added: (year, school, quantity, amount)
        self.additions: list[tuple[int, int, str, float]] = []
        self.moved: dict[tuple, dict[int, np.ndarray]] = {}
        self.tables: list[dict] = []
        self.history = [self.students.copy()]

    def new_schools(self) -> np.ndarray:
        return np.isin(self.ids, list(self.new))

    def _furnish(self, number: int, school: NewSchool) -> None:
        for name in SITE:
            value = getattr(school, name)
            self.site[name][number] = np.nan if value is None else value
        self.staff[number] = 0.0
        self.senior[number] = 0.0
        rooms = (("music", school.music_rooms_m2), ("art", school.art_rooms_m2))
        self._more_rooms([(number, kind, area) for kind, areas in rooms for area in areas])
        for stage in STAGES:
            if school.classrooms is not None and self.teaches[stage][number]:
                share = 1 / sum(self.teaches[each][number] for each in STAGES)
                self.classrooms[stage][number] = school.classrooms * share

    def _note(
        self, kind: str, message: str, year: int | None = None, cost=np.nan, **values
    ) -> None:
        if year is not None:
            values["year"] = year
        self.notes.append(Note(kind, message, values, year, cost))

    def _ratios(self) -> None:
        """Progression, entrance and the schools' shares of the entrants."""
        course, entry = self.applied.progression, self.applied.entry
        ordinary = self.past.copy()
        ordinary[self.special] = np.nan
        found = ratios(ordinary, course.method, course.window, course.weights, course.shrinkage)
        self.factor = np.ones((len(self.ids), GRADES))
        self.factor[:, 1:] = np.nan_to_num(found, nan=1.0, posinf=1.0)
        junior = ENTRANCE["junior"]
        for stage, factor in course.factor.items():
            span = SPAN[stage]
            self.factor[:, span.start + 1 : span.stop] *= factor
        totals = np.nansum(ordinary, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = totals[junior, 1:] / totals[junior - 1, :-1]
        step = combine(np.where(np.isfinite(step), step, np.nan)[None], "mean", entry.window)[0]
        self.into_junior = float(np.nan_to_num(step)) * course.factor.get("junior", 1.0)
        self.shares = {}
        for stage, first in ENTRANCE.items():
            recent = ordinary[:, first, -entry.window :]
            whole = np.nansum(recent, axis=0)
            with np.errstate(divide="ignore", invalid="ignore"):
                share = np.nanmean(np.where(whole > 0, np.nan_to_num(recent) / whole, np.nan), axis=1) if (whole > 0).any() else np.zeros(len(self.ids))  # fmt: skip
            share = np.where(self.open & ~self.special, np.nan_to_num(share), 0.0)
            self.shares[stage] = share / share.sum() if share.sum() else share
        self._births(totals[ENTRANCE["primary"]])

    def _births(self, entrants: np.ndarray) -> None:
        """Births known and assumed, and the entrants that follow from them."""
        births, entry = self.applied.births, self.applied.entry
        table = self.source.tables["county_years"]
        rows = table[(table["item"] == "births")].dropna(subset="value")
        known = pd.Series(
            pd.to_numeric(rows["value"]).to_numpy(dtype=float), rows["year"].astype(int)
        ).sort_index()
        series = known.to_dict() | {int(y): float(v) for y, v in births.values.items()}
        self.known_births = set(series)
        years = np.array(self.source.years)
        ratio = entry.ratio
        if series:
            latest = max(series)
            change = births.change
            if change == "trend":
                recent = [series[y] for y in range(latest - 4, latest + 1) if series.get(y, 0) > 0]
                change = (recent[-1] / recent[0]) ** (1 / (len(recent) - 1)) - 1 if len(recent) > 1 else 0.0  # fmt: skip
            yearly = max(1 + change + births.shift, 0.0)
            for year in range(latest + 1, self.until - 5):
                series[year] = series[year - 1] * yearly if year - 1 in series else np.nan
            if ratio is None:
                past = np.array([series.get(int(y) - 6, np.nan) for y in years], dtype=float)
                with np.errstate(divide="ignore", invalid="ignore"):
                    each = np.where(past > 0, entrants / past, np.nan)
                ratio = combine(each[None], "mean", entry.window)[0]
        self.births = pd.Series(series, dtype=float).sort_index()
        recent = float(np.mean(entrants[-entry.window :]))
        self.entrants, guessed = {}, []
        for year in self.years:
            if year in entry.values:
                self.entrants[year] = entry.values[year] * entry.factor
                continue
            born = series.get(year - 6, np.nan)
            if ratio is None or not np.isfinite(born * ratio):
                guessed.append(year)
                born, rate = recent, 1.0
            else:
                rate = ratio
            self.entrants[year] = born * rate * entry.factor
        self.entry_ratio = ratio
        if guessed:
            self._note(
                "assumed",
                N_(
                    "no births are known for the entrants of {years}: taken as the mean of the last {n} years"
                ),
                years=f"{guessed[0]}–{guessed[-1]}",
                n=entry.window,
            )

    def _classes(self, grid: dict) -> None:
        """Class sizes of the last year, and the classrooms that the schools had at most."""
        last = {name: array[:, :, -1] for name, array in grid.items()}
        self.classes = np.nan_to_num(last["classes"])
        self.classes[self.closing <= self.last] = 0.0
        rules = self.source.standard.evaluation.for_year(self.last)
        self.limit, self.norm, self.excess, self.classrooms = {}, {}, {}, {}
        self.keeps: dict[str, np.ndarray] = {}
        self.crowd: dict[str, np.ndarray] = {}
        for stage, span in SPAN.items():
            self.limit[stage] = rules.usual(f"G5.{stage}")
            with np.errstate(divide="ignore", invalid="ignore"), _quiet():
                mean = last["students"][:, span] / last["classes"][:, span]
                mean = np.where(np.isfinite(mean) & (mean > 0), mean, np.nan)
                size = np.nansum(last["students"][:, span], axis=1) / np.nansum(last["classes"][:, span], axis=1)  # fmt: skip
                crowd = np.nanmax(mean, axis=1)
                excess = np.nanmax(last["largest_class"][:, span] / mean, axis=1)
            self.norm[stage] = np.where(
                np.isfinite(size), np.maximum(size, FULL_CLASS), self.limit[stage]
            )
            # classes that are larger than allowed are not divided because a year has passed
            self.crowd[stage] = np.fmax(crowd, self.limit[stage])
            reported = ~np.isnan(last["largest_class"][:, span]).all(axis=1)
            never = ~(last["students"][:, span] > 0).any(axis=1)
            with _quiet():
                self.keeps[stage] = (
                    np.nanmax(last["largest_class"][:, span], axis=1) <= self.limit[stage]
                )
            # a school that never reported its largest class is not assessed later either
            self.excess[stage] = np.where(reported, np.maximum(np.nan_to_num(excess, nan=1.0), 1.0), np.where(never, 1.0, np.nan))  # fmt: skip
            with _quiet():
                most = np.nanmax(self.observed[f"classes_{stage}"], axis=1)
            self.classrooms[stage] = np.nan_to_num(most)

    # --- a year ----------------------------------------------------------------------------------

    def run(self) -> Model:
        """Go on to the last year."""
        self._announce()
        for year in self.years:
            self.step(year)
        return self

    def _announce(self) -> None:
        """What is assumed beside moves and buildings, which speak for themselves in their years."""
        scenario, names = self.applied, self.roster["name"]
        for entry in scenario.migration:
            self._note("applied", N_("{year}: {n} pupils a year come (negative: leave)"), year=entry.start, n=f"{entry.students:g}")  # fmt: skip
        for entry in scenario.housing:
            self._note("applied", N_("{year}: {homes} new homes, {name}"), year=entry.start, homes=f"{entry.homes:g}", name=entry.name)  # fmt: skip
        for cap in scenario.caps:
            chosen = "; ".join(str(names.iloc[n]) for n in self.schools(cap.schools))
            self._note("applied", N_("{year}: a cap on size ({schools})"), year=cap.start, schools=chosen or Label("全部学校", "all schools"))  # fmt: skip
        for entry in scenario.attrition:
            self._note("applied", N_("{year}: {share} of the teachers leave every year"), year=entry.start, share=f"{entry.share:.1%}")  # fmt: skip
        for entry in scenario.recruitment:
            self._note("applied", N_("{year}: {n} teachers a year recruited ({stage})"), year=entry.start, n=f"{entry.persons:g}", stage=STAGE_LABELS[entry.stage])  # fmt: skip
        for entry in scenario.rotation:
            self._note("applied", N_("{year}: {n} teachers a year change schools ({stage})"), year=entry.start, n=f"{entry.persons:g}", stage=STAGE_LABELS[entry.stage])  # fmt: skip

    def step(self, year: int) -> None:
        before = self.students
        self.students = self.pupils(before, year)
        self.history.append(self.students.copy())
        self.classes = self.divided(self.students, self.classes, year)
        self._things(year)
        self._record(year)

    def pupils(self, state: np.ndarray, year: int, noise: dict | None = None) -> np.ndarray:
        """Pupils of the next year.

        Parameters
        ----------
        state : ndarray, shape (..., schools, 9)
        year : int
        noise : dict, optional
            Factors of a draw: `progression` (..., schools, 8), `entrants` (..., 1), `junior`
            (..., 1), `shares` (..., schools).

        Returns
        -------
        ndarray, shape (..., schools, 9)
        """
        noise = noise or {}
        new = np.empty_like(state)
        new[..., 1:] = state[..., :-1] * self.factor[:, 1:]
        if "progression" in noise:
            new[..., 1:] *= noise["progression"]
        leavers = state[..., ENTRANCE["junior"] - 1]
        leavers = np.where(self.special, 0.0, leavers).sum(axis=-1, keepdims=True)
        totals = {
            "primary": self.entrants[year] * noise.get("entrants", 1.0),
            "junior": leavers * self.into_junior * noise.get("junior", 1.0),
        }
        for stage, first in ENTRANCE.items():
            share = self.shares[stage]
            if "shares" in noise:
                share = share * noise["shares"]
                whole = share.sum(axis=-1, keepdims=True)
                share = share / np.where(whole > 0, whole, 1.0)
            new[..., first] = totals[stage] * share
        # special-education schools do not follow births: they stay as they are
        new[..., self.special, :] = state[..., self.special, :]
        self._arrivals(new, year)
        if self.applied.rounding == "yearly":
            new = round_half_up(new, 0)
        middle = state.ndim == 2
        for number, move in enumerate(self.applied.moves):
            if move.start <= year:
                self._move(new, number, move, year, middle)
        self._closing(new, year, middle)
        for cap in self.applied.caps:
            if cap.start <= year:
                self._cap(new, cap, year, middle)
        return new

    def _arrivals(self, new: np.ndarray, year: int) -> None:
        """People who move into the county or out of it."""
        for entry in self.applied.migration:
            if not entry.start <= year <= entry.last:
                continue
            mask = np.zeros(new.shape[-2:], dtype=bool)
            chosen = self.schools(entry.schools) if entry.schools else np.flatnonzero(~self.special)
            mask[np.ix_(chosen, [grade - 1 for grade in entry.grades])] = True
            if entry.area:
                mask &= (self.roster["area"] == entry.area).to_numpy()[:, None]
            here = np.where(mask, new, 0.0)
            whole = here.sum(axis=(-2, -1), keepdims=True)
            change = entry.students * here / np.where(whole > 0, whole, 1.0)
            new += np.maximum(change, -new)
        for entry in self.applied.housing:
            if not entry.start <= year <= entry.last:
                continue
            total = entry.homes * entry.students_per_home / (entry.last - entry.start + 1)
            for stage, span in SPAN.items():
                zone = [n for n in self.schools(entry.schools) if self.teaches[stage][n]]
                zone = zone or list(np.flatnonzero(self.teaches[stage] & (self.shares[stage] > 0)))
                if zone:
                    new[..., zone, span] += total / GRADES / len(zone)

    # --- moves -----------------------------------------------------------------------------------

    def _give(self, new, origin: int, targets: list[int], cells: slice, part) -> np.ndarray:
        """Take a part (0 to 1) of cells from a school and divide it equally; what was taken."""
        taken = new[..., origin, cells] * part
        if self.applied.rounding == "yearly":
            taken = round_half_up(taken, 0)
        new[..., origin, cells] -= taken
        done = np.zeros_like(taken)
        for number, target in enumerate(targets, 1):
            upto = taken * number / len(targets)
            if self.applied.rounding == "yearly":
                upto = whole_down(upto)
            new[..., target, cells] += upto - done
            done = upto
        return taken

    def _ledger(
        self, year, kind: str, name: str, origin: int, targets: list[int], stage: str, amount: float
    ) -> None:
        for target in targets:
            if amount > 0:
                self.flows.append(
                    (year, kind, name, self.ids[origin], self.ids[target], stage, amount / len(targets))
                )  # fmt: skip

    def _move(self, new, number: int, move, year: int, middle: bool) -> None:
        if isinstance(move, Premises):
            return
        if isinstance(move, Diversion):
            self._divert(new, number, move, year, middle)
        elif isinstance(move, Opening):
            self._open(new, number, move, year, middle)
        else:
            target = (
                self.schools(move.target)
                if isinstance(move, Closure)
                else [self.school(move.target or move.school.school_id)]
            )
            for origin in self.schools(move.origin):
                self._hand_over(new, move, origin, target, year, middle)
            if middle and year == move.start:
                self._applied(move, year)

    def _hand_over(
        self, new, move, origin: int, target: list[int], year: int, middle: bool
    ) -> None:
        """All pupils of a school, or of one of its stages, to others, now and later."""
        only = getattr(move, "stage", None)
        stages = STAGES if only is None else [only]
        for stage in stages:
            teaching = [each for each in target if self.teaches[stage][each]]
            if not teaching:
                continue
            taken = self._give(new, origin, teaching, SPAN[stage], 1.0)
            if middle:
                self._ledger(year, move.kind, move.name, origin, teaching, stage, taken.sum())
                if year == move.start:
                    self._staff_follow(origin, teaching, stage, move.staff_follow)
        if not middle or year != move.start:
            return
        whole = only is None
        if whole:
            self.closing[origin] = year - 1
            upper = [
                n for n in target if "senior" in SCHOOL_TYPES[self.roster["type"].iloc[n]].stages
            ]
            for each in upper:
                self.senior[each] = np.nan_to_num(self.senior[each]) + self.senior[origin] / len(
                    upper
                )
        keep = move.keep_premises
        students = self.history[-1][origin]
        weights = {s: WEIGHTS[s] * students[SPAN[s]].sum() for s in STAGES}
        all_ = sum(weights.values())
        part = 1.0 if whole else (weights[stages[0]] / all_ if all_ else 0.0)
        for name in SITE:
            if name in ("equipment_value_cny", "multimedia_rooms") or keep:
                self._pass_on(name, origin, target, self.site[name][origin] * part)
        if keep:
            for stage in stages:
                teaching = [each for each in target if self.teaches[stage][each]]
                for each in teaching:
                    self.classrooms[stage][each] += self.classrooms[stage][origin] / len(teaching)
                if teaching:
                    self.classrooms[stage][origin] = 0.0
            if whole and len(target) == 1:
                school, *rest = self.rooms
                self.rooms = (np.where(school == origin, target[0], school), *rest)

    def _pass_on(self, name: str, origin: int, target: list[int], amount: float) -> None:
        if not np.isfinite(amount):
            return
        self.site[name][origin] -= amount
        for each in target:
            self.site[name][each] = np.nan_to_num(self.site[name][each]) + amount / len(target)

    def _staff_follow(self, origin: int, target: list[int], stage: str, part: float) -> None:
        number = STAGES.index(stage)
        going = np.nan_to_num(self.staff[origin, number]) * min(part, 1.0)
        self.staff[origin, number] = self.staff[origin, number] - going
        for each in target:
            # a stage that a school has not had so far starts from nobody
            self.staff[each, number] = np.nan_to_num(self.staff[each, number]) + going / len(target)

    def _divert(self, new, number: int, move: Diversion, year: int, middle: bool) -> None:
        length = move.last - move.start + 1
        upto = move.share * min((year - move.start + 1) / length, 1.0)
        so_far = move.share * min((year - move.start) / length, 1.0)
        targets, span = self.schools(move.target), SPAN[move.stage]
        for origin in self.schools(move.origin):
            stage_before = new[..., origin, span].sum(axis=-1)
            part = np.zeros(span.stop - span.start)
            part[0] = upto
            if move.at_once and so_far < 1:
                part[1:] = (upto - so_far) / (1 - so_far)
            taken = self._give(new, origin, targets, span, part)
            if not middle:
                continue
            self._ledger(year, move.kind, move.name, origin, targets, move.stage, taken.sum())
            if move.at_once:
                follow = part[1] if len(part) > 1 else 0.0
            else:
                # only as many as the stage shrinks: those diverted when today's leavers came are gone
                gone = self.moved.setdefault((number, origin), {})
                gone[year] = taken[0]
                shrinking = max(taken[0] - gone.get(year - len(part), 0.0), 0.0)
                follow = shrinking / stage_before if stage_before > 0 else 0.0
            if follow > 0:
                self._staff_follow(origin, targets, move.stage, follow * move.staff_follow)
        if middle and year == move.start:
            self._applied(move, year)

    def _open(self, new, number: int, move: Opening, year: int, middle: bool) -> None:
        target = self.place[move.school.school_id]
        step = move.ramp[min(year - move.start, len(move.ramp) - 1)]
        for stage, full in move.intake.items():
            first = ENTRANCE[stage]
            origins = self.schools(move.origin) or [
                n
                for n in np.flatnonzero(self.teaches[stage])
                if n != target and not self.special[n]
            ]
            origins = [n for n in origins if self.teaches[stage][n]]
            available = new[..., origins, first].sum(axis=-1)
            wanted = np.minimum(full * step, available)
            part = wanted / np.where(available > 0, available, 1.0)
            for origin in origins:
                before = new[..., origin, SPAN[stage]].sum(axis=-1)
                taken = self._give(new, origin, [target], slice(first, first + 1), part[..., None])
                if not middle:
                    continue
                self._ledger(year, move.kind, move.name, origin, [target], stage, taken.sum())
                gone = self.moved.setdefault((number, origin, stage), {})
                gone[year] = taken.sum()
                shrinking = max(gone[year] - gone.get(year - len(STAGE_GRADES[stage]), 0.0), 0.0)
                if before > 0:
                    self._staff_follow(
                        origin, [target], stage, shrinking / before * move.staff_follow
                    )
        if middle and year == move.start:
            self._applied(move, year)

    def _closing(self, new, year: int, middle: bool) -> None:
        """Schools that the roster itself closes: their pupils go to the others of the stage."""
        for origin in np.flatnonzero((self.closing < year) & (self.closing >= self.last)):
            if not new[..., origin, :].any():
                continue
            for stage, span in SPAN.items():
                others = [
                    int(n)
                    for n in np.flatnonzero(self.teaches[stage] & (self.shares[stage] > 0))
                    if not self.closing[n] < year
                ]
                if others:
                    taken = self._give(new, origin, others, span, 1.0)
                    if middle and taken.sum() > 0:
                        self._note("assumed", N_("{name} closes by the roster in {year}: its pupils go to the other schools of the stage in equal parts"), name=self.roster["name"].iloc[origin], year=year)  # fmt: skip

    def _cap(self, new, cap, year: int, middle: bool) -> None:
        """Entrants above what a school takes go where there is room."""
        limited = [cap.students is not None, cap.classrooms is not None]
        if not any(limited):
            return
        receivers = self.schools(cap.surplus_to)
        origins = self.schools(cap.schools) or list(np.flatnonzero(~self.special))
        for origin in origins:
            if origin in receivers:
                continue
            whole = new[..., origin, :].sum(axis=-1)
            surplus = np.maximum(whole - self._seats(cap, origin), 0.0)
            if not np.any(surplus > 0):
                continue
            for stage, first in ENTRANCE.items():
                able = [n for n in receivers if self.teaches[stage][n]]
                for target in able:
                    room = np.maximum(
                        self._room(target, year) - new[..., target, :].sum(axis=-1), 0.0
                    )
                    amount = np.minimum(np.minimum(surplus, room), new[..., origin, first])
                    if self.applied.rounding == "yearly":
                        amount = whole_down(amount)
                    new[..., origin, first] -= amount
                    new[..., target, first] += amount
                    surplus = surplus - amount
                    if middle:
                        self._ledger(year, "cap", "", origin, [target], stage, float(amount))
            if middle and surplus > 0.5:
                self._note("not_applied", N_("{year}: {n} pupils above the cap of {name} find no place elsewhere and stay"), year=year, n=round(float(surplus)), name=self.roster["name"].iloc[origin])  # fmt: skip

    def _seats(self, cap, number: int) -> float:
        seats = np.inf if cap.students is None else cap.students
        if cap.classrooms is not None:
            size = max(
                cap.class_size.get(stage, self.limit[stage])
                for stage in STAGES
                if self.teaches[stage][number]
            )
            seats = min(seats, cap.classrooms * size)
        return seats

    def _room(self, number: int, year: int) -> float:
        caps = [
            self._seats(cap, number)
            for cap in self.applied.caps
            if cap.start <= year and number in self.schools(cap.schools)
        ]
        return min(caps, default=np.inf)

    def _applied(self, move, year: int) -> None:
        cost = getattr(move, "cost_cny", None)
        names = self.roster["name"]
        origin = [names.iloc[n] for n in self.schools(_listed(getattr(move, "origin", ())))]
        target = getattr(move, "target", None) or getattr(move, "school", None)
        target = [target.name] if isinstance(target, NewSchool) else [names.iloc[n] for n in self.schools(_listed(target))]  # fmt: skip
        self._note(
            "applied",
            N_("{year}: {what} ({origin} → {target})"),
            year=year,
            what=move.name or MOVE_LABELS[move.kind],
            origin="; ".join(origin) or "—",
            target="; ".join(target),
            cost=np.nan if cost is None else cost,
        )

    # --- classes ---------------------------------------------------------------------------------

    def class_limits(self, year: int) -> dict[str, np.ndarray]:
        """Size above which a class is divided, by stage and school; infinite without a cap.

        A school whose classes all kept to the size allowed in the last observed year goes on so.
        """
        limits = {}
        for stage in STAGES:
            limit = np.where(self.keeps[stage], self.limit[stage], np.inf)
            for cap in self.applied.caps:
                if cap.start <= year and stage in cap.class_size:
                    chosen = self.schools(cap.schools) or slice(None)
                    limit[chosen] = np.minimum(limit[chosen], cap.class_size[stage])
            limits[stage] = limit
        return limits

    def _by_grade(self, of_stage: dict[str, np.ndarray]) -> np.ndarray:
        """What is known by stage and school, repeated for its grades: (schools, 9)."""
        out = np.empty((len(self.ids), GRADES))
        for stage, span in SPAN.items():
            out[:, span] = of_stage[stage][:, None]
        return out

    def divided(self, students: np.ndarray, before: np.ndarray, year: int) -> np.ndarray:
        """Classes of every grade: a cohort keeps its classes, unless they grow too large or small.

        A new cohort is divided into classes as large, on average, as those of its school and stage in
        the last observed year (at least 30), or as the cap allows.
        """
        caps = self._by_grade(self.class_limits(year))
        norm = self._by_grade(self.norm)
        most = np.minimum(self._by_grade(self.crowd), caps)
        kept = np.empty_like(students)
        kept[..., 1:] = before[..., :-1]
        for first in ENTRANCE.values():
            usual = np.minimum(norm, caps)[:, first]
            kept[..., first] = np.floor(students[..., first] / usual + 0.5)
        low = whole_up(students / most)
        high = whole_up(students / SMALL_CLASS)
        np.maximum(high, low, out=high)
        return np.clip(kept, low, high, out=kept)

    def largest(self, students: np.ndarray, classes: np.ndarray, year: int) -> np.ndarray:
        """Largest class of every grade: as far above the mean as in the last observed year.

        Where a cap rules, classes are filled evenly up to it. NaN at schools that never reported
        their largest class.
        """
        caps, excess = self._by_grade(self.class_limits(year)), self._by_grade(self.excess)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = students / classes
        uneven = np.minimum(round_half_up(mean * excess, 0), caps)
        return np.where(np.isnan(excess), np.nan, np.maximum(uneven, whole_up(mean)))

    def too_large(
        self, students: np.ndarray, classes: np.ndarray, year: int, allowed: dict[str, float]
    ) -> np.ndarray:
        """Whether the county has a class above the size allowed.

        The same answer as comparing `largest` with it, in fewer steps for many draws.

        Returns
        -------
        ndarray of bool, shape (...)
        """
        caps, excess = self._by_grade(self.class_limits(year)), self._by_grade(self.excess)
        size = self._by_grade({s: np.full(len(self.ids), np.floor(allowed[s])) for s in STAGES})
        # the mean from which the largest class is rounded to more than the size allowed
        uneven = (size + 0.5) / np.nan_to_num(excess, nan=1.0) - 2 * HAIR
        mean = np.where(caps > size, np.minimum(size + HAIR, uneven), size + HAIR)
        mean[self.special | np.isnan(excess).any(axis=1)] = np.inf
        return (students > classes * np.minimum(mean, 1e9)).any(axis=(-2, -1))

    # --- staff, buildings, equipment -----------------------------------------------------------------

    def _rules(self, year: int):
        return self.source.standard.evaluation.for_year(year)

    def _stage_students(self, stage: str) -> np.ndarray:
        return self.students[:, SPAN[stage]].sum(axis=1)

    def _lack(self, stage: str, rules) -> np.ndarray:
        """Teachers that each school lacks for the three staff thresholds, the largest of them."""
        students, position = self._stage_students(stage), STAGES.index(stage)
        lacks = [
            rules.number(f"{name}.{stage}") * students / about.per
            - self.staff[:, position, STAFF.index(about.quantity)]
            for name, about in STAFF_INDICATORS.items()
        ]
        return np.nan_to_num(np.maximum(np.max(lacks, axis=0), 0.0))

    def _weights(self, to, need: np.ndarray, students: np.ndarray) -> np.ndarray:
        """How something is divided among schools: by need, by students, or equally among named ones."""
        if not isinstance(to, str):
            weights = np.zeros(len(self.ids))
            weights[self.schools(to)] = 1.0
        else:
            weights = (
                need if to == "need" and need.sum() > 0 else np.where(self.special, 0, students)
            )
        return weights / weights.sum() if weights.sum() > 0 else weights

    def _things(self, year: int) -> None:
        scenario, rules = self.applied, self._rules(year)
        for entry in scenario.attrition:
            if entry.start <= year <= entry.last:
                chosen = [STAGES.index(s) for s in STAGES if entry.stage in (None, s)]
                self.staff[:, chosen] *= 1 - entry.share
        for entry in scenario.recruitment:
            if entry.start <= year <= entry.last:
                weights = self._weights(entry.to, self._lack(entry.stage, rules), self._stage_students(entry.stage))  # fmt: skip
                added = weights[:, None] * entry.persons * _mix(entry)
                position = STAGES.index(entry.stage)
                self.staff[:, position] = np.where(
                    added > 0,
                    np.nan_to_num(self.staff[:, position]) + added,
                    self.staff[:, position],
                )
        for entry in scenario.rotation:
            if entry.start <= year <= entry.last:
                self._rotate(entry)
        for target in scenario.staff_targets:
            self._towards(target, year)
        if scenario.equipment is not None:
            self.site["equipment_value_cny"] *= 1 - scenario.equipment.write_off
        for entry in scenario.purchases:
            if entry.start <= year <= entry.last:
                self._buy(entry, rules, year)
        for move in scenario.moves:
            if isinstance(move, Premises) and move.start == year:
                self._premises(move, year)
        for entry in scenario.additions:
            if entry.year == year:
                self._add(entry)

    def _rotate(self, entry) -> None:
        position = STAGES.index(entry.stage)
        origin, target = self.schools(entry.origin), self.schools(entry.target)
        for number in origin:
            here = np.nan_to_num(self.staff[number, position])
            going = np.minimum(entry.persons / len(origin) * _mix(entry), here)
            self.staff[number, position] -= going
            for each in target:
                self.staff[each, position] = np.nan_to_num(
                    self.staff[each, position]
                ) + going / len(target)

    def _towards(self, target: StaffTarget, year: int) -> None:
        position, index = STAGES.index(target.stage), STAFF.index(target.entry)
        about = next(each for each in STAFF_INDICATORS.values() if each.quantity == target.entry)
        value = target.value
        if value is None:
            value = self._rules(target.by).number(f"{about.name}.{target.stage}")
        students = self._stage_students(target.stage)
        have = self.staff[:, position, index]
        need = value * students / about.per
        left = max(target.by - year + 1, 1)
        step = whole_up(have + np.maximum(need - have, 0.0) / left)
        wanted = np.where((students > 0) & ~self.special & (need > have), step, have)
        self.staff[:, position, index] = wanted
        # who is added is a full-time teacher too
        self.staff[:, position, 0] = np.maximum(self.staff[:, position, 0], wanted)

    def _buy(self, entry: Purchase, rules, year: int) -> None:
        need = np.zeros(len(self.ids))
        for stage in STAGES:
            need += np.nan_to_num(rules.number(f"equipment_value.{stage}")) * self._stage_students(
                stage
            )
        need = np.nan_to_num(np.maximum(need - self.site["equipment_value_cny"], 0.0))
        students = self.students.sum(axis=1)
        weights = self._weights(entry.to, need, students)
        self.site["equipment_value_cny"] = self.site["equipment_value_cny"] + weights * entry.cny
        self._note("applied", N_("{year}: equipment for {cny} yuan"), year=year, cny=f"{entry.cny:,.0f}", cost=entry.cny)  # fmt: skip

    def _premises(self, move: Premises, year: int) -> None:
        origin, target = self.school(move.origin), self.school(move.target)
        for name in SITE:
            amount = getattr(move, name, 0.0)
            if amount:
                here = self.site[name][origin]
                self._pass_on(name, origin, [target], min(amount, here) if here >= 0 else np.nan)
        rooms = move.classrooms
        for stage in STAGES:
            if self.teaches[stage][origin] and self.teaches[stage][target]:
                passed = min(rooms, self.classrooms[stage][origin])
                self.classrooms[stage][origin] -= passed
                self.classrooms[stage][target] += passed
                rooms -= passed
        self._applied(move, year)

    def _add(self, entry: Addition) -> None:
        chosen = self.schools(entry.schools)
        for number in chosen:
            for name in SITE:
                amount = getattr(entry, name) / len(chosen)
                if amount:
                    self.site[name][number] = max(self.site[name][number] + amount, 0.0)
                    self.additions.append((entry.year, number, name, amount))
            stages = [stage for stage in STAGES if self.teaches[stage][number]]
            for stage in stages:
                self.classrooms[stage][number] += entry.classrooms / len(chosen) / len(stages)
            new = [
                (number, kind, area)
                for kind, areas in (("music", entry.music_rooms_m2), ("art", entry.art_rooms_m2))
                for area in areas
            ]
            if new:
                self._more_rooms(new)
        names = "; ".join(str(self.roster["name"].iloc[n]) for n in chosen)
        self._note(
            "applied",
            N_("{year}: {what} ({names})"),
            year=entry.year,
            what=entry.name or names,
            names=names,
            cost=np.nan if entry.cost_cny is None else entry.cost_cny,
        )

    def _more_rooms(self, new: list[tuple[int, str, float]]) -> None:
        added = (
            np.array([school for school, _, _ in new], dtype=int),
            np.array([kind for _, kind, _ in new], dtype=object),
            np.array([area for _, _, area in new], dtype=float),
        )
        self.rooms = tuple(np.concatenate(pair) for pair in zip(self.rooms, added, strict=True))

    # --- a year in numbers

    def _record(self, year: int) -> None:
        self.tables.append(
            {
                "year": year,
                "students": self.students.copy(),
                "classes": self.classes.copy(),
                "largest": self.largest(self.students, self.classes, year),
                "staff": self.staff.copy(),
                "site": {name: values.copy() for name, values in self.site.items()},
                "rooms": self.rooms,
                "senior": self.senior.copy(),
                "classrooms": {stage: values.copy() for stage, values in self.classrooms.items()},
                "limits": self.class_limits(year),
                "open": ~(self.closing < year) & ~(self.opening > year),
            }
        )


def _mix(entry: Recruitment | Rotation) -> np.ndarray:
    """What a teacher who comes counts for, in the order of `STAFF`."""
    return np.array([1.0, *(getattr(entry, name) for name in STAGE_QUANTITIES)])


def _listed(value) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


@contextlib.contextmanager
def _quiet():
    """Means and maxima of nothing are NaN here, which is meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield
