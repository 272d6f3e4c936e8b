"""School by school: the indicators, differences between schools, what is missing."""

from __future__ import annotations

from ...base.schema.terms import STAGE_LABELS, STAGES
from ...present.charts.balance import share_chart
from ...present.tables.balance import balance_grid, influence_grid
from ...present.tables.schools import (
    school_indicators_table,
    shortfall_by_school,
    shortfall_totals,
)
from .page import Page, Picture, annex, paragraph, section, see
from .report import Report

#: Rows by stage that the body shows of all stages together; of larger counties the furthest schools.
LISTED = 60
FURTHEST = 20


def _stages(report: Report) -> list[str]:
    return [stage for stage in STAGES if (report.study.schools["stage"] == stage).any()]


def _shortened(report: Report) -> bool:
    return len(report.study.schools) > LISTED


def schools(report: Report) -> Page:
    """Every school with its indicators; of a large county those furthest from the rule."""
    say, stages = report.say, _stages(report)
    if not stages:
        return Page(())
    most = FURTHEST if _shortened(report) else None
    if not report.study.rules.asks_of_schools:
        return section(
            say("Every school and the indicators"),
            paragraph(say("The standard sets no thresholds for single schools; what is judged is how far they differ.")),
            *(school_indicators_table(report.study, stage, report.lang, most) for stage in stages),
        )  # fmt: skip
    return section(
        say("Every school and the indicators"),
        see(say, "schools") if most else "",
        paragraph(
            say(
                "A school meets the rule if at least {needed} of the {k} indicators reach their "
                "threshold and the rest reach {floor} of it. Each stage of a through-school is "
                "a row of its own. Verdicts are made on unrounded values. The bar behind a figure "
                "shows the value against its threshold, which lies at two thirds of the cell.",
                needed=say.number(report.study.rules.number("school.indicators_met")),
                k=len(report.study.rules.indicators),
                floor=say.percent(report.study.rules.number("school.floor"), 0),
            )
        ),
        *(school_indicators_table(report.study, stage, report.lang, most) for stage in stages),
    )


def balance(report: Report) -> Page:
    """Coefficients of variation against their limits; nothing where no school is judged."""
    say, study = report.say, report.study
    if not _stages(report):
        return Page(())
    return section(
        say("Differences between schools"),
        see(say, "variation"),
        paragraph(
            say(
                "The coefficient of variation (CV) is the student-weighted standard deviation of "
                "the schools' values divided by the county mean; 0 means that all schools are "
                "alike. Each has to stay within its limit, where the standard sets one; without a "
                "limit it is reported only. "
                "Break-even level: (1 + CV²) × mean. One more unit for a school below it lowers "
                "the CV; for a school above it, it widens the gap. Gini and Theil are given for "
                "comparison and are not judged."
            )
        ),
        balance_grid(study, report.lang),
    )


def variation(report: Report) -> Page:
    """Annex: which schools move the coefficients of variation."""
    say, study = report.say, report.study
    parts = []
    for stage in _stages(report):
        caption = say(
            "{stage}: each school's share in the squared CV",
            stage=say.label(STAGE_LABELS[stage]),
        )
        alt = say("{caption}; the largest shares are listed in the table below.", caption=caption)
        parts.append(Picture(share_chart(study, stage, report.lang), caption, alt))
    return annex(
        say("Which schools move the coefficients of variation"),
        "variation",
        *parts,
        influence_grid(study, report.lang),
    )


def shortfalls(report: Report) -> Page:
    """What is missing in teachers, m², yuan, rooms; nothing where nothing is."""
    say, study = report.say, report.study
    if not (study.indicators["shortfall"] > 0).any():
        return Page(())
    return section(
        say("What is missing"),
        see(say, "schools"),
        paragraph(
            say(
                "Areas, equipment and rooms of a through-school are shared by its stages: the table "
                "counts of them the part of each stage only. Counted once for each school, as "
                "on page 1, the most that one stage asks for is enough for the others."
            )
        ),
        shortfall_totals(study, report.lang),
    )


def each_school(report: Report) -> Page:
    """Annex: what each school lacks, and in a large county all its schools."""
    say, study, lang = report.say, report.study, report.lang
    stages = _stages(report) if _shortened(report) else []
    tables = [school_indicators_table(study, stage, lang) for stage in stages]
    by_school = shortfall_by_school(study, lang)
    note = say(
        "The amounts by stage are alternatives, not to be added up within one school: what a "
        "through-school adds is divided again among its stages."
    )
    return annex(
        say("School by school"),
        "schools",
        *tables,
        paragraph(note) if by_school.rows else "",
        by_school,
    )
