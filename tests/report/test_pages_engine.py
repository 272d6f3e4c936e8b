"""A notebook of nothing but pages is made without a kernel; any other is executed."""

import nbformat
import pytest

from analysis.base.files import InputError
from analysis.data.paths import NOTEBOOKS
from analysis.report.build import execute, export
from analysis.report.pages.contents import PAGES
from analysis.report.pages.report import Report
from analysis.report.pages_engine import only_pages

SMALL = "230505-sifangtai"


def _with(tmp_path, source: str, name: str = "brief", cell: str = "code"):
    """One of our notebooks with a further cell."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    notebook.cells.append(getattr(nbformat.v4, f"new_{cell}_cell")(source))
    path = tmp_path / "own.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize(
    "source", ["print(1)", "%matplotlib inline", "brief(report).charts[0]", "x = brief(report)", "brief(report);"]
)  # fmt: skip
def test_whatever_is_no_page_is_for_the_kernel(source, tmp_path):
    assert not only_pages(_with(tmp_path, source))


@pytest.mark.parametrize("name", ["region", "what_if", "explore"])
def test_other_notebooks_are_executed(name):
    assert not only_pages(NOTEBOOKS / f"{name}.ipynb")


def test_a_word_of_ones_own_between_the_pages_stays(tmp_path):
    path = _with(tmp_path, "Our own remark.", cell="markdown")
    made = execute(path, county=SMALL, report=lambda: Report.of(SMALL))

    page = export(made, "html").decode("utf-8")
    assert "Our own remark." in page
    assert 'class="brief"' in page


def test_the_cell_that_fails_is_named(tmp_path):
    path = _with(tmp_path, "brief.nothing(report)")

    with pytest.raises(InputError, match=r"cell \d+ .*AttributeError"):
        execute(path, county=SMALL, report=lambda: Report.of(SMALL))


@pytest.mark.slow
def test_the_cell_that_fails_has_the_number_that_a_kernel_gives_it(tmp_path):
    """Also where cells before it are no pages, such as the parameters that papermill writes."""
    path = _with(tmp_path, "brief.nothing(report)")
    with pytest.raises(InputError) as made:
        execute(path, county=SMALL, report=lambda: Report.of(SMALL))
    with pytest.raises(InputError) as executed:
        execute(path, county=SMALL)

    assert str(made.value) == str(executed.value)


def test_a_county_that_cannot_be_read_is_refused_in_its_own_words():
    with pytest.raises(InputError, match="1999"):
        execute(NOTEBOOKS / "brief.ipynb", county=SMALL, report=lambda: Report.of(SMALL, 1999))


def test_the_notebook_shows_every_page_once():
    notebook = nbformat.read(NOTEBOOKS / "county_report.ipynb", as_version=4)
    shown = [c.source for c in notebook.cells if c.source.endswith("(report)")]

    assert [each.split("(")[0].split(".")[-1] for each in shown] == [p.__name__ for p in PAGES]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["brief", "county_report"])
def test_both_ways_give_the_same_bytes(name):
    path = NOTEBOOKS / f"{name}.ipynb"
    made = execute(path, county=SMALL, lang="en", report=lambda: Report.of(SMALL, None, "en"))
    executed = execute(path, county=SMALL, lang="en")

    for kind in ("html", "pdf"):
        assert export(made, kind) == export(executed, kind)
