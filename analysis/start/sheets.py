"""Return sheets dropped on the page: laid into a folder under their own names, and made a county of."""

from __future__ import annotations

import base64
import binascii
import io
import lzma
import os
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pydantic

from ..base.files import N_, problem
from ..base.language import Language
from ..base.storage.folders import is_hidden
from ..base.storage.writing import write_whole
from ..data.load import read_county
from ..data.reading.archive import DAMAGE
from ..data.template.write import files_beside, write_template
from ..ministry.folder import Imported, import_returns
from ..ministry.own_files import OURS
from ..ministry.reading.sheets import ENDINGS
from ..ministry.summary import summary
from .tray import DEVICES, SETTINGS, Drop, Record, Sent, ending

#: Bytes of all files of one drop together, packed and unpacked, and how many there may be.
LARGEST_SHEETS = 150_000_000
LARGEST_UNPACKED = 600_000_000
MOST_SHEETS = 10_000
#: Folders in folders that are kept: the name of one may be the school year.
_DEPTH = 6
#: Characters of a name that are kept: no system takes more than 255 bytes.
LONGEST = 72
#: Bit of a file's flags in an archive.
_ENCRYPTED = 1


class Dropping(pydantic.BaseModel):
    """All that was dropped at once, and whose it is."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    files: tuple[Sent, ...]
    record: Record = Record()
    district: str = ""
    without_broken: bool = False


@dataclass(frozen=True)
class Returned:
    """What was made of return sheets.

    Attributes
    ----------
    drop : Drop
        The county's workbook as it was read; without a county where none could be made.
    folder : Path
        The county's folder.
    page : Path
        The reconciliation page.
    lines : list of tuple
        Severity and sentence, as the command says them.
    """

    drop: Drop
    folder: Path
    page: Path
    lines: list[tuple[str, str]]


def take_sheets(name: str, folder: Path, body: bytes, say: Language) -> Returned:
    """Put what was sent into a folder, and import it.

    Parameters
    ----------
    name : str
        Id of the drop.
    folder : Path
        Of this drop alone.
    body : bytes
        A `Dropping`.
    say : Language

    Raises
    ------
    InputError
        It did not arrive whole, is too much, or is no folder of sheets.
    """
    try:
        dropping = Dropping.model_validate_json(body)
        files = [(each.name, base64.b64decode(each.data, validate=True)) for each in dropping.files]
    except (pydantic.ValidationError, RecursionError, binascii.Error, ValueError):
        raise problem(N_("the files did not arrive whole; drop them again")) from None
    sheets = folder / "sheets"
    sheets.mkdir(mode=0o700)
    _lay(files, sheets)
    laid, sheets = sheets, _of_the_county(sheets)
    record = _record(dropping.record, sheets)
    # what messages call it is what it will be called in the .zip
    out = folder / (_segment(f"{record['code']}-{record['name']}".strip("-")))
    made = import_returns(
        sheets,
        out,
        lang=say.code,
        district=dropping.district.strip(),
        without_broken=dropping.without_broken,
        **record,
    )
    lines = summary(made.findings, say.code)
    places = [f"{path}{os.sep}" for path in (sheets, laid, out, folder)]
    plain = [(severity, _plain(text, places)) for severity, text in lines]
    return Returned(_drop(name, out, made, say.code), out, made.page, plain)


def _record(given: Record, sheets: Path) -> dict[str, str]:
    """Code, name and province for the import; the sheets do not hold them."""
    record = {key: text.strip() for key, text in given.model_dump().items()}
    if not all(record.values()) and not (sheets / "county.yaml").is_file():
        raise problem(N_("fill in code, name and province of the county, then import again"))
    # nobody is asked for English names here: the Chinese ones stand in their place
    return record | {f"{key}_en": record[key] for key in ("name", "province")}


def _drop(name: str, out: Path, made: Imported, lang: str) -> Drop:
    """What was made as the office goes on with it: a workbook, whose sheets and cells it knows."""
    if made.out is None:
        return Drop(name, out, {}, None, list(made.findings))
    county, findings = read_county(out)
    if county is None:
        return Drop(name, out, {}, None, findings)
    book = out.with_name(f"{out.name}.xlsx")
    for path, data in {
        book: write_template(county, lang),
        **files_beside(county, book, []),
    }.items():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, data)
    return Drop(name, book, {}, *read_county(book))


def _plain(text: str, places: list[str]) -> str:
    """A sentence without the folders of this process."""
    for place in places:
        text = text.replace(place, "")
    return text


def packed(returned: Returned) -> bytes:
    """The county's folder and its reconciliation page as a .zip."""
    buffer = io.BytesIO()
    folder = returned.folder
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (*sorted(folder.rglob("*")), *sorted(folder.parent.glob("*-import.*"))):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent))
    return buffer.getvalue()


