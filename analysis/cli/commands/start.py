"""`junheng start`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..options import Lang
from ..output import for_each, speaker


def start(
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port; 0: any free one.")
    ] = None,
    lang: Lang = "zh",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
) -> None:
    """The start page: template, check, report and planner by buttons, in the browser."""
    import asyncio
    import contextlib
    import webbrowser

    from ...data.paths import sample_folder
    from ...start.server import serve

    say = speaker(lang)

    def started(address: str) -> None:
        address += "&lang=en" if lang == "en" else ""
        typer.echo(say("{address}\nThis is the page; Ctrl+C ends it.", address=address))
        if not no_open:
            webbrowser.open(address)

    def work(_: str) -> None:
        samples = {
            path.parent.name: path.parent for path in sorted(sample_folder().glob("*/county.yaml"))
        }
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(samples, port, started))

    for_each([""], lang, work)
