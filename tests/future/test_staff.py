"""Teachers in the coming years: kept, leaving, by the quota; by hand and by laws."""

from __future__ import annotations

import re
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from staff_county import KINDS, NAME, SAID, persons, scenario, steady

from analysis import analyze, load_county
from analysis.base.files import InputError
from analysis.future.assumptions.quota import staff_quota
from analysis.future.assumptions.scenario import Scenario, load_scenario, parse_scenario
from analysis.future.assumptions.staffing import ByQuota, Leaving
from analysis.future.emptied import emptied_items
from analysis.future.planning.staffing import staffing
from analysis.future.project import project
from analysis.future.projection.model import Model
from analysis.future.what_if import WhatIf
from analysis.present.projection.emptied import emptied_grid
from analysis.present.projection.sentences import conclusions
from analysis.present.projection.staffing import staffing_grid, staffing_text
from analysis.present.projection.tables import assumptions_grid


def leaving(**given) -> Leaving:
    return Leaving.model_validate(SAID | {"kind": "attrition"} | given)


# --- keep ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["652323-hutubi", "230505-sifangtai"])
def test_kept_is_what_it_was(name):
    """`keep`, no section at all and full replacement give the same tables to the last digit."""
    county = load_county(name)
    base = load_scenario("plan_full", county)
    ways = [
        None,
        base.staff,
        scenario(kind="attrition", leave=0.4, retire=0.1, replaced=1).staff,
    ]
    plain, *others = (project(county, base.model_copy(update={"staff": way})) for way in ways)
    for other in others:
        for table, expected in plain.county.tables.items():
            pd.testing.assert_frame_equal(other.county.tables[table], expected, check_exact=True)


def test_the_trend_keeps_and_says_so():
    kept = load_scenario("baseline").staff
    assert (kept.kind, kept.confidence) == ("keep", "low")
    assert "replaced" in kept.source.en


# --- leaving ---------------------------------------------------------------------------------------


def test_one_in_ten_leaves_by_hand():
    """20 and 10 teachers, a tenth a year: 3 of 30 leave, two of the large school and one of the small."""
    found = persons(steady(200, 100), kind="attrition", leave=0.1)
    assert found[0, :, 0, 0].tolist() == [18, 9]
    # then 2.7 (1.8 + 0.9), together with nothing owed: 3
    assert found[1, :, 0, 0].tolist() == [16, 8]
    # 2.4, and 0.3 were given too much: 2.1 are due
    assert found[2, :, 0, 0].sum() == 22


def test_half_of_them_are_replaced():
    found = persons(steady(200, 200), kind="attrition", leave=0.1, replaced=0.5)
    assert found[0, :, 0, 0].tolist() == [19, 19]


def test_retirement_by_bands_of_ages():
    """40 of 50 to 54, 20 of 55 to 59, even in their bands: 4 a year for five years, then 8 a year."""
    staff = leaving(ages={"primary": {50: 40, 55: 20}})
    stock, gone = 60.0, []
    for ahead in range(1, 12):
        gone.append(staff.leavers("primary", ahead) * stock)
        stock -= gone[-1]
    assert gone == pytest.approx([4] * 5 + [8] * 5 + [0])
    assert staff.leavers("junior", 1) == 0  # no ages, no share: nobody


def test_who_came_later_does_not_retire():
    """Half of them are replaced by younger ones: still 4, then 8 of the old ones a year, until all 60 are gone."""
    staff = leaving(ages={"primary": {50: 40, 55: 20}}, replaced=0.5)
    stock, gone = 60.0, []
    for ahead in range(1, 12):
        gone.append(staff.leavers("primary", ahead) * stock)
        stock -= gone[-1] / 2
    assert gone == pytest.approx([4] * 5 + [8] * 5 + [0])
    assert stock == pytest.approx(30)
    # without replacement all the teachers are those of the last observed year
    alone = leaving(ages={"primary": {50: 60}}, leave=0.1)
    stays = [1 - alone.leavers("primary", ahead) for ahead in (1, 6, 7)]
    assert stays == pytest.approx([0.9, 1 - 0.2 - 0.1, 1 - 0.25 - 0.1])


def test_whoever_is_too_old_already_leaves_first():
    staff = leaving(ages={"primary": {40: 10, 60: 10}}, retirement_age=60, leave=0.1)
    assert staff.leavers("primary", 1) == pytest.approx(0.5 + 0.5 / 20 + 0.1)


def test_what_is_not_stated_is_said():
    county = steady(200)  # 20 teachers
    asked = {"kind": "attrition", "ages": {"primary": {55: 10}}, "leave": 0.1}
    notes = [note.sentence("en") for note in project(county, scenario(**asked)).notes]
    assert any("ages are those of 10 teachers, the schools report 20" in note for note in notes)
    silent = [note.sentence("en") for note in project(county, scenario(kind="attrition")).notes]
    assert any("nobody retires" in note for note in silent)
    stated = project(county, scenario(kind="attrition", retire=0.05)).notes
    assert not any("retire" in note.sentence("en") for note in stated)


