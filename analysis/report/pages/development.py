"""Over the years: the course so far, the plan on the time line, what comes by a scenario."""

from __future__ import annotations

from ...base.files import N_
from ...future.what_if import WhatIf
from ...present.charts.development import enrolment_chart, trend_chart
from ...present.charts.roadmap import roadmap_chart
from ...present.plan_review import TEACHING_SHARE, review
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
from ...present.tables.plan import (
    due_grid,
    effects_grid,
    equipment_grid,
    moves_grid,
    projects_grid,
    remarks_grid,
)
from ...present.terms import ROUNDED
from .page import Page, Picture, bullets, paragraph, section
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
    """Course of means and CVs over the years."""
    say, study = report.say, report.study
    years = list(study.years)
    if len(years) == 1:
        return section(
            say("Course over the years"),
            paragraph(say("There are data for one school year only; a course cannot be shown.")),
        )
    span = f"{years[0]}–{years[-1]}"
    drawn = report.what_if.forecast if report.what_if else None
    pace = pace_grid(study, report.lang, drawn)
    return section(
        say("Course over the years"),
        paragraph(
            say(
                "Each year is judged by the rules in force in that year; a year before the first "
                "rules has no threshold."
            )
        ),
        Picture(
            enrolment_chart(study, report.lang),
            say("Students by stage, {span}", span=span),
            say("Lines of the students of each stage over the school years {span}.", span=span),
        ),
        passing_grid(study, report.lang),
        Picture(
            trend_chart(study, "mean", report.lang),
            say("County means of the seven indicators, {span}", span=span),
            say("Small panels, one per indicator; the figures are in the tables below."),
        ),
        trend_grid(study, "mean", report.lang),
        Picture(
            trend_chart(study, "cv", report.lang),
            say("Coefficients of variation, {span}", span=span),
            say("Small panels, one per indicator; the figures are in the tables below."),
        ),
        trend_grid(study, "cv", report.lang),
        shrinking_grid(study, report.lang),
        paragraph(pace_text(study, report.lang, drawn)),
        pace
        if pace.rows
        else paragraph(say("Every goal is reached already, or has none to be reached.")),
    )


def plan(report: Report) -> Page:
    """The county's plan: time line, what is due, projects, and what does not fit."""
    say, study = report.say, report.study
    plan = study.county.plan
    title = say("The plan on the time line")
    if plan is None:
        return section(title, paragraph(say("There is no plan.yaml with this county's data.")))
    share = TEACHING_SHARE
    if report.what_if and report.what_if.scenarios[report.what_if.main].plan:
        share = report.what_if.scenarios[report.what_if.main].plan.teaching_share
    remarks = review(plan, study, share)
    start = max(f"{study.year:04d}-09", plan.start if "-" in plan.start else f"{plan.start}-01")
    grids = [
        due_grid(plan, start, report.lang),
        remarks_grid(remarks, report.lang),
        projects_grid(plan, report.lang),
        effects_grid(plan, study, report.lang, share),
        moves_grid(plan, report.lang),
        equipment_grid(plan, report.lang),
    ]
    parts = {
        N_("{n} phases"): plan.phases,
        N_("{n} projects"): plan.projects,
        N_("{n} moves"): plan.moves,
        N_("{n} measures"): plan.measures,
        N_("{n} rows of the calendar"): plan.calendar,
        N_("{n} recurring duties"): plan.duties,
    }
    # what the plan does not have is not counted
    counts = say(
        "{title} ({document}) has {parts}.",
        title=say.label(plan.title),
        document=plan.document,
        parts=say.join(say(words, n=len(found)) for words, found in parts.items() if found),
    )
    return section(
        title,
        paragraph(counts),
        Picture(
            roadmap_chart(plan, report.lang, study.year),
            say("The plan on the time line"),
            say("Bars for phases, projects, moves and equipment; diamonds for milestones."),
        ),
        *(grid for grid in grids),
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
    notes, small = tables.notes_grid(ahead, lang), tables.small_schools_grid(ahead, lang)
    hollow, held = tables.hollow_grid(ahead, lang), tables.coverage_grid(ahead, lang)
    return section(
        say("What if: {scenario}", scenario=scenario_name(ahead, lang, ahead.main)),
        bullets(conclusions(ahead, lang)),
        tables.comparison_grid(ahead, lang),
        Picture(
            charts.enrolment_chart(ahead, lang),
            say("Students by scenario, {span}", span=span),
            say("Lines by scenario, projected years on grey; the figures are in the tables."),
        ),
        paragraph(band_text(ahead, lang)),
        tables.verdict_grid(ahead, lang),
        Picture(
            charts.schools_chart(ahead, lang),
            say("Schools that meet the school rule by scenario, {span}", span=span),
            say("Lines by scenario, projected years on grey; the figures are in the tables."),
        ),
        tables.needs_grid(ahead, lang),
        paragraph(staffing_text(ahead, lang)),
        staffing_grid(ahead, lang),
        paragraph(staffing_method(ahead, lang)),
        bullets(seats.seat_sentences(ahead, lang)),
        *_seats(report, ahead),
        *[
            grid
            for grid in (
                seats.other_stages_grid(ahead, lang, turns=True),
                seats.small_classes_grid(ahead, lang),
            )
            if grid.rows
        ],
        tables.needed_staff_grid(ahead, lang),
        small
        if small.rows
        else paragraph(
            say("No school becomes smaller than the standard counts or leaves the judgement.")
        ),
        hollow,
        bullets(emptied_text(ahead, lang)),
        emptied_grid(ahead, lang),
        paragraph(say(EMPTIED_METHOD, last=ahead.last)),
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
        notes,
        tables.assumptions_grid(ahead, lang),
        paragraph(_method(report, ahead)),
        paragraph(say(ROUNDED)),
    )
