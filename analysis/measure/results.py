"""The tables of a study, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ..base import shown
from ..base.nearest import known_indicator, known_stage
from ..base.table import Judged, Table
from .apportioning.register import Register, register_table
from .balance import Balance, balance_table, influence_table
from .evaluate import evaluation_rows
from .evaluation_table import evaluation_table
from .firmness import audit
from .firmness.alternatives import concession_effects, switch_audit
from .indicators import Ratios, indicator_table
from .requirements.facts import CountyData, Facts
from .school_rule import SchoolRule, school_rule_of, school_table
from .verdicts import three_valued

if TYPE_CHECKING:
    from ..data.county import County
    from ..policy.standards import Rules


#: Tables whose items are requirements: they show their titles.
_OF_ITEMS = ("concession_effects", "evaluation", "items", "switch_audit", "targets_by_phase")


class Results:
    """What a study knows, as tables; `analysis.measure.study.Study` has the numbers behind them."""

    county: County
    year: int
    years: Mapping[int, Rules]
    plan: Mapping[int, Rules]
    rules: Rules
    concessions: frozenset
    facts: Facts
    entered: Register
    ratios: Ratios
    school_rule: SchoolRule
    variation: Balance
    outlook: object

    @cached_property
    def register(self) -> pd.DataFrame:
        """Every school, stage and year, judged or not.

        Returns
        -------
        Table
            One row per year, school that is open and stage that it teaches, with what the stage has
            (persons, m², yuan, rooms), whether it is judged, and if not, why
            (`analysis.measure.apportioning.register.stage_rows`).
        """
        return self._table(
            "register", register_table(self.county, self.facts.schools, self.entered)
        )

    @cached_property
    def _judged(self) -> pd.DataFrame:
        return self.register.iloc[self.entered.in_scope]

    @cached_property
    def all_indicators(self) -> pd.DataFrame:
        """The indicators of every school in all years; columns as of `indicators`.

        Returns
        -------
        Table
        """
        return self._table("indicators", indicator_table(self.ratios, self._judged))

    @cached_property
    def all_balance(self) -> pd.DataFrame:
        """The coefficients of variation in all years; columns as of `balance`.

        Returns
        -------
        Table
        """
        found = balance_table(self.ratios, self.variation, self.years, self.county)
        return self._table("balance", found)

    @cached_property
    def all_schools(self) -> pd.DataFrame:
        """The rule for schools in all years; columns as of `schools`.

        Returns
        -------
        Table
        """
        return self._table("schools", school_table(self.ratios, self.school_rule, self._judged))

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The register of the judged year; columns as of `register`.

        Returns
        -------
        Table
        """
        return self._of_year(self.register)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators of every school in the judged year.

        Returns
        -------
        Table
            One row per school, stage and indicator: ``county, year, basis, stage, school_id,
            school, students, indicator``; `value`, `threshold`, `floor` in the indicator's unit
            (`analysis.dictionary`); `status`; `shortfall` in persons, m², yuan or rooms of the whole
            school, in the unit of `shortfall_unit`; `quantity` (what the stage has) and `share` of
            the school's (0 to 1). Source: 教督〔2017〕6号
            (`analysis.measure.indicators.indicator_rows`).
        """
        return self._of_year(self.all_indicators)

    def indicator(self, name: str, stage: str | None = None) -> pd.DataFrame:
        """The rows of one indicator in the judged year, the lowest value first.

        Parameters
        ----------
        name : str
            Id or label of the indicator: ``sports_area``.
        stage : {"primary", "junior"}, optional
            Both if omitted.

        Returns
        -------
        Table
            Rows of `indicators`.

        Raises
        ------
        InputError
            No such indicator or stage: the nearest, or all there are.
        """
        table = self.indicators[
            self.indicators["indicator"] == known_indicator(name, self.rules.indicators)
        ]
        if stage is not None:
            table = table[table["stage"] == known_stage(stage)]
        return table.sort_values(["stage", "value"], ascending=[False, True], ignore_index=True)

    @cached_property
    def balance(self) -> pd.DataFrame:
        """The coefficients of variation between the schools in the judged year.

        Returns
        -------
        Table
            One row per stage and indicator, and one for the composite: ``county, year, basis, stage,
            indicator, schools, students``; `mean` and `sd` in the indicator's unit; `cv`, `limit`,
            `gini`, `theil` without unit (0 or more); `status`; `missing` schools. Source:
            教督〔2017〕6号 (`analysis.measure.balance.balance_table`).
        """
        return self._of_year(self.all_balance)

    @cached_property
    def schools(self) -> pd.DataFrame:
        """The rule for schools in the judged year: enough indicators met, the rest at the floor.

        Returns
        -------
        Table
            One row per school and stage: ``county, year, basis, stage, school_id, school``; `met`,
            `near`, `below_floor`, `missing` (numbers of indicators); `status`; `students`. Source:
            教督〔2017〕6号 (`analysis.measure.school_rule.school_table`).
        """
        return self._of_year(self.all_schools)

    @cached_property
    def _evaluation(self) -> dict[int, list[dict]]:
        """Every requirement of the standard and target of the plan, year by year."""
        return self._evaluated()

    @cached_property
    def _verdict_rows(self) -> dict[int, list[dict]]:
        """The same; of a projection whole rows of the judged and the last observed year only.

        A projection has many years of which nothing but the verdict is wanted, and is made anew with
        every assumption.
        """
        if self.outlook is None or "_evaluation" in self.__dict__:
            return self._evaluation
        return self._evaluated(whole=(self.county.last_observed, self.year))

    def _evaluated(
        self, items: Collection[str] | None = None, whole: Collection[int] | None = None
    ) -> dict[int, list[dict]]:
        names = self.facts.roster_names[self.entered.school[self.entered.in_scope]]
        return evaluation_rows(
            CountyData(self.facts, self.years, self.concessions),
            *(self.ratios, names, self.school_rule, self.variation, self.plan, items, whole),
        )

    def rows_of(self, year: int, items: Collection[str] | None = None) -> dict[str, dict]:
        """The rows of the evaluation of a year by item: `all_evaluation` without the table.

        Parameters
        ----------
        year : int
            The judged or the last observed one.
        items : collection of str, optional
            Only these; then no others are worked out for it.

        Returns
        -------
        dict of str to dict
            Item -> the columns of `evaluation`, findings in the place of the number.
        """
        rows = self._verdict_rows if items is None else self._evaluated(items)
        return {row["item"]: row for row in rows[year]}

    @cached_property
    def all_evaluation(self) -> pd.DataFrame:
        """Every requirement and target in all years; columns as of `evaluation`.

        Returns
        -------
        Table
        """
        return self._table("evaluation", evaluation_table(self._evaluation, self.county.code))

    @cached_property
    def evaluation(self) -> pd.DataFrame:
        """Every requirement of the standard and target of the plan in the judged year.

        Returns
        -------
        Table
            One row per requirement: ``county, year, part, item``; `value` (a number in the item's
            unit, shares 0 to 1; NaN where a person's finding stands for it) and `finding` (``yes``,
            ``no`` or empty); `requirement`, `status`, `source`; `margin`, `detail`, `origin`,
            `evidence`; the plan's `target` with `target_status`, `target_compared`,
            `target_source` (`analysis.measure.evaluation_table.evaluation_table`).
        """
        found = evaluation_table({self.year: self._verdict_rows[self.year]}, self.county.code)
        return self._table("evaluation", found)

    @cached_property
    def influence(self) -> pd.DataFrame:
        """Each school's share in the CVs of the judged year, and the CVs without it.

        Returns
        -------
        Table
            The schools that reported, by stage and indicator, the largest share first: ``stage,
            indicator, school_id, school, students``; `value` and the county's `mean` in the
            indicator's unit; `share` in the squared CV (0 to 1, exact, adds up to 1); `cv`, and
            `cv_without` the school (`analysis.measure.balance.influence_table`).
        """
        return self._table("influence", influence_table(self.indicators, self.rules))

    @cached_property
    def indicator_margins(self) -> pd.DataFrame:
        """The smallest change of each school's resource that turns an indicator round.

        Returns
        -------
        Table
            The assessed rows of `indicators` with `margin` (persons, m², yuan, rooms; negative what
            is lacking) and `margin_share` of what the school has
            (`analysis.measure.firmness.audit.indicator_margins`).
        """
        return self._table(
            "indicator_margins", audit.indicator_margins(self.indicators, self.rules.indicators)
        )

    @cached_property
    def school_margins(self) -> pd.DataFrame:
        """The smallest change of a single indicator that turns a school's verdict round.

        Returns
        -------
        Table
            The assessed rows of `schools` with `indicator`, `change` (a share: -0.05 is 5 % less)
            and `amount` (persons, m², yuan, rooms); NaN where no single change does
            (`analysis.measure.firmness.audit.school_margins`).
        """
        found = self.ratios.of_year(self.year)
        return self._table("school_margins", audit.school_margins(found, self.schools, self.rules))

    @cached_property
    def balance_margins(self) -> pd.DataFrame:
        """The smallest change of one school's resource that brings a CV to its limit.

        Returns
        -------
        Table
            The judged rows of `balance` with `school_id`, `school`, `change` (persons, m², yuan,
            rooms of the stage) and `change_share` of what it has; NaN where no single school can
            (`analysis.measure.firmness.audit.balance_margins`).
        """
        found = self.ratios.of_year(self.year)
        rows = self.rows[self.rows["in_scope"]]
        margins = audit.balance_margins(found, rows, self.balance, {self.year: self.rules})
        return self._table("balance_margins", margins)

    @cached_property
    def method_audit(self) -> pd.DataFrame:
        """Verdicts of the judged year that other arithmetic would turn round.

        Returns
        -------
        Table
            Only where the verdict differs: ``county, year, stage, subject, school_id, school,
            indicator, method, value, status, other_value, other_status``
            (`analysis.measure.firmness.audit.method_audit`).
        """
        found, rules = self.ratios.of_year(self.year), {self.year: self.rules}
        schools = school_rule_of(found, rules)
        return self._table(
            "method_audit", audit.method_audit(self.rows, found, schools, self.balance, rules)
        )

    @cached_property
    def switch_audit(self) -> pd.DataFrame:
        """Verdicts that another reading of the standard's open points would turn round.

        Returns
        -------
        Table
            Of the judged year; columns: `analysis.measure.firmness.alternatives.switch_audit`.
        """
        return self._table("switch_audit", switch_audit(self))

    @cached_property
    def concession_effects(self) -> pd.DataFrame:
        """Each concession: the schools it covers and the verdicts with and without it.

        Returns
        -------
        Table
            Of the judged year; columns: `analysis.measure.firmness.alternatives.concession_effects`.
        """
        return self._table("concession_effects", concession_effects(self))

    @cached_property
    def items(self) -> pd.DataFrame:
        """Items as the standard numbers them: the parts of an item (``G3.…``) taken together.

        Returns
        -------
        Table
            ``part, item, status``; resource rows stay as they are.
        """
        table = self.evaluation[["part", "item", "status"]].copy()
        table = table[table["item"].isin(self.rules) | (table["part"] == "resource")]
        parts = table["part"] != "resource"
        table.loc[parts, "item"] = table.loc[parts, "item"].str.split(".").str[0]
        grouped = table.groupby(["part", "item"], sort=False)["status"]
        return self._table("items", grouped.agg(three_valued).reset_index())

    def _of_year(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["year"] == self.year].reset_index(drop=True)

    def _repr_html_(self) -> str | None:
        return shown.html("study", self)

    def _table(self, table_id: str, frame: pd.DataFrame) -> Table:
        judged = Judged(self.year, self.rules, self.plan) if table_id in _OF_ITEMS else None
        return Table.of(frame, table_id, judged, self.rules.indicators)
