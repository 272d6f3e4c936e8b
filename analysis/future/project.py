"""A county and a scenario -> the same county with projected years.

What comes out are the tables of `analysis.data.load`, so that everything after them neither knows nor cares
which years have been observed.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..base.schema.county_items import NET_MIGRATION
from ..base.schema.terms import STAGES
from ..data.county import County
from ..measure.indicators import HAIR
from .assumptions.scenario import BASELINE, Scenario
from .notes import Note
from .projection.model import Model


@dataclass(frozen=True)
class Outlook:
    """A county with projected years, and how they came about.

    Attributes
    ----------
    county : County
        Observed and projected years; `observed_until` says where they part.
    scenario : Scenario
        As composed.
    flows : DataFrame
        Who changed school by a move: ``year, kind, name, origin, target, stage, students``
        (school ids; empty for the county's border).
    capacity : DataFrame
        ``year, school_id, stage, students, classes, classrooms, seats, classes_missing,
        seats_missing``. Classrooms are the most classes that the stage ever had at the school, and
        what the scenario adds; seats are classrooms times the class size allowed.
    births : Series
        By calendar year, known and assumed.
    notes : tuple of Note
    students : ndarray, shape (years, schools, 9)
        Pupils by grade from the last observed year on, in the order of the roster.
    """

    county: County
    scenario: Scenario
    flows: pd.DataFrame = field(repr=False)
    capacity: pd.DataFrame = field(repr=False)
    births: pd.Series = field(repr=False)
    notes: tuple[Note, ...] = field(repr=False)
    students: np.ndarray = field(repr=False)

    @property
    def last(self) -> int:
        """Last observed year."""
        return self.county.last_observed

    @property
    def until(self) -> int:
        return self.county.years[-1]


def project(
    county: County,
    scenario: str | Scenario = BASELINE,
    until: int | None = None,
) -> Outlook:
    """Project a county by a scenario.

    Parameters
    ----------
    county : County
        Observed years only.
    scenario : str or Scenario
        Id, ids joined by ``+``, or a scenario (`analysis.future.assumptions.scenario.load_scenario`).
    until : int, optional
        Last projected year; that of the scenario, or the county's target year, but at least eight
        years after the last observed one.

    Returns
    -------
    Outlook

    Raises
    ------
    InputError
        Unknown schools, moves that cannot be (a stage that the target does not teach, a closure of
        everything), a year that is not in the future; all at once.
    """
    return _outlook(Model(county, scenario, until).run())


def _outlook(model: Model) -> Outlook:
    """The county with its projected years."""
    source = model.source
    tables = {
        "schools": _schools_table(model),
        "school_years": _school_years_table(model),
        "enrolment": _enrolment_table(model),
        "rooms": _rooms_table(model),
        "county_years": _county_years_table(model),
    }
    text = source.fingerprint + model.scenario.model_dump_json() + str(model.until)
    county = dataclasses.replace(
        source,
        tables=MappingProxyType(tables),
        observed_until=model.last,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )
    columns = ["year", "kind", "name", "origin", "target", "stage", "students"]
    return Outlook(
        county,
        model.scenario,
        pd.DataFrame(model.flows, columns=columns),
        _capacity_table(model),
        model.rates.births,
        tuple(model.notes),
        np.stack(model.history),
    )


def _schools_table(model: Model) -> pd.DataFrame:
    table = model.roster.copy()
    closed = pd.array(model.schools.closing, dtype="float64")
    table["closed"] = pd.Series(closed, index=table.index).astype(table["closed"].dtype)
    return table


def _append(observed: pd.DataFrame, rows: Mapping) -> pd.DataFrame:
    """Projected rows after the observed ones, in the types of the table; what is not given is missing.

    Column by column: tables laid together as tables take three times as long.
    """
    count = len(rows["year"])
    columns = {}
    for name, kind in observed.dtypes.items():
        old, new = observed[name].array, rows.get(name)
        if new is None:
            new = old[:0].take(np.full(count, -1), allow_fill=True)
        if isinstance(kind, np.dtype):
            columns[name] = np.concatenate([old.to_numpy(), np.asarray(new, dtype=kind)])
        else:
            added = pd.Series(pd.array(new, dtype=kind))
            columns[name] = pd.concat([pd.Series(old), added]).array
    start = int(observed.index.max()) + 1 if len(observed) else 0
    added = pd.RangeIndex(start, start + count, name=observed.index.name)
    return pd.DataFrame(columns, index=observed.index.append(added))


def _school_years_table(model: Model) -> pd.DataFrame:
    parts: dict[str, list] = {}
    code = model.roster["school_id"].array

    def put(name: str, values) -> None:
        parts.setdefault(name, []).append(values)

    funds_of = _funds(model)
    for record in model.tables:
        chosen = np.flatnonzero(record["open"])
        put("school_id", chosen)
        put("year", np.full(len(chosen), record["year"]))
        students = {}
        for position, stage in enumerate(STAGES):
            total = model.schools.ladder.total(record["students"], stage)
            classes = model.schools.ladder.total(record["classes"], stage)
            # a stage that was never reported at a school stays not reported
            unknown = blank(model, stage, total)
            total, classes = np.where(unknown, np.nan, total), np.where(unknown, np.nan, classes)
            students[stage] = total
            put(f"students_{stage}", total[chosen])
            put(f"classes_{stage}", classes[chosen])
            for index, name in enumerate(model.staff.columns):
                put(f"{name}_{stage}", record["staff"][chosen, position, index])
        put("students_senior", record["senior"][chosen])
        for name, amounts in record["site"].items():
            put(name, amounts[chosen])
        funds, training = funds_of(students, record["senior"])
        put("operating_funds_cny", funds[chosen])
        put("training_funds_cny", training[chosen])
        for name in model.observed:
            if name not in parts or len(parts[name]) < len(parts["year"]):
                put(name, model.observed[name][chosen, -1])
    joined = {name: np.concatenate(values) for name, values in parts.items()}
    joined["school_id"] = code.take(joined["school_id"])
    return _append(model.source.tables["school_years"], joined)


def blank(model: Model, stage: str, total: np.ndarray) -> np.ndarray:
    """Where a stage's students, of shape (..., schools), stay not reported."""
    never = np.isnan(model.observed[f"students_{stage}"][:, -1])
    return (never & (total == 0)) | model.unknown


def _funds(model: Model) -> Callable:
    """Public-use funds follow the students at the rate of the last observed year.

    A small school is paid as if it had as many students as item G6 asks for, but no more than before.
    """
    least = model.source.standard.evaluation.for_year(model.last).usual("G6")
    before = sum(
        np.nan_to_num(model.observed[f"students_{stage}"][:, -1])
        for stage in ("primary", "junior", "senior")
    )
    last = model.observed["operating_funds_cny"][:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = last / before
        training = model.observed["training_funds_cny"][:, -1] / last
    new = model.schools.is_new
    usual = np.nansum(np.where(before > 0, last, 0.0)) / max(before.sum(), 1.0)
    rate = np.where(new, usual, rate)
    known = training[np.isfinite(training)]
    training = np.where(new, np.median(known) if len(known) else np.nan, training)
    rural = model.roster["type"].isin(["primary", "teaching_point"]).to_numpy()
    rural = rural & (model.roster["area"] != "urban").to_numpy()

    def funds(students: dict, senior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        now = sum(np.nan_to_num(values) for values in students.values()) + np.nan_to_num(senior)
        small = rural & (now < least) & (now > 0)
        plain = rate * now
        floor = np.fmin(last, rate * least)
        paid = np.where(small, np.maximum(plain, floor), plain)
        return paid, training * paid

    return funds


def _enrolment_table(model: Model) -> pd.DataFrame:
    parts: dict[str, list] = {}
    # a grade that was reported stays a row when its pupils have gone: a row with 0
    reported = model.reported
    for record in model.tables:
        kept = (record["students"] > HAIR) | reported
        school, grade = np.nonzero(kept & record["open"][:, None])
        columns = {
            "school_id": school,
            "year": np.full(len(school), record["year"]),
            "grade": grade + 1,
            "students": record["students"][school, grade],
            "classes": record["classes"][school, grade],
            "largest_class": np.where(
                record["students"][school, grade] > HAIR, record["largest"][school, grade], np.nan
            ),
        }
        for name, values in columns.items():
            parts.setdefault(name, []).append(values)
    joined = {name: np.concatenate(values) for name, values in parts.items()}
    joined["school_id"] = model.roster["school_id"].array.take(joined["school_id"])
    return _append(model.source.tables["enrolment"], joined)


def _rooms_table(model: Model) -> pd.DataFrame:
    parts = []
    for record in model.tables:
        school, kind, area = record["rooms"]
        chosen = record["open"][school]
        year = np.full(chosen.sum(), record["year"])
        parts.append((school[chosen], year, kind[chosen], area[chosen]))
    school, year, kind, area = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    code = model.roster["school_id"].array.take(school)
    rows = {"school_id": code, "year": year, "kind": kind, "area_m2": area}
    return _append(model.source.tables["rooms"], rows)


def _county_years_table(model: Model) -> pd.DataFrame:
    """What the county reports stays as last observed; births and entrants are the scenario's."""
    observed = model.source.tables["county_years"]
    own = observed["item"].isin(["births", "entrants_grade1", "entrants_grade7", *NET_MIGRATION])
    kept = observed[(observed["year"] == model.last) & ~own]
    figures = []
    for record in model.tables:
        year = record["year"]
        for item, stage in (("entrants_grade1", "primary"), ("entrants_grade7", "junior")):
            entrants = model.schools.ladder.entrants(record["students"], stage)
            figures.append((year, item, entrants.sum()))
        if np.isfinite(model.rates.births.get(year, np.nan)):
            figures.append((year, "births", model.rates.births[year]))
    again = np.tile(np.arange(len(kept)), len(model.tables))
    repeated = {name: kept[name].array.take(again) for name in kept.columns}
    repeated["year"] = np.repeat(model.years, len(kept))
    year, item, value = zip(*figures, strict=True)
    own = {"year": year, "item": item, "value": [f"{each:.10g}" for each in value]}
    return _append(_append(observed, repeated), own)


def _capacity_table(model: Model) -> pd.DataFrame:
    parts: dict[str, list] = {}
    for record in model.tables:
        for number, stage in enumerate(STAGES):
            students = model.schools.ladder.total(record["students"], stage)
            classes = model.schools.ladder.total(record["classes"], stage)
            chosen = np.flatnonzero((students > 0) & record["open"] & ~model.special)
            rooms = record["classrooms"][stage]
            seats = rooms * np.minimum(model.division.limit[stage], record["limits"][stage])
            columns = {
                "year": np.full(len(chosen), record["year"]),
                "school_id": chosen,
                "stage": np.full(len(chosen), number),
                "students": students[chosen],
                "classes": classes[chosen],
                "classrooms": rooms[chosen],
                "seats": seats[chosen],
                "classes_missing": np.maximum(classes - rooms, 0)[chosen],
                "seats_missing": np.maximum(students - seats, 0)[chosen],
            }
            for name, values in columns.items():
                parts.setdefault(name, []).append(values)
    joined = {name: np.concatenate(values) for name, values in parts.items()}
    joined["school_id"] = model.roster["school_id"].array.take(joined["school_id"])
    joined["stage"] = pd.Series(STAGES, dtype="str").array.take(joined["stage"])
    return pd.DataFrame(joined)
