"""`junheng plan`."""

from __future__ import annotations

import typer

from ...base.files import N_, problem
from ..options import Force, Lang, OneCounty, OutFile
from ..output import checked_writer, for_each, put_table, say_written


def plan(county: OneCounty, out: OutFile = None, force: Force = False, lang: Lang = "zh") -> None:
    """`junheng plan`."""
    import pandas as pd

    from ...future.analyze import analyze
    from ...present.plan_book import plan_book
    from ...present.plan_review import review

    def work(path: str) -> None:
        writer = checked_writer(out, force, path)
        study = analyze(path)
        if study.county.plan is None:
            raise problem(
                N_("there is no plan.yaml in the county's folder"), file=study.county.path
            )
        if out is not None and out.suffix.lower() == ".xlsx":
            writer.put(out, plan_book(study, lang))
            say_written(out, lang)
            return
        remarks = review(study.county.plan, study)
        table = pd.DataFrame(
            [(r.severity, r.rule, r.sentence(lang), r.where) for r in remarks],
            columns=["severity", "rule", "finding", "where"],
        )
        if out is not None:
            put_table(table, out, writer, lang)
            return
        for row in table.to_dict("records"):
            typer.echo(f"[{row['severity']}] {row['finding']}  ({row['where']})")

    for_each([county], lang, work)
