"""Which schools are open in which year, what they teach, and where their figures stand."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.schema.terms import SCHOOL_TYPES, STAGES
from .columns import is_word, numbers, positions, year_positions
from .dividing import WEIGHTS


@dataclass(frozen=True)
class Schools:
    """Which schools are open in which year, what they teach, and where their figures stand.

    Attributes
    ----------
    roster, yearly : DataFrame
        The tables `schools` and `school_years`, of one county or of many.
    years : tuple of int
        Ascending.
    is_open : ndarray of bool, shape (years, schools)
        Schools in the order of the roster.
    row : ndarray of int, shape (years, schools)
        Position in `school_years`; -1 where the school has no row of the year.
    taught : ndarray of bool, shape (3, schools)
        Whether each school has each stage of `WEIGHTS`.
    """

    roster: pd.DataFrame
    yearly: pd.DataFrame
    years: tuple[int, ...]
    is_open: np.ndarray
    row: np.ndarray
    taught: np.ndarray

    @functools.cached_property
    def by_id(self) -> np.ndarray:
        """Positions in the roster in the order of the ids."""
        return np.argsort(self.roster["school_id"].to_numpy(dtype=object), kind="stable")

    @functools.cached_property
    def _found(self) -> dict[tuple[str, ...], np.ndarray]:
        return {}

    def figures(self, column: str) -> np.ndarray:
        """A column of `school_years`."""
        key = (column,)
        if key not in self._found:
            self._found[key] = numbers(self.yearly, column)
        return self._found[key]

    def among(self, column: str, *words: str) -> np.ndarray:
        """Whether each school of the roster has one of these words in a column; False if blank."""
        key = (column, *words)
        if key not in self._found:
            self._found[key] = is_word(self.roster[column], *words)
        return self._found[key]


def find_schools(roster: pd.DataFrame, yearly: pd.DataFrame, years: Iterable[int]) -> Schools:
    """Find the row of `school_years` of every school and year."""
    years = tuple(sorted(years))
    row = np.full((len(years), len(roster)), -1)
    school = positions(yearly["school_id"], roster["school_id"])
    year = year_positions(yearly["year"], years)
    known = (school >= 0) & (year >= 0)
    row[year[known], school[known]] = np.flatnonzero(known)
    calendar = np.array(years)[:, None]
    opened, closed = numbers(roster, "opened"), numbers(roster, "closed")
    is_open = ~(opened > calendar) & ~(closed < calendar)
    return Schools(roster, yearly, years, is_open, row, _taught(roster, yearly, school))


def _taught(roster: pd.DataFrame, yearly: pd.DataFrame, school: np.ndarray) -> np.ndarray:
    """Whether each school has each stage of `WEIGHTS`.

    A school with attached classes and a special-education school may have any stage: they have
    those in which they ever reported students. One that never reported any stays in the register
    with both judged stages: what is unknown must not vanish. `school` says whose the rows of
    `yearly` are.
    """
    flexible = is_word(roster["type"], *FLEXIBLE)
    fixed = [
        [kind for kind, each in SCHOOL_TYPES.items() if stage in each.stages] for stage in WEIGHTS
    ]
    taught = np.stack([is_word(roster["type"], *kinds) for kinds in fixed])
    if flexible.any():
        ever = np.zeros_like(taught)
        for number, stage in enumerate(WEIGHTS):
            ever[number, school[(school >= 0) & (numbers(yearly, f"students_{stage}") > 0)]] = True
        ever[: len(STAGES), ~ever.any(axis=0)] = True
        taught[:, flexible] = ever[:, flexible]
    return taught


#: Types of schools that have the stages in which they report students.
FLEXIBLE = ("attached_class", "special_education")
