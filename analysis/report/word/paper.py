"""Paper of a Word document: upright, and across for chapters of wide tables."""

from __future__ import annotations

import copy

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph

from .blocks import chapters_of
from .look import BOTTOM, LEFT, PAGE, RIGHT, TOP
from .widths import SIZES, least_width


def set_paper(document) -> None:
    """A4 upright with the margins of official documents; chapters of wide tables lie across."""
    last = document.element.body.sectPr
    _paper(last, across=False)
    chapters = chapters_of(document)
    across = [lies_across(chapter) for chapter in chapters]
    for number in range(1, len(chapters)):
        if across[number] == across[number - 1]:
            continue
        # a section's properties stand in its last paragraph
        end = parse_xml(
            f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" '
            f'w:lineRule="exact"/></w:pPr></w:p>'
        )
        section = copy.deepcopy(last)
        _paper(section, across[number - 1])
        end.pPr.append(section)
        chapters[number][0]._p.addprevious(end)
    _paper(last, across[-1])
    if len(chapters) > 1 and not across[1]:
        chapters[1][0].paragraph_format.page_break_before = True


def _paper(section, across: bool) -> None:
    width, height = (PAGE[1], PAGE[0]) if across else PAGE
    top, bottom, left, right = (LEFT, RIGHT, BOTTOM, TOP) if across else (TOP, BOTTOM, LEFT, RIGHT)
    for tag in ("w:pgSz", "w:pgMar"):
        for old in section.findall(qn(tag)):
            section.remove(old)
    orient = ' w:orient="landscape"' if across else ""
    size = f'<w:pgSz {nsdecls("w")} w:w="{Mm(width).twips}" w:h="{Mm(height).twips}"{orient}/>'
    head, foot = (15, 14) if across else (22, 24)
    margins = (
        f'<w:pgMar {nsdecls("w")} w:top="{Mm(top).twips}" w:right="{Mm(right).twips}" '
        f'w:bottom="{Mm(bottom).twips}" w:left="{Mm(left).twips}" w:header="{Mm(head).twips}" '
        f'w:footer="{Mm(foot).twips}" w:gutter="0"/>'
    )
    before = ("w:cols", "w:titlePg", "w:docGrid")
    section.insert_element_before(parse_xml(size), *before)
    section.insert_element_before(parse_xml(margins), *before)


def lies_across(chapter: list[Paragraph | Table]) -> bool:
    """Whether a chapter has a table too wide for an upright page, and no picture."""
    pictures = any(
        isinstance(block, Paragraph) and block.style.name == "Captioned Figure" for block in chapter
    )
    tables = [block for block in chapter if isinstance(block, Table)]
    room = Mm(PAGE[0] - LEFT - RIGHT).pt
    # a little too wide is better than a page turned round: some cells take two lines
    return not pictures and any(
        least_width(table) * SIZES[-1] / 2 > 1.15 * room for table in tables
    )
