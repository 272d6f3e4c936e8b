"""What each further yuan buys: cost against schools passing, limits of variation, and years."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from ...future.projected import Outlook
from ..answer import Remedy, remedy
from ..problem.goal import Goal
from ..solve.model import build
from ..solve.search import search

#: For each point: seconds at most, the gap at which it is taken, nodes after which it ends.
SECONDS, GAP, NODES = 30.0, 1e-3, 60


def by_budget(answer: Remedy, parts: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)):
    """Schools that pass for parts of the plan's cost.

    Returns
    -------
    DataFrame
        ``budget_cny, schools, most, cost_cny``: schools passing and the most that is not ruled out.
    """
    rows = []
    for part in parts:
        if part == 1 and answer.goal.schools is None and not answer.goal.most:
            number = answer.schools_passing
            rows.append((float(answer.cost), number, number, float(answer.found.cost)))
            continue
        budget = answer.cost * Fraction(str(part))
        goal = Goal(schools=answer.goal.schools, variations=(), budget=budget, most=True)
        instance = answer.instance
        program = build(instance, answer.means, goal)
        prices = program.cost
        program.cost = [Fraction(0)] * len(prices)
        for v in program.passing.values():
            program.cost[v] = Fraction(-1)
        found = search(instance, program, goal, seconds=SECONDS, gap=0.0, nodes=NODES // 4)
        if found.values is None:
            continue
        spent = sum((c * v for c, v in zip(prices, found.values, strict=True)), Fraction(0))
        rows.append((float(budget), int(-found.cost), int(-found.bound), float(spent)))
    return pd.DataFrame(rows, columns=["budget_cny", "schools", "most", "cost_cny"])


def by_limit(answer: Remedy, factors: tuple[str, ...] = ("0.7", "0.8", "0.9", "1", "1.1")):
    """Least cost if the limits of variation were so many times what they are.

    Returns
    -------
    DataFrame
        ``factor, cost_cny, bound_cny, status``; NaN where there is no plan.
    """
    rows = []
    for factor in factors:
        if Fraction(factor) == 1:
            rows.append((1.0, float(answer.found.cost), float(answer.found.bound), answer.status))
            continue
        instance = answer.instance.with_limit(Fraction(factor))
        program = build(instance, answer.means, answer.goal)
        found = search(
            *(instance, program, answer.goal),
            seconds=SECONDS,
            gap=GAP,
            # what holds within the limits holds within wider ones
            start=answer.found.values if Fraction(factor) > 1 else None,
            nodes=NODES,
        )
        cost = float("nan") if found.cost is None else float(found.cost)
        bound = float("nan") if found.bound is None else float(found.bound)
        rows.append((float(factor), cost, bound, found.status))
    return pd.DataFrame(rows, columns=["factor", "cost_cny", "bound_cny", "status"])


def by_year(answer: Remedy, outlook: Outlook, years: list[int]) -> pd.DataFrame:
    """Least cost if the county had to pass in other years of the same projection.

    Returns
    -------
    DataFrame
        ``year, cost_cny, bound_cny, status``.
    """
    rows = []
    for year in years:
        if year == answer.study.year:
            rows.append((year, float(answer.cost), float(answer.bound), answer.status))
            continue
        found = remedy(
            outlook.county,
            scenario=outlook,
            by=year,
            means=answer.means,
            goal=answer.goal,
            seconds=SECONDS,
            gap=GAP,
            nodes=NODES,
        )
        cost = float("nan") if found.cost is None else float(found.cost)
        bound = float("nan") if found.bound is None else float(found.bound)
        rows.append((year, cost, bound, found.status))
    return pd.DataFrame(rows, columns=["year", "cost_cny", "bound_cny", "status"])
