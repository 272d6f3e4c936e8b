"""A study as a workbook that recalculates: every figure a formula that leads back to the inputs.

Seven indicators, school rule, shortfalls, coefficients of variation and the verdict are live; whoever
audits a county changes a cell of the sheet of inputs or of rules and sees what follows. Each formula
carries the value that Python computed, so that programs that do not calculate show the same figures.
The arithmetic is that of `analysis.measure.apportioning`, `indicators`, `dispersion` and `evaluate`, step by step.
"""

from __future__ import annotations

import importlib.metadata
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from ..base.files import N_
from ..base.language import DASH
from ..base.schema.columns import Column
from ..base.schema.indicators import INDICATORS
from ..base.schema.tables import TABLES
from ..base.schema.terms import CHOICE_LABELS, SCHOOL_TYPES, STAGE_LABELS, STAGES
from ..measure.apportioning.dividing import SHARED_QUANTITIES, STAGE_QUANTITIES, WEIGHTS
from ..measure.apportioning.scope import EXCLUSIONS, exclusion_text
from ..measure.balance import CV_DECIMALS
from ..measure.indicators import HAIR, TOLERANCE, indicator_rows, round_half_up, whole_up
from ..measure.requirements.facts import year_data
from ..measure.study import Study
from ..measure.verdicts import SIGNS, source
from ..policy.standards import Text
from ..present import sentences as narrative
from ..present.terms import (
    OPTION_WORDS,
    PART_NAMES,
    ROUNDED,
    is_share,
    item_detail,
    item_requirement,
    item_title,
    item_unit,
)
from .workbook_sheets import HEADS, Book, Field, Sheet, lines_of, quoted, stage_field, titled

#: The same in formulas.
_HAIR = f"{HAIR:.0E}"

NAMES = {
    "conclusion": N_("Conclusion"),
    "inputs": N_("School data"),
    "rules": N_("Rules"),
    "apportionment": N_("Apportionment"),
    "indicators": N_("Indicators"),
    "balance": N_("Variation"),
    "schools": N_("School rule"),
    "shortfalls": N_("Shortfalls"),
    "items": N_("Item by item"),
}

CONFIDENCE = {
    "read": N_("read in the original"),
    "local": N_("in local official documents"),
    "secondary": N_("in a transcription"),
    "memory": N_("to be confirmed"),
    "inferred": N_("to be confirmed"),
}

#: Columns of the roster that come before the figures of the year.
ROSTER = (
    *("school_id", "name", "type", "ownership", "area", "built_year"),
    *("indicators_in_scope", "note"),
)

COUNT, AREA, RATIO, SHARE, CV = "#,##0", "#,##0.00", "#,##0.00", "0.0000", "0.000"


def write_workbook(study: Study, lang: str = "zh", aside: Text | None = None) -> bytes:
    """The judged year of a county as a workbook of live formulas.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}
    aside : Text, optional
        Name of a scenario that the report of an observed year is about as well: the first sheet
        says that the workbook holds nothing of it.

    Returns
    -------
    bytes
        An .xlsx file; the same study gives the same bytes. Sheets: conclusion, school data, rules,
        apportionment, indicators, variation, school rule, shortfalls, requirements.

    Notes
    -----
    Live: the figures of the schools, thresholds, floors, limits, weights, the options
    `cv_weighting`, `decide_on`, `private_in_scope`, `special_education_in_scope`,
    `teaching_point_students` and the concessions `pe_arts_part_time` and `sports_venues`. Not live,
    and marked so: the list of schools and stages, and the items of government guarantee, quality,
    recognition and vetoes, which are computed from further tables.
    """
    book = Book(study, lang, NAMES)
    inputs = _inputs(book)
    rules = _rules(book)
    register = _register(study)
    parts = _apportionment(book, inputs, rules, register)
    blocks = _indicators(book, rules, parts, register)
    balance = _balance(book, rules, blocks)
    schools = _schools(book, rules, blocks, register)
    _shortfalls(book, blocks, register)
    items = _items(book, rules, balance, schools)
    _conclusion(book, items, aside)
    return book.close()


# --- inputs ----------------------------------------------------------------------------------------


def _inputs(book: Book) -> dict[tuple[str, str], str]:
    """The year's rows as reported -> address of each cell by (school_id, column)."""
    say, study = book.say, book.study
    lang = say.code
    data = year_data(study.county, study.year, study.rules).schools
    roster = study.county.tables["schools"].set_index("school_id")
    data = data.assign(note=roster["note"].reindex(data.index)).sort_index()
    figures = [c for c in TABLES["school_years"].columns if not c.key and c.name != "note"]
    columns: list[Column] = [TABLES["schools"][name] for name in ROSTER] + figures

    def width(column: Column) -> float:
        return {"name": 26, "type": 16, "note": 18, "equipment_value_cny": 14}.get(column.name, 11)

    fields = [
        Field(titled(column.label(lang), column.unit, say), width(column), _format(data, column))
        for column in columns
    ]
    sheet = book.sheets["inputs"]
    note = say(
        "As reported by the schools; empty: not reported. Change a blue figure here and everything "
        "that follows from it changes."
    )
    if study.year > study.county.last_observed:
        note += " " + say(ROUNDED)
    sheet.head(say("School data of the year, as reported"), note, fields, 2)
    sheet.paper(wide=2)
    found = {}
    for row, school in enumerate(data.index, HEADS):
        values = data.loc[school].to_dict() | {"school_id": school}
        for position, column in enumerate(columns):
            value = values[column.name]
            found[school, column.name] = sheet.ref(row, position)
            if column.kind == "choice" and isinstance(value, str):
                sheet.input(row, position, CHOICE_LABELS[value][lang])
            elif column.is_numeric:
                sheet.input(row, position, value)
            else:
                sheet.text(row, position, value)
    return found


