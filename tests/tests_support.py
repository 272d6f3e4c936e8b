"""Helpers that several test modules need."""

import csv
from pathlib import Path

import yaml
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
