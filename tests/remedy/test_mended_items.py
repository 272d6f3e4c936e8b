"""The goal `items`: rooms and funds that the standard's items ask for, and what nothing mends."""

import dataclasses

import pytest

from analysis import analyze, load_scenario, remedy
from analysis.future.project import project
from analysis.remedy.outcome.as_scenario import scenario_of
from analysis.remedy.plan import apply, table_of
from analysis.remedy.problem.items import enough
from analysis.remedy.problem.means import ITEMS, built_in_means


def statuses(study, *items: str) -> set[str]:
    table = study.evaluation
    return set(table.loc[table["item"].str.split(".").str[0].isin(items), "status"])


@pytest.fixture(scope="module")
def sifangtai():
    return remedy("230505-sifangtai", goal="items")


def test_after_the_plan_the_engine_says_met(sifangtai):
    assert "not_met" in statuses(sifangtai.study, "G3")
    assert "not_met" in statuses(sifangtai.study, "G6")
    assert sifangtai.confirmed
    assert statuses(sifangtai.after, "G3", "G4", "G5", "G6") <= {"met", "not_applicable"}
    assert sifangtai.unmended == ()


def test_the_cost_is_that_of_the_measures_and_the_bound_goes_with_it(sifangtai):
    assert sum(m.cny for m in sifangtai.measures) == sifangtai.cost == sifangtai.bound
    plain = remedy("230505-sifangtai")
    items = [m for m in sifangtai.measures if m.means in ITEMS]
    assert {m.means for m in items} == {"music_rooms", "art_rooms", "operating_funds_cny"}
    assert sifangtai.cost - plain.cost == sum(m.cny for m in items) > 0
    assert [m for m in sifangtai.measures if m.means not in ITEMS] == plain.measures
    assert sifangtai.greedy - plain.greedy == sum(m.cny for m in items)


def test_nothing_of_it_can_be_spared(sifangtai):
    study = sifangtai.study
    for n, each in enumerate(sifangtai.measures):
        if each.means not in ITEMS:
            continue
        fewer = [*sifangtai.measures]
        fewer[n] = dataclasses.replace(each, amount=each.amount - 1)
        item = "G6" if each.means == "operating_funds_cny" else "G3"
        again = analyze(apply(study.county, study.year, fewer, sifangtai.means), study.year)
        assert "not_met" in statuses(again, item), each


@pytest.mark.slow
def test_what_no_means_mends_is_said_and_not_confirmed():
    answer = remedy("411281-yima", goal="items")
    assert statuses(answer.after, "G3", "G6") <= {"met", "not_applicable"}
    assert "not_met" in statuses(answer.after, "G5")
    assert not answer.confirmed
    told = [said.text("en") for said in answer.why]
    assert any("schools have classes of more than 45 pupils (Primary, G5)" in text for text in told)
    bare = built_in_means().model_copy(update={"items": {}})
    poor = remedy("411281-yima", goal="items", means=bare)
    assert poor.cost == remedy("411281-yima").cost
    assert sum("music and art rooms of G3" in said.text("en") for said in poor.why) > 0


@pytest.mark.slow
def test_a_budget_pays_for_items_first(sifangtai):
    whole = float(sifangtai.cost)
    assert remedy("230505-sifangtai", goal="items", budget=whole).cost == sifangtai.cost
    poor = remedy("230505-sifangtai", goal="items", budget=whole - 1)
    assert (poor.status, poor.cost) == ("infeasible", None)


def test_rooms_by_the_rule():
    area = {"music": 96.0, "art": 90.0}
    assert enough({"music": [96.0], "art": [90.0]}, 1, area, False)
    assert not enough({"music": [96.0], "art": []}, 1, area, False)
    assert enough({"music": [96.0], "art": []}, 1, area, True)
    assert not enough({"music": [95.0], "art": [90.0, 90.0]}, 2, area, True)
    assert not enough({"music": [96.0, 60.0], "art": [90.0, 90.0]}, 2, area, False)
    assert enough({"music": [96.0, 96.0, 20.0], "art": [95.0, 90.0]}, 2, area, False)


def test_rooms_stand_in_the_table_and_in_the_scenario(sifangtai):
    table = table_of(
        sifangtai.measures, sifangtai.instance, sifangtai.means, sifangtai.names
    ).set_index(["school_id", "means"])
    rooms = [m for m in sifangtai.measures if m.means.endswith("_rooms") and m.means in ITEMS]
    assert all(table.loc[(m.school_id, m.means), "amount"] == m.amount for m in rooms)
    scenario = scenario_of(sifangtai, "baseline")
    areas = [a for each in scenario.additions for a in (*each.music_rooms_m2, *each.art_rooms_m2)]
    assert len(areas) == sum(m.amount for m in rooms)
    county = sifangtai.study.county
    year = county.last_observed + 1
    ahead = project(county, load_scenario(scenario, county), year)
    before = project(county, "baseline", year)
    assert statuses(analyze(before.county, year), "G3") == {"not_met"}
    assert statuses(analyze(ahead.county, year), "G3") == {"met"}
