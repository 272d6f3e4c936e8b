"""The cheapest way to pass: now, and in the years of a scenario."""

from __future__ import annotations

import pandas as pd

from ...base.files import N_
from ...data.load import prices_file
from ...present.projection.sentences import scenario_name
from ...present.remedies import calculation as worked
from ...present.remedies import charts, sentences, tables
from ...remedy.outcome.alone import rest, stuck
from ...remedy.outcome.drivers import rest_text, stuck_texts
from ...remedy.result import Remedy
from .page import Page, Picture, annex, bullets, paragraph, section, see
from .report import Report

METHOD = N_(
    "How to read it: the search weighs every threshold, the remaining indicator that each school is allowed, teachers who move, "
    "and all coefficients of variation together, in whole persons and rooms. It is a proof about these data and "
    "prices, not advice about persons: which teacher moves, and whether there is land, is not known to it."
)


def cheapest(report: Report) -> Page:
    """The least that has to be done to pass in the judged year, and the proof."""
    say, study, lang = report.say, report.study, report.lang
    title = say("The cheapest way to pass")
    if not study.rules.asks_of_schools:
        return Page(())
    if not report.judgeable:
        return section(title, paragraph(say("No school can be judged, so there is nothing to plan.")))  # fmt: skip
    answer = report.remedy
    if sentences.nothing(answer):
        left_out = sentences.limits_of_proof(answer, lang)
        return section(
            title,
            paragraph(say(sentences.NOTHING, year=study.year)),
            bullets(left_out) if left_out else "",
        )
    if answer.cost is None:
        return _no_way(title, answer, report)
    bought, limits = worked.bought(answer), worked.cost_by_limit(answer)
    further = [
        *sentences.further(bought, answer, lang),
        *sentences.cost_of_limits(limits, answer, lang),
        sentences.projects(answer, lang),
    ]
    return section(
        title,
        see(say, "remedies"),
        paragraph(say(sentences.SCOPE)),
        bullets(sentences.headline(answer, lang)),
        tables.means_grid(answer, lang),
        paragraph(sentences.prices_note(answer, prices_file(study.county.path).is_file(), lang)),
        *_money(bought, limits, report),
        bullets([text for text in further if text]),
    )


def _money(bought: worked.Bought | None, limits: pd.DataFrame, report: Report) -> tuple:
    """What each further yuan buys, drawn and in a table."""
    if bought is None:
        return ()
    say, answer, lang = report.say, report.remedy, report.lang
    return (
        Picture(
            charts.money_chart(bought, limits, answer, lang),
            say(
                "What the money reaches: the plan, the cheapest school first; below the beginning of a bar money is proved to be too little"
            ),
            say("Schools that pass against the money spent; the figures are in the table below."),
        ),
        tables.bought_grid(bought, lang),
    )


def measures(report: Report) -> Page:
    """Annex: the measures of the plans, school by school and year by year."""
    say, lang = report.say, report.lang
    parts = []
    if report.judgeable:
        answer = report.remedy
        if answer.cost is not None and not sentences.nothing(answer):
            parts += [tables.schools_grid(answer, lang), paragraph(say(METHOD))]
    found = report.remedy_ahead
    if found is not None and found.answer.cost is not None and not sentences.nothing(found.answer):
        parts += [
            tables.years_grid(found, lang),
            tables.calendar_grid(found, lang),
            tables.due_grid(found, lang),
            tables.idle_grid(found, lang),
        ]
    return annex(say("Measures of the cheapest way"), "remedies", *parts)


def _no_way(title: str, answer: Remedy, report: Report) -> Page:
    text, parts = sentences.no_way(answer, report.lang)
    return section(
        title,
        paragraph(report.say(sentences.SCOPE)),
        paragraph(text),
        bullets(parts) if parts else "",
        *_stuck(answer, report),
    )


def _stuck(answer: Remedy, report: Report) -> tuple[str, ...]:
    """The schools that no means allowed bring over the line, each with what stands in its way."""
    found = stuck(answer) if answer.status == "infeasible" else []
    if not found:
        return ()
    text = report.say("What stands in the way, school by school:")
    others = rest_text(rest(answer, found), answer, report.lang)
    return (
        paragraph(text),
        bullets(stuck_texts(found, answer, report.lang)),
        paragraph(others) if others else "",
    )


def later(report: Report) -> Page:
    """The cheapest way to pass in a year to come, by year; nothing without a scenario."""
    say, ahead, lang = report.say, report.what_if, report.lang
    if ahead is None:
        return Page(())
    found = report.remedy_ahead
    if found is None:
        return Page(())
    answer, by = found.answer, found.answer.study.year
    title = say(
        "The cheapest way to pass by {year}: {scenario}",
        year=by,
        scenario=scenario_name(ahead, lang, ahead.main),
    )
    if sentences.nothing(answer):
        return section(title, paragraph(say(sentences.NOTHING, year=by)))
    if answer.cost is None:
        return _no_way(title, answer, report)
    by_year = sentences.cost_by_year(found.years, lang)
    idle = sentences.idle_text(found, lang)
    return section(
        title,
        see(say, "remedies"),
        bullets(sentences.ahead_headline(found, None if report.projected else report.remedy, lang)),
        Picture(
            charts.years_chart(found.years, lang),
            say("What passing costs in each year of the scenario"),
            by_year or say("The figures are in the table below."),
        )
        if len(found.years) > 1
        else "",
        paragraph(by_year) if by_year else "",
        paragraph(sentences.due(found, lang)),
        paragraph(idle) if idle else "",
    )
