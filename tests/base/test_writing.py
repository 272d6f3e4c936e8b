"""Nothing of the user is lost: where results are written, how, and how a county's folder is renewed."""

from __future__ import annotations

import inspect
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import typer
from counties import write_workbook
from ministry_files import write_returns
from typer.testing import CliRunner

import analysis
from analysis import load_county
from analysis.base.files import InputError
from analysis.base.storage import switching, writing
from analysis.cli.app import app
from analysis.data.load import read_county
from analysis.data.paths import find_county
from analysis.ministry.folder import import_returns
from analysis.report.build import write_report

COMMANDS = typer.main.get_command(app).commands

#: Of a command: its county is an argument, an option (template) or a folder of sheets (import).
FILES = [
    name for name, c in COMMANDS.items() if any(p.name in ("out", "workbook") for p in c.params)
]
#: Reports, batches and searches take their time.
TAKE_TIME = ("report", "remedy", "batch")


def each(names):
    return [pytest.param(n, marks=pytest.mark.slow) if n in TAKE_TIME else n for n in names]


ABOUT = {"code": "150304", "name": "乌达区", "name_en": "Wuda", "province": "内蒙古自治区"}
ABOUT |= {"province_en": "Inner Mongolia"}


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def call(command: str, county, out, *options):
    """A command that reads a county and writes a file, folder or workbook."""
    if command == "template":
        return run(command, out, "--from", county, "--lang", "en", *options)
    if command == "compare":
        return run(command, county, county, "--out", out, "--lang", "en", *options)
    if command == "import":
        options += tuple(f"--{name.replace('_', '-')}={text}" for name, text in ABOUT.items())
    if command in ("report", "batch"):
        options += ("--format", "xlsx")
    if command == "remedy":
        options += ("--plan-only",)
    return run(command, county, "--out", out, "--lang", "en", *options)


def tree(folder: Path, without: str = "former-") -> dict[str, bytes | str]:
    """Every file of a folder with its content, every link with where it leads."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or path.is_file())
        and not path.relative_to(folder).parts[0].startswith(without)
    }


@pytest.fixture
def county(tmp_path):
    """A county's folder with all that people keep in it."""
    return kept("150202-donghe", tmp_path / "donghe")


@pytest.fixture
def small_county(tmp_path):
    """The same of a county that is soon read."""
    folder = kept("230505-sifangtai", tmp_path / "sifangtai")
    shutil.copytree(find_county("150202-donghe") / "scenarios", folder / "scenarios")
    return folder


def kept(sample: str, folder: Path) -> Path:
    shutil.copytree(find_county(sample), folder)
    (folder / "letters").mkdir()
    (folder / "letters" / "to-the-bureau.docx").write_bytes(b"letter")
    for ending in ("xlsx", "json", "parquet", "csv.bak", "pdf", "html"):
        (folder / f"notes.{ending}").write_bytes(b"notes " + ending.encode())
    return folder


@pytest.fixture(scope="module")
def jiujiang(tmp_path_factory):
    """The smallest sample as a workbook."""
    path = tmp_path_factory.mktemp("workbook") / "county.xlsx"
    return write_workbook(find_county("340207-jiujiang"), path)


def spellings(path: Path, tmp_path: Path) -> list[Path]:
    """One file by its name, round about, by a link, and through a link to its folder."""
    link, folder = tmp_path / f"link{path.suffix}", tmp_path / "linked-folder"
    for each, to in ((link, path), (folder, path.parent)):
        each.unlink(missing_ok=True)
        each.symlink_to(to)
    return [path, path.parent / ".." / path.parent.name / path.name, link, folder / path.name]


# --- no command writes over what is there --------------------------------------------------------


def test_every_command_that_takes_a_place_to_write_to_is_tried():
    assert set(FILES) == {
        *("template", "check", "indicators", "balance", "evaluate", "trajectory", "project"),
        *("plan", "form", "import", "report", "batch", "remedy", "compare"),
    }
    # and every one has the option, so that the sentence that names it is true
    assert all(any(p.name == "force" for p in COMMANDS[name].params) for name in FILES)


