"""The county's plan as a time line."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib as mpl

from ...base.language import speak
from ...policy.plan import Plan, begins, ends
from .chart import WIDTH, Chart, styled
from .layout import GridLayout
from .names import short_name
from .scales import draw_scales


class _Bar(NamedTuple):
    """Something that takes from one time to another (years)."""

    kind: str
    name: str
    start: float
    end: float


@styled
def roadmap_chart(plan: Plan, lang: str = "zh", now: int | None = None) -> Chart:
    """The plan as a time line: phases, projects, equipment, moves, calendar, milestones.

    Parameters
    ----------
    plan : Plan
    lang : {"zh", "en"}
    now : int, optional
        School year of the data, drawn as a line at its 1 September.
    """
    say = speak(lang)
    bars: list[_Bar] = []

    def add(kind: str, name: str, start: str | None, end: str | None) -> None:
        if start and end:
            bars.append(_Bar(kind, name, begins(start) / 12, (ends(end) + 1) / 12))

    for phase in plan.phases:
        add("phase", say.label(phase.name), phase.start, phase.end)
    for project in plan.projects:
        add("project", project.name, project.start, project.end)
    for move in plan.moves:
        add("move", move.name, move.start, move.end)
    for programme in plan.equipment:
        name = say("equipment: {what}", what=say.label(programme.for_what))
        add("equipment", name, str(programme.year), str(programme.end or programme.year))
    tasks = sorted({task.start[:4] for task in plan.calendar})
    colours = {"phase": "#3B6FA0", "project": "#B5651D", "move": "#5E8C61", "equipment": "#8064A2"}
    lines = len(bars) + (1 if tasks else 0) + len(plan.milestones)
    figure = Chart(figsize=(WIDTH, min(1.0 + 0.2 * lines, 9.3)), layout=GridLayout())
    axis = figure.subplots()
    axis.barh(
        range(len(bars)),
        [bar.end - bar.start for bar in bars],
        left=[bar.start for bar in bars],
        height=0.62,
        color=[colours[bar.kind] for bar in bars],
    )
    labels = [short_name(bar.name, lang, 40 if lang == "en" else 24) for bar in bars]
    y = len(bars)
    if tasks:
        months = [begins(task.start) / 12 for task in plan.calendar]
        axis.scatter(months, [y] * len(months), marker="|", s=40, color="#444444", linewidths=1)
        labels.append(say("calendar: {n} tasks", n=len(plan.calendar)))
        y += 1
    for milestone in plan.milestones:
        colour = "#C0392B" if milestone.kind != "target" else "#222222"
        axis.scatter((ends(milestone.date) + 1) / 12, y, marker="D", s=18, color=colour, zorder=3)
        labels.append(short_name(say.label(milestone.name), lang, 40 if lang == "en" else 24))
        y += 1
    axis.set_ylim(len(labels) - 0.4, -0.6)
    first, last = begins(plan.start) // 12, ends(plan.end) // 12 + 1
    axis.set_xlim(first, last + 0.15)
    years = range(first, last + 1)
    if now is not None and first <= now + 8 / 12 <= last:
        style_ = {"color": "#222222", "linewidth": 0.9, "linestyle": (0, (4, 2))}
        axis.axvline(now + 8 / 12, label=say("date of the data"), **style_)
    names = {
        "phase": say("phase"),
        "project": say("project"),
        "move": say("move"),
        "equipment": say("equipment"),
    }
    present = {bar.kind for bar in bars}
    handles = [mpl.patches.Patch(color=colours[k], label=names[k]) for k in names if k in present]
    diamond = {"linestyle": "", "marker": "D", "markersize": 4}
    handles.append(mpl.lines.Line2D([], [], color="#222222", label=say("target date"), **diamond))
    handles.append(mpl.lines.Line2D([], [], color="#C0392B", label=say("assessment"), **diamond))
    handles += axis.lines[:1]
    draw_scales(
        axis,
        x=(years, [str(year) for year in years]),
        y=(range(len(labels)), labels),
        grid="x",
        size=6.8 if lines > 30 else 7.5,
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return figure
