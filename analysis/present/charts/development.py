"""The course over the years: enrolment, and means or variation in small panels."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd

from ...base.language import speak
from ...base.nearest import refuse_unknown
from ...base.schema.terms import STAGE_LABELS, STAGES, Label
from ...measure.balance import cv_entry
from ...measure.study import Study
from ..terms import floor_share
from .chart import COLOURS, WIDTH, Chart, styled
from .layout import GridLayout
from .scales import draw_scales

#: Small panels beside one another.
ACROSS = 4


@styled
def trend_chart(study: Study, what: str, lang: str = "zh") -> Chart:
    """Course over the years up to the target year, in small panels.

    Means have one small panel per indicator and stage: the county mean, a ribbon with the middle 80 % of
    the schools, the bands below the rule (85 % or more, and less). Coefficients of variation have one
    panel per indicator. Dashed steps are the rules in force, dotted steps the county's own targets.

    Parameters
    ----------
    study : Study
    what : {"mean", "cv"}
    lang : {"zh", "en"}

    Raises
    ------
    InputError
        Another word for `what`.
    """
    from ...measure.trajectories.trajectory import trajectory_table

    refuse_unknown(Label("统计量", "quantity"), [what], {"mean": (), "cv": ()})
    say = speak(lang)
    table = trajectory_table(study)
    table = table[table["subject"] == what]
    stages = [stage for stage in STAGES if (table["stage"] == stage).any()]
    years = np.array(list(study.years))
    until = max(years[-1], min(study.county.record.target_year or 0, years[-1] + 10))
    if what == "mean":
        shown = [(name, [stage]) for stage in stages for name in study.rules.indicators]
        figure = Chart(figsize=(WIDTH, 0.6 + 1.45 * -(-len(shown) // ACROSS)), layout=GridLayout())
    else:
        shown = [(name, stages) for name in study.rules.indicators]
        figure = Chart(figsize=(WIDTH, 0.2 + 1.45 * -(-len(shown) // ACROSS)), layout=GridLayout())
    axes = figure.subplots(-(-len(shown) // ACROSS), ACROSS, squeeze=False).ravel()
    for axis in axes[len(shown) :]:
        axis.axis("off")
    panels = [(axis, *each) for axis, each in zip(axes, shown, strict=False)]
    # a year without data is a gap in the line, not a straight piece of it
    span = np.arange(years[0], years[-1] + 1)
    courses = _courses(table, span)
    for axis, name, shown in panels:
        for stage in shown:
            _course(axis, study, (name, stage), span, courses[name, stage], what, until)
        about = study.rules.indicators[name]
        unit = say.label(about.unit)
        stage_name = f"{say.label(STAGE_LABELS[shown[0]])} " if what == "mean" else ""
        title = f"{stage_name}{say.label(about.short)}" + (f"\n{unit}" if what == "mean" else "")
        axis.set_title(title, fontsize=6.6 if lang == "zh" else 5.6)
        ticks = np.arange(years[0], until + 1, -(-(until - years[0] + 1) // 5))
        axis.set_xlim(years[0] - 0.3, until + 0.3)
        draw_scales(axis, x=(ticks, [str(year) for year in ticks]), grid="y", size=5.8)
    _trend_legend(figure, study, stages, what, (table["missing"] > 0).any(), say)
    return figure


#: What a course shows of a trajectory.
_FIGURES = ("value", "low", "high", "missing")


def _courses(table: pd.DataFrame, span: np.ndarray) -> dict[tuple[str, str], dict[str, np.ndarray]]:
    """Figures of every year of the span, by indicator and stage; NaN where there are none."""
    found: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    columns = [table[name].tolist() for name in ("name", "stage", "year", *_FIGURES)]
    for name, stage, year, *figures in zip(*columns, strict=True):
        empty = {each: np.full(len(span), np.nan) for each in _FIGURES}
        course = found.setdefault((name, stage), empty)
        for each, figure in zip(_FIGURES, figures, strict=True):
            course[each][year - span[0]] = figure
    return found


def _course(
    axis,
    study: Study,
    about: tuple[str, str],
    span: np.ndarray,
    course: dict[str, np.ndarray],
    what: str,
    until: int,
) -> None:
    """One stage of one indicator in a panel."""
    name, stage = about
    colour, value = COLOURS[stage], course["value"]
    line = {"color": colour, "markersize": 3.2, "linewidth": 1.3}
    axis.plot(span, value, _marker(stage) + "-", **line)
    partial = course["missing"] > 0
    axis.plot(span[partial], value[partial], _marker(stage), color="white", markersize=1.8)
    entry = f"{name}.{stage}" if what == "mean" else cv_entry(study.rules, name, stage)
    reach = [*value, *_steps(axis, study, entry, span[0], until, colour)]
    if what == "mean":
        ribbon = {"color": colour, "alpha": 0.16, "linewidth": 0}
        axis.fill_between(span, course["low"], course["high"], **ribbon)
        reach += [*course["low"], *course["high"]]
    reach = [each for each in reach if np.isfinite(each)]
    if not reach:
        return  # nothing was reported and nothing is asked
    bottom, top = min(reach), max(reach)
    room = 0.12 * (top - bottom or 1)
    if what == "mean":
        axis.set_ylim(max(0, bottom - room), top + room)
        rule = study.county.standard.evaluation.for_year(until)
        threshold = rule.number(entry)
        floor = threshold * rule.number("school.floor")
        axis.axhspan(floor, threshold, color=COLOURS["band"], zorder=0)
        axis.axhspan(0, floor, color=COLOURS["below"], zorder=0)


def _trend_legend(figure: Chart, study: Study, stages, what: str, missing: bool, say) -> None:
    line, grey = mpl.lines.Line2D, {"color": "#555555"}
    handles = [
        line([], [], marker=_marker(s), color=COLOURS[s], markersize=3.5, label=say.label(STAGE_LABELS[s]))
        for s in stages
    ]  # fmt: skip
    name = say("threshold") if what == "mean" else say("limit")
    handles.append(line([], [], linestyle=(0, (4, 2)), linewidth=0.9, label=name, **grey))
    if study.county.standard.plan:
        dots = {"linestyle": (0, (1, 1.5)), "linewidth": 1.4}
        handles.append(line([], [], label=say("own target"), **dots, **grey))
    if what == "mean":
        patch = mpl.patches.Patch
        floor = floor_share(study, say.code)
        handles.append(patch(alpha=0.25, label=say("middle 80 % of the schools"), **grey))
        handles.append(
            patch(color=COLOURS["band"], label=say("{floor} of the threshold or more", floor=floor))
        )
        handles.append(patch(color=COLOURS["below"], label=say("below {floor}", floor=floor)))
    if missing:
        ring = {"markersize": 4, "markeredgecolor": "#555555", "markerfacecolor": "white"}
        handles.append(line([], [], linestyle="", marker="o", label=say("schools missing"), **ring))
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=7)


def _steps(axis, study: Study, entry: str, first: int, last: int, colour: str) -> list[float]:
    """Rule and own target of an entry in every year, as steps into the future; their values."""
    standard = study.county.standard
    span = range(int(first), int(last) + 1)
    rules = [standard.evaluation.for_year(year).number(entry) for year in span]
    axis.step(span, rules, where="post", color=colour, linestyle=(0, (4, 2)), linewidth=0.9)
    plan = standard.plan
    if plan is None or plan.stated_in(entry) is None:
        return rules
    own = [plan.for_year(year).number(entry) for year in span]
    if not np.array_equal(own, rules, equal_nan=True):
        axis.step(span, own, where="post", color=colour, linestyle=(0, (1, 1.5)), linewidth=1.4)
    return rules + own


def _marker(stage: str) -> str:
    return {"primary": "o", "junior": "s"}[stage]


@styled
def enrolment_chart(study: Study, lang: str = "zh") -> Chart:
    """Students of each stage over the years."""
    say = speak(lang)
    figure = Chart(figsize=(WIDTH, 1.9), layout=GridLayout())
    axis = figure.subplots()
    years = list(study.years)
    for stage in STAGES:
        rows = study.register[study.register["stage"] == stage]
        totals = rows.groupby("year")["students"].sum()
        if not (totals > 0).any():
            continue
        axis.plot(
            totals.index, totals, _marker(stage) + "-", color=COLOURS[stage], markersize=4,
            label=say.label(STAGE_LABELS[stage]),
        )  # fmt: skip
        for year in (years[0], years[-1]):
            if year in totals:
                axis.annotate(
                    say.number(totals[year]),
                    (year, totals[year]),
                    textcoords="offset points",
                    xytext=(0, 5),
                    ha="center",
                    fontsize=7,
                )
    axis.set_xticks(years, [str(year) for year in years])
    axis.set_ylim(bottom=0)
    axis.margins(y=0.2)
    axis.set_ylim(bottom=0)
    axis.set_ylabel(say("students (persons)"))
    axis.grid(axis="y")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure
