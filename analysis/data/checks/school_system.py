"""Whether schools teach five years of primary school and four of junior, and the roster does not say so.

The five-four system (五四学制) is in force in parts of Shandong, Shanghai and elsewhere. Schools that
the roster does not mark (column `system`) are reckoned with six and three years; grades and class sizes
by stage would be wrong where they teach five and four.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.files import N_
from ...base.schema.terms import SCHOOL_TYPES

#: Share of the schools' sixth grades that must belong to junior school to call it a system: a few
#: that do are mistakes.
SYSTEMATIC = 0.8

_IN_JUNIOR = N_(
    "grade 6 belongs to the junior secondary schools here, but the roster does not say that they follow the five-four system: enter 5+4 in the column system of table schools for every school that does. Schools without it are reckoned with six years of primary and three of junior secondary school"
)
_NO_SIX = N_(
    "no school has a grade 6, though there are grades 5 and 7. If grade 6 was only left out, enter it; if primary school has five years here, enter 5+4 in the column system of table schools for every school that does so. Schools without it are reckoned with six years of primary and three of junior secondary school"
)


@dataclass(frozen=True)
class FiveYears:
    """What is to be said, as a message id, and the first row that shows it."""

    message: str
    row: int


def five_years_of_primary(
    enrolment: pd.DataFrame, school_years: pd.DataFrame | None
) -> FiveYears | None:
    """Find out from the enrolment by grade.

    Parameters
    ----------
    enrolment : DataFrame
        The table with the column `type` of the roster; its index is the row in the file.
    school_years : DataFrame or None
        The stages' totals tell to which stage a nine-year school counts its grade 6.

    Returns
    -------
    FiveYears or None
        None where primary school has six grades, or it cannot be told.
    """
    six = enrolment[_taught(enrolment, 6)]
    if six.empty:
        return _without_six(enrolment, school_years)
    stages = {name: kind.stages for name, kind in SCHOOL_TYPES.items()}
    as_junior = six["type"].isin(
        [n for n, s in stages.items() if "junior" in s and "primary" not in s]
    )
    as_primary = six["type"].isin(
        [n for n, s in stages.items() if "primary" in s and "junior" not in s]
    )
    both = six[six["type"].isin([n for n, s in stages.items() if "primary" in s and "junior" in s])]
    junior, primary = int(as_junior.sum()), int(as_primary.sum())
    if primary >= junior and primary:
        return None  # the usual case is told apart without a sum
    evidence = list(six.index[as_junior])
    if len(both) and school_years is not None:
        sixes = _counted_as_junior(enrolment, both, school_years)
        evidence += list(sixes.index[sixes == 1])
        junior, primary = junior + int((sixes == 1).sum()), primary + int((sixes == 0).sum())
    if junior and junior >= SYSTEMATIC * (junior + primary):
        return FiveYears(_IN_JUNIOR, int(min(evidence)))
    return None


def _taught(enrolment: pd.DataFrame, grade: int) -> pd.Series:
    """Which rows are of a grade and have students."""
    known = enrolment["school_id"].notna()
    return known & (enrolment["grade"] == grade) & (enrolment["students"] > 0)


def _counted_as_junior(
    enrolment: pd.DataFrame, both: pd.DataFrame, school_years: pd.DataFrame
) -> pd.Series:
    """By row of a grade: 1 if the school's totals count grade 6 as junior, 0 as primary, else NaN."""
    rows = enrolment[enrolment["school_id"].isin(both["school_id"])]
    grades = rows.pivot_table(
        index=["school_id", "year"], columns="grade", values="students", aggfunc="sum", fill_value=0
    )
    grades = grades.reindex(columns=range(1, 10), fill_value=0)
    totals = school_years.drop_duplicates(["school_id", "year"]).set_index(["school_id", "year"])
    totals = totals.reindex(grades.index)
    five, six = grades[[1, 2, 3, 4, 5]].sum(axis=1), grades[6]
    is_junior = totals["students_primary"] == five
    is_primary = totals["students_primary"] == five + six
    kind = pd.Series(np.select([is_junior, is_primary], [1.0, 0.0], np.nan), grades.index)
    keys = pd.MultiIndex.from_frame(both[["school_id", "year"]])
    return pd.Series(kind.reindex(keys).to_numpy(), both.index)


def _without_six(enrolment: pd.DataFrame, school_years: pd.DataFrame | None) -> FiveYears | None:
    """No grade 6 anywhere, although grades 5 and 7 are taught, at more than one primary school."""
    five = enrolment[_taught(enrolment, 5)]
    if five["school_id"].nunique() < 2 or not _taught(enrolment, 7).any():
        return None
    # schools that grow from the first grade would have had a grade 6 a year later
    first, last = enrolment["year"].min(), enrolment["year"].max()
    if first < last and not (five["year"] < last).any():
        return None
    if school_years is not None:
        kind = _counted_as_junior(enrolment, five, school_years)
        if kind.isna().mean() > 1 - SYSTEMATIC:
            return None  # the totals know of more students: rows were left out
    return FiveYears(_NO_SIX, int(five.index.min()))
