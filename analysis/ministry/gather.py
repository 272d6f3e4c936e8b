"""All sheets of a folder -> figures with their places, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..base.files import N_, Finding, InputError
from .combine import compare, fill, keep, note_missing
from .forms import Binding, Form, Forms, forms
from .heads import fact_of, form_of, school_of, sheet_units, year_of
from .labels import plain
from .locate import Found, Trouble, find
from .parts import parts
from .returns import STAGE_OF_COUNT, Reading, Returns, SheetRecord, target_label
from .sheets import Block, Place, other_files, read_workbook, workbooks


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
    fill(table, returns)
    compare(table, returns)
    note_missing(table, returns)
    return returns


def _read_block(
    block: Block, identity: tuple[str, str, Place], codes: dict, table: Forms, returns: Returns
) -> None:
    """One block -> readings, facts, findings and its line in the list of sheets."""

    def tell(severity: str, message: str, **values) -> None:
        place = Place(block.file, block.sheet)
        returns.findings.append(Finding(severity, message, values, str(place)))

    code, name, _ = identity
    number, others = form_of(block, table)
    year, year_findings = year_of(block, returns.folder)

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
