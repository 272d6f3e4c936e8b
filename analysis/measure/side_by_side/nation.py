"""Many counties at once: indicators, coefficients of variation, statuses and shortfalls as arrays.

The same functions that judge one county, applied to the tables of all of them, some counties at a
time so that the working memory stays small. No tables of words are made: a nation has millions of
rows, and whoever reads one county reads it with `analysis.measure.study.analyze`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from ...base.schema.terms import STAGES
from ...policy.standards import NATIONAL, Standard, load_standard
from ..apportioning.register import register
from ..apportioning.schools import Schools, find_schools
from ..balance import Balance, balance
from ..indicators import ratios
from ..school_rule import school_rule_of
from ..verdicts import MET, NOT_ASSESSED, NOT_MET, VERDICTS, whole_statuses

#: Counties that are judged together: their figures fit into the processor's cache.
TOGETHER = 48


@dataclass(frozen=True)
class Nation:
    """What the counties' schools come to, one position per school, stage and year that is judged.

    Attributes
    ----------
    counties : ndarray of str, shape (c,)
        Their codes.
    years : tuple of int
    county, year, stage : ndarray of int, shape (n,)
        Positions in `counties`, `years` and `STAGES`. Within a county the rows stand by year, stage
        and school_id.
    school : ndarray of int, shape (n,)
        Position in the table `schools`.
    students : ndarray, shape (n,)
    value, shortfall : ndarray, shape (k, n)
        In the units of `analysis.measure.indicators.indicator_rows`, in the order of the standard's k indicators.
    status : ndarray of int, shape (k, n)
        Positions in `analysis.measure.indicators.STATUSES`.
    verdict : ndarray of int, shape (n,)
        The rule for each school: positions in `analysis.measure.verdicts.VERDICTS`.
    balance : Balance
        Coefficients of variation and their statuses, shape (k + 1, c, years, 2).
    passing : ndarray, shape (c, years, 2)
        Share of the schools that meet the rule, 0 to 1; NaN where it is not known.
    schools_status : ndarray of str, shape (c, years, 2)
        Whether all of them meet it.
    """

    counties: np.ndarray
    years: tuple[int, ...]
    county: np.ndarray
    year: np.ndarray
    stage: np.ndarray
    school: np.ndarray
    students: np.ndarray
    value: np.ndarray
    shortfall: np.ndarray
    status: np.ndarray
    verdict: np.ndarray
    balance: Balance
    passing: np.ndarray
    schools_status: np.ndarray


def judge_nation(
    tables: Mapping[str, pd.DataFrame],
    standard: Standard | None = None,
    as_of: int | None = None,
    concessions: Iterable[str] = (),
) -> Nation:
    """Judge the schools of many counties in every year.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `schools` and `school_years` as in a county, with a column `county` (its code) in `schools`;
        a `school_id` belongs to one school of the nation, as the state's ids do.
    standard : Standard, optional
        What all are judged by; the national standard if omitted.
    as_of : int, optional
        Judge by the rules of this year instead of each year's own.
    concessions : iterable of str, optional
        Concessions of the Working Rules that are switched on for all.

    Returns
    -------
    Nation

    Raises
    ------
    ValueError
        Two schools have the same id.
    """
    roster, yearly = tables["schools"], tables["school_years"]
    if not roster["school_id"].is_unique:
        twice = roster.loc[roster["school_id"].duplicated(), "school_id"].iloc[0]
        raise ValueError(f"schools: school_id {twice} stands for two schools; expected one")
    standard = (standard or load_standard(NATIONAL)).evaluation
    years = np.unique(yearly["year"].to_numpy()).astype(int).tolist()
    rules = {year: standard.for_year(year, as_of) for year in years}
    schools = find_schools(roster, yearly, years)
    code, counties = pd.factorize(roster["county"], sort=True)
    room = int((schools.is_open[:, None] & schools.taught[None, : len(STAGES)]).sum())
    rows = _Rows.empty(room, len(standard.indicators))
    balances, counts, filled = [], [], 0
    for wanted, first, last in _some_at_a_time(schools, code, len(counties)):
        entered = register(schools, wanted, rules, frozenset(concessions))
        kept = entered.in_scope
        year, stage = entered.year[kept], entered.stage[kept]
        found = ratios(
            *(year, stage, entered.students[kept], entered.share[kept]),
            *(entered.quantities[:, kept], rules),
        )
        school = entered.school[kept]
        county = code[school]
        judged = school_rule_of(found, rules)
        here = slice(filled, filled + len(kept))
        filled = here.stop
        for name, values in (
            *(("county", county), ("year", year), ("stage", stage), ("school", school)),
            *(("students", found.students), ("verdict", judged.status)),
            *(("value", found.value), ("shortfall", found.shortfall), ("status", found.status)),
        ):
            getattr(rows, name)[..., here] = values
        size = (last - first, len(years), len(STAGES))
        balances.append(
            balance(found.value, found.students, county - first, year, stage, size[0], rules)
        )
        group = np.ravel_multi_index((county - first, year, stage), size)
        groups = int(np.prod(size))
        counts.append(
            [
                np.bincount(group[judged.status == each], minlength=groups).reshape(size)
                for each in (MET, NOT_MET, NOT_ASSESSED)
            ]
        )
    met, not_met, unknown = (np.concatenate(each) for each in zip(*counts, strict=True))
    every = met + not_met + unknown
    with np.errstate(invalid="ignore"):
        passing = np.where(unknown == 0, met / np.where(every > 0, every, np.nan), np.nan)
    return Nation(
        counties=np.asarray(counties, dtype=object),
        years=tuple(years),
        **{each.name: getattr(rows, each.name)[..., :filled] for each in fields(rows)},
        balance=_joined(balances),
        passing=passing,
        schools_status=np.array(VERDICTS)[whole_statuses(every, not_met, unknown)],
    )


@dataclass(frozen=True)
class _Rows:
    """Room for the rows of all counties, so that nothing has to be joined in the end."""

    county: np.ndarray
    year: np.ndarray
    stage: np.ndarray
    school: np.ndarray
    students: np.ndarray
    value: np.ndarray
    shortfall: np.ndarray
    status: np.ndarray
    verdict: np.ndarray

    @classmethod
    def empty(cls, size: int, indicators: int) -> _Rows:
        by_indicator = (indicators, size)
        return cls(
            county=np.empty(size, dtype=np.int32),
            year=np.empty(size, dtype=np.int16),
            stage=np.empty(size, dtype=np.int8),
            school=np.empty(size, dtype=np.int32),
            students=np.empty(size),
            value=np.empty(by_indicator),
            shortfall=np.empty(by_indicator),
            status=np.empty(by_indicator, dtype=np.int8),
            verdict=np.empty(size, dtype=np.int8),
        )


def _some_at_a_time(
    schools: Schools, code: np.ndarray, counties: int
) -> Iterator[tuple[np.ndarray, int, int]]:
    """Positions of the schools of a few counties, by county and id, with these counties' range."""
    order = schools.by_id[np.argsort(code[schools.by_id], kind="stable")]
    for first in range(0, counties, TOGETHER):
        last = min(first + TOGETHER, counties)
        start, stop = np.searchsorted(code[order], (first, last))
        yield order[start:stop], first, last


def _joined(parts: list[Balance]) -> Balance:
    """The balances of all counties as one."""
    axes = {"schools": 0, "students": 0}
    return Balance(
        years=parts[0].years,
        **{
            each.name: np.concatenate(
                [getattr(part, each.name) for part in parts], axis=axes.get(each.name, 1)
            )
            for each in fields(Balance)
            if each.name != "years"
        },
    )
