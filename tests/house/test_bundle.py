"""Promise: the offline bundle holds everything that the target needs, by the target's own markers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import make_bundle
import pytest
from packaging.requirements import Requirement


def wheel(folder: Path, name: str, requires: tuple[str, ...] = ()) -> Path:
    path = folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
    lines = [f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {each}" for each in requires)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name.replace('-', '_')}-1.0.dist-info/METADATA", "\n".join(lines))
    return path


@pytest.fixture
def index(tmp_path):
    """Packages by name; each fetch is kept."""
    packages = {
        "colours": ("winonly>=2; sys_platform == 'win32'", "base-Thing[fast]"),
        "base-thing": ("quick; extra == 'fast'", "slow; extra == 'slow'"),
        "quick": ("colours",),
        "winonly": (),
        "old": (),
    }
    asked = []

    def fetch(requirements):
        asked.extend(requirements)
        names = [make_bundle.canonical(Requirement(each).name) for each in requirements]
        return {name: wheel(tmp_path, name, packages[name]) for name in names}

    top = wheel(tmp_path, "top", ("colours", "old; python_version < '3.10'", "dev; extra == 'dev'"))
    return top, fetch, asked


@pytest.mark.parametrize(("system", "more"), [("linux", set()), ("windows", {"winonly"})])
def test_requirements_are_followed_by_the_markers_of_the_target(index, system, more):
    top, fetch, asked = index
    found = make_bundle.follow(top, make_bundle.environment(system, "3.12"), fetch)

    assert set(found) == {"top", "colours", "base-thing", "quick"} | more
    assert len(asked) == len(set(asked)) == len(found) - 1
    assert ("winonly>=2" in asked) == bool(more)


def test_versions_are_those_of_the_lock(tmp_path):
    pins, asked = make_bundle.locked(), []

    def fetch(requirements):
        asked.extend(requirements)
        return {"pandas": wheel(tmp_path, "pandas")}

    make_bundle.follow(
        wheel(tmp_path, "top", ("pandas>=3.0",)), make_bundle.environment("linux", "3.12"), fetch
    )
    assert asked == [f"pandas=={pins['pandas']}"]


def test_a_wheel_that_was_built_for_this_system_only_is_refused():
    with pytest.raises(SystemExit, match="no wheel for this system: a-1-cp312-cp312-linux"):
        make_bundle._same_system([Path("a-1-cp312-cp312-linux_x86_64.whl")], ["win_amd64"])


@pytest.fixture
def folder(tmp_path):
    """A bundle without wheels."""
    made = tmp_path / "bundle"
    (made / "wheels").mkdir(parents=True)
    (made / "wheels" / "a.whl").write_bytes(b"a")
    python = "{}.{}".format(*sys.version_info[:2])
    text = (make_bundle.TEMPLATES / "install.sh").read_text(encoding="utf-8")
    (made / "install.sh").write_text(text.replace("@PYTHON@", python), encoding="utf-8")
    shutil.copy(make_bundle.TEMPLATES / "verify.py", made)
    make_bundle.write_sums(made)
    return made


def verify(folder):
    command = [sys.executable, str(folder / "verify.py")]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_bundle_says_what_of_it_is_damaged_or_missing(folder):
    assert verify(folder).returncode == 0

    (folder / "wheels" / "a.whl").write_bytes(b"b")
    (folder / "install.sh").unlink()
    found = verify(folder)
    assert found.returncode == 1
    assert found.stderr.splitlines() == [
        "install.sh: is missing",
        "wheels/a.whl: is damaged; copy the bundle again",
    ]


@pytest.mark.skipif(os.name == "nt", reason="there is no sh")
def test_the_installer_leaves_nothing_behind_and_touches_nothing(folder, tmp_path):
    environment = os.environ | {"PYTHON": sys.executable}

    def install(target):
        command = ["sh", str(folder / "install.sh"), str(target)]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    there = tmp_path / "there"
    there.mkdir()
    assert "is there already" in install(there).stderr
    assert list(there.iterdir()) == []
    # a bundle that is damaged installs nothing
    (folder / "wheels" / "a.whl").write_bytes(b"b")
    assert install(tmp_path / "new").returncode == 1
    assert not (tmp_path / "new").exists()
    text = (folder / "install.sh").read_text(encoding="utf-8")
    (folder / "install.sh").write_text(text.replace("{}.{}".format(*sys.version_info[:2]), "2.7"))
    assert "Python 2.7 is needed" in install(tmp_path / "new").stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no sh")
def test_an_installation_that_fails_is_taken_away(folder, tmp_path):
    environment = os.environ | {"PYTHON": sys.executable}
    command = ["sh", str(folder / "install.sh"), str(tmp_path / "new")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert done.returncode != 0  # there is no junheng among its wheels
    assert not (tmp_path / "new").exists()


def test_both_installers_ask_nobody_but_the_folder():
    for name in ("install.sh", "install.bat"):
        text = (make_bundle.TEMPLATES / name).read_text(encoding="utf-8")
        (line,) = [line for line in text.splitlines() if "-m pip" in line]
        assert "--isolated" in line
        assert "--no-index --find-links" in line
        assert "@PYTHON@" in text
