"""`junheng compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..options import COUNTY, Force, Lang, OutFile
from ..output import checked_writer, for_each, speaker, write_table


def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help=COUNTY)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=COUNTY)],
    year: Annotated[
        int | None, typer.Option("--year", help="Only verdicts of this school year.")
    ] = None,
    out: OutFile = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """What two versions of a county differ in: rows, columns, values, and verdicts that turn."""
    from ...data.differences import differences
    from ...future.analyze import analyze
    from ...measure.side_by_side.turns import turns
    from ...present.versions import comparison_sentence, comparison_table, screen_table

    say = speaker(lang)

    def work(path: str) -> None:
        writer = checked_writer(out, force, path, new)
        before, now = analyze(path), analyze(new)
        found = differences(before.county, now.county)
        turned = turns(before, now, year)
        lines, more = screen_table(found, turned, before, now, lang)
        if len(lines):
            typer.echo(aligned(lines))
        if more:
            typer.echo(say("{n} more; --out writes all of them to a file", n=say.number(more)))
        typer.echo(comparison_sentence(found, turned, lang))
        if out is not None:
            table = comparison_table(found, turned, before, now, lang)
            write_table(table, out, writer)
            typer.echo(say("{path} written", path=out))

    for_each([old], lang, work)


def aligned(table) -> str:
    """A table of texts in columns, where a Chinese character is two wide."""
    import unicodedata

    def width(text: str) -> int:
        return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

    rows = [list(table.columns), *table.to_numpy().tolist()]
    widths = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            text + " " * (wide - width(text)) for text, wide in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )
