"""No verdict of a projected year without its chance and its condition, wherever people read one."""

import functools
import html
import io
import re

import numpy as np
import openpyxl
import pytest

from analysis import load_county
from analysis.base.language import speak
from analysis.base.storage.writing import Writer
from analysis.batch.index import verdict_text, write_index
from analysis.batch.jobs import Job
from analysis.batch.program import program_digest
from analysis.batch.work import make
from analysis.data.paths import NOTEBOOKS, sample_folder
from analysis.future.analyze import analyze
from analysis.future.comparison import side_by_side
from analysis.future.odds.chance import Chance
from analysis.future.odds.draws import forecast
from analysis.future.what_if import WhatIf
from analysis.measure.study import Study
from analysis.present import sentences
from analysis.present.chance import share_text, short_text, standing
from analysis.present.projection import tables
from analysis.present.projection.sentences import conclusions
from analysis.report.pages.brief import brief
from analysis.report.pages.report import Report
from analysis.report.workbook.write import write_workbook

SAMPLES = sorted(path.parent.name for path in sample_folder().glob("*/county.yaml"))
#: Words of a verdict on a whole county or a part of its evaluation.
VERDICT = re.compile(
    r"[Rr]equirements? not met|[Rr]equirements met|every requirement|everything is|everything in|"
    r"fails no requirement|nothing fails|[Vv]erdict|does not meet the requirements|not met in \d|"
    r"达到全部要求|未达到要求|达到要求|结论待定|全部达标|没有未达到的项目|虽无未达到"
)


def texts(page: str) -> list[str]:
    """The paragraphs, list items and captions of a page."""
    found = re.findall(r"<(p|li|caption|h1|strong)\b[^>]*>(.*?)</\1>", page, flags=re.S)
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for _, text in found]


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request) -> str:
    return request.param


@functools.lru_cache(maxsize=2)
def projected(sample: str, scenario: str) -> tuple[WhatIf, Study]:
    """A scenario of a sample and its last year; the language makes no difference to either."""
    county = load_county(sample)
    ahead = WhatIf(county, [scenario], draws=40)
    year = ahead.study.outlook.until
    return ahead, analyze(county, year, scenario=ahead.scenarios[scenario], until=year)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scenario", ["baseline", "plan_full"])
def test_every_projected_verdict_of_a_report_holds_a_percentage(sample, scenario, lang):
    ahead, study = projected(sample, scenario)
    year = study.year
    report = Report(study, lang, ahead)
    said = [*texts(brief(report).body)]
    said += [report.metadata["mark"], *conclusions(ahead, lang)[: len(ahead.studies)]]

    bare = [text for text in said if VERDICT.search(text) and "%" not in text]
    assert not bare
    # the expression does find verdicts: in the brief, in its mark and in the conclusions
    assert sum(bool(VERDICT.search(text)) for text in said) >= 4
    met = ahead.forecast.probability.set_index("year")["met"]
    shown = share_text(met[year], speak(lang))
    assert shown in report.metadata["mark"]
    assert shown in sentences.verdict(study, lang, report.chance)

    grid = tables.verdict_grid(ahead, lang)
    for row in grid.rows:
        for head, cell in zip(grid.header[2:], row[2:], strict=True):
            assert ("%" in cell.text) == (not head.endswith("*")), (head, cell)


def test_what_the_single_course_alone_meets_is_not_called_met():
    report = Report.of("150303-hainan", 2026, "en", "baseline")
    assert report.verdict == "met"
    assert report.chance.met < 0.5

    page = brief(report).body
    assert report.shade == "not_assessed"
    assert 'class="verdict-met"' not in page
    assert "more likely not met (conditional chance" in page
    assert "staff, buildings, equipment" in page
    row = tables.verdict_grid(report.what_if, "en").rows[1]
    cell = row[2 + 2026 - report.what_if.last]
    assert cell.text.startswith("uncertain")
    assert cell.status == "not_assessed"


@pytest.mark.slow
def test_an_observed_year_is_said_as_ever():
    report = Report.of("150303-hainan", 2022, "en", "baseline")
    study: Study = analyze("150303-hainan", 2022)
    assert report.chance is None
    assert report.shade == report.verdict
    assert sentences.verdict(report.study, "en") == sentences.verdict(study, "en")
    assert "%" not in sentences.verdict(study, "en")


