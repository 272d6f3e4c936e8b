"""What sheets change in a county's folder, in words: findings, a section of the page, rows of its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from ...base.files import N_, Finding
from ...base.language import DASH, Language, Said, speak
from ...base.schema.county_items import COUNTY_INPUTS
from ...base.schema.tables import TABLES
from ...base.schema.terms import CHOICE_LABELS, STAGE_LABELS, Label
from ..reconcile import html_note, html_table
from ..returns import Returns, target_label
from .merge import Change

#: Kinds of changes -> how they are called, in the order of the page.
KINDS = {
    "refused": N_("another value, not taken"),
    "changed": N_("another value"),
    "renamed": N_("renamed"),
    "row": N_("new row"),
    "filled": N_("was blank"),
}

#: Lines of the page for each kind; the table beside it has all.
LINES = 500

_DIFFERS = {
    "changed": (N_("{what}: {old} became {new} ({place})"), "warning"),
    "refused": (
        N_(
            "{what}: {old} stands in the county's folder, {new} in {place}; correct one of them, or take the value of the sheets with --force"
        ),
        "error",
    ),
}


def told(changes: Iterable[Change], returns: Returns) -> Iterator[Finding]:
    """Findings: every value that differs, with both values and the place of the new one."""
    for change in changes:
        if change.kind == "renamed":
            message = N_("the school {code} was called {old} and is now {new}")
            values = {"code": change.key[0], "old": change.old, "new": change.new}
            yield Finding("warning", message, values)
        elif change.kind in _DIFFERS and not change.key:
            message, severity = _FILES[change.kind]
            yield Finding(severity, message, {"name": change.table})
        elif change.kind in _DIFFERS:
            message, severity = _DIFFERS[change.kind]
            values = {
                "what": what(change, returns),
                "old": _value(change, change.old, returns),
                "new": _value(change, change.new, returns),
                "place": place(change, returns) or DASH,
            }
            yield Finding(severity, message, values)


_FILES = {
    "changed": (N_("{name} was replaced by the one among the sheets"), "warning"),
    "refused": (
        N_(
            "another {name} stands in the county's folder than among the sheets; remove one of them, or take that of the sheets with --force"
        ),
        "error",
    ),
}


def what(change: Change, returns: Returns) -> Said | Label:
    """Which figure a change is about: whose, of which year, what; or which file."""
    if change.table not in TABLES:
        return Label(change.table, change.table)
    parts = {"whose": _whose(change, returns), "figure": _figure(change)}
    year = _year(change)
    if not year:
        return Said(N_("{figure} of {whose}"), parts)
    return Said(N_("{figure} of {whose} in {year}"), parts | {"year": year})


def _value(change: Change, text: str, returns: Returns) -> str | Label:
    """A value as people say it: choices in words, a school by its name."""
    column = TABLES[change.table].get(change.column) if change.table in TABLES else None
    if change.column == "belongs_to":
        return UNKNOWN if text == "unknown" else returns.names.get(text, text) or DASH
    if column is not None and column.choices and text in CHOICE_LABELS:
        return CHOICE_LABELS[text]
    return text or DASH


#: The school of a site whose school nobody has said.
UNKNOWN = Label("未知", "unknown")


def _words(thing: object, lang: str) -> str:
    return thing if isinstance(thing, str) else getattr(thing, lang)


def _whose(change: Change, returns: Returns) -> object:
    if change.table == "county_years":
        return Said(N_("the county"))
    if not change.key:
        return change.table
    return returns.names.get(change.key[0], change.key[0])


def _year(change: Change) -> str:
    names = TABLES[change.table].keys if change.table in TABLES else []
    if change.table == "rooms":
        names = ["school_id", "year"]
    return dict(zip(names, change.key, strict=False)).get("year", "")


def _figure(change: Change) -> object:
    table = TABLES[change.table]
    if change.table == "enrolment" and not change.column:
        return Said(N_("{table} (grade {grade})"), {"table": table, "grade": change.key[2]})
    if change.table == "staff_ages" and not change.column:
        stage, ages = STAGE_LABELS[change.key[2]], CHOICE_LABELS[change.key[3]]
        values = {"table": table, "stage": stage, "ages": ages}
        return Said(N_("{table} ({stage}, {ages})"), values)
    if change.table == "rooms" or not change.column:
        return table
    if change.table == "county_years":
        return COUNTY_INPUTS.get(change.key[1], change.key[1])
    if change.table == "enrolment":
        values = {"column": table[change.column], "grade": change.key[2]}
        return Said(N_("{column} of grade {grade}"), values)
    if change.table == "staff_ages":
        return target_label(_target(change))
    return table[change.column]


def place(change: Change, returns: Returns) -> str:
    """Where the new value stands among the sheets."""
    if change.table == "schools":
        found = returns.facts.get((change.key[0], f"schools.{change.column}"))
        return str(found[1]) if found else ""
    if change.table not in TABLES:
        return change.table
    own = f"{change.table}.csv"
    # a table of one's own among the sheets goes before them
    if change.table in ("rooms", "county_years") or (
        change.table == "staff_ages" and (returns.folder / own).is_file()
    ):
        return own
    reading = returns.readings.get((change.key[0], int(change.key[1]), _target(change)))
    return reading.place if reading is not None else ""


def _target(change: Change) -> str:
    """The figure of the return sheets that a change is about: ``enrolment.students.3``."""
    parts = [change.table, change.column]
    if change.table == "enrolment":
        parts.append(change.key[2])
    elif change.table == "staff_ages":
        parts.append("_".join(change.key[2:]))
    return ".".join(part for part in parts if part)


def changes_sentence(changes: Sequence[Change], same: int, lang: str, *, written: bool) -> str:
    """What became of the county's folder."""
    say = speak(lang)
    counts = {kind: sum(change.kind == kind for change in changes) for kind in KINDS}
    if not written:
        return say("The county's folder is as it was: first correct what is marked as an error.")
    if not any(counts.values()):
        return say(
            "Nothing changed: all {n} figures of the sheets stand in the county's folder already.",
            n=say.number(same),
        )
    return say(
        "Merged into the county's folder: {rows} new rows, {filled} figures where none stood, {changed} other values, {renamed} schools renamed; {same} figures stood there already.",
        rows=say.number(counts["row"]),
        filled=say.number(counts["filled"]),
        changed=say.number(counts["changed"]),
        renamed=say.number(counts["renamed"]),
        same=say.number(same),
    )


