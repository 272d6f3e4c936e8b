"""The sheet of inputs: the year's figures of every school, as reported."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...base.schema.columns import Column
from ...base.schema.tables import TABLES
from ...base.schema.terms import CHOICE_LABELS
from ...measure.requirements.facts import year_data
from ...present.terms import ROUNDED, with_sites
from .book import HEADS, Book, Field, titled
from .formulas import AREA, COUNT

#: Columns of the roster that come before the figures of the year.
ROSTER = (
    *("school_id", "name", "type", "ownership", "area", "built_year"),
    *("indicators_in_scope", "note"),
)


def write_inputs(book: Book) -> dict[tuple[str, str], str]:
    """The year's rows as reported -> address of each cell by (school_id, column)."""
    say, study = book.say, book.study
    lang = say.code
    data = year_data(study.county, study.year, study.rules).schools
    roster = study.county.tables["schools"].set_index("school_id")
    notes = roster["note"].reindex(data.index)
    sites = study.rows.drop_duplicates("school_id").set_index("school_id")["sites"]
    told = sites.reindex(data.index).fillna("").map(lambda names: with_sites(names, say))
    both = notes.where(notes.notna(), "") + np.where(notes.notna() & (told != ""), "; ", "") + told
    data = data.assign(note=both.where(both != "")).sort_index()
    counted = study.rules.indicators.recorded
    figures = [
        c
        for c in study.county.schema["school_years"].columns
        if not c.key and c.name != "note" and (c.asked or c.name in counted)
    ]
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
