"""nbconvert exporters: an executed notebook -> web page, PDF (pandoc and Typst), Word (pandoc).

Registered as ``junheng-html``, ``junheng-pdf`` and ``junheng-docx``, so that ``jupyter nbconvert
--to junheng-pdf`` and JupyterLab's export menu find them. The HTML is the one source of all.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from ..charts import font_files
from ..files import N_, InputError, problem
from ..language import speak
from .pages import METADATA
from .word import docx_from_html

TEMPLATES = Path(__file__).parent / "templates"

#: Archive (long-term, tagged) and accessibility in one file.
PDF_STANDARDS = ["a-2a", "ua-1"]


class ReportHTMLExporter(TemplateExporter):
    """A report notebook as one self-contained web page, without code."""

    export_from_notebook = "均衡 Junheng (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    @default("template_name")
    def _template_name_default(self):
        return "junheng"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self):
        return [str(TEMPLATES)]

    def from_notebook_node(self, notebook, resources=None, **options):
        """Export; the cover's metadata fills title, language and marks."""
        resources = dict(resources or {})
        resources["junheng_css"] = (TEMPLATES / "report.css").read_text(encoding="utf-8")
        page, resources = super().from_notebook_node(notebook, resources, **options)
        refuse_missing_glyphs(page)
        return page, resources

    def _preprocess(self, notebook, resources):
        # `jupyter nbconvert --execute` runs the notebook here; only then has it a cover
        notebook, resources = super()._preprocess(notebook, resources)
        resources["junheng"] = document_metadata(notebook)
        return notebook, resources


class ReportPDFExporter(ReportHTMLExporter):
    """A report notebook as an accessible, archivable PDF."""

    export_from_notebook = "均衡 Junheng (PDF)"

    @default("file_extension")
    def _file_extension_default(self):
        return ".pdf"

    @default("template_extension")
    def _template_extension_default(self):
        return ".html.j2"

    output_mimetype = "application/pdf"

    def from_notebook_node(self, notebook, resources=None, **options):
        """Export; returns the bytes of the PDF."""
        page, resources = super().from_notebook_node(notebook, resources, **options)
        resources["output_extension"] = ".pdf"
        return pdf_from_html(page, resources["junheng"]), resources


class ReportWordExporter(ReportPDFExporter):
    """A report notebook as a Word document in the style of official documents."""

    export_from_notebook = "均衡 Junheng (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    @default("file_extension")
    def _file_extension_default(self):
        return ".docx"

    def from_notebook_node(self, notebook, resources=None, **options):
        """Export; returns the bytes of the document."""
        page, resources = ReportHTMLExporter.from_notebook_node(
            self, notebook, resources, **options
        )
        resources["output_extension"] = ".docx"
        return docx_from_html(page, resources["junheng"]), resources


def document_metadata(notebook) -> dict:
    """Title, language, marks and date, as the cover left them in its output.

    Raises
    ------
    InputError
        The notebook was not executed, or is not a report.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found = output.get("metadata", {}).get(METADATA)
            if found:
                return found
    raise problem(
        N_(
            "the notebook has no cover among its outputs: run all its cells before you export it; "
            "only notebooks that begin with report.cover() become reports"
        )
    )


def pdf_from_html(page: str, metadata: dict) -> bytes:
    """Print a report's web page.

    Parameters
    ----------
    page : str
        As from `ReportHTMLExporter`.
    metadata : dict
        As from `document_metadata`.

    Returns
    -------
    bytes
        PDF/A-2a and PDF/UA-1; the same input gives the same bytes.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="junheng-") as folder:
        root = Path(folder)
        # the sticky mark of the web page is the running head's business on paper
        page = re.sub(r'<p class="mark".*?</p>', "", page, count=1, flags=re.DOTALL)
        page = _tables_for_paper(_pictures_to_files(page, root))
        body = _pandoc(page, "typst", f"--lua-filter={TEMPLATES / 'to_typst.lua'}")
        imports = (
            '#import "report.typ": fills, tight, facts, cover, subtitle, edition, synthetic, '
            "together, signature, verdict-met, verdict-not-met, verdict-not-assessed\n"
        )
        (root / "body.typ").write_text(imports + body, encoding="utf-8")
        (root / "report.typ").write_bytes((TEMPLATES / "report.typ").read_bytes())
        (root / "main.typ").write_text(
            '#import "report.typ": report\n#show: report\n#include "body.typ"\n', encoding="utf-8"
        )
        try:
            return typst.compile(
                str(root / "main.typ"),
                root=str(root),
                font_paths=[str(root / "no-fonts"), *_font_folder()],
                ignore_system_fonts=True,
                sys_inputs={"lang": metadata["lang"], "words": json.dumps(metadata)},
                pdf_standards=PDF_STANDARDS,
                timestamp=_timestamp(metadata["date"]),
            )
        except typst.TypstError as error:
            raise problem(N_("the PDF could not be typeset: {reason}"), reason=error) from error


