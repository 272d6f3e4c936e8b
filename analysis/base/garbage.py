"""Work of a few seconds that makes many objects, and looks for its garbage afterwards."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Put the search for garbage in cycles off until the work is done.

    Tables, figures and modules grow to millions of objects, nearly all of which live on; to walk
    through them again and again was a tenth of what a report costs. What few cycles there are stay
    until the end.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
