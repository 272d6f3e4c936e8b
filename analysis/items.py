"""What the items of government guarantee, quality and recognition come to, from the tables.

One function per requirement of the standard, named after its entry. Each says what was found, at
which schools, and what was not reported; whether that is enough is decided in `analysis.evaluate`.
Requirements without a function take the value that the county reports under the entry's id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .load import County
from .schema import SCHOOL_TYPES, STAGE_GRADES, STAGES, Label
from .standards import Rules

NAN = float("nan")


@dataclass(frozen=True)
class Measure:
    """What a requirement comes to.

    Attributes
    ----------
    values : Series
        Value of each unit (school, or the county alone); index: the unit's name. NaN: not reported.
    limits : Series or None
        Limit of each unit where a concession gives it one of its own.
    origin : {"computed", "reported"}
    evidence : str
        What the county wrote beside a reported value.
    """

    values: pd.Series
    limits: pd.Series | None = None
    origin: str = "computed"
    evidence: str = ""


@dataclass(frozen=True)
class YearData:
    """A county's tables of one year, as the measures need them.

    Attributes
    ----------
    schools : DataFrame
        Schools open in the year with their row of `school_years`, indexed by school_id.
    enrolment, rooms : DataFrame
    reported : mapping of str to str
        `county_years` of the year: item -> value; `evidence` likewise.
    rules : Rules
    concessions : frozenset of str
        Concessions that are switched on.
    """

    schools: pd.DataFrame
    enrolment: pd.DataFrame
    rooms: pd.DataFrame
    reported: dict
    evidence: dict
    rules: Rules
    concessions: frozenset = field(default_factory=frozenset)

    def number(self, item: str) -> float:
        """A reported number; NaN if it was not reported or is not a number."""
        value = self.reported.get(item)
        return NAN if value is None or value in ("yes", "no") else float(value)

    def ratio(self, part: float, whole: float) -> float:
        """Share of a whole; NaN where the whole is 0 or something is missing."""
        return part / whole if whole and np.isfinite(whole) else NAN

    def conceded(self, concession: str) -> bool:
        """Whether a concession is switched on and in force."""
        return concession in self.concessions and any(
            self.rules[name] is not None
            for name in self.rules
            if name.startswith(f"concession.{concession}.")
        )


def year_data(
    county: County, year: int, rules: Rules, concessions: frozenset = frozenset()
) -> YearData:
    """Select one year of a county."""
    tables = county.tables
    schools = tables["schools"]
    schools = schools[~(schools["opened"] > year) & ~(schools["closed"] < year)]
    of_year = {
        name: table[table["year"] == year]
        for name, table in tables.items()
        if name in ("school_years", "enrolment", "rooms", "county_years")
    }
    wide = schools.drop(columns="note").merge(
        of_year["school_years"].drop(columns=["note", "year"]), on="school_id", how="left"
    )
    items = of_year["county_years"].dropna(subset="value").set_index("item")
    return YearData(
        wide.set_index("school_id"),
        of_year["enrolment"],
        of_year["rooms"],
        items["value"].to_dict(),
        items["evidence"].dropna().to_dict(),
        rules,
        concessions,
    )


def measure(name: str, data: YearData) -> Measure:
    """What an entry of the standard comes to.

    Parameters
    ----------
    name : str
        Entry id such as ``G5.primary``.
    data : YearData

    Returns
    -------
    Measure
        Computed where there is a function for the entry and its inputs were reported; else the value
        or finding reported under the entry's id, or its item's id (``G11`` for ``G11.backbone``)
        if that is yes or no. An empty `values` means that there is nothing to judge.
    """
    found = MEASURES[name](data) if name in MEASURES else None
    if found is not None and (found.values.empty or found.values.notna().any()):
        return found
    item = name.split(".")[0]
    for key in dict.fromkeys((name, item)):
        value = data.reported.get(key)
        if value is not None and (key == name or value in ("yes", "no")):
            shown = value if value in ("yes", "no") else float(value)
            return Measure(_county(shown), None, "reported", data.evidence.get(key, ""))
    return found or Measure(_county(NAN))


def _county(value: float | str) -> pd.Series:
    """A value of the county as a whole."""
    return pd.Series([value], index=[""], dtype=object if isinstance(value, str) else float)


def _by_school(data: YearData, values: pd.Series) -> pd.Series:
    """Values by school_id -> by the school's name."""
    return values.set_axis(data.schools.loc[values.index, "name"].to_numpy())


def _teaches(schools: pd.DataFrame, stage: str) -> pd.Series:
    """Whether each school's type may have the stage."""
    return schools["type"].isin(
        [name for name, kind in SCHOOL_TYPES.items() if stage in kind.stages]
    )


