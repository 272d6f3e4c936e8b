"""The sheet of variation: mean, variance, CV, limit and status of each stage and indicator."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from ...base.language import DASH
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.balance import COMPOSITE, CV_DECIMALS, cv_entry
from ...present.terms import OPTION_WORDS, bracketed
from .book import HEADS, Book, Field, quoted, stage_field
from .formulas import COUNT, HAIR_TEXT, at_most, copied
from .indicators import INDICATOR_COLUMNS, deciding_value

COLUMNS = {
    name: position
    for position, name in enumerate(
        (
            *("stage", "indicator", "schools", "missing", "students", "mean", "variance"),
            *("sd", "cv", "decided", "limit", "status"),
        )
    )
}


def write_balance(book: Book, rules: dict[str, str], blocks: dict) -> dict[tuple[str, str], dict]:
    """Mean, variance, CV, limit and status -> addresses by stage and indicator."""
    say, study, word = book.say, book.study, book.status
    indicators = study.rules.indicators
    fields = [
        stage_field(say),
        Field(say("Indicator"), 30),
        Field(say("Schools judged"), 9, COUNT),
        Field(say("without a value"), 9, COUNT),
        Field(say("Students (persons)"), 11, COUNT),
        Field(say("Weighted mean"), 14, "#,##0.0000"),
        Field(say("Variance"), 16, "#,##0.000000"),
        Field(say("Standard deviation"), 14, "#,##0.0000"),
        Field(say("CV"), 12, "0.000000"),
        Field(say("Value that decides"), 12, "0.000000"),
        Field(say("Limit"), 9, "0.00"),
        Field(say("Status"), 14, align="center"),
    ]
    sheet = book.sheets["balance"]
    note = say(
        "CV = √variance ÷ mean; mean and variance weighted by the students of the schools judged "
        "(population form). The composite is the plain mean of them."
    )
    sheet.head(say("Variation between schools"), note, fields, 2)
    words = {name: quoted(text) for name, text in word.items()}
    on = study.rules["option.decide_on"]
    rounded, option = quoted(OPTION_WORDS["rounded"][say.code]), rules["option.decide_on"]
    scale, yes = 10**CV_DECIMALS, quoted(book.yes)
    table = study.balance.set_index(["stage", "indicator"])
    found: dict[tuple[str, str], dict] = {}
    row = HEADS
    data = book.sheets["indicators"]
    for stage in STAGES:
        first = row
        for name in (*indicators, COMPOSITE):
            result = table.loc[(stage, name)]
            at = {key: xl_rowcol_to_cell(row, position) for key, position in COLUMNS.items()}
            found[stage, name] = {
                key: sheet.ref(row, position) for key, position in COLUMNS.items()
            }
            sheet.text(row, COLUMNS["stage"], say.label(STAGE_LABELS[stage]))
            about = indicators.get(name)
            title = (
                f"{about.number} {say.label(about.short)}{bracketed(say.label(about.unit), say)}"
                if about
                else say("Composite")
            )
            sheet.text(row, COLUMNS["indicator"], title)

            def put(key: str, formula: str, value, row=row) -> None:
                sheet.formula(row, COLUMNS[key], formula, value)

            if (stage, indicators.names[0]) not in blocks:
                for position in range(COLUMNS["schools"], COLUMNS["status"]):
                    sheet.text(row, position, "")
                sheet.text(row, COLUMNS["status"], word["not_applicable"])
                row += 1
                continue
            if about:
                rows = blocks[stage, name].rows
                judged = data.range(rows, INDICATOR_COLUMNS["judged"])
                values = data.range(rows, INDICATOR_COLUMNS["value"])
                weight, counted = (
                    data.range(rows, INDICATOR_COLUMNS["weight"]),
                    data.range(rows, INDICATOR_COLUMNS["counted"]),
                )
                put("schools", f"COUNTIF({judged},{yes})", result["schools"])
                put("missing", f'SUMPRODUCT(({judged}={yes})*({values}=""))', result["missing"])
                students = data.range(rows, INDICATOR_COLUMNS["students"])
                put("students", f"SUMIF({judged},{yes},{students})", result["students"])
                put("mean", f'IF(SUM({weight})=0,"",SUMPRODUCT({weight},{counted})/SUM({weight}))',
                    result["mean"])  # fmt: skip
                put(
                    "variance",
                    f'IF({at["mean"]}="","",'
                    f"SUMPRODUCT({weight},({counted}-{at['mean']})^2)/SUM({weight}))",
                    result["sd"] ** 2,
                )
                put("sd", f'IF({at["variance"]}="","",SQRT({at["variance"]}))', result["sd"])
                put("cv", f'IF({at["mean"]}="","",IF({at["mean"]}=0,"",{at["sd"]}/{at["mean"]}))',
                    result["cv"])  # fmt: skip
            else:
                above = {key: f"{xl_rowcol_to_cell(first, p)}:{xl_rowcol_to_cell(row - 1, p)}"
                         for key, p in COLUMNS.items()}  # fmt: skip
                put("schools", xl_rowcol_to_cell(first, COLUMNS["schools"]), result["schools"])
                put("missing", f"MAX({above['missing']})", result["missing"])
                put("students", xl_rowcol_to_cell(first, COLUMNS["students"]), result["students"])
                for key in ("mean", "variance", "sd"):
                    sheet.text(row, COLUMNS[key], DASH, align="center")
                put("cv", f'IF(COUNT({above["cv"]})={len(indicators)},AVERAGE({above["cv"]}),"")',
                    result["cv"])  # fmt: skip
            put(
                "decided",
                f'IF({at["cv"]}="","",IF({option}={rounded},'
                f"INT({at['cv']}*{scale}+0.5+{HAIR_TEXT})/{scale},{at['cv']}))",
                deciding_value(result["cv"], CV_DECIMALS, on),
            )
            put("limit", copied(rules[cv_entry(study.rules, name, stage)]), result["limit"])
            put(
                "status",
                f'IF(OR({at["schools"]}=0,{at["limit"]}=""),{words["not_applicable"]},'
                f'IF(OR({at["missing"]}>0,{at["decided"]}=""),{words["not_assessed"]},'
                f"IF({at_most(at['decided'], at['limit'], rules['tolerance'])},"
                f"{words['met']},{words['not_met']})))",
                word[result["status"]],
            )
            row += 1
    sheet.colour(HEADS, row - 1, COLUMNS["status"])
    return found