@pytest.mark.slow
@pytest.mark.parametrize("command", each(FILES))
def test_no_command_writes_over_a_file_of_the_county(command, small_county, tmp_path):
    county = small_county
    before = tree(county)
    for path in [path for path in sorted(county.rglob("*")) if path.is_file()]:
        for spelling in spellings(path, tmp_path):
            result = call(command, county, spelling)
            assert result.exit_code in (1, 2), (spelling, result.output)
            assert isinstance(result.exception, SystemExit), (spelling, result.exception)
        read = path.suffix in (".csv", ".yaml")
        if read:
            assert call(command, county, path, "--force").exit_code in (1, 2)
        assert tree(county) == before, path
    assert not list(county.rglob(".junheng-*"))


@pytest.mark.slow
@pytest.mark.parametrize("command", each(FILES))
def test_no_command_writes_over_its_own_workbook(command, jiujiang, tmp_path):
    path = tmp_path / "county.xlsx"
    shutil.copy(jiujiang, path)
    before = path.read_bytes()
    other = tmp_path / "hard.xlsx"
    other.hardlink_to(path)
    for spelling in [*spellings(path, tmp_path), other]:
        for options in ((), ("--force",)):
            result = call(command, path, spelling, *options)
            assert result.exit_code in (1, 2), (spelling, result.output)
            assert isinstance(result.exception, SystemExit), (spelling, result.exception)
            assert path.read_bytes() == before
    assert set(os.listdir(tmp_path)) == {"county.xlsx", "hard.xlsx", "link.xlsx", "linked-folder"}


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_what_a_command_reads_is_never_written_over(options, jiujiang, tmp_path):
    path = Path(shutil.copy(jiujiang, tmp_path / "county.xlsx"))
    before = path.read_bytes()
    result = run("balance", path, "--out", path, "--lang", "en", *options)

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: {path}: is read by this command and is never written over; choose another name\n"
    )
    assert path.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("command", each(n for n in FILES if n not in ("import", "batch")))
def test_force_names_what_is_replaced_and_repeating_needs_none(command, county, tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    county = find_county("340207-jiujiang") if command != "plan" else county
    out = folder / "x.xlsx"
    in_folder = {"report": "340207-jiujiang-2023-en.xlsx", "remedy": "remedy.xlsx"}
    there = folder / in_folder[command] if command in in_folder else out
    there.write_bytes(b"of weeks")
    place = folder if command in in_folder else out
    options = ("--year", "2023") if command == "report" else ()

    refused = call(command, county, place, *options)
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"error: {there}: is there already; move it away or choose another name, or replace it "
        "with --force (it is not what Junheng wrote there)\n"
    )
    assert there.read_bytes() == b"of weeks"

    assert call(command, county, place, "--force", *options).exit_code == 0
    first = there.read_bytes()
    assert first.startswith(b"PK")
    assert call(command, county, place, *options).exit_code == 0, "its own result, once more"
    # somebody has worked on it since: the corrected copy of a check, a form that was completed
    there.write_bytes(first + b"\0")
    assert call(command, county, place, *options).exit_code == 1
    assert there.read_bytes() == first + b"\0"
    # a copy kept under another name is somebody's, too
    shutil.copy(there, kept := folder / "kept.xlsx")
    kept.write_bytes(first)
    if command not in in_folder:
        assert call(command, county, kept, *options).exit_code == 1


