"""The offline bundle: every wheel that Junheng needs, an installer and checksums, for one system.

    python tools/make_bundle.py OUT [--system linux windows] [--python 3.11]

`pip download` reads the markers of the system on which it runs; a bundle for Windows made on Linux
would lack what only Windows needs. So the requirements are followed here, by the target's markers, and
pip fetches the files: the versions of requirements.lock, and of what that does not list, the newest
that is allowed.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).with_name("bundle")

#: By system: what its markers say, the tags of its wheels, and its installer.
SYSTEMS = {
    "linux": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
        [*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64"],
        "install.sh",
    ),
    "windows": (
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
        ["win_amd64"],
        "install.bat",
    ),
}

#: Packages refuse the first patches of a Python; nobody installs these any more.
PATCH = 9


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    """Name -> version of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonical(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}


def environment(system: str, python: str) -> dict[str, str]:
    """What markers are held against on the target."""
    own = SYSTEMS[system][0] | {
        "python_version": python,
        "python_full_version": f"{python}.{PATCH}",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": "AMD64" if system == "windows" else "x86_64",
    }
    return dict(default_environment()) | own


def required(wheel: Path, extras: Iterable[str], target: dict[str, str]) -> list[Requirement]:
    """What a wheel requires on the target."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        lines = email.message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])
    return [
        each
        for each in map(Requirement, lines)
        if each.marker is None
        or any(each.marker.evaluate(target | {"extra": extra}) for extra in ("", *extras))
    ]


def follow(
    wheel: Path, target: dict[str, str], fetch: Callable[[list[str]], dict[str, Path]]
) -> dict[str, Path]:
    """All wheels that one wheel needs on the target, itself included.

    Parameters
    ----------
    wheel : Path
    target : dict of str to str
        As from `environment`.
    fetch : callable
        Requirements without extras -> canonical name -> wheel.

    Returns
    -------
    dict of str to Path
        By canonical name.
    """
    pins = locked()
    name = canonical(wheel.name.split("-")[0])
    found, asked = {name: wheel}, {name: {""}}
    queue = [(name, frozenset())]
    while queue:
        wanted = [each for name, extras in queue for each in required(found[name], extras, target)]
        new: dict[str, str] = {}
        for each in wanted:
            name = canonical(each.name)
            if name not in found:
                pin = f"=={pins[name]}" if name in pins else str(each.specifier)
                new.setdefault(name, f"{each.name}{pin}")
        found |= fetch(list(new.values())) if new else {}
        queue = []
        for each in wanted:
            name = canonical(each.name)
            more = ({"", *each.extras}) - asked.setdefault(name, set())
            if more:
                asked[name] |= more
                queue.append((name, frozenset(more - {""})))
    return found


def by_pip(folder: Path, system: str, python: str) -> Callable[[list[str]], dict[str, Path]]:
    """Fetches wheels of the target into a folder."""
    tags = [word for tag in SYSTEMS[system][1] for word in ("--platform", tag)]

    pip = [sys.executable, "-m", "pip"]
    of_target = [*tags, "--only-binary", ":all:", "--implementation", "cp"]
    of_target += ["--python-version", f"{python}.{PATCH}"]

    def fetch(requirements: list[str]) -> dict[str, Path]:
        names = {canonical(Requirement(each).name) for each in requirements}
        command = [*pip, "download", "--quiet", "--no-deps", *of_target, "--dest", str(folder)]
        if subprocess.run([*command, *requirements]).returncode:
            if len(requirements) > 1:  # one of them has no wheel: which?
                half = len(requirements) // 2
                return fetch(requirements[:half]) | fetch(requirements[half:])
            build = [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder)]
            subprocess.run([*build, *requirements], check=True)
        wheels = {canonical(path.name.split("-")[0]): path for path in folder.glob("*.whl")}
        made = {name: wheels[name] for name in names}
        _same_system(made.values(), SYSTEMS[system][1])
        return made

    return fetch


def _same_system(wheels: Iterable[Path], tags: Iterable[str]) -> None:
    """Refuse what was built here for this system only and is meant for another one."""
    wrong = [
        path.name for path in wheels if not any(tag in path.name for tag in ("-any.whl", *tags))
    ]
    if wrong:
        raise SystemExit(f"no wheel for this system: {', '.join(wrong)}")


def write_bundle(out: Path, wheel: Path, system: str, python: str) -> Path:
    """Make the bundle of one system; returns its folder."""
    version = wheel.name.split("-")[1]
    folder = out / f"junheng-{version}-{system}-py{python.replace('.', '')}"
    wheels = folder / "wheels"
    # what a former run left behind, whole or not
    shutil.rmtree(folder, ignore_errors=True)
    wheels.mkdir(parents=True)
    here = Path(shutil.copy(wheel, wheels))
    follow(here, environment(system, python), by_pip(wheels, system, python))
    installer = SYSTEMS[system][2]
    text = (TEMPLATES / installer).read_text(encoding="utf-8").replace("@PYTHON@", python)
    # cmd.exe wants both characters at the end of a line
    end = "\r\n" if installer.endswith(".bat") else "\n"
    (folder / installer).write_text(text, encoding="utf-8", newline=end)
    shutil.copy(TEMPLATES / "verify.py", folder)
    write_sums(folder)
    return folder


def write_sums(folder: Path) -> None:
    """SHA256SUMS of everything in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}"
        for path in files
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--system", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--python", default="{}.{}".format(*sys.version_info[:2]))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    built = given.out / "built"
    shutil.rmtree(built, ignore_errors=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built.resolve())]
    subprocess.run(build, cwd=ROOT, check=True)
    (wheel,) = built.glob("*.whl")
    for system in given.system:
        print(write_bundle(given.out, wheel, system, given.python))
    shutil.rmtree(built)


if __name__ == "__main__":
    main()
