"""In how many of the draws a level of the seat warnings, or a worse one, is reached."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..planning.seats import LEVELS, levels
from ..project import Outlook
from .draws import Courses

#: Levels of which a chance is worked out; below them it is that of any warning.
WARNINGS = ("yellow", "orange", "red")


def seat_chances(warnings: pd.DataFrame, outlook: Outlook, courses: Courses) -> pd.Series:
    """How likely each row's level, or a worse one, is.

    Pupils vary as in the draws; places are those of the single course.

    Parameters
    ----------
    warnings : DataFrame
        As returned by `analysis.future.planning.seats.seat_warnings` for the outlook.
    outlook : Outlook
    courses : Courses
        Draws of the outlook's scenario.

    Returns
    -------
    Series of float
        By the rows of `warnings`: the share of the draws (0 to 1) in which the stage and area have
        that level or a worse one in that year; where the level is `none`, any warning. NaN where no
        place is known, or the year was not drawn.
    """
    rules = outlook.scenario.seat_warning
    capacity = outlook.capacity[outlook.capacity["seats"] > 0]
    roster = outlook.county.tables["schools"].set_index("school_id")["area"].astype(object)
    area = roster.reindex(capacity["school_id"])
    capacity = capacity.assign(area=area.where(area.notna(), "").to_numpy())
    groups = dict(iter(capacity.groupby(["stage", "area", "year"])))
    place = {school: number for number, school in enumerate(courses.ids)}
    found = np.full(len(warnings), np.nan)
    for number, row in enumerate(warnings.to_dict("records")):
        part = groups.get((row["stage"], row["area"], row["year"]))
        if part is None or row["year"] not in courses.years or row["level"] == "unknown":
            continue
        schools = [place[school] for school in part["school_id"]]
        drawn = courses.pupils[row["stage"]][courses.years.index(row["year"])][:, schools]
        reached = levels(drawn.sum(axis=1, dtype=float) / part["seats"].sum(), rules)
        least = row["level"] if row["level"] in WARNINGS else WARNINGS[0]
        found[number] = np.isin(reached, LEVELS[LEVELS.index(least) :]).mean()
    return pd.Series(found, index=warnings.index)
