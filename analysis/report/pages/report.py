"""What a report is about: a study, a language, and scenarios for the chapter that looks ahead."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ...base.language import Language, speak
from ...data.county import County
from ...data.load import load_county
from ...future.analyze import analyze
from ...future.odds.chance import Chance
from ...future.what_if import WhatIf
from ...measure.indicators import round_half_up
from ...measure.study import Study
from ...present.chance import mark_text, standing
from ...present.plan_review import TEACHING_SHARE, Remark, review
from ...present.remedies.calculation import Ahead, ahead, known, solved
from ...present.sentences import status
from ...present.terms import school_year
from ...remedy.result import Remedy


@dataclass(frozen=True)
class Report:
    """What the pages of a county's report are made of.

    Attributes
    ----------
    study : Study
    lang : {"zh", "en"}
    what_if : WhatIf, optional
        Scenarios for the chapter that looks ahead.
    """

    study: Study
    lang: str = "zh"
    what_if: WhatIf | None = None

    @classmethod
    def of(
        cls,
        county: County | str,
        year: int | None = None,
        lang: str = "zh",
        scenario: str | None = None,
        standard: str | None = None,
    ) -> Report:
        """The report of a county and year; with a scenario, also of a projected year.

        `standard`: as for `analysis.load_county`.
        """
        if standard is not None:
            county = load_county(county.path if isinstance(county, County) else county, standard)
        if scenario is None:
            return cls(analyze(county, year), lang)
        what_if = WhatIf(county, [scenario])
        if year is None or year <= what_if.last:
            return cls(analyze(what_if.county, year), lang, what_if)
        study = analyze(what_if.county, year, scenario=what_if.study.outlook)
        return cls(study, lang, what_if)

    @property
    def say(self) -> Language:
        """The language of the report."""
        return speak(self.lang)

    @property
    def projected(self) -> bool:
        """Whether the judged year has not been observed."""
        return self.study.year > self.study.county.last_observed

    @property
    def judgeable(self) -> bool:
        """Whether any school's figures are complete: without, there is nothing to plan."""
        return known(self.study, self.study.year)

    @cached_property
    def remarks(self) -> list[Remark]:
        """What does not fit in the county's plan; by the scenario's share of undivided buildings."""
        plan = self.study.county.plan
        return review(plan, self.study, self.teaching_share) if plan else []

    @property
    def teaching_share(self) -> float:
        """Part of an undivided building that counts as teaching area: the scenario's, where it says so."""
        scenario = self.what_if.scenarios[self.what_if.main] if self.what_if else None
        return scenario.plan.teaching_share if scenario and scenario.plan else TEACHING_SHARE

    @cached_property
    def remedy(self) -> Remedy:
        """The cheapest way to pass in the judged year."""
        return solved(self.study)

    @cached_property
    def remedy_ahead(self) -> Ahead | None:
        """The cheapest way to pass in a year to come; None without a scenario or without data."""
        if self.what_if is None:
            return None
        study, last = self.what_if.study, self.what_if.last
        by = self._year_ahead()
        if not all(known(study, year) for year in (by, last + 1)):
            return None
        return ahead(study, by, self.remedy if self.projected else None)

    def _year_ahead(self) -> int:
        """The projected year that is judged, else the county's target year, else the last one."""
        if self.projected:
            return self.study.year
        study = self.what_if.study
        last, until = study.outlook.last, study.outlook.until
        target = study.county.record.target_year
        return target if target and last < target <= until else until

    @property
    def chance(self) -> Chance | None:
        """How likely the verdict of a projected year is; None of an observed one."""
        if not self.projected or self.what_if is None:
            return None
        return self.what_if.chance(self.what_if.main, self.study.year)

    @property
    def verdict(self) -> str:
        """met, not_met or not_assessed; of a projected year that of the single course."""
        return status(self.study)

    @property
    def shade(self) -> str:
        """The status by which the verdict is coloured: `met` only where the draws agree."""
        return standing(self.verdict, self.chance) if self.projected else self.verdict

    @property
    def title(self) -> str:
        """Title for the file's properties and the running head."""
        return self.say(
            "{county}: {kind} compulsory education, {year}",
            kind=self.say.label(self.study.rules.standard.recognition),
            county=self.say.label(self.study.county.record.name),
            year=school_year(self.study.year, self.say),
        )

    @property
    def marks(self) -> list[str]:
        """What every page must say about its figures."""
        marks = []
        if self.study.county.record.synthetic:
            marks.append(self.say("Sample: the figures of single schools are synthetic"))
        if self.projected:
            marks.append(mark_text(self.study, self.chance, self.say))
        return marks

    @property
    def metadata(self) -> dict:
        """What the exporters need to know of the whole document."""
        judged = self.study.rows[self.study.rows["in_scope"]]
        schools = judged["school_id"].nunique()
        students = int(round_half_up(judged["students"].sum(), 0))
        identity = f"junheng {self.study.county.code} {self.study.year} {schools} {students}"
        return {
            "title": self.title,
            "lang": self.lang,
            "county": self.say.label(self.study.county.record.name),
            "code": self.study.county.code,
            "year": self.study.year,
            "scenario": self.what_if.main if self.what_if else "",
            "schools": schools,
            "students": students,
            # what a finished file is checked by
            "keywords": identity,
            "verdict": self.verdict,
            "chance": self.chance.to_dict() if self.chance else None,
            "mark": self.say("; ").join(self.marks),
            "contents": self.say("Contents"),
            "table": self.say("Table"),
            "figure": self.say("Figure"),
            "page": self.say("Page {page} of {pages}", page="{page}", pages="{pages}"),
            # the reference day of the statistics: the file must not depend on when it was made
            "date": f"{self.study.year:04d}-09-01",
        }
