"""Every requirement of the standard and every target of the plan, judged: the rows of the evaluation.

Schools, coefficients of variation and the items of the other parts are brought together here, with
what is required, by how much it is met, at which schools not, and what the county set itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from ..base.schema.terms import STAGES
from ..policy.standards import PARTS, Rules
from .balance import COMPOSITE, Balance, cv_entry, cv_status
from .indicators import Ratios
from .requirements.facts import NAN, CountyData
from .requirements.items import measure
from .requirements.values import Measure
from .school_rule import SchoolRule
from .verdicts import (
    MET,
    NOT_ASSESSED,
    NOT_MET,
    VERDICTS,
    as_number,
    compare_rules,
    judge_entry,
    judge_values,
    requirement,
    source,
    three_valued,
    whole_statuses,
)


def evaluation_rows(
    data: CountyData,
    found: Ratios,
    names: np.ndarray,
    schools: SchoolRule,
    judged: Balance,
    plan: Mapping[int, Rules],
    wanted: Collection[str] | None = None,
    whole: Collection[int] | None = None,
) -> dict[int, list[dict]]:
    """Every requirement of the standard and every target of the plan, year by year.

    Parameters
    ----------
    data : CountyData
        The county with what recognition is judged by.
    found : Ratios
    names : ndarray of str
        Name of each school in `found`.
    schools : SchoolRule
    judged : Balance
        Of the same county, for these years at least.
    plan : mapping of int to Rules
        What the county set itself, for the same years; empty where it has no plan.
    wanted : collection of str, optional
        Only these items; the others are not worked out.
    whole : collection of int, optional
        Years whose rows are wanted with all columns; those of the others have `part`, `item` and
        `status`, which is quicker.

    Returns
    -------
    dict of int to list of dict
        The columns of `evaluation_table` that have a value, part by part.
    """
    order = {part: position for position, part in enumerate(PARTS)}
    whole = data.rules if whole is None else whole
    items = _county_items(data, plan, judged, wanted, whole)
    for year, rule in data.rules.items():
        own, position = plan.get(year), judged.years.index(year)
        of_year = _balance_rows(judged, position, rule)
        # a standard may set no thresholds for schools
        stages = range(len(STAGES)) if rule.asks_of_schools else ()
        if year in whole:
            rows = [
                _schools_item(found, names, schools, position, number, rule) for number in stages
            ]
            rows += [_cv_item(row, rule, own) for row in of_year]
            rows += _mean_targets(of_year, own) if own else []
        else:
            rows = [_schools_brief(found, schools, position, number) for number in stages]
            rows += [_brief("resource", _cv_name(row), row["status"]) for row in of_year]
            asked = _with_mean_target(of_year, own) if own else []
            rows += [_brief("resource", _mean_name(row), "not_applicable") for row in asked]
        if wanted is not None:
            rows = [row for row in rows if row["item"] in wanted]
        items[year] = sorted(rows + items[year], key=lambda row: order[row["part"]])
    return items


def _brief(part: str, item: str, status: str) -> dict:
    """A row of a year of which only the verdict is wanted."""
    return {"part": part, "item": item, "status": status}


def _schools_item(
    found: Ratios, names: np.ndarray, schools: SchoolRule, year: int, stage: int, rule: Rules
) -> dict:
    rows = np.flatnonzero((found.year == year) & (found.stage == stage))
    status = schools.status[rows]
    failing = rows[status == NOT_MET]
    known = len(rows) and not (status == NOT_ASSESSED).any()
    share = float((status == MET).mean()) if known else NAN
    thresholds = (f"{name}.{STAGES[stage]}" for name in rule.indicators)
    return {
        "part": "resource",
        "item": f"schools.{STAGES[stage]}",
        "value": share,
        "requirement": "= 1",
        "status": three_valued(VERDICTS[code] for code in set(status.tolist())),
        "source": source(rule, "school.indicators_met", "school.floor", *thresholds),
        "margin": share - 1,
        "detail": _listed(names[failing[:NAMED]], len(failing)),
        "origin": "computed",
        "target": "",
    }


def _schools_brief(found: Ratios, schools: SchoolRule, year: int, stage: int) -> dict:
    status = schools.status[(found.year == year) & (found.stage == stage)]
    verdict = three_valued(VERDICTS[code] for code in set(status.tolist()))
    return _brief("resource", f"schools.{STAGES[stage]}", verdict)


def _balance_rows(judged: Balance, year: int, rule: Rules) -> list[dict]:
    """The rows of a year of a county's balance, as far as they are judged again."""
    columns = ("missing", "mean", "cv", "limit", "status")
    values = [getattr(judged, name)[:, 0, year].T.tolist() for name in columns]
    schools = judged.schools[0, year].tolist()
    return [
        {"stage": stage, "indicator": indicator, "schools": schools[number]}
        | {name: each[number][position] for name, each in zip(columns, values, strict=True)}
        for number, stage in enumerate(STAGES)
        for position, indicator in enumerate((*rule.indicators, COMPOSITE))
    ]