def _format(data: pd.DataFrame, column: Column) -> str:
    """A number format that shows what was reported."""
    if not column.is_numeric:
        return ""
    if column.kind == "integer":
        return "0"
    if column.kind == "count":
        return COUNT
    whole = (data[column.name].dropna() % 1 == 0).all()
    return COUNT if whole else AREA


# --- rules -----------------------------------------------------------------------------------------


def _rules(book: Book) -> dict[str, str]:
    """Thresholds, floor, limits, weights and options -> address of each value by its id."""
    say, study = book.say, book.study
    lang, rules = say.code, study.rules
    fields = [
        Field(say("Id"), 32),
        Field(say("Rule or option"), 46),
        Field(say("Sign"), 6, align="center"),
        Field(say("Value"), 12),
        Field(say("Unit"), 14, align="center"),
        Field(say("Source"), 70),
        Field(say("How the value reached us"), 18),
    ]
    sheet = book.sheets["rules"]
    note = say(
        "In force on {date} by {standard}. Blue values may be changed; an empty one requires nothing.",
        date=rules.date,
        standard=say.label(rules.standard.title),
    )
    sheet.head(say("Rules by which the year is judged"), note, fields, 2)
    found: dict[str, str] = {}
    row = HEADS

    def add(name: str, title: str, sign: str, value, unit: str, where: str, how: str = "") -> None:
        nonlocal row
        for column, text in ((0, name), (1, title), (2, sign), (4, unit), (5, where), (6, how)):
            sheet.text(row, column, text, text_wrap=True)
        look = {"num_format": "0.00####", "align": "right"}
        if isinstance(value, float) and value % 1 == 0:
            look["num_format"] = "#,##0"
        elif name == "tolerance":
            look["num_format"] = "0E+00"
        sheet.input(row, 3, value, **look)
        texts = ((title, 46), (where, 70), (name, 32))
        sheet.sheet.set_row(row, 14.5 * max(lines_of(*each) for each in texts))
        found[name] = sheet.ref(row, 3)
        row += 1

    def entry(name: str, value=None) -> None:
        about = rules.entry(name)
        indicator = INDICATORS.get(name.split(".")[0])
        unit = indicator.unit if indicator else about.unit
        unit = say.label(unit) if unit else ""
        sign = SIGNS.get(rules.rule(name), "=")
        value = rules.number(name) if value is None else value
        how = say(CONFIDENCE[about.reference.confidence])
        add(name, say.label(about.title), sign, value, unit, source(rules, name), how)

    def choice(name: str) -> None:
        words = [rules[name], *(w for w in rules.entry(name).alternatives if isinstance(w, str))]
        if set(words) <= {"yes", "no"}:
            words = ["yes", "no"]
        entry(name, OPTION_WORDS[rules[name]][lang])
        options = [OPTION_WORDS[word][lang] for word in words]
        sheet.sheet.data_validation(row - 1, 3, row - 1, 3, {"validate": "list", "source": options})

    for indicator in INDICATORS:
        for stage in STAGES:
            entry(f"{indicator}.{stage}")
    entry("school.indicators_met")
    entry("school.floor")
    for stage in STAGES:
        entry(f"cv.{stage}")
    for stage in STAGES:
        entry(f"composite_cv.{stage}")
    how = CONFIDENCE["secondary"]
    for stage, weight in WEIGHTS.items():
        title = say("Weight of a student: {stage}", stage=say.label(STAGE_LABELS[stage]))
        add(f"weight.{stage}", title, "=", weight, "", say("Formula for apportionment"), say(how))
    for name in ("cv_weighting", "decide_on", "private_in_scope", "special_education_in_scope"):
        choice(f"option.{name}")
    entry("option.teaching_point_students")
    for name in ("pe_arts_part_time", "sports_venues"):
        of_concession = f"concession.{name}."
        entries = [n for n in rules if n.startswith(of_concession)]
        if not entries:
            continue
        on = book.yes if name in study.concessions else book.no
        about = rules.entry(entries[0])
        title = say("Concession switched on: {name}", name=name)
        where = source(rules, entries[0])
        add(
            f"concession.{name}",
            title,
            "=",
            on,
            "",
            where,
            say(CONFIDENCE[about.reference.confidence]),
        )
        lists = {"validate": "list", "source": [book.yes, book.no]}
        sheet.sheet.data_validation(row - 1, 3, row - 1, 3, lists)
        if name == "pe_arts_part_time":
            for each in entries:
                entry(each)
    title = say("Tolerance: binary fractions are a hair off; no real difference is this small")
    add("tolerance", title, "=", TOLERANCE, "", say("Method of this software"))
    return found


