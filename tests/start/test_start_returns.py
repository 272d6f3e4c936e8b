"""Return sheets dropped on the start page become a county; what is missing is listed."""

import base64
import io
import json
import zipfile
from urllib.parse import unquote

import openpyxl
import pytest
from ministry_exports import export_county
from served import Served

from analysis import load_county
from analysis.base.language import speak
from analysis.data.paths import find_county
from analysis.planner.desk import Desk
from analysis.start.counter import Counter
from analysis.start.handlers import LARGEST_RETURNS
from analysis.start.server import application
from analysis.start.sheets import _segment

ABOUT = {"code": "150304", "name": "乌达区", "province": "内蒙古自治区"}


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """Two workbooks in the layout of an export."""
    folder = tmp_path_factory.mktemp("sheets") / "2021年报表"
    county = load_county("150304-wuda")
    export_county(county, folder, 2021)
    return {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.xlsx"))}  # fmt: skip


@pytest.fixture
def counter(tmp_path):
    folder = tmp_path / "private"
    folder.mkdir()
    found = Counter(folder, Desk({}))
    yield found
    found.workshop.close()


@pytest.fixture
def served(counter):
    found = Served(
        lambda gate, pool: application(counter, gate, pool), max_body_size=2 * LARGEST_RETURNS
    )
    yield found
    found.stop()


def packed(files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return {"export.zip": buffer.getvalue()}


def send(served, files, lang="zh", **more):
    sent = [{"name": n, "data": base64.b64encode(data).decode()} for n, data in files.items()]
    return served.json(f"/start/returns?lang={lang}", {"files": sent, "record": ABOUT} | more)


def had(served, found, kind, lang="zh"):
    answer = served.ask(f"/start/returned?drop={found['drop']}&kind={kind}&lang={lang}")
    return unquote(answer.headers["Content-Disposition"].partition("''")[2]), answer.body


@pytest.mark.slow
@pytest.mark.parametrize("way", ["folder", "zip"])
def test_a_folder_or_an_archive_becomes_a_county(served, sheets, counter, way):
    code, found = send(served, sheets if way == "folder" else packed(sheets))

    assert (code, found["ok"]) == (200, True), found
    assert len(found["lines"]) <= 5
    assert found["summary"].startswith("乌达区")
    assert found["counties"][0]["own"]
    name, page = had(served, found, "page")
    assert name == "核对单.html"
    assert "2021年报表" in page.decode()
    name, book = had(served, found, "workbook")
    assert name == "150304-乌达区.xlsx"
    assert "学校名册" in openpyxl.load_workbook(io.BytesIO(book)).sheetnames
    name, folder = had(served, found, "folder")
    assert name == "150304-乌达区.zip"
    names = zipfile.ZipFile(io.BytesIO(folder)).namelist()
    assert {f"150304-乌达区/{n}" for n in ("county.yaml", "schools.csv")} <= set(names)
    assert "150304-乌达区-import.html" in names
    # nothing of where the copies lie
    assert str(counter.tray.folder) not in json.dumps(found, ensure_ascii=False)


@pytest.mark.slow
def test_what_is_missing_is_listed_and_in_the_workbook(served, sheets):
    _, found = send(served, sheets)
    missing = found["missing"]

    assert "尚未填报、因而未评定" in missing["title"]
    assert missing["rows"]
    assert len(missing["header"]) == len(missing["rows"][0])
    answer = served.ask(f"/start/findings?drop={found['drop']}&lang=zh")
    book = openpyxl.load_workbook(io.BytesIO(answer.body))
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows(max_row=40) for cell in row}  # fmt: skip
    assert missing["rows"][0][1] in texts


def test_without_code_and_name_they_are_asked_for(served, sheets, counter):
    code, found = send(served, sheets, record={})

    assert code == 400
    assert found["errors"] == ["请先填写县（市、区）代码、名称和所在省，再导入"]
    assert list(counter.tray.folder.iterdir()) == []


def test_where_no_county_can_be_made_the_page_of_reconciliation_is_there(served):
    _, found = send(served, {"坏.xlsx": b"PK nothing"})

    assert (found["ok"], found["county"], found["missing"]) == (False, None, None)
    assert "坏.xlsx" in found["lines"][0]["text"]
    assert had(served, found, "page")[0] == "核对单.html"
    assert served.ask(f"/start/returned?drop={found['drop']}&kind=workbook").code == 400


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "没有选择文件"),
        ({"a.txt": b"x"}, "没有工作簿"),
        ({"a.zip": b"PK nothing"}, "压缩包已损坏"),
        (packed({"a.txt": b"x"}), "没有工作簿"),
    ],
)
def test_what_cannot_be_imported_is_a_sentence(served, counter, files, sentence):
    code, found = send(served, files)

    assert code == 400
    assert sentence in " ".join(found["errors"])
    assert list(counter.tray.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../../evil.xlsx", "/etc/evil.xlsx", "C:\\evil.xlsx", "con.xlsx"])
@pytest.mark.parametrize("way", ["file", "zip"])
def test_no_name_leads_out_of_the_folder(served, counter, tmp_path, name, way):
    files = {name: b"PK nothing"}
    send(served, files if way == "file" else packed(files))
    here = [path for path in tmp_path.rglob("evil*") if path.is_file()]

    assert all(counter.tray.folder in path.parents for path in here)
    assert not (tmp_path / "evil.xlsx").exists()


def test_the_folder_that_was_dropped_holds_the_countys_own_tables(served, sheets):
    """A browser sends the name of the folder before every file; nothing is asked for that it holds."""
    record = "code: '150304'\nname: {zh: 乌达区, en: Wuda}\nprovince: {zh: 内蒙古自治区, en: Inner Mongolia}\n"
    files = {f"汇总/{name}": data for name, data in sheets.items()}
    code, found = send(served, files | {"汇总/county.yaml": record.encode()}, record={})

    assert code == 200, found
    assert found["ok"], found
    assert had(served, found, "workbook")[0] == "150304-乌达区.xlsx"


def test_what_a_mac_packs_besides_is_left_out_and_other_files_are_named(served, sheets):
    more = {
        "__MACOSX/2021年报表/._一.xlsx": b"\0\5\x16\7",
        "2021年报表/.DS_Store": b"x",
        "2021年报表/~$一.xlsx": b"x",
        "2021年报表/旧表.et": b"x",
        "2021年报表/照片.jpg": b"x" * 100,
    }
    code, found = send(served, packed(sheets | more))

    assert code == 200, found
    text = "\n".join(line["text"] for line in found["lines"])
    assert found["ok"], text
    assert "旧表.et" in text
    assert "MACOSX" not in text
    assert "._一" not in text


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_of_any_method_is_a_sentence(served, method):
    [(name, data)] = packed({"a.xlsx": b"figures " * 500}, compression=method).items()
    middle = len(data) // 3
    code, found = send(served, {name: data[:middle] + b"\xff" * 20 + data[middle + 20 :]})

    assert code == 400
    assert "压缩包已损坏" in " ".join(found["errors"])


def test_both_ends_of_a_long_name_are_kept():
    long = "某某市某某区教育局教育事业统计报表汇总" * 6

    assert _segment(f"2022{long}").startswith("2022某某市")
    assert _segment(f"{long}2023-2024学年").endswith("2023-2024学年")
    assert _segment(f"{long}2023.xlsx").endswith("2023.xlsx")
    assert len(_segment(long).encode()) < 255
    name = "某某市某某区教育局教育事业统计报表汇总2023-2024学年"
    assert _segment(name) == name


def test_names_of_chinese_windows_in_an_archive(served, sheets):
    data = next(iter(sheets.values()))
    raw = packed({"XXXX.xlsx": data})["export.zip"].replace(b"XXXX", "一小".encode("gb18030"))
    code, found = send(served, {"导出.zip": raw})

    assert code == 200
    page = had(served, found, "page")[1].decode()
    assert "一小.xlsx" in page


def test_more_than_can_be_unpacked_is_refused(served, monkeypatch):
    monkeypatch.setattr("analysis.start.sheets.LARGEST_UNPACKED", 1000)
    files = packed({"a.xlsx": b"0" * 100_000}, compression=zipfile.ZIP_DEFLATED)
    code, found = send(served, files)

    assert code == 400
    assert "分学年导入" in found["errors"][0]


def test_a_county_in_order_says_what_is_missing(counter):
    folder = find_county("150304-wuda")
    files = [
        {"name": p.name, "data": base64.b64encode(p.read_bytes()).decode()}
        for p in folder.iterdir()
        if p.suffix in (".csv", ".yaml")
    ]
    found = counter.take(json.dumps({"files": files}).encode(), speak("zh"))

    assert found["ok"]
    assert found["missing"] is None or found["missing"]["rows"]
