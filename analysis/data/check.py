"""What is wrong with a county's tables: every problem at once, causes before consequences.

Single cells and keys are checked by the pandera schemas of `analysis.base.schema`; what takes two
columns or two tables to see is checked here, one small rule each.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..base.files import MORE, N_, Finding
from ..base.refusals import shorten
from ..base.schema.columns import Column
from ..base.schema.tables import SCHOOL_PARTS, TABLES, frame_schema
from ..base.schema.terms import CHOICE_LABELS, SCHOOL_TYPES, STAGE_GRADES, Label
from ..base.typefaces import check_typefaces
from .ranges import COLUMNS
from .school_system import five_years_of_primary

#: Equipment below this value per student (yuan) is taken for 万元 typed where yuan is expected:
#: the national threshold is 2,000 yuan, in 万元 it would read 0.2.
SUSPICIOUS_EQUIPMENT_PER_STUDENT = 20

#: Problems of one kind in one column that are listed one by one; the rest is counted.
LISTED = 20

#: Rows beyond those listed that a finding still knows by number, to be marked in a workbook.
MARKED = 10_000

#: By the names of the checks of `analysis.base.schema.tables.frame_schema`, and `filled`.
_MESSAGES = {
    "filled": N_("{label} is blank; it must be filled in"),
    "low": N_("{label} is {value}; expected {low} or more"),
    "high": N_("{label} is {value}; expected {high} or less"),
    "whole": N_("{label} is {value}; expected a whole number"),
    "choice": N_("{label} is “{value}”; expected one of {choices}"),
}

#: A change of enrolment from one year to the next by more than this share is questioned, unless one
#: of the two figures is that of a small school, the school opened or closes about that time, or
#: another one opens or closes in that very year.
SUSPICIOUS_CHANGE = 0.5
SMALL_SCHOOL = 60
YEARS_OF_GROWTH = 6

#: An area that is this many times what it was a year earlier, or that part of it, is questioned: a
#: slipped digit or 亩 typed for m² makes ten times and more, an extension two or three times. Of small
#: areas (m²), such as those of a teaching point, a single building or yard may be as much.
SUSPICIOUS_AREA_FACTOR = 5
SMALL_AREA = 500

#: No music or art room is this large (m²): the largest required is 96, and halls are no rooms.
SUSPICIOUS_ROOM = 500


class Tables:
    """The tables under examination, with what is needed to name a place in them.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Typed tables by schema id. The index is the row number a spreadsheet shows.
    files : mapping of str to str
        Where each table was read from.
    unread : mapping of (table, column) to Index, optional
        Rows whose cell is blank only because it could not be read, or its column is missing:
        that was reported already.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        files: Mapping[str, str],
        unread: Mapping[tuple[str, str], pd.Index] = MappingProxyType({}),
    ):
        self.frames = frames
        self.files = files
        self.unread = unread
        self._with_school: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    def __contains__(self, name: str) -> bool:
        return name in self.frames and not self.frames[name].empty

    def with_school(self, name: str) -> pd.DataFrame:
        """A table with the roster's columns of each row's school, rows and index as they were."""
        if name not in self._with_school:
            roster = self["schools"].drop_duplicates("school_id").set_index("school_id")
            frame = self[name]
            columns = [c for c in ("name", "type", "opened", "closed") if c in roster]
            joined = frame.join(roster[columns], on="school_id")
            joined.index = frame.index
            for column in ("opened", "closed"):
                if column not in joined:
                    joined[column] = np.nan
            self._with_school[name] = joined
        return self._with_school[name]

    def report(
        self,
        message: str,
        table: str,
        rows: pd.DataFrame,
        column: str = "",
        severity: str = "error",
        constants: Mapping[str, object] = MappingProxyType({}),
        **columns: str,
    ) -> Iterator[Finding]:
        """One finding per row (the first `LISTED`, then a count).

        `columns` maps a placeholder of the message to a column of `rows`, `constants` one to what
        is the same in every row.
        """
        if rows.empty:
            return
        for row, record in zip(
            rows.index[:LISTED], rows.head(LISTED).to_dict("records"), strict=True
        ):
            values = dict(constants)
            for name, source in columns.items():
                value = _shown(record[source])
                known = (
                    source in ("type", "ownership") and value in TABLES["schools"][source].choices
                )
                values[name] = CHOICE_LABELS[value] if known else value
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
                MORE,
                {"n": len(rows) - LISTED},
                self.files.get(table, table),
                table,
                column,
                rows=further(rows.index),
            )


def further(rows: pd.Index) -> tuple[int, ...]:
    """The rows behind those that are listed one by one."""
    return tuple(int(row) for row in rows[LISTED : LISTED + MARKED])


