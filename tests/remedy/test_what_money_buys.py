"""What each further yuan buys and what drives the cost: each point against the search that it spares."""

import json
from fractions import Fraction

import pandas as pd
import pytest
from remedy_cases import CASES, county_of, random_case, solved
from typer.testing import CliRunner

from analysis import analyze, load_county, remedy
from analysis.cli.app import app
from analysis.remedy.outcome import dual, frontier
from analysis.remedy.outcome.again import program_for, units_of, values_in
from analysis.remedy.outcome.alone import alone, dearest, only, stuck
from analysis.remedy.outcome.drivers import dearest_text, last_text, told
from analysis.remedy.outcome.further import further
from analysis.remedy.outcome.in_words import LEAVING, OWN, VARIATION, reason
from analysis.remedy.plan import apply
from analysis.remedy.problem.means import Means
from analysis.remedy.solve.exactly import judge
from analysis.remedy.solve.search import search


@pytest.fixture(scope="module")
def hutubi():
    return remedy("652323-hutubi", gap=0.0)


@pytest.fixture(scope="module")
def moved(hutubi):
    # as long as it takes on a busy machine: what is not searched to its end is not known
    return dual.by_step(hutubi, seconds=600)


def planned(seed: int):
    """A random county with a plan that costs something, or None."""
    tables, means = random_case(seed)
    answer = solved(tables, means)
    return answer if answer.found.cost and frontier.asks_all(answer) else None


@pytest.mark.parametrize("case", CASES[:20], ids=[case["id"] for case in CASES[:20]])
def test_every_point_is_the_least_for_so_many_schools(case):
    """A budget of the point's cost reaches the number of schools, a yuan less does not."""
    answer = solved(case["tables"], case["remedy"])
    if not frontier.asks_all(answer) or not answer.found.cost:
        return
    now, every = len(frontier.passing_now(answer)), len(answer.instance.schools)
    table = frontier.by_schools(answer, range(now + 1, every + 1))
    assert (table["bound_cny"] <= table["cost_cny"]).all()
    assert table["cost_cny"].is_monotonic_increasing
    for row in table.to_dict("records"):
        assert row["status"] == "optimal"
        about = (case["tables"], case["remedy"])
        enough = solved(*about, goal="most", budget=row["cost_cny"])
        assert enough.schools_passing >= row["schools"]
        if row["bound_cny"] > 0:
            less = solved(*about, goal="most", budget=row["bound_cny"] - 1)
            assert less.schools_passing < row["schools"]


def test_without_a_search_the_points_are_true_but_wider(hutubi):
    near = frontier.by_schools(hutubi, seconds=600)
    wide = frontier.by_schools(hutubi, searched=False)
    assert (wide["schools"] == near["schools"]).all()
    assert (wide["bound_cny"] <= near["bound_cny"]).all()
    assert (near["cost_cny"] <= wide["cost_cny"]).all()
    assert near["cost_cny"].iloc[-1] == wide["cost_cny"].iloc[-1] == hutubi.cost


def test_a_plan_comes_back_from_its_measures(hutubi):
    program, instance = hutubi.program, hutubi.instance
    values = values_in(program, instance, units_of(hutubi, hutubi.measures))
    assert judge(instance, program, hutubi.goal, values).holds
    assert program.total(values) == hutubi.cost


def test_what_the_last_tenth_buys_is_what_the_engine_says(hutubi):
    last = dual.last_part(hutubi)
    assert last.money == 0.9 * float(hutubi.cost)
    assert (last.schools, last.most) == (19, 19)
    kept = [each for each in hutubi.measures if each.school_id not in last.lost]
    assert sum(each.cny for each in kept) <= last.money
    study = hutubi.study
    after = analyze(apply(study.county, study.year, kept, hutubi.means), study.year)
    rows = after.schools[after.schools["school_id"].isin(last.lost)]
    assert (rows["status"] == "not_met").any()
    assert last.schools == len(hutubi.instance.schools) - len(last.lost)
    # with so much money the search itself finds no more
    most = remedy("652323-hutubi", goal="most", budget=last.money, gap=0.0)
    assert most.schools_passing == last.schools
    assert "19 of 20 schools pass; it is proved that no choice brings more" in last_text(last, hutubi, "en")  # fmt: skip


