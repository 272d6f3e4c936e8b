"""Study -> tables for people: labels, units, decimals, and marks that survive a photocopier."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..base.files import N_
from ..base.language import DASH, Language, speak
from ..base.schema.indicators import INDICATORS
from ..base.schema.tables import TABLES
from ..base.schema.terms import SCHOOL_TYPES, STAGE_LABELS, STAGES
from ..measure.apportioning.scope import exclusion_text
from ..measure.dispersion import break_even
from ..measure.indicators import whole_up
from ..measure.study import Study
from ..measure.verdicts import SIGNS, requirement
from .terms import (
    OPTION_WORDS,
    PART_NAMES,
    is_share,
    item_detail,
    item_requirement,
    item_title,
    item_unit,
    item_value,
    status_name,
)

#: Shape of a status, so that it can be told without colour.
MARKS = {"met": "", "near": " △", "short": " ×", "not_met": " ×", "not_assessed": " ○"}


@dataclass(frozen=True)
class Cell:
    """One cell: text, whether it is a number, and its status (colour and mark)."""

    text: str
    number: bool = False
    status: str = ""


@dataclass(frozen=True)
class Grid:
    """A table for people.

    Attributes
    ----------
    caption : str
    header : tuple of str
    rows : tuple of tuple of Cell
    tight : bool
        Many columns: small type in print.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    tight: bool = False

    def to_html(self) -> str:
        """Semantic HTML: caption, column heads with scope, classes for status."""
        numeric = [any(row[i].number for row in self.rows) for i in range(len(self.header))]
        head = "".join(
            f'<th scope="col"{_class(number=is_number)}>{_lines(title)}</th>'
            for title, is_number in zip(self.header, numeric, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{_class(cell.number, cell.status)}>"
                f"{html.escape(cell.text + MARKS.get(cell.status, ''))}</td>"
                for cell in row
            )
            + "</tr>\n"
            for row in self.rows
        )
        return (
            f'<table class="{"tight" if self.tight else "plain"}">'
            f"<caption>{html.escape(self.caption)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"
        )

    def _repr_html_(self) -> str:
        # notebooks set all cells of a table to the right
        left = ' style="text-align: left"'
        return self.to_html().replace("<td>", f"<td{left}>").replace("<th scope=\"col\">", f"<th scope=\"col\"{left}>")  # fmt: skip


def _lines(title: str) -> str:
    """A column head; a unit in brackets on a line of its own."""
    return html.escape(title).replace("\n", "<br>")


def _class(number: bool = False, status: str = "") -> str:
    names = [*(["num"] if number else []), *([status] if status else [])]
    style = ' style="text-align: right"' if number else ""
    return (f' class="{" ".join(names)}"' if names else "") + style


def _num(say: Language, value, decimals: int = 0, status: str = "") -> Cell:
    return Cell(say.number(value, decimals), True, status)


def _text(value: object, status: str = "") -> Cell:
    return Cell(
        DASH if value is None or value is pd.NA or value != value else str(value), False, status
    )


def parts_table(study: Study, lang: str = "zh") -> Grid:
    """The five parts of the standard: how many requirements are met, not met, open."""
    say = speak(lang)
    rows = []
    for part, title in PART_NAMES.items():
        status = study.items.loc[study.items["part"] == part, "status"]
        status = status[status != "not_applicable"]
        whole = study.part_status(part)
        rows.append(
            (
                _text(say(title)),
                _num(say, len(status)),
                *(_num(say, (status == s).sum()) for s in ("met", "not_met", "not_assessed")),
                _text(status_name(whole, lang), whole if whole in MARKS else ""),
            )
        )
    header = (
        say("Part"),
        say("Requirements"),
        say("Met"),
        say("Not met"),
        say("Not assessed"),
        say("Conclusion"),
    )
    return Grid(say("The parts of the evaluation"), header, tuple(rows))


def checklist_grid(study: Study, part: str, lang: str = "zh") -> Grid:
    """Every requirement of a part: value, requirement, margin, status, where it is written."""
    say = speak(lang)
    rows = []
    table = study.evaluation
    table = table[(table["part"] == part) & (table["requirement"] != DASH)]
    for row in table.to_dict("records"):
        item, margin = row["item"], row["margin"]
        unit = item_unit(study, item, lang)
        rows.append(
            (
                Cell("" if part == "resource" else item.split(".")[0]),
                Cell(item_title(study, item, lang) + (f" ({unit})" if unit else "")),
                Cell(item_value(study, item, row["value"], lang), True),
                Cell(item_requirement(study, item, row["requirement"], lang), True),
                Cell(
                    _signed(item_value(study, item, margin, lang)) if margin == margin else DASH,
                    True,
                ),
                Cell(status_name(row["status"], lang), False, row["status"]),
                Cell(_basis(row, say)),
            )
        )
    header = (
        say("No."),
        say("Requirement"),
        say("Value"),
        say("Required"),
        say("Margin"),
        say("Status"),
        say("Basis, and where it fails or is missing"),
    )
    return Grid(
        say("Checklist: {part}", part=say(PART_NAMES[part])), header, tuple(rows), tight=True
    )


