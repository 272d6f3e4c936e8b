"""The county's plan as assumptions: projects, equipment, staff and moves that a scenario can use."""

from __future__ import annotations

from ...base.files import N_
from ...base.schema.tables import TEACHER_KINDS
from ...base.schema.terms import SCHOOL_TYPES, STAGES
from ...data.county import County
from ...policy.plan import Project, ends
from ..notes import Note
from .fit import Roster
from .moves import Diversion
from .scenario import Scenario
from .sections import Addition, Purchase, StaffTarget

#: What an indicator may count that a school is to reach a level of.
KINDS = tuple((kind,) for kind in TEACHER_KINDS)


def plan_parts(county: County, scenario: Scenario, last: int) -> tuple[Scenario, list[Note]]:
    """What the county's plan comes to as assumptions: projects, equipment, staff, moves.

    Parameters
    ----------
    county : County
    scenario : Scenario
        Its section `plan` says what is carried out; the schools that it makes itself are left to it.
    last : int
        Last observed year: what was finished by then is in the data already.

    Returns
    -------
    scenario : Scenario
        `additions`, `purchases`, `staff_targets` and `moves`.
    notes : list of Note
        What the plan says too little about to be reckoned with.
    """
    empty = Scenario(name={"zh": "规划", "en": "Plan"})
    if county.plan is None:
        return empty, [Note("not_applied", N_("the county has no plan (plan.yaml)"))]
    reader = _PlanReader(county, scenario, last)
    return reader.read(empty), reader.notes


def project_areas(project: Project, teaching_share: float) -> tuple[float, float]:
    """Teaching and sports area (m²) that a project adds; 0 where the plan says nothing of it.

    Of a building whose area the plan does not divide, `teaching_share` (0 to 1) counts as teaching
    area: corridors, offices and canteens do not.
    """
    teaching, sports = project.teaching_m2 or 0.0, project.sports_m2 or 0.0
    if project.area_m2 and not teaching and not sports:
        if project.kind == "sports_ground":
            sports = project.area_m2
        else:
            teaching = project.area_m2 * teaching_share
    return teaching, sports


