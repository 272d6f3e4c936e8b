"""Five-four and mixed counties: cohorts go on by the system of their school, and nobody is lost."""

from __future__ import annotations

import dataclasses
import json
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from cohort_county import cohort_county
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import InputError, analyze, load_county, project
from analysis.future import comparison
from analysis.future.assumptions.planning import ClassSize
from analysis.future.assumptions.scenario import Scenario, load_scenario
from analysis.future.emptied import judged_as_full
from analysis.future.grades import Ladder
from analysis.future.odds.draws import forecast, pupil_bands
from analysis.future.planning.seats import seat_warnings
from analysis.future.planning.small_classes import small_classes
from analysis.future.planning.staffing import staffing
from analysis.future.projection.model import Model
from analysis.planner.desk import Desk
from analysis.planner.state import State

ANY = {"source": "test", "confidence": "low"}
YEARS = list(range(2016, 2022))
UNTIL = 2029
#: Ratio of each grade to the one below, the same at every school.
RATIO = np.array([0.98, 0.99, 1.01, 0.99, 0.97, 0.96, 0.99, 0.98])
BIRTHS = dict.fromkeys(range(2005, 2022), 300.0)
FIVE_FOUR = "5+4"
RECORD = """\
code: "999999"
name: {zh: 测试县, en: Test County}
province: {zh: 测试省, en: Test Province}
standard: cn-2017
"""


def scenario(**sections) -> Scenario:
    given_ = {"births": {"change": 0.0, **ANY}, "entry": {"window": 3, **ANY}}
    return Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, **given_, **sections})


def cohorts(entrants: list[float], ratio: np.ndarray) -> np.ndarray:
    """The county's pupils, (9, years); `entrants` begin eight years before the first year."""
    down = np.concatenate([[1.0], np.cumprod(ratio)])
    return np.array(
        [[entrants[at + 8 - g] * down[g] for at in range(len(YEARS))] for g in range(9)]
    )


def cells(whole: np.ndarray, part: float, grades: slice) -> np.ndarray:
    """A school that has a part of some of the county's grades (numbered from 1)."""
    found = np.full(whole.shape, np.nan)
    found[grades.start - 1 : grades.stop] = part * whole[grades.start - 1 : grades.stop]
    return found


def town(whole: np.ndarray, primary: dict, junior: dict, five_four: float) -> dict:
    """Schools by name.

    `primary` and `junior`: by system, the parts of its schools among themselves; `five_four`: part of
    the entrants of first grade that five-four primary schools take.
    """
    part = {FIVE_FOUR: five_four, "6+3": 1 - five_four}
    schools, systems = {}, {}
    for system, last in ((FIVE_FOUR, 5), ("6+3", 6)):
        other = "6+3" if system == FIVE_FOUR else FIVE_FOUR
        alone = not junior.get(other)
        for n, share in enumerate(primary.get(system, [])):
            found = cells(whole, share * part[system], slice(1, last))
            if system == "6+3" and not junior.get(FIVE_FOUR):
                # grade 6 is theirs alone
                found[5] = share * whole[5]
            schools[f"P{system}{n}"], systems[f"P{system}{n}"] = found, system
        for n, share in enumerate(junior.get(system, [])):
            found = cells(whole, share * part[system], slice(last + 1, 9))
            if alone:
                found[6:] = share * whole[6:]
            schools[f"J{system}{n}"], systems[f"J{system}{n}"] = found, system
    return schools, systems


def county(schools: dict, systems: dict, births=BIRTHS, **columns):
    return cohort_county(schools, YEARS, births, system=systems, **columns)


def course(outlook) -> np.ndarray:
    """The county's pupils by year and grade."""
    return outlook.students.sum(axis=1)


def goes_on(outlook, ratio: np.ndarray) -> None:
    """Every cohort of the county goes on by the ratios, whoever teaches it."""
    found = course(outlook)
    assert found[1:, 1:] == pytest.approx(found[:-1, :-1] * ratio, rel=1e-9)


