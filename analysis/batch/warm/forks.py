"""The warm server's own side: it imports what every report needs and forks itself for each of them."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import pickle
import pkgutil
import signal
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait

from .client import SERVERS, WarmServer
from .preload import preload
from .warden import Warden, end_group


def serve(descriptor: int, lifeline: int, wanted: tuple[str, ...], rehearsal: str) -> None:
    """Fork a process for every request; the body of the server process.

    Parameters
    ----------
    descriptor : int
        Of the pipe to the client.
    lifeline : int
        Of the pipe that ends with the client.
    wanted : tuple of str
        As of `preload`.
    rehearsal : str
        Function (``module:name``) to call first.
    """
    client = Connection(descriptor)
    for each in (descriptor, lifeline):
        os.set_inheritable(each, False)
    watch = Warden(lifeline)
    gc.disable()
    preload(wanted)
    if rehearsal:
        pkgutil.resolve_name(rehearsal)()
    # what is here now is never looked at again by the collector, so that its pages stay shared;
    # what of it is garbage stays, for holes would be filled, and copied, by every fork
    gc.freeze()
    gc.enable()
    become = _Forks(client, watch).answer()
    if become is not None:
        become()
    # nothing is left to be tidied up, and somebody waits for this
    os._exit(0)


class _Forks:
    """Forks for the client and for those forked processes that need others themselves."""

    def __init__(self, client: Connection, watch: Warden):
        self._client, self._warden = client, watch
        #: lines to processes that may ask for others, and whose they are
        self._lines: dict[Connection, int] = {}
        #: running processes, and who asked for them
        self._asked: dict[int, Connection] = {}
        self._bell, self._ringer = os.pipe()
        os.set_blocking(self._ringer, False)

    def answer(self) -> Callable[[], None] | None:
        """Answer until the client is gone (None); in a forked child: what it is to do."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._ringer)
        # nobody rang for what ended before
        os.write(self._ringer, b"0")
        while True:
            for end in wait([self._bell, self._client, *self._lines]):
                if end == self._bell:
                    os.read(self._bell, 4096)
                    if not self._reap():
                        self._hang_up(self._client)
                        return None
                elif end is self._client or end in self._lines:
                    try:
                        kind, content = end.recv()
                    except (EOFError, OSError):
                        self._hang_up(end)
                        if end is self._client:
                            return None
                        continue
                    if kind == "result":
                        self._tell(self._lines[end], "result", content)
                    elif become := self._fork(end, kind, content):
                        return become

    def _fork(self, asker: Connection, kind: str, content) -> Callable[[], None] | None:
        line, other = Pipe() if kind == "call" else (None, None)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._warden.enrol()
            os.close(self._bell)
            os.close(self._ringer)
            for end in (self._client, *self._lines, *filter(None, [line])):
                end.close()
            if kind == "call":
                return functools.partial(_work, other, content)
            return functools.partial(_be_kernel, *content)
        with contextlib.suppress(OSError):
            # in both processes, so that the group is there whoever comes first
            os.setpgid(pid, pid)
        self._asked[pid] = asker
        if line is not None:
            other.close()
            self._lines[line] = pid
        self._tell(pid, "started", 0)
        return None

    def _tell(self, pid: int, kind: str, content) -> None:
        with contextlib.suppress(OSError):
            self._asked[pid].send((kind, pid, content))

    def _reap(self) -> bool:
        """Tell of the processes that have ended; whether the warden is none of them."""
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return True
            if pid == self._warden.pid:
                return False
            self._warden.dismiss(pid)
            if pid not in self._asked:
                continue
            for line in [line for line, whose in self._lines.items() if whose == pid]:
                with contextlib.suppress(EOFError, OSError):
                    while line.poll():
                        kind, content = line.recv()
                        if kind == "result":
                            self._tell(pid, kind, content)
                self._hang_up(line)
            self._tell(pid, "ended", os.waitstatus_to_exitcode(status))
            del self._asked[pid]

    def _hang_up(self, end: Connection) -> None:
        """End what was asked for on a line that has ended; all of it if it was the client's."""
        self._lines.pop(end, None)
        for pid, asker in self._asked.items():
            if asker is end or end is self._client:
                end_group(pid)
        end.close()


def _work(channel: Connection, content: bytes) -> None:
    """Call a function and send back what it returns; kernels come from the same server."""
    SERVERS[os.getpid()] = WarmServer(channel)
    # with the answer this process ends, and the system takes back what it has
    gc.disable()
    function, arguments = pickle.loads(content)
    _seed()
    channel.send(("result", pickle.dumps(function(*arguments))))


def _be_kernel(arguments: list[str], cwd: str, environment: dict[str, str]) -> None:
    """Become an ordinary IPython kernel."""
    from ipykernel.kernelapp import IPKernelApp

    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    _seed()
    app = IPKernelApp.instance()
    # nobody repeats what a report has typed
    app.initialize([*arguments, "--HistoryManager.enabled=False"])
    app.start()


def _seed() -> None:
    """Give a fork random numbers of its own: every county would draw those of the server."""
    import random

    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
