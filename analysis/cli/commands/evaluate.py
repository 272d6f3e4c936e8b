"""`junheng evaluate`."""

from __future__ import annotations

import json

import typer

from ..options import AsOf, Concessions, Force, Lang, OneCounty, OutFile, StandardOption, YearOption
from ..output import checked_writer, for_each, records, say_written, write_table, year_of


def evaluate(
    county: OneCounty,
    year: YearOption = None,
    out: OutFile = None,
    as_of: AsOf = None,
    standard: StandardOption = None,
    concession: Concessions = None,
    force: Force = False,
    lang: Lang = "zh",
) -> None:
    """`junheng evaluate`."""
    from ...future.analyze import analyze
    from ...measure.evaluation_table import mixed

    chosen = concession or None

    def work(path: str) -> None:
        writer = checked_writer(out, force, path)
        studies = []
        study = analyze(path, year_of(year), as_of=as_of, concessions=chosen, standard=standard)
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
                    "schools": records(again.schools),
                    "balance": records(again.balance),
                    "evaluation": records(mixed(again.evaluation)),
                    "method_audit": records(again.method_audit),
                    "switch_audit": records(again.switch_audit),
                }
            )
        if out is not None and out.suffix.lower() != ".json":
            table = study.all_evaluation if year == "all" else study.evaluation
            # a column of a Parquet file is of one kind; in the others people read one column
            typed = out.suffix.lower() == ".parquet"
            write_table(table if typed else mixed(table), out, writer)
            say_written(out, lang)
            return
        result = studies if year == "all" else studies[0]
        text = json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        if out is None:
            typer.echo(text, nl=False)
        else:
            writer.put(out, text.encode("utf-8"))
            say_written(out, lang)

    for_each([county], lang, work)
