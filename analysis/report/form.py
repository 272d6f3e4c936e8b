"""The national application form (申报表), tables I to VI, as tables and as a workbook to file.

Columns, their order and decimals follow the form as transcribed in a public working file; the
original could not be read. The form is Chinese; English heads are a reading aid.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from ..base.files import N_, problem
from ..base.language import DASH, Language, speak
from ..base.schema.systems import stages_of_rows
from ..base.schema.terms import SCHOOL_TYPES, STAGE_LABELS, STAGES
from ..base.spreadsheet import XLSX_OPTIONS
from ..measure.balance import COMPOSITE, CV_DECIMALS
from ..measure.evaluation_table import said
from ..measure.requirements.facts import year_data
from ..measure.study import Study
from ..measure.verdicts import three_valued
from ..policy.standards import NATIONAL, load_standard
from ..present.tables.grid import Cell, Grid, number_cell, text_cell
from ..present.terms import (
    floor_share,
    item_detail,
    item_requirement,
    item_title,
    item_value,
    status_name,
    with_sites,
)

VALUE_DECIMALS = 2
"""Decimals of indicator values and county means in the form."""


#: Two ways of falling short, which are one to the form.
SHORT = {"near": "not_met", "short": "not_met"}


def _all_meet(statuses: pd.Series) -> str:
    """Status of “all schools meet it”; none where nothing is asked of them."""
    status = three_valued(statuses.replace(SHORT))
    return "" if status == "not_applicable" else status


def form_grids(study: Study, lang: str = "zh") -> dict[str, Grid]:
    """All tables of the form.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}

    Returns
    -------
    dict of str to Grid
        ``表Ⅰ``, ``表Ⅱ-1``, ``表Ⅱ-2``, ``表Ⅲ``, ``表Ⅳ``, ``表Ⅴ``, ``表Ⅵ`` in this order.

    Raises
    ------
    InputError
        The standard is no evaluation in all its parts: it has no such form.
    """
    standard = study.rules.standard
    if not standard.is_whole:
        raise problem(
            N_("the application form has no columns for {standard}: it is that of {national}"),
            file=study.county.path,
            standard=standard.title,
            national=load_standard(NATIONAL).title,
        )
    makers: dict[str, Callable[[Study, Language], Grid]] = {
        "表Ⅰ": _basic_facts,
        "表Ⅱ-1": _passing_schools,
        "表Ⅱ-2": _every_school,
        "表Ⅲ": _means_and_variation,
        "表Ⅳ": _items("government"),
        "表Ⅴ": _items("quality"),
        "表Ⅵ": _satisfaction,
    }
    say = speak(lang)
    return {name: make(study, say) for name, make in makers.items()}


def write_form(study: Study, lang: str = "zh") -> bytes:
    """The form as an .xlsx workbook: one sheet per table, failing cells shaded, ready to print.

    Returns
    -------
    bytes
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **XLSX_OPTIONS})
    say = speak(lang)
    base = {"font_name": "SimSun", "font_size": 10, "border": 1, "valign": "vcenter"}
    shade = {"met": {}, "": {}, "not_assessed": {"bg_color": "#E0E0E0"}}
    failing = {"bg_color": "#A6A6A6", "bold": True}
    title = book.add_format({"font_name": "SimHei", "font_size": 14, "align": "center"})
    note = book.add_format({"font_name": "SimSun", "font_size": 9})
    head = book.add_format(
        {**base, "font_name": "SimHei", "align": "center", "text_wrap": True, "bg_color": "#F2F2F2"}
    )
    formats: dict[tuple, object] = {}

    def style(cell: Cell, decimals: int | None):
        key = (cell.number, cell.status, decimals)
        if key not in formats:
            look = base | shade.get(cell.status, failing)
            look |= {"align": "right"} if cell.number else {"align": "left", "text_wrap": True}
            if decimals is not None:
                look["num_format"] = "#,##0" + ("." + "0" * decimals if decimals else "")
            formats[key] = book.add_format(look)
        return formats[key]

    for name, grid in form_grids(study, lang).items():
        sheet = book.add_worksheet(name)
        last = len(grid.header) - 1
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 2)
        sheet.set_footer("&C&P / &N")
        sheet.merge_range(0, 0, 0, max(last, 1), grid.caption, title)
        sheet.write_string(1, 0, _place(study, say), note)
        widths = [_column_width(grid, column) for column in range(len(grid.header))]
        for column, text in enumerate(grid.header):
            sheet.write_string(2, column, text, head)
            sheet.set_column(column, column, widths[column])
        sheet.set_row(0, 26)
        sheet.set_row(2, _height(grid.header, widths))
        for number, row in enumerate(grid.rows, 3):
            sheet.set_row(number, _height([cell.text for cell in row], widths))
            for column, cell in enumerate(row):
                value, decimals = _number(cell)
                if value is None:
                    sheet.write_string(number, column, cell.text, style(cell, None))
                else:
                    sheet.write_number(number, column, value, style(cell, decimals))
        sheet.freeze_panes(3, 0)
    book.set_properties({"title": _place(study, say), "created": _created(study)})
    book.close()
    return buffer.getvalue()


