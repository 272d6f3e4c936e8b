"""Return sheets of another year into a county's folder that is there already: merged, or not at all."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from ...base.files import LEADS_OUT, N_, Finding, InputError, problem, read_data
from ...base.refusals import some
from ...base.schema.tables import TABLES
from ...base.storage.switching import restore
from ...data.paths import stray_links
from ...data.reading.enrolment import counted
from ...data.texts import plain
from ..belonging import FACT, owners, parent
from ..county_tables import (
    county_years_csv,
    enrolment_csv,
    own_table,
    school_years_csv,
    schools_csv,
    staff_ages_csv,
)
from ..folder import Imported, check_sheets, pages_of, write_folder
from ..gather import read_returns
from ..own_files import SETTINGS
from ..reconcile import reconciliation_csv, reconciliation_page
from ..record import standing_record
from ..returns import Returns
from .changes import changes_csv, changes_section, changes_sentence, told
from .merge import (
    Change,
    Merged,
    Standing,
    key_text,
    merge,
    merge_groups,
    standing,
    standing_table,
)


def merge_returns(
    folder: str | Path,
    county: str | Path,
    *,
    force: bool = False,
    lang: str = "zh",
    district: str = "",
    without_broken: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
    code: str = "",
) -> Imported:
    """Add the ministry's return sheets to a county's folder.

    Figures that stand there already are compared: another value is refused, blank cells of the
    sheets change nothing, years and schools that the sheets do not speak of are as they were.

    Parameters
    ----------
    folder : str or Path
        As of `import_returns`.
    county : str or Path
        The county's folder.
    force : bool
        Take the value of the sheets where another one stands in the folder.
    lang, district, without_broken, progress
        As of `import_returns`.
    code : str, optional
        The county's six digits, to be compared with those of the folder.

    Returns
    -------
    Imported
        `changes` says what was changed, or would have been. Nothing is written where there is an
        error; the files that were replaced are kept in a dated folder.

    Raises
    ------
    InputError
        The folder of sheets or the county's folder cannot be read.
    """
    folder, out = Path(folder), Path(county)
    restore(out)
    _check_county(out)
    check_sheets(folder, out)
    record = standing_record(out, folder, code)
    tables = _standing(out)
    findings: list[Finding] = []
    own = own_table(folder, "schools", findings)
    former = _texts(tables["schools"].frame, "name")
    returns = read_returns(
        folder,
        _texts(own, "name"),
        district,
        record.name.zh,
        former=former,
        apart=_apart(tables),
        without_broken=without_broken,
        progress=progress,
    )
    page, table, writer = pages_of(folder, out, _years(returns))
    findings[:0] = returns.findings
    _check_schools(returns, former, own, out, force, findings)
    for known, name in former.items():
        returns.names.setdefault(known, name)
    roster, names = _schools(returns, tables, own, force, lang, findings)
    new = {
        "school_years": _rows(school_years_csv(returns)),
        "enrolment": _rows(enrolment_csv(returns)),
        "staff_ages": _staff_ages(returns, folder, tables["schools"], findings),
        "staff_kinds": [],
    }
    merged = [
        roster,
        *(merge(tables[name], rows, force=force, names=names) for name, rows in new.items()),
        _county_years(returns, tables, folder, force, lang, findings),
        _rooms(folder, tables, names, force, findings),
        *_settings(folder, out, force),
    ]
    changes = tuple(change for each in merged for change in each.changes)
    same = sum(each.same for each in merged)
    findings += told(changes, returns)
    written = not any(finding.severity == "error" for finding in findings)
    files = {each.file: each.data for each in merged if each.data is not None}
    replaced = tuple(sorted(name for name in files if (out / name).exists()))
    kept = write_folder(out, files, replaced, findings) if written and files else None
    html = reconciliation_page(
        returns,
        findings,
        record.name,
        lang,
        written=written,
        verdict=changes_sentence(changes, same, lang, written=written),
        sections=[changes_section(changes, same, returns, lang)],
    )
    writer.put(page, html.encode("utf-8"))
    rows = reconciliation_csv(returns, findings, lang, changes_csv(changes, returns, lang))
    writer.put(table, b"\xef\xbb\xbf" + rows.encode("utf-8"))
    return Imported(
        out if written else None,
        page,
        table,
        tuple(findings),
        returns,
        replaced if written else (),
        former=kept,
        changes=changes,
        same=same,
    )


def _years(returns: Returns) -> str:
    """What the pages of a merge are named after, so that those of every year stay."""
    years = returns.years
    return "-".join(str(year) for year in sorted({*years[:1], *years[-1:]})) or returns.folder.name


def _standing(out: Path) -> dict[str, Standing]:
    """The tables of the county's folder; what cannot be read there is refused."""
    findings: list[Finding] = []
    tables = standing(out, findings)
    wrong = [finding for finding in findings if finding.severity == "error"]
    if wrong:
        raise InputError(wrong)
    if tables["school_years"].file is None:
        _count(tables)
    return tables