def _signed(text: str) -> str:
    return text if text.startswith(("-", DASH)) else f"+{text}"


def _basis(row: dict, say: Language) -> str:
    origin = {"computed": say("computed"), "reported": say("reported")}.get(row["origin"], "")
    evidence = row["evidence"]
    return say("; ").join(
        part for part in (origin, evidence, item_detail(row["detail"], say.code)) if part
    )


COMPARED = {
    "same": N_("as the national rule"),
    "stricter": N_("stricter than the national rule"),
    "weaker": N_("weaker: meeting the plan would fail the evaluation"),
    "additional": N_("only in the plan"),
}


def _with_unit(study: Study, item: str, lang: str) -> str:
    """Title of an item by the county's plan, with the unit of its numbers."""
    unit = item_unit(study, item, lang)
    return item_title(study, item, lang, own=True) + (f" ({unit})" if unit else "")


def targets_grid(study: Study, lang: str = "zh") -> Grid:
    """The county's own targets beside the national rules."""
    say = speak(lang)
    rows = []
    table = study.evaluation[study.evaluation["target"] != ""]
    # what the plan merely repeats is in the checklist already
    table = table[(table["target_compared"] != "same") | (table["part"] == "resource")]
    table = table[~table["item"].str.startswith("cv.") | (table["target_compared"] != "same")]
    for row in table.to_dict("records"):
        item = row["item"]
        compared = row["target_compared"]
        # the national rule for an indicator holds for every school, the target for the mean
        by_school = row["requirement"] == DASH and item in study.rules
        national = requirement(study.rules, item) if by_school else row["requirement"]
        weaker = compared == "weaker"
        rows.append(
            (
                Cell(_with_unit(study, item, lang)),
                Cell(item_value(study, item, row["value"], lang), True),
                Cell(item_requirement(study, item, national, lang), True),
                Cell(item_requirement(study, item, row["target"], lang), True),
                Cell(status_name(row["target_status"], lang), False, row["target_status"]),
                Cell(say(COMPARED[compared]), False, "short" if weaker else ""),
            )
        )
    header = (
        say("Item"),
        say("Value"),
        say("National rule"),
        say("Own target"),
        say("Own target met?"),
        say("Own target beside the national rule"),
    )
    return Grid(say("National rules and the county's own targets"), header, tuple(rows), tight=True)


def own_course_grid(study: Study, lang: str = "zh") -> Grid:
    """Value and own target of every year, for the targets that the national rules do not have."""
    say = speak(lang)
    now = study.evaluation[study.evaluation["target"] != ""]
    own = now.loc[~now["target_compared"].isin(["same", "not_stated"]), "item"]
    table = study.all_evaluation
    table = table[(table["target"] != "") & table["item"].isin(own)]
    rows = []
    for item, part in table.groupby("item", sort=False):
        part = part.set_index("year")
        cells = [Cell(_with_unit(study, item, lang))]
        for year in study.years:
            if year not in part.index:
                cells.append(Cell(DASH, True))
                continue
            row = part.loc[year]
            value = item_value(study, item, row["value"], lang)
            target = item_requirement(study, item, row["target"], lang)
            cells.append(Cell(f"{value} ({target})", True, row["target_status"]))
        rows.append(tuple(cells))
    header = (say("Item"), *(str(year) for year in study.years))
    caption = say("Own targets year by year: value (target)")
    return Grid(caption, header, tuple(rows), tight=True)


def phases_grid(study: Study, lang: str = "zh", years: tuple[int, ...] | None = None) -> Grid:
    """This year's data against the plan's targets of each phase: items whose target changes."""
    say = speak(lang)
    table = study.targets_by_phase(years)
    chosen = sorted(table["as_of"].unique())
    rows = []
    for item, part in table.groupby("item", sort=False):
        part = part.set_index("as_of")
        if len(set(part["target"])) == 1 and len(part) == len(chosen):
            continue
        cells = [
            Cell(_with_unit(study, item, lang)),
            Cell(item_value(study, item, part["value"].iloc[0], lang), True),
        ]
        for year in chosen:
            if year not in part.index:
                cells.append(Cell(DASH, True))
                continue
            row = part.loc[year]
            text = item_requirement(study, item, row["target"], lang)
            cells.append(Cell(text, True, row["target_status"]))
        rows.append(tuple(cells))
    header = (say("Item"), say("Value"), *(say("Target of {year}", year=year) for year in chosen))
    caption = say("The data of {year} against the plan's targets of later years", year=study.year)
    return Grid(caption, header, tuple(rows), tight=True)


def open_grid(study: Study, lang: str = "zh") -> Grid:
    """Every requirement that is not assessed."""
    say = speak(lang)
    table = study.evaluation[study.evaluation["status"] == "not_assessed"]
    names = {part: say(name) for part, name in PART_NAMES.items()}
    rows = [
        (
            Cell(names[row["part"]]),
            Cell(row["item"] if row["part"] != "resource" else ""),
            Cell(item_title(study, row["item"], lang)),
            Cell(item_detail(row["detail"], lang) or say("not reported")),
        )
        for row in table.to_dict("records")
    ]
    header = (say("Part"), say("No."), say("Requirement"), say("Missing data"))
    return Grid(say("Not assessed"), header, tuple(rows))


