"""Imports that take longer than what they are used for, made short."""

from __future__ import annotations

import importlib
import sys


def import_jsonschema() -> None:
    """Import jsonschema, which nbformat needs, without a grammar.

    With `rfc3987_syntax` at hand it compiles one (1.2 s) for a format that notebooks do not use.
    """
    if "jsonschema" in sys.modules or "rfc3987_syntax" in sys.modules:
        return
    sys.modules["rfc3987_syntax"] = None
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules["rfc3987_syntax"]
