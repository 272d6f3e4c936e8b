"""One county's report: notebook -> pages, by papermill where it is more than pages; study -> workbook; complete or not at all."""

from __future__ import annotations

import functools
import logging
import re
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.effort import effort
from ..base.files import N_, problem
from ..base.storage.temporary import scratch
from ..base.storage.writing import Writer
from ..data.county import County
from ..data.load import load_county
from ..data.paths import NOTEBOOKS, files_read, sample_folder
from ..future.analyze import analyze
from ..future.odds.chance import DRAWS, Chance
from ..future.odds.draws import forecast
from ..future.project import Outlook, project
from ..measure.apportioning.register import stage_rows
from ..measure.indicators import round_half_up
from ..present.sentences import status
from ..remedy.problem.means import read_means
from . import USUAL
from .light_imports import import_jsonschema

if TYPE_CHECKING:
    from .pages.page import Page
    from .pages.report import Report


@effort()
def write_report(
    county: County | str | Path,
    out: str | Path,
    *,
    year: int | None = None,
    lang: str = "zh",
    scenario: str | None = None,
    standard: str | None = None,
    outlook: Outlook | None = None,
    formats: tuple[str, ...] = USUAL,
    brief: bool = False,
    notebook: str | Path | None = None,
    time_limit: float | None = None,
    facts: dict | None = None,
    writer: Writer | None = None,
) -> list[Path]:
    """Make what the report notebook shows for a county, and export it.

    Parameters
    ----------
    county : County, str or Path
    out : str or Path
        Folder for the files; made if missing.
    year : int, optional
        School year to judge; the last one if omitted. With a scenario also a year to come.
    lang : {"zh", "en"}
    scenario : str, optional
        Adds the chapter that looks ahead (`analysis.future.assumptions.scenario.load_scenario`).
    standard : str, optional
        Judge by this standard instead of the county's (`analysis.load_county`); the files are named after it.
    outlook : Outlook, optional
        The county projected by the scenario, where that is known already.
    formats : tuple of {"pdf", "html", "docx", "xlsx"}
    brief : bool
        Only the two pages that decide, as ``<county>-<year>-brief.pdf`` and so on.
    notebook : str or Path, optional
        Any notebook with the parameters ``county``, ``year``, ``lang`` that begins with a cover; by
        default that of the report or of the brief.
    time_limit : float, optional
        Seconds after which the notebook is stopped.
    facts : dict, optional
        Is filled with what the cover says of the report (`Report.metadata`); of a workbook alone
        with its `verdict` and `chance`.
    writer : Writer, optional
        Puts the files in their places; by default only where nothing or an earlier report is.

    Returns
    -------
    list of Path
        ``<county>-<year>.pdf`` and so on (the scenario and, for English, ``-en`` are added). Each file appears whole or
        not at all.

    Raises
    ------
    InputError
        The county cannot be judged, a page cannot be made, or another file is in its place.
    """
    if Path(out).exists() and not Path(out).is_dir():
        raise problem(N_("is a file; expected a folder to make"), file=out)
    if not isinstance(county, County):
        county = load_county(county, standard)
    year = county.years[-1] if year is None else year
    # mistakes in the county's prices are said with their lines before anything is begun
    read_means(county)
    parameters = {"county": str(county.path.resolve()), "year": year, "lang": lang}
    if standard is not None:
        parameters["standard"] = standard
    if scenario is not None:
        outlook = outlook or project(county, scenario)
        parameters["scenario"] = scenario
    years = county.years if outlook is None else outlook.county.years
    if year not in years:
        raise problem(
            N_("no data for the school year {year}; there are {years}"),
            file=county.path,
            year=year,
            years=", ".join(map(str, years)),
        )
    stem = f"{county.slug}-{year}"
    if scenario is not None:
        stem += "-" + re.sub(r"[^\w.+-]+", "-", Path(scenario).stem)
    if standard is not None:
        stem += "-" + re.sub(r"[^\w.+-]+", "-", Path(standard).stem)
    stem += ("-brief" if brief else "") + ("" if lang == "zh" else f"-{lang}")
    notebook = notebook or NOTEBOOKS / ("brief.ipynb" if brief else "county_report.ipynb")
    writer = writer or Writer(files_read(county.path))
    if Path(out).is_dir():
        for name in formats:
            writer.check(Path(out) / f"{stem}.{name}")
    ahead = outlook if year > county.last_observed else None
    files, found = {}, {}
    pages = [name for name in formats if name != "xlsx"]
    if pages:
        from .pages.report import Report

        about = parameters | {"county": county}
        executed = execute(
            notebook, time_limit=time_limit, report=lambda: Report.of(**about), **parameters
        )
        judged = county if ahead is None else ahead.county
        found = _check_identity(executed, judged, year, scenario)
        files = _exported(executed, pages)
    if "xlsx" in formats:
        from .workbook.write import write_workbook

        alone = outlook.scenario.name if outlook is not None and ahead is None else None
        study = analyze(county, year, scenario=ahead)
        if not pages:
            found = {"verdict": status(study)}
            if ahead is not None:
                # the draws of the report, so that both say the same
                drawn = forecast(
                    *(county, ahead.scenario), until=ahead.until, draws=DRAWS, study=study
                )
                chance = drawn.chance(year)
                found["chance"] = chance.to_dict() if chance else None
        chance = Chance.from_dict(found.get("chance"))
        files["xlsx"] = write_workbook(study, lang, alone, chance)
    if facts is not None:
        facts.update(found)
    return _write(files, Path(out), stem, found, writer)


