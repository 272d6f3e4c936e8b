"""The report as people get it: executed by papermill, exported, read back."""

import io
import math
import re
import shutil
import subprocess

import nbformat
import pytest
from pypdf import PdfReader

from analysis import InputError, analyze, load_county
from analysis.base.language import speak
from analysis.data.paths import NOTEBOOKS, sample_folder
from analysis.report import build
from analysis.report.pages.basis import data_quality
from analysis.report.pages.brief import brief
from analysis.report.pages.page import METADATA, SHORT
from analysis.report.pages.report import Report
from analysis.report.pages.resources import balance, variation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hutubi(tmp_path_factory):
    """The Chinese report of a county with every kind of gap: {ending: path}."""
    out = tmp_path_factory.mktemp("zh")
    return {path.suffix[1:]: path for path in build.write_report("652323-hutubi", out)}


@pytest.fixture(scope="module")
def sifangtai(tmp_path_factory):
    """The English report of a county without junior schools."""
    out = tmp_path_factory.mktemp("en")
    paths = build.write_report("230505-sifangtai", out, lang="en")
    return {path.suffix[1:]: path for path in paths}


def pdf_text(path):
    reader = PdfReader(path)
    return [re.sub(r"\s+", "", page.extract_text()) for page in reader.pages]


def test_files_are_named_so_that_they_can_be_mailed(hutubi, sifangtai):
    assert hutubi["pdf"].name == "652323-hutubi-2021.pdf"
    assert hutubi["html"].name == "652323-hutubi-2021.html"
    assert sifangtai["pdf"].name == "230505-sifangtai-2022-en.pdf"


def test_pdf_has_name_totals_verdict_and_order(hutubi):
    pages = pdf_text(hutubi["pdf"])
    text = "".join(pages)
    study = analyze("652323-hutubi")
    students = study.rows.loc[study.rows["in_scope"], "students"].sum()

    assert "呼图壁县" in pages[0]
    assert "未达到要求" in pages[0]
    assert speak("zh").number(students) in pages[0]
    say = speak("zh")
    chapters = ["Findings", "Every school and the indicators", "Differences between schools"]
    chapters += ["What is missing", "Course over the years", "How firm the verdicts are"]
    annexes = ["Requirement by requirement", "School by school", "All figures over the years"]
    annexes += ["Quality of the data", "Method, standard and sources", "The application form"]
    heads = [rf"[一二三四五六七八九十]+、{say(title)}" for title in chapters]
    heads += [rf"附录[A-Z]{say(title)}" for title in annexes]
    # the contents name each of them before
    positions = [[found.start() for found in re.finditer(head, text)][-1] for head in heads]
    assert positions == sorted(positions)
    # the two pages that decide come first
    assert text.index(say("Where the county stands")) < text.index(say("What matters most"))
    assert say("What matters most") in "".join(pages[:2])
    assert study.county.fingerprint[:8] in text


def test_every_pdf_page_has_the_synthetic_mark_and_a_number(hutubi):
    pages = pdf_text(hutubi["pdf"])
    for number, page in enumerate(pages, 1):
        assert "样例：各校数据均为合成数据" in page, number
        assert f"第{number}页，共{len(pages)}页" in page
    # no page but head and foot
    assert min(len(page) for page in pages) > 120


def test_pdf_is_tagged_archivable_and_knows_its_language(hutubi, sifangtai):
    for paths, lang in ((hutubi, "zh"), (sifangtai, "en")):
        reader = PdfReader(paths["pdf"])
        catalogue = reader.trailer["/Root"]
        metadata = catalogue["/Metadata"].get_data().decode("utf-8")

        assert catalogue["/MarkInfo"]["/Marked"]
        assert str(catalogue["/Lang"]).startswith(lang)
        assert "pdfaid:part" in metadata
        assert "pdfuaid:part" in metadata
        assert len(reader.outline) > 0


def test_pdf_embeds_only_the_two_typefaces(hutubi):
    fonts = set()
    for page in PdfReader(hutubi["pdf"]).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            fonts.add(str(font.get_object()["/BaseFont"]).split("+")[-1])
    names = {re.sub(r"-(Regular|Identity|H)+.*", "", name) for name in fonts}

    assert names <= {"/NotoSansCJKsc", "/NotoSerifCJKsc", "NotoSansCJKsc", "NotoSerifCJKsc"}, fonts


def test_web_page_stands_alone_without_code(hutubi):
    page = hutubi["html"].read_text(encoding="utf-8")
    visible = re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)

    assert "呼图壁县" in visible
    assert 'class="mark"' in page
    assert not re.search(r'(src|href)="https?:', page)
    # one script of its own, which sorts and filters
    assert page.count("<script") == page.count("<script>") == 1
    assert "report." not in visible
    assert "import" not in visible


