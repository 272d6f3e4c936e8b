"""The explorer in a real JupyterLab in a browser: it shows, one chooses, drags and types, figures follow."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import WAIT
from serving import free_port, wait_for

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.system, pytest.mark.slow]

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "explore.ipynb"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A JupyterLab of its own with a copy of the notebook in English; nobody's settings matter."""
    place = tmp_path_factory.mktemp("lab")
    text = NOTEBOOK.read_text(encoding="utf-8")
    text = text.replace(r"lang = \"zh\"", r"lang = \"en\"").replace(
        "150202-donghe", "652323-hutubi"
    )
    (place / "explore.ipynb").write_text(text, encoding="utf-8")
    names = ["JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    names += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    own = {name: str(place / name.lower()) for name in names}
    # no question about news in front of the page
    quiet = place / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    port, token = free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={place}"]
    at = f"http://127.0.0.1:{port}"
    with (
        open(place / "log", "w") as log,
        subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(f"{at}/api?token={token}", process, place / "log")
            yield f"{at}/lab/tree/explore.ipynb?token={token}&reset"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def lab(chromium, address):
    """The page of JupyterLab with the first cells of the notebook run, down to the explorer."""
    # jupyterlab and its kernel are there, its front end of widgets may not be
    context = chromium.new_context(viewport={"width": 1500, "height": 1200})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    # a cell that is run before the kernel is wholly there makes JupyterLab ask something of its own
    page.add_locator_handler(page.locator("dialog.jp-Dialog"), accept)
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    # the kernel has to be there before cells are sent to it
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")
    for number in range(1, 5):
        run(page.locator(".jp-Notebook .jp-CodeCell").nth(number - 1), number)
    page.wait_for_selector(".junheng-explorer .plot svg")
    yield page
    here = re.match(r"http://[^/]+", address)[0]
    far = [
        url
        for url in asked
        if not url.startswith((here, here.replace("http", "ws"), "data:", "blob:"))
    ]
    context.close()
    assert far == []


def accept(dialog):
    """What JupyterLab asks before it goes on: its own proposal."""
    dialog.locator("button.jp-mod-accept").last.click()


def run(cell, number):
    """Run a cell; JupyterLab drops keys that come while it is still putting itself together."""
    for _ in range(6):
        cell.locator(".cm-content").click()
        cell.page.keyboard.press("Shift+Enter")
        try:
            # a number, or the star of a cell that is still at work
            expect(cell.locator(".jp-InputPrompt").first).to_have_text(
                re.compile(rf"\[({number}|\*)\]:"), timeout=20_000
            )
        except AssertionError:
            continue
        return
    pytest.fail("JupyterLab runs no cell")


@pytest.fixture
def explorer(lab):
    """The explorer as it opens."""
    found = lab.locator(".junheng-explorer")
    for name in ("restore", "clear"):
        button = found.locator(f"[data-key={name}]")
        if button.is_enabled():
            button.click()
            expect(button).to_be_disabled()
    expect(found.locator(".sentence")).to_contain_text("Choose schools")
    yield found
    expect(found.locator(".problem")).to_be_empty()


def cells(explorer, label):
    """The cells of a row of the outcome."""
    return explorer.locator(".aside tr", has_text=label).locator("td")


def test_a_frame_chooses_schools_and_says_what_would_be_without_them(lab, explorer):
    expect(cells(explorer, "CV (no unit)")).to_have_text(["0.530"])
    box = explorer.locator(".plot > svg").bounding_box()
    x, y = box["x"], box["y"]
    # the upper left corner of the picture: small schools with much
    lab.mouse.move(x + 0.1 * box["width"], y + 0.02 * box["height"])
    lab.mouse.down()
    lab.mouse.move(x + 0.3 * box["width"], y + 0.12 * box["height"], steps=4)
    lab.mouse.move(x + 0.3 * box["width"], y + 0.30 * box["height"], steps=4)
    lab.mouse.up()
    expect(explorer.locator(".sentence")).to_contain_text("schools chosen")

    chosen = explorer.locator(".table tbody input:checked").count()
    assert chosen == explorer.locator(".plot .ring").count() >= 2
    assert cells(explorer, "Schools judged").all_inner_texts() == ["17", str(17 - chosen)]
    before, after = cells(explorer, "CV (no unit)").all_inner_texts()
    assert before == "0.530"
    assert float(after) < 0.53


def test_a_point_is_dragged_and_dragged_back(lab, explorer):
    dot = explorer.locator(".dot").first
    start = dot.locator("circle.reach").bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    lab.mouse.move(x, y)
    lab.mouse.down()
    lab.mouse.move(x, y - 60, steps=6)
    expect(explorer.locator(".aside thead")).to_contain_text("As assumed")
    reported, assumed = cells(explorer, "County mean").all_inner_texts()
    assert float(assumed) > float(reported)
    lab.mouse.up()
    expect(explorer.locator(".code input")).to_have_value(re.compile("moved="))

    explorer.locator("[data-key=back]").click()
    expect(explorer.locator(".aside thead")).not_to_contain_text("As assumed")
    expect(explorer.locator(".code input")).not_to_have_value(re.compile("moved="))


def test_it_is_worked_by_keys_alone(lab, explorer):
    explorer.locator(".dot[tabindex='0']").focus()
    lab.keyboard.press("Home")
    first = lab.evaluate("document.activeElement.dataset.key")
    lab.keyboard.press("ArrowRight")
    assert lab.evaluate("document.activeElement.dataset.key") != first
    lab.keyboard.press("Space")
    expect(explorer.locator(".table tbody input:checked")).to_have_count(1)
    lab.keyboard.press("ArrowUp")
    expect(explorer.locator(".aside thead")).to_contain_text("As assumed")
    # neither the cell nor the page took the keys
    assert lab.evaluate("document.activeElement.dataset.key").startswith("point ")
    lab.keyboard.press("Delete")
    expect(explorer.locator(".aside thead")).not_to_contain_text("As assumed")
    lab.keyboard.press("Escape")
    expect(explorer.locator(".table tbody input:checked")).to_have_count(0)

    explorer.locator("[data-key=line]").focus()
    lab.keyboard.press("ArrowUp")
    expect(explorer.locator("[data-key=threshold]")).to_have_value("7.6")
    expect(explorer.locator(".code input")).to_have_value(re.compile("'sports_area.primary': 7.6"))


def test_a_limit_is_typed_and_the_row_is_chosen(lab, explorer):
    limit = explorer.locator("[data-key=limit]")
    limit.fill("0.60")
    limit.press("Tab")
    expect(cells(explorer, "Verdict on the CV")).to_have_text(["not met", "met"])
    explorer.locator(".table tbody input").last.check()
    expect(explorer.locator(".sentence")).to_contain_text("1 school chosen")
    expect(explorer.locator(".plot .ring")).to_have_count(1)


def test_another_county_and_year_stand_beside_it(lab, explorer):
    explorer.locator("select[name=compare_county]").select_option("150202-donghe")
    expect(explorer.locator(".legend")).to_contain_text("Donghe District")
    assert explorer.locator(".plot .hollow").count() > 10
    explorer.locator("select[name=compare_county]").select_option("")
    expect(explorer.locator(".plot .hollow")).to_have_count(0)
    explorer.locator("select[name=stage]").select_option("junior")
    expect(explorer.locator(".sentence")).to_contain_text("limit 0.45")
    explorer.locator("select[name=stage]").select_option("primary")
    expect(explorer.locator(".sentence")).to_contain_text("limit 0.50")
