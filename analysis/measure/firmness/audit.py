"""How firm is a verdict: would a small change of the data, or another method, turn it round?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...base.schema.indicators import Indicators
from ...base.schema.terms import STAGES
from ...policy.standards import Rules
from ..apportioning.columns import by_year
from ..balance import COMPOSITE, CV_DECIMALS
from ..dispersion import coefficient_of_variation
from ..indicators import (
    STATUSES,
    Ratios,
    asked_of_schools,
    at_least,
    at_most,
    round_half_up,
    status_codes,
    whole_down,
    whole_up,
)
from ..school_rule import SchoolRule, school_rule
from ..verdicts import VERDICTS


def indicator_margins(indicators: pd.DataFrame, about: Indicators) -> pd.DataFrame:
    """The smallest change of each school's resource that turns an indicator round.

    Returns
    -------
    DataFrame
        The rows of `indicators` that are assessed with `margin`: how much of the real thing
        (persons, m², yuan, rooms) the school has beyond the threshold; negative what it lacks; and
        `margin_share`, the same relative to what it has. Of whole things, what has to be taken away
        to fall below (at least 1) or added to meet.
    """
    rows = indicators[~indicators["status"].isin(["not_assessed", "not_applicable"])].copy()
    per = rows["indicator"].map({name: i.per for name, i in about.items()}).astype(float)
    whole = rows["indicator"].map({name: i.whole for name, i in about.items()}).astype(bool)
    surplus = (rows["quantity"] - rows["threshold"] * rows["students"] / per) / rows["share"]
    met = rows["status"] == "met"
    margin = np.where(met, surplus, -rows["shortfall"])
    margin = np.where(met & whole, whole_down(surplus) + 1, margin)
    has = rows["quantity"] / rows["share"]
    return rows.assign(margin=margin, margin_share=margin / has.where(has > 0))


def school_margins(found: Ratios, schools: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The smallest change of a single indicator that turns a school's verdict round.

    Parameters
    ----------
    found : Ratios
        Of a single year.
    schools : DataFrame
        The school rule in that year, in the same order.
    rules : Rules
        How many indicators have to be met.

    Returns
    -------
    DataFrame
        `schools` (assessed rows) with `indicator`, `change` (relative change of its value, as a
        share: -0.05 = 5 % less) that suffices, and `amount` (the same in persons, m², yuan or rooms
        of the whole school; of whole things as many as have to come or go). NaN where no single
        change does.
    """
    about = found.indicators
    asked = np.isfinite(found.threshold).any(axis=1)
    names = sorted(name for name, some in zip(about, asked, strict=True) if some)
    if not names:
        return schools[:0].assign(amount=np.nan, indicator=pd.array([], dtype="str"), change=np.nan)
    order = [about.names.index(name) for name in names]
    ratio = (found.value / found.threshold)[order]
    first = order[0]
    floor = found.floor[first, 0] / found.threshold[first, 0] if ratio.size else np.nan
    spare = len(names) - int(np.nan_to_num(rules.number("school.indicators_met")))
    assessed = (~schools["status"].isin(["not_assessed", "not_applicable"])).to_numpy(dtype=bool)
    ratio, table = ratio[:, assessed], schools[assessed].reset_index(drop=True)
    passes = (table["status"] == "met").to_numpy(dtype=bool)
    change = _single_changes(ratio, floor, spare, passes)
    # what was not reported stays unknown, whatever else changes
    change[:, np.isnan(ratio).any(axis=0)] = np.nan
    size = np.where(np.isnan(change), np.inf, np.abs(change))
    best = size.argmin(axis=0) if len(table) else np.zeros(0, dtype=int)
    every = np.arange(len(table))
    some = np.isfinite(size[best, every])
    named = np.array([*names, *names], dtype=object)[best]
    relative = np.where(some, change[best, every], np.nan)
    number = np.array([*order, *order], dtype=int)[best]
    shared = np.array([each.shared for each in about.values()])[number]
    with np.errstate(divide="ignore", invalid="ignore"):
        has = found.quantity[:, assessed][number, every]
        has = np.where(shared, has / found.share[assessed], has)
        # of whole things one more must go than would leave the value on the limit
        amount = np.where(
            np.array([each.whole for each in about.values()])[number],
            np.where(relative < 0, -(whole_down(-relative * has) + 1), whole_up(relative * has)),
            relative * has,
        )
    return table.assign(
        amount=np.where(some, amount, np.nan),
        indicator=pd.array(np.where(some, named, None), dtype="str"),
        change=relative,
    )


