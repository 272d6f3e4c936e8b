"""What disks refuse: patience with programs that hold a file for a moment, and reasons one can act on.

Windows lets nobody replace a file that another program has open, and no path be longer than 259
characters unless that was switched on; its codes are those of `System Error Codes
<https://learn.microsoft.com/windows/win32/debug/system-error-codes>`_.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

from ..files import N_, Finding
from ..language import Said

WINDOWS = os.name == "nt"

#: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION.
HELD = (5, 32, 33)
#: ERROR_FILENAME_EXCED_RANGE, and the length (characters) from which paths are refused as missing.
TOO_LONG, LONGEST_PATH = 206, 260

#: Seconds between trials: a virus scanner or an index lets go, Excel does not.
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)

HELD_OPEN = N_(
    "it is open in another program, Excel or WPS for instance; close it there and do this again"
)
PATH_TOO_LONG = N_(
    "its path is too long for this system; choose a shorter name, or a folder nearer to the root of the disk"
)


def patiently(step: Callable, *arguments):
    """Do something again for a while as long as another program holds the file.

    Raises
    ------
    OSError
        Of the last trial.
    """
    for seconds in WAITS:
        try:
            return step(*arguments)
        except PermissionError as error:
            if not held(error):
                raise
        time.sleep(seconds)
    return step(*arguments)


def held(error: OSError) -> bool:
    """Whether another program holds the file, as Windows says it."""
    return getattr(error, "winerror", None) in HELD


def reason(error: OSError) -> Said | str:
    """Why a file cannot be used: what to do about it where that is known, else the system's words."""
    if held(error):
        return Said(HELD_OPEN, {})
    if getattr(error, "winerror", None) == TOO_LONG or error.errno == errno.ENAMETOOLONG:
        return Said(PATH_TOO_LONG, {})
    if WINDOWS and _length(error.filename) >= LONGEST_PATH:
        return Said(PATH_TOO_LONG, {})
    return error.strerror or str(error)


def trouble(error: OSError, file: str | Path = "") -> Finding:
    """A refusal of the disk as a finding; `file` if the error names none."""
    # of two names the second is the one that a person knows: the first is ours for the time being
    named = error.filename2 or error.filename or file
    message = N_("cannot be written or read ({reason})")
    return Finding("error", message, {"reason": reason(error)}, str(named))


def _length(file) -> int:
    return len(os.path.abspath(os.fsdecode(file))) if isinstance(file, str | bytes) else 0
