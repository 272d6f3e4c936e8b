"""What the verdict rests on: how firm it is, the data, the method, and the application form."""

from __future__ import annotations

import importlib.metadata
import math

from ...present.tables.data_quality import (
    census_grid,
    exclusions_grid,
    missing_grid,
    sites_grid,
    warnings_grid,
)
from ...present.tables.firmness import margins_grid, method_audit_grid, school_margins_grid
from ...present.tables.rules import concessions_grid, standard_grid, switches_grid
from ...present.terms import ROUNDED
from ...remedy.outcome.drivers import whole
from ..form import form_grids
from .page import Page, annex, bullets, paragraph, section, see, subheading
from .report import Report


def firmness(report: Report) -> Page:
    """How firm the verdicts are, in two sentences; nothing where no small change turns any."""
    say, study = report.say, report.study
    near, switches = school_margins_grid(study, report.lang), switches_grid(study, report.lang)
    audit = len(study.method_audit)
    if not near.rows and not audit and not switches.rows:
        return Page(())
    told = [
        say(
            "Where a verdict hangs by a few persons or square metres, check the input first: the "
            "smallest changes at a single school that would turn one round are listed in the annex."
        ),
        _turned(report, audit),
    ]
    if switches.rows:
        told.append(
            say.plural(
                "Where the texts leave a choice, another reading in use would change {n} verdict.",
                "Where the texts leave a choice, other readings in use would change {n} verdicts.",
                len(switches.rows),
            )
        )
    return section(say("How firm the verdicts are"), see(say, "firmness"), bullets(told))


def _turned(report: Report, count: int) -> str:
    """How many verdicts the methods of programs in circulation would turn round."""
    say = report.say
    first = say(
        "Method audit. Programs in circulation calculate differently: without student "
        "weights, with rounded values, or without dividing through-schools."
    )
    if count:
        then = say.plural(
            "{n} verdict would be turned round.", "{n} verdicts would be turned round.", count
        )
    else:
        then = say("No verdict would be turned round.")
    return whole(say, first, then)


def margins(report: Report) -> Page:
    """Annex: small changes and other methods that would turn verdicts round; concessions."""
    say, study = report.say, report.study
    audit = method_audit_grid(study, report.lang)
    count = len(study.method_audit)
    shown = say(
        "{n} verdicts would be turned round; the first {shown} are listed.",
        n=say.number(count),
        shown=say.number(len(audit.rows)),
    )
    return annex(
        say("What would turn a verdict round"),
        "firmness",
        school_margins_grid(study, report.lang),
        margins_grid(study, report.lang),
        paragraph(shown) if count > len(audit.rows) else "",
        audit,
        switches_grid(study, report.lang),
        paragraph(
            say(
                "Concessions of the Working Rules are off unless they are switched on; each needs "
                "its proof, and full compliance within three years after recognition."
            )
        ),
        concessions_grid(study, report.lang),
    )


def data_quality(report: Report) -> Page:
    """Annex: what is missing, what is left out and why."""
    say, study = report.say, report.study
    return annex(
        say("Quality of the data"),
        "data",
        census_grid(study, report.lang),
        paragraph(say(ROUNDED)) if report.projected else "",
        sites_grid(study, report.lang),
        exclusions_grid(study, report.lang),
        missing_grid(study, report.lang),
        warnings_grid(study, report.lang),
    )


def method(report: Report) -> Page:
    """Annex: method, standard, sources, versions and fingerprint."""
    say, study = report.say, report.study
    note = study.rules.standard.profile.note
    steps = [
        say(
            "Register: every school that is open and every stage it teaches. Left out are "
            "special-education schools and teaching points with fewer than {limit} students; "
            "private schools and schools run by other levels of government count.",
            limit=say.number(study.rules.number("option.teaching_point_students")),
        ),
        say(
            "Indoor sports area is taken out of the teaching area and added to the sports area. "
            "Teaching area, sports area, equipment and multimedia rooms of through-schools and "
            "combined secondary schools are then divided among the stages by students weighted "
            "1 : 1.1 : 1.32 (primary : junior : senior). Teachers are counted in the stage in "
            "which they are recorded."
        ),
        say(
            "Value of a school: resource divided by students. County mean: total resource "
            "divided by total students. CV = √[Σ P (X − M)² / Σ P] / M with the schools' students P, "
            "values X and the county mean M (population form)."
        ),
        say(
            "Missing data are neither 0 nor average: what needs them is not assessed and leaves "
            "the verdict open. All comparisons use unrounded values and include the limit itself."
        ),
    ]
    sources = [
        source.title + (f" — {source.note}" if source.note else "")
        for source in study.county.record.sources
    ]
    packages = ("junheng", "pandas", "numpy", "matplotlib", "papermill", "nbconvert", "typst")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    return annex(
        say("Method, standard and sources"),
        "method",
        subheading(say("Method")),
        bullets(steps),
        subheading(say("Standard")),
        paragraph(
            say(
                "{title}; rules in force on {date}.",
                title=say.label(study.rules.standard.title),
                date=study.rules.date,
            )
        ),
        paragraph(say.label(note)) if note else "",
        standard_grid(study, report.lang),
        subheading(say("Sources of the data")),
        bullets(sources) if sources else paragraph(say("No source is given with the data.")),
        subheading(say("Reproducibility")),
        paragraph(say("Versions: {versions}.", versions=versions)),
        paragraph(
            say(
                "Fingerprint of the inputs (SHA-256): {digest}. The same fingerprint and versions "
                "give the same file, byte by byte.",
                digest=_spaced(study.county.fingerprint),
            )
        ),
    )


def form(report: Report) -> Page:
    """Annex: the tables of the national application form."""
    if not report.study.rules.standard.is_whole:
        return Page(())  # the form is that of an evaluation in all its parts
    grids = form_grids(report.study, report.lang)
    return annex(
        report.say("The application form"),
        "form",
        paragraph(
            report.say(
                "Tables I to VI of the national application form, with its columns and decimals. "
                "The command junheng form writes them as a workbook to fill in and to file."
            )
        ),
        *(grid for grid in grids.values()),
    )


def _spaced(digest: str, size: int = 8) -> str:
    """A long digest in groups, so that it can be read aloud and breaks in print."""
    groups = math.ceil(len(digest) / size)
    return " ".join(digest[i * size : (i + 1) * size] for i in range(groups))
