"""Junheng 均衡: how far a county's schools are from high-quality and balanced education.

The names are imported from their modules when they are first used: a command that only looks at
files starts without pandas.
"""

import importlib

__version__ = "1.0.0"

_HOME = {
    "County": "data.county",
    "InputError": "base.files",
    "Study": "measure.study",
    "analyze": "future.analyze",
    "apportion": "measure.apportioning.dividing",
    "coefficient_of_variation": "measure.dispersion",
    "compare": "measure.side_by_side.compare",
    "dictionary": "data.dictionary",
    "load_county": "data.load",
    "load_scenario": "future.assumptions.scenario",
    "load_standard": "policy.standards",
    "progression_ratios": "future.past.cohorts",
    "project": "future.project",
    "project_enrolment": "future.past.cohorts",
    "read_county": "data.load",
    "review": "present.plan_review",
    "set_language": "base.shown",
}

#: What these return shows itself in a notebook.
_SHOWN = ("Study", "analyze", "compare", "dictionary")

#: Rooms that are called by their names.
_ROOMS = ("remedy",)

__all__ = sorted([*_HOME, *_ROOMS])


def __getattr__(name: str):
    if name in _ROOMS:
        return importlib.import_module(f".{name}", __name__)
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    if name in _SHOWN:
        importlib.import_module(".present.views.study", __name__).shown_by()
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_ROOMS})
