"""A folder of return sheets -> a county folder, complete or not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..base.files import LEADS_OUT, N_, Finding, InputError, problem, read_data
from ..base.storage.switching import renew, restore
from ..base.storage.writing import Writer, leads_out
from ..data.checks.sites import UNPLACED
from ..data.load import read_county
from ..data.paths import stray_links
from ..data.reading.names import table_of
from .belonging import ASKED
from .county_tables import (
    county_years_csv,
    enrolment_csv,
    own_table,
    school_years_csv,
    schools_csv,
    staff_ages_csv,
)
from .gather import read_returns
from .own_files import TAKEN_OVER
from .reconcile import reconciliation_csv, reconciliation_page
from .record import check_same_county, county_record, record_before, record_yaml, without_english
from .returns import Returns


@dataclass(frozen=True)
class Imported:
    """What an import left behind.

    Attributes
    ----------
    out : Path or None
        The county folder; None if it was not written.
    page, table : Path
        The reconciliation page, and the same as CSV.
    findings : tuple of Finding
        Errors among them are those of `junheng check` if the folder was written.
    returns : Returns
    replaced, kept : tuple of str
        What the folder held already: names of the files that were made anew, and of all others
        (folders with a slash), which are as they were.
    former : Path or None
        The dated copy of what was replaced.
    changes : tuple of Change
        Of a merge: what the sheets say that the county's folder did not.
    same : int or None
        Of a merge: the number of figures that stood there already.
    """

    out: Path | None
    page: Path
    table: Path
    findings: tuple[Finding, ...]
    returns: Returns
    replaced: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    former: Path | None = None
    changes: tuple = ()
    same: int | None = None


def import_returns(
    folder: str | Path,
    out: str | Path,
    *,
    force: bool = False,
    lang: str = "zh",
    district: str = "",
    without_broken: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
    **record: str,
) -> Imported:
    """Make a county folder from the ministry's return sheets.

    Parameters
    ----------
    folder : str or Path
        Workbooks at any depth; `county.yaml`, `schools.csv`, `county_years.csv`, `rooms.csv`,
        `plan.yaml` and `standard.yaml` in it add what no sheet says.
    out : str or Path
        The county folder to make.
    force : bool
        Renew `out` if it is the folder of the same county: what an import makes is replaced, the
        former files are kept in a dated folder in it, everything else stays as it is, the standard
        and the target year of its `county.yaml` too where the sheets have none.
    lang : {"zh", "en"}
        Language of the reconciliation page.
    district : str
        Whose rows are read of detail tables with several districts; where it is not given, the
        county's own name decides.
    without_broken : bool
        Make the county without the schools whose workbooks cannot be opened; they are named.
    progress : callable
        Called with the number of steps done, and of all: every workbook is opened, then read.
    **record
        `code`, `name`, `province` (and `name_en`, `province_en`), where they are not in `county.yaml`.

    Returns
    -------
    Imported

    Raises
    ------
    InputError
        The folder cannot be read, or `out` must not be renewed: nothing was written.
    """
    folder, out = Path(folder), Path(out)
    restore(out)
    _check_places(folder, out, force)
    page, table, writer = pages_of(folder, out)
    findings: list[Finding] = []
    before = record_before(out)
    county = county_record(folder, record, findings, before)
    if county is not None and (out / "county.yaml").exists():
        check_same_county(out, before, county)
    roster = own_table(folder, "schools", findings)
    known = dict(zip(roster["school_id"], roster["name"], strict=True))
    known = {k: v for k, v in known.items() if isinstance(v, str)}
    returns = read_returns(
        folder,
        known,
        district,
        county.name.zh if county is not None else "",
        without_broken=without_broken,
        progress=progress,
    )
    findings[:0] = returns.findings
    findings += without_english(record)
    files = {
        "schools.csv": schools_csv(returns, roster, lang, findings),
        "school_years.csv": school_years_csv(returns),
        "enrolment.csv": enrolment_csv(returns),
        "county_years.csv": county_years_csv(returns, folder, lang, findings),
    }
    if (by_age := staff_ages_csv(returns)) is not None:
        files["staff_ages.csv"] = by_age
    for name in TAKEN_OVER:
        if (folder / name).is_file():
            files[name] = read_data(folder / name)
    if county is not None:
        files["county.yaml"] = record_yaml(county)
    written = not any(finding.severity == "error" for finding in findings)
    replaced, kept, former = (), (), None
    if written:
        replaced, kept = _apart(out, files)
        former = write_folder(out, files, replaced, findings)
    title = county.name if county is not None else None
    writer.put(
        page, reconciliation_page(returns, findings, title, lang, written=written).encode("utf-8")
    )
    writer.put(table, b"\xef\xbb\xbf" + reconciliation_csv(returns, findings, lang).encode("utf-8"))
    made = out if written else None
    return Imported(made, page, table, tuple(findings), returns, replaced, kept, former)


def pages_of(folder: Path, out: Path, of: str = "") -> tuple[Path, Path, Writer]:
    """Where the reconciliation page and its table go, and who puts them there.

    `of` tells those of one merge from those of another, and of the first import.
    """
    named = out if out.name not in ("", "..") else out.resolve()
    stem = f"{named.name}-import" + (f"-{of}" if of else "")
    page, table = [named.with_name(f"{stem}.{end}") for end in ("html", "csv")]
    writer = Writer(tuple(path for path in folder.rglob("*") if path.is_file()), force=None)
    for place in (page, table):
        writer.check(place)
    return page, table, writer


def check_sheets(folder: Path, out: Path) -> None:
    """Refuse a folder of sheets that is none, or in which the county's folder lies."""
    if not folder.is_dir():
        raise problem(N_("is not a folder of return sheets"), file=folder)
    strays = [path for path in sorted(folder.rglob("*")) if leads_out(path, folder)]
    if strays:
        raise InputError(Finding("error", LEADS_OUT, {}, str(path)) for path in strays)
    if out.resolve() == folder.resolve() or out.resolve() in folder.resolve().parents:
        raise problem(
            N_("the sheets lie in this folder; choose another one for the county"), file=out
        )


