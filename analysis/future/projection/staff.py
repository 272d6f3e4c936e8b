"""Teachers of the schools: who leaves, comes, changes school, and levels that are to be reached."""

from __future__ import annotations

import numpy as np

from ...base.schema.indicators import Indicator, Indicators
from ...base.schema.terms import STAGES
from ...measure.apportioning.dividing import numerator
from ...measure.indicators import whole_up
from ..assumptions.roster import Schools
from ..assumptions.sections import Recruitment, Rotation, StaffTarget
from ..past.observed import staff_columns

#: Students to whom the level of a target refers where no indicator says it.
PER = 100


class Staff:
    """Persons by school, stage and what they are.

    Attributes
    ----------
    columns : tuple of str
        As from `analysis.future.past.observed.staff_columns`: all teachers, then kinds of them.
    persons : ndarray, shape (schools, 2, columns)
        NaN where nothing was reported.
    """

    def __init__(self, yearly: dict[str, np.ndarray], schools: Schools, indicators: Indicators):
        self.schools, self.indicators = schools, indicators.staff
        self.columns = staff_columns(indicators)
        self.persons = np.stack(
            [
                np.stack([yearly[f"{name}_{stage}"][:, -1] for name in self.columns], axis=1)
                for stage in STAGES
            ],
            axis=1,
        )
        self.persons[schools.is_new] = 0.0

    def follow(self, origin: int, target: list[int], stage: str, part: float) -> None:
        """A part of a stage's teachers goes with its pupils."""
        number = STAGES.index(stage)
        going = np.nan_to_num(self.persons[origin, number]) * min(part, 1.0)
        self.persons[origin, number] = self.persons[origin, number] - going
        self._come(target, number, going)

    def _come(self, target: list[int], position: int, going: np.ndarray) -> None:
        for each in target:
            # a stage that a school has not had so far starts from nobody
            here = np.nan_to_num(self.persons[each, position])
            self.persons[each, position] = here + going / len(target)

    def go_on(self, year: int, scenario, rules, students: np.ndarray) -> None:
        """Everything that a scenario says of the teachers of a year.

        Parameters
        ----------
        year : int
        scenario : Scenario
        rules : callable
            Year -> the evaluation's numbers in force.
        students : ndarray, shape (schools, 9)
        """
        total = self.schools.ladder.total
        for entry in scenario.attrition:
            if entry.start <= year <= entry.last:
                chosen = [STAGES.index(s) for s in STAGES if entry.stage in (None, s)]
                self.persons[:, chosen] *= 1 - entry.share
        for entry in scenario.recruitment:
            if entry.start <= year <= entry.last:
                self._recruit(entry, rules(year), total(students, entry.stage))
        for entry in scenario.rotation:
            if entry.start <= year <= entry.last:
                self._rotate(entry)
        for entry in scenario.training:
            if entry.start <= year <= entry.last:
                chosen = self.schools.numbers(entry.schools)
                more = np.array([getattr(entry, name, 0.0) for name in self.columns[1:]])
                self.persons[chosen, STAGES.index(entry.stage), 1:] += more / len(chosen)
        for target in scenario.staff_targets:
            self._towards(target, year, rules, total(students, target.stage))

    def _lack(self, stage: str, rules, students: np.ndarray) -> np.ndarray:
        """Teachers that each school lacks for the thresholds of staff, the largest of them."""
        here = dict(zip(self.columns, self.persons[:, STAGES.index(stage)].T, strict=True))
        lacks = [
            rules.number(f"{name}.{stage}") * students / about.per - numerator(about, here)
            for name, about in self.indicators.items()
            if np.isfinite(rules.number(f"{name}.{stage}"))
        ]
        return np.nan_to_num(np.maximum(np.max(lacks, axis=0), 0.0)) if lacks else 0.0 * students

    def _recruit(self, entry: Recruitment, rules, students: np.ndarray) -> None:
        need = self._lack(entry.stage, rules, students)
        weights = divide(entry.to, need, students, self.schools)
        added = weights[:, None] * entry.persons * self._mix(entry)
        position = STAGES.index(entry.stage)
        here = self.persons[:, position]
        self.persons[:, position] = np.where(added > 0, np.nan_to_num(here) + added, here)

    def _mix(self, entry: Recruitment | Rotation) -> np.ndarray:
        """What a teacher who comes counts for; 0 of what the scenario does not speak of."""
        return np.array([1.0, *(getattr(entry, name, 0.0) for name in self.columns[1:])])

    def _rotate(self, entry: Rotation) -> None:
        position = STAGES.index(entry.stage)
        origin, target = self.schools.numbers(entry.origin), self.schools.numbers(entry.target)
        for number in origin:
            here = np.nan_to_num(self.persons[number, position])
            going = np.minimum(entry.persons / len(origin) * self._mix(entry), here)
            self.persons[number, position] -= going
            self._come(target, position, going)

    def _counting(self, kind: str) -> Indicator | None:
        """The indicator that asks for a kind of teachers and nothing else."""
        alone = (each for each in self.indicators.values() if each.columns == (kind,))
        return next(alone, None)

    def can_reach(self, target: StaffTarget) -> bool:
        """Whether a target is for teachers whom the standard looks at, with a level of its own or the standard's."""
        known = target.value is not None or self._counting(target.entry) is not None
        return known and target.entry in self.columns

    def _towards(self, target: StaffTarget, year: int, rules, students: np.ndarray) -> None:
        if not self.can_reach(target):
            return
        position, index = STAGES.index(target.stage), self.columns.index(target.entry)
        about, value = self._counting(target.entry), target.value
        per = PER if about is None else about.per
        if value is None:
            value = rules(target.by).number(f"{about.name}.{target.stage}")
        have = self.persons[:, position, index]
        need = value * students / per
        left = max(target.by - year + 1, 1)
        step = whole_up(have + np.maximum(need - have, 0.0) / left)
        rises = (students > 0) & ~self.schools.special & (need > have)
        wanted = np.where(rises, step, have)
        self.persons[:, position, index] = wanted
        # who is added is a full-time teacher too
        self.persons[:, position, 0] = np.maximum(self.persons[:, position, 0], wanted)


def divide(to, need: np.ndarray, students: np.ndarray, schools: Schools) -> np.ndarray:
    """How something is divided among schools: by need, by students, or equally among named ones."""
    if not isinstance(to, str):
        weights = np.zeros(len(schools.ids))
        weights[schools.numbers(to)] = 1.0
    elif to == "need" and need.sum() > 0:
        weights = need
    else:
        weights = np.where(schools.special, 0, students)
    return weights / weights.sum() if weights.sum() > 0 else weights
