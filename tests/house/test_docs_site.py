"""Promise: the reference says everything there is, and the site opens from a folder without a network."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import os
import re
import shutil
from pathlib import Path

import pytest
import typer.main
from docsite import api, commands, decisions, dictionary, rules
from docsite.links import ROOT
from docsite.markdown import cell, slug
from docsite.navigation import SECTIONS
from lock_more import beyond

import analysis
from analysis.base.schema.county_items import COUNTY_INPUTS
from analysis.base.schema.results import result_tables
from analysis.base.schema.tables import TABLES
from analysis.cli.app import app
from analysis.policy.standards import load_standard

LANGS = ("zh", "en")


def rows(text: str) -> dict[str, str]:
    """First cell of the rows of all tables -> row."""
    return {m[1]: m[0] for m in re.finditer(r"^\| (.+?) \|.*$", text, flags=re.M)}


@functools.cache
def pages(module, lang: str) -> dict[str, str]:
    return module.pages(lang)


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_stands_in_the_dictionary(lang):
    made = pages(dictionary, lang)
    for table in TABLES.values():
        part = made["reference/data-input.md"].split(f"## {table.name} ")[1].split("\n## ")[0]
        for column in table.columns:
            (row,) = [r for first, r in rows(part).items() if first.startswith(f"`{column.name}`")]
            assert cell(column.zh) in row
            assert cell(column.en) in row
            assert cell(column.unit[lang]) in row
            assert cell(column.help[lang]) in row
    for name, table in result_tables().items():
        part = made["reference/data-results.md"].split(f"## {name}\n")[1].split("\n## ")[0]
        assert {f"`{column}`" for column in table.columns} <= set(rows(part))
    assert {f"`{name}`" for name in COUNTY_INPUTS} <= set(rows(made["reference/data-input.md"]))


def test_ranges_are_said_in_the_language_of_the_page():
    text = pages(dictionary, "zh")["reference/data-input.md"]
    text += pages(dictionary, "zh")["reference/data-results.md"]

    assert not re.search(r"\| (whole\b[^|]*|0 or more|0 to 1|any) \|", text)
    assert "不小于 0 的整数" in text
    assert "整数，1949–2100" in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("profile", rules.profiles(), ids=lambda profile: profile.id)
def test_every_entry_stands_in_the_rules_with_values_title_and_source(profile, lang):
    found = rows(pages(rules, lang)[f"reference/rules/{profile.id}.md"])
    for name, entry in profile.entries.items():
        row = found[f"`{name}`"]
        assert cell(getattr(entry.title, lang)) in row
        assert cell(f"{entry.reference.document} {entry.reference.section}") in row
        for date in entry.values:
            assert date in row
            value = entry.on(date)
            if isinstance(value, float):
                assert f"{value:,.10g}" in row
            elif value is None:
                assert "—" in row


def test_values_are_read_with_their_sign_and_unit():
    row = rows(pages(rules, "en")["reference/rules/cn-2017.md"])[
        "`teachers_above_qualification.primary`"
    ]

    assert "≥ 4.2 persons" in row
    assert (
        load_standard("cn-2017").entries["teachers_above_qualification.primary"].on("2020-01-01")
        == 4.2
    )


def test_every_command_stands_in_the_reference_with_its_options():
    text = pages(commands, "en")["reference/commands.md"]
    for name, command in typer.main.get_command(app).commands.items():
        part = text.split(f"## junheng {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert all(f"{option}" in part for option in parameter.opts), (name, parameter.opts)


def test_the_help_of_every_command_can_be_asked_for():
    from typer.testing import CliRunner

    for name in typer.main.get_command(app).commands:
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0, name


def test_every_public_name_stands_in_the_reference():
    text = pages(api, "en")["reference/api.md"]
    for name in analysis.__all__:
        part = text.split(f"## analysis.{name}\n")[1].split("\n## ")[0]
        if inspect.isfunction(getattr(analysis, name)):
            for parameter in inspect.signature(getattr(analysis, name)).parameters:
                assert parameter in part, (name, parameter)
    for name in (n for n in dir(analysis.Study) if not n.startswith("_")):
        assert re.search(rf"^(### Study\.{name}$|- `[^`]*\b{name}\b)", text, flags=re.M), name


def test_numpydoc_becomes_markdown():
    text = """Say it.

    Parameters
    ----------
    one, two : float
        What ``x`` *is*.

    Examples
    --------
    >>> 1 + 1
    2
    """
    made = api.numpydoc(inspect.cleandoc(text))

    assert "**Parameters**\n\n- `one, two` : float\n\n    What `x` \\*is\\*." in made
    assert "```pycon\n>>> 1 + 1\n2\n```" in made


def test_every_decision_is_listed():
    text = pages(decisions, "en")["decisions/index.md"]
    files = {path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")}

    assert {name for name in files if f"]({name})" in text} == files


def test_every_page_of_the_repository_has_its_place():
    listed = {page for _, pages_ in SECTIONS for page in pages_}
    there = {
        path.relative_to(ROOT / "docs").as_posix()
        for path in (ROOT / "docs").rglob("*.md")
        if not path.name.endswith(".zh.md") and path.parent.name != "decisions"
    }

    assert there <= listed


def test_cells_keep_a_table_whole():
    assert cell("a | b\nc < d") == "a \\| b c &lt; d"
    assert slug("To add a …, touch …") == "to-add-a--touch-"
    assert slug("情景 `staff`: how") == "情景-staff-how"


def test_a_second_lock_has_what_the_first_has_not():
    frozen = ["Markdown==3.1", "PyYAML==6.0", "a_b==1", "-e here"]

    assert beyond(frozen, ["pyyaml==6.0", "# note"]) == ["a_b==1", "Markdown==3.1"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    # .ci/run names the site that it has just built
    if built := os.environ.get("JUNHENG_SITE"):
        return Path(built)
    if importlib.util.find_spec("material") is None or importlib.util.find_spec("mkdocs") is None:
        pytest.skip("needs the packages that make docs installs")
    from make_docs import build

    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder


@pytest.mark.slow
@pytest.mark.system
def test_no_page_of_the_site_asks_a_server_for_anything(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        asked = re.findall(r"<(?:script|img|iframe)\b[^>]*\bsrc=\"?(https?:)?//", text)
        asked += re.findall(r"<link\b[^>]*\bhref=\"?(https?:)?//", text)
        assert asked == [], page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//", style.read_text(encoding="utf-8")), style


@pytest.mark.slow
@pytest.mark.system
@pytest.mark.parametrize(
    ("lang", "asked", "wanted"),
    [("zh", "差异系数", "tutorials/analyst.html"), ("en", "scenario", "scenarios.html")],
)
def test_the_site_opens_from_a_folder_and_its_search_finds(site, lang, asked, wanted):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("needs the program chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto((site / lang / "index.html").as_uri())
        page.keyboard.press("f")
        page.fill("input.md-search__input", asked)
        page.keyboard.press("End")
        page.wait_for_selector("a.md-search-result__link", state="attached", timeout=60_000)
        found = [
            a.get_attribute("href") for a in page.query_selector_all("a.md-search-result__link")
        ]

    assert any(wanted in each for each in found)
    assert [url for url in requests if not url.startswith(("file:", "data:", "about:"))] == []
