"""What is met only because schools have fewer pupils: by hand, and against what nothing but pupils changes."""

from __future__ import annotations

import numpy as np
import pytest
from cohort_county import cohort_county

from analysis import analyze
from analysis.base.language import speak
from analysis.base.schema.terms import STAGES
from analysis.future.assumptions.scenario import Scenario
from analysis.future.emptied import (
    emptied_indicators,
    emptied_items,
    emptied_now,
    emptied_schools,
    judged_as_full,
    newly_met,
)
from analysis.present.projection.emptied import emptied_sentences

SAID = {"source": "assumed", "confidence": "low"}
NAME = {"zh": "测试", "en": "Test"}
YEARS = [2021, 2022, 2023]


def halving(*pupils: int, **teachers: tuple):
    """Primary schools whose entrants are only half as many from 2024 on."""
    grades = {
        f"School {n}": np.array([[each / 6] * 3] * 6 + [[np.nan] * 3] * 3)
        for n, each in enumerate(pupils, 1)
    }
    whole = sum(pupils) / 6
    births = dict.fromkeys(range(2010, 2017), whole) | dict.fromkeys(range(2017, 2030), whole / 2)
    county = cohort_county(grades, YEARS, births)
    table = county.tables["school_years"]
    for name, values in teachers.items():
        table[f"{name}_primary"] = (
            table["school_id"].astype(int).map(lambda n, values=values: float(values[n - 1]))
        )
    return county


def scenario(**sections) -> Scenario:
    return Scenario.model_validate({"name": NAME} | sections)


def pupils(study, stage: str):
    """Pupils by year from the last observed one on."""
    table = study.county.tables["school_years"]
    table = table[table["year"] >= study.county.last_observed]
    return table.groupby("year")[f"students_{stage}"].sum(min_count=1)


def test_by_hand():
    """12 above-qualified teachers for 300 pupils are 4.0 for a hundred, 4.2 are asked for.

    With half the entrants from 2024 on it is met as soon as 285 pupils are left, and nobody was hired.
    """
    county = halving(300, above_qualification=(12,), teachers=(30,))
    study = analyze(county, scenario=scenario())
    full = judged_as_full(study)
    found = emptied_indicators(study, full)
    found = found[found["indicator"] == "teachers_above_qualification"]
    left = pupils(study, "primary")
    expected = [year for year in study.years if year > 2023 and 1200 / left[year] >= 4.2 - 1e-9]
    assert found["year"].tolist() == expected
    assert expected
    assert expected[0] in (2024, 2025)
    assert found["value_observed"].tolist() == pytest.approx([4.0] * len(expected))
    assert found["value_full"].tolist() == pytest.approx([4.0] * len(expected))
    assert found["value"].tolist() == pytest.approx([1200 / left[year] for year in expected])


@pytest.mark.slow
def test_who_recruits_has_earned_it():
    """Two more teachers make 14 for 300 pupils: 4.67, met with all the pupils there were."""
    county = halving(300, above_qualification=(12,), teachers=(30,))
    entry = {"stage": "primary", "persons": 2, "start": 2024, "end": 2024, **SAID}
    study = analyze(county, scenario=scenario(recruitment=[entry]))
    found = emptied_indicators(study, judged_as_full(study))
    assert "teachers_above_qualification" not in set(found["indicator"])
    half = analyze(county, scenario=scenario(recruitment=[entry | {"persons": 0.3}]))
    found = emptied_indicators(half, judged_as_full(half))
    # 12.3 are 4.1 with all the pupils: still only because they leave
    assert "teachers_above_qualification" in set(found["indicator"])


def test_the_quota_does_not_hide_it():
    """By the quota the surplus goes with the pupils: nothing is met only because they leave."""
    county = halving(300, above_qualification=(12,), teachers=(30,))
    staff = SAID | {"kind": "quota", "surplus": "go"}
    study = analyze(county, scenario=scenario(staff=staff))
    found = emptied_indicators(study, judged_as_full(study))
    assert "teachers_above_qualification" not in set(found["indicator"])


