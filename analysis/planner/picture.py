"""A study with projected years -> what the page shows: numbers as plain lists, sentences in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..apportion import EXCLUSIONS, exclusion_text
from ..compare import (
    STAFF_INDICATORS,
    costs,
    hollow_improvements,
    small_schools,
    verdicts,
    yearly,
)
from ..evaluate import PARTS
from ..language import DASH, Language
from ..scenario import MOVE_LABELS
from ..schema import CHOICE_LABELS, INDICATORS, STAGE_GRADES, STAGE_LABELS, STAGES
from ..study import Study
from ..wording import PART_NAMES, item_requirement, item_title, item_value, status_name

#: Columns of `analysis.compare.yearly` that the page shows.
YEARLY = (
    *("students", "classes", "schools", "passing", "classes_missing", "seats_missing"),
    *("cv_max", "cv_limit", "cv_over"),
)


def plain(values: Iterable) -> list:
    """Numbers for JSON: what is missing or undefined is null."""
    return [
        None if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
        for value in (np.asarray(values).tolist())
    ]


def numbers(study: Study) -> dict:
    """What every year comes to, by stage; the verdicts; the seven indicators.

    Returns
    -------
    dict
        `years`; `stages`: stage -> column -> list by year; `indicators`: indicator -> stage ->
        `mean`, `threshold`, `cv`, `limit` and `status` by year; `verdicts`: part (and
        `recognised`) -> list by year.
    """
    years = list(study.years)
    table, verdict = yearly(study), verdicts(study).set_index("year").reindex(years)
    sizes = _class_sizes(study)
    stages = {}
    for stage in STAGES:
        part = table[table["stage"] == stage].set_index("year").reindex(years)
        if not (part["students"] > 0).any():
            continue
        found = {name: plain(part[name]) for name in YEARLY}
        found["cv_max_indicator"] = [
            name if isinstance(name, str) else None for name in part["cv_max_indicator"]
        ]
        found["teachers_missing"] = plain(part[list(STAFF_INDICATORS)].max(axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            found["class_size"] = plain((part["students"] / part["classes"]).to_numpy(dtype=float))
        found["largest_class"] = plain(sizes.get(stage, pd.Series(dtype=float)).reindex(years))
        found["class_limit"] = plain(_rule(study, f"G5.{stage}"))
        stages[stage] = found
    parts = {part: verdict[part].fillna("not_applicable").tolist() for part in PARTS}
    return {
        "years": years,
        "stages": stages,
        "indicators": _indicators(study, years, stages),
        "verdicts": parts | {"recognised": verdict["recognised"].tolist()},
    }


def _rule(study: Study, name: str) -> list[float]:
    return [rules.number(name) if name in rules else math.nan for rules in study.years.values()]


def _class_sizes(study: Study) -> dict[str, pd.Series]:
    """Largest class of each stage by year; only where every grade reported it."""
    table = study.county.tables["enrolment"]
    sizes = {}
    for stage in STAGES:
        grades = STAGE_GRADES[stage]
        part = table[table["grade"].between(grades[0], grades[-1])]
        sizes[stage] = part.groupby("year")["largest_class"].max()
    return sizes


def _indicators(study: Study, years: list[int], stages: Iterable[str]) -> dict:
    wide = study.all_balance.set_index(["indicator", "stage", "year"])
    wide = wide[["mean", "cv", "limit", "status"]].unstack("year")
    found: dict = {}
    for name in INDICATORS:
        found[name] = {}
        for stage in stages:
            row = wide.loc[(name, stage)]
            found[name][stage] = {
                key: plain(row[key].reindex(years)) for key in ("mean", "cv", "limit")
            }
            found[name][stage]["status"] = row["status"].reindex(years).tolist()
            found[name][stage]["threshold"] = plain(_rule(study, f"{name}.{stage}"))
    return found


def failing(study: Study, year: int) -> dict[str, dict]:
    """Requirements that are not met in a year: item -> its row of the evaluation."""
    table = study.all_evaluation
    table = table[(table["year"] == year) & (table["status"] == "not_met")]
    return {row["item"]: row for row in table.to_dict("records")}


def target_of(study: Study) -> int:
    """The year that the conclusion is about: the county's target year if it is still to come."""
    target, last = study.county.record.target_year, study.county.years[-1]
    return target if target and study.county.last_observed < target <= last else last


