"""A study with projected years -> what the page shows: numbers as plain lists, sentences in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..base.language import DASH, Language
from ..base.schema.indicators import Indicators
from ..base.schema.terms import CHOICE_LABELS, STAGE_LABELS, STAGES
from ..data.county import County
from ..future.assumptions.moves import MOVE_LABELS
from ..future.comparison import by_year, costs, in_force, verdicts
from ..future.emptied import emptied_now
from ..future.leaving import hollow_improvements, small_schools
from ..future.odds.draws import Forecast
from ..future.planning.staffing import by_quota
from ..measure.apportioning.scope import EXCLUSIONS, exclusion_text
from ..measure.evaluation_table import said
from ..measure.study import Study
from ..policy.standards import PARTS
from ..present.chance import chance_text, condition_text, share_text, standing
from ..present.projection.emptied import emptied_sentences
from ..present.projection.staffing import assumed_text, quota_method, quota_sentences
from ..present.terms import PART_NAMES, item_requirement, item_title, item_value, status_name

#: What is shown of `analysis.future.planning.staffing.by_quota`.
POSTS = (
    *("posts", "needed", "lacking", "surplus"),
    *("filled_in_stage", "filled_across", "recruited"),
)


def plain(values: Iterable) -> list:
    """Numbers for JSON: what is missing or undefined is null."""
    return [
        None if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
        for value in (np.asarray(values).tolist())
    ]


def numbers(study: Study, quota: dict[str, np.ndarray]) -> dict:
    """What every year comes to, by stage; the verdicts; the indicators.

    `quota` is as from `analysis.future.planning.staffing.by_quota`.

    Returns
    -------
    dict
        `years`; `stages`: stage -> column -> list by year (`analysis.future.comparison.by_year`, and
        ``posts_<name>`` for the names in `POSTS`); `indicators`: indicator -> stage ->
        `mean`, `threshold`, `cv`, `limit` and `status` by year; `verdicts`: part (and
        `recognised`) -> list by year.
    """
    years = list(study.years)
    table, judged = by_year(study), verdicts(study)
    table |= {f"posts_{name}": quota[name] for name in POSTS}
    stages = [stage for at, stage in enumerate(STAGES) if (table["students"][:, at] > 0).any()]
    spread, shown = study.variation, {}
    for position, name in enumerate(study.rules.indicators):
        shown[name] = {}
        for stage in stages:
            here = (position, 0, slice(None), STAGES.index(stage))
            found = {key: plain(getattr(spread, key)[here]) for key in ("mean", "cv", "limit")}
            found["status"] = [str(word) for word in spread.status[here]]
            found["threshold"] = plain(in_force(study, f"{name}.{stage}"))
            shown[name][stage] = found
    return {
        "years": years,
        "stages": {
            stage: {key: plain(values[:, STAGES.index(stage)]) for key, values in table.items()}
            for stage in stages
        },
        "indicators": shown,
        "verdicts": {part: judged[part].tolist() for part in (*PARTS, "recognised")},
    }


def failing(study: Study) -> dict[str, dict]:
    """Requirements that are not met in the study's year: item -> its row of the evaluation."""
    rows = study.rows_of(study.year)
    return {item: row for item, row in rows.items() if row["status"] == "not_met"}


def target_year(county: County, until: int) -> int:
    """The year that the conclusion is about: the county's target year if it is still to come."""
    target = county.record.target_year
    return target if target and county.last_observed < target <= until else until


@dataclass(frozen=True)
class Course:
    """What the page shows of one study, worked out once.

    The study judges its target year; `quota`: as from `analysis.future.planning.staffing.by_quota`; `fails`: requirements that are not met in it; `observed`: how
    many were not in the last observed year.
    """

    study: Study
    numbers: dict
    quota: dict[str, np.ndarray]
    fails: dict[str, dict]
    observed: int

    @property
    def target(self) -> int:
        return self.study.year


