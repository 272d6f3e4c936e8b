"""What the plan has to reach."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ...base.files import N_, problem
from .instance import Instance


class Every(enum.Enum):
    """All indicators, however many the standard has: one value, also after a pickle."""

    EVERY = enum.auto()

    def __contains__(self, indicator: object) -> bool:
        return True


EVERY = Every.EVERY


@dataclass(frozen=True)
class Goal:
    """What must hold afterwards.

    Attributes
    ----------
    schools : frozenset of str or None
        Codes of the schools whose judged rows must pass; None: all of them.
    indicators : tuple of int
        If given, rows need not pass the rule for schools but meet these indicators (positions).
    variations : tuple of int or EVERY
        Indicators whose coefficients of variation must be within their limits in both stages.
    budget : Fraction or None
        The most that may be spent, yuan.
    most : bool
        Not the least cost, but the most schools passing for the budget, and of these plans a
        cheapest one.
    """

    schools: frozenset[str] | None = None
    indicators: tuple[int, ...] = ()
    variations: tuple[int, ...] | Every = EVERY
    budget: Fraction | None = None
    most: bool = False
    items: bool = False
    """Also the items that can be computed (G3 to G6): `analysis.remedy.problem.items`."""

    @property
    def composite(self) -> bool:
        """Whether limits of the composite are asked for, too: it is the mean of all."""
        return self.variations is EVERY

    def asks(self, instance: Instance, row: int) -> bool:
        """Whether a row must pass (or, for `most`, counts where it does)."""
        code = instance.schools[instance.rows[row].school].school_id
        return self.schools is None or code in self.schools


def read_goal(
    name: str, instance: Instance, *, budget: float | None = None, schools: Iterable[str] = ()
) -> Goal:
    """A goal by its name.

    Parameters
    ----------
    name : str
        ``all`` (every judged row passes and every coefficient of variation is within its limit),
        ``items`` (the same, and rooms, sizes, classes and funds by G3 to G6),
        ``variation`` (only the latter), ``schools`` (only those listed), ``most`` (as many schools
        as the budget allows), or an indicator (all rows meet it, its variation is within the limit).
    instance : Instance
    budget : float, optional
        Yuan.
    schools : iterable of str
        Codes, for ``schools``.

    Raises
    ------
    InputError
        No such goal, a school that is not judged, ``most`` without a budget.
    """
    money = None if budget is None else Fraction(str(budget))
    if name == "all":
        return Goal(budget=money)
    if name == "items":
        return Goal(budget=money, items=True)
    if name == "variation":
        return Goal(schools=frozenset(), budget=money)
    if name == "most":
        if money is None:
            raise problem(N_("the goal `most` needs a budget (--budget)"))
        return Goal(variations=(), budget=money, most=True)
    if name == "schools":
        wanted = frozenset(schools)
        unknown = sorted(wanted - {school.school_id for school in instance.schools})
        if unknown or not wanted:
            raise problem(
                N_("no judged school has the code {code}"), code=", ".join(unknown) or "—"
            )
        return Goal(schools=wanted, variations=(), budget=money)
    if name in instance.names:
        position = instance.names.index(name)
        return Goal(indicators=(position,), variations=(position,), budget=money)
    raise problem(
        N_("no such goal “{name}”; expected one of {names}"),
        name=name,
        names=", ".join(("all", "items", "variation", "schools", "most", *instance.names)),
    )
