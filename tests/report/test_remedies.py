"""The chapter about the cheapest way to pass says what the remedy says, and nothing it does not know."""

import html
import re
import shutil

import pytest
from remedy_cases import random_case, solved

from analysis import InputError, analyze, load_county, remedy
from analysis.base.language import speak
from analysis.future.assumptions.scenario import Scenario
from analysis.future.assumptions.sections import Assumption
from analysis.present.projection.tables import SECTIONS
from analysis.present.remedies import calculation as worked
from analysis.present.remedies import sentences, tables
from analysis.remedy.outcome.frontier import by_limit, by_schools, passing_now, steps
from analysis.remedy.problem.means import built_in_means
from analysis.report.build import write_report
from analysis.report.pages.remedies import cheapest, later
from analysis.report.pages.report import Report


def words(page):
    """Visible text of a page."""
    return re.sub(r"<[^>]+>|\s+", " ", re.sub(r'<img src="[^"]*"', "<img", page.body))


@pytest.fixture(scope="module")
def hutubi():
    return Report.of("652323-hutubi", None, "en")


@pytest.fixture(scope="module")
def ahead():
    return Report.of("652323-hutubi", None, "en", "baseline")


@pytest.mark.slow
def test_the_headline_has_cost_proof_and_saving(hutubi):
    answer = remedy("652323-hutubi", gap=0.0)
    text = words(cheapest(hutubi))

    assert f"{int(answer.cost):,} yuan is enough" in text
    assert f"{int(answer.cost):,} yuan is the least" in text
    assert f"it would cost {int(answer.greedy):,} yuan" in text
    assert f"Of 20 schools 8 pass now; judged again with these measures carried out, {answer.schools_passing} do" in text  # fmt: skip
    # what is left out of the proof is named
    assert "雀尔沟镇小学 (Primary): figures are missing" in text


def test_tables_add_up_to_the_cost(hutubi):
    answer = hutubi.remedy
    for grid, column in ((tables.schools_grid(answer, "en"), 2), (tables.means_grid(answer, "en"), 4)):  # fmt: skip
        shown = [int(row[column].text.replace(",", "")) for row in grid.rows]
        assert sum(shown) == answer.cost
        assert shown == sorted(shown, reverse=True)
    schools = {each.school_id for each in answer.measures}
    assert len(tables.schools_grid(answer, "en").rows) == len(schools)


def test_every_price_says_what_it_rests_on_and_how_sure_it_is(hutubi):
    for lang in ("zh", "en"):
        for row in tables.means_grid(hutubi.remedy, lang).rows:
            assert re.search(
                r"(2024; confidence: (low|high)\)|2024，可靠程度：[低高]）)$", row[6].text
            )


def test_whole_persons_and_units(hutubi):
    for row in tables.schools_grid(hutubi.remedy, "zh").rows:
        for part in re.split("；", row[1].text):
            assert re.search(r"\d(平方米|元|间|人)", part), part
            assert not re.search(r"\d\.\d", part), part


def test_as_the_plan_is_carried_out_schools_pass(hutubi):
    """The steps of the picture are true: half the plan, judged by the engine, reaches what is said."""
    from analysis.remedy.plan import apply

    answer = hutubi.remedy
    reached = steps(answer)
    assert reached["schools"].iloc[0] == 8
    assert reached["schools"].iloc[-1] == 20
    assert reached["cny"].iloc[-1] == answer.cost
    assert reached["cny"].is_monotonic_increasing
    cost = {}
    for each in answer.measures:
        cost[each.school_id] = cost.get(each.school_id, 0) + each.cny
    now = passing_now(answer)
    order = sorted(cost, key=lambda c: (c in now, cost[c], c))
    codes = {school.school_id for school in answer.instance.schools}
    for number in (3, 6, 9):
        part = [each for each in answer.measures if each.school_id in order[:number]]
        after = analyze(apply(answer.study.county, answer.study.year, part, answer.means))
        rows = after.schools[after.schools["school_id"].isin(codes)]
        passing = (rows["status"] == "met").groupby(rows["school_id"]).all().sum()
        assert passing >= reached["schools"].iloc[number]


