"""Who is what: how many teachers of a row are above-qualified, backbone, PE or arts teachers at once."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

from ...data.county import County

Kind = tuple[int, int, int]
"""Whether a teacher is above-qualified, a backbone teacher, a PE or arts teacher."""
Kinds = dict[Kind, int]
KINDS: tuple[Kind, ...] = tuple(itertools.product((0, 1), repeat=3))

TABLE = "staff_kinds"


def reported_kinds(county: County, year: int) -> dict[tuple[str, str], Kinds]:
    """What the optional table `staff_kinds` says about a year, by school and stage."""
    found: dict[tuple[str, str], Kinds] = {}
    table = county.tables.get(TABLE)
    if table is None or table.empty:
        return found
    columns = ["school_id", "stage", "above_qualification", "backbone", "pe_arts", "persons"]
    for code, stage, *kind, persons in table.loc[table["year"] == year, columns].itertuples(
        index=False
    ):
        of_row = found.setdefault((code, stage), dict.fromkeys(KINDS, 0))
        of_row[tuple(map(int, kind))] += int(persons)
    return found


def kinds_of_line(teachers: Fraction, staff: tuple[Fraction, Fraction, Fraction]) -> Kinds:
    """The stated rule where nobody reported who is what.

    Teachers stand in a line; the first ones are the backbone teachers, the last ones teach PE or arts;
    above the required qualification are first the backbone teachers in order, then the PE and arts
    teachers from the end who are not backbone, then the rest in order. Parts of persons, as projected
    years have them, are nobody who could move.
    """
    above, backbone, pe_arts = staff
    teachers = max(teachers, above, backbone, pe_arts)
    first_pe = teachers - pe_arts
    # stretches of the line that are above-qualified
    left = min(above, backbone)
    stretches = [(Fraction(0), left)]
    rest = above - left
    start = max(first_pe, backbone)
    taken = min(rest, teachers - start)
    stretches.append((teachers - taken, teachers))
    rest -= taken
    stretches.append((backbone, backbone + rest))

    def length(low: Fraction, high: Fraction, qualified: int) -> Fraction:
        covered = sum(
            (max(min(high, b) - max(low, a), Fraction(0)) for a, b in stretches), Fraction(0)
        )
        return covered if qualified else max(high - low, Fraction(0)) - covered

    cuts = sorted({Fraction(0), backbone, first_pe, teachers})
    found = dict.fromkeys(KINDS, Fraction(0))
    for low, high in itertools.pairwise(cuts):
        is_backbone, is_pe = int(high <= backbone), int(low >= first_pe)
        for qualified in (0, 1):
            found[qualified, is_backbone, is_pe] += length(low, high, qualified)
    return {kind: math.floor(number) for kind, number in found.items()}
