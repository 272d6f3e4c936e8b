"""A nation in one pass, against the same work in DuckDB, in Polars and as a pandas groupby-apply.

Run ``python tests/benchmarks/bench_nation.py`` (about two minutes). Every figure of a run comes from
the same machine and the same tables, so that only the ratios matter. Each way takes the best of
three runs, in turns. What all of them do: join schools and years, divide what through-schools share,
seven ratios with status and shortfall of every school, stage and year, kept; weighted mean, standard
deviation and CV of every county, year, stage and indicator. The CVs are compared before anything
is timed.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from make_nation import generate_nation

from analysis import load_standard
from analysis.base.schema.terms import SCHOOL_TYPES, STAGES
from analysis.measure.apportioning.dividing import WEIGHTS
from analysis.measure.side_by_side.nation import Nation, judge_nation

#: Those of the national standard.
INDICATORS = load_standard("cn-2017").indicators


COUNTIES = (100, 500, 1000, 2895)
SCHOOLS, YEARS = 70, 10
#: Counties of the groupby-apply; its time is scaled to the nation.
SAMPLE = 20

#: All years are judged by the rules of this one.
AS_OF = 2024
RULES = load_standard("cn-2017").for_year(AS_OF)
FLOOR, POINT = RULES.number("school.floor"), RULES.number("option.teaching_point_students")
NAMES = list(INDICATORS)
GROUP = ["county", "year", "stage"]


def types_with(stage: str) -> list[str]:
    """Types of schools that have a stage and are judged."""
    return [
        name
        for name, kind in SCHOOL_TYPES.items()
        if stage in kind.stages and name != "special_education"
    ]


# --- in DuckDB -----------------------------------------------------------------------------------


def taught(stage: str) -> str:
    """Students of a stage, 0 where the school does not have it."""
    kinds = ", ".join(f"'{kind}'" for kind in types_with(stage))
    return f"(CASE WHEN type IN ({kinds}) THEN students_{stage} ELSE 0 END)"


def stage_sql(number: int, stage: str) -> str:
    """Values, statuses and shortfalls of a stage."""
    whole = " + ".join(f"{weight} * {taught(s)}" for s, weight in WEIGHTS.items())
    shared = {
        "teaching_area": "teaching_area_m2 - indoor_sports_area_m2",
        "sports_area": "outdoor_sports_area_m2 + indoor_sports_area_m2",
        "equipment_value": "equipment_value_cny",
        "multimedia_rooms": "multimedia_rooms",
    }
    ratios, judged = [], []
    for k, indicator in enumerate(INDICATORS.values()):
        have = f"({shared[indicator.quantity]}) * share" if indicator.shared else ""
        have = have or f"{indicator.quantity}_{stage}"
        ratios += [f"{have} AS q{k}", f"{indicator.per}.0 * ({have}) / students AS v{k}"]
        limit = RULES.number(f"{indicator.name}.{stage}")
        lacking = f"{limit} * students / {indicator.per}.0 - q{k}"
        lacking = f"({lacking}) / share" if indicator.shared else lacking
        lacking = f"ceil({lacking} - 1e-9)" if indicator.whole else lacking
        met = f"v{k} >= {limit * (1 - 1e-12)!r}"
        near = f"v{k} >= {FLOOR * limit * (1 - 1e-12)!r}"
        judged += [
            f"v{k}",
            f"CAST(CASE WHEN {met} THEN 0 WHEN {near} THEN 1 WHEN v{k} IS NULL THEN 3 ELSE 2 END"
            f" AS TINYINT) AS status{k}",
            f"CASE WHEN {met} THEN 0 ELSE {lacking} END AS shortfall{k}",
        ]
    kinds = ", ".join(f"'{kind}'" for kind in types_with(stage))
    return f"""
        SELECT county, school_id, year, {number} AS stage, students, {", ".join(judged)} FROM (
            SELECT *, {", ".join(ratios)} FROM (
                SELECT *, students_{stage} AS students,
                    {WEIGHTS[stage]} * {taught(stage)} / ({whole}) AS share
                FROM joined WHERE type IN ({kinds}) AND students_{stage} > 0
                    AND NOT (type = 'teaching_point' AND students_{stage} < {POINT})))"""


def in_duckdb(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The CVs of every county, year and stage; the judged rows stay in a table of the database."""
    roster, yearly = tables["schools"], tables["school_years"].drop(columns="county")
    connection = duckdb.connect()
    connection.register("roster", roster[["county", "school_id", "type"]])
    connection.register("yearly", yearly)
    stages = " UNION ALL ".join(stage_sql(number, stage) for number, stage in enumerate(STAGES))
    connection.execute(
        f"CREATE TABLE judged AS WITH joined AS (SELECT * FROM yearly JOIN roster USING (school_id))"
        f" {stages}"
    )
    means = ", ".join(f"sum(students * v{k}) / sum(students) AS m{k}" for k in range(len(NAMES)))
    squares = ", ".join(
        f"sqrt(sum(students * (v{k} - m{k}) * (v{k} - m{k})) / sum(students)) / any_value(m{k})"
        f" AS {name}"
        for k, name in enumerate(NAMES)
    )
    return connection.execute(
        f"WITH means AS (SELECT county, year, stage, {means} FROM judged GROUP BY ALL)"
        f" SELECT county, year, stage, {squares} FROM judged JOIN means USING (county, year, stage)"
        " GROUP BY ALL"
    ).df()


