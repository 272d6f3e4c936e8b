"""The same county once more with something else allowed or asked: a program, and a known plan in it."""

from __future__ import annotations

from collections.abc import Iterable

from ..plan import Measure
from ..problem.goal import Goal
from ..problem.instance import Instance, exact
from ..problem.means import is_bought
from ..result import Remedy
from ..solve.model import Key, Program, build

#: Variables that are decisions of the rule, not measures.
DECISIONS = ("remains", "passes", "number")


def years_of(answer: Remedy) -> int:
    """For how many years training goes on until the year of the plan."""
    return max(answer.study.year - answer.study.county.last_observed, 1)


def program_for(answer: Remedy, instance: Instance, goal: Goal) -> Program:
    """The program of another instance or goal, with what was fixed by the key of a variable."""
    program = build(instance, answer.means, goal, years=years_of(answer))
    before = answer.program
    for number, key in enumerate(program.keys):
        if key[0] not in DECISIONS and key in before.place:
            program.lower[number] = before.lower[before.place[key]]
            program.upper[number] = before.upper[before.place[key]]
    return program


def units_of(answer: Remedy, measures: Iterable[Measure]) -> dict[Key, int]:
    """Some of a plan's measures as units of variables (the reverse of `analysis.remedy.plan.measures_of`)."""
    found: dict[Key, int] = {}

    def add(key: Key, units: int) -> None:
        found[key] = found.get(key, 0) + units

    for each in measures:
        if is_bought(each.means):
            step = exact(answer.means.purchase[each.means].step)
            add((each.means, each.school_id, "", ""), round(exact(each.amount) / step))
        elif each.means == "transfer":
            add(("transfer_in", each.school_id, each.stage, each.kind), int(each.amount))
            add(("transfer_out", each.origin, each.stage, each.kind), int(each.amount))
        elif each.means in ("hire", "upgrade"):
            add((each.means, each.school_id, each.stage, each.kind), int(each.amount))
    return found


def values_in(program: Program, instance: Instance, units: dict[Key, int]) -> list[int]:
    """A plan in the variables of a program: what remains and who passes follows from it."""
    values = [units.get(key, 0) for key in program.keys]
    for v, key in enumerate(program.keys):
        if key[0] == "remains":
            n, k = int(key[1]), instance.names.index(key[3])
            gain = program.gain.get((n, k), {})
            has = sum((g * values[each] for each, g in gain.items()), instance.have(n, k))
            values[v] = int(has < instance.rows[n].need[k])
        elif key[0] == "passes":
            values[v] = 1
    return values
