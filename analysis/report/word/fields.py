"""Fields and settings as python-docx does not write them."""

from __future__ import annotations

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls


def field_xml(instruction: str, result: str, dirty: bool = False) -> str:
    """The runs of a field with its last result."""
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{mark}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{result}</w:t></w:r>'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def runs_of(xml: str) -> list:
    """The runs of a paragraph given as XML."""
    return list(parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>"))


def add_settings(document, *elements: str) -> None:
    """Add settings where the schema wants them."""
    for xml in elements:
        document.settings.element.insert_element_before(
            parse_xml(xml.format(nsdecls("w"))),
            *("w:compat", "w:rsids", "m:mathPr", "w:themeFontLang", "w:clrSchemeMapping"),
        )
