"""Sites joined into the schools they belong to, in all tables: what comes after knows schools only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...base.schema.columns import Table
from ...base.schema.systems import stages_of_grades
from ...base.schema.tables import SCHOOL_TABLES, TABLES
from ...base.schema.terms import STAGE_GRADES
from .sites import Sites, find_sites, stages_taught

#: Tables of teachers, which a county may have or not.
_STAFF = tuple(name for name in SCHOOL_TABLES if "stage" in TABLES[name].names)

#: Sums are rounded to so many decimals: what is written with fewer adds up as on paper.
_DECIMALS = 6


def join_sites(
    frames: Mapping[str, pd.DataFrame], schema: Mapping[str, Table] = TABLES
) -> tuple[dict[str, pd.DataFrame], Sites]:
    """Add the figures of sites to those of their schools.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        All tables, complete and without errors.
    schema : mapping of str to Table
        The tables as the county's standard asks for them.

    Returns
    -------
    frames : dict of str to DataFrame
        Without rows of sites whose school is known. A sum of which one part was not reported is
        not known; what a school or site does not teach counts as nothing, so do the classes of
        nobody, the women among nobody, and a blank column that need not be there (part-time
        teachers, rented venues): no verdict waits for it. The largest class is the largest of all. Rooms are those of the whole school: a site without rows has none. The
        figures of a site whose school is not known, and of the schools it may belong to, are blank
        in the years in which it is open: none of them can be judged.
    sites : Sites
    """
    rows_of = [frames[name] for name in SCHOOL_TABLES]
    sites = find_sites(frames["schools"], frames["school_years"], rows_of)
    if not sites.joined and not sites.unplaced:
        return dict(frames), sites
    found = dict(frames)
    taught = stages_taught(frames["schools"], frames["school_years"])
    if sites.joined:
        ids = [site.school_id for site in sites.joined]
        roster = frames["schools"]
        found["schools"] = roster[~roster["school_id"].isin(ids)]
        missing = _incomplete(frames, sites, taught)
        found["school_years"] = _yearly(
            frames["school_years"], schema["school_years"], roster, sites, taught
        )
        taught_rows = _taught_rows(frames["enrolment"], roster, sites, taught)
        found["enrolment"] = _enrolment(taught_rows, roster, sites, missing["enrolment"])
        found["rooms"] = _renamed(frames["rooms"], sites)
        for name in _STAFF:
            found[name] = _staff(frames[name], name, sites, missing[name])
    for site in sites.unplaced:
        _blank(found, schema, (site.school_id, *site.may_be), site.opened, site.closed)
    return found, sites


def _main_of(sites: Sites) -> dict[str, str]:
    return {site.school_id: site.main for site in sites.joined}


def _renamed(table: pd.DataFrame, sites: Sites) -> pd.DataFrame:
    """A table with the ids of schools in place of those of their sites."""
    mains = table["school_id"].map(_main_of(sites))
    if mains.isna().all():
        return table
    ids = mains.where(mains.notna(), table["school_id"]).astype(table["school_id"].dtype)
    return table.assign(school_id=ids)


def _yearly(
    table: pd.DataFrame, about: Table, roster: pd.DataFrame, sites: Sites, taught: dict
) -> pd.DataFrame:
    """The table `school_years`: one row per school and year in place of those of its parts."""
    figures = [c for c in about.columns if c.is_numeric and not c.key]
    names, needed = [c.name for c in figures], np.array([c.needed for c in figures])
    stages = [next((s for s in STAGE_GRADES if name.endswith(f"_{s}")), "") for name in names]
    apart = [site for site in sites.joined if site.apart]
    mains = {site.main for site in apart}
    own = _renamed(table, sites)["school_id"]
    touched = own.isin(mains).to_numpy()
    made = []
    for (main, year), rows in table[touched].groupby([own[touched], table["year"][touched]]):
        members = [main, *(s.school_id for s in apart if s.main == main and s.counts_apart(year))]
        members += [each for each in rows["school_id"] if each not in members]
        by_id = rows.set_index("school_id").reindex(members)
        values = by_id[names].to_numpy(dtype=float)
        has = np.array([[not s or s in taught[each] for s in stages] for each in members])
        of_main = rows.index[rows["school_id"] == main]
        row = rows.loc[of_main[0] if len(of_main) else rows.index[0]].copy()
        row["school_id"] = main
        row[names] = _sums(values, has, needed)
        if not len(of_main):
            row["note"] = np.nan
        made.append(row)
    if not made:
        return table
    joined = pd.DataFrame(made).astype(table.dtypes.to_dict())
    return pd.concat([table[~touched], joined]).sort_index().rename_axis(table.index.name)


def _sums(values: np.ndarray, has: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """Sums over the parts of a school (rows): blank where one that counts is blank."""
    nothing = np.isnan(values) & (~has | ~needed)
    total = np.round(np.where(nothing, 0.0, values).sum(axis=0), _DECIMALS)
    return np.where(nothing.all(axis=0), np.nan, total)


def _incomplete(
    frames: Mapping[str, pd.DataFrame], sites: Sites, taught: dict
) -> dict[str, set[tuple]]:
    """School, year and stage of which a part has students or teachers, but no rows in a table."""
    roster, yearly = frames["schools"], frames["school_years"]
    systems = roster.set_index("school_id")["system"]
    grades = frames["enrolment"]
    there = {
        "enrolment": set(
            zip(
                grades["school_id"],
                grades["year"],
                stages_of_grades(grades["grade"], grades["school_id"].map(systems)),
                strict=True,
            )
        ),
    }
    for name in _STAFF:
        keys = frames[name][["school_id", "year", "stage"]]
        there[name] = set(keys.itertuples(index=False, name=None))
    apart = [site for site in sites.joined if site.apart]
    main_of = {site.school_id: site.main for site in apart} | {s.main: s.main for s in apart}
    rows = yearly.set_index(["school_id", "year"])
    found: dict[str, set[tuple]] = {name: set() for name in ("enrolment", *_STAFF)}
    for name, quantity in (("enrolment", "students"), *((name, "teachers") for name in _STAFF)):
        for part, main in main_of.items():
            for year in yearly["year"].unique():
                if not all(s.counts_apart(year) for s in apart if s.school_id == part):
                    continue
                for stage in taught[part] & ({*STAGE_GRADES} - {"senior"}):
                    known = (part, year) in rows.index
                    amount = rows.loc[(part, year), f"{quantity}_{stage}"] if known else np.nan
                    if amount != 0 and (part, year, stage) not in there[name]:
                        found[name].add((main, year, stage))
    return found


def _taught_rows(
    table: pd.DataFrame, roster: pd.DataFrame, sites: Sites, taught: dict
) -> pd.DataFrame:
    """The table `enrolment` without blank rows of grades that a site does not teach."""
    site_ids = [site.school_id for site in sites.joined]
    systems = table["school_id"].map(roster.set_index("school_id")["system"])
    stages = stages_of_grades(table["grade"], systems)
    foreign = [
        stage not in taught.get(school, ())
        for school, stage in zip(table["school_id"], stages, strict=True)
    ]
    blank = table[["students", "classes", "largest_class"]].isna().all(axis=1)
    return table[~(table["school_id"].isin(site_ids) & blank & np.array(foreign, dtype=bool))]


def _enrolment(
    table: pd.DataFrame, roster: pd.DataFrame, sites: Sites, missing: set[tuple]
) -> pd.DataFrame:
    """The table `enrolment`: grades added up, the largest class the largest of all."""
    mains = {site.main for site in sites.joined if site.apart}
    renamed = _renamed(table, sites)
    touched = renamed["school_id"].isin(mains).to_numpy()
    if not touched.any():
        return table
    part = renamed[touched]
    keys = ["school_id", "year", "grade"]
    nobody = part["students"] == 0
    part = part.assign(
        classes=part["classes"].mask(nobody & part["classes"].isna(), 0.0),
        _row=part.index,
        # where nobody is, there is no class that could be the largest
        _no_class=part["largest_class"].isna() & ~nobody,
        _other=table["school_id"][touched] != part["school_id"],
    ).sort_values(["_other", "_row"], kind="stable")
    groups = part.groupby(keys, sort=False)
    joined = groups[["note", "_row"]].first()
    joined["note"] = part[~part["_other"]].groupby(keys)["note"].first()
    for column in ("students", "classes"):
        joined[column] = groups[column].sum(skipna=False)
    joined["largest_class"] = groups["largest_class"].max().mask(groups["_no_class"].any())
    joined = joined.reset_index()
    systems = joined["school_id"].map(roster.set_index("school_id")["system"])
    stages = stages_of_grades(joined["grade"], systems)
    unknown = [
        key in missing for key in zip(joined["school_id"], joined["year"], stages, strict=True)
    ]
    joined.loc[unknown, ["students", "classes", "largest_class"]] = np.nan
    joined = joined.set_index("_row")[table.columns.to_list()].astype(table.dtypes.to_dict())
    return pd.concat([table[~touched], joined]).sort_index().rename_axis(table.index.name)


def _staff(table: pd.DataFrame, name: str, sites: Sites, missing: set[tuple]) -> pd.DataFrame:
    """A table of teachers: those of one kind or age added up; a stage that is not complete has none."""
    if table.empty:
        return table
    keys = TABLES[name].keys
    figures = [c.name for c in TABLES[name].columns if c.is_numeric and c.name not in keys]
    renamed = _renamed(table, sites).assign(_row=table.index)
    nobody = renamed["persons"] == 0
    unknown = {f"_{each}": renamed[each].isna() & ~nobody for each in figures}
    rows = renamed.assign(**unknown).groupby(keys, sort=False)
    joined = rows["_row"].first().to_frame()
    for each in figures:
        joined[each] = rows[each].sum(min_count=1).mask(rows[f"_{each}"].any())
    joined = joined.reset_index().sort_values("_row").set_index("_row")
    stage = list(zip(joined["school_id"], joined["year"], joined["stage"], strict=True))
    mains = {site.main for site in sites.joined if site.apart}
    of_main = joined["school_id"].isin(mains) & joined["persons"].isna()
    lost = missing | {key for key, blank in zip(stage, of_main, strict=True) if blank}
    joined = joined[[key not in lost for key in stage]]
    joined = joined.reindex(columns=table.columns).astype(table.dtypes.to_dict())
    return joined.rename_axis(table.index.name)


def _blank(
    frames: dict[str, pd.DataFrame],
    schema: Mapping[str, Table],
    ids: tuple,
    opened: float,
    closed: float,
) -> None:
    """Take away the figures of some schools in some years: they are not those of whole schools."""
    for name in SCHOOL_TABLES:
        table = frames[name]
        where = table["school_id"].isin(ids) & table["year"].between(opened, closed)
        if not where.any():
            continue
        if name in ("rooms", *_STAFF):
            frames[name] = table[~where]
            continue
        key = TABLES[name].keys
        figures = [c.name for c in schema[name].columns if c.is_numeric and c.name not in key]
        frames[name] = table.copy()
        frames[name].loc[where, figures] = np.nan
