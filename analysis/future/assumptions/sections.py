"""What a scenario may assume, section by section: births, entrants, cohorts, caps, staff, buildings.

Moves of pupils between schools are in `analysis.future.assumptions.moves`. Every assumption has a source and a
confidence.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import pydantic

from ...base.files import N_
from ...base.refusals import ENDS_FIRST, refusal
from ...base.schema.tables import TEACHER_KINDS
from ...policy.entries import MonthDay, Text
from ..grades import CUTOFF

Year = Annotated[int, pydantic.Field(ge=1949, le=2100)]
Share = Annotated[float, pydantic.Field(ge=0, le=1)]
Amount = Annotated[float, pydantic.Field(ge=0)]
Stage = Literal["primary", "junior"]
Allocation = Literal["need", "students"]


def listed(value: object) -> object:
    """A single name stands for a list of one."""
    return [value] if isinstance(value, str) else value


def single(value: object) -> object:
    """A list of one stands for the name in it."""
    if isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value):
        if len(value) > 1:
            raise refusal(
                N_(
                    "names {n} schools, expected is one (that several schools take over from one is a closure)"
                ),
                n=len(value),
            )
        return value[0]
    return value


Names = Annotated[tuple[str, ...], pydantic.BeforeValidator(listed)]
Name = Annotated[str, pydantic.BeforeValidator(single)]


class Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Assumption(Strict):
    """Something assumed, and why."""

    source: Text | str
    """Where it comes from: a document, a section of the plan, or who assumed it."""
    confidence: Literal["high", "medium", "low"]
    note: Text | None = None


class Period(Assumption):
    start: Year
    end: Year | None = None
    """Last year; the start alone if it is missing."""

    @property
    def last(self) -> int:
        return self.start if self.end is None else self.end

    @pydantic.model_validator(mode="after")
    def _in_order(self):
        if self.last < self.start:
            raise refusal(ENDS_FIRST, end=self.last, start=self.start)
        return self


# --- pupils --------------------------------------------------------------------------------------


class Births(Assumption):
    """Births of the years that are not known yet.

    `values` are given numbers by calendar year; after the last known or given one, births change by
    `change` a year (a share; ``trend``: as in the last five known years), `shift` is added to it.
    """

    values: dict[Year, Amount] = {}
    monthly: dict[
        Year, Annotated[tuple[Amount, ...], pydantic.Field(min_length=12, max_length=12)]
    ] = {}
    """Births from January to December, where they are known; their sum is the year's, unless given."""
    change: Annotated[float, pydantic.Field(gt=-1, le=1)] | Literal["trend"] = "trend"
    shift: Annotated[float, pydantic.Field(ge=-1, le=1)] = 0.0


class Entry(Assumption):
    """Entrants of grade 1: per child who is six by the cut-off date, or given by year.

    `window`: years over which the observed ratio and the schools' shares of the entrants are averaged.
    """

    cutoff: MonthDay | dict[Year, MonthDay] = CUTOFF
    """Month and day by which a child must be six (``08-31``); or by the school year from which it holds."""

    ratio: Amount | None = None
    """None: as observed."""
    factor: Amount = 1.0
    values: dict[Year, Amount] = {}
    window: Annotated[int, pydantic.Field(ge=1, le=20)] = 3


class Progression(Assumption):
    """How cohorts go on from grade to grade (`analysis.future.past.cohorts.progression_ratios`)."""

    method: Literal["mean", "geometric", "median", "last", "weighted"] = "geometric"
    window: Annotated[int, pydantic.Field(ge=1)] | None = 3
    weights: tuple[Amount, ...] | None = None
    shrinkage: Amount = 50.0
    factor: dict[Stage, Amount] = {}
    """Multiplies the ratios within a stage; that of `junior` also the step from primary school to junior."""


class Break(Assumption):
    """An exchange of pupils between schools in the past, which is confirmed or denied.

    Breaks are recognised from the pupils (`analysis.future.past.breaks`). `happened: true` makes the
    schools named a group in that year even if none was recognised; `happened: false` takes them out
    of every group of that year.
    """

    year: Year
    """School year that began after it."""
    schools: Annotated[Names, pydantic.Field(min_length=1)]
    stage: Stage | None = None
    """Both stages if missing."""
    happened: bool = True


class Migration(Period):
    """Pupils who come to the county every year (negative: who leave it)."""

    students: float
    grades: tuple[Annotated[int, pydantic.Field(ge=1, le=9)], ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9)
    schools: Names = ()
    """Where they arrive; all schools in proportion to their pupils if empty."""
    area: Literal["urban", "town", "rural"] | None = None


class NetMigration(Assumption):
    """What becomes of the net migration of pupils that the county reports (items ``net_migration_...``).

    It is used only where it is reported; then progression and entry are estimated without it.
    """

    level: Literal["mean", "none"] = "mean"
    """`mean`: as on average of the last `years` reported ones; `none`: nobody comes or leaves any more."""
    years: Annotated[int, pydantic.Field(ge=1, le=40)] = 3
    factor: float = 1.0
    """Multiplies the level."""


