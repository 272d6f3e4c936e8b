"""The start page's server: what is dropped is checked, kept apart, and gone at the end."""

import base64
import io
import json
import os
import time
from urllib.parse import quote, unquote

import openpyxl
import pytest
from served import Served

from analysis import load_county
from analysis.data.paths import find_county
from analysis.data.template.write import write_template
from analysis.planner.desk import Desk
from analysis.start import tray as tray_
from analysis.start.counter import Counter
from analysis.start.handlers import LARGEST_REQUEST
from analysis.start.server import application
from analysis.start.tray import KEPT, LARGEST_DROP, MOST_FILES

SAMPLE = "150304-wuda"
EVIL = [
    "../../evil.csv",
    "/etc/cron.d/evil.csv",
    "..\\..\\evil.csv",
    "C:\\evil.csv",
    "con.csv",
    ".csv",
]


class Counted(Served):
    """The start page, with files dropped on it."""

    def drop(self, *files, lang="en", **record):
        sent = [{"name": n, "data": base64.b64encode(data).decode()} for n, data in files]
        return self.json(f"/start/check?lang={lang}", {"files": sent, "record": record})


@pytest.fixture
def counter(tmp_path):
    folder = tmp_path / "private"
    folder.mkdir()
    sample = find_county(SAMPLE)
    found = Counter(folder, Desk({SAMPLE: sample}))
    yield found
    found.workshop.close()


@pytest.fixture
def served(counter):
    found = Counted(
        lambda gate, pool: application(counter, gate, pool), max_body_size=2 * LARGEST_REQUEST
    )
    yield found
    found.stop()


@pytest.fixture(scope="module")
def workbook():
    return write_template(load_county(SAMPLE), "zh")


def tables():
    """The CSV tables and settings of a sample."""
    folder = find_county(SAMPLE)
    return [
        (p.name, p.read_bytes()) for p in sorted(folder.iterdir()) if p.suffix in (".csv", ".yaml")
    ]


def spoiled(workbook):
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    book["学校年度数据"]["H5"].value = "abc"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# --- who is let in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/planner", "/start.js", "/start/texts", "/start/findings?drop=1", "/texts"]
)
@pytest.mark.parametrize("token", [None, "", "Secret", "x" * 5000])
def test_nobody_comes_in_without_the_key(served, path, token):
    assert served.ask(path, token=token).code == 403


def test_the_key_becomes_a_cookie_and_both_pages_are_there(served):
    answer = served.ask("/?token=secret&lang=en", token=None)

    assert (answer.code, answer.headers["Location"]) == (302, "/?lang=en")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert b"start.js" in served.ask("/").body
    assert b"planner.js" in served.ask("/planner").body
    policy = served.ask("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")


@pytest.mark.parametrize(
    ("name", "value"), [("Host", "evil.example"), ("Origin", "http://evil.example")]
)
def test_only_this_page_may_send_files(served, workbook, counter, name, value):
    sent = {"files": [{"name": "a.xlsx", "data": base64.b64encode(workbook).decode()}]}

    assert served.ask("/start/check", sent, **{name: value}).code == 403
    assert served.ask("/start/check", sent, **{"Content-Type": "text/plain"}).code == 415
    assert list(counter.tray.folder.iterdir()) == []


# --- check ----------------------------------------------------------------------------------------------


def test_a_workbook_without_errors_can_be_chosen_and_planned(served, workbook):
    code, found = served.drop(("乌达区.xlsx", workbook))

    assert (code, found["ok"], found["rows"]) == (200, True, [])
    assert found["summary"].startswith("Wuda District: read without errors (11 schools, 2017–2022")
    assert found["counties"][0] == {"id": found["county"], "name": "Wuda District", "own": True}
    assert [each["own"] for each in found["counties"]] == [True, False]
    _, years = served.json(f"/start/years?county={quote(found['county'])}")
    assert years["years"] == [2022, 2021, 2020, 2019, 2018, 2017]
    _, about = served.json(f"/county?county={quote(found['county'])}")
    assert len(about["schools"]) > 5
    _, outcome = served.json("/outcome?lang=en", {"county": found["county"]})
    assert "Wuda District" in outcome["sentence"]


