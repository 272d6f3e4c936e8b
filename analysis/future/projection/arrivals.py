"""People who move into a county, by number or into new homes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...base.schema.terms import STAGES
from ..grades import GRADES

if TYPE_CHECKING:
    from .model import Model


def arrive(model: Model, new: np.ndarray, year: int, noise: dict) -> None:
    """Add the pupils of a year who move into the county, in place; take off those who leave.

    `new` has the strands of `analysis.future.projection.strands` as its rows; who comes begins at home.
    `noise` as for `analysis.future.projection.model.Model.pupils`.
    """
    place = model.strands.place[: new.shape[-2]]
    migrants = model.rates.migrants
    if migrants.goes_on:
        come = migrants.level + noise.get("migration", 0.0) * migrants.weight
        here = np.where(~model.special[place][:, None], new, 0.0)
        whole = here.sum(axis=-2, keepdims=True)
        new += np.maximum(come * here / np.where(whole > 0, whole, 1.0), -new)
    for entry in model.applied.migration:
        if not entry.start <= year <= entry.last:
            continue
        schools = np.zeros((len(model.ids), GRADES), dtype=bool)
        chosen = model.schools.numbers(entry.schools) or np.flatnonzero(~model.special)
        schools[np.ix_(chosen, [grade - 1 for grade in entry.grades])] = True
        if entry.area:
            schools &= (model.roster["area"] == entry.area).to_numpy()[:, None]
        here = np.where(schools[place], new, 0.0)
        whole = here.sum(axis=(-2, -1), keepdims=True)
        change = entry.students * here / np.where(whole > 0, whole, 1.0)
        new += np.maximum(change, -new)
    for entry in model.applied.housing:
        if not entry.start <= year <= entry.last:
            continue
        total = entry.homes * entry.students_per_home / (entry.last - entry.start + 1)
        named = model.schools.numbers(entry.schools)
        within = {stage: model.schools.ladder.within(stage) for stage in STAGES}
        takers = {stage: model.takers(stage) for stage in STAGES}
        zone = {s: [n for n in named if model.schools.teaches[s][n]] or takers[s] for s in STAGES}
        for grade in range(GRADES):
            here, anywhere = (
                [n for stage in STAGES for n in each[stage] if within[stage][n, grade]]
                for each in (zone, takers)
            )
            here = here or anywhere
            if here:
                new[..., here, grade] += total / GRADES / len(here)
