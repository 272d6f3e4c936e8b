"""Courses over the years: trend, pace, verdict; and what a careful reader finds in a plan."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import analyze
from analysis.measure.trajectories.trajectory import (
    course,
    pace_table,
    shrinking_table,
    trajectory_table,
    trend,
)
from analysis.policy.plan import Plan, begins, ends
from analysis.present.plan_review import due_tasks, project_effects, project_gaps, review
from analysis.present.tables.development import pace_grid, pace_text, trend_grid, years_reached

YEARS = np.arange(2018, 2024)


def test_straight_line_has_a_slope_without_width():
    assert trend(YEARS, 2.0 * YEARS) == pytest.approx((2, 2, 2))
    assert trend(YEARS, np.full(6, 3.0)) == (0, 0, 0)


def test_range_is_the_80_percent_interval_of_students_t():
    """By hand: y = 1, 2, 2 at x = 0, 1, 2: slope 0.5, standard error 0.2887, t(0.9; 1) = 3.0777."""
    slope, low, high = trend(np.array([0.0, 1, 2]), np.array([1.0, 2, 2]))

    assert slope == pytest.approx(0.5)
    assert high - slope == pytest.approx(3.0777 * 0.288675, abs=1e-4)
    assert slope - low == pytest.approx(high - slope)


@pytest.mark.parametrize(
    ("values", "goal", "target", "expected"),
    [
        ([1, 2, 3, 4, 5, 6], ("at_least", 6.0), 2030, "reached"),
        ([1, 2, 3, 4, 5, 6], ("at_least", 8.0), 2025, "on_course"),
        ([1, 2, 3, 4, 5, 6], ("at_least", 9.0), 2025, "off_course"),
        ([6, 5, 4, 3, 2, 1], ("at_most", 0.5), 2024, "on_course"),
        ([1, 2, 1, 3, 2, 4], ("at_least", 6.5), 2029, "at_risk"),
        ([4, 4, 4, 4, 4, 4], ("at_least", 5.0), 2040, "off_course"),
        ([6, 5, 4, 3, 2, 1], ("at_least", 7.0), 2040, "off_course"),
        ([math.nan] * 4 + [1, 2], ("at_least", 3.0), 2030, "not_assessed"),
        ([1, 2, 3, 4, 5, math.nan], ("at_least", 7.0), 2030, "not_assessed"),
    ],
)
def test_verdict_on_a_course(values, goal, target, expected):
    row = course(YEARS, np.array(values, dtype=float), goal, target, 2023)

    assert row["course"] == expected


def test_pace_needed_and_year_of_arrival():
    row = course(YEARS, np.array([1.0, 2, 3, 4, 5, 6]), ("at_least", 9.0), 2029, 2023)

    assert row["needed"] == pytest.approx(0.5)
    assert row["pace"] == pytest.approx(1)
    assert row["reached"] == row["reached_early"] == row["reached_late"] == 2026


@given(
    st.lists(st.floats(0.1, 100), min_size=3, max_size=6),
    st.floats(0.1, 200),
    st.integers(2024, 2040),
)
def test_a_later_target_year_never_makes_the_verdict_worse(values, goal, target):
    order = ["off_course", "at_risk", "on_course", "reached"]
    years = YEARS[-len(values) :]
    first = course(years, np.array(values), ("at_least", goal), target, 2023)["course"]
    later = course(years, np.array(values), ("at_least", goal), target + 5, 2023)["course"]

    assert order.index(later) >= order.index(first)


@pytest.mark.slow
def test_trajectory_has_every_year_and_both_yardsticks():
    table = trajectory_table(analyze("150202-donghe"))
    row = table[
        (table["subject"] == "mean")
        & (table["name"] == "backbone_teachers")
        & (table["stage"] == "primary")
    ].set_index("year")

    assert list(row.index) == list(range(2016, 2022))
    assert row.loc[2016, "requirement"] == ""
    assert row.loc[2021, "requirement"] == "≥ 1"
    assert row.loc[2021, "target"] == "≥ 1"
    assert (row["low"] <= row["value"]).all()
    assert (row["value"] <= row["high"]).all()


def test_goal_is_the_stricter_of_rule_and_target():
    table = pace_table(analyze("150202-donghe")).set_index(["subject", "stage", "name"])

    assert table.loc[("mean", "primary", "backbone_teachers"), "goal_value"] == 4
    assert table.loc[("item", "", "G14.allocated"), "goal_value"] == 0.6
    assert table.loc[("cv", "primary", "backbone_teachers"), "goal_value"] == 0.5


def test_years_with_missing_schools_do_not_enter_a_trend():
    """Donghe's 2018 lacks areas: a verdict on sports area rests on the other years."""
    study = analyze("150202-donghe")
    table = trajectory_table(study)
    part = table[(table["subject"] == "mean") & (table["name"] == "sports_area")]
    part = part[part["stage"] == "primary"]
    complete = part[part["missing"] == 0]
    pace = pace_table(study).set_index(["subject", "stage", "name"])
    expected = np.polyfit(complete["year"], complete["value"], 1)[0]

    assert (part["missing"] > 0).any()
    assert pace.loc[("mean", "primary", "sports_area"), "pace"] == pytest.approx(expected)


