"""A small county without a fault, and ways to spoil it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from analysis.base.schema.tables import TABLES
from analysis.base.schema.terms import SCHOOL_TYPES

COUNTY_YAML = """\
code: "150202"
name: {zh: 试验区, en: Trial District}
province: {zh: 内蒙古自治区, en: Inner Mongolia}
standard: cn-2017
target_year: 2030
synthetic: true
sources:
  - {title: 教育事业统计, note: 试验数据}
"""

YEARS = (2020, 2021)
GRADES = {"0101": range(1, 7), "0102": range(1, 7), "0201": range(7, 10), "0301": range(1, 10)}
PER_GRADE = {"0101": 80, "0102": 40, "0201": 100, "0301": 50}

Rows = list[list[str]]


def good_tables() -> dict[str, Rows]:
    """All tables as text, header first: two primary schools, a junior and a nine-year school."""
    schools = [
        TABLES["schools"].names[: TABLES["schools"].names.index("note") + 1],
        ["0101", "第一小学", "primary", "public", "7", "urban", "no", "1958", "", "", "", ""],
        ["0102", "第二小学", "primary", "public", "7", "rural", "no", "", "2020", "2021", "", ""],
        ["0201", "第一中学", "junior", "public", "7", "town", "yes", "", "", "", "", ""],
        ["0301", "育才学校", "nine_year", "private", "10", "urban", "yes", "", "", "", "", ""],
    ]
    school_years = [TABLES["school_years"].names[:-1]]
    enrolment = [["school_id", "year", "grade", "students", "classes", "largest_class"]]
    rooms = [["school_id", "year", "kind", "area_m2"]]
    for school, grades in GRADES.items():
        for year in YEARS:
            row = dict.fromkeys(school_years[0], "") | {"school_id": school, "year": str(year)}
            for grade in grades:
                enrolment.append([school, str(year), str(grade), str(PER_GRADE[school]), "2"])
                enrolment[-1].append(str(PER_GRADE[school] // 2))
            for stage, of_stage in (("primary", range(1, 7)), ("junior", range(7, 10))):
                n = len(set(of_stage) & set(grades))
                if n:
                    row |= {
                        f"students_{stage}": str(n * PER_GRADE[school]),
                        f"classes_{stage}": str(n * 2),
                        f"teachers_{stage}": "30",
                        f"above_qualification_{stage}": "25",
                        f"backbone_{stage}": "5",
                        f"pe_arts_{stage}": "4",
                    }
            row |= {
                "teaching_area_m2": "3000.5",
                "indoor_sports_area_m2": "400",
                "outdoor_sports_area_m2": "6000",
                "equipment_value_cny": "1500000",
                "multimedia_rooms": "20",
                "operating_funds_cny": "700000",
                "training_funds_cny": "40000",
            }
            school_years.append(list(row.values()))
            rooms += [[school, str(year), "music", "75"], [school, str(year), "art", "91.5"]]
    county_years = [
        ["year", "item", "value", "evidence"],
        ["2021", "salary_teachers_cny", "98000", "财政局"],
        ["2021", "Q1", "yes", ""],
        ["2020", "births", "512", "统计局"],
    ]
    return {
        "schools": schools,
        "school_years": school_years,
        "enrolment": enrolment,
        "rooms": rooms,
        "county_years": county_years,
    }


def text_of(rows: Rows, separator: str = ",", line_end: str = "\n") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator=line_end).writerows(rows)
    return buffer.getvalue()


def write_folder(folder: Path, tables: dict[str, Rows] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "county.yaml").write_text(COUNTY_YAML, encoding="utf-8")
    for name, rows in (good_tables() if tables is None else tables).items():
        (folder / f"{name}.csv").write_text(text_of(rows), encoding="utf-8", newline="")
    return folder


COUNTY_SHEET = [
    ["key", "value", "note"],
    ["code", 150202],
    ["name.zh", "试验区"],
    ["name.en", "Trial District"],
    ["province.zh", "内蒙古自治区"],
    ["province.en", "Inner Mongolia"],
    ["standard", "cn-2017"],
    ["target_year", 2030],
    ["synthetic", "是"],
    ["sources", "教育事业统计", "试验数据"],
]


def cell_of(text: str) -> str | float | None:
    """What a person's spreadsheet holds: a number where the text is one, except after a zero."""
    return float(text) if re.fullmatch(r"-?[1-9][0-9]*(\.[0-9]+)?|0", text) else text or None


