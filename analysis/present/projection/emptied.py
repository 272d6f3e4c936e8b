"""What is met only because schools have fewer pupils, as a table and as sentences."""

from __future__ import annotations

import pandas as pd

from ...base.files import N_
from ...base.language import Language, speak
from ...future.emptied import newly_met
from ...future.what_if import WhatIf
from ...measure.study import Study
from ..tables.grid import Cell, Grid, text_cell
from ..terms import item_requirement, item_title, item_value

#: Titles in a sentence; more are counted.
NAMED = 5

EMPTIED_METHOD = N_(
    "“Only because schools have fewer pupils”: not met in {last}, met in the projected year, and not met "
    "if that year, with its teachers, sites, equipment and rules, is judged with the pupils of {last}; "
    "counted where the stage has fewer pupils than in {last}. Pupils that the scenario moves between "
    "schools stay moved."
)


def emptied_clause(study: Study, found: pd.DataFrame, say: Language) -> str:
    """Which of the requirements met in a year are so only because pupils leave; empty if none.

    Parameters
    ----------
    study : Study
    found : DataFrame
        Rows of one year, as from `analysis.future.emptied.emptied_items`.
    say : Language
    """
    if found.empty:
        return ""
    titles = [item_title(study, item, say.code) for item in found["item"].iloc[:NAMED]]
    if len(found) > NAMED:
        titles.append(say("{n} more", n=len(found) - NAMED))
    return say(
        " Met in {year} only because schools have fewer pupils than in {last}: {titles}.",
        year=int(found["year"].iloc[0]),
        last=study.county.last_observed,
        titles=say.join(titles),
    )


def emptied_sentences(study: Study, found: pd.DataFrame, say: Language) -> list[str]:
    """Each requirement that is met in a year only because pupils leave, with its three values.

    `found` are rows as from `analysis.future.emptied.emptied_items`.
    """
    return [
        say(
            "{title}: met in {year} only because schools have fewer pupils ({last}: {before}; {year}: {then}; {year} with the pupils of {last}: {full})",
            title=item_title(study, row["item"], say.code),
            year=int(row["year"]),
            last=study.county.last_observed,
            before=item_value(study, row["item"], row["value_observed"], say.code),
            then=item_value(study, row["item"], row["value"], say.code),
            full=item_value(study, row["item"], row["value_full"], say.code),
        )
        for row in found.to_dict("records")
    ]


def emptied_text(what_if: WhatIf, lang: str = "zh") -> list[str]:
    """How much of what schools newly meet they meet only because pupils leave, scenario by scenario."""
    say = speak(lang)
    found = []
    for name, study in what_if.studies.items():
        row = newly_met(study, what_if.full[name]).iloc[-1]
        found.append(
            say(
                "{scenario}: of {indicators} indicators of schools that are met in {year} and were not in {last}, {emptied} are so only because the schools have fewer pupils; of {schools} schools (by stage) that meet the school rule anew, {empty}.",
                scenario=say.label(what_if.scenarios[name].name),
                indicators=say.number(row["indicators"]),
                emptied=say.number(row["indicators_emptied"]),
                schools=say.number(row["schools"]),
                empty=say.number(row["schools_emptied"]),
                year=int(row.name),
                last=what_if.last,
            )
        )
    return found


def emptied_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """Requirements that are met only because pupils leave, by scenario; no rows if there are none."""
    say, rows = speak(lang), []
    for name, study in what_if.studies.items():
        found = what_if.emptied[name]
        for item, part in found.groupby("item", sort=False):
            row = part.iloc[-1]
            values = (row["value_observed"], row["value"], row["value_full"])
            rows.append(
                (
                    text_cell(say.label(what_if.scenarios[name].name)),
                    text_cell(item_title(study, item, lang)),
                    Cell(_years(part["year"].tolist())),
                    Cell(item_requirement(study, item, row["requirement"], lang), True),
                    *(Cell(item_value(study, item, value, lang), True) for value in values),
                )
            )
    return Grid(
        say("Warning: these requirements are met only because schools have fewer pupils"),
        (
            say("Scenario"),
            say("Requirement"),
            say("Years"),
            say("Required"),
            say("Value in {year}", year=what_if.last),
            say("Value in the last of these years"),
            say("the same with the pupils of {year}", year=what_if.last),
        ),
        tuple(rows),
        tight=True,
    )


def _years(years: list[int]) -> str:
    """Years that follow each other as a span."""
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in spans)
