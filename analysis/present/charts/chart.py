"""A chart of the house: A4 width, its type and colours, SVG with text as text."""

from __future__ import annotations

import functools
import io
import warnings

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from ...base.typefaces import Typeface, font_files, further, unprintable

WIDTH = 6.7
"""Inches between the margins of an A4 page."""


COLOURS = {
    "met": "#3B6FA0",
    "near": "#E0A100",
    "short": "#C0392B",
    "not_met": "#C0392B",
    "not_assessed": "#8A8A8A",
    "not_applicable": "#5B7083",
    "limit": "#222222",
    "primary": "#3B6FA0",
    "junior": "#B5651D",
    "band": "#FBF3DA",
    "below": "#F9E3E0",
}


@functools.cache
def _register_fonts() -> str:
    family, file = next(iter(font_files().items()))
    font_manager.fontManager.addfont(file)
    return family


@functools.cache
def _register_further(face: Typeface) -> str:
    font_manager.fontManager.addfont(face.path)
    return face.family


def style() -> dict:
    """Settings of every chart, applied in a context so that nobody else's charts change."""
    return {
        "font.family": [_register_fonts()],
        "font.size": 8,
        "axes.titlesize": 8.5,
        "axes.titlelocation": "left",
        # no search for a place above the ticks: they are all below
        "axes.titley": 1.0,
        "axes.labelsize": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#888888",
        "axes.unicode_minus": False,
        "axes.axisbelow": True,
        "grid.color": "#E3E3E3",
        "grid.linewidth": 0.6,
        "xtick.color": "#444444",
        "ytick.color": "#222222",
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "legend.frameon": False,
        "legend.fontsize": 7.5,
        "svg.fonttype": "none",
        "svg.hashsalt": "junheng",
        "figure.dpi": 100,
    }


@functools.lru_cache(4096)
def measured(text: str, face: FontProperties, ismath: bool = False) -> tuple[float, float, float]:
    """Width, height and depth (points) of a text in SVG; most stand in many charts, and none is cheap."""
    return text_to_path.get_text_width_height_descent(text, face, ismath)


class Chart(Figure):
    """A figure that Jupyter shows, and the report embeds, as SVG with text as text."""

    #: The renderer while it draws; the layout measures with it, so that every text is measured once.
    drawn_by = None
    #: Whether it is drawn as SVG, in which widths of texts do not depend on the figure.
    _in_svg = False

    def draw(self, renderer) -> None:
        self.drawn_by = renderer
        if self._in_svg:
            renderer.get_text_width_height_descent = measured
        with warnings.catch_warnings():
            if self._give_typefaces():
                # it is measured as a box; what shows the picture has a typeface, or prints another sign
                warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            super().draw(renderer)
        self.drawn_by = None

    def _give_typefaces(self) -> bool:
        """Give texts the further typefaces that they need; whether a character has none."""
        texts = [text for axes in self.axes for text in axes.texts]
        texts += [text for legend in self.legends for text in legend.get_texts()]
        lacking = False
        for text in [*texts, *self.texts]:
            written = text.get_text()
            faces = [face for face in further(written) if not face.serifs]
            if faces:
                text.set_family([_register_fonts(), *map(_register_further, faces)])
            lacking = lacking or bool(unprintable(written))
        return lacking

    def to_svg(self) -> str:
        """The figure as SVG; the same content gives the same bytes."""
        buffer = io.StringIO()
        self._in_svg = True
        try:
            with mpl.rc_context(style()):
                # `savefig` would draw everything once for nothing before it draws
                FigureCanvasSVG(self).print_svg(buffer, metadata={"Date": None, "Creator": None})
        finally:
            self._in_svg = False
        return buffer.getvalue()

    _repr_svg_ = to_svg


def styled(function):
    """Draw in the house style without touching the caller's matplotlib settings."""

    @functools.wraps(function)
    def draw(*arguments, **options):
        with mpl.rc_context(style()):
            return function(*arguments, **options)

    return draw
