"""What a template has printed on its sheets: example rows, rows still blank, units, the year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from ...base.schema.tables import TABLES
from ...base.schema.terms import Label
from ...policy.standards import Standard
from ..checks.tables import Tables
from ..county_form import FormItem, form_items
from ..examples import EXAMPLE_ID, EXAMPLES
from ..texts import cell_text, clean, plain
from .money import MIXED, as_yuan
from .settings import MONEY_UNITS, WAN, Settings, money_unit

_TABLE = "county_years"
_IGNORED = N_("the example row is not read; it may be deleted")
_CHANGED = N_(
    "this is the example row, and {label} in it was changed; give it the school's own id, or delete the row"
)


def without_examples(
    frames: dict[str, pd.DataFrame],
    files: Mapping[str, str],
    unread: Mapping[tuple[str, str], pd.Index],
) -> list[Finding]:
    """Take away the example rows of a template, in place.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Typed tables.
    files : mapping of str to str
    unread : mapping
        Cells that could not be read.

    Returns
    -------
    list of Finding
        A notice for each; an error for one in which something was changed: it may be somebody's
        data.
    """
    findings: list[Finding] = []
    marks = {EXAMPLE_ID.zh, EXAMPLE_ID.en}
    for table, frame in frames.items():
        if table not in EXAMPLES or "school_id" not in frame:
            continue
        rows = frame[frame["school_id"].isin(marks)]
        for row, record in zip(rows.index, rows.to_dict("records"), strict=True):
            changed = _changed(table, record)
            changed += [c for (t, c), wrong in unread.items() if t == table and row in wrong]
            values = {"label": TABLES[table][changed[0]]} if changed else {}
            message, severity = (_CHANGED, "error") if changed else (_IGNORED, "warning")
            place = (files.get(table, table), table, "school_id", int(row))
            findings.append(Finding(severity, message, values, *place))
        frames[table] = frame.drop(rows.index)
    return findings


def _changed(table: str, record: Mapping) -> list[str]:
    """Columns of an example row that do not say what was printed."""
    found = []
    for column in TABLES[table].columns:
        if column.name == "school_id" or column.name not in record:
            continue
        value, printed = record[column.name], EXAMPLES[table].get(column.name)
        known = {printed.zh, printed.en} if isinstance(printed, Label) else {printed}
        if pd.isna(value):
            # what somebody has cleared was not filled in either
            continue
        if value not in known:
            found.append(column.name)
    return found


def fill_county_rows(
    frames: dict[str, pd.DataFrame],
    files: Mapping[str, str],
    unread: dict[tuple[str, str], pd.Index],
    places: dict[tuple[str, str], tuple[int, int]],
    settings: Settings,
    standard: Standard | None,
) -> list[Finding]:
    """Rows of county_years as they are meant, in place: those still blank go, the year is filled in.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Typed tables, with ids of items.
    files : mapping of str to str
    unread : dict
    places : dict
        Gets the place of each item that is printed and still blank, under the item's id.
    settings : Settings
    standard : Standard, optional

    Returns
    -------
    list of Finding
        Units that are not those of their items.
    """
    frame = frames.get(_TABLE)
    if frame is None or "item" not in frame:
        return []
    there = [c for c in ("year", "value", "evidence", "note") if c in frame]
    blank = frame[there].isna().all(axis=1) & frame["item"].notna()
    for (table, _), rows in unread.items():
        blank &= ~frame.index.isin(rows) if table == _TABLE else True
    if (_TABLE, "value") in places:
        _, column = places[_TABLE, "value"]
        places |= {(_TABLE, item): (int(row), column) for row, item in frame["item"][blank].items()}
    frame = frame[~blank].copy()
    if settings.year and "year" in frame:
        broken = unread.get((_TABLE, "year"), frame.index[:0])
        asked = frame["year"].isna() & frame["item"].notna() & ~frame.index.isin(broken)
        frame.loc[asked, "year"] = float(settings.year)
    frames[_TABLE] = frame
    return list(_units(frame, files, settings, standard)) if "value" in frame else []


def _units(
    frame: pd.DataFrame, files: Mapping[str, str], settings: Settings, standard: Standard | None
) -> Iterator[Finding]:
    """Amounts in 万元 as yuan, in place; what is given in another unit than its item's is refused."""
    items = {item.id: item for item in form_items(standard)}
    said = frame["~unit"] if "~unit" in frame else pd.Series("", frame.index)
    numbers = pd.to_numeric(frame["value"], errors="coerce").notna()
    report = Tables({_TABLE: frame}, files).report
    rows = frame.assign(_said=said.map(clean))[numbers & frame["item"].isin(list(items))]
    known = [items[item] for item in rows["item"]]
    total = np.array([item.total for item in known], dtype=bool)
    wrong = [
        bool(text) and not _fits(text, item)
        for text, item in zip(rows["_said"], known, strict=True)
    ]
    wrong = np.array(wrong, dtype=bool)
    for row in rows.index[wrong]:
        constants = {"label": items[rows.loc[row, "item"]].label, "unit": rows.loc[row, "_said"]}
        expected = items[rows.loc[row, "item"]].unit
        for finding in report(_OTHER_UNIT, _TABLE, rows.loc[[row]], "value"):
            yield Finding(
                "error",
                finding.message,
                constants | {"expected": expected},
                *(finding.file, finding.table, finding.column, finding.row, finding.value),
            )
    money = rows["_said"].map(money_unit).to_numpy()
    mixed = total & (money != "") & (settings.money != "") & (money != settings.money)
    for row, unit in zip(rows.index[mixed], money[mixed], strict=True):
        values = {"label": items[rows.loc[row, "item"]].label, "unit": MONEY_UNITS[unit]}
        values |= {"others": files.get(_TABLE, ""), "other": MONEY_UNITS[settings.money]}
        yield Finding(
            *("error", MIXED, values, files.get(_TABLE, _TABLE), _TABLE, "value", int(row)),
            str(rows.loc[row, "value"]),
        )
    scaled = rows.index[total & (np.where(money == "", settings.money, money) == WAN)]
    if len(scaled):
        texts = frame.loc[scaled, "value"].map(lambda text: cell_text(float(as_yuan(text))))
        frame.loc[scaled, "value"] = texts


_OTHER_UNIT = N_("{label} is given in “{unit}”; expected is {expected}. Convert it")


def _fits(text: str, item: FormItem) -> bool:
    """Whether a unit beside a value is that of its item."""
    if item.total:
        return bool(money_unit(text))
    same = {plain(item.unit.zh), plain(item.unit.en), ""}
    return plain(text) in same or (bool(item.unit.zh == "元") and money_unit(text) == "yuan")
