"""What nobody should hand in: refused with a sentence, or read as the plain text it is.

One line per case. Nothing here may end in a traceback, a killed process or a formula.
"""

from __future__ import annotations

import datetime
import html
import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import bad_county as bad
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis import InputError, load_county, load_standard, read_county
from analysis.base.files import Finding
from analysis.base.spreadsheet import csv_bytes, guarded, unguarded
from analysis.cli.app import app
from analysis.data.county import County
from analysis.data.template.write import write_template
from analysis.policy.plan import read_plan

DAMAGED = "cannot be opened as a workbook"
TOO_LARGE = "is too large for a workbook"
IN_ORDER = ""

Change = Callable[[bytes], bytes]


@pytest.fixture(scope="session")
def good(tmp_path_factory) -> bytes:
    """The good county as a workbook with shared strings."""
    return write_template(load_county(bad.write_folder(tmp_path_factory.mktemp("good"))), "en")


@pytest.fixture(scope="session")
def sample() -> tuple[bytes, bytes]:
    """A sample county as a workbook, and its standard."""
    county = load_county("230505-sifangtai")
    return write_template(county, "en"), (county.path / "standard.yaml").read_bytes()


def rebuilt(workbook: bytes, path: Path, parts: dict[str, Change]) -> Path:
    """The workbook with some of its parts changed, or others added."""
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in dict.fromkeys([*old.namelist(), *parts]):
            data = old.read(name) if name in old.namelist() else b""
            new.writestr(name, parts.get(name, lambda data: data)(data))
    return path


def told(path: Path) -> tuple[County | None, list[str]]:
    county, findings = read_county(path)
    for finding in findings:
        assert "\n" not in finding.sentence("en") + finding.sentence("zh")
    return county, [finding.text("en") for finding in findings]


# --- parts of a workbook -------------------------------------------------------------------------

BOOK, STRINGS, LINKS = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"
ROOMS = "xl/worksheets/sheet6.xml"
MB = 1_000_000
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "lol">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)
EXTERNAL = b'<!DOCTYPE x [<!ENTITY j SYSTEM "county.yaml">]>'


def swap(old: bytes, new: bytes) -> Change:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return change


def declared(doctype: bytes, old: bytes, new: bytes) -> Change:
    """A part with a document type, whose entity stands in place of something."""
    return lambda data: re.sub(rb"(<\?xml.*?\?>)", rb"\1" + doctype, swap(old, new)(data), count=1)


def behind(tag: bytes, more: bytes, times: int = 1) -> Change:
    """More elements before the end of one, made only when they are asked for."""
    return lambda data: swap(b"</%s>" % tag, more * times + b"</%s>" % tag)(data)


def long_one(tag: bytes, element: bytes, length: int) -> Change:
    """One more element, of so many letters."""
    return lambda data: behind(tag, element % (b"a" * length))(data)


