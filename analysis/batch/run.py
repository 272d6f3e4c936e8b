"""Many jobs: what is not up to date is made, on all cores or a cluster."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ..base.files import N_, InputError, check_writable, problem
from ..base.storage.folders import entries
from ..base.storage.temporary import sweep
from ..data.paths import NOTEBOOKS
from . import cluster
from .jobs import Job
from .program import program_digest
from .records import (
    STATE,
    ending,
    fingerprint,
    input_digests,
    records,
    refusal,
    up_to_date,
)
from .work import run_job

#: School years of a county, as a rule; how many it has is known when it is read.
YEARS = 5


def run_batch(
    jobs: list[Job],
    out: str | Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
    tell: Callable[[dict, int, int], None] = lambda record, done, of: None,
) -> list[dict]:
    """Make what is not up to date.

    Parameters
    ----------
    jobs : list of Job
    out : str or Path
        Folder for the reports; made if missing.
    workers : int, optional
        Reports made at a time on this machine; one per core if omitted.
    scheduler : str, optional
        Address of a Dask scheduler whose workers are used instead. They have to reach the counties,
        the reports and the notebook by the same paths, and to have this version of the program.
    force : bool
        Run everything again.
    tell : callable
        Called with every record, the number of jobs that are finished and that of all jobs.

    Returns
    -------
    list of dict
        One record per county, year and scenario, sorted; `status` as in `STATUSES`.

    Raises
    ------
    InputError
        The scheduler cannot be reached, or workbooks of counties lie where workbooks are to be made.
    OSError
        `out` cannot be written.
    """
    out = Path(out).resolve()
    check_writable(out)
    check_writable(out / STATE)
    sweep(out / STATE)
    sweep()
    known = records(out)
    inputs = functools.cache(input_digests)
    marks = functools.cache(lambda job: fingerprint(job, inputs(job.county)))
    clashes = _clashes(jobs)
    jobs = [part for job in jobs for part in _known_years(job, known, inputs)]
    finished: list[dict] = []
    to_run: list[Job] = []
    for job in jobs:
        record = known.get(job.key)
        if job.county in clashes:
            finished.append(refusal(job, clashes[job.county]))
        elif not force and up_to_date(job, record, out, marks):
            status = "unchanged" if record["status"] == "done" else record["status"]
            finished.append(record | {"status": status})
        else:
            job = _with_earlier_formats(job, record, out)
            to_run.append(replace(job, force=force))
    _check_inputs_apart(to_run, out)
    for done, record in enumerate(finished, 1):
        tell(record, done, len(jobs))
    if to_run:
        if scheduler is None and hasattr(os, "fork"):
            # it imports the libraries while this process imports Dask
            from .warm import client

            expected = sum(YEARS if job.year == "all" else 1 for job in to_run)
            many = expected > 2 * (workers or os.cpu_count())
            client.server(wanted_by(to_run), "analysis.report.build:rehearse" if many else "")
        # the largest first: nobody waits for a big one at the end
        to_run.sort(key=lambda job: -_size(job.county))
        total = len(jobs)
        for record, more in _on_workers(to_run, out, workers, scheduler):
            total += more
            if record is not None:
                finished.append(record)
                tell(record, len(finished), total)
    return sorted(finished, key=lambda r: (r["county"], r["of_year"] or 0, r["scenario"] or ""))


def wanted_by(jobs: list[Job]) -> set[str]:
    """What not every report needs (`analysis.batch.warm.preload.SOME`); a format may need nothing of its own.

    The kernel of the report that compares the counties, one of many reports, imports what it needs itself.
    """
    found = {name for job in jobs for name in job.formats}
    if any(job.scenario for job in jobs):
        found.add("scenario")
    if any(Path(job.notebook).parent != NOTEBOOKS for job in jobs):
        # that of our reports is nothing but pages
        found.add("kernel")
    return found


def _clashes(jobs: list[Job]) -> dict[str, InputError]:
    """Counties whose reports would overwrite each other's."""
    by_stem: dict[str, set[str]] = {}
    for job in jobs:
        by_stem.setdefault(job.stem, set()).add(job.county)
    return {
        county: problem(
            N_("another county would have reports of the same name: {others}; rename one"),
            file=county,
            others=", ".join(sorted(counties - {county})),
        )
        for counties in by_stem.values()
        if len(counties) > 1
        for county in counties
    }


def _check_inputs_apart(jobs: list[Job], out: Path) -> None:
    """No report may take the place of another county's workbook."""
    for job in jobs:
        if "xlsx" in job.formats:
            for county in {job.county for job in jobs}:
                path = Path(county)
                if path.is_file() and path.resolve().parent == out:
                    raise problem(
                        N_(
                            "a county's workbook lies in the folder for the reports; choose another one"
                        ),
                        file=path,
                    )
            return


def _known_years(job: Job, known: dict[str, dict], inputs: Callable) -> list[Job]:
    """A job for every year as one per year, if the county is still what a record says it was."""
    if job.year == "all":
        for record in known.values():
            if record["county"] == job.county and record["years"]:
                if record["inputs"] == inputs(job.county):
                    return [replace(job, year=year) for year in record["years"]]
                break
    return [job]


def _with_earlier_formats(job: Job, record: dict | None, out: Path) -> Job:
    """Make the formats of an earlier run again, too: none of them may be left behind out of date."""
    earlier = {ending(n) for n in (record or {"outputs": ()})["outputs"] if (out / n).exists()}
    return replace(job, formats=(*job.formats, *sorted(earlier - set(job.formats))))


def _size(county: str) -> int:
    path = Path(county)
    files = [entry.path for entry in entries(path) if not entry.reason] if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _on_workers(
    jobs: list[Job], out: Path, workers: int | None, scheduler: str | None
) -> Iterator[tuple[dict | None, int]]:
    """Run jobs by Dask; a record, and how many jobs more there are, whenever one has ended."""
    from distributed import as_completed

    program = program_digest()
    with cluster.client(workers, scheduler) as client, _stopping():

        def submit(job: Job):
            return client.submit(run_job, job, str(out), program, pure=False, key=job.key)

        asked = {job.key: job for job in jobs}
        waiting = as_completed([submit(job) for job in jobs])
        for future in waiting:
            job = asked.pop(future.key)
            error = future.exception()
            result = refusal(job, _lost(error)) if error is not None else future.result()
            future.release()
            if isinstance(result, dict):
                yield result, 0
                continue
            yield None, len(result) - 1
            for part in result:
                part = _with_earlier_formats(part, records(out).get(part.key), out)
                asked[part.key] = part
                waiting.add(submit(part))


def _lost(error: BaseException) -> InputError:
    """Why a worker could not give a record back."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return problem(N_("the processes that worked on it were killed, several times over"))
    return problem(N_("the worker failed: {reason}"), reason=f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def _stopping() -> Iterator[None]:
    """End what the workers of this process wait for if it is stopped."""
    try:
        yield
    except BaseException:
        if hasattr(os, "fork"):
            from .warm import client

            client.close()
        raise
