"""analyze(county, year) -> Study: the only module that knows the order of the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from . import audit
from .apportion import stage_rows
from .evaluate import balance_table, evaluation_table, school_table, three_valued
from .files import N_, problem
from .indicators import indicator_rows
from .load import County, load_county
from .standards import Rules


@dataclass(frozen=True)
class Study:
    """Everything that follows from a county's data and its standard.

    Attributes
    ----------
    county : County
    year : int
        The school year that is judged; tables named after it hold that year only.
    years : dict of int to Rules
        All years with data and the rules by which each is judged.
    as_of : int or None
        The year whose rules are used instead of each year's own.
    register : DataFrame
        Every school, stage and year, judged or not (`analysis.apportion.stage_rows`).
    all_indicators, all_balance, all_schools : DataFrame
        Results of all years, as in data-format: indicators, balance, schools.
    """

    county: County
    year: int
    years: Mapping[int, Rules] = field(repr=False)
    as_of: int | None
    register: pd.DataFrame = field(repr=False)
    all_indicators: pd.DataFrame = field(repr=False)
    all_balance: pd.DataFrame = field(repr=False)
    all_schools: pd.DataFrame = field(repr=False)

    @property
    def rules(self) -> Rules:
        """The rules by which the judged year is judged."""
        return self.years[self.year]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Register of the judged year."""
        return self._of_year(self.register)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators of the judged year."""
        return self._of_year(self.all_indicators)

    @cached_property
    def balance(self) -> pd.DataFrame:
        """Coefficients of variation of the judged year."""
        return self._of_year(self.all_balance)

    @cached_property
    def schools(self) -> pd.DataFrame:
        """The school rule in the judged year."""
        return self._of_year(self.all_schools)

    @cached_property
    def all_evaluation(self) -> pd.DataFrame:
        """Every requirement of the standard in every year."""
        return evaluation_table(self.county, self.all_schools, self.all_balance, self.years)

    @cached_property
    def evaluation(self) -> pd.DataFrame:
        """Every requirement of the standard in the judged year."""
        return self._of_year(self.all_evaluation)

    @property
    def recognised(self) -> bool | None:
        """Whether the county meets everything; None while something is not assessed."""
        status = three_valued(self.evaluation["status"])
        return {"met": True, "not_met": False}.get(status)

    def part_status(self, part: str) -> str:
        """Status of one part of the standard (`resource`, `government`, …)."""
        return three_valued(self.evaluation.loc[self.evaluation["part"] == part, "status"])

    @cached_property
    def indicator_margins(self) -> pd.DataFrame:
        return audit.indicator_margins(self.indicators)

    @cached_property
    def school_margins(self) -> pd.DataFrame:
        return audit.school_margins(self.indicators, self.schools)

    @cached_property
    def balance_margins(self) -> pd.DataFrame:
        return audit.balance_margins(self.indicators, self.balance, {self.year: self.rules})

    @cached_property
    def method_audit(self) -> pd.DataFrame:
        """Verdicts of the judged year that other arithmetic would turn round."""
        return audit.method_audit(
            self.rows, self.indicators, self.schools, self.balance, {self.year: self.rules}
        )

    def _of_year(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["year"] == self.year].reset_index(drop=True)


def analyze(
    county: County | str | Path, year: int | None = None, *, as_of: int | None = None
) -> Study:
    """Analyze a county.

    Parameters
    ----------
    county : County, str or Path
        A county, its folder or workbook, or the name of a sample.
    year : int, optional
        School year to judge; the last one with data if omitted.
    as_of : int, optional
        Judge by the rules of this year instead (for example by the targets of 2030).

    Returns
    -------
    Study

    Raises
    ------
    InputError
        The county cannot be read, or has no data for the year.
    """
    if not isinstance(county, County):
        county = load_county(county)
    if year is None:
        year = county.years[-1]
    if year not in county.years:
        raise problem(
            N_("no data for the school year {year}; there are {years}"),
            file=county.path,
            year=year,
            years=", ".join(map(str, county.years)),
        )
    rules = {each: county.standard.for_year(each, as_of) for each in county.years}
    register = stage_rows(county, rules)
    indicators = indicator_rows(register, rules)
    return Study(
        county=county,
        year=int(year),
        years=rules,
        as_of=as_of,
        register=register,
        all_indicators=indicators,
        all_balance=balance_table(indicators, rules, county.code),
        all_schools=school_table(indicators, rules),
    )
