"""Which grades belong to which stage: six years of primary school and three of junior, or five and four.

The five-four system (五四学制) is in force in parts of Shandong, Heilongjiang, Inner Mongolia and
Shanghai; there grade 6 belongs to junior school. What a school reports by stage is its own business;
only grades must be told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .terms import FIVE_FOUR, STAGE_GRADES

if TYPE_CHECKING:  # the schema is read by every command, also by those that compute nothing
    import numpy as np
    import pandas as pd

#: The last grade of primary school under the five-four system.
LAST_OF_FIVE = 5


def stages_of_grades(grades: pd.Series, systems: pd.Series) -> pd.Series:
    """The stage that each row's grade belongs to.

    Parameters
    ----------
    grades : Series of float
    systems : Series
        A choice of `SYSTEMS`, or blank (six and three), in the same rows.

    Returns
    -------
    Series of str
        ``primary``, ``junior``, ``senior``; missing for a grade that there is not.
    """
    stages = grades.map({g: stage for stage, of in STAGE_GRADES.items() for g in of})
    moved = grades.gt(LAST_OF_FIVE) & stages.eq("primary") & systems.eq(FIVE_FOUR).fillna(False)
    return stages.mask(moved.to_numpy(dtype=bool), "junior")


def grades_of(stage: str, system: str) -> range:
    """The grades of a stage under a choice of `SYSTEMS`."""
    grades = STAGE_GRADES[stage]
    if system != FIVE_FOUR or stage not in ("primary", "junior"):
        return grades
    first, last = LAST_OF_FIVE + 1, grades[-1]
    return range(grades[0], first) if stage == "primary" else range(first, last + 1)


def stages_of_rows(table: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    """The stage of each row of a table of grades.

    Parameters
    ----------
    table : DataFrame
        ``school_id, grade``.
    schools : DataFrame
        The roster: ``school_id, system``.

    Returns
    -------
    Series of str
        As from `stages_of_grades`.
    """
    systems = schools.set_index("school_id")["system"]
    return stages_of_grades(table["grade"], table["school_id"].map(systems))


def in_stage(grades: np.ndarray, stage: str, five_four: np.ndarray) -> np.ndarray:
    """Whether each grade belongs to a stage; `five_four` says where the system is in force."""
    import numpy as np

    primary = np.where(five_four, LAST_OF_FIVE, STAGE_GRADES["primary"][-1])
    if stage == "primary":
        return (grades >= 1) & (grades <= primary)
    first = primary + 1 if stage == "junior" else STAGE_GRADES[stage][0]
    return (grades >= first) & (grades <= STAGE_GRADES[stage][-1])
