"""The two pages that decide: verdict and numbers, schools at one look, what to do, what is not known."""

from __future__ import annotations

import html

from ...present import sentences
from ...present.brief.matters import matters_grid
from ...present.brief.standing import counted_items, missing_grid, standing_grid, years_grid
from ...present.charts.overview import overview_chart
from ...present.remedies.sentences import money
from ...present.terms import school_year
from .page import METADATA, Page, Picture, bullets, paragraph
from .report import Report


def brief(report: Report, alone: bool = False) -> Page:
    """Pages 1 and 2 of every report; `alone` where nothing follows them."""
    say, study, record = report.say, report.study, report.study.county.record
    short = html.escape(sentences.verdict_short(study, report.lang, report.chance))
    unknown = sentences.unknown(study, report.lang)
    overview = say("Schools and the seven indicators at one look")
    parts = [
        f"<h1>{html.escape(say.label(record.name))}</h1>",
        paragraph(say("Brief on high-quality and balanced compulsory education"), "subtitle"),
        paragraph(_facts(report), "edition"),
        *(paragraph(mark, "synthetic") for mark in report.marks),
        f'<div class="verdict-{report.shade}"><p><strong>{short}</strong></p>'
        f"{paragraph(sentences.verdict(study, report.lang, report.chance))}"
        f"{paragraph(_counted(report))}</div>",
        standing_grid(study, report.lang),
        missing_grid(study, report.lang),
        paragraph(_least(report)),
        matters_grid(study, report.lang),
        _heading(say("What is not known")) if unknown else "",
        bullets(unknown) if unknown else "",
        _picture(report, overview),
        years_grid(study, report.lang),
        paragraph(say("Issued by (seal): ____________    Approved by: ____________    Date: ____________"), "signature"),
    ]  # fmt: skip
    page = Page(tuple(part for part in parts if part), short=14)
    return Page(
        (f'<div class="brief">{page.body}</div>\n',), {METADATA: report.metadata | {"alone": alone}}
    )


def _facts(report: Report) -> str:
    say, study, record = report.say, report.study, report.study.county.record
    judged = study.rows[study.rows["in_scope"]]
    facts = [
        f"{say.label(record.province)} {record.code}".strip(),
        school_year(study.year, say),
        say(
            "{schools} schools, {students} students",
            schools=say.number(judged["school_id"].nunique()),
            students=say.number(judged["students"].sum()),
        ),
    ]
    if record.target_year:
        facts.append(say("target year {year}", year=record.target_year))
    return " · ".join(facts)


def _counted(report: Report) -> str:
    say, counted = report.say, counted_items(report.study)
    return say(
        "Of {all} items (the seven indicators by their coefficients of variation, government guarantee, "
        "quality) {met} are met, {failed} are not met, {open} are not assessed; whether each school "
        "meets the rule is counted apart, in table 1.",
        all=say.number(counted["all"]),
        met=say.number(counted["met"]),
        failed=say.number(counted["not_met"]),
        open=say.number(counted["not_assessed"]),
    )


def _least(report: Report) -> str:
    """The least that resources cost, where it is known."""
    say, study = report.say, report.study
    if study.schools["status"].isin(["met", "not_met"]).sum() == 0:
        return ""
    answer = report.remedy
    if answer.cost is None or not answer.measures:
        return ""
    return say(
        "At the prices assumed, the least that brings every school and every coefficient of variation "
        "within the rule costs {cost} ({n} schools); it is less than the table above, because one "
        "indicator of a school may stay at {floor}.",
        cost=money(say, answer.cost),
        n=say.number(len({each.school_id for each in answer.measures})),
        floor=say.percent(study.rules.number("school.floor"), 0),
    )


def _picture(report: Report, caption: str) -> Picture | str:
    if report.study.schools.empty:
        return ""
    say = report.say
    chart = overview_chart(report.study, report.lang)
    return Picture(chart, caption, say("A field for each school and indicator, coloured by status; the figures are in the tables of the schools."))  # fmt: skip


def _heading(text: str) -> str:
    return f'<p class="lead"><strong>{html.escape(text)}</strong></p>\n'
