"""The 31 items, social recognition and vetoes: computed from the tables, judged, never invented."""

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from analysis import analyze, load_county
from analysis.measure.requirements.facts import year_data
from analysis.measure.requirements.items import MEASURES, measure
from analysis.measure.verdicts import compare_rules, judge_entry
from analysis.policy.standards import load_standard

YEAR = 2022


@pytest.fixture(scope="module")
def haibowan():
    """A county whose data are complete and meet everything in 2022."""
    return load_county("150302-haibowan")


def changed(county, table, change):
    """The county with one table changed by a function of a copy."""
    frame = county.tables[table].copy()
    frame = change(frame)
    tables = MappingProxyType({**county.tables, table: frame})
    return dataclasses.replace(county, tables=tables)


def with_item(county, item, value):
    """The county with one reported value of 2022 changed; None takes it away."""

    def change(frame):
        here = (frame["item"] == item) & (frame["year"] == YEAR)
        if value is None:
            return frame[~here]
        if here.any():
            frame.loc[here, "value"] = value
            return frame
        row = pd.DataFrame([{"year": YEAR, "item": item, "value": value, "evidence": "test"}])
        return pd.concat([frame, row], ignore_index=True)

    return changed(county, "county_years", change)


def status(study, item):
    return study.evaluation.set_index("item").loc[item, "status"]


def test_county_that_meets_everything_is_recognised(haibowan):
    study = analyze(haibowan, YEAR)

    assert study.recognised is True
    assert set(study.items["status"]) <= {"met", "not_applicable"}
    counts = study.items.groupby("part").size()
    assert counts["government"] == 15
    assert counts["quality"] == 9
    assert counts["recognition"] == 1
    assert counts["veto"] == 6


def test_one_class_of_46_fails_the_county(haibowan):
    def one_class(frame):
        row = frame.index[(frame["year"] == YEAR) & (frame["grade"] == 3)][0]
        frame.loc[row, "largest_class"] = 46
        return frame

    study = analyze(changed(haibowan, "enrolment", one_class), YEAR)
    failed = study.evaluation[study.evaluation["status"] == "not_met"]

    assert study.recognised is False
    assert list(failed["item"]) == ["G5.primary"]
    assert failed["value"].iloc[0] == 46
    assert failed["margin"].iloc[0] == -1
    assert "46" in failed["detail"].iloc[0]


@pytest.mark.parametrize("veto", [f"V{n}" for n in range(1, 7)])
def test_one_veto_outranks_everything(haibowan, veto):
    study = analyze(with_item(haibowan, veto, "yes"), YEAR)

    assert study.recognised is False
    assert status(study, veto) == "not_met"


def single_inputs():
    """Every reported value of 2022 without which the verdict must stay open."""
    county = load_county("150302-haibowan")
    table = county.tables["county_years"]
    reported = table.loc[table["year"] == YEAR, "item"]
    ignored = {"births", "entrants_grade1", "entrants_grade7", "budget_education_cny"}
    # not inputs of any rule, or only of the form; a subject that was not monitored is no gap
    ignored |= {"operating_standard_junior_cny", "special_post_teachers"}
    ignored |= {"quality_senior_places_rural", "satisfaction_questionnaires_issued"}
    ignored |= {"satisfaction_visits", "satisfaction_visits_parents"}
    standard = county.standard
    own = {n for n in standard.entries if n not in standard.evaluation.entries}
    return sorted(
        item
        for item in reported
        if item not in ignored | own and not item.startswith("monitoring_")
    )


@pytest.mark.parametrize("item", single_inputs())
def test_one_missing_item_leaves_the_verdict_open(haibowan, item):
    study = analyze(with_item(haibowan, item, None), YEAR)

    assert study.recognised is None
    assert "not_met" not in set(study.evaluation["status"])
    assert (study.evaluation["status"] == "not_assessed").sum() >= 1