def _place(study: Study, say: Language) -> str:
    record = study.county.record
    text = f"{say.label(record.province)} {say.label(record.name)} {study.year}—{study.year + 1}"
    return text + (
        "  " + say("Sample: the figures of single schools are synthetic")
        if record.synthetic
        else ""
    )


def _created(study: Study):
    return datetime.datetime(study.year, 9, 1)


def _width(text: str) -> float:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _column_width(grid: Grid, column: int) -> float:
    """Characters: room for the longest cell, while a long head may take three lines."""
    longest = max((_width(row[column].text) for row in grid.rows), default=0)
    return min(max(longest + 2, _width(grid.header[column]) / 3 + 2, 7), 38)


def _height(texts, widths: list[float]) -> float:
    """Points that a row of wrapped texts needs; spreadsheet programs do not all work it out."""
    lines = [
        math.ceil((_width(text) + 1) / max(width - 1, 1))
        for text, width in zip(texts, widths, strict=True)
    ]
    return 15.0 * max(lines, default=1)


def _number(cell: Cell) -> tuple[float | None, int]:
    """The number that a cell shows, and its decimals; None where it shows text."""
    text = cell.text.replace(",", "")
    if not cell.number or text in ("", DASH) or not text.lstrip("-").replace(".", "", 1).isdigit():
        return None, 0
    return float(text), len(text.split(".")[1]) if "." in text else 0


def _basic_facts(study: Study, say: Language) -> Grid:
    """表Ⅰ: L1–L24."""
    data = year_data(study.county, study.year, study.rules)
    schools = data.schools
    counts = schools["type"].value_counts()
    points = schools[schools["type"] == "teaching_point"]
    limit = study.rules.number("option.teaching_point_students")

    def reported(item: str, unit: float = 1.0, decimals: int = 2) -> Cell:
        return number_cell(say, data.number(item) / unit, decimals)

    def total(column: str) -> Cell:
        """The sum over the schools; of those that did not report it is said how many they are."""
        whole, stage = schools[column].sum(min_count=1), column.rpartition("_")[2]
        heads = schools[f"students_{stage}"]
        teaches = schools["type"].map(lambda kind: stage in SCHOOL_TYPES[kind].stages)
        blank = int((schools[column].isna() & ((heads > 0) | (heads.isna() & teaches))).sum())
        if not blank or pd.isna(whole):
            return number_cell(say, whole)
        told = say.plural("{sum} ({n} school missing)", "{sum} ({n} schools missing)", blank, sum=say.number(whole))  # fmt: skip
        return text_cell(told, "not_assessed")

    lines = [
        (say("Population (10,000 persons)"), reported("population_persons", 1e4)),
        (say("Rural population (10,000 persons)"), reported("rural_population_persons", 1e4)),
        (say("Townships"), reported("towns", 1, 0)),
        (say("Villages"), reported("villages", 1, 0)),
        (say("GDP per person (yuan)"), reported("gdp_per_person_cny")),
        (say("Fiscal revenue per person (yuan)"), reported("fiscal_revenue_per_person_cny")),
        (say("Net income of farmers (yuan)"), reported("rural_income_per_person_cny")),
        (say("Disposable income of townspeople (yuan)"), reported("urban_income_per_person_cny")),
        *(
            (SCHOOL_TYPES[kind].label(say.code), number_cell(say, counts.get(kind, 0)))
            for kind in ("primary", "nine_year", "junior", "combined_secondary", "twelve_year")
        ),
        (
            SCHOOL_TYPES["special_education"].label(say.code),
            number_cell(say, counts.get("special_education", 0)),
        ),
        (say("Teaching points"), number_cell(say, len(points))),
        (
            say("of them with {n} students or more", n=say.number(limit)),
            number_cell(say, (points["students_primary"] >= limit).sum()),
        ),
        (say("Primary classes"), total("classes_primary")),
        (say("Junior secondary classes"), total("classes_junior")),
        (say("Primary students"), total("students_primary")),
        (say("Junior secondary students"), total("students_junior")),
        (say("Primary staff"), reported("staff_primary", 1, 0)),
        (say("Full-time primary teachers"), total("teachers_primary")),
        (say("Junior secondary staff"), reported("staff_junior", 1, 0)),
        (say("Full-time junior teachers"), total("teachers_junior")),
    ]
    rows = tuple(
        (Cell(f"L{number}"), Cell(label), cell) for number, (label, cell) in enumerate(lines, 1)
    )
    return Grid(say("Form table I: basic facts"), (say("Column"), say("Fact"), say("Value")), rows)


