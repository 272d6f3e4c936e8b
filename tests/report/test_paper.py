"""Tables on paper: written by us, they are what pandoc would write."""

import html
import json
import random
import re
from importlib import resources

import pytest
from babel.messages import pofile

from analysis.base.typefaces import families, font_folders
from analysis.present.tables.grid import Cell, Grid
from analysis.report.exporters import TEMPLATES, _pandoc
from analysis.report.natural import lines_of, natural_widths
from analysis.report.paper import _text, give_tables

MESSAGES = resources.files("analysis.base").joinpath("locale", "zh.po")
FILTER = f"--lua-filter={TEMPLATES / 'to_typst.lua'}"


def _grid(*texts: str) -> Grid:
    rows = tuple(
        (Cell(text), Cell(text, True, "short"), Cell("1", True, bar=0.4)) for text in texts
    )
    return Grid("Caption #1 *x*", ("A", "B\n(m²)", "C"), rows, tight=True)


def _typst(body: str, tmp_path) -> str:
    """The text of a body set by Typst."""
    import pypdf
    import typst

    head = "#let fills = (short: red)\n#let bar(a, b) = none\n#let tight(body) = body\n"
    head += "#let lines = (bottom: 1pt)\n#let head-lines = lines\n#let tight-row(lines) = auto\n"
    (tmp_path / "a.typ").write_text(head + body, encoding="utf-8")
    typst.compile(str(tmp_path / "a.typ"), output=str(tmp_path / "a.pdf"))
    pages = pypdf.PdfReader(tmp_path / "a.pdf").pages
    return "".join(page.extract_text() for page in pages)


NASTY = (
    "#let x = 1", "*not bold*", "_x_ `y` $z$", "[a](b) <c> @d ~", "= 100%", "- 1", "-80.8%", "1. x", "+ a", "/ b: c",
    "a // b /* c */", "https://example.org", "\\ \\u{41}", "“x” ‘y’ 's \"t\"", "— – --", "a\u00a0b", "{ } ; ,",
    "3.", ".5", "1...2", "7.35", "2. ", "1,388 (7.35%)", "x: y; z!", "? & ^ |", "1.5.2 x",
)  # fmt: skip


def test_a_line_break_in_a_cell_loses_no_row():
    ours = give_tables(_grid("one\nmore", "x").to_html(), str)

    assert "one\nmore" in ours
    assert "[x]" in ours


def test_every_row_has_a_cell_for_every_head():
    with pytest.raises(ValueError, match="row 2 has 1 cells, the head 2"):
        Grid("c", ("A", "B"), ((Cell("x"), Cell("y")), (Cell("x"),)))


@pytest.mark.parametrize("text", NASTY)
def test_a_cell_says_what_it_says_in_pandocs_table(text, tmp_path):
    page = _grid(text, "x").to_html()
    ours = give_tables(page, lambda rest: _pandoc(rest, "typst", FILTER))

    assert "#figure(align(center)" in ours
    assert _typst(ours, tmp_path) == _typst(
        "#tight[\n" + _pandoc(page, "typst", FILTER) + "]", tmp_path
    )


WIDE = (
    "小学", "Sports area", "1,388 (7.35%)", "九年一贯制学校02（民办）", "≥ 4.5平方米", "2022年：3所", "WWW mmm iii",
    "A—B", "○", "“引号”", "达到 ×", "14 / 14", "G11.backbone",
)  # fmt: skip


SET_UP = """#import "report.typ": bar, fills, head-lines, cell-leading, lines, plain-inset, plain-row, tight-row, serif, sans, tight
#set page(margin: (x: 20mm))
#set text(font: serif, fallback: false, lang: "zh", size: 10.5pt)
#set table(inset: plain-inset)
#show table: set text(size: 9pt, number-width: "tabular")
#show table: set par(justify: false, leading: cell-leading)
#show table.cell.where(y: 0): set text(font: sans)
"""


def _said(body: str, tmp_path) -> str:
    """What the last page says, set with the report's own styles."""
    import pypdf
    import typst

    (tmp_path / "report.typ").write_bytes((TEMPLATES / "report.typ").read_bytes())
    (tmp_path / "a.typ").write_text(SET_UP + body, encoding="utf-8")
    typst.compile(
        str(tmp_path / "a.typ"),
        output=str(tmp_path / "a.pdf"),
        font_paths=font_folders(""),
        ignore_system_fonts=True,
        sys_inputs={"lang": "zh", "words": "{}", "typefaces": json.dumps(families(""))},
    )
    return pypdf.PdfReader(tmp_path / "a.pdf").pages[-1].extract_text()