entrants = st.lists(st.floats(150.0, 450.0), min_size=len(YEARS) + 8, max_size=len(YEARS) + 8)
ratios = st.lists(st.floats(0.93, 1.04), min_size=8, max_size=8).map(np.array)
parts = st.lists(st.floats(0.2, 1.0), min_size=1, max_size=3).map(
    lambda found: [each / sum(found) for each in found]
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(entrants, ratios, parts, parts)
def test_a_county_of_the_other_system_has_the_same_course(children, ratio, primary, junior) -> None:
    """With ratios common to all schools it is told apart only by who teaches grade 6."""
    whole = cohorts(children, ratio)
    six = project(county(*town(whole, {"6+3": primary}, {"6+3": junior}, 0.0)), scenario(), UNTIL)
    five = project(
        county(*town(whole, {FIVE_FOUR: primary}, {FIVE_FOUR: junior}, 1.0)), scenario(), UNTIL
    )
    assert course(five) == pytest.approx(course(six), rel=1e-9)
    count = len(primary)
    # the roster has the same order: every school keeps its grades but the one that changes its stage
    assert five.students[:, :count, :5] == pytest.approx(six.students[:, :count, :5], rel=1e-9)
    assert five.students[:, count:, 6:] == pytest.approx(six.students[:, count:, 6:], rel=1e-9)
    assert five.students[:, :count, 5] == pytest.approx(0.0)
    shares = six.students[1:, count:, 6] / six.students[1:, count:, 6].sum(axis=1, keepdims=True)
    sixth = five.students[1:, count:, 5] / five.students[1:, count:, 5].sum(axis=1, keepdims=True)
    assert sixth == pytest.approx(shares, rel=1e-9)
    goes_on(five, ratio)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    entrants,
    st.one_of(st.just(np.ones(8)), ratios),
    st.tuples(parts, parts, parts, parts),
    st.floats(0.2, 0.8),
    st.sampled_from(["both", "six-three juniors", "five-four juniors"]),
)
def test_no_cohort_of_a_mixed_county_is_lost(children, ratio, groups, five_four, kind) -> None:
    whole = cohorts(children, ratio)
    primary = {FIVE_FOUR: groups[0], "6+3": groups[1]}
    junior = {FIVE_FOUR: groups[2], "6+3": groups[3]}
    if kind != "both":
        del junior[FIVE_FOUR if kind == "six-three juniors" else "6+3"]
    mixed = project(county(*town(whole, primary, junior, five_four)), scenario(), UNTIL)
    goes_on(mixed, ratio)
    crossing = [n for n in mixed.notes if "junior schools: leavers of grade" in n.message]
    assert len(crossing) == (kind != "both")
    # every school keeps its part of the county's cohorts
    first, last = mixed.students[0], mixed.students[-1]
    for grade in range(9):
        assert last[:, grade] / last[:, grade].sum() == pytest.approx(
            first[:, grade] / first[:, grade].sum(), abs=1e-9
        )


def test_each_system_is_projected_as_if_it_were_alone() -> None:
    """Where nobody changes the system, its schools have the ratios of their own past."""
    whole = cohorts([300.0 + 7 * n for n in range(len(YEARS) + 8)], RATIO)
    groups = ({FIVE_FOUR: [0.6, 0.4], "6+3": [1.0]}, {FIVE_FOUR: [0.3, 0.7], "6+3": [0.5, 0.5]})
    schools, systems = town(whole, *groups, 0.4)
    slower = schools["J6+30"]
    # a six-three junior school that loses pupils within: no other school may be touched by it
    slower[7:] *= 0.8
    alone = scenario(progression={"shrinkage": 0, **ANY})
    touched = project(county(schools, systems), alone, UNTIL)
    found = touched.students.sum(axis=0).sum(axis=1)
    plain = project(county(*town(whole, *groups, 0.4)), alone, UNTIL)
    names = list(schools)
    for number, name in enumerate(names):
        same = pytest.approx(plain.students[:, number].sum(), rel=1e-9)
        if systems[name] == FIVE_FOUR or name.startswith("P"):
            assert found[number] == same, name


def test_leavers_of_grade_5_enter_grade_7_where_nobody_teaches_grade_6() -> None:
    whole = cohorts([300.0] * (len(YEARS) + 8), np.ones(8))
    schools = {
        "P": cells(whole, 1.0, slice(1, 5)),
        "J": cells(whole, 0.4, slice(7, 9)),
        "K": cells(whole, 0.6, slice(7, 9)),
    }
    outlook = project(county(schools, {"P": FIVE_FOUR, "J": "6+3", "K": "6+3"}), scenario(), UNTIL)
    assert outlook.students[-1, 1, 6:] == pytest.approx([120.0] * 3)
    assert outlook.students[-1, 2, 6:] == pytest.approx([180.0] * 3)
    assert course(outlook)[:, 5] == pytest.approx(0.0)
    said = [note.sentence("en") for note in outlook.notes]
    assert (
        "the county has no five-four junior schools: leavers of grade 5 of its five-four primary "
        "schools go on to grade 7 of the six-three junior schools"
    ) in said


