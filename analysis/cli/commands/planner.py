"""`junheng planner`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..options import COUNTY, Lang
from ..output import for_each, speaker


def planner(
    county: Annotated[
        str | None, typer.Argument(metavar="[COUNTY]", help=COUNTY + " All samples if omitted.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port; 0: any free one.")
    ] = None,
    lang: Lang = "zh",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
) -> None:
    """The planner's page: change births, schools or projects and see what becomes of it."""
    import asyncio
    import contextlib
    import webbrowser

    from ...data.load import load_county
    from ...data.paths import find_county, sample_folder
    from ...planner.desk import Desk
    from ...planner.server import serve

    say = speaker(lang)

    def started(address: str) -> None:
        address += "&lang=en" if lang == "en" else ""
        typer.echo(say("{address}\nThis is the page; Ctrl+C ends it.", address=address))
        if not no_open:
            webbrowser.open(address)

    def work(name: str) -> None:
        if county is not None:
            only = load_county(find_county(name))
            counties = {only.slug: only}
        else:
            counties = {
                path.parent.name: path.parent
                for path in sorted(sample_folder().glob("*/county.yaml"))
            }
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(Desk(counties), port, started))

    for_each([county or ""], lang, work)