def _single_changes(ratio: np.ndarray, floor: float, spare: int, passes: np.ndarray) -> np.ndarray:
    """Changes of one ratio (value / threshold) that reverse a school's verdict; NaN: none.

    `spare` indicators may stay below their threshold, as long as they reach the floor. The first
    half are the changes of indicators that are met, or that a school which fails must raise, the
    second half those of the others.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        to_one, to_floor = 1.0 / ratio - 1, floor / ratio - 1
    unmet, low = ~at_least(ratio, 1), ~at_least(ratio, floor)
    excess, lows = unmet.sum(axis=0) - spare, low.sum(axis=0)
    # if no more may be lost, losing one threshold is enough; else one must lose the floor
    down = np.where(excess == 0, to_one, to_floor)
    hopeless = (excess > 1) | (lows > 1)
    up = np.where(excess == 1, to_one, to_floor)
    raised = np.where(lows > 0, low, unmet) & (ratio > 0) & ~hopeless
    first = np.where(passes, np.where(unmet, np.nan, down), np.where(raised, up, np.nan))
    second = np.where(passes & unmet, to_floor, np.nan)
    return np.concatenate([first, second])


def balance_margins(
    found: Ratios, rows: pd.DataFrame, balance: pd.DataFrame, rules: Mapping[int, Rules]
) -> pd.DataFrame:
    """The smallest change of one school's resource that brings a CV to its limit.

    With :math:`c = 1 + L^2`, total resource :math:`T`, total students :math:`P` and
    :math:`S = \\sum x_i^2 / P_i`, a change :math:`d` at school i puts the CV on the limit L where
    :math:`d^2 (P/P_i - c) + 2 d (P x_i/P_i - cT) + (PS - cT^2) = 0`. Where the standard does not
    weight by students, the same holds with :math:`P_i = 1` and the ratio for :math:`x_i`.

    Parameters
    ----------
    found : Ratios
    rows : DataFrame
        The rows of the register behind `found`.
    balance : DataFrame
        Of the same years.
    rules : mapping of int to Rules

    Returns
    -------
    DataFrame
        The judged rows of `balance` with `school_id`, `school`, `change` (persons, m², yuan, rooms
        of that stage; NaN where no single school can) and `change_share` of what it has.
    """
    margins = []
    names = list(found.indicators)
    for row in balance.to_dict("records"):
        if row["status"] not in ("met", "not_met") or row["indicator"] == COMPOSITE:
            continue
        group = _group(found, row)
        has = found.quantity[names.index(row["indicator"]), group]
        students = found.students[group]
        weight = _weights(students, rules[row["year"]])
        per_weight = weight / students
        change = _to_limit(has * per_weight, weight, row["limit"]) / per_weight
        size = np.where(np.isfinite(change), np.abs(change), np.inf)
        best = int(np.argmin(size))
        hit = np.isfinite(size[best])
        school = rows.iloc[group[best]]
        margins.append(
            row
            | {
                "school_id": school["school_id"] if hit else None,
                "school": school["school"] if hit else None,
                "change": change[best] if hit else np.nan,
                "change_share": change[best] / has[best] if hit and has[best] > 0 else np.nan,
            }
        )
    columns = [*balance.columns, "school_id", "school", "change", "change_share"]
    return pd.DataFrame(margins, columns=columns)


def _group(found: Ratios, row: Mapping) -> np.ndarray:
    """Positions of the schools behind a row of the balance."""
    year, stage = found.years.index(row["year"]), STAGES.index(row["stage"])
    return np.flatnonzero((found.year == year) & (found.stage == stage))


def _weights(students: np.ndarray, rule: Rules) -> np.ndarray:
    """Weights of the schools in a CV: their students, or 1 where the standard says `none`."""
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
    found: Ratios,
    schools: SchoolRule,
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
    rows, found, schools, balance
        The register and results of the same county and years.
    rules : mapping of int to Rules

    Returns
    -------
    DataFrame
        Only where the verdict differs: ``county, year, stage, subject`` (`cv`, `indicator` or
        `school`), ``school_id, school, indicator, method, value, status, other_value,
        other_status``.
    """
    judged = rows[rows["in_scope"]]
    unsplit = _unsplit(rows, judged, found)
    changes = []
    rounded = np.stack(
        [
            round_half_up(value, about.decimals)
            for value, about in zip(found.value, found.indicators.values(), strict=True)
        ]
    )
    for method, value in (("rounded_first", rounded), ("unsplit", unsplit)):
        status = status_codes(value, found.threshold, found.floor)
        changes += _changed_indicators(judged, found, value, status, method)
        changes += _changed_schools(judged, found, schools, status, rules, method)
    for row in balance.to_dict("records"):
        if row["status"] not in ("met", "not_met") or row["indicator"] == COMPOSITE:
            continue
        group, number = _group(found, row), found.indicators.names.index(row["indicator"])
        weights = _weights(found.students[group], rules[row["year"]])
        others = {
            "unweighted": coefficient_of_variation(found.value[number, group]),
            "rounded_first": float(round_half_up(row["cv"], CV_DECIMALS)),
            "unsplit": coefficient_of_variation(unsplit[number, group], weights),
        }
        for method, other in others.items():
            status = "met" if at_most(other, row["limit"]) else "not_met"
            if np.isfinite(other) and status != row["status"]:
                changes.append(
                    {name: row[name] for name in ("county", "year", "stage", "indicator")}
                    | {"subject": "cv", "method": method, "value": row["cv"]}
                    | {"status": row["status"], "other_value": other, "other_status": status}
                )
    columns = ["county", "year", "stage", "subject", "school_id", "school", "indicator", "method"]
    columns += ["value", "status", "other_value", "other_status"]
    return pd.DataFrame(changes, columns=columns)