A3 = b'r="A3"'
PARTS = [
    # bombs
    ("strings that unpack to 150 MB", {STRINGS: behind(b"sst", b"<si><t>a</t></si>", 9 * MB)}, TOO_LARGE),
    ("one string of 150 MB", {STRINGS: long_one(b"sst", b"<si><t>%s</t></si>", 150 * MB)}, TOO_LARGE),
    ("a picture of 150 MB of nothing", {"xl/media/x.png": lambda _: bytes(150 * MB)}, TOO_LARGE),
    ("an index of 20 MB", {BOOK: long_one(b"workbook", b"<x>%s</x>", 20 * MB)}, DAMAGED),
    ("links of 20 MB", {LINKS: long_one(b"Relationships", b"<x>%s</x>", 20 * MB)}, DAMAGED),
    # entities
    ("billion laughs in the index", {BOOK: declared(LAUGHS, b'name="Music', b'name="&j;Music')}, DAMAGED),
    ("billion laughs in a sheet", {ROOMS: declared(LAUGHS, b"<v>75</v>", b"<v>&j;</v>")}, DAMAGED),
    ("billion laughs in the strings", {STRINGS: declared(LAUGHS, b"<t>0101<", b"<t>&j;<")}, DAMAGED),
    ("a file of the machine in the index", {BOOK: declared(EXTERNAL, b'name="Music', b'name="&j;Music')}, DAMAGED),
    ("a file of the machine in a sheet", {ROOMS: declared(EXTERNAL, b"<v>75</v>", b"<v>&j;</v>")}, DAMAGED),
    ("a file of the machine in the strings", {STRINGS: declared(EXTERNAL, b"<t>0101<", b"<t>&j;<")}, DAMAGED),
    # places
    ("a cell beyond every sheet", {ROOMS: swap(A3, b'r="ZZZZZ99999999999"')}, DAMAGED),
    ("a cell beyond every sheet, in single quotes", {ROOMS: swap(A3, b"r='ZZZZZ99999999999'")}, DAMAGED),
    ("the last cell, in single quotes", {ROOMS: swap(A3, b"r='XFD1048576'")}, "as far as row 1048576"),
    ("the last cell behind a trick", {ROOMS: swap(A3, b'x=">" r="XFD1048576"')}, "as far as row 1048576"),
    ("a row without number", {ROOMS: swap(A3, b'r="A0"')}, DAMAGED),
    ("cells without places", {ROOMS: lambda d: re.sub(rb'<(row|c) r="\w+"', rb"<\1", d)}, IN_ORDER),
    ("thousands of cells without places", {ROOMS: behind(b"sheetData", b"<row>%s</row>" % (b"<c><v>1</v></c>" * 20_000))}, "has 20000 cells"),
    ("a string that is not there", {ROOMS: swap(b't="s"><v>', b't="s"><v>99999')}, DAMAGED),
    # what belongs to other workbooks
    ("a sheet elsewhere", {LINKS: swap(b"worksheets/sheet6.xml", b"../../etc/passwd")}, DAMAGED),
    ("macros", {"xl/vbaProject.bin": lambda _: b"\xd0\xcf\x11\xe0 Sub Auto_Open()"}, IN_ORDER),
    ("links to other files", {"xl/externalLinks/externalLink1.xml": lambda _: b"<externalLink/>"}, IN_ORDER),
    ("a part without end", {ROOMS: lambda data: data[: len(data) // 2]}, DAMAGED),
    ("UTF-16", {STRINGS: lambda d: re.sub(rb"<\?xml.*?\?>", b"", d).decode().encode("utf-16")}, DAMAGED),
    ("no strings", {STRINGS: lambda _: b""}, DAMAGED),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("parts", "expected"), [c[1:] for c in PARTS], ids=[c[0] for c in PARTS])
def test_parts_of_a_workbook(parts, expected, good, tmp_path):
    county, sentences = told(rebuilt(good, tmp_path / "county.xlsx", parts))

    assert any(expected in sentence for sentence in sentences) if expected else not sentences
    assert (county is None) == bool(expected)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_part_twice(good, tmp_path):
    path = rebuilt(good, tmp_path / "county.xlsx", {})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(ROOMS.upper(), b"<worksheet/>")

    assert DAMAGED in told(path)[1][0]


def test_a_part_that_lies_about_its_size(good, tmp_path):
    path = rebuilt(good, tmp_path / "x.xlsx", {STRINGS: behind(b"sst", b"<si><t>a</t></si>" * MB)})
    data = bytearray(path.read_bytes())
    entry = data.index(STRINGS.encode(), data.index(b"PK\x01\x02")) - 46
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)

    assert DAMAGED in told(path)[1][0]


def test_a_part_that_says_it_is_enormous(good, tmp_path):
    path = rebuilt(good, tmp_path / "x.xlsx", {})
    data = bytearray(path.read_bytes())
    entry = data.index(STRINGS.encode(), data.index(b"PK\x01\x02")) - 46
    data[entry + 24 : entry + 28] = (2000 * MB).to_bytes(4, "little")
    path.write_bytes(data)

    assert TOO_LARGE in told(path)[1][0]


@pytest.mark.slow
def test_a_sheet_of_a_hundred_megabytes_in_little_memory(good, tmp_path):
    """Read to its end under a limit of 6 GB (address space, of which threads reserve much)."""
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c><c r="B%d"><v>2021</v></c></row>'
    rows = b"".join(row % (n, n, n) for n in range(20, 1_000_000))
    path = rebuilt(good, tmp_path / "county.xlsx", {ROOMS: behind(b"sheetData", rows)})
    assert len(rows) > 90 * MB
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "check", path, "--lang", "en"],
        capture_output=True,
        text=True,
        timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (6000 * MB, 6000 * MB)),
    )

    assert done.returncode == 1
    assert "rows 20–10039 and 989960 more" in done.stderr
    assert "Traceback" not in done.stderr


# --- sheets that people have spoilt --------------------------------------------------------------


def put(place: str, value: object):
    sheet, _, cell = place.partition("!")
    return lambda book: book[sheet].__setitem__(cell, value)


def formatted(place: str, number_format: str):
    sheet, _, cell = place.partition("!")
    return lambda book: setattr(book[sheet][cell], "number_format", number_format)


