"""Folder of CSV tables or Excel workbook -> County."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pydantic

from ..base.files import (
    LEADS_OUT,
    MORE,
    N_,
    Finding,
    InputError,
    decode,
    problem,
    read_data,
    read_model,
)
from ..base.folders import entries, look, scenario_folder, usable
from ..base.refusals import mistakes, shorten
from ..base.schema.columns import Column, Table
from ..base.schema.tables import COUNTY_FIELDS, COUNTY_SHEET, OTHER_SHEETS, TABLES
from ..base.schema.terms import CHOICE_LABELS, YEAR, Label
from ..base.spreadsheet import unguarded
from ..policy.plan import Plan, read_plan
from ..policy.standards import NATIONAL, Standard, Text, built_in, load_standard
from .check import LISTED, Tables, check_tables, further, unknown_name
from .county_items import check_items
from .noise import remark_rows, separator_line, unwrapped
from .number_formats import show_zeros, zero_cells, zero_styles
from .places import find_county, stray_links

_TABLE = Label("表", "table")
_COLUMN = Label("列", "column")


def _tidy(text: object) -> object:
    """Texts of the record in the form in which a cell of a table holds them."""
    if isinstance(text, Text):
        return Text(zh=_clean_text(text.zh), en=_clean_text(text.en))
    return _clean_text(text)


Tidy = pydantic.AfterValidator(_tidy)


class Source(pydantic.BaseModel):
    """Where a county's figures come from."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    title: Annotated[str, Tidy]
    note: Annotated[str, Tidy] = ""


