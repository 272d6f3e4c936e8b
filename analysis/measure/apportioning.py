"""Schools that span stages -> one row per school and stage, each with its share of what is shared.

Through-schools, combined secondary schools and schools with attached classes record areas,
equipment and rooms once. The official rule (数据拆分) divides them among the stages in proportion to
students weighted 1 : 1.1 : 1.32 (primary : junior : senior). Teachers are recorded by stage and
are not divided. Which rows count for the evaluation, and why the others do not, is decided here too.

Source: 测算均衡系数拆分公式 (weights); 沈阳市优质均衡指标计算公式 (which four quantities are divided,
indoor sports area taken out first); 河北省具体办法 and application form, table II-2 (scope).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..base.files import N_
from ..base.schema import INDICATORS, SCHOOL_TYPES, STAFF_INDICATORS, STAGES, Label
from ..data.load import County
from ..policy.standards import Rules

#: 1 : 1.1 (nine-year), 1 : 1.2 = 1.1 : 1.32 (combined secondary), 1 : 1.1 : 1.32 (twelve-year).
WEIGHTS = {"primary": 1.0, "junior": 1.1, "senior": 1.32}

#: Quantity -> stage columns in `school_years` it is recorded in.
STAGE_QUANTITIES = tuple(about.quantity for about in STAFF_INDICATORS.values())
SHARED_QUANTITIES = tuple(about.quantity for about in INDICATORS.values() if about.shared)

#: Why a row of the register is not judged.
EXCLUSIONS = {
    "special_education": N_("special-education school: outside the seven indicators"),
    "small_teaching_point": N_("teaching point with fewer than {limit} students"),
    "private": N_("private school: left out by this standard"),
    "no_students": N_("no students in this stage"),
    "override": N_("taken out by the county: {note}"),
}


def apportion(
    total: float, *, primary: float = 0, junior: float = 0, senior: float = 0
) -> dict[str, float]:
    """Divide what a school records once among its stages.

    Parameters
    ----------
    total : float
        Area (m²), value (yuan) or rooms of the whole school.
    primary, junior, senior : float
        Students of each stage; 0 for a stage that the school does not have.

    Returns
    -------
    dict of str to float
        Shares of `primary`, `junior` and `senior`, unrounded; they add up to `total`.

    Raises
    ------
    ValueError
        Negative students, or none at all.

    Examples
    --------
    >>> shares = apportion(23226, primary=166, junior=210)
    >>> round(shares["primary"], 3), round(shares["junior"], 3)
    (9711.627, 13514.373)
    """
    students = {"primary": primary, "junior": junior, "senior": senior}
    for stage, number in students.items():
        if not number >= 0:
            raise ValueError(f"{stage} is {number}; expected a number of students >= 0")
    weighted = {stage: WEIGHTS[stage] * number for stage, number in students.items()}
    whole = sum(weighted.values())
    if whole == 0:
        raise ValueError("a school without students has nothing to divide by")
    return {stage: total * part / whole for stage, part in weighted.items()}


@dataclass(frozen=True)
class Schools:
    """Which schools are open in which year, what they teach, and where their figures stand.

    Attributes
    ----------
    roster, yearly : DataFrame
        The tables `schools` and `school_years`, of one county or of many.
    years : tuple of int
        Ascending.
    is_open : ndarray of bool, shape (years, schools)
        Schools in the order of the roster.
    row : ndarray of int, shape (years, schools)
        Position in `school_years`; -1 where the school has no row of the year.
    taught : ndarray of bool, shape (3, schools)
        Whether each school has each stage of `WEIGHTS`.
    """

    roster: pd.DataFrame
    yearly: pd.DataFrame
    years: tuple[int, ...]
    is_open: np.ndarray
    row: np.ndarray
    taught: np.ndarray

    @functools.cached_property
    def by_id(self) -> np.ndarray:
        """Positions in the roster in the order of the ids."""
        return np.argsort(self.roster["school_id"].to_numpy(dtype=object), kind="stable")

    @functools.cached_property
    def _found(self) -> dict[tuple[str, ...], np.ndarray]:
        return {}

    def figures(self, column: str) -> np.ndarray:
        """A column of `school_years`."""
        key = (column,)
        if key not in self._found:
            self._found[key] = numbers(self.yearly, column)
        return self._found[key]

    def among(self, column: str, *words: str) -> np.ndarray:
        """Whether each school of the roster has one of these words in a column; False if blank."""
        key = (column, *words)
        if key not in self._found:
            self._found[key] = is_word(self.roster[column], *words)
        return self._found[key]


def find_schools(roster: pd.DataFrame, yearly: pd.DataFrame, years: Iterable[int]) -> Schools:
    """Find the row of `school_years` of every school and year."""
    years = tuple(sorted(years))
    row = np.full((len(years), len(roster)), -1)
    school = positions(yearly["school_id"], roster["school_id"])
    year = year_positions(yearly["year"], years)
    known = (school >= 0) & (year >= 0)
    row[year[known], school[known]] = np.flatnonzero(known)
    calendar = np.array(years)[:, None]
    opened, closed = numbers(roster, "opened"), numbers(roster, "closed")
    is_open = ~(opened > calendar) & ~(closed < calendar)
    return Schools(roster, yearly, years, is_open, row, _taught(roster, yearly, school))


def positions(ids: pd.Series, known: pd.Series) -> np.ndarray:
    """Where each id stands among the known ones (all different); -1 where it does not."""
    found = pc.index_in(_texts(ids), value_set=_texts(known), skip_nulls=True)
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)


def year_positions(given: pd.Series, years: Sequence[int]) -> np.ndarray:
    """Where each year stands among the ascending `years`; -1 where it does not."""
    given, years = given.to_numpy(dtype=float), np.array(years, dtype=float)
    found = np.searchsorted(years, given).clip(max=len(years) - 1)
    return np.where(years[found] == given, found, -1)


def numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    """A column as floats; what was not reported is NaN."""
    values = table[column]
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiu":
        return values.to_numpy(dtype=float)  # floats are read as they stand, not copied
    return values.to_numpy(dtype=float, na_value=np.nan)


def is_word(column: pd.Series, *words: str) -> np.ndarray:
    """Where a text is one of the words; False where it is missing."""
    found = pc.is_in(_texts(column), value_set=pa.array(words, pa.large_string()))
    return found.to_numpy(zero_copy_only=False).astype(bool)


def _texts(column: pd.Series) -> pa.Array:
    """A column of texts as Arrow compares them: ten times faster than as Python objects."""
    texts = pa.array(column).cast(pa.large_string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def at_rows(values: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Values at rows; NaN where the row is -1 (nothing was reported)."""
    if not len(values):
        return np.full(len(row), np.nan)
    found = values[row]
    return np.where(row < 0, np.nan, found) if (row < 0).any() else found


