"""The plan's own projects, priced against what the schools lack."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...future.assumptions.from_plan import plan_parts
from ...future.assumptions.scenario import PlanCourse, Scenario, Text
from ..problem.instance import exact
from ..result import Remedy


@dataclass(frozen=True)
class Priced:
    """What the plan builds and buys at schools that exist.

    Attributes
    ----------
    projects : int
    cny : float
        Cost as the plan states it, else amounts by the prices of the means.
    moving : float
        Part of it that moves a requirement: what a school lacks of a threshold, and no more.
    """

    projects: int
    cny: float
    moving: float


def price_projects(answer: Remedy) -> Priced | None:
    """Price the projects of the county's plan; None where there is nothing to price."""
    county = answer.study.county
    if county.plan is None:
        return None
    ahead = [p for p in county.plan.projects if p.cost_cny is not None]
    text = Text(zh="规划", en="Plan")
    course = PlanCourse(source=text, confidence="high")
    parts, _ = plan_parts(county, Scenario(name=text, plan=course), county.last_observed)
    lacking = answer.instance.lacking()
    places = {}
    for school in answer.instance.schools:
        places[school.school_id] = places[school.name] = school.school_id
    count, whole, moving = 0, 0.0, 0.0
    seen = set()
    for addition in parts.additions:
        value = useful = 0.0
        schools = len(addition.schools)
        for name, purchase in answer.means.purchase.items():
            amount = addition.amount(name) / schools
            raised = answer.instance.raised_by(name)
            if not amount > 0 or not raised:
                continue
            if name == "teaching_area_m2":
                # halls count within the teaching area of the statistics
                amount -= addition.indoor_sports_area_m2 / schools
            for school in addition.schools:
                value += amount * purchase.cny
                code = places.get(school)
                # a building that serves two indicators is useful as far as one of them lacks it
                lacks = {k: float(lacking.get((code, k), Fraction(0))) for k in raised}
                useful += min(amount, max(lacks.values())) * purchase.cny
                for k, lack in lacks.items():
                    lacking[code, k] = exact(max(lack - amount, 0.0))
        if not value:
            continue
        count += 1
        seen.add(addition.name)
        cost = value if addition.cost_cny is None else addition.cost_cny
        whole += cost
        moving += cost * useful / value
    for project in ahead:
        # a repair costs, but adds nothing that is counted
        if project.name not in seen:
            count += 1
            whole += project.cost_cny
    return Priced(count, whole, moving) if count else None
