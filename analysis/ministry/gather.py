"""All sheets of a folder -> figures with their places, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..base.files import N_, Finding, InputError
from ..base.refusals import some
from ..data.texts import spoilt_id
from .belonging import FACT, UNKNOWN, is_not_counted, is_said
from .combine import check_codes, compare, fill, keep, note_missing, spoilt_code
from .five_four import follow_ladder
from .forms import Binding, Fact, Form, Forms, Outside, forms
from .reading.details import detail_table
from .reading.exports import is_aside, owner_of
from .reading.heads import Said, coordinates_of, fact_of, form_of, school_of, sheet_units, year_of
from .reading.labels import plain
from .reading.locate import Found, Trouble, find
from .reading.parts import parts
from .reading.rows import read_rows, rows_of
from .reading.sheets import Block, Place, not_read, other_files, read_workbook, workbooks
from .returns import STAGE_OF_COUNT, Reading, Returns, SheetRecord, target_label


def read_returns(
    folder: Path,
    known: dict[str, str] | None = None,
    district: str = "",
    county: str = "",
    *,
    former: dict[str, str] | None = None,
    apart: Collection[str] = (),
    without_broken: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Returns:
    """Read every workbook below a folder.

    Parameters
    ----------
    folder : Path
    known : dict of str to str, optional
        Codes and names of schools that are known from elsewhere.
    district : str, optional
        Whose rows are read of detail tables that hold several districts.
    county : str, optional
        The county's name, which decides where no district is given.
    former : dict of str to str, optional
        Codes and names as an older version of the county has them: a name alone is enough for them
        too, and another name in the sheets is no contradiction.
    apart : collection of str, optional
        Codes of sites whose figures are not added to those of their schools: the county has rows of
        their own.
    without_broken : bool
        Whether a workbook that cannot be opened is a reminder instead of an error.
    progress : callable
        Called with the number of steps done, and of all: every workbook is opened, then read.

    Returns
    -------
    Returns
        `findings` says what is wrong; errors are figures that stand in the sheets and cannot be
        believed, and files that cannot be opened.
    """
    table = forms()
    returns = Returns(folder)
    returns.names.update(known or {})
    books: list[list[Block]] = []
    paths = list(workbooks(folder))
    any_file = bool(paths)
    steps = 2 * len(paths)
    for done, path in enumerate(paths, 1):
        progress(done, steps)
        name = path.relative_to(folder).as_posix()
        try:
            found, findings = read_workbook(path, name)
        except InputError as error:
            severity = "warning" if without_broken else "error"
            returns.findings += [replace(finding, severity=severity) for finding in error.findings]
            returns.sheets.append(SheetRecord(name, "", "", "", "", None, "not_read"))
            continue
        returns.findings += findings
        books.append(found)
    if not any_file:
        returns.findings.append(
            Finding(
                "error", N_("there is no workbook (.xlsx or .xls) in this folder"), {}, str(folder)
            )
        )
    details = [made for book in books for block in book if (made := detail_table(block))]
    tables = {id(made.block) for made in details}
    sheets_ = [
        sheet
        for book in books
        for sheet in _of_book([b for b in book if id(b) not in tables], table)
    ]
    codes = {name: code for code, name in ((former or {}) | returns.names).items()}
    codes |= {sheet.name: sheet.code for sheet in sheets_ if sheet.code and sheet.name}
    rows = rows_of(details, codes, (district, county), returns)
    codes |= {row.name: row.code for row in rows}
    outside = _outside(sheets_, table)
    left_out = {}
    for code, kind in outside.items():
        theirs = [sheet for sheet in sheets_ if sheet.code == code]
        if _teaches(theirs, codes, table, folder):
            place = Place(theirs[0].block.file)
            returns.facts[code, "schools.type"] = ("attached_class", place)
        else:
            left_out[code] = kind
            returns.sheets += [
                SheetRecord(s.block.file, s.block.sheet, "", code, s.name, None, "not_needed")
                for s in theirs
            ]
    returns.findings += _said_of(left_out, sheets_, table)
    files: set[str] = set()
    for sheet in sheets_:
        if sheet.block.file not in files:
            files.add(sheet.block.file)
            progress(len(paths) + len(files), steps)
        if sheet.code not in left_out:
            _read_block(sheet, codes, table, returns)
    if paths:
        progress(steps, steps)
    read_rows(rows, table, returns, apart)
    check_codes(returns, (former or {}) | (known or {}))
    fill(table, returns)
    compare(table, returns)
    follow_ladder(returns)
    note_missing(table, returns)
    returns.findings += [not_read(name) for name in other_files(folder)]
    if any_file and not any(reading.value is not None for reading in returns.readings.values()):
        message = N_("no figure of any school was read here, so that no county can be made")
        returns.findings.append(Finding("error", message, {}, str(folder)))
    return returns


@dataclass(frozen=True)
class _Sheet:
    """A block, and whose it is: by its own line, else by that of its workbook."""

    block: Block
    code: str
    name: str
    years: dict[int, Place]


def _of_book(blocks: list[Block], table: Forms) -> Iterator[_Sheet]:
    owner = owner_of(blocks, table)
    for block in blocks:
        code, name, _ = school_of(block)
        if owner is not None and not code and name in ("", owner.name):
            code, name = owner.code, owner.name
        yield _Sheet(block, code, name, owner.years if owner is not None else {})


def _outside(sheets_: list[_Sheet], table: Forms) -> dict[str, Outside]:
    """Schools of a kind that is not judged, by the form of basic facts."""
    found = {}
    for sheet in sheets_:
        form = table.by_id.get(form_of(sheet.block, table)[0])
        for fact in form.facts if form is not None and sheet.code else ():
            said = fact_of(sheet.block, fact.labels) if fact.words == "type" else None
            kind = table.outside_kind(said.text, said.code) if said is not None else None
            if kind is not None:
                found[sheet.code] = kind
    return found


def _teaches(theirs: list[_Sheet], codes: dict, table: Forms, folder: Path) -> bool:
    """Whether there are primary or junior students in the sheets of a school."""
    scratch = Returns(folder)
    for sheet in theirs:
        _read_block(sheet, codes, table, scratch)
    taught = {stage for at in scratch.school_years for stage in scratch.stages(*at)}
    return bool(taught & {"primary", "junior"})


def _said_of(left_out: dict[str, Outside], sheets_: list[_Sheet], table: Forms) -> list[Finding]:
    """One line for every kind of school that is left out."""
    names = {sheet.code: sheet.name or sheet.code for sheet in sheets_ if sheet.code}
    findings = []
    for kind in table.outside:
        of_kind = sorted(names[code] for code, other in left_out.items() if other is kind)
        if of_kind:
            findings.append(
                Finding(
                    "warning",
                    N_("{kind}: {n} ({names}), no matter of this assessment and left out"),
                    {
                        "n": len(of_kind),
                        "kind": kind.title,
                        "names": some(of_kind, 3),
                    },
                )
            )
    return findings


def _read_block(sheet: _Sheet, codes: dict, table: Forms, returns: Returns) -> None:
    """One block -> readings, facts, findings and its line in the list of sheets."""
    block, code, name = sheet.block, sheet.code, sheet.name

    def tell(severity: str, message: str, **values) -> None:
        place = Place(block.file, block.sheet)
        returns.findings.append(Finding(severity, message, values, str(place)))

    if is_aside(block):
        of = SheetRecord(block.file, block.sheet, "", code, name, None, "not_needed")
        returns.sheets.append(of)
        return
    number, others = form_of(block, table)
    year, year_findings = year_of(block, returns.folder, sheet.years)

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
    if spoilt_id(code):
        record("not_read")
        if (block.file, code) not in returns.told:  # all sheets of a workbook have the same
            returns.told.add((block.file, code))
            returns.findings.append(spoilt_code(code, Place(block.file, block.sheet)))
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
    if form.facts:
        for at, (degrees, place) in coordinates_of(block).items():
            returns.facts.setdefault((code, f"schools.{at}"), (degrees, place))
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
            keep(
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
    # a form of which nothing is needed refuses no county
    grave = "error" if needed else "warning"
    missed = len(lost) >= len(needed) if needed else not taken
    if missed and not any(trouble.grave for _, trouble in lost):
        tell(
            grave,
            N_("none of the labels of {form} is here; expected, among others: {labels}"),
            form=number,
            labels=", ".join(
                dict.fromkeys(_words(binding) for binding in (needed or form.read)[:4])
            ),
        )
        return
    for binding, trouble in lost:
        tell(
            grave if trouble.grave else "warning",
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


def _read_fact(
    block: Block, code: str, fact, table: Forms, returns: Returns, tell: Callable
) -> None:
    found = fact_of(block, fact.labels)
    if found is None:
        return
    if fact.to == "schools.belongs_to":
        _read_site(code, fact, found, returns)
        return
    text, place = found.text, found.place
    value = table.word(fact.words, text, found.code)
    if value is None and fact.words == "type" and (code, fact.to) in returns.facts:
        return  # a kindergarten or the like with classes of primary or junior students
    if value is None:
        tell(
            "warning",
            N_("cell {cell}: “{value}” is none of {words}"),
            cell=place.cell,
            value=text[:40],
            words=", ".join(table.words[fact.words]),
        )
        return
    before = returns.facts.setdefault((code, fact.to), (value, place))
    if before[0] != value:
        tell(
            "warning",
            N_("cell {cell}: “{value}” differs from {other}; the latter was kept"),
            cell=place.cell,
            value=text[:40],
            other=str(before[1]),
        )


def _read_site(code: str, fact: Fact, found: Said, returns: Returns) -> None:
    """Keep of which school a school is a site, or only that it is one."""
    if fact.words == "counted":
        if is_not_counted(found.text) or is_not_counted(found.code):
            returns.facts.setdefault((code, FACT), (UNKNOWN, found.place))
        return
    said = [text for text in (found.code, found.text) if is_said(text)]
    if said:
        returns.facts[code, FACT] = (plain(said[0]), found.place)