@pytest.mark.slow
def test_no_new_table_is_written_into_a_county(county, tmp_path):
    # the county could not be read again
    for options in ((), ("--force",)):
        result = run("balance", county, "--out", county / "balance.CSV", "--lang", "en", *options)
        assert result.stderr == (
            f"error: {county / 'balance.CSV'}: lies in a county's folder, where every such file is "
            "taken for the county's own; choose another folder\n"
        )
    result = run("balance", "340207-jiujiang", "--out", county / "rooms-2.csv", "--lang", "zh")
    assert result.stderr == (
        f"错误：{county / 'rooms-2.csv'}：位于县数据文件夹内，该处的此类文件一律视为县数据；请另选文件夹\n"
    )
    assert run("balance", county, "--out", county / "balance.xlsx").exit_code == 0
    assert load_county(county).code == "150202"


def test_another_county_is_replaced_only_if_it_is_named(county, jiujiang, tmp_path):
    other = shutil.copy(jiujiang, tmp_path / "other.xlsx")
    before = Path(other).read_bytes()

    assert run("form", county, "--out", other).exit_code == 1
    assert Path(other).read_bytes() == before
    table = county / "rooms.csv"
    rooms = table.read_bytes()
    assert run("balance", "340207-jiujiang", "--out", table).exit_code == 1
    assert table.read_bytes() == rooms


def test_what_is_no_file_is_not_written_over(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("folder.csv", "pipe.csv"):
        result = run(
            "balance", "340207-jiujiang", "--out", tmp_path / name, "--force", "--lang", "en"
        )
        assert f"{name}: is no ordinary file and is not written over" in result.stderr


def test_a_result_behind_a_link_is_renewed_where_it_lies(tmp_path):
    (tmp_path / "far").mkdir()
    link = tmp_path / "balance.csv"
    link.symlink_to(tmp_path / "far" / "b.csv")

    for _ in range(2):
        assert run("balance", "340207-jiujiang", "--out", link).exit_code == 0
    assert link.is_symlink()
    assert len(pd.read_csv(tmp_path / "far" / "b.csv"))


def test_without_a_ledger_nothing_is_taken_for_ours(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    out = tmp_path / "x.csv"

    assert run("balance", "340207-jiujiang", "--out", out).exit_code == 0
    assert run("balance", "340207-jiujiang", "--out", out).exit_code == 1
    assert run("balance", "340207-jiujiang", "--out", out, "--force").exit_code == 0


def test_the_ledger_forgets_the_oldest_first(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "LARGEST_LEDGER", 65 * 10)
    writer = writing.Writer(ledger=writing.Ledger(tmp_path / "ledger"))
    files = [writer.put(tmp_path / f"{number}.csv", b"x") for number in range(12)]

    assert not writer.ledger.knows(files[0])
    assert all(writer.ledger.knows(file) for file in files[6:])
    assert (tmp_path / "ledger").stat().st_size <= 65 * 10


@pytest.mark.slow
def test_a_batch_knows_its_own_files_wherever_they_are(tmp_path, monkeypatch):
    options = ("--format", "xlsx", "--lang", "en")
    out = tmp_path / "reports"
    out.mkdir()
    (out / "index.html").write_bytes(b"my home page")
    refused = run("batch", "340207-jiujiang", "--out", out, *options)
    assert refused.exit_code == 1
    assert f"{out / 'index.html'}: is there already; move it away" in refused.stderr
    (out / "index.html").unlink()
    (out / "340207-jiujiang-2023-en.xlsx").write_bytes(b"mine")

    failed = run("batch", "340207-jiujiang", "--out", out, *options)
    assert failed.exit_code == 1
    assert (out / "340207-jiujiang-2023-en.xlsx").read_bytes() == b"mine"
    assert "is there already" in failed.stdout
    assert run("batch", "340207-jiujiang", "--out", out, "--force", *options).exit_code == 0

    # another user or machine goes on, also after the folder was moved
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    moved = out.rename(tmp_path / "moved")
    changed = shutil.copytree(find_county("340207-jiujiang"), tmp_path / "340207-jiujiang")
    assert run("batch", changed, "--out", moved, *options).exit_code == 0
    # a county that fails for a while does not disown the reports it had
    record = (changed / "county.yaml").read_text(encoding="utf-8")
    (changed / "county.yaml").write_text("code: x", encoding="utf-8")
    assert run("batch", changed, "--out", moved, *options).exit_code == 1
    (changed / "county.yaml").write_text(record + "\n", encoding="utf-8")
    assert run("batch", changed, "--out", moved, *options).exit_code == 0


def test_a_batch_makes_no_workbook_beside_the_counties_workbooks(jiujiang, tmp_path):
    path = Path(shutil.copy(jiujiang, tmp_path / "a.xlsx"))
    result = run("batch", path, "--out", tmp_path, "--format", "xlsx", "--force", "--lang", "en")

    assert result.exit_code == 1
    assert (
        f"{path}: a county's workbook lies in the folder for the reports; choose another one"
        in result.stderr
    )


def test_the_library_is_as_careful_as_the_command(tmp_path):
    (tmp_path / "340207-jiujiang-2023.xlsx").write_bytes(b"mine")
    with pytest.raises(InputError, match="is there already"):
        write_report("340207-jiujiang", tmp_path, year=2023, formats=("xlsx",))


# --- how a file is written -----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o027])
def test_the_umask_holds(tmp_path, mask):
    code = f"import os, runpy, sys; os.umask({mask}); sys.argv[0] = 'junheng'; "
    code += "runpy.run_module('analysis', run_name='__main__')"
    out = tmp_path / "balance.csv"
    command = [sys.executable, "-c", code, "balance", "340207-jiujiang", "--out", str(out)]
    subprocess.run(command, check=True)

    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~mask


@pytest.mark.slow
def test_the_umask_holds_for_a_folder(small_returns, tmp_path):
    before = os.umask(0o027)
    try:
        import_returns(small_returns, tmp_path / "out", **ABOUT)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "out" / "schools.csv").stat().st_mode) == 0o640


