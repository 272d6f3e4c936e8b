"""Which program makes the reports: digests of files, of the package and of its libraries' versions."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def sha256(path: str | Path) -> str:
    """Digest of a file; of nothing where there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


@functools.cache
def versions() -> dict[str, str]:
    """Python and the libraries that take part in a report."""
    found = {"python": platform.python_version()}
    for line in importlib.metadata.requires("junheng") or []:
        if "extra ==" not in line:
            name = re.match(r"[\w.-]+", line)[0]
            found[name] = importlib.metadata.version(name)
    return found


@functools.cache
def program_digest() -> str:
    """SHA-256 of the package's files and of the versions of its libraries, typefaces included."""
    digest = hashlib.sha256(json.dumps(versions()).encode())
    for file in sorted(PACKAGE.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(f"{file.relative_to(PACKAGE)} {sha256(file)}\n".encode())
    return digest.hexdigest()
