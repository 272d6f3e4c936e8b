"""What is done at a school, in a few words."""

from __future__ import annotations

from ...base.language import Language, speak
from ...base.schema.terms import PERSONS, STAGE_LABELS, Label
from ...remedy.plan import Measure, unit_of
from ...remedy.problem.means import ATTRIBUTES, PEOPLE
from ...remedy.result import Remedy


def done_at(lines: list[Measure], answer: Remedy, names: dict[str, str], lang: str) -> str:
    """All measures of a school; teachers of one kind who come are said together.

    Parameters
    ----------
    lines : list of Measure
        Of one school, in the order in which they are said.
    answer : Remedy
    names : dict of str to str
        Schools by code.
    lang : {"zh", "en"}
    """
    say = speak(lang)
    parts: dict = {}
    for each in lines:
        key = (each.stage, each.kind) if each.means == "transfer" else each
        parts.setdefault(key, []).append(each)
    texts = []
    for group in parts.values():
        first = group[0]
        if first.means == "transfer":
            texts.append(_coming(group, names, say))
        else:
            what = first.label(answer.means, lang)
            texts.append(
                _said(say, first.stage, what, first.amount, unit_of(first.means, answer.means))
            )
    return say("; ").join(texts)


def _said(say: Language, stage: str, what: str, amount: float, unit: Label) -> str:
    number = say.number(amount)
    head, colon, kind = what.partition(say(": "))
    if stage and colon:
        # no colon behind that of the stage
        what = f"{head}{say(' (')}{kind}{say(')')}"
    if say.code == "zh":
        text = f"{what}{number}{unit.zh}"
    else:
        text = f"{what} {number} {unit.en.removesuffix('s') if amount == 1 else unit.en}"
    return f"{say.label(STAGE_LABELS[stage])}{say(': ')}{text}" if stage else text


def _coming(group: list[Measure], names: dict[str, str], say: Language) -> str:
    """Teachers of one kind who come from one or several schools."""
    first = group[0]
    persons = sum(each.amount for each in group)
    traits = [
        say.label(label)
        for digit, label in zip(first.kind, ATTRIBUTES.values(), strict=True)
        if digit == "1"
    ]
    if len(group) == 1:
        came = say("from {school}", school=names[first.origin])
    else:
        # the number first in Chinese: names of schools may end in one
        givers = (
            say("{school} ({n})", school=names[each.origin], n=say.number(each.amount))
            for each in group
        )
        came = say("from {numbered}", numbered=say.join(givers))
    text = _said(say, first.stage, say.label(PEOPLE["transfer"]), persons, PERSONS)
    return text + say(
        " ({who}{came})",
        who=say("{traits}; ", traits=say.join(traits)) if traits else "",
        came=came,
    )
