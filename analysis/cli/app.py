"""The command `junheng`: its verbs in the order of its help."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from .. import __version__
from ..base.effort import seldom_collected
from ..base.language import N_
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
from .options import Lang
from .speech import Command, Group, language_of

app = typer.Typer(
    cls=Group,
    help=N_(
        "Junheng 均衡: how far a county's schools are from high-quality and balanced education."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: In the order of the help.
COMMANDS = {
    "new": (
        new,
        N_(
            "A folder to work in: the notebooks, a sample county and a Makefile; writes over nothing."
        ),
    ),
    "start": (
        start,
        N_("The start page: template, check, report and planner by buttons, in the browser."),
    ),
    "template": (
        template,
        N_("A workbook to fill in, with help, choices and limits; empty or with a county's data."),
    ),
    "check": (
        check,
        N_("Read and validate; print every problem; exit status 1 if there is an error."),
    ),
    "indicators": (
        indicators,
        N_("The indicators of every school: value, threshold, status, shortfall."),
    ),
    "balance": (balance, N_("The coefficients of variation between schools against their limits.")),
    "evaluate": (
        evaluate,
        N_("The whole verdict as JSON: schools, balance, every requirement, `recognised`."),
    ),
    "trajectory": (
        trajectory,
        N_("Every quantity in every year with the rule and the own target in force."),
    ),
    "project": (
        project,
        N_("Enrolment by school, year and grade, observed and projected by a scenario."),
    ),
    "plan": (
        plan,
        N_(
            "Check the county's plan: what does not fit; as .xlsx also its work list by responsible unit."
        ),
    ),
    "form": (form, N_("The national application form, tables I to VI, as a workbook.")),
    "import": (
        import_,
        N_(
            "A county folder from the ministry's statistical return sheets, and where each figure stood."
        ),
    ),
    "compare": (
        compare,
        N_(
            "What two versions of a county differ in: rows, columns, values, and verdicts that turn."
        ),
    ),
    "report": (
        report,
        N_("The report of one county, or of several: PDF, web page, Word, workbook of formulas."),
    ),
    "remedy": (
        remedy,
        N_("The cheapest way to pass, with its price, a proof, and a scenario for the planner."),
    ),
    "planner": (
        planner,
        N_("The planner's page: change births, schools or projects and see what becomes of it."),
    ),
    "lab": (lab, N_("Open JupyterLab on the analyst's starting page of a folder that `new` made.")),
    "batch": (
        batch,
        N_("The reports of many counties, in parallel; run again, it goes on where it stopped."),
    ),
}
for name, (command, about_it) in COMMANDS.items():
    app.command(name, help=about_it, cls=Command)(command)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"junheng {__version__}")
        raise typer.Exit


@app.callback()
def about(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help=N_("Say the version."), callback=_say_version, is_eager=True
        ),
    ] = False,
    lang: Lang = "",
) -> None:
    """Every command has the language of the program unless it says another."""
    lang = lang or language_of([], os.environ)
    context.default_map = {name: {"lang": lang} for name in COMMANDS}


def main() -> None:
    """Entry point: an `InputError` becomes sentences on stderr and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal or file that knows no Chinese is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    seldom_collected()
    app()
