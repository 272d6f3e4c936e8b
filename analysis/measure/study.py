"""Tables and rules -> Study: the only module that knows the order of the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import pandas as pd

from ..base.files import N_, problem
from ..data.county import County
from ..policy.standards import Rules, Standard
from .apportioning.register import Register, register
from .balance import Balance, balance_of
from .firmness.alternatives import targets_by_phase
from .firmness.left_out import county_without, school_ids
from .indicators import Ratios, ratios
from .requirements.facts import Facts
from .results import Results
from .school_rule import SchoolRule, school_rule_of
from .verdicts import three_valued


# compared by identity, as counties are
@dataclass(frozen=True, eq=False)
class Study(Results):
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
        Results of all years in numbers: the register, the indicators, the rule for schools,
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
        """The rules by which the judged year is judged.

        Returns
        -------
        Rules
            A mapping of rule id to the value in force: ``study.rules["cv.primary"]``.
        """
        return self.years[self.year]

    @cached_property
    def statuses(self) -> dict[int, dict[str, str]]:
        """Status of every item of `all_evaluation`, year by year: the table's core without the table.

        Returns
        -------
        dict of int to dict of str to str
            ``{2021: {"schools.primary": "not_met", …}, …}``.
        """
        return {
            year: {row["item"]: row["status"] for row in rows}
            for year, rows in self._verdict_rows.items()
        }

    @cached_property
    def verdicts(self) -> dict[int, bool | None]:
        """Whether the county meets everything, year by year; None while something is open.

        Returns
        -------
        dict of int to bool or None
        """
        return {
            year: {"met": True, "not_met": False}.get(three_valued(statuses.values()))
            for year, statuses in self.statuses.items()
        }

    @property
    def recognised(self) -> bool | None:
        """Whether the county meets everything; None while something is not assessed.

        Returns
        -------
        bool or None
        """
        return self.verdicts[self.year]

    def part_status(self, part: str) -> str:
        """Status of one part of the standard.

        Parameters
        ----------
        part : {"resource", "government", "quality", "recognition", "veto"}

        Returns
        -------
        {"met", "not_met", "not_assessed", "not_applicable"}
        """
        return three_valued(self.evaluation.loc[self.evaluation["part"] == part, "status"])

    def what_if(self, **rules: float | str | None) -> Study:
        """The judged year by other rules; without the county's plan.

        Parameters
        ----------
        **rules : float, str or None
            Any rule of the standard by its id, ``__`` for the dot: ``cv__primary=0.40``,
            ``teaching_area__junior=6``, ``school__indicators_met=7``, ``option__decide_on="rounded"``.
            Shares 0 to 1, other numbers in the rule's unit; None: nothing is required. With
            ``__rule``, its rule word: ``G7__rule="above"``. Ids as they are go as a mapping:
            ``what_if(**{"cv.primary": 0.40})``. `analysis.dictionary("rules")` lists them.

        Returns
        -------
        Study
            Of the judged year alone.

        Raises
        ------
        InputError
            Every id that the standard does not have, with the nearest; every value or rule word
            that a rule cannot have.

        Examples
        --------
        >>> from analysis import analyze
        >>> study = analyze("150202-donghe").what_if(cv__primary=0.40, cv__junior=0.40)
        >>> study.balance["limit"].dropna().unique().tolist()
        [0.4]
        """
        return self.with_rules(**rules)

    def with_rules(self, **overrides: float | str | None) -> Study:
        """The judged year by changed rules: another name of `what_if`.

        Parameters
        ----------
        **overrides : float, str or None

        Returns
        -------
        Study
        """
        return self._again({self.year: self.rules.replace(**overrides)}, self.concessions)

    def with_concessions(self, concessions: Iterable[str]) -> Study:
        """The judged year with other concessions of the Working Rules; without the plan.

        Parameters
        ----------
        concessions : iterable of str
            Those that are on; `analysis.load_standard` says which there are.

        Returns
        -------
        Study
            Of the judged year alone.

        Raises
        ------
        InputError
            A concession that the standard does not know.
        """
        chosen = known_concessions(self.rules.standard, concessions)
        return self._again({self.year: self.rules}, chosen)

    def without(self, schools: str | Iterable[str]) -> Study:
        """The same county without some schools, judged by the same rules, targets and concessions.

        Their pupils, teachers, buildings and rooms leave with them; nobody moves elsewhere. What is
        recorded for the county as a whole stays as it was reported.

        Parameters
        ----------
        schools : str or iterable of str
            Ids or names of the roster.

        Returns
        -------
        Study
            Of the years in which there are schools left; without `outlook`.

        Raises
        ------
        InputError
            For every school that is not there, with the nearest names; for a name that several
            schools have; if no school is left in the judged year.

        Examples
        --------
        >>> from analysis import analyze
        >>> study = analyze("150202-donghe")
        >>> first = study.influence.iloc[0]
        >>> less = study.without(first["school_id"]).balance
        >>> row = less[(less["stage"] == first["stage"]) & (less["indicator"] == first["indicator"])]
        >>> bool(abs(row["cv"].iloc[0] - first["cv_without"]) < 1e-12)
        True
        """
        left = county_without(self.county, school_ids(self.county, schools))
        years = {year: rules for year, rules in self.years.items() if year in left.years}
        if self.year not in years:
            raise problem(
                N_("no school would be left in {year}"), file=self.county.path, year=self.year
            )
        plan = {year: rules for year, rules in self.plan.items() if year in years}
        return judge(left, self.year, years, plan, self.as_of, self.concessions)

    @cached_property
    def _facts_of_year(self) -> Facts:
        return Facts(self.county, (self.year,))

    def _again(
        self,
        rules: Mapping[int, Rules],
        concessions: frozenset,
        plan: Mapping[int, Rules] = MappingProxyType({}),
        as_of: int | None = None,
    ) -> Study:
        """The judged year by these rules."""
        as_of = self.as_of if as_of is None else as_of
        return judge(self.county, self.year, rules, plan, as_of, concessions, self._facts_of_year)

    @property
    def plan_years(self) -> list[int]:
        """The years at whose end the county's plan asks for something new, from the judged year on.

        Returns
        -------
        list of int
            Empty without a plan.
        """
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
        Table
            ``item, value, finding, as_of, requirement, status, target, target_status,
            target_compared``, one row per item with a target and year.
        """
        chosen = self.plan_years if years is None else years
        return self._table("targets_by_phase", targets_by_phase(self, chosen))


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
    named = county.standard.switched_on if concessions is None else concessions
    chosen = known_concessions(standard, named)
    rules = {each: standard.for_year(each, as_of) for each in county.years}
    own = county.standard.plan
    # data from before the plan are compared with its first targets
    first = own.first_year if own else 0
    plan = {each: own.for_year(max(each, first), as_of) for each in county.years} if own else {}
    study = judge(county, year, rules, plan, as_of, chosen)
    return replace(study, outlook=outlook) if outlook else study


def known_concessions(standard: Standard, names: Iterable[str]) -> frozenset:
    """Concessions that a standard has; refuses all others at once."""
    chosen = frozenset(names)
    unknown = sorted(chosen - set(standard.concessions))
    if unknown:
        raise problem(
            N_("unknown concession {names}; there are {known}"),
            names=", ".join(unknown),
            known=", ".join(standard.concessions),
        )
    return chosen


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
