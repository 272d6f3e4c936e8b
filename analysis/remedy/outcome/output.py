"""A plan as files: JSON, CSV, a workbook, and the scenario that the planner opens."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ...base.files import N_, problem
from ...base.language import speak
from ...base.spreadsheet import XLSX_OPTIONS, csv_bytes
from ...base.storage.writing import Writer
from ...future.assumptions.scenario import write_scenario
from ..plan import table_of
from ..problem.means import Forbid, Lock
from ..result import Remedy
from .alone import Stuck
from .as_scenario import scenario_of
from .calendar import calendar
from .drivers import stuck_texts, told
from .further import Further
from .in_words import lines, sentences

#: What each file holds.
JSON, CSV, WORKBOOK, SCENARIO = "remedy.json", "remedy.csv", "remedy.xlsx", "scenario.yaml"
CALENDAR, FRONTIER, DUAL = "calendar.csv", "frontier.csv", "dual.csv"


def record(
    answer: Remedy, lang: str, more: Further | None = None, blocked: Sequence[Stuck] = ()
) -> dict:
    """The plan as plain values: what `remedy.json` holds."""
    whole = _yuan(answer.cost)
    table = table_of(answer.measures, answer.instance, answer.means, answer.names)
    return {
        "county": answer.study.county.code,
        "year": answer.study.year,
        "status": answer.status,
        "cost_cny": whole,
        "bound_cny": _yuan(answer.bound) if answer.status != "infeasible" else None,
        "gap": answer.gap if math.isfinite(answer.gap) else None,
        "seconds": round(answer.seconds, 3),
        "confirmed": answer.confirmed,
        "greedy_cny": _yuan(answer.greedy),
        "schools_passing": answer.schools_passing,
        "diversions": [each.name for each in answer.diversions],
        "forbid": [_asked(each) for each in answer.means.forbid],
        "lock": [_asked(each) for each in answer.means.lock],
        "measures": table.to_dict("records"),
        "why": [said.text(lang) for said in answer.why],
        "text": sentences(answer, lang),
        "prices": [
            {
                "key": key,
                "source": getattr(each.source, lang, each.source),
                "year": each.year,
                "confidence": each.confidence,
            }
            for key, each in answer.means.assumptions
        ],
        "frontier": _rows(more.frontier()) if more else [],
        "dual": _dual(more, answer, lang) if more else None,
        "stuck": [
            {
                "school_id": each.school_id,
                "indicators": [answer.instance.names[k] for k in each.indicators],
                "text": text,
            }
            for each, text in zip(blocked, stuck_texts(blocked, answer, lang), strict=False)
        ],
    }


def _rows(table: pd.DataFrame) -> list[dict]:
    """Rows as plain values; nothing where a number is missing."""
    return json.loads(table.to_json(orient="records", double_precision=6, force_ascii=False))


def _dual(more: Further, answer: Remedy, lang: str) -> dict:
    """What drives the cost: limits moved by a step, the last of the money, the dearest school."""
    last, school = more.last, more.dearest
    return {
        "limits": _rows(more.moved),
        "last": last
        and {
            "money_cny": last.money,
            "schools": last.schools,
            "schools_at_most": last.most,
            "lost": list(last.lost),
            "beyond": [
                {"stage": stage, "indicator": answer.instance.names[k]} for stage, k in last.beyond
            ],
        },
        "dearest": school
        and {
            "school_id": school.school_id,
            "cny": school.cny,
            "part": school.part,
            "alone_cny": school.alone,
            "without": [
                {"indicator": answer.instance.names[k], "cny": cny} for k, cny in school.without
            ],
        },
        "text": told(more, answer, lang),
    }


def _asked(each: Forbid | Lock) -> dict:
    """What was ruled out or fixed, without where it comes from."""
    return each.model_dump(include={"means", "school", "stage", "amount"})


def _yuan(value) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def write(
    answer: Remedy,
    out: Path,
    lang: str,
    base: str | None = None,
    yearly: float | None = None,
    writer: Writer | None = None,
    more: Further | None = None,
    blocked: Sequence[Stuck] = (),
) -> list[Path]:
    """Write all files into a folder that is made if need be.

    Parameters
    ----------
    answer : Remedy
    out : Path
    lang : {"zh", "en"}
    base : str, optional
        The scenario on which the plan rests.
    yearly : float, optional
        Yuan a year, for the order of the measures.
    writer : Writer, optional
        What may be written over.
    more : Further, optional
        What each further yuan buys and what drives the cost.
    blocked : sequence of Stuck
        Where there is no plan: schools that no means bring over the line.

    Returns
    -------
    list of Path
    """
    if out.exists() and not out.is_dir():
        raise problem(N_("is a file; --out names a folder"), file=out)
    files = {JSON: _json(record(answer, lang, more, blocked))}
    if answer.found.values is not None:
        table = table_of(answer.measures, answer.instance, answer.means, answer.names)
        files[CSV] = csv_bytes(table)
        files[CALENDAR] = csv_bytes(calendar(answer, yearly).table())
        files[WORKBOOK] = _workbook(answer, table, lang, more)
        if more is not None:
            files[FRONTIER], files[DUAL] = csv_bytes(more.frontier()), csv_bytes(more.moved)
        files[SCENARIO] = write_scenario(scenario_of(answer, base)).encode("utf-8")
    out.mkdir(parents=True, exist_ok=True)
    writer = writer or Writer()
    for name in files:
        writer.check(out / name)
    return [writer.put(out / name, data) for name, data in files.items()]


def _json(value: dict) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _workbook(answer: Remedy, table: pd.DataFrame, lang: str, more: Further | None = None) -> bytes:
    say = speak(lang)
    buffer = io.BytesIO()
    options = {"options": XLSX_OPTIONS}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as book:
        texts = [*sentences(answer, lang), *(told(more, answer, lang) if more else [])]
        pd.DataFrame({say("Plan"): texts}).to_excel(book, sheet_name=say("Plan"), index=False)
        lines(answer, lang).to_excel(book, sheet_name=say("Schools"), index=False)
        table.to_excel(book, sheet_name=say("Measures"), index=False)
        if more is not None:
            name = say("What money buys")
            more.frontier().to_excel(book, sheet_name=name, index=False)
            more.moved.to_excel(book, sheet_name=say("What drives the cost"), index=False)
        for sheet in book.sheets.values():
            sheet.set_column(0, 0, 28)
    return buffer.getvalue()
