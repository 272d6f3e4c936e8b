"""Where a county is heading: course over the years, pace still needed, and whether it will do.

The rule for the verdict on a course is written here once. A straight line is fitted by least squares
to the observed years (at least three); the range of its slope is the 80 % interval of Student's t.
From the last observed value each slope leads to a year in which the goal is reached:

- `reached`: the goal is met already;
- `on_course`: even the slow end of the range arrives by the target year;
- `at_risk`: the slow end does not, the fast end does;
- `off_course`: not even the fast end arrives;
- `not_assessed`: fewer than three years, no value in the last one, or the line may not be followed.

A line may not be followed to a goal that lies at or beyond the end of the quantity's range (100 %, 0, all
teachers there are: `analysis.measure.trajectories.bounds`): what nears its end slows down, so the line comes too early.
Nor where only the pupils became fewer, nor from a projected year. Then no year is named. `off_course` stays:
what not even the line reaches in time is not reached in time.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd

from ...base.rows import rows_by
from ...base.schema.terms import STAGES
from ..balance import COMPOSITE
from ..evaluate import PAIRS_NEEDED
from ..indicators import HAIR, whole_up
from ..study import Study
from ..verdicts import judge_entry
from .bounds import amounts, bounds, only_pupils

CONFIDENCE = 0.8
"""Probability of the range given for a trend."""

FEWEST_YEARS = 3

COURSES = ("reached", "on_course", "at_risk", "off_course", "not_assessed")

LIMITS = ("", "years", "end", "teachers", "pupils", "projected")
"""Why no year is read off a line: too few years; the goal is at the end of the range, or needs more
teachers of a kind than there are teachers; only the pupils changed; the year judged is projected."""


@functools.lru_cache(maxsize=4)
def trajectory_table(study: Study) -> pd.DataFrame:
    """Every quantity in every year, with the rule and the own target in force.

    Returns
    -------
    DataFrame
        ``county, year, subject, stage, name, value, low, high, requirement, requirement_value,
        target, target_value, schools, missing``. `subject` is `mean` (county mean of an indicator;
        `low` and `high` are the 10th and 90th percentile of the schools), `cv`, `passing` (share of
        schools that meet the school rule) or `item` (an entry of the standard with a number).
        `requirement` and `target` are texts such as ``≥ 4.2``, empty where nothing is in force.
    """
    rows = []
    by_school = study.all_indicators.groupby(["year", "stage", "indicator"])["value"]
    ends = by_school.quantile([0.1, 0.9]).to_dict() if len(study.all_indicators) else {}
    for row in study.all_balance.to_dict("records"):
        if row["schools"] == 0:
            continue
        key = (row["year"], row["stage"], row["indicator"])
        composite = row["indicator"] == COMPOSITE
        base = {name: row[name] for name in ("county", "year", "stage", "schools", "missing")}
        base["name"] = row["indicator"]
        if not composite:
            low, high = (ends.get((*key, at), np.nan) for at in (0.1, 0.9))
            entry = f"{row['indicator']}.{row['stage']}"
            rows.append(
                base | {"subject": "mean", "value": row["mean"], "low": low, "high": high}
                | _in_force(study, row["year"], entry)
            )  # fmt: skip
        entry = ("composite_cv." if composite else "cv.") + row["stage"]
        rows.append(
            base | {"subject": "cv", "value": row["cv"]} | _in_force(study, row["year"], entry)
        )
    for (year, stage), part in study.all_schools.groupby(["year", "stage"]):
        rows.append(
            {
                **{"county": study.county.code, "year": year, "stage": stage, "subject": "passing"},
                **{"name": "schools", "schools": len(part), "requirement": "≥ 1"},
                "value": (part["status"] == "met").mean(),
                "missing": int((part["status"] == "not_assessed").sum()),
                "requirement_value": 1.0,
            }
        )
    items = study.all_evaluation[study.all_evaluation["part"] != "resource"]
    for row in items.to_dict("records"):
        if row["finding"]:
            continue
        rows.append(
            {
                **{"county": row["county"], "year": row["year"], "stage": "", "subject": "item"},
                **{"name": row["item"], "value": row["value"], "missing": 0},
            }
            | _in_force(study, row["year"], row["item"])
        )
    columns = ["county", "year", "subject", "stage", "name", "value", "low", "high"]
    columns += ["requirement", "requirement_value", "target", "target_value", "schools", "missing"]
    table = pd.DataFrame(rows).reindex(columns=columns)
    texts = table[["requirement", "target"]].astype(object)
    table[["requirement", "target"]] = texts.where(texts.notna(), "")
    return table


def _in_force(study: Study, year: int, entry: str) -> dict:
    """Rule and own target for an entry in a year."""
    from ..verdicts import requirement

    found = {}
    for prefix, rules in (("requirement", study.years.get(year)), ("target", study.plan.get(year))):
        if rules is None or entry not in rules or rules[entry] is None:
            continue
        own = prefix == "target"
        if own and (rules.standard.stated_in(entry) is None or year < rules.standard.first_year):
            continue
        found[prefix] = requirement(rules, entry)
        value = rules[entry]
        found[f"{prefix}_value"] = np.nan if isinstance(value, str) else float(value)
    return found


@functools.lru_cache(maxsize=4)
def pace_table(study: Study) -> pd.DataFrame:
    """For every quantity with a goal: the pace needed, the pace so far, and the verdict.

    The goal is what holds in the county's target year: the own target if it is stricter than the
    rule, else the rule. Without a target year the verdict is `not_assessed`.

    Returns
    -------
    DataFrame
        ``subject, stage, name, value, goal, goal_value, target_year, needed`` (change per year still
        needed), ``pace, slow, fast`` (change per year: fitted line and its range, positive towards
        the goal), ``reached, reached_early, reached_late`` (years; NaN: never at that pace, or none is
        named), `limit` (one of `LIMITS`: why none is named) and `course` (one of `COURSES`).
    """
    table = trajectory_table(study)
    target_year = study.county.record.target_year
    has = amounts(study).to_dict()
    rows = []
    all_years = table["year"].to_numpy()
    # what leaves schools out is not comparable from year to year
    all_values = table["value"].where(table["missing"] == 0).to_numpy(dtype=float)
    for (subject, stage, name), found in rows_by(table, "subject", "stage", "name").items():
        entry = _entry(subject, stage, name)
        goal = _goal(study, subject, stage, name, target_year)
        if goal is None:
            continue
        found = found[all_years[found] <= study.year]
        found = found[np.argsort(all_years[found])]
        years, amount = all_years[found], None
        if subject == "mean":
            each = (has.get((stage, name, year), np.nan) for year in years.tolist())
            amount = np.fromiter(each, float, len(years))
        rows.append(
            {"subject": subject, "stage": stage, "name": name}
            | course(
                years,
                all_values[found],
                goal,
                _due(study, entry, goal[1], target_year),
                study.year,
                ends=bounds(study, subject, stage, name),
                amount=amount,
                last_observed=study.county.last_observed,
            )
        )
    columns = ["subject", "stage", "name", "value", "goal", "goal_value", "target_year", "needed"]
    columns += [
        "pace",
        "slow",
        "fast",
        "reached",
        "reached_early",
        "reached_late",
        "limit",
        "course",
    ]
    return pd.DataFrame(rows, columns=columns)


def _goal(
    study: Study, subject: str, stage: str, name: str, target_year: int | None
) -> tuple[str, float] | None:
    """Rule word and value to be reached: the stricter of rule and target in the target year."""
    if subject == "passing":
        return "at_least", 1.0
    entry = _entry(subject, stage, name)
    year = target_year or study.year
    standard = study.county.standard
    rules = [standard.evaluation.for_year(year)]
    if standard.plan and standard.stated_in(entry) is not None:
        rules.append(standard.plan.for_year(year))
    goals = [
        (rule.rule(entry), float(rule[entry]))
        for rule in rules
        if entry in rule and isinstance(rule[entry], float)
    ]
    if not goals:
        return None
    smaller = goals[0][0] in ("at_most", "below")
    return (min if smaller else max)(goals, key=lambda goal: goal[1])


def _entry(subject: str, stage: str, name: str) -> str:
    """Id of the standard's entry that a series is measured by."""
    return {
        "mean": f"{name}.{stage}",
        "cv": ("composite_cv." if name == COMPOSITE else "cv.") + stage,
        "item": name,
        "passing": "",
    }[subject]


