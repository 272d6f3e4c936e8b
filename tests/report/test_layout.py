"""The pages that people hold: two that decide, few that explain, none half empty, no cell broken.

Measured on the page as it is printed, drawn small by Typst itself.
"""

import io
import re
from pathlib import Path

import numpy as np
import pypdf
import pytest
from counties import build_county, generated_county, school
from PIL import Image

from analysis import analyze
from analysis.data.paths import sample_folder
from analysis.report.build import export, pages_of
from analysis.report.exporters import ReportHTMLExporter, typeset
from analysis.report.pages.report import Report

pytestmark = pytest.mark.slow

#: Millimetres of A4 that hold text.
TOP, BOTTOM, HEIGHT = 27, 24, 297
PPI = 30
#: A page of a part may be so empty, unless it is the last one of its part.
EMPTY = 0.25
BRIEF = 2

SAMPLES = sorted(path.name for path in sample_folder().iterdir() if path.is_dir())


def printed(report: Report, tmp_path: Path) -> tuple[list[str], list[float]]:
    """Texts of the pages, and the largest gap of each in parts of the height for text."""
    notebook = pages_of(report)
    texts = [
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(export(notebook, "pdf"))).pages
    ]
    exporter = ReportHTMLExporter()
    exporter.on_paper = True
    page, resources = exporter.from_notebook_node(notebook)
    drawn = typeset(tmp_path, page, resources["junheng"])(format="png", ppi=PPI)
    drawn = drawn if isinstance(drawn, list) else [drawn]
    assert len(drawn) == len(texts)
    return texts, [_gap(png) for png in drawn]


def _gap(png: bytes) -> float:
    """The largest stretch without ink between the margins."""
    page = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    scale = len(page) / HEIGHT
    inside = page[round(TOP * scale) : round((HEIGHT - BOTTOM) * scale)]
    ink = np.flatnonzero((inside < 200).any(axis=1))
    edges = np.concatenate([[0], ink, [len(inside)]])
    return float(np.diff(edges).max() / len(inside))


def parts(texts: list[str]) -> dict[str, range]:
    """Pages of the brief, the body and the annexes."""
    contents = next(n for n, text in enumerate(texts) if re.search("目录|Contents", text))
    # a line of its own; where the body points to it, other words come first
    first = re.compile(r"(?m)^(附录 ?A|Annex A)\s*\w")
    annex = next(n for n in range(contents + 1, len(texts)) if first.search(texts[n]))
    return {
        "brief": range(contents),
        "body": range(contents, annex),
        "annexes": range(annex, len(texts)),
    }


def check(report: Report, tmp_path: Path, most: int) -> None:
    texts, gaps = printed(report, tmp_path)
    found = parts(texts)
    assert 1 <= len(found["brief"]) <= BRIEF
    assert len(found["body"]) <= most, f"{len(found['body'])} pages"
    for name, pages in found.items():
        empty = {n + 1: round(gaps[n], 2) for n in pages[:-1] if gaps[n] > EMPTY}
        assert not empty, f"{name}: {empty}"
    for n, text in enumerate(texts):
        broken = re.findall(r"未达\n到|未\n达到|达到\n×|not\nmet|met\n×|未\n评", text)
        assert not broken, f"page {n + 1}: {broken}"


def allowed(report: Report) -> int:
    """Pages of the body: six for six schools, ten for forty and more."""
    schools = report.study.schools["school_id"].nunique()
    return 6 if schools <= 6 else 10


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_two_pages_decide_and_ten_explain(sample, lang, tmp_path):
    report = Report.of(sample, lang=lang)
    check(report, tmp_path, allowed(report))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_projected_report_too(lang, tmp_path):
    check(Report.of("150202-donghe", 2026, lang, "baseline"), tmp_path, 10)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_county_of_six_schools(lang, tmp_path):
    kinds = ["primary", "primary", "primary", "junior", "junior", "nine_year"]
    schools = [
        school(
            kind,
            *{"primary": (300 + 40 * n,), "junior": (None, 260 + 30 * n)}.get(kind, (200, 150)),
        )
        for n, kind in enumerate(kinds)
    ]
    schools[0] |= {"teaching_area_m2": 900, "multimedia_rooms": 2}
    schools[4] |= {"equipment_value_cny": 100_000}
    county = build_county(schools, [2021, 2022, 2023])
    check(Report(analyze(county), lang), tmp_path, 6)


def test_a_county_of_two_hundred_schools(tmp_path):
    check(Report(analyze(generated_county(200, 4)), "zh"), tmp_path, 10)
