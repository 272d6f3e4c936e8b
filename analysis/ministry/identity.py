"""Which form a sheet is, and of which school year, by its own lines or by its name."""

from __future__ import annotations

import re
from pathlib import Path

from ..base.files import N_
from .forms import Forms
from .heads import head_cells, years_of
from .labels import FORM_ID, plain
from .sheets import Block, show


def form_of(block: Block, table: Forms) -> tuple[str, list[str]]:
    """The form's number as it calls itself, and other numbers in the names of sheet and file."""
    own = [
        _form_number(found)
        for _, _, text in head_cells(block)
        if re.search("表号", plain(text)) or FORM_ID.fullmatch(plain(text))
        for found in FORM_ID.finditer(plain(text))
    ]
    for row, column, text in head_cells(block):
        if plain(text).rstrip(":") == "表号":
            for across in range(column + 1, block.width):
                own += [
                    _form_number(f) for f in FORM_ID.finditer(plain(show(block.cells[row][across])))
                ]
    heads = own or [
        _form_number(found)
        for _, _, text in head_cells(block)
        for found in FORM_ID.finditer(plain(text))
    ]
    outside = [_form_number(f) for f in FORM_ID.finditer(plain(block.sheet))] or [
        _form_number(f) for f in FORM_ID.finditer(plain(Path(block.file).stem))
    ]
    chosen = (heads or outside or [""])[0]
    if chosen not in table.by_id and f"{chosen}续" in table.by_id:
        texts = [block.sheet, *(text for _, _, text in head_cells(block))]
        chosen += "续" if any("续" in text for text in texts) else ""
    others = [n for n in dict.fromkeys(outside) if n.rstrip("续") != chosen.rstrip("续")]
    return chosen, others if heads else []


def _form_number(found: re.Match) -> str:
    return "".join(found.groups())


def year_of(block: Block, folder: Path) -> tuple[int | None, list]:
    """The school year of a sheet: by its own line, else by the names of folder, file or sheet."""
    own = years_of(block)
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
