"""Workbooks as grids of cells with addresses; merged cells known; one block per school and form."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...base.files import N_, Finding, InputError, problem, read_data
from ...base.refusals import shorten
from ...base.storage.folders import below
from ...data.reading.archive import inspect_workbook
from ...data.reading.folder import read_csv
from ...data.texts import cell_text
from ..own_files import OURS
from .labels import FORM_ID, narrow, plain

ENDINGS = (".xlsx", ".xls", ".xlsm")

#: A workbook above this size (bytes) is no set of return sheets.
LARGEST = 200_000_000
#: Cells of a sheet's rectangle above which it is no return sheet.
LARGEST_SHEET = 2_000_000


@dataclass(frozen=True)
class Place:
    """Where something stands: file (as below the folder), sheet, cell."""

    file: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        sheet = f" [{self.sheet}]" if self.sheet else ""
        return f"{self.file}{sheet}" + (f" {self.cell}" if self.cell else "")


def address(row: int, column: int) -> str:
    """Zero-based row and column as a spreadsheet writes them."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


@dataclass(frozen=True)
class Block:
    """A rectangle of a sheet that belongs to one school and form.

    `cells[r][c]` is what stands in a cell ("" if nothing), `owner` maps a cell of a merged range
    to its first cell; rows count from `top` in the sheet. `export`: the sheet has the hidden grid
    of letters and numbers with which the ministry's system exports a form.
    """

    file: str
    sheet: str
    cells: list[list[object]] = field(repr=False)
    owner: dict[tuple[int, int], tuple[int, int]] = field(repr=False, default_factory=dict)
    top: int = 0
    export: bool = False

    def place(self, row: int, column: int) -> Place:
        return Place(self.file, self.sheet, address(self.top + row, column))

    def text(self, row: int, column: int) -> str:
        """The text of a cell, or of the merged range it lies in."""
        row, column = self.owner.get((row, column), (row, column))
        return show(self.cells[row][column])

    @functools.cached_property
    def numbering(self) -> frozenset[int]:
        """Lines that number the columns (甲, 乙, 1, 2, …), as one does below every head."""
        return frozenset(row for row in range(self.height) if _numbers_columns(self.cells[row]))

    @functools.cached_property
    def head(self) -> tuple[tuple[int, int, str], ...]:
        """Cells above the first line of figures that hold text: (row, column, text)."""
        return tuple(
            (row, column, text)
            for row in range(min(self.numbering, default=self.height))
            for column, cell in enumerate(self.cells[row])
            if (text := show(cell))
        )

    @property
    def height(self) -> int:
        return len(self.cells)

    @functools.cached_property
    def width(self) -> int:
        return max((len(row) for row in self.cells), default=0)


_LETTERS = {"甲", "乙", "丙", "丁", "戊"}


def _numbers_columns(cells: list[object]) -> bool:
    filled = [text for cell in cells if (text := plain(show(cell)))]
    return (
        "甲" in filled
        and ("1" in filled or "乙" in filled)
        and all(text in _LETTERS or text.isdigit() for text in filled)
    )


