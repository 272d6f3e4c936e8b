"""What was dropped on the page: files in a folder of their own, read and checked."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import re
import shutil
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pydantic
import yaml

from ..base.files import N_, Finding, InputError, problem
from ..base.language import LANGUAGES, Language
from ..base.storage.writing import write_whole
from ..data.corrections import listed
from ..data.county import County
from ..data.load import read_county
from ..data.reading.names import table_of

#: Bytes of all files of one drop together, and how many there may be.
LARGEST_DROP = 40_000_000
MOST_FILES = 60
#: Drops that are kept; the oldest gives way.
KEPT = 8
#: Rows of the table of findings that the page shows; the workbook has all.
SHOWN = 300

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et")
SETTINGS = (".yaml", ".yml")

#: Names that Windows gives to devices, whatever their ending.
DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}


class Sent(pydantic.BaseModel):
    """A file as the page sends it: its name, of which nothing is used as a path, and its bytes."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    name: str
    data: str


class Record(pydantic.BaseModel):
    """What the page is told of the county of CSV tables that come without ``county.yaml``."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    code: str = ""
    name: str = ""
    province: str = ""

    def file(self) -> bytes:
        """As `county.yaml`; what is missing or wrong in it is found when it is read."""
        names = {"name": self.name, "province": self.province}
        data = {"code": self.code.strip()}
        data |= {key: dict.fromkeys(LANGUAGES, text.strip()) for key, text in names.items()}
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")


class Dropping(pydantic.BaseModel):
    """All that was dropped at once."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    files: tuple[Sent, ...]
    record: Record = Record()


@dataclass(frozen=True)
class Drop:
    """Files that were dropped together, as they were read.

    Attributes
    ----------
    id : str
    path : Path
        The workbook, or the folder of the tables.
    names : dict of str to str
        Name of a file in the folder -> as the office knows it.
    county : County or None
        None if there is an error.
    findings : list of Finding
        Errors first.
    """

    id: str
    path: Path
    names: dict[str, str]
    county: County | None = field(repr=False)
    findings: list[Finding] = field(repr=False)

    @property
    def folder(self) -> Path:
        return self.path.parent

    def rows(self, lang: str) -> list[dict]:
        """Findings as the page shows them (`analysis.data.corrections.listed`), files by their own names."""
        return [
            row | {"file": self._named(row["file"]), "what": self._without_folder(row["what"])}
            for row in listed(self.findings[:SHOWN], lang)
        ]

    def _without_folder(self, text: str) -> str:
        return text.replace(f"{self.path}{os.sep}", "").replace(f"{self.folder}{os.sep}", "")

    def _named(self, file: str) -> str:
        if file == str(self.path):  # the folder as a whole: no place that the office knows
            return ""
        file = self._without_folder(file)
        for stored, own in self.names.items():
            if file == stored or file.startswith(f"{stored} ["):
                return own + file[len(stored) :]
        return file


class Tray:
    """Keeps the last drops in a folder that nobody else uses.

    Parameters
    ----------
    folder : Path
        Of this process; everything in it is removed by whoever made it.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.drops: OrderedDict[str, Drop] = OrderedDict()
        self._number = 0

    def take(self, body: bytes) -> Drop:
        """Put what was sent into a folder of its own, and read it.

        Raises
        ------
        InputError
            It did not arrive whole, is too much, or holds files that no county is made of.
        """
        dropping = _read(body)
        files = _bytes(dropping)
        with self.place() as (name, folder):
            path, names = _lay(files, dropping.record, folder)
            return self.keep(Drop(name, path, names, *read_county(path)))

    @contextlib.contextmanager
    def place(self) -> Iterator[tuple[str, Path]]:
        """An id and a folder for a new drop; the folder is gone if it comes to nothing."""
        self._number += 1
        name = str(self._number)
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        try:
            yield name, folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def keep(self, drop: Drop) -> Drop:
        """Keep a drop; the oldest gives way."""
        self.drops[drop.id] = drop
        while len(self.drops) > KEPT:
            _, oldest = self.drops.popitem(last=False)
            shutil.rmtree(oldest.folder, ignore_errors=True)
        return drop

    def drop(self, name: str) -> Drop:
        """A drop by its id."""
        if name not in self.drops:
            raise problem(N_("these files are not here any more; drop them again"))
        return self.drops[name]


def summary(drop: Drop, say: Language) -> str:
    """What came of a drop, in a sentence."""
    errors = sum(finding.severity == "error" for finding in drop.findings)
    warnings = len(drop.findings) - errors
    if drop.county is None:
        return say(
            "{errors} to correct, {warnings} to look at: no report can be made of it yet.",
            errors=say.number(errors),
            warnings=say.number(warnings),
        )
    years = drop.county.years
    return say(
        "{county}: read without errors ({schools} schools, {years}; {warnings} to look at).",
        county=say.label(drop.county.record.name),
        schools=say.number(len(drop.county.tables["schools"])),
        years=f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]),
        warnings=say.number(warnings),
    )


def _read(body: bytes) -> Dropping:
    try:
        return Dropping.model_validate_json(body)
    except (pydantic.ValidationError, RecursionError):
        raise problem(N_("the files did not arrive whole; drop them again")) from None


def _bytes(dropping: Dropping) -> list[tuple[str, bytes]]:
    """Names for people and bytes, as far as they are not too much."""
    if not dropping.files:
        raise problem(N_("no file was chosen"))
    if len(dropping.files) > MOST_FILES:
        raise problem(
            N_("{n} files are more than the {limit} that one county can have; drop its own only"),
            n=len(dropping.files),
            limit=MOST_FILES,
        )
    try:
        found = [(_plain(f.name), base64.b64decode(f.data, validate=True)) for f in dropping.files]
    except (binascii.Error, ValueError):
        raise problem(N_("the files did not arrive whole; drop them again")) from None
    size = sum(len(data) for _, data in found)
    if size > LARGEST_DROP:
        raise problem(
            N_("these files have {size} MB; at most {limit} MB are read at once"),
            size=-(-size // 1_000_000),
            limit=LARGEST_DROP // 1_000_000,
        )
    return found


def _plain(name: str) -> str:
    """The last part of a name, for people to read: on one line and not too long."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    kept = kept.strip()
    # the end of a name says what is in the file
    return kept if len(kept) <= 80 else f"{kept[:60]}…{kept[-12:]}"


