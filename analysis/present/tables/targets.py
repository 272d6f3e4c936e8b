"""The county's own targets beside the national rules, now and in the later phases of its plan."""

from __future__ import annotations

import pandas as pd

from ...base.files import N_
from ...base.language import DASH, speak
from ...base.rows import records_by
from ...measure.evaluate import PAIRS_NEEDED
from ...measure.evaluation_table import said
from ...measure.study import Study
from ...measure.verdicts import requirement
from ..terms import (
    bracketed,
    item_requirement,
    item_title,
    item_unit,
    item_value,
    status_name,
)
from .grid import Cell, Grid

COMPARED = {
    "same": N_("as the national rule"),
    "stricter": N_("stricter than the national rule"),
    "weaker": N_("weaker: meeting the plan would fail the evaluation"),
    "additional": N_("only in the plan"),
}


def title_with_unit(study: Study, item: str, lang: str) -> str:
    """Title of an item by the county's plan, with the unit of its numbers."""
    unit = item_unit(study, item, lang)
    return item_title(study, item, lang, own=True) + bracketed(unit, speak(lang))


def targets_grid(study: Study, lang: str = "zh") -> Grid:
    """The county's own targets beside the national rules."""
    say = speak(lang)
    return _grid(study, _own(study), say("National rules and the county's own targets"), lang)


def missed_targets_grid(study: Study, lang: str = "zh") -> Grid:
    """The county's own targets that are not reached or not assessed."""
    say = speak(lang)
    table = _own(study)
    table = table[table["target_status"].isin(["not_met", "not_assessed"])]
    return _grid(study, table, say("Own targets that are not reached"), lang)


def _own(study: Study) -> pd.DataFrame:
    """Rows of the evaluation with a target of the county that says more than the national rule."""
    table = study.evaluation[study.evaluation["target"] != ""]
    # what the plan merely repeats is in the checklist already
    table = table[(table["target_compared"] != "same") | (table["part"] == "resource")]
    return table[~table["item"].str.startswith("cv.") | (table["target_compared"] != "same")]


def _grid(study: Study, table: pd.DataFrame, caption: str, lang: str) -> Grid:
    say = speak(lang)
    rows = []
    for row in table.to_dict("records"):
        item = row["item"]
        compared = row["target_compared"]
        # the national rule for an indicator holds for every school, the target for the mean
        by_school = row["requirement"] == DASH and item in study.rules
        national = requirement(study.rules, item) if by_school else row["requirement"]
        weaker = compared == "weaker"
        rows.append(
            (
                Cell(title_with_unit(study, item, lang)),
                Cell(_value(study, row, lang), True),
                Cell(item_requirement(study, item, national, lang), True),
                Cell(item_requirement(study, item, row["target"], lang), True),
                Cell(status_name(row["target_status"], lang), False, row["target_status"]),
                Cell(say(COMPARED[compared]), False, "short" if weaker else ""),
            )
        )
    header = (
        say("Item"),
        say("Value"),
        say("National rule"),
        say("Own target"),
        say("Own target met?"),
        say("Own target beside the national rule"),
    )
    return Grid(caption, header, tuple(rows), tight=True)


def _value(study: Study, row: dict, lang: str) -> str:
    """The value; of a course from year to year also how many pairs of years speak for it."""
    text = item_value(study, row["item"], said(row), lang)
    if row["item"] != "cv_shrinking" or not row["detail"]:
        return text
    say = speak(lang)
    grown, compared = (int(part) for part in row["detail"].split("/"))
    if compared < PAIRS_NEEDED:
        return say("{n} pair(s) of years, too few to tell", n=compared)
    return say(
        "{answer} ({grown} of {compared} pairs of years with growth)",
        answer=text,
        grown=grown or say("none"),
        compared=compared,
    )


def own_course_grid(study: Study, lang: str = "zh") -> Grid:
    """Value and own target of every year, for the targets that the national rules do not have."""
    say = speak(lang)
    now = study.evaluation[study.evaluation["target"] != ""]
    own = now.loc[~now["target_compared"].isin(["same", "not_stated"]), "item"]
    table = study.all_evaluation
    table = table[(table["target"] != "") & table["item"].isin(own)]
    rows = []
    for (item,), found in records_by(table, "item").items():
        part = {row["year"]: row for row in found}
        cells = [Cell(title_with_unit(study, item, lang))]
        for year in study.years:
            if year not in part:
                cells.append(Cell(DASH, True))
                continue
            row = part[year]
            value = item_value(study, item, said(row), lang)
            target = item_requirement(study, item, row["target"], lang)
            cells.append(Cell(value + bracketed(target, say), True, row["target_status"]))
        rows.append(tuple(cells))
    header = (say("Item"), *(str(year) for year in study.years))
    caption = say("Own targets year by year: value (target)")
    return Grid(caption, header, tuple(rows), tight=True)


def phases_grid(study: Study, lang: str = "zh", years: tuple[int, ...] | None = None) -> Grid:
    """This year's data against the plan's targets of each phase: items whose target changes."""
    say = speak(lang)
    table = study.targets_by_phase(years)
    chosen = sorted(table["as_of"].unique())
    rows = []
    for (item,), found in records_by(table, "item").items():
        part = {row["as_of"]: row for row in found}
        if len({row["target"] for row in part.values()}) == 1 and len(part) == len(chosen):
            continue
        cells = [
            Cell(title_with_unit(study, item, lang)),
            Cell(item_value(study, item, said(found[0]), lang), True),
        ]
        for year in chosen:
            if year not in part:
                cells.append(Cell(DASH, True))
                continue
            row = part[year]
            text = item_requirement(study, item, row["target"], lang)
            cells.append(Cell(text, True, row["target_status"]))
        rows.append(tuple(cells))
    header = (say("Item"), say("Value"), *(say("Target of {year}", year=year) for year in chosen))
    caption = say("The data of {year} against the plan's targets of later years", year=study.year)
    return Grid(caption, header, tuple(rows), tight=True)