@dataclass(frozen=True)
class Register:
    """The register in numbers: every school, stage and year, by year, stage and school_id.

    Attributes
    ----------
    year, stage, school : ndarray of int, shape (n,)
        Positions in the years, in `STAGES` and in the roster.
    row : ndarray of int, shape (n,)
        Position in `school_years`, -1 where there is none.
    students, share : ndarray, shape (n,)
        Students of the stage; the stage's part (0 to 1) of what the school records once.
    quantities : ndarray, shape (7, n)
        The stage's part of each resource, in the order of `INDICATORS`.
    reason : ndarray of int, shape (n,)
        Position in `REASONS`; 0 (no reason) where the row is judged.
    """

    year: np.ndarray
    stage: np.ndarray
    school: np.ndarray
    row: np.ndarray
    students: np.ndarray
    share: np.ndarray
    quantities: np.ndarray
    reason: np.ndarray

    @property
    def in_scope(self) -> np.ndarray:
        """Positions of the rows that are judged."""
        return np.flatnonzero(self.reason == 0)


REASONS = ("", *EXCLUSIONS)


def register(
    schools: Schools,
    wanted: np.ndarray,
    rules: Mapping[int, Rules],
    concessions: frozenset = frozenset(),
) -> Register:
    """Divide what schools share among their stages and say which rows are judged.

    Parameters
    ----------
    schools : Schools
    wanted : ndarray of int
        Rows of the roster that are wanted, in the order they shall have in each year and stage.
    rules : mapping of int to Rules
        For every year of `schools`.
    concessions : frozenset of str
        Concessions that are switched on.
    """
    there = schools.is_open[:, None, wanted] & schools.taught[None, : len(STAGES), wanted]
    year, stage, order = np.nonzero(there)
    school = wanted[order]
    row = schools.row[year, school]

    def reported(column: str) -> np.ndarray:
        return at_rows(schools.figures(column), row)

    def by_stage(name: str) -> np.ndarray:
        primary, junior = (reported(f"{name}_{each}") for each in STAGES)
        return np.where(stage == 0, primary, junior)

    def among(column: str, *words: str) -> np.ndarray:
        return schools.among(column, *words)[school]

    given = tuple(reported(f"students_{each}") for each in WEIGHTS)
    rule = [rules[each] for each in schools.years]
    share, quantities = divide(
        stage,
        given,
        schools.taught[:, school],
        tuple(by_stage(name) for name in STAGE_QUANTITIES),
        tuple(reported(name) for name in SITE),
        Added.of(concessions, rule, year, among, by_stage, reported),
    )
    students = np.where(stage == 0, given[0], given[1])
    reason = exclusions(students, Kind.of(among), *(each[year] for each in scope_rules(rule)))
    return Register(year, stage, school, row, students, share, np.stack(quantities), reason)


