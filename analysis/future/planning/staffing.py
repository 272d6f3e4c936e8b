"""Teachers against the staffing quota, year by year: lacking, surplus, and what moving teachers would fill.

Everything is read from a study of a projected (or only observed) county; nothing here decides anything.
The quota counts all staff, the tables of a county only full-time teachers: what is compared is the part
of the posts that are teachers' (`analysis.future.assumptions.quota`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.schema.terms import STAGES
from ...measure.indicators import whole_down, whole_up
from ...measure.study import Study
from ..assumptions.quota import staff_quota
from ..assumptions.staffing import ByQuota

_SUMS = ("posts", "needed", "lacking", "surplus")


@dataclass(frozen=True)
class _Rows:
    """Rows of the register in numbers; positions of year, stage and school, and what they have."""

    year: np.ndarray
    stage: np.ndarray
    school: np.ndarray
    students: np.ndarray
    teachers: np.ndarray
    posts: np.ndarray
    needed: np.ndarray
    counted: np.ndarray
    kept: np.ndarray

    @property
    def lacking(self) -> np.ndarray:
        """Whole persons: part of a person lacking is one."""
        return whole_up(np.maximum(self.needed - self.teachers, 0.0))

    @property
    def surplus(self) -> np.ndarray:
        """Whole persons: part of a person is none."""
        return whole_down(np.maximum(self.teachers - self.needed, 0.0))


def _rows(study: Study) -> _Rows:
    entered, tables = study.entered, study.county.tables
    roster = tables["schools"]
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
    posts, needed = np.full((2, len(row)), np.nan)
    for position, year in enumerate(study.years):
        for number, name in enumerate(STAGES):
            here = (entered.year == position) & (stage == number)
            if here.any():
                posts[here], needed[here] = staff_quota().posts(
                    name, int(year), students[here], classes[here], area[here], own
                )
    counted = public & ~special & np.isfinite(teachers) & np.isfinite(students)
    kept = ~special & ((np.nan_to_num(students) > 0) | (np.nan_to_num(teachers) > 0))
    posts, needed = np.where(counted, posts, np.nan), np.where(counted, needed, np.nan)
    found = (students, teachers, posts, needed, counted, kept)
    return _Rows(entered.year, stage, school, *found)


def by_quota(study: Study) -> dict[str, np.ndarray]:
    """Teachers and the quota by year and stage, summed from the study's arrays.

    Returns
    -------
    dict of str to ndarray, shape (years, stages)
        `students`, `teachers` and `pupils_per_teacher` (schools that report both, private ones too);
        of the schools for which the quota is: `schools`, `posts`, `needed`, `lacking`, `surplus`,
        `filled_in_stage` (lacking posts that teachers of schools of the same stage with a surplus could
        fill), `filled_across` (of the rest, those that the other stage's remaining surplus could), and
        `recruited` (what is still lacking then). Whole persons:
        ``lacking = filled_in_stage + filled_across + recruited``. Whether somebody may teach the
        other stage or live so far away is not asked.
    """
    rows, shape = _rows(study), (len(study.years), len(STAGES))

    def total(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        place = rows.year * len(STAGES) + rows.stage
        values = np.where(chosen, np.nan_to_num(values), 0.0)
        return np.bincount(place, values, shape[0] * shape[1]).reshape(shape)

    both = rows.kept & np.isfinite(rows.students) & np.isfinite(rows.teachers)
    found = {name: total(getattr(rows, name), both) for name in ("students", "teachers")}
    teachers = np.where(found["teachers"] > 0, found["teachers"], np.nan)
    found["pupils_per_teacher"] = found["students"] / teachers
    counted = rows.kept & rows.counted
    found["schools"] = total(counted, counted)
    found |= {name: total(getattr(rows, name), counted) for name in _SUMS}
    found["filled_in_stage"] = np.minimum(found["lacking"], found["surplus"])
    left = found["surplus"] - found["filled_in_stage"]
    open_ = found["lacking"] - found["filled_in_stage"]
    # with two stages, one's rest can only be filled by the other's
    found["filled_across"] = np.minimum(open_, left.sum(axis=1, keepdims=True) - left)
    found["recruited"] = open_ - found["filled_across"]
    return found


def staffing(study: Study) -> pd.DataFrame:
    """Teachers and the quota by year and stage, and what moving teachers would fill, as a table.

    Returns
    -------
    DataFrame
        ``year, basis, stage`` and the columns of `by_quota`; stages without pupils and teachers are
        left out.
    """
    found, years = by_quota(study), list(study.years)
    kept = ((found["students"] > 0) | (found["teachers"] > 0)).ravel()
    table = pd.DataFrame(
        {
            "year": np.repeat(years, len(STAGES)),
            "basis": np.repeat([study.county.basis(year) for year in years], len(STAGES)),
            "stage": np.tile(STAGES, len(years)),
            **{name: values.ravel() for name, values in found.items()},
        }
    )
    return table[kept].reset_index(drop=True)
