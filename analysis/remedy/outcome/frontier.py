"""What each further yuan buys: cost against schools that pass, limits of variation, and years.

A point is a plan and a bound: no plan reaches as much for less than the bound.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

import pandas as pd

from ..answer import remedy
from ..problem.goal import Goal
from ..problem.instance import Instance
from ..result import Remedy
from ..solve.exactly import judge
from ..solve.model import Program
from ..solve.search import HAIR, Found, search, solver_of
from .again import program_for, values_in

#: Seconds for all points together; of each the gap at which it is taken, and nodes after which it ends.
SECONDS, GAP, NODES = 30.0, 1e-3, 60
#: Years of a projection for which a point is worked out, about.
YEARS = 4
#: Limits of variation, as parts of today's, at which is asked what they would cost.
FACTORS = ("0.8", "0.9", "1", "1.1", "1.2")
#: Parts of the rise in cost at which points of schools lie: the last schools are the dear ones.
AT = (0.1, 0.25, 0.5, 0.75)


def asks_all(answer: Remedy) -> bool:
    """Whether there is a plan by which every judged school passes, and no pupils to divert.

    Only then does a part of the plan mean that a part of the schools passes.
    """
    goal = answer.goal
    partial = goal.schools is not None or goal.indicators or goal.most
    return answer.found.values is not None and not partial and not answer.means.diversions


def passing_now(answer: Remedy) -> set[str]:
    """Codes of the schools of which every judged row passes before anything is done."""
    rows = answer.study.schools
    rows = rows[rows["school_id"].isin([school.school_id for school in answer.instance.schools])]
    whole = (rows["status"] == "met").groupby(rows["school_id"]).all()
    return set(whole.index[whole])


def order(answer: Remedy) -> dict[str, float]:
    """Yuan by school in the order in which a plan brings schools over the line: the cheapest first."""
    cost: dict[str, float] = {}
    for each in answer.measures:
        cost[each.school_id] = cost.get(each.school_id, 0.0) + each.cny
    now = passing_now(answer)
    # what only the variation asks of a school that passes comes last
    return {code: cost[code] for code in sorted(cost, key=lambda c: (c in now, cost[c], c))}


def steps(answer: Remedy) -> pd.DataFrame:
    """How many schools pass as the plan is carried out, the cheapest school first.

    A school passes once its own measures are done: whoever leaves it for another school later does not
    make it fail, and leaving fewer does no harm. So this is what the money reaches at least; another
    plan for less money may reach more.

    Returns
    -------
    DataFrame
        ``cny, schools``: money spent so far, schools passing; the first row is today.
    """
    now = passing_now(answer)
    rows, spent, schools = [(0.0, len(now))], 0.0, len(now)
    for code, cny in order(answer).items():
        spent += cny
        schools += code not in now
        rows.append((spent, schools))
    return pd.DataFrame(rows, columns=["cny", "schools"])


class Floors:
    """What no plan undercuts by which some number of schools pass; limits of variation left out.

    The program's relaxation is kept, so that each further number takes milliseconds.
    """

    def __init__(self, answer: Remedy):
        self.goal = Goal(variations=(), most=True)
        self.program = program_for(answer, answer.instance, self.goal)
        self.number = self.program.variable(("number", "", "", ""))
        counted = dict.fromkeys(self.program.passing.values(), Fraction(1))
        self.program.rows.append(({**counted, self.number: Fraction(-1)}, Fraction(0)))
        self.unit = self.program.unit
        self.solver = solver_of(self.program)

    def at(self, schools: int) -> Fraction:
        """The relaxation's cost for so many schools, yuan."""
        self.solver.bounds(self.number, schools, schools)
        found = self.solver.relaxed()
        if found.status != "optimal":
            return Fraction(0)
        # every cost is a multiple of the unit, so the bound is one, too
        return max(math.ceil(found.bound - HAIR), 0) * self.unit

    def searched(
        self, answer: Remedy, schools: int, seconds: float, start: list[int] | None = None
    ) -> Found:
        """The cheapest plan by which so many schools pass, searched in whole numbers."""
        program = self._fixed(schools)
        if start is not None:
            start = [*start[:-1], schools]
        return search(
            *(answer.instance, program, self.goal),
            seconds=seconds,
            gap=GAP,
            start=start,
            nodes=NODES,
        )

    def _fixed(self, schools: int) -> Program:
        self.program.lower[self.number] = self.program.upper[self.number] = schools
        return self.program


def numbers(answer: Remedy, table: pd.DataFrame) -> list[int]:
    """Numbers of schools for which a point is worth working out: where the plan's cost rises."""
    now, every = int(table["schools"].iloc[0]), int(table["schools"].iloc[-1])
    whole = table["cny"].iloc[-1]
    at = {int(table["schools"][table["cny"] <= part * whole].iloc[-1]) for part in AT}
    return sorted({each for each in (*at, every - 1, every) if each > now})


