"""The page's server: only for this computer, only with the token, and nothing that it is sent is run.

Counties are those of the start; what the browser sends is a state or a scenario's text, checked by
the models before anything is done with it, and never the name of a file.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
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
    files = "|".join(
        name.replace(".", r"\.") for name in handlers.STATIC if not name.endswith(".html")
    )
    return tornado.web.Application(
        [
            (r"/", handlers.Page, needed),
            (rf"/({files})", handlers.Static, needed),
            (r"/texts", handlers.Texts, needed),
            (r"/county", handlers.About, needed),
            (r"/outcome", handlers.Outcome, needed),
            (r"/details", handlers.Details, needed),
            (r"/chance", handlers.Chance, needed),
            (r"/scenario", handlers.File, needed),
            (r"/workbook", handlers.Workbook, needed),
            (r"/import", handlers.Import, needed),
            (r"/remedy", handlers.Remedy, needed),
        ],
        default_handler_class=handlers.Missing,
        default_handler_args=needed,
        serve_traceback=False,
        log_function=lambda handler: None,
    )


async def serve(desk: Desk, port: int | None, started: Callable[[str], None]) -> None:
    """Serve the page until the program is stopped.

    Parameters
    ----------
    desk : Desk
    port : int, optional
        `PORT` if omitted, or any free one if that is in use.
    started : callable
        Called with the page's address, token included, when the page is there.

    Raises
    ------
    InputError
        The port is in use.
    """
    try:
        sockets = tornado.netutil.bind_sockets(PORT if port is None else port, ADDRESS)
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
            application(desk, gate, pool), max_body_size=4 * LARGEST, max_header_size=64_000
        )
        server.add_sockets(sockets)
        started(f"http://{ADDRESS}:{port}/?token={gate.secret}")
        try:
            await asyncio.Event().wait()
        finally:
            server.stop()
