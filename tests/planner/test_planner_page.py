"""The planner's page in a browser, worked with the keyboard alone."""

import io
import re
import subprocess
import sys

import openpyxl
import pytest
import yaml
from browsing import WAIT

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.system, pytest.mark.slow]

COUNTY = "652323-hutubi"


@pytest.fixture(scope="module")
def address():
    command = [sys.executable, "-m", "analysis", "planner", COUNTY]
    command += ["--port", "0", "--no-open", "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture
def page(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    found = context.new_page()
    found.set_default_timeout(WAIT)
    said = []
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.goto(address)
    found.wait_for_selector("#panel_key table")
    yield found
    context.close()
    # an answer of 400 is what the page is told about a mistake
    assert [text for text in said if "status of 400" not in text] == []


def figure(page, label):
    """The scenario's cell in a row of the key figures."""
    return page.locator("#panel_key tr", has_text=label).locator("td").last


def shown(page, label):
    return figure(page, label).inner_text()


def test_a_slider_moved_by_keys_changes_the_figures_and_can_be_undone(page):
    before = shown(page, "Pupils: Primary")
    sentence = page.locator("#sentence").inner_text()
    page.locator("#entry_factor_range").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    expect(figure(page, "Pupils: Primary")).not_to_have_text(before)
    expect(page.locator("#entry_factor")).to_have_value("88")
    expect(page.locator("#outcome")).to_have_attribute("aria-busy", "false")
    after = shown(page, "Pupils: Primary")

    assert int(after.replace(",", "")) < int(before.replace(",", ""))
    assert page.locator("#field_entry_factor").evaluate("e => e.classList.contains('changed')")
    assert page.locator("#sentence").get_attribute("aria-live") == "polite"
    assert re.match(r"In \d{4}, Hutubi County does not meet|Hutubi County", sentence)

    address = page.url
    page.reload()
    page.wait_for_selector("#panel_key table")
    assert page.url == address
    assert shown(page, "Pupils: Primary") == after

    page.locator("#reset").press("Enter")
    expect(figure(page, "Pupils: Primary")).to_have_text(before)
    assert page.locator("#entry_factor").input_value() == "100"
    page.locator("#undo").press("Enter")
    expect(figure(page, "Pupils: Primary")).to_have_text(after)
    page.locator("#redo").press("Enter")
    expect(figure(page, "Pupils: Primary")).to_have_text(before)


def test_how_staff_goes_on_is_chosen_by_keys_and_undone(page):
    ratio = shown(page, "Pupils per teacher: Primary")
    expect(page.locator("#field_staff_retire")).to_be_hidden()
    page.locator("#staff_kind").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#staff_kind")).to_have_value("attrition")
    expect(page.locator("#field_staff_retire")).to_be_visible()
    expect(page.locator("#field_staff_transfer")).to_be_hidden()
    expect(figure(page, "Pupils per teacher: Primary")).not_to_have_text(ratio)
    expect(page.locator("#panel_staff")).to_contain_text("retire and leave, 0% of them")
    page.locator("#staff_replaced").fill("100")
    page.keyboard.press("Tab")
    expect(figure(page, "Pupils per teacher: Primary")).to_have_text(ratio)
    page.locator("#staff_kind").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#staff_transfer")).to_have_value("yes")
    expect(page.locator("#panel_staff")).to_contain_text("by the staffing quota")
    expect(page.locator("#staff_table tbody tr").first).to_contain_text("● 2021")

    page.locator("#undo").click()
    page.locator("#undo").click()
    page.locator("#undo").click()
    expect(page.locator("#staff_kind")).to_have_value("keep")
    expect(figure(page, "Pupils per teacher: Primary")).to_have_text(ratio)
    assert not page.locator("#field_staff_kind").evaluate("e => e.classList.contains('changed')")
    # every projected verdict stands with its chance, or says that it is the single course's
    expect(page.locator("#panel_strip tr.chance").last).to_contain_text("%")
    rows = page.locator("#panel_failing tbody tr td:last-child").all_inner_texts()
    assert rows
    assert all(row == "single course" or row.endswith(("%", "1%")) for row in rows)


def test_the_page_fits_a_small_screen(page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(300)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_a_move_from_a_school_to_itself_is_refused_in_the_form(page):
    page.locator("#add").press("Enter")
    for name in ("origin", "target"):
        page.locator(f"#dialog_{name}").select_option(index=1)
    page.locator("#dialog_apply").press("Enter")
    said = page.evaluate("document.getElementById('dialog_target').validationMessage")
    school = page.locator("#dialog_target option:checked").inner_text()
    assert said == f"{school} would give to itself; choose another school."
    assert page.locator("#dialog").is_visible()
    assert page.locator("#moves tbody tr").count() == 0

    page.locator("#dialog_target").select_option(index=2)
    page.locator("#dialog_share").press("Enter")
    page.locator("#moves tbody tr").first.wait_for()
    assert not page.locator("#dialog").is_visible()


def test_a_diversion_is_added_changed_and_removed_by_keys(page, tmp_path):
    page.locator("#add").press("Enter")
    page.locator("#dialog_share").fill("50")
    for name in ("origin", "target"):
        select = page.locator(f"#dialog_{name}")
        select.select_option(index=1 if name == "origin" else 2)
    names = [
        page.locator(f"#dialog_{name} option:checked").inner_text() for name in ("origin", "target")
    ]
    page.locator("#dialog_share").press("Enter")
    row = page.locator("#moves tbody tr").first
    row.wait_for()
    assert f"{names[0]} → {names[1]}" in row.inner_text()
    expect(page.locator("#panel_notes")).to_contain_text(names[0])

    with page.expect_download() as found:
        page.locator("#export_yaml").press("Enter")
    file = tmp_path / "scenario.yaml"
    found.value.save_as(file)
    scenario = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [(m["origin"], m["target"], m["share"]) for m in scenario["moves"]] == [
        ([names[0]], [names[1]], 0.5)
    ]
    with page.expect_download() as found:
        page.locator("#export_xlsx").press("Enter")
    found.value.save_as(tmp_path / "outcome.xlsx")
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "outcome.xlsx").read_bytes()))
    assert book["Conclusion"]["B4"].value == page.locator("#sentence").inner_text()

    row.focus()
    page.keyboard.press("Enter")
    assert page.locator("#dialog_share").input_value() == "50"
    page.locator("#dialog_share").fill("25")
    page.locator("#dialog_apply").press("Enter")
    page.locator("#moves tbody tr", has_text="25%").wait_for()
    page.locator("#moves tbody tr").first.focus()
    page.keyboard.press("Delete")
    page.locator("#moves tbody tr").first.wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "add"

    page.locator("#file").set_input_files(file)
    page.locator("#moves tbody tr", has_text="50%").wait_for()
    assert "imported file" in page.locator("#base option:checked").inner_text()


