"""Changed rules: which values and rule words an entry of a standard may be given instead of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..base.files import N_, Finding, InputError
from ..base.nearest import unknown
from ..base.refusals import shorten
from ..base.schema.terms import Label

if TYPE_CHECKING:
    from .entries import Entry

_RULE = Label("规则代码", "rule id")

#: A share is written 0 to 1; ratios such as salaries may exceed 1, but nothing reaches this.
LARGEST_SHARE = 2.0

#: What of an entry can be changed: `value` is what a bare id means.
FIELDS = ("value", "rule")

#: Parts in which a rule word says how a value is judged; elsewhere it is part of the method.
_JUDGED_BY_WORD = ("government", "quality", "recognition", "veto")


def split(name: str, entries: Mapping[str, Entry]) -> tuple[str, str]:
    """Entry id and field that a name means: ``cv.primary``, ``cv__primary``, ``G7.rule``."""
    name = name.replace("__", ".")
    head, _, field = name.rpartition(".")
    if name not in entries and field in FIELDS and head in entries:
        return head, field
    return name, "value"


def checked(
    entries: Mapping[str, Entry], overrides: Mapping[str, object], number_rules: tuple[str, ...]
) -> tuple[dict[str, float | str | None], dict[str, str]]:
    """Values and rule words to be used instead of an entry's own.

    Parameters
    ----------
    entries : mapping of str to Entry
        The standard's.
    overrides : mapping of str to object
        Entry id (``__`` may stand for the dot), or id and field: ``cv.primary``, ``G7.rule``.
        None: nothing is required.
    number_rules : tuple of str
        Rule words of numbers.

    Returns
    -------
    values, words : dict
        By entry id.

    Raises
    ------
    InputError
        Every id that the standard does not have, with the nearest; every value that an entry
        cannot take.
    """
    values: dict[str, float | str | None] = {}
    words: dict[str, str] = {}
    findings = []
    for given, value in overrides.items():
        name, field = split(given, entries)
        if name not in entries:
            about = {id: (e.title.zh, e.title.en) for id, e in entries.items()}
            findings.append(unknown(_RULE, name, about))
            continue
        entry = entries[name]
        if field == "rule":
            message, kept = _word(entry, value, number_rules), words
        else:
            (message, value), kept = _value(entry, value), values
        if message:
            filled = {"name": name, "value": shorten(str(value)), "rule": entry.rule}
            filled["names"] = ", ".join(
                number_rules if field == "rule" else sorted(allowed_words(entry))
            )
            findings.append(Finding("error", message, filled))
        else:
            kept[name] = value
    if findings:
        raise InputError(findings)
    return values, words


def _word(entry: Entry, word: object, number_rules: tuple[str, ...]) -> str:
    """Why an entry cannot have this rule word; empty if it can."""
    if entry.part not in _JUDGED_BY_WORD or entry.rule not in number_rules:
        return N_("{name}: the rule word {rule} is part of the method and cannot be changed")
    return "" if word in number_rules else N_("{name} is “{value}”; expected one of {names}")


def _value(entry: Entry, value: object) -> tuple[str, object]:
    """Why an entry cannot have this value (empty if it can), and the value as it is kept."""
    if value is None:
        return "", None
    if entry.rule in ("yes", "no"):
        wrong = N_("{name} is “{value}”; the rule {rule} has the value {rule}")
        return ("" if value == entry.rule else wrong), value
    words = allowed_words(entry)
    if words:
        return ("" if value in words else N_("{name} is “{value}”; expected one of {names}")), value
    number = not isinstance(value, bool | str) and isinstance(value, int | float)
    if not number and hasattr(value, "item"):  # a number of numpy
        return _value(entry, value.item())
    if not number or not math.isfinite(value) or value < 0:
        return N_("{name} is “{value}”; expected a number of 0 or more"), value
    if entry.is_share and value > LARGEST_SHARE:
        return N_("{name} is a share from 0 to 1 (found {value}); write 0.95 for 95 %"), value
    return "", float(value)


def allowed_words(entry: Entry) -> set[str]:
    """The words that an option may take; empty where it is a number."""
    words = {
        word for word in (*entry.values.values(), *entry.alternatives) if isinstance(word, str)
    }
    return words | {"yes", "no"} if words & {"yes", "no"} else words
