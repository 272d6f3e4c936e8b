"""`junheng import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ...base.files import InputError
from ..options import Lang
from ..output import for_each, print_lines, speaker


def import_(
    folder: Annotated[Path, typer.Argument(help="Folder of the ministry's return sheets.")],
    out: Annotated[Path, typer.Option("--out", help="County folder to make.")],
    code: Annotated[str, typer.Option("--code", help="Six digits of the county.")] = "",
    name: Annotated[str, typer.Option("--name", help="Its Chinese name.")] = "",
    province: Annotated[str, typer.Option("--province", help="Its province, in Chinese.")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="Its English name.")] = "",
    province_en: Annotated[str, typer.Option("--province-en", help="In English.")] = "",
    district: Annotated[
        str, typer.Option("--district", help="Whose rows of tables with several districts.")
    ] = "",
    without_broken: Annotated[
        bool,
        typer.Option("--without-broken", help="Leave out workbooks that cannot be opened."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Renew the tables of a county folder.")
    ] = False,
    lang: Lang = "zh",
) -> None:
    """A county folder from the ministry's statistical return sheets, and where each figure stood."""
    from ...ministry.folder import import_returns
    from ...ministry.summary import summary

    say = speaker(lang)
    about = {"code": code, "name": name, "province": province}
    about |= {"name_en": name_en, "province_en": province_en}

    def work(path: str) -> None:
        with typer.progressbar(length=1, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

            def progress(done: int, of: int) -> None:
                bar.length = of
                bar.update(done - bar.pos)

            made = import_returns(
                path,
                out,
                force=force,
                lang=lang,
                district=district,
                without_broken=without_broken,
                progress=progress,
                **about,
            )
        errors = [finding for finding in made.findings if finding.severity == "error"]
        print_lines(summary(made.findings, lang), lang)
        typer.echo(say("{path} written", path=made.page))
        if made.out is None:
            typer.echo(say("nothing was imported; correct the errors and repeat"))
        else:
            typer.echo(say("{path} written", path=made.out))
        if made.former is not None:
            typer.echo(
                say(
                    "replaced: {names}; the former ones are kept in {folder}",
                    names=say(", ").join(made.replaced),
                    folder=made.former,
                )
            )
        if made.kept:
            typer.echo(say("kept as they were: {names}", names=say(", ").join(made.kept)))
        if errors:
            raise InputError([])

    for_each([str(folder)], lang, work)
