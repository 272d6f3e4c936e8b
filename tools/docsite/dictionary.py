"""Data dictionary: the tables that a county fills in, its items, the tables of results."""

from __future__ import annotations

import analysis
from analysis.base.schema.county_items import COUNTY_INPUTS
from analysis.base.schema.results import result_tables
from analysis.base.schema.tables import TABLES
from analysis.base.schema.terms import CHOICE_LABELS

from .markdown import cell, code, page, table
from .words import word


def pages(lang: str) -> dict[str, str]:
    """Place in the site -> Markdown."""
    return {
        "reference/data-input.md": _inputs(lang),
        "reference/data-results.md": _results(lang),
    }


def _head(lang: str, *more: str) -> list[str]:
    return [word(name, lang) for name in ("column", "label", "other_label", "unit", *more)]


def _row(row, lang: str) -> list[str]:
    """Label of the page's language first."""
    labels = (row.zh, row.en) if lang == "zh" else (row.en, row.zh)
    return [*map(cell, labels), cell(row.unit_zh if lang == "zh" else row.unit)]


#: Words of a range, as the schema has them -> in Chinese.
_RANGES = {
    "whole, 0 or more": "不小于 0 的整数",
    "0 or more": "不小于 0",
    "0 to 1": "0 至 1",
    "whole": "整数",
    "any": "任意数",
    "number": "数",
    "empty": "空",
}


def _in_words(text: str, lang: str) -> str:
    """A range that is no choice, such as ``whole, 0–12``."""
    if lang == "zh":
        text = _RANGES.get(text, text.replace("whole, ", "整数，"))
    return cell(text)


def _choices(text: str, lang: str) -> str:
    """Choices with their labels; other ranges in words."""
    parts = text.split(" | ")
    if len(parts) == 1:
        return _in_words(text, lang)
    return "<br>".join(_choice(each, lang) for each in parts)


def _choice(each: str, lang: str) -> str:
    if each in ("number", "empty"):
        return _in_words(each, lang)
    return code(each) + (f" {CHOICE_LABELS[each][lang]}" if each in CHOICE_LABELS else "")


def _inputs(lang: str) -> str:
    rows = analysis.dictionary("input")
    parts = [word("input_about", lang)]
    header = _head(lang, "range", "meaning")
    for about in TABLES.values():
        columns = {column.name: column for column in about.columns}
        body = []
        for row in rows[rows["table"] == about.name].itertuples():
            column = columns[row.column]
            name = code(row.column) + (word("key", lang) if column.key else "")
            name += "" if column.needed else word("optional_column", lang)
            meaning = row.meaning_zh if lang == "zh" else row.meaning
            body.append([name, *_row(row, lang), _choices(row.range, lang), cell(meaning)])
        title = about.zh if lang == "zh" else about.en
        need = word("needed_table" if about.needed else "optional_table", lang)
        parts += [f"## {about.name} {title}", need, table(header, body)]
    items = [
        [code(name), cell(label[lang]), cell(label["en" if lang == "zh" else "zh"])]
        for name, label in COUNTY_INPUTS.items()
    ]
    header = [word(name, lang) for name in ("column", "label", "other_label")]
    header[0] = "item"
    parts += [f"## {word('items', lang)}", word("items_about", lang), table(header, items)]
    return page(word("input", lang), *parts)


def _results(lang: str) -> str:
    rows = analysis.dictionary("result")
    parts = [word("results_about", lang)]
    parts += [f"## {word('indicators', lang)}", _entries("indicator", lang)]
    items = _entries("item", lang)
    parts += [f"## {word('judged_items', lang)}", word("judged_items_about", lang), items]
    header = _head(lang, "range", "meaning")
    for name, about in result_tables().items():
        body = [
            [
                code(row.column),
                *_row(row, lang),
                _choices(row.range, lang),
                cell(row.meaning_zh if lang == "zh" else row.meaning),
            ]
            for row in rows[rows["table"] == name].itertuples()
        ]
        source = f"{word('source', lang)}: {about.source}" if about.source else ""
        parts += [f"## {name}", source, table(header, body)]
    return page(word("results", lang), *parts)


def _entries(kind: str, lang: str) -> str:
    rows = analysis.dictionary(kind)
    body = [[code(row.column), *_row(row, lang), cell(row.source)] for row in rows.itertuples()]
    return table(_head(lang, "source"), body)
