"""A workbook as the statistics system exports it: cover, contents, and whose all its sheets are."""

from __future__ import annotations

from dataclasses import dataclass

from ..forms import Forms
from .heads import form_of, school_of, years_of
from .labels import plain
from .sheets import Block, Place, show


@dataclass(frozen=True)
class Owner:
    """The school and the school years that a workbook names once for all its sheets."""

    code: str
    name: str
    years: dict[int, Place]


def is_aside(block: Block) -> bool:
    """Whether a sheet is the cover (封面) or the list of forms (目录): known, and no data."""
    if plain(block.sheet) in ("封面", "目录"):
        return True
    first = next((text for row in block.cells for cell in row if (text := show(cell))), "")
    return plain(first) == "目录"


def owner_of(blocks: list[Block], table: Forms) -> Owner | None:
    """Whose a workbook is, None unless it says so once and no sheet of figures speaks for itself.

    Parameters
    ----------
    blocks : list of Block
        All of one workbook.
    table : Forms
        Which forms hold the basic facts of a school.

    Returns
    -------
    Owner or None
        By the form of basic facts, else by the cover.
    """
    facts, covers = [], []
    for block in blocks:
        code, name, _ = school_of(block)
        if is_aside(block):
            covers.append(_of_cover(block))
            continue
        form = table.by_id.get(form_of(block, table)[0])
        if form is not None and form.facts:
            facts.append(Owner(code, name, years_of(block)))
        elif code:
            return None
    facts = [owner for owner in facts if owner.code]
    covers = [owner for owner in covers if owner.code or owner.years]
    if len({owner.code for owner in facts}) > 1:
        return None
    years = {year: place for owner in (*covers[:1], *facts) for year, place in owner.years.items()}
    if facts:
        return Owner(facts[0].code, facts[0].name, facts[0].years or years)
    return Owner(covers[0].code, covers[0].name, years) if covers else None


def _of_cover(block: Block) -> Owner:
    """Name and code stand to the right of 名 称 and 代 码."""
    found = {}
    for row in block.cells:
        texts = [text for cell in row if (text := show(cell))]
        if len(texts) > 1:
            found.setdefault(plain(texts[0]), texts[1])
    code = plain(found.get("代码", ""))
    return Owner(code if code.isalnum() else "", found.get("名称", ""), years_of(block))
