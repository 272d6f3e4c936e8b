"""A plan judged without any rounding: what each row has afterwards, and whether the goal holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..problem.goal import Goal
from ..problem.instance import Instance
from .composite.roots import compared
from .cone import squared_variation
from .model import Program, reached


@dataclass(frozen=True)
class Verdict:
    """What a plan comes to.

    Attributes
    ----------
    quantity : dict of (row, indicator) to Fraction
    passing : tuple of int
        Rows that pass the rule for schools.
    failing : tuple of int
        Rows that the goal asks for and that do not do what it asks.
    beyond : tuple of (str, int)
        Stage and indicator whose coefficient of variation is above its limit, or undefined.
    uneven : tuple of str
        Stages whose composite coefficient of variation is above its limit, or undefined.
    broken : int
        Constraints of the program that do not hold (persons who left twice, limits).
    """

    quantity: dict[tuple[int, int], Fraction]
    passing: tuple[int, ...]
    failing: tuple[int, ...]
    beyond: tuple[tuple[str, int], ...]
    uneven: tuple[str, ...]
    broken: int

    @property
    def holds(self) -> bool:
        return not (self.failing or self.beyond or self.uneven or self.broken)


def judge(instance: Instance, program: Program, goal: Goal, values: list[int]) -> Verdict:
    """Judge a solution in whole numbers."""
    quantity = {
        (n, k): instance.have(n, k) + reached(program.gain.get((n, k), {}), values)
        for n in range(len(instance.rows))
        for k in range(len(instance.names))
    }
    passing, failing = [], []
    for n, row in enumerate(instance.rows):
        met = [quantity[n, k] >= row.need[k] for k in range(len(instance.names))]
        near = [quantity[n, k] >= row.floor[k] for k in range(len(instance.names))]
        if sum(met) >= row.needed and all(near):
            passing.append(n)
        if not goal.asks(instance, n) or goal.most:
            continue
        holds = all(met[k] for k in goal.indicators) if goal.indicators else passing[-1:] == [n]
        if not holds:
            failing.append(n)
    beyond = [
        (stage, k)
        for (stage, k), limit in instance.limit.items()
        if k in goal.variations and limit is not None and not within(instance, stage, k, quantity)
    ]
    uneven = [
        stage
        for stage in (instance.composite if goal.composite else ())
        if not within_composite(instance, stage, quantity)
    ]
    broken = sum(reached(terms, values) < low for terms, low in program.rows)
    broken += sum(reached(terms, values) != level for terms, level in program.equal)
    broken += sum(
        not low <= value <= high
        for value, low, high in zip(values, program.lower, program.upper, strict=True)
    )
    broken += any(quantity[n, k] < 0 for n in range(len(instance.rows)) for k in instance.staff)
    return Verdict(quantity, tuple(passing), tuple(failing), tuple(beyond), tuple(uneven), broken)


def within(instance: Instance, stage: str, indicator: int, quantity: dict) -> bool:
    """Whether a coefficient of variation is within its limit."""
    limit = instance.limit[stage, indicator]
    rows = instance.of_stage(stage)
    if limit is None or not rows:
        return True
    square = squared_variation(instance, stage, {n: quantity[n, indicator] for n in rows})
    if square is None:
        return False
    return square < limit**2 if instance.strict else square <= limit**2


def within_composite(instance: Instance, stage: str, quantity: dict) -> bool:
    """Whether the plain mean of a stage's coefficients of variation is within its limit."""
    rows = instance.of_stage(stage)
    if not rows:
        return True
    squares = [
        squared_variation(instance, stage, {n: quantity[n, k] for n in rows})
        for k in range(len(instance.names))
    ]
    if any(square is None for square in squares):
        return False
    found = compared(squares, instance.composite[stage] * len(instance.names))
    return found < 0 if instance.strict else found <= 0
