"""What Windows refuses, as far as another system can be made to refuse it."""

import errno
import os
import sys
import types
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis import load_county
from analysis.base.files import InputError
from analysis.base.language import LANGUAGES
from analysis.base.storage import patience as disk
from analysis.base.storage import temporary
from analysis.base.storage.patience import HELD, TOO_LONG, WAITS, patiently, reason, trouble
from analysis.base.storage.switching import renew
from analysis.base.storage.writing import Writer, write_whole
from analysis.batch.records import reasons
from analysis.cli.app import app
from analysis.data.load import read_county


def refusal(code, *names):
    """As Windows raises it."""
    error = PermissionError(errno.EACCES, "Permission denied", *names)
    error.winerror = code
    return error


class Excel:
    """Holds a file for so many trials to replace it."""

    def __init__(self, monkeypatch, path, trials, code=32, name="replace"):
        self.path, self.trials, self.code, self.waited = Path(path), trials, code, []
        self.asked, self.real = 0, getattr(os, name)
        monkeypatch.setattr(os, name, self.step)
        monkeypatch.setattr(disk.time, "sleep", self.waited.append)

    def step(self, source, target):
        if self.path in (Path(source), Path(target)):
            self.asked += 1
            if self.asked <= self.trials:
                error = refusal(self.code, str(source))
                error.filename2 = str(target)
                raise error
        return self.real(source, target)


@pytest.mark.parametrize("code", HELD)
@pytest.mark.parametrize("trials", [1, len(WAITS)])
def test_who_holds_a_file_for_a_moment_is_waited_for(tmp_path, monkeypatch, code, trials):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    excel = Excel(monkeypatch, path, trials, code)

    assert write_whole(path, b"new") == path
    assert path.read_bytes() == b"new"
    assert excel.waited == list(WAITS[:trials])
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_who_keeps_a_file_open_keeps_it_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    excel = Excel(monkeypatch, path, 1000)
    with pytest.raises(PermissionError) as caught:
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]
    assert excel.waited == list(WAITS)
    assert trouble(caught.value).sentence("en") == (
        f"{path}: cannot be written or read (it is open in another program, Excel or WPS for instance; "
        "close it there and do this again)"
    )


def test_what_is_refused_for_good_is_not_waited_for(monkeypatch):
    waited = []
    monkeypatch.setattr(disk.time, "sleep", waited.append)
    error = PermissionError(errno.EACCES, "Permission denied", "a")

    def step():
        raise error

    with pytest.raises(PermissionError):
        patiently(step)
    assert waited == []
    assert reason(error) == "Permission denied"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_command_says_to_close_the_file(tmp_path, monkeypatch, lang):
    path = tmp_path / "findings.xlsx"
    command = ["check", "150304-wuda", "--out", str(path), "--lang", lang]
    assert CliRunner().invoke(app, command).exit_code == 0
    before = path.read_bytes()
    Excel(monkeypatch, path, 1000)
    result = CliRunner().invoke(app, command)

    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if "Excel" in line]
    assert str(path) in line
    assert ".junheng-" not in line
    assert {"en": "close it there", "zh": "关闭"}[lang] in line
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["findings.xlsx"]


def test_a_batch_says_it_of_its_report(tmp_path, monkeypatch):
    made, path = tmp_path / "made.pdf", tmp_path / "out.pdf"
    made.write_bytes(b"new")
    path.write_bytes(b"old")
    Excel(monkeypatch, path, 1000)
    with pytest.raises(PermissionError) as caught:
        Writer((), True).move(made, path)

    (sentence,) = reasons(caught.value, "en")
    assert sentence.startswith(f"{path}: ")
    assert "Excel" in sentence
    assert path.read_bytes() == b"old"


