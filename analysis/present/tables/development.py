"""The course over the years as tables: means, coefficients of variation, pace to the goals."""

from __future__ import annotations

import numpy as np

from ...base.files import N_
from ...base.language import DASH, speak
from ...base.schema.indicators import INDICATORS
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.evaluate import PAIRS_NEEDED
from ...measure.study import Study
from ...measure.verdicts import SIGNS
from ..terms import is_share, item_value, status_name
from .grid import Cell, Grid, number_cell, text_cell
from .targets import title_with_unit

#: Means from which on decimals say nothing and take the room of a column of years.
WHOLE_FROM = 100


def trend_grid(study: Study, what: str, lang: str = "zh") -> Grid:
    """Means or CVs of all years.

    Parameters
    ----------
    study : Study
    what : {"mean", "cv"}
    lang : {"zh", "en"}
    """
    say = speak(lang)
    table = study.all_balance
    names = list(INDICATORS) if what == "mean" else [*INDICATORS, "composite"]
    rows = []
    for stage in STAGES:
        part = table[(table["stage"] == stage) & (table["schools"] > 0)]
        for name in names:
            found = part[part["indicator"] == name].set_index("year")
            if found.empty:
                continue
            composite = name == "composite"
            label = (
                say("Composite (mean of seven)") if composite else say.label(INDICATORS[name].short)
            )
            cells = [text_cell(say.label(STAGE_LABELS[stage])), text_cell(label)]
            if what == "mean":
                cells.append(text_cell(say.label(INDICATORS[name].unit)))
            decimals = 3 if what == "cv" else 0 if found[what].min() >= WHOLE_FROM else 2
            for year in study.years:
                if year not in found.index:
                    cells.append(Cell(DASH, True))
                    continue
                row = found.loc[year]
                status = row["status"] if what == "cv" and row["status"] in ("not_met",) else ""
                if row["missing"]:
                    status = "not_assessed"
                cells.append(number_cell(say, row[what], decimals, status))
            rows.append(tuple(cells))
    header = [say("Stage"), say("Indicator"), *([say("Unit")] if what == "mean" else [])]
    caption = (
        say("County means by school year (○: schools missing)")
        if what == "mean"
        else say(
            "Coefficients of variation by school year (×: above the limit; ○: schools missing)"
        )
    )
    return Grid(caption, (*header, *(str(year) for year in study.years)), tuple(rows), tight=True)


def passing_grid(study: Study, lang: str = "zh") -> Grid:
    """Schools that pass the school rule in each year."""
    say = speak(lang)
    rows = []
    for stage in STAGES:
        part = study.all_schools[study.all_schools["stage"] == stage]
        if part.empty:
            continue
        for status in ("met", "not_met", "not_assessed"):
            counts = part[part["status"] == status].groupby("year").size()
            rows.append(
                (
                    text_cell(say.label(STAGE_LABELS[stage])),
                    text_cell(status_name(status, lang)),
                    *(number_cell(say, counts.get(year, 0)) for year in study.years),
                )
            )
    header = (say("Stage"), say("School rule"), *(str(year) for year in study.years))
    return Grid(say("Schools by the school rule (schools)"), header, tuple(rows), tight=True)


SUBJECTS = {
    "mean": N_("county mean"),
    "cv": N_("CV"),
    "passing": N_("schools that pass"),
    "item": N_("item"),
}


COURSES = {
    "reached": N_("reached"),
    "on_course": N_("on course"),
    "at_risk": N_("at risk"),
    "off_course": N_("off course"),
    "not_assessed": N_("not assessed"),
}


#: Years beyond the judged one after which no year is named.
HORIZON = 20


_COURSE_STATUS = {"at_risk": "near", "off_course": "not_met", "not_assessed": "not_assessed"}


