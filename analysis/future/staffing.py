"""Teachers against the staffing quota, year by year: lacking, surplus, and what moving teachers would fill.

Everything is read from a study of a projected (or only observed) county; nothing here decides anything.
The quota counts all staff, the tables of a county only full-time teachers: what is compared is the part
of the posts that are teachers' (`analysis.future.assumptions.quota`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..base.schema.terms import STAGES
from ..measure.indicators import whole_down, whole_up
from ..measure.study import Study
from .assumptions.quota import staff_quota
from .assumptions.staffing import ByQuota

_SUMS = ("students", "classes", "teachers", "posts", "needed", "lacking", "surplus")


def posts_by_school(study: Study) -> pd.DataFrame:
    """What the quota gives every school, and what it has.

    Returns
    -------
    DataFrame
        ``year, basis, stage, school_id, school, students, classes, teachers`` (full-time), `posts`
        (all staff by the quota), `needed` (full-time teachers among them), `lacking`, `surplus`
        (whole persons; part of a person lacking is one, part of a surplus none) and `counted`: whether
        the quota is for this school (public, no special-education school) and its teachers are known.
        Stages without pupils and without teachers are left out. Where `counted` is false, `posts` and
        what follows from them are NaN. A scenario that states numbers of a province is judged by them.
    """
    entered, tables = study.entered, study.county.tables
    years, roster = np.array(list(study.years)), tables["schools"]
    own = study.outlook.scenario.staff if study.outlook else None
    own = own if isinstance(own, ByQuota) else None
    row, school, stage = entered.row, entered.school, entered.stage

    def reported(name: str) -> np.ndarray:
        values = np.stack(
            [tables["school_years"][f"{name}_{s}"].to_numpy(dtype=float) for s in STAGES]
        )
        return np.where(row >= 0, values[stage, row], np.nan)

    students, classes, teachers = entered.students, reported("classes"), reported("teachers")
    special = (roster["type"] == "special_education").to_numpy()[school]
    public = (roster["ownership"] == "public").to_numpy(dtype=bool)[school]
    area = roster["area"].to_numpy(dtype=object)[school]
    year = years[entered.year]
    posts, needed = np.full((2, len(row)), np.nan)
    for position, each in enumerate(years):
        for number, name in enumerate(STAGES):
            here = (entered.year == position) & (stage == number)
            if here.any():
                posts[here], needed[here] = staff_quota().posts(
                    name, int(each), students[here], classes[here], area[here], own
                )
    counted = public & ~special & np.isfinite(teachers) & np.isfinite(students)
    posts, needed = np.where(counted, posts, np.nan), np.where(counted, needed, np.nan)
    kept = (np.nan_to_num(students) > 0) | (np.nan_to_num(teachers) > 0)
    table = pd.DataFrame(
        {
            "year": year,
            "basis": [study.county.basis(each) for each in year.tolist()],
            "stage": np.array(STAGES, dtype=object)[stage],
            "school_id": roster["school_id"].to_numpy(dtype=object)[school],
            "school": roster["name"].to_numpy(dtype=object)[school],
            "students": students,
            "classes": classes,
            "teachers": teachers,
            "posts": posts,
            "needed": needed,
            "lacking": whole_up(np.maximum(needed - teachers, 0.0)),
            "surplus": whole_down(np.maximum(teachers - needed, 0.0)),
            "counted": counted,
        }
    )
    return table[kept & ~special].reset_index(drop=True)


def staffing(study: Study) -> pd.DataFrame:
    """Teachers and the quota by year and stage, and what moving teachers would fill.

    Returns
    -------
    DataFrame
        ``year, basis, stage, students, teachers`` and `pupils_per_teacher` (schools that report both,
        private ones too); of the schools for which the quota is: `schools`, `posts`, `needed`,
        `lacking`, `surplus`, `filled_in_stage` (lacking posts that teachers of schools of the same
        stage with a surplus could fill), `filled_across` (of the rest, those that the other stage's
        remaining surplus could), and `recruited` (what is still lacking then). Whole persons:
        ``lacking = filled_in_stage + filled_across + recruited``. Whether somebody may teach the
        other stage or live so far away is not asked.
    """
    table = posts_by_school(study)
    table["both"] = table["students"].notna() & table["teachers"].notna()
    keys = ["year", "basis", "stage"]
    rows = []
    for key, part in table.groupby(keys, sort=False):
        both, counted = part[part["both"]], part[part["counted"]]
        students, teachers = both["students"].sum(), both["teachers"].sum()
        rows.append(
            dict(zip(keys, key, strict=True))
            | {"students": students, "teachers": teachers}
            | {"pupils_per_teacher": students / teachers if teachers else np.nan}
            | {"schools": len(counted)}
            | {name: counted[name].sum() for name in _SUMS[3:]}
        )
    columns = [*keys, "students", "teachers", "pupils_per_teacher", "schools", *_SUMS[3:]]
    found = pd.DataFrame(rows, columns=columns)
    found["filled_in_stage"] = np.minimum(found["lacking"], found["surplus"])
    left = found["surplus"] - found["filled_in_stage"]
    open_ = found["lacking"] - found["filled_in_stage"]
    # with two stages, one's rest can only be filled by the other's
    other = left.groupby(found["year"]).transform("sum") - left
    found["filled_across"] = np.minimum(open_, other)
    found["recruited"] = open_ - found["filled_across"]
    order = {stage: number for number, stage in enumerate(STAGES)}
    return found.sort_values(
        ["year", "stage"],
        key=lambda column: column.map(order) if column.name == "stage" else column,
    ).reset_index(drop=True)
