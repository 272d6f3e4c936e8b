"""Several scenarios of one county side by side, as tables."""

from __future__ import annotations

import numpy as np

from ...base.files import N_
from ...base.language import DASH, Language, speak
from ...base.schema.terms import SCHOOL_TYPES, STAGE_LABELS, STAGES
from ...future.assumptions.scenario import BASELINE
from ...future.comparison import side_by_side
from ...future.leaving import hollow_improvements, small_limits, small_schools
from ...future.what_if import WhatIf
from ...measure.apportioning.scope import EXCLUSIONS
from ...measure.indicators import whole_up
from ...policy.entries import Text
from ..chance import cell_text, share_text, standing
from ..tables.grid import MARKS, Cell, Grid, number_cell, text_cell
from ..terms import CONFIDENCE, bracketed, status_name
from .sentences import conclusions, scenario_name

SECTIONS = {
    "breaks": N_("Exchanges in the past"),
    "births": N_("Births"),
    "entry": N_("Entrants"),
    "progression": N_("Progression"),
    "net_migration": N_("Net migration reported"),
    "migration": N_("Migration"),
    "housing": N_("New housing"),
    "moves": N_("Moves of pupils"),
    "caps": N_("Caps"),
    "attrition": N_("Teachers leaving"),
    "recruitment": N_("Teachers recruited"),
    "staff_targets": N_("Teacher targets"),
    "rotation": N_("Teachers rotating"),
    "training": N_("Teachers trained"),
    "staff": N_("Number of teachers"),
    "additions": N_("Buildings and equipment"),
    "purchases": N_("Equipment bought"),
    "equipment": N_("Equipment written off"),
    "plan": N_("The county's plan"),
    "lateness": N_("Late completion"),
    "seat_warning": N_("Seat warnings"),
    "class_size": N_("Smaller classes"),
    "other_stages": N_("Kindergarten and senior school"),
}
KINDS = {
    "applied": N_("applied"),
    "not_applied": N_("not applied"),
    "assumed": N_("assumed"),
}


def conclusion_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """The conclusions as a table, for a notebook."""
    say = speak(lang)
    rows = tuple((text_cell(text),) for text in conclusions(what_if, lang))
    return Grid(say("What the scenarios come to"), (say("Conclusion"),), rows)


def comparison_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """The main figures of every scenario."""
    say = speak(lang)
    table = side_by_side(what_if.studies, what_if.forecasts, what_if.yearly)
    lines = []
    for stage in STAGES:
        if f"students_{stage}" not in table:
            continue
        label = say.label(STAGE_LABELS[stage])
        lines += [
            (say("{stage}: students in the last year (persons)", stage=label), f"students_{stage}", 0),
            (say("{stage}: most students (persons)", stage=label), f"peak_{stage}", 0),
            (say("{stage}: year of the peak", stage=label), f"peak_year_{stage}", "year"),
            (say("{stage}: pupils per teacher in the last year", stage=label), f"pupils_per_teacher_{stage}", 1),
            (say("{stage}: seats missing at most (places)", stage=label), f"seats_missing_{stage}", 0),
            (say("{stage}: classrooms missing at most (rooms)", stage=label), f"classes_missing_{stage}", 0),
        ]  # fmt: skip
    lines += [
        (say("Teachers missing in the last year (persons, of the kind most lacking)"), "teachers_missing", 0),
        (say("Rows of schools that meet the school rule in the last year"), "passing", 0),
        (say("Coefficients of variation above their limit in the last year"), "cv_over", 0),
        (say("First year in which the resource part is met in at least half of the draws (share)"), "resource_met", "first"),
        (say("First year in which everything is met in at least half of the draws (share)"), "first_met", "first"),
        (say("Cost of what has a price (10,000 yuan)"), "cost_cny", "money"),
    ]  # fmt: skip
    rows = []
    for title, column, kind in lines:
        cells = []
        if kind == "first":
            cells = [_first_met(row, column, say) for row in table.to_dict("records")]
        for value in table[column] if kind != "first" else ():
            if kind == "year":
                cells.append(Cell(DASH if np.isnan(value) else str(int(value)), True))
            elif kind == "money":
                cells.append(number_cell(say, value / 1e4 if value else np.nan))
            else:
                # seats and rooms are whole: a part of one is one
                cells.append(
                    number_cell(say, abs(whole_up(value)) if "missing" in column else value, kind)
                )
        rows.append((text_cell(title), *cells))
    until = int(table["until"].max())
    return Grid(
        say("Scenarios side by side (to {year})", year=until),
        (say("Quantity"), *(scenario_name(what_if, lang, name) for name in table.index)),
        tuple(rows),
        tight=len(table) > 3,
    )


def _first_met(row: dict, column: str, say: Language) -> Cell:
    """The first year that is met in half of the draws, or how near the best one comes."""
    share = row[f"{column}_share"]
    if np.isnan(share):
        return Cell(say("no chance computed"), True)
    shown = share_text(share, say)
    if np.isnan(row[column]):
        best = int(row[f"{column}_best"])
        text = say("none (at most {share}, {year})", share=shown, year=best)
        return Cell(text if share else say("known of no year (0%)"), True)
    return Cell(f"{int(row[column])}{bracketed(shown, say)}", True)


