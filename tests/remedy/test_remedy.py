"""The least cost is the least cost: published cases, an enumeration of our own, and laws."""

import dataclasses
import json
import pickle
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remedy_cases import CASES, HIRES, PURCHASES, random_case, solved
from remedy_enumeration import least
from typer.testing import CliRunner

from analysis import analyze, load_county, load_scenario, remedy
from analysis.base.files import InputError
from analysis.cli.app import app
from analysis.future.project import project
from analysis.planner.desk import Desk
from analysis.planner.state import read_state
from analysis.remedy.outcome.as_scenario import scenario_of
from analysis.remedy.outcome.calendar import calendar, idle
from analysis.remedy.plan import Measure, apply
from analysis.remedy.problem.goal import Goal
from analysis.remedy.problem.means import built_in_means
from analysis.remedy.problem.staff import kinds_of_line
from analysis.remedy.result import Remedy
from analysis.remedy.solve.exactly import judge


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published_least_cost(case):
    answer = solved(case["tables"], case["remedy"])
    assert answer.cost == case["expected"]["cost_cny"]
    assert (answer.status, answer.gap, answer.bound) == ("optimal", 0.0, answer.cost)
    assert answer.confirmed


@pytest.mark.slow
def test_as_cheap_as_the_cheapest_of_all_plans():
    """Two hundred random counties whose least cost is small enough to try everything below it."""
    checked, spent = 0, 0
    for seed in range(2000):
        tables, means = random_case(seed)
        answer = solved(tables, means)
        if answer.cost is None or answer.cost > 360000:
            continue
        rows = [a | b for a, b in zip(tables["schools"], tables["school_years"], strict=True)]
        if any(row["teachers_primary"] >= 20 for row in rows):
            continue
        assert least(rows, means, int(answer.cost)) == answer.cost, seed
        assert answer.bound == answer.cost, seed
        assert answer.confirmed, seed
        checked += 1
        spent += answer.cost > 0
        if checked == 200:
            break
    assert checked == 200
    assert spent >= 150


seeds = st.integers(0, 400)


@pytest.mark.slow
@given(seeds)
@settings(max_examples=25)
def test_scaled_prices_scale_the_cost(seed):
    tables, means = random_case(seed)
    dearer = json.loads(json.dumps(means))
    for entry in (
        *dearer["purchase"].values(),
        *dearer["hire"],
        *dearer.get("upgrade", {}).values(),
    ):
        entry["cny"] *= 3
    if "transfer" in dearer:
        dearer["transfer"]["cny"] *= 3
    one, three = solved(tables, means), solved(tables, dearer)
    assert three.status == one.status
    assert one.cost is None or three.cost == 3 * one.cost


@pytest.mark.slow
@given(seeds)
@settings(max_examples=25)
def test_more_means_never_cost_more(seed):
    tables, means = random_case(seed)
    more = {**means, "purchase": PURCHASES, "hire": HIRES}
    less, all_ = solved(tables, means), solved(tables, more)
    assert less.cost is None or all_.cost <= less.cost
    assert all_.cost is None or all_.bound <= all_.cost


@pytest.mark.slow
@given(seeds)
@settings(max_examples=20)
def test_no_measure_can_be_made_one_unit_smaller(seed):
    tables, means = random_case(seed)
    answer = solved(tables, means)
    for v, value in enumerate(answer.found.values or ()):
        # a transfer has two ends; what it is worth is asked by the enumeration
        if value and answer.program.cost[v] and answer.program.keys[v][0] != "transfer_out":
            fewer = list(answer.found.values)
            fewer[v] -= 1
            assert not judge(answer.instance, answer.program, answer.goal, fewer).holds


@pytest.mark.slow
@given(seeds)
@settings(max_examples=20)
def test_the_order_of_schools_changes_nothing(seed):
    tables, means = random_case(seed)
    turned = {name: rows[::-1] for name, rows in tables.items()}
    one, other = solved(tables, means), solved(turned, means)
    assert (one.status, one.cost, one.measures) == (other.status, other.cost, other.measures)


