"""The county's plan as tables: projects, moves, equipment, what is due and what does not fit."""

from __future__ import annotations

from ...base.files import N_
from ...base.language import DASH, speak
from ...base.schema.terms import STAGE_LABELS
from ...measure.study import Study
from ..terms import plan_date
from .grid import Cell, Grid, number_cell

SEVERITY = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}


def remarks_grid(remarks, lang: str = "zh", caption: str = "") -> Grid:
    """Findings in a plan; the caption is that of all of them if omitted."""
    say = speak(lang)
    status = {"high": "not_met", "medium": "near", "low": ""}
    rows = tuple(
        (
            Cell(say(SEVERITY[remark.severity]), False, status[remark.severity]),
            Cell(remark.sentence(lang)),
            Cell(remark.where),
        )
        for remark in remarks
    )
    header = (say("Severity"), say("Finding"), say("Where in the plan"))
    return Grid(caption or say("What a careful reader finds in the plan"), header, rows, tight=True)


def projects_grid(plan, lang: str = "zh") -> Grid:
    """The plan's projects with years, areas, cost and seats."""
    say = speak(lang)
    rows = []
    for project in plan.projects:
        span = project.start or DASH
        if project.end and project.end != project.start:
            span += f" – {project.end}"
        rows.append(
            (
                Cell(project.name),
                Cell(span),
                number_cell(say, project.area_m2),
                number_cell(say, project.cost_cny),
                Cell("–".join(say.number(seats) for seats in project.seats) or DASH, True),
                Cell(project.funding or DASH),
                Cell(project.where),
            )
        )
    header = (
        say("Project"),
        say("Years"),
        say("Area (m²)"),
        say("Cost (yuan)"),
        say("Seats"),
        say("Funding"),
        say("Where in the plan"),
    )
    return Grid(say("Projects of the plan"), header, tuple(rows), tight=True)


def moves_grid(plan, lang: str = "zh") -> Grid:
    """Openings, mergers, acquisitions, relocations and diversions."""
    say = speak(lang)
    rows = tuple(
        (
            Cell(move.name),
            Cell(say.join(move.origin) or DASH),
            Cell(say.join(move.target) or DASH),
            Cell(say.label(STAGE_LABELS[move.stage]) if move.stage else DASH),
            Cell(" – ".join(dict.fromkeys(p for p in (move.start, move.end) if p)) or DASH),
            Cell("–".join(say.number(seats) for seats in move.seats) or DASH, True),
            Cell(move.where),
        )
        for move in plan.moves
    )
    header = (
        say("Move"),
        say("From"),
        say("To"),
        say("Stage"),
        say("Years"),
        say("Seats"),
        say("Where in the plan"),
    )
    return Grid(say("Moves of students and schools"), header, rows, tight=True)


def equipment_grid(plan, lang: str = "zh") -> Grid:
    """The plan's equipment by year."""
    say = speak(lang)
    rows = tuple(
        (
            Cell(str(row.year) + (f"–{row.end}" if row.end else "")),
            Cell(say.label(row.for_what)),
            number_cell(say, row.books),
            number_cell(say, row.computers),
            number_cell(say, row.instruments_cny),
        )
        for row in plan.equipment
    )
    header = (
        say("Year"),
        say("For"),
        say("Books (volumes)"),
        say("Computers (units)"),
        say("Instruments (yuan)"),
    )
    return Grid(say("Equipment of the plan"), header, rows)


def due_grid(plan, start: str, lang: str = "zh") -> Grid:
    """What is due in the twelve months from `start`, with the responsible units."""
    from ..plan_review import due_tasks

    say = speak(lang)
    kinds = {
        "task": say("task"),
        "step": say("project"),
        "project": say("project"),
        "milestone": say("milestone"),
    }
    rows = []
    for row in due_tasks(plan, start).to_dict("records"):
        name = row["name"]
        if row["kind"] == "step":
            name = say(": ").join((name[0], say.label(name[1])))
        elif row["kind"] == "milestone":
            name = say.label(name)
        span = row["start"] if row["start"] == row["end"] else f"{row['start']} – {row['end']}"
        rows.append(
            (
                Cell(span),
                Cell(kinds[row["kind"]]),
                Cell(name),
                Cell(say.join(row["responsible"]) or DASH),
            )
        )
    header = (say("When"), say("Kind"), say("What is due"), say("Responsible"))
    return Grid(
        say("Under way or due in the twelve months from {start}", start=plan_date(start, say.code)),
        header,
        tuple(rows),
        tight=True,
    )


def effects_grid(plan, study: Study, lang: str = "zh", teaching_share: float | None = None) -> Grid:
    """What the projects add per student in the years in which they are finished.

    `teaching_share`: part of an undivided building that is teaching area; that of a scenario which
    says nothing if omitted.
    """
    from ..plan_review import TEACHING_SHARE, project_effects

    say = speak(lang)
    share = TEACHING_SHARE if teaching_share is None else teaching_share
    rows = tuple(
        (
            Cell(str(row["year"])),
            Cell(say.join(row["projects"])),
            number_cell(say, row["teaching_m2"]),
            number_cell(say, row["teaching_per_student"], 2),
            number_cell(say, row["sports_m2"]),
            number_cell(say, row["sports_per_student"], 2),
        )
        for row in project_effects(plan, study, share).to_dict("records")
    )
    header = (
        say("Year"),
        say("Finished"),
        say("Teaching area (m²)"),
        say("per student, cumulated (m²)"),
        say("Sports area (m²)"),
        say("per student, cumulated (m²)"),
    )
    caption = say(
        "What the projects add at today's enrolment ({share} of an undivided building counted as "
        "teaching area)",
        share=say.percent(share, 0),
    )
    return Grid(caption, header, rows, tight=True)
