"""Temporary folders that the next run clears away if their process was killed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_HOST = re.sub(r"\W", "", socket.gethostname())[:16]
_NAME = re.compile(r"junheng-(\w*)-(\d+)-")

#: Age (seconds) after which a folder of another machine is nobody's any more.
_ABANDONED = 7 * 86400


@contextlib.contextmanager
def scratch(parent: str | Path | None = None) -> Iterator[Path]:
    """A folder named after machine and process, removed at the end.

    Parameters
    ----------
    parent : str or Path, optional
        Where it is made; the system's folder for temporary files if omitted.
    """
    folder = tempfile.mkdtemp(prefix=f"junheng-{_HOST}-{os.getpid()}-", dir=parent)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: str | Path | None = None) -> int:
    """Remove the scratch folders of processes that are gone; how many there were."""
    removed = 0
    for folder in Path(parent or tempfile.gettempdir()).glob("junheng-*"):
        found = _NAME.match(folder.name)
        if found and _abandoned(folder, found[1], int(found[2])):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _abandoned(folder: Path, host: str, pid: int) -> bool:
    if host != _HOST:
        with contextlib.suppress(OSError):
            return time.time() - folder.stat().st_mtime > _ABANDONED
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
