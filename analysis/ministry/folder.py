"""A folder of return sheets -> a county folder, complete or not at all."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pydantic

from ..base.files import LEADS_OUT, N_, Finding, InputError, problem, read_data, read_yaml
from ..base.language import speak
from ..base.refusals import mistakes, shorten
from ..base.schema.tables import TABLES
from ..base.schema.terms import SCHOOL_TYPES
from ..base.switching import renew, restore
from ..base.writing import Writer, leads_out
from ..data.county import CountyRecord
from ..data.load import read_county
from ..data.places import stray_links
from ..data.reading.names import table_of
from ..data.reading.typed import read_table
from .gather import read_returns
from .reconcile import reconciliation_csv, reconciliation_page
from .returns import Returns, number

#: What a folder of sheets may hold besides them, taken over as it is.
TAKEN_OVER = ("rooms.csv", "plan.yaml", "standard.yaml")

#: Stages in which a school has students -> its type, where no sheet names it.
_TYPE_OF_STAGES = {
    frozenset({"primary"}): "primary",
    frozenset({"junior"}): "junior",
    frozenset({"primary", "junior"}): "nine_year",
    frozenset({"junior", "senior"}): "combined_secondary",
    frozenset({"primary", "junior", "senior"}): "twelve_year",
}


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
    """

    out: Path | None
    page: Path
    table: Path
    findings: tuple[Finding, ...]
    returns: Returns
    replaced: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    former: Path | None = None


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
        Called with the number of workbooks read, and of all.
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
    named = out if out.name not in ("", "..") else out.resolve()
    pages = page, table = [named.with_name(f"{named.name}-import.{end}") for end in ("html", "csv")]
    writer = Writer(tuple(path for path in folder.rglob("*") if path.is_file()), force=None)
    for place in pages:
        writer.check(place)
    findings: list[Finding] = []
    before = _record_of(out)
    county = _record(folder, record, findings, before)
    if county is not None and (out / "county.yaml").exists():
        _check_county(out, before, county)
    roster = _own_table(folder, "schools", findings)
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
    findings += _no_english(record)
    files = {
        "schools.csv": _schools(returns, roster, lang, findings),
        "school_years.csv": _school_years(returns),
        "enrolment.csv": _enrolment(returns),
        "county_years.csv": _county_years(returns, folder, lang, findings),
    }
    for name in TAKEN_OVER:
        if (folder / name).is_file():
            files[name] = read_data(folder / name)
    if county is not None:
        files["county.yaml"] = _yaml(county)
    written = not any(finding.severity == "error" for finding in findings)
    replaced, kept, former = (), (), None
    if written:
        replaced, kept = _apart(out, files)
        former = _write_folder(out, files, replaced, findings)
    title = county.name if county is not None else None
    writer.put(
        page, reconciliation_page(returns, findings, title, lang, written=written).encode("utf-8")
    )
    writer.put(table, b"\xef\xbb\xbf" + reconciliation_csv(returns, findings, lang).encode("utf-8"))
    made = out if written else None
    return Imported(made, page, table, tuple(findings), returns, replaced, kept, former)


def _check_places(folder: Path, out: Path, force: bool) -> None:
    if not folder.is_dir():
        raise problem(N_("is not a folder of return sheets"), file=folder)
    strays = [path for path in sorted(folder.rglob("*")) if leads_out(path, folder)]
    if strays:
        raise InputError(Finding("error", LEADS_OUT, {}, str(path)) for path in strays)
    if out.resolve() == folder.resolve() or out.resolve() in folder.resolve().parents:
        raise problem(
            N_("the sheets lie in this folder; choose another one for the county"), file=out
        )
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


def _record_of(out: Path) -> dict:
    """What the county.yaml of the folder says that is there already; nothing if it is none."""
    try:
        data = read_yaml(out / "county.yaml").data
    except InputError:
        return {}
    return data if isinstance(data, dict) else {}


def _check_county(out: Path, before: dict, county: CountyRecord) -> None:
    """A folder is renewed by sheets of the same county only."""
    code = before.get("code")
    if str(code) == county.code:
        return
    if code is None:
        raise problem(
            N_("the county's code cannot be read; correct it or choose another folder"),
            file=out / "county.yaml",
        )
    raise problem(
        N_(
            "is the folder of the county {code}, but the sheets are imported for {other}; choose another folder"
        ),
        file=out,
        code=shorten(str(code)),
        other=county.code,
    )


# --- county.yaml and roster ----------------------------------------------------------------------


