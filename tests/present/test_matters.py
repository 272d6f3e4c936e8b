"""What matters most is heard once each; what is not met is said with its figures."""

import csv
import re

import pytest

from analysis import analyze
from analysis.data.paths import sample_folder
from analysis.present import sentences
from analysis.present.brief.asked import about
from analysis.present.brief.matters import Matter, _at, _in_turn, matters
from analysis.report.pages.brief import brief
from analysis.report.pages.report import Report


@pytest.fixture(scope="module")
def report():
    return Report.of("150202-donghe")


def _matter(what, about=""):
    return Matter("", what, "", "", about)


def test_kinds_take_turns_and_other_sides_of_a_matter_come_last():
    gaps = [_matter("gap a", "a"), _matter("gap a of juniors", "a"), _matter("gap b", "b")]
    variation = [_matter("variation b", "b"), _matter("variation c", "c")]
    schools = [_matter("school")]

    told = [each.what for each in _in_turn([gaps, variation, [], schools])]

    assert told == [
        *("gap a", "variation b", "school", "variation c"),
        *("gap a of juniors", "gap b"),
    ]


def test_no_indicator_is_heard_twice_while_others_wait(report):
    told = [each.about for each in matters(report.study) if each.about]
    assert len(told) == len(set(told)) == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_requirements_that_fail_are_said_with_their_figures(report, lang):
    text = " ".join(sentences.failing(report.study, lang))
    rows = report.study.evaluation
    rows = rows[(rows["status"] == "not_met") & rows["part"].isin(["government", "quality"])]
    figures = [f"{value:,.0f}" for value in rows["value"] if value > 1]
    assert len(figures) >= 5
    for each in figures:
        assert re.search(rf"[（(]{each}\D", text), each
    # a ratio has no unit, and of a finding the word is said
    assert "比率" not in text
    assert {"zh": "名额分配向农村初中倾斜（否）", "en": "rural junior schools (no)"}[lang] in text


def test_of_many_requirements_that_fail_the_brief_says_the_names(report, monkeypatch):
    monkeypatch.setattr(sentences, "WITH_FIGURES", 3)
    few = " ".join(sentences.failing(report.study))
    assert "G4 小学、初中规模" in few
    assert "2,553" not in few
    # the chapter has room
    assert "2,553" in " ".join(sentences.findings(report.study))


def test_what_is_at_private_schools_is_said_beside_the_sum(report):
    with (sample_folder() / "150202-donghe" / "schools.csv").open(encoding="utf-8-sig") as file:
        private = {
            row["school_id"] for row in csv.DictReader(file) if row["ownership"] == "private"
        }
    theirs = [m for m in report.remedy.measures if m.school_id in private and m.cny]
    assert theirs
    cost = about(report.say, sum(m.cny for m in theirs))
    page = brief(report).body
    assert f"民办学校{len({m.school_id for m in theirs})}所约{cost}，" in page
    assert f"；含民办学校约{cost}）" in page


def test_a_county_without_private_schools_reads_nothing_of_them():
    page = brief(Report(analyze("230505-sifangtai"))).body
    assert "民办学校" not in page


def test_what_does_not_apply_is_named(report):
    assert "另有1项（G6）不适用，未计入。" in brief(report).body


def test_places_are_said_to_be_schools_where_they_are(report):
    by_entry = {each.entry: each.todo for each in matters(report.study)}
    assert by_entry["G3.classes_per_room"] == "涉及10所学校，首先是工业路一小"
    assert _at(report.study, "moral (0.16); arts (0.156)", report.say).startswith("涉及2处")
