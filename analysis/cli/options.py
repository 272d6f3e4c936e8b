"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

COUNTY = "Folder of CSV tables, .xlsx workbook, or the name of a sample."
Counties = Annotated[list[str], typer.Argument(metavar="COUNTY...", help=COUNTY)]
OneCounty = Annotated[str, typer.Argument(metavar="COUNTY", help=COUNTY)]
YearOption = Annotated[
    str | None, typer.Option("--year", help="School year (2021 = 2021–2022), or `all`.")
]
OutFile = Annotated[
    Path | None,
    typer.Option("--out", help="File: .csv, .xlsx, .parquet or .json. Prints a table if omitted."),
]
Lang = Annotated[str, typer.Option("--lang", help="zh or en.", envvar="JUNHENG_LANG")]
AsOf = Annotated[
    int | None, typer.Option("--as-of", help="Judge by the rules of this year instead.")
]
Concessions = Annotated[
    list[str] | None,
    typer.Option("--concession", help="Concession of the Working Rules to switch on (repeatable)."),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Replace a file that is not Junheng's own; never one that is read.",
    ),
]
