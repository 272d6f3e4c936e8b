"""Headings that number themselves, paragraphs and lists."""

from __future__ import annotations

import re

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from .look import Look
from .styles import indent_first_line

#: Number of our list of headings; pandoc counts its own from 1000.
HEADINGS = 900


def number_headings(document, look: Look, lang: str) -> None:
    """Headings number themselves: 一、 and （一）, in English 1 and 1.1."""
    forms = {
        "zh": (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）")),
        "en": (("decimal", "%1  "), ("decimal", "%1.%2  ")),
    }[lang]
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{number}"/>'
        f'<w:pStyle w:val="Heading{level + 1}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="0" w:firstLine="{round(look.indent * look.body * 20)}"/></w:pPr></w:lvl>'
        for level, (number, text) in enumerate(forms)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{HEADINGS}">'
            f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        ),
    )
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{HEADINGS}"><w:abstractNumId w:val="{HEADINGS}"/></w:num>'
        )
    )
    for level in range(2):
        properties = document.styles[f"Heading {level + 1}"].element.get_or_add_pPr()
        properties.insert_element_before(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{HEADINGS}"/></w:numPr>'
            ),
            *("w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"),
        )


def unnumber_annexes(document) -> None:
    """Annexes have their letters and numbers in their titles; they do not count on from the chapters."""
    inside = False
    for paragraph in document.paragraphs:
        level = paragraph.style.name
        inside = inside or (level == "Heading 1" and is_annex(paragraph.text))
        if inside and level in ("Heading 1", "Heading 2"):
            paragraph._p.get_or_add_pPr().insert_element_before(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="0"/></w:numPr>'),
                *(
                    "w:pBdr",
                    "w:shd",
                    "w:tabs",
                    "w:spacing",
                    "w:ind",
                    "w:jc",
                    "w:outlineLvl",
                    "w:rPr",
                ),
            )


def is_annex(title: str) -> bool:
    """Whether a heading is that of an annex: 附录A, Annex A."""
    return re.match(r"(附录|Annex )[A-Z]\b", title) is not None


def set_paragraphs(document, look: Look) -> None:
    """Items of lists begin like paragraphs; what introduces a picture stays with it."""
    paragraphs = document.paragraphs
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], None], strict=True):
        properties = paragraph._p.get_or_add_pPr()
        if properties.numPr is not None:
            indent_first_line(properties, look)
        if following is not None and following.style.name == "Captioned Figure":
            paragraph.paragraph_format.keep_with_next = True
    for level in document.part.numbering_part.element.iter(qn("w:lvl")):
        if level.find(qn("w:suff")) is None:
            level.find(qn("w:lvlText")).addprevious(
                parse_xml(f'<w:suff {nsdecls("w")} w:val="space"/>')
            )
