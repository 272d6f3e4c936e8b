"""A folder of 300 schools with 20 return sheets each: imported, and merged once more.

python tests/benchmarks/bench_import.py [SCHOOLS]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ministry_county import made_up_county
from ministry_exports import export_school
from ministry_files import Sheet, sheets

from analysis.ministry.folder import import_returns
from analysis.ministry.merging.into import merge_returns

SHEETS = 20
#: Seconds and megabytes that an import may take.
SECONDS, MEGABYTES = 60, 1000

#: Forms of the same folder that are not needed, to make up the number.
OTHERS = (
    "211",
    "311",
    "331",
    "332",
    "341",
    "411",
    "4211",
    "4212",
    "431",
    "4411",
    "442",
    "511",
    "521",
)


def write(folder: Path, schools: int) -> int:
    """Exports of so many schools; returns the number of sheets."""
    county = made_up_county(schools, (2021,))
    grades = {
        school: {int(row["grade"]): row for row in rows.to_dict("records")}
        for school, rows in county.tables["enrolment"].groupby("school_id")
    }
    roster = county.tables["schools"].set_index("school_id", drop=False)
    number = 0
    for row in county.tables["school_years"].to_dict("records"):
        school = roster.loc[row["school_id"]].to_dict()
        made = sheets(row, grades[row["school_id"]], "old")
        for form in OTHERS[: SHEETS - 3 - len(made)]:
            columns = [(f"项目{n}",) for n in range(15)]
            lines = [(f"第{n}项", "", [n] * 15) for n in range(25)]
            made.append(Sheet(f"基础基{form}", "其他", columns, lines))
        export_school(folder / f"{school['name']}.xlsx", school, 2021, made)
        number += 3 + len(made)
    return number


def main(schools: int = 300) -> list[tuple[str, float, float, float, str]]:
    about = {"code": "210999", "name": "县", "name_en": "C", "province": "省", "province_en": "P"}
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name, "sheets"), Path(name, "county")
        folder.mkdir()
        number = write(folder, schools)
        found = []
        for what, work in (
            ("import", lambda: import_returns(folder, out, **about)),
            ("the same again into it", lambda: merge_returns(folder, out)),
        ):
            start = time.perf_counter()
            assert work().out is not None
            took = time.perf_counter() - start
            title = f"{schools} schools, {number} sheets: {what}, s : allowed"
            found.append((title, took, SECONDS, took / SECONDS, "≤ 1"))
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found.append(("memory, MB : allowed", used, MEGABYTES, used / MEGABYTES, "≤ 1"))
    return found


if __name__ == "__main__":
    for line in main(*map(int, sys.argv[1:])):
        print(*line, sep=" | ")
