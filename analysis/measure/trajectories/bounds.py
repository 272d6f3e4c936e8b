"""What a straight line through the past must not run through: ends of a quantity's range, and leaving pupils.

A line knows no end. A share ends at 100 %, an amount at 0, teachers of a kind at all teachers; and a ratio to
pupils rises without anything being built or anybody hired where pupils become fewer. In all these cases no
year may be read off the line (`analysis.measure.trajectories.trajectory.course`).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ..study import Study

#: A slope below this share of the amounts a year is that of amounts that stay.
STILL = 1e-9


def bounds(study: Study, subject: str, stage: str, name: str) -> tuple[float, float]:
    """The least and the most that a quantity can be, in its own unit.

    Parameters
    ----------
    study : Study
    subject, stage, name : str
        As in `analysis.measure.trajectories.trajectory.trajectory_table`.

    Returns
    -------
    tuple of float
        (0, 1) of shares; 0 is the least of everything else. The most teachers of a kind per 100 students
        are the full-time teachers of the judged year: whoever wants more must first recruit.
    """
    if subject == "passing" or (subject == "item" and _is_share(study, name)):
        return 0.0, 1.0
    about = study.rules.indicators.get(name)
    # those of teachers of a kind
    if subject == "mean" and about and not about.shared and about.add != ("teachers",):
        return 0.0, _teachers(study, stage) * about.per
    return 0.0, math.inf


def _is_share(study: Study, item: str) -> bool:
    """Whether the standard gives the item's value no unit: a share of 0 to 1."""
    for rules in (study.plan.get(study.year), study.rules):
        if rules and item in rules.standard.entries:
            return rules.entry(item).unit is None
    return False


def _teachers(study: Study, stage: str) -> float:
    """Full-time teachers per student of the schools judged; infinite where a school did not report them."""
    rows = study.rows[study.rows["in_scope"] & (study.rows["stage"] == stage)]
    teachers, students = rows["teachers"].sum(skipna=False), rows["students"].sum()
    return float(teachers / students) if students > 0 and np.isfinite(teachers) else math.inf


def amounts(study: Study) -> pd.Series:
    """What the schools judged have, by stage, indicator and year: persons, m², yuan, rooms."""
    table = study.all_indicators
    has = table["value"] * table["students"]
    return has.groupby([table["stage"], table["indicator"], table["year"]]).sum(min_count=1)


def only_pupils(years: np.ndarray, amount: np.ndarray) -> bool:
    """Whether a ratio to pupils owes its rise to pupils alone: the amounts themselves did not grow.

    Parameters
    ----------
    years, amount : ndarray, shape (n,)
        At least two years.
    """
    slope = np.polyfit(years - years[0], amount, 1)[0]
    return bool(slope <= STILL * np.abs(amount).max())
