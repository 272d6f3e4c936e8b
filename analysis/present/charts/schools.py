"""Every school against the threshold of an indicator, lowest first."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd

from ...base.language import places, speak
from ...base.nearest import known_indicator
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.study import Study
from ..terms import floor_share
from .chart import COLOURS, WIDTH, Chart, styled
from .layout import GridLayout
from .names import short_name
from .scales import draw_scales

ROWS_PER_FIGURE = 46
"""Schools that fit one above the other on a page with legible names."""


MARKERS = {"met": "o", "near": "^", "short": "X"}


@styled
def indicator_chart(study: Study, indicator: str, lang: str = "zh") -> list[Chart]:
    """Every school against the threshold of one indicator, lowest first; stages side by side.

    Parameters
    ----------
    study : Study
    indicator : str
        Its id or label.
    lang : {"zh", "en"}

    Returns
    -------
    list of Chart
        One, or several where a stage has more schools than a page has lines.

    Raises
    ------
    InputError
        No such indicator; the ones there are.
    """
    say, indicator = speak(lang), known_indicator(indicator, study.rules.indicators)
    about = study.rules.indicators[indicator]
    rows = study.indicators[study.indicators["indicator"] == indicator]
    by_stage = {
        stage: rows[rows["stage"] == stage].sort_values(["value", "school_id"])
        for stage in STAGES
        if (rows["stage"] == stage).any()
    }
    pages = max((-(-len(part) // ROWS_PER_FIGURE) for part in by_stage.values()), default=0)
    figures: list[Chart] = []
    for page in range(pages):
        cut = slice(page * ROWS_PER_FIGURE, (page + 1) * ROWS_PER_FIGURE)
        parts = {stage: part.iloc[cut] for stage, part in by_stage.items() if len(part.iloc[cut])}
        longest = max(len(part) for part in parts.values())
        figure = Chart(figsize=(WIDTH, 0.95 + 0.155 * longest), layout=GridLayout())
        axes = figure.subplots(1, len(parts), squeeze=False)[0]
        for axis, (stage, part) in zip(axes, parts.items(), strict=True):
            _lollipops(axis, part, say)
            threshold = study.rules[f"{indicator}.{stage}"]
            title = say.label(STAGE_LABELS[stage])
            if threshold is not None:
                title += say(" (threshold {value})", value=say.number(threshold, places(threshold)))
            axis.set_title(title)
            axis.set_ylim(longest - 0.4, -0.6)
            axis.set_xlabel(say.label(about.unit))
            names = [short_name(name, lang) for name in part["school"]]
            draw_scales(axis, y=(np.arange(len(names)), names), grid="x")
        _status_legend(figure, say, floor_share(study, lang))
        figures.append(figure)
    return figures


def _lollipops(axis, part: pd.DataFrame, say) -> None:
    """Horizontal stems with a marker by status, the threshold and the band down to the floor."""
    position = np.arange(len(part))
    value = part["value"].to_numpy(dtype=float)
    threshold, floor = part["threshold"].iloc[0], part["floor"].iloc[0]
    if np.isfinite(threshold):
        axis.axvspan(floor, threshold, color=COLOURS["band"], zorder=0)
        axis.axvline(threshold, color=COLOURS["limit"], linewidth=1)
    status = part["status"].to_numpy()
    for name, marker in MARKERS.items():
        here = status == name
        if here.any():
            stem = {"color": COLOURS[name], "linewidth": 1, "alpha": 0.55}
            axis.hlines(position[here], 0, value[here], **stem)
            head = {"marker": marker, "markersize": 4, "color": COLOURS[name], "zorder": 3}
            axis.plot(value[here], position[here], linestyle="", **head)
    # without a rule in force there is a value but no verdict
    plain = (status == "not_assessed") & np.isfinite(value)
    if plain.any():
        head = {"markersize": 3.7, "color": COLOURS["not_assessed"], "zorder": 3}
        axis.plot(value[plain], position[plain], "o", **head)
    for y in position[~np.isfinite(value)]:
        axis.text(0, y, " " + say("not reported"), va="center", fontsize=7, color="#666666")
    axis.set_xlim(left=0)


def _status_legend(figure: Chart, say, floor: str) -> None:
    names = {
        "met": say("threshold met"),
        "near": say("{floor} of the threshold or more", floor=floor),
        "short": say("below {floor}", floor=floor),
    }
    handles = [
        mpl.lines.Line2D([], [], linestyle="", marker=MARKERS[key], color=COLOURS[key], label=label)
        for key, label in names.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
