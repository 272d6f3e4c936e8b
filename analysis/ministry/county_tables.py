"""What the sheets say -> the tables of a county's folder; what was given by hand wins."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ..base.files import N_, Finding
from ..base.language import speak
from ..base.refusals import some
from ..base.schema.tables import TABLES
from ..base.schema.terms import SCHOOL_TYPES
from ..data.reading.tables import read_table
from .belonging import UNKNOWN, asked, owners, parent, place_of_parent
from .forms import STAGE_BANDS
from .returns import Returns, number

#: Stages in which a school has students -> its type, where no sheet names it.
_TYPE_OF_STAGES = {
    frozenset({"primary"}): "primary",
    frozenset({"junior"}): "junior",
    frozenset({"primary", "junior"}): "nine_year",
    frozenset({"junior", "senior"}): "combined_secondary",
    frozenset({"primary", "junior", "senior"}): "twelve_year",
}


def own_table(folder: Path, name: str, findings: list[Finding]) -> pd.DataFrame:
    """A table of ours among the sheets, empty if there is none."""
    path = folder / f"{name}.csv"
    if path.is_file():
        return read_table(path, name, findings, as_written=("longitude", "latitude"))
    return pd.DataFrame(columns=TABLES[name].names)


def schools_csv(
    returns: Returns, roster: pd.DataFrame, lang: str, findings: list[Finding]
) -> bytes:
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
    inferred, without, unplaced = [], [], []
    sites = owners(returns)
    for code in sorted(with_sheets, key=lambda code: (code in sites, code)):
        row = rows.setdefault(code, dict.fromkeys(columns, "") | {"school_id": code})
        row["name"] = row["name"] or returns.names.get(code, "") or code
        for name in ("type", "sponsor", "area", "longitude", "latitude"):
            said = returns.facts.get((code, f"schools.{name}"))
            if said is None:
                continue
            if row[name] and not TABLES["schools"][name].same(row[name], said[0]):
                findings.append(_kept(row, name, said[0], str(said[1])))
            row[name] = row[name] or said[0]
        row["system"] = row["system"] or returns.systems.get(code, "")
        if not row["ownership"] and row["sponsor"]:
            row["ownership"] = "private" if row["sponsor"] == "10" else "public"
        if code in sites:
            kept, said = parent(row["belongs_to"]), parent(sites[code])
            if kept and said and kept != said:
                findings.append(_kept(row, "belongs_to", said, place_of_parent(code, returns)))
            row["belongs_to"] = kept or said or row["belongs_to"] or UNKNOWN
            if not parent(row["belongs_to"]):
                unplaced.append(row["name"])
            main = rows.get(row["belongs_to"], {})
            for name in ("type", "ownership", "area"):
                row[name] = row[name] or main.get(name, "")
        if not row["type"]:
            stages = {s for year in returns.years for s in returns.stages(code, year)}
            row["type"] = _TYPE_OF_STAGES.get(frozenset(stages), "")
            if row["type"]:
                inferred.append(f"{row['name']}: {SCHOOL_TYPES[row['type']].label(lang)}")
        if not row["ownership"]:
            without.append(row["name"])
    findings += asked(unplaced)
    if inferred:
        findings.append(
            Finding(
                "warning",
                N_(
                    "the type of {n} schools is in no sheet and was inferred from the stages they teach ({names}); teaching points and special-education schools cannot be told this way"
                ),
                {"n": len(inferred), "names": some(inferred, 5)},
            )
        )
    if without:
        findings.append(
            Finding(
                "warning",
                N_(
                    "the ownership (public or private) of {n} schools is in no sheet ({names}); put a schools.csv into the folder, or fill it in"
                ),
                {"n": len(without), "names": some(without, 5)},
            )
        )
    return _csv(columns, rows.values())


def _kept(row: dict, name: str, value: str, place: str) -> Finding:
    return Finding(
        "warning",
        N_(
            "{label} of {school} is “{value}” in {place}, but “{kept}” in schools.csv; the latter was kept"
        ),
        {
            "label": TABLES["schools"][name],
            "school": row["name"],
            "value": value,
            "place": place,
            "kept": row[name],
        },
    )


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# --- tables --------------------------------------------------------------------------------------


def school_year_columns(returns: Returns) -> list[str]:
    """The columns of `school_years` that are written: those needed, and what was read of the others."""
    read = {to for (_, _, to), each in returns.readings.items() if each.value is not None}
    return [
        column.name
        for column in TABLES["school_years"].columns
        if column.needed or f"school_years.{column.name}" in read
    ]


def school_years_csv(returns: Returns) -> bytes:
    columns = school_year_columns(returns)
    rows = []
    for school, year in returns.school_years:
        row = {"school_id": school, "year": str(year)}
        for name in columns[2:]:
            row[name] = _text(returns.value(school, year, f"school_years.{name}"))
        rows.append(row)
    return _csv(columns, rows)


def enrolment_csv(returns: Returns) -> bytes:
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


def staff_ages_csv(returns: Returns) -> bytes | None:
    """Teachers by age; None where no sheet has them."""
    rows = []
    for school, year in returns.school_years:
        for place, (stage, band) in STAGE_BANDS.items():
            persons = returns.value(school, year, f"staff_ages.persons.{place}")
            if persons is None:
                continue
            women = returns.value(school, year, f"staff_ages.women.{place}")
            rows.append(
                {
                    **{"school_id": school, "year": str(year), "stage": stage, "age_band": band},
                    **{"persons": _text(persons), "women": _text(women)},
                }
            )
    return _csv(TABLES["staff_ages"].names, rows) if rows else None


def county_years_csv(returns: Returns, folder: Path, lang: str, findings: list[Finding]) -> bytes:
    """Sums over all schools that teach the stage; a sum with a gap is none. What was given wins."""
    say = speak(lang)
    columns = ["year", "item", "value", "evidence"]
    own = own_table(folder, "county_years", findings)
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
