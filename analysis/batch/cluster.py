"""Where the jobs of a batch wait for their processes: in this process, or on a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..base.files import N_, problem
from .jobs import ATTEMPTS

if TYPE_CHECKING:
    from distributed import Client

#: Seconds after which a scheduler that does not answer is not there.
PATIENCE = 20


@contextlib.contextmanager
def client(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    """A client of the given cluster, or of one in this process.

    Parameters
    ----------
    workers : int, optional
        Jobs at a time in this process; one per core if omitted.
    scheduler : str, optional
        Address of a Dask scheduler. How it is spoken to (certificates for ``tls://``) is said by
        Dask's own configuration, ``distributed.comm.tls``.

    Raises
    ------
    InputError
        The scheduler cannot be reached.
    """
    with _here(workers or os.cpu_count()) if scheduler is None else _there(scheduler) as found:
        yield found


@contextlib.contextmanager
def _there(scheduler: str) -> Iterator[Client]:
    from distributed import Client

    try:
        found = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        # no answer; no address; certificates missing, or not those of the scheduler
        raise problem(
            N_("the scheduler cannot be reached ({reason})"), file=scheduler, reason=error
        ) from None
    with found:
        yield found


@contextlib.contextmanager
def _here(workers: int) -> Iterator[Client]:
    """Threads of this process, which only wait for the processes that do the work.

    Nothing listens: they speak through memory, and the pages for browsers that Dask's scheduler and
    workers open on every interface, even without a dashboard, are left out.
    """
    import dask
    from distributed import Client, Scheduler, SpecCluster, Worker

    class Alone:
        def start_http_server(self, *arguments, **options) -> None:
            pass

    settings = {
        # a worker gets one job at a time, so that its death concerns no other
        "distributed.scheduler.worker-saturation": 1.0,
        "distributed.scheduler.allowed-failures": ATTEMPTS - 1,
    }
    options = {"protocol": "inproc://", "dashboard": False}
    worker = {
        "cls": type("AloneWorker", (Alone, Worker), {}),
        "options": options | {"nthreads": 1, "memory_limit": 0, "silence_logs": logging.CRITICAL},
    }
    with (
        dask.config.set(settings),
        SpecCluster(
            scheduler={"cls": type("AloneScheduler", (Alone, Scheduler), {}), "options": options},
            workers=dict.fromkeys(range(workers), worker),
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as found,
    ):
        yield found
