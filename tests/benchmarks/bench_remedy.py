"""How long does it take to find and prove the cheapest plan, and what does the plan save?

python tests/benchmarks/bench_remedy.py: the table of docs/benchmarks.md
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bench_planner import generated

from analysis import load_county
from analysis.data.county import County
from analysis.data.paths import sample_folder
from analysis.remedy.answer import remedy
from analysis.remedy.solve.greedy import greedy
from analysis.remedy.solve.model import build
from analysis.remedy.solve.search import search

ALLOWED = {40: 1.0, 100: 3.0, 300: 20.0}
"""Seconds for a generated county of so many schools; a sample may take one."""
TIGHT = Fraction("0.8")
"""Generated counties are solved again with limits of variation so many times the national ones."""
WAITED = 60.0
"""Seconds of the clock after which a search ends; what is compared are processor seconds."""


@dataclass(frozen=True)
class Measured:
    """A county's plan: yuan, and processor seconds with those allowed; `greedy` may lead nowhere."""

    name: str
    schools: int
    status: str
    cost: float
    bound: float
    gap: float
    seconds: float
    allowed: float
    greedy: float | None

    @property
    def saving(self) -> str:
        return f"{1 - self.cost / self.greedy:.0%}" if self.greedy else "—"

    @property
    def line(self) -> str:
        """As the table of docs/benchmarks.md has it."""
        greedy = f"{self.greedy:,.0f}" if self.greedy is not None else "—"
        cells = (
            *(self.name, self.schools, f"{self.cost:,.0f}", f"{self.bound:,.0f}"),
            *(f"{self.gap:.1e}" if self.gap else "0", f"{self.seconds:.2f}"),
            *(f"≤ {self.allowed:g}", greedy, self.saving),
        )
        return f"| {' | '.join(map(str, cells))} |"


HEAD = """| county | schools | cost (yuan) | bound | gap | seconds | allowed | greedy repair | saved |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def measured() -> Iterator[Measured]:
    """All samples, generated counties, the same with tighter limits, and a re-solve as in the planner."""
    for file in sorted(sample_folder().glob("*/county.yaml")):
        yield _solved(load_county(file.parent), 1.0)[0]
    for schools, allowed in ALLOWED.items():
        ours, answer = _solved(generated(schools), allowed, f"generated, {schools}")
        yield ours
        yield _tighter(answer, allowed, f"generated, {schools}, limits × {float(TIGHT):g}")
    yield _again()


def _solved(county: County, allowed: float, name: str = "") -> tuple[Measured, object]:
    start = time.process_time()
    answer = remedy(county, seconds=WAITED)
    taken = time.process_time() - start
    figures = (float(answer.cost), float(answer.bound), answer.gap, taken, allowed)
    other = None if answer.greedy is None else float(answer.greedy)
    schools = len(answer.instance.schools)
    return Measured(name or county.slug, schools, answer.status, *figures, other), answer


def _tighter(answer, allowed: float, name: str) -> Measured:
    instance = answer.instance.with_limit(TIGHT)
    start = time.process_time()
    program = build(instance, answer.means, answer.goal)
    found = search(instance, program, answer.goal, gap=1e-4, seconds=WAITED)
    taken = time.process_time() - start
    other = greedy(instance, program, answer.goal)
    figures = (float(found.cost), float(found.bound), found.gap, taken, allowed)
    return Measured(
        name, len(instance.schools), found.status, *figures, float(other[0]) if other else None
    )


def _again() -> Measured:
    """A sixty-school county solved again without the dearest measure that can be spared."""
    answer = remedy(generated(60))
    program, values = answer.program, answer.found.values
    done = [v for v, value in enumerate(values) if value and program.cost[v]]
    for v in sorted(done, key=lambda v: -program.cost[v] * values[v]):
        start = time.process_time()
        again = build(answer.instance, answer.means, answer.goal, locks={program.keys[v]: (0, 0)})
        found = search(answer.instance, again, answer.goal, gap=1e-4)
        taken = time.process_time() - start
        if found.cost is not None:
            break
    figures = (float(found.cost), float(found.bound), found.gap, taken, 1.0)
    schools = len(answer.instance.schools)
    return Measured("generated, 60, one measure forbidden", schools, found.status, *figures, None)


def main() -> list[tuple]:
    """The same figures as the other benchmarks give them.

    Returns
    -------
    list of tuple
        ``(name, ours, theirs, ratio, target)``: processor seconds against those allowed, and yuan of
        the plan against yuan of the greedy repair, in which every school buys its own shortfall.
    """
    rows = []
    for each in measured():
        size = f"{each.name}, {each.schools} schools: {each.status}, gap {each.gap:.1e}"
        ratio = each.seconds / each.allowed
        rows.append((f"{size} : allowed", each.seconds, each.allowed, ratio, "<= 1"))
        if each.greedy:
            name = f"{each.name}: yuan of the plan : greedy repair"
            saved = f"saves {each.saving}"
            rows.append((name, each.cost, each.greedy, each.cost / each.greedy, saved))
    return rows


if __name__ == "__main__":
    print(HEAD)
    for each in measured():
        print(each.line, flush=True)
