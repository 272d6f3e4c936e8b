"""Parts that must add up to their whole, or may not exceed it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...base.files import N_, Finding
from ...base.schema.systems import stages_of_grades
from ...base.schema.tables import SCHOOL_PARTS, TABLES
from ...base.schema.terms import STAGE_GRADES, STAGES
from .tables import Tables, those


def grade_sums(tables: Tables) -> Iterator[Finding]:
    """Students (error) and classes (warning) by grade must add up to the stage's."""
    if "enrolment" not in tables or "school_years" not in tables:
        return
    enrolment, school_years = tables["enrolment"], tables["school_years"]
    systems = tables.with_school("enrolment")["system"] if "schools" in tables else None
    blank = pd.Series(pd.NA, enrolment.index)
    stage_of = stages_of_grades(enrolment["grade"], blank if systems is None else systems)
    for stage in STAGE_GRADES:
        of_stage = enrolment[stage_of == stage]
        # a blank grade makes the sum unknown, not smaller
        sums = of_stage.groupby(["school_id", "year"])[["students", "classes"]].sum(skipna=False)
        rows = school_years.join(sums.add_prefix("_"), on=["school_id", "year"])
        for quantity, severity in (("students", "error"), ("classes", "warning")):
            total, of_grades = f"{quantity}_{stage}", rows[f"_{quantity}"]
            if total in rows:
                differs = of_grades.notna() & rows[total].notna() & (of_grades != rows[total])
                yield from tables.report(
                    N_("{label} is {value}, but the grades in table enrolment add up to {sum}"),
                    "school_years",
                    those(rows, differs),
                    total,
                    severity,
                    value=total,
                    sum=f"_{quantity}",
                )


def classes(tables: Tables) -> Iterator[Finding]:
    """Class counts and sizes that cannot be."""
    if "school_years" in tables:
        rows = tables["school_years"]
        for stage in ("primary", "junior"):
            students, classes = f"students_{stage}", f"classes_{stage}"
            yield from tables.report(
                N_("{label} is 0, but there are {students} students"),
                "school_years",
                those(rows, (rows[students] > 0) & (rows[classes] == 0)),
                classes,
                students=students,
            )
            yield from tables.report(
                N_("{label} is 0, but there are {classes} classes"),
                "school_years",
                those(rows, (rows[students] == 0) & (rows[classes] > 0)),
                students,
                classes=classes,
            )
            blank = rows[students].isna() & (rows[classes] > 0)
            if ("school_years", students) in tables.unread:
                blank &= ~rows.index.isin(tables.unread["school_years", students])
            yield from tables.report(
                N_(
                    "{label} is blank, but there are {classes} classes; without it the school is not assessed"
                ),
                "school_years",
                those(rows, blank),
                students,
                "warning",
                classes=classes,
            )
    if "enrolment" in tables:
        rows = tables["enrolment"]
        yield from tables.report(
            N_("{label} is 0, but there are {classes} classes"),
            "enrolment",
            those(rows, (rows["students"] == 0) & (rows["classes"] > 0)),
            "students",
            "warning",
            classes="classes",
        )
        yield from tables.report(
            # a grade that is taught together with another one may be counted there
            N_("{label} is 0, but there are {students} students"),
            "enrolment",
            those(rows, (rows["students"] > 0) & (rows["classes"] == 0)),
            "classes",
            "warning",
            students="students",
        )
        mean = np.ceil(rows["students"] / rows["classes"].replace(0, np.nan))
        wrong = (rows["largest_class"] < mean) | (rows["largest_class"] > rows["students"])
        one = mean == rows["students"]
        of_class = {"value": "largest_class", "students": "students", "classes": "classes"}
        yield from tables.report(
            N_(
                "{label} is {value}; with {students} students in {classes} classes it lies between {mean} and {students}"
            ),
            "enrolment",
            those(rows.assign(_mean=mean), wrong & ~one),
            "largest_class",
            **of_class,
            mean="_mean",
        )
        yield from tables.report(
            N_("{label} is {value}; with {students} students in {classes} class it is {students}"),
            "enrolment",
            those(rows, wrong & one),
            "largest_class",
            **of_class,
        )


def subsets(tables: Tables) -> Iterator[Finding]:
    """A part cannot be larger than the whole that contains it."""
    if "school_years" not in tables:
        return
    rows = tables["school_years"]
    for part, whole, severity in SCHOOL_PARTS:
        if part in rows and whole in rows:
            yield from tables.report(
                N_("{label} is {value}, more than the {whole} that contains it ({total})"),
                "school_years",
                those(rows, rows[part] > rows[whole]),
                part,
                severity,
                {"whole": TABLES["school_years"][whole]},
                value=part,
                total=whole,
            )


def ages(tables: Tables) -> Iterator[Finding]:
    """Teachers by age: women among them, and their sum, which is that of the full-time teachers."""
    if "staff_ages" not in tables:
        return
    rows = tables["staff_ages"]
    if "women" in rows:
        yield from tables.report(
            N_("{label} is {value}, more than the {persons} persons of these ages"),
            "staff_ages",
            those(rows, rows["women"] > rows["persons"]),
            "women",
            value="women",
            persons="persons",
        )
    if "school_years" not in tables:
        return
    keys = ["school_id", "year", "stage"]
    # a blank band makes the sum unknown, not smaller
    sums = rows.groupby(keys)["persons"].agg(lambda cells: cells.sum(skipna=False)).rename("_ages")
    for stage in STAGES:
        total = f"teachers_{stage}"
        of_stage = sums[sums.index.get_level_values("stage") == stage].droplevel("stage")
        found = tables["school_years"].join(of_stage, on=keys[:2])
        if total in found:
            yield from tables.report(
                N_("{label} is {value}, but the ages in table staff_ages add up to {sum}"),
                "school_years",
                found[
                    found["_ages"].notna() & found[total].notna() & (found["_ages"] != found[total])
                ],
                total,
                "warning",
                value=total,
                sum="_ages",
            )
