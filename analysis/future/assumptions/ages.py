"""Teachers by age, and when they retire: the county's table `staff_ages` and the dated statutory ages."""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pydantic

from ...base.files import read_model
from ...base.schema.terms import AGE_BANDS, STAGES
from ...data.county import County
from ...measure.indicators import HAIR
from ...policy.entries import Reference
from .sections import Strict
from .staffing import Age

TABLE = "staff_ages"
#: Month in which a school year begins, counted from January as 0.
SEPTEMBER = 8
_STARTS, _ENDS = (np.array(each, dtype=float) for each in zip(*AGE_BANDS.values(), strict=True))


class Rise(Strict):
    """Ages in years before and after the rise."""

    before: Age
    after: Age


class Retirement(Strict):
    """The statutory ages as their file has them."""

    men: Rise
    women: Rise
    rises_from: Annotated[str, pydantic.Field(pattern=r"^\d{4}-\d{2}$")]
    months_for_a_month: Annotated[int, pydantic.Field(ge=1)]
    reference: Reference

    def age(self, sex: str, year: int) -> float:
        """How old somebody is, at least, who has retired when a school year begins.

        Parameters
        ----------
        sex : {"men", "women"}
        year : int
            School year; it begins in September.

        Returns
        -------
        float
            Years. Whoever reaches the former age in month k after the rise began retires
            ``k // 4 + 1`` months later, at most the whole rise.
        """
        ages: Rise = getattr(self, sex)
        first, month = map(int, self.rises_from.split("-"))
        now = (year - first) * 12 + SEPTEMBER - (month - 1)
        most = (ages.after - ages.before) * 12
        reached = now
        while reached >= 0 and reached + min(reached // self.months_for_a_month + 1, most) > now:
            reached -= 1
        return ages.before + (now - reached) / 12


@functools.cache
def retirement() -> Retirement:
    """The statutory ages (`retirement.yaml`)."""
    return read_model(
        Path(str(resources.files(__package__).joinpath("retirement.yaml"))), Retirement
    )


class StaffAges:
    """What is known of the ages of a stage's teachers.

    Parameters
    ----------
    men, women : ndarray, shape (schools, 9)
        Persons by `AGE_BANDS`; zeros where a school reported none.
    since : ndarray of int, shape (schools,)
        Year of a school's figures.
    last : int
        Last observed year.
    fixed : int, optional
        The age that a scenario sets for everybody in place of the statutory ones.

    Attributes
    ----------
    known : ndarray of bool, shape (schools,)
        Schools that reported ages; the others are taken to be like the county.
    """

    def __init__(
        self,
        men: np.ndarray,
        women: np.ndarray,
        since: np.ndarray,
        last: int,
        fixed: int | None = None,
    ):
        self.men, self.women, self.since = men, women, since
        self.last, self.fixed = last, fixed
        self.known = (men + women).sum(axis=1) > 0
        self.retired = functools.cache(self._retired)

    @property
    def persons(self) -> float:
        """Teachers whose ages are known."""
        return float((self.men + self.women).sum())

    def _retired(self, year: int) -> np.ndarray:
        """Part of each school's teachers of the last observed year who are too old in a year (0 to 1).

        Within a band ages are even. Where the figures are older than the last observed year, those
        who were too old by then have left already.
        """
        if year <= self.last:
            return np.zeros(len(self.since))
        gone, before = self._old(year), self._old(self.last)
        # who teaches in the year of the figures has not left, however old
        before = np.where(self.since >= self.last, 0.0, before)
        total = (self.men + self.women).sum(axis=1)
        gone, before = (np.append(each, each[self.known].sum()) for each in (gone, before))
        total = np.append(total, total[self.known].sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (gone - before) / (total - before)
        share = np.clip(np.where(total - before > HAIR, share, 0.0), 0.0, 1.0)
        return np.where(self.known, share[:-1], share[-1])

    def _old(self, year: int) -> np.ndarray:
        """Persons of each school too old when a school year begins."""
        older = (year - self.since)[:, None]
        found = np.zeros(len(self.since))
        for sex in ("men", "women"):
            age = self.fixed if self.fixed is not None else retirement().age(sex, year)
            part = np.clip((_ENDS + older - age) / (_ENDS - _STARTS), 0.0, 1.0)
            found += (getattr(self, sex) * part).sum(axis=1)
        return found


def staff_ages(
    county: County, ids: np.ndarray, last: int, fixed: int | None = None
) -> tuple[dict[str, StaffAges], dict[str, float]]:
    """Ages of the teachers of a county's schools, by stage, and the part of women that was assumed.

    Parameters
    ----------
    county : County
    ids : ndarray of str
        The schools, in order.
    last : int
        Last observed year; each school's newest figures up to it are taken.
    fixed : int, optional
        As for `StaffAges`.

    Returns
    -------
    ages : dict of str to StaffAges
        Only stages of which somebody reported ages.
    assumed : dict of str to float
        By stage, the part of women (0 to 1) taken for persons whose sex is not known: that of the
        county's known ones; NaN if there are none, who are then counted as men. Only stages with
        such persons.
    """
    table = county.tables.get(TABLE)
    ages, assumed = {}, {}
    if table is None or table.empty:
        return ages, assumed
    rows = table[(table["year"] <= last) & (table["persons"] > 0)]
    newest = rows.groupby(["school_id", "stage"])["year"].transform("max")
    rows = rows[(rows["year"] == newest) & rows["school_id"].isin(ids)]
    place = pd.Series(range(len(ids)), index=ids)
    for stage in STAGES:
        part = rows[rows["stage"] == stage]
        if part.empty:
            continue
        persons, women = (part[name].to_numpy(dtype=float) for name in ("persons", "women"))
        known = np.isfinite(women)
        share = women[known].sum() / persons[known].sum() if known.any() else np.nan
        if not known.all():
            assumed[stage] = float(share)
        women = np.where(known, np.minimum(women, persons), persons * np.nan_to_num(share))
        school = place[part["school_id"]].to_numpy()
        band = np.array([list(AGE_BANDS).index(each) for each in part["age_band"]])
        since = np.full(len(ids), last)
        since[school] = part["year"].to_numpy()
        sexes = np.zeros((2, len(ids), len(AGE_BANDS)))
        np.add.at(sexes, (0, school, band), persons - women)
        np.add.at(sexes, (1, school, band), women)
        ages[stage] = StaffAges(*sexes, since, last, fixed)
    return ages, assumed
