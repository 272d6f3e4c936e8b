"""The region's pages in order: who stands where, what fails most, who is near."""

from __future__ import annotations

import html

from ...base.files import N_
from ...base.language import speak
from ...present.region import charts, tables
from ...present.region.summary import Region
from ...present.terms import school_year
from .page import METADATA, Page, Picture, bullets, paragraph, section

OBSERVED_ONLY = N_(
    "Only observed years are compared here. To compare a projected year, every county would have to be "
    "projected to that year by the same scenario, and each of its verdicts would have to stand with its "
    "chance and the condition of that chance."
)


def _years(region: Region) -> list[int]:
    return sorted(region.counties["year"].unique())


def _period(region: Region, lang: str) -> str:
    say, years = speak(lang), _years(region)
    if len(years) == 1:
        return school_year(int(years[0]), say)
    return say(
        "school years {first} to {last}, of each county the last with data",
        first=years[0] if years else "—",
        last=years[-1] if years else "—",
    )


def metadata(region: Region, lang: str) -> dict:
    """What the exporters need to know of the whole document."""
    say, counties = speak(lang), region.counties
    last = int(_years(region)[-1]) if _years(region) else 2000
    schools, students = int(counties["schools"].sum()), int(counties["students"].sum())
    return {
        "title": say("Region: high-quality and balanced compulsory education"),
        "lang": lang,
        "code": "region",
        "year": last,
        "schools": schools,
        "students": students,
        "keywords": f"junheng region {last} {schools} {students}",
        "verdict": "",
        "mark": say("Sample: the figures of single schools are synthetic")
        if counties["synthetic"].any()
        else "",
        "contents": say("Contents"),
        "table": say("Table"),
        "figure": say("Figure"),
        "page": say("Page {page} of {pages}", page="{page}", pages="{pages}"),
        "date": f"{last:04d}-09-01",
    }


def _counts(region: Region, lang: str) -> list[str]:
    say, verdicts = speak(lang), region.counties["verdict"]
    counted = [
        say.plural("{n} county meets everything", "{n} counties meet everything",
                   int((verdicts == "met").sum())),
        say.plural("{n} county does not", "{n} counties do not",
                   int((verdicts == "not_met").sum())),
        say.plural("{n} county is open because data are missing",
                   "{n} counties are open because data are missing",
                   int((verdicts == "not_assessed").sum())),
    ]  # fmt: skip
    if region.unread:
        number = len(region.unread)
        counted.append(
            say.plural("{n} county could not be read", "{n} counties could not be read", number)
        )
    return counted


def cover(region: Region, lang: str = "zh") -> Page:
    """Cover: how many counties, which years, the verdicts in a line each."""
    say, counties = speak(lang), region.counties
    mark = metadata(region, lang)["mark"]
    body = (
        f"<h1>{html.escape(say('Counties compared'))}</h1>"
        + paragraph(
            say("High-quality and balanced compulsory education: counties compared"), "subtitle"
        )
        + paragraph(_period(region, lang), "edition")
        + (paragraph(mark, "synthetic") if mark else "")
        + paragraph(say(OBSERVED_ONLY))
        + bullets(_counts(region, lang))
        + paragraph(
            say(
                "{counties} counties, {schools} schools, {students} students",
                counties=say.number(len(counties)),
                schools=say.number(counties["schools"].sum()),
                students=say.number(counties["students"].sum()),
            )
        )
    )
    return Page((f'<div class="cover">{body}</div>\n',), {METADATA: metadata(region, lang)})


def ranking(region: Region, lang: str = "zh") -> Page:
    """All counties in order, and how many fail how much."""
    say, grid = speak(lang), tables.ranking_grid(region, lang)
    return section(
        say("Where every county stands"),
        paragraph(
            say(
                "First those that meet everything, then those that are open, then those that do "
                "not; within these by the number of requirements not met and not assessed and by "
                "the share of schools that meet the rule. Each county is judged by its own "
                "standard and the rules of its year."
            )
        ),
        Picture(
            charts.verdict_chart(region, lang),
            say("Counties by the number of requirements not met"),
            say("Bars: number of counties by requirements not met. {counts}.",
                counts=say.join(_counts(region, lang))),
        ),
        grid if grid.rows else grid.to_html(),
        short=0,
    )  # fmt: skip


def variation(region: Region, lang: str = "zh") -> Page:
    """The coefficients of variation of all counties."""
    say, balance = speak(lang), region.balance
    failed = int((balance["status"] == "not_met").sum())
    return section(
        say("Differences between the schools of each county"),
        paragraph(say("A dot is a county; a cross is beyond its limit. The line is the limit.")),
        Picture(
            charts.variation_chart(region, lang),
            say("Coefficients of variation of all counties"),
            say("Dots, one per county, indicator and stage; {n} are beyond their limit.",
                n=say.number(failed)),
        ),
        level=3,
        short=0,
    )  # fmt: skip


def failing(region: Region, lang: str = "zh") -> Page:
    """The requirements that most counties fail."""
    say = speak(lang)
    grid = tables.failing_grid(region, lang)
    nothing = paragraph(say("No county fails any requirement."))
    return section(say("What fails most"), grid if grid.rows else nothing, short=0)


def near(region: Region, lang: str = "zh") -> Page:
    """Counties that lack little."""
    say = speak(lang)
    grid = tables.near_grid(region, lang)
    text = say("Counties that do not meet {n} requirements or fewer.", n=say.number(tables.NEAR))
    nothing = paragraph(say("There is no such county."))
    return section(
        say("Who is near"), paragraph(text), grid if grid.rows else nothing, level=3, short=0
    )


def unread(region: Region, lang: str = "zh") -> Page:
    """Counties that are missing here."""
    say = speak(lang)
    grid = tables.unread_grid(region, lang)
    nothing = paragraph(say("All counties could be read."))
    return section(
        say("What is missing in this report"),
        grid if grid.rows else nothing,
        level=3,
        short=0,
    )