ROOM = "Music and art rooms"
SHEETS = [
    ("formula with an error", put("rooms!D3", "#DIV/0!"), "shows the error #DIV/0!"),
    ("formula never computed", put("rooms!D3", "=[1]Sheet1!A1"), "a formula without a result"),
    ("merged cells", lambda b: b["rooms"].merge_cells("A2:A5"), "the cells A2:A5 are merged"),
    ("hidden row", lambda b: setattr(b["rooms"].row_dimensions[3], "hidden", True), "1 rows are hidden, the first is row 3"),
    ("hidden column", lambda b: setattr(b["rooms"].column_dimensions["D"], "hidden", True), "column D is hidden"),
    ("hidden column beside the table", lambda b: setattr(b["rooms"].column_dimensions["Z"], "hidden", True), IN_ORDER),
    ("hidden sheet", lambda b: setattr(b["rooms"], "sheet_state", "hidden"), "the sheet is hidden"),
    ("number shown as a date", formatted("rooms!D3", "yyyy-mm-dd"), "Area is “1900-0"),
    ("date where a number belongs", put("rooms!D3", datetime.date(2021, 9, 1)), "Area is “2021-09-01”"),
    ("number shown as a time", formatted("rooms!D3", "[h]:mm"), "expected a number"),
    ("full-width digits with a unit", put("rooms!D3", "９１．５平方米"), "expected a number without a unit"),
    ("full-width and half-width mixed", put("rooms!D3", "９1．5"), IN_ORDER),
    ("zero-width and marks of direction in a number", put("rooms!D3", "\u200f91\u200b.5\u202c"), IN_ORDER),
    ("true as an area", put("rooms!D3", True), "Area is “yes”"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "expected"), [c[1:] for c in SHEETS], ids=[c[0] for c in SHEETS])
