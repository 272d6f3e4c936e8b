"""The search: linear programs with tangents, plans in whole numbers, and the bound that proves them."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from ..problem.goal import Goal
from ..problem.instance import Instance
from .composite.limit import Composite, composites_of
from .composite.within import Within
from .cone import Cone
from .exactly import Verdict, judge
from .model import Program
from .repair import repaired
from .solver import Solver

#: Rounds of tangents before whole numbers are asked for, and excess that is let be in them.
ROUNDS, SLACK = 25, 1e-7
#: Whole steps around the relaxed plan at which the tangents are laid.
AROUND = (-1, 0, 1, 2)
#: A limit so near (part of its square) is held in whole numbers from the start where another one is.
NEAR = 0.05
#: Part of the gap at which whole numbers are taken: what is repaired afterwards costs the rest.
NEARLY = 0.75
#: Nodes and part of the time that are spent on a neighbour of a plan.
NEIGHBOUR, SOME = 20, 8
#: What a bound of the solver may be wrong by, in the smallest unit of cost.
HAIR = 1e-3
#: Attempts at a plan beside one that breaks a limit by a hair.
TRIES = 4
#: Rows from which on a first program in whole numbers ends at this gap: it tells where tangents lack.
LARGE, ROUGH = 200, 4e-4
#: Part of the gap so far at which a program is left whose boxes are divided anyway.
ENDS = 4


@dataclass
class Found:
    """What a search came to.

    Attributes
    ----------
    status : {"optimal", "feasible", "infeasible", "open"}
        `open`: the time ended before any plan was found.
    values : list of int or None
        The best plan, by variable of the program.
    cost, bound : Fraction or None
        Yuan; the bound holds for every plan that there is.
    verdict : Verdict or None
    seconds : float
    rounds : int
        Programs in whole numbers that were solved.
    tight : list of (str, int)
        Stage and indicator whose coefficient of variation had to be held.
    composite : list of str
        Stages whose composite had to be held.
    """

    status: str
    values: list[int] | None
    cost: Fraction | None
    bound: Fraction | None
    verdict: Verdict | None = None
    seconds: float = 0.0
    rounds: int = 0
    tight: list[tuple[str, int]] = field(default_factory=list)
    composite: list[str] = field(default_factory=list)

    @property
    def gap(self) -> float:
        """Relative distance between cost and bound."""
        if self.cost is None or self.bound is None:
            return math.inf
        return float((self.cost - self.bound) / self.cost) if self.cost else 0.0


def search(
    instance: Instance,
    program: Program,
    goal: Goal,
    *,
    seconds: float = 60.0,
    gap: float = 0.0,
    start: list[int] | None = None,
    nodes: int | None = None,
) -> Found:
    """The cheapest plan for a goal.

    Parameters
    ----------
    instance : Instance
    program : Program
        As from `analysis.remedy.solve.model.build`.
    goal : Goal
    seconds : float
        Time after which the best plan is given with its gap.
    gap : float
        Relative distance between cost and bound at which the search may end.
    start : list of int, optional
        A plan that is known (values of the program's variables).
    nodes : int, optional
        Nodes of each tree at which it ends: unlike a limit of time, it gives the same plan on every
        machine.
    """
    return _Search(instance, program, goal, seconds, gap, nodes).run(start)


def solver_of(program: Program, nodes: int | None = None) -> Solver:
    """A program at the solver, in its unit of money; without coefficients of variation."""
    unit = program.unit
    cost = [float(each / unit) for each in program.cost]
    solver = Solver(cost, program.lower, program.upper, nodes)
    solver.add_rows([(terms, float(low), np.inf) for terms, low in program.rows])
    solver.add_rows([(terms, float(level), float(level)) for terms, level in program.equal])
    return solver


class _Search(Within):
    """The state of a search: the growing program, the best plan and the bound."""

    def __init__(
        self,
        instance: Instance,
        program: Program,
        goal: Goal,
        seconds: float,
        gap: float,
        nodes: int | None,
    ):
        self.begun = time.perf_counter()
        self.instance, self.program, self.goal = instance, program, goal
        self.seconds, self.gap, self.nodes = seconds, gap, nodes
        self.unit, self.count = program.unit, len(program.keys)
        self.found = Found("open", None, None, None)
        self.cones = [
            cone
            for (stage, k), limit in instance.limit.items()
            if k in goal.variations and limit is not None
            for cone in [Cone(instance, program, stage, k)]
            if cone.judged
        ]
        self.composites = composites_of(instance, program, goal)
        self.tight: list[Cone] = []
        self.exactly, self.helped = True, True
        """Whether programs in whole numbers are solved to the end, and the last search beside one helped."""
        self.reckoned: np.ndarray | None = None
        """A solution beside which the boxes are those of a convex program."""
        self.solver = self._solver()

    def _solver(self) -> Solver:
        """The program without coefficients of variation."""
        return solver_of(self.program, self.nodes)

    @property
    def _enough(self) -> float:
        """The gap at which a program in whole numbers ends: larger while tangents or boxes are coarse."""
        if self.exactly:
            return self.gap * NEARLY
        divided = any(each.first is not None for each in self.composites)
        return max(self.gap * NEARLY, self.found.gap / ENDS if divided else ROUGH)

    @property
    def left(self) -> float:
        return self.seconds - (time.perf_counter() - self.begun)

    @property
    def active(self) -> list[Cone | Composite]:
        return [each for each in (*self.cones, *self.composites) if each.first is not None]

    def run(self, start: list[int] | None) -> Found:
        if start is not None:
            self._keep(np.array(start, dtype=float))
        if self.reckoned is not None:
            for each in self.composites:
                each.cut(self.solver, self.reckoned)
        relaxed = self._relaxed()
        if relaxed is None:
            return self._done("infeasible")
        if self._proved:
            return self._done("optimal")
        self.tight = [cone for cone in self.cones if cone.first is not None]
        if any(each.excess(relaxed) > SLACK and each.first is None for each in self.composites):
            relaxed, status = self._composites(relaxed)
            if status:
                return self._done(status)
        self._anew(relaxed)
        if self.active and (self.found.values is None or self.reckoned is not None):
            self._begin(relaxed)
        if len(self.instance.rows) >= LARGE and self.active:
            self.exactly = False
        while not self._proved and self.left > 0:
            answer = self.solver.solved(self.left, self._enough, self._known())
            self.found.rounds += 1
            if answer.status == "infeasible":
                if self.found.values is not None:
                    break
                return self._done("infeasible")
            self._bound(answer.bound)
            if answer.values is None:
                break
            beyond, uneven = self._keep(answer.values[: self.count])
            if self._proved:
                break
            if not (beyond or uneven):
                if self.exactly:
                    break
                self.exactly = True
                continue
            if self.nodes is not None and self.found.rounds >= TRIES:
                break
            if any(each.first is None for each in uneven):
                relaxed, status = self._composites(answer.values[: self.count])
                if status:
                    return self._done(status)
                self._anew(relaxed)
                continue
            for cone in beyond:
                cone.whole(self.solver, answer.values)
            self.tight += beyond
            self.exactly |= not uneven
            if uneven:
                self._divide(uneven, answer.values, relaxed)
            if beyond:
                self._nearby(answer.values, beyond)
        if self._proved:
            return self._done("optimal")
        return self._done("feasible" if self.found.values is not None else "open")

    def _relaxed(self) -> np.ndarray | None:
        """The cheapest plan in parts of persons and rooms; None where there is none."""
        values = np.zeros(self.count)
        for _ in range(ROUNDS):
            answer = self.solver.relaxed()
            if answer.status == "infeasible":
                return None
            if answer.values is None:
                break
            self._bound(answer.bound)
            values = answer.values[: self.count]
            violated = [cone for cone in self.cones if cone.excess(values) > SLACK]
            cheated = [each for each in self.composites if each.cheated(answer.values)]
            if not (violated or cheated) or self.left <= 0:
                break
            for each in (*violated, *cheated):
                each.cut(self.solver, answer.values)
        return values

    def _anew(self, values: np.ndarray) -> None:
        """Of the tangents that led here few are still of use: anew with those at whole numbers."""
        if not self.active:
            return
        near = [
            cone
            for cone in self.cones
            if cone.first is not None or cone.excess(values) > -NEAR * float(cone.limit) ** 2
        ]
        near += [each for each in self.composites if each.first is not None]
        self.solver = self._solver()
        for each in near:
            each.first = None
        for each in near:
            each.whole(self.solver, values, AROUND)

    def _begin(self, relaxed: np.ndarray) -> None:
        """A first plan: what the relaxed one buys at least, thresholds, then the variation repaired."""
        solver = self._solver()
        touched = {v for each in self.active for gain in each.gains for v in gain}
        for v in sorted(touched):
            # what is done for a single coefficient shows in purchases; for a sum of them, everywhere
            if self.program.buys(v) or self.reckoned is not None:
                low = min(np.floor(relaxed[v] + 1e-6), self.program.upper[v])
                solver.bounds(v, max(low, self.program.lower[v]), self.program.upper[v])
        answer = solver.solved(self.left / 4, 1e-3)
        if answer.values is not None:
            self._keep(answer.values)

    def _nearby(self, values: np.ndarray, beyond: list[Cone]) -> None:
        """A plan as cheap as one that breaks a limit by a hair: all that does not touch it stays."""
        free = {v for cone in beyond for gain in cone.gains for v in gain}
        free |= {v for v in range(self.count) if self.program.keys[v][0] == "remains"}
        fixed = [v for v in range(self.count) if v not in free]
        for v in fixed:
            level = round(values[v])
            self.solver.bounds(v, level, level)
        for _ in range(TRIES):
            answer = self.solver.solved(max(self.left / SOME, 0.01), self.gap, nodes=NEIGHBOUR)
            if answer.values is None:
                break
            again, _ = self._keep(answer.values[: self.count])
            if self._proved or not again or self.left <= 0:
                break
            for cone in again:
                cone.whole(self.solver, answer.values)
        for v in fixed:
            self.solver.bounds(v, self.program.lower[v], self.program.upper[v])

    def _keep(self, values: np.ndarray) -> tuple[list[Cone], list[Composite]]:
        """Keep a plan, or what it becomes when it is repaired; returns the limits that it breaks."""
        whole = [round(each) for each in values.tolist()]
        verdict = judge(self.instance, self.program, self.goal, whole)
        beyond = [cone for cone in self.cones if (cone.stage, cone.indicator) in verdict.beyond]
        uneven = [each for each in self.composites if each.stage in verdict.uneven]
        if (beyond or uneven) and not verdict.broken and not verdict.failing:
            again = repaired(self.program, self.cones, np.array(whole), self.composites)
            if again is not None:
                whole = [round(each) for each in again.tolist()]
                verdict = judge(self.instance, self.program, self.goal, whole)
        cost = self.program.total(whole)
        if verdict.holds and (self.found.cost is None or cost < self.found.cost):
            self.found.values, self.found.cost, self.found.verdict = whole, cost, verdict
        return beyond, uneven

    def _known(self) -> np.ndarray | None:
        """The best plan with the variables of the tangents."""
        if self.found.values is None:
            return None
        values = np.zeros(len(self.solver.whole))
        values[: self.count] = self.found.values
        for each in self.active:
            each.fill(values)
        return values

    def _bound(self, bound: float) -> None:
        """Every cost is a multiple of the unit, so the bound is one, too."""
        if math.isfinite(bound):
            whole = math.ceil(bound - HAIR) * self.unit
            self.found.bound = whole if self.found.bound is None else max(self.found.bound, whole)

    @property
    def _proved(self) -> bool:
        cost, bound = self.found.cost, self.found.bound
        return (
            cost is not None
            and bound is not None
            and cost - bound <= Fraction(self.gap) * abs(cost)
        )

    def _done(self, status: str) -> Found:
        self.found.status = status
        self.found.seconds = time.perf_counter() - self.begun
        self.found.tight = [
            (cone.stage, cone.indicator) for cone in self.cones if cone in self.tight
        ]
        self.found.composite = [each.stage for each in self.composites if each.first is not None]
        return self.found
