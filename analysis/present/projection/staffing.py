"""Teachers of the coming years against the staffing quota, as a table and as sentences."""

from __future__ import annotations

from ...base.files import N_
from ...base.language import speak
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...future.assumptions.quota import staff_quota
from ...future.staffing import staffing
from ...future.what_if import WhatIf
from ..tables.grid import Cell, Grid, number_cell, text_cell
from .sentences import scenario_name

STAFF_KINDS = {
    "keep": N_("every school keeps its teachers, whatever becomes of its pupils"),
    "attrition": N_("teachers retire and leave, {share} of them are replaced"),
    "quota": N_("public schools are staffed by the staffing quota"),
}

STAFFING_METHOD = N_(
    "Staffing quota: pupils for one member of staff (primary {primary}, junior secondary {junior} in urban areas, unless the scenario "
    "states a province's own numbers), small rural primary schools by classes where that gives more; of "
    "the posts, the part of full-time teachers is compared with the teachers that schools report. Only "
    "public schools count, special-education schools do not. What could be filled from schools with a "
    "surplus is a sum; whether somebody can teach the other stage or go so far is not asked."
)


def staffing_method(what_if: WhatIf, lang: str = "zh") -> str:
    """How the quota is counted, with the numbers that hold in the last projected year."""
    say = speak(lang)
    ratios = staff_quota().ratios(what_if.study.outlook.until).urban
    numbers = {stage: say.number(ratios[stage], 1 if ratios[stage] % 1 else 0) for stage in STAGES}
    return say(STAFFING_METHOD, **numbers)


def staffing_grid(what_if: WhatIf, lang: str = "zh") -> Grid:
    """Teachers, the quota and what moving teachers would fill, year by year: the main scenario."""
    say = speak(lang)
    table = staffing(what_if.study)
    table = table[(table["year"] >= what_if.last) & (table["students"] > 0)]
    counts = ("posts", "needed", "lacking", "surplus")
    filled = ("filled_in_stage", "filled_across", "recruited")
    rows = [
        (
            Cell(str(row["year"]) + ("" if row["year"] > what_if.last else "*")),
            text_cell(say.label(STAGE_LABELS[row["stage"]])),
            number_cell(say, row["students"]),
            number_cell(say, row["teachers"]),
            number_cell(say, row["pupils_per_teacher"], 1),
            *(number_cell(say, row[name]) for name in (*counts, *filled)),
        )
        for row in table.to_dict("records")
    ]
    return Grid(
        say(
            "Teachers and the staffing quota: {scenario} (* observed; persons)",
            scenario=scenario_name(what_if, lang, what_if.main),
        ),
        (
            say("Year"),
            say("Stage"),
            say("Students"),
            say("Full-time\nteachers"),
            say("Pupils per\nteacher"),
            say("Posts by\nthe quota"),
            say("of them\nteachers"),
            say("Lacking"),
            say("Surplus"),
            say("Filled from\nthe stage"),
            say("Filled from\nthe other stage"),
            say("Still\nlacking"),
        ),
        tuple(rows),
        tight=True,
    )


def staffing_text(what_if: WhatIf, lang: str = "zh") -> str:
    """What each scenario takes for granted about teachers, and what it does to pupils per teacher."""
    say, found = speak(lang), []
    for name, table in what_if.yearly.items():
        course = what_if.scenarios[name].staff
        share = say.percent(getattr(course, "replaced", 0.0), 0)
        kind = "keep" if course is None else course.kind
        assumed = say(STAFF_KINDS[kind], share=share)
        stages = []
        for stage, part in table.groupby("stage", sort=False):
            now = part.loc[part["year"] == what_if.last, "pupils_per_teacher"]
            then = part["pupils_per_teacher"].iloc[-1]
            if len(now) and now.notna().all() and then == then:
                stages.append(
                    say(
                        "{stage} {before} → {after}",
                        stage=say.label(STAGE_LABELS[stage]),
                        before=say.number(now.iloc[0], 1),
                        after=say.number(then, 1),
                    )
                )
        found.append(
            say(
                "{scenario}: {assumed}; pupils per teacher from {last} to {until}: {stages}.",
                scenario=scenario_name(what_if, lang, name),
                assumed=assumed,
                last=what_if.last,
                until=int(table["year"].max()),
                stages=say.join(stages),
            )
            if stages
            else say("{scenario}: {assumed}.", scenario=scenario_name(what_if, lang, name), assumed=assumed)
        )  # fmt: skip
    return " ".join(found)
