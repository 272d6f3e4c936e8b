"""Return sheets of the ministry -> county: every column, every layout, both generations."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministry_files import (
    GENERATIONS,
    LAYOUTS,
    Sheet,
    basics,
    comparable,
    sheets,
    write_book,
    write_returns,
)
from typer.testing import CliRunner

from analysis import analyze, load_county
from analysis.base.files import InputError, read_model
from analysis.cli.app import app
from analysis.data.load import read_county
from analysis.ministry import forms as forms_of
from analysis.ministry.folder import import_returns
from analysis.ministry.forms import Forms, forms
from analysis.ministry.reading.heads import form_of, school_of, sheet_units, years_of
from analysis.ministry.reading.labels import key, units_in
from analysis.ministry.reading.locate import figure, find
from analysis.ministry.reading.parts import parts
from analysis.ministry.reading.sheets import Block, read_workbook

ABOUT = {
    "code": "150304",
    "name": "乌达区",
    "name_en": "Wuda District",
    "province": "内蒙古自治区",
    "province_en": "Inner Mongolia",
}

#: Columns of school_years that no form carries.
NOT_IN_FORMS = [
    "operating_funds_cny",
    "training_funds_cny",
    "senior_titles_primary",
    "senior_titles_junior",
]


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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("arrangement", ["school", "form", "stacked", "single"])
def test_any_arrangement_of_files(small, tmp_path, arrangement):
    write_returns(small, tmp_path / "in", "new", "merged", arrangement=arrangement)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert sentences(found, "error") == ""
    _assert_same(load_county(tmp_path / "out"), small, [2021])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_forms_of_all_schools_below_each_other_on_one_sheet(small, tmp_path, layout):
    """Neither file, sheet nor folder says which form or year: every block says it itself."""
    contents = []
    schools = small.tables["schools"].set_index("school_id", drop=False)
    grades = small.tables["enrolment"].groupby("school_id")
    for row in small.tables["school_years"].to_dict("records"):
        school = schools.loc[row["school_id"]].to_dict()
        by_grade = {
            int(r["grade"]): r for r in grades.get_group(row["school_id"]).to_dict("records")
        }
        forms_ = [basics(school, "new"), *sheets(row, by_grade, "new")]
        contents += [(sheet, school, 2021) for sheet in forms_]
    (tmp_path / "in").mkdir()
    write_book(tmp_path / "in" / "all.xlsx", contents, layout, "stacked")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert sentences(found, "error") == ""
    _assert_same(load_county(tmp_path / "out"), small, [2021])


@pytest.mark.slow
def test_every_type_of_school_and_senior_grades(donghe, tmp_path):
    write_returns(donghe, tmp_path / "in", "new", "merged", years=[2021])

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT | {"code": "150202"})

    assert sentences(found, "error") == ""
    assert found.returns.contradictions == []
    _assert_same(load_county(tmp_path / "out"), donghe, [2021])


@pytest.mark.slow
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


# --- what is wrong is said, with its place -------------------------------------------------------


def only(form, school="一小"):
    """A `change` that applies a function to one form of one school."""

    def decorate(work):
        def change(sheet, of, year):
            return work(sheet) if sheet.form == form and of["name"] == school else None

        return change

    return decorate


def imported(county, tmp_path, change=None, generation="new", layout="plain", **options):
    write_returns(county, tmp_path / "in", generation, layout, change=change)
    return import_returns(tmp_path / "in", tmp_path / "out", **(ABOUT | options))


def test_total_against_grades_names_both_places(small, tmp_path):
    @only("教基3112")
    def change(sheet):
        sheet.lines[0][2][6] = 613  # 在校生数

    found = imported(small, tmp_path, change)

    (contradiction,) = found.returns.contradictions
    sheet = "2021学年/1503040001.xlsx [教基3112]"
    assert contradiction.left == ("613", f"{sheet} I6")
    assert contradiction.right == ("600", f"{sheet} K6, L6, M6, N6, O6, P6")
    assert f"613 in {sheet} I6, 600 in {sheet} K6, L6" in sentences(found, "warning")
    # the folder is there, and what check says about it is passed on
    assert "the grades in table enrolment add up to 600" in sentences(found, "error")
    assert (tmp_path / "out" / "school_years.csv").is_file()


def test_same_quantity_in_two_forms(small, tmp_path):
    @only("教基4149", "实验学校")
    def change(sheet):
        sheet.lines[0][2][1] += 5

    found = imported(small, tmp_path, change)

    (contradiction,) = found.returns.contradictions
    assert contradiction.what.en == "Full-time teachers of the school and the sum of its stages"
    assert (contradiction.left[0], contradiction.right[0]) == ("95", "90")
    assert contradiction.left[1].endswith("[教基4149] D6")
    assert contradiction.right[1] == (
        "2021学年/1503040003.xlsx [教基4155] C6; 2021学年/1503040003.xlsx [教基4156] C6"
    )


def test_degrees_bands_and_rooms_must_add_up(small, tmp_path):
    def change(sheet, school, year):
        if school["name"] == "一小":
            if sheet.form == "教基4155":
                sheet.lines[3][2][0] += 2
            elif sheet.form == "教基2106":
                sheet.lines[1][2][0] = 1
            elif sheet.form == "教基5170":
                sheet.lines[2][2][0] += 10

    found = imported(small, tmp_path, change)

    assert [c.what.en for c in found.returns.contradictions] == [
        "Primary classes and the sum of the size bands",
        "Primary teachers and the sum of the degrees",
        "Teaching and auxiliary area and the sum of its rooms",
    ]


def test_a_part_cannot_be_more_than_the_whole(small, tmp_path):
    def change(sheet, school, year):
        if school["name"] == "一小" and sheet.form == "教基1102续":
            sheet.lines[3][2][0] = 61  # of 60 teachers

    found = imported(small, tmp_path, change)

    (contradiction,) = found.returns.contradictions
    assert contradiction.what.en == "Backbone teachers are among the primary teachers"
    assert (contradiction.left[0], contradiction.right[0]) == ("60", "61")


def test_a_subtotal_of_music_and_art_is_suspected(small, tmp_path):
    @only("教基4155")
    def change(sheet):
        sheet.lines[0][2][6] = sheet.lines[0][2][7] + sheet.lines[0][2][8]

    found = imported(small, tmp_path, change)

    assert "may be the subtotal of music and art" in sentences(found, "warning")


@pytest.mark.slow
def test_a_missing_form_leaves_its_columns_blank_and_is_said(small, tmp_path):
    def change(sheet, school, year):
        return not (sheet.form == "教基5176" and school["name"] == "一中")

    found = imported(small, tmp_path, change)
    county = load_county(tmp_path / "out")
    row = county.tables["school_years"].set_index("school_id").loc["1503040002"]

    assert {(m.school, m.to, m.forms, m.reason) for m in found.returns.missing} == {
        ("1503040002", f"school_years.{name}", ("基础基522", "教基5176"), "absent")
        for name in ("outdoor_sports_area_m2", "equipment_value_cny", "multimedia_rooms")
    }
    assert row[["outdoor_sports_area_m2", "equipment_value_cny", "multimedia_rooms"]].isna().all()


def test_a_blank_cell_is_missing_with_its_place(small, tmp_path):
    @only("教基5176", "一中")
    def change(sheet):
        sheet.lines[7][2][0] = None

    found = imported(small, tmp_path, change)

    (missing,) = found.returns.missing
    assert missing.reason == "blank"
    assert missing.place == "2021学年/1503040002.xlsx [教基5176] D13"


def test_wrong_labels(small, tmp_path):
    def change(sheet, school, year):
        if sheet.form == "教基5176" and school["name"] == "一小":
            sheet.lines[1] = ("操场", "平方米", sheet.lines[1][2])
        if sheet.form == "教基5176" and school["name"] == "一中":
            sheet.lines[:] = [("甲项", "个", [1]), ("乙项", "个", [2])]

    found = imported(small, tmp_path, change)

    assert (
        "1503040001.xlsx [教基5176]: Outdoor sports ground stays blank: "
        "no line is called 运动场地面积 | 体育运动场地面积 | 运动场地"
        in sentences(found, "warning")
    )
    assert (
        "1503040002.xlsx [教基5176]: none of the labels of 教基5176 is here; expected, among "
        "others: 运动场地面积, 教学仪器设备资产值, 网络多媒体教室" in sentences(found, "error")
    )
    assert found.out is None


def test_a_line_of_another_group_is_not_taken_instead(small, tmp_path):
    """初中 below 心理健康教师 is not 初中 below 县级及以上骨干教师."""

    @only("教基1102续", "一中")
    def change(sheet):
        sheet.lines[4] = ("初级", "人", sheet.lines[4][2])

    found = imported(small, tmp_path, change)

    assert found.returns.value("1503040002", 2021, "school_years.backbone_junior") is None
    assert [(m.to, m.reason) for m in found.returns.missing] == [
        ("school_years.backbone_junior", "unread")
    ]


def test_a_label_that_stands_twice_is_not_guessed(small, tmp_path):
    @only("教基5176")
    def change(sheet):
        sheet.lines.append(("运动场地面积", "平方米", [77]))

    found = imported(small, tmp_path, change)

    assert "stands in several places: D7, D15" in sentences(found, "error")
    assert found.out is None


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("", "cell D13: no unit is written in the sheet; expected one of 元, 人民币元, 千元, 万元"),
        ("平方米", "cell D13: C13 gives the unit 平方米, which is none of 元"),
        ("元", "cell D13: the units contradict each other: 万元 (A13), 元 (C13)"),
    ],
)
def test_a_unit_is_read_and_never_guessed(small, tmp_path, unit, said):
    @only("教基5176")
    def change(sheet):
        label = "教学仪器设备资产值（万元）" if unit == "元" else "教学仪器设备资产值"
        sheet.lines[7] = (label, unit, sheet.lines[7][2])

    found = imported(small, tmp_path, change)

    assert said in sentences(found, "error")
    assert found.out is None


def test_the_line_of_units_of_the_sheet_counts_and_may_contradict(small, tmp_path):
    @only("教基5176")
    def change(sheet):
        sheet.unit = "单位：平方米、万元、间"
        sheet.lines[:] = [(label, "", figures) for label, _, figures in sheet.lines]

    found = imported(small, tmp_path, change)
    reading = found.returns.readings["1503040001", 2021, "school_years.equipment_value_cny"]
    assert sentences(found, "error") == ""
    assert (reading.unit, int(reading.value)) == ("万元", 1_800_000)

    @only("教基5176")
    def against(sheet):
        sheet.unit = "单位：元"

    shutil.rmtree(tmp_path / "in")
    found = imported(small, tmp_path, against, force=True)
    assert "the units contradict each other: 元 (D3), 万元 (C13)" in sentences(found, "error")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("约600", "cell I6 is “约600”; expected a number"),
        (-3, "cell I6 is -3; expected a number that is not negative"),
        (600.5, "cell I6 is 600.5; expected a whole number that is not negative"),
    ],
)
def test_a_cell_that_is_no_count(small, tmp_path, value, said):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["I6"] = value
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert f"2021学年/1503040001.xlsx [教基3112]: {said}" in sentences(found, "error")


def test_cells_with_errors_or_without_results(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["I6"] = "=1/0"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert "cell I6 holds a formula without a result" in sentences(found, "error")


def test_a_form_twice(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    here = tmp_path / "in" / "2021学年"
    shutil.copy(here / "1503040001.xlsx", here / "copy.xlsx")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    assert sentences(found, "error") == ""
    assert (
        "2021学年/copy.xlsx [教基3112]: the form 教基3112 of school 1503040001 for 2021 is also in "
        "2021学年/1503040001.xlsx [教基3112], with the same figures" in sentences(found, "warning")
    )

    path, workbook = book(tmp_path / "in", "copy.xlsx")
    workbook["教基3112"]["I6"] = 700
    workbook.save(path)
    found = import_returns(tmp_path / "in", tmp_path / "out", force=True, **ABOUT)
    assert (
        "Primary students of school 1503040001 in 2021 is 600 in 2021学年/1503040001.xlsx "
        "[教基3112] I6 and 700 in 2021学年/copy.xlsx [教基3112] I6; keep one of them"
        in sentences(found, "error")
    )
    (contradiction,) = found.returns.contradictions
    assert (contradiction.left[0], contradiction.right[0]) == ("600", "700")


def test_one_broken_file_hides_nothing_else(small, tmp_path):
    @only("教基5176")
    def change(sheet):
        sheet.lines[7] = ("教学仪器设备资产值", "", sheet.lines[7][2])

    write_returns(small, tmp_path / "in", "new", "plain", change=change)
    (tmp_path / "in" / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "in" / "page.xls").write_text("<html><table><tr><td>1</td></tr></table></html>")
    (tmp_path / "in" / "empty.xlsx").write_bytes(b"")
    (tmp_path / "in" / "~$lock.xlsx").write_bytes(b"x")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    said = sentences(found, "error")

    assert "broken.xlsx: cannot be opened as a workbook" in said
    assert "page.xls: is a web page that was named like a workbook" in said
    assert "empty.xlsx: the file is empty" in said
    assert "1503040001.xlsx [教基5176]: cell D13: no unit is written" in said
    assert "lock" not in said
    assert not (tmp_path / "out").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out-import.csv", "out-import.html"]


# --- whose, which form, which year ---------------------------------------------------------------


def test_without_a_code_nobody_knows_whose_it_is(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["A2"] = workbook["教基3112"]["B2"] = None
    workbook["教基3112"]["D2"] = "无名学校"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert "[教基3112]: there is no line with the school's code" in sentences(found, "error")


@pytest.mark.slow
def test_a_name_alone_is_enough_if_another_sheet_has_its_code(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["A2"] = workbook["教基3112"]["B2"] = None
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert sentences(found, "error") == ""
    _assert_same(load_county(tmp_path / "out"), small, [2021])


@pytest.mark.slow
def test_the_form_calls_itself_otherwise_than_its_sheet(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "merged")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"].title = "教基9999"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert (
        "[教基9999]: the form calls itself 教基3112, but the name of the sheet or file says 教基9999"
        in sentences(found, "warning")
    )
    _assert_same(load_county(tmp_path / "out"), small, [2021])


@pytest.mark.slow
def test_the_sheet_name_is_enough_for_the_form(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["A1"] = "小学学生数"
    workbook["教基3112"].title = "教基3112_小学"
    workbook.save(path)

    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    _assert_same(load_county(tmp_path / "out"), small, [2021])


def test_the_year_of_the_sheet_goes_before_that_of_the_folder(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "merged")
    (tmp_path / "in" / "2021学年").rename(tmp_path / "in" / "2019年")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert found.returns.years == [2021]
    assert (
        "the sheet says school year 2021, the name of its folder or file 2019; read as 2021"
        in sentences(found, "warning")
    )


@pytest.mark.slow
def test_the_year_of_the_folder_if_the_sheet_has_none(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    for path in (tmp_path / "in").rglob("*.xlsx"):
        workbook = openpyxl.load_workbook(path)
        for sheet in workbook:
            sheet["A3"] = None
        workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    assert found.returns.years == [2021]

    (tmp_path / "in" / "2021学年").rename(tmp_path / "in" / "sheets")
    found = import_returns(tmp_path / "in", tmp_path / "out", force=True, **ABOUT)
    assert "no school year is written in the sheet" in sentences(found, "error")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2021/2022学年初", 2021),
        ("２０２１—２０２２学年", 2021),
        ("2021年9月1日", 2021),
        ("2022年1月", 2021),
        ("二〇二一年", None),
    ],
)
def test_school_years_as_they_are_written(small, tmp_path, text, year):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    for sheet in workbook:
        sheet["A3"] = text
    workbook.save(path)
    path.rename(tmp_path / "in" / "a.xlsx")
    shutil.rmtree(path.parent)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert found.returns.years == ([] if year is None else [year])


def test_several_school_years_in_one_sheet(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["A3"] = "2021/2022学年初、2022/2023学年初"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert (
        "1503040001.xlsx [教基3112]: several school years are written in the sheet: 2021 (A3), 2022 (A3)"
        in sentences(found, "error")
    )


def test_a_school_of_two_names(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["D2"] = "第一小学"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert (
        "the school 1503040001 is called 第一小学 here and 一小 elsewhere; the latter was kept"
        in sentences(found, "warning")
    )


def test_a_fact_that_differs_between_two_sheets(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    here = tmp_path / "in" / "2021学年"
    shutil.copy(here / "1503040001.xlsx", here / "later.xlsx")
    path, workbook = book(tmp_path / "in", "later.xlsx")
    assert workbook["教基1001"]["B4"].value == "小学"
    workbook["教基1001"]["B4"] = "九年一贯制学校"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert (
        "2021学年/later.xlsx [教基1001]: cell B4: “九年一贯制学校” differs from "
        "2021学年/1503040001.xlsx [教基1001] B4; the latter was kept" in sentences(found, "warning")
    )


def test_a_sheet_without_figures(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    page = workbook["教基3112"]
    page.delete_rows(4, page.max_row)
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert "[教基3112]: there are no figures in this sheet" in sentences(found, "warning")


def test_a_cell_far_outside_the_table(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    workbook["教基3112"]["Z100000"] = "x"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert (
        "1503040001.xlsx [教基3112]: there are cells filled in far outside the table; delete them"
        in sentences(found, "error")
    )


def test_forms_that_are_not_needed_are_listed(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    path, workbook = book(tmp_path / "in", "1503040001.xlsx")
    other = workbook.create_sheet("教基3113")
    other["A1"] = "教基3113 小学分年龄学生数"
    stray = workbook.create_sheet("Sheet1")
    stray["A1"] = "备忘"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    status = {r.sheet: r.status for r in found.returns.sheets}
    assert (status["教基3113"], status["Sheet1"]) == ("not_needed", "not_read")
    assert "[Sheet1]: no form number (such as 教基3112) is written here" in sentences(found)


# --- other shapes of the forms -------------------------------------------------------------------


def test_a_later_edition_has_both_stages_in_one_form(small, tmp_path):
    """Lines 小学 … and 初中 … in 教基4155, 艺术 as a merged head over 音乐 and 美术."""
    school = {"school_id": "1503040003", "name": "实验学校"}
    columns = [("合计",), ("语文",), ("体育与健康",), ("艺术", "音乐"), ("艺术", "美术")]
    lines = [("总计", "", [90, 80, 6, 2, 2])]
    for stage, total in (("小学", 60), ("初中", 30)):
        lines += [(stage, "", [total, total - 5, 3, 1, 1]), ("其中：女", "", [9, 9, 0, 0, 0])]
        degrees = {"博士研究生": 1, "硕士研究生": 4, "本科": total // 2, "专科": 5}
        lines += [(label, "", [n, n, 0, 0, 0]) for label, n in degrees.items()]
        lines += [("高中阶段", "", [total - sum(degrees.values()), 0, 0, 0, 0])]
    title = "义务教育阶段专任教师分课程、分学历情况"
    sheet = Sheet("教基4155", title, columns, lines, unit="单位：人")
    (tmp_path / "in").mkdir()
    write_book(tmp_path / "in" / "a.xlsx", [(sheet, school, 2023)], "merged")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    values = {to: int(r.value) for (_, _, to), r in found.returns.readings.items()}
    assert values["school_years.teachers_primary"] == 60
    assert values["school_years.teachers_junior"] == 30
    assert values["school_years.above_qualification_primary"] == 1 + 4 + 30 + 5
    assert values["school_years.above_qualification_junior"] == 1 + 4 + 15
    assert values["school_years.pe_arts_primary"] == 5
    assert values["school_years.pe_arts_junior"] == 5


def test_teachers_of_a_school_with_one_stage_from_the_staff_form(small, tmp_path):
    def change(sheet, school, year):
        return sheet.form != "教基4155"

    found = imported(small, tmp_path, change)
    rows = load_county(tmp_path / "out").tables["school_years"].set_index("school_id")

    assert rows.loc["1503040001", "teachers_primary"] == 60  # 教基4149
    assert rows["teachers_primary"].isna()["1503040003"]  # through-school: nobody can tell
    assert ("1503040003", "school_years.teachers_primary") in {
        (m.school, m.to) for m in found.returns.missing
    }


@pytest.mark.slow
def test_a_line_of_the_whole_school_is_not_quietly_one_stage(donghe, tmp_path):
    def change(sheet, school, year):
        if sheet.form == "教基4156":
            del sheet.lines[-10:]
            sheet.lines[:] = [
                ("总计" if label == "初中" else label, unit, figures)
                for label, unit, figures in sheet.lines
                if label != "高中"
            ]
        return school["type"] == "combined_secondary"

    write_returns(donghe, tmp_path / "in", "new", "plain", years=[2021], change=change)
    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert "Full-time junior teachers was read from a line of the whole school" in sentences(
        found, "warning"
    )


def test_a_fourth_junior_grade_is_the_five_four_ladder(small, tmp_path):
    @only("教基3115", "一中")
    def change(sheet):
        sheet.lines[0][2][2] += 40  # 在校生数
        sheet.lines[0][2][7] = 40  # 四年级

    found = imported(small, tmp_path, change)
    county = load_county(tmp_path / "out")
    grades = county.tables["enrolment"].query("school_id == '1503040002'")

    assert "1 schools have a fourth junior grade and are taken as five-four" in sentences(
        found, "warning"
    )
    assert found.returns.contradictions == []
    assert grades.set_index("grade")["students"].to_dict() == {6: 150, 7: 150, 8: 150, 9: 40}
    systems = county.tables["schools"].set_index("school_id")["system"]
    assert systems["1503040002"] == "5+4"
    assert systems[["1503040001", "1503040003"]].isna().all()
    assert analyze(county).rows.query("school_id == '1503040002'")["students"].tolist() == [490]


def test_a_fourth_junior_grade_that_the_total_leaves_out_contradicts_it(small, tmp_path):
    @only("教基3115", "一中")
    def change(sheet):
        sheet.lines[0][2][7] = 40

    (contradiction,) = imported(small, tmp_path, change).returns.contradictions

    assert (contradiction.left[0], contradiction.right[0]) == ("450", "490")


@pytest.mark.system
def test_old_xls_workbooks(small, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("libreoffice is not installed (only .ci/run installs it)")
    write_returns(small, tmp_path / "new", "old", "merged")
    (tmp_path / "in" / "2021").mkdir(parents=True)
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"),
            *("--convert-to", "xls", "--outdir", tmp_path / "in" / "2021"),
            *sorted((tmp_path / "new").rglob("*.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert {Path(r.file).suffix for r in found.returns.sheets} == {".xls"}
    assert sentences(found, "error") == ""
    _assert_same(load_county(tmp_path / "out"), small, [2021])


# --- the county folder ---------------------------------------------------------------------------


def test_the_made_folder_passes_check_and_holds_what_was_given(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain", roster=False)
    source = tmp_path / "in"
    small.tables["schools"].to_csv(source / "schools.csv", index=False)
    (source / "rooms.csv").write_text("school_id,year,kind,area_m2\n1503040001,2021,music,96\n")
    (source / "county_years.csv").write_text(
        "year,item,value,evidence\n2021,births,400,公报\n2021,entrants_grade1,201,学籍\n",
        encoding="utf-8",
    )
    (source / "county.yaml").write_text(
        'code: "150304"\nname: {zh: 乌达区, en: Wuda}\nprovince: {zh: 内蒙古, en: IM}\n'
        "target_year: 2027\n",
        encoding="utf-8",
    )

    found = import_returns(source, tmp_path / "out")
    county, _ = read_county(tmp_path / "out")

    assert sentences(found, "error") == ""
    assert county.record.target_year == 2027
    assert county.record.sources[-1].title == "教育事业统计报表"
    assert list(county.tables["rooms"]["area_m2"]) == [96]
    items = county.tables["county_years"].set_index("item")["value"]
    assert dict(items) == {"births": "400", "entrants_grade1": "201", "entrants_grade7": "250"}
    assert "entrants_grade1 of 2021 is 201, but the sheets add up to 200" in sentences(found)
    _assert_same(county, small, [2021])


def test_what_no_sheet_says_about_the_roster(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain", roster=False)

    found = import_returns(tmp_path / "in", tmp_path / "out", lang="en", **ABOUT)
    rows = pd.read_csv(tmp_path / "out" / "schools.csv", dtype=str)

    assert list(rows["type"]) == ["primary", "junior", "nine_year"]
    assert rows["ownership"].isna().all()
    assert "inferred from the stages they teach" in sentences(found, "warning")
    assert "Ownership is blank" in sentences(found, "error")


def test_what_is_missing_of_the_county_is_said(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")

    found = import_returns(tmp_path / "in", tmp_path / "out", code="15")
    assert (
        "the county's name, province is missing: give --name --province, or put a county.yaml"
        in sentences(found, "error")
    )
    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT | {"code": "15"})
    assert "code: must be six digits" in sentences(found, "error")
    assert found.out is None


@pytest.mark.slow
def test_a_folder_that_is_not_empty_is_only_renewed_with_force(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    (tmp_path / "out" / "mine.txt").write_text("x")

    with pytest.raises(InputError, match="the folder is not empty"):
        import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    assert (tmp_path / "out" / "mine.txt").exists()

    made = import_returns(tmp_path / "in", tmp_path / "out", force=True, **ABOUT)
    assert (tmp_path / "out" / "mine.txt").read_text() == "x"
    assert made.kept == ("mine.txt",)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        *("in", "out", "out-import.csv", "out-import.html")
    ]

    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.txt").write_text("x")
    with pytest.raises(InputError, match="is no county folder"):
        import_returns(tmp_path / "in", tmp_path / "papers", force=True, **ABOUT)
    with pytest.raises(InputError, match="choose another one"):
        import_returns(tmp_path / "in", tmp_path / "in", force=True, **ABOUT)


def test_a_failure_leaves_the_old_folder(small, tmp_path, monkeypatch):
    write_returns(small, tmp_path / "in", "new", "plain")
    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}

    def fail(path):
        raise OSError("disk full")

    monkeypatch.setattr("analysis.ministry.folder.read_county", fail)
    with pytest.raises(OSError, match="disk full"):
        import_returns(tmp_path / "in", tmp_path / "out", force=True, **ABOUT)

    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.slow
def test_a_failure_in_the_last_moment_brings_the_old_folder_back(small, tmp_path, monkeypatch):
    write_returns(small, tmp_path / "in", "new", "plain")
    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    rename = os.rename

    def fail(source, target):
        if Path(target) == tmp_path / "out" and Path(source).name.endswith(".import"):
            raise OSError("cannot be renamed")
        rename(source, target)

    monkeypatch.setattr("analysis.base.storage.switching.exchange", lambda one, other: False)
    monkeypatch.setattr("analysis.base.storage.switching.os.rename", fail)
    with pytest.raises(OSError, match="cannot be renamed"):
        import_returns(tmp_path / "in", tmp_path / "out", force=True, **ABOUT)

    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.slow
def test_command(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    options = [f"--{name.replace('_', '-')}={text}" for name, text in ABOUT.items()]
    start = ["import", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--lang", "en"]

    assert CliRunner().invoke(app, start + options).exit_code == 0
    again = CliRunner().invoke(app, start + options)
    assert again.exit_code == 1
    assert "the folder is not empty" in again.output
    assert CliRunner().invoke(app, [*start, *options, "--force"]).exit_code == 0
    nothing = CliRunner().invoke(app, ["import", str(tmp_path), "--out", str(tmp_path / "x" / "y")])
    assert nothing.exit_code == 1
    assert "Traceback" not in nothing.output


# --- the page ------------------------------------------------------------------------------------


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_names_places_and_loads_nothing(small, tmp_path, lang):
    evil = "<script>alert(1)</script>&amp;"
    small.tables["schools"].loc[2, "name"] = evil

    def change(sheet, school, year):
        if sheet.form == "教基3112" and school["school_id"] == "1503040001":
            sheet.lines[0][2][6] = 613
        return not (sheet.form == "教基5176" and school["school_id"] == "1503040002")

    write_returns(small, tmp_path / "in", "new", "plain", change=change)
    found = import_returns(tmp_path / "in", tmp_path / "out", lang=lang, **ABOUT)
    source = found.page.read_text(encoding="utf-8")
    page = _Page()
    page.feed(source)

    assert "<script" not in source
    assert evil in page.text
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert not [value for name, value in page.attributes if name in ("src", "href")]
    assert "2021学年/1503040001.xlsx [教基3112] I6" in page.text
    assert ("互相矛盾的数据" if lang == "zh" else "Contradictions") in page.text
    assert "教基5176" in page.text
    assert ("公用经费" if lang == "zh" else "Public-use funds") in page.text


def test_the_table_says_the_same_as_the_page(small, tmp_path):
    small.tables["schools"].loc[2, "name"] = "=1+1"
    write_returns(small, tmp_path / "in", "new", "plain")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    rows = list(csv.DictReader(io.StringIO(found.table.read_text(encoding="utf-8-sig"))))
    figures = {
        (row["school_id"], int(row["year"]), row["item"]): row["value"]
        for row in rows
        if row["kind"] == "figure"
    }

    assert figures == {
        place: format(reading.value.normalize(), "f")
        if reading.value
        else "0" * (reading.value == 0)
        for place, reading in found.returns.readings.items()
    }
    assert {row["school"] for row in rows if row["school_id"] == "1503040001"} == {"'=1+1"}
    assert sum(row["kind"] == "sheet" for row in rows) == len(found.returns.sheets)


@pytest.mark.slow
def test_the_same_sheets_give_the_same_bytes(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")

    first = import_returns(tmp_path / "in", tmp_path / "a", **ABOUT)
    again = import_returns(tmp_path / "in", tmp_path / "b", **ABOUT)

    assert {p.name: p.read_bytes() for p in first.out.iterdir()} == {
        p.name: p.read_bytes() for p in again.out.iterdir()
    }
    assert first.table.read_text("utf-8").replace(str(tmp_path / "a"), "") == again.table.read_text(
        "utf-8"
    ).replace(str(tmp_path / "b"), "")


# --- wherever a table stands in its sheet --------------------------------------------------------


@pytest.fixture(scope="module")
def grid(tmp_path_factory, donghe):
    """Blocks of one school with all three stages, plain and with lost merging, by form."""
    found = {}
    for generation in GENERATIONS:
        for layout in ("plain", "shifted"):
            folder = tmp_path_factory.mktemp("grid")

            def one(sheet, school, year):
                return school["type"] == "combined_secondary" or school["type"] == "nine_year"

            write_returns(
                donghe, folder, generation, layout, years=[2021], roster=False, change=one
            )
            for path in sorted(folder.rglob("*.xlsx"))[:6:5]:  # nine years; junior and senior
                for block in read_workbook(path, path.name)[0]:
                    found[generation, layout, path.name, block.sheet] = block
    return found


def read_block(block):
    """Everything that is read from a block: target -> value, or the message of its trouble."""
    table = forms()
    form = table.by_id[form_of(block, table)[0]]
    tables = parts(block, form)
    units = sheet_units(block)
    said = {"school": school_of(block)[:2], "year": set(years_of(block))}
    for binding in form.read:
        found = find(binding, form, tables, table, units) if tables else None
        said[binding.to] = getattr(found, "value", None) or getattr(found, "message", None)
    return said


@pytest.mark.slow
@given(st.data())
def test_shifting_a_table_changes_nothing(grid, data):
    """Blank lines above and in it, blank columns anywhere, lines of text above and below."""
    block = grid[data.draw(st.sampled_from(sorted(grid)))]
    cells = [list(row) for row in block.cells]
    for _ in range(data.draw(st.integers(0, 4))):
        column = data.draw(st.integers(0, len(cells[0])))
        cells = [[*row[:column], "", *row[column:]] for row in cells]
    for _ in range(data.draw(st.integers(0, 4))):
        row = data.draw(st.integers(0, len(cells)))
        cells.insert(row, [""] * len(cells[0]))
    for text in data.draw(st.lists(st.sampled_from(["附件3", "某县教育局", "（本表由学校填报）"]))):
        cells.insert(0, [text] + [""] * (len(cells[0]) - 1))
    for text in data.draw(st.lists(st.sampled_from(["校长：", "注：本表9月1日统计"]))):
        cells.append([text] + [""] * (len(cells[0]) - 1))

    assert read_block(Block(block.file, block.sheet, cells)) == read_block(block)


@pytest.mark.slow
@given(st.data())
def test_a_damaged_table_is_never_read_as_another_figure(grid, data):
    """A label that is lost or changed loses its figure; it never finds a different one."""
    block = grid[data.draw(st.sampled_from(sorted(grid)))]
    before = read_block(block)
    cells = [list(row) for row in block.cells]
    texts = [
        (r, c)
        for r, row in enumerate(cells)
        for c, cell in enumerate(row)
        if isinstance(cell, str) and len(key(cell)) > 1 and figure(cell) == cell.strip()[:60]
    ]
    row, column = data.draw(st.sampled_from(texts))
    cells[row][column] = data.draw(st.sampled_from(["", "其他内容", "备用"]))
    try:
        after = read_block(Block(block.file, block.sheet, cells))
    except KeyError:
        return  # the form's number was lost
    for to, value in after.items():
        if to.startswith("check.") or to in ("school", "year"):
            continue
        assert value == before[to] or not isinstance(value, Decimal), (to, value, before[to])


def damaged(grid, key_, label):
    """What is read before and after the first cell with a label is emptied."""
    block = [block for name, block in grid.items() if name[:2] + name[3:] == key_][-1]
    cells = [list(row) for row in block.cells]
    row, column = next(
        (r, c)
        for r, line in enumerate(cells)
        for c, cell in enumerate(line)
        if key(str(cell)) == label
    )
    cells[row][column] = ""
    return read_block(block), read_block(Block(block.file, block.sheet, cells))


def test_the_same_line_of_another_stage_is_not_taken(grid):
    """初中 has lost its line 本科毕业; 高中 has one."""
    before, after = damaged(grid, ("old", "plain", "基础基424"), "本科毕业")

    assert isinstance(before["school_years.above_qualification_junior"], Decimal)
    assert after["school_years.above_qualification_junior"] == "no {kind} is called {label}"
    assert after["school_years.teachers_junior"] == before["school_years.teachers_junior"]


def test_a_head_is_not_carried_over_the_columns_of_another(grid):
    """招生数 is lost: its total is not that of 毕业生数, the head to the left."""
    before, after = damaged(grid, ("old", "shifted", "基础基313"), "招生数")

    assert isinstance(before["county_years.entrants_grade7"], Decimal)
    assert not isinstance(after["county_years.junior_graduates"], Decimal)
    assert not isinstance(after["county_years.entrants_grade7"], Decimal)


def test_multimedia_rooms_stand_in_two_columns_of_the_old_form(small, tmp_path):
    @only("基础基522")
    def change(sheet):
        sheet.columns[7] = ("专用教室（间）", "其中：其他")

    found = imported(small, tmp_path, change, "old", "merged")

    assert "was expected in 2 columns, but stands in H9" in sentences(found, "warning")


def test_blank_beside_numbers_counts_as_nothing_and_shows(small, tmp_path):
    @only("教基4155")
    def change(sheet):
        sheet.lines[2][2][0] = None  # 博士研究生

    found = imported(small, tmp_path, change)
    reading = found.returns.readings["1503040001", 2021, "school_years.above_qualification_primary"]

    assert (int(reading.value), reading.written) == (48, "— + 4 + 22 + 22")


@pytest.mark.slow
def test_a_code_that_is_a_number(small, tmp_path):
    write_returns(small, tmp_path / "in", "new", "plain")
    for path in (tmp_path / "in").rglob("*.xlsx"):
        workbook = openpyxl.load_workbook(path)
        for sheet in workbook:
            sheet["B2"] = int(sheet["B2"].value)
        workbook.save(path)

    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    _assert_same(load_county(tmp_path / "out"), small, [2021])


@given(st.data())
def test_anything_in_a_cell_is_survived(grid, data):
    block = grid[data.draw(st.sampled_from(sorted(grid)))]
    cells = [list(row) for row in block.cells]
    junk = st.one_of(
        st.text(max_size=8), st.floats(), st.integers(), st.booleans(), st.dates(), st.none()
    )
    for _ in range(data.draw(st.integers(1, 12))):
        row = data.draw(st.integers(0, len(cells) - 1))
        column = data.draw(st.integers(0, len(cells[0]) - 1))
        cells[row][column] = data.draw(junk)
    changed = Block(block.file, block.sheet, cells)

    if form_of(changed, forms())[0] in forms().by_id:
        read_block(changed)


#: Cells of the export of 2021 as the rules reference has them (C.3): form -> where the columns of
#: numbers begin, the line above the first figures, heads and lines at their cells, and what is read.
PUBLISHED = [
    ("教基3112", "C5", {"I": "在校生数"}, {6: "总计"}, {"students_primary": ["I6"]}),
    ("基础基312", "E6", {"H": "在校生数"}, {7: "总计"}, {"students_primary": ["H7"]}),
    ("教基3115", "C5", {"E": "在校生数"}, {6: "总计"}, {"students_junior": ["E6"]}),
    ("基础基313", "E6", {"G": "在校生数"}, {7: "总计"}, {"students_junior": ["G7"]}),
    ("教基3118", "C5", {"E": "在校生数"}, {6: "总计"}, {"students_senior": ["E6"]}),
    ("基础基314", "E6", {"G": "在校生数"}, {7: "总计"}, {"students_senior": ["G7"]}),
    (
        "教基4155",
        "C5",
        {"C": "合计", "L": "体育", "N": "艺术", "O": "音乐", "P": "美术"},
        {6: "总计", 9: "博士研究生", 10: "硕士研究生", 11: "本科", 12: "专科"},
        {
            "teachers_primary": ["C6"],
            "above_qualification_primary": ["C9", "C10", "C11", "C12"],
            "pe_arts_primary": ["L6", "N6", "O6", "P6"],
        },
    ),
    (
        "基础基423",
        "D7",
        {"D": "合计", "M": "体育", "N": "艺术", "P": "音乐", "Q": "美术"},
        {8: "总计", 11: "研究生毕业", 12: "本科毕业", 13: "专科毕业"},
        {"above_qualification_primary": ["D11", "D12", "D13"]},
    ),
    (
        "教基4156",
        "C5",
        {"C": "合计", "U": "体育与健康", "V": "艺术", "W": "音乐", "X": "美术"},
        {6: "总计", 10: "博士研究生", 11: "硕士研究生", 12: "本科"},
        {
            "above_qualification_junior": ["C10", "C11", "C12"],
            "pe_arts_junior": ["U6", "V6", "W6", "X6"],
        },
    ),
    (
        "教基1102续",
        "D5",
        {"D": "数量"},
        {11: "县级及以上骨干教师", 12: "小学", 13: "初中"},
        {"backbone_primary": ["D12"], "backbone_junior": ["D13"]},
    ),
    (
        "基础基112",
        "D4",
        {"D": "数量"},
        {29: "县级及以上骨干教师", 30: "小学", 31: "初中", 32: "高中"},
        {"backbone_primary": ["D30"], "backbone_junior": ["D31"]},
    ),
    (
        "教基5170",
        "E8",
        {"E": "校舍", "F": "学校产权校舍建筑面积"},
        {10: "一、教学及辅助用房", 17: "室内体育用房"},
        {"teaching_area_m2": ["F10"], "indoor_sports_area_m2": ["F17"]},
    ),
    (
        "基础基512",
        "E8",
        {"E": "学校产权校舍建筑面积"},
        {10: "一、教学及辅助用房", 16: "体育馆"},
        {"teaching_area_m2": ["E10"], "indoor_sports_area_m2": ["E16"]},
    ),
    (
        "教基5176",
        "D5",
        {"D": "数量"},
        {
            7: "#运动场地面积（平方米）",
            12: "图书（册）",
            17: "#网络多媒体教室（间）",
            19: "#教学仪器设备资产值（万元）",
        },
        {
            "outdoor_sports_area_m2": ["D7"],
            "multimedia_rooms": ["D17"],
            "equipment_value_cny": ["D19"],
        },
    ),
    (
        "基础基522",
        "D8",
        {
            "F": "运动场地面积（平方米）",
            "L": "网络多媒体教室",
            "N": "网络多媒体教室",
            "O": "教学仪器设备资产值（万元）",
        },
        {9: "总计"},
        {
            "outdoor_sports_area_m2": ["F9"],
            "multimedia_rooms": ["L9", "N9"],
            "equipment_value_cny": ["O9"],
        },
    ),
    ("教基2106", "C4", {"C": "合计"}, {5: "总计"}, {"classes_primary": ["C5"]}),
    ("基础基212", "E5", {"E": "合计"}, {6: "总计"}, {"classes_primary": ["E6"]}),
]


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case[0])
def test_the_published_cells_are_found_by_their_labels(case):
    form_id, numbering, heads, lines, wanted = case
    book = openpyxl.Workbook()
    page = book.active
    start = page[numbering]
    page["A1"], page["B1"] = form_id, "单位：平方米" if form_id[-3:] in ("512", "170") else None
    page["A2"] = "学校（机构）标识码：1503040001"
    for column in range(1, 26):
        number = column - start.column + 1
        page.cell(start.row, column, number if number > 0 else "甲乙丙丁"[column - 1])
    for column, text in heads.items():
        page[f"{column}{start.row - 1}"] = text
    for row, text in lines.items():
        page.cell(row, 1, text)
        for column in range(start.column, 26):
            page.cell(row, column, row * 100 + column)
    cells = [["" if cell is None else cell for cell in row] for row in page.values]
    block = Block("a.xlsx", form_id, cells)
    table = forms()
    form = table.by_id[form_id]
    tables, units = parts(block, form), sheet_units(block)
    found = {
        binding.to.split(".")[1]: find(binding, form, tables, table, units) for binding in form.read
    }

    for name, places in wanted.items():
        assert [place.cell for place in found[name].places] == places
        total = sum(page[cell].value for cell in places)
        assert found[name].value == total * (10_000 if name == "equipment_value_cny" else 1)


# --- labels --------------------------------------------------------------------------------------

LABELS = sorted(
    {
        part
        for form in forms().forms
        for binding in form.read
        for term in (*binding.row, *binding.column)
        for path in term.spellings
        for part in path
        if part != "*"
    }
)
_WIDE = {c: chr(ord(c) + 0xFEE0) for c in map(chr, range(0x21, 0x7F))}


@given(
    st.sampled_from(LABELS),
    st.sampled_from(["", "一、", "（二）", "3、", "其中：", "其中:", "#", "＃", "* ", "其中："]),
    st.sampled_from(["", "（平方米）", "(人)", "（单位：万元）", "：", "（间） "]),
    st.lists(st.sampled_from(["", " ", "　", "\n", "\u200b", "\xa0"]), min_size=1),
    st.booleans(),
)
def test_a_label_is_known_however_it_is_typed(label, before, behind, blanks, wide):
    typed = "".join(
        (_WIDE.get(c, c) if wide else c) + blanks[n % len(blanks)] for n, c in enumerate(label)
    )

    assert key(before + typed + behind) == label


@given(st.sampled_from(LABELS), st.sampled_from(LABELS))
def test_different_labels_stay_different(one, other):
    assert (key(one) == key(other)) == (one == other)


@given(st.integers(0, 10**9), st.integers(0, 4))
def test_numbers_however_they_are_typed(number, decimals):
    text = f"{number / 10**decimals:,.{decimals}f}"

    assert figure("".join(_WIDE.get(c, c) for c in text)) == figure(text.replace(",", ""))
    assert float(figure(text)) == round(number / 10**decimals, decimals)


def test_units_behind_labels():
    assert units_in("占地面积（平方米）") == ["平方米"]
    assert units_in("固定资产总值 (单位：万元)") == ["万元"]
    assert units_in("万 元") == ["万元"]
    assert units_in("艺术（音乐、美术）") == []
    assert units_in("人数") == []


# --- the binding table ---------------------------------------------------------------------------


def test_the_binding_table_is_strict():
    data = forms().model_dump(mode="json", by_alias=True)
    broken = data | {"labels": {}}
    with pytest.raises(ValueError, match="labels"):
        Forms.model_validate(broken | {"forms": [_as_written(f) for f in data["forms"]]})


def test_a_misspelt_column_in_the_binding_table(tmp_path):
    text = Path(forms_of.__file__).with_name("forms.yaml").read_text(encoding="utf-8")
    path = tmp_path / "forms.yaml"
    path.write_text(text.replace("school_years.students_primary", "school_years.pupils"), "utf-8")

    with pytest.raises(
        InputError,
        match=r"line \d+: forms.*: cannot be used \(school_years.pupils: no such column\)",
    ):
        read_model(path, Forms)


def _as_written(form):
    """A dumped form with its terms as the YAML has them."""
    for binding in form["read"]:
        for axis in ("row", "column"):
            binding[axis] = [
                " | ".join("/".join(path) for path in term["spellings"])
                + (" ?" if term["optional"] else "")
                for term in binding[axis]
            ]
    return form


def test_every_form_of_the_task_is_bound_with_its_source():
    old = ["312", "313", "314", "412", "423", "424", "112", "512", "522", "212", "213"]
    new = ["3112", "3115", "3118", "4149", "4155", "4156", "1102续", "5170", "5176", "2106", "2107"]
    table = forms().by_id

    assert {f"基础基{n}" for n in old} | {f"教基{n}" for n in new} <= set(table)
    for form in table.values():
        for entry in (*form.read, *form.facts):
            assert entry.source, (form.id, entry.to)


def test_the_documentation_names_every_entry():
    text = (Path(__file__).parents[2] / "docs" / "ministry-forms.md").read_text(encoding="utf-8")
    for form in forms().forms:
        for binding in form.read:
            table, name, *_ = binding.to.split(".")
            line = f"| {form.id} | `{table}.{name}"
            assert line in text, line
