"""What a county office gets back: its own workbook, every wrong cell marked, a list in front."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import bad_county as bad
import openpyxl
import pytest
from babel.messages import pofile
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from typer.testing import CliRunner

import analysis
from analysis import load_county, read_county
from analysis.base.files import Finding
from analysis.cli.app import app
from analysis.data.checks.tables import LISTED
from analysis.data.corrections import ADVICE, ERROR_FILL, SIGN, WARNING_FILL, write_corrections
from analysis.data.texts import cell_name


def corrected(path: Path, lang="en"):
    """The marked workbook and the findings it was made from."""
    _, findings = read_county(path)
    return openpyxl.load_workbook(io.BytesIO(write_corrections(path, findings, lang))), findings


def marks(book) -> dict[tuple[str, str], str]:
    """Marked cells by sheet and name: `error` or `warning`."""
    kinds = {ERROR_FILL: "error", WARNING_FILL: "warning"}
    return {
        (sheet.title, cell.coordinate): kinds[cell.fill.fgColor.rgb]
        for sheet in book.worksheets[1:]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb in kinds
    }


def listed(book) -> list[dict]:
    heads = [cell.value for cell in book.worksheets[0][4]]
    rows = book.worksheets[0].iter_rows(min_row=5)
    return [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in rows]


@pytest.fixture
def workbook(tmp_path) -> Path:
    """A workbook with formats of its own, a foreign sheet, a formula, a note and four mistakes."""
    path = bad.write_workbook(tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    book["rooms"]["C3"] = "dance"
    book["rooms"]["D4"] = -75
    book["rooms"]["D4"].font = Font(name="KaiTi", italic=True)
    book["rooms"]["D4"].comment = Comment("measured twice", "Zhang")
    book["school_years"]["T2"] = "many"
    book["county"]["B2"] = "1502"
    book["schools"]["B2"].fill = PatternFill("solid", fgColor="FF00FF00")
    book["schools"].column_dimensions["B"].width = 33
    notes = book.create_sheet("说明")
    notes["A1"], notes["A2"] = "our notes", "=1+1"
    book.save(path)
    return path


def test_wrong_cells_are_marked_with_a_note_and_nothing_else_changes(workbook):
    book, findings = corrected(workbook)

    assert marks(book) == {
        ("county", "B2"): "error",
        ("rooms", "C3"): "error",
        ("rooms", "D4"): "error",
        ("school_years", "T2"): "error",
    }
    assert len(findings) == 4
    note = book["rooms"]["C3"].comment.text
    assert SIGN in note
    assert "Kind is “dance”; expected one of music | art" in note
    assert book["rooms"]["D4"].font.name == "KaiTi"
    assert book["rooms"]["D4"].comment.text.startswith("measured twice\n" + SIGN)
    assert book["rooms"]["D4"].value == -75
    assert book["schools"]["B2"].fill.fgColor.rgb == "FF00FF00"
    assert book["schools"].column_dimensions["B"].width == 33
    assert book["说明"]["A2"].value == "=1+1"
    assert book.sheetnames[1:] == openpyxl.load_workbook(workbook).sheetnames


def test_first_sheet_lists_every_finding_with_a_link_to_its_cell(workbook):
    book, findings = corrected(workbook)
    rows = listed(book)

    assert [row["What is wrong"] for row in rows] == [finding.text("en") for finding in findings]
    assert {(row["Sheet or file"], row["Cell"]) for row in rows} == set(marks(book))
    assert all(row["What to do"] and row["Severity"] == "error" for row in rows)
    for row in book.worksheets[0].iter_rows(min_row=5):
        sheet, cell = row[2].value, row[3]
        assert cell.hyperlink.location == f"'{sheet}'!{cell.value}"


@pytest.mark.slow
def test_corrected_in_place_it_is_in_order(workbook, tmp_path):
    """The copy is corrected, checked again and has no mark left but the user's own note."""
    book, _ = corrected(workbook)
    book["rooms"]["C3"], book["rooms"]["D4"], book["county"]["B2"] = "art", 75, "150202"
    book["school_years"]["T2"] = None
    del book["说明"]
    copy = tmp_path / "copy.xlsx"
    book.save(copy)
    county, findings = read_county(copy)
    again = openpyxl.load_workbook(io.BytesIO(write_corrections(copy, findings, "en")))

    assert county is not None
    assert [finding.severity for finding in findings] == []
    assert marks(again) == {}
    assert again["rooms"]["C3"].comment is None
    assert again["rooms"]["D4"].comment.text == "measured twice"
    assert again.worksheets[0]["A1"].value == "Nothing to correct"
    assert [name for name in again.sheetnames if name in ("findings", "检查结果")] == ["findings"]


def test_cells_beyond_those_listed_are_marked_too(tmp_path):
    tables = bad.good_tables()
    tables["rooms"] += [["0101", "2021", "dance", "50"]] * 60
    book, findings = corrected(bad.write_workbook(tmp_path / "county.xlsx", tables))
    first = len(tables["rooms"]) - 60 + 1

    assert len(findings) == LISTED + 1
    assert set(marks(book)) == {("rooms", f"C{row}") for row in range(first, first + 60)}


def test_warnings_are_marked_otherwise(tmp_path):
    tables = bad.good_tables()
    value = tables["school_years"][0].index("equipment_value_cny")
    tables["school_years"][1][value] = "150"
    book, _ = corrected(bad.write_workbook(tmp_path / "county.xlsx", tables))

    assert marks(book) == {("school_years", cell_name(2, value + 1)): "warning"}


