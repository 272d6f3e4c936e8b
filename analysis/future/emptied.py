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

from ..base.schema.terms import STAGE_GRADES, STAGES
from ..measure.evaluation_table import mixed
from ..measure.indicators import HAIR, round_half_up
from ..measure.study import Study, judge
from .comparison import by_year

_FUNDS = ["operating_funds_cny", "training_funds_cny"]
_SHORT = ("near", "short", "not_met")


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
    full = _Full(study)
    kept = {
        name: table[table["year"] <= last]
        for name, table in county.tables.items()
        if name in ("school_years", "enrolment")
    }
    yearly, grades = zip(*(full.year(year) for year in ahead), strict=True)
    tables = dict(county.tables) | {
        "school_years": _joined([kept["school_years"], *yearly]),
        "enrolment": _joined([kept["enrolment"], *grades]),
    }
    whole = dataclasses.replace(county, tables=MappingProxyType(tables))
    rules, plan = (
        {y: each[y] for y in (last, *ahead) if y in each} for each in (study.years, study.plan)
    )
    return judge(whole, ahead[-1], rules, plan, study.as_of, study.concessions)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat([part.astype(parts[0].dtypes.to_dict()) for part in parts])
    table.index = pd.RangeIndex(len(table), name=parts[0].index.name)
    return table


class _Full:
    """Tables of projected years with the pupils of the last observed one."""

    def __init__(self, study: Study):
        tables = study.county.tables
        roster = tables["schools"]
        self.special = roster.loc[roster["type"] == "special_education", "school_id"]
        self.yearly, self.grades = tables["school_years"], tables["enrolment"]
        self.flows = study.outlook.flows
        last = study.county.last_observed
        self.before = self.yearly[self.yearly["year"] == last].set_index("school_id")
        self.grades_before = self.grades[self.grades["year"] == last]

    def year(self, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """`school_years` and `enrolment` of a year."""
        now = self.yearly[self.yearly["year"] == year].set_index("school_id")
        grades = self.grades[self.grades["year"] == year]
        heads = [f"students_{stage}" for stage in (*STAGES, "senior")]
        projected = now[heads].sum(axis=1)
        moved = pd.Index([])
        for stage in STAGES:
            stays, moving, factor = self._parted(now, stage, year)
            moved = moved.union(moving)
            pupils, classes = f"students_{stage}", f"classes_{stage}"
            now.loc[stays, [pupils, classes]] = self.before.loc[stays, [pupils, classes]]
            now.loc[moving, pupils] *= factor
            now.loc[moving, classes] = _classes(now.loc[moving, classes] * factor)
            grades = self._graded(grades, stage, stays, moving, factor, year)
            by_grade = grades[grades["grade"].isin(STAGE_GRADES[stage])]
            summed = by_grade.groupby("school_id")["classes"].sum()
            listed = moving.intersection(summed.index)
            now.loc[listed, classes] = summed[listed]
        own = now.index.intersection(self.before.index).difference(moved).difference(self.special)
        now.loc[own, _FUNDS] = self.before.loc[own, _FUNDS]
        ratio = (now[heads].sum(axis=1) / projected).where(projected > 0, 1.0)
        now.loc[moved, _FUNDS] = now.loc[moved, _FUNDS].mul(ratio[moved], axis=0)
        return now.reset_index()[self.yearly.columns], grades

    def _parted(self, now: pd.DataFrame, stage: str, year: int) -> tuple[pd.Index, pd.Index, float]:
        """Schools whose pupils stand where they were, those between which pupils were moved, and by
        what the pupils of the latter are multiplied."""
        name = f"students_{stage}"
        ordinary = self.before.index.union(now.index).difference(self.special)
        before = self.before[name].reindex(ordinary).fillna(0.0).astype(float)
        after = now[name].reindex(ordinary).fillna(0.0).astype(float)
        flows = self.flows[(self.flows["year"] <= year) & (self.flows["stage"] == stage)]
        moved = ordinary.intersection(pd.Index([*flows["origin"], *flows["target"]]).unique())
        strange = ((before > 0) & ~ordinary.isin(now.index)) | ((after > 0) & (before == 0))
        if not strange[strange].index.isin(moved).all():
            # a school of the roster opens or closes without a move: its pupils are anywhere
            moved = ordinary
        whole = after[moved].sum()
        factor = before[moved].sum() / whole if whole > 0 else 1.0
        stays = ordinary.difference(moved).intersection(now.index).intersection(self.before.index)
        return stays, moved.intersection(now.index), factor

    def _graded(
        self,
        grades: pd.DataFrame,
        stage: str,
        stays: pd.Index,
        moving: pd.Index,
        factor: float,
        year: int,
    ) -> pd.DataFrame:
        """The rows of a year by grade."""

        def here(table: pd.DataFrame, schools: pd.Index) -> pd.Series:
            return table["grade"].isin(STAGE_GRADES[stage]) & table["school_id"].isin(schools)

        then = self.grades_before[here(self.grades_before, stays)].assign(year=year)
        kept = grades[~here(grades, stays)].copy()
        chosen = here(kept, moving)
        kept.loc[chosen, "students"] *= factor
        kept.loc[chosen, "classes"] = _classes(kept.loc[chosen, "classes"] * factor)
        return pd.concat([kept, then.astype(kept.dtypes.to_dict())])


def _classes(exact: pd.Series) -> pd.Series:
    """Whole classes, one at least where there are any."""
    whole = pd.Series(round_half_up(exact, 0), index=exact.index)
    return whole.where(exact.isna() | (exact <= 0), whole.clip(lower=1.0))


def _fewer(study: Study) -> pd.DataFrame:
    """Whether a stage, or all together (`""`), has fewer pupils than in the last observed year."""
    students, years = by_year(study)["students"], list(study.years)
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
    stage = found["stage"] if "stage" in found else found["item"].str.split(".").str[-1]
    stage = stage.where(stage.isin(STAGES), "")
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
    return found[["year", "part", "item", "requirement", "value", "value_observed", "value_full"]]


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