def test_junior_schools_of_a_system_without_primary_schools_take_from_the_other() -> None:
    """Part of the six-three pupils goes to a five-four junior school after grade 5."""
    whole = cohorts([300.0] * (len(YEARS) + 8), np.ones(8))
    primary = cells(whole, 1.0, slice(1, 6))
    primary[5] *= 0.6
    schools = {
        "P": primary,
        "J5": cells(whole, 0.4, slice(6, 9)),
        "J6": cells(whole, 0.6, slice(7, 9)),
    }
    outlook = project(county(schools, {"J5": FIVE_FOUR}), scenario(), UNTIL)
    goes_on(outlook, np.ones(8))
    assert outlook.students[-1, 1, 5:] == pytest.approx([120.0] * 4)
    assert outlook.students[-1, 2, 6:] == pytest.approx([180.0] * 3)


def five_four_town(**columns):
    whole = cohorts([310.0 - 6 * n for n in range(len(YEARS) + 8)], RATIO)
    groups = {FIVE_FOUR: [0.5, 0.3, 0.2]}, {FIVE_FOUR: [0.6, 0.4]}
    return county(*town(whole, *groups, 1.0), **columns)


def mixed_town(**columns):
    whole = cohorts([310.0 - 6 * n for n in range(len(YEARS) + 8)], RATIO)
    primary = {FIVE_FOUR: [0.5, 0.5], "6+3": [0.4, 0.6]}
    junior = {FIVE_FOUR: [0.3, 0.7], "6+3": [1.0]}
    return county(*town(whole, primary, junior, 0.5), **columns)


def test_the_observed_verdict_does_not_move_with_a_projection() -> None:
    for make in (five_four_town, mixed_town):
        here = make()
        alone, ahead = analyze(here, YEARS[-1]), analyze(here, YEARS[-1], scenario=scenario())
        pd.testing.assert_frame_equal(alone.evaluation, ahead.evaluation)


def test_everything_after_a_projection_counts_grade_6_where_it_belongs() -> None:
    here = mixed_town()
    sizes = {"target": {"primary": 20, "junior": 20}, "entrants_first": True, **ANY}
    whole = load_scenario("staff_quota", here).model_copy(
        update={"class_size": ClassSize.model_validate(sizes)}
    )
    study = analyze(here, scenario=whole, until=UNTIL)
    outlook, drawn = study.outlook, forecast(here, whole, until=UNTIL, draws=20, study=study)
    ladder = Ladder(here.tables["schools"]["system"])
    assert ladder.mixed
    totals = {s: ladder.total(outlook.students, s).sum(axis=1) for s in ("primary", "junior")}
    for stage, whole in totals.items():
        yearly = comparison.yearly(study)
        yearly = yearly[(yearly["stage"] == stage) & (yearly["year"] > YEARS[-1])]
        assert yearly["students"].to_numpy() == pytest.approx(whole[1:])
        capacity = outlook.capacity[outlook.capacity["stage"] == stage]
        assert capacity.groupby("year")["students"].sum().to_numpy() == pytest.approx(whole[1:])
        posts = staffing(study)
        posts = posts[(posts["stage"] == stage) & (posts["year"] > YEARS[-1])]
        assert posts["students"].to_numpy() == pytest.approx(whole[1:])
        smaller = small_classes(outlook)
        smaller = smaller[smaller["stage"] == stage]
        assert smaller["students"].to_numpy() == pytest.approx(whole[1:])
        seats = seat_warnings(outlook)
        seats = seats[seats["stage"] == stage].groupby("year")["pupils"].sum()
        assert seats.to_numpy() == pytest.approx(whole[1:])
        bands = drawn.enrolment
        bands = bands[bands["stage"] == stage]
        assert (bands["low"].to_numpy() <= whole[1:] + 1).all()
        assert (whole[1:] <= bands["high"].to_numpy() + 1).all()
    # judged with the pupils of the last observed year, every stage has those
    full = comparison.yearly(judged_as_full(study, [UNTIL])).set_index(["stage", "year"])[
        "students"
    ]
    for stage in ("primary", "junior"):
        assert full[stage, UNTIL] == pytest.approx(totals[stage][0])
    # a five-four primary school has no grade 6 in any year, a six-three junior school neither
    table = outlook.county.tables["enrolment"]
    system = here.tables["schools"].set_index("school_id")["system"]
    kind = here.tables["schools"].set_index("school_id")["type"]
    sixth = table[(table["grade"] == 6) & (table["students"] > 0)]["school_id"]
    assert set(zip(sixth.map(kind), sixth.map(system).fillna("6+3"), strict=True)) == {
        ("primary", "6+3"),
        ("junior", FIVE_FOUR),
    }


