"""What the past says about the pupils of the coming years: progression, births, entrants, shares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..base.files import N_
from ..data.load import County
from .cohorts import combine, ratios
from .observed import ENTRANCE, GRADES, SPAN
from .roster import Schools
from .scenario import Scenario


class Rates:
    """Ratios and entrants by which pupils go on.

    Parameters
    ----------
    county : County
    scenario : Scenario
    schools : Schools
    past : ndarray, shape (schools, 9, years)
        Observed pupils.
    years : list of int
        Projected years.
    note : callable
        Takes what had to be assumed.

    Attributes
    ----------
    factor : ndarray, shape (schools, 9)
        Ratio of each grade to the grade below one year earlier.
    into_junior : float
        Ratio of the county's grade 7 to its grade 6.
    shares : dict of str to ndarray, shape (schools,)
        Of the entrants of a stage.
    births : Series
        By calendar year, known (`known_births`) and assumed.
    entrants : dict of int to float
        Of grade 1, by projected year.
    entry_ratio : float or None
        Entrants per child born.
    """

    def __init__(
        self,
        county: County,
        scenario: Scenario,
        schools: Schools,
        past: np.ndarray,
        years: list[int],
        note: Callable,
    ):
        self.county, self.scenario, self.schools = county, scenario, schools
        self.years, self.note = years, note
        ordinary = past.copy()
        ordinary[schools.special] = np.nan
        totals = np.nansum(ordinary, axis=0)
        self._progression(ordinary, totals)
        self._shares(ordinary)
        entrants = totals[ENTRANCE["primary"]]
        self._births()
        self._entrants(entrants)

    def _progression(self, ordinary: np.ndarray, totals: np.ndarray) -> None:
        course, entry = self.scenario.progression, self.scenario.entry
        found = ratios(ordinary, course.method, course.window, course.weights, course.shrinkage)
        self.factor = np.ones((len(ordinary), GRADES))
        self.factor[:, 1:] = np.nan_to_num(found, nan=1.0, posinf=1.0)
        junior = ENTRANCE["junior"]
        for stage, factor in course.factor.items():
            span = SPAN[stage]
            self.factor[:, span.start + 1 : span.stop] *= factor
        with np.errstate(divide="ignore", invalid="ignore"):
            step = totals[junior, 1:] / totals[junior - 1, :-1]
        step = combine(np.where(np.isfinite(step), step, np.nan)[None], "mean", entry.window)[0]
        self.into_junior = float(np.nan_to_num(step)) * course.factor.get("junior", 1.0)

    def _shares(self, ordinary: np.ndarray) -> None:
        last = self.county.years[-1]
        closing, opening = self.schools.closing, self.schools.opening
        open_now = ~(opening > last) & ~(closing <= last) & ~self.schools.special
        self.shares = {}
        for stage, first in ENTRANCE.items():
            recent = ordinary[:, first, -self.scenario.entry.window :]
            whole = np.nansum(recent, axis=0)
            share = np.zeros(len(ordinary))
            if (whole > 0).any():
                with np.errstate(divide="ignore", invalid="ignore"):
                    each = np.where(whole > 0, np.nan_to_num(recent) / whole, np.nan)
                share = np.nan_to_num(np.nanmean(each, axis=1))
            share = np.where(open_now, share, 0.0)
            self.shares[stage] = share / share.sum() if share.sum() else share

    def _births(self) -> None:
        """Births known and assumed."""
        births, table = self.scenario.births, self.county.tables["county_years"]
        rows = table[(table["item"] == "births")].dropna(subset="value")
        known = pd.Series(
            pd.to_numeric(rows["value"]).to_numpy(dtype=float), rows["year"].astype(int)
        ).sort_index()
        series = known.to_dict() | {int(y): float(v) for y, v in births.values.items()}
        self.known_births = set(series)
        if series:
            latest, change = max(series), births.change
            if change == "trend":
                change = _trend(
                    [series[y] for y in range(latest - 4, latest + 1) if series.get(y, 0) > 0]
                )
            yearly = max(1 + change + births.shift, 0.0)
            for year in range(latest + 1, self.years[-1] - 5):
                series[year] = series[year - 1] * yearly if year - 1 in series else np.nan
        self.births = pd.Series(series, dtype=float).sort_index()

    def _entrants(self, entrants: np.ndarray) -> None:
        """Entrants of the projected years, from the births or as the scenario gives them."""
        entry, births = self.scenario.entry, self.births
        ratio = entry.ratio
        if ratio is None and len(births):
            past = np.array([births.get(year - 6, np.nan) for year in self.county.years])
            with np.errstate(divide="ignore", invalid="ignore"):
                each = np.where(past > 0, entrants / past, np.nan)
            ratio = combine(each[None], "mean", entry.window)[0]
        recent = float(np.mean(entrants[-entry.window :]))
        self.entrants, guessed = {}, []
        for year in self.years:
            if year in entry.values:
                self.entrants[year] = entry.values[year] * entry.factor
                continue
            born = births.get(year - 6, np.nan)
            if ratio is None or not np.isfinite(born * ratio):
                guessed.append(year)
                born, rate = recent, 1.0
            else:
                rate = ratio
            self.entrants[year] = born * rate * entry.factor
        self.entry_ratio = ratio
        if guessed:
            self.note(
                "assumed",
                N_(
                    "no births are known for the entrants of {years}: taken as the mean of the last {n} years"
                ),
                years=f"{guessed[0]}–{guessed[-1]}",
                n=entry.window,
            )


def _trend(recent: list[float]) -> float:
    """Mean yearly change of a series."""
    return (recent[-1] / recent[0]) ** (1 / (len(recent) - 1)) - 1 if len(recent) > 1 else 0.0
