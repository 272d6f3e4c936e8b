"""Teachers, buildings, equipment and funds of schools, walked back from their last year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.schema.terms import STAGES
from analysis.measure.apportioning.dividing import WEIGHTS
from analysis.policy.standards import load_standard
from synthetic.figures import last_seen, ramp, round_to_total, settle, standardise
from synthetic.pupils import teaches

#: Indicator -> prefix of the stage columns.
TEACHER_ITEMS = {
    name: about.quantity for name, about in load_standard("cn-2017").indicators.staff.items()
}


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
    for indicator in (
        name for name, about in load_standard("cn-2017").indicators.items() if about.shared
    ):
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


def basic_resources(recipe, students: dict, staff: dict, years: int) -> dict[str, np.ndarray]:
    """Computers, books and teachers of middle or senior title: what the standard of 2012 looks at besides.

    Drawn by a generator of its own: everything else of a county stays what it is.
    """
    rng = np.random.default_rng([int(recipe["code"]), recipe["seed"], 2012])
    heads = sum(np.nan_to_num(students[stage]) for stage in STAGES)
    schools = len(heads)
    most = heads.max(axis=1)
    rise = np.linspace(0.82, 1.0, years)
    computers = most / 100 * rng.uniform(8, 22, schools)
    books = most * rng.uniform(15, 45, schools)
    found = {
        "computers": np.round(computers[:, None] * rise),
        "books": np.round(books[:, None] * rise, -1),
    }
    for stage in STAGES:
        part = rng.uniform(0.3, 0.65, schools)[:, None]
        if staff[stage]:
            found[f"senior_titles_{stage}"] = np.floor(staff[stage]["teachers"] * part)
    return found
