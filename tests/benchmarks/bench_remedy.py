"""How long does it take to find and prove the cheapest plan, and what does the plan save?

python tests/benchmarks/bench_remedy.py
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bench_planner import generated

from analysis import load_county
from analysis.data.paths import sample_folder
from analysis.remedy.answer import remedy
from analysis.remedy.solve.model import build
from analysis.remedy.solve.search import search

ALLOWED = {100: 3.0, 300: 20.0}
"""Seconds for a generated county of so many schools; a sample may take one."""


def main() -> list[tuple]:
    """Measure all samples, generated counties, and a re-solve with a locked measure.

    Returns
    -------
    list of tuple
        ``(name, ours, theirs, ratio, target)``: processor seconds against those allowed, and yuan of
        the plan against yuan of the greedy repair, in which every school buys its own shortfall.
    """
    counties = [(load_county(f.parent), 1.0) for f in sorted(sample_folder().glob("*/county.yaml"))]
    counties += [(generated(schools), allowed) for schools, allowed in ALLOWED.items()]
    rows = []
    for county, allowed in counties:
        start = time.process_time()
        answer = remedy(county)
        taken = time.process_time() - start
        size = f"{county.slug}, {len(answer.instance.schools)} schools"
        proof = f"{answer.status}, gap {answer.gap:.1e}"
        rows.append((f"{size}: {proof} : allowed", taken, allowed, taken / allowed, "<= 1"))
        cost, greedy = float(answer.cost), float(answer.greedy)
        saving = f"saves {answer.saving:.0%}" if answer.saving is not None else "nothing to do"
        name = f"{size}: yuan of the plan : greedy repair"
        rows.append((name, cost, greedy, cost / greedy if greedy else 1.0, saving))
    rows.append(_again())
    return rows


def _again() -> tuple:
    """A sixty-school county solved again with its dearest measure forbidden."""
    answer = remedy(generated(60))
    program = answer.program
    dearest = max(range(len(program.keys)), key=lambda v: program.cost[v] * answer.found.values[v])
    start = time.process_time()
    locks = {program.keys[dearest]: (0, 0)}
    again = build(answer.instance, answer.means, answer.goal, locks=locks)
    search(answer.instance, again, answer.goal, gap=1e-4)
    taken = time.process_time() - start
    return (
        "60 schools: solved again with a measure forbidden : allowed",
        taken,
        1.0,
        taken,
        "<= 1",
    )


if __name__ == "__main__":
    for row in main():
        print(*row, sep=" | ")
