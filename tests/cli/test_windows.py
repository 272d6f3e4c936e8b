"""The command line as it runs on Windows, as far as another system can be made to behave like it."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = "150304-wuda"

#: Modules that Windows has not.
NOT_THERE = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}

#: Read by every Python that is started: what Windows has not is not there, as far as the libraries of
#: this system can do without.
AS_ON_WINDOWS = """
import os
for name in ("fork", "forkpty", "chown", "mkfifo", "mknod", "killpg", "register_at_fork"):
    delattr(os, name)
"""


def run(*arguments, encoding="utf-8", folder=None, **environment):
    """Output (text, as the terminal would have it) and error output of a command, and its status."""
    paths = [str(folder)] if folder else []
    paths += [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONIOENCODING": encoding,
        "PYTHONUTF8": "0",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *arguments], env=environment, capture_output=True
    )
    return done.stdout.decode(encoding), done.stderr.decode(encoding), done.returncode


@pytest.fixture
def windows(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(AS_ON_WINDOWS, encoding="utf-8")
    return folder


# --- code pages -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A county with a Mongolian, a Tibetan and a Uyghur name of schools, and a mistake at each."""
    folder = tmp_path_factory.mktemp("county") / "旗ᠮᠣᠩ"
    shutil.copytree(ROOT / "data" / "sample" / SAMPLE, folder)
    file = folder / "schools.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    for row, name in enumerate(("ᠰᠤᠷᠭᠠᠭᠤᠯᠢ", "སློབ་གྲྭ", "مەكتەپ"), 1):
        cells = lines[row].split(",")
        lines[row] = ",".join([cells[0], name, f"{name}?", *cells[3:]])
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["gbk", "cp437"])
def test_characters_that_a_code_page_has_not_are_replaced(county, tmp_path, encoding):
    for lang in ("zh", "en"):
        out, err, status = run("check", str(county), "--lang", lang, encoding=encoding)
        assert status == 1
        assert "Traceback" not in err
        assert "\\u1830" in err  # ᠰ, which neither code page has
        assert {"gbk": {"zh": "错误", "en": "error"}, "cp437": {"zh": "\\u9519", "en": "error"}}[
            encoding
        ][lang] in err
    for arguments in (
        ("start", "--help"),
        ("start", "--port", "99999"),
        ("indicators", SAMPLE),
        ("template", str(tmp_path / f"模板ᠮ-{encoding}.xlsx")),
        ("check", "没有ᠮ"),
    ):
        out, err, status = run(*arguments, encoding=encoding)
        assert "UnicodeEncodeError" not in err
        assert "Traceback" not in err
        assert out + err


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["gbk", "cp437"])
def test_a_batch_reports_on_any_code_page(tmp_path, encoding):
    out, err, status = run(
        "batch", SAMPLE, "--format", "xlsx", "--out", str(tmp_path), encoding=encoding
    )

    assert (status, "Traceback" in err) == (0, False), err
    assert "index.html" in out


# --- no fork ------------------------------------------------------------------------------------------------


def test_no_module_needs_at_its_top_what_windows_lacks():
    found = []
    for file in sorted((ROOT / "analysis").rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            found += [(file.name, name) for name in names if name in NOT_THERE]
    assert found == []


@pytest.mark.slow
def test_every_module_can_be_imported_without_what_windows_lacks(windows):
    code = (
        "import importlib, os, pkgutil, analysis, papermill\n"
        "assert not hasattr(os, 'fork')\n"
        "names = [m.name for m in pkgutil.walk_packages(analysis.__path__, 'analysis.')]\n"
        "names = [n for n in names if not n.endswith('__main__')]\n"
        "[importlib.import_module(name) for name in names]\n"
        "print(len(names))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(windows), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 200


@pytest.mark.slow
def test_report_and_batch_work_without_fork(windows, tmp_path):
    out = tmp_path / "out"
    _, err, status = run(
        *("report", SAMPLE, "--format", "html,docx", "--out", str(out)), folder=windows
    )
    assert (status, "Traceback" in err) == (0, False), err
    assert sorted(file.suffix for file in out.iterdir()) == [".docx", ".html"]

    out = tmp_path / "batch"
    _, err, status = run(
        *("batch", SAMPLE, "--format", "pdf", "--year", "2021", "--out", str(out)), folder=windows
    )
    assert (status, "Traceback" in err) == (0, False), err
    assert (out / f"{SAMPLE}-2021.pdf").read_bytes().startswith(b"%PDF")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "done" in json.dumps(manifest)


# --- the batch file ---------------------------------------------------------------------------------------


def test_the_batch_file_is_one_that_windows_can_read():
    data = (ROOT / "junheng.bat").read_bytes()
    lines = data.decode("utf-8").split("\r\n")

    assert b"\n" not in data.replace(b"\r\n", b"")
    assert not data.startswith(b"\xef\xbb\xbf")
    # what stands before the window is switched to UTF-8 is plain
    switched = next(number for number, line in enumerate(lines) if line.startswith("chcp 65001"))
    assert all(line.isascii() for line in lines[:switched])
    # other characters stand in what is said only
    assert {line.split()[0] for line in lines if not line.isascii()} == {"echo"}
    assert {f":{word}" for line in lines for word in re.findall(r"goto (\w+)", line)} <= set(lines)
    assert "*.bat text eol=crlf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")


def test_the_batch_file_does_what_the_readmes_say():
    batch = (ROOT / "junheng.bat").read_text(encoding="utf-8")
    install = "-m pip install --quiet --disable-pip-version-check -c requirements.lock -e ."

    assert install in batch
    assert "-m venv .venv" in batch
    assert "-m analysis start" in batch
    for page in ("README.md", "README.zh-CN.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert "py -m venv .venv" in text
        assert "-m pip install -c requirements.lock -e ." in text
        assert "junheng.bat" in text
    assert (ROOT / "requirements.lock").is_file()
    # a list of constraints knows no extras and no files
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lock if not re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)] == []
