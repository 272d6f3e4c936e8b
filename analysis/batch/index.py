"""What a batch leaves beside its reports: index.html for people, manifest.json for programs."""

from __future__ import annotations

import html
import json
import re
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..base.language import Language, speak
from ..base.storage.writing import Writer
from .program import PACKAGE, program_digest, versions
from .records import records

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
    """A self-contained page that lists all reports; it can be sorted, searched and narrowed to a verdict."""
    say = speak(lang)
    templates = PACKAGE / "report" / "templates"
    template = (templates / "index.html").read_text(encoding="utf-8")
    columns = _columns(listed, say)
    filled = {
        "LANG": "zh-CN" if lang == "zh" else "en",
        "TITLE": html.escape(say("County reports")),
        "TOTAL": html.escape(_total(listed, say)),
        "SEARCH": html.escape(say("Search: county, year, verdict, status …")),
        "NOTHING": html.escape(say("No report fits. Try fewer words, or choose “All”.")),
        "CHOICE": html.escape(say("Show")),
        "KINDS": _kinds(listed, say),
        "CAPTION": html.escape(say("List of the reports; click on a head to sort by it")),
        "HEADS": "".join(f'<th scope="col"{_num(c)}>{html.escape(c.head)}</th>' for c in columns),
        "ROWS": "\n".join(_row(record, columns) for record in listed),
        "SCRIPT": (templates / "report.js").read_text(encoding="utf-8"),
    }
    # one pass: what is filled in is never taken for a placeholder
    page = re.sub(r"<!--([A-Z]+)-->", lambda found: filled[found[1]], template)
    return writer.put(out / INDEX, page.encode("utf-8", "backslashreplace"))


@dataclass(frozen=True)
class _Column:
    """A column of the list: its head, what stands in it (as HTML), and whether these are numbers."""

    head: str
    cell: Callable[[dict], str]
    number: bool = False
    name: str = ""


def _columns(listed: list[dict], say: Language) -> list[_Column]:
    """The columns in their order; without one for scenarios where no report is of one."""
    scenario = [_Column(say("Scenario"), lambda record: html.escape(_scenario(record, say)))]
    return [
        _Column(say("County"), lambda record: html.escape(county_text(record, say))),
        _Column(say("Administrative division code"), lambda record: html.escape(record["code"])),
        _Column(say("School year"), lambda record: html.escape(_year(record, say)), name="year"),
        *(scenario if any(record["scenario"] for record in listed) else []),
        _Column(say("Verdict"), lambda record: _verdict(record, say), name="verdict"),
        _Column(say("Schools"), lambda record: _count(record["schools"], say), True),
        _Column(say("Students"), lambda record: _count(record["students"], say), True),
        _Column(say("Making of the report"), lambda record: _state(record, say), name="state"),
        _Column(say("Files"), lambda record: _links(record, say)),
    ]


def _total(listed: list[dict], say: Language) -> str:
    counts = Counter(record["status"] for record in listed)
    parts = (f"{status_text(status, say)} {n}" for status, n in sorted(counts.items()))
    return say(": ").join([say("All reports"), say(", ").join(parts)])


def _kinds(listed: list[dict], say: Language) -> str:
    """A button for each verdict (where there is none, for what became of the report), with its number."""
    words = {
        "verdict-met": say("met"),
        "verdict-not_met": say("not met"),
        "verdict-not_assessed": say("open"),
    }
    counts = Counter(map(_kind, listed))
    every = say("All")
    found = {"": f"{every} {len(listed)}"}
    for kind in [*words, *sorted(counts.keys() - words.keys())]:
        if kind in counts:
            word = words[kind] if kind in words else status_text(kind, say)
            found[kind] = f"{word} {counts[kind]}"
    return "\n".join(
        f'<button type="button" value="{kind}" aria-pressed="{str(not kind).lower()}">'
        f"{html.escape(text)}</button>"
        for kind, text in found.items()
    )


def _kind(record: dict) -> str:
    return "verdict-" + _shade(record) if record["verdict"] else record["status"]


def _num(column: _Column) -> str:
    return ' class="num"' if column.number else f' class="{column.name}"' if column.name else ""


def _row(record: dict, columns: list[_Column]) -> str:
    kind = html.escape(_kind(record))
    cells = "".join(f"<td{_num(column)}>{column.cell(record)}</td>" for column in columns)
    return f'<tr class="{kind}" data-kind="{kind}">{cells}</tr>'


def _year(record: dict, say: Language) -> str:
    year = record["of_year"]
    return say("{first}–{second}", first=year, second=year + 1) if isinstance(year, int) else ""


def _scenario(record: dict, say: Language) -> str:
    """What the scenario is called; its id where the county could not be read."""
    return record.get("scenario_name", {}).get(say.code) or record["scenario"] or ""


def _count(number: int | None, say: Language) -> str:
    return say.number(number) if number else ""


def _state(record: dict, say: Language) -> str:
    """What became of the report, and why not where there is none."""
    reasons = [status_text(record["status"], say), *record["reasons"]]
    return "<br>".join(map(html.escape, reasons))


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


def _links(record: dict, say: Language) -> str:
    words = {"pdf": "PDF", "html": say("Web page"), "docx": "Word", "xlsx": "Excel"}
    links = []
    for name in sorted(record["outputs"]):
        kind = Path(name).suffix[1:]
        address = html.escape(urllib.parse.quote(name))
        links.append(f'<a href="{address}">{html.escape(words.get(kind, kind))}</a>')
    return " ".join(links)
