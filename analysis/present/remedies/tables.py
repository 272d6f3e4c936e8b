"""The cheapest way to pass as tables: school by school, what the money goes to, by year, what falls idle."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from ...base.language import DASH, speak
from ...remedy.outcome.in_words import OWN, raised, reason
from ...remedy.plan import Measure, unit_of
from ...remedy.problem.means import purchase_label
from ...remedy.result import Remedy
from ..tables.grid import Cell, Grid, number_cell
from ..terms import CONFIDENCE
from .calculation import Ahead, Bought
from .measures import done_at


def _by_school(measures: list[Measure]) -> dict[str, list[Measure]]:
    """Measures by school; the dearest school first, its dearest measure first."""
    found = defaultdict(list)
    for each in measures:
        found[each.school_id].append(each)
    cost = {code: sum(each.cny for each in lines) for code, lines in found.items()}
    return {
        code: sorted(found[code], key=lambda m: (-m.cny, m))
        for code in sorted(found, key=lambda c: (-cost[c], c))
    }


def schools_grid(answer: Remedy, lang: str) -> Grid:
    """One line per school: what is done, yuan, and what it is needed for."""
    say, names = speak(lang), answer.names
    rows = [
        (
            Cell(names[code]),
            Cell(done_at(lines, answer, names, lang)),
            number_cell(say, sum(each.cny for each in lines)),
            Cell(_why(lines, answer, lang)),
        )
        for code, lines in _by_school(answer.measures).items()
    ]
    header = (say("School"), say("What is done"), say("Cost (yuan)"), say("Needed for"))
    return Grid(say("The cheapest way, school by school"), header, tuple(rows), tight=True)


def asked_of_schools(answer: Remedy, lang: str) -> dict[str, str]:
    """What is done at each school, what it costs, and which teachers leave it; by school id."""
    say, names = speak(lang), answer.names
    found: dict[str, list[str]] = defaultdict(list)
    for code, lines in _by_school(answer.measures).items():
        cost = say.number(sum(each.cny for each in lines))
        found[code].append(
            say("{what} ({cny} yuan)", what=done_at(lines, answer, names, lang), cny=cost)
        )
    for each in answer.measures:
        if each.origin:
            amount = say.number(each.amount)
            text = say("{n} teachers leave for {school}", n=amount, school=names[each.school_id])
            found[each.origin].append(text)
    return {code: say("; ").join(texts) for code, texts in found.items()}


def _why(lines: list[Measure], answer: Remedy, lang: str) -> str:
    """Thresholds that the school would miss, teachers who leave, and the county's variation."""
    say, lacking, others = speak(lang), {}, {}
    for each in lines:
        why = reason(each, answer)
        if why != OWN:
            others[why] = None
            continue
        for k in raised(each, answer):
            if _lacks(each, k, answer):
                lacking[k] = None
    parts = []
    if lacking:
        listed = say.join(say.label(answer.instance.about(k).short) for k in sorted(lacking))
        parts.append(say("own threshold: {what}", what=listed))
    parts += [say(why) for why in others]
    return say("; ").join(parts)


def _lacks(measure: Measure, k: int, answer: Remedy) -> bool:
    instance = answer.instance
    return any(
        instance.have(n, k) < row.need[k]
        for n, row in enumerate(instance.rows)
        if instance.schools[row.school].school_id == measure.school_id
        and (not measure.stage or row.stage == measure.stage)
    )


def means_grid(answer: Remedy, lang: str) -> Grid:
    """What the money goes to: amounts, unit prices and what the prices rest on."""
    say, means = speak(lang), answer.means
    whole = float(answer.found.cost or 0)
    rows = []
    for (name, kind), lines in _by_means(answer):
        price = _price(means, name, kind)
        cny = sum(each.cny for each in lines)
        rows.append(
            (
                Cell(lines[0].label(means, lang)),
                number_cell(say, sum(each.amount for each in lines)),
                Cell(unit_of(lines[0].means, answer.means)[lang]),
                number_cell(say, price.cny, 0 if float(price.cny).is_integer() else 2),
                number_cell(say, cny),
                Cell(say.percent(cny / whole) if whole else DASH, True),
                Cell(_basis(price, lang)),
            )
        )
    header = (
        say("Means"),
        say("Amount"),
        say("Unit"),
        say("Price of one (yuan)"),
        say("Cost (yuan)"),
        say("Part of all"),
        say("What the price rests on"),
    )
    return Grid(say("What the money goes to, at which prices"), header, tuple(rows), tight=True)


class CostPart(NamedTuple):
    """What one kind of means comes to: yuan in all, the unit and the price of one; a yuan has none.

    What `is_equipment`, too, counts in the value of equipment, and may be bought for that alone.
    """

    what: str
    cny: float
    unit: str
    price: float | None
    is_equipment: bool


def cost_parts(answer: Remedy, lang: str) -> list[CostPart]:
    """What the least cost is made up of, dearest part first; what costs nothing is left out."""
    found = []
    for (name, kind), lines in _by_means(answer):
        unit, cny = unit_of(name, answer.means), float(sum(each.cny for each in lines))
        price = None if unit["en"] == "yuan" else float(_price(answer.means, name, kind).cny)
        bought = answer.means.purchase.get(name)
        also = bought is not None and bought.adds_equipment_cny > 0
        if cny > 0:
            what = lines[0].label(answer.means, lang)
            found.append(CostPart(what, cny, unit[lang], price, also))
    return found


