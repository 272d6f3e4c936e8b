"""Moves of pupils and premises between schools: what a file says of one, and what it does.

Each kind is a class: its fields are those of the scenario's file, `pupils` takes pupils from schools and
gives them to others (none is lost), and what belongs to them follows in the year in which it begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pydantic

from ...base.files import N_
from ...base.refusals import refusal
from ...base.schema.terms import SCHOOL_TYPES, STAGES, SYSTEMS, Label
from ...measure.apportioning.dividing import WEIGHTS
from .sections import Amount, Name, Names, Period, Share, Stage, Strict

if TYPE_CHECKING:
    from ..projection.model import Model
    from ..projection.strands import Pupils

#: What moves are called.
MOVE_LABELS = {
    "diversion": Label("分流", "Diversion"),
    "boundary": Label("学区调整", "Boundary shift"),
    "stage_relocation": Label("学段整体调整", "Relocation of a stage"),
    "opening": Label("新开办", "Opening"),
    "closure": Label("撤并", "Closure"),
    "merger": Label("合并", "Merger"),
    "acquisition": Label("收购转公办", "Acquisition"),
    "premises": Label("校舍划转", "Premises passed on"),
    "cap": Label("超额调剂", "Surplus passed on"),
}


class _Move(Period):
    kind: str
    name: str = ""
    staff_follow: Share = 1.0
    """Part of the teachers belonging to the pupils who go that goes with them."""

    @property
    def taught_by_all(self) -> tuple[str, ...]:
        """Stages that every target has to teach."""
        stage = getattr(self, "stage", None)
        return (stage,) if stage else ()

    @property
    def taught_by_one(self) -> tuple[str, ...]:
        """Stages that one target has to teach if an origin does."""
        return ()

    @property
    def same_system(self) -> tuple[str, ...]:
        """Stages that can only pass between schools of the same system."""
        return ()

    def pupils(self, model: Model, new: Pupils, number: int, year: int) -> None:
        """Move the pupils of a year, in place; `number` is the move's place in the scenario.

        Staff and things follow on the middle course only.
        """

    def things(self, model: Model, year: int) -> None:
        """Move what does not go with pupils, after them."""

    def said(self, model: Model, year: int, origin: list[int], target: list[int]) -> None:
        """Note that the move has been applied."""
        names, cost = model.roster["name"], getattr(self, "cost_cny", None)
        model.note(
            "applied",
            N_("{year}: {what} ({origin} → {target})"),
            year=year,
            what=self.name or MOVE_LABELS[self.kind],
            origin="; ".join(names.iloc[n] for n in origin) or "—",
            target="; ".join(names.iloc[n] for n in target),
            cost=np.nan if cost is None else cost,
        )


class Diversion(_Move):
    """Part of a stage of some schools goes to others.

    `mode: intake` turns new entrants only, so that the older ones finish where they are; the share
    grows evenly from `start` to `end` and stays. `mode: all` moves all pupils of the stage, in even
    parts from `start` to `end`: so a whole stage changes its school (`share: 1`).
    """

    kind: Literal["diversion", "boundary", "stage_relocation"]
    origin: Names
    target: Names
    stage: Stage
    share: Share = 1.0
    mode: Literal["intake", "all"] = "intake"

    @property
    def at_once(self) -> bool:
        """Whether older pupils move too."""
        return self.mode == "all" or self.kind == "stage_relocation"

    @property
    def same_system(self) -> tuple[str, ...]:
        return (self.stage,) if self.at_once or self.stage != "primary" else ()

    def pupils(self, model, new, number, year) -> None:
        length = self.last - self.start + 1
        upto = self.share * min((year - self.start + 1) / length, 1.0)
        so_far = self.share * min((year - self.start) / length, 1.0)
        origins, targets = model.schools.numbers(self.origin), model.schools.numbers(self.target)
        for origin in origins:
            span = model.schools.ladder.span(origin, self.stage)
            stage_before = new.at(origin)[..., span].sum(axis=-1)
            part = np.zeros(span.stop - span.start)
            part[0] = upto
            if self.at_once and so_far < 1:
                part[1:] = (upto - so_far) / (1 - so_far)
            taken = new.give(origin, targets, span, part)
            if not new.middle:
                continue
            model.ledger(year, self.kind, self.name, origin, targets, self.stage, taken.sum())
            if self.at_once:
                follow = part[1] if len(part) > 1 else 0.0
            else:
                follow = model.shrinking((number, origin), year, taken[0], len(part))
                follow = follow / stage_before if stage_before > 0 else 0.0
            if follow > 0:
                model.staff.follow(origin, targets, self.stage, follow * self.staff_follow)
        if new.middle and year == self.start:
            self.said(model, year, origins, targets)


class NewSchool(Strict):
    """A school that the roster does not have. What is not given is not reported: never assumed."""

    school_id: str
    name: str
    type: Literal[tuple(SCHOOL_TYPES)]  # type: ignore[valid-type]
    ownership: Literal["public", "private"] = "public"
    sponsor: Annotated[int, pydantic.Field(ge=1, le=10)] | None = None
    area: Literal["urban", "town", "rural"]
    boarding: Literal["yes", "no"] = "no"
    system: Literal[SYSTEMS] | None = None  # type: ignore[valid-type]
    """Blank: that of the schools from which its pupils come, or of all schools of the county."""
    teaching_area_m2: Amount | None = None
    indoor_sports_area_m2: Amount | None = None
    outdoor_sports_area_m2: Amount | None = None
    equipment_value_cny: Amount | None = None
    multimedia_rooms: Amount | None = None
    music_rooms_m2: tuple[Amount, ...] = ()
    art_rooms_m2: tuple[Amount, ...] = ()
    classrooms: Amount | None = None
    more: dict[str, Amount] = pydantic.Field(default={})
    """What a standard's other indicators count, by column of `school_years`: ``{books: 12000}``."""

    def amount(self, column: str) -> float | None:
        """What it has of something recorded once for a school; None where that is not said."""
        return getattr(self, column, self.more.get(column))


