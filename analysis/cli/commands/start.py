"""`junheng start`."""

from __future__ import annotations

from ..options import Lang, NoOpen, Port
from ..output import for_each, serve_page


def start(port: Port = None, lang: Lang = "zh", no_open: NoOpen = False) -> None:
    """`junheng start`."""
    from ...data.paths import sample_counties
    from ...start.server import serve

    def work(_: str) -> None:
        serve_page(lambda started: serve(sample_counties(), port, started), lang, no_open)

    for_each([""], lang, work)
