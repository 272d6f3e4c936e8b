"""Work of a few seconds that makes many objects, and when its garbage is looked for."""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Iterator

#: Whether earlier work of this process has left garbage that nobody has looked for.
_left = False


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Put the search for garbage in cycles off until the next work of this kind begins.

    Tables, figures and modules grow to millions of objects, nearly all of which live on; to walk
    through them again and again was a tenth of what a report costs, and once more at its end what
    the last report of a command has no use for.
    """
    global _left
    if not gc.isenabled():
        yield
        return
    if _left:
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        _left = True
        if not gc.get_freeze_count():
            # all that is new is old now, without a walk: else the next object made would set it off
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def seldom_collected() -> None:
    """For the process of a command: search for garbage less often, and not once more when it ends.

    Libraries and tables live until then; the interpreter would walk through all of them twice before
    it gives the memory back, which the system does anyway.
    """
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)
