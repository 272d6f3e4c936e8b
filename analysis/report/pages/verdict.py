"""The verdict: cover, findings, requirement by requirement, the county's own targets."""

from __future__ import annotations

import html

from ...present import sentences
from ...present.tables.evaluation import checklist_grid, open_grid, parts_table
from ...present.tables.targets import own_course_grid, phases_grid, targets_grid
from ...present.terms import floor_share, item_title, school_year
from .page import METADATA, Page, bullets, paragraph, section
from .report import Report


def cover(report: Report) -> Page:
    """Cover: county, year, verdict, synthetic mark, what was judged."""
    say, study, record = report.say, report.study, report.study.county.record
    judged = study.rows[study.rows["in_scope"]]
    facts = [
        (say("Province"), say.label(record.province)),
        (say("County code"), record.code),
        (say("Data"), school_year(study.year, say)),
        (say("Standard"), say.label(study.rules.standard.title)),
        (
            say("Judged"),
            say(
                "{schools} schools, {rows} rows by stage, {students} students",
                schools=say.number(judged["school_id"].nunique()),
                rows=say.number(len(judged)),
                students=say.number(judged["students"].sum()),
            ),
        ),
    ]
    if record.target_year:
        facts.append((say("Target year of the county"), str(record.target_year)))
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(key)}</th><td>{html.escape(value)}</td></tr>"
        for key, value in facts
    )
    short = html.escape(sentences.verdict_short(study, report.lang, report.chance))
    parts = [
        f"<h1>{html.escape(say.label(record.name))}</h1>",
        paragraph(say("Report on high-quality and balanced compulsory education"), "subtitle"),
        paragraph(school_year(study.year, say), "edition"),
        f'<div class="verdict-{report.shade}"><p><strong>{short}</strong></p>'
        f"{paragraph(sentences.verdict(study, report.lang, report.chance))}</div>",
        *(paragraph(mark, "synthetic") for mark in report.marks),
        f'<table class="facts"><tbody>{rows}</tbody></table>',
        paragraph(say("Examined by: ____________    Date: ____________"), "signature"),
    ]
    body = f'<div class="cover">{"".join(parts)}</div>\n'
    return Page((body,), {METADATA: report.metadata})


def findings(report: Report) -> Page:
    """One page: the conclusion first."""
    say, study = report.say, report.study
    return section(
        say("Findings"),
        paragraph(sentences.verdict(study, report.lang, report.chance), f"verdict-{report.shade}"),
        bullets(sentences.findings(study, report.lang)),
        parts_table(study, report.lang),
        paragraph(
            say(
                "Marks in all tables: △ {floor} of the threshold or more, × not met, ○ not assessed.",
                floor=floor_share(study, report.lang),
            )
        ),
    )


def checklist(report: Report) -> Page:
    """The parts of the standard, requirement by requirement, and what is open."""
    say, study = report.say, report.study
    open_ = open_grid(study, report.lang)
    parts = [
        checklist_grid(study, part, report.lang)
        for part in ("government", "quality", "recognition", "veto", "resource")
    ]
    return section(
        say("Requirement by requirement"),
        paragraph(
            say(
                "The value is that of the school or subject which is worst placed; the margin is "
                "what it has beyond the requirement, negative what it lacks. All requirements of "
                "every part have to be met; a veto condition that was found outranks everything. "
                "Items without data are not assessed and leave the verdict open."
            )
        ),
        *parts,
        open_ if open_.rows else paragraph(say("Every requirement is assessed.")),
    )


def targets(report: Report) -> Page:
    """The county's own plan beside the national rules, now and in its later phases."""
    say, study = report.say, report.study
    own = study.plan.get(study.year)
    if own is None:
        text = say(
            "The county has given no targets of its own; it is judged by the national rules."
        )
        return section(say("The county's own targets"), paragraph(text))
    grid = targets_grid(study, report.lang)
    phases = phases_grid(study, report.lang) if len(study.plan_years) > 1 else None
    note = own.standard.profile.note
    silent = [
        item_title(study, name, report.lang)
        for name in own.standard.profile.not_stated
        if name in study.rules and not name.startswith(("option.", "concession.", "V"))
    ]
    return section(
        say("The county's own targets"),
        paragraph(
            say(
                "Plan: {title}. An evaluation threshold and a target of the county are two things: "
                "each item is judged by both. Targets for the seven indicators are judged on the "
                "county mean.",
                title=say.label(own.standard.title),
            )
        ),
        paragraph(say.label(note)) if note else "",
        bullets(sentences.weaker_targets(study, report.lang)),
        grid,
        phases if phases else "",
        own_course_grid(study, report.lang),
        paragraph(sentences.silent(silent, report.lang)) if silent else "",
    )
