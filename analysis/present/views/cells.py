"""One column of a table of results as cells for people: labels for ids, numbers with their units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from ...base.language import DASH, Language
from ...base.schema.indicators import Indicator
from ...base.schema.results import UNITS, ResultColumn
from ...base.schema.terms import CHOICE_LABELS, STAGE_LABELS
from ...base.table import Table
from ...measure.balance import COMPOSITE
from ..tables.grid import MARKS, Cell, text_cell
from ..terms import (
    OPTION_WORDS,
    PART_NAMES,
    STATUS_NAMES,
    item_requirement,
    item_title,
    item_unit,
    item_value,
)
from .words import BASES, COMPARED, METHODS, ORIGINS, QUANTITIES, SUBJECTS

#: Columns of words that are met only as ids, by what puts them into words.
_WORDS = {
    **dict.fromkeys(
        ("status", "other_status", "target_status", "without", "with_it"), STATUS_NAMES
    ),
    "part": PART_NAMES,
    "basis": BASES,
    "origin": ORIGINS,
    "target_compared": COMPARED,
    "subject": SUBJECTS,
    "method": METHODS,
    "quantity": QUANTITIES,
}

_STATUSES = ("status", "other_status", "target_status", "without", "with_it")

#: Units that the texts of a table are in: the English word -> both languages.
_UNIT_TEXTS = {label.en: label for label in UNITS.values()}


@dataclass(frozen=True)
class Context:
    """The table that a column belongs to, and the language.

    Attributes
    ----------
    table : Table
    say : Language
    one : str
        The indicator of every row, if it is the same: its unit stands in the head then.
    """

    table: Table
    say: Language
    one: str = ""

    def about(self, name: str) -> Indicator | None:
        """The indicator of this id, if it is one."""
        return (self.table.indicators or {}).get(name)

    @property
    def lang(self) -> str:
        return self.say.code


def head(column: ResultColumn, context: Context) -> tuple[str, str]:
    """Label and unit of a column's head; no unit where that of the rows differs."""
    label = context.say.label(column)
    unit = "" if column.unit == "year" else context.say.label(column.unit_label)
    if column.unit in ("indicator", "resource"):
        about = context.about(context.one)
        wanted = about and (about.unit if column.unit == "indicator" else about.resource)
        unit = context.say.label(wanted) if wanted else ""
    elif column.unit in ("item", "row"):
        unit = ""
    return label, unit


def cell(column: ResultColumn, row: dict, context: Context) -> Cell:
    """The cell of a row."""
    value, say = row[column.name], context.say
    if value is None or (not isinstance(value, tuple) and pd.isna(value)):
        # a finding stands for the number
        if column.name == "value" and row.get("finding"):
            return text_cell(_choice(row["finding"], say))
        return Cell(DASH, column.kind in ("number", "integer", "share"))
    if column.kind == "flag":
        return text_cell(say("yes") if value else say("no"))
    if column.kind == "share":
        return Cell(say.percent(float(value), column.decimals), True)
    if column.kind == "integer":
        return Cell(str(value) if column.unit == "year" else say.number(float(value)), True)
    if column.kind == "number":
        return Cell(_number(column, float(value), row, context), True)
    return _text(column.name, value, row, context)


def _number(column: ResultColumn, value: float, row: dict, context: Context) -> str:
    say, about = context.say, context.about(str(row.get("indicator", "")))
    if column.unit == "item" and context.table.judged_by is not None:
        return item_value(context.table.judged_by, row["item"], value, context.lang)
    decimals = column.decimals
    if column.unit == "indicator" and about:
        decimals = about.decimals
    if column.unit == "row":
        decimals = 0 if value == round(value) else column.decimals
        return say.number(value, decimals)
    shown = say.number(value, decimals)
    if column.unit == "resource" and about and not context.one:
        return f"{shown} {say.label(about.resource)}"
    return shown


def _text(name: str, value: object, row: dict, context: Context) -> Cell:
    say = context.say
    if isinstance(value, tuple):
        return text_cell(say.join(value) or None)
    text = str(value)
    judged = context.table.judged_by
    if name in _WORDS and text in _WORDS[name]:
        marked = text if name in _STATUSES and text in MARKS else ""
        return text_cell(say(_WORDS[name][text]), marked)
    makers: dict[str, Callable[[], str]] = {
        "stage": lambda: say.label(STAGE_LABELS[text]) if text in STAGE_LABELS else text,
        "indicator": lambda: _indicator(text, row, context),
        "item": lambda: _item(text, context),
        "requirement": lambda: _requirement(text, row, context),
        "target": lambda: _requirement(text, row, context),
        "unit": lambda: _unit(text, context),
        "shortfall_unit": lambda: _unit(text, context),
        "finding": lambda: _choice(text, say),
        "alternative": lambda: OPTION_WORDS.get(text, {}).get(context.lang, text),
        "type": lambda: _choice(text, say),
        "ownership": lambda: _choice(text, say),
        "area": lambda: _choice(text, say),
    }
    if name == "switch" and judged is not None and text in judged.rules:
        return text_cell(say.label(judged.rules.entry(text).title))
    return text_cell((makers[name]() if name in makers else text) or None)


def _indicator(text: str, row: dict, context: Context) -> str:
    say, about = context.say, context.about(text)
    if about is None:
        return say("Composite (mean of all)") if text == COMPOSITE else text
    label = say.label(about.short)
    mixed = any(name in row for name in ("value", "mean")) and "unit" not in row
    return say("{label} ({unit})", label=label, unit=say.label(about.unit)) if mixed else label


def _item(text: str, context: Context) -> str:
    judged = context.table.judged_by
    if judged is None:
        return text
    title, unit = item_title(judged, text, context.lang), item_unit(judged, text, context.lang)
    return context.say("{label} ({unit})", label=title, unit=unit) if unit else title


def _requirement(text: str, row: dict, context: Context) -> str:
    judged = context.table.judged_by
    if judged is None or not text or "item" not in row:
        return text
    return item_requirement(judged, row["item"], text, context.lang)


def _unit(text: str, context: Context) -> str:
    units = dict(_UNIT_TEXTS)
    for about in (context.table.indicators or {}).values():
        units |= {about.unit.en: about.unit, about.resource.en: about.resource}
    return context.say.label(units[text]) if text in units else text


def _choice(text: str, say: Language) -> str:
    return say.label(CHOICE_LABELS[text]) if text in CHOICE_LABELS else text