class CountyRecord(pydantic.BaseModel):
    """`county.yaml`."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    code: Annotated[str, pydantic.Field(pattern=r"^[0-9]{6}$")]
    name: Annotated[Text, Tidy]
    province: Annotated[Text, Tidy]
    standard: str = NATIONAL
    target_year: Annotated[int, pydantic.Field(ge=1949, le=2100)] | None = None
    synthetic: bool = False
    sources: tuple[Source, ...] = ()


# compared by identity: tables have no single answer to "equal", and caches need a hash
@dataclass(frozen=True, eq=False)
class County:
    """A county as reported.

    Attributes
    ----------
    record : CountyRecord
        Code, names, target year.
    tables : mapping of str to DataFrame
        The tables of `analysis.base.schema.tables.TABLES`, typed, all present (possibly empty) and with all
        columns; the index is the row number in the file. Missing values are NaN.
    standard : Standard
    path : Path
        Where it was read from.
    plan : Plan or None
        What the county has decided: `plan.yaml` in its folder, or `<workbook>.plan.yaml` beside it.
    warnings : tuple of Finding
        What did not stop the reading but belongs in the report.
    fingerprint : str
        SHA-256 of the tables, record, standard and plan as read, independent of the file format.
    observed_until : int or None
        The last observed school year where later ones are projected; None: all were observed.
    """

    record: CountyRecord
    tables: MappingProxyType = field(repr=False)
    standard: Standard = field(repr=False)
    path: Path
    plan: Plan | None = field(repr=False, default=None)
    warnings: tuple[Finding, ...] = field(repr=False, default=())
    fingerprint: str = field(repr=False, default="")
    observed_until: int | None = None

    @property
    def code(self) -> str:
        return self.record.code

    @property
    def slug(self) -> str:
        """Name for files and for the command line: that of the folder or workbook."""
        return re.sub(r"[^\w.-]+", "-", self.path.stem if self.path.is_file() else self.path.name)

    @property
    def last_observed(self) -> int:
        """The last school year that has been observed, not projected."""
        return self.years[-1] if self.observed_until is None else self.observed_until

    @functools.cached_property
    def years(self) -> list[int]:
        """School years with data, ascending."""
        return sorted(int(year) for year in self.tables["school_years"]["year"].unique())

    def basis(self, year: int) -> str:
        """Whether a school year is `observed` or `projected`."""
        later = self.observed_until is not None and year > self.observed_until
        return "projected" if later else "observed"


def load_county(path: str | Path) -> County:
    """Read a county and refuse it if anything is wrong with it.

    Parameters
    ----------
    path : str or Path
        Folder of CSV tables, .xlsx workbook, or the name of a sample.

    Returns
    -------
    County

    Raises
    ------
    InputError
        With every error found.
    """
    county, findings = read_county(path)
    if county is None:
        raise InputError(finding for finding in findings if finding.severity == "error")
    return county


def read_county(path: str | Path) -> tuple[County | None, list[Finding]]:
    """Read a county and say everything that is wrong with it.

    Returns
    -------
    county : County or None
        None if there is an error.
    findings : list of Finding
        Errors first.
    """
    county, findings = _read_county(path)
    return county, sorted(findings, key=lambda finding: finding.severity != "error")


def _read_county(path: str | Path) -> tuple[County | None, list[Finding]]:
    findings: list[Finding] = []
    try:
        path = find_county(path)
        strays = stray_links(path)
        if strays:
            raise InputError(Finding("error", LEADS_OUT, {}, str(file)) for file in strays)
        raw, record = (_read_workbook if path.is_file() else _read_folder)(path, findings)
    except InputError as error:
        return None, [*findings, *error.findings]
    except OSError as error:
        reason = error.strerror or str(error)
        unreadable = problem(N_("cannot be read ({reason})"), file=path, reason=reason)
        return None, [*findings, *unreadable.findings]
    standard = None
    if record is not None:
        try:
            standard = _standard(record.standard, path)
        except InputError as error:
            findings.extend(error.findings)
    plan = None
    written = plan_file(path)
    if written.exists():
        try:
            plan = read_plan(written)
        except InputError as error:
            findings.extend(error.findings)
    elif written.is_symlink():
        findings.append(look(written).finding)
    usable(entries(scenario_folder(path), ".yaml"), findings)
    frames, unread, places = {}, {}, {}
    for name, table in TABLES.items():
        if name in raw:
            rows, file = raw[name]
            frames[name] = _typed(table, rows, file, findings, unread, places)
        elif table.needed:
            findings.append(
                Finding(
                    "error",
                    N_("the table {table} is missing ({name}.csv, or a sheet of that name)"),
                    {"table": table, "name": name},
                    str(path),
                    name,
                )
            )
        elif table.asked:
            findings.append(
                Finding(
                    "warning",
                    N_("there is no table {table} ({name}): what depends on it is not assessed"),
                    {"table": table, "name": name},
                    str(path),
                    name,
                )
            )
    complete = {
        name: _complete(TABLES[name], frame)
        for name, frame in frames.items()
        if set(TABLES[name].keys) <= set(frame.columns)
    }
    files = {name: file for name, (_, file) in raw.items()}
    tables = Tables(complete, files, unread)
    findings.extend(check_tables(tables))
    empty = [name for name in complete if frames[name].empty]
    for name in [name for name in empty if TABLES[name].needed] or empty:
        severity, message = _NO_ROWS[TABLES[name].needed]
        findings.append(Finding(severity, message, {}, files[name], name))
    if standard is not None:
        findings.extend(check_items(tables, standard))
    findings = [_placed(finding, places) for finding in findings]
    if record is None or standard is None or any(f.severity == "error" for f in findings):
        return None, findings
    frames = {
        name: complete[name] if name in complete else _complete(table, pd.DataFrame())
        for name, table in TABLES.items()
    }
    return (
        County(
            record,
            MappingProxyType(frames),
            standard,
            path,
            plan,
            tuple(findings),
            _fingerprint(frames, record, standard, plan),
        ),
        findings,
    )


def plan_file(path: Path) -> Path:
    """Where the plan of the county in a folder or workbook stands, if it has one."""
    return path / "plan.yaml" if path.is_dir() else path.with_suffix(".plan.yaml")


def cell_name(row: int, column: int) -> str:
    """Row and column, counted from 1, as a spreadsheet names the cell: 3, 28 -> AB3."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


def _placed(finding: Finding, places: dict[tuple[str, str], tuple[int, int]]) -> Finding:
    """A finding with its cell, by the row of the header and the position of each column."""
    if finding.cell or not finding.table:
        return finding
    name = finding.column or TABLES[finding.table].names[0]
    if (finding.table, name) not in places:
        return finding
    header, position = places[finding.table, name]
    row = finding.rows[0] if finding.rows else finding.row
    if row is None and not finding.column:
        return finding
    return replace(finding, cell=cell_name(header if row is None else row, position))


