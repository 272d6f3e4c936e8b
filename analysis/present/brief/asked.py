"""What a decision rests on: what the least cost is made up of, the dates of the plan, what is to be decided."""

from __future__ import annotations

from ...base.language import Language, speak
from ...measure.study import Study
from ...policy.plan import begins, ends
from ...remedy.outcome.drivers import whole
from ...remedy.result import Remedy
from ..chance import is_projected
from ..remedies.sentences import money
from ..remedies.tables import CostPart, cost_parts
from ..terms import bracketed, plan_date
from .due import assigned, is_ahead
from .matters import matters
from .standing import COUNTED

#: Parts of the cost that are told by themselves: the dearest.
PARTS = 4


def about(say: Language, cny: float) -> str:
    """Money to two or three digits: more would say more than assumed prices know."""
    unit = _unit(cny)
    return money(say, round(cny / unit) * unit)


def _unit(cny: float) -> int:
    """What `about` rounds to: 10,000 yuan of a million."""
    return 10 ** max(len(str(int(cny))) - 3, 0)


def _rounded(amounts: list[float]) -> list[int]:
    """Amounts to the unit of their sum, so that they add up to what `about` says of it (largest remainders)."""
    unit = _unit(sum(amounts))
    found = [int(each // unit) for each in amounts]
    left = round(sum(amounts) / unit) - sum(found)
    first = sorted(range(len(amounts)), key=lambda k: -(amounts[k] % unit))
    for k in first[:left]:
        found[k] += 1
    return [each * unit for each in found]


def composition(answer: Remedy, own: bool, lang: str = "zh") -> str:
    """What the least cost is made up of, dearest part first, at which prices and where those come from.

    Parameters
    ----------
    answer : Remedy
    own : bool
        The county has a price list of its own.
    lang : {"zh", "en"}

    Returns
    -------
    str
        Empty where nothing costs anything.
    """
    say, parts = speak(lang), cost_parts(answer, lang)
    if not parts:
        return ""
    *amounts, rest = _rounded(
        [*(part.cny for part in parts[:PARTS]), sum(part.cny for part in parts[PARTS:])]
    )
    told = [_part(say, part, cny) for part, cny in zip(parts, amounts, strict=False) if cny]
    if rest:
        told.append(say("other means {cost}", cost=money(say, rest)))
    text = say("Of it: {parts}.", parts=say("; ").join(told))
    if all(part.price is None for part in parts[:PARTS]):
        return text
    if own:
        return whole(say, text, say("Prices are from the county's own list."))
    return whole(say, text, say("Prices are assumed (basis: chapter on the cheapest way)."))  # fmt: skip


def _part(say: Language, part: CostPart, cny: int) -> str:
    cost = money(say, cny)
    if part.price is None:
        return say("{what} {cost}", what=part.what, cost=cost)
    price = say.number(part.price, 0 if part.price.is_integer() else 2)
    if part.is_equipment:
        return say("{what} {cost} ({unit} at {price}, equipment at the same time)", what=part.what, cost=cost, price=price, unit=part.unit)  # fmt: skip
    return say("{what} {cost} ({unit} at {price})", what=part.what, cost=cost, price=price, unit=part.unit)  # fmt: skip


def milestones(study: Study, lang: str = "zh") -> str:
    """What the plan says is reached by when, from the judged year on; empty where it says nothing, and of a year to come."""
    plan, say = study.county.plan, speak(lang)
    if plan is None or is_projected(study):
        return ""
    dates: dict[str, list[str]] = {}
    for each in sorted(plan.milestones, key=lambda each: (ends(each.date), begins(each.date))):
        if is_ahead(each.date, study.year):
            dates.setdefault(each.date, []).append(say.label(each.name))
    if not dates:
        return ""
    told = [
        say("{date} – {goals}.", date=plan_date(date, lang), goals=say("; ").join(goals))
        for date, goals in dates.items()
    ]
    return say("Dates of the plan: {dates}", dates=whole(say, *told))


def unassigned(study: Study, lang: str = "zh") -> int:
    """For how many of the things that matter most the plan names nobody."""
    plan, say = study.county.plan, speak(lang)

    def named(entry: str) -> bool:
        told = assigned(plan, entry, study.year, say) if plan and entry else None
        return told is not None and told.has_unit

    return sum(not named(each.entry) for each in matters(study, lang))


def decision(
    study: Study,
    cny: float | None,
    schools: int,
    lang: str = "zh",
    *,
    private: float = 0.0,
    assumed: bool = False,
) -> str:
    """What whoever reads the brief is asked to decide, by when and for how much.

    Parameters
    ----------
    study : Study
    cny : float or None
        The least that the resources cost, and at how many `schools`; None where it is not known or
        nothing has to be bought.
    schools : int
    lang : {"zh", "en"}
    private : float
        How much of the cost is at private schools.
    assumed : bool
        Whether it rests on prices that nobody in the county has given.

    Returns
    -------
    str
        Empty where there is nothing to decide, and of a year to come.
    """
    say = speak(lang)
    if is_projected(study):
        return ""
    asked = []
    if cny:
        year = study.county.record.target_year
        cost, n = about(say, cny), say.number(schools)
        notes = [say("at assumed prices")] if assumed else []
        if private:
            notes.append(say("of it {cost} at private schools", cost=about(say, private)))
        cost += bracketed(say("; ").join(notes), say)
        if year and year > study.year:
            asked.append(say("to provide at least about {cost} at {n} schools by {year} for rule and limits", cost=cost, n=n, year=year))  # fmt: skip
        else:
            asked.append(say("to provide at least about {cost} at {n} schools for rule and limits", cost=cost, n=n))  # fmt: skip
    failed = study.items.loc[study.items["part"].isin(COUNTED), "status"].eq("not_met").sum()
    if failed:
        asked.append(
            say.plural("to settle the {n} unmet requirement of government and quality besides", "to settle the {n} unmet requirements of government and quality besides", int(failed))
            if asked else
            say.plural("to settle the {n} unmet requirement of government and quality", "to settle the {n} unmet requirements of government and quality", int(failed))
        )  # fmt: skip
    if open_ := unassigned(study, lang):
        asked.append(say.plural("to name who answers by when for the {n} matter above without a name in the plan", "to name who answers by when for the {n} matters above without a name in the plan", open_)
                     if study.county.plan else
                     say.plural("to say who answers by when for the {n} matter above", "to say who answers by when for the {n} matters above", open_))  # fmt: skip
    return say("For decision: {asked}.", asked=say("; ").join(asked)) if asked else ""