def _stem(name: str) -> str:
    """A name for a file of ours after one that was sent: word characters only, never a path."""
    stem = re.sub(r"[^\w-]+", "-", name.rpartition(".")[0]).strip("-")[:60]
    return f"_{stem}" if not stem or stem.lower() in DEVICES else stem


def ending(name: str) -> str:
    """The ending of a file's name with its dot, in small letters."""
    dot, ending = name.rpartition(".")[1:]
    return (dot + ending).lower()


def _lay(
    files: list[tuple[str, bytes]], record: Record, folder: Path
) -> tuple[Path, dict[str, str]]:
    """Write files under names of ours; the path of the county and the names as they were."""
    workbooks = [file for file in files if ending(file[0]) in WORKBOOKS]
    tables = [file for file in files if ending(file[0]) == ".csv"]
    others = [file for file in files if ending(file[0]) in SETTINGS]
    known = {*WORKBOOKS, ".csv", *SETTINGS}
    strange = [
        Finding(
            "error",
            N_("is neither a workbook (.xlsx) nor a table (.csv) nor settings (.yaml) of a county"),
            {},
            name,
        )
        for name, _ in files
        if ending(name) not in known
    ]
    if strange:
        raise InputError(strange)
    if len(workbooks) > 1 or (workbooks and tables):
        raise problem(
            N_("drop one workbook, or the CSV tables of one county, but not more at once")
        )
    if not workbooks and not tables:
        raise problem(N_("settings alone are no county; drop its workbook or its tables with them"))
    place = _Place(folder / "county" if tables else folder)
    for name, data in workbooks:
        path = place.put(f"{_stem(name)}.xlsx", name, data)
    for name, data in tables:
        stem = name.rpartition(".")[0]
        place.put(f"{table_of(stem) or _stem(name)}.csv", name, data)
    for name, data in others:
        place.put(_setting(name, path if workbooks else None), name, data)
    if tables:
        path = place.folder
        if "county.yaml" not in place.names and any(record.model_dump().values()):
            place.put("county.yaml", "county.yaml", record.file())
    return path, place.names


def _setting(name: str, workbook: Path | None) -> str:
    """Where a file of settings is looked for: the plan beside its workbook, all others by their names."""
    if workbook is not None and re.search(r"(^|\.)plan\.ya?ml$", name.lower()):
        return workbook.with_suffix(".plan.yaml").name
    return f"{_stem(name)}.yaml"


class _Place:
    """A folder and what was put into it."""

    def __init__(self, folder: Path):
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder, self.names = folder, {}

    def put(self, stored: str, name: str, data: bytes) -> Path:
        # as the file systems of Windows and macOS compare names
        if stored.lower() in (each.lower() for each in self.names):
            raise problem(
                N_("“{one}” and “{other}” would be the same table; drop one of them"),
                one=next(own for each, own in self.names.items() if each.lower() == stored.lower()),
                other=name,
            )
        self.names[stored] = name
        return write_whole(self.folder / stored, data)
