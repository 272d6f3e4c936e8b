"""Folder of CSV tables or Excel workbook -> County."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import numpy as np
import pandas as pd
import pydantic

from .check import LISTED, Tables, check_tables, unknown_name
from .files import N_, Finding, InputError, problem, read_model
from .schema import CHOICE_LABELS, TABLES, Column, Label, Table
from .standards import Standard, Text, load_standard

_TABLE = Label("表", "table")
_COLUMN = Label("列", "column")


class Source(pydantic.BaseModel):
    """Where a county's figures come from."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    title: str
    note: str = ""


class CountyRecord(pydantic.BaseModel):
    """`county.yaml`."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    code: Annotated[str, pydantic.Field(pattern=r"^\d{6}$")]
    name: Text
    province: Text
    standard: str = "cn-2017"
    target_year: int | None = None
    synthetic: bool = False
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class County:
    """A county as reported.

    Attributes
    ----------
    record : CountyRecord
        Code, names, target year.
    tables : mapping of str to DataFrame
        The tables of `analysis.schema.TABLES`, typed, all present (possibly empty) and with all
        columns; the index is the row number in the file. Missing values are NaN.
    standard : Standard
    path : Path
        Where it was read from.
    warnings : tuple of Finding
        What did not stop the reading but belongs in the report.
    fingerprint : str
        SHA-256 of the tables, the record and the standard as read, independent of the file format.
    """

    record: CountyRecord
    tables: MappingProxyType = field(repr=False)
    standard: Standard = field(repr=False)
    path: Path
    warnings: tuple[Finding, ...] = field(repr=False, default=())
    fingerprint: str = field(repr=False, default="")

    @property
    def code(self) -> str:
        return self.record.code

    @property
    def slug(self) -> str:
        """Name for files and for the command line: that of the folder or workbook."""
        return re.sub(r"[^\w.-]+", "-", self.path.stem if self.path.is_file() else self.path.name)

    @property
    def years(self) -> list[int]:
        """School years with data, ascending."""
        return sorted(int(year) for year in self.tables["school_years"]["year"].unique())


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
    """
    findings: list[Finding] = []
    try:
        path = find_county(path)
        raw, record = (_read_workbook if path.is_file() else _read_folder)(path, findings)
    except InputError as error:
        return None, [*findings, *error.findings]
    standard = None
    if record is not None:
        try:
            beside = path.parent if path.is_file() else path
            own = beside / record.standard
            standard = load_standard(own if own.is_file() else record.standard)
        except InputError as error:
            findings.extend(error.findings)
    frames = {}
    for name, table in TABLES.items():
        if name in raw:
            rows, file = raw[name]
            frames[name] = _typed(table, rows, file, findings)
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
        else:
            findings.append(
                Finding(
                    "warning",
                    N_("there is no table {table} ({name}): what depends on it is not assessed"),
                    {"table": table, "name": name},
                    str(path),
                    name,
                )
            )
    complete = {n: f for n, f in frames.items() if set(TABLES[n].keys) <= set(f.columns)}
    checkable = {
        name: frame.reindex(columns=TABLES[name].names) for name, frame in complete.items()
    }
    files = {name: file for name, (_, file) in raw.items()}
    findings.extend(check_tables(Tables(checkable, files)))
    for name, table in TABLES.items():
        if table.needed and name in frames and frames[name].empty:
            findings.append(
                Finding("error", N_("the table has no rows"), {}, files[name], name)
            )
    if record is None or standard is None or any(f.severity == "error" for f in findings):
        return None, findings
    for name, table in TABLES.items():
        if name not in checkable:
            checkable[name] = _empty(table)
    return (
        County(
            record,
            MappingProxyType(checkable),
            standard,
            path,
            tuple(findings),
            _fingerprint(checkable, record, standard),
        ),
        findings,
    )


def sample_folder() -> Path:
    """Folder of the sample counties in a checkout."""
    return Path(__file__).resolve().parent.parent / "data" / "sample"


