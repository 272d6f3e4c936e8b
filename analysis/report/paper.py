"""Tables of a report as Typst.

Pandoc, which writes the rest of a page for Typst and all of it for Word, needs half a second for the
tables of a report: ten times as much as for all the rest. They are ours (`Grid.to_html`), so that
what can be in them is known; other tables of a notebook stay with pandoc.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .columns import CELL, ROW, column_shares
from .natural import lines_of, natural_widths

#: A table of `Grid.to_html`, in which nothing stands but text and line breaks.
_TABLE = re.compile(
    r'<table class="(tight|plain)"><caption>([^<]*)</caption>\n<thead><tr>(.*?)</tr></thead>\n'
    r"<tbody>\n(.*?)</tbody></table>\n",
    re.DOTALL,
)
#: Where a table was: a remark of Typst, which no text can be, for pandoc escapes every asterisk.
_PLACE = re.compile(r"/\*table (\d+)\*/")
#: Cells with a colour of their own in print (`fills` in report.typ), and how far the bar behind one reaches.
_FILLED = re.compile(r'class="(?:num )?(near|short|not_met|not_assessed)"')
_BARRED = re.compile(r'class="(?:num )?(?:(met|near|short|not_assessed) )?bar".*--bar: (\d+%)')
#: What Typst would read as its own. Nothing else is marked: every mark makes one more text of a cell,
#: and a point between figures is in most of them. Of a hyphen before a figure Typst makes a minus,
#: which is wanted.
_MARKUP = re.compile(r"(?!-\d)[\\#$*_`<>@=+\-/~\[\]'\"]|(?<!\d)\.|\.(?!\d)")

#: Lines above and below the head of a table (report.typ).
HEAD = "stroke: head-lines"


def give_tables(page: str, convert: Callable[[str], str]) -> str:
    """Convert a page to Typst, its tables by our own hand.

    Parameters
    ----------
    page : str
        HTML.
    convert : callable
        Converts the rest, by pandoc with `to_typst.lua`, which lets ``<pre class="typst">`` through;
        meanwhile the tables are converted in a thread of their own.

    Returns
    -------
    str
        Typst.
    """
    tables = list(_TABLE.finditer(page))
    numbers = itertools.count()
    rest = _TABLE.sub(lambda _: f'<pre class="typst">/*table {next(numbers)}*/</pre>', page)
    with ThreadPoolExecutor(1) as beside:
        typst = [beside.submit(_table, each) for each in tables]
        # here and not there: who is interrupted ends pandoc
        converted = convert(rest)
    return _PLACE.sub(lambda found: typst[int(found[1])].result(), converted)


def _table(found: re.Match) -> str:
    kind, caption, head, body = found.groups()
    heads = CELL.findall(head)
    sides = [_side(marks) for _, marks, _ in heads]
    shares = column_shares(found[0], kind)
    if not shares and "<br>" in head:
        # left to itself, a head of two lines takes more than its figures need
        shares = [1 / len(heads)] * len(heads)
    cells = [CELL.findall(row) for row in ROW.findall(body)]
    texts = list(map(_shown, cells))
    if shares:
        columns = [f"{100 * share:.2f}%" for share in shares]
        lines = lines_of(texts, shares, kind)
    else:
        columns = [f"{width:.2f}mm" for width in natural_widths(_shown(heads), texts, kind)]
        lines = [max(text.count("\n") + 1 for text in row) * bool(columns) for row in texts]
    rows = [
        " ".join(_cell(cell, side) for cell, side in zip(row, sides, strict=True)) for row in cells
    ]
    typst = [
        "#figure(align(center)[#table(",
        f"columns: {_listed(columns) if columns else len(heads)}, align: {_listed(sides)}, stroke: lines,",
        f"rows: (auto, {_heights(lines, kind)}),",
        f"table.header({' '.join(_cell(head, side, HEAD) for head, side in zip(heads, sides, strict=True))}),",
        *rows,
        f")], caption: [{_text(caption)}], kind: table)",
    ]
    if kind == "tight":
        typst = ["#tight[", *typst, "]"]
    return "\n".join(typst)


def _cell(cell: tuple[str, str, str], side: str, *own: str) -> str:
    """A cell, by itself where it is not as its column (`side`) is."""
    _, marks, text = cell
    how = list(own)
    if (aligned := _side(marks)) != side:
        how.append(f"align: {aligned}")
    if bar := _BARRED.search(marks):
        how.append(f'fill: bar("{bar[1] or "plain"}", {bar[2]})')
    elif filled := _FILLED.search(marks):
        how.append(f"fill: fills.{filled[1].replace('_', '-')}")
    return f"table.cell({', '.join(how)})[{_text(text)}]," if how else f"[{_text(text)}],"


def _heights(lines: list[int], kind: str) -> str:
    """Of the rows below the head: a row of known height is set once, another twice."""
    runs = ((count, len(list(rows))) for count, rows in itertools.groupby(lines))
    return " ".join(
        f"..({f'{kind}-row({count})' if count else 'auto'},) * {rows}," for count, rows in runs
    )


def _listed(words: list[str]) -> str:
    """An array of Typst."""
    return f"({', '.join(words)},)"


def _shown(row: list[tuple[str, str, str]]) -> list[str]:
    """The texts of a row."""
    return [html.unescape(text).replace("\n", " ").replace("<br>", "\n") for _, _, text in row]


def _side(marks: str) -> str:
    return "right" if "text-align: right" in marks else "auto"


def _text(shown: str) -> str:
    """A cell's HTML as Typst."""
    lines = (_MARKUP.sub(r"\\\g<0>", html.unescape(line)) for line in shown.split("<br>"))
    return " \\ ".join(line.replace("\u00a0", "~") for line in lines)
