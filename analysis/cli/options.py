"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..base.language import N_

COUNTY = N_("Folder of CSV tables, .xlsx workbook, or the name of a sample.")
Counties = Annotated[list[str], typer.Argument(metavar="COUNTY...", help=COUNTY)]
OneCounty = Annotated[str, typer.Argument(metavar="COUNTY", help=COUNTY)]
YearOption = Annotated[
    str | None, typer.Option("--year", help=N_("School year (2021 = 2021–2022), or `all`."))
]
OutFile = Annotated[
    Path | None,
    typer.Option(
        "--out", help=N_("File: .csv, .xlsx, .parquet or .json. Prints a table if omitted.")
    ),
]
Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        help=N_("zh or en; if omitted, the language of JUNHENG_LANG or of your locale."),
        envvar="JUNHENG_LANG",
        show_default=False,
    ),
]
Ids = Annotated[
    bool,
    typer.Option("--ids", help=N_("Print ids instead of words, as in the files for programs.")),
]
AsOf = Annotated[
    int | None, typer.Option("--as-of", help=N_("Judge by the rules of this year instead."))
]
StandardOption = Annotated[
    str | None,
    typer.Option(
        "--standard",
        help=N_(
            "Judge by this standard instead of the county's: one of the built-in ones, or a file in its folder."
        ),
    ),
]
Concessions = Annotated[
    list[str] | None,
    typer.Option(
        "--concession", help=N_("Concession of the Working Rules to switch on (repeatable).")
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help=N_("Replace a file that is not Junheng's own; never one that is read."),
    ),
]
Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help=N_("Port; 0: any free one."))
]
NoOpen = Annotated[bool, typer.Option("--no-open", help=N_("Do not open the browser."))]
