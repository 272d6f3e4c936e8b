"""The start page in a browser: files dropped, findings read, a report saved, the planner opened."""

import contextlib
import io
import os
import signal
import subprocess
import sys

import openpyxl
import pytest
from browsing import WAIT
from ministry_exports import export_county

from analysis import load_county
from analysis.data.template.write import write_template

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A county's workbook in order, and one with a wrong cell."""
    folder = tmp_path_factory.mktemp("files")
    data = write_template(load_county("150304-wuda"), "zh")
    (folder / "good.xlsx").write_bytes(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["学校年度数据"]["H5"].value = "abc"
    book.save(folder / "bad.xlsx")
    return folder


@contextlib.contextmanager
def program(folder):
    """The address of the page and its process, which keeps in the folder what is temporary."""
    command = [
        sys.executable,
        "-m",
        "analysis",
        "start",
        "--port",
        "0",
        "--no-open",
        "--lang",
        "en",
    ]
    environment = os.environ | {"TMPDIR": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with program(tmp_path_factory.mktemp("temporary")) as (found, _):
        yield found


@contextlib.contextmanager
def shown(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    found = context.new_page()
    found.set_default_timeout(WAIT)
    said = []
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.goto(address)
    found.wait_for_selector("#county option", state="attached")
    yield found
    context.close()
    # an answer of 400 is what the page is told about a mistake
    assert [text for text in said if "status of 400" not in text] == []


@pytest.fixture
def page(chromium, address):
    with shown(chromium, address) as found:
        yield found


def saved(page, button):
    with page.expect_download() as download:
        page.locator(button).first.press("Enter")
    return download.value.suggested_filename, open(download.value.path(), "rb").read()


def test_from_the_template_to_the_planner(page, files):
    """Worked with the keyboard alone."""
    assert page.locator("#make").is_disabled()
    assert page.locator("#planner_open").is_disabled()
    name, data = saved(page, "#template_get")
    assert name == "template.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames

    with page.expect_file_chooser() as chooser:
        page.locator("#choose").press("Enter")
    chooser.value.set_files(files / "bad.xlsx")
    expect(page.locator("#summary")).to_have_text(
        "1 to correct, 0 to look at: no report can be made of it yet."
    )
    row = page.locator("#findings tbody tr").first
    expect(row).to_contain_text("H5")
    expect(row).to_contain_text("Junior secondary classes")
    assert page.locator("#make").is_disabled()
    name, data = saved(page, "#findings_get")
    assert name == "findings.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(data))["学校年度数据"]["H5"].comment

    page.set_input_files("#files", files / "good.xlsx")
    expect(page.locator("#summary")).to_contain_text("Wuda District: read without errors")
    expect(page.locator("#county option:checked")).to_have_text("Wuda District (your files)")
    page.locator("[value=pdf]").press("Space")
    page.locator("#make").press("Enter")
    expect(page.locator("#makings li.done")).to_have_count(1)
    name, data = saved(page, "#makings button")
    assert name == "150304-Wuda-District-2022-brief-en.pdf"
    assert data.startswith(b"%PDF")

    with page.context.expect_page() as opened:
        page.locator("#planner_open").press("Enter")
    planner = opened.value
    planner.wait_for_selector("#panel_key table", timeout=WAIT)
    assert planner.locator("#county option:checked").inner_text() == "Wuda District"


def test_files_fall_on_the_page_and_the_language_changes(page, files):
    data = list((files / "bad.xlsx").read_bytes())
    transfer = page.evaluate_handle(
        "data => { const t = new DataTransfer(); "
        "t.items.add(new File([new Uint8Array(data)], '乌达区.xlsx')); return t; }",
        data,
    )
    page.dispatch_event("#zone", "drop", {"dataTransfer": transfer})
    expect(page.locator("#findings tbody tr").first).to_contain_text("乌达区.xlsx")
    page.select_option("#lang", "zh")
    expect(page.locator("#summary")).to_have_text("须更正 1 处，请核对 0 处：暂不能生成报告。")
    expect(page.locator("#findings tbody tr").first).to_contain_text("初中班数")


@pytest.mark.parametrize("width", [1400, 390])
def test_nothing_is_wider_than_the_screen(page, files, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.set_input_files("#files", files / "bad.xlsx")
    expect(page.locator("#findings tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_too_much_is_said_before_it_is_sent(page):
    page.set_input_files(
        "#files", [{"name": "a.xlsx", "mimeType": "x/y", "buffer": b"x" * 41_000_000}]
    )
    expect(page.locator("#problems")).to_have_text(
        "These files have 41 MB; at most 40 MB are read at once."
    )


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """A folder of return sheets, one workbook per school."""
    folder = tmp_path_factory.mktemp("export") / "2021年报表"
    export_county(load_county("150304-wuda"), folder, 2021)
    return folder


@pytest.mark.parametrize("width", [1400, 390])
def test_a_folder_of_return_sheets_becomes_a_county(page, sheets, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.select_option("#lang", "zh")
    expect(page.locator("#returns_run")).to_have_text("导入")
    assert page.locator("#returns_run").is_disabled()
    page.set_input_files("#returns_tree", sheets)
    page.locator("#returns_run").press("Enter")
    expect(page.locator("#problems")).to_have_text("请先填写县（市、区）代码、名称和所在省，再导入")

    page.fill("#returns_code", "150304")
    page.fill("#returns_name", "乌达区")
    page.fill("#returns_province", "内蒙古自治区")
    page.locator("#returns_run").press("Enter")
    expect(page.locator("#returned")).to_be_visible()
    expect(page.locator("#returns_told")).to_contain_text("乌达区：读取无误")
    expect(page.locator("#county option:checked")).to_have_text("乌达区（拖入的数据）")
    expect(page.locator("#missing tbody tr").first).to_contain_text("县级年度数据")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert saved(page, "#returns_page")[0] == "核对单.html"
    name, data = saved(page, "#returns_book")
    assert name == "150304-乌达区.xlsx"
    assert "学校名册" in openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert saved(page, "#returns_folder")[0] == "150304-乌达区.zip"


def test_the_files_go_with_the_program(chromium, files, tmp_path):
    with program(tmp_path) as (address, process):
        with shown(chromium, address) as page:
            page.set_input_files("#files", files / "bad.xlsx")
            expect(page.locator("#findings tbody tr").first).to_be_visible()
        assert any(tmp_path.glob("junheng-*/dropped/*/*"))
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert list(tmp_path.glob("junheng-*")) == []
