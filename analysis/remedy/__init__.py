"""Remedies: the least that must be done so that a county passes, and the proof that it is the least.

In comes a judged county (`analysis.study.Study`, observed or projected), the means with their prices
(`remedy.yaml`) and a goal. Out come measures by school, their cost, a bound that no plan undercuts,
files and a scenario. The modules, from the ground up:

    means      what may be bought, hired, trained, moved, and what it costs
    staff      who is above-qualified, backbone, PE or arts teacher at once
    instance   the judged rows in exact numbers
    goal       what must hold afterwards
    model      thresholds and rule as a linear program in whole numbers
    solver     HiGHS
    cone       coefficients of variation as tangents of a second-order cone
    repair     more of what lowers a variation
    exactly    a solution judged without rounding
    search     relaxation, plans, bound
    greedy     what it costs if everybody buys its own shortfall
    diversions pupils moved by a menu
    plan       the measures, and the county after them
    why        which limits would have to give way
    answer     `remedy()`, all of it in its order
    frontier   cost against schools, limits of variation and years
    calendar   which measure in which year
    onward     the plan as a scenario
    reading    the plan in words
    output     the plan in files

May import: the county's tables, the rules, the study and the outlook, and the scenario's classes; not the
report, the planner, the command line, nor anything that draws. The package itself may be called:
``analysis.remedy(county)`` is `analysis.remedy.answer.remedy`.
"""

from __future__ import annotations

import importlib
import sys
import types

_HOME = {
    "Goal": "goal",
    "Means": "means",
    "Remedy": "answer",
    "built_in_means": "means",
    "read_means": "means",
    "scenario_of": "onward",
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
