"""Amounts of money that are no such amount for so many students or teachers: asked about, never refused.

The slip that is looked for is 万元 typed where yuan is expected, a ten-thousandth of what was meant,
and its opposite. So all limits are wide: no true figure known to us is near them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from ...policy.standards import Standard
from .ranges import named, range_of
from .tables import Tables, shown, those


@dataclass(frozen=True)
class Amount:
    """What one student or teacher is likely to account for, in yuan.

    Attributes
    ----------
    per : {"students", "teachers"}
    low, high : float
        What is outside is questioned.
    """

    per: str
    low: float
    high: float


AMOUNTS = {
    # the national thresholds are 2,000 and 2,500 yuan a student; in 万元 they would read 0.2 and 0.25
    "equipment_value_cny": Amount("students", 20, 200_000),
    # the national standards are 650 to 6,000 yuan a student and year
    "operating_funds_cny": Amount("students", 20, 100_000),
    # five percent of the public-use funds of the ten to twenty students of a teacher
    "training_funds_cny": Amount("teachers", 5, 50_000),
}
#: What is so many times the median of the county's schools, or that part of it, is questioned; a
#: median of fewer schools than `FEWEST` says nothing.
TIMES = 100
FEWEST = 5
#: Of fewer students or teachers one purchase may be any multiple.
SMALL = 20
#: A county's figure that is so many times what it is in the other years, or that part of it.
TIMES_OF_YEARS = 20
#: Budget per student of the county (yuan).
BUDGET = Amount("students", 500, 500_000)

_LOW = {
    "students": N_(
        "{label} is {value} yuan for {students} students; was it typed in 万元? Expected yuan (1 万元 = 10,000 yuan)"
    ),
    "teachers": N_(
        "{label} is {value} yuan for {teachers} teachers; was it typed in 万元? Expected yuan (1 万元 = 10,000 yuan)"
    ),
}
_HIGH = {
    "students": N_(
        "{label} is {value} yuan for {students} students, {each} yuan each; usual in the county are {median}: is a digit wrong, or was it multiplied by 10,000 twice?"
    ),
    "teachers": N_(
        "{label} is {value} yuan for {teachers} teachers, {each} yuan each; usual in the county are {median}: is a digit wrong, or was it multiplied by 10,000 twice?"
    ),
}


def _heads(rows: pd.DataFrame, per: str) -> pd.Series:
    stages = ("primary", "junior", "senior") if per == "students" else ("primary", "junior")
    return rows[[f"{per}_{stage}" for stage in stages]].sum(axis=1)


def amounts(tables: Tables) -> Iterator[Finding]:
    """Amounts of schools, per student or teacher, against fixed limits and the county's median."""
    if "school_years" not in tables:
        return
    rows = tables["school_years"]
    for column, about in AMOUNTS.items():
        heads = _heads(rows, about.per)
        value = rows[column]
        each = (value / heads).where((value > 0) & (heads > 0))
        of_year = each.groupby(rows["year"])
        median = of_year.transform("median").where(of_year.transform("count") >= FEWEST)
        low = (each < about.low) | (each * TIMES < median)
        high = (each > about.high) | ((each > TIMES * median) & (heads >= SMALL))
        # where most are typed in 万元, the right ones would stand out
        high &= ~(median < about.low)
        told = rows.assign(
            _heads=heads,
            _each=each.round(2),
            _median=median.fillna(about.high).round(2),
        )
        yield from tables.report(
            _LOW[about.per],
            "school_years",
            those(told, low),
            column,
            "warning",
            value=column,
            **{about.per: "_heads"},
        )
        yield from tables.report(
            _HIGH[about.per],
            "school_years",
            those(told, high & ~low),
            column,
            "warning",
            value=column,
            each="_each",
            median="_median",
            **{about.per: "_heads"},
        )


def county_amounts(tables: Tables, standard: Standard) -> Iterator[Finding]:
    """Amounts of the county that fit in 万元, against their range, other years and the students."""
    if "county_years" not in tables:
        return
    rows = tables["county_years"]
    rows = rows[rows["item"].notna()]
    ranges = {item: range_of(item, standard) for item in rows["item"].unique()}
    money = [i for i, of in ranges.items() if of is not None and i.endswith("_cny")]
    rows = rows[rows["item"].isin(money)]
    number = pd.to_numeric(rows["value"], errors="coerce")
    rows = rows.assign(_number=number)[number > 0]
    if rows.empty:
        return
    low = rows["item"].map({item: of.rare_low for item, of in ranges.items() if of is not None})
    others = rows.groupby("item")["_number"].transform("median")
    students = _students(tables).reindex(rows["year"]).to_numpy()
    each = np.where(rows["item"] == "budget_education_cny", rows["_number"] / students, np.nan)
    less = (rows["_number"] < low) & (rows["_number"] * 10_000 >= low)
    less |= (rows["_number"] * TIMES_OF_YEARS < others) | (each < BUDGET.low)
    more = ((rows["_number"] > TIMES_OF_YEARS * others) & (others >= low)) | (each > BUDGET.high)
    told = rows.assign(
        _item=[named([item], standard) for item in rows["item"]],
        _others=[shown(float(value)) for value in others],
    )
    alone = told["_number"] == others
    for message, rows in (
        (TYPED_ONCE, told[less & alone]),
        (TYPED, told[less & ~alone]),
        (TWICE, told[more & ~less]),
    ):
        yield from tables.report(
            message,
            "county_years",
            rows,
            "value",
            "warning",
            item="_item",
            value="value",
            **({} if message is TYPED_ONCE else {"others": "_others"}),
        )


TYPED_ONCE = N_(
    "{item} is {value} yuan; was it typed in 万元? Expected yuan (1 万元 = 10,000 yuan)"
)
TYPED = N_(
    "{item} is {value} yuan; was it typed in 万元? Expected yuan (1 万元 = 10,000 yuan); in the middle of all years it is {others}"
)
TWICE = N_(
    "{item} is {value} yuan; in the middle of all years it is {others}: is a digit wrong, or was it multiplied by 10,000 twice?"
)


def _students(tables: Tables) -> pd.Series:
    """Students of the county by year; blank years where nothing was reported."""
    if "school_years" not in tables:
        return pd.Series(dtype=float)
    rows = tables["school_years"]
    return _heads(rows, "students").groupby(rows["year"]).sum(min_count=1).replace(0, np.nan)
