"""What a sheet says about itself above its figures: form, school, school year, units, facts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from ...base.files import N_
from ...data.texts import spoilt_id
from ..forms import Forms
from .labels import FORM_ID, key, narrow, plain, unit_words
from .sheets import CODE, NAME, Block, Place, show


def sheet_units(block: Block) -> dict[str, Place]:
    """Units of a line such as “单位：人、平方米、万元”."""
    found = {}
    for row, column, text in block.head:
        line = re.search(r"(?:计量)?单位:(.*)", plain(text))
        if line:
            rest = line[1] or plain(_right_of(block, row, column))
            for unit in unit_words(rest.strip("()")):
                found.setdefault(unit, block.place(row, column))
    return found


def school_of(block: Block) -> tuple[str, str, Place]:
    """Code and name of the school as the form's own line has them, "" if it has not.

    The name is kept as it is written, wide brackets and all.
    """
    code, name, place = "", "", Place(block.file, block.sheet)
    for row, column, text in block.head:
        searched = narrow(text)
        if not code and (found := CODE.search(searched)):
            code = narrow(found[1] or _right_of(block, row, column))
            if not re.search(r"\d", code):  # a table, with the value below its label
                code = narrow(_below(block, row, column)) or code
            place = block.place(row, column)
        if not name and (found := NAME.search(searched)):
            end = CODE.search(searched, found.end())
            said = re.sub(_SEAL, "", text[found.end() : end.start() if end else None])
            name = said.strip(" :：") or _right_of(block, row, column)
            if re.search(r"名\s*称|标\s*识\s*码", name):
                name = _below(block, row, column)
    if not spoilt_id(code):  # that is told by who wants to know whose the sheet is
        code = re.sub(r"[^0-9A-Za-z]", "", code)
    return code, "" if CODE.search(narrow(name)) else name, place


#: Behind the label of a name: where the seal goes.
_SEAL = r"^\s*[(（]\s*(?:公?\s*章|盖\s*章)\s*[)）]"


def _below(block: Block, row: int, column: int) -> str:
    return block.text(row + 1, column) if row + 1 < block.height else ""


def _right_of(block: Block, row: int, column: int) -> str:
    inside = block.owner.get((row, column), (row, column))
    for across in range(column + 1, block.width):
        if block.owner.get((row, across), (row, across)) == inside:
            continue
        text = show(block.cells[row][across])
        if text:
            return text
    return ""


#: Dates that are not the year of the figures: validity, approval, the day of filling in.
_OTHER_DATES = re.compile(
    r"(?:有效期|批准|填报|填表|报出|报送|制[定表])[^\d]{0,6}\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?"
)


def years_of(block: Block) -> dict[int, Place]:
    """School years that the form's lines of date name, the surest kind only."""
    school_years: dict[int, Place] = {}
    dates: dict[int, Place] = {}
    for row, column, text in block.head:
        text = _OTHER_DATES.sub("", plain(text))
        place = block.place(row, column)
        for found in re.finditer(r"((?:19|20)\d\d)(?:[-/至](?:(?:19|20)?\d\d))?学年", text):
            school_years.setdefault(int(found[1]), place)
        for found in re.finditer(r"((?:19|20)\d\d)年(?:(\d{1,2})月)?", text):
            later = not found[2] or int(found[2]) >= 8
            dates.setdefault(int(found[1]) - (0 if later else 1), place)
    return school_years or dates


@dataclass(frozen=True)
class Said:
    """What a form of basic facts says of a school: a word, its code if there is one, and where."""

    text: str
    code: str
    place: Place


def fact_of(block: Block, labels: tuple[str, ...]) -> Said | None:
    """The text to the right of (or behind, or in a table below) the first of some labels."""
    for label in labels:
        for row in range(block.height):
            for column, cell in enumerate(block.cells[row]):
                text = unicodedata.normalize("NFKC", show(cell))
                before, colon, behind = text.partition(":")
                if not text or key(before if colon else text) != label:
                    continue
                said = _in_lines_below(block, row, column)
                if said is None:
                    word, across = behind.strip(), column
                    if not word:
                        word, across = _right_of_words(block, row, column)
                    said = Said(word, "", block.place(row, across))
                if said.text or said.code:
                    return said
    return None


