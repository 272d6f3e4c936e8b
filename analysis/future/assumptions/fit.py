"""Whether a scenario fits a county: its schools exist and can do what they are to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

import pydantic

from ...base.language import N_, Said
from ...base.refusals import shorten
from ...base.schema.terms import SCHOOL_TYPES, STAGE_LABELS, STAGES
from ...data.county import County

#: Keys of an entry under which schools are named.
_KEYS = ("schools", "origin", "target", "surplus_to", "to")

#: Schools of a similar name that are offered for one that does not exist.
_OFFERED = 3

Mistake = tuple[tuple, Said]


class Roster:
    """The schools that a scenario may name: those of the county and those that moves make.

    Parameters
    ----------
    county : County
    new : iterable of NewSchool
    """

    def __init__(self, county: County, new: Iterable[pydantic.BaseModel]):
        schools = county.tables["schools"]
        rows = [
            *zip(schools["school_id"], schools["name"], schools["type"], strict=True),
            *((school.school_id, school.name, school.type) for school in new),
        ]
        self.names = {code: name for code, name, _ in rows}
        self.types = {code: kind for code, _, kind in rows}
        self._sites = county.sites
        self._codes: dict[str, list[str]] = {}
        for code, name in self.names.items():
            self._codes.setdefault(name, []).append(code)

    def codes(self, name: str) -> list[str]:
        """The schools of a code or name: none, one, or several of the same name."""
        return [name] if name in self.names else self._codes.get(name, [])

    def teaches(self, code: str, stage: str) -> bool:
        """Whether a school's type has the stage; one of unknown type is not doubted."""
        kind = SCHOOL_TYPES.get(self.types[code])
        return kind is None or stage in kind.stages

    def stranger(self, name: str) -> Said | None:
        """Why a name stands for no school, or for more than one."""
        found = self.codes(name)
        if len(found) == 1:
            return None
        if site := self._sites.site(name):
            message = N_("“{name}” is a site of “{school}” and counts with it; name that school")
            values = {"name": shorten(name), "school": self.names.get(site.main, site.main)}
            return Said(message, values)
        if found:
            codes = ", ".join(found)
            message = N_("{n} schools are called “{name}”; write the code of one: {codes}")
            return Said(message, {"n": len(found), "name": name, "codes": codes})
        known = [*self._codes, *self.names]
        near = difflib.get_close_matches(name, known, n=_OFFERED, cutoff=0.5)
        if near:
            message = N_("no school is called “{name}”; the nearest: {near}")
            return Said(message, {"name": shorten(name), "near": ", ".join(near)})
        message = N_("no school is called “{name}”; write it as in the roster, or its code")
        return Said(message, {"name": shorten(name)})


def unknown_schools(data: object, roster: Roster) -> Iterator[Mistake]:
    """Names in a scenario's sections that stand for no school, each with its path.

    `data` is the scenario as its file has it, which need not be right otherwise.
    """
    for section, entries in data.items() if isinstance(data, Mapping) else ():
        for number, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
            for key in _KEYS if isinstance(entry, Mapping) else ():
                names, path = entry.get(key), (section, number, key)
                if isinstance(names, str):
                    # `to` has words of its own
                    listed = [] if key == "to" else [(path, names)]
                elif isinstance(names, list | tuple):
                    listed = [((*path, place), name) for place, name in enumerate(names)]
                else:
                    continue
                for where, name in listed:
                    reason = roster.stranger(name) if isinstance(name, str) else None
                    if reason is not None:
                        yield where, reason


def impossible_moves(
    moves: Iterable[pydantic.BaseModel], roster: Roster, last: int
) -> Iterator[Mistake]:
    """Moves of a school to itself, to a school without the stage, or in a year that is observed.

    Parameters
    ----------
    moves : iterable of Move
    roster : Roster
    last : int
        Last observed year.
    """
    for number, move in enumerate(moves):
        path = ("moves", number)
        origin = _known(roster, move.origin)
        new = getattr(move, "school", None)
        target = [new.school_id] if new else _known(roster, move.target)
        for code in dict.fromkeys(origin):
            if code in target:
                message = N_("{name} would give pupils to itself")
                yield (*path, "origin"), Said(message, {"name": roster.names[code]})
        for stage in STAGES:
            able = [code for code in target if roster.teaches(code, stage)]
            if stage in move.taught_by_all:
                wrong = [code for code in target if code not in able]
            elif stage in move.taught_by_one and not able:
                gives = any(roster.teaches(code, stage) for code in origin)
                wrong = target if gives else []
            else:
                wrong = []
            for code in wrong:
                values = {"name": roster.names[code], "stage": STAGE_LABELS[stage]}
                yield (
                    (*path, "school" if new else "target"),
                    Said(
                        N_(
                            "{name} does not teach the stage {stage}; make a new school (`school`) that does"
                        ),
                        values,
                    ),
                )
        if move.start <= last:
            message = N_(
                "a move starts in {year}, but {last} has been observed; expected a later year"
            )
            yield (*path, "start"), Said(message, {"year": move.start, "last": last})


def _known(roster: Roster, names: str | tuple[str, ...] | None) -> list[str]:
    listed = [names] if isinstance(names, str) else names or ()
    found = [roster.codes(name) for name in listed]
    return [codes[0] for codes in found if len(codes) == 1]
