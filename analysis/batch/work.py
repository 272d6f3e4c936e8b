"""On a worker: a job done by a process of its own, in a scratch folder, checked and moved into place."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

from ..base.effort import effort
from ..base.files import N_, InputError, problem
from ..base.language import LANGUAGES, speak
from ..base.storage.temporary import scratch
from ..base.storage.writing import Writer
from ..data.paths import NOTEBOOKS, files_read
from .jobs import ATTEMPTS, Job
from .program import program_digest, sha256
from .records import (
    STATE,
    Placed,
    blank,
    digest_of,
    fingerprint,
    input_digests,
    placed,
    reasons,
    records,
    refusal,
    up_to_date,
    write_record,
)

#: Seconds beyond the limit of its notebook in which a report has to be read, printed and checked.
PRINTING = 120


def run_job(job: Job, out: str, program: str) -> list[Job] | dict:
    """Have a job done on this machine, by a process of its own where there can be one.

    Parameters
    ----------
    job : Job
    out : str
        Folder of the results, reachable from here.
    program : str
        `program_digest` of who asks: another program would make other reports.

    Returns
    -------
    dict or list of Job
        The record, as it is written beside the reports; for a job of every year one job per year.
    """
    return _apart(_look if job.year == "all" else make, job, out, program)


def _apart(work: Callable, job: Job, *arguments):
    """What a function makes of a job, in a process forked from one that has the libraries."""
    if not hasattr(os, "fork"):
        return _by_a_new_process(work, job, *arguments)
    from .warm import client

    limit = None if job.timeout is None else job.timeout + PRINTING
    for _ in range(ATTEMPTS):
        server = client.server()
        try:
            return server.call(work, job, *arguments, limit=limit)
        except TimeoutError:
            return refusal(
                job, problem(N_("the report was stopped after {seconds} seconds"), seconds=limit)
            )
        except (ChildProcessError, InputError):
            # the process was killed, or the server with it; if that was us, there is no hurry
            if server.closed:
                break
    return refusal(
        job, problem(N_("the processes that worked on it were killed, several times over"))
    )


def _limit_inside(job: Job) -> float | None:
    """The limit that its notebook has of its own: none where it needs no kernel and this process can be ended."""
    from ..report.pages_engine import only_pages

    return None if hasattr(os, "fork") and only_pages(job.notebook) else job.timeout


def _by_a_new_process(work: Callable, job: Job, *arguments):
    """As `_apart`, where no process can be forked: papermill changes the folder of the whole process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(work, job, *arguments).result()
        except BrokenProcessPool:
            return refusal(job, problem(N_("the process that worked on it was killed")))


@effort()
def _look(job: Job, out: str, program: str) -> list[Job] | dict:
    """A job for every year as one per year; its record if the county cannot be read."""
    from ..data.load import load_county

    try:
        return [replace(job, year=year) for year in load_county(job.county).years]
    except InputError as error:
        return refusal(job, error)


def make(job: Job, out: str, program: str) -> dict:
    """Make the files of a job in this process; parameters as of `run_job`; never raises."""
    started = time.monotonic()
    record = blank(job)
    try:
        if program != program_digest():
            raise problem(N_("a worker has another version of the program than this machine"))
        _make(job, Path(out), record)
    except Exception as error:  # one county must not stop the others
        record |= {"reasons": reasons(error, job.lang), "outputs": {}}
    record["seconds"] = round(time.monotonic() - started, 2)
    try:
        write_record(Path(out), record)
    except OSError as error:
        record |= {"status": "failed", "reasons": reasons(error, job.lang)}
    return record


