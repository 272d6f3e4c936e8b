"""Verdicts that turn from one version of a county to another."""

from __future__ import annotations

from dataclasses import dataclass

from ..study import Study
from ..verdicts import three_valued


@dataclass(frozen=True)
class Turn:
    """A verdict that is another one in the new version.

    Attributes
    ----------
    kind : {"county", "part", "item", "school", "indicator"}
    year : int
    name : str
        Id of the part or item; code of the school, also where one of its indicators turns; empty
        for the county.
    stage : str
        Of a school.
    school : str
        Its name.
    old, new : str
        Status; ``not_applicable`` where a version does not have the item.
    indicator : str
        Id, where it is one of a school's that turns.
    """

    kind: str
    year: int
    name: str
    stage: str
    school: str
    old: str
    new: str
    indicator: str = ""


def turns(old: Study, new: Study, year: int | None = None) -> list[Turn]:
    """What is judged otherwise, in the school years that both versions have.

    Parameters
    ----------
    old, new : Study
    year : int, optional
        Only this one.

    Returns
    -------
    list of Turn
        Year by year: the county, parts of the standard, items, schools that both have, and their
        indicators.
    """
    years = sorted(set(old.years) & set(new.years))
    found: list[Turn] = []
    for each in years if year is None else [y for y in years if y == year]:
        found += _of_county(old, new, each)
        found += _of_schools(old, new, each)
        found += _of_indicators(old, new, each)
    return found


def _of_county(old: Study, new: Study, year: int) -> list[Turn]:
    before, now = ({"": _whole(study.verdicts[year])} for study in (old, new))
    turned = _turned("county", year, before, now)
    turned += _turned("part", year, _parts(old, year), _parts(new, year))
    return turned + _turned("item", year, old.statuses[year], new.statuses[year])


def _whole(verdict: bool | None) -> str:
    return {True: "met", False: "not_met", None: "not_assessed"}[verdict]


def _parts(study: Study, year: int) -> dict[str, str]:
    table = study.all_evaluation
    table = table[table["year"] == year]
    return {
        str(part): three_valued(rows["status"]) for part, rows in table.groupby("part", sort=False)
    }


def _turned(kind: str, year: int, before: dict, now: dict) -> list[Turn]:
    none = "not_applicable"
    return [
        Turn(kind, year, name, "", "", before.get(name, none), now.get(name, none))
        for name in dict.fromkeys((*before, *now))
        if before.get(name, none) != now.get(name, none)
    ]


def _of_schools(old: Study, new: Study, year: int) -> list[Turn]:
    before, now = (_schools(study, year) for study in (old, new))
    return [
        Turn("school", year, code, stage, name, before[code, stage][1], status)
        for (code, stage), (name, status) in now.items()
        if (code, stage) in before and before[code, stage][1] != status
    ]


def _schools(study: Study, year: int) -> dict[tuple[str, str], tuple[str, str]]:
    table = study.all_schools
    table = table[table["year"] == year]
    columns = (table[name] for name in ("school_id", "stage", "school", "status"))
    return {
        (code, stage): (name, status) for code, stage, name, status in zip(*columns, strict=True)
    }


def _of_indicators(old: Study, new: Study, year: int) -> list[Turn]:
    keys = ["school_id", "stage", "indicator"]
    before, now = (s.all_indicators[s.all_indicators["year"] == year] for s in (old, new))
    both = now.merge(before[[*keys, "status"]], on=keys, suffixes=("", "_before"))
    return [
        Turn("indicator", year, *names, before, status, indicator)
        for *names, indicator, before, status in both.loc[
            both["status"] != both["status_before"],
            ["school_id", "stage", "school", "indicator", "status_before", "status"],
        ].itertuples(index=False)
    ]
