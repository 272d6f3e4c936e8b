"""Sites (不计校数的校点、校区): which rows of the roster are parts of another school, and of which.

A site is not counted as a school; its students, classes, teachers, areas, equipment and rooms are
those of the school it belongs to, which is what two public programs for this job do too. Told here
is only who belongs to whom; `analysis.data.belonging.joining` adds the figures up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ...base.schema.terms import SCHOOL_TYPES, STAGE_GRADES

#: Types of schools that have the stages in which they report students.
_FLEXIBLE = ("attached_class", "special_education")


@dataclass(frozen=True)
class Site:
    """A row of the roster that is part of another school.

    Attributes
    ----------
    school_id, name : str
    main : str
        Id of the school that it belongs to; "" where it is not known.
    since : float
        The first year in which a table has rows of its own; infinite where none has. Before it the
        site is taken as contained in the figures of its school: there is nothing to add.
    said : str
        What `belongs_to` says.
    may_be : tuple of str
        Where `main` is not known: ids of the schools that it may be a part of.
    opened, closed : float
        First and last school year; infinite where the roster has none.
    """

    school_id: str
    name: str
    main: str
    since: float
    said: str
    may_be: tuple[str, ...] = ()
    opened: float = float("-inf")
    closed: float = float("inf")

    @property
    def apart(self) -> bool:
        """Whether it has rows of its own in any year."""
        return self.since < float("inf")

    def counts_apart(self, year: float) -> bool:
        """Whether its figures of a year are expected in rows of its own."""
        return self.is_open(year) and self.since <= year

    def is_open(self, year: float) -> bool:
        return self.opened <= year <= self.closed


@dataclass(frozen=True)
class Sites:
    """The sites of a county, in the order of the roster.

    Attributes
    ----------
    joined : tuple of Site
        Those whose school is known: they are in no table any more.
    unplaced : tuple of Site
        Those whose school is not: neither they nor the schools they may belong to can be judged.
    """

    joined: tuple[Site, ...] = ()
    unplaced: tuple[Site, ...] = ()

    def of(self, school_id: str) -> tuple[Site, ...]:
        """The sites of a school."""
        return tuple(site for site in self.joined if site.main == school_id)

    def site(self, name: str) -> Site | None:
        """The joined site of an id or a name, None if there is none."""
        return next((each for each in self.joined if name in (each.school_id, each.name)), None)


def find_sites(
    schools: pd.DataFrame, yearly: pd.DataFrame | None, others: Iterable[pd.DataFrame] = ()
) -> Sites:
    """The sites that a roster names.

    Parameters
    ----------
    schools : DataFrame
        The table `schools`, complete; may be wrong in any way.
    yearly : DataFrame or None
        The table `school_years`.
    others : iterable of DataFrame
        Further tables with rows of schools.

    Returns
    -------
    Sites
        A site whose school is a site, or itself, is joined to nothing: that is refused elsewhere.
    """
    if "belongs_to" not in schools or schools["belongs_to"].isna().all():
        return Sites()
    roster = schools[schools["school_id"].notna()].drop_duplicates("school_id")
    roster = roster.set_index("school_id")
    named = roster["belongs_to"].dropna()
    whole = roster[roster["belongs_to"].isna()]
    rows = [t[["school_id", "year"]] for t in (yearly, *others) if t is not None]
    since = pd.concat(rows).groupby("school_id")["year"].min() if rows else pd.Series(dtype=float)
    taught = stages_taught(roster.reset_index(), yearly)
    joined, unplaced = [], []
    for at, said in named.items():
        row = roster.loc[at]
        name = row["name"] if isinstance(row["name"], str) else str(at)
        opened, closed = row.get("opened"), row.get("closed")
        made = {
            "since": float(since.get(at, float("inf"))),
            "said": said,
            "opened": float("-inf") if pd.isna(opened) else float(opened),
            "closed": float("inf") if pd.isna(closed) else float(closed),
        }
        if said in whole.index:
            joined.append(Site(at, name, said, **made))
        elif said not in roster.index:
            may_be = _may_be(name, taught[at], whole, taught)
            unplaced.append(Site(at, name, "", may_be=may_be, **made))
    return Sites(tuple(joined), tuple(unplaced))


def _may_be(
    name: str, stages: frozenset, whole: pd.DataFrame, taught: dict[str, frozenset]
) -> tuple[str, ...]:
    """Schools that a site may be a part of: the one whose name begins its own, else all of its stages."""
    names = whole["name"].dropna()
    begins = [(len(text), at) for at, text in names.items() if text and name.startswith(text)]
    if begins:
        longest = max(length for length, _ in begins)
        return tuple(at for length, at in begins if length == longest)
    return tuple(at for at in whole.index if stages <= taught[at])


def stages_taught(schools: pd.DataFrame, yearly: pd.DataFrame | None) -> dict[str, frozenset]:
    """The stages that each school of a roster has, by its type and, where that leaves it open, its students."""
    found = {}
    for at, kind in zip(schools["school_id"], schools["type"], strict=True):
        stages = SCHOOL_TYPES[kind].stages if kind in SCHOOL_TYPES else tuple(STAGE_GRADES)
        if kind in _FLEXIBLE and yearly is not None:
            rows = yearly[yearly["school_id"] == at]
            ever = [each for each in stages if (rows[f"students_{each}"] > 0).any()]
            stages = ever or stages
        found[at] = frozenset(stages)
    return found