@pytest.fixture
def calls(monkeypatch):
    """What is flushed and renamed, in order: paths of flushed files, pairs of renamed ones."""
    made = []

    def flushed(descriptor):
        made.append(("flush", os.readlink(f"/proc/self/fd/{descriptor}")))

    def renamed(source, target, real=os.replace):
        made.append(("rename", str(source), str(target)))
        real(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", renamed)
    return made


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_a_file_is_flushed_before_it_is_renamed_and_its_folder_after(calls, tmp_path):
    out = tmp_path / "balance.csv"
    assert run("balance", "340207-jiujiang", "--out", out).exit_code == 0

    (flush, made), (rename, source, target), (again, folder) = calls
    assert (flush, rename, again) == ("flush", "rename", "flush")
    assert (made, target, folder) == (source, str(out), str(tmp_path))


@pytest.mark.slow
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    out = tmp_path / "balance.csv"
    run("balance", "340207-jiujiang", "--year", "2022", "--out", out)
    before = out.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run("balance", "340207-jiujiang", "--year", "2023", "--out", out, "--lang", "en")
    assert "cannot be written or read (No space left on device)" in result.stderr
    assert out.read_bytes() == before
    assert os.listdir(tmp_path) == ["balance.csv"]
    monkeypatch.undo()
    assert run("balance", "340207-jiujiang", "--year", "2023", "--out", out).exit_code in (0, 1)


def test_nothing_else_in_the_package_writes_to_a_place_that_a_user_names():
    """Every other way to write is known: scratch folders, and a probe of rights."""
    allowed = {
        "base/storage/writing.py": {"os.replace(", "os.open("},
        "base/storage/switching.py": {
            "os.replace(",
            "os.rename(",
            "os.link(",
            "os.symlink(",
            "copy2(",
        },
        # a probe without a name that vanishes at once: may this folder be written to?
        "base/files.py": {"os.open(", "NamedTemporaryFile"},
        "report/word/pictures.py": {"write_bytes(", "write_text("},
        "report/exporters.py": {"write_bytes(", "write_text("},
    }
    package = Path(inspect.getfile(analysis)).parent
    ways = (
        *("write_bytes(", "write_text(", "os.replace(", "os.rename(", "os.open(", "os.link("),
        *(
            "os.symlink(",
            "copy2(",
            "shutil.copyfile",
            "shutil.move",
            "NamedTemporaryFile",
            "mkstemp",
        ),
        *(".to_csv(folder", ".to_csv(out", ".to_excel(out", ".to_parquet(out", ".save(out"),
    )
    for file in package.rglob("*.py"):
        found = {way for way in ways if way in file.read_text(encoding="utf-8")}
        assert found <= allowed.get(file.relative_to(package).as_posix(), set()), file


# --- links ---------------------------------------------------------------------------------------

SECRET = "root:x:0:0:secret:/root:/bin/bash"


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n{SECRET}\n", encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["schools.csv", "rooms.csv", "county.yaml", "plan.yaml", "standard.yaml", "scenarios/x.yaml"],
)
def test_a_link_that_leads_out_is_refused_and_nothing_of_it_is_shown(
    name, county, secret, tmp_path
):
    (county / name).unlink(missing_ok=True)
    (county / name).symlink_to(secret)
    sentence = f"{county / name}: is a link that leads out of its folder and is not read; "
    sentence += "put the file itself there"
    for command in FILES:
        out = tmp_path / ("result.xlsx" if command not in ("report", "batch") else "results")
        if command == "import":
            continue
        result = call(command, county, out)
        assert result.exit_code == 1, command
        assert "secret:/root" not in result.output, command
        assert sentence in result.output.replace("\n", "") or command == "batch", command
        if out.is_file():
            with pd.ExcelFile(out, engine="calamine") as book:
                text = str(pd.read_excel(book, sheet_name=None, header=None))
            assert "root:x" not in text
            out.unlink()
    made = list((tmp_path / "results").rglob("*.json"))
    assert all("secret:/root" not in path.read_text(encoding="utf-8") for path in made)


