"""Notebooks of a few cells, and what their cells show."""

import nbformat

COVER = "from analysis import analyze\nfrom analysis.report.pages.report import Report\n"
COVER += "from analysis.report.pages.brief import brief\n"
COVER += "report = Report(analyze(county, year), lang)"


def write_notebook(path, *cells, parameters=("county", "year", "lang")):
    """A notebook with parameters (all None) and the given cells of code."""
    sources = ["\n".join(f"{name} = None  # {name}" for name in parameters), *cells]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["kernelspec"]["language"] = "python"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def write_cover(path, *before):
    """A report that is only its cover."""
    return write_notebook(path, *before, COVER, "brief(report)")


def results(executed):
    """What the cells show, as text."""
    return [
        output["data"]["text/plain"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
