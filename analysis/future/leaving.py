"""Schools that become small or leave the comparison, and what only looks better because they leave."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from ..base.schema.terms import STAGES
from ..measure.apportioning.scope import REASONS
from ..measure.dispersion import coefficient_of_variation
from ..measure.study import Study


def small_schools(study: Study) -> pd.DataFrame:
    """Schools that become small, and when.

    Returns
    -------
    DataFrame
        ``school_id, school, type, students`` (last observed year), ``students_until`` (last year),
        `below_floor` (first projected year with fewer students than a small school is funded for
        at least, item G6) and `below_point` (… than a teaching point must have to be judged; blank:
        never, or already in the last observed year), that `stage` and `leaves` (first projected year in
        which one of its stages is not judged any more) and the `reason`.
    """
    schools = study.facts.schools
    ids, names, types = (
        schools.roster[name].to_numpy(dtype=object)[schools.by_id]
        for name in ("school_id", "name", "type")
    )
    row = _grid(study)
    row[types == "special_education"] = -1
    years = np.array(list(study.years))
    now = int(np.searchsorted(years, study.county.last_observed))
    ahead = np.flatnonzero((years > years[now]) & (row >= 0).any(axis=(0, 1)))

    students = np.where(row >= 0, study.entered.students[row], np.nan)
    known = ~np.isnan(students).all(axis=1)
    sizes = np.where(known, np.nan_to_num(students).sum(axis=1), np.nan)
    before, later = sizes[:, now], sizes[:, ahead]
    found = {"school_id": ids, "school": names, "type": types, "students": before}
    found["students_until"] = later[:, -1] if len(ahead) else np.full(len(ids), np.nan)
    for name, limit in small_limits(study).items():
        under = (later > 0) & (later < limit) & ~((before > 0) & (before < limit))[:, None]
        found[f"below_{name}"] = _first(under, years[ahead])
    found |= _leavers(study, row, now, ahead)
    telling = [np.isfinite(found[name]) for name in ("below_floor", "below_point", "leaves")]
    kept = np.any(telling, axis=0) & (row >= 0).any(axis=(1, 2))
    kinds = {"stage": object, "reason": object}
    return pd.DataFrame({name: values[kept] for name, values in found.items()}).astype(kinds)


def _grid(study: Study) -> np.ndarray:
    """Rows of the register by school (in the order of the codes), stage and year; -1: none."""
    found, order = study.entered, study.facts.schools.by_id
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    row = np.full((len(order), len(STAGES), len(study.years)), -1)
    row[rank[found.school], found.stage, found.year] = np.arange(len(found.year))
    return row


def _leavers(study: Study, row: np.ndarray, now: int, ahead: np.ndarray) -> dict[str, np.ndarray]:
    """The first stage of each school that is not judged any more, since when, and why."""
    reason = study.entered.reason
    judged = (row >= 0) & (reason[row] == 0)
    left = judged[:, :, [now]] & ~judged[:, :, ahead]
    # stages that leave in the same year: the first by name
    by_name = np.argsort(STAGES)
    leaves = np.stack([_first(left[:, each], ahead) for each in by_name], axis=1)
    stage = by_name[np.where(np.isnan(leaves), np.inf, leaves).argmin(axis=1)]
    position = np.fmin.reduce(leaves, axis=1)
    gone = np.isfinite(position)
    position = np.where(gone, position, 0).astype(int)
    at = row[np.arange(len(row)), stage, position]
    why = np.where(at >= 0, np.array(REASONS, dtype=object)[reason[at]], "closed")
    return {
        "stage": np.where(gone, np.array(STAGES, dtype=object)[stage], ""),
        "leaves": np.where(gone, np.array(list(study.years))[position], np.nan),
        "reason": np.where(gone, why, ""),
    }


def small_limits(study: Study) -> dict[str, float]:
    """The sizes that `small_schools` looks at, by the standard in force in the judged year."""
    rules = study.rules
    return {
        "floor": rules.number("G6") if "G6" in rules else np.nan,
        "point": rules.number("option.teaching_point_students"),
    }


def _first(found: np.ndarray, years: np.ndarray) -> np.ndarray:
    """The first of the years in which something holds, row by row; NaN where it never does."""
    if not len(years):
        return np.full(len(found), np.nan)
    return np.where(found.any(axis=1), years.astype(float)[found.argmax(axis=1)], np.nan)


def hollow_improvements(study: Study) -> pd.DataFrame:
    """Coefficients of variation that fall only because schools leave them.

    A fall from one year to the next counts as hollow if the schools that stay were not more unlike
    in the year before than they are now: the fall then comes from those that left.

    Returns
    -------
    DataFrame
        ``year, stage, indicator, before, after, stayers_before`` (coefficients of variation) and
        `left` (names of the schools that left).
    """
    found, years, rows = study.ratios, list(study.years), []
    school = study.entered.school[study.entered.in_scope]
    names = study.facts.roster_names
    # the rows of a year and stage stand together
    place = found.year * len(STAGES) + found.stage
    ends = np.searchsorted(place, np.arange(len(years) * len(STAGES) + 1))
    groups = [np.arange(a, b) for a, b in pairwise(ends)]
    first = years.index(study.county.last_observed) + 1
    for position in range(first, len(years)):
        for number, stage in enumerate(STAGES):
            now = groups[position * len(STAGES) + number]
            before = groups[(position - 1) * len(STAGES) + number]
            stays = np.isin(school[before], school[now])
            if not len(now) or stays.all():
                continue
            left = tuple(map(str, names[school[before[~stays]]]))
            for indicator, name in enumerate(found.indicators):
                old, new, same = (
                    coefficient_of_variation(found.value[indicator, at], found.students[at])
                    for at in (before, now, before[stays])
                )
                # a fall that three decimals do not show is none
                if round(new, 3) < round(old, 3) and new >= same - 1e-12:
                    rows.append((years[position], stage, name, old, new, same, left))
    columns = ["year", "stage", "indicator", "before", "after", "stayers_before", "left"]
    return pd.DataFrame(rows, columns=columns)
