"""`junheng check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...base.digest import digest
from ...base.files import N_, InputError, problem
from ..options import Counties, Force, Lang
from ..output import check_workbook, checked_writer, for_each, print_findings, speaker


def check(
    counties: Counties,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Workbook (.xlsx): the county's own, wrong cells marked."),
    ] = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """Read and validate; print every problem; exit status 1 if there is an error."""
    from ...data.load import read_county

    say = speaker(lang)
    if out is not None:
        check_workbook(out, "--out")
        if len(counties) > 1:
            raise typer.BadParameter("takes one county", param_hint="--out")

    def work(name: str) -> None:
        if out is not None and out.exists() and Path(name).exists() and out.samefile(name):
            raise problem(N_("is what is to be checked; give the copy another name"), file=out)
        writer = checked_writer(out, force, name)
        county, findings = read_county(name)
        if out is not None:
            from ...data.corrections import write_corrections

            writer.put(out, write_corrections(name, findings, lang))
            typer.echo(say("{path} written", path=out))
        print_findings(findings, lang)
        if len(digest(findings, lang)) < len(findings) and out is None:
            typer.echo(
                say("All places one by one: junheng check {name} --out findings.xlsx", name=name),
                err=True,
            )
        errors = [f for f in findings if f.severity == "error"]
        if county is None:
            typer.echo(
                say.plural("{name}: {n} error", "{name}: {n} errors", len(errors), name=name)
            )
            raise InputError([])
        typer.echo(
            say(
                "{name}: in order ({schools} schools, {years}, {warnings} warnings)",
                name=name,
                schools=len(county.tables["schools"]),
                years=f"{county.years[0]}–{county.years[-1]}",
                warnings=len(findings),
            )
        )
        from ...future.past.break_notes import find_breaks
        from ...future.past.migration import find_migrants

        for note in (*find_breaks(county), *find_migrants(county)):
            typer.echo(note.sentence(lang))

    for_each(counties, lang, work)
