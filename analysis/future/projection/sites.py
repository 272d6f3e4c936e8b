"""Buildings, grounds, equipment and rooms of the schools."""

from __future__ import annotations

import numpy as np

from ...base.schema.terms import STAGES
from ..assumptions.moves import NewSchool
from ..assumptions.roster import Schools
from ..assumptions.sections import Addition
from ..past.observed import Observed, quiet


class Sites:
    """What the schools have.

    Attributes
    ----------
    quantities : dict of str to ndarray, shape (schools,)
        By the names of `analysis.future.past.observed.site_columns`; NaN where nothing was reported.
    rooms : tuple of ndarray
        Positions of schools, kinds and areas.
    classrooms : dict of str to ndarray, shape (schools,)
        By stage: the most classes that it ever had at the school, and what is added.
    additions : list of tuple
        What was added: year, school, quantity, amount.
    """

    def __init__(
        self,
        seen: Observed,
        yearly: dict[str, np.ndarray],
        schools: Schools,
        columns: tuple[str, ...],
    ):
        self.schools = schools
        self.quantities = {name: yearly[name][:, -1].copy() for name in columns}
        self.rooms = seen.rooms
        self.additions: list[tuple[int, int, str, float]] = []
        with quiet():
            most = {s: np.nanmax(yearly[f"classes_{s}"], axis=1) for s in STAGES}
        self.classrooms = {stage: np.nan_to_num(values) for stage, values in most.items()}
        for code, school in schools.new.items():
            self._furnish(schools.place[code], school)

    def _furnish(self, number: int, school: NewSchool) -> None:
        for name in self.quantities:
            value = school.amount(name)
            self.quantities[name][number] = np.nan if value is None else value
        rooms = (("music", school.music_rooms_m2), ("art", school.art_rooms_m2))
        self._more_rooms([(number, kind, area) for kind, areas in rooms for area in areas])
        taught = [stage for stage in STAGES if self.schools.teaches[stage][number]]
        if school.classrooms is not None:
            for stage in taught:
                self.classrooms[stage][number] = school.classrooms * (1 / len(taught))

    def _more_rooms(self, new: list[tuple[int, str, float]]) -> None:
        added = (
            np.array([school for school, _, _ in new], dtype=int),
            np.array([kind for _, kind, _ in new], dtype=object),
            np.array([area for _, _, area in new], dtype=float),
        )
        self.rooms = tuple(np.concatenate(pair) for pair in zip(self.rooms, added, strict=True))

    def pass_on(self, name: str, origin: int, target: list[int], amount: float) -> None:
        """An amount of something goes from a school to others in equal parts."""
        if not np.isfinite(amount):
            return
        here = self.quantities[name]
        here[origin] -= amount
        for each in target:
            here[each] = np.nan_to_num(here[each]) + amount / len(target)

    def pass_classrooms_on(self, stage: str, origin: int, target: list[int]) -> None:
        """All classrooms of a stage go to other schools, if there are any that teach it."""
        rooms = self.classrooms[stage]
        for each in target:
            rooms[each] += rooms[origin] / len(target)
        if target:
            rooms[origin] = 0.0

    def pass_rooms_on(self, origin: int, target: int) -> None:
        """The music and art rooms of a school become those of another."""
        school, *rest = self.rooms
        self.rooms = (np.where(school == origin, target, school), *rest)

    def add(self, entry: Addition) -> list[int]:
        """Put what is built or bought at its schools; their positions."""
        chosen = self.schools.numbers(entry.schools)
        for number in chosen:
            for name, here in self.quantities.items():
                amount = entry.amount(name) / len(chosen)
                if amount:
                    here[number] = max(here[number] + amount, 0.0)
                    self.additions.append((entry.year, number, name, amount))
            stages = [stage for stage in STAGES if self.schools.teaches[stage][number]]
            for stage in stages:
                self.classrooms[stage][number] += entry.classrooms / len(chosen) / len(stages)
            rooms = (("music", entry.music_rooms_m2), ("art", entry.art_rooms_m2))
            new = [(number, kind, area) for kind, areas in rooms for area in areas]
            if new:
                self._more_rooms(new)
        return chosen
