"""What one assumes about the coming years, as files.

A scenario is a small YAML file: who is born, who comes and goes, which schools open, close or give
pupils to others, who is recruited, what is built. It rests on a `base` and is put together from named
`parts`; every assumption cites its source and says how sure it is. Built-in scenarios stand in the package, a county's own ones in `scenarios/` of its folder; a file there goes before a built-in one of
the same name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import pydantic
import yaml

from ...base.files import (
    N_,
    Document,
    Finding,
    InputError,
    parse_model,
    parse_yaml,
    read_model,
    read_yaml,
)
from ...base.language import Said
from ...base.refusals import refusal, shorten
from ...base.storage.folders import SCENARIOS, entries, scenario_folder, usable
from ...data.county import County
from ...policy.entries import Text
from .fit import Roster, impossible_moves, unknown_quantities, unknown_schools
from .moves import Move
from .planning import ClassSize, OtherStages, SeatWarning
from .sections import (
    Addition,
    Assumption,
    Attrition,
    Births,
    Break,
    Cap,
    Entry,
    EquipmentCourse,
    Housing,
    Lateness,
    Migration,
    NetMigration,
    Part,
    PlanCourse,
    Progression,
    Purchase,
    Recruitment,
    Rotation,
    StaffTarget,
    Strict,
    Training,
    Year,
    listed,
)
from .staffing import StaffCourse

BASELINE = "baseline"
NOTHING = "none"


class Scenario(Strict):
    """A scenario as written in its file; see `analysis.future.assumptions.sections` for its sections."""

    name: Text
    base: str | None = None
    """Scenario that it rests on; `baseline` if missing, ``none`` for one that says everything itself."""
    parts: Annotated[tuple[str | Part, ...], pydantic.BeforeValidator(listed)] = ()
    """Scenarios whose assumptions are added in this order."""
    until: Year | None = None
    breaks: tuple[Break, ...] = ()
    """Exchanges of pupils in the past, confirmed or denied."""
    births: Births | None = None
    entry: Entry | None = None
    progression: Progression | None = None
    rounding: Literal["none", "yearly"] | None = None
    """`yearly`: pupils are whole numbers, rounded half up every year; else parts are carried on."""
    net_migration: NetMigration | None = None
    """The net migration that the county reports is not used if it is missing."""
    migration: tuple[Migration, ...] = ()
    housing: tuple[Housing, ...] = ()
    moves: tuple[Move, ...] = ()
    caps: tuple[Cap, ...] = ()
    attrition: tuple[Attrition, ...] = ()
    recruitment: tuple[Recruitment, ...] = ()
    staff_targets: tuple[StaffTarget, ...] = ()
    rotation: tuple[Rotation, ...] = ()
    training: tuple[Training, ...] = ()
    staff: StaffCourse | None = None
    """Kept if it is missing."""
    additions: tuple[Addition, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    equipment: EquipmentCourse | None = None
    plan: PlanCourse | None = None
    lateness: Lateness | None = None
    """Nothing is late if it is missing."""
    seat_warning: SeatWarning | None = None
    """Nobody is warned of if it is missing; it changes no projected figure."""
    class_size: ClassSize | None = None
    """What smaller classes would take; it changes no projected figure (`caps` do)."""
    other_stages: OtherStages | None = None
    """Kindergarten and senior school are not reckoned if it is missing."""

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
            elif section == "entry" and mine and theirs and "cutoff" not in mine.model_fields_set:
                # the date is the county's, whatever a scenario assumes about the numbers
                merged[section] = mine.model_copy(update={"cutoff": theirs.cutoff})
            else:
                merged[section] = theirs if mine is None else mine
        return self.model_copy(update=merged)


def _built_in() -> Path:
    return Path(str(resources.files("analysis.future").joinpath(SCENARIOS)))


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
        roster = Roster(county, moves)
        for document, scenario in self.read.values():
            found: list[tuple[tuple, Said]] = []
            data = document.data if document else scenario.model_dump()
            found += unknown_schools(data, roster)
            if scenario is not None:
                found += impossible_moves(scenario.moves, roster, county.last_observed)
                found += unknown_quantities(scenario, county)
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
        if isinstance(value, tuple) and section not in ("parts", "breaks"):
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
