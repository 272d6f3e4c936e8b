"""A county and a scenario -> the same county with projected years.

What comes out are the tables of `analysis.load`, so that everything after them neither knows nor cares
which years have been observed.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from .course import ENTRANCE, SITE, SPAN, STAFF, Model
from .load import County
from .planned import Note
from .scenario import BASELINE, Scenario
from .schema import STAGES


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
        Id, ids joined by ``+``, or a scenario (`analysis.scenario.load_scenario`).
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
        model.births,
        tuple(model.notes),
        np.stack(model.history),
    )


def _schools_table(model: Model) -> pd.DataFrame:
    table = model.roster.copy()
    closed = pd.array(model.closing, dtype="float64")
    table["closed"] = pd.Series(closed, index=table.index).astype(table["closed"].dtype)
    return table


def _append(model: Model, name: str, rows: dict) -> pd.DataFrame:
    """Projected rows after the observed ones, in the types of the table."""
    observed = model.source.tables[name]
    added = pd.DataFrame(rows).reindex(columns=observed.columns)
    for column, kind in observed.dtypes.items():
        added[column] = added[column].astype(kind)
    start = int(observed.index.max()) + 1 if len(observed) else 0
    added.index = pd.RangeIndex(start, start + len(added), name=observed.index.name)
    return pd.concat([observed, added])


def _school_years_table(model: Model) -> pd.DataFrame:
    parts: dict[str, list] = {}
    code = model.roster["school_id"].array

    def put(name: str, values) -> None:
        parts.setdefault(name, []).append(values)

    for record in model.tables:
        chosen = np.flatnonzero(record["open"])
        put("school_id", code[chosen])
        put("year", np.full(len(chosen), record["year"]))
        students = {}
        for position, stage in enumerate(STAGES):
            span = SPAN[stage]
            total = record["students"][:, span].sum(axis=1)
            classes = record["classes"][:, span].sum(axis=1)
            # a stage that was never reported at a school stays not reported
            blank = _blank(model, stage, total)
            total, classes = np.where(blank, np.nan, total), np.where(blank, np.nan, classes)
            students[stage] = total
            put(f"students_{stage}", total[chosen])
            put(f"classes_{stage}", classes[chosen])
            for index, name in enumerate(STAFF):
                put(f"{name}_{stage}", record["staff"][chosen, position, index])
        put("students_senior", record["senior"][chosen])
        for name in SITE:
            put(name, record["site"][name][chosen])
        funds, training = _funds(model, students, record["senior"])
        put("operating_funds_cny", funds[chosen])
        put("training_funds_cny", training[chosen])
        for name in model.observed:
            if name not in parts or len(parts[name]) < len(parts["year"]):
                put(name, model.observed[name][chosen, -1])
    joined = {
        name: pd.concat([pd.Series(v) for v in values], ignore_index=True)
        if name == "school_id"
        else np.concatenate(values)
        for name, values in parts.items()
    }
    return _append(model, "school_years", joined)


def _blank(model: Model, stage: str, total: np.ndarray) -> np.ndarray:
    never = np.isnan(model.observed[f"students_{stage}"][:, -1])
    return (never & (total == 0)) | model.unknown


def _funds(model: Model, students: dict, senior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Public-use funds follow the students at the rate of the last observed year.

    A small school that was paid as if it had 100 students (item G6) still is.
    """
    before = sum(
        np.nan_to_num(model.observed[f"students_{stage}"][:, -1]) for stage in STAGES
    ) + np.nan_to_num(model.observed["students_senior"][:, -1])
    now = sum(np.nan_to_num(values) for values in students.values()) + np.nan_to_num(senior)
    last = model.observed["operating_funds_cny"][:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = last / before
        training = model.observed["training_funds_cny"][:, -1] / last
    new = model.new_schools()
    whole = np.nansum(np.where(before > 0, last, 0.0)) / max(before.sum(), 1.0)
    rate = np.where(new, whole, rate)
    training = np.where(new, np.nanmedian(training) if np.isfinite(training).any() else np.nan, training)  # fmt: skip
    small = model.roster["type"].isin(["primary", "teaching_point"]).to_numpy()
    small = small & (model.roster["area"] != "urban").to_numpy() & (now < 100) & (now > 0)
    funds = rate * now
    funds = np.where(
        small & (last > funds), np.minimum(last, rate * np.maximum(before, 100)), funds
    )
    return funds, training * funds


def _enrolment_table(model: Model) -> pd.DataFrame:
    parts = []
    code = model.roster["school_id"].array
    for record in model.tables:
        school, grade = np.nonzero((record["students"] > 1e-9) & record["open"][:, None])
        parts.append(
            {
                "school_id": pd.Series(code[school]),
                "year": np.full(len(school), record["year"]),
                "grade": grade + 1,
                "students": record["students"][school, grade],
                "classes": record["classes"][school, grade],
                "largest_class": record["largest"][school, grade],
            }
        )
    joined = {
        name: pd.concat([p[name] for p in parts], ignore_index=True)
        if name == "school_id"
        else np.concatenate([p[name] for p in parts])
        for name in parts[0]
    }
    return _append(model, "enrolment", joined)


def _rooms_table(model: Model) -> pd.DataFrame:
    parts = []
    for record in model.tables:
        open_ = set(model.ids[record["open"]])
        parts.append(record["rooms"][record["rooms"]["school_id"].isin(open_)])
    rooms = pd.concat(parts, ignore_index=True)
    return _append(model, "rooms", {name: rooms[name].array for name in rooms})


def _county_years_table(model: Model) -> pd.DataFrame:
    """What the county reports stays as last observed; births and entrants are the scenario's."""
    observed = model.source.tables["county_years"]
    last = observed[observed["year"] == model.last]
    own = last["item"].isin(["births", "entrants_grade1", "entrants_grade7"])
    kept = last[~own]
    rows = []
    for record in model.tables:
        year = record["year"]
        block = kept[["item", "value", "evidence"]].assign(year=year)
        figures = {
            "entrants_grade1": record["students"][:, 0].sum(),
            "entrants_grade7": record["students"][:, ENTRANCE["junior"]].sum(),
        }
        if year in model.births.index and np.isfinite(model.births[year]):
            figures["births"] = model.births[year]
        extra = pd.DataFrame(
            {
                "item": list(figures),
                "value": [f"{v:.10g}" for v in figures.values()],
                "year": year,
            }
        )
        rows += [block, extra]
    joined = pd.concat(rows, ignore_index=True)
    return _append(model, "county_years", {name: joined[name].array for name in joined})


def _capacity_table(model: Model) -> pd.DataFrame:
    parts = []
    code = model.roster["school_id"].array
    for record in model.tables:
        for stage in STAGES:
            span = SPAN[stage]
            students = record["students"][:, span].sum(axis=1)
            classes = record["classes"][:, span].sum(axis=1)
            chosen = np.flatnonzero((students > 0) & record["open"] & ~model.special)
            rooms = record["classrooms"][stage]
            size = np.minimum(model.limit[stage], record["limits"][stage])
            parts.append(
                pd.DataFrame(
                    {
                        "year": record["year"],
                        "school_id": code[chosen],
                        "stage": stage,
                        "students": students[chosen],
                        "classes": classes[chosen],
                        "classrooms": rooms[chosen],
                        "seats": (rooms * size)[chosen],
                        "classes_missing": np.maximum(classes - rooms, 0)[chosen],
                        "seats_missing": np.maximum(students - rooms * size, 0)[chosen],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)
