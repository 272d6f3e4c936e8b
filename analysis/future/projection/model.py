"""The course of a county's schools by a scenario, year after year.

Pupils go on by cohort, school by school; moves take pupils from schools and give them to others, so
that none is lost; classes, staff, buildings and equipment follow by the scenario.

The order of a projected year: cohorts go on, entrants come, people move in and out, moves in the order
of the scenario, caps; then classes, staff, buildings, equipment and funds. Who leaves goes before anybody
is recruited; the staffing quota is looked at when everything else is settled.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...base.files import N_, problem
from ...base.schema.terms import STAGES
from ...data.county import County
from ...measure.indicators import round_half_up
from ..assumptions.from_plan import plan_parts
from ..assumptions.roster import Schools
from ..assumptions.scenario import BASELINE, Scenario, load_scenario
from ..assumptions.sections import Addition, Purchase
from ..notes import Note, announce
from ..past.break_notes import told
from ..past.observed import observe, site_columns
from ..past.rates import Rates
from .arrivals import arrive
from .caps import pass_surplus
from .classes import Division
from .closings import close
from .onward import go_on
from .posts import Posts, described, doubtful
from .sites import Sites
from .staff import Staff, divide
from .strands import Pupils, Strands

#: Years projected at least: the last known births enter school after six of them.
SHORTEST = 8


class Model:
    """The state of a projection: what every school has in the year reached so far.

    Pupils may have an axis of draws in front (`analysis.future.odds.draws`); everything else belongs to the
    middle course.

    Attributes
    ----------
    schools : Schools
    rates : Rates
    division : Division
    staff : Staff
    sites : Sites
    strands : Strands
    state : ndarray, shape (strands, 9)
        Pupils by home and place.
    students, classes : ndarray, shape (schools, 9)
    senior : ndarray, shape (schools,)
        Pupils of grades 10 to 12.
    notes : list of Note
    flows : list of tuple
        As the columns of `analysis.future.project.Outlook.flows`.
    tables : list of dict
        What every projected year came to.
    """

    def __init__(
        self, county: County, scenario: str | Scenario = BASELINE, until: int | None = None
    ):
        if county.observed_until is not None:
            raise problem(
                N_("is a projection already; project the observed county"), file=county.path
            )
        self.source = county
        self.last = county.years[-1]
        self.notes: list[Note] = []
        self.flows: list[tuple] = []
        self.scenario = load_scenario(scenario, county)
        self.until = self._until(until)
        self.years = list(range(self.last + 1, self.until + 1))
        self.applied = self._with_plan()
        self.schools = Schools(county, self.applied)
        self._start()

    def _until(self, asked: int | None) -> int:
        longest = max(self.last + SHORTEST, self.source.record.target_year or 0)
        until = asked or self.scenario.until or longest
        if not self.last < until <= self.last + 40:
            raise problem(
                N_("until {until}: expected a year from {first} to {last}"),
                file=self.source.path,
                until=until,
                first=self.last + 1,
                last=self.last + 40,
            )
        return until

    def _with_plan(self) -> Scenario:
        whole = self.scenario
        if whole.plan is None:
            return whole
        planned, notes = plan_parts(self.source, whole, self.last)
        self.notes += notes
        # what is planned comes before what somebody adds to it
        lists = {
            name: (*getattr(planned, name), *getattr(whole, name))
            for name in ("moves", "additions", "staff_targets", "purchases")
        }
        return whole.model_copy(update=lists)

    def _start(self) -> None:
        """State of the last observed year, and what the past says about the coming ones."""
        seen, schools = observe(self.source), self.schools
        more = len(schools.ids) - len(self.source.tables["schools"])

        def extended(array: np.ndarray) -> np.ndarray:
            """With rows for the schools that the scenario makes, about whom nothing is known."""
            return np.concatenate([array, np.full((more, *array.shape[1:]), np.nan)])

        grid = {name: extended(array) for name, array in seen.grid.items()}
        self.observed = {name: extended(array) for name, array in seen.yearly.items()}
        self.past = past = grid["students"]
        if seen.evened:
            self.note("assumed", N_("{n} schools report no pupils by grade in {year}: taken as even over the grades"), n=seen.evened, year=self.last)  # fmt: skip
        # a roster that says a school closes after the last observed year: its pupils must go somewhere
        open_now = ~(schools.opening > self.last) & ~(schools.closing <= self.last)
        self.unknown = open_now & np.isnan(past[:, :, -1]).all(axis=1) & ~schools.is_new
        if self.unknown.any():
            self.note("assumed", N_("{names}: no pupils reported in {year}; they stay unknown"), names="; ".join(self.roster["name"][self.unknown].astype(str)), year=self.last)  # fmt: skip
        #: grades that have a row in the last observed year
        self.reported = extended(seen.reported) == 1.0
        closed = schools.closing <= self.last
        self.students, self.classes = (
            np.where(closed[:, None], 0.0, np.nan_to_num(grid[name][:, :, -1]))
            for name in ("students", "classes")
        )
        self.observed_students = self.students.copy()
        self.strands, self.state = Strands(len(schools.ids)), self.students
        self.rates = Rates(self.source, self.applied, schools, past, self.years, self.note)
        self.notes += [*told(self.rates.past, schools), *self.rates.migrants.notes]
        limits = {stage: self.rules(self.last).usual(f"G5.{stage}") for stage in STAGES}
        self.division = Division(grid, limits, self.applied, schools)
        self.indicators = self.source.standard.evaluation.indicators
        self.staff = Staff(self.observed, schools, self.indicators)
        self.posts = Posts(
            self.applied.staff, schools, self.last, self.staff.columns[1:], self.source
        )
        for message, values in doubtful(self.posts, self.staff.persons):
            self.note("assumed", message, **values)
        self.sites = Sites(seen, self.observed, schools, site_columns(self.indicators))
        self.senior = np.where(schools.is_new, 0.0, self.observed["students_senior"][:, -1])
        self.moved: dict[tuple, dict[int, float]] = {}
        self.tables: list[dict] = []
        self.history = [self.students.copy()]

    @property
    def roster(self) -> pd.DataFrame:
        return self.schools.table

    @property
    def ids(self) -> np.ndarray:
        """Codes of the schools."""
        return self.schools.ids

    @property
    def special(self) -> np.ndarray:
        """Which are special-education schools."""
        return self.schools.special

    @property
    def excess(self) -> dict[str, np.ndarray]:
        """How far the largest class is above the mean, by stage; NaN: never reported."""
        return self.division.excess

    def rules(self, year: int):
        """The evaluation's numbers in force in a year."""
        return self.source.standard.evaluation.for_year(year)

    def note(self, kind: str, message: str, year: int | None = None, cost=np.nan, **values) -> None:
        """Say what is done, could not be done, or is taken for granted."""
        if year is not None:
            values["year"] = year
        self.notes.append(Note(kind, message, values, year, cost))

    # --- a year ----------------------------------------------------------------------------------

    def run(self) -> Model:
        """Go on to the last year."""
        announce(self)
        for year in self.years:
            self.step(year)
        for message, values in described(self.posts):
            self.note("applied", message, **values)
        return self

    def step(self, year: int) -> None:
        """Go on to a year, the one after that reached so far."""
        self.state = self.pupils(self.state, year)
        self.students = self.strands.by_school(self.state)
        self.history.append(self.students.copy())
        self.classes = self.division.divided(self.students, self.classes, year)
        self._things(year)
        self._record(year)

    def pupils(self, state: np.ndarray, year: int, noise: dict | None = None) -> np.ndarray:
        """Pupils of the next year, by home and place (`analysis.future.projection.strands`).

        Parameters
        ----------
        state : ndarray, shape (..., strands, 9)
            The schools themselves in the first year.
        year : int
        noise : dict, optional
            Factors of a draw: `progression` (..., strands, 8), `entrants` (..., 1), `junior`
            (..., 1), `shares` by stage (..., schools); `migration` (..., 1, 1): pupils more who come from outside.

        Returns
        -------
        ndarray, shape (..., strands, 9)
            With more strands than before where a move has begun.
        """
        new = go_on(self, self.strands.padded(state), year, noise or {})
        arrive(self, new, year, noise or {})
        whole = self.applied.rounding == "yearly"
        moving = Pupils(self.strands, round_half_up(new, 0) if whole else new, whole)
        for number, move in enumerate(self.applied.moves):
            if move.start <= year:
                move.pupils(self, moving, number, year)
        close(self, moving, year)
        for cap in self.applied.caps:
            if cap.start <= year:
                pass_surplus(self, moving, cap, year)
        return moving.cells

    def takers(self, stage: str) -> list[int]:
        """Schools that take entrants of a stage."""
        takes = self.schools.teaches[stage] & (self.rates.shares[stage] > 0)
        return [int(n) for n in np.flatnonzero(takes)]

    # --- pupils who change school ------------------------------------------------------------------

    def ledger(
        self, year, kind: str, name: str, origin: int, targets: list[int], stage: str, amount: float
    ) -> None:
        """Record who changed school."""
        if amount > 0:
            self.flows += [
                (year, kind, name, self.ids[origin], self.ids[each], stage, amount / len(targets))
                for each in targets
            ]

    def shrinking(self, key: tuple, year: int, entrants: float, grades: int) -> float:
        """Pupils by whom a stage shrinks when its entrants are turned to another school.

        Those who were turned away when this year's leavers came are gone already.
        """
        gone = self.moved.setdefault(key, {})
        gone[year] = entrants
        return max(entrants - gone.get(year - grades, 0.0), 0.0)

    # --- staff, buildings, equipment -----------------------------------------------------------------

    def _things(self, year: int) -> None:
        scenario, sites = self.applied, self.sites
        self.posts.begin(self.staff.persons, year)
        self.staff.go_on(year, scenario, self.rules, self.students)
        if scenario.equipment is not None:
            sites.quantities["equipment_value_cny"] *= 1 - scenario.equipment.write_off
        for entry in scenario.purchases:
            if entry.start <= year <= entry.last:
                self._buy(entry, year)
        for move in scenario.moves:
            move.things(self, year)
        for entry in scenario.additions:
            if entry.year == year:
                self._add(entry)
        self.posts.end(self.staff.persons, year, self.students, self.classes)

    def _buy(self, entry: Purchase, year: int) -> None:
        rules, value = self.rules(year), self.sites.quantities["equipment_value_cny"]
        need = np.zeros(len(self.ids))
        for stage in STAGES:
            threshold = np.nan_to_num(rules.number(f"equipment_value.{stage}"))
            need += threshold * self.schools.ladder.total(self.students, stage)
        need = np.nan_to_num(np.maximum(need - value, 0.0))
        weights = divide(entry.to, need, self.students.sum(axis=1), self.schools)
        self.sites.quantities["equipment_value_cny"] = value + weights * entry.cny
        self.note("applied", N_("{year}: equipment for {cny} yuan"), year=year, cny=f"{entry.cny:,.0f}", cost=entry.cny)  # fmt: skip

    def _add(self, entry: Addition) -> None:
        chosen = self.sites.add(entry)
        names = "; ".join(str(self.roster["name"].iloc[n]) for n in chosen)
        self.note(
            "applied",
            N_("{year}: {what} ({names})"),
            year=entry.year,
            what=entry.name or names,
            names=names,
            cost=np.nan if entry.cost_cny is None else entry.cost_cny,
        )

    # --- a year in numbers

    def _record(self, year: int) -> None:
        sites, schools = self.sites, self.schools
        self.tables.append(
            {
                "year": year,
                "students": self.students.copy(),
                "classes": self.classes.copy(),
                "largest": self.division.largest(self.students, self.classes, year),
                "staff": self.staff.persons.copy(),
                "site": {name: values.copy() for name, values in sites.quantities.items()},
                "rooms": sites.rooms,
                "senior": self.senior.copy(),
                "classrooms": {stage: values.copy() for stage, values in sites.classrooms.items()},
                "limits": self.division.limits(year),
                "open": ~(schools.closing < year) & ~(schools.opening > year),
            }
        )
