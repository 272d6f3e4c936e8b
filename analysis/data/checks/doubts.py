"""Figures that are more likely slips than facts: asked about, never refused."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from .ranges import COLUMNS
from .tables import Tables, shown, those

#: A change of enrolment from one year to the next by more than this share is questioned, unless one
#: of the two figures is that of a small school, the school opened or closes about that time, or
#: another one opens or closes in that very year.
SUSPICIOUS_CHANGE = 0.5
SMALL_SCHOOL = 60
YEARS_OF_GROWTH = 6
#: An area that is this many times what it was a year earlier, or that part of it, is questioned: a
#: slipped digit or 亩 typed for m² makes ten times and more, an extension two or three times. Of small
#: areas (m²), such as those of a teaching point, a single building or yard may be as much.
SUSPICIOUS_AREA_FACTOR = 5
SMALL_AREA = 500
#: No music or art room is this large (m²): the largest required is 96, and halls are no rooms.
SUSPICIOUS_ROOM = 500


def _year_before(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Schools' years, the same by school and following year, and where no event explains a jump."""
    rows = tables.with_school("school_years")
    rows = rows[rows["school_id"].notna() & rows["year"].notna()]
    earlier = rows.drop_duplicates(["school_id", "year"])
    earlier = earlier.assign(year=earlier["year"] + 1).set_index(["school_id", "year"])
    # a school that opens or closes takes students from the others, or gives them some
    roster = tables["schools"]
    events = {*roster["opened"].dropna(), *(roster["closed"].dropna() + 1)}
    age = rows["year"] - rows["opened"]
    steady = ~rows["year"].isin(events)
    steady &= ~(age <= YEARS_OF_GROWTH) & ~(rows["closed"] - rows["year"] <= YEARS_OF_GROWTH)
    return rows, earlier, steady


def jumps(tables: Tables) -> Iterator[Finding]:
    """Enrolment that changes by more than half within a year, without an event in the roster."""
    if "school_years" not in tables or "schools" not in tables:
        return
    rows, earlier, steady = _year_before(tables)
    for stage in ("primary", "junior"):
        column = f"students_{stage}"
        before = rows.join(earlier[column].rename("_before"), on=["school_id", "year"])["_before"]
        change = (rows[column] - before).abs() > SUSPICIOUS_CHANGE * before
        large = np.minimum(rows[column], before) >= SMALL_SCHOOL
        # none at all after many: the column was probably left at 0
        emptied = (rows[column] == 0) & (before >= SMALL_SCHOOL)
        yield from tables.report(
            N_(
                "{label} is {value} after {before} a year earlier; is a digit wrong, or was the school merged or divided?"
            ),
            "school_years",
            those(rows.assign(_before=before), change & (large | emptied) & steady),
            column,
            "warning",
            value=column,
            before="_before",
        )


def area_jumps(tables: Tables) -> Iterator[Finding]:
    """Areas that are a multiple of the year before's, or a small part of it, without an event."""
    if "school_years" not in tables or "schools" not in tables:
        return
    rows, earlier, steady = _year_before(tables)
    for column in ("teaching_area_m2", "outdoor_sports_area_m2"):
        before = rows.join(earlier[column].rename("_before"), on=["school_id", "year"])["_before"]
        less, more = np.minimum(rows[column], before), np.maximum(rows[column], before)
        jump = (more >= SMALL_AREA) & (more >= SUSPICIOUS_AREA_FACTOR * less)
        yield from tables.report(
            N_(
                "{label} is {value} m² after {before} m² a year earlier; is a digit wrong, or was the school rebuilt?"
            ),
            "school_years",
            those(rows.assign(_before=before), jump & steady),
            column,
            "warning",
            value=column,
            before="_before",
        )


def large_rooms(tables: Tables) -> Iterator[Finding]:
    if "rooms" in tables:
        rows = tables["rooms"]
        yield from tables.report(
            N_("one room of {value} m²; enter the area of a single room, one row per room"),
            "rooms",
            those(rows, rows["area_m2"] > SUSPICIOUS_ROOM),
            "area_m2",
            "warning",
            value="area_m2",
        )


def rare_values(tables: Tables) -> Iterator[Finding]:
    """What no single school, grade or class is likely to have."""
    for (name, column), bounds in COLUMNS.items():
        if name in tables and column in tables[name]:
            rows = tables[name]
            yield from tables.report(
                N_("{label} is {value}; more than {high} is rare: is a digit wrong, or the unit?"),
                name,
                those(rows, rows[column] > bounds.rare_high),
                column,
                "warning",
                {"high": shown(float(bounds.rare_high))},
                value=column,
            )
