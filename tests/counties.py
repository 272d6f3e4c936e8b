"""Counties as small as a pocket calculator likes them: in memory, as folders, as workbooks."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import yaml
from openpyxl import Workbook

from analysis import County, load_standard
from analysis.base.schema.tables import TABLES
from analysis.base.schema.terms import SCHOOL_TYPES
from analysis.data.county import CountyRecord
from analysis.policy.standards import Profile, Standard

ROSTER, YEARLY = set(TABLES["schools"].names), set(TABLES["school_years"].names)

#: What the schools of `make_county` have for every 100 students (by stage) ...
PER_100 = {"above_qualification": 8, "backbone": 2, "pe_arts": 2, "teachers": 10, "classes": 4}
#: ... and for every student, weighted 1 : 1.1 : 1.32, of what the stages share.
PER_STUDENT = {
    "teaching_area_m2": 8,
    "indoor_sports_area_m2": 1,
    "outdoor_sports_area_m2": 11,
    "equipment_value_cny": 3000,
    "multimedia_rooms": 0.04,
    "operating_funds_cny": 1000,
    "training_funds_cny": 60,
}


def school(kind: str, primary=None, junior=None, senior=None, **cells) -> dict:
    """A school of a type with its students, for `build_county`."""
    students = {"students_primary": primary, "students_junior": junior, "students_senior": senior}
    return {"type": kind} | {name: n for name, n in students.items() if n is not None} | cells


def build_county(
    schools: list[dict],
    years: int | list[int] = 2023,
    *,
    rules: dict | None = None,
    facts: dict | None = None,
    **record,
) -> County:
    """A county from a few short dicts.

    Parameters
    ----------
    schools : list of dict
        Columns of `schools` and `school_years` that matter to the test, students first of all; the
        rest is filled in so that every threshold is met. None is a blank cell. `by_year` maps a
        year to what differs in it, or to None if the school has no row in it.
    years : int or list of int
    rules : dict, optional
        Values of entries by which a province judges differently: a value, or values by date.
    facts : dict, optional
        Items of `county_years` that differ from those that meet every requirement.
    **record
        Fields of `county.yaml`.
    """
    years = [years] if isinstance(years, int) else list(years)
    roster, yearly = [], []
    for number, given in enumerate(schools, 1):
        school = dict(given)
        by_year = school.pop("by_year", {})
        unknown = set(school) - ROSTER - YEARLY
        assert not unknown, f"no such columns: {unknown}"
        school = {"school_id": f"{number:03d}", "type": "primary", **school}
        own = {"name": f"School {number}", "ownership": "public", "sponsor": 7, "area": "town"}
        roster.append(own | {key: school[key] for key in school if key in ROSTER})
        for year in years:
            changes = by_year.get(year, {})
            if changes is not None:
                row = {key: school[key] for key in school if key in YEARLY} | changes
                yearly.append({"year": year} | _filled_in(row, school["type"]))
    standard = _standard(rules or {})
    tables = {
        "schools": roster,
        "school_years": yearly,
        "county_years": [
            {"year": year, "item": item, "value": value}
            for year in years
            for item, value in (_facts(standard, year) | (facts or {})).items()
        ],
    }
    basics = {
        "code": "999999",
        "name": {"zh": "测试县", "en": "Test County"},
        "province": {"zh": "测试省", "en": "Test Province"},
    }
    return County(
        CountyRecord.model_validate(basics | record),
        MappingProxyType({name: _frame(name, tables.get(name, [])) for name in TABLES}),
        standard,
        Path("test-county"),
    )


def _filled_in(row: dict, kind: str) -> dict:
    """A row of `school_years` with all that the school needs to meet every threshold."""
    students = {
        stage: row.get(f"students_{stage}") or 0 for stage in ("primary", "junior", "senior")
    }
    weighted = students["primary"] + 1.1 * students["junior"] + 1.32 * students["senior"]
    full = {}
    for stage in SCHOOL_TYPES[kind].stages:
        if students[stage]:
            full[f"students_{stage}"] = students[stage]
            if stage != "senior":
                for name, number in PER_100.items():
                    full[f"{name}_{stage}"] = math.ceil(number * students[stage] / 100)
    for name, number in PER_STUDENT.items():
        full[name] = math.ceil(round(number * weighted, 6))
    return full | row


def _facts(standard: Standard, year: int) -> dict[str, str]:
    """Items that meet every requirement of the other parts of the standard."""
    facts = {}
    for name, value in standard.for_year(year).items():
        entry = standard.entries[name]
        if entry.part not in ("resource", "option", "concession") and value is not None:
            hair = {"below": -0.01, "above": 0.01}.get(entry.rule)
            facts[name] = value if isinstance(value, str) else f"{value + (hair or 0):g}"
    return facts


def _standard(values: dict) -> Standard:
    """The national standard, or a province's with other values for some of its entries."""
    national = load_standard("cn-2017")
    if not values:
        return national
    entries = {
        name: national.entries[name].model_copy(
            update={"values": value if isinstance(value, dict) else {"2017-04-19": value}}
        )
        for name, value in values.items()
    }
    profile = Profile(
        id="test",
        title={"zh": "测试", "en": "Test"},
        kind="evaluation",
        extends="cn-2017",
        entries=entries,
    )
    return Standard([profile, *national.profiles])


