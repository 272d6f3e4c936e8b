"""How cohorts are divided into classes, and how large the largest of them is."""

from __future__ import annotations

import numpy as np

from ...base.schema.terms import STAGES
from ...measure.indicators import HAIR, round_half_up, whole_up
from ..assumptions.roster import Schools
from ..assumptions.scenario import Scenario
from ..past.observed import quiet

#: A new class is not made smaller than this, nor an old one kept below the second number.
FULL_CLASS, SMALL_CLASS = 30.0, 20.0


class Division:
    """Class sizes of the last observed year, by stage and school, and what follows from them.

    Parameters
    ----------
    grid : dict of str to ndarray, shape (schools, 9, years)
        As `analysis.future.past.observed.Observed.grid`.
    limits : dict of str to float
        Class size allowed, by stage.
    scenario : Scenario
        Its caps divide classes further.
    schools : Schools
    """

    def __init__(self, grid: dict, limits: dict[str, float], scenario: Scenario, schools: Schools):
        self.scenario, self.schools, self.limit = scenario, schools, limits
        self.norm, self.excess, self.keeps, self.crowd = {}, {}, {}, {}
        last = {name: array[:, :, -1] for name, array in grid.items()}
        for stage in STAGES:
            self._observe(stage, last)

    def _observe(self, stage: str, last: dict[str, np.ndarray]) -> None:
        # a grade outside the stage is as one that is not reported
        span, within = self.schools.ladder.widest(stage), self.schools.ladder.within(stage)
        last = {
            name: np.where(within[:, span], array[:, span], np.nan) for name, array in last.items()
        }
        students, classes, largest = (last[n] for n in ("students", "classes", "largest_class"))
        limit = self.limit[stage]
        with np.errstate(divide="ignore", invalid="ignore"), quiet():
            mean = students / classes
            mean = np.where(np.isfinite(mean) & (mean > 0), mean, np.nan)
            size = np.nansum(students, axis=1) / np.nansum(classes, axis=1)
            crowd = np.nanmax(mean, axis=1)
            excess = np.nanmax(largest / mean, axis=1)
            self.keeps[stage] = np.nanmax(largest, axis=1) <= limit
        self.norm[stage] = np.where(np.isfinite(size), np.maximum(size, FULL_CLASS), limit)
        # classes that are larger than allowed are not divided because a year has passed
        self.crowd[stage] = np.fmax(crowd, limit)
        reported = ~np.isnan(largest).all(axis=1)
        never = ~(students > 0).any(axis=1)
        # a school that never reported its largest class is not assessed later either
        above = np.maximum(np.nan_to_num(excess, nan=1.0), 1.0)
        self.excess[stage] = np.where(reported, above, np.where(never, 1.0, np.nan))

    def limits(self, year: int) -> dict[str, np.ndarray]:
        """Size above which a class is divided, by stage and school; infinite without a cap.

        A school whose classes all kept to the size allowed in the last observed year goes on so.
        """
        limits = {}
        for stage in STAGES:
            limit = np.where(self.keeps[stage], self.limit[stage], np.inf)
            for cap in self.scenario.caps:
                if cap.start <= year and stage in cap.class_size:
                    chosen = self.schools.numbers(cap.schools) or slice(None)
                    limit[chosen] = np.minimum(limit[chosen], cap.class_size[stage])
            limits[stage] = limit
        return limits

    def divided(self, students: np.ndarray, before: np.ndarray, year: int) -> np.ndarray:
        """Classes of every grade: a cohort keeps its classes, unless they grow too large or small.

        A new cohort is divided into classes as large, on average, as those of its school and stage in
        the last observed year (at least 30), or as the cap allows.
        """
        caps = self.schools.ladder.by_grade(self.limits(year))
        norm = self.schools.ladder.by_grade(self.norm)
        most = np.minimum(self.schools.ladder.by_grade(self.crowd), caps)
        kept = np.empty_like(students)
        kept[..., 1:] = before[..., :-1]
        usual = np.minimum(norm, caps)
        for group in self.schools.ladder.groups:
            for span in group.span.values():
                new = students[..., group.rows, span.start] / usual[group.rows, span.start]
                kept[..., group.rows, span.start] = np.floor(new + 0.5)
        low = whole_up(students / most)
        high = whole_up(students / SMALL_CLASS)
        np.maximum(high, low, out=high)
        return np.clip(kept, low, high, out=kept)

    def largest(self, students: np.ndarray, classes: np.ndarray, year: int) -> np.ndarray:
        """Largest class of every grade: as far above the mean as in the last observed year.

        Where a cap rules, classes are filled evenly up to it. NaN at schools that never reported
        their largest class.
        """
        caps, excess = (
            self.schools.ladder.by_grade(self.limits(year)),
            self.schools.ladder.by_grade(self.excess),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = students / classes
        uneven = np.minimum(round_half_up(mean * excess, 0), caps)
        return np.where(np.isnan(excess), np.nan, np.maximum(uneven, whole_up(mean)))

    def too_large(
        self, students: np.ndarray, classes: np.ndarray, year: int, allowed: dict[str, float]
    ) -> np.ndarray:
        """Whether the county has a class above the size allowed.

        The same answer as comparing `largest` with it, in fewer steps for many draws.

        Returns
        -------
        ndarray of bool, shape (...)
        """
        caps, excess = (
            self.schools.ladder.by_grade(self.limits(year)),
            self.schools.ladder.by_grade(self.excess),
        )
        count = len(self.schools.ids)
        size = self.schools.ladder.by_grade(
            {s: np.full(count, np.floor(allowed[s])) for s in STAGES}
        )
        # the mean from which the largest class is rounded to more than the size allowed
        uneven = (size + 0.5) / np.nan_to_num(excess, nan=1.0) - 2 * HAIR
        mean = np.where(caps > size, np.minimum(size + HAIR, uneven), size + HAIR)
        mean[self.schools.special | np.isnan(excess).any(axis=1)] = np.inf
        return (students > classes * np.minimum(mean, 1e9)).any(axis=(-2, -1))