def concessions_grid(study: Study, lang: str = "zh") -> Grid:
    """Concessions of the Working Rules: schools covered, proof needed, verdicts with and without."""
    say = speak(lang)
    rows = []
    for row in study.concession_effects.to_dict("records"):
        entries = [
            study.rules.entry(name)
            for name in study.rules
            if name.startswith(f"concession.{row['concession']}.")
        ]
        title = say.label(entries[0].title).split("：")[0].split(":")[0]
        item = item_title(study, row["item"], lang) if row["item"] else say("no verdict changes")
        rows.append(
            (
                Cell(title),
                Cell(say("on") if row["on"] else say("off")),
                _num(say, len(row["schools"])),
                Cell(say.label(entries[0].note)),
                Cell(item),
                Cell(
                    status_name(row["without"], lang) if row["item"] else DASH,
                    False,
                    row["without"],
                ),
                Cell(
                    status_name(row["with_it"], lang) if row["item"] else DASH,
                    False,
                    row["with_it"],
                ),
            )
        )
    header = (
        say("Concession"),
        say("Switch"),
        say("Schools covered"),
        say("Proof"),
        say("Verdict"),
        say("Without"),
        say("With"),
    )
    return Grid(say("Concessions of the Working Rules"), header, tuple(rows), tight=True)


def switches_grid(study: Study, lang: str = "zh") -> Grid:
    """Verdicts that another reading of an open point would turn round."""
    say = speak(lang)
    rows = []
    for row in study.switch_audit.to_dict("records"):
        entry = study.rules.entry(row["switch"])
        alternative = row["alternative"]
        shown = alternative if isinstance(alternative, str) else f"{alternative:g}"
        rows.append(
            (
                Cell(say.label(entry.title)),
                Cell(OPTION_WORDS.get(shown, {}).get(lang, shown)),
                Cell(item_title(study, row["item"], lang)),
                Cell(status_name(row["status"], lang), False, row["status"]),
                Cell(status_name(row["other_status"], lang), False, row["other_status"]),
            )
        )
    header = (
        say("Open point of the standard"),
        say("Other reading"),
        say("Verdict on"),
        say("This report"),
        say("By the other reading"),
    )
    caption = say("Verdicts that another reading of the standard would turn round")
    return Grid(caption, header, tuple(rows), tight=True)


def school_indicators_table(study: Study, stage: str, lang: str = "zh") -> Grid:
    """All schools of a stage with their seven indicators and the school rule."""
    say = speak(lang)
    rules = study.schools[study.schools["stage"] == stage]
    values = study.indicators[study.indicators["stage"] == stage]
    wide = values.set_index(["school_id", "indicator"])[["value", "status"]].to_dict("index")
    rows = []
    for school in rules.to_dict("records"):
        cells = [_text(school["school"]), _num(say, school["students"])]
        for name, about in INDICATORS.items():
            found = wide[(school["school_id"], name)]
            decimals = 0 if about.resource.en == "yuan" else about.decimals
            cells.append(_num(say, found["value"], decimals, found["status"]))
        cells.append(_num(say, school["met"]))
        cells.append(_text(status_name(school["status"], lang), school["status"]))
        rows.append(tuple(cells))
    thresholds = [_text(say("Threshold")), _text("")]
    for name, about in INDICATORS.items():
        value = study.rules.number(f"{name}.{stage}")
        thresholds.append(_num(say, value, 0 if about.resource.en == "yuan" else 1))
    thresholds += [_num(say, study.rules.number("school.indicators_met")), _text("")]
    header = (
        say("School"),
        say("Students (persons)"),
        *(f"{say.label(i.short)}\n({say.label(i.unit)})" for i in INDICATORS.values()),
        say("Indicators met"),
        say("Rule"),
    )
    caption = say(
        "{stage}: the seven indicators of every school", stage=say.label(STAGE_LABELS[stage])
    )
    return Grid(caption, header, (tuple(thresholds), *rows), tight=True)


