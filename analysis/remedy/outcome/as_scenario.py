"""A plan as a scenario file, so that the planner and the report look ahead with it."""

from __future__ import annotations

from collections import defaultdict

from ...future.assumptions.scenario import Addition, Recruitment, Rotation, Scenario, Text, Training
from ..plan import FITTED
from ..problem.means import INDOOR, ITEMS, is_bought
from ..result import Remedy

SOURCE = Text(zh="最低成本达标方案", en="Cheapest plan to pass")


def scenario_of(answer: Remedy, base: str | Scenario | None = None) -> Scenario:
    """The measures as assumptions of a scenario.

    Parameters
    ----------
    answer : Remedy
    base : str or Scenario, optional
        What the projection rested on: a name is kept as the base, several joined by ``+`` as parts; a
        scenario that was put together is taken over whole.

    Returns
    -------
    Scenario
        Everything dated in the year of the plan; where that year was observed, in the next one.
    """
    county = answer.study.county
    year = max(answer.study.year, county.last_observed + 1)
    about = {"source": SOURCE, "confidence": "medium"}
    additions, recruitment, rotation, training = [], [], [], []
    bought: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    rooms: dict[str, dict[str, tuple]] = defaultdict(dict)
    for each in answer.measures:
        if is_bought(each.means):
            here = bought[each.school_id]
            here[each.means] += each.amount
            here["cost_cny"] += each.cny
            if each.means == INDOOR:
                here["teaching_area_m2"] += each.amount
            adds = answer.means.purchase[each.means].adds_equipment_cny
            if adds:
                here["equipment_value_cny"] += adds * each.amount
        elif each.means in FITTED:
            here = bought[each.school_id]
            rooms[each.school_id][f"{each.means}_m2"] = (float(each.kind),) * int(each.amount)
            here["cost_cny"] += each.cny
        elif each.means in ITEMS:
            continue  # money of one year: a scenario knows no public-use funds
        elif each.means == "hire":
            hire = next(h for h in answer.means.hire if h.name == each.kind)
            above, backbone, pe_arts = hire.brings
            recruitment.append(
                Recruitment(
                    **about,
                    start=year,
                    stage=each.stage,
                    persons=each.amount,
                    above_qualification=above,
                    backbone=backbone,
                    pe_arts=pe_arts,
                    to=(each.school_id,),
                )
            )
        elif each.means == "transfer":
            above, backbone, pe_arts = (int(digit) for digit in each.kind)
            rotation.append(
                Rotation(
                    **about,
                    start=year,
                    stage=each.stage,
                    origin=(each.origin,),
                    target=(each.school_id,),
                    persons=each.amount,
                    above_qualification=above,
                    backbone=backbone,
                    pe_arts=pe_arts,
                )
            )
        else:
            training.append(
                Training(
                    **about,
                    start=year,
                    stage=each.stage,
                    schools=(each.school_id,),
                    cost_cny=each.cny,
                    **{each.kind: each.amount},
                )
            )
    for code, amounts in sorted(bought.items()):
        own = {name: amount for name, amount in amounts.items() if name in Addition.model_fields}
        others = {name: amount for name, amount in amounts.items() if name not in own}
        more = {"schools": (code,), "year": year, "name": SOURCE.zh, "more": others}
        additions.append(Addition(**about, **more, **own, **rooms[code]))
    own = Scenario(
        name=SOURCE,
        additions=tuple(additions),
        recruitment=tuple(recruitment),
        rotation=tuple(rotation),
        training=tuple(training),
    )
    if isinstance(base, Scenario):
        return own.over(base).model_copy(update={"base": "none", "name": SOURCE})
    if base and "+" in base:
        return own.model_copy(update={"parts": tuple(base.split("+"))})
    return own.model_copy(update={"base": base}) if base else own
