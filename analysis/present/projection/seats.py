"""Where places run out, and by when it must be decided: sentences, table, picture (学位预警)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Patch, Rectangle

from ...base.files import N_
from ...base.language import DASH, Language, speak
from ...base.schema.terms import CHOICE_LABELS, STAGE_LABELS
from ...future.planning.other_stages import other_stages
from ...future.planning.seats import decisions
from ...future.planning.small_classes import small_classes
from ...future.what_if import WhatIf
from ..chance import share_text
from ..charts.chart import WIDTH, Chart, styled
from ..charts.layout import GridLayout
from ..charts.scales import draw_scales
from ..tables.grid import Cell, Grid, number_cell, text_cell
from ..terms import bracketed
from .sentences import scenario_name

#: Levels that are warnings.
WARNED = ("red", "orange", "yellow")
LEVEL_NAMES = {
    "red": N_("red"),
    "orange": N_("orange"),
    "yellow": N_("yellow"),
    "none": N_("no warning"),
    "unknown": N_("places not known"),
}
#: Colours of the levels; every field also says its percentage, and red ones are bold.
LEVEL_COLOURS = {
    "red": "#D9695B",
    "orange": "#F0A95B",
    "yellow": "#F7E08A",
    "none": "#E6EEF5",
    "unknown": "#FFFFFF",
}


def _place(say, stage: str, area: str) -> str:
    where = say.label(CHOICE_LABELS[area]) if area else say("area not stated")
    return say("{stage}, {area}", stage=say.label(STAGE_LABELS[stage]), area=where)


def seat_sentences(what_if: WhatIf, lang: str = "zh") -> list[str]:
    """What must be decided by when, by the main scenario; the most urgent first."""
    say = speak(lang)
    table = what_if.seats
    if table.empty:
        return [say("The scenario has no levels of seat warnings (seat_warning), so that nobody is warned of.")]  # fmt: skip
    scenario = scenario_name(what_if, lang, what_if.main)
    rules = what_if.study.outlook.scenario.seat_warning
    found = []
    for row in decisions(table).to_dict("records"):
        values = {
            "place": _place(say, row["stage"], row["area"]),
            "scenario": scenario,
            "first": row["first_red"],
            "year": row["decide_by"],
            "n": say.number(row["lack"]),
            "worst": row["worst_year"],
            "lead": rules.lead_years,
        }
        if row["decide_by"] > what_if.last:
            text = say("{place}: by {scenario}, pupils exceed the red level from {first} on ({n} places lacking at most, {worst}); a building must be decided by {year}.", **values)  # fmt: skip
        else:
            text = say("{place}: by {scenario}, pupils exceed the red level from {first} on ({n} places lacking at most, {worst}); a building takes {lead} years and would have had to be decided by {year}: until it stands only other means help.", **values)  # fmt: skip
        chance = _first_red(what_if, row)
        if not np.isnan(chance):
            text += say(" In {first} it is red in {share} of the simulated courses.", first=row["first_red"], share=share_text(chance, say))  # fmt: skip
        if row["last_red"] < row["until"]:
            text += say(" After {last} the level is no longer red: weigh a temporary means against a building.", last=row["last_red"])  # fmt: skip
        found.append(text)
    if not found:
        found.append(say("By {scenario}, no stage and area turns red until {year}.", scenario=scenario, year=int(table["year"].max())))  # fmt: skip
    return found


def _first_red(what_if: WhatIf, decision: dict) -> float:
    """How likely the level is red in the first red year of a stage and area."""
    table = what_if.seats
    rows = (table["stage"] == decision["stage"]) & (table["area"] == decision["area"])
    return float(what_if.seat_chances[rows & (table["year"] == decision["first_red"])].iloc[0])


def seat_text(what_if: WhatIf, lang: str = "zh") -> str:
    """What the levels are, and on what they rest."""
    say = speak(lang)
    rules = what_if.study.outlook.scenario.seat_warning
    if rules is None:
        return ""
    text = say(
        "Levels: yellow from {yellow} of the places, orange from {orange}, red above {red}; a building takes {lead} years (an assumption of the scenario, see its source). Places are the most classrooms that a stage of a school ever used, and those added, times the class size allowed; schools of which none is known are left out. For planning; the verdict does not read it.",
        yellow=say.percent(rules.yellow, 0),
        orange=say.percent(rules.orange, 0),
        red=say.percent(rules.red, 0),
        lead=rules.lead_years,
    )
    if what_if.forecast is None:
        return text
    return say("{first} {second}", first=text, second=_condition(what_if, say))


def _condition(what_if: WhatIf, say: Language) -> str:
    """What the shares beside the levels are, and what they hold fixed."""
    return say(
        "The level is that of the single course; beside it stands in how many of {n} simulated courses the stage and area reach it or a worse one in that year, if the assumptions of “{scenario}” hold. Pupils vary in them as the county’s past did; places, plan and dates are those of the single course.",
        n=say.number(what_if.forecast.draws),
        scenario=say.label(what_if.forecast.scenario),
    )


def seat_grid(what_if: WhatIf, lang: str = "zh", warned: bool = False) -> Grid:
    """Pupils, places and level by stage, area and year of the main scenario; `warned`: no others."""
    say = speak(lang)
    table = what_if.seats.assign(chance=what_if.seat_chances)
    if warned:
        table = table[table["level"].isin(WARNED)]
    names = {level: say(name) for level, name in LEVEL_NAMES.items()}
    rows = [
        (
            text_cell(_place(say, row["stage"], row["area"])),
            Cell(str(row["year"])),
            number_cell(say, row["pupils"]),
            number_cell(say, row["places"]),
            Cell(DASH if np.isnan(row["occupancy"]) else say.percent(row["occupancy"]), True),
            number_cell(say, row["lack"]),
            number_cell(say, row["lack_schools"]),
            Cell(f"{row['full_schools']} / {row['schools']}", True),
            number_cell(say, row["unknown_schools"]),
            text_cell(names[row["level"]]),
            Cell(_chance(row, say), True),
            Cell(DASH if np.isnan(row["decide_by"]) else str(int(row["decide_by"])), True),
        )
        for row in table.to_dict("records")
    ]
    return Grid(
        say("Seat warnings: {scenario} (pupils in persons)", scenario=scenario_name(what_if, lang, what_if.main)),
        (
            say("Stage and area"),
            say("Year"),
            say("Pupils"),
            say("Places"),
            say("Occupancy"),
            say("Lacking in\nthe area"),
            say("Lacking at\nthe schools"),
            say("Full\nschools"),
            say("Places\nnot known"),
            say("Level"),
            say("That level or\nworse (draws)"),
            say("Decide by"),
        ),
        tuple(rows),
        tight=True,
    )  # fmt: skip


def _chance(row: dict, say: Language) -> str:
    """The share of the draws in which a level, or a worse one, is reached; below yellow, any warning."""
    if np.isnan(row["chance"]):
        return DASH
    share = share_text(row["chance"], say)
    return share if row["level"] in WARNED else say("a warning {share}", share=share)


def small_classes_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """What smaller classes would take by year, where the main scenario has a target."""
    say = speak(lang)
    rows = [
        (
            Cell(str(row["year"])),
            text_cell(say.label(STAGE_LABELS[row["stage"]])),
            number_cell(say, row["target"]),
            number_cell(say, row["classes"]),
            number_cell(say, row["more_classes"]),
            number_cell(say, row["more_rooms"]),
            number_cell(say, row["more_teachers"], 1),
            number_cell(say, row["building_cny"] / 1e4),
            number_cell(say, row["teachers_cny"] / 1e4),
        )
        for row in small_classes(what_if.study.outlook).to_dict("records")
    ]
    return Grid(
        say("What smaller classes would take, beside the projection: {scenario}", scenario=scenario_name(what_if, lang, what_if.main)),
        (
            say("Year"),
            say("Stage"),
            say("Pupils a class\nat most"),
            say("Classes"),
            say("More\nclasses"),
            say("More\nrooms"),
            say("More\nteachers"),
            say("Building\n(10,000 yuan)"),
            say("Teachers\n(10,000 yuan a year)"),
        ),
        tuple(rows),
        tight=True,
    )  # fmt: skip


STAGE_NAMES = {
    "kindergarten": N_("Kindergarten"),
    "senior_general": N_("General senior school"),
    "senior_vocational": N_("Vocational senior school"),
}
BASES = {"observed": N_("observed"), "assumed": N_("assumed")}


def other_stages_grid(what_if: WhatIf, lang: str = "zh", turns: bool = False) -> Grid:
    """Kindergarten and senior school of the county by year of the main scenario.

    `turns`: of each stage only the first and the last year, and that with the most pupils.
    """
    say = speak(lang)
    table = other_stages(what_if.study.outlook)
    if turns and len(table):
        stages = table.groupby("stage", sort=False)
        chosen = {
            *stages["year"].idxmin(),
            *stages["year"].idxmax(),
            *table["pupils"].fillna(-1.0).groupby(table["stage"], sort=False).idxmax(),
        }
        table = table[table.index.isin(chosen)]
    names = {level: say(name) for level, name in LEVEL_NAMES.items()}
    titles = {stage: say(name) for stage, name in STAGE_NAMES.items()}
    bases = {basis: say(name) for basis, name in BASES.items()}
    rows = [
        (
            text_cell(titles[row["stage"]]),
            Cell(str(row["year"]) + ("" if row["births_known"] else "*")),
            number_cell(say, row["entrants"]),
            number_cell(say, row["pupils"]),
            number_cell(say, row["classes"]),
            number_cell(say, row["places"]),
            number_cell(say, row["lack"]),
            text_cell(names[row["level"]]),
            Cell(DASH if np.isnan(row["decide_by"]) else str(int(row["decide_by"])), True),
            text_cell(say.percent(row["ratio"]) + bracketed(bases[row["ratio_basis"]], say)),
        )
        for row in table.to_dict("records")
    ]
    return Grid(
        say("Kindergarten and senior school of the county: {scenario} (for planning, not judged; * births assumed)", scenario=scenario_name(what_if, lang, what_if.main)),
        (
            say("Stage"),
            say("Year"),
            say("Entrants"),
            say("Pupils"),
            say("Classes"),
            say("Places"),
            say("Lacking in\nthe county"),
            say("Level"),
            say("Decide by"),
            say("Ratio"),
        ),
        tuple(rows),
        tight=True,
    )  # fmt: skip


@styled
def seat_chart(what_if: WhatIf, lang: str = "zh") -> Chart:
    """A strip per stage and area, a field per year: its level as colour, the occupancy as text (%)."""
    say = speak(lang)
    table = what_if.seats
    strips = list(dict.fromkeys(zip(table["stage"], table["area"], strict=True)))
    years = sorted(set(table["year"]))
    figure = Chart(figsize=(WIDTH, 0.75 + 0.26 * max(len(strips), 1)), layout=GridLayout())
    axis = figure.subplots()
    for row in table.to_dict("records"):
        at = (years.index(row["year"]), len(strips) - 1 - strips.index((row["stage"], row["area"])))
        axis.add_patch(Rectangle((at[0] - 0.5, at[1] - 0.5), 1, 1, facecolor=LEVEL_COLOURS[row["level"]], edgecolor="white", linewidth=1.2))  # fmt: skip
        text = DASH if pd.isna(row["occupancy"]) else f"{row['occupancy'] * 100:.1f}"
        weight = "bold" if row["level"] == "red" else "normal"
        axis.text(*at, text, ha="center", va="center_baseline", fontsize=6.8, weight=weight)
    axis.set_xlim(-0.5, max(len(years), 1) - 0.5)
    axis.set_ylim(-0.5, max(len(strips), 1) - 0.5)
    names = [_place(say, *strip) for strip in reversed(strips)]
    draw_scales(
        axis,
        x=(list(range(len(years))), [str(year) for year in years]),
        y=(list(range(len(strips))), names),
    )
    used = [level for level in LEVEL_NAMES if level in set(table["level"])]
    handles = [
        Patch(facecolor=LEVEL_COLOURS[level], edgecolor="#BBBBBB", label=say(LEVEL_NAMES[level]))
        for level in used
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=max(len(handles), 1))
    return figure
