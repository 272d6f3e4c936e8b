"""What smaller classes would take: classes, rooms, teachers and yuan by year, beside the projection.

For planning: the projection itself, and with it every verdict, keeps its classes (a `caps` entry with
`class_size` is what changes them). Sizes, persons a class and prices are an assumption of the scenario
(`analysis.future.assumptions.planning.ClassSize`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...base.schema.systems import grades_of, stages_of_rows
from ...base.schema.terms import FIVE_FOUR, SIX_THREE, STAGES
from ...measure.indicators import whole_up
from ..assumptions.planning import ClassSize
from ..project import Outlook

COLUMNS = [
    *("year", "stage", "target", "students", "classes", "classes_needed", "more_classes"),
    *("more_rooms", "new_rooms", "more_teachers", "building_cny", "teachers_cny", "cost_cny"),
]


def small_classes(outlook: Outlook) -> pd.DataFrame:
    """What a target for the size of classes takes in every year, against the projection without it.

    Parameters
    ----------
    outlook : Outlook
        Without a section `class_size` of its scenario nothing is reckoned.

    Returns
    -------
    DataFrame
        One row per projected year from the start on and stage that has a target: `year, stage,
        target`; `students` and `classes` (of all schools but special-education schools); `classes_needed` (no
        grade of a school has larger classes on average than the target; none is given up where there are
        more) and `more_classes`, their difference; `more_rooms` (classes for which the school has no
        classroom, beyond those that lack one anyway) and `new_rooms` (of them first needed in this
        year); `more_teachers` (persons, unrounded); `building_cny` (of new rooms, once),
        `teachers_cny` (this year) and `cost_cny`, their sum, in yuan of the price's year.
    """
    policy = outlook.scenario.class_size
    if policy is None:
        return pd.DataFrame(columns=COLUMNS)
    grades = _grades(outlook, policy)
    schools = grades.groupby(["school_id", "stage", "year"])[["students", "classes", "needed"]]
    schools = schools.sum().reset_index()
    rooms = outlook.capacity.set_index(["school_id", "stage", "year"])["classrooms"]
    keys = pd.MultiIndex.from_frame(schools[["school_id", "stage", "year"]])
    # a school of which no classroom is known needs one for every class more
    room = np.fmax(rooms.reindex(keys).fillna(0.0).to_numpy(), schools["classes"].to_numpy())
    schools["more_rooms"] = np.maximum(schools["needed"] - room, 0.0)
    # a room stays when it is not needed any more: only what is above all years before is new
    schools = schools.sort_values("year", kind="stable")
    reached = schools.groupby(["school_id", "stage"])["more_rooms"].cummax()
    before = reached.groupby([schools["school_id"], schools["stage"]]).shift(fill_value=0.0)
    schools["new_rooms"] = reached - before
    sums = ["students", "classes", "needed", "more_rooms", "new_rooms"]
    table = schools.groupby(["year", "stage"])[sums].sum().reset_index()
    table["order"] = [STAGES.index(stage) for stage in table["stage"]]
    table = table.sort_values(["year", "order"], ignore_index=True)
    table = table.rename(columns={"needed": "classes_needed"})
    table["target"] = table["stage"].map(policy.target)
    table["more_classes"] = table["classes_needed"] - table["classes"]
    table["more_teachers"] = table["more_classes"] * table["stage"].map(policy.teachers_per_class)
    table["building_cny"] = table["new_rooms"] * policy.room_m2 * policy.m2_cny
    table["teachers_cny"] = table["more_teachers"] * policy.teacher_cny
    table["cost_cny"] = table["building_cny"] + table["teachers_cny"]
    return table[COLUMNS]


def _grades(outlook: Outlook, policy: ClassSize) -> pd.DataFrame:
    """Grades of schools in the years of the policy, with the classes that they need."""
    tables = outlook.county.tables
    roster, table = tables["schools"], tables["enrolment"]
    special = roster.loc[roster["type"] == "special_education", "school_id"]
    start = max(policy.start or outlook.last + 1, outlook.last + 1)
    table = table[(table["year"] >= start) & ~table["school_id"].isin(special)]
    stages = stages_of_rows(table, roster)
    five_four = roster.loc[roster["system"].eq(FIVE_FOUR).fillna(False), "school_id"]
    parts = []
    for stage, target in policy.target.items():
        part = table[stages.eq(stage).fillna(False)].astype({"year": int})
        small = whole_up((part["students"] / target).to_numpy(dtype=float))
        if policy.entrants_first:
            # cohorts that were there before the policy keep their classes
            first = np.where(
                part["school_id"].isin(five_four),
                grades_of(stage, FIVE_FOUR)[0],
                grades_of(stage, SIX_THREE)[0],
            )
            begun = part["grade"].to_numpy() - first <= part["year"].to_numpy() - start
            small = np.where(begun, small, 0.0)
        classes = part["classes"].to_numpy(dtype=float)
        parts.append(part.assign(stage=stage, needed=np.fmax(small, classes)))
    return pd.concat(parts)
