"""The cheapest way to pass in sentences: what it costs, how that is known, what drives it."""

from __future__ import annotations

import hashlib
import math

import pandas as pd

from ...base.files import N_
from ...base.language import Language, speak
from ...base.schema.terms import STAGE_LABELS
from ...remedy.outcome.alone import Dearest, dearest
from ...remedy.outcome.drivers import dearest_text, last_text, money, variation_text, whole
from ...remedy.outcome.frontier import passing_now
from ...remedy.outcome.projects import price_projects
from ...remedy.problem.means import is_bought
from ...remedy.result import Remedy
from ..terms import bracketed
from .calculation import SAME, TIGHTER, Ahead, Bought, by_clock, room

SCOPE = N_(
    "Goal: every judged school meets the school rule in every stage, and the coefficients of variation of "
    "the indicators stay within their limits. Government guarantee, education quality and social "
    "recognition are not part of it."
)
NOTHING = N_(
    "Nothing has to be done in {year}: every school that can be judged meets the school rule, and no "
    "coefficient of variation is above its limit."
)


def _up(say: Language, part: float) -> str:
    """A small part of one, rounded up, so that a gap is never said to be less than it is."""
    return say.percent(math.ceil(part * 1e4) / 1e4, 2)


def nothing(answer: Remedy) -> bool:
    """Whether the goal is reached already."""
    return answer.cost is not None and not answer.measures


def headline(answer: Remedy, lang: str) -> list[str]:
    """What the plan costs, the proof, and what else is to be known before the tables."""
    say = speak(lang)
    told = [_cost(answer, say), _proof(answer, say)]
    if answer.confirmed:
        told.append(
            say(
                "Of {all} schools {before} pass now; judged again with these measures carried out, {after} do.",
                before=say.number(len(passing_now(answer))),
                after=say.number(answer.schools_passing),
                all=say.number(len(answer.instance.schools)),
            )
        )
    if answer.saving:
        told.append(
            say(
                "If every school brought every indicator to its threshold by itself, it would cost {greedy}: this "
                "way, which does what is asked and no more, and shares, saves {saved} ({part}).",
                greedy=money(say, answer.greedy),
                saved=money(say, answer.greedy - answer.cost),
                part=say.percent(answer.saving),
            )
        )
    return [*told, *limits_of_proof(answer, lang)]


def _cost(answer: Remedy, say: Language) -> str:
    staff = sum(each.cny for each in answer.measures if not is_bought(each.means))
    text = say(
        "To pass in {year}, {cost} is enough (measures: {n}; schools: {schools}).",
        year=answer.study.year,
        cost=money(say, answer.cost),
        n=say.number(len(answer.measures)),
        schools=say.number(len({each.school_id for each in answer.measures})),
    )
    if not staff:
        return text
    return whole(
        say,
        text,
        say(
            "Of this, {staff} is for people (hiring, training, transfers) for the term that the price "
            "names, usually one year, and returns every year as long as pay goes on; the rest is for "
            "buildings, grounds and equipment, once.",
            staff=money(say, staff),
        ),
    )


def _proof(answer: Remedy, say: Language) -> str:
    if answer.cost == answer.bound:
        return say(
            "It is proved that no other way, at these prices, costs less: {cost} is the least.",
            cost=money(say, answer.cost),
        )
    text = say(
        "It is proved that no way, at these prices, costs less than {bound}; the plan is at most {gap} above that.",
        bound=money(say, answer.bound or 0),
        gap=_up(say, answer.gap),
    )
    if by_clock(answer):
        text = whole(
            say,
            text,
            say("The search was ended by its time limit; a longer one may find a cheaper way."),
        )
    return text


def drivers(answer: Remedy, school: Dearest | None, lang: str) -> list[str]:
    """Which school and which limit drive the cost."""
    say = speak(lang)
    told = [dearest_text(school, answer, lang)] if school and school.part < 1 else []
    if answer.found.tight:
        told.append(
            say(
                "What the schools lack themselves is not all: it takes more to bring these coefficients of "
                "variation within their limits: {what}.",
                what=say.join(
                    say.label(answer.instance.about(k).short)
                    + bracketed(say.label(STAGE_LABELS[stage]), say)
                    for stage, k in answer.found.tight
                ),
            )
        )
    elif answer.measures:
        told.append(
            say(
                "The cost comes from what the schools lack themselves; once they pass, every coefficient of variation is within its limit."
            )
        )
    return told


