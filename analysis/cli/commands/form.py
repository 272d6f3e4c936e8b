"""`junheng form`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...base.language import N_
from ..options import AsOf, Concessions, Force, Lang, OneCounty
from ..output import check_workbook, checked_writer, for_each, say_written


def form(
    county: OneCounty,
    out: Annotated[Path, typer.Option("--out", help=N_("Workbook to write (.xlsx)."))],
    year: Annotated[
        int | None, typer.Option("--year", help=N_("School year; default: the last."))
    ] = None,
    as_of: AsOf = None,
    concession: Concessions = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """`junheng form`."""
    from ...future.analyze import analyze
    from ...report.form import write_form

    check_workbook(out, "--out")

    def work(path: str) -> None:
        writer = checked_writer(out, force, path)
        study = analyze(path, year, as_of=as_of, concessions=concession or None)
        writer.put(out, write_form(study, lang))
        say_written(out, lang)

    for_each([county], lang, work)