def _in_lines_below(block: Block, row: int, column: int) -> Said | None:
    """What stands below a label in the lines 名称 and 代码, None if there are no such lines."""
    lines = {}
    for below in range(row + 1, min(row + 3, block.height)):
        first = next((text for cell in block.cells[below] if (text := show(cell))), "")
        lines[plain(first)] = below
    if "名称" not in lines:
        return None
    text, code = (
        block.text(lines[name], column) if name in lines else "" for name in ("名称", "代码")
    )
    text, code = ("" if plain(each) in ("*", "-1") else each for each in (text, code))
    return Said(
        unicodedata.normalize("NFKC", text), plain(code), block.place(lines["名称"], column)
    )


def coordinates_of(block: Block) -> dict[str, tuple[str, Place]]:
    """Longitude and latitude in degrees as they are written, where both stand below their labels or to the right of them."""
    found = {}
    for row, column, text in block.head:
        name = {"经度": "longitude", "纬度": "latitude"}.get(key(text))
        below = _below(block, row, column)
        said = plain(below or _right_of(block, row, column))
        if name and re.fullmatch(r"\d{1,3}(\.\d+)?", said) and float(said):
            found.setdefault(name, (said, block.place(row + 1 if below else row, column)))
    return found if len(found) == 2 else {}


def _right_of_words(block: Block, row: int, column: int) -> tuple[str, int]:
    """The next cell to the right that is a word, not the number of a line; and its column."""
    for across in range(column + 1, block.width):
        text = show(block.cells[row][across])
        if text and not re.fullmatch(r"[甲乙丙丁\d]{1,3}", plain(text)):
            return unicodedata.normalize("NFKC", text), across
    return "", column


def form_of(block: Block, table: Forms) -> tuple[str, list[str]]:
    """The form's number as it calls itself, and other numbers in the names of sheet and file."""
    own = [
        _form_number(found)
        for _, _, text in block.head
        if re.search("表号", plain(text)) or FORM_ID.fullmatch(plain(text))
        for found in FORM_ID.finditer(plain(text))
    ]
    for row, column, text in block.head:
        if plain(text).rstrip(":") == "表号":
            for across in range(column + 1, block.width):
                own += [
                    _form_number(f) for f in FORM_ID.finditer(plain(show(block.cells[row][across])))
                ]
    heads = own or [
        _form_number(found) for _, _, text in block.head for found in FORM_ID.finditer(plain(text))
    ]
    outside = [_form_number(f) for f in FORM_ID.finditer(plain(block.sheet))] or [
        _form_number(f) for f in FORM_ID.finditer(plain(Path(block.file).stem))
    ]
    chosen = (heads or outside or [""])[0]
    if chosen not in table.by_id and f"{chosen}续" in table.by_id:
        texts = [block.sheet, *(text for _, _, text in block.head)]
        chosen += "续" if any("续" in text for text in texts) else ""
    others = [n for n in dict.fromkeys(outside) if n.rstrip("续") != chosen.rstrip("续")]
    return chosen, others if heads else []


def _form_number(found: re.Match) -> str:
    return "".join(found.groups())


def year_of(
    block: Block, folder: Path, of_book: dict[int, Place] | None = None
) -> tuple[int | None, list]:
    """The school year of a sheet: by its own line, else its workbook's, else by names.

    Parameters
    ----------
    block : Block
    folder : Path
    of_book : dict of int to Place, optional
        What the cover or the form of basic facts of the same workbook says.

    Returns
    -------
    year : int or None
    findings : list of (message, severity, values)
    """
    own = years_of(block) or of_book or {}
    outside = _year_in_names(block, folder)
    if len(own) > 1:
        text = ", ".join(f"{year} ({place.cell})" for year, place in own.items())
        message = N_("several school years are written in the sheet: {years}")
        return None, [(message, "error", {"years": text})]
    if own:
        (year,) = own
        if outside is not None and outside != year:
            message = N_(
                "the sheet says school year {year}, the name of its folder or file {other}; read as {year}"
            )
            return year, [(message, "warning", {"year": year, "other": outside})]
        return year, []
    if outside is None:
        message = N_(
            "no school year is written in the sheet (such as 2021/2022学年), nor in the name of its folder"
        )
        return None, [(message, "error", {})]
    return outside, []


def _year_in_names(block: Block, folder: Path) -> int | None:
    for name in (block.sheet, *reversed(Path(block.file).parts), folder.resolve().name):
        found = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", plain(name))
        if found:
            return int(found[1])
    return None
