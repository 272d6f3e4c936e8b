"""Verdicts of many draws of one projected year, by the functions that judge a single course.

Only the axis is another one: where a register has rows, draws have pupils of shape
``(draws, schools)``; staff, sites and what the county reports belong to the middle course.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ...base.schema.terms import STAGES
from ...measure.apportioning.columns import is_word
from ...measure.apportioning.dividing import Added, divide
from ...measure.apportioning.scope import Kind, exclusions, scope_rules
from ...measure.balance import cv_entry, cv_limits, cv_status, cv_weights, with_composite
from ...measure.dispersion import Drawn, moments
from ...measure.indicators import asked_of_schools, judge_ratios, thresholds
from ...measure.requirements.concessions import SCHOOL_SIZES, size_limits
from ...measure.requirements.facts import CountyData
from ...measure.requirements.guarantee import compulsory_students, has_size_limit
from ...measure.school_rule import school_rule
from ...measure.study import Study
from ...measure.verdicts import (
    MET,
    NOT_APPLICABLE,
    NOT_ASSESSED,
    NOT_MET,
    judge_values,
    three_valued,
)
from ..project import blank
from ..projection.model import Model


@dataclass(frozen=True)
class StageOfDraws:
    """Figures of a stage and year in every draw.

    Attributes
    ----------
    mean : ndarray, shape (k, draws)
        Of the indicators; NaN where a school did not report.
    cv : ndarray, shape (k + 1, draws)
        The composite last.
    passing : ndarray of bool, shape (draws,)
        Whether every school judged meets the school rule.
    """

    mean: np.ndarray
    cv: np.ndarray
    passing: np.ndarray


class DrawnYear:
    """One projected year of a study, ready to judge draws of its pupils."""

    def __init__(self, model: Model, study: Study, year: int):
        self.model, self.rules = model, study.years[year]
        position = sorted(study.years).index(year)
        entered = study.entered.year == position
        self.stages = []
        for stage in range(len(STAGES)):
            # schools that have the stage in this year, whether they are judged or not
            schools = study.entered.school[entered & (study.entered.stage == stage)]
            self.stages.append(_Stage(model, study, self.rules, stage, np.sort(schools)))
        self._sizes(study, position)
        others = study.all_evaluation
        others = others[(others["year"] == year) & (others["part"] != "resource")]
        others = others[~others["item"].str.match(r"G[45](\.|$)")]
        self.others = three_valued(others["status"])

    def limit(self, indicator: str, stage: str) -> float:
        """The limit of a coefficient of variation; NaN without one."""
        return self.rules.number(cv_entry(self.rules, indicator, stage))

    def _sizes(self, study: Study, position: int) -> None:
        """Most students of each school, by entry, and of a class, by stage."""
        roster = self.model.roster
        self.among = functools.cache(lambda column, *words: is_word(roster[column], *words))
        rows = np.flatnonzero(study.facts.year == position)
        data = CountyData(study.facts, study.years, study.concessions)
        self.school_sizes = []
        for entry in SCHOOL_SIZES:
            if self.rules.get(entry) is not None:
                most = np.full(len(roster), np.nan)
                most[study.facts.school[rows]] = size_limits(entry, data)[rows]
                chosen = has_size_limit(entry, self.among) & np.isfinite(most)
                self.school_sizes.append((self.rules.rule(entry), chosen, most[chosen]))
        self.class_size = {}
        for stage in STAGES:
            entry = f"G5.{stage}"
            most = self.rules.number(entry) if self.rules.get(entry) is not None else np.inf
            below = np.isfinite(most) and self.rules.rule(entry) == "below"
            self.class_size[stage] = np.ceil(most) - 1 if below else most

    def judge(
        self, students: dict, site: dict, record: dict, crowded: np.ndarray
    ) -> tuple[np.ndarray, dict[str, StageOfDraws]]:
        """Judge draws.

        Parameters
        ----------
        students : dict of str to ndarray, shape (draws, schools)
            By stage.
        site : dict of str to ndarray, shape (schools,) or (draws, schools)
            What schools record once.
        record : dict
            The middle course's staff (schools, 2, 4) and senior students (schools,).
        crowded : ndarray of bool, shape (draws,)
            Whether a class is too large (`Model.too_large`).

        Returns
        -------
        verdicts : ndarray of bool, shape (6, draws)
            Whether it is known that schools, coefficients of variation, sizes, the first two and
            everything meet the rules; and whether nothing fails but something is not known.
        stages : dict of str to StageOfDraws
        """
        heads = [
            np.where(blank(self.model, stage, students[stage]), np.nan, students[stage])
            for stage in STAGES
        ]
        given = (*heads, np.broadcast_to(record["senior"], heads[0].shape))
        failing = np.zeros((3, len(crowded)), dtype=bool)
        gap = np.zeros_like(failing)  # what was not reported, likewise
        stages = {}
        for stage, judged in zip(STAGES, self.stages, strict=True):
            schools, cv, stages[stage] = judged.judge(given, site, record["staff"])
            for number, status in enumerate((schools, cv)):
                failing[number] |= (status == NOT_MET).any(axis=0)
                gap[number] |= (status == NOT_ASSESSED).any(axis=0)
            never = np.isnan(self.model.excess[stage]) & ~self.model.special
            if np.isfinite(self.class_size[stage]):
                gap[2] |= (never & (students[stage] > 0)).any(axis=1)
        failing[2] |= crowded
        size = compulsory_students(heads, self.among)
        for rule, chosen, most in self.school_sizes:
            status = judge_values(size[:, chosen], rule, most)
            failing[2] |= (status == NOT_MET).any(axis=1)
            gap[2] |= (status == NOT_ASSESSED).any(axis=1)
        fine = ~failing & ~gap
        met = fine.all(axis=0) & (self.others in ("met", "not_applicable"))
        open_ = ~failing.any(axis=0) & (self.others != "not_met") & ~met
        return np.stack([*fine, fine[0] & fine[1], met, open_]), stages


class _Stage:
    """What a stage is judged by in a year, and the schools that have it."""

    def __init__(self, model: Model, study: Study, rules, stage: int, schools: np.ndarray):
        self.stage, self.schools, self.rules = stage, schools, rules
        self.taught = study.facts.schools.taught[:, schools]

        def among(column: str, *words: str) -> np.ndarray:
            return is_word(model.roster[column], *words)[schools]

        def reported(column: str) -> np.ndarray:
            return model.observed[column][schools, -1]

        def by_stage(name: str) -> np.ndarray:
            return reported(f"{name}_{STAGES[stage]}")

        self.kind = Kind.of(among)
        self.added = Added.of(study.concessions, [rules], 0, among, by_stage, reported)
        self.scope = [each[0] for each in scope_rules([rules])]
        self.indicators, self.staff = rules.indicators, model.staff.columns
        self.asks = rules.asks_of_schools
        # one axis of draws and one of schools behind that of the indicators
        self.asked = asked_of_schools(self.indicators)[:, stage, None, None]
        threshold, floor = thresholds([rules])
        self.threshold, self.floor = threshold[:, 0, stage], floor[:, 0, stage]
        self.limits = cv_limits([rules])[:, 0, stage, None]
        self.needed = rules.number("school.indicators_met")
        self.rounded = rules["option.decide_on"] == "rounded"

    def judge(
        self, given: tuple[np.ndarray, ...], site: dict, staff: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, StageOfDraws]:
        """Status of every school (n, draws) and CV (k + 1, draws), positions in `VERDICTS`; and the figures."""
        given = tuple(each[:, self.schools] for each in given)
        students = given[self.stage]
        reason = exclusions(students, self.kind, *self.scope)
        judged = reason == 0
        _, quantities = divide(
            self.stage,
            given,
            self.taught,
            {
                name: staff[self.schools, self.stage, self.staff.index(name)]
                for name in self.indicators.stage_columns
            },
            {name: site[name][..., self.schools] for name in self.indicators.school_columns},
            self.added,
            self.indicators,
        )
        value, status = judge_ratios(
            *(self.indicators, quantities, students, self.threshold, self.floor),
            *(self.rounded, self.asked),
        )
        schools = np.full(judged.shape, NOT_APPLICABLE)
        if self.asks:
            rule = school_rule(status, self.needed, self.asked)
            schools = np.where(judged, rule.status, -1)
        weight = np.where(judged, cv_weights(students, {0: self.rules}), 0.0)
        found = moments(np.where(judged, value, 0.0), weight, Drawn())
        cv, missing = with_composite(found.cv, found.missing)
        status = cv_status(cv, missing, judged.sum(axis=1), self.limits, self.rounded)
        figures = StageOfDraws(
            mean=np.where(found.missing == 0, found.mean, np.nan),
            cv=cv,
            passing=((schools == MET) | ~judged).all(axis=1) & judged.any(axis=1),
        )
        return schools.T, status, figures
