"""All sheets of a folder -> figures with their places, and everything that is wrong with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from ..base.files import N_, Finding, InputError
from ..base.schema import TABLES, Label
from .forms import Binding, Check, Form, Forms, forms
from .labels import FORM_ID, plain
from .locate import (
    Found,
    Trouble,
    fact_of,
    find,
    head_cells,
    parts,
    school_of,
    sheet_units,
    years_of,
)
from .sheets import Block, Place, other_files, read_workbook, show, workbooks

STAGE_OF_COUNT = {
    stage: f"school_years.students_{stage}" for stage in ("primary", "junior", "senior")
}


@dataclass(frozen=True)
class Reading:
    """One figure of one school and year; `value` is None where the cells are blank."""

    school: str
    year: int
    to: str
    value: Decimal | None
    form: str
    places: tuple[Place, ...]
    written: str = ""
    unit: str = ""

    @property
    def place(self) -> str:
        """All its cells, the file and sheet once."""
        first, *others = self.places
        return ", ".join([str(first), *(place.cell for place in others)])


@dataclass(frozen=True)
class SheetRecord:
    """What became of a sheet, or of a part of it: `status` is read, not_needed or not_read."""

    file: str
    sheet: str
    form: str
    school: str
    name: str
    year: int | None
    status: str
    figures: int = 0


@dataclass(frozen=True)
class Contradiction:
    """Two figures that should agree: `left` and `right` are value and place of each."""

    what: Label
    school: str
    year: int
    left: tuple[str, str]
    right: tuple[str, str]


@dataclass(frozen=True)
class Missing:
    """A figure that a school of this kind should have in this year, and where it would stand.

    `reason`: absent (no sheet has it), blank (its cells are) or unread (a finding says why).
    """

    school: str
    year: int
    to: str
    forms: tuple[str, ...]
    reason: str
    place: str


@dataclass
class Returns:
    """Everything that a folder of return sheets holds."""

    folder: Path
    sheets: list[SheetRecord] = field(default_factory=list)
    readings: dict[tuple[str, int, str], Reading] = field(default_factory=dict)
    facts: dict[tuple[str, str], tuple[str, Place]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    contradictions: list[Contradiction] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    unread: dict[tuple[str, int, str], Place] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    compared: int = 0
    not_compared: int = 0
    findings: list[Finding] = field(default_factory=list)

    def value(self, school: str, year: int, to: str) -> Decimal | None:
        """A figure, None if there is none."""
        reading = self.readings.get((school, year, to))
        return reading.value if reading else None

    @property
    def schools(self) -> list[str]:
        return sorted({school for school, _, _ in self.readings})

    @property
    def years(self) -> list[int]:
        return sorted({year for _, year, _ in self.readings})

    @property
    def school_years(self) -> list[tuple[str, int]]:
        return sorted({(school, year) for school, year, _ in self.readings})

    def stages(self, school: str, year: int) -> list[str]:
        """Stages in which a school has students in a year."""
        return [s for s, to in STAGE_OF_COUNT.items() if self.value(school, year, to)]


def read_returns(folder: Path, known: dict[str, str] | None = None) -> Returns:
    """Read every workbook below a folder.

    Parameters
    ----------
    folder : Path
    known : dict of str to str, optional
        Codes and names of schools that are known from elsewhere.

    Returns
    -------
    Returns
        `findings` says what is wrong; errors are figures that stand in the sheets and cannot be
        believed, and files that cannot be opened.
    """
    table = forms()
    returns = Returns(folder)
    returns.names.update(known or {})
    blocks: list[Block] = []
    any_file = False
    returns.findings += [
        Finding("warning", N_("is no .xlsx or .xls workbook and was not read"), {}, name)
        for name in other_files(folder)
    ]
    for path in workbooks(folder):
        any_file = True
        name = path.relative_to(folder).as_posix()
        try:
            found, findings = read_workbook(path, name)
        except InputError as error:
            returns.findings += error.findings
            returns.sheets.append(SheetRecord(name, "", "", "", "", None, "not_read"))
            continue
        returns.findings += findings
        blocks += found
    if not any_file:
        returns.findings.append(
            Finding(
                "error", N_("there is no workbook (.xlsx or .xls) in this folder"), {}, str(folder)
            )
        )
    identities = [school_of(block) for block in blocks]
    codes = {name: code for code, name in returns.names.items()}
    codes |= {name: code for code, name, _ in identities if code and name}
    for block, identity in zip(blocks, identities, strict=True):
        _read_block(block, identity, codes, table, returns)
    _fill(table, returns)
    _compare(table, returns)
    _note_missing(table, returns)
    return returns


def _read_block(
    block: Block, identity: tuple[str, str, Place], codes: dict, table: Forms, returns: Returns
) -> None:
    """One block -> readings, facts, findings and its line in the list of sheets."""

    def tell(severity: str, message: str, **values) -> None:
        place = Place(block.file, block.sheet)
        returns.findings.append(Finding(severity, message, values, str(place)))

    code, name, _ = identity
    number, others = _form_of(block, table)
    year, year_findings = _year_of(block, returns.folder)

    def record(status: str, figures: int = 0) -> None:
        returns.sheets.append(
            SheetRecord(block.file, block.sheet, number, code, name, year, status, figures)
        )

    if number not in table.by_id:
        record("not_needed" if number else "not_read")
        if not number:
            tell(
                "warning",
                N_("no form number (such as 教基3112) is written here; the sheet was not read"),
            )
        return
    form = table.by_id[number]
    if others:
        tell(
            "warning",
            N_(
                "the form calls itself {form}, but the name of the sheet or file says {others}; read as {form}"
            ),
            form=number,
            others=", ".join(others),
        )
    if not code and name in codes:
        code = codes[name]
    if not code:
        record("not_read")
        tell(
            "error",
            N_(
                "there is no line with the school's code (学校标识码), so nobody knows whose figures these are"
            ),
        )
        return
    if name and returns.names.setdefault(code, name) != name and (code, name) not in returns.told:
        returns.told.add((code, name))  # once is enough
        tell(
            "warning",
            N_(
                "the school {code} is called {name} here and {other} elsewhere; the latter was kept"
            ),
            code=code,
            name=name,
            other=returns.names[code],
        )
    for fact in form.facts:
        _read_fact(block, code, fact, table, returns, tell)
    if not form.read:
        record("read")
        return
    for message, severity, values in year_findings:
        tell(severity, message, **values)
    if year is None:
        record("not_read")
        return
    tables = parts(block, form)
    if not tables:
        record("read")
        tell("warning", N_("there are no figures in this sheet"))
        return
    units = sheet_units(block)
    lost, taken = [], 0
    for binding in form.read:
        found = find(binding, form, tables, table, units)
        if isinstance(found, Found):
            taken += 1
            _keep(
                Reading(
                    code,
                    year,
                    binding.to,
                    found.value,
                    number,
                    found.places,
                    found.written,
                    found.unit,
                ),
                returns,
            )
            for message, values in _doubts(binding, form, found, code, year, returns):
                tell("warning", message, label=target_label(binding.to), **values)
        elif found.grave or not binding.optional:
            lost.append((binding, found))
            returns.unread[code, year, binding.to] = found.place
    record("read" if taken else "not_read", taken)
    needed = [binding for binding in form.read if not binding.optional]
    if len(lost) >= len(needed) and not any(trouble.grave for _, trouble in lost):
        tell(
            "error",
            N_("none of the labels of {form} is here; expected, among others: {labels}"),
            form=number,
            labels=", ".join(dict.fromkeys(_words(binding) for binding in needed[:4])),
        )
        return
    for binding, trouble in lost:
        tell(
            "error" if trouble.grave else "warning",
            trouble.message if trouble.grave else N_("{target} stays blank: {reason}"),
            **(
                trouble.values
                if trouble.grave
                else {"target": target_label(binding.to), "reason": _Sentence(trouble)}
            ),
        )


class _Sentence:
    """A trouble as a part of another sentence, in both languages."""

    def __init__(self, trouble: Trouble):
        finding = Finding("warning", trouble.message, trouble.values)
        self.zh, self.en = finding.sentence("zh"), finding.sentence("en")


def _words(binding: Binding) -> str:
    path = binding.row[0].spellings[0]
    if path == ("*",) or path[-1] in ("总计", "合计"):
        path = binding.column[0].spellings[0]
    return "/".join(path)


def _doubts(
    binding: Binding, form: Form, found: Found, code: str, year: int, returns: Returns
) -> Iterator[tuple[str, dict]]:
    """What a reader should know about a figure that was taken."""
    if (
        "高中" in form.section_keys
        and binding.to.endswith("_junior")
        and not found.in_section
        and returns.value(code, year, STAGE_OF_COUNT["senior"])
    ):
        message = N_(
            "{label} was read from a line of the whole school, which also teaches senior grades"
        )
        yield message, {}
    if binding.every and len(found.places) != binding.every:
        cells = ", ".join(place.cell for place in found.places)
        message = N_("{label} was expected in {n} columns, but stands in {cells}")
        yield message, {"n": binding.every, "cells": cells}
    for label in found.absent:
        # a form that has no such line has it in no school: to say it once is enough
        if not binding.to.startswith("check.") and (form.id, label) not in returns.told:
            returns.told.add((form.id, label))
            message = N_(
                "{label} was counted without {absent}, which this and perhaps other sheets of {form} do not have"
            )
            yield message, {"absent": label, "form": form.id}


def target_label(to: str) -> Label:
    """A target as people call it."""
    table, name, *grade = to.split(".")
    if table == "enrolment":
        column = TABLES["enrolment"][name]
        return Label(f"{grade[0]}年级{column.zh}", f"{column.en} of grade {grade[0]}")
    if table == "school_years":
        return Label(TABLES[table][name].zh, TABLES[table][name].en)
    text = forms().labels[to]
    return Label(text.zh, text.en)


# --- which form, whose, of which year ------------------------------------------------------------


def _form_of(block: Block, table: Forms) -> tuple[str, list[str]]:
    """The form's number as it calls itself, and other numbers in the names of sheet and file."""
    own = [
        _number(found)
        for _, _, text in head_cells(block)
        if re.search("表号", plain(text)) or FORM_ID.fullmatch(plain(text))
        for found in FORM_ID.finditer(plain(text))
    ]
    for row, column, text in head_cells(block):
        if plain(text).rstrip(":") == "表号":
            for across in range(column + 1, block.width):
                own += [_number(f) for f in FORM_ID.finditer(plain(show(block.cells[row][across])))]
    heads = own or [
        _number(found)
        for _, _, text in head_cells(block)
        for found in FORM_ID.finditer(plain(text))
    ]
    outside = [_number(f) for f in FORM_ID.finditer(plain(block.sheet))] or [
        _number(f) for f in FORM_ID.finditer(plain(Path(block.file).stem))
    ]
    chosen = (heads or outside or [""])[0]
    if chosen not in table.by_id and f"{chosen}续" in table.by_id:
        texts = [block.sheet, *(text for _, _, text in head_cells(block))]
        chosen += "续" if any("续" in text for text in texts) else ""
    others = [n for n in dict.fromkeys(outside) if n.rstrip("续") != chosen.rstrip("续")]
    return chosen, others if heads else []


