"""From births to first grade: who is of age by the cut-off date.

A child enters first grade in the autumn of the year in which it is six by the cut-off date (31 August
unless the county says otherwise): the entrants of 2024 were born from September 2017 to August 2018.
Source: Compulsory Education Law art. 11 (age six); the date as in local enrolment rules.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping

import numpy as np

from ..grades import CUTOFF


def until(cutoff: str, months: tuple[float, ...] | None = None) -> float:
    """Part of a calendar year's births that fall on or before a date.

    Parameters
    ----------
    cutoff : str
        ``MM-DD``.
    months : tuple of 12 float, optional
        Births by month; without them births are taken as even over the months.

    Returns
    -------
    float
        0 to 1; 2/3 for 31 August with even births.
    """
    month, day = (int(part) for part in cutoff.split("-"))
    weights = np.ones(12) if months is None or not sum(months) else np.array(months)
    # a leap day does not move the rule
    before = weights[: month - 1].sum() + weights[month - 1] * day / _days(month)
    return float(before / weights.sum())


def _days(month: int) -> int:
    return calendar.monthrange(2023, month)[1]


class Entry:
    """Children who come of age by school year.

    Parameters
    ----------
    births : mapping of int to float
        By calendar year.
    cutoff : str or mapping of int to str
        ``MM-DD``, or by the school year from which a date holds.
    monthly : mapping of int to tuple of 12 float, optional
        Births by month, where they are known.
    """

    def __init__(
        self,
        births: Mapping[int, float],
        cutoff: str | Mapping[int, str] = CUTOFF,
        monthly: Mapping[int, tuple[float, ...]] | None = None,
    ):
        self.births, self.cutoff, self.monthly = births, cutoff, monthly or {}

    def date(self, year: int) -> str:
        """The cut-off date of a school year."""
        if isinstance(self.cutoff, str):
            return self.cutoff
        begun = [start for start in self.cutoff if start <= year]
        return self.cutoff[max(begun)] if begun else CUTOFF

    def parts(self, year: int) -> dict[int, float]:
        """Calendar years in which the children of a school year were born, and the part of each.

        Where the date changes, a cohort is longer or shorter: it starts where the one before ended.
        """
        older, own = year - 7, year - 6
        return {
            older: 1 - until(self.date(year - 1), self.monthly.get(older)),
            own: until(self.date(year), self.monthly.get(own)),
        }

    def children(self, year: int) -> float:
        """Children who come of age for a school year; NaN if the births are not known.

        Births of a year that is not known are taken as those of its neighbour.
        """
        parts = self.parts(year)
        known = {born: self.births.get(born, np.nan) for born in parts}
        instead = next((value for value in known.values() if np.isfinite(value)), np.nan)
        return sum(
            part * (known[born] if np.isfinite(known[born]) else instead)
            for born, part in parts.items()
        )

    def complete(self, year: int) -> bool:
        """Whether the births of both calendar years are known."""
        return all(np.isfinite(self.births.get(born, np.nan)) for born in self.parts(year))