def test_money_buys_schools():
    tables, means = CASES[1]["tables"], CASES[1]["remedy"]
    passing = [
        solved(tables, means, goal="most", budget=budget).schools_passing
        for budget in (0, 200_000, 500_000, 900_000, 1_030_000)
    ]
    assert passing == sorted(passing)
    assert (passing[0], passing[-1]) == (1, 3)


def test_the_stated_rule_says_who_is_what():
    # ten teachers: 3 backbone in front, 2 PE or arts at the end, 6 above qualification
    kinds = kinds_of_line(Fraction(10), (Fraction(6), Fraction(3), Fraction(2)))
    assert {kind: n for kind, n in kinds.items() if n} == {
        (1, 1, 0): 3,
        (1, 0, 1): 2,
        (1, 0, 0): 1,
        (0, 0, 0): 4,
    }


def test_an_infeasible_county_says_what_would_have_to_give_way():
    case = json.loads(json.dumps(CASES[0]))
    del case["remedy"]["purchase"]["outdoor_sports_area_m2"]
    del case["remedy"]["purchase"]["indoor_sports_area_m2"]
    case["tables"]["school_years"][0]["outdoor_sports_area_m2"] = 400
    answer = solved(case["tables"], case["remedy"])
    assert (answer.status, answer.cost, answer.measures) == ("infeasible", None, [])
    assert [said.text("en") for said in answer.why] == [
        "no plan reaches the goal; the fewest changes that would allow one: buying: Indoor sports area (m²)"
    ]
    poor = solved(CASES[0]["tables"], CASES[0]["remedy"], budget=144_999)
    assert [said.text("en") for said in poor.why] == [
        "no plan reaches the goal; the fewest changes that would allow one: more money than 144,999 yuan"
    ]
    assert solved(CASES[0]["tables"], CASES[0]["remedy"], budget=145_000).cost == 145_000


def test_a_menu_of_diversions_is_solved_whole():
    case = json.loads(json.dumps(CASES[0]))
    plain = solved(case["tables"], case["remedy"]).cost
    case["remedy"]["diversions"] = [
        {
            "name": "a",
            "origin": "S2",
            "target": "S1",
            "stage": "primary",
            "students": 5,
            "cny": 1000,
        }
    ]
    answer = solved(case["tables"], case["remedy"])
    assert answer.cost <= plain
    assert answer.status == "optimal"
    assert answer.confirmed
    assert "all 2 combinations of the menu were solved one by one" in answer.why[0].text("en")


@pytest.fixture(scope="module")
def donghe() -> Remedy:
    return remedy("150202-donghe")


def test_donghe(donghe):
    assert donghe.status == "optimal"
    assert donghe.gap <= 1e-4
    assert donghe.confirmed
    assert donghe.greedy > donghe.cost >= donghe.bound > 0
    again = remedy("150202-donghe")
    assert again.measures == donghe.measures


@pytest.mark.slow
def test_the_scenario_says_the_same_as_the_plan():
    outlook = project(load_county("150202-donghe"), "baseline", 2026)
    answer = remedy(outlook.county, scenario=outlook, by=2025)
    assert answer.status in ("optimal", "feasible")
    assert answer.confirmed
    ahead = project(
        load_county("150202-donghe"),
        load_scenario(scenario_of(answer, "baseline"), load_county("150202-donghe")),
        2026,
    )
    ours, theirs = answer.after, analyze(ahead.county, 2025)
    pd.testing.assert_frame_equal(ours.schools, theirs.schools)
    pd.testing.assert_series_equal(ours.balance["cv"], theirs.balance["cv"])
    assert (theirs.schools["status"] != "not_met").all()
    for each in idle(answer, 2026):
        assert each.cny > 0
        assert each.amount > 0


@pytest.mark.slow
def test_grounds_and_halls_fall_idle_together(donghe):
    """What stands idle is what the school has beyond its need, in whole steps, and no more."""
    lacking = {
        code: lack
        for (code, k), lack in donghe.instance.lacking().items()
        if donghe.instance.names[k] == "sports_area" and lack > 0
    }
    code, lack = max(lacking.items(), key=lambda each: each[1])
    kinds = ("outdoor_sports_area_m2", "indoor_sports_area_m2")
    part, price = int(lack) - 20, donghe.means.purchase
    for outdoor, indoor, left in (
        (part, 15, 0),
        (part, 50, 30),
        (part + 100, 50, 130),
        (part + 300, 0, 280),
    ):
        bought = [
            Measure(code, "", kind, "", "", amount, amount * price[kind].cny)
            for kind, amount in zip(kinds, (outdoor, indoor), strict=True)
            if amount
        ]
        found = idle(dataclasses.replace(donghe, measures=bought), donghe.study.year, donghe.study)
        steps = [price[kind].step for kind in kinds]
        spare = sum(each.amount for each in found)
        assert left - sum(steps) <= spare <= left
        assert all(each.cny == each.amount * price[each.means].cny for each in found)


