"""Scenarios and projected years: hand-made cases, pupils who are never lost, files that are refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import MappingProxyType

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from counties import build_county
from hypothesis import Phase, given, settings

from analysis import InputError, analyze, load_county, load_scenario, project
from analysis.future.assumptions.scenario import Scenario, scenario_files, write_scenario
from analysis.policy.standards import Profile, Standard, load_standard
from analysis.report.build import write_report

SAMPLES = sorted(p.parent for p in Path("data/sample").glob("*/county.yaml"))
ANY = {"source": "test", "confidence": "low"}
FLAT = {"births": {"change": 0.0, **ANY}, "entry": {"ratio": 1.0, **ANY}}
PRIMARY, JUNIOR = range(1, 7), range(7, 10)


def county(*schools: dict, births: float = 60, years=(2019, 2020, 2021)):
    """A county whose schools have the same number of pupils in every grade of every year.

    Each school: ``name``, ``type``, ``per_grade`` and columns of `schools` or `school_years`.
    """
    rows, grades = [], []
    for number, given_ in enumerate(schools, 1):
        school = dict(given_)
        size = school.pop("per_grade")
        kind = school.get("type", "primary")
        stages = {
            "primary": kind in ("primary", "nine_year", "teaching_point"),
            "junior": kind in ("junior", "nine_year", "combined_secondary"),
        }
        school |= {"students_primary": 6 * size} if stages["primary"] else {}
        school |= {"students_junior": 3 * size} if stages["junior"] else {}
        rows.append(school)
        taught = [*(PRIMARY if stages["primary"] else ()), *(JUNIOR if stages["junior"] else ())]
        grades += [
            (f"{number:03d}", year, grade, size, -(-size // 40), -(-size // -(-size // 40)))
            for year in years
            for grade in taught
        ]
    plain = build_county(rows, list(years), facts={"births": str(births)} if births else None)
    names = ["school_id", "year", "grade", "students", "classes", "largest_class"]
    table = pd.DataFrame(grades, columns=names).reindex(columns=plain.tables["enrolment"].columns)
    kinds = plain.tables["enrolment"].dtypes.to_dict()
    past = plain.tables["county_years"]
    early = past[past["item"] == "births"].head(1)
    early = pd.concat([early.assign(year=year) for year in range(2012, years[0])])
    tables = dict(plain.tables) | {
        "enrolment": table.astype(kinds),
        "county_years": pd.concat([past, early], ignore_index=True),
    }
    return dataclasses.replace(plain, tables=MappingProxyType(tables))


def stating(plain, **numbers: float):
    """The county, judged by a standard that states other numbers (``G5__primary=40``)."""
    national = load_standard("cn-2017")
    entries = {
        name: national.entries[name].model_copy(update={"values": {"2017-04-19": number}})
        for name, number in ((key.replace("__", "."), each) for key, each in numbers.items())
    }
    title = {"zh": "试", "en": "Test"}
    own = Profile(id="own", kind="evaluation", title=title, entries=entries)
    return dataclasses.replace(plain, standard=Standard([own, *national.profiles]))


def scenario(**sections) -> Scenario:
    return Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, **FLAT, **sections})


def pupils(outlook, year: int, name: str | None = None) -> np.ndarray:
    """Pupils by grade (1 to 9) of a school, or of the county."""
    table = outlook.students[year - outlook.last]
    names = list(outlook.county.tables["schools"]["name"])
    return table.sum(axis=0) if name is None else table[names.index(name)]


def row(outlook, year: int, name: str) -> pd.Series:
    tables = outlook.county.tables
    school = tables["schools"].set_index("name").loc[name, "school_id"]
    return tables["school_years"].set_index(["school_id", "year"]).loc[(school, year)]


TOWN = (
    {"name": "A", "per_grade": 40},
    {"name": "B", "per_grade": 20},
    {"name": "M", "type": "junior", "per_grade": 60},
)


# --- the trend ---------------------------------------------------------------------------------------


def test_what_never_changed_stays():
    outlook = project(county(*TOWN), scenario(), 2029)
    assert outlook.until == 2029
    for year in range(2022, 2030):
        assert pupils(outlook, year, "A")[:6] == pytest.approx([40] * 6)
        assert pupils(outlook, year, "M")[6:] == pytest.approx([60] * 3)


def test_baseline_leaves_observed_years_untouched():
    here = load_county("652323-hutubi")
    outlook = project(here, "baseline")
    for name in ("school_years", "enrolment", "rooms", "county_years"):
        observed = outlook.county.tables[name].head(len(here.tables[name]))
        pd.testing.assert_frame_equal(observed, here.tables[name])
    before, after = analyze(here), analyze(here, scenario="baseline")
    for name in ("all_indicators", "all_balance", "all_schools"):
        table = getattr(after, name)
        table = table[table["basis"] == "observed"].reset_index(drop=True)
        pd.testing.assert_frame_equal(table, getattr(before, name).reset_index(drop=True))
    assert set(after.all_indicators.loc[after.all_indicators["year"] > 2021, "basis"]) == {
        "projected"
    }


def test_entrants_follow_births_by_the_cut_off_date():
    # 60 born in 2012-2021; of the 90 of 2022 two thirds enter in 2028, the rest in 2029
    births = {"values": {2022: 90}, "change": 0.0, **ANY}
    outlook = project(county(*TOWN), scenario(births=births), 2029)
    assert pupils(outlook, 2027)[0] == pytest.approx(60)
    assert pupils(outlook, 2028)[0] == pytest.approx((60 + 2 * 90) / 3)
    assert pupils(outlook, 2029)[0] == pytest.approx(90)
    # two thirds of the entrants have always gone to A
    assert pupils(outlook, 2029, "A")[0] == pytest.approx(60)
    assert pupils(outlook, 2029)[1] == pytest.approx(80)
    assert outlook.births[2023] == 90


def test_births_change_by_the_year():
    births = {"change": -0.5, **ANY}
    outlook = project(county(*TOWN), scenario(births=births), 2029)
    assert outlook.births[2022] == 30
    assert outlook.births[2023] == 15
    assert pupils(outlook, 2029)[0] == pytest.approx((30 + 2 * 15) / 3)


def test_without_births_the_last_entrants_are_taken_and_said():
    outlook = project(county(*TOWN, births=0), scenario(), 2024)
    assert pupils(outlook, 2024)[0] == pytest.approx(60)
    assert any("no births are known" in note.sentence("en") for note in outlook.notes)


def test_given_entrants():
    entry = {"values": {2022: 120}, "ratio": 1.0, **ANY}
    outlook = project(county(*TOWN), scenario(entry=entry), 2023)
    assert pupils(outlook, 2022)[0] == pytest.approx(120)
    assert pupils(outlook, 2023)[0] == pytest.approx(60)


def test_leavers_of_grade_6_enter_the_junior_schools():
    outlook = project(county(*TOWN, {"name": "N", "type": "junior", "per_grade": 30}), scenario())
    # 90 juniors for 60 leavers: the observed step is 1.5, a third goes to N
    assert pupils(outlook, 2022)[6] == pytest.approx(90)
    assert pupils(outlook, 2022, "N")[6] == pytest.approx(30)


def test_every_year_is_judged_by_the_same_functions():
    here = county(*TOWN)
    study = analyze(here, scenario=scenario(), until=2024)
    table = study.all_indicators.set_index(["year", "school", "indicator"])
    # nothing changes, so neither does any value
    for name in ("A", "B", "M"):
        for indicator in ("teaching_area", "backbone_teachers"):
            assert table.loc[(2024, name, indicator), "value"] == pytest.approx(
                table.loc[(2021, name, indicator), "value"], rel=1e-12
            )
    assert study.recognised is analyze(here).recognised


# --- moves -------------------------------------------------------------------------------------------


def move(**options) -> dict:
    return {"kind": "diversion", "stage": "primary", "start": 2023, **ANY, **options}


def test_intake_goes_elsewhere_grade_by_grade():
    outlook = project(county(*TOWN), scenario(moves=[move(origin=["A"], target=["B"])]), 2026)
    assert pupils(outlook, 2023, "A")[:6].tolist() == pytest.approx([0, 40, 40, 40, 40, 40])
    assert pupils(outlook, 2023, "B")[:6].tolist() == pytest.approx([60, 20, 20, 20, 20, 20])
    assert pupils(outlook, 2026, "A")[:6].tolist() == pytest.approx([0, 0, 0, 0, 40, 40])
    flows = outlook.flows.set_index("year")["students"]
    assert flows[2023] == pytest.approx(40)
    # one grade of six goes: a sixth of the teachers with it
    assert row(outlook, 2023, "A")["teachers_primary"] == pytest.approx(24 * 5 / 6)
    assert row(outlook, 2023, "B")["teachers_primary"] == pytest.approx(12 + 4)


def test_a_share_that_grows():
    going = move(origin=["A"], target=["B"], share=0.6, end=2025)
    outlook = project(county(*TOWN), scenario(moves=[going]), 2027)
    entrants = [pupils(outlook, year, "A")[0] for year in range(2022, 2028)]
    assert entrants == pytest.approx([40, 32, 24, 16, 16, 16])


def test_a_lasting_share_moves_teachers_only_while_the_stage_shrinks():
    going = move(origin=["A"], target=["B"], share=0.5, kind="boundary")
    outlook = project(county(*TOWN), scenario(moves=[going]), 2035)
    # after six years half of the pupils and half of the teachers have gone, and no more go
    assert pupils(outlook, 2035, "A")[:6].sum() == pytest.approx(120)
    assert row(outlook, 2035, "A")["teachers_primary"] == pytest.approx(12, rel=0.03)


def test_a_stage_that_moves_whole():
    schools = (
        {"name": "S", "type": "nine_year", "per_grade": 30},
        {"name": "M", "type": "junior", "per_grade": 20},
        {"name": "A", "per_grade": 20},
    )
    going = move(kind="stage_relocation", stage="junior", origin=["S"], target=["M"])
    outlook = project(county(*schools, births=50), scenario(moves=[going]), 2025)
    assert pupils(outlook, 2023, "S")[6:].sum() == 0
    assert pupils(outlook, 2023, "S")[:6].tolist() == pytest.approx([30] * 6)
    assert pupils(outlook, 2023, "M")[6:].tolist() == pytest.approx([50] * 3)
    assert row(outlook, 2023, "S")["teachers_junior"] == pytest.approx(0)
    study = analyze(county(*schools, births=50), scenario=scenario(moves=[going]), until=2025)
    rows = study.register.set_index(["year", "school", "stage"])
    assert rows.loc[(2023, "S", "junior"), "reason"] == "no_students"


def test_closure_hands_everything_over():
    going = {"kind": "closure", "origin": ["B"], "target": ["A"], "start": 2023, **ANY}
    outlook = project(county(*TOWN), scenario(moves=[going | {"keep_premises": True}]), 2024)
    before = project(county(*TOWN), scenario(), 2024)
    assert pupils(outlook, 2023, "A")[:6].tolist() == pytest.approx([60] * 6)
    for name in ("teachers_primary", "equipment_value_cny", "teaching_area_m2", "multimedia_rooms"):
        together = row(before, 2023, "A")[name] + row(before, 2023, "B")[name]
        assert row(outlook, 2023, "A")[name] == pytest.approx(together)
    roster = outlook.county.tables["schools"].set_index("name")
    assert roster.loc["B", "closed"] == 2022
    years = outlook.county.tables["school_years"]
    assert 2023 not in set(years.loc[years["school_id"] == "002", "year"])


def test_a_school_closed_without_its_buildings():
    going = {"kind": "closure", "origin": ["B"], "target": ["A"], "start": 2023, **ANY}
    outlook = project(county(*TOWN), scenario(moves=[going]), 2024)
    before = project(county(*TOWN), scenario(), 2024)
    assert row(outlook, 2023, "A")["teaching_area_m2"] == row(before, 2023, "A")["teaching_area_m2"]


NEW = {"school_id": "900", "name": "New", "type": "nine_year", "area": "town"}


def test_merger_into_a_new_school():
    joining = {
        "kind": "merger", "origin": ["A", "M"], "school": NEW, "start": 2023, "cost_cny": 5e6, **ANY,
    }  # fmt: skip
    outlook = project(county(*TOWN), scenario(moves=[joining]), 2025)
    assert pupils(outlook, 2023, "New").tolist() == pytest.approx([40] * 6 + [60] * 3)
    assert pupils(outlook, 2024, "New").tolist() == pytest.approx([40] * 6 + [60] * 3)
    costs = [note.cost_cny for note in outlook.notes if note.kind == "applied"]
    assert costs == [5e6]


def test_opening_grows_by_its_ramp():
    opening = {
        "kind": "opening", "school": NEW | {"type": "primary"}, "intake": {"primary": 30},
        "ramp": [0.5, 1.0], "origin": ["A"], "start": 2023, **ANY,
    }  # fmt: skip
    outlook = project(county(*TOWN), scenario(moves=[opening]), 2026)
    assert [pupils(outlook, year, "New")[0] for year in range(2022, 2026)] == pytest.approx(
        [0, 15, 30, 30]
    )
    assert pupils(outlook, 2025, "A")[:3].tolist() == pytest.approx([10, 10, 25])
    # what is not said about the new school is not reported: never assumed
    study = analyze(county(*TOWN), scenario=scenario(moves=[opening]), until=2026)
    table = study.all_indicators.set_index(["year", "school", "indicator"])
    assert table.loc[(2024, "New", "teaching_area"), "status"] == "not_assessed"
    assert table.loc[(2024, "New", "teachers_above_qualification"), "status"] != "not_assessed"


def test_premises_pass_to_another_school():
    passing = {
        "kind": "premises", "origin": "A", "target": "B", "teaching_area_m2": 100, "start": 2023, **ANY,
    }  # fmt: skip
    outlook = project(county(*TOWN), scenario(moves=[passing]), 2024)
    before = project(county(*TOWN), scenario(), 2024)
    for name, change in (("A", -100), ("B", 100)):
        now, then = (row(o, 2024, name)["teaching_area_m2"] for o in (outlook, before))
        assert now - then == pytest.approx(change)


def test_a_cap_sends_the_surplus_where_there_is_room():
    caps = [
        {"schools": ["A"], "students": 230, "surplus_to": ["B"], "start": 2023, **ANY},
        {"schools": ["B"], "students": 126, "start": 2023, **ANY},
    ]
    outlook = project(county(*TOWN), scenario(caps=caps), 2023)
    # A is 10 above its cap; B has room for 6, the other 4 stay, and that is said
    assert pupils(outlook, 2023, "A")[0] == pytest.approx(34)
    assert pupils(outlook, 2023, "B")[0] == pytest.approx(26)
    said = [note.sentence("en") for note in outlook.notes if note.kind == "not_applied"]
    assert said == ["2023: 4 pupils above the cap of A find no place elsewhere and stay"]


def test_a_class_size_cap_divides_classes():
    caps = [{"class_size": {"primary": 25}, "start": 2023, **ANY}]
    outlook = project(county(*TOWN), scenario(caps=caps), 2023)
    table = outlook.county.tables["enrolment"].set_index(["school_id", "year", "grade"])
    assert table.loc[("001", 2022, 3), "classes"] == 1
    assert table.loc[("001", 2023, 3), "classes"] == 2
    assert table.loc[("001", 2023, 3), "largest_class"] == 20


@pytest.mark.parametrize("limit", [45, 30])
def test_seats_are_as_many_as_the_standard_allows(limit):
    school = {"name": "A", "per_grade": 40, "classes_primary": 6}
    plain = county(school, births=40)
    capacity = project(stating(plain, G5__primary=limit), scenario()).capacity
    assert capacity["classrooms"].unique() == [6]
    assert capacity["seats"].unique() == [6 * limit]
    # before the rule: rooms are built for the classes that it will allow
    early = county(school, births=40, years=(2013, 2014, 2015))
    capacity = project(stating(early, G5__primary=limit), scenario(), until=2016).capacity
    assert capacity["seats"].unique() == [6 * limit]


@pytest.mark.parametrize(("least", "paid"), [(100, 6000), (60, 6000), (55, 5500), (50, 5000)])
def test_a_small_school_is_funded_as_the_standard_says(least, paid):
    """60 pupils fall to 50; 100 yuan were paid for each."""
    small = {"name": "A", "per_grade": 10, "area": "rural", "operating_funds_cny": 6000}
    plain = stating(county(small, births=10), G6=least)
    leaving = {"students": -10, "start": 2022, **ANY}
    outlook = project(plain, scenario(migration=[leaving]), until=2022)
    now = row(outlook, 2022, "A")
    assert now["students_primary"] == pytest.approx(50)
    assert now["operating_funds_cny"] == pytest.approx(paid)


def test_people_who_come_and_go():
    coming = [{"students": 90, "start": 2022, "end": 2023, **ANY}]
    outlook = project(county(*TOWN), scenario(migration=coming), 2024)
    total = pupils(project(county(*TOWN), scenario(), 2024), 2022).sum()
    assert pupils(outlook, 2022).sum() == pytest.approx(total + 90)
    leaving = [{"students": -1e6, "start": 2022, "grades": [3], **ANY}]
    gone = project(county(*TOWN), scenario(migration=leaving), 2022)
    assert pupils(gone, 2022)[2] == 0
    assert (gone.students >= 0).all()


def test_new_homes_fill_the_schools_of_their_zone():
    homes = {
        "name": "estate", "homes": 300, "students_per_home": 0.3, "schools": ["B"], "start": 2022,
        "end": 2023, **ANY,
    }  # fmt: skip
    outlook = project(county(*TOWN), scenario(housing=[homes]), 2022)
    # 45 pupils a year over nine grades: five in each; those of the junior stage go to M
    assert pupils(outlook, 2022, "B")[:6].tolist() == pytest.approx([25] * 6)
    assert pupils(outlook, 2022, "M")[6:].tolist() == pytest.approx([65] * 3)


# --- staff, buildings, equipment ------------------------------------------------------------------------


def test_teachers_leave_and_are_recruited():
    leaving = [{"share": 0.1, "stage": "primary", "start": 2022, **ANY}]
    coming = [
        {"stage": "primary", "persons": 6, "backbone": 0.5, "to": ["B"], "start": 2022, **ANY}
    ]
    outlook = project(county(*TOWN), scenario(attrition=leaving, recruitment=coming), 2022)
    assert row(outlook, 2022, "A")["teachers_primary"] == pytest.approx(24 * 0.9)
    assert row(outlook, 2022, "B")["teachers_primary"] == pytest.approx(12 * 0.9 + 6)
    assert row(outlook, 2022, "B")["backbone_primary"] == pytest.approx(3 * 0.9 + 3)
    assert row(outlook, 2022, "M")["teachers_junior"] == 18


def test_a_target_is_reached_in_even_steps_of_whole_teachers():
    target = {"entry": "backbone", "stage": "primary", "value": 5, "by": 2024, **ANY}
    outlook = project(county(*TOWN), scenario(staff_targets=[target]), 2025)
    # A: from 5 of 240 pupils to 12, in three steps of 7/3 rounded up
    steps = [row(outlook, year, "A")["backbone_primary"] for year in range(2022, 2026)]
    assert steps == [8, 10, 12, 12]


@pytest.mark.parametrize(
    ("standard", "kind", "value"),
    [("cn-2017", "senior_titles", None), ("cn-2017", "senior_titles", 5), ("cn-2012", "backbone", None), ("cn-2012", "backbone", 5)],
)  # fmt: skip
def test_a_target_that_no_indicator_asks_for_is_said_and_changes_nothing(standard, kind, value):
    target = {"entry": kind, "stage": "primary", "value": value, "by": 2024, **ANY}
    plain = dataclasses.replace(county(*TOWN), standard=load_standard(standard))
    with_, without = (
        project(plain, scenario(staff_targets=targets), 2023) for targets in ([target], [])
    )
    pd.testing.assert_frame_equal(
        with_.county.tables["school_years"], without.county.tables["school_years"]
    )
    [note] = [note for note in with_.notes if note not in without.notes]
    assert note.kind == "not_applied"
    assert "figures stay as last reported" in note.sentence("en")


def test_rotation_keeps_the_number_of_teachers():
    turn = {
        "stage": "primary",
        "origin": ["A"],
        "target": ["B"],
        "persons": 4,
        "start": 2022,
        **ANY,
    }
    outlook = project(county(*TOWN), scenario(rotation=[turn]), 2022)
    assert row(outlook, 2022, "A")["teachers_primary"] == 20
    assert row(outlook, 2022, "B")["teachers_primary"] == 16


def test_additions_purchases_and_write_off():
    outlook = project(
        county(*TOWN),
        scenario(
            additions=[
                {"schools": ["A", "B"], "year": 2023, "teaching_area_m2": 500, "music_rooms_m2": [96],
                 "cost_cny": 1e6, **ANY}
            ],
            purchases=[{"cny": 1000, "to": ["B"], "start": 2022, **ANY}],
            equipment={"write_off": 0.5, **ANY},
        ),
        2023,
    )  # fmt: skip
    then = project(county(*TOWN), scenario(), 2023)
    assert row(outlook, 2022, "A")["teaching_area_m2"] == row(then, 2022, "A")["teaching_area_m2"]
    grown = row(outlook, 2023, "A")["teaching_area_m2"] - row(then, 2023, "A")["teaching_area_m2"]
    assert grown == 250
    value = row(then, 2022, "B")["equipment_value_cny"]
    assert row(outlook, 2022, "B")["equipment_value_cny"] == pytest.approx(value / 2 + 1000)
    rooms = outlook.county.tables["rooms"]
    assert sorted(rooms.loc[rooms["year"] == 2023, "school_id"]) == ["001", "002"]


def test_projects_are_used_from_the_school_year_after_they_are_finished():
    """A building of 3,500 m2 finished in December 2022 serves from the school year 2023 on."""
    here = load_county("652323-hutubi")
    built = project(here, load_scenario("plan_full"))
    none = project(here, "plan_none")
    name = "县一小东风校区"
    gain = [
        row(built, year, name)["teaching_area_m2"] - row(none, year, name)["teaching_area_m2"]
        for year in (2022, 2023, 2024)
    ]
    assert gain == pytest.approx([0, 3500 * 0.7, 3500 * 0.7])
    late = project(here, load_scenario("plan_late"))
    gain = [
        row(late, year, name)["teaching_area_m2"] - row(none, year, name)["teaching_area_m2"]
        for year in (2024, 2025)
    ]
    assert gain == pytest.approx([0, 3500 * 0.7])


# --- laws ------------------------------------------------------------------------------------------------


#: Shrinking a failing case would run for minutes; the case as found says enough.
QUICK = settings(max_examples=40, phases=[Phase.explicit, Phase.generate])
NAMES = ("A", "B", "C", "M", "N", "S")
TEACHES = {"primary": "ABCS", "junior": "MNS"}


@st.composite
def any_move(draw):
    kind = draw(
        st.sampled_from(["diversion", "boundary", "stage_relocation", "closure", "opening"])
    )
    start = draw(st.integers(2022, 2025))
    if kind == "closure":
        origin, target = draw(st.sampled_from([("A", "B"), ("C", "S"), ("M", "N"), ("N", "S")]))
        return {"kind": kind, "origin": [origin], "target": [target], "start": start, **ANY}
    stage = draw(st.sampled_from(["primary", "junior"]))
    if kind == "opening":
        school = NEW | {"type": stage}
        ramp = draw(st.lists(st.floats(0, 1), min_size=1, max_size=4))
        intake = {stage: draw(st.integers(0, 200))}
        return {
            "kind": kind,
            "school": school,
            "intake": intake,
            "ramp": ramp,
            "start": start,
            **ANY,
        }
    places = draw(st.permutations(TEACHES[stage]))
    return {
        "kind": kind,
        "stage": stage,
        "origin": [places[0]],
        "target": list(places[1 : draw(st.integers(2, len(places)))]),
        "share": draw(st.floats(0, 1)),
        "start": start,
        "end": start + draw(st.integers(0, 3)),
        "mode": draw(st.sampled_from(["intake", "all"])),
        **ANY,
    }


@pytest.mark.slow
@given(
    st.lists(any_move(), min_size=1, max_size=5),
    st.integers(0, 400),
    st.sampled_from(["none", "yearly"]),
)
@QUICK
def test_no_pupil_is_lost_in_any_move(moves, cap, rounding):
    """However pupils are moved, every year's total by grade is that of the trend without moves."""
    schools = [
        {"name": name, "per_grade": size, "type": kind}
        for name, size, kind in zip(
            NAMES, (40, 31, 8, 45, 13, 20),
            ("primary", "primary", "primary", "junior", "junior", "nine_year"), strict=True,
        )
    ]  # fmt: skip
    here = county(*schools, births=100)
    for number, one in enumerate(moves):
        if one["kind"] == "opening":
            one["school"] |= {"school_id": f"9{number}", "name": f"New {number}"}
    caps = [{"schools": ["A"], "students": cap, "surplus_to": ["B", "S"], "start": 2023, **ANY}]
    # ratios of exactly one, so that schools differ in nothing but their size
    same = {"progression": {"shrinkage": 1e12, **ANY}, "rounding": rounding}
    moved = project(here, scenario(moves=moves, caps=caps, **same), 2028)
    plain = project(here, scenario(**same), 2028)
    for stage in (slice(0, 6), slice(6, 9)):
        ours = moved.students[:, :, stage].sum(axis=1)
        theirs = plain.students[:, :, stage].sum(axis=1)
        if rounding == "none":
            assert ours == pytest.approx(theirs, abs=1e-6)
    assert (moved.students >= -1e-9).all()
    if rounding == "yearly":
        assert (moved.students == np.round(moved.students)).all()
        assert moved.students.sum() == pytest.approx(plain.students.sum(), abs=200)
    if len(moved.flows):
        assert (moved.flows["students"] > 0).all()