def test_every_picture_has_an_alternative_text_and_a_caption(hutubi, sifangtai):
    for paths in (hutubi, sifangtai):
        page = paths["html"].read_text(encoding="utf-8")
        figures = re.findall(r"<figure>(.*?)</figure>", page, flags=re.DOTALL)

        assert len(figures) >= 5
        for figure in figures:
            assert re.search(r'<svg role="img" aria-label="[^"]{8,}"', figure)
            assert re.search(r"<figcaption>[^<]+</figcaption>", figure)


def test_every_table_has_caption_heads_and_equal_rows(hutubi):
    page = hutubi["html"].read_text(encoding="utf-8")
    tables = re.findall(r'<table class="(?:plain|tight)">(.*?)</table>', page, flags=re.DOTALL)

    assert len(tables) >= 12
    for table in tables:
        assert re.search(r"<caption>[^<]+</caption>", table)
        columns = table.count('<th scope="col"')
        for row in re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], flags=re.DOTALL):
            assert row.count("<td") == columns


def test_all_schools_are_in_the_table_with_marks(hutubi):
    page = hutubi["html"].read_text(encoding="utf-8")
    study = analyze("652323-hutubi")
    near = (study.indicators["status"] == "near").sum()
    start = page.index("</span>" + speak("zh")("Every school and the indicators"))
    table = page[start : page.index("<h2", start)]

    for school in study.schools["school"]:
        assert school in table
    assert table.count("\u00a0△</td>") == near


def test_english_report_has_no_untranslated_sentence(sifangtai):
    page = sifangtai["html"].read_text(encoding="utf-8")
    assert "Sifangtai District" in page
    # what has nothing to show is not there
    assert "Junior secondary: the seven indicators" not in page
    assert "主要结论" not in page
    assert 'lang="en"' in page


def test_same_inputs_give_the_same_bytes(sifangtai, tmp_path):
    again = build.write_report("230505-sifangtai", tmp_path, lang="en")
    for path in again:
        assert path.read_bytes() == sifangtai[path.suffix[1:]].read_bytes(), path.name


def test_unexecuted_notebook_is_refused_with_a_sentence():
    notebook = nbformat.read(NOTEBOOKS / "county_report.ipynb", as_version=4)
    with pytest.raises(InputError, match="run all its cells"):
        build.export(notebook, "html")


def test_unknown_parameter_is_refused_before_a_kernel_starts():
    with pytest.raises(InputError, match="no parameter yaer; it has county"):
        build.execute(NOTEBOOKS / "county_report.ipynb", yaer=2021)


def test_failing_county_leaves_nothing_behind(tmp_path):
    with pytest.raises(InputError, match="1999"):
        build.write_report("230505-sifangtai", tmp_path / "out", year=1999)
    assert not (tmp_path / "out").exists()


def test_projected_pupils_are_whole_and_said_to_be_rounded():
    report = Report.of("652323-hutubi", 2026, "en", "plan_none")
    exact = report.study.rows.loc[report.study.rows["in_scope"], "students"].sum()
    assert exact % 1
    assert report.metadata["students"] == math.floor(exact + 0.5)
    assert f"{math.floor(exact + 0.5):,} students" in brief(report).body
    assert "shown as whole persons" in data_quality(report).body
    assert "shown as whole persons" not in data_quality(Report.of("652323-hutubi", 2021, "en")).body


def test_a_page_has_its_tables_and_pictures_at_hand():
    report = Report.of("652323-hutubi", 2021, "en")
    page, annex = balance(report), variation(report)

    assert [table.caption for table in (*page.tables, *annex.tables)] == [
        "Differences between schools",
        "Who moves the CV: largest shares in its square (↑ above, ↓ below the county mean)",
    ]
    assert len(annex.charts) == annex.body.count("<figure>") == 2
    assert all(table.to_html() in page.body for table in page.tables)


def test_tables_of_a_few_lines_are_kept_together():
    report = Report.of("652323-hutubi", 2021, "en")
    body = data_quality(report).body
    kept = re.findall(r'<div class="together">(<table.*?</table>)', body, flags=re.DOTALL)
    assert kept
    for table in re.findall(r"<table.*?</table>", body, flags=re.DOTALL):
        assert (table in kept) == (table.count("<tr>") - 1 <= SHORT)


def test_report_of_another_county_is_refused():
    """The check after writing: county and year are those that were asked for."""
    county = load_county("230505-sifangtai")
    report = Report(analyze("150303-hainan"), "zh")
    wrong = nbformat.v4.new_notebook()
    cell = nbformat.v4.new_code_cell()
    cell.outputs = [nbformat.v4.new_output("display_data", metadata={METADATA: report.metadata})]
    wrong.cells = [cell]
    with pytest.raises(InputError, match="150303 2022"):
        build._check_identity(wrong, county, 2022)


