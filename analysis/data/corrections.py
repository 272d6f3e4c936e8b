"""The user's own workbook handed back with everything that is wrong marked where it stands."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from ..base.files import LEADS_OUT, N_, Finding, InputError, problem, read_model
from ..base.language import LANGUAGES, Language, speak
from ..base.schema.tables import COUNTY_SHEET, OTHER_SHEETS
from ..base.storage.folders import entries
from .checks.cells import YEAR_BLANK
from .county import CountyRecord
from .paths import find_county, stray_links
from .reading.archive import inspect_workbook
from .reading.folder import read_csv
from .reading.names import table_of
from .reading.record import record_lines

#: Fills of marked cells. No one else's fill has just these colours, so that marks of an earlier
#: check are known and taken away.
ERROR_FILL, WARNING_FILL = "FFFFB3B0", "FFFFE08A"

#: A comment of ours begins with this line; what stands above it is the user's own.
SIGN = "— Junheng —"

#: Unpacked size (bytes) above which a workbook is not copied: only the list is made.
LARGEST_COPY = 150_000_000

#: What to do where the message does not say it, by message.
ADVICE = {
    N_("the row repeats {place}; keep one of them"): N_(
        "Delete the row that is out of date; if both are right, one of them has a wrong year or id."
    ),
    N_("the school “{school}” is not in the roster (table schools)"): N_(
        "Correct the id, or enter the school in the roster."
    ),
    N_("data for {year}, but the roster has the school open from {opened} to {closed}"): N_(
        "Correct the year, or the first and last school year in the roster."
    ),
    N_("{label} is {value}, but a school of type {type} has no such stage"): N_(
        "Correct the school's type in the roster, or clear the cell."
    ),
    N_("{value} students in grade {grade}, but a school of type {type} has no such stage"): N_(
        "Correct the grade, or the school's type in the roster."
    ),
    N_("{label} is {value}, but the grades in table enrolment add up to {sum}"): N_(
        "Compare with the enrolment by grade and correct whichever is wrong."
    ),
    N_("{label} is {value}, more than the {whole} that contains it ({total})"): N_(
        "One of the two cells is wrong: a part cannot exceed the whole."
    ),
    N_("{label} is 0, but there are {students} students"): N_(
        "Enter the number of classes; clear the cell if it is not known."
    ),
    N_("{label} is blank; it must be filled in"): N_(
        "Fill it in; if the whole row is not needed, delete the row."
    ),
    YEAR_BLANK: N_(
        "Enter the year; or enter it once on the sheet of the county, “School year of the form”: it counts for every item whose year is blank."
    ),
    N_("the school closed ({closed}) before it opened ({opened})"): N_(
        "Correct one of the two years; clear the cell if the school is still open."
    ),
}

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_CELL = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(frozen=True)
class Listing:
    """A list that is handed back beside the findings: its title, heads and rows of texts."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_corrections(
    path: str | Path, findings: list[Finding], lang: str = "zh", missing: Listing | None = None
) -> bytes:
    """A workbook with all findings on its first sheet and marks in the cells to blame.

    Parameters
    ----------
    path : str or Path
        What was checked: a workbook, a folder of CSV tables (whose tables become sheets), or the
        name of a sample.
    findings : list of Finding
        As from `read_county`.
    lang : {"zh", "en"}
    missing : Listing, optional
        What is still missing; it gets a sheet of its own.

    Returns
    -------
    bytes
        An .xlsx workbook. The user's sheets, formats and formulas are kept; marks of an earlier
        check are taken away first. It can be corrected and read like any other. If nothing can be
        read of what was checked, it holds the list alone.
    """
    import openpyxl

    say = speak(lang)
    whole = True
    try:
        path = find_county(path)
        if stray_links(path):
            raise problem(LEADS_OUT, file=path)
        book = _copy(path) if path.is_file() else _from_folder(path)
    except (InputError, OSError):
        book = None
    if book is None:
        book, whole = openpyxl.Workbook(), False
        book.remove(book.active)
    sheets = {f"{path} [{sheet.title}]": sheet for sheet in book.worksheets}
    sheets |= {str(file): book[name] for file, name in _csv_sheets(path, book)}
    for sheet in sheets.values():
        _unmark(sheet)
    ours = {speak(lang)("What is wrong") for lang in LANGUAGES}
    for name in (OTHER_SHEETS["findings"].zh, OTHER_SHEETS["findings"].en):
        if name in book.sheetnames and book[name]["G4"].value in ours:
            book.remove(book[name])
    notes: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    places = []
    for finding in findings:
        sheet = sheets.get(finding.file)
        place = (sheet.title, finding.cell) if sheet is not None and finding.cell else None
        places.append(place)
        if place:
            letters = _CELL.fullmatch(finding.cell)[1]
            for cell in [f"{letters}{row}" for row in finding.rows] or [finding.cell]:
                notes[sheet.title, cell].append(finding)
    for (title, cell), found in notes.items():
        _mark(book[title][cell], found, say)
    _list(book, findings, places, say, whole)
    _add_missing(book, missing, say)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _copy(path: Path):
    """The user's workbook, or None where it cannot be opened."""
    import openpyxl

    try:
        inspect_workbook(path)
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST_COPY:
                return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path)
        return book if book.worksheets else None
    # whatever this reader stumbles over: what was found is told all the same
    except Exception:
        return None


