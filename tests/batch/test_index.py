"""The list of a batch's reports, read by people: its words, its order, what it finds."""

import re

import pytest
from browsing import SIZES, barriers, opened, wider

from analysis.base.storage.writing import Writer
from analysis.batch.index import write_index
from analysis.batch.jobs import Job
from analysis.batch.records import blank


def record(name, verdict="not_met", status="done", **more):
    found = blank(Job(f"/counties/{name}", 2022, None, "en", ("pdf", "html"), "notebook"))
    known = {"name": {"zh": name, "en": name}, "code": "150303", "verdict": verdict}
    made = {"schools": 8, "students": 6340, "basis": "observed", "status": status}
    files = {f"{name}-2022.pdf": "", f"{name}-2022.html": ""} if status == "done" else {}
    return found | known | made | {"outputs": files} | more


LISTED = [
    record("Beihe", "met", students=12_500),
    record("Anshan", students=900, scenario="plan_full", scenario_name={"en": "Plan in full"}),
    record("Cihe", "not_assessed"),
    record("Dihe", "", "failed", reasons=["a.csv: row 3: <b>"], schools=0, students=0),
]


@pytest.fixture
def file(tmp_path):
    return write_index(tmp_path, LISTED, "en", Writer())


def test_columns_are_said_in_the_readers_words(file):
    page = file.read_text(encoding="utf-8")
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page)
    assert heads == [
        *("County", "Administrative division code", "School year", "Scenario", "Verdict"),
        *("Schools", "Students", "Making of the report", "Files"),
    ]
    assert "Plan in full" in page
    assert "plan_full" not in page
    assert "2022–2023" in page
    assert "failed<br>a.csv: row 3: &lt;b&gt;" in page
    assert re.findall(r'aria-pressed="\w+">([^<]*)<', page) == [
        *("All 4", "met 1", "not met 1", "open 1", "failed 1"),
    ]


def test_without_scenarios_there_is_no_column_for_them(tmp_path):
    page = write_index(tmp_path, LISTED[:1], "zh", Writer()).read_text(encoding="utf-8")
    assert "情景" not in page
    assert "2022—2023学年" in page


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_no_barrier_and_nothing_wider_than_the_window(chromium, file, size):
    shown = opened(chromium, file, size)
    assert wider(shown) <= 0
    assert barriers(shown) == []
    assert shown.said == []
    shown.close()


@pytest.mark.system
@pytest.mark.slow
def test_it_sorts_narrows_and_finds_nothing_politely(chromium, file):
    shown = opened(chromium, file)

    def counties():
        rows = shown.locator("tbody tr:visible td:first-child")
        return rows.all_inner_texts()

    assert counties() == ["Beihe", "Anshan", "Cihe", "Dihe"]
    shown.get_by_role("button", name="County").press("Enter")
    assert counties() == ["Anshan", "Beihe", "Cihe", "Dihe"]
    shown.get_by_role("button", name="Students").press("Enter")
    shown.get_by_role("button", name="Students").press("Enter")
    assert counties() == ["Beihe", "Cihe", "Anshan", "Dihe"]
    shown.get_by_role("button", name="not met 1").click()
    assert counties() == ["Anshan"]
    shown.get_by_role("searchbox").fill("beihe")
    assert counties() == []
    assert "No report fits" in shown.get_by_role("status").inner_text()
    shown.get_by_role("button", name="All 4").click()
    assert counties() == ["Beihe"]
    shown.close()