class _PlanReader:
    def __init__(self, county: County, scenario: Scenario, last: int):
        self.county, self.course, self.last = county, scenario.plan, last
        self.notes: list[Note] = []
        new = (getattr(move, "school", None) for move in scenario.moves)
        self.made = {school.name for school in new if school is not None}
        # with the schools that the scenario makes: one of them may share its name with another
        self.roster = Roster(county, scenario.moves)
        roster = county.tables["schools"]
        self.known = set(roster["name"]) | set(roster["school_id"])
        self.names = dict(zip(roster["school_id"], roster["name"], strict=True))
        self.types = dict(zip(roster["name"], roster["type"], strict=True))
        self.limits = {
            stage: county.standard.evaluation.for_year(last).usual(f"G5.{stage}")
            for stage in STAGES
        }

    def read(self, empty: Scenario) -> Scenario:
        plan, course = self.county.plan, self.course
        found: dict[str, list] = {}
        for wanted, section, entries, convert in (
            (course.projects, "additions", plan.projects, self._project),
            (course.equipment, "purchases", plan.equipment, self._equipment),
            (course.staffing, "staff_targets", plan.staffing, self._staffing),
            (course.moves, "moves", plan.moves, self._move),
        ):
            made = [convert(entry) for entry in entries] if wanted else []
            found[section] = tuple(each for each in made if each is not None)
        return empty.model_copy(update=found)

    def _common(self, entry) -> dict:
        return {
            "source": f"{self.county.plan.document} {entry.where}",
            "confidence": self.course.confidence,
        }

    def _skip(self, name, message: str, **values) -> None:
        self.notes.append(Note("not_applied", message, {"name": name} | values))

    def _date(self, period: str | None, name) -> int | None:
        """First school year that begins after a period; None if it was over before."""
        if period is None:
            year = (self.course.undated or self.last + 1) + self.course.delay
            self.notes.append(
                Note(
                    "assumed",
                    N_("“{name}” has no date in the plan: taken as {year}"),
                    {"name": name, "year": year},
                )
            )
            return year
        # a school year begins on 1 September: what is ready later serves the next one
        done = ends(period)
        year = done // 12 + (done % 12 > 7)
        return None if year <= self.last else year + self.course.delay

    def _schools(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The schools that names stand for: what is built at a site is its school's."""
        sites = self.county.sites
        found = ((name, None if name in self.known else sites.site(name)) for name in names)
        whole = (name if site is None else self.names[site.main] for name, site in found)
        return tuple(dict.fromkeys(whole))

    def _shared(self, what, names: tuple[str, ...]) -> bool:
        """Whether it is not known which school a name means; that is noted."""
        shared = [name for name in names if len(self.roster.codes(name)) > 1]
        if shared:
            self._skip(what, N_("“{name}”: {reason}"), reason=self.roster.stranger(shared[0]))
        return bool(shared)

    def _project(self, project) -> Addition | None:
        if project.end is not None and self._date(project.end, project.name) is None:
            return None
        schools = self._schools(project.schools)
        strangers = [name for name in schools if name not in self.known]
        if not project.schools:
            self._skip(project.name, N_("“{name}”: the plan names no school"))
            return None
        if strangers and self.made.issuperset(strangers):
            return None
        if strangers:
            self._skip(project.name, N_("“{name}”: {schools} not in the roster; describe the school in a scenario of the county (opening)"), schools="; ".join(strangers) or "—")  # fmt: skip
            return None
        if self._shared(project.name, schools):
            return None
        ground = project.kind == "sports_ground"
        teaching, sports = project_areas(project, self.course.teaching_share)
        seats = sum(project.seats) / len(project.seats) if project.seats else 0.0
        if not (teaching or sports or seats):
            self._skip(project.name, N_("“{name}”: the plan gives neither area nor seats"))
            return None
        year = self._date(project.end, project.name)
        size = min(self.limits.values())
        return Addition(
            **self._common(project),
            schools=schools,
            year=year,
            # indoor sports areas are part of the teaching area in the statistics
            teaching_area_m2=teaching + (0.0 if ground else sports),
            indoor_sports_area_m2=0.0 if ground else sports,
            outdoor_sports_area_m2=sports if ground else 0.0,
            classrooms=seats / size,
            cost_cny=project.cost_cny,
            name=project.name,
        )

    def _equipment(self, entry) -> Purchase | None:
        end = (entry.end or entry.year) + self.course.delay
        if end <= self.last:
            return None
        if not entry.instruments_cny:
            self._skip(entry.for_what, N_("“{name}”: books and computers without a sum in yuan"))
            return None
        start = entry.year + self.course.delay
        years = end - start + 1
        named = tuple(name for name in self._schools(entry.schools) if name in self.known)
        if self._shared(entry.for_what, named):
            return None
        return Purchase(
            **self._common(entry),
            start=max(start, self.last + 1),
            end=end,
            cny=entry.instruments_cny / years,
            to=named or "need",
        )

    def _staffing(self, entry) -> StaffTarget | None:
        name, _, stage = entry.entry.partition(".")
        about = self.county.standard.evaluation.indicators.staff.get(name)
        if about is None or about.add not in KINDS or about.less or stage not in STAGES:
            entries = (self.county.standard.plan or self.county.standard.evaluation).entries
            title = entries[entry.entry].title if entry.entry in entries else entry.entry
            self._skip(title, N_("“{name}”: a target for the county as a whole; its figures stay as last reported"))  # fmt: skip
            return None
        by = max(ends(entry.by) // 12 + self.course.delay, self.last + 1 + self.course.delay)
        return StaffTarget(
            **self._common(entry),
            entry=about.add[0],
            stage=stage,
            value=entry.target,
            by=by,
        )

    def _move(self, move):
        names = (*move.origin, *move.target)
        strangers = [name for name in names if name not in self.known]
        if strangers or not move.origin or not move.target:
            self._skip(move.name, N_("“{name}”: {schools} not in the roster; describe the school in a scenario of the county (opening)"), schools="; ".join(strangers) or "—")  # fmt: skip
            return None
        if self._shared(move.name, names):
            return None
        wrong = [
            name
            for name in move.target
            if move.stage in STAGES
            and move.stage not in SCHOOL_TYPES[self.types.get(name, "primary")].stages
        ]
        itself = set(move.origin) & set(move.target)
        if move.kind != "diversion" or move.stage not in STAGES or wrong or itself:
            self._skip(move.name, N_("“{name}”: what passes from school to school is not said; describe it in a scenario of the county"))  # fmt: skip
            return None
        start = self._date(move.start, move.name)
        if start is None:
            return None
        made = Diversion(
            **self._common(move),
            kind="diversion",
            name=move.name,
            origin=move.origin,
            target=move.target,
            stage=move.stage,
            start=start,
            end=None if move.gradual or move.end is None else max(int(move.end[:4]), start),
            mode="intake" if move.gradual else "all",
        )
        roster = Roster(self.county)
        origin, target = (
            [code for name in names for code in roster.codes(name)]
            for names in (made.origin, made.target)
        )
        reasons = (roster.apart(origin, target, stage) for stage in made.same_system)
        reason = next((each for each in reasons if each is not None), None)
        if reason is not None:
            self._skip(move.name, N_("“{name}”: {reason}"), reason=reason)
            return None
        return made
