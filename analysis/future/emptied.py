"""What is met in a projected year only because schools have fewer pupils than in the last observed one.

One definition, for every requirement (items and coefficients of variation of the evaluation, schools by
the school rule, indicators of schools): it is not met in the last observed year, met in the projected
year, and not met when the projected year, with its staff, sites, equipment and rules, is judged with the
pupils of the last observed year; and the stage (for an item without a stage: the county) has fewer pupils
than in that year.

The pupils of the last observed year stand where they were. Only schools between which the scenario has
moved pupils by then share theirs as in the projected year: together they have as many as they had.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..base.schema.terms import STAGES
from ..measure.evaluation_table import mixed
from ..measure.indicators import HAIR
from ..measure.study import Study, judge
from .as_full import Full
from .comparison import pupils_by_year

_SHORT = ("near", "short", "not_met")
_ITEM_COLUMNS = ["year", "part", "item", "requirement", "value", "value_observed", "value_full"]


def judged_as_full(study: Study, years: Iterable[int] | None = None) -> Study:
    """The projected years of a study with the pupils of the last observed year.

    Pupils, classes and largest classes by grade, and the public-use funds that follow the pupils, are
    those of the last observed year; where pupils have been moved, those of the projected year times the
    part by which these schools together became fewer (classes rounded half up, at least one; the
    largest class as projected). Special-education schools stay as projected.

    Parameters
    ----------
    study : Study
        With an outlook.
    years : iterable of int, optional
        Projected years; all of them if omitted.

    Returns
    -------
    Study
        The last observed year and those.
    """
    county, last = study.county, study.county.last_observed
    chosen = set(study.years if years is None else years)
    ahead = [year for year in study.years if year > last and year in chosen]
    full = Full(study, ahead)
    grades = full.enrolment()
    tables = dict(county.tables) | {"enrolment": grades, "school_years": full.school_years(grades)}
    whole = dataclasses.replace(county, tables=MappingProxyType(tables))
    rules, plan = (
        {y: each[y] for y in (last, *ahead) if y in each} for each in (study.years, study.plan)
    )
    return judge(whole, ahead[-1], rules, plan, study.as_of, study.concessions)


def _fewer(study: Study) -> pd.DataFrame:
    """Whether a stage, or all together (`""`), has fewer pupils than in the last observed year."""
    students, years = pupils_by_year(study), list(study.years)
    students = np.column_stack([students, students.sum(axis=1)])
    less = students < students[years.index(study.county.last_observed)] - HAIR
    return pd.DataFrame(less, index=years, columns=[*STAGES, ""])


def _flagged(
    study: Study, table: pd.DataFrame, full: pd.DataFrame, keys: list[str]
) -> pd.DataFrame:
    """Rows of the projected years by the definition; `value` of three years where there is one."""
    last, columns = study.county.last_observed, [*keys, "status"]
    columns += ["value"] if "value" in table else []
    seen = table.loc[table["year"] == last, columns]
    seen = seen[seen["status"].isin(_SHORT)]
    found = table[(table["year"] > last) & (table["status"] == "met")]
    found = found.merge(seen, on=keys, suffixes=("", "_observed"))
    full = full.loc[full["status"].isin(_SHORT), ["year", *columns]]
    found = found.merge(full, on=["year", *keys], suffixes=("", "_full"))
    less = _fewer(study)
    stage = found["stage"] if "stage" in found else found["item"].map(_stage_of)
    row, column = less.index.get_indexer(found["year"]), less.columns.get_indexer(stage)
    return found[less.to_numpy()[row, column]].reset_index(drop=True)


def emptied_items(study: Study, full: Study) -> pd.DataFrame:
    """Items of the evaluation that are met only because schools have fewer pupils.

    Parameters
    ----------
    study : Study
        With an outlook.
    full : Study
        The same, from `judged_as_full`.

    Returns
    -------
    DataFrame
        ``year, part, item, requirement, value, value_observed, value_full``: in the projected year, in
        the last observed one, and in the projected one with the pupils of the last observed one.
    """
    both = (mixed(each.all_evaluation) for each in (study, full))
    found = _flagged(study, *both, ["part", "item"])
    return found[_ITEM_COLUMNS]


def emptied_now(study: Study) -> pd.DataFrame:
    """The rows of `emptied_items` of the judged year, which is projected; without the other years' work.

    Parameters
    ----------
    study : Study
        With an outlook.
    """
    year, fewer = study.year, _fewer(study).loc[study.year]
    before, now = study.rows_of(study.county.last_observed), study.rows_of(year)
    new = [
        item
        for item, row in now.items()
        if row["status"] == "met"
        and before.get(item, {}).get("status") in _SHORT
        and fewer[_stage_of(item)]
    ]
    # judging again is what takes time: where nothing is newly met there is nothing to judge
    full = judged_as_full(study, [year]).rows_of(year, new) if new else {}
    rows = []
    for item in new:
        if full.get(item, {}).get("status") in _SHORT:
            values = (each[item]["value"] for each in (now, before, full))
            rows.append((year, now[item]["part"], item, now[item]["requirement"], *values))
    # numbers and words stand in one column
    kinds = dict.fromkeys(("value", "value_observed", "value_full"), object)
    return pd.DataFrame(rows, columns=_ITEM_COLUMNS).astype(kinds)


def _stage_of(item: str) -> str:
    stage = item.rsplit(".", 1)[-1]
    return stage if stage in STAGES else ""


def emptied_indicators(study: Study, full: Study) -> pd.DataFrame:
    """Indicators of schools that are met only because the schools have fewer pupils.

    Returns
    -------
    DataFrame
        ``year, stage, school_id, school, indicator, threshold, value, value_observed, value_full`` as
        in `emptied_items`.
    """
    keys = ["stage", "school_id", "indicator"]
    found = _flagged(study, study.all_indicators, full.all_indicators, keys)
    values = ["threshold", "value", "value_observed", "value_full"]
    return found[["year", "stage", "school_id", "school", "indicator", *values]]


def emptied_schools(study: Study, full: Study) -> pd.DataFrame:
    """Schools that meet the school rule only because they have fewer pupils.

    Returns
    -------
    DataFrame
        ``year, stage, school_id, school``.
    """
    found = _flagged(study, study.all_schools, full.all_schools, ["stage", "school_id"])
    return found[["year", "stage", "school_id", "school"]]


def newly_met(study: Study, full: Study) -> pd.DataFrame:
    """How much is met in each projected year that was not, and how much of it by fewer pupils alone.

    Returns
    -------
    DataFrame
        Indexed by year: for `items`, `indicators` and `schools` the number newly met, and
        ``<name>_emptied``.
    """
    last = study.county.last_observed
    tables = {
        "items": (study.all_evaluation, ["part", "item"], emptied_items(study, full)),
        "indicators": (
            study.all_indicators,
            ["stage", "school_id", "indicator"],
            emptied_indicators(study, full),
        ),
        "schools": (study.all_schools, ["stage", "school_id"], emptied_schools(study, full)),
    }
    years = pd.Index([year for year in study.years if year > last], name="year")
    found = {}
    for name, (table, keys, emptied) in tables.items():
        seen = table.loc[(table["year"] == last) & table["status"].isin(_SHORT), keys]
        new = table[(table["year"] > last) & (table["status"] == "met")].merge(seen, on=keys)
        for column, rows in ((name, new), (f"{name}_emptied", emptied)):
            found[column] = rows["year"].value_counts().reindex(years, fill_value=0)
    return pd.DataFrame(found)
