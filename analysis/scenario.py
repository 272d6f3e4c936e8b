"""What one assumes about the coming years, as files.

A scenario is a small YAML file: who is born, who comes and goes, which schools open, close or give
pupils to others, who is recruited, what is built. It rests on a `base` and is put together from named
`parts`; every assumption cites its source and says how sure it is. Built-in scenarios stand beside this
module, a county's own ones in `scenarios/` of its folder; a file there goes before a built-in one of
the same name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import pydantic
import yaml

from .apportion import STAGE_QUANTITIES
from .files import N_, InputError, problem, read_model, shorten
from .load import County
from .schema import SCHOOL_TYPES, Label
from .standards import Text

BASELINE = "baseline"
NOTHING = "none"
FOLDER = "scenarios"

#: What moves are called.
MOVE_LABELS = {
    "diversion": Label("分流", "Diversion"),
    "boundary": Label("学区调整", "Boundary shift"),
    "stage_relocation": Label("学段整体调整", "Relocation of a stage"),
    "opening": Label("新开办", "Opening"),
    "closure": Label("撤并", "Closure"),
    "merger": Label("合并", "Merger"),
    "acquisition": Label("收购转公办", "Acquisition"),
    "premises": Label("校舍划转", "Premises passed on"),
    "cap": Label("超额调剂", "Surplus passed on"),
}

Year = Annotated[int, pydantic.Field(ge=1949, le=2100)]
Share = Annotated[float, pydantic.Field(ge=0, le=1)]
Amount = Annotated[float, pydantic.Field(ge=0)]
Stage = Literal["primary", "junior"]
Allocation = Literal["need", "students"]
_Names = tuple[str, ...]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Assumption(_Strict):
    """Something assumed, and why."""

    source: Text | str
    """Where it comes from: a document, a section of the plan, or who assumed it."""
    confidence: Literal["high", "medium", "low"]
    note: Text | None = None


class _Period(Assumption):
    start: Year
    end: Year | None = None
    """Last year; the start alone if it is missing."""

    @property
    def last(self) -> int:
        return self.start if self.end is None else self.end

    @pydantic.model_validator(mode="after")
    def _in_order(self):
        if self.last < self.start:
            raise ValueError(f"ends ({self.last}) before it starts ({self.start})")
        return self


# --- pupils --------------------------------------------------------------------------------------


class Births(Assumption):
    """Births of the years that are not known yet.

    `values` are given numbers by calendar year; after the last known or given one, births change by
    `change` a year (a share; ``trend``: as in the last five known years), `shift` is added to it.
    """

    values: dict[Year, Amount] = {}
    change: Annotated[float, pydantic.Field(gt=-1, le=1)] | Literal["trend"] = "trend"
    shift: Annotated[float, pydantic.Field(ge=-1, le=1)] = 0.0


class Entry(Assumption):
    """Entrants of grade 1: per child born six years earlier, or given by year.

    `window`: years over which the observed ratio and the schools' shares of the entrants are averaged.
    """

    ratio: Amount | None = None
    """None: as observed."""
    factor: Amount = 1.0
    values: dict[Year, Amount] = {}
    window: Annotated[int, pydantic.Field(ge=1, le=20)] = 3


class Progression(Assumption):
    """How cohorts go on from grade to grade (`analysis.projection.progression_ratios`)."""

    method: Literal["mean", "geometric", "median", "last", "weighted"] = "geometric"
    window: Annotated[int, pydantic.Field(ge=1)] | None = 3
    weights: tuple[Amount, ...] | None = None
    shrinkage: Amount = 50.0
    factor: dict[Stage, Amount] = {}
    """Multiplies the ratios within a stage; that of `junior` also the step from grade 6 to 7."""


class Migration(_Period):
    """Pupils who come to the county every year (negative: who leave it)."""

    students: float
    grades: tuple[Annotated[int, pydantic.Field(ge=1, le=9)], ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9)
    schools: _Names = ()
    """Where they arrive; all schools in proportion to their pupils if empty."""
    area: Literal["urban", "town", "rural"] | None = None


class Housing(_Period):
    """New homes, occupied evenly from `start` to `end`."""

    name: str
    homes: Amount
    students_per_home: Amount
    schools: _Names
    """Schools of the zone; the pupils of each stage go to those that teach it."""


class _Move(_Period):
    kind: str
    name: str = ""
    staff_follow: Share = 1.0
    """Part of the teachers belonging to the pupils who go that goes with them."""


class Diversion(_Move):
    """Part of a stage of some schools goes to others.

    `mode: intake` turns new entrants only, so that the older ones finish where they are; the share
    grows evenly from `start` to `end` and stays. `mode: all` moves all pupils of the stage, in even
    parts from `start` to `end`: so a whole stage changes its school (`share: 1`).
    """

    kind: Literal["diversion", "boundary", "stage_relocation"]
    origin: _Names
    target: _Names
    stage: Stage
    share: Share = 1.0
    mode: Literal["intake", "all"] = "intake"

    @property
    def at_once(self) -> bool:
        """Whether older pupils move too."""
        return self.mode == "all" or self.kind == "stage_relocation"


class NewSchool(_Strict):
    """A school that the roster does not have. What is not given is not reported: never assumed."""

    school_id: str
    name: str
    type: Literal[tuple(SCHOOL_TYPES)]  # type: ignore[valid-type]
    ownership: Literal["public", "private"] = "public"
    sponsor: Annotated[int, pydantic.Field(ge=1, le=10)] | None = None
    area: Literal["urban", "town", "rural"]
    boarding: Literal["yes", "no"] = "no"
    teaching_area_m2: Amount | None = None
    indoor_sports_area_m2: Amount | None = None
    outdoor_sports_area_m2: Amount | None = None
    equipment_value_cny: Amount | None = None
    multimedia_rooms: Amount | None = None
    music_rooms_m2: tuple[Amount, ...] = ()
    art_rooms_m2: tuple[Amount, ...] = ()
    classrooms: Amount | None = None


class Opening(_Move):
    """A new school takes entrants; the intake grows by the steps of `ramp`, the last of which stays.

    The entrants would otherwise go to `origin` (all schools of the stage in proportion if empty).
    """

    kind: Literal["opening"]
    school: NewSchool
    intake: dict[Stage, Amount]
    """Entrants a year when the school is full."""
    ramp: Annotated[tuple[Share, ...], pydantic.Field(min_length=1)] = (1.0,)
    origin: _Names = ()
    cost_cny: Amount | None = None


class Closure(_Move):
    """A school closes before the school year `start`; its pupils, staff and equipment go to `target`."""

    kind: Literal["closure"]
    origin: _Names
    target: _Names
    keep_premises: bool = False
    """Whether its buildings and grounds stay in use by the target (shared equally)."""


class Merger(_Move):
    """Schools become one: their pupils, staff, equipment and, if kept, premises come together.

    Into a school of the roster (`target`), or into a `school` that the merger makes.
    """

    kind: Literal["merger", "acquisition"]
    origin: _Names
    stage: Stage | None = None
    """The stage that goes; all if missing. An acquisition usually buys one department."""
    target: str | None = None
    school: NewSchool | None = None
    keep_premises: bool = True
    cost_cny: Amount | None = None

    @pydantic.model_validator(mode="after")
    def _one_target(self):
        if (self.target is None) == (self.school is None):
            raise ValueError(
                "give either `target` (a school of the roster) or `school` (a new one)"
            )
        return self


class Premises(_Move):
    """Buildings or grounds of one school pass to another: a campus split, or a move of house."""

    kind: Literal["premises"]
    origin: str
    target: str
    teaching_area_m2: Amount = 0.0
    indoor_sports_area_m2: Amount = 0.0
    outdoor_sports_area_m2: Amount = 0.0
    multimedia_rooms: Amount = 0.0
    classrooms: Amount = 0.0


Move = Annotated[
    Diversion | Opening | Closure | Merger | Premises, pydantic.Field(discriminator="kind")
]


class Cap(Assumption):
    """The most that a school takes; what does not fit goes to `surplus_to`, as far as they have room.

    What nobody has room for stays where it is, and is said.
    """

    start: Year
    schools: _Names = ()
    """All schools of the county if empty."""
    students: Amount | None = None
    """Pupils of the compulsory stages."""
    class_size: dict[Stage, Annotated[float, pydantic.Field(ge=1)]] = {}
    """Size above which a class is divided; with `classrooms` it limits the entrants."""
    classrooms: Amount | None = None
    surplus_to: _Names = ()

    @pydantic.model_validator(mode="after")
    def _something(self):
        if self.students is None and self.classrooms is None and not self.class_size:
            raise ValueError("a cap needs students, classrooms or class_size")
        return self


# --- people and things -----------------------------------------------------------------------------


class Attrition(_Period):
    """Part of the full-time teachers who leave every year, whatever they are."""

    share: Share
    stage: Stage | None = None


class Recruitment(_Period):
    """Teachers recruited every year, and what they are (shares of the persons)."""

    stage: Stage
    persons: Amount
    above_qualification: Share = 1.0
    backbone: Share = 0.0
    pe_arts: Share = 0.0
    to: Allocation | _Names = "need"


class StaffTarget(Assumption):
    """A level per 100 students that every school reaches by a year, in even steps; nobody loses."""

    entry: Literal[STAGE_QUANTITIES]  # type: ignore[valid-type]
    stage: Stage
    value: Amount | None = None
    """None: the threshold in force in that year."""
    by: Year


class Rotation(_Period):
    """Teachers who change from some schools to others every year (persons a year)."""

    stage: Stage
    origin: _Names
    target: _Names
    persons: Amount
    above_qualification: Share = 1.0
    backbone: Share = 0.2
    pe_arts: Share = 0.0


class Addition(Assumption):
    """Something built, bought or taken away (negative) at a school, in use from `year` on."""

    schools: Annotated[_Names, pydantic.Field(min_length=1)]
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


class Purchase(_Period):
    """Equipment bought for a sum a year."""

    cny: Amount
    to: Allocation | _Names = "need"


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
        if not math.isclose(sum(self.shares.values()), 1):
            raise ValueError(f"the shares add up to {sum(self.shares.values()):g}; expected 1")
        return self


class Part(_Strict):
    """A part that is taken over later than its file says."""

    part: str
    delay: Annotated[int, pydantic.Field(ge=0, le=20)] = 0


class Scenario(_Strict):
    """A scenario as written in its file; see the classes above for its sections."""

    name: Text
    base: str | None = None
    """Scenario that it rests on; `baseline` if missing, ``none`` for one that says everything itself."""
    parts: tuple[str | Part, ...] = ()
    """Scenarios whose assumptions are added in this order."""
    until: Year | None = None
    births: Births | None = None
    entry: Entry | None = None
    progression: Progression | None = None
    rounding: Literal["none", "yearly"] | None = None
    """`yearly`: pupils are whole numbers, rounded half up every year; else parts are carried on."""
    migration: tuple[Migration, ...] = ()
    housing: tuple[Housing, ...] = ()
    moves: tuple[Move, ...] = ()
    caps: tuple[Cap, ...] = ()
    attrition: tuple[Attrition, ...] = ()
    recruitment: tuple[Recruitment, ...] = ()
    staff_targets: tuple[StaffTarget, ...] = ()
    rotation: tuple[Rotation, ...] = ()
    additions: tuple[Addition, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    equipment: EquipmentCourse | None = None
    plan: PlanCourse | None = None
    lateness: Lateness | None = None
    """Nothing is late if it is missing."""

    @pydantic.model_validator(mode="after")
    def _complete(self):
        missing = [name for name in ("births", "entry", "progression") if not getattr(self, name)]
        if self.base == NOTHING and missing:
            raise ValueError(f"rests on nothing, so it must state {', '.join(missing)}")
        return self

    @property
    def assumptions(self) -> tuple[tuple[str, Assumption], ...]:
        """Every assumption with the section it stands in."""
        found = []
        for section in type(self).model_fields:
            value = getattr(self, section)
            entries = value if isinstance(value, tuple) else (value,)
            found += [(section, entry) for entry in entries if isinstance(entry, Assumption)]
        return tuple(found)

    def over(self, other: Scenario) -> Scenario:
        """This scenario on top of another: lists are added, single sections replaced."""
        merged = {}
        for section in type(self).model_fields:
            mine, theirs = getattr(self, section), getattr(other, section)
            if section in ("name", "base", "parts"):
                merged[section] = mine
            elif isinstance(mine, tuple):
                merged[section] = (*theirs, *mine)
            else:
                merged[section] = theirs if mine is None else mine
        return self.model_copy(update=merged)


def _built_in() -> Path:
    return Path(str(resources.files("analysis").joinpath(FOLDER)))


def scenario_files(county: County | None = None) -> dict[str, Path]:
    """Every scenario that can be named: id -> file, those of the county first."""
    folders = [_built_in()]
    if county is not None:
        root = county.path if county.path.is_dir() else county.path.parent
        folders.append(root / FOLDER)
    found: dict[str, Path] = {}
    for folder in folders:
        if folder.is_dir():
            found |= {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    return found


def load_scenario(name: str | Path | Scenario, county: County | None = None) -> Scenario:
    """Read a scenario and put it together from its base and parts.

    Parameters
    ----------
    name : str, Path or Scenario
        Id of a scenario (file name without ``.yaml``) of the county or built in; several joined by
        ``+`` are taken together; or a path of a file. A `Scenario` is composed as if it were a file.
    county : County, optional

    Returns
    -------
    Scenario
        With everything its base and parts assume, so that it needs neither any more.

    Raises
    ------
    InputError
        No such scenario, mistakes in a file (each with its line), or files that rest on each other.
    """
    files = scenario_files(county)
    if isinstance(name, Scenario):
        return _compose(name, files, ())
    text = str(name)
    if text.endswith((".yaml", ".yml")):
        return _compose(read_model(Path(name), Scenario), files, (text,))
    first, *others = text.split("+")
    whole = _named(first, files, ())
    for other in others:
        # both rest on the baseline: what the first one assumes goes before it
        single = _named(other, files, (), alone=True)
        whole = single.over(whole)
    if others:
        names = [_named(each, files, ()).name for each in (first, *others)]
        joined = Text(zh="＋".join(n.zh for n in names), en=" + ".join(n.en for n in names))
        whole = whole.model_copy(update={"name": joined})
    return whole


def _named(name: str, files: dict[str, Path], above: tuple[str, ...], alone=False) -> Scenario:
    if name not in files:
        raise problem(
            N_("there is no scenario “{name}”; there are {names}"),
            name=shorten(name),
            names=", ".join(files),
        )
    if name in above:
        raise problem(
            N_("scenarios rest on each other: {names}"),
            file=files[name],
            names=" → ".join((*above, name)),
        )
    return _compose(read_model(files[name], Scenario), files, (*above, name), alone)


def _compose(
    scenario: Scenario, files: dict[str, Path], above: tuple[str, ...], alone: bool = False
) -> Scenario:
    """Base, then parts in their order, then the scenario itself (`alone`: without the base)."""
    base = scenario.base or (None if BASELINE in above[-1:] else BASELINE)
    if base == NOTHING or (alone and base == BASELINE):
        base = None
    if base:
        whole = _named(base, files, above)
    elif above[-1:] == (BASELINE,):
        # a county's own baseline rests on the built-in one
        whole = read_model(_built_in() / f"{BASELINE}.yaml", Scenario)
    else:
        whole = Scenario(name=scenario.name)
    for part in scenario.parts:
        name, delay = (part, 0) if isinstance(part, str) else (part.part, part.delay)
        whole = _later(_named(name, files, above, alone=True), delay).over(whole)
    # what has been put together rests on nothing any more
    return scenario.over(whole).model_copy(update={"base": NOTHING, "parts": ()})


def _later(scenario: Scenario, delay: int) -> Scenario:
    """Everything that a scenario dates, moved by whole years."""
    if not delay:
        return scenario
    moved = {}
    for section in type(scenario).model_fields:
        value = getattr(scenario, section)
        if isinstance(value, tuple) and section != "parts":
            moved[section] = tuple(
                entry.model_copy(
                    update={
                        name: getattr(entry, name) + delay
                        for name in ("start", "end", "year", "by")
                        if getattr(entry, name, None) is not None
                    }
                )
                for entry in value
            )
    return scenario.model_copy(update=moved)


def write_scenario(scenario: Scenario) -> str:
    """A scenario as the YAML of its file; one that was put together says everything itself."""
    data = scenario.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)


def read_scenarios(names: Iterable[str], county: County) -> dict[str, Scenario]:
    """Several scenarios by name; all mistakes at once."""
    found, findings = {}, []
    for name in names:
        try:
            found[str(name)] = load_scenario(name, county)
        except InputError as error:
            findings.extend(error.findings)
    if findings:
        raise InputError(findings)
    return found
