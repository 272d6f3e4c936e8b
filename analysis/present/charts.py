"""Study -> matplotlib figures, ready for print: A4 width, both languages, shapes beside colours."""

from __future__ import annotations

import functools
import io
import unicodedata
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from ..base.language import places, speak
from ..base.schema.indicators import INDICATORS
from ..base.schema.terms import STAGE_LABELS, STAGES
from ..base.typefaces import Typeface, font_files, further, has_further_letters, unprintable
from ..measure.study import Study
from ..policy.plan import Plan, begins, ends
from .chart_layout import GridLayout
from .chart_scales import draw_scales

WIDTH = 6.7
"""Inches between the margins of an A4 page."""

ROWS_PER_FIGURE = 46
"""Schools that fit one above the other on a page with legible names."""

COLOURS = {
    "met": "#3B6FA0",
    "near": "#E0A100",
    "short": "#C0392B",
    "not_met": "#C0392B",
    "not_assessed": "#8A8A8A",
    "limit": "#222222",
    "primary": "#3B6FA0",
    "junior": "#B5651D",
    "band": "#FBF3DA",
    "below": "#F9E3E0",
}
MARKERS = {"met": "o", "near": "^", "short": "X"}


@functools.cache
def _register_fonts() -> str:
    family, file = next(iter(font_files().items()))
    font_manager.fontManager.addfont(file)
    return family


@functools.cache
def _register_further(face: Typeface) -> str:
    font_manager.fontManager.addfont(face.path)
    return face.family


def style() -> dict:
    """Settings of every chart, applied in a context so that nobody else's charts change."""
    return {
        "font.family": [_register_fonts()],
        "font.size": 8,
        "axes.titlesize": 8.5,
        "axes.titlelocation": "left",
        # no search for a place above the ticks: they are all below
        "axes.titley": 1.0,
        "axes.labelsize": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#888888",
        "axes.unicode_minus": False,
        "axes.axisbelow": True,
        "grid.color": "#E3E3E3",
        "grid.linewidth": 0.6,
        "xtick.color": "#444444",
        "ytick.color": "#222222",
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "legend.frameon": False,
        "legend.fontsize": 7.5,
        "svg.fonttype": "none",
        "svg.hashsalt": "junheng",
        "figure.dpi": 100,
    }


class Chart(Figure):
    """A figure that Jupyter shows, and the report embeds, as SVG with text as text."""

    #: The renderer while it draws; the layout measures with it, so that every text is measured once.
    drawn_by = None

    def draw(self, renderer) -> None:
        self.drawn_by = renderer
        with warnings.catch_warnings():
            if self._give_typefaces():
                # it is measured as a box; what shows the picture has a typeface, or prints another sign
                warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            super().draw(renderer)
        self.drawn_by = None

    def _give_typefaces(self) -> bool:
        """Give texts the further typefaces that they need; whether a character has none."""
        texts = [text for axes in self.axes for text in axes.texts]
        texts += [text for legend in self.legends for text in legend.get_texts()]
        lacking = False
        for text in [*texts, *self.texts]:
            written = text.get_text()
            faces = [face for face in further(written) if not face.serifs]
            if faces:
                text.set_family([_register_fonts(), *map(_register_further, faces)])
            lacking = lacking or bool(unprintable(written))
        return lacking

    def to_svg(self) -> str:
        """The figure as SVG; the same content gives the same bytes."""
        buffer = io.StringIO()
        with mpl.rc_context(style()):
            # `savefig` would draw everything once for nothing before it draws
            FigureCanvasSVG(self).print_svg(buffer, metadata={"Date": None, "Creator": None})
        return buffer.getvalue()

    _repr_svg_ = to_svg


def styled(function):
    """Draw in the house style without touching the caller's matplotlib settings."""

    @functools.wraps(function)
    def draw(*arguments, **options):
        with mpl.rc_context(style()):
            return function(*arguments, **options)

    return draw


@styled
def indicator_chart(study: Study, indicator: str, lang: str = "zh") -> list[Chart]:
    """Every school against the threshold of one indicator, lowest first; stages side by side.

    Returns
    -------
    list of Chart
        One, or several where a stage has more schools than a page has lines.
    """
    say = speak(lang)
    about = INDICATORS[indicator]
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
            names = [_short_name(name, lang) for name in part["school"]]
            draw_scales(axis, y=(np.arange(len(names)), names), grid="x")
        _status_legend(figure, say)
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


def _short_name(name: str, lang: str, limit: int = 14) -> str:
    if has_further_letters(name):
        return _narrow_name(name, 2 * limit)
    return name if len(name) <= limit else name[: limit - 1] + "…"


