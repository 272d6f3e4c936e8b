"""A batch for people: what is asked for, how far it is, what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ..base.files import N_, Finding, InputError, problem
from ..base.language import Language, speak
from ..base.storage.patience import trouble
from ..base.storage.writing import Writer
from ..data.paths import NOTEBOOKS
from .index import (
    INDEX,
    MANIFEST,
    collect,
    county_text,
    status_text,
    verdict_text,
    write_index,
    write_manifest,
)
from .jobs import Job, counties_below, shard
from .records import Placed, records
from .run import run_batch
from .work import run_region

STYLES = {"done": "green", "unchanged": "dim", "failed": "red", "not_enough_data": "yellow"}


def run(
    roots: Iterable[str],
    out: Path,
    *,
    year: int | str | None,
    lang: str,
    formats: tuple[str, ...],
    scenarios: Iterable[str | None],
    region: bool,
    workers: int | None,
    scheduler: str | None,
    part: str | None,
    force: bool,
    timeout: float | None,
    notebook: Path | None,
) -> bool:
    """Run a batch and tell of it; whether nothing failed.

    Parameters are those of ``junheng batch``.

    Raises
    ------
    InputError
        There is nothing to be run, or the results cannot be written.
    ValueError
        `part` is not ``i/n``.
    """
    say = speak(lang)
    console = Console(highlight=False)
    page = Path(notebook or NOTEBOOKS / "county_report.ipynb").resolve()
    if not page.is_file():
        raise problem(N_("the file is missing"), file=page)
    skipped: list[Finding] = []
    counties = counties_below(roots, out, skipped)
    for finding in skipped:
        console.print(finding.sentence(lang), markup=False, soft_wrap=True)
    asked = [
        Job(str(county), year, scenario, lang, formats, str(page), timeout)
        for county in counties
        for scenario in scenarios
    ]
    mine = shard(asked, part)
    started = time.monotonic()
    try:
        # in a folder with records both lists are those of an earlier run
        writer = Writer((), force, Placed((INDEX, MANIFEST) if records(out) else ()))
        if out.is_dir():
            # before hours of work
            writer.check(out / INDEX)
            writer.check(out / MANIFEST)
        writer = Writer((), force, Placed((INDEX, MANIFEST)))
        with _Progress(console, say, len(mine)) as progress:
            results = run_batch(
                mine, out, workers=workers, scheduler=scheduler, force=force, tell=progress.tell
            )
        if region:
            one = year if isinstance(year, int) else None
            options = {"lang": lang, "formats": formats, "timeout": timeout, "force": force}
            results.append(run_region(counties, out.resolve(), year=one, **options))
        failed = any(record["status"] == "failed" for record in results)
        listed = collect(out, results, {job.county for job in asked})
        write_manifest(out, listed, writer)
        index = write_index(out, listed, lang, writer)
    except OSError as error:
        raise InputError([trouble(error, out)]) from None
    console.print(_table(results, say), soft_wrap=True)
    counts = Counter(record["status"] for record in results)
    console.print(
        say(
            "{counts}; {seconds} s. List of all reports: {index}",
            counts=say(", ").join(f"{status_text(s, say)} {n}" for s, n in counts.items()),
            seconds=say.number(time.monotonic() - started, 1),
            index=index,
        ),
        soft_wrap=True,
        markup=False,
    )
    return not failed


class _Progress:
    """A bar with rate and time left on a terminal, a line for every report elsewhere."""

    def __init__(self, console: Console, say: Language, total: int):
        self._console, self._say, self._started = console, say, time.monotonic()
        self._bar = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(elapsed_when_finished=True),
                console=console,
            )
            self._task = self._bar.add_task(say("starting"), total=total, rate="")

    def __enter__(self) -> _Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_) -> None:
        if self._bar:
            self._bar.stop()

    def tell(self, record: dict, done: int, total: int) -> None:
        """A job has ended."""
        say = self._say
        name = " ".join(
            str(p) for p in (record["slug"], record["of_year"], record["scenario"]) if p
        )
        if self._bar is None:
            line = f"{done}/{total} {name}{say(': ')}{status_text(record['status'], say)}"
            if record["status"] in ("done", "failed"):
                line += say(" ({seconds} s)", seconds=say.number(record["seconds"], 1))
            self._console.print(line, markup=False, soft_wrap=True)
            return
        rate = done / max(time.monotonic() - self._started, 1e-9)
        self._bar.update(
            self._task,
            description=name,
            completed=done,
            total=total,
            rate=say("{n} per minute", n=say.number(60 * rate)),
        )


#: A table of more rows than this is for index.html; the screen shows what needs attention.
LONGEST_TABLE = 40


def _table(results: list[dict], say: Language) -> Table:
    shown = results
    if len(results) > LONGEST_TABLE:
        shown = [r for r in results if r["status"] in ("failed", "not_enough_data")]
    table = Table(box=None, pad_edge=False)
    for head in (say("County"), say("School year"), say("Result"), say("Verdict"), say("Reports")):
        table.add_column(head)
    for record in shown:
        style = STYLES[record["status"]]
        what = "\n".join(record["reasons"]) or " ".join(sorted(record["outputs"]))
        year = " ".join(str(part) for part in (record["of_year"], record["scenario"]) if part)
        table.add_row(
            _plain(county_text(record, say)),
            _plain(year),
            f"[{style}]{status_text(record['status'], say)}[/]",
            verdict_text(record, say),
            _plain(what),
        )
    return table


def _plain(text: str) -> str:
    """Text whose brackets are not taken for markup."""
    return text.replace("[", r"\[")
