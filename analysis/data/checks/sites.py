"""Sites that belong to another school: what cannot be, what contradicts, and what has to be asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from ...base.refusals import some
from ...base.schema.tables import SCHOOL_TABLES, TABLES
from ...base.schema.terms import CHOICE_LABELS, FIVE_FOUR, STAGE_GRADES, STAGE_LABELS, Label
from ..belonging.sites import Site, Sites, find_sites, stages_taught
from .tables import Tables

#: Sites that a sentence names.
_NAMED = 8

UNPLACED = N_(
    "sites that are not counted as schools (不计校数) and of which the column {column} does not name the school of the roster that they belong to: {n} ({names}); until it is known neither they nor the schools they may belong to are assessed ({schools}): enter that school's id there"
)
JOINED = N_("sites that count with the schools they belong to: {n}, of {names}")
CONTAINED = N_(
    "sites without rows of their own in any table, taken as contained in the figures of the schools they belong to: {n}, of {names}"
)

BEFORE = N_(
    "sites that have rows of their own only from a later year on, taken as contained in the figures of the schools they belong to before it: {n}, of {names}"
)


def sites_of(tables: Tables) -> Sites:
    """The sites of the tables under examination."""
    if "schools" not in tables:
        return Sites()
    others = [tables[name] for name in SCHOOL_TABLES if name in tables]
    yearly = tables.frames.get("school_years")
    return find_sites(tables["schools"], yearly, others)


def contained(tables: Tables) -> dict[str, float]:
    """Sites that have no rows, for their school's hold their figures, and the year in which that ends."""
    return {site.school_id: site.since for site in sites_of(tables).joined}


def sites(tables: Tables) -> Iterator[Finding]:
    """Everything about sites; nothing where the roster has none."""
    if "schools" not in tables or "belongs_to" not in tables["schools"]:
        return
    if tables["schools"]["belongs_to"].isna().all():
        return
    found = sites_of(tables)
    yield from _chains(tables)
    yield from _types(tables, found)
    yield from _years(tables, found)
    yield from _contradictions(tables, found)
    yield from _told(tables, found)


def _named(tables: Tables) -> pd.DataFrame:
    """Rows of sites, with the row of the school that each belongs to."""
    roster = tables["schools"]
    whole = roster.drop_duplicates("school_id").set_index("school_id").add_prefix("_")
    rows = roster[roster["belongs_to"].notna() & roster["school_id"].notna()]
    joined = rows.join(whole, on="belongs_to")
    joined.index = rows.index
    return joined


def _chains(tables: Tables) -> Iterator[Finding]:
    rows = _named(tables)
    own = rows["belongs_to"] == rows["school_id"]
    yield from tables.report(
        N_(
            "the school is given as a site of itself; clear the cell, or enter the id of the school that it belongs to"
        ),
        "schools",
        rows[own],
        "belongs_to",
    )
    yield from tables.report(
        N_(
            "“{name}” is given as a site of “{main}”, which is itself a site ({other}); enter the id of the school that both belong to"
        ),
        "schools",
        rows[~own & rows["_belongs_to"].notna()],
        "belongs_to",
        name="name",
        main="_name",
        other="_belongs_to",
    )


def _joined(tables: Tables, found: Sites) -> pd.DataFrame:
    rows = _named(tables)
    return rows[rows["school_id"].isin([site.school_id for site in found.joined])]


def _types(tables: Tables, found: Sites) -> Iterator[Finding]:
    """A stage that the school of a site has not, and another system."""
    yearly = tables.frames.get("school_years")
    taught = stages_taught(tables["schools"].drop_duplicates("school_id"), yearly)
    rows = _joined(tables, found)
    for stage in STAGE_GRADES:
        lacks = [
            stage in taught[site] and stage not in taught[main]
            for site, main in zip(rows["school_id"], rows["belongs_to"], strict=True)
        ]
        yield from tables.report(
            N_(
                "the site teaches {stage}, but “{main}”, the school that it belongs to, has no such stage ({type}); enter in the row of “{main}” the type of the whole school with its sites"
            ),
            "schools",
            rows[np.array(lacks, dtype=bool)].assign(
                _type=lambda part: [CHOICE_LABELS.get(kind, kind) for kind in part["_type"]]
            ),
            "belongs_to",
            constants={"stage": STAGE_LABELS[stage]},
            main="_name",
            type="_type",
        )
    five = rows["system"].eq(FIVE_FOUR).fillna(False).astype(bool)
    of_main = rows["_system"].eq(FIVE_FOUR).fillna(False).astype(bool)
    yield from tables.report(
        N_(
            "the school system of the site is not that of “{main}”, the school that it belongs to: grade 6 would count twice or not at all"
        ),
        "schools",
        rows[five != of_main],
        "system",
        main="_name",
    )