def find_county(name: str | Path) -> Path:
    """The folder or workbook that a name on the command line means.

    Raises
    ------
    InputError
        With the nearest sample names.
    """
    path = Path(name)
    if path.is_dir() or path.is_file():
        return path
    sample = sample_folder() / str(name)
    if re.fullmatch(r"[\w-]+", str(name)) and sample.is_dir():
        return sample
    samples = sorted(p.parent.name for p in sample_folder().glob("*/county.yaml"))
    raise problem(
        N_("no such county; expected a folder, an .xlsx workbook or a sample: {samples}"),
        file=name,
        samples=", ".join(samples) or "—",
    )


# --- reading -------------------------------------------------------------------------------------


def _read_folder(path: Path, findings: list[Finding]):
    """All tables of a folder as text: {table: (rows, file)}, and the county's record."""
    raw = {}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() != ".csv":
            continue
        name = _TABLE_NAMES.get(_plain(file.stem))
        if name is None:
            findings.append(
                unknown_name(_TABLE, file.stem, {n: n for n in TABLES}, str(file))
            )
        elif name in raw:
            findings.append(
                Finding("error", N_("the table {name} stands in two files"), {"name": name}, str(file))
            )
        else:
            rows = _read_csv(file, findings)
            if rows is not None:
                raw[name] = (rows, str(file))
            else:
                raw[name] = (pd.DataFrame(), str(file))
    record = None
    try:
        record = read_model(path / "county.yaml", CountyRecord)
    except InputError as error:
        findings.extend(error.findings)
    return raw, record


def _read_csv(file: Path, findings: list[Finding]) -> pd.DataFrame | None:
    """A CSV file as text, header included; None with a finding if it cannot be read."""

    def refuse(message: str, **values) -> None:
        findings.append(Finding("error", message, values, str(file)))

    try:
        data = file.read_bytes()
    except IsADirectoryError:
        return refuse(N_("is a folder; a CSV file is expected"))
    except OSError as error:
        return refuse(N_("cannot be read ({reason})"), reason=error.strerror)
    if not data.strip():
        return refuse(N_("the file is empty"))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return refuse(N_("is an Excel workbook that was renamed; save it as CSV, or name it .xlsx"))
    text = _decode(data)
    if text is None:
        return refuse(N_("is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”"))
    first = text.split("\n", 1)[0]
    separator = max(",\t;", key=first.count)
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=separator,
            header=None,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            na_filter=False,
        )
    except pd.errors.ParserError as error:
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if found:
            return refuse(
                N_("row {row} has {saw} cells; the header has {expected}. Is there a comma inside a text?"),
                row=found[2],
                saw=found[3],
                expected=found[1],
            )
        return refuse(N_("is not a CSV table ({reason})"), reason=str(error).strip())


def _decode(data: bytes) -> str | None:
    """Text of a CSV file: UTF-8 (with or without BOM) or GB18030; None for anything else."""
    if b"\0" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # a damaged UTF-8 file would pass as GB18030 and come out as wrong characters
        replaced = data.decode("utf-8", errors="replace")
        wide = sum(ord(c) > 127 for c in replaced)
        if replaced.count("�") * 5 < wide:
            return None
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    # private-use and rare characters: another encoding that happened to decode
    odd = sum(unicodedata.category(c) in ("Co", "Cn", "Cc") and c not in "\r\n\t" for c in text)
    return None if odd else text


