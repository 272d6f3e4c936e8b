"""Workbooks as the statistics system exports them: one per school, identity once, hidden grid."""

from __future__ import annotations

import json
import os
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from ministry_exports import export_county, export_school
from ministry_files import comparable
from typer.testing import CliRunner

from analysis import load_county
from analysis.cli.app import app
from analysis.ministry.folder import import_returns

REAL = Path(os.environ.get("JUNHENG_REAL_DATA", Path(__file__).parents[3] / "shared" / "real"))
ABOUT = {"code": "150304", "name": "乌达区", "province": "内蒙古自治区"}
ENGLISH = {"name_en": "Wuda", "province_en": "Inner Mongolia"}


@pytest.fixture
def small(make_county):
    county = make_county(
        [
            {"school_id": "1503040001", "name": "一小", "type": "primary", "students_primary": 600},
            {"school_id": "1503040002", "name": "一中", "type": "junior", "students_junior": 450},
        ],
        2020,
    )
    grades = [
        {"school_id": school, "year": 2020.0, "grade": float(n), "students": students / count}
        for school, students, first, count in (
            ("1503040001", 600, 1, 6),
            ("1503040002", 450, 7, 3),
        )
        for n in range(first, first + count)
    ]
    enrolment = pd.DataFrame(grades, columns=county.tables["enrolment"].columns)
    enrolment = enrolment.astype(county.tables["enrolment"].dtypes.to_dict())
    object.__setattr__(county, "tables", dict(county.tables) | {"enrolment": enrolment})
    return county


def kindergarten(folder: Path, code: str, name: str, type_: str = "kindergarten", made=()) -> None:
    school = {"school_id": code, "name": name, "type": type_, "area": "town", "sponsor": 7}
    export_school(folder / f"{name}.xlsx", school, 2020, list(made))


def texts(found, severity=None) -> list[str]:
    return [f.sentence("en") for f in found.findings if severity in (None, f.severity)]


def run(folder: Path, out: Path):
    options = [f"--{name}={text}" for name, text in ABOUT.items()]
    return CliRunner().invoke(app, ["import", str(folder), "--out", str(out), *options])


def test_the_same_tables_come_back(small, tmp_path):
    export_county(small, tmp_path / "in", 2020)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)

    assert texts(found, "error") == []
    assert not [text for text in texts(found) if "hidden" in text or "form number" in text]
    made = load_county(tmp_path / "out")
    for table, keys, dropped in (
        (
            "school_years",
            ["school_id", "year"],
            ["operating_funds_cny", "training_funds_cny", "note"],
        ),
        ("enrolment", ["school_id", "year", "grade"], ["largest_class", "note", "classes"]),
    ):
        want, got = (comparable(c.tables[table], keys) for c in (small, made))
        carried = [column for column in got.columns if column not in dropped]
        pd.testing.assert_frame_equal(got[carried], want[carried])
    got, want = (c.tables["schools"].set_index("school_id") for c in (made, small))
    columns = ["name", "type", "ownership", "area"]
    pd.testing.assert_frame_equal(got[columns], want.loc[got.index, columns])


def test_where_the_school_is(tmp_path, small):
    export_county(small, tmp_path / "in", 2020)
    path = tmp_path / "in" / "一小.xlsx"
    workbook = openpyxl.load_workbook(path)
    page = workbook["基础基111"]
    page["J19"], page["K19"] = "106.722", "39.504"
    workbook.save(path)

    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)
    schools = load_county(tmp_path / "out").tables["schools"].set_index("school_id")

    assert schools.loc["1503040001", ["longitude", "latitude"]].tolist() == [106.722, 39.504]
    assert schools.loc["1503040002", ["longitude", "latitude"]].isna().all()


def test_where_the_school_is_has_the_digits_of_the_source(tmp_path, small):
    export_county(small, tmp_path / "in", 2020)
    path = tmp_path / "in" / "一小.xlsx"
    workbook = openpyxl.load_workbook(path)
    page = workbook["基础基111"]
    page["J19"], page["K19"] = "106.72210", "39.5040000000000012"
    workbook.save(path)
    own = (
        "school_id,name,type,ownership,area,longitude,latitude\n"
        "1503040001,,,,,106.7221000,\n1503040002,,,,,１０６.50,39.10\n"
    )
    made = import_returns(tmp_path / "in", tmp_path / "plain", **ABOUT, **ENGLISH)
    (tmp_path / "in" / "schools.csv").write_text(own, encoding="utf-8")

    with_own = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)

    written = [
        pd.read_csv(found.out / "schools.csv", dtype=str).set_index("school_id")[
            ["longitude", "latitude"]
        ]
        for found in (made, with_own)
    ]
    assert written[0].loc["1503040001"].tolist() == ["106.72210", "39.5040000000000012"]
    assert written[1].loc["1503040001"].tolist() == ["106.7221000", "39.5040000000000012"]
    assert written[1].loc["1503040002"].tolist() == ["106.50", "39.10"]
    assert not [text for text in texts(with_own) if "the latter was kept" in text]


def test_other_kinds_of_school_have_one_line_each(small, tmp_path):
    export_county(small, tmp_path / "in", 2020)
    for number in range(4):
        kindergarten(tmp_path / "in", f"119999000{number}", f"第{number}幼儿园")
    kindergarten(tmp_path / "in", "3699990001", "职教中心", "vocational")

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)
    said = [text for text in texts(found) if "left out" in text]

    assert texts(found, "error") == []
    assert said == [
        "kindergartens: 4 (第0幼儿园, 第1幼儿园, 第2幼儿园 …), no matter of this assessment and left out",
        "vocational schools: 1 (职教中心), no matter of this assessment and left out",
    ]
    assert set(load_county(tmp_path / "out").tables["schools"]["name"]) == {"一小", "一中"}


