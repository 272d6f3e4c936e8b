"""The counties of a region as tables: who is recognised, who is near, what fails most."""

from __future__ import annotations

from ...base.language import speak
from ..tables.grid import Cell, Grid
from .summary import Region

#: Requirements that a county may fail and still be called near.
NEAR = 3


#: Rows of the table of requirements.
MOST = 20


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