def verdict_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """The verdict of every year by every scenario, of projected years with their chance."""
    say = speak(lang)
    years = [y for y in what_if.study.years if y >= what_if.last]
    rows = []
    for name, table in what_if.verdicts.items():
        by_year = table.set_index("year")
        for column, title in (("resource", say("Resource allocation")), ("recognised", say("everything"))):  # fmt: skip
            cells = [
                _verdict_cell(what_if, name, y, by_year.loc[y, column], column, say)
                if y in by_year.index
                else Cell(DASH)
                for y in years
            ]
            rows.append((text_cell(scenario_name(what_if, lang, name) if column == "resource" else ""), text_cell(title), *cells))  # fmt: skip
    heads = [f"{year}" + ("" if year > what_if.last else "*") for year in years]
    return Grid(
        say(
            "Verdict by year (* observed; projected: verdict of the single course and share of the simulated courses that meet it if the assumptions hold; uncertain: the two disagree)"
        ),
        (say("Scenario"), say("What is judged"), *heads),
        tuple(rows),
        tight=True,
    )


def _verdict_cell(
    what_if: WhatIf, scenario: str, year: int, status: str, column: str, say: Language
) -> Cell:
    if year <= what_if.last:
        return Cell(status_name(status, say.code), False, status)
    chance = what_if.chance(scenario, year)
    what = "resource" if column == "resource" else "met"
    return Cell(cell_text(status, chance, say, what), False, standing(status, chance, what))


def needs_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """What the main scenario needs year by year."""
    say, about = speak(lang), what_if.indicators
    table = what_if.yearly[what_if.main]
    table = table[table["year"] >= what_if.last]
    rows = [
        (
            Cell(str(row["year"]) + ("" if row["year"] > what_if.last else "*")),
            text_cell(say.label(STAGE_LABELS[row["stage"]])),
            number_cell(say, row["students"]),
            number_cell(say, row["classes"]),
            number_cell(say, row["seats_missing"]),
            number_cell(say, row["classes_missing"]),
            *(number_cell(say, row[name]) for name in about.staff),
            Cell(f"{say.number(row['passing'])} / {say.number(row['schools'])}", True),
            Cell(say.number(row["cv_max"], 3) + (MARKS["not_met"] if row["cv_over"] > 0 else ""), True),
            text_cell(say.label(about[row["cv_max_indicator"]].short))
            if isinstance(row["cv_max_indicator"], str)
            else Cell(DASH),
        )
        for row in table.to_dict("records")
        if row["students"] > 0
    ]  # fmt: skip
    return Grid(
        say(
            "Year by year: {scenario} (* observed; students and teachers in persons)",
            scenario=scenario_name(what_if, lang, what_if.main),
        ),
        (
            say("Year"),
            say("Stage"),
            say("Students"),
            say("Classes"),
            say("Missing:\nseats"),
            say("Missing:\nrooms"),
            *(say("Missing:\n{what}", what=say.label(each.head)) for each in about.staff.values()),
            say("Meet the\nschool rule"),
            say("Largest\nCV"),
            say("Indicator"),
        ),
        tuple(rows),
        tight=True,
    )


def needed_staff_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """Teachers that the thresholds ask for, where none were reported: what lacks cannot be said."""
    say, about = speak(lang), what_if.indicators
    table = what_if.yearly[what_if.main]
    table = table[(table["year"] >= what_if.last) & (table["schools"] > 0)]
    table = table[table[list(about.staff)].isna().any(axis=1)]
    rows = [
        (
            Cell(str(row["year"]) + ("" if row["year"] > what_if.last else "*")),
            text_cell(say.label(STAGE_LABELS[row["stage"]])),
            *(
                number_cell(say, row[f"{name}_needed"] if np.isnan(row[name]) else np.nan)
                for name in about.staff
            ),
        )
        for row in table.to_dict("records")
    ]
    return Grid(
        say(
            "Teachers that the thresholds ask for (persons; * observed): how many of them are there was not reported"
        ),
        (
            say("Year"),
            say("Stage"),
            *(say.label(about[name].short) for name in about.staff),
        ),
        tuple(rows),
        tight=True,
    )


def small_schools_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """Schools that become smaller than the standard counts, or leave the judgement, and when."""
    say, limits = speak(lang), small_limits(what_if.study)
    rows = []
    for name in what_if.studies:
        for row in small_schools(what_if.studies[name]).to_dict("records"):
            reason = EXCLUSIONS.get(row["reason"])
            said = say("closed") if row["reason"] == "closed" else ""
            if reason is not None:
                said = say(reason).format(limit=say.number(limits["point"]), note="")
            if row["stage"] and len(SCHOOL_TYPES[row["type"]].stages) > 1:
                said = f"{say.label(STAGE_LABELS[row['stage']])}{say(': ')}{said}"
            rows.append(
                (
                    text_cell(scenario_name(what_if, lang, name)),
                    text_cell(row["school"]),
                    text_cell(say.label(SCHOOL_TYPES[row["type"]])),
                    number_cell(say, row["students"]),
                    number_cell(say, row["students_until"]),
                    *(
                        Cell(DASH if np.isnan(row[c]) else str(int(row[c])), True)
                        for c in ("below_floor", "below_point", "leaves")
                    ),
                    text_cell(said),
                )
            )
    return Grid(
        say("Schools that become small (students in persons)"),
        (
            say("Scenario"),
            say("School"),
            say("Type"),
            say("Students {year}", year=what_if.last),
            say("Students {year}", year=what_if.study.outlook.until),
            say("Under {n} (funding floor)", n=say.number(limits["floor"])),
            say("Under {n}", n=say.number(limits["point"])),
            say("Leaves the judgement"),
            say("Why"),
        ),
        tuple(rows),
        tight=True,
    )


