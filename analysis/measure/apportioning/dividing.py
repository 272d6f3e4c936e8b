"""What a school of several stages records once, divided among them: the arithmetic.

For rows of a register as for draws of a projection. Source: 测算均衡系数拆分公式 (weights);
沈阳市优质均衡指标计算公式 (which four quantities are divided, indoor sports area taken out first).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...base.schema.indicators import INDICATORS, STAFF_INDICATORS
from ...policy.standards import Rules
from .columns import by_year

#: 1 : 1.1 (nine-year), 1 : 1.2 = 1.1 : 1.32 (combined secondary), 1 : 1.1 : 1.32 (twelve-year).
WEIGHTS = {"primary": 1.0, "junior": 1.1, "senior": 1.32}

#: Quantity -> stage columns in `school_years` it is recorded in.
STAGE_QUANTITIES = tuple(about.quantity for about in STAFF_INDICATORS.values())
SHARED_QUANTITIES = tuple(about.quantity for about in INDICATORS.values() if about.shared)


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


#: What schools record once, in the order in which `divide` takes it.
SITE = (
    "teaching_area_m2",
    "indoor_sports_area_m2",
    "outdoor_sports_area_m2",
    "equipment_value_cny",
    "multimedia_rooms",
)


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
    staff: Sequence[np.ndarray],
    site: Sequence[np.ndarray],
    added: Added,
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
    staff : three ndarrays
        The stage's teachers, in the order of `STAGE_QUANTITIES`.
    site : five ndarrays
        What the school records once, in the order of `SITE`.
    added : Added

    Returns
    -------
    share : ndarray
        The stage's part (0 to 1) of what the school records once.
    quantities : list of ndarray
        The stage's part of each resource, in the order of `INDICATORS`.
    """
    weighted = [
        weight * np.where(has, heads, 0.0)
        for weight, has, heads in zip(WEIGHTS.values(), taught, students, strict=True)
    ]
    whole = weighted[0] + weighted[1] + weighted[2]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(stage == 0, weighted[0], weighted[1]) / np.where(whole > 0, whole, np.nan)
    share = np.where(taught.sum(axis=0) == 1, 1.0, share)
    resources = dict(zip(STAGE_QUANTITIES, staff, strict=True))
    if np.any(added.part_time):
        primary, junior = students[:2]
        both = np.where(np.isnan(primary), junior, primary + np.nan_to_num(junior))
        least, below = added.size
        small = (both >= least) & (both < below)
        resources["pe_arts"] = resources["pe_arts"] + np.where(small, added.part_time, 0.0)
    teaching, indoor, outdoor, equipment, multimedia = site
    # the official order: indoor sports area leaves the teaching area before anything is divided
    sports = (outdoor + added.venues) + indoor if np.any(added.venues) else outdoor + indoor
    shared = {
        "teaching_area": teaching - indoor,
        "sports_area": sports,
        "equipment_value": equipment,
        "multimedia_rooms": multimedia,
    }
    resources |= {name: shared[name] * share for name in SHARED_QUANTITIES}
    return share, [resources[each.quantity] for each in INDICATORS.values()]
