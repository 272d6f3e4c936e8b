"""Teachers by age: who retires when, by the statutory ages, school by school."""

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staff_county import persons, scenario, steady

from analysis.base.schema.terms import AGE_BANDS
from analysis.future.assumptions.ages import StaffAges, retirement, staff_ages
from analysis.future.project import project
from analysis.future.projection.model import Model

COLUMNS = ["school_id", "year", "stage", "age_band", "persons", "women"]


def aged(county, *rows):
    """The county with rows of `staff_ages`: (school, band, persons, women) or with a year at the end."""
    table = pd.DataFrame(
        [
            (f"{school:03d}", *(year or (2023,)), "primary", band, number, women)
            for school, band, number, women, *year in rows
        ],
        columns=COLUMNS,
    )
    table["women"] = table["women"].astype(float)
    return dataclasses.replace(
        county, tables=MappingProxyType(dict(county.tables) | {"staff_ages": table})
    )


def teachers(county, **given) -> np.ndarray:
    """Teachers of the primary schools by year (from the last observed one) and school."""
    asked = {"kind": "attrition"} | given
    start = Model(county).staff.persons[None, :, 0, 0]
    return np.concatenate([start, persons(county, **asked)[:, :, 0, 0]])


# --- the statutory ages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sex", "year", "years", "months"),
    [
        ("men", 2024, 60, 0),
        # born September 1965 to ... : who was 60 in July 2025 goes two months later, in September
        ("men", 2025, 60, 2),
        ("men", 2026, 60, 5),
        ("men", 2039, 63, 0),
        ("men", 2060, 63, 0),
        ("women", 2024, 55, 0),
        ("women", 2025, 55, 2),
        ("women", 2045, 58, 0),
    ],
)
def test_the_age_at_which_teachers_have_left(sex, year, years, months):
    assert retirement().age(sex, year) == pytest.approx(years + months / 12)


