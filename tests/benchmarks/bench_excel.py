"""A county of 200,000 rows as one workbook: read and checked, against pandas with openpyxl.

python tests/benchmarks/bench_excel.py [ROWS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import xlsxwriter

from analysis import load_county
from analysis.base.schema.tables import TABLES

#: pandas reads and checks nothing; ours reads all sheets, types and checks them.
TARGET = 3.0


def write(path: Path, rows: int) -> Path:
    """A workbook whose enrolment has that many rows, in order to the last cell."""
    years, grades = range(2016, 2026), range(1, 7)
    schools = [f"31502{number:05d}" for number in range(-(-rows // (len(years) * len(grades))))]
    yearly = dict.fromkeys(TABLES["school_years"].names, "")
    tables = {
        "county": [
            *(("code", "150202"), ("name.zh", "测试县"), ("name.en", "Test")),
            *(("province.zh", "测试省"), ("province.en", "Test")),
        ],
        "schools": [
            ("school_id", "name", "type", "ownership", "area"),
            *((school, f"第{school}小学", "primary", "public", "town") for school in schools),
        ],
        "school_years": [
            tuple(yearly),
            *(
                tuple((yearly | {"school_id": s, "year": y, "students_primary": 240}).values())
                for s in schools
                for y in years
            ),
        ],
        "enrolment": [
            ("school_id", "year", "grade", "students", "classes", "largest_class"),
            *((s, y, g, 40, 1, 40) for s in schools for y in years for g in grades),
        ],
    }
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        for name, lines in tables.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    return path


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(rows: int = 200_000) -> list[tuple[str, float, float, float, float]]:
    """(name, seconds of ours, seconds of theirs, how many times faster, target)."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "county.xlsx", rows)
        load_county("230505-sifangtai")  # imports, once
        ours = min(seconds(lambda: load_county(path)) for _ in range(2))
        theirs = seconds(lambda: pd.read_excel(path, sheet_name=None, engine="openpyxl"))
    return [(f"read a workbook of {rows:,} rows", ours, theirs, theirs / ours, TARGET)]


if __name__ == "__main__":
    print(f"{'':36} {'ours':>8} {'theirs':>8} {'ratio':>7} {'target':>7}")
    for name, ours, theirs, ratio, target in main(*map(int, sys.argv[1:])):
        print(f"{name:36} {ours:7.2f}s {theirs:7.2f}s {ratio:6.1f}x {target:6.1f}x")
