"""The sheet of indicators: value, threshold, status and shortfall of every row of the register."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from ...base.language import DASH
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.indicators import indicator_rows, round_half_up
from ...present.terms import OPTION_WORDS
from .book import HEADS, Book, Field, Sheet, quoted, stage_field
from .formulas import AREA, COUNT, HAIR_TEXT, RATIO, SHARE, at_least, copied

INDICATOR_COLUMNS = {
    name: position
    for position, name in enumerate(
        (
            *("stage", "indicator", "school", "judged", "students", "quantity", "share"),
            *("value", "decided", "threshold", "floor", "status", "shortfall", "unit"),
            *("weight", "counted"),
        )
    )
}


@dataclass(frozen=True)
class Block:
    """The rows of one stage and indicator on the sheet of indicators."""

    rows: range
    numbers: list[int]
    """Their rows in the register."""
    results: pd.DataFrame


def write_indicators(
    book: Book, rules: dict[str, str], parts: dict[str, dict[int, str]], register: pd.DataFrame
) -> dict[tuple[str, str], Block]:
    """Value, threshold, status and shortfall of every row -> block by stage and indicator."""
    say, study = book.say, book.study
    fields = [
        stage_field(say),
        Field(say("Indicator"), 24),
        Field(say("School"), 26),
        Field(say("Judged"), 7, align="center"),
        Field(say("Students (persons)"), 9, COUNT),
        Field(say("Quantity"), 13, AREA),
        Field(say("Share of the stage"), 9, SHARE),
        Field(say("Value (quantity per student or 100 students)"), 12, "#,##0.0000"),
        Field(say("Value that decides"), 12, "#,##0.0000"),
        Field(say("Threshold"), 10, RATIO),
        Field(say("Floor"), 10, "#,##0.000"),
        Field(say("Status"), 14, align="center"),
        Field(say("Shortfall"), 13, AREA),
        Field(say("Unit"), 8, align="center"),
        Field(say("CV: weight"), 9, COUNT),
        Field(say("CV: value"), 12, "#,##0.0000"),
    ]
    sheet = book.sheets["indicators"]
    note = say(
        "Shortfall: what the school has to add so that the stage meets the threshold, whole "
        "teachers and rooms rounded up. A missing value is not assessed and has weight 0."
    )
    sheet.head(say("The indicators of every school and stage"), note, fields, 3)
    everyone = indicator_rows(register.assign(in_scope=True), {study.year: study.rules})
    everyone = everyone.set_index(["stage", "indicator", "school_id"])
    blocks: dict[tuple[str, str], Block] = {}
    row = HEADS
    for stage in STAGES:
        numbers = register.index[register["stage"] == stage].tolist()
        if not numbers:
            continue
        for name, about in study.rules.indicators.items():
            ids = register.loc[numbers, "school_id"]
            results = everyone.loc[[(stage, name, id_) for id_ in ids]].reset_index()
            results["in_scope"] = register.loc[numbers, "in_scope"].to_numpy()
            results.loc[~results["in_scope"], "status"] = "not_applicable"
            results.loc[~results["in_scope"], "shortfall"] = np.nan
            blocks[stage, name] = Block(range(row, row + len(numbers)), numbers, results)
            for number, result in zip(numbers, results.to_dict("records"), strict=True):
                result["title"] = f"{about.number} {say.label(about.short)}"
                _indicator_row(book, sheet, row, result, number, parts, rules)
                row += 1
    sheet.colour(HEADS, row - 1, INDICATOR_COLUMNS["status"])
    grey = book.file.add_format({"font_color": "#8A8A8A"})
    rule = {"type": "formula", "criteria": f"=$D{HEADS + 1}={quoted(book.no)}", "format": grey}
    if row > HEADS:
        sheet.sheet.conditional_format(HEADS, 0, row - 1, len(fields) - 1, rule)
        sheet.sheet.autofilter(HEADS - 1, 0, row - 1, len(fields) - 1)
    return blocks


def _indicator_row(
    book: Book, sheet: Sheet, row: int, result: dict, number: int, parts: dict, rules: dict
) -> None:
    say, status, study = book.say, book.status, book.study
    about = study.rules.indicators[result["indicator"]]
    at = {name: xl_rowcol_to_cell(row, position) for name, position in INDICATOR_COLUMNS.items()}

    def put(name: str, formula: str, value, **look) -> None:
        sheet.formula(row, INDICATOR_COLUMNS[name], formula, value, **look)

    sheet.text(row, INDICATOR_COLUMNS["stage"], say.label(STAGE_LABELS[result["stage"]]))
    sheet.text(row, INDICATOR_COLUMNS["indicator"], result["title"])
    sheet.text(row, INDICATOR_COLUMNS["school"], result["school"])
    sheet.text(row, INDICATOR_COLUMNS["unit"], say.label(about.resource))
    judged = bool(result["in_scope"])
    put("judged", parts["judged"][number], book.yes if judged else book.no)
    put("students", parts["students"][number], result["students"])
    whole = {"num_format": COUNT} if about.whole else {}
    quantity = {"num_format": COUNT} if about.whole and not about.shared else {}
    put("quantity", parts[about.quantity][number], result["quantity"], **quantity)
    if about.shared:
        put("share", parts["share"][number], result["share"])
    else:
        sheet.text(row, INDICATOR_COLUMNS["share"], DASH, align="center")
    per = f"{about.per}*" if about.per > 1 else ""
    value = result["value"] if math.isfinite(result["value"]) else np.nan
    put(
        "value",
        f'IF(OR({at["students"]}="",{at["students"]}=0,{at["quantity"]}=""),"",'
        f"{per}{at['quantity']}/{at['students']})",
        value,
    )
    rounded = quoted(OPTION_WORDS["rounded"][say.code])
    scale = 10**about.decimals
    put(
        "decided",
        f'IF({at["value"]}="","",IF({rules["option.decide_on"]}={rounded},'
        f"INT({at['value']}*{scale}+0.5+{HAIR_TEXT})/{scale},{at['value']}))",
        deciding_value(value, about.decimals, study.rules["option.decide_on"]),
    )
    put("threshold", copied(rules[f"{about.name}.{result['stage']}"]), result["threshold"])
    floor = rules["school.floor"]
    put("floor", f'IF(OR({at["threshold"]}="",{floor}=""),"",{at["threshold"]}*{floor})',
        result["floor"])  # fmt: skip
    word = {name: quoted(text) for name, text in status.items()}
    yes, tolerance = quoted(book.yes), rules["tolerance"]
    put(
        "status",
        f"IF({at['judged']}<>{yes},{word['not_applicable']},"
        f'IF(OR({at["decided"]}="",{at["threshold"]}=""),{word["not_assessed"]},'
        f"IF({at_least(at['decided'], at['threshold'], tolerance)},{word['met']},"
        f"IF({at_least(at['decided'], at['floor'], tolerance)},{word['near']},{word['short']}))))",
        status[result["status"]],
    )
    over = f"/{about.per}" if about.per > 1 else ""
    lacking = f"({at['threshold']}*{at['students']}{over}-{at['quantity']})"
    if about.shared:
        lacking += f"/{at['share']}"
    if about.whole:
        lacking = f"-INT(-({lacking}-{HAIR_TEXT}))"
    put(
        "shortfall",
        f'IF({at["judged"]}<>{yes},"",IF({at["status"]}={word["met"]},0,'
        f'IF(OR({at["students"]}="",{at["quantity"]}="",{at["threshold"]}=""),"",{lacking})))',
        result["shortfall"],
        **whole,
    )
    known = judged and math.isfinite(value)
    none = quoted(OPTION_WORDS["none"][say.code])
    unweighted = study.rules["option.cv_weighting"] == "none"
    put(
        "weight",
        f'IF(OR({at["judged"]}<>{yes},{at["value"]}=""),0,'
        f"IF({rules['option.cv_weighting']}={none},1,{at['students']}))",
        (1.0 if unweighted else result["students"]) if known else 0.0,
    )
    put("counted", f"IF({at['weight']}=0,0,{at['value']})", value if known else 0.0)


def deciding_value(value: float, decimals: int, option: str) -> float:
    """The value that is compared: rounded if the standard says so."""
    return float(round_half_up(value, decimals)) if option == "rounded" else value
