"""The body of a Word document in order, and cut at its chapters."""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph


def _blocks(document) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables of the body in their order."""
    for child in document.element.body:
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)


def chapters_of(document) -> list[list[Paragraph | Table]]:
    """The body cut at its chapters; the first piece is the cover."""
    chapters: list[list] = [[]]
    for block in _blocks(document):
        if isinstance(block, Paragraph) and block.style.name == "Heading 1":
            chapters.append([])
        chapters[-1].append(block)
    return chapters
