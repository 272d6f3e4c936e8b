"""The composite, the plain mean of a stage's coefficients of variation, within its limit.

For one coefficient s and a fixed limit the plans are convex; for the sum of several they are not,
because each is a quotient: with the mean level Z of an indicator and its spread u,

    u >= ||d(x)||,    u <= s Z,    sum(s) <= 7 c.

The first is a cone, held from outside by tangents in one variable for each school (as in
`analysis.remedy.solve.cone`): r >= 2 q d - q² u lies below r >= d² / u, and sum(r) <= u. The product
is held from outside by its envelope over a box (McCormick 1976, Computability of global solutions to
factorable nonconvex programs), exact where s or Z is at an end of the box. So the box is made small
first, by what a plan may cost that is cheaper than a known one, and then divided where a solution
cheats (Nagarajan, Lu, Wang, Bent and Sundar 2019, An adaptive, multivariate partitioning algorithm for
global optimization): a variable 0 or 1 says on which side of a break Z lies. At a break the envelope is
exact, so no plan in whole numbers that breaks the limit comes twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...problem.goal import Goal
from ...problem.instance import Instance
from ..cone import Cone
from ..model import Program
from ..solver import Solver

#: Part of the largest cheat at which an indicator's box is divided, and a cheat that is let be.
WORTH, LITTLE = 0.2, 1e-9
#: Part of a spread that tangents need not tell.
SPREAD = 1e-6
#: Breaks beside the one at a solution, in parts of its interval.
BESIDE = 0.1


@dataclass
class Box:
    """Between what the mean level Z and the coefficient s of an indicator lie.

    Attributes
    ----------
    low, high : float
        Of Z, in the unit of `Cone.levels`.
    least, most : float
        Of s; infinite: the coefficient is taken for what it would be at the lower end of Z.
    """

    low: float
    high: float
    least: float
    most: float

    @property
    def inside(self) -> bool:
        """Whether s >= u / low is held, which is more than is asked, and convex."""
        return self.most == np.inf


class Composite:
    """One stage's composite; it enters a program with boxes that are known to hold every plan."""

    def __init__(self, instance: Instance, program: Program, stage: str):
        self.stage = stage
        size = len(instance.names)
        self.sum = float(instance.composite[stage]) * size
        self.cones = [Cone(instance, program, stage, k) for k in range(size)]
        self.gains = [gain for cone in self.cones for gain in cone.gains]
        self.boxes: list[Box] = []
        self.breaks: list[list[float]] = [[] for _ in range(size)]
        self.first: int | None = None
        """Position of the first variable: for each indicator u, s, Z and one r for each school."""
        self._sides: list[tuple[int, int, float]] = []

    @property
    def judged(self) -> bool:
        return len(self.cones[0].rows) > 1

    def coefficients(self, values: np.ndarray) -> np.ndarray:
        """The coefficients of variation of a solution; infinite where a mean is 0."""
        found = []
        for cone in self.cones:
            z = cone.levels(values)
            whole = z.sum()
            square = (z * z / cone.w).sum() / whole**2 - 1 if whole > 0 else np.inf
            found.append(np.sqrt(max(square, 0.0)))
        return np.array(found)

    def excess(self, values: np.ndarray) -> float:
        """How far the sum is beyond what the limit allows; below 0 within it."""
        return float(self.coefficients(values).sum() - self.sum)

    def near(self, values: np.ndarray, part: float) -> list[Box]:
        """Boxes of plans whose mean levels are not lower than a solution's but for a part."""
        levels = [float(cone.levels(values).sum()) for cone in self.cones]
        return [Box(level * (1 - part), np.inf, 0.0, np.inf) for level in levels]

    def cheated(self, values: np.ndarray) -> bool:
        """Whether a solution claims less spread than it has: tangents there would tell it so."""
        if self.first is None:
            return False
        return any(
            self._spread(cone, values)[1] > values[self.position(k, 0)] * (1 + SPREAD) + LITTLE
            for k, cone in enumerate(self.cones)
        )

    def enter(self, solver: Solver) -> None:
        """Put variables, limit, boxes and the breaks so far into a program."""
        count = len(self.cones[0].rows)
        size, width = len(self.cones), count + 3
        low, high = np.zeros(size * width), np.full(size * width, np.inf)
        for k, box in enumerate(self.boxes):
            low[k * width + 1], high[k * width + 1] = box.least, box.most
            low[k * width + 2], high[k * width + 2] = box.low, box.high
        self.first = solver.add_variables(np.zeros(size * width), low, high)
        self._sides = []
        rows = [({self.position(k, 1): 1.0 for k in range(size)}, -np.inf, self.sum)]
        for k, (cone, box) in enumerate(zip(self.cones, self.boxes, strict=True)):
            u, s, total = (self.position(k, n) for n in range(3))
            terms = {total: 1.0}
            for gain in cone.gains:
                for v, g in gain.items():
                    terms[v] = terms.get(v, 0.0) - g
            base = float(cone.base.sum())
            spread = {self.position(k, 3 + n): -1.0 for n in range(count)} | {u: 1.0}
            rows += [
                (terms, base, base),
                (spread, 0.0, np.inf),
            ]
            if box.inside:
                rows.append(({u: 1.0, s: -box.low}, -np.inf, 0.0))
                continue
            rows += [
                ({u: 1.0, total: -box.most, s: -box.low}, -np.inf, -box.low * box.most),
                ({u: 1.0, total: -box.least, s: -box.high}, -np.inf, -box.high * box.least),
            ]
        solver.add_rows(rows)
        for k, breaks in enumerate(self.breaks):
            for point in breaks:
                self._side(solver, k, point)

    def position(self, indicator: int, number: int) -> int:
        """Of an indicator's u (number 0), s (1), Z (2) and r of each school (3 and on)."""
        return self.first + indicator * (len(self.cones[0].rows) + 3) + number

    def _side(self, solver: Solver, k: int, point: float) -> None:
        """A variable that says whether Z is above a point, and the envelopes on both sides."""
        box = self.boxes[k]
        u, s, total = (self.position(k, n) for n in range(3))
        side = solver.add_variables([0.0], [0.0], [1.0], whole=True)
        self._sides.append((side, k, point))
        below, above = point - box.low, box.high - point
        wide = box.most - box.least
        solver.add_rows(
            [
                ({total: 1.0, side: -above}, -np.inf, point),
                ({total: 1.0, side: -below}, box.low, np.inf),
                # below: u <= least Z + point s - point least
                (
                    {u: 1.0, total: -box.least, s: -point, side: -wide * above},
                    *(-np.inf, -point * box.least),
                ),
                # above: u <= most Z + point s - point most
                (
                    {u: 1.0, total: -box.most, s: -point, side: wide * below},
                    *(-np.inf, -point * box.most + wide * below),
                ),
            ]
        )

    def cut(self, solver: Solver, values: np.ndarray) -> None:
        """Tangents where a solution is."""
        if self.first is None:
            self.enter(solver)
        for k, cone in enumerate(self.cones):
            self._lines(solver, k, *self._spread(cone, values))

    def whole(self, solver: Solver, values: np.ndarray, aside: Sequence[int] = (0, 1)) -> None:
        """Tangents where a solution is and at the levels in whole steps around it."""
        if self.first is None:
            self.enter(solver)
        for k, cone in enumerate(self.cones):
            d, u = self._spread(cone, values)
            self._lines(solver, k, d, u)
            mean = cone.w * cone.levels(values).sum()
            for chosen, level in cone.around(values, aside):
                beside = np.zeros(len(d))
                beside[chosen] = (level - mean[chosen]) / np.sqrt(cone.w[chosen])
                self._lines(solver, k, beside, u, chosen)

    def _spread(self, cone: Cone, values: np.ndarray) -> tuple[np.ndarray, float]:
        z = cone.levels(values)
        d = (z - cone.w * z.sum()) / np.sqrt(cone.w)
        return d, float(np.linalg.norm(d))

    def _lines(self, solver, k: int, d: np.ndarray, u: float, chosen=None) -> None:
        if u <= LITTLE:
            return
        cone, rows = self.cones[k], []
        root = np.sqrt(cone.w)
        for n in range(len(d)) if chosen is None else chosen.tolist():
            q = float(np.clip(d[n] / u, -1.0, 1.0))
            # r - 2 q (base + gains - w Z) / root(w) + q² u >= 0
            factor = 2 * q / float(root[n])
            terms = {
                self.position(k, 3 + n): 1.0,
                self.position(k, 0): q * q,
                self.position(k, 2): factor * float(cone.w[n]),
            }
            for v, g in cone.gains[n].items():
                terms[v] = terms.get(v, 0.0) - factor * g
            rows.append((terms, factor * float(cone.base[n]), np.inf))
        solver.add_rows(rows)

    def divide(self, solver: Solver, values: np.ndarray) -> bool:
        """Divide the boxes where a solution claims less variation than it has; False if nowhere.

        Parameters
        ----------
        solver : Solver
        values : ndarray
            Of all variables of the program that was solved.
        """
        if any(box.inside for box in self.boxes):
            return False
        true = self.coefficients(values)
        claimed = np.array([values[self.position(k, 1)] for k in range(len(self.cones))])
        cheat = true - claimed
        divided = False
        for k in np.flatnonzero(cheat > max(WORTH * cheat.max(), LITTLE)).tolist():
            box, z = self.boxes[k], float(self.cones[k].levels(values).sum())
            ends = [box.low, *sorted(self.breaks[k]), box.high]
            left = max((each for each in ends if each <= z), default=box.low)
            right = min((each for each in ends if each > z), default=box.high)
            reach = BESIDE * (right - left)
            for point in (z, z - reach, z + reach):
                near = min(abs(point - each) for each in ends)
                if near > 1e-7 * box.high and box.low < point < box.high:
                    self.breaks[k].append(point)
                    ends.append(point)
                    self._side(solver, k, point)
                    divided = True
        return divided

    def fill(self, values: np.ndarray) -> None:
        """Give the variables what they are in a solution; changed in place."""
        for k, (cone, s) in enumerate(zip(self.cones, self.coefficients(values), strict=True)):
            d, u = self._spread(cone, values)
            total = float(cone.levels(values).sum())
            values[self.position(k, 0)], values[self.position(k, 1)] = u, s
            values[self.position(k, 2)] = total
            if u > 0:
                values[self.position(k, 3) : self.position(k, 3) + len(d)] = d * d / u
        for side, k, point in self._sides:
            values[side] = float(values[self.position(k, 2)] > point)


def composites_of(instance: Instance, program: Program, goal: Goal) -> list[Composite]:
    """Those that a goal asks for."""
    stages = instance.composite if goal.composite else ()
    found = [Composite(instance, program, stage) for stage in stages]
    return [each for each in found if each.judged]
