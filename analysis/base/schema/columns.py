"""What a column and a table of the input are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from .terms import BLANK, Label


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    Attributes
    ----------
    name : str
        English id, unique in its table.
    zh, en : str
        Labels without the unit.
    kind : {"text", "integer", "count", "number", "choice", "value"}
        `count` is a whole number >= 0, `number` any number >= 0, `integer` a whole number,
        `value` a number or yes/no.
    unit : Label
        Unit shown to people; empty for text and choices.
    key : bool
        Part of the key of its table: never blank, unique together.
    needed : bool
        Whether the column must be present (its cells may still be blank).
    filled : bool
        Whether a blank cell is an error.
    choices : tuple of str
        Allowed values of a `choice`.
    asked : bool
        One that is not asked for leaves no trace in the fingerprint where all of it is blank.
    offered : bool
        Whether templates have it although it is not asked for.
    judged : bool
        Whether a verdict may depend on it; one that is not takes no part in the fingerprint.
    low, high : float or None
        Inclusive range, where it is narrower than the kind's own.
    help : Label
        What whoever fills it in must know beyond label, unit and range.
    """

    name: str
    zh: str
    en: str
    kind: str
    unit: Label = BLANK
    key: bool = False
    needed: bool = True
    filled: bool = False
    asked: bool = True
    offered: bool = True
    judged: bool = True
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    help: Label = BLANK

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("integer", "count", "number")

    def same(self, one: str, other: str) -> bool:
        """Whether two texts say the same value: numbers may be written in several ways."""
        if self.is_numeric and one and other:
            return float(one) == float(other)
        return one == other

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Table:
    """One input table; `needed` tables must be there, the others are *not reported* when absent.

    Those that are not `asked` for are read where they are there, and not missed where they are not.
    """

    name: str
    zh: str
    en: str
    needed: bool
    columns: tuple[Column, ...] = field(repr=False)
    asked: bool = True

    @property
    def keys(self) -> list[str]:
        return [column.name for column in self.columns if column.key]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def get(self, name: str) -> Column | None:
        """A column; None where the table does not have it of itself."""
        return next((column for column in self.columns if column.name == name), None)

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en