# --- apportionment ---------------------------------------------------------------------------------


def _register(study: Study) -> pd.DataFrame:
    """Rows of the register by stage and school, each with its number on the sheets."""
    order = {stage: position for position, stage in enumerate(STAGES)}
    rows = study.rows.assign(_stage=study.rows["stage"].map(order))
    rows = rows.sort_values(["_stage", "school_id"], kind="stable", ignore_index=True)
    return rows.drop(columns="_stage")


#: Columns of the sheet of apportionment.
_A = {
    name: position
    for position, name in enumerate(
        (
            *("stage", "school_id", "school", "students", "reason", "judged"),
            *("primary", "junior", "senior", "whole", "share"),
            *(f"all.{name}" for name in SHARED_QUANTITIES),
            *SHARED_QUANTITIES,
            *STAGE_QUANTITIES,
        )
    )
}


def _apportionment(
    book: Book, inputs: dict[tuple[str, str], str], rules: dict[str, str], register: pd.DataFrame
) -> dict[str, dict[int, str]]:
    """Scope, weights, shares and each stage's part -> address by column and row of the register."""
    say, study, lang = book.say, book.study, book.say.code
    resource = {i.quantity: (say.label(i.short), i.resource) for i in INDICATORS.values()}
    fields = [
        stage_field(say),
        Field(say("School id"), 11),
        Field(say("School"), 26),
        Field(say("Students (persons)"), 9, COUNT),
        Field(say("Why it is not judged"), 34),
        Field(say("Judged"), 7, align="center"),
        *(
            Field(
                say("Weighted students: {stage}", stage=say.label(STAGE_LABELS[s])), 10, "#,##0.00"
            )
            for s in WEIGHTS
        ),
        Field(say("Weighted students: whole school"), 10, "#,##0.00"),
        Field(say("Share of the stage"), 9, SHARE),
        *(
            Field(say("Whole school: {what}", what=titled(*resource[n], say)), 14, AREA)
            for n in SHARED_QUANTITIES
        ),
        *(
            Field(say("Part of the stage: {what}", what=titled(*resource[n], say)), 14, AREA)
            for n in SHARED_QUANTITIES
        ),
        *(
            Field(say("Of the stage: {what}", what=titled(*resource[n], say)), 11, COUNT)
            for n in STAGE_QUANTITIES
        ),
    ]
    sheet = book.sheets["apportionment"]
    note = say(
        "What a school records once is divided among its stages by students weighted "
        "1 : 1.1 : 1.32; indoor sports area leaves the teaching area first. “–”: the school does "
        "not have the stage. The list of schools and stages is fixed, all else is live."
    )
    sheet.head(say("Scope and apportionment"), note, fields, 3)
    sheet.paper(wide=2)
    taught = register.groupby("school_id")["stage"].agg(set).to_dict()
    types = study.county.tables["schools"].set_index("school_id")["type"]
    whole_school = _whole_schools(study)
    limit = study.rules.number("option.teaching_point_students")
    found: dict[str, dict[int, str]] = {name: {} for name in _A}

    def local(row: int, name: str) -> str:
        return xl_rowcol_to_cell(row, _A[name])

    for number, record in enumerate(register.to_dict("records")):
        row, school, stage = HEADS + number, record["school_id"], record["stage"]
        cell = {column: inputs[school, column] for (id_, column) in inputs if id_ == school}

        def put(name: str, formula: str, value, row=row) -> None:
            sheet.formula(row, _A[name], formula, value)

        sheet.text(row, _A["stage"], say.label(STAGE_LABELS[stage]))
        sheet.text(row, _A["school_id"], school)
        sheet.text(row, _A["school"], record["school"])
        put("students", _copied(cell[f"students_{stage}"]), record["students"])
        reason = ""
        if record["reason"]:
            message, values = exclusion_text(record["reason"], record["note"], limit)
            reason = say(message, **{k: v if k == "limit" else v[lang] for k, v in values.items()})
        put("reason", _scope(book, cell, rules, local(row, "students")), reason)
        put("judged", f'IF({local(row, "reason")}="",{quoted(book.yes)},{quoted(book.no)})',
            book.yes if record["in_scope"] else book.no)  # fmt: skip

        stages = _stages_taught(study, school, taught[school], types[school])
        students = whole_school.loc[school]
        weighted = {}
        for each, weight in WEIGHTS.items():
            if each in stages:
                address, factor = cell[f"students_{each}"], rules[f"weight.{each}"]
                weighted[each] = weight * students[f"students_{each}"]
                put(each, f'IF({address}="","",{factor}*{address})', weighted[each])
            else:
                sheet.text(row, _A[each], "–", align="center")
        first, last = local(row, "primary"), local(row, "senior")
        either = ",".join(f'{local(row, each)}=""' for each in WEIGHTS)
        put("whole", f'IF(OR({either}),"",SUM({first}:{last}))', sum(weighted.values()))
        mine, whole = local(row, stage), local(row, "whole")
        put(
            "share",
            f'IF(COUNTIF({first}:{last},"–")=2,1,IF({whole}="","",IF({whole}>0,{mine}/{whole},"")))',
            record["share"],
        )
        share = local(row, "share")
        wholes = _whole_quantities(book, cell, rules)
        for name in SHARED_QUANTITIES:
            put(f"all.{name}", wholes[name], students[name])
            total = local(row, f"all.{name}")
            put(name, f'IF(OR({total}="",{share}=""),"",{total}*{share})', record[name])
        for name in STAGE_QUANTITIES:
            formula = _copied(cell[f"{name}_{stage}"])
            if name == "pe_arts" and "concession.pe_arts_part_time" in rules:
                formula = _with_part_time(book, cell, rules, stage)
            put(name, formula, record[name])
        for name, position in _A.items():
            found[name][number] = sheet.ref(row, position)
    last = HEADS + len(register) - 1
    grey = book.file.add_format({"font_color": "#8A8A8A"})
    rule = {"type": "formula", "criteria": f"=$F{HEADS + 1}={quoted(book.no)}", "format": grey}
    if len(register):
        sheet.sheet.conditional_format(HEADS, 0, last, len(fields) - 1, rule)
    return found


