"""What is wrong with a county's tables: every problem at once, each with its place.

Single cells and keys are checked by the pandera schemas of `analysis.schema`; what takes two
columns or two tables to see is checked here, one small rule each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from .files import N_, Finding
from .schema import SCHOOL_TYPES, STAGE_GRADES, TABLES, Label, frame_schema

#: Equipment below this value per student (yuan) is taken for 万元 typed where yuan is expected:
#: the national threshold is 2,000 yuan, in 万元 it would read 0.2.
SUSPICIOUS_EQUIPMENT_PER_STUDENT = 20

#: Problems of one kind in one column that are listed one by one; the rest is counted.
LISTED = 20

_MESSAGES = {
    "low": N_("{label} is {value}; expected {low} or more"),
    "high": N_("{label} is {value}; expected {high} or less"),
    "whole": N_("{label} is {value}; expected a whole number"),
    "choice": N_("{label} is “{value}”; expected one of {choices}"),
    "not_nullable": N_("{label} is blank; it must be filled in"),
    "unique": N_("the row repeats {keys} of an earlier row; keep one of them"),
}


class Tables:
    """The tables under examination, with what is needed to name a place in them.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Typed tables by schema id. The index is the row number a spreadsheet shows.
    files : mapping of str to str
        Where each table was read from.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], files: Mapping[str, str]):
        self.frames = frames
        self.files = files

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    def __contains__(self, name: str) -> bool:
        return name in self.frames and not self.frames[name].empty

    def report(
        self,
        message: str,
        table: str,
        rows: pd.DataFrame,
        column: str = "",
        severity: str = "error",
        **columns: str,
    ) -> Iterator[Finding]:
        """One finding per row (the first `LISTED`, then a count).

        `columns` maps a placeholder of the message to a column of `rows`.
        """
        for row, record in zip(
            rows.index[:LISTED], rows.head(LISTED).to_dict("records"), strict=True
        ):
            values = {name: _shown(record[source]) for name, source in columns.items()}
            if column:
                values["label"] = TABLES[table][column]
            yield Finding(
                severity,
                message,
                values,
                self.files.get(table, table),
                table,
                column,
                int(row),
                str(_shown(record.get(column, ""))),
            )
        if len(rows) > LISTED:
            yield Finding(
                severity,
                N_("{n} more rows with the same problem"),
                {"n": len(rows) - LISTED},
                self.files.get(table, table),
                table,
                column,
            )


def _shown(value: object) -> object:
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return "—"
        return int(value) if float(value).is_integer() else round(float(value), 4)
    return value


def check_tables(tables: Tables) -> list[Finding]:
    """Check typed tables.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    list of Finding
        In the order of tables, then rules. Empty when nothing is wrong.
    """
    findings: list[Finding] = []
    for name in TABLES:
        if name in tables:
            findings.extend(_cells(tables, name))
    for rule in (
        _roster_years,
        _unknown_schools,
        _outside_roster_years,
        _impossible_stages,
        _impossible_grades,
        _grade_sums,
        _classes,
        _subsets,
        _money,
        _ownership,
        _year_gaps,
        _county_values,
    ):
        findings.extend(rule(tables))
    return findings


def _cells(tables: Tables, name: str) -> Iterator[Finding]:
    """Ranges, choices, blanks and keys, by the table's pandera schema."""
    import pandera.errors

    table, frame = TABLES[name], tables[name]
    try:
        frame_schema(name).validate(frame, lazy=True)
        return
    except pandera.errors.SchemaErrors as error:
        failures = error.failure_cases
    duplicated = failures["check"].astype(str).str.contains("unique")
    if duplicated.any():
        rows = frame[frame.duplicated(table.keys)]
        rows = rows[rows[table.keys].notna().all(axis=1)]
        keys = rows[table.keys].astype(str).agg(", ".join, axis=1) if len(rows) else []
        yield from tables.report(
            _MESSAGES["unique"], name, rows.assign(_keys=keys), keys="_keys"
        )
    failures = failures[~duplicated]
    for (column_name, check), cases in failures.groupby(["column", "check"], sort=False):
        column = table[column_name]
        message = _MESSAGES[str(check)]
        rows = frame.loc[cases["index"].astype(int)]
        low = 0 if column.kind in ("count", "number") else column.low
        limits = rows.assign(
            _low=_number(low), _high=_number(column.high), _choices=_choices(column)
        )
        values = {
            placeholder: source
            for placeholder, source in (
                ("value", column_name),
                ("low", "_low"),
                ("high", "_high"),
                ("choices", "_choices"),
            )
            if "{" + placeholder + "}" in message
        }
        yield from tables.report(message, name, limits, column_name, **values)


def _number(value: float | None) -> str:
    return "" if value is None else str(_shown(float(value)))


def _choices(column) -> str:
    return " | ".join(column.choices)


