"""How much the past varied, and the factors of draws that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cohorts import transitions
from .model import Model
from .observed import ENTRANCE

#: Standard deviations (log) where the past is too short to show any.
LEAST_SPREAD = 0.01


@dataclass(frozen=True)
class Spreads:
    """Standard deviations of logarithms, as they were in the observed years.

    `births`: yearly change of births; `entry`: entrants per child born; `junior`: the step from grade 6
    to 7; `progression`: the county's ratio within a stage; `school`: variance of a school's ratio times
    pupils of the cell, so that a cell of n pupils has the standard deviation ``sqrt(school / n)``;
    `share`: likewise of a school's share of the entrants, from year to year; `years`: transitions seen.
    """

    births: float
    entry: float
    junior: float
    progression: float
    school: float
    share: float
    years: int


def spreads(model: Model) -> Spreads:
    """How much the past varied around the means that the projection uses."""
    past = model.past.copy()
    past[model.special] = np.nan
    total = np.nansum(past, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = total[1:, 1:] / total[:-1, :-1]
        within = np.delete(steps, ENTRANCE["junior"] - 1, axis=0)
        own = transitions(past)
        apart = (own - steps) ** 2 * past[:, :-1, :-1]
    junior = steps[ENTRANCE["junior"] - 1]
    apart = np.delete(apart, ENTRANCE["junior"] - 1, axis=1)
    apart = apart[np.isfinite(apart)]
    entrants = past[:, ENTRANCE["primary"]]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = entrants / np.nansum(entrants, axis=0)
        moved = (share[:, 1:] / share[:, :-1] - 1) ** 2 * entrants[:, :-1]
    moved = moved[np.isfinite(moved)]
    births = model.rates.births[model.rates.births.index.isin(model.rates.known_births)]
    changes = np.diff(np.log(births.to_numpy()[-8:])) if (births > 0).all() else np.array([])
    rates = np.array(
        [
            total[0, position] / births[year - 6]
            for position, year in enumerate(model.source.years)
            if births.get(year - 6, 0) > 0
        ]
    )
    return Spreads(
        births=_sd(changes),
        entry=_sd(_logs(rates)),
        junior=_sd(_logs(junior)),
        progression=_sd((_logs(within) - _logs(within).mean(axis=1, keepdims=True)).ravel())
        if np.isfinite(within).all() and (within > 0).all()
        else LEAST_SPREAD,
        # the middle half of the squares: one school that closed a grade must not widen all bands
        school=_robust(apart),
        share=_robust(moved),
        years=max(len(model.source.years) - 1, 1),
    )


def _logs(values: np.ndarray) -> np.ndarray:
    values = np.where(np.isfinite(values) & (values > 0), values, np.nan)
    return np.log(values)


def _sd(values: np.ndarray) -> float:
    values = values[np.isfinite(values)]
    return max(float(np.std(values, ddof=1)), LEAST_SPREAD) if len(values) > 2 else 3 * LEAST_SPREAD


def _robust(squares: np.ndarray) -> float:
    """Variance from squares by their median (that of a squared standard normal is 0.455)."""
    return max(float(np.median(squares)) / 0.455, 1e-4) if len(squares) else 0.05


class Noise:
    """The factors of one chunk of draws, year after year."""

    def __init__(self, rng: np.random.Generator, spread: Spreads, model: Model, size: int):
        self.rng, self.spread, self.model, self.size = rng, spread, model, size
        # the means themselves come from few years: an error that stays over all years of a draw
        lasting = 1 / np.sqrt(spread.years)
        self.entry = rng.normal(0, spread.entry * lasting, size)
        self.junior = rng.normal(0, spread.junior * lasting, size)
        self.progression = rng.normal(0, spread.progression * lasting, size)
        self.births = np.zeros(size)
        self.born: dict[int, np.ndarray] = {}
        self.shares = np.zeros((size, len(model.ids)), dtype=np.float32)
        share = np.maximum(model.rates.shares["primary"], model.rates.shares["junior"])
        entrants = max(float(np.nansum(model.past[:, 0, -1])), 1.0)
        self.share_sd = np.sqrt(spread.share / np.maximum(share * entrants, 5.0)).astype(np.float32)

    def of_year(self, year: int, state: np.ndarray) -> dict:
        rng, spread, model = self.rng, self.spread, self.model
        entry = self.entry + rng.normal(0, spread.entry, self.size)
        born = year - 6
        if born in model.rates.births.index and born not in model.rates.known_births:
            # a random walk from the last known year on
            self.births = self.births + rng.normal(0, spread.births, self.size)
            entry = entry + self.births
        county = self.progression[:, None, None] + rng.normal(
            0, spread.progression, (self.size, 1, state.shape[-1] - 1)
        )
        cells = np.maximum(state.mean(axis=0), 1.0)[:, :-1]
        noise = rng.standard_normal((*state.shape[:-1], state.shape[-1] - 1), dtype=np.float32)
        noise *= np.sqrt(spread.school / cells).astype(np.float32)
        noise += (1 + county).astype(np.float32)
        np.maximum(noise, 0, out=noise)
        self.shares += rng.standard_normal(self.shares.shape, dtype=np.float32) * self.share_sd
        return {
            "entrants": np.exp(entry)[:, None],
            "junior": np.exp(self.junior + rng.normal(0, spread.junior, self.size))[:, None],
            "progression": noise,
            "shares": np.exp(self.shares),
        }
