"""What smaller classes take, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from cohort_county import cohort_county

from analysis import analyze, load_county, load_scenario, project
from analysis.future.assumptions.planning import ClassSize
from analysis.future.assumptions.scenario import Scenario
from analysis.future.planning.small_classes import small_classes
from analysis.future.what_if import WhatIf
from analysis.present.projection import seats

ANY = {"source": "test", "confidence": "low"}
YEARS = [2019, 2020, 2021]
PRICES = {"room_m2": 100.0, "m2_cny": 3000.0, "teacher_cny": 100000.0}


def scenario(**policy) -> Scenario:
    flat = {
        "births": {"change": 0.0, **ANY},
        "entry": {"ratio": 1.0, "cutoff": "12-31", **ANY},
        "class_size": {"target": {"primary": 20}, **PRICES, **ANY} | policy,
    }
    return Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, **flat})


@pytest.fixture(scope="module")
def county():
    """A primary school of 50 a grade in two classes each, as long as births are 50."""
    pupils = np.full((9, 3), np.nan)
    pupils[:6] = 50
    return cohort_county({"A": pupils}, YEARS, dict.fromkeys(range(2010, 2022), 50.0))


def test_by_hand(county):
    # ten classes reported by the school (rooms), twelve by its grades: 50 pupils need three of 20
    outlook = project(county, scenario(), 2025)
    table = small_classes(outlook)
    rooms = outlook.capacity.set_index("year")["classrooms"]
    assert table["year"].tolist() == [2022, 2023, 2024, 2025]
    assert (table["classes"] == 12).all()
    assert (table["classes_needed"] == 18).all()
    assert (table["more_classes"] == 6).all()
    more = 18 - np.maximum(rooms, 12).to_numpy()
    assert table["more_rooms"].tolist() == more.tolist() == [6, 6, 6, 6]
    # rooms are paid once, teachers every year: two a class
    assert table["building_cny"].tolist() == [6 * 100 * 3000, 0, 0, 0]
    assert (table["more_teachers"] == 12).all()
    assert (table["teachers_cny"] == 12 * 100000).all()
    assert (table["cost_cny"] == table["building_cny"] + table["teachers_cny"]).all()


def test_entrants_first(county):
    table = small_classes(project(county, scenario(entrants_first=True, start=2023), 2026))
    assert table["year"].tolist() == [2023, 2024, 2025, 2026]
    # one cohort more every year
    assert table["more_classes"].tolist() == [1, 2, 3, 4]
    assert table["new_rooms"].tolist() == [1, 1, 1, 1]


def test_a_target_above_the_classes_takes_nothing(county):
    table = small_classes(project(county, scenario(target={"primary": 25}), 2025))
    assert (table[["more_classes", "more_rooms", "cost_cny"]] == 0).all(axis=None)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["340207-jiujiang", "652323-hutubi"])
def test_a_smaller_target_never_takes_less(name):
    plain = load_county(name)
    whole = load_scenario("baseline", plain)
    before = None
    for size in (45, 40, 35, 30):
        policy = ClassSize(target={"primary": size, "junior": size}, **ANY)
        outlook = project(plain, whole.model_copy(update={"class_size": policy}))
        table = small_classes(outlook)
        if before is not None:
            sums = ["classes_needed", "more_rooms", "more_teachers"]
            assert (table[sums].to_numpy() >= before[sums].to_numpy() - 1e-9).all()
        before = table
        # independent: school by school and grade by grade
        grades = outlook.county.tables["enrolment"]
        roster = outlook.county.tables["schools"].set_index("school_id")["type"]
        year = int(table["year"].iloc[0])
        wanted = 0
        for row in grades[(grades["year"] == year) & grades["grade"].between(1, 6)].itertuples():
            if roster[row.school_id] != "special_education":
                wanted += max(int(np.ceil(row.students / size - 1e-9)), int(row.classes))
        first = table[(table["year"] == year) & (table["stage"] == "primary")]
        assert first["classes_needed"].item() == wanted


def test_it_moves_no_figure(county):
    with_it = analyze(county, scenario=scenario())
    bare = load_scenario(scenario(), county).model_copy(update={"class_size": None})
    without = analyze(county, scenario=bare)
    assert with_it.statuses == without.statuses
    pd.testing.assert_frame_equal(with_it.outlook.capacity, without.outlook.capacity)
    assert small_classes(without.outlook).empty


def test_table_of_a_county():
    plain = load_county("340207-jiujiang")
    policy = ClassSize(target={"primary": 30}, **ANY)
    own = load_scenario("baseline", plain).model_copy(update={"class_size": policy})
    what_if = WhatIf.__new__(WhatIf)
    what_if.studies = {"own": analyze(plain, scenario=own)}
    what_if.scenarios, what_if.main = {"own": own}, "own"
    grid = seats.small_classes_grid(what_if, "en")
    table = small_classes(what_if.study.outlook)
    assert len(grid.rows) == len(table) > 0
    assert grid.rows[0][4].text == f"{table['more_classes'].iloc[0]:,.0f}"
