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
    before = len(findings)
    for number, row in enumerate(rows, 1):
        key, *rest = [unguarded(clean_text(cell)) for cell in row] or [""]
        key = COUNTY_KEYS.get(plain(key), key)
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
    try:
        record = CountyRecord.model_validate(data)
    except pydantic.ValidationError as error:
        findings.extend(
            Finding(
                "error",
                N_("{key}: {reason}"),
                {"key": key, "reason": reason},
                label,
                row=places.get(place),
                value=value,
                cell=cell_name(places[place], 2) if place in places else "",
            )
            for place, key, reason, value in mistakes(error, data)
        )
    return record if len(findings) == before else None
