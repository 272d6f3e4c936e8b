"""What is set on the planner's page, and the scenario that it comes to.

The state is what the page's address carries: a base, and only what was changed on the page. Its rows
are moves and additions as a scenario's file writes them.
"""

from __future__ import annotations

import json
from typing import Annotated

import pydantic

from ..base.files import N_, Finding, InputError, problem
from ..base.language import speak
from ..base.refusals import mistakes
from ..data.county import County
from ..future.assumptions.moves import Move
from ..future.assumptions.scenario import (
    BASELINE,
    NOTHING,
    Scenario,
    load_scenario,
    parse_scenario,
    scenario_files,
)
from ..future.assumptions.sections import (
    Addition,
    Cap,
    Migration,
    PlanCourse,
    Recruitment,
    Stage,
    Year,
)
from ..future.assumptions.staffing import StaffCourse
from ..future.projection.model import SHORTEST
from ..policy.entries import Text

SOURCE = N_("planner's page")
NAME = N_("Scenario of the planner's page")
IMPORTED = "scenario.yaml"
"""What errors call a file that came from the browser."""

#: A state or file above this size (bytes) was not made on the page.
LARGEST = 400_000
ROWS = 300
#: No figure of a county is larger; what is, would only overflow on its way.
GREATEST = 1e13


def _both(message: str) -> Text:
    return Text(zh=speak("zh")(message), en=message)


ASSUMED = {"source": _both(SOURCE), "confidence": "low"}


def _assumed(value):
    """What the page assumes has the page as its source, unless it says something else."""
    return {**ASSUMED, **value} if isinstance(value, dict) else value


def _by_page(kind):
    return Annotated[kind, pydantic.BeforeValidator(_assumed)]


Factor = Annotated[float, pydantic.Field(ge=0.5, le=1.5)]
Size = Annotated[float, pydantic.Field(ge=10, le=100)]
Persons = Annotated[float, pydantic.Field(ge=0, le=10_000)]