def _from_folder(path: Path):
    """The tables of a folder as sheets, everything as text, and the record if it is readable."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for file, name in _csv_files(path).items():
        sheet = book.create_sheet(name)
        for row, cells in read_csv(file, []).iterrows():
            for column, text in enumerate(cells, 1):
                if text:
                    _write(sheet.cell(row + 1, column), text)
        sheet.freeze_panes = "A2"
    with contextlib.suppress(InputError):
        sheet = book.create_sheet(COUNTY_SHEET.en)
        for row, line in enumerate(record_lines(read_model(path / "county.yaml", CountyRecord)), 1):
            for column, text in enumerate(line, 1):
                _write(sheet.cell(row, column), text)
    return book


def _csv_files(path: Path) -> dict[Path, str]:
    """CSV files of a folder -> names of their sheets."""
    names: dict[Path, str] = {}
    for file in (entry.path for entry in entries(path, ".csv")):
        name = table_of(file.stem) or file.stem
        name = re.sub(r"[\\/*?:\[\]']", "_", _ILLEGAL.sub("", name))[:31] or "_"
        if name.lower() in (other.lower() for other in names.values()):
            name = f"{name[:27]} {len(names)}"
        names[file] = name
    return names


def _csv_sheets(path: Path | str, book):
    if isinstance(path, Path) and path.is_dir():
        for file, name in _csv_files(path).items():
            if name in book.sheetnames:
                yield file, name


def _write(cell, text: str) -> None:
    """Text as text, never as a formula, an error or a number."""
    cell.number_format = "@"
    text = _ILLEGAL.sub("", text)[:32_000]
    if text:
        cell.value, cell.data_type = text, "s"


def _unmark(sheet) -> None:
    """Take away the marks of an earlier check."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    for cell in list(sheet._cells.values()):
        if cell.has_style and cell.fill.fgColor.rgb in (ERROR_FILL, WARNING_FILL):
            cell.fill = PatternFill()
        if cell.comment and SIGN in cell.comment.text:
            own = cell.comment.text.partition(SIGN)[0].rstrip("\n")
            cell.comment = Comment(own, cell.comment.author) if own else None


def _mark(cell, findings: list[Finding], say: Language) -> None:
    """Fill a cell and say in a note what is wrong with it."""
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if isinstance(cell, MergedCell):  # only the first cell of a merged range can hold a note
        ranges = cell.parent.merged_cells.ranges
        around = next(area for area in ranges if cell.coordinate in area)
        cell = cell.parent.cell(around.min_row, around.min_col)
    grave = any(finding.severity == "error" for finding in findings)
    cell.fill = PatternFill("solid", fgColor=ERROR_FILL if grave else WARNING_FILL)
    lines = [SIGN]
    for finding in findings:
        lines += [finding.text(say.code), f"→ {_advice(finding, say)}"]
    old = cell.comment.text + "\n" if cell.comment else ""
    text = _ILLEGAL.sub("", old + "\n".join(lines))
    cell.comment = Comment(text, cell.comment.author if cell.comment else "Junheng")
    cell.comment.width = 320
    cell.comment.height = 20 * (2 + sum(_lines(line, 44) for line in text.split("\n")))


def _advice(finding: Finding, say: Language) -> str:
    """What to do about a finding."""
    if finding.rows:
        return say("These cells are marked as well: see the coloured cells of the column.")
    if finding.message in ADVICE:
        advice = ADVICE[finding.message]
        return say(advice)
    if finding.severity == "warning":
        return say(
            "Correct it if it is wrong; if it is right, leave it: the report will mention it."
        )
    return say("Correct it, save, and check again.")


