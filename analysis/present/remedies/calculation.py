"""What a chapter about the cheapest way to pass rests on, worked out with few and repeatable searches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from ...measure.study import Study
from ...remedy.answer import remedy
from ...remedy.outcome import frontier
from ...remedy.outcome.calendar import Calendar, Idle, calendar, idle
from ...remedy.outcome.frontier import by_limit
from ...remedy.result import Remedy
from ...remedy.solve.cone import squared_variation

#: Nodes of each tree and gap at which a search ends: the same on every machine and at every hour.
NODES, GAP = 60, 1e-4
#: Costs that differ by less, as a part of the plan's, are the same: each is known to that gap only.
SAME = 2 * frontier.GAP
#: Seconds that only a very large county needs; what ends by them may differ from run to run.
SECONDS = 10.0
#: Limits of variation, as parts of today's, at which is asked what they would cost.
TIGHTER, WIDER = "0.8", "1.2"
#: Years of a projection for which the cost is worked out, about.
YEARS = 4
#: Equal yearly budgets are written in multiples of this (yuan).
ROUND = 10_000


def solved(study: Study) -> Remedy:
    """The cheapest way to pass in the study's year, by its own projection where it has one.

    Raises
    ------
    InputError
        The prices cannot be read, or no school can be judged.
    """
    return remedy(study, nodes=NODES, gap=GAP, seconds=SECONDS)


def _in_year(study: Study, year: int) -> Remedy:
    """For a year of the study's own projection."""
    return solved(replace(study, year=year))


def by_clock(answer: Remedy) -> bool:
    """Whether the clock ended the search, so that another run may end elsewhere."""
    return answer.status in ("feasible", "open") and answer.seconds >= SECONDS


def passing_now(answer: Remedy) -> set[str]:
    """Codes of the schools of which every judged row passes before anything is done."""
    rows = answer.study.schools
    rows = rows[rows["school_id"].isin([school.school_id for school in answer.instance.schools])]
    whole = (rows["status"] == "met").groupby(rows["school_id"]).all()
    return set(whole.index[whole])


def schools_by_money(answer: Remedy) -> pd.DataFrame:
    """How many schools pass as the plan is carried out, the cheapest school first.

    A school passes once its own measures are done: whoever leaves it for another school later does not
    make it fail, and leaving fewer does no harm. So this is what the money reaches at least; another
    plan for less money may reach more.

    Returns
    -------
    DataFrame
        ``cny, schools``: money spent so far, schools passing; the first row is today.
    """
    cost: dict[str, float] = {}
    for each in answer.measures:
        cost[each.school_id] = cost.get(each.school_id, 0.0) + each.cny
    now = passing_now(answer)
    rows, spent, schools = [(0.0, len(now))], 0.0, len(now)
    # what only the variation asks of a school that passes comes last
    for code in sorted(cost, key=lambda c: (c in now, cost[c], c)):
        spent += cost[code]
        schools += code not in now
        rows.append((spent, schools))
    return pd.DataFrame(rows, columns=["cny", "schools"])


def room(answer: Remedy) -> float | None:
    """The part of today's limits of variation within which the plan stays; None without limits.

    Rows that are left out of the proof are left out here, too.
    """
    quantity, instance = answer.found.verdict.quantity, answer.instance
    parts = []
    for (stage, k), limit in instance.limit.items():
        rows = instance.of_stage(stage)
        if k not in answer.goal.variations or not limit or len(rows) < 2:
            continue
        square = squared_variation(instance, stage, {n: quantity[n, k] for n in rows})
        parts.append(math.sqrt(square) / float(limit))
    return max(parts, default=None)


def cost_by_limit(answer: Remedy) -> pd.DataFrame:
    """Cost at other limits of variation: tighter ones, and wider ones where a limit drives the cost.

    Where the plan itself stays within the tighter limits, it is the cheapest there, too.

    Returns
    -------
    DataFrame
        ``factor, cost_cny, bound_cny, status`` (`analysis.remedy.outcome.frontier.by_limit`).
    """
    held = room(answer)
    factors = ["1"]
    if held is not None and held >= float(TIGHTER):
        factors.insert(0, TIGHTER)
    if answer.found.tight:
        factors.append(WIDER)
    return by_limit(answer, tuple(factors))


@dataclass(frozen=True)
class Ahead:
    """The way to pass in a year to come.

    Attributes
    ----------
    answer : Remedy
        For the year by which the county has to pass.
    years : DataFrame
        ``year, cost_cny, bound_cny``: what passing costs in some years; missing where there is no way.
    yearly : int
        Yuan a year if the money comes in equal parts; 0 where nothing has to be bought.
    calendar : Calendar
        The order of the measures for that money.
    soon : Remedy
        For the first projected year: what whoever cannot wait has to buy.
    idle : list of Idle
        What of `soon` no school's own threshold needs any more in the last projected year.
    until : int
        The last projected year.
    """

    answer: Remedy
    years: pd.DataFrame
    yearly: int
    calendar: Calendar
    soon: Remedy
    idle: list[Idle]
    until: int


def ahead(study: Study, by: int, answer: Remedy | None = None) -> Ahead:
    """The way to pass by a year of a study's projection.

    Parameters
    ----------
    study : Study
        With an outlook.
    by : int
        A projected year.
    answer : Remedy, optional
        For that year, where it is there already.
    """
    outlook = study.outlook
    first, until = outlook.last + 1, outlook.until
    answer = answer or _in_year(study, by)
    soon = answer if by == first else _in_year(study, first)
    years = pd.DataFrame()
    spare: list[Idle] = []
    order, yearly = Calendar([], Fraction(0)), 0
    if answer.cost is not None:
        years = _by_year(study, {by: answer, first: soon}, _spread(first, until, by))
        order, yearly = _equal_parts(answer, first)
    if soon.cost is not None and until > first:
        spare = idle(soon, until)
    return Ahead(answer, years, yearly, order, soon, spare, until)


def _by_year(study: Study, known: dict[int, Remedy], years: list[int]) -> pd.DataFrame:
    found = [(year, known.get(year) or _in_year(study, year)) for year in years]
    rows = [
        (year, math.nan, math.nan)
        if each.cost is None
        else (year, float(each.cost), float(each.bound))
        for year, each in found
    ]
    return pd.DataFrame(rows, columns=["year", "cost_cny", "bound_cny"])


def _spread(first: int, until: int, by: int) -> list[int]:
    """Some years from the first to the last, the year of the plan among them."""
    steps = min(YEARS, until - first + 1) - 1
    chosen = {first + round(n * (until - first) / steps) for n in range(steps + 1)} if steps else {first}  # fmt: skip
    return sorted({*chosen, by})


def _equal_parts(answer: Remedy, first: int) -> tuple[Calendar, int]:
    """The order of the measures if every year until the plan's year brings the same money."""
    if not answer.cost:
        return calendar(answer, None, first), 0
    years = answer.study.year - first + 1
    yearly = -(-int(answer.cost) // (years * ROUND)) * ROUND
    # whole rooms and persons leave remainders, which the next rounding pays for
    while (found := calendar(answer, yearly, first)).missing:
        yearly += -(-int(found.missing) // (years * ROUND)) * ROUND
    return found, yearly