def write_workbook(path: Path, tables: dict[str, Rows] | None = None, county=None) -> Path:
    """The tables as sheets; sheet and column names are those of the tables."""
    import openpyxl

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheets = {"county": COUNTY_SHEET if county is None else county}
    for name, rows in (sheets | (good_tables() if tables is None else tables)).items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append([cell_of(cell) if isinstance(cell, str) else cell for cell in row])
    workbook.save(path)
    return path


# --- ways to spoil a folder; each returns a function of the folder -------------------------------

Spoil = Callable[[Path], None]


def change(table: str, change_rows: Callable[[Rows], object]) -> Spoil:
    """Change the rows of a table in place (row 1 is `rows[0]`, the header)."""

    def spoil(folder: Path) -> None:
        file = folder / f"{table}.csv"
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        change_rows(rows)
        file.write_text(text_of(rows), encoding="utf-8", newline="")

    return spoil


def cell(table: str, row: int, column: str, value: str) -> Spoil:
    """Write a value into a cell; rows as a spreadsheet counts them."""

    def put(rows: Rows) -> None:
        rows[row - 1][rows[0].index(column)] = value

    return change(table, put)


def cells(*places) -> Spoil:
    """Several cells at once."""

    def spoil(folder: Path) -> None:
        for place in places:
            cell(*place)(folder)

    return spoil


def header(table: str, column: str, title: str) -> Spoil:
    return cell(table, 1, column, title)


def drop_column(table: str, column: str) -> Spoil:
    def drop(rows: Rows) -> None:
        position = rows[0].index(column)
        for row in rows:
            del row[position]

    return change(table, drop)


def add_column(table: str, title: str, value: str) -> Spoil:
    def add(rows: Rows) -> None:
        for number, row in enumerate(rows):
            row.append(value if number else title)

    return change(table, add)


def add_rows(table: str, *more: list[str]) -> Spoil:
    return change(table, lambda rows: rows.extend(list(row) for row in more))


def file(name: str, content: str | bytes) -> Spoil:
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    return lambda folder: (folder / name).write_bytes(data) and None


def encoded(name: str, encoding: str, text: str | None = None) -> Spoil:
    """A file in another encoding, with its text or another one."""

    def spoil(folder: Path) -> None:
        path = folder / name
        content = path.read_text(encoding="utf-8") if text is None else text
        path.write_bytes(content.encode(encoding))

    return spoil


def remove(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def as_folder(name: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return spoil


def county_yaml(old: str, new: str) -> Spoil:
    def spoil(folder: Path) -> None:
        assert old in COUNTY_YAML
        (folder / "county.yaml").write_text(COUNTY_YAML.replace(old, new), encoding="utf-8")

    return spoil


# --- counties in order, of any shape ---------------------------------------------------------------

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=6
).filter(lambda text: not text.startswith("="))
IDS = st.from_regex(r"[0-9A-Z]{1,10}", fullmatch=True).filter(lambda text: "E" not in text)
AMOUNTS = st.sampled_from(["", "0"]) | st.integers(0, 10**12).map(lambda cents: str(cents / 100))
# a spreadsheet keeps fifteen digits
COUNTS = st.integers(10, 10**5).map(str) | st.just("")
VALUES = st.integers(-(10**14), 10**14).map(lambda n: repr(n / 1000)) | st.sampled_from(
    ["yes", "no", "", "0"]
)


@st.composite
def counties(draw) -> dict[str, Rows]:
    """Small counties that are in order: schools of any type, rooms, county values."""
    tables = {name: rows[:1] for name, rows in good_tables().items()}
    for school in draw(st.lists(IDS, min_size=1, max_size=3, unique=True)):
        kind = draw(st.sampled_from(sorted(SCHOOL_TYPES)))
        tables["schools"].append(
            [school, draw(NAMES), kind, "public", "7", "rural", "", "", "", "", "", draw(NAMES)]
        )
        row = dict.fromkeys(tables["school_years"][0], "")
        row |= {"school_id": school, "year": "2021"}
        for stage in SCHOOL_TYPES[kind].stages:
            row[f"students_{stage}"] = draw(st.integers(0, 10**6).map(str))
        for column in ("teaching_area_m2", "outdoor_sports_area_m2", "operating_funds_cny"):
            row[column] = draw(AMOUNTS)
        tables["school_years"].append(list(row.values()))
        for room in draw(st.lists(st.sampled_from(["music", "art"]), max_size=2)):
            tables["rooms"].append([school, "2021", room, draw(AMOUNTS)])
    for item in draw(
        st.lists(st.sampled_from(["births", "entrants_grade1", "free_series"]), unique=True)
    ):
        value = draw(VALUES if item == "free_series" else COUNTS)
        tables["county_years"].append(["2021", item, value, draw(NAMES)])
    return tables