def balance_grid(study: Study, lang: str = "zh") -> Grid:
    """Means and coefficients of variation with limits, Gini, Theil and the break-even level."""
    say = speak(lang)
    rows = []
    for row in study.balance.to_dict("records"):
        if row["schools"] == 0:
            continue
        composite = row["indicator"] == "composite"
        about = INDICATORS.get(row["indicator"])
        rows.append(
            (
                _text(say.label(STAGE_LABELS[row["stage"]])),
                _text(say("Composite (mean of seven)") if composite else say.label(about.short)),
                _text(DASH if composite else say.label(about.unit)),
                _num(say, row["mean"], 2),
                _num(say, row["sd"], 2),
                _num(say, row["cv"], 3),
                _num(say, row["limit"], 2),
                _text(
                    say("reported only")
                    if composite and row["status"] == "not_applicable"
                    else status_name(row["status"], lang),
                    row["status"] if row["status"] in MARKS else "",
                ),
                _num(say, break_even(row["mean"], row["cv"]), 2),
                _num(say, row["gini"], 3),
                _num(say, row["theil"], 3),
            )
        )
    header = (
        say("Stage"),
        say("Indicator"),
        say("Unit"),
        say("County mean"),
        say("Standard deviation"),
        say("CV"),
        say("Limit"),
        say("Status"),
        say("Break-even level"),
        say("Gini"),
        say("Theil"),
    )
    return Grid(say("Differences between schools"), header, tuple(rows), tight=True)


def influence_grid(study: Study, lang: str = "zh", top: int = 3) -> Grid:
    """The schools with the largest exact share in the squared CV of each indicator."""
    say = speak(lang)
    rows = []
    for stage in STAGES:
        for name, about in INDICATORS.items():
            part = study.influence
            part = part[(part["stage"] == stage) & (part["indicator"] == name)]
            if part.empty:
                continue
            cells = [_text(say.label(STAGE_LABELS[stage])), _text(say.label(about.short))]
            order = part.head(top)
            for school in order.to_dict("records"):
                arrow = "↑" if school["value"] > school["mean"] else "↓"
                cells.append(_text(f"{school['school']} {arrow} {say.percent(school['share'], 1)}"))
            cells += [_text(None)] * (top - len(order))
            rows.append(tuple(cells))
    header = (
        say("Stage"),
        say("Indicator"),
        *(say("No. {n}", n=number) for number in range(1, top + 1)),
    )
    caption = say(
        "Who moves the CV: largest shares in its square (↑ above, ↓ below the county mean)"
    )
    return Grid(caption, header, tuple(rows), tight=True)


def shortfall_totals(study: Study, lang: str = "zh") -> Grid:
    """What all schools together lack, by stage and indicator."""
    say = speak(lang)
    rows = []
    for stage in STAGES:
        for name, about in INDICATORS.items():
            part = study.indicators
            part = part[(part["stage"] == stage) & (part["indicator"] == name)]
            if part.empty:
                continue
            lacking = part[part["shortfall"] > 0]
            unknown = int((part["status"] == "not_assessed").sum())
            rows.append(
                (
                    _text(say.label(STAGE_LABELS[stage])),
                    _text(say.label(about.short)),
                    _num(say, (part["status"] == "met").sum()),
                    _num(say, (part["status"] == "near").sum()),
                    _num(say, (part["status"] == "short").sum()),
                    _num(say, unknown),
                    _num(say, lacking["shortfall"].map(_up).sum()),
                    _text(say.label(about.resource)),
                )
            )
    header = (
        say("Stage"),
        say("Indicator"),
        say("Schools that meet it"),
        say("85 % or more"),
        say("Below 85 %"),
        say("Not assessed"),
        say("Missing in all"),
        say("Unit"),
    )
    return Grid(say("What is missing, all schools together"), header, tuple(rows))


def _up(value: float) -> float:
    """Round up: what is printed must suffice. (+ 0.0 turns a negative zero into zero.)"""
    return float(whole_up(value)) + 0.0


def shortfall_by_school(study: Study, lang: str = "zh") -> Grid:
    """What each school lacks to meet every threshold of its stages."""
    say = speak(lang)
    lacking = study.indicators[study.indicators["shortfall"] > 0]
    wide = lacking.set_index(["stage", "school_id", "indicator"])["shortfall"].to_dict()
    rows = []
    for school in study.schools.to_dict("records"):
        amounts = [
            wide.get((school["stage"], school["school_id"], name), 0.0) for name in INDICATORS
        ]
        if not any(amounts):
            continue
        rows.append(
            (
                _text(school["school"]),
                _text(say.label(STAGE_LABELS[school["stage"]])),
                *(_num(say, _up(a)) if a else Cell(DASH, True) for a in amounts),
            )
        )
    header = (
        say("School"),
        say("Stage"),
        *(f"{say.label(i.short)}\n({say.label(i.resource)})" for i in INDICATORS.values()),
    )
    return Grid(say("What each school is missing"), header, tuple(rows), tight=True)


#: Means from which on decimals say nothing and take the room of a column of years.
WHOLE_FROM = 100


