"""Sheets of another year into a county's folder: what is added, what differs, what stays."""

from __future__ import annotations

import html
import os
import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from counties import build_county
from ministry_files import write_returns
from typer.testing import CliRunner

from analysis import load_county
from analysis.base.files import InputError
from analysis.base.schema.tables import TABLES
from analysis.base.storage import switching
from analysis.cli.app import app
from analysis.data.paths import find_county
from analysis.ministry.folder import import_returns
from analysis.ministry.merging.into import merge_returns

ABOUT = {
    "code": "150304",
    "name": "乌达区",
    "name_en": "Wuda District",
    "province": "内蒙古自治区",
    "province_en": "Inner Mongolia",
}


def schools(years=(2021, 2022)):
    """Two schools in two years, with grades."""
    county = build_county(
        [
            {"school_id": "1503040001", "name": "一小", "type": "primary", "students_primary": 600},
            {"school_id": "1503040002", "name": "一中", "type": "junior", "students_junior": 450},
        ],
        list(years),
    )
    rows = [
        {"school_id": school, "year": float(year), "grade": float(n), "students": each + year - 2021,
         "classes": 4.0}
        for year in years
        for school, first, count, each in (("1503040001", 1, 6, 100), ("1503040002", 7, 3, 150))
        for n in range(first, first + count)
    ]  # fmt: skip
    enrolment = pd.DataFrame(rows, columns=county.tables["enrolment"].columns)
    enrolment = enrolment.astype(county.tables["enrolment"].dtypes.to_dict())
    yearly = county.tables["school_years"].copy()
    for stage, grades in (("primary", 6), ("junior", 3)):
        yearly[f"students_{stage}"] += grades * (yearly["year"] - 2021)
    tables = dict(county.tables) | {"enrolment": enrolment, "school_years": yearly}
    object.__setattr__(county, "tables", tables)
    return county


@pytest.fixture(scope="module")
def sheet_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sheets")
    write_returns(schools(), folder, "new", "plain")
    import_returns(folder / "2021学年", folder / "county", **ABOUT)
    return folder


@pytest.fixture
def first(sheet_folder, tmp_path):
    """The sheets of 2022, and the county's folder with those of 2021."""
    shutil.copytree(sheet_folder / "2022学年", tmp_path / "2022学年")
    return tmp_path / "2022学年", shutil.copytree(sheet_folder / "county", tmp_path / "county")


