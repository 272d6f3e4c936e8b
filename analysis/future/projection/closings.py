"""Schools that the roster itself closes: their pupils go to the others of the stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...base.files import N_
from ...base.schema.terms import STAGES

if TYPE_CHECKING:
    from .model import Model
    from .strands import Pupils


def close(model: Model, new: Pupils, year: int) -> None:
    """Give away the pupils of schools that have closed by a year, in place."""
    closing = model.schools.closing
    for origin in np.flatnonzero((closing < year) & (closing >= model.last)):
        if not new.at(origin).any():
            continue
        for stage in STAGES:
            taken = 0.0
            for grades, others in _others(model, origin, stage, closing < year):
                taken += new.give(origin, others, grades, 1.0).sum()
            if new.middle and taken > 0:
                model.note("assumed", N_("{name} closes by the roster in {year}: its pupils go to the other schools of the stage in equal parts"), name=model.roster["name"].iloc[origin], year=year)  # fmt: skip


def _others(
    model: Model, origin: int, stage: str, shut: np.ndarray
) -> Iterator[tuple[slice, list[int]]]:
    """Where the pupils of a stage can go: grades, and schools for them.

    Schools of the stage and the same system; where there are none, grade by grade those that teach
    the grade.
    """
    ladder = model.schools.ladder
    span, members = ladder.span(origin, stage), ladder.group(origin).members
    others = [n for n in model.takers(stage) if not shut[n] and members[n]]
    if others:
        yield span, others
        return
    for grade in range(span.start, span.stop):
        others = [
            n
            for each in STAGES
            for n in model.takers(each)
            if not shut[n] and ladder.within(each)[n, grade]
        ]
        if others:
            yield slice(grade, grade + 1), others
