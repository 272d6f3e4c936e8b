"""A report's web page -> Word document in the style of official documents (GB/T 9704), to be edited.

Pandoc reads the page; this module gives what it writes the look of an official document: paper and
margins, type, numbered headings, contents, captions with fields, tables that keep their heads.
"""

from __future__ import annotations

import base64
import copy
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from ..base.files import N_, problem
from ..base.typefaces import font_folders, picture_for_print

FILTER = Path(__file__).parent / "templates" / "to_word.lua"

#: GB/T 9704—2012, 5.2: A4, margins (mm) top 37, left 28, type area 156 x 225.
PAGE, TOP, BOTTOM, LEFT, RIGHT = (210, 297), 37, 35, 28, 26

#: Dots per inch of pictures, and their largest height (mm).
RESOLUTION, TALLEST = 300, 165

SHADES = {
    "StatusNear": "FDF3D5",
    "StatusShort": "F9DEDB",
    "StatusNotMet": "F9DEDB",
    "StatusNotAssessed": "E8E8E8",
}

#: Typefaces of official documents and what stands in for them where they are not installed.
FALLBACKS = {
    "仿宋_GB2312": "仿宋,FangSong,Noto Serif CJK SC",
    "楷体_GB2312": "楷体,KaiTi,Noto Serif CJK SC",
    "黑体": "SimHei,Noto Sans CJK SC",
    "方正小标宋简体": "方正小标宋_GBK,华文中宋,宋体,Noto Serif CJK SC",
    "宋体": "SimSun,Noto Serif CJK SC",
    "Times New Roman": "Liberation Serif",
    "Arial": "Liberation Sans",
}


@dataclass(frozen=True)
class Look:
    """Sizes (pt) and typefaces of one language."""

    body: float
    line: float
    title: float
    heading: tuple[str, str]
    """Latin typeface of the headings of both levels."""
    indent: int
    """First line of a paragraph, in characters."""


LOOKS = {
    # 三号仿宋, lines of 28 pt, title 二号小标宋
    "zh": Look(16, 28, 22, ("Times New Roman", "Times New Roman"), 2),
    "en": Look(12, 20, 22, ("Arial", "Arial"), 0),
}


def docx_from_html(page: str, metadata: dict) -> bytes:
    """Write a report's web page as a Word document.

    Parameters
    ----------
    page : str
        As from `ReportHTMLExporter`.
    metadata : dict
        As from `document_metadata`.

    Returns
    -------
    bytes
        A .docx file; the same input gives the same bytes.

    Raises
    ------
    InputError
        A picture cannot be drawn.
    """
    import pypandoc

    with tempfile.TemporaryDirectory(prefix="junheng-") as folder:
        root = Path(folder)
        # the sticky mark of the web page is the running head's business on paper
        page = re.sub(r'<p class="mark".*?</p>', "", page, count=1, flags=re.DOTALL)
        page = _pictures_to_files(page, root)
        path = root / "report.docx"
        pypandoc.convert_text(
            page,
            "docx",
            format="html-auto_identifiers",
            outputfile=str(path),
            extra_args=[
                "--quiet",
                f"--lua-filter={FILTER}",
                f"--resource-path={root}",
            ],
        )
        document = docx.Document(str(path))
    look = LOOKS[metadata["lang"]]
    _set_styles(document, look, metadata["lang"])
    _number_headings(document, look, metadata["lang"])
    _set_paragraphs(document, look)
    _set_paper(document)
    _set_tables(document)
    _set_pictures(document)
    _number_captions(document, metadata)
    _write_contents(document, metadata)
    _write_head_and_foot(document, metadata)
    _set_properties(document, metadata)
    return _packed(document)


# --- pictures --------------------------------------------------------------------------------------


