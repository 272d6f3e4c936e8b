"""The rows of detail tables -> figures of schools: whose they are, sites added to their schools."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from ...base.files import N_, Finding
from ...base.refusals import some
from ...data.texts import spoilt_id
from ..belonging import FACT, UNKNOWN, added, is_not_counted, parents_in
from ..combine import keep, spoilt_code
from ..forms import Forms
from ..returns import Reading, Returns, SheetRecord, target_label
from .details import Column, DetailTable, layout
from .heads import year_of
from .labels import key, narrow, plain
from .locate import figure
from .sheets import address, show


@dataclass(frozen=True)
class _Row:
    """A row of a school: whose, and of which table."""

    table: DetailTable
    row: int
    code: str
    name: str
    district: str

    @property
    def is_site(self) -> bool:
        """不计校数: a site of another school."""
        return is_not_counted(self.table.said(self.row, "counted"))


def rows_of(
    tables: list[DetailTable], codes: dict[str, str], wanted: tuple[str, str], returns: Returns
) -> list[_Row]:
    """Rows of one district with the codes of their schools.

    Parameters
    ----------
    tables : list of DetailTable
    codes : dict of str to str
        Names and codes of schools known from elsewhere.
    wanted : tuple of str
        The district that was asked for, and the county's name: it decides where "" was asked for
        and the tables hold several districts.
    returns : Returns
        Gets the findings.

    Returns
    -------
    list of _Row
        None are returned where it is not certain which district is meant.
    """
    rows = []
    for table in tables:
        for row in table.rows:
            said = narrow(table.said(row, "code"))
            if spoilt_id(said):
                returns.findings.append(spoilt_code(said, table.place(row, "code")))
            code = "".join(c for c in plain(said) if c.isalnum())
            name, of = table.said(row, "name"), table.said(row, "district")
            rows.append(_Row(table, row, code, name, of))
    named = sorted({row.district for row in rows if row.district})
    district = wanted[0] or (wanted[1] if len(named) > 1 else "")
    chosen = [name for name in named if key(name) == key(district)] if district else named
    if named and len(chosen) != 1:
        message = N_(
            "the tables hold several districts or another one ({names}); say which with --district"
        )
        returns.findings.append(
            Finding("error", message, {"names": ", ".join(named[:8])}, rows[0].table.block.file)
        )
        return []
    rows = [row for row in rows if not row.district or row.district in chosen]
    known = {row.name: row.code for row in rows if row.code} | codes
    without = sorted({row.name for row in rows if not row.code and row.name not in known})
    if without:
        returns.findings.append(
            Finding(
                "warning",
                N_(
                    "{n} schools have no code in any table ({names}); they were joined by name and the name stands for the code"
                ),
                {
                    "n": len(without),
                    "names": some(without, 5),
                },
            )
        )
    return [
        row if row.code else dataclasses.replace(row, code=known.get(row.name, row.name))
        for row in rows
    ]


def read_rows(
    rows: list[_Row], table: Forms, returns: Returns, apart: Collection[str] = ()
) -> None:
    """Figures and facts of all rows; a site's are added to those of its school, but for those `apart`."""
    main = {row.code: row.name for row in rows if not row.is_site}
    by_name = {name: code for code, name in main.items()}
    given = parents_in(returns.folder)
    parents, joined = {}, {}
    for row in rows:
        if row.is_site:
            said = (
                given.get(row.code) or given.get(row.name) or row.table.said(row.row, "belongs_to")
            )
            of = said if said in main else by_name.get(said)
            at = row.table.place(row.row, "counted")
            returns.facts.setdefault((row.code, FACT), (of or said or UNKNOWN, at))
            returns.names.setdefault(row.code, row.name)
            if of is not None and row.code not in apart:
                parents[row.code] = of
                joined[row.name] = main[of]
    returns.findings += added(joined)
    by_table: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        by_table[id(row.table)].append(row)
    for of_table in by_table.values():
        _read_table(of_table, parents, table, returns)


def _read_table(rows: list[_Row], parents: dict, table: Forms, returns: Returns) -> None:
    made = rows[0].table
    block, stage = made.block, made.stage
    sheet = f"{block.file} [{block.sheet}]"
    head = dataclasses.replace(block, cells=block.cells[: made.body.start])
    year, told = year_of(head, returns.folder)
    form = f"明细表（{layout().stages[stage].names[0]}）" if stage else "明细表"
    returns.findings += [Finding(severity, text, values, sheet) for text, severity, values in told]
    if stage is None:
        message = N_(
            "neither the sheet nor the file says which stage (小学, 初中, 高中) this table is of"
        )
        returns.findings.append(Finding("error", message, {}, sheet))
    if stage is None or year is None:
        returns.sheets.append(SheetRecord(block.file, block.sheet, form, "", "", year, "not_read"))
        return
    outside = {row.code for row in rows if _facts(row, parents, table, returns)}
    rows = [row for row in rows if row.code not in outside]
    figures = 0
    for column in layout().columns(stage):
        where = _columns(made, column)
        if isinstance(where, Finding):
            if not column.optional:
                returns.findings.append(dataclasses.replace(where, file=sheet))
            continue
        found: dict[str, Reading] = {}
        for row in rows:
            reading = _reading(row, column, where, (form, year), table, returns)
            if reading is None:
                continue
            code = parents.get(row.code, row.code)
            reading = dataclasses.replace(reading, school=code)
            found[code] = _plus(found[code], reading) if code in found else reading
        for reading in found.values():
            figures += reading.value is not None
            keep(reading, returns)
    returns.sheets.append(SheetRecord(block.file, block.sheet, form, "", "", year, "read", figures))


