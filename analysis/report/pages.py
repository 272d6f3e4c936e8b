"""The report's pages in order: each method is one section, as semantic HTML.

The notebook calls one method per cell. HTML is the one source of the web page and of the PDF, so
nothing here knows about paper.
"""

from __future__ import annotations

import base64
import html
import importlib.metadata
import math
from dataclasses import dataclass, field

from .. import charts, display, narrative
from ..files import N_
from ..future.prospects import Prospects
from ..indicators import round_half_up
from ..language import Language, speak
from ..load import County
from ..plan_review import review
from ..prospect_charts import ProspectCharts
from ..prospect_sentences import ProspectSentences
from ..prospect_tables import ProspectTables
from ..schema import INDICATORS, STAGE_LABELS, STAGES
from ..study import Study, analyze
from ..wording import ROUNDED, item_title, school_year

OUTLOOK_METHOD = N_(
    "Method: pupils go on by cohort and grade in every school (progression ratios of the last three "
    "years, drawn towards those of the county where a school is small; schools that exchanged pupils "
    "count as one in that year); entrants follow the births of the children who are six by the "
    "cut-off date. A cohort keeps its classes. What the scenario does not name stays as last "
    "observed: teachers, areas, equipment, and everything that the county reports. Public-use funds "
    "follow the students. Students here are those of all schools but special-education schools. Every projected year is judged by the rules in force in that year."
)

#: Rows up to which a table is not broken over two pages.
SHORT = 8

#: Key under which the cover hands title, language and date to the exporters.
METADATA = "junheng"


@dataclass(frozen=True)
class Fragment:
    """A piece of the report that Jupyter shows and nbconvert exports."""

    body: str
    metadata: dict = field(default_factory=dict)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.body, "text/plain": "…"}, self.metadata


def figure_html(figure: charts.Chart, caption: str, alt: str) -> str:
    """A numbered picture with the text that stands for it where it cannot be seen."""
    data = base64.b64encode(figure.to_svg().encode("utf-8")).decode()
    return (
        f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>\n"
    )


def _p(text: str, kind: str = "") -> str:
    paragraph = f"<p>{html.escape(text)}</p>\n"
    return f'<div class="{kind}">{paragraph}</div>\n' if kind else paragraph


def _h3(text: str) -> str:
    return f"<h3>{html.escape(text)}</h3>\n"


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(item)}</li>\n" for item in items) + "</ul>\n"


#: The pages of a report, methods of `Report`, in their order.
PAGES = (
    *("cover", "findings", "checklist", "targets", "schools", "indicators", "balance"),
    *("shortfalls", "trends", "plan", "outlook", "firmness", "data_quality", "method", "annex"),
)


