"""Schools and items that were chosen by their names: the ids they stand for."""

from __future__ import annotations

import dataclasses
import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from ...base.files import N_, Finding
from ...base.refusals import shorten
from ...policy.standards import Standard
from ..checks.tables import Tables
from ..county_form import form_items, item_ids, name_key

#: Names that are offered for one that is unknown.
OFFERED = 3

_UNKNOWN = N_("no school of the roster is called “{name}”; the nearest: {near}")
_NONE_NEAR = N_("no school of the roster is called “{name}”; enter it in the roster")
_SEVERAL = N_("“{name}” is the name of several schools ({ids}); enter the id of the one meant")
_ANOTHER = N_("the id {id} is that of “{own}”, but the name beside it is “{name}”; correct one")


def schools_by_name(
    frames: dict[str, pd.DataFrame],
    files: Mapping[str, str],
    unread: dict[tuple[str, str], pd.Index],
) -> list[Finding]:
    """Fill in the ids of schools that were chosen by name, in place.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Typed tables; names stand in a column ``~school``.
    files : mapping of str to str
    unread : dict
        Rows whose school is not known are added: nothing else needs to be said of their id.

    Returns
    -------
    list of Finding
        Names that are unknown or those of several schools, and names that are not those of the id
        beside them.
    """
    roster = frames.get("schools", pd.DataFrame())
    if not {"school_id", "name"} <= set(roster.columns):
        return []
    roster = roster.dropna(subset=["school_id", "name"])
    ids: dict[str, list[str]] = defaultdict(list)
    for id, name in zip(roster["school_id"], roster["name"], strict=True):
        ids[school_key(name)].append(id)
    names = dict(zip(roster["school_id"], roster["name"], strict=True))
    findings: list[Finding] = []
    for table, frame in frames.items():
        if "~school" in frame:
            findings += _resolve(table, frame, ids, names, files, unread)
    _parents(frames.get("schools"), ids, names)
    return findings


def _resolve(table, frame, ids, names, files, unread) -> list[Finding]:
    written, own = frame["~school"], frame["school_id"]
    said = {text: school_key(text) for text in pd.unique(written)}
    keys = written.map(said)
    one = {key: found[0] for key, found in ids.items() if len(set(found)) == 1}
    found = keys.map(one).where(keys != "")
    # an id that could not be read was reported already
    broken = unread.get((table, "school_id"), frame.index[:0])
    asked = own.isna() & (keys != "") & ~frame.index.isin(broken)
    frame["school_id"] = own.where(~asked, found).astype("str")
    # (a frame without rows would take the rows of what is assigned to it)
    told = frame.assign(_name=written.map(shorten))
    lost = told[asked & found.isna()]
    several = keys[lost.index].isin(list(ids))
    report, column = Tables({table: frame}, files).report, "school_id"
    known = list(names.values())
    near = {name: _near(name, known) for name in set(lost.loc[~several, "_name"])}
    lost = lost.assign(
        _near=lost["_name"].map(near),
        _ids=keys[lost.index].map(lambda key: ", ".join(ids.get(key, ()))),
    )
    own_name = frame["school_id"].map(names)
    other = ~asked & own_name.notna() & (keys != "") & (keys != own_name.map(school_key, "ignore"))
    # two schools of one name: the id says which
    wrong = told.assign(_own=own_name)[other]
    some = (~several) & (lost["_near"].fillna("") != "")
    unknown = [
        *report(_UNKNOWN, table, lost[some], column, name="_name", near="_near"),
        *report(_NONE_NEAR, table, lost[~several & ~some], column, name="_name"),
    ]
    parts = [
        # the name is what is to be mended, not the id that it stands for
        *(
            dataclasses.replace(each, column="~school", value=each.values.get("name", ""))
            for each in unknown
        ),
        *report(_SEVERAL, table, lost[several], column, name="_name", ids="_ids"),
        *report(_ANOTHER, table, wrong, column, id="school_id", own="_own", name="_name"),
    ]
    unread[table, "school_id"] = pd.Index(broken).union(lost.index)
    return parts


def _parents(roster: pd.DataFrame | None, ids, names) -> None:
    """A site's school, where it is given by name."""
    if roster is None or "belongs_to" not in roster:
        return
    one = {key: found[0] for key, found in ids.items() if len(set(found)) == 1}
    texts = pd.unique(roster["belongs_to"].dropna())
    meant = {
        text: one[school_key(text)]
        for text in texts
        if text not in names and school_key(text) in one
    }
    if meant:
        roster["belongs_to"] = roster["belongs_to"].replace(meant)


def items_by_name(
    frames: dict[str, pd.DataFrame], files: Mapping[str, str], standard: Standard | None
) -> list[Finding]:
    """Put ids in place of the names of items of county_years; names near one are questioned."""
    frame = frames.get("county_years")
    if frame is None or "item" not in frame:
        return []
    known = item_ids(standard)
    kept = {item.id for item in form_items(standard)}
    ids = {
        text: known[name_key(text)]
        for text in pd.unique(frame["item"].dropna())
        if text not in kept and name_key(text) in known
    }
    strange = [
        text for text in pd.unique(frame["item"].dropna()) if text not in ids and not text.isascii()
    ]
    near = {}
    for text in strange:
        found = difflib.get_close_matches(name_key(text), list(known), n=1, cutoff=0.75)
        if found:
            near[text] = found[0]
    rows = frame.assign(_near=frame["item"].map(near))[frame["item"].isin(near)]
    message = N_("nothing is called “{item}”; did you mean “{near}”?")
    findings = Tables(frames, files).report(
        message, "county_years", rows, "item", "warning", item="item", near="_near"
    )
    findings = list(findings)
    frame["item"] = frame["item"].replace(ids).astype("str")
    return findings


def _near(name: str, known: list[str]) -> str:
    found = difflib.get_close_matches(name, known, n=OFFERED, cutoff=0.5)
    return ", ".join(dict.fromkeys(found))


def school_key(name: str) -> str:
    """A school's name without spaces, width variants and case; what stands in brackets counts."""
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