def test_the_room_of_the_limits_is_what_the_plan_leaves():
    answer = remedy("230505-sifangtai", gap=1e-3)
    balance = answer.after.balance
    judged = balance[balance["limit"].notna() & (balance["indicator"] != "composite")]
    room = (judged["cv"] / judged["limit"]).max()
    assert worked.room(answer) == pytest.approx(room)
    # within so much tighter limits the search finds nothing cheaper than the plan, and the plan itself
    found = by_limit(answer, (f"{room + 1e-6:.6f}",))
    assert found["cost_cny"][0] == float(answer.cost)


def test_a_county_that_passes_gets_one_sentence():
    page = cheapest(Report.of("150302-haibowan", None, "en"))
    assert page.tables == page.charts == ()
    assert words(page).count(".") == 1
    assert "Nothing has to be done in 2022" in words(page)


def test_the_table_of_what_money_reaches_says_what_the_plan_says(hutubi):
    answer = hutubi.remedy
    found = worked.bought(answer)
    grid = tables.bought_grid(found, "en")
    shown = [[cell.text.replace(",", "") for cell in row] for row in grid.rows]
    assert shown[0] == ["8", "0", "0", "—"]
    assert shown[-1] == ["20", str(int(answer.cost)), str(int(answer.bound)), "100.0%"]
    assert all(int(bound) <= int(cost) for _, cost, bound, _ in shown)
    exact = by_schools(answer).set_index("schools")
    for number, cost, bound, _ in shown[1:]:
        assert int(bound) <= exact.loc[int(number), "bound_cny"]
        assert exact.loc[int(number), "cost_cny"] <= int(cost)
    text = words(cheapest(hutubi))
    assert "With 10% less money (8,307,000 yuan), 19 of 20 schools pass" in text
    assert "县二小 needs most: 2,486,000 yuan, 26.9% of all. By itself it cannot pass for less than 2,474,000 yuan." in text  # fmt: skip
    assert "No single limit of variation drives the cost" in text


def test_a_limit_that_needs_a_search_is_not_called_harmless():
    """Without a search nothing is said of all limits where one of them had to be held."""
    tables_, means = random_case(39)
    answer = solved(tables_, means)
    assert answer.found.tight
    said = sentences.further(worked.bought(answer), answer, "en")
    assert not any("No single limit" in text for text in said)
    assert any("What the schools lack themselves is not all" in text for text in said)


def test_where_there_is_no_way_the_chapter_names_the_schools(tmp_path):
    folder = tmp_path / "yima"
    shutil.copytree(load_county("411281-yima").path, folder)
    (folder / "remedy.yaml").write_text("purchase:\n  equipment_value_cny: {cny: 1, step: 10000}\ntransfer: {cny: 12000}\n", "utf-8")  # fmt: skip
    for lang, parts in (
        ("en", ("What stands in the way, school by school:", "第四小学 cannot pass by the means allowed", "The other schools can pass for")),
        ("zh", ("各校不能达标的原因：", "第四小学：在所允许的措施范围内，增加投入也不能达标", "其余学校投入")),
    ):  # fmt: skip
        text = words(cheapest(Report.of(str(folder), None, lang)))
        assert all(part in text for part in parts)


def test_what_cannot_be_says_what_would_have_to_give_way(make_county):
    county = make_county([{"students_primary": 300, "outdoor_sports_area_m2": 100}, {"students_primary": 300}])  # fmt: skip
    means = built_in_means().model_copy(update={"purchase": {}})
    answer = remedy(county, means=means)
    text, parts = sentences.no_way(answer, "en")

    assert answer.status == "infeasible"
    assert "The fewest changes that would allow one" in text
    assert parts
    assert all(part.startswith("buying: ") for part in parts)


@pytest.mark.slow
def test_the_same_twice_and_no_seconds():
    pages = [
        words(page(Report.of("652323-hutubi", None, lang, "baseline")))
        for lang in ("zh", "zh", "en")
        for page in (cheapest, later)
    ]
    assert pages[:2] == pages[2:4]
    assert not any(re.search(r"\bseconds\b|秒", text) for text in pages)


