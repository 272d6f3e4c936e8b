"""Folders are read in one way: what cannot be used is left out and named, whoever reads."""

import os
import shutil

import pytest
from typer.testing import CliRunner

from analysis import load_county
from analysis.base.language import speak
from analysis.base.storage.folders import below, entries, usable
from analysis.cli.app import app
from analysis.data.paths import sample_folder
from analysis.planner.desk import Desk
from analysis.planner.state import State
from analysis.present.region.summary import read_region

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")

LEFT_OUT = {
    "folder.yaml": "Is a directory",
    "gone.yaml": "No such file or directory",
    "loop.yaml": "Too many levels of symbolic links",
    "pipe.yaml": "not an ordinary file",
}


@pytest.fixture
def county(tmp_path):
    """A county with one scenario of its own, and much else in their folder."""
    folder = tmp_path / "county"
    shutil.copytree(sample_folder() / "230505-sifangtai", folder)
    scenarios = folder / "scenarios"
    scenarios.mkdir(exist_ok=True)
    (scenarios / "own.yaml").write_text("name: {zh: 自己的, en: Own}\n", encoding="utf-8")
    (scenarios / "gone.yaml").symlink_to("/nowhere/x.yaml")
    (scenarios / "loop.yaml").symlink_to("loop.yaml")
    (scenarios / "folder.yaml").mkdir()
    os.mkfifo(scenarios / "pipe.yaml")
    (scenarios / ".hidden.yaml").symlink_to("/nowhere/x.yaml")
    (scenarios / "~$lock.yaml").touch()
    (scenarios / "note.txt").touch()
    return folder


def sentences(county):
    return [
        f"{county}/scenarios/{name}: is left out: cannot be read ({reason})"
        for name, reason in LEFT_OUT.items()
    ]


def test_what_cannot_be_used_is_left_out_and_named(county):
    skipped = []
    found = usable(entries(county / "scenarios", ".yaml"), skipped)

    assert [path.name for path in found] == ["own.yaml"]
    assert [finding.sentence("en") for finding in skipped] == sentences(county)
    assert (
        skipped[1]
        .sentence("zh")
        .endswith("gone.yaml：未采用：无法读取（No such file or directory）")
    )
    assert entries(county / "not there") == []
    names = [entry.path.name for entry in below(county / "scenarios")]
    assert names == ["gone.yaml", "loop.yaml", "note.txt", "own.yaml", "pipe.yaml"]


@pytest.mark.slow
def test_planner_goes_on_and_says_so(county):
    desk = Desk({"county": county})
    about = desk.about("county", speak("en"))

    assert about["unusable"] == sentences(county)
    assert "own" in [each["id"] for each in about["scenarios"]]
    assert desk.outcome(State(county="county", base="own"), "en")["base"]
    # one that goes while the page is open
    (county / "scenarios/own.yaml").unlink()
    assert desk.outcome(State(county="county", base="baseline"), "en")["base"]


@pytest.mark.slow
def test_commands_go_on_and_say_so(county, tmp_path):
    for command in (
        ["check", str(county)],
        ["project", str(county), "--scenario", "own", "--out", str(tmp_path / "x.csv")],
        ["template", str(tmp_path / "book.xlsx"), "--from", str(county)],
    ):
        found = CliRunner().invoke(app, [*command, "--lang", "en"])
        told = [line.removeprefix("warning: ") for line in found.stderr.splitlines()]

        assert found.exit_code == 0, found.output
        assert [line for line in told if "left out" in line] == sentences(county)
    assert [path.name for path in (tmp_path / "scenarios").iterdir()] == ["own.yaml"]


def test_plan_whose_target_is_gone_is_named(county):
    (county / "plan.yaml").unlink(missing_ok=True)
    (county / "plan.yaml").symlink_to("/nowhere/plan.yaml")
    loaded = load_county(county)

    assert loaded.plan is None
    assert [w.sentence("en") for w in loaded.warnings if "plan.yaml" in w.file] == [
        f"{county}/plan.yaml: is left out: cannot be read (No such file or directory)"
    ]


def test_table_whose_target_is_gone_is_an_error(county):
    (county / "enrolment.csv").unlink(missing_ok=True)
    (county / "enrolment.csv").symlink_to("/nowhere/enrolment.csv")
    found = CliRunner().invoke(app, ["check", str(county), "--lang", "en"])

    assert found.exit_code == 1
    assert (
        f"error: {county}/enrolment.csv: cannot be read (No such file or directory)" in found.stderr
    )


def test_region_names_the_workbook_whose_target_is_gone(county):
    (county.parent / "gone.xlsx").symlink_to("/nowhere/x.xlsx")
    region = read_region(county.parent)

    assert list(region.counties["slug"]) == ["county"]
    assert [(name, [f.sentence("en") for f in why]) for name, why in region.unread] == [
        ("gone.xlsx", [f"{county.parent}/gone.xlsx: cannot be read (No such file or directory)"])
    ]
