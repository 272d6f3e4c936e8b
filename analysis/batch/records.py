"""The account of a batch: by which inputs, program and settings each file came about.

A job whose record still holds is not run again, so a batch that was stopped, by whatever means, goes on
where it stood.
"""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from ..base.files import InputError
from ..base.storage.folders import SCENARIOS, Entry, below, entries
from ..base.storage.patience import trouble
from ..base.storage.writing import write_whole
from .jobs import Job
from .program import program_digest, sha256

#: Folder below the reports that holds the records and the files in the making.
STATE = ".junheng"
STATUSES = ("done", "unchanged", "failed", "not_enough_data")


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
    if record["status"] == "done" and not set(job.formats) <= {ending(n) for n in written}:
        return False
    return all(sha256(out / name) == digest for name, digest in written.items())


def ending(name: str) -> str:
    return Path(name).suffix[1:]


def blank(job: Job) -> dict:
    """The record of a job of which nothing is known yet."""
    unknown = {"slug": Path(job.county).stem, "code": "", "name": {}, "standard": "", "verdict": ""}
    unknown |= {"basis": "", "chance": None, "condition": "", "scenario_name": {}}
    unknown |= {"years": [], "of_year": job.year, "schools": 0, "students": 0}
    account = {"status": "failed", "reasons": [], "fingerprint": "", "inputs": {}, "outputs": {}}
    asked = {name: value for name, value in asdict(job).items() if name != "force"}
    return {"key": job.key, **asked, **unknown, **account, "seconds": 0.0}


def refusal(job: Job, error: Exception) -> dict:
    """The record of a job that was not run."""
    return blank(job) | {"reasons": reasons(error, job.lang)}


def reasons(error: Exception, lang: str) -> list[str]:
    """Why something failed, as sentences."""
    if isinstance(error, InputError):
        return [finding.sentence(lang) for finding in error.findings]
    if isinstance(error, OSError):
        return [trouble(error).sentence(lang)]
    return [f"{type(error).__name__}: {error}"]


class Placed:
    """Names of files in the folder of the results that are the batch's own, whatever is in them now.

    A report that was damaged or edited is made again: the folder is the batch's, and what a person
    works on belongs elsewhere. Unlike `analysis.base.storage.writing.Ledger`, the names are in the records, which
    every machine sees and which are moved with the folder.
    """

    def __init__(self, names: Iterable[str]):
        self.names = frozenset(names)

    def knows(self, path: str | Path) -> bool:
        return Path(path).name in self.names

    def note(self, path: str | Path, digest: str) -> None:
        """Nothing to do: `analysis.batch.work._put` writes the record first."""


def placed(out: Path, key: str) -> set[str]:
    """Names of all files that this job, or one of the same stem, has ever put into a folder."""
    found = set()
    for record in records(out, key[:-12]).values():
        found |= {*record.get("placed", ()), *record["outputs"]}
    return found


def write_record(out: Path, record: dict) -> None:
    """Write a job's record, whole or not at all."""
    (out / STATE).mkdir(parents=True, exist_ok=True)
    # also what earlier runs have put there and this one could not make anew
    record["placed"] = sorted(placed(out, record["key"]).union(record.get("placed", ())))
    text = json.dumps(record, ensure_ascii=False, indent=1)
    # a name that is no text is written as JSON writes such characters
    data = text.encode("utf-8", "backslashreplace")
    write_whole(out / STATE / f"{record['key']}.json", data)
