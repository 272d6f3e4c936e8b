"""Cohorts go on by a year: from grade to grade, into first grade, and from primary school on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..grades import Group
from ..past.streams import Stream

if TYPE_CHECKING:
    from .model import Model


def go_on(model: Model, state: np.ndarray, year: int, noise: dict) -> np.ndarray:
    """Pupils of the next year before anybody moves.

    Parameters
    ----------
    model : Model
    state : ndarray, shape (..., strands, 9)
    year : int
        The next year.
    noise : dict
        As for `analysis.future.projection.model.Model.pupils`.

    Returns
    -------
    ndarray, shape (..., strands, 9)
    """
    rates = model.rates
    new = np.empty_like(state)
    new[..., 1:] = state[..., :-1] * _factors(model)
    if "progression" in noise:
        new[..., 1:] *= noise["progression"]
    new[..., 0] = 0.0
    entrants = rates.entrants[year] * noise.get("entrants", 1.0)
    _share_out(new, 0, entrants, "primary", rates.shares["primary"], noise)
    for group in model.schools.ladder.groups:
        new[..., _placed(model, group, new), group.span["junior"].start] = 0.0
    for flow in rates.flows:
        come = _leavers(model, state, flow.way) * flow.ratio + flow.entrants
        come = come * noise.get("junior", 1.0)
        _share_out(new, flow.way.first, come, flow.way.stage, flow.share, noise)
    # special-education schools do not follow births: they stay as they are
    special = np.flatnonzero(model.special)
    new[..., special, :] = state[..., special, :]
    return new


def _factors(model: Model) -> np.ndarray:
    """Ratios of the strands, (strands, 8): of the home; of the place, where systems differ."""
    home, place, factor = model.strands.home, model.strands.place, model.rates.factor[:, 1:]
    if not model.schools.ladder.mixed:
        return factor[home]
    # a step that the home does not have within a stage, and one in which others join the place
    inside = model.rates.past.inside
    return np.where(inside[home] & inside[place], factor[home], factor[place])


def _placed(model: Model, group: Group, cells: np.ndarray) -> slice | np.ndarray:
    """Strands in the schools of a system: an index of cells (..., strands, 9)."""
    if not model.schools.ladder.mixed:
        return slice(None)
    return np.flatnonzero(group.members[model.strands.place[: cells.shape[-2]]])


def _leavers(model: Model, state: np.ndarray, way: Stream) -> np.ndarray:
    """Pupils of the last grade of primary school of a system: (..., 1)."""
    leavers = state[..., way.last].copy()
    leavers[..., : len(model.ids)][..., model.special] = 0.0
    return leavers[..., _placed(model, way.origin, state)].sum(axis=-1, keepdims=True)


def _share_out(new: np.ndarray, grade: int, come, stage: str, share, noise: dict) -> None:
    """Add those who come into a grade to the schools, in place."""
    if "shares" in noise:
        share = share * noise["shares"][stage]
        whole = share.sum(axis=-1, keepdims=True)
        share = share / np.where(whole > 0, whole, 1.0)
    new[..., : share.shape[-1], grade] += come * share