@pytest.mark.parametrize(
    ("item", "value", "entry"),
    [
        ("G1", "no", "G1"),
        ("teachers_trained_360h", "0", "G9"),
        ("teachers_certified", "1", "G12"),
        ("salary_teachers_cny", "1", "G8"),
        ("backbone_rotated", "0", "G11.backbone"),
        ("zone_enrolled_primary", "1", "G13.primary"),
        ("zone_enrolled_junior", "1", "G13.junior"),
        ("quality_senior_places_allocated", "1", "G14.allocated"),
        ("G14.rural_tilt", "no", "G14.rural_tilt"),
        ("migrant_children_public", "0", "G15.migrant"),
        ("left_behind_care", "no", "G15.left_behind"),
        ("junior_graduates", "1", "Q1"),
        ("disabled_children_enrolled", "0", "Q2"),
        ("Q3", "no", "Q3"),
        ("monitoring_level_science", "2", "Q9.level"),
        ("monitoring_ratio_arts", "0.15", "Q9.ratio"),
        ("satisfaction_questionnaires_satisfied", "1", "S1"),
    ],
)
def test_one_bad_value_fails_its_item_and_only_it(haibowan, item, value, entry):
    study = analyze(with_item(haibowan, item, value), YEAR)
    failed = study.evaluation.loc[study.evaluation["status"] == "not_met", "item"]

    assert list(failed) == [entry]
    assert study.recognised is False


def test_veto_that_was_not_examined_leaves_the_verdict_open(haibowan):
    assert analyze(with_item(haibowan, "V3", None), YEAR).recognised is None


def test_retention_by_both_formulas():
    """Domain E.1: 1000 entrants, 40 in, 60 out, 1 death, 970 graduates: 99.10 % and 99.08 %."""
    county = load_county("150302-haibowan")
    for item, value in {
        "junior_entrants_three_years_ago": "1000",
        "junior_transfers_in": "40",
        "junior_transfers_out": "60",
        "junior_deaths": "1",
        "junior_graduates": "970",
    }.items():
        county = with_item(county, item, value)
    study = analyze(county, YEAR)
    other = study.with_rules(option__retention_formula="entrants")

    assert study.evaluation.set_index("item").loc["Q1", "value"] == pytest.approx(990 / 999)
    assert other.evaluation.set_index("item").loc["Q1", "value"] == pytest.approx(970 / 979)


# --- items computed from the schools' tables ---------------------------------------------------------


def rooms(frame, school, kind, areas):
    """Replace a school's rooms of a kind."""
    here = (frame["school_id"] == school) & (frame["year"] == YEAR) & (frame["kind"] == kind)
    new = [{"school_id": school, "year": YEAR, "kind": kind, "area_m2": area} for area in areas]
    return pd.concat([frame[~here], pd.DataFrame(new)], ignore_index=True)


def classes(county, school, primary):
    def change(frame):
        here = (frame["school_id"] == school) & (frame["year"] == YEAR)
        frame.loc[here, "classes_primary"] = primary
        return frame

    return changed(county, "school_years", change)


@pytest.mark.parametrize(
    ("number", "areas", "enough"),
    [
        (12, [96], True),
        (13, [96], False),
        (13, [96, 96], True),
        (24, [96, 96], True),
        (24, [96, 95.9], False),
        (25, [120, 96, 96], True),
        (12, [96, 20], True),  # a small room beside enough large ones does no harm
    ],
)
def test_one_music_room_of_96_for_every_12_classes(haibowan, number, areas, enough):
    school = "150302001"
    county = classes(haibowan, school, number)
    county = changed(county, "rooms", lambda f: rooms(f, school, "music", areas))
    county = changed(county, "rooms", lambda f: rooms(f, school, "art", [90] * 5))
    study = analyze(county, YEAR)
    statuses = {status(study, "G3.classes_per_room"), status(study, "G3.music_area")}

    assert (statuses == {"met"}) is enough
    assert status(study, "G3.art_area") == "met"


def test_rooms_in_sum_is_a_switch(haibowan):
    """Two music rooms and no art room for 24 classes: enough in sum, not each."""
    school = "150302001"
    county = classes(haibowan, school, 24)
    county = changed(county, "rooms", lambda f: rooms(f, school, "music", [96, 96]))
    county = changed(county, "rooms", lambda f: rooms(f, school, "art", []))
    study = analyze(county, YEAR)
    in_sum = study.with_rules(option__rooms_counting="sum")

    assert status(study, "G3.classes_per_room") == "not_met"
    assert status(in_sum, "G3.classes_per_room") == "met"
    assert status(in_sum, "G3.art_area") == "met"
    assert "G3.classes_per_room" in set(study.switch_audit["item"])


def test_school_without_any_room_row_is_not_assessed(haibowan):
    county = changed(haibowan, "rooms", lambda f: f[f["school_id"] != "150302001"])

    assert status(analyze(county, YEAR), "G3.classes_per_room") == "not_assessed"


