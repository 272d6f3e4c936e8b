"""A county, its means and a goal as a linear program in whole numbers.

Thresholds become whole numbers: the units that a row needs to meet an indicator, and those up to the
floor, are known exactly, so that the rule for schools has no large constants and is as tight as it
can be. What couples rows, the coefficients of variation, is not here but in `analysis.remedy.solve.cone`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..problem.goal import Goal
from ..problem.instance import Instance, exact
from ..problem.means import ATTRIBUTES, PURCHASES, Means
from ..problem.staff import KINDS, Kind
from .fixed import Key, hold

#: Anything without an upper end.
INFINITE = math.inf


#: First words of the keys of what is no purchase: teachers who are there already, and decisions of the rule.
NOT_BOUGHT = {"upgrade", "transfer_in", "transfer_out", "remains", "passes"}


@dataclass
class Program:
    """Variables and constraints, all numbers exact.

    Attributes
    ----------
    keys : list of Key
        What each variable is; `chosen` ones are decisions of the rule, not measures.
    cost, upper, lower : list
        Yuan per unit; bounds.
    rows : list of (dict of int to Fraction, Fraction)
        Constraints ``sum(coefficient * variable) >= bound``.
    equal : list of (dict of int to Fraction, Fraction)
        Those with an equals sign.
    gain : dict of (row, indicator) to dict of int to Fraction
        What one unit of each variable adds to a row's quantity.
    passing : dict of int to int
        For the goal `most`: variable of each school that says it passes.
    """

    keys: list[Key] = field(default_factory=list)
    cost: list[Fraction] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rows: list[tuple[dict[int, Fraction], Fraction]] = field(default_factory=list)
    equal: list[tuple[dict[int, Fraction], Fraction]] = field(default_factory=list)
    gain: dict[tuple[int, int], dict[int, Fraction]] = field(default_factory=dict)
    passing: dict[int, int] = field(default_factory=dict)

    def variable(self, key: Key, cost: Fraction = Fraction(0), upper: float = INFINITE) -> int:
        self.keys.append(key)
        self.cost.append(cost)
        self.lower.append(0)
        self.upper.append(upper)
        return len(self.keys) - 1

    @functools.cached_property
    def place(self) -> dict[Key, int]:
        """Position of each variable."""
        return {key: number for number, key in enumerate(self.keys)}

    def buys(self, variable: int) -> bool:
        """Whether a variable is a purchase or a new teacher: it takes from nobody and presumes nobody."""
        return self.keys[variable][0] not in NOT_BOUGHT

    def total(self, values) -> Fraction:
        """What a solution costs."""
        return sum((c * int(v) for c, v in zip(self.cost, values, strict=True) if v), Fraction(0))

    @property
    def unit(self) -> Fraction:
        """The largest sum of which every cost is a multiple."""
        return _common(self.cost) or Fraction(1)


def _common(numbers) -> Fraction:
    """Greatest common divisor of fractions; 0 of none."""
    found = Fraction(0)
    # prices and steps are few, however many variables have them
    for number in dict.fromkeys(numbers):
        if number:
            a, b = found, abs(number)
            found = Fraction(
                math.gcd(a.numerator * b.denominator, b.numerator * a.denominator),
                a.denominator * b.denominator,
            )
    return found


def build(
    instance: Instance,
    means: Means,
    goal: Goal,
    *,
    years: int = 1,
    locks: Mapping[Key, tuple[float, float]] | None = None,
) -> Program:
    """The program of a goal.

    Parameters
    ----------
    instance : Instance
    means : Means
    goal : Goal
    years : int
        For how many years training goes on: a yearly share may be used as often.
    locks : mapping of Key to (low, high), optional
        Bounds in units of a variable (steps, persons): what somebody has fixed or forbidden.
    """
    program = Program()
    limits = _limits(means)
    _purchases(program, instance, means, limits)
    moving = _staff(program, instance, means, limits, years)
    _rules(program, instance, goal, moving)
    hold(program.keys, means, program.upper, program.equal)
    for key, (low, high) in (locks or {}).items():
        if key in program.place:
            number = program.place[key]
            program.lower[number] = low
            program.upper[number] = min(program.upper[number], high)
    if goal.budget is not None:
        spent = {n: -cost for n, cost in enumerate(program.cost) if cost}
        program.rows.append((spent, -goal.budget))
    return program


def _limits(means: Means) -> dict[tuple[str, str], Fraction]:
    """The most of each means at each school."""
    found: dict[tuple[str, str], Fraction] = {}
    for limit in means.limits:
        for name in ("hire", "upgrade", *PURCHASES, *limit.more):
            most = limit.most(name)
            if most is None:
                continue
            for code in limit.schools:
                before = found.get((code, name), exact(most))
                found[code, name] = min(before, exact(most))
    return found


def _purchases(program: Program, instance: Instance, means: Means, limits: Mapping) -> None:
    names = instance.names
    equipment = names.index("equipment_value") if "equipment_value" in names else None
    for place, school in enumerate(instance.schools):
        stages = [n for n, row in enumerate(instance.rows) if row.school == place]
        for name, purchase in sorted(means.purchase.items()):
            step = exact(purchase.step)
            most = limits.get((school.school_id, name))
            upper = INFINITE if most is None else math.floor(most / step)
            cost = exact(purchase.cny) * step
            number = program.variable((name, school.school_id, "", ""), cost, upper)
            added = dict.fromkeys(instance.raised_by(name), step)
            if purchase.adds_equipment_cny and equipment is not None:
                added[equipment] = step * exact(purchase.adds_equipment_cny)
            for row in stages:
                for indicator, amount in added.items():
                    gain = program.gain.setdefault((row, indicator), {})
                    gain[number] = amount * instance.rows[row].share


def movable(instance: Instance, means: Means, row: int) -> bool:
    """Whether teachers of a row may go elsewhere, and others come."""
    if means.transfer is None:
        return False
    school = instance.schools[instance.rows[row].school]
    return (
        school.ownership in means.transfer.ownership
        and school.school_id not in means.transfer.not_schools
    )


def reached(terms: Mapping[int, Fraction], values: list[int]) -> Fraction:
    """A row's left side; most purchases are none, and a product of fractions takes its time."""
    return sum((each * values[v] for v, each in terms.items() if values[v]), Fraction(0))


