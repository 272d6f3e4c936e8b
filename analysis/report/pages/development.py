"""Over the years: the course so far, the plan on the time line, what comes by a scenario."""

from __future__ import annotations

from dataclasses import replace

from ...base.files import N_
from ...future.what_if import WhatIf
from ...policy.plan import Plan
from ...present.charts.development import enrolment_chart, trend_chart
from ...present.charts.roadmap import roadmap_chart
from ...present.projection import charts, seats, tables
from ...present.projection.emptied import EMPTIED_METHOD, emptied_grid, emptied_text
from ...present.projection.sentences import band_text, conclusions, scenario_name
from ...present.projection.staffing import staffing_grid, staffing_method, staffing_text
from ...present.tables.development import (
    pace_grid,
    pace_text,
    passing_grid,
    shrinking_grid,
    trend_grid,
)
from ...present.tables.grid import Grid
from ...present.tables.plan import (
    due_grid,
    effects_grid,
    equipment_grid,
    moves_grid,
    projects_grid,
    remarks_grid,
)
from ...present.tables.work import duties_grid, groups_grid, levels_grid, work_grid
from ...present.terms import ROUNDED
from .page import Page, Picture, annex, bullets, paragraph, section, see
from .report import Report

OUTLOOK_METHOD = N_(
    "Method: pupils go on by cohort and grade in every school (progression ratios of {years}, drawn towards those of the county where a school is small; schools that exchanged pupils "
    "count as one in that year); entrants follow the births of the children who are six by the "
    "cut-off date. Where the method comes from: {source}. A cohort keeps its classes. What the scenario does not name stays as last "
    "observed: areas, equipment, and everything that the county reports; teachers go on as the scenario "
    "assumes (by the trend every school keeps its own). Public-use funds "
    "follow the students. Students here are those of all schools but special-education schools. Every projected year is judged by the rules in force in that year."
)


def _method(report: Report, ahead: WhatIf) -> str:
    """How the main scenario was projected, by what its own file says."""
    say, course = report.say, ahead.study.outlook.scenario.progression
    years = say("the last {n} years", n=course.window) if course.window else say("all years")
    source = course.source if isinstance(course.source, str) else say.label(course.source)
    return say(OUTLOOK_METHOD, years=years, source=source)


def trends(report: Report) -> Page:
    """How it came to this: schools that pass and coefficients of variation; nothing for one year alone."""
    say, study = report.say, report.study
    years = list(study.years)
    if len(years) == 1:
        return Page(())
    span = f"{years[0]}–{years[-1]}"
    return section(
        say("Course over the years"),
        see(say, "years"),
        paragraph(
            say(
                "Each year is judged by the rules in force in that year; a year before the first "
                "rules has no threshold."
            )
        ),
        passing_grid(study, report.lang),
        Picture(
            trend_chart(study, "cv", report.lang),
            say("Coefficients of variation, {span}", span=span),
            say("Small panels, one per indicator; the figures are in the tables of the annex."),
        ),
    )


def all_years(report: Report) -> Page:
    """Annex: students, means and coefficients of variation over the years, and the pace."""
    say, study = report.say, report.study
    years = list(study.years)
    if len(years) == 1:
        return Page(())
    span = f"{years[0]}–{years[-1]}"
    drawn = report.what_if.forecast if report.what_if else None
    pace = pace_grid(study, report.lang, drawn)
    return annex(
        say("All figures over the years"),
        "years",
        Picture(
            enrolment_chart(study, report.lang),
            say("Students by stage, {span}", span=span),
            say("Lines of the students of each stage over the school years {span}.", span=span),
        ),
        Picture(
            trend_chart(study, "mean", report.lang),
            say("County means of the indicators, {span}", span=span),
            say("Small panels, one per indicator; the figures are in the tables below."),
        ),
        trend_grid(study, "mean", report.lang),
        trend_grid(study, "cv", report.lang),
        shrinking_grid(study, report.lang),
        paragraph(pace_text(study, report.lang, drawn)) if pace.rows else "",
        pace,
    )


#: Rows of what is due that the body shows.
DUE = 10


def plan(report: Report) -> Page:
    """What the plan has, what is due next, what does not fit; nothing without a plan."""
    say, study = report.say, report.study
    plan = study.county.plan
    if plan is None:
        return Page(())
    due = _due(plan, report)
    more = len(due.rows) - DUE
    remarks = [each for each in report.remarks if each.severity == "high"]
    return section(
        say("The plan"),
        see(say, "plan"),
        paragraph(_counts(plan, report)),
        replace(due, rows=due.rows[:DUE]) if more > 2 else due,
        remarks_grid(remarks, report.lang, say("What does not fit in the plan")),
    )


def _due(plan: Plan, report: Report) -> Grid:
    """What is due in the twelve months from the beginning of the judged year, or of the plan."""
    year = f"{report.study.year:04d}-09"
    start = max(year, plan.start if "-" in plan.start else f"{plan.start}-01")
    return due_grid(plan, start, report.lang)


