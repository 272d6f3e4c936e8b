"""Synthetic sample counties, made from recipes, and a synthetic nation for benchmarks.

``python tools/make_samples.py data/sample`` rewrites every sample folder from ``recipes.yaml``,
byte for byte the same each time. Numbers that somebody decided (exact facts, targets, stories)
live in the recipes; this module holds only the formulas.

How a county is made: birth cohorts become entrants, entrants are shared out among schools and
walked back through the grades from the last year, in which the totals are exact. Each school keeps
its own lot (``scores``), from which the seven ratios of the last year follow; resources are then
walked back in time: buildings in steps, equipment by growth, teachers with their students.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from analysis.base.schema.indicators import STAFF_INDICATORS
from analysis.base.schema.tables import TABLES
from analysis.base.schema.terms import SCHOOL_TYPES, STAGE_GRADES, STAGES
from analysis.measure.apportioning.dividing import SHARED_QUANTITIES, WEIGHTS
from analysis.measure.indicators import whole_up

#: Indicator -> prefix of the stage columns.
TEACHER_ITEMS = {name: about.quantity for name, about in STAFF_INDICATORS.items()}
SUBJECTS = ("chinese", "mathematics", "science", "pe", "arts", "moral_education")
RECIPES = Path(__file__).parents[1] / "data" / "sample" / "recipes.yaml"
RUN_UP = 3
"""Years simulated before the first one published: junior entrants of three years ago."""


# ------------------------------------------------------------------------------------ helpers


def ramp(pair, length: int) -> np.ndarray:
    """Values from the first to the last of `pair` (a number stands for both), evenly spaced."""
    first, last = pair if isinstance(pair, list) else (pair, pair)
    return np.linspace(first, last, length)


def round_to_total(values, total: int) -> np.ndarray:
    """Whole numbers in proportion to `values` that add up to `total` (largest remainders)."""
    values = np.asarray(values, dtype=float)
    exact = values * (total / values.sum()) if values.sum() else values
    whole = np.floor(exact)
    order = np.argsort(-(exact - whole), axis=None, kind="stable")
    whole.flat[order[: round(total - whole.sum())]] += 1
    return whole.astype(int)


def mean_and_cv(values, weights) -> tuple[float, float]:
    """Student-weighted mean and population coefficient of variation."""
    mean = np.average(values, weights=weights)
    return mean, np.sqrt(np.average((values - mean) ** 2, weights=weights)) / mean


def standardise(values, weights) -> np.ndarray:
    """Shift and stretch to weighted mean 0 and standard deviation 1."""
    mean = np.average(values, weights=weights)
    deviation = np.sqrt(np.average((values - mean) ** 2, weights=weights))
    return (values - mean) / deviation if deviation else values * 0.0


def whole_units(ratio, need, unit: float) -> np.ndarray:
    """The least multiple of `unit` that gives every school at least `ratio` times its `need`."""
    return whole_up(ratio * need / unit) * unit


def settle(scores, need, students, *, mean, cv, low, fixed, unit, rounds=80) -> np.ndarray:
    """Resources in whole units whose ratios have a given mean and coefficient of variation.

    Persons and rooms come in whole numbers and some schools are held at a floor or a fixed ratio,
    so the aim is corrected by what it realised until the result is as near as it gets.

    Parameters
    ----------
    scores : array
        Each school's standardised lot.
    need : array
        Denominator of the ratio; 0 where a school has nobody.
    students : array
        Weights of the mean and the cv; 0 where a school is not judged.
    mean, cv : float
        What the ratios should have.
    low, fixed : array
        Least ratio of each school; the ratio it must have (nan where free).
    unit : float
        1 for persons, rooms and square metres, 100 for yuan.
    """
    aim_mean, aim_cv, best, best_error = mean, cv, None, np.inf
    judged = students > 0
    for _ in range(rounds):
        ratio = np.maximum(aim_mean * (1 + aim_cv * scores), np.maximum(low, 0.08 * mean))
        resources = whole_units(np.where(np.isnan(fixed), ratio, fixed), need, unit)
        if judged.sum() < 2:
            return resources
        real_mean, real_cv = mean_and_cv(resources[judged] / need[judged], students[judged])
        error = abs(real_mean / mean - 1) + abs(real_cv - cv)
        if error < best_error:
            best, best_error = resources, error
        aim_mean *= (mean / real_mean) ** 0.7
        aim_cv = np.clip(aim_cv * (cv / real_cv) ** 0.7, 0.2 * cv, 1.5 * cv)
    return best


# ------------------------------------------------------------------------------------- roster


def roster(recipe: dict, rng: np.random.Generator) -> pd.DataFrame:
    """One row per school, with the columns of `schools` and the recipe's own (sizes, trends)."""
    rows = []
    for group in recipe["schools"]:
        group = dict(group)
        count, first = group.pop("count", None), group.pop("first", 1)
        if count is None:
            rows.append(group)
        else:
            rows += [{**group, "name": group["name"].format(first + i)} for i in range(count)]
    schools = pd.DataFrame(rows)
    wanted = {
        "ownership": "public",
        "sponsor": 7,
        "area": "urban",
        "boarding": "no",
        "class_limit": np.nan,
        "grades": np.nan,
        "funded_as": "rule",
        "senior": np.nan,
        "teachers_primary": np.nan,
    }
    for name, default in wanted.items():
        schools[name] = schools.get(name, default)
        schools[name] = schools[name].where(schools[name].notna(), default)
    text = ["note", "indicators_in_scope", "receives", "feeder"]
    for name in [*text, "opened", "closed", "built_year", "primary", "junior"]:
        if name not in schools:
            schools[name] = None
    for stage in STAGES:
        if f"{stage}_students" not in schools:
            schools[f"{stage}_students"] = np.nan
        spread = np.exp(rng.normal(0, recipe.get("size_spread", 0.25), len(schools)))
        schools[f"size_{stage}"] = pd.to_numeric(schools[stage]).to_numpy(dtype=float) * spread
    built = rng.integers(1956, 2012, len(schools))
    schools["built_year"] = pd.to_numeric(schools["opened"]).fillna(
        pd.to_numeric(schools["built_year"]).fillna(pd.Series(built))
    )
    schools.insert(0, "school_id", [f"{recipe['code']}{i:03d}" for i in range(1, len(rows) + 1)])
    return schools


