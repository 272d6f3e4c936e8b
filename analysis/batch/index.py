"""What a batch leaves beside its reports: index.html for people, manifest.json for programs."""

from __future__ import annotations

import html
import json
import re
import urllib.parse
from pathlib import Path

from ..base.language import Language, speak
from ..base.writing import Writer
from .records import PACKAGE, program_digest, records, versions

#: Names of the two.
INDEX, MANIFEST = "index.html", "manifest.json"


def collect(out: Path, results: list[dict], planned: set[str]) -> list[dict]:
    """All that the folder's list has to name, sorted.

    Parameters
    ----------
    out : Path
    results : list of dict
        Records of this run.
    planned : set of str
        Counties of the whole batch, of which this run may be one part (``--shard``).

    Returns
    -------
    list of dict
        The results; besides them reports of earlier runs that are still there, and what other parts
        of the batch could not make.
    """
    mine = {record["key"] for record in results}
    asked = {record["county"] for record in results}
    listed = list(results)
    for key, record in records(out).items():
        if key in mine:
            continue
        there = record["outputs"] and all((out / name).exists() for name in record["outputs"])
        if there or (record["county"] in planned - asked):
            listed.append(record)
    return sorted(
        listed, key=lambda r: (r["slug"], str(r["of_year"]), r["scenario"] or "", r["lang"])
    )


def write_manifest(out: Path, listed: list[dict], writer: Writer) -> Path:
    """Inputs, outputs (SHA-256), versions, durations and states as JSON."""
    manifest = {"program": program_digest(), "versions": versions(), "reports": listed}
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    return writer.put(out / MANIFEST, text.encode("utf-8", "backslashreplace"))


# what is said of a projected year is imported late: a batch in which nothing changed needs no tables


def verdict_text(record: dict, say: Language) -> str:
    """The county's verdict in a word; of a projected year with its chance."""
    if record["verdict"] and record.get("basis") == "projected":
        from ..present.chance import short_text

        return short_text(record["verdict"], _chance(record), say)
    words = {
        "met": say("met"),
        "not_met": say("not met"),
        "not_assessed": say("open"),
    }
    return words.get(record["verdict"], "")


def status_text(status: str, say: Language) -> str:
    """What became of a job, in a word."""
    words = {
        "done": say("done"),
        "unchanged": say("unchanged"),
        "failed": say("failed"),
        "not_enough_data": say("not enough data"),
    }
    return words[status]


def county_text(record: dict, say: Language) -> str:
    """The county's name; that of its folder where it could not be read."""
    return record["name"].get(say.code) or record["slug"]


def write_index(out: Path, listed: list[dict], lang: str, writer: Writer) -> Path:
    """A self-contained page that lists all reports and can be searched."""
    say = speak(lang)
    heads = [say("County"), say("Code"), say("School year"), say("Scenario"), say("Verdict")]
    heads += [say("Schools"), say("Students"), say("Result"), say("Reports"), say("Seconds")]
    counts = {}
    for record in listed:
        counts[record["status"]] = counts.get(record["status"], 0) + 1
    total = say(": ").join(
        [
            say("All reports"),
            say(", ").join(f"{status_text(s, say)} {n}" for s, n in sorted(counts.items())),
        ]
    )
    template = (PACKAGE / "report" / "templates" / "index.html").read_text(encoding="utf-8")
    filled = {
        "LANG": "zh-CN" if lang == "zh" else "en",
        "TITLE": html.escape(say("County reports")),
        "TOTAL": html.escape(total),
        "SEARCH": html.escape(say("Search: county, year, verdict, status …")),
        "HEADS": "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads),
        "ROWS": "\n".join(_row(record, say) for record in listed),
    }
    # one pass: what is filled in is never taken for a placeholder
    page = re.sub(r"<!--([A-Z]+)-->", lambda found: filled[found[1]], template)
    return writer.put(out / INDEX, page.encode("utf-8", "backslashreplace"))


def _row(record: dict, say: Language) -> str:
    cells = [
        html.escape(county_text(record, say)),
        html.escape(record["code"]),
        html.escape(str(record["of_year"] or "")),
        html.escape(record["scenario"] or ""),
        _verdict(record, say),
        say.number(record["schools"]) if record["schools"] else "",
        say.number(record["students"]) if record["students"] else "",
        html.escape(status_text(record["status"], say)),
        _links(record) or _reasons(record),
        say.number(record["seconds"], 1),
    ]
    kind = "verdict-" + _shade(record) if record["verdict"] else record["status"]
    return f'<tr class="{html.escape(kind)}">' + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def _verdict(record: dict, say: Language) -> str:
    """The verdict with, of a projected year, its chance and on what it is conditional."""
    shown = html.escape(verdict_text(record, say))
    if not record["verdict"] or record.get("basis") != "projected":
        return shown
    from ..present.chance import conditional

    return f"{shown}<br><small>{html.escape(conditional(_chance(record), say))}</small>"


def _shade(record: dict) -> str:
    if record.get("basis") == "projected":
        from ..present.chance import standing

        return standing(record["verdict"], _chance(record))
    return record["verdict"]


def _chance(record: dict):
    """A record's `Chance`, if it has one."""
    from ..future.odds.chance import Chance

    return Chance.from_dict(record["chance"])


def _links(record: dict) -> str:
    return " ".join(
        f'<a href="{html.escape(urllib.parse.quote(name))}">{html.escape(Path(name).suffix[1:])}</a>'
        for name in sorted(record["outputs"])
    )


def _reasons(record: dict) -> str:
    return "<br>".join(html.escape(reason) for reason in record["reasons"])
