"""Bands and probabilities: one arithmetic with the single course, seeded, and honest about the past."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from cohort_county import cohort_county

from analysis import analyze, load_county, load_scenario
from analysis.base.schema.terms import STAGES
from analysis.future.assumptions.scenario import Scenario
from analysis.future.comparison import verdicts, yearly
from analysis.future.odds import draws as module
from analysis.future.odds.coverage import coverage
from analysis.future.odds.draws import forecast
from analysis.future.odds.noise import PRIOR, Noise, spreads
from analysis.future.odds.noise import _robust as robust
from analysis.future.projection.model import Model
from analysis.future.what_if import WhatIf
from analysis.policy.standards import load_standard
from analysis.present.projection import charts, sentences, tables

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


COUNTIES = ("652323-hutubi", "150302-haibowan", "150304-wuda")


class _Still:
    """No noise at all."""

    def __init__(self, *arguments):
        pass

    def of_year(self, year, state):
        return {}


def lateness(county, scenario: str, shares: dict[int, float]) -> Scenario:
    """A scenario whose projects are so many years late, in these shares of the draws."""
    on_top = {"shares": shares, "source": "test", "confidence": "low"}
    whole = load_scenario(scenario, county)
    return Scenario.model_validate(whole.model_dump() | {"lateness": on_top})


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setattr(module, "Noise", _Still)


@pytest.mark.slow
@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("name", COUNTIES)
@pytest.mark.parametrize("scenario", ["baseline", "plan_full"])
def test_without_noise_every_draw_is_the_single_course(name, scenario):
    county = load_county(name)
    study = analyze(county, scenario=scenario)
    drawn = forecast(county, lateness(county, scenario, {0: 1.0}), draws=3)
    ahead = study.all_balance[study.all_balance["year"] > county.last_observed]
    both = drawn.cv.merge(ahead, on=["year", "stage", "indicator"])
    assert len(both) == len(drawn.cv)
    assert both["median"].to_numpy() == pytest.approx(both["cv"].to_numpy(), rel=1e-9)
    table = yearly(study).set_index(["year", "stage"])
    verdict = verdicts(study).set_index("year")
    for row in drawn.probability.to_dict("records"):
        year = row["year"]
        schools = study.all_schools[study.all_schools["year"] == year]["status"]
        assert row["schools"] == (schools == "met").all()
        balance = ahead[(ahead["year"] == year) & ahead["indicator"].isin(INDICATORS)]
        assert row["cv"] == balance["status"].isin(["met", "not_applicable"]).all()
        items = study.all_evaluation[study.all_evaluation["year"] == year].set_index("item")
        sizes = items.index.str.match(r"G[45](\.|$)") & (items["part"] == "government")
        assert row["sizes"] == items.loc[sizes, "status"].isin(["met", "not_applicable"]).all()
        assert row["met"] == (verdict.loc[year, "recognised"] == "met")
        assert row["open"] == (verdict.loc[year, "recognised"] == "not_assessed")
        for stage in STAGES:
            if (year, stage) in table.index:
                band = drawn.enrolment.set_index(["year", "stage"])
                ordinary = study.register[
                    (study.register["year"] == year) & (study.register["stage"] == stage)
                ]["students"].sum()
                assert band.loc[(year, stage), "median"] == pytest.approx(ordinary, rel=1e-9)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_numbers():
    county = load_county("230505-sifangtai")
    once, again = (forecast(county, draws=200, seed=7) for _ in range(2))
    other = forecast(county, draws=200, seed=8)
    pd.testing.assert_frame_equal(once.enrolment, again.enrolment)
    pd.testing.assert_frame_equal(once.probability, again.probability)
    assert not once.enrolment.equals(other.enrolment)


def test_bands_hold_the_middle_and_widen():
    county = load_county("652323-hutubi")
    drawn = forecast(county, draws=600)
    bands = drawn.enrolment
    assert (bands["low"] <= bands["median"]).all()
    assert (bands["median"] <= bands["high"]).all()
    width = (bands["high"] - bands["low"]) / bands["median"]
    primary = width[bands["stage"] == "primary"].to_numpy()
    assert primary[-1] > 1.5 * primary[0]
    trend = analyze(county, scenario="baseline")
    middle = yearly(trend).set_index(["year", "stage"])["students"]
    for row in bands.to_dict("records"):
        assert row["low"] < middle[(row["year"], row["stage"])] + 30 < row["high"] + 60


def test_first_years_follow_from_the_probabilities():
    drawn = forecast(load_county("150302-haibowan"), draws=300)
    met = drawn.probability.set_index("year")["met"]
    even = met[met >= 0.5]
    assert drawn.first_even == (None if even.empty else even.index[0])
    assert ((met >= 0) & (met <= 1)).all()


def test_a_late_project_is_not_there_yet():
    """With every project three years late, nothing is gained in the first three years."""
    county = load_county("652323-hutubi")
    model = Model(county, "plan_full")
    study = analyze(county, scenario="plan_full")
    draws = module.Draws(model, study, 4, 1)
    middle = Model(county, "plan_full").run()
    draws.records = {record["year"]: record for record in middle.tables}
    draws.additions = middle.sites.additions
    school = list(model.roster["name"]).index("县一小东风校区")
    late = np.array([0, 1, 2, 3])
    area = [draws._site(year, late)["teaching_area_m2"] for year in (2023, 2024, 2025, 2026)]
    whole = draws.records[2023]["site"]["teaching_area_m2"][school]
    for position, found in enumerate(area):
        expected = np.where(late <= position, whole, whole - 3500 * 0.7)
        drawn = found[:, school] if found.ndim == 2 else np.full(4, found[school])
        assert drawn == pytest.approx(expected)


@pytest.mark.slow
@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    ("name", "concession", "columns", "indicator"),
    [
        ("150302-haibowan", "sports_venues", ["off_campus_sports_area_m2"], "sports_area"),
        (
            "652323-hutubi",
            "pe_arts_part_time",
            ["pe_arts_part_time_primary", "pe_arts_part_time_junior"],
            "pe_arts_teachers",
        ),
    ],
)
def test_a_concession_holds_in_the_draws_too(name, concession, columns, indicator):
    plain = load_county(name)
    amount = 20000.0 if indicator == "sports_area" else 2.0
    more = plain.tables["school_years"].assign(**dict.fromkeys(columns, amount))
    county = dataclasses.replace(
        plain, tables=MappingProxyType(dict(plain.tables) | {"school_years": more})
    )
    found = []
    for concessions in ((), (concession,)):
        drawn = forecast(county, draws=2, concessions=concessions).cv
        ahead = analyze(county, scenario="baseline", concessions=concessions).all_balance
        both = drawn.merge(ahead, on=["year", "stage", "indicator"])
        assert len(both) == len(drawn)
        assert both["median"].to_numpy() == pytest.approx(both["cv"].to_numpy(), rel=1e-9)
        found.append(both.loc[both["indicator"] == indicator, "cv"].to_numpy())
    assert (np.abs(found[0] - found[1]) > 1e-3).any()


@pytest.mark.usefixtures("still")
def test_projects_that_are_always_late_come_when_they_would_be_dated_later():
    county = load_county("652323-hutubi")

    def built(year: int) -> Scenario:
        hall = {"schools": ["县一小东风校区"], "year": year, "teaching_area_m2": 5000}
        hall |= {"source": "test", "confidence": "low"}
        base = lateness(county, "baseline", {2: 1.0}).model_dump()
        return Scenario.model_validate(base | {"additions": [hall]})

    drawn = forecast(county, built(2023), draws=2).cv
    dated = analyze(county, scenario=built(2025)).all_balance
    in_time = analyze(county, scenario=built(2023)).all_balance
    columns = ["year", "stage", "indicator"]
    drawn = drawn[(drawn["indicator"] == "teaching_area") & (drawn["stage"] == "primary")]
    assert len(drawn) == 8
    both = drawn.merge(dated, on=columns)
    assert both["median"].to_numpy() == pytest.approx(both["cv"].to_numpy(), rel=1e-9)
    both = drawn.merge(in_time, on=columns).set_index("year")
    apart = (both["median"] - both["cv"]).abs() > 1e-6
    assert list(both.index[apart]) == [2023, 2024]


@pytest.mark.slow
def test_what_nobody_says_is_late_is_in_time():
    county = load_county("652323-hutubi")
    whole = load_scenario("plan_full", county).model_dump() | {"lateness": None}
    silent = forecast(county, Scenario.model_validate(whole), draws=20)
    in_time = forecast(county, lateness(county, "plan_full", {0: 1.0}), draws=20)
    pd.testing.assert_frame_equal(silent.cv, in_time.cv)
    assert not silent.cv.equals(forecast(county, "plan_full", draws=20).cv)


def test_spreads_are_those_of_the_past():
    model = Model(load_county("150202-donghe"))
    births = model.rates.births[[2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021]]
    found = spreads(model).births
    # six degrees of freedom beside a prior that is worth three
    past = np.var(np.diff(np.log(births)), ddof=1)
    assert found.sd**2 == pytest.approx(past + PRIOR["births"] ** 2 / 3)
    assert found.freedom == 9


def test_a_shock_common_to_all_grades_is_told_from_the_grades_own():
    rng = np.random.default_rng(4)
    years, grades, size = 41, 9, 4000.0
    shock = rng.normal(0, 0.02, years)
    cells = np.full((grades, years), size)
    for year in range(1, years):
        own = rng.normal(0, 0.005, grades - 1)
        cells[1:, year] = cells[:-1, year - 1] * np.exp(shock[year] + own)
    ahead = list(range(2018, 2018 + years))
    model = Model(cohort_county({"A": cells}, ahead), "baseline", ahead[-1] + 1)
    found = spreads(model)
    assert found.common.sd == pytest.approx(0.02, rel=0.25)
    assert found.grade.sd == pytest.approx(0.005, rel=0.4)
    assert found.common.mean_of == 3


def test_without_births_the_entrants_of_a_course_walk():
    """Entrants that rise by 3 % a year: a walk of such steps, from the mean of the last years."""
    ahead = list(range(2018, 2025))
    cells = np.full((6, len(ahead)), np.nan)
    for at in range(len(ahead)):
        cells[:, at] = 1000 * 1.03 ** (at - np.arange(6))
    grid = np.vstack([cells, np.full((3, len(ahead)), np.nan)])
    model = Model(cohort_county({"A": grid}, ahead), "baseline", ahead[-1] + 8)
    found = spreads(model)
    assert found.walks
    step, freedom = np.log(1.03), 6
    assert found.entry.sd**2 == pytest.approx(step**2 + PRIOR["entry"] ** 2 / (1 + freedom / 3))
    # 2/3 and 1/3 of the last two steps are not in the mean of three years
    assert found.entry.mean_of == pytest.approx(1 / (4 / 9 + 1 / 9))
    noise = Noise(np.random.default_rng(1), found, model, 20000)
    state = np.broadcast_to(model.observed_students, (20000, *model.students.shape)).copy()
    wide = [np.log(noise.of_year(year, state)["entrants"]).var() for year in model.years]
    # every year adds as much as the one before
    assert np.diff(wide) == pytest.approx(np.full(7, np.diff(wide).mean()), rel=0.15)


def test_a_variance_is_met_where_the_bands_end():
    rng = np.random.default_rng(3)
    assert robust(rng.normal(0, 0.2, 50000) ** 2) == pytest.approx(0.04, rel=0.03)
    # a tail that is longer than the normal one: four in five stay within 1.2816 deviations
    tail = rng.standard_t(2, 50000)
    inside = np.abs(tail) < 1.2816 * np.sqrt(robust(tail**2))
    assert inside.mean() == pytest.approx(0.8, abs=0.005)


@pytest.mark.slow
def test_the_bands_would_have_held():
    """Over the samples, 80 % bands hold about four numbers in five (never fewer than 70 %)."""
    parts = [coverage(load_county(name), draws=200) for name in (*COUNTIES, "150202-donghe")]
    table = pd.concat(parts)
    held = (table["schools"] * table["within_schools"]).sum() / table["schools"].sum()
    assert 0.7 < held < 0.95


def test_a_past_too_short_for_a_back_test(make_county):
    county = make_county([{"students_primary": 300}], [2021, 2022])
    assert coverage(county, draws=20).empty


@pytest.fixture(scope="module")
def what_if():
    return WhatIf("652323-hutubi", ["plan_full", "births_low"], draws=200)


@pytest.mark.slow
def test_every_table_has_something_to_say(what_if):
    for name in (
        "conclusion_grid", "comparison_grid", "verdict_grid", "needs_grid", "small_schools_grid",
        "hollow_grid", "notes_grid", "assumptions_grid", "chances_grid", "coverage_grid",
    ):  # fmt: skip
        grid = getattr(tables, name)(what_if, "en")
        assert grid.rows, name
        assert all(len(row) == len(grid.header) for row in grid.rows), name


def test_the_main_scenario_is_the_first_one_named(what_if):
    assert what_if.main == "plan_full"
    assert list(what_if.studies) == ["baseline", "plan_full", "births_low"]


def test_small_schools_are_found_in_the_year_they_become_small(what_if):
    rows = {
        (row[0].text, row[1].text): [cell.text for cell in row]
        for row in tables.small_schools_grid(what_if, "en").rows
    }
    row = rows[("Trend continues", "教学点02")]
    # a teaching point of 58 pupils falls under 50 in 2027 and leaves the judgement
    assert row[3] == "58"
    assert row[6] == row[7] == "2027"
    assert row[8] == "teaching point with fewer than 50 students"
    year = analyze("652323-hutubi", scenario="baseline").register
    point = year[year["school"] == "教学点02"].set_index("year")["students"]
    assert point[2026] >= 50 > point[2027]


@pytest.mark.slow
def test_the_county_conclusion_comes_first(what_if):
    first = sentences.conclusions(what_if, "en")[0]
    assert first.startswith("Trend continues: not met in 2026 (")


@pytest.mark.parametrize("chart", ["enrolment", "schools", "balance", "chances"])
def test_charts_are_drawn(what_if, chart):
    svg = getattr(charts, f"{chart}_chart")(what_if, "en").to_svg()
    assert "<text" in svg
    assert "2029" in svg or "2028" in svg
