"""How a search keeps the limits of composites: a plan first, boxes, and convex programs beside solutions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...problem.instance import Instance
from .boxes import divided, least_possible, narrower, widest
from .limit import Composite

#: Rounds of smaller boxes, and a saving that makes another one worth while.
BOXES, SAVED = 3, 2e-3
#: Gap at which a plan beside a solution is taken, and part by which mean levels may be lower there.
ABOUT, BESIDE = 5e-4, 5e-3
#: Nodes and part of the time for it.
NODES, SOME = 20, 8


class Within:
    """What `analysis.remedy.solve.search` does about composites; its state is that of the search."""

    def _composites(self, values: np.ndarray) -> tuple[np.ndarray, str]:
        """Hold the limits of composites; a relaxed plan within them, and a status where that is all.

        What a plan may cost at most makes the boxes finite, so a plan is needed first.
        """
        if self.found.values is None:
            self._begin(values)
        for around in (np.zeros(self.count), values):
            if self.found.values is None:
                self._divided([(c, c.coefficients(around)) for c in self.composites])
        if self.found.values is None:
            ends = [
                least_possible(self.instance, each, values, self._possible)
                for each in self.composites
            ]
            if any(lo.sum() > c.sum for c, (lo, _) in zip(self.composites, ends, strict=True)):
                return values, "infeasible"
            highs = [(c, hi) for c, (_, hi) in zip(self.composites, ends, strict=True)]
            self._divided(highs, share=0.0)
            if self.found.values is None:
                return values, "open"
        for number in range(BOXES):
            before = self.found.cost
            if not self._boxes(values, first=number == 0):
                return values, "feasible"
            found = self._relaxed()
            if found is None or self._proved:
                break
            values = found
            self._inside(values)
            if self._proved or self.left <= 0 or number + 1 == BOXES:
                break
            if number and self.found.cost > before * (1 - Fraction(SAVED)):
                break
        self.exactly = False
        return values, "optimal" if self._proved else ""

    def _boxes(self, values: np.ndarray, first: bool) -> bool:
        """Smaller boxes, and the program anew with them; False where a level has no end."""
        capped = self._solver()
        spent = {v: float(c / self.unit) for v, c in enumerate(self.program.cost) if c}
        capped.add_rows([(spent, -np.inf, float(self.found.cost / self.unit) + 0.5)])
        held = [cone for cone in self.cones if cone.first is not None]
        for solver in (capped, self._solver()):
            for each in (*held, *self.composites):
                each.first = None
            for each in held:
                each.cut(solver, values)
            for each in () if first and solver is capped else self.composites:
                each.enter(solver)
                each.cut(solver, values)
            if solver is not capped:
                self.solver = solver
                return True
            for each in self.composites:
                boxes = widest(self.instance, each, solver) if first else narrower(each, solver)
                if boxes is None:
                    return False
                each.boxes = boxes
        return True

    def _possible(self, instance: Instance) -> bool:
        """Whether a county with other limits may have a plan in parts of persons and rooms."""
        other = type(self)(instance, self.program, self.goal, max(self.left, 0.1), 0.0, None)
        return other._relaxed() is not None

    def _divided(self, parts: list[tuple[Composite, np.ndarray]], **share: float) -> None:
        """A plan with limits of single coefficients that together keep the composites."""
        other = divided(self.instance, parts, **share)
        self._other(type(self)(other, *self._asked, *self._some))

    def _inside(self, values: np.ndarray) -> None:
        """A plan beside a solution by a program that asks for more than the composites, and is convex."""
        other = type(self)(self.instance, *self._asked, *self._some)
        for each in other.composites:
            each.boxes = each.near(values, BESIDE)
        other.reckoned = values
        self._other(other)

    @property
    def _asked(self) -> tuple:
        return self.program, self.goal

    @property
    def _some(self) -> tuple:
        """Time, gap and nodes of a search beside this one."""
        nodes = NODES if self.nodes is None else min(self.nodes, NODES)
        return max(self.left / SOME, 0.05), max(self.gap, ABOUT), nodes

    def _other(self, other: Within) -> None:
        found = other.run(self.found.values)
        if found.values is not None:
            self._keep(np.array(found.values, dtype=float))

    def _divide(self, uneven: list[Composite], values: np.ndarray, relaxed: np.ndarray) -> None:
        """Boxes divided where a solution cheats, and a plan beside it while that still helps."""
        apart = [each.divide(self.solver, values) for each in uneven]
        for each in uneven:
            each.whole(self.solver, values)
        if not any(apart) or not self.helped:
            return
        before = self.found.cost
        self._inside(values[: self.count])
        self.helped = self.found.cost < before
        if not self._proved and self.found.cost < before * (1 - Fraction(SAVED)):
            # a cheaper plan makes the boxes smaller
            self._boxes(relaxed, first=False)
            self._anew(values[: self.count])
