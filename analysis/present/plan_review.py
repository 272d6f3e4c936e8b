"""What a careful reader finds in a plan: contradictions in time, in sums, and with the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..base.files import N_
from ..base.language import speak
from ..future.assumptions.from_plan import project_areas
from ..future.assumptions.sections import PlanCourse
from ..measure.study import Study
from ..policy.entries import Text
from ..policy.plan import Plan, Project, begins, ends
from .terms import item_requirement, item_title, plan_date

SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Remark:
    """One finding in a plan.

    Attributes
    ----------
    rule : str
        Name of the rule that found it.
    severity : {"high", "medium", "low"}
        `high`: the plan cannot succeed as written; `medium`: two statements do not fit; `low`:
        something is missing that one would expect.
    message : str
        Message id; `sentence` translates and fills it.
    values : dict
    where : str
        Sections of the plan.
    """

    rule: str
    severity: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)
    where: str = ""

    def sentence(self, lang: str = "zh") -> str:
        """The finding in words."""
        say = speak(lang)
        shown = {}
        for name, value in self.values.items():
            if isinstance(value, list):
                shown[name] = say.join(say.label(v) if hasattr(v, "zh") else v for v in value)
            elif isinstance(value, float | int) and name not in ("year", "number"):
                shown[name] = say.number(value, 0 if float(value).is_integer() else 2)
            elif name in ("date", "end", "by"):
                shown[name] = plan_date(str(value), lang)
            else:
                shown[name] = say.label(value) if hasattr(value, "zh") else value
        return say(self.message, **shown)


#: What a scenario takes for teaching area of a building that the plan does not divide.
TEACHING_SHARE: float = PlanCourse.model_fields["teaching_share"].default


def review(
    plan: Plan, study: Study | None = None, teaching_share: float = TEACHING_SHARE
) -> list[Remark]:
    """Check a plan.

    Parameters
    ----------
    plan : Plan
    study : Study, optional
        The county's data and standard, for what needs them.
    teaching_share : float
        Part of a new building that counts as teaching area, as in the scenario.

    Returns
    -------
    list of Remark
        The most severe first.
    """
    remarks = [
        *_assessment_before_completion(plan),
        *_parts_exceed_whole(plan),
        *_equipment_before_building(plan),
        *_phases(plan),
        *_measures(plan),
        *_staffing(plan, study),
        *_yearly_goals(plan),
        *_outside_the_plan(plan),
    ]
    if study is not None:
        remarks += [*_weaker_targets(study), *_projects_against_gaps(plan, study, teaching_share)]
    return sorted(remarks, key=lambda remark: SEVERITIES.index(remark.severity))


def _assessment_before_completion(plan: Plan) -> Iterator[Remark]:
    for milestone in plan.milestones:
        if milestone.kind == "target":
            continue
        month = ends(milestone.date)
        late = [name for name, end in _work(plan) if ends(end) > month]
        if late:
            yield Remark(
                "assessment_before_completion",
                "high",
                N_("{milestone} ({date}) comes before the work is finished: {list}"),
                {"milestone": milestone.name, "date": milestone.date, "list": late},
                milestone.where,
            )


def _work(plan: Plan) -> Iterator[tuple[str | Text, str]]:
    """Everything that an assessment would want to see finished, with its end."""
    yield from ((project.name, project.end) for project in plan.projects if project.end)
    yield from ((move.name, move.end) for move in plan.moves if move.end)
    for programme in plan.equipment:
        yield programme.for_what, str(programme.end or programme.year)


def _parts_exceed_whole(plan: Plan) -> Iterator[Remark]:
    for total in plan.totals:
        parts = sum(total.parts.values())
        if parts > total.whole:
            yield Remark(
                "parts_exceed_whole",
                "medium",
                N_(
                    "{name}: the parts add up to {parts} {unit}, more than the whole of {whole} {unit}"
                ),
                {"name": total.name, "parts": parts, "whole": total.whole, "unit": total.unit},
                total.where,
            )


def _equipment_before_building(plan: Plan) -> Iterator[Remark]:
    for programme in plan.equipment:
        if programme.for_kind == "existing":
            continue
        later = [
            project
            for project in plan.projects
            if project.kind == programme.for_kind
            and project.end
            and int(project.end[:4]) > programme.year
        ]
        ready = [
            project
            for project in plan.projects
            if project.kind == programme.for_kind
            and project.end
            and int(project.end[:4]) <= programme.year
        ]
        if later:
            yield Remark(
                "equipment_before_building",
                "medium" if ready else "high",
                N_("equipment of {year} ({what}) precedes the buildings it is for: {list}"),
                {
                    "year": programme.year,
                    "what": programme.for_what,
                    "list": [
                        Text(
                            zh=f"{each.name}（{plan_date(each.end, 'zh')}）",
                            en=f"{each.name} ({each.end})",
                        )
                        for each in later
                    ],
                },
                programme.where,
            )


def _phases(plan: Plan) -> Iterator[Remark]:
    phases = sorted(plan.phases, key=lambda phase: (begins(phase.start), -ends(phase.end)))
    top: list = []
    for phase in phases:
        inside = [
            p
            for p in top
            if begins(p.start) <= begins(phase.start) and ends(phase.end) <= ends(p.end)
        ]
        if inside:
            continue  # a step within a phase
        if top:
            before = top[-1]
            gap = begins(phase.start) - ends(before.end) - 1
            values = {"first": before.name, "second": phase.name}
            if gap < 0:
                months = -gap
                yield Remark(
                    "phases_overlap",
                    "low" if months <= 1 else "medium",
                    N_("the phases “{first}” and “{second}” overlap by {months} month(s)"),
                    values | {"months": months},
                    phase.where,
                )
            elif gap > 0:
                yield Remark(
                    "phases_gap",
                    "medium",
                    N_("no phase covers the {months} months between “{first}” and “{second}”"),
                    values | {"months": gap},
                    phase.where,
                )
        top.append(phase)


def _measures(plan: Plan) -> Iterator[Remark]:
    undated = [m for m in plan.measures if m.start is None and m.end is None]
    if undated:
        yield Remark(
            "measure_without_date",
            "low",
            N_("{count} of {all} measures have no date"),
            {"count": len(undated), "all": len(plan.measures)},
            undated[0].where,
        )
    # working groups divide the measures among their units; a leading group does not
    divided = any(group.units and "领导小组" not in group.name for group in plan.groups)
    nobody = [m.number for m in plan.measures if not m.responsible]
    if nobody and not divided:
        yield Remark(
            "measure_without_unit",
            "low",
            N_("{count} of {all} measures name nobody who answers for them"),
            {"count": len(nobody), "all": len(plan.measures)},
            plan.measures[0].where,
        )
    for name, found in (
        (
            N_("{count} of {all} projects have no date: {list}"),
            [p for p in plan.projects if not p.end],
        ),
        (
            N_("{count} of {all} projects have no cost: {list}"),
            [p for p in plan.projects if p.cost_cny is None],
        ),
    ):
        if found:
            yield Remark(
                "project_incomplete",
                "low",
                name,
                {
                    "count": len(found),
                    "all": len(plan.projects),
                    "list": [project.name for project in found[:6]],
                },
                found[0].where,
            )


def _staffing(plan: Plan, study: Study | None) -> Iterator[Remark]:
    def title(entry: str) -> str | _Both:
        return _Both(study, entry) if study else entry

    for target in plan.staffing:
        if target.replaces:
            yield Remark(
                "target_changes_measure",
                "medium",
                N_(
                    "the target for {by} measures something else ({entry}) than the one it follows "
                    "({replaces}); the two cannot be compared"
                ),
                {"by": target.by, "entry": title(target.entry), "replaces": title(target.replaces)},
                target.where,
            )
    # a goal that a phase repeats has that phase's measure
    covered = {target.entry for target in plan.staffing if target.measure is not None}
    bare = {t.entry: t for t in plan.staffing if t.entry not in covered}
    if bare:
        yield Remark(
            "target_without_measure",
            "low",
            N_("{count} targets have no measure: {list}"),
            {"count": len(bare), "list": [title(entry) for entry in bare]},
            next(iter(bare.values())).where,
        )


def _yearly_goals(plan: Plan) -> Iterator[Remark]:
    for goal in plan.yearly_goals:
        years = goal.end - goal.start + 1
        low, high = goal.low * years, (goal.high or goal.low) * years
        if goal.from_level is not None and goal.from_level + low > 1:
            yield Remark(
                "step_beyond_the_whole",
                "medium",
                N_("{name}: {step} % a year for {years} years leads beyond 100 %"),
                {"name": goal.name, "step": 100 * goal.low, "years": years},
                goal.where,
            )
        start, goal_level = goal.from_level, goal.to_level
        if start is not None and goal_level is not None and goal_level - start > high + 1e-9:
            yield Remark(
                "step_too_small",
                "medium",
                N_("{name}: even {step} % a year for {years} years does not reach {goal} %"),
                {
                    **{"name": goal.name, "step": 100 * (goal.high or goal.low)},
                    **{"years": years, "goal": 100 * goal_level},
                },
                goal.where,
            )


def _outside_the_plan(plan: Plan) -> Iterator[Remark]:
    late = [p.name for p in plan.projects if p.end and ends(p.end) > ends(plan.end)]
    late += [move.name for move in plan.moves if move.end and ends(move.end) > ends(plan.end)]
    if late:
        yield Remark(
            "after_the_plan",
            "medium",
            N_("planned for after the end of the plan ({end}): {list}"),
            {"end": plan.end, "list": late},
        )


def _weaker_targets(study: Study) -> Iterator[Remark]:
    seen = set()
    table = study.targets_by_phase()
    for row in table[table["target_compared"] == "weaker"].to_dict("records"):
        if (row["item"], row["target"]) in seen:
            continue
        seen.add((row["item"], row["target"]))
        own = study.county.standard
        yield Remark(
            "target_below_rule",
            "high",
            N_(
                "{item}: the plan asks for {target}, the national rule for {required}; meeting the "
                "plan would fail the evaluation"
            ),
            {
                "item": _Both(study, row["item"]),
                "target": item_requirement(study, row["item"], row["target"], "en"),
                "required": item_requirement(study, row["item"], row["requirement"], "en"),
            },
            own.entries[row["item"]].reference.section,
        )


class _Both:
    """An item's title in both languages."""

    def __init__(self, study: Study, item: str):
        self.zh, self.en = (item_title(study, item, lang) for lang in ("zh", "en"))