def _cv_name(row: dict) -> str:
    composite = row["indicator"] == COMPOSITE
    return ("composite_cv." if composite else f"cv.{row['indicator']}.") + row["stage"]


def _mean_name(row: dict) -> str:
    return f"{row['indicator']}.{row['stage']}"


def _cv_item(row: dict, rule: Rules, own: Rules | None) -> dict:
    entry = cv_entry(rule, row["indicator"], row["stage"])
    status = None
    if own:
        rounded = own["option.decide_on"] == "rounded"
        limit = own.number(cv_entry(own, row["indicator"], row["stage"]))
        code = cv_status(row["cv"], row["missing"], row["schools"], limit, rounded)
        status = VERDICTS[code]
    return {
        "part": "resource",
        "item": _cv_name(row),
        "value": row["cv"],
        "requirement": requirement(rule, entry),
        "status": row["status"],
        "source": source(rule, entry),
        "margin": row["limit"] - row["cv"],
        "origin": "computed",
    } | _target(entry, rule, own, status)


def _with_mean_target(of_year: list[dict], own: Rules) -> list[dict]:
    """The indicators for which the plan has a target."""
    return [
        row
        for row in of_year
        if row["indicator"] != COMPOSITE
        and row["schools"] != 0
        and own[_mean_name(row)] is not None
        and own.standard.stated_in(_mean_name(row)) is not None
    ]


def _mean_targets(of_year: list[dict], own: Rules) -> list[dict]:
    """The plan's targets for the indicators, judged on the county mean."""
    rows = []
    for row in _with_mean_target(of_year, own):
        entry = _mean_name(row)
        value = NAN if row["missing"] else row["mean"]
        rows.append(
            {
                "part": "resource",
                "item": entry,
                "value": row["mean"],
                "requirement": "—",
                "status": "not_applicable",
                "source": "",
                "margin": NAN,
                "origin": "computed",
            }
            | _target(
                entry,
                own.standard.evaluation.on(own.date),
                own,
                judge_entry(value, own.rule(entry), own[entry]),
            )
        )
    return rows


def _county_items(
    data: CountyData,
    plan: Mapping[int, Rules],
    judged: Balance,
    wanted: Collection[str] | None,
    whole: Collection[int],
) -> dict[int, list[dict]]:
    """Government, quality, recognition, vetoes; and what only the plan asks for; year by year."""
    rules = data.rules
    # the plan may count in its own way (an option), so its targets get measures of their own
    own_data = CountyData(data.facts, plan, data.concessions)
    records: dict[int, list[dict]] = {year: [] for year in rules}
    for name in _entries(rules, ("resource", "option", "concession"), wanted):
        rows = _items(name, measure(name, data), rules, whole)
        stated = {
            year: own
            for year, own in plan.items()
            if year in whole and own[name] is not None and own.standard.stated_in(name) is not None
        }
        targets = _items(name, measure(name, own_data), plan, stated) if stated else {}
        for year, rule in rules.items():
            if name not in rule.standard.entries or rule[name] is None:
                continue
            if year not in whole:
                records[year].append(rows[year])
                continue
            status = targets[year]["status"] if year in stated else None
            records[year].append(rows[year] | _target(name, rule, plan.get(year), status))
    for name in _entries(plan, ("option", "concession"), wanted):
        rows = None
        for year, own in plan.items():
            rule = rules[year]
            if name in rule.standard.entries or name not in own.standard.entries:
                continue
            if own[name] is None:
                continue
            if year not in whole:
                records[year].append(_brief(own.entry(name).part, name, "not_applicable"))
                continue
            if rows is None:
                shrinks = name == "cv_shrinking"
                found, details = (
                    shrinking(judged, plan) if shrinks else (measure(name, own_data), {})
                )
                rows = _items(name, found, plan, whole)
                for each, text in details.items():
                    rows[each]["detail"] = text
            records[year].append(
                rows[year]
                | {"requirement": "—", "status": "not_applicable", "source": "", "margin": NAN}
                | _target(name, rule, own, rows[year]["status"])
            )
    return records


