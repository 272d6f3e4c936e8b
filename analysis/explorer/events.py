"""What a person does on the page -> the next state."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..base.files import N_, problem
from ..base.refusals import shorten
from ..measure.indicators import round_half_up
from .shelf import Shelf
from .state import State, figure

#: Decimals of a figure or a threshold that is dragged: those that are printed.
DECIMALS = 2


def after(state: State, event: Mapping, shelf: Shelf) -> State:
    """The state after something was done.

    Parameters
    ----------
    state : State
    event : mapping
        One of ``{"set": {field: value}}``, ``{"choose": [ids], "how": "only", "add" or "toggle"}``,
        ``{"move": id, "to": figure or None}``, ``{"rule": "threshold" or "limit", "to": number or
        None}``, ``{"restore": "all"}``.
    shelf : Shelf

    Raises
    ------
    InputError
        What was asked for does not exist, or is no event.
    """
    for name, act in _ACTS.items():
        if isinstance(event, Mapping) and name in event:
            return act(state, event, shelf)
    raise problem(N_("“{value}” is nothing that can be done here"), value=shorten(str(event)))


def _set(state: State, event: Mapping, shelf: Shelf) -> State:
    changes = {
        name: event["set"][name]
        for name in ("county", "year", "stage", "indicator", "kind")
        if name in event["set"]
    }
    if changes.get("county", state.county) != state.county:
        changes.setdefault("year", shelf.nearest_year(changes["county"], state.year))
    if "compare" in event["set"]:
        changes["compare"] = _compared(event["set"]["compare"], state, shelf)
    found = state.changed(**changes)
    there = set(shelf.reported(found.county, found.year).ids)
    # a school may have closed between two years
    return found.changed(chosen=[each for each in found.chosen if each in there])


def _compared(asked: Mapping | None, state: State, shelf: Shelf) -> tuple[str, int] | None:
    if not asked or not asked.get("county"):
        return None
    county = asked["county"]
    if asked.get("year") in shelf.county(county).years:
        return county, asked["year"]
    if county != state.county:
        return county, shelf.nearest_year(county, state.year)
    # of the same county the year before says something, the same year nothing
    years = [each for each in shelf.county(county).years if each != state.year]
    return county, max((y for y in years if y < state.year), default=(years or [state.year])[-1])


def _choose(state: State, event: Mapping, _shelf: Shelf) -> State:
    asked, how = [str(each) for each in event["choose"]], event.get("how", "only")
    before = [] if how == "only" else list(state.chosen)
    if how == "toggle":
        kept = [each for each in before if each not in asked]
        return state.changed(chosen=kept + [each for each in asked if each not in before])
    return state.changed(chosen=before + asked)


def _move(state: State, event: Mapping, shelf: Shelf) -> State:
    school, value = str(event["move"]), event.get("to")
    base = shelf.reported(state.county, state.year)
    shared = base.rules.indicators[state.indicator].shared
    if value is None:
        return state.with_figure(school, None, shared)
    here = base.at(state.stage)
    at = here[base.ids[here] == school]
    value = float(round_half_up(figure(value), DECIMALS))
    # dragged back to where it came from, it is what was reported and not what is printed of it
    number = base.found.indicators.names.index(state.indicator)
    reported = round_half_up(base.found.value[number, at], DECIMALS)
    same = len(at) and np.isclose(reported[0], value, atol=1e-9)
    return state.with_figure(school, None if same else value, shared)


def _rule(state: State, event: Mapping, shelf: Shelf) -> State:
    stem = {"threshold": state.indicator, "limit": "cv"}.get(event["rule"])
    if stem is None:
        raise problem(N_("“{value}” is nothing that can be done here"), value=shorten(str(event)))
    name, value = f"{stem}.{state.stage}", event.get("to")
    if value is None:
        return state.with_rule(name, None)
    value = float(round_half_up(figure(value), DECIMALS))
    usual = shelf.reported(state.county, state.year).rules.number(name)
    return state.with_rule(name, None if np.isclose(usual, value, atol=1e-9) else value)


def _restore(state: State, _event: Mapping, _shelf: Shelf) -> State:
    return state.changed(moved={}, rules={})


_ACTS = {"set": _set, "choose": _choose, "move": _move, "rule": _rule, "restore": _restore}