class Opening(_Move):
    """A new school takes entrants; the intake grows by the steps of `ramp`, the last of which stays.

    The entrants would otherwise go to `origin` (all schools of the stage in proportion if empty).
    """

    kind: Literal["opening"]
    school: NewSchool
    intake: dict[Stage, Amount]
    """Entrants a year when the school is full."""
    ramp: Annotated[tuple[Share, ...], pydantic.Field(min_length=1)] = (1.0,)
    origin: Names = ()
    cost_cny: Amount | None = None

    @property
    def taught_by_all(self) -> tuple[str, ...]:
        return tuple(self.intake)

    @property
    def same_system(self) -> tuple[str, ...]:
        return tuple(stage for stage in self.intake if stage != "primary")

    def pupils(self, model, new, number, year) -> None:
        schools = model.schools
        target, named = schools.place[self.school.school_id], schools.numbers(self.origin)
        step = self.ramp[min(year - self.start, len(self.ramp) - 1)]
        for stage, full in self.intake.items():
            span = schools.ladder.span(target, stage)
            first, alike = span.start, schools.ladder.first[stage] == span.start
            origins = named or [n for n in np.flatnonzero(~schools.special) if n != target]
            origins = [n for n in origins if schools.teaches[stage][n] and alike[n]]
            here = new.by_school()
            available = here[..., origins, first].sum(axis=-1)
            wanted = np.minimum(full * step, available)
            part = wanted / np.where(available > 0, available, 1.0)
            for origin in origins:
                before = here[..., origin, span].sum(axis=-1)
                entrants = slice(first, first + 1)
                taken = new.give(origin, [target], entrants, part[..., None])
                if not new.middle:
                    continue
                model.ledger(year, self.kind, self.name, origin, [target], stage, taken.sum())
                length = span.stop - span.start
                follow = model.shrinking((number, origin, stage), year, taken.sum(), length)
                if before > 0:
                    follow = follow / before * self.staff_follow
                    model.staff.follow(origin, [target], stage, follow)
        if new.middle and year == self.start:
            self.said(model, year, named, [target])


