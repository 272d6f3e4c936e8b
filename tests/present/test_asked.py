"""What a decision rests on: prices, dates of the plan, what is asked for."""

import dataclasses
import re

import pytest
from counties import build_county, school
from hypothesis import given
from hypothesis import strategies as st

from analysis import analyze
from analysis.base.language import speak
from analysis.policy.plan import ends
from analysis.present.brief.asked import (
    PARTS,
    _rounded,
    _unit,
    about,
    composition,
    decision,
    milestones,
    unassigned,
)
from analysis.present.brief.matters import matters, matters_grid
from analysis.present.remedies.calculation import solved
from analysis.present.remedies.sentences import money
from analysis.present.remedies.tables import cost_parts


@pytest.fixture(scope="module")
def sifangtai():
    return analyze("230505-sifangtai")


@pytest.fixture(scope="module")
def answer(sifangtai):
    return solved(sifangtai)


def test_amount_times_price_is_the_cost(answer):
    """The prices told are those by which the measures were reckoned."""
    told = {part.what: part.price for part in cost_parts(answer, "en") if part.price}
    kinds = set()
    for each in answer.measures:
        name = each.label(answer.means, "en")
        if name in told:
            assert each.amount * told[name] == pytest.approx(each.cny)
            kinds.add(name)
    assert kinds == set(told)
    assert len(told) >= 4


def test_parts_are_the_whole_cost(answer):
    parts = cost_parts(answer, "zh")
    assert sum(part.cny for part in parts) == pytest.approx(float(answer.cost))
    assert [part.cny for part in parts] == sorted((part.cny for part in parts), reverse=True)
    assert len(parts) > PARTS
    # 74.6万元 in all
    assert composition(answer, True).startswith("其中：网络多媒体教室约31.5万元（")
    assert "其他措施约3.6万元" in composition(answer, True)


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=6))
def test_rounded_parts_add_up_to_the_rounded_sum(amounts):
    parts, say = _rounded(amounts), speak("zh")
    unit = _unit(sum(amounts))
    assert about(say, sum(parts)) == about(say, sum(amounts))
    assert all(abs(part - amount) < unit for part, amount in zip(parts, amounts, strict=True))


def test_prices_are_said_to_be_assumptions_or_the_countys_own(answer):
    assumed, own = composition(answer, False), composition(answer, True)
    assert "假设" in assumed
    assert "假设" not in own
    for part in cost_parts(answer, "zh")[:PARTS]:
        price = f"（每{part.unit}{part.price:,.0f}元" if part.price else ""
        told = f"{part.what}约{money(speak('zh'), part.cny)}{price}"
        assert told in assumed
        assert told in own
    # what is bought for two purposes
    assert "，兼计教学仪器设备值）" in assumed
    # a yuan of equipment costs a yuan
    assert "每元" not in assumed


def test_dates_of_the_plan_are_those_ahead_in_their_order(sifangtai):
    text = milestones(sifangtai)
    names = [
        each.name.zh
        for each in sifangtai.county.plan.milestones
        if ends(each.date) >= 2022 * 12 + 8
    ]
    assert names
    assert all(name in text for name in names)
    years = [int(year) for year in re.findall(r"(?:：|。)(\d{4})年", text)]
    assert years == sorted(years)


def test_dates_that_are_past_are_not_told(sifangtai):
    plan = sifangtai.county.plan
    past = plan.milestones[0].model_copy(update={"date": "2021"})
    for kept in ((past,), ()):
        own = plan.model_copy(update={"milestones": kept})
        county = dataclasses.replace(sifangtai.county, plan=own)
        assert milestones(dataclasses.replace(sifangtai, county=county)) == ""


def test_matters_that_the_plan_does_not_mention_are_those_of_the_table(sifangtai):
    rows = matters_grid(sifangtai).rows
    said = [row[-1].text for row in rows]
    assert unassigned(sifangtai) == said.count(speak("zh")("not in the plan")) > 0


def test_matters_for_which_the_plan_names_nobody_are_open_too():
    study = analyze("150202-donghe")
    said = [row[-1].text for row in matters_grid(study).rows]
    nobody = [text for text in said if "规划未涉及" in text or "未明确责任单位" in text]

    assert unassigned(study) == len(nobody) > said.count(speak("zh")("not in the plan")) > 0


def test_what_no_purchase_settles_is_asked_for_beside_the_sum():
    study = analyze("150202-donghe")
    failed = study.items.query("part in ['government', 'quality'] and status == 'not_met'")
    text = decision(study, 46_900_000.0, 25)

    assert f"未达到的{len(failed)}项要求（不在上述投入之内）" in text
    assert "不在上述投入之内" not in decision(study, None, 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_decision_says_sum_schools_year_and_open_matters(sifangtai, answer, lang):
    say = speak(lang)
    text = decision(sifangtai, float(answer.cost), 4, lang)
    assert about(say, float(answer.cost)) in text
    assert "2027" in text
    part = decision(sifangtai, float(answer.cost), 4, lang, private=120_000.0, assumed=True)
    assert {"zh": "（按假设单价测算；含民办", "en": "(at assumed prices; of it"}[lang] in part
    numbers = re.findall(r"\d+", text)
    assert "4" in numbers
    assert str(unassigned(sifangtai, lang)) in numbers
    assert not {"private", "民办"} & set(re.findall("private|民办", text))
    part = decision(sifangtai, float(answer.cost), 4, lang, private=120_000.0)
    assert {"zh": "（含民办学校约12万元）", "en": "(of it 120,000 yuan at private schools)"}[
        lang
    ] in part


def test_nothing_to_buy_asks_for_no_money(sifangtai):
    assert "元" not in decision(sifangtai, None, 0)
    assert decision(sifangtai, None, 0)


def test_a_county_that_lacks_nothing_is_asked_for_nothing():
    study = analyze(build_county([school("primary", 300), school("primary", 300)], [2023]))
    assert not matters(study)
    assert decision(study, None, 0) == ""
    assert milestones(study) == ""


def test_without_a_plan_every_matter_is_open():
    short = {"teaching_area_m2": 300}
    schools = [school("primary", 300, **short), school("primary", 300)]
    study = analyze(build_county(schools, [2023]))
    assert unassigned(study) == len(matters(study)) > 0
    assert "规划" not in decision(study, None, 0)


def test_money_has_three_digits_at_most():
    say = speak("en")
    assert about(say, 46_944_000) == about(say, 46_900_000)
    assert about(say, 46_944_000) != about(say, 46_000_000)