def _entries(
    rules: Mapping[int, Rules], left_out: tuple[str, ...], wanted: Collection[str] | None = None
) -> list[str]:
    """Entries (those that are wanted) that are in force in any year, except those of some parts."""
    names = dict.fromkeys(name for rule in rules.values() for name in rule.standard.entries)
    return [
        name
        for name in names
        if (wanted is None or name in wanted)
        and any(
            rule.get(name) is not None and rule.entry(name).part not in left_out
            for rule in rules.values()
        )
    ]


#: Pairs of successive years from which on a course can be told from an accident.
PAIRS_NEEDED = 2


def shrinking(judged: Balance, years: Iterable[int]) -> tuple[Measure, dict[int, str]]:
    """Whether every coefficient of variation became smaller from year to year, up to each year.

    Returns
    -------
    Measure
        `yes` or `no`; not known where fewer than `PAIRS_NEEDED` pairs of successive years can be
        compared, or a value is missing and no other grew.
    dict of int to str
        By year: ``grown/compared`` pairs of years.
    """
    counted = (judged.schools[0] > 0) & (judged.missing[:, 0] == 0)
    cv = np.where(counted, judged.cv[:, 0], np.nan)
    text, details = {}, {}
    years = list(years)
    for position, year in enumerate(years):
        grown = compared = 0
        complete = True
        for last in judged.years:
            if last > year or last - 1 not in judged.years:
                continue
            now, before = judged.years.index(last), judged.years.index(last - 1)
            step = cv[:, now] - cv[:, before]
            step = step[~np.isnan(step)]
            compared += bool(len(step))
            grown += bool((step > 0).any())
            complete &= len(step) == len(cv) * int((judged.schools[0, now] > 0).sum())
        details[year] = f"{grown}/{compared}"
        if compared >= PAIRS_NEEDED and (grown or complete):
            text[position] = "no" if grown else "yes"
    unit = np.full(len(years), "", dtype=object)
    found = Measure(np.arange(len(years)), unit, np.full(len(years), NAN), text=text)
    return found, details


