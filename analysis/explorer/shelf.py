"""The counties that one can choose among, and the studies of their years, kept while they are wanted."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

from ..base.files import InputError, read_model
from ..base.language import Language
from ..data.county import County, CountyRecord
from ..data.load import load_county
from ..data.paths import find_county, sample_counties
from ..future.analyze import analyze
from ..measure.study import Study
from .judging import Judged, reported
from .state import State, known

#: Studies that are kept, so that going back is free.
KEPT = 32


class Shelf:
    """Counties by the name that a state calls them.

    Parameters
    ----------
    counties : iterable of County, str or Path
        The first one is what an explorer opens on.
    samples : bool
        Whether the sample counties of a checkout stand behind them.
    """

    def __init__(self, counties: Iterable[County | str | Path], samples: bool = False):
        self._there: dict[str, County | str] = {}
        for each in counties:
            name = str(each.path if isinstance(each, County) else each)
            self._there[name] = each if isinstance(each, County) else name
        if samples:
            taken = {self._place(name) for name in self._there}
            for name, folder in sample_counties().items():
                if folder.resolve() not in taken:
                    self._there[name] = name
        self._titles: dict[tuple[str, str], str] = {}
        self._county = functools.cache(load_county)
        self._study = functools.lru_cache(KEPT)(lambda name, year: analyze(self.county(name), year))
        self._reported = functools.lru_cache(KEPT)(
            lambda name, year: reported(self.study(name, year))
        )

    @staticmethod
    def _place(name: str) -> Path | None:
        try:
            return find_county(name).resolve()
        except InputError:  # said when the county is read
            return None

    @property
    def names(self) -> list[str]:
        return list(self._there)

    def title(self, name: str, say: Language) -> str:
        """What a county is called; the whole county is not read for it."""
        key = name, say.code
        if key not in self._titles:
            self._titles[key] = self._title(name, say)
        return self._titles[key]

    def _title(self, name: str, say: Language) -> str:
        there = self._there[name]
        if isinstance(there, County):
            return say.label(there.record.name)
        folder = self._place(name)
        if folder is None or not (folder / "county.yaml").is_file():
            return Path(name).stem
        try:
            return say.label(read_model(folder / "county.yaml", CountyRecord).name)
        except InputError:  # said when the county is chosen
            return name

    def county(self, name: str) -> County:
        """The county of a name."""
        known("county", name, self._there)
        there = self._there[name]
        return there if isinstance(there, County) else self._county(there)

    def study(self, name: str, year: int) -> Study:
        """A year of a county, judged as it was reported."""
        known("year", year, self.county(name).years)
        return self._study(name, year)

    def reported(self, name: str, year: int) -> Judged:
        """The same in numbers."""
        known("year", year, self.county(name).years)
        return self._reported(name, year)

    def nearest_year(self, name: str, year: int) -> int:
        """The year of a county that is nearest to another one."""
        return min(self.county(name).years, key=lambda each: (abs(each - year), -each))

    def first(self, year: int | None) -> State:
        """What an explorer opens on: the last observed year and the first stage that is taught."""
        name = self.names[0]
        year = self.county(name).last_observed if year is None else year
        stages = self.reported(name, year).found.stage
        junior = len(stages) > 0 and (stages == 1).all()
        return State(name, year, stage="junior" if junior else "primary")