def active(schools: pd.DataFrame, years: np.ndarray) -> np.ndarray:
    """Whether a school is open in a year: (schools, years)."""
    opened = pd.to_numeric(schools["opened"]).fillna(years[0]).to_numpy()
    closed = pd.to_numeric(schools["closed"]).fillna(years[-1]).to_numpy()
    return (years >= opened[:, None]) & (years <= closed[:, None])


def teaches(schools: pd.DataFrame, stage: str) -> np.ndarray:
    """Whether a school has students of a stage."""
    if stage == "senior":
        return pd.to_numeric(schools["senior"]).notna().to_numpy()
    return (schools[f"size_{stage}"].notna() | schools[f"{stage}_students"].notna()).to_numpy()


# ---------------------------------------------------------------------------------- enrolment


def births_index(anchors: dict, first: int, last: int, rng: np.random.Generator) -> pd.Series:
    """A yearly index of births through the anchor years, with small yearly noise."""
    years = np.arange(first, last + 1)
    index = np.interp(years, list(anchors), list(anchors.values()))
    return pd.Series(index * rng.normal(1, 0.012, len(years)), years)


def entrants_index(births: pd.Series) -> pd.Series:
    """Children who turn six before 1 September: a third born seven, the rest six years before."""
    return (births.shift(7) / 3 + births.shift(6) * 2 / 3).dropna()


def cohorts(schools, stage, total, cohort, years, rng) -> np.ndarray:
    """Students of one stage: (schools, years, grades), exact in the last year.

    Each cohort is fixed where it is seen last (its top grade, or the last year) and followed back
    through the grades along a slow random walk, so that grade g + 1 of one year is nearly grade g
    of the year before.

    Parameters
    ----------
    schools : DataFrame
        From `roster`.
    stage : {"primary", "junior"}
    total : int
        Students of the stage in the last year, all schools together.
    cohort : Series
        Relative size of the cohort by its first year in the stage.
    years : array
        Every simulated year.
    """
    last, span = years[-1], len(STAGE_GRADES[stage])
    entries = np.arange(years[0] - span + 1, last + 1)
    index = cohort.loc[entries].to_numpy()
    size = schools[f"size_{stage}"].to_numpy(dtype=float)
    exact = pd.to_numeric(schools[f"{stage}_students"]).to_numpy(dtype=float)
    drift = schools["area"].map({"urban": 0.012, "town": 0.0, "rural": -0.03}).to_numpy()
    share = np.nan_to_num(size)[:, None] * np.exp(drift[:, None] * (entries - last))
    share *= np.exp(rng.normal(0, 0.035, share.shape))
    share /= share.sum(axis=0)

    seen_last = np.minimum(span - 1, last - entries)  # grade (from 0) in which a cohort ends
    current = entries > last - span
    offered = np.ones((len(schools), span), dtype=bool)
    for row, grades in enumerate(schools["grades"]):
        if isinstance(grades, list):
            low = STAGE_GRADES[stage][0]
            offered[row] = [grades[0] <= low + i <= grades[1] for i in range(span)]

    free = int(total - np.nansum(exact))
    expected = share * index * (free / index[current].sum())
    held = np.flatnonzero(~np.isnan(exact))
    for row in held:
        here = index * np.exp(drift[row] * (entries - last) + rng.normal(0, 0.03, len(index)))
        now = current & offered[row][seen_last]
        expected[row] = here * exact[row] / here[now].sum()
    final = np.round(expected)
    is_free = ~np.isnan(size) & np.isnan(exact)
    block = expected[np.ix_(is_free, current)]
    final[np.ix_(is_free, current)] = round_to_total(block, free)
    for row in held:
        now = current & offered[row][seen_last]
        final[row, now] = round_to_total(expected[row, now], int(exact[row]))

    steps = rng.normal(-0.001, 0.007, (len(schools), len(entries), span)).clip(-0.02, 0.02)
    level = np.exp(steps.cumsum(axis=2))
    level /= np.take_along_axis(level, seen_last[None, :, None], axis=2)
    by_cohort = np.round(final[:, :, None] * level)
    column = (years[:, None] - np.arange(span) - entries[0]).astype(int)  # (years, grades)
    students = by_cohort[:, column, np.arange(span)] * offered[:, None, :]
    return students.astype(int)


