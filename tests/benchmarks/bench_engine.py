"""The judging engine on a large county: 300 schools over 10 years, and a sample's report.

Run ``python tests/benchmarks/bench_engine.py`` (some seconds). There is nothing to compare with, so
"theirs" is the target. Processor time is measured, so that a busy machine does not disturb.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from counties import generated_county

from analysis import County, analyze, load_county


def milliseconds(work: Callable[[], object], runs: int = 15) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return 1e3 * best


def verdicts(county: County) -> None:
    """What the planner's page shows: values, CVs, school rule, items and verdict of every year."""
    study = analyze(county)
    assert len(study.verdicts) == len(county.years)


def all_tables(county: County) -> None:
    """The same as tables."""
    study = analyze(county)
    for name in ("register", "all_indicators", "all_balance", "all_schools", "all_evaluation"):
        assert len(getattr(study, name))


def report(county: County) -> None:
    """Everything that a report asks of the engine."""
    all_tables(county)
    study = analyze(county)
    for name in (
        *("evaluation", "items", "switch_audit", "concession_effects", "method_audit"),
        *("indicator_margins", "school_margins", "balance_margins"),
    ):
        getattr(study, name)
    study.targets_by_phase()


def main() -> list[tuple[str, str, str, float, str]]:
    """Rows of name, ours, theirs (the target), ratio and target."""
    large, sample = generated_county(), load_county("150202-donghe")
    cases = (
        ("300 schools x 10 years: indicators, CVs, school rule", lambda: analyze(large), 60),
        ("300 schools x 10 years: with all items and verdicts", lambda: verdicts(large), 60),
        ("300 schools x 10 years: with every table", lambda: all_tables(large), 60),
        ("a sample's report: all that it asks of the engine", lambda: report(sample), 300),
    )
    rows = []
    for name, work, target in cases:
        work()
        took = milliseconds(work)
        rows.append((name, f"{took:.1f} ms", f"{target} ms", took / target, "<= 1"))
    return rows


if __name__ == "__main__":
    for name, ours, theirs, ratio, target in main():
        print(f"{name:<75} {ours:>10} {theirs:>10} {ratio:>8.2f}  target {target}")
