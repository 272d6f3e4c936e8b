"""Where things are: the counties that a name means, the samples, the notebooks of the reports."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from ..base.files import N_, InputError, problem
from ..base.refusals import shorten
from ..base.storage.switching import restore
from ..base.storage.writing import TABLES_AND_SETTINGS, leads_out

_PACKAGE = Path(__file__).resolve().parents[1]
#: What a wheel brings along; in a checkout the same lies beside the package.
_SHARED = _PACKAGE / "_share"
_INSTALLED = _SHARED.is_dir()
NOTEBOOKS = (_SHARED if _INSTALLED else _PACKAGE.parent) / "notebooks"


def sample_folder() -> Path:
    """Folder of the sample counties, in a checkout or in an installed package."""
    return _SHARED / "sample" if _INSTALLED else _PACKAGE.parent / "data" / "sample"


def sample_counties() -> dict[str, Path]:
    """Folders of the sample counties by their names."""
    records = sorted(sample_folder().glob("*/county.yaml"))
    return {record.parent.name: record.parent for record in records}


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
        restore(path)
        if str(name).strip() and (path.is_dir() or path.is_file()):
            return path
        if re.fullmatch(r"[\w-]+", str(name)) and sample.is_dir():
            return sample
    raise problem(
        N_("no such county; expected a folder, an .xlsx workbook or a sample: {samples}"),
        file=shorten(str(name), 200),
        samples=", ".join(sample_counties()) or "—",
    )


def files_read(county: str | Path) -> tuple[Path, ...]:
    """What is read of a county, for `analysis.base.storage.writing.Writer`: nothing of it may be written over.

    Returns
    -------
    tuple of Path
        The folder with its tables, settings and scenarios, or the workbook with the settings beside
        it; empty if there is no such county.
    """
    try:
        path = find_county(county)
        if path.is_file():
            return (path, *_settings(path.parent, TABLES_AND_SETTINGS[1:]))
        return (path, path / "scenarios", *_settings(path, TABLES_AND_SETTINGS))
    except (InputError, OSError):  # whoever reads it will say why that is impossible
        return ()


def stray_links(county: Path) -> list[Path]:
    """What would be read of a county but is, or lies behind, a link that leads out of its folder.

    The folder or workbook itself may be a link. A link to nothing gives nothing away: who reads it
    says so.
    """
    folder = county.parent if county.is_file() else county
    endings = TABLES_AND_SETTINGS[1:] if county.is_file() else TABLES_AND_SETTINGS
    return [
        path
        for path in _settings(folder, endings)
        if os.path.exists(path) and leads_out(path, folder)
    ]


def _settings(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    found = [*folder.iterdir(), *(folder / "scenarios").glob("*")]
    return sorted(file for file in found if file.suffix.lower() in endings)