def redirect(schools, students, years) -> np.ndarray:
    """Move students of a school not yet opened, or closed, to the neighbour the recipe names."""
    students = students.copy()
    position = {name: row for row, name in enumerate(schools["name"])}
    for row, school in schools.iterrows():
        for neighbour, away in (
            (school["feeder"], years < (school["opened"] or -np.inf)),
            (school["receives"], years > (school["closed"] or np.inf)),
        ):
            if isinstance(neighbour, str):
                students[position[neighbour], away] += students[row, away]
                students[row, away] = 0
    return students


def form_classes(students, limit, rng) -> tuple[np.ndarray, np.ndarray]:
    """Classes of a grade and its largest class, none above `limit` students."""
    classes = np.ceil(students / limit)
    fair = np.ceil(np.divide(students, classes, out=np.zeros_like(classes), where=classes > 0))
    uneven = (classes > 1) * rng.integers(0, 3, classes.shape)
    return classes.astype(int), np.maximum(fair, np.minimum(fair + uneven, limit)).astype(int)


# ---------------------------------------------------------------------------------- resources


def lots(schools, students, judged, gap: float, rng) -> np.ndarray:
    """A school's standing in one resource: small and rural schools have more per student."""
    noise = rng.normal(0, 1, len(schools))
    small = -np.log(np.maximum(students, 5))
    small = (small - small.mean()) / (small.std() or 1)
    rural = schools["area"].map({"urban": -0.5, "town": 0.2, "rural": 0.8}).to_numpy()
    raw = np.clip(noise + gap * (small + rural), -2, 2)
    weights = students * judged
    for _ in range(3 if weights.any() else 0):
        raw = np.clip(standardise(raw, weights), -1.75, 2.6)
    return standardise(raw, weights) if weights.any() else raw


def history(final, students, reference, growth, k) -> np.ndarray:
    """Persons over the years: they follow the students half way and their density grows."""
    half = 0.5 + 0.5 * students / np.maximum(reference, 1)[:, None]
    return np.round(final[:, None] * half * (1 + growth) ** -k)


def teaching_staff(schools, recipe, stage, students, classes, judged, years, rng) -> dict:
    """Teachers of one stage and the three subsets of them the indicators count."""
    thresholds, targets = recipe["thresholds"], recipe["targets"].get(stage)
    names, k = schools["name"], years[-1] - years
    here = teaches(schools, stage)
    reference = last_seen(students)
    need = reference / 100
    if targets is None or not here.any():
        return {}
    counts = {}
    for indicator, prefix in TEACHER_ITEMS.items():
        level = thresholds[indicator][stage]
        low = np.full(len(schools), recipe["floor"] * level)
        if prefix == "above_qualification":  # a class cannot do without teachers
            low = np.maximum(low, 110 * last_seen(classes) / np.maximum(reference, 1))
        fixed = names.map(
            lambda name, i=indicator: recipe.get("set", {}).get(name, {}).get(i, np.nan)
        ).to_numpy(dtype=float)
        mean, cv = targets[indicator]
        scores = lots(schools, reference, judged, recipe["gap"], rng)
        final = settle(
            scores,
            need,
            reference * judged,
            mean=mean,
            cv=cv,
            low=low,
            fixed=fixed * level,
            unit=1,
        )
        growth = recipe["growth"][indicator]
        counts[prefix] = history(final, students, reference, growth, k) * (students > 0)
    share = rng.uniform(*recipe["qualified_share"][stage], len(schools))
    share = share[:, None] - 0.012 * k
    set_teachers = pd.to_numeric(schools["teachers_primary"]).to_numpy(dtype=float)
    counts["teachers"] = np.ceil(counts["above_qualification"] / share)
    if stage == "primary":
        held = ~np.isnan(set_teachers)
        counts["teachers"][held] = set_teachers[held, None] * (students[held] > 0)
        counts["above_qualification"][held] = np.floor(0.9 * counts["teachers"][held])
    for prefix in ("backbone", "pe_arts"):
        counts[prefix] = np.minimum(counts[prefix], counts["teachers"])
    return counts


def last_seen(values) -> np.ndarray:
    """Each school's value in the last year in which it has one above 0: (schools,)."""
    columns = values.shape[1] - 1 - np.argmax(values[:, ::-1] > 0, axis=1)
    return values[np.arange(len(values)), columns].astype(float)


