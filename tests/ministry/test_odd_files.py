"""Sheets as offices really have them: spoilt codes, CSV, totals and notes below, other kinds of files."""

from __future__ import annotations

import csv
import datetime

import openpyxl
import pytest
from counties import build_county
from ministry_details import row, write_table
from ministry_files import write_returns

from analysis import load_county
from analysis.data.differences import differences
from analysis.ministry.folder import import_returns
from analysis.ministry.merging.into import merge_returns

ABOUT = {
    "code": "150304",
    "name": "甲县",
    "name_en": "A",
    "province": "内蒙古自治区",
    "province_en": "Inner Mongolia",
}
ROWS = [
    row("一小", "2150304001", "小学", "小学", 40),
    row("二小", "2150304002", "小学", "小学", 35),
]


def errors(found) -> list[str]:
    return [f.sentence("en") for f in found.findings if f.severity == "error"]


def warnings(found) -> list[str]:
    return [f.sentence("en") for f in found.findings if f.severity == "warning"]


def imported(tmp_path, name="out"):
    return import_returns(tmp_path / "in", tmp_path / name, **ABOUT)


@pytest.fixture
def forms(tmp_path):
    """One school's forms, with its code in a cell of its own (B2)."""
    schools = [{"school_id": "0150304001", "name": "一小", "students_primary": 600}]
    write_returns(build_county(schools, 2021), tmp_path / "in", "new", "plain")
    (path,) = (tmp_path / "in").rglob("*.xlsx")
    return path


def with_code(path, code) -> None:
    book = openpyxl.load_workbook(path)
    for page in book.worksheets:
        assert page["B2"].value == "0150304001"
        page["B2"].value = code
    book.save(path)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1.5E+11", "School id is “1.5E+11”: a spreadsheet has rounded it; format the column as"),
        (150304000112345678, "e+17”: a spreadsheet has rounded it"),
        (datetime.datetime(2024, 1, 2), "“2024年1月2日”: a spreadsheet has made a date of it"),
        ("2-Jan", "“2-Jan”: a spreadsheet has made a date of it"),
    ],
)
def test_a_code_that_a_spreadsheet_has_spoilt(forms, tmp_path, code, said):
    with_code(forms, code)
    found = imported(tmp_path)

    assert found.out is None
    assert sum(said in text for text in errors(found)) == 1, errors(found)
    assert found.returns.schools == []


def test_a_code_in_the_same_cell_as_its_label(forms, tmp_path):
    book = openpyxl.load_workbook(forms)
    for page in book.worksheets:
        page["A2"].value, page["B2"].value = "学校（机构）标识码：1.50304E+09", None
    book.save(forms)

    assert any(
        "“1.50304E+09”: a spreadsheet has rounded it" in t for t in errors(imported(tmp_path))
    )


@pytest.mark.slow
def test_zeros_that_were_lost_are_no_other_school(forms, tmp_path):
    whole = imported(tmp_path)
    with_code(forms, 150304001)
    said = "the codes 0150304001, 150304001 are the same but for zeros in front"

    assert errors(whole) == []
    assert [t for t in errors(merge_returns(tmp_path / "in", whole.out, force=True)) if said in t]


def detail(tmp_path, rows=ROWS, name="2021小学.xlsx"):
    (tmp_path / "in").mkdir(exist_ok=True)
    return write_table(tmp_path / "in" / name, "小学", rows)


def test_totals_notes_and_blank_rows_below_a_detail_table(tmp_path):
    path = detail(tmp_path)
    book = openpyxl.load_workbook(path)
    page = book.active
    copy = [cell.value for cell in page[page.max_row]]
    below = page.max_row + 2  # after a blank row
    for text in (
        "合  计",
        "全县总计：",
        "注：本表由统计科提供",
        "说明：含教学点。",
        "数据来源：教育事业统计",
    ):
        for column, value in enumerate(copy, 1):
            page.cell(below, column, value)
        page.cell(below, 1, text)
        page.cell(below, 2, None)
        below += 1
    book.save(path)

    found = imported(tmp_path)

    assert errors(found) == []
    assert load_county(found.out).tables["schools"]["name"].tolist() == ["一小", "二小"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_detail_table_saved_as_csv(tmp_path, separator, encoding):
    path = detail(tmp_path)
    whole = imported(tmp_path, "whole")
    cells = openpyxl.load_workbook(path).active.values
    path.unlink()
    with (tmp_path / "in" / "2021小学.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(cells)

    found = imported(tmp_path)

    assert errors(found) == errors(whole) == []
    assert differences(load_county(whole.out), load_county(found.out)) == []


def test_a_csv_that_excel_has_spoilt(tmp_path):
    path = detail(tmp_path, [row("一小", "2.1503E+09", "小学", "小学", 40), ROWS[1]])
    found = imported(tmp_path)

    assert path.exists()
    assert any("“2.1503E+09”: a spreadsheet has rounded it" in text for text in errors(found))
    assert any("[Sheet1] B4" in text or "[Sheet1] B5" in text for text in errors(found))


def test_what_else_lies_in_the_folder_is_named_with_what_helps(tmp_path):
    detail(tmp_path)
    for name in ("报表.et", "报表.zip", "报表.pdf", "备忘.txt"):
        (tmp_path / "in" / name).write_bytes(b"x")

    found = imported(tmp_path)

    assert errors(found) == []
    assert {
        "报表.et: is a sheet in another format and was not read; open it and save it as .xlsx",
        "报表.zip: is an archive and was not read; unpack it into the folder",
        "报表.pdf: holds no cells and was not read; if it is a return sheet, export it as .xlsx",
        "备忘.txt: is no .xlsx or .xls workbook and was not read",
    } <= set(warnings(found))


def test_a_csv_that_cannot_be_read_is_named(tmp_path):
    detail(tmp_path)
    (tmp_path / "in" / "坏.csv").write_bytes(b"\x00\x01\x02")
    found = imported(tmp_path)

    assert errors(found) == ["坏.csv: is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”"]
