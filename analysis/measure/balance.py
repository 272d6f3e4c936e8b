"""How unequal schools are: coefficients of variation against their limits, and who causes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.rows import rows_by
from ..base.schema.terms import STAGES
from ..data.county import County
from ..policy.standards import Rules
from .apportioning.columns import words
from .dispersion import (
    Grouped,
    coefficient_of_variation,
    gini_of_rows,
    moments,
    theil_of_rows,
    variation_shares,
    variation_without,
    weighted_mean,
)
from .indicators import Ratios, at_most, round_half_up
from .verdicts import MET, NOT_APPLICABLE, NOT_ASSESSED, NOT_MET, VERDICTS

CV_DECIMALS = 3
"""Decimals of a coefficient of variation in the official form."""


@dataclass(frozen=True)
class Balance:
    """Coefficients of variation in numbers, of one county or of many.

    Attributes
    ----------
    years : tuple of int
    schools, students : ndarray, shape (counties, years, 2)
        Schools judged and their students, by stage.
    missing, mean, sd, cv, limit, status : ndarray, shape (k + 1, counties, years, 2)
        The k indicators and the composite; see `balance_table`. The composite has no mean and
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
    value : ndarray, shape (k, m)
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
    """Limits of the coefficients of variation and of the composite: shape (k + 1, years, 2)."""
    names = [*rules[0].indicators, COMPOSITE]
    return np.array(
        [
            [[rule.number(cv_entry(rule, name, stage)) for stage in STAGES] for rule in rules]
            for name in names
        ]
    )


#: What stands for the mean of all coefficients of variation among the indicators.
COMPOSITE = "composite"


def cv_entry(rules: Rules, indicator: str, stage: str) -> str:
    """The entry that limits a coefficient of variation: the indicator's own, or the one of all."""
    if indicator == COMPOSITE:
        return f"composite_cv.{stage}"
    own = f"cv.{indicator}.{stage}"
    return own if own in rules else f"cv.{stage}"


def with_composite(cv: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """CVs and missing schools of the indicators (k, ...) with those of the composite behind them.

    The composite is the plain mean of them (domain: reported nationally, judged only where a
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
    none = (np.asarray(schools) == 0) | ~np.isfinite(limit)
    judged = np.where(unknown, NOT_ASSESSED, np.where(at_most(cv, limit), MET, NOT_MET))
    return np.where(none, NOT_APPLICABLE, judged).astype(np.int8)


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
        ``stage, indicator, school_id, school, students, value, mean, share, cv, cv_without``: the
        schools that reported, the largest share first; `mean` is the county's, weighted likewise;
        `share` is 0 to 1, and adds up to 1 over the schools; `cv` is that of the schools that
        reported, `cv_without` the same without this school. Without rows where all are alike.
    """
    known = indicators[indicators["value"].notna()]
    all_values = known["value"].to_numpy(dtype=float)
    all_students = known["students"].to_numpy(dtype=float)
    standing = rows_by(known, "stage", "indicator")
    order, figures = [], []
    for stage in STAGES:
        for name in rules.indicators:
            rows = standing.get((stage, name))
            if rows is None:
                continue
            values, students = all_values[rows], all_students[rows]
            weights = cv_weights(students, {0: rules})
            share = variation_shares(values, weights)
            largest = np.argsort(-share, kind="stable")[: np.isfinite(share).sum()]
            mean = np.full(len(rows), weighted_mean(values, weights))
            cv = np.full(len(rows), coefficient_of_variation(values, weights))
            found = np.column_stack([mean, share, cv, variation_without(values, weights)])
            order.append(rows[largest])
            figures.append(found[largest])
    columns = ["stage", "indicator", "school_id", "school", "students", "value"]
    table = known[columns].iloc[np.concatenate(order) if order else []].reset_index(drop=True)
    added = np.concatenate(figures) if figures else np.empty((0, 4))
    return table.assign(**dict(zip(("mean", "share", "cv", "cv_without"), added.T, strict=True)))


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
        A row per year, stage and indicator, and one of `composite`: ``county, year, basis,
        stage, indicator, schools, students, mean, sd, cv, limit, status``, and `missing` (schools
        without a value), `gini`, `theil`. `mean` is the county's ratio of sums, in the indicator's
        unit; `sd` likewise; the other statistics have no unit.

        With a missing value the statistics are those of the schools that reported, and the status
        is `not_assessed`. With a mean of 0 the CV is undefined (NaN, `not_assessed`). Without a
        school of the stage the status is `not_applicable`. The composite is the plain mean of the
        CVs; without a limit of its own (the national case) it is `not_applicable`.

    Notes
    -----
    Limits: 教督〔2017〕6号, 0.50 primary and 0.45 junior secondary, the limit included.
    """
    names = [*found.indicators, COMPOSITE]
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
    """Gini and Theil of the schools that reported, shape (k + 1, 1, years, 2) each."""
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
        of_indicators = measured(values.reshape(rows), weights.reshape(rows))
        full = np.full((len(found.value) + 1, 1, len(found.years), len(STAGES)), np.nan)
        full[:-1] = of_indicators.reshape(len(found.value), 1, len(found.years), len(STAGES))
        both.append(full)
    return both[0], both[1]