def tree(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def texts(found, severity=None) -> list[str]:
    return [f.sentence("en") for f in found.findings if severity in (None, f.severity)]


def kinds(found) -> set[str]:
    return {change.kind for change in found.changes}


def edit(folder: Path, table: str, change) -> None:
    path = folder / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    change(frame)
    frame.to_csv(path, index=False)


@pytest.mark.slow
def test_a_second_year_is_added_and_the_first_is_as_it_was(first, tmp_path):
    sheets, county = first
    before = tree(county)

    found = merge_returns(sheets, county)

    assert texts(found, "error") == []
    assert kinds(found) == {"row"}
    both = import_returns(_write_both(tmp_path), tmp_path / "both", **ABOUT).out
    for name in ("school_years", "enrolment", "county_years"):
        keys = ["school_id", "year", "grade", "item"]
        got, want = (
            pd.read_csv(f / f"{name}.csv", dtype=str, keep_default_na=False) for f in (county, both)
        )
        keys = [key for key in keys if key in got]
        got, want = (t.sort_values(keys).reset_index(drop=True) for t in (got, want))
        pd.testing.assert_frame_equal(got, want)
    after = tree(county)
    assert {n for n in before if after[n] != before[n]} == {
        *("school_years.csv", "enrolment.csv", "county_years.csv")
    }
    for name in ("school_years.csv", "enrolment.csv", "county_years.csv"):
        assert set(before[name].splitlines()) <= set(after[name].splitlines())
        assert (found.former / name).read_bytes() == before[name]
    assert load_county(county).years == [2021, 2022]


def _write_both(tmp_path):
    write_returns(schools(), tmp_path / "all", "new", "plain")
    return tmp_path / "all"


def test_the_same_sheets_again_change_nothing(first):
    sheets, county = first
    merge_returns(sheets, county)
    before = tree(county)

    again = merge_returns(sheets, county)

    assert again.changes == ()
    assert (again.former, again.replaced) == (None, ())
    assert tree(county) == before
    assert len(list(county.glob("former-*"))) == 1
    assert again.same > 50
    assert "Nothing changed: all" in run(sheets, county).stdout


def run(sheets, county, *options):
    return CliRunner().invoke(
        app, ["import", str(sheets), "--into", str(county), "--lang", "en", *options]
    )


@pytest.mark.slow
def test_another_value_is_refused_with_both_and_taken_with_force(first):
    sheets, county = first
    merge_returns(sheets, county)
    edit(county, "school_years", lambda t: t.__setitem__("teachers_primary", ["60", "77", "", ""]))
    before = tree(county)

    refused = merge_returns(sheets, county)
    (error,) = texts(refused, "error")

    assert refused.out is None
    assert tree(county) == before
    assert error.startswith(
        "Full-time primary teachers of 一小 in 2022: 77 stands in the county's folder, 60 in "
        "1503040001.xlsx [教基4155] C"
    )
    assert "77 stands in the county" in run(sheets, county).stderr
    assert run(sheets, county).exit_code == 1

    taken = merge_returns(sheets, county, force=True)
    made = load_county(county).tables["school_years"]

    assert [t for t in texts(taken, "warning") if "77 became 60" in t]
    assert made.loc[made["year"] == 2022, "teachers_primary"].dropna().tolist() == [60]
    assert made.loc[made["year"] == 2021, "teachers_primary"].dropna().tolist() == [60]


def test_blank_in_the_sheets_erases_nothing_and_a_blank_cell_is_filled(first):
    sheets, county = first
    merge_returns(sheets, county)

    def change(table):
        table.loc[table["year"] == "2022", "multimedia_rooms"] = ""
        table.loc[table["year"] == "2022", "operating_funds_cny"] = "5"

    edit(county, "school_years", change)
    path = sheets / "1503040001.xlsx"
    book = openpyxl.load_workbook(path)
    page = book["教基3112"]
    for row in page.iter_rows():
        for cell in row:
            if cell.value == 606:
                cell.value = None
    book.save(path)

    found = merge_returns(sheets, county)
    made = load_county(county).tables["school_years"]
    made = made[made["year"] == 2022]

    assert texts(found, "error") == []
    assert kinds(found) == {"filled"}
    assert {change.column for change in found.changes} == {"multimedia_rooms"}
    assert made["students_primary"].dropna().tolist() == [606]
    assert made["multimedia_rooms"].notna().all()
    assert (made["operating_funds_cny"] == 5).all()


def call_otherwise(sheets: Path) -> None:
    """Give the primary school another name in its sheets."""
    path = sheets / "1503040001.xlsx"
    book = openpyxl.load_workbook(path)
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.value == "一小":
                    cell.value = "第一实验小学"
    book.save(path)


def test_a_school_by_its_code_under_another_name(first):
    sheets, county = first
    call_otherwise(sheets)

    found = merge_returns(sheets, county)
    names = load_county(county).tables["schools"].set_index("school_id")["name"]

    assert names["1503040001"] == "第一实验小学"
    assert [t for t in texts(found) if "1503040001 was called 一小 and is now 第一实验小学" in t]
    assert "第一实验小学" in found.page.read_text(encoding="utf-8")


def test_an_older_name_in_older_sheets_is_not_taken(first, tmp_path):
    sheets, county = first
    merge_returns(sheets, county)
    edit(county, "schools", lambda t: t.__setitem__("name", ["第一实验小学", "一中"]))
    write_returns(schools(), tmp_path / "old", "new", "plain", years=[2021])

    found = merge_returns(tmp_path / "old", county)

    assert (found.changes, texts(found, "error")) == ((), [])


@pytest.mark.slow
def test_the_roster_as_it_stands_is_kept(first):
    """What was settled by hand, which no sheet says, stays; so does what the sheets say otherwise."""
    sheets, county = first

    def change(table):
        table["type"] = ["teaching_point", "junior"]
        table["ownership"] = ["private", "public"]
        table["boarding"] = ["yes", ""]

    edit(county, "schools", change)
    before = (county / "schools.csv").read_bytes()

    found = merge_returns(sheets, county)

    assert (county / "schools.csv").read_bytes() == before
    assert [t for t in texts(found, "warning") if "“primary”" in t and "“teaching_point”" in t]
    merge_returns(sheets, county, force=True)
    roster = load_county(county).tables["schools"]
    assert roster["type"].tolist() == ["primary", "junior"]
    assert roster["boarding"].iloc[0] == "yes"


@pytest.mark.slow
def test_a_new_school_is_added_below(first, tmp_path):
    _, county = first
    new = build_county(
        [{"school_id": "1503040009", "name": "新校", "type": "primary", "students_primary": 120}],
        2022,
    )
    write_returns(new, tmp_path / "new", "new", "plain")

    refused = merge_returns(tmp_path / "new", county)
    found = merge_returns(tmp_path / "new", county, force=True)

    assert "none of the 1 schools of the sheets (新校 1503040009) is in the county" in "".join(
        texts(refused, "error")
    )
    assert texts(found, "error") == []
    assert load_county(county).tables["schools"]["name"].tolist() == ["一小", "一中", "新校"]


@pytest.mark.slow
def test_sums_of_the_county_wait_for_all_schools(first):
    sheets, county = first
    merge_returns(sheets, county)
    before = (county / "county_years.csv").read_bytes()
    (sheets / "1503040002.xlsx").unlink()
    (county / "school_years.csv").write_bytes(
        (county / "school_years.csv").read_bytes()
        + b"1503040003,2022,300,,,10,,20,,2,,1,,2,,2000,100,2000,900000,10,,\n"
    )
    with (county / "schools.csv").open("a", encoding="utf-8") as file:
        row = (county / "schools.csv").read_text(encoding="utf-8").splitlines()[1]
        file.write(row.replace("1503040001", "1503040003").replace("一小", "二小") + "\n")

    found = merge_returns(sheets, county)

    assert found.changes == ()
    assert (county / "county_years.csv").read_bytes() == before
    assert [t for t in texts(found, "warning") if "sums for the county" in t]


def test_the_files_of_the_county_keep_their_names_marks_and_columns(first):
    sheets, county = first
    path = county / "学校年度数据.csv"
    (county / "school_years.csv").rename(path)
    text = path.read_text(encoding="utf-8").replace("school_id,year", "学校标识码,学年", 1)
    path.write_text("\n" + text + "合计,,600\n", encoding="gb18030")

    found = merge_returns(sheets, county)
    data = path.read_bytes()

    assert texts(found, "error") == []
    assert data.startswith(b"\xef\xbb\xbf")
    assert not (county / "school_years.csv").exists()
    assert data.decode("utf-8-sig").splitlines()[1].startswith("学校标识码,学年,")
    assert load_county(county).years == [2021, 2022]


@pytest.mark.slow
def as_in_a_template(county: Path, money: str = "万元") -> None:
    """Tables with heads of the template: schools by name alone, amounts in 万元, items by name."""
    roster = pd.read_csv(county / "schools.csv", dtype=str).set_index("school_id")["name"]
    for name in ("school_years", "enrolment", "rooms", "staff_ages"):
        if not (county / f"{name}.csv").is_file():
            continue
        table = pd.read_csv(county / f"{name}.csv", dtype=str, keep_default_na=False)
        table["school_id"] = table["school_id"].map(roster)
        for column in [c for c in table if c.endswith("_cny") and money]:
            table[column] = [f"{Decimal(t) / 10_000:f}" if t else "" for t in table[column]]
        heads = {c.name: c.zh + (f"（{money}）" if c.unit.zh == "元" else "") for c in
                 TABLES[name].columns}  # fmt: skip
        table.rename(columns=heads | {"school_id": "学校名称"}).to_csv(
            county / f"{name}.csv", index=False
        )
    (county / "county_years.csv").write_text(ITEMS, encoding="utf-8")


#: County data with heads of the template: items by name, one still blank, an amount in 万元.
ITEMS = (
    "学年,项目,数值,单位,依据\n2021,小学一年级招生数,100,人,x\n2021,一般公共预算教育经费,300.5,万元,y\n"
    ",出生人口,,人,\n"
)


def test_into_tables_with_names_in_place_of_ids_and_amounts_in_ten_thousands(first, tmp_path):
    sheets, county = first
    head = "school_id,year,kind,area_m2\n"
    (county / "rooms.csv").write_text(head + "1503040001,2021,music,80\n", encoding="utf-8")
    shutil.copytree(county, tmp_path / "plain")
    merge_returns(sheets, tmp_path / "plain")
    as_in_a_template(county)
    (sheets / "rooms.csv").write_text(
        "学校名称,学年,用途,面积\n一小,2022,音乐,90\n", encoding="utf-8"
    )

    found = merge_returns(sheets, county)

    assert texts(found, "error") == []
    assert kinds(found) == {"row"}
    got, want = load_county(county).tables, load_county(tmp_path / "plain").tables
    for name in ("schools", "school_years", "enrolment"):
        pd.testing.assert_frame_equal(*(t[name].reset_index(drop=True) for t in (got, want)))
    assert got["rooms"]["school_id"].tolist() == ["1503040001"] * 2
    items = got["county_years"].set_index(["year", "item"])["value"]
    assert items[2021, "budget_education_cny"] == "3005000"
    assert items[2022, "entrants_grade1"] == "101"
    text = (county / "school_years.csv").read_text(encoding="utf-8").splitlines()
    assert text[0].startswith("学校名称,学年,")
    assert text[0].endswith(",school_id")
    assert merge_returns(sheets, county).changes == ()


def test_another_value_is_written_in_the_unit_of_its_column(first):
    sheets, county = first
    merge_returns(sheets, county)
    as_in_a_template(county)
    value = load_county(county).tables["school_years"]["equipment_value_cny"].iloc[1]
    path = county / "school_years.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    label = "教学仪器设备资产值（万元）"
    written = table.loc[1, label]
    table.loc[1, label] = "7"
    table.to_csv(path, index=False)

    found = merge_returns(sheets, county, force=True)

    assert [change.kind for change in found.changes if change.table == "school_years"] == [
        "changed"
    ]
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert float(table.loc[1, label]) == float(written)
    assert load_county(county).tables["school_years"]["equipment_value_cny"].iloc[1] == value


def test_a_new_name_is_written_where_schools_stand_by_name(first):
    sheets, county = first
    as_in_a_template(county)
    call_otherwise(sheets)

    found = merge_returns(sheets, county)

    assert texts(found, "error") == []
    made = load_county(county).tables["school_years"]
    assert made.loc[made["school_id"] == "1503040001", "year"].tolist() == [2021, 2022]


@pytest.mark.parametrize("how", ["new", "into"])
def test_items_among_the_sheets_are_read_as_in_a_template(first, tmp_path, how):
    sheets, county = first
    (sheets / "county_years.csv").write_text(ITEMS, encoding="utf-8")

    if how == "new":
        found = import_returns(sheets, tmp_path / "made", **ABOUT)
    else:
        (county / "county_years.csv").unlink()
        found = merge_returns(sheets, county)

    assert texts(found, "error") == []
    items = load_county(found.out).tables["county_years"].set_index(["year", "item"])["value"]
    assert items[2021, "budget_education_cny"] == "3005000"
    assert items[2021, "entrants_grade1"] == "100"


def test_enrolment_alone_is_counted_before_the_new_year_comes(first):
    sheets, county = first
    (county / "school_years.csv").unlink()
    counted = load_county(county).tables["school_years"]

    found = merge_returns(sheets, county)
    made = load_county(county).tables["school_years"]

    assert texts(found, "error") == []
    old = made[made["year"] == 2021]
    assert old["students_primary"].sum() == counted["students_primary"].sum() == 600
    assert len(made) == 4


def test_rooms_and_settings_among_the_sheets(first):
    sheets, county = first
    head = "school_id,year,kind,area_m2\n"
    (county / "rooms.csv").write_text(head + "1503040001,2021,music,80\n", encoding="utf-8")
    (sheets / "rooms.csv").write_text(head + "1503040001,2022,music,90\n", encoding="utf-8")

    assert kinds(merge_returns(sheets, county)) == {"row"}
    assert merge_returns(sheets, county).changes == ()
    rooms = load_county(county).tables["rooms"]
    assert sorted(rooms["area_m2"]) == [80, 90]

    (sheets / "rooms.csv").write_text(head + "1503040001,2022,music,96\n", encoding="utf-8")
    refused = merge_returns(sheets, county)
    assert "music 90 stands in the county's folder, music 96" in texts(refused, "error")[0]
    assert merge_returns(sheets, county, force=True).out is not None
    assert sorted(load_county(county).tables["rooms"]["area_m2"]) == [80, 96]


PLAN = "title: {zh: 规划, en: Plan}\ndocument: 规划\nstart: 2021\nend: 2025\n"


def test_another_plan_among_the_sheets_is_refused_and_taken_with_force(first):
    sheets, county = first
    (county / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (sheets / "plan.yaml").write_text(PLAN.replace("2025", "2026"), encoding="utf-8")

    (error,) = texts(merge_returns(sheets, county), "error")
    assert error == (
        "another plan.yaml stands in the county's folder than among the sheets; remove one of them, "
        "or take that of the sheets with --force"
    )
    assert (county / "plan.yaml").read_text(encoding="utf-8") == PLAN

    taken = merge_returns(sheets, county, force=True)
    assert "plan.yaml was replaced by the one among the sheets" in texts(taken, "warning")
    assert "plan.yaml的plan.yaml" not in taken.page.read_text(encoding="utf-8")
    assert load_county(county).plan.end == "2026"


def test_another_roster_among_the_sheets_changes_nothing_without_force(first):
    sheets, county = first
    shutil.copy(county / "schools.csv", sheets)
    edit(sheets, "schools", lambda t: t.__setitem__("area", ["urban", "town"]))

    found = merge_returns(sheets, county)

    assert [t for t in texts(found, "warning") if "--force takes the latter" in t] == [
        f"{county / 'schools.csv'}: Area of 一小 is “town” in the county's folder and “urban” in "
        "schools.csv among the sheets; the former was kept (--force takes the latter)"
    ]
    assert load_county(county).tables["schools"]["area"].tolist() == ["town", "town"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: (c / "county.yaml").unlink(), "is no county folder"),
        (lambda c: (c / "enrolment.csv").write_text("school_id\nx\n"), "is missing"),
        (lambda c: shutil.rmtree(c), "is no county folder"),
    ],
)
def test_a_folder_that_cannot_be_merged_into(first, change, said):
    sheets, county = first
    change(county)
    with pytest.raises(InputError, match=said):
        merge_returns(sheets, county)