def _record(
    folder: Path, given: dict, findings: list[Finding], before: dict
) -> CountyRecord | None:
    """county.yaml of the folder, with what was given on the command line; says what is missing.

    What no sheet can say, the standard and the target year, is taken from the record before.
    """
    path = folder / "county.yaml"
    data: dict = {}
    if path.exists():
        try:
            found = read_yaml(path).data
            data = dict(found) if isinstance(found, dict) else {}
        except InputError as error:
            findings += error.findings
            return None
    given = {name: text.strip() for name, text in given.items() if text and text.strip()}
    if "code" in given:
        data["code"] = given["code"]
    for name in ("name", "province"):
        if name in given:
            data[name] = {"zh": given[name], "en": given.get(f"{name}_en", given[name])}
    absent = [name for name in ("code", "name", "province") if name not in data]
    if absent:
        findings.append(
            Finding(
                "error",
                N_(
                    "the county's {names} is missing: give {options}, or put a county.yaml into the folder"
                ),
                {"names": ", ".join(absent), "options": " ".join(f"--{name}" for name in absent)},
                str(folder),
            )
        )
        return None
    with contextlib.suppress(pydantic.ValidationError):
        settled = CountyRecord.model_validate(before).model_dump()
        data = {name: settled[name] for name in ("standard", "target_year")} | data
    sources = [*data.get("sources", [])]
    if isinstance(data.get("sources", []), list):
        sources.append({"title": "教育事业统计报表", "note": "junheng import"})
        data["sources"] = sources
    try:
        return CountyRecord.model_validate(data)
    except pydantic.ValidationError as error:
        findings += [
            Finding(
                "error",
                N_("{key}: {reason}"),
                {"key": key, "reason": reason},
                str(path),
                value=value,
            )
            for _, key, reason, value in mistakes(error, data)
        ]
        return None


def _no_english(given: dict) -> list[Finding]:
    """What is said where a Chinese name stands for the English one."""
    given = {name: text.strip() for name, text in given.items() if text and text.strip()}
    names = [n for n in ("name", "province") if n in given and f"{n}_en" not in given]
    if not names:
        return []
    values = {
        "texts": ", ".join(given[name] for name in names),
        "options": " ".join(f"--{name}-en" for name in names),
    }
    message = N_("no English name was given; {texts} is used ({options})")
    return [Finding("warning", message, values)]


def _own_table(folder: Path, name: str, findings: list[Finding]) -> pd.DataFrame:
    """A table of ours among the sheets, empty if there is none."""
    path = folder / f"{name}.csv"
    if path.is_file():
        return read_table(path, name, findings)
    return pd.DataFrame(columns=TABLES[name].names)


def _schools(returns: Returns, roster: pd.DataFrame, lang: str, findings: list[Finding]) -> bytes:
    """The roster: as given, then what the sheets of basic facts say, then what can be inferred."""
    columns = TABLES["schools"].names
    rows = {
        row["school_id"]: {c: "" if pd.isna(row[c]) else _plain(row[c]) for c in columns}
        for row in roster.to_dict("records")
        if isinstance(row["school_id"], str)
    }
    with_sheets = set(returns.schools) | {school for school, _ in returns.facts}
    if rows:
        for code in sorted(with_sheets - set(rows)):
            findings.append(
                Finding(
                    "warning",
                    N_(
                        "the school {code} ({name}) has sheets but is not in schools.csv; it was added"
                    ),
                    {"code": code, "name": returns.names.get(code, "—")},
                )
            )
    inferred, without = [], []
    for code in sorted(with_sheets):
        row = rows.setdefault(code, dict.fromkeys(columns, "") | {"school_id": code})
        row["name"] = row["name"] or returns.names.get(code, "") or code
        for name in ("type", "sponsor", "area", "longitude", "latitude"):
            said = returns.facts.get((code, f"schools.{name}"))
            if said is None:
                continue
            if row[name] and row[name] != said[0]:
                findings.append(
                    Finding(
                        "warning",
                        N_(
                            "{label} of {school} is “{value}” in {place}, but “{kept}” in schools.csv; the latter was kept"
                        ),
                        {
                            "label": TABLES["schools"][name],
                            "school": row["name"],
                            "value": said[0],
                            "place": str(said[1]),
                            "kept": row[name],
                        },
                    )
                )
            row[name] = row[name] or said[0]
        if not row["ownership"] and row["sponsor"]:
            row["ownership"] = "private" if row["sponsor"] == "10" else "public"
        if not row["type"]:
            stages = {s for year in returns.years for s in returns.stages(code, year)}
            row["type"] = _TYPE_OF_STAGES.get(frozenset(stages), "")
            if row["type"]:
                inferred.append(f"{row['name']}: {SCHOOL_TYPES[row['type']].label(lang)}")
        if not row["ownership"]:
            without.append(row["name"])
    if inferred:
        findings.append(
            Finding(
                "warning",
                N_(
                    "the type of {n} schools is in no sheet and was inferred from the stages they teach ({names}); teaching points and special-education schools cannot be told this way"
                ),
                {"n": len(inferred), "names": _some(inferred)},
            )
        )
    if without:
        findings.append(
            Finding(
                "warning",
                N_(
                    "the ownership (public or private) of {n} schools is in no sheet ({names}); put a schools.csv into the folder, or fill it in"
                ),
                {"n": len(without), "names": _some(without)},
            )
        )
    return _csv(columns, rows.values())


