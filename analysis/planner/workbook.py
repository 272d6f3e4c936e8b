"""A study with projected years -> an .xlsx workbook: figures, verdicts, notes and the scenario."""

from __future__ import annotations

import io
import math

import pandas as pd
import xlsxwriter

from ..base.files import N_
from ..base.language import Language
from ..base.schema.terms import STAGE_LABELS
from ..future.assumptions.scenario import write_scenario
from ..future.comparison import yearly
from ..measure.balance import COMPOSITE
from ..measure.study import Study
from ..present.terms import PART_NAMES, ROUNDED, status_name

SINGLE_PARTS = N_(
    "Verdicts of projected years are those of the single course; beside them stands the share of the simulated courses. Parts and requirements without one: as on the single course."
)

#: Rows that a worksheet has, without its header.
LONGEST = 1_048_575


def write_workbook(study: Study, found: dict, hollow: list[str], say: Language) -> bytes:
    """The outcome of a scenario as a workbook.

    Parameters
    ----------
    study : Study
    found : dict
        As from `analysis.planner.picture.outcome`.
    hollow : list of str
        Warnings about improvements that are none (`analysis.planner.picture.details`).
    say : Language

    Returns
    -------
    bytes
        Sheets: conclusion, by year, verdicts, indicators and coefficients of variation of the
        projected years, notes, scenario. Every text is a text: none is taken for a formula or link.
    """
    buffer = io.BytesIO()
    # no formula and no link is ever made of a text, whatever it begins with
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        persons = book.add_format({"num_format": "#,##0"})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for title, columns, rows in _sheets(study, found, hollow, say):
            sheet = book.add_worksheet(title)
            for place, name in enumerate(columns):
                sheet.write_string(0, place, name, head)
                longest = max((len(str(row[place])) for row in rows[:200]), default=0)
                sheet.set_column(place, place, min(max(longest * 1.3, 10), 60))
            sheet.freeze_panes(1, 0)
            for line, row in enumerate(rows[:LONGEST], 1):
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(line, place, value)
                    elif value is not None and math.isfinite(value):
                        look = persons if columns[place] == say("Pupils") else None
                        sheet.write_number(line, place, value, look)
    return buffer.getvalue()


def _sheets(study: Study, found: dict, hollow: list[str], say: Language):
    last, target = found["last"], found["target"]
    basis = {"observed": say("observed"), "projected": say("projected")}
    stage = {name: say.label(label) for name, label in STAGE_LABELS.items()}
    lines = [
        (say("County"), say.label(study.county.record.name)),
        (say("Scenario"), say.label(study.outlook.scenario.name)),
        (say("Conclusion"), found["sentence"]),
        (say("Condition"), found["chance"]["condition"]),
        (say("Note"), say(SINGLE_PARTS)),
        *((say("Warning"), text) for text in hollow),
        (say("Note"), say(ROUNDED)),
    ]
    yield say("Conclusion"), (say("Fact"), say("Value")), lines
    header = (say("Fact"), say("observed in {year}", year=last))
    header += (say("trend in {year}", year=target), say("scenario in {year}", year=target))
    yield say("Key figures"), header, [(row["label"], *row["values"]) for row in found["key"]]

    columns = {
        "year": say("School year"),
        "basis": say("Basis"),
        "stage": say("Stage"),
        "students": say("Pupils"),
        "classes": say("Classes"),
        "schools": say("Schools judged"),
        "passing": say("Passing schools"),
        "classes_missing": say("Classes without a classroom"),
        "seats_missing": say("Pupils without a seat"),
        **{name: say("Missing: {what}", what=say.label(study.rules.indicators[name].short)) for name in study.rules.indicators.staff},
        "cv_max": say("Largest CV against its limit"),
        "cv_max_indicator": say("Indicator"),
        "cv_limit": say("Limit"),
        "cv_over": say("CVs above the limit"),
    }  # fmt: skip
    table = yearly(study)
    table["basis"], table["stage"] = table["basis"].map(basis), table["stage"].map(stage)
    short = {name: say.label(about.short) for name, about in study.rules.indicators.items()}
    table["cv_max_indicator"] = table["cv_max_indicator"].map(short)
    yield say("By year"), tuple(columns.values()), _rows(table[list(columns)])

    names = {part: say(name) for part, name in PART_NAMES.items()}
    own = found["own"]
    header = (say("School year"), say("Basis"), *names.values(), say("As a whole"))
    header += (say("Everything met (share of simulated courses)"),)
    header += (say("Resource allocation met (share of simulated courses)"),)
    shares = {part: each["shares"] for part, each in found["chance"]["parts"].items()}
    yield (
        say("Verdict by year"),
        header,
        [
            (
                year,
                basis["projected" if year > last else "observed"],
                *(status_name(own["verdicts"][part][place], say.code) for part in names),
                status_name(own["verdicts"]["recognised"][place], say.code),
                shares["recognised"][place],
                shares["resource"][place],
            )
            for place, year in enumerate(own["years"])
        ],
    )

    balance = study.all_balance
    balance = balance[(balance["year"] > last) & (balance["schools"] > 0)]
    balance = balance.assign(
        stage=balance["stage"].map(stage),
        indicator=balance["indicator"].map(short | {COMPOSITE: say("Composite")}),
        status=[status_name(status, say.code) for status in balance["status"]],
    )
    columns = {
        "year": say("School year"),
        "stage": say("Stage"),
        "indicator": say("Indicator"),
        "schools": say("Schools"),
        "mean": say("County mean"),
        "cv": say("CV"),
        "limit": say("Limit"),
        "status": say("Status"),
    }
    yield say("Balance"), tuple(columns.values()), _rows(balance[list(columns)])

    table = study.all_indicators
    table = table[table["year"] > last]
    table = table.assign(
        stage=table["stage"].map(stage),
        indicator=table["indicator"].map(short),
        status=[status_name(status, say.code) for status in table["status"]],
    )
    columns = {
        "year": say("School year"),
        "stage": say("Stage"),
        "school": say("School"),
        "students": say("Pupils"),
        "indicator": say("Indicator"),
        "value": say("Value"),
        "threshold": say("Threshold"),
        "status": say("Status"),
        "shortfall": say("Shortfall"),
    }
    yield say("Schools"), tuple(columns.values()), _rows(table[list(columns)])

    kinds = {
        "applied": say("Applied"),
        "not_applied": say("Not applied"),
        "assumed": say("Assumed"),
    }
    notes = [
        (kinds[note.kind], note.sentence(say.code), note.cost_cny) for note in study.outlook.notes
    ]
    yield say("Notes"), (say("Kind"), say("What"), say("Cost (yuan)")), notes
    text = write_scenario(study.outlook.scenario)
    yield say("Scenario"), (say("scenario.yaml"),), [(line,) for line in text.splitlines()]


def _rows(table: pd.DataFrame) -> list[tuple]:
    """Rows of a table: texts and numbers; what is missing is None."""
    return [
        tuple(
            value if isinstance(value, str) else None if pd.isna(value) else float(value)
            for value in row
        )
        for row in table.itertuples(index=False, name=None)
    ]