# --- the arithmetic, for rows of a register as for draws of a projection ------------------------------

#: What schools record once, in the order in which `divide` takes it.
SITE = (
    "teaching_area_m2",
    "indoor_sports_area_m2",
    "outdoor_sports_area_m2",
    "equipment_value_cny",
    "multimedia_rooms",
)


@dataclass(frozen=True)
class Kind:
    """What decides whether schools are judged; bool arrays of one shape."""

    point: np.ndarray
    private: np.ndarray
    special: np.ndarray
    taken_in: np.ndarray
    taken_out: np.ndarray

    @classmethod
    def of(cls, among: Callable[..., np.ndarray]) -> Kind:
        """From ``among(column, word)``: whether each school has a word in a column of the roster."""
        return cls(
            point=among("type", "teaching_point"),
            private=among("ownership", "private"),
            special=among("type", "special_education"),
            taken_in=among("indicators_in_scope", "yes"),
            taken_out=among("indicators_in_scope", "no"),
        )


@dataclass(frozen=True)
class Added:
    """What concessions add to what schools have; 0 where they add nothing.

    Attributes
    ----------
    part_time : ndarray
        Part-time PE and arts teachers of the stage, at schools of a size (`pe_arts_part_time`).
    size : ndarray, shape (2, ...)
        Least students of such a school, and the number that it stays below.
    venues : ndarray
        Sports area outside the school, m² (`sports_venues`).
    """

    part_time: np.ndarray | float = 0.0
    size: np.ndarray | tuple[float, float] = (0.0, 0.0)
    venues: np.ndarray | float = 0.0

    @classmethod
    def of(
        cls,
        concessions: frozenset,
        rules: Sequence[Rules],
        year: np.ndarray | int,
        among: Callable[..., np.ndarray],
        by_stage: Callable[[str], np.ndarray],
        reported: Callable[[str], np.ndarray],
    ) -> Added:
        """From the rules of the years, each row's year, and what finds words and figures."""
        found = {}
        if "pe_arts_part_time" in concessions:
            more = np.nan_to_num(by_stage("pe_arts_part_time"))
            name = "concession.pe_arts_part_time.students"
            size = np.stack([by_year(rules, f"{name}_{end}") for end in ("from", "below")])
            found["part_time"] = np.where(among("area", "rural"), more, 0.0)
            found["size"] = size[:, year]
        if "sports_venues" in concessions:
            more = np.nan_to_num(reported("off_campus_sports_area_m2"))
            found["venues"] = np.where(among("area", "urban"), more, 0.0)
        return cls(**found)


