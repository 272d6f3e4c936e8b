"""The sheet of apportionment: who is judged, and what through-schools share among their stages."""

from __future__ import annotations

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from ...base.schema.indicators import Indicator, Indicators
from ...base.schema.terms import CHOICE_LABELS, SCHOOL_TYPES, STAGE_LABELS, STAGES
from ...measure.apportioning.dividing import VENUES, WEIGHTS, numerator
from ...measure.apportioning.scope import EXCLUSIONS, exclusion_text
from ...measure.requirements.facts import year_data
from ...measure.study import Study
from .book import HEADS, Book, Field, quoted, stage_field, titled
from .formulas import AREA, COUNT, SHARE, copied


def register_rows(study: Study) -> pd.DataFrame:
    """Rows of the register by stage and school, each with its number on the sheets."""
    order = {stage: position for position, stage in enumerate(STAGES)}
    rows = study.rows.assign(_stage=study.rows["stage"].map(order))
    rows = rows.sort_values(["_stage", "school_id"], kind="stable", ignore_index=True)
    return rows.drop(columns="_stage")


def _columns(indicators: Indicators) -> dict[str, int]:
    """Columns of the sheet of apportionment."""
    shared = [about.quantity for about in indicators.values() if about.shared]
    staff = [about.quantity for about in indicators.values() if not about.shared]
    names = (
        *("stage", "school_id", "school", "students", "reason", "judged"),
        *("primary", "junior", "senior", "whole", "share"),
        *(f"all.{name}" for name in shared),
        *shared,
        *staff,
    )
    return {name: position for position, name in enumerate(names)}


def write_apportionment(
    book: Book, inputs: dict[tuple[str, str], str], rules: dict[str, str], register: pd.DataFrame
) -> dict[str, dict[int, str]]:
    """Scope, weights, shares and each stage's part -> address by column and row of the register."""
    say, study, lang = book.say, book.study, book.say.code
    indicators = study.rules.indicators
    columns = _columns(indicators)
    shared = {i.quantity: i for i in indicators.values() if i.shared}
    staff = {i.quantity: i for i in indicators.values() if not i.shared}
    resource = {i.quantity: (say.label(i.short), i.resource) for i in indicators.values()}
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
            for n in shared
        ),
        *(
            Field(say("Part of the stage: {what}", what=titled(*resource[n], say)), 14, AREA)
            for n in shared
        ),
        *(
            Field(say("Of the stage: {what}", what=titled(*resource[n], say)), 11, COUNT)
            for n in staff
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
    found: dict[str, dict[int, str]] = {name: {} for name in columns}

    def local(row: int, name: str) -> str:
        return xl_rowcol_to_cell(row, columns[name])

    for number, record in enumerate(register.to_dict("records")):
        row, school, stage = HEADS + number, record["school_id"], record["stage"]
        cell = {column: inputs[school, column] for (id_, column) in inputs if id_ == school}

        def put(name: str, formula: str, value, row=row) -> None:
            sheet.formula(row, columns[name], formula, value)

        sheet.text(row, columns["stage"], say.label(STAGE_LABELS[stage]))
        sheet.text(row, columns["school_id"], school)
        sheet.text(row, columns["school"], record["school"])
        put("students", copied(cell[f"students_{stage}"]), record["students"])
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
                sheet.text(row, columns[each], "–", align="center")
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
        for name, about in shared.items():
            put(f"all.{name}", _whole(about, book, cell, rules), students[name])
            total = local(row, f"all.{name}")
            put(name, f'IF(OR({total}="",{share}=""),"",{total}*{share})', record[name])
        for name, about in staff.items():
            formula = _sum({c: cell[f"{c}_{stage}"] for c in about.columns}, about)
            if about.add == ("pe_arts",) and "concession.pe_arts_part_time" in rules:
                formula = _with_part_time(book, cell, rules, stage)
            put(name, formula, record[name])
        for name, position in columns.items():
            found[name][number] = sheet.ref(row, position)
    last = HEADS + len(register) - 1
    grey = book.file.add_format({"font_color": "#8A8A8A"})
    rule = {"type": "formula", "criteria": f"=$F{HEADS + 1}={quoted(book.no)}", "format": grey}
    if len(register):
        sheet.sheet.conditional_format(HEADS, 0, last, len(fields) - 1, rule)
    return found


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
    for about in study.rules.indicators.values():
        if about.shared:
            data[about.quantity] = numerator(about, data)
    return data


def _whole(about: Indicator, book: Book, cell: dict, rules: dict) -> str:
    """Formula of what a school records once of an indicator's resource."""
    added = {column: cell[column] for column in about.columns}
    if VENUES in about.add and "concession.sports_venues" in rules:
        urban = quoted(CHOICE_LABELS["urban"][book.say.code])
        on = f"AND({rules['concession.sports_venues']}={quoted(book.yes)},{cell['area']}={urban})"
        more = f"{cell[VENUES]}+IF({on},N({cell['off_campus_sports_area_m2']}),0)"
        return _sum(added, about, {VENUES: more})
    return _sum(added, about)


def _sum(cells: dict[str, str], about: Indicator, counted: dict[str, str] | None = None) -> str:
    """Formula of a numerator: empty where one of its columns is."""
    if len(cells) == 1 and not counted:
        return copied(cells[about.add[0]])
    blank = ",".join(f'{address}=""' for address in cells.values())
    blank = f"OR({blank})" if len(cells) > 1 else blank
    terms = {**cells, **(counted or {})}
    total = "+".join(terms[column] for column in about.add)
    if len(about.add) > 1:
        total = f"({total})"
    total += "".join(f"-{terms[column]}" for column in about.less)
    return f'IF({blank},"",{total})'


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
