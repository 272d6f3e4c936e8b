"""A year of a county judged with other figures, by other rules or without some schools."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.schema.terms import STAGES
from ..measure.balance import Balance, balance_of, cv_weights
from ..measure.dispersion import variation_shares
from ..measure.indicators import STATUSES, Ratios, ratios
from ..measure.school_rule import SchoolRule, school_rule_of
from ..measure.study import Study
from ..measure.verdicts import VERDICTS, three_valued
from ..policy.standards import Rules


@dataclass(frozen=True, eq=False)
class Judged:
    """The schools of one year, judged.

    Attributes
    ----------
    year : int
    rules : Rules
    rows : DataFrame
        The rows of the register that are judged: one a school and stage.
    found, schools, variation
        The indicators, the rule for schools and the coefficients of variation in numbers.
    """

    year: int
    rules: Rules
    rows: pd.DataFrame
    found: Ratios
    schools: SchoolRule
    variation: Balance

    def at(self, stage: str) -> np.ndarray:
        """Positions of the rows of a stage."""
        return np.flatnonzero(self.found.stage == STAGES.index(stage))

    @property
    def ids(self) -> np.ndarray:
        """School id of every row."""
        return self.rows["school_id"].to_numpy(dtype=object)

    def shares(self, stage: str, indicator: str) -> np.ndarray:
        """Each school's share in the squared CV (0 to 1); NaN where it reported nothing."""
        here = self.at(stage)
        value = self.found.value[self.found.indicators.names.index(indicator), here]
        weight = cv_weights(self.found.students[here], {self.year: self.rules})
        known = np.isfinite(value) & np.isfinite(weight)
        shares = np.full(len(here), np.nan)
        shares[known] = variation_shares(value[known], weight[known])
        return shares

    def summary(self, stage: str, indicator: str) -> Summary:
        """What the schools of a stage come to in an indicator."""
        number, position, here = (
            self.found.indicators.names.index(indicator),
            STAGES.index(stage),
            self.at(stage),
        )
        status = self.found.status[number, here]
        variation = self.variation
        return Summary(
            schools=len(here),
            students=float(variation.students[0, 0, position]),
            missing=int(variation.missing[number, 0, 0, position]),
            mean=float(variation.mean[number, 0, 0, position]),
            cv=float(variation.cv[number, 0, 0, position]),
            limit=float(variation.limit[number, 0, 0, position]),
            cv_status=str(variation.status[number, 0, 0, position]),
            met=int((status == STATUSES.index("met")).sum()),
            passing=int((self.schools.status[here] == VERDICTS.index("met")).sum()),
            rule_status=self._rule(stage),
            lacking=self._lacking(number, here),
            resource_status=three_valued(
                [*variation.status[:, 0, 0].ravel(), *(self._rule(each) for each in STAGES)]
            ),
        )

    def _lacking(self, number: int, here: np.ndarray) -> float:
        """As `analysis.measure.gaps.stage_gaps`, which is too slow for a drag; unknown where a part is."""
        found, about = self.found, list(self.found.indicators.values())[number]
        lacking = found.shortfall[number, here]
        if about.shared:
            need = found.threshold[number, here] * found.students[here] / about.per
            lacking = np.where(lacking > 0, need - found.quantity[number, here], lacking)
        return float(lacking.sum())

    def _rule(self, stage: str) -> str:
        return three_valued(VERDICTS[code] for code in self.schools.status[self.at(stage)])


@dataclass(frozen=True)
class Summary:
    """What the schools of a stage come to in an indicator.

    Attributes
    ----------
    schools, students, missing : number
        Schools judged, their students, schools without a figure.
    mean, cv, limit, cv_status
        Of the indicator: the county's mean (its unit), the coefficient of variation (no unit), the
        limit in force, the verdict.
    met, passing : int
        Schools that meet the threshold; schools that meet the rule for schools.
    rule_status : str
        Whether every school of the stage meets that rule.
    lacking : float
        What the stage lacks in the indicator (persons, m², yuan, rooms); NaN where not all is known.
    resource_status : str
        The verdict of the part “resource allocation”, of both stages and all indicators.
    """

    schools: int
    students: float
    missing: int
    mean: float
    cv: float
    limit: float
    cv_status: str
    met: int
    passing: int
    rule_status: str
    lacking: float
    resource_status: str


def reported(study: Study) -> Judged:
    """The judged year of a study as it is."""
    found = study.ratios.of_year(study.year)
    rows = study.rows[study.rows["in_scope"]].reset_index(drop=True)
    rules = {study.year: study.rules}
    return Judged(
        *(study.year, study.rules, rows, found),
        *(school_rule_of(found, rules), balance_of(found, rules)),
    )


def again(base: Judged, kept: np.ndarray, quantity: np.ndarray, rules: Rules) -> Judged:
    """Judge some of the rows with these quantities, shape (k, rows), by these rules."""
    found, by = base.found, {base.year: rules}
    made = ratios(
        *(found.year[kept], found.stage[kept], found.students[kept], found.share[kept]),
        *(quantity[:, kept], by),
    )
    rows = base.rows[kept].reset_index(drop=True)
    return Judged(base.year, rules, rows, made, school_rule_of(made, by), balance_of(made, by))


def moved(
    base: Judged, figures: Mapping[tuple[str, str, str], float], rules: Mapping[str, float]
) -> Judged:
    """Judged with figures and rules assumed instead; see `analysis.explorer.state.State`."""
    if not figures and not rules:
        return base
    quantity, about = base.found.quantity.copy(), base.found.indicators
    for (indicator, stage, school), value in figures.items():
        row = quantity[about.names.index(indicator)]
        _move(base, row, about[indicator], stage, school, value)
    by = base.rules.replace(**rules)
    return again(base, np.ones(len(base.rows), dtype=bool), quantity, by)


def _move(base: Judged, quantity: np.ndarray, about, stage: str, school: str, value: float) -> None:
    """Set one school's figure; what its stages share moves in all of them by their parts."""
    own = base.ids == school
    here = own & (base.found.stage == STAGES.index(stage))
    wanted = value * base.found.students[here] / about.per
    if about.shared:
        other = own & ~here
        more = wanted - quantity[here]
        if other.any() and np.isfinite(more).all():
            quantity[other] += more / base.found.share[here] * base.found.share[other]
    quantity[here] = wanted


def without(base: Judged, schools: Collection[str]) -> Judged:
    """The same without some schools, in both stages."""
    kept = ~np.isin(base.ids, list(schools))
    return again(base, kept, base.found.quantity, base.rules)