def _read_workbook(path: Path, findings: list[Finding]):
    """All sheets of a workbook as text, and the county's record from its sheet `county`."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise problem(N_("the file is empty"), file=path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise problem(
            N_("is protected by a password or in the old .xls format; save it as .xlsx without a password"),
            file=path,
        )
    if not head.startswith(b"PK"):
        raise problem(N_("is not an .xlsx workbook; expected a folder of CSV files or .xlsx"), file=path)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        raise problem(
            N_("cannot be opened as a workbook: it is damaged or incomplete ({reason}); save it again"),
            file=path,
            reason=str(error).splitlines()[0],
        ) from None
    raw, record = {}, None
    for sheet, rows in sheets.items():
        label = f"{path} [{sheet}]"
        if _plain(sheet) in ("county", "县", "县情", "县区信息"):
            record = _record_from_sheet(rows, label, findings)
            continue
        name = _TABLE_NAMES.get(_plain(sheet))
        if name is None:
            if any(any(str(cell).strip() for cell in row) for row in rows):
                findings.append(
                    unknown_name(_TABLE, sheet, {n: n for n in (*TABLES, "county")}, label)
                )
        elif name in raw:
            findings.append(
                Finding("error", N_("the table {name} stands in two files"), {"name": name}, label)
            )
        else:
            frame = pd.DataFrame([[_cell_text(cell) for cell in row] for row in rows], dtype=str)
            raw[name] = (frame, label)
    if record is None and not any(f.file.endswith("[county]") for f in findings):
        findings.append(
            Finding("error", N_("the sheet “county” is missing (code, name, province …)"), {}, str(path))
        )
    return raw, record


def _record_from_sheet(rows: list, label: str, findings: list[Finding]) -> CountyRecord | None:
    """Sheet `county`: first column a key such as ``name.zh``, second its value."""
    data: dict = {}
    for number, row in enumerate(rows, 1):
        key, *rest = [_cell_text(cell).strip() for cell in row] or [""]
        value = next((cell for cell in rest if cell), "")
        if not key or not value or key in ("key", "项目"):
            continue
        parts = key.split(".")
        if parts[0] == "sources":
            data.setdefault("sources", []).append({"title": value, "note": (rest[1:] or [""])[0]})
        elif len(parts) == 2:
            data.setdefault(parts[0], {})[parts[1]] = value
        elif key == "synthetic":
            data[key] = value.lower() in ("true", "yes", "是", "1")
        elif key == "target_year" and value.isdigit():
            data[key] = int(value)
        else:
            data[key] = value
        del number
    try:
        return CountyRecord.model_validate(data)
    except pydantic.ValidationError as error:
        findings.extend(
            Finding(
                "error",
                N_("{key}: {reason}"),
                {"key": ".".join(map(str, item["loc"])), "reason": item["msg"]},
                label,
            )
            for item in error.errors()
        )
        return None


def _cell_text(cell: object) -> str:
    """What a spreadsheet cell says; whole numbers without a decimal point."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


# --- typing --------------------------------------------------------------------------------------


def _plain(text: object) -> str:
    """A header or name without spaces, width variants, case and a unit in brackets."""
    text = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"\s+", "", re.sub(r"\([^)]*\)\s*$", "", text.strip())).lower()


_TABLE_NAMES = {
    _plain(name): table.name for table in TABLES.values() for name in (table.name, table.zh, table.en)
}
_CHOICES = {
    **{_plain(name): name for name in CHOICE_LABELS},
    **{_plain(label[lang]): name for name, label in CHOICE_LABELS.items() for lang in ("zh", "en")},
    "true": "yes",
    "false": "no",
}
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_BLANK_LIKE = {"-", "—", "–", "/", "n/a", "na", "nan", "null", "none", "无", "暂无", "缺"}