def changes_section(
    changes: Sequence[Change], same: int, returns: Returns, lang: str
) -> tuple[str, str]:
    """Heading and content (HTML) of the page's first section."""
    say = speak(lang)
    heading = say("What changes in the county's folder")
    unchanged = html_note(say("{n} figures of the sheets stand there already.", n=say.number(same)))
    if not changes:
        return heading, html_note(say("None.")) + unchanged
    return heading, _counts(changes, say) + unchanged + _list(changes, returns, say)


def _counts(changes: Sequence[Change], say: Language) -> str:
    """By table: how many rows are new, how many figures change."""
    rows = []
    for table in dict.fromkeys(change.table for change in changes):
        kinds = [change.kind for change in changes if change.table == table]
        name = say.label(TABLES[table]) if table in TABLES else table
        counts = ((say.number(kinds.count(kind)), "num") for kind in KINDS)
        rows.append(((name, ""), *counts))
    return html_table((say("Table"), *(say(name) for name in KINDS.values())), rows)


def _list(changes: Sequence[Change], returns: Returns, say: Language) -> str:
    """Every change that is no new row, then the new rows; long lists end with a count."""
    head = (say("Kind"), say("Figure"), say("Old value"), say("New value"), say("Place"))
    parts = []
    for kind, name in KINDS.items():
        found = [change for change in changes if change.kind == kind]
        if not found:
            continue
        lines = [
            (
                (say(name), "error" if kind == "refused" else ""),
                (getattr(what(change, returns), say.code), ""),
                (change.old or DASH, "num"),
                (_new(change, say), "num"),
                (place(change, returns) if kind != "row" else DASH, "place"),
            )
            for change in found[:LINES]
        ]
        more = len(found) - LINES
        parts.append(
            f"<details{' open' if kind in ('refused', 'changed', 'renamed') else ''}><summary>"
            f"{escape(say(name))} <small>{escape(say.number(len(found)))}</small></summary>"
            f"{html_table(head, lines)}"
            + (
                html_note(say("{n} more stand in the table beside this page", n=more))
                if more > 0
                else ""
            )
            + "</details>"
        )
    return "\n".join(parts)


def _new(change: Change, say: Language) -> str:
    if change.kind == "row":
        return say("{n} figures", n=say.number(int(change.new)))
    return change.new or DASH


def changes_csv(changes: Iterable[Change], returns: Returns, lang: str) -> Iterator[dict]:
    """Rows of the reconciliation table: `value` as it is now, `other_value` as it was."""
    for change in changes:
        yield {
            "kind": change.kind,
            "school_id": change.key[0] if change.key and change.table != "county_years" else "",
            "school": _words(_whose(change, returns), lang),
            "year": _year(change),
            "item": _target(change),
            "value": change.new,
            "place": place(change, returns),
            "other_value": change.old,
        }
