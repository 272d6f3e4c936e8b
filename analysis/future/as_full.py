"""The tables of projected years with the pupils of the last observed one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.schema.systems import stages_of_rows
from ..base.schema.terms import STAGES
from ..measure.apportioning.columns import positions
from ..measure.indicators import round_half_up
from ..measure.study import Study

_FUNDS = ("operating_funds_cny", "training_funds_cny")
_HEADS = tuple(f"students_{stage}" for stage in (*STAGES, "senior"))


@dataclass(frozen=True)
class _Parted:
    """Schools (of the roster) of a stage in a year: those whose pupils stand where they were, those
    between which pupils were moved, and by what the pupils of the latter are multiplied."""

    stays: np.ndarray
    moving: np.ndarray
    factor: float


class Full:
    """`school_years` and `enrolment` of a study, some of whose projected years get the pupils of the
    last observed one; other projected years are left out."""

    def __init__(self, study: Study, ahead: Sequence[int]):
        schools = study.facts.schools
        tables, years = study.county.tables, list(study.years)
        self.roster = tables["schools"]
        self.ids = schools.roster["school_id"]
        self.ordinary = ~schools.among("type", "special_education")
        self.last, self.ahead = study.county.last_observed, list(ahead)
        self.yearly, self.grades = tables["school_years"], tables["enrolment"]
        self.rows = {year: schools.row[years.index(year)] for year in (self.last, *self.ahead)}
        self.school = positions(self.grades["school_id"], self.ids)
        self.flows = study.outlook.flows
        self.parted = {
            year: {stage: self._parted(stage, year) for stage in STAGES} for year in self.ahead
        }

    def _column(self, name: str, year: int) -> np.ndarray:
        """A column of `school_years` by school of the roster; NaN where there is no row."""
        row = self.rows[year]
        return np.where(row >= 0, self.yearly[name].to_numpy(dtype=float)[row], np.nan)

    def _parted(self, stage: str, year: int) -> _Parted:
        then, now = self.rows[self.last] >= 0, self.rows[year] >= 0
        before, after = (
            np.nan_to_num(self._column(f"students_{stage}", each)) for each in (self.last, year)
        )
        flows = self.flows[(self.flows["year"] <= year) & (self.flows["stage"] == stage)]
        named = pd.Series([*flows["origin"], *flows["target"]], dtype="str")
        moved = np.zeros(len(self.ids), dtype=bool)
        moved[positions(self.ids, named.drop_duplicates()) >= 0] = True
        known = self.ordinary & (then | now)
        strange = ((before > 0) & ~now) | ((after > 0) & (before == 0))
        if (strange & known & ~moved).any():
            # a school of the roster opens or closes without a move: its pupils are anywhere
            moved = known
        moved = moved & known
        whole = after[moved].sum()
        factor = float(before[moved].sum() / whole) if whole > 0 else 1.0
        return _Parted(known & ~moved & then & now, moved & now, factor)

    def enrolment(self) -> pd.DataFrame:
        """The rows by grade: what stays, then what stands where it was, stage by stage."""
        year = self.grades["year"].to_numpy(dtype=float)
        stage = _by_stage(self.grades, self.roster)
        before = year == self.last
        parts, shown = [np.flatnonzero(year <= self.last)], []
        for each in self.ahead:
            stays = [
                here & (self.school >= 0) & self.parted[each][name].stays[self.school]
                for name, here in zip(STAGES, stage, strict=True)
            ]
            parts.append(np.flatnonzero((year == each) & ~np.any(stays, axis=0)))
            parts += [np.flatnonzero(before & here) for here in stays]
            shown += [each] * sum(map(len, parts[-1 - len(STAGES) :]))
        taken = np.concatenate(parts)
        table = _taken(self.grades, taken)
        year = year[taken]
        year[len(parts[0]) :] = shown
        students, classes = (
            table[name].to_numpy(dtype=float, copy=True) for name in ("students", "classes")
        )
        for each in self.ahead:
            for name, here in zip(STAGES, stage, strict=True):
                parted = self.parted[each][name]
                chosen = (year == each) & here[taken] & (self.school[taken] >= 0)
                chosen &= parted.moving[self.school[taken]]
                students[chosen] *= parted.factor
                classes[chosen] = _classes(classes[chosen] * parted.factor)
        return table.assign(year=year, students=students, classes=classes)

    def school_years(self, enrolment: pd.DataFrame) -> pd.DataFrame:
        """The rows by school; `enrolment` says how many classes those between which pupils move have."""
        year = self.yearly["year"].to_numpy(dtype=float)
        taken = np.flatnonzero((year <= self.last) | np.isin(year, self.ahead))
        place = np.full(len(year) + 1, -1)
        place[taken] = np.arange(len(taken))
        table = _taken(self.yearly, taken)
        names = (*_HEADS, *(f"classes_{stage}" for stage in STAGES), *_FUNDS)
        own = {name: table[name].to_numpy(dtype=float, copy=True) for name in names}
        then = place[self.rows[self.last]]
        counted = _Counted(enrolment, self.ids, self.roster)
        for each in self.ahead:
            self._fill(own, then, place[self.rows[each]], each, counted)
        return table.assign(**own)

    def _fill(
        self, own: dict, then: np.ndarray, now: np.ndarray, year: int, counted: _Counted
    ) -> None:
        """Write a year's figures; `then` and `now`: rows by school in the last observed year and in it."""

        def heads(at: np.ndarray) -> np.ndarray:
            return sum(np.nan_to_num(own[name][at]) for name in _HEADS)

        projected, moved = heads(now), np.zeros(len(now), dtype=bool)
        for stage in STAGES:
            parted = self.parted[year][stage]
            pupils, classes = own[f"students_{stage}"], own[f"classes_{stage}"]
            for values in (pupils, classes):
                values[now[parted.stays]] = values[then[parted.stays]]
            at = now[parted.moving]
            pupils[at] *= parted.factor
            classes[at] = _classes(classes[at] * parted.factor)
            listed, classes_of = counted.of(stage, year)
            listed &= parted.moving
            classes[now[listed]] = classes_of[listed]
            moved |= parted.moving
        kept = (now >= 0) & (then >= 0) & ~moved & self.ordinary
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(projected > 0, heads(now) / projected, 1.0)
        for name in _FUNDS:
            own[name][now[kept]] = own[name][then[kept]]
            own[name][now[moved]] *= ratio[moved]


