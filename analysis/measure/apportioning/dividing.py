"""What a school of several stages records once, divided among them: the arithmetic.

For rows of a register as for draws of a projection. Source: 测算均衡系数拆分公式 (weights);
沈阳市优质均衡指标计算公式 (which four quantities are divided, indoor sports area taken out first).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...base.schema.indicators import Indicator, Indicators
from ...policy.standards import Rules
from .columns import by_year

#: 1 : 1.1 (nine-year), 1 : 1.2 = 1.1 : 1.32 (combined secondary), 1 : 1.1 : 1.32 (twelve-year).
WEIGHTS = {"primary": 1.0, "junior": 1.1, "senior": 1.32}


def apportion(
    total: float, *, primary: float = 0, junior: float = 0, senior: float = 0
) -> dict[str, float]:
    """Divide what a school records once among its stages.

    Parameters
    ----------
    total : float
        Area (m²), value (yuan) or rooms of the whole school.
    primary, junior, senior : float
        Students of each stage; 0 for a stage that the school does not have.

    Returns
    -------
    dict of str to float
        Shares of `primary`, `junior` and `senior`, unrounded; they add up to `total`.

    Raises
    ------
    ValueError
        Negative students, or none at all.

    Examples
    --------
    >>> shares = apportion(23226, primary=166, junior=210)
    >>> round(shares["primary"], 3), round(shares["junior"], 3)
    (9711.627, 13514.373)
    """
    students = {"primary": primary, "junior": junior, "senior": senior}
    for stage, number in students.items():
        if not number >= 0:
            raise ValueError(f"{stage} is {number}; expected a number of students >= 0")
    weighted = {stage: WEIGHTS[stage] * number for stage, number in students.items()}
    whole = sum(weighted.values())
    if whole == 0:
        raise ValueError("a school without students has nothing to divide by")
    return {stage: total * part / whole for stage, part in weighted.items()}


@dataclass(frozen=True)
class Added:
    """What concessions add to what schools have; 0 where they add nothing.

    Attributes
    ----------
    part_time : ndarray
        Part-time PE and arts teachers of the stage, at schools of a size (`pe_arts_part_time`).
    size : ndarray, shape (2, ...)
        Least students of such a school, and the number that it stays below.
    venues : ndarray
        Sports area outside the school, m² (`sports_venues`).
    """

    part_time: np.ndarray | float = 0.0
    size: np.ndarray | tuple[float, float] = (0.0, 0.0)
    venues: np.ndarray | float = 0.0

    @classmethod
    def of(
        cls,
        concessions: frozenset,
        rules: Sequence[Rules],
        year: np.ndarray | int,
        among: Callable[..., np.ndarray],
        by_stage: Callable[[str], np.ndarray],
        reported: Callable[[str], np.ndarray],
    ) -> Added:
        """From the rules of the years, each row's year, and what finds words and figures."""
        found = {}
        if "pe_arts_part_time" in concessions:
            more = np.nan_to_num(by_stage("pe_arts_part_time"))
            name = "concession.pe_arts_part_time.students"
            size = np.stack([by_year(rules, f"{name}_{end}") for end in ("from", "below")])
            found["part_time"] = np.where(among("area", "rural"), more, 0.0)
            found["size"] = size[:, year]
        if "sports_venues" in concessions:
            more = np.nan_to_num(reported("off_campus_sports_area_m2"))
            found["venues"] = np.where(among("area", "urban"), more, 0.0)
        return cls(**found)


def divide(
    stage: np.ndarray | int,
    students: Sequence[np.ndarray],
    taught: np.ndarray,
    staff: Mapping[str, np.ndarray],
    site: Mapping[str, np.ndarray],
    added: Added,
    indicators: Indicators,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """A stage's part of what its school has.

    All arrays have one shape (or broadcast to it): rows of a register, or draws × schools.

    Parameters
    ----------
    stage : int or ndarray of int
        Position in `STAGES`.
    students : three ndarrays
        Students by stage of `WEIGHTS`; NaN where they were not reported.
    taught : ndarray of bool, shape (3, ...)
        Whether the school has each stage.
    staff : mapping of str to ndarray
        What is recorded by stage, of this one: `Indicators.stage_columns`.
    site : mapping of str to ndarray
        What the school records once: `Indicators.school_columns`.
    added : Added
    indicators : Indicators

    Returns
    -------
    share : ndarray
        The stage's part (0 to 1) of what the school records once.
    quantities : list of ndarray
        The stage's part of each resource, in the order of `indicators`.
    """
    weighted = [
        weight * np.where(has, heads, 0.0)
        for weight, has, heads in zip(WEIGHTS.values(), taught, students, strict=True)
    ]
    whole = weighted[0] + weighted[1] + weighted[2]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(stage == 0, weighted[0], weighted[1]) / np.where(whole > 0, whole, np.nan)
    share = np.where(taught.sum(axis=0) == 1, 1.0, share)
    staff, site = dict(staff), dict(site)
    if np.any(added.part_time) and "pe_arts" in staff:
        primary, junior = students[:2]
        both = np.where(np.isnan(primary), junior, primary + np.nan_to_num(junior))
        least, below = added.size
        small = (both >= least) & (both < below)
        staff["pe_arts"] = staff["pe_arts"] + np.where(small, added.part_time, 0.0)
    if np.any(added.venues) and VENUES in site:
        site[VENUES] = site[VENUES] + added.venues
    # the official order: indoor sports area leaves the teaching area before anything is divided
    return share, [
        numerator(about, site) * share if about.shared else numerator(about, staff)
        for about in indicators.values()
    ]


#: What venues outside the school are added to.
VENUES = "outdoor_sports_area_m2"


def numerator(about: Indicator, figures: Mapping[str, np.ndarray]) -> np.ndarray:
    """What an indicator divides by students, of figures by column."""
    first, *others = (figures[name] for name in about.add)
    for more in others:
        first = first + more
    for name in about.less:
        first = first - figures[name]
    return first
