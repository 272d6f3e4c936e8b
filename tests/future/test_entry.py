"""Births to first grade by the cut-off date, and projections that cannot be made as asked."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from cohort_county import cohort_county

from analysis import load_county, load_scenario, project
from analysis.base.files import InputError
from analysis.future.assumptions.scenario import Scenario
from analysis.future.past.entry import Entry, until
from analysis.future.projection.model import Model

ANY = {"source": "test", "confidence": "low"}


def scenario(**sections) -> Scenario:
    given = {"births": {"change": 0.0, **ANY}, "entry": {"window": 3, **ANY}}
    return Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, **given, **sections})


def test_a_third_was_born_the_year_before():
    entry = Entry({2016: 300.0, 2017: 600.0})
    assert entry.parts(2023) == pytest.approx({2016: 1 / 3, 2017: 2 / 3})
    assert entry.children(2023) == pytest.approx((300 + 2 * 600) / 3)
    assert entry.complete(2023)
    # births known to 2017 carry a third of the entrants of 2024
    assert not entry.complete(2024)
    assert entry.children(2024) == pytest.approx(600)
    assert np.isnan(entry.children(2030))


def test_a_date_that_changes_makes_one_longer_cohort():
    entry = Entry(dict.fromkeys(range(2010, 2022), 1200.0), {2024: "12-31"})
    assert [entry.children(year) for year in (2023, 2024, 2025)] == pytest.approx(
        [1200, 1600, 1200]
    )


def test_births_by_month():
    summer = (0, 0, 0, 0, 0, 50.0, 50.0, 0, 0, 0, 0, 0)
    assert until("08-31", summer) == 1
    assert until("06-15", summer) == pytest.approx(0.25)
    entry = Entry({2016: 100.0, 2017: 120.0}, monthly={2016: summer})
    # nobody of 2016 is left for 2023; of 2017 two thirds are known by nothing but the year
    assert entry.children(2023) == pytest.approx(80)


def pupils(first: list[float]) -> np.ndarray:
    """A primary school whose cohorts go on whole."""
    cells = np.full((9, len(first)), 100.0)
    for year, number in enumerate(first):
        for grade in range(6):
            if year + grade < len(first):
                cells[grade, year + grade] = number
    cells[6:] = np.nan
    return cells


def test_entrants_are_without_bias_when_births_change():
    """Entrants that follow the cut-off date exactly are projected exactly."""
    births = {year: 1000.0 * 0.93 ** (year - 2008) for year in range(2008, 2022)}
    of_age = Entry(births).children
    years = list(range(2016, 2022))
    county = cohort_county({"A": pupils([0.97 * of_age(y) for y in years])}, years, births)
    model = Model(county, scenario(births={"change": -0.07, **ANY}), 2029).run()
    assert model.rates.entry_ratio == pytest.approx(0.97)
    for year in range(2022, 2028):
        assert model.rates.entrants[year] == pytest.approx(0.97 * of_age(year), rel=1e-9)


def test_the_county_s_date_outlasts_a_scenario_about_numbers(tmp_path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "baseline.yaml").write_text(
        "name: {zh: 本县, en: Own}\n"
        "entry: {cutoff: {2020: 09-30}, window: 2, source: county, confidence: high}\n"
    )
    county = dataclasses.replace(load_county("652323-hutubi"), path=tmp_path)
    low = load_scenario("births_low", county).entry
    assert (low.cutoff, low.factor, low.window) == ({2020: "09-30"}, 0.95, 3)


def test_a_date_that_is_none_is_refused(tmp_path):
    (tmp_path / "x.yaml").write_text(
        "name: {zh: 一, en: One}\nentry: {cutoff: 31-08, source: a, confidence: low}\n"
    )
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path / "x.yaml")
    assert "“31-08” is not a day of every year; write it as 12-31" in str(error.value)


# --- what cannot be known is said, never left out ----------------------------------------------------------


def notes(outlook) -> str:
    return "\n".join(note.sentence("en") for note in outlook.notes)


def test_one_year_of_history_keeps_every_cohort():
    cells = np.full((9, 1), 220.0)
    outlook = project(cohort_county({"A": cells}, [2021], {2014: 220, 2015: 220}), scenario(), 2024)
    assert outlook.students[3, 0] == pytest.approx([220.0] * 9)
    assert (
        "only 2021 has been observed: nobody knows how many pupils stay from grade to grade; every "
        "cohort is taken to go on whole"
    ) in notes(outlook)


def test_a_stage_without_feeder_keeps_its_entrants():
    junior = np.full((9, 3), np.nan)
    junior[6:] = np.array([[90.0, 100, 110]] * 3)
    outlook = project(cohort_county({"M": junior}, [2019, 2020, 2021]), scenario(), 2024)
    assert outlook.students[1:, 0, 6] == pytest.approx([100.0] * 3)
    assert "their entrants are taken as the mean of the last 3 years" in notes(outlook)


def test_without_births_the_entrants_stay_and_it_is_said():
    outlook = project(cohort_county({"A": pupils([90, 100, 110])}, [2019, 2020, 2021]), scenario(), 2023)  # fmt: skip
    assert outlook.students[1:, 0, 0] == pytest.approx([100.0] * 2)
    assert "no births are known for the entrants of 2022–2023" in notes(outlook)


def test_a_grade_without_pupils_stays_a_row():
    cells = pupils([100.0] * 4)
    cells[2, 3] = 0.0
    births = dict.fromkeys(range(2010, 2022), 100.0)
    outlook = project(
        cohort_county({"A": cells}, [2018, 2019, 2020, 2021], births), scenario(), 2023
    )
    table = outlook.county.tables["enrolment"]
    here = table[(table["year"] == 2022) & (table["grade"] == 4)]
    assert here[["students", "classes"]].to_numpy(dtype=float).tolist() == [[0.0, 0.0]]
    assert pd.isna(here["largest_class"].iloc[0])
    assert sorted(table.loc[table["year"] == 2023, "grade"]) == [1, 2, 3, 4, 5, 6]
