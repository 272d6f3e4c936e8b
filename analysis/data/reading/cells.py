"""Cells of text as numbers, ids, choices: what each says, or why it says nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...base.files import MORE, N_, Finding
from ...base.refusals import shorten
from ...base.schema.columns import Column, Table
from ...base.schema.terms import CHOICE_LABELS, YEAR
from ...base.spreadsheet import unguarded
from ..checks.faults import SEVERAL, Limits, faults_of_text, listed, right_form
from ..checks.tables import LISTED, further
from ..texts import cell_text, clean, clean_text, plain, spoilt_id

_CHOICES = {
    **{plain(name): name for name in CHOICE_LABELS},
    **{plain(label[lang]): name for name, label in CHOICE_LABELS.items() for lang in ("zh", "en")},
    "true": "yes",
    "false": "no",
}
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_BLANK_LIKE = {"-", "—", "–", "/", "n/a", "na", "nan", "null", "none", "无", "暂无", "缺"}
#: No count, area or amount of a county comes near; above it whole numbers are no longer exact.
LARGEST_NUMBER = 1e15


def convert(
    table: Table, column: Column, cells: pd.Series, file: str, findings: list[Finding]
) -> tuple[pd.Series, pd.Index]:
    """One column of text -> its type, and the rows that cannot be read: findings, and missing.

    Every distinct text is looked at once, which is what makes millions of rows quick.
    """
    codes, texts = pd.factorize(cells)
    texts = np.asarray(texts, dtype=object)
    if column.is_numeric:
        values, wrong = _numbers(texts)
    elif column.name == "school_id":
        values = np.array([_id(text) for text in texts], dtype=object)
        wrong = np.array([bool(_BAD_ID.search(t) or spoilt_id(t)) for t in values], dtype=bool)
    elif column.kind == "text":
        values, wrong = np.array([unguarded(clean_text(t)) for t in texts], dtype=object), None
    else:
        values, wrong = np.array([_choice(column, text) for text in texts], dtype=object), None
    if wrong is None or not wrong.any():
        bad = cells.index[:0]
    else:
        of_row = wrong[codes]
        bad = cells.index[of_row]
        findings.extend(_unreadable(table, column, cells[of_row], file))
        values[wrong] = np.nan
    if not column.is_numeric:
        values[values == ""] = np.nan
        return pd.Series(values, dtype="str").take(codes).set_axis(cells.index), bad
    return pd.Series(values[codes], cells.index), bad


def _numbers(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct texts as numbers, and which of them are none; blank is missing."""
    numbers = np.asarray(pd.to_numeric(texts, errors="coerce"), dtype="float64") + 0.0
    wrong = np.zeros(len(texts), dtype=bool)
    for position in np.flatnonzero(~(np.abs(numbers) <= LARGEST_NUMBER)):
        text = narrow(texts[position])
        numbers[position] = float(text) if _NUMBER.fullmatch(text) else np.nan
        wrong[position] = text != "" and not abs(numbers[position]) <= LARGEST_NUMBER
    return numbers, wrong


def narrow(text: str) -> str:
    """A number's text with narrow digits and without thousands separators."""
    text = unicodedata.normalize("NFKC", clean(text)).strip().removeprefix("'")
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def number_text(text: str) -> str:
    """A narrow text if it is a number of a size that is read, else ""."""
    return text if _NUMBER.fullmatch(text) and abs(float(text)) <= LARGEST_NUMBER else ""


#: Spaces or control characters inside an id.
_BAD_ID = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")


def _id(text: str) -> str:
    # an apostrophe in front is how one types a number as text
    return unicodedata.normalize("NFKC", clean(text)).strip().removeprefix("'")


def _choice(column: Column, cell: str) -> str:
    cell = clean(cell)
    if column.kind == "value":
        cell = narrow(cell)
        if _NUMBER.fullmatch(cell) and abs(float(cell)) <= LARGEST_NUMBER:
            return cell_text(float(cell) + 0.0)  # 1.50 in one file is 1.5 in another
        return {"是": "yes", "否": "no", "true": "yes", "false": "no"}.get(
            cell.lower(), cell.lower() if cell.lower() in ("yes", "no") else cell
        )
    known = _CHOICES.get(plain(cell), cell)
    return known if known in column.choices else cell


def _unreadable(table: Table, column: Column, cells: pd.Series, file: str) -> Iterable[Finding]:
    for row, cell in cells.head(LISTED).items():
        values = {"label": column, "value": shorten(clean(cell), 40)}
        message = _why_unreadable(column, shorten(cell, 400), values)
        yield Finding(
            "error", message, values, file, table.name, column.name, int(row), shorten(cell, 400)
        )
    if len(cells) > LISTED:
        yield Finding(
            "error",
            MORE,
            {"n": len(cells) - LISTED},
            file,
            table.name,
            column.name,
            rows=further(cells.index),
        )


SPOILT = {
    "rounded": N_(
        "{label} is “{value}”: a spreadsheet has rounded it; format the column as text and type it again"
    ),
    "date": N_(
        "{label} is “{value}”: a spreadsheet has made a date of it; format the column as text and type it again"
    ),
}


def _why_unreadable(column: Column, cell: str, values: dict) -> str:
    """The message that helps with a cell; may add to its values."""
    text = narrow(cell)
    if column.name == "school_id":
        if spoilt_id(text):
            return SPOILT[spoilt_id(text)]
        return N_("{label} is “{value}”; there are no spaces or control characters in an id")
    if text.lower() in _BLANK_LIKE:
        return N_(
            "{label} is “{value}”; expected a number. Leave the cell blank if it was not reported"
        )
    if _NUMBER.fullmatch(text):
        return N_("{label} is “{value}”, which is too large to be true")
    year = re.search(r"(1[89]|20)[0-9]{2}", text)
    if column.unit == YEAR and year:
        values["year"] = year[0]
        return N_(
            "{label} is “{value}”; write the year as four digits, a school year as the one in which it begins: {year}"
        )
    faults = faults_of_text(cell, Limits.of(column)) if column.is_numeric else []
    behind = _NUMBER.match(text) and not re.search(r"[0-9]", _NUMBER.sub("", text, count=1))
    if len(faults) > 1 or (faults and not behind):
        values |= {"faults": listed(faults), "form": right_form(Limits.of(column))}
        return SEVERAL
    if behind:
        return N_("{label} is “{value}”; expected a number without a unit or sign behind it")
    return N_("{label} is “{value}”; expected a number")
