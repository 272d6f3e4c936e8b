"""Tables of a Word document: type that fits, heads repeated, shades of status."""

from __future__ import annotations

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from .blocks import chapters_of
from .look import BOTTOM, LEFT, PAGE, RIGHT, SHADES, TOP
from .paper import lies_across
from .widths import SIZES, count_heads, divide_room, least_width, natural_widths


def set_tables(document, brief: bool) -> None:
    """Set every table of the document in the width of its chapter's paper.

    `brief`: two pages before the first chapter hold all their tables, in smaller type.
    """
    chapters = chapters_of(document)
    for place, chapter in enumerate(chapters):
        width = PAGE[1] - TOP - BOTTOM if lies_across(chapter) else PAGE[0] - LEFT - RIGHT
        for block in chapter:
            if isinstance(block, Table):
                most = SIZES[1] if brief and place == 0 else SIZES[0]
                _set_table(block, Mm(width).pt, most)
                following = block._tbl.getnext()
                if following is not None and following.tag == qn("w:p"):
                    paragraph = Paragraph(following, document)
                    if paragraph.style.name in ("Body Text", "First Paragraph", "Compact"):
                        paragraph.paragraph_format.space_before = Pt(8)


def _set_table(table: Table, room: float, most: float) -> None:
    """Type that fits, columns by their text, heads repeated, rows in one piece, shades of status."""
    natural, least = natural_widths(table), least_width(table)
    properties = table._tbl.tblPr
    kind = properties.find(qn("w:tblStyle")).get(qn("w:val"))
    size = next((size for size in SIZES if size <= most and least * size / 2 <= room), SIZES[-1])
    if kind == "Table Tight":
        size = min(size, 9.0)
    upright = Mm(PAGE[0] - LEFT - RIGHT).pt
    if sum(natural) * size / 2 <= upright:
        room = upright
    widths = [round(width * 20) for width in divide_room(natural, room / size * 2, room)]
    for child in list(properties):
        properties.remove(child)
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{8 if side in ("top", "bottom") else 4}" w:space="0" '
        f'w:color="{"000000" if side in ("top", "bottom") else "A0A0A0"}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        if side not in ("left", "right")
    )
    for xml in (
        f'<w:tblW {nsdecls("w")} w:w="{sum(widths)}" w:type="dxa"/>',
        f'<w:jc {nsdecls("w")} w:val="center"/>',
        f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>",
        f'<w:tblLayout {nsdecls("w")} w:type="fixed"/>',
        f'<w:tblCellMar {nsdecls("w")}><w:left w:w="50" w:type="dxa"/>'
        f'<w:right w:w="50" w:type="dxa"/></w:tblCellMar>',
        f'<w:tblLook {nsdecls("w")} w:val="0020" w:firstRow="1"/>',
    ):
        properties.append(parse_xml(xml))
    grid = table._tbl.tblGrid
    for column, width in zip(grid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width))
    heads, rows = count_heads(table), table._tbl.tr_lst
    short = len(rows) - heads <= 6
    for number, row in enumerate(rows):
        row.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        head = number < heads
        for cell, width in zip(row.findall(qn("w:tc")), widths, strict=True):
            _set_cell(cell, width, "Head" if head else "Text", size)
            for paragraph in cell.findall(qn("w:p")):
                if short and number < len(rows) - 1:
                    Paragraph(paragraph, table).paragraph_format.keep_with_next = True


def _set_cell(cell, width: int, kind: str, size: float) -> None:
    properties = cell.get_or_add_tcPr()
    for child in list(properties):
        if child.tag != qn("w:gridSpan"):
            properties.remove(child)
    properties.insert(0, parse_xml(f'<w:tcW {nsdecls("w")} w:w="{width}" w:type="dxa"/>'))
    shade = "F2F2F2" if kind == "Head" else None
    for style in list(cell.iter(qn("w:rStyle"))):
        shade = SHADES.get(style.get(qn("w:val")), shade)
        if style.get(qn("w:val")) in SHADES:
            style.getparent().remove(style)
    if shade:
        properties.append(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{shade}"/>')
        )
    properties.append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))
    for paragraph in cell.findall(qn("w:p")):
        form = paragraph.get_or_add_pPr()
        form.get_or_add_pStyle().set(qn("w:val"), f"Table{kind}{size:g}")
        if kind == "Head" and form.jc is not None:
            form.remove(form.jc)
