"""Coefficients of variation within their limits, by tangents.

With fixed students the coefficient of a stage's indicator is convex in what the schools have. With
a school's part z of the sum Z and its weight w (the weights add up to 1),

    CV² = sum(z² / (w Z²)) - 1    so    CV <= c    <=>    sum(t) <= (1 + c²) Z,  t >= z² / (w Z).

Every t is a cone of its own, and for any ratio r the line ``t >= 2 r z - r² w Z`` lies below it and
touches it where z = r w Z. One variable t per school instead of one tangent plane for all makes
the approximation close after few lines (Vielma, Dunning, Huchette, Lubin 2017, Extended
formulations in mixed integer conic quadratic programming).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from ..problem.instance import Instance
from .model import Program
from .solver import Solver


def parts(instance: Instance, stage: str) -> tuple[list[int], list[Fraction], list[Fraction]]:
    """Rows of a stage, their weights (adding up to 1), and what turns a quantity into a part z."""
    rows = instance.of_stage(stage)
    students = [instance.rows[n].students for n in rows]
    if instance.weighted:
        whole = sum(students)
        return rows, [each / whole for each in students], [Fraction(1)] * len(rows)
    return rows, [Fraction(1, len(rows))] * len(rows), [1 / each for each in students]


def squared_variation(
    instance: Instance, stage: str, quantity: Mapping[int, Fraction]
) -> Fraction | None:
    """Square of the coefficient of variation, exactly; None where the mean is 0.

    Parameters
    ----------
    quantity : mapping of int to Fraction
        By row.
    """
    rows, weight, scale = parts(instance, stage)
    if len(rows) < 2:
        return Fraction(0)
    z = [quantity[n] * each for n, each in zip(rows, scale, strict=True)]
    total = sum(z)
    if not total:
        return None
    return sum(each * each / w for each, w in zip(z, weight, strict=True)) / total**2 - 1


class Cone:
    """One stage's indicator; it enters the program once it is violated."""

    def __init__(self, instance: Instance, program: Program, stage: str, indicator: int):
        self.stage, self.indicator = stage, indicator
        self.limit = instance.limit[stage, indicator]
        self.rows, self.weight, scale = parts(instance, stage)
        self.instance = instance
        whole = sum(
            (instance.have(n, indicator) * s for n, s in zip(self.rows, scale, strict=True)),
            Fraction(0),
        )
        # parts of about 1: what is bought in yuan and what is counted in persons look alike
        self.scale = Fraction(len(self.rows)) / whole if whole else Fraction(1)
        factor = [s * self.scale for s in scale]
        self.base = np.array(
            [float(instance.have(n, indicator) * f) for n, f in zip(self.rows, factor, strict=True)]
        )
        self.gains = [
            {v: float(g * f) for v, g in program.gain.get((n, indicator), {}).items()}
            for n, f in zip(self.rows, factor, strict=True)
        ]
        self.w = np.array([float(each) for each in self.weight])
        self.square = 1 + float(self.limit) ** 2 if self.limit is not None else np.inf
        self.marks = [
            [
                float((mark[indicator] - instance.have(n, indicator)) * f)
                for mark in (instance.rows[n].need, instance.rows[n].floor)
                if mark[indicator] > instance.have(n, indicator)
            ]
            for n, f in zip(self.rows, factor, strict=True)
        ]
        """What is lacking to a threshold and to the floor: where thresholds alone lead."""
        self.first: int | None = None
        """Position of the first t; Z comes after the last one."""

    @property
    def judged(self) -> bool:
        return self.limit is not None and len(self.rows) > 1

    def levels(self, values: np.ndarray) -> np.ndarray:
        """The parts z of a solution."""
        return self.base + np.array(
            [sum(g * values[v] for v, g in gain.items()) for gain in self.gains]
        )

    def excess(self, values: np.ndarray) -> float:
        """How far the square is beyond the limit's (relative to the sum); below 0 within it."""
        z = self.levels(values)
        whole = z.sum()
        if whole <= 0:
            return np.inf
        return float((z * z / self.w).sum() / whole**2 - self.square)

    def enter(self, solver: Solver) -> None:
        """Put the variables and the limit into the program."""
        count = len(self.rows)
        self.first = solver.add_variables(
            np.zeros(count + 1), np.zeros(count + 1), np.full(count + 1, np.inf)
        )
        total = self.first + count
        terms: dict[int, float] = {total: 1.0}
        for gain in self.gains:
            for v, g in gain.items():
                terms[v] = terms.get(v, 0.0) - g
        limit = {self.first + n: -1.0 for n in range(count)} | {total: self.square}
        base = float(self.base.sum())
        solver.add_rows([(terms, base, base), (limit, 0.0, np.inf)])
        self.lines(solver, np.ones(count))

    def lines(self, solver: Solver, ratio: np.ndarray, chosen: np.ndarray | None = None) -> None:
        """Tangents at these ratios of a school's level to the mean."""
        total = self.first + len(self.rows)
        found = []
        for n in range(len(self.rows)) if chosen is None else chosen.tolist():
            r = float(ratio[n])
            # t - 2 r (base + gains) + r² w Z >= 0
            terms = {self.first + n: 1.0, total: r * r * self.w[n]}
            for v, g in self.gains[n].items():
                terms[v] = terms.get(v, 0.0) - 2 * r * g
            found.append((terms, 2 * r * self.base[n], np.inf))
        solver.add_rows(found)

    def cut(self, solver: Solver, values: np.ndarray) -> None:
        """Tangents where a solution is."""
        if self.first is None:
            self.enter(solver)
        z = self.levels(values)
        self.lines(solver, z / (self.w * z.sum()))

    def whole(self, solver: Solver, values: np.ndarray, aside: Sequence[int] = (0, 1)) -> None:
        """Tangents at the levels in whole steps around a solution: there they are exact.

        Parameters
        ----------
        solver : Solver
        values : ndarray
        aside : sequence of int
            Steps from the level below the solution, in steps of what the school has most of there.
        """
        if self.first is None:
            self.enter(solver)
        z = self.levels(values)
        mean = self.w * z.sum()
        self.lines(solver, z / mean)
        for chosen, level in self.around(values, aside):
            ratio = np.zeros(len(z))
            ratio[chosen] = level
            self.lines(solver, ratio / mean, chosen)

    def around(
        self, values: np.ndarray, aside: Sequence[int]
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Levels in whole steps beside a solution: rows, and the level of each, again and again."""
        z = self.levels(values)
        levels: list[list[float]] = []
        for n, gain in enumerate(self.gains):
            if not gain:
                levels.append([])
                continue
            most = max(gain, key=lambda v: (values[v], abs(gain[v]), -v))
            step, part = gain[most], (values[most] + 1e-6) % 1.0 - 1e-6
            near = {z[n] + (number - part) * step for number in aside}
            near |= {
                self.base[n] + math.ceil(mark / abs(step) - 1e-9) * abs(step)
                for mark in self.marks[n]
            }
            levels.append(sorted({round(max(level, 0.0), 9) for level in near}))
        for number in range(max(map(len, levels))):
            chosen = [n for n, each in enumerate(levels) if number < len(each)]
            yield np.array(chosen), np.array([levels[n][number] for n in chosen])

    def fill(self, values: np.ndarray) -> None:
        """Give the variables of the tangents what they are in a solution; changed in place."""
        z = self.levels(values)
        values[self.first : self.first + len(z)] = z * z / (self.w * z.sum())
        values[self.first + len(z)] = z.sum()
