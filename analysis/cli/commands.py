"""The command `junheng`: thin, one function per verb; results to a file or to the screen."""

from __future__ import annotations

import io
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..base.digest import digest
from ..base.files import N_, Finding, InputError, problem
from ..base.language import speak

if TYPE_CHECKING:
    from ..base.writing import Writer

app = typer.Typer(
    help="Junheng 均衡: how far a county's schools are from high-quality and balanced education.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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
ENDINGS = (".csv", ".xlsx", ".parquet", ".json")


def main() -> None:
    """Entry point: an `InputError` becomes sentences on stderr and exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal or file that knows no Chinese is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    app()


def _say(lang: str):
    try:
        return speak(lang)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--lang") from None


def _print_findings(findings, lang: str) -> None:
    say = _say(lang)
    names = {"error": say("error"), "warning": say("warning")}
    for severity, sentence in digest(findings, lang):
        typer.echo(f"{names[severity]}{say(': ')}{sentence}", err=True)


def _each(counties: list[str], lang: str, work) -> None:
    """Do the work for every county; one that fails does not stop the others."""
    _say(lang)
    failed = False
    for name in counties:
        try:
            work(name)
        except InputError as error:
            failed = True
            _print_findings(error.findings, lang)
        except OSError as error:
            failed = True
            finding = Finding(
                "error",
                N_("cannot be written or read ({reason})"),
                {"reason": error.strerror},
                str(error.filename or name),
            )
            _print_findings([finding], lang)
    if failed:
        raise typer.Exit(1)


@app.command()
def template(
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="Workbook to write (.xlsx).")
    ],
    source: Annotated[
        str | None, typer.Option("--from", metavar="COUNTY", help="Fill in this county's data.")
    ] = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """A workbook to fill in, with help, choices and limits; empty or with a county's data."""
    from ..base.writing import write_whole
    from ..data.load import load_county
    from ..data.template import files_beside, write_template

    say = _say(lang)
    _check_workbook(workbook, "WORKBOOK")

    def work(_: str) -> None:
        writer = _writer(force, *([source] if source else []))
        writer.check(workbook)
        county = load_county(source) if source else None
        files = {workbook: write_template(county, lang)}
        if county is not None:
            skipped: list[Finding] = []
            files |= files_beside(county, workbook, skipped)
            _print_findings(skipped, lang)
        for path, data in files.items():
            if path == workbook:
                writer.put(path, data)
            else:  # only what is not there yet
                path.parent.mkdir(exist_ok=True)
                write_whole(path, data)
            typer.echo(say("{path} written", path=path))

    _each([str(workbook)], lang, work)


@app.command()
def check(
    counties: Counties,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Workbook (.xlsx): the county's own, wrong cells marked."),
    ] = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """Read and validate; print every problem; exit status 1 if there is an error."""
    from ..data.load import read_county

    say = _say(lang)
    if out is not None:
        _check_workbook(out, "--out")
        if len(counties) > 1:
            raise typer.BadParameter("takes one county", param_hint="--out")

    def work(name: str) -> None:
        if out is not None and out.exists() and Path(name).exists() and out.samefile(name):
            raise problem(N_("is what is to be checked; give the copy another name"), file=out)
        writer = _checked(out, force, name)
        county, findings = read_county(name)
        if out is not None:
            from ..data.corrections import write_corrections

            writer.put(out, write_corrections(name, findings, lang))
            typer.echo(say("{path} written", path=out))
        _print_findings(findings, lang)
        if len(digest(findings, lang)) < len(findings) and out is None:
            typer.echo(
                say("All places one by one: junheng check {name} --out findings.xlsx", name=name),
                err=True,
            )
        errors = [f for f in findings if f.severity == "error"]
        if county is None:
            typer.echo(
                say.plural("{name}: {n} error", "{name}: {n} errors", len(errors), name=name)
            )
            raise InputError([])
        typer.echo(
            say(
                "{name}: in order ({schools} schools, {years}, {warnings} warnings)",
                name=name,
                schools=len(county.tables["schools"]),
                years=f"{county.years[0]}–{county.years[-1]}",
                warnings=len(findings),
            )
        )
        from ..future.past.breaks import find_breaks

        for note in find_breaks(county):
            typer.echo(note.sentence(lang))

    _each(counties, lang, work)


@app.command()
def indicators(
    county: OneCounty,
    year: YearOption = None,
    out: OutFile = None,
    as_of: AsOf = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """The seven indicators of every school: value, threshold, status, shortfall."""
    _table("all_indicators", county, year, out, as_of, force, lang)


@app.command()
def balance(
    county: OneCounty,
    year: YearOption = None,
    out: OutFile = None,
    as_of: AsOf = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """The coefficients of variation between schools against their limits."""
    _table("all_balance", county, year, out, as_of, force, lang)


def _table(name: str, county: str, year, out, as_of, force: bool, lang: str) -> None:
    from ..future.analyze import analyze

    def work(path: str) -> None:
        writer = _checked(out, force, path)
        study = analyze(path, _year(year), as_of=as_of)
        table = getattr(study, name)
        if year != "all":
            table = table[table["year"] == study.year]
        _output(table, out, writer)

    _each([county], lang, work)


def _output(table, out: Path | None, writer: Writer) -> None:
    """A table to its file, or to the screen."""
    if out is None:
        typer.echo(table.to_string(index=False, float_format=lambda x: f"{x:.6f}"))
    else:
        _write_table(table, out, writer)


@app.command()
def evaluate(
    county: OneCounty,
    year: YearOption = None,
    out: OutFile = None,
    as_of: AsOf = None,
    concession: Concessions = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """The whole verdict as JSON: schools, balance, every requirement, `recognised`."""
    from ..future.analyze import analyze

    chosen = concession or None

    def work(path: str) -> None:
        writer = _checked(out, force, path)
        studies = []
        study = analyze(path, _year(year), as_of=as_of, concessions=chosen)
        years = list(study.years) if year == "all" else [study.year]
        for each in years:
            again = (
                study
                if each == study.year
                else analyze(study.county, each, as_of=as_of, concessions=chosen)
            )
            studies.append(
                {
                    "county": again.county.code,
                    "year": again.year,
                    "standard": again.rules.standard.id,
                    "rules_of": again.rules.date,
                    "concessions": sorted(again.concessions),
                    "recognised": again.recognised,
                    "schools": _records(again.schools),
                    "balance": _records(again.balance),
                    "evaluation": _records(again.evaluation),
                    "method_audit": _records(again.method_audit),
                    "switch_audit": _records(again.switch_audit),
                }
            )
        if out is not None and out.suffix.lower() != ".json":
            _write_table(study.all_evaluation if year == "all" else study.evaluation, out, writer)
            return
        result = studies if year == "all" else studies[0]
        text = json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        if out is None:
            typer.echo(text, nl=False)
        else:
            writer.put(out, text.encode("utf-8"))

    _each([county], lang, work)


@app.command()
def trajectory(
    county: OneCounty, out: OutFile = None, force: Force = False, lang: Lang = "zh"
) -> None:
    """Every quantity in every year with the rule and the own target in force."""
    from ..future.analyze import analyze
    from ..measure.trajectory import trajectory_table

    def work(path: str) -> None:
        writer = _checked(out, force, path)
        _output(trajectory_table(analyze(path)), out, writer)

    _each([county], lang, work)


@app.command()
def project(
    county: OneCounty,
    scenario: Annotated[
        str,
        typer.Option(
            "--scenario", help="Scenario of the county or built in; several joined by +; or a file."
        ),
    ] = "baseline",
    until: Annotated[int | None, typer.Option("--until", help="Last projected year.")] = None,
    out: OutFile = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """Enrolment by school, year and grade, observed and projected by a scenario."""
    from ..data.load import load_county
    from ..future.assumptions.scenario import scenario_files
    from ..future.projected import project as projected
    from ..measure.indicators import round_half_up
    from ..present.terms import ROUNDED

    def work(path: str) -> None:
        writer = _checked(out, force, path)
        loaded, skipped = load_county(path), []
        scenario_files(loaded, skipped)
        _print_findings(skipped, lang)
        outlook = projected(loaded, scenario, until)
        table = outlook.county.tables["enrolment"][["school_id", "year", "grade", "students"]]
        table = table.astype({"year": "int64", "grade": "int64"})
        ahead = table["year"] > outlook.last
        parts = bool((table["students"] % 1 > 0).any())
        table["students"] = round_half_up(table["students"], 0)
        if table["students"].notna().all():
            table["students"] = table["students"].astype("int64")
        _output(table.assign(basis=ahead.map({True: "projected", False: "observed"})), out, writer)
        _print_notes(outlook.notes, lang)
        if parts:
            typer.echo(_say(lang)(ROUNDED), err=True)

    _each([county], lang, work)


def _print_notes(notes, lang: str) -> None:
    """What was taken for granted or could not be done: nothing silently."""
    for text in dict.fromkeys(note.sentence(lang) for note in notes if note.kind != "applied"):
        typer.echo(text, err=True)


@app.command()
def plan(county: OneCounty, out: OutFile = None, force: Force = False, lang: Lang = "zh") -> None:
    """Check the county's plan: what does not fit, with severity and where it is written."""
    import pandas as pd

    from ..future.analyze import analyze
    from ..present.plan_review import review

    def work(path: str) -> None:
        writer = _checked(out, force, path)
        study = analyze(path)
        if study.county.plan is None:
            raise problem(
                N_("there is no plan.yaml in the county's folder"), file=study.county.path
            )
        remarks = review(study.county.plan, study)
        table = pd.DataFrame(
            [(r.severity, r.rule, r.sentence(lang), r.where) for r in remarks],
            columns=["severity", "rule", "finding", "where"],
        )
        if out is not None:
            _write_table(table, out, writer)
            return
        for row in table.to_dict("records"):
            typer.echo(f"[{row['severity']}] {row['finding']}  ({row['where']})")

    _each([county], lang, work)


@app.command()
def form(
    county: OneCounty,
    out: Annotated[Path, typer.Option("--out", help="Workbook to write (.xlsx).")],
    year: Annotated[
        int | None, typer.Option("--year", help="School year; default: the last.")
    ] = None,
    as_of: AsOf = None,
    concession: Concessions = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """The national application form, tables I to VI, as a workbook."""
    from ..future.analyze import analyze
    from ..report.form import write_form

    _check_workbook(out, "--out")

    def work(path: str) -> None:
        writer = _checked(out, force, path)
        study = analyze(path, year, as_of=as_of, concessions=concession or None)
        writer.put(out, write_form(study, lang))

    _each([county], lang, work)


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="Folder of the ministry's return sheets.")],
    out: Annotated[Path, typer.Option("--out", help="County folder to make.")],
    code: Annotated[str, typer.Option("--code", help="Six digits of the county.")] = "",
    name: Annotated[str, typer.Option("--name", help="Its Chinese name.")] = "",
    province: Annotated[str, typer.Option("--province", help="Its province, in Chinese.")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="Its English name.")] = "",
    province_en: Annotated[str, typer.Option("--province-en", help="In English.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Renew the tables of a county folder.")
    ] = False,
    lang: Lang = "zh",
) -> None:
    """A county folder from the ministry's statistical return sheets, and where each figure stood."""
    from ..ministry.folder import import_returns

    say = _say(lang)
    about = {"code": code, "name": name, "province": province}
    about |= {"name_en": name_en, "province_en": province_en}

    def work(path: str) -> None:
        made = import_returns(path, out, force=force, lang=lang, **about)
        errors = [finding for finding in made.findings if finding.severity == "error"]
        _print_findings(made.findings, lang)
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

    _each([str(folder)], lang, work)


@app.command()
def report(
    counties: Counties,
    out: Annotated[Path, typer.Option("--out", help="Folder for the reports.")],
    year: Annotated[
        int | None, typer.Option("--year", help="School year; default: the last.")
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", help="Adds a chapter that looks ahead by this scenario."),
    ] = None,
    lang: Lang = "zh",
    formats: Annotated[
        str, typer.Option("--format", help="One or more of pdf, html, docx, xlsx, with commas.")
    ] = "pdf,html",
    force: Force = False,
) -> None:
    """The report of one county, or of several: PDF, web page, Word, workbook of formulas."""
    from ..base.typefaces import UNPRINTABLE
    from ..data.load import load_county
    from ..report.build import write_report

    say = _say(lang)
    chosen = _formats(formats)
    options = {"year": year, "lang": lang, "scenario": scenario, "formats": chosen}
    writer = _writer(force, *counties)

    def work(name: str) -> None:
        county = load_county(name)
        for path in write_report(county, out, writer=writer, **options):
            typer.echo(say("{path} written", path=path))
        # who sends the file off should know; the other reminders are for `check`
        _print_findings([f for f in county.warnings if f.message == UNPRINTABLE], lang)

    _each(counties, lang, work)


@app.command()
def remedy(
    county: OneCounty,
    out: Annotated[Path, typer.Option("--out", help="Folder for the plan's files.")],
    year: Annotated[
        int | None, typer.Option("--year", help="School year; default: the last.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Plan for a year projected by this scenario.")
    ] = None,
    by: Annotated[
        int | None, typer.Option("--by", help="Projected year; default: the county's target year.")
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option("--prices", help="Means and prices (.yaml); default: the county's, built in."),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option("--budget", help="Yuan in all, or a year: 9500000 or 2000000/year."),
    ] = None,
    goal: Annotated[
        str,
        typer.Option("--goal", help="all, variation, most, schools, or the id of an indicator."),
    ] = "all",
    school: Annotated[
        list[str] | None, typer.Option("--school", help="For the goal `schools` (repeatable).")
    ] = None,
    concession: Concessions = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, help="Time after which the best plan is taken.")
    ] = 60,
    gap: Annotated[
        float, typer.Option("--gap", min=0, max=1, help="Relative gap at which it may end.")
    ] = 1e-4,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """The cheapest way to pass, with its price, a proof, and a scenario for the planner."""
    from ..remedy.answer import remedy as solve
    from ..remedy.outcome.calendar import parse_budget
    from ..remedy.outcome.output import write
    from ..remedy.outcome.reading import sentences

    say = _say(lang)
    if year is not None and scenario is not None:
        raise typer.BadParameter(
            "is for observed years; with --scenario say --by", param_hint="--year"
        )

    writer = _writer(force, county)

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
            seconds=seconds,
            gap=gap,
        )
        for text in sentences(answer, lang):
            typer.echo(text)
        for file in write(answer, out, lang, scenario, yearly, writer):
            typer.echo(say("{path} written", path=file))
        if answer.found.values is None:
            raise InputError([])

    _each([county], lang, work)