@pytest.mark.parametrize("name", ["junheng-html", "junheng-pdf"])
def test_nbconvert_finds_the_exporters(name):
    from nbconvert.exporters import get_exporter

    assert get_exporter(name)().export_from_notebook.startswith("均衡")


def test_workbook_gives_the_same_report_pages(tmp_path):
    """A county in one workbook and in a folder: the same sentences."""
    from counties import write_workbook

    from analysis.present.sentences import findings

    folder = sample_folder() / "150303-hainan"
    workbook = write_workbook(folder, tmp_path / "150303-hainan.xlsx")
    shutil.copy(folder / "plan.yaml", tmp_path / "150303-hainan.plan.yaml")

    assert findings(analyze(workbook)) == findings(analyze("150303-hainan"))
    assert load_county(workbook).fingerprint == load_county("150303-hainan").fingerprint


@pytest.mark.system
def test_pdf_reads_in_another_reader(hutubi):
    """Poppler sees every page, the fonts embedded, and the Chinese text."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed (only .ci/run installs it)")
    text = subprocess.run(
        ["pdftotext", str(hutubi["pdf"]), "-"], capture_output=True, text=True, check=True
    ).stdout
    fonts = subprocess.run(
        ["pdffonts", str(hutubi["pdf"])], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]

    assert "呼图壁县" in text
    assert all(line.split()[-5] == "yes" for line in fonts)


@pytest.mark.system
def test_web_page_shows_in_a_browser(hutubi, tmp_path):
    """Chromium lays the page out: pictures loaded, nothing wider than the window."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed (only .ci/run installs it)")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    flags += ["--disable-background-networking", "--window-size=1200,2000"]
    shot = tmp_path / "page.png"
    subprocess.run(
        [browser, *flags, f"--screenshot={shot}", hutubi["html"].as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert shot.stat().st_size > 50_000


def test_pages_show_in_jupyter():
    report = Report(analyze("230505-sifangtai"), "zh")
    data, metadata = brief(report)._repr_mimebundle_()

    assert "四方台区" in data["text/html"]
    assert metadata[METADATA]["year"] == 2022
    assert io.StringIO(data["text/plain"]).read()


@pytest.mark.parametrize("keep", [{2021}, {2016, 2018, 2019, 2020, 2021}])
def test_county_with_one_year_and_with_a_missing_year_gets_its_pdf(tmp_path, keep):
    folder = tmp_path / "652323-hutubi"
    shutil.copytree(sample_folder() / "652323-hutubi", folder)
    for name in ("school_years", "enrolment", "rooms", "county_years"):
        lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        position = lines[0].split(",").index("year")
        kept = [line for line in lines[1:] if int(line.split(",")[position]) in keep]
        (folder / f"{name}.csv").write_text("\n".join([lines[0], *kept]) + "\n", encoding="utf-8")
    (path,) = build.write_report(folder, tmp_path / "out", formats=("pdf",))
    text = "".join(pdf_text(path))

    # of one year alone there is no course to be shown
    assert (speak("zh")("Course over the years") in text) is (len(keep) > 1)
    assert (speak("zh")("All figures over the years") in text) is (len(keep) > 1)


@pytest.fixture(scope="module")
def ahead(tmp_path_factory):
    """Reports by a scenario: of the last observed year, and of a year to come."""
    out = tmp_path_factory.mktemp("ahead")
    paths = build.write_report(
        "230505-sifangtai", out, lang="en", scenario="births_low+plan_full", formats=("pdf",)
    )
    return paths + build.write_report(
        "230505-sifangtai", out, year=2026, scenario="plan_full", formats=("pdf",)
    )


def test_a_scenario_adds_a_chapter(ahead):
    assert [path.name for path in ahead] == [
        "230505-sifangtai-2022-births_low+plan_full-en.pdf",
        "230505-sifangtai-2026-plan_full.pdf",
    ]
    text = "".join(pdf_text(ahead[0]))
    assert "Whatif:Lowbirths+Plancarriedoutinfull" in text
    assert "Trendcontinues:" in text
    assert "Wouldthe80%bandshaveheld?" in text


def test_a_projected_year_says_so_on_every_page(ahead):
    pages = pdf_text(ahead[1])
    for number, page in enumerate(pages, 1):
        assert "预测值，非实测：规划如期完成" in page, number
    assert "2026—2027学年" in pages[0]


def test_a_year_beyond_the_scenario_is_refused(tmp_path):
    with pytest.raises(InputError, match="no data for the school year 2050"):
        build.write_report("230505-sifangtai", tmp_path, year=2050, scenario="baseline")
    assert not list(tmp_path.iterdir())


def test_practice_needs_no_notebook(monkeypatch, tmp_path):
    """Somebody's own cells in it must not run in the process that all reports are forked from."""
    from analysis.report import build

    monkeypatch.setattr(build, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(build, "execute", None)
    build.rehearse()