def by_schools(
    answer: Remedy,
    schools: Iterable[int] | None = None,
    *,
    searched: bool = True,
    floors: Floors | None = None,
    seconds: float = SECONDS,
) -> pd.DataFrame:
    """Least cost for so many schools to pass, whatever the coefficients of variation are then.

    The plan's own steps say what is enough; the relaxation, and where asked a search in whole numbers,
    what is not.

    Parameters
    ----------
    answer : Remedy
        As `asks_all` says.
    schools : iterable of int, optional
        Numbers of schools; `numbers` if omitted.
    searched : bool
        Whether a point whose gap is above `GAP` is searched in whole numbers.
    floors : Floors, optional
        Where they are there already.
    seconds : float
        For all searches; points after that keep the relaxation's bound.

    Returns
    -------
    DataFrame
        ``schools, cost_cny, bound_cny, status``; `optimal` where the gap is at most `GAP`.
    """
    begun, table = time.perf_counter(), steps(answer)
    floors, start, rows = floors or Floors(answer), None, []
    for number in sorted(numbers(answer, table) if schools is None else schools, reverse=True):
        cost = Fraction(table["cny"][table["schools"] >= number].iloc[0])
        bound = min(max(floors.at(number), _proved(answer, number)), cost)
        left = seconds - (time.perf_counter() - begun)
        if searched and left > 0 and cost - bound > Fraction(GAP) * cost:
            found = floors.searched(answer, number, left, start)
            if found.cost is not None:
                start, cost = found.values, min(cost, found.cost)
            bound = max(bound, found.bound or Fraction(0))
        proved = cost - bound <= Fraction(GAP) * cost
        rows.append((number, float(cost), float(bound), "optimal" if proved else "feasible"))
    return pd.DataFrame(rows[::-1], columns=["schools", "cost_cny", "bound_cny", "status"])


def none_held(answer: Remedy) -> bool:
    """Whether no limit of variation had to be held, so that the bound holds without any, too."""
    return not answer.found.tight and not answer.instance.composite


def _proved(answer: Remedy, schools: int) -> Fraction:
    """What the plan's own bound says of all schools, where no limit of variation had to be held."""
    every = schools == len(answer.instance.schools)
    free = every and none_held(answer) and answer.goal.budget is None
    return (answer.found.bound or Fraction(0)) if free else Fraction(0)


def resolved(
    answer: Remedy, instance: Instance, *, wider: bool, gap: float = GAP, seconds: float = SECONDS
) -> Found:
    """The least cost by other limits or thresholds; without a search where the plan tells it.

    Parameters
    ----------
    answer : Remedy
    instance : Instance
    wider : bool
        Everything asked is the same or easier, so the plan holds; else it is the same or harder, and
        if the plan holds all the same, it is the cheapest there, too. A budget is not asked about.
    gap, seconds : float
        Of the search.
    """
    known = answer.found
    if not wider and judge(instance, answer.program, answer.goal, known.values).holds:
        return known
    goal = replace(answer.goal, budget=None)
    program = program_for(answer, instance, goal)
    units = dict(zip(answer.program.keys, known.values, strict=True))
    found = search(
        *(instance, program, goal),
        seconds=seconds,
        gap=gap,
        start=values_in(program, instance, units) if wider else None,
        nodes=NODES,
    )
    if wider or found.bound is None:
        return found
    # what is harder costs no less
    found.bound = max(found.bound, known.bound or Fraction(0))
    return found


def by_limit(
    answer: Remedy, factors: Iterable[str] = FACTORS, *, seconds: float = SECONDS
) -> pd.DataFrame:
    """Least cost if the limits of variation were so many times what they are.

    Parameters
    ----------
    answer : Remedy
    factors : iterable of str
    seconds : float
        For all searches.

    Returns
    -------
    DataFrame
        ``factor, cost_cny, bound_cny, status``; NaN where there is no plan, or the time was over
        (`open`).
    """
    begun, rows, beside = time.perf_counter(), [], answer.cost - answer.found.cost
    for factor in factors:
        wider = Fraction(factor) > 1
        found = answer.found
        # no limit had to be held, so none that is wider saves anything
        if Fraction(factor) != 1 and not (wider and none_held(answer)):
            instance = answer.instance.with_limit(Fraction(factor))
            left = max(seconds - (time.perf_counter() - begun), 0.0)
            found = resolved(answer, instance, wider=wider, seconds=left)
        rows.append((float(factor), *point(found, beside), found.status))
    return pd.DataFrame(rows, columns=["factor", "cost_cny", "bound_cny", "status"])


def by_year(
    answer: Remedy, years: Iterable[int], known: Mapping[int, Remedy] | None = None, **options
) -> pd.DataFrame:
    """Least cost if the county had to pass in other years of the same projection.

    Parameters
    ----------
    answer : Remedy
        For a year of a projection.
    years : iterable of int
    known : mapping of int to Remedy, optional
        Answers that are there already.
    **options
        As for `analysis.remedy.answer.remedy`: the gap, nodes and seconds of each year.

    Returns
    -------
    DataFrame
        ``year, cost_cny, bound_cny, status``; NaN where there is no plan.
    """
    known = {answer.study.year: answer, **(known or {})}
    goal = replace(answer.goal, budget=None)
    about = {"seconds": SECONDS, "gap": GAP, "nodes": NODES} | options
    rows = []
    for year in years:
        found = known.get(year)
        if found is None:
            there = replace(answer.study, year=year)
            found = remedy(there, means=answer.means, goal=goal, **about)
        rows.append((year, *point(found), found.status))
    return pd.DataFrame(rows, columns=["year", "cost_cny", "bound_cny", "status"])


def spread(first: int, until: int, by: int, points: int = YEARS) -> list[int]:
    """Some years from the first to the last, the year of a plan among them."""
    several = min(points, until - first + 1) - 1
    if not several:
        return sorted({first, by})
    found = {first + round(n * (until - first) / several) for n in range(several + 1)}
    return sorted({*found, by})


def point(found: Found | Remedy, beside: Fraction = Fraction(0)) -> tuple[float, float]:
    """Cost and bound as numbers, with what is paid `beside` the program; neither where there is no plan."""
    if found.cost is None:
        return math.nan, math.nan
    bound = math.nan if found.bound is None else float(found.bound + beside)
    return float(found.cost + beside), bound
