"""Warm kernels: every notebook runs in a fresh process forked from one that has the libraries.

A kernel started the ordinary way imports for seconds what every report needs. Here a small server
process imports it once and forks itself: for each notebook, and for each report of a batch, whose
process asks the same server for its kernel. What one of them does to its process (variables,
settings, environment, folder, random numbers) ends with it. All of them end with the process that
asked for them, by whatever means it died: `analysis.batch.warden` sees to it.

`WarmProvisioner` is registered with ``jupyter_client`` as ``junheng-warm``. Where a process cannot be
forked, or a kernel is wanted that is not this Python's, an ordinary one is started and the log says so.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import gc
import logging
import math
import os
import pickle
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from ..base.files import N_, problem
from .limits import need_open_files
from .warden import Warden, end_group

NAME = "junheng-warm"

logger = logging.getLogger("papermill")

#: Files that a process may have to have open: the server two for every fork, a kernel some forty.
OPEN_FILES = 512

#: Imported by the server, so that nothing forked from it has to: what a report imports at last.
PRELOAD = (
    *(
        "analysis.batch.work",
        "analysis.report.form",
        "analysis.report.build",
        "analysis.report.exporters",
    ),
    *(
        "analysis.report.pages.contents",
        "analysis.report.pages.region",
        "IPython.core.completerlib",
        "ipykernel.debugger",
    ),
    *("ipykernel.kernelapp", "ipykernel.kernelspec", "jinja2.ext", "papermill"),
    *("pandera.accessors.pandas_accessor", "pandera.api.geopandas.container"),
    *("pandera.backends.pandas.builtin_checks", "pandera.backends.pandas.register"),
    *("pyarrow.pandas_compat", "pypandoc", "scipy.stats", "tornado.platform.asyncio", "typst"),
)


class WarmKernelManager(AsyncKernelManager):
    """Starts kernels by `WarmProvisioner` and talks to them without ports to race for."""

    started = None

    def place(self, folder) -> None:
        """Use a folder of its own for the connection: files instead of ports, where they fit."""
        if os.name == "posix" and len(str(folder)) < 90:
            self.transport = "ipc"
            self.ip = str(folder / "kernel")
        self.connection_file = str(folder / "connection.json")

    @property
    def kernel_spec(self):
        spec = super().kernel_spec
        if spec is not None and "kernel_provisioner" not in spec.metadata:
            spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        return spec

    async def _async_launch_kernel(self, kernel_cmd, **options):
        await super()._async_launch_kernel(kernel_cmd, **options)
        self.started = self.provisioner.process


class WarmProvisioner(LocalProvisioner):
    """Provides kernels of this Python by forking, all others as `LocalProvisioner` does."""

    async def launch_kernel(self, cmd, **options):
        """Fork the kernel that a command line asks for."""
        reason = _why_not(cmd)
        if reason:
            logger.warning("an ordinary kernel is started: %s", reason)
            return await super().launch_kernel(cmd, **options)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        environment = {k: v for k, v in options["env"].items() if k != "JPY_PARENT_PID"}
        loop = asyncio.get_running_loop()
        self.process = await loop.run_in_executor(
            None, server().kernel, arguments, options.get("cwd") or os.getcwd(), environment
        )
        self.pid = self.pgid = self.process.pid
        self.cwd = options.get("cwd") or os.getcwd()
        return self.connection_info


def _why_not(cmd: list[str]) -> str:
    """Why a kernel cannot be forked; empty if it can."""
    if not hasattr(os, "fork"):
        return "this system cannot fork a process"
    if "ipykernel_launcher" not in cmd or os.path.abspath(cmd[0]) != sys.executable:
        return f"{cmd[0]} is not the kernel of {sys.executable}"
    return ""


_known: weakref.WeakSet[WarmServer] = weakref.WeakSet()


class WarmServer:
    """The process that has the libraries, as its client sees it.

    It ends, and all that was forked from it with it, when the client does; and what was forked from
    it ends with it: by whatever means.

    Parameters
    ----------
    channel : Connection, optional
        To a server that is there; a new one is started if omitted.
    rehearsal : str
        Function (``module:name``) that a new one calls before it forks anything.
    """

    def __init__(self, channel: Connection | None = None, rehearsal: str = ""):
        self.process = None
        self.closed = False
        #: whether its end of the channel is gone; the process may take another moment
        self._lost = False
        self._lock = threading.Lock()
        self._ended: dict[int, int] = {}
        self._results: dict[int, bytes] = {}
        #: a pipe that nobody writes into: its end is the end of this process
        self._lifeline: int | None = None
        self._channel = channel or self._start(rehearsal)
        _known.add(self)

    def _start(self, rehearsal: str) -> Connection:
        need_open_files(OPEN_FILES)
        channel, other = Pipe()
        ended, self._lifeline = os.pipe()
        environment = {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"}
        # one report has one core; also, threads do not survive a fork
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        # the debugger that every kernel has ready warns of what concerns nobody here
        environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
        arguments = (other.fileno(), ended, rehearsal)
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from analysis.batch.kernels import serve; serve{arguments}"],
            pass_fds=[other.fileno(), ended],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            # this process's own may be a temporary one
            cwd=Path(__file__).resolve().parents[2],
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


_servers: dict[int, WarmServer] = {}
_starting = threading.Lock()


def server(rehearsal: str = "") -> WarmServer:
    """This process's server; started when it is first asked for, and again if it has ended.

    Parameters
    ----------
    rehearsal : str
        Function (``module:name``) that a server calls if it is started now: what that does for the
        first time, no fork has to do again.
    """
    with _starting:
        found = _servers.get(os.getpid())
        if found is None or not found.alive:
            # a server inherited by a fork of this process belongs to the parent
            _servers.clear()
            if found is not None:
                found.leave()
            found = _servers[os.getpid()] = WarmServer(rehearsal=rehearsal)
            atexit.register(found.close)
        return found


def close() -> None:
    """End this process's server, if there is one."""
    found = _servers.get(os.getpid())
    if found is not None:
        found.close()


