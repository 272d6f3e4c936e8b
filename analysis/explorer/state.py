"""What one looks at and what is assumed instead: a `State`, its changes, its line of Python."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from ..base.files import N_, problem
from ..base.nearest import listed_name, refuse_unknown
from ..base.refusals import shorten
from ..base.schema.terms import STAGES, Label
from ..policy.standards import Rules

#: `scatter`: figure against students; `strip`: schools in the order of their figures.
KINDS = ("scatter", "strip")
#: No figure of a school is larger (yuan per student have six digits).
LARGEST = 1e9


def rule_names(indicators: Iterable[str]) -> tuple[str, ...]:
    """The rules that can be assumed otherwise: none of them decides which schools are judged."""
    return (
        *(f"{indicator}.{stage}" for indicator in indicators for stage in STAGES),
        *(f"cv.{stage}" for stage in STAGES),
        "school.floor",
        "school.indicators_met",
    )


_KINDS_OF_NAMES = {
    "stage": Label("学段", "stage"),
    "indicator": Label("指标", "indicator"),
    "kind": Label("图形", "kind of picture"),
    "rule": Label("规则", "rule"),
    "school": Label("学校", "school"),
    "year": Label("学年", "school year"),
    "county": Label("县", "county"),
    "language": Label("语言", "language"),
}


@dataclass(frozen=True)
class State:
    """What an explorer shows.

    Attributes
    ----------
    county : str
        Folder, workbook or name of a sample.
    year : int
        First year of the school year that is judged.
    stage : {"primary", "junior"}
    indicator : str
        Id of an indicator of the county's standard.
    kind : {"scatter", "strip"}
        Figure against students, or schools in the order of their figures.
    chosen : tuple of str
        Ids of the schools that are looked at together.
    moved : mapping of (str, str, str) to float
        (indicator, stage, school_id) -> the figure assumed instead, in the indicator's unit, 0 or more.
        What a school shares among its stages moves in all of them.
    rules : mapping of str to float
        Rules assumed instead: ``sports_area.primary``, ``cv.primary``, ``school.floor``, ….
    compare : (str, int) or None
        Another county, or the same one, and a year, for hollow points beside those of the schools.

    Raises
    ------
    InputError
        A name that does not exist (with the nearest one) or a number that is none.
    """

    county: str
    year: int
    stage: str = "primary"
    indicator: str = "sports_area"
    kind: str = "scatter"
    chosen: tuple[str, ...] = ()
    moved: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    rules: Mapping[str, float] = field(default_factory=dict)
    compare: tuple[str, int] | None = None

    def __post_init__(self):
        known("stage", self.stage, STAGES)
        known("kind", self.kind, KINDS)
        for key in self.moved:
            if not isinstance(key, tuple) or len(key) != 3:
                raise problem(
                    N_("“{value}” is no moved figure; write (indicator, stage, school id): figure"),
                    value=shorten(str(key)),
                )
            known("stage", key[1], STAGES)
        # equal states have equal contents, and nobody changes them from outside
        chosen = tuple(dict.fromkeys(str(each) for each in self.chosen))
        moved = {key: figure(value) for key, value in self.moved.items()}
        rules = {name: figure(value) for name, value in self.rules.items()}
        object.__setattr__(self, "chosen", chosen)
        object.__setattr__(self, "moved", MappingProxyType(moved))
        object.__setattr__(self, "rules", MappingProxyType(rules))
        if self.compare is not None:
            object.__setattr__(self, "compare", (str(self.compare[0]), int(self.compare[1])))

    def check(self, rules: Rules) -> None:
        """Refuse what the standard that judges does not know.

        Raises
        ------
        InputError
            An indicator or rule that it does not have, with the nearest one; one figure that the stages of
            a school share moved in two of them.
        """
        about = rules.indicators
        known("indicator", self.indicator, about)
        for name, _, _ in self.moved:
            known("indicator", name, about)
        names = rule_names(about)
        for name in self.rules:
            known("rule", name, names)
        shared = [(name, school) for name, _, school in self.moved if about[name].shared]
        for name, school in shared:
            if shared.count((name, school)) > 1:
                raise problem(
                    N_(
                        "school {school} shares {indicator} between its stages; move it in one of them, the other follows"
                    ),
                    school=school,
                    indicator=name,
                )

    def changed(self, **changes) -> State:
        """The same with something else; another county or year drops what was moved in this one."""
        there = {key: changes.get(key, getattr(self, key)) for key in ("county", "year")}
        if there != {"county": self.county, "year": self.year}:
            changes = {"moved": {}} | changes
            if there["county"] != self.county:
                changes = {"chosen": ()} | changes
        return replace(self, **changes)

    def with_figure(self, school: str, value: float | None, shared: bool) -> State:
        """A school's figure of the shown indicator and stage, moved; None restores it.

        `shared`: the figure is the school's, and moves in all of its stages.
        """
        moved = {
            (name, stage, each): figure_
            for (name, stage, each), figure_ in self.moved.items()
            if (name, each) != (self.indicator, school) or not (shared or stage == self.stage)
        }
        if value is not None:
            moved[self.indicator, self.stage, school] = value
        return replace(self, moved=moved)

    def with_rule(self, name: str, value: float | None) -> State:
        """A rule assumed otherwise; None restores it."""
        rules = {each: number for each, number in self.rules.items() if each != name}
        return replace(self, rules=rules if value is None else rules | {name: value})


def known(what: str, name: object, names: Collection) -> None:
    """Refuse a name that does not exist, with the nearest that do; a year with all there are."""
    if name in names:
        return
    kind, spelt = _KINDS_OF_NAMES[what], {str(each): () for each in names}
    if what == "year":
        listed_name(kind, str(name), spelt)
    refuse_unknown(kind, [str(name)], spelt)


def figure(value: object) -> float:
    """A figure that can be assumed.

    Raises
    ------
    InputError
        It is no number, below 0 or beyond anything.
    """
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not math.isfinite(value) or not 0 <= value <= LARGEST:
        raise problem(
            N_("“{value}” cannot be assumed; expected a number of 0 or more"),
            value=shorten(str(value)),
        )
    return float(value)


def code_of(state: State, lang: str = "zh") -> str:
    """The line of Python that shows the same."""
    arguments = [repr(state.county), f"year={state.year}"]
    plain = State(state.county, state.year)
    for each in fields(State)[2:]:
        value = getattr(state, each.name)
        if value == getattr(plain, each.name) and each.name not in ("stage", "indicator"):
            continue
        value = dict(value) if isinstance(value, Mapping) else value
        arguments.append(f"{each.name}={value!r}")
    return f"Explorer({', '.join([*arguments, f'lang={lang!r}'])})"