def _pictures_to_files(page: str, root: Path) -> str:
    """Draw the embedded pictures as PNG files: a picture looks the same whatever fonts are installed."""
    import typst

    sources = []

    def replace(found: re.Match) -> str:
        sources.append(base64.b64decode(found[1]))
        return f'src="picture-{len(sources):03d}.png"'

    page = re.sub(r'src="data:image/svg\+xml;base64,([^"]+)"', replace, page)
    if not sources:
        return page
    drawings = [picture_for_print(source.decode("utf-8")) for source in sources]
    for number, drawing in enumerate(drawings, 1):
        (root / f"picture-{number:03d}.svg").write_text(drawing, encoding="utf-8", newline="")
    lines = "\n#pagebreak()\n".join(
        f'#image("picture-{number:03d}.svg")' for number in range(1, len(sources) + 1)
    )
    setting = "#set page(width: auto, height: auto, margin: 0pt)\n"
    (root / "pictures.typ").write_text(setting + lines, encoding="utf-8")
    try:
        drawn = typst.compile(
            str(root / "pictures.typ"),
            root=str(root),
            font_paths=font_folders("".join(drawings)),
            ignore_system_fonts=True,
            format="png",
            ppi=RESOLUTION,
        )
    except typst.TypstError as error:
        raise problem(N_("a picture could not be drawn: {reason}"), reason=error) from error
    drawn = drawn if isinstance(drawn, list) else [drawn]
    for number, data in enumerate(drawn, 1):
        (root / f"picture-{number:03d}.png").write_bytes(data)
    return page


def _set_pictures(document) -> None:
    """Pictures in their own size, or as wide as the text; room for heading and paragraph above."""
    for shape in document.inline_shapes:
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        image = document.part.related_parts[blip.embed].image
        width = Emu(int(image.px_width / RESOLUTION * 914400))
        ratio = image.px_height / image.px_width
        width = min(width, Mm(PAGE[0] - LEFT - RIGHT), Emu(int(Mm(TALLEST) / ratio)))
        shape.height = Emu(round(width * ratio))
        shape.width = width


# --- styles ----------------------------------------------------------------------------------------


def _set_styles(document, look: Look, lang: str) -> None:
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(_fonts("Times New Roman", "仿宋_GB2312"))
    # Latin text is no Chinese: a number must not be broken at the end of a line
    defaults.append(
        parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>')
    )

    def style(name: str, *, size=None, east="仿宋_GB2312", latin="Times New Roman", bold=False,
              align=None, line=None, before=0.0, after=0.0, indent=0, colour=None, keep=False,
              base="Normal", level=None) -> None:  # fmt: skip
        known = name in [each.name for each in styles]
        own = name.startswith(("Table Text", "Table Head"))
        found = (
            styles[name]
            if known
            else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=not own)
        )
        for tag in ("w:rPr", "w:pPr"):
            for old in found.element.findall(qn(tag)):
                found.element.remove(old)
        if name != "Normal":
            found.base_style = styles[base]
        run = found.element.get_or_add_rPr()
        run.append(_fonts(latin, east))
        found.font.bold = bold
        found.font.italic = False
        found.font.size = Pt(size or look.body)
        found.font.color.rgb = RGBColor.from_string(colour or "000000")
        form = found.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.alignment = align
        form.keep_with_next = keep
        form.widow_control = True
        if line:
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
        else:
            form.line_spacing = 1.0
        if indent:
            _indent(found.element.get_or_add_pPr(), look)
        if level is not None:
            found.element.get_or_add_pPr().append(
                parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level}"/>')
            )
        found.hidden = False
        found.quick_style = True

    both, centre = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.CENTER
    zh = lang == "zh"
    gap = 0 if zh else 6
    style("Normal", line=look.line)
    for name in ("Body Text", "First Paragraph", "Compact"):
        style(name, align=both, line=look.line, indent=look.indent, after=gap)
    sans, song = {"east": "黑体"}, {"east": "方正小标宋简体"}
    style("Title", size=look.title + 14, align=centre, before=70, after=10, **song)
    style("Subtitle", size=look.title, align=centre, after=10, **song)
    style("Edition", east="楷体_GB2312", align=centre, after=30)
    style("Synthetic Note", size=look.body - 2, align=centre, before=14, after=14, **sans)
    style("Signature Line", size=look.body - 2, align=WD_ALIGN_PARAGRAPH.RIGHT, before=60)
    for name in ("Verdict Met", "Verdict Not Met", "Verdict Not Assessed"):
        style(name, line=look.line, align=both, indent=look.indent, after=gap)
    style("Heading 1", latin=look.heading[0], bold=not zh, line=look.line, before=14, after=7,
          keep=True, indent=look.indent, level=0, **sans)  # fmt: skip
    style("Heading 2", latin=look.heading[1], bold=not zh, line=look.line, before=7, after=4,
          keep=True, indent=look.indent, level=1, east="楷体_GB2312")  # fmt: skip
    style("Captioned Figure", align=centre, before=6, keep=True)
    style("Image Caption", size=10.5, align=centre, after=10, bold=not zh, **sans)
    style("Table Caption", size=10.5, align=centre, before=10, after=4, keep=True, bold=not zh,
          **sans)  # fmt: skip
    style("TOC Heading", latin=look.heading[0], align=centre, after=14, bold=not zh, **sans)
    small = 14 if zh else 11
    style("TOC 1", size=small, line=23 if zh else 17, **sans)
    style("TOC 2", size=small, line=22 if zh else 15)
    styles["TOC 2"].paragraph_format.left_indent = Pt(2 * small)
    for name in ("TOC 1", "TOC 2"):
        _contents_tab(styles[name].element.get_or_add_pPr())
    for size in (10.5, 9.0, 7.5):
        style(f"Table Text {size:g}", size=size, line=size * 1.35, before=1, after=1)
        style(f"Table Head {size:g}", size=size, line=size * 1.35, before=1, after=1, align=centre,
              bold=not zh, keep=True, **sans)  # fmt: skip
    style("Header", size=9, align=centre, colour="444444", east="宋体")
    style("Footer", size=14, east="宋体")
    for name, colour in (("Met", "3B6FA0"), ("Not Met", "C0392B"), ("Not Assessed", "8A8A8A")):
        _box(styles[f"Verdict {name}"].element.get_or_add_pPr(), colour, "F6F6F6")
    _box(styles["Synthetic Note"].element.get_or_add_pPr(), "E5CF8A", "FDF3D5")
    for name in ("TOC 1", "TOC 2"):
        styles[name].element.find(qn("w:name")).set(qn("w:val"), name.lower())
    # the fonts' fallbacks, for programs that do not have those of official documents
    (fonts,) = (
        part
        for part in document.part.package.iter_parts()
        if part.partname == "/word/fontTable.xml"
    )
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    fonts._blob = f"<w:fonts {nsdecls('w')}>{entries}</w:fonts>".encode()