def test_duty_to_shrink_every_year():
    table = shrinking_table(analyze("150202-donghe")).set_index(["stage", "indicator"])
    balance = analyze("150202-donghe").all_balance
    cvs = balance[(balance["stage"] == "junior") & (balance["indicator"] == "equipment_value")]

    assert table.loc[("junior", "equipment_value"), "status"] == "met"
    assert (cvs.loc[cvs["missing"] == 0, "cv"].diff().dropna() < 0).all()
    assert table.loc[("primary", "backbone_teachers"), "status"] == "not_met"


@pytest.mark.slow
@pytest.mark.parametrize("keep", [[2021], [2016, 2017, 2019, 2020, 2021]])
def test_one_year_and_a_missing_year(keep):
    """A county with one observed year, and one with a gap, have a trajectory all the same."""
    import dataclasses
    from types import MappingProxyType

    from analysis import load_county
    from analysis.report.pages.development import all_years, trends
    from analysis.report.pages.report import Report

    county = load_county("150202-donghe")
    tables = {
        name: table[table["year"].isin(keep)] if "year" in table else table
        for name, table in county.tables.items()
    }
    study = analyze(dataclasses.replace(county, tables=MappingProxyType(tables)))
    table = pace_table(study)
    report = Report(study, "en")
    body = trends(report).body + all_years(report).body

    assert study.year == 2021
    if len(keep) == 1:
        assert set(table["course"]) <= {"reached", "not_assessed"}
        # of one year there is no course to be shown
        assert body == ""
    else:
        assert {"off_course", "on_course"} <= set(table["course"])
        assert "<th" in body
        assert "2018</th>" not in body


# --- plans -------------------------------------------------------------------------------------------


def plan(**parts):
    base = {
        "title": {"zh": "规划", "en": "Plan"},
        "document": "文号",
        "start": "2021",
        "end": "2030",
    }
    return Plan.model_validate(base | parts)


def text(name):
    return {"zh": name, "en": name}


def rules(found):
    return {remark.rule for remark in found}


def project(name="楼", kind="building", end="2025-12", **more):
    start = {"start": "2025-03"}
    return {"name": name, "schools": [name], "kind": kind, "end": end, "where": "一"} | start | more


def test_periods():
    assert ends("2025") - begins("2025") == 11
    assert begins("2025-03") == ends("2025-03")


def test_assessment_before_the_work_is_finished():
    milestone = {"name": text("评估"), "date": "2025-04", "kind": "assessment", "where": "三"}
    late = plan(milestones=[milestone], projects=[project()])
    fine = plan(milestones=[milestone | {"date": "2026-01"}], projects=[project()])

    assert "assessment_before_completion" in rules(review(late))
    assert "assessment_before_completion" not in rules(review(fine))


def test_parts_larger_than_the_whole():
    total = {"name": text("面积"), "unit": text("m²"), "whole": 133000, "where": "五"}
    over = plan(totals=[total | {"parts": {"a": 70000, "b": 95000}}])
    equal = plan(totals=[total | {"parts": {"a": 38000, "b": 95000}}])

    assert "parts_exceed_whole" in rules(review(over))
    assert "parts_exceed_whole" not in rules(review(equal))


