"""A county whose schools are split into a main school and sites, as which it must count the same."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.schema.tables import TABLES
from analysis.base.schema.terms import SCHOOL_TYPES, STAGE_GRADES


def split(tables, random: np.random.Generator, share: float = 0.3) -> dict[str, pd.DataFrame]:
    """Tables of which some schools are divided at random; their site may teach one stage only."""
    found = {name: table.copy() for name, table in tables.items()}
    for position in np.flatnonzero(random.random(len(found["schools"])) < share):
        school = found["schools"].iloc[position]
        for number in range(random.integers(1, 3)):
            site = f"{school['school_id']}-{number}"
            kind = random.choice(
                [n for n, t in SCHOOL_TYPES.items() if {*t.stages} <= _stages(school["type"])]
                if len(_stages(school["type"])) < 3
                else [school["type"]]
            )
            row = school.copy()
            row["school_id"], row["name"], row["type"] = site, f"{school['name']}{number}", kind
            row["belongs_to"], row["opened"], row["closed"] = school["school_id"], np.nan, np.nan
            row["opened"], row["closed"] = school["opened"], school["closed"]
            found["schools"] = _appended(found["schools"], pd.DataFrame([row]))
            for name in ("school_years", "enrolment", "staff_kinds"):
                found[name] = _divided(name, found[name], school["school_id"], site, kind, random)
            rooms = found["rooms"]
            moved = (rooms["school_id"] == school["school_id"]) & (random.random(len(rooms)) < 0.5)
            found["rooms"] = rooms.assign(school_id=rooms["school_id"].mask(moved, site))
    return found


def _stages(kind: str) -> set[str]:
    return set(SCHOOL_TYPES[kind].stages)


def _divided(name, table, main, site, kind, random) -> pd.DataFrame:
    """A table with a part of each of a school's rows in a row of its site."""
    rows = table[table["school_id"] == main].copy()
    if rows.empty:
        return table
    left = rows.copy()
    rows["school_id"] = site
    for column in TABLES[name].columns:
        here = column.name
        if not column.is_numeric or column.key or here in ("largest_class",):
            continue
        if any(here.endswith(f"_{stage}") for stage in set(STAGE_GRADES) - _stages(kind)):
            rows[here] = np.nan  # what the site does not teach stays blank there
            continue
        part = rows[here] * random.random(len(rows))
        part = np.floor(part) if column.kind == "count" else part.round(2)
        # what was not reported is reported nowhere
        rows[here], left[here] = part, (left[here] - part).round(6)
    if name == "enrolment":
        own = [grade for stage in _stages(kind) for grade in STAGE_GRADES[stage]]
        gone = ~rows["grade"].isin(own)
        left.loc[gone, ["students", "classes"]] = table.loc[
            rows.index[gone], ["students", "classes"]
        ]
        rows = rows[~gone]
        smaller = (rows["largest_class"] * random.random(len(rows))).round()
        if random.random() < 0.5:
            rows["largest_class"] = smaller
        else:  # the largest one stands at the site
            left.loc[rows.index, "largest_class"] = smaller
    if name == "staff_kinds":
        gone = ~rows["stage"].isin(_stages(kind))
        left.loc[gone, "persons"] = table.loc[rows.index[gone], "persons"]
        rows = rows[~gone]
    rest = table.copy()
    rest.loc[left.index] = left
    return _appended(rest, rows)


def _appended(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    start = int(table.index.max()) + 1
    rows = rows.set_axis(pd.RangeIndex(start, start + len(rows), name="row"))
    return pd.concat([table, rows.astype(table.dtypes.to_dict())])
