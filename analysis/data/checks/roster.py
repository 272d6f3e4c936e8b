"""What the roster of schools says against the other tables: years, ids, stages, names."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from ...base.schema.systems import stages_of_grades
from ...base.schema.tables import SCHOOL_TABLES, TABLES
from ...base.schema.terms import FIVE_FOUR, SCHOOL_TYPES, STAGE_GRADES
from .school_system import five_years_of_primary
from .sites import contained
from .tables import LISTED, Tables, those


def roster_years(tables: Tables) -> Iterator[Finding]:
    if "schools" in tables and {"opened", "closed"} <= set(tables["schools"]):
        schools = tables["schools"]
        yield from tables.report(
            N_("the school closed ({closed}) before it opened ({opened})"),
            "schools",
            those(schools, schools["closed"] < schools["opened"]),
            "closed",
            opened="opened",
            closed="closed",
        )


def future_years(tables: Tables) -> Iterator[Finding]:
    """Years that have not begun: nothing can have been observed in them."""
    today = datetime.date.today()
    for name, table in TABLES.items():
        if "year" in table.names and name in tables:
            rows = tables[name]
            # a budget is decided, births are estimated before the year begins
            severity = "warning" if name == "county_years" else "error"
            yield from tables.report(
                N_(
                    "data for {year}, a year that has not begun (today is {today}): is a digit wrong? What is expected for later years belongs in a scenario"
                ),
                name,
                those(rows, (rows["year"] > today.year) & (rows["year"] <= table["year"].high)),
                "year",
                severity,
                {"today": today.isoformat()},
                year="year",
            )


def school_system(tables: Tables) -> Iterator[Finding]:
    """Five years of primary school that the roster does not tell: one cause, in place of what follows."""
    if "enrolment" not in tables or "schools" not in tables:
        return
    rows = tables.with_school("enrolment")
    # of schools that say it themselves nothing need be found out
    rows = rows[rows["system"].ne(FIVE_FOUR).fillna(True).to_numpy(dtype=bool)]
    found = five_years_of_primary(rows, tables.frames.get("school_years"))
    if found is not None:
        yield Finding(
            "error",
            found.message,
            {},
            tables.files.get("enrolment", "enrolment"),
            "enrolment",
            "grade",
            found.row,
        )


def unknown_schools(tables: Tables) -> Iterator[Finding]:
    """Ids that are not in the roster, each named once in a table."""
    if "schools" not in tables:
        return
    known = set(tables["schools"]["school_id"])
    short = {str(i).lstrip("0"): i for i in tables["schools"]["school_id"].dropna()}
    for name in SCHOOL_TABLES:
        if name in tables:
            frame = tables[name]
            unknown = frame["school_id"].notna() & ~frame["school_id"].isin(known)
            rows = those(frame, unknown)
            rows = rows.drop_duplicates("school_id")
            near = rows["school_id"].str.lstrip("0").map(short)
            yield from tables.report(
                N_(
                    "the school “{school}” is not in the roster (table schools), which has “{near}”: zeros in front were lost in one of the two tables; format the column as text and type them again"
                ),
                name,
                those(rows.assign(_near=near), near.notna()),
                "school_id",
                school="school_id",
                near="_near",
            )
            yield from tables.report(
                N_("the school “{school}” is not in the roster (table schools)"),
                name,
                those(rows, near.isna()),
                "school_id",
                school="school_id",
            )


def outside_roster_years(tables: Tables) -> Iterator[Finding]:
    for name in SCHOOL_TABLES:
        if name in tables and "schools" in tables:
            rows = tables.with_school(name)
            yield from tables.report(
                N_("data for {year}, but the roster has the school open from {opened} to {closed}"),
                name,
                those(rows, (rows["year"] < rows["opened"]) | (rows["year"] > rows["closed"])),
                "year",
                year="year",
                opened="opened",
                closed="closed",
            )


def impossible_stages(tables: Tables) -> Iterator[Finding]:
    if "school_years" not in tables or "schools" not in tables:
        return
    rows = tables.with_school("school_years")
    for stage in STAGE_GRADES:
        teaches = rows["type"].map(
            {name: stage in kind.stages for name, kind in SCHOOL_TYPES.items()}
        )
        never, column = teaches.eq(False), f"students_{stage}"  # of an unknown type it is NaN
        if column in rows:
            yield from tables.report(
                N_("{label} is {value}, but a school of type {type} has no such stage"),
                "school_years",
                those(rows, never & (rows[column] > 0)),
                column,
                value=column,
                type="type",
            )


def impossible_grades(tables: Tables) -> Iterator[Finding]:
    if "enrolment" not in tables or "schools" not in tables:
        return
    rows = tables.with_school("enrolment")
    stage = stages_of_grades(rows["grade"], rows["system"])
    teaches = pd.MultiIndex.from_arrays([rows["type"], stage]).isin(
        [(name, s) for name, kind in SCHOOL_TYPES.items() for s in kind.stages]
    )
    wrong = ~teaches & stage.notna() & rows["type"].isin(list(SCHOOL_TYPES))
    yield from tables.report(
        N_("{value} students in grade {grade}, but a school of type {type} has no such stage"),
        "enrolment",
        those(rows, wrong & (rows["students"] > 0)),
        "students",
        value="students",
        grade="grade",
        type="type",
    )


def ownership(tables: Tables) -> Iterator[Finding]:
    if "schools" in tables and "sponsor" in tables["schools"]:
        rows = tables["schools"]
        private = rows["sponsor"] == 10
        yield from tables.report(
            N_(
                "ownership is “{ownership}”, but sponsor code {sponsor} says otherwise (10 = private)"
            ),
            "schools",
            those(rows, rows["sponsor"].notna() & (private != (rows["ownership"] == "private"))),
            "ownership",
            "warning",
            ownership="ownership",
            sponsor="sponsor",
        )


def year_gaps(tables: Tables) -> Iterator[Finding]:
    """Years without any data, and schools without data in a year in which they are open."""
    if "school_years" not in tables or "schools" not in tables:
        return
    if any(len(tables.unread.get(("school_years", key), [])) for key in ("school_id", "year")):
        return  # which years are there is not known yet
    rows = tables["school_years"]
    column = TABLES["school_years"]["year"]
    valid = rows["year"].between(column.low, column.high) & (rows["year"] % 1 == 0)
    years = np.unique(rows.loc[valid, "year"]).astype(int)
    gaps = set(range(years[0], years[-1] + 1)) - set(years) if len(years) else set()
    for year in sorted(gaps):
        yield Finding(
            "warning",
            N_("no data for {year}, a year between others that have some: trends have a gap there"),
            {"year": year},
            tables.files["school_years"],
            "school_years",
            "year",
        )
    roster = tables["schools"].drop_duplicates("school_id")
    opened = roster["opened"] if "opened" in roster else pd.Series(np.nan, roster.index)
    closed = roster["closed"] if "closed" in roster else pd.Series(np.nan, roster.index)
    reported = pd.MultiIndex.from_frame(rows[["school_id", "year"]])
    unknown = rows["school_id"].notna() & ~rows["school_id"].isin(roster["school_id"])
    since = roster["school_id"].map(contained(tables))
    strangers = rows.loc[unknown, ["school_id", "year"]].drop_duplicates()["year"].value_counts()
    for year in years:
        open_ = ~(opened > year) & ~(closed < year)
        there = pd.MultiIndex.from_product([roster["school_id"], [year]]).isin(reported)
        absent = those(roster, open_ & ~there & ~(since > year))
        if len(absent) <= strangers.get(year, 0):
            continue  # most likely the schools that are there under another id
        yield from tables.report(
            N_(
                "“{name}” has no row in school_years for {year}; its verdict and the county's stay open. If it was closed, fill in opened/closed"
            ),
            "schools",
            absent.assign(_year=year),
            "school_id",
            "warning",
            name="name",
            year="_year",
        )


def same_names(tables: Tables) -> Iterator[Finding]:
    """Two schools of one name that are open at the same time."""
    if "schools" not in tables:
        return
    schools = tables["schools"]
    rows = schools[schools.duplicated("name", keep=False) & schools["name"].notna()]
    rows = rows.drop_duplicates(["school_id", "name"])
    opened, closed = rows["opened"].fillna(-np.inf), rows["closed"].fillna(np.inf)
    pairs = []
    for _, same in rows.groupby("name", sort=False):
        first = same.index[0]
        for row in same.index[1 : 1 + LISTED]:
            if opened[row] <= closed[first] and opened[first] <= closed[row]:
                pairs.append((row, rows.loc[first, "school_id"]))
    found = schools.loc[[row for row, _ in pairs]].assign(_other=[other for _, other in pairs])
    yield from tables.report(
        N_("“{name}” is also the name of school {other}; is it one school entered twice?"),
        "schools",
        found,
        "name",
        "warning",
        name="name",
        other="_other",
    )