def _standard(name: str, path: Path) -> Standard:
    """The standard a county names: a file in its folder or a built-in one, nothing elsewhere."""
    folder = path.parent if path.is_file() else path
    if name not in ("", ".", "..") and not set(name) & set("/\\:\0") and len(name) < 100:
        if (folder / name).is_file():
            return load_standard(folder / name)
        if name in built_in():
            return load_standard(name)
    raise problem(
        N_("standard “{name}”: expected a file in the county's folder or one of {names}"),
        file=path if path.is_file() else path / "county.yaml",
        name=shorten(name),
        names=", ".join(built_in()),
    )


#: By whether the table is needed.
_NO_ROWS = {
    True: ("error", N_("the table has no rows")),
    False: ("warning", N_("the table has no rows: what depends on it is not assessed")),
}

# --- reading -------------------------------------------------------------------------------------

_OLE2 = b"\xd0\xcf\x11\xe0"
_COUNTY_SHEETS = ("县", "县情", COUNTY_SHEET.zh, COUNTY_SHEET.en)
_OTHER_SHEETS = {
    "填表说明",
    *(name for label in OTHER_SHEETS.values() for name in (label.zh, label.en)),
}
_TOO_MANY_CELLS = N_(
    "row {row} has {saw} cells; the header has {expected}. Is there a comma inside a text?"
)


def _read_folder(path: Path, findings: list[Finding]):
    """All tables of a folder as text: {table: (rows, file)}, and the county's record."""
    raw = {}
    if look(path).reason:
        raise look(path).error
    # a file that cannot be read is an error of its table
    for file in (entry.path for entry in entries(path, ".csv")):
        name = table_of(file.stem)
        if name is None:
            findings.append(unknown_name(_TABLE, file.stem, _TABLE_SPELLINGS, str(file)))
        elif name in raw:
            findings.append(
                Finding(
                    "error", N_("the table {name} stands in two files"), {"name": name}, str(file)
                )
            )
        else:
            raw[name] = (read_csv(file, findings), str(file))
    record = None
    try:
        record = read_model(path / "county.yaml", CountyRecord)
    except InputError as error:
        findings.extend(error.findings)
    return raw, record


def read_csv(file: Path, findings: list[Finding]) -> pd.DataFrame:
    """A CSV file as text, header included; empty with a finding if it cannot be read."""

    def refuse(message: str, at: int | None = None, **values) -> pd.DataFrame:
        findings.append(Finding("error", message, values, str(file), row=at))
        return pd.DataFrame()

    try:
        data = read_data(file)
    except IsADirectoryError:
        return refuse(N_("is a folder; a CSV file is expected"))
    except OSError as error:
        return refuse(N_("cannot be read ({reason})"), reason=error.strerror or str(error))
    if data.startswith((b"PK\x03\x04", _OLE2)):
        return refuse(N_("is an Excel workbook that was renamed; save it as CSV, or name it .xlsx"))
    text, damaged = decode(data)
    if damaged:
        return refuse(N_("the text is damaged here; save the file again as “CSV UTF-8”"), damaged)
    if text is None:
        return refuse(N_("is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”"))
    del data
    named, length = separator_line(text)
    text = text[length:] if named else text
    top = re.search(r"[^\r\n]*\S[^\r\n]*", text)
    if top is None:
        return refuse(N_("the file is empty"))
    # blank lines on top would confuse the parser, but they count as rows
    above = len(re.findall(r"\r\n|\r|\n", text[: top.start()]))
    text = text[top.start() :] if above else text
    above += bool(named)
    separator = named or max(",\t;", key=top[0].count)
    options = {
        "sep": separator,
        "header": None,
        "dtype": str,
        "skip_blank_lines": False,
        "na_filter": False,
    }
    try:
        try:
            rows = pd.read_csv(io.StringIO(text), **options)
        except pd.errors.ParserError as error:
            if "Expected" not in str(error):
                raise
            # rows longer than the first one: a title above the header, or a comma inside a text
            width = max(line.count(separator) for line in re.split(r"[\r\n]+", text)) + 1
            width = min(width, top[0].count(separator) + 200)
            rows = pd.read_csv(io.StringIO(text), names=range(width), **options)
    except pd.errors.ParserError as error:
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if found:
            return refuse(
                _TOO_MANY_CELLS,
                saw=int(found[3]),
                row=int(found[2]) + above,
                expected=top[0].count(separator) + 1,
            )
        opened = re.search(r"EOF inside string starting at row (\d+)", str(error))
        if opened:
            return refuse(
                N_("a quotation mark is opened here and never closed"), int(opened[1]) + above + 1
            )
        return refuse(N_("is not a CSV table ({reason})"), reason=shorten(str(error).strip()))
    rows.index += above
    return rows