@pytest.mark.slow
@given(any_move())
@QUICK
def test_a_move_in_a_year_only_changes_who_has_the_pupils(one):
    """In the year of the move the county has, grade by grade, exactly the same pupils."""
    schools = [
        {"name": name, "per_grade": 17 + 5 * number, "type": kind}
        for number, (name, kind) in enumerate(
            zip(NAMES, ("primary",) * 3 + ("junior",) * 2 + ("nine_year",), strict=True)
        )
    ]
    here = county(*schools, births=100)
    first = one["start"]
    moved = project(here, scenario(moves=[one], rounding="yearly"), first)
    plain = project(here, scenario(rounding="yearly"), first)
    assert pupils(moved, first).tolist() == pupils(plain, first).tolist()


# --- every sample and scenario ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("folder", SAMPLES, ids=lambda path: path.name)
def test_every_scenario_of_every_sample(folder):
    here = load_county(folder)
    names = [name for name in scenario_files(here) if name != "moves"]
    assert {"baseline", "births_low", "births_middle", "births_high"} <= set(names)
    assert {"plan_full", "plan_late", "plan_none"} <= set(names)
    trend = project(here, "baseline")
    for name in names:
        outlook = project(here, name)
        assert np.isfinite(outlook.students).all()
        assert outlook.until >= (here.record.target_year or 0)
        if name == "births_middle":
            assert (outlook.students == trend.students).all()
    low, high = project(here, "births_low"), project(here, "births_high")
    assert low.students[-1].sum() < trend.students[-1].sum() < high.students[-1].sum()


