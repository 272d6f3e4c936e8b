"""What is still missing, therefore not assessed: every figure, and the verdicts that wait for it alone.

Found by trying, not by a second account of the rules: everything that is missing is filled in, then
each kind of figure is left out again; what is unknown again waits for it. So the list knows what the
calculations know, whatever they come to.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from ...data.belonging.joining import join_sites
from ...data.county import County
from ..requirements.facts import CountyData, Facts
from ..requirements.items import measure
from ..study import Study, judge, study_of
from .blanks import (
    UNKNOWN_ITEMS,
    Blank,
    blanks,
    filled,
    items_to_fill,
    yearly_figures,
)

#: A verdict: kind (`indicator`, `school`, `item`) and what tells it from the others of its kind.
Verdict = tuple[str, ...]

#: Schools' figures that are tried one by one where a sum over schools does not say whose is missing.
_SINGLY = 60


@dataclass(frozen=True)
class Gap:
    """A figure that is missing, and what waits for it.

    Attributes
    ----------
    blank : Blank
        Which figure of whom, and where it would stand.
    school : str
        Name of the school; "" for the county.
    unlocks : tuple of Verdict
        Verdicts that are open only for it: filled in, they are assessed.
    waiting : tuple of Verdict
        All verdicts that cannot be assessed without it.
    """

    blank: Blank
    school: str
    unlocks: tuple[Verdict, ...]
    waiting: tuple[Verdict, ...]


def open_verdicts(study: Study) -> set[Verdict]:
    """Verdicts of the judged year that are not assessed: of indicators, schools and items."""
    found: set[Verdict] = set()
    for kind, table, columns in (
        ("indicator", study.indicators, ("stage", "school_id", "indicator")),
        ("school", study.schools, ("stage", "school_id")),
        ("item", study.evaluation, ("item",)),
    ):
        rows = table[table["status"] == "not_assessed"]
        found |= {(kind, *key) for key in rows[list(columns)].itertuples(index=False, name=None)}
    return found


def missing_figures(county: County, year: int | None = None) -> list[Gap]:
    """Every figure of a year for want of which something is not assessed.

    Parameters
    ----------
    county : County
    year : int, optional
        The last observed one if omitted.

    Returns
    -------
    list of Gap
        Those that unlock most first; of equals, those for which most waits.

    Notes
    -----
    A verdict unlocked is one that is assessed once this figure is entered, whatever it is. A figure
    that makes a requirement fail may decide more than that, for one failure decides; so may one
    room that is large enough where several areas are blank.
    """
    study = study_of(county, year)
    waiting = open_verdicts(study)
    if not waiting:
        return []
    search = _Search(study, waiting)
    needs = search.needs()
    unlocks, waits = defaultdict(list), defaultdict(list)
    for verdict in sorted(needs):
        for blank in needs[verdict]:
            waits[blank].append(verdict)
        if len(needs[verdict]) == 1:
            unlocks[next(iter(needs[verdict]))].append(verdict)
    roster = county.as_entered["schools"]
    names = dict(zip(roster["school_id"], roster["name"], strict=True))
    gaps = [
        Gap(blank, names.get(blank.school_id, ""), tuple(unlocks[blank]), tuple(rows))
        for blank, rows in waits.items()
    ]
    return sorted(gaps, key=lambda gap: (-len(gap.unlocks), -len(gap.waiting), gap.blank))


class _Search:
    """Which blanks each open verdict needs."""

    def __init__(self, study: Study, waiting: set[Verdict]):
        self.county, self.year, self.rules = study.county, study.year, study.rules
        self.concessions, self.waiting = study.concessions, waiting
        self.items = [v[1] for v in waiting if v[0] == "item" and v[1] in self.rules]
        self.items = [name for name in self.items if self._is_measured(name)]
        self.base = self._unknown(study)
        found = blanks(self.county, self.year)
        # an item that its inputs do not make known is reported under its own name
        still = self._try(found)
        own = [name for name in self.items if still & self._of_item(name)]
        self.blanks = [*found, *items_to_fill(own, self.year)]
        self.never = self._try(self.blanks)

    def _is_measured(self, name: str) -> bool:
        return self.rules.entry(name).part != "resource"

    def _of_item(self, name: str) -> set[Verdict]:
        return {key for key in self.base if key[0] == "item" and key[1] == name}

    def _with(self, given: Iterable[Blank]) -> County:
        """The county with these blanks filled in."""
        entered = self.county.as_entered
        tables, sites = join_sites(
            filled(entered, list(given), self.year, self.rules, yearly_figures(self.county)),
            self.county.schema,
        )
        return replace(self.county, tables=MappingProxyType(tables), sites=sites)

    def _try(self, given: Iterable[Blank]) -> set[Verdict]:
        """What is unknown once these blanks are filled in."""
        rules = {self.year: self.rules}
        county = self._with(given)
        return self._unknown(judge(county, self.year, rules, {}, None, self.concessions))

    def _without_items(self, left_out: set[Blank]) -> set[Verdict]:
        """Items that are unknown once all is filled in but these: no school's figure depends on them."""
        given = [b for b in self.blanks if b.table == "county_years" and b not in left_out]
        entered = {"county_years": self.county.tables["county_years"]}
        tables = dict(self._whole.tables) | filled(entered, given, self.year, self.rules, ())
        county = replace(self._whole, tables=MappingProxyType(tables))
        return self._unknown_items(Facts(county, (self.year,)))

    @functools.cached_property
    def _whole(self) -> County:
        return self._with(self.blanks)

    def _unknown(self, study: Study) -> set[Verdict]:
        """Values that are not known: of indicators, and of items at each unit."""
        rows = study.indicators[study.indicators["status"] == "not_assessed"]
        columns = ["stage", "school_id", "indicator"]
        found = {("indicator", *key) for key in rows[columns].itertuples(index=False, name=None)}
        return found | self._unknown_items(Facts(study.county, (self.year,)))

    def _unknown_items(self, facts: Facts) -> set[Verdict]:
        found: set[Verdict] = set()
        data = CountyData(facts, {self.year: self.rules}, self.concessions)
        for name in self.items:
            value = measure(name, data)
            if 0 in value.text:
                continue
            found |= {
                ("item", name, str(unit)) for unit in value.unit[np.isnan(value.value)].tolist()
            }
            if self.rules.rule(name) in ("yes", "no"):
                found |= {("item", name, "")}
        return found

    def needs(self) -> dict[Verdict, frozenset[Blank]]:
        """The blanks that must all be filled in before a verdict is assessed; none that never is."""
        values = {key: set() for key in self.base}
        kinds: dict[tuple, list[Blank]] = defaultdict(list)
        for blank in self.blanks:
            kinds[blank.kind].append(blank)
        for of_kind in kinds.values():
            left_out = set(of_kind)
            again = (
                self._without_items(left_out)
                if of_kind[0].table == "county_years"
                else self._try([b for b in self.blanks if b not in left_out])
            )
            for key in (again & self.base) - self.never:
                values[key] |= self._whose(key, of_kind)
        self._any_of(values)
        found = {}
        for verdict in self.waiting:
            parts = self._parts(verdict)
            if parts and not parts & self.never and all(values[part] for part in parts):
                found[verdict] = frozenset().union(*(values[part] for part in parts))
        return found

    def _parts(self, verdict: Verdict) -> set[Verdict]:
        """The unknown values that a verdict rests on."""
        kind, *of = verdict
        if kind == "indicator":
            return {verdict} & self.base
        if kind == "school":
            return {key for key in self.base if key[0] == "indicator" and [*key[1:3]] == of}
        name = of[0]
        if name in self.items:
            return self._of_item(name)
        indicator, _, stage = name.removeprefix("cv.").rpartition(".")
        unknown = {key for key in self.base if key[0] == "indicator" and key[1] == stage}
        if indicator == "schools":
            schools = {key[1:] for key in self.waiting if key[0] == "school"}
            return {key for key in unknown if key[1:3] in schools}
        if indicator == "composite_cv":
            return unknown
        return {key for key in unknown if key[3] == indicator}

    def _whose(self, key: Verdict, of_kind: list[Blank]) -> set[Blank]:
        """Of the blanks of a kind, those that a value needs."""
        if len(of_kind) == 1:
            return set(of_kind)
        schools = {key[2]} if key[0] == "indicator" else self._ids.get(key[2], set())
        mine = {b for b in of_kind if self._main.get(b.school_id, b.school_id) in schools}
        if mine:
            return mine
        if len(of_kind) > _SINGLY:
            return set(of_kind)
        return {b for b in of_kind if key in self._try([o for o in self.blanks if o != b])}

    @functools.cached_property
    def _ids(self) -> Mapping[str, set[str]]:
        """Schools by name."""
        roster = self.county.tables["schools"]
        found: dict[str, set[str]] = defaultdict(set)
        for name, school in zip(roster["name"], roster["school_id"], strict=True):
            found[name].add(school)
        return found

    @functools.cached_property
    def _main(self) -> dict[str, str]:
        """The school whose figures an entered row counts with; a site of an unknown school stands for any."""
        sites = self.county.sites
        return {site.school_id: site.main for site in sites.joined}

    def _any_of(self, values: dict[Verdict, set[Blank]]) -> None:
        """Items for which one of several figures is enough: the first of them stands for all."""
        for name in self.items:
            keys = self._of_item(name)
            if not keys or any(values[key] for key in keys) or keys & self.never:
                continue
            for blank in self.blanks:
                if blank.column not in UNKNOWN_ITEMS:
                    continue
                if not keys & self._without_items(set(self.blanks) - {blank}):
                    for key in keys:
                        values[key] = {blank}
                    break
