"""Which measure in which year: yearly budgets until the year of the plan, and what falls idle later."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from ...base.files import N_, problem
from ...future.analyze import analyze
from ...measure.study import Study
from ..plan import Measure
from ..problem.instance import exact, read_instance
from ..problem.means import is_bought
from ..result import Remedy


def parse_budget(text: str | None) -> tuple[float | None, float | None]:
    """A budget as written: yuan in all, or a year (``2000000/year``, ``2000000/年``).

    Returns
    -------
    whole, yearly : float or None
    """
    if text is None:
        return None, None
    number, _, word = text.partition("/")
    yearly = bool(word)
    try:
        value = float(number.replace(",", ""))
    except ValueError:
        value = math.nan
    if not (value >= 0 and math.isfinite(value)) or word not in ("", "year", "年"):
        raise problem(
            N_("the budget is “{value}”; expected yuan, such as 9500000 or 2000000/year"),
            value=text,
        )
    return (None, value) if yearly else (value, None)


@dataclass(frozen=True)
class Calendar:
    """The order of measures.

    Attributes
    ----------
    lines : list of (int, Measure)
        Year and measure, by year; a measure that a budget divides stands in several years.
    missing : Fraction
        Yuan that the budgets until the year of the plan do not pay for.
    """

    lines: list[tuple[int, Measure]]
    missing: Fraction

    def table(self) -> pd.DataFrame:
        """``year, school_id, stage, means, kind, from_school_id, amount, cny``."""
        rows = [
            (year, m.school_id, m.stage, m.means, m.kind, m.origin, m.amount, m.cny)
            for year, m in self.lines
        ]
        columns = ["year", "school_id", "stage", "means", "kind", "from_school_id"]
        return pd.DataFrame(rows, columns=[*columns, "amount", "cny"])


def calendar(answer: Remedy, yearly: float | None, first: int | None = None) -> Calendar:
    """Spread the measures of a plan over the years until its year.

    A school passes only when all its measures are done, so its measures stay together. What comes
    first is what is dearest to delay: the most pupils who wait for a yuan. Transfers and whatever
    costs nothing come in the first year. Without a yearly budget everything does.

    Parameters
    ----------
    answer : Remedy
    yearly : float or None
        Yuan a year.
    first : int, optional
        First year in which money is spent; the one after the last observed year if omitted.
    """
    last = answer.study.year
    first = first or min(answer.study.county.last_observed + 1, last)
    pupils = _waiting(answer)
    groups: dict[str, list[Measure]] = defaultdict(list)
    for each in answer.measures:
        groups[each.school_id].append(each)

    def delay(code: str) -> tuple:
        cost = sum(each.cny for each in groups[code])
        return (-(pupils[code] / cost) if cost else -math.inf, code)

    found: list[tuple[int, Measure]] = []
    if yearly is None:
        return Calendar([(first, each) for each in answer.measures], Fraction(0))
    left = {year: exact(yearly) for year in range(first, last + 1)}
    missing = Fraction(0)
    for code in sorted(groups, key=delay):
        for each in sorted(groups[code], key=lambda m: (m.cny > 0, m)):
            missing += _place(each, answer, left, found, first)
    return Calendar(sorted(found, key=lambda pair: (pair[0], pair[1])), missing)


def _place(measure: Measure, answer: Remedy, left: dict, found: list, first: int) -> Fraction:
    """Put a measure into the earliest years that pay for it, step by step; what is not paid for."""
    step = answer.means.purchase[measure.means].step if is_bought(measure.means) else 1
    units = round(measure.amount / step)
    price = exact(measure.cny) / units if units else Fraction(0)
    if not price:
        found.append((first, measure))
        return Fraction(0)
    for year, money in left.items():
        now = min(units, math.floor(money / price))
        if now:
            left[year] = money - now * price
            units -= now
            amount = float(exact(step) * now)
            found.append((year, replace(measure, amount=amount, cny=float(now * price))))
        if not units:
            break
    return units * price


def _waiting(answer: Remedy) -> dict[str, float]:
    """Pupils of each school's judged rows: those who wait until it passes."""
    found: dict[str, float] = defaultdict(float)
    for row in answer.instance.rows:
        found[answer.instance.schools[row.school].school_id] += float(row.students)
    return found


@dataclass(frozen=True)
class Idle:
    """Something bought of which a later year needs less.

    Attributes
    ----------
    school_id, means : str
    year : int
        The later year.
    amount, cny : float
        What nobody would need any more, and what it cost.
    rent_cny : float or None
        What renting it from the year of the plan until then would cost instead.
    """

    school_id: str
    means: str
    year: int
    amount: float
    cny: float
    rent_cny: float | None


def idle(answer: Remedy, year: int, study: Study | None = None) -> list[Idle]:
    """Purchases that a school's own thresholds no longer need in a later projected year.

    Parameters
    ----------
    answer : Remedy
        For a projected year.
    year : int
        A later year of the same projection.
    study : Study, optional
        Of that projection, where it is there already.
    """
    later = study or analyze(answer.study.county, year, concessions=answer.study.concessions)
    instance = read_instance(later)
    bought = [
        (each, [(each.school_id, k) for k in instance.raised_by(each.means)])
        for each in answer.measures
        if is_bought(each.means)
    ]
    # what raises the same indicator counts together: grounds and halls
    spare: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for each, raised in bought:
        for key in raised:
            spare[key] += exact(each.amount)
    needed = instance.lacking()
    for key in spare:
        spare[key] -= needed.get(key, Fraction(0))
    found = []
    for each, raised in bought:
        if not raised:
            continue
        left = min(spare[key] for key in raised)
        purchase = answer.means.purchase[each.means]
        units = math.floor(left / exact(purchase.step)) if left > 0 else 0
        if units <= 0:
            continue
        amount = float(exact(purchase.step) * min(units, round(each.amount / purchase.step)))
        for key in raised:
            spare[key] -= exact(amount)
        rent = purchase.rent_cny
        years = year - answer.study.year
        found.append(
            Idle(
                *(each.school_id, each.means, year, amount, amount * purchase.cny),
                None if rent is None else rent * amount * years,
            )
        )
    return found
