"""The commands of the contract: results, exit status, sentences instead of tracebacks."""

import functools
import json
import os
import signal
import subprocess
import sys
import time

import bad_county as bad
import openpyxl
import pandas as pd
import psutil
import pytest
from typer.testing import CliRunner

from analysis import analyze, load_county, project
from analysis.cli.app import app
from analysis.cli.output import formats_of
from analysis.data.paths import sample_folder

SAMPLES = sorted(path.parent.name for path in sample_folder().glob("*/county.yaml"))


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_check_passes_every_sample(name):
    result = run("check", name, "--lang", "en")

    assert result.exit_code == 0, result.stderr
    assert "in order" in result.stdout


def test_help_loads_nothing_that_only_a_report_needs():
    heavy = {
        "numpy",
        "pandas",
        "matplotlib",
        "scipy",
        "papermill",
        "nbconvert",
        "typst",
        "tornado",
        "openpyxl",
        "docx",
    }
    code = "import sys, analysis.cli.app; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "analysis.cli.app" in found.stdout.split()
    assert heavy.isdisjoint(found.stdout.split())


def test_check_speaks_chinese_by_default():
    assert "检查通过" in run("check", SAMPLES[0]).stdout


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "json"])
def test_balance_writes_every_format(tmp_path, ending):
    out = tmp_path / f"balance.{ending}"
    result = run("balance", "340207-jiujiang", "--year", "2023", "--out", out)
    read = {
        "csv": pd.read_csv,
        "xlsx": functools.partial(pd.read_excel, engine="calamine"),
        "parquet": pd.read_parquet,
        "json": pd.read_json,
    }[ending]
    table = read(out, dtype={"county": str}) if ending in ("csv", "json", "xlsx") else read(out)
    expected = analyze("340207-jiujiang", 2023).balance

    assert result.exit_code == 0
    assert list(table.columns[:12]) == [
        *("county", "year", "basis", "stage", "indicator", "schools", "students", "mean", "sd"),
        *("cv", "limit", "status"),
    ]
    assert table["county"].iloc[0] == "340207"
    pd.testing.assert_series_equal(table["cv"], expected["cv"], check_exact=False, rtol=1e-12)


def test_year_all_takes_every_year(tmp_path):
    out = tmp_path / "indicators.csv"
    run("indicators", "230505-sifangtai", "--year", "all", "--out", out)

    assert sorted(pd.read_csv(out)["year"].unique()) == list(range(2017, 2023))


@pytest.mark.slow
def test_evaluate_prints_the_whole_verdict():
    result = json.loads(run("evaluate", "150303-hainan").stdout)

    assert result["county"] == "150303"
    assert result["recognised"] is False
    assert {"schools", "balance", "evaluation", "standard", "year"} <= set(result)
    # strict JSON: what is missing is null, not NaN
    assert "NaN" not in run("evaluate", "652323-hutubi").stdout


def test_unknown_county_is_a_sentence_that_names_the_samples():
    result = run("evaluate", "150202-dongge", "--lang", "en")

    assert result.exit_code == 1
    assert "150202-donghe" in result.stderr
    assert "Traceback" not in result.stderr


