"""What drives the cost: single limits moved by a step, the last of the money, the dearest school."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from ..problem.instance import Instance, exact, read_instance
from ..result import Remedy
from ..solve.exactly import judge, within
from ..solve.search import Found
from .again import units_of, values_in
from .frontier import Floors, order, point, resolved

#: Steps: of a limit of variation, of the floor (points of 100), and of a threshold (part of it).
VARIATION, FLOOR, THRESHOLD = Fraction(1, 100), Fraction(1, 100), Fraction(1, 100)
#: Gap of each search: what it leaves open is not told apart.
GAP = 1e-4
#: Seconds for all searches together; limits that are not reached by then stay open.
SECONDS = 20.0
#: Part of the money that comes last.
LAST = Fraction(1, 10)
COLUMNS = (
    *("limit", "stage", "indicator", "step"),
    *("cost_cny", "bound_cny", "change_cny", "least_cny", "most_cny", "told", "status"),
)


@dataclass(frozen=True)
class Limit:
    """A limit that is moved by a step.

    Attributes
    ----------
    name : {"variation", "floor", "threshold"}
        The limit of a coefficient of variation; the floor of the indicators that may remain; a threshold.
    stage : str
        Empty for the floor.
    indicator : int or None
        Its position among those of the standard.
    step : Fraction
        By how much it moves: of the coefficient, of the floor's part, or of the threshold (part of it).
    wider : bool
        Whether less is asked then.
    """

    name: str
    stage: str
    indicator: int | None
    step: Fraction
    wider: bool


def limits_of(answer: Remedy) -> Iterator[Limit]:
    """Every limit that a plan keeps: those of variation and the floor both ways, thresholds downwards."""
    instance = answer.instance
    for sign in (-1, 1):
        yield Limit("floor", "", None, sign * FLOOR, sign < 0)
    for (stage, k), limit in instance.limit.items():
        if limit is not None and k in answer.goal.variations and len(instance.of_stage(stage)) > 1:
            for sign in (-1, 1):
                yield Limit("variation", stage, k, sign * VARIATION, sign > 0)
    lacking = {
        (row.stage, k)
        for n, row in enumerate(instance.rows)
        for k in range(len(row.need))
        if instance.have(n, k) < row.need[k]
    }
    for stage, k in sorted(lacking):
        yield Limit("threshold", stage, k, -THRESHOLD, True)


def moved(answer: Remedy, limit: Limit) -> Instance:
    """The county with one limit moved."""
    instance, k = answer.instance, limit.indicator
    if limit.name == "floor":
        rules = answer.study.rules
        part = float(exact(rules["school.floor"]) + limit.step)
        return read_instance(answer.study.with_rules(school__floor=min(max(part, 0.0), 1.0)))
    if limit.name == "variation":
        key = (limit.stage, k)
        level = max(instance.limit[key] + limit.step, Fraction(0))
        return replace(instance, limit={**instance.limit, key: level})

    def lower(values: tuple) -> tuple:
        return (*values[:k], values[k] * (1 + limit.step), *values[k + 1 :])

    rows = tuple(
        replace(row, need=lower(row.need), floor=lower(row.floor))
        if row.stage == limit.stage
        else row
        for row in instance.rows
    )
    return replace(instance, rows=rows)


def by_step(answer: Remedy, *, searched: bool = True, seconds: float = SECONDS) -> pd.DataFrame:
    """How the least cost changes when a single limit moves by a step.

    A limit that the plan keeps with room, or that no search had to hold, changes nothing; that is
    proved without a search. Where cost and bound of two searches overlap, they are not told apart.

    Parameters
    ----------
    answer : Remedy
        With a plan.
    searched : bool
        Whether limits that need a search are searched, and thresholds and the floor looked at; else
        there are only those limits of variation that are plain.
    seconds : float
        For all searches.

    Returns
    -------
    DataFrame
        ``limit, stage, indicator, step, cost_cny, bound_cny, change_cny, least_cny, most_cny, told,
        status``, what changes the cost most first: the cost and its bound after the step, the change
        and between what it lies, and whether it is told apart from none. `status` is `known` where no
        search was needed; `infeasible` (no plan then) has no cost, `open` (the time was over) may have none.
    """
    begun, rows = time.perf_counter(), []
    spared = _spared(answer, searched, seconds)
    for limit in limits_of(answer):
        if limit.name != "variation" and not searched:
            continue
        found, status = _known(answer, limit, spared), "known"
        if found is None:
            left = seconds - (time.perf_counter() - begun)
            if not searched:
                continue
            if left <= 0:
                rows.append((*key_of(limit, answer), *[math.nan] * 5, False, "open"))
                continue
            again = moved(answer, limit)
            found = resolved(answer, again, wider=limit.wider, gap=GAP, seconds=left)
            status = found.status
        rows.append(_row(answer, limit, found, status))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    size = table["change_cny"].abs().fillna(math.inf).where(table["told"].astype(bool), -1.0)
    return table.iloc[(-size).argsort(kind="stable")].reset_index(drop=True)


def _spared(answer: Remedy, searched: bool, seconds: float) -> set[tuple[str, int]]:
    """Limits of variation of which a wider one saves nothing, as one search without all of them shows."""
    known, instance = answer.found, answer.instance
    others = {key for key, limit in instance.limit.items() if limit is not None} - set(known.tight)
    if not known.tight or not others:
        return others
    if not searched:
        return set()
    free = {key: None if key in others else limit for key, limit in instance.limit.items()}
    found = resolved(
        answer, replace(instance, limit=free), wider=True, gap=GAP, seconds=seconds / 4
    )
    enough = found.bound is not None and known.cost - found.bound <= Fraction(GAP) * known.cost
    return others if enough else set()


def _known(answer: Remedy, limit: Limit, spared: set) -> Found | None:
    """The plan itself, where it is plain that the step changes nothing."""
    if limit.wider:
        free = limit.name == "variation" and (limit.stage, limit.indicator) in spared
        return answer.found if free else None
    again = moved(answer, limit)
    if limit.name == "variation":
        holds = within(again, limit.stage, limit.indicator, answer.found.verdict.quantity)
    else:
        holds = judge(again, answer.program, answer.goal, answer.found.values).holds
    return answer.found if holds else None


def key_of(limit: Limit, answer: Remedy) -> tuple:
    """What tells a limit and its step apart in the table: the first four columns."""
    name = "" if limit.indicator is None else answer.instance.names[limit.indicator]
    return (limit.name, limit.stage, name, float(limit.step))


def _row(answer: Remedy, limit: Limit, found: Found, status: str) -> tuple:
    known, about = answer.found, key_of(limit, answer)
    cost, bound = point(found, answer.cost - known.cost)
    if found.cost is None:
        told = found.status == "infeasible"
        return (*about, cost, bound, math.nan, math.nan, math.nan, told, status)
    if status == "known":
        return (*about, cost, bound, 0.0, 0.0, 0.0, False, status)
    low = (found.bound or Fraction(0)) - known.cost
    high = found.cost - (known.bound or Fraction(0))
    low, high = (low, min(high, Fraction(0))) if limit.wider else (max(low, Fraction(0)), high)
    change = found.cost - known.cost
    told = high < 0 or low > 0
    return (*about, cost, bound, float(change), float(low), float(high), told, status)


@dataclass(frozen=True)
class Last:
    """What the last of the money buys.

    Attributes
    ----------
    money : float
        Yuan without it.
    schools, most : int
        Schools that pass for `money`, and the number that no plan for it exceeds.
    lost : tuple of str
        Codes of the schools that pass with all the money and not with this.
    beyond : tuple of (str, int)
        Limits of variation that are broken then: stage and indicator.
    """

    money: float
    schools: int
    most: int
    lost: tuple[str, ...]
    beyond: tuple[tuple[str, int], ...]


def last_part(
    answer: Remedy,
    part: Fraction = LAST,
    *,
    searched: bool = True,
    floors: Floors | None = None,
    seconds: float = SECONDS,
) -> Last | None:
    """What is lost if a part of the money is missing; None where nothing is spent.

    The schools that are cheapest by the plan come first; `searched` looks for a plan that brings one
    more over the line as long as the bound leaves it open.
    """
    if not answer.found.cost:
        return None
    begun, money = time.perf_counter(), answer.cost * (1 - part)
    spent, kept = Fraction(0), set()
    for code, cny in order(answer).items():
        spent += exact(cny)
        if spent > money:
            break
        kept.add(code)
    units = units_of(answer, [each for each in answer.measures if each.school_id in kept])
    every, floors = len(answer.instance.schools), floors or Floors(answer)
    passing, beyond = _reached(answer, units)
    most = len(passing)
    while most < every and floors.at(most + 1) <= money:
        left = seconds - (time.perf_counter() - begun)
        if searched and left > 0:
            found = floors.searched(answer, most + 1, left)
            if found.bound is not None and found.bound > money:
                break
            if found.cost is not None and found.cost <= money and len(passing) == most:
                units = dict(zip(floors.program.keys, found.values, strict=True))
                passing, beyond = _reached(answer, units)
        most += 1
    lost = {school.school_id for school in answer.instance.schools} - passing
    return Last(float(money), len(passing), max(most, len(passing)), tuple(sorted(lost)), beyond)


def _reached(answer: Remedy, units: dict) -> tuple[set[str], tuple]:
    """Codes of the schools that pass with part of a plan, and the limits of variation that it breaks."""
    instance = answer.instance
    values = values_in(answer.program, instance, units)
    verdict = judge(instance, answer.program, answer.goal, values)
    passing = set(verdict.passing)
    failing = {row.school for n, row in enumerate(instance.rows) if n not in passing}
    codes = {s.school_id for p, s in enumerate(instance.schools) if p not in failing}
    return codes, verdict.beyond