def test_a_folder_behind_a_link_counts_as_outside(county, tmp_path):
    (county / "scenarios").rename(tmp_path / "scenarios")
    (county / "scenarios").symlink_to(tmp_path / "scenarios")

    made, findings = read_county(county)
    assert made is None
    assert {Path(f.file).parent.name for f in findings} == {"scenarios"}


def test_beside_a_workbook(jiujiang, secret, tmp_path):
    path = Path(shutil.copy(jiujiang, tmp_path / "county.xlsx"))
    (tmp_path / "far").mkdir()
    plan = tmp_path / "county.plan.yaml"
    plan.symlink_to(secret)
    secret.rename(tmp_path / "far" / "secret")
    plan.unlink()
    plan.symlink_to(Path("..") / tmp_path.name / "far" / "secret")
    # inside of its folder: read, and said to be no plan
    assert "leads out" not in run("check", path, "--lang", "en").stderr
    plan.unlink()
    plan.symlink_to("/etc/hostname")
    result = run("check", path, "--lang", "en")
    assert f"{plan}: is a link that leads out" in result.stderr


def test_a_county_behind_a_link_and_links_inside_of_it_are_read(county, tmp_path):
    (county / "tables").mkdir()
    (county / "rooms.csv").rename(county / "tables" / "2023.csv")
    (county / "rooms.csv").symlink_to("tables/2023.csv")
    (tmp_path / "link").symlink_to(county)

    assert load_county(tmp_path / "link").fingerprint == load_county("150202-donghe").fingerprint


# --- import --force ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _returns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("returns") / "in"
    wuda = load_county("150304-wuda")
    write_returns(wuda, folder, "new", "plain", years=wuda.years[-1:])
    return folder


@pytest.fixture
def small_returns(_returns, tmp_path):
    return shutil.copytree(_returns, tmp_path / "in")


