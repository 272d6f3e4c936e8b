"""Numbers that somebody else has printed, each with its source in `tests/published`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from analysis import analyze, apportion, coefficient_of_variation, load_county
from analysis.measure.dispersion import (
    Grouped,
    break_even,
    moments,
    standard_deviation,
    variation_shares,
    weighted_mean,
)
from analysis.policy.standards import load_standard

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


PUBLISHED = Path(__file__).parents[1] / "published"


def read(case: str) -> tuple[pd.DataFrame, dict]:
    folder = PUBLISHED / case
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return pd.read_csv(folder / "inputs.csv"), expected


def variation_of(study, stage: str, indicator: str) -> pd.Series:
    table = study.balance.set_index(["stage", "indicator"])
    return table.loc[(stage, indicator)]


# --- A1: five primary schools, books per student --------------------------------------------------


@pytest.fixture(scope="module")
def books() -> tuple[pd.Series, pd.Series]:
    inputs, _ = read("A1_cv_books_5_primary")
    return inputs["books"] / inputs["students"], inputs["students"]


@pytest.fixture(scope="module")
def books_study(make_county, write_county, tmp_path_factory):
    """The same five schools as a county's folder, the books standing in for equipment."""
    inputs, _ = read("A1_cv_books_5_primary")
    schools = [
        {"name": row.school, "students_primary": row.students, "equipment_value_cny": row.books}
        for row in inputs.itertuples()
    ]
    folder = write_county(make_county(schools), tmp_path_factory.mktemp("books"))
    return analyze(load_county(folder))


def test_a1_variation(books):
    assert coefficient_of_variation(*books) == pytest.approx(0.515257, abs=1e-6)


def test_a1_every_printed_term(books):
    values, students = books
    _, expected = read("A1_cv_books_5_primary")
    printed, exact = expected["published"], expected["recomputed_exact"]
    weights = students / students.sum()
    terms = weights * (values - weighted_mean(values, students)) ** 2

    assert students.sum() == printed["students_total"]
    assert (values * students).sum() == pytest.approx(printed["books_total"])
    assert weights.round(3).tolist() == printed["weights"]
    assert weighted_mean(values, students) == pytest.approx(printed["county_mean"], abs=0.005)
    assert terms.iloc[0] == pytest.approx(printed["terms"][0], abs=0.0005)
    assert terms[1:].tolist() == pytest.approx(printed["terms"][1:], abs=0.005)
    assert terms.sum() == pytest.approx(printed["sum_of_terms"], abs=0.005)
    assert standard_deviation(values, students) == pytest.approx(printed["S"], abs=0.005)
    assert round(coefficient_of_variation(values, students), 2) == printed["cv"]

    assert weighted_mean(values, students) == pytest.approx(exact["county_mean"], rel=1e-12)
    assert terms.tolist() == pytest.approx(exact["terms"], rel=1e-12)
    assert standard_deviation(values, students) == pytest.approx(exact["S"], rel=1e-12)
    assert coefficient_of_variation(values, students) == pytest.approx(exact["cv"], rel=1e-12)


def test_a1_share_of_each_school(books):
    shares = 100 * variation_shares(*books)
    assert shares == pytest.approx([0.03, 8.0, 48.1, 42.3, 1.6], abs=0.05)
    assert shares[0] == pytest.approx(0.03, abs=0.005)


def test_a1_break_even(books):
    assert break_even(weighted_mean(*books), coefficient_of_variation(*books)) == pytest.approx(
        8.016, abs=0.0005
    )


def test_a1_wrong_answers_do_not_come_out(books, books_study):
    _, expected = read("A1_cv_books_5_primary")
    row = variation_of(books_study, "primary", "equipment_value")
    wrong = expected["wrong_answers_to_reject"].values()
    for answer in (*wrong, 0.488771, 0.546462):
        assert coefficient_of_variation(*books) != pytest.approx(answer, abs=0.02)
        assert row["cv"] != pytest.approx(answer, abs=0.02)


def test_a1_through_a_county_folder(books_study):
    _, expected = read("A1_cv_books_5_primary")
    exact = expected["recomputed_exact"]
    row = variation_of(books_study, "primary", "equipment_value")

    assert row["schools"] == 5
    assert row["students"] == 302
    assert row["mean"] == pytest.approx(exact["county_mean"], rel=1e-12)
    assert row["sd"] == pytest.approx(exact["S"], rel=1e-12)
    assert row["cv"] == pytest.approx(exact["cv"], rel=1e-12)
    # the unweighted 0.4888 would have passed
    assert row["status"] == "not_met"
    assert books_study.recognised is False


# --- B1: a nine-year school's books ---------------------------------------------------------------


def test_b1_shares():
    inputs, expected = read("B1_apportion_9yr_books")
    row = inputs.iloc[0]
    printed, exact = expected["published"], expected["recomputed_exact"]
    shares = apportion(
        row["quantity_total"], primary=row["primary_students"], junior=row["junior_students"]
    )
    weighted = apportion(printed["weighted_students"], primary=166, junior=210)

    assert weighted["primary"] == pytest.approx(166 * 1)
    assert weighted["junior"] == pytest.approx(210 * 1.1)
    # the page rounds on the way; it is within one book
    assert shares["primary"] == pytest.approx(printed["primary_books"], abs=1)
    assert shares["junior"] == pytest.approx(printed["junior_books"], abs=1)
    assert shares["primary"] == pytest.approx(exact["primary_books"], rel=1e-12)
    assert shares["junior"] == pytest.approx(exact["junior_books"], rel=1e-12)
    assert shares["primary"] / row["quantity_total"] == pytest.approx(exact["primary_share"])
    assert shares["junior"] / row["quantity_total"] == pytest.approx(exact["junior_share"])
    assert shares["senior"] == 0