def test_the_floor_moved_is_the_county_by_that_floor(hutubi, moved):
    table = moved.set_index(["limit", "step"])
    for step, floor in ((-0.01, 0.84), (0.01, 0.86)):
        again = remedy(hutubi.study.with_rules(school__floor=floor), gap=0.0)
        row = table.loc[("floor", step)]
        assert row["cost_cny"] == again.cost
        assert row["change_cny"] == again.cost - hutubi.cost != 0
        assert row["told"]


def test_what_drives_the_cost_comes_first(moved):
    table = moved
    size = table["change_cny"].abs()
    assert size[table["told"]].is_monotonic_decreasing
    assert (size[~table["told"]] == 0).all()
    assert not table["told"][table["status"] == "known"].any()
    assert list(table["told"]) == sorted(table["told"], reverse=True)
    wider = (table["limit"] == "variation") & (table["step"] > 0) | (table["step"] < 0) & (table["limit"] != "variation")  # fmt: skip
    assert (table["change_cny"][wider] <= 0).all()
    assert (table["change_cny"][~wider] >= 0).all()


def _searched(answer, limit):
    """Cost after a step by a search that knows nothing of the plan."""
    instance = dual.moved(answer, limit)
    program = program_for(answer, instance, answer.goal)
    return search(instance, program, answer.goal, gap=0.0).cost


def _agrees(answer) -> int:
    table = dual.by_step(answer, seconds=600).set_index(["limit", "stage", "indicator", "step"])
    held = 0
    for limit in dual.limits_of(answer):
        row = table.loc[dual.key_of(limit, answer)]
        cost = _searched(answer, limit)
        if cost is None:
            assert row["status"] == "infeasible"
            assert row["told"]
            continue
        # the searches of the table end by a gap
        assert abs(row["cost_cny"] - float(cost)) <= 2 * dual.GAP * float(cost)
        assert row["bound_cny"] <= float(cost) * (1 + 1e-12)
        held += bool(row["told"]) and limit.name == "variation"
    return held


def test_what_needs_no_search_is_what_a_search_finds():
    answers = [each for each in map(planned, (6, 8, 9)) if each is not None]
    assert len(answers) >= 2
    for answer in answers:
        _agrees(answer)


@pytest.mark.slow
def test_limits_of_variation_that_are_held_cost_something():
    answers = [planned(seed) for seed in (8, 11, 12, 17, 28, 34, 36, 39, 48, 51, 65, 69)]
    held = [_agrees(each) for each in answers if each is not None and each.found.tight]
    assert len(held) >= 8
    assert sum(map(bool, held)) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_a_school_by_itself_costs_no_more_than_in_any_plan(seed):
    tables, means = random_case(seed)
    alike = {name: value for name, value in means.items() if name != "transfer"}
    answer = solved(tables, alike)
    if answer.cost is None:
        return
    for school in answer.instance.schools:
        least = alone(answer, only(answer.instance, school.school_id))
        by_goal = solved(tables, alike, goal="schools", schools=[school.school_id])
        # nobody moves, so the school is a problem of its own
        assert least == by_goal.cost


def test_the_dearest_school_says_which_threshold_asks_for_it(hutubi):
    found = dearest(hutubi)
    cost = pd.Series([m.cny for m in hutubi.measures]).groupby([m.school_id for m in hutubi.measures]).sum()  # fmt: skip
    assert found.cny == cost.max() == cost[found.school_id]
    assert found.part == found.cny / float(hutubi.cost)
    assert found.alone <= found.cny
    assert [cny for _, cny in found.without] == sorted(cny for _, cny in found.without)
    assert all(cny < found.alone for _, cny in found.without)
    assert "What drives that most is the threshold “Teaching area”" in dearest_text(found, hutubi, "en")  # fmt: skip


def test_a_partial_goal_has_no_frontier():
    case = next(case for case in CASES if len(case["tables"]["schools"]) > 1)
    code = case["tables"]["schools"][0]["school_id"]
    assert further(solved(case["tables"], case["remedy"], goal="schools", schools=[code])) is None
    assert further(solved(case["tables"], case["remedy"], goal="most", budget=10**9)) is None
    whole = solved(case["tables"], case["remedy"])
    more = further(whole)
    assert set(more.frontier()["against"]) == {"schools", "limits"}
    assert all(len(told(more, whole, lang)) >= 3 for lang in ("zh", "en"))


