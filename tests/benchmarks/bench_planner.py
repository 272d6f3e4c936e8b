"""How long does the planner's page take from a change to new figures and lists, without HTTP and drawing?

Seconds of this process's processor: other work on the machine makes them longer (shared caches and
cores), but is not counted.

python tests/benchmarks/bench_planner.py
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from make_nation import generate_nation

from analysis import County, analyze, load_county, load_standard
from analysis.base.schema.tables import TABLES
from analysis.data.county import CountyRecord
from analysis.future.comparison import verdicts, yearly
from analysis.planner.desk import Desk
from analysis.planner.picture import course
from analysis.planner.state import State, base_of, read_state, scenario_of

ALLOWED = 0.1
"""Seconds from a change to new figures and lists."""


def main(schools: int = 300, ahead: int = 10, repeat: int = 7) -> list[tuple]:
    """Measure a large generated county and a sample.

    Parameters
    ----------
    schools, ahead : int
        Size of the generated county and years projected; six years are observed.
    repeat : int
        The fastest of so many changes counts.

    Returns
    -------
    list of tuple
        ``(name, ours, theirs, ratio, target)`` in seconds; ratio is ours / theirs. `theirs` is the
        time allowed, or what projecting, judging and comparing as tables take without the page.
    """
    rows = []
    large, sample = generated(schools), load_county("150202-donghe")
    for county, years in ((large, ahead), (sample, 9)):
        size = f"{len(county.tables['schools'])} schools x {years} years"
        until = county.years[-1] + years
        desk = Desk({county.slug: county})

        def state(shift: float, county=county, until=until) -> State:
            text = {"county": county.slug, "until": until, "births_shift": shift}
            return read_state(json.dumps(text).encode())

        def change(number: int, desk=desk, state=state) -> None:
            json.dumps(desk.outcome(state(number / 1000), "zh"))

        def engine(number: int, county=county, state=state) -> None:
            given = state(-number / 1000)
            found = scenario_of(given, base_of(given, county), county)
            study = analyze(county, scenario=found)
            yearly(study), verdicts(study), study.all_balance

        def both(number: int, desk=desk, state=state) -> None:
            given = state(0.02 + number / 1000)
            json.dumps(desk.outcome(given, "zh"))
            json.dumps(desk.details(given, "zh"))

        def lists(number: int, desk=desk, state=state) -> None:
            desk.details(state(number / 1000), "zh")

        ours, alone = _fastest(change, repeat), _fastest(engine, repeat)
        whole = _fastest(both, repeat)
        course_of = desk.course(state(0.001)).study
        own = _fastest(lambda _, study=course_of: course(study), repeat)
        later = _fastest(lists, repeat)
        rows += [
            (
                f"{size}: change to figures and lists : allowed",
                whole,
                ALLOWED,
                whole / ALLOWED,
                "≤ 1",
            ),
            (f"{size}: change to figures : allowed", ours, ALLOWED, ours / ALLOWED, "≤ 1"),
            (f"{size}: the same : tables of compare, no page", ours, alone, ours / alone, "≤ 1"),
            (f"{size}: figures of a study : change", own, ours, own / ours, "≤ 0.2"),
            (f"{size}: lists that follow : allowed", later, ALLOWED, later / ALLOWED, "≤ 1"),
        ]
    return rows


def generated(schools: int) -> County:
    """One county of the synthetic nation, six years observed."""
    nation = generate_nation(counties=1, schools=schools, years=6)
    tables = {}
    for name, table in TABLES.items():
        kinds = {c.name: "float64" if c.is_numeric else "str" for c in table.columns}
        frame = (
            nation.get(name, pd.DataFrame(columns=["county"]))
            .drop(columns="county")
            .reindex(columns=table.names)
            .astype(kinds)
        )
        tables[name] = frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="row"))
    text = {"zh": "大县", "en": "Large County"}
    record = CountyRecord(code="100000", name=text, province=text)
    return County(record, MappingProxyType(tables), load_standard("cn-2017"), Path("large"))


def _fastest(task: Callable[[int], object], repeat: int) -> float:
    """Seconds of the fastest of several runs; the first one fills the caches."""
    task(0)
    times = []
    for number in range(1, repeat + 1):
        start = time.process_time()
        task(number)
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    for name, ours, theirs, ratio, target in main():
        print(f"{name:58} {ours:8.3f} {theirs:8.3f} {ratio:7.2f}  {target}")
