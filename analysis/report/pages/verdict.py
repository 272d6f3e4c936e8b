"""The verdict in detail: findings, what is not met or open, requirement by requirement, the county's own targets."""

from __future__ import annotations

from ...present import sentences
from ...present.tables.evaluation import checklist_grid, open_grid, unmet_grid
from ...present.tables.targets import (
    missed_targets_grid,
    own_course_grid,
    phases_grid,
    targets_grid,
)
from ...present.terms import floor_share, item_title
from .page import Page, annex, bullets, paragraph, section, see
from .report import Report


def findings(report: Report) -> Page:
    """The conclusions in sentences, and how the marks are read."""
    say, study = report.say, report.study
    return section(
        say("Findings"),
        bullets(sentences.findings(study, report.lang)),
        paragraph(
            say(
                "Marks in all tables: △ {floor} of the threshold or more, × not met, ○ not assessed.",
                floor=floor_share(study, report.lang),
            )
        )
        if study.rules.asks_of_schools
        else "",
    )


def unmet(report: Report) -> Page:
    """What is not met or not assessed, with value, requirement and place; nothing if all is met."""
    say, study = report.say, report.study
    failed, open_ = unmet_grid(study, report.lang), open_grid(study, report.lang)
    if not failed.rows and not open_.rows:
        return Page(())
    return section(
        say("What is not met or not assessed"),
        see(say, "checklist"),
        failed,
        open_,
    )


def checklist(report: Report) -> Page:
    """Annex: the parts of the standard, requirement by requirement."""
    say, study = report.say, report.study
    return annex(
        say("Requirement by requirement"),
        "checklist",
        paragraph(
            say(
                "The value is that of the school or subject which is worst placed; the margin is "
                "what it has beyond the requirement, negative what it lacks. All requirements of "
                "every part have to be met; a veto condition that was found outranks everything. "
                "Items without data are not assessed and leave the verdict open."
            )
        ),
        *(
            checklist_grid(study, part, report.lang)
            for part in ("government", "quality", "recognition", "veto", "resource")
        ),
    )


def targets(report: Report) -> Page:
    """The county's own targets: which would fail the evaluation, which are missed; nothing without a plan."""
    say, study = report.say, report.study
    own = study.plan.get(study.year)
    if own is None:
        return Page(())
    missed = missed_targets_grid(study, report.lang)
    return section(
        say("The county's own targets"),
        see(say, "targets"),
        paragraph(
            say(
                "Plan: {title}. An evaluation threshold and a target of the county are two things: "
                "each item is judged by both. Targets for the indicators are judged on the "
                "county mean.",
                title=say.label(own.standard.title),
            )
        ),
        bullets(sentences.weaker_targets(study, report.lang)),
        missed if missed.rows else paragraph(say("All targets of this year are reached.")),
    )


def all_targets(report: Report) -> Page:
    """Annex: every target of the county beside the national rule, now and in its later phases."""
    say, study = report.say, report.study
    own = study.plan.get(study.year)
    if own is None:
        return Page(())
    note = own.standard.profile.note
    silent = [
        item_title(study, name, report.lang)
        for name in own.standard.profile.not_stated
        if name in study.rules and not name.startswith(("option.", "concession.", "V"))
    ]
    return annex(
        say("All targets of the county"),
        "targets",
        paragraph(say.label(note)) if note else "",
        targets_grid(study, report.lang),
        phases_grid(study, report.lang) if len(study.plan_years) > 1 else "",
        own_course_grid(study, report.lang),
        paragraph(sentences.silent(silent, report.lang)) if silent else "",
    )
