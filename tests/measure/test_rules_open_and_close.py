"""Where a requirement is judged, open or not applicable, and what its value is, case by case."""

import dataclasses
import math
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from counties import build_county, school

from analysis import analyze, load_county
from analysis.policy.standards import load_standard


def with_rooms(county, year, rooms):
    """The county with rooms: (school_id, kind, area)."""
    columns = ["school_id", "kind", "area_m2"]
    table = pd.DataFrame(rooms, columns=columns).assign(year=year)
    return dataclasses.replace(county, tables=MappingProxyType({**county.tables, "rooms": table}))


def unreported(county, *items):
    """The county without a reported value of these items: only the tables tell."""
    table = county.tables["county_years"]
    kept = table[~table["item"].isin(items)]
    return dataclasses.replace(
        county, tables=MappingProxyType({**county.tables, "county_years": kept})
    )


def of(study, item):
    return study.evaluation.set_index("item").loc[item]


@pytest.mark.parametrize(
    ("primary", "junior", "rooms", "value", "status"),
    [
        (18, 0, 1, 18, "not_met"),
        (27, 0, 2, 13.5, "not_met"),
        (24, 0, 2, 12, "met"),
        (10, 0, 1, 10, "met"),
        # a room for 12 classes begun of each stage: 26 classes need 4
        (13, 13, 3, 26 / 3, "not_met"),
        (13, 13, 4, 6.5, "met"),
    ],
)
def test_classes_per_room_are_those_of_the_school(primary, junior, rooms, value, status):
    one = school(
        "nine_year" if junior else "primary",
        primary * 40,
        junior * 40 or None,
        classes_primary=primary,
        **({"classes_junior": junior} if junior else {}),
    )
    there = [("001", kind, 100.0) for kind in ("music", "art") for _ in range(rooms)]
    row = of(analyze(with_rooms(build_county([one]), 2023, there)), "G3.classes_per_room")

    assert row["value"] == pytest.approx(value)
    assert row["status"] == status


@pytest.mark.parametrize(
    ("areas", "status", "value"),
    [
        ([96, None], "not_assessed", math.nan),  # two are needed
        ([96, 97, None], "met", 96),
        ([90, None], "not_met", 90),
        ([None, None], "not_assessed", math.nan),
    ],
)
def test_a_blank_area_is_not_zero(areas, status, value):
    county = build_county([school("primary", 600, classes_primary=20)])
    county = unreported(county, "G3.music_area")
    rooms = [("001", "music", area) for area in areas] + [("001", "art", 95.0)] * 2
    row = of(analyze(with_rooms(county, 2023, rooms)), "G3.music_area")

    assert row["status"] == status
    assert row["value"] == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(("primary", "expected"), [(2600, "not_met"), (2400, "not_assessed")])
def test_one_stage_alone_above_the_limit_decides(primary, expected):
    county = unreported(build_county([school("nine_year", primary, 500)]), "G4.through_school_size")
    rows = county.tables["school_years"].copy()
    rows["students_junior"] = np.nan
    county = dataclasses.replace(
        county, tables=MappingProxyType({**county.tables, "school_years": rows})
    )

    assert of(analyze(county), "G4.through_school_size")["status"] == expected


@pytest.mark.parametrize(
    ("item", "part", "whole"),
    [
        ("G13.primary", "zone_enrolled_primary", "zone_students_primary"),
        ("G13.junior", "zone_enrolled_junior", "zone_students_junior"),
        ("G14.allocated", "quality_senior_places_allocated", "quality_senior_places"),
        ("Q2", "disabled_children_enrolled", "disabled_children_registered"),
    ],
)
def test_none_of_none_is_nothing_to_judge(item, part, whole):
    county = build_county([school("nine_year", 500, 500)])
    table = county.tables["county_years"]
    table = table[table["item"] != item]
    for (a, b), expected in (((0, 0), "not_applicable"), ((0, 9), "not_met"), ((9, 9), "met")):
        rows = [{"year": 2023.0, "item": n, "value": str(v)} for n, v in ((part, a), (whole, b))]
        both = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)
        tables = MappingProxyType({**county.tables, "county_years": both})
        assert of(analyze(dataclasses.replace(county, tables=tables)), item)["status"] == expected


def test_attached_classes_open_only_the_stages_they_report():
    schools = [school("primary", 500), school("attached_class", 60)]
    study = analyze(build_county(schools))

    for item in ("G13.junior", "G14.allocated", "G14.rural_tilt", "Q1"):
        assert of(study, item)["status"] == "not_applicable", item


def test_a_village_school_of_unknown_size_leaves_the_small_schools_open():
    county = build_county([school("primary", 500), school("primary", 80, area="rural")])
    table = county.tables["county_years"]
    rows = county.tables["school_years"].copy()
    rows.loc[rows["school_id"] == "002", "students_primary"] = np.nan
    tables = {"school_years": rows, "county_years": table[table["item"] != "G6"]}
    tables = MappingProxyType({**county.tables, **tables})

    assert of(analyze(dataclasses.replace(county, tables=tables)), "G6")["status"] == "not_assessed"


def test_special_education_funds_are_judged_by_the_measures():
    rules = load_standard("cn-2017")

    assert [rules.on(f"{year}-12-31")["G7"] for year in (2024, 2025, 2026)] == [6000] * 3
    assert 7000 in rules.entries["G7"].alternatives
    assert "7,000" in rules.entries["G7"].note.en
    county = build_county([school("special_education", 100, operating_funds_cny=650_000)], 2025)
    table = county.tables["county_years"]
    tables = {**county.tables, "county_years": table[table["item"] != "G7"]}
    study = analyze(dataclasses.replace(county, tables=MappingProxyType(tables)))
    assert of(study, "G7")["status"] == "met"
    assert of(study.with_rules(G7=7000), "G7")["status"] == "not_met"


@pytest.mark.slow
def test_private_share_is_computed_from_the_schools():
    """Donghe's plan counts 1,716 of 35,745 students in the private school."""
    study = analyze("150202-donghe")
    assert of(study, "private_share")["origin"] == "computed"
    assert of(study, "private_share")["value"] == pytest.approx(1716 / 35745, abs=5e-5)
    for name in ("150202-donghe", "411281-yima"):
        county = load_county(name)
        study = analyze(county)
        rows = county.tables["school_years"].merge(county.tables["schools"], on="school_id")
        rows = rows[rows["year"] == study.year]
        students = rows[["students_primary", "students_junior"]].sum(axis=1)
        share = students[rows["ownership"] == "private"].sum() / students.sum()
        assert of(study, "private_share")["value"] == pytest.approx(share)


@pytest.mark.parametrize(
    "name", ["150202-donghe", "150302-haibowan", "230505-sifangtai", "652323-hutubi"]
)
def test_a_budget_that_only_grows_is_judged(name):
    county = load_county(name)
    table = county.tables["county_years"]
    budget = table[table["item"] == "budget_education_cny"].set_index("year")["value"].astype(float)
    years = [year for year in county.years if year - 1 in county.years][-1:]
    for year in years:
        found = analyze(county, year).evaluation.set_index("item")
        if "budget_growth" not in found.index:  # the plan was not yet in force
            continue
        growth = budget[year] - budget[year - 1]
        assert found.loc["budget_growth", "value"] == growth
        assert found.loc["budget_growth", "target_status"] == ("met" if growth >= 0 else "not_met")
