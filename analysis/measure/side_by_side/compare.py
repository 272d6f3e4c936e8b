"""Counties and years side by side: one tidy table of everything that a stage and an indicator have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ...base.files import N_, problem
from ...base.schema.indicators import Indicators
from ...base.schema.results import UNITS
from ...base.table import Table
from ...data.county import County
from ...data.load import load_county
from ..gaps import stage_gaps
from ..study import Study, study_of

#: Of an indicator, by what gives the unit.
_OF_BALANCE = {
    "mean": "unit",
    "sd": "unit",
    "cv": "",
    "limit": "",
    "gini": "",
    "theil": "",
    "missing": "schools",
}
_COLUMNS = ["county", "year", "stage", "indicator", "quantity", "value", "unit"]

One = County | Study | str | Path


def compare(
    counties: One | Iterable[One] | Mapping[str, One],
    years: str | int | Iterable[int] | None = None,
) -> Table:
    """Counties, years or variants of a county in one tidy table.

    Parameters
    ----------
    counties : county or iterable of counties, or mapping of str to county
        Each a study, a county, its folder or workbook, or the name of a sample. In a mapping, the
        keys take the place of the codes: ``{"as it is": study, "limit 0.40": study.what_if(…)}``.
    years : {"all"}, int or iterable of int, optional
        Years with data; the judged year of each (the last observed one) if omitted.

    Returns
    -------
    Table
        ``county, year, stage, indicator, quantity, value, unit``, one fact a row.

        Of each indicator: `amount` (what the schools of the stage have, in its unit), `mean` and
        `sd` (in the indicator's unit), `cv`, `limit`, `gini`, `theil` (no unit), `lacking` (what
        the stage lacks in all), `schools_short` (schools that lack it) and `missing` (schools
        without a value; the others are of those that reported). What no rule asks for yet is missing. Of the ``composite``: `cv`, and
        `limit` if there is one. With an empty indicator, of the stage: `students`, `schools`
        (judged) and `schools_met` (those that meet the rule). Stages without a school are left out.

    Raises
    ------
    InputError
        A county that cannot be read; a year without data; two of one code and year.

    Notes
    -----
    Source: 教督〔2017〕6号, as `Study.balance` and `Study.indicators`.

    Examples
    --------
    >>> import analysis
    >>> table = analysis.compare(["150202-donghe", "150304-wuda"], years="all")
    >>> sorted(table["county"].unique())
    ['150202', '150304']
    >>> area = table.query("quantity == 'amount' and indicator == 'teaching_area'")
    >>> area["unit"].unique().tolist()
    ['m²']
    """
    parts, seen, about = [], Counter(), {}
    for label, one in _named(counties):
        study = one if isinstance(one, Study) else _study(one)
        about = {**study.rules.indicators, **about}
        for year in _years(study, years):
            name = label or study.county.code
            seen[name, year] += 1
            parts.append(_of_year(study, year).assign(county=name, year=year))
    twice = [f"{name} ({year})" for (name, year), count in seen.items() if count > 1]
    if twice:
        raise problem(
            N_("stands twice: {names}; give each a name of its own: compare({{name: study, …}})"),
            names=", ".join(twice),
        )
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
    return Table.of(table[_COLUMNS], "comparison", indicators=Indicators(about.values()))


def _named(counties: One | Iterable[One] | Mapping[str, One]) -> list[tuple[str, One]]:
    if isinstance(counties, Mapping):
        return [(str(name), one) for name, one in counties.items()]
    if isinstance(counties, County | Study | str | Path):
        counties = [counties]
    return [("", one) for one in counties]


def _study(one: County | str | Path) -> Study:
    return study_of(one if isinstance(one, County) else load_county(one))


def _years(study: Study, years: str | int | Iterable[int] | None) -> list[int]:
    if years is None:
        return [study.year]
    if years == "all":
        return list(study.years)
    wanted = [years] if isinstance(years, int | np.integer) else list(years)
    unknown = [year for year in wanted if year not in study.years]
    if unknown:
        raise problem(
            N_("no data for the school year {year}; there are {years}"),
            file=study.county.path,
            year=", ".join(map(str, unknown)),
            years=", ".join(map(str, study.years)),
        )
    return [int(year) for year in wanted]


def _of_year(study: Study, year: int) -> pd.DataFrame:
    """Everything of one year, stages and indicators in their order."""
    balance, indicators, schools = (
        table[table["year"] == year]
        for table in (study.all_balance, study.all_indicators, study.all_schools)
    )
    about = study.rules.indicators
    rows = []
    gaps = stage_gaps(indicators, about).set_index(["stage", "indicator"])
    amounts = indicators.groupby(["stage", "indicator"])["quantity"].sum(min_count=1)
    for row in balance[balance["schools"] > 0].to_dict("records"):
        stage, name = row["stage"], row["indicator"]
        if name == about.names[0]:
            passed = (schools["stage"] == stage) & (schools["status"] == "met")
            rows += [
                (stage, "", "students", row["students"], "persons"),
                (stage, "", "schools", row["schools"], UNITS["schools"].en),
                (stage, "", "schools_met", passed.sum(), UNITS["schools"].en),
            ]
        if name not in about:
            rows.append((stage, name, "cv", row["cv"], ""))
            rows += [(stage, name, "limit", row["limit"], "")] if row["limit"] > 0 else []
            continue
        of, gap = about[name], gaps.loc[(stage, name)]
        # before the first threshold nothing is lacking, nor enough
        gap = gap if gap["need"] > 0 else gap * np.nan
        units = {"unit": of.unit.en, "schools": UNITS["schools"].en, "": ""}
        rows += [
            (stage, name, "amount", amounts[stage, name], of.resource.en),
            *((stage, name, what, row[what], units[unit]) for what, unit in _OF_BALANCE.items()),
            (stage, name, "lacking", gap["lacking"], of.resource.en),
            (stage, name, "schools_short", gap["schools"], UNITS["schools"].en),
        ]
    table = pd.DataFrame(rows, columns=_COLUMNS[2:])
    return table.assign(value=table["value"].astype(float))
