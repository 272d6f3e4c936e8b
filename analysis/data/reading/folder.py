"""A folder of CSV files as tables of text."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd

from ...base.files import N_, Finding, InputError, decode, read_data, read_model
from ...base.refusals import shorten
from ...base.storage.folders import entries, look
from ...base.storage.patience import reason
from ..county import CountyRecord
from .names import TABLE, TABLE_SPELLINGS, table_of, unknown_name
from .noise import separator_line
from .settings import NO_SETTINGS
from .workbook import OLE2

TOO_MANY_CELLS = N_(
    "row {row} has {saw} cells; the header has {expected}. Is there a comma inside a text?"
)


def read_folder(path: Path, findings: list[Finding]):
    """All tables of a folder as text: {table: (rows, file)}, the county's record, and no settings."""
    raw = {}
    if look(path).reason:
        raise look(path).error
    # a file that cannot be read is an error of its table
    for file in (entry.path for entry in entries(path, ".csv")):
        name = table_of(file.stem)
        if name is None:
            findings.append(unknown_name(TABLE, file.stem, TABLE_SPELLINGS, str(file)))
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
    return raw, record, NO_SETTINGS


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
        return refuse(N_("cannot be read ({reason})"), reason=reason(error))
    if data.startswith((b"PK\x03\x04", OLE2)):
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
                TOO_MANY_CELLS,
                saw=int(found[3]),
                row=int(found[2]) + above,
                expected=top[0].count(separator) + 1,
            )
        opened = re.search(r"EOF inside string starting at row (\d+)", str(error))
        if opened:
            return refuse(
                N_("a quotation mark is opened here and never closed"), int(opened[1]) + above + 1
            )
        return refuse(N_("cannot be read ({reason})"), reason=shorten(str(error).strip()))
    rows.index += above
    return rows
