"""What a requirement comes to: values by year and unit, of the county or of its schools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .facts import NAN, CountyData, ratio


@dataclass(frozen=True)
class Measure:
    """What a requirement comes to in every year.

    Attributes
    ----------
    year : ndarray of int, shape (k,)
        Position of each value's year among those of the data, ascending. A year without a value has
        nothing to judge.
    unit : ndarray of str, shape (k,)
        The school (or subject) whose value it is; empty for the county as a whole.
    value : ndarray of float, shape (k,)
        NaN: not reported.
    limit : ndarray of float, shape (k,), or None
        Limit of each unit where a concession may give it one of its own.
    text : dict of int to str
        What the county reported in a year as text, mostly a finding (yes or no).
    reported : ndarray of bool, shape (years,)
        Whether the value was reported as it is, not computed.
    evidence : dict of int to str
        What the county wrote beside a reported value.
    """

    year: np.ndarray
    unit: np.ndarray
    value: np.ndarray
    limit: np.ndarray | None = None
    text: Mapping[int, str] = field(default_factory=dict)
    reported: np.ndarray | None = None
    evidence: Mapping[int, str] = field(default_factory=dict)

    @property
    def values(self) -> pd.Series:
        """The values by unit."""
        return pd.Series(self.value, index=self.unit)


def of_county(data: CountyData, value: np.ndarray, where: np.ndarray | None = None) -> Measure:
    """A value of the county as a whole in each year, or only in some."""
    years = np.arange(len(data.rules)) if where is None else np.flatnonzero(where)
    return Measure(years, np.full(len(years), "", dtype=object), value[years])


def by_school(
    data: CountyData, rows: np.ndarray, value: np.ndarray, limit: np.ndarray | None = None
) -> Measure:
    """Values of some of the rows."""
    return Measure(data.facts.year[rows], data.facts.names[rows], value, limit)


def share_of(part: str, whole: str) -> Callable[[CountyData], Measure]:
    """A share of two numbers that the county reports."""

    def share(data: CountyData) -> Measure:
        return of_county(data, ratio(data.facts.figures(part), data.facts.figures(whole)))

    return share


def share_of_some(part: str, whole: str) -> Callable[[CountyData], Measure]:
    """A share of two reported numbers; nothing to judge in a year in which both are 0."""

    def share(data: CountyData) -> Measure:
        counted, among = data.facts.figures(part), data.facts.figures(whole)
        return of_county(data, ratio(counted, among), ~((counted == 0) & (among == 0)))

    return share


def has_stage(data: CountyData, stage: str) -> np.ndarray:
    """In which years any school but a special-education school may have students of the stage."""
    students = data.facts.column(f"students_{stage}")
    # a school with attached classes has the stages that it reports
    attached = data.facts.among("type", "attached_class") & np.isnan(students)
    having = data.facts.teaches(stage) & (students != 0) & ~attached
    return data.facts.counts(having & ~data.facts.among("type", "special_education")) > 0


def only_with(
    stage: str, function: Callable[[CountyData], Measure]
) -> Callable[[CountyData], Measure]:
    """Not applicable in the years without a school of the stage."""

    def limited(data: CountyData) -> Measure:
        found, there = function(data), has_stage(data, stage)
        if there.all():
            return found
        kept = there[found.year]
        text = {position: text for position, text in found.text.items() if there[position]}
        return Measure(
            *(found.year[kept], found.unit[kept], found.value[kept], None, text),
            *(found.reported, {p: e for p, e in found.evidence.items() if there[p]}),
        )

    return limited


def of_units(units: Mapping[str, np.ndarray]) -> Measure:
    """Values of units that are known, by year; one that is not known where none is."""
    names = np.array([*units, ""], dtype=object)
    table = np.stack([*units.values(), np.full(len(next(iter(units.values()))), NAN)], axis=1)
    known = ~np.isnan(table)
    known[:, -1] = ~known.any(axis=1)
    year, unit = np.nonzero(known)
    return Measure(year, names[unit], table[year, unit])
