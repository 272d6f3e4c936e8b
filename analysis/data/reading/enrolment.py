"""Counties that know their pupils only: no teachers, areas, equipment or funds.

Enough for a projection of pupils, classes, places and the teachers that will be needed. What such a
county cannot say is blank, as everywhere, and leaves the verdict open.
"""

from __future__ import annotations

from collections.abc import Container

import pandas as pd

from ...base.files import N_
from ...base.schema.columns import Table
from ...base.schema.systems import stages_of_grades
from ...base.schema.terms import STAGE_GRADES

ONLY_ENROLMENT = N_(
    "there is no table of school data by year (school_years): students and classes are counted from the "
    "enrolment by grade; teachers, areas, equipment and funds are not reported, and what depends on "
    "them is not assessed"
)
ONLY_STUDENTS = N_(
    "the table has students only; teachers, areas, equipment and funds are not reported, and what "
    "depends on them is not assessed"
)
_PUPILS = ("students_primary", "students_junior", "students_senior")
_PUPILS += ("classes_primary", "classes_junior")


def only_students(table: Table, found: Container[str]) -> bool:
    """Whether a table of school data has nothing but keys, students and classes.

    A single other column means that the rest was forgotten.
    """
    keys = set(table.keys)
    pupils = [name for name in _PUPILS if name in found]
    others = [n for n in table.names if n not in keys and n not in _PUPILS and n in found]
    return all(name in found for name in keys) and bool(pupils) and not others


def counted(enrolment: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """School data by year as far as the enrolment by grade knows it.

    Parameters
    ----------
    enrolment : DataFrame
        ``school_id, year, grade, students, classes``; columns that could not be read are missing.
    schools : DataFrame
        The roster: ``school_id, system``, where it could be read.

    Returns
    -------
    DataFrame
        ``school_id, year, students_<stage>, classes_<stage>``; a sum with an unknown grade is
        unknown. Empty where the keys are missing.
    """
    keys = ["school_id", "year"]
    if not {*keys, "grade"} <= set(enrolment.columns):
        return pd.DataFrame()
    systems = pd.Series(pd.NA, enrolment.index, dtype="str")
    if {"school_id", "system"} <= set(schools.columns):
        known = schools.drop_duplicates("school_id").set_index("school_id")["system"]
        systems = enrolment["school_id"].map(known)
    stage_of = stages_of_grades(enrolment["grade"], systems)
    parts = []
    for stage in STAGE_GRADES:
        rows = enrolment[stage_of == stage]
        for what in ("students", "classes"):
            if what in rows:
                sums = rows.groupby(keys)[what].agg(lambda cells: cells.sum(skipna=False))
                parts.append(sums.rename(f"{what}_{stage}"))
    return pd.concat(parts, axis=1).reset_index() if parts else pd.DataFrame()
