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
from .items import NAN, Measure, measure, year_data
from .load import County
from .schema import INDICATORS, STAGES
from .standards import PARTS, Rules

CV_DECIMALS = 3
"""Decimals of a coefficient of variation in the official form."""


def balance_table(
    indicators: pd.DataFrame, rules: Mapping[int, Rules], county: County
) -> pd.DataFrame:
    """Student-weighted coefficient of variation of each indicator, judged against its limit.

    Parameters
    ----------
    indicators : DataFrame
        As from `analysis.indicators.indicator_rows`.
    rules : mapping of int to Rules
        For every year that shall have rows, also where no school is judged.
    county : County
        Says its code and which years are projected.

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
                record |= {"county": county.code, "year": year, "stage": stage}
                record |= {"basis": county.basis(year)}
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
    known = len(stats) and key in stats.index
    found = stats.loc[key].to_dict() if known else dict(_NOTHING)
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
    needed = counts["year"].map(
        {year: rule.number("school.indicators_met") for year, rule in rules.items()}
    )
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
    plan: Mapping[int, Rules],
    concessions: frozenset = frozenset(),
) -> pd.DataFrame:
    """Every requirement of the standard and every target of the plan, one row each.

    Parameters
    ----------
    county : County
    schools, balance : DataFrame
        As from `school_table` and `balance_table`.
    rules : mapping of int to Rules
        What recognition is judged by.
    plan : mapping of int to Rules
        What the county set itself; empty where it has no plan.
    concessions : frozenset of str
        Concessions that are switched on.

    Returns
    -------
    DataFrame
        ``county, year, part, item, value, requirement, status, source``, and `margin` (what the
        worst unit has beyond the requirement, in its unit; negative what it lacks), `detail` (the
        units that fail, or that are missing), `origin` (`computed` or `reported`), `evidence`,
        `target`, `target_status`, `target_compared` (`same`, `stricter`, `weaker`, `additional` or
        `not_stated`) and `target_source`.

        Items of the resource part are ``schools.<stage>`` (share of schools that pass, 0 to 1),
        ``cv.<indicator>.<stage>``, ``composite_cv.<stage>``; the others are the entries of the
        standard. Targets for an indicator are judged on the county mean, in rows
        ``<indicator>.<stage>`` whose own status is `not_applicable`: the national rule judges
        schools, not means. Meeting a `weaker` target fails the evaluation.
    """
    records = []
    for year, rule in rules.items():
        own = plan.get(year)
        of_year = balance[balance["year"] == year]
        rows = [_schools_item(schools, year, stage, rule) for stage in STAGES]
        rows += [_cv_item(row, rule, own) for row in of_year.to_dict("records")]
        if own:
            rows += _mean_targets(of_year, own)
        shrunk = shrinking(balance, year)
        rows += _county_items(county, year, rule, own, concessions, shrunk)
        records += [{"year": year} | row for row in rows]
    table = pd.DataFrame(records).assign(county=county.code)
    order = {part: position for position, part in enumerate(PARTS)}
    table = table.sort_values(
        ["year", "part"],
        key=lambda column: column.map(order) if column.name == "part" else column,
        kind="stable",
        ignore_index=True,
    )
    columns = ["county", "year", "part", "item", "value", "requirement", "status", "source"]
    columns += ["margin", "detail", "origin", "evidence"]
    columns += ["target", "target_status", "target_compared", "target_source"]
    table = table.reindex(columns=columns)
    texts = ["detail", "origin", "evidence", "target", "target_compared", "target_source"]
    table[texts] = table[texts].astype(object).where(table[texts].notna(), "")
    status = table["target_status"].astype(object)
    table["target_status"] = status.where(status.notna(), "not_applicable")
    return table


def _schools_item(schools: pd.DataFrame, year: int, stage: str, rule: Rules) -> dict:
    rows = schools[(schools["year"] == year) & (schools["stage"] == stage)]
    known = rows["status"] != "not_assessed"
    failing = rows.loc[rows["status"] == "not_met", "school"]
    share = float((rows["status"] == "met").mean()) if known.all() and len(rows) else np.nan
    return {
        "part": "resource",
        "item": f"schools.{stage}",
        "value": share,
        "requirement": "= 1",
        "status": three_valued(rows["status"]),
        "source": source(rule, "school.indicators_met"),
        "margin": share - 1,
        "detail": _listed(failing),
        "origin": "computed",
        "target": "",
    }


def _cv_item(row: dict, rule: Rules, own: Rules | None) -> dict:
    composite = row["indicator"] == "composite"
    entry = ("composite_cv." if composite else "cv.") + row["stage"]
    status = _cv_status(row | {"limit": own.number(entry)}, own) if own else None
    return {
        "part": "resource",
        "item": entry if composite else f"cv.{row['indicator']}.{row['stage']}",
        "value": row["cv"],
        "requirement": requirement(rule, entry),
        "status": row["status"],
        "source": source(rule, entry),
        "margin": row["limit"] - row["cv"],
        "origin": "computed",
    } | _target(entry, rule, own, status)


def _mean_targets(balance: pd.DataFrame, own: Rules) -> list[dict]:
    """The plan's targets for the seven indicators, judged on the county mean."""
    rows = []
    for row in balance.to_dict("records"):
        entry = f"{row['indicator']}.{row['stage']}"
        if row["indicator"] == "composite" or row["schools"] == 0:
            continue
        if own[entry] is None or own.standard.stated_in(entry) is None:
            continue
        value = NAN if row["missing"] else row["mean"]
        rows.append(
            {
                "part": "resource",
                "item": entry,
                "value": row["mean"],
                "requirement": "—",
                "status": "not_applicable",
                "source": "",
                "margin": NAN,
                "origin": "computed",
            }
            | _target(
                entry,
                own.standard.evaluation.on(own.date),
                own,
                judge_entry(value, own.rule(entry), own[entry]),
            )
        )
    return rows