class Report:
    """The county report, section by section.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}
    prospects : Prospects, optional
        Scenarios for the chapter that looks ahead.
    """

    def __init__(self, study: Study, lang: str = "zh", prospects: Prospects | None = None):
        self.study = study
        self.lang = lang
        self.prospects = prospects
        self.say: Language = speak(lang)

    @classmethod
    def of(
        cls,
        county: County | str,
        year: int | None = None,
        lang: str = "zh",
        scenario: str | None = None,
    ) -> Report:
        """The report of a county and year; with a scenario, also of a projected year."""
        if scenario is None:
            return cls(analyze(county, year), lang)
        prospects = Prospects(county, [scenario])
        if year is None or year <= prospects.last:
            return cls(analyze(prospects.county, year), lang, prospects)
        study = analyze(prospects.county, year, scenario=prospects.scenarios[scenario])
        return cls(study, lang, prospects)

    @property
    def projected(self) -> bool:
        """Whether the judged year has not been observed."""
        return self.study.year > self.study.county.last_observed

    @property
    def title(self) -> str:
        """Title for the file's properties and the running head."""
        return self.say(
            "{county}: high-quality and balanced compulsory education, {year}",
            county=self.say.label(self.study.county.record.name),
            year=school_year(self.study.year, self.say),
        )

    def _section(self, title: str, *parts: str, level: int = 2) -> Fragment:
        return Fragment(f"<h{level}>{html.escape(title)}</h{level}>\n" + "".join(parts))

    def _table(self, grid: display.Grid) -> str:
        if not grid.rows:
            return ""
        shown = grid.to_html()
        # a table of a few lines stands on one page
        return f'<div class="together">{shown}</div>\n' if len(grid.rows) <= SHORT else shown

    def cover(self) -> Fragment:
        """Cover: county, year, verdict, synthetic mark, what was judged."""
        say, study, record = self.say, self.study, self.study.county.record
        status = {True: "met", False: "not_met", None: "not_assessed"}[study.recognised]
        judged = study.rows[study.rows["in_scope"]]
        facts = [
            (say("Province"), say.label(record.province)),
            (say("County code"), record.code),
            (say("Data"), school_year(study.year, say)),
            (say("Standard"), say.label(study.rules.standard.title)),
            (
                say("Judged"),
                say(
                    "{schools} schools, {rows} rows by stage, {students} students",
                    schools=say.number(judged["school_id"].nunique()),
                    rows=say.number(len(judged)),
                    students=say.number(judged["students"].sum()),
                ),
            ),
        ]
        if record.target_year:
            facts.append((say("Target year of the county"), str(record.target_year)))
        rows = "".join(
            f"<tr><th scope='row'>{html.escape(key)}</th><td>{html.escape(value)}</td></tr>"
            for key, value in facts
        )
        short = html.escape(narrative.verdict_short(study, self.lang))
        parts = [
            f"<h1>{html.escape(say.label(record.name))}</h1>",
            _p(say("Report on high-quality and balanced compulsory education"), "subtitle"),
            _p(school_year(study.year, say), "edition"),
            f'<div class="verdict-{status}"><p><strong>{short}</strong></p>'
            f"{_p(narrative.verdict(study, self.lang))}</div>",
            *(_p(mark, "synthetic") for mark in self._marks),
            f'<table class="facts"><tbody>{rows}</tbody></table>',
            _p(say("Examined by: ____________    Date: ____________"), "signature"),
        ]
        body = f'<div class="cover">{"".join(parts)}</div>\n'
        return Fragment(body, {METADATA: self.metadata})

    @property
    def synthetic_mark(self) -> str:
        return self.say("Sample: the figures of single schools are synthetic")

    @property
    def _marks(self) -> list[str]:
        """What every page must say about its figures."""
        marks = [self.synthetic_mark] if self.study.county.record.synthetic else []
        if self.projected:
            scenario = ProspectSentences(self.prospects, self.lang).name(self.prospects.main)
            marks.append(self.say("Projected, not observed: {scenario}", scenario=scenario))
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
            "scenario": self.prospects.main if self.prospects else "",
            "schools": schools,
            "students": students,
            # what a finished file is checked by
            "keywords": identity,
            "verdict": {True: "met", False: "not_met", None: "not_assessed"}[self.study.recognised],
            "mark": self.say("; ").join(self._marks),
            "contents": self.say("Contents"),
            "table": self.say("Table"),
            "figure": self.say("Figure"),
            "page": self.say("Page {page} of {pages}", page="{page}", pages="{pages}"),
            # the reference day of the statistics: the file must not depend on when it was made
            "date": f"{self.study.year:04d}-09-01",
        }

    def findings(self) -> Fragment:
        """One page: the conclusion first."""
        say, study = self.say, self.study
        status = {True: "met", False: "not_met", None: "not_assessed"}[study.recognised]
        return self._section(
            say("Findings"),
            _p(narrative.verdict(study, self.lang), f"verdict-{status}"),
            _list(narrative.findings(study, self.lang)),
            self._table(display.parts_table(study, self.lang)),
            _p(
                say(
                    "Marks in all tables: △ 85 % of the threshold or more, × not met, ○ not assessed."
                )
            ),
        )

    def checklist(self) -> Fragment:
        """The parts of the standard, requirement by requirement, and what is open."""
        say, study = self.say, self.study
        open_ = display.open_grid(study, self.lang)
        parts = [
            self._table(display.checklist_grid(study, part, self.lang))
            for part in ("government", "quality", "recognition", "veto", "resource")
        ]
        return self._section(
            say("Requirement by requirement"),
            _p(
                say(
                    "The value is that of the school or subject which is worst placed; the margin is "
                    "what it has beyond the requirement, negative what it lacks. All requirements of "
                    "every part have to be met; a veto condition that was found outranks everything. "
                    "Items without data are not assessed and leave the verdict open."
                )
            ),
            *parts,
            self._table(open_) if open_.rows else _p(say("Every requirement is assessed.")),
        )

    def targets(self) -> Fragment:
        """The county's own plan beside the national rules, now and in its later phases."""
        say, study = self.say, self.study
        own = study.plan.get(study.year)
        if own is None:
            text = say(
                "The county has given no targets of its own; it is judged by the national rules."
            )
            return self._section(say("The county's own targets"), _p(text))
        grid = display.targets_grid(study, self.lang)
        phases = display.phases_grid(study, self.lang) if len(study.plan_years) > 1 else None
        note = own.standard.profile.note
        silent = [
            item_title(study, name, self.lang)
            for name in own.standard.profile.not_stated
            if name in study.rules and not name.startswith(("option.", "concession.", "V"))
        ]
        return self._section(
            say("The county's own targets"),
            _p(
                say(
                    "Plan: {title}. An evaluation threshold and a target of the county are two things: "
                    "each item is judged by both. Targets for the seven indicators are judged on the "
                    "county mean.",
                    title=say.label(own.standard.title),
                )
            ),
            _p(say.label(note)) if note else "",
            _list(narrative.weaker_targets(study, self.lang)),
            self._table(grid),
            self._table(phases) if phases else "",
            self._table(display.own_course_grid(study, self.lang)),
            _p(narrative.silent(silent, self.lang)) if silent else "",
        )

    def annex(self) -> Fragment:
        """The tables of the national application form."""
        from ..form import form_grids

        grids = form_grids(self.study, self.lang)
        return self._section(
            self.say("Annex: the application form"),
            _p(
                self.say(
                    "Tables I to VI of the national application form, with its columns and decimals. "
                    "The command junheng form writes them as a workbook to fill in and to file."
                )
            ),
            *(self._table(grid) for grid in grids.values()),
        )

    def schools(self) -> Fragment:
        """All schools with their seven indicators."""
        say = self.say
        tables = [
            self._table(display.school_indicators_table(self.study, stage, self.lang))
            for stage in STAGES
            if (self.study.schools["stage"] == stage).any()
        ]
        empty = [
            _p(
                say(
                    "{stage}: no school of this stage; nothing to judge.",
                    stage=say.label(STAGE_LABELS[stage]),
                )
            )
            for stage in STAGES
            if not (self.study.schools["stage"] == stage).any()
        ]
        return self._section(
            say("Every school and the seven indicators"),
            _p(
                say(
                    "A school meets the rule if at least {needed} of the 7 indicators reach their "
                    "threshold and the rest reach {floor} of it. Each stage of a through-school is "
                    "a row of its own. Verdicts are made on unrounded values.",
                    needed=say.number(self.study.rules.number("school.indicators_met")),
                    floor=say.percent(self.study.rules.number("school.floor"), 0),
                )
            ),
            *tables,
            *empty,
        )

    def indicator(self, name: str) -> Fragment:
        """One indicator: every school against the threshold."""
        say, about = self.say, INDICATORS[name]
        rows = self.study.indicators[self.study.indicators["indicator"] == name]
        means = self.study.balance.set_index(["stage", "indicator"])["mean"]
        sentences = []
        for stage, part in rows.groupby("stage", sort=False):
            counts = part["status"].value_counts()
            mean = means[stage, name]
            sentences.append(
                say(
                    "{stage}: {met} schools meet the threshold, {near} reach 85 % of it, {short} "
                    "are below; county mean {mean} {unit}.",
                    stage=say.label(STAGE_LABELS[stage]),
                    met=say.number(counts.get("met", 0)),
                    near=say.number(counts.get("near", 0)),
                    short=say.number(counts.get("short", 0)),
                    mean=say.number(mean, about.decimals),
                    unit=say.label(about.unit),
                )
            )
        text = " ".join(sentences) if self.lang == "en" else "".join(sentences)
        figures = charts.indicator_chart(self.study, name, self.lang)
        pictures = []
        for number, figure in enumerate(figures, 1):
            caption = say("{indicator} of every school", indicator=about.label(self.lang))
            if len(figures) > 1:
                caption += f" ({number}/{len(figures)})"
            pictures.append(figure_html(figure, caption, f"{caption}. {text}"))
        section = self._section(about.label(self.lang), _p(text), pictures[0], level=3)
        return Fragment(f'<div class="together">{section.body}</div>' + "".join(pictures[1:]))

    def indicators(self) -> Fragment:
        """All seven indicators, one after the other."""
        title = self._section(
            self.say("Indicator by indicator"),
            _p(
                self.say(
                    "Schools are ordered from low to high. The line is the threshold, the shaded "
                    "band reaches down to 85 % of it; ● met, ▲ 85 % or more, × below 85 %."
                )
            ),
        )
        return Fragment(title.body + "".join(self.indicator(name).body for name in INDICATORS))

    def balance(self) -> Fragment:
        """Coefficients of variation against their limits, and who moves them."""
        say, study = self.say, self.study
        judged = study.balance[study.balance["status"].isin(["met", "not_met"])]
        alt = say.join(
            f"{say.label(STAGE_LABELS[row['stage']])} {say.label(INDICATORS[row['indicator']].short)} "
            f"{say.number(row['cv'], 3)}"
            for row in judged[judged["indicator"] != "composite"].to_dict("records")
        )
        parts = [
            _p(
                say(
                    "The coefficient of variation (CV) is the student-weighted standard deviation of "
                    "the schools' values divided by the county mean; 0 means that all schools are "
                    "alike. Each of the seven has to stay within its limit; the composite is "
                    "reported only, unless the county's own standard limits it."
                )
            ),
            figure_html(
                charts.balance_chart(study, self.lang),
                say("Coefficients of variation against their limits"),
                say("Bars of the coefficients of variation: {list}.", list=alt),
            ),
            self._table(display.balance_grid(study, self.lang)),
            _p(
                say(
                    "Break-even level: (1 + CV²) × mean. One more unit for a school below it lowers "
                    "the CV; for a school above it, it widens the gap. Gini and Theil are given for "
                    "comparison and are not judged."
                )
            ),
        ]
        for stage in STAGES:
            if not (study.schools["stage"] == stage).any():
                continue
            caption = say(
                "{stage}: each school's share in the squared CV",
                stage=say.label(STAGE_LABELS[stage]),
            )
            parts.append(
                figure_html(
                    charts.share_chart(study, stage, self.lang),
                    caption,
                    say(
                        "{caption}; the largest shares are listed in the table below.",
                        caption=caption,
                    ),
                )
            )
        parts.append(self._table(display.influence_grid(study, self.lang)))
        return self._section(say("Differences between schools"), *parts)

    def shortfalls(self) -> Fragment:
        """What is missing in teachers, m², yuan, rooms."""
        say, study = self.say, self.study
        by_school = display.shortfall_by_school(study, self.lang)
        return self._section(
            say("What is missing"),
            _p(
                say(
                    "The amounts are what a school has to add so that the stage reaches the "
                    "threshold: whole teachers and rooms, m², yuan. Areas, equipment and rooms of a "
                    "through-school are shared by its stages; what is added is divided again, so the "
                    "stages' amounts are alternatives and not to be added up within one school."
                )
            ),
            self._table(display.shortfall_totals(study, self.lang)),
            self._table(by_school)
            if by_school.rows
            else _p(say("No school is missing anything: all thresholds are met.")),
        )

    def trends(self) -> Fragment:
        """Course of means and CVs over the years."""
        say, study = self.say, self.study
        years = list(study.years)
        if len(years) == 1:
            return self._section(
                say("Course over the years"),
                _p(say("There are data for one school year only; a course cannot be shown.")),
            )
        span = f"{years[0]}–{years[-1]}"
        pace = display.pace_grid(study, self.lang)
        return self._section(
            say("Course over the years"),
            _p(
                say(
                    "Each year is judged by the rules in force in that year; a year before the first "
                    "rules has no threshold."
                )
            ),
            figure_html(
                charts.enrolment_chart(study, self.lang),
                say("Students by stage, {span}", span=span),
                say("Lines of the students of each stage over the school years {span}.", span=span),
            ),
            self._table(display.passing_grid(study, self.lang)),
            figure_html(
                charts.trend_chart(study, "mean", self.lang),
                say("County means of the seven indicators, {span}", span=span),
                say("Small panels, one per indicator; the figures are in the tables below."),
            ),
            self._table(display.trend_grid(study, "mean", self.lang)),
            figure_html(
                charts.trend_chart(study, "cv", self.lang),
                say("Coefficients of variation, {span}", span=span),
                say("Small panels, one per indicator; the figures are in the tables below."),
            ),
            self._table(display.trend_grid(study, "cv", self.lang)),
            self._table(display.shrinking_grid(study, self.lang)),
            _p(
                say(
                    "Pace: a straight line through the observed years (at least three) with the range "
                    "that holds its slope with a probability of 80 %. On course: even the slow end "
                    "arrives by the target year; at risk: only the fast end does; off course: not even "
                    "that. Years in which schools are missing are left out."
                )
            ),
            self._table(pace)
            if pace.rows
            else _p(say("Every goal is reached already, or has none to be reached.")),
        )

    def plan(self) -> Fragment:
        """The county's plan: time line, what is due, projects, and what does not fit."""
        say, study = self.say, self.study
        plan = study.county.plan
        title = say("The plan on the time line")
        if plan is None:
            return self._section(title, _p(say("There is no plan.yaml with this county's data.")))
        remarks = review(plan, study)
        start = max(f"{study.year:04d}-09", plan.start if "-" in plan.start else f"{plan.start}-01")
        grids = [
            display.due_grid(plan, start, self.lang),
            display.remarks_grid(remarks, self.lang),
            display.projects_grid(plan, self.lang),
            display.effects_grid(plan, study, self.lang),
            display.moves_grid(plan, self.lang),
            display.equipment_grid(plan, self.lang),
        ]
        counts = say(
            "{title} ({document}): {phases} phases, {projects} projects, {moves} moves, {measures} "
            "measures, {tasks} rows of the calendar, {duties} recurring duties.",
            title=say.label(plan.title),
            document=plan.document,
            phases=len(plan.phases),
            projects=len(plan.projects),
            moves=len(plan.moves),
            measures=len(plan.measures),
            tasks=len(plan.calendar),
            duties=len(plan.duties),
        )
        return self._section(
            title,
            _p(counts),
            figure_html(
                charts.roadmap_chart(plan, self.lang, study.year),
                say("The plan on the time line"),
                say("Bars for phases, projects, moves and equipment; diamonds for milestones."),
            ),
            *(self._table(grid) for grid in grids),
            _p(say("What a reader notices besides, and no rule can find:"))
            if plan.oddities
            else "",
            _list([say.label(text) for text in plan.oddities]) if plan.oddities else "",
        )

    def outlook(self) -> Fragment:
        """What comes if a scenario comes true, beside the trend; nothing without a scenario."""
        say, ahead = self.say, self.prospects
        if ahead is None:
            return Fragment("")
        tables, charts = ProspectTables(ahead, self.lang), ProspectCharts(ahead, self.lang)
        said = ProspectSentences(ahead, self.lang)
        span = f"{self.study.county.years[0]}–{ahead.study.outlook.until}"
        notes, small = tables.notes_grid(), tables.small_schools_grid()
        hollow, held = tables.hollow_grid(), tables.coverage_grid()
        return self._section(
            say("What if: {scenario}", scenario=said.name(ahead.main)),
            _list(said.conclusions()),
            self._table(tables.comparison_grid()),
            figure_html(
                charts.enrolment_chart(),
                say("Students by scenario, {span}", span=span),
                say("Lines by scenario, projected years on grey; the figures are in the tables."),
            ),
            _p(said.band_text),
            self._table(tables.verdict_grid()),
            figure_html(
                charts.schools_chart(),
                say("Schools that meet the school rule by scenario, {span}", span=span),
                say("Lines by scenario, projected years on grey; the figures are in the tables."),
            ),
            self._table(tables.needs_grid()),
            self._table(small)
            or _p(
                say("No school becomes smaller than the standard counts or leaves the judgement.")
            ),
            self._table(hollow),
            figure_html(
                charts.balance_chart(),
                say("Coefficients of variation by scenario, {span} (red line: limit)", span=span),
                say("Small panels, one per indicator; lines by scenario, projected years on grey."),
            ),
            figure_html(
                charts.chances_chart(),
                say("How likely each condition is met, by year"),
                say("Lines of the share of drawn courses; the figures are in the next table."),
            ),
            self._table(tables.chances_grid()),
            self._table(held)
            or _p(say("The county's past is too short for a back-test of the bands.")),
            self._table(notes),
            self._table(tables.assumptions_grid()),
            _p(say(OUTLOOK_METHOD)),
            _p(say(ROUNDED)),
        )

    def firmness(self) -> Fragment:
        """How firm the verdicts are: small changes and other methods."""
        say, study = self.say, self.study
        audit = display.method_audit_grid(study, self.lang)
        switches = display.switches_grid(study, self.lang)
        count = len(study.method_audit)
        if count > len(audit.rows):
            shown = say(
                "{n} verdicts would be turned round; the first {shown} are listed.",
                n=say.number(count),
                shown=say.number(len(audit.rows)),
            )
        elif count:
            shown = say.plural(
                "{n} verdict would be turned round.", "{n} verdicts would be turned round.", count
            )
        else:
            shown = say("No verdict would be turned round.")
        return self._section(
            say("How firm the verdicts are"),
            _p(
                say(
                    "Where a verdict hangs by a few persons or square metres, check the input first. "
                    "Listed are the smallest changes at a single school that would turn it round."
                )
            ),
            self._table(display.school_margins_grid(study, self.lang)),
            self._table(display.margins_grid(study, self.lang)),
            _p(
                say(
                    "Method audit. Programs in circulation calculate differently: without student "
                    "weights, with rounded values, or without dividing through-schools."
                )
                + (" " if self.lang == "en" else "")
                + shown
            ),
            self._table(audit),
            _p(
                say(
                    "Open points of the standard: where the texts leave a choice, the reading of this "
                    "report is one of several in use."
                )
            ),
            self._table(switches)
            if switches.rows
            else _p(say("No other reading changes a verdict.")),
            _p(
                say(
                    "Concessions of the Working Rules are off unless they are switched on; each needs "
                    "its proof, and full compliance within three years after recognition."
                )
            ),
            self._table(display.concessions_grid(study, self.lang)),
        )

    def data_quality(self) -> Fragment:
        """What is missing, what is left out and why."""
        say, study = self.say, self.study
        missing = display.missing_grid(study, self.lang)
        excluded = display.exclusions_grid(study, self.lang)
        warnings = display.warnings_grid(study, self.lang)
        return self._section(
            say("Quality of the data"),
            self._table(display.census_grid(study, self.lang)),
            _p(say(ROUNDED)) if self.projected else "",
            self._table(excluded) if excluded.rows else _p(say("No school is left out.")),
            self._table(missing)
            if missing.rows
            else _p(say("Everything that the seven indicators need was reported for this year.")),
            self._table(warnings)
            if warnings.rows
            else _p(say("The data checks have no warnings.")),
        )

    def method(self) -> Fragment:
        """Method, standard, sources, versions and fingerprint."""
        say, study = self.say, self.study
        note = study.rules.standard.profile.note
        steps = [
            say(
                "Register: every school that is open and every stage it teaches. Left out are "
                "special-education schools and teaching points with fewer than {limit} students; "
                "private schools and schools run by other levels of government count.",
                limit=say.number(study.rules.number("option.teaching_point_students")),
            ),
            say(
                "Indoor sports area is taken out of the teaching area and added to the sports area. "
                "Teaching area, sports area, equipment and multimedia rooms of through-schools and "
                "combined secondary schools are then divided among the stages by students weighted "
                "1 : 1.1 : 1.32 (primary : junior : senior). Teachers are counted in the stage in "
                "which they are recorded."
            ),
            say(
                "Value of a school: resource divided by students. County mean: total resource "
                "divided by total students. CV = √[Σ P (X − M)² / Σ P] / M with the schools' students P, "
                "values X and the county mean M (population form)."
            ),
            say(
                "Missing data are neither 0 nor average: what needs them is not assessed and leaves "
                "the verdict open. All comparisons use unrounded values and include the limit itself."
            ),
        ]
        sources = [
            source.title + (f" — {source.note}" if source.note else "")
            for source in study.county.record.sources
        ]
        packages = ("junheng", "pandas", "numpy", "matplotlib", "papermill", "nbconvert", "typst")
        versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
        return self._section(
            say("Method, standard and sources"),
            _h3(say("Method")),
            _list(steps),
            _h3(say("Standard")),
            _p(
                say(
                    "{title}; rules in force on {date}.",
                    title=say.label(study.rules.standard.title),
                    date=study.rules.date,
                )
            ),
            _p(say.label(note)) if note else "",
            self._table(display.standard_grid(study, self.lang)),
            _h3(say("Sources of the data")),
            _list(sources) if sources else _p(say("No source is given in county.yaml.")),
            _h3(say("Reproducibility")),
            _p(say("Versions: {versions}.", versions=versions)),
            _p(
                say(
                    "Fingerprint of the inputs (SHA-256): {digest}. The same fingerprint and versions "
                    "give the same file, byte by byte.",
                    digest=_spaced(study.county.fingerprint),
                )
            ),
        )


def _spaced(digest: str, size: int = 8) -> str:
    """A long digest in groups, so that it can be read aloud and breaks in print."""
    groups = math.ceil(len(digest) / size)
    return " ".join(digest[i * size : (i + 1) * size] for i in range(groups))