def test_kinds_leave_in_proportion():
    county = steady(1000)
    found = persons(county, kind="attrition", leave=0.25)
    # 100 teachers, of whom 80, 20 and 20: a quarter of each
    assert found[0, 0, 0].tolist() == [75, 60, 15, 15]


@pytest.mark.slow
@settings(max_examples=25)
@given(
    pupils=st.lists(st.integers(6, 900), min_size=1, max_size=6),
    leave=st.floats(0, 1),
    replaced=st.floats(0, 0.99),
)
def test_leaving_laws(pupils, leave, replaced):
    """Whole persons, never more than before, nobody below zero, no kind beyond the teachers."""
    county = steady(*pupils)
    found = persons(county, kind="attrition", leave=leave, replaced=replaced)[:, :, 0]
    start = Model(county).staff.persons[None, :, 0]
    path = np.concatenate([start, found])
    assert (found == np.round(found)).all()
    assert (found >= 0).all()
    assert (np.diff(path, axis=0) <= 0).all()
    assert (found[..., 1:] <= found[..., :1]).all()
    # the county as a whole is never a person off what is due
    exact, part = start[..., 0].sum(), leave * (1 - replaced)
    lost = 0.0
    for now in path[:-1, :, 0].sum(axis=1):
        lost += now * part
    assert abs(exact - path[-1, :, 0].sum() - lost) <= 1 or path[-1, :, 0].sum() == 0


def test_a_divided_stage_has_whole_teachers_unless_kept():
    county = steady(200, 100)
    move = {
        "kind": "boundary", "origin": ["School 1"], "target": ["School 2"], "stage": "primary",
        "share": 0.33, "start": 2024, **SAID,
    }  # fmt: skip

    def run(**staff):
        asked = Scenario.model_validate({"name": NAME, "moves": [move], "staff": SAID | staff})
        return np.stack([record["staff"] for record in Model(county, asked).run().tables])

    assert (run(kind="keep") % 1 != 0).any()
    whole = run(kind="attrition", leave=0.0)
    assert (whole[:, :, 0] % 1 == 0).all()
    assert (whole[:, :, 0, 0].sum(axis=1) == 30).all()


# --- the quota -------------------------------------------------------------------------------------


def need(stage, students, classes=np.nan, area="town", year=2024, **own):
    rule = ByQuota.model_validate(SAID | {"kind": "quota"} | own) if own else None
    given_ = (np.array([float(students)]), np.array([float(classes)]))
    return [
        float(each[0])
        for each in staff_quota().posts(stage, year, *given_, np.array([area], dtype=object), rule)
    ]


def test_the_quota_by_hand():
    # 380 / 19 = 20 posts, 91 % of them teachers: 18.2, whole 19
    assert need("primary", 380) == [20, 19]
    # 405 / 13.5 = 30, 85 %: 25.5
    assert need("junior", 405) == [30, 26]
    assert need("primary", 381)[0] == 21
    assert need("primary", 0) == [0, 0]
    assert np.isnan(need("primary", np.nan)).all()


def test_the_quota_is_dated_and_was_by_area():
    assert need("primary", 460, area="rural", year=2010)[0] == 20
    assert need("primary", 460, area="rural", year=2015)[0] == 25  # 24.2
    assert need("junior", 160, area="town", year=2013)[0] == 10


def test_small_rural_schools_by_classes():
    assert need("primary", 60, 6, "rural") == [12, 11]
    assert need("primary", 60, 6, "rural", 2016) == [4, 4]  # before there was such a rule
    assert need("primary", 60, 6, "town") == [4, 4]
    assert need("primary", 120, 6, "rural") == [7, 7]  # 100 and more are not small
    assert need("junior", 60, 3, "rural") == [5, 5]


def test_a_province_has_numbers_of_its_own():
    own = {"students_per_staff": {"primary": 15}, "teachers_share": {"primary": 1}}
    assert need("primary", 150, **own) == [10, 10]
    assert need("primary", 90, 6, "rural", staff_per_class=1.5, small=200) == [9, 9]


