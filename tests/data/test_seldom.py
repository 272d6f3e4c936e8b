"""Messages that are seldom said."""

import bad_county as bad
import pytest
from bad_county import cell, cells, file

from analysis import read_county

AGES = "school_id,year,stage,age_band,persons,women\n"


def many_columns(folder):
    for n in range(30):
        bad.add_column("rooms", f"zzz{n}", "x")(folder)


CASES = {
    "training funds multiplied twice": (
        cell("school_years", 2, "training_funds_cny", "900000000"),
        "900000000 yuan for 30 teachers, 30000000 yuan each; usual in the county are",
    ),
    "budget multiplied twice": (
        cells(
            ("county_years", 2, "item", "budget_education_cny"),
            ("county_years", 2, "value", "90000000000"),
        ),
        "(budget_education_cny) is 90000000000 yuan; in the middle of all years it is",
    ),
    "a part larger than its whole": (
        cells(
            ("county_years", 2, "item", "teachers_total"),
            ("county_years", 2, "value", "100"),
            ("county_years", 3, "item", "teachers_trained_360h"),
            ("county_years", 3, "value", "101"),
        ),
        "(teachers_trained_360h) is 101, more than Teachers who are to be trained (teachers_total)",
    ),
    "more women than persons of an age": (
        file("staff_ages.csv", f"{AGES}0101,2021,primary,35_to_39,3,4\n"),
        "Women among them is 4, more than the 3 persons of these ages",
    ),
    "thirty columns of the office's own": (many_columns, "10 more columns are left aside"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_seldom_said(name, tmp_path):
    spoil, said = CASES[name]
    folder = bad.write_folder(tmp_path / "county")
    spoil(folder)

    sentences = [finding.sentence("en") for finding in read_county(folder)[1]]
    assert any(said in sentence for sentence in sentences), sentences
