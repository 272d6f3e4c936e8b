"""School by school: the indicators, the school rule, and what is missing."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from ...base.language import DASH, speak
from ...base.rows import rows_by
from ...base.schema.indicators import Indicator
from ...base.schema.terms import STAGE_LABELS, STAGES, YUAN
from ...measure.gaps import stage_gaps
from ...measure.indicators import whole_up
from ...measure.study import Study
from ..terms import floor_share, printed_part, status_name
from .grid import Cell, Grid, number_cell, text_cell

#: A bar is as wide as its cell at this many times the threshold.
FULL_BAR = 1.5


def bar_of(value: float, threshold: float) -> float | None:
    """The filled part of a cell: a value against its threshold; None where one is not known."""
    part = value / threshold / FULL_BAR
    return None if part != part else min(max(part, 0.0), 1.0)


def decimals_of(about: Indicator) -> int:
    """Decimals of an indicator's values in tables of schools: none for yuan."""
    return 0 if about.resource == YUAN else about.decimals


def school_indicators_table(
    study: Study, stage: str, lang: str = "zh", most: int | None = None
) -> Grid:
    """The schools of a stage with their indicators as bars and the school rule.

    Parameters
    ----------
    study : Study
    stage : str
    lang : {"zh", "en"}
    most : int, optional
        At most so many schools, those that are furthest from the rule.
    """
    say = speak(lang)
    rules = study.schools[study.schools["stage"] == stage]
    everyone = len(rules)
    if most is not None and everyone > most:
        rules = furthest(rules).head(most)
    values = study.indicators[study.indicators["stage"] == stage]
    wide = values.set_index(["school_id", "indicator"])[["value", "status", "threshold"]].to_dict(
        "index"
    )
    rows, asked = [], study.rules.asks_of_schools
    for school in rules.to_dict("records"):
        cells = [text_cell(school["school"]), number_cell(say, school["students"])]
        for name, about in study.rules.indicators.items():
            found = wide[(school["school_id"], name)]
            bar = bar_of(found["value"], found["threshold"])
            cells.append(number_cell(say, found["value"], decimals_of(about), found["status"], bar))
        if asked:
            cells.append(number_cell(say, school["met"]))
            cells.append(text_cell(status_name(school["status"], lang), school["status"]))
        rows.append(tuple(cells))
    thresholds = [text_cell(say("Threshold")), text_cell("")]
    for name, about in study.rules.indicators.items():
        value = study.rules.number(f"{name}.{stage}")
        thresholds.append(number_cell(say, value, min(decimals_of(about), 1)))
    if asked:
        thresholds += [number_cell(say, study.rules.number("school.indicators_met")), text_cell("")]
    header = (
        say("School"),
        say("Students (persons)"),
        *(f"{say.label(i.short)}\n({say.label(i.unit)})" for i in study.rules.indicators.values()),
        *((say("Indicators met"), say("Rule")) if asked else ()),
    )
    named = {
        "stage": say.label(STAGE_LABELS[stage]),
        "n": say.number(len(rules)),
        "all": say.number(everyone),
    }
    if len(rules) < everyone:
        caption = say(
            "{stage}: the indicators of the {n} schools furthest from the rule (of {all})",
            **named,
        )
    else:
        caption = say("{stage}: the indicators of every school", **named)
    return Grid(
        caption, header, (*([tuple(thresholds)] if asked else []), *rows), tight=True, fixed=1
    )


def furthest(schools: pd.DataFrame) -> pd.DataFrame:
    """Schools by the rule, those that are furthest from it first."""
    order = ["below_floor", "met", "students"]
    return schools.sort_values(order, ascending=[False, True, False], kind="stable")


def shortfall_totals(study: Study, lang: str = "zh") -> Grid:
    """What the schools of each stage together lack, of what they share only the stage's own part."""
    say = speak(lang)
    gaps = stage_gaps(study.indicators, study.rules.indicators).set_index(["stage", "indicator"])[
        "lacking"
    ]
    rows, statuses = [], study.indicators["status"].tolist()
    standing = rows_by(study.indicators, "stage", "indicator")
    for stage in STAGES:
        for name, about in study.rules.indicators.items():
            if (stage, name) not in standing:
                continue
            counts = Counter(statuses[at] for at in standing[stage, name])
            rows.append(
                (
                    text_cell(say.label(STAGE_LABELS[stage])),
                    text_cell(say.label(about.short)),
                    *(
                        number_cell(say, counts[status])
                        for status in ("met", "near", "short", "not_assessed")
                    ),
                    number_cell(say, *printed_part(gaps[stage, name], about.whole)),
                    text_cell(say.label(about.resource)),
                )
            )
    header = (
        say("Stage"),
        say("Indicator"),
        say("Schools that meet it"),
        say("{floor} or more", floor=floor_share(study, lang)),
        say("Below {floor}", floor=floor_share(study, lang)),
        say("Not assessed"),
        say("The stage lacks"),
        say("Unit"),
    )
    return Grid(say("What each stage lacks, all schools together"), header, tuple(rows), tight=True)


def printed_up(value: float) -> float:
    """Round up: what is printed must suffice. (+ 0.0 turns a negative zero into zero.)"""
    return float(whole_up(value)) + 0.0


def shortfall_by_school(study: Study, lang: str = "zh") -> Grid:
    """What each school lacks to meet every threshold of its stages."""
    say = speak(lang)
    lacking = study.indicators[study.indicators["shortfall"] > 0]
    wide = lacking.set_index(["stage", "school_id", "indicator"])["shortfall"].to_dict()
    rows = []
    for school in study.schools.to_dict("records"):
        amounts = [
            wide.get((school["stage"], school["school_id"], name), 0.0)
            for name in study.rules.indicators
        ]
        if not any(amounts):
            continue
        rows.append(
            (
                text_cell(school["school"]),
                text_cell(say.label(STAGE_LABELS[school["stage"]])),
                *(number_cell(say, printed_up(a)) if a else Cell(DASH, True) for a in amounts),
            )
        )
    header = (
        say("School"),
        say("Stage"),
        *(
            f"{say.label(i.short)}\n({say.label(i.resource)})"
            for i in study.rules.indicators.values()
        ),
    )
    return Grid(say("What each school is missing"), header, tuple(rows), tight=True)
