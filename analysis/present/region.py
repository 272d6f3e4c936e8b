"""Many counties beside each other: who is recognised, who is near, what fails most."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ..base.files import Finding, InputError
from ..base.folders import entries
from ..base.language import speak
from ..base.schema.indicators import INDICATORS
from ..base.schema.terms import STAGE_LABELS, STAGES
from ..data.places import find_county, sample_folder
from ..future.analyze import analyze
from ..measure.study import Study
from .chart_layout import GridLayout
from .charts import COLOURS, WIDTH, Chart, styled
from .tables import Cell, Grid
from .terms import item_title

#: Requirements that a county may fail and still be called near.
NEAR = 3

#: Rows of the table of requirements.
MOST = 20


@dataclass(frozen=True)
class Region:
    """What the counties of a region have come to.

    Attributes
    ----------
    counties : DataFrame
        One row per county: ``slug, code, zh, en, year, verdict`` (met, not_met, not_assessed),
        ``schools, students, rows, rows_met`` (schools by stage, and how many of them meet the rule),
        ``failed, open`` (requirements not met, not assessed), ``synthetic``; best placed first.
    items : DataFrame
        One row per county and requirement that was judged: ``slug, part, item, zh, en, status``.
    balance : DataFrame
        One row per county, stage and indicator: ``slug, stage, indicator, cv, limit, status``.
    unread : tuple of (str, tuple of Finding)
        Counties that could not be analyzed, and why.
    """

    counties: pd.DataFrame
    items: pd.DataFrame = field(repr=False)
    balance: pd.DataFrame = field(repr=False)
    unread: tuple[tuple[str, tuple[Finding, ...]], ...] = field(repr=False, default=())


def read_region(roots: str | Path | Iterable[str | Path], year: int | None = None) -> Region:
    """Analyze all counties below some folders.

    Parameters
    ----------
    roots : str, Path or several
        Counties, or folders of counties (one level); ``samples`` are the counties of the package.
    year : int, optional
        School year; each county's last one if omitted. A county without it is among the `unread`.

    Returns
    -------
    Region
    """
    counties, items, balance, unread = [], [], [], []
    for path in _paths([roots] if isinstance(roots, str | Path) else roots, unread):
        try:
            study = analyze(path, year)
        except InputError as error:
            unread.append((path.name, error.findings))
            continue
        judged = _items(study)
        counties.append(_county(study, judged))
        items.append(judged)
        columns = ["stage", "indicator", "cv", "limit", "status"]
        balance.append(study.balance[columns].assign(slug=study.county.slug))
    table = pd.DataFrame(counties, columns=list(_COLUMNS))
    order = table["verdict"].map({"met": 0, "not_assessed": 1, "not_met": 2})
    share = -table["rows_met"] / table["rows"].where(table["rows"] > 0)
    table = (
        table.assign(order=order, share=share)
        .sort_values(["order", "failed", "open", "share", "code", "slug"])
        .drop(columns=["order", "share"])
        .reset_index(drop=True)
    )
    return Region(
        table,
        _joined(items, ["slug", "part", "item", "zh", "en", "status"]),
        _joined(balance, ["slug", "stage", "indicator", "cv", "limit", "status"]),
        tuple(unread),
    )


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return (
        pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)
    )


_COLUMNS = ("slug", "code", "zh", "en", "year", "verdict", "schools", "students", "rows")
_COLUMNS += ("rows_met", "failed", "open", "synthetic")


def _paths(roots: Iterable[str | Path], unread: list) -> list[Path]:
    found: set[Path] = set()
    for root in roots:
        path = sample_folder() if root == "samples" else find_county(root)
        if path.is_file() or (path / "county.yaml").exists():
            found.add(path.resolve())
            continue
        for entry in entries(path):
            is_book = entry.path.suffix.lower() == ".xlsx"
            if entry.reason and (is_book or os.path.isdir(entry.path)):
                unread.append((entry.path.name, entry.error.findings))
            elif is_book or (entry.path / "county.yaml").is_file():
                found.add(entry.path.resolve())
    return sorted(found)


def _items(study: Study) -> pd.DataFrame:
    """The requirements of the standard that a county was judged by."""
    table = study.evaluation
    table = table[table["item"].isin(list(study.rules)) | (table["part"] == "resource")]
    table = table[table["status"].isin(["met", "not_met", "not_assessed"])]
    titles = {
        lang: [item_title(study, item, lang) for item in table["item"]] for lang in ("zh", "en")
    }
    return table[["part", "item", "status"]].assign(slug=study.county.slug, **titles)


def _county(study: Study, judged: pd.DataFrame) -> dict:
    name, rows = study.county.record.name, study.rows[study.rows["in_scope"]]
    return {
        "slug": study.county.slug,
        "code": study.county.code,
        "zh": name.zh,
        "en": name.en,
        "year": study.year,
        "verdict": {True: "met", False: "not_met", None: "not_assessed"}[study.recognised],
        "schools": rows["school_id"].nunique(),
        "students": int(rows["students"].sum()),
        "rows": len(study.schools),
        "rows_met": int((study.schools["status"] == "met").sum()),
        "failed": int((judged["status"] == "not_met").sum()),
        "open": int((judged["status"] == "not_assessed").sum()),
        "synthetic": study.county.record.synthetic,
    }


def ranking_grid(region: Region, lang: str = "zh") -> Grid:
    """All counties, the best placed first."""
    say = speak(lang)
    rows = []
    for place, row in enumerate(region.counties.to_dict("records"), 1):
        share = row["rows_met"] / row["rows"] if row["rows"] else None
        rows.append(
            (
                Cell(say.number(place), True),
                Cell(row[lang]),
                Cell(f"{row['year']}", True),
                Cell(verdict_name(row["verdict"], lang), status=row["verdict"]),
                Cell(say.number(row["failed"]), True),
                Cell(say.number(row["open"]), True),
                Cell(say.percent(share, 0), True),
                Cell(say.number(row["schools"]), True),
                Cell(say.number(row["students"]), True),
            )
        )
    header = (say("Place"), say("County"), say("School year"), say("Verdict"))
    header += (say("Unmet requirements"), say("Requirements not assessed"))
    header += (say("Schools that meet the rule"), say("Schools"), say("Students"))
    return Grid(say("The counties, best placed first"), header, tuple(rows), tight=True)


def verdict_name(verdict: str, lang: str) -> str:
    """A county's verdict in a word."""
    say = speak(lang)
    return {"met": say("met"), "not_met": say("not met"), "not_assessed": say("open")}[verdict]


