"""Folder of CSV tables or Excel workbook -> County."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ..base.files import LEADS_OUT, N_, Finding, InputError, problem
from ..base.refusals import shorten
from ..base.schema.tables import TABLES
from ..base.schema.terms import Label, Named
from ..base.storage.folders import entries, look, scenario_folder, usable
from ..base.storage.patience import reason
from ..policy.own_columns import schema_of
from ..policy.plan import read_plan
from ..policy.standards import NATIONAL, Standard, built_in, load_standard
from .belonging.joining import join_sites
from .check import check_tables
from .checks.county_items import check_items, unreadable_values
from .checks.tables import Tables
from .county import County, fingerprint
from .paths import find_county, stray_links
from .reading.enrolment import ONLY_ENROLMENT, counted
from .reading.folder import read_folder
from .reading.tables import read_tables
from .reading.typed import complete
from .reading.workbook import read_workbook
from .texts import cell_name


def load_county(path: str | Path, standard: str | None = None) -> County:
    """Read a county and refuse it if anything is wrong with it.

    Parameters
    ----------
    path : str or Path
        Folder of CSV tables, .xlsx workbook, or the name of a sample.
    standard : str, optional
        Judge by this standard instead of the one that the county names: a built-in one (``cn-2012``) or a
        file in its folder. The targets of the county's plan stay where it extends the plan's standard.

    Returns
    -------
    County

    Raises
    ------
    InputError
        With every error found.
    """
    county, findings = read_county(path, standard)
    if county is None:
        raise InputError(finding for finding in findings if finding.severity == "error")
    return county


def read_county(
    path: str | Path, standard: str | None = None
) -> tuple[County | None, list[Finding]]:
    """Read a county and say everything that is wrong with it.

    Parameters
    ----------
    path : str or Path
        Folder of CSV tables, .xlsx workbook, or the name of a sample.
    standard : str, optional
        As for `load_county`.

    Returns
    -------
    county : County or None
        None if there is an error.
    findings : list of Finding
        Errors first.
    """
    county, findings = _read_county(path, standard)
    return county, sorted(findings, key=lambda finding: finding.severity != "error")


def _read_county(path: str | Path, named: str | None) -> tuple[County | None, list[Finding]]:
    findings: list[Finding] = []
    try:
        path = find_county(path)
        strays = stray_links(path)
        if strays:
            raise InputError(Finding("error", LEADS_OUT, {}, str(file)) for file in strays)
        raw, record, settings = (read_workbook if path.is_file() else read_folder)(path, findings)
    except InputError as error:
        return None, [*findings, *error.findings]
    except OSError as error:
        unreadable = problem(N_("cannot be read ({reason})"), file=path, reason=reason(error))
        return None, [*findings, *unreadable.findings]
    standard = None
    if record is not None:
        try:
            standard = county_standard(record.standard if named is None else named, path)
        except InputError as error:
            findings.extend(error.findings)
    if record is not None and named is not None:
        own, record = record.standard, record.model_copy(update={"standard": named})
        try:
            standard = standard and _instead(county_standard(own, path), standard, findings)
        except InputError as error:
            # nobody asked for it, but who has a plan in it will miss that
            findings.extend(replace(each, severity="warning") for each in error.findings)
    plan = None
    written = plan_file(path)
    if written.exists():
        try:
            plan = read_plan(written)
        except InputError as error:
            findings.extend(error.findings)
    elif written.is_symlink():
        findings.append(look(written).finding)
    usable(entries(scenario_folder(path), ".yaml"), findings)
    schema = TABLES if standard is None else schema_of(standard)
    for name, table in schema.items():
        if name in raw or (name == "school_years" and "enrolment" in raw):
            continue  # read or counted below
        if table.needed:
            findings.append(
                Finding(
                    "error",
                    N_("the table {table} is missing ({name}.csv, or a sheet of that name)"),
                    {"table": table, "name": name},
                    str(path),
                    name,
                )
            )
        elif table.asked:
            findings.append(
                Finding(
                    "warning",
                    N_("there is no table {table}: what depends on it is not assessed"),
                    {"table": Named(((table, name),))},
                    str(path),
                    name,
                )
            )
    read = read_tables(raw, findings, settings, standard)
    frames, files, unread, places = read.frames, read.files, read.unread, read.places
    if "school_years" not in raw and "enrolment" in frames:
        files["school_years"] = files["enrolment"]
        frames["school_years"] = counted(frames["enrolment"], frames.get("schools", pd.DataFrame()))
        findings.append(Finding("warning", ONLY_ENROLMENT, {}, str(path), "school_years"))
    whole = {
        name: complete(schema[name], frame)
        for name, frame in frames.items()
        if set(schema[name].keys) <= set(frame.columns)
    }
    tables = Tables(whole, files, unread, schema)
    findings.extend(check_tables(tables))
    empty = [name for name in whole if frames[name].empty]
    for name in [name for name in empty if TABLES[name].needed] or empty:
        severity, message = _NO_ROWS[TABLES[name].needed]
        findings.append(Finding(severity, message, {}, files[name], name))
    findings.extend(unreadable_values(tables, standard or load_standard(NATIONAL)))
    if standard is not None:
        findings.extend(check_items(tables, standard))
    findings = [_placed(finding, places) for finding in findings]
    if record is None or standard is None or any(f.severity == "error" for f in findings):
        return None, findings
    frames = {
        name: whole[name] if name in whole else complete(table, pd.DataFrame())
        for name, table in schema.items()
    }
    as_read = fingerprint(frames, record, standard, plan)
    whole, sites = join_sites(frames, schema)
    county = County(
        record,
        MappingProxyType(whole),
        standard,
        path,
        plan,
        tuple(findings),
        as_read,
        sites=sites,
        files=MappingProxyType(files),
        places=MappingProxyType(places),
        entered=MappingProxyType(frames) if sites.joined or sites.unplaced else None,
        form_year=settings.year,
    )
    return county, findings


def plan_file(path: Path) -> Path:
    """Where the plan of the county in a folder or workbook stands, if it has one."""
    return path / "plan.yaml" if path.is_dir() else path.with_suffix(".plan.yaml")


def prices_file(path: Path) -> Path:
    """Where prices of its own stand, if it has any (`analysis.remedy`)."""
    return path / "remedy.yaml" if path.is_dir() else path.with_suffix(".remedy.yaml")


def _placed(finding: Finding, places: dict[tuple[str, str], tuple[int, int]]) -> Finding:
    """A finding with its cell, by the row of the header and the position of each column."""
    if finding.cell or not finding.table:
        return finding
    name = finding.column or TABLES[finding.table].names[0]
    if (finding.table, name) not in places:
        return finding
    header, position = places[finding.table, name]
    row = finding.rows[0] if finding.rows else finding.row
    if row is None and not finding.column:
        return finding
    return replace(finding, cell=cell_name(header if row is None else row, position))


def county_standard(name: str, path: Path) -> Standard:
    """The standard a county names: a file in its folder or a built-in one, nothing elsewhere."""
    folder = path.parent if path.is_file() else path
    if name not in ("", ".", "..") and not set(name) & set("/\\:\0") and len(name) < 100:
        if (folder / name).is_file():
            return load_standard(folder / name)
        if name in built_in():
            return load_standard(name)
    raise problem(
        N_("standard “{name}”: expected a file in the county's folder or one of {names}"),
        file=path if path.is_file() else path / "county.yaml",
        name=shorten(name),
        names=", ".join(built_in()),
    )


def _instead(own: Standard, named: Standard, findings: list[Finding]) -> Standard:
    """The named standard, with the plan of the county's own before it where that rests on it."""
    plan, base = own.plan, own.evaluation
    if plan is None or plan.id in [profile.id for profile in named.profiles]:
        return named
    if named.plan is None and base.id in [profile.id for profile in named.profiles[1:]]:
        whole = [*own.profiles[: -len(base.profiles)], *named.profiles]
        return Standard(whole, named.switched_on)
    message = N_("judged by {standard} alone; the targets of “{plan}” are not compared")
    values = {"standard": named.id, "plan": Label(own.title.zh, own.title.en)}
    findings.append(Finding("warning", message, values))
    return named


#: By whether the table is needed.
_NO_ROWS = {
    True: ("error", N_("the table has no rows")),
    False: ("warning", N_("the table has no rows: what depends on it is not assessed")),
}
