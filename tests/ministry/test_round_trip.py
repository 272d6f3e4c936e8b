"""A made-up county written as exports of both generations, imported year by year: nothing differs."""

from __future__ import annotations

import openpyxl
import pytest
from ministry_county import made_up_county
from ministry_exports import export_county
from ministry_files import GENERATIONS

from analysis import load_county
from analysis.data.differences import differences
from analysis.ministry.folder import import_returns
from analysis.ministry.merging.into import merge_returns

YEARS = (2020, 2021, 2022)
ABOUT = {
    "code": "210999",
    "name": "试验县",
    "name_en": "Trial County",
    "province": "试验省",
    "province_en": "Trial Province",
}
#: What one county has because of the way in which it was made.
ASIDE = ("county", "county_years")


def errors(found) -> list[str]:
    return [f.sentence("en") for f in found.findings if f.severity == "error"]


def unlike(county, folder, year=None) -> list:
    found = differences(county, load_county(folder))
    return [d for d in found if d.table not in ASIDE and year in (None, d.row.get("year"))]


#: Cells of the layout's description: row and column of the first figures of every form.
CELLS = {
    "old": {
        "基础基312": {"H7": "students_primary"},
        "基础基313": {"G7": "students_junior"},
        "基础基314": {"G7": "students_senior"},
        "基础基212": {"E6": "classes_primary"},
        "基础基423": {"D8": "teachers_primary"},
        "基础基512": {"E10": "teaching_area_m2", "E16": "indoor_sports_area_m2"},
        "基础基522": {"F9": "outdoor_sports_area_m2"},
    },
    "new": {
        "教基3112": {"I6": "students_primary"},
        "教基3115": {"E6": "students_junior"},
        "教基3118": {"E6": "students_senior"},
        "教基2106": {"C5": "classes_primary"},
        "教基4155": {"C6": "teachers_primary"},
        "教基1102续": {"D12": "backbone_primary", "D13": "backbone_junior"},
        "教基5170": {"F10": "teaching_area_m2", "F17": "indoor_sports_area_m2"},
        "教基5176": {"D7": "outdoor_sports_area_m2", "D17": "multimedia_rooms"},
    },
}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_figures_stand_where_public_programs_read_them(tmp_path, generation):
    county = made_up_county(8, (2020,))
    export_county(county, tmp_path, 2020, generation)
    row, *_ = (
        county.tables["school_years"]
        .query("students_senior > 0 and students_primary > 0")
        .to_dict("records")
    )
    names = county.tables["schools"].set_index("school_id")["name"]
    book = openpyxl.load_workbook(tmp_path / f"{names[row['school_id']]}.xlsx")

    for form, cells in CELLS[generation].items():
        for cell, name in cells.items():
            assert float(book[form][cell].value) == row[name], (form, cell)
    if generation == "old":
        page = book["基础基522"]
        assert int(page["L9"].value) + int(page["N9"].value) == row["multimedia_rooms"]
        assert float(page["O9"].value) * 10000 == pytest.approx(row["equipment_value_cny"])
        page = book["基础基423"]
        assert (
            sum(int(page[c].value) for c in ("D11", "D12", "D13"))
            == row["above_qualification_primary"]
        )
        assert sum(int(page[c].value) for c in ("M8", "N8", "P8", "Q8")) == row["pe_arts_primary"]
    else:
        assert float(book["教基5176"]["D19"].value) * 10000 == pytest.approx(
            row["equipment_value_cny"]
        )
        page = book["教基4155"]
        assert (
            sum(int(page[f"C{n}"].value) for n in range(9, 13))
            == row["above_qualification_primary"]
        )
        assert sum(int(page[c].value) for c in ("L6", "N6", "O6", "P6")) == row["pe_arts_primary"]
        page = book["教基4156"]
        assert (
            sum(int(page[f"C{n}"].value) for n in range(10, 13))
            == row["above_qualification_junior"]
        )


def test_every_form_and_every_type_of_school_is_written(tmp_path):
    county = made_up_county(8, (2020,))
    forms, kinds = set(), set()
    for generation in GENERATIONS:
        export_county(county, tmp_path / generation, 2020, generation)
        for path in (tmp_path / generation).iterdir():
            book = openpyxl.load_workbook(path, read_only=True)
            forms |= set(book.sheetnames)
    kinds = set(county.tables["schools"]["type"])

    assert len(forms - {"封面", "目录", "基础基111", "教基1001"}) == 22
    assert len(kinds) == 8


@pytest.mark.slow
def test_sixty_schools_three_years_two_generations(tmp_path):
    county = made_up_county(60, YEARS)
    for generation in GENERATIONS:
        for year in YEARS:
            export_county(county, tmp_path / generation / f"{year}", year, generation)
    out = {generation: tmp_path / f"county-{generation}" for generation in GENERATIONS}
    for generation in GENERATIONS:
        sheets = tmp_path / generation
        made = import_returns(sheets / "2020", out[generation], **ABOUT)
        assert errors(made) == []
        # the order of the years does not matter
        for year in (2022, 2021):
            merged = merge_returns(sheets / f"{year}", out[generation])
            assert errors(merged) == []
            assert {change.kind for change in merged.changes} == {"row"}
        assert unlike(county, out[generation]) == []
    assert unlike(load_county(out["old"]), out["new"]) == []

    # the other generation's sheets of the same years add nothing and contradict nothing
    again = merge_returns(tmp_path / "new", out["old"])
    assert errors(again) == []
    assert {change.table for change in again.changes} <= {"county_years"}
    assert again.same > 60 * 3 * 20
