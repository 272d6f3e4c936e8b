"""Detail tables, one row per school: stages joined, districts apart, sites added to their schools."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from ministry_details import row, write_table

from analysis import load_county
from analysis.ministry.folder import import_returns
from analysis.ministry.merging.into import merge_returns

REAL = Path(os.environ.get("JUNHENG_REAL_DATA", Path(__file__).parents[3] / "shared" / "real"))
ABOUT = {"code": "150999", "name": "甲县", "province": "内蒙古自治区"}
THROUGH = ("育英学校", "3100000003", "九年一贯制学校")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "in"
    made.mkdir()
    return made


def primary(folder, *more, **through):
    rows = [
        row("一小", "2100000001", "小学", "小学", 50),
        row(*THROUGH, "小学", 40, **through),
        *more,
    ]
    return write_table(folder / "2023年小学.xlsx", "小学", rows)


def junior(folder, **through):
    rows = [
        row("一中", "3100000002", "公办初级中学", "初中", 90),
        row(*THROUGH, "初中", 60, **through),
    ]
    return write_table(folder / "2023年初中.xlsx", "初中", rows)


def said(found, severity="error") -> str:
    return "\n".join(f.sentence("en") for f in found.findings if f.severity == severity)


def years(found) -> pd.DataFrame:
    return pd.read_csv(found.out / "school_years.csv", dtype={"school_id": str}).set_index(
        "school_id"
    )


def test_stages_are_joined(folder, tmp_path):
    primary(folder)
    junior(folder)

    found = import_returns(folder, tmp_path / "out", **ABOUT)
    rows = years(found)

    assert said(found) == ""
    assert sorted(rows.index) == ["2100000001", "3100000002", "3100000003"]
    got = rows.loc["3100000003"]
    assert (got["students_primary"], got["students_junior"]) == (240, 180)
    assert (got["teaching_area_m2"], got["equipment_value_cny"]) == (2000.5, 802500)
    assert (got["above_qualification_primary"], got["above_qualification_junior"]) == (20, 14)
    assert (got["pe_arts_primary"], got["backbone_junior"], got["year"]) == (5, 4, 2023)
    schools = pd.read_csv(found.out / "schools.csv", dtype=str).set_index("school_id")
    assert schools["type"].to_dict() == {
        "2100000001": "primary",
        "3100000002": "junior",
        "3100000003": "nine_year",
    }


def test_a_kindergarten_among_the_rows_is_left_out(folder, tmp_path):
    primary(folder, row("甲县幼儿园", "1100000004", "幼儿园", "小学", 30))

    found = import_returns(folder, tmp_path / "out", **ABOUT)

    assert (
        "2023年小学.xlsx: kindergartens: no matter of this assessment and left out (甲县幼儿园)"
        in said(found, "warning")
    )
    assert "1100000004" not in years(found).index


def test_a_column_that_stands_twice_is_not_guessed(folder, tmp_path):
    path = primary(folder)
    book = openpyxl.load_workbook(path)
    page = book.active
    last = page.max_column
    for line in range(1, page.max_row + 1):
        page.cell(line, last + 1, page.cell(line, last).value)
    book.save(path)

    found = import_returns(folder, tmp_path / "out", **ABOUT)

    assert said(found) == (
        "2023年小学.xlsx [Sheet1]: Networked multimedia rooms: several columns (AE, AF) are called "
        "网络多媒体教室; keep one"
    )


def test_stages_that_contradict_each_other_are_named(folder, tmp_path):
    primary(folder)
    junior(folder, **{"网络多媒体教室": 13})

    found = import_returns(folder, tmp_path / "out", **ABOUT)

    assert found.out is None
    assert "2023年初中.xlsx [Sheet1]" in said(found)
    assert "2023年小学.xlsx [Sheet1]" in said(found)
    assert len(said(found).splitlines()) == 1


def test_a_site_is_added_to_its_school(folder, tmp_path):
    site = row("一小河东校点", "2100000009", "小学教学点", "小学", 5, 是否计校数=0)
    primary(folder, site)

    (folder / "sites.csv").write_text("site,belongs_to\n一小河东校点,一小\n", encoding="utf-8")
    found = import_returns(folder, tmp_path / "out", **ABOUT)
    rows = years(found)

    assert sorted(rows.index) == ["2100000001", "3100000003"]
    got = rows.loc["2100000001"]
    assert (got["students_primary"], got["teachers_primary"]) == (330, 40)
    assert (got["teaching_area_m2"], got["multimedia_rooms"]) == (4001, 24)
    assert "added to those of the schools they belong to: 1 (一小河东校点 → 一小)" in said(
        found, "warning"
    )
    county = load_county(found.out)
    assert [site.name for site in county.sites.of("2100000001")] == ["一小河东校点"]
    assert "2100000009" not in set(county.tables["schools"]["school_id"])
    assert county.tables["school_years"]["students_primary"].tolist() == [330, 240]


def test_a_site_of_an_unknown_school_leaves_both_open_and_is_asked_for_once(folder, tmp_path):
    primary(folder, row("一小河东校点", "2100000009", "小学教学点", "小学", 5, 是否计校数=0))

    found = import_returns(folder, tmp_path / "out", **ABOUT)

    asked = [f.sentence("en") for f in found.findings if "不计校数" in f.sentence("en")]
    assert len(asked) == 1
    assert "sites.csv" in asked[0]
    assert "一小河东校点" in asked[0]
    county = load_county(found.out)
    known = county.tables["school_years"].set_index("school_id")["students_primary"].notna()
    assert known.to_dict() == {"2100000001": False, "2100000009": False, "3100000003": True}


def test_a_blank_beside_the_figure_of_a_site_leaves_the_sum_blank(folder, tmp_path):
    primary(
        folder,
        row("一小河东校点", "2100000009", "小学教学点", "小学", 5, 是否计校数=0, 网络多媒体教室=""),
    )
    (folder / "sites.csv").write_text("site,belongs_to\n一小河东校点,一小\n", encoding="utf-8")

    rows = years(import_returns(folder, tmp_path / "out", **ABOUT))

    assert pd.isna(rows.loc["2100000001", "multimedia_rooms"])
    assert rows.loc["2100000001", "students_primary"] == 330


SITE = row("一小河东校点", "2100000009", "小学教学点", "小学", 5, 是否计校数=0)


@pytest.fixture
def with_site(folder, tmp_path):
    """Sheets with a site of which nothing says whose it is, and the county's folder made of them."""
    primary(folder, SITE)
    return folder, import_returns(folder, tmp_path / "out", **ABOUT).out


