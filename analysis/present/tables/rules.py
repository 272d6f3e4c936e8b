"""The standard as tables: the values in force, its open points and its concessions."""

from __future__ import annotations

from ...base.files import N_
from ...base.language import DASH, speak
from ...measure.study import Study
from ...measure.verdicts import SIGNS
from ..terms import OPTION_WORDS, item_title, status_name
from .grid import Cell, Grid, number_cell


def concessions_grid(study: Study, lang: str = "zh") -> Grid:
    """Concessions of the Working Rules: schools covered, proof needed, verdicts with and without."""
    say = speak(lang)
    rows = []
    for row in study.concession_effects.to_dict("records"):
        entries = [
            study.rules.entry(name)
            for name in study.rules
            if name.startswith(f"concession.{row['concession']}.")
        ]
        title = say.label(entries[0].title).split("：")[0].split(":")[0]
        item = item_title(study, row["item"], lang) if row["item"] else say("no verdict changes")
        rows.append(
            (
                Cell(title),
                Cell(say("on") if row["on"] else say("off")),
                number_cell(say, len(row["schools"])),
                Cell(say.label(entries[0].note)),
                Cell(item),
                Cell(
                    status_name(row["without"], lang) if row["item"] else DASH,
                    False,
                    row["without"],
                ),
                Cell(
                    status_name(row["with_it"], lang) if row["item"] else DASH,
                    False,
                    row["with_it"],
                ),
            )
        )
    header = (
        say("Concession"),
        say("Switch"),
        say("Schools covered"),
        say("Proof"),
        say("Verdict"),
        say("Without"),
        say("With"),
    )
    return Grid(say("Concessions of the Working Rules"), header, tuple(rows), tight=True)


def switches_grid(study: Study, lang: str = "zh") -> Grid:
    """Verdicts that another reading of an open point would turn round."""
    say = speak(lang)
    rows = []
    for row in study.switch_audit.to_dict("records"):
        entry = study.rules.entry(row["switch"])
        shown = row["alternative"]
        rows.append(
            (
                Cell(say.label(entry.title)),
                Cell(OPTION_WORDS.get(shown, {}).get(lang, shown)),
                Cell(item_title(study, row["item"], lang)),
                Cell(status_name(row["status"], lang), False, row["status"]),
                Cell(status_name(row["other_status"], lang), False, row["other_status"]),
            )
        )
    header = (
        say("Open point of the standard"),
        say("Other reading"),
        say("Verdict on"),
        say("This report"),
        say("By the other reading"),
    )
    caption = say("Verdicts that another reading of the standard would turn round")
    return Grid(caption, header, tuple(rows), tight=True)


CONFIDENCE = {
    "read": N_("read in the original"),
    "local": N_("verbatim in official local documents"),
    "secondary": N_("from a public transcription"),
    "memory": N_("to be confirmed"),
    "inferred": N_("inferred"),
}


def standard_grid(study: Study, lang: str = "zh") -> Grid:
    """The requirements on resources in force, with how each value reached us."""
    say = speak(lang)
    rows = []
    for name, entry in study.rules.standard.entries.items():
        if entry.part not in ("resource", "option"):
            continue
        value = study.rules[name]
        shown = say("reported only") if value is None else _requirement(entry, value)
        unit = say.label(entry.unit) if entry.unit else DASH
        rows.append(
            (
                Cell(say.label(entry.title)),
                Cell(OPTION_WORDS.get(shown, {}).get(lang, shown)),
                Cell(unit),
                Cell(say(CONFIDENCE[entry.reference.confidence])),
            )
        )
    header = (say("Requirement"), say("Value"), say("Unit"), say("How the value reached us"))
    return Grid(say("The standard in force"), header, tuple(rows), tight=True)


def _requirement(entry, value) -> str:
    if isinstance(value, str):
        return value
    return (SIGNS[entry.rule] + " " if entry.rule in SIGNS else "") + f"{value:g}"
