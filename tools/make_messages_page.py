"""Write docs/messages.md and docs/messages.zh.md: what may be said of a user's files, with examples.

    tools/make_messages_page.py [TESTS ...]

The messages are collected from the code. The examples are what was said when the tests of the
project gave it bad input: nothing is typed. It takes some minutes; with some tests named, only these
are run, and all other examples stay as they are.
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from docsite.markdown import cell, page, table

from analysis.base.files import Finding
from analysis.base.language import Said, speak
from analysis.base.schema.terms import Label
from analysis.data.corrections import ADVICE

ROOT = Path(__file__).parents[1]
PAGES = {"en": ROOT / "docs" / "messages.md", "zh": ROOT / "docs" / "messages.zh.md"}
#: The tests that give bad input, and which of them are run.
TESTS = (
    (
        "base data policy future/test_scenario_files.py cli "
        "planner/test_planner.py::test_what_is_no_state_is_refused_in_words",
        "not slow",
    ),
    ("ministry", ""),
)

#: Texts of these modules are no messages but words of a template, a list or a report.
_WORDS = (
    "data/template/words.py",
    "data/template/limits.py",
    "data/corrections.py",
    "data/county_form.py",
    "future/notes.py",
)
#: Lists of such words in modules that have messages, too.
_LISTS = {"ministry/merging/changes.py": ("KINDS",)}


@dataclass(frozen=True)
class Section:
    """Messages of one kind: where in the code they stand, and what they mean."""

    title: Label
    about: Label
    modules: tuple[str, ...]


SECTIONS = (
    Section(
        Label("单元格中的值", "Values in cells"),
        Label(
            "检查时逐个单元格核对：是不是数字、是否在可能的范围内、各表之间是否一致。一个单元格有几处错误的，一句话全部说明，并写出应填的形式。",
            "Every cell is looked at: whether it is a number, can be true, and agrees with the other tables. All faults of one cell are said in one sentence, with the form it should have.",
        ),
        ("data/checks/", "data/reading/cells.py", "base/typefaces.py"),
    ),
    Section(
        Label("读取工作簿和 CSV 表", "Reading workbooks and CSV tables"),
        Label(
            "文件打不开、表或列不认识、金额单位不清等。提醒只说明略过了什么，其余照常读取。",
            "A file that cannot be opened, a table or column that is not known, a unit that is not clear. A warning says what was left aside; the rest is read.",
        ),
        ("data/reading/", "data/load.py", "data/paths.py", "base/files.py", "base/nearest.py"),
    ),
    Section(
        Label("导入教育事业统计报表", "Importing return sheets"),
        Label(
            "全部提示连同文件、工作表和单元格都列在核对单中；屏幕上同类的合并为一行。",
            "All of them stand in the reconciliation page with file, sheet and cell; on the screen, those of one kind are one line.",
        ),
        ("ministry/",),
    ),
    Section(
        Label("规划、标准和情景文件", "Plans, standards and scenarios"),
        Label(
            "YAML 文件中的错误注明行号和条目。",
            "A mistake in a YAML file is named with its line and key.",
        ),
        ("policy/", "future/assumptions/", "base/refusals.py"),
    ),
    Section(
        Label("写入文件", "Writing files"),
        Label(
            "任何命令都不会覆盖自己读取的文件，也不会覆盖不是均衡程序写入的文件。",
            "No command writes over what it reads, nor over a file that is not Junheng's own.",
        ),
        ("base/storage/", "data/template/", "data/workplace.py"),
    ),
)


def messages() -> Iterator[tuple[Section, str]]:
    """Every message of the modules, by section."""
    seen = set()
    for section in SECTIONS:
        for module in section.modules:
            for path in sorted((ROOT / "analysis").glob(f"{module}**/*.py" if module.endswith("/") else module)):  # fmt: skip
                name = path.relative_to(ROOT / "analysis").as_posix()
                if name in _WORDS:
                    continue
                for message in _marked(path, _LISTS.get(name, ())):
                    if message not in seen:
                        seen.add(message)
                        yield section, message


def _marked(path: Path, without: tuple[str, ...] = ()) -> Iterator[str]:
    """What `N_` marks in a module, in its order, but for what the names `without` stand for."""
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    calls = [
        (node.lineno, node.col_offset, node.args[0].value)
        for statement in statements
        if not {name.id for name in getattr(statement, "targets", ()) if isinstance(name, ast.Name)}
        & {*without}
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    yield from (text for *_, text in sorted(calls))


@dataclass
class Heard:
    """What was said while the tests ran, by message."""

    findings: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))

    def listen(self) -> None:
        """From now on; the classes are as they were in everything else."""
        finding, said = Finding.__init__, Said.__init__

        def of_finding(self_, *args, **values):
            finding(self_, *args, **values)
            if re.search(r"[，,] ?(?:第|rows? )", self_.file):
                return  # one line for many rows, of one language
            if "" in _inside(self_.values):
                return  # a place that is kept for a reason
            for message in (self_.message, *_inside(self_.values)):
                self.findings[message].append(self_)

        def of_said(self_, *args, **values):
            said(self_, *args, **values)
            self.said[self_.message].append(self_)

        Finding.__init__, Said.__init__ = of_finding, of_said

    def example(self, message: str, folder: str) -> dict[str, str]:
        """The shortest that was said of a file, else of anything, in both languages; nothing where nothing was."""
        for kind in (self.findings, self.said):
            found = []
            for each in kind.get(message, ())[:2000]:
                try:
                    texts = {lang: _of_no_place(_text(each, lang), folder) for lang in PAGES}
                except (KeyError, IndexError, ValueError, TypeError):
                    continue  # made by a test, without its values
                if all(text.isprintable() and "\\u" not in text for text in texts.values()):
                    found.append(
                        (not getattr(each, "file", ""), len(texts["en"]), texts["en"], texts)
                    )
            if found:
                return min(found, key=lambda each: each[:3])[-1]
        return {}

    def severities(self, message: str) -> list[str]:
        found = {each.severity for each in self.findings.get(message, ())}
        return [each for each in ("error", "warning") if each in found]


def _inside(values: dict) -> Iterator[str]:
    for value in values.values():
        if isinstance(value, Said):
            yield value.message
            yield from _inside(value.values)


def _text(each: Finding | Said, lang: str) -> str:
    return each.sentence(lang) if isinstance(each, Finding) else each.text(lang)


def _of_no_place(text: str, folder: str) -> str:
    """A sentence without the folder in which the test ran."""
    text = re.sub(re.escape(folder) + r"/[\w.-]+/?", "", text)
    return re.sub(r"/tmp/[\w.-]+/", "", text.replace(f"{ROOT}/", "")).lstrip(" :：,，")


def standing(lang: str) -> dict[str, tuple[str, str]]:
    """Kind and example of every message on a page, by what its first column says."""
    if not PAGES[lang].exists():
        return {}
    lines = PAGES[lang].read_text(encoding="utf-8").splitlines()
    rows = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in lines if line.startswith("| ")]
    return {row[0]: (row[-2].strip() if len(row) > 2 else "", row[-1]) for row in rows}


def write(heard: Heard, folder: str) -> None:
    """Both pages."""
    examples = {message: heard.example(message, folder) for _, message in messages()}
    for lang, path in PAGES.items():
        path.write_text(text(lang, examples, heard), encoding="utf-8")


_HEAD = {
    "en": ("What is said", "Kind", "Example"),
    "zh": ("提示", "类别", "示例"),
}
_KINDS = {
    "en": {"error": "error", "warning": "warning"},
    "zh": {"error": "错误", "warning": "提醒"},
}
_TITLE = {"en": "Messages and what they mean", "zh": "各条提示及含义"}
_ABOUT = {
    "en": (
        "*Made by `tools/make_messages_page.py` from the program; the examples were said to bad input of its tests.* "
        "An **error** stops the work until it is mended, a **warning** does not: what is in doubt is said, and everything else goes on. "
        "What stands in {} is filled in. A message without a kind is a part of another one."
    ),
    "zh": (
        "*由 `tools/make_messages_page.py` 根据程序生成，示例均为测试中对错误数据实际给出的提示。* "
        "**错误**须更正后才能继续；**提醒**不影响继续处理，只说明存疑或略过的内容。{} 中的内容随数据填入；没有类别的，是其他提示的组成部分。"
    ),
}
_DO = {"en": "What to do: ", "zh": "处理："}
_NONE = {
    "en": ("Without an example", "No test gives the input that leads to these."),
    "zh": ("没有示例的提示", "下列提示在测试中没有对应的错误数据。"),
}


def text(lang: str, examples: dict[str, dict[str, str]], heard: Heard) -> str:
    """One page."""
    say = speak(lang)
    parts = [_ABOUT[lang]]
    rows: dict[str, list] = defaultdict(list)
    before, without = standing(lang), []
    for section, message in messages():
        said = cell(say(message))
        if message in ADVICE:
            said += f"<br>*{_DO[lang]}{cell(say(ADVICE[message]))}*"
        kind = ", ".join(_KINDS[lang][each] for each in heard.severities(message))
        example = cell(examples[message].get(lang, ""))
        if not example and said in before:
            kind, example = before[said]
        if example:
            rows[section.title.en].append((said, kind, example))
        else:
            without.append(f"- {cell(say(message))}")
    for section in SECTIONS:
        parts += [f"## {section.title[lang]}", section.about[lang]]
        parts.append(table(_HEAD[lang], rows[section.title.en]))
    if without:
        parts += [f"## {_NONE[lang][0]}", _NONE[lang][1], "\n".join(without)]
    return page(_TITLE[lang], *parts)


if __name__ == "__main__":
    heard = Heard()
    heard.listen()
    chosen = ((" ".join(sys.argv[1:]), ""),) if sys.argv[1:] else TESTS
    with tempfile.TemporaryDirectory() as name:
        for folders, marked in chosen:
            words = ["-n0", "-m", marked, "-p", "no:cacheprovider", f"--basetemp={name}/tests"]
            places = [str(ROOT / "tests" / each) for each in folders.split()]
            if pytest.main([*words, *places]) != pytest.ExitCode.OK:
                sys.exit("the tests must pass first")
        write(heard, f"{name}/tests")
