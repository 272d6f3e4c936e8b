"""Schools by indicators at one look: every cell a school and an indicator, coloured and marked by status."""

from __future__ import annotations

from functools import partial

import matplotlib as mpl
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D

from ...base.language import Language, speak
from ...base.schema.indicators import Indicator
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.indicators import STATUSES
from ...measure.study import Study
from .chart import COLOURS, WIDTH, Chart, styled
from .names import short_name

#: Letters of a name beside its row.
LONGEST = 11

#: Letters of a word above a column.
LONGEST_WORD = 9

#: Rows with a name each; more are shown as a field of colours.
NAMED = 42
TALLEST = 3.9
"""Inches: half a page."""
HEAD = 0.62
"""Inches for the title of a panel and the heads of its columns."""
AWAY = 2 / 72
"""Inches between the fields and what is written beside them."""

_FILLS = {
    "met": "#C9DBEC",
    "near": "#F6DF9B",
    "short": "#E9A79F",
    "not_assessed": "#DCDCDC",
    "not_applicable": "#FFFFFF",
}
_MARKS = {"near": "^", "short": "x", "not_assessed": "o"}


@styled
def overview_chart(study: Study, lang: str = "zh") -> Chart:
    """Every judged school of each stage against the indicators, those that meet fewest first."""
    say = speak(lang)
    stages = [stage for stage in STAGES if (study.schools["stage"] == stage).any()]
    tables = {stage: _statuses(study, stage) for stage in stages}
    longest = max((len(names) for names, _ in tables.values()), default=1)
    named = longest <= NAMED
    line = min(0.13, TALLEST / longest) if named else TALLEST / longest
    height = HEAD + max(longest * line, 0.6) + 0.3
    figure = Chart(figsize=(WIDTH, height))
    left = 0.1 + max(map(_wide, shown)) if (shown := _shown(tables, lang)) and named else 0.15
    panel = (WIDTH - len(stages) * left - 0.1) / max(len(stages), 1)
    for place, stage in enumerate(stages):
        names, codes = tables[stage]
        x, top = (place + 1) * left + place * panel, height - HEAD
        column = (panel - 0.08) / len(study.rules.indicators)
        _mosaic(figure, codes, (x, top, column, line))
        labels = [short_name(name, lang, LONGEST) for name in names] if named else []
        heads = [_stacked(about, say) for about in study.rules.indicators.values()]
        write = partial(figure.text, transform=figure.dpi_scale_trans)
        beside = {"ha": "right", "va": "center_baseline", "color": mpl.rcParams["ytick.color"]}
        beside["fontsize"] = 6.2 if line > 0.12 else 5.4
        for row, label in enumerate(labels):
            write(x - AWAY, top - (row + 0.5) * line, label, **beside)
        above = {"ha": "center", "va": "bottom", "color": mpl.rcParams["xtick.color"]}
        above["fontsize"] = 5.6 if lang == "zh" else 4.8
        for number, head in enumerate(heads):
            write(x + (number + 0.5) * column, top + AWAY, head, **above)
        title = {"fontsize": 8 if lang == "zh" else 6.8, "va": "bottom"}
        write(x, top + 28 / 72, _title(study, stage, say), **title)
    _legend(figure, say, study, height)
    return figure


def _shown(tables: dict, lang: str) -> list[str]:
    return [short_name(name, lang, LONGEST) for names, _ in tables.values() for name in names]


def _wide(text: str) -> float:
    """Inches that a name takes beside its row, about."""
    return 0.045 * sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _statuses(study: Study, stage: str) -> tuple[list[str], np.ndarray]:
    """Names of the schools and their statuses as numbers, one row a school."""
    rows = study.schools[study.schools["stage"] == stage]
    rows = rows.sort_values(["met", "below_floor", "school_id"], ascending=[True, False, True])
    table = study.indicators[study.indicators["stage"] == stage]
    fields = zip(table["school_id"], table["indicator"], strict=True)
    codes = dict(zip(fields, map(STATUSES.index, table["status"]), strict=True))
    names = list(study.rules.indicators)
    shown = [[codes[school, name] for name in names] for school in rows["school_id"]]
    return list(rows["school"]), np.array(shown, dtype=int).reshape(len(rows), len(names))


def _mosaic(figure: Chart, codes: np.ndarray, place: tuple[float, float, float, float]) -> None:
    """Fields from a left upper corner on, so wide and high (inches)."""
    left, top, wide, high = place
    inches = {"transform": figure.dpi_scale_trans}
    edge = {"edgecolors": "white", "linewidths": 0.8} if high > 0.06 else {"linewidths": 0}
    corners = np.array([(0, 0), (1, 0), (1, -1), (0, -1)]) * (wide, high)
    for number, status in enumerate(STATUSES):
        fields = np.argwhere(codes == number)[:, ::-1] * (wide, -high) + (left, top)
        if not len(fields):
            continue
        shapes = fields[:, None] + corners
        figure.add_artist(PolyCollection(shapes, facecolors=_FILLS[status], **edge, **inches))
        if status in _MARKS and high > 0.06:
            how = {"color": COLOURS[status if status in COLOURS else "not_assessed"]}
            how |= {"linestyle": "", "marker": _MARKS[status], "markersize": 3, "zorder": 2}
            figure.add_artist(Line2D(*shapes.mean(axis=1).T, **how, **inches))


def _stacked(about: Indicator, say: Language) -> str:
    """A head in lines as narrow as its column: those that the standard gives, words, or three characters."""
    text, head = say.label(about.short), say.label(about.head)
    if "\n" in head:
        return head
    if say.code != "zh":
        return "\n".join(_halved(word) for word in head.split())
    return "\n".join(text[n : n + 3] for n in range(0, len(text), 3))


def _halved(word: str) -> str:
    """A word, on two lines if one is too narrow for it."""
    middle = len(word) // 2
    return word if len(word) <= LONGEST_WORD else f"{word[:middle]}-\n{word[middle:]}"


def _title(study: Study, stage: str, say) -> str:
    rows = study.schools[study.schools["stage"] == stage]
    return say(
        "{stage}: {n} of {all} schools meet the rule",
        stage=say.label(STAGE_LABELS[stage]),
        n=say.number((rows["status"] == "met").sum()),
        all=say.number(len(rows)),
    )


def _legend(figure: Chart, say, study: Study, height: float) -> None:
    floor = say.percent(study.rules.number("school.floor"), 0)
    words = {
        "met": say("threshold met"),
        "near": say("not met, {floor} of it or more", floor=floor),
        "short": say("below {floor}", floor=floor),
        "not_assessed": say("not assessed"),
    }
    handles = []
    for status in words:
        field = {"markersize": 7, "markerfacecolor": _FILLS[status], "markeredgecolor": "#999999"}
        handle = [Line2D([], [], linestyle="", marker="s", **field)]
        if status in _MARKS:
            colour = COLOURS[status if status in COLOURS else "not_assessed"]
            mark = {"marker": _MARKS[status], "markersize": 3, "color": colour}
            handle.append(Line2D([], [], linestyle="", **mark))
        handles.append(tuple(handle))
    figure.legend(
        handles=handles,
        labels=list(words.values()),
        loc="lower center",
        ncols=4,
        bbox_to_anchor=(0.5, 0),
        borderpad=0,
        handler_map={tuple: HandlerTuple(ndivide=1)},
    )
