"""What the values of each item and column may be, and what they hardly ever are: one table.

A value outside `low` and `high` cannot be true and is refused; one outside `rare_low` and
`rare_high` is questioned. The bounds are those of a county-level unit of any size, wide enough that
no true figure known to us is refused: the most populous ones have under six million inhabitants,
so that what is counted in persons stays below ten million.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from ...base.schema.county_items import COUNTY_INPUTS, NET_MIGRATION
from ...base.schema.terms import Label, Named
from ...policy.entries import Text
from ...policy.overrides import LARGEST_SHARE
from ...policy.standards import Standard

NAN = float("nan")


@dataclass(frozen=True)
class Range:
    """Bounds of the values of an item or column; NaN where there is none.

    Attributes
    ----------
    kind : {"count", "amount", "area", "share", "ratio", "level", "yes_no"}
        A `count` is whole; a `share` is part of a whole, from 0 to 1; `yes_no` is no number.
    low, high : float
        What is outside is an error.
    rare_low, rare_high : float
        What is outside is a warning.
    finding : bool
        Whether yes or no may stand in place of the number: a person's finding that a requirement
        is met (see `analysis.measure.verdicts`).
    """

    kind: str
    low: float = 0
    high: float = NAN
    rare_low: float = NAN
    rare_high: float = NAN
    finding: bool = False

    @property
    def whole(self) -> bool:
        return self.kind == "count"


def _count(rare_high: float, rare_low: float = NAN, high: float = 1e7) -> Range:
    return Range("count", 0, high, rare_low, rare_high)


def _yuan(rare_low: float, rare_high: float, high: float) -> Range:
    return Range("amount", 0, high, rare_low, rare_high)


_YES_NO = Range("yes_no")
_SHARE = Range("share", 0, 1)
_LEVEL = Range("level", 1, 10, NAN, 4)  # I to IV
_BETWEEN_SCHOOLS = Range("share", 0, 1, NAN, 0.6)
_GAIN = Range("share", -1, 1, -0.3, 0.3)
#: Students who move in and repeat a year may lift these above the whole they are reckoned from.
_RETENTION = Range("share", 0, LARGEST_SHARE, 0.5, 1)
_SALARY = _yuan(10_000, 500_000, 1e7)
_PER_STUDENT = _yuan(100, 20_000, 1e6)
_TEACHERS = _count(50_000)
_CHILDREN = _count(500_000)
_COHORT = _count(100_000)

#: By item of county_years: inputs, series, and entries of standards.
ITEMS = MappingProxyType(
    {
        "births": _count(100_000, rare_low=10),
        **dict.fromkeys(NET_MIGRATION, Range("count", -1e6, 1e6, -20_000, 20_000)),
        "entrants_grade1": _count(100_000, rare_low=1),
        "entrants_grade7": _COHORT,
        **dict.fromkeys(
            (
                *("kindergarten_children", "kindergarten_places", "senior_general_entrants"),
                *("senior_general_places", "senior_vocational_entrants"),
                "senior_vocational_places",
            ),
            _CHILDREN,
        ),
        "budget_education_cny": _yuan(1e6, 1e11, 1e12),
        "salary_teachers_cny": _SALARY,
        "salary_civil_servants_cny": _SALARY,
        "operating_standard_primary_cny": _PER_STUDENT,
        "operating_standard_junior_cny": _PER_STUDENT,
        **dict.fromkeys(
            (
                *("teachers_total", "teachers_trained_360h", "teachers_in_post"),
                *("teachers_certified", "special_post_teachers", "teachers_eligible_rotation"),
                *("teachers_rotated", "backbone_rotated", "staff_primary", "staff_junior"),
            ),
            _TEACHERS,
        ),
        **dict.fromkeys(
            (
                *("zone_students_primary", "zone_enrolled_primary"),
                *("zone_students_junior", "zone_enrolled_junior"),
                *("migrant_children_eligible", "migrant_children_public"),
                "migrant_children_purchased",
            ),
            _CHILDREN,
        ),
        **dict.fromkeys(
            (
                *("quality_senior_places", "quality_senior_places_allocated"),
                *("quality_senior_places_rural", "junior_graduates"),
                "junior_entrants_three_years_ago",
            ),
            _COHORT,
        ),
        "junior_transfers_in": _count(20_000),
        "junior_transfers_out": _count(20_000),
        "junior_deaths": _count(200),
        "disabled_children_registered": _count(20_000),
        "disabled_children_enrolled": _count(20_000),
        **{name: _LEVEL for name in COUNTY_INPUTS if name.startswith("monitoring_level_")},
        **{
            name: _BETWEEN_SCHOOLS for name in COUNTY_INPUTS if name.startswith("monitoring_ratio_")
        },
        **{name: _count(1_000_000) for name in COUNTY_INPUTS if name.startswith("satisfaction_")},
        "left_behind_care": _YES_NO,
        "population_persons": _count(3_000_000, rare_low=1_000),
        "rural_population_persons": _count(3_000_000),
        "towns": _count(100, high=1_000),
        "villages": _count(2_000, high=100_000),
        "gdp_per_person_cny": _yuan(1_000, 1e6, 1e8),
        "fiscal_revenue_per_person_cny": _yuan(10, 1e6, 1e8),
        "rural_income_per_person_cny": _yuan(1_000, 200_000, 1e7),
        "urban_income_per_person_cny": _yuan(1_000, 500_000, 1e7),
        # requirements that the county may report as a figure
        "G3.classes_per_room": Range("ratio", 0, 1_000, NAN, 100),
        "G3.music_area": Range("area", 0, 100_000, NAN, 500),
        "G3.art_area": Range("area", 0, 100_000, NAN, 500),
        "G4.school_size": _count(10_000, high=1e6),
        "G4.through_school_size": _count(15_000, high=1e6),
        "G5.primary": _count(120, high=1_000),
        "G5.junior": _count(120, high=1_000),
        "G6": Range("amount", 0, 1e6),
        "G7": _yuan(500, 100_000, 1e6),
        # a county's own duty: it may have fallen
        "budget_growth": Range("amount", -1e12, 1e12, -1e9, 1e10),
        "G8": Range("ratio", 0, LARGEST_SHARE, 0.3, 1.8),
        "Q1": _RETENTION,
        "nine_year_retention": _RETENTION,
        # gross: those above the age of the stage count as well
        "senior_gross_enrolment": Range("share", 0, LARGEST_SHARE, 0.3, 1.2),
        "Q9.level": _LEVEL,
        "Q9.ratio": _BETWEEN_SCHOOLS,
        **dict.fromkeys(
            (
                *("G9", "G11.rotation", "G11.backbone", "G12", "G13.primary", "G13.junior"),
                *("G14.allocated", "G15.migrant", "Q2", "Q4", "Q7.labour_hours", "S1"),
                *("public_kindergarten_share", "university_admission_share", "private_share"),
                *("pass_rate.primary_lower", "pass_rate.primary_upper"),
                *("excellent_rate.primary_lower", "excellent_rate.primary_upper"),
            ),
            _SHARE,
        ),
        **dict.fromkeys(
            (
                *("pass_rate_gain.primary", "excellent_rate_gain.primary"),
                *("pass_rate_gain.junior", "excellent_rate_gain.junior"),
                "low_score_rate_drop.junior",
            ),
            _GAIN,
        ),
    }
)

#: By table and column: what a single school, grade or room hardly ever has. What it cannot have is
#: said by the kind of the column (`analysis.base.schema.columns`).
COLUMNS = MappingProxyType(
    {
        ("school_years", "students_primary"): _count(12_000),
        ("school_years", "students_junior"): _count(12_000),
        ("school_years", "students_senior"): _count(15_000),
        ("school_years", "classes_primary"): _count(250),
        ("school_years", "classes_junior"): _count(250),
        ("school_years", "teachers_primary"): _count(1_000),
        ("school_years", "teachers_junior"): _count(1_000),
        ("school_years", "teaching_area_m2"): Range("area", rare_high=200_000),
        ("school_years", "indoor_sports_area_m2"): Range("area", rare_high=50_000),
        ("school_years", "outdoor_sports_area_m2"): Range("area", rare_high=300_000),
        ("school_years", "equipment_value_cny"): Range("amount", rare_high=1e9),
        ("school_years", "multimedia_rooms"): _count(1_000),
        ("school_years", "operating_funds_cny"): Range("amount", rare_high=1e9),
        ("enrolment", "students"): _count(4_000),
        ("enrolment", "classes"): _count(80),
        ("enrolment", "largest_class"): _count(150),
    }
)


def range_of(item: str, standard: Standard) -> Range | None:
    """The range of an item of county_years.

    Parameters
    ----------
    item : str
        Id of an input, a series or an entry of the standard.
    standard : Standard
        May have entries of its own: their rule and unit tell what they are. Of a number without a
        unit it is not known whether it is part of a whole: above 1 it is questioned.

    Returns
    -------
    Range or None
        None where the item is not known: it is only shown.
    """
    entry = standard.entries.get(item)
    if entry is None or item in COUNTY_INPUTS:
        return ITEMS.get(item)
    if entry.rule in ("yes", "no"):
        return _YES_NO
    known = ITEMS.get(item)
    if known is None and entry.is_share:
        known = _SHARE if entry.rule == "equals" else Range("share", 0, LARGEST_SHARE, NAN, 1)
    return dataclasses.replace(known or Range("amount"), finding=True)


def named(items: Iterable[str], standard: Standard, between: Label = Named.between) -> Named:
    """Items by their names and ids."""
    return Named(tuple((label_of(item, standard), item) for item in items), between)


def label_of(item: str, standard: Standard) -> Label | Text:
    """What an item is called."""
    if item in COUNTY_INPUTS:
        return COUNTY_INPUTS[item]
    entry = standard.entries.get(item)
    return Label(item, item) if entry is None else entry.title
