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
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import pydantic
import yaml

from .apportioning import STAGE_QUANTITIES
from .files import (
    N_,
    Document,
    Finding,
    InputError,
    parse_model,
    parse_yaml,
    read_model,
    read_yaml,
)
from .fitting import Roster, impossible_moves, unknown_schools
from .folders import SCENARIOS, entries, scenario_folder, usable
from .language import Said
from .load import County
from .refusals import ENDS_FIRST, refusal, shorten
from .schema import SCHOOL_TYPES, Label
from .standards import Text

BASELINE = "baseline"
NOTHING = "none"

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


def _listed(value: object) -> object:
    """A single name stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _single(value: object) -> object:
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


_Names = Annotated[tuple[str, ...], pydantic.BeforeValidator(_listed)]
_Name = Annotated[str, pydantic.BeforeValidator(_single)]


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
            raise refusal(ENDS_FIRST, end=self.last, start=self.start)
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
    target: _Name | None = None
    school: NewSchool | None = None
    keep_premises: bool = True
    cost_cny: Amount | None = None

    @pydantic.model_validator(mode="after")
    def _one_target(self):
        if (self.target is None) == (self.school is None):
            raise refusal(
                N_("give either `target` (a school of the roster) or `school` (a new one)")
            )
        return self


class Premises(_Move):
    """Buildings or grounds of one school pass to another: a campus split, or a move of house."""

    kind: Literal["premises"]
    origin: _Name
    target: _Name
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
            raise refusal(N_("a cap needs students, classrooms or class_size"))
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
    to: Allocation | tuple[str, ...] = "need"


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


class Part(_Strict):
    """A part that is taken over later than its file says."""

    part: str
    delay: Annotated[int, pydantic.Field(ge=0, le=20)] = 0


class Scenario(_Strict):
    """A scenario as written in its file; see the classes above for its sections."""

    name: Text
    base: str | None = None
    """Scenario that it rests on; `baseline` if missing, ``none`` for one that says everything itself."""
    parts: Annotated[tuple[str | Part, ...], pydantic.BeforeValidator(_listed)] = ()
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
            raise refusal(
                N_("rests on nothing (base: none), so it must state {sections}"),
                sections=", ".join(missing),
            )
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
    return Path(str(resources.files("analysis").joinpath(SCENARIOS)))


def scenario_files(
    county: County | None = None, skipped: list[Finding] | None = None
) -> dict[str, Path]:
    """Every scenario that can be named: id -> file, those of the county first.

    Parameters
    ----------
    county : County, optional
    skipped : list of Finding, optional
        Warnings of what is left out because it cannot be read are added to it.
    """
    found = entries(_built_in(), ".yaml")
    if county is not None:
        found += entries(scenario_folder(county.path), ".yaml")
    return {path.stem: path for path in usable(found, skipped)}


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
    return _Composer(county).whole(name)


def parse_scenario(data: bytes, file: str, county: County) -> Scenario:
    """A scenario from the bytes of a file, put together as by `load_scenario`."""
    return _Composer(county).whole(parse_yaml(data, file))


class _Composer:
    """Reads a scenario and the files on which it rests; the mistakes in all of them are kept."""

    def __init__(self, county: County | None):
        self.county = county
        self.files = scenario_files(county)
        self.findings: list[Finding] = []
        self.read: dict[tuple[str, int], tuple[Document | None, Scenario | None]] = {}
        """By file and years of delay."""

    def whole(self, name: str | Path | Scenario | Document) -> Scenario:
        """What a name, a file or a scenario comes to; refused with everything that is wrong."""
        if isinstance(name, Scenario):
            self.read["", 0] = None, name
            found = self._compose(name, ())
        elif isinstance(name, Document):
            found = self._of(name, (), 0, False)
        elif str(name).endswith((".yaml", ".yml")):
            found = self._at(Path(name), (str(name),))
        else:
            found = self._together(str(name).split("+"))
        if self.county is not None:
            self._check(self.county)
        if self.findings:
            raise InputError(self.findings)
        return found

    def _together(self, names: list[str]) -> Scenario | None:
        # all rest on the baseline: what the first one assumes goes before it
        found = [self._named(name, (), alone=number > 0) for number, name in enumerate(names)]
        if None in found:
            return None
        whole, *others = found
        for single in others:
            whole = single.over(whole)
        if others:
            titles = [each.name for each in found]
            zh, en = "＋".join(t.zh for t in titles), " + ".join(t.en for t in titles)
            whole = whole.model_copy(update={"name": Text(zh=zh, en=en)})
        return whole

    def _named(
        self, name: str, above: tuple[str, ...], alone=False, delay=0, asked: Finding | None = None
    ) -> Scenario | None:
        """A scenario by its name; `asked` says where the name stands."""
        reason = None
        if name not in self.files:
            reason = Said(
                N_("there is no scenario “{name}”; there are {names}"),
                {"name": shorten(name), "names": ", ".join(self.files)},
            )
        elif name in above:
            reason = Said(
                N_("scenarios rest on each other: {names}"), {"names": " → ".join((*above, name))}
            )
        if reason is None:
            return self._at(self.files[name], (*above, name), alone, delay)
        if asked is None:
            self.findings.append(Finding("error", reason.message, reason.values))
        else:
            self.findings.append(replace(asked, values=asked.values | {"reason": reason}))
        return None

    def _at(self, path: Path, above: tuple[str, ...], alone=False, delay=0) -> Scenario | None:
        try:
            document = read_yaml(path)
        except InputError as error:
            self.findings += error.findings
            return None
        return self._of(document, above, delay, alone)

    def _of(
        self, document: Document, above: tuple[str, ...], delay: int, alone: bool
    ) -> Scenario | None:
        """A file's scenario, put together; None if something is wrong with it."""
        key = (document.file, delay)
        if key not in self.read:
            try:
                self.read[key] = document, _later(parse_model(document, Scenario), delay)
            except InputError as error:
                self.read[key] = document, None
                self.findings += error.findings
        own = self.read[key][1]
        return own and self._compose(own, above, alone, delay, document)

    def _compose(
        self, own: Scenario, above: tuple[str, ...], alone=False, delay=0, document=None
    ) -> Scenario | None:
        """Base, then parts in their order, then the scenario itself (`alone`: without the base)."""

        def asked(*path) -> Finding | None:
            return document and document.finding(path, Said(""))

        base = own.base or (None if BASELINE in above[-1:] else BASELINE)
        if base == NOTHING or (alone and base == BASELINE):
            base = None
        if base:
            whole = self._named(base, above, delay=delay, asked=asked("base"))
        elif above[-1:] == (BASELINE,):
            # a county's own baseline rests on the built-in one
            whole = read_model(_built_in() / f"{BASELINE}.yaml", Scenario)
        else:
            whole = Scenario(name=own.name)
        for number, part in enumerate(own.parts):
            name, later = (part, 0) if isinstance(part, str) else (part.part, part.delay)
            added = self._named(name, above, True, delay + later, asked("parts", number))
            whole = whole and added and added.over(whole)
        # what has been put together rests on nothing any more
        return whole and own.over(whole).model_copy(update={"base": NOTHING, "parts": ()})

    def _check(self, county: County) -> None:
        """Schools that do not exist or cannot do what they are to do, where they are named."""
        scenarios = [scenario for _, scenario in self.read.values() if scenario is not None]
        moves = [move for scenario in scenarios for move in scenario.moves]
        new = [move.school for move in moves if getattr(move, "school", None) is not None]
        roster = Roster(county, new)
        for document, scenario in self.read.values():
            found: list[tuple[tuple, Said]] = []
            data = document.data if document else scenario.model_dump()
            found += unknown_schools(data, roster)
            if scenario is not None:
                found += impossible_moves(scenario.moves, roster, county.last_observed)
            for path, reason in found:
                self.findings.append(
                    document.finding(path, reason)
                    if document
                    else Finding(
                        "error",
                        N_("scenario “{scenario}”: {key}: {reason}"),
                        {
                            "scenario": scenario.name,
                            "key": ".".join(map(str, path)),
                            "reason": reason,
                        },
                        str(county.path),
                    )
                )


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