def _projects_against_gaps(plan: Plan, study: Study, teaching_share: float) -> Iterator[Remark]:
    """Projects whose area does not close the gap of the school they are for."""
    gaps = project_gaps(plan, study, teaching_share)
    for row in gaps[gaps["left"] > 0].to_dict("records"):
        yield Remark(
            "project_too_small",
            "medium",
            N_("{project}: adds {area} m² at {school}, which lacks {lacking} m² ({indicator})"),
            {
                "project": row["project"],
                "area": row["area_m2"],
                "school": row["school"],
                "lacking": float(round(row["lacking_m2"])),
                "indicator": study.rules.indicators[row["indicator"]].short,
            },
            row["where"],
        )


def project_gaps(plan: Plan, study: Study, teaching_share: float = TEACHING_SHARE) -> pd.DataFrame:
    """Each project that names an area and a school of the roster, beside what that school lacks.

    Returns
    -------
    DataFrame
        ``project, school, indicator, area_m2, lacking_m2, left, where``. Of the area of a building
        `teaching_share` counts as teaching area unless the plan says otherwise.
    """
    lacking = study.indicators.groupby(["school", "indicator"])["shortfall"].max()
    schools = set(study.rows["school"])
    rows = []
    for project in plan.projects:
        for indicator, area in _areas(project, teaching_share):
            for school in project.schools:
                if school not in schools or len(project.schools) > 1:
                    continue
                gap = float(lacking.get((school, indicator), 0.0) or 0.0)
                rows.append(
                    {
                        **{"project": project.name, "school": school, "indicator": indicator},
                        **{"area_m2": area, "lacking_m2": gap, "left": max(gap - area, 0.0)},
                        "where": project.where,
                    }
                )
    columns = ["project", "school", "indicator", "area_m2", "lacking_m2", "left", "where"]
    return pd.DataFrame(rows, columns=columns)


