"""Text stays text: what a spreadsheet program would take for a formula is kept from becoming one."""

from __future__ import annotations

import re

import pandas as pd

#: Options of xlsxwriter under which a text is written as a text, whatever it looks like.
XLSX_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r].", re.DOTALL)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?%?")


def guarded(text: str) -> str:
    """Text for a CSV file, with an apostrophe before what would be computed.

    A CSV file has no cell types: a program that opens it computes a text that begins with
    ``= + - @`` (also in full width) or a tab. Numbers are left alone. `unguarded` is the inverse.

    Examples
    --------
    >>> guarded("=1+2"), guarded("-5.2"), guarded("育才学校")
    ("'=1+2", '-5.2', '育才学校')
    """
    return "'" + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given.

    Examples
    --------
    >>> unguarded("'=1+2"), unguarded("'quoted'")
    ('=1+2', "'quoted'")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV for people: UTF-8 with the mark by which Excel knows it, texts guarded."""
    texts = table.select_dtypes(include=["object", "str", "category"]).columns
    table = table.assign(
        **{
            name: table[name].map(lambda value: guarded(value) if isinstance(value, str) else value)
            for name in texts
        }
    )
    return b"\xef\xbb\xbf" + table.to_csv(index=False, lineterminator="\n").encode("utf-8")