def _narrow_name(name: str, limit: int) -> str:
    """The beginning of a name in several scripts: a Chinese character is as wide as two letters."""
    width, end = 0, 0
    for position, char in enumerate(name):
        if unicodedata.category(char)[0] == "M" or char in "\u180e\u200c\u200d":
            continue  # stands with the letter before it
        width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if width <= limit - 2:
            end = position + 1
    while end < len(name) and unicodedata.category(name[end])[0] == "M":
        end += 1
    return name if width <= limit else name[:end].rstrip() + "…"


def _status_legend(figure: Chart, say) -> None:
    names = {
        "met": say("threshold met"),
        "near": say("85 % of the threshold or more"),
        "short": say("below 85 %"),
    }
    handles = [
        mpl.lines.Line2D([], [], linestyle="", marker=MARKERS[key], color=COLOURS[key], label=label)
        for key, label in names.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)


@styled
def balance_chart(study: Study, lang: str = "zh") -> Chart:
    """The seven coefficients of variation of each stage against their limit."""
    say = speak(lang)
    balance = study.balance[study.balance["indicator"] != "composite"]
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
            title += say(" (limit {value})", value=say.number(limit, 2))
        axis.set_title(title)
        axis.set_yticks(position, [say.label(INDICATORS[n].short) for n in rows["indicator"]])
        axis.set_ylim(len(rows) - 0.4, -0.6)
        top = np.nanmax([*rows["cv"].to_numpy(dtype=float), limit, 0.1])
        axis.set_xlim(0, top * 1.3)
        axis.set_xlabel(say("coefficient of variation (no unit)"))
        axis.tick_params(axis="y", length=0)
    return figure


@styled
def share_chart(study: Study, stage: str, lang: str = "zh", top: int = 6) -> Chart:
    """Each school's share in the squared CV of every indicator: the largest, and all others."""
    say = speak(lang)
    rows = study.influence[study.influence["stage"] == stage]
    figure = Chart(figsize=(WIDTH, 3.0), layout=GridLayout())
    axis = figure.subplots()
    shades = mpl.colormaps["Blues"](np.linspace(0.85, 0.25, top))
    for y, name in enumerate(INDICATORS):
        shares = rows[rows["indicator"] == name]
        largest = shares.head(top)
        largest = zip(largest["school"], largest["share"], strict=True)
        left = 0.0
        for colour, (school, share) in zip(shades, largest, strict=False):
            axis.barh(y, share, left=left, color=colour, edgecolor="white", height=0.7)
            if share > 0.13:
                dark = colour[:3].mean() < 0.55
                axis.text(
                    left + share / 2,
                    y,
                    f"{_short_name(school, lang, 9)}\n{say.percent(share, 0)}",
                    ha="center",
                    va="center",
                    fontsize=5.8,
                    color="white" if dark else "#222222",
                )
            left += share
        if len(shares):
            axis.barh(y, max(1 - left, 0), left=left, color="#ECECEC", height=0.7)
    axis.set_yticks(range(len(INDICATORS)), [say.label(i.short) for i in INDICATORS.values()])
    axis.set_ylim(len(INDICATORS) - 0.4, -0.6)
    axis.set_xlim(0, 1)
    axis.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1))
    axis.set_xlabel(
        say("share in the squared CV (%); darkest: largest share, grey: all other schools")
    )
    axis.tick_params(axis="y", length=0)
    return figure


@styled
def trend_chart(study: Study, what: str, lang: str = "zh") -> Chart:
    """Course over the years up to the target year, in small panels.

    Means have one panel per indicator and stage: the county mean, a ribbon with the middle 80 % of
    the schools, the bands below the rule (85 % or more, and less). Coefficients of variation have one
    panel per indicator. Dashed steps are the rules in force, dotted steps the county's own targets.

    Parameters
    ----------
    study : Study
    what : {"mean", "cv"}
    lang : {"zh", "en"}
    """
    from ..measure.trajectory import trajectory_table

    say = speak(lang)
    table = trajectory_table(study)
    table = table[table["subject"] == what]
    stages = [stage for stage in STAGES if (table["stage"] == stage).any()]
    years = np.array(list(study.years))
    until = max(years[-1], min(study.county.record.target_year or 0, years[-1] + 10))
    if what == "mean":
        figure = Chart(figsize=(WIDTH, 8.9), layout=GridLayout())
        axes = figure.subplots(len(INDICATORS), max(len(stages), 1), squeeze=False)
        panels = [
            (axes[row, column], name, [stage])
            for row, name in enumerate(INDICATORS)
            for column, stage in enumerate(stages)
        ]
    else:
        figure = Chart(figsize=(WIDTH, 6.4), layout=GridLayout())
        axes = figure.subplots(4, 2).ravel()
        axes[-1].axis("off")
        panels = [(axis, name, stages) for axis, name in zip(axes, INDICATORS, strict=False)]
    for axis, name, shown in panels:
        for stage in shown:
            rows = table[(table["name"] == name) & (table["stage"] == stage)]
            _course(axis, study, rows, what, until)
        about = INDICATORS[name]
        unit = say.label(about.unit) if what == "mean" else say("no unit")
        stage_name = f"{say.label(STAGE_LABELS[shown[0]])} " if what == "mean" else ""
        axis.set_title(
            f"{stage_name}{say.label(about.short)} ({unit})", fontsize=7.5 if lang == "zh" else 6.4
        )
        ticks = np.arange(years[0], until + 1, 1 if until - years[0] < 8 else 2)
        axis.set_xlim(years[0] - 0.3, until + 0.3)
        draw_scales(axis, x=(ticks, [str(year) for year in ticks]), grid="y", size=6.8)
    _trend_legend(figure, study, stages, what, (table["missing"] > 0).any(), say)
    return figure


