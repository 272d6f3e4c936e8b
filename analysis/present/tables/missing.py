"""The list of what is still missing, therefore not assessed: which figure of whom, and where to enter it."""

from __future__ import annotations

from pathlib import Path

from ...base.files import N_
from ...base.language import Language, speak
from ...base.schema.county_items import COUNTY_INPUTS, whole_of
from ...base.schema.tables import TABLES
from ...base.schema.terms import STAGE_LABELS
from ...data.corrections import Listing
from ...data.county import County
from ...data.texts import cell_name
from ...measure.open_items.blanks import Blank
from ...measure.open_items.missing import Gap, Verdict, missing_figures
from ...measure.study import Study, study_of
from ...policy.own_columns import schema_of
from ..terms import item_title, school_year
from .grid import Cell, Grid, number_cell, text_cell

#: Verdicts that a line names; the others are counted.
_NAMED = 3
#: What is missing where whole rows are.
_ROWS = {
    "school_years": N_("the row of the school year: no figure at all"),
    "rooms": N_("music and art rooms, one row for each"),
}


def missing_figures_grid(study: Study, gaps: list[Gap], lang: str = "zh") -> Grid:
    """Figures for want of which something is not assessed.

    Parameters
    ----------
    study : Study
        Of the judged year.
    gaps : list of Gap
        As from `analysis.measure.open_items.missing.missing_figures`.
    lang : {"zh", "en"}
    """
    say = speak(lang)
    rows = []
    for gap in gaps:
        table, place = _place(study.county, gap.blank, say)
        rows.append(
            (
                text_cell(gap.school or say.label(study.county.record.name)),
                Cell(figure(study, gap.blank, say)),
                text_cell(table),
                text_cell(place),
                Cell(_head(study.county, gap.blank, say)),
                number_cell(say, len(gap.unlocks)),
                number_cell(say, len(gap.waiting)),
                Cell(_verdicts(study, gap, say)),
            )
        )
    header = (
        *(say("School or county"), say("Missing figure"), say("Sheet or file"), say("Cell")),
        *(say("Head"), say("Verdicts open only for it"), say("Verdicts that need it")),
        say("What is not assessed"),
    )
    caption = say(
        "Still missing for the {year}, therefore not assessed", year=school_year(study.year, say)
    )
    return Grid(caption, header, tuple(rows))


def missing_of(county: County | None) -> tuple[Study | None, list[Gap]]:
    """What the verdict of a county's last observed year still needs, and the study of that year."""
    if county is None or not county.years:
        return None, []
    return study_of(county), missing_figures(county)


def missing_listing(study: Study | None, gaps: list[Gap], lang: str = "zh") -> Listing | None:
    """The same as a sheet beside the findings; None where nothing is missing."""
    if study is None or not gaps:
        return None
    grid = missing_figures_grid(study, gaps, lang)
    rows = tuple(tuple(cell.text for cell in row) for row in grid.rows)
    return Listing(grid.caption, grid.header, rows)


def missing_line(study: Study, gap: Gap, lang: str = "zh") -> str:
    """One figure as a sentence for the screen."""
    say = speak(lang)
    table, place = _place(study.county, gap.blank, say)
    where = say(
        "{school}: {figure} — enter it in {table}, {place}, column {column}",
        school=gap.school or say.label(study.county.record.name),
        figure=figure(study, gap.blank, say),
        table=table,
        place=place,
        column=_head(study.county, gap.blank, say),
    )
    what = _verdicts(study, gap, say)
    if gap.unlocks:
        waits = say.plural(
            "open only for it: {n} verdict ({what})",
            "open only for it: {n} verdicts ({what})",
            len(gap.unlocks),
            what=what,
        )
    else:
        waits = say.plural(
            "{n} verdict needs it and other figures ({what})",
            "{n} verdicts need it and other figures ({what})",
            len(gap.waiting),
            what=what,
        )
    return where + say("; ") + waits


def figure(study: Study, blank: Blank, say: Language) -> str:
    """What a missing figure is called."""
    if blank.table == "county_years":
        if blank.column in COUNTY_INPUTS:
            return _input(blank.column, say)
        return item_title(study, blank.column, say.code)
    if blank.table == "enrolment" and not blank.column:
        stage = say.label(STAGE_LABELS[blank.stage])
        return say("grades of the stage {stage}, one row for each", stage=stage)
    if not blank.column:
        return say(_ROWS[blank.table])
    schema = schema_of(study.county.standard)
    label = schema[blank.table][blank.column].label(say.code)
    if blank.grade:
        return say("{figure} of grade {grade}", figure=label, grade=blank.grade)
    return label


def _input(item: str, say: Language) -> str:
    """An item of the county; one that is a part of another (其中) with what it is a part of."""
    label, whole = say.label(COUNTY_INPUTS[item]), whole_of(item)
    if whole is None:
        return label
    return say("{whole}, {part}", whole=say.label(COUNTY_INPUTS[whole]), part=label)


def _head(county: County, blank: Blank, say: Language) -> str:
    """The head below which it is entered."""
    if blank.table == "county_years":
        label = TABLES["county_years"]["value"].label(say.code)
        if county.path.is_file():  # a workbook has its items by name, as the list itself
            return label
        return say("{head} (item {item})", head=label, item=blank.column)
    table = schema_of(county.standard)[blank.table]
    return table[blank.column].label(say.code) if blank.column else say("all columns")


def _place(county: County, blank: Blank, say: Language) -> tuple[str, str]:
    """Sheet or file, and the cell; a new row where there is none yet."""
    file = county.files.get(blank.table, "")
    if county.path.is_file():
        sheet = file.partition(" [")[2].rstrip("]")
        table = say("sheet {name}", name=sheet or TABLES[blank.table].label(say.code))
    else:
        table = Path(file).name or f"{blank.table}.csv"
    column = "value" if blank.table == "county_years" else blank.column
    if not blank.row:
        printed = county.places.get((blank.table, blank.column))
        if blank.table == "county_years" and printed is not None:
            return table, cell_name(*printed)
        return table, say("a new row")
    header = county.places.get((blank.table, column))
    if header is None:
        return table, say("row {row}", row=blank.row)
    return table, cell_name(blank.row, header[1])


def _verdicts(study: Study, gap: Gap, say: Language) -> str:
    """Names of what is not assessed: what opens with it first, then what needs more."""
    listed = gap.unlocks or gap.waiting
    names = list(dict.fromkeys(_verdict(study, each, say) for each in _by_weight(listed)))
    text = say.join(names[:_NAMED])
    return say("{names} and others", names=text) if len(names) > _NAMED else text


def _by_weight(verdicts: tuple[Verdict, ...]) -> list[Verdict]:
    return sorted(verdicts, key=lambda each: ("item", "school", "indicator").index(each[0]))


def _verdict(study: Study, verdict: Verdict, say: Language) -> str:
    kind, *of = verdict
    if kind == "item":
        return item_title(study, of[0], say.code)
    if kind == "school":
        return say("School rule")
    return say.label(study.rules.indicators[of[2]].short)
