"""The staffing quota 教职工编制: posts and teachers that a school's pupils and classes entitle it to."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import numpy as np
import pydantic

from ...base.files import read_model
from ...base.schema.terms import AREAS
from ...measure.indicators import whole_up
from ...policy.entries import IsoDate, Reference
from .sections import Amount, Strict
from .staffing import ByQuota, Positive

#: The quota in force is that of the day on which the school year begins.
DAY = "09-01"
Stage = Literal["primary", "junior", "senior"]
Ratios = dict[Stage, Positive]
_Dated = TypeVar("_Dated")


class ByArea(Strict):
    """Students per member of staff, by area and stage."""

    urban: Ratios
    town: Ratios
    rural: Ratios
    reference: Reference


class TeachersShare(Strict):
    """Full-time teachers among the staff, by stage (0 to 1)."""

    primary: Annotated[float, pydantic.Field(gt=0, le=1)]
    junior: Annotated[float, pydantic.Field(gt=0, le=1)]
    reference: Reference


class SmallRural(Strict):
    """Rural primary schools of fewer students are staffed by classes where that gives more."""

    students: Amount
    staff_per_class: Amount
    reference: Reference


class StaffQuota(Strict):
    """The quota as its file has it, by the date from which each number holds."""

    students_per_staff: Annotated[dict[IsoDate, ByArea], pydantic.Field(min_length=1)]
    teachers_share: Annotated[dict[IsoDate, TeachersShare], pydantic.Field(min_length=1)]
    small_rural: dict[IsoDate, SmallRural] = pydantic.Field(default_factory=dict)

    def ratios(self, year: int) -> ByArea:
        """Students per member of staff that hold when a school year begins."""
        return _in_force(self.students_per_staff, year)

    def posts(
        self,
        stage: str,
        year: int,
        students: np.ndarray,
        classes: np.ndarray,
        area: np.ndarray,
        own: ByQuota | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Posts of a stage at schools, and the full-time teachers among them.

        Parameters
        ----------
        stage : str
            `primary` or `junior`.
        year : int
            School year.
        students, classes : ndarray
            Of the stage at each school; NaN: not known.
        area : ndarray of str
            `urban`, `town` or `rural`; anything else is taken for a town.
        own : ByQuota, optional
            A province's numbers, which go before those of the file.

        Returns
        -------
        posts, teachers : ndarray
            Whole persons; NaN where the students are not known. Source of the rule: the file.
        """
        rule, share = (_in_force(each, year) for each in (self.students_per_staff, self.teachers_share))  # fmt: skip
        small = _in_force(self.small_rural, year, first=False)
        per = np.array([getattr(rule, each)[stage] for each in AREAS])
        place = np.select([area == each for each in AREAS], range(len(AREAS)), AREAS.index("town"))
        ratio, teachers = per[place], getattr(share, stage)
        by_class, below = (small.staff_per_class, small.students) if small else (0.0, 0.0)
        if own is not None:
            ratio = own.students_per_staff.get(stage, ratio)
            teachers = own.teachers_share.get(stage, teachers)
            by_class = by_class if own.staff_per_class is None else own.staff_per_class
            below = below if own.small is None else own.small
        posts = whole_up(students / ratio)
        if stage == "primary":
            is_small = (area == "rural") & (students > 0) & (students < below)
            more = np.fmax(posts, whole_up(np.nan_to_num(classes) * by_class))
            posts = np.where(is_small, more, posts)
        return posts, whole_up(posts * teachers)


def _in_force(dated: Mapping[str, _Dated], year: int, first: bool = True) -> _Dated | None:
    """What holds when a school year begins; before the first date, that of the first (or nothing)."""
    known = [date for date in sorted(dated) if date <= f"{year}-{DAY}"]
    if known:
        return dated[known[-1]]
    return dated[min(dated)] if first else None


@functools.cache
def staff_quota() -> StaffQuota:
    """The national quota (`quota.yaml`)."""
    return read_model(Path(str(resources.files(__package__).joinpath("quota.yaml"))), StaffQuota)