def _county_items(
    county: County,
    year: int,
    rule: Rules,
    own: Rules | None,
    concessions: frozenset,
    shrunk: Measure,
) -> list[dict]:
    """Government, quality, recognition, vetoes; and what only the plan asks for."""
    data = year_data(county, year, rule, concessions)
    # the plan may count in its own way (an option), so its targets get measures of their own
    own_data = year_data(county, year, own, concessions) if own else None
    records = []
    for name, entry in rule.standard.entries.items():
        if entry.part in ("resource", "option", "concession") or rule[name] is None:
            continue
        found = measure(name, data)
        records.append(_item(name, found, rule) | _own_target(name, rule, own, own_data))
    for name, entry in (own.standard.entries if own else {}).items():
        if name in rule.standard.entries or entry.part in ("option", "concession"):
            continue
        if own[name] is not None:
            found = shrunk if name == "cv_shrinking" else measure(name, own_data)
            row = _item(name, found, own)
            records.append(
                row
                | {"requirement": "—", "status": "not_applicable", "source": "", "margin": NAN}
                | _target(name, rule, own, row["status"])
            )
    return records


def shrinking(balance: pd.DataFrame, year: int) -> Measure:
    """Whether every coefficient of variation became smaller than in the year before.

    `yes` or `no`; NaN where a value of either year is missing and no other grew.
    """
    keys = ["stage", "indicator"]
    counted = balance[(balance["schools"] > 0) & (balance["missing"] == 0)]
    now, before = (counted[counted["year"] == y].set_index(keys)["cv"] for y in (year, year - 1))
    expected = balance[(balance["year"] == year) & (balance["schools"] > 0)]
    step = (now - before).dropna()
    if (step > 0).any():
        value: float | str = "no"
    else:
        value = "yes" if len(step) == len(expected) and len(step) else NAN
    return Measure(pd.Series([value], index=[""], dtype=object))


def _own_target(name: str, rule: Rules, own: Rules | None, own_data) -> dict:
    if own is None or own[name] is None or own.standard.stated_in(name) is None:
        return _target(name, rule, own, None)
    return _target(name, rule, own, _item(name, measure(name, own_data), own)["status"])


def _item(name: str, found: Measure, rule: Rules) -> dict:
    """Judge what a requirement comes to at every unit; the worst one is its value."""
    word, required = rule.rule(name), rule[name]
    limits = [required] * len(found.values) if found.limits is None else list(found.limits)
    statuses = [
        judge_entry(_value(value), word, limit)
        for value, limit in zip(found.values, limits, strict=True)
    ]
    margins = [
        _margin(_value(value), word, limit)
        for value, limit in zip(found.values, limits, strict=True)
    ]
    known = [position for position, margin in enumerate(margins) if np.isfinite(margin)]
    worst = min(known, key=margins.__getitem__) if known else None
    value = found.values.iloc[worst] if worst is not None else NAN
    if worst is None and len(found.values) and isinstance(found.values.iloc[0], str):
        value = found.values.iloc[0]
    pairs = list(zip(found.values.index, found.values, statuses, strict=True))
    share = rule.entry(name).unit is None
    failing = [
        _named(unit, shown, share) for unit, shown, status in pairs if unit and status == "not_met"
    ]
    open_ = [str(unit) for unit, _, status in pairs if unit and status == "not_assessed"]
    return {
        "part": rule.entry(name).part,
        "item": name,
        "value": _value(value),
        "requirement": requirement(rule, name),
        "status": three_valued(statuses) if pairs else "not_applicable",
        "source": source(rule, name),
        "margin": margins[worst] if worst is not None else NAN,
        "detail": _listed(failing or open_),
        "origin": found.origin if any(status != "not_assessed" for status in statuses) else "",
        "evidence": found.evidence,
    }


