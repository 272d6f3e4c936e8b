"""What each further yuan buys: cost against limits of variation and years."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from ...future.project import Outlook
from ..answer import remedy
from ..result import Remedy
from ..solve.model import build
from ..solve.search import search

#: For each point: seconds at most, the gap at which it is taken, nodes after which it ends.
SECONDS, GAP, NODES = 30.0, 1e-3, 60


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
