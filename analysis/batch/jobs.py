"""Many counties: find them, make what is not up to date on all cores or a cluster, keep account.

One job is one county in one year. A worker has it made by a process of its own, which makes its
files in a scratch folder, checks them and moves them into place; then it writes the job's record,
which says by which inputs, program and settings they came about. A job whose record still holds is
not run again, so a batch that was stopped, by whatever means, goes on where it stood.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import hashlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..base.files import N_, Finding, InputError, check_writable, problem
from ..base.folders import SCENARIOS, Entry, below, entries
from ..base.language import LANGUAGES, speak
from ..base.scratch import scratch, sweep
from ..base.writing import Writer, write_whole
from ..data.places import NOTEBOOKS, files_read, find_county
from . import cluster
from .cluster import ATTEMPTS

#: Seconds beyond the limit of its notebook in which a report has to be read, printed and checked.
PRINTING = 120

#: Folder below the reports that holds the records and the files in the making.
STATE = ".junheng"

PACKAGE = Path(__file__).resolve().parents[1]

STATUSES = ("done", "unchanged", "failed", "not_enough_data")


@dataclass(frozen=True)
class Job:
    """What is asked for: one county, one year, one scenario.

    Attributes
    ----------
    county : str
        Absolute path of the folder or workbook.
    year : int, "all" or None
        School year; None is the last one with data, "all" is a job for every year.
    scenario : str or None
    lang : {"zh", "en"}
    formats : tuple of str
    notebook : str
        Absolute path.
    timeout : float or None
        Seconds for the notebook, and `PRINTING` more for the whole report; takes no part in the
        fingerprint.
    force : bool
        Whether files that are not the batch's own may be replaced by its reports; no part of the
        fingerprint either.
    """

    county: str
    year: int | str | None
    scenario: str | None
    lang: str
    formats: tuple[str, ...]
    notebook: str
    timeout: float | None = None
    force: bool = False

    @property
    def name(self) -> str:
        """For people: the county's folder, year and scenario."""
        return " ".join(str(p) for p in (Path(self.county).name, self.year, self.scenario) if p)

    @property
    def stem(self) -> str:
        """What the names of the reports begin with (`County.slug`, without reading the county)."""
        path = Path(self.county)
        return re.sub(r"[^\w.-]+", "-", path.stem if path.is_file() else path.name)

    @property
    def key(self) -> str:
        """Name of the record's file: the same job always has the same."""
        asked = [self.county, self.year, self.scenario, self.lang, self.notebook]
        return f"{self.stem[:80]}-{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]}"


def counties_below(
    roots: Iterable[str | Path], out: str | Path, skipped: list[Finding] | None = None
) -> list[Path]:
    """The counties that the arguments of a batch mean, sorted by path.

    Parameters
    ----------
    roots : iterable of str or Path
        A county (folder, workbook, name of a sample) or a folder below which counties are looked for:
        folders with a `county.yaml`, and .xlsx workbooks outside of those.
    out : str or Path
        Folder of the results; nothing in it is a county.
    skipped : list of Finding, optional
        Warnings of the folders that cannot be read are added to it.

    Raises
    ------
    InputError
        A root does not exist, or there is no county below it.
    """
    found: set[Path] = set()
    for root in roots:
        path = find_county(root).resolve()
        out_ = Path(out).resolve()
        here = [path] if path.is_file() else list(_search(Entry(path), out_, skipped))
        if not here:
            raise problem(N_("there is no county below this folder"), file=root)
        found.update(here)
    return sorted(found)


def _search(here: Entry, out: Path, skipped: list[Finding] | None) -> Iterator[Path]:
    path = here.path
    if path == out:
        return
    if os.path.isfile(path / "county.yaml"):
        yield path
    elif path.suffix.lower() == ".xlsx" and not os.path.isdir(path):
        # one that cannot be read has a record that says so
        yield path
    elif not here.reason and path.is_dir():
        for entry in entries(path):
            if not (entry.path.is_symlink() and os.path.isdir(entry.path)):
                yield from _search(entry, out, skipped)
    elif here.reason and os.path.isdir(path) and skipped is not None:
        skipped.append(here.finding)


def shard(items: list, part: str | None) -> list:
    """The i-th of n parts of a list (`part` is ``i/n``, from 1); all parts together are the list.

    Raises
    ------
    ValueError
        `part` is something else.

    Examples
    --------
    >>> shard(["a", "b", "c"], "1/2"), shard(["a", "b", "c"], "2/2")
    (['a', 'c'], ['b'])
    """
    if part is None:
        return items
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", part)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError(f"{part!r}: expected i/n with 1 <= i <= n, for example 3/10")
    return items[int(found[1]) - 1 :: int(found[2])]


# --- is it up to date? ---------------------------------------------------------------------------


def sha256(path: str | Path) -> str:
    """Digest of a file; of nothing where there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def input_digests(county: str | Path) -> dict[str, str]:
    """SHA-256 of every file that a county's report can depend on, by name.

    For a folder these are all its files, for a workbook the workbook and the YAML files beside it.
    """
    path = Path(county)
    if path.is_dir():
        return {str(e.path.relative_to(path)): _digest(e) for e in below(path)}
    files = [Entry(path), *entries(path.parent, ".yaml"), *entries(path.parent / SCENARIOS)]
    return {str(e.path.relative_to(path.parent)): _digest(e) for e in files}


def _digest(entry: Entry) -> str:
    # a pipe would never end
    return "" if entry.reason else sha256(entry.path)


def digest_of(digests: dict[str, str]) -> str:
    """One digest for several."""
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()


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


def fingerprint(job: Job, inputs: dict[str, str]) -> str:
    """SHA-256 of everything that a job's files depend on."""
    asked = [job.scenario, job.lang, inputs, sha256(job.notebook), program_digest()]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def records(out: Path, start: str = "") -> dict[str, dict]:
    """The records below a folder, by their job's key; what cannot be read counts as not there.

    Only those whose key begins with `start`.
    """
    found = {}
    for file in sorted((out / STATE).glob(f"{glob.escape(start)}*.json")):
        try:
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
    return found


