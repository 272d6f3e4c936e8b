"""Which rows are judged, and why the others are not.

Source: 河北省具体办法 and application form, table II-2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...base.files import N_
from ...base.schema.terms import Label
from ...policy.standards import Rules
from .columns import by_year

#: Why a row of the register is not judged.
EXCLUSIONS = {
    "special_education": N_("special-education school: outside the indicators"),
    "small_teaching_point": N_("teaching point with fewer than {limit} students"),
    "private": N_("private school: left out by this standard"),
    "no_students": N_("no students in this stage"),
    "override": N_("taken out by the county: {note}"),
}


REASONS = ("", *EXCLUSIONS)


@dataclass(frozen=True)
class Kind:
    """What decides whether schools are judged; bool arrays of one shape."""

    point: np.ndarray
    private: np.ndarray
    special: np.ndarray
    taken_in: np.ndarray
    taken_out: np.ndarray

    @classmethod
    def of(cls, among: Callable[..., np.ndarray]) -> Kind:
        """From ``among(column, word)``: whether each school has a word in a column of the roster."""
        return cls(
            point=among("type", "teaching_point"),
            private=among("ownership", "private"),
            special=among("type", "special_education"),
            taken_in=among("indicators_in_scope", "yes"),
            taken_out=among("indicators_in_scope", "no"),
        )


def scope_rules(rules: Iterable[Rules]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What decides about scope, by year: least students of a teaching point; whether private, and
    special-education schools, are left out."""
    rules = list(rules)
    return (
        by_year(rules, "option.teaching_point_students"),
        np.array([each["option.private_in_scope"] == "no" for each in rules]),
        np.array([each["option.special_education_in_scope"] == "no" for each in rules]),
    )


def exclusions(
    students: np.ndarray,
    kind: Kind,
    least: np.ndarray,
    no_private: np.ndarray,
    no_special: np.ndarray,
) -> np.ndarray:
    """Why rows are not judged: positions in `REASONS`, 0 where they are.

    `students` are those of the stage; the last three as from `scope_rules`, of the year. All
    broadcast.
    """
    reason = np.zeros(np.shape(students), dtype=np.int8)

    def leave_out(why: str, where: np.ndarray) -> None:
        np.copyto(reason, REASONS.index(why), where=where)

    leave_out("small_teaching_point", kind.point & (students < least))
    leave_out("private", kind.private & no_private)
    leave_out("special_education", kind.special & no_special)
    leave_out("", kind.taken_in)
    leave_out("override", kind.taken_out)
    leave_out("no_students", students == 0)
    return reason


def exclusion_text(reason: str, note: object, limit: float) -> tuple[str, dict]:
    """Message id and values that say why a row is not judged."""
    text = Label("未说明理由", "no reason given") if pd.isna(note) else Label(str(note), str(note))
    return EXCLUSIONS[reason], {"limit": int(limit), "note": text}