def _ordinary(data: YearData) -> pd.DataFrame:
    """Primary and junior schools: neither special-education schools nor teaching points."""
    return data.schools[~data.schools["type"].isin(["special_education", "teaching_point"])]


# --- G3: music and art rooms -----------------------------------------------------------------------


def _rooms_needed(data: YearData) -> pd.Series:
    """Rooms of each kind that every school needs: one per 12 classes of each stage, rounded up."""
    schools = _ordinary(data)
    per = data.rules.number("G3.classes_per_room")
    needed = pd.Series(0.0, index=schools.index)
    for stage in STAGES:
        teaches = _teaches(schools, stage)
        optional = schools["type"] == "attached_class"
        classes = schools[f"classes_{stage}"].where(teaches, 0.0)
        classes = classes.where(~optional, classes.fillna(0.0))
        needed += np.ceil(classes / per)
    return needed[~(needed == 0)]


def _room_areas(data: YearData, kind: str) -> dict[str, np.ndarray]:
    """Areas of a school's rooms of a kind, largest first; only schools that reported any room."""
    rooms = data.rooms.assign(area_m2=data.rooms["area_m2"].fillna(0.0))
    found = {school: np.array([]) for school in rooms["school_id"].unique()}
    for school, part in rooms[rooms["kind"] == kind].groupby("school_id"):
        found[school] = np.sort(part["area_m2"].to_numpy(dtype=float))[::-1]
    return found


def _classes_per_room(data: YearData) -> Measure:
    """Classes for each room of the scarcer kind (`each`), or of both kinds together (`sum`)."""
    needed = _rooms_needed(data)
    music, art = _room_areas(data, "music"), _room_areas(data, "art")
    per = data.rules.number("G3.classes_per_room")
    values = {}
    for school, need in needed.items():
        if school not in music or not np.isfinite(need):
            values[school] = NAN
            continue
        counts = len(music[school]), len(art[school])
        rooms = sum(counts) if data.rules["option.rooms_counting"] == "sum" else min(counts)
        # one room per 12 classes of every stage begun: scaled so that "enough" is exactly 12
        values[school] = need / rooms * per if rooms else np.inf
    return Measure(_by_school(data, pd.Series(values, dtype=float)))


def _smallest_room(kind: str) -> Callable[[YearData], Measure]:
    def smallest(data: YearData) -> Measure:
        """Smallest among the rooms that a school needs (its largest ones)."""
        needed, areas = _rooms_needed(data), _room_areas(data, kind)
        values, limits = {}, {}
        for school, need in needed.items():
            mine = areas.get(school)
            if mine is None or not np.isfinite(need):
                values[school] = NAN
            elif len(mine):
                values[school] = mine[: int(need)].min()
            elif data.rules["option.rooms_counting"] == "sum":
                continue
            else:
                values[school] = 0.0
            limits[school] = _room_limit(data, school, kind)
        series = pd.Series(values, dtype=float)
        limit = pd.Series(limits, dtype=float).reindex(series.index)
        return Measure(_by_school(data, series), limit.set_axis(_by_school(data, series).index))

    return smallest


def _room_limit(data: YearData, school: str, kind: str) -> float:
    """Area required of a school's music or art rooms, concessions included."""
    row, rules = data.schools.loc[school], data.rules
    limit = rules.number(f"G3.{kind}_area")
    if data.conceded("rooms_built_by_2016"):
        name = "concession.rooms_built_by_2016"
        if row["built_year"] <= rules.number(f"{name}.built_by"):
            limit = min(limit, rules.number(f"{name}.{kind}_area"))
    if data.conceded("rooms_small_rural") and school in covered(data, "rooms_small_rural"):
        stage = "junior" if row["type"] in ("junior", "combined_secondary") else "primary"
        limit = min(limit, rules.number(f"concession.rooms_small_rural.{stage}_area"))
    return limit


# --- G4, G5: sizes ---------------------------------------------------------------------------------

_THROUGH = ("nine_year", "twelve_year")


def _sizes(through: bool) -> Callable[[YearData], Measure]:
    entry = "through_school_size" if through else "school_size"

    def sizes(data: YearData) -> Measure:
        """Students of the compulsory stages of each school."""
        schools = data.schools[data.schools["type"] != "special_education"]
        schools = schools[schools["type"].isin(_THROUGH) == through]
        size = pd.Series(0.0, index=schools.index)
        for stage in STAGES:
            teaches = _teaches(schools, stage)
            teaches &= schools["type"] != "attached_class"
            size += schools[f"students_{stage}"].where(teaches, 0.0)
        attached = schools["type"] == "attached_class"
        size[attached] = schools.loc[attached, ["students_primary", "students_junior"]].sum(
            axis=1, min_count=1
        )
        limits = pd.Series(data.rules.number(f"G4.{entry}"), index=size.index)
        for school in (
            covered(data, "size_built_by_2010") if data.conceded("size_built_by_2010") else ()
        ):
            if school in limits.index:
                limits[school] = data.rules.number(f"concession.size_built_by_2010.{entry}")
        named = _by_school(data, size)
        return Measure(named, limits.set_axis(named.index))

    return sizes