def failing_grid(region: Region, lang: str = "zh") -> Grid:
    """The requirements that most counties fail."""
    say = speak(lang)
    counts = (
        region.items.groupby(["item", lang], sort=False)["status"]
        .value_counts()
        .unstack(fill_value=0)
        .reindex(columns=["not_met", "not_assessed", "met"], fill_value=0)
        .reset_index()
    )
    counts = counts[counts["not_met"] > 0]
    counts = counts.sort_values(["not_met", "not_assessed", "item"], ascending=[False, False, True])
    rows = tuple(
        (
            Cell(row[lang]),
            Cell(say.number(row["not_met"]), True),
            Cell(say.number(row["not_assessed"]), True),
            Cell(say.number(row["met"]), True),
        )
        for row in counts.head(MOST).to_dict("records")
    )
    header = (say("Requirement"), say("Counties that do not meet it"))
    header += (say("not assessed"), say("Counties that meet it"))
    return Grid(say("What fails most"), header, rows)


def near_grid(region: Region, lang: str = "zh") -> Grid:
    """Counties that are kept from recognition by few requirements, and by which."""
    say = speak(lang)
    counties = region.counties
    near = counties[(counties["verdict"] != "met") & (counties["failed"] <= NEAR)]
    failed = region.items[region.items["status"] == "not_met"]
    rows = tuple(
        (
            Cell(row[lang]),
            Cell(say.number(row["failed"]), True),
            Cell("; ".join(failed.loc[failed["slug"] == row["slug"], lang]) or "—"),
            Cell(say.number(row["open"]), True),
        )
        for row in near.sort_values(["failed", "open"], kind="stable").to_dict("records")
    )
    header = (say("County"), say("Unmet requirements"), say("Which of them"))
    header += (say("Requirements not assessed"),)
    return Grid(say("Counties that are near"), header, rows)


