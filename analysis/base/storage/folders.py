"""The one way in which folders are read: what can be used, and what is left out and why.

A folder that people work in holds more than files: links whose target is gone, files of others that
cannot be read, the locks of office programs. None of these may stop what does not need it, and none
is left out without a word, but for what is hidden by its name.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..files import N_, Finding, InputError, problem

#: Folder of a county's own scenarios, within that of the county.
SCENARIOS = "scenarios"


@dataclass(frozen=True)
class Entry:
    """What stands in a folder.

    Attributes
    ----------
    path : Path
    reason : str
        Why it cannot be used, as the system says it; empty if it can.
    """

    path: Path
    reason: str = ""

    @property
    def finding(self) -> Finding:
        """That it is left out, as a warning."""
        return Finding(
            "warning",
            N_("is left out: cannot be read ({reason})"),
            {"reason": self.reason},
            str(self.path),
        )

    @property
    def error(self) -> InputError:
        """That what needs it cannot go on."""
        return problem(N_("cannot be read ({reason})"), file=self.path, reason=self.reason)


def is_hidden(name: str) -> bool:
    """Whether nobody means a file or folder of this name: locks, and what systems put in by themselves."""
    return name.startswith((".", "~$")) or name == "__MACOSX"


def entries(folder: Path, *endings: str) -> list[Entry]:
    """What has one of these endings in a folder, sorted by name.

    Parameters
    ----------
    folder : Path
        One that does not exist is empty.
    *endings : str
        In lower case, such as ``.csv``; upper case is the same, and a folder is of no use. Everything
        if omitted.

    Returns
    -------
    list of Entry
        Without those of hidden names. A folder that cannot be read itself is the
        only entry.
    """
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        return [Entry(folder, error.strerror or str(error))]
    return [
        look(folder / name, folders=not endings)
        for name in names
        if not is_hidden(name) and (not endings or os.path.splitext(name)[1].lower() in endings)
    ]


def usable(found: Iterable[Entry], skipped: list[Finding] | None = None) -> list[Path]:
    """Those of them that can be used; warnings of the others are added to `skipped`."""
    found = list(found)
    if skipped is not None:
        skipped += [entry.finding for entry in found if entry.reason]
    return [entry.path for entry in found if not entry.reason]


def scenario_folder(county: Path) -> Path:
    """Where the own scenarios of a county in a folder or workbook stand, if it has any."""
    return (county if county.is_dir() else county.parent) / SCENARIOS


def below(folder: Path) -> Iterator[Entry]:
    """Everything in a folder and the folders in it that is no folder; links to folders are not followed."""
    for entry in entries(folder):
        if not entry.reason and entry.path.is_dir():
            if not entry.path.is_symlink():
                yield from below(entry.path)
        else:
            yield entry


def look(path: Path, folders: bool = True) -> Entry:
    """A single file, or folder where one is of use."""
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISDIR(kind) and folders:
            os.listdir(path)
        elif stat.S_ISDIR(kind):
            return Entry(path, os.strerror(errno.EISDIR))
        elif stat.S_ISREG(kind):
            open(path, "rb").close()
        else:
            return Entry(path, "not an ordinary file")
    except OSError as error:
        return Entry(path, error.strerror or str(error))
    return Entry(path)
