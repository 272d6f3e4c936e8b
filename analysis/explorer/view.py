"""State -> View: the schools, the verdicts and what they would be otherwise, as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..base.schema.indicators import Indicators
from ..measure.balance import cv_entry
from ..measure.indicators import STATUSES
from ..measure.verdicts import VERDICTS
from .judging import Judged, Summary, moved, without
from .state import State, known


@dataclass(frozen=True, eq=False)
class View:
    """Everything an explorer shows, in numbers.

    Attributes
    ----------
    state : State
    schools : DataFrame
        One row per school of the stage, the lowest reported figure first: ``school_id, school,
        students, value`` (as assumed), `reported`, ``threshold, status`` (`met`, `near`, `short`,
        `not_assessed`), `met` (number of indicators), `rule` (verdict of the rule for schools),
        `shortfall` (what the school adds, in the resource's unit), `share` (in the squared CV, 0 to
        1), ``chosen, moved`` (yes or no).
    reported : Summary
        As it was reported.
    assumed : Summary
        With the figures and rules assumed instead; the same where nothing is.
    without : Summary or None
        That, without the chosen schools; None where none is chosen.
    share : float
        Part of the chosen schools in the squared CV (0 to 1); NaN where it is undefined.
    threshold, floor, limit : float
        As assumed; NaN where none is in force.
    usual : dict of str to float
        `threshold` and `limit` of the standard.
    indicators : Indicators
        Those of the standard.
    other : DataFrame or None
        The schools that are compared with: ``school_id, school, students, value``.
    other_summary : Summary or None
    """

    state: State
    schools: pd.DataFrame = field(repr=False)
    reported: Summary
    assumed: Summary
    without: Summary | None
    share: float
    threshold: float
    floor: float
    limit: float
    usual: dict[str, float]
    indicators: Indicators = field(repr=False)
    other: pd.DataFrame | None = field(repr=False, default=None)
    other_summary: Summary | None = None

    @property
    def changed(self) -> bool:
        """Whether a figure or a rule is assumed instead of what is."""
        return bool(self.state.moved or self.state.rules)


def view_of(state: State, base: Judged, other: Judged | None = None) -> View:
    """What a state shows.

    Parameters
    ----------
    state : State
    base : Judged
        The state's county and year as reported (`analysis.explorer.judging.reported`).
    other : Judged, optional
        The county and year it is compared with.

    Raises
    ------
    InputError
        A chosen or moved school is not judged in this year.
    """
    state.check(base.rules)
    _check_schools(state, base)
    stage, indicator = state.stage, state.indicator
    now = moved(base, state.moved, state.rules)
    left = without(now, state.chosen) if state.chosen else None
    schools = _schools(state, base, now)
    parts = schools.loc[schools["chosen"], "share"]
    undefined = not schools["share"].notna().any()
    threshold = now.rules.number(f"{indicator}.{stage}")
    return View(
        state=state,
        schools=schools,
        reported=base.summary(stage, indicator),
        assumed=now.summary(stage, indicator),
        without=left.summary(stage, indicator) if left else None,
        share=float("nan") if undefined else float(parts.sum()),
        threshold=threshold,
        floor=threshold * now.rules.number("school.floor"),
        limit=now.rules.number(cv_entry(now.rules, indicator, stage)),
        usual={
            "threshold": base.rules.number(f"{indicator}.{stage}"),
            "limit": base.rules.number(cv_entry(base.rules, indicator, stage)),
        },
        indicators=base.rules.indicators,
        other=_points(state, other) if other else None,
        other_summary=other.summary(stage, indicator) if other else None,
    )


def _check_schools(state: State, base: Judged) -> None:
    for school in state.chosen:
        known("school", school, set(base.ids))
    for _, stage, school in state.moved:
        known("school", school, set(base.ids[base.at(stage)]))


def _points(state: State, judged: Judged) -> pd.DataFrame:
    here = judged.at(state.stage)
    table = judged.rows.iloc[here][["school_id", "school"]].reset_index(drop=True)
    return table.assign(
        students=judged.found.students[here],
        value=judged.found.value[judged.found.indicators.names.index(state.indicator), here],
    )


def _schools(state: State, base: Judged, now: Judged) -> pd.DataFrame:
    number, here = now.found.indicators.names.index(state.indicator), now.at(state.stage)
    found = now.found
    table = _points(state, now)
    table = table.assign(
        reported=base.found.value[number, here],
        threshold=found.threshold[number, here],
        status=np.array(STATUSES, dtype=object)[found.status[number, here]],
        met=now.schools.met[here].astype(int),
        rule=np.array(VERDICTS, dtype=object)[now.schools.status[here]],
        shortfall=found.shortfall[number, here],
        share=now.shares(state.stage, state.indicator),
        chosen=table["school_id"].isin(list(state.chosen)),
        moved=[(state.indicator, state.stage, each) in state.moved for each in table["school_id"]],
    )
    return table.sort_values(["reported", "school_id"], ignore_index=True)
