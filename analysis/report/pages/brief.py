"""The two pages that decide: verdict and numbers, schools at one look, what to do, what is not known."""

from __future__ import annotations

import html

from ...data.load import prices_file
from ...present import sentences
from ...present.brief.asked import about, composition, decision, milestones
from ...present.brief.matters import matters_grid
from ...present.brief.standing import (
    COUNTED,
    counted_items,
    missing_grid,
    standing_grid,
    years_grid,
)
from ...present.chance import is_projected
from ...present.charts.overview import overview_chart
from ...present.remedies.calculation import by_clock
from ...present.terms import bracketed, school_year
from ...remedy.outcome.drivers import whole
from ...remedy.plan import Measure
from .page import METADATA, Page, Picture, bullets, paragraph
from .report import Report

#: Items that do not apply, named where they are so few.
NAMED = 4


def brief(report: Report, alone: bool = False) -> Page:
    """Pages 1 and 2 of every report; `alone` where nothing follows them."""
    say, study, record = report.say, report.study, report.study.county.record
    short = html.escape(sentences.verdict_short(study, report.lang, report.chance))
    unknown = sentences.unknown(study, report.lang)
    failed = sentences.failing(study, report.lang)
    least = _least(report)
    overview = say("Schools and the indicators at one look")
    parts = [
        f"<h1>{html.escape(say.label(record.name))}</h1>",
        paragraph(say("Brief on {kind} compulsory education", kind=say.label(study.rules.standard.recognition)), "subtitle"),
        paragraph(_facts(report), "edition"),
        *(paragraph(mark, "synthetic") for mark in report.marks),
        f'<div class="verdict-{report.shade}"><p><strong>{short}</strong></p>'
        f"{paragraph(sentences.verdict(study, report.lang, report.chance))}"
        f"{paragraph(_counted(report))}{_left_out(report)}</div>",
        standing_grid(study, report.lang),
        missing_grid(study, report.lang),
        paragraph(_cost(report, least)),
        matters_grid(study, report.lang),
        *(paragraph(text) for text in (_decision(report, least), milestones(study, report.lang)) if text),
        _heading(say("What is not known")) if unknown else "",
        bullets(unknown) if unknown else "",
        years_grid(study, report.lang),
        _picture(report, overview),
        _heading(say("What is not met")) if failed else "",
        bullets(failed) if failed else "",
        # nobody puts his name to a sample
        ""
        if record.synthetic
        else paragraph(say("Issued by (seal): ____________    Approved by: ____________    Date: ____________"), "signature"),
    ]  # fmt: skip
    page = Page(tuple(part for part in parts if part))
    return Page(
        (f'<div class="brief">{page.body}</div>\n',), {METADATA: report.metadata | {"alone": alone}}
    )


def _left_out(report: Report) -> str:
    """What the standard does not look at, where that is a part of an evaluation."""
    standard = report.study.rules.standard
    if standard.is_whole or standard.profile.note is None:
        return ""
    return paragraph(report.say.label(standard.profile.note))


def _facts(report: Report) -> str:
    say, study, record = report.say, report.study, report.study.county.record
    judged = study.rows[study.rows["in_scope"]]
    facts = [
        f"{say.label(record.province)} {record.code}".strip(),
        school_year(study.year, say),
        say(
            "{schools} schools ({rows} by stage), {students} students",
            schools=say.number(judged["school_id"].nunique()),
            rows=say.number(len(judged)),
            students=say.number(judged["students"].sum()),
        ),
    ]
    if record.target_year:
        facts.append(say("target year {year}", year=record.target_year))
    return " · ".join(facts)


def _counted(report: Report) -> str:
    if not report.study.rules.standard.is_whole:
        return ""
    say, counted = report.say, counted_items(report.study)
    text = say(
        "Of {all} items (the {k} indicators by their coefficients of variation in every stage, government "
        "guarantee, quality) {met} are met and {failed} are not.",
        k=len(report.study.rules.indicators),
        all=say.number(counted["all"]),
        met=say.number(counted["met"]),
        failed=say.number(counted["not_met"]),
    )
    more = []
    if counted["not_assessed"]:
        more.append(say("Not assessed: {n}.", n=say.number(counted["not_assessed"])))
    if n := counted["not_applicable"]:
        items = report.study.items
        counts = items["part"].isin(COUNTED) & (items["status"] == "not_applicable")
        idle = items.loc[counts, "item"]
        # a standard that leaves many out says so itself; an indicator has no number to be named by
        names = bracketed(say.join(idle), say) if len(idle) == n <= NAMED else ""
        more.append(say("Not applicable, not counted: {n}{names}.", n=say.number(n), names=names))
    return whole(say, text, *more)


def _least(report: Report) -> tuple[float, int] | None:
    """The least that resources cost (yuan) and at how many schools, where it is known."""
    if not report.judgeable:
        return None
    answer = report.remedy
    # a search that was ended by the clock knows no least
    if answer.cost is None or not answer.measures or by_clock(answer):
        return None
    return float(answer.cost), len({each.school_id for each in answer.measures})


def _cost(report: Report, least: tuple[float, int] | None) -> str:
    """The least that resources cost, and at which prices."""
    if least is None:
        return ""
    say, rules = report.say, report.study.rules
    text = say(
        "The table is what all thresholds ask. The rule asks less: {needed} of {k} indicators, the rest at "
        "{floor}, and every coefficient of variation within its limit. At unit prices that costs about "
        "{cost} at least, at {n} schools.",
        needed=say.number(rules.number("school.indicators_met")),
        k=len(rules.indicators),
        floor=say.percent(rules.number("school.floor"), 0),
        cost=about(say, least[0]),
        n=say.number(least[1]),
    )
    if is_projected(report.study):
        return text
    parts = composition(report.remedy, _own_prices(report), report.lang)
    return whole(say, text, parts, _private(report))


def _own_prices(report: Report) -> bool:
    return prices_file(report.study.county.path).is_file()


def _decision(report: Report, least: tuple[float, int] | None) -> str:
    if least is None:
        return decision(report.study, None, 0, report.lang)
    private, assumed = _private_cost(report), not _own_prices(report)
    return decision(report.study, *least, report.lang, private=private, assumed=assumed)


def _private(report: Report) -> str:
    """How much of the least cost is at private schools: it need not be the county's to pay."""
    theirs = _at_private_schools(report)
    if not theirs:
        return ""
    say, schools = report.say, len({each.school_id for each in theirs})
    cost = about(say, _private_cost(report))
    return say.plural(
        "Of this cost, {cost} is at {n} private school (who pays is to be settled).",
        "Of this cost, {cost} is at {n} private schools (who pays is to be settled).",
        schools,
        cost=cost,
    )


def _private_cost(report: Report) -> float:
    return float(sum(each.cny for each in _at_private_schools(report)))


def _at_private_schools(report: Report) -> list[Measure]:
    rows = report.study.rows
    private = set(rows.loc[rows["ownership"] == "private", "school_id"])
    return [each for each in report.remedy.measures if each.school_id in private and each.cny > 0]


def _picture(report: Report, caption: str) -> Picture | str:
    if report.study.schools.empty or not report.study.rules.asks_of_schools:
        return ""
    say = report.say
    chart = overview_chart(report.study, report.lang)
    return Picture(chart, caption, say("A field for each school and indicator, coloured by status; the figures are in the tables of the schools."))  # fmt: skip


def _heading(text: str) -> str:
    return f"<p><strong>{html.escape(text)}</strong></p>\n"
