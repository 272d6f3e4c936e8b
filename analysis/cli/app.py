"""The command `junheng`: its verbs in the order of its help."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from .. import __version__
from .commands.batch import batch
from .commands.check import check
from .commands.compare import compare
from .commands.evaluate import evaluate
from .commands.form import form
from .commands.new import lab, new
from .commands.plan import plan
from .commands.planner import planner
from .commands.project import project
from .commands.remedy import remedy
from .commands.report import report
from .commands.returns import import_
from .commands.start import start
from .commands.tables import balance, indicators, trajectory
from .commands.template import template
from .options import user_language

app = typer.Typer(
    help="Junheng 均衡: how far a county's schools are from high-quality and balanced education.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: In the order of the help.
COMMANDS = {
    "new": new,
    "start": start,
    "template": template,
    "check": check,
    "indicators": indicators,
    "balance": balance,
    "evaluate": evaluate,
    "trajectory": trajectory,
    "project": project,
    "plan": plan,
    "form": form,
    "import": import_,
    "compare": compare,
    "report": report,
    "remedy": remedy,
    "planner": planner,
    "lab": lab,
    "batch": batch,
}
for name, command in COMMANDS.items():
    app.command(name)(command)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"junheng {__version__}")
        raise typer.Exit


@app.callback()
def about(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Say the version.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """Junheng 均衡: how far a county's schools are from high-quality and balanced education."""
    # below --lang and JUNHENG_LANG, above the commands' own default
    lang = user_language(os.environ)
    context.default_map = {name: {"lang": lang} for name in COMMANDS}


def main() -> None:
    """Entry point: an `InputError` becomes sentences on stderr and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal or file that knows no Chinese is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    app()
