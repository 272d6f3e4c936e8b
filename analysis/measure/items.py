"""What the items of government guarantee, quality and recognition come to, from the tables.

One function per requirement of the standard, named after its entry. Each says what was found in
every year, at which schools, and what was not reported; whether that is enough is decided in
`analysis.measure.evaluate`. Requirements without a function take the value that the county reports under
the entry's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..base.schema import SCHOOL_TYPES, STAGE_GRADES, STAGES, Label
from ..data.load import County
from ..policy.standards import Rules
from .apportioning import (
    Schools,
    at_rows,
    by_year,
    find_schools,
    is_word,
    numbers,
    positions,
    year_positions,
)

NAN = float("nan")


@dataclass(frozen=True)
class Measure:
    """What a requirement comes to in every year.

    Attributes
    ----------
    year : ndarray of int, shape (k,)
        Position of each value's year among those of the data, ascending. A year without a value has
        nothing to judge.
    unit : ndarray of str, shape (k,)
        The school (or subject) whose value it is; empty for the county as a whole.
    value : ndarray of float, shape (k,)
        NaN: not reported.
    limit : ndarray of float, shape (k,), or None
        Limit of each unit where a concession may give it one of its own.
    text : dict of int to str
        What the county reported in a year as text, mostly a finding (yes or no).
    reported : ndarray of bool, shape (years,)
        Whether the value was reported as it is, not computed.
    evidence : dict of int to str
        What the county wrote beside a reported value.
    """

    year: np.ndarray
    unit: np.ndarray
    value: np.ndarray
    limit: np.ndarray | None = None
    text: Mapping[int, str] = field(default_factory=dict)
    reported: np.ndarray | None = None
    evidence: Mapping[int, str] = field(default_factory=dict)

    @property
    def values(self) -> pd.Series:
        """The values by unit."""
        return pd.Series(self.value, index=self.unit)


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
        """Row, kind and area (0 where it is not known) of every music and art room."""
        table = self.county.tables["rooms"]
        row = self.cells(table["school_id"], table["year"])
        kind = np.where(is_word(table["kind"], "music"), "music", "")
        kind[is_word(table["kind"], "art")] = "art"
        area = np.nan_to_num(numbers(table, "area_m2"))
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


def measure(name: str, data: CountyData) -> Measure:
    """What an entry of the standard comes to.

    Parameters
    ----------
    name : str
        Entry id such as ``G5.primary``.
    data : CountyData

    Returns
    -------
    Measure
        Computed in the years where there is a function for the entry and its inputs were reported;
        else the value or finding reported under the entry's id, or its item's id (``G11`` for
        ``G11.backbone``) if that is yes or no.
    """
    found = (
        MEASURES[name](data) if name in MEASURES else _county(data, np.full(len(data.rules), NAN))
    )
    years = len(data.rules)
    units = np.bincount(found.year, minlength=years)
    unknown = np.bincount(found.year[np.isnan(found.value)], minlength=years)
    missing = np.flatnonzero((units > 0) & (unknown == units))
    keys = dict.fromkeys((name, name.split(".")[0]))
    replaced = {}
    for position in missing.tolist():
        if position in found.text:
            continue
        for key in keys:
            value = data.facts.texts(key).get(position)
            if value is not None and (key == name or value in ("yes", "no")):
                replaced[position] = (key, value)
                break
    return _with_reported(found, replaced, name, data) if replaced else found


def _with_reported(
    found: Measure, replaced: Mapping[int, tuple[str, str]], name: str, data: CountyData
) -> Measure:
    """What was reported in place of what could not be computed."""
    kept = ~np.isin(found.year, list(replaced))
    year = np.concatenate([found.year[kept], list(replaced)]).astype(int)
    order = np.argsort(year, kind="stable")
    words = {position: v for position, (_, v) in replaced.items() if v in ("yes", "no")}
    value = [NAN if p in words else float(v) for p, (_, v) in replaced.items()]
    limit = None
    if found.limit is not None:
        limit = np.concatenate([found.limit[kept], data.required(name)[list(replaced)]])[order]
    reported = np.zeros(len(data.rules), bool) if found.reported is None else found.reported.copy()
    reported[list(replaced)] = True
    evidence = {p: data.facts.evidence_of(key).get(p, "") for p, (key, _) in replaced.items()}
    return Measure(
        year[order],
        np.concatenate([found.unit[kept], np.full(len(replaced), "", dtype=object)])[order],
        np.concatenate([found.value[kept], value])[order],
        limit,
        {**found.text, **words},
        reported,
        {**found.evidence, **evidence},
    )


def _county(data: CountyData, value: np.ndarray, where: np.ndarray | None = None) -> Measure:
    """A value of the county as a whole in each year, or only in some."""
    years = np.arange(len(data.rules)) if where is None else np.flatnonzero(where)
    return Measure(years, np.full(len(years), "", dtype=object), value[years])


def _by_school(
    data: CountyData, rows: np.ndarray, value: np.ndarray, limit: np.ndarray | None = None
) -> Measure:
    """Values of some of the rows."""
    return Measure(data.facts.year[rows], data.facts.names[rows], value, limit)


# --- G3: music and art rooms -----------------------------------------------------------------------


def _rooms_needed(data: CountyData) -> tuple[np.ndarray, np.ndarray]:
    """Rooms of each kind that every school needs: one per 12 classes of each stage, rounded up."""
    per = data.required("G3.classes_per_room")[data.facts.year]
    optional = data.facts.among("type", "attached_class")
    needed = np.zeros(len(data.facts.year))
    for stage in STAGES:
        classes = np.where(data.facts.teaches(stage), data.facts.column(f"classes_{stage}"), 0.0)
        needed += np.ceil(np.where(optional, np.nan_to_num(classes), classes) / per)
    # neither special-education schools nor teaching points
    ordinary = ~data.facts.among("type", "special_education", "teaching_point")
    rows = np.flatnonzero(ordinary & (needed != 0))
    return rows, needed[rows]


def _rooms_there(data: CountyData, *kinds: str) -> np.ndarray:
    """Number of rooms of these kinds at each row."""
    row, kind, _ = data.facts.rooms_of
    return np.bincount(row[np.isin(kind, kinds)], minlength=len(data.facts.year))


def _classes_per_room(data: CountyData) -> Measure:
    """Classes for each room of the scarcer kind (`each`), or of both kinds together (`sum`)."""
    rows, need = _rooms_needed(data)
    music, art = (_rooms_there(data, kind)[rows] for kind in ("music", "art"))
    any_room = np.bincount(data.facts.rooms_of[0], minlength=len(data.facts.year))[rows] > 0
    together = data.option("rooms_counting", "sum")[data.facts.year[rows]]
    there = np.where(together, music + art, np.minimum(music, art))
    per = data.required("G3.classes_per_room")[data.facts.year[rows]]
    with np.errstate(divide="ignore", invalid="ignore"):
        # one room per 12 classes of every stage begun: scaled so that "enough" is exactly 12
        value = np.where(there > 0, need / there * per, np.inf)
    return _by_school(data, rows, np.where(any_room & np.isfinite(need), value, NAN))


def _smallest_room(kind: str) -> Callable[[CountyData], Measure]:
    def smallest(data: CountyData) -> Measure:
        """Smallest among the rooms that a school needs (its largest ones)."""
        rows, need = _rooms_needed(data)
        row, kinds, area = data.facts.rooms_of
        any_room = np.bincount(row, minlength=len(data.facts.year))[rows] > 0
        known = any_room & np.isfinite(need)
        row, area = row[kinds == kind], area[kinds == kind]
        area = area[np.lexsort((-area, row))]
        there = np.bincount(row, minlength=len(data.facts.year))
        first = (np.cumsum(there) - there)[rows]
        there = there[rows]
        last = first + np.minimum(np.where(known, need, 1).astype(int), there) - 1
        value = np.where(known, 0.0, NAN)
        value[known & (there > 0)] = area[last[known & (there > 0)]]
        # where both kinds count together, a school may do without one of them
        together = data.option("rooms_counting", "sum")[data.facts.year[rows]]
        judged = ~(known & (there == 0) & together)
        rows = rows[judged]
        return _by_school(data, rows, value[judged], _room_limits(data, kind)[rows])

    return smallest


def _room_limits(data: CountyData, kind: str) -> np.ndarray:
    """Area required of each row's music or art rooms, concessions included."""
    limit = data.required(f"G3.{kind}_area")[data.facts.year]

    def lower(where: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.where(where & (other < limit), other, limit)

    name = "rooms_built_by_2016"
    if (on := data.conceded(name)).any():
        other = data.required(f"concession.{name}.{kind}_area")
        limit = lower(on[data.facts.year] & covered(data, name), other[data.facts.year])
    name = "rooms_small_rural"
    if (on := data.conceded(name)).any():
        junior = data.facts.among("type", "junior", "combined_secondary")
        primary_area, junior_area = (
            data.required(f"concession.{name}.{stage}_area")[data.facts.year] for stage in STAGES
        )
        other = np.where(junior, junior_area, primary_area)
        limit = lower(on[data.facts.year] & covered(data, name), other)
    return limit


# --- G4, G5: sizes ---------------------------------------------------------------------------------

#: Largest number of students of a school: entry, and whether it is for through-schools.
SCHOOL_SIZES = {"G4.school_size": False, "G4.through_school_size": True}
_THROUGH = ("nine_year", "twelve_year")


def _sizes(entry: str) -> Callable[[CountyData], Measure]:
    def sizes(data: CountyData) -> Measure:
        """Students of the compulsory stages of each school."""
        given = [data.facts.column(f"students_{stage}") for stage in STAGES]
        size = compulsory_students(given, data.facts.among)
        rows = np.flatnonzero(has_size_limit(entry, data.facts.among))
        return _by_school(data, rows, size[rows], size_limits(entry, data)[rows])

    return sizes


def compulsory_students(
    students: Sequence[np.ndarray], among: Callable[..., np.ndarray]
) -> np.ndarray:
    """Students of a school's compulsory stages; NaN where those of a stage were not reported.

    `students` by stage, shape (..., n); ``among(column, word, …)`` says which of n schools have a
    word in a column of the roster. A school with attached classes has the stages it reports.
    """
    attached = among("type", "attached_class")
    size = 0.0
    for stage, given in zip(STAGES, students, strict=True):
        taught = among("type", *(n for n, kind in SCHOOL_TYPES.items() if stage in kind.stages))
        size = size + np.where(taught & ~attached, given, 0.0)
    return np.where(attached, _known_sum(students), size)


def _known_sum(given: Sequence[np.ndarray]) -> np.ndarray:
    """Sum of what is known; NaN where nothing is."""
    given = np.stack(given)
    return np.where(np.isnan(given).all(axis=0), NAN, np.nansum(given, axis=0))


def has_size_limit(entry: str, among: Callable[..., np.ndarray]) -> np.ndarray:
    """Which schools a limit of `SCHOOL_SIZES` is for."""
    through = among("type", *_THROUGH) == SCHOOL_SIZES[entry]
    return through & ~among("type", "special_education")


def size_limits(entry: str, data: CountyData) -> np.ndarray:
    """Most students of each row's school by an entry of `SCHOOL_SIZES`, the concession included."""
    limit = data.required(entry)[data.facts.year]
    name = "size_built_by_2010"
    if (on := data.conceded(name)).any():
        other = data.required(f"concession.{name}.{entry.split('.')[1]}")[data.facts.year]
        limit = np.where(on[data.facts.year] & covered(data, name), other, limit)
    return limit


def _students(data: CountyData, *stages: str) -> np.ndarray:
    """Students of some stages (primary and junior) at each row; NaN where none is reported."""
    return _known_sum([data.facts.column(f"students_{stage}") for stage in stages or STAGES])


def _largest_class(stage: str) -> Callable[[CountyData], Measure]:
    def largest(data: CountyData) -> Measure:
        """Largest class of the stage at each school that has students in it."""
        students = data.facts.column(f"students_{stage}")
        attached = data.facts.among("type", "attached_class")
        having = data.facts.teaches(stage) & (students != 0) & ~(attached & np.isnan(students))
        rows = np.flatnonzero(having & ~data.facts.among("type", "special_education"))
        row, (grade, heads, size) = data.facts.grades
        counted = np.isin(grade, STAGE_GRADES[stage]) & (heads != 0)
        row, size = row[counted], size[counted]
        known = _largest(row, size, len(data.facts.year))
        complete = np.bincount(row[np.isnan(size)], minlength=len(data.facts.year)) == 0
        # a grade whose largest class is blank leaves the school open, unless another is too large
        limit = data.required(f"G5.{stage}")[data.facts.year]
        value = np.where(complete | (known > limit), known, NAN)
        return _by_school(data, rows, value[rows])

    return largest


def _largest(row: np.ndarray, value: np.ndarray, rows: int) -> np.ndarray:
    """Largest known value at each row; NaN where there is none."""
    found = np.full(rows, -np.inf)
    known = ~np.isnan(value)
    np.maximum.at(found, row[known], value[known])
    return np.where(np.isfinite(found), found, NAN)


# --- G6, G7, Q4: money -----------------------------------------------------------------------------


def _funded_as(data: CountyData) -> Measure:
    """Students that the public-use funds of each small rural school or point would pay for."""
    students = data.facts.column("students_primary")
    small = data.facts.among("type", "primary", "teaching_point") & ~data.facts.among(
        "area", "urban"
    )
    small &= (students < data.required("G6")[data.facts.year]) & (students > 0)
    rows = np.flatnonzero(small)
    standard = data.facts.figures("operating_standard_primary_cny")[data.facts.year[rows]]
    with np.errstate(divide="ignore", invalid="ignore"):
        return _by_school(data, rows, data.facts.column("operating_funds_cny")[rows] / standard)


def _special_education_funds(data: CountyData) -> Measure:
    """Public-use funds per student of all special-education schools together."""
    rows = np.flatnonzero(data.facts.among("type", "special_education"))
    students = data.facts.total(rows, _students(data, "primary", "junior", "senior"))
    funds = data.facts.total(rows, data.facts.column("operating_funds_cny"))
    return _county(data, ratio(funds, students), data.facts.counts(rows) > 0)


def _training_share(data: CountyData) -> Measure:
    """Teacher-training funds of each school as a share of its public-use funds."""
    rows = np.flatnonzero(~data.facts.among("type", "teaching_point"))
    funds, training = (
        data.facts.column("operating_funds_cny"),
        data.facts.column("training_funds_cny"),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        value = training / np.where(funds > 0, funds, NAN)
    return _by_school(data, rows, value[rows])


# --- county-wide shares ----------------------------------------------------------------------------


def _share(part: str, whole: str) -> Callable[[CountyData], Measure]:
    """A share of two numbers that the county reports."""

    def share(data: CountyData) -> Measure:
        return _county(data, ratio(data.facts.figures(part), data.facts.figures(whole)))

    return share


def _certified(data: CountyData) -> Measure:
    """Certified full-time teachers among those in post."""
    whole = data.facts.figures("teachers_in_post")
    without = data.option("certificate_without_special_post", "yes")
    whole = np.where(without, whole - data.facts.figures("special_post_teachers"), whole)
    return _county(data, ratio(data.facts.figures("teachers_certified"), whole))


def _has_stage(data: CountyData, stage: str) -> np.ndarray:
    """In which years any school but a special-education school may have students of the stage."""
    having = data.facts.teaches(stage) & (data.facts.column(f"students_{stage}") != 0)
    return data.facts.counts(having & ~data.facts.among("type", "special_education")) > 0


def _only_with(
    stage: str, function: Callable[[CountyData], Measure]
) -> Callable[[CountyData], Measure]:
    """Not applicable in the years without a school of the stage."""

    def limited(data: CountyData) -> Measure:
        found, there = function(data), _has_stage(data, stage)
        if there.all():
            return found
        kept = there[found.year]
        text = {position: text for position, text in found.text.items() if there[position]}
        return Measure(
            *(found.year[kept], found.unit[kept], found.value[kept], None, text),
            *(found.reported, {p: e for p, e in found.evidence.items() if there[p]}),
        )

    return limited


def _migrant_children(data: CountyData) -> Measure:
    """Migrant children in public schools or in places purchased at private ones."""
    placed = data.facts.figures("migrant_children_public")
    only_public = data.option("migrant_purchased_places", "no")
    placed = np.where(
        only_public, placed, placed + data.facts.figures("migrant_children_purchased")
    )
    eligible = data.facts.figures("migrant_children_eligible")
    return _county(data, ratio(placed, eligible), eligible != 0)


def _finding(item: str) -> Callable[[CountyData], Measure]:
    """A yes/no that the county reports under another name than the entry's."""

    def finding(data: CountyData) -> Measure:
        found = _county(data, data.facts.figures(item))
        reported = np.ones(len(data.rules), dtype=bool)
        return Measure(
            *(found.year, found.unit, found.value, None, data.facts.texts(item)),
            *(reported, data.facts.evidence_of(item)),
        )

    return finding


def _retention(data: CountyData) -> Measure:
    """Three-year junior retention by one of the two formulas in circulation (an option)."""
    graduates, entrants, arrived, left, deaths = (
        data.facts.figures(f"junior_{item}")
        for item in (
            *("graduates", "entrants_three_years_ago"),
            *("transfers_in", "transfers_out", "deaths"),
        )
    )
    by_entrants = ratio(graduates, entrants + arrived - deaths - left)
    by_graduates = ratio(graduates - arrived + left, entrants - deaths)
    chosen = data.option("retention_formula", "entrants")
    return _county(data, np.where(chosen, by_entrants, by_graduates))


#: Subjects of the national monitoring of quality (application form, table V).
SUBJECTS = {
    "chinese": Label("语文", "Chinese"),
    "mathematics": Label("数学", "mathematics"),
    "science": Label("科学", "science"),
    "pe": Label("体育", "physical education"),
    "arts": Label("艺术", "arts"),
    "moral_education": Label("德育", "moral education"),
}


def _of_units(units: Mapping[str, np.ndarray]) -> Measure:
    """Values of units that are known, by year; one that is not known where none is."""
    names = np.array([*units, ""], dtype=object)
    table = np.stack([*units.values(), np.full(len(next(iter(units.values()))), NAN)], axis=1)
    known = ~np.isnan(table)
    known[:, -1] = ~known.any(axis=1)
    year, unit = np.nonzero(known)
    return Measure(year, names[unit], table[year, unit])


def _monitoring(kind: str) -> Callable[[CountyData], Measure]:
    def monitoring(data: CountyData) -> Measure:
        """Each subject that the state has monitored (they rotate; at least one is needed)."""
        return _of_units({s: data.facts.figures(f"monitoring_{kind}_{s}") for s in SUBJECTS})

    return monitoring


def _satisfaction(data: CountyData) -> Measure:
    """Satisfied among valid questionnaires, and among the persons visited if there were visits."""
    asked, visited = "satisfaction_questionnaires", "satisfaction_visits"
    shares = np.stack(
        [
            ratio(data.facts.figures(f"{asked}_satisfied"), data.facts.figures(f"{asked}_valid")),
            ratio(data.facts.figures(f"{visited}_satisfied"), data.facts.figures(visited)),
        ],
        axis=1,
    )
    some = ~np.isnan(shares).all(axis=1)
    visits = np.isin(np.arange(len(data.rules)), list(data.facts.texts(visited)))
    year, unit = np.nonzero(np.stack([np.ones_like(some), some & visits], axis=1))
    names = np.where(some[year], np.array(["questionnaires", "visits"], dtype=object)[unit], "")
    return Measure(year, names, shares[year, unit])


MEASURES: dict[str, Callable[[CountyData], Measure]] = {
    "G3.classes_per_room": _classes_per_room,
    "G3.music_area": _smallest_room("music"),
    "G3.art_area": _smallest_room("art"),
    "G4.school_size": _sizes("G4.school_size"),
    "G4.through_school_size": _sizes("G4.through_school_size"),
    "G5.primary": _largest_class("primary"),
    "G5.junior": _largest_class("junior"),
    "G6": _funded_as,
    "G7": _special_education_funds,
    "G8": _share("salary_teachers_cny", "salary_civil_servants_cny"),
    "G9": _share("teachers_trained_360h", "teachers_total"),
    "G11.rotation": _share("teachers_rotated", "teachers_eligible_rotation"),
    "G11.backbone": _share("backbone_rotated", "teachers_rotated"),
    "G12": _certified,
    # students who live in the zone, urban and town public non-boarding schools
    "G13.primary": _only_with("primary", _share("zone_enrolled_primary", "zone_students_primary")),
    "G13.junior": _only_with("junior", _share("zone_enrolled_junior", "zone_students_junior")),
    "G14.allocated": _only_with(
        "junior", _share("quality_senior_places_allocated", "quality_senior_places")
    ),
    "G14.rural_tilt": _only_with("junior", _finding("G14.rural_tilt")),
    "G15.migrant": _migrant_children,
    "G15.left_behind": _finding("left_behind_care"),
    "Q1": _only_with("junior", _retention),
    "Q2": _share("disabled_children_enrolled", "disabled_children_registered"),
    "Q4": _training_share,
    "Q9.level": _monitoring("level"),
    "Q9.ratio": _monitoring("ratio"),
    "S1": _satisfaction,
}


def covered(data: CountyData, concession: str) -> np.ndarray:
    """Which rows a concession covers, whether it is switched on or not."""
    name = f"concession.{concession}"
    if concession in ("rooms_built_by_2016", "size_built_by_2010"):
        built = numbers(data.facts.county.tables["schools"], "built_year")[data.facts.school]
        return built <= data.required(f"{name}.built_by")[data.facts.year]
    if concession == "rooms_small_rural":
        row, (_, _, size) = data.facts.grades
        largest = _largest(row, size, len(data.facts.year))
        small = largest < data.required(f"{name}.largest_class")[data.facts.year]
        return (
            small
            & data.facts.among("area", "rural")
            & ~data.facts.among("type", "special_education")
        )
    if concession == "pe_arts_part_time":
        students = _students(data)
        low, high = (data.required(f"{name}.students_{end}") for end in ("from", "below"))
        small = (students >= low[data.facts.year]) & (students < high[data.facts.year])
        return small & data.facts.among("area", "rural")
    if concession == "sports_venues":
        return data.facts.among("area", "urban")
    return np.zeros(len(data.facts.year), dtype=bool)
