"""Schools under the five-four system: their junior forms count four grades, of which the first is grade 6.

The forms number the grades of a stage, not of the ladder: a fourth junior grade is grade 9, and what stands
under 一年级 is grade 6. What was read as grades 7 to 9 moves down by one.
"""

from __future__ import annotations

from dataclasses import replace

from ..base.files import N_, Finding
from ..base.refusals import some
from ..base.schema.terms import FIVE_FOUR
from .returns import Returns

#: The fourth grade of the junior forms, by what is counted.
FOURTH = {
    "students": "check.students_junior_grade_4",
    "classes": "check.classes_junior_grade_4",
}
_DOWN = ((7, 6), (8, 7), (9, 8))


def follow_ladder(returns: Returns) -> None:
    """Number the junior grades of five-four schools as the ladder does; say whose they are.

    In a year in which nobody is in the fourth grade the grades of such a school are numbered likewise; a
    primary grade 6 of 0 gives way, one with pupils stays and what stands under 一年级 is left out of the
    grades (the contradiction is listed).
    """
    schools = {
        school
        for (school, _, to), each in returns.readings.items()
        if to == FOURTH["students"] and each.value
    }
    for school, year in returns.school_years:
        if school in schools:
            _renumber(returns, school, year)
    for school in schools:
        returns.systems[school] = FIVE_FOUR
    if schools:
        names = some([returns.names.get(code, code) for code in sorted(schools)], 5)
        returns.findings.append(
            Finding(
                "warning",
                N_("{n} schools have a fourth junior grade and are taken as five-four: their first junior grade is grade 6 ({names})"),
                {"n": len(schools), "names": names},
            )
        )  # fmt: skip


def _renumber(returns: Returns, school: str, year: int) -> None:
    readings = returns.readings
    for what, fourth in FOURTH.items():
        primary = readings.get((school, year, f"enrolment.{what}.6"))
        kept = primary is not None and bool(primary.value)
        moved = {}
        for old, new in (*_DOWN, (None, 9)):
            place = fourth if old is None else f"enrolment.{what}.{old}"
            reading = readings.pop((school, year, place), None)
            to = f"enrolment.{what}.{new}"
            if reading is not None and not (new == 6 and kept):
                moved[school, year, to] = replace(reading, to=to)
        readings.update(moved)
