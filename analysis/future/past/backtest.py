"""How well the cohort method would have done in earlier years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .cohorts import check_method, cube, ratios, transitions


def backtest(
    enrolment: pd.DataFrame,
    horizons: Sequence[int] = (1, 2, 5),
    *,
    method: str = "mean",
    window: int | None = None,
    weights: Sequence[float] | None = None,
    shrinkage: float = 0.0,
) -> pd.DataFrame:
    """What would have been projected in earlier years, beside what came and beside no change.

    From every year but the last that has a transition behind it, with what was known then only.
    Grades without a grade below them at the school are held at their last number.

    Parameters
    ----------
    enrolment : DataFrame
        ``school_id, year, grade, students``.
    horizons : sequence of int
        Years ahead.
    method, window, weights, shrinkage
        As for `progression_ratios`.

    Returns
    -------
    DataFrame
        ``school_id, origin, horizon, actual, projected, unchanged``: pupils of each school that had
        any in both years.
    """
    check_method(method, window, weights)
    pupils = cube(enrolment)
    parts = []
    for origin in range(1, len(pupils.years) - 1):
        past = pupils.students[:, :, : origin + 1]
        if np.isnan(transitions(past)).all():
            continue
        state = past[:, :, -1]
        taught = ~np.isnan(state)
        factor = np.full(state.shape, np.nan)
        factor[:, 1:] = ratios(past, method, window, weights, shrinkage)
        fed = taught & np.column_stack([np.zeros(len(state), dtype=bool), taught[:, :-1]])
        fed &= np.isfinite(factor)
        start, unchanged = state, np.nansum(state, axis=1)
        for horizon in range(1, len(pupils.years) - origin):
            below = np.column_stack([np.full(len(state), np.nan), state[:, :-1]])
            state = np.where(fed, below * factor, start)
            if horizon not in horizons:
                continue
            actual = np.nansum(pupils.students[:, :, origin + horizon], axis=1)
            both = (actual > 0) & (unchanged > 0)
            parts.append(
                pd.DataFrame(
                    {
                        "school_id": pupils.schools[both],
                        "origin": pupils.years[origin],
                        "horizon": horizon,
                        "actual": actual[both],
                        "projected": np.nansum(state, axis=1)[both],
                        "unchanged": unchanged[both],
                    }
                )
            )
    columns = ["school_id", "origin", "horizon", "actual", "projected", "unchanged"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def backtest_errors(
    results: pd.DataFrame, by: str | Mapping[str, str] | pd.Series = "school_id"
) -> pd.DataFrame:
    """Mean absolute percentage error of a back-test.

    Parameters
    ----------
    results : DataFrame
        As from `backtest`.
    by : str, or mapping of school_id to a district
        Whose pupils are compared: each school's, or those of a group of schools together.

    Returns
    -------
    DataFrame
        ``horizon, units, projected, unchanged, median_projected, median_unchanged``: mean and median
        absolute error as shares of the actual number (0.05 = 5 %), of the projection and of the
        forecast that nothing changes; `units` is the number of comparisons.
    """
    unit = results["school_id"] if isinstance(by, str) else results["school_id"].map(by)
    sums = results.groupby([unit.rename("unit"), "origin", "horizon"])[
        ["actual", "projected", "unchanged"]
    ].sum()
    errors = sums[["projected", "unchanged"]].sub(sums["actual"], axis=0).abs()
    errors = errors.div(sums["actual"], axis=0)
    grouped = errors.groupby("horizon")
    medians = grouped.median().add_prefix("median_")
    table = pd.concat([grouped.size().rename("units"), grouped.mean(), medians], axis=1)
    return table.reset_index()
