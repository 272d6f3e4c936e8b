"""All faults of one cell in one sentence, with the one right form."""

import bad_county as bad
import openpyxl
import pytest
from bad_county import add_column, cell, cells

from analysis import load_county, read_county
from analysis.base.schema.tables import TABLES
from analysis.data.checks.faults import Limits
from analysis.data.template.write import write_template


@pytest.fixture
def folder(tmp_path):
    return bad.write_folder(tmp_path / "county")


#: Table, column, what stands in the cell, and what is said of it.
SEVERAL = [
    (
        *("school_years", "multimedia_rooms", " － １２.5 间"),
        "“－ １２.5 间”（用了全角数字或符号、数字中间有空格、数字后有“间”、小于0、不是整数）",
        "应填不小于0的整数，只写数字",
    ),
    (
        *("school_years", "multimedia_rooms", "-2.5"),
        "“-2.5”（小于0、不是整数）",
        "应填不小于0的整数，只写数字",
    ),
    (
        *("rooms", "area_m2", "-75 平方米"),
        "“-75 平方米”（数字后有“平方米”、小于0）",
        "应填不小于0的数，只写数字",
    ),
    (
        *("enrolment", "grade", "13.5"),
        "“13.5”（大于12、不是整数）",
        "应填0至12的整数，只写数字",
    ),
    (
        *("school_years", "equipment_value_cny", "1,50,0000元"),
        "“1,50,0000元”（逗号位置不对、数字后有“元”）",
        "应填不小于0的数，只写数字",
    ),
    (
        *("county_years", "value", "-512.5"),
        "出生人口（人）（births）为“-512.5”（小于0、不是整数）",
        "应填0至10000000的整数，只写数字",
    ),
]


def test_a_number_between_two_limits_that_has_several_faults(folder):
    add_column("schools", "longitude", "-112.5度")(folder)
    found = [f for f in read_county(folder)[1] if f.column == "longitude"]

    assert (
        found[0]
        .sentence("en")
        .endswith(
            "is “-112.5度” (“度” behind the number and less than 0); expected a number from 0 to 136, "
            "in digits only"
        )
    )


def test_every_column_of_numbers_has_a_least_value():
    """What the right form of a number says begins with it."""
    columns = [column for table in TABLES.values() for column in table.columns if column.is_numeric]

    assert [column.name for column in columns if Limits.of(column).low is None] == []


@pytest.mark.parametrize(("table", "column", "text", "faults", "form"), SEVERAL)
def test_all_faults_of_a_cell_in_one_sentence(table, column, text, faults, form, folder):
    row = 4 if table == "county_years" else 2
    cell(table, row, column, text)(folder)
    place = (table, column, row)
    found = [f for f in read_county(folder)[1] if (f.table, f.column, f.row) == place]

    assert len(found) == 1
    assert faults in found[0].sentence("zh")
    assert form in found[0].sentence("zh")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-2", "is -2; expected 0 or more"),
        ("2.5", "is 2.5; expected a whole number"),
        ("１２人", "is “１２人”; expected a number without a unit or sign behind it"),
        (
            "1 200",
            "is “1 200” (blanks in the number); expected a whole number, 0 or more, in digits only",
        ),
        ("about ten", "is “about ten”; expected a number"),
    ],
)
def test_a_single_fault_is_named(text, said, folder):
    cell("school_years", 2, "multimedia_rooms", text)(folder)
    found = [f for f in read_county(folder)[1] if f.severity == "error"]

    assert [f.sentence("en").endswith(said) for f in found] == [True]


def test_many_cells_with_several_faults_are_one_line(folder):
    cells(*(("rooms", row, "area_m2", f"-{row} 平方米") for row in range(2, 12)))(folder)
    found = [f for f in read_county(folder)[1] if f.severity == "error"]

    assert len(found) == 10
    assert {f.message for f in found} == {found[0].message}


def test_a_county_without_english_names_has_its_chinese_ones(tmp_path):
    path = tmp_path / "county.xlsx"
    path.write_bytes(write_template(load_county("150304-wuda"), "zh"))
    book = openpyxl.load_workbook(path)
    sheet = book["县区信息"]
    for row in sheet.iter_rows(min_row=2):
        if "英文" in str(row[0].value):
            row[1].value = None
    book.save(path)

    county, findings = read_county(path)
    assert [f.sentence("zh") for f in findings if f.severity == "error"] == []
    assert (county.record.name.en, county.record.province.en) == ("乌达区", "内蒙古自治区")
