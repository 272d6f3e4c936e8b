"""nbconvert exporters: an executed notebook -> web page, PDF (pandoc and Typst), Word (pandoc).

Registered as ``junheng-html``, ``junheng-pdf`` and ``junheng-docx``, so that ``jupyter nbconvert
--to junheng-pdf`` finds them; for JupyterLab's menu see `menu`. The HTML is the one source of all.
"""

from __future__ import annotations

import base64
import functools
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from ..base.files import N_, problem
from ..base.language import speak
from ..base.storage.temporary import scratch
from ..base.typefaces import (
    SUBSTITUTE,
    code_point,
    families,
    font_folders,
    for_print,
    picture_for_print,
    unprintable,
)
from .numbering import contents, number_headings
from .page_type import with_typefaces
from .pages.page import METADATA
from .paper import give_tables
from .web import finished, list_of_schools, margins, section_of_schools, take_schools

#: The module of the Jupyter server that lists exporters for JupyterLab's menu.
MENU = "jupyter_server.services.nbconvert.handlers"

TEMPLATES = Path(__file__).parent / "templates"

#: Where the template wants the contents of the web page.
CONTENTS = "<!-- contents -->\n"

#: Where it wants the schools' own pages.
SCHOOLS = "<!-- all schools -->\n"

#: Archive (long-term, tagged) and accessibility in one file.
PDF_STANDARDS = ["a-2a", "ua-1"]
#: What is for the screen alone.
_LOOK = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)


class ReportHTMLExporter(TemplateExporter):
    """A report notebook as one self-contained web page, without code."""

    #: Paper has its own contents, with numbers of pages, and nothing to click on.
    on_paper = False

    export_from_notebook = "均衡 Junheng (HTML)"
    output_mimetype = "text/html"

    @default("enabled")
    def _enabled_default(self):
        # JupyterLab's menu lists the exporters by their registered names and asks for them at an
        # address in which a name has no dash: there `analysis.report.menu` has others
        return MENU not in sys.modules

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    @default("template_name")
    def _template_name_default(self):
        return "junheng"

    @default("optimistic_validation")
    def _optimistic_validation_default(self):
        # once, not after each of its eleven steps
        return True

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self):
        return [str(TEMPLATES)]

    def from_notebook_node(self, notebook, resources=None, **options):
        """Export; the cover's metadata fills title, language and marks."""
        resources = dict(resources or {})
        resources["junheng_css"] = (TEMPLATES / "report.css").read_text(encoding="utf-8")
        if not self.on_paper:
            resources["junheng_js"] = (TEMPLATES / "report.js").read_text(encoding="utf-8")
        page, resources = super().from_notebook_node(notebook, resources, **options)
        about = resources["junheng"]
        page, title, sections = take_schools(page)
        page, entries = number_headings(page, about["lang"])
        if self.on_paper:
            return page.replace(CONTENTS, "", 1), resources
        further = list_of_schools(sections, title, about["back"])
        page = finished(page, sections)
        page = page.replace(SCHOOLS, section_of_schools(sections, title, about["back"]), 1)
        page = page.replace(CONTENTS, contents(entries, about["contents"], further), 1)
        return with_typefaces(page), resources

    def _preprocess(self, notebook, resources):
        # `jupyter nbconvert --execute` runs the notebook here; only then has it a cover
        notebook, resources = super()._preprocess(notebook, resources)
        about = document_metadata(notebook)
        say = speak(about["lang"])
        words = {
            "filter": say("Filter the table"),
            "nothing": say("No row contains this."),
            "skip": say("Skip to the report"),
            "back": say("Back to the report"),
        }
        resources["junheng"] = about | words
        resources["junheng_margins"] = margins(about["mark"], about["page"])
        return notebook, resources


class ReportPDFExporter(ReportHTMLExporter):
    """A report notebook as an accessible, archivable PDF."""

    on_paper = True

    export_from_notebook = "均衡 Junheng (PDF)"

    @default("file_extension")
    def _file_extension_default(self):
        return ".pdf"

    @default("template_extension")
    def _template_extension_default(self):
        return ".html.j2"

    output_mimetype = "application/pdf"

    def page(self, notebook, resources=None, **options) -> tuple[str, dict]:
        """The web page that is printed, and the resources with what its cover says."""
        return ReportHTMLExporter.from_notebook_node(self, notebook, resources, **options)

    def from_notebook_node(self, notebook, resources=None, **options):
        """Export; returns the bytes of the PDF."""
        page, resources = self.page(notebook, resources, **options)
        resources["output_extension"] = ".pdf"
        with scratch() as folder:
            return pdf_from_html(folder, page, resources["junheng"])(), resources


