"""Measure what the projection of pupils is worth, and write docs/futures.md.

    tools/make_futures_page.py [--counties 400] [--real FOLDER]

Every number of the page is measured here: entry and breaks on the sample counties, coverage of the bands
on simulated counties (tests/calibration.py), the back-test on schools of New York where their enrolment
is at hand.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from calibration import COUNTIES, FUTURES, RANGE, UNITS, coverage  # noqa: E402
from known_counties import HORIZON, ROWS, TRUTHS  # noqa: E402
from new_york import bands_of_districts  # noqa: E402

from analysis import load_county, project  # noqa: E402
from analysis.data.county import County  # noqa: E402
from analysis.future.assumptions.scenario import Scenario  # noqa: E402
from analysis.future.past.backtest import backtest, backtest_errors  # noqa: E402
from analysis.future.past.breaks import KINDS  # noqa: E402
from analysis.future.past.entry import Entry  # noqa: E402
from analysis.future.projection.model import Model  # noqa: E402

SAMPLES = sorted(path.parent.name for path in (ROOT / "data" / "sample").glob("*/county.yaml"))
UNTIL = 2030
WINDOW = 3
NEW_YORK = Path("nyc_schools_2005_2011") / "schools.csv"
ASSUMED = {"source": "comparison", "confidence": "low"}
NAME = {"zh": "比较", "en": "Comparison"}


def table(head: list[str], rows: list[tuple]) -> str:
    """A table of Markdown; numbers to the right."""
    numbers = [all(isinstance(row[n], int | float) or row[n] == "" for row in rows) for n in range(len(head))]  # fmt: skip
    lines = [head, ["--:" if number else "---" for number in numbers], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


# --- entry -------------------------------------------------------------------------------------------


def entrants(county: County) -> dict[int, float]:
    """Pupils of grade 1 by year, without special-education schools."""
    rows = county.tables["enrolment"]
    roster = county.tables["schools"]
    special = roster.loc[roster["type"] == "special_education", "school_id"]
    rows = rows[(rows["grade"] == 1) & ~rows["school_id"].isin(special)]
    sums = rows.groupby("year")["students"].sum()
    return {int(year): float(number) for year, number in sums.items()}


def births(county: County) -> dict[int, float]:
    """Births by calendar year."""
    rows = county.tables["county_years"]
    rows = rows[rows["item"] == "births"]
    return {
        int(year): float(value) for year, value in zip(rows["year"], rows["value"], strict=True)
    }


def hindcasts(came: dict[int, float], of_age) -> list[tuple[int, int, float, float]]:
    """(origin, year, projected, came) for one and two years ahead, by the ratio of the last years."""
    years, found = sorted(came), []
    for origin in years[WINDOW - 1 : -1]:
        ratios = [came[year] / of_age(year) for year in range(origin - WINDOW + 1, origin + 1)]
        for ahead in (1, 2):
            if origin + ahead in came:
                number = float(np.mean(ratios)) * of_age(origin + ahead)
                found.append((origin, origin + ahead, number, came[origin + ahead]))
    return [each for each in found if np.isfinite(each[2])]


def entry_rows(name: str) -> tuple:
    """One line of the table of entrants."""
    county = load_county(name)
    came, born = entrants(county), births(county)
    rules = (lambda year: born.get(year - 6, np.nan), Entry(born).children)
    old, new = (hindcasts(came, rule) for rule in rules)
    # the last year from two years before
    at = next(n for n, each in enumerate(new) if each[1] == max(came) and each[0] == max(came) - 2)
    errors = [100 * np.mean([abs(p / c - 1) for _, _, p, c in each]) for each in (old, new)]
    last = (round(old[at][2]), round(new[at][2]), round(new[at][3]))
    # the coming years of which the births are known
    coming = [
        (np.mean([came[y] / rule(y) for y in range(max(came) - WINDOW + 1, max(came) + 1)]), rule)
        for rule in rules
    ]
    numbers = [
        [ratio * rule(year) for ratio, rule in coming]
        for year in range(max(came) + 1, max(came) + 7)
        if np.isfinite([rule(year) for rule in rules]).all()
    ]
    apart = 100 * max(abs(one / other - 1) for one, other in numbers)
    return (name, max(came), *last, len(new), *(round(each, 2) for each in errors), round(apart, 1))


# --- breaks ------------------------------------------------------------------------------------------


def pupils(county: County, scenario: Scenario, stage: slice) -> np.ndarray:
    """Pupils of a stage by year and school."""
    return project(county, scenario, UNTIL).students[:, :, stage].sum(axis=2)


def break_row(name: str) -> tuple:
    """One line of the table of breaks: the largest, and what its denial would make of the schools."""
    county = load_county(name)
    model = Model(county, "baseline", UNTIL)
    found = [each for each in model.rates.past.exchanges if each.opened or not each.everyone]
    if not found:
        return (name, "none", "", "", "", "")
    each = max(found, key=lambda one: one.moved)
    names, ids = model.roster["name"].tolist(), [str(code) for code in model.ids]
    stage = slice(0, 6) if each.stage == "primary" else slice(6, 9)
    concerned = each.opened or each.schools
    denied = [
        {"year": one.year, "stage": one.stage, "schools": [ids[n] for n in one.schools], "happened": False}
        | ASSUMED
        for one in model.rates.past.exchanges
    ]  # fmt: skip
    plain = Scenario.model_validate({"name": NAME})
    blind = Scenario.model_validate({"name": NAME, "breaks": denied})
    with_, without = (pupils(county, one, stage)[-1] for one in (plain, blind))
    # the school that the break changed most
    school = max(each.schools, key=lambda n: abs(with_[n] - without[n]))
    last = float(np.nansum(model.past[school, stage, -1]))
    gave = (
        "; ".join(names[n] for n in each.gave) if not each.everyone else "all schools of the stage"
    )
    took = "; ".join(names[n] for n in (each.took if not each.everyone else concerned))
    what = f"{each.year}: {KINDS[each.kind].en} ({gave} → {took}, {round(each.moved)} pupils)"
    return (name, what, names[school], round(last), round(without[school]), round(with_[school]))


def merger() -> str:
    """A merger in Donghe, year by year."""
    county = load_county("150202-donghe")
    one, other = "牛桥街小学", "公园路小学"
    move = {"kind": "merger", "origin": [one], "target": other, "start": 2023} | ASSUMED
    plain = Scenario.model_validate({"name": NAME})
    merged = Scenario.model_validate({"name": NAME, "moves": [move]})
    found = [project(county, each, UNTIL) for each in (plain, merged)]
    names = list(found[0].county.tables["schools"]["name"])
    a, b = names.index(one), names.index(other)
    primary = [each.students[:, :, :6].sum(axis=2) for each in found]
    rows = [
        (found[0].last + n, *(round(float(x)) for x in (primary[0][n, a], primary[0][n, b], primary[1][n, a], primary[1][n, b])),
         float(primary[0][n].sum()), float(primary[1][n].sum()))
        for n in range(len(primary[0]))
    ]  # fmt: skip
    worst = max(abs(row[5] - row[6]) for row in rows)
    head = ["year", one, other, f"{one}, merged", f"{other}, merged", "county", "county, merged"]
    rows = [(*row[:5], round(row[5], 1), round(row[6], 1)) for row in rows]
    return (
        table(head, rows)
        + f"\nLargest difference of the county's total in any year: {worst:.1e} pupils.\n"
    )


# --- bands -------------------------------------------------------------------------------------------


def coverage_table(counties: int) -> str:
    """Share of numbers inside their 80 % bands, by truth, stage and horizon."""
    tables = {name: coverage(truth, counties) for name, truth in TRUTHS.items()}
    rows = []
    for name, found in tables.items():
        for stage, unit in itertools.product(ROWS, UNITS):
            part = found[(found["stage"] == stage) & (found["of"] == unit)].sort_values("horizon")
            rows.append((name, stage, unit, *(f"{100 * value:.1f}" for value in part["inside"])))
    cells = pd.concat(tables.values())
    held = cells["inside"].between(*RANGE)
    low, high = 100 * cells["inside"].min(), 100 * cells["inside"].max()
    out = "" if held.all() else " Outside: " + "; ".join(_outside(tables)) + "."
    head = ["truth", "stage", "of", *(f"{n} y." for n in range(1, HORIZON + 1))]
    return table(head, rows) + (
        f"\nPer cent of numbers inside their 80 % bands; {counties} counties a truth, each with {FUTURES} "
        f"futures. The largest standard error, taken from the counties, is {100 * cells['error'].max():.1f} "
        f"points. From {low:.1f} to {high:.1f} %; {held.sum()} of {len(cells)} cells lie within "
        f"{100 * RANGE[0]:.0f} to {100 * RANGE[1]:.0f} %.{out}\n"
    )


def _outside(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Cells outside the range, named."""
    return [
        f"{name}, {row.stage}, {row.of}, {row.horizon} y. ({100 * row.inside:.1f} %)"
        for name, found in tables.items()
        for row in found[~found["inside"].between(*RANGE)].itertuples()
    ]


