"""The cheapest plan on top of what the page has set: what is asked, and what the page shows of it."""

from __future__ import annotations

from typing import Annotated

import pydantic

from ..base.language import Language, speak
from ..base.schema.terms import STAGE_LABELS
from ..measure.study import Study
from ..present.remedies.calculation import GAP, NODES
from ..present.terms import CONFIDENCE
from ..remedy.answer import remedy
from ..remedy.outcome.in_words import sentences
from ..remedy.plan import Measure, unit_of
from ..remedy.problem.means import LARGEST, is_bought, read_means
from ..remedy.problem.overrides import label_of, word
from ..remedy.result import Remedy
from .state import ROWS, State, read_json

#: Seconds that a plan may take; the best one found by then is shown with its gap.
SECONDS = 5.0

Word = Annotated[str, pydantic.Field(max_length=80)]
Stage = Annotated[str, pydantic.Field(max_length=20)]
Amount = Annotated[float, pydantic.Field(ge=0, le=LARGEST)]


class Conditions(pydantic.BaseModel):
    """What somebody rules out, fixes or prices otherwise (`analysis.remedy.answer.remedy`)."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    forbid: Annotated[tuple[tuple[Word, Word | None], ...], pydantic.Field(max_length=ROWS)] = ()
    """Means and school (null: nowhere)."""
    lock: Annotated[
        tuple[tuple[Word, Word | None, Stage | None, Amount], ...], pydantic.Field(max_length=ROWS)
    ] = ()
    """Means, school, stage, and the amount that is done."""
    prices: Annotated[dict[Word, Amount], pydantic.Field(max_length=ROWS)] = {}
    """Yuan of one unit by the name of the means."""


class Question(pydantic.BaseModel):
    """What the page asks: a state, conditions, and whether the state with the plan is wanted, too."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    state: State
    conditions: Conditions = Conditions()
    take: bool = False


def read_question(data: bytes) -> Question:
    """The question that the browser sends as JSON; refused as `analysis.planner.state.read_state` does."""
    return read_json(data, Question)


def solved(study: Study, conditions: Conditions) -> Remedy:
    """The cheapest plan for the year that a study judges, on top of everything that it assumes.

    Raises
    ------
    InputError
        There is no such means or school, or an amount cannot be.
    """
    return remedy(
        study.county,
        scenario=study.outlook,
        by=study.year,
        forbid=conditions.forbid,
        lock=conditions.lock,
        prices=conditions.prices,
        seconds=SECONDS,
        gap=GAP,
        nodes=NODES,
    )


def shown(answer: Remedy, lang: str) -> dict:
    """What the page shows of a plan.

    Returns
    -------
    dict
        `told` (sentences), `year`, `cost` (yuan in words; empty where there is no plan), `rows` (a means
        at a school and stage: `word`, `school_id`, `school`, `stage`, `stage_name`, `label`, `amount`,
        `shown`, `step`, `unit`, `cny`, `from`) and `prices` (`word`, `label`, `unit`, `cny`, `usual`, `about`).
    """
    say = speak(lang)
    return {
        "told": sentences(answer, lang),
        "year": answer.study.year,
        "cost": "" if answer.cost is None else say.number(float(answer.cost)),
        "rows": _rows(answer, say),
        "prices": _prices(answer, say),
    }


def word_of(each: Measure) -> str:
    """The name under which a measure's means is priced, fixed and ruled out."""
    return f"{each.means}.{each.kind}" if each.means in ("hire", "upgrade") else each.means


def _rows(answer: Remedy, say: Language) -> list[dict]:
    """The plan by school, the dearest first; transfers to a school and stage in one row."""
    names = answer.names
    found: dict[tuple[str, str, str], list[Measure]] = {}
    cost: dict[str, float] = {}
    for each in answer.measures:
        found.setdefault((each.school_id, word_of(each), each.stage), []).append(each)
        cost[each.school_id] = cost.get(each.school_id, 0.0) + each.cny
    rows = []

    def dearest(pair: tuple) -> tuple:
        (code, name, stage), lines = pair
        return (-cost[code], code, -sum(each.cny for each in lines), name, stage)

    for (code, name, stage), lines in sorted(found.items(), key=dearest):
        amount = sum(each.amount for each in lines)
        givers = list(dict.fromkeys(names[each.origin] for each in lines if each.origin))
        rows.append(
            {
                "word": name,
                "school_id": code,
                "school": names[code],
                "stage": stage,
                "stage_name": say.label(STAGE_LABELS[stage]) if stage else "",
                "label": lines[0].label(answer.means, say.code),
                "amount": amount,
                "shown": say.number(amount),
                "step": answer.means.purchase[name].step if is_bought(name) else 1,
                "unit": unit_of(name, answer.means)[say.code],
                "cny": say.number(sum(each.cny for each in lines)),
                "from": say.join(givers),
            }
        )
    return rows


def _prices(answer: Remedy, say: Language) -> list[dict]:
    """Every price: what holds here, what holds otherwise, and what that rests on."""
    usual = dict(read_means(answer.study.county).assumptions)
    rows = []
    for key, each in answer.means.assumptions:
        if not hasattr(each, "cny") or key.startswith(("diversions.", "items.")):
            continue
        name, before = word(key), usual.get(key, each)
        about = [getattr(before.source, say.code, before.source)]
        if before.confidence:
            about.append(say("confidence: {degree}", degree=say(CONFIDENCE[before.confidence])))
        rows.append(
            {
                "word": name,
                "label": say.label(label_of(name, answer.means)),
                "unit": say.label(unit_of(name, answer.means))
                if is_bought(name)
                else say("person"),
                "cny": each.cny,
                "usual": before.cny,
                "about": say("; ").join(text for text in about if text),
            }
        )
    return rows
