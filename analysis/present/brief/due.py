"""Who answers for a requirement and by when, as far as the county's plan says so."""

from __future__ import annotations

import re

from ...base.language import Language
from ...policy.plan import Measure, Plan, ends
from ..terms import plan_date

#: Indicators of premises, and the parts of a project that add to them.
_BUILT = {"teaching_area": ("teaching_m2", "area_m2"), "sports_area": ("sports_m2",)}

#: Units named before the rest is counted.
NAMED = 2


def assigned(plan: Plan, entry: str, year: int, say: Language) -> str:
    """What the plan says of a requirement: date, units, and section; empty where it says nothing.

    Parameters
    ----------
    plan : Plan
    entry : str
        Id in the standard's profile: ``G9``, ``G11.rotation``, ``backbone_teachers.junior``,
        ``cv.sports_area.primary``.
    year : int
        Judged year: what ended before is not said.
    say : Language
    """
    for records in (plan.staffing, plan.levels):
        found = [each for each in records if each.entry == entry and _ahead(each.by, year)]
        if found:
            first = min(found, key=lambda each: ends(each.by) if each.by else 0)
            return _told(first.by, _units(plan, first.where), first.where, say)
    name = entry.split(".")[0]
    if name == "cv":
        duty = next((each for each in plan.duties if "差异系数" in each.name.zh), None)
        return (
            _told(None, duty.responsible or _units(plan, duty.where), duty.where, say)
            if duty
            else ""
        )
    built = [
        each
        for each in plan.projects
        if each.end and ends(each.end) >= year * 12 and any(getattr(each, part) for part in _BUILT.get(name, ()))
    ]  # fmt: skip
    if built:
        last = max((each.end for each in built), key=ends)
        return say(
            "{n} projects of the plan, the last by {date}",
            n=say.number(len(built)),
            date=plan_date(last, say.code),
        )
    return ""


def _ahead(by: str | None, year: int) -> bool:
    return by is None or ends(by) >= year * 12


def _told(by: str | None, units: tuple[str, ...], where: str, say: Language) -> str:
    """`2024年12月，区教育局、区财政局等3个单位（三（四））`."""
    parts = [plan_date(by, say.code)] if by else []
    if units:
        names = say.join(units[:NAMED])
        parts.append(names if len(units) <= NAMED else say("{names} and others ({n} units)", names=names, n=say.number(len(units))))  # fmt: skip
    else:
        parts.append(say("no unit named"))
    return say("{text} (plan, {where})", text=say(", ").join(parts), where=where)


def _units(plan: Plan, where: str) -> tuple[str, ...]:
    """The units of the measure that stands in the same section of the plan."""
    sections = {_section(part) for part in re.split("[；;]", where)}
    for measure in plan.measures:
        if measure.responsible and _numbers(measure) & sections:
            return measure.responsible
    return ()


def _numbers(measure: Measure) -> set[str]:
    return {_section(measure.where), _section(measure.number)}


def _section(text: str) -> str:
    return re.sub(r"\s", "", text)
