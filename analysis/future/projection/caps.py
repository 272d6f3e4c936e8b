"""The most that schools take: entrants above it go where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...base.files import N_
from ...base.schema.terms import STAGES
from ..assumptions.sections import Cap

if TYPE_CHECKING:
    from .model import Model
    from .strands import Pupils


def pass_surplus(model: Model, new: Pupils, cap: Cap, year: int) -> None:
    """Pass entrants above a cap on, in place; what nobody has room for stays and is said.

    Parameters
    ----------
    model : Model
    new : Pupils
    cap : Cap
    year : int
    """
    if cap.students is None and cap.classrooms is None:
        return
    schools = model.schools
    receivers = schools.numbers(cap.surplus_to)
    origins = schools.numbers(cap.schools) or list(np.flatnonzero(~schools.special))
    for origin in origins:
        if origin in receivers:
            continue
        whole = new.at(origin).sum(axis=-1)
        surplus = np.maximum(whole - _seats(model, cap, origin), 0.0)
        if not np.any(surplus > 0):
            continue
        for stage in STAGES:
            first = schools.ladder.first[stage][origin]
            for target in receivers:
                # entrants of the other system's junior schools are a year older or younger
                same = schools.ladder.first[stage][target] == first
                if not schools.teaches[stage][target] or not same:
                    continue
                here = new.at(target).sum(axis=-1)
                room = np.maximum(_room(model, target, year) - here, 0.0)
                entrants = new.at(origin)[..., first]
                amount = np.minimum(np.minimum(surplus, room), entrants)
                part = amount / np.where(entrants > 0, entrants, 1.0)
                grades = slice(first, first + 1)
                amount = new.give(origin, [target], grades, part[..., None])[..., 0]
                surplus = surplus - amount
                if new.middle:
                    model.ledger(year, "cap", "", origin, [target], stage, float(amount))
        if new.middle and surplus > 0.5:
            model.note("not_applied", N_("{year}: {n} pupils above the cap of {name} find no place elsewhere and stay"), year=year, n=round(float(surplus)), name=model.roster["name"].iloc[origin])  # fmt: skip


def _seats(model: Model, cap: Cap, number: int) -> float:
    seats = np.inf if cap.students is None else cap.students
    if cap.classrooms is not None:
        size = max(
            cap.class_size.get(stage, model.division.limit[stage])
            for stage in STAGES
            if model.schools.teaches[stage][number]
        )
        seats = min(seats, cap.classrooms * size)
    return seats


def _room(model: Model, number: int, year: int) -> float:
    caps = [
        _seats(model, cap, number)
        for cap in model.applied.caps
        if cap.start <= year and number in model.schools.numbers(cap.schools)
    ]
    return min(caps, default=np.inf)