@pytest.mark.parametrize(("students", "expected"), [(2000, "met"), (2001, "not_met")])
def test_school_size(haibowan, students, expected):
    def change(frame):
        here = (frame["school_id"] == "150302001") & (frame["year"] == YEAR)
        frame.loc[here, "students_primary"] = students
        return frame

    county = changed(haibowan, "school_years", change)

    assert status(analyze(county, YEAR), "G4.school_size") == expected


def test_through_schools_may_have_2500(haibowan):
    roster = haibowan.tables["schools"]
    school = roster.loc[roster["type"] == "nine_year", "school_id"].iloc[0]

    def change(frame):
        here = (frame["school_id"] == school) & (frame["year"] == YEAR)
        frame.loc[here, ["students_primary", "students_junior"]] = [1300, 1200]
        return frame

    study = analyze(changed(haibowan, "school_years", change), YEAR)

    assert status(study, "G4.through_school_size") == "met"
    assert status(study, "G4.school_size") == "met"


def test_blank_class_size_is_open_unless_another_class_is_too_large(haibowan):
    def blank(frame):
        here = (frame["year"] == YEAR) & (frame["school_id"] == "150302001")
        frame.loc[frame.index[here][0], "largest_class"] = np.nan
        return frame

    def large(frame):
        frame = blank(frame)
        here = (frame["year"] == YEAR) & (frame["school_id"] == "150302001")
        frame.loc[frame.index[here][1], "largest_class"] = 50
        return frame

    assert (
        status(analyze(changed(haibowan, "enrolment", blank), YEAR), "G5.primary") == "not_assessed"
    )
    assert status(analyze(changed(haibowan, "enrolment", large), YEAR), "G5.primary") == "not_met"


def test_training_funds_are_judged_at_every_school(haibowan):
    def change(frame):
        here = (frame["school_id"] == "150302002") & (frame["year"] == YEAR)
        frame.loc[here, ["operating_funds_cny", "training_funds_cny"]] = [100_000, 4_999]
        return frame

    study = analyze(changed(haibowan, "school_years", change), YEAR)

    assert status(study, "Q4") == "not_met"
    assert "小学02" in study.evaluation.set_index("item").loc["Q4", "detail"]


def test_finding_of_a_person_stands_where_the_number_was_not_reported(haibowan):
    county = with_item(haibowan, "teachers_trained_360h", None)
    county = with_item(county, "G9", "yes")
    row = analyze(county, YEAR).evaluation.set_index("item").loc["G9"]

    assert row["status"] == "met"
    assert row["origin"] == "reported"
    assert row["evidence"] == "test"


def test_every_measure_belongs_to_an_entry_of_the_national_standard():
    assert set(MEASURES) <= set(load_standard("cn-2017").entries)


def test_county_without_juniors_has_no_junior_items():
    study = analyze("230505-sifangtai")
    table = study.evaluation.set_index("item")["status"]

    for item in ("G5.junior", "G13.junior", "G14.allocated", "G14.rural_tilt", "Q1"):
        assert table[item] == "not_applicable", item
    assert table["schools.junior"] == "not_applicable"


# --- rule words, and targets beside rules ------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rule", "required", "expected"),
    [
        (0.15, "below", 0.15, "not_met"),
        (0.1499, "below", 0.15, "met"),
        (0.5, "above", 0.5, "not_met"),
        (0.501, "above", 0.5, "met"),
        (1.0, "equals", 1.0, "met"),
        (0.999, "equals", 1.0, "not_met"),
        (0.85, "at_least", 0.85, "met"),
        (45.0, "at_most", 45.0, "met"),
        (46.0, "at_most", 45.0, "not_met"),
        ("yes", "yes", "yes", "met"),
        ("no", "no", "no", "met"),
        ("yes", "no", "no", "not_met"),
        (float("nan"), "yes", "yes", "not_assessed"),
        (float("nan"), "at_least", 1.0, "not_assessed"),
    ],
)
def test_rule_words(value, rule, required, expected):
    assert judge_entry(value, rule, required) == expected


@pytest.mark.parametrize(
    ("own", "national", "expected"),
    [
        (("at_least", 0.10), ("at_least", 0.20), "weaker"),
        (("at_least", 0.30), ("at_least", 0.20), "stricter"),
        (("at_least", 0.20), ("at_least", 0.20), "same"),
        (("at_most", 0.6), ("at_most", 0.5), "weaker"),
        (("at_most", 0.4), ("at_most", 0.5), "stricter"),
        (("above", 0.95), ("at_least", 0.95), "stricter"),
        (("at_least", 1.0), ("at_most", None), "additional"),
        (("at_least", 1.0), None, "additional"),
    ],
)
def test_comparing_a_target_with_the_rule(own, national, expected):
    assert compare_rules(own, national) == expected