def _pictures_to_files(page: str, root: Path) -> str:
    """Write embedded pictures to files, which Typst can read."""
    number = 0

    def write(found: re.Match) -> str:
        nonlocal number
        number += 1
        name = f"picture-{number:03d}.svg"
        (root / name).write_bytes(base64.b64decode(found[1]))
        return f'src="{name}"'

    return re.sub(r'src="data:image/svg\+xml;base64,([^"]+)"', write, page)


def _pandoc(page: str, to: str, *options: str) -> str:
    """A web page in another format; one process, where `pypandoc.convert_text` starts three."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--from=html", f"--to={to}", "--wrap=none", "--quiet"]
    # fewer collections of its garbage, a third of its time
    command += ["+RTS", "-A128m", "-RTS"]
    done = subprocess.run([*command, *options], input=page.encode("utf-8"), capture_output=True)
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip()
        raise problem(N_("the PDF could not be typeset: {reason}"), reason=reason)
    return done.stdout.decode("utf-8")


#: Cells with a colour of their own in print (`fills` in report.typ).
_FILLED = re.compile(r'<td class="((?:num )?(near|short|not_met|not_assessed))"')


def _tables_for_paper(page: str) -> str:
    """Give cells their colour and wide tables their columns: what a Lua filter does slowly."""
    page = _FILLED.sub(
        lambda found: f'{found[0]} data-typst:fill="fills.{found[2].replace("_", "-")}"', page
    )
    return re.sub(
        r'(<table class="tight"><caption>.*?</caption>)(.*?</table>)',
        _columns,
        page,
        flags=re.DOTALL,
    )


def _columns(table: re.Match) -> str:
    """A tight table with columns in proportion to their longest text, if it is a wide one.

    Typst shrinks the widest of its automatic columns first, which breaks the schools' names in two.
    Heads may take more lines than cells.
    """
    widths: dict[int, float] = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table[2], flags=re.DOTALL):
        cells = re.findall(r"<(t[hd])[^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL)
        for column, (kind, cell) in enumerate(cells):
            share, most = (0.4, 14) if kind == "th" else (1, 34)
            text = html.unescape(re.sub(r"<[^>]+>", " ", cell))
            # Chinese characters count double; a word of letters cannot be broken
            width = share * sum(2 if ord(c) > 0x2E7F else 1 for c in text)
            longest = max(map(len, re.findall(r"[A-Za-z]+", text)), default=0)
            width = min(max(width, 0.95 * longest), most)
            widths[column] = max(widths.get(column, 4), width)
    total = sum(widths.values()) + 2 * len(widths)
    if total < 90:
        return table[0]
    shares = (f'<col style="width: {100 * (w + 2) / total:.4f}%">' for w in widths.values())
    return f"{table[1]}<colgroup>{''.join(shares)}</colgroup>{table[2]}"


def _timestamp(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


@functools.cache
def _font_folder() -> list[str]:
    return sorted({str(path.parent) for path in font_files().values()})


@functools.cache
def _glyphs() -> frozenset[int]:
    """Characters that both typefaces can print."""
    from fontTools.ttLib import TTFont

    sets = []
    for path in font_files().values():
        with TTFont(path, lazy=True) as font:
            sets.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*sets)


def refuse_missing_glyphs(page: str) -> None:
    """Fail rather than print a box where a character should be.

    Raises
    ------
    InputError
        Names the characters that the report's typefaces do not have.
    """
    body = page.split("<body>", 1)[-1]
    pictures = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", body)
    texts = [re.sub(r"data:image[^\"]+", "", body)]
    texts += [base64.b64decode(picture).decode("utf-8") for picture in pictures]
    known = _glyphs()
    missing: set[str] = set()
    for text in texts:
        plain = html.unescape(
            re.sub(r"<style.*?</style>|<!--.*?-->|<[^>]+>", " ", text, flags=re.DOTALL)
        )
        missing |= {c for c in set(plain) if ord(c) not in known and not c.isspace()}
    if missing:
        shown = speak("en").join(f"{c!r} (U+{ord(c):04X})" for c in sorted(missing))
        raise problem(N_("the report's typefaces have no glyph for {characters}"), characters=shown)


__all__ = ["InputError", "ReportHTMLExporter", "ReportPDFExporter", "pdf_from_html"]
