"""Figures of many sheets put together: doubles, wholes against parts, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from ..base.files import N_, Finding
from ..base.schema.tables import TABLES
from ..base.schema.terms import Label
from ..data.reading.cells import SPOILT
from ..data.texts import spoilt_id
from .forms import Check, Forms
from .reading.sheets import Place
from .returns import STAGE_OF_COUNT, Contradiction, Missing, Reading, Returns, number, target_label


def keep(reading: Reading, returns: Returns) -> None:
    """Keep a figure; the same figure from two forms, or twice from one, must be the same."""
    place = (reading.school, reading.year, reading.to)
    before = returns.readings.get(place)
    if before is None or before.value is None:
        if reading.value is not None or before is None:
            returns.readings[place] = reading
        return
    if reading.value is None:
        return
    same_form = before.form == reading.form
    if reading.value != before.value:
        returns.contradictions.append(
            Contradiction(
                target_label(reading.to),
                reading.school,
                reading.year,
                (number(before.value), before.place),
                (number(reading.value), reading.place),
            )
        )
        returns.findings.append(
            Finding(
                "error",
                N_(
                    "{target} of school {school} in {year} is {left} in {here} and {right} in {there}; keep one of them"
                ),
                {
                    "target": target_label(reading.to),
                    "school": reading.school,
                    "year": reading.year,
                    "left": number(before.value),
                    "here": before.place,
                    "right": number(reading.value),
                    "there": reading.place,
                },
            )
        )
    elif same_form and reading.places[0].sheet + reading.places[0].file != (
        before.places[0].sheet + before.places[0].file
    ):
        twice = Finding(
            "warning",
            N_(
                "the form {form} of school {school} for {year} is also in {other}, with the same figures"
            ),
            {
                "form": reading.form,
                "school": reading.school,
                "year": reading.year,
                "other": str(Place(before.places[0].file, before.places[0].sheet)),
            },
            str(Place(reading.places[0].file, reading.places[0].sheet)),
        )
        if twice not in returns.findings:
            returns.findings.append(twice)


def spoilt_code(code: str, place: Place) -> Finding:
    """That a spreadsheet has made another thing of a school's code."""
    values = {"label": TABLES["schools"]["school_id"], "value": code}
    return Finding("error", SPOILT[spoilt_id(code)], values, str(place))


def check_codes(returns: Returns, known: dict[str, str]) -> None:
    """Codes that are the same but for zeros in front are one school's, spoilt by a spreadsheet.

    `known` are codes and names of schools from elsewhere.
    """
    alike: dict[str, set[str]] = defaultdict(set)
    for code in {*returns.schools, *(school for school, _ in returns.facts), *known}:
        if code.isdigit():
            alike[code.lstrip("0")].add(code)
    for codes in alike.values():
        if len(codes) > 1:
            message = N_(
                "the codes {codes} are the same but for zeros in front, which a spreadsheet has taken away; format the cells as text and type the code again"
            )
            text = ", ".join(sorted(codes))
            returns.findings.append(Finding("error", message, {"codes": text}))


def fill(table: Forms, returns: Returns) -> None:
    """What a form has for the whole school only is its single stage's."""
    for school, year in returns.school_years:
        for fill in table.fill:
            whole = returns.readings.get((school, year, fill.from_))
            if (
                whole is not None
                and whole.value is not None
                and returns.value(school, year, fill.to) is None
                and returns.stages(school, year) == [fill.only]
            ):
                returns.readings[school, year, fill.to] = Reading(
                    school,
                    year,
                    fill.to,
                    whole.value,
                    whole.form,
                    whole.places,
                    whole.written,
                    whole.unit,
                )


def compare(table: Forms, returns: Returns) -> None:
    """Wholes against their parts."""
    for school, year in returns.school_years:
        for check in table.checks:
            pair = _pair(check, school, year, returns)
            if pair is None:
                continue
            whole, parts_ = pair
            total = sum((part.value for part in parts_), Decimal(0))
            returns.compared += 1
            if _agree(check, whole.value, total):
                continue
            found = Contradiction(
                Label(check.title.zh, check.title.en),
                school,
                year,
                (number(whole.value), whole.place),
                (number(total), "; ".join(_short_places(parts_))),
            )
            returns.contradictions.append(found)
            returns.findings.append(
                Finding(
                    "warning",
                    N_("school {school}, {year}: {what}: {left} in {here}, {right} in {there}"),
                    {
                        "school": school,
                        "year": year,
                        "what": found.what,
                        "left": found.left[0],
                        "here": found.left[1],
                        "right": found.right[0],
                        "there": found.right[1] or "—",
                    },
                )
            )


def _agree(check: Check, whole: Decimal, total: Decimal) -> bool:
    return {
        "equal": total == whole,
        "at_most": total <= whole,
        "different": total != whole or total == 0,
    }[check.relation]


def _pair(
    check: Check, school: str, year: int, returns: Returns
) -> tuple[Reading, list[Reading]] | None:
    """The whole and its parts, None where they cannot be compared; what is half there is counted."""
    whole = returns.readings.get((school, year, check.whole))
    parts_ = [returns.readings.get((school, year, part)) for part in check.parts]
    there = [part for part in parts_ if part is not None and part.value is not None]
    known = whole is not None and whole.value is not None
    enough = not check.parts or (there and (check.any or len(there) == len(parts_)))
    if known and enough:
        also = [returns.readings.get((school, year, part)) for part in check.also]
        return whole, [*there, *(each for each in also if each is not None and each.value)]
    returns.not_compared += bool(known or there)
    return None


def _short_places(readings: list[Reading]) -> Iterator[str]:
    """Places of several figures, every sheet once."""
    by_sheet: dict[tuple[str, str], list[str]] = defaultdict(list)
    for reading in readings:
        for place in reading.places:
            by_sheet[place.file, place.sheet].append(place.cell)
    for (file, sheet), cells in by_sheet.items():
        yield str(Place(file, sheet, ", ".join(cells)))


def note_missing(table: Forms, returns: Returns) -> None:
    """Figures that schools with these stages should have."""
    for school, year in returns.school_years:
        stages = returns.stages(school, year)
        for to, bindings in table.by_target.items():
            if not to.startswith("school_years.") and not to.startswith("enrolment.students."):
                continue
            if all(binding.optional for _, binding in bindings):
                continue
            if not _expected(to, stages) or returns.value(school, year, to) is not None:
                continue
            place = (school, year, to)
            if place in returns.readings:
                reason, where = "blank", returns.readings[place].place
            elif place in returns.unread:
                reason, where = "unread", str(returns.unread[place])
            else:
                reason, where = "absent", ""
            ids = tuple(form.id for form, _ in bindings)
            returns.missing.append(Missing(school, year, to, ids, reason, where))


def _expected(to: str, stages: list[str]) -> bool:
    """Whether a school with these stages should have a figure."""
    table, name, *grade = to.split(".")
    if table == "enrolment":
        of = "primary" if int(grade[0]) < 7 else "junior" if int(grade[0]) < 10 else "senior"
        return of in stages
    own = name.rsplit("_", 1)[-1]
    return own in stages if own in STAGE_OF_COUNT else True
