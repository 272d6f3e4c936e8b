"""One school by itself: its values against thresholds and the county mean, what it lacks, its part in the CVs."""

from __future__ import annotations

from collections import defaultdict

from ...base.language import DASH, Language, speak
from ...base.schema.indicators import Indicator
from ...base.schema.terms import CHOICE_LABELS, STAGE_LABELS
from ...measure.study import Study
from ..terms import bracketed, status_name
from .grid import Cell, Grid, number_cell, text_cell
from .schools import bar_of, decimals_of, printed_up


def school_tables(study: Study, lang: str = "zh") -> dict[str, list[Grid]]:
    """The indicators of every judged school, a table for each of its stages.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}

    Returns
    -------
    dict of str to list of Grid
        By school id, in the order of the register.
    """
    say = speak(lang)
    header = (
        say("Indicator"),
        say("Value"),
        say("Threshold"),
        say("County mean"),
        say("Status"),
        say("Lacks"),
        say("Share in the squared CV"),
    )
    lines = _lines(study, say)
    found: dict[str, list[Grid]] = defaultdict(list)
    for row in study.schools.to_dict("records"):
        caption = say(
            "{stage}: {n} students, {met} of {k} indicators met, school rule: {status}",
            stage=say.label(STAGE_LABELS[row["stage"]]),
            n=say.number(row["students"]),
            met=say.number(row["met"]),
            k=len(study.rules.indicators),
            status=status_name(row["status"], lang),
        )
        rows = tuple(lines[row["school_id"], row["stage"]])
        found[row["school_id"]].append(Grid(caption, header, rows, tight=True))
    return dict(found)


def _lines(study: Study, say: Language) -> dict[tuple[str, str], list[tuple[Cell, ...]]]:
    """Rows of the tables by school and stage, in the order of the indicators."""
    moves = {
        (row["school_id"], row["stage"], row["indicator"]): row
        for row in study.influence.to_dict("records")
    }
    means = {
        (row["stage"], row["indicator"]): row["mean"] for row in study.balance.to_dict("records")
    }
    order = {name: number for number, name in enumerate(study.rules.indicators)}
    found = defaultdict(dict)
    for row in study.indicators.to_dict("records"):
        name, stage, code = row["indicator"], row["stage"], row["school_id"]
        mean = means.get((stage, name), float("nan"))
        cells = _line(study.rules.indicators[name], row, mean, moves.get((code, stage, name)), say)
        found[code, stage][order[name]] = cells
    return {key: [rows[n] for n in sorted(rows)] for key, rows in found.items()}


def _line(
    about: Indicator, row: dict, mean: float, moved: dict | None, say: Language
) -> tuple[Cell, ...]:
    decimals = decimals_of(about)
    lacking = f"{say.number(printed_up(row['shortfall']))} {say.label(about.resource)}"
    share = DASH
    if moved is not None and moved["share"] == moved["share"]:
        arrow = "↑" if moved["value"] > moved["mean"] else "↓"
        share = f"{say.percent(moved['share'], 1)} {arrow}"
    return (
        text_cell(say.label(about.short) + bracketed(say.label(about.unit), say)),
        number_cell(say, row["value"], decimals, bar=bar_of(row["value"], row["threshold"])),
        number_cell(say, row["threshold"], min(decimals, 1)),
        number_cell(say, mean, decimals),
        text_cell(status_name(row["status"], say.code), row["status"]),
        Cell(lacking if row["shortfall"] > 0 else DASH, True),
        Cell(share, True),
    )


def school_facts(study: Study, lang: str = "zh") -> dict[str, str]:
    """Kind, place and owner of every judged school in a line, by school id."""
    say = speak(lang)
    judged = study.rows[study.rows["in_scope"]]
    found = {}
    for row in judged.drop_duplicates("school_id").to_dict("records"):
        words = [row[name] for name in ("type", "area", "ownership")]
        known = [say.label(CHOICE_LABELS[word]) for word in words if word in CHOICE_LABELS]
        found[row["school_id"]] = " · ".join(known)
    return found