def test_sifangtai_plan_is_weaker_than_the_national_rule():
    """Backbone teachers among the rotated: 10 % in the plan, 20 % nationally; 12.5 % in the data."""
    from analysis.present.sentences import weaker_targets

    study = analyze("230505-sifangtai", as_of=2027)
    row = study.evaluation.set_index("item").loc["G11.backbone"]

    assert row["target_compared"] == "weaker"
    assert row["target_status"] == "met"
    assert row["status"] == "not_met"
    assert any("10%" in s and "20%" in s for s in weaker_targets(study, "en"))


def test_certificate_without_special_post_teachers_is_a_rule_of_the_plan_only():
    row = analyze("230505-sifangtai", as_of=2027).evaluation.set_index("item").loc["G12"]

    assert row["status"] == "not_met"
    assert row["target_status"] == "met"


def test_migrant_children_in_purchased_places_count_by_the_rule_not_by_the_plan():
    """Sifangtai counts public schools only; with 50 of 100 in purchased places its target fails."""
    county = load_county("230505-sifangtai")
    for item, value in {
        "migrant_children_eligible": "100",
        "migrant_children_public": "50",
        "migrant_children_purchased": "50",
    }.items():
        county = with_item(county, item, value)
    row = analyze(county).evaluation.set_index("item").loc["G15.migrant"]

    assert row["status"] == "met"
    assert row["value"] == 1
    assert row["target_status"] == "not_met"


def test_donghe_2021_by_the_rules_of_2021_2025_and_2030_in_one_table():
    study = analyze("150202-donghe", 2021)
    table = study.targets_by_phase([2021, 2025, 2030]).set_index(["item", "as_of"])

    for item, targets in {
        "backbone_teachers.primary": ("≥ 1", "≥ 3", "≥ 4"),
        "backbone_teachers.junior": ("≥ 1", "≥ 3", "≥ 6"),
        "pe_arts_teachers.primary": ("≥ 0.9", "≥ 1", "≥ 1.2"),
        "pe_arts_teachers.junior": ("≥ 0.9", "≥ 1", "≥ 1.2"),
        "G11.backbone": ("≥ 0.2", "≥ 0.25", "≥ 0.3"),
    }.items():
        assert tuple(table.loc[item, "target"]) == targets
    assert table.loc[("backbone_teachers.primary", 2021), "target_status"] == "met"
    assert table.loc[("backbone_teachers.primary", 2030), "target_status"] == "not_met"


def test_composite_is_judged_where_the_plan_says_so():
    row = analyze("150202-donghe").evaluation.set_index("item").loc["composite_cv.primary"]

    assert row["status"] == "not_applicable"
    assert row["target"] == "≤ 0.5"
    assert row["target_status"] == "met"


# --- concessions -------------------------------------------------------------------------------------


def test_concessions_are_off_and_named(haibowan):
    study = analyze(haibowan, YEAR)

    assert study.concessions == frozenset()
    assert len(study.rules.standard.concessions) == 5
    assert set(study.concession_effects["concession"]) == set(study.rules.standard.concessions)


def test_room_of_73_counts_in_an_old_school_if_the_concession_is_on(haibowan):
    school = "150302001"
    county = classes(haibowan, school, 12)
    county = changed(county, "rooms", lambda f: rooms(f, school, "music", [73]))
    without = analyze(county, YEAR)
    with_it = analyze(county, YEAR, concessions=["rooms_built_by_2016"])
    effects = without.concession_effects.set_index("concession")

    assert status(without, "G3.music_area") == "not_met"
    assert status(with_it, "G3.music_area") == "met"
    assert effects.loc["rooms_built_by_2016", "item"] == "G3.music_area"
    assert "小学01" in effects.loc["rooms_built_by_2016", "schools"]


@pytest.mark.parametrize(("students", "expected"), [(2400, "met"), (2401, "not_met")])
def test_2400_students_in_an_old_school_if_the_concession_is_on(haibowan, students, expected):
    def change(frame):
        here = (frame["school_id"] == "150302001") & (frame["year"] == YEAR)
        frame.loc[here, "students_primary"] = students
        return frame

    county = changed(haibowan, "school_years", change)
    study = analyze(county, YEAR, concessions=["size_built_by_2010"])

    assert status(study, "G4.school_size") == expected
    assert status(analyze(county, YEAR), "G4.school_size") == "not_met"


