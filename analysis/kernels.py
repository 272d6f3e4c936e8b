"""Warm kernels: every notebook runs in a fresh process forked from one that has the libraries.

A kernel started the ordinary way imports for seconds what every report needs. Here a small server
process imports it once and forks itself for each notebook. What a notebook does to its process
(variables, settings, environment, folder, random numbers) ends with it.

`WarmProvisioner` is registered with ``jupyter_client`` as ``junheng-warm``. Where a process cannot be
forked, or a kernel is wanted that is not this Python's, an ordinary one is started and the log says so.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from .files import N_, problem

NAME = "junheng-warm"

logger = logging.getLogger("papermill")

#: Imported by the server, so that no kernel has to; the package imports the last three only when it
#: needs them.
PRELOAD = (
    "analysis.report.pages",
    "analysis.report.region",
    "analysis.form",
    "analysis.trajectory",
)
PRELOAD += ("ipykernel.kernelapp", "seaborn", "scipy.stats", "pandera.pandas")


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
            None, server().fork, arguments, options.get("cwd") or os.getcwd(), environment
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


class ForkServer:
    """The process that has the libraries, as its client sees it.

    It ends, and all its kernels with it, when the client does: by whatever means.
    """

    def __init__(self):
        self._channel, other = Pipe()
        self._lock = threading.Lock()
        self._ended: dict[int, int] = {}
        environment = {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"}
        # one report has one core; also, threads do not survive a fork
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from analysis.kernels import serve; serve({other.fileno()})"],
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        other.close()

    def fork(self, arguments: list[str], cwd: str, environment: dict[str, str]) -> ForkedProcess:
        """A new kernel; returns when its process exists."""
        with self._lock:
            try:
                self._channel.send((arguments, cwd, environment))
                while True:
                    kind, pid, code = self._channel.recv()
                    if kind == "started":
                        return ForkedProcess(self, pid)
                    self._ended[pid] = code
            except (EOFError, OSError):
                raise problem(N_("the process that starts the kernels has ended")) from None

    def code(self, pid: int) -> int | None:
        """Exit status of a kernel as `subprocess` counts it; None while it runs."""
        with self._lock:
            try:
                while self._channel.poll():
                    _, ended, code = self._channel.recv()
                    self._ended[ended] = code
            except (EOFError, OSError):
                # without its server a kernel is ended, too
                return self._ended.get(pid, -signal.SIGKILL)
            return self._ended.get(pid)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        """End the server and its kernels."""
        self._channel.close()
        self.process.wait()


class ForkedProcess:
    """A kernel's process, with what `LocalProvisioner` needs of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, owner: ForkServer, pid: int):
        self.pid = pid
        self._owner = owner

    def poll(self) -> int | None:
        return self._owner.code(self.pid)

    def wait(self) -> int | None:
        while (code := self.poll()) is None:
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        """Signal the kernel and all that it has started."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


_servers: dict[int, ForkServer] = {}
_starting = threading.Lock()


def server() -> ForkServer:
    """This process's server; started when it is first asked for, and again if it has ended."""
    with _starting:
        found = _servers.get(os.getpid())
        if found is None or not found.alive:
            # a server inherited by a fork of this process belongs to the parent
            _servers.clear()
            found = _servers[os.getpid()] = ForkServer()
            atexit.register(found.close)
        return found


def serve(descriptor: int) -> None:
    """Fork a kernel for every request; the body of the server process.

    Parameters
    ----------
    descriptor : int
        Of the pipe to the client.
    """
    channel = Connection(descriptor)
    os.set_inheritable(descriptor, False)
    preload()
    # what is here now is never looked at again by the collector, so that its pages stay shared
    gc.collect()
    gc.freeze()
    request = _requests(channel)
    if request is None:
        # nothing is left to be tidied up, and a client that ends waits for this
        os._exit(0)
    _be_kernel(*request)


def preload() -> None:
    """Import the libraries; open catalogues and the font list."""
    import importlib

    for name in PRELOAD:
        importlib.import_module(name)
    from .charts import Chart
    from .language import LANGUAGES, speak

    for lang in LANGUAGES:
        speak(lang).number(1234.5, 1)
    figure = Chart(layout="constrained")
    figure.subplots()
    figure.to_svg()


def _requests(channel: Connection):
    """Answer until the client is gone (None); in a forked child: the request it is to fulfil."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing)
    running: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        selector.register(reading, selectors.EVENT_READ)
        try:
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if reading in ready:
                    os.read(reading, 4096)
                    _reap(running, channel)
                if channel not in ready:
                    continue
                request = channel.recv()
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for end in (reading, writing):
                        os.close(end)
                    channel.close()
                    running.clear()
                    return request
                running.add(pid)
                with contextlib.suppress(OSError):
                    # in both processes, so that the group is there whoever comes first
                    os.setpgid(pid, pid)
                channel.send(("started", pid, 0))
        except (EOFError, OSError):
            return None
        finally:
            for pid in running:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)


def _reap(running: set[int], channel: Connection) -> None:
    """Tell the client which kernels have ended."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        running.discard(pid)
        channel.send(("ended", pid, os.waitstatus_to_exitcode(status)))


def _be_kernel(arguments: list[str], cwd: str, environment: dict[str, str]) -> None:
    """Become an ordinary IPython kernel."""
    import random

    from ipykernel.kernelapp import IPKernelApp

    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    # a fork has the generators of its parent: every county would draw the same numbers
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    app = IPKernelApp.instance()
    app.initialize(arguments)
    app.start()