def _fonts(latin: str, east: str):
    return parse_xml(
        f'<w:rFonts {nsdecls("w")} w:ascii="{latin}" w:hAnsi="{latin}" w:cs="{latin}" '
        f'w:eastAsia="{east}"/>'
    )


def _indent(properties, look: Look) -> None:
    """First line indented by characters; in twentieths of a point where that is not understood."""
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    if look.indent:
        properties.insert_element_before(
            parse_xml(
                f'<w:ind {nsdecls("w")} w:left="0" w:firstLineChars="{look.indent * 100}" '
                f'w:firstLine="{round(look.indent * look.body * 20)}"/>'
            ),
            *("w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"),
        )


def _box(properties, colour: str, fill: str) -> None:
    """A coloured bar on the left and a light ground."""
    before = ("w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")
    properties.insert_element_before(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="36" w:space="8" '
            f'w:color="{colour}"/></w:pBdr>'
        ),
        *before,
    )
    properties.insert_element_before(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'), *before
    )


def _contents_tab(properties) -> None:
    width = round(Mm(PAGE[0] - LEFT - RIGHT).twips)
    properties.insert_element_before(
        parse_xml(
            f'<w:tabs {nsdecls("w")}><w:tab w:val="right" w:leader="dot" w:pos="{width}"/></w:tabs>'
        ),
        *("w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"),
    )


# --- headings, paragraphs, lists -------------------------------------------------------------------

#: Number of our list of headings; pandoc counts its own from 1000.
HEADINGS = 900