def match_teachers(staff: dict, total: int) -> None:
    """Change the last year's teachers so that both stages together are `total`, in place."""
    certain = [staff[stage]["above_qualification"][:, -1] for stage in STAGES]
    held = [staff[stage]["teachers"][:, -1] for stage in STAGES]
    spare = np.concatenate(held) - np.concatenate(certain)
    extra = round_to_total(spare + 0.05 * np.concatenate(held), int(total - np.sum(certain)))
    for stage, more, least in zip(STAGES, np.split(extra, 2), certain, strict=True):
        staff[stage]["teachers"][:, -1] = least + more


def shared_resources(schools, recipe, students, judged, years, rng) -> dict:
    """The four quantities a school holds as a whole, by year, and its indoor sports area."""
    thresholds, count, k = recipe["thresholds"], len(schools), years[-1] - years
    seen = {stage: last_seen(values) for stage, values in students.items()}
    need = sum(WEIGHTS[stage] * values for stage, values in seen.items())
    has_primary = teaches(schools, "primary")
    final = {}
    for indicator in SHARED_QUANTITIES:
        unit = 100 if indicator == "equipment_value" else 1
        per = 0.01 if indicator == "multimedia_rooms" else 1
        level = thresholds[indicator]
        low = recipe["floor"] * np.maximum(
            np.where(has_primary, level["primary"], 0),
            np.where(teaches(schools, "junior"), level["junior"] / WEIGHTS["junior"], 0),
        )
        own = np.where(has_primary, level["primary"], level["junior"] / WEIGHTS["junior"])
        fixed = schools["name"].map(
            lambda name, i=indicator: recipe.get("set", {}).get(name, {}).get(i, np.nan)
        )
        fixed = fixed.to_numpy(dtype=float) * own
        scores = np.zeros(count)
        resources = np.zeros(count)
        for stage, group in (("primary", has_primary), ("junior", ~has_primary)):
            targets = recipe["targets"].get(stage)
            if targets is None or not group.any():
                continue
            mean, cv = targets[indicator]
            scores = lots(schools, seen[stage], judged[stage] & group, recipe["gap"], rng)
            resources[group] = settle(
                scores[group],
                need[group] * per,
                (seen[stage] * judged[stage])[group],
                mean=mean / WEIGHTS[stage],
                cv=cv,
                low=low[group],
                fixed=fixed[group],
                unit=unit,
            )
        final[indicator] = resources

    step = {}
    for indicator in ("teaching_area", "sports_area"):
        year = rng.integers(years[1], years[-1] + 1, count)
        gain = rng.uniform(0.08, 0.22, count) * (rng.random(count) < recipe["extensions"])
        step[indicator] = np.round(
            final[indicator][:, None] * (1 - gain[:, None] * (years < year[:, None]))
        )
    hall = np.round(final["sports_area"] * rng.uniform(0.05, 0.13, count))
    hall *= (need > 250) & (rng.random(count) < 0.7)
    indoor = np.repeat(np.minimum(hall, step["sports_area"].min(axis=1))[:, None], len(years), 1)
    growth = rng.uniform(0.7, 1.3, count) * recipe["growth"]["equipment_value"]
    rooms = rng.uniform(0.6, 1.4, count) * recipe["growth"]["multimedia_rooms"]
    return {
        "teaching_area_m2": step["teaching_area"] + indoor,
        "indoor_sports_area_m2": indoor,
        "outdoor_sports_area_m2": step["sports_area"] - indoor,
        "equipment_value_cny": np.round(
            final["equipment_value"][:, None] * (1 + growth[:, None]) ** -k, -2
        ),
        "multimedia_rooms": np.maximum(
            np.round(final["multimedia_rooms"][:, None] * (1 + rooms[:, None]) ** -k), 1
        ),
    }


def funds(schools, recipe, students, years, rng) -> dict:
    """Public-use funds by the standard of the year (at least 100 students), and for training."""
    standards = operating_standards(recipe, years)
    k = years[-1] - years
    per_head = (
        students["primary"] * standards["primary"]
        + students["junior"] * standards["junior"]
        + students["senior"] * standards["junior"] * 1.2
    )
    heads = sum(students.values())
    by_rule = (schools["funded_as"] == "rule").to_numpy()[:, None]
    topped_up = np.where(by_rule, np.maximum(1, 100 / np.maximum(heads, 1)), 1)
    special = (schools["type"] == "special_education").to_numpy()[:, None]
    special_rate = ramp(recipe["special_funds_per_student"], len(years))
    factor = rng.uniform(1.01, 1.25, len(schools))[:, None]
    operating = np.where(special, heads * special_rate, per_head * topped_up * factor)
    operating = np.ceil(operating / 100) * 100
    rate = rng.uniform(*recipe["training_share"], len(schools))[:, None] - 0.0015 * k
    return {
        "operating_funds_cny": operating,
        "training_funds_cny": np.ceil(operating * rate / 100) * 100,
    }


def operating_standards(recipe, years) -> dict[str, np.ndarray]:
    """Yuan per student and year by stage: the last standard set in or before the year."""
    table = recipe["operating_standards"]
    since = [max(start for start in table if start <= year) for year in years]
    return {stage: np.array([table[s][i] for s in since]) for i, stage in enumerate(STAGES)}