def test_unknown_year_names_the_years():
    result = run("balance", "150202-donghe", "--year", "1999", "--lang", "en")

    assert result.exit_code == 1
    assert "2016, 2017" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("balance", "150202-donghe", "--out", "x.doc"),
        ("balance", "150202-donghe", "--year", "last"),
        ("report", "150202-donghe", "--out", "x", "--format", "odt"),
        ("balance",),
        ("nonsense",),
        ("check", "150202-donghe", "--lang", "fr"),
    ],
)
def test_wrong_usage_is_exit_2(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert run(*arguments).exit_code == 2
    assert not list(tmp_path.iterdir())


def test_formats_are_named_with_commas_or_one_by_one():
    assert formats_of(["pdf,docx"]) == formats_of(["pdf", " docx"]) == ("pdf", "docx")


def test_two_formats_asked_for_one_by_one_are_both_made(tmp_path):
    asked = ("--format", "xlsx", "--format", "html")
    assert run("report", "230505-sifangtai", *asked, "--out", tmp_path).exit_code == 0

    assert {file.suffix for file in tmp_path.iterdir()} == {".html", ".xlsx"}


def test_missing_output_folder_is_a_sentence(tmp_path):
    result = run("balance", "230505-sifangtai", "--out", tmp_path / "no" / "x.csv", "--lang", "en")

    assert result.exit_code == 1
    assert "folder does not exist" in result.stderr


def test_one_bad_county_does_not_stop_the_others(tmp_path):
    result = run("check", tmp_path, "230505-sifangtai", "--lang", "en")

    assert result.exit_code == 1
    assert "county.yaml: the file is missing" in result.stderr
    assert "230505-sifangtai: in order" in result.stdout


def test_python_m_analysis_is_the_same_command():
    result = subprocess.run(
        [sys.executable, "-m", "analysis", "--help"], capture_output=True, text=True, check=True
    )

    assert "balance" in result.stdout


@pytest.mark.slow
def test_as_of_judges_by_the_rules_of_another_year():
    early = json.loads(run("evaluate", "150202-donghe", "--year", "2016").stdout)
    later = json.loads(run("evaluate", "150202-donghe", "--year", "2016", "--as-of", "2021").stdout)

    assert early["rules_of"] == "2016-12-31"
    assert {row["status"] for row in early["schools"]} == {"not_assessed"}
    assert later["rules_of"] == "2021-12-31"
    assert "not_met" in {row["status"] for row in later["schools"]}


@pytest.mark.slow
def test_project_goes_on_where_the_data_end(tmp_path):
    out = tmp_path / "enrolment.csv"
    result = run(
        "project", "652323-hutubi", "--scenario", "births_low", "--until", "2030", "--out", out
    )
    table = pd.read_csv(out, dtype={"school_id": str})

    assert result.exit_code == 0, result.stderr
    assert list(table.columns) == ["school_id", "year", "grade", "students", "basis"]
    assert sorted(table.loc[table["basis"] == "projected", "year"].unique()) == list(
        range(2022, 2031)
    )
    # persons are whole where people see them, and near what they are reckoned with
    exact = project(load_county("652323-hutubi"), "births_low", 2030).county.tables["enrolment"]
    assert table["students"].dtype == "int64"
    assert (table["students"] - exact["students"].to_numpy()).abs().max() <= 0.5
    assert (exact["students"] % 1 > 0).any()
    assert "四舍五入" in result.stderr
    observed = table[table["basis"] == "observed"]
    assert len(observed) == len(analyze("652323-hutubi").county.tables["enrolment"])


def test_project_says_what_could_not_be_done(tmp_path):
    out = tmp_path / "enrolment.csv"
    result = run(
        "project", "150303-hainan", "--scenario", "plan_full", "--lang", "en", "--out", out
    )

    assert result.exit_code == 0
    assert "市一中 not in the roster" in result.stderr


def test_an_unknown_scenario_is_named_with_those_there_are(tmp_path):
    result = run("project", "652323-hutubi", "--scenario", "wonder", "--lang", "en")

    assert result.exit_code == 1
    assert "there is no scenario “wonder”; there are baseline, births_high" in result.stderr
    assert "Traceback" not in result.stderr


def test_check_ends_with_what_is_still_missing(tmp_path, make_county, write_county):
    schools = [{"students_primary": 300, "multimedia_rooms": None}, {"students_primary": 400}]
    path = write_county(make_county(schools), tmp_path / "county")

    shown = run("check", path, "--lang", "en", "--out", tmp_path / "findings.xlsx").stdout
    sheet = openpyxl.load_workbook(tmp_path / "findings.xlsx")["missing"]
    again = run("check", tmp_path / "findings.xlsx", "--lang", "en")

    assert "Still missing for the school year 2023–2024, therefore not assessed:" in shown
    listed = list(sheet.iter_rows(min_row=5, values_only=True))
    room = next(row for row in listed if row[1] == "Networked multimedia rooms")
    assert room[0] == "School 1"
    assert room[2] == "school_years.csv"
    assert int(room[5]) >= 2
    assert again.exit_code == 0


def test_commands_that_check_names_ask_by_the_same_standard(tmp_path, make_county, write_county):
    path = write_county(make_county([{"students_primary": 300}] * 30), tmp_path / "county")

    shown = run("check", path, "--lang", "en", "--standard", "cn-2012").stdout

    named = [line for line in shown.splitlines() if "junheng " in line]
    assert named
    assert all("--standard cn-2012" in line for line in named), named


# --- words, ids, and the language of the user ----------------------------------------------------


def test_console_speaks_in_words_and_files_keep_ids(tmp_path, make_county, write_county):
    path = write_county(make_county([{"students_primary": 1300}] * 2), tmp_path / "county")
    out = tmp_path / "balance.csv"
    shown = run("balance", path, "--lang", "zh").stdout
    ids = run("balance", path, "--lang", "zh", "--ids").stdout
    written = run("balance", path, "--lang", "zh", "--out", out)

    assert "差异系数" in shown.splitlines()[0]
    assert "2,600" in shown
    assert "primary" not in shown
    assert ids.split()[:4] == ["county", "year", "basis", "stage"]
    assert written.stdout == f"已生成 {out}\n"
    assert list(pd.read_csv(out).columns[:4]) == ["county", "year", "basis", "stage"]


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"LANG": "C.UTF-8"}, "检查通过"),
        ({"LANG": "zh_CN.UTF-8"}, "检查通过"),
        ({"LANG": "en_GB.UTF-8"}, "in order"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_TW"}, "检查通过"),
        ({"LANG": "en_GB.UTF-8", "JUNHENG_LANG": "zh"}, "检查通过"),
    ],
)
def test_language_is_that_of_the_locale(environment, word, tmp_path, make_county, write_county):
    path = write_county(make_county([{"students_primary": 300}] * 2), tmp_path / "county")
    names = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "JUNHENG_LANG"))
    result = CliRunner().invoke(app, ["check", str(path)], env=names | environment)

    assert word in result.stdout