def test_by_quota_by_hand():
    """380 pupils have 38 teachers and need 19; 190 pupils are given 2 and need 10."""
    county = steady(380, 190)
    yearly = county.tables["school_years"]
    few = yearly["school_id"] == "002"
    yearly.loc[few, [f"{kind}_primary" for kind in KINDS]] = [2, 1, 0, 1]
    stay = persons(county, kind="quota", surplus="stay")[0, :, 0]
    assert stay.tolist() == [[38, 31, 8, 8], [10, 9, 0, 1]]
    gone = persons(county, kind="quota", surplus="go")[0, :, 0, 0]
    assert gone.tolist() == [19, 10]
    moved = persons(county, kind="quota", surplus="stay", transfer=True)[0, :, 0]
    assert moved[:, 0].tolist() == [30, 10]
    assert moved.sum(axis=0).tolist() == [40, 32, 8, 9]
    # a tenth of 38 leave a year: 4 of those who are too many, never one of the others
    slow = persons(county, kind="quota", retire=0.1)[:, 0, 0, 0]
    assert slow[0] == 34
    assert slow.min() == 19


def test_schools_that_are_not_public_keep_theirs():
    county = steady(380, 380, ownership={"School 2": "private"})
    assert persons(county, kind="quota", surplus="go")[-1, :, 0, 0].tolist() == [19, 38]


@pytest.mark.slow
@settings(max_examples=25)
@given(
    pupils=st.lists(st.integers(6, 900), min_size=2, max_size=6),
    have=st.lists(st.integers(0, 60), min_size=6, max_size=6),
    surplus=st.sampled_from(["leave", "go", "stay"]),
    transfer=st.booleans(),
)
def test_quota_laws(pupils, have, surplus, transfer):
    """Never below the need; whole persons; with `go` exactly the need; moving keeps the total."""
    county = steady(*pupils)
    table = county.tables["school_years"]
    for kind in KINDS:
        table[f"{kind}_primary"] = table["school_id"].astype(int).map(lambda n: float(have[n - 1]))
    asked = scenario(kind="quota", surplus=surplus, transfer=transfer, retire=0.05)
    study = analyze(county, scenario=asked)
    found = staffing(study).set_index("year")
    ahead = found[found["basis"] == "projected"]
    yearly = study.county.tables["school_years"]
    assert (yearly.loc[yearly["year"] > 2023, "teachers_primary"] % 1 == 0).all()
    assert (ahead["lacking"] == 0).all()
    assert (ahead["teachers"] >= ahead["needed"]).all()
    if surplus == "go":
        assert (ahead["teachers"] == ahead["needed"]).all()
        assert (ahead["surplus"] == 0).all()
    if surplus == "stay" and transfer:
        lack, more = found.loc[2023, ["lacking", "surplus"]]
        # nobody is recruited before the surplus elsewhere is used up
        assert found.loc[2024, "teachers"] == sum(have[: len(pupils)]) + max(lack - more, 0)


# --- tables ----------------------------------------------------------------------------------------


def test_the_table_by_hand():
    county = steady(380, 190)
    table = county.tables["school_years"]
    table.loc[table["school_id"] == "002", "teachers_primary"] = 2
    row = staffing(analyze(county, scenario="baseline")).iloc[-1]
    assert (row["stage"], row["basis"], row["year"]) == ("primary", "projected", 2031)
    assert row[["students", "teachers"]].tolist() == pytest.approx([570, 40])
    assert row["pupils_per_teacher"] == pytest.approx(14.25)
    assert row[["posts", "needed", "lacking", "surplus"]].tolist() == [30, 29, 8, 19]
    assert row[["filled_in_stage", "filled_across", "recruited"]].tolist() == [8, 0, 0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["652323-hutubi", "340207-jiujiang", "230505-sifangtai"])
def test_what_lacks_is_filled_or_recruited(name):
    found = staffing(analyze(name, scenario="plan_full"))
    parts = found[["filled_in_stage", "filled_across", "recruited"]]
    assert (parts >= 0).all(axis=None)
    assert (parts.sum(axis=1) == found["lacking"]).all()
    given_ = found.groupby("year")[["filled_in_stage", "filled_across"]].sum().sum(axis=1)
    assert (given_ <= found.groupby("year")["surplus"].sum()).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["652323-hutubi", "150202-donghe"])
def test_built_in_courses_of_staff(name):
    """Fewer teachers than by the trend; by the quota nobody lacks; the plan comes together with either."""
    county = load_county(name)
    found = {
        way: staffing(analyze(county, scenario=way)).set_index(["year", "stage"])
        for way in ("baseline", "staff_leaving", "staff_quota", "plan_full+staff_quota")
    }
    kept = found["baseline"]["teachers"]
    ahead = kept.index.get_level_values("year") > county.last_observed
    gone, quota = found["staff_leaving"], found["staff_quota"]
    assert (gone["teachers"][~ahead] == kept[~ahead]).all()
    assert (gone["teachers"][ahead] < kept[ahead]).all()
    years, last = ahead.sum() // 2, kept.index[-1]
    # each year a fortieth of those who are left, about to the person
    assert abs(gone.loc[last, "teachers"] - kept[last] * 0.975**years) <= 1
    assert (quota["lacking"][ahead] == 0).all()
    assert (found["plan_full+staff_quota"]["lacking"][ahead] == 0).all()


