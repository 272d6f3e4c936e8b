"""The tables of a sheet: heads of columns, and the lines below them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..forms import Form
from .labels import key, plain, units_in
from .sheets import Block, Place, show

_META = re.compile(
    r"表号|制[定表]机关|批准机关|批准文号|批准日期|有效期|标识码|(?:学校|单位|机构)(?:\(机构\))?名称"
    r"|(?:计量)?单位[:]|填报|学年|\d{4}年|续表|报送"
)
_STUB_HEADS = {
    *("指标名称", "指标", "项目", "名称", "类别", "甲", "乙", "丙", "丁"),
    *("代码", "编号", "行次", "序号", "代号", "计量单位", "单位"),
}
#: Heads of columns that say more about a line; in a list they may stand behind its figures.
_UNIT_HEADS, _REMARK_HEADS = {"计量单位", "单位"}, {"备注", "说明"}
#: A figure as cells have it, after `labels.plain`.
NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


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
    unit_columns: tuple[int, ...] = ()

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
        for across in (*self.stub, *self.unit_columns):
            for unit in units_in(self.block.text(row, across)):
                found.setdefault(unit, self.block.place(row, across))
        return found


def _is_figure(block: Block, row: int, column: int) -> bool:
    if (row, column) in block.owner and block.owner[row, column] != (row, column):
        return False
    return bool(NUMBER.fullmatch(plain(show(block.cells[row][column]))))


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
    numbered = sorted(block.numbering)
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
    behind: dict[int, str] = {}
    if numbers is not None:
        data = _numbered(block, numbers, {column for _, column in texts})
        first = data[0] if data else block.width
    else:
        own = {column: key(text) for (_, column), text in sorted(texts.items())}
        first, behind = _beside(block, body, own)
        data = [column for column in range(first, block.width) if column not in behind]
    stub = tuple(range(first))
    paths, units = column_heads(block, head, texts, data)
    labels = {row: tuple(label for c in stub if (label := key(block.text(row, c)))) for row in body}
    unit_columns = tuple(column for column, label in behind.items() if label in _UNIT_HEADS)
    return Part(block, head, body, tuple(data), stub, paths, labels, units, unit_columns)


def column_heads(
    block: Block, head: range, texts: dict[tuple[int, int], str], data: list[int]
) -> tuple[dict[int, tuple[str, ...]], dict[int, dict[str, Place]]]:
    """Heads over every column of figures, from above, and the units written in them.

    Parameters
    ----------
    block : Block
    head : range
        Its rows.
    texts : dict of (row, column) to str
        What stands in them.
    data : list of int
        The columns.

    Returns
    -------
    paths : dict of int to tuple of str
    units : dict of int to dict of str to Place
    """
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
    return paths, units


def _numbered(block: Block, row: int, headed: set[int]) -> list[int]:
    """Columns of figures by the line that numbers them: right of 甲, 乙…; a number may be left out."""
    texts = {column: plain(show(cell)) for column, cell in enumerate(block.cells[row])}
    letters = max(column for column, text in texts.items() if text and not text.isdigit())
    numbered = [column for column, text in texts.items() if text.isdigit()]
    first = min(numbered, default=letters + 1)
    return [c for c in range(first, block.width) if c in numbered or c in headed]


def _beside(block: Block, body: range, own: dict[int, str]) -> tuple[int, dict[int, str]]:
    """Without numbers: the first column of figures, and the columns of remarks behind them."""
    heads = [column for column, label in own.items() if label in _STUB_HEADS]
    behind = {}
    for column in sorted(own, reverse=True):
        before = [c for c in own if c < column and own[c] not in _STUB_HEADS]
        if own[column] not in _UNIT_HEADS | _REMARK_HEADS or not before or not heads:
            break
        behind[column] = own[column]
    lines = [c for c in range(block.width) for r in body if show(block.cells[r][c])]
    heads = [column for column in heads if column not in behind]
    return max(heads, default=min(lines, default=0)) + 1, behind


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
