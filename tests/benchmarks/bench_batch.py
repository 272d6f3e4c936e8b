"""How fast is a batch? Against papermill and nbconvert by hand, against the floor, against itself.

python tests/benchmarks/bench_batch.py              # 24 reports, then 500 small ones
python tests/benchmarks/bench_batch.py --reports 6 --small 40
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from counties import write_province
from notebook_files import write_cover

from analysis import analyze, load_county
from analysis.base.effort import effort
from analysis.data.paths import NOTEBOOKS, sample_folder
from analysis.report.build import export, pages_of

NOTEBOOK = NOTEBOOKS / "county_report.ipynb"
BIN = Path(sys.executable).parent

#: Six years of data each.
COUNTIES = ("150302-haibowan", "652323-hutubi", "411281-yima", "230505-sifangtai")


def main(reports: int = 24, small: int = 500) -> list[tuple[str, float, float, float, str]]:
    """Run all comparisons.

    Parameters
    ----------
    reports : int
        Reports made each way; up to six per county.
    small : int
        Reports of the batch whose memory is watched.

    Returns
    -------
    list of tuple
        ``(name, ours, theirs, ratio, target)``: seconds (memory: MB); ratio is theirs / ours except
        for the floor, the report in a warm process (theirs is what it may cost) and the memory, where it
        is ours / theirs.
    """
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        province, jobs = _province(folder / "province", reports)
        ours = _batch(province, folder / "ours", 2)
        again = _batch(province, folder / "ours", 2)
        alone = _batch(province, folder / "alone", 1)
        floor, each = _floor(jobs)
        loop = _by_hand(jobs, folder / "loop", 1)
        parallel = _by_hand(jobs, folder / "parallel", 2)
        _same_bytes(folder / "ours", folder / "loop")
        n = len(jobs)
        rows += [
            (f"{n} reports, 2 workers : loop", ours, loop, loop / ours, "≥ 8"),
            (f"{n} reports, 2 workers : xargs -P 2", ours, parallel, parallel / ours, "≥ 4"),
            (f"{n} reports, 1 worker : floor", alone, floor, alone / floor, "≤ 1.25"),
            (
                "one of them in a warm process, seconds of the processor",
                each,
                2.0,
                each / 2.0,
                "≤ 1",
            ),
            (f"{n} reports, unchanged : first run", again, ours, ours / again, "≥ 50"),
        ]
        if small:
            late, early = _memory(folder, small)
            name = f"{small} small reports, MB at the end : after a quarter"
            rows.append((name, late, early, late / early, "≤ 1.1"))
    return rows


def _province(folder: Path, reports: int) -> tuple[Path, list[tuple[Path, int]]]:
    """Copies of samples, and one (county, year) for every report."""
    jobs = []
    for name in COUNTIES[: -(-reports // 6)]:
        shutil.copytree(sample_folder() / name, folder / name)
        jobs += [(folder / name, year) for year in load_county(folder / name).years]
    return folder, jobs


def _batch(province: Path, out: Path, workers: int) -> float:
    command = [BIN / "junheng", "batch", province, "--year", "all", "--out", out]
    return _time([*command, "--jobs", str(workers)])


def _by_hand(jobs: list[tuple[Path, int]], folder: Path, processes: int) -> float:
    """A line of shell for every report, as one would write it."""
    folder.mkdir()
    lines = []
    for county, year in jobs:
        executed = folder / f"{county.name}-{year}.ipynb"
        options = f"-k python3 --no-progress-bar -p county {county} -p year {year} -p lang zh"
        steps = [f"{BIN}/papermill {NOTEBOOK} {executed} {options}"]
        steps += [
            f"{BIN}/jupyter nbconvert --log-level ERROR --to junheng-{kind} {executed}"
            for kind in ("html", "pdf")
        ]
        lines.append(" && ".join(steps))
    (folder / "jobs").write_text("".join(f"{line}\0" for line in lines), encoding="utf-8")
    return _time(
        ["xargs", "-0", "-P", str(processes), "-I{}", "-a", folder / "jobs", "sh", "-c", "{}"]
    )


def _floor(jobs: list[tuple[Path, int]]) -> tuple[float, float]:
    """The same figures, tables, pandoc and Typst in this process: no notebook, no kernel.

    Seconds of the clock for all, and of the processor for one (the median).
    """
    from analysis.report.pages.report import Report

    @effort()
    def make(county: Path, year: int) -> float:
        started = _processor()
        notebook = pages_of(Report(analyze(county, year)))
        for kind in ("html", "pdf"):
            export(notebook, kind)
        return _processor() - started

    make(*jobs[0])
    started = time.perf_counter()
    costs = [make(county, year) for county, year in jobs]
    return time.perf_counter() - started, statistics.median(costs)


def _processor() -> float:
    """Seconds of the processor so far, those of pandoc included."""
    return sum(os.times()[:4])


def _memory(folder: Path, number: int) -> tuple[float, float]:
    """MB of a batch of many small reports at the end and after a quarter of them.

    Each report has to be that of its own county.
    """
    province = write_province(folder / "small", number)
    page = write_cover(folder / "cover.ipynb")
    out = folder / "small-out"
    command = [BIN / "junheng", "batch", province, "--out", out, "--jobs", "2"]
    command += ["--format", "html", "--notebook", page]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    samples: list[tuple[int, float]] = []

    def watch() -> None:
        while process.poll() is None:
            try:
                batch = psutil.Process(process.pid)
                # itself and the server; what is forked from that ends with its report
                used = sum(one.memory_info().rss for one in (batch, *batch.children()))
            except psutil.Error:
                continue
            samples.append((len(list(out.glob("1*.html"))), used / 1e6))
            time.sleep(0.5)

    watcher = threading.Thread(target=watch)
    watcher.start()
    watcher.join()
    early = [used for done, used in samples if number * 0.2 <= done <= number * 0.3]
    late = [used for done, used in samples if number * 0.85 <= done < number]
    for index in range(number):
        page_ = (out / f"{100000 + index}-2023.html").read_text(encoding="utf-8")
        assert f'content="junheng {100000 + index} 2023 2 {201 + index}"' in page_, index
    return max(late), max(early)


def _same_bytes(ours: Path, theirs: Path) -> None:
    pages = sorted(ours.glob("*-20*.html"))
    for page in pages:
        assert page.read_bytes() == (theirs / page.name).read_bytes(), page.name
    assert len(pages) == len(list(theirs.glob("*.ipynb")))


def _time(command: list) -> float:
    started = time.perf_counter()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{shlex.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--small", type=int, default=500)
    chosen = parser.parse_args()
    print(f"{'':56s} {'ours':>8s} {'theirs':>8s} {'ratio':>7s}  target")
    for name, ours, theirs, ratio, target in main(chosen.reports, chosen.small):
        print(f"{name:56s} {ours:8.1f} {theirs:8.1f} {ratio:7.2f}  {target}")
