"""Small panels in a grid, drawn straight on the figure: a panel is a place and two scales, not axes of its own.

Axes of matplotlib take 6 ms each before there is anything in them, and every line in them is drawn by
itself. Here all lines of a kind are one artist, whatever the panel they belong to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from ...base.language import Language

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


def reach(values: Sequence[float]) -> tuple[float, float]:
    """From where to where a scale goes that shows some figures of 0 or more, with room around them."""
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return 0.0, 1.0  # nothing was reported and nothing is asked
    room = ROOM * (max(known) - min(known) or 1)
    return max(0, min(known) - room), max(known) + room


def draw_panels(
    figure: Figure,
    panels: Sequence[Panel],
    across: int,
    say: Language,
    *,
    size: float,
    heads: float,
    foot: float = 0,
) -> None:
    """Draw panels of one size, row by row.

    Parameters
    ----------
    figure : Figure
        Nothing else is in it but what stands in its foot.
    panels : sequence of Panel
    across : int
        Beside one another.
    say : Language
        Writes the figures of the scales.
    size, heads : float
        Of the labels and of the titles (points).
    foot : float
        Inches that are left free below.
    """
    places = _places(figure, panels, across, say, size, heads, foot)
    style, points = mpl.rcParams, figure.dpi_scale_trans
    lines: dict[tuple, list] = {}
    polygons: dict[tuple, list] = {}
    markers: dict[tuple, list] = {}
    texts = {"transform": points, "fontsize": size}
    mark, pad = (style[f"xtick.major.{name}"] / 72 for name in ("size", "pad"))
    frame = (style["axes.edgecolor"], style["axes.linewidth"], (0, None), 2.5)
    ticks = (style["xtick.color"], style["xtick.major.width"], (0, None), 2.01)
    ticks_y = (style["ytick.color"], style["ytick.major.width"], (0, None), 2.01)
    grid = (style["grid.color"], style["grid.linewidth"], (0, None), 0.5)
    for panel, (left, bottom, width, height, labels) in zip(panels, places, strict=True):

        def at_x(x, panel=panel, left=left, width=width):
            return left + (np.asarray(x) - panel.x[0]) / (panel.x[1] - panel.x[0]) * width

        def at_y(y, panel=panel, bottom=bottom, height=height):
            return bottom + (np.asarray(y) - panel.y[0]) / (panel.y[1] - panel.y[0]) * height

        right, top = left + width, bottom + height
        for low, high, colour in panel.bands:
            low, high = at_y(np.clip([low, high], *panel.y))
            polygons.setdefault((colour, 1, 0), []).append(
                [(left, low), (right, low), (right, high), (left, high)]
            )
        for x, low, high, colour in panel.ribbons:
            for part in _runs(np.isfinite(low) & np.isfinite(high)):
                there = [*zip(at_x(x[part]), at_y(low[part]), strict=True)]
                back = [*zip(at_x(x[part]), at_y(high[part]), strict=True)]
                polygons.setdefault((colour, 0.16, 1), []).append(there + back[::-1])
        for line in panel.lines:
            points_ = np.column_stack([at_x(line.x), at_y(line.y)])
            lines.setdefault((line.colour, line.width, line.dashes, 2), []).append(points_)
            if line.marker:
                markers.setdefault((line.marker, line.colour, 3.2, 2.1), []).append(points_)
        for x, y, marker in panel.open_marks:
            points_ = np.column_stack([at_x(x), at_y(y)])
            markers.setdefault((marker, "white", 1.8, 2.2), []).append(points_)
        lines.setdefault(frame, []).append([(left, top), (left, bottom), (right, bottom)])
        for year in panel.years:
            x = float(at_x(year))
            lines.setdefault(ticks, []).append([(x, bottom), (x, bottom - mark)])
            figure.text(
                *(x, bottom - mark - pad, str(year)),
                **texts, ha="center", va="top", color=style["xtick.color"],
            )  # fmt: skip
        for value, label in labels:
            y = float(at_y(value))
            lines.setdefault(grid, []).append([(left, y), (right, y)])
            lines.setdefault(ticks_y, []).append([(left, y), (left - mark, y)])
            figure.text(
                *(left - mark - pad, y, label),
                **texts, ha="right", va="center_baseline", color=style["ytick.color"],
            )  # fmt: skip
        above = top + style["axes.titlepad"] / 72
        figure.text(left, above, panel.title, transform=points, fontsize=heads, va="baseline")
    for (colour, width, dashes, order), parts in lines.items():
        how = {"colors": colour, "linewidths": width, "linestyles": [dashes], "zorder": order}
        figure.add_artist(LineCollection(parts, transform=points, **how))
    for (colour, alpha, order), parts in polygons.items():
        how = {"facecolors": colour, "alpha": alpha, "linewidths": 0, "zorder": order}
        figure.add_artist(PolyCollection(parts, transform=points, **how))
    for (marker, colour, across_, order), parts in markers.items():
        x, y = np.concatenate(parts).T
        how = {"linestyle": "", "marker": marker, "color": colour, "markersize": across_}
        figure.add_artist(Line2D(x, y, transform=points, zorder=order, **how))


def _places(
    figure: Figure,
    panels: Sequence[Panel],
    across: int,
    say: Language,
    size: float,
    heads: float,
    foot: float,
) -> list[tuple]:
    """Left, bottom, width and height (inches) of each panel, and the marks of its vertical scale."""
    style = mpl.rcParams
    aside = sum(style[f"ytick.major.{name}"] for name in ("size", "pad")) / 72
    labels = [_marks(*panel.y, say) for panel in panels]
    face = mpl.font_manager.FontProperties(family=style["font.family"], size=size)
    left, down = np.zeros(across), -(-len(panels) // across)
    for number, marks in enumerate(labels):
        for label in {max((text for _, text in marks), key=len)}:
            wide = text_to_path.get_text_width_height_descent(label, face, False)[0] / 72
            left[number % across] = max(left[number % across], wide + aside)
    # the last year stands half beside its panel
    beside = size * 1.2 / 72
    above = [0.0] * down
    for number, panel in enumerate(panels):
        tall = (panel.title.count("\n") + 1) * heads * LEADING + style["axes.titlepad"] / 72
        above[number // across] = max(above[number // across], tall)
    below = aside + size * LEADING
    wide, tall = figure.get_size_inches()
    width = (wide - left.sum() - across * (2 * GAP + beside)) / across
    height = (tall - foot - sum(above) - down * (2 * GAP + below)) / down
    found = []
    for number, marks in enumerate(labels):
        row, column = divmod(number, across)
        x = left[: column + 1].sum() + column * (2 * GAP + beside + width) + GAP
        y = tall - sum(above[: row + 1]) - row * (2 * GAP + below + height) - GAP - height
        found.append((x, y, width, height, marks))
    return found


def _marks(low: float, high: float, say: Language) -> list[tuple[float, str]]:
    """Round figures of a scale as they are written."""
    found = mpl.ticker.MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    digits = max(0, -math.floor(math.log10(found[1] - found[0]) + 1e-9))
    return [(mark, say.number(mark, digits)) for mark in found if low <= mark <= high]


def _runs(known: np.ndarray) -> list[slice]:
    """Pieces of at least two successive years that are known."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]
