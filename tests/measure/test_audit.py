"""How firm the verdicts are: what `analysis.measure.firmness.audit` says suffices does suffice, a hair less does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import analyze, coefficient_of_variation
from analysis.measure.firmness.audit import METHODS
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


HAIR = 1e-6

#: What a primary school of 1000 students needs to be exactly on each threshold.
ON_THRESHOLD = {
    "teachers_above_qualification": ("above_qualification_primary", 42),
    "backbone_teachers": ("backbone_primary", 10),
    "pe_arts_teachers": ("pe_arts_primary", 9),
    "teaching_area": ("teaching_area_m2", 4500),
    "sports_area": ("outdoor_sports_area_m2", 7500),
    "equipment_value": ("equipment_value_cny", 2_000_000),
    "multimedia_rooms": ("multimedia_rooms", 23),
}


def primary_school(ratios: dict[str, float]) -> dict:
    """A primary school with these shares of the thresholds, 1.5 where nothing is said."""
    school = {"students_primary": 1000, "indoor_sports_area_m2": 0}
    for indicator, (column, needed) in ON_THRESHOLD.items():
        school[column] = needed * ratios.get(indicator, 1.5)
    return school


def verdicts(make_county, *variants: dict[str, float]) -> list[str]:
    """The verdict of each variant of a school: the rule looks at one school at a time."""
    county = make_county([primary_school(ratios) for ratios in variants])
    return analyze(county).schools["status"].tolist()


# --- indicators -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "has", "margin"),
    [
        # 42 teachers are needed: with 45 the fourth that leaves is missed, with 42 the first
        ("teachers_above_qualification", 45, 4),
        ("teachers_above_qualification", 42, 1),
        ("teachers_above_qualification", 40, -2),
        ("multimedia_rooms", 30, 8),
        ("multimedia_rooms", 22, -1),
        ("teaching_area", 4600, 100),
        ("teaching_area", 4500, 0),
        ("teaching_area", 4400, -100),
        ("equipment_value", 1_900_000, -100_000),
    ],
)
def test_indicator_margin(make_county, indicator, has, margin):
    column, _ = ON_THRESHOLD[indicator]
    study = analyze(make_county([primary_school({}) | {column: has}]))
    found = study.indicator_margins.set_index("indicator").loc[indicator]

    assert found["margin"] == pytest.approx(margin, abs=1e-6)
    assert found["margin_share"] == pytest.approx(margin / has, abs=1e-9)


def test_indicator_margin_is_what_turns_the_status(make_county):
    """Of a school that shares: the school's own square metres, yuan and rooms, not the stage's."""
    school = {
        "type": "nine_year",
        "students_primary": 370,
        "students_junior": 230,
        "indoor_sports_area_m2": 0,
    }
    columns = {
        "teaching_area": "teaching_area_m2",
        "sports_area": "outdoor_sports_area_m2",
        "equipment_value": "equipment_value_cny",
        "multimedia_rooms": "multimedia_rooms",
    }
    study = analyze(make_county([school]))
    rows = study.county.tables["school_years"].iloc[0]
    for row in study.indicator_margins.to_dict("records"):
        if row["indicator"] not in columns:
            continue
        column = columns[row["indicator"]]
        beyond = 0 if INDICATORS[row["indicator"]].whole else 0.001
        less = 1 if INDICATORS[row["indicator"]].whole else 0.001
        for change, status in ((-row["margin"] - beyond, "near"), (-row["margin"] + less, "met")):
            again = analyze(make_county([school | {column: rows[column] + change}])).indicators
            again = again.set_index(["stage", "indicator"])["status"]
            assert again[(row["stage"], row["indicator"])] == status, (row["indicator"], change)


def test_indicators_that_are_not_assessed_have_no_margin(make_county):
    school = primary_school({}) | {"backbone_primary": None}
    study = analyze(make_county([school]))
    assert "backbone_teachers" not in set(study.indicator_margins["indicator"])
    assert len(study.indicator_margins) == 6


# --- schools --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratios", "indicator", "change"),
    [
        # all met: one indicator must fall through the floor
        ({"sports_area": 1.0}, "sports_area", -0.15),
        # six met: losing a second threshold is enough ...
        ({"sports_area": 0.99, "teaching_area": 1.01}, "teaching_area", 1 / 1.01 - 1),
        # ... or the floor of the one that is near
        ({"sports_area": 0.851, "teaching_area": 1.4}, "sports_area", 0.85 / 0.851 - 1),
        # one below the floor: it needs the floor only
        ({"sports_area": 0.80}, "sports_area", 0.85 / 0.80 - 1),
        # two near: the nearer one needs its threshold
        ({"sports_area": 0.90, "teaching_area": 0.95}, "teaching_area", 1 / 0.95 - 1),
        # one near, one below the floor: the low one needs its threshold, the other may stay
        ({"sports_area": 0.80, "teaching_area": 0.95}, "sports_area", 1 / 0.80 - 1),
        # two below the floor, or three unmet: no single change will do
        ({"sports_area": 0.80, "teaching_area": 0.80}, None, np.nan),
        ({"sports_area": 0.95, "teaching_area": 0.95, "backbone_teachers": 0.95}, None, np.nan),
        # nothing can be multiplied into something
        ({"sports_area": 0.0}, None, np.nan),
    ],
)
def test_school_margin(make_county, ratios, indicator, change):
    study = analyze(make_county([primary_school(ratios)]))
    row = study.school_margins.iloc[0]
    if indicator is None:
        assert pd.isna(row["indicator"])
    else:
        assert row["indicator"] == indicator
    assert row["change"] == pytest.approx(change, nan_ok=True)


RATIO = st.sampled_from([0.0, 0.7, 0.849, 0.86, 0.95, 0.99, 1.01, 1.2, 1.6])


@pytest.mark.slow
@settings(max_examples=20)
@given(
    st.dictionaries(
        st.sampled_from(list(INDICATORS)), RATIO | st.floats(0.5, 2), min_size=1, max_size=4
    )
)
def test_school_margin_suffices_and_a_hair_less_does_not(make_county, ratios):
    row = analyze(make_county([primary_school(ratios)])).school_margins.iloc[0]
    other = {"met": "not_met", "not_met": "met"}[row["status"]]

    def changed(indicator: str, change: float) -> dict[str, float]:
        return ratios | {indicator: max(ratios.get(indicator, 1.5) * (1 + change), 0)}

    if np.isnan(row["change"]):
        # nothing that a single indicator can do
        changes = [changed(name, change) for name in INDICATORS for change in (-1, -0.5, 0.5, 9)]
        assert set(verdicts(make_county, *changes)) == {row["status"]}
        return
    enough = changed(row["indicator"], row["change"] * (1 + HAIR))
    # neither it nor any other indicator turns the verdict with less
    less = abs(row["change"]) * (1 - HAIR)
    too_little = [changed(name, sign * less) for name in INDICATORS for sign in (-1, 1)]
    first, *rest = verdicts(make_county, enough, *too_little)
    assert first == other
    assert set(rest) == {row["status"]}


def test_no_single_change_turns_a_school_with_a_gap(make_county):
    """Six known, one of them low, one unknown: raising the low one leaves the verdict open."""
    school = primary_school({"sports_area": 0.5}) | {"backbone_primary": None}
    study = analyze(make_county([school]))
    row = study.school_margins.iloc[0]
    assert row["status"] == "not_met"
    assert np.isnan(row["change"])


def test_schools_that_are_not_assessed_have_no_margin(make_county):
    school = primary_school({}) | {"backbone_primary": None}
    margins = analyze(make_county([school])).school_margins
    assert margins.empty
    assert list(margins.columns[-2:]) == ["indicator", "change"]


# --- coefficients of variation --------------------------------------------------------------------


def equipped(levels, students) -> list[dict]:
    return [
        {"students_primary": number, "equipment_value_cny": level * number}
        for level, number in zip(levels, students, strict=True)
    ]


def equipment_margin(study) -> pd.Series:
    table = study.balance_margins.set_index(["stage", "indicator"])
    return table.loc[("primary", "equipment_value")]


LEVELS = st.lists(st.tuples(st.floats(100, 9000), st.integers(20, 2500)), min_size=2, max_size=6)


@pytest.mark.slow
@settings(max_examples=30)
@given(LEVELS)
def test_balance_margin_brings_the_variation_to_its_limit(make_county, schools):
    levels, students = (np.array(column, dtype=float) for column in zip(*schools, strict=True))
    study = analyze(make_county(equipped(levels, students)))
    row = equipment_margin(study)

    def variation(school: int, change: float) -> float:
        changed = levels + change / students * (np.arange(len(levels)) == school)
        return coefficient_of_variation(changed, students)

    if np.isnan(row["change"]):
        # whatever one school is given or loses, the verdict stays
        for school in range(len(levels)):
            for change in (-levels[school] * students[school], 1e5, 1e7, 1e9, 1e12):
                assert (variation(school, change) <= 0.5) == (row["status"] == "met")
        return
    school = int(row["school_id"]) - 1
    assert variation(school, row["change"]) == pytest.approx(0.50, abs=1e-9)
    assert row["change_share"] == pytest.approx(row["change"] / (levels * students)[school])
    # nobody turns it with less
    for other in range(len(levels)):
        for sign in (-1, 1):
            change = sign * abs(row["change"]) * (1 - HAIR)
            if levels[other] * students[other] + change > 0:
                assert (variation(other, change) <= 0.5) == (row["status"] == "met")


def test_balance_margin_applied_to_the_data_turns_the_verdict(make_county):
    """Two schools of 100: 1000 and 3800 yuan. The first reaches 0.50 with 1266.67 (a third of 3800)."""
    before = analyze(make_county(equipped([1000, 3800], [100, 100])))
    row = equipment_margin(before)
    assert row["status"] == "not_met"
    assert row["school_id"] == "001"
    assert row["change"] == pytest.approx(100 * (3800 / 3 - 1000))

    for factor, status in ((1, "met"), (1 - HAIR, "not_met"), (1 + HAIR, "met")):
        level = 1000 + factor * row["change"] / 100
        after = analyze(make_county(equipped([level, 3800], [100, 100])))
        assert equipment_margin(after)["status"] == status


def test_no_school_alone_brings_equality_to_the_limit_when_there_is_one(make_county):
    row = equipment_margin(analyze(make_county(equipped([1000], [100]))))
    assert row["status"] == "met"
    assert np.isnan(row["change"])
    assert pd.isna(row["school_id"])


def test_balance_margin_without_weights(make_county):
    """Where the standard does not weight, the change must bring the unweighted CV to the limit."""
    county = make_county(
        equipped([1000, 2000, 6000], [900, 100, 300]), rules={"option.cv_weighting": "none"}
    )
    row = equipment_margin(analyze(county))
    levels, students = np.array([1000.0, 2000, 6000]), np.array([900, 100, 300])
    levels[int(row["school_id"]) - 1] += row["change"] / students[int(row["school_id"]) - 1]
    assert row["cv"] == pytest.approx(coefficient_of_variation([1000, 2000, 6000]))
    assert coefficient_of_variation(levels) == pytest.approx(0.50, abs=1e-9)


# --- other arithmetic -----------------------------------------------------------------------------


def flips(study) -> set:
    """(method, subject, stage, indicator) of the audit."""
    table = study.method_audit
    return set(
        zip(
            table["method"],
            table["subject"],
            table["stage"],
            table["indicator"].fillna("").astype(str),
            strict=True,
        )
    )


def test_nothing_flips_where_all_are_alike(make_county):
    schools = [
        {"students_primary": 400},
        {"type": "nine_year", "students_primary": 300, "students_junior": 200},
        {"type": "junior", "students_junior": 300},
    ]
    table = analyze(make_county(schools)).method_audit
    assert table.empty
    assert {"method", "status", "other_status", "value", "other_value"} <= set(table.columns)


def test_audit_finds_where_the_weights_decide(make_county):
    """The published example: 0.5153 weighted, 0.4888 unweighted."""
    students, books = [45, 37, 89, 76, 55], [279, 137, 935, 160, 402]
    levels = [1000 * total / number for total, number in zip(books, students, strict=True)]
    study = analyze(make_county(equipped(levels, students)))
    assert flips(study) == {("unweighted", "cv", "primary", "equipment_value")}
    row = study.method_audit.iloc[0]
    assert (row["status"], row["other_status"]) == ("not_met", "met")
    assert row["value"] == pytest.approx(0.515257, abs=1e-6)
    assert row["other_value"] == pytest.approx(0.488771, abs=1e-6)


def test_audit_finds_where_rounding_first_decides_an_indicator(make_county):
    school = {"students_primary": 1000, "above_qualification_primary": 41.96}
    study = analyze(make_county([school]))
    assert flips(study) == {
        ("rounded_first", "indicator", "primary", "teachers_above_qualification")
    }
    row = study.method_audit.iloc[0]
    assert (row["status"], row["other_status"]) == ("near", "met")


def test_audit_finds_where_rounding_first_decides_a_school(make_county):
    """3.566 prints as 3.57, the floor."""
    school = {"students_primary": 1000, "above_qualification_primary": 35.66}
    study = analyze(make_county([school]))
    assert flips(study) == {
        ("rounded_first", "indicator", "primary", "teachers_above_qualification"),
        ("rounded_first", "school", "primary", ""),
    }
    assert set(study.method_audit["other_status"]) == {"near", "met"}


def test_audit_finds_where_rounding_first_decides_a_variation(make_county):
    study = analyze(make_county(equipped([999.99, 3000.01], [100, 100])))
    assert ("rounded_first", "cv", "primary", "equipment_value") in flips(study)


def test_audit_finds_where_apportionment_decides(make_county):
    """2080 yuan per student of the whole school; 2000 and 2200 where they are apportioned."""
    school = {
        "type": "nine_year",
        "students_primary": 600,
        "students_junior": 400,
        "equipment_value_cny": 2_079_000,
    }
    study = analyze(make_county([school]))
    assert flips(study) == {
        ("unsplit", "indicator", "primary", "equipment_value"),  # near -> met
        ("unsplit", "indicator", "junior", "equipment_value"),  # near -> short
        ("unsplit", "school", "junior", ""),  # met -> not_met
    }
    rows = study.method_audit.set_index(["subject", "stage"])
    assert rows.loc[("indicator", "primary"), "value"] == pytest.approx(2_079_000 / 1040)
    assert rows.loc[("indicator", "primary"), "other_value"] == pytest.approx(2079)
    assert rows.loc[("school", "junior"), ["status", "other_status"]].tolist() == ["met", "not_met"]


def test_audit_knows_only_its_three_methods(make_county):
    study = analyze("340207-jiujiang", 2023)
    assert set(study.method_audit["method"]) <= set(METHODS)
    # a verdict that was not reached cannot be turned
    assert "not_assessed" not in set(study.method_audit["status"])
    assert (study.method_audit["status"] != study.method_audit["other_status"]).all()


def test_gaps_are_not_audited(make_county):
    schools = [{"students_primary": 400, "equipment_value_cny": None}, {"students_primary": 300}]
    assert analyze(make_county(schools)).method_audit.empty
