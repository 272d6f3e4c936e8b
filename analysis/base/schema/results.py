"""The tables of results as data: what each column means, in which unit, and how it is shown."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

import yaml

from .indicators import Indicator
from .terms import BLANK, PERSONS, ROOMS, SQUARE_METRES, YEAR, YUAN, Label

#: Units by the words of the file; of the last four, the row says which it is.
UNITS = MappingProxyType(
    {
        "persons": PERSONS,
        "m2": SQUARE_METRES,
        "yuan": YUAN,
        "rooms": ROOMS,
        "schools": Label("所", "schools"),
        "year": YEAR,
        "indicator": Label("随指标", "by indicator"),
        "resource": Label("随指标的资源", "by indicator's resource"),
        "item": Label("随项目", "by item"),
        "row": Label("随行", "in the row"),
        "": BLANK,
    }
)

_RANGES = {"share": "0 to 1", "flag": "true | false"}


@dataclass(frozen=True)
class ResultColumn:
    """One column of a table of results.

    Attributes
    ----------
    name : str
    zh, en : str
        Labels.
    kind : {"text", "integer", "number", "share", "flag"}
    meaning : Label
    unit : str
        A key of `UNITS`.
    decimals : int
        Shown to people.
    range : str
        Of its values; empty for free texts.
    """

    name: str
    zh: str
    en: str
    kind: str
    meaning: Label
    unit: str = ""
    decimals: int = 0
    range: str = ""
    own: Label = BLANK
    """The unit of a quantity that only some standards count (`unit` is ``own``)."""

    @property
    def unit_label(self) -> Label:
        return self.own if self.unit == "own" else UNITS[self.unit]


@dataclass(frozen=True)
class ResultTable:
    """One table of results: labels, meaning, the source of its rules, columns in their order."""

    name: str
    zh: str
    en: str
    meaning: Label
    source: str
    columns: MappingProxyType[str, ResultColumn]


@functools.cache
def result_tables() -> MappingProxyType[str, ResultTable]:
    """The tables of results by their ids."""
    file = resources.files("analysis.base.schema").joinpath("results.yaml")
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    common = {name: _column(name, about) for name, about in written["columns"].items()}
    return MappingProxyType(
        {name: _table(name, about, common) for name, about in written["tables"].items()}
    )


def column_of(table: str, name: str) -> ResultColumn | None:
    """What a column of a table of results means; None for one that is not of ours.

    Where the table is not known (a selection of a selection), the first that has such a column.
    """
    tables = result_tables()
    known = [tables[table]] if table in tables else tables.values()
    return next((each.columns[name] for each in known if name in each.columns), None)


def quantity_column(about: Indicator) -> ResultColumn:
    """The column of the register that holds an indicator's numerator."""
    kind = "integer" if about.whole and not about.shared else "number"
    meaning = Label(f"{about.zh}的分子", f"Numerator of: {about.en}")
    return ResultColumn(
        about.quantity, about.short.zh, about.short.en, kind, meaning, "own", 0, own=about.resource
    )


def _table(name: str, about: dict, common: dict[str, ResultColumn]) -> ResultTable:
    columns = {}
    for entry in about["columns"]:
        if isinstance(entry, dict):
            ((column, own),) = entry.items()
            columns[column] = _column(column, own)
        else:
            columns[entry] = common[entry]
    return ResultTable(
        name,
        about["zh"],
        about["en"],
        Label(**about["meaning"]),
        about.get("source", ""),
        MappingProxyType(columns),
    )


def _column(name: str, about: dict) -> ResultColumn:
    about = {"range": _RANGES.get(about["kind"], "")} | about
    return ResultColumn(name, **{**about, "meaning": Label(**about["meaning"])})