def trend_grid(study: Study, what: str, lang: str = "zh") -> Grid:
    """Means or CVs of all years.

    Parameters
    ----------
    study : Study
    what : {"mean", "cv"}
    lang : {"zh", "en"}
    """
    say = speak(lang)
    table = study.all_balance
    names = list(INDICATORS) if what == "mean" else [*INDICATORS, "composite"]
    rows = []
    for stage in STAGES:
        part = table[(table["stage"] == stage) & (table["schools"] > 0)]
        for name in names:
            found = part[part["indicator"] == name].set_index("year")
            if found.empty:
                continue
            composite = name == "composite"
            label = (
                say("Composite (mean of seven)") if composite else say.label(INDICATORS[name].short)
            )
            cells = [_text(say.label(STAGE_LABELS[stage])), _text(label)]
            if what == "mean":
                cells.append(_text(say.label(INDICATORS[name].unit)))
            decimals = 3 if what == "cv" else 0 if found[what].min() >= WHOLE_FROM else 2
            for year in study.years:
                if year not in found.index:
                    cells.append(Cell(DASH, True))
                    continue
                row = found.loc[year]
                status = row["status"] if what == "cv" and row["status"] in ("not_met",) else ""
                if row["missing"]:
                    status = "not_assessed"
                cells.append(_num(say, row[what], decimals, status))
            rows.append(tuple(cells))
    header = [say("Stage"), say("Indicator"), *([say("Unit")] if what == "mean" else [])]
    caption = (
        say("County means by school year (○: schools missing)")
        if what == "mean"
        else say(
            "Coefficients of variation by school year (×: above the limit; ○: schools missing)"
        )
    )
    return Grid(caption, (*header, *(str(year) for year in study.years)), tuple(rows), tight=True)


def passing_grid(study: Study, lang: str = "zh") -> Grid:
    """Schools that pass the school rule in each year."""
    say = speak(lang)
    rows = []
    for stage in STAGES:
        part = study.all_schools[study.all_schools["stage"] == stage]
        if part.empty:
            continue
        for status in ("met", "not_met", "not_assessed"):
            counts = part[part["status"] == status].groupby("year").size()
            rows.append(
                (
                    _text(say.label(STAGE_LABELS[stage])),
                    _text(status_name(status, lang)),
                    *(_num(say, counts.get(year, 0)) for year in study.years),
                )
            )
    header = (say("Stage"), say("School rule"), *(str(year) for year in study.years))
    return Grid(say("Schools by the school rule (schools)"), header, tuple(rows))


def margins_grid(study: Study, lang: str = "zh", top: int = 12) -> Grid:
    """Verdicts on coefficients of variation and the smallest change at one school that flips them."""
    say = speak(lang)
    table = study.balance_margins
    table = table[table["change"].notna()]
    order = (table["change_share"].abs()).sort_values(kind="stable").index[:top]
    rows = []
    for row in table.loc[order].to_dict("records"):
        about = INDICATORS[row["indicator"]]
        change = row["change"]
        size = _up(abs(change)) if about.whole else round(abs(change))
        sign = "+" if change > 0 else "−"
        rows.append(
            (
                _text(say.label(STAGE_LABELS[row["stage"]])),
                _text(say.label(about.short)),
                _num(say, row["cv"], 3, row["status"]),
                _num(say, row["limit"], 2),
                _text(row["school"]),
                Cell(f"{sign}{say.number(size)}", True),
                _text(say.label(about.resource)),
            )
        )
    header = (
        say("Stage"),
        say("Indicator"),
        say("CV"),
        say("Limit"),
        say("School where the least suffices"),
        say("Change"),
        say("Unit"),
    )
    return Grid(say("The smallest change that would turn a CV verdict round"), header, tuple(rows))


def school_margins_grid(study: Study, lang: str = "zh", top: int = 12) -> Grid:
    """School verdicts that the smallest relative change of one figure would flip."""
    say = speak(lang)
    table = study.school_margins
    table = table[table["change"].notna()]
    order = table["change"].abs().sort_values(kind="stable").index[:top]
    rows = [
        (
            _text(row["school"]),
            _text(say.label(STAGE_LABELS[row["stage"]])),
            _text(status_name(row["status"], lang), row["status"]),
            _text(say.label(INDICATORS[row["indicator"]].short)),
            Cell(("+" if row["change"] > 0 else "−") + say.percent(abs(row["change"]), 1), True),
        )
        for row in table.loc[order].to_dict("records")
    ]
    header = (say("School"), say("Stage"), say("Rule"), say("Indicator"), say("Change"))
    return Grid(say("School verdicts that hang by the least"), header, tuple(rows))


METHOD_NAMES = {
    "unweighted": N_("without student weights"),
    "rounded_first": N_("rounded before comparing"),
    "unsplit": N_("through-schools not apportioned"),
}


def method_audit_grid(study: Study, lang: str = "zh", top: int = 25) -> Grid:
    """Verdicts that another method in circulation would turn round."""
    say = speak(lang)
    methods = {name: say(text) for name, text in METHOD_NAMES.items()}
    rows = []
    for row in study.method_audit.head(top).to_dict("records"):
        about = INDICATORS.get(row["indicator"])
        decimals = {"cv": 4, "school": 0}.get(row["subject"], 4)
        subject = {
            "cv": say("CV"),
            "indicator": say("Indicator"),
            "school": say("School rule"),
        }[row["subject"]]
        rows.append(
            (
                _text(say.label(STAGE_LABELS[row["stage"]])),
                _text(subject),
                _text(row["school"]),
                _text(say.label(about.short) if about else None),
                Cell(methods[row["method"]]),
                _num(say, row["value"], decimals, row["status"]),
                _num(say, row["other_value"], decimals, row["other_status"]),
            )
        )
    header = (
        say("Stage"),
        say("Verdict on"),
        say("School"),
        say("Indicator"),
        say("Other method"),
        say("This report"),
        say("By the other method"),
    )
    return Grid(
        say("Verdicts that another method would turn round"), header, tuple(rows), tight=True
    )


