"""The report as a Word document: paper, styles, heads, fields, alternative texts, the same bytes."""

import html
import io
import re
import shutil
import subprocess
import zipfile

import docx
import nbformat
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from analysis import InputError, analyze
from analysis.data.paths import NOTEBOOKS, sample_folder
from analysis.present.region.summary import read_region
from analysis.report import build
from analysis.report.pages import region
from analysis.report.pages.contents import PAGES
from analysis.report.pages.report import Report

pytestmark = pytest.mark.slow

SECTIONS = ["brief", "findings", "unmet", "targets", "schools", "balance", "shortfalls", "trends"]
SECTIONS += [
    "plan",
    "firmness",
    "checklist",
    "all_targets",
    "each_school",
    "variation",
    "all_years",
]
SECTIONS += ["whole_plan", "margins", "data_quality", "method", "form"]


def executed(study, lang, sections=SECTIONS):
    """A report's notebook with its outputs, without a kernel."""
    report, notebook = Report(study, lang), nbformat.v4.new_notebook()
    for name in sections:
        (page,) = (page for page in PAGES if page.__name__ == name)
        data, metadata = page(report)._repr_mimebundle_()
        cell = nbformat.v4.new_code_cell(f"{name}(report)")
        cell.outputs = [nbformat.v4.new_output("display_data", data=data, metadata=metadata)]
        notebook.cells.append(cell)
    return notebook


@pytest.fixture(scope="module")
def donghe():
    """The Chinese report of a county with a plan, wide tables and every kind of picture."""
    return build.export(executed(analyze("150202-donghe"), "zh"), "docx")


@pytest.fixture(scope="module")
def sifangtai():
    return build.export(executed(analyze("230505-sifangtai"), "en"), "docx")


@pytest.fixture(scope="module")
def document(donghe):
    return docx.Document(io.BytesIO(donghe))


#: Children in the order of the schema (ECMA-376, part 1): Word refuses files that mix them up.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs wordWrap spacing ind "
    "contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs smallCaps strike color spacing kern sz szCs u shd vertAlign "
    "lang",
    "tblPr": "tblStyle tblInd tblW jc tblBorders tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan tcBorders shd vAlign",
    "sectPr": "headerReference footerReference footnotePr type pgSz pgMar cols titlePg docGrid",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr rPr",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat rsid pPr rPr tblPr "
    "trPr tcPr tblStylePr",
}


def xml(data, part="word/document.xml"):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(part).decode("utf-8")


def text_of(data):
    return "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml(data)))


