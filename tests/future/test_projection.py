"""Enrolment by cohort: a published case, cases for a pocket calculator, laws, and real schools."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from analysis import progression_ratios, project_enrolment
from analysis.future.past.backtest import backtest, backtest_errors

CASE = Path(__file__).parents[1] / "published" / "D2_enrollcast_r_package"
GRADE = {"K": 0, "1": 1, "2": 2}
REAL = Path(os.environ.get("JUNHENG_REAL_DATA", Path(__file__).parents[3] / "shared" / "real"))


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    table = pd.read_csv(CASE / "inputs_history.csv", dtype={"grade": str})
    return table.assign(grade=table["grade"].map(GRADE)).rename(columns={"enrollment": "students"})


@pytest.fixture(scope="module")
def expected() -> dict:
    return json.loads((CASE / "expected_ratios.json").read_text(encoding="utf-8"))


def ratios(table: pd.DataFrame, **options) -> dict[str, float]:
    found = progression_ratios(table, **options)
    names = {0: "K", 1: "1", 2: "2"}
    steps = zip(found["from_grade"], found["to_grade"], found["ratio"], strict=True)
    return {f"{names[a]}-{names[b]}": ratio for a, b, ratio in steps}


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("mean", {}),
        ("geometric", {"method": "geometric"}),
        ("median", {"method": "median"}),
        ("last", {"method": "last"}),
        ("weighted_most_recent_first_2_1", {"method": "weighted", "weights": (2, 1)}),
        ("mean_n_years_1", {"window": 1}),
    ],
)
def test_published_ratios(history, expected, case, options):
    found = ratios(history, **options)
    for step, value in expected[case].items():
        assert found[step] == pytest.approx(value, rel=1e-12)


def without(history: pd.DataFrame, grade: int, year: int) -> pd.DataFrame:
    return history.mask((history["grade"] == grade) & (history["year"] == year)).dropna()


@pytest.mark.parametrize(
    ("case", "year", "options"),
    [
        ("mean_with_grade1_2022_missing", 2022, {}),
        ("last_with_grade1_2023_missing", 2023, {"method": "last"}),
    ],
)
def test_published_ratios_with_a_missing_cell(history, expected, case, year, options):
    missing_row = ratios(without(history, 1, year), **options)
    blank = history.assign(
        students=history["students"].mask((history["grade"] == 1) & (history["year"] == year))
    )
    for step, value in expected[case].items():
        assert missing_row[step] == pytest.approx(value, rel=1e-12)
        assert ratios(blank, **options)[step] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("scenario", "entrants"),
    [
        ("entry_125_130_128", {2024: 125, 2025: 130, 2026: 128}),
        ("entry_130_140", {2024: 130, 2025: 140}),
    ],
)
def test_published_projection(history, scenario, entrants):
    table = pd.read_csv(CASE / "expected_projection_published.csv", dtype={"grade": str})
    table = table[table["scenario"] == scenario].assign(grade=lambda t: t["grade"].map(GRADE))

    found = project_enrolment(history, entrants=entrants, until=max(entrants))

    assert list(found.columns) == ["year", "grade", "students"]
    both = found.merge(table, on=["year", "grade"])
    assert len(both) == len(found) == len(table)
    assert both["students"].to_numpy() == pytest.approx(both["enrollment"].to_numpy(), abs=6e-6)


def test_what_must_be_refused(history, expected):
    assert len(expected["errors_expected"]) == 5
    apart = history[history["year"] != 2022]
    with pytest.raises(ValueError, match="no two consecutive years"):
        progression_ratios(apart)
    with pytest.raises(ValueError, match="occurs twice"):
        progression_ratios(pd.concat([history, history.iloc[:1]]))
    with pytest.raises(ValueError, match="-5: expected a number >= 0"):
        progression_ratios(history.assign(students=-5))
    with pytest.raises(ValueError, match="fewer than two consecutive grades"):
        progression_ratios(history[history["grade"] == 1])
    nobody = history.assign(students=history["students"].where(history["grade"] != 0, 0))
    with pytest.warns(UserWarning, match="not finite"):
        found = progression_ratios(nobody)
    assert np.isinf(found.loc[found["from_grade"] == 0, "ratio"]).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"method": "best"}, "expected one of mean, geometric"),
        ({"window": 0}, "whole number of at least 1"),
        ({"weights": (1, 2)}, "belong to the method 'weighted'"),
        ({"method": "weighted"}, "belong to the method 'weighted'"),
        ({"method": "weighted", "weights": (0, 0)}, "sum above 0"),
    ],
)
def test_options_that_make_no_sense(history, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        progression_ratios(history, **change)


def test_projection_needs_entrants_and_a_future(history):
    with pytest.raises(ValueError, match="entrants of 2025 in grade 0 are missing"):
        project_enrolment(history, entrants={2024: 100}, until=2025)
    with pytest.raises(ValueError, match="expected a year after the last observed one, 2023"):
        project_enrolment(history, entrants={}, until=2023)
    with pytest.raises(ValueError, match="expected one of none, yearly"):
        project_enrolment(history, entrants={2024: 1}, until=2024, rounding="up")


def test_rounding_half_up_is_carried_on():
    table = pd.DataFrame(
        [(2020, 1, 10), (2020, 2, 10), (2020, 3, 10), (2021, 1, 5), (2021, 2, 5), (2021, 3, 5)],
        columns=["year", "grade", "students"],
    )
    found = project_enrolment(table, entrants={2022: 4, 2023: 4}, until=2023, rounding="yearly")
    rows = found.set_index(["year", "grade"])["students"]
    # 5 x 0.5 = 2.5 -> 3 (half up), then 3 x 0.5 = 1.5 -> 2; 4 x 0.5 = 2
    assert rows[(2022, 2)] == 3
    assert rows[(2023, 3)] == 2
    assert rows[(2023, 2)] == 2


def schools() -> pd.DataFrame:
    rows = []
    for school, size in (("big", 100.0), ("small", 4.0)):
        for year in (2020, 2021, 2022):
            for grade in (1, 2, 3):
                rows.append((school, year, grade, size))
    return pd.DataFrame(rows, columns=["school_id", "year", "grade", "students"])


def test_schools_one_by_one():
    table = schools()
    table.loc[(table["school_id"] == "small") & (table["grade"] == 2), "students"] = 2.0
    found = progression_ratios(table).set_index(["school_id", "from_grade"])["ratio"]
    assert found[("big", 1)] == 1.0
    assert found[("small", 1)] == 0.5
    # 8 pupils fed the small school's ratio; the county's is (100 + 2) / (100 + 4)
    drawn = progression_ratios(table, shrinkage=8).set_index(["school_id", "from_grade"])["ratio"]
    assert drawn[("small", 1)] == pytest.approx(0.5 * 0.5 + 0.5 * 102 / 104, rel=1e-12)


def test_a_closed_school_is_left_out_and_said():
    table = schools()
    table = table[~((table["school_id"] == "small") & (table["year"] == 2022))]
    entrants = pd.DataFrame({"school_id": ["big"], "year": [2023], "students": [90]})
    with pytest.warns(UserWarning, match="1 schools have no row in 2022"):
        found = project_enrolment(table, entrants=entrants, until=2023)
    assert set(found["school_id"]) == {"big"}


def test_a_blank_cell_of_the_last_year_stays_unknown():
    table = schools()
    table.loc[(table["year"] == 2022) & (table["grade"] == 2), "students"] = np.nan
    entrants = pd.DataFrame({"school_id": ["big", "small"], "year": 2023, "students": [90, 5]})
    with pytest.warns(UserWarning, match="2 grades have no number in 2022"):
        found = project_enrolment(table, entrants=entrants, until=2023)
    rows = found[found["school_id"] == "big"].set_index("grade")["students"]
    assert rows[1] == 90
    assert rows[2] == 100
    assert np.isnan(rows[3])


def test_a_ratio_that_is_not_finite_is_not_projected_from(history):
    nobody = history.assign(students=history["students"].where(history["grade"] != 0, 0))
    with pytest.raises(ValueError, match="ratio to grade 1 is not finite"):
        project_enrolment(nobody, entrants={2024: 10}, until=2024)


@given(
    st.lists(st.integers(1, 500), min_size=12, max_size=12),
    st.sampled_from(["mean", "geometric", "median", "last"]),
    st.integers(2, 9),
)
def test_ratios_do_not_depend_on_the_size_of_the_county(cells, method, factor):
    table = pd.DataFrame(
        [(2020 + i // 4, 1 + i % 4, cell) for i, cell in enumerate(cells)],
        columns=["year", "grade", "students"],
    )
    once = progression_ratios(table, method=method)
    more = progression_ratios(table.assign(students=table["students"] * factor), method=method)
    assert once["ratio"].to_numpy() == pytest.approx(more["ratio"].to_numpy(), rel=1e-12)


@given(st.lists(st.integers(1, 500), min_size=9, max_size=9), st.integers(1, 4))
def test_shrinkage_of_a_single_school_changes_nothing(cells, shrinkage):
    """The county of one school has the school's own ratios when one transition counts."""
    table = pd.DataFrame(
        [("a", 2020 + i // 3, 1 + i % 3, cell) for i, cell in enumerate(cells)],
        columns=["school_id", "year", "grade", "students"],
    )
    plain = progression_ratios(table, method="last")
    drawn = progression_ratios(table, method="last", shrinkage=shrinkage)
    assert plain["ratio"].to_numpy() == pytest.approx(drawn["ratio"].to_numpy(), rel=1e-9)


def test_what_was_projected_is_compared_with_what_came():
    table = schools()
    found = backtest(table, (1,))
    # 100 and 4 pupils in three grades, always: nothing else can be projected
    assert set(found["origin"]) == {2021}
    assert found["projected"].tolist() == found["actual"].tolist() == [300, 12]
    grown = table.assign(students=table["students"] * (1 + (table["year"] - 2020)))
    errors = backtest_errors(backtest(grown, (1,)))
    # no change: 200 instead of 300
    assert errors["unchanged"].tolist() == pytest.approx([1 / 3])


@pytest.fixture(scope="module")
def real() -> tuple[pd.DataFrame, pd.Series]:
    file = REAL / "nyc_schools_2005_2011" / "schools.csv"
    if not file.exists():
        pytest.skip("real enrolment data are not at hand (set JUNHENG_REAL_DATA to their folder)")
    table = pd.read_csv(file, dtype={"dbn": str, "district": str})
    table = table.rename(columns={"dbn": "school_id", "fall_year": "year", "K": "0"})
    long = table.melt(
        ["school_id", "year"], [str(grade) for grade in range(13)], "grade", "students"
    ).dropna()
    districts = table.drop_duplicates("school_id").set_index("school_id")["district"]
    return long.assign(grade=long["grade"].astype(int)), districts


def test_real_schools_without_hand_holding(real):
    enrolment, districts = real
    options = {"method": "geometric", "window": 3, "shrinkage": 50}

    results = backtest(enrolment, (1, 2, 5), **options)
    by_school = backtest_errors(results).set_index("horizon")
    by_district = backtest_errors(results, districts).set_index("horizon")

    assert enrolment["school_id"].nunique() > 1500
    assert list(by_school.index) == [1, 2, 5]
    # one year ahead better than "nothing changes", for schools as for districts
    assert by_school.loc[1, "projected"] < 0.75 * by_school.loc[1, "unchanged"]
    assert (by_district["projected"] < by_district["unchanged"]).all()


def test_real_schools_are_projected_whole(real):
    enrolment, _ = real
    last = enrolment[enrolment["year"] == 2011]
    lowest = last.sort_values("grade").groupby("school_id")["grade"].transform("min")
    gaps = last.sort_values(["school_id", "grade"]).groupby("school_id")["grade"].diff() > 1
    entry = last[(last["grade"] == lowest) | gaps.reindex(last.index)]
    entrants = pd.concat([entry.assign(year=year) for year in (2012, 2013)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = project_enrolment(
            enrolment, entrants=entrants, until=2013, method="geometric", window=3, shrinkage=50
        )
    assert set(found["school_id"]) == set(last["school_id"])
    total = found.groupby("year")["students"].sum()
    assert total[2012] == pytest.approx(last["students"].sum(), rel=0.03)
