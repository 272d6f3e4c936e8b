"""The region's pages in order; like `pages.Report`, one method per section, as semantic HTML."""

from __future__ import annotations

import html

from ..base.language import speak
from ..present import region as regions
from ..present.region import Region
from ..present.terms import school_year
from .pages import METADATA, Fragment, _list, _p, figure_html


class RegionReport:
    """A report that compares counties.

    Parameters
    ----------
    region : Region
    lang : {"zh", "en"}
    """

    def __init__(self, region: Region, lang: str = "zh"):
        self.region = region
        self.lang = lang
        self.say = speak(lang)

    @property
    def _years(self) -> list[int]:
        return sorted(self.region.counties["year"].unique())

    @property
    def _period(self) -> str:
        years = self._years
        if len(years) == 1:
            return school_year(int(years[0]), self.say)
        return self.say(
            "school years {first} to {last}, of each county the last with data",
            first=years[0] if years else "—",
            last=years[-1] if years else "—",
        )

    @property
    def metadata(self) -> dict:
        """What the exporters need to know of the whole document."""
        say, counties = self.say, self.region.counties
        last = int(self._years[-1]) if self._years else 2000
        schools, students = int(counties["schools"].sum()), int(counties["students"].sum())
        return {
            "title": say("Region: high-quality and balanced compulsory education"),
            "lang": self.lang,
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

    def _counts(self) -> list[str]:
        say, verdicts = self.say, self.region.counties["verdict"]
        counted = [
            say.plural("{n} county meets everything", "{n} counties meet everything",
                       int((verdicts == "met").sum())),
            say.plural("{n} county does not", "{n} counties do not",
                       int((verdicts == "not_met").sum())),
            say.plural("{n} county is open because data are missing",
                       "{n} counties are open because data are missing",
                       int((verdicts == "not_assessed").sum())),
        ]  # fmt: skip
        if self.region.unread:
            number = len(self.region.unread)
            counted.append(
                say.plural("{n} county could not be read", "{n} counties could not be read", number)
            )
        return counted

    def cover(self) -> Fragment:
        """Cover: how many counties, which years, the verdicts in a line each."""
        say, counties = self.say, self.region.counties
        mark = self.metadata["mark"]
        body = (
            f"<h1>{html.escape(say('Counties compared'))}</h1>"
            + _p(
                say("High-quality and balanced compulsory education: counties compared"), "subtitle"
            )
            + _p(self._period, "edition")
            + (_p(mark, "synthetic") if mark else "")
            + _list(self._counts())
            + _p(
                say(
                    "{counties} counties, {schools} schools, {students} students",
                    counties=say.number(len(counties)),
                    schools=say.number(counties["schools"].sum()),
                    students=say.number(counties["students"].sum()),
                )
            )
        )
        return Fragment(f'<div class="cover">{body}</div>\n', {METADATA: self.metadata})

    def _section(self, title: str, *parts: str, level: int = 2) -> Fragment:
        # in print a chapter (level 2) begins on a new page
        return Fragment(f"<h{level}>{html.escape(title)}</h{level}>\n" + "".join(parts))

    def ranking(self) -> Fragment:
        """All counties in order, and how many fail how much."""
        say = self.say
        return self._section(
            say("Where every county stands"),
            _p(
                say(
                    "First those that meet everything, then those that are open, then those that do "
                    "not; within these by the number of requirements not met and not assessed and by "
                    "the share of schools that meet the rule. Each county is judged by its own "
                    "standard and the rules of its year."
                )
            ),
            figure_html(
                regions.verdict_chart(self.region, self.lang),
                say("Counties by the number of requirements not met"),
                say("Bars: number of counties by requirements not met. {counts}.",
                    counts=say.join(self._counts())),
            ),
            regions.ranking_grid(self.region, self.lang).to_html(),
        )  # fmt: skip

    def variation(self) -> Fragment:
        """The coefficients of variation of all counties."""
        say, balance = self.say, self.region.balance
        failed = int((balance["status"] == "not_met").sum())
        return self._section(
            say("Differences between the schools of each county"),
            _p(say("A dot is a county; a cross is beyond its limit. The line is the limit.")),
            figure_html(
                regions.variation_chart(self.region, self.lang),
                say("Coefficients of variation of all counties"),
                say("Dots, one per county, indicator and stage; {n} are beyond their limit.",
                    n=say.number(failed)),
            ),
            level=3,
        )  # fmt: skip

    def failing(self) -> Fragment:
        """The requirements that most counties fail."""
        grid = regions.failing_grid(self.region, self.lang)
        nothing = _p(self.say("No county fails any requirement."))
        return self._section(self.say("What fails most"), grid.to_html() if grid.rows else nothing)

    def near(self) -> Fragment:
        """Counties that lack little."""
        grid = regions.near_grid(self.region, self.lang)
        text = self.say(
            "Counties that do not meet {n} requirements or fewer.", n=self.say.number(regions.NEAR)
        )
        nothing = _p(self.say("There is no such county."))
        return self._section(
            self.say("Who is near"), _p(text), grid.to_html() if grid.rows else nothing, level=3
        )

    def unread(self) -> Fragment:
        """Counties that are missing here."""
        grid = regions.unread_grid(self.region, self.lang)
        nothing = _p(self.say("All counties could be read."))
        return self._section(
            self.say("What is missing in this report"),
            grid.to_html() if grid.rows else nothing,
            level=3,
        )