def show(value: object) -> str:
    """What a cell says: whole numbers without a decimal point, no stray blanks."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return cell_text(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return _tidy(str(value))


@functools.lru_cache(
    maxsize=1 << 15
)  # the same few labels in every sheet, asked for again and again
def _tidy(text: str) -> str:
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    if "_x000D_" in text:  # a line break as a workbook's XML writes it, left over
        text = text.replace("_x000D_", " ")
    return " ".join(text.split())


def read_workbook(path: Path, name: str) -> tuple[list[Block], list[Finding]]:
    """Every visible sheet of a workbook, cut into blocks.

    Parameters
    ----------
    path : Path
    name : str
        The file as people are told about it.

    Returns
    -------
    blocks : list of Block
    findings : list of Finding
        Cells that show an error or a formula without a result.

    Raises
    ------
    InputError
        The file is no workbook that can be read.
    """
    if path.suffix.lower() == ".csv":
        return _read_text(path, name)
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        head = read_data(path, LARGEST)[:512]
        if not head:
            raise problem(N_("the file is empty"), file=name)
        if re.match(rb"\s*(<!|<html|<table|<\?xml|<meta)", head.lstrip(b"\xef\xbb\xbf"), re.I):
            raise problem(
                N_(
                    "is a web page that was named like a workbook; open it in a spreadsheet program and save it as .xlsx"
                ),
                file=name,
            )
        findings = _inspected(path, name) if head.startswith(b"PK") else []
        book = CalamineWorkbook.from_path(path)
        blocks, exported = [], set()
        for meta in book.sheets_metadata:
            if meta.visible != SheetVisibleEnum.Visible or meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.total_height * sheet.total_width > LARGEST_SHEET:
                raise problem(
                    N_("there are cells filled in far outside the table; delete them"),
                    file=f"{name} [{meta.name}]",
                )
            cells = sheet.to_python(skip_empty_area=False)
            ranges = sheet.merged_cell_ranges or []
            export = _take_grid_out(cells)
            if export:
                exported.add(f"{name} [{meta.name}]")
            blocks += _split(name, meta.name, cells, ranges, export)
        return blocks, [f for f in findings if f.file not in exported or not _of_grid(f)]
    except (CalamineError, OSError, ValueError) as error:
        reason = shorten((str(error).splitlines() or [""])[0])
        raise problem(
            N_(
                "cannot be opened as a workbook: it is damaged, incomplete or protected by a password ({reason}); save it again"
            ),
            file=name,
            reason=reason,
        ) from None


def _read_text(path: Path, name: str) -> tuple[list[Block], list[Finding]]:
    """A sheet that was saved as CSV, with commas, semicolons or tabs; merged cells are lost."""
    findings: list[Finding] = []
    rows = read_csv(path, findings)
    if findings:
        raise InputError(dataclasses.replace(finding, file=name) for finding in findings)
    cells = [[] for _ in range(int(rows.index[0]))] + rows.to_numpy().tolist()
    return _split(name, "", cells, [], _take_grid_out(cells)), []


def _take_grid_out(cells: list[list]) -> bool:
    """Blank the grid of an export, A, B, C… in row 1 and 1, 2, 3… in column A; whether it was there."""
    if len(cells) < 2 or len(cells[0]) < 2:
        return False
    letters = [show(cell) for cell in cells[0]]
    if letters[:2] != ["A", "B"] or any(
        text and text != address(0, column)[:-1] for column, text in enumerate(letters)
    ):
        return False
    if any(show(row[0]) not in ("", str(number)) for number, row in enumerate(cells[1:], 1)):
        return False
    cells[0] = [""] * len(letters)
    for row in cells[1:]:
        row[0] = ""
    return True


def _of_grid(finding: Finding) -> bool:
    """Whether a finding says no more than that row 1 or column A, where the grid is, is hidden."""
    return finding.severity == "warning" and finding.values in (
        {"n": 1, "row": 1},
        {"column": "A"},
    )


def _inspected(path: Path, name: str) -> list[Finding]:
    """What `inspect_workbook` finds, under the name that people are told."""
    return [
        dataclasses.replace(finding, file=finding.file.replace(str(path), name, 1))
        for finding in inspect_workbook(path)
    ]


#: The line that says whose form this is.
_B = r"\s*"
_SCHOOL = rf"学{_B}校(?:{_B}\({_B}机{_B}构{_B}\))?{_B}"
CODE = re.compile(
    rf"(?:{_SCHOOL}(?:标{_B}识{_B}码|代{_B}码)|机{_B}构{_B}(?:标{_B}识{_B}码|代{_B}码)|标{_B}识{_B}码)"
    rf"{_B}[:]?{_B}([0-9A-Za-z.+]*)"
)
NAME = re.compile(
    rf"(?:{_SCHOOL}|填{_B}报{_B}单{_B}位|单{_B}位){_B}(?:名{_B}称|全{_B}称){_B}[:]?{_B}"
)


def _split(file: str, sheet: str, cells: list, ranges: list, export: bool = False) -> list[Block]:
    """One block per line with a school's code; a sheet without any is one block."""
    if not any(show(cell) for row in cells for cell in row):
        return []
    width = max(map(len, cells))
    cells = [list(row) + [""] * (width - len(row)) for row in cells]
    owner = {}
    for (top, left), (bottom, right) in ranges:
        if (bottom - top + 1) * (right - left + 1) > 100_000:
            continue
        for row in range(top, min(bottom, len(cells) - 1) + 1):
            for column in range(left, min(right, width - 1) + 1):
                owner[row, column] = (top, left)
    starts = [0]
    marked = [row for row in range(len(cells)) if _says_whose(cells[row])]
    for before, row in itertools.pairwise(marked):
        starts.append(_start(cells, before, row))
    blocks = []
    for top, end in zip(starts, [*starts[1:], len(cells)], strict=True):
        inside = {
            (row - top, column): (first - top, left)
            for (row, column), (first, left) in owner.items()
            if top <= row < end and top <= first
        }
        blocks.append(Block(file, sheet, cells[top:end], inside, top, export))
    return blocks