def _exported(executed, names: list[str]) -> dict[str, bytes]:
    """The formats by name; the others are made while Typst, half of the work, sets the PDF."""
    with scratch() as folder, ThreadPoolExecutor(1) as beside:
        if "pdf" in names:
            from .exporters import pdf_from_html

            page, resources = _exporter("pdf").page(executed)
            pdf = beside.submit(pdf_from_html(folder, page, resources["junheng"]))
        others = {name: export(executed, name) for name in names if name != "pdf"}
        return {name: pdf.result() if name == "pdf" else others[name] for name in names}


def _write(
    files: dict[str, bytes], folder: Path, stem: str, facts: dict, writer: Writer
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name in files:
        writer.check(folder / f"{stem}.{name}")
    written = [writer.put(folder / f"{stem}.{name}", data) for name, data in files.items()]
    for path in written:
        check_written(path, facts)
    return written


def write_region(
    counties: list[Path],
    out: str | Path,
    *,
    year: int | None = None,
    lang: str = "zh",
    formats: tuple[str, ...] = USUAL,
    time_limit: float | None = None,
    facts: dict | None = None,
    writer: Writer | None = None,
) -> list[Path]:
    """Execute the region notebook for many counties and export it.

    Parameters are those of `write_report`; `year` None takes each county's last year.

    Returns
    -------
    list of Path
        ``region.pdf`` and so on (``region-<year>`` for one year; ``-en`` is added for English).

    Raises
    ------
    InputError
        The notebook failed, or a page cannot be made.
    """
    paths = [str(county) for county in counties]
    executed = execute(
        NOTEBOOKS / "region.ipynb", time_limit=time_limit, counties=paths, year=year, lang=lang
    )
    from .exporters import document_metadata

    found = document_metadata(executed)
    if facts is not None:
        facts.update(found)
    # the workbook of formulas is about one county
    files = {name: export(executed, name) for name in formats if name != "xlsx"}
    stem = "region" + (f"-{year}" if year else "") + ("" if lang == "zh" else f"-{lang}")
    return _write(files, Path(out), stem, found, writer or Writer())


def execute(
    notebook: str | Path,
    *,
    time_limit: float | None = None,
    report: Callable[[], Report] | None = None,
    **parameters,
):
    """Run a notebook by papermill; unknown parameters are refused before a kernel starts.

    Parameters
    ----------
    notebook : str or Path
    time_limit : float, optional
        Seconds after which the notebook is stopped.
    report : callable, optional
        Makes the report that the notebook's pages are of: a notebook of nothing but pages then needs no
        kernel, unless its time is limited (only a process of its own can be stopped).
    **parameters
        Of the notebook.

    Returns
    -------
    NotebookNode
        With outputs, in memory: nothing is left on the disk.

    Raises
    ------
    InputError
        The notebook has no such parameter, or a cell failed (which one, and why).
    """
    import_jsonschema()
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)
    known = papermill.inspect_notebook(str(notebook))
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise problem(
            N_("the notebook has no parameter {names}; it has {known}"),
            file=notebook,
            names=", ".join(unknown),
            known=", ".join(known),
        )
    engine: dict = {"engine_name": "junheng-warm"}
    if report is not None and time_limit is None:
        from .pages_engine import NAME, only_pages

        if only_pages(notebook):
            engine = {"engine_name": NAME, "report": report}
    with scratch() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return papermill.execute_notebook(
                str(notebook),
                None,
                parameters=parameters,
                **engine,
                kernel_name="python3",
                progress_bar=False,
                # pages are made in this process, whose files are named from where it stands
                cwd=folder if "report" not in engine else None,
                start_timeout=180,
                time_limit=time_limit,
                shutdown_kernel="immediate",
            )
        except papermill.PapermillExecutionError as error:
            raise problem(
                N_("cell {cell} failed: {name}: {reason}"),
                file=notebook,
                cell=error.exec_count,
                name=error.ename,
                reason=error.evalue,
            ) from error