def test_rented_sports_venue_counts_only_if_the_concession_is_on(haibowan):
    def venue(frame):
        here = (frame["school_id"] == "150302001") & (frame["year"] == YEAR)
        frame.loc[here, "off_campus_sports_area_m2"] = 1000.0
        return frame

    county = changed(haibowan, "school_years", venue)

    def area(study):
        rows = study.indicators.set_index(["school_id", "indicator"])
        return rows.loc[("150302001", "sports_area"), "quantity"]

    with_it = analyze(county, YEAR, concessions=["sports_venues"])

    assert area(with_it) - area(analyze(county, YEAR)) == 1000


def test_part_time_teachers_count_in_small_rural_schools_only(haibowan):
    def part_time(frame):
        frame["pe_arts_part_time_primary"] = 1.0
        return frame

    county = changed(haibowan, "school_years", part_time)
    more = analyze(county, YEAR, concessions=["pe_arts_part_time"]).rows
    rows = analyze(county, YEAR).rows
    gained = more.loc[(more["pe_arts"] - rows["pe_arts"]) == 1]
    small = rows[(rows["area"] == "rural") & rows["students"].between(50, 99)]

    assert set(gained["school_id"]) == set(small.loc[small["stage"] == "primary", "school_id"])


def test_unknown_concession_is_a_sentence(haibowan):
    from analysis import InputError

    with pytest.raises(InputError, match=r"unknown concession nothing; there are rooms_built"):
        analyze(haibowan, YEAR, concessions=["nothing"])


# --- small rural schools -----------------------------------------------------------------------------


def test_small_rural_school_is_funded_as_if_it_had_100_students(haibowan):
    data = year_data(haibowan, YEAR, analyze(haibowan, YEAR).rules)
    found = measure("G6", data)
    standard = data.number("operating_standard_primary_cny")
    schools = data.schools.set_index("name")

    assert len(found.values) >= 1
    for name, value in found.values.items():
        assert schools.loc[name, "students_primary"] < 100
        assert value == pytest.approx(schools.loc[name, "operating_funds_cny"] / standard)


# --- county_years is checked against the standard ----------------------------------------------------


@pytest.mark.parametrize(
    ("item", "value", "severity", "words"),
    [
        (
            "teachers_certified",
            "99999",
            "error",
            "more than Full-time teachers in post (teachers_in_post)",
        ),
        ("G1", "3", "error", "expected yes or no"),
        ("S1", "95", "error", "a share is written between 0 and 1"),
        (
            "monitoring_level_art",
            "3",
            "warning",
            "did you mean “Monitoring: arts, level (monitoring_level_arts)”?",
        ),
        ("Q19", "yes", "warning", "nothing is called “Q19”"),
    ],
)
def test_items_that_cannot_be_meant(tmp_path, item, value, severity, words):
    import shutil

    from analysis.data.load import read_county
    from analysis.data.paths import sample_folder

    folder = tmp_path / "county"
    shutil.copytree(sample_folder() / "340207-jiujiang", folder)
    path = folder / "county_years.csv"
    lines = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith(f"2023,{item},")
    ]
    path.write_text("\n".join([*lines, f"2023,{item},{value},x"]) + "\n", encoding="utf-8")
    _, findings = read_county(folder)

    assert [f.severity for f in findings] == [severity]
    assert words in findings[0].sentence("en")


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        ("室外运动场地面积（亩）", True),
        ("室外运动场地面积（平方米）", False),
        ("outdoor_sports_area_m2 (m2)", False),
        ("室外运动场地面积(万平方米)", True),
    ],
)
def test_unit_behind_a_header_must_be_that_of_the_column(tmp_path, header, refused):
    import shutil

    from analysis.data.load import read_county
    from analysis.data.paths import sample_folder

    folder = tmp_path / "county"
    shutil.copytree(sample_folder() / "230505-sifangtai", folder)
    path = folder / "school_years.csv"
    text = path.read_text(encoding="utf-8").replace("outdoor_sports_area_m2", header, 1)
    path.write_text(text, encoding="utf-8")
    county, findings = read_county(folder)

    assert (county is None) is refused
    if refused:
        assert "convert it" in findings[0].sentence("en")


def test_shrinking_is_computed_not_believed():
    """Donghe's plan wants every CV to shrink every year; some grew in 2021."""
    row = analyze("150202-donghe").evaluation.set_index("item").loc["cv_shrinking"]

    assert row["finding"] == "no"
    assert np.isnan(row["value"])
    assert row["target_status"] == "not_met"
    assert row["origin"] == "computed"
