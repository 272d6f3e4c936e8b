"""In sentences: what the last of the money buys, which school and which limit drive the cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from ...base.language import Language, speak
from ...base.schema.indicators import Indicator, Indicators
from ...base.schema.terms import STAGE_LABELS
from ..problem.instance import exact
from ..result import Remedy
from ..solve.search import Found
from .alone import Dearest, Stuck
from .dual import Last
from .further import Further

#: Schools and thresholds that are named at most.
NAMED = 5
THRESHOLDS = 3
#: Schools of which it is said one by one why they cannot pass.
STUCK = 10


def money(say: Language, cny) -> str:
    """Yuan in a sentence; in Chinese in 万元 from ten thousand on, as offices write it."""
    value = float(cny)
    if say.code == "zh" and value >= 10_000:
        tenths = round(value / 1000)
        return f"{say.number(value / 10_000, 1 if tenths % 10 else 0)}万元"
    return say("{n} yuan", n=say.number(value))


def whole(say: Language, *texts: str) -> str:
    """Several sentences as one paragraph."""
    return (" " if say.code == "en" else "").join(text for text in texts if text)


def told(found: Further, answer: Remedy, lang: str) -> list[str]:
    """Everything beyond the plan, from its numbers."""
    say = speak(lang)
    moved = found.moved[found.moved["status"] != "open"]
    name = answer.names[found.dearest.school_id] if found.dearest else ""
    texts = [
        alone_text(found.dearest, answer, name, lang),
        last_text(found.last, answer, lang),
        variation_text(moved, answer.instance.indicators, lang),
        floor_text(moved, answer, lang),
        threshold_text(moved, answer.instance.indicators, lang),
    ]
    if left := len(found.moved) - len(moved):
        texts.append(
            say(
                "For {n} moves of a limit the time was over before it was known what they change.",
                n=left,
            )
        )
    return [text for text in texts if text]


def last_text(last: Last | None, answer: Remedy, lang: str) -> str:
    """What is lost without the last of the money: schools, limits of variation."""
    if last is None:
        return ""
    say = speak(lang)
    every = len(answer.instance.schools)
    about = {
        "part": say.percent(1 - last.money / float(answer.cost), 0),
        "money": money(say, last.money),
        "n": say.number(last.schools),
        "all": say.number(every),
    }
    if last.most > last.schools:
        first = say(
            "With {part} less money ({money}), {n} of {all} schools pass by these measures; it is proved that no choice brings more than {most}.",
            most=say.number(last.most),
            **about,
        )
    else:
        first = say(
            "With {part} less money ({money}), {n} of {all} schools pass; it is proved that no choice brings more.",
            **about,
        )
    lost = say("Not over the line then: {schools}.", schools=_named(last.lost, answer, say))
    return whole(say, first, lost if last.lost else "", _broken(last, answer, say))


def _broken(last: Last, answer: Remedy, say: Language) -> str:
    if not answer.goal.variations:
        return ""
    if not last.beyond:
        return say("Every coefficient of variation is within its limit even so.")
    listed = say.join(_at(answer.instance.about(k), stage, say) for stage, k in last.beyond)
    return say("These coefficients of variation are above their limits then: {what}.", what=listed)


def _named(codes: tuple[str, ...], answer: Remedy, say: Language) -> str:
    names = [answer.names[code] for code in codes]
    if len(names) <= NAMED:
        return say.join(names)
    listed = (", " if say.code == "en" else "、").join(names[:NAMED])
    return say("{schools} and {n} more", schools=listed, n=len(names) - NAMED)


def _at(about: Indicator, stage: str, say: Language) -> str:
    """An indicator and its stage."""
    return say(
        "{indicator} ({stage})",
        indicator=say.label(about.short),
        stage=say.label(STAGE_LABELS[stage]),
    )


def dearest_text(found: Dearest | None, answer: Remedy, lang: str) -> str:
    """The school that costs most, and the threshold that asks for it."""
    if found is None:
        return ""
    say = speak(lang)
    first = say(
        "{school} needs most: {cny}, {part} of all.",
        school=answer.names[found.school_id],
        cny=money(say, found.cny),
        part=say.percent(found.part),
    )
    return whole(say, first, alone_text(found, answer, say("it"), lang))


def alone_text(found: Dearest | None, answer: Remedy, name: str, lang: str) -> str:
    """What the dearest school costs by itself, and without the threshold that asks for most of it."""
    if found is None or found.alone is None or not found.without:
        return ""
    say = speak(lang)
    (k, less), *_ = found.without
    if not less:
        return say(
            "By itself {school} cannot pass for less than {alone}. What drives that is the threshold “{indicator}”: without it nothing would be needed.",
            school=name,
            alone=money(say, found.alone),
            indicator=say.label(answer.instance.about(k).short),
        )
    return say(
        "By itself {school} cannot pass for less than {alone}. What drives that most is the threshold “{indicator}”: without it {less} would be enough.",
        school=name,
        alone=money(say, found.alone),
        indicator=say.label(answer.instance.about(k).short),
        less=money(say, less),
    )


def variation_text(moved: pd.DataFrame, about: Indicators, lang: str) -> str:
    """Whether a hundredth more or less on a limit of variation changes the cost."""
    rows = moved[moved["limit"] == "variation"]
    if rows.empty:
        return ""
    say = speak(lang)
    if (rows["status"] == "known").all():
        return say(
            "No single limit of variation drives the cost: 0.01 more or less on any one of them changes nothing; that is proved."
        )
    parts = [_moved(row, about, say) for row in rows[rows["told"]].to_dict("records")]
    open_ = int((~rows["told"] & (rows["status"] != "known")).sum())
    first = (
        say("If a single limit of variation moves by 0.01: {what}.", what=say("; ").join(parts))
        if parts
        else ""
    )
    rest = say("For {n} of the moves the searches tell no difference.", n=open_) if open_ else ""
    return whole(say, first, rest)


def _moved(row: dict, about: Indicators, say: Language) -> str:
    what = _at(about[row["indicator"]], row["stage"], say)
    if math.isnan(row["cost_cny"]):
        return say("{what} tighter leaves no way to pass", what=what)
    if row["step"] < 0:
        return say(
            "{what} tighter costs {more} more", what=what, more=money(say, row["change_cny"])
        )
    return say("{what} wider saves {less}", what=what, less=money(say, -row["change_cny"]))


def floor_text(moved: pd.DataFrame, answer: Remedy, lang: str) -> str:
    """What a point more or less on the floor of the indicators that may remain costs."""
    rows = moved[moved["limit"] == "floor"].sort_values("step")
    if rows.empty:
        return ""
    say = speak(lang)
    parts = [_floor(row, say) for row in rows.to_dict("records")]
    floor = float(exact(answer.study.rules["school.floor"]))
    return say(
        "The floor of {floor} for an indicator that remains: {what}.",
        floor=say.percent(floor, 0),
        what=say("; ").join(parts),
    )


def _floor(row: dict, say: Language) -> str:
    lower, change = row["step"] < 0, row["change_cny"]
    if math.isnan(row["cost_cny"]):
        return say("a point more leaves no way to pass")
    if not row["told"]:
        if lower:
            return say("a point less changes nothing that can be told")
        return say("a point more changes nothing that can be told")
    if lower:
        return say("a point less saves {less}", less=money(say, -change))
    return say("a point more costs {more} more", more=money(say, change))


def threshold_text(moved: pd.DataFrame, about: Indicators, lang: str) -> str:
    """The thresholds of which one percent costs most."""
    rows = moved[(moved["limit"] == "threshold") & moved["told"]].head(THRESHOLDS)
    if rows.empty:
        return ""
    say = speak(lang)
    parts = [
        _at(about[row["indicator"]], row["stage"], say) + say(": ") + money(say, -row["change_cny"])
        for row in rows.to_dict("records")
    ]
    return say(
        "Of the thresholds these drive the cost most; one percent less on each by itself saves: {what}.",
        what=say("; ").join(parts),
    )


def stuck_texts(found: Sequence[Stuck], answer: Remedy, lang: str) -> list[str]:
    """Why schools cannot pass by the means allowed, one sentence each; of many the first ones."""
    texts = [_stuck(each, answer, lang) for each in found[:STUCK]]
    if len(found) > STUCK:
        say = speak(lang)
        texts.append(say("{n} more schools cannot pass either.", n=len(found) - STUCK))
    return texts


def rest_text(found: Found | None, answer: Remedy, lang: str) -> str:
    """What it costs that the schools that are not stuck pass."""
    if found is None:
        return ""
    say = speak(lang)
    if found.cost is None:
        return (
            say("The other schools cannot all pass either.") if found.status == "infeasible" else ""
        )
    return say(
        "The other schools can pass for {cost}, limits of variation left out; it is proved that they cannot for less than {bound}.",
        cost=money(say, found.cost),
        bound=money(say, found.bound or 0),
    )


def _stuck(found: Stuck, answer: Remedy, lang: str) -> str:
    say = speak(lang)
    name = answer.names[found.school_id]
    if not found.indicators:
        return say(
            "{school} cannot pass by the means allowed, whatever is spent: more than one threshold stands in the way.",
            school=name,
        )
    # each of them is enough, so they are alternatives
    listed = say(" or ").join(say.label(answer.instance.about(k).short) for k in found.indicators)
    return say(
        "{school} cannot pass by the means allowed, whatever is spent; it could if nothing were asked of it in: {what}.",
        school=name,
        what=listed,
    )