def test_draws_of_a_five_four_county_are_those_of_its_twin() -> None:
    """Births, entry and the county's shocks are the same numbers; the stages are divided elsewhere."""
    whole = cohorts([300.0] * (len(YEARS) + 8), np.ones(8))
    six = county(*town(whole, {"6+3": [1.0]}, {"6+3": [1.0]}, 0.0))
    five = county(*town(whole, {FIVE_FOUR: [1.0]}, {FIVE_FOUR: [1.0]}, 1.0))
    found = {}
    for name, here in (("six", six), ("five", five)):
        bands, _ = pupil_bands(here, scenario(), until=UNTIL, draws=400)
        bands["width"] = (bands["high"] - bands["low"]) / bands["median"]
        found[name] = bands.groupby("stage")["width"].mean()
    for stage in ("primary", "junior"):
        assert found["five"][stage] == pytest.approx(found["six"][stage], rel=0.35)
    assert forecast(five, scenario(), until=UNTIL, draws=20).probability["year"].iloc[-1] == UNTIL


@pytest.mark.parametrize("make", [five_four_town, mixed_town])
def test_moves_and_closures_lose_nobody(make) -> None:
    here = make()
    plain = project(here, scenario(), UNTIL)
    names = [n for n in here.tables["schools"]["name"] if n.startswith(f"J{FIVE_FOUR}")]
    primary = [n for n in here.tables["schools"]["name"] if n.startswith(f"P{FIVE_FOUR}")]
    new = {"school_id": "N", "name": "New", "type": "nine_year", "area": "town"}
    moves = [
        {"kind": "merger", "origin": [names[0]], "target": names[1], "start": 2024, **ANY},
        {"kind": "diversion", "stage": "primary", "origin": [primary[0]], "target": [primary[1]],
         "share": 0.4, "start": 2023, **ANY},
        {"kind": "opening", "school": new, "origin": [names[1], primary[1]], "start": 2025,
         "intake": {"primary": 40, "junior": 30}, **ANY},
    ]  # fmt: skip
    moved = project(here, scenario(moves=moves), UNTIL)
    assert course(moved) == pytest.approx(course(plain), rel=1e-9)
    last = moved.students[-1]
    place = {name: n for n, name in enumerate(moved.county.tables["schools"]["name"])}
    assert last[place["New"], 5] > 0  # grade 6 of its junior stage
    assert moved.county.tables["schools"].set_index("name").loc["New", "system"] == FIVE_FOUR
    closed = make(closed={names[0]: 2024})
    assert course(project(closed, scenario(), UNTIL)) == pytest.approx(course(plain), rel=1e-9)


def test_a_school_that_closes_leaves_its_pupils_to_the_other_system_where_it_is_the_last() -> None:
    plain = project(mixed_town(), scenario(), UNTIL)
    for names in ((f"J{FIVE_FOUR}0", f"J{FIVE_FOUR}1"), ("P6+30", "P6+31")):
        closed = mixed_town(closed=dict.fromkeys(names, 2024))
        found = project(closed, scenario(), UNTIL)
        assert course(found) == pytest.approx(course(plain), rel=1e-9), names


