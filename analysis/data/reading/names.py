"""Which table, sheet or column a name means, and the nearest one where nobody knows it."""

from __future__ import annotations

from collections.abc import Iterable

from ...base.files import N_, Finding
from ...base.refusals import shorten
from ...base.schema.columns import Table
from ...base.schema.tables import BESIDE, COUNTY_FIELDS, COUNTY_SHEET, OTHER_SHEETS, TABLES
from ...base.schema.terms import Label
from ..texts import plain

TABLE = Label("表", "table")
COLUMN = Label("列", "column")
#: Columns of a sheet that are no columns of its table: how they are called, by what they mean.
_SCHOOL = {name.removeprefix("~"): label for name, label in BESIDE.items()}
_ITEM = {
    "unit": Label("单位", "Unit"),
    "form": Label("申报表", "Form table"),
    "help": Label("填报说明", "What to fill in"),
}


def companions(table: Table) -> dict[str, Label]:
    """Columns that may stand beside those of a table, for people: id -> head."""
    found = _SCHOOL if "school_id" in table.names and table.name != "schools" else {}
    return found | (_ITEM if table.name == "county_years" else {})


COUNTY_SHEETS = ("县", "县情", COUNTY_SHEET.zh, COUNTY_SHEET.en)
_OTHER_SHEETS = {
    "填表说明",
    *(name for label in OTHER_SHEETS.values() for name in (label.zh, label.en)),
}


def table_of(name: str) -> str | None:
    """The table that the name of a file or sheet means."""
    return _TABLE_NAMES.get(plain(name))


def is_read(sheet: str, hidden: bool) -> bool:
    """Whether a sheet counts: not instructions, nor hidden lists for drop-down cells."""
    name = plain(sheet)
    if name in _TABLE_NAMES or name in COUNTY_SHEETS:
        return True
    return not hidden and name not in _OTHER_SHEETS


TABLE_SPELLINGS = {
    name: table.name for table in TABLES.values() for name in (table.name, table.zh, table.en)
}
_TABLE_NAMES = {plain(spelling): name for spelling, name in TABLE_SPELLINGS.items()}
COUNTY_KEYS = {
    plain(spelling): key
    for key, label in COUNTY_FIELDS.items()
    for spelling in (key, label.zh, label.en)
}


#: From which likeness (0 to 1) a name is a misspelt one. A letter changes less than a character of
#: Chinese, and whole words such as “school” are common to many heads.
_ALIKE = {True: 0.74, False: 0.6}


def misspelt(name: str, known: Iterable[str], kind: Label = COLUMN) -> str:
    """The known spelling that a name is likely meant to be, or ""; in any case."""
    import difflib

    spelt = {spelling.lower(): spelling for spelling in reversed(list(known))}
    # a copy of a sheet is called much like it
    cutoff = _ALIKE[name.isascii() and kind == COLUMN]
    near = difflib.get_close_matches(shorten(name).lower(), list(spelt), n=1, cutoff=cutoff)
    return spelt[near[0]] if near else ""


def unknown_name(kind: Label, name: str, known: Iterable[str], file: str, **place) -> Finding:
    """A table or column that nobody knows.

    One that is likely misspelt is an error with the nearest known name; any other is the user's own
    business, kept aside with a notice.
    """
    near = misspelt(name, known, kind)
    values = {"kind": kind, "name": shorten(name)}
    if near:
        message = N_("unknown {kind} “{name}”; did you mean “{near}”?")
        return Finding("error", message, values | {"near": near}, file, **place)
    message = N_("the {kind} “{name}” is not one of Junheng's; it is left aside and not read")
    return Finding("warning", message, values, file, **place)
