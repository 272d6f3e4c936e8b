"""Captions and contents of a Word document, as fields that stay right when it is edited."""

from __future__ import annotations

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from ..numbering import chinese
from .blocks import chapters_of
from .fields import add_settings, field_xml, runs_of
from .headings import is_annex


def number_captions(document, metadata: dict) -> None:
    """Table 1, Table 2 … and Figure 1 … as fields, so that they stay right when one is added."""
    words = {"Table Caption": metadata["table"], "Image Caption": metadata["figure"]}
    sequences = {"Table Caption": "Table", "Image Caption": "Figure"}
    counts = dict.fromkeys(words, 0)
    for paragraph in document.paragraphs:
        name = paragraph.style.name
        if name not in words:
            continue
        counts[name] += 1
        gap = "\u3000" if metadata["lang"] == "zh" else ". "
        xml = (
            f'<w:r><w:t xml:space="preserve">{words[name]} </w:t></w:r>'
            + field_xml(f"SEQ {sequences[name]} \\* ARABIC", str(counts[name]))
            + f'<w:r><w:t xml:space="preserve">{gap}</w:t></w:r>'
        )
        first = paragraph._p.find(qn("w:r"))
        for run in runs_of(xml):
            first.addprevious(run)


def write_contents(document, metadata: dict) -> None:
    """A contents field behind the cover, its entries filled in.

    Nobody but the program that lays the pages out knows their numbers: Word adds them when it opens
    the file (`updateFields`), others when the field is updated by hand.
    """
    cover = chapters_of(document)[0]
    headings = [p for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    if not headings:
        return
    zh = metadata["lang"] == "zh"
    entries, chapter, section, annexes = [], 0, 0, False
    for number, paragraph in enumerate(headings, 1):
        name = f"_Toc{number:06d}"
        start = parse_xml(
            f'<w:bookmarkStart {nsdecls("w")} w:id="{90000 + number}" w:name="{name}"/>'
        )
        end = parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{90000 + number}"/>')
        paragraph._p.find(qn("w:r")).addprevious(start)
        paragraph._p.append(end)
        level = int(paragraph.style.name[-1])
        annexes = annexes or (level == 1 and is_annex(paragraph.text))
        if annexes:
            text = ""
        elif level == 1:
            chapter, section = chapter + 1, 0
            text = f"{chinese(chapter)}、" if zh else f"{chapter}  "
        else:
            section += 1
            text = f"（{chinese(section)}）" if zh else f"{chapter}.{section}  "
        entries.append((level, name, text + paragraph.text))
    paragraphs = []
    for number, (level, name, text) in enumerate(entries):
        opening = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            if number == 0
            else ""
        )
        closing = (
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if number == len(entries) - 1 else ""
        )
        element = parse_xml(
            f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr>{opening}'
            f'<w:hyperlink w:anchor="{name}" w:history="1"><w:r><w:t xml:space="preserve"></w:t></w:r>'
            f"</w:hyperlink>{closing}</w:p>"
        )
        element.find(f"{qn('w:hyperlink')}/{qn('w:r')}/{qn('w:t')}").text = text
        paragraphs.append(element)
    heading = document.add_paragraph(metadata["contents"], style="TOC Heading")
    heading.paragraph_format.page_break_before = True
    cover[-1]._element.addnext(heading._p)
    place = heading._p
    for element in paragraphs:
        place.addnext(element)
        place = element
    add_settings(document, '<w:updateFields {} w:val="true"/>')
