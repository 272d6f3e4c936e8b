"""All benchmarks one after another, each in a process of its own -> docs/benchmarks.md.

Run ``make bench`` on a machine that does nothing else. Every figure is compared with another one of
the same run on the same machine; seconds alone mean little.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
CALL = "import json, {name}; print('ROWS' + json.dumps([list(map(str, row)) for row in {name}.main()]))"


def rows_of(name: str) -> list[list[str]]:
    """What a benchmark's `main` returns: name, ours, theirs, ratio, target."""
    # generated counties come from the tools, small ones from the tests
    path = os.pathsep.join(str(place) for place in (HERE.parent, HERE.parents[1] / "tools"))
    done = subprocess.run(
        [sys.executable, "-c", CALL.format(name=name)],
        cwd=HERE,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("ROWS")]
    if done.returncode or not found:
        raise SystemExit(f"{name}: {done.stderr.strip()[-2000:]}")
    return json.loads(found[-1].removeprefix("ROWS"))


def shown(text: str) -> str:
    """A figure with three digits that count; other texts as they are."""
    try:
        number = float(text)
    except ValueError:
        return text.replace("|", "/")
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"


def main() -> None:
    chosen = sys.argv[1:] or sorted(path.stem for path in HERE.glob("bench_*.py"))
    lines = [
        "# Benchmarks",
        "",
        f"`make bench`, {datetime.date.today()}, {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}. Ours and theirs come from one run on the same machine; "
        "each line says what it measures. One benchmark alone: "
        "`.venv/bin/python tests/benchmarks/bench_nation.py`.",
        "",
    ]
    for name in chosen:
        lines += [f"## {name.removeprefix('bench_')}", ""]
        lines += [
            "| what | ours | theirs | ratio | target |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
        for row in rows_of(name):
            line = f"| {' | '.join(map(shown, row))} |"
            print(line, flush=True)
            lines.append(line)
        lines.append("")
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()