# --- files -----------------------------------------------------------------------------------------


def test_a_county_states_it_in_its_file(make_county):
    county = make_county([{"students_primary": 300}])
    text = """
name: {zh: 减员, en: Leaving}
staff:
  kind: attrition
  ages: {primary: {25: 10, 55: 4}}
  leave: 0.02
  replaced: 0.5
  year: 2023
  source: 基础基422
  confidence: medium
"""
    found = parse_scenario(text.encode(), "own.yaml", county)
    assert found.staff.ages == {"primary": {25: 10, 55: 4}}
    assert found.births is not None  # the rest is the baseline's


@pytest.mark.parametrize(
    ("staff", "words"),
    [
        ("{kind: shrink, source: x, confidence: low}", ["staff", "shrink"]),
        ("{kind: attrition, leave: 3, source: x, confidence: low}", ["leave", "3"]),
        ("{kind: attrition, ages: {primary: {25: 0}}, source: x, confidence: low}", ["primary"]),
        ("{kind: quota, surplus: fire, source: x, confidence: low}", ["surplus", "fire"]),
        ("{kind: keep, confidence: low}", ["source"]),
    ],
)
def test_mistakes_are_said_with_their_line(make_county, staff, words):
    county = make_county([{"students_primary": 300}])
    text = f"name: {{zh: 甲, en: A}}\nstaff: {staff}\n"
    with pytest.raises(InputError) as refused:
        parse_scenario(text.encode(), "own.yaml", county)
    sentences = " ".join(each.sentence("en") for each in refused.value.findings)
    assert "line 2" in sentences or ":2" in sentences, sentences
    for word in words:
        assert word in sentences, sentences


def test_the_guide_shows_what_can_be_read(make_county):
    """Every example of the section in docs/scenarios.md is a scenario."""
    guide = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", guide, re.S) if "staff:" in block]
    county = make_county([{"students_primary": 300}])
    read = [
        parse_scenario(f"name: {{zh: 甲, en: A}}\n{b}".encode(), "x.yaml", county) for b in blocks
    ]
    assert [each.staff.kind for each in read] == ["keep", "attrition", "quota"]
    assert read[1].staff.ages["primary"][24] == 12


# --- what people read ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def what_if():
    return WhatIf("230505-sifangtai", ["staff_leaving"], draws=0)


def test_the_table_that_is_printed_is_that_of_the_study(what_if):
    shown = [[cell.text for cell in row] for row in staffing_grid(what_if, "en").rows]
    found = staffing(what_if.study)
    found = found[found["year"] >= what_if.last]
    assert [row[0] for row in shown] == [f"{y}" + "*" * (y == what_if.last) for y in found["year"]]
    for row, expected in zip(shown, found.to_dict("records"), strict=True):
        numbers = [float(cell.replace(",", "")) for cell in row[2:]]
        names = [
            "students",
            "teachers",
            "pupils_per_teacher",
            "posts",
            "needed",
            "lacking",
            "surplus",
        ]
        names += ["filled_in_stage", "filled_across", "recruited"]
        assert numbers == pytest.approx([expected[name] for name in names], abs=0.5)


def test_what_is_taken_for_granted_about_teachers_is_said(what_if):
    text = staffing_text(what_if, "en")
    assert "Trend continues: every school keeps its teachers" in text
    assert "Nobody replaced: teachers retire and leave, 0% of them are replaced" in text
    for table in what_if.yearly.values():
        now = table.loc[table["year"] == what_if.last, "pupils_per_teacher"].iloc[0]
        assert f"{now:.1f} → {table['pupils_per_teacher'].iloc[-1]:.1f}" in text


def test_the_assumption_stands_among_the_others(what_if):
    rows = [[cell.text for cell in row] for row in assumptions_grid(what_if, "en").rows]
    about = [row for row in rows if row[1] == "Number of teachers"]
    assert [row[0] for row in about] == ["Trend continues", "Nobody replaced"]
    assert about[0][3] == "low"


@pytest.mark.slow
def test_what_is_met_only_because_pupils_leave_is_printed(what_if):
    found = emptied_items(what_if.studies["baseline"], what_if.full["baseline"])
    rows = [[cell.text for cell in row] for row in emptied_grid(what_if, "en").rows]
    mine = [row for row in rows if row[0] == "Trend continues"]
    assert len(mine) == found["item"].nunique() > 0
    due = what_if.county.record.target_year
    flagged = found.loc[found["year"] == due, "item"]
    said = conclusions(what_if, "en")[0]
    assert ("only because schools have fewer pupils" in said) == bool(len(flagged))
    assert "小学：每所学校综合达标" in conclusions(what_if, "zh")[0]
