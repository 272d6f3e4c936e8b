"""What somebody rules out or fixes, in the program: bounds of variables and sums that are given."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ...base.files import N_, problem
from ..problem.instance import exact
from ..problem.means import Lock, Means, is_bought
from ..problem.overrides import EVERYWHERE, label_of

Key = tuple[str, str, str, str]
"""Means, school, stage (empty where stages share) and what more tells it apart (a kind, a name)."""


def hold(keys: list[Key], means: Means, upper: list, equal: list) -> None:
    """Write what is forbidden and fixed into a program's bounds and equations.

    A transfer that is fixed is the number of teachers whom a school takes in; it gives none then.

    Parameters
    ----------
    keys : list of Key
    means : Means
    upper, equal : list
        Of the program; changed in place.

    Raises
    ------
    InputError
        An amount is fixed that cannot be: nothing of the kind can be done there, or not in such steps.
    """
    for each in filter(None, means.forbid):
        for number in _named(keys, each.means, each.school, None):
            upper[number] = 0
    for lock in filter(None, means.lock):
        numbers = _named(keys, lock.means, lock.school, lock.stage)
        if lock.means == "transfer":
            giving = [n for n in numbers if keys[n][0] == "transfer_out"]
            numbers = [n for n in numbers if keys[n][0] == "transfer_in"]
            if lock.school is not None and lock.amount:
                for number in giving:
                    upper[number] = 0
        if not numbers and not lock.amount:
            continue
        equal.append(({n: Fraction(1) for n in numbers}, _units(lock, means, bool(numbers))))


def _named(keys: list[Key], word: str, school: str | None, stage: str | None) -> list[int]:
    """Variables of a means at a school and stage."""
    name, _, kind = word.partition(".")
    names = ("transfer_out", "transfer_in") if name == "transfer" else (name,)
    wanted: list[Callable[[Key], bool]] = [lambda key: key[0] in names]
    if kind:
        wanted.append(lambda key: key[3] == kind)
    if school is not None:
        wanted.append(lambda key: key[1] == school)
    if stage is not None and not is_bought(name):
        wanted.append(lambda key: key[2] == stage)
    return [n for n, key in enumerate(keys) if all(test(key) for test in wanted)]


def _units(lock: Lock, means: Means, possible: bool) -> Fraction:
    """Steps or persons of a fixed amount."""
    where = lock.school or EVERYWHERE
    if not possible:
        raise problem(
            N_("{means} is to be {amount} at {school}, but nothing of the kind can be done there"),
            means=label_of(lock.means, means),
            amount=f"{lock.amount:g}",
            school=where,
        )
    step = exact(means.purchase[lock.means].step) if lock.means in means.purchase else Fraction(1)
    units = exact(lock.amount) / step
    if units.denominator != 1:
        raise problem(
            N_("{means} is to be {amount} at {school}; expected a multiple of {step}"),
            means=label_of(lock.means, means),
            amount=f"{lock.amount:g}",
            school=where,
            step=f"{float(step):g}",
        )
    return units