# --- files -----------------------------------------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> None:
    (folder / "scenarios").mkdir(parents=True, exist_ok=True)
    (folder / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def here(tmp_path):
    return dataclasses.replace(county(*TOWN), path=tmp_path)


def sentences(error) -> str:
    return "\n".join(finding.sentence("en") for finding in error.value.findings)


def test_base_and_parts(here, tmp_path):
    write(
        tmp_path,
        "poor",
        "name: {zh: 贫, en: Poor}\nbirths: {change: -0.2, source: me, confidence: low}\n",
    )
    write(
        tmp_path, "gate",
        "name: {zh: 门, en: Gate}\nmoves:\n  - {kind: boundary, origin: [A], target: [B], stage: primary,"
        " share: 0.5, start: 2023, source: me, confidence: low}\n",
    )  # fmt: skip
    write(tmp_path, "both", "name: {zh: 二, en: Both}\nbase: poor\nparts: [gate]\n")
    write(tmp_path, "late", "name: {zh: 迟, en: Late}\nparts: [{part: gate, delay: 2}]\n")
    both = load_scenario("both", here)
    assert both.births.change == -0.2
    assert [m.start for m in both.moves] == [2023]
    assert both.entry.window == 3  # from the built-in baseline
    assert load_scenario("late", here).moves[0].start == 2025
    joined = load_scenario("poor+gate", here)
    assert joined.births == both.births
    assert joined.moves == both.moves


def test_a_county_s_own_file_goes_before_a_built_in_one(here, tmp_path):
    write(tmp_path, "births_low", "name: {zh: 低, en: Ours}\n")
    assert load_scenario("births_low", here).name.en == "Ours"


def test_a_composed_scenario_survives_its_file(here, tmp_path):
    """Written out and read again, a scenario gives the same numbers."""
    sample = load_county("652323-hutubi")
    whole = load_scenario("births_low+plan_late", sample)
    file = tmp_path / "copy.yaml"
    file.write_text(write_scenario(whole), encoding="utf-8")
    again = load_scenario(file, sample)
    ours, theirs = project(sample, whole), project(sample, again)
    assert (ours.students == theirs.students).all()
    pd.testing.assert_frame_equal(
        ours.county.tables["school_years"], theirs.county.tables["school_years"]
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: {zh: 一, en: One}\nbrths: {}\n", "line 2: brths: unknown key"),
        ("name: {zh: 一, en: One}\nbirths: {change: 0}\n", "births.source: is missing"),
        (
            "name: {zh: 一, en: One}\nlateness: {shares: {0: 0.5, 1: 0.4}, source: a, confidence: low}\n",
            "lateness: the shares add up to 0.9; expected 1",
        ),
        (
            "name: {zh: 一, en: One}\nmigration: [{students: 1, start: 2025, end: 2023, source: a, confidence: low}]\n",
            "ends (2023) before it starts (2025)",
        ),
        (
            "name: {zh: 一, en: One}\nmoves: [{kind: swap, start: 2025, source: a, confidence: low}]\n",
            "'swap'",
        ),
        (
            "name: {zh: 一, en: One}\nmoves: [{kind: merger, origin: [A], start: 2025, source: a, confidence: low}]\n",
            "give either `target`",
        ),
        ("name: {zh: 一, en: One}\nbase: nobody\n", "there is no scenario “nobody”"),
        ("name: {zh: 一, en: One}\nparts: [mine]\n", "scenarios rest on each other: mine → mine"),
        ("name: !!python/object/apply:os.system ['true']\n", "tags (!) are not allowed"),
    ],
)
def test_files_that_are_refused(here, tmp_path, text, sentence):
    write(tmp_path, "mine", text)
    with pytest.raises(InputError) as error:
        load_scenario("mine", here)
    assert sentence in sentences(error)
    assert "mine.yaml: line " in sentences(error)


