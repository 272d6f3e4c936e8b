"""Names that fit beside a bar: the beginning of a long one, in whatever script."""

from __future__ import annotations

import unicodedata

from ...base.typefaces import has_further_letters


def short_name(name: str, lang: str, limit: int = 14) -> str:
    """A school's name, shortened to about `limit` Chinese characters."""
    if has_further_letters(name):
        return _narrow_name(name, 2 * limit)
    return name if len(name) <= limit else name[: limit - 1] + "…"


def _narrow_name(name: str, limit: int) -> str:
    """The beginning of a name in several scripts: a Chinese character is as wide as two letters."""
    width, end = 0, 0
    for position, char in enumerate(name):
        if unicodedata.category(char)[0] == "M" or char in "\u180e\u200c\u200d":
            continue  # stands with the letter before it
        width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if width <= limit - 2:
            end = position + 1
    while end < len(name) and unicodedata.category(name[end])[0] == "M":
        end += 1
    return name if width <= limit else name[:end].rstrip() + "…"
