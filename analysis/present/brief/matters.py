"""The five things that matter most, what to do about each, and by whom and when where the plan says so."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.language import Language, speak
from ...base.schema.terms import STAGE_LABELS
from ...measure.balance import CV_DECIMALS
from ...measure.gaps import doubted, stage_gaps
from ...measure.study import Study
from ...policy.plan import Plan
from ..sentences import furthest_from_rule
from ..tables.grid import Grid, number_cell, text_cell
from ..terms import (
    PART_NAMES,
    bracketed,
    item_against,
    item_title,
    named_units,
    printed_part,
    variation_item,
    variation_limit,
)
from .due import assigned

SHOWN = 5


@dataclass(frozen=True)
class Matter:
    """One thing that stands in the way.

    Attributes
    ----------
    entry : str
        Id of the requirement, by which the plan is asked who answers for it; empty for a school.
    what, stands, todo : str
        What it is; how it stands against what is asked; what has to be added or done.
    about : str
        What has the same is one matter from two sides: an indicator, of which an amount is missing and the
        variation is too large, in one stage and in the other.
    """

    entry: str
    what: str
    stands: str
    todo: str
    about: str = ""


@functools.lru_cache(maxsize=4)
def matters(study: Study, lang: str = "zh") -> tuple[Matter, ...]:
    """What matters most, most important first: vetoes, then gaps, variation, items and schools in turn.

    A veto outranks everything (Measures, article 9). After it each kind is heard once before any is
    heard twice: the indicator that lacks most, the coefficient of variation furthest above its
    limit, the item furthest from what is asked, the school furthest from the rule. The other
    sides of what was heard come last.
    """
    say = speak(lang)
    vetoes = [
        Matter(row["item"], item_title(study, row["item"], lang), say("found"), say("to be ended; the county cannot be recognised before"))
        for row in _failed(study, "veto")
    ]  # fmt: skip
    doubt = doubted(study)
    kinds = [
        _gaps(study, doubt, say),
        _variation(study, doubt, say),
        _items(study, say),
        _schools(study, doubt, say),
    ]
    return tuple((vetoes + _in_turn(kinds))[:SHOWN])


def _in_turn(kinds: Iterable[list[Matter]]) -> list[Matter]:
    """One of each kind, then a second of each; what is about something heard already comes at the end."""
    heard: dict[str, Matter] = {}
    again: list[Matter] = []
    waiting = [iter(kind) for kind in kinds]
    while waiting:
        for kind in list(waiting):
            for matter in kind:
                if heard.setdefault(matter.about or matter.what, matter) is matter:
                    break
                again.append(matter)
            else:
                waiting.remove(kind)
    return [*heard.values(), *again]


def _failed(study: Study, *parts: str) -> list[dict]:
    table = study.evaluation
    return table[table["part"].isin(parts) & (table["status"] == "not_met")].to_dict("records")


def _gaps(study: Study, doubt: np.ndarray, say: Language) -> list[Matter]:
    gaps = stage_gaps(study.indicators[~doubt], study.rules.indicators)
    gaps = gaps[gaps["share"] > 0].sort_values("share", ascending=False, kind="stable")
    found = []
    for row in gaps.to_dict("records"):
        about = study.rules.indicators[row["indicator"]]
        amount = say.number(*printed_part(row["lacking"], about.whole))
        found.append(
            Matter(
                f"{row['indicator']}.{row['stage']}",
                f"{say.label(STAGE_LABELS[row['stage']])}{say(': ')}{say.label(about.short)}",
                say.plural("{n} school below the threshold", "{n} schools below the threshold", row["schools"]),
                say("add {amount} {unit} ({share} of what is needed)", amount=amount, unit=say.label(about.resource), share=say.percent(row["share"], 1)),
                about=row["indicator"],
            )
        )  # fmt: skip
    return found


def _variation(study: Study, doubt: np.ndarray, say: Language) -> list[Matter]:
    rows = study.balance[study.balance["status"] == "not_met"]
    rows = rows.assign(over=rows["cv"] / rows["limit"])
    found = []
    for row in rows.sort_values("over", ascending=False, kind="stable").to_dict("records"):
        entry = variation_item(row)
        cv, limit = say.number(row["cv"], CV_DECIMALS), variation_limit(row["limit"], say)
        found.append(
            Matter(
                entry,
                item_title(study, entry, say.code),
                say("{cv}, limit {limit}", cv=cv, limit=limit),
                _lowest(study, doubt, row, say),
                about=row["indicator"],
            )
        )
    return found


def _lowest(study: Study, doubt: np.ndarray, row: dict, say: Language) -> str:
    """Whom to help first: the schools below the county mean that weigh most in the variation."""
    keys = ["school_id", "stage", "indicator"]
    table = study.influence
    table = table[(table["stage"] == row["stage"]) & (table["indicator"] == row["indicator"])]
    table = table[table["value"] < table["mean"]]
    doubtful = pd.MultiIndex.from_frame(study.indicators.loc[doubt, keys])
    below = table.loc[~pd.MultiIndex.from_frame(table[keys]).isin(doubtful), "school"]
    if below.empty:
        return say("narrow the gap between schools")
    return say("raise first: {schools}", schools=say.join(below.head(2)))


def _items(study: Study, say: Language) -> list[Matter]:
    found = []
    for row in sorted(
        _failed(study, "government", "quality", "recognition"), key=_distance, reverse=True
    ):
        item, part = row["item"], PART_NAMES[row["part"]]
        value, asked = item_against(study, row, say.code)
        found.append(
            Matter(
                item,
                f"{item.split('.')[0]} {item_title(study, item, say.code)}",
                say("{value} at worst, required {required}", value=value, required=asked) if row["detail"] else say("{value}, required {required}", value=value, required=asked),
                _at(study, row["detail"], say) or say("to be met ({part})", part=say(part)),
            )
        )  # fmt: skip
    return found


def _distance(row: dict) -> float:
    """How far a requirement is missed, in parts of what is asked; words come last."""
    _, _, number = row["requirement"].partition(" ")
    if not number or pd.isna(row["margin"]):
        return 0.0
    return abs(row["margin"]) / max(abs(float(number)), 1e-9)


def _at(study: Study, detail: str, say: Language) -> str:
    """Where it is missed: the number of schools (or subjects), and the first of them."""
    units, count = named_units(detail, say.code)
    if count < 2:
        return say("at {place}", place=units[0][0]) if units else ""
    n, place = say.number(count), units[0][0]
    if {name for name, _ in units} <= set(study.rows["school"]):
        return say("at {n} schools, first {place}", n=n, place=place)
    return say("at {n} places, first {place}", n=n, place=place)


def _schools(study: Study, doubt: np.ndarray, say: Language) -> list[Matter]:
    rows = furthest_from_rule(study, doubt)
    table = study.indicators
    found = []
    for row in rows.head(SHOWN).to_dict("records"):
        more = int(study.rules.number("school.indicators_met")) - int(row["met"])
        mine = table[(table["school_id"] == row["school_id"]) & (table["stage"] == row["stage"])]
        short = mine[mine["status"] == "short"]
        names = say.join(
            say.label(study.rules.indicators[name].short) for name in short["indicator"]
        )
        found.append(
            Matter(
                "",
                row["school"] + bracketed(say.label(STAGE_LABELS[row["stage"]]), say),
                say("{met} of {k} met, {below} below {floor} of the threshold", met=say.number(row["met"]), k=len(study.rules.indicators), below=say.number(row["below_floor"]), floor=say.percent(study.rules.number("school.floor"), 0)),
                say("first: {names}", names=names) if names else say.plural("{n} more indicator to its threshold", "{n} more indicators to their thresholds", more),
            )
        )  # fmt: skip
    return found


def matters_grid(study: Study, lang: str = "zh") -> Grid:
    """The five things that matter most, with what the plan, where there is one, says of each."""
    say = speak(lang)
    plan = study.county.plan
    whom = (say("By whom and when (plan)"),) if plan else ()
    rows = tuple(
        (
            number_cell(say, number),
            text_cell(each.what),
            text_cell(each.stands),
            text_cell(each.todo),
            *(text_cell(_who(plan, each, study, say)) for _ in whom),
        )
        for number, each in enumerate(matters(study, lang), 1)
    )
    header = (
        say("No."),
        say("What"),
        say("How it stands"),
        say("What has to be done"),
        *whom,
    )
    return Grid(say("What matters most"), header, rows)  # fmt: skip


def _who(plan: Plan, matter: Matter, study: Study, say: Language) -> str:
    told = assigned(plan, matter.entry, study.year, say) if matter.entry else None
    return told.text if told else say("not in the plan")
