"""A page of a report: semantic HTML made of paragraphs, tables and pictures, which stay at hand.

HTML is the one source of the web page, the PDF and the Word document, so nothing here knows about
paper.
"""

from __future__ import annotations

import base64
import functools
import html
from dataclasses import dataclass, field

from ...base.language import Language
from ...present.charts.chart import Chart
from ...present.tables.grid import Grid

#: Rows up to which a table is not broken over two pages.
SHORT = 3

#: Key under which the cover hands title, language and date to the exporters.
METADATA = "junheng"


@dataclass(frozen=True)
class Picture:
    """A chart with its caption and the text that stands for it where it cannot be seen."""

    chart: Chart
    caption: str
    alt: str

    def to_html(self) -> str:
        """A figure with the picture inside it; what shows it counts the captions."""
        data = base64.b64encode(self.chart.to_svg().encode("utf-8")).decode()
        return (
            f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{html.escape(self.alt)}">'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>\n"
        )


@dataclass(frozen=True)
class Page:
    """A piece of the report that Jupyter shows and nbconvert exports.

    Attributes
    ----------
    parts : tuple of str, Grid or Picture
        HTML, tables and pictures in their order; a table without rows is not shown.
    metadata : dict
        What the output of the cell says to the exporters.
    short : int
        Rows up to which a table is not broken over two pages.
    """

    parts: tuple[str | Grid | Picture, ...]
    metadata: dict = field(default_factory=dict)
    short: int = SHORT

    @functools.cached_property
    def body(self) -> str:
        """The whole page as HTML."""
        return "".join(map(self._html, self.parts))

    @property
    def tables(self) -> tuple[Grid, ...]:
        """The tables of the page, to go on with."""
        return tuple(part for part in self.parts if isinstance(part, Grid))

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures of the page, to go on with."""
        return tuple(part.chart for part in self.parts if isinstance(part, Picture))

    def _html(self, part: str | Grid | Picture) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Picture):
            return part.to_html()
        if not part.rows:
            return ""
        shown = part.to_html()
        # a table of a few lines stands on one page
        return f'<div class="together">{shown}</div>\n' if len(part.rows) <= self.short else shown

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.body, "text/plain": "…"}, self.metadata

    def as_output(self):
        """The output of a cell that shows the page, as a kernel would leave it.

        `nbformat.v4.new_output` would hold each against the whole schema of notebooks.
        """
        import nbformat

        data, metadata = self._repr_mimebundle_()
        return nbformat.from_dict(
            {"output_type": "display_data", "data": data, "metadata": metadata}
        )


def section(
    title: str,
    *parts: str | Grid | Picture,
    level: int = 2,
    short: int = SHORT,
    name: str = "",
    annex: bool = False,
) -> Page:
    """A page under its heading; chapters (level 2) follow one another without a break.

    Parameters
    ----------
    title : str
    *parts : str, Grid or Picture
    level : {2, 3}
    short : int
        As of `Page`.
    name : str
        By which other places point to it.
    annex : bool
        Whether it is an annex, with a letter; chapters of the body have numbers.
    """
    marks = (f' id="{name}"' if name else "") + (' class="annex"' if annex else "")
    head = f"<h{level}{marks}>{html.escape(title)}</h{level}>\n"
    return Page((head, *parts), short=short)


def annex(title: str, name: str, *parts: str | Grid | Picture) -> Page:
    """An annex, or nothing where all its parts are empty: no heading stands alone."""
    shown = [part for part in parts if part and not (isinstance(part, Grid) and not part.rows)]
    return section(title, *shown, name=name, annex=True) if shown else Page(())


def see(say: Language, *names: str) -> str:
    """A line that points to annexes by their names; what exports the page puts in their letters."""
    where = say.join(f"\x00{name}\x01" for name in names)
    shown = html.escape(say("Details: {where}.", where=where))
    annex_ = html.escape(say("annex"))
    for name in names:
        link = f'<a class="see" href="#{name}">{annex_}</a>'
        shown = shown.replace(f"\x00{name}\x01", link)
    return f'<div class="see"><p>{shown}</p></div>\n'


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph; of a kind (class) that the style sheet knows."""
    shown = f"<p>{html.escape(text)}</p>\n"
    return f'<div class="{kind}">{shown}</div>\n' if kind else shown


def subheading(text: str) -> str:
    """A heading below that of the page."""
    return f"<h3>{html.escape(text)}</h3>\n"


def bullets(items: list[str]) -> str:
    """A list without numbers."""
    return "<ul>" + "".join(f"<li>{html.escape(item)}</li>\n" for item in items) + "</ul>\n"
