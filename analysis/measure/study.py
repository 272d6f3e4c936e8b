"""Tables and rules -> Study: the only module that knows the order of the steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from ..base.files import N_, problem
from ..data.county import County
from ..policy.standards import Rules
from . import audit
from .apportioning.register import Register, register, register_table
from .balance import Balance, balance_of, balance_table, influence_table
from .evaluate import evaluation_rows, evaluation_table
from .indicators import Ratios, indicator_table, ratios
from .requirements.concessions import covered
from .requirements.facts import CountyData, Facts
from .school_rule import SchoolRule, school_rule_of, school_table
from .verdicts import three_valued


# compared by identity, as counties are
@dataclass(frozen=True, eq=False)
class Study:
    """Everything that follows from a county's data and its standard.

    Attributes
    ----------
    county : County
    year : int
        The school year that is judged; tables named after it hold that year only.
    years : dict of int to Rules
        All years with data and the rules by which each is judged.
    plan : dict of int to Rules
        The county's own targets in force in each year; empty where it has no plan.
    as_of : int or None
        The year whose rules are used instead of each year's own.
    concessions : frozenset of str
        Concessions that are switched on.
    facts : Facts
        The county's tables in numbers.
    entered, ratios, school_rule, variation
        Results of all years in numbers: the register, the seven indicators, the rule for schools,
        the coefficients of variation. The tables are made of them when they are asked for.
    outlook : analysis.future.project.Outlook or None
        How the projected years came about, if there are any.
    """

    county: County
    year: int
    years: Mapping[int, Rules] = field(repr=False)
    plan: Mapping[int, Rules] = field(repr=False)
    as_of: int | None
    concessions: frozenset
    facts: Facts = field(repr=False)
    entered: Register = field(repr=False)
    ratios: Ratios = field(repr=False)
    school_rule: SchoolRule = field(repr=False)
    variation: Balance = field(repr=False)
    outlook: object = field(repr=False, default=None)

    @property
    def rules(self) -> Rules:
        """The rules by which the judged year is judged."""
        return self.years[self.year]

    @cached_property
    def register(self) -> pd.DataFrame:
        """Every school, stage and year, judged or not (`analysis.measure.apportioning.register.stage_rows`)."""
        return register_table(self.county, self.facts.schools, self.entered)

    @cached_property
    def _judged(self) -> pd.DataFrame:
        return self.register.iloc[self.entered.in_scope]

    @cached_property
    def all_indicators(self) -> pd.DataFrame:
        """Indicators of all years, as in data-format."""
        return indicator_table(self.ratios, self._judged)

    @cached_property
    def all_balance(self) -> pd.DataFrame:
        """Coefficients of variation of all years, as in data-format."""
        return balance_table(self.ratios, self.variation, self.years, self.county)

    @cached_property
    def all_schools(self) -> pd.DataFrame:
        """The school rule in all years, as in data-format."""
        return school_table(self.ratios, self.school_rule, self._judged)

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
        """
        rows = self._verdict_rows if items is None else self._evaluated(items)
        return {row["item"]: row for row in rows[year]}

    @cached_property
    def all_evaluation(self) -> pd.DataFrame:
        """Every requirement of the standard and target of the plan in every year."""
        return evaluation_table(self._evaluation, self.county.code)

    @cached_property
    def evaluation(self) -> pd.DataFrame:
        """Every requirement of the standard and target of the plan in the judged year."""
        return evaluation_table({self.year: self._verdict_rows[self.year]}, self.county.code)

    @cached_property
    def statuses(self) -> dict[int, dict[str, str]]:
        """Status of every item of `all_evaluation`, year by year: the table's core without the table."""
        return {
            year: {row["item"]: row["status"] for row in rows}
            for year, rows in self._verdict_rows.items()
        }

    @cached_property
    def verdicts(self) -> dict[int, bool | None]:
        """Whether the county meets everything, year by year; None while something is open."""
        return {
            year: {"met": True, "not_met": False}.get(three_valued(statuses.values()))
            for year, statuses in self.statuses.items()
        }

    @property
    def recognised(self) -> bool | None:
        """Whether the county meets everything; None while something is not assessed."""
        return self.verdicts[self.year]

    def part_status(self, part: str) -> str:
        """Status of one part of the standard (`resource`, `government`, …)."""
        return three_valued(self.evaluation.loc[self.evaluation["part"] == part, "status"])

    @cached_property
    def influence(self) -> pd.DataFrame:
        """Each school's share in the CVs of the judged year (`analysis.measure.balance.influence_table`)."""
        return influence_table(self.indicators, self.rules)

    @cached_property
    def indicator_margins(self) -> pd.DataFrame:
        return audit.indicator_margins(self.indicators)

    @cached_property
    def school_margins(self) -> pd.DataFrame:
        return audit.school_margins(self.ratios.of_year(self.year), self.schools, self.rules)

    @cached_property
    def balance_margins(self) -> pd.DataFrame:
        found = self.ratios.of_year(self.year)
        rows = self.rows[self.rows["in_scope"]]
        return audit.balance_margins(found, rows, self.balance, {self.year: self.rules})

    @cached_property
    def method_audit(self) -> pd.DataFrame:
        """Verdicts of the judged year that other arithmetic would turn round."""
        found, rules = self.ratios.of_year(self.year), {self.year: self.rules}
        schools = school_rule_of(found, rules)
        return audit.method_audit(self.rows, found, schools, self.balance, rules)

    def with_rules(self, **overrides: float | str | None) -> Study:
        """The judged year by changed rules (``__`` stands for the dot in an id); without the plan."""
        rules = {self.year: self.rules.replace(**overrides)}
        return self._again(rules, self.concessions)

    def with_concessions(self, concessions: Iterable[str]) -> Study:
        """The judged year with other concessions; without the plan."""
        rules = {self.year: self.rules}
        return self._again(rules, frozenset(concessions))

    @cached_property
    def _facts_of_year(self) -> Facts:
        return Facts(self.county, (self.year,))

    def _again(self, rules: Mapping[int, Rules], concessions: frozenset) -> Study:
        facts = self._facts_of_year
        return judge(self.county, self.year, rules, {}, self.as_of, concessions, facts)

    @cached_property
    def switch_audit(self) -> pd.DataFrame:
        """Verdicts that another reading of the standard's open points would turn round.

        One row per verdict and alternative (`Entry.alternatives`): ``switch, alternative, item,
        status, other_status``.
        """
        found = []
        for name, entry in self.rules.standard.entries.items():
            for alternative in entry.alternatives:
                if alternative == self.rules[name]:
                    continue
                other = self.with_rules(**{name.replace(".", "__"): alternative})
                for row in _changed(self.statuses[self.year], other.statuses[self.year]):
                    found.append({"switch": name, "alternative": alternative} | row)
        columns = ["switch", "alternative", "item", "status", "other_status"]
        return pd.DataFrame(found, columns=columns)

    @cached_property
    def concession_effects(self) -> pd.DataFrame:
        """Each concession: the schools it covers and the verdicts with and without it.

        Returns
        -------
        DataFrame
            ``concession, on, schools`` (names covered), ``item, without, with_it``; one row per
            verdict that it changes, or a single one with an empty `item`.
        """
        data = CountyData(self._facts_of_year, {self.year: self.rules})
        found = []
        for name in self.rules.standard.concessions:
            on = name in self.concessions
            other = self.with_concessions(self.concessions ^ {name})
            without, with_it = (other, self) if on else (self, other)
            schools = data.facts.names[covered(data, name)]
            row = {"concession": name, "on": on, "schools": tuple(schools)}
            changes = _changed(without.statuses[self.year], with_it.statuses[self.year])
            for change in changes or [{"item": "", "status": "", "other_status": ""}]:
                found.append(
                    row
                    | {"item": change["item"], "without": change["status"]}
                    | {"with_it": change["other_status"]}
                )
        columns = ["concession", "on", "schools", "item", "without", "with_it"]
        return pd.DataFrame(found, columns=columns)

    @cached_property
    def items(self) -> pd.DataFrame:
        """Items as the standard numbers them: the parts of an item (``G3.…``) taken together.

        Returns
        -------
        DataFrame
            ``part, item, status``; resource rows stay as they are.
        """
        table = self.evaluation[["part", "item", "status"]].copy()
        table = table[table["item"].isin(self.rules) | (table["part"] == "resource")]
        parts = table["part"] != "resource"
        table.loc[parts, "item"] = table.loc[parts, "item"].str.split(".").str[0]
        grouped = table.groupby(["part", "item"], sort=False)["status"]
        return grouped.agg(three_valued).reset_index()

    @property
    def plan_years(self) -> list[int]:
        """The years at whose end the county's plan asks for something new, from the judged year on."""
        own = self.county.standard.plan
        if own is None:
            return []
        dates = {date for entry in own.profile.entries.values() for date in entry.values}
        now = max(self.year, own.first_year)
        return sorted({now, *(int(date[:4]) for date in dates if int(date[:4]) > now)})

    def targets_by_phase(self, years: Iterable[int] | None = None) -> pd.DataFrame:
        """The judged year's data against the plan's targets of several years.

        Parameters
        ----------
        years : iterable of int, optional
            Years whose rules and targets are applied; `plan_years` if omitted.

        Returns
        -------
        DataFrame
            ``item, value, as_of, requirement, status, target, target_status, target_compared``, one
            row per item with a target and year.
        """
        own, national = self.county.standard.plan, self.county.standard.evaluation
        found = []
        for as_of in self.plan_years if years is None else years:
            again = judge(
                self.county,
                self.year,
                {self.year: national.for_year(self.year, as_of)},
                {self.year: own.for_year(self.year, as_of)} if own else {},
                as_of,
                self.concessions,
                self._facts_of_year,
            )
            table = again.evaluation
            found.append(table[table["target"] != ""].assign(as_of=as_of))
        columns = ["item", "value", "as_of", "requirement", "status"]
        columns += ["target", "target_status", "target_compared"]
        return pd.concat(found)[columns] if found else pd.DataFrame(columns=columns)

    def _of_year(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["year"] == self.year].reset_index(drop=True)