def _areas(project: Project, teaching_share: float) -> Iterator[tuple[str, float]]:
    areas = project_areas(project, teaching_share)
    for indicator, area in zip(("teaching_area", "sports_area"), areas, strict=True):
        if area:
            yield indicator, area


def due_tasks(plan: Plan, start: str, months: int = 12) -> pd.DataFrame:
    """What is due in the months from `start`: calendar rows, steps of projects, milestones.

    Parameters
    ----------
    plan : Plan
    start : str
        First month, ``2022-01``.
    months : int

    Returns
    -------
    DataFrame
        ``start, end, kind, name, responsible, where``, in the order of time.
    """
    first = begins(start)
    last = first + months - 1
    rows = []

    def add(begin: str, end: str, kind: str, name, responsible, where: str) -> None:
        if begins(begin) <= last and ends(end) >= first:
            rows.append(
                {
                    **{"start": begin, "end": end, "kind": kind, "name": name},
                    **{"responsible": tuple(responsible), "where": where},
                }
            )

    for task in plan.calendar:
        add(task.start, task.end, "task", task.name, task.responsible, task.where)
    for project in plan.projects:
        if project.steps:
            for step in project.steps:
                add(step.start, step.end, "step", (project.name, step.name), (), project.where)
        elif project.start and project.end:
            add(project.start, project.end, "project", project.name, (), project.where)
    for milestone in plan.milestones:
        add(milestone.date, milestone.date, "milestone", milestone.name, (), milestone.where)
    columns = ["start", "end", "kind", "name", "responsible", "where"]
    table = pd.DataFrame(rows, columns=columns)
    order = table.assign(_s=table["start"].map(begins), _e=table["end"].map(ends))
    return order.sort_values(["_s", "_e"], kind="stable", ignore_index=True)[columns]