@pytest.mark.parametrize(
    ("status", "met", "word"),
    [
        ("met", 0.5, "met"),
        ("met", 0.499, "not_assessed"),
        ("not_met", 0.499, "not_met"),
        ("not_met", 0.5, "not_assessed"),
        ("not_assessed", 0.0, "not_assessed"),
        ("met", None, "not_assessed"),
        ("not_met", None, "not_met"),
    ],
)
def test_standing(status, met, word):
    name = load_county("150303-hainan").record.name
    chance = None if met is None else Chance(name, 2026, met, met, 0.0, 1000, 1)
    assert standing(status, chance) == word
    text = short_text(status, chance, speak("en"))
    assert ("%" in text) == (met is not None)
    assert ("no chance computed" in text) == (met is None)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.001, "under 1%"),
        (0.006, "1%"),
        (0.33, "33%"),
        (0.999, "over 99%"),
        (1, "100%"),
    ],
)
def test_some_is_never_none_and_most_never_all(share, text):
    assert share_text(share, speak("en")) == text


@pytest.mark.slow
def test_first_year_met_is_the_first_with_a_chance_of_one_half():
    """Independently of `first_even_of`: counted from the shares of the draws."""
    county = load_county("150303-hainan")
    study = analyze(county, scenario="baseline")
    drawn = forecast(county, "baseline", draws=200, study=study)
    row = side_by_side({"baseline": study}, {"baseline": drawn}).loc["baseline"]
    shares = drawn.probability.set_index("year")
    for key, what in (("first_met", "met"), ("resource_met", "resource")):
        even = [year for year in shares.index if shares.loc[year, what] >= 0.5]
        if even:
            assert row[key] == even[0]
            assert row[f"{key}_share"] == shares.loc[even[0], what]
        else:
            assert np.isnan(row[key])
            assert row[f"{key}_share"] == shares[what].max()
            assert shares.loc[row[f"{key}_best"], what] == shares[what].max()
    # the single course meets everything in 2026 already, which is no longer called met
    assert study.verdicts[2026] is True
    assert np.isnan(row["first_met"]) or row["first_met"] > 2026
    alone = side_by_side({"baseline": study}).loc["baseline"]
    assert np.isnan(alone["first_met"])
    assert np.isnan(alone["first_met_share"])


def test_given_a_study_the_draws_are_the_same():
    county = load_county("150303-hainan")
    study = analyze(county, scenario="baseline")
    once = forecast(county, "baseline", draws=50)
    again = forecast(county, "baseline", draws=50, study=study)
    assert once.probability.equals(again.probability)
    assert once.chance(2026) == again.chance(2026)
    assert once.chance(county.last_observed) is None
    assert Chance.from_dict(once.chance(2026).to_dict()) == once.chance(2026)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_sheet_of_the_workbook_of_a_projected_year_holds_the_chance(lang):
    county = load_county("150303-hainan")
    study = analyze(county, 2026, scenario="baseline")
    chance = forecast(county, "baseline", draws=100, study=study).chance(2026)
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(study, lang, None, chance)))
    shown = share_text(chance.met, speak(lang))
    for sheet in book:
        head = " ".join(
            str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row if cell.value
        )
        assert shown in head, sheet.title
    front = [
        str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value
    ]
    verdicts = [text for text in front if VERDICT.search(text) and not text.startswith("=")]
    assert verdicts
    named = [text for text in verdicts if "%" not in text]
    # headings and explanations of the sheet name no year's verdict
    assert all("2026" not in text and not text.startswith(("Projected", "预测")) for text in named)
    assert any(text.endswith((f"{shown})", f"{shown}）")) for text in front)
    bare = write_workbook(study, "en")
    front = openpyxl.load_workbook(io.BytesIO(bare)).worksheets[0]
    assert any("no chance computed" in str(c.value) for row in front.iter_rows() for c in row)


@pytest.mark.slow
def test_a_batch_keeps_and_lists_the_chance(tmp_path):
    county = sample_folder() / "150303-hainan"
    page = str(NOTEBOOKS / "county_report.ipynb")
    job = Job(str(county), 2026, "baseline", "en", ("xlsx",), page)
    record = make(job, str(tmp_path), program_digest())
    assert record["status"] == "done", record["reasons"]
    assert (record["basis"], record["verdict"]) == ("projected", "met")
    drawn = WhatIf(county, ["baseline"]).chance("baseline", 2026)
    assert Chance.from_dict(record["chance"]) == drawn
    assert f"{share_text(drawn.met, speak('en'))} of 1,000 simulated" in record["condition"]

    index = write_index(tmp_path, [record], "en", Writer()).read_text(encoding="utf-8")
    row = re.search(r'<tr class="([^"]*)"[^>]*>(.*?)</tr>', index[index.index("<tbody") :], re.S)
    assert row[1] == "verdict-not_assessed"
    assert f"conditional chance {share_text(drawn.met, speak('en'))}" in row[2]
    assert "The probability is conditional" in row[2]
    # an observed year of the same county, and a notebook of one's own that drew nothing
    seen = record | {"basis": "observed", "chance": None, "verdict": "not_met"}
    assert verdict_text(seen, speak("en")) == "not met"
    silent = verdict_text(record | {"chance": None}, speak("en"))
    assert "no chance computed" in silent
