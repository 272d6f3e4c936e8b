"""Values x standard -> coefficients of variation against limits, school rule, items, verdict.

Everything is three-valued: met, not met, and *not assessed* where something was not reported.
What is not assessed is never a pass and never a fail; it leaves the verdict of the county open,
unless something else has failed already.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.schema import INDICATORS, STAGES
from ..data.load import County
from ..policy.standards import PARTS, Rules
from . import indicators
from .apportioning import by_year, words
from .dispersion import (
    Grouped,
    gini_of_rows,
    moments,
    theil_of_rows,
    variation_shares,
    weighted_mean,
)
from .indicators import KEYS, Ratios, at_least, at_most, round_half_up
from .items import NAN, CountyData, Measure, measure

CV_DECIMALS = 3
"""Decimals of a coefficient of variation in the official form."""


#: Verdicts; codes are positions here.
VERDICTS = ("met", "not_met", "not_assessed", "not_applicable")
MET, NOT_MET, NOT_ASSESSED, NOT_APPLICABLE = range(4)


@dataclass(frozen=True)
class Balance:
    """Coefficients of variation in numbers, of one county or of many.

    Attributes
    ----------
    years : tuple of int
    schools, students : ndarray, shape (counties, years, 2)
        Schools judged and their students, by stage.
    missing, mean, sd, cv, limit, status : ndarray, shape (8, counties, years, 2)
        The seven indicators and the composite; see `balance_table`. The composite has no mean and
        no sd. `status` holds words.
    """

    years: tuple[int, ...]
    schools: np.ndarray
    students: np.ndarray
    missing: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    cv: np.ndarray
    limit: np.ndarray
    status: np.ndarray


def balance(
    value: np.ndarray,
    students: np.ndarray,
    county: np.ndarray,
    year: np.ndarray,
    stage: np.ndarray,
    counties: int,
    rules: Mapping[int, Rules],
) -> Balance:
    """Judge how unequal the schools of each county, year and stage are.

    Parameters
    ----------
    value : ndarray, shape (7, m)
    students : ndarray, shape (m,)
    county, year, stage : ndarray of int, shape (m,)
        Positions among the counties, the ascending years of `rules` and `STAGES`.
    counties : int
    rules : mapping of int to Rules
    """
    years = tuple(sorted(rules))
    shape = (counties, len(years), len(STAGES))
    group = (county * len(years) + year) * len(STAGES) + stage
    groups = Grouped(group, math.prod(shape))
    found = moments(value, cv_weights(students, rules, year), groups)
    schools = np.bincount(group, minlength=groups.groups).reshape(shape)
    heads = np.bincount(group, np.nan_to_num(students), groups.groups).reshape(shape)
    missing, mean, sd, cv = (
        each.reshape(len(value), *shape) for each in (found.missing, found.mean, found.sd, found.cv)
    )
    cv, missing = with_composite(cv, missing)
    limit = cv_limits([rules[each] for each in years])[:, None]
    rounded = np.array([rules[each]["option.decide_on"] == "rounded" for each in years])
    status = cv_status(cv, missing, schools, limit, rounded[:, None])
    empty = np.full((1, *shape), np.nan)
    return Balance(
        years=years,
        schools=schools,
        students=heads,
        missing=missing,
        mean=np.concatenate([mean, empty]),
        sd=np.concatenate([sd, empty]),
        cv=cv,
        limit=np.broadcast_to(limit, cv.shape),
        status=np.array(VERDICTS)[status],
    )


def cv_weights(
    students: np.ndarray, rules: Mapping[int, Rules], year: np.ndarray | int = 0
) -> np.ndarray:
    """What each school counts for in a coefficient of variation: its students, or all alike.

    `year` is the position of each row's year among the ascending years of `rules`.
    """
    alike = np.array([rules[each]["option.cv_weighting"] == "none" for each in sorted(rules)])
    return np.where(alike[year], 1.0, students) if alike.any() else students


def cv_limits(rules: Sequence[Rules]) -> np.ndarray:
    """Limits of the coefficients of variation and of the composite: shape (8, years, 2)."""
    single, composite = (
        np.array([[rule.number(f"{entry}.{stage}") for stage in STAGES] for rule in rules])
        for entry in ("cv", "composite_cv")
    )
    return np.stack([single] * len(INDICATORS) + [composite])


def with_composite(cv: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """CVs and missing schools of the indicators (7, ...) with those of the composite behind them.

    The composite is the plain mean of the seven (domain: reported nationally, judged only where a
    limit is set).
    """
    return (
        np.concatenate([cv, np.mean(cv, axis=0)[None]]),
        np.concatenate([missing, np.max(missing, axis=0)[None]]),
    )


def cv_status(
    cv: np.ndarray, missing: np.ndarray, schools: np.ndarray, limit: np.ndarray, rounded: np.ndarray
) -> np.ndarray:
    """Judge coefficients of variation: positions in `VERDICTS`. All arguments broadcast.

    Parameters
    ----------
    cv, missing : ndarray
        And the schools without a value.
    schools : ndarray of int
        Schools judged.
    limit : ndarray
        NaN where none is in force.
    rounded : ndarray of bool
        Whether the value is rounded before it is compared (`decide_on: rounded`).
    """
    if np.any(rounded):
        cv = np.where(rounded, round_half_up(cv, CV_DECIMALS), cv)
    unknown = (np.asarray(missing) > 0) | ~np.isfinite(cv)
    return np.select(
        [(np.asarray(schools) == 0) | ~np.isfinite(limit), unknown],
        [NOT_APPLICABLE, NOT_ASSESSED],
        np.where(at_most(cv, limit), MET, NOT_MET),
    ).astype(np.int8)


def balance_of(found: Ratios, rules: Mapping[int, Rules]) -> Balance:
    """The `balance` of a single county."""
    county = np.zeros_like(found.year)
    return balance(found.value, found.students, county, found.year, found.stage, 1, rules)


def influence_table(indicators: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Each school's exact share in the squared coefficient of variation of every indicator.

    Parameters
    ----------
    indicators : DataFrame
        Of one year, as from `analysis.measure.indicators.indicator_table`.
    rules : Rules
        By which the year is judged: they say whether schools are weighted by their students.

    Returns
    -------
    DataFrame
        ``stage, indicator, school_id, school, students, value, mean, share``: the schools that
        reported, the largest share first; `mean` is the county's, weighted likewise; `share` is 0
        to 1, and adds up to 1 over the schools. Without rows where all schools are alike.
    """
    parts = []
    for stage in STAGES:
        for name in INDICATORS:
            part = indicators[(indicators["stage"] == stage) & (indicators["indicator"] == name)]
            part = part[part["value"].notna()]
            if part.empty:
                continue
            values, students = part["value"].to_numpy(), part["students"].to_numpy(dtype=float)
            weights = cv_weights(students, {0: rules})
            part = part[["stage", "indicator", "school_id", "school", "students", "value"]].assign(
                mean=weighted_mean(values, weights), share=variation_shares(values, weights)
            )
            part = part.dropna(subset="share")
            parts.append(part.sort_values("share", ascending=False, kind="stable"))
    columns = ["stage", "indicator", "school_id", "school", "students", "value", "mean", "share"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def balance_table(
    found: Ratios, judged: Balance, rules: Mapping[int, Rules], county: County
) -> pd.DataFrame:
    """Student-weighted coefficient of variation of each indicator, judged against its limit.

    Parameters
    ----------
    found : Ratios
        As from `analysis.measure.indicators.ratios`.
    judged : Balance
        As from `balance_of`.
    rules : mapping of int to Rules
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
    names = [*INDICATORS, "composite"]
    year, stage, indicator = (
        each.ravel() for each in np.indices((len(judged.years), len(STAGES), len(names)))
    )

    def column(values: np.ndarray) -> np.ndarray:
        if values.ndim == 3:
            values = np.broadcast_to(values, (len(names), *values.shape))
        return values[:, 0].transpose(1, 2, 0).ravel()

    gini, theil = (column(values) for values in _inequality(found, rules))
    return pd.DataFrame(
        {
            "county": words([county.code], np.zeros_like(year)),
            "year": np.array(judged.years, dtype="int64")[year],
            "basis": words([county.basis(each) for each in judged.years], year),
            "stage": words(STAGES, stage),
            "indicator": words(names, indicator),
            **{
                name: column(getattr(judged, name))
                for name in ("schools", "students", "mean", "sd", "cv", "limit", "status")
            },
            "missing": column(judged.missing),
            "gini": gini,
            "theil": theil,
        }
    )


def _inequality(found: Ratios, rules: Mapping[int, Rules]) -> tuple[np.ndarray, np.ndarray]:
    """Gini and Theil of the schools that reported, shape (8, 1, years, 2) each."""
    weight = cv_weights(found.students, rules, found.year)
    group = found.year * len(STAGES) + found.stage
    groups = len(found.years) * len(STAGES)
    size = np.bincount(group, minlength=groups)
    # the rows of a group stand together, so each finds its place in a matrix of groups
    place = np.arange(len(group)) - (np.cumsum(size) - size)[group]
    values = np.zeros((len(found.value), groups, max(size.max(), 1)))
    weights = np.zeros_like(values)
    known = np.isfinite(found.value) & np.isfinite(weight)
    values[:, group, place] = np.where(known, found.value, 0.0)
    weights[:, group, place] = np.where(known, weight, 0.0)
    rows = (len(found.value) * groups, values.shape[-1])
    both = []
    for measured in (gini_of_rows, theil_of_rows):
        of_seven = measured(values.reshape(rows), weights.reshape(rows))
        full = np.full((len(found.value) + 1, 1, len(found.years), len(STAGES)), np.nan)
        full[:-1] = of_seven.reshape(len(found.value), 1, len(found.years), len(STAGES))
        both.append(full)
    return both[0], both[1]


@dataclass(frozen=True)
class SchoolRule:
    """The rule for each school in numbers: how many indicators have each status, and the verdict.

    Attributes
    ----------
    met, near, below_floor, missing : ndarray of int, shape (m,)
    status : ndarray of int, shape (m,)
        Positions in `VERDICTS`.
    """

    met: np.ndarray
    near: np.ndarray
    below_floor: np.ndarray
    missing: np.ndarray
    status: np.ndarray


def school_rule(status: np.ndarray, needed: np.ndarray) -> SchoolRule:
    """At least so many of seven indicators met, the rest at 85 % or more.

    Parameters
    ----------
    status : ndarray of int, shape (7, m)
        Positions in `analysis.measure.indicators.STATUSES`.
    needed : ndarray, shape (m,)
        Indicators that have to be met.
    """
    met, near, below, missing = (
        # single bytes: draws have millions of rows
        (status == code).view(np.int8).sum(axis=0, dtype=np.int8)
        for code in range(len(indicators.STATUSES))
    )
    fails = (below > 0) | (met + missing < needed)
    passes = (met >= needed) & (below == 0) & (missing == 0)
    verdict = np.where(
        fails, np.int8(NOT_MET), np.where(passes, np.int8(MET), np.int8(NOT_ASSESSED))
    )
    return SchoolRule(met, near, below, missing, verdict)


def school_rule_of(found: Ratios, rules: Mapping[int, Rules]) -> SchoolRule:
    """The `school_rule` of a county's schools."""
    needed = by_year((rules[each] for each in found.years), "school.indicators_met")
    return school_rule(found.status, needed[found.year])


def school_table(found: Ratios, judged: SchoolRule, rows: pd.DataFrame) -> pd.DataFrame:
    """The rule for each school: at least six of seven met, the rest at 85 % or more.

    Parameters
    ----------
    found : Ratios
        As from `analysis.measure.indicators.ratios`.
    judged : SchoolRule
        As from `school_rule_of`.
    rows : DataFrame
        The rows of the register that are in scope.

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
    table = rows[[*KEYS, "school_id", "school"]].reset_index(drop=True)
    return table.assign(
        met=judged.met.astype("int64"),
        below_floor=judged.below_floor.astype("int64"),
        status=words(VERDICTS, judged.status),
        near=judged.near.astype("int64"),
        missing=judged.missing.astype("int64"),
        students=found.students,
    )


def three_valued(statuses) -> str:
    """The status of a whole from those of its parts: one failure decides, one gap leaves it open."""
    statuses = set(statuses) - {"not_applicable"}
    if "not_met" in statuses:
        return "not_met"
    if "not_assessed" in statuses:
        return "not_assessed"
    return "met" if statuses else "not_applicable"


def evaluation_rows(
    data: CountyData,
    found: Ratios,
    names: np.ndarray,
    schools: SchoolRule,
    judged: Balance,
    plan: Mapping[int, Rules],
) -> dict[int, list[dict]]:
    """Every requirement of the standard and every target of the plan, year by year.

    Parameters
    ----------
    data : CountyData
        The county with what recognition is judged by.
    found : Ratios
    names : ndarray of str
        Name of each school in `found`.
    schools : SchoolRule
    judged : Balance
        Of the same county, for these years at least.
    plan : mapping of int to Rules
        What the county set itself, for the same years; empty where it has no plan.

    Returns
    -------
    dict of int to list of dict
        The columns of `evaluation_table` that have a value, part by part.
    """
    order = {part: position for position, part in enumerate(PARTS)}
    items = _county_items(data, plan, judged)
    for year, rule in data.rules.items():
        own, position = plan.get(year), judged.years.index(year)
        rows = [
            _schools_item(found, names, schools, position, number, rule)
            for number in range(len(STAGES))
        ]
        of_year = _balance_rows(judged, position)
        rows += [_cv_item(row, rule, own) for row in of_year]
        if own:
            rows += _mean_targets(of_year, own)
        items[year] = sorted(rows + items[year], key=lambda row: order[row["part"]])
    return items


_TEXTS = ("detail", "origin", "evidence", "target", "target_compared", "target_source")
_MISSING = dict.fromkeys(_TEXTS, "") | {"target_status": "not_applicable"}


def evaluation_table(rows: Mapping[int, list[dict]], county: str) -> pd.DataFrame:
    """The requirements and targets of some years, one row each.

    Parameters
    ----------
    rows : mapping of int to list of dict
        As from `evaluation_rows`.
    county : str
        Its code.

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
    columns = ["part", "item", "value", "requirement", "status", "source", "margin", "detail"]
    columns += ["origin", "evidence", "target", "target_status", "target_compared"]
    columns += ["target_source"]
    records = [row for of_year in rows.values() for row in of_year]
    years = [year for year, of_year in rows.items() for _ in of_year]
    table = {name: [row.get(name, _MISSING.get(name)) for row in records] for name in columns}
    for name in (*_TEXTS, "target_status"):
        table[name] = pd.Series(table[name], dtype=object)
    return pd.DataFrame(
        {"county": words([county], np.zeros(len(years), int)), "year": years} | table
    )


def _schools_item(
    found: Ratios, names: np.ndarray, schools: SchoolRule, year: int, stage: int, rule: Rules
) -> dict:
    rows = np.flatnonzero((found.year == year) & (found.stage == stage))
    status = schools.status[rows]
    failing = rows[status == NOT_MET]
    known = len(rows) and not (status == NOT_ASSESSED).any()
    share = float((status == MET).mean()) if known else NAN
    return {
        "part": "resource",
        "item": f"schools.{STAGES[stage]}",
        "value": share,
        "requirement": "= 1",
        "status": three_valued(VERDICTS[code] for code in set(status.tolist())),
        "source": source(rule, "school.indicators_met"),
        "margin": share - 1,
        "detail": _listed(names[failing[:NAMED]], len(failing)),
        "origin": "computed",
        "target": "",
    }


def _balance_rows(judged: Balance, year: int) -> list[dict]:
    """The rows of a year of a county's balance, as far as they are judged again."""
    columns = ("missing", "mean", "cv", "limit", "status")
    values = [getattr(judged, name)[:, 0, year].T.tolist() for name in columns]
    schools = judged.schools[0, year].tolist()
    return [
        {"stage": stage, "indicator": indicator, "schools": schools[number]}
        | {name: each[number][position] for name, each in zip(columns, values, strict=True)}
        for number, stage in enumerate(STAGES)
        for position, indicator in enumerate((*INDICATORS, "composite"))
    ]


def _cv_item(row: dict, rule: Rules, own: Rules | None) -> dict:
    composite = row["indicator"] == "composite"
    entry = ("composite_cv." if composite else "cv.") + row["stage"]
    status = None
    if own:
        rounded = own["option.decide_on"] == "rounded"
        code = cv_status(row["cv"], row["missing"], row["schools"], own.number(entry), rounded)
        status = VERDICTS[code]
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


def _mean_targets(of_year: list[dict], own: Rules) -> list[dict]:
    """The plan's targets for the seven indicators, judged on the county mean."""
    rows = []
    for row in of_year:
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
    data: CountyData, plan: Mapping[int, Rules], judged: Balance
) -> dict[int, list[dict]]:
    """Government, quality, recognition, vetoes; and what only the plan asks for; year by year."""
    rules = data.rules
    # the plan may count in its own way (an option), so its targets get measures of their own
    own_data = CountyData(data.facts, plan, data.concessions)
    records: dict[int, list[dict]] = {year: [] for year in rules}
    for name in _entries(rules, ("resource", "option", "concession")):
        rows = _items(name, measure(name, data), rules)
        stated = {
            year: own
            for year, own in plan.items()
            if own[name] is not None and own.standard.stated_in(name) is not None
        }
        targets = _items(name, measure(name, own_data), plan) if stated else {}
        for year, rule in rules.items():
            if name not in rule.standard.entries or rule[name] is None:
                continue
            status = targets[year]["status"] if year in stated else None
            records[year].append(rows[year] | _target(name, rule, plan.get(year), status))
    for name in _entries(plan, ("option", "concession")):
        rows = None
        for year, own in plan.items():
            rule = rules[year]
            if name in rule.standard.entries or name not in own.standard.entries:
                continue
            if own[name] is None:
                continue
            if rows is None:
                shrinks = name == "cv_shrinking"
                found = shrinking(judged, plan) if shrinks else measure(name, own_data)
                rows = _items(name, found, plan)
            records[year].append(
                rows[year]
                | {"requirement": "—", "status": "not_applicable", "source": "", "margin": NAN}
                | _target(name, rule, own, rows[year]["status"])
            )
    return records