def hollow_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """Coefficients of variation that fall only because schools leave them."""
    say = speak(lang)
    rows = [
        (
            text_cell(scenario_name(what_if, lang, name)),
            Cell(str(row["year"])),
            text_cell(say.label(STAGE_LABELS[row["stage"]])),
            text_cell(say.label(what_if.indicators[row["indicator"]].short)),
            number_cell(say, row["before"], 3),
            number_cell(say, row["after"], 3),
            number_cell(say, row["stayers_before"], 3),
            text_cell(say.join(row["left"])),
        )
        for name, study in what_if.studies.items()
        for row in hollow_improvements(study).to_dict("records")
    ]
    return Grid(
        say("Warning: these coefficients fall only because schools leave them"),
        (
            say("Scenario"),
            say("Year"),
            say("Stage"),
            say("Indicator"),
            say("Before"),
            say("After"),
            say("Before, without those that left"),
            say("Left"),
        ),
        tuple(rows),
        tight=True,
    )


def notes_grid(
    what_if: WhatIf,
    lang: str = "zh",
    kinds: tuple[str, ...] = ("applied", "assumed", "not_applied"),
) -> Grid:
    """What the main scenario did, took for granted, and could not do."""
    say = speak(lang)
    # the same may be said of several years: once is enough
    notes = {note.sentence(lang): note for note in what_if.study.outlook.notes}
    rows = [
        (text_cell(say(KINDS[kind])), text_cell(sentence), number_cell(say, note.cost_cny / 1e4))
        for kind in kinds
        for sentence, note in notes.items()
        if note.kind == kind
    ]
    return Grid(
        say(
            "What the scenario does: {scenario}",
            scenario=scenario_name(what_if, lang, what_if.main),
        ),
        (say("Treatment"), say("What"), say("Cost (10,000 yuan)")),
        tuple(rows),
    )


def assumptions_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """Every assumption with its source and confidence; those of the baseline once."""
    say = speak(lang)
    rows = []
    for name, scenario in what_if.scenarios.items():
        for section, entry in scenario.assumptions:
            if name != BASELINE and (section, entry) in what_if.scenarios[BASELINE].assumptions:
                continue
            rows.append(
                (
                    text_cell(scenario_name(what_if, lang, name)),
                    text_cell(say(SECTIONS[section])),
                    text_cell(_in_language(entry.source, lang)),
                    text_cell(say(CONFIDENCE[entry.confidence])),
                )
            )
    return Grid(
        say("What is assumed, by whom, and how sure it is"),
        (say("Scenario"), say("About"), say("Source"), say("Confidence")),
        tuple(rows),
    )


def chances_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """Probabilities by year of the main scenario."""
    say, drawn = speak(lang), what_if.forecast
    if drawn is None:
        return Grid("", (), ())
    rows = [
        (
            Cell(str(int(row["year"]))),
            *(
                Cell(say.percent(row[name], 0), True)
                for name in ("schools", "cv", "sizes", "resource", "met", "open")
            ),
        )
        for row in drawn.probability.to_dict("records")
    ]
    return Grid(
        say("Share of {n} courses, by year: {scenario}", n=say.number(drawn.draws), scenario=scenario_name(what_if, lang, what_if.main)),
        (
            say("Year"),
            say("All schools meet the rule"),
            say("All CVs within the limit"),
            say("No school or class too large"),
            say("Resource part met"),
            say("Everything met"),
            say("Open for lack of data"),
        ),
        tuple(rows),
    )  # fmt: skip


def coverage_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """How often the bands would have held in earlier years."""
    say = speak(lang)
    rows = [
        (
            Cell(str(int(row["horizon"])), True),
            number_cell(say, row["schools"]),
            Cell(say.percent(row["within_schools"], 0), True),
            number_cell(say, row["counties"]),
            Cell(say.percent(row["within_county"], 0), True),
        )
        for row in what_if.coverage.to_dict("records")
    ]
    return Grid(
        say("Would the 80 % bands have held? Back-test on the county's own past"),
        (
            say("Years ahead"),
            say("Numbers of schools compared"),
            say("inside the band"),
            say("Numbers of the county compared"),
            say("inside the band"),
        ),
        tuple(rows),
    )


def _in_language(value: Text | str, lang: str) -> str:
    """A text of a file, which may be in both languages."""
    return value if isinstance(value, str) else speak(lang).label(value)
