"""One requirement of a standard: its rule word, its values by date, and where it is written."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

import pydantic

from ..base.files import N_
from ..base.refusals import refusal, shorten


def iso_date(text: object) -> str:
    """A date as YYYY-MM-DD; refuses what is none."""
    try:
        return datetime.date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise refusal(
            N_("“{value}” is not a date; write it as 2017-04-19"), value=shorten(str(text))
        ) from None


def _day(text: str) -> str:
    try:
        datetime.date.fromisoformat(f"2001-{text}")
    except ValueError:
        raise refusal(
            N_("“{value}” is not a day of every year; write it as 12-31"), value=text
        ) from None
    return text


IsoDate = Annotated[str, pydantic.BeforeValidator(iso_date)]
MonthDay = Annotated[str, pydantic.Field(pattern=r"^\d\d-\d\d$"), pydantic.AfterValidator(_day)]
NumberRule = Literal["at_least", "at_most", "below", "above", "equals"]
Rule = Literal[NumberRule, "yes", "no", "option"]


class Amount(pydantic.BaseModel):
    """A value with a rule word of its own, where the rule changes from one date to the next."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    rule: NumberRule
    value: float


def _value(value: object) -> float | str | Amount | None:
    """A number, a word (yes, no, or the name of a method), or an `Amount`."""
    if isinstance(value, dict):
        return Amount.model_validate(value)
    if isinstance(value, bool):
        raise refusal(N_("true and false are no values; write yes or no"))
    if isinstance(value, int | float):
        return float(value)
    if value is None or (isinstance(value, str) and value.isidentifier()):
        return value
    raise refusal(N_("“{value}” is neither a number nor a word"), value=shorten(str(value)))


Value = Annotated[object, pydantic.BeforeValidator(_value)]


class Text(pydantic.BaseModel):
    """A text in both languages."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


class Reference(pydantic.BaseModel):
    """Where a value is written and how it came to us."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    document: str
    section: str
    confidence: Literal["read", "local", "secondary", "memory", "inferred"] = "read"
    """`read` in the original; `local` official texts that reproduce it; `secondary` a
    transcription; `memory`, `inferred`: to be confirmed."""


class Entry(pydantic.BaseModel):
    """One requirement: rule, dated values, reference."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    title: Text
    part: Literal[
        "resource", "government", "quality", "recognition", "veto", "concession", "option"
    ]
    rule: Rule
    unit: Text | None = None
    values: dict[IsoDate, Value] = pydantic.Field(min_length=1)
    reference: Reference
    note: Text | None = None
    alternatives: tuple[Value, ...] = ()
    """Other readings that are in use; the method audit says which verdicts they would change."""
    new: bool = False
    """In a local profile: this entry has no counterpart in the standard it extends."""

    @property
    def is_share(self) -> bool:
        """Whether its values are shares (0 to 1): numbers without a unit."""
        return self.unit is None and self.rule not in ("yes", "no", "option")

    def _in_force(self, date: str) -> float | str | Amount | None:
        past = [start for start in self.values if start <= date]
        if not past and self.part == "option":
            past = [min(self.values)]
        return self.values[max(past)] if past else None

    def rule_on(self, date: str) -> str:
        """The rule word in force on a day."""
        found = self._in_force(date)
        return found.rule if isinstance(found, Amount) else self.rule

    def on(self, date: str) -> float | str | None:
        """The value in force on a day; None before the first one and after a repeal (null).

        How to calculate (an option) is known for the time before the rules as well.
        """
        found = self._in_force(date)
        return found.value if isinstance(found, Amount) else found
