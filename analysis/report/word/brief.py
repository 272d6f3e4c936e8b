"""The brief of a Word document: two pages, whose type is smaller than that of the chapters.

Styles of its own are based on those of the chapters, so that a typeface changed there changes here.
"""

from __future__ import annotations

from dataclasses import replace

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from .blocks import chapters_of
from .look import Look
from .styles import indent_first_line

#: Type (pt) of its text, that of the printed page, and its line.
TYPE = {"zh": (9.5, 12.0), "en": (9.0, 11.5)}

#: Its picture (mm) leaves room for the tables and lists of the second page.
PICTURE = 78

#: Size, line, space before and after (pt) of what has no size of the text.
_SIZES = {
    "Title": (20.0, 24.0, 0.0, 2.0),
    "Subtitle": (15.0, 19.0, 0.0, 2.0),
    "Edition": (9.0, 12.0, 0.0, 4.0),
    "Synthetic Note": (9.0, 12.0, 0.0, 4.0),
    "Signature Line": (10.0, 14.0, 18.0, 0.0),
}

_TEXTS = ("Body Text", "First Paragraph", "Compact", "Verdict Met", "Verdict Not Met", "Verdict Not Assessed")  # fmt: skip


def set_brief(document, look: Look, lang: str) -> None:
    """Set what stands before the first chapter on two pages; no heading of it ends a page."""
    size, line = TYPE[lang]
    own = replace(look, body=size, line=line)
    blocks = chapters_of(document)[0]
    for block in blocks:
        if isinstance(block, Table):
            _set_rows(document, block)
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    for paragraph in paragraphs:
        name = paragraph.style.name
        if name in _SIZES:
            paragraph.style = _based(document, name, *_SIZES[name])
        elif name in _TEXTS:
            paragraph.style = _based(document, name, size, line, 0.0, 0.0)
            indent_first_line(paragraph._p.get_or_add_pPr(), own)
            if _is_heading(paragraph):
                paragraph.paragraph_format.keep_with_next = True
                paragraph.paragraph_format.space_before = Pt(4)
            elif paragraph.paragraph_format.space_before:
                # behind a table
                paragraph.paragraph_format.space_before = Pt(4)
        elif name == "Normal" and not paragraph.text:
            # pandoc keeps two tables apart by it
            paragraph.style = _based(document, name, 1.0, 1.0, 0.0, 0.0)
        elif name in ("Table Caption", "Image Caption", "Captioned Figure"):
            # counted by the names of their styles, which therefore stay
            form = paragraph.paragraph_format
            form.space_before, form.space_after = Pt(4 if name == "Table Caption" else 2), Pt(1)
    _set_pictures(document, paragraphs)


def _is_heading(paragraph: Paragraph) -> bool:
    """A paragraph in bold only is the heading of a list, or the verdict above its reasons."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def _based(document, name: str, size: float, line: float, before: float, after: float):
    """The style of the brief that is based on one of the chapters, made where it is missing."""
    styles = document.styles
    own = f"Brief {name}"
    if own not in styles:
        made = styles.add_style(own, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles[name]
        made.font.size = Pt(size)
        form = made.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
        form.space_before, form.space_after = Pt(before), Pt(after)
    return styles[own]


def _set_rows(document, table: Table) -> None:
    """Rows as low as their lines; a table may go on over the page, but none of its rows alone."""
    rows = table._tbl.tr_lst
    last = len(rows) - 1
    for number, row in enumerate(rows):
        for element in row.tc_lst:
            for each in element.p_lst:
                paragraph = Paragraph(each, table)
                paragraph.paragraph_format.keep_with_next = number < last and (
                    number < 2 or number == last - 1
                )
                size = paragraph.style.font.size.pt
                paragraph.style = _based(
                    document, paragraph.style.name, size, size * 1.25, 0.5, 0.5
                )


def _set_pictures(document, paragraphs: list[Paragraph]) -> None:
    inside = {shape for paragraph in paragraphs for shape in paragraph._p.xpath(".//wp:inline")}
    for shape in document.inline_shapes:
        if shape._inline in inside and shape.height > Mm(PICTURE):
            ratio = shape.width / shape.height
            shape.height = Mm(PICTURE)
            shape.width = round(shape.height * ratio)
