"""What a scenario may assume for planning only: seat warnings, other stages, the cost of small classes.

No projected figure and no verdict depends on these sections.
"""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from ...base.files import N_
from ...base.refusals import refusal
from .sections import Amount, Assumption, Share, Stage, Year


class SeatWarning(Assumption):
    """From which occupancy of its places on an area is warned of, and how long a building takes.

    Occupancy is pupils / places. Yellow and orange begin at their number; red means more pupils than
    `red` times the places.
    """

    yellow: Annotated[float, pydantic.Field(gt=0)] = 0.9
    orange: Annotated[float, pydantic.Field(gt=0)] = 0.95
    red: Annotated[float, pydantic.Field(gt=0)] = 1.0
    lead_years: Annotated[int, pydantic.Field(ge=0, le=20)] = 3
    """Years from the decision to build to the first pupil."""

    @pydantic.model_validator(mode="after")
    def _rising(self):
        if not self.yellow <= self.orange <= self.red:
            raise refusal(
                N_("yellow {yellow}, orange {orange}, red {red}: expected rising numbers"),
                yellow=f"{self.yellow:g}",
                orange=f"{self.orange:g}",
                red=f"{self.red:g}",
            )
        return self


class OtherStages(Assumption):
    """Kindergarten and senior school, where the county has not reported its own ratios."""

    kindergarten: Amount = 0.9
    """Children in kindergarten per child of three to five years."""
    senior: Share = 0.95
    """Entrants of senior school of all kinds per pupil of grade 9 of the year before."""
    general: Share = 0.6
    """Part of these entrants at general senior schools; the rest is vocational."""
    class_size: dict[Literal["kindergarten", "senior"], Annotated[float, pydantic.Field(ge=1)]] = (
        pydantic.Field(default={}, validate_default=True)
    )
    """Children or pupils a class: 30 and 50 if missing."""

    @pydantic.field_validator("class_size")
    @classmethod
    def _both(cls, sizes: dict) -> dict:
        return {"kindergarten": 30.0, "senior": 50.0} | sizes


class ClassSize(Assumption):
    """Smaller classes as a policy, reckoned beside the projection; prices as those of the remedy."""

    target: Annotated[
        dict[Stage, Annotated[float, pydantic.Field(ge=1)]], pydantic.Field(min_length=1)
    ]
    """Pupils a class at most, on average of a grade at a school."""
    start: Year | None = None
    """First school year; the first projected one if missing."""
    entrants_first: bool = False
    """Only cohorts that enter the stage from the start on."""
    teachers_per_class: dict[Stage, Amount] = pydantic.Field(default={}, validate_default=True)
    """Persons for a class more: 2 in primary and 3 in junior school if missing."""
    room_m2: Amount = 120.0
    """Teaching area of a classroom with its part of the corridors."""
    m2_cny: Amount = 3500.0
    teacher_cny: Amount = 110000.0
    """A year of a teacher."""

    @pydantic.field_validator("teachers_per_class")
    @classmethod
    def _every_stage(cls, persons: dict) -> dict:
        return {"primary": 2.0, "junior": 3.0} | persons
