"""A workbook as tables of text."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import pandas as pd

from ...base.files import N_, Finding, problem
from ...base.refusals import shorten
from ..texts import cell_text, plain
from .archive import DAMAGE, NotAWorkbookError, inspect_workbook, sheet_names
from .names import COUNTY_SHEETS, TABLE, TABLE_SPELLINGS, is_read, table_of, unknown_name
from .number_formats import show_zeros, zero_cells, zero_styles
from .record import record_from_sheet
from .settings import Settings, settings_from_sheet

OLE2 = b"\xd0\xcf\x11\xe0"


def read_workbook(path: Path, findings: list[Finding]):
    """All sheets of a workbook as text; the county's record and the settings from its sheet `county`."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise problem(N_("the file is empty"), file=path)
    if head.startswith(OLE2):
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

    raw, record, described, settings = {}, None, False, Settings()
    try:
        findings.extend(inspect_workbook(path))
        zeros = _zeros(path)
        workbook = CalamineWorkbook.from_path(path)
        for meta in workbook.sheets_metadata:
            sheet, label = meta.name, f"{path} [{meta.name}]"
            name = table_of(sheet)
            county = plain(sheet) in COUNTY_SHEETS
            hidden = meta.visible != SheetVisibleEnum.Visible
            if not is_read(sheet, hidden):
                continue
            if hidden:
                message = N_("the sheet is hidden; it is read like the others")
                findings.append(Finding("warning", message, {}, label))
            rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            frame = pd.DataFrame([[cell_text(cell) for cell in row] for row in rows], dtype=str)
            show_zeros(frame, zeros.get(sheet, {}))
            if county and not described:
                described = True
                lines = frame.to_numpy().tolist()
                record = record_from_sheet(lines, label, findings)
                settings = settings_from_sheet(lines, label, findings)
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
                    unknown_name(TABLE, sheet, {**TABLE_SPELLINGS, "county": "county"}, label)
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
    return raw, record, settings


def _zeros(path: Path) -> dict[str, dict]:
    """Cells of each sheet whose numbers are shown with zeros in front."""
    # a damaged part is for the reader to refuse
    with contextlib.suppress(*DAMAGE), zipfile.ZipFile(path) as archive:
        parts = {info.filename.lower(): info for info in archive.infolist()}
        styles = zero_styles(archive, parts)
        names = sheet_names(archive, parts) if styles else {}
        return {name: zero_cells(archive, parts[part], styles) for part, name in names.items()}
    return {}
