"""The resource ratios of each school and stage, judged against their thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.schema.indicators import Indicators
from ..base.schema.terms import STAGES
from ..policy.standards import Rules
from .apportioning.columns import by_year, words, year_positions

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


#: Of a whole number after binary division: what is left is this much off at most.
HAIR = 1e-9


def whole_up(values) -> np.ndarray:
    """The next whole number, a whole one itself in spite of binary rounding."""
    return np.ceil(np.asarray(values, dtype=float) - HAIR)


def whole_down(values) -> np.ndarray:
    """The last whole number, a whole one itself in spite of binary rounding."""
    return np.floor(np.asarray(values, dtype=float) + HAIR)


#: Statuses of an indicator at a school; codes are positions here.
STATUSES = ("met", "near", "short", "not_assessed", "not_applicable")
MET, NEAR, SHORT, NOT_ASSESSED, NOT_ASKED = range(5)


@dataclass(frozen=True)
class Ratios:
    """The indicators of the schools that are judged, one column per school, stage and year.

    Attributes
    ----------
    indicators : Indicators
        Those of the standard, k of them.
    years : tuple of int
    year, stage : ndarray of int, shape (m,)
        Positions in `years` and in `STAGES`.
    students, share : ndarray, shape (m,)
    quantity, value, threshold, floor, shortfall : ndarray, shape (k, m)
        In the order of `indicators`; see `indicator_rows`.
    status : ndarray of int, shape (k, m)
        Positions in `STATUSES`.
    """

    indicators: Indicators
    years: tuple[int, ...]
    year: np.ndarray
    stage: np.ndarray
    students: np.ndarray
    share: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    threshold: np.ndarray
    floor: np.ndarray
    status: np.ndarray
    shortfall: np.ndarray

    def of_year(self, year: int) -> Ratios:
        """The same of a single year."""
        kept = self.year == self.years.index(year)
        return Ratios(
            *(self.indicators, (year,), np.zeros(kept.sum(), dtype=int)),
            *(self.stage[kept], self.students[kept], self.share[kept]),
            *(self.quantity[:, kept], self.value[:, kept], self.threshold[:, kept]),
            *(self.floor[:, kept], self.status[:, kept], self.shortfall[:, kept]),
        )


def ratios(
    year: np.ndarray,
    stage: np.ndarray,
    students: np.ndarray,
    share: np.ndarray,
    quantity: np.ndarray,
    rules: Mapping[int, Rules],
) -> Ratios:
    """Judge rows of a register; for the arrays see `Ratios`."""
    years = tuple(sorted(rules))
    about = rules[years[0]].indicators
    threshold, floor = thresholds([rules[each] for each in years])
    threshold, floor = threshold[:, year, stage], floor[:, year, stage]
    rounded = np.array([rules[each]["option.decide_on"] == "rounded" for each in years])[year]
    value, status = judge_ratios(
        about, quantity, students, threshold, floor, rounded, asked_of_schools(about)[:, stage]
    )
    shortfall = shortfalls(about, quantity, students, share, threshold, status)
    return Ratios(
        *(about, years, year, stage, students, share, quantity),
        *(value, threshold, floor, status, shortfall),
    )


def thresholds(rules: Sequence[Rules]) -> tuple[np.ndarray, np.ndarray]:
    """Thresholds, and the floors below them, by indicator, year and stage: shape (k, years, 2)."""
    threshold = np.array(
        [
            [[rule.number(f"{name}.{stage}") for stage in STAGES] for rule in rules]
            for name in rules[0].indicators
        ]
    )
    return threshold, threshold * by_year(rules, "school.floor")[:, None]


def asked_of_schools(about: Indicators) -> np.ndarray:
    """Whether thresholds are ever set, by indicator and stage: bool, shape (k, 2)."""
    return np.array([[stage in each.asked for stage in STAGES] for each in about.values()])


def judge_ratios(
    about: Indicators,
    quantity: Sequence[np.ndarray],
    students: np.ndarray,
    threshold: np.ndarray,
    floor: np.ndarray,
    rounded: np.ndarray | bool,
    asked: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Value and status of the indicators, for rows of any shape.

    Parameters
    ----------
    about : Indicators
        The k that are judged.
    quantity, threshold, floor : ndarray, shape (k, ...)
        `quantity` may be a list of arrays, each of which broadcasts to the shape of `students`.
    students : ndarray, shape (...)
    rounded : ndarray of bool, shape (...), or bool
        Whether the value is rounded before it is compared (`decide_on: rounded`), as the official
        form prints it.
    asked : ndarray of bool, shape (k, ...)
        Whether the standard ever sets a threshold; broadcasts.

    Returns
    -------
    value, status : ndarray, shape (k, ...)
    """
    shape = (len(about), *np.shape(students))
    value, status = np.empty(shape), np.empty(shape, dtype=np.int8)
    some_rounded = np.any(rounded)
    for number, indicator in enumerate(about.values()):
        with np.errstate(divide="ignore", invalid="ignore"):
            value[number] = indicator.per * quantity[number] / students
        decided = value[number]
        if some_rounded:
            decided = np.where(rounded, round_half_up(decided, indicator.decimals), decided)
        status[number] = status_codes(decided, threshold[number], floor[number])
        if not np.all(asked[number]):
            status[number][np.isfinite(decided) & ~asked[number]] = NOT_ASKED
    return value, status