def _passing_schools(study: Study, say: Language) -> Grid:
    """表Ⅱ-1: schools that pass, by indicator, and by the school rule in the last column."""
    rows = []
    for stage in STAGES:
        indicators = study.indicators[study.indicators["stage"] == stage]
        schools = study.schools[study.schools["stage"] == stage]
        if schools.empty:
            continue
        judged = [
            *(
                indicators.loc[indicators["indicator"] == n, "status"]
                for n in study.rules.indicators
            ),
            schools["status"],
        ]
        met = [(statuses == "met").sum() for statuses in judged]
        stage_name = say.label(STAGE_LABELS[stage])
        rows.append(
            (Cell(stage_name), Cell(say("Schools that pass")), *(number_cell(say, n) for n in met))
        )
        rows.append(
            (
                Cell(stage_name),
                Cell(say("Share (%)")),
                *(
                    number_cell(say, 100 * n / len(schools), 1, _all_meet(statuses))
                    for n, statuses in zip(met, judged, strict=True)
                ),
            )
        )
    header = (
        say("Stage"),
        "",
        *(f"L{n} {say.label(i.short)}" for n, i in enumerate(study.rules.indicators.values(), 1)),
        f"L{len(study.rules.indicators) + 1} " + say("School rule"),
    )
    return Grid(say("Form table II-1: schools that pass"), header, tuple(rows), tight=True)


def _every_school(study: Study, say: Language) -> Grid:
    """表Ⅱ-2: every row of the evaluation, and the remark."""
    data = year_data(study.county, study.year, study.rules)
    enrolled = data.enrolment[data.enrolment["students"] > 0]
    roster = study.county.tables["schools"]
    enrolled = enrolled.assign(stage=stages_of_rows(enrolled, roster))
    grades = enrolled.groupby(["stage", "school_id"])["grade"].nunique().to_dict()
    values = study.indicators.set_index(["stage", "school_id", "indicator"])
    values = values[["value", "status"]].to_dict("index")
    register = study.rows.set_index(["stage", "school_id"])
    register = register[["sponsor", "classes", "sites"]].to_dict("index")
    rows = []
    for number, school in enumerate(study.schools.to_dict("records"), 1):
        key = (school["stage"], school["school_id"])
        cells, met, near = [], [], []
        for position, name in enumerate(study.rules.indicators, 7):
            found = values[*key, name]
            status = SHORT.get(found["status"], found["status"])
            cells.append(number_cell(say, found["value"], VALUE_DECIMALS, status))
            if found["status"] == "met":
                met.append(str(position))
            elif found["status"] == "near":
                near.append(str(position))
        remark = say("met: L{list}", list=",".join(met) or DASH)
        if near:
            remark += say("; ") + say(
                "{floor}: L{list}", floor=floor_share(study, say.code), list=",".join(near)
            )
        if sites := with_sites(register[key]["sites"], say):
            remark += say("; ") + sites
        rows.append(
            (
                Cell(str(number), True),
                Cell(f"{school['school']}（{say.label(STAGE_LABELS[school['stage']])}）"),
                number_cell(say, register[key]["sponsor"]),
                number_cell(say, school["students"]),
                number_cell(say, grades.get(key, np.nan)),
                number_cell(say, register[key]["classes"]),
                *cells,
                Cell(status_name(school["status"], say.code), False, school["status"]),
                Cell(remark),
            )
        )
    names = [
        say("No."),
        say("School"),
        say("Sponsor (code)"),
        say("Students (persons)"),
        say("Grades"),
        say("Classes"),
        *(say.label(i.short) for i in study.rules.indicators.values()),
        say("Rule"),
    ]
    header = (*(f"L{n} {name}" for n, name in enumerate(names, 1)), say("Remark"))
    return Grid(say("Form table II-2: every school"), header, tuple(rows), tight=True)


