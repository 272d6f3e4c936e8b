"""Do the bands hold what they say? Counties whose truth is known, projected and compared.

Each truth makes whole counties: some observed years, then the years that are projected. Four of them:

- `independent`: every grade of every school varies on its own;
- `cut-off`: births change from year to year, entry follows the cut-off date;
- `common shock`: a shock of each year is common to all grades and schools;
- `drift and breaks`: the schools' shares of the entrants drift, a school opens and takes from others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from cohort_county import cohort_county

from analysis.future.assumptions.scenario import Scenario
from analysis.future.odds.draws import pupil_bands
from analysis.future.past.entry import Entry

HORIZON = 8
FIRST = 2018


@dataclass(frozen=True)
class Truth:
    """Standard deviations (log, a year) by which a county is made."""

    births: float = 0.03
    entry: float = 0.015
    common: float = 0.0
    grade: float = 0.008
    school: float = 0.06
    """Variance of a school's ratio times pupils."""
    share: float = 0.3
    """Variance of a school's share times entrants: of a year alone …"""
    drift: float = 0.0
    """… and lasting."""
    opens: bool = False


TRUTHS = {
    "independent": Truth(births=0.0, entry=0.01),
    "cut-off": Truth(births=0.06, entry=0.01),
    "common shock": Truth(common=0.015, grade=0.004),
    "drift and breaks": Truth(drift=0.3, opens=True),
}


def make(truth: Truth, rng: np.random.Generator, past: int, primary: int = 12, junior: int = 5):
    """One county of that truth.

    Returns
    -------
    schools : dict of str to ndarray, shape (9, past + HORIZON)
    births : dict of int to float
        By calendar year; the last ones have not been observed.
    opened : dict of str to int
        Position of the year in which a school opened.
    """
    years = past + HORIZON
    born = {FIRST - 20: 1200.0}
    trend = rng.normal(-0.02, 0.01)
    for year in range(FIRST - 19, FIRST + years):
        born[year] = born[year - 1] * np.exp(trend + rng.normal(0, truth.births))
    children = Entry(born).children
    first = FIRST
    sizes = np.exp(rng.normal(0, 0.6, primary))
    shares = {"primary": sizes / sizes.sum(), "junior": rng.dirichlet(np.full(junior, 8.0))}
    grade_ratio = rng.normal(0.995, 0.008, 8)
    warm = 9
    state = np.zeros((primary + junior, 9))
    opened, cells = {}, []
    opens = int(rng.integers(1, past)) if truth.opens else None
    share = {stage: np.log(values) for stage, values in shares.items()}
    for at in range(-warm, years):
        year = first + at
        common = rng.normal(0, truth.common)
        ratio = grade_ratio * np.exp(common + rng.normal(0, truth.grade, 8))
        new = np.zeros_like(state)
        below = state[:, :-1]
        chance = rng.normal(0, 1, below.shape) * np.sqrt(truth.school / np.maximum(below, 1))
        new[:, 1:] = below * np.maximum(ratio + chance, 0)
        leavers = below[:, 5].sum() * ratio[5]
        new[:, 6] = 0
        if opens is not None and at == opens:
            opened["N"] = at
            donors = np.argsort(-share["primary"])[:2]
            moved = rng.uniform(0.3, 0.6)
            taken = new[donors] * moved
            new[donors] -= taken
            state = np.vstack([state, np.zeros((1, 9))])
            new = np.vstack([new, taken.sum(axis=0)])
            given = np.log(np.exp(share["primary"][donors]).sum() * moved)
            share["primary"][donors] += np.log(1 - moved)
            share["primary"] = np.append(share["primary"], given)
        totals = {
            "primary": 0.97 * children(year) * np.exp(rng.normal(0, truth.entry)),
            "junior": leavers,
        }
        if at < 1 - warm:
            totals["junior"] = 1000.0
        for stage, grade, rows in (
            ("primary", 0, _rows(len(state), primary, junior, "primary")),
            ("junior", 6, _rows(len(state), primary, junior, "junior")),
        ):
            size = np.maximum(np.exp(share[stage]) * totals[stage], 5.0)
            share[stage] += rng.normal(0, 1, len(size)) * np.sqrt(truth.drift / size)
            yearly = share[stage] + rng.normal(0, 1, len(size)) * np.sqrt(truth.share / size)
            part = np.exp(yearly)
            new[rows, grade] = totals[stage] * part / part.sum()
        state = np.round(new)
        if at >= 0:
            cells.append(state)
    names = [f"P{n}" for n in range(primary)] + [f"J{n}" for n in range(junior)] + list(opened)
    schools = {}
    for number, name in enumerate(names):
        grid = np.full((9, years), np.nan)
        span = slice(6, 9) if name.startswith("J") else slice(0, 6)
        for at, year_cells in enumerate(cells):
            if number < len(year_cells):
                grid[span, at] = year_cells[number, span]
        schools[name] = grid
    return schools, born, opened


