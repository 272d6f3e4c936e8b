"""Remedies: the least that must be done so that a county passes, and the proof that it is the least.

In comes a judged county (`analysis.measure.study.Study`, observed or projected), the means with their prices
(`remedy.yaml`) and a goal. Out come measures by school, their cost, a bound that no plan undercuts,
files and a scenario.

    problem    the judged rows in exact numbers, means and prices, the goal
    solve      plans in whole numbers, the bound, or why there is none
    plan       a solution as measures, and the county after them
    result     the plan with its cost, its bound and the engine's own word on it
    reasons    what limits the proof, or why there is none
    answer     `remedy()`, all of it in its order
    outcome    by year, in words, as files, as a scenario; what money buys and what drives the cost

May import: the county's tables, the rules, the study and the outlook, and the scenario's classes; not the
report, the planner, the command line, nor anything that draws. The package itself may be called:
``analysis.remedy(county)`` is `analysis.remedy.answer.remedy`.
"""

from __future__ import annotations

import importlib
import sys
import types

_HOME = {
    "Goal": "problem.goal",
    "Means": "problem.means",
    "Remedy": "result",
    "built_in_means": "problem.means",
    "read_means": "problem.means",
    "scenario_of": "outcome.as_scenario",
}
__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)


class _Room(types.ModuleType):
    """A package that does what it is named after when it is called."""

    def __call__(self, *args, **options):
        from .answer import remedy

        return remedy(*args, **options)


sys.modules[__name__].__class__ = _Room
