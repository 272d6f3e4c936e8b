"""Running head and foot of a Word document."""

from __future__ import annotations

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from .fields import field_xml, runs_of


def write_head_and_foot(document, metadata: dict) -> None:
    """Title and mark on every page; page numbers — 1 — outside; the cover has the mark only."""
    document.settings.odd_and_even_pages_header_footer = True
    first = document.sections[0]
    first.different_first_page_header_footer = True
    title = metadata["title"] + (f"    {metadata['mark']}" if metadata["mark"] else "")
    for part, text in (
        (first.header, title),
        (first.even_page_header, title),
        (first.first_page_header, metadata["mark"]),
    ):
        part.is_linked_to_previous = False
        paragraph = part.paragraphs[0]
        paragraph.style = document.styles["Header"]
        paragraph.add_run(text)
        if text == title:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(
                    f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="2" '
                    f'w:color="999999"/></w:pBdr>'
                )
            )
    for part, side in (
        (first.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (first.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        part.is_linked_to_previous = False
        paragraph = part.paragraphs[0]
        paragraph.style = document.styles["Footer"]
        paragraph.alignment = side
        xml = '<w:r><w:t xml:space="preserve">— </w:t></w:r>' + field_xml("PAGE", "1")
        for run in runs_of(xml + '<w:r><w:t xml:space="preserve"> —</w:t></w:r>'):
            paragraph._p.append(run)
    first.first_page_footer.is_linked_to_previous = False