def test_equipment_before_its_building():
    programme = {"year": 2023, "for_what": text("扩建校"), "for_kind": "extension", "where": "五"}
    early = plan(equipment=[programme], projects=[project(kind="extension", end="2025")])
    built = project(kind="extension", end="2022") | {"start": "2021"}
    after = plan(equipment=[programme], projects=[built])

    assert "equipment_before_building" in rules(review(early))
    assert "equipment_before_building" not in rules(review(after))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("2024-01", "2026-12"), ("2026-01", "2027-12"), {"phases_overlap"}),
        (("2022-01", "2022-12"), ("2025-01", "2025-12"), {"phases_gap"}),
        (("2021", "2025"), ("2026", "2030"), set()),
        (("2022-09", "2024-12"), ("2022-09", "2022-12"), set()),  # a step within its phase
    ],
)
def test_phases(first, second, expected):
    phases = [
        {"name": text(f"阶段{n}"), "start": start, "end": end, "where": "三"}
        for n, (start, end) in enumerate((first, second))
    ]

    assert rules(review(plan(phases=phases))) & {"phases_overlap", "phases_gap"} == expected


def test_target_that_changes_its_measure_and_target_without_a_measure():
    target = {"entry": "a", "target": 0.99, "by": "2030", "where": "五"}
    found = rules(review(plan(staffing=[target | {"replaces": "b"}])))

    assert {"target_changes_measure", "target_without_measure"} <= found
    assert not rules(review(plan(staffing=[target | {"measure": text("培训")}])))


def test_yearly_step_that_arithmetic_forbids():
    goal = {"name": text("合格率"), "start": 2020, "end": 2022, "where": "12"}
    beyond = plan(yearly_goals=[goal | {"low": 0.05, "from_level": 0.9}])
    small = plan(yearly_goals=[goal | {"low": 0.01, "from_level": 0.9, "to_level": 1.0}])

    assert "step_beyond_the_whole" in rules(review(beyond))
    assert "step_too_small" in rules(review(small))


def test_project_too_small_for_its_school():
    study = analyze("652323-hutubi")
    lacking = study.indicators[
        (study.indicators["indicator"] == "teaching_area") & (study.indicators["shortfall"] > 0)
    ].iloc[0]
    name, gap = lacking["school"], lacking["shortfall"]
    # 70 % of an undivided building counts as teaching area
    for share, expected in ((0.5, True), (1.0, True), (1.001 / 0.7, False)):
        found = project(name=name) | {"area_m2": gap * share}
        remarks = review(plan(projects=[found]), study)
        assert ("project_too_small" in rules(remarks)) is expected
    assert len(project_gaps(plan(projects=[project(name=name) | {"area_m2": 1.0}]), study)) == 1


def test_donghe_contradictions_are_found():
    study = analyze("150202-donghe")
    found = review(study.county.plan, study)

    assert {
        "assessment_before_completion",
        "parts_exceed_whole",
        "equipment_before_building",
        "target_changes_measure",
    } <= rules(found)
    sentences = " ".join(remark.sentence("en") for remark in found)
    assert "165,000" in sentences
    assert "133,000" in sentences
    assert "2030-04" in sentences


def test_sifangtai_contradictions_are_found():
    study = analyze("230505-sifangtai")
    found = review(study.county.plan, study)

    assert {"phases_overlap", "target_below_rule"} <= rules(found)
    assert any("10%" in r.sentence("en") and "20%" in r.sentence("en") for r in found)


def test_hutubi_contradictions_are_found():
    study = analyze("652323-hutubi")
    found = review(study.county.plan, study)

    assert {"assessment_before_completion", "phases_gap"} <= rules(found)


def test_every_remark_has_a_sentence_in_both_languages():
    study = analyze("411281-yima")
    for remark in review(study.county.plan, study):
        for lang in ("zh", "en"):
            sentence = remark.sentence(lang)
            assert sentence
            assert "{" not in sentence


def test_due_in_twelve_months():
    calendar = [
        {
            "start": "2022-03",
            "end": "2022-03",
            "name": "a",
            "responsible": ["教育局"],
            "where": "x",
        },
        {"start": "2022-12", "end": "2023-02", "name": "b", "where": "x"},
        {"start": "2023-03", "end": "2023-03", "name": "c", "where": "x"},
    ]
    due = due_tasks(plan(calendar=calendar), "2022-03")

    assert list(due["name"]) == ["a", "b"]
    assert due["responsible"].iloc[0] == ("教育局",)