def test_b1_through_a_county(make_county):
    _, expected = read("B1_apportion_9yr_books")
    exact = expected["recomputed_exact"]
    school = {
        "type": "nine_year",
        "students_primary": 166,
        "students_junior": 210,
        "equipment_value_cny": 23_226,
    }
    table = analyze(make_county([school])).indicators
    value = table[table["indicator"] == "equipment_value"].set_index("stage")["value"]

    assert value["primary"] == pytest.approx(exact["primary_books_per_student"], rel=1e-12)
    assert value["primary"] == pytest.approx(
        expected["published"]["books_per_weighted_student"], abs=0.05
    )
    assert value["junior"] == pytest.approx(exact["junior_books_per_student"], rel=1e-12)


# --- C1: Jiujiang District 2023, all seven indicators ---------------------------------------------


def jiujiang() -> pd.DataFrame:
    """The printed table with our ids; the published order is the official one."""
    inputs, _ = read("C1_jiujiang_2023_7ind")
    assert [name.replace("(", "（").replace(")", "）") for name in inputs["indicator"]] == [
        indicator.zh for indicator in INDICATORS.values()
    ]
    return inputs.set_axis(list(INDICATORS))


def test_c1_variation_is_deviation_over_mean(make_county):
    """Two schools of the same size, one S above the printed mean and one below it."""
    printed = jiujiang()
    _, expected = read("C1_jiujiang_2023_7ind")
    students = 100_000
    columns = {
        "teachers_above_qualification": "above_qualification_primary",
        "backbone_teachers": "backbone_primary",
        "pe_arts_teachers": "pe_arts_primary",
        "teaching_area": "teaching_area_m2",
        "sports_area": "outdoor_sports_area_m2",
        "equipment_value": "equipment_value_cny",
        "multimedia_rooms": "multimedia_rooms",
    }
    schools = [
        {"students_primary": students, "indoor_sports_area_m2": 0}
        | {
            columns[name]: (row["county_mean"] + sign * row["S"]) * students / INDICATORS[name].per
            for name, row in printed.iterrows()
        }
        for sign in (1, -1)
    ]
    balance = analyze(make_county(schools)).balance
    primary = balance[balance["stage"] == "primary"].set_index("indicator")
    seven = primary.loc[list(INDICATORS)]

    assert seven["mean"].tolist() == pytest.approx(printed["county_mean"].tolist(), rel=1e-9)
    assert seven["sd"].tolist() == pytest.approx(printed["S"].tolist(), rel=1e-9)
    assert seven["cv"].tolist() == pytest.approx(printed["cv_published"].tolist(), abs=5e-7)
    assert seven["cv"].tolist() == pytest.approx(expected["recomputed"]["cv"], rel=1e-9)
    assert primary.loc["composite", "cv"] == pytest.approx(
        expected["published"]["composite_primary_7ind"], abs=5e-7
    )
    assert primary.loc["composite", "cv"] == pytest.approx(seven["cv"].mean(), rel=1e-12)
    over = expected["recomputed"]["primary_cv_over_0.50_each_indicator_rule"]
    assert (seven["status"] == "not_met").tolist() == over


def test_c1_composite_below_the_limit_is_no_pass():
    study = analyze("340207-jiujiang", 2023)
    printed = jiujiang()
    balance = study.balance[study.balance["stage"] == "primary"].set_index("indicator")
    seven = balance.loc[list(INDICATORS)]

    assert seven["mean"].tolist() == pytest.approx(printed["county_mean"].tolist(), rel=0.005)
    assert seven["cv"].tolist() == pytest.approx(printed["cv_published"].tolist(), abs=0.005)
    assert balance.loc["composite", "cv"] == pytest.approx(0.367503, abs=0.005)
    assert balance.loc["composite", "cv"] < 0.50
    assert balance.loc["composite", "status"] == "not_applicable"
    assert balance.loc["backbone_teachers", "status"] == "not_met"
    assert (seven.drop("backbone_teachers")["status"] == "met").all()
    assert study.recognised is False


# --- an independent program -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_agrees_with_statsmodels(seed):
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "group": random.integers(0, 4, 60),
            "value": random.gamma(2, 3, 60),
            "students": random.integers(1, 2500, 60),
        }
    )
    columns = (rows["value"].to_numpy()[None], rows["students"].to_numpy(dtype=float))
    found = moments(*columns, Grouped(rows["group"].to_numpy(), 4))

    for group, part in rows.groupby("group"):
        theirs = DescrStatsW(part["value"], weights=part["students"], ddof=0)
        values = part["value"].to_numpy(), part["students"].to_numpy()
        assert weighted_mean(*values) == pytest.approx(theirs.mean, rel=1e-12)
        assert standard_deviation(*values) == pytest.approx(theirs.std, rel=1e-12)
        assert coefficient_of_variation(*values) == pytest.approx(theirs.std / theirs.mean)
        assert found.mean[0, group] == pytest.approx(theirs.mean, rel=1e-12)
        assert found.sd[0, group] == pytest.approx(theirs.std, rel=1e-12)
        assert found.cv[0, group] == pytest.approx(theirs.std / theirs.mean, rel=1e-12)
