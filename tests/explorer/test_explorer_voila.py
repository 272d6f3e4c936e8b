"""The notebook as a page of Voilà, without JupyterLab: the explorer answers there as well."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import WAIT
from serving import free_port, wait_for

expect = pytest.importorskip("playwright.sync_api").expect
pytest.importorskip("voila", reason="needs the package voila")

pytestmark = [pytest.mark.system, pytest.mark.slow]

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "explore.ipynb"


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    place = tmp_path_factory.mktemp("voila")
    text = NOTEBOOK.read_text(encoding="utf-8").replace(r"lang = \"zh\"", r"lang = \"en\"")
    (place / "explore.ipynb").write_text(text, encoding="utf-8")
    names = ["JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    own = {name: str(place / name.lower()) for name in names}
    port = free_port()
    command = [sys.executable, "-m", "voila", str(place / "explore.ipynb"), "--no-browser"]
    command += [f"--port={port}", "--Voila.ip=127.0.0.1"]
    with (
        open(place / "log", "w") as log,
        subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/voila/static/voila.js", process, place / "log")
            found = chromium.new_page(viewport={"width": 1500, "height": 1200})
            found.set_default_timeout(WAIT)
            found.goto(f"http://127.0.0.1:{port}/")
            found.wait_for_selector(".junheng-explorer .plot svg")
            yield found
            found.close()
        finally:
            process.terminate()


def test_it_shows_the_county_and_answers(page):
    explorer = page.locator(".junheng-explorer")
    row = explorer.locator(".aside tr", has_text="CV (no unit)").locator("td")
    expect(row).to_have_text(["0.440"])

    explorer.locator(".table tbody input").first.check()
    expect(explorer.locator(".sentence")).to_contain_text("1 school chosen")
    reported, without = row.all_inner_texts()
    assert reported == "0.440"
    assert without != reported

    explorer.locator("[data-key=limit]").fill("0.40")
    explorer.locator("[data-key=limit]").press("Tab")
    verdict = explorer.locator(".aside tr", has_text="Verdict on the CV").locator("td")
    expect(verdict.nth(1)).to_have_text("not met")
    expect(explorer.locator(".problem")).to_be_empty()


def test_nothing_but_figures_and_tables_is_on_the_page(page):
    text = page.locator("body").inner_text()
    assert "Which schools make the differences" in text
    assert not re.search(r"Traceback|^import ", text, re.M)
