"""A county's folder renewed at one stroke: whoever looks finds all of the old or all of the new.

The new folder is built complete beside the old one, with everything that is kept as further names
of the same files, and both change places in one step of the file system. Where there is no such
step, the old folder is renamed, then the new one; `restore` mends what a kill in between leaves.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import filecmp
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ..files import N_, InputError, problem
from .patience import patiently
from .writing import flush_folder, same_file, write_whole

#: The dated copy of former files, inside of the folder.
FORMER = "former-{stamp}"

_LINUX_EXCHANGE, _DARWIN_SWAP = 2, 2
_AT_FDCWD = -100


def renew(
    out: Path,
    files: dict[str, bytes],
    replaced: Iterable[str],
    look: Callable[[Path], None] = lambda folder: None,
) -> Path | None:
    """Make a folder, or renew the one that is there.

    Parameters
    ----------
    out : Path
        The folder; a link to it is followed.
    files : dict of str to bytes
        What it gets, by name.
    replaced : iterable of str
        Names in it that go into the dated copy. Everything else is kept.
    look : callable
        Is given the finished folder before it is in its place; what it raises stops all.

    Returns
    -------
    Path or None
        The dated copy with what was replaced, if anything was.

    Raises
    ------
    InputError
        The folder cannot be switched at once.
    OSError
        It cannot be written. In both cases everything is as it was.
    """
    target = Path(os.path.realpath(out))
    clear(target)
    replaced = list(replaced)
    stamp = _stamp(target)
    renewed = target.is_dir() and any(target.iterdir())
    made = target.with_name(f".{target.name}.{stamp}.{'import' if renewed else 'new'}")
    former = FORMER.format(stamp=stamp)
    made.mkdir()
    try:
        if renewed:
            # the first thing in it: by it `clear` knows a folder that never came to its place
            (made / former).mkdir()
        for entry in sorted(target.iterdir()) if target.is_dir() else []:
            _keep(
                entry, made / former / entry.name if entry.name in replaced else made / entry.name
            )
        for name, data in files.items():
            write_whole(made / name, data)
        if target.is_dir():
            _same_permissions(target, made)
        for folder in [made, *(path for path in made.rglob("*") if _is_folder(path))]:
            flush_folder(folder)
        look(made)
        _switch(made, target, stamp)
    except BaseException:
        with contextlib.suppress(OSError):
            clear(target)
        raise
    flush_folder(target.parent)
    with contextlib.suppress(OSError):  # what cannot be cleared now is cleared by the next import
        clear(target)
    if not renewed:
        return None
    try:
        (target / former).rmdir()
    except OSError:  # it holds what was replaced
        return out / former
    return None


def restore(out: Path) -> bool:
    """Bring back a folder whose import was killed between two renames; whether there was one."""
    target = Path(os.path.realpath(out))
    if not target.name or os.path.lexists(target):
        return False
    for folder, _ in _beside(target, "old"):
        os.rename(folder, target)
        flush_folder(target.parent)
        return True
    return False


def clear(target: Path) -> None:
    """Take away what earlier imports left beside a folder; files that nobody else has are saved."""
    restore(target)
    for folder, _ in _beside(target, "new"):
        shutil.rmtree(folder)
    for folder, stamp in _beside(target, "import"):
        if (folder / FORMER.format(stamp=stamp)).is_dir():
            shutil.rmtree(folder)  # it never came to its place and holds only copies
        else:
            _settle(folder, target, target / FORMER.format(stamp=stamp))
    for folder, stamp in _beside(target, "old"):
        _settle(folder, target, target / FORMER.format(stamp=stamp))


def _beside(target: Path, ending: str) -> list[tuple[Path, str]]:
    """Folders of imports beside a folder, with the times of their imports."""
    name = re.compile(rf"\.{re.escape(target.name)}\.(\d{{8}}-\d{{6}}(?:-\d+)?)\.{ending}")
    with contextlib.suppress(OSError):
        found = [(path, name.fullmatch(path.name)) for path in sorted(target.parent.iterdir())]
        return [(path, match[1]) for path, match in found if match and _is_folder(path)]
    return []


def _stamp(target: Path) -> str:
    """The time of this import, unlike that of any earlier one."""
    stamp = now = time.strftime("%Y%m%d-%H%M%S")
    number = 1
    while os.path.lexists(target / FORMER.format(stamp=stamp)):
        number += 1
        stamp = f"{now}-{number}"
    return stamp


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)


def _keep(source: Path, target: Path) -> None:
    """Another name for a file, link or folder with all that is in it; a copy where there is none."""
    if source.is_symlink():
        _keep_link(source, target)
    elif source.is_dir():
        if os.path.ismount(source):
            raise _cannot_switch(source)
        target.mkdir()
        for entry in source.iterdir():
            _keep(entry, target / entry.name)
        _same_permissions(source, target)
    else:
        try:
            os.link(source, target)
        # FAT and some network disks know no second name; other people's files may not get one
        except OSError:
            if not source.is_file():
                raise
            shutil.copy2(source, target)
            with open(target, "rb+") as file:
                os.fsync(file.fileno())


def _keep_link(source: Path, target: Path) -> None:
    text = os.readlink(source)
    if source.parent.name != target.parent.name and target.parent.name.startswith("former-"):
        text = os.path.join(os.path.realpath(source.parent), text)  # one folder deeper from now on
    os.symlink(text, target)


def _same_permissions(source: Path, target: Path) -> None:
    status = os.stat(source)
    with contextlib.suppress(OSError, AttributeError):
        os.chown(target, status.st_uid, status.st_gid)
    shutil.copystat(source, target)


def _switch(made: Path, target: Path, stamp: str) -> None:
    """Put the new folder in its place."""
    try:
        if made.name.endswith(".new"):
            if os.name == "nt" and target.is_dir():  # elsewhere an empty folder gives way
                target.rmdir()
            patiently(os.rename, made, target)
        elif not exchange(made, target):
            old = target.with_name(f".{target.name}.{stamp}.old")
            patiently(os.rename, target, old)
            try:
                patiently(os.rename, made, target)
            except BaseException:
                patiently(os.rename, old, target)
                raise
    except OSError as error:
        if error.errno in (errno.EBUSY, errno.EXDEV):
            raise _cannot_switch(target) from None
        raise


def _cannot_switch(path: Path) -> InputError:
    return problem(
        N_(
            "another disk is mounted here, so that the folder cannot be replaced at one stroke; import into a new folder"
        ),
        file=path,
    )


def exchange(one: Path, other: Path) -> bool:
    """Have two folders change places in one step; False where the system has no such step.

    Raises
    ------
    OSError
        They are where they were.
    """
    first, second = os.fsencode(one), os.fsencode(other)
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(first, second, _DARWIN_SWAP)
        else:
            arguments = _AT_FDCWD, first, _AT_FDCWD, second, _LINUX_EXCHANGE
            failed = library.renameat2(*arguments)
    except AttributeError:  # an older library
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _settle(old: Path, target: Path, former: Path) -> None:
    """Take a replaced folder away; what was saved in it, or in the new one, meanwhile is kept."""
    copied = {path.name for path in former.iterdir()} if former.is_dir() else None
    for folder, folders, names in os.walk(old):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in [*names, *links]:
            path = Path(folder, name)
            place = path.relative_to(old)
            live, copy = target / place, former / place
            # without its copy, whatever differs from the new folder has been replaced
            replaced = os.path.lexists(live) if copied is None else str(place) in copied
            if _is_same(path, copy if replaced and copied is not None else live):
                continue
            if not replaced and os.path.lexists(live):
                older = os.lstat(path).st_mtime_ns <= os.lstat(live).st_mtime_ns
                if not older:
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(live, copy)
                replaced = older
            kept = copy if replaced else live
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, kept)
    shutil.rmtree(old)


def _is_same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink()
    if same_file(one, other):
        return True
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)
