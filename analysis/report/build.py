"""One county's report: notebook -> papermill -> pages; study -> workbook; complete or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import tempfile
import warnings
from pathlib import Path

from traitlets.config import Config

from ..course import Model
from ..files import N_, problem
from ..load import County, load_county
from ..scenario import load_scenario
from ..study import analyze
from ..workbook import write_workbook

NOTEBOOKS = Path(__file__).resolve().parent.parent.parent / "notebooks"
FORMATS = ("pdf", "html", "docx", "xlsx")
USUAL = ("pdf", "html")


def write_report(
    county: County | str | Path,
    out: str | Path,
    *,
    year: int | None = None,
    lang: str = "zh",
    scenario: str | None = None,
    formats: tuple[str, ...] = USUAL,
    notebook: str | Path = NOTEBOOKS / "county_report.ipynb",
) -> list[Path]:
    """Execute the report notebook for a county and export it.

    Parameters
    ----------
    county : County, str or Path
    out : str or Path
        Folder for the files; made if missing.
    year : int, optional
        School year to judge; the last one if omitted. With a scenario also a year to come.
    lang : {"zh", "en"}
    scenario : str, optional
        Adds the chapter that looks ahead (`analysis.scenario.load_scenario`).
    formats : tuple of {"pdf", "html", "docx", "xlsx"}
    notebook : str or Path
        Any notebook with the parameters ``county``, ``year``, ``lang`` that begins with a cover.

    Returns
    -------
    list of Path
        ``<county>-<year>.pdf`` and so on (the scenario and, for English, ``-en`` are added). Each file appears whole or
        not at all.

    Raises
    ------
    InputError
        The county cannot be judged, or a page cannot be made.
    """
    if not isinstance(county, County):
        county = load_county(county)
    year = county.years[-1] if year is None else year
    years = list(county.years)
    parameters = {"county": str(county.path.resolve()), "year": year, "lang": lang}
    if scenario is not None:
        years += Model(county, load_scenario(scenario, county)).years
        parameters["scenario"] = scenario
    if year not in years:
        raise problem(
            N_("no data for the school year {year}; there are {years}"),
            file=county.path,
            year=year,
            years=", ".join(map(str, years)),
        )
    files = {}
    pages = [name for name in formats if name != "xlsx"]
    if pages:
        executed = execute(notebook, **parameters)
    for name in pages:
        files[name] = export(executed, name)
        _check_identity(executed, county, year, scenario)
    if "xlsx" in formats:
        ahead = scenario if year > county.last_observed else None
        files["xlsx"] = write_workbook(analyze(county, year, scenario=ahead), lang)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{county.slug}-{year}"
    if scenario is not None:
        stem += "-" + re.sub(r"[^\w.+-]+", "-", Path(scenario).stem)
    stem += "" if lang == "zh" else f"-{lang}"
    return [write_whole(folder / f"{stem}.{name}", data) for name, data in files.items()]


def execute(notebook: str | Path, **parameters):
    """Run a notebook by papermill; unknown parameters are refused before a kernel starts.

    Returns
    -------
    NotebookNode
        With outputs, in memory: nothing is left on the disk.

    Raises
    ------
    InputError
        The notebook has no such parameter, or a cell failed (which one, and why).
    """
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
    with tempfile.TemporaryDirectory(prefix="junheng-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return papermill.execute_notebook(
                str(notebook),
                str(Path(folder) / "executed.ipynb"),
                parameters=parameters,
                kernel_name="python3",
                progress_bar=False,
                cwd=folder,
                start_timeout=180,
                config=_kernel_config(folder),
            )
        except papermill.PapermillExecutionError as error:
            raise problem(
                N_("cell {cell} failed: {name}: {reason}"),
                file=notebook,
                cell=error.exec_count,
                name=error.ename,
                reason=error.evalue,
            ) from error


def _kernel_config(folder: str) -> Config:
    """Talk to the kernel through files of this run, where the platform can: no ports to race for."""
    if os.name != "posix":
        return Config()
    return Config(KernelManager={"transport": "ipc", "ip": str(Path(folder) / "kernel")})


def export(executed, name: str) -> bytes:
    """An executed notebook as the bytes of a PDF, web page or Word document."""
    from .exporters import ReportHTMLExporter, ReportPDFExporter, ReportWordExporter

    exporters = {
        "pdf": ReportPDFExporter,
        "html": ReportHTMLExporter,
        "docx": ReportWordExporter,
    }
    exporter = exporters[name]()
    data, _ = exporter.from_notebook_node(executed)
    return data if isinstance(data, bytes) else data.encode("utf-8")


def _check_identity(executed, county: County, year: int, scenario: str | None) -> None:
    """A report must be of the county, year and scenario that were asked for."""
    from .exporters import document_metadata

    metadata = document_metadata(executed)
    found = (metadata["code"], metadata["year"], metadata.get("scenario") or "")
    asked = (county.code, year, scenario or "")
    if found != asked:
        raise problem(
            N_("the report is of {found}, but {asked} was asked for"),
            found=" ".join(map(str, found)).strip(),
            asked=" ".join(map(str, asked)).strip(),
        )


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file so that it is there completely or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return path