def up_to_date(job: Job, record: dict | None, out: Path, marks: Callable[[Job], str]) -> bool:
    """Whether a job's record still holds: same inputs and program, its files there as written."""
    if record is None or record["status"] not in ("done", "not_enough_data"):
        return False
    if record["fingerprint"] != marks(job):
        return False
    written = record["outputs"]
    if record["status"] == "done" and not set(job.formats) <= {_ending(n) for n in written}:
        return False
    return all(sha256(out / name) == digest for name, digest in written.items())


def _ending(name: str) -> str:
    return Path(name).suffix[1:]


# --- on a worker ---------------------------------------------------------------------------------


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
    from . import kernels

    limit = None if job.timeout is None else job.timeout + PRINTING
    for _ in range(ATTEMPTS):
        server = kernels.server()
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


def _by_a_new_process(work: Callable, job: Job, *arguments):
    """As `_apart`, where no process can be forked: papermill changes the folder of the whole process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(work, job, *arguments).result()
        except BrokenProcessPool:
            return refusal(job, problem(N_("the process that worked on it was killed")))


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
    record = _blank(job)
    try:
        if program != program_digest():
            raise problem(N_("a worker has another version of the program than this machine"))
        _make(job, Path(out), record)
    except Exception as error:  # one county must not stop the others
        record |= {"reasons": _reasons(error, job.lang), "outputs": {}}
    record["seconds"] = round(time.monotonic() - started, 2)
    try:
        write_record(Path(out), record)
    except OSError as error:
        record |= {"status": "failed", "reasons": _reasons(error, job.lang)}
    return record


def _blank(job: Job) -> dict:
    """The record of a job of which nothing is known yet."""
    unknown = {"slug": Path(job.county).stem, "code": "", "name": {}, "standard": "", "verdict": ""}
    unknown |= {"years": [], "of_year": job.year, "schools": 0, "students": 0}
    account = {"status": "failed", "reasons": [], "fingerprint": "", "inputs": {}, "outputs": {}}
    asked = {name: value for name, value in asdict(job).items() if name != "force"}
    return {"key": job.key, **asked, **unknown, **account, "seconds": 0.0}


def refusal(job: Job, error: Exception) -> dict:
    """The record of a job that was not run."""
    return _blank(job) | {"reasons": _reasons(error, job.lang)}


def _reasons(error: Exception, lang: str) -> list[str]:
    """Why something failed, as sentences."""
    if isinstance(error, InputError):
        return [finding.sentence(lang) for finding in error.findings]
    if isinstance(error, OSError):
        say = speak(lang)
        text = say("cannot be written or read ({reason})", reason=error.strerror or error)
        return [f"{error.filename}: {text}" if error.filename else text]
    return [f"{type(error).__name__}: {error}"]


def _make(job: Job, out: Path, record: dict) -> None:
    """Fill in a record while making what it is about."""
    from ..data.load import load_county
    from ..future.projected import project
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
            time_limit=job.timeout,
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


class Placed:
    """Names of files in the folder of the results that are the batch's own, whatever is in them now.

    A report that was damaged or edited is made again: the folder is the batch's, and what a person
    works on belongs elsewhere. Unlike `analysis.writing.Ledger`, the names are in the records, which
    every machine sees and which are moved with the folder.
    """

    def __init__(self, names: Iterable[str]):
        self.names = frozenset(names)

    def knows(self, path: str | Path) -> bool:
        return Path(path).name in self.names

    def note(self, path: str | Path, digest: str) -> None:
        """Nothing to do: `_put` writes the record first."""


def placed(out: Path, key: str) -> set[str]:
    """Names of all files that this job, or one of the same stem, has ever put into a folder."""
    found = set()
    for record in records(out, key[:-12]).values():
        found |= {*record.get("placed", ()), *record["outputs"]}
    return found


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


def write_record(out: Path, record: dict) -> None:
    """Write a job's record, whole or not at all."""
    (out / STATE).mkdir(parents=True, exist_ok=True)
    # also what earlier runs have put there and this one could not make anew
    record["placed"] = sorted(placed(out, record["key"]).union(record.get("placed", ())))
    text = json.dumps(record, ensure_ascii=False, indent=1)
    # a name that is no text is written as JSON writes such characters
    data = text.encode("utf-8", "backslashreplace")
    write_whole(out / STATE / f"{record['key']}.json", data)


# --- on the machine that asks ----------------------------------------------------------------------


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
            from . import kernels

            many = len(to_run) > 2 * (workers or os.cpu_count())
            kernels.server(rehearsal="analysis.report.build:rehearse" if many else "")
        # the largest first: nobody waits for a big one at the end
        to_run.sort(key=lambda job: -_size(job.county))
        total = len(jobs)
        for record, more in _on_workers(to_run, out, workers, scheduler):
            total += more
            if record is not None:
                finished.append(record)
                tell(record, len(finished), total)
    return sorted(finished, key=lambda r: (r["county"], r["of_year"] or 0, r["scenario"] or ""))


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
    record = _blank(job) | {"name": names, "inputs": inputs}
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
        record |= {"reasons": _reasons(error, job.lang)}
    record["seconds"] = round(time.monotonic() - started, 2)
    write_record(out, record)
    return record


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
    earlier = {_ending(n) for n in (record or {"outputs": ()})["outputs"] if (out / n).exists()}
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
            from . import kernels

            kernels.close()
        raise