def _entries(rules: Mapping[int, Rules], left_out: tuple[str, ...]) -> list[str]:
    """Entries that are in force in any year, except those of some parts."""
    names = dict.fromkeys(name for rule in rules.values() for name in rule.standard.entries)
    return [
        name
        for name in names
        if any(
            rule.get(name) is not None and rule.entry(name).part not in left_out
            for rule in rules.values()
        )
    ]


def shrinking(judged: Balance, years: Iterable[int]) -> Measure:
    """Whether every coefficient of variation became smaller than in the year before.

    `yes` or `no`; not known where a value of either year is missing and no other grew.
    """
    counted = (judged.schools[0] > 0) & (judged.missing[:, 0] == 0)
    cv = np.where(counted, judged.cv[:, 0], np.nan)
    text = {}
    years = list(years)
    for position, year in enumerate(years):
        if year - 1 not in judged.years:
            continue
        now, before = judged.years.index(year), judged.years.index(year - 1)
        step = cv[:, now] - cv[:, before]
        step = step[~np.isnan(step)]
        expected = len(cv) * int((judged.schools[0, now] > 0).sum())
        if (step > 0).any():
            text[position] = "no"
        elif len(step) == expected and len(step):
            text[position] = "yes"
    unit = np.full(len(years), "", dtype=object)
    return Measure(np.arange(len(years)), unit, np.full(len(years), NAN), text=text)