def _items(
    name: str, found: Measure, rules: Mapping[int, Rules], whole_of: Collection[int]
) -> dict[int, dict]:
    """Judge what a requirement comes to at every unit, year by year; the worst unit is its value.

    Only the rows of some years, `whole_of`, have all columns.
    """
    by_position = list(rules.values())
    word = [rule.rule(name) for rule in by_position]
    required = [rule[name] for rule in by_position]
    number = np.array([as_number(each) for each in required])
    limit = number[found.year] if found.limit is None else found.limit
    margin, status = np.empty(len(limit)), np.empty(len(limit), dtype=np.int8)
    for each in set(word):
        rows = slice(None)
        if len(set(word)) > 1:
            rows = np.array([one == each for one in word])[found.year]
        margin[rows] = _margin(found.value[rows], each, limit[rows])
        status[rows] = judge_values(found.value[rows], each, limit[rows])
    for position, text in found.text.items():
        rows = found.year == position
        value = _value(text)
        status[rows] = VERDICTS.index(judge_entry(value, word[position], required[position]))
        if isinstance(value, str):
            margin[rows] = NAN
    count = len(by_position)
    failing, unknown = (
        np.bincount(found.year[status == code], minlength=count) for code in (NOT_MET, NOT_ASSESSED)
    )
    start = np.searchsorted(found.year, np.arange(count + 1))
    whole = whole_statuses(np.diff(start), failing, unknown).tolist()
    start, failing, unknown = start.tolist(), failing.tolist(), unknown.tolist()
    finite = np.isfinite(margin)
    ranked = np.where(finite, margin, np.inf)
    rows = {}
    for position, (year, rule) in enumerate(rules.items()):
        if year not in whole_of:
            rows[year] = _brief(rule.entry(name).part, name, VERDICTS[whole[position]])
            continue
        first, last = start[position], start[position + 1]
        value, worst = NAN, None
        if first < last:
            worst = first + int(np.argmin(ranked[first:last])) if last - first > 1 else first
            worst = worst if finite[worst] else None
        if worst is not None:
            value = float(found.value[worst])
        elif position in found.text:
            value = _value(found.text[position])
        reported = found.reported is not None and found.reported[position]
        rows[year] = {
            "part": rule.entry(name).part,
            "item": name,
            "value": value,
            "requirement": requirement(rule, name),
            "status": VERDICTS[whole[position]],
            "source": source(rule, name),
            "margin": float(margin[worst]) if worst is not None else NAN,
            "detail": _detail(found, status, ranked, first, last, rule.entry(name).unit is None)
            if failing[position] or unknown[position]
            else "",
            "origin": ("reported" if reported else "computed")
            if last - first > unknown[position]
            else "",
            "evidence": found.evidence.get(position, ""),
        }
    return rows


def _detail(
    found: Measure, status: np.ndarray, ranked: np.ndarray, first: int, last: int, share: bool
) -> str:
    """The units that fail, the furthest first, or else those that are not known."""
    for code in (NOT_MET, NOT_ASSESSED):
        rows = first + np.flatnonzero(status[first:last] == code)
        rows = rows[np.argsort(ranked[rows], kind="stable")]
        named = [row for row in rows.tolist() if found.unit[row]]
        if named and code == NOT_MET:
            shown = (_named(found.unit[row], found.value[row], share) for row in named[:NAMED])
            return _listed(shown, len(named))
        if named:
            return _listed((found.unit[row] for row in named[:NAMED]), len(named))
    return ""


#: Units that are named in `detail`; the rest is counted.
NAMED = 8


def _listed(names: Iterable[str], count: int) -> str:
    """The first names of a list of so many."""
    return "; ".join(map(str, names)) + (f" +{count - NAMED}" if count > NAMED else "")


def _named(unit: str, value: float, share: bool) -> str:
    if not np.isfinite(value):
        return str(unit)
    return f"{unit} ({value:.2%})" if share else f"{unit} ({round(value, 3):g})"


def _margin(value: np.ndarray, rule: str, limit: np.ndarray) -> np.ndarray:
    """How far numbers are on the right side of their limits; NaN for findings."""
    with np.errstate(invalid="ignore"):
        if rule in ("at_most", "below"):
            return limit - value
        if rule == "equals":
            return 0.0 - np.abs(value - limit)
        return value - limit


def _target(name: str, rule: Rules, own: Rules | None, status: str | None) -> dict:
    """The county's own target for an entry, beside the national rule."""
    if own is None:
        return {"target": ""}
    stated = own.standard.stated_in(name) if name in own.standard.entries else None
    if stated is None:
        return {"target": "", "target_compared": "not_stated"}
    if own[name] is None:
        return {"target": ""}
    return {
        "target": requirement(own, name),
        "target_status": status or "not_applicable",
        "target_compared": compare_rules(
            (own.rule(name), own[name]), (rule.rule(name), rule[name]) if name in rule else None
        ),
        "target_source": source(own, name),
    }


def _value(text: object) -> float | str:
    if text is None or (isinstance(text, float) and np.isnan(text)):
        return NAN
    return str(text) if text in ("yes", "no") else float(text)
