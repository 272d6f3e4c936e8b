"""Standards as dated data: what is required, from which day, and where that is written.

A profile is one YAML file. Each of its entries is a requirement with a rule word, values by the
date from which they hold, and a reference. A local profile `extends` another one and lists only
what differs, entry by entry; an entry it lists is stated whole, so nobody merges in the head.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from .files import N_, Finding, InputError, problem, read_model
from .schema import INDICATORS, STAGES

RULES = ("at_least", "at_most", "below", "above", "equals", "yes", "no")
PARTS = ("resource", "government", "quality", "recognition", "veto")


def _date(text: object) -> str:
    try:
        return datetime.date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it as 2017-04-19") from None


IsoDate = Annotated[str, pydantic.BeforeValidator(_date)]
Value = float | Literal["yes", "no", "students", "none", "each", "sum", "unrounded", "rounded"]


class Text(pydantic.BaseModel):
    """A text in both languages."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


class Reference(pydantic.BaseModel):
    """Where a value is written and how it came to us."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    document: str
    section: str
    confidence: Literal["read", "local", "secondary", "memory", "inferred"] = "read"
    """`read` in the original; `local` official texts that reproduce it; `secondary` a
    transcription; `memory`, `inferred`: to be confirmed."""


class Entry(pydantic.BaseModel):
    """One requirement: rule, dated values, reference."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    title: Text
    part: Literal["resource", "government", "quality", "recognition", "veto", "option"]
    rule: Literal["at_least", "at_most", "below", "above", "equals", "yes", "no", "option"]
    unit: Text | None = None
    values: dict[IsoDate, Value | None] = pydantic.Field(min_length=1)
    reference: Reference
    new: bool = False
    """In a local profile: this entry has no counterpart in the standard it extends."""

    def on(self, date: str) -> float | str | None:
        """The value in force on a day; None before the first one and after a repeal (null).

        How to calculate (an option) is known for the time before the rules as well.
        """
        past = [start for start in self.values if start <= date]
        if not past and self.part == "option":
            past = [min(self.values)]
        return self.values[max(past)] if past else None


class Profile(pydantic.BaseModel):
    """A standard or local profile as written in its file."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    id: str
    title: Text
    kind: Literal["evaluation", "plan"]
    """`evaluation`: what recognition is judged by; `plan`: what the county set itself."""
    extends: str | None = None
    judged_on: Annotated[str, pydantic.Field(pattern=r"^\d\d-\d\d$")] = "12-31"
    """Month and day of each school year's first calendar year on which its rules are read."""
    note: Text | None = None
    entries: dict[str, Entry]


class Standard:
    """The rules of a profile together with those of the profiles it extends.

    Parameters
    ----------
    profiles : list of Profile
        From the profile itself to its most distant ancestor.
    """

    def __init__(self, profiles: list[Profile]):
        self.profile = profiles[0]
        self.entries: dict[str, Entry] = {}
        for profile in reversed(profiles):
            self.entries.update(profile.entries)
        self.profiles = profiles

    @property
    def id(self) -> str:
        return self.profile.id

    @property
    def title(self) -> Text:
        return self.profile.title

    @property
    def evaluation(self) -> Standard:
        """The nearest standard that recognition is judged by: this one or an ancestor."""
        for position, profile in enumerate(self.profiles):
            if profile.kind == "evaluation":
                return Standard(self.profiles[position:])
        raise problem(N_("no evaluation standard among what it extends"), file=self.id)

    def on(self, date: str | datetime.date) -> Rules:
        """The rules in force on a day."""
        return Rules(self, _date(date))

    def for_year(self, year: int, as_of: int | None = None) -> Rules:
        """The rules by which the data of a school year are judged.

        Parameters
        ----------
        year : int
            School year (beginning on 1 September).
        as_of : int, optional
            Judge by the rules of another year, for example by the targets of 2030.
        """
        return self.on(f"{as_of or year:04d}-{self.profile.judged_on}")


class Rules(Mapping):
    """Values in force on one day: entry id -> value (None: nothing is required)."""

    def __init__(self, standard: Standard, date: str):
        self.standard = standard
        self.date = date
        self._values = {name: entry.on(date) for name, entry in standard.entries.items()}

    def __getitem__(self, name: str) -> float | str | None:
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def entry(self, name: str) -> Entry:
        return self.standard.entries[name]

    def number(self, name: str) -> float:
        """A value as a number; NaN where nothing is in force."""
        value = self[name]
        return float("nan") if value is None else float(value)


#: Entries without which nothing can be judged; the national profile has them all.
NEEDED = (
    *(f"{indicator}.{stage}" for indicator in INDICATORS for stage in STAGES),
    *(f"cv.{stage}" for stage in STAGES),
    *(f"composite_cv.{stage}" for stage in STAGES),
    "school.indicators_met",
    "school.floor",
    "option.cv_weighting",
    "option.decide_on",
    "option.teaching_point_students",
)


def built_in() -> list[str]:
    """Ids of the standards that come with the package."""
    folder = resources.files("analysis").joinpath("standards")
    return sorted(Path(str(path)).stem for path in folder.iterdir() if str(path).endswith(".yaml"))


def load_standard(name: str | Path) -> Standard:
    """Read a standard.

    Parameters
    ----------
    name : str or Path
        Id of a built-in standard (``cn-2017``) or the path of a profile.

    Returns
    -------
    Standard

    Raises
    ------
    InputError
        Unknown id or missing file; every mistake in the profile with file, line and reason.
    """
    profiles: list[Profile] = []
    path = _locate(name, None)
    while True:
        profile = _read_profile(path, path.stat().st_mtime_ns)
        if any(profile.id == known.id for known in profiles):
            raise problem(N_("extends itself by way of “{name}”"), file=path, name=profile.id)
        profiles.append(profile)
        if profile.extends is None:
            break
        path = _locate(profile.extends, path)
    standard = Standard(profiles)
    _check(standard, profiles, _locate(name, None))
    return standard


def _locate(name: str | Path, beside: Path | None) -> Path:
    if str(name) in built_in():
        return Path(str(resources.files("analysis").joinpath("standards", f"{name}.yaml")))
    path = Path(name) if beside is None else beside.parent / name
    if path.is_file():
        return path
    raise problem(
        N_("no such standard; expected a file or one of {names}"),
        file=name,
        names=", ".join(built_in()),
    )


@functools.cache
def _read_profile(path: Path, _mtime: int) -> Profile:
    return read_model(path, Profile)


def _check(standard: Standard, profiles: list[Profile], path: Path) -> None:
    """Refuse what a single entry cannot know about itself."""
    findings = []

    def refuse(message: str, **values) -> None:
        findings.append(Finding("error", message, values, file=str(path)))

    for name in NEEDED:
        if name not in standard.entries:
            refuse(N_("the entry “{name}” is missing"), name=name)
    if len(profiles) > 1:
        base = Standard(profiles[1:])
        for name, entry in profiles[0].entries.items():
            if name not in base.entries and not entry.new:
                refuse(
                    N_(
                        "unknown entry “{name}”: not in {base}; if it is an additional one, say new: true"
                    ),
                    name=name,
                    base=base.id,
                )
    for name, entry in standard.entries.items():
        for value in entry.values.values():
            worded = entry.rule in ("yes", "no", "option")
            if value is not None and not worded and isinstance(value, str):
                refuse(N_("{name}: {value} is not a number"), name=name, value=value)
    if findings:
        raise InputError(findings)