def _copied(address: str) -> str:
    """The value of another cell; what is empty there stays empty here."""
    return f'IF({address}="","",{address})'


def _scope(book: Book, cell: dict, rules: dict, students: str) -> str:
    """Why a row is not judged, as in `analysis.measure.apportioning`; empty if it is."""
    say, lang = book.say, book.say.code
    yes, no = quoted(book.yes), quoted(book.no)
    kind, owner, override = cell["type"], cell["ownership"], cell["indicators_in_scope"]
    limit = rules["option.teaching_point_students"]

    def label(name: str) -> str:
        return quoted(CHOICE_LABELS[name][lang])

    def spoken(reason: str, **values: str) -> str:
        """A sentence whose placeholders are cells."""
        text = say(EXCLUSIONS[reason], **dict.fromkeys(values, "\n")).split("\n")
        return "&".join(_between([quoted(part) for part in text], list(values.values())))

    unnamed = exclusion_text("override", np.nan, 0)[1]["note"][lang]
    note = f'IF({cell["note"]}="",{quoted(unnamed)},{cell["note"]})'
    tests = [
        (f'AND({students}<>"",{students}=0)', spoken("no_students")),
        (f"{override}={yes}", '""'),
        (f"{override}={no}", spoken("override", note=note)),
        (
            f"AND({kind}={label('special_education')},{rules['option.special_education_in_scope']}={no})",
            spoken("special_education"),
        ),
        (
            f"AND({owner}={label('private')},{rules['option.private_in_scope']}={no})",
            spoken("private"),
        ),
        (
            f'AND({kind}={label("teaching_point")},{students}<>"",{students}<{limit})',
            spoken("small_teaching_point", limit=limit),
        ),
    ]
    formula = '""'
    for test, text in reversed(tests):
        formula = f"IF({test},{text},{formula})"
    return formula


def _between(texts: list[str], values: list[str]) -> list[str]:
    found = [texts[0]]
    for value, text in zip(values, texts[1:], strict=True):
        found += [value, text]
    return [part for part in found if part != '""'] or ['""']


def _stages_taught(study: Study, school: str, judged: set, kind: str) -> set[str]:
    """The stages of a school: those of its rows, and senior where it has one."""
    stages = set(judged)
    if kind in ("attached_class", "special_education"):
        years = study.county.tables["school_years"]
        seniors = years.loc[years["school_id"] == school, "students_senior"]
        return stages | ({"senior"} if (seniors > 0).any() else set())
    return stages | ({"senior"} & set(SCHOOL_TYPES[kind].stages))


def _whole_schools(study: Study) -> pd.DataFrame:
    """What each school has as a whole: students by stage and the shared quantities."""
    data = year_data(study.county, study.year, study.rules).schools.copy()
    if "sports_venues" in study.concessions:
        more = data["off_campus_sports_area_m2"].where(data["area"] == "urban", 0.0).fillna(0.0)
        data["outdoor_sports_area_m2"] += more
    data["teaching_area"] = data["teaching_area_m2"] - data["indoor_sports_area_m2"]
    data["sports_area"] = data["outdoor_sports_area_m2"] + data["indoor_sports_area_m2"]
    data["equipment_value"] = data["equipment_value_cny"]
    return data


def _whole_quantities(book: Book, cell: dict, rules: dict) -> dict[str, str]:
    """Formulas of what a school records once."""
    teaching, indoor = cell["teaching_area_m2"], cell["indoor_sports_area_m2"]
    outdoor = cell["outdoor_sports_area_m2"]
    sports = f"({outdoor}+{indoor})"
    if "concession.sports_venues" in rules:
        urban = quoted(CHOICE_LABELS["urban"][book.say.code])
        on = f"AND({rules['concession.sports_venues']}={quoted(book.yes)},{cell['area']}={urban})"
        sports = f"({outdoor}+IF({on},N({cell['off_campus_sports_area_m2']}),0)+{indoor})"
    return {
        "teaching_area": f'IF(OR({teaching}="",{indoor}=""),"",{teaching}-{indoor})',
        "sports_area": f'IF(OR({outdoor}="",{indoor}=""),"",{sports})',
        "equipment_value": _copied(cell["equipment_value_cny"]),
        "multimedia_rooms": _copied(cell["multimedia_rooms"]),
    }


