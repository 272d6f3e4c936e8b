"""The seven resource ratios of each school and stage, judged against their thresholds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .schema import INDICATORS, STAGES
from .standards import Rules

#: Two numbers are one if they differ by less than this share: binary fractions put 0.85 x 4.2 a
#: hair below 3.57, while real differences between schools are larger than 1e-9.
TOLERANCE = 1e-12

KEYS = ["county", "year", "basis", "stage"]


def at_least(value, limit) -> np.ndarray:
    """Whether ``value >= limit``, the limit itself included in spite of binary rounding."""
    value, limit = np.asarray(value, dtype=float), np.asarray(limit, dtype=float)
    return value >= limit - TOLERANCE * np.abs(limit)


def at_most(value, limit) -> np.ndarray:
    """Whether ``value <= limit``, the limit itself included in spite of binary rounding."""
    value, limit = np.asarray(value, dtype=float), np.asarray(limit, dtype=float)
    return value <= limit + TOLERANCE * np.abs(limit)


def indicator_rows(rows: pd.DataFrame, rules: Mapping[int, Rules]) -> pd.DataFrame:
    """Value, threshold, status and shortfall of the seven indicators.

    Parameters
    ----------
    rows : DataFrame
        As from `analysis.apportion.stage_rows`; rows out of scope are left out.
    rules : mapping of int to Rules
        The rules by which each year is judged.

    Returns
    -------
    DataFrame
        One row per row in scope and indicator: ``county, year, basis, stage, school_id, school,
        students, indicator, value, threshold, status, shortfall, shortfall_unit``, and `floor`
        (what the one remaining indicator must still reach), `quantity` (numerator) and `share`.

        `status` is `met` (value >= threshold, unrounded), `near` (below it but at or above the
        floor), `short`, or `not_assessed` where the quantity or the students were not reported or
        no rule was in force yet.
        `shortfall` is what the school has to add so that this stage meets the threshold: whole
        teachers and rooms, m², yuan. Of what a school shares among stages, more must be added than
        the stage alone lacks, because the other stage takes its part of every square metre.

    Notes
    -----
    Thresholds: 教督〔2017〕6号, resource allocation, items 1-7; floor: 85 % of the threshold.
    """
    judged = rows[rows["in_scope"]]
    parts = []
    for position, indicator in enumerate(INDICATORS.values()):
        quantity = judged[indicator.quantity].to_numpy(dtype=float)
        students = judged["students"].to_numpy(dtype=float)
        share = judged["share"].to_numpy(dtype=float) if indicator.shared else np.ones(len(judged))
        threshold = _by_year(judged, rules, indicator.name)
        floor = threshold * _option(judged, rules, "school.floor")
        with np.errstate(divide="ignore", invalid="ignore"):
            value = indicator.per * quantity / students
            shortfall = (threshold * students / indicator.per - quantity) / share
        # `decide_on: rounded` compares what the official form prints
        rounded = _option(judged, rules, "option.decide_on") == "rounded"
        decided = np.where(rounded, round_half_up(value, indicator.decimals), value)
        status = judge(decided, threshold, floor)
        if indicator.whole:
            # 1e-9 of a person: what is left of a whole number after binary division
            shortfall = np.ceil(shortfall - 1e-9)
        shortfall = np.where(status == "met", 0.0, shortfall)
        parts.append(
            judged[[*KEYS, "school_id", "school", "students"]].assign(
                indicator=indicator.name,
                value=value,
                threshold=threshold,
                status=status,
                shortfall=shortfall,
                shortfall_unit=indicator.resource.en,
                floor=floor,
                quantity=quantity,
                share=share,
                _order=position,
            )
        )
    table = pd.concat(parts, ignore_index=True)
    order = {stage: number for number, stage in enumerate(STAGES)}
    return table.sort_values(
        ["county", "year", "stage", "school_id", "_order"],
        key=lambda column: column.map(order) if column.name == "stage" else column,
        ignore_index=True,
    ).drop(columns="_order")


def judge(value: np.ndarray, threshold: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Status of values: `met`, `near`, `short` or `not_assessed` (no value or no threshold)."""
    value, threshold = np.asarray(value, dtype=float), np.asarray(threshold, dtype=float)
    return np.select(
        [
            ~np.isfinite(value) | ~np.isfinite(threshold),
            at_least(value, threshold),
            at_least(value, floor),
        ],
        ["not_assessed", "met", "near"],
        "short",
    ).astype(object)


def round_half_up(values: np.ndarray, decimals: int) -> np.ndarray:
    """Round as a person does: half away from zero on the shortest decimal form."""
    scaled = np.asarray(values, dtype=float) * 10.0**decimals
    return np.floor(scaled + 0.5 + 1e-9) / 10.0**decimals


def _by_year(rows: pd.DataFrame, rules: Mapping[int, Rules], indicator: str) -> np.ndarray:
    """Threshold of each row: by its year and stage."""
    table = {
        (year, stage): rule.number(f"{indicator}.{stage}")
        for year, rule in rules.items()
        for stage in STAGES
    }
    keys = pd.MultiIndex.from_frame(rows[["year", "stage"]])
    return pd.Series(table).reindex(keys).to_numpy(dtype=float) if len(rows) else np.array([])


def _option(rows: pd.DataFrame, rules: Mapping[int, Rules], name: str) -> np.ndarray:
    values = rows["year"].map({year: rule[name] for year, rule in rules.items()}).to_numpy()
    return values if name.startswith("option.") else values.astype(float)