def read_table(file: Path, name: str, findings: list[Finding]) -> pd.DataFrame:
    """One CSV table of a county's folder, typed and with all its columns.

    Parameters
    ----------
    file : Path
    name : str
        A key of `TABLES`.
    findings : list of Finding
        What is wrong with it is added.

    Returns
    -------
    DataFrame
        Its index is the row in the file.
    """
    rows = read_csv(file, findings)
    return _complete(TABLES[name], _typed(TABLES[name], rows, str(file), findings, {}, {}))


def _read_workbook(path: Path, findings: list[Finding]):
    """All sheets of a workbook as text, and the county's record from its sheet `county`."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise problem(N_("the file is empty"), file=path)
    if head.startswith(_OLE2):
        raise problem(
            N_(
                "is protected by a password or in the old .xls format; save it as .xlsx without a password"
            ),
            file=path,
        )
    if not head.startswith(b"PK"):
        raise problem(
            N_("is not an .xlsx workbook; expected a folder of CSV files or .xlsx"), file=path
        )
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    raw, record, described = {}, None, False
    try:
        findings.extend(inspect_workbook(path))
        zeros = _zeros(path)
        workbook = CalamineWorkbook.from_path(path)
        for meta in workbook.sheets_metadata:
            sheet, label = meta.name, f"{path} [{meta.name}]"
            name = table_of(sheet)
            county = _plain(sheet) in _COUNTY_SHEETS
            hidden = meta.visible != SheetVisibleEnum.Visible
            if not _is_read(sheet, hidden):
                continue
            if hidden:
                message = N_("the sheet is hidden; it is read like the others")
                findings.append(Finding("warning", message, {}, label))
            rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            frame = pd.DataFrame([[cell_text(cell) for cell in row] for row in rows], dtype=str)
            show_zeros(frame, zeros.get(sheet, {}))
            if county and not described:
                described = True
                record = _record_from_sheet(frame.to_numpy().tolist(), label, findings)
            elif name in raw or county:
                findings.append(
                    Finding(
                        "error",
                        N_("the table {name} stands in two files"),
                        {"name": name or "county"},
                        label,
                    )
                )
            elif name:
                raw[name] = (frame, label)
            elif frame.apply(lambda column: column.str.strip() != "").to_numpy().any():
                findings.append(
                    unknown_name(_TABLE, sheet, {**_TABLE_SPELLINGS, "county": "county"}, label)
                )
    except (CalamineError, OSError, ValueError, NotAWorkbookError) as error:
        raise problem(
            N_(
                "cannot be opened as a workbook: it is damaged or incomplete ({reason}); save it again"
            ),
            file=path,
            reason=shorten((str(error).splitlines() or [""])[0]),
        ) from None
    if not described:
        findings.append(
            Finding(
                "error",
                N_("the sheet “county” is missing (code, name, province …)"),
                {},
                str(path),
            )
        )
    return raw, record


def table_of(name: str) -> str | None:
    """The table that the name of a file or sheet means."""
    return _TABLE_NAMES.get(_plain(name))


def _is_read(sheet: str, hidden: bool) -> bool:
    """Whether a sheet counts: not instructions, nor hidden lists for drop-down cells."""
    plain = _plain(sheet)
    if plain in _TABLE_NAMES or plain in _COUNTY_SHEETS:
        return True
    return not hidden and plain not in _OTHER_SHEETS


def record_lines(record: CountyRecord) -> list[tuple[str, str, str]]:
    """The sheet `county` of a record: key, entry and note of every line."""
    return [
        ("code", record.code, ""),
        ("name.zh", record.name.zh, ""),
        ("name.en", record.name.en, ""),
        ("province.zh", record.province.zh, ""),
        ("province.en", record.province.en, ""),
        ("standard", record.standard, ""),
        ("target_year", str(record.target_year or ""), ""),
        ("synthetic", "yes" if record.synthetic else "no", ""),
        *(("sources", source.title, source.note) for source in record.sources),
    ]


def _record_from_sheet(rows: list, label: str, findings: list[Finding]) -> CountyRecord | None:
    """Sheet `county`: first column a key such as ``name.zh``, second its value."""
    data: dict = {}
    places: dict[tuple, int] = {}
    before = len(findings)
    for number, row in enumerate(rows, 1):
        key, *rest = [unguarded(_clean_text(cell)) for cell in row] or [""]
        key = _COUNTY_KEYS.get(_plain(key), key)
        value = next((cell for cell in rest if cell), "")
        if not key or not value or key.lower() in ("key", "item", "项目"):
            continue
        place = tuple(key.split("."))
        if place[0] == "sources":
            data.setdefault("sources", []).append(
                {"title": rest[0], "note": next((cell for cell in rest[1:] if cell), "")}
            )
            continue
        parent = data.setdefault(place[0], {}) if len(place) == 2 else data
        if not isinstance(parent, dict) or place in places:
            findings.append(
                Finding(
                    "error",
                    N_("“{key}” stands twice; keep one"),
                    {"key": key},
                    label,
                    row=number,
                    cell=cell_name(number, 1),
                )
            )
            continue
        places[place] = number
        if key in ("code", "target_year"):
            value = unicodedata.normalize("NFKC", value)
        elif key == "synthetic":
            value = {"是": True, "否": False, "yes": True, "no": False}.get(value.lower(), value)
        parent[place[-1]] = value
    try:
        record = CountyRecord.model_validate(data)
    except pydantic.ValidationError as error:
        findings.extend(
            Finding(
                "error",
                N_("{key}: {reason}"),
                {"key": key, "reason": reason},
                label,
                row=places.get(place),
                value=value,
                cell=cell_name(places[place], 2) if place in places else "",
            )
            for place, key, reason, value in mistakes(error, data)
        )
    return record if len(findings) == before else None


def cell_text(cell: object) -> str:
    """What a spreadsheet cell says; whole numbers without a decimal point."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


