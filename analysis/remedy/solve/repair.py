"""From a plan that breaks a coefficient of variation a little to one that does not, by buying more.

More never breaks a threshold, so what is added step by step where it lowers the excess most for a
yuan leads to a plan that holds: the search starts from it, and falls back on it when time is short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .composite import Composite
from .cone import Cone
from .model import Program

#: Steps bought at most.
STEPS = 20000
#: How far within a limit is within it for certain, and the square of a variation whose mean is 0.
ENOUGH, UNDEFINED = 1e-11, 1e3


def repaired(
    program: Program,
    cones: list[Cone],
    values: np.ndarray,
    composites: Sequence[Composite] = (),
) -> np.ndarray | None:
    """A plan within all limits of variation, or None where buying leads nowhere.

    Parameters
    ----------
    program : Program
    cones : list of Cone
        Those that the goal asks for.
    values : ndarray
        A solution that meets all other constraints.
    composites : sequence of Composite, optional
    """
    values = np.array(values, dtype=float)
    buying = [
        v
        for v, key in enumerate(program.keys)
        if (key[2:] == ("", "") and key[0] != "passes") or key[0] == "hire"
    ]
    cost = np.array([float(program.cost[v]) for v in buying])
    upper = np.array([program.upper[v] for v in buying])
    known = {(cone.stage, cone.indicator) for cone in cones}
    cones = list(cones)
    for composite in composites:
        # those without a limit of their own: their square is infinite
        cones += [c for c in composite.cones if (c.stage, c.indicator) not in known]
    stages = {composite.stage: n for n, composite in enumerate(composites)}
    member = np.array([stages.get(cone.stage, len(stages)) for cone in cones], dtype=int)
    allowed = np.array([composite.sum for composite in composites] + [np.inf])
    place = {v: n for n, v in enumerate(buying)}
    entries = [
        (place[v], c, n, g)
        for c, cone in enumerate(cones)
        for n, gain in enumerate(cone.gains)
        for v, g in gain.items()
        if v in place
    ]
    if not entries:
        return None
    who, which, where, more = (np.array(each) for each in zip(*entries, strict=True))
    levels = [cone.levels(values) for cone in cones]
    weights = [cone.w for cone in cones]
    first = np.concatenate([[0], np.cumsum([len(w) for w in weights])[:-1]])
    z, w = np.concatenate(levels), np.concatenate(weights)
    at = first[which] + where
    square = np.array([cone.square for cone in cones])
    total = np.add.reduceat(z, first)
    squares = np.add.reduceat(z * z / w, first)
    bought = values[buying]
    for _ in range(STEPS):
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(total > 0, squares / total**2, UNDEFINED)
            excess = ratio - square
            variation = np.sqrt(np.maximum(ratio - 1, 0.0))
            over = np.bincount(member, variation, len(allowed)) - allowed
            if (excess < -ENOUGH).all() and (over < -ENOUGH).all():
                values[buying] = bought
                return values
            worse = np.maximum(excess + 1e-10, 0.0)
            new = squares[which] + (2 * z[at] * more + more * more) / w[at]
            ratio = new / (total[which] + more) ** 2
            less = worse[which] - np.maximum(ratio - square[which] + 1e-10, 0.0)
            less += (over >= -ENOUGH)[member[which]] * (
                variation[which] - np.sqrt(np.maximum(ratio - 1, 0.0))
            )
            worth = np.bincount(who, less, len(buying)) / np.maximum(cost, 1e-9)
        worth[bought >= upper] = 0.0
        best = int(np.nanargmax(worth))
        if not worth[best] > 0:
            return None
        bought[best] += 1
        for e in np.flatnonzero(who == best):
            c, row, step = which[e], at[e], more[e]
            squares[c] += (2 * z[row] * step + step * step) / w[row]
            total[c] += step
            z[row] += step
    return None
