"""How wide the columns of a narrow table are, and how many lines its rows have: what Typst would find by setting every cell twice."""

from __future__ import annotations

import functools
import math
import re
import string

from matplotlib.ft2font import FT2Font, LoadFlags

from ..base.typefaces import font_files
from .columns import PAGE, type_of

#: Between Chinese signs and others Typst leaves a quarter of a sign.
_BESIDE = re.compile(r"(?<=[\u2e80-\u9fff])(?=[!-~])|(?<=[!-~])(?=[\u2e80-\u9fff])")
#: What both Chinese typefaces have in full width or, in letters and figures, as `_advances` says.
_PLAIN = re.compile(r"[ -~\u00a0²–−↑↓\u2e80-\u9fff、。「」《》〈〉（）：；，！？○×△≥≤—“”‘’…\n]*")
#: What no line break divides: a word or figure, with the Chinese signs beside it.
_UNBROKEN = re.compile(r"[\u3400-\u9fff]?[^ \u3400-\u9fff]+[\u3400-\u9fff]?|[\u3400-\u9fff]")
#: What may be narrower than it is by itself.
_GIVES_WAY = re.compile(r"[ 、。「」《》〈〉（）：；，！？—“”‘’…]")
#: Signs as wide as the typeface says.
_NARROW = [*map(chr, range(ord(" "), ord("~") + 1)), *"\u00a0²–−↑↓"]
#: Rounding, and kerning that a sum of widths does not know.
SLACK = 0.03
#: How much wider than its text a column of the page has to be before the text certainly stays on its line.
CERTAIN = 1.02


def natural_widths(heads: list[str], rows: list[list[str]], kind: str) -> list[float]:
    """Width of each column (millimetres), with what stands beside the text.

    Parameters
    ----------
    heads : list of str
        In the sans-serif typeface.
    rows : list of list of str
        Texts; a line break begins a new line.
    kind : {"plain", "tight"}
        Class of the table.

    Returns
    -------
    list of float
        Empty where a text has signs whose width is not known, or the page is too narrow: Typst has to
        find out itself.
    """
    if not all(_PLAIN.fullmatch(text) for row in (heads, *rows) for text in row):
        return []
    sans, serif = _advances()
    half, inset = type_of(kind, len(heads))
    widths = [
        2 * half * (max(_wide(head, sans), *(_wide(cell, serif) for cell in cells)) + SLACK) + inset
        for head, cells in zip(heads, zip(*rows, strict=True), strict=True)
    ]
    return widths if sum(widths) <= PAGE else []


def lines_of(rows: list[list[str]], shares: list[float], kind: str) -> list[int]:
    """Lines of each row of a table whose columns have shares of the page.

    Parameters
    ----------
    rows : list of list of str
        Texts; a line break begins a new line.
    shares : list of float
        Parts of the page's width, by column.
    kind : {"plain", "tight"}
        Class of the table.

    Returns
    -------
    list of int
        Zero where a line might not fit its column: Typst has to find out itself.
    """
    half, inset = type_of(kind, len(shares))
    rooms = [(share * PAGE - inset) / (2 * half) - SLACK for share in shares]
    _, serif = _advances()
    found = []
    for row in rows:
        fewest, most = 1, 1
        for text, room in zip(row, rooms, strict=True):
            if _PLAIN.fullmatch(text):
                least, greatest = _lines(text, room, serif)
                fewest, most = max(fewest, least), max(most, greatest)
            else:
                most = math.inf
        found.append(fewest if fewest == most else 0)
    return found


def _lines(text: str, room: float, advances: dict[str, float]) -> tuple[int, float]:
    """Fewest and most lines of a text: a line ends where the next word would not fit."""
    fewest = most = 0
    for line in text.split("\n"):
        width = _wide(line, advances)
        if width * CERTAIN <= room:
            fewest, most = fewest + 1, most + 1
            continue
        # beside each other and at the ends of lines, signs give way by half
        least = width / CERTAIN - 0.5 * len(_GIVES_WAY.findall(line))
        word = CERTAIN * max((_wide(run, advances) for run in _UNBROKEN.findall(line)), default=1)
        fewest += max(1, math.ceil(least / room))
        most += math.ceil(width * CERTAIN / (room - word)) if room > word else math.inf
    return fewest, most


def _wide(text: str, advances: dict[str, float]) -> float:
    return max(
        sum(advances.get(sign, 1.0) for sign in line)
        + 0.25 * len(_BESIDE.findall(line))
        # of a closing bracket at its end a line has only the half with ink
        - 0.5 * line.endswith(("）", "》", "」", "〉"))
        for line in text.split("\n")
    )


@functools.cache
def _advances() -> list[dict[str, float]]:
    """Widths of signs in the sans-serif and the serif typeface; figures all alike."""
    found = []
    for file in font_files().values():
        face = FT2Font(str(file))
        face.set_size(1000, 72)
        advances = {
            sign: face.load_char(ord(sign), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536e3
            for sign in _NARROW
        }
        widest = max(advances[sign] for sign in string.digits)
        found.append(advances | dict.fromkeys(string.digits, widest))
    return found