def census_grid(study: Study, lang: str = "zh") -> Grid:
    """Register = rows judged + rows left out, by type of school."""
    say = speak(lang)
    rows = []
    table = study.rows
    for (kind, stage), part in table.groupby(["type", "stage"], sort=False):
        rows.append(
            (
                _text(SCHOOL_TYPES[kind].label(lang)),
                _text(say.label(STAGE_LABELS[stage])),
                _num(say, len(part)),
                _num(say, part["in_scope"].sum()),
                _num(say, (~part["in_scope"]).sum()),
                _num(say, part["students"].sum()),
                _num(say, part.loc[part["in_scope"], "students"].sum()),
            )
        )
    rows.append(
        (
            _text(say("Total")),
            _text(""),
            _num(say, len(table)),
            _num(say, table["in_scope"].sum()),
            _num(say, (~table["in_scope"]).sum()),
            _num(say, table["students"].sum()),
            _num(say, table.loc[table["in_scope"], "students"].sum()),
        )
    )
    header = (
        say("School type"),
        say("Stage"),
        say("Rows in the register"),
        say("Judged"),
        say("Left out"),
        say("Students (persons)"),
        say("of them judged"),
    )
    return Grid(say("Register = rows judged + rows left out"), header, tuple(rows))


def exclusions_grid(study: Study, lang: str = "zh") -> Grid:
    """Every row left out, with the reason."""
    say = speak(lang)
    limit = study.rules.number("option.teaching_point_students")
    rows = []
    for row in study.rows[~study.rows["in_scope"]].to_dict("records"):
        message, values = exclusion_text(row["reason"], row["note"], limit)
        values["note"] = values["note"][lang]
        rows.append(
            (
                _text(row["school"]),
                _text(say.label(STAGE_LABELS[row["stage"]])),
                _num(say, row["students"]),
                Cell(say(message, **values)),
            )
        )
    header = (say("School"), say("Stage"), say("Students (persons)"), say("Reason"))
    return Grid(say("Left out of the seven indicators"), header, tuple(rows))


def missing_grid(study: Study, lang: str = "zh") -> Grid:
    """What was not reported in the judged year, and what it leaves open."""
    say = speak(lang)
    part = study.indicators[study.indicators["status"] == "not_assessed"]
    rows = [
        (
            _text(school),
            _text(say.label(STAGE_LABELS[stage])),
            Cell(say.join(say.label(INDICATORS[name].short) for name in group["indicator"])),
        )
        for (stage, school), group in part.groupby(["stage", "school"], sort=False)
    ]
    header = (say("School"), say("Stage"), say("Not assessed"))
    return Grid(say("What was not reported"), header, tuple(rows))


CONFIDENCE = {
    "read": N_("read in the original"),
    "local": N_("verbatim in official local documents"),
    "secondary": N_("from a public transcription"),
    "memory": N_("to be confirmed"),
    "inferred": N_("inferred"),
}


def standard_grid(study: Study, lang: str = "zh") -> Grid:
    """The requirements on resources in force, with how each value reached us."""
    say = speak(lang)
    rows = []
    for name, entry in study.rules.standard.entries.items():
        if entry.part not in ("resource", "option"):
            continue
        value = study.rules[name]
        shown = say("reported only") if value is None else _requirement(entry, value)
        unit = say.label(entry.unit) if entry.unit else DASH
        rows.append(
            (
                Cell(say.label(entry.title)),
                Cell(OPTION_WORDS.get(shown, {}).get(lang, shown)),
                Cell(unit),
                Cell(say(CONFIDENCE[entry.reference.confidence])),
            )
        )
    header = (say("Requirement"), say("Value"), say("Unit"), say("How the value reached us"))
    return Grid(say("The standard in force"), header, tuple(rows), tight=True)


def _requirement(entry, value) -> str:
    if isinstance(value, str):
        return value
    return (SIGNS[entry.rule] + " " if entry.rule in SIGNS else "") + f"{value:g}"


def warnings_grid(study: Study, lang: str = "zh") -> Grid:
    """What the checks noticed without refusing the data."""
    say = speak(lang)
    rows = []
    for finding in study.county.warnings:
        table = TABLES[finding.table].label(lang) if finding.table in TABLES else ""
        text = finding.sentence(lang)
        # the reader of a report knows the table, not the path on somebody's disk
        if finding.file and text.startswith(finding.file):
            text = text[len(finding.file) :].lstrip("，：:, ")
        rows.append((Cell(table), Cell(text)))
    return Grid(say("Warnings of the data checks"), (say("Table"), say("Warning")), tuple(rows))


