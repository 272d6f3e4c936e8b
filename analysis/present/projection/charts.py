"""Several scenarios of one county side by side, as pictures."""

from __future__ import annotations

import pandas as pd
from matplotlib.lines import Line2D

from ...base.language import speak
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...future.assumptions.scenario import BASELINE
from ...future.what_if import WhatIf
from ..charts.chart import COLOURS, WIDTH, Chart, styled
from ..charts.layout import GridLayout
from ..charts.scales import draw_scales
from .sentences import scenario_name

#: How the lines of scenarios are told apart, also in black and white.
LINES = (
    ("#222222", "-", "o"),
    ("#3B6FA0", "--", "s"),
    ("#B5651D", "-.", "^"),
    ("#5B8C5A", ":", "D"),
    ("#8E5EA2", (0, (5, 1, 1, 1, 1, 1)), "v"),
    ("#C0392B", (0, (1, 1)), "P"),
    ("#5F6A6A", (0, (7, 2)), "X"),
    ("#B7950B", (0, (3, 1)), "*"),
)


def _legend(figure: Chart, what_if: WhatIf, lang: str) -> None:
    handles = [
        Line2D([], [], color=colour, linestyle=line, marker=marker, markersize=3.5, label=scenario_name(what_if, lang, name))
        for (colour, line, marker), name in zip(LINES, what_if.studies, strict=False)
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4))


def _panel(axis, what_if: WhatIf, series: dict[str, pd.Series]) -> None:
    """One line per scenario; the observed years in common, the projected ones on grey."""
    years = list(what_if.study.years)
    axis.axvspan(what_if.last + 0.5, years[-1] + 0.5, color="#F4F4F4", zorder=0)
    for (colour, line, marker), name in zip(LINES, what_if.studies, strict=False):
        values = series[name]
        ahead = values[values.index >= what_if.last]
        axis.plot(ahead.index, ahead, linestyle=line, color=colour, marker=marker, markersize=3, markerfacecolor="white", linewidth=1.1)  # fmt: skip
    seen = series[next(iter(series))]
    seen = seen[seen.index <= what_if.last]
    axis.plot(seen.index, seen, "o-", color="#222222", markersize=3.2, linewidth=1.4)
    axis.set_xlim(years[0] - 0.4, years[-1] + 0.5)


def _scales(axis, what_if: WhatIf, size: float | None = None) -> None:
    years = list(what_if.study.years)
    ticks = years[:: 1 if len(years) < 9 else 2]
    draw_scales(axis, x=(ticks, [str(year) for year in ticks]), grid="y", size=size)


def _stages(what_if: WhatIf) -> list[str]:
    table = what_if.yearly[BASELINE].groupby("stage")["students"].sum()
    return [stage for stage in STAGES if table.get(stage, 0) > 0]


@styled
def enrolment_chart(what_if: WhatIf, lang: str = "zh") -> Chart:
    """Pupils of each stage by every scenario, with the band of the main one."""
    say, stages = speak(lang), _stages(what_if)
    figure = Chart(figsize=(WIDTH, 2.7), layout=GridLayout())
    for axis, stage in zip(figure.subplots(1, len(stages), squeeze=False)[0], stages, strict=True):  # fmt: skip
        series = {
            name: table[table["stage"] == stage].set_index("year")["students"]
            for name, table in what_if.yearly.items()
        }
        _panel(axis, what_if, series)
        if what_if.forecast is not None:
            band = what_if.forecast.enrolment
            band = band[band["stage"] == stage]
            colour = LINES[list(what_if.studies).index(what_if.main)][0]
            axis.fill_between(band["year"], band["low"], band["high"], color=colour, alpha=0.15, linewidth=0)  # fmt: skip
        axis.set_title(say("{stage} (students, persons)", stage=say.label(STAGE_LABELS[stage])))
        axis.set_ylim(bottom=0)
        _scales(axis, what_if)
    _legend(figure, what_if, lang)
    return figure


@styled
def schools_chart(what_if: WhatIf, lang: str = "zh") -> Chart:
    """Share of the schools that meet the school rule, by every scenario."""
    say, stages = speak(lang), _stages(what_if)
    figure = Chart(figsize=(WIDTH, 2.5), layout=GridLayout())
    for axis, stage in zip(figure.subplots(1, len(stages), squeeze=False)[0], stages, strict=True):  # fmt: skip
        series = {}
        for name, table in what_if.yearly.items():
            part = table[table["stage"] == stage].set_index("year")
            series[name] = part["passing"] / part["schools"] * 100
        _panel(axis, what_if, series)
        axis.set_ylim(0, 105)
        _scales(axis, what_if)
        axis.set_title(say("{stage}: schools that meet the school rule (%)", stage=say.label(STAGE_LABELS[stage])), fontsize=8 if lang == "zh" else 6.8)  # fmt: skip
    _legend(figure, what_if, lang)
    return figure


@styled
def balance_chart(what_if: WhatIf, lang: str = "zh") -> Chart:
    """The coefficients of variation by every scenario, one panel each and stage."""
    say, stages = speak(lang), _stages(what_if)
    about = what_if.indicators
    figure = Chart(figsize=(WIDTH, 1.2 * len(about)), layout=GridLayout())
    axes = figure.subplots(len(about), len(stages), squeeze=False)
    for column, stage in enumerate(stages):
        for row, name in enumerate(about):
            axis = axes[row, column]
            series, limits = {}, None
            for scenario, study in what_if.studies.items():
                table = study.all_balance
                table = table[(table["stage"] == stage) & (table["indicator"] == name)]
                series[scenario] = table.set_index("year")["cv"]
                limits = table.set_index("year")["limit"] if limits is None else limits
            _panel(axis, what_if, series)
            axis.plot(limits.index, limits, color=COLOURS["short"], linewidth=0.8, drawstyle="steps-mid")  # fmt: skip
            top = max(pd.concat([*series.values(), limits]).max(), 0.1)
            axis.set_ylim(0, top * 1.12)
            _scales(axis, what_if, 6.3)
            axis.set_title(
                f"{say.label(STAGE_LABELS[stage])} {say.label(about[name].short)}",
                fontsize=7.5 if lang == "zh" else 6.4,
            )
    _legend(figure, what_if, lang)
    return figure


@styled
def chances_chart(what_if: WhatIf, lang: str = "zh") -> Chart:
    """Probability of each condition by year, for the main scenario."""
    say = speak(lang)
    figure = Chart(figsize=(WIDTH, 2.4), layout=GridLayout())
    axis = figure.subplots()
    shares = what_if.forecast.probability
    names = {
        "schools": say("all schools meet the rule"),
        "cv": say("all CVs within the limit"),
        "sizes": say("no school or class too large"),
        "met": say("everything met"),
    }
    for (colour, line, marker), (column, label) in zip(LINES, names.items(), strict=False):
        axis.plot(shares["year"], shares[column] * 100, linestyle=line, marker=marker, markersize=3.5, color=colour, label=label, linewidth=1.8 if column == "met" else 1.1)  # fmt: skip
    for share in (50, 90):
        axis.axhline(share, color="#999999", linewidth=0.7, linestyle=(0, (4, 3)))
    axis.set_ylim(-3, 103)
    axis.set_yticks([0, 50, 90, 100])
    axis.set_xticks(shares["year"], [str(year) for year in shares["year"]])
    axis.set_ylabel(say("share of the courses (%)"))
    axis.grid(axis="y")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure
