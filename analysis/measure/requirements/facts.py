"""A county's tables in numbers, with the rules of each year, as requirements need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...base.schema.terms import SCHOOL_TYPES, STAGES
from ...data.county import County
from ...policy.standards import Rules
from ..apportioning.columns import at_rows, by_year, is_word, numbers, positions, year_positions
from ..apportioning.schools import Schools, find_schools

NAN = float("nan")


@dataclass(frozen=True)
class Facts:
    """A county's tables in numbers, as the measures need them.

    Its rows are the schools that are open, by year and in the order of the roster.

    Attributes
    ----------
    county : County
    years : tuple of int
        Ascending.
    """

    county: County
    years: tuple[int, ...]

    @cached_property
    def schools(self) -> Schools:
        tables = self.county.tables
        return find_schools(tables["schools"], tables["school_years"], self.years)

    @cached_property
    def _rows(self) -> tuple[np.ndarray, np.ndarray]:
        return np.nonzero(self.schools.is_open)

    @property
    def year(self) -> np.ndarray:
        """Position of each row's year."""
        return self._rows[0]

    @property
    def school(self) -> np.ndarray:
        """Position of each row's school in the roster."""
        return self._rows[1]

    @cached_property
    def roster_names(self) -> np.ndarray:
        """Names of the schools of the roster."""
        return self.county.tables["schools"]["name"].to_numpy(dtype=object)

    @cached_property
    def names(self) -> np.ndarray:
        """Name of each row's school."""
        return self.roster_names[self.school]

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        return {}

    def column(self, name: str) -> np.ndarray:
        """A column of `school_years` at the rows; NaN where nothing was reported."""
        if name not in self._columns:
            row = self.schools.row[self._rows]
            self._columns[name] = at_rows(self.schools.figures(name), row)
        return self._columns[name]

    def among(self, column: str, *choices: str) -> np.ndarray:
        """Whether each row's school has one of these words in a column of the roster."""
        return self.schools.among(column, *choices)[self.school]

    def teaches(self, stage: str) -> np.ndarray:
        """Whether each row's type of school may have the stage."""
        return self.among("type", *(n for n, kind in SCHOOL_TYPES.items() if stage in kind.stages))

    def cells(self, ids: pd.Series, years: pd.Series) -> np.ndarray:
        """Row of each school and year of another table; -1 where the school is not open."""
        roster = self.county.tables["schools"]
        row = np.full(self.schools.is_open.shape, -1)
        row[self._rows] = np.arange(len(self.year))
        school, year = positions(ids, roster["school_id"]), year_positions(years, self.years)
        return np.where((school >= 0) & (year >= 0), row[year, school], -1)

    @cached_property
    def grades(self) -> tuple[np.ndarray, pd.DataFrame]:
        """Rows to which the entries of `enrolment` belong, and these entries."""
        table = self.county.tables["enrolment"]
        row = self.cells(table["school_id"], table["year"])
        kept = table[["grade", "students", "largest_class"]].to_numpy(dtype=float, na_value=NAN)
        return row[row >= 0], kept[row >= 0].T

    @cached_property
    def rooms_of(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row, kind and area (NaN where it is blank) of every music and art room."""
        table = self.county.tables["rooms"]
        row = self.cells(table["school_id"], table["year"])
        kind = np.where(is_word(table["kind"], "music"), "music", "")
        kind[is_word(table["kind"], "art")] = "art"
        area = numbers(table, "area_m2")
        return row[row >= 0], kind[row >= 0], area[row >= 0]

    @cached_property
    def _items(self) -> tuple[dict[str, dict[int, str]], dict[str, dict[int, str]]]:
        table = self.county.tables["county_years"]
        year = year_positions(table["year"], self.years)
        kept = (year >= 0) & table["value"].notna().to_numpy()
        columns = (table[name].to_numpy(dtype=object)[kept] for name in ("item", "value"))
        written = table["evidence"].to_numpy(dtype=object)[kept]
        values, evidence = {}, {}
        for position, item, value, text in zip(year[kept].tolist(), *columns, written, strict=True):
            values.setdefault(item, {})[position] = value
            if isinstance(text, str):
                evidence.setdefault(item, {})[position] = text
        return values, evidence

    def texts(self, item: str) -> Mapping[int, str]:
        """What was reported under an item of `county_years`, by position of the year."""
        return self._items[0].get(item, {})

    def evidence_of(self, item: str) -> Mapping[int, str]:
        """What was written beside it."""
        return self._items[1].get(item, {})

    def figures(self, item: str) -> np.ndarray:
        """A reported number in each year; NaN if it was not reported or is not a number."""
        found = np.full(len(self.years), NAN)
        for position, value in self.texts(item).items():
            if value not in ("yes", "no"):
                found[position] = float(value)
        return found

    def total(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Sum over some of the rows in each year; NaN where one of them is missing."""
        return np.bincount(self.year[rows], values[rows], len(self.years))

    def counts(self, rows: np.ndarray) -> np.ndarray:
        """How many of the rows there are in each year."""
        return np.bincount(self.year[rows], minlength=len(self.years))


@dataclass(frozen=True)
class CountyData:
    """A county's facts with the rules by which each year is judged.

    Attributes
    ----------
    facts : Facts
    rules : mapping of int to Rules
        For the years of the facts, ascending.
    concessions : frozenset of str
        Concessions that are switched on.
    """

    facts: Facts
    rules: Mapping[int, Rules]
    concessions: frozenset = frozenset()

    def required(self, entry: str) -> np.ndarray:
        """A number of each year's rules; NaN where nothing is in force."""
        return by_year(self.rules.values(), entry)

    def option(self, name: str, word: str) -> np.ndarray:
        """Whether each year's rules choose this way of calculating."""
        return np.array([rule.get(f"option.{name}") == word for rule in self.rules.values()])

    def conceded(self, concession: str) -> np.ndarray:
        """In which years a concession is switched on and in force."""
        start = f"concession.{concession}."
        return np.array(
            [
                concession in self.concessions
                and any(rule[name] is not None for name in rule if name.startswith(start))
                for rule in self.rules.values()
            ]
        )


def ratio(part, whole) -> np.ndarray:
    """Share of a whole; NaN where the whole is 0 or something is missing."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((whole != 0) & np.isfinite(whole), part / whole, NAN)[()]


@dataclass(frozen=True)
class YearData(CountyData):
    """A single year, with its tables."""

    @cached_property
    def schools(self) -> pd.DataFrame:
        """Schools open in the year with their row of `school_years`, indexed by school_id."""
        schools = self.facts.county.tables["schools"]
        schools = schools.drop(columns="note").iloc[self.facts.school]
        yearly = self._of_year("school_years").drop(columns=["note", "year"])
        return schools.merge(yearly, on="school_id", how="left").set_index("school_id")

    @property
    def enrolment(self) -> pd.DataFrame:
        return self._of_year("enrolment")

    def _of_year(self, name: str) -> pd.DataFrame:
        table = self.facts.county.tables[name]
        return table[table["year"].isin(list(self.rules))]

    def number(self, item: str) -> float:
        """A reported number; NaN if it was not reported or is not a number."""
        return float(self.facts.figures(item)[0])

    def ratio(self, part: float, whole: float) -> float:
        """Share of a whole; NaN where the whole is 0 or something is missing."""
        return float(ratio(part, whole))


def year_data(
    county: County, year: int, rules: Rules, concessions: frozenset = frozenset()
) -> YearData:
    """Select one year of a county."""
    return YearData(Facts(county, (year,)), {year: rules}, concessions)


def known_sum(given: Sequence[np.ndarray]) -> np.ndarray:
    """Sum of what is known; NaN where nothing is."""
    given = np.stack(given)
    return np.where(np.isnan(given).all(axis=0), NAN, np.nansum(given, axis=0))


def students_at(data: CountyData, *stages: str) -> np.ndarray:
    """Students of some stages (primary and junior) at each row; NaN where none is reported."""
    return known_sum([data.facts.column(f"students_{stage}") for stage in stages or STAGES])


def largest_at(row: np.ndarray, value: np.ndarray, rows: int) -> np.ndarray:
    """Largest known value at each row; NaN where there is none."""
    found = np.full(rows, -np.inf)
    known = ~np.isnan(value)
    np.maximum.at(found, row[known], value[known])
    return np.where(np.isfinite(found), found, NAN)
