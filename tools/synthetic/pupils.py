"""The roster of a county, and its pupils by school, grade and year, from birth cohorts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.schema.terms import STAGE_GRADES, STAGES
from synthetic.figures import round_to_total

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
