"""Everything that is wrong with one cell that should hold a number, and the one right form of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ...base.files import N_
from ...base.language import Said, speak
from ...base.schema.columns import Column
from ...base.schema.terms import Label
from ..texts import clean
from .tables import shown

#: Of a cell that has more than one fault, or one that has no sentence of its own.
SEVERAL = N_("{label} is “{value}” ({faults}); expected {form}")
SEVERAL_OF_ITEM = N_("{item} is “{value}” ({faults}); expected {form}")

#: A number as people type it, and what stands behind it.
_TYPED = re.compile(r"([+-]?\s*(?:\d[\d\s,]*\.?[\d\s]*|\.\d[\d\s]*))(\D*)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_WIDE = re.compile(r"[０-９．－＋，]")


@dataclass(frozen=True)
class Limits:
    """What a number may be: at least `low`, and at most `high` if that is not None."""

    whole: bool
    low: float
    high: float | None = None

    @classmethod
    def of(cls, column: Column) -> Limits:
        """Those of a column of numbers."""
        low = 0 if column.kind in ("count", "number") else column.low
        return cls(column.kind in ("count", "integer"), low, column.high)


def faults_of_number(value: float, limits: Limits) -> list[Said]:
    """What is wrong with a number."""
    found = []
    if value < limits.low:
        found.append(Said(N_("less than {low}"), {"low": shown(float(limits.low))}))
    if limits.high is not None and value > limits.high:
        found.append(Said(N_("more than {high}"), {"high": shown(float(limits.high))}))
    if limits.whole and value % 1:
        found.append(Said(N_("not a whole number")))
    return found


def faults_of_text(text: str, limits: Limits) -> list[Said]:
    """What is wrong with a cell that could not be read; nothing if no number is meant by it.

    Examples
    --------
    >>> [fault.en for fault in faults_of_text("－ １２.5 人", Limits(whole=True, low=0))]
    ['full-width digits', 'blanks in the number', '“人” behind the number', 'less than 0', 'not a whole number']
    >>> faults_of_text("about ten", Limits(whole=True, low=0))
    []
    """
    typed = unicodedata.normalize("NFKC", clean(text)).strip().removeprefix("'")
    found = _TYPED.fullmatch(typed)
    if found is None:
        return []
    number, unit = found[1].strip(), found[2].strip()
    digits = re.sub(r"[\s,]", "", number)
    faults = []
    if re.search(r"\s", number):
        faults.append(Said(N_("blanks in the number")))
    misplaced = "," in number and not _GROUPED.fullmatch(re.sub(r"\s", "", number))
    if misplaced:
        faults.append(Said(N_("commas in the number")))
    if unit:
        faults.append(Said(N_("“{unit}” behind the number"), {"unit": unit}))
    if not misplaced:  # else nobody knows how much is meant: 0,05 is not 5
        faults += faults_of_number(float(digits), limits)
    if len(faults) > 1 and _WIDE.search(text):  # alone they are read
        faults.insert(0, Said(N_("full-width digits")))
    return faults


def listed(faults: list[Said]) -> Label:
    """Faults one after the other."""
    zh, en = ([fault.text(lang) for fault in faults] for lang in ("zh", "en"))
    return Label(speak("zh").join(zh), speak("en").join(en))


def right_form(limits: Limits) -> Said:
    """How the number is to be written."""
    form = _FROM if limits.high is None else _BETWEEN
    bounds = {"low": limits.low, "high": limits.high}
    values = {name: shown(float(bound)) for name, bound in bounds.items() if bound is not None}
    return Said(form[not limits.whole], values)


_BETWEEN = (
    N_("a whole number from {low} to {high}, in digits only"),
    N_("a number from {low} to {high}, in digits only"),
)
_FROM = (
    N_("a whole number, {low} or more, in digits only"),
    N_("a number, {low} or more, in digits only"),
)