def special_rooms(schools, recipe, classes, open_, years, rng) -> pd.DataFrame:
    """Music and art rooms: about one of each per twelve classes and stage, kept once built."""
    rows = []
    needed = sum(np.ceil(last_seen(values) / 12) for values in classes.values()).astype(int)
    for row, school_id in enumerate(schools["school_id"]):
        point = schools["type"].iloc[row] == "teaching_point"
        for kind, least in (("music", 96), ("art", 90)):
            lacks = rng.random() < recipe["rooms_lacking"]
            for number in range(needed[row] - int(lacks and (point or needed[row] > 1))):
                small = rng.random() < recipe["rooms_small"] * (3 if point else 1)
                area = rng.integers(58, least) if small else rng.integers(least, least + 30)
                since = rng.integers(years[0], years[-1] + 1) if number else years[0]
                rows += [
                    (school_id, year, kind, area)
                    for year in years[open_[row]]
                    if year >= since or year == years[-1]
                ]
    rooms = pd.DataFrame(rows, columns=["school_id", "year", "kind", "area_m2"])
    return rooms.sort_values(["school_id", "year", "kind"], kind="stable", ascending=True)


# ------------------------------------------------------------------------------ county by year


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


# ----------------------------------------------------------------------------------- a county


def generate_county(recipe: dict) -> dict[str, pd.DataFrame]:
    """All tables of one sample county.

    Parameters
    ----------
    recipe : dict
        One entry of ``recipes.yaml``, the defaults filled in.

    Returns
    -------
    dict of DataFrame
        `schools`, `school_years`, `enrolment`, `rooms`, `county_years`.
    """
    rng = np.random.default_rng([int(recipe["code"]), recipe["seed"]])
    last = recipe["last_year"]
    years = np.arange(last - 5, last + 1)
    simulated = np.arange(years[0] - RUN_UP, last + 1)
    schools = roster(recipe, rng)
    open_ = active(schools, years)

    births = births_index(recipe["births_index"], years[0] - 20, last, rng)
    entrants = entrants_index(births)
    grades = {}
    for stage in STAGES:
        into_stage = entrants if stage == "primary" else entrants.rename(lambda year: year + 6)
        total = recipe["totals"].get(stage, 0)
        span = len(STAGE_GRADES[stage])
        if total:
            found = cohorts(schools, stage, total, into_stage, simulated, rng)
        else:
            found = np.zeros((len(schools), len(simulated), span), dtype=int)
        grades[stage] = redirect(schools, found, simulated)
    scale = grades["primary"][:, -1].sum() / entrants.loc[last - 5 : last].sum()

    published = {stage: values[:, RUN_UP:] for stage, values in grades.items()}
    students = {stage: values.sum(axis=2) for stage, values in published.items()}
    senior = pd.to_numeric(schools["senior"]).fillna(0).to_numpy(dtype=float)
    k = last - years
    wave = 1 + 0.01 * rng.normal(0, 1, (len(schools), len(years))).cumsum(axis=1) - 0.005 * k
    students["senior"] = np.round(senior[:, None] * wave / wave[:, -1:]) * open_
    classes, largest = {}, {}
    own_limit = pd.to_numeric(schools["class_limit"]).to_numpy(dtype=float)[:, None, None]
    for stage in STAGES:
        limit = np.round(ramp(recipe["class_limit"][stage], len(years)))[None, :, None]
        limit = np.where(np.isnan(own_limit), limit, own_limit)
        classes[stage], largest[stage] = form_classes(published[stage], limit, rng)
    by_stage = {stage: values.sum(axis=2) for stage, values in classes.items()}

    small_point = (schools["type"] == "teaching_point") & (students["primary"][:, -1] < 50)
    outside = (schools["type"] == "special_education") | small_point
    outside |= schools["indicators_in_scope"] == "no"
    judged = {
        stage: ~outside.to_numpy() & (students[stage][:, -1] > 0) & open_[:, -1] for stage in STAGES
    }
    staff = {
        stage: teaching_staff(
            schools, recipe, stage, students[stage], by_stage[stage], judged[stage], years, rng
        )
        for stage in STAGES
    }
    if "teachers" in recipe["totals"]:
        match_teachers(staff, recipe["totals"]["teachers"])
    whole = shared_resources(schools, recipe, students, judged, years, rng)
    money = funds(schools, recipe, students, years, rng)

    wide = {f"students_{stage}": students[stage] for stage in (*STAGES, "senior")}
    wide |= {f"classes_{stage}": by_stage[stage] for stage in STAGES}
    for stage in STAGES:
        wide |= {f"{prefix}_{stage}": values for prefix, values in staff[stage].items()}
    wide |= whole | money
    school_years = pd.DataFrame(
        {
            "school_id": np.repeat(schools["school_id"].to_numpy(), len(years)),
            "year": np.tile(years, len(schools)),
        }
    )
    for name in _yearly_columns():
        stage = name.rsplit("_", 1)[-1]
        values = wide.get(name, np.full(open_.shape, np.nan)).astype(float)
        if stage in WEIGHTS:
            values = np.where(teaches(schools, stage)[:, None], values, np.nan)
        school_years[name] = pd.array(values.ravel(), dtype="Float64").astype("Int64")
    school_years = school_years[open_.ravel()].reset_index(drop=True)
    for name, year, column in recipe.get("blanks", []):
        school_id = schools.loc[schools["name"] == name, "school_id"].item()
        at = (school_years["school_id"] == school_id) & (school_years["year"] == year)
        school_years.loc[at, column] = pd.NA

    enrolment = pd.concat(
        [
            grade_rows(schools, stage, published[stage], classes[stage], largest[stage], years)
            for stage in STAGES
        ]
    )
    enrolment = enrolment[enrolment.pop("open")]
    enrolment = enrolment.sort_values(["school_id", "year", "grade"])

    in_zone = (schools["ownership"] == "public") & (schools["boarding"] == "no")
    in_zone &= schools["area"].isin(["urban", "town"]) & (schools["type"] != "special_education")
    county_grades = {stage: values.sum(axis=0) for stage, values in grades.items()}
    base = {
        "students_primary": students["primary"].sum(axis=0),
        "students_junior": students["junior"].sum(axis=0),
        "teachers": sum(
            np.nansum(found["teachers"] * open_, axis=0) for found in staff.values() if found
        ),
        "zone_primary": students["primary"][in_zone].sum(axis=0),
        "zone_junior": students["junior"][in_zone].sum(axis=0),
        "graduates": np.round(county_grades["junior"][RUN_UP - 1 : -1, 2] * 0.998),
        "entrants_before": county_grades["junior"][:-RUN_UP, 0].astype(float),
    }
    items = county_items(base, recipe, years)
    computed = plan_shares(schools, students, staff, open_)
    asked = recipe.get("reported", {})
    items |= {item: series for item, series in computed.items() if asked.get(item) == "computed"}
    long = county_years(items, recipe, years)
    series = pd.concat(
        [
            pd.DataFrame({"year": year, "item": item, "value": value})
            for item, year, value in (
                ("births", births.index, np.round(births * scale / recipe["entry_ratio"])),
                ("entrants_grade1", years, county_grades["primary"][RUN_UP:, 0]),
                ("entrants_grade7", years, county_grades["junior"][RUN_UP:, 0]),
            )
        ]
    )
    series = series[(series["year"] >= years[0] - 7) & ~series["item"].isin(recipe.get("omit", []))]
    series["value"] = series["value"].map("{:.10g}".format)
    series["evidence"] = "合成数据"
    long = pd.concat([series, long]).sort_values("year", kind="stable")

    for name in ("sponsor", "built_year", "opened", "closed"):
        schools[name] = pd.to_numeric(schools[name]).astype("Int64")
    tables = {
        "schools": schools[TABLES["schools"].names],
        "school_years": school_years,
        "enrolment": enrolment,
        "rooms": special_rooms(schools, recipe, by_stage, open_, years, rng),
        "county_years": long,
    }
    return {name: table.reset_index(drop=True) for name, table in tables.items()}


