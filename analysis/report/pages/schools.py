"""A page for every school, which only the web page of the report has, behind the school's name."""

from __future__ import annotations

import html
import urllib.parse

from ...present.remedies.tables import asked_of_schools
from ...present.tables.one_school import school_facts, school_tables
from .page import Page, paragraph
from .report import Report

#: What `report.web` looks for.
BEGIN, END = "<!-- schools -->\n", "<!-- /schools -->\n"


def each_by_itself(report: Report) -> Page:
    """A section for each judged school; nothing where no school is judged.

    In a notebook they are folded away; the web page shows one where its link is followed; paper and
    Word documents do without them.
    """
    say, study, lang = report.say, report.study, report.lang
    tables = school_tables(study, lang)
    if not tables:
        return Page(())
    names = dict(zip(study.schools["school_id"], study.schools["school"], strict=True))
    facts, asked = school_facts(study, lang), _asked(report)
    note = paragraph(
        say(
            "Bar: the value against its threshold, which lies at two thirds of the cell. Lacks: what "
            "this indicator alone needs to reach its threshold. Share in the squared CV: how "
            "much of it comes from this school; ↑ above, ↓ below the county mean."
        ),
        "note",
    )
    sections = [
        _section(
            code,
            names[code],
            paragraph(facts.get(code, "")),
            *(grid.to_html() for grid in grids),
            asked(code),
        )
        for code, grids in tables.items()
    ]
    title = html.escape(say("School pages"))
    return Page(
        (
            f"<details><summary>{title}</summary>\n",
            BEGIN,
            *sections,
            note,
            END,
            "</details>\n",
        )
    )


def anchor(code: str) -> str:
    """The name by which links find a school's section; without spaces, whatever its id is."""
    return "school-" + urllib.parse.quote(code, safe="")


def _section(code: str, name: str, *parts: str) -> str:
    to = anchor(code)
    return (
        f'<section class="school" id="{to}" tabindex="-1" aria-labelledby="{to}-name">'
        f'<h1 id="{to}-name">{html.escape(name)}</h1>\n{"".join(parts)}</section>\n'
    )


def _asked(report: Report):
    """What the cheapest way asks of a school, in a paragraph; nothing where no way is known."""
    say = report.say
    if not report.judgeable or report.remedy.cost is None:
        return lambda code: ""
    asked = asked_of_schools(report.remedy, report.lang)
    nothing = say("The cheapest way to pass asks nothing of this school.")

    def told(code: str) -> str:
        return paragraph(
            say(
                "The cheapest way to pass asks the following of this school. {what}.",
                what=asked[code],
            )
            if code in asked
            else nothing
        )

    return told