def _rows(count: int, primary: int, junior: int, stage: str) -> list[int]:
    """Rows of a stage: a school that opened stands last and is a primary school."""
    if stage == "junior":
        return list(range(primary, primary + junior))
    return [*range(primary), *range(primary + junior, count)]


def coverage(
    truth: Truth, counties: int, past: int = 6, draws: int = 300, seed: int = 1
) -> pd.DataFrame:
    """How many numbers fall into their 80 % bands.

    Returns
    -------
    DataFrame
        ``horizon, stage, totals, within_totals, schools, within_schools``: comparisons, and the share
        inside.
    """
    rng = np.random.default_rng(seed)
    scenario = Scenario.model_validate({"name": {"zh": "试", "en": "Test"}, "base": "baseline"})
    rows = []
    for number in range(counties):
        schools, born, opened = make(truth, rng, past)
        years = list(range(FIRST, FIRST + past))
        seen = {name: grid[:, :past] for name, grid in schools.items()}
        known = {
            year: number_ for year, number_ in born.items() if FIRST - 8 <= year < FIRST + past
        }
        dates = {name: FIRST + at for name, at in opened.items()}
        county = cohort_county(seen, years, known, opened=dates)
        totals, each = pupil_bands(county, scenario, until=years[-1] + HORIZON, draws=draws, seed=number)  # fmt: skip
        names = dict(zip(county.tables["schools"]["school_id"], schools, strict=True))
        truth_of = {
            (stage, name): np.nansum(grid[span], axis=0)
            for stage, span in (("primary", slice(0, 6)), ("junior", slice(6, 9)))
            for name, grid in schools.items()
        }
        for row in totals.itertuples():
            actual = sum(truth_of[row.stage, name][row.year - FIRST] for name in schools)
            rows.append((row.year - years[-1], row.stage, "totals", row.low <= actual <= row.high))
        for row in each.itertuples():
            actual = truth_of[row.stage, names[row.school_id]][row.year - FIRST]
            hit = row.low <= actual + 0.5 and actual - 0.5 <= row.high
            rows.append((row.year - years[-1], row.stage, "schools", hit))
    table = pd.DataFrame(rows, columns=["horizon", "stage", "unit", "inside"])
    grouped = (
        table.groupby(["horizon", "stage", "unit"])["inside"].agg(["size", "mean"]).unstack("unit")
    )
    return pd.DataFrame(
        {
            "horizon": grouped.index.get_level_values(0),
            "stage": grouped.index.get_level_values(1),
            "totals": grouped["size", "totals"].to_numpy(),
            "within_totals": grouped["mean", "totals"].to_numpy(),
            "schools": grouped["size", "schools"].to_numpy(),
            "within_schools": grouped["mean", "schools"].to_numpy(),
        }
    )


if __name__ == "__main__":
    import sys

    many = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for name, truth in TRUTHS.items():
        table = coverage(truth, many)
        print(name)
        print(table.round(3).to_string(index=False))