def test_paper_and_margins_of_official_documents(document):
    upright, across = document.sections[0], document.sections[-1]
    assert (upright.page_width.mm, upright.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    margins = ("top_margin", "bottom_margin", "left_margin", "right_margin")
    found = [getattr(upright, name).mm for name in margins]
    assert found == pytest.approx([37, 35, 28, 26], abs=0.1)
    # the application form has a table of 15 columns
    assert (across.page_width.mm, across.page_height.mm) == pytest.approx((297, 210), abs=0.1)


def test_type_of_official_documents(document):
    styles = document.styles

    def look(name):
        fonts = styles[name].element.rPr.rFonts
        return fonts.get(qn("w:eastAsia")), styles[name].font.size.pt

    assert look("Body Text") == ("仿宋_GB2312", 16)
    assert look("Heading 1") == ("黑体", 16)
    assert look("Heading 2") == ("楷体_GB2312", 16)
    assert look("Subtitle") == ("方正小标宋简体", 22)
    assert styles["Body Text"].paragraph_format.line_spacing.pt == 28
    indent = styles["Body Text"].element.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"


def test_fonts_have_fallbacks(donghe):
    fonts = xml(donghe, "word/fontTable.xml")
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong' in fonts
    used = set(re.findall(r'w:eastAsia="([^"]+)"', xml(donghe, "word/styles.xml"))) - {"zh-CN"}
    assert {f for f in used if f'w:name="{f}"' not in fonts} == set()


@pytest.mark.parametrize(
    "part",
    ["document", "styles", "numbering", "header1", "header2", "header3", "footer1", "footer2"],
)
def test_elements_stand_in_the_order_that_word_wants(donghe, part):
    root = etree.fromstring(xml(donghe, f"word/{part}.xml").encode())
    for element in root.iter(*(qn(f"w:{name}") for name in ORDER)):
        order = ORDER[etree.QName(element).localname].split()
        names = [etree.QName(child).localname for child in element]
        positions = [order.index(name) for name in names]
        assert positions == sorted(positions), names


def test_headings_number_themselves(donghe, document, sifangtai):
    numbering = xml(donghe, "word/numbering.xml")
    assert 'w:numFmt w:val="chineseCountingThousand"' in numbering
    assert 'w:lvlText w:val="%1、"' in numbering
    chapters = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert chapters[0] == "主要结论"
    assert chapters[-1].startswith("附录")
    assert 'w:lvlText w:val="%1.%2  "' in xml(sifangtai, "word/numbering.xml")


def test_contents_field_has_every_heading(document):
    headings = [p for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    entries = [
        "".join(node.text or "" for node in p._p.iter(qn("w:t")))
        for p in document.paragraphs
        if p.style.name in ("TOC 1", "toc 1", "TOC 2", "toc 2")
    ]
    assert len(entries) == len(headings) > 20
    assert entries[0] == "一、主要结论"
    # annexes have letters, and do not count on from the chapters
    assert any(re.fullmatch(r"附录[A-Z]\u3000方法、标准与来源", entry) for entry in entries)
    assert not any(re.match(r"[一二三四五六七八九十]+、附录", entry) for entry in entries)
    anchors = {node.get(qn("w:anchor")) for node in document.element.iter(qn("w:hyperlink"))}
    marks = {node.get(qn("w:name")) for node in document.element.iter(qn("w:bookmarkStart"))}
    assert anchors <= marks
    field = [node.text for node in document.element.iter(qn("w:instrText")) if "TOC" in node.text]
    assert field == [' TOC \\o "1-2" \\h \\z \\u ']
    assert document.settings.element.find(qn("w:updateFields")) is not None


def test_fields_are_balanced(donghe, sifangtai):
    for data in (donghe, sifangtai):
        kinds = re.findall(r'w:fldCharType="(\w+)"', xml(data))
        assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") > 30


def test_captions_count_by_fields(document):
    for style, word, sequence in (
        ("Table Caption", "表", "Table"),
        ("Image Caption", "图", "Figure"),
    ):
        captions = [p for p in document.paragraphs if p.style.name == style]
        for number, caption in enumerate(captions, 1):
            assert caption.text.startswith(f"{word} {number}\u3000"), caption.text
            assert f"SEQ {sequence} \\* ARABIC" in caption._p.xml
    captions = [p for p in document.paragraphs if p.style.name == "Table Caption"]
    assert len(document.tables) == len(captions)


def test_every_table_fits_repeats_its_heads_and_keeps_its_rows(document):
    width = Mm(297 - 37 - 35).twips
    upright = Mm(210 - 28 - 26).twips
    for number, table in enumerate(document.tables):
        rows = table._tbl.tr_lst
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
        heads = [row for row in rows if row.trPr.find(qn("w:tblHeader")) is not None]
        assert len(heads) == 1
        columns = [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid.findall(qn("w:gridCol"))]
        # the brief lies upright; a chapter with a wide table across
        assert sum(columns) <= (upright if number < 4 else width) + 20
        assert min(columns) > 250
        sizes = {p.style.font.size.pt for cell in table._cells for p in cell.paragraphs}
        assert len(sizes) == 1
        assert sizes <= {10.5, 9.0, 7.5}


def test_failing_cells_are_shaded(document):
    study = analyze("150202-donghe")
    (table,) = [
        t for t in document.tables if t.cell(0, 0).text == "学校" and "公园路小学" in t._tbl.xml
        and "达标项数" in t._tbl.xml
    ]  # fmt: skip
    part = study.indicators[study.indicators["stage"] == "primary"]
    assert table._tbl.xml.count('w:fill="FDF3D5"') == (part["status"] == "near").sum()
    assert "StatusNear" not in document.element.xml


def test_pictures_are_sharp_and_have_alternative_texts(document):
    shapes = document.inline_shapes
    assert len(shapes) == 7
    for shape in shapes:
        described = shape._inline.docPr.get("descr")
        assert len(described) >= 8
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        image = document.part.related_parts[blip.embed].image
        assert image.content_type == "image/png"
        assert image.px_width / shape.width.inches >= 299
        assert shape.width.mm <= 156.1
        ratio = image.px_width / image.px_height
        assert shape.width / shape.height == pytest.approx(ratio, rel=0.01)


def test_every_page_has_title_mark_and_number(document, sifangtai):
    first = document.sections[0]
    assert first.different_first_page_header_footer
    assert document.settings.odd_and_even_pages_header_footer
    for header in (first.header, first.even_page_header):
        text = header.paragraphs[0].text
        assert "东河区" in text
        assert "样例：各校数据均为合成数据" in text
    assert first.first_page_header.paragraphs[0].text == "样例：各校数据均为合成数据"
    assert all(section.header.is_linked_to_previous for section in document.sections[1:])
    for footer in (first.footer, first.even_page_footer):
        assert footer.paragraphs[0].text == "— 1 —"
        assert " PAGE " in footer._element.xml
    english = docx.Document(io.BytesIO(sifangtai)).sections[0].header.paragraphs[0].text
    assert "synthetic" in english


def test_properties_say_county_year_and_language(document, sifangtai):
    core = document.core_properties
    assert "东河区" in core.title
    assert core.subject == "东河区 150202 2021"
    assert core.language == "zh-CN"
    assert core.created.year == 2021
    english = docx.Document(io.BytesIO(sifangtai)).core_properties
    assert english.subject == "Sifangtai District 230505 2022"
    assert english.language == "en-US"


def test_same_sentences_as_the_web_page(donghe):
    from analysis.present.sentences import findings

    text = text_of(donghe)
    study = analyze("150202-donghe")
    for sentence in findings(study):
        assert html.escape(sentence, quote=False) in text
    for school in study.schools["school"]:
        assert school in text


def test_same_report_gives_the_same_bytes(sifangtai):
    again = build.export(executed(analyze("230505-sifangtai"), "en"), "docx")
    assert again == sifangtai


def test_hostile_names_stay_text(make_county):
    names = [
        "<b>A & B</b>",
        "$x^2$ *star* _low_",
        '"quoted" \\textbf{}',
        "{{ field }} %1",
        "[a](b)",
    ]
    schools = [{"name": name, "students_primary": 300} for name in names]
    county = make_county(schools, name={"zh": "<i>县</i>&", "en": "A *B* <c>"})
    study = analyze(county)
    data = build.export(executed(study, "zh", ["brief", "findings", "schools"]), "docx")
    document = docx.Document(io.BytesIO(data))
    cells = {cell.text for table in document.tables for cell in table._cells}
    assert set(names) <= cells
    assert document.core_properties.subject == "<i>县</i>& 999999 2023"
    assert "<i>县</i>&" in document.sections[0].header.paragraphs[0].text
    assert document.paragraphs[0].text == "<i>县</i>&"


def test_unexecuted_notebook_is_refused_with_a_sentence():
    notebook = nbformat.read(NOTEBOOKS / "county_report.ipynb", as_version=4)
    with pytest.raises(InputError, match="run all its cells"):
        build.export(notebook, "docx")


def test_report_of_another_county_is_refused():
    notebook = executed(analyze("150303-hainan"), "zh", ["brief"])
    with pytest.raises(InputError, match="150303 2022"):
        build._check_identity(notebook, analyze("230505-sifangtai").county, 2022)


def test_nbconvert_finds_the_exporter():
    from nbconvert.exporters import get_exporter

    assert get_exporter("junheng-docx")().export_from_notebook == "均衡 Junheng (Word)"


def test_command_writes_document_and_workbook(tmp_path):
    paths = build.write_report("230505-sifangtai", tmp_path, lang="en", formats=("docx", "xlsx"))
    names = [path.name for path in paths]
    assert names == ["230505-sifangtai-2022-en.docx", "230505-sifangtai-2022-en.xlsx"]
    assert all(path.read_bytes()[:2] == b"PK" for path in paths)


def _converted(data, folder):
    """Texts of the pages, without white space, as LibreOffice lays them out."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (only .ci/run installs it)")
    from pypdf import PdfReader

    (folder / "report.docx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run(
        [*command, folder, folder / "report.docx"], check=True, capture_output=True, timeout=600
    )
    return [re.sub(r"\s+", "", p.extract_text()) for p in PdfReader(folder / "report.pdf").pages]


def test_brief_has_smaller_type_and_headings_that_stay_with_their_lists(document):
    paragraphs = document.paragraphs
    told = paragraphs[: [p.text for p in paragraphs].index("目录")]
    headings = [p for p in told if p.text in ("尚未掌握的情况", "未达到的要求")]
    assert len(headings) == 2
    assert all(p.paragraph_format.keep_with_next for p in headings)
    sizes = {p.style.font.size.pt for p in told if p.style.name.startswith("Brief Compact")}
    assert sizes == {9.5}
    # that of the chapters stays
    assert document.styles["Compact"].font.size.pt == 16
    for table in document.tables[:4]:
        names = {p.style.name for cell in table._cells for p in cell.paragraphs}
        assert all(name.startswith("Brief Table") for name in names), names
        last = table._tbl.tr_lst[-1].tc_lst[0].p_lst[0].pPr
        assert last.keepNext is None or last.keepNext.val is False


def test_a_cover_without_a_brief_keeps_the_type_of_the_chapters():
    data, metadata = region.cover(read_region(sample_folder(), 2022))._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("cover(region)")
    cell.outputs = [nbformat.v4.new_output("display_data", data=data, metadata=metadata)]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    made = docx.Document(io.BytesIO(build.export(notebook, "docx")))

    assert not [each.name for each in made.styles if each.name.startswith("Brief")]


@pytest.mark.system
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("sample", ["150202-donghe", "230505-sifangtai", "652323-hutubi"])
def test_brief_takes_two_pages_in_libreoffice(sample, lang, tmp_path):
    assert (
        len(_converted(build.export(executed(analyze(sample), lang, ["brief"]), "docx"), tmp_path))
        == 2
    )


@pytest.mark.system
def test_document_opens_in_libreoffice(donghe, document, tmp_path):
    pages = _converted(donghe, tmp_path)

    assert 30 <= len(pages) <= 70
    assert "东河区" in pages[0]
    # the two pages of the brief; the contents follow
    contents = next(n for n, page in enumerate(pages) if "目录" in page)
    assert contents == 2
    told = [paragraph.text for paragraph in document.paragraphs]
    last = next(text for text in reversed(told[: told.index("目录")]) if text.strip())
    assert re.sub(r"\s+", "", last)[-10:] in pages[contents - 1]
    assert "一、主要结论" not in "".join(pages[:contents])
    for heading in ("尚未掌握的情况", "未达到的要求"):
        (page,) = (page for page in pages[:contents] if heading in page)
        assert not re.search(rf"{heading}(—\d—)?$", page)
    for number, page in enumerate(pages, 1):
        assert "样例：各校数据均为合成数据" in page, number
        assert number == 1 or f"—{number}—" in page
    text = "".join(pages)
    assert "表1总体情况评估内容" in text.replace("\u3000", "")
    assert "一、主要结论" in text
