"""`junheng check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...base.digest import digest
from ...base.files import N_, InputError, problem
from ..options import Counties, Force, Lang, StandardOption
from ..output import (
    check_workbook,
    checked_writer,
    for_each,
    misused,
    print_findings,
    say_written,
    speaker,
)

if TYPE_CHECKING:
    from ...measure.open_items.missing import Gap
    from ...measure.study import Study


def check(
    counties: Counties,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=N_("Workbook (.xlsx): the county's own, wrong cells marked.")),
    ] = None,
    standard: StandardOption = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """`junheng check`."""
    from ...data.load import read_county
    from ...present.tables.missing import missing_listing, missing_of

    say = speaker(lang)
    if out is not None:
        check_workbook(out, "--out")
        if len(counties) > 1:
            raise misused("--out", N_("takes one county"))

    by = "" if standard is None else f" --standard {standard}"

    def work(name: str) -> None:
        asked = f"{name}{by}"
        if out is not None and out.exists() and Path(name).exists() and out.samefile(name):
            raise problem(N_("is what is to be checked; give the copy another name"), file=out)
        writer = checked_writer(out, force, name)
        county, findings = read_county(name, standard)
        study, gaps = missing_of(county)
        if out is not None:
            from ...data.corrections import write_corrections

            writer.put(
                out, write_corrections(name, findings, lang, missing_listing(study, gaps, lang))
            )
            say_written(out, lang)
        print_findings(findings, lang)
        if len(digest(findings, lang)) < len(findings) and out is None:
            typer.echo(
                say("All places one by one: junheng check {name} --out findings.xlsx", name=asked),
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
                years="–".join(dict.fromkeys(str(county.years[at]) for at in (0, -1))),
                warnings=len(findings),
            )
        )
        from ...future.past.break_notes import find_breaks
        from ...future.past.migration import find_migrants

        for note in (*find_breaks(county), *find_migrants(county)):
            typer.echo(note.sentence(lang))
        _print_missing(study, gaps, lang, asked, out)

    for_each(counties, lang, work)


YEAR_ONCE = N_(
    "A county item needs its year too: beside it, or once for all on the sheet of the county, “School year of the form”."
)
#: Missing figures that are printed; the workbook has all of them.
SHOWN = 20


def _print_missing(
    study: Study | None, gaps: list[Gap], lang: str, asked: str, out: Path | None
) -> None:
    if not gaps:
        return
    from ...present.tables.missing import missing_figures_grid, missing_line

    say = speaker(lang)
    typer.echo(missing_figures_grid(study, [], lang).caption + say(": ").rstrip())
    for gap in gaps[:SHOWN]:
        typer.echo("  " + missing_line(study, gap, lang))
    if len(gaps) > SHOWN:
        n = len(gaps) - SHOWN
        if out is None:
            text = say("… {n} more: junheng check {name} --out findings.xlsx", n=n, name=asked)
        else:
            text = say("… {n} more in {file}", n=n, file=out)
        typer.echo("  " + text)
    if study.county.path.is_dir():
        typer.echo(
            say(
                "To fill them in with Excel, first run: junheng template {name}.xlsx --from {folder}",
                name=study.county.path.name,
                folder=asked,
            )
        )
    elif study.county.form_year is None and any(g.blank.table == "county_years" for g in gaps):
        typer.echo(say(YEAR_ONCE))