def _check_county(out: Path) -> None:
    if out.is_file():
        raise problem(
            N_(
                "is a file; sheets are merged into a county's folder. Make one of a workbook by `junheng template FOLDER --from {name}`"
            ),
            file=out,
            name=out.name,
        )
    if not (out / "county.yaml").is_file():
        raise problem(N_("is no county folder (it has no county.yaml)"), file=out)
    strays = stray_links(out)
    if strays:
        raise InputError(Finding("error", LEADS_OUT, {}, str(path)) for path in strays)


def _texts(frame: pd.DataFrame, name: str) -> dict[str, str]:
    pairs = zip(frame["school_id"], frame[name], strict=True)
    return {code: text for code, text in pairs if isinstance(code, str) and isinstance(text, str)}


def _apart(tables: dict[str, Standing]) -> set[str]:
    """Sites with rows of their own in the folder: what is added to their schools would count twice."""
    roster = tables["schools"].frame
    sites = roster.loc[roster["belongs_to"].notna(), "school_id"]
    return set(sites) & set(tables["school_years"].frame["school_id"])


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


def _count(tables: dict[str, Standing]) -> None:
    """Where there is no table of school data, what the enrolment by grade says becomes one."""
    frame = counted(tables["enrolment"].frame, tables["schools"].frame)
    if frame.empty:
        return
    rows = [
        {name: key_text(value) for name, value in row.items()} for row in frame.to_dict("records")
    ]
    names = [column.name for column in TABLES["school_years"].columns if column.needed]
    cells = [names, *([row.get(name, "") for name in names] for row in rows)]
    old = tables["school_years"]
    typed_ = frame.set_axis(pd.RangeIndex(2, len(frame) + 2)).reindex(columns=old.frame.columns)
    typed_ = typed_.astype(old.frame.dtypes.to_dict())
    at = {name: position for position, name in enumerate(names)}
    tables["school_years"] = Standing("school_years", None, cells, 0, at, typed_)


def _check_schools(
    returns: Returns, former: dict, own: pd.DataFrame, out: Path, force: bool, findings: list
) -> None:
    """Sheets of which no school is known here are those of another county."""
    known = set(former) | set(own["school_id"].dropna())
    if returns.schools and former and not known & set(returns.schools) and not force:
        names = [f"{returns.names.get(code, '')} {code}".strip() for code in returns.schools]
        findings.append(
            Finding(
                "error",
                N_(
                    "none of the {n} schools of the sheets ({names}) is in the county's roster; if this is the right county, repeat with --force"
                ),
                {"n": len(names), "names": some(names, 3)},
                str(out),
            )
        )


# --- the roster ------------------------------------------------------------------------------------


def _schools(
    returns: Returns,
    tables: dict[str, Standing],
    own: pd.DataFrame,
    force: bool,
    lang: str,
    findings: list[Finding],
) -> tuple[Merged, dict[str, str]]:
    """The roster: what stands there, completed, a new name from the latest year; and all names."""
    old = tables["schools"]
    settled = {
        row["school_id"]: {name: key_text(value) for name, value in row.items()}
        for row in old.frame.to_dict("records")
        if isinstance(row["school_id"], str)
    }
    given = {
        row["school_id"]: {n: key_text(v) for n, v in row.items() if key_text(v)}
        for row in own.to_dict("records")
        if isinstance(row["school_id"], str)
    }
    for code, row in given.items():
        stands = settled.setdefault(code, dict.fromkeys(TABLES["schools"].names, ""))
        for name, text in row.items():
            stood = _says(name, stands[name])
            if not stood or (force and _says(name, text)):
                stands[name] = text
            elif (
                _says(name, text)
                and not TABLES["schools"][name].same(stood, text)
                and name not in ("name", "note")
            ):
                findings.append(_kept(old, code, stands, name, text))
    said = {place: text for place, (text, _) in returns.facts.items()}
    said |= {(code, FACT): parent(main) for code, main in owners(returns).items()}
    for (code, to), text in said.items():
        name = to.removeprefix("schools.")
        own_ = _says(name, given.get(code, {}).get(name, ""))
        if force and code in settled and text and not own_:
            settled[code][name] = ""
    _rename(returns, tables, settled)
    roster = pd.DataFrame(settled.values(), columns=TABLES["schools"].names)
    roster = roster.mask(roster == "")
    rows = _rows(schools_csv(returns, roster, lang, findings))
    made = merge(old, rows, force=True)
    changes = tuple(
        Change("renamed" if c.column == "name" and c.kind == "changed" else c.kind, *_rest(c))
        for c in made.changes
    )
    names = {row["school_id"]: row["name"] for row in rows}
    return Merged(made.file, made.data, changes, made.same), names


