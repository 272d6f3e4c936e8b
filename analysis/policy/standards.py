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
from typing import Literal, get_args

import pydantic

from ..base.files import N_, Finding, InputError, problem, read_model, read_yaml
from ..base.schema.indicators import Indicators
from ..base.schema.terms import STAGES
from .entries import Entry, MonthDay, NumberRule, Text, iso_date
from .indicator_entries import IndicatorEntry
from .items import Item, items
from .overrides import allowed_words, checked

PARTS = ("resource", "government", "quality", "recognition", "veto")
#: The standard of the country, by which a county is judged that names none.
NATIONAL = "cn-2017"


class Profile(pydantic.BaseModel):
    """A standard or local profile as written in its file."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
    id: str
    title: Text
    kind: Literal["evaluation", "plan"]
    """`evaluation`: what recognition is judged by; `plan`: what the county set itself."""
    extends: str | None = None
    judged_on: MonthDay = "12-31"
    """Month and day of each school year's first calendar year on which its rules are read."""
    recognition: Text | None = None
    """What a county is recognised for, in a few words; that of the profile it extends if omitted."""
    note: Text | None = None
    not_stated: tuple[str, ...] = ()
    """In a plan: entries of the standard it extends about which it says nothing."""
    concessions: tuple[str, ...] = ()
    """Concessions that are switched on; off unless listed."""
    indicators: dict[str, IndicatorEntry] = {}
    """Resource indicators, in their official order; those of the profile it extends come first. Only of an
    evaluation: what recognition looks at is not for a plan to say."""
    entries: dict[str, Entry] = {}

    @functools.cached_property
    def requirements(self) -> dict[str, Entry]:
        """Its entries, with the thresholds and limits that stand in its indicators."""
        found = dict(self.entries)
        for name, about in self.indicators.items():
            found |= about.rules(name, self.title.zh)
        return found


