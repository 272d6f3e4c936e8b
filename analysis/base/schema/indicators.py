"""What a resource indicator is: whose figures, per what, in which unit; and a standard's set of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .terms import STAGES, Label


@dataclass(frozen=True)
class Indicator:
    """One resource indicator of a standard: a quantity of a school's stage divided by its students.

    Attributes
    ----------
    name : str
        Id.
    number : str
        Place in the official order, R1, R2 and so on.
    zh, en : str
        Labels; `short` is the label for narrow columns and axes, `head` the shortest, above figures.
    quantity : str
        Name of the numerator: the column of the register.
    add, less : tuple of str
        Columns of `school_years` whose sum, less that of the others, is the numerator; where the
        resource is recorded by stage without the stage's suffix (``teachers`` for
        ``teachers_primary`` and ``teachers_junior``).
    per : int
        Students in the denominator's unit: 100 or 1.
    unit : Label
        Unit of the ratio; `resource` is that of the numerator and of a shortfall.
    shared : bool
        Whether the quantity is recorded for the whole school and apportioned to its stages.
    whole : bool
        Whether the resource only comes in whole units (persons, rooms).
    decimals : int
        Decimals printed (two in the official form).
    asked : tuple of str
        Stages for which the standard ever sets a threshold for schools; of the others only differences
        between schools count.
    """

    name: str
    number: str
    zh: str
    en: str
    short: Label
    head: Label
    quantity: str
    add: tuple[str, ...]
    less: tuple[str, ...]
    per: int
    unit: Label
    resource: Label
    shared: bool
    whole: bool
    decimals: int = 2
    asked: tuple[str, ...] = STAGES

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is made of, without the stage's suffix."""
        return (*self.add, *self.less)


class Indicators(Mapping[str, Indicator]):
    """The indicators of a standard by name, in their official order.

    Parameters
    ----------
    each : iterable of Indicator
    """

    def __init__(self, each: Iterable[Indicator]):
        self._by_name = {indicator.name: indicator for indicator in each}

    def __getitem__(self, name: str) -> Indicator:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @functools.cached_property
    def staff(self) -> dict[str, Indicator]:
        """Those recorded by stage; the others are shared among a school's stages."""
        return {name: about for name, about in self.items() if not about.shared}

    @functools.cached_property
    def stage_columns(self) -> tuple[str, ...]:
        """Columns recorded by stage, without the stage's suffix."""
        found = (column for about in self.staff.values() for column in about.columns)
        return tuple(dict.fromkeys(found))

    @functools.cached_property
    def school_columns(self) -> tuple[str, ...]:
        """Columns recorded once for a school."""
        shared = [about for about in self.values() if about.shared]
        return tuple(dict.fromkeys(column for about in shared for column in about.columns))

    @functools.cached_property
    def recorded(self) -> frozenset[str]:
        """All columns of `school_years` that go into a numerator."""
        by_stage = {f"{column}_{stage}" for column in self.stage_columns for stage in STAGES}
        return frozenset({*by_stage, *self.school_columns})
