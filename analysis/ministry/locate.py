"""A figure is found by its labels: line and column heads, whatever their cell is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from ..base.files import N_
from .forms import Binding, Form, Forms, Term
from .labels import key, narrow, plain, unit_words, units_in
from .sheets import CODE, NAME, Block, Place, show

_META = re.compile(
    r"表号|制[定表]机关|批准机关|批准文号|批准日期|有效期|标识码|(?:学校|单位|机构)(?:\(机构\))?名称"
    r"|(?:计量)?单位[:]|填报|学年|\d{4}年|续表|报送"
)
_STUB_HEADS = {
    *("指标名称", "指标", "项目", "名称", "类别", "甲", "乙", "丙", "丁"),
    *("代码", "编号", "行次", "序号", "代号", "计量单位", "单位"),
}
_LETTERS = {"甲", "乙", "丙", "丁", "戊"}
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
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


@dataclass(frozen=True)
class Part:
    """A head of columns and the lines below it."""

    block: Block
    head: range
    body: range
    data: tuple[int, ...]
    stub: tuple[int, ...]
    paths: dict[int, tuple[str, ...]] = field(repr=False)
    labels: dict[int, tuple[str, ...]] = field(repr=False)
    column_units: dict[int, dict[str, Place]] = field(repr=False)

    def rows(self, path: tuple[str, ...], form: Form) -> list[int]:
        """Lines with a label: those of a section if the path names one, else those of none."""
        *above, last = path
        if last == "*":
            return [row for row in self.body if self._figures(row)]
        found, taken = [], False
        current: frozenset[str] = frozenset()
        for row in self.body:
            labels = frozenset(self.labels[row])
            named = form.section_keys & labels
            if named and named != current:
                current, taken = named, False
            elif labels and not named and form.sibling_keys and not labels & form.sibling_keys:
                current = frozenset()
            if last not in labels:
                continue
            if above and above[-1] in current and not taken:
                found.append(row)
                taken = True
            elif not above and (not current or last in form.section_keys):
                found.append(row)
        return found

    def columns(self, path: tuple[str, ...]) -> list[int]:
        """Columns whose own head is the last label, with the others above it in this order."""
        *above, last = path
        if last == "*":
            return [c for c in self.data if any(_is_figure(self.block, r, c) for r in self.body)]
        found = []
        for column in self.data:
            heads = iter(self.paths[column][:-1])
            if self.paths[column][-1:] == (last,) and all(label in heads for label in above):
                found.append(column)
        return found

    def _figures(self, row: int) -> bool:
        return any(_is_figure(self.block, row, column) for column in self.data)

    def units(self, row: int, column: int) -> dict[str, Place]:
        """Units written with the labels of a cell."""
        found = dict(self.column_units[column])
        for across in self.stub:
            for unit in units_in(self.block.text(row, across)):
                found.setdefault(unit, self.block.place(row, across))
        return found


def _is_figure(block: Block, row: int, column: int) -> bool:
    if (row, column) in block.owner and block.owner[row, column] != (row, column):
        return False
    return bool(_NUMBER.fullmatch(plain(show(block.cells[row][column]))))


def parts(block: Block, form: Form) -> list[Part]:
    """The tables of a block: one, or several where a wide form was continued below.

    Parameters
    ----------
    block : Block
    form : Form
        Its labels help to see where the head ends when the columns are not numbered.

    Returns
    -------
    list of Part
        Empty if nothing looks like a table.
    """
    numbered = [row for row in range(block.height) if _is_numbering(block, row)]
    if not numbered:
        first = _first_line(block, form)
        return [] if first is None else [_part(block, range(first), range(first, block.height))]
    found, top = [], 0
    for number, row in enumerate(numbered):
        end = block.height
        if number + 1 < len(numbered):
            lines = [
                r for r in range(row + 1, numbered[number + 1]) if _figures_beside_text(block, r)
            ]
            end = lines[-1] + 1 if lines else row + 1
        found.append(_part(block, range(top, row), range(row + 1, end), row))
        top = end
    return found


def _is_numbering(block: Block, row: int) -> bool:
    texts = [plain(show(cell)) for cell in block.cells[row]]
    filled = [text for text in texts if text]
    return (
        "甲" in filled
        and "1" in filled
        and all(text in _LETTERS or text.isdigit() for text in filled)
    )


def _first_line(block: Block, form: Form) -> int | None:
    """The first line with a label of the form and a figure, or just with figures."""
    known = {p[-1] for b in form.read for term in b.row for p in term.spellings} - {"*"}
    some = None
    for row in range(block.height):
        texts = {key(show(cell)) for cell in block.cells[row]}
        if not _figures_beside_text(block, row) or _meta_line(block, row):
            continue
        if texts & known:
            while row and _figures_beside_text(block, row - 1) and not _meta_line(block, row - 1):
                row -= 1
            return row
        some = row if some is None else some
    return some


def _figures_beside_text(block: Block, row: int) -> bool:
    return any(_is_figure(block, row, column) for column in range(len(block.cells[row])))


def _meta_line(block: Block, row: int) -> bool:
    return any(_is_meta(show(cell)) for cell in block.cells[row])


def _is_meta(text: str) -> bool:
    return bool(_META.search(plain(text)))


def _part(block: Block, head: range, body: range, numbers: int | None = None) -> Part:
    texts = {
        (row, column): text
        for row in head
        for column in range(block.width)
        if (text := block.text(row, column)) and not _is_meta(text)
    }
    if numbers is not None:
        data = [c for c in range(block.width) if plain(show(block.cells[numbers][c])).isdigit()]
        first = data[0]
    else:
        heads = [c for (_, c), text in texts.items() if key(text) in _STUB_HEADS]
        lines = [c for c in range(block.width) for r in body if show(block.cells[r][c])]
        first = max(heads, default=min(lines, default=0)) + 1
        data = list(range(first, block.width))
    stub = tuple(range(first))
    # a line of heads with merged cells says itself how far each of them reaches
    merged = {row for (row, column), (_, left) in block.owner.items() if left != column}
    origin = _fill_right(texts, [row for row in head if row not in merged], data)
    paths, units = {}, {}
    for column in data:
        path: list[str] = []
        written: dict[str, Place] = {}
        for row in head:
            text = texts.get((row, origin.get((row, column), column)), "")
            if (label := key(text)) and label not in path[-1:]:
                path.append(label)
            for unit in units_in(text):
                written.setdefault(unit, block.place(row, origin.get((row, column), column)))
        paths[column], units[column] = tuple(path), written
    labels = {row: tuple(label for c in stub if (label := key(block.text(row, c)))) for row in body}
    return Part(block, head, body, tuple(data), stub, paths, labels, units)


def _fill_right(texts: dict, rows: list[int], data: list[int]) -> dict[tuple[int, int], int]:
    """Heads over several columns whose merging was lost: the column each head comes from.

    A head is carried on to the right while there are heads below it.
    """
    lowest = {column: row for row, column in sorted(texts)}
    origin = {}
    for row in rows:
        carried = None
        for column in data:
            below = lowest.get(column, row) > row
            if (row, column) in texts:
                carried = column if below else None  # a head without heads below is nobody's group
            if carried is not None and below:
                origin[row, column] = carried
    return origin


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
    return _value(binding, cells, forms, units, in_section, tuple(absent))


@dataclass(frozen=True)
class _Kind:
    zh: str
    en: str


_KINDS = {"row": _Kind("行", "line"), "column": _Kind("列", "column")}


def _spelt(term: Term) -> str:
    spellings = ["/".join(path) for path in term.spellings]
    return " | ".join(spellings[:3]) + (" …" if len(spellings) > 3 else "")


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
    binding: Binding, cells: list, forms: Forms, units: dict, in_section: bool, absent: tuple
):
    known = {plain(name): factor for name, factor in forms.units[binding.unit].items()}
    total, written, names, places = None, [], [], []
    # a cell that two labels mean counts once
    for part, row, column in {cell[1:]: cell for cell in cells}.values():
        place = part.block.place(row, column)
        places.append(place)
        text = show(part.block.cells[row][column])
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
    if not _NUMBER.fullmatch(narrow) or len(narrow) > 20:
        return text[:60]
    return Decimal(narrow.replace(",", ""))


# --- what the sheet says about itself ------------------------------------------------------------


def head_cells(block: Block) -> Iterator[tuple[int, int, str]]:
    """Cells above the first line of figures that hold text: (row, column, text)."""
    for row in range(block.height):
        if _is_numbering(block, row):
            return
        for column, cell in enumerate(block.cells[row]):
            text = show(cell)
            if text:
                yield row, column, text


def sheet_units(block: Block) -> dict[str, Place]:
    """Units of a line such as “单位：人、平方米、万元”."""
    found = {}
    for row, column, text in head_cells(block):
        line = re.search(r"(?:计量)?单位:(.*)", plain(text))
        if line:
            rest = line[1] or plain(_right_of(block, row, column))
            for unit in unit_words(rest.strip("()")):
                found.setdefault(unit, block.place(row, column))
    return found


def school_of(block: Block) -> tuple[str, str, Place]:
    """Code and name of the school as the form's own line has them, "" if it has not.

    The name is kept as it is written, wide brackets and all.
    """
    code, name, place = "", "", Place(block.file, block.sheet)
    for row, column, text in head_cells(block):
        searched = narrow(text)
        if not code and (found := CODE.search(searched)):
            code = narrow(found[1] or _right_of(block, row, column))
            place = block.place(row, column)
        if not name and (found := NAME.search(searched)):
            end = CODE.search(searched, found.end())
            said = text[found.end() : end.start() if end else None]
            name = said.strip(" :：") or _right_of(block, row, column)
    return re.sub(r"[^0-9A-Za-z]", "", code), "" if CODE.search(narrow(name)) else name, place


def _right_of(block: Block, row: int, column: int) -> str:
    inside = block.owner.get((row, column), (row, column))
    for across in range(column + 1, block.width):
        if block.owner.get((row, across), (row, across)) == inside:
            continue
        text = show(block.cells[row][across])
        if text:
            return text
    return ""


#: Dates that are not the year of the figures: validity, approval, the day of filling in.
_OTHER_DATES = re.compile(
    r"(?:有效期|批准|填报|填表|报出|报送|制[定表])[^\d]{0,6}\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?"
)


def years_of(block: Block) -> dict[int, Place]:
    """School years that the form's lines of date name, the surest kind only."""
    school_years: dict[int, Place] = {}
    dates: dict[int, Place] = {}
    for row, column, text in head_cells(block):
        text = _OTHER_DATES.sub("", plain(text))
        place = block.place(row, column)
        for found in re.finditer(r"((?:19|20)\d\d)(?:[-/至](?:(?:19|20)?\d\d))?学年", text):
            school_years.setdefault(int(found[1]), place)
        for found in re.finditer(r"((?:19|20)\d\d)年(?:(\d{1,2})月)?", text):
            later = not found[2] or int(found[2]) >= 8
            dates.setdefault(int(found[1]) - (0 if later else 1), place)
    return school_years or dates


def fact_of(block: Block, labels: tuple[str, ...]) -> tuple[str, Place] | None:
    """The text to the right of (or behind) the first of some labels."""
    for label in labels:
        for row in range(block.height):
            for column, cell in enumerate(block.cells[row]):
                text = unicodedata.normalize("NFKC", show(cell))
                before, colon, behind = text.partition(":")
                if key(before if colon else text) == label:
                    said = behind.strip() or _right_of_words(block, row, column)
                    if said:
                        return said, block.place(row, column)
    return None


def _right_of_words(block: Block, row: int, column: int) -> str:
    """The next cell to the right that is a word, not the number of a line."""
    for across in range(column + 1, block.width):
        text = show(block.cells[row][across])
        if text and not re.fullmatch(r"[甲乙丙丁\d]{1,3}", plain(text)):
            return unicodedata.normalize("NFKC", text)
    return ""
