"""Sums by year from arrays, against the same sums taken from the printed tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import analyze
from analysis.base.schema.terms import STAGE_GRADES, STAGES
from analysis.future.comparison import verdicts, yearly
from analysis.measure.verdicts import three_valued
from analysis.policy.standards import PARTS, load_standard

COUNTIES = ["652323-hutubi", "340207-jiujiang", "230505-sifangtai"]


@pytest.fixture(scope="module", params=COUNTIES)
def study(request):
    return analyze(request.param, scenario="plan_full")


def by_tables(study, year: int, stage: str) -> dict[str, float]:
    """One year and stage, with nothing but the tables that people see."""

    def here(table: pd.DataFrame) -> pd.DataFrame:
        return table[(table["year"] == year) & (table["stage"] == stage)]

    register = here(study.register)
    ordinary = register[register["type"] != "special_education"]
    schools, indicators = here(study.all_schools), here(study.all_indicators)
    balance = here(study.all_balance)
    balance = balance[(balance["indicator"] != "composite") & balance["limit"].notna()]
    tables = study.county.tables
    special = set(register.loc[register["type"] == "special_education", "school_id"])
    grades = tables["enrolment"]
    grades = grades[(grades["year"] == year) & grades["grade"].isin(STAGE_GRADES[stage])]
    found = {
        "students": ordinary["students"].sum(),
        "classes": ordinary["classes"].sum(),
        "largest_class": grades[~grades["school_id"].isin(special)]["largest_class"].max(),
        "schools": len(schools),
        # nothing known of any school is not 0
        "passing": (schools["status"] == "met").sum()
        if (schools["status"] != "not_assessed").any()
        else np.nan,
        "cv_over": (balance["cv"] > balance["limit"] * (1 + 1e-12)).sum()
        if balance["cv"].notna().any()
        else np.nan,
        "cv_max": balance.loc[(balance["cv"] / balance["limit"]).idxmax(), "cv"]
        if balance["cv"].notna().any()
        else np.nan,
    }
    for name in load_standard("cn-2017").indicators.staff:
        rows = indicators[indicators["indicator"] == name]
        found[name] = rows["shortfall"].sum() if rows["value"].notna().any() else np.nan
    rooms = here(study.outlook.capacity)
    for name in ("classes_missing", "seats_missing"):
        # what is missing is counted in whole places
        whole = np.ceil(rooms[name].sum() - 1e-6)
        found[name] = whole if year > study.county.last_observed else np.nan
    return found


@pytest.mark.slow
def test_sums_are_those_of_the_tables(study):
    table = yearly(study)
    taught = [s for s in STAGES if (study.register["stage"] == s).any()]
    assert len(table) == len(study.years) * len(taught)
    for row in table.to_dict("records"):
        for column, expected in by_tables(study, row["year"], row["stage"]).items():
            assert row[column] == pytest.approx(expected, nan_ok=True), (row["year"], column)
    projected = table["year"] > study.county.last_observed
    assert (table.loc[projected, "basis"] == "projected").all()
    assert (table.loc[~projected, "basis"] == "observed").all()


def test_verdicts_are_those_of_the_evaluation(study):
    found = verdicts(study).set_index("year")
    assert list(found.index) == list(study.years)
    for year, items in study.all_evaluation.groupby("year"):
        assert found.loc[year, "recognised"] == three_valued(items["status"])
        for part in PARTS:
            expected = three_valued(items.loc[items["part"] == part, "status"])
            assert found.loc[year, part] == expected


@pytest.mark.parametrize("name", ["150202-donghe", "230505-sifangtai"])
def test_verdicts_of_a_projection_are_those_of_its_whole_rows(name):
    """Worked out without the other columns of most years, they are the same, item by item."""
    quick, whole = (analyze(name, scenario="baseline") for _ in range(2))
    table = whole.all_evaluation
    for year, statuses in quick.statuses.items():
        rows = table[table["year"] == year]
        assert list(statuses.items()) == list(zip(rows["item"], rows["status"], strict=True))
    for year in (quick.county.last_observed, quick.year):
        assert repr(quick.rows_of(year)) == repr(whole.rows_of(year))
    item = "schools.primary"
    some = quick.rows_of(quick.year, [item])
    assert repr(some) == repr({item: whole.rows_of(quick.year)[item]})
