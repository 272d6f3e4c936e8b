"""The web page of a report: every link leads somewhere, every school has its page, paper has neither."""

import re

import pytest
from browsing import SIZES, barriers, opened, wider
from counties import generated_county

from analysis import analyze
from analysis.present.remedies.tables import asked_of_schools
from analysis.report import web
from analysis.report.build import export, pages_of
from analysis.report.exporters import ReportHTMLExporter
from analysis.report.pages.report import Report

SCHOOLS = {"小学1": "school-1", "小学10": "school-10", "A &amp; B": "school-ab"}


def section(to, name):
    return f'<section class="school" id="{to}" tabindex="-1"><h1 id="{to}-name">{name}</h1></section>\n'


def test_a_name_leads_to_its_school_wherever_it_stands_by_itself():
    cells = "<td>小学10</td><td>小学1、小学10 ↑ 3%</td><td>小学11</td><td>新小学1</td><li>A &amp; B</li>"
    shown = web.finished(cells, "".join(section(to, name) for name, to in SCHOOLS.items()))
    assert shown == (
        '<td><a href="#school-10">小学10</a></td>'
        '<td><a href="#school-1">小学1</a>、<a href="#school-10">小学10</a> ↑ 3%</td>'
        "<td>小学11</td><td>新小学1</td>"
        '<li><a href="#school-ab">A &amp; B</a></li>'
    )


def test_a_name_of_two_schools_leads_nowhere():
    twins = section("school-1", "小学") + section("school-2", "小学")
    assert web.finished("<td>小学</td>", twins) == "<td>小学</td>"
    assert web.school_links(twins) == {}


def test_a_requirement_leads_to_its_row():
    listed = '<h2 id="checklist" class="annex">A</h2><tr><td>G3</td><td>Rooms (m²)</td></tr><tr><td>G3</td><td>Halls</td></tr><h2>B</h2>'
    shown = web.finished(f"<td>Rooms</td><td>G3 Halls</td>{listed}<td>Halls</td>", "")
    assert shown.startswith(
        '<td><a href="#rule-G3">Rooms</a></td><td><a href="#rule-G3-2">G3 Halls</a></td>'
    )
    assert '<tr id="rule-G3"><td>G3</td><td>Rooms (m²)</td>' in shown
    assert shown.endswith('<td><a href="#rule-G3-2">Halls</a></td>')


def test_what_stands_in_the_margins_ends_no_style():
    style = web.margins('a"b</style>', "Page {page} of {pages}")
    assert "</style>" not in style
    assert '"a\\22 b\\3c /style\\3e "' in style
    assert '"Page " counter(page) " of " counter(pages) ""' in style


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request):
    return Report(analyze("150303-hainan"), request.param)


@pytest.fixture(scope="module")
def page(report):
    return export(pages_of(report), "html").decode("utf-8")


@pytest.mark.slow
def test_every_link_leads_somewhere(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(ids)
    assert any(to.startswith("rule-") for to in targets)


@pytest.mark.slow
def test_every_school_has_its_values_behind_its_name(report, page):
    study = report.study
    body, sections = page.split('<section class="schools"')
    for code, rows in study.schools.groupby("school_id"):
        name = rows["school"].iloc[0]
        assert f"<td>{name}</td>" not in body
        assert f'<a href="#school-{code}">{name}</a>' in body
        own = re.search(rf'<section class="school" id="school-{code}".*?</section>', sections, re.DOTALL)[0]  # fmt: skip
        assert own.count("<tr><td>") == 7 * len(rows)
        lacking = study.indicators[study.indicators["school_id"] == code]["status"]
        assert own.count("\u00a0×") == (lacking == "short").sum()
    assert sections.count("<h1") == study.schools["school_id"].nunique()


@pytest.mark.slow
def test_paper_is_the_same_without_the_schools_pages(report):
    notebook = pages_of(report)
    exporter = ReportHTMLExporter()
    exporter.on_paper = True
    whole = exporter.from_notebook_node(notebook)[0]
    del notebook.cells[-1]
    assert exporter.from_notebook_node(notebook)[0] == whole
    assert "school-" not in whole
    assert 'class="scroll"' not in whole


@pytest.mark.slow
def test_a_large_county_costs_little_more():
    """Measured: 0.1 s of the processor, for sixty schools."""
    notebook = pages_of(Report(analyze(generated_county(60, 4)), "zh"))
    whole = len(export(notebook, "html"))
    del notebook.cells[-1]
    assert 50_000 < whole - len(export(notebook, "html")) < 200_000


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_asked_of_schools_is_the_whole_plan(lang):
    answer = Report(analyze("652323-hutubi"), lang).remedy
    asked = asked_of_schools(answer, lang)
    touched = {each.school_id for each in answer.measures} | {
        each.origin for each in answer.measures if each.origin
    }
    assert set(asked) == touched
    yuan = re.compile(r"（([\d,]+)元）" if lang == "zh" else r"\(([\d,]+) yuan\)")
    costs = [int(found.replace(",", "")) for text in asked.values() for found in yuan.findall(text)]
    assert len(costs) == len({each.school_id for each in answer.measures})
    assert sum(costs) == pytest.approx(sum(each.cny for each in answer.measures), abs=len(costs))


@pytest.fixture(scope="module")
def file(page, tmp_path_factory):
    path = tmp_path_factory.mktemp("web") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_no_barrier_and_nothing_wider_than_the_window(chromium, file, size):
    for part in ("", "#school-150303003"):
        shown = opened(chromium, file, size, part)
        assert wider(shown) <= 0
        assert barriers(shown) == []
        assert shown.said == []
        shown.close()


@pytest.mark.system
@pytest.mark.slow
def test_a_school_by_keyboard_and_back(chromium, file):
    shown = opened(chromium, file)
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"
    link = shown.locator('.brief a[href="#school-150303003"]')
    link.focus()
    shown.keyboard.press("Enter")
    school = shown.locator("#school-150303003")
    school.wait_for()
    assert shown.locator("main > .brief, main > .output, main > h2").first.is_hidden()
    assert shown.locator("section.school:visible").count() == 1
    school.locator(".back a").click()
    shown.locator(".brief").wait_for()
    assert school.is_hidden()
    shown.close()


@pytest.mark.system
@pytest.mark.slow
def test_tables_sort_and_find_nothing_politely(chromium, file):
    shown = opened(chromium, file)
    table = shown.locator("table:has(tr.fixed)").first
    head = table.locator("th.num button").first
    head.press("Enter")
    sizes = [
        int(text.replace(",", ""))
        for text in table.locator("tbody tr:not(.fixed) td:nth-child(2)").all_inner_texts()
    ]
    assert sizes == sorted(sizes)
    assert "fixed" in table.locator("tbody tr").first.get_attribute("class")
    shown.locator("input[type=search]").first.fill("no such word")
    assert shown.locator(".nothing").first.inner_text()
    shown.close()


@pytest.mark.system
@pytest.mark.slow
def test_printed_it_is_the_report_alone(chromium, file):
    shown = opened(chromium, file, part="#school-150303003")
    shown.emulate_media(media="print")
    for hidden in ("nav.contents", "body > header", ".filter", "section.school"):
        assert shown.locator(f"{hidden}:visible").count() == 0
    assert shown.locator(".brief").is_visible()
    before = "getComputedStyle(document.querySelector('.annexes')).breakBefore"
    assert shown.evaluate(before) == "page"
    shown.close()