def _start(cells: list, before: int, row: int) -> int:
    """Where the block of a school's line begins, the block before having its line at `before`.

    Behind the last figures; without any, at the form's number above the line.
    """
    between = range(before + 1, row)
    figures = [r for r in between if _has_figures(cells[r])]
    if figures:
        return figures[-1] + 1
    forms = [r for r in between if any(FORM_ID.search(plain(show(c))) for c in cells[r])]
    return min(forms, default=row)


def _says_whose(row: list) -> bool:
    return any(CODE.search(narrow(show(cell))) for cell in row)


def _has_figures(row: list) -> bool:
    return sum(isinstance(cell, int | float) for cell in row) > 1 or (
        sum(bool(re.fullmatch(r"-?[\d,]+(\.\d+)?", plain(show(cell)))) for cell in row) > 1
    )


def workbooks(folder: Path) -> Iterator[Path]:
    """Workbooks, and sheets saved as CSV, below a folder in a fixed order, without hidden files and locks."""
    for path in _files(folder):
        ending, name = path.suffix.lower(), path.relative_to(folder).as_posix()
        if ending in ENDINGS or (ending == ".csv" and name not in OURS):
            yield path


def other_files(folder: Path) -> Iterator[str]:
    """Files below a folder that are neither workbooks nor tables of ours."""
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in (*ENDINGS, ".csv") and name not in OURS:
            yield name


#: What else people put among the sheets, by its ending, and how it becomes readable.
_OTHER_KINDS = {
    **dict.fromkeys(
        (".et", ".ett", ".ods", ".xlsb", ".numbers", ".xml", ".mht", ".htm", ".html"),
        N_("is a sheet in another format and was not read; open it and save it as .xlsx"),
    ),
    **dict.fromkeys(
        (".zip", ".rar", ".7z"), N_("is an archive and was not read; unpack it into the folder")
    ),
    **dict.fromkeys(
        (".pdf", ".doc", ".docx", ".wps", ".jpg", ".png"),
        N_("holds no cells and was not read; if it is a return sheet, export it as .xlsx"),
    ),
}


def not_read(name: str) -> Finding:
    """That a file is none that is read, and what would help."""
    other = N_("is no .xlsx or .xls workbook and was not read")
    ending = Path(name).suffix.lower()
    return Finding("warning", _OTHER_KINDS.get(ending, other), {}, name)


def _files(folder: Path) -> Iterator[Path]:
    # what cannot be read is named by who tries to, or as no workbook
    yield from sorted(entry.path for entry in below(folder))
