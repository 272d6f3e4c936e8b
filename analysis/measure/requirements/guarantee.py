"""Government guarantee: what G3 to G15 come to, from the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...base.schema.systems import in_stage
from ...base.schema.terms import FIVE_FOUR, SCHOOL_TYPES, STAGES
from .concessions import SCHOOL_SIZES, room_limits, size_limits
from .facts import NAN, CountyData, known_sum, largest_at, ratio, students_at
from .values import Measure, by_school, of_county, only_with, share_of, share_of_some

# --- G3: music and art rooms -----------------------------------------------------------------------


def rooms_needed(data: CountyData) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rooms of each kind that every school needs, one per 12 classes begun of each stage; its classes."""
    per = data.required("G3.classes_per_room")[data.facts.year]
    optional = data.facts.among("type", "attached_class")
    needed, total = np.zeros(len(data.facts.year)), np.zeros(len(data.facts.year))
    for stage in STAGES:
        classes = np.where(data.facts.teaches(stage), data.facts.column(f"classes_{stage}"), 0.0)
        classes = np.where(optional, np.nan_to_num(classes), classes)
        needed += np.ceil(classes / per)
        total += classes
    # neither special-education schools nor teaching points
    ordinary = ~data.facts.among("type", "special_education", "teaching_point")
    rows = np.flatnonzero(ordinary & (needed != 0))
    return rows, needed[rows], total[rows]


def _rooms_there(data: CountyData, *kinds: str) -> np.ndarray:
    """Number of rooms of these kinds at each row."""
    row, kind, _ = data.facts.rooms_of
    return np.bincount(row[np.isin(kind, kinds)], minlength=len(data.facts.year))


def _classes_per_room(data: CountyData) -> Measure:
    """Classes for each room of the scarcer kind (`each`), or of both kinds together (`sum`)."""
    rows, need, classes = rooms_needed(data)
    music, art = (_rooms_there(data, kind)[rows] for kind in ("music", "art"))
    any_room = np.bincount(data.facts.rooms_of[0], minlength=len(data.facts.year))[rows] > 0
    together = data.option("rooms_counting", "sum")[data.facts.year[rows]]
    there = np.where(together, music + art, np.minimum(music, art))
    per = data.required("G3.classes_per_room")[data.facts.year[rows]]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(there > 0, classes / there, np.inf)
        # one room per 12 classes begun of every stage: two stages may need more than all together
        limit = np.where((there < need) & (value <= per), classes / need, per)
    return by_school(data, rows, np.where(any_room & np.isfinite(need), value, NAN), limit)


def _smallest_room(kind: str) -> Callable[[CountyData], Measure]:
    def smallest(data: CountyData) -> Measure:
        """Smallest among the rooms that a school needs (its largest ones).

        Rooms of which the area is blank leave a school open, unless the others decide.
        """
        rows, need, _ = rooms_needed(data)
        row, kinds, _ = data.facts.rooms_of
        any_room = np.bincount(row, minlength=len(data.facts.year))[rows] > 0
        known = any_room & np.isfinite(need)
        limit = room_limits(data, kind)[rows]
        low, high = (_last_room(data, kind, rows, need, known, blank) for blank in (0.0, np.inf))
        value = np.where(
            low >= limit, low, np.where(high < limit, high, np.where(low == high, low, NAN))
        )
        # where both kinds count together, a school may do without one of them
        together = data.option("rooms_counting", "sum")[data.facts.year[rows]]
        there = np.bincount(row[kinds == kind], minlength=len(data.facts.year))[rows]
        judged = ~(known & (there == 0) & together)
        return by_school(data, rows[judged], value[judged], limit[judged])

    return smallest


def _last_room(
    data: CountyData,
    kind: str,
    rows: np.ndarray,
    need: np.ndarray,
    known: np.ndarray,
    blank: float,
) -> np.ndarray:
    """Area of the smallest room of a kind among the largest that are needed; `blank` ones as given."""
    row, kinds, area = data.facts.rooms_of
    row, area = row[kinds == kind], np.where(np.isnan(area), blank, area)[kinds == kind]
    area = area[np.lexsort((-area, row))]
    there = np.bincount(row, minlength=len(data.facts.year))
    first = (np.cumsum(there) - there)[rows]
    there = there[rows]
    last = first + np.minimum(np.where(known, need, 1).astype(int), there) - 1
    value = np.where(known, 0.0, NAN)
    value[known & (there > 0)] = area[last[known & (there > 0)]]
    return value


# --- G4, G5: sizes ---------------------------------------------------------------------------------

_THROUGH = ("nine_year", "twelve_year")


def _sizes(entry: str) -> Callable[[CountyData], Measure]:
    def sizes(data: CountyData) -> Measure:
        """Students of the compulsory stages of each school."""
        given = [data.facts.column(f"students_{stage}") for stage in STAGES]
        size = compulsory_students(given, data.facts.among)
        rows = np.flatnonzero(has_size_limit(entry, data.facts.among))
        limit = size_limits(entry, data)
        # a stage that alone is above the limit decides, though the other was not reported
        least = known_sum(
            [np.where(data.facts.teaches(s), g, NAN) for s, g in zip(STAGES, given, strict=True)]
        )
        size = np.where(np.isnan(size) & (least > limit), least, size)
        return by_school(data, rows, size[rows], limit[rows])

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
    # most counties have none, and draws have millions of cells
    return np.where(attached, known_sum(students), size) if attached.any() else size


