"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Mapping
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
Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        help="zh or en; if omitted, the language of JUNHENG_LANG or of your locale.",
        envvar="JUNHENG_LANG",
        show_default=False,
    ),
]
Ids = Annotated[
    bool, typer.Option("--ids", help="Print ids instead of words, as in the files for programs.")
]
AsOf = Annotated[
    int | None, typer.Option("--as-of", help="Judge by the rules of this year instead.")
]
StandardOption = Annotated[
    str | None,
    typer.Option(
        "--standard",
        help="Judge by this standard instead of the county's: cn-2012, or a file in its folder.",
    ),
]
Concessions = Annotated[
    list[str] | None,
    typer.Option("--concession", help="Concession of the Working Rules to switch on (repeatable)."),
]


def user_language(environment: Mapping[str, str]) -> str:
    """The language of a user's locale.

    Parameters
    ----------
    environment : mapping of str to str
        The first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set decides.

    Returns
    -------
    {"zh", "en"}
        Chinese also where none is set, or only the ``C`` locale, which is nobody's choice.

    Examples
    --------
    >>> user_language({"LANG": "zh_CN.UTF-8"}), user_language({"LANG": "de_DE.UTF-8"})
    ('zh', 'en')
    >>> user_language({"LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}), user_language({})
    ('zh', 'zh')
    """
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next((name for name in names if name), "C").lower()
    return "zh" if name.startswith("zh") or name.split(".")[0] in ("c", "posix") else "en"


Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Replace a file that is not Junheng's own; never one that is read.",
    ),
]
Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="Port; 0: any free one.")
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")]
