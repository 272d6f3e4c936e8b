"""How the county stands, in a dozen numbers; and what is missing, in persons, m², yuan and rooms."""

from __future__ import annotations

from ...base.language import DASH, Language, speak
from ...base.schema.indicators import Indicator
from ...base.schema.terms import STAGE_LABELS, STAGES, YUAN
from ...measure.balance import COMPOSITE
from ...measure.gaps import school_gaps
from ...measure.indicators import whole_up
from ...measure.study import Study
from ...measure.verdicts import three_valued
from ..chance import is_projected
from ..tables.grid import Cell, Grid, number_cell, text_cell
from ..tables.schools import printed_up
from ..terms import PART_NAMES, status_name, variation_limit

COUNTED = ("government", "quality")


def counted_items(study: Study) -> dict[str, int]:
    """How many of the items of the evaluation are met, not met, open.

    Returns
    -------
    dict
        ``all, met, not_met, not_assessed, not_applicable``: the indicators (one is met if its coefficient of
        variation is within the limit in every stage), the items of the government's guarantee and
        those of quality; what does not apply is not in `all`.
    """
    balance = study.balance
    statuses = [
        three_valued(balance.loc[balance["indicator"] == name, "status"])
        for name in study.rules.indicators
    ]
    if all(status == "not_applicable" for status in statuses):
        # single coefficients have no limit: the composite of each stage is what is judged
        statuses = list(balance.loc[balance["indicator"] == COMPOSITE, "status"])
    for part in COUNTED:
        statuses += list(study.items.loc[study.items["part"] == part, "status"])
    names = ("met", "not_met", "not_assessed", "not_applicable")
    counts = {name: statuses.count(name) for name in names}
    return {"all": len(statuses) - counts["not_applicable"], **counts}


def standing_grid(study: Study, lang: str = "zh") -> Grid:
    """What is judged, how much of it is met, and what is asked."""
    say = speak(lang)
    rows = [
        *(_schools(study, stage, say) for stage in STAGES),
        *(_variation(study, stage, say) for stage in STAGES),
        *(_part(study, part, say) for part in ("government", "quality", "recognition", "veto")),
    ]
    header = (say("What is judged"), say("Met"), say("Required"), say("Conclusion"))
    caption = say("Where the county stands")
    if is_projected(study):
        caption = say("Where the county would stand on the single course of the projection")
    return Grid(caption, header, tuple(row for row in rows if row))


def _schools(study: Study, stage: str, say: Language) -> tuple[Cell, ...] | None:
    rows = study.schools[study.schools["stage"] == stage]
    if rows.empty or not study.rules.asks_of_schools:
        return None
    return (
        text_cell(say("{stage}: schools that meet the rule", stage=say.label(STAGE_LABELS[stage]))),
        Cell(_of(say, (rows["status"] == "met").sum(), len(rows)), True),
        text_cell(
            say(
                "every school: {needed} of {k} indicators, the rest at {floor}",
                needed=say.number(study.rules.number("school.indicators_met")),
                k=len(study.rules.indicators),
                floor=say.percent(study.rules.number("school.floor"), 0),
            )
        ),
        _status(three_valued(rows["status"]), say),
    )


def _variation(study: Study, stage: str, say: Language) -> tuple[Cell, ...] | None:
    # the composite is applicable only where the standard limits it
    rows = study.balance[study.balance["stage"] == stage]
    rows = rows[rows["status"] != "not_applicable"]
    if rows.empty:
        return None
    limits = rows["limit"].dropna().unique()
    return (
        text_cell(say("{stage}: CVs within the limit", stage=say.label(STAGE_LABELS[stage]))),
        Cell(_of(say, (rows["status"] == "met").sum(), len(rows)), True),
        text_cell(say("all at most {limit}", limit=say.join(variation_limit(limit, say) for limit in limits))),
        _status(three_valued(rows["status"]), say),
    )  # fmt: skip