# --- a look into the parts of a workbook ---------------------------------------------------------

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
_DAMAGE = (
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
            names = _sheet_names(archive, parts)
            for part, name in names.items():
                if part not in parts:
                    raise NotAWorkbookError(part)
                label, table = f"{path} [{name}]", table_of(name) is not None
                findings += _inspect_sheet(archive, parts[part], label, table)
    except _DAMAGE as error:
        raise NotAWorkbookError(str(error)) from None
    return findings


def _sheet_names(archive: zipfile.ZipFile, parts: dict) -> dict[str, str]:
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
            if _is_read(name, sheet.get("state", "visible") != "visible"):
                names["xl/" + targets.get(link, "")] = name
    return names


def _zeros(path: Path) -> dict[str, dict]:
    """Cells of each sheet whose numbers are shown with zeros in front."""
    # a damaged part is for the reader to refuse
    with contextlib.suppress(*_DAMAGE), zipfile.ZipFile(path) as archive:
        parts = {info.filename.lower(): info for info in archive.infolist()}
        styles = zero_styles(archive, parts)
        names = _sheet_names(archive, parts) if styles else {}
        return {name: zero_cells(archive, parts[part], styles) for part, name in names.items()}
    return {}


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
            width = max([width, *map(_column_number, {column for column, _ in filled})])
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
            width, height = max(width, _column_number(found[1])), max(height, int(found[2]))
    if nameless:
        rows = _ROW.split(data)[1:]
        width = max([width, *(len(_ANY_CELL.findall(row)) for row in rows)])
        height = max(height, len(rows))
    return width, height


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# --- typing --------------------------------------------------------------------------------------


#: In Mongolian and Arabic script these decide which form a letter takes, and U+202F parts a suffix
#: from its word; everywhere else they are invisible rubbish.
_JOINERS = "\u180e\u200c\u200d"
_JOINING = re.compile("[\u0600-\u08ff\u1800-\u18af]")


def _clean(text: str) -> str:
    """A text without stray spaces, line breaks and invisible characters."""
    kept, space = ("", None)
    if not text.isascii():
        if _JOINING.search(text):
            kept, space = _JOINERS, r"[^\S\u202f]+"
        text = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in kept)
    words = " ".join(text.split() if space is None else re.split(space, text.strip()))
    return " ".join(unwrapped(words).split()) if words[:2] == '="' else words


def _clean_text(text: str) -> str:
    """A text without stray spaces, line breaks, invisible and control characters."""
    text = _clean(text)
    if not text.isprintable():
        text = "".join(c for c in text if unicodedata.category(c) != "Cc")
    return text


