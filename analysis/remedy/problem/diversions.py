"""Pupils who go to another school, by a menu: the county with other numbers of students."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from types import MappingProxyType

from ...base.files import N_, problem
from ...data.county import County
from .means import Diversion


def diverted(county: County, year: int, chosen: Sequence[Diversion]) -> County:
    """The county's year after some diversions; staff and things stay where they are.

    Raises
    ------
    InputError
        A school has fewer pupils of the stage than are to leave, or does not teach it.
    """
    table = county.tables["school_years"].copy()
    for each in chosen:
        column = f"students_{each.stage}"
        for code, sign in ((each.origin, -1), (each.target, 1)):
            row = table.index[(table["school_id"] == code) & (table["year"] == year)]
            has = float(table.loc[row, column].iloc[0]) if len(row) else float("nan")
            if not has + sign * each.students >= 0 or (sign > 0 and not has > 0):
                raise problem(
                    N_("diversion “{name}”: {code} has {has} pupils of the stage in {year}"),
                    name=each.name,
                    code=code,
                    has=f"{has:g}",
                    year=year,
                )
            table.loc[row, column] = has + sign * each.students
    tables = dict(county.tables) | {"school_years": table}
    marks = "+".join(each.name for each in chosen)
    return dataclasses.replace(
        county, tables=MappingProxyType(tables), fingerprint=f"{county.fingerprint}+{marks}"
    )