def test_goals_survive_a_pickle():
    goal = pickle.loads(pickle.dumps(Goal()))
    assert goal == Goal()
    assert goal.composite


def test_a_yearly_budget_orders_the_measures(donghe):
    later = dataclasses.replace(donghe, study=analyze("150202-donghe"))
    whole = calendar(later, None)
    assert whole.missing == 0
    assert sum(m.cny for _, m in whole.lines) == donghe.cost
    tight = calendar(later, 10_000_000)
    by_year = pd.Series([m.cny for _, m in tight.lines]).groupby([y for y, _ in tight.lines]).sum()
    assert (by_year <= 10_000_000).all()
    assert sum(m.cny for _, m in tight.lines) + tight.missing == donghe.cost


def test_applied_measures_change_only_their_schools(donghe):
    county = apply(donghe.study.county, donghe.study.year, donghe.measures, donghe.means)
    before, after = (c.tables["school_years"] for c in (donghe.study.county, county))
    changed = before.ne(after) & before.notna()
    named = {m.school_id for m in donghe.measures} | {m.origin for m in donghe.measures}
    assert set(before.loc[changed.any(axis=1), "school_id"]) <= named


def test_the_planners_page_takes_the_plan_over():
    desk = Desk({"411281-yima": load_county("411281-yima")})
    state = read_state(json.dumps({"county": "411281-yima"}).encode())
    found = desk.remedy(state, "en")
    assert "Judged again with the changed tables, the county meets the goal." in found["told"]
    after = desk.course(read_state(json.dumps(found["state"]).encode())).study
    assert (after.schools["status"] != "not_met").all()
    assert desk.remedy(read_state(json.dumps(found["state"]).encode()), "en")["told"][0] == (
        f"For {after.year} nothing has to be done to reach the goal."
    )


def run(*arguments):
    return CliRunner().invoke(app, ["remedy", *map(str, arguments), "--lang", "en"])


def test_command(tmp_path):
    result = run("411281-yima", "--out", tmp_path / "plan")
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "plan/remedy.json").read_text("utf-8"))
    assert {"status", "cost_cny", "bound_cny", "gap", "seconds", "measures", "why"} <= set(record)
    assert sum(row["cny"] for row in record["measures"]) == record["cost_cny"] > 0
    names = sorted(path.name for path in (tmp_path / "plan").iterdir())
    plain = ["calendar.csv", "remedy.csv", "remedy.json", "remedy.xlsx", "scenario.yaml"]
    assert names == sorted([*plain, "dual.csv", "frontier.csv"])
    assert record["frontier"]
    assert record["dual"]["text"]
    result = run("411281-yima", "--out", tmp_path / "only", "--plan-only")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "only").iterdir()) == plain
    only = json.loads((tmp_path / "only/remedy.json").read_text("utf-8"))
    assert (only["frontier"], only["dual"], only["measures"]) == ([], None, record["measures"])


@pytest.mark.slow
def test_mistakes_in_prices_are_sentences(tmp_path):
    file = tmp_path / "prices.yaml"
    file.write_text("purchase:\n  gold: {cny: 1}\nhire:\n  - {name: a, cny: -1}\n", "utf-8")
    result = run("411281-yima", "--prices", file, "--out", tmp_path / "plan")
    assert result.exit_code == 1
    assert f"{file}: line 4: hire.0.cny: must be 0 or more" in result.output
    assert not (tmp_path / "plan").exists()
    file.write_text("limits:\n  - {schools: [nobody], multimedia_rooms: 0}\n", "utf-8")
    result = run("411281-yima", "--prices", file, "--out", tmp_path / "plan")
    assert "line 2: limits.0.schools: no school has the code nobody" in result.output
    result = run("411281-yima", "--budget", "viel", "--out", tmp_path / "plan")
    assert "the budget is “viel”; expected yuan, such as 9500000 or 2000000/year" in result.output