def limits_of_proof(answer: Remedy, lang: str) -> list[str]:
    """What the proof does not cover, where something is left out of it."""
    if answer.status in ("infeasible", "open"):
        return []
    told = [said.text(lang) for said in answer.why]
    if answer.status == "feasible":
        # how near the plan comes to the bound is said by the proof
        told = told[:-1]
    return [text if text.endswith((".", "。")) else text + ("。" if lang == "zh" else ".") for text in told]  # fmt: skip


def no_way(answer: Remedy, lang: str) -> tuple[str, list[str]]:
    """Why there is no plan, and the fewest things that would have to give way."""
    say = speak(lang)
    if answer.status == "open":
        return say("Within its time limit the search found no way to pass, nor a proof that there is none."), []  # fmt: skip
    parts = [
        part.text(lang)
        for said in answer.why
        for part in getattr(said.values.get("what"), "parts", ())
    ]
    if parts:
        return (
            say(
                "There is no way to pass in {year} with the means and limits that are allowed. The fewest "
                "changes that would allow one:",
                year=answer.study.year,
            ),
            parts,
        )
    return say("There is no way to pass in {year}, whatever is allowed.", year=answer.study.year), []  # fmt: skip


def further(found: Bought | None, answer: Remedy, lang: str) -> list[str]:
    """What the last of the money buys, and which school and limit drive the cost."""
    if found is None:
        return drivers(answer, dearest(answer), lang)
    moved = found.moved
    # with a limit that was not looked at nothing is said of all of them
    limits = [key for key, limit in answer.instance.limit.items() if limit is not None]
    plain = len(moved) == 2 * sum(len(answer.instance.of_stage(stage)) > 1 for stage, _ in limits)
    told = [last_text(found.last, answer, lang), *drivers(answer, found.dearest, lang)]
    told[-1] = whole(
        speak(lang),
        told[-1],
        variation_text(moved, answer.instance.indicators, lang) if plain else "",
    )
    return told


def cost_of_limits(table: pd.DataFrame, answer: Remedy, lang: str) -> list[str]:
    """What other limits of variation would cost or save: from `worked.cost_by_limit`."""
    say, told, held = speak(lang), [], room(answer)
    if held is not None and held < float(TIGHTER) and not answer.instance.left_out:
        told.append(
            say(
                "The plan leaves room: it stays within limits of variation of {part} of today's, so tighter limits down to there would cost nothing more.",
                part=say.percent(math.ceil(held * 100) / 100, 0),
            )
        )
    for row in table[table["factor"] != 1].to_dict("records"):
        factor = say.percent(row["factor"], 0)
        if not math.isfinite(row["cost_cny"]):
            told.append(say("With all limits of variation at {factor} of today's, no way was found.", factor=factor))  # fmt: skip
            continue
        more = row["cost_cny"] - float(answer.cost)
        # what lies within the gap of the searches says nothing
        if abs(more) <= SAME * float(answer.cost):
            told.append(
                say(
                    "With all limits of variation at {factor} of today's, the cost would be the same (within {part}).",
                    factor=factor,
                    part=say.percent(SAME, 1),
                )
            )
        elif more > 0:
            told.append(
                say(
                    "With all limits of variation at {factor} of today's, it would cost {more} more.",
                    factor=factor,
                    more=money(say, more),
                )
            )
        else:
            told.append(
                say(
                    "With all limits of variation at {factor} of today's, it would cost {less} less.",
                    factor=factor,
                    less=money(say, -more),
                )
            )
    return told


def projects(answer: Remedy, lang: str) -> str:
    """The plan's own projects against what the schools lack; empty where there is nothing to price."""
    say, found = speak(lang), price_projects(answer)
    if found is None or not found.cny:
        return ""
    if not found.moving:
        return say(
            "The county's own plan spends {cny} on projects that can be priced (number: {n}); none of it fills a gap that "
            "a school shows against its thresholds in {year}. It may be needed for other reasons, such as new "
            "pupils or safety.",
            cny=money(say, found.cny),
            n=say.number(found.projects),
            year=answer.study.year,
        )
    return say(
        "The county's own plan spends {cny} on projects that can be priced (number: {n}); {part} of it ({moving}) fills "
        "a gap that a school shows against its thresholds in {year}. The rest may be needed for other "
        "reasons, such as new pupils or safety, but it brings no school of {year} closer to the standard.",
        cny=money(say, found.cny),
        n=say.number(found.projects),
        part=say.percent(found.moving / found.cny),
        moving=money(say, found.moving),
        year=answer.study.year,
    )


