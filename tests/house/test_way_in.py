"""The way in: what README says one has to touch to add a thing is enough, and the files are there.

Each thing is added to a copy of the package by changing nothing but the files that the table names; then
a new Python looks whether it has arrived where people meet it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNTY = "150304-wuda"


def table():
    """README's table: what is added -> what is touched."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## To add a …, touch …")[1]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, flags=re.MULTILINE)
    return {added: touched for added, touched in rows if added not in ("to add a …", "---")}


def named(touched):
    """The files and folders of the repository that a cell of the table names."""
    found = re.findall(r"`([\w./-]+/[\w./-]*)`", touched) + re.findall(r"\]\(([\w./-]+)\)", touched)
    return {name.rstrip("/") for name in found}


def test_every_file_that_the_way_in_names_is_there():
    names = {name for touched in table().values() for name in named(touched) if "/" in name}
    tops = "analysis|tests|tools|docs|notebooks|data"
    for page in ("docs/architecture.md", "README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        names |= set(re.findall(rf"`((?:{tops})/[\w./-]+)`", text))
    # the walk of one figure names its files from the package
    rooms = "|".join(path.parent.name for path in (ROOT / "analysis").glob("*/__init__.py"))
    walk = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    names |= set(re.findall(rf"`((?:{rooms})/[\w./-]+)`", walk))

    missing = [n for n in names if not (ROOT / n).exists() and not (ROOT / "analysis" / n).exists()]
    assert sorted(missing) == []


#: By the row of the table: (file, text before which something is put in; none: at the end; what), and
#: what a new Python has to find then.
ADDITIONS = {
    "threshold, or the date from which it holds": (
        [
            (
                "analysis/policy/profiles/cn-2017.yaml",
                '"2017-04-19": 4.5}',
                '"2019-09-01": 99.0, ',
            )
        ],
        """
        wanted = "indicator == 'teaching_area' and stage == 'primary'"
        assert set(analyze(COUNTY, 2018).indicators.query(wanted)["threshold"]) == {4.5}
        assert set(analyze(COUNTY).indicators.query(wanted)["threshold"]) == {99.0}
        """,
    ),
    "indicator": (
        [
            (
                "analysis/policy/profiles/cn-2017.yaml",
                "entries:\n",
                """\
  counsellors:
    title: {zh: 每百名学生拥有心理教师数, en: Counsellors per 100 students}
    short: {zh: 心理教师, en: Counsellors}
    add: [counsellors]
    by_stage: yes
    per: 100
    resource: {zh: 人, en: persons}
    whole: yes
    at_least: {primary: 0.2, junior: 0.2}
""",
            ),
        ],
        """
        import pathlib
        file = pathlib.Path(COUNTY) / "school_years.csv"
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        there = [lines[0] + ",counsellors_primary,counsellors_junior"]
        file.write_text("\\n".join(there + [line + ",3,1" for line in lines[1:]]), encoding="utf-8")
        study = analyze(COUNTY)
        rows = study.indicators.query("indicator == 'counsellors' and stage == 'primary'")
        assert set(rows["threshold"]) == {0.2} and (rows["value"] * rows["students"] == 300).all()
        assert len(study.balance.query("indicator == 'counsellors' and cv >= 0")) == 2
        from analysis.report.pages import resources
        from analysis.report.pages.report import Report
        assert "心理教师" in resources.schools(Report(study)).body
        """,
    ),
    "item that is computed": (
        [
            (
                "analysis/policy/profiles/cn-2017.yaml",
                "  G2:",
                """\
  G1.classes:
    title: {zh: 校均班级数, en: Classes per school}
    part: government
    rule: at_least
    unit: {zh: 班, en: classes}
    values: {"2017-04-19": 1}
    reference: {document: 本县, section: 一, confidence: local}
""",
            ),
            (
                "analysis/measure/requirements/guarantee.py",
                "GUARANTEE: dict",
                """\
def _classes(data):
    rows = np.arange(len(data.facts.year))
    return by_school(data, rows, data.facts.column("classes_primary"))


""",
            ),
            (
                "analysis/measure/requirements/guarantee.py",
                '    "G3.classes_per_room"',
                '    "G1.classes": _classes,\n',
            ),
        ],
        """
        rows = analyze(COUNTY).evaluation.query("item == 'G1.classes'")
        assert len(rows) == 1 and set(rows["status"]) <= {"met", "not_met", "not_assessed"}
        assert rows["value"].iloc[0] > 1
        """,
    ),
    "data check": (
        [
            (
                "analysis/data/checks/doubts.py",
                None,
                """

def many_classes(tables):
    if "school_years" in tables:
        rows = tables["school_years"]
        yield from tables.report(
            "{label} is {value}: so many?", "school_years", rows[rows["classes_primary"] > 1],
            "classes_primary", "warning", value="classes_primary",
        )
""",
            ),
            (
                "analysis/data/check.py",
                "        rare_values,\n    ]",
                "        doubts.many_classes,\n",
            ),
            ("analysis/data/check.py", "from .checks.doubts", "from .checks import doubts\n"),
        ],
        """
        from analysis.data.load import read_county
        _, findings = read_county(COUNTY)
        assert any("so many?" in finding.sentence("en") for finding in findings)
        """,
    ),
    "column of a table": (
        [
            (
                "analysis/base/schema/tables.py",
                '                    _count("classes_primary"',
                '                    _count("tablets", "平板电脑台数", "Tablet computers"),\n',
            )
        ],
        """
        import io, openpyxl, pathlib
        from analysis.data.load import load_county, read_county
        from analysis.data.template.write import write_template
        file = pathlib.Path(COUNTY) / "school_years.csv"
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        text = lambda what: "\\n".join([lines[0] + ",平板电脑台数"] + [line + what for line in lines[1:]])
        file.write_text(text(",700"), encoding="utf-8")
        assert set(load_county(COUNTY).tables["school_years"]["tablets"]) == {700.0}
        heads = openpyxl.load_workbook(io.BytesIO(write_template(None, "zh")))
        assert any("平板电脑台数" in str(c.value) for sheet in heads for row in sheet for c in row)
        file.write_text(text(",-700"), encoding="utf-8")
        assert any(f.column == "tablets" for f in read_county(COUNTY)[1] if f.severity == "error")
        """,
    ),
    "report section, or a chart or table in one": (
        [
            (
                "analysis/present/charts/balance.py",
                None,
                """

@styled
def dots_chart(study: Study, lang: str = "zh") -> Chart:
    figure = Chart(figsize=(WIDTH, 2), layout=GridLayout())
    figure.subplots(1, 1).plot(range(len(study.balance)), study.balance["cv"], "o")
    return figure
""",
            ),
            (
                "analysis/report/pages/resources.py",
                None,
                """

def dots(report: Report) -> Page:
    from ...present.charts.balance import dots_chart

    return section("一切差异", Picture(dots_chart(report.study), "差异系数各点", "差异系数各点"))
""",
            ),
            ("analysis/report/pages/contents.py", "*(development.trends", "resources.dots, "),
            (
                "analysis/present/questions.py",
                '    N_("How did it develop?")',
                '    "What about all of them?",\n',
            ),
            ("notebooks/county_report.ipynb", "development.trends", ["resources.dots(report)"]),
        ],
        """
        import pathlib
        from analysis import load_county
        from analysis.report.build import write_report
        (made,) = write_report(load_county(COUNTY), pathlib.Path("out"), formats=("html",))
        text = made.read_text(encoding="utf-8")
        assert "一切差异" in text and "差异系数各点" in text
        """,
    ),
    "move of pupils, teachers or premises in a scenario": (
        [
            (
                "analysis/future/assumptions/moves.py",
                "Move = Annotated[",
                """\
class Strike(_Move):
    kind: Literal["strike"]
    origin: Name
    target: Name

    def pupils(self, model, new, number, year):
        origin, target = model.schools.number(self.origin), model.schools.number(self.target)
        new.give(origin, [target], slice(0, 1), np.asarray(1.0)[..., None])


""",
            ),
            ("analysis/future/assumptions/moves.py", "Diversion | Opening", "Strike | "),
            (
                "analysis/future/assumptions/moves.py",
                '    "cap": Label',
                '    "strike": Label("罢", "Strike"),\n',
            ),
        ],
        """
        import pathlib
        from analysis import load_county, project
        county = load_county(COUNTY)
        roster = county.tables["schools"].query("type == 'primary'")["school_id"].tolist()
        file = pathlib.Path(COUNTY) / "scenarios" / "strike.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(
            "name: {zh: 罢, en: Strike}\\nbase: baseline\\nmoves:\\n"
            f"- {{kind: strike, start: {county.years[-1] + 1}, origin: '{roster[0]}', target: '{roster[1]}',"
            " source: 试, confidence: low}\\n", encoding="utf-8")
        plain = project(county, "baseline").county.tables["enrolment"]
        moved = project(county, "strike").county.tables["enrolment"]
        first = f"year == {county.years[-1] + 1} and grade == 1 and students > 0"
        assert roster[0] in set(plain.query(first)["school_id"])
        assert roster[0] not in set(moved.query(first)["school_id"])
        """,
    ),
    "command, or an option of one": (
        [
            (
                "analysis/cli/commands/shout.py",
                None,
                """\
from __future__ import annotations

import typer

from ..options import OneCounty


def shout(county: OneCounty) -> None:
    typer.echo(f"{county}!")
""",
            ),
            ("analysis/cli/app.py", '    "batch": (', '    "shout": (shout, N_("Shouts.")),\n'),
            ("analysis/cli/app.py", "from .commands.tables", "from .commands.shout import shout\n"),
        ],
        """
        from typer.testing import CliRunner
        from analysis.cli.app import app
        assert CliRunner().invoke(app, ["shout", "一"]).output == "一!\\n"
        """,
    ),
}


def add(tree: Path, file: str, before: str | None, what: str | list[str]) -> None:
    """Change one file of a tree; a list is cells of a notebook."""
    path = tree / file
    if before is None:
        with path.open("a", encoding="utf-8", newline="") as stream:
            stream.write(what)
        return
    if isinstance(what, list):
        book = json.loads(path.read_text(encoding="utf-8"))
        cells = book["cells"]
        at = next(n for n, cell in enumerate(cells) if before in "".join(cell["source"]))
        common = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        cells[at:at] = [common | {"id": f"new-{n}", "source": text} for n, text in enumerate(what)]
        path.write_text(json.dumps(book), encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, (file, before)
    path.write_text(text.replace(before, what + before), encoding="utf-8", newline="")


@pytest.mark.slow
@pytest.mark.parametrize("what", ADDITIONS)
def test_what_the_table_names_is_enough(what, tmp_path):
    changes, look = ADDITIONS[what]
    touched = named(table()[what])
    for file, _, _ in changes:
        assert any(file == name or file.startswith(f"{name}/") for name in touched), file
    code = f"from analysis import analyze\nCOUNTY = 'data/sample/{COUNTY}'\n" + textwrap.dedent(
        look
    )

    def looked(package: Path, folder: Path) -> subprocess.CompletedProcess:
        """By the package that stands there, in a folder with nothing but the county."""
        shutil.copytree(ROOT / f"data/sample/{COUNTY}", folder / f"data/sample/{COUNTY}")
        environment = os.environ | {"PYTHONPATH": str(package), "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )

    # with what Python has compiled: of a file that is changed it notices
    for folder in ("analysis", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / "changed" / folder)
    for file, before, text in changes:
        add(tmp_path / "changed", file, before, text)
    done = looked(tmp_path / "changed", tmp_path / "with")
    assert done.returncode == 0, done.stderr[-3000:]
    # and without the change it would not be found
    assert looked(ROOT, tmp_path / "without").returncode == 1
