"""What if: several scenarios of one county, projected, judged and drawn."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import pandas as pd

from ..base.schema.indicators import Indicators
from ..data.county import County
from ..data.load import load_county
from ..measure.study import Study
from . import comparison
from .analyze import analyze
from .assumptions.scenario import BASELINE, Scenario, read_scenarios
from .emptied import emptied_items, judged_as_full
from .odds.chance import DRAWS, FEW_DRAWS, Chance
from .odds.coverage import coverage
from .odds.draws import Forecast, forecast
from .odds.places import seat_chances
from .planning.seats import seat_warnings


class WhatIf:
    """Scenarios of a county side by side.

    Parameters
    ----------
    county : County, str or Path
        Observed years.
    scenarios : iterable of str
        Scenarios beside the baseline, which always comes first; the first one named is the main one.
    until : int, optional
        Last projected year, the same for all.
    draws : int
        Of the main scenario's bands; the chances of the others are of `FEW_DRAWS` at most. 0: none
        are drawn.
    """

    @property
    def indicators(self) -> Indicators:
        """The resource indicators of the county's standard."""
        return self.county.standard.evaluation.indicators

    def __init__(
        self,
        county: County | str | Path,
        scenarios: Iterable[str | Scenario] = ("plan_full", "plan_late", "plan_none"),
        until: int | None = None,
        draws: int = DRAWS,
    ):
        self.county = county if isinstance(county, County) else load_county(county)
        self.draws = draws
        names = [BASELINE, *(name for name in scenarios if name != BASELINE)]
        self.scenarios = read_scenarios(dict.fromkeys(names), self.county)
        longest = max((s.until or 0 for s in self.scenarios.values()), default=0)
        self.until = until or longest or None
        self.studies: dict[str, Study] = {
            name: analyze(self.county, scenario=scenario, until=self.until)
            for name, scenario in self.scenarios.items()
        }
        self.main = names[min(1, len(names) - 1)]
        self._forecasts: dict[str, Forecast] = {}

    @property
    def study(self) -> Study:
        """The study of the main scenario."""
        return self.studies[self.main]

    @property
    def last(self) -> int:
        return self.county.last_observed

    @property
    def forecast(self) -> Forecast | None:
        """Bands of the main scenario; None where nothing is drawn."""
        return self._drawn(self.main) if self.draws else None

    @property
    def forecasts(self) -> dict[str, Forecast]:
        """Draws of every scenario; empty where none are drawn."""
        return {name: self._drawn(name) for name in self.studies} if self.draws else {}

    def _drawn(self, name: str) -> Forecast:
        """Draws of a scenario, made when somebody asks."""
        if name not in self._forecasts:
            study = self.studies[name]
            self._forecasts[name] = forecast(
                self.county,
                self.scenarios[name],
                until=study.outlook.until,
                draws=self.draws if name == self.main else min(self.draws, FEW_DRAWS),
                study=study,
            )
        return self._forecasts[name]

    def chance(self, scenario: str, year: int) -> Chance | None:
        """How likely the verdict of a scenario's projected year is; None where nothing was drawn."""
        return self._drawn(scenario).chance(year) if self.draws else None

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """How often such bands would have held in the county's past."""
        return coverage(self.county, draws=max(self.draws // 5, 100))

    @cached_property
    def full(self) -> dict[str, Study]:
        """Every scenario with the pupils of the last observed year (`analysis.future.emptied`)."""
        return {name: judged_as_full(study) for name, study in self.studies.items()}

    @cached_property
    def emptied(self) -> dict[str, pd.DataFrame]:
        """What is met only because pupils leave, by scenario (`analysis.future.emptied.emptied_items`)."""
        return {name: emptied_items(study, self.full[name]) for name, study in self.studies.items()}

    @cached_property
    def seats(self) -> pd.DataFrame:
        """Seat warnings of the main scenario (`analysis.future.planning.seats.seat_warnings`)."""
        return seat_warnings(self.study.outlook)

    @cached_property
    def seat_chances(self) -> pd.Series:
        """How likely each row of `seats` is (`analysis.future.odds.places`); NaN where nothing is drawn."""
        if self.forecast is None or self.seats.empty:
            return pd.Series(float("nan"), index=self.seats.index)
        return seat_chances(self.seats, self.study.outlook, self.forecast.courses)

    @cached_property
    def yearly(self) -> dict[str, pd.DataFrame]:
        """What every year comes to, by scenario (`analysis.future.comparison.yearly`)."""
        return {name: comparison.yearly(study) for name, study in self.studies.items()}

    @cached_property
    def verdicts(self) -> dict[str, pd.DataFrame]:
        """The verdict of every year, by scenario (`analysis.future.comparison.verdicts`)."""
        return {name: comparison.verdicts(study) for name, study in self.studies.items()}
