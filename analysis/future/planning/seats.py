"""Where and when places run out, and by when it must be decided to build (学位预警).

For planning: no verdict reads it. Pupils and places are those of a projection
(`analysis.future.project.Outlook.capacity`); levels and the time that a building needs are an assumption
of the scenario (`analysis.future.assumptions.planning.SeatWarning`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...base.schema.terms import AREAS, STAGES
from ...measure.indicators import HAIR, whole_up
from ..assumptions.planning import SeatWarning
from ..project import Outlook

#: From harmless to grave; `unknown` where no place of the schools is known.
LEVELS = ("unknown", "none", "yellow", "orange", "red")
COLUMNS = [
    *("stage", "area", "year", "pupils", "places", "occupancy", "lack", "lack_schools"),
    *("schools", "full_schools", "unknown_schools", "level", "decide_by"),
]


def seat_warnings(outlook: Outlook) -> pd.DataFrame:
    """Places and pupils by stage, area and projected year.

    Parameters
    ----------
    outlook : Outlook
        Its scenario's `seat_warning` has the levels; without one nobody is warned of.

    Returns
    -------
    DataFrame
        One row per stage, area with pupils and projected year: `stage`; `area` (``urban``, ``town``,
        ``rural``; blank where the roster does not say); `year`; `pupils` and `places` (of the schools
        whose places are known); `occupancy` (pupils / places; NaN without places); `lack` (pupils
        above the places of the whole area, whole places); `lack_schools` (pupils above the places of
        their own school, in sum: places lacking if nobody changes school); `schools` (that teach),
        `full_schools` (of them with more pupils than places), `unknown_schools` (that never had a
        class or classroom reported: they are left out of everything else); `level` (one of
        `LEVELS`); `decide_by` (the first red year of the stage and area less the years a building
        needs; NaN where no year is red). Empty without levels.
    """
    rules = outlook.scenario.seat_warning
    if rules is None or outlook.capacity.empty:
        return pd.DataFrame(columns=COLUMNS)
    table = outlook.capacity.copy()
    roster = outlook.county.tables["schools"].set_index("school_id")
    table["area"] = roster["area"].reindex(table["school_id"]).astype(object).to_numpy()
    table["area"] = table["area"].where(table["area"].notna(), "")
    known = table["seats"] > 0
    table["unknown_schools"] = ~known
    table["full_schools"] = known & (table["seats_missing"] > HAIR)
    table["pupils"] = table["students"].where(known, 0.0)
    table["places"] = table["seats"].where(known, 0.0)
    table["lack_schools"] = table["seats_missing"].where(known, 0.0)
    table["schools"] = 1
    sums = ["pupils", "places", "lack_schools", "schools", "full_schools", "unknown_schools"]
    found = table.groupby(["stage", "area", "year"])[sums].sum().reset_index()
    order = [STAGES.index(stage) for stage in found["stage"]]
    place = [AREAS.index(a) if a in AREAS else len(AREAS) for a in found["area"]]
    found = found.iloc[np.lexsort((found["year"], place, order))].reset_index(drop=True)
    found["occupancy"] = found["pupils"] / found["places"].where(found["places"] > 0)
    found["lack"] = _whole(np.maximum(found["pupils"] - found["places"], 0.0))
    found["lack_schools"] = _whole(found["lack_schools"])
    found["level"] = levels(found["occupancy"].to_numpy(), rules)
    red = found[found["level"] == "red"].groupby(["stage", "area"])["year"].min()
    keys = pd.MultiIndex.from_frame(found[["stage", "area"]])
    found["decide_by"] = red.reindex(keys).to_numpy(dtype=float) - rules.lead_years
    return found[COLUMNS]


def _whole(values: pd.Series) -> np.ndarray:
    # a part of a place is a place; no place is 0, not -0
    return np.abs(whole_up(values.to_numpy()))


def levels(occupancy: np.ndarray, rules: SeatWarning) -> np.ndarray:
    """The level of each occupancy: yellow and orange from their number on, red above its number.

    A part of a pupil that binary fractions leave over counts for nothing.

    Parameters
    ----------
    occupancy : ndarray
        Pupils / places; NaN: not known.
    rules : SeatWarning

    Returns
    -------
    ndarray of object
        One of `LEVELS`.
    """
    conditions = [
        np.isnan(occupancy),
        occupancy > rules.red + HAIR,
        occupancy >= rules.orange - HAIR,
        occupancy >= rules.yellow - HAIR,
    ]
    return np.select(conditions, ["unknown", "red", "orange", "yellow"], "none").astype(object)


def decisions(warnings: pd.DataFrame) -> pd.DataFrame:
    """What must be decided, and by when: one row per stage and area that turns red.

    Parameters
    ----------
    warnings : DataFrame
        As returned by `seat_warnings`.

    Returns
    -------
    DataFrame
        ``stage, area, first_red, decide_by, worst_year, lack`` (most places lacking in any year, and the first
        year of it), the most urgent first; `last_red`: the last red year, and `until`, the last year
        looked at (a peak that passes does not need the same building as a lack that stays).
    """
    columns = ["stage", "area", "first_red", "decide_by", "worst_year", "lack", "last_red", "until"]
    rows = []
    for (stage, area), part in warnings.groupby(["stage", "area"], sort=False):
        red = part[part["level"] == "red"]
        if red.empty:
            continue
        worst = red.loc[red["lack"].idxmax()]
        first = red.iloc[0]
        rows.append(
            (stage, area, int(first["year"]), int(first["decide_by"]), int(worst["year"]), worst["lack"], int(red["year"].iloc[-1]), int(part["year"].max()))
        )  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values(
        "decide_by", kind="stable", ignore_index=True
    )
