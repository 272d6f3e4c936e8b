"""View -> what the widget's page shows: words, numbers as text, positions; nothing is left to reckon."""

from __future__ import annotations

import math
from itertools import pairwise

from ..base.files import N_
from ..base.language import DASH, Language, speak
from ..base.schema.terms import STAGE_LABELS, STAGES
from ..measure.balance import CV_DECIMALS
from ..present.charts.chart import COLOURS
from ..present.terms import STATUS_NAMES, printed_part, school_year, status_name, variation_limit
from .shelf import Shelf
from .state import KINDS, code_of
from .view import Summary, View

#: Statuses of a school in an indicator.
STATUS_OF_POINT = {
    "met": N_("threshold met"),
    **{name: STATUS_NAMES[name] for name in ("near", "short", "not_assessed")},
    "not_applicable": N_("no threshold"),
}
_KIND_NAMES = {"scatter": N_("by students"), "strip": N_("in order of the figure")}
#: What is written on the page's controls.
_WORDS = {
    "county": N_("County"),
    "year": N_("School year"),
    "stage": N_("Stage"),
    "indicator": N_("Indicator"),
    "kind": N_("Schools"),
    "compare": N_("Compare with"),
    "nothing": N_("nothing"),
    "threshold": N_("Threshold"),
    "limit": N_("CV limit"),
    "figure": N_("Figure assumed"),
    "back": N_("Restore this figure"),
    "restore": N_("Restore all"),
    "clear": N_("Choose none"),
    "copy": N_("Copy the state as code"),
    "copied": N_("copied"),
    "code": N_("The state as code"),
    "plot": N_("Schools as points"),
    "help": N_(
        "Draw a frame to choose schools (with Shift: more of them). Drag a point or the threshold. Keys: ← → next school, ↑ ↓ its figure, Space chooses, Delete restores, Esc chooses none."
    ),
}


def page(view: View, shelf: Shelf, lang: str = "zh") -> dict:
    """A view as JSON, in a language.

    Parameters
    ----------
    view : View
    shelf : Shelf
        Says what can be chosen.
    lang : {"zh", "en"}
    """
    say, state = speak(lang), view.state
    about = view.indicators[state.indicator]
    return {
        "lang": "zh-CN" if lang == "zh" else "en",
        "words": {name: say(text) for name, text in _WORDS.items()},
        "options": _options(view, shelf, say),
        "set": {
            "county": state.county,
            "year": state.year,
            "stage": state.stage,
            "indicator": state.indicator,
            "kind": state.kind,
            "compare_county": state.compare[0] if state.compare else "",
            "compare_year": state.compare[1] if state.compare else None,
        },
        "marks": [
            {"mark": mark, "colour": COLOURS[mark], "text": say(STATUS_OF_POINT[mark])}
            for mark in STATUS_OF_POINT
            if (view.schools["status"] == mark).any()
        ],
        "axes": {
            "x": axis_label(view, say),
            "y": f"{say.label(about.short)} ({say.label(about.unit)})",
        },
        "top": top(view),
        "most": most_students(view),
        "points": _points(view, say),
        "hollow": hollow(view),
        "lines": lines(view, say),
        "rules": {
            name: {
                "value": _known(value),
                "changed": value != usual and not _both_nan(value, usual),
            }
            for name, value, usual in (
                ("threshold", view.threshold, view.usual["threshold"]),
                ("limit", view.limit, view.usual["limit"]),
            )
        },
        "step": step(view),
        "unit": say.label(about.unit),
        "sentence": sentence(view, lang),
        "legend": legend(view, shelf, say),
        "outcome": _outcome(view, say),
        "table": _table(view, say),
        "code": code_of(state, lang),
        "changed": view.changed,
    }


def _options(view: View, shelf: Shelf, say: Language) -> dict:
    state = view.state
    counties = [[name, shelf.title(name, say)] for name in shelf.names]
    other = state.compare[0] if state.compare else None

    def years(name: str) -> list:
        return [[year, school_year(year, say)] for year in reversed(shelf.county(name).years)]

    return {
        "county": counties,
        "year": years(state.county),
        "stage": [[name, say.label(STAGE_LABELS[name])] for name in STAGES],
        "indicator": [[name, say.label(each.short)] for name, each in view.indicators.items()],
        "kind": [[name, say(_KIND_NAMES[name])] for name in KINDS],
        "compare_county": [["", say(_WORDS["nothing"])], *counties],
        "compare_year": years(other) if other else [],
    }


