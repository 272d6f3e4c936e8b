"""Which school a site (不计校数) belongs to: by `sites.csv` among the sheets, else by the sheets."""

from __future__ import annotations

import csv
from pathlib import Path

from ..base.files import N_, Finding, decode, problem, read_data
from ..base.refusals import some
from .own_files import SITES
from .reading.labels import plain
from .returns import Returns

#: What the roster says of a site whose school is not known.
UNKNOWN = "unknown"
FACT = "schools.belongs_to"
#: Sites that a sentence names.
_NAMED = 8

ASKED = N_(
    "sites that are not counted as schools (不计校数) and of which no table says to which school they belong: {n} ({names}); until it is known neither they nor their schools are assessed: fill in the main school of each in the roster (schools.csv, column belongs_to), or put a file {file} with the columns site, belongs_to beside the sheets and import again with --into"
)
ADDED = N_(
    "sites (不计校数) whose figures were added to those of the schools they belong to: {n} ({names})"
)


def is_not_counted(text: str) -> bool:
    """Whether 是否计校数 says no."""
    return plain(text) in ("0", "否")


def is_said(text: str) -> bool:
    return plain(text) not in ("", "*", "-", "-1", "无", "0")


def parent(said: str) -> str:
    """The school that a site is said to belong to, "" where that is blank or said to be unknown."""
    return "" if plain(said) in (UNKNOWN, "未知") else said


def parents_in(folder: Path) -> dict[str, str]:
    """Site -> school it belongs to, as `sites.csv` among the sheets says it; names or codes."""
    path = folder / SITES
    if not path.is_file():
        return {}
    text, damaged = decode(read_data(path))
    if text is None:
        raise problem(N_("is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8”"), file=path)
    if damaged:
        raise problem(
            N_("the text is damaged here; save the file again as “CSV UTF-8”"),
            file=path,
            row=damaged,
        )
    return {
        row["site"].strip(): row["belongs_to"].strip()
        for row in csv.DictReader(text.splitlines())
        if (row.get("site") or "").strip() and (row.get("belongs_to") or "").strip()
    }


def owners(returns: Returns) -> dict[str, str]:
    """Code of each site -> code of the school it belongs to, `unknown` where nothing says it."""
    given = parents_in(returns.folder)
    codes = {name: code for code, name in returns.names.items()}
    known = set(returns.schools) | {code for code, _ in returns.facts}
    found = {code: value for (code, to), (value, _) in returns.facts.items() if to == FACT}
    for code in known:
        said = given.get(code) or given.get(returns.names.get(code, "")) or found.get(code)
        if said is not None:
            found[code] = said if said in known else codes.get(said, said)
    return found


def place_of_parent(code: str, returns: Returns) -> str:
    """Where it stands to which school a site belongs."""
    given = parents_in(returns.folder)
    if code in given or returns.names.get(code, "") in given:
        return SITES
    return str(returns.facts[code, FACT][1])


def asked(names: list[str]) -> list[Finding]:
    """The question for sites whose school is not known: one line."""
    if not names:
        return []
    values = {"n": len(names), "names": some(names, _NAMED), "file": SITES}
    return [Finding("warning", ASKED, values)]


def added(pairs: dict[str, str]) -> list[Finding]:
    """That the figures of sites were added to those of schools, by name: one line."""
    if not pairs:
        return []
    names = [f"{site} → {school}" for site, school in pairs.items()]
    return [Finding("warning", ADDED, {"n": len(names), "names": some(names, _NAMED)})]