@app.command()
def planner(
    county: Annotated[
        str | None, typer.Argument(metavar="[COUNTY]", help=COUNTY + " All samples if omitted.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port; 0: any free one.")
    ] = None,
    lang: Lang = "zh",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
) -> None:
    """The planner's page: change births, schools or projects and see what becomes of it."""
    import asyncio
    import contextlib
    import webbrowser

    from ..data.load import load_county
    from ..data.places import find_county, sample_folder
    from ..planner.server import Desk, serve

    say = _say(lang)

    def started(address: str) -> None:
        address += "&lang=en" if lang == "en" else ""
        typer.echo(say("{address}\nThis is the page; Ctrl+C ends it.", address=address))
        if not no_open:
            webbrowser.open(address)

    def work(name: str) -> None:
        if county is not None:
            only = load_county(find_county(name))
            counties = {only.slug: only}
        else:
            counties = {
                path.parent.name: path.parent
                for path in sorted(sample_folder().glob("*/county.yaml"))
            }
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(Desk(counties), port, started))

    _each([county or ""], lang, work)


@app.command()
def batch(
    roots: Annotated[
        list[str],
        typer.Argument(metavar="ROOT...", help="Counties, or folders below which they are found."),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the reports and their index.")],
    year: YearOption = None,
    lang: Lang = "zh",
    formats: Annotated[str, typer.Option("--format", help="As of `report`.")] = "pdf,html",
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="Report by a scenario (repeatable).")
    ] = None,
    region: Annotated[
        bool, typer.Option("--region", help="Also one report that compares all the counties.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Reports made at a time; default: one per core."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="Address of a Dask scheduler, such as tls://host:8786."),
    ] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", help="Only part i of n (i/n), for array jobs.")
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Make unchanged reports again; replace files that are not Junheng's own.",
        ),
    ] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=1, help="Seconds that one report may take.")
    ] = 900,
    notebook: Annotated[
        Path | None, typer.Option("--notebook", help="Another notebook that begins with a cover.")
    ] = None,
) -> None:
    """The reports of many counties, in parallel; run again, it goes on where it stopped."""
    from ..batch import jobs as batches
    from ..batch.progress import run

    say = _say(lang)
    asked = year if year == "all" else _year(year)
    chosen = _formats(formats)
    try:
        batches.shard([], shard)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--shard") from None
    try:
        ok = run(
            roots,
            out,
            year=asked,
            lang=lang,
            formats=chosen,
            scenarios=scenario or [None],
            region=region,
            workers=jobs,
            scheduler=scheduler,
            part=shard,
            force=force,
            timeout=timeout,
            notebook=notebook,
        )
    except KeyboardInterrupt:
        typer.echo(say("stopped; the same command goes on where it stopped"), err=True)
        raise typer.Exit(130) from None
    except InputError as error:
        _print_findings(error.findings, lang)
        raise typer.Exit(1) from None
    if not ok:
        raise typer.Exit(1)