def test_effect_of_projects_is_cumulated_over_the_years():
    study = analyze("652323-hutubi")
    students = study.rows.loc[study.rows["in_scope"], "students"].sum()
    effects = project_effects(study.county.plan, study)

    # 70 % of 18,300 m² of undivided buildings, as in the scenarios
    assert effects["teaching_m2"].sum() == pytest.approx(12810)
    last = effects["teaching_per_student"].iloc[-1]
    assert last == pytest.approx(12810 / students)
    assert isinstance(effects, pd.DataFrame)


def test_goal_is_due_when_the_plan_dates_it():
    table = pace_table(analyze("150202-donghe")).set_index(["subject", "stage", "name"])

    assert table.loc[("item", "", "G5.primary"), "target_year"] == 2025
    assert table.loc[("mean", "primary", "backbone_teachers"), "target_year"] == 2030


def test_plan_that_ends_before_it_starts_is_refused():
    import pydantic

    with pytest.raises(pydantic.ValidationError, match="before it starts"):
        plan(end="2020")


@pytest.mark.parametrize(
    ("early", "late", "said"),
    [
        (2026, 2026, "2026"),
        (2026, 2031, "2026–2031"),
        (2026, 2044, "2026–2044"),
        (2026, 2045, "2026 or later"),
        (2026, math.nan, "2026 or later"),
        (2045, 2139, "after 2044"),
        (math.nan, math.nan, "never"),
    ],
)
def test_years_beyond_a_straight_line_s_reach_are_not_named(early, late, said):
    assert years_reached(early, late, 2044, "en") == said


def test_county_means_of_hundreds_are_shown_without_decimals():
    grid = trend_grid(analyze("411281-yima"), "mean", "en")
    shown = {(row[0].text, row[1].text): row[-1].text for row in grid.rows}
    assert shown["Primary", "Equipment value"] == "2,720"
    assert shown["Primary", "Teaching area"] == "5.60"


# --- where a line must not be followed ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "goal", "target", "ends", "limit", "expected"),
    [
        # a share that nears 100 %: the line would be there in 2025
        ([0.5, 0.6, 0.7, 0.8, 0.85, 0.9], ("at_least", 1.0), 2030, (0, 1), "end", "not_assessed"),
        ([0.5, 0.6, 0.7, 0.8, 0.85, 0.9], ("equals", 1.0), 2030, (0, 1), "end", "not_assessed"),
        # too slow even for the line: then it is too slow
        ([0.5, 0.51, 0.52, 0.53, 0.54, 0.55], ("at_least", 1.0), 2025, (0, 1), "end", "off_course"),
        # inside the range the line is as good as before
        ([0.5, 0.55, 0.6, 0.65, 0.7, 0.75], ("at_least", 0.9), 2030, (0, 1), "", "on_course"),
        ([0.8, 0.75, 0.7, 0.65, 0.6, 0.55], ("at_most", 0.5), 2030, (0, math.inf), "", "on_course"),
        # a share that must be nought, a coefficient of variation that must be below nought
        ([0.6, 0.5, 0.4, 0.3, 0.2, 0.1], ("at_most", 0.0), 2030, (0, 1), "end", "not_assessed"),
        ([0.6, 0.5, 0.4, 0.3, 0.2, 0.1], ("below", -0.1), 2030, (0, math.inf), "end", "not_assessed"),
        ([math.nan] * 4 + [1, 2], ("at_least", 3.0), 2030, (0, math.inf), "years", "not_assessed"),
    ],
)  # fmt: skip
def test_no_year_is_named_at_the_end_of_a_range(values, goal, target, ends, limit, expected):
    row = course(YEARS, np.array(values, dtype=float), goal, target, 2023, ends=ends)

    assert (row["limit"], row["course"]) == (limit, expected)
    assert math.isnan(row["reached"]) == bool(limit)


def per_pupil(area, pupils, goal=7.5, ends=(0, math.inf)):
    area, pupils = np.array(area, dtype=float), np.array(pupils, dtype=float)
    return course(YEARS, area / pupils, ("at_least", goal), 2030, 2023, ends=ends, amount=area)


