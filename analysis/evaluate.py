"""Values x standard -> coefficients of variation against limits, school rule, items, verdict.

Everything is three-valued: met, not met, and *not assessed* where something was not reported.
What is not assessed is never a pass and never a fail; it leaves the verdict of the county open,
unless something else has failed already.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .dispersion import gini, grouped, theil
from .indicators import KEYS, at_least, at_most, round_half_up
from .load import County
from .schema import INDICATORS, STAGES
from .standards import PARTS, Rules

CV_DECIMALS = 3
"""Decimals of a coefficient of variation in the official form."""


def balance_table(indicators: pd.DataFrame, rules: Mapping[int, Rules], county: str) -> pd.DataFrame:
    """Student-weighted coefficient of variation of each indicator, judged against its limit.

    Parameters
    ----------
    indicators : DataFrame
        As from `analysis.indicators.indicator_rows`.
    rules : mapping of int to Rules
        For every year that shall have rows, also where no school is judged.
    county : str

    Returns
    -------
    DataFrame
        Eight rows per year and stage (seven indicators and `composite`): ``county, year, basis,
        stage, indicator, schools, students, mean, sd, cv, limit, status``, and `missing` (schools
        without a value), `gini`, `theil`. `mean` is the county's ratio of sums, in the indicator's
        unit; `sd` likewise; the other statistics have no unit.

        With a missing value the statistics are those of the schools that reported, and the status
        is `not_assessed`. With a mean of 0 the CV is undefined (NaN, `not_assessed`). Without a
        school of the stage the status is `not_applicable`. The composite is the plain mean of the
        seven CVs; without a limit of its own (the national case) it is `not_applicable`.

    Notes
    -----
    Limits: 教督〔2017〕6号, 0.50 primary and 0.45 junior secondary, the limit included.
    """
    parts = [_weighted(indicators, rules)]
    stats = parts[0].set_index(["year", "stage", "indicator"]) if len(parts[0]) else parts[0]
    records = []
    for year, rule in rules.items():
        for stage in STAGES:
            rows = [
                _balance_row(stats, (year, stage, name), rule, rule.number(f"cv.{stage}"))
                for name in INDICATORS
            ]
            records += rows
            records.append(_composite(rows, rule, rule.number(f"composite_cv.{stage}")))
            for record in records[-len(rows) - 1 :]:
                record |= {"county": county, "year": year, "basis": "observed", "stage": stage}
    table = pd.DataFrame(records).astype({"schools": "int64", "missing": "int64"})
    return table[
        [
            *KEYS,
            *("indicator", "schools", "students", "mean", "sd", "cv", "limit", "status"),
            *("missing", "gini", "theil"),
        ]
    ]


def _weighted(indicators: pd.DataFrame, rules: Mapping[int, Rules]) -> pd.DataFrame:
    """Statistics of every group; weights are the students, or 1 where the standard says `none`."""
    if indicators.empty:
        return pd.DataFrame()
    weighting = indicators["year"].map(
        {year: rule["option.cv_weighting"] for year, rule in rules.items()}
    )
    rows = indicators.assign(_weight=indicators["students"].where(weighting != "none", 1.0))
    by = ["year", "stage", "indicator"]
    stats = grouped(rows, by, "_weight")
    known = rows[np.isfinite(rows["value"]) & np.isfinite(rows["_weight"])]
    inequality = {
        key: (gini(group["value"], group["_weight"]), theil(group["value"], group["_weight"]))
        for key, group in known.groupby(by, sort=False)
    }
    stats["gini"] = [inequality.get(key, (np.nan, np.nan))[0] for key in stats.index]
    stats["theil"] = [inequality.get(key, (np.nan, np.nan))[1] for key in stats.index]
    return stats.reset_index()


_NOTHING = {
    **{"schools": 0, "students": 0.0, "missing": 0},
    **dict.fromkeys(("mean", "sd", "cv", "gini", "theil"), np.nan),
}


def _balance_row(stats: pd.DataFrame, key: tuple, rule: Rules, limit: float) -> dict:
    if len(stats) and key in stats.index:
        found = stats.loc[key].to_dict()
    else:
        found = dict(_NOTHING)
    found |= {"indicator": key[2], "limit": limit}
    return found | {"status": _cv_status(found, rule)}


def _cv_status(row: dict, rule: Rules) -> str:
    cv = row["cv"]
    if rule["option.decide_on"] == "rounded":
        cv = float(round_half_up(cv, CV_DECIMALS))
    if row["schools"] == 0 or not np.isfinite(row["limit"]):
        return "not_applicable"
    if row["missing"] or not np.isfinite(cv):
        return "not_assessed"
    return "met" if at_most(cv, row["limit"]) else "not_met"


def _composite(rows: list[dict], rule: Rules, limit: float) -> dict:
    """Plain mean of the seven CVs (domain: reported nationally, judged only where a limit is set)."""
    row = dict(_NOTHING) | {
        "indicator": "composite",
        "schools": rows[0]["schools"],
        "students": rows[0]["students"],
        "missing": max(row["missing"] for row in rows),
        "cv": float(np.mean([row["cv"] for row in rows])),
        "limit": limit,
    }
    return row | {"status": _cv_status(row, rule)}


def school_table(indicators: pd.DataFrame, rules: Mapping[int, Rules]) -> pd.DataFrame:
    """The rule for each school: at least six of seven met, the rest at 85 % or more.

    Parameters
    ----------
    indicators : DataFrame
        As from `analysis.indicators.indicator_rows`.
    rules : mapping of int to Rules

    Returns
    -------
    DataFrame
        One row per school and stage in scope: ``county, year, basis, stage, school_id, school,
        met, below_floor, status``, and `near`, `missing` (numbers of indicators), `students`.
        Status `not_assessed` where what was not reported could still decide either way.

    Notes
    -----
    教督〔2017〕6号: 每所学校至少有6项指标达到要求，余项不能低于要求的85%. Each department of a
    through-school is a row of its own (application form, table II-2).
    """
    keys = [*KEYS, "school_id", "school"]
    status = indicators["status"]
    counts = (
        indicators[keys]
        .assign(
            students=indicators["students"],
            met=(status == "met"),
            near=(status == "near"),
            below_floor=(status == "short"),
            missing=(status == "not_assessed"),
        )
        .groupby(keys, sort=False, dropna=False)
        .agg(
            met=("met", "sum"),
            below_floor=("below_floor", "sum"),
            near=("near", "sum"),
            missing=("missing", "sum"),
            students=("students", "first"),
        )
        .reset_index()
    )
    needed = counts["year"].map({year: rule.number("school.indicators_met") for year, rule in rules.items()})
    fails = (counts["below_floor"] > 0) | (counts["met"] + counts["missing"] < needed)
    passes = (counts["met"] >= needed) & (counts["below_floor"] == 0) & (counts["missing"] == 0)
    counts["status"] = np.select([fails, passes], ["not_met", "met"], "not_assessed")
    return counts[[*keys, "met", "below_floor", "status", "near", "missing", "students"]]


def three_valued(statuses) -> str:
    """The status of a whole from those of its parts: one failure decides, one gap leaves it open."""
    statuses = set(statuses) - {"not_applicable"}
    if "not_met" in statuses:
        return "not_met"
    if "not_assessed" in statuses:
        return "not_assessed"
    return "met" if statuses else "not_applicable"


def evaluation_table(
    county: County,
    schools: pd.DataFrame,
    balance: pd.DataFrame,
    rules: Mapping[int, Rules],
) -> pd.DataFrame:
    """Every requirement of the standard with its value and status, one row each.

    Parameters
    ----------
    county : County
    schools, balance : DataFrame
        As from `school_table` and `balance_table`.
    rules : mapping of int to Rules

    Returns
    -------
    DataFrame
        ``county, year, part, item, value, requirement, status, source``. Items of the resource part
        are ``schools.<stage>`` (share of schools that pass, 0 to 1) and ``cv.<indicator>.<stage>``,
        ``composite_cv.<stage>``; the others are the entries of the standard.
    """
    records = []
    for year, rule in rules.items():
        for stage in STAGES:
            records.append(_schools_item(schools, year, stage, rule))
        for row in balance[balance["year"] == year].to_dict("records"):
            composite = row["indicator"] == "composite"
            entry = ("composite_cv." if composite else "cv.") + row["stage"]
            records.append(
                {
                    "year": year,
                    "part": "resource",
                    "item": entry if composite else f"cv.{row['indicator']}.{row['stage']}",
                    "value": row["cv"],
                    "requirement": requirement(rule, entry),
                    "status": row["status"],
                    "source": source(rule, entry),
                }
            )
        records += _county_items(county, year, rule)
    table = pd.DataFrame(records).assign(county=county.code)
    order = {part: position for position, part in enumerate(PARTS)}
    table = table.sort_values(
        ["year", "part"],
        key=lambda column: column.map(order) if column.name == "part" else column,
        kind="stable",
        ignore_index=True,
    )
    return table[["county", "year", "part", "item", "value", "requirement", "status", "source"]]


def _schools_item(schools: pd.DataFrame, year: int, stage: str, rule: Rules) -> dict:
    rows = schools[(schools["year"] == year) & (schools["stage"] == stage)]
    known = rows["status"] != "not_assessed"
    return {
        "year": year,
        "part": "resource",
        "item": f"schools.{stage}",
        "value": float((rows["status"] == "met").mean()) if known.all() and len(rows) else np.nan,
        "requirement": "= 1",
        "status": three_valued(rows["status"]),
        "source": source(rule, "school.indicators_met"),
    }


def _county_items(county: County, year: int, rule: Rules) -> list[dict]:
    """Items whose value the county reports itself, under the id of the entry."""
    reported = county.tables["county_years"]
    reported = reported[reported["year"] == year].set_index("item")["value"]
    records = []
    for name, entry in rule.standard.entries.items():
        if entry.part in ("resource", "option") or rule[name] is None:
            continue
        value = reported.get(name)
        records.append(
            {
                "year": year,
                "part": entry.part,
                "item": name,
                "value": _value(value),
                "requirement": requirement(rule, name),
                "status": judge_entry(_value(value), entry.rule, rule[name]),
                "source": source(rule, name),
            }
        )
    return records


def _value(text: object) -> float | str:
    if text is None or (isinstance(text, float) and np.isnan(text)):
        return np.nan
    return str(text) if text in ("yes", "no") else float(text)


def judge_entry(value: float | str, rule: str, required: float | str) -> str:
    """Judge one reported value by a rule word.

    Parameters
    ----------
    value : float or {"yes", "no"}
        NaN if it was not reported.
    rule : str
        A word of `analysis.standards.RULES`.
    required : float or {"yes", "no"}

    Returns
    -------
    {"met", "not_met", "not_assessed"}
    """
    if isinstance(value, float) and np.isnan(value):
        return "not_assessed"
    if rule in ("yes", "no"):
        return "met" if value == rule else "not_met"
    if isinstance(value, str):
        # a finding instead of the number: the number is still missing
        return "not_assessed"
    required = float(required)
    passed = {
        "at_least": at_least(value, required),
        "at_most": at_most(value, required),
        "equals": at_least(value, required) and at_most(value, required),
        "below": not at_least(value, required),
        "above": not at_most(value, required),
    }[rule]
    return "met" if passed else "not_met"


_SIGNS = {"at_least": "≥", "at_most": "≤", "below": "<", "above": ">", "equals": "="}


def requirement(rule: Rules, name: str) -> str:
    """A requirement in short: ``≥ 4.2``, ``yes``; a dash where nothing is required."""
    entry, value = rule.entry(name), rule[name]
    if value is None:
        return "—"
    return str(value) if entry.rule in ("yes", "no") else f"{_SIGNS[entry.rule]} {value:g}"


def source(rule: Rules, name: str) -> str:
    """Document and section of an entry."""
    reference = rule.entry(name).reference
    return f"{reference.document} {reference.section}"
