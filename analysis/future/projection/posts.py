"""The number of teachers by the scenario's section `staff`: kept, left to those who leave, by the quota.

Whole persons leave and come; what is left over of a person is owed to the next year, school by school.
"""

from __future__ import annotations

import numpy as np

from ...base.files import N_
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...data.county import County
from ...measure.indicators import HAIR, round_half_up, whole_down
from ..assumptions.ages import StaffAges, retirement, staff_ages
from ..assumptions.quota import staff_quota
from ..assumptions.roster import Schools
from ..assumptions.staffing import ByQuota, Kept, Leaving, StaffCourse


class Posts:
    """What becomes of the schools' teachers by a scenario.

    Parameters
    ----------
    course : StaffCourse or None
        None: kept.
    schools : Schools
    last : int
        Last observed year.
    kinds : tuple of str
        What teachers may be: the columns of staff behind the first.
    county : County, optional
        Its table `staff_ages` says how old the teachers are.

    Attributes
    ----------
    left, came, changed : dict of int to ndarray, shape (2,)
        Persons by stage who left without being replaced, were recruited, or changed school, by year.
    """

    def __init__(
        self,
        course: StaffCourse | None,
        schools: Schools,
        last: int,
        kinds: tuple[str, ...],
        county: County | None = None,
    ):
        self.course, self.schools, self.last, self.kinds = course, schools, last, kinds
        #: ages by stage from the county's table, where the scenario does not state them itself
        self.ages: dict[str, StaffAges] = {}
        self.women: dict[str, float] = {}
        if county is not None and isinstance(course, Leaving):
            ages, self.women = staff_ages(county, schools.ids, last, course.retirement_age)
            self.ages = {stage: each for stage, each in ages.items() if stage not in course.ages}
        table = schools.table
        self.area = table["area"].to_numpy(dtype=object)
        public = (table["ownership"] == "public").to_numpy(dtype=bool)
        self.by_quota = public & ~schools.special
        shape = (len(table), len(STAGES))
        #: part of a person who is still to go, by school and stage; and of what such persons are
        self.owed, self.owed_kinds = np.zeros(shape), np.zeros((*shape, len(kinds)))
        self.left: dict[int, np.ndarray] = {}
        self.came: dict[int, np.ndarray] = {}
        self.changed: dict[int, np.ndarray] = {}

    @property
    def keeps(self) -> bool:
        """Whether nothing is done at all."""
        # who is replaced by a like leaves no trace
        likes = isinstance(self.course, Leaving) and self.course.replaced == 1
        return self.course is None or isinstance(self.course, Kept) or likes

    def begin(self, persons: np.ndarray, year: int) -> None:
        """Who leaves in a year, before anybody is recruited; changes `persons` (schools, 2, 4)."""
        if self.keeps or not isinstance(self.course, Leaving):
            return
        self.left[year] = np.zeros(len(STAGES))
        for number, stage in enumerate(STAGES):
            here = np.nan_to_num(persons[:, number, 0])
            if stage in self.ages:
                retired = [self.ages[stage].retired(each) for each in range(self.last, year + 1)]
                # who is owed has left by the ages: nobody leaves twice
                due = self.course.leaving(retired) * np.maximum(here - self.owed[:, number], 0.0)
            else:
                due = self.course.leavers(stage, year - self.last) * here
            going = self._going(number, due * (1 - self.course.replaced), here)
            self._leave(persons, number, going)
            self.left[year][number] = going.sum()

    def end(
        self, persons: np.ndarray, year: int, students: np.ndarray, classes: np.ndarray
    ) -> None:
        """What the quota says, when pupils, schools and everything else of the year are settled.

        Parameters
        ----------
        persons : ndarray, shape (schools, 2, 4)
            Changed in place.
        year : int
        students, classes : ndarray, shape (schools, 9)
        """
        if self.keeps:
            return
        for number in range(len(STAGES)):
            _made_whole(persons[:, number])
        if not isinstance(self.course, ByQuota):
            return
        counts = {name: np.zeros(len(STAGES)) for name in ("left", "came", "changed")}
        for number, stage in enumerate(STAGES):
            total, rooms = (self.schools.ladder.total(each, stage) for each in (students, classes))
            _, need = staff_quota().posts(stage, year, total, rooms, self.area, self.course)
            here = persons[:, number, 0]
            # who has never reported teachers has none to be compared, unless it is new
            known = self.by_quota & np.isfinite(here)
            lack = np.where(known, np.maximum(need - here, 0.0), 0.0)
            more = np.where(known, np.maximum(here - need, 0.0), 0.0)
            if self.course.transfer:
                counts["changed"][number] = self._transfer(persons, number, more, lack)
                here = persons[:, number, 0]
                lack = np.where(known, np.maximum(need - here, 0.0), 0.0)
                more = np.where(known, np.maximum(here - need, 0.0), 0.0)
            self._recruit(persons, number, lack)
            counts["came"][number] = lack.sum()
            going = np.zeros(len(more))
            if self.course.surplus == "go":
                going = more
            elif self.course.surplus == "leave":
                part = min(self.course.retire + self.course.leave, 1.0)
                going = self._going(number, part * np.where(known, here, 0.0), more)
            self._leave(persons, number, going)
            counts["left"][number] = going.sum()
        self.left[year], self.came[year], self.changed[year] = counts.values()

    def _going(self, number: int, due: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Whole persons who go, school by school: as many in the county as are due, half a person one.

        The schools that are owed most come first; what a school gave too much or too little is
        remembered.
        """
        owed = self.owed[:, number]
        owed += due
        # where nobody may go, nothing is put off to a later year
        owed[most < 1 - HAIR] = 0.0
        going = np.zeros(len(owed))
        for _ in range(int(round_half_up(max(owed.sum(), 0.0), 0))):
            rest = np.where(going + 1 <= most + HAIR, owed - going, -np.inf)
            first = int(np.argmax(rest))
            if rest[first] <= 0:
                break
            going[first] += 1
        owed -= going
        return going

    def _leave(self, persons: np.ndarray, number: int, going: np.ndarray) -> None:
        """Persons go, and with them the part of each kind that the school has on average."""
        here = persons[:, number]
        touched = going > 0
        before, after = here[:, 0], here[:, 0] - going
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(touched[:, None], here[:, 1:] / before[:, None], 0.0)
        owed = self.owed_kinds[:, number]
        owed += np.nan_to_num(share) * going[:, None]
        kinds = np.maximum(round_half_up(owed, 0), np.nan_to_num(here[:, 1:] - after[:, None]))
        kinds = np.where(touched[:, None], np.clip(kinds, 0, np.nan_to_num(here[:, 1:])), 0.0)
        owed -= kinds
        here[:, 0] = np.where(touched, after, before)
        here[:, 1:] = np.where(touched[:, None], here[:, 1:] - kinds, here[:, 1:])

    def _recruit(self, persons: np.ndarray, number: int, coming: np.ndarray) -> None:
        """Whole persons come; of each kind the stated part of them, rounded half up at each school."""
        mix = np.array([getattr(self.course, name, 0.0) for name in self.kinds])
        kinds = round_half_up(coming[:, None] * mix, 0)
        added = np.concatenate([coming[:, None], kinds], axis=1)
        here = persons[:, number]
        here[:] = np.where(coming[:, None] > 0, np.nan_to_num(here) + added, here)

    def _transfer(
        self, persons: np.ndarray, number: int, more: np.ndarray, lack: np.ndarray
    ) -> float:
        """Persons change from the schools with the largest surplus to those that lack most."""
        total = min(whole_down(more).sum(), lack.sum())
        before = persons[:, number].copy()
        giving, taking = _filled(whole_down(more), total), _filled(lack, total)
        self._leave(persons, number, giving)
        # nobody is lost: what those who went were is what those who come are
        gone = np.nan_to_num(before - persons[:, number])[:, 1:].sum(axis=0)
        here = persons[:, number]
        for kind, amount in enumerate(gone, 1):
            here[:, kind] += np.where(taking > 0, _shared(amount, taking), 0.0)
        here[:, 0] += taking
        return float(total)


def _filled(most: np.ndarray, total: float) -> np.ndarray:
    """A number of persons, one after the other, where most are left."""
    found, rest = np.zeros(len(most)), most.copy()
    for _ in range(int(total)):
        first = int(np.argmax(rest))
        found[first] += 1
        rest[first] -= 1
    return found


def _shared(amount: float, weights: np.ndarray) -> np.ndarray:
    """Whole persons shared in proportion, the largest remainders first; nobody more than its weight."""
    exact = amount * weights / max(weights.sum(), 1.0)
    found = whole_down(exact)
    order = np.argsort(-(exact - found), kind="stable")
    found[order[: round(amount - found.sum())]] += 1
    return found


def _made_whole(persons: np.ndarray) -> None:
    """Whole persons where a move has divided some; the stage has as many as before, half a person one.

    `persons` (schools, 4): changed in place; nobody of a kind is beyond the teachers.
    """
    for kind in range(persons.shape[1]):
        column = persons[:, kind]
        known = np.isfinite(column)
        exact = np.where(known, column, 0.0)
        found = whole_down(exact)
        if np.abs(found - exact).max(initial=0.0) < HAIR:
            persons[:, kind] = np.where(known, found, column)
            continue
        over = int(round_half_up(exact.sum(), 0) - found.sum())
        order = np.argsort(-(exact - found), kind="stable")
        found[order[:over]] += 1
        persons[:, kind] = np.where(known, found, column)
    persons[:, 1:] = np.where(
        np.isfinite(persons[:, :1]), np.minimum(persons[:, 1:], persons[:, :1]), persons[:, 1:]
    )


def doubtful(posts: Posts, persons: np.ndarray) -> list[tuple[str, dict]]:
    """What is taken for granted because the scenario does not say it, or says it of other teachers.

    Parameters
    ----------
    posts : Posts
    persons : ndarray, shape (schools, 2, 4)
        Of the last observed year.

    Returns
    -------
    list of tuple
        Messages and their values.
    """
    course, found = posts.course, []
    if posts.keeps or not isinstance(course, Leaving):
        return []
    for number, stage in enumerate(STAGES):
        total = np.nansum(persons[:, number, 0])
        label = STAGE_LABELS[stage]
        if not total:
            continue
        if stage in posts.ages:
            found += _by_ages(posts, stage, persons[:, number, 0])
            continue
        aged = sum(course.ages.get(stage, {}).values())
        if aged and abs(aged - total) > HAIR:
            found.append((N_("{stage}: the ages are those of {n} teachers, the schools report {total}; the parts are taken"), {"stage": label, "n": aged, "total": f"{total:g}"}))  # fmt: skip
        if not aged and not course.retire:
            found.append((N_("{stage}: neither ages nor a part who retire are stated; nobody retires"), {"stage": label}))  # fmt: skip
    return found


def _by_ages(posts: Posts, stage: str, teachers: np.ndarray) -> list[tuple[str, dict]]:
    """What rests on the county's table of ages, and what it does not say."""
    ages, label, rule = posts.ages[stage], STAGE_LABELS[stage], retirement()
    values = {"stage": label, "n": f"{ages.persons:g}", "total": f"{np.nansum(teachers):g}"}
    if ages.fixed is None:
        values |= {
            "men": f"{rule.men.before}–{rule.men.after}",
            "women": f"{rule.women.before}–{rule.women.after}",
        }
        text = N_("{stage}: who retires follows from the ages of {n} of {total} teachers (table staff_ages) and the statutory ages, which rise since 2025 (men {men}, women {women})")  # fmt: skip
    else:
        values["age"] = ages.fixed
        text = N_("{stage}: who retires follows from the ages of {n} of {total} teachers (table staff_ages) and the age {age} that the scenario states")  # fmt: skip
    found = [(text, values)]
    without = int(((teachers > 0) & ~ages.known).sum())
    if without:
        found.append((N_("{stage}: {n} schools report no ages of teachers; the county's parts are taken"), {"stage": label, "n": without}))  # fmt: skip
    if ages.fixed is None and np.isnan(posts.women.get(stage, 0.0)):
        found.append((N_("{stage}: how many of the teachers of an age are women is not reported; all are taken to retire at the age of men"), {"stage": label}))  # fmt: skip
    elif ages.fixed is None and stage in posts.women:
        share = f"{posts.women[stage] * 100:.0f}%"
        found.append((N_("{stage}: where the sex of teachers is not reported, {share} are taken to be women, as among those whose sex is"), {"stage": label, "share": share}))  # fmt: skip
    return found


def described(posts: Posts) -> list[tuple[str, dict]]:
    """What the section came to in the projected years: messages and their values."""
    found: list[tuple[str, dict]] = []
    for number in range(len(STAGES)):
        for message, counts in (
            (N_("{stage}: {n} teachers leave and are not replaced by {year}"), posts.left),
            (N_("{stage}: {n} teachers recruited by the quota by {year}"), posts.came),
            (N_("{stage}: {n} teachers change to a school that lacks them by {year}"), posts.changed),
        ):  # fmt: skip
            total = sum(each[number] for each in counts.values())
            if total:
                found.append(
                    (
                        message,
                        {
                            "stage": STAGE_LABELS[STAGES[number]],
                            "n": f"{total:g}",
                            "year": max(counts),
                        },
                    )
                )
    return found
