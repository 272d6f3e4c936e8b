"""The cheapest plan on the planner's page: conditions, and the same numbers wherever it is opened."""

import json
from pathlib import Path

import pytest

from analysis import InputError, analyze, load_county, remedy
from analysis.planner.desk import Desk
from analysis.planner.remedies import Conditions, read_question
from analysis.planner.state import State, read_state
from analysis.remedy.outcome.as_scenario import scenario_of
from analysis.report.pages.development import outlook
from analysis.report.pages.remedies import later
from analysis.report.pages.report import Report

COUNTY = "652323-hutubi"


@pytest.fixture(scope="module")
def county():
    return load_county(COUNTY)


@pytest.fixture(scope="module")
def desk(county):
    return Desk({COUNTY: county})


@pytest.fixture(scope="module")
def state():
    return State(county=COUNTY)


@pytest.fixture(scope="module")
def first(desk, state):
    return desk.remedy(state, "en", take=False)


def cost(found):
    return int(found["cost"].replace(",", ""))


def test_the_page_shows_what_the_remedy_says(first, county):
    answer = remedy(county, scenario="baseline", by=first["year"])

    assert cost(first) == answer.cost
    assert sum(int(row["cny"].replace(",", "")) for row in first["rows"]) == answer.cost
    schools = {each.school_id for each in answer.measures}
    assert {row["school_id"] for row in first["rows"]} == schools
    assert "state" not in first


def test_a_measure_ruled_out_is_gone_and_the_rest_costs_no_less(desk, state, first):
    row = first["rows"][0]
    out = Conditions(forbid=((row["word"], row["school_id"]),))
    found = desk.remedy(state, "en", out, take=False)

    place = (row["word"], row["school_id"])
    assert place not in {(each["word"], each["school_id"]) for each in found["rows"]}
    assert cost(found) > cost(first)


def test_a_fixed_amount_is_kept(desk, state, first):
    row = next(each for each in first["rows"] if each["word"] == "outdoor_sports_area_m2")
    more = row["amount"] + 2 * row["step"]
    fixed = Conditions(lock=((row["word"], row["school_id"], row["stage"] or None, more),))
    found = desk.remedy(state, "en", fixed, take=False)

    kept = [e for e in found["rows"] if (e["word"], e["school_id"]) == (row["word"], row["school_id"])]  # fmt: skip
    assert [each["amount"] for each in kept] == [more]
    assert cost(found) > cost(first)


def test_a_price_is_the_one_asked_for_and_the_usual_one_is_still_told(desk, state, first):
    before = next(row for row in first["prices"] if row["word"] == "multimedia_rooms")
    dear = desk.remedy(state, "en", Conditions(prices={"multimedia_rooms": 90000}), take=False)
    after = next(row for row in dear["prices"] if row["word"] == "multimedia_rooms")

    assert (before["cny"], after["cny"], after["usual"]) == (45000, 90000, 45000)
    assert cost(dear) > cost(first)


@pytest.mark.parametrize(
    "asked",
    [
        {"forbid": [["nonsense", None]]},
        {"forbid": [["hire", "no such school"]]},
        {"lock": [["transfer", None, "senior", 1]]},
        {"prices": {"gold": 1}},
    ],
)
def test_conditions_that_cannot_be_are_refused_in_words(desk, state, asked):
    with pytest.raises(InputError) as error:
        desk.remedy(state, "en", Conditions.model_validate(asked))
    assert all(finding.sentence("en") for finding in error.value.findings)


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"{}",
        b'{"state": {"county": "x"}, "take": "perhaps"}',
        b'{"state": {"county": "x"}, "conditions": {"lock": [["hire", null, null, -1]]}}',
        b'{"state": {"county": "x"}, "conditions": {"prices": {"hire": 1e400}}}',
        b'{"state": {"county": "x"}, "conditions": {"forbid": [["hire"]]}}',
        b'{"county": "x"}',
    ],
)
def test_what_is_no_question_is_refused_in_words(body):
    with pytest.raises(InputError) as error:
        read_question(body)
    assert all(finding.sentence("zh") for finding in error.value.findings)


@pytest.mark.slow
def test_the_plan_taken_over_gives_the_same_numbers_everywhere(desk, state, county, tmp_path):
    """A remedy, its scenario on the page, that scenario saved, and the report made with it."""
    found = desk.remedy(state, "en")
    taken = read_state(json.dumps(found["state"]).encode())
    after = desk.course(taken).study
    answer = remedy(county, scenario="baseline", by=found["year"])

    # the figures of every judged row are those of the county after the remedy
    ours = after.indicators.set_index(["school_id", "stage", "indicator"])["value"]
    theirs = answer.after.indicators.set_index(["school_id", "stage", "indicator"])["value"]
    assert len(ours) > 100
    assert (ours - theirs.reindex(ours.index)).abs().max() < 1e-9
    cv = ["stage", "indicator"]
    ours, theirs = (t.set_index(cv)["cv"] for t in (after.balance, answer.after.balance))
    assert (ours - theirs.reindex(ours.index)).abs().max() < 1e-12

    # saved and opened again it costs and says the same, and nothing is left to do
    file = Path(tmp_path / "plan.yaml")
    file.write_text(desk.file(taken), encoding="utf-8")
    scenario = analyze(county, found["year"], scenario=str(file)).outlook.scenario
    whole = sum(each.cost_cny or 0 for each in (*scenario.additions, *scenario.training))
    bought = [e for e in answer.measures if e.means not in ("hire", "transfer")]
    assert whole == sum(each.cny for each in bought)
    report = Report.of(county, None, "en", str(file))
    assert f"Nothing has to be done in {found['year']}" in later(report).body
    passing = int((answer.after.schools["status"] == "met").sum())
    yearly = report.what_if.yearly[report.what_if.main]
    here = yearly[yearly["year"] == found["year"]]
    assert here["passing"].sum() == passing
    assert outlook(report).tables


def test_the_scenario_of_a_remedy_opened_on_the_page_says_the_same(desk, county):
    from analysis.future.assumptions.scenario import write_scenario

    answer = remedy(county, scenario="baseline", by=2026)
    text = write_scenario(scenario_of(answer, "baseline")).encode()
    opened = desk.open(COUNTY, text)
    after = desk.course(opened).study
    again = desk.remedy(opened, "en", take=False)

    assert (after.schools["status"] == "met").sum() == (answer.after.schools["status"] == "met").sum()  # fmt: skip
    assert again["told"][0] == "For 2026 nothing has to be done to reach the goal."
    assert again["cost"] == "0"
