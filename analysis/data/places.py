"""Where things are: the counties that a name means, the samples, the notebooks of the reports."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from ..base.files import N_, problem
from ..base.refusals import shorten

_PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = _PROJECT / "notebooks"


def sample_folder() -> Path:
    """Folder of the sample counties in a checkout."""
    return _PROJECT / "data" / "sample"


def find_county(name: str | Path) -> Path:
    """The folder or workbook that a name on the command line means.

    Raises
    ------
    InputError
        With the nearest sample names.
    """
    path, sample = Path(name), sample_folder() / str(name)
    # no name of a file at all: too long, or with a zero byte
    with contextlib.suppress(OSError, ValueError):
        if str(name).strip() and (path.is_dir() or path.is_file()):
            return path
        if re.fullmatch(r"[\w-]+", str(name)) and sample.is_dir():
            return sample
    samples = sorted(p.parent.name for p in sample_folder().glob("*/county.yaml"))
    raise problem(
        N_("no such county; expected a folder, an .xlsx workbook or a sample: {samples}"),
        file=shorten(str(name), 200),
        samples=", ".join(samples) or "—",
    )
