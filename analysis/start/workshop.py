"""Reports of a county, made one after another while the page looks on."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from ..base.files import N_, problem
from ..base.language import Language
from ..batch.jobs import Job
from ..batch.program import program_digest
from ..batch.records import reasons
from ..batch.work import run_job
from ..data.county import County
from ..data.paths import NOTEBOOKS
from ..report import BRIEF

#: Reports that may wait at a time.
MOST_WAITING = 10


class Wanted(pydantic.BaseModel):
    """What the page asks for."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    county: str
    year: int | None = None
    kinds: Annotated[
        tuple[Literal["pdf", "html", "docx", "brief"], ...], pydantic.Field(min_length=1)
    ]


@dataclass
class Making:
    """One run of a notebook and the files that come of it.

    Attributes
    ----------
    brief : bool
    state : {"waiting", "working", "done", "failed"}
    seconds : float
        Of the work so far.
    files : dict of str to Path
        Name for the person -> what was made.
    reasons : list of str
        Why it failed, as sentences.
    """

    job: Job
    brief: bool
    title: str
    state: str = "waiting"
    files: dict[str, Path] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    started: float = 0.0
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.started if self.started else 0.0

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")


class Workshop:
    """Makes reports in the order in which they are asked for.

    Parameters
    ----------
    folder : Path
        Of this process, for what is made; removed by whoever made it.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.makings: dict[str, Making] = {}
        # a report keeps a core busy by itself
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="workshop")

    def begin(self, wanted: Wanted, county: County, lang: str) -> list[str]:
        """Have files made; ids of what is to be looked at for them.

        Raises
        ------
        InputError
            Too much is waiting, or there is no such year.
        """
        waiting = sum(not making.over for making in self.makings.values())
        if waiting >= MOST_WAITING:
            raise problem(N_("{n} reports are being made already; wait for them"), n=waiting)
        year = county.years[-1] if wanted.year is None else wanted.year
        if year not in county.years:
            raise problem(
                N_("no data for the school year {year}; there are {years}"),
                year=year,
                years=", ".join(map(str, county.years)),
            )
        # a brief is a notebook of its own
        formats = tuple(kind for kind in dict.fromkeys(wanted.kinds) if kind != "brief")
        begun = []
        if "brief" in wanted.kinds:
            begun.append(self._add(county, year, lang, BRIEF, brief=True))
        if formats:
            begun.append(self._add(county, year, lang, formats, brief=False))
        return begun

    def _add(
        self, county: County, year: int, lang: str, formats: tuple[str, ...], *, brief: bool
    ) -> str:
        notebook = NOTEBOOKS / ("brief.ipynb" if brief else "county_report.ipynb")
        job = Job(str(county.path.resolve()), year, None, lang, formats, str(notebook))
        name = str(len(self.makings) + 1)
        ending = {"zh": "-要览" if brief else "", "en": "-brief-en" if brief else "-en"}[lang]
        own = county.record.name.zh if lang == "zh" else county.record.name.en
        title = f"{county.code}-{own}-{year}{ending}".replace(" ", "-")
        making = self.makings[name] = Making(job, brief, title)
        self._pool.submit(self._make, name, making)
        return name

    def _make(self, name: str, making: Making) -> None:
        making.started = time.monotonic()
        making.state = "working"
        out = self.folder / name
        try:
            out.mkdir(mode=0o700)
            record = run_job(making.job, str(out), program_digest())
            making.reasons = list(record["reasons"])
            made = [out / file for file in record["outputs"]]
            making.files = {f"{making.title}{file.suffix}": file for file in made}
        except Exception as error:  # the page must be told, whatever it was
            making.reasons = reasons(error, making.job.lang)
        making.ended = time.monotonic()
        making.state = "done" if making.files else "failed"

    def look(self, name: str, say: Language) -> dict:
        """How far it is: `state`, `title`, `seconds` (whole), `files` (names), `reasons`."""
        making = self._making(name)
        title = say("Brief of two pages") if making.brief else say("Report")
        return {
            "state": making.state,
            "title": f"{title} · {making.title}",
            "seconds": round(making.seconds),
            "files": list(making.files),
            "reasons": making.reasons,
        }

    def file(self, name: str, file: str) -> Path:
        """A file that was made, by the name that `look` gave it."""
        files = self._making(name).files
        if file not in files:
            raise problem(N_("this file is not here any more; have it made again"))
        return files[file]

    def _making(self, name: str) -> Making:
        if name not in self.makings:
            raise problem(N_("this file is not here any more; have it made again"))
        return self.makings[name]

    def close(self) -> None:
        """Give up what is not done."""
        # first nothing more is begun, then what is under way is ended
        self._pool.shutdown(wait=False, cancel_futures=True)
        if hasattr(os, "fork"):
            from ..batch.warm import client

            client.close()
        self._pool.shutdown(wait=True)
