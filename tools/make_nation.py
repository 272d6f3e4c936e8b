"""A synthetic nation for benchmarks: the tables of many counties at once, plausible, without stories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from synthetic.county import yearly_columns
from synthetic.items import county_items
from synthetic.pupils import births_index, entrants_index
from synthetic.recipes import RECIPES, read_book
from synthetic.resources import TEACHER_ITEMS, operating_standards

from analysis.base.schema.terms import SCHOOL_TYPES, STAGES
from analysis.measure.apportioning.dividing import WEIGHTS


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
    for name in yearly_columns():
        if name not in wide:
            continue  # what only other standards count
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