@effort()
def _make(job: Job, out: Path, record: dict) -> None:
    """Fill in a record while making what it is about."""
    from ..data.load import load_county
    from ..future.odds.chance import Chance
    from ..future.project import project
    from ..present.chance import conditional
    from ..report.build import totals, write_report

    inputs = input_digests(job.county)
    mark = fingerprint(job, inputs)
    county = load_county(job.county)
    record |= {"inputs": inputs, "slug": county.slug, "years": county.years}
    record |= {"code": county.code, "name": county.record.name.model_dump()}
    record |= {"standard": county.standard.evaluation.id}
    year = county.years[-1] if job.year is None else job.year
    outlook = None
    if job.scenario is not None and year > county.last_observed:
        outlook = project(county, job.scenario)
    judged = county if outlook is None else outlook.county
    schools, students = totals(judged, year) if year in judged.years else (0, 0)
    record |= {"of_year": year, "schools": schools, "students": students}
    if not schools:
        say = speak(job.lang)
        text = say(
            "no school with data can be judged in the school year {year}; there are {years}",
            year=year,
            years=", ".join(map(str, judged.years)),
        )
        record |= {"status": "not_enough_data", "reasons": [text], "fingerprint": mark}
        return
    options = {} if job.scenario is None else {"scenario": job.scenario, "outlook": outlook}
    if job.scenario is not None:
        record["scenario_name"] = _called(job.scenario, county)
    state = out / STATE
    state.mkdir(parents=True, exist_ok=True)
    with scratch(state) as folder:
        facts: dict = {}
        files = write_report(
            county,
            folder,
            year=year,
            lang=job.lang,
            formats=job.formats,
            notebook=job.notebook,
            time_limit=_limit_inside(job),
            facts=facts,
            writer=Writer(ledger=None),
            **options,
        )
        if fingerprint(job, input_digests(job.county)) != mark:
            raise problem(
                N_("the inputs changed while the report was made; run the batch again"),
                file=job.county,
            )
        _put(files, job, out, record)
    record |= {"status": "done", "fingerprint": mark, "verdict": facts.get("verdict", "")}
    record["basis"] = judged.basis(year)
    if outlook is not None:
        record["chance"] = facts.get("chance")
        chance = Chance.from_dict(record["chance"])
        record["condition"] = conditional(chance, speak(job.lang))


def _called(scenario: str, county) -> dict[str, str]:
    """What people call a scenario, by language."""
    from ..future.assumptions.scenario import load_scenario

    name = load_scenario(scenario, county).name
    return {code: speak(code).label(name) for code in LANGUAGES}


def _put(files: list[Path], job: Job, out: Path, record: dict) -> None:
    """Move finished files into place and note their digests."""
    known = placed(out, job.key)
    reads = () if job.county == "region" else files_read(job.county)
    writer = Writer(reads, job.force, Placed(known))
    for file in files:
        writer.check(out / file.name)
    # before the files: killed in between, the next run knows them for its own
    record["placed"] = [file.name for file in files]
    write_record(out, record)
    record["outputs"] = {file.name: sha256(file) for file in files}
    for file in files:
        writer.move(file, out / file.name)


def run_region(
    counties: list[Path],
    out: Path,
    *,
    year: int | None,
    lang: str,
    formats: tuple[str, ...],
    timeout: float | None,
    force: bool = False,
) -> dict:
    """The report that compares the counties, made on this machine if it is not up to date.

    Returns
    -------
    dict
        A record like those of the counties.
    """
    page = str(NOTEBOOKS / "region.ipynb")
    job = Job("region", year, None, lang, formats, page, timeout, force)
    inputs = {str(county): digest_of(input_digests(county)) for county in counties}
    mark = fingerprint(job, inputs)
    known = records(out).get(job.key)
    if not force and up_to_date(job, known, out, lambda _: mark):
        return known | {"status": "unchanged"}
    return _apart(_make_region, job, out, counties, inputs, mark)


def _make_region(job: Job, out: Path, counties: list[Path], inputs: dict, mark: str) -> dict:
    from ..report.build import write_region

    started = time.monotonic()
    title = N_("Counties compared")
    names = {code: speak(code)(title) for code in LANGUAGES}
    record = blank(job) | {"name": names, "inputs": inputs}
    try:
        with scratch(out / STATE) as folder:
            facts: dict = {}
            options = {"year": job.year, "lang": job.lang, "formats": job.formats}
            files = write_region(
                counties,
                folder,
                facts=facts,
                time_limit=job.timeout,
                writer=Writer(ledger=None),
                **options,
            )
            _put(files, job, out, record)
        record |= {key: facts[key] for key in ("schools", "students")}
        record |= {"status": "done", "fingerprint": mark}
    except (InputError, OSError) as error:
        record |= {"reasons": reasons(error, job.lang)}
    record["seconds"] = round(time.monotonic() - started, 2)
    write_record(out, record)
    return record