def _number(found: re.Match) -> str:
    return "".join(found.groups())


def _year_of(block: Block, folder: Path) -> tuple[int | None, list]:
    """The school year of a sheet: by its own line, else by the names of folder, file or sheet."""
    own = years_of(block)
    outside = _year_in_names(block, folder)
    if len(own) > 1:
        text = ", ".join(f"{year} ({place.cell})" for year, place in own.items())
        message = N_("several school years are written in the sheet: {years}")
        return None, [(message, "error", {"years": text})]
    if own:
        (year,) = own
        if outside is not None and outside != year:
            message = N_(
                "the sheet says school year {year}, the name of its folder or file {other}; read as {year}"
            )
            return year, [(message, "warning", {"year": year, "other": outside})]
        return year, []
    if outside is None:
        message = N_(
            "no school year is written in the sheet (such as 2021/2022学年), nor in the name of its folder"
        )
        return None, [(message, "error", {})]
    return outside, []


def _year_in_names(block: Block, folder: Path) -> int | None:
    for name in (block.sheet, *reversed(Path(block.file).parts), folder.resolve().name):
        found = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", plain(name))
        if found:
            return int(found[1])
    return None


def _read_fact(
    block: Block, code: str, fact, table: Forms, returns: Returns, tell: Callable
) -> None:
    found = fact_of(block, fact.labels)
    if found is None:
        return
    text, place = found
    words = table.words[fact.words]
    said = plain(text)
    fitting = [word for word in words if said.startswith(word)]
    if not fitting:
        tell(
            "warning",
            N_("cell {cell}: “{value}” is none of {words}"),
            cell=place.cell,
            value=text[:40],
            words=", ".join(words),
        )
        return
    value = words[max(fitting, key=len)]
    before = returns.facts.setdefault((code, fact.to), (value, place))
    if before[0] != value:
        tell(
            "warning",
            N_("cell {cell}: “{value}” differs from {other}; the latter was kept"),
            cell=place.cell,
            value=text[:40],
            other=str(before[1]),
        )


# --- putting together ----------------------------------------------------------------------------


def _keep(reading: Reading, returns: Returns) -> None:
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


def _fill(table: Forms, returns: Returns) -> None:
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


def _compare(table: Forms, returns: Returns) -> None:
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
        return whole, there
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


def number(value: Decimal) -> str:
    """A figure without an exponent and without zeros behind the point."""
    return format(value.normalize(), "f") if value else "0"


def _note_missing(table: Forms, returns: Returns) -> None:
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