def axis_label(view: View, say: Language) -> str:
    """What the horizontal axis is."""
    if view.state.kind == "scatter":
        return say("students of the stage (persons)")
    return say("schools, the lowest reported figure first")


def top(view: View) -> float:
    """The upper end of the vertical axis: the same while a point is dragged below it."""
    usual = [*view.schools["reported"], view.usual["threshold"], view.reported.mean]
    if view.other is not None:
        usual += list(view.other["value"])
    room = 1.12 * max((value for value in usual if math.isfinite(value)), default=1.0)
    assumed = [*view.schools["value"], view.threshold]
    return max([room, *(value for value in assumed if math.isfinite(value))]) or 1.0


def most_students(view: View) -> float:
    """The right end of the axis of students."""
    students = list(view.schools["students"])
    if view.other is not None:
        students += list(view.other["students"])
    return 1.05 * max((value for value in students if math.isfinite(value)), default=1.0) or 1.0


def step(view: View) -> float:
    """By how much a key moves a figure or the threshold: a tenth of its leading digit."""
    size = view.usual["threshold"]
    size = size if math.isfinite(size) and size > 0 else top(view)
    return 10.0 ** (math.floor(math.log10(size)) - 1)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _both_nan(one: float, other: float) -> bool:
    return math.isnan(one) and math.isnan(other)


def _points(view: View, say: Language) -> list[dict]:
    about = view.indicators[view.state.indicator]
    found = []
    for rank, row in enumerate(view.schools.to_dict("records"), 1):
        in_words = STATUS_OF_POINT[row["status"]]
        text = say(
            "{school}: {students} students, {value} {unit}, {status}; share in the squared CV {share}",
            school=row["school"],
            students=say.number(row["students"]),
            value=say.number(row["value"], about.decimals),
            unit=say.label(about.unit),
            status=say(in_words),
            share=say.percent(row["share"]),
        )
        if row["moved"]:
            text += say(" (reported {value})", value=say.number(row["reported"], about.decimals))
        found.append(
            {
                "id": row["school_id"],
                "name": row["school"],
                "students": _known(row["students"]),
                "rank": rank,
                "value": _known(row["value"]),
                "reported": _known(row["reported"]),
                "mark": row["status"],
                "chosen": bool(row["chosen"]),
                "moved": bool(row["moved"]),
                "text": text,
            }
        )
    return found


def hollow(view: View) -> list[dict]:
    """The points of what is compared."""
    if view.other is None:
        return []
    rows = view.other.sort_values(["value", "school_id"]).to_dict("records")
    # spread over the same width: the orders of two counties can be laid over each other
    wide = len(view.schools) or 1
    return [
        {
            "name": row["school"],
            "students": _known(row["students"]),
            "rank": 0.5 + (number + 0.5) * wide / len(rows),
            "value": _known(row["value"]),
        }
        for number, row in enumerate(rows)
    ]


def lines(view: View, say: Language) -> list[dict]:
    """Threshold, floor and mean: where they are and what stands at them."""
    found = []
    for name, value, text in (
        ("threshold", view.threshold, N_("threshold {value}")),
        ("floor", view.floor, N_("floor {value}")),
        ("mean", view.assumed.mean, N_("county mean {value}")),
    ):
        if math.isfinite(value):
            shown = say.number(value, 2 if value < 100 else 0)
            found.append({"name": name, "value": value, "text": say(text, value=shown)})
    heights = apart([line["value"] for line in found], 0.05 * top(view))
    return [line | {"at": at} for line, at in zip(found, heights, strict=True)]


def apart(values: list[float], least: float) -> list[float]:
    """Where labels of lines stand so that none lies on another: their order stays."""
    found = list(values)
    order = sorted(range(len(values)), key=values.__getitem__)
    for lower, upper in pairwise(order):
        found[upper] = max(found[upper], found[lower] + least)
    return found


def legend(view: View, shelf: Shelf, say: Language) -> str:
    """What the hollow points are; empty where nothing is compared."""
    if view.state.compare is None:
        return ""
    county, year = view.state.compare
    about = view.indicators[view.state.indicator]
    return say(
        "hollow: {county}, {year}; mean {mean} {unit}, CV {cv}",
        county=shelf.title(county, say),
        year=school_year(year, say),
        mean=say.number(view.other_summary.mean, about.decimals),
        unit=say.label(about.unit),
        cv=say.number(view.other_summary.cv, CV_DECIMALS),
    )