def has_size_limit(entry: str, among: Callable[..., np.ndarray]) -> np.ndarray:
    """Which schools a limit of `SCHOOL_SIZES` is for."""
    through = among("type", *_THROUGH) == SCHOOL_SIZES[entry]
    return through & ~among("type", "special_education")


def _largest_class(stage: str) -> Callable[[CountyData], Measure]:
    def largest(data: CountyData) -> Measure:
        """Largest class of the stage at each school that has students in it."""
        students = data.facts.column(f"students_{stage}")
        attached = data.facts.among("type", "attached_class")
        having = data.facts.teaches(stage) & (students != 0) & ~(attached & np.isnan(students))
        rows = np.flatnonzero(having & ~data.facts.among("type", "special_education"))
        row, (grade, heads, size) = data.facts.grades
        five_four = data.facts.among("system", FIVE_FOUR)[row]
        counted = in_stage(grade, stage, five_four) & (heads != 0)
        row, size = row[counted], size[counted]
        known = largest_at(row, size, len(data.facts.year))
        complete = np.bincount(row[np.isnan(size)], minlength=len(data.facts.year)) == 0
        # a grade whose largest class is blank leaves the school open, unless another is too large
        limit = data.required(f"G5.{stage}")[data.facts.year]
        value = np.where(complete | (known > limit), known, NAN)
        return by_school(data, rows, value[rows])

    return largest


# --- G6, G7: money ---------------------------------------------------------------------------------


def small_rural(data: CountyData) -> np.ndarray:
    """Rows of the small rural schools and points whose public-use funds have a least number of students.

    One whose students were not reported may be small, too.
    """
    students = data.facts.column("students_primary")
    small = data.facts.among("type", "primary", "teaching_point") & ~data.facts.among(
        "area", "urban"
    )
    small &= ~(students >= data.required("G6")[data.facts.year]) & (students != 0)
    return np.flatnonzero(small)


def _funded_as(data: CountyData) -> Measure:
    """Students that the public-use funds of each small rural school or point would pay for."""
    rows = small_rural(data)
    students = data.facts.column("students_primary")[rows]
    standard = data.facts.figures("operating_standard_primary_cny")[data.facts.year[rows]]
    with np.errstate(divide="ignore", invalid="ignore"):
        funded = data.facts.column("operating_funds_cny")[rows] / standard
    return by_school(data, rows, np.where(np.isnan(students), NAN, funded))


def _special_education_funds(data: CountyData) -> Measure:
    """Public-use funds per student of all special-education schools together."""
    rows = np.flatnonzero(data.facts.among("type", "special_education"))
    students = data.facts.total(rows, students_at(data, "primary", "junior", "senior"))
    funds = data.facts.total(rows, data.facts.column("operating_funds_cny"))
    return of_county(data, ratio(funds, students), data.facts.counts(rows) > 0)


# --- county-wide shares ----------------------------------------------------------------------------


def _certified(data: CountyData) -> Measure:
    """Certified full-time teachers among those in post."""
    whole = data.facts.figures("teachers_in_post")
    without = data.option("certificate_without_special_post", "yes")
    whole = np.where(without, whole - data.facts.figures("special_post_teachers"), whole)
    return of_county(data, ratio(data.facts.figures("teachers_certified"), whole))


def _migrant_children(data: CountyData) -> Measure:
    """Migrant children in public schools or in places purchased at private ones."""
    placed = data.facts.figures("migrant_children_public")
    only_public = data.option("migrant_purchased_places", "no")
    placed = np.where(
        only_public, placed, placed + data.facts.figures("migrant_children_purchased")
    )
    eligible = data.facts.figures("migrant_children_eligible")
    return of_county(data, ratio(placed, eligible), eligible != 0)


def _finding(item: str) -> Callable[[CountyData], Measure]:
    """A yes/no that the county reports under another name than the entry's."""

    def finding(data: CountyData) -> Measure:
        found = of_county(data, data.facts.figures(item))
        reported = np.ones(len(data.rules), dtype=bool)
        return Measure(
            *(found.year, found.unit, found.value, None, data.facts.texts(item)),
            *(reported, data.facts.evidence_of(item)),
        )

    return finding


GUARANTEE: dict[str, Callable[[CountyData], Measure]] = {
    "G3.classes_per_room": _classes_per_room,
    "G3.music_area": _smallest_room("music"),
    "G3.art_area": _smallest_room("art"),
    "G4.school_size": _sizes("G4.school_size"),
    "G4.through_school_size": _sizes("G4.through_school_size"),
    "G5.primary": _largest_class("primary"),
    "G5.junior": _largest_class("junior"),
    "G6": _funded_as,
    "G7": _special_education_funds,
    "G8": share_of("salary_teachers_cny", "salary_civil_servants_cny"),
    "G9": share_of("teachers_trained_360h", "teachers_total"),
    "G11.rotation": share_of("teachers_rotated", "teachers_eligible_rotation"),
    "G11.backbone": share_of("backbone_rotated", "teachers_rotated"),
    "G12": _certified,
    # students who live in the zone, urban and town public non-boarding schools
    "G13.primary": only_with(
        "primary", share_of_some("zone_enrolled_primary", "zone_students_primary")
    ),
    "G13.junior": only_with(
        "junior", share_of_some("zone_enrolled_junior", "zone_students_junior")
    ),
    "G14.allocated": only_with(
        "junior", share_of_some("quality_senior_places_allocated", "quality_senior_places")
    ),
    "G14.rural_tilt": only_with("junior", _finding("G14.rural_tilt")),
    "G15.migrant": _migrant_children,
    "G15.left_behind": _finding("left_behind_care"),
}
