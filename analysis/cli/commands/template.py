"""`junheng template`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...base.files import N_, Finding
from ..options import Force, Lang, StandardOption
from ..output import (
    check_workbook,
    for_each,
    misused,
    print_findings,
    say_written,
    speaker,
    writer_for,
)


def template(
    workbook: Annotated[
        Path,
        typer.Argument(
            metavar="WORKBOOK",
            help=N_("Workbook to write (.xlsx); with --from also a new folder, of CSV tables."),
        ),
    ],
    source: Annotated[
        str | None, typer.Option("--from", metavar="COUNTY", help=N_("Fill in this county's data."))
    ] = None,
    money: Annotated[
        str, typer.Option("--money", help=N_("Unit of amounts: yuan (元) or wan (万元)."))
    ] = "yuan",
    standard: StandardOption = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """`junheng template`."""
    from ...base.storage.writing import write_whole
    from ...data.load import load_county
    from ...data.reading.settings import money_unit
    from ...data.template.folder import write_folder
    from ...data.template.write import files_beside, write_template
    from ...policy.standards import NATIONAL

    speaker(lang)  # an unknown language is refused before anything is done
    as_folder = source is not None and not workbook.suffix
    if not as_folder:
        check_workbook(workbook, "WORKBOOK")
    unit = money_unit(money)
    if not unit:
        raise misused("--money", N_("{value}: expected yuan or wan"), value=repr(money))

    def folder(name: str) -> None:
        skipped: list[Finding] = []
        paths = write_folder(load_county(source, standard), Path(name), skipped)
        print_findings(skipped, lang)
        for path in paths:
            say_written(path, lang)

    def work(_: str) -> None:
        writer = writer_for(force, *([source] if source else []))
        writer.check(workbook)
        county = load_county(source, standard) if source else None
        files = {workbook: write_template(county, lang, unit, standard=standard or NATIONAL)}
        if county is not None:
            skipped: list[Finding] = []
            files |= files_beside(county, workbook, skipped)
            print_findings(skipped, lang)
        for path, data in files.items():
            if path == workbook:
                writer.put(path, data)
            else:  # only what is not there yet
                path.parent.mkdir(exist_ok=True)
                write_whole(path, data)
            say_written(path, lang)

    for_each([str(workbook)], lang, folder if as_folder else work)
