"""What an extra needs beyond a lock file: `python tools/lock_more.py requirements.lock < frozen`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path


def canonical(line: str) -> str:
    """The name of a pinned package."""
    return re.sub(r"[-_.]+", "-", line.partition("==")[0].strip()).lower()


def beyond(frozen: Iterable[str], lock: Iterable[str]) -> list[str]:
    """Pins of a frozen environment that a lock file does not have, by name."""
    there = {canonical(line) for line in lock}
    pins = {canonical(line): line.strip() for line in frozen if "==" in line}
    return [pins[name] for name in sorted(pins) if name not in there]


if __name__ == "__main__":
    lock = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    sys.stdout.writelines(f"{line}\n" for line in beyond(sys.stdin, lock))