class Standard:
    """The rules of a profile together with those of the profiles it extends.

    Parameters
    ----------
    profiles : list of Profile
        From the profile itself to its most distant ancestor.
    switched_on : tuple of str, optional
        Concessions that are on; those of the profile itself if omitted.
    """

    def __init__(self, profiles: list[Profile], switched_on: tuple[str, ...] | None = None):
        self.profile = profiles[0]
        self.switched_on = self.profile.concessions if switched_on is None else switched_on
        self.entries: dict[str, Entry] = {}
        for profile in reversed(profiles):
            self.entries.update(profile.requirements)
        self.profiles = profiles
        self._on: dict[str, Rules] = {}

    @property
    def id(self) -> str:
        return self.profile.id

    @property
    def title(self) -> Text:
        return self.profile.title

    @functools.cached_property
    def indicators(self) -> Indicators:
        """The resource indicators: those of the profile it extends, then its own."""
        written: dict[str, IndicatorEntry] = {}
        for profile in reversed(self.profiles):
            written.update(profile.indicators)
        return Indicators(
            about.indicator(
                name, position, tuple(stage for stage in STAGES if self.asks(f"{name}.{stage}"))
            )
            for position, (name, about) in enumerate(written.items())
        )

    @functools.cached_property
    def items(self) -> dict[str, Item]:
        """What is judged by it: the items of the table `evaluation`, by id."""
        return items(self)

    def asks(self, name: str) -> bool:
        """Whether an entry ever requires anything."""
        entry = self.entries.get(name)
        return entry is not None and any(value is not None for value in entry.values.values())

    @property
    def recognition(self) -> Text:
        """What a county is recognised for."""
        found = (profile.recognition for profile in self.profiles)
        return next((each for each in found if each is not None), self.title)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of an evaluation of which it has requirements."""
        there = {entry.part for entry in self.entries.values()}
        return tuple(part for part in PARTS if part in there)

    @property
    def is_whole(self) -> bool:
        """Whether it has requirements in every part of an evaluation."""
        return self.parts == PARTS

    @functools.cached_property
    def evaluation(self) -> Standard:
        """The nearest standard that recognition is judged by: this one or an ancestor."""
        kinds = [profile.kind for profile in self.profiles]
        return Standard(self.profiles[kinds.index("evaluation") :])

    @property
    def plan(self) -> Standard | None:
        """The county's own plan, if the profile is one."""
        return self if self.profile.kind == "plan" else None

    @property
    def first_year(self) -> int:
        """The year in which the first value of the profile itself takes effect."""
        dates = [date for entry in self.profile.requirements.values() for date in entry.values]
        return int(min(dates, default="0000")[:4])

    @property
    def concessions(self) -> list[str]:
        """Names of the concessions that the standard knows."""
        names = (name.split(".")[1] for name, e in self.entries.items() if e.part == "concession")
        return list(dict.fromkeys(names))

    def stated_in(self, name: str) -> Profile | None:
        """The profile from which an entry comes; None where the plan says nothing about it."""
        for profile in self.profiles:
            if name in profile.requirements:
                return profile
            if name in profile.not_stated:
                return None
        return None

    def on(self, date: str | datetime.date) -> Rules:
        """The rules in force on a day."""
        date = iso_date(date)
        if date not in self._on:
            self._on[date] = Rules(self, date)
        return self._on[date]

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

    def __init__(
        self,
        standard: Standard,
        date: str,
        overrides: Mapping | None = None,
        words: Mapping | None = None,
    ):
        self.standard = standard
        self.date = date
        self._values = {name: entry.on(date) for name, entry in standard.entries.items()}
        self._changed_values = dict(overrides or {})
        self._values.update(self._changed_values)
        self._changed_words: dict[str, str] = dict(words or {})
        self._words = dict(self._changed_words)

    def replace(self, **overrides: float | str | None) -> Rules:
        """The same rules with some values or rule words changed.

        Parameters
        ----------
        **overrides : float, str or None
            By entry id, ``__`` for the dot (``cv__primary=0.40``), or by id and field
            (``G7__rule="above"``). Shares 0 to 1; None: nothing is required.

        Raises
        ------
        InputError
            Ids that the standard does not have, with the nearest; values that an entry cannot take.
        """
        values, words = checked(self.standard.entries, overrides, get_args(NumberRule))
        changed = self._changed_words | words
        return Rules(self.standard, self.date, self._changed_values | values, changed)

    def changes(self, name: str) -> tuple[str, ...]:
        """What `replace` changed in an entry, as it is called: ``cv.primary=0.4``."""
        found = []
        if name in self._changed_values:
            value = self._changed_values[name]
            found.append(f"{name}={f'{value:.12g}' if isinstance(value, float) else value}")
        if name in self._changed_words:
            found.append(f"{name}.rule={self._changed_words[name]}")
        return tuple(found)

    def __getitem__(self, name: str) -> float | str | None:
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def entry(self, name: str) -> Entry:
        return self.standard.entries[name]

    @property
    def indicators(self) -> Indicators:
        """The resource indicators of the standard."""
        return self.standard.indicators

    @property
    def asks_of_schools(self) -> bool:
        """Whether the standard ever asks something of single schools, not of the county alone."""
        return self.standard.asks("school.indicators_met")

    def rule(self, name: str) -> str:
        """The rule word of an entry."""
        if name not in self._words:
            self._words[name] = self.entry(name).rule_on(self.date)
        return self._words[name]

    def number(self, name: str) -> float:
        """A value as a number; NaN where nothing is in force."""
        value = self[name]
        return float("nan") if value is None else float(value)

    def usual(self, name: str) -> float:
        """The number in force; where none is, the first that the standard sets.

        For what has to be reckoned before a rule holds: rooms are built for classes of some size.
        A standard without the entry is taken to agree with the national one.
        """
        value = self.get(name)
        for standard in (self.standard, load_standard(NATIONAL)):
            if value is None and name in standard.entries:
                entry = standard.entries[name]
                dated = (entry.on(date) for date in sorted(entry.values))
                value = next((each for each in dated if each is not None), None)
        return float(value)


#: Entries without which nothing can be judged, beside a threshold for every indicator and stage.
NEEDED = (
    *(f"cv.{stage}" for stage in STAGES),
    *(f"composite_cv.{stage}" for stage in STAGES),
    "school.indicators_met",
    "school.floor",
    "option.cv_weighting",
    "option.decide_on",
    "option.teaching_point_students",
    "option.special_education_in_scope",
    "option.private_in_scope",
    "option.rooms_counting",
    "option.retention_formula",
    "option.certificate_without_special_post",
)


def built_in() -> list[str]:
    """Ids of the standards that come with the package."""
    folder = resources.files("analysis.policy").joinpath("profiles")
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
    paths = [_locate(name)]
    while True:
        profile = _read_profile(paths[-1], paths[-1].stat().st_mtime_ns)
        if any(profile.id == known.id for known in profiles):
            message = N_("line {line}: extends itself by way of “{name}”")
            raise _refused(paths[-2], [(("extends",), message, {"name": profile.id})])
        profiles.append(profile)
        if profile.extends is None:
            break
        paths.append(_locate(profile.extends, paths[-1]))
    for position in reversed(range(len(profiles))):
        _check(profiles[position:], paths[position])
    return Standard(profiles)


