"""Numbers of a workbook that are shown with zeros in front: the reader hands out the bare number.

A cell that holds the number 1 in the format ``000000`` shows 000001, and whoever filled it in has
an id of six digits before them. Only formats of nothing but zeros are followed.
"""

from __future__ import annotations

import functools
import re
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree

import numpy as np
import pandas as pd

#: A style sheet is read whole; one above this size (bytes) is no one's.
LARGEST_STYLES = 10_000_000

_ZEROS = re.compile(r"(0{2,30})(?:_.|;.*)?")
_CELL = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*\br="([A-Z]{1,3})([0-9]{1,7})")(?=[^>]*\bs="([0-9]{1,6})")[^>]*(?<!/)>'
)


def zero_styles(archive: zipfile.ZipFile, parts: dict) -> dict[int, int]:
    """Styles of a workbook whose format is only zeros.

    Parameters
    ----------
    archive : ZipFile
    parts : dict of str to ZipInfo
        By name in small letters.

    Returns
    -------
    dict of int to int
        Number of the style -> digits it shows at least.
    """
    part = parts.get("xl/styles.xml")
    if part is None or part.file_size > LARGEST_STYLES:
        return {}
    root = ElementTree.fromstring(archive.read(part))
    widths = {}
    for entry in root.iter():
        if entry.tag.endswith("}numFmt"):
            found = _ZEROS.fullmatch(entry.get("formatCode", ""))
            if found:
                widths[entry.get("numFmtId")] = len(found[1])
    formats = next((entry for entry in root if entry.tag.endswith("}cellXfs")), ())
    return {
        number: widths[style.get("numFmtId")]
        for number, style in enumerate(formats)
        if style.get("numFmtId") in widths
    }


def zero_cells(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, styles: Mapping[int, int]
) -> dict[tuple[int, int], np.ndarray]:
    """Cells of a sheet that have one of the styles.

    Returns
    -------
    dict of tuple to ndarray of int
        Column and digits -> rows; column and rows count from 0.
    """
    found: dict[tuple[int, int], list[int]] = {}
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(4_000_000):
            # whole cells only: the last one may go on in the next chunk
            cells, _, rest = (rest + chunk).rpartition(b"<")
            rest = b"<" + rest
            for letters, row, style in _CELL.findall(cells):
                if int(style) in styles:
                    place = (_position(letters), styles[int(style)])
                    found.setdefault(place, []).append(int(row) - 1)
    return {place: np.array(rows) for place, rows in found.items()}


def show_zeros(frame: pd.DataFrame, cells: Mapping[tuple[int, int], np.ndarray]) -> None:
    """Write the zeros that a sheet shows into its text, in place."""
    for (column, digits), rows in cells.items():
        rows = rows[rows < len(frame)]
        if column in frame:
            texts = frame.loc[rows, column]
            frame.loc[rows, column] = texts.where(~texts.str.isdigit(), texts.str.zfill(digits))


@functools.cache
def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