def sentence(view: View, lang: str) -> str:
    """What the chosen schools mean for the differences, or what the differences are."""
    say, now = speak(lang), view.assumed
    if not now.schools:
        return say("No school of this stage is judged in this year.")
    if view.without is None:
        return say(
            "CV {cv} (limit {limit}): {status}. Choose schools to see what the differences would be without them.",
            cv=say.number(now.cv, CV_DECIMALS),
            limit=variation_limit(now.limit, say),
            status=status_name(now.cv_status, lang),
        )
    count = int(view.schools["chosen"].sum())
    return say.plural(
        "{n} school chosen: {share} of the squared CV. Without it the CV is {cv} instead of {before}: {status}.",
        "{n} schools chosen: {share} of the squared CV. Without them the CV is {cv} instead of {before}: {status}.",
        count,
        share=say.percent(view.share),
        cv=say.number(view.without.cv, CV_DECIMALS),
        before=say.number(now.cv, CV_DECIMALS),
        status=status_name(view.without.cv_status, lang),
    )


def columns(view: View, say: Language) -> list[tuple[str, Summary]]:
    """The columns of the outcome: as reported, as assumed, without the chosen schools."""
    found = [(say("As reported"), view.reported)]
    if view.changed:
        found.append((say("As assumed"), view.assumed))
    if view.without is not None:
        found.append((say("Without the chosen"), view.without))
    return found


def _outcome(view: View, say: Language) -> dict:
    about = view.indicators[view.state.indicator]
    found = columns(view, say)
    of = say("{n} of {all}")

    def numbers(text) -> list:
        return [{"text": text(each), "status": ""} for _, each in found]

    def verdicts(name: str) -> list:
        return [
            {"text": status_name(getattr(each, name), say.code), "status": getattr(each, name)}
            for _, each in found
        ]

    unit = say.label(about.unit)
    rows = [
        (say("Schools judged"), numbers(lambda s: say.number(s.schools))),
        (say("Students (persons)"), numbers(lambda s: say.number(s.students))),
        (
            say("County mean ({unit})", unit=unit),
            numbers(lambda s: say.number(s.mean, about.decimals)),
        ),
        (say("CV (no unit)"), numbers(lambda s: say.number(s.cv, CV_DECIMALS))),
        (say("Limit of the CV"), numbers(lambda s: variation_limit(s.limit, say))),
        (say("Verdict on the CV"), verdicts("cv_status")),
        (
            say("Schools at the threshold"),
            numbers(lambda s: of.format(n=s.met, all=s.schools)),
        ),
        (
            say("The stage lacks ({unit})", unit=say.label(about.resource)),
            numbers(lambda s: _lacking(s.lacking, about.whole, say)),
        ),
        (
            say("Schools that meet the school rule"),
            numbers(lambda s: of.format(n=s.passing, all=s.schools)),
        ),
        (say("Every school meets it"), verdicts("rule_status")),
        (say("Resource allocation, both stages"), verdicts("resource_status")),
    ]
    return {
        "header": ["", *(name for name, _ in found)],
        "rows": [{"label": label, "cells": cells} for label, cells in rows],
    }


def _lacking(value: float, whole: bool, say: Language) -> str:
    return say.number(*printed_part(value, whole)) if math.isfinite(value) else DASH


def _status_cell(status: str, say: Language) -> dict:
    in_words = STATUS_OF_POINT[status]
    return {"text": say(in_words), "status": status}


def _table(view: View, say: Language) -> dict:
    about = view.indicators[view.state.indicator]
    # the order of the reported figures stays while one of them is dragged
    rows = [
        {
            "id": row["school_id"],
            "chosen": bool(row["chosen"]),
            "name": row["school"],
            "cells": [
                {"text": say.number(row["students"]), "status": ""},
                {
                    "text": say.number(row["value"], about.decimals)
                    + (" ●" if row["moved"] else ""),
                    "status": "",
                },
                {"text": say.percent(row["share"]), "status": ""},
                _status_cell(row["status"], say),
                {"text": _lacking(row["shortfall"], about.whole, say), "status": ""},
                {"text": say.number(row["met"]), "status": ""},
                {"text": status_name(row["rule"], say.code), "status": row["rule"]},
            ],
        }
        for row in view.schools.to_dict("records")
    ]
    header = [
        say("School"),
        say("Students (persons)"),
        f"{say.label(about.short)} ({say.label(about.unit)})",
        say("Share in the squared CV"),
        say("Status"),
        say("The school adds ({unit})", unit=say.label(about.resource)),
        say("Indicators met, of {n}", n=len(view.indicators)),
        say("School rule"),
    ]
    return {"header": header, "rows": rows}
