"""What a chapter about the cheapest way to pass rests on, worked out with few and repeatable searches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from ...measure.study import Study
from ...remedy.answer import remedy
from ...remedy.outcome.alone import Dearest, dearest
from ...remedy.outcome.calendar import Calendar, Idle, calendar, idle
from ...remedy.outcome.dual import Last, by_step, last_part
from ...remedy.outcome.frontier import GAP as EACH
from ...remedy.outcome.frontier import (
    Floors,
    asks_all,
    by_limit,
    by_schools,
    by_year,
    spread,
    steps,
)
from ...remedy.result import Remedy
from ...remedy.solve.cone import squared_variation

#: Nodes of each tree and gap at which a search ends: the same on every machine and at every hour.
NODES, GAP = 60, 1e-4
#: Costs that differ by less, as a part of the plan's, are the same: each is known to that gap only.
SAME = 2 * EACH
#: Seconds that only a very large county needs; what ends by them may differ from run to run.
SECONDS = 10.0
#: Limits of variation, as parts of today's, at which is asked what they would cost.
TIGHTER, WIDER = "0.8", "1.2"
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


@dataclass(frozen=True)
class Bought:
    """What each further yuan buys, worked out without a search in whole numbers.

    Attributes
    ----------
    steps : DataFrame
        How many schools pass as the plan is carried out (`analysis.remedy.outcome.frontier.steps`).
    schools : DataFrame
        Some of these numbers of schools, each with a bound (`by_schools`).
    last : Last or None
        What is lost without the last tenth.
    dearest : Dearest or None
    moved : DataFrame
        Limits of variation of which a step changes nothing (`analysis.remedy.outcome.dual.by_step`).
    """

    steps: pd.DataFrame
    schools: pd.DataFrame
    last: Last | None
    dearest: Dearest | None
    moved: pd.DataFrame


def bought(answer: Remedy) -> Bought | None:
    """What each further yuan buys; None where a part of the plan does not mean a part of the schools."""
    if not asks_all(answer) or not answer.found.cost:
        return None
    floors = Floors(answer)
    return Bought(
        steps(answer),
        by_schools(answer, searched=False, floors=floors),
        last_part(answer, searched=False, floors=floors),
        dearest(answer),
        by_step(answer, searched=False),
    )


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
        known, options = {by: answer, first: soon}, {"gap": GAP, "nodes": NODES, "seconds": SECONDS}
        years = by_year(answer, spread(first, until, by), known, **options)
        order, yearly = _equal_parts(answer, first)
    if soon.cost is not None and until > first:
        spare = idle(soon, until)
    return Ahead(answer, years, yearly, order, soon, spare, until)


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


def known(study: Study, year: int) -> bool:
    """Whether all indicators of any school's stage are known in a year, and something is asked of schools.

    Without, there is nothing to plan.
    """
    if not study.rules.asks_of_schools:
        return False
    table = study.all_indicators
    table = table[table["year"] == year]
    whole = table["status"].ne("not_assessed").groupby([table["school_id"], table["stage"]]).all()
    return bool(whole.any())