def test_schools_and_items_and_sentences():
    """Every indicator but two is met: the rule asks for six of seven, so the pupils that leave make it."""
    county = halving(300, above_qualification=(12,), backbone=(2,), teachers=(30,))
    study = analyze(county, scenario=scenario(), year=2031)
    full = judged_as_full(study)
    assert full.statuses[2023]["schools.primary"] == "not_met"
    items = emptied_items(study, full)
    row = items[(items["item"] == "schools.primary") & (items["year"] == 2031)].iloc[0]
    assert row[["value", "value_observed", "value_full"]].tolist() == [1, 0, 0]
    assert "School 1" in set(emptied_schools(study, full)["school"])
    assert emptied_items(study, judged_as_full(study, [2031])).equals(items[items["year"] == 2031].reset_index(drop=True))  # fmt: skip
    assert emptied_now(study).equals(items[items["year"] == 2031].reset_index(drop=True))
    counts = newly_met(study, full).loc[2031]
    assert counts["schools"] == counts["schools_emptied"] == 1
    (said,) = (
        text
        for text in emptied_sentences(study, items[items["year"] == 2031], speak("en"))
        if "every school" in text
    )
    assert "2023: 0" in said
    assert "with the pupils of 2023: 0" in said


def test_moved_pupils_stay_moved():
    """A third of the one school's pupils go to the other: with all pupils 200 and 200, not 300 and 100."""
    county = halving(300, 100)
    move = {
        "kind": "boundary", "origin": ["School 1"], "target": ["School 2"], "stage": "primary",
        "share": 1 / 3, "start": 2024, "mode": "all", **SAID,
    }  # fmt: skip
    study = analyze(county, scenario=scenario(moves=[move]))
    full = judged_as_full(study)
    table = full.county.tables["school_years"]
    seen = table[table["year"] == 2024].set_index("school_id")["students_primary"]
    shown = study.county.tables["school_years"]
    shown = shown[shown["year"] == 2024].set_index("school_id")["students_primary"]
    assert seen.sum() == pytest.approx(400)
    assert (seen / seen.sum()).to_numpy() == pytest.approx((shown / shown.sum()).to_numpy())
    assert seen["001"] == pytest.approx(200)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "way"),
    [("340207-jiujiang", "baseline"), ("150202-donghe", "plan_full"), ("230505-sifangtai", "plan_full")],
)  # fmt: skip
def test_as_many_pupils_as_observed_and_nothing_else(name, way):
    study = analyze(name, scenario=way)
    full = judged_as_full(study)
    last = study.county.last_observed
    for stage in STAGES:
        found = pupils(full, stage)
        assert found.to_numpy() == pytest.approx([found[last]] * len(found), nan_ok=True)
    ahead = [year for year in study.years if year >= last]
    assert list(full.years) == ahead
    # teachers, sites and the register are those of the projected year
    mine, theirs = (each.county.tables["school_years"] for each in (study, full))
    mine = mine[mine["year"] >= last].set_index(["school_id", "year"]).sort_index()
    theirs = theirs[theirs["year"] >= last].set_index(["school_id", "year"]).sort_index()
    same = [name for name in mine if name.startswith(("teachers", "backbone", "teaching", "equip"))]
    assert len(same) >= 6
    assert mine[same].equals(theirs[same])
    assert full.statuses[last] == study.statuses[last]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["340207-jiujiang", "652323-hutubi"])
def test_by_the_trend_nothing_but_pupils_changes(name):
    """Without moves and plan the full years are judged as the last observed one, where rules are the same."""
    study = analyze(name, scenario="baseline")
    full = judged_as_full(study)
    last = study.county.last_observed
    for year in (last + 1, study.outlook.until):
        for item, status in study.statuses[last].items():
            same = study.years[year].get(item) == study.years[last].get(item)
            if item.startswith(("schools.", "cv.", "composite")) and same:
                assert full.statuses[year][item] == status, (year, item)
    # so whatever a school newly meets in a shrinking stage is met only because pupils leave
    counts = newly_met(study, full).loc[study.outlook.until]
    left = {stage: pupils(study, stage) for stage in STAGES}
    shrinks = {stage for stage, found in left.items() if found.iloc[-1] < found.iloc[0]}
    table = study.all_indicators
    keys = ["stage", "school_id", "indicator"]
    before = table[(table["year"] == last) & table["status"].isin(["near", "short"])][keys]
    new = table[(table["year"] == study.outlook.until) & (table["status"] == "met")].merge(before, on=keys)  # fmt: skip
    assert counts["indicators_emptied"] == new["stage"].isin(shrinks).sum()
    assert counts["indicators"] == len(new) > 0


def test_nothing_newly_met_is_no_row(make_county):
    study = analyze(make_county([{"students_primary": 300}], YEARS), scenario=scenario())
    full = judged_as_full(study)
    assert emptied_items(study, full).empty
    assert not newly_met(study, full).to_numpy().any()