class ReportWordExporter(ReportPDFExporter):
    """A report notebook as a Word document in the style of official documents."""

    export_from_notebook = "均衡 Junheng (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    @default("file_extension")
    def _file_extension_default(self):
        return ".docx"

    def from_notebook_node(self, notebook, resources=None, **options):
        """Export; returns the bytes of the document."""
        page, resources = self.page(notebook, resources, **options)
        from .word.document import docx_from_html

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
            "only notebooks that begin with a cover become reports"
        )
    )


def pdf_from_html(root: Path, page: str, metadata: dict) -> Callable[[], bytes]:
    """Write a report's web page for Typst; what is left is the setting, beside which other threads can work.

    Parameters
    ----------
    root : Path
        An empty folder, which has to be there until the PDF is set.
    page : str
        As from `ReportPDFExporter.page`.
    metadata : dict
        As from `document_metadata`.

    Returns
    -------
    callable
        Returns the bytes of a PDF/A-2a and PDF/UA-1; the same input gives the same bytes.
    """
    return functools.partial(typeset(root, page, metadata), pdf_standards=PDF_STANDARDS)


def typeset(root: Path, page: str, metadata: dict) -> Callable[..., bytes | list[bytes]]:
    """As `pdf_from_html`; the callable takes what `typst.compile` does: a format, its resolution."""
    page, pictures = _pictures_to_files(page, root)
    filter_ = f"--lua-filter={TEMPLATES / 'to_typst.lua'}"
    body = give_tables(_LOOK.sub("", page), lambda rest: _pandoc(rest, "typst", filter_))
    imports = (
        '#import "report.typ": fills, bar, head-lines, lines, plain-row, tight-row, tight, cover, brief, annexes, see, '
        "subtitle, edition, synthetic, together, signature, verdict-met, verdict-not-met, verdict-not-assessed\n"
    )
    words = json.dumps(metadata, ensure_ascii=False)
    text = words + body + pictures
    lacking = unprintable(text)
    if lacking:
        imports = imports.replace('": ', '": words, ')
        body += "\n#words.substituted\n"
        words = json.dumps(metadata | {"substituted": _substituted(lacking, metadata["lang"])})
    (root / "body.typ").write_text(imports + for_print(body), encoding="utf-8")
    (root / "report.typ").write_bytes((TEMPLATES / "report.typ").read_bytes())
    (root / "main.typ").write_text(
        '#import "report.typ": report\n#show: report\n#include "body.typ"\n', encoding="utf-8"
    )
    return functools.partial(
        _set,
        str(root / "main.typ"),
        root=str(root),
        font_paths=[str(root / "no-fonts"), *font_folders(text)],
        ignore_system_fonts=True,
        sys_inputs={
            "lang": metadata["lang"],
            "words": for_print(words),
            "typefaces": json.dumps(families(text)),
        },
        timestamp=_timestamp(metadata["date"]),
    )


def _set(source: str, **how) -> bytes | list[bytes]:
    import typst

    try:
        return typst.compile(source, **how)
    except typst.TypstError as error:
        raise problem(N_("the PDF could not be typeset: {reason}"), reason=error) from error


def _pictures_to_files(page: str, root: Path) -> tuple[str, str]:
    """Write embedded pictures to files, which Typst can read; the page, and what the pictures say."""
    pictures = []

    def write(found: re.Match) -> str:
        pictures.append(base64.b64decode(found[1]).decode("utf-8"))
        name = f"picture-{len(pictures):03d}.svg"
        (root / name).write_text(picture_for_print(pictures[-1]), encoding="utf-8", newline="")
        return f'src="{name}"'

    page = re.sub(r'src="data:image/svg\+xml;base64,([^"]+)"', write, page)
    return page, "".join(pictures)


def _substituted(lacking: list[str], lang: str) -> str:
    """What the reader of a file with substitutes has to know."""
    say = speak(lang)
    return say(
        "In this file {substitute} stands for characters that no typeface has: {characters}",
        substitute=f"“{SUBSTITUTE}”",
        characters=say.join(map(code_point, lacking)),
    )


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


def _timestamp(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)