def _unsplit(rows: pd.DataFrame, judged: pd.DataFrame, found: Ratios) -> np.ndarray:
    """Values as if the shared quantities of a school were divided by all its students, unweighted."""
    # the whole school's total over its compulsory-stage students: those of its judged stages
    total = rows.groupby(["year", "school_id"])["students"].sum(min_count=1).rename("_all")
    everyone = judged.join(total, on=["year", "school_id"])["_all"].to_numpy(dtype=float)
    value = found.value.copy()
    for number, indicator in enumerate(found.indicators.values()):
        if indicator.shared:
            with np.errstate(divide="ignore", invalid="ignore"):
                whole = indicator.per * found.quantity[number] / found.share
                value[number] = whole / everyone
    return value


def _named(judged: pd.DataFrame, row: int) -> dict:
    school = judged.iloc[row]
    return {name: school[name] for name in ("county", "year", "stage", "school_id", "school")}


def _changed_indicators(
    judged: pd.DataFrame, found: Ratios, value: np.ndarray, status: np.ndarray, method: str
) -> list[dict]:
    unknown = STATUSES.index("not_assessed")
    changed = (found.status != status) & (found.status < unknown) & (status < unknown)
    return [
        _named(judged, row)
        | {"indicator": found.indicators.names[number], "subject": "indicator", "method": method}
        | {"value": found.value[number, row], "status": STATUSES[found.status[number, row]]}
        | {"other_value": value[number, row], "other_status": STATUSES[status[number, row]]}
        for row, number in np.argwhere(changed.T)
    ]


def _changed_schools(
    judged: pd.DataFrame,
    found: Ratios,
    schools: SchoolRule,
    status: np.ndarray,
    rules: Mapping[int, Rules],
    method: str,
) -> list[dict]:
    needed = by_year((rules[each] for each in found.years), "school.indicators_met")
    other = school_rule(
        status, needed[found.year], asked_of_schools(found.indicators)[:, found.stage]
    )
    unknown = VERDICTS.index("not_assessed")
    changed = (schools.status != other.status) & (schools.status < unknown)
    return [
        _named(judged, row)
        | {"subject": "school", "method": method, "value": schools.met[row]}
        | {"status": VERDICTS[schools.status[row]], "other_value": other.met[row]}
        | {"other_status": VERDICTS[other.status[row]]}
        for row in np.flatnonzero(changed & (other.status != unknown))
    ]