def _due(study: Study, entry: str, value: float, target_year: int | None) -> int | None:
    """The year for which the plan itself dates a goal, else the county's target year."""
    plan = study.county.standard.plan
    own = plan.profile.entries.get(entry) if plan else None
    for date in sorted(own.values) if own else ():
        if own.on(date) == value and int(date[:4]) > study.year:
            return int(date[:4])
    return target_year


def course(
    years: np.ndarray,
    values: np.ndarray,
    goal: tuple[str, float],
    target_year: int | None,
    now: int,
    *,
    ends: tuple[float, float] = (-math.inf, math.inf),
    amount: np.ndarray | None = None,
    last_observed: int | None = None,
) -> dict:
    """Judge one series (see the module's rule).

    Parameters
    ----------
    years, values : ndarray, shape (n,)
        Years and values; NaN where not reported.
    goal : tuple of str and float
        Rule word and value.
    target_year : int or None
    now : int
        The year judged.
    ends : tuple of float
        The least and the most that the value can be.
    amount : ndarray, shape (n,), optional
        Of a ratio to pupils: what is divided by them.
    last_observed : int, optional
        Later years are projected: no line goes through them or starts from one.

    Returns
    -------
    dict
        As a row of `pace_table`.
    """
    word, goal_value = goal
    sign = -1.0 if word in ("at_most", "below") else 1.0
    known = np.isfinite(values)
    last = float(values[-1]) if known.any() and known[-1] and years[-1] == now else math.nan
    row = {
        "value": last,
        "goal": word,
        "goal_value": goal_value,
        "target_year": target_year,
        **dict.fromkeys(("needed", "pace", "slow", "fast"), math.nan),
        **dict.fromkeys(("reached", "reached_early", "reached_late"), math.nan),
        "limit": "",
        "course": "not_assessed",
    }
    if not math.isfinite(last):
        return row
    distance = sign * (goal_value - last)
    if target_year is not None and target_year > now:
        row["needed"] = max(distance, 0.0) / (target_year - now)
    if judge_entry(last, word, goal_value) == "met":
        return row | {"course": "reached", "reached": now}
    known &= years <= (now if last_observed is None else last_observed)
    years, values = years[known].astype(float), values[known]
    if len(values) < FEWEST_YEARS:
        return row | {"limit": "years"}
    if target_year is None:
        return row
    pace, slow, fast = trend(years, sign * values)
    row |= {"pace": pace, "slow": slow, "fast": fast}
    if last_observed is not None and now > last_observed:
        return row | {"limit": "projected"}
    reached, late, early = (_arrival(now, distance, each) for each in (pace, slow, fast))
    off = early > target_year
    limit = _limit(sign, goal_value, ends, years, amount if amount is None else amount[known], pace)
    if limit:
        return row | {"limit": limit, "course": "off_course" if off else "not_assessed"}
    verdict = "off_course" if off else "on_course" if late <= target_year else "at_risk"
    return row | {
        **{"course": verdict, "reached": _finite(reached), "reached_late": _finite(late)},
        "reached_early": _finite(early),
    }


