"""The plan in words: one line per school, what it costs, what proves it, what drives it."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from ...base.files import N_
from ...base.language import speak
from ...base.schema.terms import STAGE_LABELS
from ..plan import Measure, unit_of
from ..problem.instance import exact
from ..problem.means import ITEMS, Forbid, Lock, is_bought
from ..problem.overrides import EVERYWHERE, label_of
from ..result import Remedy

OWN, VARIATION = N_("own threshold"), N_("the county's coefficient of variation")
ITEM = N_("an item of the standard")
LEAVING = N_("teachers who leave for other schools")


def raised(measure: Measure, answer: Remedy) -> list[int]:
    """Indicators that a measure raises where it helps."""
    if measure.means in ITEMS:
        return []
    instance = answer.instance
    if is_bought(measure.means):
        found = instance.raised_by(measure.means)
        if answer.means.purchase[measure.means].adds_equipment_cny:
            found += [k for k in instance.raised_by("equipment_value_cny") if k not in found]
        return found
    if measure.means == "upgrade":
        return [k for k in instance.staff if instance.about(k).add == (measure.kind,)]
    if measure.means == "hire":
        brings = next(h.brings for h in answer.means.hire if h.name == measure.kind)
    else:
        brings = tuple(int(digit) for digit in measure.kind)
    return instance.counted(brings)


def reason(measure: Measure, answer: Remedy) -> str:
    """Why a measure is needed: the school's own threshold, teachers who leave it, or the variation.

    A measure serves the threshold if the school misses one of the indicators that it raises today; it
    makes up for teachers who leave if the school misses one only then; else only the variation can have
    asked for it.
    """
    if measure.means in ITEMS:
        return ITEM
    instance, quantity = answer.instance, answer.found.verdict.quantity
    leaving = False
    for n, row in enumerate(instance.rows):
        if instance.schools[row.school].school_id != measure.school_id:
            continue
        if measure.stage and row.stage != measure.stage:
            continue
        for k in raised(measure, answer):
            if instance.have(n, k) < row.need[k]:
                return OWN
            without = quantity[n, k] - exact(measure.amount)
            marks = (row.need[k], row.floor[k])
            leaving |= k in row.staff and any(without < mark <= quantity[n, k] for mark in marks)
    if leaving:
        return LEAVING
    return VARIATION if answer.goal.variations else OWN


def lines(answer: Remedy, lang: str) -> pd.DataFrame:
    """One line per school with something to do: what, yuan, why; the dearest first.

    Returns
    -------
    DataFrame
        Columns in the language: school, measures, yuan, why.
    """
    say = speak(lang)
    names = answer.names
    done: dict[str, list[str]] = defaultdict(list)
    cny: dict[str, float] = defaultdict(float)
    why: dict[str, dict[str, None]] = defaultdict(dict)
    for each in answer.measures:
        what = f"{each.label(answer.means, lang)} {say.number(each.amount)} {unit_of(each.means, answer.means)[lang]}"
        if each.stage:
            what = f"{STAGE_LABELS[each.stage][lang]}{say(': ')}{what}"
        if each.origin:
            what += say(" from {school}", school=names[each.origin])
        done[each.school_id].append(what)
        cny[each.school_id] += each.cny
        why[each.school_id][reason(each, answer)] = None
    order = sorted(done, key=lambda code: (-cny[code], code))
    return pd.DataFrame(
        {
            say("School"): [names[code] for code in order],
            say("Measures"): [say("; ").join(done[code]) for code in order],
            say("Yuan"): [cny[code] for code in order],
            say("Needed for"): [say("; ").join(say(r) for r in why[code]) for code in order],
        }
    )


def sentences(answer: Remedy, lang: str, *, timed: bool = True) -> list[str]:
    """What is to be known about the plan, from its numbers; `timed`: and how long it took."""
    say = speak(lang)
    told = []
    year = answer.study.year
    if answer.cost is not None:
        schools = len({each.school_id for each in answer.measures})
        if answer.measures:
            told.append(
                say(
                    "For {year} the least cost is {cost} yuan, for {n} measures at {schools} schools.",
                    year=year,
                    cost=say.number(float(answer.cost)),
                    n=len(answer.measures),
                    schools=schools,
                )
            )
        else:
            told.append(say("For {year} nothing has to be done to reach the goal.", year=year))
        told.append(
            say(
                "No plan can cost less than {bound} yuan (gap {gap}).",
                bound=say.number(float(answer.bound or 0)),
                gap=f"{answer.gap:.2%}",
            )
            if not timed
            else say(
                "No plan can cost less than {bound} yuan (gap {gap}; found in {seconds} seconds).",
                bound=say.number(float(answer.bound or 0)),
                gap=f"{answer.gap:.2%}",
                seconds=f"{answer.seconds:.1f}",
            )
        )
        if answer.confirmed:
            told.append(say("Judged again with the changed tables, the county meets the goal."))
        if answer.saving is not None and answer.measures:
            told.append(
                say(
                    "If every school bought its own shortfall, it would cost {greedy} yuan: the plan saves {part}.",
                    greedy=say.number(float(answer.greedy)),
                    part=f"{answer.saving:.1%}",
                )
            )
        told += _drivers(answer, lang)
    told += _asked(answer, lang)
    return [*told, *(said.text(lang) for said in answer.why)]


def _asked(answer: Remedy, lang: str) -> list[str]:
    """What was ruled out and fixed."""
    say, means = speak(lang), answer.means
    names = answer.names

    def place(each: Forbid | Lock) -> str:
        where = names.get(each.school, EVERYWHERE[lang])
        return say("{what} ({where})", what=label_of(each.means, means)[lang], where=where)

    told = []
    if means.forbid:
        listed = say("; ").join(place(each) for each in means.forbid)
        told.append(say("Ruled out beforehand: {what}.", what=listed))
    if means.lock:
        listed = say("; ").join(f"{place(each)} {say.number(each.amount)}" for each in means.lock)
        told.append(say("Fixed beforehand: {what}.", what=listed))
    return told


def _drivers(answer: Remedy, lang: str) -> list[str]:
    """Which school and which limit drive the cost."""
    say, told = speak(lang), []
    names = answer.names
    cny: dict[str, float] = defaultdict(float)
    for each in answer.measures:
        cny[each.school_id] += each.cny
    if cny and sum(cny.values()):
        code = min(cny, key=lambda c: (-cny[c], c))
        told.append(
            say(
                "{school} takes the largest part: {cny} yuan, {part} of all.",
                school=names[code],
                cny=say.number(cny[code]),
                part=f"{cny[code] / sum(cny.values()):.1%}",
            )
        )
    if answer.found.tight:
        listed = [
            say(
                "{indicator} ({stage})",
                indicator=answer.instance.about(k).short[lang],
                stage=STAGE_LABELS[stage][lang],
            )
            for stage, k in answer.found.tight
        ]
        told.append(
            say(
                "Thresholds alone would leave these coefficients of variation above their limits: {what}.",
                what=say("; ").join(listed),
            )
        )
    elif answer.measures and answer.goal.variations:
        told.append(
            say("The thresholds of the schools drive the cost; no coefficient of variation does.")
        )
    return told
