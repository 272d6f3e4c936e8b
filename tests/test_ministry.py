"""Return sheets of the ministry -> county: every column, every layout, both generations."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from ministry_files import GENERATIONS, LAYOUTS, comparable, write_returns

from analysis import load_county
from analysis.ministry.folder import import_returns

ABOUT = {
    "code": "150304",
    "name": "乌达区",
    "name_en": "Wuda District",
    "province": "内蒙古自治区",
    "province_en": "Inner Mongolia",
}

#: Columns of school_years that no form carries.
NOT_IN_FORMS = ["operating_funds_cny", "training_funds_cny"]


@pytest.fixture(scope="module")
def wuda():
    return load_county("150304-wuda")


@pytest.fixture(scope="module")
def donghe():
    """The sample with every type of school, private ones and senior grades."""
    return load_county("150202-donghe")


@pytest.fixture
def small(make_county):
    """Three schools: primary, junior, nine-year; one year, with grades."""
    county = make_county(
        [
            {"school_id": "1503040001", "name": "一小", "type": "primary", "students_primary": 600},
            {"school_id": "1503040002", "name": "一中", "type": "junior", "students_junior": 450},
            {
                "school_id": "1503040003",
                "name": "实验学校",
                "type": "nine_year",
                "students_primary": 600,
                "students_junior": 300,
            },
        ],
        2021,
    )
    rows = []
    for school in county.tables["school_years"].to_dict("records"):
        for stage, grades in (("primary", range(1, 7)), ("junior", range(7, 10))):
            students, classes = school[f"students_{stage}"], school[f"classes_{stage}"]
            if students == students:
                each, more = divmod(int(classes), len(grades))
                rows += [
                    {
                        "school_id": school["school_id"],
                        "year": 2021.0,
                        "grade": float(grade),
                        "students": students / len(grades),
                        "classes": float(each + (number < more)),
                    }
                    for number, grade in enumerate(grades)
                ]
    enrolment = pd.DataFrame(rows, columns=county.tables["enrolment"].columns)
    enrolment = enrolment.astype(county.tables["enrolment"].dtypes.to_dict())
    object.__setattr__(county, "tables", dict(county.tables) | {"enrolment": enrolment})
    return county


def sentences(found, severity=None) -> str:
    return "\n".join(f.sentence("en") for f in found.findings if severity in (None, f.severity))


def book(folder: Path, name: str) -> tuple[Path, openpyxl.Workbook]:
    path = folder / "2021学年" / name
    return path, openpyxl.load_workbook(path)


# --- what comes back is what went in -------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_same_tables_come_back(wuda, tmp_path, generation, layout):
    arrangement = {"plain": "school", "merged": "form", "shifted": "stacked"}[layout]
    years = wuda.years[-2:]
    write_returns(wuda, tmp_path / "in", generation, layout, arrangement=arrangement, years=years)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert sentences(found, "error") == ""
    assert found.returns.contradictions == []
    _assert_same(load_county(tmp_path / "out"), wuda, years)


def _assert_same(made, county, years):
    """Every column that a form carries, exactly."""
    want = county.tables["school_years"]
    want = comparable(want[want["year"].isin(years)], ["school_id", "year"])
    got = comparable(made.tables["school_years"], ["school_id", "year"])
    carried = [c for c in got.columns if c not in (*NOT_IN_FORMS, "note")]
    pd.testing.assert_frame_equal(got[carried], want[carried])
    assert got[NOT_IN_FORMS].isna().all(axis=None)

    keys = ["school_id", "year", "grade"]
    want = county.tables["enrolment"]
    want = comparable(want[want["year"].isin(years)], keys)
    got = comparable(made.tables["enrolment"], keys)
    carried = [*keys, "students", "classes"]
    pd.testing.assert_frame_equal(got[carried], want[carried])

    roster = ["school_id", "name", "type", "ownership", "sponsor", "area"]
    here = county.tables["schools"]
    here = here[here["school_id"].isin(made.tables["school_years"]["school_id"])]
    pd.testing.assert_frame_equal(
        comparable(made.tables["schools"], ["school_id"])[roster],
        comparable(here, ["school_id"])[roster],
    )


@pytest.mark.parametrize("arrangement", ["school", "form", "stacked", "single"])
def test_any_arrangement_of_files(small, tmp_path, arrangement):
    write_returns(small, tmp_path / "in", "new", "merged", arrangement=arrangement)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert sentences(found, "error") == ""
    _assert_same(load_county(tmp_path / "out"), small, [2021])


def test_every_type_of_school_and_senior_grades(donghe, tmp_path):
    write_returns(donghe, tmp_path / "in", "new", "merged", years=[2021])

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT | {"code": "150202"})

    assert sentences(found, "error") == ""
    assert found.returns.contradictions == []
    _assert_same(load_county(tmp_path / "out"), donghe, [2021])


def test_both_generations_in_one_folder(wuda, tmp_path):
    write_returns(wuda, tmp_path / "in", "old", "plain", years=[2020])
    write_returns(wuda, tmp_path / "in", "new", "shifted", years=[2021])

    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    _assert_same(load_county(tmp_path / "out"), wuda, [2020, 2021])


def test_ten_thousand_yuan_to_the_yuan(small, tmp_path):
    small.tables["school_years"].loc[2, "equipment_value_cny"] = 1969703.0
    write_returns(small, tmp_path / "in", "old", "merged")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    reading = found.returns.readings["1503040001", 2021, "school_years.equipment_value_cny"]

    assert (reading.written, reading.unit, int(reading.value)) == ("196.9703", "万元", 1969703)


def test_entrants_are_added_up_over_schools(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")

    import_returns(tmp_path / "in", tmp_path / "out", lang="en", **ABOUT)
    rows = (tmp_path / "out" / "county_years.csv").read_text(encoding="utf-8").splitlines()

    assert rows[1:] == [
        "2021,entrants_grade1,200,教基3112: sum of 2 schools",
        "2021,entrants_grade7,250,教基3115: sum of 2 schools",
    ]


def test_a_sum_with_a_gap_is_none(small, tmp_path):
    def change(sheet, school, year):
        if sheet.form == "教基3112" and school["name"] == "一小":
            sheet.lines[0][2][1] = None  # entrants

    write_returns(small, tmp_path / "in", "new", "plain", change=change)

    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    rows = (tmp_path / "out" / "county_years.csv").read_text(encoding="utf-8")

    assert "entrants_grade1" not in rows
    assert "entrants_grade7" in rows
