"""All tables of one sample county, from its recipe."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.schema.tables import TABLES
from analysis.base.schema.terms import STAGE_GRADES, STAGES
from analysis.measure.apportioning.dividing import WEIGHTS
from synthetic.figures import ramp
from synthetic.items import county_items, county_years, plan_shares
from synthetic.pupils import (
    active,
    births_index,
    cohorts,
    entrants_index,
    form_classes,
    grade_rows,
    redirect,
    roster,
    teaches,
)
from synthetic.resources import (
    basic_resources,
    funds,
    match_teachers,
    shared_resources,
    special_rooms,
    teaching_staff,
)

RUN_UP = 3
"""Years simulated before the first one published: junior entrants of three years ago."""


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
    wide |= basic_resources(recipe, students, staff, len(years))
    school_years = pd.DataFrame(
        {
            "school_id": np.repeat(schools["school_id"].to_numpy(), len(years)),
            "year": np.tile(years, len(schools)),
        }
    )
    for name in yearly_columns():
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
        "schools": schools[[column.name for column in TABLES["schools"].columns if column.asked]],
        "school_years": school_years,
        "enrolment": enrolment,
        "rooms": special_rooms(schools, recipe, by_stage, open_, years, rng),
        "county_years": long,
    }
    return {name: table.reset_index(drop=True) for name, table in tables.items()}


def yearly_columns() -> list[str]:
    """Columns of `school_years` that every sample fills in, without the key."""
    columns = TABLES["school_years"].columns[2:]
    return [column.name for column in columns if column.needed or not column.offered]