def _with_school(tables: Tables, name: str) -> pd.DataFrame:
    """A table with the roster's columns of each row's school, rows and index as they were."""
    roster = tables["schools"].drop_duplicates("school_id").set_index("school_id")
    frame = tables[name]
    columns = [c for c in ("name", "type", "opened", "closed") if c in roster]
    joined = frame.join(roster[columns], on="school_id", rsuffix="_school")
    joined.index = frame.index
    for column in ("opened", "closed"):
        if column not in joined:
            joined[column] = np.nan
    return joined


def _roster_years(tables: Tables) -> Iterator[Finding]:
    if "schools" in tables and {"opened", "closed"} <= set(tables["schools"]):
        schools = tables["schools"]
        yield from tables.report(
            N_("the school closed ({closed}) before it opened ({opened})"),
            "schools",
            schools[schools["closed"] < schools["opened"]],
            "closed",
            opened="opened",
            closed="closed",
        )


def _unknown_schools(tables: Tables) -> Iterator[Finding]:
    known = set(tables["schools"]["school_id"]) if "schools" in tables else set()
    for name in ("school_years", "enrolment", "rooms"):
        if name in tables:
            frame = tables[name]
            rows = frame[frame["school_id"].notna() & ~frame["school_id"].isin(known)]
            yield from tables.report(
                N_("the school “{school}” is not in the roster (table schools)"),
                name,
                rows,
                "school_id",
                school="school_id",
            )


def _outside_roster_years(tables: Tables) -> Iterator[Finding]:
    for name in ("school_years", "enrolment", "rooms"):
        if name in tables and "schools" in tables:
            rows = _with_school(tables, name)
            yield from tables.report(
                N_("data for {year}, but the roster has the school open from {opened} to {closed}"),
                name,
                rows[(rows["year"] < rows["opened"]) | (rows["year"] > rows["closed"])],
                "year",
                year="year",
                opened="opened",
                closed="closed",
            )


def _impossible_stages(tables: Tables) -> Iterator[Finding]:
    if "school_years" not in tables or "schools" not in tables:
        return
    rows = _with_school(tables, "school_years")
    for stage in STAGE_GRADES:
        teaches = rows["type"].map(
            {name: stage in kind.stages for name, kind in SCHOOL_TYPES.items()}
        )
        column = f"students_{stage}"
        if column in rows:
            yield from tables.report(
                N_("{label} is {value}, but a school of type {type} has no such stage"),
                "school_years",
                rows[(teaches == False) & (rows[column] > 0)],  # noqa: E712 (unknown type: NaN)
                column,
                value=column,
                type="type",
            )


def _impossible_grades(tables: Tables) -> Iterator[Finding]:
    if "enrolment" not in tables or "schools" not in tables:
        return
    rows = _with_school(tables, "enrolment")
    stage = rows["grade"].map({g: s for s, grades in STAGE_GRADES.items() for g in grades})
    teaches = pd.MultiIndex.from_arrays([rows["type"], stage]).isin(
        [(name, s) for name, kind in SCHOOL_TYPES.items() for s in kind.stages]
    )
    wrong = ~teaches & stage.notna() & rows["type"].isin(list(SCHOOL_TYPES))
    yield from tables.report(
        N_("{value} students in grade {grade}, but a school of type {type} has no such stage"),
        "enrolment",
        rows[wrong & (rows["students"] > 0)],
        "students",
        value="students",
        grade="grade",
        type="type",
    )


def _grade_sums(tables: Tables) -> Iterator[Finding]:
    """Students (error) and classes (warning) by grade must add up to the stage's."""
    if "enrolment" not in tables or "school_years" not in tables:
        return
    enrolment = tables["enrolment"]
    for stage in ("primary", "junior", "senior"):
        grades = STAGE_GRADES[stage]
        of_stage = enrolment[enrolment["grade"].between(grades[0], grades[-1])]
        for quantity, severity in (("students", "error"), ("classes", "warning")):
            total = f"{quantity}_{stage}"
            if total not in tables["school_years"] or quantity not in of_stage:
                continue
            groups = of_stage.groupby(["school_id", "year"])[quantity]
            # a blank grade makes the sum unknown, not smaller
            sums = groups.sum().where(groups.count() == groups.size()).rename("_sum")
            rows = tables["school_years"].join(sums, on=["school_id", "year"])
            rows.index = tables["school_years"].index
            yield from tables.report(
                N_("{label} is {value}, but the grades in table enrolment add up to {sum}"),
                "school_years",
                rows[rows["_sum"].notna() & rows[total].notna() & (rows["_sum"] != rows[total])],
                total,
                severity,
                value=total,
                sum="_sum",
            )


def _classes(tables: Tables) -> Iterator[Finding]:
    """Class counts and sizes that cannot be."""
    if "school_years" in tables:
        rows = tables["school_years"]
        for stage in ("primary", "junior"):
            students, classes = f"students_{stage}", f"classes_{stage}"
            yield from tables.report(
                N_("{label} is 0, but there are {students} students"),
                "school_years",
                rows[(rows[students] > 0) & (rows[classes] == 0)],
                classes,
                students=students,
            )
    if "enrolment" in tables:
        rows = tables["enrolment"]
        mean = np.ceil(rows["students"] / rows["classes"].replace(0, np.nan))
        yield from tables.report(
            N_("{label} is {value}; with {students} students in {classes} classes it lies between {mean} and {students}"),
            "enrolment",
            rows.assign(_mean=mean)[
                (rows["largest_class"] < mean) | (rows["largest_class"] > rows["students"])
            ],
            "largest_class",
            value="largest_class",
            students="students",
            classes="classes",
            mean="_mean",
        )


