"""`junheng report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ...base.language import N_
from ...report import BRIEF, USUAL
from ..options import Counties, Force, Lang, StandardOption
from ..output import for_each, formats_of, print_findings, say_written, speaker, writer_for


def report(
    counties: Counties,
    out: Annotated[Path, typer.Option("--out", help=N_("Folder for the reports."))],
    year: Annotated[
        int | None, typer.Option("--year", help=N_("School year; default: the last."))
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", help=N_("Adds a chapter that looks ahead by this scenario.")),
    ] = None,
    standard: StandardOption = None,
    lang: Lang = "zh",
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help=N_(
                "One or more of pdf, html, docx, xlsx, with commas or repeated; default pdf,html, of a brief pdf,docx."
            ),
        ),
    ] = None,
    brief: Annotated[
        bool,
        typer.Option(
            "--brief",
            help=N_("Only the two pages that decide, as files of their own (PDF and Word)."),
        ),
    ] = False,
    force: Force = False,
) -> None:
    """`junheng report`."""
    from ...base.effort import effort
    from ...base.typefaces import UNPRINTABLE
    from ...data.load import load_county
    from ...report.build import write_report

    say = speaker(lang)
    chosen = formats_of(formats or (BRIEF if brief else USUAL))
    options = {"year": year, "lang": lang, "scenario": scenario, "formats": chosen, "brief": brief}
    options["standard"] = standard
    writer = writer_for(force, *counties)

    @effort()
    def work(name: str) -> None:
        county = load_county(name, standard)
        if sys.stderr.isatty():  # who waits sees for what; a log does not need it
            at = counties.index(name) + 1
            line = say("{n} of {all}: {name} …", n=at, all=len(counties), name=name)
            typer.echo(line, err=True)
        for path in write_report(county, out, writer=writer, **options):
            say_written(path, lang)
        # who sends the file off should know; the other reminders are for `check`
        print_findings([f for f in county.warnings if f.message == UNPRINTABLE], lang)

    for_each(counties, lang, work)
