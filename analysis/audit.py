"""How firm is a verdict: would a small change of the data, or another method, turn it round?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .apportion import SHARED_QUANTITIES
from .dispersion import coefficient_of_variation
from .evaluate import CV_DECIMALS, school_table
from .indicators import KEYS, at_least, at_most, judge, round_half_up
from .schema import INDICATORS, STAGES
from .standards import Rules


def indicator_margins(indicators: pd.DataFrame) -> pd.DataFrame:
    """The smallest change of each school's resource that turns an indicator round.

    Returns
    -------
    DataFrame
        The rows of `indicators` that are assessed with `margin`: how much of the real thing
        (persons, m², yuan, rooms) the school has beyond the threshold; negative what it lacks; and
        `margin_share`, the same relative to what it has. Of whole things, what has to be taken away
        to fall below (at least 1) or added to meet.
    """
    rows = indicators[indicators["status"] != "not_assessed"].copy()
    per = rows["indicator"].map({name: i.per for name, i in INDICATORS.items()}).astype(float)
    whole = rows["indicator"].map({name: i.whole for name, i in INDICATORS.items()}).astype(bool)
    surplus = (rows["quantity"] - rows["threshold"] * rows["students"] / per) / rows["share"]
    met = rows["status"] == "met"
    margin = np.where(met, surplus, -rows["shortfall"])
    margin = np.where(met & whole, np.floor(surplus + 1e-9) + 1, margin)
    has = rows["quantity"] / rows["share"]
    return rows.assign(margin=margin, margin_share=margin / has.where(has > 0))


def school_margins(indicators: pd.DataFrame, schools: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The smallest change of a single indicator that turns a school's verdict round.

    Parameters
    ----------
    indicators, schools : DataFrame
        Of the same county and year.
    rules : Rules
        How many indicators have to be met.

    Returns
    -------
    DataFrame
        `schools` (assessed rows) with `indicator`, `change` (relative change of its value, as a
        share: -0.05 = 5 % less) that suffices. NaN where no single change does.
    """
    wide = indicators.assign(ratio=indicators["value"] / indicators["threshold"]).pivot(
        index=[*KEYS, "school_id"], columns="indicator", values="ratio"
    )
    floor = (indicators["floor"] / indicators["threshold"]).iloc[0] if len(indicators) else np.nan
    spare = len(INDICATORS) - int(np.nan_to_num(rules.number("school.indicators_met")))
    found = []
    for row in schools.to_dict("records"):
        if row["status"] == "not_assessed":
            continue
        ratio = wide.loc[tuple(row[key] for key in (*KEYS, "school_id"))].dropna()
        # what was not reported stays unknown, whatever else changes
        options = (
            _single_changes(ratio, floor, spare, row["status"] == "met")
            if len(ratio) == len(INDICATORS)
            else []
        )
        best = min(options, key=lambda option: abs(option[1]), default=(None, np.nan))
        found.append(row | {"indicator": best[0], "change": best[1]})
    return pd.DataFrame(found, columns=[*schools.columns, "indicator", "change"])


def _single_changes(
    ratio: pd.Series, floor: float, spare: int, passes: bool
) -> list[tuple[str, float]]:
    """Changes of one ratio (value / threshold) that reverse a school's verdict.

    `spare` indicators may stay below their threshold, as long as they reach the floor.
    """
    unmet = ratio[~at_least(ratio, 1)]
    low = ratio[~at_least(ratio, floor)]
    if passes:
        # if no more may be lost, losing one threshold is enough; else one must lose the floor
        limit = 1.0 if len(unmet) == spare else floor
        downs = [(name, limit / value - 1) for name, value in ratio.items() if name not in unmet]
        return downs + [(name, floor / value - 1) for name, value in unmet.items()]
    excess = len(unmet) - spare
    if excess > 1 or len(low) > 1:
        return []
    goal = 1.0 if excess == 1 else floor
    candidates = low if len(low) else unmet
    return [(name, goal / value - 1) for name, value in candidates.items() if value > 0]


