"""A look into the parts of a workbook, before its reader is let near it."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from ...base.files import MORE, N_, Finding, problem
from ...base.refusals import shorten
from ..checks.tables import LISTED
from ..texts import cell_name, column_number
from .names import is_read, table_of

#: Unpacked size (bytes), and cells of a sheet's rectangle, above which a workbook is refused: one
#: value typed by mistake into the last cell of a sheet asks for hundreds of gigabytes.
LARGEST_WORKBOOK = 1_000_000_000
LARGEST_SHEET = 40_000_000
#: Size (bytes) of the parts that are read whole, and of all parts by what they take in the archive:
#: tables of figures unpack to 10 or 20 times their size, a bomb to 1,000 times.
LARGEST_INDEX = 10_000_000
LARGEST_RATIO, RATIO_FROM = 100, 100_000_000
_CELL = rb'<(?:\w+:)?c (?:[^>]*\s)?r="([A-Z]{1,3}[0-9]{1,7})"'
_FILLED = re.compile(rb'<(?:\w+:)?(?:c|row) (?:[^>]*\s)?r="([A-Z]{0,3})([0-9]{1,7})"[^>]*(?<!/)>')
#: Cells and rows that are written otherwise than every spreadsheet program writes them.
_ODD = re.compile(
    rb"<(?:[\w.-]+:)?(?:c|row)(?=[\s/>])"
    rb'(?! r="[A-Z]{0,3}[0-9]{1,7}"[^>\'"]*(?:"[^"<>]*"[^>\'"]*)*>)'
)
_TAG = re.compile(
    rb"<(?:[\w.-]+:)?(?:c|row)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>"
)
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
_ANY_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z0-9]+)"')
_HIDDEN_ROW = re.compile(
    rb'<(?:\w+:)?row (?=[^>]*\shidden="(?:1|true)")[^>]*\br="([0-9]+)"[^>]*(?<!/)>'
)
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col (?=[^>]*hidden="(?:1|true)")[^>]*min="([0-9]+)"')
_ERROR = re.compile(_CELL + rb'[^>]*\st="e"[^>]*>.{0,2000}?<(?:\w+:)?v>([^<]*)<', re.S)
_NO_RESULT = re.compile(
    _CELL + rb'(?![^>]*\st="str")[^>]*(?<!/)>\s*'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>()"
)


class NotAWorkbookError(ValueError):
    """The archive has not the parts of a workbook."""


#: What an archive or its parts are refused with that are damaged.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, KeyError),
    *(NotImplementedError, RuntimeError, ValueError),
)


def inspect_workbook(path: Path) -> list[Finding]:
    """What the reader of workbooks cannot say, and whether it may be let near the file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Finding
        Errors and unknown results, which the reader takes for blanks; merged and hidden cells.

    Raises
    ------
    InputError
        The workbook is too large, or its cells reach too far.
    NotAWorkbookError
        Parts are missing, damaged, or stand where no spreadsheet program puts them.
    """
    findings: list[Finding] = []
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {info.filename.lower(): info for info in archive.infolist()}
            if len(parts) < len(archive.infolist()):
                raise NotAWorkbookError("one part twice")
            if "xl/workbook.xml" not in parts:
                raise NotAWorkbookError("xl/workbook.xml")
            unpacked = sum(info.file_size for info in archive.infolist())
            packed = sum(info.compress_size for info in archive.infolist())
            inflated = unpacked > RATIO_FROM and unpacked > LARGEST_RATIO * packed
            if unpacked > LARGEST_WORKBOOK or inflated:
                raise problem(
                    N_("is too large for a workbook; give the county as a folder of CSV files"),
                    file=path,
                )
            names = sheet_names(archive, parts)
            for part, name in names.items():
                if part not in parts:
                    raise NotAWorkbookError(part)
                label, table = f"{path} [{name}]", table_of(name) is not None
                findings += _inspect_sheet(archive, parts[part], label, table)
    except DAMAGE as error:
        raise NotAWorkbookError(str(error)) from None
    return findings


def sheet_names(archive: zipfile.ZipFile, parts: dict) -> dict[str, str]:
    """Part of the archive -> name of the sheet, of those that are read."""
    links = parts.get("xl/_rels/workbook.xml.rels")
    if links is None:
        return {}
    for part in (links, parts["xl/workbook.xml"]):
        if part.file_size > LARGEST_INDEX:
            raise NotAWorkbookError(part.filename)
    targets = {
        link.get("Id"): link.get("Target", "").lower().lstrip("/").removeprefix("xl/")
        for link in ElementTree.fromstring(archive.read(links))
    }
    names = {}
    for sheet in ElementTree.fromstring(archive.read(parts["xl/workbook.xml"])).iter():
        if sheet.tag.endswith("}sheet"):
            link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            name = sheet.get("name", "")
            if is_read(name, sheet.get("state", "visible") != "visible"):
                names["xl/" + targets.get(link, "")] = name
    return names


def _inspect_sheet(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str, table: bool
) -> list[Finding]:
    """Cells with an error, without a result, merged or hidden; a sheet beyond measure is refused."""
    findings: list[Finding] = []
    more = width = height = 0
    hidden_rows: list[int] = []
    hidden_columns: list[int] = []
    rest = b""
    with archive.open(info) as stream:
        while chunk := stream.read(4_000_000):
            # whole rows only: the last one may go on in the next chunk
            rows, end, rest = (rest + chunk).rpartition(b"row>")
            if len(rest) > 100_000_000:
                raise NotAWorkbookError("row")
            if b"<!DOCTYPE" in chunk:
                raise NotAWorkbookError("<!DOCTYPE")
            filled = _FILLED.findall(rows + end)
            width = max([width, *map(column_number, {column for column, _ in filled})])
            height = max([height, *map(int, {row for _, row in filled})])
            across, down = _odd_extent(rows + end)
            width, height = max(width, across), max(height, down)
            hidden_rows += map(int, _HIDDEN_ROW.findall(rows + end))
            hidden_columns += map(int, _HIDDEN_COLUMN.findall(rows + end))
            for message, pattern in (
                (N_("cell {cell} shows the error {value}; correct it in the workbook"), _ERROR),
                (
                    N_(
                        "cell {cell} holds a formula without a result; open the workbook in a spreadsheet program and save it"
                    ),
                    _NO_RESULT,
                ),
            ):
                for cell, value in pattern.findall(rows + end):
                    if len(findings) == LISTED:
                        more += 1
                        continue
                    cell, value = cell.decode(), value.decode("utf-8", "replace")
                    row = int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
                    values = {"cell": cell, "value": value}
                    findings.append(Finding("error", message, values, label, row=row, cell=cell))
    if width * height > LARGEST_SHEET:
        raise problem(
            N_(
                "there are cells filled in as far as row {row} and column {column}; delete those outside the table"
            ),
            file=label,
            row=height,
            column=width,
        )
    if more:
        findings.append(Finding("error", MORE, {"n": more}, label))
    merged = _MERGED.findall(rest) if table else []
    for first, last in merged[:LISTED]:
        cell = first.decode()
        values = {"cells": f"{cell}:{last.decode()}"}
        message = N_(
            "the cells {cells} are merged: only the first would count; unmerge them and fill in each"
        )
        findings.append(Finding("error", message, values, label, cell=cell))
    if len(merged) > LISTED:
        findings.append(Finding("error", MORE, {"n": len(merged) - LISTED}, label))
    if hidden_rows:
        message = N_("{n} rows are hidden, the first is row {row}; they are read like the others")
        values = {"n": len(hidden_rows), "row": hidden_rows[0]}
        findings.append(Finding("warning", message, values, label))
    hidden_columns = [column for column in hidden_columns if column <= width]
    if hidden_columns:
        message = N_("column {column} is hidden; it is read like the others")
        column = cell_name(0, hidden_columns[0])[:-1]
        findings.append(Finding("warning", message, {"column": column}, label))
    return findings


def _odd_extent(data: bytes) -> tuple[int, int]:
    """How far cells reach that are written in an unusual way: without a place, or in other quotes.

    The reader of workbooks lays out the whole rectangle, so that a place beyond any sheet would ask
    for more memory than there is.
    """
    width = height = 0
    nameless = False
    for odd in _ODD.finditer(data):
        tag = _TAG.match(data, odd.start())
        if tag is None:
            raise NotAWorkbookError(shorten(data[odd.start() :][:40].decode("utf-8", "replace")))
        place = _PLACE.search(tag[1])
        if place is None:
            nameless = True
            continue
        found = re.fullmatch(rb"([A-Z]{0,3})([0-9]{1,7})", place[1])
        if found is None:
            raise NotAWorkbookError(shorten(place[1].decode("utf-8", "replace")))
        if not tag[2]:
            width, height = max(width, column_number(found[1])), max(height, int(found[2]))
    if nameless:
        rows = _ROW.split(data)[1:]
        width = max([width, *(len(_ANY_CELL.findall(row)) for row in rows)])
        height = max(height, len(rows))
    return width, height