def roster(county) -> pd.DataFrame:
    read = pd.read_csv(county / "schools.csv", dtype=str, keep_default_na=False)
    return read.set_index("school_id")


def fill_in(county, main) -> None:
    """Say in the county's folder to which school the site belongs."""
    table = roster(county)
    table.loc["2100000009", "belongs_to"] = main
    table.reset_index().to_csv(county / "schools.csv", index=False)


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("own", ["", "unknown", "未知"])
def test_a_school_filled_in_by_hand_stays_where_the_sheets_know_none(with_site, force, own):
    folder, county = with_site
    fill_in(county, "2100000001")
    if own:
        text = f"school_id,name,type,ownership,area,belongs_to\n2100000009,,,,,{own}\n"
        (folder / "schools.csv").write_text(text, encoding="utf-8")

    found = merge_returns(folder, county, force=force)

    assert roster(county).loc["2100000009", "belongs_to"] == "2100000001"
    assert not [change for change in found.changes if change.column == "belongs_to"]
    assert "Belongs to school" not in said(found, "warning")


@pytest.mark.parametrize("before", ["unknown", "未知", ""])
def test_a_school_that_the_sheets_know_takes_the_place_of_an_unknown_one(with_site, before):
    folder, county = with_site
    fill_in(county, before)
    (folder / "sites.csv").write_text("site,belongs_to\n一小河东校点,育英学校\n", encoding="utf-8")

    merge_returns(folder, county, force=True)

    assert roster(county).loc["2100000009", "belongs_to"] == "3100000003"


