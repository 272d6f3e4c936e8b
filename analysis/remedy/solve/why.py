"""Why there is no plan: the smallest set of means or limits that would have to give way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...base.files import N_
from ...base.language import Said
from ...base.schema.terms import STAGE_LABELS, Label
from ..problem.goal import Goal
from ..problem.instance import Instance
from ..problem.means import (
    ATTRIBUTES,
    PURCHASES,
    Means,
    Purchase,
    built_in_means,
    counted_label,
)
from ..problem.overrides import EVERYWHERE, label_of
from .model import build
from .search import search

State = tuple[Instance, Means, Goal]

#: Seconds for each question whether there is a plan, and sets of this size are all tried.
SECONDS, TRIED = 5.0, 2


@dataclass(frozen=True)
class Way:
    """Something that could be allowed, and the sentence that says so."""

    said: Said
    change: Callable[[State], State]


def ways(state: State) -> list[Way]:
    """Everything that limits the plan, in a fixed order."""
    instance, means, goal = state
    found = []

    def add(change: Callable[[State], State], message: str, **values) -> None:
        found.append(Way(Said(message, values), change))

    def changed(**more) -> Callable[[State], State]:
        return lambda s: (s[0], s[1].model_copy(update=more), s[2])

    if goal.budget is not None:
        add(
            lambda s: (s[0], s[1], replace(s[2], budget=None)),
            N_("more money than {budget} yuan"),
            budget=f"{float(goal.budget):,.0f}",
        )
    names = {school.school_id: school.name for school in instance.schools}
    for number, limit in enumerate(means.limits):
        add(
            lambda s, number=number: _without_limit(s, number),
            N_("no limit at {schools}"),
            schools="; ".join(names.get(code, code) for code in limit.schools),
        )
    offered = built_in_means()
    for name, (purchase, label) in _buyable(instance, offered).items():
        if name not in means.purchase:
            add(
                lambda s, name=name, purchase=purchase: _with_purchase(s, name, purchase),
                N_("buying: {what}"),
                what=label,
            )
    for position, attribute in enumerate(ATTRIBUTES):
        if not any(hire.brings[position] for hire in means.hire):
            add(
                lambda s, position=position: _with_hire(s, position, offered),
                N_("hiring teachers: {what}"),
                what=ATTRIBUTES[attribute],
            )
    for hire in means.hire:
        if hire.most is not None:
            add(
                lambda s, hire=hire: _without_most(s, hire.name),
                N_("more than {n} teachers hired ({kind})"),
                n=hire.most,
                kind=hire.name,
            )
    for number, forbidden in enumerate(means.forbid):
        add(
            lambda s, number=number: _without(s, "forbid", number),
            N_("allowing what was ruled out: {means} ({school})"),
            means=label_of(forbidden.means, means),
            school=names.get(forbidden.school, forbidden.school or EVERYWHERE),
        )
    for number, lock in enumerate(means.lock):
        add(
            lambda s, number=number: _without(s, "lock", number),
            N_("another amount than {amount} of what was fixed: {means} ({school})"),
            amount=f"{lock.amount:g}",
            means=label_of(lock.means, means),
            school=names.get(lock.school, lock.school or EVERYWHERE),
        )
    if means.transfer is not None and means.transfer.share is not None:
        free = means.transfer.model_copy(update={"share": None})
        add(
            changed(transfer=free),
            N_("more than {share} of the teachers transferred"),
            share=f"{means.transfer.share:.0%}",
        )
    for attribute, upgrade in means.upgrade.items():
        if upgrade.share is not None:
            add(
                lambda s, attribute=attribute: _free_upgrade(s, attribute),
                N_("more than {share} of the teachers trained: {what}"),
                share=f"{upgrade.share:.0%}",
                what=ATTRIBUTES[attribute],
            )
    for (stage, k), limit in instance.limit.items():
        if limit is not None and k in goal.variations and len(instance.of_stage(stage)) > 1:
            about = instance.about(k)
            add(
                lambda s, stage=stage, k=k: _without_variation(s, stage, k),
                N_("a coefficient of variation above {limit}: {what} ({stage})"),
                limit=f"{float(limit):g}",
                what=Label(about.short.zh, about.short.en),
                stage=STAGE_LABELS[stage],
            )
    for stage, limit in instance.composite.items() if goal.composite else ():
        add(
            lambda s, stage=stage: _without_composite(s, stage),
            N_("a composite coefficient of variation above {limit} ({stage})"),
            limit=f"{float(limit):g}",
            stage=STAGE_LABELS[stage],
        )
    return found


def smallest(state: State, years: int = 1) -> list[Said]:
    """The smallest set of limits without which there is a plan; empty where none was found.

    Single ones and pairs are all tried; where they do not help, one is taken after the other out of
    those that help together, so that none of the rest can be spared.
    """
    found = ways(state)

    def helps(chosen: tuple[Way, ...]) -> bool:
        changed = state
        for way in chosen:
            changed = way.change(changed)
        instance, means, goal = changed
        program = build(instance, means, goal, years=years)
        return search(instance, program, goal, seconds=SECONDS, gap=1.0).values is not None

    if not helps(tuple(found)):
        return []
    for size in range(1, TRIED + 1):
        for chosen in itertools.combinations(found, size):
            if helps(chosen):
                return [way.said for way in chosen]
    kept = list(found)
    for way in found:
        fewer = [each for each in kept if each is not way]
        if helps(tuple(fewer)):
            kept = fewer
    return [way.said for way in kept]


def _means(state: State, **changes) -> State:
    return state[0], state[1].model_copy(update=changes), state[2]


def _without_limit(state: State, number: int) -> State:
    # positions stay what they were, whatever else is allowed
    limits = list(state[1].limits)
    limits[number] = limits[number].model_copy(update={"schools": ()})
    return _means(state, limits=tuple(limits))


def _without(state: State, section: str, number: int) -> State:
    # None keeps the positions of the others
    kept = [None if n == number else each for n, each in enumerate(getattr(state[1], section))]
    return _means(state, **{section: tuple(kept)})


def _buyable(instance: Instance, offered: Means) -> dict[str, tuple[Purchase, Label]]:
    """What could be bought: at the built-in prices, and what an indicator counts besides for nothing."""
    found = {name: (each, PURCHASES[name]) for name, each in offered.purchase.items()}
    for k in instance.shared:
        about = instance.about(k)
        for column in about.add:
            found.setdefault(column, (Purchase(cny=0), counted_label(about)))
    return found


def _with_purchase(state: State, name: str, purchase: Purchase) -> State:
    return _means(state, purchase={**state[1].purchase, name: purchase})


def _with_hire(state: State, position: int, offered: Means) -> State:
    own = {hire.name for hire in state[1].hire}
    more = [h for h in offered.hire if h.brings[position] and h.name not in own]
    return _means(state, hire=(*state[1].hire, *more[:1]))


def _without_most(state: State, name: str) -> State:
    hires = (h.model_copy(update={"most": None}) if h.name == name else h for h in state[1].hire)
    return _means(state, hire=tuple(hires))


def _free_upgrade(state: State, attribute: str) -> State:
    free = state[1].upgrade[attribute].model_copy(update={"share": None})
    return _means(state, upgrade={**state[1].upgrade, attribute: free})


def _without_variation(state: State, stage: str, k: int) -> State:
    limit = {**state[0].limit, (stage, k): None}
    return replace(state[0], limit=limit), state[1], state[2]


def _without_composite(state: State, stage: str) -> State:
    composite = {key: each for key, each in state[0].composite.items() if key != stage}
    return replace(state[0], composite=composite), state[1], state[2]