def test_sentences_of_a_workbook_name_cell_and_head(tmp_path):
    path = bad.write_workbook(tmp_path / "county.xlsx")
    book = openpyxl.load_workbook(path)
    book["school_years"]["C9"] = "许多"
    book.save(path)
    chinese, english = (run("check", path, "--lang", lang).stderr for lang in ("zh", "en"))

    assert "[school_years]，C9 单元格（小学在校生数）：" in chinese
    assert "[school_years], cell C9 (Primary students): " in english
    assert "students_primary" not in chinese + english
    assert "\x1b[" not in chinese  # no colours where nobody looks


def test_template_may_be_in_ten_thousands(tmp_path):
    path = tmp_path / "county.xlsx"
    result = run("template", path, "--money", "万元", "--lang", "zh")
    heads = [cell.value for cell in openpyxl.load_workbook(path)["学校年度数据"][1]]

    assert result.exit_code == 0, result.stderr
    assert "公用经费（万元）" in heads
    assert run("template", tmp_path / "x.xlsx", "--money", "千元").exit_code == 2


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise on Windows")
def test_who_closes_the_pipe_has_seen_enough(tmp_path):
    """`junheng check … | head`: no county is to blame."""
    command = [sys.executable, "-m", "analysis", "check", *["340207-jiujiang"] * 2]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as run:
        run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read().decode()

    assert "340207-jiujiang：无法读写" not in said
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.skipif(
    os.name != "posix", reason="the script that stands for pandoc is one of a shell"
)
def test_who_is_interrupted_ends_pandoc(tmp_path):
    script, note = tmp_path / "pandoc", tmp_path / "pid"
    script.write_text(
        "#!/bin/sh\n"
        'case "$*" in *--version*) echo pandoc 3.1; exit;; esac\n'
        f"echo $$ > {note}.part; mv {note}.part {note}\n"
        "exec sleep 600\n"
    )
    script.chmod(0o755)
    command = [sys.executable, "-c", "from analysis.cli import main; main()", "report"]
    process = subprocess.Popen(
        [*command, "150303-hainan", "--format", "pdf", "--out", tmp_path / "out"],
        env=os.environ | {"PYPANDOC_PANDOC": str(script)},
        start_new_session=True,
    )
    for _ in range(600):
        if note.exists():
            break
        time.sleep(0.1)
    pandoc = psutil.Process(int(note.read_text()))
    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 130
    assert not pandoc.is_running() or pandoc.status() == psutil.STATUS_ZOMBIE
    assert not list(tmp_path.glob("out/*"))
