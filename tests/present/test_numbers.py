"""Tables for people number a requirement as the standard does, not by the ids of programs."""

import re

import pytest
from counties import build_county

from analysis.base.language import speak
from analysis.measure.study import study_of
from analysis.present.tables.evaluation import open_grid, unmet_grid
from analysis.present.terms import variation_limit


@pytest.fixture(scope="module")
def study():
    bare = {"type": "nine_year", "students_primary": 900.0, "students_junior": 2000.0}
    facts = {"G3.music_area": None, "G14.rural_tilt": None, "G5.primary": None, "Q1": 0.5}
    return study_of(build_county([bare], facts=facts))


@pytest.mark.parametrize("grid", [open_grid, unmet_grid])
def test_numbers_are_those_of_the_standard(study, grid):
    made = grid(study, "zh")
    column = made.header.index("序号")
    numbers = {row[column].text for row in made.rows}

    assert numbers - {""}
    assert all(re.fullmatch(r"([GQSV]\d+)?", number) for number in numbers), numbers


def test_parts_of_a_requirement_have_its_number(study):
    made = open_grid(study, "en")

    assert "G14" in {row[made.header.index("No.")].text for row in made.rows}
    assert any("." in item for item in study.evaluation.query("status == 'not_assessed'")["item"])


@pytest.mark.parametrize(("limit", "shown"), [(0.5, "0.50"), (0.45, "0.45"), (0.455, "0.455")])
def test_a_limit_of_the_variation_is_never_rounded(limit, shown):
    assert variation_limit(limit, speak("en")) == shown
    assert variation_limit(float("nan"), speak("en")) == variation_limit(None, speak("en"))