def test_area_per_pupil_that_rises_because_pupils_leave_names_no_year():
    """5,000 m² all the time, pupils from 1,000 to 750: 5.00 to 6.67 m² per pupil."""
    pupils = [1000, 950, 900, 850, 800, 750]

    assert per_pupil([5000] * 6, pupils)["limit"] == "pupils"
    assert per_pupil([5000, 5000, 4990, 4990, 4980, 4980], pupils)["limit"] == "pupils"
    assert math.isnan(per_pupil([5000] * 6, pupils)["reached"])
    # somebody built: the line stands
    built = per_pupil([5000, 5100, 5200, 5300, 5400, 5500], pupils)
    assert built["limit"] == ""
    assert built["course"] == "on_course"


def test_teachers_of_a_kind_are_at_most_all_teachers():
    """6 teachers per 100 pupils: 7 backbone teachers per 100 cannot be reached by training alone."""
    amount = [10, 20, 30, 40, 50, 55]
    row = per_pupil(amount, [1000] * 6, goal=0.07, ends=(0, 0.06))

    assert row["limit"] == "teachers"
    assert math.isnan(row["reached"])
    assert per_pupil(amount, [1000] * 6, goal=0.058, ends=(0, 0.06))["limit"] == ""


def test_no_line_goes_through_projected_years_or_starts_from_one():
    row = course(
        YEARS, np.array([1.0, 2, 3, 4, 9, 9]), ("at_least", 10.0), 2030, 2023, last_observed=2021
    )

    assert row["pace"] == pytest.approx(1)
    assert (row["limit"], row["course"]) == ("projected", "not_assessed")
    assert row["needed"] == pytest.approx(1 / 7)


@given(
    st.lists(st.floats(0, 0.99), min_size=3, max_size=6),
    st.sampled_from(["at_least", "equals"]),
    st.integers(2024, 2040),
)
def test_a_line_never_dates_a_hundred_percent(values, word, target):
    years = YEARS[-len(values) :]
    row = course(years, np.array(values), (word, 1.0), target, 2023, ends=(0.0, 1.0))

    assert math.isnan(row["reached"])
    assert row["course"] in ("off_course", "not_assessed")


def test_ends_of_a_countys_quantities():
    from analysis.measure.trajectories.bounds import bounds

    study = analyze("150202-donghe")
    rows = study.rows[study.rows["in_scope"] & (study.rows["stage"] == "primary")]
    most = 100 * rows["teachers"].sum() / rows["students"].sum()

    assert bounds(study, "passing", "primary", "schools") == (0, 1)
    assert bounds(study, "item", "", "G9") == (0, 1)
    assert bounds(study, "item", "", "G4.school_size") == (0, math.inf)
    assert bounds(study, "cv", "primary", "sports_area") == (0, math.inf)
    assert bounds(study, "mean", "primary", "backbone_teachers") == pytest.approx((0, most))


def test_pace_of_a_share_is_said_without_a_year():
    grid = pace_grid(analyze("150202-donghe"), "en")
    cells = {row[0].text: row[7].text for row in grid.rows}

    assert (
        cells["Junior secondary: every school meets the rule"]
        == "none: the goal is the most or least there can be"
    )
    assert not [text for name, text in cells.items() if "every school" in name and text[:1] == "2"]


@pytest.mark.slow
def test_the_projection_takes_the_place_of_the_line():
    """Its year, chance and scenario; items that the county reports have no draws and keep the line."""
    from analysis.future.odds.draws import forecast

    study = analyze("150202-donghe")
    drawn = forecast(study.county, "baseline", until=2026, draws=50)
    line = {row[0].text: row[7].text for row in pace_grid(study, "en").rows}
    both = {row[0].text: row[7].text for row in pace_grid(study, "en", drawn).rows}
    schools = drawn.courses.passing["primary"].mean(axis=1)

    assert schools.max() < 0.5
    assert "until 2026" in both["Primary: every school meets the rule"]
    items = [name for name in line if name.startswith("G") or "2021" in name]
    assert all(both[name] == line[name] for name in items)
    assert "baseline" not in pace_text(study, "en")
    assert "chance" in pace_text(study, "en", drawn)
