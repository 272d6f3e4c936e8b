"""Amounts in yuan or in 万元 (10,000 yuan): one unit for all totals of a workbook, read as yuan."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal

from ...base.files import N_
from ...base.schema.columns import Table
from ...base.schema.terms import YUAN
from ..texts import cell_name
from .cells import narrow, number_text
from .settings import MONEY_UNITS, WAN, Settings, money_unit

MIXED = N_("{label} is given in {unit}, but {others} in {other}; give all amounts in one unit")


def head_unit(title: str) -> str:
    """The unit of money in brackets behind a head: ``yuan``, ``wan`` or ""."""
    text = unicodedata.normalize("NFKC", title)
    inside = [found.removeprefix("单位:") for found in re.findall(r"\(([^()]*)\)", text)]
    return next((unit for unit in map(money_unit, inside) if unit), "")


def in_ten_thousands(
    table: Table,
    heads: Mapping[str, tuple[str, int]],
    top: int,
    settings: Settings,
    refuse: Callable,
) -> bool:
    """Whether the amounts of a table are in 万元; a mixture of units is refused.

    Parameters
    ----------
    table : Table
    heads : mapping of str to (str, int)
        Column id -> its head as it is written, and its position from 1.
    top : int
        Row of the heads.
    settings : Settings
    refuse : callable
        Takes message, column, cell and values.
    """
    said = {c: head_unit(title) for c, (title, _) in heads.items() if table[c].unit == YUAN}
    expected = settings.money
    named = {unit for unit in said.values() if unit}
    if not expected and WAN in named and set(said.values()) != {WAN}:
        others = [cell_name(top, heads[c][1]) for c, unit in said.items() if unit != WAN]
        for column in (c for c, unit in said.items() if unit == WAN):
            refuse(
                MIXED,
                column,
                cell_name(top, heads[column][1]),
                label=table[column],
                unit=MONEY_UNITS[WAN],
                others=", ".join(others),
                other=MONEY_UNITS["yuan"],
            )
        return False
    for column, unit in said.items():
        if expected and unit and unit != expected:
            refuse(
                N_(
                    "the header says “{unit}”, but the sheet of the county says {other} for all "
                    "amounts; give all amounts in one unit"
                ),
                column,
                cell_name(top, heads[column][1]),
                unit=MONEY_UNITS[unit],
                other=MONEY_UNITS[expected],
            )
    return (expected or next(iter(named), "")) == WAN


def as_ten_thousands(text: str) -> str:
    """The text of an amount in yuan as that of one in 万元, to the last digit.

    Examples
    --------
    >>> as_ten_thousands("2150000"), as_ten_thousands("10795000.5"), as_ten_thousands("0")
    ('215', '1079.50005', '0')
    """
    number = Decimal(text) / 10_000
    return format(number.normalize(), "f") if number else "0"


def as_yuan(text: str) -> str:
    """The text of an amount in 万元 as that of one in yuan, to the last digit; other text as it is.

    Examples
    --------
    >>> as_yuan("215"), as_yuan("1,079.5"), as_yuan("0.1"), as_yuan("many")
    ('2150000', '10795000.0', '1000.0', 'many')
    """
    number = number_text(narrow(text))
    return format(Decimal(number) * 10_000, "f") if number else text
