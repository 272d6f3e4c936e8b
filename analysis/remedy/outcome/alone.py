"""One school by itself: what it costs at least, which threshold asks for that, and whether it can pass at all.

Whoever it needs is taken to come by transfer, and nobody leaves: no plan for the county asks less of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..problem.goal import Goal
from ..problem.instance import Instance, exact
from ..result import Remedy
from ..solve.model import Program, build
from ..solve.search import Found, search
from .again import program_for, years_of

#: Seconds for the program of one school, which takes milliseconds, and for those that are not stuck.
SECONDS = 5.0
#: Gap and nodes at which the search for those that are not stuck ends.
GAP, NODES = 1e-3, 60


@dataclass(frozen=True)
class Dearest:
    """The school that costs most.

    Attributes
    ----------
    school_id : str
    cny, part : float
        What the plan spends there, yuan and part of all.
    alone : float or None
        What it costs at least to bring it over the line by itself, teachers to transfer at hand.
    without : list of (int, float)
        Indicator, and what it would cost by itself without that threshold; what saves most first.
    """

    school_id: str
    cny: float
    part: float
    alone: float | None
    without: list[tuple[int, float]]


def dearest(answer: Remedy) -> Dearest | None:
    """The school on which a plan spends most, and which of its thresholds asks for that.

    Each figure is the optimum of a program of that school only.
    """
    cost: dict[str, float] = {}
    for each in answer.measures:
        cost[each.school_id] = cost.get(each.school_id, 0.0) + each.cny
    whole = sum(cost.values())
    if not whole:
        return None
    code = min(cost, key=lambda c: (-cost[c], c))
    own = only(answer.instance, code)
    found, without = alone(answer, own), []
    if found is not None and found > 0:
        for k in range(len(own.rows[0].need)):
            if any(own.have(n, k) < row.need[k] for n, row in enumerate(own.rows)):
                less = alone(answer, _lifted(own, k))
                if less is not None and less < found:
                    without.append((k, float(less)))
    without.sort(key=lambda pair: (pair[1], pair[0]))
    least = None if found is None else float(found)
    return Dearest(code, cost[code], cost[code] / whole, least, without)


@dataclass(frozen=True)
class Stuck:
    """A school that no means allowed bring over the line, whatever is spent.

    Attributes
    ----------
    school_id : str
    indicators : tuple of int
        Thresholds of which each by itself stands in the way: without it the school could pass.
    """

    school_id: str
    indicators: tuple[int, ...]


def stuck(answer: Remedy) -> list[Stuck]:
    """Schools that cannot pass by themselves, however many teachers came: no plan can help them.

    The schools that the goal asks for are tried one by one; where none is stuck, what stands in the way
    is the money, the limits of variation, or teachers who would have to come from somewhere.
    """
    found = []
    wanted = answer.goal.schools
    if answer.goal.indicators or answer.goal.most:
        return found
    for school in answer.instance.schools:
        code = school.school_id
        if wanted is not None and code not in wanted:
            continue
        own = only(answer.instance, code)
        if solved_alone(answer, own).status == "infeasible":
            open_ = (
                k
                for k in range(len(own.rows[0].need))
                if solved_alone(answer, _lifted(own, k)).values is not None
            )
            found.append(Stuck(code, tuple(open_)))
    return found


def rest(answer: Remedy, blocked: Sequence[Stuck]) -> Found | None:
    """The least cost for the schools that are not stuck to pass, limits of variation left out; None without any."""
    codes = {school.school_id for school in answer.instance.schools}
    if answer.goal.schools is not None:
        codes &= answer.goal.schools
    codes -= {each.school_id for each in blocked}
    if not blocked or not codes:
        return None
    goal = replace(answer.goal, schools=frozenset(codes), variations=(), items=False)
    program = program_for(answer, answer.instance, goal)
    return search(answer.instance, program, goal, seconds=SECONDS, gap=GAP, nodes=NODES)


def alone(answer: Remedy, own: Instance) -> Fraction | None:
    """The least cost for one school to pass, if whoever it needs would come by transfer; None: no way."""
    return solved_alone(answer, own).cost


def solved_alone(answer: Remedy, own: Instance) -> Found:
    """The program of one school only."""
    goal = Goal(variations=())
    program = build(own, answer.means.model_copy(update={"lock": ()}), goal, years=years_of(answer))
    _open_doors(program, answer)
    return search(own, program, goal, seconds=SECONDS)


def _open_doors(program: Program, answer: Remedy) -> None:
    """Teachers come from outside at the price of a transfer, and nobody leaves."""
    program.equal.clear()
    for v, key in enumerate(program.keys):
        if key[0] == "transfer_out":
            program.upper[v] = 0
        elif key[0] == "transfer_in":
            program.cost[v] = exact(answer.means.transfer.cny)


def only(instance: Instance, code: str) -> Instance:
    """The county of one school."""
    place = [school.school_id for school in instance.schools].index(code)
    rows = (replace(row, school=0) for row in instance.rows if row.school == place)
    return replace(instance, schools=(instance.schools[place],), rows=tuple(rows))


def _lifted(own: Instance, k: int) -> Instance:
    """A school of which one indicator asks nothing."""

    def free(n: int, values: tuple) -> tuple:
        return (*values[:k], min(values[k], own.have(n, k)), *values[k + 1 :])

    rows = (
        replace(row, need=free(n, row.need), floor=free(n, row.floor))
        for n, row in enumerate(own.rows)
    )
    return replace(own, rows=tuple(rows))