def study_of(
    county: County,
    year: int | None = None,
    *,
    as_of: int | None = None,
    concessions: Iterable[str] | None = None,
    outlook: object = None,
) -> Study:
    """Judge all years of a county that is read (and projected) already.

    Parameters as for `analysis.analyze`; `outlook` is what is to be kept of a projection.
    """
    if year is None:
        year = county.last_observed
    if year not in county.years:
        raise problem(
            N_("no data for the school year {year}; there are {years}"),
            file=county.path,
            year=year,
            years=", ".join(map(str, county.years)),
        )
    standard = county.standard.evaluation
    chosen = frozenset(county.standard.profile.concessions if concessions is None else concessions)
    unknown = sorted(chosen - set(standard.concessions))
    if unknown:
        raise problem(
            N_("unknown concession {names}; there are {known}"),
            names=", ".join(unknown),
            known=", ".join(standard.concessions),
        )
    rules = {each: standard.for_year(each, as_of) for each in county.years}
    own = county.standard.plan
    # data from before the plan are compared with its first targets
    first = own.first_year if own else 0
    plan = {each: own.for_year(max(each, first), as_of) for each in county.years} if own else {}
    study = judge(county, year, rules, plan, as_of, chosen)
    return replace(study, outlook=outlook) if outlook else study