@dataclass(frozen=True)
class Course:
    """What the page shows of one study, worked out once.

    `fails`: requirements that are not met in the target year (`target_of`); `observed`: how many
    were not in the last observed year.
    """

    study: Study
    numbers: dict
    target: int
    fails: dict[str, dict]
    observed: int


def course(study: Study) -> Course:
    """Numbers and failures of a study with projected years."""
    target = target_of(study)
    observed = len(failing(study, study.county.last_observed))
    return Course(study, numbers(study), target, failing(study, target), observed)


def outcome(own: Course, trend: Course, say: Language) -> dict:
    """The conclusion and the figures of a scenario beside the trend.

    Parameters
    ----------
    own, trend : Course
        The scenario of the page, and the baseline of the same county and years.
    say : Language

    Returns
    -------
    dict
        `last` (observed year), `target`; `own` and `trend` as from `numbers`; `sentence` (the
        conclusion), `key` (rows of the table below it: label, and values observed, by the trend, by
        the scenario), `failing` (rows: title, value, requirement, whether only the scenario fails
        there), `mended` (titles of what only the trend fails).
    """
    study, code = own.study, say.code
    counts = (own.observed, len(trend.fails), len(own.fails))
    return {
        "last": study.county.last_observed,
        "target": own.target,
        "own": own.numbers,
        "trend": trend.numbers,
        "sentence": conclusion(own, counts, say),
        "key": _key_figures(own, trend, counts, say),
        "failing": [
            {
                "title": item_title(study, item, code),
                "value": item_value(study, item, row["value"], code),
                "requirement": item_requirement(study, item, row["requirement"], code),
                "new": item not in trend.fails,
            }
            for item, row in own.fails.items()
        ],
        "mended": [item_title(study, item, code) for item in trend.fails if item not in own.fails],
    }


def conclusion(own: Course, counts: tuple[int, int, int], say: Language) -> str:
    """When everything is met, or what fails in the target year; beside the trend and today.

    Parameters
    ----------
    own : Course
    counts : tuple of int
        Requirements not met: last observed year, trend and scenario in the target year.
    """
    county, target, found = own.study.county, own.target, own.numbers
    name, years, last = say.label(county.record.name), found["years"], county.last_observed
    whole = dict(zip(years, found["verdicts"]["recognised"], strict=True))
    if whole[target] == "met":
        since = target
        while since - 1 > last and whole[since - 1] == "met":
            since -= 1
        answer = say("{name} meets every requirement from {year} on.", name=name, year=since)
    elif whole[target] == "not_assessed":
        answer = say("{name} fails no requirement in {year}, but not everything can be assessed.", name=name, year=target)  # fmt: skip
    else:
        at = years.index(target)
        parts = [part for part in PARTS if found["verdicts"][part][at] == "not_met"]
        named = say.join(say(PART_NAMES[part]) for part in parts)
        answer = say("In {year}, {name} does not meet: {parts}.", year=target, name=name, parts=named)  # fmt: skip
    observed, trend, here = counts
    return answer + say(
        " Requirements not met: {here} (by the trend {trend}; observed in {last}: {observed}).",
        here=here,
        trend=trend,
        last=last,
        observed=observed,
    )


