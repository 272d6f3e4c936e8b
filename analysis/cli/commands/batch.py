"""`junheng batch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...base.files import N_, InputError
from ...report import USUAL
from ..options import Lang, YearOption
from ..output import formats_of, misused, print_findings, speaker, year_of


def batch(
    roots: Annotated[
        list[str],
        typer.Argument(
            metavar="ROOT...", help=N_("Counties, or folders below which they are found.")
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help=N_("Folder for the reports and their index."))],
    year: YearOption = None,
    lang: Lang = "zh",
    formats: Annotated[
        list[str] | None, typer.Option("--format", help=N_("As of `report`."))
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help=N_("Report by a scenario (repeatable)."))
    ] = None,
    region: Annotated[
        bool, typer.Option("--region", help=N_("Also one report that compares all the counties."))
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help=N_("Reports made at a time; default: one per core.")),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", help=N_("Address of a Dask scheduler, such as tls://host:8786.")
        ),
    ] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", help=N_("Only part i of n (i/n), for array jobs."))
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help=N_("Make unchanged reports again; replace files that are not Junheng's own."),
        ),
    ] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, help=N_("Seconds that one report may take."))
    ] = 900,
    notebook: Annotated[
        Path | None,
        typer.Option("--notebook", help=N_("Another notebook that begins with a cover.")),
    ] = None,
) -> None:
    """`junheng batch`."""
    from ...batch.jobs import shard as part_of
    from ...batch.progress import run

    say = speaker(lang)
    asked = year if year == "all" else year_of(year)
    chosen = formats_of(formats or USUAL)
    try:
        part_of([], shard)
    except ValueError:
        raise misused(
            "--shard",
            N_("{value}: expected i/n with 1 <= i <= n, for example 3/10"),
            value=repr(shard),
        ) from None
    try:
        ok = run(
            roots,
            out,
            year=asked,
            lang=lang,
            formats=chosen,
            scenarios=scenario or [None],
            region=region,
            workers=jobs,
            scheduler=scheduler,
            part=shard,
            force=force,
            timeout=timeout,
            notebook=notebook,
        )
    except KeyboardInterrupt:
        typer.echo(say("stopped; the same command goes on where it stopped"), err=True)
        raise typer.Exit(130) from None
    except InputError as error:
        print_findings(error.findings, lang)
        raise typer.Exit(1) from None
    if not ok:
        raise typer.Exit(1)
