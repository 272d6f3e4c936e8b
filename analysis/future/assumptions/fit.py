"""Whether a scenario fits a county: its schools exist and can do what they are to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

import pydantic

from ...base.language import N_, Said
from ...base.refusals import shorten
from ...base.schema.terms import (
    SCHOOL_TYPES,
    SIX_THREE,
    STAGE_LABELS,
    STAGES,
    SYSTEM_LABELS,
    Label,
)
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
    moves : iterable of Move

    Attributes
    ----------
    systems : dict of str to str
        System by code. That of a new school, where nobody says it, is that of the schools from which
        its pupils come, or of all schools of the county.
    """

    def __init__(self, county: County, moves: Iterable[pydantic.BaseModel] = ()):
        schools = county.tables["schools"]
        made = [move for move in moves if getattr(move, "school", None) is not None]
        rows = [
            *zip(schools["school_id"], schools["name"], schools["type"], strict=True),
            *((move.school.school_id, move.school.name, move.school.type) for move in made),
        ]
        self.names = {code: name for code, name, _ in rows}
        self.types = {code: kind for code, _, kind in rows}
        self._sites = county.sites
        self._codes: dict[str, list[str]] = {}
        for code, name in self.names.items():
            self._codes.setdefault(name, []).append(code)
        blank = schools["system"].fillna(SIX_THREE)
        self.systems = dict(zip(schools["school_id"], blank, strict=True))
        everywhere = set(self.systems.values())
        for move in made:
            origin = {self.systems[c] for c in _known(self, move.origin) if c in self.systems}
            usual = next((s for s in (origin, everywhere) if len(s) == 1), {SIX_THREE})
            self.systems[move.school.school_id] = move.school.system or next(iter(usual))

    def codes(self, name: str) -> list[str]:
        """The schools of a code or name: none, one, or several of the same name."""
        return [name] if name in self.names else self._codes.get(name, [])

    def teaches(self, code: str, stage: str) -> bool:
        """Whether a school's type has the stage; one of unknown type is not doubted."""
        kind = SCHOOL_TYPES.get(self.types[code])
        return kind is None or stage in kind.stages

    def alike(self, code: str, stage: str) -> list[str]:
        """Other schools of a school's system that teach a stage."""
        system = self.systems[code]
        return [
            other
            for other, each in self.systems.items()
            if each == system and other != code and self.teaches(other, stage)
        ]

    def apart(self, origin: Iterable[str], target: Iterable[str], stage: str) -> Said | None:
        """Why pupils of a stage cannot change from some schools to others: their systems differ."""
        for one in origin:
            for other in target:
                both = self.teaches(one, stage) and self.teaches(other, stage)
                if both and self.systems[one] != self.systems[other]:
                    message = N_(
                        "{origin} is a {system} school, {target} a {other} school: a grade of the stage {stage} has no place at one of them. Only entrants of primary school can be turned to a school of the other system"
                    )
                    return Said(
                        message,
                        {
                            "origin": self.names[one],
                            "target": self.names[other],
                            "system": SYSTEM_LABELS[self.systems[one]],
                            "other": SYSTEM_LABELS[self.systems[other]],
                            "stage": STAGE_LABELS[stage],
                        },
                    )
        return None

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
        for stage in move.same_system:
            reason = roster.apart(origin, target, stage)
            if reason is None and new and not origin and not roster.alike(new.school_id, stage):
                message = N_(
                    "the county has no other {system} school that teaches the stage {stage}: nobody could enter {name}"
                )
                system = SYSTEM_LABELS[roster.systems[new.school_id]]
                values = {"system": system, "stage": STAGE_LABELS[stage], "name": new.name}
                reason = Said(message, values)
            if reason is not None:
                yield (*path, "school" if new else "target"), reason
        if move.start <= last:
            message = N_(
                "a move starts in {year}, but {last} has been observed; expected a later year"
            )
            yield (*path, "start"), Said(message, {"year": move.start, "last": last})


def unknown_quantities(scenario: pydantic.BaseModel, county: County) -> Iterator[Mistake]:
    """Keys under `more` that are no figure of a whole school.

    One that the county has but its standard does not look at is none of them: it counts for nothing
    here, and for something by another standard.
    """
    places = [(("additions", n), each) for n, each in enumerate(scenario.additions)]
    places += [
        (("moves", n, "school"), move.school)
        for n, move in enumerate(scenario.moves)
        if getattr(move, "school", None) is not None
    ]
    looked_at = county.standard.evaluation.indicators.school_columns
    known = {*looked_at, *county.tables["school_years"].columns}
    for path, each in places:
        fields = type(each).model_fields
        for name in each.more:
            if name in fields:
                message = N_("“{name}” has a key of its own; write it beside `more`")
                yield (*path, "more", name), Said(message, {"name": name})
            elif name not in known:
                offered = [column for column in looked_at if column not in fields]
                message = N_(
                    "no figure of a school is called “{name}”; by {standard} there are besides the keys of their own: {names}"
                )
                values = {
                    "name": shorten(name),
                    "standard": county.standard.evaluation.title,
                    "names": ", ".join(offered) or Label("无", "none"),
                }
                yield (*path, "more", name), Said(message, values)


def _known(roster: Roster, names: str | tuple[str, ...] | None) -> list[str]:
    listed = [names] if isinstance(names, str) else names or ()
    found = [roster.codes(name) for name in listed]
    return [codes[0] for codes in found if len(codes) == 1]