def _limit(
    sign: float,
    goal: float,
    ends: tuple[float, float],
    years: np.ndarray,
    amount: np.ndarray | None,
    pace: float,
) -> str:
    """Why a line may not be followed to its goal (one of `LIMITS`); empty if it may."""
    end = ends[1] if sign > 0 else ends[0]
    if math.isfinite(end) and sign * (goal - end) >= -HAIR * max(abs(end), 1.0):
        return "end" if amount is None else "teachers"
    rises = amount is not None and sign > 0 and pace > 0 and np.isfinite(amount).all()
    return "pupils" if rises and only_pupils(years, amount) else ""


def trend(years: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    """Slope of a least-squares line and the range it is in with probability `CONFIDENCE`.

    Returns
    -------
    tuple of float
        Slope, lower and upper end. With exactly straight data the range has no width.
    """
    # `scipy.stats`, which has this ready, takes as long to import as a small report to make
    from scipy.special import stdtrit

    spread, joint, _, own = np.cov(years, values, bias=True).flat
    slope, left, error = joint / spread, len(years) - 2, 0.0
    if left and own:
        r = np.clip(joint / np.sqrt(spread * own), -1.0, 1.0)
        error = np.sqrt((1 - r**2) * own / spread / left)
    width = stdtrit(left, 0.5 + CONFIDENCE / 2) * error
    return float(slope), float(slope - width), float(slope + width)


def _arrival(now: int, distance: float, pace: float) -> float:
    """Year in which a distance is covered at a pace; infinite if never."""
    return now + int(whole_up(distance / pace)) if pace > 0 else math.inf


def _finite(year: float) -> float:
    return year if math.isfinite(year) else math.nan


def shrinking_table(study: Study) -> pd.DataFrame:
    """Whether each coefficient of variation became smaller every year (a duty of some plans).

    Returns
    -------
    DataFrame
        ``stage, indicator, steps`` (pairs of successive years with values), ``grew`` (steps in which
        it grew), `years` (the years in which it had grown) and `status`: not assessed with a single
        pair of years, from which no course can be told.
    """
    rows = []
    table = study.all_balance
    table = table[(table["schools"] > 0) & (table["year"] <= study.year)].sort_values("year")
    years = table["year"].to_numpy()
    complete = table["cv"].where(table["missing"] == 0).to_numpy(dtype=float)
    standing = rows_by(table, "stage", "indicator")
    for stage in STAGES:
        for name in (*study.rules.indicators, COMPOSITE):
            found = standing.get((stage, name))
            if found is None:
                continue
            step = np.diff(complete[found])[np.diff(years[found]) == 1]
            known = step[np.isfinite(step)]
            grew = years[found][1:][np.diff(years[found]) == 1][step > 0]
            enough = len(known) >= PAIRS_NEEDED
            status = "not_assessed" if not enough else ("not_met" if len(grew) else "met")
            if status == "met" and len(known) < len(step):
                status = "not_assessed"
            rows.append(
                {
                    **{"stage": stage, "indicator": name, "steps": len(known)},
                    **{"grew": len(grew), "years": tuple(int(y) for y in grew), "status": status},
                }
            )
    columns = ["stage", "indicator", "steps", "grew", "years", "status"]
    return pd.DataFrame(rows, columns=columns)