def test_entrants_of_first_grade_may_change_the_system_and_others_not() -> None:
    here = mixed_town()
    plain = project(here, scenario(), UNTIL)
    turn = {"kind": "diversion", "origin": ["P6+30"], "target": [f"P{FIVE_FOUR}0"],
            "stage": "primary", "share": 0.5, "start": 2022, **ANY}  # fmt: skip
    turned = project(here, scenario(moves=[turn]), UNTIL)
    assert course(turned) == pytest.approx(course(plain), rel=1e-9)
    ladder = Ladder(here.tables["schools"]["system"])
    # six years later they are in a five-four junior school
    more = ladder.total(turned.students, "junior") - ladder.total(plain.students, "junior")
    assert more[-1].sum() > 0
    wrong = [
        turn | {"mode": "all"},
        turn | {"stage": "junior", "origin": ["J6+30"], "target": [f"J{FIVE_FOUR}0"]},
        {"kind": "merger", "origin": ["P6+30"], "target": f"P{FIVE_FOUR}0", "start": 2024, **ANY},
        {"kind": "opening", "start": 2024, "origin": ["J6+30"], "intake": {"junior": 20},
         "school": {"school_id": "N", "name": "New", "type": "junior", "area": "town",
                    "system": FIVE_FOUR}, **ANY},
    ]  # fmt: skip
    with pytest.raises(InputError) as caught:
        project(here, scenario(moves=wrong), UNTIL)
    assert len(caught.value.findings) == len(wrong)
    assert (
        "J6+30 is a six-three school, J5+40 a five-four school: a grade of the stage Junior secondary "
        "has no place at one of them."
    ) in str(caught.value)


def test_a_five_four_school_may_open_where_there_was_none() -> None:
    """Its leavers go on to grade 6 of the primary schools; a junior school of its kind has nobody."""
    whole = cohorts([300.0] * (len(YEARS) + 8), RATIO)
    here = county(*town(whole, {"6+3": [0.5, 0.5]}, {"6+3": [1.0]}, 0.0))
    new = {
        "school_id": "N",
        "name": "New",
        "type": "nine_year",
        "area": "town",
        "system": FIVE_FOUR,
    }
    move = {"kind": "opening", "school": new, "start": 2022, "intake": {"primary": 60}, **ANY}
    plain, found = (project(here, scenario(moves=m), 2031) for m in ([], [move]))
    assert course(found) == pytest.approx(course(plain), rel=1e-9)
    assert (found.students[6, 3, :5] > 0).all()
    assert (found.students[:, 3, 5:] == 0).all()
    with pytest.raises(InputError, match="no other five-four school that teaches the stage"):
        project(here, scenario(moves=[move | {"intake": {"junior": 60}}]))


def test_new_homes_fill_every_grade_once() -> None:
    homes = {"name": "Homes", "homes": 900, "students_per_home": 1.0, "start": 2022, **ANY}
    for make in (five_four_town, mixed_town):
        here = make()
        for near in ([f"P{FIVE_FOUR}0"], ["P6+30", "J6+30"], list(here.tables["schools"]["name"])):
            if not set(near) <= set(here.tables["schools"]["name"]):
                continue
            built = homes | {"schools": near, "end": 2022}
            plain, more = (project(here, scenario(housing=h), UNTIL) for h in ([], [built]))
            assert (course(more) - course(plain))[1] == pytest.approx([100.0] * 9)


def test_the_step_into_junior_school_is_that_of_each_system() -> None:
    model = Model(mixed_town(), scenario())
    assert [flow.way.last + 1 for flow in model.rates.flows] == [6, 5]
    assert [flow.ratio for flow in model.rates.flows] == pytest.approx([RATIO[5], RATIO[4]])


def test_a_county_that_knows_only_its_pupils(tmp_path) -> None:
    """School data are counted from the enrolment by grade, and projected, by the school's system."""
    here = mixed_town()
    folder = tmp_path / "county"
    folder.mkdir()
    (folder / "county.yaml").write_text(RECORD, encoding="utf-8")
    for name in ("schools", "enrolment", "county_years"):
        table = here.tables[name]
        if name == "enrolment":
            table = table.assign(students=table["students"].round(), largest_class=pd.NA)
        table.to_csv(folder / f"{name}.csv", index=False)
    found = project(load_county(folder), scenario(), UNTIL)
    yearly = found.county.tables["school_years"].set_index(["school_id", "year"])
    ladder = Ladder(here.tables["schools"]["system"])
    for stage in ("primary", "junior"):
        counted = yearly[f"students_{stage}"].unstack()[[YEARS[-1], UNTIL]].fillna(0.0)
        whole = ladder.total(found.students[[0, -1]], stage).T
        assert counted.to_numpy(dtype=float) == pytest.approx(whole)


