"""Who answers for a requirement and by when, as far as the county's plan says so."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...base.language import Language
from ...policy.plan import Measure, Plan, begins, ends
from ..tables.work import UNDATED, units_text
from ..terms import plan_date

#: Indicators of premises, and the parts of a project that add to them.
_BUILT = {"teaching_area": ("teaching_m2", "area_m2"), "sports_area": ("sports_m2",)}

#: Requirements of one duty: that the coefficients of variation stay within their limits and shrink.
_VARIATION = ("cv", "composite_cv", "cv_shrinking")

#: Units named before the rest is counted.
NAMED = 2


class Assigned(NamedTuple):
    """What the plan says of a requirement: date, units and section, and whether it names a unit."""

    text: str
    has_unit: bool


def assigned(plan: Plan, entry: str, year: int, say: Language) -> Assigned | None:
    """What the plan says of a requirement; None where it says nothing.

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
        found = [each for each in records if each.entry == entry and is_ahead(each.by, year)]
        if found:
            first = min(found, key=lambda each: ends(each.by) if each.by else UNDATED)
            return _told(first.by, _units(plan, first.where), first.where, say)
    name = entry.split(".")[0]
    if name in _VARIATION:
        duty = next(
            (each for each in plan.duties if (each.entry or "").split(".")[0] in _VARIATION), None
        )
        if duty is None:
            return None
        return _told(None, duty.responsible or _units(plan, duty.where), duty.where, say)
    built = [
        each
        for each in plan.projects
        if each.end and is_ahead(each.end, year) and any(getattr(each, part) for part in _BUILT.get(name, ()))
    ]  # fmt: skip
    if built:
        last = max((each.end for each in built), key=ends)
        text = say(
            "{n} projects of the plan, the last by {date}",
            n=say.number(len(built)),
            date=plan_date(last, say.code),
        )
        return Assigned(text, has_unit=True)  # a project is somebody's
    return None


def is_ahead(by: str | None, year: int) -> bool:
    """Whether a date of a plan, if it has one, lies in a school year or after it."""
    # a school year begins in September
    return by is None or ends(by) >= begins(f"{year:04d}-09")


def _told(by: str | None, units: tuple[str, ...], where: str, say: Language) -> Assigned:
    """`2024年12月，区教育局、区财政局等3个单位（三（四））`."""
    parts = [plan_date(by, say.code)] if by else []
    parts.append(units_text(units, say, NAMED))
    text = say("{text} (plan, {where})", text=say(", ").join(parts), where=where)
    return Assigned(text, has_unit=bool(units))


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
