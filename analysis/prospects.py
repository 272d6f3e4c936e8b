"""What if, for people: scenarios of one county side by side, as tables, pictures and sentences."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from . import compare
from .apportioning import EXCLUSIONS
from .charts import COLOURS, WIDTH, Chart, styled
from .display import MARKS, Cell, Grid, _num, _text
from .files import N_
from .forecast import BAND, Forecast, coverage, forecast
from .indicators import whole_up
from .language import DASH, speak
from .layout import GridLayout
from .load import County, load_county
from .scales import draw_scales
from .scenario import BASELINE, Scenario, read_scenarios
from .schema import INDICATORS, SCHOOL_TYPES, STAFF_INDICATORS, STAGE_LABELS, STAGES
from .standards import Text
from .study import Study, analyze
from .wording import PART_NAMES, status_name

#: How the lines of scenarios are told apart, also in black and white.
LINES = (
    ("#222222", "-", "o"),
    ("#3B6FA0", "--", "s"),
    ("#B5651D", "-.", "^"),
    ("#5B8C5A", ":", "D"),
    ("#8E5EA2", (0, (5, 1, 1, 1, 1, 1)), "v"),
    ("#C0392B", (0, (1, 1)), "P"),
    ("#5F6A6A", (0, (7, 2)), "X"),
    ("#B7950B", (0, (3, 1)), "*"),
)
CONFIDENCE = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}
SECTIONS = {
    "births": N_("Births"),
    "entry": N_("Entrants"),
    "progression": N_("Progression"),
    "migration": N_("Migration"),
    "housing": N_("New housing"),
    "moves": N_("Moves of pupils"),
    "caps": N_("Caps"),
    "attrition": N_("Teachers leaving"),
    "recruitment": N_("Teachers recruited"),
    "staff_targets": N_("Teacher targets"),
    "rotation": N_("Teachers rotating"),
    "additions": N_("Buildings and equipment"),
    "purchases": N_("Equipment bought"),
    "equipment": N_("Equipment written off"),
    "plan": N_("The county's plan"),
    "lateness": N_("Late completion"),
}
KINDS = {
    "applied": N_("applied"),
    "not_applied": N_("not applied"),
    "assumed": N_("assumed"),
}


class Prospects:
    """Scenarios of a county, judged and drawn.

    Parameters
    ----------
    county : County, str or Path
        Observed years.
    scenarios : iterable of str
        Scenarios beside the baseline, which always comes first; the first one named is the main one.
    lang : {"zh", "en"}
    until : int, optional
        Last projected year, the same for all.
    draws : int
        Of the main scenario's bands; 0: none are drawn.
    """

    def __init__(
        self,
        county: County | str | Path,
        scenarios: Iterable[str | Scenario] = ("plan_full", "plan_late", "plan_none"),
        lang: str = "zh",
        until: int | None = None,
        draws: int = 1000,
    ):
        self.county = county if isinstance(county, County) else load_county(county)
        self.lang, self.say, self.draws = lang, speak(lang), draws
        names = [BASELINE, *(name for name in scenarios if name != BASELINE)]
        self.scenarios = read_scenarios(dict.fromkeys(names), self.county)
        longest = max((s.until or 0 for s in self.scenarios.values()), default=0)
        self.until = until or longest or None
        self.studies: dict[str, Study] = {
            name: analyze(self.county, scenario=scenario, until=self.until)
            for name, scenario in self.scenarios.items()
        }
        self.main = names[min(1, len(names) - 1)]

    @property
    def study(self) -> Study:
        """The study of the main scenario."""
        return self.studies[self.main]

    @property
    def last(self) -> int:
        return self.county.last_observed

    def name(self, scenario: str) -> str:
        return self.say.label(self.scenarios[scenario].name)

    @cached_property
    def forecast(self) -> Forecast | None:
        """Bands of the main scenario."""
        if not self.draws:
            return None
        return forecast(
            self.county, self.scenarios[self.main], until=self.study.outlook.until, draws=self.draws
        )

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """How often such bands would have held in the county's past."""
        return coverage(self.county, draws=max(self.draws // 5, 100))

    @cached_property
    def _yearly(self) -> dict[str, pd.DataFrame]:
        return {name: compare.yearly(study) for name, study in self.studies.items()}

    @cached_property
    def _verdicts(self) -> dict[str, pd.DataFrame]:
        return {name: compare.verdicts(study) for name, study in self.studies.items()}

    def _text(self, value: Text | str) -> str:
        return value if isinstance(value, str) else self.say.label(value)

    # --- sentences ---------------------------------------------------------------------------------

    def conclusions(self) -> list[str]:
        """What the scenarios come to, the verdict first."""
        say = self.say
        table = compare.side_by_side(self.studies)
        goal = self.county.record.target_year
        found = []
        for name, row in table.iterrows():
            year = int(row["until"])
            verdict = self._verdicts[name].set_index("year")
            due = goal if goal in verdict.index and goal > self.last else year
            status = verdict.loc[due, "recognised"]
            failing = [
                say(PART_NAMES[part]) for part in PART_NAMES if verdict.loc[due, part] == "not_met"
            ]
            if status == "met":
                text = say("{scenario}: everything is met in {year}.", scenario=self.name(name), year=due)  # fmt: skip
            elif status == "not_assessed":
                text = say("{scenario}: in {year} nothing fails, but the verdict is open for lack of data.", scenario=self.name(name), year=due)  # fmt: skip
            else:
                text = say("{scenario}: not met in {year} ({parts}).", scenario=self.name(name), year=due, parts=say.join(failing))  # fmt: skip
            then = self._yearly[name]
            then = then[then["year"] == due][["passing", "schools", "cv_over"]].sum()
            text += say(
                " {passing} of {schools} rows of schools meet the school rule; coefficients of variation above their limit: {over}.",
                passing=say.number(then["passing"]),
                schools=say.number(then["schools"]),
                over=say.number(then["cv_over"]),
            )
            found.append(text)
        if self.forecast is not None:
            found.append(self._chance())
        return found

    def _chance(self) -> str:
        say, drawn = self.say, self.forecast
        best = drawn.probability.loc[drawn.probability["met"].idxmax()]
        if best["met"] == 0:
            return say("By {scenario}, there is no course and no year in which the county is known to meet everything.", scenario=self.name(self.main))  # fmt: skip
        if drawn.first_likely:
            return say("By {scenario}, the county meets everything in at least nine of ten courses from {year} on.", scenario=self.name(self.main), year=drawn.first_likely)  # fmt: skip
        if drawn.first_even:
            return say("By {scenario}, the county meets everything in at least half of the courses from {year} on, and in no year in nine of ten.", scenario=self.name(self.main), year=drawn.first_even)  # fmt: skip
        return say(
            "By {scenario}, the county meets everything in at most {share} of the courses ({year}).",
            scenario=self.name(self.main),
            share=say.percent(best["met"], 0),
            year=int(best["year"]),
        )

    def conclusion_grid(self) -> Grid:
        """The conclusions as a table, for a notebook."""
        say = self.say
        rows = tuple((_text(text),) for text in self.conclusions())
        return Grid(say("What the scenarios come to"), (say("Conclusion"),), rows)

    # --- tables --------------------------------------------------------------------------------------

    def comparison_grid(self) -> Grid:
        """The main figures of every scenario."""
        say = self.say
        table = compare.side_by_side(self.studies)
        lines = []
        for stage in STAGES:
            if f"students_{stage}" not in table:
                continue
            label = say.label(STAGE_LABELS[stage])
            lines += [
                (say("{stage}: students in the last year (persons)", stage=label), f"students_{stage}", 0),
                (say("{stage}: most students (persons)", stage=label), f"peak_{stage}", 0),
                (say("{stage}: year of the peak", stage=label), f"peak_year_{stage}", "year"),
                (say("{stage}: seats missing at most (places)", stage=label), f"seats_missing_{stage}", 0),
                (say("{stage}: classrooms missing at most (rooms)", stage=label), f"classes_missing_{stage}", 0),
            ]  # fmt: skip
        lines += [
            (say("Teachers missing in the last year (persons, of the kind most lacking)"), "teachers_missing", 0),
            (say("Rows of schools that meet the school rule in the last year"), "passing", 0),
            (say("Coefficients of variation above their limit in the last year"), "cv_over", 0),
            (say("First year in which the resource part is met"), "resource_met", "year"),
            (say("First year in which everything is met"), "first_met", "year"),
            (say("Cost of what has a price (10,000 yuan)"), "cost_cny", "money"),
        ]  # fmt: skip
        rows = []
        for title, column, kind in lines:
            cells = []
            for value in table[column]:
                if kind == "year":
                    cells.append(Cell(DASH if np.isnan(value) else str(int(value)), True))
                elif kind == "money":
                    cells.append(_num(say, value / 1e4 if value else np.nan))
                else:
                    # seats and rooms are whole: a part of one is one
                    cells.append(_num(say, abs(whole_up(value)) if "missing" in column else value))
            rows.append((_text(title), *cells))
        until = int(table["until"].max())
        return Grid(
            say("Scenarios side by side (to {year})", year=until),
            (say("Quantity"), *(self.name(name) for name in table.index)),
            tuple(rows),
            tight=len(table) > 3,
        )

    def verdict_grid(self) -> Grid:
        """The verdict of every year by every scenario."""
        say = self.say
        years = [y for y in self.study.years if y >= self.last]
        rows = []
        for name, table in self._verdicts.items():
            by_year = table.set_index("year")
            for column, title in (("resource", say("Resource allocation")), ("recognised", say("everything"))):  # fmt: skip
                cells = [
                    Cell(
                        status_name(by_year.loc[y, column], self.lang),
                        False,
                        by_year.loc[y, column],
                    )
                    if y in by_year.index
                    else Cell(DASH)
                    for y in years
                ]
                rows.append((_text(self.name(name) if column == "resource" else ""), _text(title), *cells))  # fmt: skip
        heads = [f"{year}" + ("" if year > self.last else "*") for year in years]
        return Grid(
            say("Verdict by year (* observed)"),
            (say("Scenario"), say("Judged"), *heads),
            tuple(rows),
            tight=True,
        )

    def needs_grid(self) -> Grid:
        """What the main scenario needs year by year."""
        say = self.say
        table = self._yearly[self.main]
        table = table[table["year"] >= self.last]
        rows = [
            (
                Cell(str(row["year"]) + ("" if row["year"] > self.last else "*")),
                _text(say.label(STAGE_LABELS[row["stage"]])),
                _num(say, row["students"]),
                _num(say, row["classes"]),
                _num(say, row["seats_missing"]),
                _num(say, row["classes_missing"]),
                *(_num(say, row[name]) for name in STAFF_INDICATORS),
                Cell(f"{say.number(row['passing'])} / {say.number(row['schools'])}", True),
                Cell(say.number(row["cv_max"], 3) + (MARKS["not_met"] if row["cv_over"] else ""), True),
                _text(say.label(INDICATORS[row["cv_max_indicator"]].short))
                if isinstance(row["cv_max_indicator"], str)
                else Cell(DASH),
            )
            for row in table.to_dict("records")
            if row["students"] > 0
        ]  # fmt: skip
        return Grid(
            say(
                "Year by year: {scenario} (* observed; students and teachers in persons)",
                scenario=self.name(self.main),
            ),
            (
                say("Year"),
                say("Stage"),
                say("Students"),
                say("Classes"),
                say("Missing:\nseats"),
                say("Missing:\nrooms"),
                say("Missing:\nabove req."),
                say("Missing:\nbackbone"),
                say("Missing:\nPE, arts"),
                say("Meet the\nschool rule"),
                say("Largest\nCV"),
                say("Indicator"),
            ),
            tuple(rows),
            tight=True,
        )

    def small_schools_grid(self) -> Grid:
        """Schools that become smaller than the standard counts, or leave the judgement, and when."""
        say, limits = self.say, compare.small_limits(self.study)
        rows = []
        for name in self.studies:
            for row in compare.small_schools(self.studies[name]).to_dict("records"):
                reason = EXCLUSIONS.get(row["reason"])
                said = say("closed") if row["reason"] == "closed" else ""
                if reason is not None:
                    said = say(reason).format(limit=say.number(limits["point"]), note="")
                if row["stage"] and len(SCHOOL_TYPES[row["type"]].stages) > 1:
                    said = f"{say.label(STAGE_LABELS[row['stage']])}{say(': ')}{said}"
                rows.append(
                    (
                        _text(self.name(name)),
                        _text(row["school"]),
                        _text(say.label(SCHOOL_TYPES[row["type"]])),
                        _num(say, row["students"]),
                        _num(say, row["students_until"]),
                        *(
                            Cell(DASH if np.isnan(row[c]) else str(int(row[c])), True)
                            for c in ("below_floor", "below_point", "leaves")
                        ),
                        _text(said),
                    )
                )
        return Grid(
            say("Schools that become small (students in persons)"),
            (
                say("Scenario"),
                say("School"),
                say("Type"),
                say("Students {year}", year=self.last),
                say("Students {year}", year=self.study.outlook.until),
                say("Under {n} (funding floor)", n=say.number(limits["floor"])),
                say("Under {n}", n=say.number(limits["point"])),
                say("Leaves the judgement"),
                say("Why"),
            ),
            tuple(rows),
            tight=True,
        )

    def hollow_grid(self) -> Grid:
        """Coefficients of variation that fall only because schools leave them."""
        say = self.say
        rows = [
            (
                _text(self.name(name)),
                Cell(str(row["year"])),
                _text(say.label(STAGE_LABELS[row["stage"]])),
                _text(say.label(INDICATORS[row["indicator"]].short)),
                _num(say, row["before"], 3),
                _num(say, row["after"], 3),
                _num(say, row["stayers_before"], 3),
                _text(say.join(row["left"])),
            )
            for name, study in self.studies.items()
            for row in compare.hollow_improvements(study).to_dict("records")
        ]
        return Grid(
            say("Warning: these coefficients fall only because schools leave them"),
            (
                say("Scenario"),
                say("Year"),
                say("Stage"),
                say("Indicator"),
                say("Before"),
                say("After"),
                say("Before, without those that left"),
                say("Left"),
            ),
            tuple(rows),
            tight=True,
        )

    def notes_grid(self, kinds: tuple[str, ...] = ("applied", "assumed", "not_applied")) -> Grid:
        """What the main scenario did, took for granted, and could not do."""
        say = self.say
        # the same may be said of several years: once is enough
        notes = {note.sentence(self.lang): note for note in self.study.outlook.notes}
        rows = [
            (_text(say(KINDS[kind])), _text(sentence), _num(say, note.cost_cny / 1e4))
            for kind in kinds
            for sentence, note in notes.items()
            if note.kind == kind
        ]
        return Grid(
            say("What the scenario does: {scenario}", scenario=self.name(self.main)),
            (say("Treatment"), say("What"), say("Cost (10,000 yuan)")),
            tuple(rows),
        )

    def assumptions_grid(self) -> Grid:
        """Every assumption with its source and confidence; those of the baseline once."""
        say = self.say
        rows = []
        for name, scenario in self.scenarios.items():
            for section, entry in scenario.assumptions:
                if name != BASELINE and (section, entry) in self.scenarios[BASELINE].assumptions:
                    continue
                rows.append(
                    (
                        _text(self.name(name)),
                        _text(say(SECTIONS[section])),
                        _text(self._text(entry.source)),
                        _text(say(CONFIDENCE[entry.confidence])),
                    )
                )
        return Grid(
            say("What is assumed, by whom, and how sure it is"),
            (say("Scenario"), say("About"), say("Source"), say("Confidence")),
            tuple(rows),
        )

    def chances_grid(self) -> Grid:
        """Probabilities by year of the main scenario."""
        say, drawn = self.say, self.forecast
        if drawn is None:
            return Grid("", (), ())
        rows = [
            (
                Cell(str(int(row["year"]))),
                *(
                    Cell(say.percent(row[name], 0), True)
                    for name in ("schools", "cv", "sizes", "resource", "met", "open")
                ),
            )
            for row in drawn.probability.to_dict("records")
        ]
        return Grid(
            say("Share of {n} courses, by year: {scenario}", n=say.number(drawn.draws), scenario=self.name(self.main)),
            (
                say("Year"),
                say("All schools meet the rule"),
                say("All CVs within the limit"),
                say("No school or class too large"),
                say("Resource part met"),
                say("Everything met"),
                say("Open for lack of data"),
            ),
            tuple(rows),
        )  # fmt: skip

    def coverage_grid(self) -> Grid:
        """How often the bands would have held in earlier years."""
        say = self.say
        rows = [
            (
                Cell(str(int(row["horizon"])), True),
                _num(say, row["schools"]),
                Cell(say.percent(row["within_schools"], 0), True),
                _num(say, row["counties"]),
                Cell(say.percent(row["within_county"], 0), True),
            )
            for row in self.coverage.to_dict("records")
        ]
        return Grid(
            say("Would the 80 % bands have held? Back-test on the county's own past"),
            (
                say("Years ahead"),
                say("Numbers of schools compared"),
                say("inside the band"),
                say("Numbers of the county compared"),
                say("inside the band"),
            ),
            tuple(rows),
        )

    # --- pictures --------------------------------------------------------------------------------------

    def _legend(self, figure: Chart) -> None:
        handles = [
            Line2D([], [], color=colour, linestyle=line, marker=marker, markersize=3.5, label=self.name(name))
            for (colour, line, marker), name in zip(LINES, self.studies, strict=False)
        ]  # fmt: skip
        figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4))

    def _panel(self, axis, series: dict[str, pd.Series]) -> None:
        """One line per scenario; the observed years in common, the projected ones on grey."""
        years = list(self.study.years)
        axis.axvspan(self.last + 0.5, years[-1] + 0.5, color="#F4F4F4", zorder=0)
        for (colour, line, marker), name in zip(LINES, self.studies, strict=False):
            values = series[name]
            ahead = values[values.index >= self.last]
            axis.plot(ahead.index, ahead, linestyle=line, color=colour, marker=marker, markersize=3, markerfacecolor="white", linewidth=1.1)  # fmt: skip
        seen = series[next(iter(series))]
        seen = seen[seen.index <= self.last]
        axis.plot(seen.index, seen, "o-", color="#222222", markersize=3.2, linewidth=1.4)
        axis.set_xlim(years[0] - 0.4, years[-1] + 0.5)

    def _scales(self, axis, size: float | None = None) -> None:
        years = list(self.study.years)
        ticks = years[:: 1 if len(years) < 9 else 2]
        draw_scales(axis, x=(ticks, [str(year) for year in ticks]), grid="y", size=size)

    def _stages(self) -> list[str]:
        table = self._yearly[BASELINE].groupby("stage")["students"].sum()
        return [stage for stage in STAGES if table.get(stage, 0) > 0]

    @styled
    def enrolment_chart(self) -> Chart:
        """Pupils of each stage by every scenario, with the band of the main one."""
        say, stages = self.say, self._stages()
        figure = Chart(figsize=(WIDTH, 2.7), layout=GridLayout())
        for axis, stage in zip(figure.subplots(1, len(stages), squeeze=False)[0], stages, strict=True):  # fmt: skip
            series = {
                name: table[table["stage"] == stage].set_index("year")["students"]
                for name, table in self._yearly.items()
            }
            self._panel(axis, series)
            if self.forecast is not None:
                band = self.forecast.enrolment
                band = band[band["stage"] == stage]
                colour = LINES[list(self.studies).index(self.main)][0]
                axis.fill_between(band["year"], band["low"], band["high"], color=colour, alpha=0.15, linewidth=0)  # fmt: skip
            axis.set_title(say("{stage} (students, persons)", stage=say.label(STAGE_LABELS[stage])))
            axis.set_ylim(bottom=0)
            self._scales(axis)
        self._legend(figure)
        return figure

    @styled
    def schools_chart(self) -> Chart:
        """Share of the schools that meet the school rule, by every scenario."""
        say, stages = self.say, self._stages()
        figure = Chart(figsize=(WIDTH, 2.5), layout=GridLayout())
        for axis, stage in zip(figure.subplots(1, len(stages), squeeze=False)[0], stages, strict=True):  # fmt: skip
            series = {}
            for name, table in self._yearly.items():
                part = table[table["stage"] == stage].set_index("year")
                series[name] = part["passing"] / part["schools"] * 100
            self._panel(axis, series)
            axis.set_ylim(0, 105)
            self._scales(axis)
            axis.set_title(say("{stage}: schools that meet the school rule (%)", stage=say.label(STAGE_LABELS[stage])), fontsize=8 if self.lang == "zh" else 6.8)  # fmt: skip
        self._legend(figure)
        return figure

    @styled
    def balance_chart(self) -> Chart:
        """The seven coefficients of variation by every scenario, one panel each and stage."""
        say, stages = self.say, self._stages()
        figure = Chart(figsize=(WIDTH, 8.4), layout=GridLayout())
        axes = figure.subplots(len(INDICATORS), len(stages), squeeze=False)
        for column, stage in enumerate(stages):
            for row, name in enumerate(INDICATORS):
                axis = axes[row, column]
                series, limits = {}, None
                for scenario, study in self.studies.items():
                    table = study.all_balance
                    table = table[(table["stage"] == stage) & (table["indicator"] == name)]
                    series[scenario] = table.set_index("year")["cv"]
                    limits = table.set_index("year")["limit"] if limits is None else limits
                self._panel(axis, series)
                axis.plot(limits.index, limits, color=COLOURS["short"], linewidth=0.8, drawstyle="steps-mid")  # fmt: skip
                top = max(pd.concat([*series.values(), limits]).max(), 0.1)
                axis.set_ylim(0, top * 1.12)
                self._scales(axis, 6.3)
                axis.set_title(
                    f"{say.label(STAGE_LABELS[stage])} {say.label(INDICATORS[name].short)}",
                    fontsize=7.5 if self.lang == "zh" else 6.4,
                )
        self._legend(figure)
        return figure

    @styled
    def chances_chart(self) -> Chart:
        """Probability of each condition by year, for the main scenario."""
        say = self.say
        figure = Chart(figsize=(WIDTH, 2.4), layout=GridLayout())
        axis = figure.subplots()
        shares = self.forecast.probability
        names = {
            "schools": say("all schools meet the rule"),
            "cv": say("all CVs within the limit"),
            "sizes": say("no school or class too large"),
            "met": say("everything met"),
        }
        for (colour, line, marker), (column, label) in zip(LINES, names.items(), strict=False):
            axis.plot(shares["year"], shares[column] * 100, linestyle=line, marker=marker, markersize=3.5, color=colour, label=label, linewidth=1.8 if column == "met" else 1.1)  # fmt: skip
        for share in (50, 90):
            axis.axhline(share, color="#999999", linewidth=0.7, linestyle=(0, (4, 3)))
        axis.set_ylim(-3, 103)
        axis.set_yticks([0, 50, 90, 100])
        axis.set_xticks(shares["year"], [str(year) for year in shares["year"]])
        axis.set_ylabel(say("share of the courses (%)"))
        axis.grid(axis="y")
        axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        return figure

    @property
    def band_text(self) -> str:
        """What the bands are."""
        return self.say(
            "Bands hold {share} of {n} courses drawn around the middle one: births not known yet, entrants, schools' shares, progression and the dates of projects vary as they did in the county's past.",
            share=self.say.percent(BAND[1] - BAND[0], 0),
            n=self.say.number(self.draws),
        )