@pytest.fixture
def wuda(tmp_path):
    """The folder of the county that the sheets are about, with all that people keep in it."""
    folder = shutil.copytree(find_county("150304-wuda"), tmp_path / "wuda")
    shutil.copytree(find_county("150202-donghe") / "scenarios", folder / "scenarios")
    shutil.copy(find_county("150202-donghe") / "plan.yaml", folder)
    (folder / "schools.csv").rename(folder / "学校名册.csv")
    (folder / "notes").mkdir(mode=0o750)
    (folder / "notes" / "letter.docx").write_bytes(b"letter")
    (folder / "empty").mkdir()
    (folder / ".hidden").write_bytes(b"hidden")
    (folder / "link.txt").symlink_to("../far away.txt")
    record = (folder / "county.yaml").read_text(encoding="utf-8")
    (folder / "county.yaml").write_text(
        re.sub(r"target_year: \d+", "target_year: 2031", record), encoding="utf-8"
    )
    return folder


def into(folder, sheets, *options, **about):
    about = ABOUT | about
    options += tuple(f"--{name.replace('_', '-')}={text}" for name, text in about.items())
    return run("import", sheets, "--out", folder, "--lang", "en", *options)


MADE = ("county.yaml", "county_years.csv", "enrolment.csv", "school_years.csv", "schools.csv")


@pytest.mark.slow
def test_an_import_replaces_what_it_makes_and_names_what_it_keeps(wuda, small_returns, tmp_path):
    before = tree(wuda)
    record = load_county(wuda).record
    result = into(wuda, small_returns, "--force")
    after = tree(wuda)
    (former,) = wuda.glob("former-*")

    assert isinstance(result.exception, SystemExit | None)
    replaced = {"学校名册.csv", *MADE} - {"schools.csv"}
    lines = result.stdout.splitlines()
    assert lines[-3:] == [
        f"{wuda} written",
        f"replaced: county.yaml, county_years.csv, enrolment.csv, school_years.csv, 学校名册.csv; "
        f"the former ones are kept in {former}",
        "kept as they were: .hidden, empty/, link.txt, notes/, plan.yaml, rooms.csv, scenarios/"
        + (", standard.yaml" if "standard.yaml" in before else ""),
    ]
    assert tree(former) == {name: before[name] for name in replaced}
    assert re.fullmatch(r"former-\d{8}-\d{6}", former.name)
    kept = set(before) - replaced
    assert set(after) == kept | set(MADE)
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert stat.S_IMODE((wuda / "notes").stat().st_mode) == 0o750
    assert (wuda / "empty").is_dir()
    # what no sheet can say stays as the county had it
    text = (wuda / "county.yaml").read_text(encoding="utf-8")
    assert f'standard: "{record.standard}"' in text
    assert f"target_year: {record.target_year}" in text
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        *("in", "wuda", "wuda-import.csv", "wuda-import.html")
    ]


@pytest.mark.slow
def test_every_import_keeps_its_own_copy(wuda, small_returns):
    for _ in range(3):
        into(wuda, small_returns, "--force")

    assert len(list(wuda.glob("former-*"))) == 3


def test_another_countys_folder_is_refused(county, small_returns):
    before = tree(county)
    result = into(county, small_returns, "--force")

    assert result.exit_code == 1
    assert result.stderr == (
        f"error: {county}: is the folder of the county 150202, but the sheets are imported for "
        "150304; choose another folder\n"
    )
    assert tree(county) == before
    assert not list(county.parent.glob("donghe-import*"))

    (county / "county.yaml").write_text("name: {zh: 东河区}\n", encoding="utf-8")
    result = into(county, small_returns, "--force")
    assert "the county's code cannot be read; correct it or choose another folder" in result.stderr
    assert "schools.csv" in tree(county)