@pytest.mark.parametrize(
    ("lang", "severity", "head", "what"),
    [
        ("en", "error", "Junior secondary classes", "“abc”"),
        ("zh", "error", "初中班数", "“abc”"),
    ],
)
def test_what_is_wrong_is_a_table_with_cells(served, workbook, lang, severity, head, what):
    code, found = served.drop(("乌达区.xlsx", spoiled(workbook)), lang=lang)
    row = found["rows"][0]

    assert (code, found["ok"], found["county"]) == (200, False, None)
    assert (row["severity"], row["cell"], row["head"]) == (severity, "H5", head)
    assert row["file"] == "乌达区.xlsx [学校年度数据]"
    assert what in row["what"]
    assert row["todo"]
    answer = served.ask(f"/start/findings?drop={found['drop']}&lang={lang}")
    marked = openpyxl.load_workbook(io.BytesIO(answer.body))
    assert marked["学校年度数据"]["H5"].comment is not None
    name = unquote(answer.headers["Content-Disposition"].partition("''")[2])
    assert name == {"en": "findings.xlsx", "zh": f"{marked.sheetnames[0]}.xlsx"}[lang]


def test_no_row_shows_where_the_copies_lie(served, workbook, counter):
    broken = [
        (name, data.replace(b",", b";;", 3)) for name, data in tables() if name != "county.yaml"
    ]
    for files in (broken, [("a.xlsx", b"PK\x03\x04 nothing")], [("b.csv", b"x\n1\n")]):
        _, found = served.drop(*files)
        assert found["rows"]
        assert str(counter.tray.folder) not in json.dumps(found)


def test_csv_tables_are_one_county(served):
    code, found = served.drop(*tables())

    assert (code, found["ok"]) == (200, True)
    assert "11 schools" in found["summary"]


def test_csv_tables_under_chinese_names_without_a_record(served):
    names = {"schools": "学校名册", "school_years": "学校年度数据"}
    files = [
        (f"{names.get(n[:-4], n[:-4])}.csv", data) for n, data in tables() if n.endswith(".csv")
    ]
    _, without = served.drop(*files)
    _, found = served.drop(*files, code="150304", name="乌达区", province="内蒙古自治区")

    assert [row["file"] for row in without["rows"] if row["severity"] == "error"] == ["county.yaml"]
    assert found["ok"], found["rows"]
    assert found["summary"].startswith("乌达区: ")


def test_a_plan_beside_a_workbook_is_its_plan(served, workbook, counter):
    plan = (find_county("150202-donghe") / "plan.yaml").read_bytes()
    _, found = served.drop(("a.xlsx", workbook), ("plan.yaml", plan))

    assert found["ok"], found["rows"]
    assert counter.county(found["county"]).plan is not None


# --- nothing that is sent is a path ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [*EVIL, "a\0b.csv", "x" * 5000 + ".csv", "\u202egnp.csv", "%2e%2e%2fevil.csv"]
)
def test_names_are_no_paths(served, counter, tmp_path, name):
    code, found = served.drop((name, b"a,b\n1,2\n"), ("schools.csv", b"school_id\n1\n"))
    here = {path for path in tmp_path.rglob("*") if path.is_file()}

    assert code == 200
    assert not found["ok"]
    assert len(here) == 2
    assert all(path.parent.parent.parent == counter.tray.folder for path in here)
    assert all(path.stem.lower() not in ("con", "") for path in here)
    assert "/etc" not in json.dumps(found["rows"])


@pytest.mark.parametrize("name", ["../1", "1/../../x", "2", "", "..%2f1"])
def test_only_what_was_made_here_can_be_had(served, workbook, name):
    served.drop(("a.xlsx", workbook))

    assert served.ask(f"/start/findings?drop={quote(name)}").code == 400
    assert served.ask(f"/start/made?id=1&name={quote(name)}").code == 400
    assert served.ask(f"/start/report?id={quote(name)}").code == 400
    assert served.ask(f"/start/years?county={quote(name)}").code == 400
    if name:
        assert served.ask(f"/start/template?county={quote(name)}").code == 400


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"\0", "did not arrive whole"),
        (b"[]", "did not arrive whole"),
        ({"files": [{"name": "a.csv", "data": "é"}]}, "did not arrive whole"),
        (
            {"files": [{"name": "a.csv", "data": "x", "path": "/etc/passwd"}]},
            "did not arrive whole",
        ),
        ({"files": []}, "no file was chosen"),
        ({"files": [{"name": "a.exe", "data": ""}]}, "a.exe: is neither a workbook"),
        ({"files": [{"name": "a.yaml", "data": ""}]}, "settings alone are no county"),
        ({"files": [{"name": f"{n}.xlsx", "data": ""} for n in "ab"]}, "drop one workbook"),
        ({"files": [{"name": n, "data": ""} for n in ("a.xlsx", "b.csv")]}, "drop one workbook"),
        (
            {"files": [{"name": f"{n}.csv", "data": ""} for n in ("schools", "学校名册")]},
            "same table",
        ),
        (
            {"files": [{"name": "a.csv", "data": ""}] * (MOST_FILES + 1)},
            "61 files are more than the 60",
        ),
    ],
)
def test_what_no_county_is_made_of_is_refused_in_a_sentence(served, counter, body, sentence):
    answer = served.ask("/start/check?lang=en", body)

    assert answer.code == 400
    assert sentence in " ".join(json.loads(answer.body)["errors"])
    assert [path for path in counter.tray.folder.rglob("*") if path.is_file()] == []


