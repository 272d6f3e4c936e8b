"""Pieces of formulas and formats of numbers that several sheets share."""

from __future__ import annotations

from ...measure.indicators import HAIR
from .book import Book, quoted

#: `HAIR` as formulas write it.
HAIR_TEXT = f"{HAIR:.0E}"


COUNT, AREA, RATIO, SHARE, CV = "#,##0", "#,##0.00", "#,##0.00", "0.0000", "0.000"


def copied(address: str) -> str:
    """The value of another cell; what is empty there stays empty here."""
    return f'IF({address}="","",{address})'


def at_least(value: str, limit: str, tolerance: str) -> str:
    """A test that allows for binary fractions, as `analysis.measure` does."""
    return f"{value}>={limit}-{tolerance}*ABS({limit})"


def at_most(value: str, limit: str, tolerance: str) -> str:
    """A test that allows for binary fractions, as `analysis.measure` does."""
    return f"{value}<={limit}+{tolerance}*ABS({limit})"


def three_valued(book: Book, cells: str) -> str:
    """One failure decides, one gap leaves it open, nothing to judge is not applicable."""
    word = {name: quoted(text) for name, text in book.status.items()}
    return (
        f"IF(COUNTIF({cells},{word['not_met']})>0,{word['not_met']},"
        f"IF(COUNTIF({cells},{word['not_assessed']})>0,{word['not_assessed']},"
        f"IF(COUNTIF({cells},{word['met']})>0,{word['met']},{word['not_applicable']})))"
    )
