"""county.yaml of an imported county: what was given, what lies among the sheets, what the folder said before."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pydantic

from ..base.files import N_, Finding, InputError, problem, read_model, read_yaml
from ..base.refusals import mistakes, shorten
from ..base.schema.tables import COUNTY_FIELDS
from ..base.schema.terms import Label
from ..data.county import CountyRecord

#: What a county's record must say, as people call it.
_ASKED = {
    "code": COUNTY_FIELDS["code"],
    "name": Label("县（市、区）名称", "name"),
    "province": Label("省（自治区、直辖市）", "province"),
}


def record_before(out: Path) -> dict:
    """What the county.yaml of the folder says that is there already; nothing if it is none."""
    try:
        data = read_yaml(out / "county.yaml").data
    except InputError:
        return {}
    return data if isinstance(data, dict) else {}


def check_same_county(out: Path, before: dict, county: CountyRecord) -> None:
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


def standing_record(out: Path, folder: Path, code: str) -> CountyRecord:
    """county.yaml of the folder that sheets are merged into, if they are of the same county.

    The sheets do not name their county; a code that was given does, or a county.yaml among them.
    """
    record = read_model(out / "county.yaml", CountyRecord)
    among = record_before(folder).get("code") if (folder / "county.yaml").is_file() else None
    for said in (code, among):
        if said and str(said) != record.code:
            raise problem(
                N_(
                    "is the folder of the county {code}, but the sheets are imported for {other}; choose another folder"
                ),
                file=out,
                code=record.code,
                other=shorten(str(said)),
            )
    return record


def county_record(
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
                {
                    "names": Label(
                        *(
                            "、".join(_ASKED[name].zh for name in absent),
                            ", ".join(_ASKED[name].en for name in absent),
                        )
                    ),
                    "options": " ".join(f"--{name}" for name in absent),
                },
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


def without_english(given: dict) -> list[Finding]:
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


def record_yaml(record: CountyRecord) -> bytes:
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