def _typed(table: Table, rows: pd.DataFrame, file: str, findings: list[Finding]) -> pd.DataFrame:
    """Text rows with their header -> typed columns; the index is the row in the file."""
    empty = rows.empty
    if not empty:
        filled = rows.apply(lambda column: column.str.strip() != "").any(axis=1)
        empty = not filled.any()
    if empty:
        if not any(f.file == file for f in findings):
            findings.append(Finding("error", N_("the table has no header"), {}, file, table.name))
        return pd.DataFrame({name: [] for name in table.keys})
    start = int(np.argmax(filled.to_numpy()))
    header = [str(cell) for cell in rows.iloc[start]]
    body = rows.iloc[start + 1 :][filled.iloc[start + 1 :].to_numpy()]
    index = pd.Index(body.index + 1, name="row")
    known = {
        _plain(name): column.name
        for column in table.columns
        for name in (column.name, column.zh, column.en)
    }
    frame: dict[str, pd.Series] = {}
    for position, title in enumerate(header):
        name = known.get(_plain(title))
        cells = body.iloc[:, position]
        if name is None:
            if not title.strip() and not (cells.str.strip() != "").any():
                continue
            findings.append(
                unknown_name(
                    _COLUMN,
                    title.strip() or f"({position + 1})",
                    {plain: name for plain, name in known.items()},
                    file,
                    table=table.name,
                )
            )
        elif name in frame:
            findings.append(
                Finding(
                    "error",
                    N_("the column stands twice; keep one"),
                    {},
                    file,
                    table.name,
                    name,
                )
            )
        else:
            cells = cells.set_axis(index)
            frame[name] = _convert(table, table[name], cells, file, findings)
    for column in table.columns:
        if column.needed and column.name not in frame:
            findings.append(
                Finding(
                    "error",
                    N_("the column {name} ({label}) is missing"),
                    {"name": column.name, "label": column},
                    file,
                    table.name,
                    column.name,
                )
            )
    return pd.DataFrame(frame, index=index)


def _convert(
    table: Table, column: Column, cells: pd.Series, file: str, findings: list[Finding]
) -> pd.Series:
    """One column of text -> its type; what cannot be read is a finding and becomes missing."""
    if column.is_numeric:
        numbers = pd.to_numeric(cells, errors="coerce")
        odd = (numbers.isna() & (cells != "")) | np.isinf(numbers)
        if odd.any():
            text = cells[odd].map(lambda cell: unicodedata.normalize("NFKC", cell).strip())
            plain = text.map(
                lambda cell: cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell
            )
            again = pd.to_numeric(plain, errors="coerce")
            wrong = text[(text != "") & ~np.isfinite(again)]
            findings.extend(_unreadable(table, column, wrong, file))
            numbers = numbers.where(~odd, again.reindex(numbers.index)).replace(
                [np.inf, -np.inf], np.nan
            )
        return numbers.astype("float64").rename(column.name)
    text = cells.str.strip()
    if column.kind in ("choice", "value"):
        text = text.map({cell: _choice(column, cell) for cell in text.unique()})
    elif column.name == "school_id":
        text = text.map({cell: unicodedata.normalize("NFKC", cell) for cell in text.unique()})
    return text.where(text != "").rename(column.name)


def _choice(column: Column, cell: str) -> str:
    if column.kind == "value":
        cell = unicodedata.normalize("NFKC", cell)
        if _THOUSANDS.fullmatch(cell):
            return cell.replace(",", "")
        return {"是": "yes", "否": "no", "true": "yes", "false": "no"}.get(cell.lower(), cell)
    known = _CHOICES.get(_plain(cell), cell)
    return known if known in column.choices else cell


def _unreadable(table: Table, column: Column, cells: pd.Series, file: str) -> Iterable[Finding]:
    for row, cell in cells.head(LISTED).items():
        message = (
            N_("{label} is “{value}”; expected a number. Leave the cell blank if it was not reported")
            if cell.lower() in _BLANK_LIKE
            else N_("{label} is “{value}”; expected a number")
        )
        yield Finding(
            "error",
            message,
            {"label": column, "value": cell[:40]},
            file,
            table.name,
            column.name,
            int(row),
            cell,
        )
    if len(cells) > LISTED:
        yield Finding(
            "error",
            N_("{n} more rows with the same problem"),
            {"n": len(cells) - LISTED},
            file,
            table.name,
            column.name,
        )


def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame(
        {c.name: pd.Series(dtype="float64" if c.is_numeric else "str") for c in table.columns}
    )


def _fingerprint(frames: dict, record: CountyRecord, standard: Standard) -> str:
    """SHA-256 of everything that a verdict depends on."""
    digest = hashlib.sha256()
    digest.update(record.model_dump_json().encode())
    for profile in standard.profiles:
        digest.update(profile.model_dump_json().encode())
    for name in TABLES:
        text = frames[name].to_csv(index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        digest.update(name.encode() + text.encode())
    return digest.hexdigest()