class _HandOver(_Move):
    """All pupils of a school, or of one of its stages, go to others, now and later."""

    @property
    def taught_by_one(self) -> tuple[str, ...]:
        return () if getattr(self, "stage", None) else STAGES

    @property
    def same_system(self) -> tuple[str, ...]:
        stage = getattr(self, "stage", None)
        return (stage,) if stage else STAGES

    def targets(self, model: Model) -> list[int]:
        """Positions of the schools that take over."""
        return model.schools.numbers(self.target)

    def pupils(self, model, new, number, year) -> None:
        origins, target = model.schools.numbers(self.origin), self.targets(model)
        for origin in origins:
            self._hand_over(model, new, origin, target, year)
        if new.middle and year == self.start:
            self.said(model, year, origins, target)

    def _hand_over(self, model, new, origin: int, target: list[int], year: int) -> None:
        only = getattr(self, "stage", None)
        stages = STAGES if only is None else [only]
        for stage in stages:
            teaching = [each for each in target if model.schools.teaches[stage][each]]
            if not teaching:
                continue
            span = model.schools.ladder.span(origin, stage)
            taken = new.give(origin, teaching, span, 1.0)
            if new.middle:
                model.ledger(year, self.kind, self.name, origin, teaching, stage, taken.sum())
                if year == self.start:
                    model.staff.follow(origin, teaching, stage, self.staff_follow)
        if new.middle and year == self.start:
            self._premises(model, origin, target, stages, year, only is None)

    def _premises(self, model, origin: int, target, stages, year: int, whole: bool) -> None:
        """What a school leaves behind when it goes, or when one of its stages does."""
        if whole:
            model.schools.closing[origin] = year - 1
            kinds = model.roster["type"]
            upper = [n for n in target if "senior" in SCHOOL_TYPES[kinds.iloc[n]].stages]
            for each in upper:
                more = model.senior[origin] / len(upper)
                model.senior[each] = np.nan_to_num(model.senior[each]) + more
        students, ladder = model.history[-1][origin], model.schools.ladder
        weights = {s: WEIGHTS[s] * students[ladder.span(origin, s)].sum() for s in STAGES}
        all_ = sum(weights.values())
        part = 1.0 if whole else (weights[stages[0]] / all_ if all_ else 0.0)
        sites = model.sites
        for name in sites.quantities:
            # buildings and grounds stay where they are unless they are kept; what can be carried goes along
            if not name.endswith("_m2") or self.keep_premises:
                sites.pass_on(name, origin, target, sites.quantities[name][origin] * part)
        if self.keep_premises:
            for stage in stages:
                teaching = [each for each in target if model.schools.teaches[stage][each]]
                sites.pass_classrooms_on(stage, origin, teaching)
            if whole and len(target) == 1:
                sites.pass_rooms_on(origin, target[0])


class Closure(_HandOver):
    """A school closes before the school year `start`; its pupils, staff and equipment go to `target`."""

    kind: Literal["closure"]
    origin: Names
    target: Names
    keep_premises: bool = False
    """Whether its buildings and grounds stay in use by the target (shared equally)."""


class Merger(_HandOver):
    """Schools become one: their pupils, staff, equipment and, if kept, premises come together.

    Into a school of the roster (`target`), or into a `school` that the merger makes.
    """

    kind: Literal["merger", "acquisition"]
    origin: Names
    stage: Stage | None = None
    """The stage that goes; all if missing. An acquisition usually buys one department."""
    target: Name | None = None
    school: NewSchool | None = None
    keep_premises: bool = True
    cost_cny: Amount | None = None

    @pydantic.model_validator(mode="after")
    def _one_target(self):
        if (self.target is None) == (self.school is None):
            raise refusal(
                N_("give either `target` (a school of the roster) or `school` (a new one)")
            )
        return self

    def targets(self, model: Model) -> list[int]:
        return [model.schools.number(self.target or self.school.school_id)]


class Premises(_Move):
    """Buildings or grounds of one school pass to another: a campus split, or a move of house."""

    kind: Literal["premises"]
    origin: Name
    target: Name
    teaching_area_m2: Amount = 0.0
    indoor_sports_area_m2: Amount = 0.0
    outdoor_sports_area_m2: Amount = 0.0
    multimedia_rooms: Amount = 0.0
    classrooms: Amount = 0.0

    def things(self, model, year) -> None:
        if year != self.start:
            return
        sites, teaches = model.sites, model.schools.teaches
        origin, target = model.schools.number(self.origin), model.schools.number(self.target)
        for name in sites.quantities:
            amount = getattr(self, name, 0.0)
            if amount:
                here = sites.quantities[name][origin]
                sites.pass_on(name, origin, [target], min(amount, here) if here >= 0 else np.nan)
        rooms = self.classrooms
        for stage in STAGES:
            if teaches[stage][origin] and teaches[stage][target]:
                passed = min(rooms, sites.classrooms[stage][origin])
                sites.classrooms[stage][origin] -= passed
                sites.classrooms[stage][target] += passed
                rooms -= passed
        self.said(model, year, [origin], [target])


Move = Annotated[
    Diversion | Opening | Closure | Merger | Premises, pydantic.Field(discriminator="kind")
]
