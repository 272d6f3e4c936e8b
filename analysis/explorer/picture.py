"""View -> a figure of the house: what the widget shows, for paper."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np

from ..base.language import speak
from ..base.schema.terms import STAGE_LABELS
from ..measure.balance import CV_DECIMALS
from ..present.charts.chart import COLOURS, WIDTH, Chart, styled
from ..present.charts.layout import GridLayout
from ..present.charts.names import short_name
from ..present.charts.schools import MARKERS
from ..present.terms import school_year, variation_limit
from . import page
from .shelf import Shelf
from .view import View

#: Chosen schools whose names still fit beside their points.
NAMED = 6


@styled
def picture(view: View, shelf: Shelf, lang: str = "zh") -> Chart:
    """The schools of a view as points, with threshold, floor and mean.

    Parameters
    ----------
    view : View
    shelf : Shelf
        Says what the counties are called.
    lang : {"zh", "en"}
    """
    say, state = speak(lang), view.state
    about = view.indicators[state.indicator]
    figure = Chart(figsize=(WIDTH, 3.6), layout=GridLayout())
    axes = figure.subplots()
    axes.set_xlim(*((0, page.most_students(view)) if state.kind == "scatter" else _order(view)))
    axes.set_ylim(0, page.top(view))
    _lines(axes, view, say)
    _other(axes, view)
    _schools(axes, view, lang)
    axes.set_title(
        say(
            "{county}, {year}, {stage}: mean {mean} {unit}, CV {cv} (limit {limit})",
            county=shelf.title(state.county, say),
            year=school_year(state.year, say),
            stage=say.label(STAGE_LABELS[state.stage]),
            mean=say.number(view.assumed.mean, about.decimals),
            unit=say.label(about.unit),
            cv=say.number(view.assumed.cv, CV_DECIMALS),
            limit=variation_limit(view.limit, say),
        )
    )
    axes.set_xlabel(page.axis_label(view, say))
    axes.set_ylabel(f"{say.label(about.short)} ({say.label(about.unit)})")
    axes.xaxis.set_major_formatter(lambda value, _: say.number(value))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    if state.kind == "strip":
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    _legend(figure, view, shelf, lang)
    return figure


def _order(view: View) -> tuple[float, float]:
    return 0.5, max(len(view.schools), 1) + 0.5


def _lines(axes, view: View, say) -> None:
    styles = {
        "threshold": {"color": COLOURS["limit"], "linewidth": 1},
        "floor": {"color": COLOURS["near"], "linewidth": 0.8},
        "mean": {"color": "#666666", "linewidth": 0.8, "linestyle": (0, (4, 3))},
    }
    if math.isfinite(view.threshold):
        axes.axhspan(view.floor, view.threshold, color=COLOURS["band"], zorder=0)
    for line in page.lines(view, say):
        axes.axhline(line["value"], zorder=0.5, **styles[line["name"]])
        how = {"transform": axes.get_yaxis_transform(), "fontsize": 7, "color": "#444444"}
        axes.text(1.005, line["at"], line["text"], va="center", **how)


def _across(view: View, table) -> np.ndarray:
    if view.state.kind == "scatter":
        return table["students"].to_numpy(dtype=float)
    return np.arange(1, len(table) + 1, dtype=float)


def _other(axes, view: View) -> None:
    if view.other is None:
        return
    points = page.hollow(view)
    x = [each["students" if view.state.kind == "scatter" else "rank"] for each in points]
    y = [each["value"] for each in points]
    x, y = (np.array(each, dtype=float) for each in (x, y))
    axes.plot(x, y, "o", markersize=4.5, markerfacecolor="none", color="#777777", zorder=2)


def _schools(axes, view: View, lang: str) -> None:
    table, x = view.schools, _across(view, view.schools)
    y = table["value"].to_numpy(dtype=float)
    for status, marker in {**MARKERS, "not_assessed": "o", "not_applicable": "o"}.items():
        here = (table["status"] == status).to_numpy()
        axes.plot(x[here], y[here], marker, color=COLOURS[status], markersize=5, zorder=3)
    chosen = table["chosen"].to_numpy(dtype=bool)
    ring = {"markerfacecolor": "none", "color": COLOURS["limit"], "markeredgewidth": 1.2}
    axes.plot(x[chosen], y[chosen], "o", markersize=9, zorder=4, **ring)
    moved = table["moved"].to_numpy(dtype=bool)
    before = table["reported"].to_numpy(dtype=float)
    axes.vlines(x[moved], before[moved], y[moved], color="#444444", linewidth=0.8, zorder=2)
    axes.plot(x[moved], before[moved], "_", color="#444444", markersize=7, zorder=2)
    named = np.flatnonzero((chosen | moved) & np.isfinite(y) & np.isfinite(x))
    heights = page.apart(list(y[named]), 0.05 * page.top(view))
    for row, height in zip(named, heights, strict=True) if len(named) <= NAMED else []:
        right = x[row] > sum(axes.get_xlim()) / 2
        axes.annotate(
            short_name(table["school"].iloc[row], lang),
            (x[row], height),
            xytext=(-8 if right else 8, 0),
            textcoords="offset points",
            ha="right" if right else "left",
            va="center",
            fontsize=7,
            zorder=5,
        )


def _legend(figure: Chart, view: View, shelf: Shelf, lang: str) -> None:
    say = speak(lang)

    def handle(marker: str, colour: str, label: str, **more):
        return mpl.lines.Line2D(
            [], [], linestyle="", marker=marker, color=colour, label=label, **more
        )

    handles = [
        handle(MARKERS.get(name, "o"), COLOURS[name], say(page.STATUS_OF_POINT[name]), markersize=5)
        for name in page.STATUS_OF_POINT
        if (view.schools["status"] == name).any()
    ]
    hollow = {"markerfacecolor": "none"}
    if view.schools["chosen"].any():
        text = say("chosen: {share} of the squared CV", share=say.percent(view.share))
        handles.append(handle("o", COLOURS["limit"], text, markersize=8, **hollow))
    if view.schools["moved"].any():
        handles.append(handle("_", "#444444", say("as reported, before it was moved")))
    if view.other is not None:
        text = page.legend(view, shelf, say)
        handles.append(handle("o", "#777777", text, markersize=5, **hollow))
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