def test_a_school_that_the_roster_names_is_not_asked_for(with_site, tmp_path):
    folder, county = with_site
    fill_in(county, "2100000001")
    merged = merge_returns(folder, county)
    shutil.copy(county / "schools.csv", folder)

    made = import_returns(folder, tmp_path / "again", **ABOUT)

    for found in (merged, made):
        assert "of which no table says to which school" not in said(found, "warning")
    again = load_county(made.out)
    assert [site.name for site in again.sites.of("2100000001")] == ["一小河东校点"]
    assert again.tables["school_years"]["students_primary"].tolist() == [330, 240]


def test_another_school_than_the_one_filled_in_by_hand_is_named(with_site):
    folder, county = with_site
    fill_in(county, "2100000001")
    (folder / "sites.csv").write_text("site,belongs_to\n一小河东校点,育英学校\n", encoding="utf-8")

    found = merge_returns(folder, county)

    assert (
        "“3100000003” in sites.csv, but “2100000001” in schools.csv; the latter was kept"
        in said(found, "warning")
    )
    assert roster(county).loc["2100000009", "belongs_to"] == "2100000001"
    merge_returns(folder, county, force=True)
    assert roster(county).loc["2100000009", "belongs_to"] == "3100000003"


@pytest.mark.parametrize("force", [False, True])
def test_a_site_with_rows_of_its_own_in_the_folder_counts_once(with_site, force):
    folder, county = with_site
    (folder / "sites.csv").write_text("site,belongs_to\n一小河东校点,一小\n", encoding="utf-8")

    found = merge_returns(folder, county, force=force)

    assert said(found) == ""
    again = load_county(county).tables["school_years"]
    assert again["students_primary"].tolist() == [330, 240]


def test_several_districts_in_one_table(folder, tmp_path):
    primary(folder, row("乙县一小", "2100000005", "小学", "小学", 30, 统计三级="乙县"))

    asked = import_returns(folder, tmp_path / "out", **ABOUT | {"name": "某县"})
    assert "(乙县, 甲县); say which with --district" in said(asked)

    named = import_returns(folder, tmp_path / "a", **ABOUT)
    assert sorted(years(named).index) == ["2100000001", "3100000003"]
    other = import_returns(folder, tmp_path / "b", district="乙县", **ABOUT)
    assert sorted(years(other).index) == ["2100000005"]


def test_without_codes_schools_are_joined_by_name(folder, tmp_path):
    write_table(folder / "2023年小学.xlsx", "小学", [row("育英学校", "", THROUGH[2], "小学", 40)])
    write_table(folder / "2023年初中.xlsx", "初中", [row("育英学校", "", THROUGH[2], "初中", 60)])

    found = import_returns(folder, tmp_path / "out", **ABOUT)

    assert list(years(found).index) == ["育英学校"]
    assert "1 schools have no code in any table (育英学校)" in said(found, "warning")


def test_a_cell_that_is_no_number_and_a_table_of_no_stage(folder, tmp_path):
    write_table(folder / "2023年.xlsx", "小学", [row("一小", "2100000001", "小学", "小学", 50)])
    primary(folder, row("三小", "2100000008", "小学", "小学", 50, 网络多媒体教室="十二"))

    found = import_returns(folder, tmp_path / "out", **ABOUT)

    assert "which stage (小学, 初中, 高中) this table is of" in said(found)
    assert "is “十二”; expected a number" in said(found)
    assert found.out is None


def test_the_example_of_the_real_layout(tmp_path):
    source = REAL / "detail_table"
    if not source.is_dir():
        pytest.skip("the example workbooks are not there (JUNHENG_REAL_DATA)")
    expected = json.loads((source / "expected.json").read_text(encoding="utf-8"))["school_years"]

    rows = years(import_returns(source, tmp_path / "out", **ABOUT))

    assert sorted(rows.index) == sorted(expected)
    for code, values in expected.items():
        assert {name: rows.loc[code, name] for name in values} == values
    shutil.copytree(source, tmp_path / "in")
    (tmp_path / "in" / "sites.csv").unlink()
    without = import_returns(tmp_path / "in", tmp_path / "open", **ABOUT)
    unplaced = load_county(without.out).sites.unplaced
    assert [(s.name, s.may_be) for s in unplaced] == [("试验县第二小学河东校点", ("2199990011",))]