def test_a_kindergarten_with_primary_students_is_an_attached_class(small, tmp_path):
    from ministry_files import sheets

    row = small.tables["school_years"].to_dict("records")[0]
    made = [sheet for sheet in sheets(row, {}, "old") if sheet.form == "基础基312"]
    export_county(small, tmp_path / "in", 2020)
    kindergarten(tmp_path / "in", "1199990001", "中心幼儿园", made=made)

    import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)
    schools = pd.read_csv(tmp_path / "out" / "schools.csv", dtype=str).set_index("school_id")

    assert schools.loc["1199990001", "type"] == "attached_class"


@pytest.mark.slow
def test_a_word_that_is_not_known_is_read_by_its_code(small, tmp_path):
    export_county(small, tmp_path / "in", 2020)
    path = tmp_path / "in" / "一小.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook["基础基111"]["D14"] = "完全小学"
    workbook["基础基111"]["G10"] = "县城"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)
    schools = load_county(tmp_path / "out").tables["schools"].set_index("school_id")

    assert schools.loc["1503040001", ["type", "area"]].tolist() == ["primary", "town"]
    assert not [text for text in texts(found) if "is none of" in text]


def test_a_hidden_row_that_is_not_of_the_grid_is_told(small, tmp_path):
    export_county(small, tmp_path / "in", 2020)
    path = tmp_path / "in" / "一小.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook["基础基312"].row_dimensions[8].hidden = True
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)

    assert [text for text in texts(found) if "[基础基312]: 2 rows are hidden" in text]


def test_a_sheet_that_speaks_for_itself_is_not_the_workbooks(small, tmp_path):
    """Where sheets of figures name schools, one that does not is nobody's."""
    export_county(small, tmp_path / "in", 2020)
    path = tmp_path / "in" / "一小.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook["基础基312"]["F2"] = "学校标识码：1503040009"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)

    assert [t for t in texts(found, "error") if "[基础基412]: there is no line with the" in t]


def test_minus_one_is_not_set(small, tmp_path):
    export_county(small, tmp_path / "in", 2020)
    path = tmp_path / "in" / "一小.xlsx"
    workbook = openpyxl.load_workbook(path)
    page = workbook["基础基512"]
    (cell,) = [page.cell(row[0].row, 5) for row in page.iter_rows() if row[1].value == "体育馆"]
    cell.value = "-1"
    workbook.save(path)

    found = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)
    reading = found.returns.readings["1503040001", 2020, "school_years.indoor_sports_area_m2"]

    assert (reading.value, texts(found, "error")) == (None, [])


def test_the_screen_has_five_lines_for_a_county(small, tmp_path):
    export_county(small, tmp_path / "in", 2020)
    kindergarten(tmp_path / "in", "1199990001", "中心幼儿园")

    made = run(tmp_path / "in", tmp_path / "out")

    assert made.exit_code == 0
    assert len(made.output.splitlines()) <= 5
    assert "幼儿园" in made.output


def test_an_import_that_read_no_school_writes_nothing_and_says_so(tmp_path):
    (tmp_path / "in").mkdir()
    kindergarten(tmp_path / "in", "1199990001", "中心幼儿园")

    made = run(tmp_path / "in", tmp_path / "out")

    assert made.exit_code == 1
    assert "没有从中读到任何学校的数据" in made.output
    assert not (tmp_path / "out").exists()


def test_a_broken_workbook_is_named_and_may_be_left_out(small, tmp_path):
    export_county(small, tmp_path / "in", 2020)
    (tmp_path / "in" / "二小.xlsx").write_bytes(b"PK\x03\x04 and no more")
    steps = []

    refused = import_returns(tmp_path / "in", tmp_path / "out", **ABOUT, **ENGLISH)
    made = import_returns(
        tmp_path / "in",
        tmp_path / "out",
        without_broken=True,
        progress=lambda *step: steps.append(step),
        **ABOUT,
        **ENGLISH,
    )

    assert refused.out is None
    assert [t for t in texts(refused, "error") if t.startswith("二小.xlsx: cannot be opened")]
    assert [t for t in texts(made, "warning") if t.startswith("二小.xlsx: cannot be opened")]
    assert len(load_county(made.out).tables["school_years"]) == 2
    # every workbook is opened, then read; the broken one is only opened
    assert steps == [*((n, 6) for n in range(1, 6)), (6, 6)]


# --- the example workbooks, where they are ---------------------------------------------------------


def agrees(made: dict, expected: dict) -> dict:
    """What differs between a row of ours and what is expected of it."""
    return {
        name: (made.get(name), value)
        for name, value in expected.items()
        if (float(made[name]) if isinstance(value, int | float) else made[name]) != value
    }


def test_the_example_of_the_real_layout(tmp_path):
    folder = REAL / "ministry_layout"
    if not folder.is_dir():
        pytest.skip("the example workbooks are not there (JUNHENG_REAL_DATA)")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))

    made = run(folder, tmp_path / "out")

    assert made.exit_code == 0
    assert len(made.output.splitlines()) <= 5
    tables = {
        name: pd.read_csv(tmp_path / "out" / f"{name}.csv", dtype=str).to_dict("records")
        for name in ("schools", "school_years", "enrolment")
    }
    (school,), (row,) = tables["schools"], tables["school_years"]
    assert agrees(school, expected["school"]) == {}
    assert agrees(row, expected["school_years"]) == {}
    assert row["year"] == "2020"
    grades = {r["grade"]: int(r["students"]) for r in tables["enrolment"]}
    assert grades == expected["enrolment"]