def test_every_built_in_price_says_where_it_comes_from():
    for key, each in built_in_means().assumptions:
        assert all((each.source, each.year, each.confidence)), key


def test_nothing_to_plan_is_a_sentence():
    unknown = {"school_id": "S1", "name": "S1", "type": "primary", "ownership": "public"}
    tables = {"schools": [unknown], "school_years": [{"school_id": "S1", "year": 2025}]}
    with pytest.raises(InputError, match="no school can be judged in 2025, so there is nothing"):
        solved(tables, {})


def test_a_school_without_figures_is_named_and_left_out():
    tables = json.loads(json.dumps(CASES[0]["tables"]))
    tables["schools"].append({**tables["schools"][0], "school_id": "S3", "name": "S3"})
    tables["school_years"].append({"school_id": "S3", "year": 2025, "students_primary": 60})
    answer = solved(tables, CASES[0]["remedy"])
    assert answer.cost == CASES[0]["expected"]["cost_cny"]
    assert answer.confirmed
    assert answer.why[0].text("en") == (
        "S3 (Primary): figures are missing, so no plan can make it pass; it is left out of the proof"
    )


def test_a_measure_can_be_forbidden_or_fixed():
    tables, means = CASES[0]["tables"], CASES[0]["remedy"]
    free = solved(tables, means)
    key = next(
        k for k, v in zip(free.program.keys, free.found.values, strict=True) if v and k[0] == "hire"
    )
    forbidden = solved(tables, means, locks={key: (0, 0)})
    fixed = solved(tables, means, locks={key: (2, 2)})
    assert forbidden.cost is None or forbidden.cost >= free.cost
    assert fixed.cost >= free.cost
    assert sum(m.amount for m in fixed.measures if (m.means, m.kind) == ("hire", key[3])) >= 2


def asked(**options) -> Remedy:
    return solved(CASES[0]["tables"], CASES[0]["remedy"], **options)


def amount(answer: Remedy, means: str, school: str | None = None) -> float:
    return sum(
        m.amount
        for m in answer.measures
        if m.means == means and school in (None, m.school_id, m.origin)
    )


def test_a_means_is_ruled_out_at_a_school_or_everywhere():
    free = asked()
    dearest = max(free.measures, key=lambda m: m.cny)
    there = asked(forbid=[(dearest.means, dearest.school_id)])
    nowhere = asked(forbid=[(dearest.means, None)])
    assert amount(there, dearest.means, dearest.school_id) == 0
    assert amount(nowhere, dearest.means) == 0
    for answer in (there, nowhere):
        assert answer.cost is None or answer.cost >= free.cost
    assert nowhere.cost is None or nowhere.cost >= there.cost


@pytest.mark.slow
@given(seeds, st.integers(0, 10**6))
@settings(max_examples=30)
def test_what_a_plan_does_anyway_may_be_fixed_and_more_of_it_is_done_if_asked(seed, which):
    tables, means = random_case(seed)
    free = solved(tables, means)
    mine = [m for m in free.measures if m.means != "transfer"]
    if not mine:
        return
    chosen = mine[which % len(mine)]
    word = f"{chosen.means}.{chosen.kind}" if chosen.kind else chosen.means
    step = means["purchase"].get(chosen.means, {}).get("step", 1)

    def fixed(units: float) -> Remedy:
        wanted = (word, chosen.school_id, chosen.stage or None, units)
        return solved(tables, means, lock=[wanted])

    same, more = fixed(chosen.amount), fixed(chosen.amount + step)
    assert same.cost == free.cost
    assert same.confirmed
    if more.cost is not None:
        assert more.cost >= free.cost
        assert chosen.amount + step in [
            m.amount
            for m in more.measures
            if (m.school_id, m.means, m.kind) == (chosen.school_id, chosen.means, chosen.kind)
        ]