def _items(name: str, found: Measure, rules: Mapping[int, Rules]) -> dict[int, dict]:
    """Judge what a requirement comes to at every unit, year by year; the worst unit is its value."""
    by_position = list(rules.values())
    word = [rule.rule(name) for rule in by_position]
    required = [rule[name] for rule in by_position]
    number = np.array([_number(each) for each in required])
    limit = number[found.year] if found.limit is None else found.limit
    margin, status = np.empty(len(limit)), np.empty(len(limit), dtype=np.int8)
    for each in set(word):
        rows = slice(None)
        if len(set(word)) > 1:
            rows = np.array([one == each for one in word])[found.year]
        margin[rows] = _margin(found.value[rows], each, limit[rows])
        status[rows] = judge_values(found.value[rows], each, limit[rows])
    for position, text in found.text.items():
        rows = found.year == position
        value = _value(text)
        status[rows] = VERDICTS.index(judge_entry(value, word[position], required[position]))
        if isinstance(value, str):
            margin[rows] = NAN
    count = len(by_position)
    failing, unknown = (
        np.bincount(found.year[status == code], minlength=count) for code in (NOT_MET, NOT_ASSESSED)
    )
    start = np.searchsorted(found.year, np.arange(count + 1))
    whole = whole_statuses(np.diff(start), failing, unknown).tolist()
    start, failing, unknown = start.tolist(), failing.tolist(), unknown.tolist()
    finite = np.isfinite(margin)
    ranked = np.where(finite, margin, np.inf)
    rows = {}
    for position, (year, rule) in enumerate(rules.items()):
        first, last = start[position], start[position + 1]
        value, worst = NAN, None
        if first < last:
            worst = first + int(np.argmin(ranked[first:last])) if last - first > 1 else first
            worst = worst if finite[worst] else None
        if worst is not None:
            value = float(found.value[worst])
        elif position in found.text:
            value = _value(found.text[position])
        reported = found.reported is not None and found.reported[position]
        rows[year] = {
            "part": rule.entry(name).part,
            "item": name,
            "value": value,
            "requirement": requirement(rule, name),
            "status": VERDICTS[whole[position]],
            "source": source(rule, name),
            "margin": float(margin[worst]) if worst is not None else NAN,
            "detail": _detail(found, status, first, last, rule.entry(name).unit is None)
            if failing[position] or unknown[position]
            else "",
            "origin": ("reported" if reported else "computed")
            if last - first > unknown[position]
            else "",
            "evidence": found.evidence.get(position, ""),
        }
    return rows