def _plain(text: object) -> str:
    """A header or name without spaces, width variants, case and a unit in brackets."""
    text = unicodedata.normalize("NFKC", _clean(str(text)))
    return re.sub(r"\s+", "", re.sub(r"(\s*\([^()]*\))+\s*$", "", text)).lower()


#: Units that people write behind a header, by the unit of the schema that they mean.
_UNITS = {
    "persons": {"人", "名", "个", "persons", "person", "students", "teachers"},
    "classes": {"班", "个", "classes"},
    "rooms": {"间", "个", "rooms"},
    "m²": {"平方米", "平米", "m2", "m²", "sqm", "squaremetres"},
    "yuan": {"元", "人民币元", "yuan", "cny", "rmb"},
    "year": {"年", "year"},
}
_ANY_UNIT = set().union(*_UNITS.values()) | {
    *("万元", "千元", "百元", "亿元", "万人", "千人", "百人", "亩", "公顷", "平方公里", "平方千米"),
    *("万平方米", "%", "‰", "万", "千", "hectares", "ha", "mu", "km2", "10000yuan", "万册"),
}


def _other_unit(title: str, column: Column) -> str:
    """The unit in brackets behind a header if it is not that of the column."""
    text = unicodedata.normalize("NFKC", title)
    for found in re.findall(r"\(([^()]*)\)", text):
        unit = re.sub(r"\s+", "", found).lower().removeprefix("单位:")
        if (
            column.is_numeric
            and unit in _ANY_UNIT
            and unit not in _UNITS.get(column.unit.en, set())
        ):
            return found
    return ""


_TABLE_SPELLINGS = {
    name: table.name for table in TABLES.values() for name in (table.name, table.zh, table.en)
}
_TABLE_NAMES = {_plain(spelling): name for spelling, name in _TABLE_SPELLINGS.items()}
_COUNTY_KEYS = {
    _plain(spelling): key
    for key, label in COUNTY_FIELDS.items()
    for spelling in (key, label.zh, label.en)
}
_CHOICES = {
    **{_plain(name): name for name in CHOICE_LABELS},
    **{_plain(label[lang]): name for name, label in CHOICE_LABELS.items() for lang in ("zh", "en")},
    "true": "yes",
    "false": "no",
}
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_BLANK_LIKE = {"-", "—", "–", "/", "n/a", "na", "nan", "null", "none", "无", "暂无", "缺"}

#: No count, area or amount of a county comes near; above it whole numbers are no longer exact.
LARGEST_NUMBER = 1e15


