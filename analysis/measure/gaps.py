"""What is missing, each thing counted once: of a stage, of whole schools; and which figures are doubted.

A figure of the indicators' table says what *a school* has to add for *one* of its stages. Sums of it
mix two bases: a through-school of two stages would be counted twice, and a stage would be charged
with what its schools add for their other stages. Here every sum has one base.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..base.schema.indicators import Indicator, Indicators
from ..base.schema.systems import stages_of_rows
from ..base.schema.terms import STAGES
from .study import Study

#: A figure above 0 that reaches less than this part of its threshold is doubted: 万元 typed for yuan
#: give a ten-thousandth, a slipped figure a hundredth.
DOUBTED_BELOW = 0.01


def stage_gaps(indicators: pd.DataFrame, about: Indicators) -> pd.DataFrame:
    """What the schools of each stage lack, in the stage's own terms.

    Parameters
    ----------
    indicators : DataFrame
        As from `analysis.measure.indicators.indicator_rows`, of one year.
    about : Indicators
        Those of the standard.

    Returns
    -------
    DataFrame
        ``stage, indicator, schools`` (that lack something), `lacking` (persons, m², yuan, rooms: of
        what a school shares among its stages only the part of this stage), `need` (threshold ×
        students of all schools) and `share` (`lacking` / `need`, 0 to 1).
    """
    per, shared = (
        indicators["indicator"].map({name: getattr(i, what) for name, i in about.items()})
        for what in ("per", "shared")
    )
    need = (indicators["threshold"] * indicators["students"] / per).astype(float)
    short = indicators["shortfall"] > 0
    lacking = indicators["shortfall"].where(~shared.astype(bool), need - indicators["quantity"])
    table = indicators[["stage", "indicator"]].assign(
        schools=short.astype(int), lacking=lacking.where(short, 0.0), need=need
    )
    sums = table.groupby(["stage", "indicator"], sort=False).sum().reset_index()
    return sums.assign(share=sums["lacking"] / sums["need"].where(sums["need"] > 0))


def school_gaps(indicators: pd.DataFrame, about: Indicators) -> pd.DataFrame:
    """What each school has to add so that all its stages meet the thresholds, counted once.

    Of what its stages share, the most that one of them asks for is enough for the others; teachers
    belong to one stage each and are added up.

    Returns
    -------
    DataFrame
        ``school_id, school, indicator, lacking``: only where something is missing.
    """
    rows = indicators[indicators["shortfall"] > 0]
    keys = ["school_id", "school", "indicator"]
    grouped = rows.groupby(keys, sort=False)["shortfall"].agg(["max", "sum"]).reset_index()
    shared = grouped["indicator"].map({name: i.shared for name, i in about.items()})
    lacking = np.where(shared.astype(bool), grouped["max"], grouped["sum"])
    return grouped[keys].assign(lacking=lacking.astype(float))


def doubted(study: Study) -> np.ndarray:
    """Which rows of a study's indicators rest on a figure that can hardly be meant.

    Returns
    -------
    ndarray of bool
        A value above 0 and below `DOUBTED_BELOW` of its threshold, or one from a cell that the
        checks question (`analysis.data.checks.doubts`).
    """
    table = study.indicators
    low = (table["value"] > 0) & (table["value"] < DOUBTED_BELOW * table["threshold"])
    cells = _questioned(study)
    return low.to_numpy(dtype=bool) | np.array(
        [
            key in cells
            for key in zip(table["school_id"], table["stage"], table["indicator"], strict=True)
        ],
        dtype=bool,
    )


def _questioned(study: Study) -> set[tuple[str, str, str]]:
    """School, stage and indicator of every questioned cell of the judged year."""
    found = set()
    if study.county.basis(study.year) == "projected":
        return found
    # warnings name the rows as they were entered: a site's are its school's
    tables = study.county.as_entered
    mains = {site.school_id: site.main for site in study.county.sites.joined}
    for warning in study.county.warnings:
        table = tables.get(warning.table)
        if warning.table not in ("school_years", "enrolment") or table is None:
            continue
        if warning.table == "enrolment":
            stages = stages_of_rows(table, tables["schools"])
        for number in (warning.row, *warning.rows):
            if number not in table.index or table.loc[number, "year"] != study.year:
                continue
            row = table.loc[number]
            school = mains.get(row["school_id"], row["school_id"])
            if warning.table == "enrolment":
                if warning.column == "students":
                    found |= {(school, stages[number], name) for name in study.rules.indicators}
            else:
                found |= {
                    (school, stage, name)
                    for stage in STAGES
                    for name in _touched(study.rules.indicators, warning.column, stage)
                }
    return found


def _touched(indicators: Indicators, column: str, stage: str) -> list[str]:
    """Indicators of a stage that a column of `school_years` goes into."""
    if column == f"students_{stage}":
        return list(indicators)
    return [name for name, about in indicators.items() if column in columns_of(about, stage)]


def columns_of(about: Indicator, stage: str) -> tuple[str, ...]:
    """The columns of `school_years` behind an indicator of a stage, besides the stage's students."""
    return about.columns if about.shared else tuple(f"{name}_{stage}" for name in about.columns)


#: Amounts behind the items of the other parts: columns of `school_years` and items of `county_years`.
_AMOUNTS = {
    "G6": ("operating_funds_cny", "operating_standard_primary_cny"),
    "G7": ("operating_funds_cny",),
    "G8": ("salary_teachers_cny", "salary_civil_servants_cny"),
    "Q4": ("operating_funds_cny", "training_funds_cny"),
}


def doubted_items(study: Study) -> list[str]:
    """Items that fail in the judged year and rest on an amount that the checks question."""
    if study.county.basis(study.year) == "projected":
        return []
    tables = study.county.as_entered
    questioned = set()
    for warning in study.county.warnings:
        table = tables.get(warning.table)
        if warning.table not in ("school_years", "county_years") or table is None:
            continue
        rows = [n for n in (warning.row, *warning.rows) if n in table.index]
        rows = [n for n in rows if table.loc[n, "year"] == study.year]
        if warning.table == "county_years":
            questioned |= {table.loc[n, "item"] for n in rows}
        elif rows:
            questioned.add(warning.column)
    failing = [item for item, status in study.statuses[study.year].items() if status == "not_met"]
    return [item for item in failing if questioned & set(_AMOUNTS.get(item, ()))]
