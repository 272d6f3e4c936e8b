"""A county that knows its pupils only is projected, and says what cannot be judged."""

import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis import load_county
from analysis.base.language import speak
from analysis.base.schema.tables import TABLES
from analysis.batch.jobs import Job
from analysis.batch.program import program_digest
from analysis.batch.work import make
from analysis.cli.app import app
from analysis.data.load import read_county
from analysis.data.paths import NOTEBOOKS
from analysis.future.comparison import yearly
from analysis.future.what_if import WhatIf
from analysis.planner.desk import Desk
from analysis.planner.state import State
from analysis.present.projection import sentences, tables
from analysis.report import build
from analysis.report.pages.report import Report

RECORD = """\
code: "999999"
name: {zh: 测试县, en: Test County}
province: {zh: 测试省, en: Test Province}
standard: cn-2017
"""
KINDS = {"001": "primary", "002": "primary", "003": "junior", "004": "nine_year"}
GRADES = {"primary": range(1, 7), "junior": range(7, 10), "nine_year": range(1, 10)}


def write(folder, years=(2019, 2020, 2021, 2022), school_years="none", classes=True):
    """A county's folder; `school_years`: none, students (its columns only), blank (all other cells)."""
    folder.mkdir(parents=True)
    (folder / "county.yaml").write_text(RECORD, encoding="utf-8")
    roster = [
        {"school_id": i, "name": f"School {i}", "type": kind, "ownership": "public", "sponsor": 7, "area": "town"}
        for i, kind in KINDS.items()
    ]  # fmt: skip
    pd.DataFrame(roster).reindex(columns=TABLES["schools"].names).to_csv(
        folder / "schools.csv", index=False
    )
    rows, yearly_ = [], []
    for year in years:
        for school, kind in KINDS.items():
            pupils = {}
            for grade in GRADES[kind]:
                number = 60 + 7 * ((year + grade + int(school)) % 3)
                stage = "primary" if grade < 7 else "junior"
                pupils[stage] = pupils.get(stage, 0) + number
                size = {"classes": 2, "largest_class": (number + 1) // 2} if classes else {}
                rows.append({"school_id": school, "year": year, "grade": grade, "students": number} | size)  # fmt: skip
            row = {"school_id": school, "year": year}
            yearly_.append(row | {f"students_{stage}": n for stage, n in pupils.items()})
    names = TABLES["enrolment"].names
    pd.DataFrame(rows).reindex(columns=names).to_csv(folder / "enrolment.csv", index=False)
    if school_years != "none":
        table = pd.DataFrame(yearly_)
        if school_years == "blank":
            table = table.reindex(columns=TABLES["school_years"].names)
        table.to_csv(folder / "school_years.csv", index=False)
    return folder


@pytest.fixture(params=["none", "students", "blank"])
def folder(request, tmp_path):
    return write(tmp_path / "county", school_years=request.param)


def test_students_are_the_sums_of_the_grades(tmp_path):
    counted = load_county(write(tmp_path / "a")).tables["school_years"]
    given = load_county(write(tmp_path / "b", school_years="students")).tables["school_years"]
    key = ["school_id", "year"]
    columns = ["students_primary", "students_junior"]
    once, again = (t.set_index(key)[columns].sort_index() for t in (counted, given))
    pd.testing.assert_frame_equal(once, again)
    # two classes a grade
    assert set(counted["classes_primary"].dropna()) == {12}
    assert set(counted["classes_junior"].dropna()) == {6}
    assert counted["teaching_area_m2"].isna().all()


def test_an_unknown_grade_leaves_its_sum_unknown(tmp_path):
    here = write(tmp_path / "county")
    table = pd.read_csv(here / "enrolment.csv", dtype=str)
    table.loc[(table["school_id"] == "001") & (table["year"] == "2022") & (table["grade"] == "3"), "students"] = ""  # fmt: skip
    table.to_csv(here / "enrolment.csv", index=False)
    found = load_county(here).tables["school_years"].set_index(["school_id", "year"])
    assert np.isnan(found.loc[("001", 2022), "students_primary"])
    assert found.loc[("001", 2021), "students_primary"] > 0


def test_what_is_missing_is_said_once(folder):
    county, findings = read_county(folder)
    assert county is not None
    assert {finding.severity for finding in findings} <= {"warning"}
    said = [finding.sentence("en") for finding in findings]
    if (folder / "school_years.csv").exists() and "teachers" in pd.read_csv(folder / "school_years.csv"):  # fmt: skip
        return
    assert (
        len([text for text in said if "areas, equipment and funds are not reported" in text]) <= 1
    )


def test_a_forgotten_column_is_still_an_error(tmp_path):
    """One other column than pupils: the table is meant to be whole."""
    here = write(tmp_path / "county", school_years="students")
    table = pd.read_csv(here / "school_years.csv", dtype=str)
    table["teaching_area_m2"] = "5000"
    table.to_csv(here / "school_years.csv", index=False)
    county, findings = read_county(here)
    assert county is None
    missing = [
        f for f in findings if f.severity == "error" and f.sentence("en").endswith("is missing")
    ]
    assert len(missing) > 10


def test_places_and_staff_need_are_there_and_the_rest_is_open(folder):
    ahead = WhatIf(folder, ["baseline"], draws=50)
    table = yearly(ahead.study)
    later = table[table["basis"] == "projected"]
    assert (later["students"] > 0).all()
    assert later["seats_missing"].notna().all()
    # teachers needed: what the threshold asks of every school, a part of one being one
    rows = ahead.study.register
    rows = rows[(rows["year"] == later["year"].max()) & (rows["stage"] == "primary")]
    need = int(np.ceil(rows["students"] * 4.2 / 100 - 1e-9).sum())
    last = later[(later["year"] == later["year"].max()) & (later["stage"] == "primary")].iloc[0]
    assert last["teachers_above_qualification_needed"] == need
    for column in ("passing", "cv_over", "teachers_missing", "cv_max"):
        assert later[column].isna().all(), column
    assert (later["undecided"] == later["schools"]).all()

    first = sentences.conclusions(ahead, "en")[0]
    assert "cannot be judged" in first
    assert "known to be met in 0% of 50" in first
    assert "0 of" not in first.replace("0% of", "")
    grid = tables.needed_staff_grid(ahead, "en")
    assert len(grid.rows) == 2 * (len(set(later["year"])) + 1)
    # no count of zero where nothing is known
    for row in tables.needs_grid(ahead, "en").rows:
        assert [cell.text for cell in row[6:9]] == ["—"] * 3
        assert row[9].text.startswith("—")


def test_where_staff_is_reported_no_other_need_is_shown():
    assert not tables.needed_staff_grid(WhatIf("150303-hainan", ["baseline"], draws=0), "en").rows


@pytest.mark.slow
@pytest.mark.parametrize("year", [None, 2026])
@pytest.mark.parametrize("scenario", ["baseline", "plan_full"])
def test_every_page_of_the_report_is_made(folder, scenario, year):
    county = load_county(folder)
    notebook = build.pages_of(Report.of(county, year, "en", scenario))
    text = "".join(cell.outputs[0].data["text/html"] for cell in notebook.cells)
    assert "What if" in text
    assert "Teachers that the thresholds ask for" in text
    assert build.export(notebook, "html").startswith(b"<!DOCTYPE html>")


@pytest.mark.slow
@pytest.mark.parametrize("years", [(2022,), (2021, 2022)])
@pytest.mark.parametrize("classes", [True, False])
def test_few_years_and_no_classes(tmp_path, years, classes):
    county = load_county(write(tmp_path / "county", years=years, classes=classes))
    build.pages_of(Report.of(county, None, "zh", "baseline"))
    desk = Desk({"x": county})
    assert desk.chance(State(county="x"), "zh")["condition"]


@pytest.mark.slow
def test_the_planner_works_with_it(folder):
    desk = Desk({"x": load_county(folder)})
    state = State(county="x", migration={"students": 40, "start": 2023})
    found = desk.outcome(state, "en")
    json.dumps([found, desk.details(state, "en"), desk.chance(state, "en")], allow_nan=False)
    rows = {row["label"]: row["values"] for row in found["key"]}
    assert rows["Teachers missing (the kind most lacking in the stage)"] == ["—"] * 3
    assert rows["Coefficients of variation above the limit"] == ["—"] * 3
    assert "known to be met in 0% of 200" in desk.chance(state, "en")["sentence"]
    book = openpyxl.load_workbook(io.BytesIO(desk.workbook(state, "en")))
    assert "Condition" in [row[0].value for row in book["Conclusion"].iter_rows()]


@pytest.mark.slow
def test_project_and_batch_work_with_it(folder, tmp_path):
    done = CliRunner().invoke(app, ["project", str(folder), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "projected" in done.stdout
    page = str(NOTEBOOKS / "county_report.ipynb")
    job = Job(str(folder), 2026, "baseline", "zh", ("xlsx",), page)
    record = make(job, str(tmp_path / "out"), program_digest())
    assert record["status"] == "done", record["reasons"]
    assert record["verdict"] == "not_assessed"
    assert record["chance"]["met"] == 0
    assert speak("zh").percent(1, 0) in record["condition"]


@pytest.mark.slow
def test_the_report_is_written(folder, tmp_path):
    paths = build.write_report(folder, tmp_path / "out", scenario="baseline", lang="en")
    assert {path.suffix for path in paths} == {".pdf", ".html"}
