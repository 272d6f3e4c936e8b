"""How firm the verdicts are: the smallest changes and the methods that would turn them round."""

from __future__ import annotations

from ...base.files import N_
from ...base.language import speak
from ...base.schema.terms import STAGE_LABELS
from ...measure.study import Study
from ..terms import status_name, variation_limit
from .grid import Cell, Grid, number_cell, text_cell
from .schools import printed_up


def margins_grid(study: Study, lang: str = "zh", top: int = 12) -> Grid:
    """Verdicts on coefficients of variation and the smallest change at one school that flips them."""
    say = speak(lang)
    table = study.balance_margins
    table = table[table["change"].notna()]
    order = (table["change_share"].abs()).sort_values(kind="stable").index[:top]
    rows = []
    for row in table.loc[order].to_dict("records"):
        about = study.rules.indicators[row["indicator"]]
        change = row["change"]
        size = printed_up(abs(change)) if about.whole else round(abs(change))
        sign = "+" if change > 0 else "−"
        rows.append(
            (
                text_cell(say.label(STAGE_LABELS[row["stage"]])),
                text_cell(say.label(about.short)),
                number_cell(say, row["cv"], 3, row["status"]),
                Cell(variation_limit(row["limit"], say), True),
                text_cell(row["school"]),
                Cell(f"{sign}{say.number(size)}", True),
                text_cell(say.label(about.resource)),
            )
        )
    header = (
        say("Stage"),
        say("Indicator"),
        say("CV"),
        say("Limit"),
        say("School where the least suffices"),
        say("Change"),
        say("Unit"),
    )
    return Grid(say("The smallest change that would turn a CV verdict round"), header, tuple(rows))


def school_margins_grid(study: Study, lang: str = "zh", top: int = 12) -> Grid:
    """School verdicts that the smallest relative change of one figure would flip."""
    say = speak(lang)
    table = study.school_margins
    table = table[table["change"].notna()]
    order = table["change"].abs().sort_values(kind="stable").index[:top]
    rows = [
        (
            text_cell(row["school"]),
            text_cell(say.label(STAGE_LABELS[row["stage"]])),
            text_cell(status_name(row["status"], lang), row["status"]),
            text_cell(say.label(study.rules.indicators[row["indicator"]].short)),
            Cell(
                ("+" if row["change"] > 0 else "−") + say.number(printed_up(abs(row["amount"]))),
                True,
            ),
            text_cell(say.label(study.rules.indicators[row["indicator"]].resource)),
            Cell(("+" if row["change"] > 0 else "−") + say.percent(abs(row["change"]), 1), True),
        )
        for row in table.loc[order].to_dict("records")
    ]
    header = (
        say("School"),
        say("Stage"),
        say("Rule"),
        say("Indicator"),
        say("Change"),
        say("Unit"),
        say("of its value"),
    )
    return Grid(say("School verdicts that hang by the least"), header, tuple(rows))


METHOD_NAMES = {
    "unweighted": N_("without student weights"),
    "rounded_first": N_("rounded before comparing"),
    "unsplit": N_("through-schools not apportioned"),
}


def method_audit_grid(study: Study, lang: str = "zh", top: int = 25) -> Grid:
    """Verdicts that another method in circulation would turn round."""
    say = speak(lang)
    methods = {name: say(text) for name, text in METHOD_NAMES.items()}
    rows = []
    for row in study.method_audit.head(top).to_dict("records"):
        about = study.rules.indicators.get(row["indicator"])
        decimals = {"cv": 4, "school": 0}.get(row["subject"], 4)
        subject = {
            "cv": say("CV"),
            "indicator": say("Indicator"),
            "school": say("School rule"),
        }[row["subject"]]
        rows.append(
            (
                text_cell(say.label(STAGE_LABELS[row["stage"]])),
                text_cell(subject),
                text_cell(row["school"]),
                text_cell(say.label(about.short) if about else None),
                Cell(methods[row["method"]]),
                number_cell(say, row["value"], decimals, row["status"]),
                number_cell(say, row["other_value"], decimals, row["other_status"]),
            )
        )
    header = (
        say("Stage"),
        say("Verdict on"),
        say("School"),
        say("Indicator"),
        say("Other method"),
        say("This report"),
        say("By the other method"),
    )
    return Grid(
        say("Verdicts that another method would turn round"), header, tuple(rows), tight=True
    )
