"""Worked examples of the rules, small enough for a pocket calculator."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import analyze, apportion, coefficient_of_variation
from analysis.base.schema.terms import STAGES
from analysis.measure.balance import cv_limits, cv_status, with_composite
from analysis.measure.indicators import judge
from analysis.measure.verdicts import MET, NOT_APPLICABLE, NOT_MET
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


THRESHOLDS = {
    ("teachers_above_qualification", "primary"): (4.2, 3.57),
    ("teachers_above_qualification", "junior"): (5.3, 4.505),
    ("backbone_teachers", "primary"): (1, 0.85),
    ("backbone_teachers", "junior"): (1, 0.85),
    ("pe_arts_teachers", "primary"): (0.9, 0.765),
    ("pe_arts_teachers", "junior"): (0.9, 0.765),
    ("teaching_area", "primary"): (4.5, 3.825),
    ("teaching_area", "junior"): (5.8, 4.93),
    ("sports_area", "primary"): (7.5, 6.375),
    ("sports_area", "junior"): (10.2, 8.67),
    ("equipment_value", "primary"): (2000, 1700),
    ("equipment_value", "junior"): (2500, 2125),
    ("multimedia_rooms", "primary"): (2.3, 1.955),
    ("multimedia_rooms", "junior"): (2.4, 2.04),
}


def values(study, indicator: str):
    """Rows of one indicator of a single school, by stage."""
    return study.indicators[study.indicators["indicator"] == indicator].set_index("stage")


def status_of_schools(study) -> dict:
    return study.schools.set_index(["school_id", "stage"])["status"].to_dict()


def qualified(make_county, teachers: int, **more):
    """A primary school of a million students, so that four decimals are whole teachers."""
    school = {"students_primary": 1_000_000, "above_qualification_primary": teachers}
    return analyze(make_county([school | more]))


# --- thresholds and floors ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "limits"), THRESHOLDS.items(), ids=[" ".join(key) for key in THRESHOLDS]
)
def test_fourteen_thresholds_and_floors(make_county, key, limits):
    school = {"type": "nine_year", "students_primary": 500, "students_junior": 500}
    table = analyze(make_county([school])).indicators.set_index(["indicator", "stage"])
    row = table.loc[key]

    assert row["threshold"] == limits[0]
    assert row["floor"] == pytest.approx(limits[1], rel=1e-12)
    hair = 1 - 1e-9
    four = [limits[0], limits[0] * hair, limits[1], limits[1] * hair]
    assert judge(four, row["threshold"], row["floor"]).tolist() == ["met", "near", "near", "short"]


@pytest.mark.parametrize(
    ("teachers", "value", "status", "school"),
    [
        (42_000, 4.2, "met", "met"),
        (41_999, 4.1999, "near", "met"),
        (35_700, 3.57, "near", "met"),
        (35_699, 3.5699, "short", "not_met"),
    ],
)
def test_boundaries_of_qualified_teachers(make_county, teachers, value, status, school):
    study = qualified(make_county, teachers)
    row = values(study, "teachers_above_qualification").loc["primary"]

    assert row["value"] == pytest.approx(value, rel=1e-12)
    assert row["status"] == status
    assert study.schools["status"].item() == school


def test_two_unmet_indicators_fail_even_if_both_are_near(make_county):
    study = qualified(make_county, 41_999, backbone_primary=9_999)
    row = study.schools.iloc[0]

    assert (row["met"], row["near"], row["below_floor"]) == (5, 2, 0)
    assert row["status"] == "not_met"
    assert study.recognised is False


def test_every_row_must_pass(make_county):
    poor = {"students_primary": 400, "backbone_primary": 3, "pe_arts_primary": 3}
    study = analyze(make_county([{"students_primary": 400}, {"students_primary": 400}, poor]))
    item = study.evaluation.set_index("item").loc["schools.primary"]

    assert list(status_of_schools(study).values()) == ["met", "met", "not_met"]
    assert item["value"] == pytest.approx(2 / 3)
    assert item["status"] == "not_met"


# --- coefficient of variation ---------------------------------------------------------------------


def test_rooms_of_three_rows(make_county):
    """The third row is the primary department of a nine-year school: 15 of its 26 rooms."""
    schools = [
        {"students_primary": 1200, "multimedia_rooms": 30},
        {"students_primary": 300, "multimedia_rooms": 12},
        {
            "type": "nine_year",
            "students_primary": 600,
            "students_junior": 400,
            "multimedia_rooms": 26,
        },
    ]
    study = analyze(make_county(schools))
    rooms = study.indicators[
        (study.indicators["indicator"] == "multimedia_rooms")
        & (study.indicators["stage"] == "primary")
    ]
    row = study.balance.set_index(["stage", "indicator"]).loc[("primary", "multimedia_rooms")]

    assert rooms["quantity"].tolist() == pytest.approx([30, 12, 15])
    assert rooms["value"].tolist() == pytest.approx([2.5, 4.0, 2.5])
    assert row["students"] == 2100
    assert row["mean"] == pytest.approx(2.714286, abs=5e-7)
    assert row["sd"] ** 2 == pytest.approx(0.275510, abs=5e-7)
    assert row["sd"] == pytest.approx(0.524891, abs=5e-7)
    assert row["cv"] == pytest.approx(0.193381, abs=5e-7)
    assert coefficient_of_variation(rooms["value"]) == pytest.approx(0.235702, abs=5e-7)


@pytest.mark.parametrize(
    ("kind", "stage", "values", "cv", "status"),
    [
        ("primary", "primary", (100_000, 300_000), 0.50, "met"),
        ("primary", "primary", (99_999, 300_001), 0.500005, "not_met"),
        ("junior", "junior", (110_000, 290_000), 0.45, "met"),
        ("junior", "junior", (109_999, 290_001), 0.450005, "not_met"),
    ],
)
def test_the_limit_itself_is_met(make_county, kind, stage, values, cv, status):
    schools = [
        {"type": kind, f"students_{stage}": 100, "equipment_value_cny": value} for value in values
    ]
    row = analyze(make_county(schools)).balance.set_index(["stage", "indicator"])
    row = row.loc[(stage, "equipment_value")]

    assert row["cv"] == pytest.approx(cv, rel=1e-12)
    assert row["status"] == status


# --- composite ------------------------------------------------------------------------------------

# rows of coefficients as the official result tables print them, and the printed composite; those of
# eight are of basic balance (合肥市庐阳区、蜀山区，长春市南关区，重庆市万州区、黔江区; domain rules A.4)
PRINTED_COMPOSITES = {
    "Luyang primary": ([0.881, 1.299, 0.977, 0.379, 0.170, 0.334, 0.286, 0.408], 0.592),
    "Luyang junior": ([0.353, 0.784, 0.146, 0.491, 0.037, 0.226, 0.223, 0.253], 0.314),
    "Shushan primary": ([0.711, 0.649, 0.472, 0.338, 0.235, 0.274, 0.260, 0.396], 0.417),
    "Shushan junior": ([0.505, 0.484, 0.325, 0.275, 0.199, 0.715, 0.421, 1.021], 0.493),
    "Nanguan primary": ([0.393, 0.578, 0.372, 0.246, 0.208, 0.311, 0.311, 0.455], 0.359),
    "Nanguan junior": ([0.433, 0.464, 0.334, 0.318, 0.433, 0.362, 0.368, 0.335], 0.381),
    "Wanzhou primary": ([0.437, 0.419, 0.255, 0.188, 0.171, 0.263, 0.263, 0.420], 0.302),
    "Qianjiang primary": ([0.633, 0.891, 0.435, 0.328, 0.351, 0.391, 0.379, 0.541], 0.494),
    "Ningguo primary": ([0.677, 0.674, 0.618, 0.519, 0.597, 0.167, 0.759], 0.573),
    "Ningguo junior": ([0.542, 1.055, 0.507, 0.587, 0.686, 0.254, 0.496], 0.590),
}


@pytest.mark.parametrize(
    ("single", "printed"), PRINTED_COMPOSITES.values(), ids=PRINTED_COMPOSITES.keys()
)
def test_composite_is_the_mean_of_the_single_coefficients(single, printed):
    cv, missing = with_composite(np.array(single), np.zeros(len(single), dtype=int))
    assert cv[-1] == pytest.approx(printed, abs=0.0005 + 1e-9)

    limit = cv_limits([load_standard("cn-2017").for_year(2023)])[-1, 0, 0]
    assert cv_status(cv[-1], missing[-1], 1, limit, rounded=False) == NOT_APPLICABLE


@pytest.mark.parametrize(
    "place", [place for place, (single, _) in PRINTED_COMPOSITES.items() if len(single) == 8]
)
def test_the_standard_of_2012_judges_a_printed_composite(place):
    """At most 0.65 in primary, 0.55 in junior: each of them is within, and a hair above is not."""
    single, _ = PRINTED_COMPOSITES[place]
    cv, missing = with_composite(np.array(single), np.zeros(8, dtype=int))
    limits = cv_limits([load_standard("cn-2012").for_year(2015)])[-1, 0]
    limit = limits[STAGES.index(place.split()[-1])]

    assert limit == {"primary": 0.65, "junior": 0.55}[place.split()[-1]]
    assert cv_status(cv[-1], missing[-1], 1, limit, rounded=False) == MET
    assert cv_status(limit + 1e-6, missing[-1], 1, limit, rounded=False) == NOT_MET


def test_ningguo_2022_meets_two_of_fourteen(make_county):
    """Two schools of the same size, CV above and below the mean, have exactly that CV."""
    columns = {
        "teachers_above_qualification": "above_qualification_{}",
        "backbone_teachers": "backbone_{}",
        "pe_arts_teachers": "pe_arts_{}",
        "teaching_area": "teaching_area_m2",
        "sports_area": "outdoor_sports_area_m2",
        "equipment_value": "equipment_value_cny",
        "multimedia_rooms": "multimedia_rooms",
    }
    # 1.055 needs unequal sizes: with shares p and 1 - p of the students the largest CV is above 1
    schools = []
    for stage in ("primary", "junior"):
        single = PRINTED_COMPOSITES[f"Ningguo {stage}"][0]
        for students, sign in ((1000, 3), (9000, -1 / 3)):
            school = {"type": stage, f"students_{stage}": students, "indoor_sports_area_m2": 0}
            for (name, column), cv in zip(columns.items(), single, strict=True):
                level = 100 * (1 + sign * cv)
                school[column.format(stage)] = level * students / INDICATORS[name].per
            schools.append(school)
    balance = analyze(make_county(schools)).balance

    for stage, composite in (("primary", 0.573), ("junior", 0.590)):
        rows = balance[balance["stage"] == stage].set_index("indicator")
        seven = rows.loc[list(INDICATORS)]
        assert seven["cv"].tolist() == pytest.approx(PRINTED_COMPOSITES[f"Ningguo {stage}"][0])
        assert rows.loc["composite", "cv"] == pytest.approx(composite, abs=0.0005)
        assert seven.index[seven["status"] == "met"].tolist() == ["equipment_value"]
        assert (seven["status"] == "not_met").sum() == 6


# --- apportionment --------------------------------------------------------------------------------


def test_nine_year_source_example():
    shares = apportion(23_226, primary=166, junior=210)
    assert shares["primary"] == pytest.approx(9711.627, abs=0.0005)
    assert shares["junior"] == pytest.approx(13_514.373, abs=0.0005)
    assert shares["junior"] / 210 == pytest.approx(64.354, abs=0.0005)


@pytest.mark.parametrize(
    ("total", "primary", "junior"),
    [
        (6000, 3461.5385, 2538.4615),
        (9000, 5192.3077, 3807.6923),
        (3_000_000, 1_730_769.23, 1_269_230.77),
        (26, 15.0, 11.0),
    ],
)
def test_nine_year_shares(total, primary, junior):
    shares = apportion(total, primary=600, junior=400)
    assert shares["primary"] == pytest.approx(primary, rel=2e-8)
    assert shares["junior"] == pytest.approx(junior, rel=2e-8)
    assert shares["senior"] == 0


def test_nine_year_through_a_county(make_county):
    school = {
        "type": "nine_year",
        "students_primary": 600,
        "students_junior": 400,
        "teaching_area_m2": 6800,  # 800 of it indoor sports
        "indoor_sports_area_m2": 800,
        "outdoor_sports_area_m2": 8200,
        "equipment_value_cny": 3_000_000,
        "multimedia_rooms": 26,
    }
    study = analyze(make_county([school]))
    table = study.indicators.set_index(["indicator", "stage"])
    expected = {
        ("teaching_area", "primary"): (5.76923, "met"),
        ("teaching_area", "junior"): (6.34615, "met"),
        ("sports_area", "primary"): (8.65385, "met"),
        ("sports_area", "junior"): (9.51923, "near"),
        ("equipment_value", "primary"): (2884.615, "met"),
        ("equipment_value", "junior"): (3173.077, "met"),
        ("multimedia_rooms", "primary"): (2.5, "met"),
        ("multimedia_rooms", "junior"): (2.75, "met"),
    }
    for key, (value, status) in expected.items():
        assert table.loc[key, "value"] == pytest.approx(value, rel=1e-6), key
        assert table.loc[key, "status"] == status, key
    sports = table.loc[("sports_area", "junior")]
    assert sports["value"] / sports["threshold"] == pytest.approx(0.933, abs=0.0005)
    # what 400 juniors lack, 272.3 m², is what 1.1 x 400 / 1040 of an addition must bring
    assert sports["shortfall"] == pytest.approx((10.2 * 400 - 3807.6923) * 1040 / 440, abs=0.001)
    assert status_of_schools(study) == {("001", "primary"): "met", ("001", "junior"): "met"}


def test_combined_secondary(make_county):
    shares = apportion(15_000, junior=900, senior=1200)
    assert shares["junior"] / 15_000 == pytest.approx(0.384615, abs=5e-7)
    assert shares["junior"] == pytest.approx(5769.2308, abs=5e-5)
    # 1.1 : 1.32 is the official 1 : 1.2
    assert shares["junior"] / 15_000 == pytest.approx(900 / (900 + 1.2 * 1200))

    school = {
        "type": "combined_secondary",
        "students_junior": 900,
        "students_senior": 1200,
        "teaching_area_m2": 15_000,
        "indoor_sports_area_m2": 0,
    }
    row = values(analyze(make_county([school])), "teaching_area").loc["junior"]
    assert row["quantity"] == pytest.approx(5769.2308, abs=5e-5)
    assert row["value"] == pytest.approx(6.41026, abs=5e-6)
    assert row["status"] == "met"


def test_twelve_year(make_county):
    shares = apportion(10_000, primary=500, junior=300, senior=200)
    assert shares["primary"] == pytest.approx(4570.3839, abs=5e-5)
    assert shares["junior"] == pytest.approx(3016.4534, abs=1e-4)
    assert shares["senior"] == pytest.approx(2413.1627, abs=5e-5)
    assert shares["primary"] / 500 == pytest.approx(9.14077, abs=5e-6)
    assert shares["junior"] / 300 == pytest.approx(10.05484, abs=5e-6)
    assert shares["senior"] / 200 == pytest.approx(12.06581, abs=5e-6)

    school = {
        "type": "twelve_year",
        "students_primary": 500,
        "students_junior": 300,
        "students_senior": 200,
        "outdoor_sports_area_m2": 9000,
        "indoor_sports_area_m2": 1000,
    }
    table = values(analyze(make_county([school])), "sports_area")
    assert table.index.tolist() == ["primary", "junior"]
    assert table["value"].tolist() == pytest.approx([9.14077, 10.05484], abs=5e-6)
    assert table["status"].tolist() == ["met", "near"]


def test_a_school_without_students_cannot_be_divided():
    with pytest.raises(ValueError, match="without students"):
        apportion(100)
    with pytest.raises(ValueError, match="junior is -1"):
        apportion(100, primary=10, junior=-1)
    with pytest.raises(ValueError, match="senior is nan"):
        apportion(100, primary=10, senior=float("nan"))
