"""The sheet `county` of a workbook: the county's record, line by line."""

from __future__ import annotations

import unicodedata

import pydantic

from ...base.files import N_, Finding
from ...base.refusals import mistakes
from ...base.spreadsheet import unguarded
from ..county import CountyRecord
from ..texts import cell_name, clean_text, plain
from .names import COUNTY_KEYS
from .settings import is_setting


def record_lines(record: CountyRecord) -> list[tuple[str, str, str]]:
    """The sheet `county` of a record: key, entry and note of every line."""
    return [
        ("code", record.code, ""),
        ("name.zh", record.name.zh, ""),
        ("name.en", record.name.en, ""),
        ("province.zh", record.province.zh, ""),
        ("province.en", record.province.en, ""),
        ("standard", record.standard, ""),
        ("target_year", str(record.target_year or ""), ""),
        ("synthetic", "yes" if record.synthetic else "no", ""),
        *(("sources", source.title, source.note) for source in record.sources),
    ]


def record_from_sheet(rows: list, label: str, findings: list[Finding]) -> CountyRecord | None:
    """Sheet `county`: first column a key such as ``name.zh``, second its value."""
    data: dict = {}
    places: dict[tuple, int] = {}
    # by key: the line on which it stands, filled or not, and how it is written there
    lines: dict[str, tuple[int, str]] = {}
    before = len(findings)
    for number, row in enumerate(rows, 1):
        key, *rest = [unguarded(clean_text(cell)) for cell in row] or [""]
        written, key = key, COUNTY_KEYS.get(plain(key), key)
        lines.setdefault(key, (number, written))
        value = next((cell for cell in rest if cell), "")
        if not key or not value or key.lower() in ("key", "item", "项目") or is_setting(key):
            continue
        place = tuple(key.split("."))
        if place[0] == "sources":
            data.setdefault("sources", []).append(
                {"title": rest[0], "note": next((cell for cell in rest[1:] if cell), "")}
            )
            continue
        parent = data.setdefault(place[0], {}) if len(place) == 2 else data
        if not isinstance(parent, dict) or place in places:
            findings.append(
                Finding(
                    "error",
                    N_("“{key}” stands twice; keep one"),
                    {"key": key},
                    label,
                    row=number,
                    cell=cell_name(number, 1),
                )
            )
            continue
        places[place] = number
        if key in ("code", "target_year"):
            value = unicodedata.normalize("NFKC", value)
        elif key == "synthetic":
            value = {"是": True, "否": False, "yes": True, "no": False}.get(value.lower(), value)
        parent[place[-1]] = value
    for names in ("name", "province"):
        # an office that writes Chinese alone has no English names
        found = data.get(names)
        if isinstance(found, dict) and "zh" in found and f"{names}.en" in lines:
            found.setdefault("en", found["zh"])
    try:
        record = CountyRecord.model_validate(data)
    except pydantic.ValidationError as error:
        for _, key, reason, value in mistakes(error, data):
            row, written = lines.get(key) or lines.get(f"{key}.zh") or (None, key)
            findings.append(
                Finding(
                    "error",
                    N_("{key}: {reason}"),
                    {"key": written, "reason": reason},
                    label,
                    row=row,
                    value=value,
                    cell=cell_name(row, 2) if row else "",
                )
            )
    return record if len(findings) == before else None