def _number_headings(document, look: Look, lang: str) -> None:
    """Headings number themselves: 一、 and （一）, in English 1 and 1.1."""
    forms = {
        "zh": (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）")),
        "en": (("decimal", "%1  "), ("decimal", "%1.%2  ")),
    }[lang]
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{number}"/>'
        f'<w:pStyle w:val="Heading{level + 1}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="0" w:firstLine="{round(look.indent * look.body * 20)}"/></w:pPr></w:lvl>'
        for level, (number, text) in enumerate(forms)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{HEADINGS}">'
            f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        ),
    )
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{HEADINGS}"><w:abstractNumId w:val="{HEADINGS}"/></w:num>'
        )
    )
    for level in range(2):
        properties = document.styles[f"Heading {level + 1}"].element.get_or_add_pPr()
        properties.insert_element_before(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{HEADINGS}"/></w:numPr>'
            ),
            *("w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"),
        )


def _set_paragraphs(document, look: Look) -> None:
    """Items of lists begin like paragraphs; what introduces a picture stays with it."""
    paragraphs = document.paragraphs
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], None], strict=True):
        properties = paragraph._p.get_or_add_pPr()
        if properties.numPr is not None:
            _indent(properties, look)
        if following is not None and following.style.name == "Captioned Figure":
            paragraph.paragraph_format.keep_with_next = True
    for level in document.part.numbering_part.element.iter(qn("w:lvl")):
        if level.find(qn("w:suff")) is None:
            level.find(qn("w:lvlText")).addprevious(
                parse_xml(f'<w:suff {nsdecls("w")} w:val="space"/>')
            )


# --- paper -----------------------------------------------------------------------------------------


def _blocks(document) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables of the body in their order."""
    for child in document.element.body:
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)


def _chapters(document) -> list[list[Paragraph | Table]]:
    """The body cut at its chapters; the first piece is the cover."""
    chapters: list[list] = [[]]
    for block in _blocks(document):
        if isinstance(block, Paragraph) and block.style.name == "Heading 1":
            chapters.append([])
        chapters[-1].append(block)
    return chapters


def _set_paper(document) -> None:
    """A4 upright with the margins of official documents; chapters of wide tables lie across."""
    last = document.element.body.sectPr
    _paper(last, across=False)
    chapters = _chapters(document)
    across = [_lies_across(chapter) for chapter in chapters]
    for number in range(1, len(chapters)):
        if across[number] == across[number - 1]:
            continue
        # a section's properties stand in its last paragraph
        end = parse_xml(
            f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" '
            f'w:lineRule="exact"/></w:pPr></w:p>'
        )
        section = copy.deepcopy(last)
        _paper(section, across[number - 1])
        end.pPr.append(section)
        chapters[number][0]._p.addprevious(end)
    _paper(last, across[-1])
    if len(chapters) > 1 and not across[1]:
        chapters[1][0].paragraph_format.page_break_before = True


def _paper(section, across: bool) -> None:
    width, height = (PAGE[1], PAGE[0]) if across else PAGE
    top, bottom, left, right = (LEFT, RIGHT, BOTTOM, TOP) if across else (TOP, BOTTOM, LEFT, RIGHT)
    for tag in ("w:pgSz", "w:pgMar"):
        for old in section.findall(qn(tag)):
            section.remove(old)
    orient = ' w:orient="landscape"' if across else ""
    size = f'<w:pgSz {nsdecls("w")} w:w="{Mm(width).twips}" w:h="{Mm(height).twips}"{orient}/>'
    head, foot = (15, 14) if across else (22, 24)
    margins = (
        f'<w:pgMar {nsdecls("w")} w:top="{Mm(top).twips}" w:right="{Mm(right).twips}" '
        f'w:bottom="{Mm(bottom).twips}" w:left="{Mm(left).twips}" w:header="{Mm(head).twips}" '
        f'w:footer="{Mm(foot).twips}" w:gutter="0"/>'
    )
    before = ("w:cols", "w:titlePg", "w:docGrid")
    section.insert_element_before(parse_xml(size), *before)
    section.insert_element_before(parse_xml(margins), *before)


def _lies_across(chapter: list[Paragraph | Table]) -> bool:
    """Whether a chapter has a table too wide for an upright page, and no picture."""
    pictures = any(
        isinstance(block, Paragraph) and block.style.name == "Captioned Figure" for block in chapter
    )
    tables = [block for block in chapter if isinstance(block, Table)]
    room = Mm(PAGE[0] - LEFT - RIGHT).pt
    # a little too wide is better than a page turned round: some cells take two lines
    return not pictures and any(_least(table) * SIZES[-1] / 2 > 1.15 * room for table in tables)


# --- tables ----------------------------------------------------------------------------------------

#: Type sizes (pt): 五号, 小五, 六号.
SIZES = (10.5, 9.0, 7.5)

#: Width (half-width characters) from which the text of a column may be broken into lines.
SENTENCE = 24


def _width(text: str) -> float:
    """Width in half-width characters."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _natural(table: Table) -> list[float]:
    """Width that each column would like to have, in half-width characters, space included."""
    rows = [[_cell_text(cell) for cell in row.findall(qn("w:tc"))] for row in table._tbl.tr_lst]
    heads = _heads(table)
    widths = [4.0] * max(len(row) for row in rows)
    # a head may take two lines, three where there are many columns
    share = 0.5 if len(widths) < 10 else 0.35
    for number, row in enumerate(rows):
        head = number < heads
        for column, text in enumerate(row):
            lines = text.split("\n")
            width = max(_width(line) for line in lines) * (share if head else 1.0)
            # a word of letters cannot be broken; heads are bold in English
            words = [len(word) * (1.2 if head else 1.05) for word in re.findall(r"[A-Za-z]+", text)]
            width = max([min(width, 14 if head else 48), *words])
            widths[column] = max(widths[column], width)
    return [width + 2.5 for width in widths]