def test_a_page_that_somebody_worked_on_stays(wuda, small_returns):
    page = wuda.with_name("wuda-import.csv")
    into(wuda, small_returns, "--force")
    page.write_bytes(page.read_bytes() + "已核对\n".encode())
    before = tree(wuda)

    result = into(wuda, small_returns, "--force")
    assert result.stderr == (
        f"error: {page}: is there already; move it away or choose another name\n"
    )
    assert tree(wuda) == before


def test_into_a_folder_behind_a_link(wuda, small_returns, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(wuda)
    into(link, small_returns, "--force")

    assert link.is_symlink()
    assert list(wuda.glob("former-*"))


def test_links_among_the_sheets_are_refused(wuda, small_returns, secret):
    (small_returns / "schools.csv").unlink(missing_ok=True)
    (small_returns / "schools.csv").symlink_to(secret)
    result = into(wuda, small_returns, "--force")

    assert f"{small_returns / 'schools.csv'}: is a link that leads out" in result.stderr
    assert "root:x" not in result.output


KILLED = """
import os, sys
sys.path[:0] = sys.argv[3].split(os.pathsep)
from analysis.ministry.folder import import_returns
print("ready", flush=True)
sys.stdin.readline()
import_returns(sys.argv[1], sys.argv[2], force=True, code="150304", name="乌达区", name_en="Wuda",
    province="内蒙古自治区", province_en="Inner Mongolia")
"""


@pytest.fixture
def states(wuda, small_returns, tmp_path):
    """The folder as it was and as an import makes it."""
    old = tree(wuda)
    other = shutil.copytree(wuda, tmp_path / "other", symlinks=True)
    import_returns(small_returns, other, force=True, **ABOUT)
    return old, tree(other)


def settled(folder, states):
    """The state that somebody finds who reads the county now: whole, old or new."""
    find_county(folder)
    found = tree(folder)
    assert found in states, set(found) ^ set(states[0])
    if found == states[1]:
        former = sorted(folder.glob("former-*"))[-1]
        assert set(tree(former)) | {"schools.csv"} >= {"county.yaml", "enrolment.csv"}
    return states.index(found)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_kill_at_any_instant_leaves_the_old_or_the_new_folder(
    wuda, small_returns, states, tmp_path
):
    backup = shutil.copytree(wuda, tmp_path / "backup", symlinks=True)
    seconds = 0.0
    found = []
    chance = random.Random(20240601)
    for attempt in range(16):
        shutil.rmtree(wuda)
        shutil.copytree(backup, wuda, symlinks=True)
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, small_returns, wuda, os.pathsep.join(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        process.stdout.readline()
        process.stdin.write("\n")
        process.stdin.flush()
        started = time.monotonic()
        if attempt:
            time.sleep(chance.uniform(0, 1.1 * seconds))
            process.kill()
        process.wait()
        seconds = seconds or time.monotonic() - started
        assert wuda.is_dir()
        found.append(settled(wuda, states))
    assert found[0] == 1
    assert 0 in found
    # whatever was left beside is cleared away by the next one
    assert into(wuda, small_returns, "--force").stdout
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".wuda")]


