"""Work of a few seconds on many small tables: when its garbage is looked for, and how its texts are kept."""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Iterator

#: Whether this process is a command's, and whether earlier work of it has left garbage.
_command = _left = False


@contextlib.contextmanager
def effort() -> Iterator[None]:
    """What makes a report cheaper, and what it reads; to be said once around the whole work.

    Texts of tables are kept by Python. Arrow, which pandas takes where it is installed, is
    quicker from some ten thousand rows on; at each of the thousands of looks into tables of a hundred it
    is slower: a tenth of a report.
    """
    import pandas as pd

    with _uncollected(), pd.option_context("mode.string_storage", "python"):
        yield


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Put the search for garbage in cycles off until the work is done.

    Tables, figures and modules grow to millions of objects, nearly all of which live on; to walk
    through them again and again was a tenth of what a report costs. In the process of a command
    the search comes only before the next work of this kind: what the last report leaves is of no use to anybody.
    """
    global _left
    if not gc.isenabled():
        yield
        return
    if _left:
        gc.collect()
        _left = False
    gc.disable()
    try:
        yield
    finally:
        if _command:
            # all that is new is old now, without a walk: else the next object made would set it off
            gc.freeze()
            gc.unfreeze()
            _left = True
        gc.enable()


def seldom_collected() -> None:
    """For the process of a command: search for garbage less often, and not once more when it ends.

    Libraries and tables live until then; the interpreter would walk through all of them twice before
    it gives the memory back, which the system does anyway.
    """
    global _command
    _command = True
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)