def _says(name: str, text: str) -> str:
    """What a cell of the roster says: that a site's school is not known says nothing."""
    return parent(text) if name == "belongs_to" else text


def _rest(change: Change) -> tuple:
    return change.table, change.key, change.column, change.old, change.new


def _rename(returns: Returns, tables: dict[str, Standing], settled: dict) -> None:
    """A school has the name of its latest year."""
    latest: dict[str, float] = defaultdict(lambda: float("-inf"))
    frame = tables["school_years"].frame
    for code, year in zip(frame["school_id"], frame["year"], strict=True):
        latest[code] = max(latest[code], year)
    newest: dict[str, int] = {}
    for code, year in returns.school_years:
        newest[code] = max(year, newest.get(code, year))
    for code, name in returns.names.items():
        row = settled.get(code)
        if row is None or code not in newest or plain(row["name"]) == plain(name):
            continue
        if newest[code] >= latest[code]:
            row["name"] = name


def _kept(old: Standing, code: str, stands: dict, name: str, text: str) -> Finding:
    return Finding(
        "warning",
        N_(
            "{label} of {school} is “{kept}” in the county's folder and “{value}” in schools.csv among the sheets; the former was kept (--force takes the latter)"
        ),
        {
            "label": TABLES["schools"][name],
            "school": stands["name"] or code,
            "kept": stands[name],
            "value": text,
        },
        str(old.file or ""),
    )


# --- other tables ----------------------------------------------------------------------------------


def _staff_ages(
    returns: Returns, folder: Path, schools: Standing, findings: list[Finding]
) -> Iterable[dict[str, str]]:
    """Teachers by age: a table of one's own among the sheets goes before them, as in an import."""
    file = folder / "staff_ages.csv"
    if not file.is_file():
        return _rows(staff_ages_csv(returns) or b"")
    own = standing_table(file, "staff_ages", findings, schools).frame
    return [{n: key_text(v) for n, v in row.items()} for row in own.to_dict("records")]


def _county_years(
    returns: Returns,
    tables: dict[str, Standing],
    folder: Path,
    force: bool,
    lang: str,
    findings: list[Finding],
) -> Merged:
    """Sums over schools only where the sheets of the year have all schools of the stage."""
    own = own_table(folder, "county_years", [])
    given = {(key_text(year), item) for year, item in zip(own["year"], own["item"], strict=True)}
    rows, left = [], []
    for row in _rows(county_years_csv(returns, folder, lang, findings)):
        if (row["year"], row["item"]) not in given:
            absent = _without_sheets(returns, tables["school_years"], int(row["year"]), row["item"])
            if absent:
                left.append((row["year"], absent))
                continue
        rows.append(row)
    if left:
        year, absent = left[0]
        findings.append(
            Finding(
                "warning",
                N_(
                    "{n} sums for the county (entrants, graduates) were left as they are, because the sheets are not of all schools: of {year}, {m} are missing"
                ),
                {"n": len(left), "year": year, "m": len(absent)},
            )
        )
    return merge(tables["county_years"], rows, force=force, beside={"evidence": "value"})


def _without_sheets(returns: Returns, years: Standing, year: int, item: str) -> set[str]:
    """Schools of the folder with students of the stage in that year that have no sheets of it."""
    stage = "primary" if item.endswith("grade1") else "junior"
    frame = years.frame
    there = frame.loc[(frame["year"] == year) & (frame[f"students_{stage}"] > 0), "school_id"]
    return set(there) - {school for school, y in returns.school_years if y == year}


def _rooms(
    folder: Path, tables: dict[str, Standing], names: dict, force: bool, findings: list
) -> Merged:
    file, old = folder / "rooms.csv", tables["rooms"]
    new = Standing("rooms", None, [], 0, {}, old.frame.iloc[:0])
    if file.is_file():
        new = standing_table(file, "rooms", findings, tables["schools"])
    return merge_groups(old, new, force=force, names=names)


def _settings(folder: Path, out: Path, force: bool) -> Iterable[Merged]:
    for name in SETTINGS:
        if not (folder / name).is_file():
            continue
        data = read_data(folder / name)
        before = read_data(out / name) if (out / name).is_file() else None
        if data == before:
            continue
        kind = "filled" if before is None else "changed" if force else "refused"
        change = Change(kind, name, (), "", "", "")
        yield Merged(name, None if kind == "refused" else data, (change,), 0)
