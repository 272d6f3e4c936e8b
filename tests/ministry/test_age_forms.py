"""Teachers by age in the return sheets."""

import dataclasses
from types import MappingProxyType

import pandas as pd
import pytest
from ministry_files import GENERATIONS, LAYOUTS, comparable, write_returns

from analysis import load_county
from analysis.base.schema.terms import AGE_BANDS
from analysis.ministry.folder import import_returns
from analysis.ministry.forms import forms
from analysis.ministry.gather import read_returns
from analysis.ministry.merging.into import merge_returns
from analysis.ministry.own_files import OURS

ABOUT = {"code": "150304", "name": "乌达区", "province": "内蒙古自治区"}
ABOUT |= {"name_en": "Wuda District", "province_en": "Inner Mongolia"}
KEYS = ["school_id", "year", "stage", "age_band"]


def with_ages(make_county, *years):
    """A primary and a nine-year school with teachers of every age."""
    county = make_county(
        [
            {"school_id": "1503040001", "name": "一小", "type": "primary", "students_primary": 600},
            {
                **{"school_id": "1503040003", "name": "实验学校", "type": "nine_year"},
                **{"students_primary": 600, "students_junior": 300},
            },
        ],
        list(years),
    )
    rows = [
        (school, year, stage, band, number + more + year - 2021, number)
        for year in years
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


@pytest.fixture
def aged(make_county):
    return with_ages(make_county, 2021)


def ages(folder) -> pd.DataFrame:
    return comparable(load_county(folder).tables["staff_ages"], KEYS)


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


def test_teachers_of_middle_or_senior_title_come_with_the_form(aged, tmp_path):
    table = aged.tables["school_years"].assign(senior_titles_primary=7.0)
    county = dataclasses.replace(
        aged, tables=MappingProxyType({**aged.tables, "school_years": table})
    )
    write_returns(county, tmp_path / "in", "new", "plain")
    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT)
    found = load_county(tmp_path / "out").tables["school_years"]

    assert set(found["senior_titles_primary"].dropna()) == {7.0}


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


def test_ages_of_another_year_are_merged_into_the_folder(make_county, tmp_path):
    both = with_ages(make_county, 2021, 2022)
    write_returns(both, tmp_path, "new", "plain")
    out = import_returns(tmp_path / "2021学年", tmp_path / "out", **ABOUT).out
    before = (out / "staff_ages.csv").read_bytes()

    merged = merge_returns(tmp_path / "2022学年", out)

    assert [f for f in merged.findings if f.severity == "error"] == []
    pd.testing.assert_frame_equal(ages(out), comparable(both.tables["staff_ages"], KEYS))
    assert set(before.splitlines()) <= set((out / "staff_ages.csv").read_bytes().splitlines())
    assert merge_returns(tmp_path / "2022学年", out).changes == ()


def test_another_number_of_an_age_is_refused_by_name(aged, tmp_path):
    write_returns(aged, tmp_path / "in", "new", "plain")
    out = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT).out
    path = out / "staff_ages.csv"
    band = "1503040003,2021,junior,55_to_59,"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"{band}10,7", f"{band}11,"), encoding="utf-8")

    refused = merge_returns(tmp_path / "in", out)

    (said,) = [f.sentence("zh") for f in refused.findings if f.severity == "error"]
    assert said.startswith("实验学校 2021学年的初中人数55—59岁：本县文件夹中为11")
    assert "[教基4153]" in said
    assert {change.kind for change in refused.changes} == {"refused", "filled"}
    assert merge_returns(tmp_path / "in", out, force=True).out is not None
    pd.testing.assert_frame_equal(ages(out), comparable(aged.tables["staff_ages"], KEYS))


def test_a_table_of_ones_own_is_merged_before_the_sheets(aged, tmp_path):
    write_returns(aged, tmp_path / "in", "new", "plain")
    out = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT).out
    (out / "staff_ages.csv").unlink()
    own = "school_id,year,stage,age_band,persons,women\n1503040001,2021,primary,55_to_59,7,\n"
    (tmp_path / "in" / "staff_ages.csv").write_text(own, encoding="utf-8")

    merge_returns(tmp_path / "in", out)

    assert ages(out)["persons"].tolist() == [7]


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
        bound = [binding.to for binding in forms().by_id[form].read]
        targets = [name for name in bound if name.startswith("staff_ages.")]
        assert len(targets) == len(set(targets)) == 4 * len(AGE_BANDS)


def test_tables_of_ours_are_no_return_sheets(aged, tmp_path):
    write_returns(aged, tmp_path / "in", "new", "plain")
    own = "school_id,year,stage,age_band,persons,women\n1503040001,2021,primary,55_to_59,7,5\n"
    for name in OURS:
        text = own if name == "staff_ages.csv" else "school_id\n"
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")

    assert not OURS & {sheet.file for sheet in read_returns(tmp_path / "in").sheets}