def _forget() -> None:
    for found in list(_known):
        found.forget()
    _known.clear()
    _servers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


# --- the server's own side -----------------------------------------------------------------------


def serve(descriptor: int, lifeline: int, rehearsal: str) -> None:
    """Fork a process for every request; the body of the server process.

    Parameters
    ----------
    descriptor : int
        Of the pipe to the client.
    lifeline : int
        Of the pipe that ends with the client.
    rehearsal : str
        Function (``module:name``) to call first.
    """
    client = Connection(descriptor)
    for each in (descriptor, lifeline):
        os.set_inheritable(each, False)
    watch = Warden(lifeline)
    gc.disable()
    preload()
    if rehearsal:
        pkgutil.resolve_name(rehearsal)()
    gc.collect()
    # what is here now is never looked at again by the collector, so that its pages stay shared
    gc.freeze()
    gc.enable()
    become = _Forks(client, watch).answer()
    if become is not None:
        become()
    # nothing is left to be tidied up, and somebody waits for this
    os._exit(0)


def preload() -> None:
    """Import the libraries and read what every report reads: standards, catalogues, fonts."""
    import importlib

    # imported with jsonschema, it compiles a grammar (1.2 s) for a format that notebooks do not use
    sys.modules["rfc3987_syntax"] = None
    importlib.import_module("jsonschema")
    del sys.modules["rfc3987_syntax"]
    for name in PRELOAD:
        importlib.import_module(name)
    from ..base.language import LANGUAGES, speak
    from ..base.schema.tables import TABLES, frame_schema
    from ..base.typefaces import chinese
    from ..policy.standards import built_in, load_standard
    from ..present.charts.chart import Chart
    from ..present.charts.layout import GridLayout

    for name in built_in():
        load_standard(name)
    for name in TABLES:
        frame_schema(name)
    for lang in LANGUAGES:
        speak(lang).number(1234.5, 1)
    figure = Chart(layout=GridLayout())
    figure.subplots()
    figure.to_svg()
    chinese()


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
    _servers[os.getpid()] = WarmServer(channel)
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