def _course(axis, study: Study, rows: pd.DataFrame, what: str, until: int) -> None:
    """One stage of one indicator in a panel."""
    stage, name = rows["stage"].iloc[0], rows["name"].iloc[0]
    years = list(study.years)
    colour = COLOURS[stage]
    # a year without data is a gap in the line, not a straight piece of it
    span = pd.RangeIndex(years[0], years[-1] + 1, name="year")
    rows = rows.set_index("year").reindex(span).reset_index()
    axis.plot(
        rows["year"],
        rows["value"],
        _marker(stage) + "-",
        color=colour,
        markersize=3.2,
        linewidth=1.3,
    )
    partial = rows[rows["missing"] > 0]
    axis.plot(partial["year"], partial["value"], _marker(stage), color="white", markersize=1.8)
    low, high = rows["value"].min(), rows["value"].max()
    entry = f"{name}.{stage}" if what == "mean" else f"cv.{stage}"
    reach = [low, high, *_steps(axis, study, entry, years[0], until, colour)]
    if what == "mean":
        ribbon = {"color": colour, "alpha": 0.16, "linewidth": 0}
        axis.fill_between(rows["year"], rows["low"], rows["high"], **ribbon)
        reach += [rows["low"].min(), rows["high"].max()]
    bottom, top = np.nanmin(reach), np.nanmax(reach)
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
        handles.append(patch(alpha=0.25, label=say("middle 80 % of the schools"), **grey))
        handles.append(patch(color=COLOURS["band"], label=say("85 % of the threshold or more")))
        handles.append(patch(color=COLOURS["below"], label=say("below 85 %")))
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
    bars: list[tuple[str, str, float, float, str]] = []

    def add(kind: str, name: str, start: str | None, end: str | None) -> None:
        if start and end:
            bars.append((kind, name, begins(start) / 12, (ends(end) + 1) / 12, ""))

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
    labels = []
    for y, (kind, name, start, end, _) in enumerate(bars):
        axis.barh(y, end - start, left=start, height=0.62, color=colours[kind])
        labels.append(_short_name(name, lang, 40 if lang == "en" else 24))
    y = len(bars)
    if tasks:
        months = [begins(task.start) / 12 for task in plan.calendar]
        axis.scatter(months, [y] * len(months), marker="|", s=40, color="#444444", linewidths=1)
        labels.append(say("calendar: {n} tasks", n=len(plan.calendar)))
        y += 1
    for milestone in plan.milestones:
        colour = "#C0392B" if milestone.kind != "target" else "#222222"
        axis.scatter((ends(milestone.date) + 1) / 12, y, marker="D", s=18, color=colour, zorder=3)
        labels.append(_short_name(say.label(milestone.name), lang, 40 if lang == "en" else 24))
        y += 1
    axis.set_yticks(range(len(labels)), labels, fontsize=6.8 if lines > 30 else 7.5)
    axis.set_ylim(len(labels) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    first, last = begins(plan.start) // 12, ends(plan.end) // 12 + 1
    axis.set_xlim(first, last + 0.15)
    axis.set_xticks(range(first, last + 1), [str(year) for year in range(first, last + 1)])
    axis.grid(axis="x")
    if now is not None and first <= now + 8 / 12 <= last:
        style_ = {"color": "#222222", "linewidth": 0.9, "linestyle": (0, (4, 2))}
        axis.axvline(now + 8 / 12, label=say("date of the data"), **style_)
    names = {
        "phase": say("phase"),
        "project": say("project"),
        "move": say("move"),
        "equipment": say("equipment"),
    }
    present = {bar[0] for bar in bars}
    handles = [mpl.patches.Patch(color=colours[k], label=names[k]) for k in names if k in present]
    diamond = {"linestyle": "", "marker": "D", "markersize": 4}
    handles.append(mpl.lines.Line2D([], [], color="#222222", label=say("target date"), **diamond))
    handles.append(mpl.lines.Line2D([], [], color="#C0392B", label=say("assessment"), **diamond))
    handles += axis.lines[:1]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return figure


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