def _with_part_time(book: Book, cell: dict, rules: dict, stage: str) -> str:
    """PE and arts teachers with the part-time ones of small rural schools, if conceded."""
    name = "concession.pe_arts_part_time"
    rural = quoted(CHOICE_LABELS["rural"][book.say.code])
    students = f"SUM({cell['students_primary']},{cell['students_junior']})"
    on = (
        f"AND({rules[name]}={quoted(book.yes)},{cell['area']}={rural},"
        f"{students}>={rules[name + '.students_from']},{students}<{rules[name + '.students_below']})"
    )
    own = cell[f"pe_arts_{stage}"]
    return f'IF({own}="","",{own}+IF({on},N({cell[f"pe_arts_part_time_{stage}"]}),0))'


# --- indicators ------------------------------------------------------------------------------------

_I = {
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


def _indicators(
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
    sheet.head(say("Seven indicators of every school and stage"), note, fields, 3)
    everyone = indicator_rows(register.assign(in_scope=True), {study.year: study.rules})
    everyone = everyone.set_index(["stage", "indicator", "school_id"])
    blocks: dict[tuple[str, str], Block] = {}
    row = HEADS
    for stage in STAGES:
        numbers = register.index[register["stage"] == stage].tolist()
        if not numbers:
            continue
        for name, about in INDICATORS.items():
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
    sheet.colour(HEADS, row - 1, _I["status"])
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
    about = INDICATORS[result["indicator"]]
    at = {name: xl_rowcol_to_cell(row, position) for name, position in _I.items()}

    def put(name: str, formula: str, value, **look) -> None:
        sheet.formula(row, _I[name], formula, value, **look)

    sheet.text(row, _I["stage"], say.label(STAGE_LABELS[result["stage"]]))
    sheet.text(row, _I["indicator"], result["title"])
    sheet.text(row, _I["school"], result["school"])
    sheet.text(row, _I["unit"], say.label(about.resource))
    judged = bool(result["in_scope"])
    put("judged", parts["judged"][number], book.yes if judged else book.no)
    put("students", parts["students"][number], result["students"])
    whole = {"num_format": COUNT} if about.whole else {}
    quantity = {"num_format": COUNT} if about.whole and not about.shared else {}
    put("quantity", parts[about.quantity][number], result["quantity"], **quantity)
    if about.shared:
        put("share", parts["share"][number], result["share"])
    else:
        sheet.text(row, _I["share"], DASH, align="center")
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
        f"INT({at['value']}*{scale}+0.5+{_HAIR})/{scale},{at['value']}))",
        _decided(value, about.decimals, study.rules["option.decide_on"]),
    )
    put("threshold", _copied(rules[f"{about.name}.{result['stage']}"]), result["threshold"])
    floor = rules["school.floor"]
    put("floor", f'IF(OR({at["threshold"]}="",{floor}=""),"",{at["threshold"]}*{floor})',
        result["floor"])  # fmt: skip
    word = {name: quoted(text) for name, text in status.items()}
    yes, tolerance = quoted(book.yes), rules["tolerance"]
    put(
        "status",
        f"IF({at['judged']}<>{yes},{word['not_applicable']},"
        f'IF(OR({at["decided"]}="",{at["threshold"]}=""),{word["not_assessed"]},'
        f"IF({_at_least(at['decided'], at['threshold'], tolerance)},{word['met']},"
        f"IF({_at_least(at['decided'], at['floor'], tolerance)},{word['near']},{word['short']}))))",
        status[result["status"]],
    )
    over = f"/{about.per}" if about.per > 1 else ""
    lacking = f"({at['threshold']}*{at['students']}{over}-{at['quantity']})"
    if about.shared:
        lacking += f"/{at['share']}"
    if about.whole:
        lacking = f"-INT(-({lacking}-{_HAIR}))"
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


def _at_least(value: str, limit: str, tolerance: str) -> str:
    return f"{value}>={limit}-{tolerance}*ABS({limit})"


def _at_most(value: str, limit: str, tolerance: str) -> str:
    return f"{value}<={limit}+{tolerance}*ABS({limit})"


def _decided(value: float, decimals: int, option: str) -> float:
    return float(round_half_up(value, decimals)) if option == "rounded" else value


# --- variation between schools ---------------------------------------------------------------------

_B = {
    name: position
    for position, name in enumerate(
        (
            *("stage", "indicator", "schools", "missing", "students", "mean", "variance"),
            *("sd", "cv", "decided", "limit", "status"),
        )
    )
}


def _balance(book: Book, rules: dict[str, str], blocks: dict) -> dict[tuple[str, str], dict]:
    """Mean, variance, CV, limit and status -> addresses by stage and indicator."""
    say, study, word = book.say, book.study, book.status
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
        "(population form). The composite is the plain mean of the seven."
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
        for name in (*INDICATORS, "composite"):
            result = table.loc[(stage, name)]
            at = {key: xl_rowcol_to_cell(row, position) for key, position in _B.items()}
            found[stage, name] = {key: sheet.ref(row, position) for key, position in _B.items()}
            sheet.text(row, _B["stage"], say.label(STAGE_LABELS[stage]))
            about = INDICATORS.get(name)
            title = (
                f"{about.number} {say.label(about.short)} ({say.label(about.unit)})"
                if about
                else say("Composite")
            )
            sheet.text(row, _B["indicator"], title)

            def put(key: str, formula: str, value, row=row) -> None:
                sheet.formula(row, _B[key], formula, value)

            if (stage, next(iter(INDICATORS))) not in blocks:
                for position in range(_B["schools"], _B["status"]):
                    sheet.text(row, position, "")
                sheet.text(row, _B["status"], word["not_applicable"])
                row += 1
                continue
            if about:
                rows = blocks[stage, name].rows
                judged = data.range(rows, _I["judged"])
                values = data.range(rows, _I["value"])
                weight, counted = data.range(rows, _I["weight"]), data.range(rows, _I["counted"])
                put("schools", f"COUNTIF({judged},{yes})", result["schools"])
                put("missing", f'SUMPRODUCT(({judged}={yes})*({values}=""))', result["missing"])
                students = data.range(rows, _I["students"])
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
                         for key, p in _B.items()}  # fmt: skip
                put("schools", xl_rowcol_to_cell(first, _B["schools"]), result["schools"])
                put("missing", f"MAX({above['missing']})", result["missing"])
                put("students", xl_rowcol_to_cell(first, _B["students"]), result["students"])
                for key in ("mean", "variance", "sd"):
                    sheet.text(row, _B[key], DASH, align="center")
                seven = len(INDICATORS)
                put("cv", f'IF(COUNT({above["cv"]})={seven},AVERAGE({above["cv"]}),"")',
                    result["cv"])  # fmt: skip
            put(
                "decided",
                f'IF({at["cv"]}="","",IF({option}={rounded},'
                f"INT({at['cv']}*{scale}+0.5+{_HAIR})/{scale},{at['cv']}))",
                _decided(result["cv"], CV_DECIMALS, on),
            )
            entry = ("cv." if about else "composite_cv.") + stage
            put("limit", _copied(rules[entry]), result["limit"])
            put(
                "status",
                f'IF(OR({at["schools"]}=0,{at["limit"]}=""),{words["not_applicable"]},'
                f'IF(OR({at["missing"]}>0,{at["decided"]}=""),{words["not_assessed"]},'
                f"IF({_at_most(at['decided'], at['limit'], rules['tolerance'])},"
                f"{words['met']},{words['not_met']})))",
                word[result["status"]],
            )
            row += 1
    sheet.colour(HEADS, row - 1, _B["status"])
    return found


