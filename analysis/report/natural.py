"""Widths of the columns of a narrow table, each as wide as its widest line: what Typst would find by setting every cell twice."""

from __future__ import annotations

import functools
import re
import string

from matplotlib.ft2font import FT2Font, LoadFlags

from ..base.typefaces import font_files
from .columns import PAGE, type_of

#: Between Chinese signs and others Typst leaves a quarter of a sign.
_BESIDE = re.compile(r"(?<=[\u2e80-\u9fff])(?=[!-~])|(?<=[!-~])(?=[\u2e80-\u9fff])")
#: What both Chinese typefaces have in full width or, in letters and figures, as `_advances` says.
_PLAIN = re.compile(r"[ -~\u2e80-\u9fff、。「」《》〈〉（）：；，！？○×△≥≤—“”‘’…\n]*")
#: Rounding, and kerning that a sum of widths does not know.
SLACK = 0.03


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
    """Widths of the signs of ASCII in the sans-serif and the serif typeface; figures all alike."""
    found = []
    for file in font_files().values():
        face = FT2Font(str(file))
        face.set_size(1000, 72)
        advances = {
            sign: face.load_char(ord(sign), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536e3
            for sign in map(chr, range(ord(" "), ord("~") + 1))
        }
        widest = max(advances[sign] for sign in string.digits)
        found.append(advances | dict.fromkeys(string.digits, widest))
    return found
