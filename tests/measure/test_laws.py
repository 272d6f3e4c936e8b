"""What must hold for all data, tried on many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis import analyze, apportion, coefficient_of_variation
from analysis.base.schema.terms import SCHOOL_TYPES, STAGES
from analysis.measure.apportioning.register import stage_rows
from analysis.measure.apportioning.scope import EXCLUSIONS
from analysis.measure.dispersion import (
    Grouped,
    break_even,
    gini,
    moments,
    theil,
    variation_shares,
    weighted_mean,
)
from analysis.measure.indicators import indicator_rows, judge, round_half_up
from analysis.measure.verdicts import three_valued
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


SCHOOL = st.tuples(st.floats(0.1, 1000), st.integers(1, 3000))
SCHOOLS = st.lists(SCHOOL, min_size=2, max_size=12)
MEASURES = pytest.mark.parametrize("measure", [coefficient_of_variation, gini, theil])


def close(value: float):
    # the square root of what binary fractions leave over when all schools are alike
    return pytest.approx(value, rel=1e-7, abs=1e-7)


def columns(schools) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.array(column, dtype=float) for column in zip(*schools, strict=True))


# --- measures of inequality -----------------------------------------------------------------------


@MEASURES
@given(SCHOOLS, st.floats(0.001, 1000))
def test_the_unit_does_not_matter(measure, schools, factor):
    values, students = columns(schools)
    assert measure(values * factor, students) == close(measure(values, students))
    assert measure(values, students * factor) == close(measure(values, students))


@MEASURES
@given(SCHOOLS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(measure, schools, random):
    shuffled = random.sample(schools, len(schools))
    assert measure(*columns(shuffled)) == close(measure(*columns(schools)))


@MEASURES
@given(SCHOOLS, st.integers(1, 3000))
def test_merging_schools_with_the_same_ratio_changes_nothing(measure, schools, students):
    value, first = schools[0]
    apart = [*schools, (value, students)]
    merged = [(value, first + students), *schools[1:]]
    assert measure(*columns(merged)) == close(measure(*columns(apart)))


@MEASURES
@given(SCHOOLS, st.floats(0.01, 0.99))
def test_splitting_a_school_changes_nothing(measure, schools, part):
    value, students = schools[0]
    split = [(value, students * part), (value, students * (1 - part)), *schools[1:]]
    assert measure(*columns(split)) == close(measure(*columns(schools)))


@MEASURES
@given(SCHOOLS, st.integers(2, 5))
def test_replication_changes_nothing(measure, schools, times):
    assert measure(*columns(schools * times)) == close(measure(*columns(schools)))


@MEASURES
@given(SCHOOLS)
def test_a_school_without_students_changes_nothing(measure, schools):
    assert measure(*columns([*schools, (5000.0, 0)])) == close(measure(*columns(schools)))


@MEASURES
@given(SCHOOL, st.integers(1, 6))
def test_equal_schools_are_equal(measure, school, number):
    assert measure(*columns([school] * number)) == close(0)


@given(SCHOOLS)
def test_bounds(schools):
    values, students = columns(schools)
    largest = (students.sum() / students.min() - 1) ** 0.5
    assert -1e-12 <= gini(values, students) <= 1
    assert theil(values, students) >= -1e-12
    assert 0 <= coefficient_of_variation(values, students) <= largest * (1 + 1e-12)


@given(SCHOOLS)
def test_gini_is_half_the_mean_difference_of_pairs(schools):
    values, students = columns(schools)
    weights = np.outer(students, students) / students.sum() ** 2
    difference = (weights * np.abs(values[:, None] - values[None, :])).sum()
    assert gini(values, students) == close(difference / 2 / weighted_mean(values, students))


@given(SCHOOLS)
def test_shares_of_the_variation_add_up(schools):
    values, students = columns(schools)
    shares = variation_shares(values, students)
    if coefficient_of_variation(values, students) < 1e-9:
        return
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    # taking one school's deviation away takes exactly its share of the squared CV away
    mean = weighted_mean(values, students)
    terms = students / students.sum() * (values / mean - 1) ** 2
    assert shares * coefficient_of_variation(values, students) ** 2 == pytest.approx(terms)


@given(SCHOOL, st.integers(2, 6))
def test_alike_schools_have_no_shares(school, number):
    assert np.isnan(variation_shares(*columns([school] * number))).all()


@given(SCHOOLS, st.data())
def test_one_more_unit_below_the_break_even_level_narrows_the_gap(schools, data):
    values, students = columns(schools)
    before = coefficient_of_variation(values, students)
    level = break_even(weighted_mean(values, students), before)
    school = data.draw(st.integers(0, len(schools) - 1))
    # so near to the level the change is lost among the binary digits
    assume(abs(values[school] / level - 1) > 0.01)
    assume(before > 0.01)
    step = 1e-4 * min(abs(values[school] - level), level) * np.eye(len(schools))[school]
    after = coefficient_of_variation(values + step, students)
    if values[school] < level:
        assert after < before
    else:
        assert after > before


@given(st.lists(st.tuples(SCHOOL, st.sampled_from("abc")), min_size=1, max_size=20))
def test_many_groups_at_once_are_each_group_alone(labelled):
    rows = pd.DataFrame(
        [(value, students, group) for (value, students), group in labelled],
        columns=["value", "students", "group"],
    )
    group, names = pd.factorize(rows["group"])
    # twice the values in a second row: the rows have nothing to do with each other
    values = rows["value"].to_numpy() * np.array([[1.0], [2.0]])
    found = moments(values, rows["students"].to_numpy(dtype=float), Grouped(group, len(names)))
    for number, name in enumerate(names):
        part = rows[rows["group"] == name]
        mean = weighted_mean(part["value"], part["students"])
        assert found.missing[:, number].tolist() == [0, 0]
        assert found.mean[:, number].tolist() == [close(mean), close(2 * mean)]
        cv = coefficient_of_variation(part["value"], part["students"])
        assert found.cv[:, number].tolist() == [close(cv), close(cv)]
        assert found.sd[0, number] == close(found.cv[0, number] * found.mean[0, number])


@given(SCHOOLS)
def test_groups_leave_out_what_is_missing_and_say_so(schools):
    values, students = columns(schools)
    values, students = np.append(values, [np.nan, 3.0]), np.append(students, [10, np.nan])
    found = moments(values[None], students, Grouped(np.zeros(len(values), dtype=int), 1))
    assert found.missing.tolist() == [[2]]
    assert found.cv.tolist() == [[close(coefficient_of_variation(*columns(schools)))]]
    assert np.isnan(coefficient_of_variation([1.0, np.nan], [10, 10]))


# --- apportionment --------------------------------------------------------------------------------


@given(st.floats(0, 1e9), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_shares_add_up_and_keep_their_ratio(total, primary, junior, senior):
    assume(primary + junior + senior > 0)
    students = {"primary": primary, "junior": junior, "senior": senior}
    shares = apportion(total, **students)
    weighted = primary + 1.1 * junior + 1.32 * senior

    assert sum(shares.values()) == pytest.approx(total)
    for stage, weight in (("primary", 1), ("junior", 1.1), ("senior", 1.32)):
        assert shares[stage] == pytest.approx(total * weight * students[stage] / weighted)
        if students[stage] == 0:
            assert shares[stage] == 0


@settings(max_examples=25)
@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 3000))
def test_register_and_function_apportion_alike(make_county, primary, junior, senior):
    students = {"primary": primary, "junior": junior, "senior": senior}
    school = {"type": "twelve_year", **{f"students_{stage}": n for stage, n in students.items()}}
    county = make_county([school | {"equipment_value_cny": 5e6}])
    rows = stage_rows(county, {2023: county.standard.for_year(2023)}).set_index("stage")
    shares = apportion(5e6, **students)
    for stage in STAGES:
        assert rows.loc[stage, "equipment_value"] == pytest.approx(shares[stage], rel=1e-12)


# --- shortfalls -----------------------------------------------------------------------------------

#: Column of `school_years` in which a school adds to an indicator; {} is the stage.
INPUTS = {
    "teachers_above_qualification": "above_qualification_{}",
    "backbone_teachers": "backbone_{}",
    "pe_arts_teachers": "pe_arts_{}",
    "teaching_area": "teaching_area_m2",
    "sports_area": "outdoor_sports_area_m2",
    "equipment_value": "equipment_value_cny",
    "multimedia_rooms": "multimedia_rooms",
}


@st.composite
def poor_schools(draw):
    """A school of any judged type that may lack anything."""
    kind = draw(st.sampled_from([k for k in SCHOOL_TYPES if k != "special_education"]))
    stages = SCHOOL_TYPES[kind].stages
    school = {"type": kind}
    for stage in stages:
        students = draw(st.integers(50, 2500))
        school[f"students_{stage}"] = students
        if stage in STAGES:
            for name, most in (("above_qualification", 8), ("backbone", 2), ("pe_arts", 2)):
                school[f"{name}_{stage}"] = draw(st.integers(0, most * students // 100))
    everyone = sum(school[f"students_{stage}"] for stage in stages)
    school["indoor_sports_area_m2"] = draw(st.integers(0, everyone))
    school["teaching_area_m2"] = school["indoor_sports_area_m2"] + draw(
        st.integers(0, 8 * everyone)
    )
    school["outdoor_sports_area_m2"] = draw(st.integers(0, 12 * everyone))
    school["equipment_value_cny"] = draw(st.integers(0, 4000 * everyone))
    school["multimedia_rooms"] = draw(st.integers(0, 5 * everyone // 100))
    return school


@pytest.mark.slow
@settings(max_examples=15)
@given(poor_schools())
def test_applying_a_shortfall_suffices_and_one_unit_less_does_not(make_county, school):
    """The shortfall is what the school adds so that this stage meets, whatever the stages share."""

    def table(given: dict) -> pd.DataFrame:
        county = make_county([given])
        rules = {2023: county.standard.for_year(2023)}
        return indicator_rows(stage_rows(county, rules), rules).set_index(["stage", "indicator"])

    before = table(school)
    for stage in before.index.unique("stage"):
        lacking = before.loc[stage]
        lacking = lacking[lacking["status"] != "met"]["shortfall"]
        enough, too_little = dict(school), dict(school)
        for indicator, shortfall in lacking.items():
            column = INPUTS[indicator].format(stage)
            assert shortfall > 0
            if INDICATORS[indicator].whole:
                assert shortfall == int(shortfall)
            enough[column] = school[column] + shortfall
            too_little[column] = school[column] + shortfall - 1
        after, not_yet = table(enough).loc[stage], table(too_little).loc[stage]
        assert (after["status"] == "met").all()
        assert (after["shortfall"] == 0).all()
        assert (not_yet.loc[lacking.index, "status"] != "met").all()
    assert (before.loc[before["status"] == "met", "shortfall"] == 0).all()


# --- judging --------------------------------------------------------------------------------------


@given(st.floats(0, 1e6), st.floats(0.1, 1e4))
def test_statuses_are_ordered(value, threshold):
    status = judge([value], [threshold], [0.85 * threshold])[0]
    if value > threshold * (1 + 1e-9):
        assert status == "met"
    elif value < 0.85 * threshold * (1 - 1e-9):
        assert status == "short"
    elif threshold * (1 - 1e-9) > value > 0.85 * threshold * (1 + 1e-9):
        assert status == "near"


@given(st.integers(0, 10**7), st.integers(0, 3))
def test_rounding_is_what_a_person_does(thousandths, decimals):
    """Half is rounded up, also where the binary fraction lies a hair below the half."""
    step = 10 ** (3 - decimals)
    expected = (thousandths + step // 2) // step if step > 1 else thousandths
    assert round_half_up(thousandths / 1000, decimals) == pytest.approx(expected / 10**decimals)


@given(st.lists(st.sampled_from(["met", "not_met", "not_assessed", "not_applicable"]), max_size=6))
def test_three_valued_logic(statuses):
    found = three_valued(statuses)
    if "not_met" in statuses:
        assert found == "not_met"
    elif "not_assessed" in statuses:
        assert found == "not_assessed"
    elif "met" in statuses:
        assert found == "met"
    else:
        assert found == "not_applicable"


# --- nobody vanishes ------------------------------------------------------------------------------

YEARS = [2021, 2022, 2023]


@st.composite
def registered_schools(draw):
    school = {
        "type": draw(st.sampled_from(list(SCHOOL_TYPES))),
        "ownership": draw(st.sampled_from(["public", "private"])),
        "opened": draw(st.sampled_from([None, None, 2000, 2022])),
        "closed": draw(st.sampled_from([None, None, 2022, 2040])),
        "indicators_in_scope": draw(st.sampled_from([None, None, None, "yes", "no"])),
    }
    for stage in SCHOOL_TYPES[school["type"]].stages:
        school[f"students_{stage}"] = draw(st.sampled_from([None, 0, 30, 49, 50, 400]))
    if draw(st.integers(0, 4)) == 0:
        school["by_year"] = {draw(st.sampled_from(YEARS)): None}
    return school


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(registered_schools(), min_size=1, max_size=8))
def test_register_census(make_county, schools):
    # one ordinary school, so that every year has data
    county = make_county([{"students_primary": 400}, *schools], YEARS)
    study = analyze(county)
    register, indicators = study.register, study.all_indicators
    roster = county.tables["schools"].set_index("school_id")

    for year in YEARS:
        open_ = roster[~(roster["opened"] > year) & ~(roster["closed"] < year)].index
        assert set(register.loc[register["year"] == year, "school_id"]) == set(open_)
    # every row is judged or says why not
    judged = register["in_scope"]
    assert (register.loc[judged, "reason"] == "").all()
    assert register.loc[~judged, "reason"].isin(list(EXCLUSIONS)).all()
    # every judged row has its seven indicators and its verdict, and nobody else has
    keys = ["year", "school_id", "stage"]
    expected = register.loc[judged, keys].apply(tuple, axis=1)
    assert expected.is_unique
    assert indicators.groupby(keys).size().eq(7).all()
    assert set(indicators[keys].apply(tuple, axis=1)) == set(expected)
    assert sorted(study.all_schools[keys].apply(tuple, axis=1)) == sorted(expected)
    # every school of the year counts in the statistics of its stage, or in `missing`
    sizes = register[judged].groupby(["year", "stage"]).size()
    for row in study.all_balance.to_dict("records"):
        assert row["schools"] == sizes.get((row["year"], row["stage"]), 0)