def _shown(value: object) -> object:
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return "—"
        return int(value) if float(value).is_integer() else round(float(value), 4)
    return shorten(value) if isinstance(value, str) else value


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
    rules = [
        _future_years,
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
        _same_names,
        _jumps,
        _area_jumps,
        _large_rooms,
        _rare_values,
    ]
    if system := list(_school_system(tables)):
        # grades in schools that cannot have them, and sums that differ, are what follows from it
        findings.extend(system)
        rules = [rule for rule in rules if rule not in (_impossible_grades, _grade_sums)]
    for rule in rules:
        findings.extend(rule(tables))
    findings.extend(check_typefaces(tables))
    return findings


def _cells(tables: Tables, name: str) -> Iterator[Finding]:
    """Ranges, choices, blanks and keys, by the table's pandera schema.

    The checks are asked one by one: a report on the whole table takes pandera gigabytes if millions
    of cells are wrong.
    """
    table, frame = TABLES[name], tables[name]
    for column_name, rules in frame_schema(name).columns.items():
        cells = frame[column_name]
        there = cells.notna().to_numpy()
        wrong = {} if rules.nullable else {"filled": ~there}
        if "filled" in wrong and (name, column_name) in tables.unread:
            wrong["filled"] &= ~cells.index.isin(tables.unread[name, column_name])
        for check in rules.checks:
            wrong[check.name] = np.zeros(len(cells), dtype=bool)
            wrong[check.name][there] = ~check(cells[there]).check_output.to_numpy(dtype=bool)
        for kind, rows in wrong.items():
            yield from tables.report(
                _MESSAGES[kind],
                name,
                frame[rows],
                column_name,
                constants=_limits(table[column_name]),
                value=column_name,
            )
    repeated = frame.duplicated(table.keys) if table.keys else pd.Series(False, frame.index)
    rows = frame[repeated & frame[table.keys].notna().all(axis=1)]
    keys = [
        ", ".join(str(_shown(part)) for part in key)
        for key in rows[table.keys].head(LISTED).itertuples(index=False)
    ]
    keys += [""] * (len(rows) - len(keys))
    yield from tables.report(
        N_("the row repeats {keys} of an earlier row; keep one of them"),
        name,
        rows.assign(_keys=keys),
        keys="_keys",
    )


def _limits(column: Column) -> dict[str, object]:
    """What is expected of a column, as said in a sentence."""
    low = 0 if column.kind in ("count", "number") else column.low
    return {
        "low": "" if low is None else _shown(float(low)),
        "high": "" if column.high is None else _shown(float(column.high)),
        "choices": Label(
            " | ".join(CHOICE_LABELS[choice].zh for choice in column.choices),
            " | ".join(column.choices),
        ),
    }


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


def _future_years(tables: Tables) -> Iterator[Finding]:
    """Years that have not begun: nothing can have been observed in them."""
    today = datetime.date.today()
    for name, table in TABLES.items():
        if "year" in table.names and name in tables:
            rows = tables[name]
            # a budget is decided, births are estimated before the year begins
            severity = "warning" if name == "county_years" else "error"
            yield from tables.report(
                N_(
                    "data for {year}, a year that has not begun (today is {today}): is a digit wrong? What is expected for later years belongs in a scenario"
                ),
                name,
                rows[(rows["year"] > today.year) & (rows["year"] <= table["year"].high)],
                "year",
                severity,
                {"today": today.isoformat()},
                year="year",
            )


def _school_system(tables: Tables) -> Iterator[Finding]:
    """Five years of primary school: one cause, named in place of all that follows from it."""
    if "enrolment" not in tables or "schools" not in tables:
        return
    rows = tables.with_school("enrolment")
    found = five_years_of_primary(rows, tables.frames.get("school_years"))
    if found is not None:
        yield Finding(
            "error",
            found.message,
            {},
            tables.files.get("enrolment", "enrolment"),
            "enrolment",
            "grade",
            found.row,
        )


def _unknown_schools(tables: Tables) -> Iterator[Finding]:
    """Ids that are not in the roster, each named once in a table."""
    if "schools" not in tables:
        return
    known = set(tables["schools"]["school_id"])
    short = {str(i).lstrip("0"): i for i in tables["schools"]["school_id"].dropna()}
    for name in ("school_years", "enrolment", "rooms"):
        if name in tables:
            frame = tables[name]
            rows = frame[frame["school_id"].notna() & ~frame["school_id"].isin(known)]
            rows = rows.drop_duplicates("school_id")
            near = rows["school_id"].str.lstrip("0").map(short)
            yield from tables.report(
                N_(
                    "the school “{school}” is not in the roster (table schools), which has “{near}”: zeros in front were lost in one of the two tables; format the column as text and type them again"
                ),
                name,
                rows.assign(_near=near)[near.notna()],
                "school_id",
                school="school_id",
                near="_near",
            )
            yield from tables.report(
                N_("the school “{school}” is not in the roster (table schools)"),
                name,
                rows[near.isna()],
                "school_id",
                school="school_id",
            )