def test_limits_beyond_the_time_are_open(hutubi):
    table = dual.by_step(hutubi, seconds=0.0)
    left = table[table["status"] == "open"]
    assert set(left["limit"]) == {"floor", "threshold"}
    assert left["cost_cny"].isna().all()
    assert not left["told"].any()


@pytest.mark.slow
def test_against_years_of_a_projection():
    answer = remedy("652323-hutubi", scenario="baseline", by=2024, gap=1e-3)
    table = frontier.by_year(answer, [2022, 2024])
    assert table["cost_cny"].iloc[1] == float(answer.cost)
    soon = remedy("652323-hutubi", scenario="baseline", by=2022, gap=1e-3, nodes=frontier.NODES)
    assert table["cost_cny"].iloc[0] == float(soon.cost)
    assert set(further(answer, seconds=0.0).frontier()["against"]) == {"schools", "limits", "year"}


BARE = "purchase:\n  equipment_value_cny: {cny: 1, step: 10000}\ntransfer: {cny: 12000}\n"


def test_a_school_that_no_means_help_is_named_with_what_stands_in_the_way(tmp_path):
    file = tmp_path / "prices.yaml"
    file.write_text(BARE, encoding="utf-8")
    result = CliRunner().invoke(
        app,
        [
            "remedy",
            "411281-yima",
            "--prices",
            str(file),
            "--out",
            str(tmp_path / "no"),
            "--lang",
            "en",
        ],
    )
    assert result.exit_code == 1
    assert "the fewest changes that would allow one: buying: Indoor sports area" in result.output
    assert "第四小学 cannot pass by the means allowed, whatever is spent; it could if nothing were asked of it in: Sports area." in result.output  # fmt: skip
    record = json.loads((tmp_path / "no/remedy.json").read_text("utf-8"))
    roster = load_county("411281-yima").tables["schools"].set_index("name")["school_id"]
    code = roster["第四小学"]
    assert [(each["school_id"], each["indicators"]) for each in record["stuck"]] == [
        (code, ["sports_area"])
    ]
    assert (record["frontier"], record["dual"]) == ([], None)


def test_with_too_little_money_no_school_is_stuck():
    case = CASES[0]
    poor = solved(case["tables"], case["remedy"], budget=1)
    assert poor.status == "infeasible"
    assert stuck(poor) == []


def test_a_study_is_taken_as_it_is():
    county = county_of(CASES[0]["tables"])
    means = Means.model_validate(CASES[0]["remedy"])
    study = analyze(county, 2025)
    answer = remedy(study, means=means, gap=0.0)
    assert answer.study is study
    with pytest.raises(TypeError, match="taken as it is"):
        remedy(study, 2025, means=means)
    assert answer.cost == CASES[0]["expected"]["cost_cny"]
    stricter = remedy(study.with_rules(school__floor=1.0), means=means, gap=0.0)
    assert stricter.cost is None or stricter.cost >= answer.cost
    assert Fraction(1) * answer.cost == answer.bound


def test_where_no_limit_had_to_be_held_no_measure_is_put_down_to_variation():
    answers = [answer for answer in map(planned, (6, 14, 19, 22, 25)) if not answer.found.tight]
    assert len(answers) == 5
    for answer in answers:
        why = {reason(each, answer) for each in answer.measures if each.cny}
        assert why <= {OWN, LEAVING}


@pytest.mark.slow
def test_who_is_trained_because_others_leave_is_said_so():
    answer = remedy("340207-jiujiang", gap=1e-4, nodes=60)
    assert answer.found.tight == []
    givers = {(each.origin, each.stage) for each in answer.measures if each.origin}
    leaving = [each for each in answer.measures if reason(each, answer) == LEAVING]
    assert leaving
    assert all((each.school_id, each.stage) in givers for each in leaving)
    assert not any(reason(each, answer) == VARIATION for each in answer.measures)