def test_a_fixed_number_of_teachers_moves_to_the_school():
    case = next(case for case in CASES if case["id"] == "r62")
    free = solved(case["tables"], case["remedy"])
    answer = solved(case["tables"], case["remedy"], lock=[("transfer", "S1", "primary", 2)])
    moved = [m for m in answer.measures if m.means == "transfer"]
    assert not any(m.means == "transfer" for m in free.measures)
    assert sum(m.amount for m in moved if m.school_id == "S1") == 2
    assert all(m.origin != "S1" for m in moved)
    assert answer.cost > free.cost
    assert answer.confirmed


def test_another_price_is_the_price_and_names_the_question():
    free, dearer = asked(), asked(prices={"outdoor_sports_area_m2": 10**6})
    assert dearer.cost is None or dearer.cost >= free.cost
    purchase = dearer.means.purchase["outdoor_sports_area_m2"]
    assert (purchase.cny, purchase.source.en) == (10**6, "Set with the question")
    written = json.loads(json.dumps(CASES[0]["remedy"]))
    written["purchase"]["outdoor_sports_area_m2"]["cny"] = 10**6
    assert solved(CASES[0]["tables"], written).cost == dearer.cost


def test_a_former_answer_changes_nothing_but_the_way():
    free = asked()
    assert asked(start=free).cost == free.cost
    dearest = max(free.measures, key=lambda m: m.cny)
    forbid = [(dearest.means, dearest.school_id)]
    assert asked(start=free, forbid=forbid).cost == asked(forbid=forbid).cost


def test_what_was_ruled_out_and_made_it_impossible_is_named():
    answer = solved(CASES[0]["tables"], CASES[0]["remedy"], forbid=[("hire", None)])
    bare = json.loads(json.dumps(CASES[0]["remedy"]))
    del bare["hire"]
    assert (answer.cost is None) == (solved(CASES[0]["tables"], bare).cost is None)
    impossible = asked(lock=[("multimedia_rooms", "S1", None, 10**6)], budget=10**6)
    assert [said.text("en") for said in impossible.why] == [
        "no plan reaches the goal; the fewest changes that would allow one: more money than 1,000,000 yuan"
    ]
    held = asked(lock=[("hire", None, None, 0), ("transfer", None, None, 0)])
    if held.cost is None:
        assert "another amount than 0 of what was fixed" in held.why[0].text("en")


def test_questions_that_cannot_be_are_sentences_all_at_once():
    with pytest.raises(InputError) as caught:
        asked(
            forbid=[("gold", None), ("hire", "nobody")],
            lock=[("multimedia_rooms", "S1", "senior", 1), ("multimedia_rooms", "S1", None, -1)],
            prices={"hire": 1, "multimedia_rooms": "viel"},
        )
    told = [finding.sentence("en") for finding in caught.value.findings]
    assert [text.split(";")[0] for text in told] == [
        "no means is called “gold”",
        "no school has the code nobody",
        "“senior” is no stage",
        "“-1” is no amount",
        "no price is called “hire”",
        "the price of multimedia_rooms is “viel”",
    ]
    with pytest.raises(InputError, match="expected a multiple of"):
        solved(
            *random_case(1)[:1],
            {"purchase": PURCHASES},
            lock=[("equipment_value_cny", "S0", None, 1)],
        )


@pytest.mark.slow
def test_the_command_rules_out_and_fixes(tmp_path):
    result = run(
        *("411281-yima", "--out", tmp_path / "plan", "--forbid", "hire", "--forbid", "transfer"),
        *("--lock", "multimedia_rooms=3", "--price", "multimedia_rooms=50000"),
    )
    assert result.exit_code == 0, result.output
    assert (
        "Ruled out beforehand: Teachers hired (whole county); Teachers transferred" in result.output
    )
    record = json.loads((tmp_path / "plan/remedy.json").read_text("utf-8"))
    assert [each["means"] for each in record["forbid"]] == ["hire", "transfer"]
    rooms = [row for row in record["measures"] if row["means"] == "multimedia_rooms"]
    assert sum(row["amount"] for row in rooms) == 3
    assert sum(row["cny"] for row in rooms) == 150000
    result = run("411281-yima", "--out", tmp_path / "no", "--lock", "hire", "--forbid", "gold@x")
    assert result.exit_code == 1
    assert "no means is called “gold”" in result.output
