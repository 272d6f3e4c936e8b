"""The least cost of a small county by trying everything, written without the package.

Primary schools only; the rules of shared cases' README: at least 6 of 7 met, the rest at 85 %, every
coefficient of variation at most 0.50. Every plan that costs no more than a given sum is tried.
Other limits may be given, and one of the composite: the plain mean of the seven.
"""

from __future__ import annotations

import itertools
from decimal import Decimal, localcontext
from fractions import Fraction

ATTRIBUTES = ("above_qualification", "backbone", "pe_arts")
NEED = [Fraction(x) for x in ("0.042", "0.01", "0.009", "4.5", "7.5", "2000", "0.023")]
FLOOR = Fraction("0.85")
LIMIT = Fraction("0.50")


def line(teachers: int, above: int, backbone: int, pe_arts: int) -> list[tuple[int, int, int]]:
    """Who is what by the stated rule: teacher by teacher."""
    people = [[0, int(n < backbone), int(n >= teachers - pe_arts)] for n in range(teachers)]
    order = [n for n in range(teachers) if people[n][1]]
    order += [n for n in reversed(range(teachers)) if people[n][2] and not people[n][1]]
    order += [n for n in range(teachers) if n not in order]
    for n in order[:above]:
        people[n][0] = 1
    return [tuple(person) for person in people]


def least(
    rows: list[dict],
    remedy: dict,
    most: int,
    limit: Fraction | None = LIMIT,
    composite: Fraction | None = None,
) -> int | None:
    """Least cost among all plans that cost `most` or less; None if there is none."""
    people = [
        line(
            *(row[f"{name}_primary"] for name in ("teachers", *ATTRIBUTES)),
        )
        for row in rows
    ]
    best = None
    for cost, staff in _transfers(rows, people, remedy, most):
        ends = most if best is None else best - 1
        options = [
            _options(row, team, remedy, ends - cost) for row, team in zip(rows, staff, strict=True)
        ]
        if not all(options):
            continue
        found = _cheapest(rows, options, ends - cost, (limit, composite))
        if found is not None:
            best = cost + found
    return best


def _transfers(rows, people, remedy, most):
    """Every set of transfers (each school may send one teacher at most here): cost, teams."""
    transfer = remedy.get("transfer")
    sends = [[None] for _ in rows]
    if transfer:
        for n, row in enumerate(rows):
            allowed = int(Fraction(str(transfer["share"])) * len(people[n]))
            assert allowed <= 1, "the enumeration sends one teacher"
            if allowed and row["ownership"] in transfer["ownership"]:
                others = [
                    m
                    for m, other in enumerate(rows)
                    if m != n and other["ownership"] in transfer["ownership"]
                ]
                sends[n] += [(kind, m) for kind in sorted(set(people[n])) for m in others]
    for chosen in itertools.product(*sends):
        going = [each for each in chosen if each]
        cost = len(going) * (transfer["cny"] if transfer else 0)
        if cost > most:
            continue
        staff = [list(team) for team in people]
        for n, each in enumerate(chosen):
            if each:
                staff[n].remove(each[0])
        for each in going:
            staff[each[1]].append(each[0])
        yield cost, staff


def _options(row, team, remedy, most) -> list[tuple[int, tuple]]:
    """Cost and quantities of everything that may be done at a school and lets it pass."""
    ways = []
    for name, about in remedy["purchase"].items():
        step = about.get("step", 1)
        ways.append((about["cny"] * step, "buy", name, step, about.get("adds_equipment_cny", 0)))
    for kind in remedy.get("hire", []):
        ways.append((kind["cny"], "hire", tuple(kind[a] for a in ATTRIBUTES), 1, 0))
    for attribute, about in remedy.get("upgrade", {}).items():
        ways.append((about["cny"], "upgrade", ATTRIBUTES.index(attribute), about, 0))
    found: dict[tuple, int] = {}
    students = row["students_primary"]
    need = [each * students for each in NEED]
    start = [sum(p[a] for p in team) for a in range(3)]
    indoor = row["indoor_sports_area_m2"]
    start += [
        *(row["teaching_area_m2"] - indoor, row["outdoor_sports_area_m2"] + indoor),
        *(row["equipment_value_cny"], row["multimedia_rooms"]),
    ]

    def rest(number, cost, have, persons):
        if number == len(ways):
            met = sum(h >= n for h, n in zip(have, need, strict=True))
            if met >= 6 and all(h >= FLOOR * n for h, n in zip(have, need, strict=True)):
                key = tuple(have)
                found[key] = min(cost, found.get(key, cost))
            return
        price, kind, what, step, adds = ways[number]
        high = (most - cost) // price
        if kind == "upgrade":
            high = min(high, persons - have[what])
            if "share" in step:
                high = min(high, int(Fraction(str(step["share"])) * row["teachers_primary"]))
        for units in range(high + 1):
            now, crowd = list(have), persons
            if kind == "buy":
                now[{"t": 3, "o": 4, "i": 4, "e": 5, "m": 6}[what[0]]] += units * step
                now[5] += units * step * adds
            elif kind == "hire":
                for a in range(3):
                    now[a] += units * what[a]
                crowd += units
            else:
                now[what] += units
            rest(number + 1, cost + units * price, now, crowd)

    rest(0, 0, start, len(team))
    return sorted((cost, have) for have, cost in found.items())


def _cheapest(rows, options, most, limits) -> int | None:
    """Least cost of one option for each school within all coefficients of variation."""
    students = [row["students_primary"] for row in rows]
    best = None

    def choose(number, cost, taken):
        nonlocal best
        if number == len(rows):
            if _even(students, taken, *limits):
                best = cost
            return
        later = sum(each[0][0] for each in options[number + 1 :])
        for price, have in options[number]:
            if cost + price + later > (most if best is None else best - 1):
                break
            choose(number + 1, cost + price, [*taken, have])

    choose(0, 0, [])
    return best


def _even(students, taken, limit, composite) -> bool:
    if len(students) < 2:
        return True
    whole = sum(students)
    squares = []
    for k in range(7):
        quantity = [have[k] for have in taken]
        total = sum(quantity)
        if not total:
            return False
        square = sum(Fraction(q * q, n) for q, n in zip(quantity, students, strict=True))
        squares.append(square * whole / (total * total) - 1)
        if limit is not None and squares[-1] > limit * limit:
            return False
    if composite is None:
        return True
    with localcontext() as digits:
        digits.prec = 60
        roots = sum((Decimal(s.numerator) / Decimal(s.denominator)).sqrt() for s in squares)
        excess = roots - 7 * Decimal(composite.numerator) / Decimal(composite.denominator)
        return excess <= Decimal("1e-50")