def _largest_class(stage: str) -> Callable[[YearData], Measure]:
    def largest(data: YearData) -> Measure:
        """Largest class of the stage at each school that has students in it."""
        schools = data.schools[data.schools["type"] != "special_education"]
        students = schools[f"students_{stage}"]
        teaches = _teaches(schools, stage)
        attached = schools["type"] == "attached_class"
        having = schools[teaches & ~(students == 0) & ~(attached & students.isna())]
        grades = data.enrolment[data.enrolment["grade"].isin(STAGE_GRADES[stage])]
        grades = grades[~(grades["students"] == 0)]
        by_school = grades.groupby("school_id")["largest_class"]
        # a grade whose largest class is blank leaves the school open, unless another is too large
        known = by_school.max()
        complete = by_school.count() == by_school.size()
        limit = data.rules.number(f"G5.{stage}")
        values = known.where(complete | (known > limit)).reindex(having.index)
        return Measure(_by_school(data, values))

    return largest


# --- G6, G7, Q4: money -----------------------------------------------------------------------------


def _funded_as(data: YearData) -> Measure:
    """Students that the public-use funds of each small rural school or point would pay for."""
    schools = data.schools
    students = schools["students_primary"]
    small = schools["type"].isin(["primary", "teaching_point"]) & (schools["area"] != "urban")
    small &= (students < data.rules.number("G6")) & (students > 0)
    standard = data.number("operating_standard_primary_cny")
    values = schools.loc[small, "operating_funds_cny"] / standard
    return Measure(_by_school(data, values.astype(float)))


def _special_education_funds(data: YearData) -> Measure:
    """Public-use funds per student of all special-education schools together."""
    schools = data.schools[data.schools["type"] == "special_education"]
    if schools.empty:
        return Measure(pd.Series(dtype=float))
    stages = [f"students_{stage}" for stage in ("primary", "junior", "senior")]
    students = schools[stages].sum(axis=1, min_count=1).sum(skipna=False)
    return Measure(_county(data.ratio(schools["operating_funds_cny"].sum(skipna=False), students)))


def _training_share(data: YearData) -> Measure:
    """Teacher-training funds of each school as a share of its public-use funds."""
    schools = data.schools[data.schools["type"] != "teaching_point"]
    funds = schools["operating_funds_cny"]
    values = schools["training_funds_cny"] / funds.where(funds > 0)
    return Measure(_by_school(data, values))


# --- county-wide shares ----------------------------------------------------------------------------


def _share(part: str, whole: str) -> Callable[[YearData], Measure]:
    """A share of two numbers that the county reports."""

    def share(data: YearData) -> Measure:
        return Measure(_county(data.ratio(data.number(part), data.number(whole))))

    return share


def _certified(data: YearData) -> Measure:
    """Certified full-time teachers among those in post."""
    whole = data.number("teachers_in_post")
    if data.rules["option.certificate_without_special_post"] == "yes":
        whole -= data.number("special_post_teachers")
    return Measure(_county(data.ratio(data.number("teachers_certified"), whole)))


def _zone(stage: str) -> Callable[[YearData], Measure]:
    def zone(data: YearData) -> Measure:
        """Students who live in the zone, urban and town public non-boarding schools."""
        if not _has_stage(data, stage):
            return Measure(pd.Series(dtype=float))
        return _share(f"zone_enrolled_{stage}", f"zone_students_{stage}")(data)

    return zone


def _has_stage(data: YearData, stage: str) -> bool:
    """Whether any school other than a special-education school may have students of the stage."""
    schools = data.schools[data.schools["type"] != "special_education"]
    teaches = _teaches(schools, stage)
    return bool((teaches & ~(schools[f"students_{stage}"] == 0)).any())


def _only_with_juniors(function: Callable[[YearData], Measure]) -> Callable[[YearData], Measure]:
    """Not applicable in a county without junior schools."""

    def limited(data: YearData) -> Measure:
        return function(data) if _has_stage(data, "junior") else Measure(pd.Series(dtype=float))

    return limited


def _migrant_children(data: YearData) -> Measure:
    """Migrant children in public schools or in places purchased at private ones."""
    placed = data.number("migrant_children_public")
    if data.rules.get("option.migrant_purchased_places") != "no":
        placed += data.number("migrant_children_purchased")
    eligible = data.number("migrant_children_eligible")
    if eligible == 0:
        return Measure(pd.Series(dtype=float))
    return Measure(_county(data.ratio(placed, eligible)))


