"""Schools that span stages -> one row per school and stage, each with its share of what is shared.

Through-schools, combined secondary schools and schools with attached classes record areas,
equipment and rooms once. The official rule (数据拆分) divides them among the stages in proportion to
students weighted 1 : 1.1 : 1.32 (primary : junior : senior). Teachers are recorded by stage and
are not divided. Which rows count for the evaluation, and why the others do not, is decided here too.

Source: 测算均衡系数拆分公式 (weights); 沈阳市优质均衡指标计算公式 (which four quantities are divided,
indoor sports area taken out first); 河北省具体办法 and application form, table II-2 (scope).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .files import N_
from .load import County
from .schema import SCHOOL_TYPES, STAGES, Label
from .standards import Rules

#: 1 : 1.1 (nine-year), 1 : 1.2 = 1.1 : 1.32 (combined secondary), 1 : 1.1 : 1.32 (twelve-year).
WEIGHTS = {"primary": 1.0, "junior": 1.1, "senior": 1.32}

#: Quantity -> stage columns in `school_years` it is recorded in.
STAGE_QUANTITIES = ("above_qualification", "backbone", "pe_arts")
SHARED_QUANTITIES = ("teaching_area", "sports_area", "equipment_value", "multimedia_rooms")

#: Why a row of the register is not judged.
EXCLUSIONS = {
    "special_education": N_("special-education school: outside the seven indicators"),
    "small_teaching_point": N_("teaching point with fewer than {limit} students"),
    "private": N_("private school: left out by this standard"),
    "no_students": N_("no students in this stage"),
    "override": N_("taken out by the county: {note}"),
}


def apportion(
    total: float, *, primary: float = 0, junior: float = 0, senior: float = 0
) -> dict[str, float]:
    """Divide what a school records once among its stages.

    Parameters
    ----------
    total : float
        Area (m²), value (yuan) or rooms of the whole school.
    primary, junior, senior : float
        Students of each stage; 0 for a stage that the school does not have.

    Returns
    -------
    dict of str to float
        Shares of `primary`, `junior` and `senior`, unrounded; they add up to `total`.

    Raises
    ------
    ValueError
        Negative students, or none at all.

    Examples
    --------
    >>> shares = apportion(23226, primary=166, junior=210)
    >>> round(shares["primary"], 3), round(shares["junior"], 3)
    (9711.627, 13514.373)
    """
    students = {"primary": primary, "junior": junior, "senior": senior}
    for stage, number in students.items():
        if not number >= 0:
            raise ValueError(f"{stage} is {number}; expected a number of students >= 0")
    weighted = {stage: WEIGHTS[stage] * number for stage, number in students.items()}
    whole = sum(weighted.values())
    if whole == 0:
        raise ValueError("a school without students has nothing to divide by")
    return {stage: total * part / whole for stage, part in weighted.items()}


def stage_rows(
    county: County, rules: Mapping[int, Rules], concessions: frozenset = frozenset()
) -> pd.DataFrame:
    """Every school and stage of every year, judged or not: the register.

    Parameters
    ----------
    county : County
    rules : mapping of int to Rules
        The years of the register, and the rules that say which of its rows are judged.
    concessions : frozenset of str
        Concessions that are switched on: part-time PE and arts teachers (`pe_arts_part_time`) and
        venues outside the school (`sports_venues`) add to what the schools have.

    Returns
    -------
    DataFrame
        One row per county, year, school that is open and stage that it teaches; columns
        ``county, year, basis, stage, school_id, school, type, ownership, sponsor, area, students,
        classes``, the seven quantities (persons, m², yuan, rooms: the stage's part), `share` (the
        stage's part of the shared quantities, 0 to 1), `in_scope` (bool) and `reason` (a key of
        `EXCLUSIONS`, empty if in scope) and `note`. What was not reported is NaN.
    """
    roster = county.tables["schools"]
    years = county.tables["school_years"]
    register = roster.merge(
        pd.DataFrame({"year": np.array(list(rules), dtype="int64")}), how="cross"
    )
    register = register[
        ~(register["opened"] > register["year"]) & ~(register["closed"] < register["year"])
    ]
    data = years.drop(columns="note").assign(year=years["year"].astype("int64"))
    wide = register.merge(data, on=["school_id", "year"], how="left")

    wide = _conceded(wide, rules, concessions)
    students = {}
    for stage in WEIGHTS:
        given = wide[f"students_{stage}"]
        students[stage] = given.where(_teaches(county, wide, stage), 0.0)
    weighted = {stage: WEIGHTS[stage] * students[stage] for stage in WEIGHTS}
    whole = sum(weighted.values())

    # the official order: indoor sports area leaves the teaching area before anything is divided
    shared = {
        "teaching_area": wide["teaching_area_m2"] - wide["indoor_sports_area_m2"],
        "sports_area": wide["outdoor_sports_area_m2"] + wide["indoor_sports_area_m2"],
        "equipment_value": wide["equipment_value_cny"],
        "multimedia_rooms": wide["multimedia_rooms"],
    }
    basis = wide["year"].map({year: county.basis(year) for year in rules})
    parts = []
    for stage in STAGES:
        teaches = _teaches(county, wide, stage)
        alone = teaches.copy()
        for other in WEIGHTS:
            if other != stage:
                alone &= ~_teaches(county, wide, other)
        share = (weighted[stage] / whole.where(whole > 0)).where(~alone, 1.0)
        part = wide[["year", "school_id", "type", "ownership", "sponsor", "area", "note"]].assign(
            county=county.code,
            basis=basis,
            stage=stage,
            school=wide["name"],
            students=wide[f"students_{stage}"],
            classes=wide[f"classes_{stage}"],
            teachers=wide[f"teachers_{stage}"],
            share=share,
            **{name: wide[f"{name}_{stage}"] for name in STAGE_QUANTITIES},
            **{name: quantity * share for name, quantity in shared.items()},
            override=wide["indicators_in_scope"],
        )
        parts.append(part[teaches])
    rows = pd.concat(parts, ignore_index=True)
    if rules is None:
        rules = {year: county.standard.for_year(year) for year in county.years}
    rows["reason"] = _reasons(rows, rules)
    rows["in_scope"] = rows["reason"] == ""
    order = {stage: position for position, stage in enumerate(STAGES)}
    return rows.sort_values(
        ["year", "stage", "school_id"],
        key=lambda column: column.map(order) if column.name == "stage" else column,
        ignore_index=True,
    )[
        [
            *("county", "year", "basis", "stage", "school_id", "school", "type", "ownership"),
            *("sponsor", "area", "students", "classes", "teachers"),
            *STAGE_QUANTITIES,
            *SHARED_QUANTITIES,
            *("share", "in_scope", "reason", "note"),
        ]
    ]


def _teaches(county: County, wide: pd.DataFrame, stage: str) -> pd.Series:
    """Whether each row's school has the stage.

    A school with attached classes and a special-education school may have any stage: they have
    those in which they ever reported students. One that never reported any stays in the register
    with both judged stages: what is unknown must not vanish.
    """
    fixed = [
        name
        for name, kind in SCHOOL_TYPES.items()
        if stage in kind.stages and name not in ("attached_class", "special_education")
    ]
    years = county.tables["school_years"]
    reported = {each: years.loc[years[f"students_{each}"] > 0, "school_id"] for each in WEIGHTS}
    ever = wide["school_id"].isin(reported[stage])
    if stage in STAGES:
        ever |= ~wide["school_id"].isin(pd.concat(reported.values()))
    flexible = wide["type"].isin(["attached_class", "special_education"])
    return wide["type"].isin(fixed) | (flexible & ever)


def _conceded(
    wide: pd.DataFrame, rules: Mapping[int, Rules], concessions: frozenset
) -> pd.DataFrame:
    """Add what a concession counts at the schools it covers; nothing where none was reported."""
    if "pe_arts_part_time" in concessions:
        name = "concession.pe_arts_part_time.students"
        low = wide["year"].map({year: rule.number(f"{name}_from") for year, rule in rules.items()})
        high = wide["year"].map(
            {year: rule.number(f"{name}_below") for year, rule in rules.items()}
        )
        students = wide[["students_primary", "students_junior"]].sum(axis=1, min_count=1)
        small = (wide["area"] == "rural") & (students >= low) & (students < high)
        for stage in STAGES:
            more = wide[f"pe_arts_part_time_{stage}"].where(small, 0.0).fillna(0.0)
            wide[f"pe_arts_{stage}"] += more
    if "sports_venues" in concessions:
        more = wide["off_campus_sports_area_m2"].where(wide["area"] == "urban", 0.0).fillna(0.0)
        wide["outdoor_sports_area_m2"] += more
    return wide


def _reasons(rows: pd.DataFrame, rules: Mapping[int, Rules]) -> pd.Series:
    """Why a row is not judged; the empty text where it is."""

    def option(name: str) -> pd.Series:
        return rows["year"].map({year: rule[f"option.{name}"] for year, rule in rules.items()})

    reason = pd.Series("", index=rows.index, dtype="object")
    small = (rows["type"] == "teaching_point") & (
        rows["students"] < option("teaching_point_students").astype(float)
    )
    reason[small] = "small_teaching_point"
    reason[(rows["ownership"] == "private") & (option("private_in_scope") == "no")] = "private"
    special = rows["type"] == "special_education"
    reason[special & (option("special_education_in_scope") == "no")] = "special_education"
    override = rows["override"]
    reason[override == "yes"] = ""
    reason[override == "no"] = "override"
    reason[rows["students"] == 0] = "no_students"
    return reason


def exclusion_text(reason: str, note: object, limit: float) -> tuple[str, dict]:
    """Message id and values that say why a row is not judged."""
    text = Label("未说明理由", "no reason given") if pd.isna(note) else Label(str(note), str(note))
    return EXCLUSIONS[reason], {"limit": int(limit), "note": text}
