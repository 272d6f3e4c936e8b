"""What a county has decided: its plan as data, and what a careful reader would find in it.

`plan.yaml` stands in the county's folder. Every entry says where in the plan it is written. Dates
are as exact as the text: a year (``2025``) or a month (``2025-03``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from ..base.files import N_, read_model
from ..base.refusals import ENDS_FIRST, refusal, shorten
from .entries import Text


def _period(text: object) -> str:
    if isinstance(text, int):
        text = str(text)
    if isinstance(text, str) and re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", text):
        return text
    raise refusal(
        N_("“{value}” is neither a year (2025) nor a month (2025-03)"),
        value="" if text is None else shorten(str(text)),
    )


Period = Annotated[str, pydantic.BeforeValidator(_period)]


def begins(period: str) -> int:
    """First month of a period, counted from year 0."""
    year, _, month = period.partition("-")
    return int(year) * 12 + (int(month) - 1 if month else 0)


def ends(period: str) -> int:
    """Last month of a period, counted from year 0."""
    year, _, month = period.partition("-")
    return int(year) * 12 + (int(month) - 1 if month else 11)


def _in_order(model):
    """Refuse what ends before it starts."""
    start, end = getattr(model, "start", None), getattr(model, "end", None)
    if isinstance(start, str) and isinstance(end, str) and ends(end) < begins(start):
        raise refusal(ENDS_FIRST, end=end, start=start)
    return model


class Record(pydantic.BaseModel):
    """Something that the plan says, and where."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    where: str
    """Section of the plan."""

    @pydantic.model_validator(mode="after")
    def _in_order(self):
        return _in_order(self)


class Step(Record):
    """A step of a phase or of a project: formalities, tender, delivery."""

    name: Text
    start: Period
    end: Period


class Phase(Record):
    """A phase: name and first and last month, and the steps inside it where the text has them."""

    name: Text
    start: Period
    end: Period
    steps: tuple[Step, ...] = ()


class Milestone(Record):
    """A date by which something is reached or examined."""

    name: Text
    date: Period
    kind: Literal["target", "assessment", "recognition"]
    """`assessment`: somebody from outside comes to look; `recognition`: the last of them."""


class Project(Record):
    """A building project, repair or sports ground.

    `area_m2` is the whole; `teaching_m2` and `sports_m2` are parts that the text names. `schools` are
    names as in the roster or in the plan.
    """

    name: str
    schools: tuple[str, ...]
    kind: Literal[
        "new_school", "extension", "building", "sports_ground", "repair", "acquisition",
        "equipment",
    ]  # fmt: skip
    start: Period | None = None
    end: Period | None = None
    area_m2: float | None = None
    teaching_m2: float | None = None
    sports_m2: float | None = None
    cost_cny: float | None = None
    seats: tuple[int, ...] = ()
    """Capacity: one number, or lowest and highest."""
    funding: str = ""
    steps: tuple[Step, ...] = ()
    note: Text | None = None


class Total(Record):
    """A whole that the plan states, with the parts that it says are in it."""

    name: Text
    unit: Text
    whole: float
    parts: dict[str, float] = {}
    start: Period | None = None
    end: Period | None = None


class Equipment(Record):
    """A year's programme of books, computers and instruments."""

    year: int
    end: int | None = None
    books: int | None = None
    computers: int | None = None
    instruments_cny: float | None = None
    for_what: Text
    for_kind: Literal["new_school", "extension", "existing", "all"] = "existing"
    schools: tuple[str, ...] = ()
    number_of_schools: int | None = None


class Staffing(Record):
    """A target for teachers in a phase.

    `entry` is the id in the county's standard profile; `replaces` names the entry whose measure an
    earlier phase used for the same purpose; `measure` what is to be done for it.
    """

    entry: str
    stage: Literal["primary", "junior", "both"] = "both"
    target: float
    by: Period
    measure: Text | None = None
    replaces: str | None = None


class Move(Record):
    """A change in which school teaches whom."""

    kind: Literal[
        "opening", "merger", "acquisition", "relocation", "diversion", "campus_split", "intake_cut",
        "school_group",
    ]  # fmt: skip
    name: str
    origin: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    stage: Literal["primary", "junior", "senior"] | None = None
    start: Period | None = None
    end: Period | None = None
    gradual: bool = False
    seats: tuple[int, ...] = ()
    note: Text | None = None


class Measure(Record):
    """A measure with the units that answer for it."""

    number: str
    name: str
    responsible: tuple[str, ...] = ()
    start: Period | None = None
    end: Period | None = None


class Duty(Record):
    """Something that is to be done again and again."""

    name: Text
    every: Literal[
        "day", "month", "two_months", "term", "year", "two_years", "three_years", "five_years",
        "continuous",
    ]  # fmt: skip
    """`continuous` also where the text only says “regularly”."""
    responsible: tuple[str, ...] = ()
    entry: str | None = None
    """Id in the standard's profile of the figure that tells whether the duty is kept."""


class Task(Record):
    """A row of the plan's calendar."""

    start: Period
    end: Period
    name: str
    responsible: tuple[str, ...] = ()


class Group(Record):
    """A working group and its units."""

    name: str
    units: tuple[str, ...]
    duty: str = ""


class YearlyGoal(Record):
    """A goal stated as a change per year, with the level it starts from where the text has one."""

    name: Text
    low: float
    high: float | None = None
    """Change per year as a share (0.05 = five points); `high` where the text gives a range."""
    start: int
    end: int
    from_level: float | None = None
    to_level: float | None = None


class Level(Record):
    """A number that the plan sets for a date and that no other record holds.

    `entry` is the id in the county's standard profile where that has one; `high` the upper end where
    the text gives a range; `by` is missing where the text has no date.
    """

    name: Text
    value: float
    high: float | None = None
    rule: Literal["at_least", "at_most", "above", "below", "equals"]
    unit: Text | None = None
    """Missing for a share (0.95)."""
    by: Period | None = None
    entry: str | None = None


class Plan(pydantic.BaseModel):
    """A county's plan."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    title: Text
    document: str
    start: Period
    end: Period
    baseline: dict[str, float] = {}
    phases: tuple[Phase, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    projects: tuple[Project, ...] = ()
    totals: tuple[Total, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    staffing: tuple[Staffing, ...] = ()
    moves: tuple[Move, ...] = ()
    measures: tuple[Measure, ...] = ()
    duties: tuple[Duty, ...] = ()
    calendar: tuple[Task, ...] = ()
    groups: tuple[Group, ...] = ()
    yearly_goals: tuple[YearlyGoal, ...] = ()
    levels: tuple[Level, ...] = ()
    oddities: tuple[Text, ...] = ()
    """What a reader noticed and no rule can find."""

    @pydantic.model_validator(mode="after")
    def _in_order(self):
        return _in_order(self)


def read_plan(path: Path) -> Plan:
    """Read `plan.yaml` strictly.

    Raises
    ------
    InputError
        Every mistake with file and line.
    """
    return read_model(path, Plan)