# --- files under their own names ----------------------------------------------------------------------


def _lay(files: list[tuple[str, bytes]], folder: Path) -> None:
    """Write files into a folder; of those that the import does not read only the names, which it says."""
    if not files:
        raise problem(N_("no file was chosen"))
    place = _Place(folder)
    for name, data in files:
        if ending(name) == ".zip":
            _unpack(name, data, place)
        elif not _is_hidden(name):
            place.put(name, data if _is_read(name) else b"")
    if not place.read:
        raise problem(N_("there is no workbook (.xlsx or .xls) among these files"))


def _is_read(name: str) -> bool:
    return ending(name) in (*ENDINGS, ".csv", *SETTINGS)


def _is_hidden(name: str) -> bool:
    return any(is_hidden(part) for part in _parts(name))


def _parts(name: str) -> list[str]:
    """Folders and file of a name, without what leads out of a folder."""
    return [part for part in re.split(r"[\\/]+", name) if part.strip(". ")]


def _of_the_county(sheets: Path) -> Path:
    """The folder with the county's own tables, where one folder was dropped that has them; else all of it."""
    here = sheets
    while not any((here / own).is_file() for own in OURS):
        inside = list(here.iterdir())
        if len(inside) != 1 or not inside[0].is_dir():
            return sheets
        (here,) = inside
    return here


def _unpack(name: str, data: bytes, place: _Place) -> None:
    """Write the files of an archive."""
    try:
        # archives of Chinese Windows name files in its code page, and do not say so
        with zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gb18030") as archive:
            for info in archive.infolist():
                if info.is_dir() or _is_hidden(info.filename):
                    continue
                if not _is_read(info.filename):
                    place.put(info.filename, b"")
                    continue
                if info.flag_bits & _ENCRYPTED:
                    raise problem(N_("needs a password; pack it without one"), file=_segment(name))
                place.allow(info.file_size)
                place.put(info.filename, _member(archive, info))
    except DAMAGE:
        raise problem(N_("is damaged; pack it again"), file=_segment(name)) from None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(info)
    except (OSError, lzma.LZMAError):  # as two of the methods call damage
        raise zipfile.BadZipFile from None


class _Place:
    """A folder, what was put into it, and how much more may be."""

    def __init__(self, folder: Path):
        self.folder, self.taken = folder, set()
        self.read = 0
        self.room = LARGEST_UNPACKED

    def allow(self, size: int) -> None:
        """Refuse more than is read at once."""
        if size > self.room or len(self.taken) >= MOST_SHEETS:
            raise problem(
                N_("these are more than {files} files or {limit} MB; import them year by year"),
                files=MOST_SHEETS,
                limit=LARGEST_UNPACKED // 1_000_000,
            )

    def put(self, name: str, data: bytes) -> None:
        self.allow(len(data))
        self.room -= len(data)
        self.read += _is_read(name)
        *folders, last = [_segment(part) for part in _parts(name)][-_DEPTH:] or ["_"]
        stem, end = os.path.splitext(last)
        path, n = self.folder.joinpath(*folders, last), 1
        while str(path).lower() in self.taken:  # as Windows and macOS compare names
            n += 1
            path = self.folder.joinpath(*folders, f"{stem} ({n}){end}")
        self.taken.add(str(path).lower())
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, data)


def _segment(name: str) -> str:
    """One part of a path as it was called, of characters that every system allows."""
    kept = "".join(
        "-" if c in '<>:"|?*/\\' else c for c in name if unicodedata.category(c)[0] != "C"
    )
    stem, end = os.path.splitext(kept.strip(". "))
    if len(stem) > LONGEST:  # the school year may stand at either end
        stem = f"{stem[: LONGEST // 2]}…{stem[-LONGEST // 2 + 1 :]}"
    kept = f"{stem}{end[:20]}"
    return f"_{kept}" if not kept or kept.partition(".")[0].lower() in DEVICES else kept
