"""The national application form: columns, order, decimals, shading; opened in LibreOffice."""

import io
import shutil
import subprocess

import openpyxl
import pytest
from counties import build_county

from analysis import InputError, analyze
from analysis.data.paths import sample_folder
from analysis.measure.study import study_of
from analysis.report.form import form_grids, write_form


@pytest.fixture(scope="module")
def hutubi():
    return analyze("652323-hutubi")


@pytest.fixture(scope="module")
def book(hutubi):
    return openpyxl.load_workbook(io.BytesIO(write_form(hutubi)))


@pytest.mark.slow
def test_all_tables_in_their_order(book):
    assert book.sheetnames == ["表Ⅰ", "表Ⅱ-1", "表Ⅱ-2", "表Ⅲ", "表Ⅳ", "表Ⅴ", "表Ⅵ"]


def test_columns_are_numbered_as_prescribed(book):
    heads = {sheet.title: [cell.value or "" for cell in sheet[3]] for sheet in book}

    assert [head.split()[0] for head in heads["表Ⅱ-2"][:14]] == [f"L{n}" for n in range(1, 15)]
    assert heads["表Ⅱ-2"][14] == "备注"
    assert [head.split()[0] for head in heads["表Ⅱ-1"][2:]] == [f"L{n}" for n in range(1, 9)]
    assert [head.split()[0] for head in heads["表Ⅲ"][2:]] == [f"L{n}" for n in range(1, 9)]
    assert [row[0].value for row in book["表Ⅰ"].iter_rows(min_row=4)] == [
        f"L{n}" for n in range(1, 25)
    ]


def test_decimals_are_two_three_and_one(book, hutubi):
    means, cvs = (list(row) for row in book["表Ⅲ"].iter_rows(min_row=4, max_row=5))
    balance = hutubi.balance.query("stage == 'primary'").set_index("indicator")

    assert means[2].number_format.endswith("0.00")
    assert cvs[2].number_format.endswith("0.000")
    assert means[9].value == "——"
    assert cvs[9].value == round(balance.loc["composite", "cv"], 3)
    assert book["表Ⅱ-1"]["C5"].number_format.endswith("0.0")


def test_every_row_of_the_evaluation_is_in_table_ii_2(book, hutubi):
    rows = list(book["表Ⅱ-2"].iter_rows(min_row=4))
    schools = hutubi.schools

    assert len(rows) == len(schools)
    for row, school in zip(rows, schools.to_dict("records"), strict=True):
        assert row[1].value.startswith(school["school"])
        assert (
            row[13].value
            == {"met": "达到", "not_met": "未达到", "not_assessed": "未评定"}[school["status"]]
        )


def test_failing_cells_are_shaded(book, hutubi):
    rows = list(book["表Ⅱ-2"].iter_rows(min_row=4))
    values = hutubi.indicators.set_index(["stage", "school_id", "indicator"])["status"]
    schools = hutubi.schools.to_dict("records")
    for row, school in zip(rows, schools, strict=True):
        for cell, name in zip(row[6:13], hutubi.indicators["indicator"].unique(), strict=True):
            status = values[(school["stage"], school["school_id"], name)]
            shade = cell.fill.fgColor.rgb[-6:] if cell.fill.fill_type else ""
            assert shade == {"met": "", "not_assessed": "E0E0E0"}.get(status, "A6A6A6")


def test_text_is_never_a_formula(hutubi):
    for sheet in openpyxl.load_workbook(io.BytesIO(write_form(hutubi))):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_same_study_gives_the_same_bytes(hutubi):
    assert write_form(hutubi) == write_form(hutubi)


def test_english_form_has_the_same_shape(hutubi):
    zh, en = form_grids(hutubi, "zh"), form_grids(hutubi, "en")

    assert list(zh) == list(en)
    for name in zh:
        assert len(zh[name].rows) == len(en[name].rows)
        assert len(zh[name].header) == len(en[name].header)


@pytest.mark.system
def test_form_opens_in_libreoffice(hutubi, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("libreoffice is not installed (only .ci/run installs it)")
    path = tmp_path / "form.xlsx"
    path.write_bytes(write_form(hutubi))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path],
        check=True,
        capture_output=True,
        timeout=180,
    )
    from pypdf import PdfReader

    pages = PdfReader(tmp_path / "form.pdf").pages
    text = "".join(page.extract_text() for page in pages)

    assert len(pages) >= 7
    assert "表Ⅱ-2" in text
    assert "呼图壁县" in text


def test_what_is_missing_leaves_the_share_open_unless_it_is_decided():
    school = {"type": "primary", "students_primary": 600.0}
    rows = [
        {**school, "school_id": "a"},
        {**school, "school_id": "b", "outdoor_sports_area_m2": 100.0},
        {**school, "school_id": "c", "outdoor_sports_area_m2": None, "equipment_value_cny": None},
    ]
    study = study_of(build_county(rows))
    share = form_grids(study)["表Ⅱ-1"].rows[1]
    found = study.indicators.groupby("indicator", sort=False)["status"].agg(set)
    status = dict(zip(found.index, (cell.status for cell in share[2:]), strict=False))

    assert found["equipment_value"] == {"met", "not_assessed"}
    assert status["equipment_value"] == "not_assessed"
    assert found["sports_area"] >= {"short", "not_assessed"}
    assert status["sports_area"] == "not_met"


@pytest.mark.slow
def test_a_further_indicator_takes_a_column_and_moves_those_behind_it():
    folder = sample_folder() / "150303-hainan"
    heads = {
        name: [cell if isinstance(cell, str) else cell.text for cell in grid.header]
        for name, grid in form_grids(analyze(folder, standard="with-books.yaml")).items()
    }

    for table in ("表Ⅱ-1", "表Ⅲ"):
        assert [head.split()[0] for head in heads[table][2:]] == [f"L{n}" for n in range(1, 10)]
    assert "图书" in heads["表Ⅱ-1"][-2]


def test_a_standard_of_another_evaluation_has_no_such_form():
    with pytest.raises(InputError, match=r"cn-2012|2012") as refused:
        form_grids(analyze("652323-hutubi", standard="cn-2012"))
    assert "application form" in str(refused.value)


def test_a_sum_without_all_schools_says_so():
    schools = [{"students_primary": 100, "teachers_primary": 10}]
    schools += [{"students_primary": 100, "teachers_primary": None}]
    rows = form_grids(study_of(build_county(schools)))["表Ⅰ"].rows
    cells = {row[1].text: row[2] for row in rows}

    [teachers] = [cell for name, cell in cells.items() if name.startswith("小学专任教师")]
    assert (teachers.text, teachers.status) == ("10（缺1所学校）", "not_assessed")
    assert "缺" not in cells["小学在校生（人）"].text
