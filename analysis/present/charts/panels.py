"""Small panels in a grid, drawn straight on the figure: a panel is a place and two scales, not axes of its own.

Axes of matplotlib take 6 ms each before there is anything in them, and every line in them is drawn by
itself. Here all lines of a kind are one artist, whatever the panel they belong to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .chart import measured
from .scales import depth, written

#: Inches around a panel with its labels.
GAP = 0.05
#: Inches from one line of text to the next, for each point of its size.
LEADING = 1.2 / 72
#: Parts of the span of the figures that are left free below and above them.
ROOM = 0.12


@dataclass(frozen=True)
class Line:
    """One line through a panel: ``x, y`` in the units of its scales; NaN is a gap."""

    x: np.ndarray
    y: np.ndarray
    colour: str
    width: float = 1.3
    dashes: tuple = (0, None)
    marker: str = ""


@dataclass
class Panel:
    """What stands in a panel, in the units of its scales.

    Attributes
    ----------
    title : str
    x : tuple of float
        From where to where.
    years : sequence of int
        Marks below.
    y : tuple of float
        From where to where.
    lines : list of Line
    bands : list of (low, high, colour)
        From side to side; what is outside the scale is cut off.
    ribbons : list of (x, low, high, colour)
    open_marks : list of (x, y, marker)
        Markers with a white heart.
    """

    title: str
    x: tuple[float, float]
    years: Sequence[int]
    y: tuple[float, float] = (0.0, 1.0)
    lines: list[Line] = field(default_factory=list)
    bands: list[tuple[float, float, str]] = field(default_factory=list)
    ribbons: list[tuple] = field(default_factory=list)
    open_marks: list[tuple] = field(default_factory=list)

    @property
    def levels(self) -> list[float]:
        """Marks of the vertical scale: round figures."""
        found = mpl.ticker.MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(*self.y)
        return [mark for mark in found.tolist() if self.y[0] <= mark <= self.y[1]]


@dataclass(frozen=True)
class Look:
    """How panels stand beside one another.

    Attributes
    ----------
    across : int
        Panels in a row.
    size, heads : float
        Of the labels and of the titles (points).
    foot : float
        Inches that are left free below.
    """

    across: int
    size: float
    heads: float
    foot: float = 0


def reach(values: Sequence[float]) -> tuple[float, float]:
    """From where to where a scale goes that shows some figures of 0 or more, with room around them."""
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return 0.0, 1.0  # nothing was reported and nothing is asked
    room = ROOM * (max(known) - min(known) or 1)
    return max(0, min(known) - room), max(known) + room


def draw_panels(figure: Figure, panels: Sequence[Panel], look: Look) -> None:
    """Draw panels of one size, row by row.

    Parameters
    ----------
    figure : Figure
        Nothing else is in it but what stands in its foot.
    panels : sequence of Panel
    look : Look
    """
    ink = _Ink()
    for place in _places(figure, panels, look):
        _scales(place, ink, figure, look)
        _contents(place, ink)
    ink.dry(figure)


@dataclass(frozen=True)
class _Place:
    """A panel and where it stands (inches)."""

    panel: Panel
    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        return self.bottom + self.height

    def x(self, value) -> np.ndarray:
        low, high = self.panel.x
        return self.left + (np.asarray(value) - low) / (high - low) * self.width

    def y(self, value) -> np.ndarray:
        low, high = self.panel.y
        return self.bottom + (np.asarray(value) - low) / (high - low) * self.height

    def points(self, x, y) -> np.ndarray:
        return np.column_stack([self.x(x), self.y(y)])


class _Ink:
    """What is drawn, by how it is drawn: one artist each."""

    def __init__(self):
        self.lines: dict[tuple, list] = defaultdict(list)
        self.areas: dict[tuple, list] = defaultdict(list)
        self.marks: dict[tuple, list] = defaultdict(list)

    def dry(self, figure: Figure) -> None:
        """Put it on the figure."""
        inches = {"transform": figure.dpi_scale_trans}
        for (colour, width, dashes, order), parts in self.lines.items():
            how = {"colors": colour, "linewidths": width, "linestyles": [dashes], "zorder": order}
            figure.add_artist(LineCollection(parts, **how, **inches))
        for (colour, alpha, order), parts in self.areas.items():
            how = {"facecolors": colour, "alpha": alpha, "linewidths": 0, "zorder": order}
            figure.add_artist(PolyCollection(parts, **how, **inches))
        for (marker, colour, size, order), parts in self.marks.items():
            how = {"linestyle": "", "marker": marker, "color": colour, "markersize": size}
            figure.add_artist(Line2D(*np.concatenate(parts).T, zorder=order, **how, **inches))


def _scales(place: _Place, ink: _Ink, figure: Figure, look: Look) -> None:
    """Frame, title, marks with their labels, and the lines of the vertical scale."""
    style, panel = mpl.rcParams, place.panel
    inches, plain = {"transform": figure.dpi_scale_trans}, (0, None)
    left, bottom = place.left, place.bottom
    frame = (style["axes.edgecolor"], style["axes.linewidth"], plain, 2.5)
    ink.lines[frame].append([(left, place.top), (left, bottom), (place.right, bottom)])
    above = place.top + style["axes.titlepad"] / 72
    figure.text(left, above, panel.title, fontsize=look.heads, va="baseline", **inches)
    tick, away = style["xtick.major.size"] / 72, depth("x") / 72
    marks = (style["xtick.color"], style["xtick.major.width"], plain, 2.01)
    how = {"ha": "center", "va": "top", "color": style["xtick.color"], "fontsize": look.size}
    for year in panel.years:
        x = float(place.x(year))
        ink.lines[marks].append([(x, bottom), (x, bottom - tick)])
        figure.text(x, bottom - away, str(year), **how, **inches)
    tick, away = style["ytick.major.size"] / 72, depth("y") / 72
    marks = (style["ytick.color"], style["ytick.major.width"], plain, 2.01)
    grid = (style["grid.color"], style["grid.linewidth"], plain, 0.5)
    how |= {"ha": "right", "va": "center_baseline", "color": style["ytick.color"]}
    for level, label in zip(panel.levels, written(panel.levels), strict=True):
        y = float(place.y(level))
        ink.lines[grid].append([(left, y), (place.right, y)])
        ink.lines[marks].append([(left, y), (left - tick, y)])
        figure.text(left - away, y, label, **how, **inches)


def _contents(place: _Place, ink: _Ink) -> None:
    """Bands, ribbons, lines and markers."""
    panel, left, right = place.panel, place.left, place.right
    for low, high, colour in panel.bands:
        low, high = place.y(np.clip([low, high], *panel.y))
        ink.areas[colour, 1, 0].append([(left, low), (right, low), (right, high), (left, high)])
    for x, low, high, colour in panel.ribbons:
        for part in _runs(np.isfinite(low) & np.isfinite(high)):
            there, back = place.points(x[part], low[part]), place.points(x[part], high[part])
            ink.areas[colour, 0.16, 1].append(np.concatenate([there, back[::-1]]))
    for line in panel.lines:
        points = place.points(line.x, line.y)
        ink.lines[line.colour, line.width, line.dashes, 2].append(points)
        if line.marker:
            ink.marks[line.marker, line.colour, 3.2, 2.1].append(points)
    for x, y, marker in panel.open_marks:
        ink.marks[marker, "white", 1.8, 2.2].append(place.points(x, y))


def _places(figure: Figure, panels: Sequence[Panel], look: Look) -> list[_Place]:
    """Panels of one size, as far apart as their titles and labels need."""
    across, down = look.across, -(-len(panels) // look.across)
    face = mpl.font_manager.FontProperties(family=mpl.rcParams["font.family"], size=look.size)
    left, above = np.zeros(across), np.zeros(down)
    for number, panel in enumerate(panels):
        row, column = divmod(number, across)
        label = max(written(panel.levels), key=len, default="")
        wide = measured(label, face)[0] / 72
        left[column] = max(left[column], wide + depth("y") / 72)
        tall = (panel.title.count("\n") + 1) * look.heads * LEADING
        above[row] = max(above[row], tall + mpl.rcParams["axes.titlepad"] / 72)
    # the last year stands half beside its panel
    beside, below = look.size * LEADING, depth("x") / 72 + look.size * LEADING
    wide, tall = figure.get_size_inches()
    width = (wide - left.sum() - across * (2 * GAP + beside)) / across
    height = (tall - look.foot - above.sum() - down * (2 * GAP + below)) / down
    found = []
    for number, panel in enumerate(panels):
        row, column = divmod(number, across)
        x = left[: column + 1].sum() + column * (2 * GAP + beside + width) + GAP
        y = tall - above[: row + 1].sum() - row * (2 * GAP + below + height) - GAP - height
        found.append(_Place(panel, x, y, width, height))
    return found


def _runs(known: np.ndarray) -> list[slice]:
    """Pieces of at least two successive years that are known."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]