def prices_note(answer: Remedy, own: bool, lang: str) -> str:
    """Where the prices come from; what tells the county's own ones apart from others."""
    say = speak(lang)
    if own:
        digest = hashlib.sha256(answer.means.model_dump_json().encode()).hexdigest()
        return say(
            "Prices and means are those of the county's own price list (fingerprint {digest}); the basis and its "
            "confidence stand in the table. Other prices give another plan.",
            digest=digest[:16],
        )
    return say(
        "The county has given no prices, so round assumptions hold; their basis and confidence "
        "stand in the table. They are for a first look: before money is asked for, put the county's own tender "
        "prices in their place."
    )


def ahead_headline(found: Ahead, today: Remedy | None, lang: str) -> list[str]:
    """The way to pass in a year to come, beside what it would cost today."""
    say, answer = speak(lang), found.answer
    told = [_cost(answer, say), _proof(answer, say)]
    if today is not None and today.cost is not None and today.study.year < answer.study.year:
        told.append(
            say(
                "By the figures of {today} it would cost {before}; with the pupils expected in {year} it is {cost}.",
                today=today.study.year,
                before=money(say, today.cost),
                year=answer.study.year,
                cost=money(say, answer.cost),
            )
        )
    return [*told, *drivers(answer, dearest(answer), lang), *limits_of_proof(answer, lang)]


def cost_by_year(table: pd.DataFrame, lang: str) -> str:
    """In which year it costs most and least to pass; empty for one year only."""
    say = speak(lang)
    known = table.dropna(subset=["cost_cny"])
    if len(known) < 2 or known["cost_cny"].nunique() < 2:
        return ""
    most, least = known.loc[known["cost_cny"].idxmax()], known.loc[known["cost_cny"].idxmin()]
    return say(
        "Of the years worked out, passing costs most in {most} ({dear}) and least in {least} ({cheap}).",
        most=int(most["year"]),
        dear=money(say, most["cost_cny"]),
        least=int(least["year"]),
        cheap=money(say, least["cost_cny"]),
    )


def due(found: Ahead, lang: str) -> str:
    """When the money is spent if it comes in equal parts."""
    say = speak(lang)
    years = [year for year, _ in found.calendar.lines]
    if not years or not found.yearly:
        return ""
    first, last = found.soon.study.year, found.answer.study.year
    spent = sum(each.cny for year, each in found.calendar.lines if year == first)
    return say(
        "If every year from {first} to {last} brings the same money, {yearly} a year is enough. First comes "
        "what helps most waiting pupils for a yuan; a school's measures stay together. Due in {first}: "
        "{spent}.",
        first=first,
        last=last,
        yearly=money(say, found.yearly),
        spent=money(say, spent),
    )


def idle_text(found: Ahead, lang: str) -> str:
    """What is bought now and needed by nobody later; what renting or waiting would save."""
    say = speak(lang)
    year, until = found.soon.study.year, found.until
    if not found.soon.measures or until <= year:
        return ""
    if not found.idle:
        return say(
            "Whatever is bought to pass in {year} is still needed in {until}.",
            year=year,
            until=until,
        )
    wasted = sum(each.cny for each in found.idle)
    text = say(
        "Who must pass in {year} already buys for {cny} what the schools' own thresholds no longer need in "
        "{until}, because there are fewer pupils.",
        year=year,
        until=until,
        cny=money(say, wasted),
    )
    cheaper = [e for e in found.idle if e.rent_cny is not None and e.rent_cny < e.cny]
    if not cheaper:
        return text
    return whole(
        say,
        text,
        say(
            "Renting it until then would save {saved} of that at the rents assumed, where there is something to rent.",
            saved=money(say, sum(e.cny - e.rent_cny for e in cheaper)),
        ),
    )