def _means_and_variation(study: Study, say: Language) -> Grid:
    """表Ⅲ: county means (two decimals) and coefficients of variation (three)."""
    rows = []
    for stage in STAGES:
        part = study.balance[study.balance["stage"] == stage].set_index("indicator")
        if part["schools"].max() == 0:
            continue
        names = list(study.rules.indicators)
        stage_name = say.label(STAGE_LABELS[stage])
        means = [number_cell(say, part.loc[name, "mean"], VALUE_DECIMALS) for name in names]
        rows.append((Cell(stage_name), Cell(say("County mean")), *means, Cell("——", True)))
        cvs = [
            number_cell(
                say,
                part.loc[name, "cv"],
                CV_DECIMALS,
                part.loc[name, "status"] if part.loc[name, "status"] != "not_applicable" else "",
            )
            for name in (*names, COMPOSITE)
        ]
        rows.append((Cell(stage_name), Cell(say("CV")), *cvs))
    header = (
        say("Stage"),
        "",
        *(f"L{n} {say.label(i.short)}" for n, i in enumerate(study.rules.indicators.values(), 1)),
        f"L{len(study.rules.indicators) + 1} " + say("Composite"),
    )
    caption = say("Form table III: county means and coefficients of variation")
    return Grid(caption, header, tuple(rows), tight=True)


def _items(part: str) -> Callable[[Study, Language], Grid]:
    def items(study: Study, say: Language) -> Grid:
        """表Ⅳ and 表Ⅴ: value or short conclusion of every item, and whether it passes."""
        lang = say.code
        table = study.evaluation[
            (study.evaluation["part"] == part) & (study.evaluation["requirement"] != DASH)
        ]
        rows = tuple(
            (
                Cell(row["item"].split(".")[0]),
                Cell(item_title(study, row["item"], lang)),
                Cell(item_requirement(study, row["item"], row["requirement"], lang), True),
                Cell(item_value(study, row["item"], said(row), lang), True),
                Cell(status_name(row["status"], lang), False, row["status"]),
                Cell(item_detail(row["detail"], lang)),
            )
            for row in table.to_dict("records")
        )
        caption = {
            "government": say("Form table IV: government guarantee"),
            "quality": say("Form table V: education quality"),
        }[part]
        header = (
            say("No."),
            say("Requirement"),
            say("Required"),
            say("Value or conclusion"),
            say("Status"),
            say("Remark"),
        )
        return Grid(caption, header, rows, tight=True)

    return items


def _satisfaction(study: Study, say: Language) -> Grid:
    """表Ⅵ: questionnaires and field visits."""
    data = year_data(study.county, study.year, study.rules)

    def count(item: str) -> Cell:
        return number_cell(say, data.number(f"satisfaction_{item}"))

    def share(part: str, whole: str) -> Cell:
        value = data.ratio(
            data.number(f"satisfaction_{part}"), data.number(f"satisfaction_{whole}")
        )
        return number_cell(say, 100 * value, 1)

    lines = [
        (say("Questionnaires issued"), count("questionnaires_issued")),
        (say("Questionnaires valid"), count("questionnaires_valid")),
        (say("Questionnaires satisfied"), count("questionnaires_satisfied")),
        (
            say("Overall satisfaction (%)"),
            share("questionnaires_satisfied", "questionnaires_valid"),
        ),
        (say("Persons visited"), count("visits")),
        (say("of them satisfied"), count("visits_satisfied")),
        (say("Satisfaction of those visited (%)"), share("visits_satisfied", "visits")),
        (say("Parents among those visited"), count("visits_parents")),
    ]
    rows = tuple((Cell(label), cell) for label, cell in lines)
    return Grid(say("Form table VI: satisfaction"), (say("Fact"), say("Value")), rows)
