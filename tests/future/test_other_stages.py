"""Kindergarten and senior school, by hand."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from cohort_county import cohort_county

from analysis import analyze, project
from analysis.future.assumptions.planning import OtherStages
from analysis.future.assumptions.scenario import Scenario
from analysis.future.planning.other_stages import other_stages

ANY = {"source": "test", "confidence": "low"}
YEARS = [2019, 2020, 2021]
BIRTHS = {year: float(90 + year - 2010) for year in range(2010, 2022)}


def scenario(**own) -> Scenario:
    flat = {
        "births": {"change": 0.0, **ANY},
        "entry": {"ratio": 1.0, "cutoff": "08-31", **ANY},
        "progression": {"method": "mean", "shrinkage": 0.0, **ANY},
        "other_stages": {"kindergarten": 0.8, "senior": 0.9, "general": 0.6, **ANY} | own,
    }
    return Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, **flat})


def county(**items: dict[int, float]):
    """A nine-year school whose grades keep their pupils: 10 more in grade 9 than in grade 1 of then."""
    pupils = np.array([[100.0 + 10 * (grade - year) for year in range(3)] for grade in range(9)])
    plain = cohort_county({"A": pupils}, YEARS, BIRTHS)
    past = plain.tables["county_years"]
    more = pd.DataFrame(
        [(year, item, str(value)) for item, values in items.items() for year, value in values.items()],
        columns=["year", "item", "value"],
    ).reindex(columns=past.columns)  # fmt: skip
    table = pd.concat([past, more.astype(past.dtypes.to_dict())], ignore_index=True)
    return dataclasses.replace(
        plain, tables=MappingProxyType(dict(plain.tables) | {"county_years": table})
    )


def found(own_county=None, **own) -> pd.DataFrame:
    outlook = project(own_county or county(), scenario(**own), 2026)
    return other_stages(outlook).set_index(["stage", "year"])


def test_kindergarten_by_hand():
    table = found()
    # of three to five by 31 August 2022: born September 2016 to August 2019
    children = BIRTHS[2016] / 3 + BIRTHS[2017] + BIRTHS[2018] + BIRTHS[2019] * 2 / 3
    row = table.loc[("kindergarten", 2022)]
    assert row["pupils"] == pytest.approx(0.8 * children, rel=1e-3)
    youngest = BIRTHS[2018] / 3 + BIRTHS[2019] * 2 / 3
    assert row["entrants"] == pytest.approx(0.8 * youngest, rel=1e-3)
    assert row["classes"] == np.ceil(row["pupils"] / 30)
    assert (row["ratio"], row["ratio_basis"]) == (0.8, "assumed")
    # births are known to 2021: 2024 needs those to 2021, 2025 those of 2022
    known = table.loc["kindergarten"]["births_known"]
    assert known.loc[[2024, 2025]].tolist() == [True, False]


def test_senior_school_by_hand():
    table = found()
    # grade 9 of 2019, 2020 and 2021
    ninth = [180.0, 170.0, 160.0]
    row = table.loc[("senior_general", 2022)]
    assert row["pupils"] == pytest.approx(0.9 * 0.6 * sum(ninth))
    assert row["entrants"] == pytest.approx(0.9 * 0.6 * ninth[-1])
    assert row["classes"] == np.ceil(row["pupils"] / 50)
    row = table.loc[("senior_vocational", 2022)]
    assert row["pupils"] == pytest.approx(0.9 * 0.4 * sum(ninth))
    # the pupils of grade 8 go on: grade 9 of 2022
    eighth = 170.0 - 2 * 10
    assert table.loc[("senior_general", 2023), "entrants"] == pytest.approx(0.9 * 0.6 * eighth)


def test_what_the_county_reports_goes_before():
    own = county(
        kindergarten_children={2021: 200.0},
        kindergarten_places={2020: 500.0, 2021: 100.0},
        senior_general_entrants={2020: 90.0, 2021: 85.0},
        senior_general_places={2021: 400.0},
    )
    table = found(own)
    children = BIRTHS[2015] / 3 + BIRTHS[2016] + BIRTHS[2017] + BIRTHS[2018] * 2 / 3
    row = table.loc[("kindergarten", 2022)]
    assert row["ratio"] == pytest.approx(200 / children, rel=1e-3)
    assert row["ratio_basis"] == "observed"
    # the last reported places, and more children than these
    assert row["places"] == 100
    assert row["lack"] == np.ceil(row["pupils"] - 100)
    assert row["level"] == "red"
    assert row["decide_by"] == 2019
    row = table.loc[("senior_general", 2022)]
    assert row["ratio"] == pytest.approx(85 / 170)
    assert (row["level"], row["lack"]) == ("none", 0)
    # nobody knows of vocational places
    row = table.loc[("senior_vocational", 2022)]
    assert row["level"] == "unknown"
    assert np.isnan(row["places"])
    assert np.isnan(row["lack"])


def test_a_blank_grade_nine_leaves_three_years_open():
    own = county()
    grades = own.tables["enrolment"].copy()
    grades.loc[(grades["grade"] == 9) & (grades["year"] == 2020), "students"] = np.nan
    own = dataclasses.replace(
        own, tables=MappingProxyType(dict(own.tables) | {"enrolment": grades})
    )
    table = found(own)
    assert table.loc["senior_general"]["pupils"].isna().tolist() == [True, True, False, False, False]  # fmt: skip


def test_they_move_no_verdict():
    own = county(kindergarten_places={2021: 1.0}, senior_general_places={2021: 1.0})
    bare = scenario().model_copy(update={"other_stages": None, "base": "none"})
    plain = analyze(own, scenario=bare)
    assert other_stages(plain.outlook).empty
    assert analyze(own, scenario=scenario()).statuses == plain.statuses
    assert analyze(county(), scenario=scenario()).statuses == plain.statuses


def test_class_sizes_are_completed():
    assert OtherStages(class_size={"senior": 45}, **ANY).class_size == {"kindergarten": 30, "senior": 45}  # fmt: skip
    assert OtherStages(**ANY).class_size == {"kindergarten": 30, "senior": 50}
