"""What must be refused, each with its sentence; a sentence names file, row, column and value."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

import bad_county as bad
import openpyxl
import pytest
from bad_county import cell, cells, change, county_yaml, encoded, file
from typer.testing import CliRunner

from analysis import InputError, load_county, read_county
from analysis.base.digest import digest
from analysis.base.files import Finding, read_yaml
from analysis.base.schema.county_items import COUNTY_INPUTS
from analysis.cli.app import app
from analysis.data.checks.ranges import ITEMS, range_of
from analysis.data.checks.tables import LISTED
from analysis.data.paths import find_county
from analysis.policy.standards import built_in, load_standard

CHOICES = (
    "primary | junior | nine_year | twelve_year | combined_secondary | teaching_point | "
    "special_education | attached_class"
)
BIG5 = "school_id,name\n0101,第一國民小學\n0102,實驗國民中學\n"
SHIFT_JIS = "school_id,name\n0101,第一小学校\n0102,カタカナ中学校\n"
LATIN_1 = "school_id,name\n0101,École d'été\n0102,Schönbühl\n"
TODAY = datetime.date.today().isoformat()
NO_TEXT = "is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”"
NO_STANDARD = f"expected a file in the county's folder or one of {', '.join(built_in())}"


@dataclass(frozen=True)
class Case:
    """A way to spoil the good county and all that is said about it, `file` and place first."""

    name: str
    spoil: bad.Spoil
    expected: tuple[str, ...]
    severity: str = "error"


def case(name: str, spoil: bad.Spoil, *expected: str, severity: str = "error"):
    return pytest.param(Case(name, spoil, expected, severity), id=name)


# rows of the good county: schools 2..5 = 0101, 0102, 0201, 0301; school_years 2..9, two years each;
# enrolment 2..49, of 0101 in 2020 rows 2..7; rooms 2..17
CASES = [
    # tables and columns
    case(
        "needed table missing",
        bad.remove("schools.csv"),
        ": the table Roster of schools is missing (schools.csv, or a sheet of that name)",
    ),
    case(
        # with the enrolment alone a county can be projected
        "table of school years missing, and that of enrolment",
        lambda folder: [
            bad.remove(f"{name}.csv")(folder) for name in ("school_years", "enrolment")
        ],
        ": the table School data by year is missing (school_years.csv, or a sheet of that name)",
    ),
    case(
        "unknown table",
        file("school_year.csv", "a,b\n1,2\n"),
        "school_year.csv: unknown table “school_year”; did you mean “school_years”?",
    ),
    case(
        "unknown table, nothing near",
        file("zzz.csv", "a,b\n1,2\n"),
        "zzz.csv: the table “zzz” is not one of Junheng's; it is left aside and not read",
        severity="warning",
    ),
    case(
        "table under both names",
        lambda folder: (folder / "学校名册.csv").write_bytes((folder / "schools.csv").read_bytes()),
        "学校名册.csv: the table schools stands in two files",
    ),
    case(
        "column missing",
        bad.drop_column("schools", "type"),
        "schools.csv, column type: the column type (School type) is missing",
    ),
    case(
        "key column missing",
        bad.drop_column("rooms", "year"),
        "rooms.csv, column year: the column year (School year) is missing",
    ),
    case(
        "unknown column",
        bad.add_column("schools", "remark", "x"),
        "schools.csv: the column “remark” is not one of Junheng's; it is left aside and not read",
        severity="warning",
    ),
    case(
        "unknown column that is like one that is there",
        bad.add_column("schools", "School names", "x"),
        "schools.csv: the column “School names” is not one of Junheng's; it is left aside and not read",
        severity="warning",
    ),
    case(
        "misspelt optional column",
        bad.header("schools", "sponsor", "Sponser"),
        "schools.csv: unknown column “Sponser”; did you mean “sponsor”?",
    ),
    case(
        "misspelt Chinese column",
        bad.header("schools", "boarding", "寄宿置"),
        "schools.csv: unknown column “寄宿置”; did you mean “寄宿制”?",
    ),
    case(
        "column twice",
        bad.add_column("rooms", "area_m2", "5"),
        "rooms.csv, column area_m2: the column stands twice; keep one",
    ),
    case(
        "column under both its names",
        bad.add_column("rooms", "面积（平方米）", "5"),
        "rooms.csv, column area_m2: the column stands twice; keep one",
    ),
    case(
        "column without a header",
        bad.header("rooms", "kind", ""),
        "rooms.csv: column 3 has values but no header",
        "rooms.csv, column kind: the column kind (Kind) is missing",
    ),
    case(
        "title above the header",
        change("rooms", lambda rows: rows.insert(0, ["试验区专用教室"])),
        "rooms.csv: row 1 is not the header of this table: none of its columns is known "
        "(试验区专用教室)",
    ),
    case(
        "rows with too many cells",
        change("rooms", lambda rows: (rows[2].append("x"), rows[4].extend(["", "y"]))),
        "rooms.csv: row 3 has 5 cells; the header has 4. Is there a comma inside a text?",
        "rooms.csv: row 5 has 6 cells; the header has 4. Is there a comma inside a text?",
    ),
    case(
        "thousands of cells in one row",
        change("rooms", lambda rows: rows[2].extend(["x"] * 5000)),
        "rooms.csv: row 3 has 5004 cells; the header has 4. Is there a comma inside a text?",
    ),
    case("empty file", file("rooms.csv", ""), "rooms.csv: the file is empty"),
    case("only a byte-order mark", file("rooms.csv", "\ufeff"), "rooms.csv: the file is empty"),
    case("only blank lines", file("rooms.csv", "\n \r\n\n"), "rooms.csv: the file is empty"),
    case("only separators", file("rooms.csv", ",,,\n,,,\n"), "rooms.csv: the table has no header"),
    case(
        "header only",
        change("schools", lambda r: r.__delitem__(slice(1, None))),
        "schools.csv: the table has no rows",
    ),
    # cells
    case(
        "text in a number column",
        cell("school_years", 3, "students_primary", "many"),
        "school_years.csv, row 3, column students_primary: Primary students is “many”; "
        "expected a number",
    ),
    case(
        "part of a person",
        cell("school_years", 3, "backbone_primary", "4.5"),
        "school_years.csv, row 3, column backbone_primary: Primary backbone teachers at county "
        "level or above is 4.5; expected a whole number",
    ),
    case(
        "negative area",
        cell("rooms", 4, "area_m2", "-75"),
        "rooms.csv, row 4, column area_m2: Area is -75; expected 0 or more",
    ),
    *(
        case(
            f"{value} as a number",
            cell("rooms", 4, "area_m2", value),
            f"rooms.csv, row 4, column area_m2: Area is “{value}”{expected}",
        )
        for value, expected in {
            "inf": "; expected a number",
            "-Infinity": "; expected a number",
            "nan": "; expected a number. Leave the cell blank if it was not reported",
            "N/A": "; expected a number. Leave the cell blank if it was not reported",
            "无": "; expected a number. Leave the cell blank if it was not reported",
            "85%": "; expected a number without a unit or sign behind it",
            "1.2万": "; expected a number without a unit or sign behind it",
            "1,23": " (commas in the number); expected a number, 0 or more, in digits only",
            "#REF!": "; expected a number",
            "0x10": "; expected a number",
            "{x} %s": "; expected a number",
        }.items()
    ),
    *(
        case(
            f"{value[:9]} is too large",
            cell("rooms", 4, "area_m2", value),
            f"rooms.csv, row 4, column area_m2: Area is “{value[:40]}{'…' * (len(value) > 40)}”, "
            "which is too large to be true",
        )
        for value in ("1e308", "1E+400", "9" * 400)
    ),
    *(
        case(
            f"the year {value}",
            cell("rooms", 4, "year", value),
            f"rooms.csv, row 4, column year: School year is “{value}”; write the year as four "
            "digits, a school year as the one in which it begins: 2021",
        )
        for value in ("2021年", "2021-2022", "2021–2022学年", "2021/9/1")
    ),
    case(
        "half a year",
        cell("rooms", 4, "year", "2021.5"),
        "rooms.csv, row 4, column year: School year is 2021.5; expected a whole number",
    ),
    case(
        "a year in two digits",
        cell("rooms", 4, "year", "21"),
        "rooms.csv, row 4, column year: School year is 21; expected 1949 or more",
    ),
    case(
        "a year without end",
        cell("rooms", 4, "year", "1000000000"),
        "rooms.csv, row 4, column year: School year is 1000000000; expected 2100 or less",
    ),
    case(
        "blank that must be filled in",
        cell("schools", 3, "name", " \u3000"),
        "schools.csv, row 3, column name: School name is blank; it must be filled in",
    ),
    case(
        "unknown school type",
        cell("schools", 3, "type", "kindergarten"),
        f"schools.csv, row 3, column type: School type is “kindergarten”; expected one of {CHOICES}",
    ),
    case(
        "unknown kind of room, with braces and a line break",
        cell("rooms", 3, "kind", "{label}\n%s"),
        "rooms.csv, row 3, column kind: Kind is “{label} %s”; expected one of music | art",
    ),
    case(
        "a very long cell",
        cell("rooms", 3, "kind", "x" * 1_000_000),
        f"rooms.csv, row 3, column kind: Kind is “{'x' * 60}…”; expected one of music | art",
    ),
    case(
        "sponsor outside the code list",
        cell("schools", 3, "sponsor", "11"),
        "schools.csv, row 3, column sponsor: Sponsor is 11; expected 10 or less",
    ),
    case(
        "no such grade",
        bad.add_rows("enrolment", ["0101", "2021", "13", "5", "1", "5"]),
        "enrolment.csv, row 50, column grade: Grade is 13; expected 12 or less",
    ),
    case(
        "neither number nor yes nor no",
        cell("county_years", 3, "value", "mostly"),
        "county_years.csv, row 3, column value: Three-year junior retention "
        "rate (Q1) is “mostly”; expected a number, yes or no",
    ),
    case(
        "duplicate school",
        bad.add_rows(
            "schools", ["0101", "又一小", "primary", "public", "7", "urban", "", "", "", "", "", ""]
        ),
        "schools.csv, row 6: the row repeats row 2 (0101); keep one of them",
    ),
    case(
        "duplicate key in full-width digits",
        bad.add_rows("county_years", ["２０２１", "Q1", "no", ""]),
        "county_years.csv, row 5: the row repeats row 3 (2021 Q1); keep one of them",
    ),
    case(
        "an id with a space",
        cells(("schools", 2, "school_id", "01 01")),
        "schools.csv, row 2, column school_id: School id is “01 01”; there are no spaces or "
        "control characters in an id",
        "school_years.csv, row 2, column school_id: the school “0101” is not in the roster "
        "(table schools)",
        "enrolment.csv, row 2, column school_id: the school “0101” is not in the roster "
        "(table schools)",
        "rooms.csv, row 2, column school_id: the school “0101” is not in the roster "
        "(table schools)",
    ),
    case(
        "an id with control characters",
        cell("rooms", 2, "school_id", "01\x0701\n"),
        "rooms.csv, row 2, column school_id: School id is “01 01”; there are no spaces or "
        "control characters in an id",
    ),
    case(
        "an id rounded by a spreadsheet",
        cell("rooms", 2, "school_id", "1.50E+09"),
        "rooms.csv, row 2, column school_id: School id is “1.50E+09”: a spreadsheet has rounded "
        "it; format the column as text and type it again",
    ),
    # what takes two columns or two tables to see
    case(
        "school not in the roster (school_years)",
        bad.add_rows("school_years", ["9999", "2021", *[""] * 20]),
        "school_years.csv, row 10, column school_id: the school “9999” is not in the roster "
        "(table schools)",
    ),
    case(
        "school not in the roster (enrolment), named once",
        bad.add_rows("enrolment", *(["101", "2021", str(g), "5", "1", "5"] for g in range(1, 7))),
        "enrolment.csv, row 50, column school_id: the school “101” is not in the roster "
        "(table schools), which has “0101”: zeros in front were lost in one of the two tables; "
        "format the column as text and type them again",
    ),
    case(
        "school not in the roster (rooms)",
        cell("rooms", 2, "school_id", "{id}"),
        "rooms.csv, row 2, column school_id: the school “{id}” is not in the roster "
        "(table schools)",
    ),
    case(
        "school not in the roster (staff_kinds)",
        bad.file(
            "staff_kinds.csv",
            "school_id,year,stage,above_qualification,backbone,pe_arts,persons\n"
            "9999,2021,primary,0,0,0,5\n",
        ),
        "staff_kinds.csv, row 2, column school_id: the school “9999” is not in the roster "
        "(table schools)",
    ),
    case(
        "students of a stage the type cannot have",
        cell("school_years", 2, "students_junior", "12"),
        "school_years.csv, row 2, column students_junior: Junior secondary students is 12, but a "
        "school of type Primary school has no such stage",
    ),
    case(
        "grade of a stage the type cannot have",
        bad.add_rows("enrolment", ["0101", "2020", "7", "12", "1", "12"]),
        "enrolment.csv, row 50, column students: 12 students in grade 7, but a school of type "
        "Primary school has no such stage",
    ),
    case(
        "grades do not add up",
        cell("enrolment", 2, "students", "79"),
        "school_years.csv, row 2, column students_primary: Primary students is 480, but the grades "
        "in table enrolment add up to 479",
    ),
    case(
        "a grade is left out",
        change("enrolment", lambda rows: rows.__delitem__(1)),
        "school_years.csv, row 2, column students_primary: Primary students is 480, but the grades "
        "in table enrolment add up to 400",
        "school_years.csv, row 2, column classes_primary: Primary classes is 12, but the grades in "
        "table enrolment add up to 10",
        severity="",
    ),
    case(
        "a blank grade leaves the sum unknown",
        cell("enrolment", 2, "students", ""),
        severity="warning",
    ),
    case(
        "classes do not add up",
        cell("school_years", 2, "classes_primary", "13"),
        "school_years.csv, row 2, column classes_primary: Primary classes is 13, but the grades in "
        "table enrolment add up to 12",
        severity="warning",
    ),
    case(
        "indoor sports area above the area that contains it",
        cell("school_years", 2, "indoor_sports_area_m2", "3000.75"),
        "school_years.csv, row 2, column indoor_sports_area_m2: Indoor sports area is 3000.75, "
        "more than the Teaching and auxiliary floor area (indoor sports included) that contains "
        "it (3000.5)",
    ),
    *(
        case(
            f"{part} above all teachers",
            cell("school_years", 6, f"{part}_junior", "31"),
            f"school_years.csv, row 6, column {part}_junior: {label} is 31, more than the "
            "Full-time junior teachers that contains it (30)",
        )
        for part, label in {
            "above_qualification": "Junior teachers above the required qualification",
            "backbone": "Junior backbone teachers at county level or above",
            "pe_arts": "Full-time junior PE and arts teachers",
        }.items()
    ),
    case(
        "training funds above all funds",
        cell("school_years", 2, "training_funds_cny", "800000"),
        "school_years.csv, row 2, column training_funds_cny: Teacher-training funds is 800000, "
        "more than the Public-use funds that contains it (700000)",
        severity="warning",
    ),
    case(
        "equipment in 万元",
        cell("school_years", 2, "equipment_value_cny", "150"),
        "school_years.csv, row 2, column equipment_value_cny: Value of teaching instruments and "
        "equipment (book original value) is 150 yuan for 480 students; was it typed in 万元? "
        "Expected yuan (1 万元 = 10,000 yuan)",
        severity="warning",
    ),
    case(
        "ownership against the sponsor",
        cell("schools", 2, "ownership", "private"),
        "schools.csv, row 2, column ownership: ownership is “private”, but sponsor code 7 says "
        "otherwise (10 = private)",
        severity="warning",
    ),
    case(
        "closed before it opened",
        cells(("schools", 2, "opened", "2022"), ("schools", 2, "closed", "2019")),
        "schools.csv, row 2, column closed: the school closed (2019) before it opened (2022)",
        *(
            f"{table}.csv, row {row}, column year: data for {year}, but the roster has the school "
            "open from 2022 to 2019"
            for table, rows in {
                "school_years": {2: 2020, 3: 2021},
                "enrolment": dict.fromkeys(range(2, 8), 2020) | dict.fromkeys(range(8, 14), 2021),
                "rooms": {2: 2020, 3: 2020, 4: 2021, 5: 2021},
            }.items()
            for row, year in rows.items()
        ),
    ),
    case(
        "data before the school opened",
        bad.add_rows("rooms", ["0102", "2019", "music", "70"]),
        "rooms.csv, row 18, column year: data for 2019, but the roster has the school open from "
        "2020 to 2021",
    ),
    case(
        "no data for a year of the county",
        change("school_years", lambda rows: rows.append(["0101", "2018", *[""] * 20])),
        "school_years.csv, column year: no data for 2019, a year between others that have some: "
        "trends have a gap there",
        *(
            f"schools.csv, row {row}, column school_id: “{name}” has no row in school_years for "
            "2018; its verdict and the county's stay open. If it was closed, fill in opened/closed"
            for row, name in {4: "第一中学", 5: "育才学校"}.items()
        ),
        severity="warning",
    ),
    case(
        "no data of one school for a year",
        change("school_years", lambda rows: rows.__delitem__(1)),
        "schools.csv, row 2, column school_id: “第一小学” has no row in school_years for 2020; its "
        "verdict and the county's stay open. If it was closed, fill in opened/closed",
        severity="warning",
    ),
    case(
        "largest class smaller than the mean",
        cell("enrolment", 2, "largest_class", "39"),
        "enrolment.csv, row 2, column largest_class: Largest class is 39; with 80 students in 2 "
        "classes it lies between 40 and 80",
    ),
    case(
        "largest class larger than the grade",
        cell("enrolment", 2, "largest_class", "81"),
        "enrolment.csv, row 2, column largest_class: Largest class is 81; with 80 students in 2 "
        "classes it lies between 40 and 80",
    ),
    case(
        "students without a class",
        cell("school_years", 6, "classes_junior", "0"),
        "school_years.csv, row 6, column classes_junior: Junior secondary classes is 0, but there "
        "are 300 students",
        "school_years.csv, row 6, column classes_junior: Junior secondary classes is 0, but the "
        "grades in table enrolment add up to 6",
        severity="",
    ),
    case(
        "students of a grade without a class",
        cells(
            ("enrolment", 2, "classes", "0"),
            ("school_years", 2, "classes_primary", "10"),
        ),
        "enrolment.csv, row 2, column classes: Classes is 0, but there are 80 students",
        severity="warning",
    ),
    case(
        "classes without students",
        cells(
            ("school_years", 6, "students_junior", "0"),
            *(("enrolment", row, "students", "0") for row in (26, 27, 28)),
            *(("enrolment", row, "largest_class", "0") for row in (26, 27, 28)),
        ),
        "school_years.csv, row 6, column students_junior: Junior secondary students is 0, but there "
        "are 6 classes",
    ),
    case(
        "classes and no word of students",
        cell("school_years", 6, "students_junior", ""),
        "school_years.csv, row 6, column students_junior: Junior secondary students is blank, but "
        "there are 6 classes; without it the school is not assessed",
        severity="warning",
    ),
    case(
        "enrolment of heads only",
        change("enrolment", lambda rows: rows.__delitem__(slice(1, None))),
        "enrolment.csv: the table has no rows: what depends on it is not assessed",
        severity="warning",
    ),
    case(
        "a year that has not begun",
        cell("rooms", 4, "year", "2091"),
        f"rooms.csv, row 4, column year: data for 2091, a year that has not begun (today is {TODAY}): "
        "is a digit wrong? What is expected for later years belongs in a scenario",
    ),
    case(
        "births of a year that has not begun",
        cell("county_years", 4, "year", "2091"),
        f"county_years.csv, row 4, column year: data for 2091, a year that has not begun (today is "
        f"{TODAY}): is a digit wrong? What is expected for later years belongs in a scenario",
        severity="warning",
    ),
    # items of the county: one table of ranges
    *(
        case(
            f"{item} of {value}",
            cells(("county_years", 4, "item", item), ("county_years", 4, "value", value)),
            f"county_years.csv, row 4, column value: {sentence}",
            severity=severity,
        )
        for item, value, severity, sentence in (
            *(
                ("births", value, "error", f"Births (persons) (births) is {said}")
                for value, said in {
                    "-512": "-512; expected 0 or more",
                    "512.5": "512.5; expected a whole number",
                    "yes": "“yes”; expected a number",
                    "51200000": "51200000; expected 10000000 or less",
                }.items()
            ),
            (
                "births",
                "5",
                "warning",
                "Births (persons) (births) is 5; usual is 10 to 100000: is a digit wrong, or the unit?",
            ),
            (
                "salary_civil_servants_cny",
                "9.8",
                "warning",
                "Mean yearly salary of local civil servants (yuan) (salary_civil_servants_cny) is 9.8 yuan; "
                "was it typed in 万元? Expected yuan (1 万元 = 10,000 yuan)",
            ),
            (
                "budget_education_cny",
                "-1",
                "error",
                "Education budget (yuan) (budget_education_cny) is -1; expected 0 or more",
            ),
            (
                "S1",
                "1.01",
                "error",
                "Social recognition (satisfaction) (S1) is 1.01; a share is written between 0 and 1 "
                "(95 % is 0.95); the system computes it, so the cell may be cleared",
            ),
            (
                "G8",
                "98",
                "error",
                "Average teacher salary relative to local civil servants (G8) is 98; a share is written "
                "between 0 and 1 (95 % is 0.95); the system computes it, so the cell may be cleared",
            ),
            (
                "G9",
                "-0.2",
                "error",
                "Teachers who completed 360 hours in five years (G9) is -0.2; expected 0 or more"
                "; the system computes it, so the cell may be cleared",
            ),
            (
                "Q2",
                "98",
                "error",
                "Enrolment of disabled children and adolescents (Q2) is 98; a share is written between "
                "0 and 1 (95 % is 0.95); the system computes it, so the cell may be cleared",
            ),
            (
                "monitoring_ratio_pe",
                "15",
                "error",
                "Monitoring: physical education, between-school variance ratio (monitoring_ratio_pe) is "
                "15; a share is written between 0 and 1 (95 % is 0.95)",
            ),
            (
                "monitoring_level_pe",
                "0",
                "error",
                "Monitoring: physical education, level (monitoring_level_pe) is 0; expected 1 or more",
            ),
            (
                "left_behind_care",
                "3",
                "error",
                "Care for left-behind children is in place (yes or no) (left_behind_care) is 3; "
                "expected yes or no",
            ),
            ("V1", "0", "error", "Admission by examination (V1) is 0; expected yes or no"),
            (
                "G11",
                "0.3",
                "warning",
                "G11 is 0.3, which is not used; report a number under one of Rotated teachers "
                "among the eligible (G11.rotation), Backbone teachers among the rotated (G11.backbone)",
            ),
        )
    ),
    case(
        "retention above 1, without a finding on what is only shown",
        cells(
            ("county_years", 3, "value", "1.02"),
            ("county_years", 4, "item", "own_series"),
            ("county_years", 4, "value", "-5.5"),
        ),
        "county_years.csv, row 3, column value: Three-year junior retention rate (Q1) is 1.02; a "
        "share above 1 is rare: is a digit or a sign wrong?",
        severity="warning",
    ),
    case(
        "parts that together are more than the whole",
        bad.add_rows(
            "county_years",
            ["2021", "migrant_children_eligible", "100", ""],
            ["2021", "migrant_children_public", "90", ""],
            ["2021", "migrant_children_purchased", "20", ""],
        ),
        "county_years.csv, row 7, column value: of them in purchased private places "
        "(migrant_children_purchased) + of them in public schools (migrant_children_public) is 110, "
        "more than Eligible children of migrant workers (migrant_children_eligible) (100); is one of them wrong?",
        severity="warning",
    ),
    # what looks wrong
    case(
        "a class of the size of a school",
        cells(
            ("enrolment", 2, "largest_class", "4000"),
            ("enrolment", 2, "students", "4001"),
            ("enrolment", 2, "classes", "2"),
            ("school_years", 2, "students_primary", "4401"),
        ),
        "school_years.csv, row 3, column students_primary: Primary students is 480 after 4401 a year "
        "earlier; is a digit wrong, or was the school merged or divided?",
        "enrolment.csv, row 2, column students: Students is 4001; more than 4000 is rare: is a digit "
        "wrong, or the unit?",
        "enrolment.csv, row 2, column largest_class: Largest class is 4000; more than 150 is rare: is "
        "a digit wrong, or the unit?",
        severity="warning",
    ),
    case(
        "area with a digit too many",
        cell("school_years", 3, "teaching_area_m2", "30000"),
        "school_years.csv, row 3, column teaching_area_m2: Teaching and auxiliary floor area (indoor "
        "sports included) is 30000 m² after 3000.5 m² a year earlier; is a digit wrong, or was the school rebuilt?",
        severity="warning",
    ),
    case(
        "area left at 0",
        cell("school_years", 3, "outdoor_sports_area_m2", "0"),
        "school_years.csv, row 3, column outdoor_sports_area_m2: Outdoor sports ground is 0 m² "
        "after 6000 m² a year earlier; is a digit wrong, or was the school rebuilt?",
        severity="warning",
    ),
    case(
        "enrolment that jumps",
        lambda folder: (
            (folder / "enrolment.csv").unlink(),
            cell("school_years", 7, "students_junior", "3000")(folder),
        ),
        ": there is no table Enrolment by grade (enrolment): what depends on it is not assessed",
        "school_years.csv, row 7, column students_junior: Junior secondary students is 3000 after "
        "300 a year earlier; is a digit wrong, or was the school merged or divided?",
        severity="warning",
    ),
    case(
        "enrolment that jumps when another school opens",
        lambda folder: (
            (folder / "enrolment.csv").unlink(),
            cell("school_years", 7, "students_junior", "3000")(folder),
            cells(("schools", 3, "opened", "2021"))(folder),
            change("school_years", lambda rows: rows.__delitem__(3))(folder),
            change("rooms", lambda rows: rows.__delitem__(slice(5, 7)))(folder),
        ),
        ": there is no table Enrolment by grade (enrolment): what depends on it is not assessed",
        severity="warning",
    ),
    case(
        "two schools of one name",
        cell("schools", 3, "name", "第一小学"),
        "schools.csv, row 3, column name: “第一小学” is also the name of school 0101; is it one "
        "school entered twice?",
        severity="warning",
    ),
    case(
        "a hall among the rooms",
        cell("rooms", 2, "area_m2", "9600"),
        "rooms.csv, row 2, column area_m2: one room of 9600 m²; enter the area of a single room, "
        "one row per room",
        severity="warning",
    ),
    # files
    case(
        "folder in place of a table",
        bad.as_folder("rooms.csv"),
        "rooms.csv: is a folder; a CSV file is expected",
    ),
    case(
        "folder in place of county.yaml",
        bad.as_folder("county.yaml"),
        "county.yaml: is a folder; a YAML file is expected",
    ),
    case(
        "a link to itself",
        lambda folder: (
            (folder / "rooms.csv").unlink(),
            (folder / "rooms.csv").symlink_to("rooms.csv"),
        ),
        "rooms.csv: cannot be read (Too many levels of symbolic links)",
    ),
    case(
        "a link to nothing",
        lambda folder: ((folder / "rooms.csv").unlink(), (folder / "rooms.csv").symlink_to("gone")),
        "rooms.csv: cannot be read (No such file or directory)",
    ),
    case(
        "a pipe in place of a table",
        lambda folder: ((folder / "rooms.csv").unlink(), os.mkfifo(folder / "rooms.csv")),
        "rooms.csv: cannot be read (not an ordinary file)",
    ),
    case(
        "a pipe in place of county.yaml",
        lambda folder: ((folder / "county.yaml").unlink(), os.mkfifo(folder / "county.yaml")),
        "county.yaml: cannot be read (not an ordinary file)",
    ),
    case(
        "workbook renamed .csv",
        lambda folder: bad.write_workbook(folder / "rooms.xlsx").rename(folder / "rooms.csv"),
        "rooms.csv: is an Excel workbook that was renamed; save it as CSV, or name it .xlsx",
    ),
    case("UTF-16 without a mark", encoded("rooms.csv", "utf-16-le"), f"rooms.csv: {NO_TEXT}"),
    case("Big5", encoded("rooms.csv", "big5", BIG5), f"rooms.csv: {NO_TEXT}"),
    case("Shift-JIS", encoded("rooms.csv", "shift_jis", SHIFT_JIS), f"rooms.csv: {NO_TEXT}"),
    case("Latin-1", encoded("rooms.csv", "latin-1", LATIN_1), f"rooms.csv: {NO_TEXT}"),
    case(
        "zero bytes",
        file("rooms.csv", b"school_id,year,kind,area_m2\n0101,2021,art,\0\0\n"),
        f"rooms.csv: {NO_TEXT}",
    ),
    case(
        "damaged UTF-8",
        lambda folder: (folder / "schools.csv").write_bytes(
            (folder / "schools.csv").read_bytes().replace("第二".encode(), "第二".encode()[:-1])
        ),
        "schools.csv, row 3: the text is damaged here; save the file again as “CSV UTF-8”",
    ),
    case(
        "quotation mark never closed",
        file("rooms.csv", 'school_id,year,kind,area_m2\n0101,2021,art,60\n0101,2021,"art,60\n'),
        "rooms.csv, row 3: a quotation mark is opened here and never closed",
    ),
    # county.yaml
    case("no county.yaml", bad.remove("county.yaml"), "county.yaml: the file is missing"),
    case(
        "empty county.yaml", file("county.yaml", "\n# nothing\n"), "county.yaml: the file is empty"
    ),
    case(
        "not YAML",
        county_yaml("code: ", "code: ["),
        "county.yaml: line 2: not valid YAML (expected ',' or ']', but got '<scalar>')",
    ),
    case(
        "a list",
        file("county.yaml", "- code\n"),
        "county.yaml: line 1: county.yaml: must be written as “key: value”",
    ),
    case(
        "YAML with a control character",
        county_yaml("Trial", "Tri\x07al"),
        "county.yaml: not valid YAML (unacceptable character #x0007: special characters are not "
        'allowed in "<unicode string>", position 38)',
    ),
    case(
        "a key twice",
        county_yaml("synthetic", "code"),
        "county.yaml: line 6: the key “code” stands twice; keep one",
    ),
    case(
        "an unknown key",
        county_yaml("synthetic", "sintetic"),
        "county.yaml: line 6: sintetic: unknown key; check the spelling",
    ),
    case(
        "a key of several",
        county_yaml("synthetic", "? [a, b]\n"),
        "county.yaml: line 6: not valid YAML (a key must be a word or a number)",
    ),
    case(
        "code without quotes",
        county_yaml('"150202"', "150202"),
        "county.yaml: line 1: code: must be text; put quotes around a code of digits "
        "(found 150202)",
    ),
    case(
        "code too short",
        county_yaml("150202", "1502"),
        "county.yaml: line 1: code: must be six digits (found '1502')",
    ),
    case(
        "name without languages",
        county_yaml("{zh: 试验区, en: Trial District}", "试验区"),
        "county.yaml: line 2: name: must be written as “key: value” (found '试验区')",
    ),
    case(
        "target year as text",
        county_yaml("2030", "soon"),
        "county.yaml: line 5: target_year: must be a whole number (found 'soon')",
    ),
    case(
        "target year far away",
        county_yaml("2030", "20300"),
        "county.yaml: line 5: target_year: must be 2100 or less (found 20300)",
    ),
    case(
        "a number of thousands of digits",
        county_yaml("2030", "9" * 5000),
        f"county.yaml: line 5: target_year: must be a whole number (found '{'9' * 59}…)",
    ),
    *(
        case(
            f"standard {name}",
            county_yaml("cn-2017", name),
            f"county.yaml: standard “{name}”: {NO_STANDARD}",
        )
        for name in ("cn-2071", "../../x", "/etc/passwd", "..", "rooms.xls", "C:x", "no{names}")
    ),
    case(
        "YAML that unfolds",
        file("county.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        "county.yaml: line 2: not valid YAML (aliases (*) are not allowed)",
    ),
    case(
        "YAML with tags",
        county_yaml("2030", "!!python/name:os.system ''"),
        "county.yaml: line 5: not valid YAML (tags (!) are not allowed)",
    ),
    case(
        "deep YAML",
        file("county.yaml", "a: " + "[" * 20_000),
        "county.yaml: not valid YAML (nested too deeply)",
    ),
    case(
        "large YAML",
        file("county.yaml", "a: 1\n" * 1_000_000),
        "county.yaml: is larger than 1 MB; this cannot be a file of settings",
    ),
]


# --- causes and what follows from them -----------------------------------------------------------


def five_four(folder: Path) -> None:
    """Grade 6 of the primary schools goes to the junior school, that of the nine-year one with it."""

    def enrolment(rows: bad.Rows) -> None:
        rows[1:] = [
            row for row in rows[1:] if (row[0], row[2]) not in {("0101", "6"), ("0102", "6")}
        ]
        rows += [["0201", str(year), "6", "100", "2", "50"] for year in bad.YEARS]

    def school_years(rows: bad.Rows) -> None:
        for row in rows[1:]:
            primary, junior = {"0201": (0, 4), "0301": (5, 4)}.get(row[0], (5, 0))
            for stage, n in (("primary", primary), ("junior", junior)):
                if n:
                    row[rows[0].index(f"students_{stage}")] = str(n * bad.PER_GRADE[row[0]])
                    row[rows[0].index(f"classes_{stage}")] = str(n * 2)

    change("enrolment", enrolment)(folder)
    change("school_years", school_years)(folder)


FIVE_FOUR = (
    "grade 6 belongs to the junior secondary schools here, but the roster does not say that they follow "
    "the five-four system: enter 5+4 in the column system of table schools for every school that does. "
    "Schools without it are reckoned with six years of primary and three of junior secondary school"
)
NO_SIX = (
    "no school has a grade 6, though there are grades 5 and 7. If grade 6 was only left out, enter it; "
    "if primary school has five years here, enter 5+4 in the column system of table schools for every "
    "school that does so. Schools without it are reckoned with six years of primary and three of junior "
    "secondary school"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bad.write_folder(tmp_path / "county")


def test_five_years_of_primary_are_one_error(folder):
    five_four(folder)
    assert told(read_county(folder)[1], folder) == [
        f"enrolment.csv, row 33, column grade: {FIVE_FOUR}"
    ]


def test_five_years_of_primary_and_no_grade_6(folder):
    five_four(folder)
    change("enrolment", lambda rows: [rows.remove(r) for r in rows[1:] if r[2] == "6"])(folder)
    assert f"enrolment.csv, row 6, column grade: {NO_SIX}" in told(read_county(folder)[1], folder)


def of_system(word: str, *schools: str):
    """The column `system` of the roster; all schools if none is named."""

    def system(rows: bad.Rows) -> None:
        rows[0].append("system")
        for row in rows[1:]:
            row.append(word if not schools or row[0] in schools else "")

    return change("schools", system)


@pytest.mark.parametrize("word", ["5+4", "五四学制"])
def test_five_four_schools_that_say_so_are_read(folder, word):
    five_four(folder)
    of_system(word)(folder)
    county, findings = read_county(folder)
    assert [f for f in findings if f.severity == "error"] == []
    assert set(county.tables["schools"]["system"]) == {"5+4"}


def test_sums_and_grades_follow_the_system_of_each_school(folder):
    # the totals are those of six and three years
    of_system("5+4", "0301")(folder)
    sentences = told(read_county(folder)[1], folder)
    per = bad.PER_GRADE["0301"]
    assert any(f"is {6 * per}, but the grades in table enrolment add up to {5 * per}" in s for s in sentences)  # fmt: skip
    assert any(f"is {3 * per}, but the grades in table enrolment add up to {4 * per}" in s for s in sentences)  # fmt: skip


def test_a_five_year_primary_school_has_no_grade_6(folder):
    of_system("5+4")(folder)
    sentences = told(read_county(folder)[1], folder)
    assert any(
        "in grade 6, but a school of type Primary school has no such stage" in s for s in sentences
    )


def test_a_blank_system_leaves_no_trace_in_the_fingerprint(folder):
    before = read_county(folder)[0].fingerprint
    of_system("")(folder)
    assert read_county(folder)[0].fingerprint == before
    change("schools", lambda rows: rows[1].__setitem__(-1, "6+3"))(folder)
    assert read_county(folder)[0].fingerprint != before


def test_a_grade_6_in_the_wrong_school_is_no_system(folder):
    bad.add_rows("enrolment", ["0201", "2021", "6", "12", "1", "12"])(folder)
    assert told(read_county(folder)[1], folder) == [
        "enrolment.csv, row 50, column students: 12 students in grade 6, but a school of type Junior "
        "secondary school has no such stage"
    ]


def test_lost_zeros_are_the_cause_of_missing_years(folder):
    """All ids of a table lost their zeros: no school is said to lack its years besides."""

    def shorten_ids(rows: bad.Rows) -> None:
        for row in rows[1:]:
            row[0] = row[0].lstrip("0")

    change("school_years", shorten_ids)(folder)
    findings = read_county(folder)[1]
    assert len(findings) == 4
    assert digest(findings, "en") == [
        (
            "error",
            f"{folder}/school_years.csv, row 2, column school_id: the school “101” is not in the "
            "roster (table schools), which has “0101”: zeros in front were lost in one of the two "
            "tables; format the column as text and type them again; 3 more of this kind",
        )
    ]


def test_an_absent_school_is_still_missed_beside_a_strange_id(folder):
    change(
        "school_years",
        lambda rows: (rows.__delitem__(slice(1, 5)), rows.append(["9999", "2021", *[""] * 20])),
    )(folder)
    findings = read_county(folder)[1]
    assert [f.severity for f in findings] == ["error", *["warning"] * 4]
    assert told(findings, folder)[0].endswith(
        "the school “9999” is not in the roster (table schools)"
    )


def test_many_rows_are_one_line_and_errors_come_first(folder):
    cells(*(("school_years", row, "classes_primary", "13") for row in (2, 3, 4, 5)))(folder)
    change(
        "rooms", lambda rows: rows.extend(["0101", "2021", "dance", f"-{n}"] for n in range(1, 31))
    )(folder)
    findings = read_county(folder)[1]
    assert len(findings) == 2 * (LISTED + 1) + 4
    rooms, years = folder / "rooms.csv", folder / "school_years.csv"
    assert digest(findings, "en") == [
        (
            "error",
            f"{rooms}, rows 18–47, column kind: Kind is “dance”; expected one of music | art",
        ),
        (
            "error",
            f"{rooms}, rows 18–47, column area_m2: Area is -1, -2, -3 and others; expected 0 or more",
        ),
        (
            "warning",
            f"{years}, rows 2–5, column classes_primary: Primary classes is 13, but the grades in "
            "table enrolment add up to 12",
        ),
    ]
    assert digest(findings, "zh")[1] == (
        "error",
        f"{rooms}，第18–47行，area_m2列：面积为-1、-2、-3等，应不小于0",
    )
    assert digest(findings[:3], "en") == [(f.severity, f.sentence("en")) for f in findings[:3]]


def test_every_item_has_a_range():
    """Whatever county_years may hold under a known name, and no bound contradicts another."""
    assert set(COUNTY_INPUTS) <= set(ITEMS)
    for name in built_in():
        standard = load_standard(name)
        for item, entry in standard.entries.items():
            if entry.part in ("government", "quality", "recognition", "veto"):
                assert range_of(item, standard) is not None
                assert item in ITEMS or entry.rule in ("yes", "no") or entry.is_share, item
    for item, bounds in ITEMS.items():
        known = [
            bound
            for bound in (bounds.low, bounds.rare_low, bounds.rare_high, bounds.high)
            if bound == bound
        ]
        assert known == sorted(known), item


def told(findings: list[Finding], folder: Path, severity: str = "") -> list[str]:
    """The English sentences, files without their folder."""
    return [
        f.sentence("en").replace(f"{folder}/", "").replace(str(folder), "")
        for f in findings
        if severity in ("", f.severity)
    ]


def test_the_good_county_is_in_order(folder):
    county, findings = read_county(folder)
    assert findings == []
    assert county.years == [2020, 2021]


@pytest.mark.parametrize("case", CASES)
def test_refused_with_its_sentence(case: Case, folder):
    case.spoil(folder)
    county, findings = read_county(folder)
    assert told(findings, folder, case.severity) == list(case.expected)
    assert (county is None) == (case.severity != "warning")
    for finding in findings:
        assert "\n" not in finding.sentence("en") + finding.sentence("zh")
    if county is not None:
        assert list(county.warnings) == findings


def test_load_county_raises_the_errors_alone(folder):
    cells(("school_years", 2, "classes_primary", "13"), ("rooms", 3, "kind", "x"))(folder)
    assert [f.severity for f in read_county(folder)[1]] == ["error", "warning"]
    with pytest.raises(InputError) as raised:
        load_county(folder)
    assert [f.severity for f in raised.value.findings] == ["error"]
    assert raised.value.findings[0].value == "x"


def test_all_problems_at_once(folder):
    for spoil in (
        cell("schools", 2, "type", "academy"),
        cell("school_years", 3, "students_primary", "some"),
        cell("school_years", 4, "year", "2020年"),
        cell("rooms", 2, "area_m2", "-1"),
        bad.drop_column("enrolment", "classes"),
        bad.add_column("enrolment", "colour", "red"),
        file("extra.csv", "a\n"),
        county_yaml("2030", "soon"),
    ):
        spoil(folder)
    assert told(read_county(folder)[1], folder) == [
        "county.yaml: line 5: target_year: must be a whole number (found 'soon')",
        "school_years.csv, row 4, column year: School year is “2020年”; write the year as four "
        "digits, a school year as the one in which it begins: 2020",
        "school_years.csv, row 3, column students_primary: Primary students is “some”; expected a "
        "number",
        "enrolment.csv, column classes: the column classes (Classes) is missing",
        f"schools.csv, row 2, column type: School type is “academy”; expected one of {CHOICES}",
        "rooms.csv, row 2, column area_m2: Area is -1; expected 0 or more",
        "extra.csv: the table “extra” is not one of Junheng's; it is left aside and not read",
        "enrolment.csv: the column “colour” is not one of Junheng's; it is left aside and not read",
    ]


# --- workbooks -----------------------------------------------------------------------------------

DAMAGED = "cannot be opened as a workbook: it is damaged or incomplete"
PROTECTED = (
    "is protected by a password or in the old .xls format; save it as .xlsx without a password"
)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def of_workbook(path: Path) -> list[str]:
    county, findings = read_county(path)
    assert county is None
    return [f.sentence("en").replace(str(path), "") for f in findings]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", ": the file is empty"),
        (OLE2 + b"EncryptedPackage", f": {PROTECTED}"),
        (
            b"school_id,name\n",
            ": is not an .xlsx workbook; expected a folder of CSV files or .xlsx",
        ),
        (b"PK\x03\x04", f": {DAMAGED} (File is not a zip file); save it again"),
    ],
    ids=["empty", "password or .xls", "text", "only a signature"],
)
def test_a_file_that_is_no_workbook(data, sentence, tmp_path):
    path = tmp_path / "county.xlsx"
    path.write_bytes(data)
    assert of_workbook(path) == [sentence]


def test_a_truncated_workbook(tmp_path):
    path = bad.write_workbook(tmp_path / "county.xlsx")
    data = path.read_bytes()
    for length in range(4, len(data), len(data) // 20):
        path.write_bytes(data[:length])
        assert [DAMAGED in sentence for sentence in of_workbook(path)] == [True]


def test_another_archive(tmp_path):
    path = tmp_path / "county.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert of_workbook(path) == [f": {DAMAGED} (xl/workbook.xml); save it again"]


def spoilt_workbook(path: Path, spoil) -> list[str]:
    """What is said about the good workbook after a change."""
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.load_workbook(bad.write_workbook(path))
    spoil(workbook)
    workbook.save(path)
    return of_workbook(path)


def put(sheet: str, place: str, value):
    return lambda workbook: workbook[sheet].__setitem__(place, value)


@pytest.mark.parametrize(
    ("spoil", "sentences"),
    [
        (
            put("rooms", "D3", "=D2/0"),
            [
                " [rooms], row 3: cell D3 holds a formula without a result; open the workbook in a "
                "spreadsheet program and save it"
            ],
        ),
        (
            put("rooms", "D3", "#REF!"),
            [" [rooms], row 3: cell D3 shows the error #REF!; correct it in the workbook"],
        ),
        (
            put("rooms", "XFD1048576", "x"),
            [
                " [rooms]: there are cells filled in as far as row 1048576 and column 16384; delete "
                "those outside the table"
            ],
        ),
        (
            put("rooms", "G4", "see below"),
            [" [rooms]: row 4 has 7 cells; the header has 4. Is there a comma inside a text?"],
        ),
        (
            put("rooms", "B4", datetime.date(2021, 9, 1)),
            [
                " [rooms], cell B4 (School year): School year is “2021-09-01”; write the year as four "
                "digits, a school year as the one in which it begins: 2021"
            ],
        ),
        (
            lambda workbook: workbook.copy_worksheet(workbook["rooms"]),
            [" [rooms Copy]: unknown table “rooms Copy”; did you mean “rooms”?"],
        ),
        (
            lambda workbook: setattr(
                workbook.copy_worksheet(workbook["rooms"]), "title", "音乐美术专用教室"
            ),
            [" [音乐美术专用教室]: the table rooms stands in two files"],
        ),
        (
            lambda workbook: workbook.remove(workbook["schools"]),
            [": the table Roster of schools is missing (schools.csv, or a sheet of that name)"],
        ),
        (
            lambda workbook: workbook.remove(workbook["county"]),
            [": the sheet “county” is missing (code, name, province …)"],
        ),
        (put("county", "B2", 1502), [" [county], row 2: code: must be six digits (found '1502')"]),
        (
            put("county", "A2", "kode"),
            [
                " [county]: code: is missing",
                " [county], row 2: kode: unknown key; check the spelling",
            ],
        ),
        (
            put("county", "A3", "name"),
            [
                " [county], row 4: “name.en” stands twice; keep one",
                " [county], row 3: name: must be written as “key: value” (found '试验区')",
            ],
        ),
        (
            put("county", "A4", "name.zh"),
            [
                " [county], row 4: “name.zh” stands twice; keep one",
                " [county]: name.en: is missing",
            ],
        ),
        (
            put("county", "B9", "perhaps"),
            [" [county], row 9: synthetic: must be true or false (found 'perhaps')"],
        ),
        (
            put("county", "B8", "soon"),
            [" [county], row 8: target_year: must be a whole number (found 'soon')"],
        ),
    ],
)
def test_a_workbook_is_refused_with_its_sentence(spoil, sentences, tmp_path):
    assert spoilt_workbook(tmp_path / "county.xlsx", spoil) == sentences


# --- what no file can do -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", " ", "nowhere", "../nowhere", "x" * 5000, "a\0b", "{samples}", "%s\n", "\udcff"]
)
def test_no_such_county(name):
    with pytest.raises(InputError) as raised:
        find_county(name)
    (finding,) = raised.value.findings
    sentence = finding.sentence("en")
    assert (
        "no such county; expected a folder, an .xlsx workbook or a sample: 150202-don" in sentence
    )
    assert "\n" not in sentence
    assert len(sentence) < 600
    sentence.encode("utf-8")


def test_a_folder_that_links_to_itself(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "county").mkdir()
    (tmp_path / "county" / "deeper").symlink_to(tmp_path / "county")
    assert "no such county" in of_workbook(tmp_path / "loop")[0]
    assert len(of_workbook(tmp_path / "county" / "deeper")) == 6  # its yaml and five tables


def test_a_folder_that_vanishes(folder, monkeypatch):
    def gone(path):
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr(os, "listdir", gone)
    assert told(read_county(folder)[1], folder) == [": cannot be read (No such file or directory)"]


@pytest.mark.slow
def test_thousands_of_columns(folder):
    titles = [f"column {n}" for n in range(10_000)]
    text = ",".join(["school_id", "year", "kind", "area_m2", *titles]) + "\n0101,2021,art,60" + "\n"
    (folder / "rooms.csv").write_text(text, encoding="utf-8")
    started = time.process_time()
    sentences = told(read_county(folder)[1], folder)
    assert time.process_time() - started < 20
    assert len(sentences) == LISTED + 1
    assert sentences[-1] == f"rooms.csv: {10_000 - LISTED} more columns are left aside and not read"


def test_a_hundred_thousand_wrong_rows(folder):
    """Every row is wrong in every column: the list stays short, and it does not take long."""
    n = 50_000  # and each of them twice
    rows = "".join(f"x{i % 7},{i},{i % 40},-{i}.5,-1,9{i}\n" for i in range(1, n + 1))
    text = "school_id,year,grade,students,classes,largest_class\n" + rows
    (folder / "enrolment.csv").write_text(text + rows, encoding="utf-8")
    started = time.monotonic()
    findings = read_county(folder)[1]
    assert time.monotonic() - started < 30
    assert len(findings) < 20 * (LISTED + 1)
    sentences = told(findings, folder)
    assert (
        "enrolment.csv, row 2, column students: Students is “-1.5” (less than 0 and not a whole "
        "number); expected a whole number, 0 or more, in digits only" in sentences
    )
    assert (
        f"enrolment.csv, column students: {2 * n - LISTED} more rows with the same problem"
        in sentences
    )
    assert f"enrolment.csv: {n - LISTED} more rows with the same problem" in sentences  # repeated


@pytest.mark.slow
def test_hundreds_of_thousands_of_unreadable_rows(folder):
    n = 200_000
    text = "school_id,year,kind,area_m2\n" + "".join(f"x {i},y{i},{i},a{i}\n" for i in range(n))
    (folder / "rooms.csv").write_text(text, encoding="utf-8")
    started = time.monotonic()
    sentences = told(read_county(folder)[1], folder)
    assert time.monotonic() - started < 30
    assert len(sentences) == 4 * (LISTED + 1)
    for column in ("school_id", "year", "kind", "area_m2"):
        more = f"rooms.csv, column {column}: {n - LISTED} more rows with the same problem"
        assert more in sentences


@pytest.mark.slow
def test_random_damage_never_ends_in_a_traceback(folder, tmp_path):
    random = Random(20210901)
    workbook = bad.write_workbook(tmp_path / "county.xlsx")
    files = [*sorted(folder.iterdir()), workbook]
    originals = {path: path.read_bytes() for path in files}
    signs = [b'"', b",", b"\n", b"\r", b"\0", b"{", b"}", b"%", b"\xff", b"\xe4", b"1e309", b": "]
    for _ in range(30):
        path = random.choice(files)
        data = bytearray(originals[path])
        for _ in range(random.randint(1, 4)):
            place = random.randrange(len(data))
            data[place : place + random.randint(0, 6)] = random.choice(signs)
        path.write_bytes(data)
        _, findings = read_county(workbook if path == workbook else folder)
        for finding in findings:
            assert "\n" not in finding.sentence("en") + finding.sentence("zh")
        path.write_bytes(originals[path])
    assert read_county(folder)[1] == read_county(workbook)[1] == []


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "{" * 5000,
        "? " * 5000,
        "- " * 5000,
        "a: !!int 'x'",
        "1: 2\n1: 3",
        "a: |\n" * 3,
        "<<: {a: 1}",
        "---\na: 1\n---\nb: 1",
        "%TAG ! x\n---\na",
        "\t",
        "'",
        "a: b: c",
        "@",
        "&a a: 1",
    ],
)
def test_strange_yaml(text, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with contextlib.suppress(InputError):
        read_yaml(path)


# --- the sentence --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["{x}", "{", "%s %(x)d", "a\nb\r\nc", '"’“', "\x1b[31m", "\udcff"]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sentence_repeats_any_value_on_one_line(value, lang):
    finding = Finding("error", "“{value}” in {x}", {"value": value, "x": 1}, value, "t", value, 3)
    sentence = finding.sentence(lang)
    assert sentence.isprintable()
    assert sentence.endswith("in 1")
    if value.isprintable():
        assert sentence.count(value) == 3
    assert str(InputError([finding])) == finding.sentence("en")


# --- the command ---------------------------------------------------------------------------------


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Run `junheng`; afterwards the working folder must hold what it held before."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str):
        before = snapshot(tmp_path)
        result = CliRunner().invoke(app, list(words))
        assert snapshot(tmp_path) == before
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_fails_with_sentences_on_stderr(lang, command, folder):
    cells(("rooms", 3, "kind", "dance"), ("rooms", 4, "area_m2", "-75"))(folder)
    result = command("check", "county", "--lang", lang)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    expected = [f.sentence(lang) for f in read_county("county")[1]]
    assert [line.partition({"zh": "：", "en": ": "}[lang])[2] for line in lines] == expected
    assert len(lines) == 2
    assert {line.split({"zh": "：", "en": ": "}[lang])[0] for line in lines} == {
        {"zh": "错误", "en": "error"}[lang]
    }
    assert "county/rooms.csv" in lines[0]
    assert "dance" in lines[0]
    assert "-75" in lines[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_succeeds_with_warnings(lang, command, folder):
    cell("school_years", 2, "equipment_value_cny", "150")(folder)
    result = command("check", "county", "--lang", lang)
    assert result.exit_code == 0
    assert "150" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "county" in result.stdout


def test_check_goes_on_after_a_county_that_fails(command, folder):
    result = command("check", "nowhere", "county", "--lang", "en")
    assert result.exit_code == 1
    assert "nowhere: no such county" in result.stderr
    assert "county: in order (4 schools, 2020–2021, 0 warnings)" in result.stdout


@pytest.mark.parametrize(
    "words",
    [["check"], ["chek"], ["check", "county", "--lang", "fr"], ["check", "county", "--no-such"]],
    ids=" ".join,
)
def test_wrong_usage(words, command, folder):
    assert command(*words).exit_code == 2


def test_the_command_itself(folder):
    """Once as people run it: exit status, streams and no traceback."""
    cell("rooms", 3, "kind", "{dance}")(folder)
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "check", str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "“{dance}”" in done.stderr
    assert "Traceback" not in done.stderr


def test_sentences_about_a_workbook_name_items_without_their_ids(tmp_path):
    path = bad.write_workbook(tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["county_years"]
    for item, value in (
        ("left_behind_care", 8),
        ("G8", 9.8),
        ("Q2", 96.5),
        ("V1", 0),
        ("G11", 0.3),
        ("migrant_children_eligible", 10),
        ("migrant_children_public", 20),
    ):
        sheet.append([2021, item, value])
    del book["rooms"]
    book.save(path)

    _, findings = read_county(path)
    told = [f.text("zh") for f in findings if f.values.get("name") != "G11"]

    text = "\n".join(told)
    assert "为8，应为“是”或“否”" in text
    assert "未填报“音乐美术专用教室”，依赖该表的内容不予评定" in text
    left = re.findall(r"[a-z]+_[a-z_]+|[GQV]\d+(?:\.\w+)?|rooms", text)
    assert set(left) == {"G11"}  # what the county itself wrote
    computed = [f.text("zh") for f in findings if "由系统计算，可以清空" in f.text("zh")]
    assert [text.partition("为")[2][:4] for text in computed] == ["9.8，", "96.5"]


def test_many_rows_of_a_workbook_are_told_without_ids_too(tmp_path):
    path = bad.write_workbook(tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    for year in range(2010, 2018):
        book["county_years"].append([year, "V1", 0])
    book.save(path)

    [line] = [text for _, text in digest(read_county(path)[1], "zh") if "应为“是”或“否”" in text]
    assert "V1" not in line
    assert "存在以考试方式招生为0" in line


def test_rows_that_differ_in_several_values_are_counted_behind_the_first(folder):
    """Lists side by side do not say which value belongs to which."""
    cells(
        *(("enrolment", row, "largest_class", "9") for row in range(2, 7)),
        *(("enrolment", row, "classes", str(row - 1)) for row in range(3, 7)),
        ("enrolment", 2, "classes", "1"),
    )(folder)
    lines = [text for _, text in digest(read_county(folder)[1], "zh") if "最大班额为9" in text]

    assert [text.partition("：")[2] for text in lines] == [
        "最大班额为9；2个班共80名学生，应在40与80之间；同类另有3处",
        "最大班额为9；1个班共80名学生，应为80",
    ]


def test_a_blank_year_of_an_item_may_be_given_once_for_the_workbook(tmp_path):
    path = bad.write_workbook(tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    book["county_years"].append([None, "births", 500])
    book.save(path)
    (error,) = [f for f in read_county(path)[1] if f.severity == "error"]

    assert error.text("zh") == "学年为空；请在此填写，也可在“县区信息”表的“填报学年”中一次填写"


def test_the_year_of_a_form_is_four_digits(tmp_path):
    county = [*bad.COUNTY_SHEET, ["School year of the form", "next year"]]
    path = bad.write_workbook(tmp_path / "county.xlsx", county=county)
    (error,) = [f for f in read_county(path)[1] if f.severity == "error"]

    assert error.text("en") == (
        "School year of the form is “next year”; expected: the school year as four digits, such as 2024"
    )


def test_a_wrong_value_of_an_item_is_said_with_the_item_and_what_it_takes(folder):
    rows = (
        ["births", "abc"],
        ["births", "12人"],
        ["G1", "maybe"],
        ["Q1", "mostly"],
        ["Q4", "0,05"],
    )
    for number, (item, value) in enumerate(rows):
        change("county_years", lambda of, n=number, i=item, v=value: of.append([str(2015 + n), i, v, "", ""]))(folder)  # fmt: skip
    found = [f.text("zh") for f in read_county(folder)[1] if f.column == "value"]

    assert sorted(found) == [
        "出生人口（人）（births）为“12人”（数字后有“人”），应填0至10000000的整数，只写数字",
        "出生人口（人）（births）为“abc”，应为数字",
        "初中三年巩固率（Q1）为“mostly”，应为数字或“是”“否”",
        "学校规划布局合理（G1）为“maybe”，应为“是”或“否”",
        "教师培训经费占公用经费预算比例（Q4）为“0,05”（逗号位置不对），应填0至1的数，只写数字",
    ]


def test_rows_that_are_pasted_twice_are_named_in_one_line(folder):
    change("school_years", lambda rows: rows.extend([list(row) for row in rows[1:6]]))(folder)
    (line,) = [text for _, text in digest(read_county(folder)[1], "zh") if "重复" in text]

    assert "第10–14行" in line
    assert "本行与第2行（0101 2020）、第3行（0101 2021）" in line


def test_the_year_of_items_is_not_asked_for_where_the_workbook_says_it(tmp_path):
    county = [*bad.COUNTY_SHEET, ["School year of the form", "2021"]]
    book = bad.write_workbook(tmp_path / "county.xlsx", county=county)

    assert read_county(book)[0].form_year == 2021
    assert "填报学年" not in CliRunner().invoke(app, ["check", str(book)]).stdout


def test_the_list_of_what_is_missing_ends_with_how_to_fill_it_in(folder, tmp_path):
    of_folder = CliRunner().invoke(app, ["check", str(folder)])
    book = bad.write_workbook(tmp_path / "county.xlsx")
    of_book = CliRunner().invoke(app, ["check", str(book)])

    assert of_folder.stdout.splitlines()[-1] == (
        f"可先运行 junheng template {folder.name}.xlsx --from {folder}，在Excel中填写"
    )
    assert of_book.stdout.splitlines()[-1] == (
        "县级项目还须填写学年：可逐行填写，也可在“县区信息”表的“填报学年”中一次填写。"
    )


def test_what_another_standard_asks_for_is_nothing_strange(folder):
    """The same file serves the standard of 2012 and that of 2017."""
    change("county_years", lambda rows: rows.append(["2021", "G1", "yes", "", ""]))(folder)

    for standard in ("cn-2017", "cn-2012"):
        _, findings = read_county(folder, standard)
        assert not [each for each in findings if "nothing is called" in each.text("en")]
