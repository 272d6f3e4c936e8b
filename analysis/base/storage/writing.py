"""Every result comes to its place by this way: whole, flushed, never over somebody else's file."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from ..files import N_, Finding, InputError, problem
from .patience import patiently

#: Size (bytes) from which the older half of a ledger is forgotten: some 60 000 files.
LARGEST_LEDGER = 4_000_000

#: Endings of what is read of a county's folder, whatever the file is called.
TABLES_AND_SETTINGS = (".csv", ".yaml", ".yml")


def write_whole(path: str | Path, data: bytes) -> Path:
    """Write a file so that it is there completely or not at all, also after a power failure.

    A link is followed. The file has the permissions that the user's umask gives a new file.

    Parameters
    ----------
    path : str or Path
    data : bytes

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        It cannot be written; what was there is there.
    """
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    name = os.path.join(folder, f".junheng-{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(name, flags, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        patiently(os.replace, name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    flush_folder(folder)
    return Path(path)


def flush_folder(folder: str | Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    if os.name == "nt":  # folders cannot be opened there
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # files may be made in a folder that cannot be listed
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        # some network disks know no flushing of folders
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


class Ledger:
    """What was written where, as digests of place and content: how a file of ours is known.

    Parameters
    ----------
    path : str or Path, optional
        File of the ledger; one in the user's folder for such things if omitted.
    """

    def __init__(self, path: str | Path | None = None):
        default = platformdirs.user_state_path("junheng", appauthor=False) / "written"
        self.path = default if path is None else Path(path)

    def note(self, path: str | Path, digest: str) -> None:
        """Enter that a file with this SHA-256 is put here. If that is impossible, `knows` will not."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "ab") as file:
                file.write(self._line(path, digest))
                size = file.tell()
            if size > LARGEST_LEDGER:
                lines = self.path.read_bytes().splitlines(keepends=True)
                write_whole(self.path, b"".join(lines[len(lines) // 2 :]))

    def knows(self, path: str | Path) -> bool:
        """Whether a file is what was written there, unchanged."""
        try:
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            return self._line(path, digest) in self.path.read_bytes().splitlines(keepends=True)
        except OSError:
            return False

    def _line(self, path: str | Path, digest: str) -> bytes:
        entry = f"{os.path.realpath(path)}\0{digest}".encode("utf-8", "surrogateescape")
        return hashlib.sha256(entry).hexdigest().encode("ascii") + b"\n"


@dataclass(frozen=True)
class Writer:
    """Puts the results of one command in their places, and nothing in place of anything else.

    Attributes
    ----------
    reads : tuple of Path
        What the command reads: never written over. In a folder among them no table and no file of
        settings is written at all, because the county would then hold it.
    force : bool or None
        Whether a file may be replaced that is not what was written there; None: there is no such
        option.
    ledger : Ledger or None
        Anything with its `knows` and `note`; None for a folder that nobody else uses: nothing in it
        is known, nothing is noted.
    """

    reads: tuple[Path, ...] = ()
    force: bool | None = False
    ledger: Ledger | None = field(default_factory=Ledger)

    def check(self, path: str | Path) -> None:
        """Refuse a place where nothing may be written, best before the work is done.

        Raises
        ------
        InputError
            The folder is missing; the file is read; it is no ordinary file; or it is not what was
            written there, and `force` is not set.
        """
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise problem(N_("the folder does not exist"), file=Path(path).parent)
        belongs = Path(path).suffix.lower() in TABLES_AND_SETTINGS
        for source in self.reads:
            if same_file(path, source):
                raise problem(
                    N_("is read by this command and is never written over; choose another name"),
                    file=path,
                )
            if belongs and same_file(folder, source):
                raise problem(_WOULD_BE_READ, file=path)
        try:
            status = os.stat(path)
        except FileNotFoundError:
            if belongs and self.force is False and (folder / "county.yaml").is_file():
                raise problem(_WOULD_BE_READ, file=path) from None
            return
        if not stat.S_ISREG(status.st_mode):
            raise problem(N_("is no ordinary file and is not written over"), file=path)
        if self.force or (self.ledger is not None and self.ledger.knows(path)):
            return
        if self.force is None:
            message = N_("is there already; move it away or choose another name")
        else:
            message = N_(
                "is there already; move it away or choose another name, or replace it with --force (it is not what Junheng wrote there)"
            )
        raise problem(message, file=path)

    def put(self, path: str | Path, data: bytes) -> Path:
        """Check a place and write the file there, complete or not at all; returns `path`."""
        self.check(path)
        if self.ledger is not None:
            # before the file: whatever is killed in between, what is there is known
            self.ledger.note(path, hashlib.sha256(data).hexdigest())
        return write_whole(path, data)

    def move(self, file: Path, path: Path) -> None:
        """Check a place and move a finished file of the same disk there."""
        self.check(path)
        if self.ledger is not None:
            with open(file, "rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            self.ledger.note(path, digest)
        patiently(os.replace, file, os.path.realpath(path))
        flush_folder(Path(os.path.realpath(path)).parent)


def move_new(made: Path, folder: Path) -> list[Path]:
    """Move what a scratch folder of the same disk holds into a folder where none of it is yet.

    Raises
    ------
    InputError
        Everything that is there already; nothing is moved then.
    """
    names = sorted(path.name for path in made.iterdir())
    there = [folder / name for name in names if os.path.lexists(folder / name)]
    if there:
        message = N_("is there already; move it away or choose another folder")
        raise InputError(Finding("error", message, {}, str(path)) for path in there)
    folder.mkdir(exist_ok=True)
    for name in names:
        os.replace(made / name, folder / name)
    flush_folder(folder)
    return [folder / name for name in names]


_WOULD_BE_READ = N_(
    "lies in a county's folder, where every such file is taken for the county's own; choose another folder"
)


def same_file(one: str | Path, other: str | Path) -> bool:
    """Whether two paths mean one file, by whatever links, spelling or case."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a path below a folder is, or lies behind, a link to something outside of it."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