def _part(study: Study, part: str, say: Language) -> tuple[Cell, ...] | None:
    statuses = study.items.loc[study.items["part"] == part, "status"]
    statuses = statuses[statuses != "not_applicable"]
    if statuses.empty:
        return None
    open_ = (statuses == "not_assessed").sum()
    if part == "veto":
        n, all_ = int((statuses == "not_met").sum()), say.number(len(statuses))
        if n or open_:
            found = say("{n} of {all} found", n=say.number(n), all=all_)
        else:
            found = say("none of {all} found", all=all_)
        none = say("none")
        if open_:
            none += say.plural("; {n} not assessed", "; {n} not assessed", int(open_))
        return (
            text_cell(say(PART_NAMES[part])),
            # of what nobody answered nothing is said to be found or not
            Cell(DASH if open_ == len(statuses) else found, True),
            text_cell(none),
            _status(study.part_status(part), say),
        )
    required = say("every item")
    if open_:
        required += say.plural("; {n} not assessed", "; {n} not assessed", int(open_))
    return (
        text_cell(say(PART_NAMES[part])),
        Cell(
            DASH if open_ == len(statuses) else _of(say, (statuses == "met").sum(), len(statuses)),
            True,
        ),
        text_cell(required),
        _status(study.part_status(part), say),
    )


def _of(say: Language, part: int, whole: int) -> str:
    return f"{say.number(part)} / {say.number(whole)}"


def _status(status: str, say: Language) -> Cell:
    return text_cell(status_name(status, say.code), status)


def missing_grid(study: Study, lang: str = "zh") -> Grid:
    """What all schools have to add to reach every threshold, each school counted once."""
    say = speak(lang)
    gaps = school_gaps(study.indicators, study.rules.indicators)
    rows = []
    for name, about in study.rules.indicators.items():
        part = gaps[gaps["indicator"] == name]
        if part.empty:
            continue
        rows.append(
            (
                text_cell(say.label(about.short)),
                *_amount(part["lacking"].map(printed_up).sum(), about, say),
                number_cell(say, part["school_id"].nunique()),
            )
        )
    header = (say("What is missing"), say("Amount"), say("Unit"), say("At so many schools"))
    return Grid(say("Missing for every threshold at every school"), header, tuple(rows))


def _amount(value: float, about: Indicator, say: Language) -> tuple[Cell, Cell]:
    """An amount and its unit; in Chinese money in 万元, as offices write it."""
    if about.resource == YUAN and say.code == "zh":
        return number_cell(say, whole_up(value / 1000) / 10, 1), text_cell(say("ten thousand yuan"))
    return number_cell(say, value), text_cell(say.label(about.resource))


#: Years that the brief looks back.
YEARS = 5


def years_grid(study: Study, lang: str = "zh") -> Grid:
    """How it came to this: schools that meet the rule and coefficients within limits, year by year.

    Nothing where one year alone is known.
    """
    say = speak(lang)
    years = [year for year in study.years if year <= study.year][-YEARS:]
    rows = []
    if len(years) > 1:
        schools, balance = study.all_schools, study.all_balance
        for stage in STAGES:
            name = say.label(STAGE_LABELS[stage])
            for title, table in (
                (say("{stage}: schools that meet the rule", stage=name), schools),
                (say("{stage}: CVs within the limit", stage=name), balance),
            ):
                part = table[table["stage"] == stage]
                part = part[part["status"] != "not_applicable"]
                if len(part):
                    rows.append((text_cell(title), *(_year(part, year, say) for year in years)))
    marks = [f"{year}" + ("" if year <= study.county.last_observed else "*") for year in years]
    return Grid(say("How it came to this"), (say("What is judged"), *marks), tuple(rows))


def _year(table, year: int, say: Language) -> Cell:
    """`5 / 26`: met, of those that are judged in the year."""
    part = table.loc[table["year"] == year, "status"]
    return Cell(_of(say, (part == "met").sum(), len(part)), True) if len(part) else text_cell(None)