def balance_margins(
    indicators: pd.DataFrame, balance: pd.DataFrame, rules: Mapping[int, Rules]
) -> pd.DataFrame:
    """The smallest change of one school's resource that brings a CV to its limit.

    With :math:`c = 1 + L^2`, total resource :math:`T`, total students :math:`P` and
    :math:`S = \\sum x_i^2 / P_i`, a change :math:`d` at school i puts the CV on the limit L where
    :math:`d^2 (P/P_i - c) + 2 d (P x_i/P_i - cT) + (PS - cT^2) = 0`. Where the standard does not
    weight by students, the same holds with :math:`P_i = 1` and the ratio for :math:`x_i`.

    Returns
    -------
    DataFrame
        The judged rows of `balance` with `school_id`, `school`, `change` (persons, m², yuan, rooms
        of that stage; NaN where no single school can) and `change_share` of what it has.
    """
    found = []
    per = {name: indicator.per for name, indicator in INDICATORS.items()}
    groups = dict(list(indicators.groupby(["year", "stage", "indicator"], sort=False)))
    for row in balance.to_dict("records"):
        if row["status"] not in ("met", "not_met") or row["indicator"] == "composite":
            continue
        group = groups[(row["year"], row["stage"], row["indicator"])]
        has = group["quantity"].to_numpy(dtype=float)
        students = group["students"].to_numpy(dtype=float)
        weight = _weights(group, rules[row["year"]])
        per_weight = weight / students
        change = _to_limit(has * per_weight, weight, row["limit"]) / per_weight
        size = np.where(np.isfinite(change), np.abs(change), np.inf)
        best = int(np.argmin(size))
        hit = np.isfinite(size[best])
        found.append(
            row
            | {
                "school_id": group["school_id"].iloc[best] if hit else None,
                "school": group["school"].iloc[best] if hit else None,
                "change": change[best] if hit else np.nan,
                "change_share": change[best] / has[best] if hit and has[best] > 0 else np.nan,
                "per": per[row["indicator"]],
            }
        )
    columns = [*balance.columns, "school_id", "school", "change", "change_share", "per"]
    return pd.DataFrame(found, columns=columns).drop(columns="per")


def _weights(group: pd.DataFrame, rule: Rules) -> np.ndarray:
    """Weights of the schools in a CV: their students, or 1 where the standard says `none`."""
    students = group["students"].to_numpy(dtype=float)
    return np.ones_like(students) if rule["option.cv_weighting"] == "none" else students


def _to_limit(has: np.ndarray, students: np.ndarray, limit: float) -> np.ndarray:
    """For each school the smallest change of its resource that makes the CV equal to the limit."""
    c, total, people = 1 + limit**2, has.sum(), students.sum()
    squares = (has**2 / students).sum()
    a = people / students - c
    b = 2 * (people * has / students - c * total)
    constant = people * squares - c * total**2
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(b**2 - 4 * a * constant)
        roots = np.stack([(-b - root) / (2 * a), (-b + root) / (2 * a)])
        # nobody can have less than nothing, and without any resource there is no CV
        roots[~np.isfinite(roots) | (roots + has < 0) | (roots + total <= 1e-9 * total)] = np.nan
    best = np.where(np.isnan(roots[0]) | (np.abs(roots[1]) < np.abs(roots[0])), roots[1], roots[0])
    return best


METHODS = ("unweighted", "rounded_first", "unsplit")


