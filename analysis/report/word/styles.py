"""The styles of a Word document: body, headings, captions, tables, contents."""

from __future__ import annotations

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from .look import FALLBACKS, LEFT, PAGE, RIGHT, Look


def set_styles(document, look: Look, lang: str) -> None:
    """Give every style of the document its type, and the fonts their fallbacks."""
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
            indent_first_line(found.element.get_or_add_pPr(), look)
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


def indent_first_line(properties, look: Look) -> None:
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
