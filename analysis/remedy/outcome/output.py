"""A plan as files: JSON, CSV, a workbook, and the scenario that the planner opens."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pandas as pd

from ...base.files import N_, problem
from ...base.language import speak
from ...base.spreadsheet import XLSX_OPTIONS, csv_bytes
from ...base.writing import Writer
from ...future.assumptions.scenario import write_scenario
from ..plan import table_of
from ..problem.means import Forbid, Lock
from ..result import Remedy
from .as_scenario import scenario_of
from .calendar import calendar
from .in_words import lines, sentences

#: What each file holds.
JSON, CSV, WORKBOOK, SCENARIO = "remedy.json", "remedy.csv", "remedy.xlsx", "scenario.yaml"
CALENDAR = "calendar.csv"


def record(answer: Remedy, lang: str) -> dict:
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

    Returns
    -------
    list of Path
    """
    if out.exists() and not out.is_dir():
        raise problem(N_("is a file; --out names a folder"), file=out)
    files = {JSON: _json(record(answer, lang))}
    if answer.found.values is not None:
        table = table_of(answer.measures, answer.instance, answer.means, answer.names)
        files[CSV] = csv_bytes(table)
        files[CALENDAR] = csv_bytes(calendar(answer, yearly).table())
        files[WORKBOOK] = _workbook(answer, table, lang)
        files[SCENARIO] = write_scenario(scenario_of(answer, base)).encode("utf-8")
    out.mkdir(parents=True, exist_ok=True)
    writer = writer or Writer()
    for name in files:
        writer.check(out / name)
    return [writer.put(out / name, data) for name, data in files.items()]


def _json(value: dict) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _workbook(answer: Remedy, table: pd.DataFrame, lang: str) -> bytes:
    say = speak(lang)
    buffer = io.BytesIO()
    options = {"options": XLSX_OPTIONS}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs=options) as book:
        pd.DataFrame({say("Plan"): sentences(answer, lang)}).to_excel(
            book, sheet_name=say("Plan"), index=False
        )
        lines(answer, lang).to_excel(book, sheet_name=say("Schools"), index=False)
        table.to_excel(book, sheet_name=say("Measures"), index=False)
        for sheet in book.sheets.values():
            sheet.set_column(0, 0, 28)
    return buffer.getvalue()
