"""Every school and stage of every year with its share of what is shared, judged or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.schema.indicators import Indicators
from ...base.schema.terms import STAGES
from ...data.county import County
from ...policy.standards import Rules
from .columns import at_rows, words
from .dividing import WEIGHTS, Added, divide
from .schools import Schools, find_schools
from .scope import REASONS, Kind, exclusions, scope_rules

#: Between the names of sites.
SITES_BETWEEN = "、"


@dataclass(frozen=True)
class Register:
    """The register in numbers: every school, stage and year, by year, stage and school_id.

    Attributes
    ----------
    year, stage, school : ndarray of int, shape (n,)
        Positions in the years, in `STAGES` and in the roster.
    row : ndarray of int, shape (n,)
        Position in `school_years`, -1 where there is none.
    students, share : ndarray, shape (n,)
        Students of the stage; the stage's part (0 to 1) of what the school records once.
    indicators : Indicators
        Those of the standard, k of them.
    quantities : ndarray, shape (k, n)
        The stage's part of each resource, in the order of `indicators`.
    reason : ndarray of int, shape (n,)
        Position in `REASONS`; 0 (no reason) where the row is judged.
    """

    year: np.ndarray
    stage: np.ndarray
    school: np.ndarray
    row: np.ndarray
    students: np.ndarray
    share: np.ndarray
    indicators: Indicators
    quantities: np.ndarray
    reason: np.ndarray

    @property
    def in_scope(self) -> np.ndarray:
        """Positions of the rows that are judged."""
        return np.flatnonzero(self.reason == 0)


def register(
    schools: Schools,
    wanted: np.ndarray,
    rules: Mapping[int, Rules],
    concessions: frozenset = frozenset(),
) -> Register:
    """Divide what schools share among their stages and say which rows are judged.

    Parameters
    ----------
    schools : Schools
    wanted : ndarray of int
        Rows of the roster that are wanted, in the order they shall have in each year and stage.
    rules : mapping of int to Rules
        For every year of `schools`.
    concessions : frozenset of str
        Concessions that are switched on.
    """
    there = schools.is_open[:, None, wanted] & schools.taught[None, : len(STAGES), wanted]
    year, stage, order = np.nonzero(there)
    school = wanted[order]
    row = schools.row[year, school]

    def reported(column: str) -> np.ndarray:
        return at_rows(schools.figures(column), row)

    def by_stage(name: str) -> np.ndarray:
        primary, junior = (reported(f"{name}_{each}") for each in STAGES)
        return np.where(stage == 0, primary, junior)

    def among(column: str, *words: str) -> np.ndarray:
        return schools.among(column, *words)[school]

    given = tuple(reported(f"students_{each}") for each in WEIGHTS)
    rule = [rules[each] for each in schools.years]
    indicators = rule[0].indicators
    share, quantities = divide(
        stage,
        given,
        schools.taught[:, school],
        {name: by_stage(name) for name in indicators.stage_columns},
        {name: reported(name) for name in indicators.school_columns},
        Added.of(concessions, rule, year, among, by_stage, reported),
        indicators,
    )
    students = np.where(stage == 0, given[0], given[1])
    reason = exclusions(students, Kind.of(among), *(each[year] for each in scope_rules(rule)))
    stacked = np.stack(quantities)
    return Register(year, stage, school, row, students, share, indicators, stacked, reason)


def stage_rows(
    county: County, rules: Mapping[int, Rules], concessions: frozenset = frozenset()
) -> pd.DataFrame:
    """Every school and stage of every year, judged or not: the register.

    Parameters
    ----------
    county : County
    rules : mapping of int to Rules
        The years of the register, and the rules that say which of its rows are judged.
    concessions : frozenset of str
        Concessions that are switched on: part-time PE and arts teachers (`pe_arts_part_time`) and
        venues outside the school (`sports_venues`) add to what the schools have.

    Returns
    -------
    DataFrame
        One row per county, year, school that is open and stage that it teaches; columns
        ``county, year, basis, stage, school_id, school, type, ownership, sponsor, area, students,
        classes``, the standard's quantities (persons, m², yuan, rooms: the stage's part), `share` (the
        stage's part of the shared quantities, 0 to 1), `in_scope` (bool) and `reason` (a key of
        `EXCLUSIONS`, empty if in scope), `note` and `sites` (names of the sites that the school's
        figures include, "" without any). What was not reported is NaN.
    """
    schools = find_schools(county.tables["schools"], county.tables["school_years"], rules)
    return register_table(county, schools, register(schools, schools.by_id, rules, concessions))


#: Columns that the register has of itself; an indicator may count them, too.
_OWN = ("students", "classes", "teachers")


def register_table(county: County, schools: Schools, found: Register) -> pd.DataFrame:
    """The register as a table; see `stage_rows`."""
    roster = schools.roster

    def of_school(column: str) -> pd.api.extensions.ExtensionArray | np.ndarray:
        return roster[column].array.take(found.school)

    def of_stage(name: str) -> np.ndarray:
        primary, junior = (at_rows(schools.figures(f"{name}_{s}"), found.row) for s in STAGES)
        return np.where(found.stage == 0, primary, junior)

    sites: dict[str, list[str]] = {}
    for site in county.sites.joined:
        sites.setdefault(site.main, []).append(site.name)
    by_name = dict(zip(found.indicators.values(), found.quantities, strict=True))
    # what is recorded by stage stands first
    order = sorted(by_name, key=lambda about: about.shared)
    basis = [county.basis(year) for year in schools.years]
    return pd.DataFrame(
        {
            "county": words([county.code], np.zeros_like(found.year)),
            "year": np.array(schools.years, dtype="int64")[found.year],
            "basis": words(basis, found.year),
            "stage": words(STAGES, found.stage),
            "school_id": of_school("school_id"),
            "school": of_school("name"),
            **{name: of_school(name) for name in ("type", "ownership", "sponsor", "area")},
            "students": found.students,
            "classes": of_stage("classes"),
            "teachers": of_stage("teachers"),
            **{about.quantity: by_name[about] for about in order if about.quantity not in _OWN},
            "share": found.share,
            "in_scope": found.reason == 0,
            "reason": pd.Series(np.array(REASONS, dtype=object)[found.reason], dtype=object),
            "note": of_school("note"),
            "sites": pd.Series(
                [SITES_BETWEEN.join(sites.get(each, ())) for each in of_school("school_id")]
                if sites
                else [""] * len(found.year),
                dtype=object,
            ),
        }
    )
