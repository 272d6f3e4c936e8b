"""The ladder of grades as positions in an array, school by school, and the day that decides who enters it.

Arrays hold the pupils of grade 1 in the first place and those of grade 9 in the last. To which stage a
grade belongs depends on the school's system (`analysis.base.schema.systems`): a county may be mixed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.schema.systems import grades_of
from ..base.schema.terms import FIVE_FOUR, STAGES, SYSTEMS

GRADES = 9
#: Month and day by which a child must be six to enter first grade, where a scenario says nothing: the
#: built-in ones say it (`future/scenarios/baseline.yaml`, key `entry.cutoff`). Source: Compulsory Education Law,
#: art. 11 (age six); the day as in local enrolment rules.
CUTOFF = "08-31"


@dataclass(frozen=True)
class Group:
    """Schools of one system.

    Attributes
    ----------
    system : str
        One of `analysis.base.schema.terms.SYSTEMS`.
    rows : slice or ndarray of int
        Positions of the schools: all of them, without an index, where there is no other system.
    members : ndarray of bool, shape (schools,)
    span : dict of str to slice
        Positions of each stage's grades.
    """

    system: str
    rows: slice | np.ndarray
    members: np.ndarray
    span: dict[str, slice]


class Ladder:
    """Which grades of each school belong to a stage.

    Parameters
    ----------
    systems : Series of str
        The column `system` of the roster, a row for each school.

    Attributes
    ----------
    groups : tuple of Group
        By system, those with schools only.
    first : dict of str to ndarray of int, shape (schools,)
        Position of the entrance grade of each stage.
    rows : ndarray of int
        Positions of all schools; with `first` an index of entrants.
    inside : ndarray of bool, shape (schools, 8)
        Whether the step from a grade to the next one stays within a stage.
    """

    def __init__(self, systems: pd.Series):
        # blank is six and three
        five_four = pd.Series(systems).eq(FIVE_FOUR).fillna(False)
        self.five_four = five_four.to_numpy(dtype=bool)
        count = len(self.five_four)
        self.rows = np.arange(count)
        groups = []
        for system in SYSTEMS:
            members = self.five_four == (system == FIVE_FOUR)
            if members.any() or (not count and not groups):
                alone = members.all()
                rows = slice(None) if alone else np.flatnonzero(members)
                span = {s: slice(g[0] - 1, g[-1]) for s in STAGES for g in [grades_of(s, system)]}
                groups.append(Group(system, rows, members, span))
        self.groups = tuple(groups)
        self.first = {stage: np.empty(count, dtype=int) for stage in STAGES}
        for group in self.groups:
            for stage, span in group.span.items():
                self.first[stage][group.rows] = span.start
        self.inside = np.logical_or.reduce([self.steps(stage) for stage in STAGES])

    @property
    def mixed(self) -> bool:
        """Whether there are schools of both systems."""
        return len(self.groups) > 1

    def group(self, school: int) -> Group:
        """The schools of a school's system."""
        return next(each for each in self.groups if each.members[school])

    def span(self, school: int, stage: str) -> slice:
        """Positions of a stage's grades at a school."""
        return self.group(school).span[stage]

    def widest(self, stage: str) -> slice:
        """From the lowest to the highest grade that a stage has anywhere."""
        spans = [group.span[stage] for group in self.groups]
        return slice(min(s.start for s in spans), max(s.stop for s in spans))

    def within(self, stage: str) -> np.ndarray:
        """Whether each grade of each school belongs to a stage: (schools, 9)."""
        found = np.zeros((len(self.rows), GRADES), dtype=bool)
        for group in self.groups:
            found[group.rows, group.span[stage]] = True
        return found

    def steps(self, stage: str) -> np.ndarray:
        """Whether the step from a grade to the next one is within a stage: (schools, 8)."""
        within = self.within(stage)
        return within[:, :-1] & within[:, 1:]

    def total(self, cells: np.ndarray, stage: str) -> np.ndarray:
        """Sum over the grades of a stage.

        Parameters
        ----------
        cells : ndarray, shape (..., schools, 9)
        stage : str

        Returns
        -------
        ndarray, shape (..., schools)
        """
        if not self.mixed:
            return cells[..., self.groups[0].span[stage]].sum(axis=-1)
        found = np.empty(cells.shape[:-1], dtype=cells.dtype)
        for group in self.groups:
            found[..., group.rows] = cells[..., group.rows, group.span[stage]].sum(axis=-1)
        return found

    def entrants(self, cells: np.ndarray, stage: str) -> np.ndarray:
        """The entrance grade of a stage, of cells (..., schools, 9): (..., schools)."""
        if not self.mixed:
            return cells[..., self.groups[0].span[stage].start]
        return cells[..., self.rows, self.first[stage]]

    def by_grade(self, of_stage: dict[str, np.ndarray]) -> np.ndarray:
        """What is known by stage and school, repeated for the stage's grades: (schools, 9)."""
        found = np.empty((len(self.rows), GRADES))
        for group in self.groups:
            for stage, span in group.span.items():
                found[group.rows, span] = of_stage[stage][group.rows][:, None]
        return found