@pytest.mark.slow
def test_the_coming_years(ahead):
    found = worked.ahead(ahead.what_if.study, 2026)
    page = later(ahead)
    text = words(page)

    assert found.answer.study.year == 2026
    assert "The cheapest way to pass by 2026" in text
    # the budgets pay for everything, and no year spends more than its budget
    by_year = {}
    for year, each in found.calendar.lines:
        by_year[year] = by_year.get(year, 0) + each.cny
    assert found.calendar.missing == 0
    assert sum(by_year.values()) == found.answer.cost
    assert max(by_year.values()) <= found.yearly
    assert f"{found.yearly:,} yuan a year is enough" in text
    assert f"Due in 2022: {int(by_year[2022]):,} yuan" in text
    due = tables.due_grid(found, "en")
    assert sum(int(row[2].text.replace(",", "")) for row in due.rows) == by_year[2022]
    # passing at once costs what the remedy of that year costs
    soon = remedy("652323-hutubi", scenario="baseline", by=2022, gap=worked.GAP, nodes=worked.NODES)
    assert found.years.set_index("year")["cost_cny"][2022] == float(soon.cost)
    idle = sum(each.cny for each in found.idle)
    assert 0 < idle <= soon.cost
    assert f"already buys for {int(idle):,} yuan" in text


def test_without_a_scenario_there_is_no_later(hutubi):
    assert later(hutubi).body == ""


def test_the_plan_s_projects_are_priced_against_what_is_lacking(hutubi):
    text = sentences.projects(hutubi.remedy, "en")
    assert re.search(r"spends [\d,]+ yuan on projects that can be priced \(number: \d+\); [\d.]+% of it", text)  # fmt: skip
    assert sentences.projects(remedy("411281-yima"), "en") == ""


def test_money_in_sentences():
    assert sentences.money(speak("zh"), 46_954_000) == "4,695.4万元"
    assert sentences.money(speak("zh"), 1_670_000) == "167万元"
    assert sentences.money(speak("zh"), 9_000) == "9,000元"
    assert sentences.money(speak("en"), 46_954_000) == "46,954,000 yuan"


def test_every_assumption_of_a_scenario_has_a_name():
    """A scenario that a remedy writes trains teachers: the report must be able to say so."""
    from typing import get_args

    def kinds(annotation):
        parts = get_args(annotation)
        return [kind for part in parts for kind in kinds(part)] if parts else [annotation]

    sections = {
        name
        for name, field in Scenario.model_fields.items()
        for kind in kinds(field.annotation)
        if isinstance(kind, type) and issubclass(kind, Assumption)
    }
    assert "training" in sections
    assert sections <= set(SECTIONS)


def test_a_search_that_the_clock_ended_says_so(monkeypatch):
    monkeypatch.setattr(worked, "SECONDS", 0.0)
    county = load_county("652323-hutubi")
    answer = worked.solved(analyze(county))
    if answer.cost is None:
        assert "no way to pass" in sentences.no_way(answer, "en")[0]
    else:
        assert worked.by_clock(answer) == (answer.status == "feasible")


OWN = """
purchase:
  teaching_area_m2: {cny: 100, source: tender of 2023, year: 2023, confidence: high}
  outdoor_sports_area_m2: {cny: 100, source: tender of 2023, year: 2023, confidence: high}
  equipment_value_cny: {cny: 1}
  multimedia_rooms: {cny: 1000}
upgrade:
  backbone: {cny: 500}
  pe_arts: {cny: 500}
  above_qualification: {cny: 500}
transfer: {cny: 0}
"""


def test_the_county_s_own_prices_hold_and_are_named(write_county, make_county, tmp_path):
    county = make_county([{"students_primary": 300, "teaching_area_m2": 900}, {"students_primary": 300}])  # fmt: skip
    folder = write_county(county, tmp_path / "county")
    (folder / "remedy.yaml").write_text(OWN, encoding="utf-8")
    page = cheapest(Report.of(str(folder), None, "en"))

    assert "those of the county's own price list (fingerprint " in html.unescape(words(page))
    assert "tender of 2023 (2023; confidence: high)" in words(page)
    assert "has given no prices" not in words(page)


def test_a_mistake_in_the_prices_is_said_before_anything_is_written(write_county, make_county, tmp_path):  # fmt: skip
    folder = write_county(make_county([{"students_primary": 300}]), tmp_path / "county")
    (folder / "remedy.yaml").write_text("purchase: {gold: {cny: 1}}\n", encoding="utf-8")

    with pytest.raises(InputError) as error:
        write_report(str(folder), tmp_path / "out")
    assert "gold" in error.value.findings[0].sentence("en")
    assert "remedy.yaml" in error.value.findings[0].sentence("en")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_report_with_a_scenario_has_the_same_bytes_twice(tmp_path):
    files = [
        write_report("411281-yima", tmp_path / name, scenario="baseline", formats=("html",))[0]
        for name in ("one", "two")
    ]
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert "最低投入方案".encode() in first
