"""Items of the standard beside the indicators: which rooms and funds mend them, and what nothing mends.

Each school is by itself here, and what is bought moves no indicator, so the least cost is found school by
school: rooms by trying every number of either kind, funds by subtraction.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...base.files import N_
from ...base.language import Said
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.requirements.concessions import SCHOOL_SIZES, room_limits
from ...measure.requirements.facts import CountyData
from ...measure.requirements.guarantee import GUARANTEE, rooms_needed, small_rural
from ...measure.study import Study
from .instance import exact
from .means import Means

KINDS = ("music", "art")


@dataclass(frozen=True)
class Mending:
    """What mends a school's part of an item.

    Attributes
    ----------
    school_id : str
    means : str
        Key of `ITEMS`.
    area : str
        Of a room: m² that the standard asks of it.
    amount : int
        Rooms, or yuan a year.
    """

    school_id: str
    means: str
    area: str
    amount: int


def mendings(study: Study, means: Means) -> tuple[list[Mending], list[Said]]:
    """What the items that can be computed (G3 to G6) ask of each school in the study's year.

    Returns
    -------
    list of Mending
        By school; together the cheapest way.
    list of Said
        What no means of the county mends, and what is not known.
    """
    data = CountyData(study.facts, study.years, study.concessions)
    year = study.facts.schools.years.index(study.year)
    found, said = [], []
    _rooms(data, year, means, found, said)
    _funds(data, year, means, found, said)
    _too_large(data, year, said)
    return sorted(found, key=lambda m: (m.school_id, m.means)), said


def cost_of(found: list[Mending], means: Means) -> Fraction:
    """Yuan of all of them."""
    return sum((exact(means.items[m.means].cny) * m.amount for m in found), Fraction(0))


def _code(data: CountyData, row: int) -> str:
    return str(data.facts.schools.roster["school_id"].iloc[data.facts.school[row]])


def _rooms(data: CountyData, year: int, means: Means, found: list, said: list) -> None:
    rows, need, _ = rooms_needed(data)
    together = bool(data.option("rooms_counting", "sum")[year])
    limits = {kind: room_limits(data, kind) for kind in KINDS}
    row_of, kind_of, area_of = data.facts.rooms_of
    for row, needed in zip(rows.tolist(), need.tolist(), strict=True):
        if data.facts.year[row] != year or not math.isfinite(limits["music"][row]):
            continue
        here = {k: sorted(area_of[(row_of == row) & (kind_of == k)], reverse=True) for k in KINDS}
        if not math.isfinite(needed) or not any(here.values()):
            message = N_("{school}: its classes or rooms are not reported, so G3 is not planned")
            said.append(Said(message, {"school": data.facts.names[row]}))
            continue
        most = {k: int(needed) if f"{k}_rooms" in means.items else 0 for k in KINDS}
        area = {kind: float(limits[kind][row]) for kind in KINDS}
        ways = []
        for more in itertools.product(*(range(most[kind] + 1) for kind in KINDS)):
            rooms = {
                k: sorted([*here[k], *[area[k]] * n], reverse=True)
                for k, n in zip(KINDS, more, strict=True)
            }
            if enough(rooms, int(needed), area, together):
                cny = sum(
                    exact(means.items[f"{k}_rooms"].cny) * n
                    for k, n in zip(KINDS, more, strict=True)
                    if n
                )
                ways.append((cny, more))
        if not ways:
            message = N_("{school}: no means gives it the music and art rooms of G3")
            said.append(Said(message, {"school": data.facts.names[row]}))
            continue
        for kind, number in zip(KINDS, min(ways)[1], strict=True):
            if number:
                found.append(Mending(_code(data, row), f"{kind}_rooms", f"{area[kind]:g}", number))


def enough(rooms: dict[str, list], needed: int, area: dict[str, float], together: bool) -> bool:
    """Whether a school's rooms are what G3 asks: enough of them, and the largest ones large enough.

    Parameters
    ----------
    rooms : dict of str to list of float
        Areas by kind, the largest first.
    needed : int
        Rooms (of each kind, or of both together).
    area : dict of str to float
    together : bool
    """
    there = [len(rooms[kind]) for kind in KINDS]
    if (sum(there) if together else min(there)) < needed:
        return False
    for kind in KINDS:
        if not rooms[kind]:
            continue
        if not rooms[kind][min(needed, len(rooms[kind])) - 1] >= area[kind]:
            return False
    return True


def _funds(data: CountyData, year: int, means: Means, found: list, said: list) -> None:
    rows = [row for row in small_rural(data).tolist() if data.facts.year[row] == year]
    standard = data.facts.figures("operating_standard_primary_cny")[year]
    needed = data.required("G6")[year]
    for row in rows:
        has = data.facts.column("operating_funds_cny")[row]
        if not (np.isfinite(has) and np.isfinite(standard)):
            message = N_("{school}: its public-use funds or their standard are not reported (G6)")
            said.append(Said(message, {"school": data.facts.names[row]}))
            continue
        lack = math.ceil(exact(needed) * exact(standard) - exact(has))
        if lack <= 0:
            continue
        if "operating_funds_cny" not in means.items:
            message = N_("{school}: no means pays for its students as G6 asks")
            said.append(Said(message, {"school": data.facts.names[row]}))
            continue
        found.append(Mending(_code(data, row), "operating_funds_cny", "", lack))


def _too_large(data: CountyData, year: int, said: list) -> None:
    """Schools and classes above their limits: only other pupils, classes or schools would help."""
    for entry in SCHOOL_SIZES:
        measure = GUARANTEE[entry](data)
        here = (measure.year == year) & (measure.value > measure.limit)
        for name, size, limit in zip(
            measure.unit[here], measure.value[here], measure.limit[here], strict=True
        ):
            message = N_(
                "{school}: {n} pupils, at most {limit} (G4); only pupils who go elsewhere mend it"
            )
            values = {"school": name, "n": f"{size:,.0f}", "limit": f"{limit:,.0f}"}
            said.append(Said(message, values))
    for stage in STAGES:
        measure = GUARANTEE[f"G5.{stage}"](data)
        limit = data.required(f"G5.{stage}")[year]
        here = (measure.year == year) & (measure.value > limit)
        if here.any():
            message = N_(
                "{n} schools have classes of more than {limit} pupils ({stage}, G5): more classes mend it, which is not among the means"
            )
            values = {"n": int(here.sum()), "limit": f"{limit:g}", "stage": STAGE_LABELS[stage]}
            said.append(Said(message, values))
