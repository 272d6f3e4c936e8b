"""Differences between the schools: coefficients of variation, and who moves them."""

from __future__ import annotations

from ...base.language import DASH, speak
from ...base.rows import records_by
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.balance import COMPOSITE
from ...measure.dispersion import break_even
from ...measure.study import Study
from ..terms import status_name, variation_limit
from .grid import MARKS, Cell, Grid, number_cell, text_cell


def balance_grid(study: Study, lang: str = "zh") -> Grid:
    """Means and coefficients of variation with limits, Gini, Theil and the break-even level."""
    say = speak(lang)
    rows = []
    for row in study.balance.to_dict("records"):
        if row["schools"] == 0:
            continue
        composite = row["indicator"] == COMPOSITE
        about = study.rules.indicators.get(row["indicator"])
        decimals = about.decimals if about else 2
        rows.append(
            (
                text_cell(say.label(STAGE_LABELS[row["stage"]])),
                text_cell(say("Composite (mean of all)") if composite else say.label(about.short)),
                text_cell(DASH if composite else say.label(about.unit)),
                number_cell(say, row["mean"], decimals),
                number_cell(say, row["sd"], decimals),
                number_cell(say, row["cv"], 3),
                Cell(variation_limit(row["limit"], say), True),
                text_cell(
                    say("reported only")
                    if row["status"] == "not_applicable"
                    else status_name(row["status"], lang),
                    row["status"] if row["status"] in MARKS else "",
                ),
                number_cell(say, break_even(row["mean"], row["cv"]), decimals),
                number_cell(say, row["gini"], 3),
                number_cell(say, row["theil"], 3),
            )
        )
    header = (
        say("Stage"),
        say("Indicator"),
        say("Unit"),
        say("County mean"),
        say("Standard deviation"),
        say("CV"),
        say("Limit"),
        say("Status"),
        say("Break-even level"),
        say("Gini"),
        say("Theil"),
    )
    return Grid(say("Differences between schools"), header, tuple(rows), tight=True)


def influence_grid(study: Study, lang: str = "zh", top: int = 3) -> Grid:
    """The schools with the largest exact share in the squared CV of each indicator."""
    say = speak(lang)
    rows = []
    standing = records_by(study.influence, "stage", "indicator")
    for stage in STAGES:
        for name, about in study.rules.indicators.items():
            if (stage, name) not in standing:
                continue
            cells = [text_cell(say.label(STAGE_LABELS[stage])), text_cell(say.label(about.short))]
            order = standing[stage, name][:top]
            for school in order:
                arrow = "↑" if school["value"] > school["mean"] else "↓"
                cells.append(
                    text_cell(f"{school['school']} {arrow} {say.percent(school['share'], 1)}")
                )
            cells += [text_cell(None)] * (top - len(order))
            rows.append(tuple(cells))
    header = (
        say("Stage"),
        say("Indicator"),
        *(say("No. {n}", n=number) for number in range(1, top + 1)),
    )
    caption = say(
        "Who moves the CV: largest shares in its square (↑ above, ↓ below the county mean)"
    )
    return Grid(caption, header, tuple(rows), tight=True)
