"""Helpers that several test modules need."""

import csv
from pathlib import Path

import nbformat
import yaml
from conftest import build_county, save_county
from openpyxl import Workbook


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


COVER = "from analysis import analyze\nfrom analysis.report.pages.report import Report\n"
COVER += "from analysis.report.pages.verdict import cover\n"
COVER += "report = Report(analyze(county, year), lang)"


def write_notebook(path, *cells, parameters=("county", "year", "lang")):
    """A notebook with parameters (all None) and the given cells of code."""
    sources = ["\n".join(f"{name} = None  # {name}" for name in parameters), *cells]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["kernelspec"]["language"] = "python"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def write_cover(path, *before):
    """A report that is only its cover."""
    return write_notebook(path, *before, COVER, "cover(report)")


def results(executed):
    """What the cells show, as text."""
    return [
        output["data"]["text/plain"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]


def write_province(folder, number, years=2023):
    """So many counties of two schools: 100000, 100001, … with 201, 202, … students."""
    for index in range(number):
        schools = [{"students_primary": 100 + index}, {"students_primary": 101}]
        code = f"{100000 + index}"
        county = build_county(schools, years, code=code, name={"zh": f"县{index}", "en": code})
        save_county(county, folder / code)
    return folder