def shortfalls(
    about: Indicators,
    quantity: np.ndarray,
    students: np.ndarray,
    share: np.ndarray,
    threshold: np.ndarray,
    status: np.ndarray,
) -> np.ndarray:
    """What rows have to add to meet the thresholds, in whole teachers and rooms, m², yuan.

    `share` has the shape of `students`, (...), everything else and what is returned (k, ...).
    """
    shortfall = np.empty(quantity.shape)
    for number, indicator in enumerate(about.values()):
        with np.errstate(divide="ignore", invalid="ignore"):
            lacking = threshold[number] * students / indicator.per - quantity[number]
            if indicator.shared:
                lacking /= share
        if indicator.whole:
            lacking = whole_up(lacking)
        shortfall[number] = np.where(status[number] == MET, 0.0, lacking)
    return shortfall


def status_codes(value: np.ndarray, threshold: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Position in `STATUSES`: `judge` in numbers."""
    codes = np.where(at_least(value, floor), NEAR, SHORT).astype(np.int8)
    codes[at_least(value, threshold)] = MET
    codes[~(np.isfinite(value) & np.isfinite(threshold))] = NOT_ASSESSED
    return codes


def indicator_rows(rows: pd.DataFrame, rules: Mapping[int, Rules]) -> pd.DataFrame:
    """Value, threshold, status and shortfall of the indicators.

    Parameters
    ----------
    rows : DataFrame
        As from `analysis.measure.apportioning.register.stage_rows`; rows out of scope are left out.
    rules : mapping of int to Rules
        The rules by which each year is judged.

    Returns
    -------
    DataFrame
        One row per row in scope and indicator: ``county, year, basis, stage, school_id, school,
        students, indicator, value, threshold, status, shortfall, shortfall_unit``, and `floor`
        (what the one remaining indicator must still reach), `quantity` (numerator) and `share`.

        `status` is `met` (value >= threshold, unrounded), `near` (below it but at or above the
        floor), `short`, `not_assessed` where the quantity or the students were not reported or no rule was
        in force yet, or `not_applicable` where the standard never sets a threshold.
        `shortfall` is what the school has to add so that this stage meets the threshold: whole
        teachers and rooms, m², yuan. Of what a school shares among stages, more must be added than
        the stage alone lacks, because the other stage takes its part of every square metre.

    Notes
    -----
    Thresholds: 教督〔2017〕6号, resource allocation, items 1-7; floor: 85 % of the threshold.
    """
    rows = rows[rows["in_scope"].to_numpy(dtype=bool)]
    about = next(iter(rules.values())).indicators
    found = ratios(
        year_positions(rows["year"], sorted(rules)),
        np.where(rows["stage"] == STAGES[0], 0, 1),
        rows["students"].to_numpy(dtype=float),
        rows["share"].to_numpy(dtype=float),
        rows[[each.quantity for each in about.values()]].to_numpy(dtype=float).T,
        rules,
    )
    return indicator_table(found, rows)


def indicator_table(found: Ratios, rows: pd.DataFrame) -> pd.DataFrame:
    """One row per school, stage, year and indicator; see `indicator_rows`.

    `rows` are the rows of the register that are in scope.
    """
    count, about = len(rows), found.indicators
    row = np.repeat(np.arange(count), len(about))
    indicator = np.tile(np.arange(len(about)), count)
    shared = np.array([each.shared for each in about.values()])
    columns = {
        name: rows[name].array.take(row) for name in (*KEYS, "school_id", "school", "students")
    }
    return pd.DataFrame(
        columns
        | {
            "indicator": words(about.names, indicator),
            "value": found.value.ravel("F"),
            "threshold": found.threshold.ravel("F"),
            "status": words(STATUSES, found.status.ravel("F")),
            "shortfall": found.shortfall.ravel("F"),
            "shortfall_unit": words([i.resource.en for i in about.values()], indicator),
            "floor": found.floor.ravel("F"),
            "quantity": found.quantity.ravel("F"),
            "share": np.where(shared[:, None], found.share, 1.0).ravel("F"),
        }
    )


def status_names(codes: np.ndarray) -> np.ndarray:
    """The statuses that codes stand for."""
    return np.array(STATUSES, dtype=object)[codes]


def judge(value: np.ndarray, threshold: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Status of values: `met`, `near`, `short` or `not_assessed` (no value or no threshold)."""
    value, threshold = np.asarray(value, dtype=float), np.asarray(threshold, dtype=float)
    return status_names(status_codes(value, threshold, floor))


def round_half_up(values: np.ndarray, decimals: int) -> np.ndarray:
    """Round as a person does: half away from zero on the shortest decimal form."""
    scaled = np.asarray(values, dtype=float) * 10.0**decimals
    return whole_down(scaled + 0.5) / 10.0**decimals
