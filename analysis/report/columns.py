"""Widths of the columns of a table on paper: in proportion to their texts, figures and statuses on one line."""

from __future__ import annotations

import html
import re

#: Width of the text on the page (millimetres, as in report.typ).
PAGE = 170
#: Columns above which the type of a tight table is smaller (as in report.typ).
MANY = 13
#: By class of the table: half a Chinese character, and what stands beside a cell's text (millimetres,
#: from the sizes and insets of report.typ: 9, 7.4 and 6.6 points).
TYPES = {"plain": (1.6, 2.9), "tight": (1.31, 1.9), "many": (1.17, 1.9)}
#: Characters of a status that stays on one line.
LONGEST_STATUS = 14
#: Halves of a character of a head that stays on one line, such as 序号.
SHORTEST_HEAD = 4
#: What figures and statuses, which do not break, may take of the page together.
MOST_HELD = 0.92
#: Halves of a character of a text that stays on one line, such as 规划未涉及, where there is room: as long
#: as what is held takes no more of the page than this.
SHORT_TEXT, ROOMY = 10, 0.5

ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<(t[hd])([^>]*)>(.*?)</t[hd]>", re.DOTALL)
#: Figures that are held on one line; those with a bar behind them leave the room to the schools' names.
_NUMBER = re.compile(r'class="num\b(?!.*\bbar")')
_STATUS = re.compile(r'class="(met|near|short|not_met|not_assessed)"')
#: A status with its chance, "not met 12% ×": what may stand on two lines.
_CHANCE = re.compile(r"(.+?) ([<>＜＞]?\s?\d+\s?%.*)")
_LETTERS = re.compile(r"[A-Za-z\u0600-\u06ff\u1800-\u18af]+")


def column_shares(table: str, kind: str) -> list[float]:
    """Parts of the page's width, by column; none for a table that is narrow enough by itself.

    Parameters
    ----------
    table : str
        HTML of its rows. Heads may take more lines than cells.
    kind : {"plain", "tight"}
        Its class.
    """
    widths: dict[int, float] = {}
    whole: dict[int, float] = {}
    parted: dict[int, float] = {}
    brief: dict[int, float] = {}
    for row in ROW.findall(table):
        for column, (tag, marks, cell) in enumerate(CELL.findall(row)):
            text = html.unescape(re.sub(r"<[^>]+>", " ", cell))
            widths[column] = max(widths.get(column, 4), _width(tag, text))
            if tag == "th" and _halves(text.strip()) <= SHORTEST_HEAD:
                for held in (whole, parted):
                    held[column] = max(held.get(column, 0), _halves(text.strip()))
            status = _STATUS.search(marks) and len(text) <= LONGEST_STATUS
            if tag == "td" and (status or _NUMBER.search(marks)):
                # never "not" on one line and "met ×" on the next, nor a figure in the next column
                whole[column] = max(whole.get(column, 0), _halves(text))
                lines = chance.groups() if (chance := _CHANCE.fullmatch(text.strip())) else [text]
                parted[column] = max(parted.get(column, 0), *map(_halves, lines))
            elif tag == "td" and _halves(text.strip()) <= SHORT_TEXT:
                brief[column] = max(brief.get(column, 0), _halves(text.strip()))
    total = sum(widths.values()) + 2 * len(widths)
    if total < 90:
        return []
    half, inset = type_of(kind, len(widths))
    least, lower, short = (
        {column: (half * width + inset) / PAGE for column, width in each.items()}
        for each in (whole, parted, brief)
    )
    kept = {n: max(least.get(n, 0), short.get(n, 0)) for n in least | short}
    if sum(kept.values()) <= ROOMY:
        least = kept
    elif sum(least.values()) > MOST_HELD:
        # the verdict on one line and its chance on the next, for as many years as there are
        least = lower
    return _fitted([(widths[n] + 2) / total for n in sorted(widths)], least)


def type_of(kind: str, columns: int) -> tuple[float, float]:
    """Half a Chinese character and what stands beside a cell's text (millimetres) in a table of a class."""
    return TYPES["many" if kind == "tight" and columns > MANY else kind]


def _halves(text: str) -> float:
    """Width of a text in halves of a Chinese character; so wide are the marks of a status too."""
    return sum(2 if ord(c) > 0x2E7F or c in "×△○" else 1 for c in text)


def _width(tag: str, text: str) -> float:
    """What a cell wants: heads less than what is below them, long texts not all of it."""
    share, most = (0.4, 14) if tag == "th" else (1, 34)
    plain = sum(2 if ord(c) > 0x2E7F else 1 for c in text)
    # a word of letters cannot be broken
    longest = max(map(len, _LETTERS.findall(text)), default=0)
    width = min(max(share * plain, 0.95 * longest), most)
    # a short head stays on its line
    return max(width, min(plain, 5)) if tag == "th" else width


def _fitted(shares: list[float], least: dict[int, float]) -> list[float]:
    """Shares that add up to one, none below its least; the others give way in proportion."""
    wanted = sum(least.values())
    if wanted > MOST_HELD:
        least = {column: part * MOST_HELD / wanted for column, part in least.items()}
    held: dict[int, float] = {}
    while True:
        rest = sum(share for n, share in enumerate(shares) if n not in held)
        room = (1 - sum(held.values())) / rest if rest else 1
        short = {n: part for n, part in least.items() if n not in held and part > shares[n] * room}
        if not short:
            return [held.get(n, share * room) for n, share in enumerate(shares)]
        held |= short
