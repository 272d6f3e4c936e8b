"""What two versions of a county differ in, as tables in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from ..base.files import N_
from ..base.language import DASH, Language, places, speak
from ..base.schema.county_items import COUNTY_INPUTS
from ..base.schema.tables import COUNTY_FIELDS, COUNTY_SHEET, TABLES
from ..base.schema.terms import CHOICE_LABELS, STAGE_LABELS, Label
from ..data.county import County
from ..data.differences import Difference
from ..measure.side_by_side.turns import Turn
from ..measure.study import Study
from .terms import PART_NAMES, item_title, status_name

#: Lines of a table on the screen.
SHOWN = 30

_KINDS = {
    "row_added": N_("row added"),
    "row_removed": N_("row removed"),
    "column_added": N_("column added"),
    "column_removed": N_("column removed"),
    "value": N_("value"),
}
_TURN = N_("verdict")
_SETTINGS = {
    "county": COUNTY_SHEET,
    "plan": Label("县级规划", "plan"),
    "standard": COUNTY_FIELDS["standard"],
}


def comparison_table(
    found: Iterable[Difference], turned: Iterable[Turn], old: Study, new: Study, lang: str
) -> pd.DataFrame:
    """Every difference and every verdict that turns, one row each.

    Parameters
    ----------
    found : iterable of Difference
    turned : iterable of Turn
    old, new : Study
    lang : {"zh", "en"}

    Returns
    -------
    DataFrame
        Texts under heads in the language: what differs, table, code and name of the school, school
        year, what exactly, before, now, and the ids of table and column. Numbers are as in the
        tables, without thousands separators.
    """
    say = speak(lang)
    names = _names(old.county, new.county)
    rows = [_turn_row(turn, old, new, say) for turn in turned]
    rows += [_difference_row(each, names, say) for each in found]
    return pd.DataFrame(rows, columns=_heads(say), dtype="str")


def screen_table(
    found: Iterable[Difference], turned: Iterable[Turn], old: Study, new: Study, lang: str
) -> tuple[pd.DataFrame, int]:
    """The first lines for the screen, and how many there are not shown.

    As `comparison_table`, without ids; rows that are added or removed are one line for each table
    and year, without their cells.
    """
    say = speak(lang)
    names = _names(old.county, new.county)
    found = [each for each in found if not each.whole]
    rows = Counter(
        (each.kind, each.table, each.row.get("year", "")) for each in found if _is_row(each)
    )
    lines = [_turn_row(turn, old, new, say) for turn in turned]
    for (kind, table, year), n in rows.items():
        what = say.plural("{n} row", "{n} rows", n)
        lines.append([say(_KINDS[kind]), say.label(TABLES[table]), "", "", year, what, "", "", ""])
    lines += [_difference_row(each, names, say) for each in found if not _is_row(each)]
    heads = _heads(say)
    table = pd.DataFrame(lines[:SHOWN], columns=heads, dtype="str")
    for head in (say("Old value"), say("New value")):
        table[head] = table[head].map(lambda text: _formatted(text, say))
    return table.drop(columns=[heads[2], heads[-1]]), max(0, len(lines) - SHOWN)


def _is_row(each: Difference) -> bool:
    return each.kind in ("row_added", "row_removed")


def comparison_sentence(found: list[Difference], turned: list[Turn], lang: str) -> str:
    """How much differs."""
    say = speak(lang)
    if not found and not turned:
        return say("The two versions do not differ.")
    kinds = Counter(each.kind for each in found if not each.whole)
    return say(
        "{added} rows added, {removed} removed, {values} values changed; {turns} verdicts turn",
        added=say.number(kinds["row_added"]),
        removed=say.number(kinds["row_removed"]),
        values=say.number(kinds["value"]),
        turns=say.number(len(turned)),
    )


def _heads(say: Language) -> list[str]:
    return [
        *(say("Difference"), say("Table"), say("School id"), say("School"), say("School year")),
        *(say("What"), say("Old value"), say("New value"), say("Id")),
    ]


def _names(old: County, new: County) -> dict[str, str]:
    """Code -> name of every school, the new one where both have one."""
    found: dict[str, str] = {}
    for county in (old, new):
        table = county.tables["schools"]
        found |= dict(zip(table["school_id"], table["name"], strict=True))
    return found


def _difference_row(each: Difference, names: dict[str, str], say: Language) -> list[str]:
    at = each.row
    code = at.get("school_id", "")
    table = TABLES.get(each.table)
    return [
        say(_KINDS[each.kind]),
        say.label(_SETTINGS[each.table]) if table is None else say.label(table),
        code,
        names.get(code, "") if code else "",
        at.get("year", ""),
        _what(each, say),
        _shown(each, each.old, say),
        _shown(each, each.new, say),
        f"{each.table}.{each.column}".rstrip("."),
    ]


def _what(each: Difference, say: Language) -> str:
    if each.table not in TABLES:
        label = COUNTY_FIELDS.get(each.column) if each.table == "county" else None
        return say.label(label) if label else each.column
    table, at = TABLES[each.table], each.row
    parts = []
    if each.table == "county_years" and at:
        parts.append(say.label(COUNTY_INPUTS.get(at["item"], _same(at["item"]))))
    if each.table == "enrolment" and at:
        parts.append(say("grade {grade}", grade=at["grade"]))
    if each.table == "staff_kinds" and at:
        stage = say.label(STAGE_LABELS[at["stage"]])
        flags = [n for n in ("above_qualification", "backbone", "pe_arts") if at[n] == "1"]
        parts += [stage, *(say.label(table[name]) for name in flags)]
    if not table.keys and at:
        parts += [
            _value(table[name], text, say)
            for name, text in at.items()
            if text and name not in ("school_id", "year")
        ]
    if each.column and not (each.table == "county_years" and each.column == "value"):
        column = table.get(each.column)
        if column is None:  # one that a standard counts and the tables do not have of themselves
            return " ".join([*parts, each.column])
        unit = say.label(column.unit)
        parts.append(say.label(column) + (say(" ({unit})", unit=unit) if unit else ""))
    return " ".join(parts)


def _same(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _value(column, text: str, say: Language) -> str:
    if column.choices and text in CHOICE_LABELS:
        return say.label(CHOICE_LABELS[text])
    unit = say.label(column.unit)
    return f"{text} {unit}" if unit else text


def _shown(each: Difference, text: str, say: Language) -> str:
    """A value as people read it: choices in words."""
    if each.kind.startswith("column"):
        return say("{n} values", n=text) if text else ""
    table = TABLES.get(each.table)
    column = table.get(each.column) if table is not None and each.column else None
    words = column is not None and (column.choices or column.kind == "value")
    if words and text in CHOICE_LABELS:
        return say.label(CHOICE_LABELS[text])
    return text


def _formatted(text: str, say: Language) -> str:
    """A number of five digits or more with thousands separators (a year has four)."""
    try:
        number = float(text)
    except ValueError:
        return text or DASH
    return say.number(number, places(number)) if 1e4 <= abs(number) < 1e15 else text


def _turn_row(turn: Turn, old: Study, new: Study, say: Language) -> list[str]:
    if turn.kind == "county":
        what = say("County: every requirement is met")
    elif turn.kind == "part":
        what = say(PART_NAMES[turn.name])
    elif turn.kind == "item":
        study = new if turn.name in new.statuses[turn.year] else old
        what = item_title(study, turn.name, say.code)
    elif turn.kind == "indicator":
        study = new if turn.indicator in new.rules.indicators else old
        short = say.label(study.rules.indicators[turn.indicator].short)
        what = f"{say.label(STAGE_LABELS[turn.stage])}{say(': ')}{short}"
    else:
        what = say("{stage}: the school meets the rule", stage=say.label(STAGE_LABELS[turn.stage]))
    school = turn.kind in ("school", "indicator")
    return [
        say(_TURN),
        say("Evaluation"),
        turn.name if school else "",
        turn.school,
        str(turn.year),
        what,
        status_name(turn.old, say.code),
        status_name(turn.new, say.code),
        f"{turn.indicator}.{turn.stage}".removeprefix(".") if school else turn.name,
    ]
