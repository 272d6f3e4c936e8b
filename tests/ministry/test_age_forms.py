"""Teachers by age in the return sheets."""

import pandas as pd
import pytest
from ministry_files import GENERATIONS, LAYOUTS, comparable, write_returns

from analysis import load_county
from analysis.base.schema.terms import AGE_BANDS
from analysis.ministry.folder import import_returns
from analysis.ministry.forms import forms

ABOUT = {"code": "150304", "name": "乌达区", "province": "内蒙古自治区"}
ABOUT |= {"name_en": "Wuda District", "province_en": "Inner Mongolia"}
KEYS = ["school_id", "year", "stage", "age_band"]


@pytest.fixture
def aged(make_county):
    """A primary and a nine-year school with teachers of every age."""
    county = make_county(
        [
            {"school_id": "1503040001", "name": "一小", "type": "primary", "students_primary": 600},
            {
                **{"school_id": "1503040003", "name": "实验学校", "type": "nine_year"},
                **{"students_primary": 600, "students_junior": 300},
            },
        ],
        2021,
    )
    rows = [
        (school, 2021, stage, band, number + more, number)
        for school, stage, more in (
            ("1503040001", "primary", 1),
            ("1503040003", "primary", 2),
            ("1503040003", "junior", 3),
        )
        for number, band in enumerate(AGE_BANDS)
    ]
    table = pd.DataFrame(rows, columns=[*KEYS, "persons", "women"])
    table = table.astype(county.tables["staff_ages"].dtypes.to_dict())
    object.__setattr__(county, "tables", dict(county.tables) | {"staff_ages": table})
    return county


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_ages_come_back(aged, tmp_path, generation, layout):
    write_returns(aged, tmp_path / "in", generation, layout)
    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert not [finding for finding in found.findings if finding.severity == "error"]
    pd.testing.assert_frame_equal(
        comparable(load_county(tmp_path / "out").tables["staff_ages"], KEYS),
        comparable(aged.tables["staff_ages"], KEYS),
    )


def test_without_the_form_there_is_no_table(aged, tmp_path):
    def change(sheet, school, year):
        return sheet.form != "教基4153"

    write_returns(aged, tmp_path / "in", "new", "plain", change=change)
    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert not (tmp_path / "out" / "staff_ages.csv").exists()
    assert not [missing for missing in found.returns.missing if "staff_ages" in missing.to]


def test_a_table_of_ones_own_goes_first(aged, tmp_path):
    write_returns(aged, tmp_path / "in", "new", "plain")
    own = "school_id,year,stage,age_band,persons,women\n1503040001,2021,primary,55_to_59,7,5\n"
    (tmp_path / "in" / "staff_ages.csv").write_text(own, encoding="utf-8")
    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert load_county(tmp_path / "out").tables["staff_ages"]["persons"].tolist() == [7]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda sheet: sheet.lines.__setitem__(slice(None), [("总计", "", [1] * 11)]),
        lambda sheet: sheet.lines.extend(sheet.lines[2:4]),
    ],
)
def test_a_form_of_ages_that_cannot_be_read_refuses_no_county(aged, tmp_path, spoilt):
    def change(sheet, school, year):
        if sheet.form == "教基4153":
            spoilt(sheet)

    write_returns(aged, tmp_path / "in", "new", "plain", change=change)
    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)

    assert (tmp_path / "out" / "school_years.csv").exists()
    assert [finding for finding in found.findings if "4153" in finding.file]


def test_every_band_is_bound_once():
    for form in ("基础基422", "教基4153"):
        targets = [binding.to for binding in forms().by_id[form].read]
        assert len(targets) == len(set(targets)) == 4 * len(AGE_BANDS)