def divide(
    stage: np.ndarray | int,
    students: Sequence[np.ndarray],
    taught: np.ndarray,
    staff: Sequence[np.ndarray],
    site: Sequence[np.ndarray],
    added: Added,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """A stage's part of what its school has.

    All arrays have one shape (or broadcast to it): rows of a register, or draws × schools.

    Parameters
    ----------
    stage : int or ndarray of int
        Position in `STAGES`.
    students : three ndarrays
        Students by stage of `WEIGHTS`; NaN where they were not reported.
    taught : ndarray of bool, shape (3, ...)
        Whether the school has each stage.
    staff : three ndarrays
        The stage's teachers, in the order of `STAGE_QUANTITIES`.
    site : five ndarrays
        What the school records once, in the order of `SITE`.
    added : Added

    Returns
    -------
    share : ndarray
        The stage's part (0 to 1) of what the school records once.
    quantities : list of ndarray
        The stage's part of each resource, in the order of `INDICATORS`.
    """
    weighted = [
        weight * np.where(has, heads, 0.0)
        for weight, has, heads in zip(WEIGHTS.values(), taught, students, strict=True)
    ]
    whole = weighted[0] + weighted[1] + weighted[2]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(stage == 0, weighted[0], weighted[1]) / np.where(whole > 0, whole, np.nan)
    share = np.where(taught.sum(axis=0) == 1, 1.0, share)
    resources = dict(zip(STAGE_QUANTITIES, staff, strict=True))
    if np.any(added.part_time):
        primary, junior = students[:2]
        both = np.where(np.isnan(primary), junior, primary + np.nan_to_num(junior))
        least, below = added.size
        small = (both >= least) & (both < below)
        resources["pe_arts"] = resources["pe_arts"] + np.where(small, added.part_time, 0.0)
    teaching, indoor, outdoor, equipment, multimedia = site
    # the official order: indoor sports area leaves the teaching area before anything is divided
    sports = (outdoor + added.venues) + indoor if np.any(added.venues) else outdoor + indoor
    shared = (teaching - indoor, sports, equipment, multimedia)
    for name, quantity in zip(SHARED_QUANTITIES, shared, strict=True):
        resources[name] = quantity * share
    return share, [resources[each.quantity] for each in INDICATORS.values()]


def scope_rules(rules: Iterable[Rules]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What decides about scope, by year: least students of a teaching point; whether private, and
    special-education schools, are left out."""
    rules = list(rules)
    return (
        by_year(rules, "option.teaching_point_students"),
        np.array([each["option.private_in_scope"] == "no" for each in rules]),
        np.array([each["option.special_education_in_scope"] == "no" for each in rules]),
    )


def exclusions(
    students: np.ndarray,
    kind: Kind,
    least: np.ndarray,
    no_private: np.ndarray,
    no_special: np.ndarray,
) -> np.ndarray:
    """Why rows are not judged: positions in `REASONS`, 0 where they are.

    `students` are those of the stage; the last three as from `scope_rules`, of the year. All
    broadcast.
    """
    reason = np.zeros(np.shape(students), dtype=np.int8)

    def leave_out(why: str, where: np.ndarray) -> None:
        np.copyto(reason, REASONS.index(why), where=where)

    leave_out("small_teaching_point", kind.point & (students < least))
    leave_out("private", kind.private & no_private)
    leave_out("special_education", kind.special & no_special)
    leave_out("", kind.taken_in)
    leave_out("override", kind.taken_out)
    leave_out("no_students", students == 0)
    return reason


def by_year(rules: Iterable[Rules], name: str) -> np.ndarray:
    """A value of each year's rules as numbers; NaN where nothing is in force."""
    return np.array([rule.number(name) for rule in rules])


def _taught(roster: pd.DataFrame, yearly: pd.DataFrame, school: np.ndarray) -> np.ndarray:
    """Whether each school has each stage of `WEIGHTS`.

    A school with attached classes and a special-education school may have any stage: they have
    those in which they ever reported students. One that never reported any stays in the register
    with both judged stages: what is unknown must not vanish. `school` says whose the rows of
    `yearly` are.
    """
    flexible = is_word(roster["type"], *FLEXIBLE)
    fixed = [
        [kind for kind, each in SCHOOL_TYPES.items() if stage in each.stages] for stage in WEIGHTS
    ]
    taught = np.stack([is_word(roster["type"], *kinds) for kinds in fixed])
    if flexible.any():
        ever = np.zeros_like(taught)
        for number, stage in enumerate(WEIGHTS):
            ever[number, school[(school >= 0) & (numbers(yearly, f"students_{stage}") > 0)]] = True
        ever[: len(STAGES), ~ever.any(axis=0)] = True
        taught[:, flexible] = ever[:, flexible]
    return taught


#: Types of schools that have the stages in which they report students.
FLEXIBLE = ("attached_class", "special_education")


def stage_rows(
    county: County, rules: Mapping[int, Rules], concessions: frozenset = frozenset()
) -> pd.DataFrame:
    """Every school and stage of every year, judged or not: the register.

    Parameters
    ----------
    county : County
    rules : mapping of int to Rules
        The years of the register, and the rules that say which of its rows are judged.
    concessions : frozenset of str
        Concessions that are switched on: part-time PE and arts teachers (`pe_arts_part_time`) and
        venues outside the school (`sports_venues`) add to what the schools have.

    Returns
    -------
    DataFrame
        One row per county, year, school that is open and stage that it teaches; columns
        ``county, year, basis, stage, school_id, school, type, ownership, sponsor, area, students,
        classes``, the seven quantities (persons, m², yuan, rooms: the stage's part), `share` (the
        stage's part of the shared quantities, 0 to 1), `in_scope` (bool) and `reason` (a key of
        `EXCLUSIONS`, empty if in scope) and `note`. What was not reported is NaN.
    """
    schools = find_schools(county.tables["schools"], county.tables["school_years"], rules)
    return register_table(county, schools, register(schools, schools.by_id, rules, concessions))


def register_table(county: County, schools: Schools, found: Register) -> pd.DataFrame:
    """The register as a table; see `stage_rows`."""
    roster = schools.roster

    def of_school(column: str) -> pd.api.extensions.ExtensionArray | np.ndarray:
        return roster[column].array.take(found.school)

    def of_stage(name: str) -> np.ndarray:
        primary, junior = (at_rows(schools.figures(f"{name}_{s}"), found.row) for s in STAGES)
        return np.where(found.stage == 0, primary, junior)

    names = [each.quantity for each in INDICATORS.values()]
    quantities = dict(zip(names, found.quantities, strict=True))
    basis = [county.basis(year) for year in schools.years]
    return pd.DataFrame(
        {
            "county": words([county.code], np.zeros_like(found.year)),
            "year": np.array(schools.years, dtype="int64")[found.year],
            "basis": words(basis, found.year),
            "stage": words(STAGES, found.stage),
            "school_id": of_school("school_id"),
            "school": of_school("name"),
            **{name: of_school(name) for name in ("type", "ownership", "sponsor", "area")},
            "students": found.students,
            "classes": of_stage("classes"),
            "teachers": of_stage("teachers"),
            **{name: quantities[name] for name in (*STAGE_QUANTITIES, *SHARED_QUANTITIES)},
            "share": found.share,
            "in_scope": found.reason == 0,
            "reason": pd.Series(np.array(REASONS, dtype=object)[found.reason], dtype=object),
            "note": of_school("note"),
        }
    )


def words(texts: Sequence[str], position: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """A column of repeated texts."""
    return pd.array(list(texts), dtype="str").take(position)


def exclusion_text(reason: str, note: object, limit: float) -> tuple[str, dict]:
    """Message id and values that say why a row is not judged."""
    text = Label("未说明理由", "no reason given") if pd.isna(note) else Label(str(note), str(note))
    return EXCLUSIONS[reason], {"limit": int(limit), "note": text}
