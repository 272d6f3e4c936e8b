"""Enrolment by cohort: progression ratios and projection (`analysis.future.past.backtest`: how good they are).

The grade-progression (cohort-survival) method: next year's grade is this year's grade below it
times a progression ratio. Everything is done for all schools at once, on an array school x grade x
year. What the method cannot know is said, never guessed:

- a school without pupils in the last observed year is closed: it is left out, with a warning;
- a school that has several rows for one grade and year is refused: add its divisions up first;
- a missing year or cell gives no transition; a row of the last year without a number leaves its
  cohort unknown, with a warning;
- a grade below without pupils gives no finite ratio: a warning, and no projection from it, unless
  ratios are drawn towards those of all schools together (`shrinkage`), which are used instead;
- a grade without a row in the last observed year is not taught any more, with a warning if it was
  the year before; a grade that a school never taught is not added.

Source: W. J. Webster, The cohort-survival ratio method in the projection of school attendance,
Journal of Experimental Education 39 (1970).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...measure.indicators import round_half_up

METHODS = ("mean", "geometric", "median", "last", "weighted")
ROUNDINGS = ("none", "yearly")


@dataclass(frozen=True)
class Cube:
    """Pupils as an array.

    Attributes
    ----------
    students : ndarray, shape (schools, grades, years)
        NaN where there is no row or no number.
    reported : ndarray of bool, same shape
        Where there is a row.
    schools : Index
        School ids; a single empty one where the table has no schools.
    grades, years : ndarray of int
        Consecutive from the lowest to the highest.
    """

    students: np.ndarray
    reported: np.ndarray
    schools: pd.Index
    grades: np.ndarray
    years: np.ndarray


def cube(enrolment: pd.DataFrame) -> Cube:
    """Arrange an enrolment table as an array.

    Parameters
    ----------
    enrolment : DataFrame
        ``[school_id,] year, grade, students``; whole grades (kindergarten is 0) and years.

    Raises
    ------
    ValueError
        Rows that occur twice, negative numbers, missing columns, years or grades that are not whole.
    """
    missing = [name for name in ("year", "grade", "students") if name not in enrolment]
    if missing:
        raise ValueError(f"enrolment has no column {', '.join(missing)}; expected year, grade, students")  # fmt: skip
    if enrolment.empty:
        raise ValueError("enrolment has no rows")
    axes = {}
    for name in ("year", "grade"):
        values = pd.to_numeric(enrolment[name], errors="coerce").to_numpy(dtype=float)
        bad = ~np.isfinite(values) | (values != np.floor(values))
        if bad.any():
            raise ValueError(f"{name} {enrolment[name][bad].iloc[0]!r}: expected a whole number")
        axes[name] = values.astype(int)
    students = pd.to_numeric(enrolment["students"], errors="coerce").to_numpy(dtype=float)
    if (students < 0).any():
        raise ValueError(f"students {students[students < 0][0]:g}: expected a number >= 0")
    if "school_id" in enrolment:
        number, schools = pd.factorize(enrolment["school_id"], sort=True)
    else:
        number, schools = np.zeros(len(enrolment), dtype=int), pd.Index([""])
    grades = np.arange(axes["grade"].min(), axes["grade"].max() + 1)
    years = np.arange(axes["year"].min(), axes["year"].max() + 1)
    shape = (len(schools), len(grades), len(years))
    place = np.ravel_multi_index(
        (number, axes["grade"] - grades[0], axes["year"] - years[0]), shape
    )
    if len(np.unique(place)) < len(place):
        first = np.flatnonzero(pd.Series(place).duplicated())[0]
        row = enrolment.iloc[first]
        raise ValueError(
            f"grade {row['grade']} of {row['year']} occurs twice"
            + (f" for school {row['school_id']}" if "school_id" in enrolment else "")
            + "; add divisions up first"
        )
    array, reported = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    array.flat[place], reported.flat[place] = students, True
    return Cube(array, reported, pd.Index(schools), grades, years)


def check_method(method: str, window, weights, rounding: str = "none") -> None:
    if method not in METHODS:
        raise ValueError(f"method {method!r}: expected one of {', '.join(METHODS)}")
    if rounding not in ROUNDINGS:
        raise ValueError(f"rounding {rounding!r}: expected one of {', '.join(ROUNDINGS)}")
    if window is not None and (window != int(window) or window < 1):
        raise ValueError(f"window {window!r}: expected a whole number of at least 1, or None")
    if (method == "weighted") != (weights is not None):
        raise ValueError("weights belong to the method 'weighted', most recent first")
    if weights is not None and (len(weights) == 0 or min(weights) < 0 or sum(weights) <= 0):
        raise ValueError(f"weights {list(weights)!r}: expected numbers >= 0 with a sum above 0")


def combine(
    series: np.ndarray,
    method: str = "mean",
    window: int | None = None,
    weights: Sequence[float] | None = None,
) -> np.ndarray:
    """One number from a series of yearly ratios, for many series at once.

    Parameters
    ----------
    series : ndarray, shape (..., years)
        NaN: nothing known in that year.
    method : {"mean", "geometric", "median", "last", "weighted"}
    window : int, optional
        How many of the latest known years count.
    weights : sequence of float, optional
        For `weighted`: most recent known year first; years beyond them do not count.

    Returns
    -------
    ndarray, shape (...)
        NaN where nothing is known.
    """
    check_method(method, window, weights)
    used, rank = _counted(series, method, window, weights)
    values = np.where(used, series, np.nan)
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # empty slices are NaN, as documented
        if method == "median":
            return np.nanmedian(values, axis=-1)
        if method == "geometric":
            return np.exp(np.nanmean(np.log(values), axis=-1))
        if method == "weighted":
            scale = np.asarray(weights, dtype=float)
            weight = np.where(used, scale[np.minimum(rank, len(weights)) - 1], 0.0)
            counted = np.where(weight > 0, values, 0.0)
            return (counted * weight).sum(axis=-1) / weight.sum(axis=-1)
        return np.nanmean(values, axis=-1)


def _counted(series: np.ndarray, method: str, window: int | None, weights) -> tuple:
    """Which of the known years count, and their rank: 1 for the latest, 2 for the one before …"""
    known = ~np.isnan(series)
    rank = np.cumsum(known[..., ::-1], axis=-1)[..., ::-1]
    most = {"last": 1, "weighted": min(len(weights or ()), window or len(weights or ()))}.get(
        method, window
    )
    return known if most is None else known & (rank <= most), rank


def transitions(students: np.ndarray) -> np.ndarray:
    """Ratio of each grade to the grade below one year earlier: (..., grades - 1, years - 1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return students[..., 1:, 1:] / students[..., :-1, :-1]


def ratios(
    students: np.ndarray,
    method: str = "mean",
    window: int | None = None,
    weights: Sequence[float] | None = None,
    shrinkage: float = 0.0,
) -> np.ndarray:
    """Progression ratios of an array of pupils.

    Parameters
    ----------
    students : ndarray, shape (schools, grades, years)
    method, window, weights
        As for `progression_ratios`.
    shrinkage : float
        Pupils. A school whose counted feeder cells hold `n` pupils gets ``n / (n + shrinkage)`` of
        its own ratio and the rest from all schools together.

    Returns
    -------
    ndarray, shape (schools, grades - 1)
        NaN without any transition, infinite from a grade without pupils. With shrinkage such
        transitions do not count, and a school without any has the ratio of all schools.
    """
    if not shrinkage:
        return combine(transitions(students), method, window, weights)
    before, after = students[:, :-1, :-1], students[:, 1:, 1:]
    return step_ratios(before, after, method, window, weights, shrinkage)


def step_ratios(
    before: np.ndarray,
    after: np.ndarray,
    method: str = "mean",
    window: int | None = None,
    weights: Sequence[float] | None = None,
    shrinkage: float = 0.0,
) -> np.ndarray:
    """Progression ratios from the pupils of each step; a school without any has that of all schools.

    Parameters
    ----------
    before, after : ndarray, shape (schools, grades - 1, years - 1)
        Pupils of a grade, and of the next one a year later; NaN where a step is not known or does not
        count.
    method, window, weights, shrinkage
        As for `ratios`.

    Returns
    -------
    ndarray, shape (schools, grades - 1)
        NaN where no school has a step.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        own = after / before
    own = np.where(np.isfinite(own), own, np.nan)
    used = ~np.isnan(own)
    # pupils of all schools whose transition is known: numerator and denominator of the same schools
    with np.errstate(divide="ignore", invalid="ignore"):
        together = np.where(used, after, 0.0).sum(axis=0) / np.where(used, before, 0.0).sum(axis=0)
    county = combine(together, method, window, weights)
    counted, _ = _counted(own, method, window, weights)
    feeders = np.where(counted, before, 0.0).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        share = feeders / (feeders + shrinkage)
    mine = combine(own, method, window, weights)
    share, mine = np.nan_to_num(share), np.nan_to_num(mine)
    return np.where(counted.any(axis=-1), share * mine + (1 - share) * county, county)


def progression_ratios(
    enrolment: pd.DataFrame,
    *,
    method: str = "mean",
    window: int | None = None,
    weights: Sequence[float] | None = None,
    shrinkage: float = 0.0,
) -> pd.DataFrame:
    """Progression ratio of each grade to the next.

    Parameters
    ----------
    enrolment : DataFrame
        ``[school_id,] year, grade, students``.
    method : {"mean", "geometric", "median", "last", "weighted"}
        How the yearly ratios are taken together.
    window : int, optional
        How many of the latest known transitions count; None is all of them.
    weights : sequence of float, optional
        For `weighted`: most recent first.
    shrinkage : float
        Pupils; draws ratios of small schools towards those of all schools together. A school whose
        feeder cells hold as many pupils as this has half of its own ratio. 0: none.

    Returns
    -------
    DataFrame
        ``[school_id,] from_grade, to_grade, ratio``, one row per pair of consecutive grades that
        occur (at the school).

    Raises
    ------
    ValueError
        Fewer than two consecutive grades, no two consecutive years, rows that occur twice, negative
        numbers, unknown methods.

    Warns
    -----
    UserWarning
        Ratios that are not finite: from a grade without pupils, or without any transition.
    """
    check_method(method, window, weights)
    pupils = cube(enrolment)
    _usable(pupils)
    found = ratios(pupils.students, method, window, weights, shrinkage)
    taught = ~np.isnan(pupils.students).all(axis=2)
    school, step = np.nonzero(taught[:, :-1] & taught[:, 1:])
    table = pd.DataFrame(
        {
            "school_id": pupils.schools[school],
            "from_grade": pupils.grades[step],
            "to_grade": pupils.grades[step] + 1,
            "ratio": found[school, step],
        }
    )
    _warn_not_finite(table)
    return table if "school_id" in enrolment else table.drop(columns="school_id")


def _usable(pupils: Cube) -> None:
    taught = ~np.isnan(pupils.students).all(axis=2)
    if not (taught[:, :-1] & taught[:, 1:]).any():
        raise ValueError("fewer than two consecutive grades: there is nothing to progress to")
    if np.isnan(transitions(pupils.students)).all() and not _fed_by_none(pupils.students):
        raise ValueError("no two consecutive years with the same pupils: no transition is known")


def _fed_by_none(students: np.ndarray) -> bool:
    """Whether there are transitions at all, though from cells that hold nobody."""
    return bool(((students[:, :-1, :-1] == 0) & ~np.isnan(students[:, 1:, 1:])).any())


def _warn_not_finite(table: pd.DataFrame) -> None:
    bad = table[~np.isfinite(table["ratio"])]
    if len(bad):
        row = bad.iloc[0]
        where = f" of school {row['school_id']}" if row["school_id"] else ""
        warnings.warn(
            f"{len(bad)} progression ratios are not finite, the first from grade {row['from_grade']} "
            f"to {row['to_grade']}{where}: no pupils in the grade below, or no transition known",
            stacklevel=3,
        )


def project_enrolment(
    enrolment: pd.DataFrame,
    *,
    entrants: Mapping[int, float] | pd.DataFrame,
    until: int,
    method: str = "mean",
    window: int | None = None,
    weights: Sequence[float] | None = None,
    rounding: str = "none",
    shrinkage: float = 0.0,
) -> pd.DataFrame:
    """Project pupils by grade for every year after the last observed one.

    Parameters
    ----------
    enrolment : DataFrame
        ``[school_id,] year, grade, students``.
    entrants : mapping of int to float, or DataFrame
        Pupils of the lowest grade in each projected year: ``{year: students}``, or a table
        ``school_id, year, students`` with an optional `grade` (for schools that take pupils in at
        several grades: every grade that has no grade below it at the school needs entrants).
    until : int
        Last projected year.
    method, window, weights, shrinkage
        As for `progression_ratios`.
    rounding : {"none", "yearly"}
        Parts of pupils are carried on, or each cell is rounded half up every year and the whole
        number carried on.

    Returns
    -------
    DataFrame
        ``[school_id,] year, grade, students`` for every year after the last observed one.

    Raises
    ------
    ValueError
        As `progression_ratios`; and entrants that are missing or negative, nothing to project, or a
        ratio that is needed and not finite.

    Warns
    -----
    UserWarning
        Schools without pupils in the last observed year, which are left out; cohorts that stay
        unknown because a cell of the last year is missing.
    """
    check_method(method, window, weights, rounding)
    pupils = cube(enrolment)
    _usable(pupils)
    last = int(pupils.years[-1])
    if until <= last:
        raise ValueError(f"until {until}: expected a year after the last observed one, {last}")
    here = pupils.reported[:, :, -1].any(axis=1)
    if not here.all():
        warnings.warn(
            f"{(~here).sum()} schools have no row in {last} and are left out", stacklevel=2
        )
    schools, now = pupils.schools[here], pupils.students[here]
    taught = pupils.reported[here][:, :, -1]
    unknown = taught & np.isnan(now[:, :, -1])
    if unknown.any():
        warnings.warn(
            f"{unknown.sum()} grades have no number in {last}: their cohorts stay unknown",
            stacklevel=2,
        )
    given_up = (
        ~taught & pupils.reported[here][:, :, -2] if len(pupils.years) > 1 else ~taught & False
    )
    if given_up.any():
        warnings.warn(
            f"{given_up.sum()} grades of {last - 1} have no row in {last} and are not projected",
            stacklevel=2,
        )
    factor = np.full((len(schools), len(pupils.grades)), np.nan)
    factor[:, 1:] = ratios(pupils.students, method, window, weights, shrinkage)[here]
    fed = taught & np.column_stack([np.zeros(len(schools), dtype=bool), taught[:, :-1]])
    if (fed & ~np.isfinite(factor)).any():
        school, grade = np.argwhere(fed & ~np.isfinite(factor))[0]
        where = f" of school {schools[school]}" if schools[school] else ""
        raise ValueError(
            f"the ratio to grade {pupils.grades[grade]}{where} is not finite: nothing can be projected from it"
        )
    years = np.arange(last + 1, until + 1)
    intake = _intake(entrants, schools, pupils.grades, years, taught & ~fed)
    state = np.where(taught, now[:, :, -1], np.nan)
    out = np.empty((len(years), *state.shape))
    for position in range(len(years)):
        below = np.column_stack([np.full(len(schools), np.nan), state[:, :-1]])
        state = np.where(fed, below * factor, intake[position])
        if rounding == "yearly":
            state = round_half_up(state, 0)
        out[position] = state
    year, school, grade = np.nonzero(np.broadcast_to(taught, out.shape))
    table = pd.DataFrame(
        {
            "school_id": schools[school],
            "year": years[year],
            "grade": pupils.grades[grade],
            "students": out[year, school, grade],
        }
    )
    return table if "school_id" in enrolment else table.drop(columns="school_id")


def _intake(entrants, schools: pd.Index, grades, years, wanted: np.ndarray) -> np.ndarray:
    """Entrants as an array (years, schools, grades), NaN where none are wanted."""
    out = np.full((len(years), *wanted.shape), np.nan)
    if isinstance(entrants, pd.DataFrame):
        table = entrants if "school_id" in entrants else entrants.assign(school_id="")
        school = schools.get_indexer(table["school_id"])
        year = table["year"].to_numpy(dtype=int) - years[0]
        lowest = np.argmax(wanted, axis=1)
        grade = (
            table["grade"].to_numpy(dtype=int) - grades[0]
            if "grade" in table
            else lowest[np.maximum(school, 0)]
        )
        inside = (school >= 0) & (year >= 0) & (year < len(years)) & (grade >= 0)
        inside &= grade < len(grades)
        out[year[inside], school[inside], grade[inside]] = table["students"].to_numpy(dtype=float)[
            inside
        ]
    else:
        if len(schools) > 1:
            raise ValueError(
                "entrants of several schools: expected a table school_id, year, students"
            )
        lowest = int(np.argmax(wanted[0]))
        for position, year in enumerate(years):
            out[position, :, lowest] = entrants.get(int(year), np.nan)
    missing = wanted & ~(out >= 0)
    if missing.any():
        year, school, grade = np.argwhere(missing)[0]
        where = f" of school {schools[school]}" if schools[school] else ""
        found = out[year, school, grade]
        raise ValueError(
            f"entrants of {years[year]} in grade {grades[grade]}{where} are "
            f"{'missing' if np.isnan(found) else format(found, 'g')}; expected a number >= 0"
        )
    return np.where(wanted, out, np.nan)
