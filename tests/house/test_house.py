"""The house rules: one dependency list, catalogues complete, nothing of one machine in the files."""

import re
import subprocess
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml
from babel.messages import extract, pofile
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".md", ".yml", ".yaml", ".toml", ".lock", ".css", ".lua", ".typ", ".j2", ".ipynb"}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def locked():
    """name -> version of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonical(pin.name): next(iter(pin.specifier)) for pin in pins}


def test_environment_yml_installs_what_pyproject_lists():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    conda = [item for item in environment["dependencies"] if isinstance(item, str)]
    pip = next(item["pip"] for item in environment["dependencies"] if isinstance(item, dict))

    assert conda == ["python" + project["requires-python"], "pip"]
    assert pip == ["-r requirements.lock", "-e ."]


def test_every_dependency_is_pinned_and_the_pin_is_allowed():
    pins = locked()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] + project["optional-dependencies"]["dev"]
    for requirement in map(Requirement, listed):
        pin = pins[canonical(requirement.name)]

        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement


def test_what_is_installed_is_what_pyproject_lists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = {Requirement(line).name for line in requires("junheng") if "extra ==" not in line}

    assert installed == {Requirement(line).name for line in project["dependencies"]}


def test_lock_names_no_index():
    assert not re.search(r"https?:|file:|--index|@ ", (ROOT / "requirements.lock").read_text())


def messages():
    """All messages of the package: (id or (singular, plural))."""
    keywords = {"say": None, "N_": None, "plural": (1, 2)}
    found = extract.extract_from_dir(
        ROOT / "analysis", method_map=[("**.py", "python")], keywords=keywords
    )
    return {message for _, _, message, _, _ in found if message and message != ""}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_catalogue_is_complete(lang):
    path = ROOT / "analysis" / "base" / "locale" / f"{lang}.po"
    with path.open("rb") as file:
        catalogue = pofile.read_po(file)
    used = messages()

    assert {m.id for m in catalogue if m.id} == used, "run make messages"
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        assert all(texts), f"{lang}: not translated: {ids[0]}"
        assert not message.fuzzy, ids[0]
        for text in texts:
            assert placeholders(text) == placeholders(ids[-1]), ids[0]


def placeholders(text):
    return set(re.findall(r"{(\w+)", text))


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if Path(name).suffix in TEXT]


def test_no_path_of_one_machine_in_the_files():
    for path in tracked():
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"/(home|root|Users)/\w+/", text), path


def test_make_help_explains_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"\.PHONY: (.*)", makefile)[1].split()
    explained = re.findall(r"^(\w+):.*## ", makefile, flags=re.MULTILINE)

    assert sorted(phony) == sorted(explained)


def test_make_messages_looks_for_the_same_keywords():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "-k say -k self.say -k N_" in makefile
