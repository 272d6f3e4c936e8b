"""What the warm server has ready before it forks: libraries, and what every report reads."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

#: What a report imports at last, so that nothing forked from the server has to.
EVERY = (
    *(
        "analysis.batch.work",
        "analysis.report.form",
        "analysis.report.build",
        "analysis.report.exporters",
        "analysis.report.pages.contents",
        "analysis.report.pages_engine",
        "analysis.present.questions",
    ),
    *("jinja2.ext", "papermill", "pypandoc", "pyarrow.pandas_compat", "scipy.special", "typst"),
    *("pandera.accessors.pandas_accessor", "pandera.api.geopandas.container"),
    *("pandera.backends.pandas.builtin_checks", "pandera.backends.pandas.register"),
)
#: What only some of them import: those whose notebook has cells of its own, those that look ahead, and those
#: in certain formats. A fork of a server without it imports it itself.
SOME = {
    "kernel": (
        "analysis.report.pages.region",
        "IPython.core.completerlib",
        "ipykernel.debugger",
        "ipykernel.kernelapp",
        "ipykernel.kernelspec",
        "tornado.platform.asyncio",
    ),
    "scenario": ("scipy.optimize",),
    "html": ("fontTools.ttLib", "fontTools.ttLib.tables.C_F_F_"),
    "docx": ("analysis.report.word.document",),
    "xlsx": ("analysis.report.workbook.write",),
}


def preload(wanted: Iterable[str]) -> None:
    """Import the libraries and read what every report reads: standards, catalogues, fonts.

    Parameters
    ----------
    wanted : iterable of str
        Of the keys of `SOME`; others have nothing of their own.
    """
    from ...report.light_imports import import_jsonschema
    from ..program import program_digest

    # of the program that is loaded here, not of what may stand in its files when a report is made
    program_digest()
    import_jsonschema()
    for name in (*EVERY, *(name for each in wanted for name in SOME.get(each, ()))):
        importlib.import_module(name)
    from ...base.language import LANGUAGES, speak
    from ...base.schema.tables import TABLES, frame_schema
    from ...base.typefaces import chinese
    from ...policy.standards import built_in, load_standard
    from ...present.charts.chart import Chart
    from ...present.charts.layout import GridLayout

    for name in built_in():
        load_standard(name)
    for table in TABLES.values():
        frame_schema(table)
    for lang in LANGUAGES:
        speak(lang).number(1234.5, 1)
    figure = Chart(layout=GridLayout())
    figure.subplots()
    figure.to_svg()
    chinese()