def real_bands(folder: Path) -> str:
    """How often bands would have held in the districts of New York."""
    file = folder / NEW_YORK
    if not file.exists():
        return "The schools' enrolment was not at hand when this page was made.\n"
    rows = [
        (int(row["horizon"]), int(row["schools"]), round(100 * row["within_schools"], 1),
         int(row["counties"]), round(100 * row["within_county"], 1))
        for row in bands_of_districts(file).to_dict("records")
    ]  # fmt: skip
    head = ["years ahead", "schools", "inside, %", "totals of a district and stage", "inside, %"]
    return table(head, rows)


def new_york(folder: Path) -> str:
    """Errors of the cohort method on real schools, beside the forecast that nothing changes."""
    file = folder / NEW_YORK
    if not file.exists():
        return "The schools' enrolment was not at hand when this page was made.\n"
    wide = pd.read_csv(file, dtype={"dbn": str, "district": str})
    wide = wide.rename(columns={"dbn": "school_id", "fall_year": "year", "K": "0"})
    grades = [str(grade) for grade in range(13)]
    long = wide.melt(["school_id", "year"], grades, "grade", "students").dropna()
    long["grade"] = long["grade"].astype(int)
    districts = wide.drop_duplicates("school_id").set_index("school_id")["district"]
    results = backtest(long, (1, 2, 5), method="geometric", window=3, shrinkage=50)
    rows = []
    for unit, by in (("school", "school_id"), ("district", districts)):
        for row in backtest_errors(results, by).to_dict("records"):
            errors = (row["projected"], row["unchanged"], row["median_projected"], row["median_unchanged"])  # fmt: skip
            rows.append((unit, int(row["horizon"]), int(row["units"]), *(round(100 * each, 1) for each in errors)))  # fmt: skip
    head = ["of", "years ahead", "comparisons", "mean error, projected %", "no change %", "median, projected %", "no change %"]  # fmt: skip
    return table(head, rows) + f"\n{long['school_id'].nunique()} schools of New York City, {min(wide['year'])} to {max(wide['year'])}.\n"  # fmt: skip


