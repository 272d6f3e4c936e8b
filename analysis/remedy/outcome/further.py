"""Beyond the plan: what each further yuan buys and what drives the cost, all together and as tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..result import Remedy
from .alone import Dearest, dearest
from .dual import Last, by_step, last_part
from .frontier import Floors, asks_all, by_limit, by_schools, by_year, spread

#: Seconds for all searches together.
SECONDS = 60.0


@dataclass(frozen=True)
class Further:
    """What each further yuan buys, and what drives the cost.

    Attributes
    ----------
    schools, limits, years, moved : DataFrame
        As from `by_schools`, `by_limit`, `by_year` (empty without a projection) and `by_step`.
    last : Last or None
    dearest : Dearest or None
    """

    schools: pd.DataFrame
    limits: pd.DataFrame
    years: pd.DataFrame
    moved: pd.DataFrame
    last: Last | None
    dearest: Dearest | None

    def frontier(self) -> pd.DataFrame:
        """Cost against schools, limits of variation (as a part of today's) and years.

        Returns
        -------
        DataFrame
            ``against, value, cost_cny, bound_cny, status``; `against` is ``schools``, ``limits`` or
            ``year``.
        """
        parts = [
            table.rename(columns={column: "value"})
            .astype({"value": object})
            .assign(against=against)
            for against, column, table in (
                ("schools", "schools", self.schools),
                ("limits", "factor", self.limits),
                ("year", "year", self.years),
            )
            if len(table)
        ]
        columns = ["against", "value", "cost_cny", "bound_cny", "status"]
        return pd.concat(parts, ignore_index=True)[columns]


def further(answer: Remedy, seconds: float = SECONDS) -> Further | None:
    """Everything beyond a plan; None where it does not make all schools pass, or has nothing to do.

    Parameters
    ----------
    answer : Remedy
    seconds : float
        For all searches; two thirds of it for numbers of schools and for limits that are moved. Each year of a
        projection may take a third besides.
    """
    if not asks_all(answer) or not answer.found.cost:
        return None
    floors, years = Floors(answer), pd.DataFrame()
    outlook = answer.study.outlook
    if outlook is not None:
        by = answer.study.year
        years = by_year(answer, spread(outlook.last + 1, by, by), seconds=seconds / 3)
    return Further(
        by_schools(answer, floors=floors, seconds=seconds / 3),
        by_limit(answer, seconds=seconds / 6),
        years,
        by_step(answer, seconds=seconds / 3),
        last_part(answer, floors=floors, seconds=seconds / 6),
        dearest(answer),
    )