def test_spoilt_sheets(spoil, expected, tmp_path):
    path = bad.write_workbook(tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    spoil(book)
    book.save(path)
    _, sentences = told(path)

    assert any(expected in sentence for sentence in sentences) if expected else not sentences


# --- YAML ----------------------------------------------------------------------------------------

YAML = [
    ("laughs", "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
    ("half a character", 'code: "150202"\nname: {zh: "\\ud800", en: x}\nprovince: {zh: x, en: x}\n'),
    ("a program", "!!python/object/apply:os.system ['true']\n"),
    ("nested 100,000 deep", "a: " + "{a: " * 100_000),
    ("300,000 keys", "".join(f"k{n}: 1\n" for n in range(300_000))),
    ("a long number", "code: " + "9" * 900_000),
    ("merge keys", "<<: {code: x}\n"),
    ("NUL", 'code: "15\\0"\n'),
    ("a set", "? a\n? b\n"),
    ("two documents", "a: 1\n---\na: 1\n"),
]  # fmt: skip


@pytest.mark.parametrize("text", [case[1] for case in YAML], ids=[case[0] for case in YAML])
@pytest.mark.parametrize("read", ["county", "standard", "plan"])
def test_yaml(read, text, tmp_path):
    reader, path = {
        "county": (load_county, bad.write_folder(tmp_path / "county")),
        "standard": (load_standard, tmp_path / "x.yaml"),
        "plan": (read_plan, tmp_path / "x.yaml"),
    }[read]
    (path / "county.yaml" if path.is_dir() else path).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        reader(path)

    for finding in raised.value.findings:
        assert "\n" not in finding.sentence("en") + finding.sentence("zh")


# --- text that is code elsewhere -----------------------------------------------------------------

#: Each is a name that somebody might give a school; in a report it must read as it is written.
NAMES = (
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "{{ 7*7 }} {% raw %}",
    "${7*7} $x^2$",
    '#panic("typst") #read("main.typ")',
    "*bold* _it_ `code` @ref <label>",
    "[link](http://example.org) ![](x.png)",
    "%s %(x)d {x} {0}",
    "]] \\end{document} \\input{x}",
    "-- = /* // ~ ^",
    '"); os.execute("true") --',
    "=HYPERLINK(1)",
    "&lt;b&gt; &amp; &#60;",
)


def hostile_folder(folder: Path, names=NAMES) -> Path:
    """A county in which every text is one of the names."""
    tables = bad.good_tables()
    for row, name in zip(tables["schools"][1:], [names] * 4, strict=True):
        row[1] = name[tables["schools"].index(row) % len(names)]
        row[-1] = name[-tables["schools"].index(row) % len(names)]
    template = {row[0]: row for row in tables["school_years"][1:] if row[0] == "0101"}["0101"]
    for number, name in enumerate(names):
        school = f"09{number:02d}"
        row = ["primary", "public", "7", "urban", "", "", "", "", "", name]
        tables["schools"].append([school, name, *row])
        for year in bad.YEARS:
            tables["school_years"].append([school, str(year), *template[2:]])
    for row in tables["county_years"][1:]:
        row[3] = names[1]
    bad.write_folder(folder, tables)
    record = {
        "code": "150202",
        "name": {"zh": names[1] + names[5], "en": names[3] + names[6]},
        "province": {"zh": names[0], "en": names[4]},
        "sources": [{"title": name, "note": name} for name in names],
    }
    (folder / "county.yaml").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    return folder


def test_hostile_names_are_read_as_they_are(tmp_path):
    county = load_county(hostile_folder(tmp_path / "county"))

    assert county.tables["schools"]["name"].tolist()[4:] == list(NAMES)
    assert re.fullmatch(r"[\w.-]+", county.slug)


@pytest.mark.parametrize("name", ["<script>", "$(rm x)", "a;b", "..", "{{x}}", "#panic()", "`x`", "a'b\"c"])  # fmt: skip
def test_names_of_files_and_reports(name, tmp_path, sample):
    path = tmp_path / f"{name}.xlsx"
    for file, data in zip((path, tmp_path / "standard.yaml"), sample, strict=True):
        file.write_bytes(data)

    slug = load_county(path).slug
    assert re.fullmatch(r"[\w.-]+", slug)
    assert "/" not in slug


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x07b", "a\u202eb\u202c", "\u200ba\u200fb\ufeff", "a\u2028b", "a\x85b"]
)
def test_invisible_characters_leave_no_trace(text, tmp_path):
    """In a workbook; a zero byte in CSV makes it no text at all."""
    tables = bad.good_tables()
    path = tmp_path / "county.xlsx"
    path.write_bytes(write_template(load_county(bad.write_folder(tmp_path / "c", tables)), "zh"))
    escaped = "".join(c if c > "\x1f" else f"_x{ord(c):04X}_" for c in text)
    parts = {STRINGS: swap("第一小学".encode(), escaped.encode())}
    county, sentences = told(rebuilt(path.read_bytes(), tmp_path / "x.xlsx", parts))

    assert sentences == []
    assert county.tables["schools"]["name"].iloc[0] in ("ab", "a b")


@pytest.mark.slow
def test_reports_of_a_county_full_of_hostile_names(tmp_path):
    """Web page, PDF, Word and workbook show the names letter by letter; nothing is executed."""
    from docx import Document
    from openpyxl import load_workbook
    from pypdf import PdfReader

    from analysis.report.build import write_report

    folder = hostile_folder(tmp_path / "county")
    formats = ("docx", "html", "pdf", "xlsx")
    written = write_report(folder, tmp_path / "out", formats=formats)
    files = {path.suffix: path for path in written}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"county-2021.{ending}" for ending in formats
    ]
    page = files[".html"].read_text(encoding="utf-8")
    text = re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", "", page, flags=re.DOTALL)
    shown = letters(html.unescape(text))
    pdf = letters("".join(p.extract_text() for p in PdfReader(files[".pdf"]).pages))

    parts = Document(files[".docx"]).element.body.iter()
    word = letters("".join(part.text or "" for part in parts if part.tag.endswith("}t")))
    cells = [
        cell
        for sheet in load_workbook(files[".xlsx"]).worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    written_out = {letters(str(cell.value)) for cell in cells if cell.data_type == "s"}

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    for name in NAMES:
        assert letters(name) in shown, name
        assert letters(name) in pdf, name
        assert letters(name) in word, name
        assert any(letters(name) in text for text in written_out), name


def letters(text: str) -> str:
    """Text without line breaks, hyphenation and the kind of its quotation marks and dashes."""
    for one, other in {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "--"}.items():
        text = text.replace(one, other)
    return re.sub(r"\s+|\u00ad", "", text)


# --- formulas ------------------------------------------------------------------------------------

FORMULAS = ["=1+2", "+1+2", "-1+2", "@SUM(1)", "＝1", "\t=1", "-x", '=cmd|"/c calc"!A1', "'=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_in_csv(text):
    table = pd.DataFrame({"name": [text], "value": [-5.25]})
    read = pd.read_csv(io.BytesIO(csv_bytes(table)), encoding="utf-8-sig", dtype=str)

    assert read["name"][0].startswith("'")
    assert unguarded(read["name"][0]) == text
    assert read["value"][0] == "-5.25"


@pytest.mark.parametrize(
    "text", ["-5.2", "+3", "-1e-5", "-12%", "-", "第一小学", "a=b", "'quoted'"]
)
def test_ordinary_text_and_negative_numbers_are_left_alone(text):
    assert guarded(text) == unguarded(text) == text


@settings(max_examples=300)
@given(st.text(st.sampled_from("'=+-@＝\t\r\n 1ax%"), max_size=6) | st.text(max_size=8))
def test_guarding_can_be_undone(text):
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_commands_write_no_formula(ending, tmp_path):
    folder = hostile_folder(tmp_path / "county", FORMULAS)
    out = tmp_path / f"indicators.{ending}"
    result = CliRunner().invoke(app, ["indicators", str(folder), "--out", str(out)])

    assert result.exit_code == 0, result.stderr
    if ending == "csv":
        names = pd.read_csv(out, dtype=str, encoding="utf-8-sig")["school"]
        assert not any(re.match(r"[=+\-@＝]", name) for name in names)
        assert {unguarded(name) for name in names} >= {"=1+2", "-1+2", "@SUM(1)"}
    else:
        cells = [cell for row in openpyxl.load_workbook(out).active.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        assert {cell.value for cell in cells} >= {"=1+2", "-1+2", "@SUM(1)"}


def test_guarded_text_in_csv_is_read_as_it_was(tmp_path):
    folder = bad.write_folder(tmp_path / "county")
    bad.cell("schools", 2, "name", "'=1+2")(folder)

    assert load_county(folder).tables["schools"]["name"].iloc[0] == "=1+2"


# --- any bytes at all ----------------------------------------------------------------------------

FUZZ = settings(
    max_examples=40, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)  # fmt: skip
TABLE_LIKE = st.lists(
    st.sampled_from(
        ["school_id", "year", "kind", "area_m2", ",", ";", "\t", "\n", "\r\n", '"', "0101", "2021",
         "music", "1e999", "-0", "\ufeff", "=", "１", "是", "'", "nan", "\u200b", "#"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@pytest.mark.slow
@FUZZ
@given(st.binary(max_size=200) | TABLE_LIKE.map(lambda t: t.encode()) | TABLE_LIKE.map(lambda t: t.encode("gb18030")))  # fmt: skip
def test_any_csv(tmp_path_factory, data):
    folder = bad.write_folder(tmp_path_factory.mktemp("csv"))
    (folder / "rooms.csv").write_bytes(data)
    told(folder)


@pytest.mark.slow
@FUZZ
@given(st.data())
def test_any_workbook(tmp_path_factory, good, data):
    """Bytes of one part of the archive changed, so that what is inside is seen and not the zip."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/")]
    name = data.draw(st.sampled_from(names))
    bits = st.sampled_from([b"", b"<", b">", b'"', b"'", b"/", b"&", b"0", b"99999999", b"r=", b"A", b"]]>"])  # fmt: skip

    def damage(part: bytes) -> bytes:
        for _ in range(data.draw(st.integers(1, 5))):
            at = data.draw(st.integers(0, len(part)))
            part = part[:at] + data.draw(bits) + part[at + data.draw(st.integers(0, 8)) :]
        return part

    told(rebuilt(good, tmp_path_factory.mktemp("xlsx") / "county.xlsx", {name: damage}))


YAML_LIKE = st.lists(
    st.sampled_from(
        ["code", "name", "id", "title", "entries", "extends", ": ", "\n", "  ", "- ", "{", "}", "[",
         "]", '"', "'", "zh", "en", "x", "2021", "1e9", "~", "&a ", "*a", "!x ", "|\n", "#", "? "]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@pytest.mark.slow
@FUZZ
@given(YAML_LIKE | st.text(max_size=60), st.sampled_from(["county.yaml", "standard.yaml", "plan.yaml"]))  # fmt: skip
def test_any_yaml(tmp_path_factory, text, name):
    folder = bad.write_folder(tmp_path_factory.mktemp("yaml"))
    bad.county_yaml("cn-2017", "standard.yaml")(folder)
    (folder / "standard.yaml").write_bytes(b"id: x\n")
    (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    county, _ = told(folder)

    assert county is None


def test_findings_of_any_text_are_one_line():
    finding = Finding("error", "{v}", {"v": "\u202e\x00\u2028<b>"}, "a\nb", value="x")

    assert "\n" not in finding.sentence("en")
    assert "\n" not in finding.text("zh")
