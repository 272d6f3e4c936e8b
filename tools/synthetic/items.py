"""What a county reports as a whole, item by item and year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.schema.terms import SUBJECTS
from synthetic.figures import ramp
from synthetic.resources import operating_standards


def county_items(base: dict, recipe: dict, years: np.ndarray) -> dict[str, np.ndarray]:
    """Everything counted for the county as a whole, item by item.

    Parameters
    ----------
    base : dict of arrays, last axis years
        students_primary, students_junior, teachers, zone_primary, zone_junior, graduates,
        entrants_before.
    recipe : dict
        `rates` by name, as a number or a pair [first year, last year].
    years : array
    """
    rate = {name: ramp(pair, len(years)) for name, pair in recipe["rates"].items()}
    students = base["students_primary"] + base["students_junior"]
    standards = operating_standards(recipe, years)

    def part(whole, name):
        return np.round(whole * rate[name])

    eligible = part(base["teachers"], "eligible")
    rotated = part(eligible, "rotated")
    entrants, graduates = base["entrants_before"], base["graduates"]
    deaths = np.round(entrants / 6000)
    kept = np.ceil(rate["retention"] * (entrants - deaths))
    arrived = np.maximum(part(entrants, "transfers"), graduates - kept)
    places = np.round(graduates * rate["quality_places"] / 10) * 10
    allocated = part(places, "quality_allocated")
    migrants = part(students, "migrant_eligible")
    registered = part(students, "disabled")
    issued = np.round(students * rate["questionnaires"] / 10) * 10
    valid = part(issued, "questionnaires_valid")
    visits = rate["visits"] + students * 0
    civil = np.round(rate["salary_civil_servants"], -2)
    items = {
        "salary_teachers_cny": np.round(civil * rate["salary_ratio"], -1) + students * 0,
        "salary_civil_servants_cny": civil + students * 0,
        "operating_standard_primary_cny": standards["primary"] + students * 0,
        "operating_standard_junior_cny": standards["junior"] + students * 0,
        "teachers_total": base["teachers"],
        "teachers_trained_360h": part(base["teachers"], "trained"),
        "teachers_eligible_rotation": eligible,
        "teachers_rotated": rotated,
        "backbone_rotated": part(rotated, "backbone_rotated"),
        "teachers_in_post": base["teachers"],
        "teachers_certified": part(base["teachers"], "certified"),
        "special_post_teachers": part(base["teachers"], "special_post"),
        "zone_students_primary": base["zone_primary"],
        "zone_enrolled_primary": part(base["zone_primary"], "zone_primary"),
        "zone_students_junior": base["zone_junior"],
        "zone_enrolled_junior": part(base["zone_junior"], "zone_junior"),
        "quality_senior_places": places,
        "quality_senior_places_allocated": allocated,
        "quality_senior_places_rural": part(allocated, "quality_rural"),
        "migrant_children_eligible": migrants,
        "migrant_children_public": part(migrants, "migrant_public"),
        "migrant_children_purchased": part(migrants, "migrant_purchased"),
        "junior_graduates": graduates,
        "junior_entrants_three_years_ago": entrants,
        "junior_transfers_in": arrived,
        "junior_transfers_out": arrived + kept - graduates,
        "junior_deaths": deaths,
        "disabled_children_registered": registered,
        "disabled_children_enrolled": part(registered, "disabled_enrolled"),
        "satisfaction_questionnaires_issued": issued,
        "satisfaction_questionnaires_valid": valid,
        "satisfaction_questionnaires_satisfied": part(valid, "satisfied"),
        "satisfaction_visits": visits,
        "satisfaction_visits_satisfied": part(visits, "visits_satisfied"),
        "satisfaction_visits_parents": part(visits, "visits_parents"),
        "budget_education_cny": np.round(students * rate["budget_per_student"], -4),
    }
    for number, subject in enumerate(SUBJECTS):
        level = np.floor(rate["monitoring_level"] + 0.3 * (number % 2))
        items[f"monitoring_level_{subject}"] = level + students * 0
        ratio = np.round(rate["monitoring_ratio"] + 0.004 * number, 3)
        items[f"monitoring_ratio_{subject}"] = ratio + students * 0
    return items


def plan_shares(schools, students, staff, open_) -> dict[str, np.ndarray]:
    """Shares that some plans ask for and the schools' data already tell, by year."""
    private = (schools["ownership"] == "private").to_numpy()
    both = students["primary"] + students["junior"]
    shares = {"private_share": both[private].sum(axis=0) / both.sum(axis=0)}
    if staff["junior"]:  # above the required qualification means a bachelor's degree or more
        part, whole = (
            np.nansum(staff["junior"][name] * open_, axis=0)
            for name in ("above_qualification", "teachers")
        )
        shares["staff.bachelor_share.junior"] = part / whole
    return {item: series.round(4) for item, series in shares.items()}


def county_years(items: dict, recipe: dict, years: np.ndarray) -> pd.DataFrame:
    """The long table: items by year, qualitative ones, overrides, omissions and exact facts."""
    values = {**items}
    for item, pair in recipe.get("counts", {}).items():
        values[item] = np.round(ramp(pair, len(years)))
    for item, answer in recipe["qualitative"].items():
        values[item] = answer if isinstance(answer, list) else [answer] * len(years)
    for item, figure in recipe.get("reported", {}).items():
        if figure != "computed":
            first = figure[0] if isinstance(figure, list) else figure
            words = figure if isinstance(figure, list) else [figure] * len(years)
            values[item] = words if isinstance(first, str) else ramp(figure, len(years)).round(4)
    omitted = set(recipe.get("omit", []))
    last = years[-1]
    rows = [
        (year, item, value if isinstance(value, str) else f"{value:.10g}", "合成数据")
        for item, series in values.items()
        if item not in omitted
        for year, value in zip(years, series, strict=True)
        if (item, int(year)) not in {tuple(pair) for pair in recipe.get("omit_cells", [])}
    ]
    facts = recipe.get("facts", {})
    known = [(last, item, f"{value:.10g}", recipe["evidence"]) for item, value in facts.items()]
    rows = [row for row in rows if not (row[0] == last and row[1] in facts)] + known
    return pd.DataFrame(rows, columns=["year", "item", "value", "evidence"])
