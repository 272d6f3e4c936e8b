"""Texts of cells and heads in the form in which they can be compared."""

from __future__ import annotations

import functools
import re
import unicodedata


def cell_name(row: int, column: int) -> str:
    """Row and column, counted from 1, as a spreadsheet names the cell: 3, 28 -> AB3."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


#: A spreadsheet keeps 15 digits of a number; an id with more of them has lost its end.
LARGEST_EXACT = 1e15

_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+")
_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = re.compile(
    r"(18|19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?( 00:00:00)?|[0-9]{1,2}月[0-9]{1,2}日"
    rf"|[0-9]{{1,2}}-{_MONTH}|{_MONTH}-[0-9]{{2}}"
)


def spoilt_id(text: str) -> str:
    """What a spreadsheet has made of an id: ``rounded``, ``date``, or "" if nothing.

    Examples
    --------
    >>> spoilt_id("1.5E+11"), spoilt_id("2024-01-02 00:00:00"), spoilt_id("2-Jan"), spoilt_id("0101")
    ('rounded', 'date', 'date', '')
    """
    if _ROUNDED.fullmatch(text):
        return "rounded"
    return "date" if _DATE.fullmatch(text) else ""


def cell_text(cell: object) -> str:
    """What a spreadsheet cell says; whole numbers without a decimal point."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) < LARGEST_EXACT else f"{cell:.15e}"
    return "" if cell is None else str(cell)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


#: In Mongolian and Arabic script these decide which form a letter takes, and U+202F parts a suffix
#: from its word; everywhere else they are invisible rubbish.
_JOINERS = "\u180e\u200c\u200d"
_JOINING = re.compile("[\u0600-\u08ff\u1800-\u18af]")


def clean(text: str) -> str:
    """A text without stray spaces, line breaks and invisible characters."""
    kept, space = ("", None)
    if not text.isascii():
        if _JOINING.search(text):
            kept, space = _JOINERS, r"[^\S\u202f]+"
        text = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in kept)
    words = " ".join(text.split() if space is None else re.split(space, text.strip()))
    return " ".join(unwrapped(words).split()) if words[:2] == '="' else words


def clean_text(text: str) -> str:
    """A text without stray spaces, line breaks, invisible and control characters."""
    text = clean(text)
    if not text.isprintable():
        text = "".join(c for c in text if unicodedata.category(c) != "Cc")
    return text


@functools.lru_cache(maxsize=10_000, typed=True)
def plain(text: object) -> str:
    """A header or name without spaces, width variants, case and a unit in brackets."""
    text = unicodedata.normalize("NFKC", clean(str(text)))
    return re.sub(r"\s+", "", re.sub(r"(\s*\([^()]*\))+\s*$", "", text)).lower()


_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')


def unwrapped(text: str) -> str:
    """The text in a formula that only says it: so systems keep Excel from making it a number.

    Examples
    --------
    >>> unwrapped('="0101"'), unwrapped("=A1"), unwrapped("0101")
    ('0101', '=A1', '0101')
    """
    found = _FORMULA_TEXT.fullmatch(text) if text[:2] == '="' else None
    return found[1].replace('""', '"') if found else text
