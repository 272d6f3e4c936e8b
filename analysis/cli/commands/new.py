"""`junheng new`, `junheng lab`: a folder to work in, and JupyterLab in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...base.files import N_, problem
from ..options import Lang
from ..output import for_each, say_written, speaker


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=N_("Folder to make or to fill."))],
    sample: Annotated[
        str, typer.Option("--sample", metavar="NAME", help=N_("The sample county to begin with."))
    ] = "150202-donghe",
    lang: Lang = "zh",
) -> None:
    """`junheng new`."""
    from ...data.workplace import make_workplace

    say = speaker(lang)

    def work(name: str) -> None:
        for path in make_workplace(name, sample, lang):
            say_written(path, lang)
        typer.echo(say("Go on with: junheng lab {folder}", folder=name))

    for_each([str(folder)], lang, work)


def lab(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help=N_("Folder of `junheng new`; here if omitted.")),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help=N_("Port of JupyterLab."))
    ] = None,
    lang: Lang = "zh",
    no_open: Annotated[
        bool, typer.Option("--no-open", help=N_("Do not open the browser."))
    ] = False,
) -> None:
    """`junheng lab`."""
    import contextlib
    import os
    import subprocess
    import sys

    from ...data.workplace import FIRST_PAGE

    def work(name: str) -> None:
        page = Path(name) / FIRST_PAGE
        if not page.is_file():
            raise problem(
                N_("there is no {page} here; make a folder to work in: junheng new DIR"),
                file=name,
                page=FIRST_PAGE,
            )
        command = [sys.executable, "-m", "jupyterlab", FIRST_PAGE]
        command += ["--no-browser"] if no_open else []
        command += [f"--ServerApp.port={port}"] if port else []
        with contextlib.suppress(KeyboardInterrupt):
            done = subprocess.run(command, cwd=name, env=os.environ | {"JUNHENG_LANG": lang})
            raise typer.Exit(done.returncode)

    for_each([str(folder or ".")], lang, work)