def put(**cells):
    """Write cells `sheet_A1=value` into a workbook."""

    def change(book):
        for place, value in cells.items():
            sheet, _, cell = place.rpartition("_")
            book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put(rooms_C1="kindd"), {("rooms", "C1")}),
        (put(rooms_E1="size"), {("rooms", "E1")}),
        (put(rooms_E1="area_m2"), {("rooms", "E1")}),
        (put(rooms_D1="Area (mu)"), {("rooms", "D1")}),
        (put(rooms_F4="x"), {("rooms", "F4")}),
        (put(rooms_D4="#REF!"), {("rooms", "D4")}),
        (put(rooms_A4="9999"), {("rooms", "A4")}),
        (put(rooms_B4=2019.5), {("rooms", "B4")}),
        (put(rooms_B4=None), {("rooms", "B4")}),
        (put(county_years_C4="mostly"), {("county_years", "C4")}),
        (put(county_years_B2="salary_teacher_cny"), {("county_years", "B2")}),
        (put(county_A2="kode"), {("county", "B2")}),
        (put(schools_A3="0101"), {("schools", "A3"), ("school_years", "A4")}),
        (put(enrolment_D2=79), {("school_years", "C2")}),
        (put(rooms_A1=""), {("rooms", "A1")}),
    ],
)
def test_the_place_of_every_kind_of_finding(change, expected, tmp_path):
    path = bad.write_workbook(tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)

    assert expected <= set(marks(corrected(path)[0]))


@pytest.mark.slow
def test_a_folder_becomes_a_workbook_with_the_same_marks(tmp_path):
    folder = bad.write_folder(tmp_path / "county")
    bad.cells(("rooms", 3, "kind", "dance"), ("schools", 2, "name", "=HYPERLINK(1)"))(folder)
    book, _ = corrected(folder)

    assert set(marks(book)) == {("rooms", "C3")}
    assert book["rooms"]["A2"].value == "0101"
    assert (book["schools"]["B2"].value, book["schools"]["B2"].data_type) == ("=HYPERLINK(1)", "s")
    book["rooms"]["C3"] = "art"
    book.save(tmp_path / "county.xlsx")
    county = load_county(tmp_path / "county.xlsx")
    bad.cell("rooms", 3, "kind", "art")(folder)
    assert county.fingerprint == load_county(folder).fingerprint


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_of_what_cannot_be_opened_there_is_a_list(data, tmp_path):
    path = tmp_path / "county.xlsx"
    path.write_bytes(data)
    book, findings = corrected(path)

    assert len(book.sheetnames) == 1
    assert [row["What is wrong"] for row in listed(book)] == [f.text("en") for f in findings]


def test_advice_belongs_to_messages_that_exist():
    package = Path(analysis.__file__).parent
    with (package / "base" / "locale" / "zh.po").open("rb") as file:
        known = {message.id for message in pofile.read_po(file)}
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in package.rglob("*.py")
        if path.name != "corrections.py"
    )
    for message in ADVICE:
        assert message in known
        assert f'"{message}"' in source


def test_findings_that_look_like_formulas_stay_text(tmp_path):
    finding = Finding("error", "“{v}”", {"v": "=1"}, "=cmd|x", value="=1+1")
    data = write_corrections(tmp_path / "none.xlsx", [finding], "en")
    for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows():
        assert all(cell.data_type in ("s", "n") for cell in row)


# --- the command ---------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.slow
def test_check_out_writes_the_workbook_and_still_fails(workbook, tmp_path):
    before = workbook.read_bytes()
    out = tmp_path / "findings.xlsx"
    result = run("check", workbook, "--out", out)

    assert result.exit_code == 1
    assert len(marks(openpyxl.load_workbook(out))) == 4
    assert workbook.read_bytes() == before
    assert run("check", "340207-jiujiang", "--out", out).exit_code == 0
    assert run("check", "340207-jiujiang", workbook, "--out", out).exit_code == 2
    assert run("check", workbook, "--out", tmp_path / "x.csv").exit_code == 2
    result = run("check", workbook, "--out", workbook, "--lang", "en")
    assert (result.exit_code, workbook.read_bytes()) == (1, before)
    assert "is what is to be checked; give the copy another name" in result.stderr


def test_a_sheet_of_the_user_that_is_called_findings_is_kept(workbook):
    book = openpyxl.load_workbook(workbook)
    book.create_sheet("findings")["A1"] = "mine"
    book.save(workbook)
    copy, _ = corrected(workbook)

    assert copy["findings"]["A1"].value == "mine"
    assert copy.worksheets[0]["G4"].value == "What is wrong"


def test_macros_are_not_handed_back(workbook):
    with zipfile.ZipFile(workbook, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    names = zipfile.ZipFile(io.BytesIO(write_corrections(workbook, [], "en"))).namelist()

    assert not [name for name in names if "vba" in name.lower()]


@pytest.mark.system
def test_libreoffice_shows_list_and_marks(workbook, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("libreoffice is not installed (only .ci/run installs it)")
    path = tmp_path / "findings.xlsx"
    path.write_bytes(write_corrections(workbook, read_county(workbook)[1], "zh"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for kind in ("pdf", "xlsx"):
        command = [office, profile, "--headless", "--convert-to", kind, "--outdir"]
        done = [*command, tmp_path / "out", path]
        subprocess.run(done, check=True, capture_output=True, timeout=180)
    from pypdf import PdfReader

    text = PdfReader(tmp_path / "out" / "findings.pdf").pages[0].extract_text()
    book = openpyxl.load_workbook(tmp_path / "out" / "findings.xlsx")

    assert "须更正4处" in text
    assert "dance" in text
    assert len(marks(book)) == 4
    assert SIGN in book["rooms"]["C3"].comment.text
    assert book.worksheets[0]["D5"].hyperlink.location is not None
