"""Ends the processes that a process has forked when that one dies, by whatever means.

Who is killed by SIGKILL or for want of memory ends nothing himself, and a child that is busy in a
library does not look whether its parent is still there. So a process that forks others has a warden:
a process that only waits for the end of a pipe, which no death can prevent, and then ends all the
process groups that were enrolled. It works wherever there is `fork`; on Linux the kernel ends the
children as well, should the warden die in the same moment.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from multiprocessing.connection import wait

#: ``PR_SET_PDEATHSIG`` of ``linux/prctl.h``.
_DEATH_SIGNAL = 1


class Warden:
    """Forks the warden of this process; to be made before anything else is forked.

    Parameters
    ----------
    lifeline : int
        Descriptor of a pipe whose end means that this process is to end, too: at once, whatever it
        does. It is the warden's from now on.

    Attributes
    ----------
    pid : int
        Of the warden; whoever reaps it has lost it.

    Notes
    -----
    All other descriptors that this process has open are held by the warden until it has done its
    work: who waits for the end of a pipe from this process knows then that its children are gone.
    """

    def __init__(self, lifeline: int):
        owner = os.getpid()
        reading, self._writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._writing)
                _watch(reading, lifeline, owner)
            finally:
                os._exit(0)
        os.close(reading)
        os.close(lifeline)
        self._owner = owner
        self._prctl = None
        if sys.platform == "linux":
            import ctypes

            with contextlib.suppress(OSError, AttributeError):
                self._prctl = ctypes.CDLL(None).prctl

    def enrol(self) -> None:
        """In a forked process: become a process group that ends when the one that forked it does."""
        # until this descriptor is closed the warden waits, so that nobody is missed who is just born
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        with contextlib.suppress(OSError):
            os.write(self._writing, b"+%d\n" % os.getpid())
        os.close(self._writing)
        if self._prctl is not None:
            self._prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._owner:
            # it died before it could be noticed
            os._exit(1)

    def dismiss(self, pid: int) -> None:
        """A process has ended and was reaped; what it has left behind is ended."""
        end_group(pid)
        with contextlib.suppress(OSError):
            os.write(self._writing, b"-%d\n" % pid)


def end_group(pid: int) -> None:
    """Kill a process group, if it is there."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def _watch(reading: int, lifeline: int, owner: int) -> None:
    """Wait for the end of the owner, or of the lifeline, and end what is there."""
    # neither a terminal's Ctrl+C nor a signal to the owner's group concerns the warden
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    text, ends = b"", [reading, lifeline]
    while True:
        ready = wait(ends)
        if lifeline in ready and not os.read(lifeline, 1):
            os.kill(owner, signal.SIGKILL)
            ends.remove(lifeline)
        if reading not in ready:
            continue
        data = os.read(reading, 65536)
        if not data:
            break
        *lines, text = (text + data).split(b"\n")
        for line in lines:
            (groups.add if line[:1] == b"+" else groups.discard)(int(line[1:]))
    for pid in groups:
        end_group(pid)
