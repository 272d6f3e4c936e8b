"""Several courses of one county side by side: pupils, places, teachers, verdicts, small schools.

Everything is read from studies of projected counties (`analyze(county, scenario=…)`); nothing here
decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..base.schema.systems import stages_of_rows
from ..base.schema.terms import STAGES
from ..measure.indicators import at_most, whole_up
from ..measure.study import Study
from ..measure.verdicts import VERDICTS, three_valued
from ..policy.standards import PARTS
from .odds.draws import Forecast


def by_year(study: Study) -> dict[str, np.ndarray]:
    """What every year comes to, by stage, summed from the study's arrays.

    Returns
    -------
    dict of str to ndarray, shape (years, stages)
        `students` (special-education schools left out), `classes`, `class_size`, `teachers` (full-time)
        and `pupils_per_teacher` (of the schools that report them), `largest_class`,
        `class_limit`, `schools` (judged), `passing` (of them), `undecided` (of them), the teachers
        missing by indicator, those needed by its threshold (``…_needed``), and the missing of the kind
        most lacking (`teachers_missing`), `cv_max`, `cv_max_indicator` and
        `cv_limit` (the coefficient of variation nearest to or farthest above its limit), `cv_over`
        (how many are above; like `passing` and the teachers missing NaN where nothing of it is known of any
        school), `classes_missing` and `seats_missing` (projected years; see
        `analysis.future.project.Outlook`; NaN in observed ones).
    """
    years = list(study.years)
    tables, entered, judged = study.county.tables, study.entered, study.ratios
    shape = (len(years), len(STAGES))

    def total(values, year, stage) -> np.ndarray:
        place, size = year * len(STAGES) + stage, shape[0] * shape[1]
        return np.bincount(place, np.nan_to_num(values), size).reshape(shape)

    special = (tables["schools"]["type"] == "special_education").to_numpy()
    ordinary = ~special[entered.school]
    at = (entered.year[ordinary], entered.stage[ordinary])
    reported = np.stack(
        [tables["school_years"][f"classes_{s}"].to_numpy(dtype=float) for s in STAGES]
    )
    staff = np.stack(
        [tables["school_years"][f"teachers_{s}"].to_numpy(dtype=float) for s in STAGES]
    )
    row, students = entered.row[ordinary], entered.students[ordinary]
    classes, teachers = (
        np.where(row >= 0, values[at[1], row], np.nan) for values in (reported, staff)
    )
    found = {"students": pupils_by_year(study), "classes": total(classes, *at)}
    found["teachers"] = total(teachers, *at)
    taught = total(np.where(np.isnan(teachers), np.nan, students), *at)
    with np.errstate(divide="ignore", invalid="ignore"):
        found["class_size"] = found["students"] / found["classes"]
        found["pupils_per_teacher"] = np.where(taught > 0, taught / found["teachers"], np.nan)
    # none of the teachers is known, or there are none
    found["pupils_per_teacher"][np.isinf(found["pupils_per_teacher"])] = np.nan
    found["largest_class"] = _largest_class(study, years)
    found["class_limit"] = np.array([in_force(study, f"G5.{stage}") for stage in STAGES]).T
    at = (judged.year, judged.stage)
    found["schools"] = total(np.ones(len(judged.year)), *at)

    def known(values, among) -> np.ndarray:
        """Sums; NaN where there are schools, and nothing is known of any of them."""
        return np.where((found["schools"] > 0) & (total(among, *at) == 0), np.nan, values)

    status = study.school_rule.status
    found["undecided"] = total(status == VERDICTS.index("not_assessed"), *at)
    found["passing"] = known(
        total(status == VERDICTS.index("met"), *at), status != VERDICTS.index("not_assessed")
    )
    about = study.rules.indicators
    for position, name in enumerate(about):
        if name in about.staff:
            lacking = total(judged.shortfall[position], *at)
            found[name] = known(lacking, np.isfinite(judged.value[position]))
            need = judged.threshold[position] * judged.students / about[name].per
            found[f"{name}_needed"] = total(np.abs(whole_up(need)), *at)
    found["teachers_missing"] = np.fmax.reduce([found[name] for name in about.staff])

    # without the composite, which stands behind them
    cv, limit = (each[: len(about), 0] for each in (study.variation.cv, study.variation.limit))
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.nan_to_num(cv / limit, nan=-1.0)
    worst = margin.argmax(axis=0)
    none = np.max(margin, axis=0) < 0
    found["cv_max"], found["cv_limit"] = (
        np.where(none, np.nan, np.take_along_axis(of, worst[None], 0)[0]) for of in (cv, limit)
    )
    found["cv_max_indicator"] = np.where(none, None, np.array(about.names)[worst])
    over = (~at_most(cv, limit) & (margin >= 0)).sum(axis=0)
    found["cv_over"] = np.where(none & (found["schools"] > 0), np.nan, over)
    for name in ("classes_missing", "seats_missing"):
        found[name] = np.full(shape, np.nan)
        if study.outlook is not None:
            capacity = study.outlook.capacity
            stage = pd.Categorical(capacity["stage"], STAGES).codes.astype(int)
            missing = total(
                capacity[name].to_numpy(), np.searchsorted(years, capacity["year"]), stage
            )
            known = np.array(years) > study.county.last_observed
            # a part of a place is a place
            found[name][known] = np.abs(whole_up(missing))[known]
    return found


def pupils_by_year(study: Study) -> np.ndarray:
    """Pupils by year and stage, shape (years, stages); special-education schools left out."""
    entered, shape = study.entered, (len(study.years), len(STAGES))
    rows = ~study.facts.schools.among("type", "special_education")[entered.school]
    place = (entered.year * len(STAGES) + entered.stage)[rows]
    students = np.nan_to_num(entered.students[rows])
    return np.bincount(place, students, shape[0] * shape[1]).reshape(shape)


def _largest_class(study: Study, years: list[int]) -> np.ndarray:
    tables = study.county.tables
    table, roster = tables["enrolment"], tables["schools"]
    special = roster.loc[roster["type"] == "special_education", "school_id"]
    stages = stages_of_rows(table, roster)
    wanted = ~table["school_id"].isin(special).to_numpy()
    largest = np.full((len(years), len(STAGES)), np.nan)
    year = np.searchsorted(years, table["year"].to_numpy())
    size = table["largest_class"].to_numpy(dtype=float)
    for number, stage in enumerate(STAGES):
        here = wanted & stages.eq(stage).to_numpy(dtype=bool)
        np.fmax.at(largest, (year[here], number), size[here])
    return largest


def in_force(study: Study, entry: str) -> list[float]:
    """The number that an entry of the standard asks for in every year; NaN where there is none."""
    return [rules.number(entry) if entry in rules else np.nan for rules in study.years.values()]


def yearly(study: Study) -> pd.DataFrame:
    """What every year comes to, by stage, as a table.

    Returns
    -------
    DataFrame
        ``year, basis, stage`` and the columns of `by_year`; stages that nobody attends are left out.
    """
    found, years = by_year(study), list(study.years)
    taught = [number for number in range(len(STAGES)) if (found["students"][:, number] > 0).any()]
    return pd.DataFrame(
        {
            "year": np.repeat(years, len(taught)),
            "basis": np.repeat([study.county.basis(year) for year in years], len(taught)),
            "stage": np.tile([STAGES[number] for number in taught], len(years)),
            **{name: values[:, taught].ravel() for name, values in found.items()},
        }
    )


def verdicts(study: Study) -> pd.DataFrame:
    """The verdict of every year: by part of the standard, and as a whole.

    Returns
    -------
    DataFrame
        ``year, basis``, one column per part, and `recognised` (`met`, `not_met`, `not_assessed`).
    """
    rows = []
    for year, items in study.statuses.items():
        parts: dict[str, set] = {part: set() for part in PARTS}
        for item, status in items.items():
            parts[_part(study, year, item)].add(status)
        rows.append(
            {"year": year, "basis": study.county.basis(year)}
            | {part: three_valued(statuses) for part, statuses in parts.items()}
            | {"recognised": three_valued(set().union(*parts.values()))}
        )
    return pd.DataFrame(rows)


def _part(study: Study, year: int, item: str) -> str:
    """The part of the standard that an item of the evaluation belongs to."""
    for rules in (study.years[year], study.plan.get(year)):
        if rules is not None and item in rules.standard.entries:
            return rules.entry(item).part
    return "resource"  # schools.<stage>, cv.<indicator>.<stage>


def costs(study: Study) -> pd.DataFrame:
    """What is done in a projection and what it costs, where a cost is given.

    Returns
    -------
    DataFrame
        ``year, cost_cny`` and `note` (a `analysis.future.notes.Note`).
    """
    notes = [note for note in study.outlook.notes if note.kind == "applied"]
    return pd.DataFrame(
        [(note.year, note.cost_cny, note) for note in notes], columns=["year", "cost_cny", "note"]
    )


def side_by_side(
    studies: Mapping[str, Study],
    drawn: Mapping[str, Forecast] = MappingProxyType({}),
    tables: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> pd.DataFrame:
    """The main figures of several scenarios, one row each.

    Parameters
    ----------
    studies : mapping of str to Study
    drawn : mapping of str to Forecast
        Draws of the scenarios; without them nothing is called met in a year.
    tables : mapping of str to DataFrame
        What `yearly` says of the scenarios, where that is there already.

    Returns
    -------
    DataFrame
        Indexed by scenario: per stage ``students_<stage>`` (last year), ``peak_<stage>`` (highest
        number) and ``peak_year_<stage>`` from the last observed year on, ``pupils_per_teacher_<stage>``
        (last year), ``seats_missing_<stage>``
        and ``classes_missing_<stage>`` (most in any projected year), ``teachers_missing`` (of the kind
        most lacking, last year, both stages), `passing` and `schools` (last year), `cv_over` (last
        year), `first_met` (first projected year in which everything is met in at least half of the
        draws; NaN: none, or nothing drawn), `first_met_share` (that share, or else the largest of
        any year, that of `first_met_best`) and `resource_met…` (… the resource part), `until`,
        `cost_cny` (of what has a cost).
    """
    rows = {}
    for name, study in studies.items():
        table = tables[name] if name in tables else yearly(study)
        last = study.county.last_observed
        ahead = table[table["year"] >= last]
        final = ahead[ahead["year"] == ahead["year"].max()]
        row: dict = {"until": int(ahead["year"].max())}
        for stage in STAGES:
            part = ahead[ahead["stage"] == stage].set_index("year")
            if part.empty:
                continue
            row[f"students_{stage}"] = part["students"].iloc[-1]
            row[f"peak_{stage}"] = part["students"].max()
            row[f"peak_year_{stage}"] = int(part["students"].idxmax())
            row[f"pupils_per_teacher_{stage}"] = part["pupils_per_teacher"].iloc[-1]
            row[f"seats_missing_{stage}"] = part["seats_missing"].max()
            row[f"classes_missing_{stage}"] = part["classes_missing"].max()
        row["teachers_missing"] = final[list(study.rules.indicators.staff)].sum(min_count=1).max()
        row |= {key: final[key].sum(min_count=1) for key in ("passing", "schools", "cv_over")}
        for key, what in (("first_met", "met"), ("resource_met", "resource")):
            row |= dict.fromkeys((key, f"{key}_share", f"{key}_best"), np.nan)
            if name in drawn:
                first = drawn[name].first_even_of(what)
                named = first or drawn[name].best_of(what)
                row[key] = first.year if first else np.nan
                row |= {f"{key}_share": getattr(named, what), f"{key}_best": named.year}
        row["cost_cny"] = costs(study)["cost_cny"].sum() if study.outlook else 0.0
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")