def _facts(row: _Row, parents: dict, table: Forms, returns: Returns) -> bool:
    """Keep what a row says of its school; whether it is of a kind that is not judged."""
    kind = row.table.said(row.row, "type")
    short = next((kind[n:] for n in range(len(kind)) if table.word("type", kind[n:])), kind)
    outside = table.outside_kind(kind)
    if outside is not None:
        message = N_("{kind}: no matter of this assessment and left out ({name})")
        values = {"kind": outside.title, "name": row.name}
        returns.findings.append(Finding("warning", message, values, row.table.block.file))
        return True
    returns.names.setdefault(row.code, row.name)
    for name, text in (
        ("type", short),
        ("sponsor", row.table.said(row.row, "sponsor")),
        ("area", row.table.said(row.row, "area")),
    ):
        word = table.word(name, text) if text else None
        if word is not None:
            fact = (word, row.table.place(row.row, name))
            returns.facts.setdefault((row.code, f"schools.{name}"), fact)
    for name in ("longitude", "latitude"):
        number = figure(row.table.said(row.row, name))
        if isinstance(number, Decimal) and number:
            fact = (str(number), row.table.place(row.row, name))
            returns.facts.setdefault((row.code, f"schools.{name}"), fact)
    return False


def _columns(made: DetailTable, column: Column) -> list[int] | Finding:
    """Columns that are added up, or why they are not known."""
    missing = several = None
    for terms in (column.column, column.otherwise):
        found: list[int] = []
        for term in terms:
            here = made.find(term)
            label = "/".join(term.spellings[0])
            if len(here) > 1:
                several = several or here
            elif not here and not term.optional:
                missing = missing or label
            found += here[:1]
        if terms and several is None and all(made.find(t) or t.optional for t in terms):
            return list(dict.fromkeys(found))
    if several is not None:
        message = N_("{target}: several columns ({columns}) are called {label}; keep one")
        values = {
            "columns": ", ".join(address(0, across)[:-1] for across in several),
            "label": "/".join(made.paths[several[0]]),
        }
        severity = "error"
    else:
        message = N_("{target} stays blank: no column is called {label}")
        values, severity = {"label": missing}, "warning"
    return Finding(severity, message, {"target": target_label(column.to), **values})


def _reading(
    row: _Row, column: Column, where: list[int], of: tuple[str, int], table: Forms, returns: Returns
) -> Reading | None:
    """The figure of a row, None (and an error) if a cell cannot be believed."""
    block = row.table.block
    form, year = of
    known = {plain(name): factor for name, factor in table.units[column.unit].items()}
    total, written, unit, places = None, [], "", []
    for at in where:
        place = block.place(row.row, at)
        places.append(place)
        text = show(block.cells[row.row][at])
        number = None if text == "-1" else figure(text)
        if number is None:
            written.append("—")
            continue
        units = [name for name in row.table.units[at] if name in known]
        unit = next(iter(units), column.default)
        wrong = None
        if isinstance(number, str):
            wrong = (N_("cell {cell} is “{value}”; expected a number"), {"value": number})
        elif number < 0 or (column.unit in ("persons", "classes", "rooms") and number % 1):
            wrong = (
                N_("cell {cell} is {value}; expected a whole number that is not negative"),
                {"value": text},
            )
        elif not unit and column.unit in table.written_units:
            wrong = (
                N_("cell {cell}: no unit is written in the sheet; expected one of {units}"),
                {"units": ", ".join(known)},
            )
        if wrong is not None:
            values = wrong[1] | {"cell": place.cell}
            sheet = f"{block.file} [{block.sheet}]"
            returns.findings.append(Finding("error", wrong[0], values, sheet))
            return None
        total = number * known.get(unit, 1) + (total or 0)
        written.append(text)
    text = "" if total is None else " + ".join(written)
    return Reading(row.code, year, column.to, total, form, tuple(places), text, unit)


def _plus(one: Reading, other: Reading) -> Reading:
    """A school's figure and that of its site.

    A grade that is blank beside one with students is not taught there; any other sum of which a
    part is blank is not known.
    """
    there = [reading for reading in (one, other) if reading.value is not None]
    places = one.places + other.places
    written = " + ".join(reading.written or "—" for reading in (one, other))
    if len(there) == 1 and one.to.startswith("enrolment."):
        return dataclasses.replace(there[0], places=places)
    value = one.value + other.value if len(there) == 2 else None
    return dataclasses.replace(one, value=value, places=places, written=written)