def pages_of(report: Report, *pages: Callable[[Report], Page]):
    """A report as the notebook that its pages would leave, without a kernel.

    Parameters
    ----------
    report : Report
    *pages : callable
        All (`PAGES`) if omitted.

    Returns
    -------
    NotebookNode
        One cell with its output for each page.
    """
    import_jsonschema()
    import nbformat.v4 as nb

    from .pages.contents import PAGES

    notebook = nb.new_notebook()
    for page in pages or PAGES:
        cell = nb.new_code_cell()
        cell.outputs = [page(report).as_output()]
        notebook.cells.append(cell)
    return notebook


@effort()
def rehearse() -> None:
    """Make two pages of the smallest sample, one with every kind of thing and one of figures, and throw them away.

    Patterns are compiled, catalogues of numbers and fonts are looked up, templates and schemas read:
    all that every process forked from this one would do again. The other pages would leave little more. Of the
    PDF only the tables are made: Typst starts threads. No notebook is run: somebody may have given it
    cells that need a kernel.
    """
    import nbformat

    from .pages.brief import brief
    from .pages.development import all_years
    from .pages.report import Report
    from .paper import give_tables

    samples = sample_folder().glob("*/school_years.csv")
    smallest = min(samples, key=lambda file: file.stat().st_size, default=None)
    if smallest is not None:
        pages = pages_of(Report.of(smallest.parent), brief, all_years)
        nbformat.validate(pages)
        export(pages, "html")
        on_paper, _ = _exporter("pdf").page(pages)
        give_tables(on_paper, str)


def export(executed, name: str) -> bytes:
    """An executed notebook as the bytes of a PDF, web page or Word document."""
    data, _ = _exporter(name).from_notebook_node(executed)
    return data if isinstance(data, bytes) else data.encode("utf-8")


@functools.cache
def _exporter(name: str):
    """The one exporter of a format: each reads its templates anew."""
    import_jsonschema()
    from .exporters import ReportHTMLExporter, ReportPDFExporter, ReportWordExporter

    exporters = {
        "pdf": ReportPDFExporter,
        "html": ReportHTMLExporter,
        "docx": ReportWordExporter,
    }
    return exporters[name]()


def totals(county: County, year: int) -> tuple[int, int]:
    """Schools and students that a report of a year has to be about, from the tables alone."""
    rules = {year: county.standard.evaluation.for_year(year)}
    rows = stage_rows(county, rules, frozenset(county.standard.switched_on))
    judged = rows[rows["in_scope"]]
    students = round_half_up(judged["students"].sum(), 0)
    return int(judged["school_id"].nunique()), int(students)


def _check_identity(executed, county: County, year: int, scenario: str | None = None) -> dict:
    """What the cover says of the report; it must be of the county, year and schools asked for."""
    from .exporters import document_metadata

    found = document_metadata(executed)
    is_ = (found["code"], found["year"], found.get("scenario") or "")
    asked = (county.code, year, scenario or "")
    if is_ == asked:
        is_, asked = (found["schools"], found["students"]), totals(county, year)
    if is_ != asked:
        raise problem(
            N_("the report is of {found}, but {asked} was asked for"),
            found=" ".join(map(str, is_)).strip(),
            asked=" ".join(map(str, asked)).strip(),
        )
    return found


def check_written(path: Path, facts: dict) -> None:
    """Read a web page or PDF back: it must name the county, year, schools and students.

    Raises
    ------
    InputError
        The file is not the report it should be.
    """
    if path.suffix not in (".html", ".pdf"):
        return
    # Typst leaves the metadata of an archivable PDF as plain text
    if facts["keywords"].encode("utf-8") not in path.read_bytes():
        raise problem(N_("the file does not say that it is the report asked for"), file=path)
