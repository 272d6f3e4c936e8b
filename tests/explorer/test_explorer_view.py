"""State -> View: equal to the study of the report, to counties that are what is assumed, and lawful."""

import dataclasses

import numpy as np
import pytest
from counties import school
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import InputError, analyze
from analysis.base.schema.terms import STAGES
from analysis.data.paths import sample_folder
from analysis.explorer.judging import reported
from analysis.explorer.state import State, code_of
from analysis.explorer.view import view_of
from analysis.measure.gaps import stage_gaps
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


SAMPLES = sorted(path.parent.name for path in sample_folder().glob("*/county.yaml"))


def view(study, stage="primary", indicator="sports_area", **more):
    return view_of(State("county", study.year, stage, indicator, **more), reported(study))


def only(table, stage, indicator):
    return table[(table["stage"] == stage) & (table["indicator"] == indicator)]


def assert_same(one, other):
    """Two summaries, figures up to binary rounding."""
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, str):
            assert a == b, field.name
        else:
            assert a == pytest.approx(b, rel=1e-9, abs=1e-6, nan_ok=True), field.name


@pytest.mark.parametrize(
    "sample",
    [n if n == "652323-hutubi" else pytest.param(n, marks=pytest.mark.slow) for n in SAMPLES],
)
def test_every_number_is_that_of_the_study(sample):
    study = analyze(sample)
    lacking = stage_gaps(study.indicators, study.rules.indicators)
    for stage in STAGES:
        for indicator in INDICATORS:
            found = view(study, stage, indicator)
            own = only(study.balance, stage, indicator).iloc[0]
            now = found.assumed

            assert_same(now, found.reported)
            assert now.resource_status == study.part_status("resource")
            assert now.cv_status == own["status"]
            for name in ("schools", "students", "missing", "mean", "cv", "limit"):
                np.testing.assert_equal(float(getattr(now, name)), float(own[name]))
            rows = only(study.indicators, stage, indicator).set_index("school_id")
            gap = only(lacking, stage, indicator)
            if not rows["shortfall"].isna().any():
                assert now.lacking == pytest.approx(gap["lacking"].sum())
            table = found.schools.set_index("school_id")
            assert len(table) == len(rows)
            for name in ("school", "students", "value", "threshold", "status", "shortfall"):
                np.testing.assert_array_equal(table[name], rows.loc[table.index, name])
            rule = study.schools.query("stage == @stage").set_index("school_id")
            assert list(table["rule"]) == list(rule.loc[table.index, "status"])
            assert list(table["met"]) == list(rule.loc[table.index, "met"])
            shares = only(study.influence, stage, indicator).set_index("school_id")["share"]
            np.testing.assert_allclose(table["share"].dropna().sort_index(), shares.sort_index())


@pytest.mark.parametrize("sample", ["652323-hutubi"])
def test_other_rules_are_those_of_with_rules(sample):
    study = analyze(sample)
    rules = {"cv.primary": 0.40, "sports_area.primary": 8.0, "school.floor": 0.9}
    found = view(study, rules=rules)
    other = study.with_rules(**{name.replace(".", "__"): value for name, value in rules.items()})

    assert found.assumed == view(other).reported
    assert found.reported == view(study).reported
    assert (found.threshold, found.limit) == (8.0, 0.40)
    assert found.floor == pytest.approx(7.2)


SCHOOLS = [
    school("primary", primary=400),
    school("primary", primary=90, outdoor_sports_area_m2=3000, teaching_area_m2=300),
    school("nine_year", primary=300, junior=280, teaching_area_m2=2500),
    school("twelve_year", primary=200, junior=150, senior=120, outdoor_sports_area_m2=900),
    school("junior", junior=500, equipment_value_cny=100000),
]


@pytest.mark.parametrize("gone", [{1}, {2}, {0, 3}, {4}])
@pytest.mark.parametrize("stage", STAGES)
def test_without_schools_is_the_county_that_never_had_them(make_county, stage, gone):
    ids = [f"{number + 1:03d}" for number in range(len(SCHOOLS))]
    kept = [{"school_id": ids[n]} | each for n, each in enumerate(SCHOOLS) if n not in gone]
    whole, smaller = analyze(make_county(SCHOOLS)), analyze(make_county(kept))
    for indicator in INDICATORS:
        found = view(whole, stage, indicator, chosen=[ids[n] for n in sorted(gone)])

        assert_same(found.without, view(smaller, stage, indicator).reported)


@pytest.mark.parametrize(
    ("number", "stage", "indicator", "column"),
    [
        (1, "primary", "teaching_area", "teaching_area_m2"),
        # what a through-school shares moves in its other stage too
        (2, "primary", "equipment_value", "equipment_value_cny"),
        (2, "junior", "equipment_value", "equipment_value_cny"),
        (3, "junior", "equipment_value", "equipment_value_cny"),
        (4, "junior", "equipment_value", "equipment_value_cny"),
    ],
)
def test_a_moved_figure_is_the_county_in_which_it_was_reported(
    make_county, number, stage, indicator, column
):
    schools = [dict(each) for each in SCHOOLS]
    county = make_county(schools)
    study = analyze(county)
    key = f"{number + 1:03d}"
    yearly = county.tables["school_years"].set_index("school_id")
    schools[number][column] = float(yearly.loc[key, column]) * 1.5
    other = analyze(make_county(schools))
    target = view(other, stage, indicator).schools.set_index("school_id").loc[key, "value"]
    for seen in STAGES:
        found = view(study, seen, indicator, moved={(indicator, stage, key): target})
        wanted = view(other, seen, indicator)

        assert_same(found.assumed, wanted.reported)
        one, two = (each.schools.set_index("school_id").sort_index() for each in (found, wanted))
        np.testing.assert_allclose(one["value"], two["value"])
        np.testing.assert_allclose(one["share"], two["share"])
        assert list(one["rule"]) == list(two["rule"])


