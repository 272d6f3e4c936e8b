"""What the data hold: the register, what is left out, not reported or noticed by the checks."""

from __future__ import annotations

from ...base.files import N_
from ...base.language import DASH, speak
from ...base.schema.tables import TABLES
from ...base.schema.terms import SCHOOL_TYPES, STAGE_LABELS
from ...data.belonging.sites import Site
from ...measure.apportioning.scope import exclusion_text
from ...measure.study import Study
from .grid import Cell, Grid, number_cell, text_cell


def census_grid(study: Study, lang: str = "zh") -> Grid:
    """Register = rows judged + rows left out, by type of school."""
    say = speak(lang)
    rows = []
    table = study.rows
    for (kind, stage), part in table.groupby(["type", "stage"], sort=False):
        rows.append(
            (
                text_cell(SCHOOL_TYPES[kind].label(lang)),
                text_cell(say.label(STAGE_LABELS[stage])),
                number_cell(say, len(part)),
                number_cell(say, part["in_scope"].sum()),
                number_cell(say, (~part["in_scope"]).sum()),
                number_cell(say, part["students"].sum()),
                number_cell(say, part.loc[part["in_scope"], "students"].sum()),
            )
        )
    rows.append(
        (
            text_cell(say("Total")),
            text_cell(""),
            number_cell(say, len(table)),
            number_cell(say, table["in_scope"].sum()),
            number_cell(say, (~table["in_scope"]).sum()),
            number_cell(say, table["students"].sum()),
            number_cell(say, table.loc[table["in_scope"], "students"].sum()),
        )
    )
    header = (
        say("School type"),
        say("Stage"),
        say("Rows in the register"),
        say("Judged"),
        say("Left out"),
        say("Students (persons)"),
        say("of them judged"),
    )
    return Grid(say("Register = rows judged + rows left out"), header, tuple(rows))


def exclusions_grid(study: Study, lang: str = "zh") -> Grid:
    """Every row left out, with the reason."""
    say = speak(lang)
    limit = study.rules.number("option.teaching_point_students")
    rows = []
    for row in study.rows[~study.rows["in_scope"]].to_dict("records"):
        message, values = exclusion_text(row["reason"], row["note"], limit)
        values["note"] = values["note"][lang]
        rows.append(
            (
                text_cell(row["school"]),
                text_cell(say.label(STAGE_LABELS[row["stage"]])),
                number_cell(say, row["students"]),
                Cell(say(message, **values)),
            )
        )
    header = (say("School"), say("Stage"), say("Students (persons)"), say("Reason"))
    return Grid(say("Left out of the indicators"), header, tuple(rows))


def sites_grid(study: Study, lang: str = "zh") -> Grid:
    """Sites that count with the school they belong to, and those whose school is not known."""
    say = speak(lang)
    names = dict(zip(study.rows["school_id"], study.rows["school"], strict=True))
    rows = [
        (
            text_cell(site.name),
            text_cell(names.get(site.main, site.main)),
            Cell(say(_ADDED if site.counts_apart(study.year) else _CONTAINED)),
        )
        for site in study.county.sites.joined
        if site.is_open(study.year)
    ]
    rows += [(text_cell(site.name), Cell(DASH), Cell(say(_OPEN))) for site in unplaced(study)]
    header = (say("Site"), say("School that it belongs to"), say("How it counts"))
    return Grid(say("Sites that are not counted as schools"), header, tuple(rows))


def unplaced(study: Study) -> list[Site]:
    """Sites open in the judged year whose school is not known."""
    return [site for site in study.county.sites.unplaced if site.is_open(study.year)]


_ADDED = N_("Its figures are added to those of the school.")
_CONTAINED = N_("It has no figures of its own: those of the school are taken to contain them.")
_OPEN = N_(
    "It is not known to which school it belongs: neither it nor the schools that it may belong to are assessed."
)


def missing_grid(study: Study, lang: str = "zh") -> Grid:
    """What was not reported in the judged year, and what it leaves open."""
    say = speak(lang)
    part = study.indicators[study.indicators["status"] == "not_assessed"]
    rows = [
        (
            text_cell(school),
            text_cell(say.label(STAGE_LABELS[stage])),
            Cell(
                say.join(
                    say.label(study.rules.indicators[name].short) for name in group["indicator"]
                )
            ),
        )
        for (stage, school), group in part.groupby(["stage", "school"], sort=False)
    ]
    header = (say("School"), say("Stage"), say("Not assessed"))
    return Grid(say("What was not reported"), header, tuple(rows))


def warnings_grid(study: Study, lang: str = "zh") -> Grid:
    """What the checks noticed without refusing the data."""
    say = speak(lang)
    rows = []
    for finding in study.county.warnings:
        table = TABLES[finding.table].label(lang) if finding.table in TABLES else ""
        text = finding.sentence(lang)
        # the reader of a report knows the table, not the path on somebody's disk
        if finding.file and text.startswith(finding.file):
            text = text[len(finding.file) :].lstrip("，：:, ")
        rows.append((Cell(table), Cell(text)))
    return Grid(say("Warnings of the data checks"), (say("Table"), say("Warning")), tuple(rows))
