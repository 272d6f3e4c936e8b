"""Promise: leaving schools out is judging the county without them, and the CV without each school is that."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import InputError, analyze, coefficient_of_variation
from analysis.data.paths import sample_folder

SAMPLES = sorted(path.name for path in sample_folder().iterdir() if path.is_dir())


def three(make_county, years=2023):
    return make_county(
        [
            {"name": "甲", "students_primary": 400},
            {"name": "乙", "students_primary": 300, "above_qualification_primary": 60},
            {"name": "丙", "type": "junior", "students_junior": 400},
        ],
        years,
    )


def cvs(study) -> dict:
    return study.balance.set_index(["stage", "indicator"])["cv"].to_dict()


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_cv_without_a_school_is_that_of_the_others(sample):
    study = analyze(sample)
    table = study.influence
    for _, part in table.groupby(["stage", "indicator"]):
        values, students = part["value"].to_numpy(), part["students"].to_numpy(dtype=float)
        assert part["share"].sum() == pytest.approx(1)
        whole = coefficient_of_variation(values, students)
        assert part["cv"].to_numpy() == pytest.approx(whole, rel=1e-12)
        for position, row in enumerate(part.to_dict("records")):
            rest = np.arange(len(part)) != position
            other = coefficient_of_variation(values[rest], students[rest])
            assert row["cv_without"] == pytest.approx(other, rel=1e-12, abs=1e-15, nan_ok=True)
    # and by the county's own way, for the school that moves each stage most
    for stage in study.influence["stage"].unique():
        first = table[table["stage"] == stage].sort_values("share").iloc[-1]
        found = cvs(study.without(first["school_id"]))[stage, first["indicator"]]
        assert found == pytest.approx(first["cv_without"], rel=1e-12)


def test_nothing_of_a_school_is_left_and_the_study_stays_as_it_is(make_county):
    study = analyze(three(make_county, [2022, 2023]))
    less = study.without("乙")

    assert "乙" in set(study.schools["school"])
    for table in less.county.tables.values():
        assert "school_id" not in table or "S02" not in set(table["school_id"])
    assert set(less.all_indicators["school"]) == {"甲", "丙"}
    assert list(less.years) == [2022, 2023]
    assert less.county.fingerprint != study.county.fingerprint
    assert less.rules is study.rules
    assert study.without([]).balance.equals(study.balance)


def test_schools_by_id_or_name_in_any_order(make_county):
    study = analyze(three(make_county))
    ids = study.county.tables["schools"]["school_id"].tolist()

    one = study.without([ids[0], "乙"])
    other = study.without("乙").without("甲")
    assert one.evaluation.equals(other.evaluation)
    assert set(one.schools["school"]) == {"丙"}


def test_a_stage_without_schools_is_not_applicable(make_county):
    less = analyze(three(make_county)).without(["丙"])

    junior = less.balance[less.balance["stage"] == "junior"]
    assert set(junior["status"]) == {"not_applicable"}


def test_unknown_schools_are_refused_all_at_once_with_the_nearest():
    study = analyze("150202-donghe")
    with pytest.raises(InputError) as caught:
        study.without(["公园路小学", "公圆路小学", "999"])

    sentences = [finding.sentence("en") for finding in caught.value.findings]
    assert len(sentences) == 2
    assert "“公圆路小学”" in sentences[0]
    assert "公园路小学" in sentences[0].split("nearest")[1]
    assert "“999”" in sentences[1]


def test_a_name_of_two_schools_is_refused_with_their_ids(make_county):
    county = make_county([{"name": "甲", "students_primary": n} for n in (100, 200)])
    study, ids = analyze(county), county.tables["schools"]["school_id"].tolist()
    with pytest.raises(InputError) as caught:
        study.without("甲")

    assert all(id in str(caught.value) for id in ids)
    assert set(study.without(ids[0]).schools["school_id"]) == {ids[1]}


def test_a_county_without_schools_is_refused(make_county):
    study = analyze(three(make_county))
    with pytest.raises(InputError, match="no school would be left"):
        study.without(["甲", "乙", "丙"])
