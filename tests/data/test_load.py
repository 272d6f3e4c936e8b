"""What must be read: the same county in every form in which people keep it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import bad_county as bad
import numpy as np
import pandas as pd
import pytest
from bad_county import add_column, cell, cells, change, counties, good_tables, header, text_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analysis import load_county, read_county
from analysis.base.schema.tables import TABLES
from analysis.data.county import County
from analysis.data.paths import sample_folder
from analysis.data.reading.enrolment import counted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bad.write_folder(tmp_path / "county")


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> County:
    return load_county(bad.write_folder(tmp_path_factory.mktemp("good")))


def assert_same(county: County, other: County, index: bool = True) -> None:
    """Equal tables, types included, and one fingerprint; rows may stand elsewhere in the file."""
    for name in TABLES:
        left, right = county.tables[name], other.tables[name]
        if not index:
            left, right = left.reset_index(drop=True), right.reset_index(drop=True)
        pd.testing.assert_frame_equal(left, right, check_names=index)
    assert county.record == other.record
    assert county.fingerprint == other.fingerprint


def read(path: Path) -> County:
    """Read without a finding of any kind."""
    county, findings = read_county(path)
    assert [finding.sentence("en") for finding in findings] == []
    return county


def test_values_types_and_rows(good):
    school_years = good.tables["school_years"]
    assert list(school_years) == TABLES["school_years"].names
    row = school_years.loc[2]  # as a spreadsheet counts: below the header
    assert (row["school_id"], row["year"]) == ("0101", 2020)
    assert (row["students_primary"], row["teaching_area_m2"]) == (480, 3000.5)
    for name, table in TABLES.items():
        for column in table.columns:
            kind = good.tables[name][column.name].dtype
            assert kind == ("float64" if column.is_numeric else "str"), (name, column.name)
    assert good.years == [2020, 2021]
    assert good.code == "150202"
    assert good.standard.id == "cn-2017"


def test_blank_is_missing_and_never_zero(good, folder):
    assert np.isnan(good.tables["school_years"].loc[2, "students_junior"])
    cells(("rooms", 2, "area_m2", "0"), ("rooms", 3, "area_m2", " "))(folder)
    area = read(folder).tables["rooms"]["area_m2"]
    assert area[2] == 0
    assert np.isnan(area[3])
    assert pd.isna(good.tables["schools"].loc[2, "note"])


@pytest.mark.slow
@pytest.mark.parametrize("sample", sorted(p.name for p in sample_folder().glob("*-*")))
def test_every_sample_is_in_order(sample):
    assert read(sample_folder() / sample).slug == sample
    assert load_county(sample).fingerprint == load_county(sample_folder() / sample).fingerprint


# --- the same county, written otherwise ----------------------------------------------------------


def recode(*encodings: str):
    """Every table in an encoding, in turn."""

    def spoil(folder: Path) -> None:
        for number, file in enumerate(sorted(folder.glob("*.csv"))):
            text = file.read_text(encoding="utf-8")
            file.write_bytes(text.encode(encodings[number % len(encodings)]))

    return spoil


def rewrite(**options):
    """Every table with another separator or line end."""

    def spoil(folder: Path) -> None:
        for name, rows in good_tables().items():
            text = text_of(rows, **options)
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")

    return spoil


def chinese(folder: Path) -> None:
    """Chinese names of tables, columns and choices, with units in brackets."""
    from analysis.base.schema.terms import CHOICE_LABELS

    for name, rows in good_tables().items():
        table = TABLES[name]
        for position, column in enumerate(table[title] for title in rows[0]):
            unit = f"（{column.unit.zh}）" if column.unit.zh else ""
            rows[0][position] = column.zh + unit
            if column.choices:
                for row in rows[1:]:
                    row[position] = row[position] and CHOICE_LABELS[row[position]].zh
        (folder / f"{name}.csv").unlink()
        (folder / f"{table.zh}.csv").write_text(text_of(rows), encoding="utf-8")


def english(folder: Path) -> None:
    """English labels with units, as the template shows them."""
    for name, rows in good_tables().items():
        for position, column in enumerate(TABLES[name][title] for title in rows[0]):
            rows[0][position] = f"{column.en} ({column.unit.en or 'text'})".upper()
        (folder / f"{name}.csv").write_text(text_of(rows), encoding="utf-8")


def blank_rows(folder: Path) -> None:
    for name, rows in good_tables().items():
        rows[1:1] = [[], [" "] * len(rows[0])]
        rows += [[""], [""] * len(rows[0])]
        text = "\r\n \r\n" + text_of(rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")


def quoted(folder: Path) -> None:
    for name, rows in good_tables().items():
        text = "\n".join(",".join(f'"{value}"' for value in row) for row in rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


FORMS = {
    "UTF-8 with BOM": recode("utf-8-sig"),
    "GB18030": recode("gb18030"),
    "UTF-16 with its mark, as Excel saves Unicode text": recode("utf-16"),
    "mixed encodings": recode("utf-8", "gbk", "utf-8-sig", "gb2312"),
    "tabs": rewrite(separator="\t"),
    "semicolons": rewrite(separator=";"),
    "CRLF": rewrite(line_end="\r\n"),
    "CR": rewrite(line_end="\r"),
    "quoted, last line not ended": quoted,
    "Chinese names": chinese,
    "Chinese names in GB18030": lambda folder: (chinese(folder), recode("gb18030")(folder)),
    "English labels": english,
    "mixed names": lambda folder: (
        header("school_years", "year", "学年（年）")(folder),
        header("school_years", "students_primary", " 小学\n在校生数 (人) ")(folder),
        header("rooms", "area_m2", "Area (m²)")(folder),
        header("rooms", "kind", "Ｋｉｎｄ")(folder),
    ),
    "blank rows": blank_rows,
    "trailing empty columns": lambda folder: (
        add_column("rooms", "", "")(folder),
        add_column("rooms", " ", " ")(folder),
    ),
    "trailing separators in rows only": change(
        "rooms", lambda rows: [row.extend(["", ""]) for row in rows[2:]]
    ),
    "short rows": change("county_years", lambda rows: rows[2].pop()),
    "columns in another order": change("rooms", lambda rows: [row.reverse() for row in rows]),
    "full-width digits": cells(
        ("school_years", 2, "students_primary", "４８０"),
        ("school_years", 2, "teaching_area_m2", "３０００．５"),
        ("rooms", 3, "school_id", "０１０１"),
        ("county_years", 2, "value", "９８０００"),
        ("county_years", 2, "year", "２０２１"),
    ),
    "thousands separators": cells(
        ("school_years", 2, "equipment_value_cny", "1,500,000"),
        ("school_years", 3, "equipment_value_cny", "１，５００，０００"),
        ("school_years", 4, "equipment_value_cny", "1,500,000.00"),
        ("school_years", 5, "equipment_value_cny", "1.5E+06"),
        ("county_years", 2, "value", "98,000.0"),
    ),
    "stray spaces": cells(
        ("school_years", 2, "students_primary", " 480 "),
        ("school_years", 2, "school_id", "\u30000101\u00a0"),
        ("school_years", 3, "school_id", "\ufeff0101\u200b"),
        ("schools", 2, "name", "\u3000第一小学\n"),
        ("schools", 2, "type", " primary\t"),
        ("county_years", 2, "evidence", " 财政局\u200b"),
        ("county_years", 2, "value", " 98000"),
    ),
    "choices in Chinese and other case": cells(
        ("schools", 2, "boarding", "否"),
        ("schools", 4, "boarding", "TRUE"),
        ("schools", 5, "boarding", "Yes"),
        ("schools", 2, "ownership", "公办"),
        ("schools", 2, "type", "小学"),
        ("schools", 3, "type", "Primary"),
        ("schools", 5, "type", "九年一贯制学校"),
        ("schools", 2, "area", "城区"),
        ("rooms", 2, "kind", "音乐"),
        ("county_years", 3, "value", "是"),
    ),
    "numbers written otherwise": cells(
        ("school_years", 2, "students_primary", "480.0"),
        ("school_years", 2, "year", "2020.0"),
        ("rooms", 3, "area_m2", "+91.50"),
        ("county_years", 4, "value", "512.0"),
    ),
    "files that do not count": lambda folder: (
        (folder / "._rooms.csv").write_bytes(b"\0\0"),
        (folder / ".~lock.rooms.csv#").write_bytes(b"x"),
        (folder / "notes.txt").write_text("x"),
        (folder / "scenarios").mkdir(),
    ),
    "a line that names the separator for Excel": lambda folder: [
        (folder / f"{name}.csv").write_text("sep=;\n" + text_of(rows, ";"), encoding="utf-8")
        for name, rows in good_tables().items()
    ],
    "ids as formulas that say a text": change(
        "school_years", lambda rows: [row.__setitem__(0, f'="{row[0]}"') for row in rows[1:]]
    ),
    "everything as formulas that say a text": lambda folder: [
        (folder / f"{name}.csv").write_text(
            text_of([[cell and f'="{cell}"' for cell in row] for row in rows]), encoding="utf-8"
        )
        for name, rows in good_tables().items()
    ],
    "ids and numbers behind an apostrophe": lambda folder: [
        change(name, lambda rows: [row.__setitem__(0, "'" + row[0]) for row in rows[1:]])(folder)
        for name in good_tables()
    ],
    "endings in capitals": lambda folder: (folder / "rooms.csv").rename(folder / "Rooms.CSV"),
}


#: Forms in which the rows stand elsewhere.
MOVED = ("blank rows", "a line that names the separator for Excel")


@pytest.mark.parametrize("form", FORMS)
def test_another_form_of_the_same_county(form, folder, good):
    FORMS[form](folder)
    assert_same(read(folder), good, index=form not in MOVED)


REMARKS = (
    ([], ["合计", "共4所"], [], ["注：本表由统计科填报，填表人：某某"]),
    (["全 县 总 计：", "2021"], ["小计", "2021"], ["备注：初步数据", "", "审核人：某某"]),
    (["", "Total"], ["", "", "说明：含附设班"]),
)


@pytest.mark.parametrize("more", REMARKS)
def test_totals_and_notes_are_not_data(more, folder, good):
    """Below the rows and between them, in any column; blank rows around them do not matter."""
    for name in ("schools", "school_years", "enrolment"):
        bad.add_rows(name, *more)(folder)
    change("rooms", lambda rows: rows.__setitem__(slice(5, 5), [list(row) for row in more]))(folder)
    county, findings = read_county(folder)
    assert_same(county, good, index=False)
    assert [finding.severity for finding in findings] == ["warning"] * 4
    said = [finding.text("zh") for finding in findings]
    assert all("未作为数据读取" in text for text in said)
    if more is REMARKS[0]:
        assert findings[0].sentence("en") == (
            f"{folder}/schools.csv, row 7: 2 rows are totals or notes and are not read as data: "
            "7 “合计”; 9 “注:本表由统计科填报,填表人:某某”. If one is a school, give it its id"
        ).replace("注:", "注：").replace(",填表人:", "，填表人：")


def test_a_row_with_an_id_is_data_whatever_it_says(folder):
    cells(("schools", 2, "name", "合计"), ("schools", 3, "note", "注：新建"))(folder)
    assert read(folder).tables["schools"]["name"].tolist()[:2] == ["合计", "第二小学"]


def test_rows_are_counted_with_blank_ones(folder):
    blank_rows(folder)
    rooms = read(folder).tables["rooms"]
    assert rooms.index[0] == 6  # two blank rows, header, two blank rows


@pytest.mark.slow
def test_a_change_of_any_table_changes_the_fingerprint(folder, good):
    seen = {good.fingerprint}
    for place in (
        ("schools", 2, "name", "新名"),
        ("school_years", 2, "multimedia_rooms", "21"),
        ("rooms", 2, "area_m2", ""),
        ("county_years", 2, "value", "98001"),
        ("enrolment", 2, "largest_class", "41"),
    ):
        cell(*place)(folder)
        seen.add(read(folder).fingerprint)
    bad.county_yaml("2030", "2031")(folder)
    seen.add(read(folder).fingerprint)
    assert len(seen) == 7


def test_optional_tables_may_be_missing(folder):
    for name in ("enrolment", "rooms", "county_years"):
        (folder / f"{name}.csv").unlink()
    county, findings = read_county(folder)
    assert [finding.severity for finding in findings] == ["warning"] * 3
    for name in ("enrolment", "rooms", "county_years"):
        assert county.tables[name].empty
        assert list(county.tables[name]) == TABLES[name].names
    assert county.tables["rooms"].dtypes.astype(str).to_dict()["area_m2"] == "float64"


def test_a_standard_beside_the_tables(folder, good):
    bad.county_yaml("cn-2017", "local.yaml")(folder)
    (folder / "local.yaml").write_text(
        "id: local\ntitle: {zh: 本地, en: Local}\nkind: evaluation\nextends: cn-2017\nentries: {}\n",
        encoding="utf-8",
    )
    county = read(folder)
    assert county.standard.id == "local"
    assert county.fingerprint != good.fingerprint


def test_spellings_of_names_are_unambiguous():
    from analysis.data.reading.names import TABLE_SPELLINGS
    from analysis.data.texts import plain

    assert len({plain(name) for name in TABLE_SPELLINGS}) == 3 * len(TABLES)
    for table in TABLES.values():
        by_name = {}
        for column in table.columns:
            for spelling in (column.name, column.zh, column.en):
                assert by_name.setdefault(plain(spelling), column.name) == column.name


# --- workbooks -----------------------------------------------------------------------------------


def test_a_workbook_is_the_same_county(tmp_path, good):
    county = read(bad.write_workbook(tmp_path / "county.xlsx"))
    assert_same(county, good)
    assert county.slug == "county"


def test_a_workbook_in_chinese(tmp_path, good):
    tables = {}
    for name, rows in good_tables().items():
        titles = [TABLES[name][title] for title in rows[0]]
        rows[0] = [f"{c.zh}（{c.unit.zh}）" if n % 2 else c.name for n, c in enumerate(titles)]
        tables[TABLES[name].zh if name != "rooms" else name] = rows
    path = bad.write_workbook(tmp_path / "county.xlsx", tables)
    assert_same(read(path), good)


def test_a_workbook_with_instructions_and_hidden_lists(tmp_path, good):
    openpyxl = pytest.importorskip("openpyxl")
    path = bad.write_workbook(tmp_path / "county.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("说明", 0).append(["如何填写", "=1/0"])
    lists = workbook.create_sheet("lists")
    lists.append(["primary", "junior"])
    lists.sheet_state = "hidden"
    workbook.create_sheet("Sheet1")  # empty, as new workbooks have it
    workbook["rooms"]["H40"].font = openpyxl.styles.Font(bold=True)  # formatted, not filled in
    workbook.save(path)
    assert_same(read(path), good)


def test_numeric_ids_and_values_of_xlsxwriter(tmp_path):
    import xlsxwriter

    tables = good_tables()
    for name in ("schools", "school_years", "enrolment", "rooms"):
        for row in tables[name][1:]:
            row[0] = "15020" + row[0]
    path = tmp_path / "county.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in ({"county": bad.COUNTY_SHEET} | tables).items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                values = [bad.cell_of(value) if isinstance(value, str) else value for value in row]
                sheet.write_row(number, 0, values)
        workbook.get_worksheet_by_name("school_years").write_formula("C2", "=400+80", None, 480)
        workbook.get_worksheet_by_name("county_years").write_boolean("C3", True)
    county = read(path)
    assert county.tables["schools"]["school_id"].tolist() == [
        "150200101", "150200102", "150200201", "150200301",
    ]  # fmt: skip
    assert county.tables["school_years"].loc[2, "students_primary"] == 480
    assert_same(county, read(bad.write_folder(tmp_path / "county", tables)))


@pytest.mark.parametrize("pattern", ["0000", "0000;-0000", "0000_ "])
def test_numbers_shown_with_zeros_in_front_are_read_as_shown(pattern, tmp_path, good):
    """A cell that shows 0101 and holds the number 101; others keep their number."""
    import openpyxl

    path = bad.write_workbook(tmp_path / "county.xlsx")
    workbook = openpyxl.load_workbook(path)
    for name in ("school_years", "enrolment", "rooms"):
        for (there,) in workbook[name].iter_rows(min_row=2, max_col=1):
            there.value, there.number_format = int(there.value), pattern
    workbook["rooms"]["D2"].number_format = "000"
    workbook.save(path)
    assert_same(read(path), good)
    workbook["rooms"]["A2"].number_format = "General"
    workbook.save(path)
    (finding,) = read_county(path)[1]
    assert finding.sentence("en") == (
        f"{path} [rooms], cell A2 (School id): the school “101” is not in the roster (table "
        "schools), which has “0101”: zeros in front were lost in one of the two tables; format the "
        "column as text and type them again"
    )


# --- a law ---------------------------------------------------------------------------------------


def expected(name: str, rows: bad.Rows) -> pd.DataFrame:
    """What the tables hold, told without the loader."""
    frame = pd.DataFrame(rows[1:], columns=rows[0]).reindex(columns=TABLES[name].names)
    for column in TABLES[name].columns:
        if column.is_numeric:
            numbers = [float(text or "nan") for text in frame[column.name].fillna("")]
            frame[column.name] = pd.Series(numbers, dtype="float64")
        elif column.kind == "value":  # whole numbers have no decimal point
            texts = [re.sub(r"^-0$", "0", re.sub(r"\.0$", "", t)) for t in frame[column.name]]
            frame[column.name] = texts
    kinds = {c.name: "float64" if c.is_numeric else "str" for c in TABLES[name].columns}
    return frame.replace("", np.nan).astype(kinds)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # examples are small as they are
)
@given(counties(), st.sampled_from(["utf-8", "utf-8-sig"]), st.sampled_from(",;\t"))
def test_what_is_written_is_read(tmp_path_factory, tables, encoding, separator):
    folder = bad.write_folder(tmp_path_factory.mktemp("law") / "county", tables)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_bytes(text_of(rows, separator).encode(encoding))
    county = load_county(folder)
    for name, rows in tables.items():
        read = county.tables[name].reset_index(drop=True)
        pd.testing.assert_frame_equal(
            read, expected(name, rows), check_names=False, check_exact=True
        )
    assert_same(load_county(bad.write_workbook(folder.with_suffix(".xlsx"), tables)), county)


# --- size ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_hundred_thousand_rows(folder):
    """A large county loads in seconds; the bound leaves room for a slow machine."""
    schools, grades, years = 1700, range(1, 7), range(2006, 2026)
    tables = good_tables()
    ids = [f"1502{number:06d}" for number in range(schools)]
    tables["schools"][1:] = [
        [i, f"第{i}小学", "primary", "public", "7", "rural", "", "", "", "", "", ""] for i in ids
    ]
    blank = [""] * (len(tables["school_years"][0]) - 3)
    tables["school_years"][1:] = [[i, str(y), "240", *blank] for i in ids for y in years]
    tables["enrolment"][1:] = [
        [i, str(y), str(g), "40", "1", "40"] for i in ids for y in years for g in grades
    ]
    tables["rooms"][1:] = [[ids[0], "2025", "music", "75"]]
    bad.write_folder(folder, tables)
    started = time.monotonic()
    county = read(folder)
    assert time.monotonic() - started < 20
    assert len(county.tables["enrolment"]) == schools * len(years) * 6 >= 200_000
    assert county.tables["enrolment"]["students"].sum() == 240 * schools * len(years)


def test_grade_six_of_a_five_four_school_is_counted_as_junior():
    enrolment = pd.DataFrame(
        {"school_id": ["A", "A", "B"], "year": 2022, "grade": [5, 6, 6], "students": [30, 40, 50]}
    )
    schools = pd.DataFrame({"school_id": ["A", "B"], "system": ["5+4", None]}, dtype="str")
    found = counted(enrolment, schools).set_index("school_id")

    assert found["students_primary"].to_dict() == {"A": 30, "B": 50}
    assert found["students_junior"].dropna().to_dict() == {"A": 40}
    # without a roster that could be read, six and three
    assert counted(enrolment, pd.DataFrame())["students_primary"].tolist() == [70, 50]


def test_students_only_with_names_in_place_of_ids(folder):
    path = folder / "school_years.csv"
    table = pd.read_csv(path, dtype=str)
    roster = pd.read_csv(folder / "schools.csv", dtype=str).set_index("school_id")["name"]
    keep = ["school_id", "year", "students_primary", "students_junior", "classes_primary"]
    table[keep].to_csv(path, index=False)
    by_id, said = read_county(folder)
    named = table[keep].assign(school_id=table["school_id"].map(roster))
    named.rename(columns={"school_id": "学校名称"}).to_csv(path, index=False)

    by_name, found = read_county(folder)

    assert [f.sentence("en") for f in found] == [f.sentence("en") for f in said]
    assert "the table has students only" in " ".join(f.sentence("en") for f in found)
    assert_same(by_name, by_id)
