"""Promise: a study and its tables show themselves short, with labels, units and what is left out counted."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import analysis
from analysis import analyze
from analysis.base import shown
from analysis.base.schema.results import result_tables
from analysis.present.tables.grid import MARKS
from analysis.present.views.table import FIRST


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setattr(shown, "_CHOSEN", [])
    analysis.set_language("en")


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setattr(shown, "_CHOSEN", ["zh"])


def texts(html: str) -> list[str]:
    return [text.strip() for text in re.findall(r">([^<>]+)<", html) if text.strip()]


def heads(html: str) -> list[str]:
    return re.findall(r"<th [^>]*>(.*?)</th>", html)


def test_a_study_says_its_verdict_and_what_to_ask_next(english):
    study = analyze("150202-donghe")
    said = " ".join(texts(study._repr_html_()))

    assert "Donghe District does not meet the requirements" in said
    assert "sample data" in said
    for name in re.findall(r"\.(\w+)", said.split("Go on with:")[1]):
        assert hasattr(study, name), name


def test_a_table_shows_its_first_rows_and_counts_the_others(english):
    study = analyze("150202-donghe")
    html = study.indicators._repr_html_()

    assert html.count("<tr>") == FIRST + 1
    assert f"… {len(study.indicators) - FIRST} more rows" in html
    assert "position: sticky" in html
    assert "Indicators; 150202; 2021; observed" in html
    assert "<th" in html.split("<tbody>")[0]
    assert "more rows" not in study.indicators.head(3)._repr_html_()
    assert "no rows" in study.indicators.head(0)._repr_html_()


def test_labels_units_and_decimals_are_those_of_the_report(english):
    study = analyze("150202-donghe")
    html = study.indicator("equipment_value", "primary")._repr_html_()

    assert "150202; 2021; observed; Primary; Equipment value" in html
    assert "Value<br><small>yuan per student</small>" in html
    assert "Shortfall<br><small>yuan</small>" in html
    assert "1,570.20" in html
    assert "below the floor" + MARKS["short"] in html
    assert "equipment_value" not in html


def test_in_chinese_no_id_is_left(chinese):
    study = analyze("150202-donghe")
    for name in result_tables():
        if name in ("comparison", "dictionary", "targets_by_phase", "concession_effects"):
            continue
        html = getattr(study, name)._repr_html_()
        assert all(re.search("[\u4e00-\u9fff]|CV", head) for head in heads(html)), name
        words = re.findall(r"\b[a-z]+_[a-z_]+\b", " ".join(texts(html)))
        assert not words, (name, words)
        assert not re.search("more rows|no rows", html), name
    assert "Go on" not in study._repr_html_()


def test_the_verdict_table_reads_as_the_checklist(english):
    html = analyze("150202-donghe").evaluation._repr_html_()

    assert "Primary: CV of Backbone teachers" in html
    assert "0.519" in html
    assert "19.2%" in html
    assert "Finding" not in heads(html)


def test_what_is_selected_is_still_a_table_and_a_pivot_is_shown_by_pandas(english):
    balance = analyze("150304-wuda").balance
    some = balance.query("stage == 'primary'")[["indicator", "cv", "limit"]]
    wide = balance.pivot(index="stage", columns="indicator", values="cv")

    assert heads(some._repr_html_()) == ["Indicator", "CV", "Limit"]
    assert "Primary" in balance.query("stage == 'primary'")._repr_html_().split("</caption>")[0]
    assert 'class="dataframe"' in wide._repr_html_()
    assert 'class="dataframe"' in balance.assign(own=1)._repr_html_()


def test_texts_of_a_table_are_no_markup(english, make_county):
    county = make_county([{"name": "<script>x</script>", "students_primary": 100}])
    html = analyze(county).schools._repr_html_()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_language_is_that_of_the_environment_or_chosen(monkeypatch):
    monkeypatch.setattr(shown, "_CHOSEN", [])
    monkeypatch.setenv("JUNHENG_LANG", "en")
    assert shown.language() == "en"
    monkeypatch.delenv("JUNHENG_LANG")
    assert shown.language() == "zh"
    with pytest.raises(ValueError, match="expected one of zh, en"):
        analysis.set_language("fr")


@pytest.mark.slow
def test_without_the_views_things_show_themselves_as_python_does():
    code = (
        "from analysis.future.analyze import analyze\n"
        "study = analyze('150304-wuda')\n"
        "assert study._repr_html_() is None\n"
        "assert 'dataframe' in study.balance._repr_html_()\n"
        "from analysis import Study\n"
        "assert '<caption' in study.balance._repr_html_()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
