"""`junheng remedy`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...base.files import N_, InputError
from ..options import Concessions, Force, Lang, OneCounty
from ..output import for_each, misused, say_written, speaker, writer_for


def remedy(
    county: OneCounty,
    out: Annotated[Path, typer.Option("--out", help=N_("Folder for the plan's files."))],
    year: Annotated[
        int | None, typer.Option("--year", help=N_("School year; default: the last."))
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", help=N_("Plan for a year projected by this scenario.")),
    ] = None,
    by: Annotated[
        int | None,
        typer.Option("--by", help=N_("Projected year; default: the county's target year.")),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(
            "--prices", help=N_("Means and prices (.yaml); default: the county's, built in.")
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option("--budget", help=N_("Yuan in all, or a year: 9500000 or 2000000/year.")),
    ] = None,
    goal: Annotated[
        str,
        typer.Option(
            "--goal", help=N_("all, items, variation, most, schools, or the id of an indicator.")
        ),
    ] = "all",
    school: Annotated[
        list[str] | None, typer.Option("--school", help=N_("For the goal `schools` (repeatable)."))
    ] = None,
    forbid: Annotated[
        list[str] | None,
        typer.Option("--forbid", help=N_("Not done: MEANS or MEANS@SCHOOL (repeatable).")),
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(
            "--lock",
            help=N_(
                "Done exactly so much: MEANS@SCHOOL=AMOUNT or MEANS@SCHOOL/STAGE=AMOUNT (repeatable)."
            ),
        ),
    ] = None,
    price: Annotated[
        list[str] | None,
        typer.Option("--price", help=N_("Another price: MEANS=YUAN (repeatable).")),
    ] = None,
    concession: Concessions = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, help=N_("Time after which the best plan is taken."))
    ] = 60,
    gap: Annotated[
        float, typer.Option("--gap", min=0, max=1, help=N_("Relative gap at which it may end."))
    ] = 1e-4,
    plan_only: Annotated[
        bool,
        typer.Option(
            "--plan-only",
            help=N_("Only the plan: not what each further yuan buys and what drives the cost."),
        ),
    ] = False,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """`junheng remedy`."""
    from ...remedy.answer import remedy as solve
    from ...remedy.outcome.alone import rest, stuck
    from ...remedy.outcome.calendar import parse_budget
    from ...remedy.outcome.drivers import rest_text, stuck_texts, told
    from ...remedy.outcome.further import further
    from ...remedy.outcome.in_words import sentences
    from ...remedy.outcome.output import write
    from ...remedy.problem.overrides import parse_forbid, parse_lock, parse_price

    speaker(lang)  # an unknown language is refused before anything is done
    if year is not None and scenario is not None:
        raise misused("--year", N_("is for observed years; with --scenario say --by"))

    writer = writer_for(force, county)

    def work(path: str) -> None:
        whole, yearly = parse_budget(budget)
        answer = solve(
            path,
            year,
            scenario=scenario,
            by=by,
            means=prices,
            goal=goal,
            schools=school or (),
            budget=whole,
            concessions=concession or None,
            forbid=[parse_forbid(text) for text in forbid or ()],
            lock=[parse_lock(text) for text in lock or ()],
            prices=dict(parse_price(text) for text in price or ()),
            seconds=seconds,
            gap=gap,
        )
        for text in sentences(answer, lang):
            typer.echo(text)
        more = None if plan_only else further(answer)
        for text in told(more, answer, lang) if more else []:
            typer.echo(text)
        blocked = stuck(answer) if answer.status == "infeasible" else []
        for text in stuck_texts(blocked, answer, lang):
            typer.echo(text)
        if text := rest_text(rest(answer, blocked), answer, lang):
            typer.echo(text)
        for file in write(answer, out, lang, scenario, yearly, writer, more, blocked):
            say_written(file, lang)
        if answer.found.values is None:
            raise InputError([])

    for_each([county], lang, work)