def _check_places(folder: Path, out: Path, force: bool) -> None:
    check_sheets(folder, out)
    if not out.resolve().parent.is_dir():
        raise problem(N_("the folder does not exist"), file=out.parent)
    if out.exists() and not out.is_dir():
        raise problem(N_("is a file; expected a folder to make"), file=out)
    if out.is_dir() and any(out.iterdir()):
        strays = stray_links(out)
        if strays:
            raise InputError(Finding("error", LEADS_OUT, {}, str(path)) for path in strays)
        if not force:
            raise problem(
                N_(
                    "the folder is not empty; choose another one, or renew a county's folder with --force"
                ),
                file=out,
            )
        if not (out / "county.yaml").is_file():
            raise problem(
                N_("the folder is no county folder (it has no county.yaml) and is not replaced"),
                file=out,
            )


def _apart(out: Path, files: dict[str, bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an import replaces in a folder and what it keeps, by name.

    A table is replaced under any of its names, for two files of one table cannot be read.
    """
    made = {name.lower() for name in files} | {"county.yaml"}
    replaced, kept = [], []
    for path in sorted(out.iterdir()) if out.is_dir() else []:
        table = table_of(path.stem) if path.suffix.lower() == ".csv" else None
        if path.name.lower() in made or (table is not None and f"{table}.csv" in made):
            replaced.append(path.name)
        else:
            folder = path.is_dir() and not path.is_symlink()
            kept.append(path.name + ("/" if folder else ""))
    return tuple(replaced), tuple(kept)


def write_folder(
    out: Path, files: dict[str, bytes], replaced: tuple[str, ...], findings: list[Finding]
) -> Path | None:
    """Make or renew the folder, with what `check` says of it; returns the dated copy."""

    def look(made: Path) -> None:
        _, found = read_county(made)
        findings.extend(
            dataclasses.replace(finding, file=finding.file.replace(str(made), str(out)))
            for finding in found
            # the import has asked already, with the file in which to say it
            if finding.message != UNPLACED or not any(f.message == ASKED for f in findings)
        )

    return renew(out, files, replaced, look)