def pace_grid(study: Study, lang: str = "zh") -> Grid:
    """What is not reached yet: pace needed, pace so far, when it would be reached, verdict."""
    from ...measure.trajectory import pace_table

    say = speak(lang)
    table = pace_table(study)
    table = table[table["course"] != "reached"]
    subjects = {name: say(text) for name, text in SUBJECTS.items()}
    courses = {name: say(text) for name, text in COURSES.items()}
    rows = []
    for row in table.to_dict("records"):
        item = _trajectory_item(row)
        decimals = 3 if row["subject"] == "cv" else 2
        name = title_with_unit(study, item, lang)
        sign = -1 if row["goal"] in ("at_most", "below") else 1

        def show(value: float, item: str = item, decimals: int = decimals, row: dict = row) -> str:
            if row["subject"] in ("passing", "item"):
                return item_value(study, item, value, lang)
            return say.number(value, decimals)

        years = DASH
        if row["course"] in ("on_course", "at_risk", "off_course"):
            years = years_reached(
                row["reached_early"], row["reached_late"], study.year + HORIZON, lang
            )
        rows.append(
            (
                Cell(name),
                Cell(subjects[row["subject"]]),
                Cell(show(row["value"]), True),
                Cell(SIGNS[row["goal"]] + " " + show(row["goal_value"]), True),
                Cell(str(int(row["target_year"])) if row["target_year"] else DASH, True),
                Cell(_per_year(study, item, sign * row["needed"], lang), True),
                Cell(_per_year(study, item, sign * row["pace"], lang), True),
                Cell(years, True),
                Cell(courses[row["course"]], False, _COURSE_STATUS.get(row["course"], "")),
            )
        )
    header = (
        say("Item"),
        say("Measured as"),
        say("Value"),
        say("Goal"),
        say("Due"),
        say("Needed per year"),
        say("Pace so far per year"),
        say("Reached at this pace"),
        say("Course"),
    )
    year = study.county.record.target_year
    caption = say("Pace to the goals of {year}", year=year or DASH)
    if year and year < study.year:
        caption = say("Pace to the goals of {year} (that year has passed)", year=year)
    return Grid(caption, header, tuple(rows), tight=True)


def years_reached(early: float, late: float, horizon: int, lang: str) -> str:
    """When something is reached: years, as far ahead as a straight line may be followed."""
    say = speak(lang)
    if early != early:
        return say("never")
    if early > horizon:
        return say("after {year}", year=horizon)
    if late != late or late > horizon:
        return say("{year} or later", year=int(early))
    return str(int(early)) if early == late else f"{int(early)}–{int(late)}"


def _per_year(study: Study, item: str, value: float, lang: str) -> str:
    """A change per year with its sign and three significant digits; points for shares."""
    if value != value:
        return DASH
    share = is_share(study, item)
    shown = value * 100 if share else value
    size = abs(shown)
    decimals = 0 if size >= 100 or not size else max(0, 2 - int(np.floor(np.log10(size))))
    text = speak(lang).number(size, min(decimals, 5))
    return ("+" if value > 0 else "−" if value < 0 else "") + text + ("%" if share else "")


def _trajectory_item(row: dict) -> str:
    """Id of the evaluation's item that a row of a trajectory is about."""
    if row["subject"] == "passing":
        return f"schools.{row['stage']}"
    if row["subject"] == "mean":
        return f"{row['name']}.{row['stage']}"
    if row["subject"] == "cv":
        composite = row["name"] == "composite"
        return f"composite_cv.{row['stage']}" if composite else f"cv.{row['name']}.{row['stage']}"
    return row["name"]


def shrinking_grid(study: Study, lang: str = "zh") -> Grid:
    """Whether each coefficient of variation became smaller every year."""
    from ...measure.trajectory import shrinking_table

    say = speak(lang)
    rows = []
    for row in shrinking_table(study).to_dict("records"):
        composite = row["indicator"] == "composite"
        rows.append(
            (
                Cell(say.label(STAGE_LABELS[row["stage"]])),
                Cell(
                    say("Composite") if composite else say.label(INDICATORS[row["indicator"]].short)
                ),
                number_cell(say, row["steps"]),
                number_cell(say, row["grew"]),
                Cell(", ".join(map(str, row["years"])) or DASH),
                Cell(
                    say("{n} pair(s) of years, too few to tell", n=row["steps"])
                    if row["steps"] < PAIRS_NEEDED
                    else status_name(row["status"], lang),
                    False,
                    row["status"],
                ),
            )
        )
    header = (
        say("Stage"),
        say("Indicator"),
        say("Years compared"),
        say("Years with growth"),
        say("Which"),
        say("Smaller every year?"),
    )
    return Grid(
        say("Do the coefficients of variation shrink every year?"), header, tuple(rows), tight=True
    )
