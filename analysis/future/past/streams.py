"""Who goes on from where to where: pupils who leave the primary schools of a system for other schools.

Usually the leavers of a system's primary schools enter the junior schools of the same system. Where a
county has none, they go on to the next grade at schools of the other system that teach it: from grade 6
to grade 7 of the five-four junior schools, from grade 5 to grade 6 of the six-three primary schools. So
nobody loses or repeats a year. Where nobody teaches grade 6, leavers of grade 5 enter grade 7. Junior
schools of a system without primary schools take part of the other system's pupils of the grade below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...base.files import N_
from ...base.schema.terms import SYSTEM_LABELS
from ..grades import Group, Ladder

TO_JUNIOR = N_(
    "the county has no {system} junior schools: leavers of grade {last} of its {system} primary schools go on to grade {next} of the {other} junior schools"
)
TO_PRIMARY = N_(
    "the county has no {system} junior schools: leavers of grade {last} of its {system} primary schools go on to grade {next} of the {other} primary schools"
)
FROM_OTHER = N_(
    "the county has no {other} primary schools: the entrants of its {other} junior schools come from grade {last} of the {system} schools"
)


@dataclass(frozen=True)
class Stream:
    """Leavers of the primary schools of a system, and the schools to which they go.

    Attributes
    ----------
    origin, target : Group
    last : int
        Position of the grade that they leave.
    stage : str
        The stage of the schools to which they go.
    first : int
        Position of the grade into which they come.
    joins : bool
        Whether they join pupils of the target schools who come from the grade below.
    """

    origin: Group
    target: Group
    last: int
    stage: str
    first: int

    @property
    def joins(self) -> bool:
        return self.first != self.target.span[self.stage].start

    @property
    def crosses(self) -> bool:
        """Whether they go to schools of the other system."""
        return self.origin.system != self.target.system

    def leavers(self, pupils: np.ndarray) -> np.ndarray:
        """Observed leavers by year, of pupils (schools, 9, years)."""
        return np.nansum(pupils[self.origin.rows, self.last], axis=0)

    def comers(self, pupils: np.ndarray) -> np.ndarray:
        """Observed pupils of the grade into which they come, likewise."""
        return np.nansum(pupils[self.target.rows, self.first], axis=0)

    def below(self, pupils: np.ndarray) -> np.ndarray:
        """Observed pupils who can be in that grade a year later, likewise."""
        found = self.leavers(pupils)
        if self.joins:
            found = found + np.nansum(pupils[self.target.rows, self.first - 1], axis=0)
        return found

    def said(self) -> tuple[str, dict]:
        """What is taken for granted, where they go to schools of the other system."""
        message = TO_JUNIOR if self.stage == "junior" else TO_PRIMARY
        if self.last + 1 != self.origin.span["primary"].stop:
            message = FROM_OTHER
        return message, {
            "system": SYSTEM_LABELS[self.origin.system],
            "other": SYSTEM_LABELS[self.target.system],
            "last": self.last + 1,
            "next": self.first + 1,
        }


def streams(ladder: Ladder, pupils: np.ndarray, opening: np.ndarray) -> list[Stream]:
    """The ways from primary school on.

    Parameters
    ----------
    ladder : Ladder
    pupils : ndarray, shape (schools, 9, years)
        Of ordinary schools; the last year says where grades are taught.
    opening : ndarray of bool, shape (schools,)
        Schools that a scenario makes.

    Returns
    -------
    list of Stream
    """
    if not ladder.mixed:
        return [_own(ladder.groups[0])]
    found = []
    for group, other in zip(ladder.groups, ladder.groups[::-1], strict=True):
        primary = _taught(group, pupils, "primary") or opening[group.rows].any()
        junior, first = _taught(group, pupils, "junior"), group.span["junior"].start
        if primary and (junior or not _taught(other, pupils, "junior")):
            found.append(_own(group))
        elif primary:
            found.append(_crossing(group, other, pupils))
        elif junior:
            fed = np.nansum(pupils[other.rows, first - 1, -1]) > 0
            found.append(Stream(other, group, first - 1, "junior", first) if fed else _own(group))
    # schools that are fed by the other system alone have no way of their own beside it
    fed = [s.target.system for s in found if s.crosses and s.stage == "junior" and not s.joins]
    return [s for s in found if s.crosses or s.origin.system not in fed]


def _own(group: Group) -> Stream:
    first = group.span["junior"].start
    return Stream(group, group, first - 1, "junior", first)


def _taught(group: Group, pupils: np.ndarray, stage: str) -> bool:
    return bool(np.nansum(pupils[group.rows, group.span[stage], -1]) > 0)


def _crossing(group: Group, other: Group, pupils: np.ndarray) -> Stream:
    following = group.span["junior"].start
    for stage, span in other.span.items():
        taught = np.nansum(pupils[other.rows, following, -1]) > 0
        if span.start <= following < span.stop and taught:
            return Stream(group, other, following - 1, stage, following)
    return Stream(group, other, following - 1, "junior", other.span["junior"].start)


def joined_steps(found: list[Stream], ladder: Ladder, pupils: np.ndarray) -> np.ndarray:
    """Steps in which leavers of other schools came in the observed years: (schools, 8)."""
    steps = np.zeros(ladder.inside.shape, dtype=bool)
    for stream in found:
        if stream.joins and stream.leavers(pupils).any():
            steps[stream.target.rows, stream.first - 1] = True
    return steps
