"""The data dictionary: every column that goes in or comes out, every indicator and rule, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ..base.nearest import refuse_unknown
from ..base.schema.columns import Column
from ..base.schema.results import result_tables
from ..base.schema.tables import TABLES
from ..base.schema.terms import STAGES, Label
from ..base.table import Table
from ..policy.entries import Entry
from ..policy.items import unit_of
from ..policy.standards import NATIONAL, Standard, load_standard

_COLUMNS = ["kind", "table", "column", "zh", "en", "unit", "unit_zh", "range"]
_COLUMNS += ["meaning", "meaning_zh", "source"]

_KIND = Label("类别", "kind")

_KINDS = {
    "count": "whole, 0 or more",
    "number": "0 or more",
    "integer": "whole",
    "value": "number | yes | no",
}


def dictionary(kind: str | None = None, *, standard: str | Path | Standard = NATIONAL) -> Table:
    """What every column, indicator and rule means.

    Parameters
    ----------
    kind : {"input", "result", "indicator", "item", "rule"}, optional
        Columns of the tables that a county fills in, columns of the tables of results, the
        indicators, the items of the table `evaluation`, the rules of a standard; all of them if
        omitted.
    standard : str, Path or Standard
        Whose indicators, items and rules: the id of a built-in standard, the path of a profile, or
        a county's own (``study.county.standard``).

    Returns
    -------
    Table
        ``kind, table`` (of a rule: the standard), `column` (or id of the indicator, item or rule), labels
        `zh` and `en`; `unit`, `unit_zh`; `range` of the values (of a rule: what holds from which
        day); `meaning`, `meaning_zh`; `source`. All texts, empty where there is nothing to say.

    Raises
    ------
    InputError
        No such kind; no such standard.

    Examples
    --------
    >>> import analysis
    >>> table = analysis.dictionary("rule").set_index("column")
    >>> table.loc["cv.primary", "range"]
    'at_most 0.5 from 2017-04-19'
    """
    chosen = standard if isinstance(standard, Standard) else load_standard(standard)
    kinds = {
        "input": _inputs,
        "result": _results,
        "indicator": lambda: _indicators(chosen),
        "item": lambda: _items(chosen),
        "rule": lambda: _rules(chosen),
    }
    if kind is not None:
        refuse_unknown(_KIND, [kind], {f"{name}{s}": () for name in kinds for s in ("", "s")})
        kind = kind.removesuffix("s")
    rows = [
        dict.fromkeys(_COLUMNS, "") | {"kind": name} | row
        for name, made in kinds.items()
        if kind in (None, name)
        for row in made()
    ]
    return Table.of(pd.DataFrame(rows, columns=_COLUMNS).astype("str"), "dictionary")


def _inputs() -> Iterator[dict]:
    for table in TABLES.values():
        for column in table.columns:
            yield {
                "table": table.name,
                "column": column.name,
                "zh": column.zh,
                "en": column.en,
                "unit": column.unit.en,
                "unit_zh": column.unit.zh,
                "range": _range(column),
                "meaning": column.help.en,
                "meaning_zh": column.help.zh,
            }


def _range(column: Column) -> str:
    if column.choices:
        return " | ".join(column.choices)
    words = _KINDS.get(column.kind, "")
    if column.low is None and column.high is None:
        return words
    limits = f"{_plain(column.low)}–{_plain(column.high)}"
    return f"whole, {limits}" if column.kind == "integer" else limits


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _results() -> Iterator[dict]:
    for table in result_tables().values():
        for column in table.columns.values():
            yield {
                "table": table.name,
                "column": column.name,
                "zh": column.zh,
                "en": column.en,
                "unit": column.unit_label.en,
                "unit_zh": column.unit_label.zh,
                "range": column.range,
                "meaning": column.meaning.en,
                "meaning_zh": column.meaning.zh,
                "source": table.source,
            }


def _indicators(standard: Standard) -> Iterator[dict]:
    standard = standard.evaluation
    for about in standard.indicators.values():
        # a standard without thresholds for schools limits how much they differ
        ids = (f"{prefix}{about.name}.{stage}" for prefix in ("", "cv.") for stage in STAGES)
        stated = (standard.entries[name] for name in ids if name in standard.entries)
        yield {
            "table": "indicators",
            "column": about.name,
            "zh": about.zh,
            "en": about.en,
            "unit": about.unit.en,
            "unit_zh": about.unit.zh,
            "range": "0 or more",
            "meaning": about.short.en,
            "meaning_zh": about.short.zh,
            "source": next(map(_source, stated), standard.title.zh),
        }


def _items(standard: Standard) -> Iterator[dict]:
    judged = standard.evaluation.entries
    for name, item in standard.items.items():
        # what the plan asks of it stands in the column of targets
        entry = judged.get(name) or standard.entries.get(name)
        yield {
            "table": "evaluation",
            "column": name,
            "zh": item.title.zh,
            "en": item.title.en,
            "unit": item.unit.en,
            "unit_zh": item.unit.zh,
            "range": _dated(entry) if entry else "",
            "source": _source(entry) if entry else standard.evaluation.title.zh,
        }


def _rules(standard: Standard) -> Iterator[dict]:
    for name, entry in standard.entries.items():
        note, unit = entry.note, unit_of(standard, name, entry)
        yield {
            "table": standard.id,
            "column": name,
            "zh": entry.title.zh,
            "en": entry.title.en,
            "unit": unit.en,
            "unit_zh": unit.zh,
            "range": _dated(entry),
            "meaning": note.en if note else "",
            "meaning_zh": note.zh if note else "",
            "source": _source(entry),
        }


def _source(entry: Entry) -> str:
    return f"{entry.reference.document} {entry.reference.section}"


def _dated(entry: Entry) -> str:
    """What holds from which day: ``at_most 0.5 from 2017-04-19``."""
    parts = []
    for date in sorted(entry.values):
        word, value = entry.rule_on(date), entry.on(date)
        shown = "nothing" if value is None else value if isinstance(value, str) else f"{value:g}"
        worded = word in ("yes", "no", "option") or value is None
        parts.append(f"{shown if worded else f'{word} {shown}'} from {date}")
    return "; ".join(parts)
