"""Amounts that are no yuan: against the students or teachers, the county's median, other years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import analyze
from analysis.data.load import read_county
from analysis.measure.gaps import doubted, doubted_items
from analysis.present.sentences import findings as told_findings

SEVEN = [{"students_primary": 300 + 20 * n} for n in range(7)]


def warnings(path) -> list[str]:
    county, found = read_county(path)
    assert county is not None
    return [f.sentence("en") for f in found if "yuan" in f.sentence("en")]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"equipment_value_cny": 96.5}, "96.5 yuan for 300 students; was it typed in 万元?"),
        ({"operating_funds_cny": 30.1}, "30.1 yuan for 300 students; was it typed in 万元?"),
        ({"training_funds_cny": 1.8}, "1.8 yuan for 30 teachers; was it typed in 万元?"),
        # plausible by the fixed limits, a hundredth of what the others have: 百元 or two digits
        ({"equipment_value_cny": 8_000}, "8000 yuan for 300 students; was it typed in 万元?"),
        ({"operating_funds_cny": 3e9}, "10000000 yuan each; usual in the county are 1000"),
        ({"equipment_value_cny": 9e9}, "30000000 yuan each; usual in the county are 3000"),
    ],
)
def test_amounts_of_a_school(cells, words, tmp_path, make_county, write_county):
    whole = write_county(make_county(SEVEN), tmp_path / "whole")
    path = write_county(make_county([SEVEN[0] | cells, *SEVEN[1:]]), tmp_path / "county")

    found = [text for text in warnings(path) if "Only" not in text]

    assert warnings(whole) == []
    assert sum(words in text for text in found) == 1, found
    assert "row 2" in next(text for text in found if words in text)


def test_zero_and_blank_are_no_slips(tmp_path, make_county, write_county):
    none = {"equipment_value_cny": 0, "operating_funds_cny": None, "training_funds_cny": 0}
    path = write_county(make_county([SEVEN[0] | none, *SEVEN[1:]]), tmp_path / "county")

    assert warnings(path) == []


def test_where_most_are_in_wan_the_right_ones_are_not_blamed(tmp_path, make_county, write_county):
    schools = [s | {"equipment_value_cny": 90 + n} for n, s in enumerate(SEVEN[:6])]
    path = write_county(
        make_county([*schools, SEVEN[6] | {"equipment_value_cny": 1e6}]), tmp_path / "county"
    )

    found = warnings(path)

    assert len(found) == 6
    assert not any("row 8" in text for text in found)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("9.8", "is 9.8 yuan; was it typed in 万元?"),
        ("965000000", "is 965000000 yuan"),
        ("98000", None),
    ],
)
def test_salaries(value, words, tmp_path, make_county, write_county):
    facts = {"salary_civil_servants_cny": "96500", "salary_teachers_cny": value}
    path = write_county(make_county(SEVEN, facts=facts), tmp_path / "county")

    _, found = read_county(path)
    found = [f.sentence("en") for f in found if "salary_teachers_cny" in f.sentence("en")]

    if words is None:
        assert found == []
    else:
        assert len(found) == 1
        assert words in found[0] or "expected" in found[0]


def test_a_budget_of_too_little_for_each_student(tmp_path, make_county, write_county):
    facts = {"budget_education_cny": "1200000"}  # 2,520 students
    path = write_county(make_county(SEVEN, facts=facts), tmp_path / "county")

    assert any("budget_education_cny" in t and "in 万元?" in t for t in warnings(path))


def test_a_year_in_wan_beside_years_in_yuan(tmp_path, make_county, write_county):
    county = make_county(SEVEN, [2020, 2021, 2022, 2023])
    items = county.tables["county_years"]
    rows = [(year, "gdp_per_person_cny", v) for year, v in zip((2020, 2021, 2022, 2023), ("61000", "62000", "2100", "64000"), strict=True)]  # fmt: skip
    path = write_county(county, tmp_path / "county")
    more = pd.DataFrame(rows, columns=["year", "item", "value"])
    pd.concat([items, more]).to_csv(path / "county_years.csv", index=False)

    found = [text for text in warnings(path) if "gdp" in text]

    assert len(found) == 1
    assert "is 2100 yuan" in found[0]


def test_the_doubt_is_repeated_where_the_figure_leads_a_finding(
    tmp_path, make_county, write_county
):
    facts = {"salary_civil_servants_cny": "96500", "salary_teachers_cny": "9.8", "G8": ""}
    schools = [SEVEN[0] | {"equipment_value_cny": 90}, *SEVEN[1:]]
    county = make_county(schools, facts=facts)
    study = analyze(write_county(county, tmp_path / "county"))

    assert doubted_items(study) == ["G8"]
    rows = study.indicators[doubted(study)]
    assert set(rows["indicator"]) == {"equipment_value"}
    assert set(rows["school"]) == {"School 1"}
    text = " ".join(told_findings(study, "en"))
    assert "question amounts behind G8" in text


def test_the_doubt_of_a_site_is_its_schools(tmp_path, make_county, write_county):
    site = {"school_id": "901", "name": "东校区", "students_primary": 60, "belongs_to": "001"}
    county = make_county([*SEVEN, site | {"equipment_value_cny": 20}])
    study = analyze(write_county(county, tmp_path / "county"))

    rows = study.indicators[np.asarray(doubted(study))]

    assert set(rows["school"]) == {"School 1"}