def _least(table: Table) -> float:
    """Width that a table needs if its sentences are broken into lines."""
    return sum(min(width, SENTENCE) for width in _natural(table))


def _cell_text(cell) -> str:
    return "".join(
        "\n" if node.tag == qn("w:br") else node.text or ""
        for node in cell.iter(qn("w:t"), qn("w:br"))
    )


def _heads(table: Table) -> int:
    return sum(
        row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table._tbl.tr_lst
    )


def _set_tables(document) -> None:
    chapters = _chapters(document)
    for chapter in chapters:
        width = PAGE[1] - TOP - BOTTOM if _lies_across(chapter) else PAGE[0] - LEFT - RIGHT
        for block in chapter:
            if isinstance(block, Table):
                _set_table(block, Mm(width).pt)
                following = block._tbl.getnext()
                if following is not None and following.tag == qn("w:p"):
                    paragraph = Paragraph(following, document)
                    if paragraph.style.name in ("Body Text", "First Paragraph", "Compact"):
                        paragraph.paragraph_format.space_before = Pt(8)


def _set_table(table: Table, room: float) -> None:
    """Type that fits, columns by their text, heads repeated, rows in one piece, shades of status."""
    natural, least = _natural(table), _least(table)
    properties = table._tbl.tblPr
    kind = properties.find(qn("w:tblStyle")).get(qn("w:val"))
    facts = kind == "Table Facts"
    size = next((size for size in SIZES if least * size / 2 <= room), SIZES[-1])
    if kind == "Table Tight":
        size = min(size, 9.0)
    upright = Mm(PAGE[0] - LEFT - RIGHT).pt
    if sum(natural) * size / 2 <= upright:
        room = sum(natural) * size / 2 if facts else upright
    widths = [round(width * 20) for width in _divided(natural, room / size * 2, room)]
    for child in list(properties):
        properties.remove(child)
    line = "nil" if facts else "single"
    borders = "".join(
        f'<w:{side} w:val="{line}" w:sz="{8 if side in ("top", "bottom") else 4}" w:space="0" '
        f'w:color="{"000000" if side in ("top", "bottom") else "A0A0A0"}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        if facts or side not in ("left", "right")
    )
    for xml in (
        f'<w:tblW {nsdecls("w")} w:w="{sum(widths)}" w:type="dxa"/>',
        f'<w:jc {nsdecls("w")} w:val="center"/>',
        f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>",
        f'<w:tblLayout {nsdecls("w")} w:type="fixed"/>',
        f'<w:tblCellMar {nsdecls("w")}><w:left w:w="50" w:type="dxa"/>'
        f'<w:right w:w="50" w:type="dxa"/></w:tblCellMar>',
        f'<w:tblLook {nsdecls("w")} w:val="0020" w:firstRow="{0 if facts else 1}"/>',
    ):
        properties.append(parse_xml(xml))
    grid = table._tbl.tblGrid
    for column, width in zip(grid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width))
    heads, rows = _heads(table), table._tbl.tr_lst
    short = len(rows) - heads <= 6
    for number, row in enumerate(rows):
        row.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        head = number < heads
        for cell, width in zip(row.findall(qn("w:tc")), widths, strict=True):
            _set_cell(cell, width, "Head" if head else "Text", size)
            for paragraph in cell.findall(qn("w:p")):
                if short and number < len(rows) - 1:
                    Paragraph(paragraph, table).paragraph_format.keep_with_next = True