class Housing(Period):
    """New homes, occupied evenly from `start` to `end`."""

    name: str
    homes: Amount
    students_per_home: Amount
    schools: Names
    """Schools of the zone; the pupils of each stage go to those that teach it."""


class Cap(Assumption):
    """The most that a school takes; what does not fit goes to `surplus_to`, as far as they have room.

    What nobody has room for stays where it is, and is said.
    """

    start: Year
    schools: Names = ()
    """All schools of the county if empty."""
    students: Amount | None = None
    """Pupils of the compulsory stages."""
    class_size: dict[Stage, Annotated[float, pydantic.Field(ge=1)]] = {}
    """Size above which a class is divided; with `classrooms` it limits the entrants."""
    classrooms: Amount | None = None
    surplus_to: Names = ()

    @pydantic.model_validator(mode="after")
    def _something(self):
        if self.students is None and self.classrooms is None and not self.class_size:
            raise refusal(N_("a cap needs students, classrooms or class_size"))
        return self


# --- people and things -----------------------------------------------------------------------------


class Attrition(Period):
    """Part of the full-time teachers who leave every year, whatever they are."""

    share: Share
    stage: Stage | None = None


class Recruitment(Period):
    """Teachers recruited every year, and what they are (shares of the persons)."""

    stage: Stage
    persons: Amount
    above_qualification: Share = 1.0
    backbone: Share = 0.0
    pe_arts: Share = 0.0
    to: Allocation | tuple[str, ...] = "need"


class StaffTarget(Assumption):
    """A level per 100 students that every school reaches by a year, in even steps; nobody loses."""

    entry: Literal[TEACHER_KINDS]  # type: ignore[valid-type]
    stage: Stage
    value: Amount | None = None
    """None: the threshold in force in that year."""
    by: Year


class Rotation(Period):
    """Teachers who change from some schools to others every year (persons a year)."""

    stage: Stage
    origin: Names
    target: Names
    persons: Amount
    above_qualification: Share = 1.0
    backbone: Share = 0.2
    pe_arts: Share = 0.0


class Training(Period):
    """Teachers of some schools who become something that they were not (persons a year)."""

    stage: Stage
    schools: Annotated[Names, pydantic.Field(min_length=1)]
    """Shared in equal parts."""
    above_qualification: Amount = 0.0
    backbone: Amount = 0.0
    pe_arts: Amount = 0.0
    cost_cny: Amount | None = None


class Addition(Assumption):
    """Something built, bought or taken away (negative) at a school, in use from `year` on."""

    schools: Annotated[Names, pydantic.Field(min_length=1)]
    """Shared in equal parts."""
    year: Year
    teaching_area_m2: float = 0.0
    indoor_sports_area_m2: float = 0.0
    outdoor_sports_area_m2: float = 0.0
    equipment_value_cny: float = 0.0
    multimedia_rooms: float = 0.0
    music_rooms_m2: tuple[Amount, ...] = ()
    """Area of each new room, at each school."""
    art_rooms_m2: tuple[Amount, ...] = ()
    classrooms: float = 0.0
    cost_cny: Amount | None = None
    name: str = ""
    more: dict[str, float] = {}
    """What a standard's other indicators count, by column of `school_years`: ``{books: 500}``."""

    def amount(self, column: str) -> float:
        """How much of something recorded once for a school is added."""
        return getattr(self, column, self.more.get(column, 0.0))


class Purchase(Period):
    """Equipment bought for a sum a year."""

    cny: Amount
    to: Allocation | tuple[str, ...] = "need"


class EquipmentCourse(Assumption):
    """Part of the book value that is written off every year (the indicator uses the original value)."""

    write_off: Share = 0.0


class PlanCourse(Assumption):
    """How much of the county's own plan is carried out, and when.

    `delay` moves every date by whole years. `teaching_share` is the part of a new building that counts
    as teaching area where the plan does not divide it; `undated` the year taken for what has no date.
    """

    projects: bool = True
    equipment: bool = True
    staffing: bool = True
    moves: bool = True
    delay: Annotated[int, pydantic.Field(ge=0, le=20)] = 0
    teaching_share: Share = 0.7
    undated: Year | None = None


class Lateness(Assumption):
    """How late what is built is finished: in the draws only, the middle course keeps its dates."""

    shares: dict[Annotated[int, pydantic.Field(ge=0, le=20)], Share]
    """Years late -> part of the courses drawn."""

    @pydantic.model_validator(mode="after")
    def _whole(self):
        total = sum(self.shares.values())
        if not math.isclose(total, 1):
            raise refusal(N_("the shares add up to {total}; expected 1"), total=f"{total:g}")
        return self


class Part(Strict):
    """A part that is taken over later than its file says."""

    part: str
    delay: Annotated[int, pydantic.Field(ge=0, le=20)] = 0