def project_effects(
    plan: Plan, study: Study, teaching_share: float = TEACHING_SHARE
) -> pd.DataFrame:
    """What the projects add per student of the county in the years in which they are finished.

    The divisor is the last observed enrolment of primary and junior schools: what the projects do if
    the number of students stayed as it is. Of a building whose area the plan does not divide,
    `teaching_share` counts, as in the scenario.

    Returns
    -------
    DataFrame
        ``year, projects, teaching_m2, sports_m2, teaching_per_student, sports_per_student``
        (cumulated from the judged year on).
    """
    students = study.rows.loc[study.rows["in_scope"], "students"].sum()
    rows = []
    for project in plan.projects:
        if project.end is None or int(project.end[:4]) <= study.year:
            continue
        areas = dict(_areas(project, teaching_share))
        rows.append(
            {
                "year": int(project.end[:4]),
                "projects": project.name,
                "teaching_m2": areas.get("teaching_area"),
                "sports_m2": areas.get("sports_area"),
            }
        )
    columns = ["year", "projects", "teaching_m2", "sports_m2"]
    table = pd.DataFrame(rows, columns=columns)
    if table.empty:
        return table.assign(teaching_per_student=[], sports_per_student=[])
    # what the plan does not say is unknown, not 0
    areas = table.astype({"teaching_m2": float, "sports_m2": float}).groupby("year")
    grouped = areas[["teaching_m2", "sports_m2"]].sum(min_count=1)
    grouped.insert(0, "projects", areas["projects"].agg(tuple))
    for name in ("teaching", "sports"):
        grouped[f"{name}_per_student"] = grouped[f"{name}_m2"].cumsum() / students
    return grouped.reset_index()
