"""A county's observed tables as arrays: pupils and classes by school, grade and year, staff, sites."""

from __future__ import annotations

import contextlib
import functools
import warnings
from dataclasses import dataclass

import numpy as np

from ...base.schema.indicators import Indicators
from ...data.county import County
from ..grades import GRADES, Ladder

#: What buildings, grounds and equipment a school has, whichever of them a standard looks at.
SITE = (
    "teaching_area_m2",
    "indoor_sports_area_m2",
    "outdoor_sports_area_m2",
    "equipment_value_cny",
    "multimedia_rooms",
)


def staff_columns(indicators: Indicators) -> tuple[str, ...]:
    """Full-time teachers, and what a standard asks them to be: columns of `school_years` without the stage."""
    return tuple(dict.fromkeys(("teachers", *indicators.stage_columns)))


def site_columns(indicators: Indicators) -> tuple[str, ...]:
    """What is followed of a school's buildings, grounds and equipment: columns of `school_years`."""
    return tuple(dict.fromkeys((*SITE, *indicators.school_columns)))


@dataclass(frozen=True)
class Observed:
    """A county's tables as arrays, schools in the order of the roster.

    Attributes
    ----------
    grid : dict of str to ndarray, shape (schools, 9, years)
        `students`, `classes`, `largest_class` by grade.
    yearly : dict of str to ndarray, shape (schools, years)
        The columns of `school_years`.
    rooms : tuple of ndarray
        Positions of schools, kinds and areas of the rooms of the last year.
    reported : ndarray, shape (schools, 9)
        1 where a grade has a row in the last year.
    evened : int
        Schools of the last year whose pupils are not known by grade.
    """

    grid: dict[str, np.ndarray]
    yearly: dict[str, np.ndarray]
    rooms: tuple[np.ndarray, np.ndarray, np.ndarray]
    reported: np.ndarray
    evened: int


@functools.lru_cache(maxsize=8)
def observe(county: County) -> Observed:
    """The tables of a county as arrays; the same county is read once."""
    tables, years = county.tables, county.years
    place = {code: number for number, code in enumerate(tables["schools"]["school_id"])}
    position = {year: number for number, year in enumerate(years)}
    enrolment = tables["enrolment"]
    enrolment = enrolment[enrolment["grade"].between(1, GRADES)]
    at = (
        enrolment["school_id"].map(place).to_numpy(dtype=int),
        enrolment["grade"].to_numpy(dtype=int) - 1,
        enrolment["year"].map(position).to_numpy(dtype=int),
    )
    grid = {}
    for name in ("students", "classes", "largest_class"):
        grid[name] = np.full((len(place), GRADES, len(years)), np.nan)
        grid[name][at] = enrolment[name].to_numpy(dtype=float, na_value=np.nan)
    reported = np.zeros((len(place), GRADES))
    now = at[2] == len(years) - 1
    reported[at[0][now], at[1][now]] = 1.0
    wide = tables["school_years"]
    at = tuple(
        wide[key].map(of).to_numpy(dtype=int)
        for key, of in (("school_id", place), ("year", position))
    )
    yearly = {}
    for name in wide.columns:
        if name not in ("school_id", "year", "note"):
            yearly[name] = np.full((len(place), len(years)), np.nan)
            yearly[name][at] = wide[name].to_numpy(dtype=float, na_value=np.nan)
    evened = 0
    for group in Ladder(tables["schools"]["system"]).groups:
        for stage, span in group.span.items():
            evened += _even(grid, yearly, stage, group.rows, span)
    rooms = tables["rooms"]
    rooms = rooms[rooms["year"] == years[-1]]
    return Observed(
        grid,
        yearly,
        (
            rooms["school_id"].map(place).to_numpy(dtype=int),
            rooms["kind"].to_numpy(dtype=object),
            rooms["area_m2"].to_numpy(dtype=float, na_value=np.nan),
        ),
        reported,
        evened,
    )


def _even(grid: dict, yearly: dict, stage: str, rows, span: slice) -> int:
    """Spread what schools report of a stage only in total evenly over its grades, in place.

    Returns how many do so in the last year.
    """
    total, size = yearly[f"students_{stage}"][rows], span.stop - span.start
    blank = np.isnan(grid["students"][rows, span]).all(axis=1) & (total > 0)
    for name, whole in (("students", total), ("classes", yearly[f"classes_{stage}"][rows])):
        cells = grid[name][rows, span]
        empty = blank[:, None] & np.isnan(cells)
        grid[name][rows, span] = np.where(empty, (whole / size)[:, None], cells)
    return int(blank[:, -1].sum())


@contextlib.contextmanager
def quiet():
    """Means and maxima of nothing are NaN here, which is meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield
