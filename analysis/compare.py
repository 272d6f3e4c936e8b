"""Several courses of one county side by side: pupils, places, teachers, verdicts, small schools.

Everything is read from studies of projected counties (`analyze(county, scenario=…)`); nothing here
decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .dispersion import coefficient_of_variation
from .evaluate import PARTS, three_valued
from .indicators import at_most
from .schema import INDICATORS, STAGE_GRADES, STAGES
from .study import Study

FUNDING_FLOOR = 100
"""Students for which a small rural school or teaching point is funded at least (item G6)."""

#: Teachers that a shortfall counts.
STAFF_INDICATORS = ("teachers_above_qualification", "backbone_teachers", "pe_arts_teachers")


def yearly(study: Study) -> pd.DataFrame:
    """What every year comes to, by stage.

    Returns
    -------
    DataFrame
        ``year, basis, stage, students, schools`` (judged), `passing` (of them), `classes`,
        `largest_class`, `classes_missing`, `seats_missing` (projected years; see
        `analysis.outlook.Outlook`), the teachers missing by indicator, `cv_max` and
        `cv_max_indicator` (the coefficient of variation nearest to or farthest above its limit),
        `cv_limit`, `cv_over` (how many are above).
    """
    register = study.register
    keys = ["year", "basis", "stage"]
    ordinary = register[register["type"] != "special_education"]
    table = ordinary.groupby(keys, sort=True)[["students", "classes"]].sum().reset_index()
    schools = study.all_schools.assign(passing=study.all_schools["status"] == "met")
    counted = schools.groupby(["year", "stage"])["passing"].agg(["size", "sum"])
    counted.columns = ["schools", "passing"]
    lacks = study.all_indicators.pivot_table(
        index=["year", "stage"], columns="indicator", values="shortfall", aggfunc="sum"
    ).reindex(columns=list(STAFF_INDICATORS))
    balance = study.all_balance[study.all_balance["indicator"] != "composite"]
    judged = balance["cv"].notna() & balance["limit"].notna()
    balance = balance.assign(over=~at_most(balance["cv"], balance["limit"]) & judged)
    worst = balance[judged].assign(margin=lambda t: t["cv"] / t["limit"])
    worst = worst.sort_values("margin").groupby(["year", "stage"]).tail(1)
    worst = worst.set_index(["year", "stage"])[["cv", "indicator", "limit"]]
    worst.columns = ["cv_max", "cv_max_indicator", "cv_limit"]
    over = balance.groupby(["year", "stage"])["over"].sum().rename("cv_over")
    table = table.join(counted, on=["year", "stage"]).join(lacks, on=["year", "stage"])
    table = table.join(worst, on=["year", "stage"]).join(over, on=["year", "stage"])
    grades = study.county.tables["enrolment"]
    largest = pd.concat(
        grades[grades["grade"].isin(STAGE_GRADES[stage])]
        .groupby("year")["largest_class"]
        .max()
        .rename("largest_class")
        .to_frame()
        .assign(stage=stage)
        for stage in STAGES
    )
    table = table.join(largest.set_index("stage", append=True), on=["year", "stage"])
    if study.outlook is not None:
        room = study.outlook.capacity.groupby(["year", "stage"])[
            ["classes_missing", "seats_missing"]
        ].sum()
        # a part of a place is a place
        room = np.ceil(room - 1e-6).abs()
        table = table.join(room, on=["year", "stage"])
    else:
        table[["classes_missing", "seats_missing"]] = np.nan
    order = {stage: number for number, stage in enumerate(STAGES)}
    return table.sort_values(
        ["year", "stage"],
        key=lambda column: column.map(order) if column.name == "stage" else column,
        ignore_index=True,
    )


def verdicts(study: Study) -> pd.DataFrame:
    """The verdict of every year: by part of the standard, and as a whole.

    Returns
    -------
    DataFrame
        ``year, basis``, one column per part, and `recognised` (`met`, `not_met`, `not_assessed`).
    """
    table = study.all_evaluation
    table = table[table["year"].isin(study.years)]
    parts = table.pivot_table(index="year", columns="part", values="status", aggfunc=three_valued)
    parts = parts.reindex(columns=list(PARTS)).fillna("not_applicable")
    parts["recognised"] = table.groupby("year")["status"].agg(three_valued)
    basis = [
        "projected" if year > study.county.last_observed else "observed" for year in parts.index
    ]
    parts.insert(0, "basis", basis)
    parts.columns.name = None
    return parts.reset_index()


def small_schools(study: Study) -> pd.DataFrame:
    """Schools that become small, and when.

    Returns
    -------
    DataFrame
        ``school_id, school, type, students`` (last observed year), ``students_until`` (last year),
        `below_100` and `below_50` (first projected year with fewer students; blank: never, or
        already in the last observed year), `leaves` (first projected year in which one of its stages is
        not judged any more), that `stage` and the `reason`.
    """
    register = study.register[study.register["type"] != "special_education"]
    last = study.county.last_observed
    sizes = register.groupby(["school_id", "year"])["students"].sum(min_count=1).unstack()
    scope = register.groupby(["school_id", "stage", "year"])["in_scope"].any().unstack()
    ahead = [year for year in sizes.columns if year > last]
    roster = study.county.tables["schools"].set_index("school_id")
    out = register[~register["in_scope"]]
    keys = zip(out["school_id"], out["stage"], out["year"], strict=True)
    reasons = dict(zip(keys, out["reason"], strict=True))
    judged = scope.reindex(columns=[last, *ahead]).eq(True).to_numpy()
    gone = pd.DataFrame(
        {"leaves": _first(judged[:, :1] & ~judged[:, 1:], ahead)}, index=scope.index
    ).dropna()
    gone["reason"] = [
        reasons.get((school, stage, int(year)), "closed")
        for (school, stage), year in gone["leaves"].items()
    ]
    # the first of its stages that is not judged any more
    gone = gone.reset_index().sort_values("leaves", kind="stable").drop_duplicates("school_id")
    now = sizes.get(last, pd.Series(np.nan, index=sizes.index))
    later = sizes[ahead]
    rows = pd.DataFrame(
        {
            "school_id": sizes.index,
            "school": roster["name"].reindex(sizes.index).to_numpy(),
            "type": roster["type"].reindex(sizes.index).to_numpy(),
            "students": now.to_numpy(),
            "students_until": later[ahead[-1]].to_numpy() if ahead else np.nan,
        }
    )
    for limit in (FUNDING_FLOOR, 50):
        under = ((later > 0) & (later < limit)).to_numpy() & ~(
            (now > 0) & (now < limit)
        ).to_numpy()[:, None]
        rows[f"below_{limit}"] = _first(under, ahead)
    rows = rows.merge(gone, on="school_id", how="left")
    rows[["stage", "reason"]] = (
        rows[["stage", "reason"]].astype(object).where(rows["leaves"].notna(), "")
    )
    rows = rows[rows[["below_100", "below_50", "leaves"]].notna().any(axis=1)]
    return rows.reset_index(drop=True)


def _first(found: np.ndarray, years: list[int]) -> np.ndarray:
    """The first year in which something holds, row by row; NaN where it never does."""
    if not years:
        return np.full(len(found), np.nan)
    return np.where(found.any(axis=1), np.array(years, dtype=float)[found.argmax(axis=1)], np.nan)


def hollow_improvements(study: Study) -> pd.DataFrame:
    """Coefficients of variation that fall only because schools leave them.

    A fall from one year to the next counts as hollow if the schools that stay were not more unlike
    in the year before than they are now: the fall then comes from those that left.

    Returns
    -------
    DataFrame
        ``year, stage, indicator, before, after, stayers_before`` (coefficients of variation) and
        `left` (names of the schools that left).
    """
    table = study.all_indicators
    columns = ["year", "stage", "indicator", "before", "after", "stayers_before", "left"]
    rows = []
    first = study.county.last_observed
    judged = {
        key: part.set_index("school_id")
        for key, part in table.groupby(["year", "stage", "indicator"])
    }
    for year in [each for each in study.years if each > first]:
        for stage in STAGES:
            for name in INDICATORS:
                before, after = judged.get((year - 1, stage, name)), judged.get((year, stage, name))
                if before is None or after is None:
                    continue
                left = before.index.difference(after.index)
                if left.empty:
                    continue
                stay = before.index.intersection(after.index)
                old = coefficient_of_variation(before["value"], before["students"])
                new = coefficient_of_variation(after["value"], after["students"])
                same = coefficient_of_variation(
                    before.loc[stay, "value"], before.loc[stay, "students"]
                )
                # a fall that three decimals do not show is none
                if round(new, 3) < round(old, 3) and new >= same - 1e-12:
                    names = tuple(before.loc[left, "school"].astype(str))
                    rows.append((year, stage, name, old, new, same, names))
    return pd.DataFrame(rows, columns=columns)


def costs(study: Study) -> pd.DataFrame:
    """What is done in a projection and what it costs, where a cost is given.

    Returns
    -------
    DataFrame
        ``year, cost_cny`` and `note` (a `analysis.planned.Note`).
    """
    notes = [note for note in study.outlook.notes if note.kind == "applied"]
    return pd.DataFrame(
        [(note.year, note.cost_cny, note) for note in notes], columns=["year", "cost_cny", "note"]
    )


def side_by_side(studies: Mapping[str, Study]) -> pd.DataFrame:
    """The main figures of several scenarios, one row each.

    Returns
    -------
    DataFrame
        Indexed by scenario: per stage ``students_<stage>`` (last year), ``peak_<stage>`` (highest
        number) and ``peak_year_<stage>`` from the last observed year on, ``seats_missing_<stage>``
        and ``classes_missing_<stage>`` (most in any projected year), ``teachers_missing`` (of the kind
        most lacking, last year, both stages), `passing` and `schools` (last year), `cv_over` (last
        year), `first_met` (first projected year in which everything is met) and `resource_met` (… the
        resource part), `until`, `cost_cny` (of what has a cost).
    """
    rows = {}
    for name, study in studies.items():
        table, verdict = yearly(study), verdicts(study)
        last = study.county.last_observed
        ahead, verdict = table[table["year"] >= last], verdict[verdict["year"] > last]
        final = ahead[ahead["year"] == ahead["year"].max()]
        row: dict = {"until": int(ahead["year"].max())}
        for stage in STAGES:
            part = ahead[ahead["stage"] == stage].set_index("year")
            if part.empty:
                continue
            row[f"students_{stage}"] = part["students"].iloc[-1]
            row[f"peak_{stage}"] = part["students"].max()
            row[f"peak_year_{stage}"] = int(part["students"].idxmax())
            row[f"seats_missing_{stage}"] = part["seats_missing"].max()
            row[f"classes_missing_{stage}"] = part["classes_missing"].max()
        row["teachers_missing"] = final[list(STAFF_INDICATORS)].sum().max()
        row |= {key: final[key].sum() for key in ("passing", "schools", "cv_over")}
        for key, column in (("first_met", "recognised"), ("resource_met", "resource")):
            met = verdict.loc[verdict[column] == "met", "year"]
            row[key] = int(met.iloc[0]) if len(met) else np.nan
        row["cost_cny"] = costs(study)["cost_cny"].sum() if study.outlook else 0.0
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")