def _divided(natural: list[float], needed: float, room: float) -> list[float]:
    """Divide the room among columns: what is no sentence gets what it needs, if there is enough."""
    fixed = sum(width for width in natural if width <= SENTENCE)
    rest = needed - fixed
    sentences = sum(width for width in natural if width > SENTENCE)
    if not sentences or sum(natural) <= needed or rest < 0.5 * sentences:
        return [width / sum(natural) * room for width in natural]
    unit = room / needed
    return [
        width * unit if width <= SENTENCE else width / sentences * rest * unit for width in natural
    ]


def _set_cell(cell, width: int, kind: str, size: float) -> None:
    properties = cell.get_or_add_tcPr()
    for child in list(properties):
        if child.tag != qn("w:gridSpan"):
            properties.remove(child)
    properties.insert(0, parse_xml(f'<w:tcW {nsdecls("w")} w:w="{width}" w:type="dxa"/>'))
    shade = "F2F2F2" if kind == "Head" else None
    for style in list(cell.iter(qn("w:rStyle"))):
        shade = SHADES.get(style.get(qn("w:val")), shade)
        if style.get(qn("w:val")) in SHADES:
            style.getparent().remove(style)
    if shade:
        properties.append(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{shade}"/>')
        )
    properties.append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))
    for paragraph in cell.findall(qn("w:p")):
        form = paragraph.get_or_add_pPr()
        form.get_or_add_pStyle().set(qn("w:val"), f"Table{kind}{size:g}")
        if kind == "Head" and form.jc is not None:
            form.remove(form.jc)


# --- captions, contents ----------------------------------------------------------------------------