def _years(tables: Tables, found: Sites) -> Iterator[Finding]:
    """Figures of years in which the school of a site is not open."""
    mains = _joined(tables, found).drop_duplicates("school_id").set_index("school_id")
    for name in SCHOOL_TABLES:
        if name not in tables:
            continue
        frame = tables[name]
        rows = frame.join(mains[["_name", "_opened", "_closed"]], on="school_id")
        rows.index = frame.index
        yield from tables.report(
            N_(
                "data of a site for {year}, but “{main}”, the school that it belongs to, is open from {opened} to {closed}"
            ),
            name,
            rows[(rows["year"] < rows["_opened"]) | (rows["year"] > rows["_closed"])],
            "year",
            year="year",
            main="_name",
            opened="_opened",
            closed="_closed",
        )


def _contradictions(tables: Tables, found: Sites) -> Iterator[Finding]:
    """A private site of a public school and the like: it counts as its school does."""
    rows = _joined(tables, found)
    special = rows["type"].eq("special_education") != rows["_type"].eq("special_education")
    for column, differs in (
        ("ownership", rows["ownership"] != rows["_ownership"]),
        ("type", special),
    ):
        there = rows[column].isin(list(CHOICE_LABELS)) & rows[f"_{column}"].isin(
            list(CHOICE_LABELS)
        )
        shown = rows[differs & there]
        yield from tables.report(
            N_(
                "{label} of the site “{name}” is “{value}”, that of “{main}”, the school that it belongs to, is “{other}”; the site counts as its school does: is it really part of it?"
            ),
            "schools",
            shown.assign(
                _value=[CHOICE_LABELS[each] for each in shown[column]],
                _other=[CHOICE_LABELS[each] for each in shown[f"_{column}"]],
            ),
            column,
            "warning",
            name="name",
            value="_value",
            main="_name",
            other="_other",
        )


def _told(tables: Tables, found: Sites) -> Iterator[Finding]:
    """Which sites count with which school, once; and whose school is not known, once."""
    names = dict(zip(tables["schools"]["school_id"], tables["schools"]["name"], strict=True))
    place = (tables.files.get("schools", "schools"), "schools", "belongs_to")
    first = tables["school_years"]["year"].min() if "school_years" in tables else np.nan
    for message, part in (
        (JOINED, [site for site in found.joined if site.apart]),
        (CONTAINED, [site for site in found.joined if not site.apart]),
        (BEFORE, [site for site in found.joined if max(first, site.opened) < site.since < np.inf]),
    ):
        if part:
            values = {"n": len(part), "names": _by_school(part, names)}
            yield Finding("warning", message, values, *place)
    if found.unplaced:
        waiting = dict.fromkeys(each for site in found.unplaced for each in site.may_be)
        row = tables["schools"].index[tables["schools"]["school_id"] == found.unplaced[0].school_id]
        values = {
            "n": len(found.unplaced),
            "column": TABLES["schools"]["belongs_to"],
            "names": _list([site.name for site in found.unplaced]),
            "schools": _list([str(names[each]) for each in waiting]),
        }
        yield Finding("warning", UNPLACED, values, *place, int(row[0]))


def _by_school(sites: list[Site], names: dict) -> Label:
    """Schools with their sites in brackets."""
    of: dict[str, list[str]] = {}
    for site in sites:
        of.setdefault(site.main, []).append(site.name)
    return Label(
        some([f"{names[main]}（{'、'.join(own)}）" for main, own in of.items()], _NAMED, "；"),
        some([f"{names[main]} ({', '.join(own)})" for main, own in of.items()], _NAMED, "; "),
    )


def _list(names: list[str]) -> Label:
    return Label(some(names, _NAMED, "、"), some(names, _NAMED))
