"""What an import says on the screen: every kind of finding once, the full list is on the page."""

from __future__ import annotations

from collections.abc import Iterable

from ..base.digest import digest
from ..base.files import Finding
from ..base.language import speak

#: Lines for errors, and kinds of reminders, that the screen shows.
ERRORS, REMINDERS = 20, 2


def summary(findings: Iterable[Finding], lang: str) -> list[tuple[str, str]]:
    """Sentences for the screen.

    Parameters
    ----------
    findings : iterable of Finding
    lang : {"zh", "en"}

    Returns
    -------
    list of tuple
        Severity and sentence: errors first, then the first of each of the leading kinds of
        reminders with the number of its like, then how many more there are.
    """
    say = speak(lang)
    findings = list(findings)
    errors = digest([f for f in findings if f.severity == "error"], lang)
    lines = errors[:ERRORS]
    if len(errors) > ERRORS:
        lines.append(("error", say("{n} more stand on the page", n=len(errors) - ERRORS)))
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity != "error":
            kinds.setdefault(finding.message, []).append(finding)
    shown = list(kinds.values())[:REMINDERS]
    for alike in shown:
        sentence = alike[0].sentence(lang)
        if len(alike) > 1:
            sentence += say(" (and {n} more of this kind)", n=len(alike) - 1)
        lines.append(("warning", sentence))
    rest = sum(map(len, kinds.values())) - sum(map(len, shown))
    if rest:
        lines.append(("warning", say("{n} more stand on the page", n=rest)))
    return lines
