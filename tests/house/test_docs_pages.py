"""Promise: what the tutorials say to type runs, in both languages, and says what they show.

Blocks marked `python` and `sh` run one after another in a folder of their own; a block marked `text`
behind one is what it prints (`…`: anything). `console` is not run: it opens a browser.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ministry_county import made_up_county
from ministry_files import write_returns

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for folder in ("tutorials", "how-to")
    for page in (ROOT / "docs" / folder).glob("*.md")
    if not page.name.endswith(".zh.md")
)
_BLOCK = re.compile(
    r"(?:<!-- ends with (?P<status>\d) -->\n)?^```(?P<kind>\w+)\n(?P<code>.*?)^```\n"
    r"(?:\n```text\n(?P<shown>.*?)^```\n)?",
    flags=re.M | re.S,
)


def blocks(page: Path) -> list[re.Match]:
    """What is to be run, in its order."""
    text = page.read_text(encoding="utf-8")
    return [each for each in _BLOCK.finditer(text) if each["kind"] in ("python", "sh")]


def in_chinese(page: Path) -> Path:
    return page.with_name(page.name.replace(".md", ".zh.md"))


def agrees(shown: str, printed: str) -> bool:
    wanted = shown.replace("…", "...")
    return doctest.OutputChecker().check_output(
        wanted, printed.replace("…", "..."), doctest.ELLIPSIS
    )


def return_sheets(folder: Path) -> None:
    """What a clerk would have: workbooks of eight schools."""
    write_returns(made_up_county(8, (2021, 2022)), folder / "sheets", "new", "plain")


#: What a page takes for granted: a folder `sheets`.
PREPARED = {"clerk.md": return_sheets, "import.md": return_sheets}


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Runs lines of a terminal in which `junheng` is this package."""
    program = tmp_path / "bin" / "junheng"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m analysis "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def run(code: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-e", "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        return done.returncode, done.stdout

    return run


def run_python(code: str, page: Path, names: dict) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(page), "exec"), names)
    return printed.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs_as_it_is_written(page, lang, shell, monkeypatch):
    monkeypatch.setenv("JUNHENG_LANG", lang)
    PREPARED.get(page.name, lambda folder: None)(Path.cwd())
    source = page if lang == "en" else in_chinese(page)
    names: dict = {"__name__": "page"}
    for block in blocks(source):
        if block["kind"] == "python":
            status, printed = 0, run_python(block["code"], source, names)
        else:
            status, printed = shell(block["code"])

        assert status == int(block["status"] or 0), f"{block['code']}\n{printed}"
        if block["shown"]:
            assert agrees(block["shown"], printed), f"{block['code']}\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_both_languages_have_the_same_code(page):
    codes = [[block["code"] for block in blocks(each)] for each in (page, in_chinese(page))]

    assert codes[0] == codes[1]


def test_tutorials_have_something_to_run():
    counts = {page.stem: len(blocks(page)) for page in PAGES if page.parent.name == "tutorials"}

    assert set(counts) == {"clerk", "analyst", "planner"}
    assert min(counts.values()) > 5


def test_what_is_printed_otherwise_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n\n```text\n2\n```\n", encoding="utf-8")
    (block,) = blocks(page)

    assert not agrees(block["shown"], run_python(block["code"], page, {}))
    assert agrees("…2\n", "1 and 2\n")
