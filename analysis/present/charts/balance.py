"""Coefficients of variation against their limits, and each school's share in them."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.collections import PolyCollection

from ...base.language import speak
from ...base.nearest import known_stage
from ...base.rows import rows_by
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.balance import COMPOSITE
from ...measure.study import Study
from ..terms import variation_limit
from .chart import COLOURS, WIDTH, Chart, styled
from .layout import GridLayout
from .names import short_name
from .scales import draw_scales


@styled
def balance_chart(study: Study, lang: str = "zh") -> Chart:
    """The coefficients of variation of each stage against their limit."""
    say = speak(lang)
    balance = study.balance[study.balance["indicator"] != COMPOSITE]
    stages = [s for s in STAGES if (balance.loc[balance["stage"] == s, "schools"] > 0).any()]
    figure = Chart(figsize=(WIDTH, 2.35), layout=GridLayout())
    axes = figure.subplots(1, max(len(stages), 1), squeeze=False, sharey=True)[0]
    for axis, stage in zip(axes, stages, strict=False):
        rows = balance[balance["stage"] == stage]
        position = np.arange(len(rows))
        limit = rows["limit"].iloc[0]
        for y, row in zip(position, rows.to_dict("records"), strict=True):
            colour = COLOURS[row["status"] if row["status"] in COLOURS else "not_assessed"]
            axis.barh(y, row["cv"] if np.isfinite(row["cv"]) else 0, height=0.58, color=colour)
            mark = {"not_met": " ×", "not_assessed": " " + say("(incomplete)")}.get(
                row["status"], ""
            )
            at = row["cv"] if np.isfinite(row["cv"]) else 0
            axis.annotate(
                f"{say.number(row['cv'], 3)}{mark}",
                (at, y),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )
        title = say.label(STAGE_LABELS[stage])
        if np.isfinite(limit):
            axis.axvline(limit, color=COLOURS["limit"], linewidth=1)
            title += say(" (limit {value})", value=variation_limit(limit, say))
        axis.set_title(title)
        axis.set_yticks(
            position, [say.label(study.rules.indicators[n].short) for n in rows["indicator"]]
        )
        axis.set_ylim(len(rows) - 0.4, -0.6)
        top = np.nanmax([*rows["cv"].to_numpy(dtype=float), limit, 0.1])
        axis.set_xlim(0, top * 1.3)
        axis.set_xlabel(say("coefficient of variation (no unit)"))
        axis.tick_params(axis="y", length=0)
    return figure


@styled
def share_chart(study: Study, stage: str, lang: str = "zh", top: int = 6) -> Chart:
    """Each school's share in the squared CV of every indicator: the largest, and all others."""
    say, stage = speak(lang), known_stage(stage)
    influence = study.influence
    schools, parts = influence["school"].to_numpy(), influence["share"].to_numpy()
    rows = rows_by(influence, "stage", "indicator")
    figure = Chart(figsize=(WIDTH, 3.0), layout=GridLayout())
    axis = figure.subplots()
    shades = mpl.colormaps["Blues"](np.linspace(0.85, 0.25, top))
    bars, fills, edges = [], [], []
    for y, name in enumerate(study.rules.indicators):
        own = rows.get((stage, name), [])
        largest = zip(schools[own[:top]], parts[own[:top]], strict=True)
        left = 0.0
        for colour, (school, share) in zip(shades, largest, strict=False):
            bars.append((left, left + share, y))
            fills.append(colour)
            edges.append("white")
            if share > 0.13:
                dark = colour[:3].mean() < 0.55
                axis.text(
                    left + share / 2,
                    y,
                    f"{short_name(school, lang, 9)}\n{say.percent(share, 0)}",
                    ha="center",
                    va="center",
                    fontsize=5.8,
                    color="white" if dark else "#222222",
                )
            left += share
        if len(own):
            bars.append((left, max(1, left), y))
            fills.append("#ECECEC")
            edges.append("none")
    shapes = [[(a, y - 0.35), (b, y - 0.35), (b, y + 0.35), (a, y + 0.35)] for a, b, y in bars]
    axis.add_collection(PolyCollection(shapes, facecolors=fills, edgecolors=edges), autolim=False)
    axis.set_ylim(len(study.rules.indicators) - 0.4, -0.6)
    axis.set_xlim(0, 1)
    axis.set_xlabel(
        say("share in the squared CV (%); darkest: largest share, grey: all other schools")
    )
    names = [say.label(about.short) for about in study.rules.indicators.values()]
    marks = np.linspace(0, 1, 6)
    draw_scales(
        axis, x=(marks, [say.percent(mark, 0) for mark in marks]), y=(range(len(names)), names)
    )
    return figure