PAGE = """# What the projection is worth: measured

Made by `tools/make_futures_page.py`; no number was typed. The samples are made up (see their README), so what they show is that the parts fit together; only the last two tables are of real schools.

## Entrants: births of one year, and by the cut-off date

Grade 1 projected one and two years ahead from every observed year with three years behind it, by the ratio of those three years: to the births of six years before, and to the children who are six by 31 August ([0051](decisions/0051-entry-by-the-cut-off-date.md)). The last year is shown as projected two years before; the last column says how far the two rules are apart in the coming years of which the births are known. Reason of the difference: a third of the children of a school year were born a calendar year earlier.

{entry}
## Breaks: the largest of each county

Pupils in {until} of the school that the break concerns most, if its loss or gain were read as one of every year, and as it is taken out now ([0052](decisions/0052-breaks-of-the-past-and-strands.md)).

{breaks}
## A merger in Donghe: the county's total does not move

{merger}
## Do the 80 % bands hold?

Counties made with a known truth, projected and compared. The priors were chosen on other counties of the same four truths ([0053](decisions/0053-odds-that-are-calibrated.md), [0123](decisions/0123-bands-measured-on-many-futures.md)): the table shows that the parts fit together, not that a real county is one of the four.

{coverage}
On real schools the bands are too narrow: the districts of New York City taken as counties, kindergarten to grade 5 as primary school and grades 6 to 8 as junior school, no births known, from every year with four observed years. Eighty of a hundred should lie inside ([0124](decisions/0124-bands-of-real-districts.md)).

{bands}
## Real schools

Cohorts alone, without entrants. At five years the method is no better than “no change” for single schools, and better for districts. The report says where the method comes from ([0079](decisions/0079-where-a-method-comes-from.md)).

{real}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--counties", type=int, default=COUNTIES, help="simulated counties a truth")
    parser.add_argument("--real", type=Path, default=Path(os.environ.get("JUNHENG_REAL_DATA", ROOT.parent / "shared" / "real")))  # fmt: skip
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "futures.md")
    given = parser.parse_args()
    entry = ["sample", "last year", "old rule", "new rule", "came", "comparisons", "mean error, old %", "new %", "most apart in a coming year %"]  # fmt: skip
    breaks = ["sample", "largest break", "school", "pupils in the last year", f"{UNTIL}, before", f"{UNTIL}, now"]  # fmt: skip
    given.out.write_text(
        PAGE.format(
            until=UNTIL,
            entry=table(entry, [entry_rows(name) for name in SAMPLES]),
            breaks=table(breaks, [break_row(name) for name in SAMPLES]),
            merger=merger(),
            coverage=coverage_table(given.counties),
            bands=real_bands(given.real),
            real=new_york(given.real),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
