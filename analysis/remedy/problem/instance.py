"""A county's judged rows in exact numbers: what they have, what they need, what may be done to them.

Everything here is a `Fraction`: the engine judges floats with a tolerance of 1e-12, and two numbers
that differ in truth differ by more than that, so both agree; but a plan that is proved must be
proved without any.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from ...base.files import N_, problem
from ...base.schema.indicators import Indicator, Indicators
from ...base.schema.terms import STAGES
from ...measure.apportioning.columns import at_rows
from ...measure.apportioning.dividing import VENUES, WEIGHTS, numerator
from ...measure.apportioning.scope import REASONS
from ...measure.balance import cv_entry
from ...measure.study import Study
from ...policy.standards import Rules
from .means import ATTRIBUTES, INDOOR
from .staff import Kind, Kinds, kinds_of_line, reported_kinds


def exact(value: float | int | str) -> Fraction:
    """The number that a person wrote: 0.85 is 85/100, not its nearest binary fraction."""
    return Fraction(Decimal(repr(float(value)))) if not isinstance(value, int) else Fraction(value)


@dataclass(frozen=True)
class School:
    """What the stages of a school share.

    Attributes
    ----------
    school_id, name, ownership : str
    have : dict of int to Fraction
        Total of each shared indicator's quantity, by the indicator's position.
    """

    school_id: str
    name: str
    ownership: str
    have: dict[int, Fraction] = field(hash=False)


@dataclass(frozen=True)
class Row:
    """A school and stage that is judged.

    Attributes
    ----------
    school : int
        Position in `Instance.schools`.
    stage : str
    students, share, teachers : Fraction
    staff : dict of int to Fraction
        Persons counted by the indicators of staff, by the indicator's position.
    needed : int
        Indicators that must be met; those that ask nothing of this stage count as met.
    kinds : mapping of (int, int, int) to int
        Whole persons by what they are: those who may move or be trained.
    need, floor : tuple of Fraction
        Quantity at which each indicator is met, and at which it is near enough.
    """

    school: int
    stage: str
    students: Fraction
    share: Fraction
    teachers: Fraction
    staff: dict[int, Fraction] = field(hash=False)
    needed: int
    kinds: Kinds = field(repr=False)
    need: tuple[Fraction, ...] = field(repr=False)
    floor: tuple[Fraction, ...] = field(repr=False)


@dataclass(frozen=True)
class Instance:
    """A county's year as the search needs it, schools and rows in the order of their codes.

    Attributes
    ----------
    year : int
    indicators : Indicators
        Those of the standard; they are spoken of by their positions.
    schools : tuple of School
    rows : tuple of Row
    limit : dict of (str, int) to Fraction or None
        Limit of the coefficient of variation by stage and indicator, None where there is none.
        `strict` says that the limit itself is too much (where values are rounded before judging).
    weighted : bool
        Whether coefficients of variation weight by students.
    composite : dict of str to Fraction
        Limit of the composite by stage, where there is one.
    left_out : tuple of (str, str)
        Code and stage of judged rows of which something was not reported.
    """

    year: int
    indicators: Indicators
    schools: tuple[School, ...]
    rows: tuple[Row, ...]
    limit: dict[tuple[str, int], Fraction | None]
    strict: bool
    weighted: bool
    composite: dict[str, Fraction]
    left_out: tuple[tuple[str, str], ...] = ()

    def of_stage(self, stage: str) -> list[int]:
        """Positions of the rows of a stage."""
        return [number for number, row in enumerate(self.rows) if row.stage == stage]

    def have(self, row: int, indicator: int) -> Fraction:
        """What a row has of an indicator's quantity."""
        found = self.rows[row]
        if indicator in found.staff:
            return found.staff[indicator]
        return found.share * self.schools[found.school].have[indicator]

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the indicators in their order."""
        return self.indicators.names

    def about(self, indicator: int) -> Indicator:
        return self.indicators[self.names[indicator]]

    @functools.cached_property
    def staff(self) -> tuple[int, ...]:
        """Positions of the indicators that count persons of a stage."""
        return tuple(k for k, name in enumerate(self.names) if not self.indicators[name].shared)

    @functools.cached_property
    def shared(self) -> tuple[int, ...]:
        """Positions of those that a school's stages share."""
        return tuple(k for k, name in enumerate(self.names) if self.indicators[name].shared)

    def counted(self, kind: Kind) -> list[int]:
        """Indicators for which a teacher of a kind counts; what no means can make of one counts for none."""
        has = [name for name, yes in zip(ATTRIBUTES, kind, strict=True) if yes]
        return [k for k in self.staff if set(self.about(k).add) & {"teachers", *has}]

    def raised_by(self, purchase: str) -> list[int]:
        """Indicators that a purchase raises, by its column.

        Halls stand within the teaching area of the statistics, so they add to it, too, before they are
        taken out of it.
        """
        added = {purchase, "teaching_area_m2"} if purchase == INDOOR else {purchase}
        return [
            k
            for k in self.shared
            if sum(c in added for c in self.about(k).add)
            > sum(c in added for c in self.about(k).less)
        ]

    def lacking(self) -> dict[tuple[str | None, int], Fraction]:
        """What each school lacks of what its stages share, by code and position of the indicator."""
        found: dict[tuple[str | None, int], Fraction] = {}
        for row in self.rows:
            school = self.schools[row.school]
            for k in self.shared:
                lack = row.need[k] / row.share - school.have[k]
                key = (school.school_id, k)
                found[key] = max(found.get(key, Fraction(0)), lack)
        return found

    def with_limit(self, factor: Fraction) -> Instance:
        """The same county with every limit of a coefficient of variation multiplied."""
        return replace(
            self,
            limit={key: each and each * factor for key, each in self.limit.items()},
            composite={stage: each * factor for stage, each in self.composite.items()},
        )