def whole_statuses(units: np.ndarray, failing: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """`three_valued` in numbers (positions in `VERDICTS`), from how many units there are."""
    return np.select(
        [units == 0, failing > 0, unknown > 0], [NOT_APPLICABLE, NOT_MET, NOT_ASSESSED], MET
    )


def _detail(found: Measure, status: np.ndarray, first: int, last: int, share: bool) -> str:
    """The units that fail, or else those that are not known."""
    for code in (NOT_MET, NOT_ASSESSED):
        rows = first + np.flatnonzero(status[first:last] == code)
        named = [row for row in rows.tolist() if found.unit[row]]
        if named and code == NOT_MET:
            shown = (_named(found.unit[row], found.value[row], share) for row in named[:NAMED])
            return _listed(shown, len(named))
        if named:
            return _listed((found.unit[row] for row in named[:NAMED]), len(named))
    return ""


#: Units that are named in `detail`; the rest is counted.
NAMED = 8


def _listed(names: Iterable[str], count: int) -> str:
    """The first names of a list of so many."""
    return "; ".join(map(str, names)) + (f" +{count - NAMED}" if count > NAMED else "")


def _named(unit: str, value: float, share: bool) -> str:
    if not np.isfinite(value):
        return str(unit)
    return f"{unit} ({value:.2%})" if share else f"{unit} ({value:g})"


def _number(required: float | str | None) -> float:
    return NAN if required is None or isinstance(required, str) else float(required)


def _margin(value: np.ndarray, rule: str, limit: np.ndarray) -> np.ndarray:
    """How far numbers are on the right side of their limits; NaN for findings."""
    with np.errstate(invalid="ignore"):
        if rule in ("at_most", "below"):
            return limit - value
        if rule == "equals":
            return 0.0 - np.abs(value - limit)
        return value - limit


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
        A word of `analysis.policy.standards.Rule`.
    required : float or {"yes", "no"}

    Returns
    -------
    {"met", "not_met", "not_assessed"}
    """
    if isinstance(value, str):
        return "met" if value == (rule if rule in ("yes", "no") else "yes") else "not_met"
    limit = np.array([_number(required)])
    return VERDICTS[judge_values(np.array([value], dtype=float), rule, limit)[0]]


def judge_values(value: np.ndarray, rule: str, limit: np.ndarray) -> np.ndarray:
    """Judge numbers by a rule word: positions in `VERDICTS`."""
    if rule in ("yes", "no"):
        return np.full(len(value), NOT_ASSESSED, dtype=np.int8)
    passed = {
        "at_least": lambda: at_least(value, limit),
        "at_most": lambda: at_most(value, limit),
        "equals": lambda: at_least(value, limit) & at_most(value, limit),
        "below": lambda: ~at_least(value, limit),
        "above": lambda: ~at_most(value, limit),
    }[rule]()
    return np.where(np.isnan(value), NOT_ASSESSED, np.where(passed, MET, NOT_MET)).astype(np.int8)


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