def _staff(
    program: Program, instance: Instance, means: Means, limits: Mapping, years: int
) -> set[int]:
    """Hiring, training and transfers; returns the rows that teachers may leave."""
    attributes = tuple(ATTRIBUTES)
    pools: dict[tuple[str, Kind], dict[int, Fraction]] = {}
    of_county: dict[str, dict[int, Fraction]] = {}
    # who has nothing that counts is worth moving only where somebody is trained afterwards
    kinds = [kind for kind in KINDS if any(kind) or means.upgrade]
    moving = {n for n in range(len(instance.rows)) if movable(instance, means, n)}
    counted = functools.cache(instance.counted)
    for n, row in enumerate(instance.rows):
        code, stage = instance.schools[row.school].school_id, row.stage
        gain = {k: program.gain.setdefault((n, k), {}) for k in instance.staff}
        lacking = [{} for _ in attributes]
        missing = [
            sum(c for kind, c in row.kinds.items() if not kind[a]) for a in range(len(attributes))
        ]

        def person(number: int, kind: Kind, sign: int, gain=gain, lacking=lacking) -> None:
            for k in counted(kind):
                gain[k][number] = Fraction(sign)
            for has, without in zip(kind, lacking, strict=True):
                if not has:
                    without[number] = Fraction(sign)

        hired = {}
        for hire in means.hire:
            number = program.variable(("hire", code, stage, hire.name), exact(hire.cny))
            person(number, hire.brings, 1)
            hired[number] = Fraction(-1)
            of_county.setdefault(hire.name, {})[number] = Fraction(-1)
        if (code, "hire") in limits and hired:
            program.rows.append((hired, -limits[code, "hire"]))
        if n in moving:
            leaving = {}
            for kind in kinds:
                word = "".join(map(str, kind))
                out = program.variable(
                    ("transfer_out", code, stage, word),
                    exact(means.transfer.cny),
                    row.kinds.get(kind, 0),
                )
                into = program.variable(("transfer_in", code, stage, word))
                person(out, kind, -1)
                person(into, kind, 1)
                leaving[out] = Fraction(-1)
                pool = pools.setdefault((stage, kind), {})
                pool[out], pool[into] = Fraction(-1), Fraction(1)
            if means.transfer.share is not None:
                most = math.floor(exact(means.transfer.share) * row.teachers)
                program.rows.append((leaving, Fraction(-most)))
        for position, attribute in enumerate(attributes):
            upgrade = means.upgrade.get(attribute)
            if upgrade is None:
                continue
            upper = INFINITE
            if upgrade.share is not None:
                upper = min(years * math.floor(exact(upgrade.share) * row.teachers), row.teachers)
            if (code, "upgrade") in limits:
                upper = min(upper, limits[code, "upgrade"])
            upper = upper if upper == INFINITE else math.floor(upper)
            number = program.variable(
                ("upgrade", code, stage, attribute), exact(upgrade.cny), upper
            )
            # only who lacks it can be given it
            lack = {**lacking[position], number: Fraction(-1)}
            program.rows.append((lack, Fraction(-missing[position])))
            for k in instance.staff:
                if instance.about(k).add == (attribute,):
                    gain[k][number] = Fraction(1)
    for pool in pools.values():
        program.equal.append((pool, Fraction(0)))
    for hire in means.hire:
        if hire.most is not None and hire.name in of_county:
            program.rows.append((of_county[hire.name], Fraction(-hire.most)))
    return moving


