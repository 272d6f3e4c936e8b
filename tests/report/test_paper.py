"""Tables on paper: written by us, they are what pandoc would write."""

import pytest

from analysis.present.tables.grid import Cell, Grid
from analysis.report.exporters import TEMPLATES, _pandoc
from analysis.report.paper import give_tables

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
    head += "#let lines = (bottom: 1pt)\n#let head-lines = lines\n"
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
