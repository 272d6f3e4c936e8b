"""What a plan cheaper than a known one can come to: bounds of mean levels and coefficients, and limits
of single coefficients under which a limit of their sum is kept for certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from ...problem.instance import Instance
from ..solver import Solver
from .limit import Box, Composite

#: Bounds are widened by this part: linear programs are solved in floats.
ROOM = 1e-6
#: Part of its share that every coefficient may have in a division of the sum, even where it has none.
SHARE = 0.05
#: Halvings of the interval in which the least possible coefficient lies.
HALVINGS = 7


def widest(instance: Instance, composite: Composite, solver: Solver) -> list[Box] | None:
    """Boxes by the mean levels alone; None where a level has no end.

    Parameters
    ----------
    instance : Instance
    composite : Composite
    solver : Solver
        Holds what every plan that may cost so much has to do.
    """
    found = []
    for k, cone in enumerate(composite.cones):
        terms: dict[int, float] = {}
        for gain in cone.gains:
            for v, g in gain.items():
                terms[v] = terms.get(v, 0.0) + g
        base, own = float(cone.base.sum()), instance.limit[composite.stage, k]
        low, high = (_end(solver, terms, sign) for sign in (1, -1))
        if low is None or high is None:
            return None
        most = composite.sum if own is None else min(float(own), composite.sum)
        found.append(Box(*_apart(base + low, base + high), 0.0, most * (1 + ROOM)))
    return found


def narrower(composite: Composite, solver: Solver) -> list[Box]:
    """Smaller boxes from a program that the composite has entered."""
    found = []
    for k, box in enumerate(composite.boxes):
        s, total = (composite.position(k, n) for n in (1, 2))
        ends = [_end(solver, {at: 1.0}, sign) for at in (total, s) for sign in (1, -1)]
        low, high, least, most = (
            old if new is None else new
            for old, new in zip((box.low, box.high, box.least, box.most), ends, strict=True)
        )
        low, high = _apart(low, high)
        found.append(
            Box(
                *(max(low, box.low), min(high, box.high)),
                *(max(least - ROOM, box.least), min(most + ROOM, box.most)),
            )
        )
    return found


def _apart(low: float, high: float) -> tuple[float, float]:
    return max(low * (1 - ROOM), 0.0), high * (1 + ROOM)


def _end(solver: Solver, terms: Mapping[int, float], sign: int) -> float | None:
    """Least (sign 1) or largest (-1) value of a sum; None where it has none or none was found."""
    cost = np.zeros(len(solver.whole))
    for v, factor in terms.items():
        cost[v] = sign * factor
    solver.costs(cost)
    answer = solver.relaxed()
    return sign * answer.bound if answer.status == "optimal" else None


def divided(
    instance: Instance, parts: Sequence[tuple[Composite, np.ndarray]], share: float = SHARE
) -> Instance:
    """The county with limits of single coefficients whose sum the composite allows.

    Every plan for it is one for the county itself.

    Parameters
    ----------
    instance : Instance
    parts : sequence of (Composite, ndarray)
        Each with coefficients in whose proportion the sum is divided.
    share : float
        Part of an even share that every coefficient has in any case.
    """
    limit = dict(instance.limit)
    for composite, cv in parts:
        cv = np.minimum(cv, composite.sum) + share * composite.sum / len(instance.names)
        for k, part in enumerate(cv * composite.sum / max(cv.sum(), 1e-9)):
            own = limit[composite.stage, k]
            part = Fraction(float(part) * (1 - 1e-9))
            limit[composite.stage, k] = part if own is None else min(own, part)
    return replace(instance, limit=limit, composite={})


def least_possible(
    instance: Instance,
    composite: Composite,
    values: np.ndarray,
    possible: Callable[[Instance], bool],
) -> tuple[np.ndarray, np.ndarray]:
    """What no plan undercuts of each coefficient, and what a plan in parts may reach of each alone.

    Parameters
    ----------
    instance : Instance
    composite : Composite
    values : ndarray
        A solution.
    possible : callable
        Whether a county may have a plan in parts of persons and rooms.
    """
    lows, highs = [], []
    for k, cv in enumerate(composite.coefficients(values).tolist()):
        low, high = 0.0, min(cv, composite.sum)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            limit = {**instance.limit, (composite.stage, k): Fraction(middle)}
            if possible(replace(instance, limit=limit, composite={})):
                high = middle
            else:
                low = middle
        lows.append(low)
        highs.append(high)
    return np.array(lows), np.array(highs)