def steps(monkeypatch, stop: int, how: str):
    """Have the process end, as if killed, at its so-many-th step in the file system."""
    count = 0

    def counted(real):
        def step(*arguments, **options):
            nonlocal count
            count += 1
            if count == stop:
                os._exit(9)
            return real(*arguments, **options)

        return step

    for name in ("rename", "replace", "link", "symlink", "mkdir", "unlink", "rmdir", "fsync"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    exchange = counted(switching.exchange) if how == "exchange" else lambda one, other: False
    monkeypatch.setattr(switching, "exchange", exchange)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_an_end_at_every_single_step_leaves_the_old_or_the_new_folder(
    wuda, tmp_path, how, monkeypatch
):
    """The switch alone, ended at each of its steps, then looked at as the next command does."""
    new = {name: b"new " + name.encode() for name in MADE}
    replaced = ("学校名册.csv", *(name for name in MADE if name != "schools.csv"))
    old = tree(wuda)
    kept = {name: data for name, data in old.items() if name not in replaced}
    states = (old, kept | new)
    backup = shutil.copytree(wuda, tmp_path / "backup", symlinks=True)
    found = []
    for stop in range(1, 500):
        for path in [wuda, *tmp_path.glob(".wuda*")]:
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(backup, wuda, symlinks=True)
        child = os.fork()
        if not child:
            steps(monkeypatch, stop, how)
            switching.renew(wuda, new, replaced)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if how == "exchange":
            assert wuda.is_dir()
        found.append(settled(wuda, states))
        # the next import finds its way from there
        switching.renew(wuda, new, [n for n in tree(wuda) if n in (*MADE, *replaced)])
        assert tree(wuda) == states[1]
        assert not list(tmp_path.glob(".wuda*"))
        copies = [data for path in wuda.glob("former-*") for data in tree(path).values()]
        assert all(old[name] in copies for name in replaced)
        if os.waitstatus_to_exitcode(status) == 0:
            break
    assert os.waitstatus_to_exitcode(status) == 0
    assert found == sorted(found), "old until the switch, new ever after"
    assert set(found) == {0, 1}


def test_what_is_saved_while_an_import_is_at_work_is_not_lost(wuda):
    new = dict.fromkeys(MADE, b"new")
    replaced = [name for name in tree(wuda) if name in MADE]

    def work(_):
        for name in ("plan.yaml", "enrolment.csv", "added.txt"):
            (wuda / "editor").write_bytes(b"saved meanwhile")
            os.replace(wuda / "editor", wuda / name)
        with open(wuda / "rooms.csv", "ab") as file:
            file.write(b"\n")

    rooms = (wuda / "rooms.csv").read_bytes()
    former = switching.renew(wuda, new, replaced, work)

    assert (wuda / "plan.yaml").read_bytes() == b"saved meanwhile"
    assert (wuda / "added.txt").read_bytes() == b"saved meanwhile"
    assert (wuda / "enrolment.csv").read_bytes() == b"new"
    assert (former / "enrolment.csv").read_bytes() == b"saved meanwhile"
    assert (wuda / "rooms.csv").read_bytes() == rooms + b"\n"
    assert not list(wuda.parent.glob(".wuda*"))


@pytest.mark.parametrize("how", ["exchange", "renames"])
def test_a_folder_may_get_a_file_and_lose_none(wuda, monkeypatch, how):
    if how == "renames":
        monkeypatch.setattr(switching, "exchange", lambda one, other: False)
    before = tree(wuda)

    former = switching.renew(wuda, {"staff_ages.csv": b"new"}, [])

    assert former is None
    assert tree(wuda) == before | {"staff_ages.csv": b"new"}
    assert not list(wuda.glob("former-*"))
    assert not list(wuda.parent.glob(".wuda*"))


def test_a_disk_without_second_names_gets_copies(wuda, monkeypatch):
    def none(source, target):
        raise OSError(1, "Operation not permitted")

    before = tree(wuda)
    monkeypatch.setattr(os, "link", none)
    switching.renew(wuda, {"schools.csv": b"new"}, ["学校名册.csv"])

    after = tree(wuda)
    assert after.pop("schools.csv") == b"new"
    assert before.pop("学校名册.csv") == b"".join(tree(next(wuda.glob("former-*"))).values())
    assert after == before


def test_a_folder_that_cannot_be_switched_stays(wuda, monkeypatch):
    def busy(one, other):
        raise OSError(16, "Device or resource busy")

    before = tree(wuda)
    monkeypatch.setattr(switching, "exchange", busy)
    with pytest.raises(InputError, match="another disk is mounted here"):
        switching.renew(wuda, {"schools.csv": b"new"}, ["学校名册.csv"])
    assert tree(wuda) == before
    assert not list(wuda.parent.glob(".wuda*"))
