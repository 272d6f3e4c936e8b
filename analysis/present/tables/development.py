"""The course over the years as tables: means, coefficients of variation, pace to the goals."""

from __future__ import annotations

import numpy as np

from ...base.files import N_
from ...base.language import DASH, Language, speak
from ...base.rows import records_by
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...future.odds.draws import Forecast
from ...future.odds.goals import GoalChance, goal_chance
from ...measure.balance import COMPOSITE
from ...measure.evaluate import PAIRS_NEEDED
from ...measure.study import Study
from ...measure.verdicts import SIGNS
from ..chance import share_text
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
    table = study.all_balance[study.all_balance["schools"] > 0]
    standing = records_by(table, "stage", "indicator")
    names = list(study.rules.indicators) if what == "mean" else [*study.rules.indicators, COMPOSITE]
    rows = []
    for stage in STAGES:
        for name in names:
            found = {row["year"]: row for row in standing.get((stage, name), ())}
            if not found:
                continue
            composite = name == COMPOSITE
            label = (
                say("Composite (mean of all)")
                if composite
                else say.label(study.rules.indicators[name].short)
            )
            cells = [text_cell(say.label(STAGE_LABELS[stage])), text_cell(label)]
            if what == "mean":
                cells.append(text_cell(say.label(study.rules.indicators[name].unit)))
            least = min((row[what] for row in found.values() if row[what] >= 0), default=np.nan)
            decimals = 3 if what == "cv" else 0 if least >= WHOLE_FROM else 2
            for year in study.years:
                if year not in found:
                    cells.append(Cell(DASH, True))
                    continue
                row = found[year]
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
        if part.empty or not study.rules.asks_of_schools:
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

#: Why no year is read off a line.
LIMIT_NAMES = {
    "years": N_("none: fewer than three years"),
    "end": N_("none: the goal is the most or least there can be"),
    "teachers": N_("none: more than all teachers there are"),
    "pupils": N_("none: only pupils became fewer"),
    "projected": N_("none: a projected year"),
}

#: What stands above the table of paces.
PACE_METHOD = N_(
    "Pace: a straight line through the observed years (at least three) with the range that holds its slope with a probability of 80 %. It says what would be at the pace of the last years, if it went on; it is no projection. On course: even the slow end arrives by the target year; at risk: only the fast end does; off course: not even that. Years in which schools are missing are left out. No year is read off a line where the goal lies at the end of what can be (100 %, 0, or all teachers there are), for what nears its end slows down; nor where an amount per student rose only because pupils became fewer."
)
PACE_PROJECTED = N_(
    "Where the scenario “{scenario}” projects an item, its first year with a chance of at least half stands instead of the line’s year, with that chance; it holds if the assumptions of the scenario do."
)


def pace_text(study: Study, lang: str = "zh", forecast: Forecast | None = None) -> str:
    """What a pace is, and on what its years rest."""
    say = speak(lang)
    if forecast is None:
        return say(PACE_METHOD)
    return say(
        "{first} {second}",
        first=say(PACE_METHOD),
        second=say(PACE_PROJECTED, scenario=say.label(forecast.scenario)),
    )


def pace_grid(study: Study, lang: str = "zh", forecast: Forecast | None = None) -> Grid:
    """What is not reached yet: pace needed, pace so far, when it would be reached, verdict.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}
    forecast : Forecast, optional
        Draws of a scenario: where they have an item, their year and chance stand instead of the line's.
    """
    from ...measure.trajectories.trajectory import pace_table

    say = speak(lang)
    table = pace_table(study)
    table = table[table["course"] != "reached"]
    # what asks nothing of this county has no course
    judged = study.evaluation[["status", "target_status"]].eq("not_applicable").all(axis=1)
    idle = set(study.evaluation.loc[judged, "item"])
    rows = tuple(
        _pace_row(study, row, say, forecast)
        for row in table.to_dict("records")
        if row["subject"] != "item" or _trajectory_item(row) not in idle
    )
    header = (
        say("Item"),
        say("Measured as"),
        say("Value"),
        say("Goal"),
        say("Due"),
        say("Needed per year"),
        say("Pace so far per year"),
        say("Reached if this pace went on") if forecast is None else say("Reached: projection (chance), else if this pace went on"),
        say("Course by the pace"),
    )  # fmt: skip
    year = study.county.record.target_year
    caption = say("Pace to the goals of {year}", year=year or DASH)
    if year and year < study.year:
        caption = say("Pace to the goals of {year} (that year has passed)", year=year)
    return Grid(caption, header, rows, tight=True)


def _pace_row(study: Study, row: dict, say: Language, forecast: Forecast | None) -> tuple:
    """The cells of one goal that is not reached."""
    item, lang = _trajectory_item(row), say.code
    subject, verdict = SUBJECTS[row["subject"]], COURSES[row["course"]]
    sign = -1 if row["goal"] in ("at_most", "below") else 1

    def show(value: float) -> str:
        if row["subject"] in ("passing", "item"):
            return item_value(study, item, value, lang)
        return say.number(value, 3 if row["subject"] == "cv" else 2)

    return (
        Cell(title_with_unit(study, item, lang)),
        Cell(say(subject)),
        Cell(show(row["value"]), True),
        Cell(SIGNS[row["goal"]] + " " + show(row["goal_value"]), True),
        Cell(str(int(row["target_year"])) if row["target_year"] else DASH, True),
        Cell(_per_year(study, item, sign * row["needed"], lang), True),
        Cell(_per_year(study, item, sign * row["pace"], lang), True),
        Cell(_years_text(study, row, say, forecast), True),
        Cell(say(verdict), False, _COURSE_STATUS.get(row["course"], "")),
    )


def _years_text(study: Study, row: dict, say: Language, forecast: Forecast | None) -> str:
    """When a goal is reached: by the projection with its chance, else by the line, or why not."""
    if forecast is not None:
        goal = row["goal"], row["goal_value"]
        found = goal_chance(forecast.courses, row["subject"], row["stage"], row["name"], goal)
        if found is not None:
            return _projected_text(found, max(forecast.courses.years), say)
    if row["limit"]:
        why = LIMIT_NAMES[row["limit"]]
        return say(why)
    if row["course"] not in ("on_course", "at_risk", "off_course"):
        return DASH
    return years_reached(row["reached_early"], row["reached_late"], study.year + HORIZON, say.code)


def _projected_text(found: GoalChance, until: int, say: Language) -> str:
    share = share_text(found.share, say)
    if found.even:
        return say("{year} (chance {share})", year=found.year, share=share)
    if not found.share:
        return say("in no course until {year}", year=until)
    return say("not likely until {until} (at most {share}, {year})", until=until, share=share, year=found.year)  # fmt: skip


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
        composite = row["name"] == COMPOSITE
        return f"composite_cv.{row['stage']}" if composite else f"cv.{row['name']}.{row['stage']}"
    return row["name"]


def shrinking_grid(study: Study, lang: str = "zh") -> Grid:
    """Whether each coefficient of variation became smaller every year."""
    from ...measure.trajectories.trajectory import shrinking_table

    say = speak(lang)
    rows = []
    for row in shrinking_table(study).to_dict("records"):
        composite = row["indicator"] == COMPOSITE
        rows.append(
            (
                Cell(say.label(STAGE_LABELS[row["stage"]])),
                Cell(
                    say("Composite")
                    if composite
                    else say.label(study.rules.indicators[row["indicator"]].short)
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