def _frame(name: str, rows: list[dict]) -> pd.DataFrame:
    """Rows -> a table typed as the loader types it."""
    table = TABLES[name]
    frame = pd.DataFrame(rows, columns=table.names)
    types = {column.name: "float64" if column.is_numeric else "str" for column in table.columns}
    return frame.astype(types).set_axis(pd.RangeIndex(2, len(frame) + 2, name="row"))


def save_county(county: County, folder: Path) -> Path:
    """Write a county that stands by the national standard as people hand it in."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in county.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    # JSON is YAML, and it quotes the code
    record = json.dumps(county.record.model_dump(), ensure_ascii=False)
    (folder / "county.yaml").write_text(record, encoding="utf-8")
    return folder


def write_province(folder, number, years=2023):
    """So many counties of two schools: 100000, 100001, … with 201, 202, … students."""
    for index in range(number):
        schools = [{"students_primary": 100 + index}, {"students_primary": 101}]
        code = f"{100000 + index}"
        county = build_county(schools, years, code=code, name={"zh": f"县{index}", "en": code})
        save_county(county, folder / code)
    return folder


def write_workbook(folder, path):
    """A county's folder as one workbook: every table a sheet, everything as text."""
    folder, path = Path(folder), Path(path)
    book = Workbook()
    sheet = book.active
    sheet.title = "county"
    record = yaml.safe_load((folder / "county.yaml").read_text(encoding="utf-8"))
    for key, value in record.items():
        if isinstance(value, dict):
            for lang, text in value.items():
                sheet.append([f"{key}.{lang}", text])
        elif isinstance(value, list):
            for source in value:
                sheet.append([key, source["title"], source.get("note", "")])
        else:
            sheet.append([key, str(value)])
    for file in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                sheet.append(row)
    book.save(path)
    return path


def generated_county(schools: int = 300, years: int = 10) -> County:
    """A generated county as the loader would give it."""
    # benchmarks import this module without the tools
    from make_nation import generate_nation

    made = generate_nation(1, schools, years)
    frames = {}
    for name, table in TABLES.items():
        types = {column.name: "float64" if column.is_numeric else "str" for column in table.columns}
        frames[name] = made.get(name, pd.DataFrame()).reindex(columns=table.names).astype(types)
    text = {"zh": "县", "en": "County"}
    record = CountyRecord(code="100000", name=text, province=text)
    return County(record, MappingProxyType(frames), load_standard("cn-2017"), Path("100000"))