def course(study: Study) -> Course:
    """Numbers and failures of a study with projected years that judges its target year."""
    statuses = study.statuses[study.county.last_observed]
    observed = sum(status == "not_met" for status in statuses.values())
    quota = by_quota(study)
    return Course(study, numbers(study, quota), quota, failing(study), observed)


def outcome(own: Course, trend: Course, say: Language, drawn: Forecast | None = None) -> dict:
    """The conclusion and the figures of a scenario beside the trend.

    Parameters
    ----------
    own, trend : Course
        The scenario of the page, and the baseline of the same county and years.
    say : Language
    drawn : Forecast, optional
        Draws of the scenario, if they have been made.

    Returns
    -------
    dict
        `last` (observed year), `target`; `own` and `trend` as from `numbers`; `sentence` (the
        conclusion), `chance` (as from `chances`), `staffing` (`assumed`, `sentences`, `method`), `key` (rows of the table below it: label, and values observed, by the trend, by
        the scenario), `failing` (rows: item, title, value, requirement, whether only the scenario fails
        there), `mended` (titles of what only the trend fails).
    """
    study, code = own.study, say.code
    counts = (own.observed, len(trend.fails), len(own.fails))
    return {
        "last": study.county.last_observed,
        "target": own.target,
        "own": own.numbers,
        "trend": trend.numbers,
        "sentence": conclusion(own, counts, say, drawn),
        "chance": chances(own, say, drawn),
        "staffing": {
            "assumed": assumed_text(study.outlook.scenario.staff, say),
            "sentences": quota_sentences(study, own.quota, own.target, say),
            "method": quota_method(own.target, say),
        },
        "key": _key_figures(own, trend, counts, say),
        "failing": [
            {
                "item": item,
                "title": item_title(study, item, code),
                "value": item_value(study, item, said(row), code),
                "requirement": item_requirement(study, item, row["requirement"], code),
                "new": item not in trend.fails,
            }
            for item, row in own.fails.items()
        ],
        "mended": [item_title(study, item, code) for item in trend.fails if item not in own.fails],
    }


def chances(own: Course, say: Language, drawn: Forecast | None = None) -> dict:
    """How likely the verdicts of the projected years are.

    Returns
    -------
    dict
        `condition` (what the chances hold fixed); `parts`: for everything (`recognised`) and the
        `resource` part, by year of `own.numbers`, `shares` (text; empty in observed years, an ellipsis
        where nothing has been drawn yet) and `standing` (what the verdict may be called,
        `analysis.present.chance.standing`); `shares` and `standing` of everything once more;
        `likely` (the chance of the target year as a sentence), `resource` (that of the resource part
        in it as text), `items` (item that fails -> share
        of the draws that meet it; those that were not drawn are left out).
    """
    parts = {
        part: _chances_of(own, part, what, say, drawn)
        for part, what in (("recognised", "met"), ("resource", "resource"))
    }
    target = own.numbers["years"].index(own.target)
    return {
        "condition": condition_text(say) if drawn else "",
        "resource": parts["resource"]["shares"][target],
        "parts": parts,
        **parts["recognised"],
        "likely": chance_text(drawn.chance(own.target), say) if drawn else "",
        "items": _item_chances(own, say, drawn) if drawn else {},
    }


def _chances_of(own: Course, part: str, what: str, say: Language, drawn: Forecast | None) -> dict:
    last, shares, words = own.study.county.last_observed, [], []
    for year, status in zip(own.numbers["years"], own.numbers["verdicts"][part], strict=True):
        chance = drawn.chance(year) if drawn and year > last else None
        known = "…" if chance is None else share_text(getattr(chance, what), say)
        shares.append("" if year <= last else known)
        words.append(status if year <= last else standing(status, chance, what))
    return {"shares": shares, "standing": words}


def _item_chances(own: Course, say: Language, drawn: Forecast) -> dict[str, str]:
    """Coefficients of variation are what is drawn of single requirements."""
    rows = drawn.cv[drawn.cv["year"] == own.target].to_dict("records")
    found = {f"cv.{row['indicator']}.{row['stage']}": 1 - row["above"] for row in rows}
    return {item: share_text(found[item], say) for item in own.fails if item in found}


