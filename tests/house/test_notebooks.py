"""Notebooks are pages, not programs; each runs, and shows something in every section."""

import ast
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from analysis.present.questions import QUESTIONS, question
from analysis.report.build import execute

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
TAGS = {"parameters", "guide"}
ALLOWED_IMPORTS = {"analysis", "seaborn"}
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@by_name
def test_is_valid_and_without_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)

    for cell in code(notebook):
        assert not cell.outputs
        assert cell.execution_count is None


@by_name
def test_metadata_is_only_what_is_needed(path):
    notebook = read(path)

    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        assert set(cell.metadata.get("tags", [])) <= TAGS


@by_name
def test_parameters_are_literals_with_help(path):
    cells = [c for c in code(read(path)) if "parameters" in c.metadata.get("tags", [])]

    assert len(cells) == 1
    names = []
    for line in cells[0].source.splitlines():
        assignment = ast.parse(line).body[0]
        ast.literal_eval(assignment.value)
        names.append(assignment.targets[0].id)
        assert "  # " in line, f"{line}: papermill shows the comment as help"
    assert {"counties" if path.stem == "region" else "county", "lang"} <= set(names)


@by_name
def test_cells_are_thin(path):
    for cell in code(read(path)):
        tree = ast.parse(cell.source)
        assert len(cell.source.splitlines()) <= 6, cell.source
        for node in ast.walk(tree):
            assert not isinstance(
                node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.Try
            ), cell.source
            if isinstance(node, ast.Import):
                assert {a.name.split(".")[0] for a in node.names} <= ALLOWED_IMPORTS
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in ALLOWED_IMPORTS


@by_name
def test_one_question_before_every_answer(path):
    """A title, then questions in the notebook's language, each with at least one answer."""
    notebook = read(path)
    cells = [c for c in code(notebook) if "parameters" not in c.metadata.get("tags", [])]
    asked = [i for i, c in enumerate(cells) if "guide" in c.metadata.get("tags", [])]
    questions = [ast.parse(cells[i].source).body[0].value for i in asked]

    assert notebook.cells[0].source.startswith("# ")
    # the brief is one answer
    assert len(asked) >= (1 if path.stem == "brief" else 6)
    for call in questions:
        assert (call.func.id, call.args[1].id) == ("question", "lang")
        assert call.args[0].value in QUESTIONS
        assert call.args[0].value.endswith("?")
    assert all(after - before > 1 for before, after in pairwise([*asked, len(cells)]))


def test_questions_are_asked_in_one_language():
    text = "What is assumed?"

    assert question(text, "zh")._repr_markdown_() == "## 有哪些假设？"
    assert question(text, "en")._repr_markdown_() == "## What is assumed?"


@pytest.mark.slow
@by_name
@pytest.mark.parametrize("county", ["652323-hutubi", "230505-sifangtai"])
def test_runs_and_shows_something_in_every_section(path, county):
    name = "counties" if path.stem == "region" else "county"
    executed = execute(path, lang="en", **{name: county})
    shown = [cell for cell in code(executed) if not cell.source.startswith(("county =", "# Param"))]
    for cell in shown:
        last = ast.parse(cell.source).body[-1]
        if not isinstance(last, ast.Expr):
            continue  # imports and assignments have nothing to show
        kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
        assert kinds & {"text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain"}, (
            cell.source
        )
        assert not any(output.output_type in ("error", "stream") for output in cell.outputs)


@pytest.mark.slow
def test_nbconvert_executes_and_exports_in_one_step(tmp_path):
    import subprocess
    import sys

    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "junheng-pdf"]
    report = NOTEBOOKS[0].parent / "county_report.ipynb"
    subprocess.run(
        [*command, "--output-dir", str(tmp_path), str(report)],
        check=True,
        capture_output=True,
        timeout=300,
    )

    assert (tmp_path / "county_report.pdf").read_bytes().startswith(b"%PDF")
