"""Many counties beside each other: each analyzed, or the reason why it could not be."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ...base.files import Finding, InputError
from ...base.schema.terms import Label
from ...base.storage.folders import entries
from ...data.paths import find_county, sample_folder
from ...future.analyze import analyze
from ...measure.study import Study
from ..terms import item_title


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
    indicators : dict of str to Label
        Short labels of all indicators of the counties' standards, in their order.
    unread : tuple of (str, tuple of Finding)
        Counties that could not be analyzed, and why.
    """

    counties: pd.DataFrame
    items: pd.DataFrame = field(repr=False)
    balance: pd.DataFrame = field(repr=False)
    indicators: dict[str, Label] = field(repr=False)
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
    labels: dict[str, Label] = {}
    for path in _paths([roots] if isinstance(roots, str | Path) else roots, unread):
        try:
            study = analyze(path, year)
        except InputError as error:
            unread.append((path.name, error.findings))
            continue
        judged = _items(study)
        counties.append(_county(study, judged))
        items.append(judged)
        for name, about in study.rules.indicators.items():
            labels.setdefault(name, about.short)
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
        labels,
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
