"""What a spreadsheet makes of ids: refused with the sentence that mends it, in files and workbooks."""

from __future__ import annotations

import datetime

import openpyxl
import pytest
from counties import build_county, save_county, write_workbook

from analysis.data.load import read_county
from analysis.data.texts import cell_text, spoilt_id

ROUNDED = "a spreadsheet has rounded it; format the column as text and type it again"
DATE = "a spreadsheet has made a date of it; format the column as text and type it again"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    schools = [{"school_id": "0150304001", "students_primary": 100}, {"students_primary": 120}]
    county = build_county(schools, 2021, target_year=2029)
    return save_county(county, tmp_path_factory.mktemp("odd") / "county")


def errors(path) -> list[str]:
    return [f.sentence("en") for f in read_county(path)[1] if f.severity == "error"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (150304000112345678, ROUNDED),  # was read as 150304000112345680, another id
        ("1.5E+11", ROUNDED),
        (datetime.datetime(2024, 1, 2), DATE),
        (datetime.date(2024, 1, 2), DATE),
        ("2024/1/2", DATE),
        ("2024-01-02 00:00:00", DATE),
        ("1月2日", DATE),
        ("2-Jan", DATE),
    ],
)
def test_an_id_in_a_workbook(folder, tmp_path, value, said):
    path = write_workbook(folder, tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    for name in ("schools", "school_years"):
        page = book[name]
        (column,) = [cell.column for cell in page[1] if cell.value == "school_id"]
        page.cell(2, column).value = value
    book.save(path)

    found = errors(path)

    assert [text.endswith(said) for text in found] == [True, True], found


@pytest.mark.parametrize("text", ["1.50304E+09", "2-Jan", "Jan-24", "2024年1月2日"])
def test_an_id_in_a_csv_file(folder, tmp_path, text):
    for file in folder.iterdir():
        data = file.read_text(encoding="utf-8").replace("0150304001", text)
        (tmp_path / file.name).write_text(data, encoding="utf-8")

    assert len([each for each in errors(tmp_path) if "a spreadsheet has" in each]) == 2


@pytest.mark.parametrize(
    "text", ["0101", "2150304001", "S-2", "2021", "1.5", "Jan", "E10", "12-345"]
)
def test_ids_that_are_as_somebody_wrote_them(text):
    assert spoilt_id(text) == ""


def test_a_number_of_more_digits_than_a_spreadsheet_keeps():
    assert cell_text(999999999999999.0) == "999999999999999"
    assert spoilt_id(cell_text(1e15)) == "rounded"
