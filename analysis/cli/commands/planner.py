"""`junheng planner`."""

from __future__ import annotations

from typing import Annotated

import typer

from ...base.language import N_
from ..options import Lang, NoOpen, Port
from ..output import for_each, serve_page


def planner(
    county: Annotated[
        str | None,
        typer.Argument(
            metavar="[COUNTY]",
            help=N_(
                "Folder of CSV tables, .xlsx workbook, or the name of a sample. All samples if omitted."
            ),
        ),
    ] = None,
    port: Port = None,
    lang: Lang = "zh",
    no_open: NoOpen = False,
) -> None:
    """`junheng planner`."""
    from ...data.load import load_county
    from ...data.paths import find_county, sample_counties
    from ...planner.desk import Desk
    from ...planner.server import serve

    def work(name: str) -> None:
        counties = sample_counties()
        if county is not None:
            only = load_county(find_county(name))
            counties = {only.slug: only}
        serve_page(lambda started: serve(Desk(counties), port, started), lang, no_open)

    for_each([county or ""], lang, work)
