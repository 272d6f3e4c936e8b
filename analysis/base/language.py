"""Sentences, numbers and lists in Chinese or English.

English text in the code is the message id and what is printed in English; ``locale/<lang>.po``
holds only what differs from it. So far no English text does, so there is no ``en.po``. Catalogues
are read as they are: nothing has to be compiled before the package runs.
"""

from __future__ import annotations

import decimal
import functools
import gettext
import io
import math
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from babel.messages import mofile, pofile

LANGUAGES = ("zh", "en")
_LOCALES = {"zh": "zh_CN", "en": "en_US"}
DASH = "—"
_HALVES_UP = decimal.Context(rounding=decimal.ROUND_HALF_UP)


class Language:
    """Speaks one language.

    Parameters
    ----------
    code : {"zh", "en"}

    Examples
    --------
    >>> Language("en")("{n} schools", n=3)
    '3 schools'
    >>> Language("en").number(1234.5, 1), Language("zh").percent(0.853, 1)
    ('1,234.5', '85.3%')
    """

    def __init__(self, code: str):
        if code not in LANGUAGES:
            raise ValueError(f"lang is {code!r}; expected one of {', '.join(LANGUAGES)}")
        self.code = code
        self._catalogue = _catalogue(code)

    def __call__(self, message: str, **values) -> str:
        """Translate a message and fill in its values."""
        # a catalogue keeps its own head under the empty text
        text = self._catalogue.gettext(message) if message else ""
        return text.format(**values) if values else text

    def plural(self, singular: str, plural: str, n: int, **values) -> str:
        """Translate a message that depends on the number `n`."""
        return self._catalogue.ngettext(singular, plural, n).format(n=self.number(n), **values)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with thousands separators and fixed decimals; a dash where it is missing.

        Halves are rounded up in size, as the official form does, on the shortest decimal
        representation of the float.
        """
        if value is None or not math.isfinite(value):
            return DASH
        # Chinese and English write them alike (CLDR), so that no locale is asked
        with decimal.localcontext(_HALVES_UP):
            return format(decimal.Decimal(repr(float(value))), f",.{decimals}f")

    def percent(self, value: float | None, decimals: int = 1) -> str:
        """A share (0 to 1) as a percentage."""
        if value is None or not math.isfinite(value):
            return DASH
        return self.number(float(repr(float(value))) * 100, decimals) + "%"

    def join(self, items) -> str:
        """A list in a sentence."""
        items = [str(item) for item in items]
        if self.code == "zh":
            return "、".join(items)
        return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)

    def label(self, thing) -> str:
        """The label of a column, table, indicator or any mapping with `zh` and `en`."""
        return thing[self.code] if isinstance(thing, dict) else getattr(thing, self.code)


def places(value: float) -> int:
    """Decimals that a threshold is written with."""
    return max(0, -decimal.Decimal(repr(float(value))).normalize().as_tuple().exponent)


@dataclass(frozen=True)
class Said:
    """A message and what fills it, to be said later in either language.

    A value that itself has `zh` and `en` (a label, or another `Said`) is said in the same one.
    """

    message: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def zh(self) -> str:
        return self.text("zh")

    @property
    def en(self) -> str:
        return self.text("en")

    def __str__(self) -> str:
        return self.en

    def text(self, lang: str) -> str:
        """The message in a language."""
        values = {
            name: getattr(value, lang) if hasattr(value, "zh") and hasattr(value, "en") else value
            for name, value in self.values.items()
        }
        return speak(lang)(self.message, **values)


def N_(message: str) -> str:
    """Mark a message for the catalogue that is translated later."""
    return message


@functools.cache
def speak(code: str) -> Language:
    """The one `Language` of a code."""
    return Language(code)


@functools.cache
def _catalogue(code: str) -> gettext.NullTranslations:
    source = resources.files("analysis.base").joinpath("locale", f"{code}.po")
    if not source.is_file():  # nothing differs from the text in the code
        return gettext.NullTranslations()
    with source.open("rb") as file:
        catalogue = pofile.read_po(file, locale=_LOCALES[code])
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