def _finding(item: str) -> Callable[[YearData], Measure]:
    """A yes/no that the county reports under another name than the entry's."""

    def finding(data: YearData) -> Measure:
        value = data.reported.get(item, NAN)
        return Measure(_county(value), None, "reported", data.evidence.get(item, ""))

    return finding


def _retention(data: YearData) -> Measure:
    """Three-year junior retention by one of the two formulas in circulation (an option)."""
    graduates, entrants = (
        data.number("junior_graduates"),
        data.number("junior_entrants_three_years_ago"),
    )
    arrived, left = data.number("junior_transfers_in"), data.number("junior_transfers_out")
    deaths = data.number("junior_deaths")
    if data.rules["option.retention_formula"] == "entrants":
        value = data.ratio(graduates, entrants + arrived - deaths - left)
    else:
        value = data.ratio(graduates - arrived + left, entrants - deaths)
    return Measure(_county(value))


#: Subjects of the national monitoring of quality (application form, table V).
SUBJECTS = {
    "chinese": Label("语文", "Chinese"),
    "mathematics": Label("数学", "mathematics"),
    "science": Label("科学", "science"),
    "pe": Label("体育", "physical education"),
    "arts": Label("艺术", "arts"),
    "moral_education": Label("德育", "moral education"),
}


def _monitoring(kind: str) -> Callable[[YearData], Measure]:
    def monitoring(data: YearData) -> Measure:
        """Each subject that the state has monitored (they rotate; at least one is needed)."""
        values = {s: data.number(f"monitoring_{kind}_{s}") for s in SUBJECTS}
        series = pd.Series(values, dtype=float).dropna()
        return Measure(series if len(series) else _county(NAN))

    return monitoring


def _satisfaction(data: YearData) -> Measure:
    """Satisfied among valid questionnaires, and among the persons visited if there were visits."""
    values = {
        "questionnaires": data.ratio(
            data.number("satisfaction_questionnaires_satisfied"),
            data.number("satisfaction_questionnaires_valid"),
        )
    }
    if "satisfaction_visits" in data.reported:
        values["visits"] = data.ratio(
            data.number("satisfaction_visits_satisfied"), data.number("satisfaction_visits")
        )
    series = pd.Series(values, dtype=float)
    return Measure(series if series.notna().any() else _county(NAN))


MEASURES: dict[str, Callable[[YearData], Measure]] = {
    "G3.classes_per_room": _classes_per_room,
    "G3.music_area": _smallest_room("music"),
    "G3.art_area": _smallest_room("art"),
    "G4.school_size": _sizes(through=False),
    "G4.through_school_size": _sizes(through=True),
    "G5.primary": _largest_class("primary"),
    "G5.junior": _largest_class("junior"),
    "G6": _funded_as,
    "G7": _special_education_funds,
    "G8": _share("salary_teachers_cny", "salary_civil_servants_cny"),
    "G9": _share("teachers_trained_360h", "teachers_total"),
    "G11.rotation": _share("teachers_rotated", "teachers_eligible_rotation"),
    "G11.backbone": _share("backbone_rotated", "teachers_rotated"),
    "G12": _certified,
    "G13.primary": _zone("primary"),
    "G13.junior": _zone("junior"),
    "G14.allocated": _only_with_juniors(
        _share("quality_senior_places_allocated", "quality_senior_places")
    ),
    "G14.rural_tilt": _only_with_juniors(_finding("G14.rural_tilt")),
    "G15.migrant": _migrant_children,
    "G15.left_behind": _finding("left_behind_care"),
    "Q1": _only_with_juniors(_retention),
    "Q2": _share("disabled_children_enrolled", "disabled_children_registered"),
    "Q4": _training_share,
    "Q9.level": _monitoring("level"),
    "Q9.ratio": _monitoring("ratio"),
    "S1": _satisfaction,
}


def covered(data: YearData, concession: str) -> list[str]:
    """The schools (ids) that a concession covers, whether it is switched on or not."""
    schools, rules = data.schools, data.rules
    name = f"concession.{concession}"
    if concession in ("rooms_built_by_2016", "size_built_by_2010"):
        return list(schools.index[schools["built_year"] <= rules.number(f"{name}.built_by")])
    if concession == "rooms_small_rural":
        largest = data.enrolment.groupby("school_id")["largest_class"].max().reindex(schools.index)
        small = (schools["area"] == "rural") & (largest < rules.number(f"{name}.largest_class"))
        return list(schools.index[small & (schools["type"] != "special_education")])
    if concession == "pe_arts_part_time":
        students = schools[["students_primary", "students_junior"]].sum(axis=1, min_count=1)
        low, high = (rules.number(f"{name}.students_{end}") for end in ("from", "below"))
        return list(
            schools.index[(schools["area"] == "rural") & (students >= low) & (students < high)]
        )
    if concession == "sports_venues":
        return list(schools.index[schools["area"] == "urban"])
    return []
