"""Figures that a county may have left blank in a year, and tables in which some of them are filled in.

What is filled in is no estimate: it only stands for “there is a number here”, to find out what waits
for it (`analysis.measure.open_items.missing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.schema.county_items import COUNTY_INPUTS
from ...base.schema.systems import stages_of_grades
from ...base.schema.tables import SCHOOL_TABLES
from ...base.schema.terms import STAGE_GRADES, STAGES
from ...data.belonging.sites import stages_taught
from ...data.county import County
from ...policy.standards import Rules


@dataclass(frozen=True, order=True)
class Blank:
    """A figure that was not reported, or all figures of a row that is not there.

    Attributes
    ----------
    table : str
    column : str
        Column of the table; item of `county_years`; "" where whole rows are missing.
    school_id : str
        "" for the county.
    stage : str
        Of rows of `enrolment` that are not there.
    grade : int
        Of a cell of `enrolment`; 0 elsewhere.
    row : int
        Row in the file; 0 where there is none yet.
    """

    table: str
    column: str
    school_id: str = ""
    stage: str = ""
    grade: int = 0
    row: int = 0

    @property
    def kind(self) -> tuple[str, str, bool]:
        """Figures of one kind are tried together."""
        return self.table, self.column, self.row > 0


def yearly_figures(county: County) -> list[str]:
    """Figures of schools that are needed, or that an indicator counts."""
    counted = county.standard.evaluation.indicators.recorded
    return [
        column.name
        for column in county.schema["school_years"].columns
        if column.is_numeric and not column.key and (column.needed or column.name in counted)
    ]


#: Inputs that need not be there: they count only where something else was reported.
_OPTIONAL = {"satisfaction_visits": "", "satisfaction_visits_satisfied": "satisfaction_visits"}
#: What is filled in for items that are taken away from others, lest nothing be left of these.
_SUBTRACTED = (
    *("special_post_teachers", "junior_transfers_in", "junior_transfers_out", "junior_deaths"),
)
#: Items of which one is enough.
UNKNOWN_ITEMS = tuple(name for name in COUNTY_INPUTS if name.startswith("monitoring_"))
_YES = ("left_behind_care",)


def blanks(county: County, year: int) -> list[Blank]:
    """Everything that may be missing in a year, whether anything waits for it or not."""
    tables = county.as_entered
    roster = tables["schools"]
    yearly = tables["school_years"]
    open_ = roster[~(roster["opened"] > year) & ~(roster["closed"] < year)]
    # the figures of a site without rows are in those of its school
    within = [site.school_id for site in county.sites.joined if not site.counts_apart(year)]
    ids = [each for each in open_["school_id"] if each not in within]
    taught = stages_taught(roster, yearly)
    rows = yearly[yearly["year"] == year].drop_duplicates("school_id")
    # where only pupils were handed in, no row of the table has a number in a file
    numbers = rows.index if yearly.index.name == "row" else 0
    rows = rows.assign(row=numbers)
    rows = rows.set_index("school_id")
    found = [
        Blank("schools", "belongs_to", site.school_id, row=int(roster.index[at]))
        for site in county.sites.unplaced
        for at in np.flatnonzero(roster["school_id"] == site.school_id)
    ]
    found += _of_schools(rows, ids, taught, yearly_figures(county))
    found += _of_grades(tables, rows, ids, taught, year)
    found += _of_rooms(tables["rooms"], ids, year)
    found += _of_county(tables["county_years"], year)
    return found


def items_to_fill(names: Iterable[str], year: int) -> list[Blank]:
    """Items that are reported under their own name."""
    return [Blank("county_years", name) for name in names]


def _of_schools(rows: pd.DataFrame, ids: list[str], taught: dict, names: list[str]) -> list[Blank]:
    found = []
    for school in ids:
        if school not in rows.index:
            found.append(Blank("school_years", "", school))
            continue
        row = rows.loc[school]
        found += [
            Blank("school_years", column, school, row=int(row["row"]))
            for column in names
            if np.isnan(row[column]) and _applies(column, taught[school])
        ]
    return found


def _applies(column: str, stages: Iterable[str]) -> bool:
    of = next((stage for stage in STAGE_GRADES if column.endswith(f"_{stage}")), None)
    return of is None or of in stages


def _of_grades(
    tables: Mapping, rows: pd.DataFrame, ids: list[str], taught: dict, year: int
) -> list[Blank]:
    systems = tables["schools"].drop_duplicates("school_id").set_index("school_id")["system"]
    grades = tables["enrolment"]
    grades = grades[(grades["year"] == year) & grades["school_id"].isin(ids)]
    blank = grades[grades["largest_class"].isna() & (grades["students"] != 0)]
    found = [
        Blank("enrolment", "largest_class", school, grade=int(grade), row=int(row))
        for row, school, grade in zip(blank.index, blank["school_id"], blank["grade"], strict=True)
    ]
    stages = stages_of_grades(grades["grade"], grades["school_id"].map(systems))
    there = set(zip(grades["school_id"], stages, strict=True))
    for school in ids:
        for stage in STAGES:
            none = school in rows.index and rows.loc[school, f"students_{stage}"] == 0
            if stage in taught[school] and not none and (school, stage) not in there:
                found.append(Blank("enrolment", "", school, stage))
    return found


def _of_rooms(rooms: pd.DataFrame, ids: list[str], year: int) -> list[Blank]:
    rooms = rooms[rooms["year"] == year]
    blank = rooms[rooms["area_m2"].isna() & rooms["school_id"].isin(ids)]
    found = [
        Blank("rooms", "area_m2", school, row=int(row))
        for row, school in blank["school_id"].items()
    ]
    there = set(rooms["school_id"])
    return found + [Blank("rooms", "", school) for school in ids if school not in there]


def _of_county(table: pd.DataFrame, year: int) -> list[Blank]:
    rows = table[(table["year"] == year)]
    reported = set(rows.loc[rows["value"].notna(), "item"])
    at = dict(zip(rows["item"], rows.index, strict=True))
    return [
        Blank("county_years", name, row=int(at.get(name, 0)))
        for name in COUNTY_INPUTS
        if name not in reported and _OPTIONAL.get(name, name) in (name, *reported)
    ]


# --- filled in -----------------------------------------------------------------------------------

_FIGURES = {"students": 120.0, "classes": 4.0, "largest_class": 30.0, "area_m2": 1_000.0}


def _figure(column: str) -> float:
    """A number that no rule refuses."""
    return _FIGURES.get(column.rpartition("_")[0], _FIGURES.get(column, 1e6))


def filled(
    tables: Mapping[str, pd.DataFrame],
    given: list[Blank],
    year: int,
    rules: Rules,
    figures: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Tables in which some blanks hold a number, and missing rows, with these figures, are there."""
    found = dict(tables)
    of: dict[str, list[Blank]] = {}
    for blank in given:
        of.setdefault(blank.table, []).append(blank)
    for name in SCHOOL_TABLES:
        if name in of:
            cells = [blank for blank in of[name] if blank.row]
            table = found[name].copy()
            for column in {blank.column for blank in cells}:
                at = [blank.row for blank in cells if blank.column == column]
                table.loc[at, column] = _figure(column)
            rows = [row for b in of[name] if not b.row for row in _rows(b, tables, year, figures)]
            found[name] = _with(table, rows)
    if "county_years" in of:
        rows = [
            {"year": year, "item": blank.column, "value": _value(blank.column, rules)}
            for blank in of["county_years"]
        ]
        table = found["county_years"]
        table = table[~table.index.isin([blank.row for blank in of["county_years"]])]
        found["county_years"] = _with(table, rows)
    if "schools" in of:
        found["schools"] = _placed(tables, [blank.school_id for blank in of["schools"]])
    return found