# --- in Polars -----------------------------------------------------------------------------------


def in_polars(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The CVs of every county, year and stage; the judged rows are collected."""
    roster = pl.from_pandas(tables["schools"][["county", "school_id", "type"]])
    yearly = pl.from_pandas(tables["school_years"].drop(columns="county"))
    joined = yearly.lazy().join(roster.lazy(), on="school_id")
    col = pl.col
    heads = {
        stage: pl.when(col("type").is_in(types_with(stage)))
        .then(col(f"students_{stage}"))
        .otherwise(0.0)
        for stage in WEIGHTS
    }
    whole = sum(weight * heads[stage] for stage, weight in WEIGHTS.items())
    shared = {
        "teaching_area": col("teaching_area_m2") - col("indoor_sports_area_m2"),
        "sports_area": col("outdoor_sports_area_m2") + col("indoor_sports_area_m2"),
        "equipment_value": col("equipment_value_cny"),
        "multimedia_rooms": col("multimedia_rooms"),
    }
    parts = []
    for number, stage in enumerate(STAGES):
        students, ratios, judged = col("students"), [], []
        small = (col("type") == "teaching_point") & (col(f"students_{stage}") < POINT)
        for k, indicator in enumerate(INDICATORS.values()):
            have = col(f"{indicator.quantity}_{stage}") if not indicator.shared else None
            have = shared[indicator.quantity] * col("share") if have is None else have
            ratios += [have.alias(f"q{k}"), (indicator.per * have / students).alias(f"v{k}")]
            limit = RULES.number(f"{indicator.name}.{stage}")
            lacking = limit * students / indicator.per - col(f"q{k}")
            lacking = lacking / col("share") if indicator.shared else lacking
            lacking = (lacking - 1e-9).ceil() if indicator.whole else lacking
            value = col(f"v{k}")
            met, near = value >= limit * (1 - 1e-12), value >= FLOOR * limit * (1 - 1e-12)
            status = pl.when(met).then(0).when(near).then(1).when(value.is_null()).then(3)
            judged += [
                value,
                status.otherwise(2).cast(pl.Int8).alias(f"status{k}"),
                pl.when(met).then(0.0).otherwise(lacking).alias(f"shortfall{k}"),
            ]
        parts.append(
            joined.filter(
                col("type").is_in(types_with(stage)) & (col(f"students_{stage}") > 0) & ~small
            )
            .with_columns(
                col(f"students_{stage}").alias("students"),
                (WEIGHTS[stage] * heads[stage] / whole).alias("share"),
            )
            .with_columns(ratios)
            .select(
                *("county", "school_id", "year"),
                pl.lit(number, dtype=pl.Int8).alias("stage"),
                *("students", *judged),
            )
        )
    rows = pl.concat(parts).collect()
    weight = col("students")
    means = {k: (weight * col(f"v{k}")).sum() / weight.sum() for k in range(len(NAMES))}
    return (
        rows.group_by(GROUP)
        .agg(
            *(
                (
                    ((weight * (col(f"v{k}") - means[k]) ** 2).sum() / weight.sum()).sqrt()
                    / means[k]
                ).alias(name)
                for k, name in enumerate(NAMES)
            )
        )
        .to_pandas()
    )


# --- as a groupby-apply ----------------------------------------------------------------------------


def by_apply(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The way it is mostly written: one county after the other, a function for each group."""
    joined = tables["school_years"].merge(
        tables["schools"][["county", "school_id", "type"]], on=["county", "school_id"]
    )
    found = [_one_county(county).assign(county=code) for code, county in joined.groupby("county")]
    return pd.concat(found)


def _one_county(county: pd.DataFrame) -> pd.DataFrame:
    heads = {
        stage: county[f"students_{stage}"].where(county["type"].isin(types_with(stage)), 0)
        for stage in WEIGHTS
    }
    whole = sum(weight * heads[stage] for stage, weight in WEIGHTS.items())
    shared = {
        "teaching_area": county["teaching_area_m2"] - county["indoor_sports_area_m2"],
        "sports_area": county["outdoor_sports_area_m2"] + county["indoor_sports_area_m2"],
        "equipment_value": county["equipment_value_cny"],
        "multimedia_rooms": county["multimedia_rooms"],
    }
    parts = []
    for number, stage in enumerate(STAGES):
        share = WEIGHTS[stage] * heads[stage] / whole
        small = (county["type"] == "teaching_point") & (heads[stage] < POINT)
        for name, indicator in INDICATORS.items():
            have = (
                shared[indicator.quantity] * share
                if indicator.shared
                else county[f"{indicator.quantity}_{stage}"]
            )
            limit = RULES.number(f"{name}.{stage}")
            rows = county[["school_id", "year"]].assign(
                stage=number, indicator=name, students=heads[stage], limit=limit
            )
            rows["value"] = indicator.per * have / heads[stage]
            lacking = limit * heads[stage] / indicator.per - have
            lacking = lacking / share if indicator.shared else lacking
            rows["shortfall"] = (np.ceil(lacking - 1e-9) if indicator.whole else lacking).clip(0)
            parts.append(rows[(heads[stage] > 0) & ~small])
    rows = pd.concat(parts)
    near = rows["value"] >= FLOOR * rows["limit"]
    rows["status"] = np.select([rows["value"] >= rows["limit"], near], ["met", "near"], "short")
    return (
        rows.groupby(["year", "stage", "indicator"])[["value", "students"]]
        .apply(_cv)
        .unstack()
        .reset_index()
    )


def _cv(group: pd.DataFrame) -> float:
    mean = np.average(group["value"], weights=group["students"])
    variance = np.average((group["value"] - mean) ** 2, weights=group["students"])
    return float(np.sqrt(variance) / mean)


# --- measuring -------------------------------------------------------------------------------------


def part(tables: dict[str, pd.DataFrame], counties: int) -> dict[str, pd.DataFrame]:
    """The first counties of a nation."""
    schools = counties * SCHOOLS
    return {
        "schools": tables["schools"][:schools],
        "school_years": tables["school_years"][: schools * YEARS],
    }


def best_of(ways: list[Callable[[], object]], runs: int = 3) -> list[float]:
    """Seconds of each way: the best of several runs, in turns."""
    best = [np.inf] * len(ways)
    for _ in range(runs):
        for number, way in enumerate(ways):
            start = time.perf_counter()
            way()
            best[number] = min(best[number], time.perf_counter() - start)
    return best


def compare(nation: Nation, other: pd.DataFrame, name: str) -> None:
    """Refuse to time a way that comes to other CVs."""
    order = {code: position for position, code in enumerate(nation.counties)}
    county = other["county"].map(order).to_numpy(dtype=int)
    year = other["year"].to_numpy(dtype=int) - nation.years[0]
    ours = nation.balance.cv[: len(NAMES), county, year, other["stage"].to_numpy(dtype=int)]
    judged = set(np.unique(county))
    groups = int((nation.balance.schools[sorted(judged)] > 0).sum())
    assert len(other) == groups, f"{name}: {len(other)} groups, ours {groups}"
    np.testing.assert_allclose(ours, other[NAMES].to_numpy().T, rtol=1e-9, err_msg=name)


def peak_memory(work: Callable[[], object]) -> int:
    """Bytes that Python and numpy hold at most while it works, beyond what they held before."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def main() -> list[tuple[str, str, str, float, str]]:
    """Rows of name, ours, theirs, ratio and target."""
    nation = generate_nation(COUNTIES[-1], SCHOOLS, YEARS)
    tables = {name: nation[name] for name in ("schools", "school_years")}
    del nation
    size = sum(table.memory_usage(deep=True).sum() for table in tables.values())
    few = part(tables, SAMPLE)
    judge_nation(few, as_of=AS_OF)
    more = peak_memory(lambda: judge_nation(tables, as_of=AS_OF))
    judged = judge_nation(tables, as_of=AS_OF)
    for name, way in (("DuckDB", in_duckdb), ("Polars", in_polars)):
        compare(judged, way(tables), name)
    compare(judge_nation(few, as_of=AS_OF), by_apply(few), "groupby-apply")
    del judged
    ours, duck, polars = best_of(
        [
            lambda: judge_nation(tables, as_of=AS_OF),
            lambda: in_duckdb(tables),
            lambda: in_polars(tables),
        ]
    )
    (applied,) = best_of([lambda: by_apply(few)], 1)
    applied *= COUNTIES[-1] / SAMPLE
    smaller = best_of(
        [lambda n=n: judge_nation(part(tables, n), as_of=AS_OF) for n in COUNTIES[:-1]]
    )
    label = f"{COUNTIES[-1]:,} counties x {SCHOOLS} schools x {YEARS} years"
    rows = [
        (f"{label}, DuckDB", f"{ours:.2f} s", f"{duck:.2f} s", ours / duck, "<= 1.5"),
        (f"{label}, Polars", f"{ours:.2f} s", f"{polars:.2f} s", ours / polars, "<= 1.5"),
        (
            f"{label}, pandas groupby-apply ({SAMPLE} counties, scaled)",
            *(f"{ours:.2f} s", f"{applied:.0f} s", applied / ours, ">= 30"),
        ),
        (
            "peak memory with the tables, times the tables",
            *(f"{(size + more) / 1e6:.0f} MB", f"{size / 1e6:.0f} MB", 1 + more / size, "<= 3"),
        ),
    ]
    each = ours / COUNTIES[-1]
    rows += [
        (
            f"time per county, {COUNTIES[-1]:,} counties against {count:,}",
            *(f"{1e3 * each:.2f} ms", f"{1e3 * seconds / count:.2f} ms"),
            *(each * count / seconds, "about 1"),
        )
        for count, seconds in zip(COUNTIES[:-1], smaller, strict=True)
    ]
    return rows


if __name__ == "__main__":
    for name, ours, theirs, ratio, target in main():
        print(f"{name:<75} {ours:>10} {theirs:>10} {ratio:>8.2f}  target {target}")