class State(pydantic.BaseModel):
    """The settings of the page; None and empty: as in the base."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    county: str
    base: str = BASELINE
    file: Scenario | None = None
    """A scenario read from a file, which then is the base."""
    name: Text | Annotated[str, pydantic.Field(max_length=80)] = ""
    until: Year | None = None
    births_shift: Annotated[float, pydantic.Field(ge=-0.3, le=0.3)] | None = None
    """Added to the yearly change of births after the last known ones."""
    entry_factor: Factor | None = None
    progression: dict[Stage, Factor] = {}
    migration: _by_page(Migration) | None = None
    class_size: dict[Stage, Size] = {}
    plan: _by_page(PlanCourse) | None = None
    recruitment: dict[Stage, Persons] = {}
    """Teachers recruited every year."""
    staff: _by_page(StaffCourse) | None = None
    """How the number of teachers goes on."""
    moves: Annotated[tuple[_by_page(Move), ...], pydantic.Field(max_length=ROWS)] = ()
    additions: Annotated[tuple[_by_page(Addition), ...], pydantic.Field(max_length=ROWS)] = ()


def read_state(data: bytes) -> State:
    """The state that the browser sends as JSON.

    Raises
    ------
    InputError
        Not JSON, or not the settings of the page; one finding per mistake.
    """
    return read_json(data, State)


def read_json(data: bytes, kind: type[pydantic.BaseModel]):
    """What the browser sends as JSON, as a model; refused as `read_state` says."""
    try:
        found = json.loads(data, parse_float=_number, parse_int=_whole, parse_constant=_constant)
        # half a character can be written in JSON but not in a file
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise problem(N_("the settings are not readable; start again from the page")) from None
    try:
        return kind.model_validate(found)
    except pydantic.ValidationError as error:
        raise InputError(
            Finding("error", N_("{key}: {reason}"), {"key": key or "—", "reason": reason})
            for _, key, reason, _ in mistakes(error, found)
        ) from None


def _number(text: str) -> float:
    value = float(text)
    if not abs(value) <= GREATEST:
        raise ValueError(text)
    return value


def _whole(text: str) -> int:
    if len(text) > 15:
        raise ValueError(text)
    return int(_number(text))


def _constant(text: str) -> float:
    raise ValueError(text)  # NaN and Infinity are no JSON


def base_of(state: State, county: County) -> Scenario:
    """The scenario on which the state rests, put together.

    Raises
    ------
    InputError
        There is no such scenario, or it does not say how pupils go on.
    """
    # only names that are listed: a name ending in .yaml would be taken for the path of a file
    if state.file is None and state.base not in (files := scenario_files(county)):
        raise problem(
            N_("there is no scenario “{name}”; there are {names}"),
            name=state.base[:60],
            names=", ".join(files),
        )
    base = load_scenario(state.file or state.base, county)
    missing = [name for name in ("births", "entry", "progression") if getattr(base, name) is None]
    if missing:
        raise problem(
            N_("scenario “{name}” says nothing about {sections}; let it rest on the baseline"),
            name=base.name,
            sections=", ".join(missing),
        )
    return base


def until_of(state: State, base: Scenario, county: County) -> int:
    """Last projected year: of the state, of the base, or as far as a projection goes by itself."""
    longest = max(county.last_observed + SHORTEST, county.record.target_year or 0)
    return state.until or base.until or longest


def scenario_of(state: State, base: Scenario, county: County) -> Scenario:
    """The scenario that the settings of the page come to.

    Parameters
    ----------
    state : State
    base : Scenario
        As from `base_of`.
    county : County
        Observed years only.

    Returns
    -------
    Scenario
        It says everything itself, so that `analysis.future.assumptions.scenario.write_scenario` makes a file of it
        that gives the same numbers.
    """
    first, until = county.last_observed + 1, until_of(state, base, county)
    own: dict = {"until": until}
    if state.births_shift is not None:
        own["births"] = base.births.model_copy(update={"shift": state.births_shift} | ASSUMED)
    if state.entry_factor is not None:
        own["entry"] = base.entry.model_copy(update={"factor": state.entry_factor} | ASSUMED)
    if state.progression:
        factor = base.progression.factor | state.progression
        own["progression"] = base.progression.model_copy(update={"factor": factor} | ASSUMED)
    if state.migration is not None:
        own["migration"] = (state.migration,)
    if state.class_size:
        own["caps"] = (Cap(start=first, class_size=state.class_size, **ASSUMED),)
    if state.plan is not None:
        own["plan"] = state.plan
    if state.staff is not None:
        own["staff"] = state.staff
    own["recruitment"] = tuple(
        Recruitment(start=first, end=max(until, first), stage=stage, persons=persons, **ASSUMED)
        for stage, persons in state.recruitment.items()
        if persons
    )
    name = state.name
    if isinstance(name, str):
        name = Text(zh=name, en=name) if name.strip() else _both(NAME)
    own |= {"moves": state.moves, "additions": state.additions}
    return Scenario(name=name, **own).over(base).model_copy(update={"base": NOTHING})


def state_of(text: bytes, county: County) -> State:
    """A scenario's file as settings of the page: its moves and additions become rows.

    What the page itself has written into a file goes back to its controls.

    Raises
    ------
    InputError
        Every mistake in the file with its line.
    """
    whole = parse_scenario(text, IMPORTED, county)
    controls, left = _controls(whole, county)
    empty = {"base": NOTHING, "parts": (), "moves": (), "additions": ()}
    rest = whole.model_copy(update=empty | left)
    state = {"county": county.slug, "file": rest, "name": whole.name, "until": whole.until}
    state |= controls
    state |= {"moves": whole.moves, "additions": whole.additions}
    try:
        return State.model_validate(state)
    except pydantic.ValidationError as error:
        raise InputError(
            Finding("error", N_("{key}: {reason}"), {"key": key, "reason": reason}, IMPORTED)
            for _, key, reason, _ in mistakes(error, state)
        ) from None


def _controls(whole: Scenario, county: County) -> tuple[dict, dict]:
    """Assumptions in the form that the controls give them, and the lists without these."""
    first = county.last_observed + 1
    source = Cap(start=first, students=1, **ASSUMED).source
    ours = {
        "caps": [c for c in whole.caps if c.source == source and c.class_size and not c.schools],
        "recruitment": [r for r in whole.recruitment if r.source == source and r.start == first],
        "migration": [m for m in whole.migration if m.source == source],
    }
    stages = [entry.stage for entry in ours["recruitment"]]
    if len(ours["caps"]) > 1 or len(ours["migration"]) > 1 or len(set(stages)) < len(stages):
        return {}, {}
    controls: dict = {}
    if ours["caps"]:
        controls["class_size"] = ours["caps"][0].class_size
    if ours["recruitment"]:
        controls["recruitment"] = {r.stage: r.persons for r in ours["recruitment"]}
    if ours["migration"]:
        controls["migration"] = ours["migration"][0]
    left = {
        name: tuple(entry for entry in getattr(whole, name) if entry not in found)
        for name, found in ours.items()
    }
    return controls, left


def state_json(state: State) -> dict:
    """The state as the browser keeps it, without what is as in the base."""
    return state.model_dump(mode="json", exclude_defaults=True)
