"""Who goes on from where to where: pupils who leave the primary schools of a system for other schools.

Usually the leavers of a system's primary schools enter the junior schools of the same system. Where a
county has none, they go on to the next grade at schools of the other system that teach it: from grade 6
to grade 7 of the five-four junior schools, from grade 5 to grade 6 of the six-three primary schools. So
nobody loses or repeats a year. Where nobody teaches grade 6, leavers of grade 5 enter grade 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...base.files import N_
from ...base.schema.systems import FIVE_FOUR
from ...base.schema.terms import Label
from ..grades import Group, Ladder

SYSTEM_LABELS = {"6+3": Label("六三学制", "six-three"), FIVE_FOUR: Label("五四学制", "five-four")}

TO_JUNIOR = N_(
    "the county has no {system} junior schools: leavers of grade {last} of its {system} primary schools go on to grade {next} of the {other} junior schools"
)
TO_PRIMARY = N_(
    "the county has no {system} junior schools: leavers of grade {last} of its {system} primary schools go on to grade {next} of the {other} primary schools"
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
        return message, {
            "system": SYSTEM_LABELS[self.origin.system],
            "other": SYSTEM_LABELS[self.target.system],
            "last": self.last + 1,
            "next": self.first + 1,
        }


def streams(ladder: Ladder, pupils: np.ndarray) -> list[Stream]:
    """The ways from primary school on.

    Parameters
    ----------
    ladder : Ladder
    pupils : ndarray, shape (schools, 9, years)
        Of ordinary schools; the last year says where grades are taught.

    Returns
    -------
    list of Stream
        One per system; a system whose junior schools nobody else feeds comes before one that crosses.
    """
    found = []
    for group in ladder.groups:
        last, first = group.span["primary"].stop - 1, group.span["junior"].start
        own = Stream(group, group, last, "junior", first)
        others = [other for other in ladder.groups if other is not group]
        juniors = np.nansum(pupils[group.rows, group.span["junior"], -1])
        if juniors > 0 or not others or not own.leavers(pupils)[-1] > 0:
            found.append(own)
            continue
        found.append(_crossing(group, others[0], last, pupils))
    # schools that are fed by the other system alone have no stream of their own beside it
    fed = [s.target.system for s in found if s.crosses and not s.joins]
    return [s for s in found if s.crosses or s.origin.system not in fed]


def _crossing(group: Group, other: Group, last: int, pupils: np.ndarray) -> Stream:
    following = last + 1
    for stage, span in other.span.items():
        taught = np.nansum(pupils[other.rows, following, -1]) > 0
        if span.start <= following < span.stop and taught:
            return Stream(group, other, last, stage, following)
    return Stream(group, other, last, "junior", other.span["junior"].start)


def joined_steps(found: list[Stream], ladder: Ladder) -> np.ndarray:
    """Steps in which leavers of other schools come in every year: (schools, 8)."""
    steps = np.zeros(ladder.inside.shape, dtype=bool)
    for stream in found:
        if stream.joins:
            steps[stream.target.rows, stream.first - 1] = True
    return steps
