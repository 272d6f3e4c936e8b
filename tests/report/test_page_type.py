"""Typefaces in the web page: all its characters, pictures in the page itself, no id twice."""

import base64
import html
import io
import re

import pytest
from browsing import opened
from fontTools.ttLib import TTFont

from analysis import analyze
from analysis.base.typefaces import font_files
from analysis.report.build import export, pages_of
from analysis.report.page_type import with_typefaces
from analysis.report.pages.report import Report

_FACE = re.compile(
    r'@font-face \{ font-family: "([^"]+)"; src: url\(data:font/woff;base64,([^)]+)\)'
)


def faces(page):
    return {name: TTFont(io.BytesIO(base64.b64decode(data))) for name, data in _FACE.findall(page)}


def seen(page):
    """The characters of a page that have a form."""
    page = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    return set(html.unescape(re.sub(r"<[^>]*>", "", page))) - set("\n\r\t")


def small(body):
    """A page whose style sheet and script write labels."""
    return (
        '<html data-filter="筛选"><head><style>\n:root { --table: "表"; }\n</style></head>'
        f"<body>{body}<script>'▲'</script></body></html>"
    )


def drawing(text, name="p1"):
    svg = (
        '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="9pt"><metadata>m</metadata><defs>'
        f'<style type="text/css">*{{}}</style></defs><g id="figure_1"><clipPath id="{name}"/>'
        f'<g clip-path="url(#{name})"><text>{text}</text></g></g></svg>'
    )
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" alt="a &amp; b">'


def test_each_typeface_has_what_stands_in_it():
    page = with_typefaces(small("<h2>标题</h2><p>正文㐀</p>" + drawing("图画")))
    found = {name: set(map(chr, font.getBestCmap())) for name, font in faces(page).items()}
    assert list(found) == list(font_files())
    sans, serif = found.values()
    assert set("标题图画筛选表▲9") <= sans
    assert not set("正文") & sans
    assert set("标题正文图画筛选表▲9") <= serif
    assert len(serif) < 200


def test_letters_that_change_by_their_neighbours_keep_their_rules():
    found = faces(with_typefaces(small("<p>བོད་ཡིག</p>")))
    assert "GSUB" in found["Noto Serif Tibetan"]


def test_pictures_stand_in_the_page_under_names_of_their_own():
    page = with_typefaces(small(drawing("一") + drawing("二")))
    assert "<img" not in page
    assert "metadata" not in page
    assert page.count('<svg role="img" aria-label="a &amp; b"') == 2
    assert page.count("<style") == 1
    assert re.findall(r' id="([^"]+)"', page) == ["p1-p1", "p2-p1"]
    assert re.findall(r"url\(#([^)]+)\)", page) == ["p1-p1", "p2-p1"]


def test_the_same_page_has_the_same_bytes():
    body = small("<p>同一页</p>" + drawing("图"))
    assert with_typefaces(body) == with_typefaces(body)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_brings_all_its_characters(lang):
    page = export(pages_of(Report(analyze("230505-sifangtai"), lang)), "html").decode("utf-8")
    found = faces(page)["Noto Serif CJK SC"]
    assert {char for char in seen(page) if ord(char) not in found.getBestCmap()} == set()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)
    assert len(page) < 1_000_000


@pytest.mark.system
@pytest.mark.slow
def test_a_browser_takes_the_typefaces_of_the_page(chromium, tmp_path):
    body = small("<p style=\"font-family: 'Noto Serif CJK SC'\">正文</p>" + drawing("图"))
    body = body.replace("<text>", "<text style=\"font-family: 'Noto Sans CJK SC'\">")
    file = tmp_path / "page.html"
    file.write_text(with_typefaces(body), encoding="utf-8")
    shown = opened(chromium, file)
    shown.evaluate("document.fonts.ready.then(() => 0)")
    loaded = "[...document.fonts].map(face => face.status)"
    assert shown.evaluate(loaded)[1] == "loaded"
    shown.close()
