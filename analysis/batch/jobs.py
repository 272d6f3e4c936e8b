"""What is asked of a batch: one job is one county in one year by one scenario."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base.files import N_, Finding, problem
from ..base.storage.folders import Entry, entries
from ..data.paths import find_county

#: How often a report is begun before it is given up: a process that is killed costs one of them, here as
#: on a cluster.
ATTEMPTS = 3


@dataclass(frozen=True)
class Job:
    """What is asked for: one county, one year, one scenario.

    Attributes
    ----------
    county : str
        Absolute path of the folder or workbook.
    year : int, "all" or None
        School year; None is the last one with data, "all" is a job for every year.
    scenario : str or None
    lang : {"zh", "en"}
    formats : tuple of str
    notebook : str
        Absolute path.
    timeout : float or None
        Seconds for the notebook, and `PRINTING` more for the whole report; takes no part in the
        fingerprint.
    force : bool
        Whether files that are not the batch's own may be replaced by its reports; no part of the
        fingerprint either.
    """

    county: str
    year: int | str | None
    scenario: str | None
    lang: str
    formats: tuple[str, ...]
    notebook: str
    timeout: float | None = None
    force: bool = False

    @property
    def name(self) -> str:
        """For people: the county's folder, year and scenario."""
        return " ".join(str(p) for p in (Path(self.county).name, self.year, self.scenario) if p)

    @property
    def stem(self) -> str:
        """What the names of the reports begin with (`County.slug`, without reading the county)."""
        path = Path(self.county)
        return re.sub(r"[^\w.-]+", "-", path.stem if path.is_file() else path.name)

    @property
    def key(self) -> str:
        """Name of the record's file: the same job always has the same."""
        asked = [self.county, self.year, self.scenario, self.lang, self.notebook]
        return f"{self.stem[:80]}-{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]}"


def counties_below(
    roots: Iterable[str | Path], out: str | Path, skipped: list[Finding] | None = None
) -> list[Path]:
    """The counties that the arguments of a batch mean, sorted by path.

    Parameters
    ----------
    roots : iterable of str or Path
        A county (folder, workbook, name of a sample) or a folder below which counties are looked for:
        folders with a `county.yaml`, and .xlsx workbooks outside of those.
    out : str or Path
        Folder of the results; nothing in it is a county.
    skipped : list of Finding, optional
        Warnings of the folders that cannot be read are added to it.

    Raises
    ------
    InputError
        A root does not exist, or there is no county below it.
    """
    found: set[Path] = set()
    for root in roots:
        path = find_county(root).resolve()
        out_ = Path(out).resolve()
        here = [path] if path.is_file() else list(_search(Entry(path), out_, skipped))
        if not here:
            raise problem(N_("there is no county below this folder"), file=root)
        found.update(here)
    return sorted(found)


def _search(here: Entry, out: Path, skipped: list[Finding] | None) -> Iterator[Path]:
    path = here.path
    if path == out:
        return
    if os.path.isfile(path / "county.yaml"):
        yield path
    elif path.suffix.lower() == ".xlsx" and not os.path.isdir(path):
        # one that cannot be read has a record that says so
        yield path
    elif not here.reason and path.is_dir():
        for entry in entries(path):
            if not (entry.path.is_symlink() and os.path.isdir(entry.path)):
                yield from _search(entry, out, skipped)
    elif here.reason and os.path.isdir(path) and skipped is not None:
        skipped.append(here.finding)


def shard(items: list, part: str | None) -> list:
    """The i-th of n parts of a list (`part` is ``i/n``, from 1); all parts together are the list.

    Raises
    ------
    ValueError
        `part` is something else.

    Examples
    --------
    >>> shard(["a", "b", "c"], "1/2"), shard(["a", "b", "c"], "2/2")
    (['a', 'c'], ['b'])
    """
    if part is None:
        return items
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", part)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError(f"{part!r}: expected i/n with 1 <= i <= n, for example 3/10")
    return items[int(found[1]) - 1 :: int(found[2])]