def _rules(program: Program, instance: Instance, goal: Goal, moving: set[int]) -> None:
    """Each row's thresholds, and the rule for schools."""
    for n, row in enumerate(instance.rows):
        code = instance.schools[row.school].school_id
        for k in instance.staff:
            if n in moving:
                # nobody leaves twice; parts of persons stay
                program.rows.append((program.gain[n, k], -instance.have(n, k)))
        if not goal.asks(instance, n):
            continue
        passing = None
        if goal.most:
            if row.school not in program.passing:
                passing = program.variable(("passes", code, "", ""), upper=1)
                program.passing[row.school] = passing
            passing = program.passing[row.school]
        wanted = goal.indicators or range(len(instance.names))
        excused: dict[int, Fraction] = {}
        for k in wanted:
            gain = program.gain.get((n, k), {})
            have = instance.have(n, k)
            unit = _common(gain.values())
            lack, low = row.need[k] - have, row.floor[k] - have
            if unit:
                # whole units: what the sums can reach at all
                gain = {number: each / unit for number, each in gain.items()}
                lack, low = Fraction(math.ceil(lack / unit)), Fraction(math.ceil(low / unit))
            loses = k in row.staff and n in moving
            if not loses:
                low = max(low, Fraction(0))
                if lack <= 0:
                    continue
            worst = -_floor_units(have) if loses else Fraction(0)
            needs = (gain, lack, low, worst)
            _threshold(program, goal, n, instance.names[k], needs, excused, passing)
        if excused:
            program.rows.append((excused, Fraction(row.needed - len(instance.names))))


def _floor_units(have: Fraction) -> Fraction:
    return Fraction(math.floor(have))


def _threshold(program, goal, n, name, needs, excused, passing) -> None:
    """One indicator of one row: met, or at the floor where it is the one that may remain."""
    gain, lack, low, worst = needs
    if goal.indicators:
        program.rows.append((gain, lack))
        return
    number = program.variable(("remains", str(n), "", name), upper=1)
    excused[number] = Fraction(-1)
    if passing is None:
        program.rows.append(({**gain, number: lack - low}, lack))
        return
    # lack * passes - (lack - low) * remains + worst * (1 - passes)
    program.rows.append(({**gain, number: lack - low, passing: worst - lack}, worst))
    program.rows.append(({passing: Fraction(1), number: Fraction(-1)}, Fraction(0)))


def amounts_by(program: Program, values) -> dict[Key, int]:
    """What a solution does: units by key, decisions of the rule left out."""
    return {
        key: int(value)
        for key, value in zip(program.keys, values, strict=True)
        if value and key[0] not in ("remains", "passes")
    }