def _field(instruction: str, result: str, dirty: bool = False) -> str:
    """The runs of a field with its last result."""
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{mark}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{result}</w:t></w:r>'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _runs(xml: str) -> list:
    return list(parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>"))


def _number_captions(document, metadata: dict) -> None:
    """Table 1, Table 2 … and Figure 1 … as fields, so that they stay right when one is added."""
    words = {"Table Caption": metadata["table"], "Image Caption": metadata["figure"]}
    sequences = {"Table Caption": "Table", "Image Caption": "Figure"}
    counts = dict.fromkeys(words, 0)
    for paragraph in document.paragraphs:
        name = paragraph.style.name
        if name not in words:
            continue
        counts[name] += 1
        gap = "\u3000" if metadata["lang"] == "zh" else ". "
        xml = (
            f'<w:r><w:t xml:space="preserve">{words[name]} </w:t></w:r>'
            + _field(f"SEQ {sequences[name]} \\* ARABIC", str(counts[name]))
            + f'<w:r><w:t xml:space="preserve">{gap}</w:t></w:r>'
        )
        first = paragraph._p.find(qn("w:r"))
        for run in _runs(xml):
            first.addprevious(run)


_DIGITS = "零一二三四五六七八九"


def _chinese(number: int) -> str:
    """A number below 100 as headings count: 十二."""
    tens, ones = divmod(number, 10)
    text = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return text + (_DIGITS[ones] if ones or not tens else "")


def _write_contents(document, metadata: dict) -> None:
    """A contents field behind the cover, its entries filled in.

    Nobody but the program that lays the pages out knows their numbers: Word adds them when it opens
    the file (`updateFields`), others when the field is updated by hand.
    """
    cover = _chapters(document)[0]
    headings = [p for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    if not headings:
        return
    zh = metadata["lang"] == "zh"
    entries, chapter, section = [], 0, 0
    for number, paragraph in enumerate(headings, 1):
        name = f"_Toc{number:06d}"
        start = parse_xml(
            f'<w:bookmarkStart {nsdecls("w")} w:id="{90000 + number}" w:name="{name}"/>'
        )
        end = parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{90000 + number}"/>')
        paragraph._p.find(qn("w:r")).addprevious(start)
        paragraph._p.append(end)
        level = int(paragraph.style.name[-1])
        if level == 1:
            chapter, section = chapter + 1, 0
            text = f"{_chinese(chapter)}、" if zh else f"{chapter}  "
        else:
            section += 1
            text = f"（{_chinese(section)}）" if zh else f"{chapter}.{section}  "
        entries.append((level, name, text + paragraph.text))
    paragraphs = []
    for number, (level, name, text) in enumerate(entries):
        opening = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            if number == 0
            else ""
        )
        closing = (
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if number == len(entries) - 1 else ""
        )
        element = parse_xml(
            f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr>{opening}'
            f'<w:hyperlink w:anchor="{name}" w:history="1"><w:r><w:t xml:space="preserve"></w:t></w:r>'
            f"</w:hyperlink>{closing}</w:p>"
        )
        element.find(f"{qn('w:hyperlink')}/{qn('w:r')}/{qn('w:t')}").text = text
        paragraphs.append(element)
    heading = document.add_paragraph(metadata["contents"], style="TOC Heading")
    heading.paragraph_format.page_break_before = True
    cover[-1]._p.addnext(heading._p)
    place = heading._p
    for element in paragraphs:
        place.addnext(element)
        place = element
    _settings(document, '<w:updateFields {} w:val="true"/>')


def _settings(document, *elements: str) -> None:
    """Add settings where the schema wants them."""
    for xml in elements:
        document.settings.element.insert_element_before(
            parse_xml(xml.format(nsdecls("w"))),
            *("w:compat", "w:rsids", "m:mathPr", "w:themeFontLang", "w:clrSchemeMapping"),
        )


# --- head, foot, properties ------------------------------------------------------------------------


def _write_head_and_foot(document, metadata: dict) -> None:
    """Title and mark on every page; page numbers — 1 — outside; the cover has the mark only."""
    document.settings.odd_and_even_pages_header_footer = True
    first = document.sections[0]
    first.different_first_page_header_footer = True
    title = metadata["title"] + (f"    {metadata['mark']}" if metadata["mark"] else "")
    for part, text in (
        (first.header, title),
        (first.even_page_header, title),
        (first.first_page_header, metadata["mark"]),
    ):
        part.is_linked_to_previous = False
        paragraph = part.paragraphs[0]
        paragraph.style = document.styles["Header"]
        paragraph.add_run(text)
        if text == title:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(
                    f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="2" '
                    f'w:color="999999"/></w:pBdr>'
                )
            )
    for part, side in (
        (first.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (first.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        part.is_linked_to_previous = False
        paragraph = part.paragraphs[0]
        paragraph.style = document.styles["Footer"]
        paragraph.alignment = side
        xml = '<w:r><w:t xml:space="preserve">— </w:t></w:r>' + _field("PAGE", "1")
        for run in _runs(xml + '<w:r><w:t xml:space="preserve"> —</w:t></w:r>'):
            paragraph._p.append(run)
    first.first_page_footer.is_linked_to_previous = False


def _set_properties(document, metadata: dict) -> None:
    """What a file manager shows: title, county, year, language; no day but that of the statistics."""
    core = document.core_properties
    core.title = metadata["title"]
    core.subject = f"{metadata.get('county', '')} {metadata['code']} {metadata['year']}".strip()
    core.keywords = f"{metadata['code']}, {metadata['year']}"
    core.author = core.last_modified_by = "Junheng 均衡"
    core.language = {"zh": "zh-CN", "en": "en-US"}[metadata["lang"]]
    core.comments = metadata["mark"]
    core.created = core.modified = datetime.fromisoformat(metadata["date"])
    core.revision = 1
    # as Word 2013 and later lay it out, not in compatibility mode
    _settings(
        document,
        '<w:compat {}><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>',
    )


def _packed(document) -> bytes:
    """The file, its parts in the order of their names and without the time of day."""
    buffer, packed = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with (
        zipfile.ZipFile(buffer) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return packed.getvalue()
