"""Labels as they are compared: without widths, spaces, numbering, units and marks of detail."""

from __future__ import annotations

import functools
import re
import unicodedata

#: A form's number wherever it is written; `续` belongs to it.
FORM_ID = re.compile(r"(基础基|教基|中职基|高基)(\d{3,4}(?:-\d)?)\(?(续?)")

_DASHES = re.compile("[‐‑‒–—―−~～〜]+")
_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}(?:、|\.(?!\d))"
    r"|[#*※·◆●]|其中[:,、]?|其[:]|of which:?)+"
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_UNIT_WORD = re.compile(
    r"(?:计量)?(?:单位:?)?(?:(?:人民币)?[百千万亿]{0,2}元|[万]?平方米|平米|m2|[百千万]?人次?|名|个班|[个班间册台]|亩|公顷)"
)


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def narrow(text: str) -> str:
    """Wide Latin characters, digits and signs as narrow ones, every character at its place."""
    return text.translate(_WIDE)


@functools.lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Text with narrow characters, one kind of dash and no blanks at all."""
    text = unicodedata.normalize("NFKC", text.replace("_x000D_", ""))
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
    return _DASHES.sub("-", text)


@functools.lru_cache(maxsize=1 << 16)
def key(text: str) -> str:
    """What two spellings of one label have in common.

    Examples
    --------
    >>> key("一、教学及辅助 用房（平方米）"), key("  其中：＃女 "), key("２６—３０人")
    ('教学及辅助用房', '女', '26-30人')
    """
    text = plain(text)
    text = _BRACKETS.sub(lambda found: "" if is_unit(found[1]) else found[0], text)
    text = text.rstrip(":")
    shorter = _NUMBERING.sub("", text)
    return (shorter or text).lower()


def is_unit(text: str) -> bool:
    """Whether a text (as from `plain`) names units and nothing else."""
    words = [word for word in re.split(r"[,、;/或]", text) if word]
    return bool(words) and all(_UNIT_WORD.fullmatch(word) for word in words)


def units_in(text: str) -> list[str]:
    """Units in the brackets of a label, or in a text that is nothing but units."""
    text = plain(text)
    found = [part for part in _BRACKETS.findall(text) if is_unit(part)]
    if not found and is_unit(text):
        found = [text]
    return [unit for part in found for unit in unit_words(part)]


def unit_words(text: str) -> list[str]:
    """``"单位:万元、平方米"`` -> ``["万元", "平方米"]``."""
    words = re.split(r"[,、;/或]", re.sub(r"(?:计量)?单位:?", "", text))
    return [word for word in words if word]
