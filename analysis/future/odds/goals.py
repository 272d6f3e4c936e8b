"""When a goal of the county is reached by the projection, and how likely: for the table of paces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...measure.balance import COMPOSITE
from ...measure.verdicts import MET, judge_values
from .chance import EVEN
from .draws import Courses


@dataclass(frozen=True)
class GoalChance:
    """How likely a goal is reached.

    Attributes
    ----------
    year : int
        The first projected year in which at least half of the draws reach it; else the one in which
        most do.
    share : float
        Of the draws that reach it in that year (0 to 1).
    """

    year: int
    share: float

    @property
    def even(self) -> bool:
        """Whether at least half of the draws reach the goal."""
        return self.share >= EVEN


def goal_chance(courses: Courses, subject: str, stage: str, name: str, goal: tuple) -> GoalChance | None:  # fmt: skip
    """How likely a goal is reached in the projected years.

    Parameters
    ----------
    courses : Courses
    subject, stage, name : str
        As in `analysis.measure.trajectories.trajectory.pace_table`.
    goal : tuple of str and float
        Rule word and value.

    Returns
    -------
    GoalChance or None
        None of items that the county reports: they stay as last observed, nothing is drawn; and where
        no draw has a value.
    """
    if subject == "passing":
        met = courses.passing[stage]
    elif subject in ("mean", "cv"):
        value = getattr(courses, subject)[stage][:, [*courses.indicators, COMPOSITE].index(name)]
        if np.isnan(value).all():
            return None
        word, limit = goal
        met = judge_values(value.ravel(), word, np.full(value.size, limit)) == MET
        met = met.reshape(value.shape)
    else:
        return None
    shares = met.mean(axis=1)
    at = int(np.argmax(shares >= EVEN)) if (shares >= EVEN).any() else int(np.argmax(shares))
    return GoalChance(courses.years[at], float(shares[at]))