def test_the_decisions_own_table():
    """Men born in January 1965 retire at 60 and 1 month, May 1965 at 60 and 2, December 1976 at 63."""
    rule = retirement()
    for born, months in (((1965, 1), 1), ((1965, 4), 1), ((1965, 5), 2), ((1976, 9), 36), ((1980, 1), 36)):  # fmt: skip
        reached = (born[0] + 60 - 2025) * 12 + born[1] - 1
        assert min(reached // rule.months_for_a_month + 1, 36) == months
    ages = [rule.age("men", year) for year in range(2020, 2050)]
    assert ages == sorted(ages)
    assert (ages[0], ages[-1]) == (60, 63)


# --- who leaves --------------------------------------------------------------------------------------


def test_a_band_retires_in_known_years():
    """10 of 55 to 59 in 2023 at the stated age of 60: two a year from 2024 to 2028, then nobody."""
    county = aged(steady(500), (1, "30_to_34", 40, None), (1, "55_to_59", 10, None))
    found = teachers(county, retirement_age=60)[:, 0]

    assert found[:6].tolist() == [50, 48, 46, 44, 42, 40]
    assert set(found[6:]) == {40}


def test_since_2025_they_retire_later():
    """The same 10 men by the statutory ages: later every year, and all of them in the end."""
    county = aged(steady(500), (1, "30_to_34", 40, 0), (1, "55_to_59", 10, 0))
    found = teachers(county)[:, 0]
    exact = np.array([max(60 + n - retirement().age("men", 2023 + n), 0) * 2 for n in range(8)])

    assert np.abs(50 - found[:8] - np.minimum(exact, 10)).max() <= 0.5
    assert found[5] > 40
    assert found[-1] == 40


def test_women_retire_before_men():
    men = aged(steady(500), (1, "30_to_34", 40, 0), (1, "50_to_54", 10, 0))
    women = aged(steady(500), (1, "30_to_34", 40, 0), (1, "50_to_54", 10, 10))
    fewer, more = teachers(women)[:, 0], teachers(men)[:, 0]

    assert (fewer <= more).all()
    assert fewer[3] < more[3] == 50


def test_the_school_of_the_old_loses_them():
    """Two schools of 20: one where half are 55 to 59, one of young ones."""
    county = aged(
        steady(200, 200),
        *((1, "25_to_29", 10, None), (1, "55_to_59", 10, None), (2, "25_to_29", 20, None)),
    )
    found = teachers(county, retirement_age=60)

    assert found[5].tolist() == [10, 20]


def test_a_school_without_ages_is_taken_to_be_like_the_county():
    county = aged(steady(200, 200), (1, "25_to_29", 10, None), (1, "55_to_59", 10, None))
    found = teachers(county, retirement_age=60)

    assert found[5].tolist() == [10, 10]
    notes = project(county, scenario(kind="attrition", retirement_age=60)).notes
    said = [note.sentence("en") for note in notes]
    assert any("1 schools report no ages" in text for text in said)
    assert any("20 of 40 teachers (table staff_ages) and the age 60" in text for text in said)


def test_older_figures_grow_old():
    """55 to 59 in 2021: those who were 58 and 59 had left by 2023, the rest leave by 2026."""
    county = aged(steady(500), (1, "30_to_34", 44, None, 2021), (1, "55_to_59", 10, None, 2021))
    found = teachers(county, retirement_age=60)[:, 0]

    assert found[:4].tolist() == [50, 48, 46, 44]
    assert set(found[3:]) == {44}


def test_the_scenarios_own_ages_go_first():
    county = aged(steady(500), (1, "55_to_59", 50, None))
    own = teachers(county, ages={"primary": {25: 50}})[:, 0]

    assert set(own) == {50}


def test_without_a_table_nothing_changes():
    county = steady(200, 300)
    empty = aged(county)

    assert (teachers(county, retire=0.1) == teachers(empty, retire=0.1)).all()
    ages, assumed = staff_ages(county, np.array(["001"]), 2023)
    assert (ages, assumed) == ({}, {})


def test_the_sex_that_is_not_reported_is_said():
    known = aged(steady(500), (1, "25_to_29", 40, 30), (1, "55_to_59", 10, None))
    unknown = aged(steady(500), (1, "25_to_29", 40, None), (1, "55_to_59", 10, None))
    for county, words in ((known, "75% are taken to be women"), (unknown, "at the age of men")):
        notes = project(county, scenario(kind="attrition")).notes
        assert any(words in note.sentence("en") for note in notes)


# --- laws --------------------------------------------------------------------------------------------

bands = st.lists(st.integers(0, 12), min_size=len(AGE_BANDS), max_size=len(AGE_BANDS))


@given(men=bands, women=bands, since=st.integers(2015, 2023), fixed=st.sampled_from([None, 55, 60]))
def test_nobody_comes_back_and_everybody_goes_in_the_end(men, women, since, fixed):
    ages = StaffAges(
        np.array([men], dtype=float), np.array([women], dtype=float), np.array([since]), 2023, fixed
    )
    parts = np.array([ages.retired(year)[0] for year in range(2023, 2085)])

    assert parts[0] == 0
    assert (np.diff(parts) >= -1e-12).all()
    assert (parts <= 1).all()
    if sum(men) + sum(women) and since == 2023:
        assert parts[-1] == pytest.approx(1)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    pupils=st.lists(st.integers(60, 900), min_size=1, max_size=4),
    data=st.data(),
    leave=st.sampled_from([0.0, 0.03]),
)
def test_nobody_leaves_twice(pupils, data, leave):
    """Whole persons; who left and who is there are together who was there; never more than by the ages."""
    county = steady(*pupils)
    start = county.tables["school_years"].query("year == 2023")["teachers_primary"].to_numpy()
    rows = []
    for school, number in enumerate(start, 1):
        old = data.draw(st.integers(0, int(number)))
        rows += [(school, "30_to_34", number - old, None), (school, "50_to_54", old, None)]
    county = aged(county, *rows)
    asked = scenario(kind="attrition", retirement_age=60, leave=leave)
    model = Model(county, asked, 2034).run()
    path = np.array([record["staff"][:, 0, 0].sum() for record in model.tables])
    left = np.cumsum([model.posts.left[year][0] for year in model.years])

    assert (path + left == start.sum()).all()
    assert (path == np.round(path)).all()
    if not leave:
        old = sum(number for _, band, number, _ in rows if band == "50_to_54")
        assert left[-1] == old