def _outside_roster_years(tables: Tables) -> Iterator[Finding]:
    for name in ("school_years", "enrolment", "rooms"):
        if name in tables and "schools" in tables:
            rows = tables.with_school(name)
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
    rows = tables.with_school("school_years")
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
    rows = tables.with_school("enrolment")
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
    enrolment, school_years = tables["enrolment"], tables["school_years"]
    for stage, grades in STAGE_GRADES.items():
        of_stage = enrolment[enrolment["grade"].between(grades[0], grades[-1])]
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
                    rows[differs],
                    total,
                    severity,
                    value=total,
                    sum=f"_{quantity}",
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
            yield from tables.report(
                N_("{label} is 0, but there are {classes} classes"),
                "school_years",
                rows[(rows[students] == 0) & (rows[classes] > 0)],
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
                rows[blank],
                students,
                "warning",
                classes=classes,
            )
    if "enrolment" in tables:
        rows = tables["enrolment"]
        yield from tables.report(
            N_("{label} is 0, but there are {classes} classes"),
            "enrolment",
            rows[(rows["students"] == 0) & (rows["classes"] > 0)],
            "students",
            "warning",
            classes="classes",
        )
        yield from tables.report(
            # a grade that is taught together with another one may be counted there
            N_("{label} is 0, but there are {students} students"),
            "enrolment",
            rows[(rows["students"] > 0) & (rows["classes"] == 0)],
            "classes",
            "warning",
            students="students",
        )
        mean = np.ceil(rows["students"] / rows["classes"].replace(0, np.nan))
        yield from tables.report(
            N_(
                "{label} is {value}; with {students} students in {classes} classes it lies between {mean} and {students}"
            ),
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
    for part, whole, severity in SCHOOL_PARTS:
        if part in rows and whole in rows:
            yield from tables.report(
                N_("{label} is {value}, more than the {whole} that contains it ({total})"),
                "school_years",
                rows[rows[part] > rows[whole]],
                part,
                severity,
                {"whole": TABLES["school_years"][whole]},
                value=part,
                total=whole,
            )


def _money(tables: Tables) -> Iterator[Finding]:
    if "school_years" not in tables:
        return
    rows = tables["school_years"]
    students = rows[["students_primary", "students_junior", "students_senior"]].sum(axis=1)
    value = rows["equipment_value_cny"]
    low = (value > 0) & (students > 0) & (value < SUSPICIOUS_EQUIPMENT_PER_STUDENT * students)
    yield from tables.report(
        N_(
            "{label} is {value} yuan for {students} students; was it typed in 万元? Expected yuan (1 万元 = 10,000 yuan)"
        ),
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
            N_(
                "ownership is “{ownership}”, but sponsor code {sponsor} says otherwise (10 = private)"
            ),
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
    if any(len(tables.unread.get(("school_years", key), [])) for key in ("school_id", "year")):
        return  # which years are there is not known yet
    rows = tables["school_years"]
    column = TABLES["school_years"]["year"]
    valid = rows["year"].between(column.low, column.high) & (rows["year"] % 1 == 0)
    years = np.unique(rows.loc[valid, "year"]).astype(int)
    gaps = set(range(years[0], years[-1] + 1)) - set(years) if len(years) else set()
    for year in sorted(gaps):
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
    unknown = rows["school_id"].notna() & ~rows["school_id"].isin(roster["school_id"])
    strangers = rows.loc[unknown, ["school_id", "year"]].drop_duplicates()["year"].value_counts()
    for year in years:
        open_ = ~(opened > year) & ~(closed < year)
        there = pd.MultiIndex.from_product([roster["school_id"], [year]]).isin(reported)
        absent = roster[open_ & ~there]
        if len(absent) <= strangers.get(year, 0):
            continue  # most likely the schools that are there under another id
        yield from tables.report(
            N_(
                "“{name}” has no row in school_years for {year}; its verdict and the county's stay open. If it was closed, fill in opened/closed"
            ),
            "schools",
            absent.assign(_year=year),
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


def _same_names(tables: Tables) -> Iterator[Finding]:
    """Two schools of one name that are open at the same time."""
    if "schools" not in tables:
        return
    schools = tables["schools"]
    rows = schools[schools.duplicated("name", keep=False) & schools["name"].notna()]
    rows = rows.drop_duplicates(["school_id", "name"])
    opened, closed = rows["opened"].fillna(-np.inf), rows["closed"].fillna(np.inf)
    pairs = []
    for _, same in rows.groupby("name", sort=False):
        first = same.index[0]
        for row in same.index[1 : 1 + LISTED]:
            if opened[row] <= closed[first] and opened[first] <= closed[row]:
                pairs.append((row, rows.loc[first, "school_id"]))
    found = schools.loc[[row for row, _ in pairs]].assign(_other=[other for _, other in pairs])
    yield from tables.report(
        N_("“{name}” is also the name of school {other}; is it one school entered twice?"),
        "schools",
        found,
        "name",
        "warning",
        name="name",
        other="_other",
    )


def _year_before(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Schools' years, the same by school and following year, and where no event explains a jump."""
    rows = tables.with_school("school_years")
    rows = rows[rows["school_id"].notna() & rows["year"].notna()]
    earlier = rows.drop_duplicates(["school_id", "year"])
    earlier = earlier.assign(year=earlier["year"] + 1).set_index(["school_id", "year"])
    # a school that opens or closes takes students from the others, or gives them some
    roster = tables["schools"]
    events = {*roster["opened"].dropna(), *(roster["closed"].dropna() + 1)}
    age = rows["year"] - rows["opened"]
    steady = ~rows["year"].isin(events)
    steady &= ~(age <= YEARS_OF_GROWTH) & ~(rows["closed"] - rows["year"] <= YEARS_OF_GROWTH)
    return rows, earlier, steady


def _jumps(tables: Tables) -> Iterator[Finding]:
    """Enrolment that changes by more than half within a year, without an event in the roster."""
    if "school_years" not in tables or "schools" not in tables:
        return
    rows, earlier, steady = _year_before(tables)
    for stage in ("primary", "junior"):
        column = f"students_{stage}"
        before = rows.join(earlier[column].rename("_before"), on=["school_id", "year"])["_before"]
        change = (rows[column] - before).abs() > SUSPICIOUS_CHANGE * before
        large = np.minimum(rows[column], before) >= SMALL_SCHOOL
        # none at all after many: the column was probably left at 0
        emptied = (rows[column] == 0) & (before >= SMALL_SCHOOL)
        yield from tables.report(
            N_(
                "{label} is {value} after {before} a year earlier; is a digit wrong, or was the school merged or divided?"
            ),
            "school_years",
            rows.assign(_before=before)[change & (large | emptied) & steady],
            column,
            "warning",
            value=column,
            before="_before",
        )


def _area_jumps(tables: Tables) -> Iterator[Finding]:
    """Areas that are a multiple of the year before's, or a small part of it, without an event."""
    if "school_years" not in tables or "schools" not in tables:
        return
    rows, earlier, steady = _year_before(tables)
    for column in ("teaching_area_m2", "outdoor_sports_area_m2"):
        before = rows.join(earlier[column].rename("_before"), on=["school_id", "year"])["_before"]
        less, more = np.minimum(rows[column], before), np.maximum(rows[column], before)
        jump = (more >= SMALL_AREA) & (more >= SUSPICIOUS_AREA_FACTOR * less)
        yield from tables.report(
            N_(
                "{label} is {value} m² after {before} m² a year earlier; is a digit wrong, or was the school rebuilt?"
            ),
            "school_years",
            rows.assign(_before=before)[jump & steady],
            column,
            "warning",
            value=column,
            before="_before",
        )


def _large_rooms(tables: Tables) -> Iterator[Finding]:
    if "rooms" in tables:
        rows = tables["rooms"]
        yield from tables.report(
            N_("one room of {value} m²; enter the area of a single room, one row per room"),
            "rooms",
            rows[rows["area_m2"] > SUSPICIOUS_ROOM],
            "area_m2",
            "warning",
            value="area_m2",
        )


def _rare_values(tables: Tables) -> Iterator[Finding]:
    """What no single school, grade or class is likely to have."""
    for (name, column), bounds in COLUMNS.items():
        if name in tables and column in tables[name]:
            rows = tables[name]
            yield from tables.report(
                N_("{label} is {value}; more than {high} is rare: is a digit wrong, or the unit?"),
                name,
                rows[rows[column] > bounds.rare_high],
                column,
                "warning",
                {"high": _shown(float(bounds.rare_high))},
                value=column,
            )


def unknown_name(kind: Label, name: str, known: dict[str, str], file: str, **place) -> Finding:
    """A table or column that nobody knows, with the nearest name that is known."""
    import difflib

    name = shorten(name)
    # what people misspell is either the id or a label, in any case
    spelt = {spelling.lower(): spelling for spelling in reversed(known)}
    near = difflib.get_close_matches(name.lower(), list(spelt), n=1, cutoff=0.6)
    if near:
        return Finding(
            "error",
            N_("unknown {kind} “{name}”; did you mean “{near}”?"),
            {"kind": kind, "name": name, "near": spelt[near[0]]},
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
