"""Promise: `new` makes a folder in which everything works, and never touches what is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import analysis
from analysis import load_county
from analysis.cli.app import app
from analysis.cli.commands import new as module
from analysis.data.paths import NOTEBOOKS, sample_folder

SAMPLE = "150304-wuda"


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def everything(folder) -> dict:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def parameters(page) -> dict:
    names: dict = {}
    for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), names)
    return names


def test_the_folder_has_notebooks_a_county_and_a_makefile(tmp_path):
    desk = tmp_path / "desk"
    done = run("new", desk, "--sample", SAMPLE, "--lang", "en")

    assert done.exit_code == 0, done.output
    assert "junheng lab" in done.output
    assert {path.name for path in desk.glob("*.ipynb")} == {
        path.name for path in NOTEBOOKS.glob("*.ipynb")
    }
    assert load_county(desk / SAMPLE).fingerprint == load_county(SAMPLE).fingerprint
    assert everything(desk / SAMPLE) == everything(sample_folder() / SAMPLE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk"]


def test_notebooks_begin_with_the_sample_and_the_language(tmp_path):
    run("new", tmp_path / "desk", "--sample", SAMPLE, "--lang", "en")
    for page in (tmp_path / "desk").glob("*.ipynb"):
        given, here = parameters(NOTEBOOKS / page.name), parameters(page)
        assert here["lang"] == "en"
        assert here.get("county", SAMPLE) == SAMPLE
        assert here.get("counties", ".") == "."
        assert set(given) == set(here)
        text = page.read_text(encoding="utf-8")
        assert text.count("  # ") == (NOTEBOOKS / page.name).read_text(encoding="utf-8").count(
            "  # "
        )


def test_a_folder_that_is_there_is_filled(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    assert run("new", tmp_path).exit_code == 0
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "Makefile").is_file()


def test_nothing_is_written_over_and_nothing_half_written(tmp_path):
    desk = tmp_path / "desk"
    (desk / SAMPLE).mkdir(parents=True)
    (desk / "explore.ipynb").write_text("mine")
    (desk / "Makefile").symlink_to(tmp_path / "nowhere")
    before = everything(tmp_path)
    done = run("new", desk, "--sample", SAMPLE, "--lang", "en")

    assert done.exit_code == 1
    for name in (SAMPLE, "explore.ipynb", "Makefile"):
        assert f"{desk / name}: is there already" in done.stderr
    assert everything(tmp_path) == before
    assert not list(desk.glob("region.ipynb"))


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("file", "is no folder"),
        ("missing/desk", "the folder does not exist"),
        ("county", "is the folder of a county"),
    ],
)
def test_where_no_folder_can_be_is_said(tmp_path, folder, words):
    (tmp_path / "file").write_text("mine")
    shutil.copytree(sample_folder() / SAMPLE, tmp_path / "county")
    before = everything(tmp_path)
    done = run("new", tmp_path / folder, "--lang", "en")

    assert done.exit_code == 1
    assert words in done.stderr
    assert everything(tmp_path) == before


def test_an_unknown_sample_is_refused_with_the_nearest(tmp_path):
    done = run("new", tmp_path / "desk", "--sample", "150304-wudaa", "--lang", "en")

    assert done.exit_code == 1
    assert "the nearest: 150304-wuda" in done.stderr
    assert not (tmp_path / "desk").exists()


def test_the_makefile_names_commands_that_there_are(tmp_path):
    run("new", tmp_path / "desk")
    text = (tmp_path / "desk" / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"\$\(JUNHENG\) (\w+)", text)

    assert {"check", "report", "lab"} <= set(commands)
    assert all(run(command, "--help").exit_code == 0 for command in commands)
    assert "@" not in text.replace("@mkdir", "").replace("@grep", "")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_makefile_makes_a_report(tmp_path):
    run("new", tmp_path / "desk", "--sample", SAMPLE)
    command = ["make", "check", "report", f"JUNHENG={sys.executable} -m analysis"]
    subprocess.run(command, cwd=tmp_path / "desk", check=True, capture_output=True)

    made = {path.suffix for path in (tmp_path / "desk" / "reports").glob(f"{SAMPLE}-*")}
    assert {".pdf", ".html"} <= made


def test_lab_opens_the_first_page_of_the_folder(tmp_path, monkeypatch):
    asked = {}

    def start(command, cwd, env):
        asked.update(command=command, cwd=cwd, lang=env["JUNHENG_LANG"])
        return subprocess.CompletedProcess(command, 0)

    run("new", tmp_path / "desk")
    monkeypatch.setattr(subprocess, "run", start)
    done = run("lab", tmp_path / "desk", "--no-open", "--port", "8899", "--lang", "en")

    assert done.exit_code == 0
    assert asked["command"][:4] == [sys.executable, "-m", "jupyterlab", "explore.ipynb"]
    assert {"--no-browser", "--ServerApp.port=8899"} <= set(asked["command"])
    assert asked["cwd"] == str(tmp_path / "desk")
    assert asked["lang"] == "en"


def test_lab_without_a_page_says_how_to_get_one(tmp_path):
    done = run("lab", tmp_path, "--lang", "en")

    assert done.exit_code == 1
    assert "there is no explore.ipynb here; make a folder to work in: junheng new" in done.stderr
    assert module.lab.__doc__


def test_the_version_is_said():
    assert run("--version").output.strip() == f"junheng {analysis.__version__}"
