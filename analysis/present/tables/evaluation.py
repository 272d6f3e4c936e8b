"""The verdict as tables: the parts of the standard, requirement by requirement, and what is open."""

from __future__ import annotations

from ...base.language import DASH, Language, speak
from ...measure.evaluation_table import said
from ...measure.study import Study
from ..terms import (
    PART_NAMES,
    bracketed,
    item_detail,
    item_requirement,
    item_title,
    item_unit,
    item_value,
    status_name,
)
from .grid import MARKS, Cell, Grid, number_cell, text_cell


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
                text_cell(say(title)),
                number_cell(say, len(status)),
                *(
                    number_cell(say, (status == s).sum())
                    for s in ("met", "not_met", "not_assessed")
                ),
                text_cell(status_name(whole, lang), whole if whole in MARKS else ""),
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
    say, table = speak(lang), study.evaluation
    table = table[(table["part"] == part) & (table["requirement"] != DASH)]
    return _requirements(study, table, say("Checklist: {part}", part=say(PART_NAMES[part])), lang)


def unmet_grid(study: Study, lang: str = "zh") -> Grid:
    """Every requirement of any part that is not met."""
    say, table = speak(lang), study.evaluation
    table = table[(table["status"] == "not_met") & (table["requirement"] != DASH)]
    return _requirements(study, table, say("Requirements that are not met"), lang, short=True)


#: Schools or subjects named where a requirement fails; the annex names all.
NAMED = 4


def _requirements(study: Study, table, caption: str, lang: str, short: bool = False) -> Grid:
    """Requirements with value, margin, status and basis; `short`: the first places of failure only."""
    say = speak(lang)
    rows = []
    for row in table.to_dict("records"):
        item, margin = row["item"], row["margin"]
        unit = item_unit(study, item, lang)
        rows.append(
            (
                Cell(_number(row)),
                Cell(item_title(study, item, lang) + bracketed(unit, say)),
                Cell(item_value(study, item, said(row), lang), True),
                Cell(item_requirement(study, item, row["requirement"], lang), True),
                Cell(
                    _signed(item_value(study, item, margin, lang)) if margin == margin else DASH,
                    True,
                ),
                Cell(status_name(row["status"], lang), False, row["status"]),
                Cell(_places(row, say) if short else _basis(row, say)),
            )
        )
    header = (
        say("No."),
        say("Requirement"),
        say("Value"),
        say("Required"),
        say("Margin"),
        say("Status"),
        say("Where it fails") if short else say("Basis, and where it fails or is missing"),
    )
    return Grid(caption, header, tuple(rows), tight=True)


def _number(row: dict) -> str:
    """The number that the standard gives a requirement; its parts have the same one."""
    return "" if row["part"] == "resource" else row["item"].split(".")[0]


def _signed(text: str) -> str:
    return text if text.startswith(("-", DASH)) else f"+{text}"


def _places(row: dict, say: Language) -> str:
    return item_detail(row["detail"], say.code, NAMED) or say("county")


def _basis(row: dict, say: Language) -> str:
    origin = {"computed": say("computed"), "reported": say("reported")}.get(row["origin"], "")
    evidence = row["evidence"]
    return say("; ").join(
        part for part in (origin, evidence, item_detail(row["detail"], say.code)) if part
    )


def open_grid(study: Study, lang: str = "zh") -> Grid:
    """Every requirement that is not assessed."""
    say = speak(lang)
    table = study.evaluation[study.evaluation["status"] == "not_assessed"]
    names = {part: say(name) for part, name in PART_NAMES.items()}
    rows = [
        (
            Cell(names[row["part"]]),
            Cell(_number(row)),
            Cell(item_title(study, row["item"], lang)),
            Cell(item_detail(row["detail"], lang) or say("not reported")),
        )
        for row in table.to_dict("records")
    ]
    header = (say("Part"), say("No."), say("Requirement"), say("Missing data"))
    return Grid(say("Requirements not assessed"), header, tuple(rows))
