"""How the number of teachers goes on: kept, left to those who leave, or following the quota.

The section `staff` of a scenario. What becomes of single teachers (recruitment, rotation, training,
levels to be reached) stands in sections of its own and comes on top of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
import pydantic

from ...base.files import N_
from ...base.refusals import refusal
from ...measure.indicators import HAIR
from .sections import Amount, Assumption, Share, Stage, Year

#: Lower end of a band of ages, in years.
Age = Annotated[int, pydantic.Field(ge=15, le=80)]
Positive = Annotated[float, pydantic.Field(gt=0)]

#: Retirement age where a scenario gives ages and does not state it.
FORMER_AGE = 60

#: Years of the last band, which has no upper end.
LAST_BAND = 5


class _Staff(Assumption):
    year: Year | None = None
    """Year of the figures that the assumption rests on."""


class Kept(_Staff):
    """Every school keeps its teachers, whatever becomes of its pupils: who leaves is replaced by a like."""

    kind: Literal["keep"]


class Leaving(_Staff):
    """Teachers retire and leave; a part of them is replaced, by such as the school has."""

    kind: Literal["attrition"]
    ages: dict[Stage, dict[Age, Annotated[int, pydantic.Field(ge=0)]]] = pydantic.Field(
        default_factory=dict
    )
    """The county's full-time teachers of the last observed year by band of ages: lower end -> persons.

    A band goes to the year before the next one, the last one five years; within a band ages are even.
    """

    retirement_age: Age | None = None
    """Whoever is as old at the beginning of a school year has left. Not stated: 60 for `ages`, the
    statutory ages of men and women for those of the county's table (`analysis.future.assumptions.ages`)."""

    retire: Share = 0.0
    """Part who retire a year, in stages of which neither `ages` nor the county's table says how old they are."""

    leave: Share = 0.0
    """Part who leave a year for other reasons."""

    replaced: Share = 0.0
    """Part of those leaving who are replaced in the same year at the same school."""

    @pydantic.model_validator(mode="after")
    def _somebody(self):
        empty = [stage for stage, bands in self.ages.items() if not sum(bands.values())]
        if empty:
            raise refusal(N_("ages without a single teacher: {stages}"), stages=", ".join(empty))
        return self

    def leavers(self, stage: str, ahead: int) -> float:
        """Part of a stage's teachers who leave in a projected year.

        Parameters
        ----------
        stage : str
        ahead : int
            Years after the last observed one, from 1 on.

        Returns
        -------
        float
            0 to 1, of the teachers there are before anybody leaves in that year.
        """
        bands = self.ages.get(stage)
        if not bands:
            return min(self.retire + self.leave, 1.0)
        retired = [np.array([self._retired(bands, each)]) for each in range(ahead + 1)]
        return float(self.leaving(retired)[0])

    def leaving(self, retired: Sequence[np.ndarray]) -> np.ndarray:
        """Part of the teachers who leave in the last of some years, of those there are before.

        Parameters
        ----------
        retired : sequence of ndarray, shape (n,)
            Year by year from the last observed one on, the part of its teachers who are too old (0 to 1,
            never falling, 0 at first).

        Returns
        -------
        ndarray, shape (n,)
            Retiring and other leaving (0 to 1). Who came later is young: only the teachers of the last
            observed year grow old.
        """
        teachers, since = np.ones_like(retired[0]), np.ones_like(retired[0])
        part = np.zeros_like(retired[0])
        for before, due in itertools.pairwise(retired):
            left = np.maximum(1.0 - before, HAIR)
            retiring = np.where(before < 1 - HAIR, since * (due - before) / left, 0.0)
            gone = np.minimum(retiring + self.leave * teachers, teachers)
            part = np.where(teachers > HAIR, gone / np.maximum(teachers, HAIR), 0.0)
            since = np.maximum(since - retiring - self.leave * since, 0.0)
            teachers = teachers - gone * (1 - self.replaced)
        return part

    def _retired(self, bands: dict[int, int], years: int) -> float:
        """Part of the teachers of the last observed year who are too old some years later."""
        if years == 0:
            return 0.0
        starts, age = sorted(bands), self.retirement_age or FORMER_AGE
        ends = [*starts[1:], starts[-1] + LAST_BAND]
        # even ages: as many of a band have gone as the part of it that has passed the age
        gone = sum(
            bands[start] * min(max(end + years - age, 0) / (end - start), 1.0)
            for start, end in zip(starts, ends, strict=True)
        )
        return gone / sum(bands.values())


class ByQuota(_Staff):
    """Public schools are staffed by the quota (`analysis.future.assumptions.quota`).

    Where teachers are lacking they come; where there are more than the quota, `surplus` says what
    happens. Schools that are not public, and special-education schools, keep theirs. Fields that are
    given replace the numbers of the quota's file: a province's own.
    """

    kind: Literal["quota"]
    surplus: Literal["leave", "go", "stay"] = "leave"
    """`leave`: shrinks by those who retire and leave; `go`: at once; `stay`: never."""

    retire: Share = 0.0
    leave: Share = 0.0
    """Parts who retire and leave a year, where `surplus` is `leave`."""

    transfer: bool = False
    """Teachers of schools with a surplus fill what others of the stage lack, before anybody is recruited."""

    above_qualification: Share = 1.0
    backbone: Share = 0.0
    pe_arts: Share = 0.0
    """What those who are recruited are."""

    students_per_staff: dict[Stage, Positive] = pydantic.Field(default_factory=dict)
    teachers_share: dict[Stage, Share] = pydantic.Field(default_factory=dict)
    """Full-time teachers among the staff."""

    staff_per_class: Amount | None = None
    """Of small rural schools."""

    small: Amount | None = None
    """Primary pupils below which a rural school is small."""


StaffCourse = Annotated[Kept | Leaving | ByQuota, pydantic.Field(discriminator="kind")]
