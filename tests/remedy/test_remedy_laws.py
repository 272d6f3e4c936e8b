"""What holds for the least cost of every county: more never costs more, and a bound is a bound."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remedy_cases import HIRES, PURCHASES, random_case, solved

from analysis.remedy.solve.model import build
from analysis.remedy.solve.search import search

seeds = st.integers(0, 400)


@pytest.mark.slow
@given(seeds, st.sampled_from(["upgrade", "transfer", "share", "limits", "most"]))
@settings(max_examples=25)
def test_each_means_that_is_allowed_never_costs_more(seed, which):
    tables, means = random_case(seed)
    less, more = json.loads(json.dumps(means)), json.loads(json.dumps(means))
    share = {"cny": 20000, "ownership": ["public", "private"], "share": 0.1}
    if which in ("upgrade", "transfer"):
        less.pop(which, None)
        more[which] = share if which == "transfer" else {"pe_arts": {"cny": 30000, "share": 0.25}}
    elif which == "share":
        less["transfer"], more["transfer"] = share, share | {"share": 0.3}
    elif which == "limits":
        less["limits"] = [{"schools": ["S0"], "teaching_area_m2": 40, "hire": 1}]
    else:
        less["hire"] = [hire | {"most": 1} for hire in less["hire"]]
    few, many = solved(tables, less), solved(tables, more)
    if few.cost is not None:
        assert many.cost is not None
        assert many.cost <= few.cost


@pytest.mark.slow
@given(seeds, st.lists(st.integers(0, 2_000_000), min_size=2, max_size=4))
@settings(max_examples=25)
def test_more_money_never_passes_fewer_schools(seed, budgets):
    tables, means = random_case(seed)
    answers = [solved(tables, means, goal="most", budget=each) for each in sorted(budgets)]
    passing = [each.schools_passing for each in answers]
    assert passing == sorted(passing)
    for budget, answer in zip(sorted(budgets), answers, strict=True):
        assert answer.cost <= budget
        assert answer.confirmed


@pytest.mark.slow
@given(seeds, st.integers(-200_000, 200_000))
@settings(max_examples=20)
def test_a_budget_only_says_whether_there_is_a_plan(seed, more):
    tables, means = random_case(seed)
    free = solved(tables, means)
    if free.cost is None or free.cost + more < 0:
        return
    limited = solved(tables, means, budget=float(free.cost + more))
    assert limited.cost == (free.cost if more >= 0 else None)


@pytest.mark.slow
@given(seeds)
@settings(max_examples=20)
def test_the_changed_tables_are_judged_as_met(seed):
    tables, means = random_case(seed)
    answer = solved(tables, means)
    if answer.cost is not None:
        assert answer.confirmed
        assert (answer.after.schools["status"] != "not_met").all()
        assert (answer.after.balance["status"] != "not_met").all()


@pytest.mark.slow
@given(
    seeds, st.sampled_from([None, 0.25]), st.sampled_from([0, 1, 5]), st.sampled_from([0.0, 0.2])
)
@settings(max_examples=12, deadline=None)
def test_a_bound_never_exceeds_a_cost_wherever_the_search_ends(seed, composite, nodes, gap):
    tables, means = random_case(seed)
    means = {**means, "purchase": PURCHASES, "hire": HIRES}
    rules = {"composite_cv.primary": composite} if composite else None
    whole = solved(tables, means, rules)
    program = build(whole.instance, whole.means, whole.goal)
    early = search(whole.instance, program, whole.goal, gap=gap, nodes=nodes)
    if early.cost is not None:
        assert early.bound <= early.cost
        assert early.bound <= whole.cost
        assert early.cost >= whole.bound
