"""A report's web page -> Word document in the style of official documents (GB/T 9704), to be edited.

Pandoc reads the page; this module gives what it writes the look of an official document: paper and
margins, type, numbered headings, contents, captions with fields, tables that keep their heads.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

import docx

from ...base.storage.temporary import scratch
from .brief import set_brief
from .contents import number_captions, write_contents
from .fields import add_settings
from .head_and_foot import write_head_and_foot
from .headings import number_headings, set_paragraphs, unnumber_annexes
from .look import LOOKS
from .paper import set_paper
from .pictures import draw_pictures, set_pictures
from .styles import set_styles
from .tables import set_tables

FILTER = Path(__file__).parent.parent / "templates" / "to_word.lua"


def docx_from_html(page: str, metadata: dict) -> bytes:
    """Write a report's web page as a Word document.

    Parameters
    ----------
    page : str
        As from `ReportHTMLExporter`.
    metadata : dict
        As from `document_metadata`.

    Returns
    -------
    bytes
        A .docx file; the same input gives the same bytes.

    Raises
    ------
    InputError
        A picture cannot be drawn.
    """
    import pypandoc

    with scratch() as root:
        page = _without_numbers(draw_pictures(page, root))
        path = root / "report.docx"
        pypandoc.convert_text(
            page,
            "docx",
            format="html-auto_identifiers",
            outputfile=str(path),
            extra_args=[
                "--quiet",
                f"--lua-filter={FILTER}",
                f"--resource-path={root}",
            ],
        )
        document = docx.Document(str(path))
    look = LOOKS[metadata["lang"]]
    set_styles(document, look, metadata["lang"])
    number_headings(document, look, metadata["lang"])
    unnumber_annexes(document)
    set_paragraphs(document, look)
    set_paper(document)
    # a cover is set by the styles of the chapters, a brief by its own
    brief = 'class="brief"' in page
    set_tables(document, brief)
    set_pictures(document)
    if brief:
        set_brief(document, look, metadata["lang"])
    number_captions(document, metadata)
    write_contents(document, metadata)
    write_head_and_foot(document, metadata)
    _set_properties(document, metadata)
    return _packed(document)


def _without_numbers(page: str) -> str:
    """Chapters of the body number themselves in Word; annexes keep their letters."""
    body, start, annexes = page.partition('<div class="annexes">')
    return re.sub(r'<span class="no">.*?</span>', "", body, flags=re.DOTALL) + start + annexes


def _set_properties(document, metadata: dict) -> None:
    """What a file manager shows: title, county, year, language; no day but that of the statistics."""
    core = document.core_properties
    core.title = metadata["title"]
    core.subject = f"{metadata.get('county', '')} {metadata['code']} {metadata['year']}".strip()
    core.keywords = f"{metadata['code']}, {metadata['year']}"
    core.author = core.last_modified_by = "Junheng 均衡"
    core.language = {"zh": "zh-CN", "en": "en-US"}[metadata["lang"]]
    core.comments = metadata["mark"]
    core.created = core.modified = datetime.fromisoformat(metadata["date"])
    core.revision = 1
    # as Word 2013 and later lay it out, not in compatibility mode
    add_settings(
        document,
        '<w:compat {}><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>',
    )


def _packed(document) -> bytes:
    """The file, its parts in the order of their names and without the time of day."""
    buffer, packed = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with (
        zipfile.ZipFile(buffer) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return packed.getvalue()
