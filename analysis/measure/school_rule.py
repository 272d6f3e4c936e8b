"""The rule for each school: enough indicators met, and none below its floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..policy.standards import Rules
from .apportioning.columns import by_year, words
from .indicators import KEYS, NEAR, SHORT, Ratios, asked_of_schools
from .indicators import MET as REACHED
from .indicators import NOT_ASSESSED as NO_VALUE
from .verdicts import MET, NOT_APPLICABLE, NOT_ASSESSED, NOT_MET, VERDICTS


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


def school_rule(status: np.ndarray, needed: np.ndarray, asked: np.ndarray) -> SchoolRule:
    """At least so many of the indicators met, the rest at their floor or more.

    Parameters
    ----------
    status : ndarray of int, shape (k, ...)
        Positions in `analysis.measure.indicators.STATUSES`.
    needed : ndarray, shape (...)
        Indicators that have to be met.
    asked : ndarray of bool, shape (k, ...)
        Whether the standard ever sets a threshold; what is not asked is not missing either. Broadcasts.
    """
    met, near, below, missing = (
        # single bytes: draws have millions of rows
        (status == code).view(np.int8).sum(axis=0, dtype=np.int8)
        for code in (REACHED, NEAR, SHORT, NO_VALUE)
    )
    if not asked.all():
        missing = ((status == NO_VALUE) & asked).sum(axis=0, dtype=np.int8)
    fails = (below > 0) | (met + missing < needed)
    passes = (met >= needed) & (below == 0) & (missing == 0)
    verdict = np.where(
        fails, np.int8(NOT_MET), np.where(passes, np.int8(MET), np.int8(NOT_ASSESSED))
    )
    return SchoolRule(met, near, below, missing, verdict)


def school_rule_of(found: Ratios, rules: Mapping[int, Rules]) -> SchoolRule:
    """The `school_rule` of a county's schools."""
    needed = by_year((rules[each] for each in found.years), "school.indicators_met")
    judged = school_rule(
        found.status, needed[found.year], asked_of_schools(found.indicators)[:, found.stage]
    )
    if not rules[found.years[0]].asks_of_schools:
        judged = replace(judged, status=np.full_like(judged.status, NOT_APPLICABLE))
    return judged


def school_table(found: Ratios, judged: SchoolRule, rows: pd.DataFrame) -> pd.DataFrame:
    """The rule for each school: enough indicators met (nationally six of seven), the rest at their floor or more.

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
        Status `not_assessed` where what was not reported could still decide either way, `not_applicable`
        where the standard asks nothing of single schools.

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
