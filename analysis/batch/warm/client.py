"""The warm server as this process sees it: the process that has the libraries, and what is forked from it."""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from ...base.files import N_, problem
from .limits import need_open_files
from .preload import SOME

#: Files that a process may have to have open: the server two for every fork, a kernel some forty.
OPEN_FILES = 512

_known: weakref.WeakSet[WarmServer] = weakref.WeakSet()


class WarmServer:
    """The process that has the libraries, as its client sees it.

    It ends, and all that was forked from it with it, when the client does; and what was forked from
    it ends with it: by whatever means.

    Parameters
    ----------
    channel : Connection, optional
        To a server that is there; a new one is started if omitted.
    wanted : iterable of str
        What a new one has ready beside what every report needs (`analysis.batch.warm.preload.SOME`).
    rehearsal : str
        Function (``module:name``) that a new one calls before it forks anything.
    """

    def __init__(
        self,
        channel: Connection | None = None,
        wanted: Iterable[str] = tuple(SOME),
        rehearsal: str = "",
    ):
        self.process = None
        self.closed = False
        #: whether its end of the channel is gone; the process may take another moment
        self._lost = False
        self._lock = threading.Lock()
        self._ended: dict[int, int] = {}
        self._results: dict[int, bytes] = {}
        #: a pipe that nobody writes into: its end is the end of this process
        self._lifeline: int | None = None
        self._channel = channel or self._start(tuple(wanted), rehearsal)
        _known.add(self)

    def _start(self, wanted: tuple[str, ...], rehearsal: str) -> Connection:
        need_open_files(OPEN_FILES)
        channel, other = Pipe()
        ended, self._lifeline = os.pipe()
        environment = {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"}
        # one report has one core; also, threads do not survive a fork
        threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
        environment |= dict.fromkeys(threads, "1")
        # the debugger that every kernel has ready warns of what concerns nobody here
        environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
        arguments = (other.fileno(), ended, wanted, rehearsal)
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from analysis.batch.warm.forks import serve; serve{arguments}",
            ],
            pass_fds=[other.fileno(), ended],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            # this process's own may be a temporary one
            cwd=Path(__file__).resolve().parents[3],
            start_new_session=True,
        )
        other.close()
        os.close(ended)
        return channel

    def kernel(self, arguments: list[str], cwd: str, environment: dict[str, str]) -> ForkedProcess:
        """A new kernel; returns when its process exists."""
        return self._fork("kernel", (arguments, cwd, environment))

    def call(self, function: Callable, *arguments, limit: float | None = None):
        """What a function returns in a process of its own; all of it has to be pickled.

        Parameters
        ----------
        limit : float, optional
            Seconds after which the process is killed.

        Raises
        ------
        ChildProcessError
            The process ended before it had a result.
        TimeoutError
            It was killed by the limit.
        """
        process = self._fork("call", pickle.dumps((function, arguments)))
        code = process.wait(limit)
        if code is None:
            process.kill()
            raise TimeoutError(limit)
        with self._lock:
            result = self._results.pop(process.pid, None)
        if result is None:
            raise ChildProcessError(code)
        return pickle.loads(result)

    def _fork(self, kind: str, content) -> ForkedProcess:
        with self._lock:
            try:
                self._channel.send((kind, content))
                while not self._listen(until="started"):
                    pass
            except (EOFError, OSError):
                self._lost = True
                raise problem(N_("the process that starts the others has ended")) from None
            return ForkedProcess(self, self._newest)

    def _listen(self, until: str = "") -> bool:
        """Take note of one message; whether it is the one that is waited for."""
        kind, pid, content = self._channel.recv()
        if kind == "started":
            self._newest = pid
            self._ended.pop(pid, None)
        elif kind == "ended":
            self._ended[pid] = content
        else:
            self._results[pid] = content
        return kind == until

    def code(self, pid: int) -> int | None:
        """Exit status of a process as `subprocess` counts it; None while it runs."""
        with self._lock:
            try:
                while self._channel.poll():
                    self._listen()
            except (EOFError, OSError):
                self._lost = True
                # without its server a process is ended, too
                return self._ended.get(pid, -signal.SIGKILL)
            return self._ended.get(pid)

    @property
    def alive(self) -> bool:
        gone = self.process is not None and self.process.poll() is not None
        return not (self.closed or self._lost or gone)

    def close(self) -> None:
        """End the server and what was forked from it."""
        self.closed = True
        self.leave()

    def leave(self) -> None:
        """Let go of the server; it ends at once, whatever it does."""
        if self.process is None:
            # that of another process, which is asked for nothing more
            line = socket.socket(fileno=os.dup(self._channel.fileno()))
            with line, contextlib.suppress(OSError):
                # `close` would wait for other threads that read from it
                line.shutdown(socket.SHUT_RDWR)
            return
        self._let_go()
        self.process.kill()
        self.process.wait()
        # the channel ends when all that was forked is gone
        with self._lock, contextlib.suppress(EOFError, OSError):
            while True:
                self._listen()

    def _let_go(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def forget(self) -> None:
        """In a fork of the client: it must not hold what the client's end is known by."""
        self._let_go()
        self._channel.close()


class ForkedProcess:
    """A process, with what `LocalProvisioner` needs of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, owner: WarmServer, pid: int):
        self.pid = pid
        self._owner = owner

    def poll(self) -> int | None:
        return self._owner.code(self.pid)

    def wait(self, limit: float | None = None) -> int | None:
        until = math.inf if limit is None else time.monotonic() + limit
        while (code := self.poll()) is None and time.monotonic() < until:
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        """Signal the process and all that it has started."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


#: the server of every process, by its number: a fork must not use that of its parent
SERVERS: dict[int, WarmServer] = {}
_starting = threading.Lock()


def server(wanted: Iterable[str] = tuple(SOME), rehearsal: str = "") -> WarmServer:
    """This process's server; started when it is first asked for, and again if it has ended.

    Parameters
    ----------
    wanted : iterable of str
        What a server has ready if it is started now, as of `WarmServer`.
    rehearsal : str
        Function (``module:name``) that it then calls: what that does for the first time, no fork has
        to do again.
    """
    with _starting:
        found = SERVERS.get(os.getpid())
        if found is None or not found.alive:
            # a server inherited by a fork of this process belongs to the parent
            SERVERS.clear()
            if found is not None:
                found.leave()
            found = SERVERS[os.getpid()] = WarmServer(wanted=wanted, rehearsal=rehearsal)
            atexit.register(found.close)
        return found


def close() -> None:
    """End this process's server, if there is one."""
    found = SERVERS.get(os.getpid())
    if found is not None:
        found.close()


def _forget() -> None:
    for found in list(_known):
        found.forget()
    _known.clear()
    SERVERS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
