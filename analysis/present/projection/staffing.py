"""Teachers of the coming years against the staffing quota, as a table and as sentences."""

from __future__ import annotations

import numpy as np

from ...base.files import N_
from ...base.language import Language, speak
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...future.assumptions.quota import staff_quota
from ...future.assumptions.staffing import StaffCourse
from ...future.planning.staffing import staffing
from ...future.what_if import WhatIf
from ...measure.study import Study
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
    return quota_method(what_if.study.outlook.until, speak(lang))


def quota_method(year: int, say: Language) -> str:
    """How the quota is counted, with the numbers that hold in a year."""
    ratios = staff_quota().ratios(year).urban
    numbers = {stage: say.number(ratios[stage], 1 if ratios[stage] % 1 else 0) for stage in STAGES}
    return say(STAFFING_METHOD, **numbers)


def assumed_text(course: StaffCourse | None, say: Language) -> str:
    """What a scenario takes for granted about its teachers, as a clause."""
    share = say.percent(getattr(course, "replaced", 0.0), 0)
    kind = "keep" if course is None else course.kind
    return say(STAFF_KINDS[kind], share=share)


def quota_sentences(
    study: Study, found: dict[str, np.ndarray], year: int, say: Language
) -> list[str]:
    """Teachers and the quota in a year, by stage, and what moving teachers would fill.

    `found` is as from `analysis.future.planning.staffing.by_quota`.
    """
    at, told = list(study.years).index(year), []
    for number, stage in enumerate(STAGES):
        of = {name: say.number(values[at, number]) for name, values in found.items()}
        named = {"year": year, "stage": say.label(STAGE_LABELS[stage])}
        if not found["students"][at, number] and not found["schools"][at, number]:
            continue
        if not found["schools"][at, number]:
            told.append(say("{year}, {stage}: of no public school the teachers are known; the staffing quota cannot be compared.", **named))  # fmt: skip
        elif found["lacking"][at, number]:
            told.append(
                say(
                    "{year}, {stage}: by the staffing quota the public schools need {needed} full-time teachers; schools lack {lacking}, others have {surplus} beyond it. Teachers moved within the stage could fill {filled_in_stage} of the posts, teachers moved from the other stage {filled_across}; {recruited} remain to be recruited.",
                    **named,
                    **of,
                )
            )
        else:
            told.append(
                say(
                    "{year}, {stage}: by the staffing quota the public schools need {needed} full-time teachers; no school lacks any, and {surplus} are beyond it.",
                    **named,
                    **of,
                )
            )
    return told


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
        assumed = assumed_text(what_if.scenarios[name].staff, say)
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
