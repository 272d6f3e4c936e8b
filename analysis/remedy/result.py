"""A plan and what is proved about it."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from fractions import Fraction

from ..base.language import Said
from ..future.analyze import analyze
from ..measure.balance import COMPOSITE
from ..measure.study import Study
from .plan import Measure, apply
from .problem.goal import Goal
from .problem.instance import Instance
from .problem.items import Mending, cost_of
from .problem.means import Diversion, Means
from .solve.model import Program
from .solve.search import Found

#: Requirements that the goal `items` adds (`analysis.remedy.problem.items`).
COMPUTED = ("G3", "G4", "G5", "G6")


@dataclass(frozen=True, eq=False)
class Remedy:
    """A plan and what is proved about it.

    Attributes
    ----------
    study : Study
        The county before, in the year for which the plan is made; with the diversions chosen.
    instance, means, goal, program
        What was solved.
    found : Found
        Status, cost, bound and solution.
    measures : list of Measure
    diversions : tuple of Diversion
        Chosen from the menu.
    greedy : Fraction or None
        What it costs if every school buys its own shortfall.
    why : tuple of Said
        What limits the proof, or why there is no plan.
    seconds : float
    mended : tuple of Mending
        For the goal `items`: rooms and funds; they are among the measures.
    unmended : tuple of Said
        For the goal `items`: what no means mends.
    """

    study: Study
    instance: Instance
    means: Means
    goal: Goal
    program: Program = field(repr=False)
    found: Found = field(repr=False)
    measures: list[Measure] = field(repr=False)
    diversions: tuple[Diversion, ...]
    greedy: Fraction | None
    why: tuple[Said, ...]
    seconds: float
    mended: tuple[Mending, ...] = ()
    unmended: tuple[Said, ...] = ()

    @property
    def status(self) -> str:
        """`optimal`, `feasible`, `infeasible`, or `open` where the time ended without a plan."""
        return self.found.status

    @property
    def cost(self) -> Fraction | None:
        """Yuan, diversions and items included."""
        extra = sum((Fraction(str(each.cny)) for each in self.diversions), self._beside)
        return None if self.found.cost is None else self.found.cost + extra

    @property
    def bound(self) -> Fraction | None:
        """What no plan undercuts, yuan."""
        return None if self.found.bound is None else self.found.bound + self._beside

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """Names of all schools of the roster by their codes."""
        roster = self.study.county.tables["schools"]
        return dict(zip(roster["school_id"], roster["name"], strict=True))

    @property
    def _beside(self) -> Fraction:
        return cost_of(list(self.mended), self.means)

    @property
    def gap(self) -> float:
        """(cost - bound) / cost."""
        if self.cost is None or self.bound is None:
            return math.inf
        return float((self.cost - self.bound) / self.cost) if self.cost else 0.0

    @property
    def saving(self) -> float | None:
        """Part of the greedy repair's cost that the plan saves."""
        if self.greedy is None or not self.greedy or self.cost is None:
            return None
        return float(1 - self.cost / self.greedy)

    @functools.cached_property
    def after(self) -> Study:
        """The county after the plan, judged by the engine as any other."""
        county = apply(self.study.county, self.study.year, self.measures, self.means)
        return analyze(
            county,
            self.study.year,
            as_of=self.study.as_of,
            concessions=self.study.concessions,
        )

    @functools.cached_property
    def confirmed(self) -> bool:
        """Whether the engine's own evaluation of the changed tables says what the goal asks."""
        if self.found.values is None:
            return False
        if self.goal.items:
            table = self.after.evaluation
            table = table[table["item"].str.split(".").str[0].isin(COMPUTED)]
            if not table["status"].isin(("met", "not_applicable")).all():
                return False
        rows = self.after.schools
        codes = {s.school_id for s in self.instance.schools}
        left_out = set(self.instance.left_out)
        judged = [
            (code, stage) not in left_out and code in codes
            for code, stage in zip(rows["school_id"], rows["stage"], strict=True)
        ]
        rows = rows[judged]
        balance = self.after.balance
        variation = dict(
            zip(
                zip(balance["stage"], balance["indicator"], strict=True),
                balance["status"],
                strict=True,
            )
        )
        within = True
        for (stage, k), limit in self.instance.limit.items():
            if k in self.goal.variations and limit is not None:
                status = variation[stage, self.instance.names[k]]
                # with a school that is not known it stays open; the others were proved exactly
                within &= status in ("met", "not_applicable") or bool(left_out)
        for stage in self.instance.composite if self.goal.composite else ():
            status = variation[stage, COMPOSITE]
            within &= status in ("met", "not_applicable") or bool(left_out)
        if self.goal.most:
            passing = rows[rows["status"] == "met"].groupby("school_id").size()
            whole = rows.groupby("school_id").size()
            return int((passing.reindex(whole.index) == whole).sum()) >= self.schools_passing
        if self.goal.schools is not None:
            rows = rows[rows["school_id"].isin(self.goal.schools)]
        if self.goal.indicators:
            table = self.after.indicators
            name = [self.instance.names[k] for k in self.goal.indicators]
            table = table[table["indicator"].isin(name) & table["status"].ne("not_assessed")]
            return within and bool((table["status"] == "met").all())
        return within and bool((rows["status"] == "met").all())

    @property
    def schools_passing(self) -> int:
        """Schools of which every judged row passes after the plan."""
        return len(passing_schools(self.instance, self.found))


def passing_schools(instance: Instance, found: Found) -> set[int]:
    """Positions of the schools of which every judged row passes."""
    if found.verdict is None:
        return set()
    failing = {
        row.school for n, row in enumerate(instance.rows) if n not in set(found.verdict.passing)
    }
    return set(range(len(instance.schools))) - failing
