"""`junheng compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from ...base.language import N_
from ..options import COUNTY, Force, Lang, OutFile
from ..output import checked_writer, for_each, say_written, speaker, write_table


def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help=COUNTY)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=COUNTY)],
    year: Annotated[
        int | None, typer.Option("--year", help=N_("Only verdicts of this school year."))
    ] = None,
    out: OutFile = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """`junheng compare`."""
    from ...data.differences import differences
    from ...future.analyze import analyze
    from ...measure.side_by_side.turns import turns
    from ...present.versions import comparison_sentence, comparison_table, screen_table
    from ...present.views.console import aligned

    say = speaker(lang)

    def work(path: str) -> None:
        writer = checked_writer(out, force, path, new)
        before, now = analyze(path), analyze(new)
        found = differences(before.county, now.county)
        turned = turns(before, now, year)
        lines, more = screen_table(found, turned, before, now, lang)
        if len(lines):
            rows = [list(lines.columns), *lines.to_numpy().tolist()]
            typer.echo(aligned(rows, [False] * len(lines.columns)))
        if more:
            typer.echo(say("{n} more; --out writes all of them to a file", n=say.number(more)))
        typer.echo(comparison_sentence(found, turned, lang))
        if out is not None:
            table = comparison_table(found, turned, before, now, lang)
            write_table(table, out, writer)
            say_written(out, lang)

    for_each([old], lang, work)