def _list(book, findings, places, say: Language, whole: bool) -> None:
    """The first sheet: every finding with a link to its cell."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(OTHER_SHEETS["findings"][say.code], 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    errors = sum(finding.severity == "error" for finding in findings)
    title = say(
        "{errors} to correct, {warnings} to look at", errors=errors, warnings=len(findings) - errors
    )
    _write(sheet["A1"], title if findings else say("Nothing to correct"))
    sheet["A1"].font = Font(bold=True, size=14)
    _write(
        sheet["A2"],
        say(
            "A click on a place goes to the cell. Correct it in the sheets of this workbook, save it, and check it again; this sheet is not read."
        )
        if whole
        else say("The sheets could not be copied; correct your own file by this list."),
    )
    heads = (
        *(say("No."), say("Severity"), say("Sheet or file"), say("Cell"), say("Head")),
        *(say("Value"), say("What is wrong"), say("What to do")),
    )
    widths = (6, 9, 24, 8, 22, 18, 62, 46)
    edge = Border(*[Side("thin", "FFBFBFBF")] * 4)
    for column, (text, width) in enumerate(zip(heads, widths, strict=True), 1):
        cell = sheet.cell(4, column)
        _write(cell, text)
        cell.font, cell.border = Font(bold=True, color="FFFFFFFF"), edge
        cell.fill = PatternFill("solid", fgColor="FF1F4E79")
        sheet.column_dimensions[cell.column_letter].width = width
    names = {"error": say("error"), "warning": say("warning")}
    for number, (finding, place) in enumerate(zip(findings, places, strict=True), 1):
        row = 4 + number
        texts = (
            names[finding.severity],
            place[0] if place else Path(finding.file).name,
            finding.cell or (str(finding.row) if finding.row else ""),
            finding.title(say.code),
            finding.value,
            finding.text(say.code),
            _advice(finding, say),
        )
        sheet.cell(row, 1, number)
        for position, text in enumerate(texts, 2):
            _write(sheet.cell(row, position), text)
        for cell in sheet[row]:
            cell.border = edge
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        colour = ERROR_FILL if finding.severity == "error" else WARNING_FILL
        sheet.cell(row, 2).fill = PatternFill("solid", fgColor=colour)
        lines = max(_lines(text, width - 1) for text, width in zip(texts, widths[1:], strict=True))
        sheet.row_dimensions[row].height = 15 * lines + 2
        if place:
            title = place[0].replace("'", "''")
            link = sheet.cell(row, 4)
            link.hyperlink = Hyperlink(link.coordinate, location=f"'{title}'!{place[1]}")
            link.font = Font(color="FF0563C1", underline="single")
    sheet.freeze_panes = "A5"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "4:4"


def _add_missing(book, missing: Listing | None, say: Language) -> None:
    """The sheet of what is still missing, in place of that of an earlier check."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    ours = {speak(lang)(_NOT_READ) for lang in LANGUAGES}
    for name in (OTHER_SHEETS["missing"].zh, OTHER_SHEETS["missing"].en):
        if name in book.sheetnames and book[name]["A2"].value in ours:
            book.remove(book[name])
    if missing is None or not missing.rows:
        return
    sheet = book.create_sheet(OTHER_SHEETS["missing"][say.code], 1)
    _write(sheet["A1"], missing.title)
    sheet["A1"].font = Font(bold=True, size=14)
    _write(sheet["A2"], say(_NOT_READ))
    edge = Border(*[Side("thin", "FFBFBFBF")] * 4)
    widths = (26, 34, 22, 10, 26, 12, 12, 60)
    for row, texts in enumerate((missing.header, *missing.rows), 4):
        for column, (text, width) in enumerate(zip(texts, widths, strict=True), 1):
            cell = sheet.cell(row, column)
            _write(cell, text)
            cell.border = edge
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if row == 4:
                cell.font = Font(bold=True, color="FFFFFFFF")
                cell.fill = PatternFill("solid", fgColor="FF1F4E79")
                sheet.column_dimensions[cell.column_letter].width = width
        lines = max(_lines(text, width - 1) for text, width in zip(texts, widths, strict=True))
        sheet.row_dimensions[row].height = 15 * lines + 2
    sheet.freeze_panes = "A5"
    sheet.sheet_view.showGridLines = False


_NOT_READ = N_("What opens most stands first. Enter it in the sheets; this sheet is not read.")


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in so many characters; Chinese ones are twice as wide."""
    characters = sum(2 if ord(character) > 0x2E7F else 1 for character in text)
    return max(1, -(-characters // width))


def listed(findings: list[Finding], lang: str = "zh") -> list[dict]:
    """Findings as the rows of a list, in the order in which they are given.

    Returns
    -------
    list of dict
        `severity` (``error`` or ``warning``), `file` (as the finding has it: file, or workbook and
        sheet), `cell` (``C9``, else the row as a number, else empty), `head` (of the column), `value`
        (as it was written), `what` and `todo` (sentences).
    """
    say = speak(lang)
    rows = []
    for finding in findings:
        rows.append(
            {
                "severity": finding.severity,
                "file": finding.file,
                "cell": finding.cell or (str(finding.row) if finding.row else ""),
                "head": finding.title(say.code),
                "value": finding.value,
                "what": finding.text(say.code),
                "todo": _advice(finding, say),
            }
        )
    return rows