SUBJECTS = {
    "mean": N_("county mean"),
    "cv": N_("CV"),
    "passing": N_("schools that pass"),
    "item": N_("item"),
}
COURSES = {
    "reached": N_("reached"),
    "on_course": N_("on course"),
    "at_risk": N_("at risk"),
    "off_course": N_("off course"),
    "not_assessed": N_("not assessed"),
}
#: Years beyond the judged one after which no year is named.
HORIZON = 20
_COURSE_STATUS = {"at_risk": "near", "off_course": "not_met", "not_assessed": "not_assessed"}


def pace_grid(study: Study, lang: str = "zh") -> Grid:
    """What is not reached yet: pace needed, pace so far, when it would be reached, verdict."""
    from ..measure.trajectory import pace_table

    say = speak(lang)
    table = pace_table(study)
    table = table[table["course"] != "reached"]
    subjects = {name: say(text) for name, text in SUBJECTS.items()}
    courses = {name: say(text) for name, text in COURSES.items()}
    rows = []
    for row in table.to_dict("records"):
        item = _trajectory_item(row)
        decimals = 3 if row["subject"] == "cv" else 2
        name = _with_unit(study, item, lang)
        sign = -1 if row["goal"] in ("at_most", "below") else 1

        def show(value: float, item: str = item, decimals: int = decimals, row: dict = row) -> str:
            if row["subject"] in ("passing", "item"):
                return item_value(study, item, value, lang)
            return say.number(value, decimals)

        years = DASH
        if row["course"] in ("on_course", "at_risk", "off_course"):
            years = _reached(row["reached_early"], row["reached_late"], study.year + HORIZON, lang)
        rows.append(
            (
                Cell(name),
                Cell(subjects[row["subject"]]),
                Cell(show(row["value"]), True),
                Cell(SIGNS[row["goal"]] + " " + show(row["goal_value"]), True),
                Cell(str(int(row["target_year"])) if row["target_year"] else DASH, True),
                Cell(_per_year(study, item, sign * row["needed"], lang), True),
                Cell(_per_year(study, item, sign * row["pace"], lang), True),
                Cell(years, True),
                Cell(courses[row["course"]], False, _COURSE_STATUS.get(row["course"], "")),
            )
        )
    header = (
        say("Item"),
        say("Measured as"),
        say("Value"),
        say("Goal"),
        say("Due"),
        say("Needed per year"),
        say("Pace so far per year"),
        say("Reached at this pace"),
        say("Course"),
    )
    year = study.county.record.target_year
    caption = say("Pace to the goals of {year}", year=year or DASH)
    if year and year < study.year:
        caption = say("Pace to the goals of {year} (that year has passed)", year=year)
    return Grid(caption, header, tuple(rows), tight=True)


def _reached(early: float, late: float, horizon: int, lang: str) -> str:
    """When something is reached: years, as far ahead as a straight line may be followed."""
    say = speak(lang)
    if early != early:
        return say("never")
    if early > horizon:
        return say("after {year}", year=horizon)
    if late != late or late > horizon:
        return say("{year} or later", year=int(early))
    return str(int(early)) if early == late else f"{int(early)}–{int(late)}"


def _per_year(study: Study, item: str, value: float, lang: str) -> str:
    """A change per year with its sign and three significant digits; points for shares."""
    if value != value:
        return DASH
    share = is_share(study, item)
    shown = value * 100 if share else value
    size = abs(shown)
    decimals = 0 if size >= 100 or not size else max(0, 2 - int(np.floor(np.log10(size))))
    text = speak(lang).number(size, min(decimals, 5))
    return ("+" if value > 0 else "−" if value < 0 else "") + text + ("%" if share else "")


def _trajectory_item(row: dict) -> str:
    """Id of the evaluation's item that a row of a trajectory is about."""
    if row["subject"] == "passing":
        return f"schools.{row['stage']}"
    if row["subject"] == "mean":
        return f"{row['name']}.{row['stage']}"
    if row["subject"] == "cv":
        composite = row["name"] == "composite"
        return f"composite_cv.{row['stage']}" if composite else f"cv.{row['name']}.{row['stage']}"
    return row["name"]


def shrinking_grid(study: Study, lang: str = "zh") -> Grid:
    """Whether each coefficient of variation became smaller every year."""
    from ..measure.trajectory import shrinking_table

    say = speak(lang)
    rows = []
    for row in shrinking_table(study).to_dict("records"):
        composite = row["indicator"] == "composite"
        rows.append(
            (
                Cell(say.label(STAGE_LABELS[row["stage"]])),
                Cell(
                    say("Composite") if composite else say.label(INDICATORS[row["indicator"]].short)
                ),
                _num(say, row["steps"]),
                _num(say, row["grew"]),
                Cell(", ".join(map(str, row["years"])) or DASH),
                Cell(status_name(row["status"], lang), False, row["status"]),
            )
        )
    header = (
        say("Stage"),
        say("Indicator"),
        say("Years compared"),
        say("Years with growth"),
        say("Which"),
        say("Smaller every year?"),
    )
    return Grid(
        say("Do the coefficients of variation shrink every year?"), header, tuple(rows), tight=True
    )


