"""`analyze`: years, gaps, openings and closings, overrides, and the shape of what comes out."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import InputError, analyze, load_county
from analysis.base.schema.terms import STAGES
from analysis.measure.verdicts import judge_entry, three_valued
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


#: The contract with everybody who reads the tables: these columns first, in this order.
COLUMNS = {
    "indicators": "county, year, basis, stage, school_id, school, students, indicator, value, "
    "threshold, status, shortfall, shortfall_unit",
    "balance": "county, year, basis, stage, indicator, schools, students, mean, sd, cv, limit, status",
    "schools": "county, year, basis, stage, school_id, school, met, below_floor, status",
    "evaluation": "county, year, part, item, value, requirement, status, source",
}


def mixed(make_county, years=2023, **more):
    return make_county(
        [
            {"students_primary": 400},
            {"type": "nine_year", "students_primary": 300, "students_junior": 200},
            {"type": "junior", "students_junior": 400},
        ],
        years,
        **more,
    )


def statuses(table, *keys: str) -> dict:
    return table.set_index(list(keys))["status"].to_dict()


# --- the county in memory -------------------------------------------------------------------------


def test_counties_in_memory_are_as_loaded(make_county, write_county, tmp_path):
    county = mixed(make_county, [2022, 2023])
    loaded = load_county(write_county(county, tmp_path / "county"))
    for name, table in county.tables.items():
        assert loaded.tables[name].astype(object).equals(table.astype(object)), name
    ours, theirs = analyze(county), analyze(loaded)
    for table in ("register", "all_indicators", "all_balance", "all_schools", "all_evaluation"):
        assert getattr(ours, table).equals(getattr(theirs, table)), table
    assert ours.recognised is theirs.recognised is True


# --- the tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_as_promised(make_county, table):
    expected = COLUMNS[table].split(", ")
    study = analyze(mixed(make_county))
    assert list(getattr(study, table).columns)[: len(expected)] == expected
    assert list(getattr(study, f"all_{table}").columns)[: len(expected)] == expected


def test_words_are_as_promised(make_county):
    schools = [{"students_primary": 400, "backbone_primary": n} for n in (8, None, 3, 2)]
    study = analyze(make_county([*schools, {"students_primary": 40, "pe_arts_primary": 0}]))
    assert set(study.indicators["status"]) <= {"met", "near", "short", "not_assessed"}
    others = {"met", "not_met", "not_assessed", "not_applicable"}
    for table in (study.balance, study.schools, study.evaluation):
        assert set(table["status"]) <= others
    assert set(study.indicators["basis"]) == {"observed"}
    assert set(study.evaluation["part"]) == {
        "resource",
        "government",
        "quality",
        "recognition",
        "veto",
    }
    assert set(study.indicators["shortfall_unit"]) == {"persons", "m²", "yuan", "rooms"}
    assert study.balance["schools"].dtype.kind == "i"
    assert study.balance["missing"].dtype.kind == "i"


def test_one_row_per_fact(make_county):
    study = analyze(mixed(make_county, [2022, 2023]))
    assert not study.all_indicators.duplicated(["year", "stage", "school_id", "indicator"]).any()
    assert not study.all_schools.duplicated(["year", "stage", "school_id"]).any()
    assert not study.all_balance.duplicated(["year", "stage", "indicator"]).any()
    assert not study.all_evaluation.duplicated(["year", "item"]).any()
    first = study.indicators[(study.indicators["school_id"] == "001")]
    assert first["indicator"].tolist() == list(INDICATORS)
    for stage in STAGES:
        rows = study.balance[study.balance["stage"] == stage]
        assert rows["indicator"].tolist() == [*INDICATORS, "composite"]


# --- years ----------------------------------------------------------------------------------------


def test_the_last_year_is_judged_unless_another_is_asked_for(make_county):
    county = make_county(
        [{"students_primary": 400, "by_year": {2022: {"backbone_primary": 0}}}], [2021, 2022, 2023]
    )
    assert analyze(county).year == 2023
    assert analyze(county).recognised is True
    assert analyze(county, 2022).recognised is False
    assert set(analyze(county, 2022).indicators["year"]) == {2022}
    assert set(analyze(county, 2022).all_indicators["year"]) == {2021, 2022, 2023}


def test_a_year_without_data_is_refused_in_a_sentence(make_county):
    county = mixed(make_county, [2022, 2023])
    with pytest.raises(InputError, match=r"no data for the school year 2019; there are 2022, 2023"):
        analyze(county, 2019)


def test_before_the_rules_nothing_is_judged(make_county):
    study = analyze(mixed(make_county, [2015, 2016, 2017]), 2016)
    assert set(study.indicators["status"]) == {"not_assessed"}
    assert study.indicators["value"].notna().all()
    assert study.indicators[["threshold", "shortfall"]].isna().all(axis=None)
    assert set(study.schools["status"]) == {"not_assessed"}
    assert not set(study.balance["status"]) & {"met", "not_met"}
    assert study.balance["cv"].notna().all()
    assert study.recognised is None
    for table in (study.indicator_margins, study.school_margins, study.balance_margins):
        assert table.empty
    assert study.method_audit.empty
    # by the rules of a later year it can be
    assert analyze(study.county, 2016, as_of=2017).part_status("resource") == "met"
    assert analyze(study.county, 2017).recognised is True


def test_rules_of_another_year_also_say_who_is_judged(make_county):
    """From 2030 on this county counts teaching points from 100 students."""
    schools = [{"students_primary": 400}, {"type": "teaching_point", "students_primary": 60}]
    dated = {"2017-04-19": 50, "2030-01-01": 100}
    county = make_county(schools, rules={"option.teaching_point_students": dated})
    assert set(analyze(county).indicators["school_id"]) == {"001", "002"}
    assert set(analyze(county, as_of=2030).indicators["school_id"]) == {"001"}


# --- stages with few schools ----------------------------------------------------------------------


def test_a_stage_without_schools_is_not_applicable(make_county):
    study = analyze(make_county([{"students_primary": 400}, {"students_primary": 300}]))
    for stage in STAGES:
        assert (study.balance["stage"] == stage).sum() == 8
    junior = study.balance[study.balance["stage"] == "junior"]
    assert set(junior["status"]) == {"not_applicable"}
    assert set(junior["schools"]) == {0}
    assert junior[["mean", "sd", "cv"]].isna().all(axis=None)
    items = statuses(study.evaluation, "item")
    assert items["schools.junior"] == "not_applicable"
    assert items["cv.equipment_value.junior"] == "not_applicable"
    assert study.recognised is True


def test_without_any_judged_school_nothing_can_be_met(make_county):
    county = make_county([{"type": "special_education", "students_primary": 60}])
    study = analyze(county)
    assert study.indicators.empty
    assert study.schools.empty
    assert set(study.balance["status"]) == {"not_applicable"}
    assert study.part_status("resource") == "not_applicable"
    for table in (study.indicator_margins, study.school_margins, study.balance_margins):
        assert table.empty
    assert study.method_audit.empty
    assert study.rows["reason"].tolist() == ["special_education"]


def test_a_single_school_of_a_stage_has_no_variation(make_county):
    study = analyze(make_county([{"students_primary": 137, "equipment_value_cny": 991_234}]))
    primary = study.balance[study.balance["stage"] == "primary"]
    assert set(primary["schools"]) == {1}
    assert primary["cv"].tolist() == pytest.approx([0] * 8, abs=1e-12)
    assert primary["status"].tolist() == ["met"] * 7 + ["not_applicable"]


# --- three values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["met", "met"], "met"),
        (["met", "not_met"], "not_met"),
        (["met", "not_assessed"], "not_assessed"),
        (["not_met", "not_assessed"], "not_met"),
        (["not_applicable", "met"], "met"),
        (["not_applicable", "not_assessed"], "not_assessed"),
        (["not_applicable"], "not_applicable"),
        ([], "not_applicable"),
    ],
)
def test_three_valued_logic(parts, whole):
    assert three_valued(parts) == whole


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        # six met, the seventh unknown: near or short is open
        ({"backbone_primary": None}, "not_assessed"),
        # five met, one near, one unknown: six of seven are still possible
        ({"backbone_primary": None, "pe_arts_primary": 8.5}, "not_assessed"),
        # one short: no unknown can save it
        ({"backbone_primary": None, "pe_arts_primary": 1}, "not_met"),
        # two near already
        (
            {"backbone_primary": 9, "pe_arts_primary": 8.5, "equipment_value_cny": None},
            "not_met",
        ),
        ({"students_primary": 1000}, "met"),
    ],
)
def test_a_school_with_a_gap(make_county, changes, status):
    school = {"students_primary": 1000} | changes
    assert analyze(make_county([school])).schools["status"].item() == status


@pytest.mark.parametrize("fact", ["G1", "Q1", "S1", "V1"])
def test_items_of_the_other_parts_decide_too(make_county, fact):
    wrong = {"G1": "no", "Q1": "0.94", "S1": "0.84", "V1": "yes"}[fact]
    assert analyze(mixed(make_county, facts={fact: wrong})).recognised is False
    assert analyze(mixed(make_county, facts={fact: None})).recognised is None
    assert analyze(mixed(make_county, facts={fact: wrong, "G2": None})).recognised is False


@pytest.mark.parametrize(
    ("value", "rule", "required", "status"),
    [
        (0.85, "at_least", 0.85, "met"),
        (0.8499, "at_least", 0.85, "not_met"),
        (45.0, "at_most", 45, "met"),
        (46.0, "at_most", 45, "not_met"),
        (0.15, "below", 0.15, "not_met"),
        (0.1499, "below", 0.15, "met"),
        (0.15, "above", 0.15, "not_met"),
        (0.1501, "above", 0.15, "met"),
        (1.0, "equals", 1, "met"),
        (0.999, "equals", 1, "not_met"),
        (0.1 + 0.2, "at_most", 0.3, "met"),
        ("yes", "yes", "yes", "met"),
        ("no", "yes", "yes", "not_met"),
        ("no", "no", "no", "met"),
        ("yes", "no", "no", "not_met"),
        # a person's finding in place of the number
        ("yes", "at_least", 0.85, "met"),
        ("no", "at_least", 0.85, "not_met"),
        (float("nan"), "at_least", 0.85, "not_assessed"),
        (float("nan"), "no", "no", "not_assessed"),
    ],
)
def test_rule_words(value, rule, required, status):
    assert judge_entry(value, rule, required) == status


# --- the roster -----------------------------------------------------------------------------------


def test_schools_are_judged_in_the_years_in_which_they_are_open(make_county):
    county = make_county(
        [
            {"students_primary": 400},
            {"students_primary": 300, "opened": 2022, "by_year": {2021: None}},
            {"students_primary": 200, "closed": 2022, "by_year": {2023: None}},
        ],
        [2021, 2022, 2023],
    )
    study = analyze(county)
    found = study.all_schools.groupby("year")["school_id"].apply(list).to_dict()
    assert found == {2021: ["001", "003"], 2022: ["001", "002", "003"], 2023: ["001", "002"]}
    assert study.recognised is True


def test_a_school_without_a_row_stays_and_leaves_the_verdict_open(make_county):
    county = make_county(
        [
            {"students_primary": 400},
            {"type": "nine_year", "students_primary": 300, "students_junior": 200},
            {"students_primary": 300, "by_year": {2023: None}},
            {"type": "attached_class", "students_primary": 50, "by_year": {2023: None}},
        ],
        [2022, 2023],
    )
    study = analyze(county)
    found = statuses(study.schools, "school_id", "stage")
    assert found == {
        ("001", "primary"): "met",
        ("002", "primary"): "met",
        ("002", "junior"): "met",
        ("003", "primary"): "not_assessed",
        ("004", "primary"): "not_assessed",
    }
    assert np.isnan(study.schools.set_index("school_id").loc["003", "students"])
    assert study.balance.loc[study.balance["stage"] == "primary", "missing"].tolist() == [2] * 8
    assert study.recognised is None
    assert analyze(county, 2022).recognised is True


@pytest.mark.parametrize("kind", ["attached_class", "nine_year", "teaching_point"])
def test_a_school_that_never_reported_anything_does_not_vanish(make_county, kind):
    county = make_county([{"students_primary": 400}, {"type": kind, "by_year": {2023: None}}])
    study = analyze(county)
    assert "002" in set(study.rows["school_id"])
    assert set(study.schools.loc[study.schools["school_id"] == "002", "status"]) == {"not_assessed"}
    assert study.recognised is None


def test_a_special_school_that_never_reported_is_registered_and_not_judged(make_county):
    school = {"type": "special_education", "by_year": {2023: None}}
    study = analyze(make_county([{"students_primary": 400}, school]))
    assert set(study.rows.loc[study.rows["school_id"] == "002", "reason"]) == {"special_education"}
    assert study.part_status("resource") == "met"
    # what every school must report, its training funds, is unknown all the same
    assert study.evaluation.set_index("item").loc["Q4", "status"] == "not_assessed"
    assert study.recognised is None


def test_scope_can_be_overridden(make_county):
    special = {"type": "special_education", "students_primary": 40}
    point = {"type": "teaching_point", "students_primary": 30}
    for school in (special, point):
        for word, judged in ((None, False), ("yes", True), ("no", False)):
            given = school | {"indicators_in_scope": word, "note": "recognised as a school"}
            study = analyze(make_county([{"students_primary": 400}, given]))
            assert ("002" in set(study.schools["school_id"])) is judged
    ordinary = {"students_primary": 300, "indicators_in_scope": "no", "note": "moved out"}
    study = analyze(make_county([{"students_primary": 400}, ordinary]))
    assert study.schools["school_id"].tolist() == ["001"]
    row = study.rows.set_index("school_id").loc["002"]
    assert (row["reason"], row["note"]) == ("override", "moved out")
    # nobody can be divided by
    nobody = {"students_primary": 0, "indicators_in_scope": "yes"}
    study = analyze(make_county([{"students_primary": 400}, nobody]))
    assert study.rows.set_index("school_id").loc["002", "reason"] == "no_students"


# --- what a local standard can change -------------------------------------------------------------


def test_private_schools_can_be_left_out(make_county):
    schools = [{"students_primary": 400}, {"students_primary": 300, "ownership": "private"}]
    study = analyze(make_county(schools, rules={"option.private_in_scope": "no"}))
    assert study.schools["school_id"].tolist() == ["001"]
    assert study.rows["reason"].tolist() == ["", "private"]


def test_weights_can_be_switched_off(make_county):
    schools = [
        {"students_primary": students, "equipment_value_cny": students * level}
        for students, level in ((100, 2000), (900, 4000))
    ]
    study = analyze(make_county(schools, rules={"option.cv_weighting": "none"}))
    row = study.balance.set_index(["stage", "indicator"]).loc[("primary", "equipment_value")]
    assert row["mean"] == pytest.approx(3000)
    assert row["cv"] == pytest.approx(1 / 3)
    assert row["students"] == 1000


def test_decisions_can_be_made_on_rounded_values(make_county):
    """35.66 of 1000 print as 3.57, a CV of 0.50005 as 0.500: both count where the standard says so."""
    schools = [
        {
            "students_primary": 1000,
            "above_qualification_primary": 35.66,
            "equipment_value_cny": yuan,
        }
        for yuan in (2_999_700, 9_000_300)
    ]
    for decide_on, school, cv in (("unrounded", "short", "not_met"), ("rounded", "near", "met")):
        limits = {"option.decide_on": decide_on, "composite_cv.primary": 0.0714}
        study = analyze(make_county(schools, rules=limits))
        rows = statuses(study.indicators, "school_id", "indicator")
        balance = statuses(study.balance, "stage", "indicator")
        assert rows[("001", "teachers_above_qualification")] == school
        assert balance[("primary", "equipment_value")] == cv
        # the composite, 0.071436, is decided on in the same way: 0.071
        assert balance[("primary", "composite")] == cv


def test_a_required_number_of_indicators_can_be_stricter(make_county):
    school = {"students_primary": 1000, "backbone_primary": 9}
    assert analyze(make_county([school])).schools["status"].item() == "met"
    strict = analyze(make_county([school], rules={"school.indicators_met": 7}))
    assert strict.schools["status"].item() == "not_met"


def test_what_an_analyst_changed_stands_where_its_source_stood():
    study = analyze("150202-donghe")
    other = study.what_if(cv__primary=0.4, G7__rule="above", school__indicators_met=7)
    items, asked = (each.evaluation.set_index("item")["source"] for each in (study, other))

    assert asked["cv.sports_area.primary"] == "what_if(cv.primary=0.4)"
    assert asked["G7"] == "what_if(G7.rule=above)"
    assert asked["schools.junior"] == "what_if(school.indicators_met=7)"
    wider = study.what_if(teaching_area__junior=6).evaluation.set_index("item")["source"]
    assert wider["schools.junior"] == "what_if(teaching_area.junior=6)"
    assert wider["schools.primary"] == items["schools.primary"]
    assert asked["cv.sports_area.junior"] == items["cv.sports_area.junior"]
