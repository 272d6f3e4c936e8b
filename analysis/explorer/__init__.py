"""The analyst's explorer in JupyterLab: schools as points that one chooses and drags.

In comes what one looks at and what is assumed instead (`State`); out goes everything to be seen
(`View`), worked out by the same functions as the report, and from it the page of the widget and a
picture. It may import `present` and what is below it, and knows neither reports nor batches.
"""

from __future__ import annotations

import importlib

_HOME = {
    "Explorer": "widget",
    "State": "state",
    "View": "view",
    "view_of": "view",
}

__all__ = sorted(_HOME)


def __getattr__(name: str):
    # whoever needs a view alone does without the machinery of widgets
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
