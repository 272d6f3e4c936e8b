"""The start page's server: that of the planner's page with more to ask for.

Files that are dropped on the page go to a folder of this process under names of its own; the folder is
removed at the end, or by the next start if the process was killed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tornado.web

from ..base.storage.temporary import scratch, sweep
from ..planner import server as planner
from ..planner.desk import Desk
from ..planner.gate import Gate
from . import handlers
from .counter import Counter

#: Beside that of the planner's page, so that both can be open.
PORT = 8791


def application(counter: Counter, gate: Gate, pool: ThreadPoolExecutor) -> tornado.web.Application:
    """The start page, the planner's page, and what both ask for."""
    needed = {"desk": counter.desk, "gate": gate, "pool": pool}
    more = needed | {"counter": counter}
    rules = [
        (r"/", handlers.Page, needed),
        (r"/planner", handlers.Planner, needed),
        planner.static(handlers.Static, handlers.STATIC, needed),
        (r"/start/texts", handlers.Texts, more),
        (r"/start/years", handlers.Years, more),
        (r"/start/check", handlers.Check, more),
        (r"/start/returns", handlers.Returns, more),
        (r"/start/returned", handlers.Returned, more),
        (r"/start/findings", handlers.Findings, more),
        (r"/start/template", handlers.Template, more),
        (r"/start/report", handlers.Report, more),
        (r"/start/made", handlers.Made, more),
    ]
    return planner.guarded([*rules, *planner.asked(needed)], needed)


async def serve(samples: dict[str, Path], port: int | None, started: Callable[[str], None]) -> None:
    """Serve the page until the program is stopped.

    Parameters
    ----------
    samples : dict of str to Path
        Counties that can be tried without any files.
    port : int, optional
        `PORT` if omitted, or any free one if that is in use.
    started : callable
        Called with the page's address, token included, when the page is there.

    Raises
    ------
    InputError
        The port is in use.
    """
    sweep()
    with scratch() as folder:
        counter = Counter(folder, Desk(dict(samples)))
        try:
            await planner.serve(
                counter.desk,
                port,
                started,
                build=lambda desk, gate, pool: application(counter, gate, pool),
                usual=PORT,
                largest=2 * handlers.LARGEST_RETURNS,
            )
        finally:
            counter.workshop.close()
