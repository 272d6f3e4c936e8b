"""From a plan that breaks a coefficient of variation a little to one that does not, by buying more.

More never breaks a threshold, so what is added step by step where it lowers the excess most for a
yuan leads to a plan that holds: the search starts from it, and falls back on it when time is short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .composite.limit import Composite
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
    levels = _Levels(cones, member, allowed, values, (who, which, where, more))
    bought = values[buying]
    order: list[int] = []
    for _ in range(STEPS):
        if levels.within:
            break
        less, lacking = levels.worth(len(buying))
        less[bought >= upper] = 0.0
        enough = np.flatnonzero(less >= lacking * (1 - 1e-9))
        if len(enough):
            # the last step: the cheapest one that is enough
            best = int(enough[np.argmin(cost[enough])])
        else:
            best = int(np.nanargmax(less / np.maximum(cost, 1e-9)))
        if not less[best] > 0:
            return None
        bought[best] += 1
        order.append(best)
        levels.step(best, 1)
    if not levels.within:
        return None
    for each in sorted(order, key=lambda n: (-cost[n], n)):
        # what later steps have made unnecessary
        levels.step(each, -1)
        if levels.within:
            bought[each] -= 1
        else:
            levels.step(each, 1)
    values[buying] = bought
    return values


class _Levels:
    """What all schools have of what is limited, and what one step more of something changes."""

    def __init__(self, cones: list[Cone], member, allowed, values: np.ndarray, entries: tuple):
        self.who, self.which, where, self.more = entries
        self.member, self.allowed = member, allowed
        first = np.concatenate([[0], np.cumsum([len(cone.w) for cone in cones])[:-1]])
        self.z = np.concatenate([cone.levels(values) for cone in cones])
        self.w = np.concatenate([cone.w for cone in cones])
        self.at = first[self.which] + where
        self.square = np.array([cone.square for cone in cones])
        self.total = np.add.reduceat(self.z, first)
        self.squares = np.add.reduceat(self.z * self.z / self.w, first)

    @property
    def ratio(self) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.total > 0, self.squares / self.total**2, UNDEFINED)

    def _over(self, ratio: np.ndarray) -> np.ndarray:
        variation = np.sqrt(np.maximum(ratio - 1, 0.0))
        return np.bincount(self.member, variation, len(self.allowed)) - self.allowed

    @property
    def within(self) -> bool:
        ratio = self.ratio
        return bool((ratio - self.square < -ENOUGH).all() and (self._over(ratio) < -ENOUGH).all())

    def worth(self, count: int) -> tuple[np.ndarray, float]:
        """By how much one step of each lessens what is too much, and how much that is in all."""
        ratio, which = self.ratio, self.which
        worse, over = np.maximum(ratio - self.square + 1e-10, 0.0), self._over(ratio)
        z, more = self.z[self.at], self.more
        new = self.squares[which] + (2 * z * more + more * more) / self.w[self.at]
        with np.errstate(divide="ignore", invalid="ignore"):
            after = new / (self.total[which] + more) ** 2
        less = worse[which] - np.maximum(after - self.square[which] + 1e-10, 0.0)
        beyond = over >= -ENOUGH
        less += beyond[self.member[which]] * (
            np.sqrt(np.maximum(ratio - 1, 0.0))[which] - np.sqrt(np.maximum(after - 1, 0.0))
        )
        lacking = worse.sum() + (over[beyond] + 1e-10).sum()
        return np.bincount(self.who, less, count), float(lacking)

    def step(self, what: int, sign: int) -> None:
        for e in np.flatnonzero(self.who == what):
            c, row, step = self.which[e], self.at[e], sign * self.more[e]
            self.squares[c] += (2 * self.z[row] * step + step * step) / self.w[row]
            self.total[c] += step
            self.z[row] += step