def _formats(text: str) -> tuple[str, ...]:
    from ..report import FORMATS

    chosen = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    unknown = set(chosen) - set(FORMATS)
    if unknown:
        raise typer.BadParameter(
            f"unknown {', '.join(sorted(unknown))}; expected {', '.join(FORMATS)}",
            param_hint="--format",
        )
    return chosen


def _year(text: str | None) -> int | None:
    if text is None or text == "all":
        return None
    if not text.isdigit():
        raise typer.BadParameter(f"{text!r} is neither a year nor `all`", param_hint="--year")
    return int(text)


def _check_workbook(out: Path, hint: str) -> None:
    if out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{out.name!r}: expected a file ending in .xlsx", param_hint=hint)


def _writer(force: bool, *counties: str) -> Writer:
    """Puts results anywhere but in the place of what is read of the counties."""
    from ..base.writing import Writer
    from ..data.places import files_read

    return Writer(tuple(file for county in counties for file in files_read(county)), force)


def _checked(out: Path | None, force: bool, county: str) -> Writer:
    """As `_writer`, after a look whether the file can be written: before the work is done."""
    writer = _writer(force, county)
    if out is not None:
        if out.suffix.lower() not in ENDINGS:
            raise typer.BadParameter(
                f"{out.name!r}: expected a file ending in {', '.join(ENDINGS)}", param_hint="--out"
            )
        writer.check(out)
    return writer


def _records(table) -> list[dict]:
    """Rows for JSON: what is missing becomes null."""

    def plain(value):
        if hasattr(value, "item"):
            value = value.item()
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return [{key: plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _write_table(table, out: Path, writer: Writer) -> None:
    from ..base.spreadsheet import XLSX_OPTIONS, csv_bytes

    buffer = io.BytesIO()
    ending = out.suffix.lower()
    if ending == ".csv":
        buffer.write(csv_bytes(table))
    elif ending == ".xlsx":
        options = {"options": XLSX_OPTIONS}
        table.to_excel(buffer, index=False, engine="xlsxwriter", engine_kwargs=options)
    elif ending == ".parquet":
        table.to_parquet(buffer, index=False)
    else:
        text = json.dumps(_records(table), ensure_ascii=False, indent=1, allow_nan=False)
        buffer.write((text + "\n").encode("utf-8"))
    writer.put(out, buffer.getvalue())