def test_a_file_that_is_no_scenario_is_said_and_nothing_is_lost(page, tmp_path):
    before = shown(page, "Pupils: Primary")
    file = tmp_path / "wrong.yaml"
    file.write_text("name: {zh: <b>a</b>, en: a}\nbirth: 1\n", encoding="utf-8")
    page.locator("#file").set_input_files(file)
    page.locator("#problems p").wait_for()

    assert "line 2: birth: unknown key" in page.locator("#problems").inner_text()
    assert shown(page, "Pupils: Primary") == before


def test_the_language_changes_in_place(page):
    figure = shown(page, "Pupils: Primary")
    page.locator("#lang").select_option("zh")
    expect(page.locator("#panel_key")).to_contain_text("学生数")

    assert page.locator("html").get_attribute("lang") == "zh"
    assert page.locator("h1").inner_text().startswith("规划推演")
    assert shown(page, "小学学生数") == figure
    assert "呼图壁县" in page.locator("#sentence").inner_text()


def test_names_from_outside_stay_text(page):
    page.locator("#name").fill("<img src=x onerror=alert(1)>")
    page.locator("#name").press("Tab")
    page.locator("#add").press("Enter")
    page.locator("#dialog_name").fill("<b>bold</b>")
    page.locator("#dialog_origin").select_option(index=1)
    page.locator("#dialog_target").select_option(index=2)
    page.locator("#dialog_apply").press("Enter")
    page.locator("#moves tbody tr", has_text="<b>bold</b>").wait_for()
    expect(page.locator("#panel_notes")).to_contain_text("<b>bold</b>")

    assert page.locator("img, b").count() == 0


