"""A county's judged rows in exact numbers: what they have, what they need, what may be done to them.

Everything here is a `Fraction`: the engine judges floats with a tolerance of 1e-12, and two numbers
that differ in truth differ by more than that, so both agree; but a plan that is proved must be
proved without any.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from ...base.files import N_, problem
from ...base.schema.indicators import INDICATORS
from ...base.schema.terms import STAGES
from ...measure.apportioning.columns import at_rows
from ...measure.apportioning.dividing import WEIGHTS
from ...measure.apportioning.scope import REASONS
from ...measure.study import Study
from ...policy.standards import Rules
from .means import PURCHASES
from .staff import Kinds, kinds_of_line, reported_kinds

#: Indicators by name in their order; the first three count persons.
NAMES = tuple(INDICATORS)
STAFF = range(3)
SHARED = range(3, 7)


def exact(value: float | int | str) -> Fraction:
    """The number that a person wrote: 0.85 is 85/100, not its nearest binary fraction."""
    return Fraction(Decimal(repr(float(value)))) if not isinstance(value, int) else Fraction(value)


@dataclass(frozen=True)
class School:
    """What the stages of a school share.

    Attributes
    ----------
    school_id, name, ownership : str
    have : tuple of Fraction
        Total of each shared indicator's quantity, in the order of `SHARED`.
    """

    school_id: str
    name: str
    ownership: str
    have: tuple[Fraction, ...]


@dataclass(frozen=True)
class Row:
    """A school and stage that is judged.

    Attributes
    ----------
    school : int
        Position in `Instance.schools`.
    stage : str
    students, share, teachers : Fraction
    staff : tuple of Fraction
        Persons counted by the first three indicators.
    kinds : mapping of (int, int, int) to int
        Whole persons by what they are: those who may move or be trained.
    need, floor : tuple of Fraction
        Quantity at which each of the seven indicators is met, and at which it is near enough.
    """

    school: int
    stage: str
    students: Fraction
    share: Fraction
    teachers: Fraction
    staff: tuple[Fraction, ...]
    kinds: Kinds = field(repr=False)
    need: tuple[Fraction, ...] = field(repr=False)
    floor: tuple[Fraction, ...] = field(repr=False)


@dataclass(frozen=True)
class Instance:
    """A county's year as the search needs it, schools and rows in the order of their codes.

    Attributes
    ----------
    year : int
    schools : tuple of School
    rows : tuple of Row
    needed : int
        Indicators that every row must meet.
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
    schools: tuple[School, ...]
    rows: tuple[Row, ...]
    needed: int
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
        if indicator in STAFF:
            return found.staff[indicator]
        return found.share * self.schools[found.school].have[indicator - SHARED.start]

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
    needed = [f"{name}.{stage}" for name in NAMES for stage in STAGES]
    if any(rules[name] is None for name in (*needed, "school.floor", "school.indicators_met")):
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
            _shared(study, each, position),
        )
        for each in places
    )
    written = reported_kinds(study.county, study.year)
    rows = tuple(_row(study, n, places, written, rules, position) for n in known)
    rounded = rules["option.decide_on"] == "rounded"
    limit, composite = {}, {}
    for stage in STAGES:
        value = rules[f"cv.{stage}"]
        for indicator in range(len(NAMES)):
            limit[stage, indicator] = None if value is None else _cv_limit(value, rounded)
        if rules[f"composite_cv.{stage}"] is not None:
            composite[stage] = _cv_limit(rules[f"composite_cv.{stage}"], rounded)
    return Instance(
        year=study.year,
        schools=schools,
        rows=rows,
        needed=int(rules["school.indicators_met"] or 0),
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


def _shared(study: Study, school: int, year: int) -> tuple[Fraction, ...]:
    """Totals of what the school's stages share; zero parts where nothing is known (left out)."""
    schools = study.facts.schools
    row = np.array([schools.row[year, school]])

    def figure(column: str) -> Fraction:
        value = at_rows(schools.figures(column), row)[0]
        return exact(value) if math.isfinite(value) else Fraction(0)

    outdoor, indoor = figure("outdoor_sports_area_m2"), figure("indoor_sports_area_m2")
    if "sports_venues" in study.concessions and schools.among("area", "urban")[school]:
        outdoor += figure("off_campus_sports_area_m2")
    return (
        figure("teaching_area_m2") - indoor,
        outdoor + indoor,
        figure("equipment_value_cny"),
        figure("multimedia_rooms"),
    )


def _row(study: Study, n: int, places: list[int], written: dict, rules: Rules, year: int) -> Row:
    entered, schools = study.entered, study.facts.schools
    stage = STAGES[entered.stage[n]]
    place = int(entered.school[n])
    code = str(schools.roster["school_id"].iloc[place])
    students = exact(entered.students[n])
    staff = tuple(exact(entered.quantities[k, n]) for k in STAFF)
    total = at_rows(schools.figures(f"teachers_{stage}"), np.array([entered.row[n]]))[0]
    teachers = exact(total) if math.isfinite(total) else max(staff)
    kinds = written.get((code, stage)) or kinds_of_line(teachers, staff)
    need, floor = _needs(rules, stage, students)
    return Row(
        *(places.index(place), stage, students, _share(study, place, year, stage)),
        *(teachers, staff, kinds, need, floor),
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
    """Quantities at which the seven indicators are met, and reach the floor."""
    rounded = rules["option.decide_on"] == "rounded"
    part = exact(rules["school.floor"])
    found = []
    for factor in (Fraction(1), part):
        quantities = []
        for name, about in INDICATORS.items():
            value = exact(rules[f"{name}.{stage}"]) * factor
            if rounded:
                ten = 10**about.decimals
                value = (math.ceil(value * ten) - Fraction(1, 2)) / ten
            quantities.append(value * students / about.per)
        found.append(tuple(quantities))
    return found[0], found[1]


def purchase_gain(means_of: Iterable[str] = PURCHASES) -> dict[str, int]:
    """Indicator that each purchase raises."""
    raised = {
        "teaching_area_m2": 3,
        "indoor_sports_area_m2": 4,
        "outdoor_sports_area_m2": 4,
        "equipment_value_cny": 5,
        "multimedia_rooms": 6,
    }
    return {name: raised[name] for name in means_of}