def _subsets(tables: Tables) -> Iterator[Finding]:
    """A part cannot be larger than the whole that contains it."""
    if "school_years" not in tables:
        return
    rows = tables["school_years"]
    pairs = [
        (f"{part}_{stage}", f"teachers_{stage}", "error")
        for part in ("above_qualification", "backbone", "pe_arts")
        for stage in ("primary", "junior")
    ]
    pairs.append(("indoor_sports_area_m2", "teaching_area_m2", "error"))
    pairs.append(("training_funds_cny", "operating_funds_cny", "warning"))
    for part, whole, severity in pairs:
        if part in rows and whole in rows:
            whole_label = TABLES["school_years"][whole]
            for finding in tables.report(
                N_("{label} is {value}, more than the {whole} that contains it ({total})"),
                "school_years",
                rows[rows[part] > rows[whole]],
                part,
                severity,
                value=part,
                total=whole,
                whole=whole,
            ):
                if "whole" in finding.values:
                    finding.values["whole"] = whole_label
                yield finding


def _money(tables: Tables) -> Iterator[Finding]:
    if "school_years" not in tables:
        return
    rows = tables["school_years"]
    students = rows[["students_primary", "students_junior", "students_senior"]].sum(axis=1)
    value = rows["equipment_value_cny"]
    low = (value > 0) & (students > 0) & (value < SUSPICIOUS_EQUIPMENT_PER_STUDENT * students)
    yield from tables.report(
        N_("{label} is {value} yuan for {students} students; was it typed in 万元? Expected yuan (1 万元 = 10,000 yuan)"),
        "school_years",
        rows.assign(_students=students)[low],
        "equipment_value_cny",
        "warning",
        value="equipment_value_cny",
        students="_students",
    )


def _ownership(tables: Tables) -> Iterator[Finding]:
    if "schools" in tables and "sponsor" in tables["schools"]:
        rows = tables["schools"]
        private = rows["sponsor"] == 10
        yield from tables.report(
            N_("ownership is “{ownership}”, but sponsor code {sponsor} says otherwise (10 = private)"),
            "schools",
            rows[rows["sponsor"].notna() & (private != (rows["ownership"] == "private"))],
            "ownership",
            "warning",
            ownership="ownership",
            sponsor="sponsor",
        )


def _year_gaps(tables: Tables) -> Iterator[Finding]:
    """Years without any data, and schools without data in a year in which they are open."""
    if "school_years" not in tables or "schools" not in tables:
        return
    rows = tables["school_years"]
    years = np.unique(rows["year"].dropna())
    for year in sorted(set(range(int(years[0]), int(years[-1]) + 1)) - set(years)):
        yield Finding(
            "warning",
            N_("no data for {year}, a year between others that have some: trends have a gap there"),
            {"year": year},
            tables.files["school_years"],
            "school_years",
            "year",
        )
    roster = tables["schools"].drop_duplicates("school_id")
    opened = roster["opened"] if "opened" in roster else pd.Series(np.nan, roster.index)
    closed = roster["closed"] if "closed" in roster else pd.Series(np.nan, roster.index)
    reported = pd.MultiIndex.from_frame(rows[["school_id", "year"]])
    for year in years:
        open_ = ~(opened > year) & ~(closed < year)
        absent = roster[open_ & ~(pd.MultiIndex.from_product([roster["school_id"], [year]]).isin(reported))]
        yield from tables.report(
            N_("“{name}” has no row in school_years for {year}; its verdict and the county's stay open. If it was closed, fill in opened/closed"),
            "schools",
            absent.assign(_year=int(year)),
            "school_id",
            "warning",
            name="name",
            year="_year",
        )


def _county_values(tables: Tables) -> Iterator[Finding]:
    if "county_years" in tables:
        rows = tables["county_years"]
        text = rows["value"]
        number = pd.to_numeric(text, errors="coerce")
        wrong = text.notna() & number.isna() & ~text.isin(["yes", "no"])
        yield from tables.report(
            N_("{label} is “{value}”; expected a number, yes or no"),
            "county_years",
            rows[wrong | np.isinf(number)],
            "value",
            value="value",
        )


def unknown_name(kind: Label, name: str, known: dict[str, str], file: str, **place) -> Finding:
    """A table or column that nobody knows, with the nearest name that is known."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    if near:
        return Finding(
            "error",
            N_("unknown {kind} “{name}”; did you mean “{near}”?"),
            {"kind": kind, "name": name, "near": near[0]},
            file,
            **place,
        )
    return Finding(
        "error",
        N_("unknown {kind} “{name}”; expected are {names}"),
        {"kind": kind, "name": name, "names": ", ".join(dict.fromkeys(known.values()))},
        file,
        **place,
    )