def _placed(tables: Mapping[str, pd.DataFrame], ids: list[str]) -> pd.DataFrame:
    """The roster with sites put to the first school that they may belong to."""
    from ...data.belonging.sites import find_sites

    roster = tables["schools"].copy()
    for site in find_sites(roster, tables["school_years"]).unplaced:
        if site.school_id in ids and site.may_be:
            roster.loc[roster["school_id"] == site.school_id, "belongs_to"] = site.may_be[0]
    return roster


def _value(item: str, rules: Rules) -> str:
    if item in COUNTY_INPUTS:
        return "yes" if item in _YES else "1" if item in _SUBTRACTED else "1000"
    word, required = rules.rule(item), rules[item]
    return word if word in ("yes", "no") else f"{required}"


def _rows(
    blank: Blank, tables: Mapping[str, pd.DataFrame], year: int, names: Sequence[str]
) -> list[dict]:
    """The rows of a school that are not there."""
    key = {"school_id": blank.school_id, "year": year}
    if blank.table == "rooms":
        both = [{"kind": kind, "area_m2": _figure("area_m2")} for kind in ("music", "art")]
        return [key | room for room in both * 50]
    if blank.table == "enrolment":
        figures = {name: _figure(name) for name in ("students", "classes", "largest_class")}
        # grade 9 and grade 5 are of their stage in either school system
        grade = {"primary": 5, "junior": 9}[blank.stage]
        return [key | {"grade": grade} | figures]
    taught = stages_taught(tables["schools"], tables["school_years"])[blank.school_id]
    return [key | {name: _figure(name) for name in names if _applies(name, taught)}]


def _with(table: pd.DataFrame, rows: list[dict]) -> pd.DataFrame:
    """A table with further rows."""
    if not rows:
        return table
    start = int(table.index.max()) + 1 if len(table) else 2
    more = pd.DataFrame(rows, columns=table.columns).astype(table.dtypes.to_dict())
    more.index = pd.RangeIndex(start, start + len(more), name=table.index.name)
    return pd.concat([table, more])