def _typed(
    table: Table,
    rows: pd.DataFrame,
    file: str,
    findings: list[Finding],
    unread: dict[tuple[str, str], pd.Index],
    places: dict[tuple[str, str], tuple[int, int]],
) -> pd.DataFrame:
    """Text rows with their header -> typed columns; the index is the row in the file."""

    def refuse(message: str, column: str = "", cell: str = "", **values) -> None:
        findings.append(Finding("error", message, values, file, table.name, column, cell=cell))

    filled = rows.apply(lambda column: column.str.strip() != "") if len(rows) else rows
    if not len(rows) or not filled.to_numpy().any():
        if not any(f.file == file for f in findings):
            refuse(N_("the table has no header"))
        return pd.DataFrame()
    of_row = filled.any(axis=1).to_numpy()
    start = int(np.argmax(of_row))
    header = [_clean(cell) for cell in rows.iloc[start]]
    body = rows.iloc[start + 1 :][of_row[start + 1 :]]
    index = pd.Index(body.index + 1, name="row")
    spellings = {name: c.name for c in table.columns for name in (c.name, c.zh, c.en)}
    known = {_plain(spelling): name for spelling, name in spellings.items()}
    top = int(rows.index[start]) + 1
    last = max((position for position, title in enumerate(header, 1) if title), default=0)
    strangers = [title for title in header if title and _plain(title) not in known]
    if len(strangers) == sum(map(bool, header)):
        refuse(
            N_("row {row} is not the header of this table: none of its columns is known ({names})"),
            cell=cell_name(top, 1),
            row=top,
            names=shorten(", ".join(strangers)),
        )
        return pd.DataFrame()
    of_cell = filled.loc[body.index]
    names = [known.get(_plain(title)) for title in header]
    key = next((names.index(name) for name in ("school_id", "item") if name in names), None)
    remarks = {} if key is None else remark_rows(body, of_cell, key)
    if remarks:
        findings.append(_remarks(remarks, file, table.name))
        kept = ~body.index.isin(list(remarks))
        body, of_cell, index = body[kept], of_cell[kept], index[kept]
    longer = of_cell[of_cell.iloc[:, last:].any(axis=1)]
    for row, cells in longer.head(LISTED).iterrows():
        saw = int(np.flatnonzero(cells.to_numpy())[-1]) + 1
        at = cell_name(row + 1, saw)
        refuse(_TOO_MANY_CELLS, cell=at, row=row + 1, saw=saw, expected=last)
    if len(longer) > LISTED:
        refuse(MORE, n=len(longer) - LISTED)
    for title in strangers[:LISTED]:
        at = cell_name(top, header.index(title) + 1)
        findings.append(unknown_name(_COLUMN, title, spellings, file, table=table.name, cell=at))
    if len(strangers) > LISTED:
        refuse(N_("{n} more unknown columns"), n=len(strangers) - LISTED)
    frame: dict[str, pd.Series] = {}
    for position, title in enumerate(header[:last]):
        name = known.get(_plain(title))
        at = cell_name(top, position + 1)
        if not title and of_cell.iloc[:, position].any():
            refuse(N_("column {position} has values but no header"), "", at, position=position + 1)
        elif name in frame:
            refuse(N_("the column stands twice; keep one"), name, at)
        elif name is not None:
            places[table.name, name] = (top, position + 1)
            unit = _other_unit(title, table[name])
            if unit:
                refuse(
                    N_("the header says “{unit}”, but {label} is given in {expected}; convert it"),
                    name,
                    at,
                    unit=unit,
                    label=table[name],
                    expected=table[name].unit,
                )
            cells = body.iloc[:, position].set_axis(index)
            frame[name], wrong = _convert(table, table[name], cells, file, findings)
            unread[table.name, name] = wrong
    for column in table.columns:
        if column.needed and column.name not in frame:
            refuse(
                N_("the column {name} ({label}) is missing"),
                column.name,
                name=column.name,
                label=column,
            )
            unread[table.name, column.name] = index
    return pd.DataFrame(frame, index=index)


def _remarks(remarks: dict[int, str], file: str, table: str) -> Finding:
    """A reminder that rows of totals and notes were skipped."""
    some = list(remarks.items())[:LISTED]
    rows = [f"{row + 1} “{text}”" for row, text in some]
    values = {"n": len(remarks), "rows": "; ".join(rows) + (" …" if len(remarks) > LISTED else "")}
    message = N_(
        "{n} rows are totals or notes and are not read as data: {rows}. If one is a school, give it its id"
    )
    first = some[0][0] + 1
    return Finding("warning", message, values, file, table, row=first)