def unread_grid(region: Region, lang: str = "zh") -> Grid:
    """Counties that are missing from this report, and why."""
    say = speak(lang)
    rows = tuple(
        (Cell(name), Cell(findings[0].sentence(lang) if findings else ""))
        for name, findings in region.unread
    )
    return Grid(say("Counties that could not be read"), (say("County"), say("Reason")), rows)


@styled
def variation_chart(region: Region, lang: str = "zh") -> Chart:
    """Each county's coefficients of variation as dots, by indicator, against the limit."""
    say = speak(lang)
    balance = region.balance[region.balance["indicator"].isin(list(INDICATORS))]
    stages = [stage for stage in STAGES if (balance["stage"] == stage).any()]
    figure = Chart(figsize=(WIDTH, 2.9), layout=GridLayout())
    axes = figure.subplots(1, max(len(stages), 1), squeeze=False, sharey=True)[0]
    names = list(INDICATORS)
    for axis, stage in zip(axes, stages, strict=False):
        rows = balance[(balance["stage"] == stage) & balance["cv"].notna()]
        position = rows["indicator"].map(names.index).to_numpy(dtype=float)
        # dots that would lie upon each other stand beside each other, the same way every time
        order = rows.groupby("indicator").cumcount().to_numpy()
        size = rows.groupby("indicator")["cv"].transform("size").to_numpy()
        position = position + 0.5 * ((order + 0.5) / np.maximum(size, 1) - 0.5)
        for status in ("met", "not_met", "not_assessed"):
            here = (rows["status"] == status).to_numpy()
            axis.scatter(
                rows["cv"].to_numpy()[here],
                position[here],
                s=11,
                marker="x" if status == "not_met" else "o",
                linewidths=0.9,
                color=COLOURS[status],
                alpha=0.75,
            )
        limit = rows["limit"].max()
        title = say.label(STAGE_LABELS[stage])
        if np.isfinite(limit):
            axis.axvline(limit, color=COLOURS["limit"], linewidth=1)
            title += say(" (limit {value})", value=say.number(limit, 2))
        axis.set_title(title)
        axis.set_yticks(range(len(names)), [say.label(INDICATORS[n].short) for n in names])
        axis.set_ylim(len(names) - 0.4, -0.6)
        axis.set_xlim(0, 1.08 * np.nanmax([*rows["cv"], limit, 0.1]))
        axis.set_xlabel(say("coefficient of variation (no unit)"))
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="x")
    return figure


@styled
def verdict_chart(region: Region, lang: str = "zh") -> Chart:
    """Counties by the number of requirements that they do not meet."""
    say = speak(lang)
    figure = Chart(figsize=(WIDTH, 2.2), layout=GridLayout())
    axis = figure.subplots()
    failed = region.counties["failed"].to_numpy(dtype=int)
    most = int(failed.max()) if len(failed) else 0
    bottom = np.zeros(most + 1)
    for verdict in ("met", "not_assessed", "not_met"):
        here = failed[(region.counties["verdict"] == verdict).to_numpy()]
        heights = np.bincount(here, minlength=most + 1)
        axis.bar(
            range(most + 1),
            heights,
            bottom=bottom,
            color=COLOURS[verdict],
            width=0.8,
            label=verdict_name(verdict, lang),
        )
        bottom += heights
    axis.yaxis.get_major_locator().set_params(integer=True)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set_xlabel(say("requirements not met (number)"))
    axis.set_ylabel(say("counties (number)"))
    axis.grid(axis="y")
    figure.legend(loc="outside lower center", ncols=3)
    return figure