def test_persons_of_one_stage_do_not_move_the_other(make_county):
    study = analyze(make_county(SCHOOLS))
    key = ("backbone_teachers", "primary", "003")
    found = view(study, "junior", "backbone_teachers", moved={key: 0.1})

    assert found.assumed.mean == found.reported.mean
    assert view(study, "primary", "backbone_teachers", moved={key: 0.1}).assumed.met == 3


def test_an_unreported_figure_leaves_the_verdict_open_until_it_is_assumed(make_county):
    schools = [dict(each) for each in SCHOOLS]
    schools[0]["equipment_value_cny"] = None
    study = analyze(make_county(schools))
    found = view(study, indicator="equipment_value")

    assert found.assumed.missing == 1
    assert found.assumed.cv_status == "not_assessed"
    assert np.isnan(found.assumed.lacking)
    assert np.isnan(found.schools.set_index("school_id").loc["001", "share"])
    key = ("equipment_value", "primary", "001")
    assumed = view(study, indicator="equipment_value", moved={key: 3000}).assumed
    assert assumed.missing == 0
    assert assumed.cv_status in ("met", "not_met")


HUTUBI = analyze("652323-hutubi")
BASE = reported(HUTUBI)
IDS = sorted(set(BASE.ids[BASE.at("primary")]))


@settings(max_examples=20)
@given(st.sets(st.sampled_from(IDS)))
def test_shares_of_a_set_and_of_the_rest_add_up_to_one(chosen):
    rest = [each for each in IDS if each not in chosen]
    parts = [
        view_of(State("c", HUTUBI.year, chosen=tuple(some)), BASE).share for some in (chosen, rest)
    ]
    assert sum(parts) == pytest.approx(1)


@settings(max_examples=15)
@given(
    st.sampled_from(IDS),
    st.floats(0, 1e5),
    st.sampled_from(sorted(INDICATORS)),
    st.sets(st.sampled_from(IDS), max_size=4),
)
def test_moving_a_school_that_is_left_out_changes_nothing_of_the_rest(key, value, name, others):
    chosen = tuple({key, *others})
    state = State("c", HUTUBI.year, indicator=name, chosen=chosen)
    moved = dataclasses.replace(state, moved={(name, "primary", key): value})
    one, two = view_of(state, BASE).without, view_of(moved, BASE).without

    assert_same(one, two)
    back = moved.with_figure(key, None, INDICATORS[name].shared)
    assert back == state
    assert_same(view_of(back, BASE).assumed, view_of(state, BASE).assumed)


@given(st.sampled_from(IDS), st.floats(0, 1e5), st.sets(st.sampled_from(IDS)), st.floats(0.01, 2))
def test_the_code_of_a_state_makes_it_again(key, value, chosen, limit):
    state = State(
        *("652323-hutubi", HUTUBI.year, "primary", "teaching_area", "strip", tuple(sorted(chosen))),
        *({("teaching_area", "primary", key): value}, {"cv.primary": limit}, ("x", 2020)),
    )

    def explorer(county, lang, **more):
        assert lang == "zh"
        return State(county, **more)

    assert eval(code_of(state), {"Explorer": explorer}) == state


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"indicator": "sport_area"}, "unknown indicator “sport_area”; the nearest: sports_area"),
        ({"stage": "primry"}, "unknown stage “primry”; the nearest: primary"),
        ({"kind": "pie"}, "unknown kind of picture “pie”; expected are scatter, strip"),
        ({"chosen": ["65232300"]}, "unknown school “65232300”; the nearest: 652323"),
        ({"rules": {"cv_primary": 0.4}}, "unknown rule “cv_primary”; the nearest: cv.primary"),
        ({"rules": {"cv.primary": -1}}, "“-1” cannot be assumed; expected a number of 0 or more"),
        ({"rules": {"cv.primary": float("nan")}}, "“nan” cannot be assumed"),
        ({"moved": {"001": 3}}, "“001” is no moved figure"),
        (
            {"moved": {("sports_area", "primary", "nobody"): 3}},
            "unknown school “nobody”; expected are 652323",
        ),
        (
            {"moved": {("sports_area", each, "1"): 3 for each in STAGES}},
            "school 1 shares sports_area between its stages",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_can(wrong, said):
    with pytest.raises(InputError) as caught:
        view_of(State("c", HUTUBI.year, **wrong), BASE)

    assert said in str(caught.value)
    assert all("{" not in each.text("zh") for each in caught.value.findings)