SEVERITY = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}


def remarks_grid(remarks, lang: str = "zh") -> Grid:
    """Findings in a plan."""
    say = speak(lang)
    status = {"high": "not_met", "medium": "near", "low": ""}
    rows = tuple(
        (
            Cell(say(SEVERITY[remark.severity]), False, status[remark.severity]),
            Cell(remark.sentence(lang)),
            Cell(remark.where),
        )
        for remark in remarks
    )
    header = (say("Severity"), say("Finding"), say("Where in the plan"))
    return Grid(say("What a careful reader finds in the plan"), header, rows, tight=True)


def projects_grid(plan, lang: str = "zh") -> Grid:
    """The plan's projects with years, areas, cost and seats."""
    say = speak(lang)
    rows = []
    for project in plan.projects:
        span = project.start or DASH
        if project.end and project.end != project.start:
            span += f" – {project.end}"
        rows.append(
            (
                Cell(project.name),
                Cell(span),
                _num(say, project.area_m2),
                _num(say, project.cost_cny),
                Cell("–".join(say.number(seats) for seats in project.seats) or DASH, True),
                Cell(project.funding or DASH),
                Cell(project.where),
            )
        )
    header = (
        say("Project"),
        say("Years"),
        say("Area (m²)"),
        say("Cost (yuan)"),
        say("Seats"),
        say("Funding"),
        say("Where in the plan"),
    )
    return Grid(say("Projects of the plan"), header, tuple(rows), tight=True)


def moves_grid(plan, lang: str = "zh") -> Grid:
    """Openings, mergers, acquisitions, relocations and diversions."""
    say = speak(lang)
    rows = tuple(
        (
            Cell(move.name),
            Cell(say.join(move.origin) or DASH),
            Cell(say.join(move.target) or DASH),
            Cell(say.label(STAGE_LABELS[move.stage]) if move.stage else DASH),
            Cell(" – ".join(dict.fromkeys(p for p in (move.start, move.end) if p)) or DASH),
            Cell("–".join(say.number(seats) for seats in move.seats) or DASH, True),
            Cell(move.where),
        )
        for move in plan.moves
    )
    header = (
        say("Move"),
        say("From"),
        say("To"),
        say("Stage"),
        say("Years"),
        say("Seats"),
        say("Where in the plan"),
    )
    return Grid(say("Moves of students and schools"), header, rows, tight=True)


def equipment_grid(plan, lang: str = "zh") -> Grid:
    """The plan's equipment by year."""
    say = speak(lang)
    rows = tuple(
        (
            Cell(str(row.year) + (f"–{row.end}" if row.end else "")),
            Cell(say.label(row.for_what)),
            _num(say, row.books),
            _num(say, row.computers),
            _num(say, row.instruments_cny),
        )
        for row in plan.equipment
    )
    header = (
        say("Year"),
        say("For"),
        say("Books (volumes)"),
        say("Computers (units)"),
        say("Instruments (yuan)"),
    )
    return Grid(say("Equipment of the plan"), header, rows)


def due_grid(plan, start: str, lang: str = "zh") -> Grid:
    """What is due in the twelve months from `start`, with the responsible units."""
    from .plan_review import due_tasks

    say = speak(lang)
    kinds = {
        "task": say("task"),
        "step": say("project"),
        "project": say("project"),
        "milestone": say("milestone"),
    }
    rows = []
    for row in due_tasks(plan, start).to_dict("records"):
        name = row["name"]
        if row["kind"] == "step":
            name = f"{name[0]}: {say.label(name[1])}"
        elif row["kind"] == "milestone":
            name = say.label(name)
        span = row["start"] if row["start"] == row["end"] else f"{row['start']} – {row['end']}"
        rows.append(
            (
                Cell(span),
                Cell(kinds[row["kind"]]),
                Cell(name),
                Cell(say.join(row["responsible"]) or DASH),
            )
        )
    header = (say("When"), say("Kind"), say("What is due"), say("Responsible"))
    return Grid(
        say("Under way or due in the twelve months from {start}", start=start),
        header,
        tuple(rows),
        tight=True,
    )


def effects_grid(plan, study: Study, lang: str = "zh") -> Grid:
    """What the projects add per student in the years in which they are finished."""
    from .plan_review import project_effects

    say = speak(lang)
    rows = tuple(
        (
            Cell(str(row["year"])),
            Cell(say.join(row["projects"])),
            _num(say, row["teaching_m2"]),
            _num(say, row["teaching_per_student"], 2),
            _num(say, row["sports_m2"]),
            _num(say, row["sports_per_student"], 2),
        )
        for row in project_effects(plan, study).to_dict("records")
    )
    header = (
        say("Year"),
        say("Finished"),
        say("Teaching area (m²)"),
        say("per student, cumulated (m²)"),
        say("Sports area (m²)"),
        say("per student, cumulated (m²)"),
    )
    return Grid(say("What the projects add at today's enrolment"), header, rows, tight=True)
