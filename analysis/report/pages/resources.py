"""School by school: the seven indicators, differences between schools, what is missing."""

from __future__ import annotations

from ...base.files import N_
from ...base.schema.indicators import INDICATORS
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...present.charts.balance import balance_chart, share_chart
from ...present.charts.schools import indicator_chart
from ...present.tables.balance import balance_grid, influence_grid
from ...present.tables.schools import (
    school_indicators_table,
    shortfall_by_school,
    shortfall_once,
    shortfall_totals,
)
from ...present.terms import floor_share
from .page import Page, Picture, paragraph, section
from .report import Report


def schools(report: Report) -> Page:
    """All schools with their seven indicators."""
    say = report.say
    tables = [
        school_indicators_table(report.study, stage, report.lang)
        for stage in STAGES
        if (report.study.schools["stage"] == stage).any()
    ]
    empty = [
        paragraph(
            say(
                "{stage}: no school of this stage; nothing to judge.",
                stage=say.label(STAGE_LABELS[stage]),
            )
        )
        for stage in STAGES
        if not (report.study.schools["stage"] == stage).any()
    ]
    return section(
        say("Every school and the seven indicators"),
        paragraph(
            say(
                "A school meets the rule if at least {needed} of the 7 indicators reach their "
                "threshold and the rest reach {floor} of it. Each stage of a through-school is "
                "a row of its own. Verdicts are made on unrounded values.",
                needed=say.number(report.study.rules.number("school.indicators_met")),
                floor=say.percent(report.study.rules.number("school.floor"), 0),
            )
        ),
        *tables,
        *empty,
    )


#: What so many schools reach; what none does is not said.
REACHED = {
    "met": N_("{n} schools meet the threshold"),
    "near": N_("{n} reach {floor} of it"),
    "short": N_("{n} are below {floor} of it"),
    "not_assessed": N_("{n} are not assessed"),
}


def indicator(report: Report, name: str) -> Page:
    """One indicator: every school against the threshold."""
    say, about = report.say, INDICATORS[name]
    rows = report.study.indicators[report.study.indicators["indicator"] == name]
    means = report.study.balance.set_index(["stage", "indicator"])["mean"]
    sentences = []
    for stage, part in rows.groupby("stage", sort=False):
        counts = part["status"].value_counts()
        mean = means[stage, name]
        reached = [
            say(words, n=say.number(counts[status]), floor=floor_share(report.study, report.lang))
            for status, words in REACHED.items()
            if counts.get(status, 0)
        ]
        sentences.append(
            say(
                "{stage}: {reached}; county mean {mean} {unit}.",
                stage=say.label(STAGE_LABELS[stage]),
                reached=say(", ").join(reached),
                mean=say.number(mean, about.decimals),
                unit=say.label(about.unit),
            )
        )
    text = " ".join(sentences) if report.lang == "en" else "".join(sentences)
    figures = indicator_chart(report.study, name, report.lang)
    pictures = []
    for number, figure in enumerate(figures, 1):
        caption = say("{indicator} of every school", indicator=about.label(report.lang))
        if len(figures) > 1:
            caption += f" ({number}/{len(figures)})"
        pictures.append(Picture(figure, caption, f"{caption}. {text}"))
    head = section(about.label(report.lang), paragraph(text), pictures[0], level=3)
    return Page(('<div class="together">', *head.parts, "</div>", *pictures[1:]))


def indicators(report: Report) -> Page:
    """All seven indicators, one after the other."""
    title = section(
        report.say("Indicator by indicator"),
        paragraph(
            report.say(
                "Schools are ordered from low to high. The line is the threshold, the shaded "
                "band reaches down to {floor} of it; ● met, ▲ {floor} or more, × below {floor}.",
                floor=floor_share(report.study, report.lang),
            )
        ),
    )
    return Page(
        (*title.parts, *(part for name in INDICATORS for part in indicator(report, name).parts))
    )


def balance(report: Report) -> Page:
    """Coefficients of variation against their limits, and who moves them."""
    say, study = report.say, report.study
    judged = study.balance[study.balance["status"].isin(["met", "not_met"])]
    alt = say.join(
        f"{say.label(STAGE_LABELS[row['stage']])} {say.label(INDICATORS[row['indicator']].short)} "
        f"{say.number(row['cv'], 3)}"
        for row in judged[judged["indicator"] != "composite"].to_dict("records")
    )
    parts = [
        paragraph(
            say(
                "The coefficient of variation (CV) is the student-weighted standard deviation of "
                "the schools' values divided by the county mean; 0 means that all schools are "
                "alike. Each of the seven has to stay within its limit; the composite is "
                "reported only, unless the county's own standard limits it."
            )
        ),
        Picture(
            balance_chart(study, report.lang),
            say("Coefficients of variation against their limits"),
            say("Bars of the coefficients of variation: {list}.", list=alt),
        ),
        balance_grid(study, report.lang),
        paragraph(
            say(
                "Break-even level: (1 + CV²) × mean. One more unit for a school below it lowers "
                "the CV; for a school above it, it widens the gap. Gini and Theil are given for "
                "comparison and are not judged."
            )
        ),
    ]
    for stage in STAGES:
        if not (study.schools["stage"] == stage).any():
            continue
        caption = say(
            "{stage}: each school's share in the squared CV",
            stage=say.label(STAGE_LABELS[stage]),
        )
        parts.append(
            Picture(
                share_chart(study, stage, report.lang),
                caption,
                say(
                    "{caption}; the largest shares are listed in the table below.",
                    caption=caption,
                ),
            )
        )
    parts.append(influence_grid(study, report.lang))
    return section(say("Differences between schools"), *parts)


def shortfalls(report: Report) -> Page:
    """What is missing in teachers, m², yuan, rooms."""
    say, study = report.say, report.study
    by_school = shortfall_by_school(study, report.lang)
    return section(
        say("What is missing"),
        paragraph(
            say(
                "Areas, equipment and rooms of a through-school are shared by its stages. The first "
                "table counts of them the part of each stage only. What the school adds is divided "
                "again: the most that one stage asks for is enough for the others. So the second "
                "table counts every school once, and the amounts by stage in the third are "
                "alternatives, not to be added up within one school."
            )
        ),
        shortfall_totals(study, report.lang),
        shortfall_once(study, report.lang),
        by_school
        if by_school.rows
        else paragraph(say("No school is missing anything: all thresholds are met.")),
    )
