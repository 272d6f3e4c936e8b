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
from .panels import Line, Look, Panel, draw_panels, reach
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
    each = [[stage] for stage in stages] if what == "mean" else [stages]
    shown = [(name, of) for of in each for name in study.rules.indicators]
    # a year without data is a gap in the line, not a straight piece of it
    span = np.arange(years[0], years[-1] + 1)
    courses = _courses(table, span)
    marks = range(years[0], until + 1, -(-(until - years[0] + 1) // 5))
    panels = []
    for name, of in shown:
        about = study.rules.indicators[name]
        title = say.label(about.short)
        if what == "mean":
            # English words of both do not stand beside one another above a panel
            between = " " if lang == "zh" else "\n"
            title = f"{say.label(STAGE_LABELS[of[0]])}{between}{title}\n{say.label(about.unit)}"
        panel = Panel(title, (years[0] - 0.3, until + 0.3), marks)
        _fill(panel, study, name, {stage: courses[name, stage] for stage in of}, span, what, until)
        panels.append(panel)
    handles = _trend_handles(study, stages, what, (table["missing"] > 0).any(), say)
    foot = 0.1 + 0.15 * -(-len(handles) // ACROSS)
    rows = -(-len(shown) // ACROSS)
    figure = Chart(figsize=(WIDTH, foot + (1.5 if what == "mean" else 1.4) * rows))
    look = Look(ACROSS, size=5.8, heads=6.6 if lang == "zh" else 5.6, foot=foot)
    draw_panels(figure, panels, look)
    figure.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, 0), ncols=ACROSS, fontsize=7
    )
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


def _fill(
    panel: Panel,
    study: Study,
    name: str,
    courses: dict[str, dict[str, np.ndarray]],
    span: np.ndarray,
    what: str,
    until: int,
) -> None:
    """The courses of an indicator, by stage, with the rules and targets they are to reach."""
    figures: list[float] = []
    for stage, course in courses.items():
        colour, value, partial = COLOURS[stage], course["value"], course["missing"] > 0
        panel.lines.append(Line(span, value, colour, marker=_marker(stage)))
        panel.open_marks.append((span[partial], value[partial], _marker(stage)))
        entry = f"{name}.{stage}" if what == "mean" else cv_entry(study.rules, name, stage)
        steps = _steps(study, entry, range(int(span[0]), until + 1), colour)
        panel.lines += steps
        figures += [*value, *(each for line in steps for each in line.y)]
        if what == "mean":
            panel.ribbons.append((span, course["low"], course["high"], colour))
            figures += [*course["low"], *course["high"]]
            rule = study.county.standard.evaluation.for_year(until)
            threshold = rule.number(entry)
            if np.isfinite(threshold):
                floor = threshold * rule.number("school.floor")
                panel.bands.append((floor, threshold, COLOURS["band"]))
                panel.bands.append((0, floor, COLOURS["below"]))
    panel.y = reach(figures)


def _trend_handles(study: Study, stages, what: str, missing: bool, say) -> list:
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
    return handles


def _steps(study: Study, entry: str, span: range, colour: str) -> list[Line]:
    """Rule and own target of an entry in every year, as steps into the future."""
    standard = study.county.standard
    rules = [standard.evaluation.for_year(year).number(entry) for year in span]
    found = [_stairs(span, rules, colour, 0.9, (0, (4, 2)))]
    plan = standard.plan
    if plan is None or plan.stated_in(entry) is None:
        return found
    own = [plan.for_year(year).number(entry) for year in span]
    if not np.array_equal(own, rules, equal_nan=True):
        found.append(_stairs(span, own, colour, 1.4, (0, (1, 1.5))))
    return found


def _stairs(span: range, values: list[float], colour: str, width: float, dashes: tuple) -> Line:
    """A line that keeps the value of each year up to the next."""
    x, y = np.repeat(span, 2)[1:], np.repeat(values, 2)[:-1]
    return Line(x, y, colour, width, dashes)


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
    axis.margins(y=0.2)
    axis.set_ylim(bottom=0)
    axis.set_title(say("Students (persons)"))
    draw_scales(axis, x=(years, [str(year) for year in years]), grid="y")
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure
