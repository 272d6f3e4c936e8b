"""Limits of the composite, the mean of seven coefficients of variation, are kept at the least cost."""

import random
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from remedy_cases import CASES, PURCHASES, random_case, solved, with_rules
from remedy_enumeration import least

from analysis import load_county, remedy
from analysis.remedy.solve.composite.roots import compared


def rules_of(seed: int) -> dict:
    """A limit of the composite, and of each coefficient or of none."""
    pick = random.Random(seed)
    limit = pick.choice((0.2, 0.25, 0.3))
    return {"composite_cv.primary": limit, "cv.primary": pick.choice((None, 0.5))}


def exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(str(value))


@pytest.mark.slow
def test_as_cheap_as_the_cheapest_of_all_plans_within_the_composite():
    """Forty random counties; for ten of them and more the composite costs something."""
    checked, bound = 0, 0
    for seed in range(400):
        (tables, means), rules = random_case(seed), rules_of(seed)
        answer = solved(tables, means, rules)
        assert answer.cost is None or answer.bound <= answer.cost, seed
        if answer.cost is None or answer.cost > 400000:
            continue
        rows = [a | b for a, b in zip(tables["schools"], tables["school_years"], strict=True)]
        if any(row["teachers_primary"] >= 20 for row in rows):
            continue
        limits = exact(rules["cv.primary"]), exact(rules["composite_cv.primary"])
        assert least(rows, means, int(answer.cost), *limits) == answer.cost, seed
        assert (answer.status, answer.bound) == ("optimal", answer.cost), seed
        assert answer.confirmed, seed
        checked += 1
        bound += solved(tables, means, {"cv.primary": rules["cv.primary"]}).cost < answer.cost
        if checked == 40:
            break
    assert checked == 40
    assert bound >= 10


def test_a_composite_that_costs_something_is_kept_and_proved():
    tables, means = random_case(1)
    rules = rules_of(1)
    free = solved(tables, means, {"cv.primary": rules["cv.primary"]})
    held = solved(tables, means, rules)
    assert free.cost < held.cost == held.bound
    assert held.found.composite == ["primary"]
    assert held.confirmed
    table = held.after.balance.set_index(["stage", "indicator"])
    assert table.loc[("primary", "composite"), "status"] == "met"


def test_a_composite_that_is_kept_anyway_changes_nothing():
    case = CASES[1]
    free = solved(case["tables"], case["remedy"])
    held = solved(case["tables"], case["remedy"], {"composite_cv.primary": 0.65})
    assert (held.cost, held.bound, held.measures) == (free.cost, free.bound, free.measures)
    assert held.found.composite == []


def test_a_composite_out_of_reach_is_infeasible_and_named():
    tables, _ = random_case(1)
    few = {"purchase": {"multimedia_rooms": PURCHASES["multimedia_rooms"]}}
    for some in ({}, few):
        answer = solved(tables, some, {"composite_cv.primary": 0.001}, goal="variation")
        assert (answer.status, answer.cost) == ("infeasible", None)
        told = "a composite coefficient of variation above 0.001 (Primary)"
        assert any(told in said.text("en") for said in answer.why)


@pytest.mark.slow
def test_a_sample_within_a_composite_below_its_own():
    """The limit of a real county: the plan holds, and cost, bound and gap belong together."""
    county = with_rules(
        load_county("411281-yima"), {"composite_cv.primary": 0.2, "composite_cv.junior": 0.17}
    )
    answer = remedy(county, nodes=30)
    assert answer.confirmed
    assert answer.bound <= answer.cost
    assert answer.gap < 0.05
    again = remedy(county, nodes=30)
    assert (again.measures, again.bound) == (answer.measures, answer.bound)


fractions = st.fractions(min_value=0, max_value=4, max_denominator=500)


@given(st.lists(fractions, min_size=1, max_size=7), st.fractions(0, 14, max_denominator=500))
@example([Fraction(1, 4), Fraction(4, 9)], Fraction(7, 6))
@example([Fraction(2), Fraction(0)], Fraction(17, 12))
def test_sums_of_roots_are_compared_exactly(squares, level):
    with localcontext() as digits:
        digits.prec = 80
        roots = sum((Decimal(s.numerator) / Decimal(s.denominator)).sqrt() for s in squares)
        excess = roots - Decimal(level.numerator) / Decimal(level.denominator)
    found = compared(squares, level)
    assert found == (0 if abs(excess) < Decimal("1e-60") else 1 if excess > 0 else -1)


def test_a_sum_of_roots_near_a_rational_number_is_told_apart():
    square, root = Fraction(2), Fraction(141421356237309504880168872420969807856967, 10**41)
    assert compared([square], root) == 1
    assert compared([square], root + Fraction(1, 10**41)) == -1
    assert compared([Fraction(9, 4), Fraction(1, 4)], Fraction(2)) == 0