def grade_rows(schools, stage, students, classes, largest, years) -> pd.DataFrame:
    """Rows of `enrolment` for one stage; `open` tells which to keep."""
    grades = np.array(STAGE_GRADES[stage])
    count, shape = len(schools), (len(schools), len(years), len(grades))
    offered = np.broadcast_to(teaches(schools, stage)[:, None, None], shape).copy()
    for row, limits in enumerate(schools["grades"]):
        if isinstance(limits, list):
            offered[row] &= (grades >= limits[0]) & (grades <= limits[1])
    return pd.DataFrame(
        {
            "school_id": np.repeat(schools["school_id"].to_numpy(), len(years) * len(grades)),
            "year": np.tile(np.repeat(years, len(grades)), count),
            "grade": np.tile(grades, count * len(years)),
            "students": students.ravel(),
            "classes": classes.ravel(),
            "largest_class": largest.ravel(),
            "open": (offered & active(schools, years)[:, :, None]).ravel(),
        }
    )


def _yearly_columns() -> list[str]:
    """Columns of `school_years` that every county fills in, without the key."""
    return [column.name for column in TABLES["school_years"].columns[2:] if column.needed]


# ----------------------------------------------------------------------------------- a nation


def generate_nation(
    counties: int = 2895,
    schools: int = 70,
    years: int = 10,
    seed: int = 1,
    recipes: Path | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables of many counties at once, for benchmarks: plausible, but without stories.

    Parameters
    ----------
    counties, schools, years : int
        How many counties, schools in each, and years (the first one begins in 2016).
    seed : int
    recipes : Path, optional
        File whose sections `nation` and `defaults` hold the numbers.

    Returns
    -------
    dict of DataFrame
        The tables of one county with `county` (a code) as additional first column.
    """
    rng = np.random.default_rng(seed)
    book = read_book(recipes or RECIPES)
    nation = {**book["defaults"], **book["nation"]}
    calendar, count = np.arange(2016, 2016 + years), counties * schools
    codes = pd.array([f"{100000 + number}" for number in range(counties)], dtype="str")
    kinds = rng.choice(list(nation["types"]), count, p=list(nation["types"].values()))
    kinds[::schools], kinds[1::schools] = "primary", "junior"
    area = rng.choice(list(nation["areas"]), count, p=list(nation["areas"].values()))
    private = rng.random(count) < nation["private"] * (kinds != "teaching_point")
    roster_ = pd.DataFrame(
        {
            "county": codes.repeat(schools),
            "school_id": pd.array(
                [f"{100000 + i // schools}{i % schools + 1:03d}" for i in range(count)], dtype="str"
            ),
            "name": pd.array(
                [
                    f"{SCHOOL_TYPES[kind].zh}{i % schools + 1:03d}"
                    for i, kind in enumerate(kinds.tolist())
                ],
                dtype="str",
            ),
            "type": kinds,
            "ownership": np.where(private, "private", "public"),
            "sponsor": np.where(private, 10, 7),
            "area": area,
            "boarding": np.where((area == "rural") & (rng.random(count) < 0.4), "yes", "no"),
            "built_year": rng.integers(1956, 2012, count),
            "opened": pd.array([pd.NA] * count, dtype="Int64"),
            "closed": pd.array([pd.NA] * count, dtype="Int64"),
            "indicators_in_scope": pd.array([pd.NA] * count, dtype="str"),
            "note": pd.array([pd.NA] * count, dtype="str"),
        }
    )

    has = {
        stage: np.isin(kinds, [kind for kind in nation["types"] if stage in _taught(kind)])
        for stage in WEIGHTS
    }
    births = births_index(nation["births_index"], 1990, calendar[-1], rng)
    wave = entrants_index(births).loc[calendar[0] - 8 :] / 100
    mean_size = pd.Series(kinds).map(nation["students_per_grade"]).to_numpy(dtype=float)
    size = mean_size * rng.lognormal(-0.1, 0.5, count)
    by_entry = size[:, None] * wave.to_numpy() * rng.normal(1, 0.05, (count, len(wave)))
    column = np.arange(years)[:, None] + 8 - np.arange(9)  # entry of (year, grade)
    students = np.maximum(np.round(by_entry), 1).astype(np.int32)[:, column]
    students *= np.repeat(np.stack([has["primary"], has["junior"]], 1), [6, 3], 1)[:, None, :]
    limit = np.array([45] * 6 + [50] * 3)
    classes = -(-students // limit)
    largest = -(-students // np.maximum(classes, 1))

    split = {"primary": slice(0, 6), "junior": slice(6, 9)}
    heads = {stage: students[:, :, part].sum(axis=2) for stage, part in split.items()}
    rooms_of = {stage: classes[:, :, part].sum(axis=2) for stage, part in split.items()}
    heads["senior"] = np.round(3 * by_entry[:, -years:]) * has["senior"][:, None]
    need = sum(WEIGHTS[stage] * values for stage, values in heads.items())
    k = years - 1 - np.arange(years)
    wide = {f"students_{stage}": values for stage, values in heads.items()}
    wide |= {f"classes_{stage}": values for stage, values in rooms_of.items()}
    resources = {}
    for indicator, (mean, cv) in nation["targets"].items():
        rate = mean * rng.lognormal(-(cv**2) / 2, cv, count)[:, None]
        rate = rate * (1.0 + nation["growth"].get(indicator, 0)) ** -k
        if indicator in TEACHER_ITEMS:
            for stage in STAGES:
                number = np.round(rate * heads[stage] / 100)
                wide[f"{TEACHER_ITEMS[indicator]}_{stage}"] = number
        else:
            per = 0.01 if indicator == "multimedia_rooms" else 1
            resources[indicator] = np.round(rate * need * per)
    for stage in STAGES:
        teachers = np.ceil(wide[f"above_qualification_{stage}"] / 0.95) + (heads[stage] > 0)
        wide[f"teachers_{stage}"] = teachers
        for prefix in ("backbone", "pe_arts"):
            wide[f"{prefix}_{stage}"] = np.minimum(wide[f"{prefix}_{stage}"], teachers)
    indoor = np.round(0.08 * resources["sports_area"])
    standards = operating_standards(nation, calendar)
    funding = np.maximum(sum(heads.values()), 100) * standards["primary"] * 1.1
    wide |= {
        "teaching_area_m2": resources["teaching_area"] + indoor,
        "indoor_sports_area_m2": indoor,
        "outdoor_sports_area_m2": resources["sports_area"] - indoor,
        "equipment_value_cny": resources["equipment_value"],
        "multimedia_rooms": resources["multimedia_rooms"],
        "operating_funds_cny": np.round(funding, -2),
        "training_funds_cny": np.ceil(funding * rng.uniform(0.045, 0.07, (count, 1))),
    }

    by_year = np.repeat(np.arange(count), years)
    school_years = roster_[["county", "school_id"]].take(by_year).reset_index(drop=True)
    school_years["year"] = np.tile(calendar, count)
    for name in _yearly_columns():
        values = np.asarray(wide[name], dtype=float)
        stage = name.rsplit("_", 1)[-1]
        if stage in WEIGHTS:
            values = np.where(has[stage][:, None], values, np.nan)
        school_years[name] = values.ravel()

    kept = np.flatnonzero(students.ravel() > 0)
    enrolment = roster_[["county", "school_id"]].take(kept // (9 * years)).reset_index(drop=True)
    enrolment["year"] = calendar[kept // 9 % years]
    enrolment["grade"] = kept % 9 + 1
    for name, values in (("students", students), ("classes", classes), ("largest_class", largest)):
        enrolment[name] = values.ravel()[kept]

    number = sum(np.ceil(values[:, -1] / 12) for values in rooms_of.values()).astype(int)
    owner = np.repeat(np.arange(count), 2 * number)
    kind = np.arange(len(owner)) % 2
    area_m2 = rng.integers(85, 125, len(owner)) - 6 * kind
    rooms = roster_[["county", "school_id"]].take(owner.repeat(years)).reset_index(drop=True)
    rooms["year"] = np.tile(calendar, len(owner))
    rooms["kind"] = np.array(["music", "art"], dtype=object)[kind].repeat(years)
    rooms["area_m2"] = area_m2.repeat(years)

    def total(values, mask=True):
        return (values * np.reshape(mask, (-1, 1))).reshape(counties, schools, years).sum(axis=1)

    zone = ~private & (area != "rural")
    base = {
        "students_primary": total(heads["primary"]),
        "students_junior": total(heads["junior"]),
        "teachers": total(wide["teachers_primary"] + wide["teachers_junior"]),
        "zone_primary": total(heads["primary"], zone),
        "zone_junior": total(heads["junior"], zone),
        "graduates": np.round(total(students[:, :, 8]) * 0.99),
        "entrants_before": total(students[:, :, 8]).astype(float),
    }
    entrants_level = total(size[:, None] * np.ones(years), has["primary"])
    items = {
        "births": np.round(entrants_level * births.loc[calendar].to_numpy() / 100),
        "entrants_grade1": total(students[:, :, 0]),
        "entrants_grade7": total(students[:, :, 6]),
        **county_items(base, nation, calendar),
    }
    items = {item: np.char.mod("%.10g", values) for item, values in items.items()}
    for item, answer in nation["qualitative"].items():
        items[item] = np.full((counties, years), answer)
    cells = counties * years
    long = pd.DataFrame(
        {
            "county": codes.repeat(years).repeat(len(items)),
            "year": np.tile(calendar, counties).repeat(len(items)),
            "item": np.tile(np.array(list(items), dtype=object), cells),
            "value": np.stack([v.ravel() for v in items.values()], 1).ravel().astype(object),
            "evidence": "合成数据",
        }
    )
    return {
        "schools": roster_,
        "school_years": school_years,
        "enrolment": enrolment,
        "rooms": rooms,
        "county_years": long,
    }


def _taught(kind: str) -> tuple[str, ...]:
    """Stages a school of this type teaches in the synthetic nation."""
    return STAGES if kind == "special_education" else SCHOOL_TYPES[kind].stages


# --------------------------------------------------------------------------------------- files


def read_book(path: Path) -> dict:
    """The whole file of recipes."""
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def read_recipes(path: Path) -> list[dict]:
    """The recipes of all sample counties, each merged over the defaults one level deep."""
    book = read_book(path)
    recipes = []
    for own in book["counties"]:
        recipe = dict(book["defaults"])
        for name, value in own.items():
            deep = isinstance(value, dict) and isinstance(recipe.get(name), dict)
            merge = deep and name not in ("targets", "births_index")
            recipe[name] = {**recipe[name], **value} if merge else value
        recipes.append(recipe)
    return recipes


def county_yaml(recipe: dict) -> str:
    """The text of county.yaml: every text in double quotes, so that codes stay text."""

    def text(value) -> str:
        return json.dumps(value, ensure_ascii=False)

    lines = [f"code: {text(recipe['code'])}"]
    for name in ("name", "province"):
        lines.append(f"{name}: {{zh: {text(recipe[name]['zh'])}, en: {text(recipe[name]['en'])}}}")
    lines += [
        f"standard: {recipe['standard']}",
        f"target_year: {recipe['target_year']}",
        "synthetic: true",
        "sources:",
    ]
    for source in recipe["sources"]:
        lines += [f"  - title: {text(source['title'])}", f"    note: {text(source['note'])}"]
    return "\n".join(lines) + "\n"


def write_county(recipe: dict, root: Path) -> Path:
    """Write one sample folder below `root`; return it."""
    folder = Path(root) / recipe["folder"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "county.yaml").write_bytes(county_yaml(recipe).encode())
    for name, table in generate_county(recipe).items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return folder


def write_samples(root: Path, recipes: Path | None = None) -> list[Path]:
    """Write every sample county below `root` (recipes: ``root/recipes.yaml``)."""
    return [write_county(r, root) for r in read_recipes(recipes or Path(root) / "recipes.yaml")]


if __name__ == "__main__":
    for written in write_samples(Path(sys.argv[1] if len(sys.argv) > 1 else "data/sample")):
        print(written)