def test_another_countys_code_is_refused(first):
    sheets, county = first
    with pytest.raises(InputError, match="is the folder of the county 150304"):
        merge_returns(sheets, county, code="150202")


def test_a_failure_leaves_the_folder(first, monkeypatch):
    sheets, county = first
    before = tree(county)

    def fail(path):
        raise OSError("disk full")

    monkeypatch.setattr("analysis.ministry.folder.read_county", fail)
    with pytest.raises(OSError, match="disk full"):
        merge_returns(sheets, county)
    assert tree(county) == before
    assert not [p for p in county.parent.iterdir() if p.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_an_end_at_any_step_leaves_the_old_or_the_new_folder(first, monkeypatch):
    sheets, county = first
    backup = shutil.copytree(county, county.with_name("backup"))
    old = tree(county)
    merge_returns(sheets, county)
    new = tree(county)
    found = []
    for stop in (*range(1, 200, 4), 10_000):
        for path in [county, *county.parent.glob(".county*")]:
            shutil.rmtree(path)
        shutil.copytree(backup, county)
        child = os.fork()
        if not child:
            _end_at(stop, monkeypatch)
            merge_returns(sheets, county)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        find_county(county)
        found.append((old, new).index(tree(county)))
        if os.waitstatus_to_exitcode(status) == 0:
            break
    assert found == sorted(found)
    assert set(found) == {0, 1}


def _end_at(stop: int, monkeypatch) -> None:
    """The process ends, as if killed, at its so-many-th step in the file system."""
    count = 0

    def counted(real):
        def step(*arguments, **options):
            nonlocal count
            count += 1
            if count == stop:
                os._exit(9)
            return real(*arguments, **options)

        return step

    for name in ("rename", "replace", "link", "mkdir", "unlink", "fsync"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    monkeypatch.setattr(switching, "exchange", counted(switching.exchange))


@pytest.mark.slow
def test_the_command(first):
    sheets, county = first
    made = run(sheets, county)

    assert made.exit_code == 0, made.output
    assert "Merged into the county's folder: 13 new rows" in made.stdout
    assert len(made.stdout.splitlines()) == 4
    assert run(sheets, county, "--name", "x").exit_code == 2
    both = ["import", str(sheets), "--into", str(county), "--out", str(county)]
    assert CliRunner().invoke(app, both).exit_code == 2
    page = html.unescape((county.parent / "county-import-2022.html").read_text(encoding="utf-8"))
    assert "What changes in the county's folder" in page


def test_pages_of_different_years_stand_beside_each_other(first):
    sheets, county = first
    plain = county.with_name("county-import.html")
    plain.write_text("that of 2021")

    made = run(sheets, county)

    assert plain.read_text() == "that of 2021"
    page = county.with_name("county-import-2022.html")
    assert f"{page} written" in made.stdout
    assert county.with_name("county-import-2022.csv").is_file()
    # rows of one school and year are told apart by their grade
    text = html.unescape(page.read_text(encoding="utf-8"))
    for grade in range(1, 7):
        assert text.count(f"Enrolment by grade (grade {grade}) of 一小 in 2022") == 1
