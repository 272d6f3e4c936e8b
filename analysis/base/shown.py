"""How things show themselves in a notebook, and in which language.

Tables and studies are made in rooms that know nothing of pages. They ask here for their view; the
room that has views registers them. Where nobody has, things show themselves as Python does.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from .language import LANGUAGES

#: By the id of what is shown: (thing, language) -> HTML; None: no view for this one.
_VIEWS: dict[str, Callable[[object, str], str | None]] = {}
_CHOSEN: list[str] = []


def register(kind: str, view: Callable[[object, str], str | None]) -> None:
    """Have things of a kind shown by a view."""
    _VIEWS[kind] = view


def html(kind: str, thing: object) -> str | None:
    """A thing as HTML in the chosen language; None where there is no view."""
    view = _VIEWS.get(kind)
    return view(thing, language()) if view else None


def language() -> str:
    """The language in which things show themselves: ``zh`` or ``en``."""
    return _CHOSEN[-1] if _CHOSEN else os.environ.get("JUNHENG_LANG", "zh")


def set_language(lang: str) -> None:
    """Choose the language in which studies and tables show themselves in a notebook.

    Without it, that is the language of the environment variable ``JUNHENG_LANG``, or Chinese. Ids,
    column names and files do not depend on it.

    Parameters
    ----------
    lang : {"zh", "en"}

    Raises
    ------
    ValueError
        Another language.

    Examples
    --------
    >>> import analysis
    >>> analysis.set_language("en")
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {lang!r}; expected one of {', '.join(LANGUAGES)}")
    _CHOSEN[:] = [lang]