def _key_figures(course: Course, trend: Course, counts: tuple, say: Language) -> list[dict]:
    """The main figures: observed last, by the trend and by the scenario in the target year."""
    own, before, rows = course.numbers, trend.numbers, []
    at = own["years"].index(course.target)
    now = own["years"].index(course.study.county.last_observed)

    def row(label: str, values, decimals: int = 0) -> None:
        shown = [DASH if value is None else say.number(value, decimals) for value in values]
        rows.append({"label": label, "values": shown})

    def of(key: str, found: dict, position: int):
        values = [stage[key][position] for stage in found["stages"].values()]
        return None if any(value is None for value in values) else sum(values)

    for stage in own["stages"]:
        name = say.label(STAGE_LABELS[stage])
        row(
            say("Pupils: {stage}", stage=name),
            [
                own["stages"][stage]["students"][now],
                before["stages"][stage]["students"][at],
                own["stages"][stage]["students"][at],
            ],
        )
    schools = [of("schools", own, now), of("schools", before, at), of("schools", own, at)]
    passing = [of("passing", own, now), of("passing", before, at), of("passing", own, at)]
    rows.append(
        {
            "label": say("Schools that pass (by stage)"),
            "values": [
                DASH if a is None else say("{n} of {all}", n=say.number(p), all=say.number(a))
                for p, a in zip(passing, schools, strict=True)
            ],
        }
    )
    row(say("Requirements not met"), counts)
    for label, key in (
        (say("Coefficients of variation above the limit"), "cv_over"),
        (say("Teachers missing (the kind most lacking in the stage)"), "teachers_missing"),
        (say("Classes without a classroom"), "classes_missing"),
        (say("Pupils without a seat"), "seats_missing"),
    ):
        row(label, [of(key, own, now), of(key, before, at), of(key, own, at)])
    return rows


def details(study: Study, say: Language) -> dict:
    """What takes longer and is read later.

    Returns
    -------
    dict
        `small` (schools that become small or leave), `hollow` (sentences about improvements that
        are none), `notes` (sentences by kind: applied, not applied, assumed) and `cost`.
    """
    roster = study.county.tables["schools"]
    limit = study.rules.number("option.teaching_point_students")
    remarks = roster.set_index("school_id")["note"]

    def reason(row: dict) -> str:
        if row["reason"] not in EXCLUSIONS:
            return say("closed")
        message, values = exclusion_text(row["reason"], remarks.get(row["school_id"]), limit)
        return say(message, **(values | {"note": say.label(values["note"])}))

    def year(value) -> int | None:
        return int(value) if np.isfinite(value) else None

    small = [
        {
            "school": str(row["school"]),
            "type": say.label(CHOICE_LABELS[row["type"]]),
            "students": say.number(row["students"]),
            "until": say.number(row["students_until"]),
            "below_100": year(row["below_100"]),
            "below_50": year(row["below_50"]),
            "leaves": year(row["leaves"]),
            "reason": reason(row) if np.isfinite(row["leaves"]) else "",
        }
        for row in small_schools(study).to_dict("records")
    ]
    hollow = [
        say(
            "{year}, {stage}, {indicator}: the coefficient of variation falls from {before} to {after} only because these schools leave it: {schools}",
            year=row["year"],
            stage=say.label(STAGE_LABELS[row["stage"]]),
            indicator=say.label(INDICATORS[row["indicator"]].short),
            before=say.number(row["before"], 3),
            after=say.number(row["after"], 3),
            schools=say.join(row["left"]),
        )
        for row in hollow_improvements(study).to_dict("records")
    ]
    notes: dict[str, list] = {"applied": [], "not_applied": [], "assumed": []}
    for note in study.outlook.notes:
        notes[note.kind].append(note.sentence(say.code))
    total = costs(study)["cost_cny"].sum()
    return {
        "small": small,
        "hollow": hollow,
        "notes": notes,
        "cost": say.number(total) if total else "",
    }


def words(say: Language) -> dict:
    """Names of parts, statuses, moves, stages and indicators for the page."""
    return {
        "parts": {part: say(name) for part, name in PART_NAMES.items()},
        "statuses": {
            status: status_name(status, say.code)
            for status in ("met", "not_met", "not_assessed", "not_applicable")
        },
        "moves": {kind: say.label(label) for kind, label in MOVE_LABELS.items()},
        "stages": {stage: say.label(STAGE_LABELS[stage]) for stage in STAGES},
        "indicators": {
            name: {
                "short": say.label(about.short),
                "long": about.label(say.code),
                "unit": say.label(about.unit),
                "decimals": about.decimals,
            }
            for name, about in INDICATORS.items()
        },
    }