def judge(
    county: County,
    year: int,
    rules: Mapping[int, Rules],
    plan: Mapping[int, Rules],
    as_of: int | None = None,
    concessions: frozenset = frozenset(),
    facts: Facts | None = None,
) -> Study:
    """Run all steps with given rules, in their order.

    Parameters
    ----------
    county : County
    year : int
    rules, plan : mapping of int to Rules
        The years to be judged, and by what.
    as_of : int, optional
    concessions : frozenset of str
    facts : Facts, optional
        The county's tables in numbers for these years, where they are known already.

    Returns
    -------
    Study
    """
    rules, plan = dict(sorted(rules.items())), dict(sorted(plan.items()))
    facts = facts or Facts(county, tuple(rules))
    entered = register(facts.schools, facts.schools.by_id, rules, concessions)
    rows = entered.in_scope
    found = ratios(
        *(entered.year[rows], entered.stage[rows], entered.students[rows]),
        *(entered.share[rows], entered.quantities[:, rows], rules),
    )
    return Study(
        county=county,
        year=int(year),
        years=rules,
        plan=plan,
        as_of=as_of,
        concessions=concessions,
        facts=facts,
        entered=entered,
        ratios=found,
        school_rule=school_rule_of(found, rules),
        variation=balance_of(found, rules),
    )


def _changed(ours: Mapping[str, str], other: Mapping[str, str]) -> list[dict]:
    """Items whose status differs between two evaluations of the same year."""
    return [
        {"item": item, "status": status, "other_status": other[item]}
        for item, status in ours.items()
        if item in other and other[item] != status
    ]
