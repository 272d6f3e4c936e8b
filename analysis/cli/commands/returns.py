"""`junheng import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...base.files import N_, InputError
from ..options import Lang
from ..output import for_each, misused, print_lines, say_written, speaker

if TYPE_CHECKING:
    from ...base.language import Language
    from ...ministry.folder import Imported


def import_(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help=N_("Folder of the ministry's return sheets."))
    ],
    out: Annotated[Path | None, typer.Option("--out", help=N_("County folder to make."))] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into", help=N_("County folder that is there already, to add the sheets to.")
        ),
    ] = None,
    code: Annotated[str, typer.Option("--code", help=N_("Six digits of the county."))] = "",
    name: Annotated[str, typer.Option("--name", help=N_("Its Chinese name."))] = "",
    province: Annotated[str, typer.Option("--province", help=N_("Its province, in Chinese."))] = "",
    name_en: Annotated[str, typer.Option("--name-en", help=N_("Its English name."))] = "",
    province_en: Annotated[str, typer.Option("--province-en", help=N_("In English."))] = "",
    district: Annotated[
        str, typer.Option("--district", help=N_("Whose rows of tables with several districts."))
    ] = "",
    without_broken: Annotated[
        bool,
        typer.Option("--without-broken", help=N_("Leave out workbooks that cannot be opened.")),
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help=N_(
                "Renew the tables of a county folder; with --into, take the value of the sheets "
                "where another one stands."
            ),
        ),
    ] = False,
    lang: Lang = "zh",
) -> None:
    """`junheng import`."""
    say = speaker(lang)
    about = {"code": code, "name": name, "province": province}
    about |= {"name_en": name_en, "province_en": province_en}
    if (out is None) == (into is None):
        raise misused("--out", N_("give either --out or --into"))
    given = [f"--{n.replace('_', '-')}" for n, text in about.items() if text and n != "code"]
    if into is not None and given:
        raise misused(
            "--into", N_("{names}: the county's own county.yaml says so"), names=", ".join(given)
        )

    def work(path: str) -> None:
        from ...ministry.folder import import_returns
        from ...ministry.merging.into import merge_returns

        options = {
            "force": force,
            "lang": lang,
            "district": district,
            "without_broken": without_broken,
        }
        with typer.progressbar(
            length=1,
            label=say("reading the sheets"),
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar:

            def progress(done: int, of: int) -> None:
                bar.length = of
                bar.update(done - bar.pos)

            options["progress"] = progress
            if into is not None:
                made = merge_returns(path, into, code=code, **options)
            else:
                made = import_returns(path, out, **options, **about)
        _say(made, say)
        if any(finding.severity == "error" for finding in made.findings):
            raise InputError([])

    for_each([str(folder)], lang, work)


def _say(made: Imported, say: Language) -> None:
    """Closing lines: what was found, what was written, what was kept."""
    from ...ministry.merging.changes import changes_sentence
    from ...ministry.summary import summary

    print_lines(summary(made.findings, say.code), say.code)
    say_written(made.page, say.code)
    merged = made.same is not None
    if merged:
        written = made.out is not None
        typer.echo(changes_sentence(made.changes, made.same, say.code, written=written))
    elif made.out is None:
        typer.echo(say("nothing was imported; correct the errors and repeat"))
    if made.out is not None and (not merged or made.changes):
        say_written(made.out, say.code)
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
