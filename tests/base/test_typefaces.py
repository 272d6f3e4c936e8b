"""Names in every script of the country are printed; what cannot be printed is named and replaced."""

import io
import random
import re
import time
import unicodedata
import zipfile

import bad_county as bad
import pandas as pd
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from analysis.base import typefaces
from analysis.base.typefaces import FURTHER, SUBSTITUTE, for_print, further, unprintable
from analysis.cli.app import app
from analysis.data.checks.tables import Tables
from analysis.data.load import load_county
from analysis.present.charts.names import short_name
from analysis.report.build import export, pages_of
from analysis.report.pages.report import Report

#: The typeface that a name needs beside the Chinese ones, by a school's name in that script.
NAMES = {
    "ᠪᠠᠭ\u180eᠠ ᠰᠤᠷᠭᠠᠭᠤᠯᠢ 蒙古族小学": "NotoSansMongolian",
    "ئۈرۈمچى شەھەرلىك مەكتەپ": "NotoNaskhArabic",
    "ལྷ་ས་གྲོང་ཁྱེར 拉萨小学": "NotoSerifTibetan",
    "ꆈꌠꁱꂷ 彝文小学": "NotoSansYi",
    "ᦟᦲᧅᦺᦑ 西双版纳小学": "NotoSansNewTaiLue",
    "ᥖᥭᥰ 德宏小学": "NotoSansTaiLe",
    "ꓡꓲ-ꓢꓴ 傈僳小学": "NotoSansLisu",
    "𖼊𖼡 苗文小学": "NotoSansMiao",
    "Өвөр Монгол": "NotoSerif",
    "Ƃouƽ Cueŋƅ n̈": "NotoSerif",
    "鿔石小学": "NotoSerifCJKsc-Regular",
}

#: Neither in a typeface of ours: Han of extension H, an emoji, a character of private use.
LACKING = "\U00031350\U0001f600\ue000"


@pytest.mark.parametrize(("name", "file"), NAMES.items())
def test_every_script_has_its_typeface(name, file):
    assert unprintable(name) == []
    assert for_print(name) == name
    assert file in [face.path.stem for face in further(name)]


