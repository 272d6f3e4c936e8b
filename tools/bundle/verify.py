"""Whether the files of this folder are the ones that SHA256SUMS lists; names every one that is not."""

import hashlib
import sys
from pathlib import Path

folder = Path(__file__).resolve().parent
wrong = []
for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
    digest, _, name = line.partition("  ")
    path = folder / name
    if not path.is_file():
        wrong.append(f"{name}: is missing")
    elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        wrong.append(f"{name}: is damaged; copy the bundle again")
if wrong:
    print("\n".join(wrong), file=sys.stderr)
    sys.exit(1)
