"""Work of a few seconds that makes many objects, and when its garbage is looked for."""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Iterator

#: Whether this process is a command's, and whether earlier work of it has left garbage.
_command = _left = False


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
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