@pytest.mark.parametrize("face", FURTHER, ids=lambda face: face.family)
def test_a_typeface_is_there_under_its_name_and_licence(face):
    from fontTools.ttLib import TTFont

    with TTFont(face.path) as font:
        assert font["name"].getDebugName(1) == face.family
        assert any(face.pattern.match(chr(code)) for code in font.getBestCmap())
    licence = (typefaces._FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert not face.file or face.family.replace("NewTaiLue", "New Tai Lue") in licence


@pytest.mark.parametrize("text", ["조선족 학교", "第一小学（东校区）", "Pīnyīn é", "\U00020bb7野"])
def test_the_chinese_typefaces_print_it_alone(text):
    assert further(text) == ()
    assert for_print(text) == text


def test_what_is_taken_for_usual_is_in_both_chinese_typefaces():
    usual = re.compile(f"[{typefaces._USUAL}]")
    found = {chr(code) for code in range(0x110000) if usual.match(chr(code))}
    assert {char for char in found - typefaces.chinese() if not char.isspace()} == set()


def test_what_has_no_type_is_replaced_and_invisible_marks_go():
    assert unprintable(f"希望{LACKING}小学") == sorted(LACKING)
    assert for_print(f"希望{LACKING}小学\ufe0f\u200d") == f"希望{SUBSTITUTE * 3}小学"


def test_a_short_name_in_a_chart_is_as_wide_as_a_chinese_one_and_keeps_its_marks():
    assert short_name("ᠪᠠᠭ\u180eᠠ 蒙古族小学", "zh") == "ᠪᠠᠭ\u180eᠠ 蒙古族小学"
    assert short_name("ལྷ་ས་གྲོང་ཁྱེར་གྱི་སློབ་འབྲིང་拉萨市实验小学", "zh") == "ལྷ་ས་གྲོང་ཁྱེར་གྱི་སློབ་འབྲིང་拉萨市…"


@pytest.mark.slow
def test_looking_through_many_names_is_quick():
    pick = random.Random(1)
    names = ["".join(pick.choices("东南西北中第一实验小学", k=10)) for _ in range(200_000)]
    tables = Tables({"schools": pd.DataFrame({"name": names})}, {})
    start = time.process_time()
    assert list(typefaces.check_typefaces(tables)) == []
    assert time.process_time() - start < 5  # takes 0.1 s


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small county whose schools have names in all these scripts; one cannot be printed."""
    made = bad.write_folder(tmp_path_factory.mktemp("names") / "county")
    names = list(NAMES)
    for row, some in enumerate((names[:4], names[4:8], names[8:]), 2):
        bad.cell("schools", row, "name", " ".join(some))(made)
    bad.cell("schools", 5, "name", f"希望{LACKING}小学")(made)
    return made


#: By language: what `check` says before the report is made, and `report` after it.
REMINDER = {
    "zh": f"提醒：county/schools.csv，第5行，name列：“希望{LACKING}小学”中有字体所没有的字符："
    "“\ue000”（U+E000）、“\U0001f600”（U+1F600）、“\U00031350”（U+31350）。"
    "PDF 和图中以“〓”代替，Excel、网页和 Word 正文保留原字符。请核对是否录入有误，或改用规范字",
    "en": f"warning: county/schools.csv, row 5, column name: “希望{LACKING}小学”: no typeface has "
    "“\ue000” (U+E000), “\U0001f600” (U+1F600), “\U00031350” (U+31350); in PDF files and pictures “〓” "
    "stands in its place, workbooks, Word text and web pages keep it. Check whether it was mistyped; "
    "otherwise write a standard character",
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_names_row_and_character_in_one_language(lang, folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    done = CliRunner().invoke(app, ["check", "county", "--lang", lang])
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [REMINDER[lang]]


def test_each_row_is_named_once_and_ids_only_in_the_roster():
    lacking = "第一\U0001f600\U0001f600小学"
    frames = {
        "schools": pd.DataFrame({"school_id": ["\U0001f600"], "name": [lacking]}, [2]),
        "rooms": pd.DataFrame({"school_id": ["\U0001f600"] * 2}, [2, 3]),
    }
    found = list(typefaces.check_typefaces(Tables(frames, {})))
    assert [(f.table, f.column, f.row) for f in found] == [
        ("schools", "school_id", 2),
        ("schools", "name", 2),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ᠪᠠᠭ\u180eᠠ ", "ᠪᠠᠭ\u180eᠠ"),
        ("ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ  学校", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ 学校"),
        ("می\u200cشود\u200e", "می\u200cشود"),
        ("第一\u200d小\u202f学", "第一小 学"),
    ],
)
def test_joiners_are_kept_where_they_are_letters_business(written, read, tmp_path):
    made = bad.write_folder(tmp_path / "county")
    bad.cell("schools", 2, "name", written)(made)
    assert load_county(made).tables["schools"]["name"].iloc[0] == read


def letters(text):
    """A text without spaces, joiners and marks: readers of PDF do not agree where these belong."""
    return "".join(c for c in text if unicodedata.category(c)[0] not in "ZCM")


@pytest.mark.slow
def test_every_name_is_in_the_pdf(folder):
    """Typst refuses to write an archivable PDF with a missing glyph: what is made has none."""
    report = Report.of(folder)
    data = export(pages_of(report), "pdf")
    pages = PdfReader(io.BytesIO(data)).pages
    text = letters("".join(page.extract_text() for page in pages))
    for name in map(letters, NAMES):
        # Arabic script is read back in the order in which it stands on the line, and pypdf reads a
        # Tibetan stack of two glyphs twice
        tibetan = "\u0f00" <= name[0] <= "\u0fff" and set(name) <= set(text)
        assert name in text or name[::-1] in text or tibetan, name
    assert "希望〓〓〓小学" in text
    assert letters("本文件以“〓”代替字体中没有的字符：U+E000、U+1F600、U+31350") in text
    used = {
        str(font.get_object()["/BaseFont"])
        for page in pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    for file in NAMES.values():
        assert any(file in font for font in used), file


@pytest.mark.slow
def test_other_formats_keep_the_characters(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder.parent)
    command = ["report", "county", "--out", str(tmp_path), "--format", "html,docx,xlsx,pdf"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines() == [REMINDER["zh"]]
    made = {path.suffix: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(made) == {".html", ".docx", ".xlsx", ".pdf"}
    name = f"希望{LACKING}小学"
    assert name in made[".html"].decode("utf-8")
    for ending, part in ((".docx", "word/document.xml"), (".xlsx", "xl/sharedStrings.xml")):
        with zipfile.ZipFile(io.BytesIO(made[ending])) as file:
            assert name in file.read(part).decode("utf-8"), ending