def test_a_folder_with_an_open_file_is_renewed_or_left_as_it_is(tmp_path, monkeypatch):
    county = tmp_path / "county"
    renew(county, {"schools.csv": b"old", "own.txt": b"mine"}, [])
    monkeypatch.setattr("analysis.base.storage.switching.exchange", lambda one, other: False)
    Excel(monkeypatch, county, 1000, 5, name="rename")
    with pytest.raises(PermissionError):
        renew(county, {"schools.csv": b"new"}, ["schools.csv"])

    assert {file.name: file.read_bytes() for file in county.iterdir()} == {
        "schools.csv": b"old",
        "own.txt": b"mine",
    }
    assert [file.name for file in tmp_path.iterdir()] == ["county"]
    monkeypatch.undo()
    monkeypatch.setattr("analysis.base.storage.switching.exchange", lambda one, other: False)
    excel = Excel(monkeypatch, county, 1, 5, name="rename")
    renew(county, {"schools.csv": b"new"}, ["schools.csv"])
    assert excel.asked == 3  # held once, renamed away, the new one put there
    assert (county / "schools.csv").read_bytes() == b"new"


def test_a_table_that_cannot_be_read_for_excel_is_named(tmp_path, monkeypatch):
    import shutil

    from analysis.data.reading import folder

    county = shutil.copytree(load_county("150304-wuda").path, tmp_path / "county")
    real = folder.read_data

    def held(file, *rest):
        if Path(file).name == "schools.csv":
            raise refusal(32, str(file))
        return real(file, *rest)

    monkeypatch.setattr(folder, "read_data", held)
    _, findings = read_county(county)
    (sentence,) = [f.sentence("zh") for f in findings if "Excel" in f.sentence("zh")]
    assert "schools.csv" in sentence
    assert "关闭" in sentence


@pytest.mark.parametrize("lang", LANGUAGES)
def test_paths_that_are_too_long_are_said_to_be(tmp_path, lang):
    out = tmp_path / ("长" * 200 + ".xlsx")
    result = CliRunner().invoke(app, ["template", str(out), "--lang", lang])

    assert result.exit_code == 1
    assert {"en": "its path is too long", "zh": "路径过长"}[lang] in result.stderr
    assert list(tmp_path.iterdir()) == []
    error = OSError(errno.ENOENT, "No such file", "C:\\a")
    error.winerror = TOO_LONG
    assert "too long" in reason(error).text("en")


def test_where_windows_calls_a_long_path_missing_it_is_said_why(monkeypatch):
    long, short = (
        FileNotFoundError(errno.ENOENT, "No such file or directory", "C:/" + "x" * 270),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "C:/x")),
    )
    assert reason(long) == "No such file or directory"
    monkeypatch.setattr(disk, "WINDOWS", True)
    assert "too long" in reason(long).text("en")
    assert reason(short) == "No such file or directory"


# --- processes and machines ---------------------------------------------------------------------------


def test_on_windows_no_process_is_sent_a_signal(monkeypatch):
    """There the signal 0 is Ctrl+C, and would end what is only asked after."""
    import psutil

    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a signal was sent"))
    monkeypatch.setattr(temporary, "WINDOWS", True)
    me = os.getpid()
    gone = me + 1
    # elsewhere this asks by a signal itself
    monkeypatch.setattr(psutil, "pid_exists", lambda pid: pid == me)

    assert temporary._runs(me, temporary._started(me))
    assert temporary._runs(me, "x")
    assert not temporary._runs(me, "1")
    assert not temporary._runs(gone, "1")


def test_windows_has_a_name_of_its_own_for_the_machine(monkeypatch):
    winreg = types.ModuleType("winreg")
    winreg.HKEY_LOCAL_MACHINE = 1

    class Key:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    winreg.OpenKey = lambda root, path: Key()
    winreg.QueryValueEx = lambda key, name: (f"the {name}", 1)
    monkeypatch.setitem(sys.modules, "winreg", winreg)
    assert temporary._windows() == "the MachineGuid"
    monkeypatch.setitem(sys.modules, "winreg", None)
    assert temporary._windows() == ""


def test_nothing_is_lost_by_a_refusal_that_is_no_file(tmp_path):
    assert trouble(OSError("odd"), "a").sentence("en") == "a: cannot be written or read (odd)"
    with pytest.raises(InputError):
        raise InputError([trouble(OSError(errno.ENOSPC, "No space left on device"), tmp_path)])