def _locate(name: str | Path, extending: Path | None = None) -> Path:
    """The file of a built-in standard, or a file (beside the one that extends it)."""
    if str(name) in built_in():
        return Path(str(resources.files("analysis.policy").joinpath("profiles", f"{name}.yaml")))
    path = Path(name)
    if extending is not None:
        # a profile reaches into its own folder, nowhere else
        path = extending.parent / path.name
    if path.is_file() and (extending is None or Path(name).name == str(name)):
        return path
    values = {"name": str(name), "names": ", ".join(built_in())}
    if extending is None:
        raise problem(
            N_("no such standard; expected a file or one of {names}"), file=name, **values
        )
    message = N_("line {line}: no such standard “{name}”; expected a file or one of {names}")
    raise _refused(extending, [(("extends",), message, values)])


def _refused(path: Path, mistakes: list[tuple[tuple, str, dict]]) -> InputError:
    """Mistakes in a profile (place, message, values) with the lines where they stand."""
    document = read_yaml(path)
    return InputError(
        Finding("error", message, values | {"line": document.line(where) or 1}, str(path))
        for where, message, values in mistakes
    )


@functools.cache
def _read_profile(path: Path, _mtime: int) -> Profile:
    return read_model(path, Profile)


def _check(profiles: list[Profile], path: Path) -> None:
    """Refuse what a single entry of the first profile cannot know about itself."""
    standard = Standard(profiles)
    mistakes: list[tuple[tuple, str, dict]] = []

    def refuse(where: tuple, message: str, **values) -> None:
        mistakes.append((where, message, values))

    own = profiles[0]
    base = Standard(profiles[1:]) if len(profiles) > 1 else None
    if own.kind == "plan" and base is None:
        refuse(
            ("kind",),
            N_(
                "line {line}: a plan extends the standard by which the county is judged; name that one, such as extends: {name}"
            ),
            name=NATIONAL,
        )
    else:
        thresholds = (f"{name}.{stage}" for name in standard.indicators for stage in STAGES)
        for name in (*thresholds, *NEEDED):
            if name not in standard.entries:
                refuse((), N_("line {line}: the entry “{name}” is missing"), name=name)
    for name, entry in own.entries.items():
        if base and name not in base.entries and not entry.new:
            refuse(
                ("entries", name),
                N_(
                    "line {line}: unknown entry “{name}”: not in {base}; an additional one says new: true"
                ),
                name=name,
                base=base.id,
            )
        for date, value in entry.values.items():
            worded = entry.rule in ("yes", "no", "option")
            if isinstance(value, str) and not worded:
                refuse(
                    ("entries", name, "values", date),
                    N_("line {line}: {name} is “{value}”; the rule {rule} needs a number"),
                    name=name,
                    value=value,
                    rule=entry.rule,
                )
            if entry.rule in ("yes", "no") and value not in (entry.rule, None):
                refuse(
                    ("entries", name, "values", date),
                    N_("line {line}: {name} is “{value}”; the rule {rule} has the value {rule}"),
                    name=name,
                    value=value,
                    rule=entry.rule,
                )
            known = allowed_words(base.entries[name]) if base and name in base.entries else set()
            if entry.rule == "option" and known and value not in known:
                refuse(
                    ("entries", name, "values", date),
                    N_("line {line}: {name} is “{value}”; expected one of {names}"),
                    name=name,
                    value=value,
                    names=", ".join(sorted(known)),
                )
    for name in own.indicators if own.kind == "plan" else ():
        refuse(
            ("indicators", name),
            N_(
                "line {line}: a plan has no indicators of its own (“{name}”); give them to a profile "
                "with kind: evaluation that the plan extends"
            ),
            name=name,
        )
    for position, name in enumerate(own.not_stated):
        if name not in standard.entries:
            refuse(
                ("not_stated", position),
                N_("line {line}: unknown entry “{name}” under not_stated"),
                name=name,
            )
        if name in own.entries:
            refuse(
                ("not_stated", position),
                N_("line {line}: “{name}” stands under entries and under not_stated; keep one"),
                name=name,
            )
    known = standard.concessions
    for position, name in enumerate(own.concessions):
        if name not in known:
            refuse(
                ("concessions", position),
                N_("line {line}: unknown concession “{name}”; there are {names}"),
                name=name,
                names=", ".join(known),
            )
    if mistakes:
        raise _refused(path, mistakes)
