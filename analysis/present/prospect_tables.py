"""Several scenarios of one county side by side, as tables."""

from __future__ import annotations

import numpy as np

from ..base.files import N_
from ..base.language import DASH
from ..base.schema.indicators import INDICATORS, STAFF_INDICATORS
from ..base.schema.terms import SCHOOL_TYPES, STAGE_LABELS, STAGES
from ..future.comparison import hollow_improvements, side_by_side, small_limits, small_schools
from ..future.scenario import BASELINE
from ..measure.apportioning.scope import EXCLUSIONS
from ..measure.indicators import whole_up
from .prospect_sentences import ProspectSentences, ProspectTeller
from .tables import MARKS, Cell, Grid, _num, _text
from .terms import status_name

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


class ProspectTables(ProspectTeller):
    """Scenarios of a county as tables."""

    def conclusion_grid(self) -> Grid:
        """The conclusions as a table, for a notebook."""
        say = self.say
        rows = tuple(
            (_text(text),) for text in ProspectSentences(self.prospects, self.lang).conclusions()
        )
        return Grid(say("What the scenarios come to"), (say("Conclusion"),), rows)

    def comparison_grid(self) -> Grid:
        """The main figures of every scenario."""
        say = self.say
        table = side_by_side(self.prospects.studies)
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
        years = [y for y in self.prospects.study.years if y >= self.prospects.last]
        rows = []
        for name, table in self.prospects.verdicts.items():
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
        heads = [f"{year}" + ("" if year > self.prospects.last else "*") for year in years]
        return Grid(
            say("Verdict by year (* observed)"),
            (say("Scenario"), say("Judged"), *heads),
            tuple(rows),
            tight=True,
        )

    def needs_grid(self) -> Grid:
        """What the main scenario needs year by year."""
        say = self.say
        table = self.prospects.yearly[self.prospects.main]
        table = table[table["year"] >= self.prospects.last]
        rows = [
            (
                Cell(str(row["year"]) + ("" if row["year"] > self.prospects.last else "*")),
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
                scenario=self.name(self.prospects.main),
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
        say, limits = self.say, small_limits(self.prospects.study)
        rows = []
        for name in self.prospects.studies:
            for row in small_schools(self.prospects.studies[name]).to_dict("records"):
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
                say("Students {year}", year=self.prospects.last),
                say("Students {year}", year=self.prospects.study.outlook.until),
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
            for name, study in self.prospects.studies.items()
            for row in hollow_improvements(study).to_dict("records")
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
        notes = {note.sentence(self.lang): note for note in self.prospects.study.outlook.notes}
        rows = [
            (_text(say(KINDS[kind])), _text(sentence), _num(say, note.cost_cny / 1e4))
            for kind in kinds
            for sentence, note in notes.items()
            if note.kind == kind
        ]
        return Grid(
            say("What the scenario does: {scenario}", scenario=self.name(self.prospects.main)),
            (say("Treatment"), say("What"), say("Cost (10,000 yuan)")),
            tuple(rows),
        )

    def assumptions_grid(self) -> Grid:
        """Every assumption with its source and confidence; those of the baseline once."""
        say = self.say
        rows = []
        for name, scenario in self.prospects.scenarios.items():
            for section, entry in scenario.assumptions:
                if (
                    name != BASELINE
                    and (section, entry) in self.prospects.scenarios[BASELINE].assumptions
                ):
                    continue
                rows.append(
                    (
                        _text(self.name(name)),
                        _text(say(SECTIONS[section])),
                        _text(self.text(entry.source)),
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
        say, drawn = self.say, self.prospects.forecast
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
            say("Share of {n} courses, by year: {scenario}", n=say.number(drawn.draws), scenario=self.name(self.prospects.main)),
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
            for row in self.prospects.coverage.to_dict("records")
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
