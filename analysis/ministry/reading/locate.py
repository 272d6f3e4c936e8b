"""A figure is found by its labels: line and column heads, whatever their cell is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ...base.files import N_
from ...base.refusals import some
from ..forms import Binding, Form, Forms, Term
from .labels import plain
from .parts import NUMBER, Part
from .sheets import Place, show

_NOTHING = {"", "-", "/", "…", "...", "*", "无", "--", "×", "x"}


@dataclass(frozen=True)
class Trouble:
    """Why a figure could not be taken from a sheet.

    `grave`: a figure stands there, but which, or in what unit, is not certain.
    """

    message: str
    values: dict
    place: Place
    grave: bool


@dataclass(frozen=True)
class Found:
    """A figure as it stands in one or more cells; `value` is None if they are all blank.

    `absent` are labels that may be absent, and are.
    """

    value: Decimal | None
    places: tuple[Place, ...]
    written: str
    unit: str
    in_section: bool
    absent: tuple[str, ...] = ()


def find(
    binding: Binding, form: Form, tables: list[Part], forms: Forms, units: dict
) -> Found | Trouble:
    """The figure of a binding.

    Parameters
    ----------
    binding : Binding
    form : Form
    tables : list of Part
        From `parts`, at least one.
    forms : Forms
        For the units.
    units : dict of str to Place
        Units of the sheet as a whole, from `sheet_units`.

    Returns
    -------
    Found or Trouble
    """
    cells: list[tuple[Part, int, int]] = []
    absent: list[str] = []
    in_section = False
    block = tables[0].block
    for row_term in binding.row:
        for column_term in binding.column:
            where = _cells(row_term, column_term, tables, form, bool(binding.every))
            if isinstance(where, str):
                term = row_term if where == "row" else column_term
                if term.optional:
                    absent.append(_spelt(term))
                    continue
                return Trouble(
                    N_("no {kind} is called {label}"),
                    {
                        "kind": _KINDS[where],
                        "label": _spelt(term),
                    },
                    Place(block.file, block.sheet),
                    grave=False,
                )
            found, sectioned = where
            if len(found) > 1 and not binding.every:
                return Trouble(
                    N_("{label} stands in several places: {places}"),
                    {
                        "label": f"{_spelt(row_term)} × {_spelt(column_term)}",
                        "places": ", ".join(p.block.place(r, c).cell for p, r, c in found[:6]),
                    },
                    found[0][0].block.place(*found[0][1:]),
                    grave=True,
                )
            cells += found
            in_section |= sectioned
    return _value(binding, cells, form, forms, units, in_section, tuple(absent))


@dataclass(frozen=True)
class _Kind:
    zh: str
    en: str


_KINDS = {"row": _Kind("行", "line"), "column": _Kind("列", "column")}


def _spelt(term: Term) -> str:
    spellings = ["/".join(path) for path in term.spellings]
    return some(spellings, 3, " | ")


def _cells(row_term: Term, column_term: Term, tables: list[Part], form: Form, every: bool):
    """Cells of the first spellings that are there, or what is not: "row" or "column"."""
    seen_row = False
    for row_path in row_term.spellings:
        with_rows = [(part, part.rows(row_path, form)) for part in tables]
        if not any(rows for _, rows in with_rows):
            continue
        seen_row = True
        for column_path in column_term.spellings:
            found = [
                (part, row, column)
                for part, rows in with_rows
                for row in rows
                for column in part.columns(column_path)
            ]
            if found and (every and len({row for _, row, _ in found}) > 1):
                found = found[:0]
            if found:
                return found, len(row_path) > 1 or row_path[-1] in form.section_keys
    return "column" if seen_row else "row"


def _value(
    binding: Binding,
    cells: list,
    form: Form,
    forms: Forms,
    units: dict,
    in_section: bool,
    absent: tuple,
):
    known = {plain(name): factor for name, factor in forms.units[binding.unit].items()}
    total, written, names, places = None, [], [], []
    # a cell that two labels mean counts once
    for part, row, column in {cell[1:]: cell for cell in cells}.values():
        place = part.block.place(row, column)
        places.append(place)
        text = show(part.block.cells[row][column])
        if part.block.export and text == "-1":  # not set
            text = ""
        number = figure(text)
        if isinstance(number, str):
            return Trouble(
                N_("cell {cell} is “{value}”; expected a number"),
                {"cell": place.cell, "value": number},
                place,
                grave=True,
            )
        if number is None:
            written.append("—")
            continue
        near = part.units(row, column)
        own = {u: p for u, p in near.items() if u in known}
        if near and not own:
            unit, at = next(iter(near.items()))
            return Trouble(
                N_("cell {cell}: {where} gives the unit {unit}, which is none of {units}"),
                {"cell": place.cell, "where": at.cell, "unit": unit, "units": ", ".join(known)},
                place,
                grave=True,
            )
        of_sheet = {u: p for u, p in units.items() if u in known}
        noted = own or of_sheet
        both = {**of_sheet, **own} if len(of_sheet) == 1 or not own else own
        if len({known[u] for u in both}) > 1:
            return Trouble(
                N_("cell {cell}: the units contradict each other: {units}"),
                {
                    "cell": place.cell,
                    "units": ", ".join(f"{u} ({p.cell})" for u, p in both.items()),
                },
                place,
                grave=True,
            )
        if not noted and part.block.export and form.export_unit:
            noted = {form.export_unit: place}
        if not noted and binding.unit in forms.written_units:
            return Trouble(
                N_("cell {cell}: no unit is written in the sheet; expected one of {units}"),
                {"cell": place.cell, "units": ", ".join(known)},
                place,
                grave=True,
            )
        unit = next(iter(noted), "")
        value = number * (known[unit] if unit else 1)
        if value < 0 or (binding.unit in ("persons", "classes", "rooms") and value % 1):
            return Trouble(
                N_("cell {cell} is {value}; expected a whole number that is not negative")
                if value >= 0
                else N_("cell {cell} is {value}; expected a number that is not negative"),
                {"cell": place.cell, "value": text},
                place,
                grave=True,
            )
        total = value if total is None else total + value
        written.append(text)
        names.append(unit)
    return Found(
        total,
        tuple(places),
        "" if total is None else " + ".join(written),
        next((n for n in names if n), ""),
        in_section,
        absent,
    )


def figure(text: str) -> Decimal | str | None:
    """A cell's number; None if it says that there is none; the text if it is no number.

    Examples
    --------
    >>> figure("１，２３４．５"), figure("—"), figure("约12")
    (Decimal('1234.5'), None, '约12')
    """
    narrow = plain(text)
    if narrow in _NOTHING:
        return None
    if not NUMBER.fullmatch(narrow) or len(narrow) > 20:
        return text[:60]
    return Decimal(narrow.replace(",", ""))