def read_instance(study: Study) -> Instance:
    """The judged rows of a study's year.

    Rows of which something was not reported are left out and named: what is unknown can neither be
    repaired nor be called in order.

    Raises
    ------
    InputError
        The standard has no threshold in that year.
    """
    rules, entered = study.rules, study.entered
    about = rules.indicators
    asked = [rules[f"{name}.{stage}"] for name in about for stage in STAGES]
    if not rules.asks_of_schools:
        raise problem(
            N_(
                "the standard {standard} sets no thresholds for schools: there is nothing that a plan could reach"
            ),
            file=study.county.path,
            standard=rules.standard.id,
        )
    if all(each is None for each in asked) or rules["school.indicators_met"] is None:
        raise problem(
            N_("no rule was in force in {year} for every indicator: nothing can be planned"),
            file=study.county.path,
            year=study.year,
        )
    position = entered_year = study.facts.schools.years.index(study.year)
    chosen = np.flatnonzero((entered.year == entered_year) & (entered.reason == REASONS.index("")))
    roster = study.facts.schools.roster
    codes = roster["school_id"].to_numpy(dtype=object)[entered.school]
    chosen = sorted(chosen.tolist(), key=lambda n: (codes[n], entered.stage[n]))
    known = [n for n in chosen if np.isfinite(entered.quantities[:, n]).all()]
    known = [n for n in known if np.isfinite(entered.students[n]) and _finite_share(entered, n)]
    left_out = [(str(codes[n]), STAGES[entered.stage[n]]) for n in chosen if n not in set(known)]
    places = list(dict.fromkeys(int(entered.school[n]) for n in known))
    names = roster["name"].to_numpy(dtype=object)
    owner = roster["ownership"].to_numpy(dtype=object)
    schools = tuple(
        School(
            str(roster["school_id"].iloc[each]),
            str(names[each]),
            str(owner[each]),
            _shared(study, about, each, position),
        )
        for each in places
    )
    written = reported_kinds(study.county, study.year)
    rows = tuple(_row(study, n, places, written, rules, position) for n in known)
    rounded = rules["option.decide_on"] == "rounded"
    limit, composite = {}, {}
    for stage in STAGES:
        for indicator, name in enumerate(about):
            value = rules[cv_entry(rules, name, stage)]
            limit[stage, indicator] = None if value is None else _cv_limit(value, rounded)
        if rules[f"composite_cv.{stage}"] is not None:
            composite[stage] = _cv_limit(rules[f"composite_cv.{stage}"], rounded)
    return Instance(
        year=study.year,
        indicators=about,
        schools=schools,
        rows=rows,
        limit=limit,
        strict=rounded,
        weighted=rules["option.cv_weighting"] != "none",
        composite=composite,
        left_out=tuple(left_out),
    )