def _ends(tables: list[str], tmp_path) -> list[tuple[float, float]]:
    """Where the figure in the last cell of each table ends (points): right and down."""
    page = []
    for number, table in enumerate(tables):
        page += ["#pagebreak(weak: true)", table.replace("[1]", f"[1#metadata(0)<end-{number}>]")]
    page.append("#pagebreak()")
    for number in range(len(tables)):
        page.append(
            f"#context {{ let at = locate(<end-{number}>).position(); [P#at.x.pt(),#at.y.pt() E ] }}"
        )
    told = _said("\n".join(page), tmp_path)
    return [(float(x), float(y)) for x, y in re.findall(r"P(\d+\.?\d*),(\d+\.?\d*)\sE", told)]


@pytest.mark.parametrize("tight", [False, True])
def test_columns_of_a_narrow_table_are_as_wide_as_typst_makes_them(tight, tmp_path):
    given = []
    for text in WIDE:
        grid = Grid("c", (text, "B"), ((Cell(text), Cell("1", True)),), tight=tight)
        typst = html.unescape(give_tables(grid.to_html(), str))
        table = re.search(r"#table\(.*\)(?=\], caption)", typst, re.DOTALL)[0]
        given.append(f"#tight[{table}]" if tight else table)
    assert all("mm, " in table for table in given)
    found = [re.sub(r"columns: \(.*?\),", "columns: 2,", table, count=1) for table in given]
    places = _ends(given + found, tmp_path)
    assert len(places) == 2 * len(WIDE)
    for text, (x, y), (x_auto, y_auto) in zip(
        WIDE, places[: len(WIDE)], places[len(WIDE) :], strict=True
    ):
        assert y == pytest.approx(y_auto, abs=0.1), text
        # two quotation marks are narrower at the ends of a line
        assert x_auto - 0.5 <= x <= x_auto + 10, text


@pytest.mark.parametrize("text", ["བོད་", "ᠮᠣᠩᠭᠣᠯ", "ꆈꌠ", "é", "\u2009"])
def test_of_other_scripts_typst_finds_the_width(text):
    assert natural_widths([text, "B"], [["1", "2"]], "plain") == []


def test_of_a_table_wider_than_the_page_typst_finds_the_widths():
    assert natural_widths(["甲" * 30, "B"], [["1", "2"]], "plain")
    assert natural_widths(["甲" * 60, "B"], [["1", "2"]], "plain") == []


def test_rows_of_known_height_are_as_high_as_typst_makes_them(tmp_path):
    # sentences of both languages, in columns of all widths: what a report could say
    with MESSAGES.open("rb") as file:
        said = [
            (message.id, message.string)
            for message in pofile.read_po(file)
            if isinstance(message.id, str) and 2 < len(message.id) < 90
        ]
    draw = random.Random(7)
    texts = [_plain(text) for pair in draw.sample(said, 400) for text in pair]
    shares = [draw.choice((0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)) for _ in texts]
    kinds = ["tight", "plain"] * 400
    lines = [
        lines_of([[text]], [share], kind)[0]
        for text, share, kind in zip(texts, shares, kinds, strict=True)
    ]
    known = [n for n, count in enumerate(lines) if count]
    assert len(known) > 0.4 * len(texts)
    assert {1, 2} <= {lines[n] for n in known}

    body = []
    for n in known:
        # the head is empty: the row alone makes the difference
        table = (
            f"table(columns: ({100 * shares[n]}%,), rows: (1pt, HEIGHT), table.header([]), "
            f"[{_text(texts[n])}])"
        )
        heights = [
            f"measure({table.replace('HEIGHT', height)}, width: 170mm).height"
            for height in (f"{kinds[n]}-row({lines[n]})", "auto")
        ]
        same = f"#context {{ if calc.abs({heights[0]} - {heights[1]}) > 0.01pt [X{n} E ] }}"
        body.append(f"#tight[{same}]" if kinds[n] == "tight" else same)
    told = _said("\n".join(body) + "\nend", tmp_path)
    assert [texts[int(n)] for n in re.findall(r"X(\d+)\sE", told)] == []
    assert "end" in told


def _plain(text: str) -> str:
    """A message as a cell could say it."""
    return re.sub(r"\{\w*\}", "12", text).replace("\n", " ").strip()


def test_a_text_of_another_script_leaves_its_row_to_typst():
    assert lines_of([["小学", "1"], ["བོད་", "1"]], [0.5, 0.5], "plain") == [1, 0]


def test_a_word_that_might_not_fit_leaves_its_row_to_typst():
    assert lines_of([["incomprehensibility of it"]], [0.1], "plain") == [0]
    # a row is as high as its highest cell, where the others cannot be higher
    assert lines_of([["甲乙丙丁戊己", "1"], ["甲", "1\n2"]], [0.1, 0.9], "plain") == [2, 2]