def method_audit(
    rows: pd.DataFrame,
    indicators: pd.DataFrame,
    schools: pd.DataFrame,
    balance: pd.DataFrame,
    rules: Mapping[int, Rules],
) -> pd.DataFrame:
    """Verdicts that other arithmetic in circulation would turn round.

    - `unweighted`: CV from school values without student weights.
    - `rounded_first`: values rounded to two decimals (CVs to three) before they are compared.
    - `unsplit`: what a through-school shares is credited to each of its stages undivided, per
      student of the whole school.

    Parameters
    ----------
    rows, indicators, schools, balance : DataFrame
        The register and results of the same county and years.
    rules : mapping of int to Rules

    Returns
    -------
    DataFrame
        Only where the verdict differs: ``county, year, stage, subject`` (`cv`, `indicator` or
        `school`), ``school_id, school, indicator, method, value, status, other_value,
        other_status``.
    """
    found = []
    rounded = _rejudged(indicators, round_half_up(indicators["value"], 2))
    found += _changed_indicators(indicators, rounded, "rounded_first")
    found += _changed_schools(schools, rounded, rules, "rounded_first")
    unsplit = _unsplit(rows, indicators)
    found += _changed_indicators(indicators, unsplit, "unsplit")
    found += _changed_schools(schools, unsplit, rules, "unsplit")
    judged = balance[balance["status"].isin(["met", "not_met"])]
    judged = judged[judged["indicator"] != "composite"]
    by = ["year", "stage", "indicator"]
    ours = dict(list(indicators.groupby(by, sort=False)))
    whole = dict(list(unsplit.groupby(by, sort=False)))
    for row in judged.to_dict("records"):
        key = tuple(row[name] for name in by)
        weights = _weights(ours[key], rules[row["year"]])
        others = {
            "unweighted": coefficient_of_variation(ours[key]["value"]),
            "rounded_first": float(round_half_up(row["cv"], CV_DECIMALS)),
            "unsplit": coefficient_of_variation(whole[key]["value"], weights),
        }
        for method, other in others.items():
            status = "met" if at_most(other, row["limit"]) else "not_met"
            if np.isfinite(other) and status != row["status"]:
                found.append(
                    {name: row[name] for name in ("county", "year", "stage", "indicator")}
                    | {"subject": "cv", "method": method, "value": row["cv"]}
                    | {"status": row["status"], "other_value": other, "other_status": status}
                )
    columns = ["county", "year", "stage", "subject", "school_id", "school", "indicator", "method"]
    columns += ["value", "status", "other_value", "other_status"]
    return pd.DataFrame(found, columns=columns)


def _rejudged(indicators: pd.DataFrame, value) -> pd.DataFrame:
    status = judge(value, indicators["threshold"].to_numpy(), indicators["floor"].to_numpy())
    return indicators.assign(value=np.asarray(value), status=status)


def _unsplit(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Values as if the shared quantities of a school were divided by all its students, unweighted."""
    shared = indicators["indicator"].isin(
        [name for name, i in INDICATORS.items() if i.quantity in SHARED_QUANTITIES]
    )
    # the whole school's total over its compulsory-stage students: those of its judged stages
    total = (
        rows[rows["stage"].isin(STAGES)]
        .groupby(["year", "school_id"])["students"]
        .sum(min_count=1)
        .rename("_all")
    )
    everyone = indicators.join(total, on=["year", "school_id"])["_all"].to_numpy(dtype=float)
    per = indicators["indicator"].map({n: i.per for n, i in INDICATORS.items()}).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = per * indicators["quantity"] / indicators["share"] / everyone
    return _rejudged(indicators, np.where(shared, value, indicators["value"]))


def _changed_indicators(ours: pd.DataFrame, other: pd.DataFrame, method: str) -> list[dict]:
    changed = (ours["status"] != other["status"]) & (ours["status"] != "not_assessed")
    changed &= other["status"].to_numpy() != "not_assessed"
    return [
        {name: row[name] for name in ("county", "year", "stage", "school_id", "school")}
        | {"indicator": row["indicator"], "subject": "indicator", "method": method}
        | {"value": row["value"], "status": row["status"]}
        | {"other_value": value, "other_status": status}
        for row, value, status in zip(
            ours[changed].to_dict("records"),
            other.loc[changed, "value"],
            other.loc[changed, "status"],
            strict=True,
        )
    ]


def _changed_schools(
    schools: pd.DataFrame, other: pd.DataFrame, rules: Mapping[int, Rules], method: str
) -> list[dict]:
    again = school_table(other, rules)
    both = schools.merge(
        again[["year", "stage", "school_id", "status", "met"]],
        on=["year", "stage", "school_id"],
        suffixes=("", "_other"),
    )
    changed = both[(both["status"] != both["status_other"]) & (both["status"] != "not_assessed")]
    return [
        {name: row[name] for name in ("county", "year", "stage", "school_id", "school")}
        | {"subject": "school", "method": method, "value": row["met"], "status": row["status"]}
        | {"other_value": row["met_other"], "other_status": row["status_other"]}
        for row in changed.to_dict("records")
        if row["status_other"] != "not_assessed"
    ]
