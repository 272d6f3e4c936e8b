"""The page's server: only for this computer, only with the token, and nothing that it is sent is run.

Counties are those of the start; what the browser sends is a state or a scenario's text, checked by
the models before anything is done with it, and never the name of a file.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import tornado.httpserver
import tornado.netutil
import tornado.web

from ..base.files import N_, problem
from . import handlers
from .desk import Desk
from .gate import ADDRESS, Gate
from .state import LARGEST

#: The same port at every start, so that saved addresses of the page stay valid.
PORT = 8790


def application(desk: Desk, gate: Gate, pool: ThreadPoolExecutor) -> tornado.web.Application:
    """The page and what it asks for."""
    needed = {"desk": desk, "gate": gate, "pool": pool}
    page = (r"/", handlers.Page, needed)
    return guarded([page, *asked(needed)], needed)


def asked(needed: dict) -> list[tuple]:
    """What the page asks for, besides itself, as rules of an application."""
    return [
        static(handlers.Static, handlers.STATIC, needed),
        (r"/texts", handlers.Texts, needed),
        (r"/county", handlers.About, needed),
        (r"/outcome", handlers.Outcome, needed),
        (r"/details", handlers.Details, needed),
        (r"/chance", handlers.Chance, needed),
        (r"/scenario", handlers.File, needed),
        (r"/workbook", handlers.Workbook, needed),
        (r"/import", handlers.Import, needed),
        (r"/remedy", handlers.Remedy, needed),
    ]


def static(handler: type[handlers.Static], names: Iterable[str], needed: dict) -> tuple:
    """The rule of the files that a page loads; pages themselves have addresses of their own."""
    files = "|".join(re.escape(name) for name in names if not name.endswith(".html"))
    return rf"/({files})", handler, needed


def guarded(rules: list[tuple], needed: dict) -> tornado.web.Application:
    """An application that lets nobody in but its own page, also where there is nothing."""
    return tornado.web.Application(
        rules,
        default_handler_class=handlers.Missing,
        default_handler_args=needed,
        serve_traceback=False,
        log_function=lambda handler: None,
    )


async def serve(
    desk: Desk,
    port: int | None,
    started: Callable[[str], None],
    *,
    build: Callable[[Desk, Gate, ThreadPoolExecutor], tornado.web.Application] = application,
    usual: int = PORT,
    largest: int = 4 * LARGEST,
) -> None:
    """Serve the page until the program is stopped.

    Parameters
    ----------
    desk : Desk
    port : int, optional
        `usual` if omitted, or any free one if that is in use.
    started : callable
        Called with the page's address, token included, when the page is there.
    build : callable
        Makes the application.
    usual : int
    largest : int
        Bytes of a request above which the connection is closed.

    Raises
    ------
    InputError
        The port is in use.
    """
    try:
        sockets = tornado.netutil.bind_sockets(usual if port is None else port, ADDRESS)
    except OSError as error:
        if port is not None:
            raise problem(
                N_("port {port} cannot be used ({reason}); choose another with --port"),
                port=port,
                reason=error.strerror,
            ) from None
        sockets = tornado.netutil.bind_sockets(0, ADDRESS)
    port = sockets[0].getsockname()[1]
    gate = Gate(secrets.token_urlsafe(24), port)
    # one thread: the page asks for one thing after another, and results are kept between them
    with ThreadPoolExecutor(1, thread_name_prefix="planner") as pool:
        server = tornado.httpserver.HTTPServer(
            build(desk, gate, pool), max_body_size=largest, max_header_size=64_000
        )
        server.add_sockets(sockets)
        started(f"http://{ADDRESS}:{port}/?token={gate.secret}")
        try:
            await _told_to_end().wait()
        finally:
            server.stop()


def _told_to_end() -> asyncio.Event:
    """Set when the program is told to end, so that what it keeps for the page is cleared away."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        # Windows has no such signals, threads are not told of them
        with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(getattr(signal, name), ended.set)
    return ended
