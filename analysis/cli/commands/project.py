"""`junheng project`."""

from __future__ import annotations

from typing import Annotated

import typer

from ...base.language import N_
from ..options import Force, Ids, Lang, OneCounty, OutFile
from ..output import checked_writer, for_each, print_findings, print_notes, put_table, speaker


def project(
    county: OneCounty,
    scenario: Annotated[
        str,
        typer.Option(
            "--scenario",
            help=N_("Scenario of the county or built in; several joined by +; or a file."),
        ),
    ] = "baseline",
    until: Annotated[int | None, typer.Option("--until", help=N_("Last projected year."))] = None,
    out: OutFile = None,
    force: Force = False,
    ids: Ids = False,
    lang: Lang = "zh",
) -> None:
    """`junheng project`."""
    from ...data.load import load_county
    from ...future.assumptions.scenario import scenario_files
    from ...future.project import project as projected
    from ...measure.indicators import round_half_up
    from ...present.terms import ROUNDED

    def work(path: str) -> None:
        writer = checked_writer(out, force, path)
        loaded, skipped = load_county(path), []
        scenario_files(loaded, skipped)
        print_findings(skipped, lang)
        outlook = projected(loaded, scenario, until)
        table = outlook.county.tables["enrolment"][["school_id", "year", "grade", "students"]]
        table = table.astype({"year": "int64", "grade": "int64"})
        ahead = table["year"] > outlook.last
        parts = bool((table["students"] % 1 > 0).any())
        table["students"] = round_half_up(table["students"], 0)
        if table["students"].notna().all():
            table["students"] = table["students"].astype("int64")
        table = table.assign(basis=ahead.map({True: "projected", False: "observed"}))
        put_table(table, out, writer, lang, ids)
        print_notes(outlook.notes, lang)
        if parts:
            typer.echo(speaker(lang)(ROUNDED), err=True)

    for_each([county], lang, work)