def _by_means(answer: Remedy) -> list[tuple[tuple[str, str], list[Measure]]]:
    """The measures of each means and kind, dearest first."""
    found: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    for each in answer.measures:
        # whoever is transferred costs the same, whatever they are
        found[each.means, "" if each.means == "transfer" else each.kind].append(each)
    return sorted(found.items(), key=lambda p: (-sum(m.cny for m in p[1]), p[0]))


def bought_grid(found: Bought, lang: str) -> Grid:
    """Money against schools: what is enough for so many, and what is proved not to be."""
    say, whole = speak(lang), float(found.steps["cny"].iloc[-1])
    now = int(found.steps["schools"].iloc[0])
    rows = [(number_cell(say, now), number_cell(say, 0), number_cell(say, 0), Cell(DASH, True))]
    for row in found.schools.to_dict("records"):
        rows.append(
            (
                number_cell(say, row["schools"]),
                number_cell(say, row["cost_cny"]),
                number_cell(say, row["bound_cny"]),
                Cell(say.percent(row["cost_cny"] / whole), True),
            )
        )
    header = (
        say("Schools that pass"),
        say("Enough for it (yuan)"),
        say("Proved: not less than (yuan)"),
        say("Part of all the money"),
    )
    return Grid(say("What the money reaches, step by step"), header, tuple(rows), tight=True)


def _price(means, name: str, kind: str):
    if name in means.purchase:
        return means.purchase[name]
    if name == "hire":
        return next(hire for hire in means.hire if hire.name == kind)
    return means.upgrade[kind] if name == "upgrade" else means.transfer


def _basis(price, lang: str) -> str:
    """Source, year and confidence of a price."""
    say = speak(lang)
    source = getattr(price.source, lang, price.source) or say("no source given")
    details = [str(price.year)] if price.year else []
    if price.confidence:
        details.append(say("confidence: {degree}", degree=say(CONFIDENCE[price.confidence])))
    return (
        f"{source} ({'; '.join(details)})"
        if lang == "en" and details
        else (f"{source}（{'，'.join(details)}）" if details else source)
    )


def years_grid(found: Ahead, lang: str) -> Grid:
    """What it costs to pass in each of some years."""
    say = speak(lang)
    rows = []
    for row in found.years.to_dict("records"):
        year = str(int(row["year"]))
        if row["cost_cny"] != row["cost_cny"]:
            rows.append((Cell(year), Cell(say("no way found")), Cell(DASH)))
            continue
        rows.append((Cell(year), number_cell(say, row["cost_cny"]), number_cell(say, row["bound_cny"])))  # fmt: skip
    header = (say("To pass in"), say("Cost (yuan)"), say("Proved: not less than (yuan)"))
    return Grid(say("What passing costs in each year of the scenario"), header, tuple(rows))


def calendar_grid(found: Ahead, lang: str) -> Grid:
    """By year: money, measures, schools that are then finished."""
    say, names = speak(lang), found.answer.names
    last: dict[str, int] = {}
    for year, each in found.calendar.lines:
        last[each.school_id] = max(last.get(each.school_id, 0), year)
    rows = []
    for year in sorted({year for year, _ in found.calendar.lines}):
        here = [each for at, each in found.calendar.lines if at == year]
        finished = [names[code] for code in sorted(last) if last[code] == year]
        rows.append(
            (
                Cell(str(year)),
                number_cell(say, sum(each.cny for each in here)),
                number_cell(say, len({each.school_id for each in here})),
                Cell(say.join(finished) or DASH),
            )
        )
    header = (
        say("Year"),
        say("Money (yuan)"),
        say("Schools with measures"),
        say("Finished by then"),
    )
    return Grid(
        say("The measures by year, at equal yearly budgets"), header, tuple(rows), tight=True
    )


def due_grid(found: Ahead, lang: str) -> Grid:
    """What is due in the first year, school by school."""
    say, names, answer = speak(lang), found.answer.names, found.answer
    first = found.soon.study.year
    here = [each for year, each in found.calendar.lines if year == first]
    rows = [
        (
            Cell(names[code]),
            Cell(done_at(lines, answer, names, lang)),
            number_cell(say, sum(each.cny for each in lines)),
        )
        for code, lines in _by_school(here).items()
    ]
    header = (say("School"), say("What is done"), say("Cost (yuan)"))
    return Grid(say("Due in {year}", year=first), header, tuple(rows), tight=True)


def idle_grid(found: Ahead, lang: str) -> Grid:
    """What is bought to pass soon and needed by nobody in the last projected year."""
    say, names = speak(lang), found.soon.names
    rows = [
        (
            Cell(names[each.school_id]),
            Cell(
                purchase_label(each.means, found.soon.means)[lang].split(
                    "（" if lang == "zh" else " ("
                )[0]
            ),
            number_cell(say, each.amount),
            Cell(unit_of(each.means, found.soon.means)[lang]),
            number_cell(say, each.cny),
            number_cell(say, each.rent_cny),
        )
        for each in sorted(found.idle, key=lambda e: (-e.cny, e.school_id, e.means))
    ]
    header = (
        say("School"),
        say("Means"),
        say("Not needed any more"),
        say("Unit"),
        say("Bought for (yuan)"),
        say("Rent until then (yuan)"),
    )
    caption = say(
        "Bought to pass in {year}, not needed in {until}",
        year=found.soon.study.year,
        until=found.until,
    )
    return Grid(caption, header, tuple(rows), tight=True)
