"""Findings for the screen: errors before reminders, one line for many rows."""

from __future__ import annotations

from collections.abc import Iterable

from .files import MORE, Finding
from .language import Language, speak

#: Rows with the same problem that still have a line each.
SINGLE = 3

#: Values and runs of rows that a line for many rows names.
NAMED = 3
RUNS = 5

#: Between the members of a list that goes on.
_COMMA = {"zh": "、", "en": ", "}


def digest(findings: Iterable[Finding], lang: str = "zh") -> list[tuple[str, str]]:
    """Sentences of many findings.

    Parameters
    ----------
    findings : iterable of Finding
    lang : {"zh", "en"}

    Returns
    -------
    list of tuple
        Severity and sentence, errors first. What more than three rows of a table have in common is
        one sentence, which names the rows, and some of the values where they differ in one alone;
        where they differ in several, it is that of the first row.
    """
    say = speak(lang)
    groups: list[list[Finding]] = []
    open_groups: dict[tuple, list[Finding]] = {}
    latest: dict[tuple, list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity != "error"):
        place = (finding.severity, finding.file, finding.table, finding.column)
        if finding.message == MORE and place in latest:
            latest[place].append(finding)
            continue
        key = (*place, finding.message)
        if finding.row is None or key not in open_groups:
            open_groups[key] = []
            groups.append(open_groups[key])
        open_groups[key].append(finding)
        latest[place] = open_groups[key]
    lines = []
    for group in groups:
        if len(group) <= SINGLE:
            lines += [(finding.severity, finding.sentence(lang)) for finding in group]
        elif _varying(group, say) > 1:
            # lists of several values side by side do not say which belong together
            shown = group[0].sentence(lang)
            more = sum(f.values["n"] if f.message == MORE else 1 for f in group) - 1
            lines.append(
                (group[0].severity, say("{shown}; {n} more of this kind", shown=shown, n=more))
            )
        else:
            lines.append((group[0].severity, _sentence(group, say)))
    return lines


def _varying(group: list[Finding], say: Language) -> int:
    """How many of the values of a sentence differ between its rows."""
    listed = [finding for finding in group if finding.message != MORE]
    return sum(
        len({_text(finding.told[name], say) for finding in listed}) > 1 for name in group[0].values
    )


def _sentence(group: list[Finding], say: Language) -> str:
    """One sentence for several rows."""
    first = group[0]
    listed = [finding for finding in group if finding.message != MORE]
    rest = sum(finding.values["n"] for finding in group if finding.message == MORE)
    values = {}
    for name in first.values:
        texts = dict.fromkeys(_text(finding.told[name], say) for finding in listed)
        values[name] = _some(list(texts), len(texts) > NAMED or (rest > 0 and len(texts) > 1), say)
    rows = sorted({finding.row for finding in listed})
    known = sorted({*rows, *(row for finding in group for row in finding.rows)})
    hidden = rest - len(known) + len(rows)
    place = [first.file or first.table, say("rows {rows}", rows=_rows(known, hidden, say))]
    if first.column:
        place.append(say("column {column}", column=first.head(say.code)))
    whole = Finding(first.severity, first.message, values, say(", ").join(place))
    return whole.sentence(say.code)


def _text(value: object, say: Language) -> str:
    return str(say.label(value) if hasattr(value, "zh") and hasattr(value, "en") else value)


def _some(texts: list[str], more: bool, say: Language) -> str:
    shown = _COMMA[say.code].join(texts[:NAMED])
    return say("{shown} and others", shown=shown) if more else shown


def _rows(rows: list[int], hidden: int, say: Language) -> str:
    """Rows as runs: 2–5, 9; and how many more there are."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in runs[:RUNS]]
    hidden += sum(b - a + 1 for a, b in runs[RUNS:])
    text = _COMMA[say.code].join(shown)
    return say("{rows} and {n} more", rows=text, n=hidden) if hidden > 0 else text
