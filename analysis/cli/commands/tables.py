"""`junheng indicators`, `balance`, `trajectory`: one table each."""

from __future__ import annotations

from ..options import AsOf, Force, Ids, Lang, OneCounty, OutFile, StandardOption, YearOption
from ..output import checked_writer, for_each, put_table, year_of


def indicators(
    county: OneCounty,
    year: YearOption = None,
    out: OutFile = None,
    as_of: AsOf = None,
    standard: StandardOption = None,
    force: Force = False,
    ids: Ids = False,
    lang: Lang = "zh",
) -> None:
    """`junheng indicators`."""
    _table("all_indicators", county, year, out, as_of, standard, force, ids, lang)


def balance(
    county: OneCounty,
    year: YearOption = None,
    out: OutFile = None,
    as_of: AsOf = None,
    standard: StandardOption = None,
    force: Force = False,
    ids: Ids = False,
    lang: Lang = "zh",
) -> None:
    """`junheng balance`."""
    _table("all_balance", county, year, out, as_of, standard, force, ids, lang)


def _table(name: str, county: str, year, out, as_of, standard, force: bool, ids, lang: str) -> None:
    from ...future.analyze import analyze

    def work(path: str) -> None:
        writer = checked_writer(out, force, path)
        study = analyze(path, year_of(year), as_of=as_of, standard=standard)
        table = getattr(study, name)
        if year != "all":
            table = table[table["year"] == study.year]
        put_table(table, out, writer, lang, ids)

    for_each([county], lang, work)


def trajectory(
    county: OneCounty,
    out: OutFile = None,
    force: Force = False,
    ids: Ids = False,
    lang: Lang = "zh",
) -> None:
    """`junheng trajectory`."""
    from ...future.analyze import analyze
    from ...measure.trajectories.trajectory import trajectory_table

    def work(path: str) -> None:
        writer = checked_writer(out, force, path)
        put_table(trajectory_table(analyze(path)), out, writer, lang, ids)

    for_each([county], lang, work)
