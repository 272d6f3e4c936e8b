"""The house rules: one dependency list, catalogues complete, nothing of one machine in the files."""

import ast
import io
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
LOCALE = ROOT / "analysis" / "base" / "locale"
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


def test_the_documentation_has_its_own_pins_and_the_main_install_none_of_them():
    lines = (ROOT / "requirements-docs.lock").read_text(encoding="utf-8").splitlines()
    pins = {canonical(pin.name): pin for pin in map(Requirement, lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in map(Requirement, project["optional-dependencies"]["docs"]):
        pin = next(iter(pins[canonical(requirement.name)].specifier))

        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement
    assert not pins.keys() & locked().keys()


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


def test_no_text_is_spoken_that_the_catalogue_cannot_find():
    """Only texts given to `say` by that name, or marked, are collected; `speak(lang)("…")` is not."""
    known, lost = messages(), []
    for path in (ROOT / "analysis").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and node.args):
                continue
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value not in known:  # fmt: skip
                lost.append(f"{path.name}:{node.lineno}: {text.value}")
    assert lost == []


def catalogue(lang):
    """The entries of a catalogue; English, the source text, needs none and may have no file."""
    path = LOCALE / f"{lang}.po"
    if lang == "en" and not path.exists():
        return pofile.read_po(io.BytesIO())
    with path.open("rb") as file:
        return pofile.read_po(file)


def of(message):
    """(ids, texts) of an entry, two of each where it has a plural."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return ids, texts


def faults(lang, entries, used):
    """What is wrong in a catalogue, a line each."""
    ids = {message.id for message in entries if message.id}
    if lang != "en":
        yield from (f"{lang}: missing: {id}" for id in sorted(used - ids, key=str))
    yield from (f"{lang}: not used: {id}" for id in sorted(ids - used, key=str))
    for message in filter(lambda message: message.id, entries):
        ids, texts = of(message)
        if not all(texts) or message.fuzzy:
            yield f"{lang}: not translated: {ids[0]}"
        if lang == "en" and texts == ids:
            yield f"{lang}: repeats its id: {ids[0]}"
        for text in texts:
            if placeholders(text) != placeholders(ids[-1]):
                yield f"{lang}: other places to fill in: {ids[0]}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_catalogue_is_complete_and_holds_only_what_differs(lang):
    assert list(faults(lang, catalogue(lang), messages())) == [], "run make messages"


def test_faults_of_a_catalogue_are_found():
    entries = pofile.read_po(
        io.StringIO(
            'msgid "same"\nmsgstr "same"\n\nmsgid "empty"\nmsgstr ""\n\n'
            'msgid "one {a}"\nmsgid_plural "many {a}"\nmsgstr[0] "one {a}"\nmsgstr[1] "many {a}"\n\n'
            'msgid "{a}"\nmsgstr "{b}"\n\nmsgid "old"\nmsgstr "former"\n'
        )
    )
    used = {"same", "empty", ("one {a}", "many {a}"), "{a}", "new"}

    assert list(faults("en", entries, used)) == [
        "en: not used: old",
        "en: repeats its id: same",
        "en: not translated: empty",
        "en: repeats its id: one {a}",
        "en: other places to fill in: {a}",
    ]
    assert "zh: missing: new" in list(faults("zh", entries, used))


def test_catalogues_stand_as_make_messages_writes_them():
    for path in LOCALE.glob("*.po"):
        written = io.BytesIO()
        pofile.write_po(
            written, catalogue(path.stem), width=100, sort_output=True, ignore_obsolete=True
        )

        assert written.getvalue().decode() == path.read_text(encoding="utf-8"), path


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
    explained = re.findall(r"^([\w-]+):.*## ", makefile, flags=re.MULTILINE)

    assert sorted(phony) == sorted(explained)


def test_make_messages_looks_for_the_same_keywords():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "-k say -k self.say -k N_" in makefile


def test_tests_lie_in_the_rooms_of_the_code_and_say_what_they_promise():
    rooms = {path.parent.name for path in (ROOT / "analysis").glob("*/__init__.py")} | {"house"}
    files = sorted((ROOT / "tests").rglob("test_*.py"))

    assert [path for path in files if path.parent.name not in rooms] == []
    assert [path for path in files if not path.read_text(encoding="utf-8").startswith('"""')] == []
    assert len({path.name for path in files}) == len(files)
