"""The sheets of the school rule and of the shortfalls, school by school."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.indicators import whole_up
from ...measure.study import Study
from ...present.terms import floor_share
from .book import HEADS, Book, Field, quoted, stage_field, titled
from .formulas import COUNT, HAIR_TEXT
from .indicators import INDICATOR_COLUMNS


def write_schools(
    book: Book, rules: dict, blocks: dict, register: pd.DataFrame
) -> dict[str, range]:
    """Enough indicators met, the rest at the floor or more -> rows of each stage."""
    say, study, word = book.say, book.study, book.status
    indicators = study.rules.indicators
    # columns of the statuses, of what is counted, and the verdict
    first, last = 4, 3 + len(indicators)
    fields = [
        stage_field(say),
        Field(say("School id"), 11),
        Field(say("School"), 26),
        Field(say("Judged"), 7, align="center"),
        *(
            Field(f"{i.number} {say.label(i.short)}", 13, align="center")
            for i in indicators.values()
        ),
        Field(say("Met"), 6, COUNT),
        Field(say("{floor} or more", floor=floor_share(study, say.code)), 7, COUNT),
        Field(say("Below {floor}", floor=floor_share(study, say.code)), 7, COUNT),
        Field(say("Not assessed"), 7, COUNT),
        Field(say("School rule"), 12, align="center"),
    ]
    sheet = book.sheets["schools"]
    note = say(
        "A school meets the rule if at least {needed} of {all} indicators are met and the rest reach "
        "{floor} of their thresholds; what was not reported leaves it open unless it has failed "
        "already.",
        needed=say.number(study.rules.number("school.indicators_met")),
        all=len(indicators),
        floor=say.percent(study.rules.number("school.floor"), 0),
    )
    sheet.head(say("The rule for every school"), note, fields, 3)
    words = {name: quoted(text) for name, text in word.items()}
    results = study.schools.set_index(["stage", "school_id"])
    data, needed = book.sheets["indicators"], rules["school.indicators_met"]
    stages: dict[str, range] = {}
    row = HEADS
    for stage in STAGES:
        part = register[register["stage"] == stage]
        stages[stage] = range(row, row + len(part))
        for position, record in enumerate(part.to_dict("records")):
            sheet.text(row, 0, say.label(STAGE_LABELS[stage]))
            sheet.text(row, 1, record["school_id"])
            sheet.text(row, 2, record["school"])
            rows = blocks[stage, indicators.names[0]].rows
            yes_no = book.yes if record["in_scope"] else book.no
            sheet.formula(row, 3, data.ref(rows[position], INDICATOR_COLUMNS["judged"]), yes_no)
            for column, name in enumerate(indicators, first):
                block = blocks[stage, name]
                sheet.formula(
                    row,
                    column,
                    data.ref(block.rows[position], INDICATOR_COLUMNS["status"]),
                    word[block.results["status"].iloc[position]],
                )
            counted = _counted(study, stage, row, first)
            judged = bool(record["in_scope"])
            key = (stage, record["school_id"])
            names = ("met", "near", "below_floor", "missing")
            counts = {n: results.loc[key, n] if judged else 0 for n in names}
            statuses = ("met", "near", "short", "not_assessed")
            for column, (name, status) in enumerate(zip(names, statuses, strict=True), last + 1):
                formula = "+".join(f"COUNTIF({cells},{words[status]})" for cells in counted)
                sheet.formula(row, column, formula or "0", counts[name])
            met, _, below, missing = (
                xl_rowcol_to_cell(row, column) for column in range(last + 1, last + 5)
            )
            sheet.formula(
                row,
                last + 5,
                f"IF({xl_rowcol_to_cell(row, 3)}<>{quoted(book.yes)},{words['not_applicable']},"
                f'IF(OR({below}>0,AND({needed}<>"",{met}+{missing}<{needed})),{words["not_met"]},'
                f'IF(AND({needed}<>"",{met}>={needed},{missing}=0),{words["met"]},'
                f"{words['not_assessed']})))",
                word[results.loc[key, "status"] if judged else "not_applicable"],
            )
            row += 1
    sheet.colour(HEADS, row - 1, first, last)
    sheet.colour(HEADS, row - 1, last + 5)
    return stages


def _counted(study: Study, stage: str, row: int, first: int) -> list[str]:
    """Cells of the statuses that the rule counts: those that the standard ever sets a threshold for."""
    asked = [
        column
        for column, about in enumerate(study.rules.indicators.values(), first)
        if stage in about.asked
    ]
    place = {column: number for number, column in enumerate(asked)}
    runs = [list(run) for _, run in groupby(asked, key=lambda column: column - place[column])]
    return [f"{xl_rowcol_to_cell(row, run[0])}:{xl_rowcol_to_cell(row, run[-1])}" for run in runs]


def write_shortfalls(book: Book, blocks: dict, register: pd.DataFrame) -> None:
    """What each school lacks, as printed (rounded up), the sums of each stage and of whole schools."""
    say, indicators = book.say, book.study.rules.indicators
    fields = [
        stage_field(say),
        Field(say("School id"), 11),
        Field(say("School"), 26),
        *(
            Field(titled(f"{i.number} {say.label(i.short)}", i.resource, say), 14, COUNT)
            for i in indicators.values()
        ),
    ]
    sheet = book.sheets["shortfalls"]
    note = say(
        "To meet every threshold of the stage; rounded up, so that what is printed suffices. "
        "Empty: not assessed or not judged."
    )
    sheet.head(say("What each school is missing"), note, fields, 3)
    data = book.sheets["indicators"]
    row = HEADS
    bold = {"bold": True, "bg_color": "#F6F6F6"}
    totals: list[int] = []
    lines: dict[str, list[tuple[int, list[float]]]] = {}
    for stage in STAGES:
        part = register[register["stage"] == stage]
        first = row
        sums = dict.fromkeys(indicators, 0.0)
        for position, record in enumerate(part.to_dict("records")):
            sheet.text(row, 0, say.label(STAGE_LABELS[stage]))
            sheet.text(row, 1, record["school_id"])
            sheet.text(row, 2, record["school"])
            lines.setdefault(record["school_id"], []).append((row, values := []))
            for column, name in enumerate(indicators, 3):
                block = blocks[stage, name]
                cell = data.ref(block.rows[position], INDICATOR_COLUMNS["shortfall"])
                value = whole_up(block.results["shortfall"].iloc[position]) + 0.0
                values.append(0.0 if np.isnan(value) else value)
                sums[name] += values[-1]
                sheet.formula(row, column, f'IF({cell}="","",-INT(-({cell}-{HAIR_TEXT})))', value)
            row += 1
        if row > first:
            sheet.text(row, 0, say.label(STAGE_LABELS[stage]), **bold)
            sheet.text(row, 1, "", **bold)
            sheet.text(row, 2, say("All schools"), **bold)
            for column, name in enumerate(indicators, 3):
                cells = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(row - 1, column)}"
                sheet.formula(row, column, f"SUM({cells})", sums[name], **bold)
            totals.append(row)
            row += 1
    if len(totals) < 2:
        return
    # a through-school appears in both sums: what one of its stages asks for serves the other too
    twice = [both for both in lines.values() if len(both) == 2]
    sheet.text(row, 0, "", **bold)
    sheet.text(row, 1, "", **bold)
    sheet.text(row, 2, say("All schools, each counted once"), **bold)
    for column, about in enumerate(indicators.values(), 3):
        formula = "+".join(xl_rowcol_to_cell(each, column) for each in totals)
        value = sum(rows[1][column - 3] for both in lines.values() for rows in both)
        for (upper, above), (lower, below) in twice if about.shared else ():
            cells = (xl_rowcol_to_cell(each, column) for each in (upper, lower))
            formula += "-MIN({})".format(",".join(f"N({cell})" for cell in cells))
            value -= min(above[column - 3], below[column - 3])
        sheet.formula(row, column, formula, value, **bold)
