"""Which table, sheet or column a name means, and the nearest one where nobody knows it."""

from __future__ import annotations

from ...base.files import N_, Finding
from ...base.refusals import shorten
from ...base.schema.tables import COUNTY_FIELDS, COUNTY_SHEET, OTHER_SHEETS, TABLES
from ...base.schema.terms import Label
from ..texts import plain

TABLE = Label("表", "table")
COLUMN = Label("列", "column")
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


def unknown_name(kind: Label, name: str, known: dict[str, str], file: str, **place) -> Finding:
    """A table or column that nobody knows, with the nearest name that is known."""
    import difflib

    name = shorten(name)
    # what people misspell is either the id or a label, in any case
    spelt = {spelling.lower(): spelling for spelling in reversed(known)}
    near = difflib.get_close_matches(name.lower(), list(spelt), n=1, cutoff=0.6)
    if near:
        return Finding(
            "error",
            N_("unknown {kind} “{name}”; did you mean “{near}”?"),
            {"kind": kind, "name": name, "near": spelt[near[0]]},
            file,
            **place,
        )
    return Finding(
        "error",
        N_("unknown {kind} “{name}”; expected are {names}"),
        {"kind": kind, "name": name, "names": ", ".join(dict.fromkeys(known.values()))},
        file,
        **place,
    )