#: Units that are named in `detail`; the rest is counted.
NAMED = 8


def _listed(names) -> str:
    names = [str(name) for name in names]
    more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
    return "; ".join(names[:NAMED]) + more


def _named(unit: str, value: float | str, share: bool) -> str:
    if not isinstance(value, float) or not np.isfinite(value):
        return str(unit)
    return f"{unit} ({value:.2%})" if share else f"{unit} ({value:g})"


def _margin(value: float | str, rule: str, required: float | str | None) -> float:
    """How far a number is on the right side of its limit; NaN for findings."""
    if isinstance(value, str) or isinstance(required, str) or required is None:
        return NAN
    if rule in ("at_most", "below"):
        return float(required) - value
    if rule == "equals":
        return 0.0 - abs(value - float(required))
    return value - float(required)


def _target(name: str, rule: Rules, own: Rules | None, status: str | None) -> dict:
    """The county's own target for an entry, beside the national rule."""
    if own is None:
        return {"target": ""}
    stated = own.standard.stated_in(name) if name in own.standard.entries else None
    if stated is None:
        return {"target": "", "target_compared": "not_stated"}
    if own[name] is None:
        return {"target": ""}
    return {
        "target": requirement(own, name),
        "target_status": status or "not_applicable",
        "target_compared": compare_rules(
            (own.rule(name), own[name]), (rule.rule(name), rule[name]) if name in rule else None
        ),
        "target_source": source(own, name),
    }


def compare_rules(
    own: tuple[str, float | str], other: tuple[str, float | str | None] | None
) -> str:
    """Whether a target is `same`, `stricter`, `weaker` than a rule, or `additional` to it."""
    if other is None or other[1] is None:
        return "additional"
    (word, value), (other_word, other_value) = own, other
    if word == other_word and value == other_value:
        return "same"
    if isinstance(value, str) or isinstance(other_value, str):
        return "weaker"
    if value == other_value:
        strict = {"above", "below", "equals"}
        return "stricter" if word in strict else "weaker"
    larger_is_stricter = other_word in ("at_least", "above", "equals")
    return "stricter" if (value > other_value) == larger_is_stricter else "weaker"


def _value(text: object) -> float | str:
    if text is None or (isinstance(text, float) and np.isnan(text)):
        return NAN
    return str(text) if text in ("yes", "no") else float(text)


def judge_entry(value: float | str, rule: str, required: float | str) -> str:
    """Judge one value by a rule word.

    Parameters
    ----------
    value : float or {"yes", "no"}
        NaN if it was not reported. Where the rule asks for a number, `yes` is a person's finding
        that the requirement is met, with the evidence in county_years.
    rule : str
        A word of `analysis.standards.Rule`.
    required : float or {"yes", "no"}

    Returns
    -------
    {"met", "not_met", "not_assessed"}
    """
    if isinstance(value, float) and np.isnan(value):
        return "not_assessed"
    if rule in ("yes", "no"):
        return ("met" if value == rule else "not_met") if isinstance(value, str) else "not_assessed"
    if isinstance(value, str):
        return "met" if value == "yes" else "not_met"
    required = float(required)
    passed = {
        "at_least": at_least(value, required),
        "at_most": at_most(value, required),
        "equals": at_least(value, required) and at_most(value, required),
        "below": not at_least(value, required),
        "above": not at_most(value, required),
    }[rule]
    return "met" if passed else "not_met"


#: Rule words as signs.
SIGNS = {"at_least": "≥", "at_most": "≤", "below": "<", "above": ">", "equals": "="}


def requirement(rule: Rules, name: str) -> str:
    """A requirement in short: ``≥ 4.2``, ``yes``; a dash where nothing is required."""
    word, value = rule.rule(name), rule[name]
    if value is None:
        return "—"
    return str(value) if word in ("yes", "no") else f"{SIGNS[word]} {value:g}"


def source(rule: Rules, name: str) -> str:
    """Document and section of an entry."""
    reference = rule.entry(name).reference
    return f"{reference.document} {reference.section}"
