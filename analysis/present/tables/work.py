"""The plan as a work list: measures by unit and date, duties, working groups, levels beside what is observed."""

from __future__ import annotations

from ...base.files import N_
from ...base.language import DASH, Language, speak
from ...measure.evaluation_table import said
from ...measure.study import Study
from ...measure.verdicts import SIGNS
from ...policy.plan import Level, Plan, begins, ends
from ..terms import item_value, status_name
from .grid import MARKS, Cell, Grid, text_cell

EVERY = {
    "day": N_("every day"),
    "month": N_("every month"),
    "two_months": N_("every two months"),
    "term": N_("every term"),
    "year": N_("every year"),
    "two_years": N_("every two years"),
    "three_years": N_("every three years"),
    "five_years": N_("every five years"),
    "continuous": N_("continuously"),
}
#: Months in which what has no date is sorted: last.
UNDATED = 10**6


def _period(start: str | None, end: str | None) -> str:
    return " – ".join(dict.fromkeys(each for each in (start, end) if each)) or DASH


#: Units of a measure that are named on paper; the workbook names all.
NAMED = 8


def units_text(units: tuple[str, ...], say: Language, most: int | None = None) -> str:
    """Units that answer for something: all of them, or `most` and the number of all."""
    if not units:
        return say("no unit named")
    if most is None or len(units) <= most:
        return say.join(units)
    return say("{names} and others ({n} units)", names=say.join(units[:most]), n=say.number(len(units)))  # fmt: skip


def work_grid(plan: Plan, lang: str = "zh", most: int | None = NAMED) -> Grid:
    """Measures by the unit that is named first, then by date; those without a unit last.

    Of a measure `most` units are named, all if that is None.
    """
    say = speak(lang)

    def order(each) -> tuple:
        first = each.responsible[0] if each.responsible else ""
        return (not first, first, begins(each.start) if each.start else UNDATED)

    rows = tuple(
        (
            text_cell(units_text(each.responsible, say, most)),
            text_cell(_period(each.start, each.end)),
            text_cell(each.name),
            text_cell(each.number),
        )
        for each in sorted(plan.measures, key=order)
    )
    header = (say("Responsible"), say("When"), say("Measure"), say("Where in the plan"))
    return Grid(say("Work list: measures by responsible unit"), header, rows, tight=True)


def duties_grid(plan: Plan, study: Study, lang: str = "zh") -> Grid:
    """What has to be done again and again, and how it stands where a figure tells."""
    say = speak(lang)
    table = study.evaluation.set_index("item")
    rows = []
    for each in plan.duties:
        found = table.loc[each.entry] if each.entry in table.index else None
        rows.append(
            (
                text_cell(say.label(each.name)),
                text_cell(say(EVERY[each.every])),
                text_cell(units_text(each.responsible, say)),
                Cell(DASH if found is None else item_value(study, each.entry, said(found), lang), True),
                text_cell(None) if found is None else _status(found, say),
                text_cell(each.where),
            )
        )  # fmt: skip
    header = (
        say("Duty"),
        say("How often"),
        say("Responsible"),
        say("Observed"),
        say("Status"),
        say("Where in the plan"),
    )
    return Grid(say("Recurring duties"), header, tuple(rows), tight=True)


def _status(found, say: Language) -> Cell:
    """Judged by the county's own target where it has one, else by the national rule."""
    status = found["target_status"] if found["target"] else found["status"]
    return text_cell(status_name(status, say.code), status if status in MARKS else "")


def groups_grid(plan: Plan, lang: str = "zh") -> Grid:
    """Working groups and the offices in them."""
    say = speak(lang)
    rows = tuple(
        (text_cell(each.name), text_cell(say.join(each.units)), text_cell(each.duty or None), text_cell(each.where))
        for each in plan.groups
    )  # fmt: skip
    header = (say("Group"), say("Offices"), say("Task"), say("Where in the plan"))
    return Grid(say("Working groups"), header, rows, tight=True)


def levels_grid(plan: Plan, study: Study, lang: str = "zh") -> Grid:
    """Numbers that the plan sets, each beside the observed one where there is one."""
    say = speak(lang)
    table = study.evaluation.set_index("item")
    rows = []
    for each in sorted(plan.levels, key=lambda level: ends(level.by) if level.by else UNDATED):
        found = table.loc[each.entry] if each.entry in table.index else None
        rows.append(
            (
                text_cell(say.label(each.name)),
                text_cell(each.by),
                Cell(_level(each, say), True),
                Cell(DASH if found is None else item_value(study, each.entry, said(found), lang), True),
                text_cell(None) if found is None else _status(found, say),
                text_cell(each.where),
            )
        )  # fmt: skip
    header = (
        say("Level of the plan"),
        say("By"),
        say("Plan"),
        say("Observed"),
        say("Status"),
        say("Where in the plan"),
    )
    return Grid(say("Levels that the plan sets"), header, tuple(rows), tight=True)


def _level(level: Level, say: Language) -> str:
    def shown(value: float) -> str:
        if level.unit is None:
            return say.percent(value, 0 if abs(value * 100 % 1) < 1e-9 else 1)
        return f"{say.number(value, 0 if value == int(value) else 2)} {say.label(level.unit)}"

    text = f"{SIGNS[level.rule]} " + shown(level.value)
    return text if level.high is None else f"{text} – {shown(level.high)}"
