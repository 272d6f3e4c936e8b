"""Do the bands hold what they say? Counties whose truth is known, projected and compared.

Run: ``python tests/calibration.py [COUNTIES]``
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from known_counties import FIRST, HORIZON, NAMES, ROWS, SPANS, TRUTHS, Made, Truth, make

from analysis.future.assumptions.scenario import Scenario
from analysis.future.odds.draws import pupil_bands

#: Bands of 80 % should hold between so many numbers.
RANGE = (0.75, 0.88)
#: What the published table rests on.
COUNTIES, FUTURES, DRAWS, SEED = 400, 20, 300, 2024
UNITS = ("totals", "schools")
BASELINE = Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, "base": "baseline"})


def coverage(
    truth: Truth,
    counties: int = COUNTIES,
    *,
    past: int = 6,
    draws: int = DRAWS,
    seed: int = SEED,
    futures: int = FUTURES,
) -> pd.DataFrame:
    """How many numbers fall into their 80 % bands.

    Every county is projected once and compared with several futures of it: the futures of a county
    share its past, so that the standard error is taken from the counties, not from the futures.

    Returns
    -------
    DataFrame
        ``stage, of, horizon, inside, error``: share of the numbers inside their bands (`of`: totals or
        schools), and its standard error.
    """
    made = make(truth, np.random.default_rng(seed), counties, futures, past)
    held = np.array([_held(made, number, draws) for number in range(counties)])
    inside, number = held[..., 0], held[..., 1]
    mean = inside.sum(axis=0) / number.sum(axis=0)
    # of a ratio of sums over independent counties
    off = (inside - mean * number) / number.mean(axis=0)
    error = off.std(axis=0, ddof=1) / np.sqrt(counties)
    index = pd.MultiIndex.from_product(
        [ROWS, UNITS, range(1, HORIZON + 1)], names=["stage", "of", "horizon"]
    )
    table = pd.DataFrame({"inside": mean.ravel(), "error": error.ravel()}, index=index)
    return table.reset_index()


def _held(made: Made, number: int, draws: int) -> np.ndarray:
    """Numbers of one county inside their bands, and all: (stage, unit, horizon, 2)."""
    last = FIRST + made.seen.shape[-1] - 1
    county = made.county(number)
    totals, each = pupil_bands(county, BASELINE, until=last + HORIZON, draws=draws, seed=number)
    at = dict(zip(county.tables["schools"]["school_id"], range(len(NAMES)), strict=False))
    found = np.empty((len(ROWS), len(UNITS), HORIZON, 2))
    for position, (stage, span) in enumerate(SPANS.items()):
        # (futures, schools, horizon)
        actual = made.later[number, :, :, span].sum(axis=2)
        bands = totals[totals["stage"] == stage].sort_values("year")[["low", "high"]].to_numpy()
        hit = _inside(actual[:, ROWS[stage]].sum(axis=1), *bands.T)
        found[position, 0] = np.stack([hit.sum(axis=0), np.full(HORIZON, len(hit))], axis=-1)
        bands = each[each["stage"] == stage]
        school, ahead = bands["school_id"].map(at).to_numpy(), bands["year"].to_numpy() - last - 1
        # pupils are whole: the nearest whole number to a band is inside
        hit = _inside(actual[:, school, ahead], bands["low"] - 0.5, bands["high"] + 0.5)
        count = np.bincount(ahead, minlength=HORIZON)
        hits = np.bincount(ahead, hit.mean(axis=0), minlength=HORIZON)
        found[position, 1] = np.stack([hits, count], axis=-1)
    return found


def _inside(actual: np.ndarray, low, high) -> np.ndarray:
    return (np.asarray(low) <= actual) & (actual <= np.asarray(high))


def wide(table: pd.DataFrame, what: str = "inside") -> pd.DataFrame:
    """One line a stage and unit, one column a horizon."""
    return table.pivot(index=["stage", "of"], columns="horizon", values=what).sort_index(
        ascending=False
    )


if __name__ == "__main__":
    import sys

    many = int(sys.argv[1]) if len(sys.argv) > 1 else COUNTIES
    for name, truth in TRUTHS.items():
        table = coverage(truth, many)
        print(f"{name}; largest standard error {table['error'].max():.3f}")
        print(wide(table).round(3).to_string())