def conclusion(
    own: Course, counts: tuple[int, int, int], say: Language, drawn: Forecast | None = None
) -> str:
    """When everything is met, or what fails in the target year, and how likely; beside trend and today.

    Parameters
    ----------
    own : Course
    counts : tuple of int
        Requirements not met: last observed year, trend and scenario in the target year.
    drawn : Forecast, optional
        Draws of the scenario. Without them the sentence is about the single course and says so.
    """
    county, target, found = own.study.county, own.target, own.numbers
    name, years, last = say.label(county.record.name), found["years"], county.last_observed
    whole = dict(zip(years, found["verdicts"]["recognised"], strict=True))
    chance = drawn.chance(target) if drawn else None

    def since(holds) -> int:
        year = target
        while year - 1 > last and holds(year - 1):
            year -= 1
        return year

    if whole[target] == "met" and standing("met", chance) == "met":
        first = since(lambda year: drawn.chance(year).even)
        answer = say("{name} meets every requirement from {year} on in at least half of the simulated courses.", name=name, year=first)  # fmt: skip
    elif whole[target] == "met":
        first = since(lambda year: whole[year] == "met")
        answer = say("On the single course {name} meets every requirement from {year} on.", name=name, year=first)  # fmt: skip
        if chance is not None:
            answer += say(" That does not make it likely.")
    elif whole[target] == "not_assessed":
        answer = say("{name} fails no requirement in {year}, but not everything can be assessed.", name=name, year=target)  # fmt: skip
    else:
        at = years.index(target)
        parts = [part for part in PARTS if found["verdicts"][part][at] == "not_met"]
        named = say.join(say(PART_NAMES[part]) for part in parts)
        answer = say("In {year}, {name} does not meet: {parts}.", year=target, name=name, parts=named)  # fmt: skip
    if drawn is None:
        likely = say("How likely that is, is not computed yet.")
    else:
        likely = chance_text(chance, say)
    observed, trend, here = counts
    return say("{first} {second}", first=answer, second=likely) + say(
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
    for stage in own["stages"]:
        ratios = [found["stages"][stage]["pupils_per_teacher"] for found in (own, before, own)]
        places = (now, at, at)
        label = say("Pupils per teacher: {stage}", stage=say.label(STAGE_LABELS[stage]))
        row(label, [values[place] for values, place in zip(ratios, places, strict=True)], 1)
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
        (say("Teachers lacking by the staffing quota"), "posts_lacking"),
        (say("Teachers beyond the staffing quota"), "posts_surplus"),
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
        are none, or come only from fewer pupils), `notes` (sentences by kind: applied, not applied, assumed) and `cost`.
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
            "below_floor": year(row["below_floor"]),
            "below_point": year(row["below_point"]),
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
            indicator=say.label(study.rules.indicators[row["indicator"]].short),
            before=say.number(row["before"], 3),
            after=say.number(row["after"], 3),
            schools=say.join(row["left"]),
        )
        for row in hollow_improvements(study).to_dict("records")
    ]
    hollow += emptied_sentences(study, emptied_now(study), say)
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
    """Names of parts, statuses, moves and stages for the page."""
    return {
        "parts": {part: say(name) for part, name in PART_NAMES.items()},
        "statuses": {
            status: status_name(status, say.code)
            for status in ("met", "not_met", "not_assessed", "not_applicable")
        },
        "moves": {kind: say.label(label) for kind, label in MOVE_LABELS.items()},
        "stages": {stage: say.label(STAGE_LABELS[stage]) for stage in STAGES},
    }


def indicator_words(indicators: Indicators, say: Language) -> dict:
    """Names and units of a standard's indicators for the page."""
    return {
        name: {
            "short": say.label(about.short),
            "long": about.label(say.code),
            "unit": say.label(about.unit),
            "decimals": about.decimals,
        }
        for name, about in indicators.items()
    }
