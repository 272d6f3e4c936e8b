"""One named test for each mistake that programs in circulation make with the same rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from counties import school

from analysis import analyze, apportion, coefficient_of_variation
from analysis.base.schema.tables import TABLES
from analysis.measure.indicators import judge
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


#: The cells of `school_years` without which no county can be recognised: what the seven indicators
#: are made of, and the funds that every school must spend on training.
NEEDED_CELLS = (
    *(
        f"{quantity}_{stage}"
        for quantity in ("students", "above_qualification", "backbone", "pe_arts")
        for stage in ("primary", "junior")
    ),
    "students_senior",
    "teaching_area_m2",
    "indoor_sports_area_m2",
    "outdoor_sports_area_m2",
    "equipment_value_cny",
    "multimedia_rooms",
    "operating_funds_cny",
    "training_funds_cny",
)


def balance(study, indicator: str, stage: str = "primary") -> pd.Series:
    return study.balance.set_index(["stage", "indicator"]).loc[(stage, indicator)]


def row(study, indicator: str, stage: str = "primary", school: str = "001") -> pd.Series:
    table = study.indicators.set_index(["school_id", "stage", "indicator"])
    return table.loc[(school, stage, indicator)]


# --- coefficient of variation ---------------------------------------------------------------------


def test_not_unweighted(make_county):
    """100 students at 1000 yuan and 900 at 3000: 600 / 2800, where unweighted it is 1000 / 2000."""
    schools = [
        school("primary", students, equipment_value_cny=students * 1000 * level)
        for students, level in ((100, 1), (900, 3))
    ]
    found = balance(analyze(make_county(schools)), "equipment_value")
    assert found["mean"] == pytest.approx(2800)
    assert found["cv"] == pytest.approx(0.6 / 2.8)
    assert found["cv"] != pytest.approx(0.5, abs=0.1)


def test_divisor_is_n_and_not_n_minus_1():
    assert coefficient_of_variation([1, 3]) == pytest.approx(0.5)
    assert coefficient_of_variation([1, 3], [250, 250]) == pytest.approx(0.5)
    assert coefficient_of_variation([1, 3]) != pytest.approx(np.std([1, 3], ddof=1) / 2)


def test_county_mean_is_a_ratio_of_sums_and_not_a_mean_of_ratios(make_county):
    schools = [
        school("primary", 100, multimedia_rooms=10),
        school("primary", 900, multimedia_rooms=27),
    ]
    found = balance(analyze(make_county(schools)), "multimedia_rooms")
    assert found["mean"] == pytest.approx(100 * 37 / 1000)
    assert found["mean"] != pytest.approx((10 + 3) / 2)


def test_mean_of_zero_is_not_perfect_equality(make_county):
    assert np.isnan(coefficient_of_variation([0, 0, 0], [10, 20, 30]))

    schools = [school("primary", 300, backbone_primary=0)] * 2
    found = balance(analyze(make_county(schools)), "backbone_teachers")
    assert found["mean"] == 0
    assert np.isnan(found["cv"])
    assert found["status"] == "not_assessed"


def test_composite_is_not_compared_with_the_limit(make_county):
    """Every single CV is 0.50: met; nothing is said about the composite of 0.50, nor of 0.60."""
    for spread, single in ((0.5, "met"), (0.6, "not_met")):
        schools = [
            school(
                "primary",
                1000,
                above_qualification_primary=100 * (1 + sign * spread),
                backbone_primary=40 * (1 + sign * spread),
                pe_arts_primary=40 * (1 + sign * spread),
                teaching_area_m2=12_000 * (1 + sign * spread),
                indoor_sports_area_m2=0,
                outdoor_sports_area_m2=30_000 * (1 + sign * spread),
                equipment_value_cny=6_000_000 * (1 + sign * spread),
                multimedia_rooms=80 * (1 + sign * spread),
            )
            for sign in (-1, 1)
        ]
        study = analyze(make_county(schools))
        composite = balance(study, "composite")
        assert composite["cv"] == pytest.approx(spread)
        assert composite["status"] == "not_applicable"
        assert balance(study, "equipment_value")["status"] == single
    # only where a province sets a limit
    local = analyze(make_county(schools, rules={"composite_cv.primary": 0.50}))
    assert balance(local, "composite")["status"] == "not_met"


def test_through_schools_stay_in_the_cv(make_county):
    schools = [
        school("primary", 400),
        school("nine_year", 200, 100),
        school("twelve_year", 100, 80, 60),
        school("combined_secondary", junior=300, senior=300),
        school("junior", junior=500),
        school("attached_class", 100, 50),
    ]
    study = analyze(make_county(schools))
    for indicator in INDICATORS:
        assert balance(study, indicator)["schools"] == 4
        assert balance(study, indicator)["students"] == 800
        assert balance(study, indicator, "junior")["schools"] == 5
        assert balance(study, indicator, "junior")["students"] == 1030


# --- apportionment --------------------------------------------------------------------------------


def test_through_schools_are_apportioned(make_county):
    one = school("nine_year", 600, 400, equipment_value_cny=2_080_000)
    study = analyze(make_county([one]))
    # per student of the whole school both stages would have 2080 yuan, and primary would meet 2000
    assert row(study, "equipment_value")["value"] == pytest.approx(2000)
    assert row(study, "equipment_value", "junior")["value"] == pytest.approx(2200)


def test_senior_weight_is_not_forgotten_in_a_twelve_year_school(make_county):
    shares = apportion(1094, primary=500, junior=300, senior=200)
    assert shares == pytest.approx({"primary": 500, "junior": 330, "senior": 264})

    one = school("twelve_year", 500, 300, 200, equipment_value_cny=2_188_000)
    study = analyze(make_county([one]))
    assert row(study, "equipment_value")["value"] == pytest.approx(2000)
    assert row(study, "equipment_value", "junior")["value"] == pytest.approx(2200)


def test_senior_weight_is_not_forgotten_in_a_combined_secondary_school(make_county):
    assert apportion(220, junior=100, senior=100) == pytest.approx(
        {"primary": 0, "junior": 100, "senior": 120}
    )

    one = school("combined_secondary", junior=100, senior=100, equipment_value_cny=550_000)
    study = analyze(make_county([one]))
    assert row(study, "equipment_value", "junior")["value"] == pytest.approx(2500)


def test_senior_students_are_not_counted(make_county):
    one = school("combined_secondary", junior=100, senior=900)
    study = analyze(make_county([one]))
    assert set(study.rows["stage"]) == {"junior"}
    assert balance(study, "backbone_teachers", "junior")["students"] == 100
    # two backbone teachers for 100 juniors; 0.2 for all 1000
    assert row(study, "backbone_teachers", "junior")["value"] == pytest.approx(2)


def test_teachers_are_not_apportioned(make_county):
    one = school("nine_year", 600, 400, backbone_primary=12, backbone_junior=4)
    study = analyze(make_county([one]))
    assert row(study, "backbone_teachers")["value"] == pytest.approx(2)
    assert row(study, "backbone_teachers", "junior")["value"] == pytest.approx(1)


# --- what is counted ------------------------------------------------------------------------------


def test_gymnasium_leaves_the_teaching_area_and_joins_the_sports_area(make_county):
    one = school(
        "primary", 100, teaching_area_m2=500, indoor_sports_area_m2=60, outdoor_sports_area_m2=700
    )
    study = analyze(make_county([one]))
    # with the gymnasium 5.0 would meet 4.5, without it 7.0 would miss 7.5
    assert row(study, "teaching_area")["value"] == pytest.approx(4.4)
    assert row(study, "teaching_area")["status"] == "near"
    assert row(study, "sports_area")["value"] == pytest.approx(7.6)
    assert row(study, "sports_area")["status"] == "met"


def test_gymnasium_is_taken_out_before_the_school_is_divided(make_county):
    one = school(
        "nine_year",
        100,
        100,
        teaching_area_m2=1260,
        indoor_sports_area_m2=210,
        outdoor_sports_area_m2=2100,
    )
    study = analyze(make_county([one]))
    assert row(study, "teaching_area")["value"] == pytest.approx(5.0)
    assert row(study, "teaching_area", "junior")["value"] == pytest.approx(5.5)
    assert row(study, "sports_area")["value"] == pytest.approx(11.0)
    assert row(study, "sports_area", "junior")["value"] == pytest.approx(12.1)


@pytest.mark.parametrize("stage", ["primary", "junior"])
def test_arts_teachers_are_not_forgotten(make_county, stage):
    """One column asks for PE and arts together, and the indicator uses it and nothing else."""
    column = TABLES["school_years"][f"pe_arts_{stage}"]
    assert "体育艺术" in column.zh
    assert "arts" in column.en
    assert "艺术" in INDICATORS["pe_arts_teachers"].zh
    assert "音乐" in INDICATORS["pe_arts_teachers"].zh

    one = {"type": stage, f"students_{stage}": 1000, f"pe_arts_{stage}": 9}
    found = row(analyze(make_county([one])), "pe_arts_teachers", stage)
    assert found["quantity"] == 9
    assert found["value"] == pytest.approx(0.9)
    assert found["status"] == "met"


# --- rounding -------------------------------------------------------------------------------------


def test_no_rounding_before_the_floor(make_county):
    """3.566 prints as 3.57, which is the floor of 4.2; it is below it all the same."""
    one = school("primary", 1000, above_qualification_primary=35.66)
    study = analyze(make_county([one]))
    found = row(study, "teachers_above_qualification")
    assert round(found["value"], 2) == 3.57
    assert found["status"] == "short"
    assert study.schools["status"].item() == "not_met"


def test_no_rounding_before_the_threshold(make_county):
    one = school("primary", 10_000, above_qualification_primary=419.6)
    found = row(analyze(make_county([one])), "teachers_above_qualification")
    assert round(found["value"], 2) == 4.2
    assert found["status"] == "near"


def test_floor_is_not_a_victim_of_binary_fractions(make_county):
    """0.85 x 4.5 is 3.8249999999999997 in binary and 0.85 x 4.2 is 3.57; both floors hold."""
    assert judge([3.825], [4.5], [0.85 * 4.5]).tolist() == ["near"]
    assert (
        judge(
            [3.57, 0.765, 6.375, 1.955],
            [4.2, 0.9, 7.5, 2.3],
            [0.85 * 4.2, 0.85 * 0.9, 0.85 * 7.5, 0.85 * 2.3],
        ).tolist()
        == ["near"] * 4
    )
    # values that should be 3.57 but come out a hair below
    hair_below = 3.57 * (1 - 2**-52)
    assert hair_below < 3.57
    assert judge([hair_below], [4.2], [0.85 * 4.2]).tolist() == ["near"]
    for students in range(100, 5001, 100):
        # exactly 85 % of what is needed
        one = school("primary", students, above_qualification_primary=students * 357 / 10_000)
        value = 100 * one["above_qualification_primary"] / students
        assert judge([value], [4.2], [0.85 * 4.2]).tolist() == ["near"], students
    exact = analyze(
        make_county([school("primary", 300, teaching_area_m2=1147.5, indoor_sports_area_m2=0)])
    )
    assert row(exact, "teaching_area")["status"] == "near"


# --- missing data ---------------------------------------------------------------------------------


def test_missing_is_not_zero(make_county):
    schools = [school("primary", 400), school("primary", 400, backbone_primary=None)]
    study = analyze(make_county(schools))
    missing, found = (
        row(study, "backbone_teachers", school="002"),
        balance(study, "backbone_teachers"),
    )

    assert missing["status"] == "not_assessed"
    assert np.isnan(missing["value"])
    assert np.isnan(missing["shortfall"])
    assert found["mean"] == pytest.approx(2)
    assert found["missing"] == 1
    assert found["status"] == "not_assessed"
    assert study.schools["status"].tolist() == ["met", "not_assessed"]
    # a real zero is one
    real = analyze(
        make_county([school("primary", 400), school("primary", 400, backbone_primary=0)])
    )
    assert row(real, "backbone_teachers", school="002")["status"] == "short"
    assert real.recognised is False


def _all_met(make_county, first: dict | None = None, second: dict | None = None):
    """A primary and a twelve-year school that meet everything, but for the given cells."""
    schools = [
        school("primary", 400),
        school("twelve_year", 300, 200, 100),
    ]
    return make_county([schools[0] | (first or {}), schools[1] | (second or {})])


def test_no_verdict_from_incomplete_data(make_county):
    complete = analyze(_all_met(make_county))
    assert complete.recognised is True
    blank = analyze(_all_met(make_county, {"equipment_value_cny": None}))
    assert blank.recognised is None
    assert blank.part_status("resource") == "not_assessed"
    # a failure elsewhere decides in spite of the gap
    failed = analyze(_all_met(make_county, {"equipment_value_cny": None}, {"backbone_primary": 0}))
    assert failed.recognised is False


@pytest.mark.slow
def test_no_verdict_from_any_single_blank_cell(make_county):
    """Blanking a cell never makes a met county fail, and opens the verdict if the cell counts."""
    county = _all_met(make_county)
    cells = [
        (position, column)
        for position in range(len(county.tables["school_years"]))
        for column in TABLES["school_years"].names[2:-1]
        if not np.isnan(county.tables["school_years"][column].iloc[position])
    ]
    assert len(cells) > 30
    for position, column in cells:
        blank = [{}, {}]
        blank[position] = {column: None}
        study = analyze(_all_met(make_county, *blank))
        expected = None if column in NEEDED_CELLS else True
        assert study.recognised is expected, (position, column)


def test_no_verdict_without_any_single_reported_item(make_county):
    schools = [school("primary", 400), school("junior", junior=400)]
    study = analyze(make_county(schools))
    items = study.evaluation.loc[study.evaluation["origin"] == "reported", "item"].tolist()
    assert study.recognised is True
    assert len(items) > 25
    # every third of them; all are tried in the tests of the items
    for item in items[::3]:
        assert analyze(make_county(schools, facts={item: None})).recognised is None, item


# --- which schools count --------------------------------------------------------------------------


def judged(make_county, **cells) -> bool:
    """Whether a school beside an ordinary one is judged; it is in the register anyhow."""
    study = analyze(make_county([school("primary", 400), cells]))
    registered = study.rows[study.rows["school_id"] == "002"]
    assert len(registered) >= 1
    found = "002" in set(study.indicators["school_id"])
    assert found == ("002" in set(study.schools["school_id"])) == registered["in_scope"].any()
    assert (
        balance(study, "equipment_value")["schools"]
        == 1
        + (study.indicators["stage"].eq("primary") & study.indicators["school_id"].eq("002")).any()
    )
    return found


def test_twelve_year_schools_are_not_dropped(make_county):
    assert judged(
        make_county, type="twelve_year", students_primary=90, students_junior=80, students_senior=70
    )


def test_teaching_points_with_49_students_do_not_count(make_county):
    assert not judged(make_county, type="teaching_point", students_primary=49)


def test_teaching_points_with_50_students_count(make_county):
    assert judged(make_county, type="teaching_point", students_primary=50)


def test_small_primary_schools_count(make_county):
    assert judged(make_county, type="primary", students_primary=12)


def test_special_schools_do_not_count(make_county):
    assert not judged(
        make_county, type="special_education", students_primary=60, students_junior=40
    )


def test_private_schools_count(make_county):
    assert judged(make_county, ownership="private", sponsor=10, students_primary=300)


@pytest.mark.parametrize("sponsor", range(1, 10))
def test_schools_of_other_sponsors_count(make_county, sponsor):
    """Run by the ministry, the province, the city or an enterprise: code 1 to 9."""
    assert judged(make_county, sponsor=sponsor, students_primary=300)
