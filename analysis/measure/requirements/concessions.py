"""Which schools a concession covers, and the limits of rooms and sizes with those switched on."""

from __future__ import annotations

import numpy as np

from ...base.schema.terms import STAGES
from ..apportioning.columns import numbers
from .facts import CountyData, largest_at, students_at


def room_limits(data: CountyData, kind: str) -> np.ndarray:
    """Area required of each row's music or art rooms, concessions included."""
    limit = data.required(f"G3.{kind}_area")[data.facts.year]

    def lower(where: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.where(where & (other < limit), other, limit)

    name = "rooms_built_by_2016"
    if (on := data.conceded(name)).any():
        other = data.required(f"concession.{name}.{kind}_area")
        limit = lower(on[data.facts.year] & covered(data, name), other[data.facts.year])
    name = "rooms_small_rural"
    if (on := data.conceded(name)).any():
        junior = data.facts.among("type", "junior", "combined_secondary")
        primary_area, junior_area = (
            data.required(f"concession.{name}.{stage}_area")[data.facts.year] for stage in STAGES
        )
        other = np.where(junior, junior_area, primary_area)
        limit = lower(on[data.facts.year] & covered(data, name), other)
    return limit


#: Largest number of students of a school: entry, and whether it is for through-schools.
SCHOOL_SIZES = {"G4.school_size": False, "G4.through_school_size": True}


def size_limits(entry: str, data: CountyData) -> np.ndarray:
    """Most students of each row's school by an entry of `SCHOOL_SIZES`, the concession included."""
    limit = data.required(entry)[data.facts.year]
    name = "size_built_by_2010"
    if (on := data.conceded(name)).any():
        other = data.required(f"concession.{name}.{entry.split('.')[1]}")[data.facts.year]
        limit = np.where(on[data.facts.year] & covered(data, name), other, limit)
    return limit


def covered(data: CountyData, concession: str) -> np.ndarray:
    """Which rows a concession covers, whether it is switched on or not."""
    name = f"concession.{concession}"
    if concession in ("rooms_built_by_2016", "size_built_by_2010"):
        built = numbers(data.facts.county.tables["schools"], "built_year")[data.facts.school]
        return built <= data.required(f"{name}.built_by")[data.facts.year]
    if concession == "rooms_small_rural":
        row, (_, _, size) = data.facts.grades
        largest = largest_at(row, size, len(data.facts.year))
        small = largest < data.required(f"{name}.largest_class")[data.facts.year]
        return (
            small
            & data.facts.among("area", "rural")
            & ~data.facts.among("type", "special_education")
        )
    if concession == "pe_arts_part_time":
        students = students_at(data)
        low, high = (data.required(f"{name}.students_{end}") for end in ("from", "below"))
        small = (students >= low[data.facts.year]) & (students < high[data.facts.year])
        return small & data.facts.among("area", "rural")
    if concession == "sports_venues":
        return data.facts.among("area", "urban")
    return np.zeros(len(data.facts.year), dtype=bool)