def _finite_share(entered, number: int) -> bool:
    return bool(np.isfinite(entered.share[number]) and entered.share[number] > 0)


def _cv_limit(value: float, rounded: bool) -> Fraction:
    """The limit of the unrounded coefficient; three decimals are judged where values are rounded."""
    limit = exact(value)
    return (Fraction(math.floor(limit * 1000)) + Fraction(1, 2)) / 1000 if rounded else limit


def _shared(study: Study, about: Indicators, school: int, year: int) -> dict[int, Fraction]:
    """Totals of what the school's stages share; zero parts where nothing is known (left out)."""
    schools = study.facts.schools
    row = np.array([schools.row[year, school]])

    def figure(column: str) -> Fraction:
        value = at_rows(schools.figures(column), row)[0]
        return exact(value) if math.isfinite(value) else Fraction(0)

    figures = {column: figure(column) for column in about.school_columns}
    if "sports_venues" in study.concessions and schools.among("area", "urban")[school]:
        figures[VENUES] += figure("off_campus_sports_area_m2")
    return {k: numerator(each, figures) for k, each in enumerate(about.values()) if each.shared}


def _row(study: Study, n: int, places: list[int], written: dict, rules: Rules, year: int) -> Row:
    entered, schools = study.entered, study.facts.schools
    stage = STAGES[entered.stage[n]]
    place = int(entered.school[n])
    code = str(schools.roster["school_id"].iloc[place])
    students = exact(entered.students[n])
    about = entered.indicators
    staff = {
        k: exact(entered.quantities[k, n])
        for k, each in enumerate(about.values())
        if not each.shared
    }
    by_column = {each.add: staff[k] for k, each in enumerate(about.values()) if k in staff}
    attributes = tuple(by_column.get((name,), Fraction(0)) for name in ATTRIBUTES)
    total = at_rows(schools.figures(f"teachers_{stage}"), np.array([entered.row[n]]))[0]
    teachers = exact(total) if math.isfinite(total) else max(attributes)
    kinds = written.get((code, stage)) or kinds_of_line(teachers, attributes)
    need, floor = _needs(rules, stage, students)
    silent = sum(rules[f"{name}.{stage}"] is None for name in about)
    needed = int(rules["school.indicators_met"]) + silent
    return Row(
        *(places.index(place), stage, students, _share(study, place, year, stage)),
        *(teachers, staff, needed, kinds, need, floor),
    )


def _share(study: Study, school: int, year: int, stage: str) -> Fraction:
    """The stage's part of what a school records once, without the rounding of binary fractions."""
    schools = study.facts.schools
    taught = schools.taught[:, school]
    if taught.sum() == 1:
        return Fraction(1)
    row = np.array([schools.row[year, school]])
    parts = {}
    for number, (name, weight) in enumerate(WEIGHTS.items()):
        heads = at_rows(schools.figures(f"students_{name}"), row)[0]
        parts[name] = exact(weight) * exact(heads) if taught[number] else Fraction(0)
    return parts[stage] / sum(parts.values())


def _needs(rules: Rules, stage: str, students: Fraction) -> tuple[tuple, tuple]:
    """Quantities at which the indicators are met, and reach the floor; 0 where nothing is asked."""
    rounded = rules["option.decide_on"] == "rounded"
    part = exact(rules["school.floor"])
    found = []
    for factor in (Fraction(1), part):
        quantities = []
        for name, about in rules.indicators.items():
            asked = rules[f"{name}.{stage}"]
            value = exact(asked or 0) * factor
            if rounded and asked is not None:
                ten = 10**about.decimals
                value = (math.ceil(value * ten) - Fraction(1, 2)) / ten
            quantities.append(value * students / about.per)
        found.append(tuple(quantities))
    return found[0], found[1]
