"""Promise: the wheel is whole: installed into an empty environment, it works in an empty folder."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import analysis

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed"
    ),
]


def run(*command, cwd: Path, env: dict | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The scripts of an environment with the wheel; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / BIN / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    run(*pip, "--no-deps", "--no-index", wheel, cwd=folder.parent)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    home = Path(run(python, "-c", code, cwd=folder.parent).strip())
    # a path in a .pth file comes last, and the .pth files in it (of this checkout) are not read
    lent = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (home / "lent.pth").write_text("\n".join(lent), encoding="utf-8")
    return folder / BIN


@pytest.fixture
def anywhere(tmp_path, monkeypatch) -> dict:
    """An empty folder, and nothing of this checkout on the path."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    # what packages put beside themselves (templates, kernels) is lent like the packages
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix) / "share" / "jupyter"))
    return {"cwd": tmp_path, "env": dict(os.environ)}


def test_it_holds_notebooks_samples_and_the_makefile(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    shared = {
        *(f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")),
        *(
            path.relative_to(ROOT / "data").as_posix()
            for path in (ROOT / "data" / "sample").rglob("*")
            if path.is_file()
        ),
    }

    assert {f"analysis/_share/{name}" for name in shared} <= names
    assert "analysis/data/workplace.mk" in names
    assert analysis.__version__ in wheel.name


def test_commands_work_on_a_sample(installed, anywhere):
    junheng = installed / "junheng"
    where = run(installed / "python", "-c", "import analysis; print(analysis.__file__)", **anywhere)

    assert str(installed.parent) in where
    assert run(junheng, "--version", **anywhere).strip() == f"junheng {analysis.__version__}"
    assert "in order" in run(junheng, "check", "150202-donghe", "--lang", "en", **anywhere)
    run(junheng, "report", "150303-hainan", "--format", "html,pdf", "--out", ".", **anywhere)
    made = sorted(path.suffix for path in anywhere["cwd"].iterdir())
    assert made == [".html", ".pdf"]


def test_a_folder_to_work_in(installed, anywhere):
    junheng, desk = installed / "junheng", anywhere["cwd"] / "desk"
    run(junheng, "new", "desk", "--sample", "150304-wuda", "--lang", "en", **anywhere)
    inside = anywhere | {"cwd": desk}

    assert (desk / "explore.ipynb").is_file()
    run(junheng, "report", "150304-wuda", "--format", "html", "--out", ".", **inside)
    assert list(desk.glob("150304-wuda-*.html"))
    run(
        installed / "python",
        "-m",
        "nbconvert",
        "--execute",
        "--to",
        "html",
        "explore.ipynb",
        **inside,
    )
    assert "Go on with:" in (desk / "explore.html").read_text(encoding="utf-8")


def test_the_menu_of_jupyterlab_names_what_it_can_ask_for(installed, anywhere):
    code = """
import json, re
from jupyter_server.nbconvert.handlers import _format_regex
import jupyter_server.services.nbconvert.handlers
from nbconvert.exporters.base import get_export_names, get_exporter
ours = [name for name in get_export_names() if "junheng" in name.lower()]
print(json.dumps([(n, bool(re.fullmatch(_format_regex, n)), get_exporter(n).__name__) for n in ours]))
"""
    listed = json.loads(run(installed / "python", "-c", code, **anywhere).splitlines()[-1])

    assert [name for name, _, _ in listed] == ["Junheng_HTML", "Junheng_PDF", "Junheng_Word"]
    assert all(asked for _, asked, _ in listed)


def test_the_command_line_keeps_its_names(installed, anywhere):
    code = """
from nbconvert.exporters.base import get_exporter
for name in ("junheng-html", "junheng-pdf", "junheng-docx"):
    assert get_exporter(name)().export_from_notebook.startswith("均衡"), name
"""
    run(installed / "python", "-c", code, **anywhere)
