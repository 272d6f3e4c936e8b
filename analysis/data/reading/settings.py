"""What the sheet of the county says about the workbook itself, not about the county."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from types import MappingProxyType

from ...base.files import N_, Finding
from ...base.language import Said
from ...base.schema.terms import Label
from ..texts import cell_name, clean_text, plain

#: Lines of the sheet `county` that are none of the record's: key and label.
SETTINGS = MappingProxyType(
    {
        "form_year": Label("填报学年", "School year of the form"),
        "money_unit": Label("金额单位", "Unit of money"),
    }
)
YUAN, WAN = "yuan", "wan"
MONEY_UNITS = MappingProxyType({YUAN: Label("元", "yuan"), WAN: Label("万元", "10,000 yuan")})
_UNIT_SPELLINGS = {
    **dict.fromkeys(("元", "人民币元", "yuan", "cny", "rmb"), YUAN),
    **dict.fromkeys(("万元", "万", "10,000yuan", "10000yuan", "wan", "wanyuan"), WAN),
}
_KEYS = {
    plain(spelling): key
    for key, label in SETTINGS.items()
    for spelling in (key, label.zh, label.en)
}


@dataclass(frozen=True)
class Settings:
    """How a workbook is to be read.

    Attributes
    ----------
    money : {"", "yuan", "wan"}
        Unit of its totals of money; empty where it does not say.
    year : int or None
        School year of county items whose year is blank.
    """

    money: str = ""
    year: int | None = None


#: Of what says nothing about itself: a folder, a workbook of another origin.
NO_SETTINGS = Settings()


def is_setting(key: str) -> bool:
    """Whether a line of the sheet of the county is a setting."""
    return plain(key) in _KEYS


def money_unit(text: str) -> str:
    """``yuan``, ``wan`` (10,000 yuan), or "" for any other text.

    Examples
    --------
    >>> money_unit("万元"), money_unit(" Yuan "), money_unit("千元")
    ('wan', 'yuan', '')
    """
    return _UNIT_SPELLINGS.get("".join(unicodedata.normalize("NFKC", text).split()).lower(), "")


def settings_from_sheet(rows: list, label: str, findings: list[Finding]) -> Settings:
    """The settings among the lines of the sheet `county`; what cannot be read is added."""
    found: dict = {}
    for number, row in enumerate(rows, 1):
        key, *rest = [clean_text(cell) for cell in row] or [""]
        key = _KEYS.get(plain(key), "")
        text = unicodedata.normalize("NFKC", next((cell for cell in rest if cell), ""))
        if not key or not text:
            continue
        if key == "form_year":
            value, expected = _year(text), N_("the school year as four digits, such as 2024")
        else:
            value, expected = money_unit(text), N_("yuan (元) or 10,000 yuan (万元)")
        if value:
            found[key] = value
            continue
        message = N_("{label} is “{value}”; expected: {expected}")
        values = {"label": SETTINGS[key], "value": text, "expected": Said(expected)}
        place = {"row": number, "value": text, "cell": cell_name(number, 2)}
        findings.append(Finding("error", message, values, label, **place))
    return Settings(found.get("money_unit", ""), found.get("form_year"))


def _year(text: str) -> int | None:
    year = text[:4]
    rest = text[4:]
    whole = year.isdigit() and 1949 <= int(year) <= 2100 and not rest[:1].isdigit()
    return int(year) if whole else None