def _complete(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """A table with all its columns, those not in the file empty, every one of its type."""
    kinds = {column.name: "float64" if column.is_numeric else "str" for column in table.columns}
    return frame.reindex(columns=table.names).astype(kinds)


def _convert(
    table: Table, column: Column, cells: pd.Series, file: str, findings: list[Finding]
) -> tuple[pd.Series, pd.Index]:
    """One column of text -> its type, and the rows that cannot be read: findings, and missing.

    Every distinct text is looked at once, which is what makes millions of rows quick.
    """
    codes, texts = pd.factorize(cells)
    texts = np.asarray(texts, dtype=object)
    if column.is_numeric:
        values, wrong = _numbers(texts)
    elif column.name == "school_id":
        values = np.array([_id(text) for text in texts], dtype=object)
        wrong = np.array([_BAD_ID.search(text) is not None for text in values], dtype=bool)
    elif column.kind == "text":
        values, wrong = np.array([unguarded(_clean_text(t)) for t in texts], dtype=object), None
    else:
        values, wrong = np.array([_choice(column, text) for text in texts], dtype=object), None
    if wrong is None or not wrong.any():
        bad = cells.index[:0]
    else:
        of_row = wrong[codes]
        bad = cells.index[of_row]
        findings.extend(_unreadable(table, column, cells[of_row], file))
        values[wrong] = np.nan
    if not column.is_numeric:
        values[values == ""] = np.nan
        return pd.Series(values, dtype="str").take(codes).set_axis(cells.index), bad
    return pd.Series(values[codes], cells.index), bad


def _numbers(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct texts as numbers, and which of them are none; blank is missing."""
    numbers = np.asarray(pd.to_numeric(texts, errors="coerce"), dtype="float64") + 0.0
    wrong = np.zeros(len(texts), dtype=bool)
    for position in np.flatnonzero(~(np.abs(numbers) <= LARGEST_NUMBER)):
        text = _narrow(texts[position])
        numbers[position] = float(text) if _NUMBER.fullmatch(text) else np.nan
        wrong[position] = text != "" and not abs(numbers[position]) <= LARGEST_NUMBER
    return numbers, wrong


def _narrow(text: str) -> str:
    """A number's text with narrow digits and without thousands separators."""
    text = unicodedata.normalize("NFKC", _clean(text)).strip().removeprefix("'")
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


#: Spaces or control characters inside an id, or what Excel makes of a long one.
_BAD_ID = re.compile(r"[\s\x00-\x1f\x7f-\x9f]|^[0-9](\.[0-9]+)?[eE]\+[0-9]+$")


def _id(text: str) -> str:
    # an apostrophe in front is how one types a number as text
    return unicodedata.normalize("NFKC", _clean(text)).strip().removeprefix("'")


def _choice(column: Column, cell: str) -> str:
    cell = _clean(cell)
    if column.kind == "value":
        cell = _narrow(cell)
        if _NUMBER.fullmatch(cell) and abs(float(cell)) <= LARGEST_NUMBER:
            return cell_text(float(cell) + 0.0)  # 1.50 in one file is 1.5 in another
        return {"是": "yes", "否": "no", "true": "yes", "false": "no"}.get(
            cell.lower(), cell.lower() if cell.lower() in ("yes", "no") else cell
        )
    known = _CHOICES.get(_plain(cell), cell)
    return known if known in column.choices else cell


def _unreadable(table: Table, column: Column, cells: pd.Series, file: str) -> Iterable[Finding]:
    for row, cell in cells.head(LISTED).items():
        values = {"label": column, "value": shorten(_clean(cell), 40)}
        message = _why_unreadable(column, _narrow(shorten(cell, 400)), values)
        yield Finding(
            "error", message, values, file, table.name, column.name, int(row), shorten(cell, 400)
        )
    if len(cells) > LISTED:
        yield Finding(
            "error",
            MORE,
            {"n": len(cells) - LISTED},
            file,
            table.name,
            column.name,
            rows=further(cells.index),
        )


def _why_unreadable(column: Column, text: str, values: dict) -> str:
    """The message that helps with a cell; may add to its values."""
    if column.name == "school_id":
        if re.search(r"\s", text) is None and "+" in text:
            return N_(
                "{label} is “{value}”: a spreadsheet has rounded it; format the column as text and type it again"
            )
        return N_("{label} is “{value}”; there are no spaces or control characters in an id")
    if text.lower() in _BLANK_LIKE:
        return N_(
            "{label} is “{value}”; expected a number. Leave the cell blank if it was not reported"
        )
    if _NUMBER.fullmatch(text):
        return N_("{label} is “{value}”, which is too large to be true")
    year = re.search(r"(1[89]|20)[0-9]{2}", text)
    if column.unit == YEAR and year:
        values["year"] = year[0]
        return N_(
            "{label} is “{value}”; write the year as four digits, a school year as the one in which it begins: {year}"
        )
    if _NUMBER.match(text) and not re.search(r"[0-9]", _NUMBER.sub("", text, count=1)):
        return N_("{label} is “{value}”; expected a number without a unit or sign behind it")
    return N_("{label} is “{value}”; expected a number")


def _fingerprint(frames: dict, record: CountyRecord, standard: Standard, plan: Plan | None) -> str:
    """SHA-256 of everything that a verdict depends on."""
    digest = hashlib.sha256()
    digest.update(record.model_dump_json().encode())
    for model in (*standard.profiles, *([plan] if plan else [])):
        digest.update(model.model_dump_json().encode())
    for name, table in TABLES.items():
        frame = frames[name]
        if frame.empty and not table.asked:
            continue
        digest.update(f"{name} {len(frame)}".encode())
        for column in table.columns:
            if column.is_numeric:
                numbers = frame[column.name].to_numpy(dtype="<f8", na_value=np.nan)
                digest.update(np.where(np.isnan(numbers), np.nan, numbers).tobytes())
            else:
                # no text holds a line break (see `_clean`)
                codes, texts = pd.factorize(frame[column.name])
                digest.update("\n".join(texts).encode() + codes.astype("<i8").tobytes())
    return digest.hexdigest()
