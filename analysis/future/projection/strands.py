"""Pupils by home and place: who moves keeps the ratios of the school whose cohort it was.

A strand is the pupils of one school's cohorts (`home`) who sit in one school (`place`). Cohorts and
entrants belong to homes, moves change places only: no move can change the county's number, in any year.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...measure.indicators import round_half_up, whole_down


class Strands:
    """The strands that there are so far; the first ones are the schools in their own place."""

    def __init__(self, schools: int):
        self.schools = schools
        self.home, self.place = list(range(schools)), list(range(schools))
        self.index = {(school, school): school for school in range(schools)}

    def __len__(self) -> int:
        return len(self.home)

    def find(self, home: int, place: int) -> int:
        """Number of a strand, which is made if there is none."""
        key = home, place
        if key not in self.index:
            self.index[key] = len(self.home)
            self.home.append(home)
            self.place.append(place)
        return self.index[key]

    def at(self, place: int) -> list[int]:
        """Strands of a place."""
        return [number for number, here in enumerate(self.place) if here == place]

    def padded(self, cells: np.ndarray) -> np.ndarray:
        """Cells with an empty row for every strand that has come up since."""
        more = len(self) - cells.shape[-2]
        if not more:
            return cells
        empty = np.zeros((*cells.shape[:-2], more, cells.shape[-1]))
        return np.concatenate([cells, empty], axis=-2)

    def by_school(self, cells: np.ndarray) -> np.ndarray:
        """Pupils by the school in which they sit: (..., schools, 9)."""
        if cells.shape[-2] == self.schools:
            return cells
        found = cells[..., : self.schools, :].copy()
        for number in range(self.schools, cells.shape[-2]):
            found[..., self.place[number], :] += cells[..., number, :]
        return found


class Pupils:
    """Pupils of one year while they are moved.

    Parameters
    ----------
    strands : Strands
    cells : ndarray, shape (..., strands, 9)
    whole : bool
        Whether only whole pupils are moved.
    """

    def __init__(self, strands: Strands, cells: np.ndarray, whole: bool):
        self.strands, self.cells, self.whole = strands, cells, whole

    @property
    def middle(self) -> bool:
        """Whether it is the single middle course, without an axis of draws."""
        return self.cells.ndim == 2

    def at(self, school: int) -> np.ndarray:
        """Pupils of a school: (..., 9)."""
        return self.cells[..., self.strands.at(school), :].sum(axis=-2)

    def by_school(self) -> np.ndarray:
        """Pupils of all schools: (..., schools, 9)."""
        return self.strands.by_school(self.cells)

    def give(self, origin: int, targets: Iterable[int], grades: slice, part) -> np.ndarray:
        """Take a part (0 to 1) of grades from a school and divide it equally; what was taken."""
        targets, total = list(targets), 0.0
        # as they are now: what comes to the origin in this very move does not leave it again
        for strand in self.strands.at(origin):
            here = self.cells[..., strand, grades]
            taken = here * part
            if self.whole:
                taken = round_half_up(taken, 0)
            if strand >= self.strands.schools and not np.any(taken):
                continue
            self.cells[..., strand, grades] = here - taken
            done = np.zeros_like(taken)
            for number, target in enumerate(targets, 1):
                upto = taken * number / len(targets)
                if self.whole:
                    upto = whole_down(upto)
                to = self.strands.find(self.strands.home[strand], target)
                self.cells = self.strands.padded(self.cells)
                self.cells[..., to, grades] += upto - done
                done = upto
            total = total + taken
        return total