def test_too_much_is_said_with_the_limit(served, monkeypatch):
    monkeypatch.setattr(tray_, "LARGEST_DROP", 1000)
    code, found = served.drop(("a.xlsx", b"x" * 1001))
    assert code == 400
    assert "these files have" in found["errors"][0]
    answer = served.ask("/start/check?lang=en", b" " * (LARGEST_REQUEST + 1))
    assert answer.code == 413
    assert f"{LARGEST_DROP // 1_000_000} MB" in json.loads(answer.body)["errors"][0]


@pytest.mark.slow
def test_only_the_last_drops_are_kept(served, workbook, counter):
    ids = [served.drop(("a.xlsx", workbook))[1]["county"] for _ in range(KEPT + 2)]

    assert counter.own == ids[:1:-1]
    assert len(list(counter.tray.folder.iterdir())) == KEPT
    assert served.ask(f"/start/years?county={ids[0]}").code == 400
    assert served.ask(f"/start/years?county={ids[-1]}").code == 200


# --- template and report ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_templates_are_empty_or_hold_a_county(served, workbook):
    _, found = served.drop(("a.xlsx", workbook))
    for name, filled in (("", False), (found["county"], True), (SAMPLE, True)):
        answer = served.ask(f"/start/template?county={quote(name)}")
        book = openpyxl.load_workbook(io.BytesIO(answer.body))
        assert (book["学校名册"]["A3"].value is not None) is filled
        assert unquote(answer.headers["Content-Disposition"]).endswith("填报模板.xlsx")


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        {"county": SAMPLE, "kinds": []},
        {"county": SAMPLE, "kinds": ["exe"]},
        {"county": SAMPLE, "kinds": ["pdf"], "year": 1900},
        {"county": "/etc", "kinds": ["pdf"]},
    ],
)
def test_what_cannot_be_made_is_a_sentence(served, body):
    answer = served.ask("/start/report?lang=en", body)

    assert answer.code == 400
    assert len(json.loads(answer.body)["errors"]) == 1


def wait(served, name):
    states = []
    for _ in range(600):
        _, found = served.json(f"/start/report?lang=en&id={name}")
        states.append(found["state"])
        if found["state"] in ("done", "failed"):
            return found, states
        time.sleep(0.2)
    raise AssertionError(states[-1])


@pytest.mark.slow
def test_a_dropped_county_becomes_a_brief_and_a_web_page(served, workbook):
    _, dropped = served.drop(("乌达区.xlsx", workbook))
    wanted = {"county": dropped["county"], "year": 2021, "kinds": ["html", "brief"]}
    _, found = served.json("/start/report?lang=en", wanted)
    assert len(found["begun"]) == 2
    made, states = {}, set()
    for name in found["begun"]:
        done, seen = wait(served, name)
        states.update(seen)
        assert done["reasons"] == []
        for file in done["files"]:
            made[file] = served.ask(f"/start/made?id={name}&name={quote(file)}").body

    assert states >= {"working", "done"}
    stem = "150304-Wuda-District-2021"
    assert set(made) == {f"{stem}-en.html", f"{stem}-brief-en.pdf", f"{stem}-brief-en.docx"}
    assert b"Wuda District" in made[f"{stem}-en.html"]
    assert made[f"{stem}-brief-en.pdf"].startswith(b"%PDF")
    assert made[f"{stem}-brief-en.docx"].startswith(b"PK")


@pytest.mark.slow
def test_where_no_process_can_be_forked_a_new_one_makes_it(served, workbook, monkeypatch):
    monkeypatch.delattr(os, "fork")
    _, dropped = served.drop(("a.xlsx", workbook))
    wanted = {"county": dropped["county"], "kinds": ["brief"]}
    _, found = served.json("/start/report?lang=zh", wanted)
    done, _ = wait(served, found["begun"][0])

    assert done["reasons"] == []
    assert done["files"] == ["150304-乌达区-2022-要览.pdf", "150304-乌达区-2022-要览.docx"]


@pytest.mark.slow
def test_a_report_that_fails_says_why(served, workbook, counter):
    _, dropped = served.drop(("a.xlsx", workbook))
    counter.county(dropped["county"]).path.unlink()
    wanted = {"county": dropped["county"], "kinds": ["html"]}
    _, found = served.json("/start/report?lang=en", wanted)
    failed, _ = wait(served, found["begun"][0])

    assert (failed["state"], failed["files"]) == ("failed", [])
    assert len(failed["reasons"]) == 1
