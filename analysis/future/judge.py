"""Whether drawn pupils meet the standard: the rules of one year for many draws at once."""

from __future__ import annotations

import numpy as np

from ..apportioning import WEIGHTS, shared_quantities
from ..evaluate import CV_DECIMALS, three_valued
from ..indicators import at_least, at_most, round_half_up
from ..schema import INDICATORS, STAGES
from .model import Model
from .observed import SITE, STAFF


class Judge:
    """Thresholds, limits and scope of one year, for pupils with an axis of draws."""

    def __init__(self, model: Model, study, year: int):
        rules = study.years[year]
        self.model = model
        self.thresholds = {
            stage: np.array([rules.number(f"{name}.{stage}") for name in INDICATORS])
            for stage in STAGES
        }
        self.limits = {stage: rules.number(f"cv.{stage}") for stage in STAGES}
        self.floor = rules.number("school.floor")
        self.needed = rules.number("school.indicators_met")
        self.rounded = rules["option.decide_on"] == "rounded"
        self.unweighted = rules["option.cv_weighting"] == "none"
        self.small = rules.number("option.teaching_point_students")
        register = study.register[study.register["year"] == year]
        static = register[~register["reason"].isin(["small_teaching_point", "no_students"])]
        self.scope = {
            stage: np.isin(
                model.ids, static.loc[(static["stage"] == stage) & static["in_scope"], "school_id"]
            )
            | np.isin(
                model.ids,
                register.loc[
                    (register["stage"] == stage)
                    & register["reason"].isin(["small_teaching_point", "no_students"]),
                    "school_id",
                ],
            )
            for stage in STAGES
        }
        self.point = (model.roster["type"] == "teaching_point").to_numpy()
        self._sizes(study, rules)
        self._concessions(study, rules)
        others = study.all_evaluation
        others = others[(others["year"] == year) & (others["part"] != "resource")]
        others = others[~others["item"].str.match(r"G[45](\.|$)")]
        self.others = three_valued(others["status"])

    def _sizes(self, study, rules) -> None:
        """Largest sizes allowed for schools and classes; infinite where nothing is in force."""
        model, kind = self.model, self.model.roster["type"]
        through = kind.isin(["nine_year", "twelve_year"]).to_numpy()

        def number(name: str) -> float:
            value = rules.number(name) if name in rules and rules[name] is not None else np.nan
            return value if np.isfinite(value) else np.inf

        limit = np.where(through, number("G4.through_school_size"), number("G4.school_size"))
        if "size_built_by_2010" in study.concessions:
            built = model.roster["built_year"].to_numpy(dtype=float, na_value=np.nan)
            old = built <= rules.number("concession.size_built_by_2010.built_by")
            for chosen, entry in ((through, "through_school_size"), (~through, "school_size")):
                eased = number(f"concession.size_built_by_2010.{entry}")
                limit = np.where(old & chosen & np.isfinite(eased), eased, limit)
        self.school_size = np.where(model.special, np.inf, limit)
        self.class_size = {stage: number(f"G5.{stage}") for stage in STAGES}

    def _concessions(self, study, rules) -> None:
        """What concessions add to what the schools have, as in `analysis.apportioning.register`."""
        seen, area = self.model.observed, self.model.roster["area"]

        def more(column: str, where: str) -> np.ndarray:
            return np.where(area == where, np.nan_to_num(seen[column][:, -1]), 0.0)

        on, name = study.concessions, "concession.pe_arts_part_time.students"
        self.venues = more("off_campus_sports_area_m2", "urban") if "sports_venues" in on else 0.0
        self.part_time = None
        if "pe_arts_part_time" in on:
            self.part_time = {
                stage: more(f"pe_arts_part_time_{stage}", "rural") for stage in STAGES
            }
            self.part_time_size = tuple(rules.number(f"{name}_{end}") for end in ("from", "below"))

    def judge(self, students: dict, site: dict, record: dict, crowded: np.ndarray):
        """Verdicts (6, draws) and coefficients of variation {stage: (draws, 7)}."""
        count, staff = len(students["primary"]), record["staff"]
        weighted = sum(WEIGHTS[stage] * students[stage] for stage in STAGES)
        weighted = weighted + WEIGHTS["senior"] * np.nan_to_num(record["senior"])
        site = site | {"outdoor_sports_area_m2": site["outdoor_sports_area_m2"] + self.venues}
        shared = shared_quantities(*(site[name] for name in SITE))
        both = students["primary"] + students["junior"]
        failing = np.zeros((3, count), dtype=bool)  # schools, cv, sizes
        gap = np.zeros((3, count), dtype=bool)  # what was not reported, likewise
        variations = {}
        for position, stage in enumerate(STAGES):
            pupils = students[stage]
            scope = self.scope[stage] & (pupils > 0) & ~(self.point & (pupils < self.small))
            chosen = np.flatnonzero(scope.any(axis=0))
            variations[stage] = np.full((count, len(INDICATORS)), np.nan)
            if not len(chosen):
                continue
            scope, pupils = scope[:, chosen], pupils[:, chosen]
            weight = np.where(scope, 1.0 if self.unweighted else pupils, 0.0)
            whole = weight.sum(axis=1)
            with np.errstate(divide="ignore", invalid="ignore"):
                per_student = np.where(scope, 1.0 / pupils, 0.0)
                per_weight = np.where(scope, WEIGHTS[stage] / weighted[:, chosen], 0.0)
                met = np.zeros(pupils.shape, dtype=np.int8)
                gaps = np.zeros(pupils.shape, dtype=np.int8)
                low = np.zeros(pupils.shape, dtype=bool)
                partial = np.zeros((count, len(INDICATORS)), dtype=bool)
                for number, indicator in enumerate(INDICATORS.values()):
                    if indicator.shared:
                        quantity = shared[indicator.quantity][..., chosen]
                        value = quantity * indicator.per * per_weight
                    else:
                        quantity = staff[chosen, position, STAFF.index(indicator.quantity)]
                        if indicator.quantity == "pe_arts" and self.part_time is not None:
                            low_end, high_end = self.part_time_size
                            few = (both[:, chosen] >= low_end) & (both[:, chosen] < high_end)
                            quantity = quantity + np.where(few, self.part_time[stage][chosen], 0.0)
                        value = quantity * indicator.per * per_student
                    unreported = np.isnan(quantity)
                    counted, total = weight, whole
                    if unreported.any():
                        gaps += unreported
                        value = np.where(unreported, 0.0, value)
                        counted = np.where(unreported, 0.0, weight)
                        total = counted.sum(axis=1)
                        partial[:, number] = (unreported & scope).any(axis=1)
                    threshold = self.thresholds[stage][number]
                    mean = np.einsum("ds,ds->d", counted, value) / total
                    decided = round_half_up(value, indicator.decimals) if self.rounded else value
                    met += at_least(decided, threshold)
                    low |= ~at_least(decided, threshold * self.floor) & ~unreported
                    # differences first: the stable form of the sum of squares
                    value -= mean[:, None]
                    spread = np.einsum("ds,ds,ds->d", counted, value, value) / total
                    variations[stage][:, number] = np.sqrt(spread) / mean
            unknown = (gaps > 0) & scope
            # what was not reported may still pass: only what fails in any case is a failure
            fails = (low | (met + gaps < self.needed)) & scope
            failing[0] |= fails.any(axis=1)
            gap[0] |= (unknown & ~fails).any(axis=1)
            cv = variations[stage]
            if np.isfinite(self.limits[stage]):
                decided = round_half_up(cv, CV_DECIMALS) if self.rounded else cv
                failing[1] |= (~at_most(decided, self.limits[stage]) & ~partial).any(axis=1)
                gap[1] |= partial.any(axis=1)
            never = np.isnan(self.model.excess[stage]) & ~self.model.special
            gap[2] |= (never & (students[stage] > 0)).any(axis=1)
        failing[2] |= crowded
        failing[2] |= (~at_most(both, self.school_size)).any(axis=1)
        fine = ~failing & ~gap
        sound = ~failing.any(axis=0)
        met = fine.all(axis=0) & (self.others == "met")
        open_ = sound & (self.others != "not_met") & ~met
        return np.stack([*fine, fine[0] & fine[1], met, open_]), variations
