"""Temporary folders that the next run clears away if their process was killed.

A folder's name says whose it is: the machine as it is running now, the process, and when that
started. Only what provably belonged to a process of this very machine that is gone is removed;
machines that share a folder, clones of one image and containers leave each other's alone.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

WINDOWS = os.name == "nt"

_NAME = re.compile(r"junheng-([0-9a-f]{12})-(\d+)-(\w+)-")


@contextlib.contextmanager
def scratch(parent: str | Path | None = None) -> Iterator[Path]:
    """A folder named after machine and process, removed at the end.

    Parameters
    ----------
    parent : str or Path, optional
        Where it is made; the system's folder for temporary files if omitted.
    """
    pid = os.getpid()
    prefix = f"junheng-{_machine()}-{pid}-{_started(pid)}-"
    folder = tempfile.mkdtemp(prefix=prefix, dir=parent)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: str | Path | None = None) -> int:
    """Remove the scratch folders of this machine's processes that are gone; how many there were."""
    removed = 0
    for folder in Path(parent or tempfile.gettempdir()).glob("junheng-*"):
        found = _NAME.match(folder.name)
        if found and found[1] == _machine() and not _runs(int(found[2]), found[3]):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


@functools.cache
def _machine() -> str:
    """What no two machines have in common, nor one before and after a start: 12 hex digits.

    On Linux also the namespace of process ids: containers of one machine do not see each other's.
    """
    boot = _text("/proc/sys/kernel/random/boot_id") or _boot_session() or _windows()
    if not boot:
        # nothing can be proved, so nothing is removed
        return secrets.token_hex(6)
    known = [boot, _text("/etc/machine-id"), socket.gethostname()]
    with contextlib.suppress(OSError):
        known.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:12]


def _boot_session() -> str:
    """What macOS calls this start of the machine."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = ["sysctl", "-n", "kern.bootsessionuuid"]
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
        return found.stdout.strip()
    return ""


def _windows() -> str:
    """What Windows calls this installation; processes are told apart by the moment of their start."""
    with contextlib.suppress(ImportError, OSError):
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    return ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process started, as a word that no later process of its number has; "x" if unknown."""
    if os.path.exists("/proc/self/stat"):
        # ticks since the machine's start, which no clock can move: proc_pid_stat(5), field 22
        fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
        return fields[19] if len(fields) > 19 else "x"
    import psutil

    try:
        return str(round(psutil.Process(pid).create_time()))
    except psutil.Error:
        return "x"


def _runs(pid: int, started: str) -> bool:
    """Whether a process runs, or may run."""
    if WINDOWS:
        # the signal 0, a mere question elsewhere, is Ctrl+C there
        import psutil

        return psutil.pid_exists(pid) and ("x" in (started, now := _started(pid)) or now == started)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # of another user
        pass
    return "x" in (started, now := _started(pid)) or now == started