def _some(names: list[str], shown: int = 5) -> str:
    return ", ".join(names[:shown]) + (" …" if len(names) > shown else "")


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# --- tables --------------------------------------------------------------------------------------


def _school_years(returns: Returns) -> bytes:
    columns = [column.name for column in TABLES["school_years"].columns if column.needed]
    rows = []
    for school, year in returns.school_years:
        row = {"school_id": school, "year": str(year)}
        for name in columns[2:]:
            row[name] = _text(returns.value(school, year, f"school_years.{name}"))
        rows.append(row)
    return _csv(columns, rows)


def _enrolment(returns: Returns) -> bytes:
    columns = ["school_id", "year", "grade", "students", "classes", "largest_class"]
    rows = []
    for school, year in returns.school_years:
        for grade in range(1, 13):
            students = returns.value(school, year, f"enrolment.students.{grade}")
            if students is None:
                continue
            classes = returns.value(school, year, f"enrolment.classes.{grade}")
            rows.append(
                {
                    "school_id": school,
                    "year": str(year),
                    "grade": str(grade),
                    "students": _text(students),
                    "classes": _text(classes),
                    "largest_class": "",
                }
            )
    return _csv(columns, rows)


def _county_years(returns: Returns, folder: Path, lang: str, findings: list[Finding]) -> bytes:
    """Sums over all schools that teach the stage; a sum with a gap is none. What was given wins."""
    say = speak(lang)
    columns = ["year", "item", "value", "evidence"]
    own = _own_table(folder, "county_years", findings)
    rows = {
        (row["year"], row["item"]): {
            "year": "" if pd.isna(row["year"]) else str(int(row["year"])),
            **{name: "" if pd.isna(row[name]) else str(row[name]) for name in columns[1:]},
        }
        for row in own.to_dict("records")
    }
    sums: dict[tuple[int, str], list] = defaultdict(list)
    for reading in returns.readings.values():
        table, item, *_ = reading.to.split(".")
        if table == "county_years":
            sums[reading.year, item].append(reading)
    for (year, item), found in sorted(sums.items()):
        stage = "primary" if item.endswith("grade1") else "junior"
        teaching = {
            s for s, y in returns.school_years if y == year and stage in returns.stages(s, y)
        }
        if not teaching or teaching - {r.school for r in found if r.value is not None}:
            continue
        total = sum((r.value for r in found if r.value is not None), Decimal(0))
        given = rows.get((year, item))
        if given is not None:
            if given["value"] and given["value"] != number(total):
                findings.append(
                    Finding(
                        "warning",
                        N_(
                            "{item} of {year} is {given}, but the sheets add up to {total}; the former was kept"
                        ),
                        {
                            "item": item,
                            "year": year,
                            "given": given["value"],
                            "total": number(total),
                        },
                        str(folder / "county_years.csv"),
                    )
                )
            continue
        forms = ", ".join(sorted({r.form for r in found}))
        evidence = say("{forms}: sum of {n} schools", forms=forms, n=len(teaching))
        rows[year, item] = {
            "year": str(year),
            "item": item,
            "value": number(total),
            "evidence": evidence,
        }
    return _csv(columns, rows.values())


def _text(value: Decimal | None) -> str:
    return "" if value is None else number(value)


def _csv(columns: list[str], rows: Iterable[dict]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _yaml(record: CountyRecord) -> bytes:
    """county.yaml, every text in quotation marks."""
    lines = []
    for name, value in record.model_dump().items():
        if value is None or value == ():
            continue
        if name == "sources":
            lines.append("sources:")
            lines += [f"  - {json.dumps(source, ensure_ascii=False)}" for source in value]
        else:
            lines.append(f"{name}: {json.dumps(value, ensure_ascii=False)}")
    return ("\n".join(lines) + "\n").encode("utf-8")


# --- writing -------------------------------------------------------------------------------------


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


def _write_folder(
    out: Path, files: dict[str, bytes], replaced: tuple[str, ...], findings: list[Finding]
) -> Path | None:
    """Make or renew the folder, with what `check` says of it; returns the dated copy."""

    def look(made: Path) -> None:
        _, found = read_county(made)
        findings.extend(
            dataclasses.replace(finding, file=finding.file.replace(str(made), str(out)))
            for finding in found
        )

    return renew(out, files, replaced, look)