def test_all_mistakes_about_schools_at_once(here):
    moves = [
        move(origin=["Aa"], target=["B"]),
        move(origin=["A"], target=["M"]),
        move(origin=["A"], target=["A"]),
        move(origin=["A"], target=["B"], start=2021),
    ]
    with pytest.raises(InputError) as error:
        project(here, scenario(moves=moves))
    found = sentences(error)
    assert "moves.0.origin.0: no school is called “Aa”; the nearest: A" in found
    assert "M does not teach the stage Primary" in found
    assert "A would give pupils to itself" in found
    assert "a move starts in 2021, but 2021 has been observed" in found


def test_an_until_that_is_not_ahead(here):
    with pytest.raises(InputError, match="expected a year from 2022 to 2061"):
        project(here, scenario(), 2021)


@pytest.mark.slow
def test_a_projection_that_is_there_gives_the_same_workbook(tmp_path):
    sample, wanted = load_county("652323-hutubi"), {"year": 2026, "scenario": "plan_full"}
    only = wanted | {"formats": ("xlsx",)}
    (made,) = write_report(sample, tmp_path / "made", **only)
    outlook = project(sample, "plan_full")
    (given_,) = write_report(sample, tmp_path / "given", outlook=outlook, **only)
    assert given_.name == made.name == "652323-hutubi-2026-plan_full.xlsx"
    assert given_.read_bytes() == made.read_bytes()


def test_a_projection_is_not_projected_again(here):
    with pytest.raises(InputError, match="is a projection already"):
        project(project(here, scenario()).county, scenario())