def test_a_link_that_cannot_be_read_is_said(page):
    page.evaluate("location.hash = '#not-a-state'")
    expect(page.locator("#message")).to_contain_text("anew")

    assert page.locator("#problems p").count() == 0
    assert page.locator("#entry_factor").input_value() == "100"


def test_every_control_has_a_name_and_the_letters_are_large(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([hidden]), select, svg[role=img]')]
        .filter((e) => !(e.textContent.trim() && e.tagName === 'BUTTON') && !e.getAttribute('aria-label')
          && !(e.labels && [...e.labels].some((l) => l.textContent.trim())))
        .map((e) => e.id || e.outerHTML)"""
    )
    size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")

    assert unnamed == []
    assert size >= 16


def test_the_cheapest_plan_has_its_chance(page):
    page.locator("#remedy").click()
    said = page.locator("#plan_likely")
    expect(said).to_contain_text("simulated courses")
    expect(said).to_contain_text("The probability is conditional")
    expect(said.locator("xpath=..")).to_contain_text("on the single course")


def test_the_cheapest_plan_is_changed_and_taken_over(page):
    page.locator("#remedy").press("Enter")
    page.locator("#plan_rows").wait_for()
    title = page.locator("#plan h2")
    first = title.inner_text()
    assert re.fullmatch(r"Cheapest way to pass in \d{4}: [\d,]+ yuan", first)

    # ruled out at a school, it is gone and the plan costs more; lifted, all is as before
    row = page.locator("#plan_rows tbody tr").first
    row.get_by_role("button", name="Rule out").press("Enter")
    expect(page.locator("#plan_conditions li")).to_have_count(1)
    expect(title).not_to_have_text(first)
    page.locator("#plan_conditions").get_by_role("button", name="Lift").press("Enter")
    expect(title).to_have_text(first)
    expect(page.locator("#plan_conditions")).to_have_count(0)

    # an amount that is changed is fixed
    amount = page.locator("#plan_rows tbody input").first
    more = float(amount.input_value()) + float(amount.get_attribute("step"))
    amount.fill(f"{more:g}")
    amount.press("Tab")
    expect(page.locator("#plan_rows tr.kept input")).to_have_value(f"{more:g}")
    expect(title).not_to_have_text(first)

    # another price
    page.locator("#plan_prices summary").press("Enter")
    price = page.locator("#price_transfer")
    price.fill("50000")
    price.press("Tab")
    expect(page.locator("#plan_prices tr.kept")).to_have_count(1)

    # a slider moved: the plan says that it is for what was set before
    page.locator("#entry_factor_range").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#plan_stale")).to_be_visible()
    page.locator("#undo").press("Enter")
    expect(page.locator("#plan_stale")).to_be_hidden()

    failing = int(shown(page, "Requirements not met").split()[0])
    page.locator("#plan_take").press("Enter")
    expect(page.locator("#message")).to_contain_text("now part of the scenario")
    expect(page.locator("#outcome")).to_have_attribute("aria-busy", "false")
    left = figure(page, "Requirements not met")
    expect(left).not_to_have_text(re.compile(rf"^{failing}\b"))
    assert int(left.inner_text().split()[0]) < failing
    assert page.locator("#moves tbody tr").count() > 0
    assert page.locator("#plan_stale").is_hidden()
    assert "null" not in page.locator("#plan").inner_text()