# --- school rule, shortfalls -----------------------------------------------------------------------


def _schools(book: Book, rules: dict, blocks: dict, register: pd.DataFrame) -> dict[str, range]:
    """At least six of seven, the rest at the floor or more -> rows of each stage."""
    say, study, word = book.say, book.study, book.status
    fields = [
        stage_field(say),
        Field(say("School id"), 11),
        Field(say("School"), 26),
        Field(say("Judged"), 7, align="center"),
        *(
            Field(f"{i.number} {say.label(i.short)}", 13, align="center")
            for i in INDICATORS.values()
        ),
        Field(say("Met"), 6, COUNT),
        Field(say("85 % or more"), 7, COUNT),
        Field(say("Below 85 %"), 7, COUNT),
        Field(say("Not assessed"), 7, COUNT),
        Field(say("School rule"), 12, align="center"),
    ]
    sheet = book.sheets["schools"]
    note = say(
        "A school meets the rule if at least {needed} of 7 indicators are met and the rest reach "
        "{floor} of their thresholds; what was not reported leaves it open unless it has failed "
        "already.",
        needed=say.number(study.rules.number("school.indicators_met")),
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
            rows = blocks[stage, next(iter(INDICATORS))].rows
            yes_no = book.yes if record["in_scope"] else book.no
            sheet.formula(row, 3, data.ref(rows[position], _I["judged"]), yes_no)
            for column, name in enumerate(INDICATORS, 4):
                block = blocks[stage, name]
                sheet.formula(
                    row,
                    column,
                    data.ref(block.rows[position], _I["status"]),
                    word[block.results["status"].iloc[position]],
                )
            seven = f"{xl_rowcol_to_cell(row, 4)}:{xl_rowcol_to_cell(row, 10)}"
            judged = bool(record["in_scope"])
            key = (stage, record["school_id"])
            names = ("met", "near", "below_floor", "missing")
            counts = {n: results.loc[key, n] if judged else 0 for n in names}
            statuses = ("met", "near", "short", "not_assessed")
            for column, (name, status) in enumerate(zip(names, statuses, strict=True), 11):
                sheet.formula(row, column, f"COUNTIF({seven},{words[status]})", counts[name])
            met, _, below, missing = (xl_rowcol_to_cell(row, column) for column in range(11, 15))
            sheet.formula(
                row,
                15,
                f"IF({xl_rowcol_to_cell(row, 3)}<>{quoted(book.yes)},{words['not_applicable']},"
                f'IF(OR({below}>0,AND({needed}<>"",{met}+{missing}<{needed})),{words["not_met"]},'
                f'IF(AND({needed}<>"",{met}>={needed},{missing}=0),{words["met"]},'
                f"{words['not_assessed']})))",
                word[results.loc[key, "status"] if judged else "not_applicable"],
            )
            row += 1
    sheet.colour(HEADS, row - 1, 4, 10)
    sheet.colour(HEADS, row - 1, 15)
    return stages


def _shortfalls(book: Book, blocks: dict, register: pd.DataFrame) -> None:
    """What each school lacks, as printed (rounded up), and the sums of each stage."""
    say = book.say
    fields = [
        stage_field(say),
        Field(say("School id"), 11),
        Field(say("School"), 26),
        *(
            Field(titled(f"{i.number} {say.label(i.short)}", i.resource, say), 14, COUNT)
            for i in INDICATORS.values()
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
    for stage in STAGES:
        part = register[register["stage"] == stage]
        first = row
        sums = dict.fromkeys(INDICATORS, 0.0)
        for position, record in enumerate(part.to_dict("records")):
            sheet.text(row, 0, say.label(STAGE_LABELS[stage]))
            sheet.text(row, 1, record["school_id"])
            sheet.text(row, 2, record["school"])
            for column, name in enumerate(INDICATORS, 3):
                block = blocks[stage, name]
                cell = data.ref(block.rows[position], _I["shortfall"])
                value = whole_up(block.results["shortfall"].iloc[position]) + 0.0
                sums[name] += 0.0 if np.isnan(value) else value
                sheet.formula(row, column, f'IF({cell}="","",-INT(-({cell}-{_HAIR})))', value)
            row += 1
        if row > first:
            sheet.text(row, 0, say.label(STAGE_LABELS[stage]), **bold)
            sheet.text(row, 1, "", **bold)
            sheet.text(row, 2, say("All schools"), **bold)
            for column, name in enumerate(INDICATORS, 3):
                cells = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(row - 1, column)}"
                sheet.formula(row, column, f"SUM({cells})", sums[name], **bold)
            row += 1


# --- requirements and conclusion -------------------------------------------------------------------


def _items(book: Book, rules: dict, balance: dict, schools: dict[str, range]) -> dict:
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
            item, value = record["item"], record["value"]
            live = part == "resource"
            unit = item_unit(study, item, lang)
            title = item_title(study, item, lang) + (f" ({unit})" if unit else "")
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
        whole = _three_valued(book, cells)
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
        return value, _three_valued(book, cells)
    name, stage = rest.split(".") if head == "cv" else ("composite", rest)
    at = balance[stage, name]
    return _copied(at["cv"]), at["status"]


def _three_valued(book: Book, cells: str) -> str:
    """One failure decides, one gap leaves it open, nothing to judge is not applicable."""
    word = {name: quoted(text) for name, text in book.status.items()}
    return (
        f"IF(COUNTIF({cells},{word['not_met']})>0,{word['not_met']},"
        f"IF(COUNTIF({cells},{word['not_assessed']})>0,{word['not_assessed']},"
        f"IF(COUNTIF({cells},{word['met']})>0,{word['met']},{word['not_applicable']})))"
    )


def _conclusion(book: Book, parts: dict[str, str], aside: Text | None) -> None:
    """First sheet: verdict, parts, how to read the rest."""
    say, study, word = book.say, book.study, book.status
    lang = say.code
    record = study.county.record
    sheet = book.sheets["conclusion"]
    raw = sheet.sheet
    widths = (30, 14, 12, 12, 14, 30)
    sheet.fields = tuple(Field("", width) for width in widths)
    for column, width in enumerate(widths):
        raw.set_column(column, column, width)
    raw.hide_gridlines(2)
    sheet.paper(high=1)
    last = len(widths) - 1
    title = book.style(heading=True, font_size=16, bold=True)
    raw.write_string(0, 0, book.place(), title)
    raw.set_row(0, 28)
    plain = book.style(font_color="#555555")
    raw.write_string(
        1, 0, say("The report's figures as formulas, from the inputs to the verdict"), plain
    )
    row = 2
    marks = [book.mark] if book.mark else []
    if aside is not None:
        marks.append(
            say(
                "Observed year: nothing of the scenario “{scenario}” is in this workbook. For its "
                "projected years, make the workbook of one of them (--year).",
                scenario=say.label(aside),
            )
        )
    look = {"bg_color": "#FDF3D5", "text_wrap": True}
    for mark in marks:
        raw.merge_range(row, 0, row, last, "", book.style(**look))
        raw.write_string(row, 0, mark, book.style(bold=True, **look))
        raw.set_row(row, 15 * lines_of(mark, sum(widths)) + 2)
        row += 1
    row += 1

    heading = book.style(heading=True, font_size=12, bold=True, bottom=1)
    strong = book.style(heading=True, font_size=13, bold=True, border=1, border_color="#CCCCCC")
    label = book.style(border=1, border_color="#CCCCCC", bg_color="#F6F6F6")

    def section(text: str) -> None:
        nonlocal row
        for column in range(len(widths)):
            raw.write_blank(row, column, None, heading)
        raw.write_string(row, 0, text, heading)
        raw.set_row(row, 20)
        row += 1

    short = {  # what `narrative.verdict_short` says of each outcome
        "met": say("All requirements met"),
        "not_met": say("Requirements not met"),
        "not_assessed": say("Verdict open"),
    }
    section(say("Verdict"))
    # below: three rows, an empty one, heading and heads of the table of parts
    start = row + 6
    whole = f"{xl_rowcol_to_cell(start, 5)}:{xl_rowcol_to_cell(start + len(parts) - 1, 5)}"
    q = {name: quoted(text) for name, text in short.items()}
    formula = (
        f"IF(COUNTIF({whole},{quoted(word['not_met'])})>0,{q['not_met']},"
        f"IF(COUNTIF({whole},{quoted(word['not_assessed'])})>0,{q['not_assessed']},"
        f"IF(COUNTIF({whole},{quoted(word['met'])})>0,{q['met']},{q['not_assessed']})))"
    )
    reported = narrative.verdict_short(study, lang)
    same, changed = say("The same"), say("Changed since the report")
    here, there = xl_rowcol_to_cell(row, 1), xl_rowcol_to_cell(row + 1, 1)
    comparison = f"IF({here}={there},{quoted(same)},{quoted(changed)})"
    names = (say("By the formulas of this workbook"), say("In the report"), say("Comparison"))
    for each, name in enumerate(names, row):
        raw.set_row(each, 21)
        raw.write_string(each, 0, name, label)
        raw.merge_range(each, 1, each, last, "", strong)
    raw.write_formula(row, 1, "=" + formula, strong, reported)
    raw.write_string(row + 1, 1, reported, strong)
    raw.write_formula(row + 2, 1, "=" + comparison, strong, same)
    row += 4
    section(say("The parts of the evaluation"))
    head = book.style(
        heading=True, bold=True, border=1, border_color="#999999", bg_color="#EDEDED",
        align="center", text_wrap=True,
    )  # fmt: skip
    heads = (
        say("Part"),
        say("Requirements"),
        say("Met"),
        say("Not met"),
        say("Not assessed"),
        say("Conclusion"),
    )
    for column, text in enumerate(heads):
        raw.write_string(row, column, text, head)
    row += 1
    number = book.style(border=1, border_color="#CCCCCC", num_format=COUNT, align="right")
    text = book.style(border=1, border_color="#CCCCCC")
    centred = book.style(border=1, border_color="#CCCCCC", align="center")
    for part, cells in parts.items():
        status = study.items.loc[study.items["part"] == part, "status"]
        raw.write_string(row, 0, say(PART_NAMES[part]), text)
        names = ("met", "not_met", "not_assessed")
        for column, name in enumerate(names, 2):
            formula = f"=COUNTIF({cells},{quoted(word[name])})"
            raw.write_formula(row, column, formula, number, int((status == name).sum()))
        counted = f"{xl_rowcol_to_cell(row, 2)}:{xl_rowcol_to_cell(row, 4)}"
        raw.write_formula(row, 1, f"=SUM({counted})", number, int(status.isin(names).sum()))
        raw.write_formula(
            row, 5, "=" + _three_valued(book, cells), centred, word[study.part_status(part)]
        )
        row += 1
    sheet.colour(start, row - 1, 5)
    row += 1

    section(say("How to read this workbook"))
    for sentence in _guide(book):
        raw.merge_range(row, 0, row, last, "", book.style(text_wrap=True))
        raw.write_string(row, 0, sentence, book.style(text_wrap=True, valign="top"))
        raw.set_row(row, 14.5 * lines_of(sentence, sum(widths)) + 3)
        row += 1
    row += 1
    section(say("What was judged, and by what"))
    facts = [
        (say("County code"), record.code),
        (say("Standard"), f"{say.label(study.rules.standard.title)} ({study.rules.standard.id})"),
        (say("Rules in force on"), study.rules.date),
        (
            say("Concessions switched on"),
            say.join(sorted(study.concessions)) if study.concessions else say("none"),
        ),
        (say("Fingerprint of the data"), study.county.fingerprint),
        (say("Made with"), f"Junheng 均衡 {importlib.metadata.version('junheng')}"),
    ]
    for name, value in facts:
        raw.write_string(row, 0, name, label)
        raw.merge_range(row, 1, row, last, "", text)
        raw.write_string(row, 1, value, text)
        row += 1
    raw.activate()


def _guide(book: Book) -> list[str]:
    say, study = book.say, book.study
    names = {name: sheet.name for name, sheet in book.sheets.items()}
    text = [
        say(
            "Each sheet follows from the ones before it: {inputs} and {rules} hold what was reported "
            "and decided (blue), {apportionment}, {indicators}, {balance}, {schools} and "
            "{shortfalls} are formulas (black). Formula > Trace Precedents leads from any figure "
            "back to the inputs.",
            **names,
        ),
        say(
            "Change a blue cell and the verdict above says whether anything turns round. What was "
            "not reported is an empty cell: never a pass, never a fail; it leaves open what depends "
            "on it."
        ),
        say(
            "Not live: the list of schools and of the stages they have; in {items}, all that is not "
            "marked “formula”; the county's own targets, which are in the report only.",
            items=names["items"],
        ),
    ]
    others = sorted(study.concessions - {"pe_arts_part_time", "sports_venues"})
    if others:
        text.append(
            say(
                "These concessions are counted in {items} and cannot be switched here: {list}.",
                items=names["items"],
                list=say.join(others),
            )
        )
    return text