def test_a_break_of_a_mixed_county_does_not_move_its_course() -> None:
    """A five-four school that was divided before 2019, and a junior school that was closed."""
    plain = project(mixed_town(), scenario(), UNTIL)
    whole = cohorts([310.0 - 6 * n for n in range(len(YEARS) + 8)], RATIO)
    primary = {FIVE_FOUR: [0.5, 0.5], "6+3": [0.4, 0.6]}
    schools, systems = town(whole, primary, {FIVE_FOUR: [0.3, 0.7], "6+3": [1.0]}, 0.5)
    at = YEARS.index(2019)
    new = np.full(whole.shape, np.nan)
    new[:5, at:] = 0.4 * schools[f"P{FIVE_FOUR}0"][:5, at:]
    schools[f"P{FIVE_FOUR}0"][:5, at:] *= 0.6
    gone = schools[f"J{FIVE_FOUR}0"]
    schools[f"J{FIVE_FOUR}1"][5:, at:] += gone[5:, at:]
    gone[:, at:] = np.nan
    schools["N"], systems["N"] = new, FIVE_FOUR
    closed = {f"J{FIVE_FOUR}0": 2018}
    found = project(county(schools, systems, closed=closed), scenario(), UNTIL)
    assert course(found) == pytest.approx(course(plain), rel=1e-9)
    breaks = [note for note in found.notes if note.message.startswith("break before")]
    assert [note.values["year"] for note in breaks] == [2019, 2019]
    goes_on(found, RATIO)


@pytest.mark.slow
def test_the_planner_works_with_a_mixed_county() -> None:
    here = mixed_town()
    desk = Desk({here.slug: here})
    settings_ = {"migration": {"students": 40, "start": 2023}}
    state = State(county=here.slug, **settings_)
    found = [desk.outcome(state, "en"), desk.details(state, "en"), desk.chance(state, "en")]
    json.dumps(found, allow_nan=False)


@pytest.mark.slow
def test_a_sample_of_the_other_system_has_the_same_course() -> None:
    """Hainan with grade 6 in junior school: taken from its primary schools, given to its junior ones."""
    six = load_county("150303-hainan")
    five = relabelled(six)
    found = {name: project(each, until=2030) for name, each in (("six", six), ("five", five))}
    # up to grade 5 nothing is different; above, the county's ratios are estimated of other groups
    first = {name: each.students[:, :, :5] for name, each in found.items()}
    assert first["five"] == pytest.approx(first["six"], rel=1e-9)
    later = {name: course(each)[:, 5:] for name, each in found.items()}
    assert later["five"] == pytest.approx(later["six"], rel=0.02)
    pd.testing.assert_frame_equal(
        analyze(five, 2021).evaluation, analyze(five, 2021, scenario="baseline").evaluation
    )


def relabelled(six):
    """The county with five years of primary school: its grade 6 sits where grade 7 does."""
    tables = dict(six.tables)
    tables["schools"] = (
        tables["schools"].assign(system=FIVE_FOUR).astype(six.tables["schools"].dtypes)
    )
    grades = tables["enrolment"]
    sixth = grades[grades["grade"] == 6].groupby("year")["students"].sum().astype(float)
    new = grades[grades["grade"] == 7].copy()
    part = new["students"].astype(float)
    part = part / part.groupby(new["year"]).transform("sum")
    new["students"], new["grade"] = part * new["year"].map(sixth), 6
    table = pd.concat([grades[grades["grade"] != 6], new], ignore_index=True)
    tables["enrolment"] = table.astype(grades.dtypes.to_dict())
    return dataclasses.replace(six, tables=MappingProxyType(tables))


def test_a_grade_that_others_join_says_nothing_of_a_single_school() -> None:
    """Its step is left out of the schools' own ratios, of breaks and of what they vary by."""
    whole = cohorts([300.0] * (len(YEARS) + 8), np.ones(8))
    primary = {FIVE_FOUR: [1.0], "6+3": [0.5, 0.5]}
    model = Model(county(*town(whole, primary, {"6+3": [1.0]}, 0.5)), scenario())
    past, six = model.rates.past, ~model.schools.ladder.five_four & model.schools.teaches["primary"]
    assert not past.inside[six, 4].any()
    assert np.isnan(past.before[six, 4]).all()
    # as many again join: the number of the grade doubles, its ratio does not
    assert model.rates.factor[six, 5] == pytest.approx(1.0)
