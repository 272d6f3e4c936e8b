"""Scales of small panels, drawn by few artists.

A tick of matplotlib is five artists, and every report has thousands of ticks: they were two thirds of
the time that its panels took. Here the marks of a scale are one artist, its grid another, and only
its labels are one each.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.markers import TICKDOWN, TICKLEFT
from matplotlib.transforms import ScaledTranslation, Transform

from ...base.language import places


def draw_scales(
    axes: Axes,
    *,
    x: tuple | None = None,
    y: tuple | None = None,
    grid: str = "",
    size: float | None = None,
) -> None:
    """Replace the scales of a panel; the last thing to be done to it, for its limits stay.

    Parameters
    ----------
    axes : Axes
        Its `set_xlabel` is kept; there is no room for a label beside a vertical scale.
    x, y : (positions, labels), optional
        Where matplotlib would put its ticks, with the numbers for labels, if omitted. No positions:
        no scale.
    grid : {"", "x", "y"}
        The scale whose lines go through the panel.
    size : float, optional
        Of the labels (points).
    """
    style = mpl.rcParams
    axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())
    frame = {"colors": style["axes.edgecolor"], "linewidths": style["axes.linewidth"]}
    frame |= {"transform": axes.transAxes, "clip_on": False, "zorder": 2.5}
    axes.add_collection(LineCollection([[(0, 1), (0, 0), (1, 0)]], **frame), autolim=False)
    _scale(axes, "x", x or _usual(axes.xaxis), grid == "x", size)
    _scale(axes, "y", y or _usual(axes.yaxis), grid == "y", size)
    if axes.get_xlabel():
        under = depth("x") + (size or style["xtick.labelsize"]) * 1.25
        below = _aside(axes, axes.transAxes, "x", under)
        how = {"ha": "center", "va": "top", "fontsize": style["axes.labelsize"]}
        axes.text(0.5, 0, axes.get_xlabel(), transform=below, **how)
    axes.set_axis_off()


def _usual(axis) -> tuple:
    low, high = sorted(axis.get_view_interval())
    positions = [at for at in axis.get_major_locator()() if low <= at <= high]
    return positions, written(positions)


def written(positions: Sequence[float]) -> list[str]:
    """Marks of a scale as numbers are written in the tables, all with as many decimals as any needs."""
    decimals = max((places(round(float(at), 10)) for at in positions), default=0)
    return [f"{at:,.{decimals}f}" for at in positions]


def _scale(axes: Axes, name: str, marks: tuple, grid: bool, size: float | None) -> None:
    style = {
        key: mpl.rcParams[f"{name}tick.{key}"]
        for key in ("color", "labelsize", "major.size", "major.width")
    }
    flat = name == "x"
    beside = axes.get_xaxis_transform() if flat else axes.get_yaxis_transform()

    def point(at: float, across: float) -> tuple[float, float]:
        return (at, across) if flat else (across, at)

    positions, labels = marks
    if grid:
        lines = [[point(at, 0), point(at, 1)] for at in positions]
        how = {"colors": mpl.rcParams["grid.color"], "linewidths": mpl.rcParams["grid.linewidth"]}
        axes.add_collection(
            LineCollection(lines, transform=beside, zorder=0.5, **how), autolim=False
        )
    axes.plot(
        *point(positions, [0] * len(positions)),
        transform=beside,
        linestyle="",
        marker=TICKDOWN if flat else TICKLEFT,
        markersize=style["major.size"],
        markeredgewidth=style["major.width"],
        color=style["color"],
        clip_on=False,
    )
    how = {"ha": "center", "va": "top"} if flat else {"ha": "right", "va": "center_baseline"}
    how |= {"fontsize": size or style["labelsize"], "color": style["color"]}
    how["transform"] = _aside(axes, beside, name, depth(name))
    for at, label in zip(positions, labels, strict=True):
        axes.text(*point(at, 0), label, **how)


def depth(name: str) -> float:
    """Points between a panel and the labels of its scale."""
    return mpl.rcParams[f"{name}tick.major.size"] + mpl.rcParams[f"{name}tick.major.pad"]


def _aside(axes: Axes, transform: Transform, name: str, points: float) -> Transform:
    away = (0, -points / 72) if name == "x" else (-points / 72, 0)
    return transform + ScaledTranslation(*away, axes.figure.dpi_scale_trans)