def _counts(plan: Plan, report: Report) -> str:
    """What the plan has; what it does not have is not counted."""
    say = report.say
    parts = {
        N_("{n} phases"): plan.phases,
        N_("{n} projects"): plan.projects,
        N_("{n} moves"): plan.moves,
        N_("{n} measures"): plan.measures,
        N_("{n} rows of the calendar"): plan.calendar,
        N_("{n} recurring duties"): plan.duties,
    }
    return say(
        "{title} ({document}) has {parts}.",
        title=say.label(plan.title),
        document=plan.document,
        parts=say.join(say(words, n=len(found)) for words, found in parts.items() if found),
    )


def whole_plan(report: Report) -> Page:
    """Annex: the plan on the time line, all that is due, projects, moves, equipment, and what does not fit."""
    say, study = report.say, report.study
    plan = study.county.plan
    if plan is None:
        return Page(())
    due = _due(plan, report)
    return annex(
        say("The plan in full"),
        "plan",
        Picture(
            roadmap_chart(plan, report.lang, study.year),
            say("The plan on the time line"),
            say("Bars for phases, projects, moves and equipment; diamonds for milestones."),
        ),
        due if len(due.rows) > DUE + 2 else "",
        projects_grid(plan, report.lang),
        effects_grid(plan, study, report.lang, report.teaching_share),
        moves_grid(plan, report.lang),
        equipment_grid(plan, report.lang),
        work_grid(plan, report.lang),
        duties_grid(plan, study, report.lang),
        groups_grid(plan, report.lang),
        levels_grid(plan, study, report.lang),
        remarks_grid(
            [each for each in report.remarks if each.severity != "high"],
            report.lang,
            say("What a careful reader finds in the plan besides"),
        ),
        paragraph(say("What a reader notices besides, and no rule can find:"))
        if plan.oddities
        else "",
        bullets([say.label(text) for text in plan.oddities]) if plan.oddities else "",
    )


def _seats(report: Report, ahead: WhatIf) -> list:
    """Picture and table of the seat warnings; nothing where the scenario has no levels."""
    say = report.say
    if ahead.seats.empty:
        return []
    return [
        paragraph(seats.seat_text(ahead, report.lang)),
        Picture(
            seats.seat_chart(ahead, report.lang),
            say("Seat warnings by stage and area (pupils per 100 places)"),
            say(
                "A strip per stage and area, a field per year; the years with a warning are in the next table."
            ),
        ),
        seats.seat_grid(ahead, report.lang, warned=True),
    ]


def outlook(report: Report) -> Page:
    """What comes if a scenario comes true, beside the trend; nothing without a scenario."""
    say, ahead = report.say, report.what_if
    if ahead is None:
        return Page(())
    lang = report.lang
    span = f"{report.study.county.years[0]}–{ahead.study.outlook.until}"
    return section(
        say("What if: {scenario}", scenario=scenario_name(ahead, lang, ahead.main)),
        see(say, "scenario"),
        bullets(conclusions(ahead, lang)),
        tables.comparison_grid(ahead, lang),
        Picture(
            charts.enrolment_chart(ahead, lang),
            say("Students by scenario, {span}", span=span),
            say("Lines by scenario, projected years on grey; the figures are in the tables."),
        ),
        tables.verdict_grid(ahead, lang),
        paragraph(staffing_text(ahead, lang)),
        bullets([*seats.seat_sentences(ahead, lang), *emptied_text(ahead, lang)]),
    )


def scenario(report: Report) -> Page:
    """Annex: all figures of the scenario, how likely they are, and what they take for granted."""
    say, ahead = report.say, report.what_if
    if ahead is None:
        return Page(())
    lang = report.lang
    span = f"{report.study.county.years[0]}–{ahead.study.outlook.until}"
    emptied = emptied_grid(ahead, lang)
    held = tables.coverage_grid(ahead, lang)
    return annex(
        say("All figures of the scenario"),
        "scenario",
        paragraph(band_text(ahead, lang)),
        tables.needs_grid(ahead, lang),
        staffing_grid(ahead, lang),
        paragraph(staffing_method(ahead, lang)),
        *_seats(report, ahead),
        seats.other_stages_grid(ahead, lang, turns=True),
        seats.small_classes_grid(ahead, lang),
        tables.needed_staff_grid(ahead, lang),
        tables.small_schools_grid(ahead, lang),
        tables.hollow_grid(ahead, lang),
        emptied,
        paragraph(say(EMPTIED_METHOD, last=ahead.last)) if emptied.rows else "",
        Picture(
            charts.schools_chart(ahead, lang),
            say("Schools that meet the school rule by scenario, {span}", span=span),
            say("Lines by scenario, projected years on grey; the figures are in the tables."),
        ),
        Picture(
            charts.balance_chart(ahead, lang),
            say("Coefficients of variation by scenario, {span} (red line: limit)", span=span),
            say("Small panels, one per indicator; lines by scenario, projected years on grey."),
        ),
        Picture(
            charts.chances_chart(ahead, lang),
            say("How likely each condition is met, by year"),
            say("Lines of the share of drawn courses; the figures are in the next table."),
        ),
        tables.chances_grid(ahead, lang),
        held
        if held.rows
        else paragraph(say("The county's past is too short for a back-test of the bands.")),
        tables.notes_grid(ahead, lang),
        tables.assumptions_grid(ahead, lang),
        paragraph(_method(report, ahead)),
        paragraph(say(ROUNDED)),
    )
