"""Five and four years: the same school, judged with six and three and with five and four."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from counties import build_county
from hypothesis import given

from analysis import analyze
from analysis.base.schema.systems import in_stage, stages_of_grades
from analysis.base.schema.terms import FIVE_FOUR
from analysis.report.form import form_grids


def county(system: str | None, largest_six: float, largest_other: float = 40):
    """A nine-year school of 30 a grade, whose grade 6 has one class of another size."""
    primary, junior = (150, 120) if system else (180, 90)
    plain = build_county(
        [{"type": "nine_year", "students_primary": primary, "students_junior": junior}], 2024
    )
    rows = [
        ("001", 2024, grade, 30, 1, largest_six if grade == 6 else largest_other)
        for grade in range(1, 10)
    ]
    table = pd.DataFrame(rows, columns=["school_id", "year", "grade", "students", "classes", "largest_class"])  # fmt: skip
    empty = plain.tables["enrolment"]
    table = table.reindex(columns=empty.columns).astype(empty.dtypes.to_dict())
    roster = plain.tables["schools"].copy()
    roster["system"] = pd.array([system], dtype=roster["system"].dtype)
    tables = dict(plain.tables) | {"enrolment": table, "schools": roster}
    return dataclasses.replace(plain, tables=MappingProxyType(tables))


@pytest.mark.parametrize(
    ("system", "primary", "junior"),
    [(None, "not_met", "met"), (FIVE_FOUR, "met", "met")],
)
def test_a_sixth_grade_of_48_is_too_large_only_for_primary_school(system, primary, junior):
    # 45 at most in primary, 50 in junior school
    study = analyze(county(system, 48))
    items = study.statuses[2024]
    assert (items["G5.primary"], items["G5.junior"]) == (primary, junior)


def test_a_sixth_grade_of_52_is_too_large_for_the_stage_it_belongs_to():
    items = analyze(county(FIVE_FOUR, 52)).statuses[2024]
    assert (items["G5.primary"], items["G5.junior"]) == ("met", "not_met")


def test_the_form_counts_the_grades_of_the_stage():
    def grades(system):
        grids = form_grids(analyze(county(system, 40)), "zh").values()
        grid = next(g for g in grids if "年级数" in "".join(g.header))
        at = next(n for n, title in enumerate(grid.header) if "年级数" in title)
        return [row[at].text for row in grid.rows]

    assert grades(None) == ["6", "3"]
    assert grades(FIVE_FOUR) == ["5", "4"]


def test_a_projection_leaves_the_observed_verdict_as_it_is():
    for largest in (40, 52):
        alone = analyze(county(FIVE_FOUR, largest))
        ahead = analyze(county(FIVE_FOUR, largest), 2024, scenario="baseline")
        pd.testing.assert_frame_equal(alone.evaluation, ahead.evaluation)
        # the pupils of grade 6 enter the junior stage of the same school
        assert ahead.outlook.students[1, 0] == pytest.approx([30.0] * 9)


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1))
def test_every_grade_belongs_to_one_stage(cases):
    grades = np.array([grade for grade, _ in cases])
    five = np.array([flag for _, flag in cases])
    found = {stage: in_stage(grades, stage, five) for stage in ("primary", "junior", "senior")}
    assert (sum(each.astype(int) for each in found.values()) == 1).all()
    systems = pd.Series(np.where(five, FIVE_FOUR, None), dtype="str")
    names = stages_of_grades(pd.Series(grades.astype(float)), systems)
    for stage, each in found.items():
        assert (names.eq(stage).to_numpy() == each).all()
    # by hand: only grade 6 differs
    for grade, flag, name in zip(grades, five, names, strict=True):
        expected = "senior" if grade > 9 else "junior" if grade > 6 or (grade == 6 and flag) else "primary"  # fmt: skip
        assert name == expected