class _Counted:
    """Classes of an `enrolment` by school of the roster."""

    def __init__(self, table: pd.DataFrame, ids: pd.Series, roster: pd.DataFrame):
        self.school, self.schools = positions(table["school_id"], ids), len(ids)
        self.year, self.classes = (
            table[name].to_numpy(dtype=float) for name in ("year", "classes")
        )
        self.stage = dict(zip(STAGES, _by_stage(table, roster), strict=True))

    def of(self, stage: str, year: int) -> tuple[np.ndarray, np.ndarray]:
        """Which schools have rows of a stage in a year, and the sum of their known classes."""
        here = (self.year == year) & self.stage[stage] & (self.school >= 0)
        school = self.school[here]
        there = np.bincount(school, minlength=self.schools) > 0
        return there, np.bincount(school, np.nan_to_num(self.classes[here]), self.schools)


def _by_stage(table: pd.DataFrame, roster: pd.DataFrame) -> list[np.ndarray]:
    """Which rows of a table of grades belong to each stage, by the system of their school."""
    stages = stages_of_rows(table, roster)
    return [stages.eq(stage).fillna(False).to_numpy(dtype=bool) for stage in STAGES]


def _taken(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    found = table.take(rows)
    found.index = pd.RangeIndex(len(found), name=table.index.name)
    return found


def _classes(exact: np.ndarray) -> np.ndarray:
    """Whole classes, one at least where there are any."""
    return np.where(exact > 0, np.maximum(round_half_up(exact, 0), 1.0), round_half_up(exact, 0))
