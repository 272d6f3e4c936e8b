"""The sheet of requirements: every item of the standard, those of the resource part live."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from ...base.language import DASH
from ...measure.balance import COMPOSITE
from ...measure.evaluation_table import said
from ...measure.study import Study
from ...present.terms import (
    OPTION_WORDS,
    PART_NAMES,
    bracketed,
    is_share,
    item_detail,
    item_requirement,
    item_title,
    item_unit,
)
from .book import HEADS, Book, Field, lines_of, quoted
from .formulas import AREA, COUNT, CV, copied, three_valued


def write_requirements(book: Book, rules: dict, balance: dict, schools: dict[str, range]) -> dict:
    """Every requirement; those of the resource part are live -> columns and rows for the conclusion."""
    say, study, word = book.say, book.study, book.status
    lang = say.code
    fields = [
        Field(say("Part"), 13),
        Field(say("No."), 6, align="center"),
        Field(say("Requirement"), 46),
        Field(say("Value"), 12, "#,##0.00"),
        Field(say("Required"), 12),
        Field(say("Status"), 14, align="center"),
        Field(say("Status of the item"), 12, align="center"),
        Field(say("Basis"), 10, align="center"),
        Field(say("Remark"), 34),
        Field(say("Source"), 60),
    ]
    sheet = book.sheets["items"]
    note = say(
        "“formula”: live in this workbook. “computed” and “reported”: as of the report, from tables "
        "that are not in this workbook; these rows do not change."
    )
    sheet.head(say("Every requirement"), note, fields, 3)
    table = study.evaluation
    table = table[(table["requirement"] != DASH)].assign(
        number=table["item"].where(table["part"] == "resource", table["item"].str.split(".").str[0])
    )
    statuses = study.items.set_index(["part", "item"])["status"]
    basis = {"computed": say("computed"), "reported": say("reported"), "": ""}
    blocks: list[tuple[str, range]] = []
    row = HEADS
    for (part, number), group in table.groupby(["part", "number"], sort=False):
        first = row
        for record in group.to_dict("records"):
            item, value = record["item"], said(record)
            live = part == "resource"
            unit = item_unit(study, item, lang)
            title = item_title(study, item, lang) + bracketed(unit, say)
            detail = "" if live else item_detail(record["detail"], lang)
            origin = say("formula") if live else basis[record["origin"]]
            texts = {
                0: say(PART_NAMES[part]),
                1: "" if live else number,
                2: title,
                4: item_requirement(study, item, record["requirement"], lang),
                7: origin,
                8: detail,
                9: record["source"],
            }
            for column, text in texts.items():
                sheet.text(row, column, text, text_wrap=True)
            look = {"num_format": _item_format(study, item, value)}
            if live:
                formulas = _resource_item(book, item, balance, schools)
                sheet.formula(row, 3, formulas[0], value, **look)
                sheet.formula(row, 5, formulas[1], word[record["status"]])
            else:
                if isinstance(value, str):
                    value = OPTION_WORDS[value][lang]
                sheet.input(row, 3, value, font_color="#000000", **look)
                sheet.text(row, 5, word[record["status"]])
            lines = [(title, 46), (detail, 34), (record["source"], 60)]
            sheet.sheet.set_row(row, 14.5 * max(lines_of(*each) for each in lines))
            row += 1
        for each in range(first, row):
            sheet.text(each, 6, "")
        cells = f"{xl_rowcol_to_cell(first, 5)}:{xl_rowcol_to_cell(row - 1, 5)}"
        whole = three_valued(book, cells)
        sheet.formula(first, 6, whole, word[statuses[part, number]])
        blocks.append((part, range(first, row)))
    sheet.colour(HEADS, row - 1, 5, 6)
    rows = {
        part: range(
            min(block[0] for name, block in blocks if name == part),
            max(block[-1] for name, block in blocks if name == part) + 1,
        )
        for part in dict.fromkeys(name for name, _ in blocks)
    }
    return {part: sheet.range(each, 6) for part, each in rows.items()}


def _item_format(study: Study, item: str, value) -> str:
    if item.startswith(("cv.", "composite_cv.")):
        return CV
    if is_share(study, item):
        return "0.0%"
    return COUNT if isinstance(value, float) and value % 1 == 0 else AREA


def _resource_item(book: Book, item: str, balance: dict, schools: dict) -> tuple[str, str]:
    """Formulas of value and status of an item of the resource part."""
    head, _, rest = item.partition(".")
    if head == "schools":
        sheet, word = book.sheets["schools"], {k: quoted(v) for k, v in book.status.items()}
        rows = schools[rest]
        if not len(rows):
            return '""', word["not_applicable"]
        cells = sheet.range(rows, 15)
        judged = f"({len(rows)}-COUNTIF({cells},{word['not_applicable']}))"
        value = (
            f'IF(OR({judged}=0,COUNTIF({cells},{word["not_assessed"]})>0),"",'
            f"COUNTIF({cells},{word['met']})/{judged})"
        )
        return value, three_valued(book, cells)
    name, stage = rest.split(".") if head == "cv" else (COMPOSITE, rest)
    at = balance[stage, name]
    return copied(at["cv"]), at["status"]
