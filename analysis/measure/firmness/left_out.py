"""A county without some of its schools: which ones a person means, and the tables that are left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from ...base.files import N_, Finding, InputError, problem
from ...base.nearest import unknown
from ...base.schema.terms import Label
from ...data.county import County, fingerprint

_SCHOOL = Label("学校", "school")


def school_ids(county: County, schools: str | Iterable[str]) -> list[str]:
    """The ids of schools that are given by id or name.

    Parameters
    ----------
    county : County
    schools : str or iterable of str
        Ids or names, as in the roster.

    Returns
    -------
    list of str
        Each once, in the order given.

    Raises
    ------
    InputError
        For every school that is not in the roster, with the nearest names; for every name that
        several schools have, with their ids.
    """
    roster = county.tables["schools"]
    names = dict(zip(roster["school_id"], roster["name"], strict=True))
    by_name: dict[str, list[str]] = {}
    for id, name in names.items():
        by_name.setdefault(str(name), []).append(id)
    # spelt near a name, a school is offered by that name, near an id, by its id
    known = dict.fromkeys([*by_name, *names], ())
    found, findings = [], []
    for school in [schools] if isinstance(schools, str) else list(schools):
        meant = [school] if school in names else by_name.get(str(school).strip(), [])
        if len(meant) == 1:
            found += meant
        elif meant:
            message = N_("several schools are called “{name}”: say which by its id: {ids}")
            values = {"name": str(school), "ids": ", ".join(meant)}
            findings.append(Finding("error", message, values, str(county.path)))
        else:
            findings.append(replace(unknown(_SCHOOL, school, known), file=str(county.path)))
    if findings:
        raise InputError(findings)
    return list(dict.fromkeys(found))


def county_without(county: County, ids: Iterable[str]) -> County:
    """The same county without some schools.

    Parameters
    ----------
    county : County
    ids : iterable of str
        As from `school_ids`.

    Returns
    -------
    County
        Every table without the rows of these schools; what is recorded for the county as a whole
        (`county_years`, the plan) stays as it was reported. With a fingerprint of its own.

    Raises
    ------
    InputError
        No school would be left.
    """
    ids = set(ids)
    tables = {
        name: table[~table["school_id"].isin(ids)] if "school_id" in table else table
        for name, table in county.tables.items()
    }
    if tables["schools"].empty:
        raise problem(N_("no school would be left"), file=county.path)
    return replace(
        county,
        tables=MappingProxyType(tables),
        fingerprint=fingerprint(tables, county.record, county.standard, county.plan),
    )
