"""The first sheet: verdict, parts of the evaluation, how to read the rest."""

from __future__ import annotations

import importlib.metadata

from xlsxwriter.utility import xl_rowcol_to_cell

from ...policy.entries import Text
from ...present import sentences as narrative
from ...present.chance import conditional, is_projected, short_text
from ...present.terms import PART_NAMES
from .book import Book, Field, lines_of, quoted
from .formulas import COUNT, three_valued


def write_conclusion(book: Book, parts: dict[str, str], aside: Text | None) -> None:
    """First sheet: verdict, parts, how to read the rest."""
    say, study, word = book.say, book.study, book.status
    lang = say.code
    record = study.county.record
    sheet = book.sheets["conclusion"]
    raw = sheet.sheet
    widths = (30, 14, 12, 12, 14, 30)
    sheet.fields = tuple(Field("", width) for width in widths)
    for column, width in enumerate(widths):
        raw.set_column(column, column, width)
    raw.hide_gridlines(2)
    sheet.paper(high=1)
    last = len(widths) - 1
    title = book.style(heading=True, font_size=16, bold=True)
    raw.write_string(0, 0, book.place(), title)
    raw.set_row(0, 28)
    plain = book.style(font_color="#555555")
    raw.write_string(
        1, 0, say("The report's figures as formulas, from the inputs to the verdict"), plain
    )
    row = 2
    marks = [book.mark] if book.mark else []
    if aside is not None:
        marks.append(
            say(
                "Observed year: nothing of the scenario “{scenario}” is in this workbook. For its "
                "projected years, make the workbook of one of them (--year).",
                scenario=say.label(aside),
            )
        )
    look = {"bg_color": "#FDF3D5", "text_wrap": True}
    for mark in marks:
        raw.merge_range(row, 0, row, last, "", book.style(**look))
        raw.write_string(row, 0, mark, book.style(bold=True, **look))
        raw.set_row(row, 15 * lines_of(mark, sum(widths)) + 2)
        row += 1
    row += 1

    heading = book.style(heading=True, font_size=12, bold=True, bottom=1)
    strong = book.style(heading=True, font_size=13, bold=True, border=1, border_color="#CCCCCC")
    label = book.style(border=1, border_color="#CCCCCC", bg_color="#F6F6F6")

    def section(text: str) -> None:
        nonlocal row
        for column in range(len(widths)):
            raw.write_blank(row, column, None, heading)
        raw.write_string(row, 0, text, heading)
        raw.set_row(row, 20)
        row += 1

    ahead = is_projected(study)
    # what `narrative.verdict_short` says of each outcome; a changed cell leaves the draws as they were
    short = {
        status: short_text(status, book.chance, say) if ahead else text
        for status, text in {
            "met": say("All requirements met"),
            "not_met": say("Requirements not met"),
            "not_assessed": say("Verdict open"),
        }.items()
    }
    section(say("Verdict"))
    # below: three rows (and the chance of a projected year), an empty one, heading and heads of the parts
    start = row + 6 + ahead
    whole = f"{xl_rowcol_to_cell(start, 5)}:{xl_rowcol_to_cell(start + len(parts) - 1, 5)}"
    q = {name: quoted(text) for name, text in short.items()}
    formula = (
        f"IF(COUNTIF({whole},{quoted(word['not_met'])})>0,{q['not_met']},"
        f"IF(COUNTIF({whole},{quoted(word['not_assessed'])})>0,{q['not_assessed']},"
        f"IF(COUNTIF({whole},{quoted(word['met'])})>0,{q['met']},{q['not_assessed']})))"
    )
    reported = narrative.verdict_short(study, lang, book.chance)
    same, changed = say("The same"), say("Changed since the report")
    here, there = xl_rowcol_to_cell(row, 1), xl_rowcol_to_cell(row + 1, 1)
    comparison = f"IF({here}={there},{quoted(same)},{quoted(changed)})"
    names = (say("By the formulas of this workbook"), say("In the report"), say("Comparison"))
    for each, name in enumerate(names, row):
        raw.set_row(each, 21)
        raw.write_string(each, 0, name, label)
        raw.merge_range(each, 1, each, last, "", strong)
    raw.write_formula(row, 1, "=" + formula, strong, reported)
    raw.write_string(row + 1, 1, reported, strong)
    raw.write_formula(row + 2, 1, "=" + comparison, strong, same)
    row += 3
    if ahead:
        wrapped = {"text_wrap": True, "border": 1, "border_color": "#CCCCCC", "valign": "top"}
        sentence = conditional(book.chance, say)
        raw.write_string(row, 0, say("How likely"), label)
        raw.merge_range(row, 1, row, last, "", book.style(**wrapped))
        raw.write_string(row, 1, sentence, book.style(**wrapped))
        raw.set_row(row, 15 * lines_of(sentence, sum(widths[1:])) + 3)
        row += 1
    row += 1
    section(say("The parts of the evaluation"))
    head = book.style(
        heading=True, bold=True, border=1, border_color="#999999", bg_color="#EDEDED",
        align="center", text_wrap=True,
    )  # fmt: skip
    heads = (
        say("Part"),
        say("Requirements"),
        say("Met"),
        say("Not met"),
        say("Not assessed"),
        say("Conclusion"),
    )
    for column, text in enumerate(heads):
        raw.write_string(row, column, text, head)
    row += 1
    number = book.style(border=1, border_color="#CCCCCC", num_format=COUNT, align="right")
    text = book.style(border=1, border_color="#CCCCCC")
    centred = book.style(border=1, border_color="#CCCCCC", align="center")
    for part, cells in parts.items():
        status = study.items.loc[study.items["part"] == part, "status"]
        raw.write_string(row, 0, say(PART_NAMES[part]), text)
        names = ("met", "not_met", "not_assessed")
        for column, name in enumerate(names, 2):
            formula = f"=COUNTIF({cells},{quoted(word[name])})"
            raw.write_formula(row, column, formula, number, int((status == name).sum()))
        counted = f"{xl_rowcol_to_cell(row, 2)}:{xl_rowcol_to_cell(row, 4)}"
        raw.write_formula(row, 1, f"=SUM({counted})", number, int(status.isin(names).sum()))
        raw.write_formula(
            row, 5, "=" + three_valued(book, cells), centred, word[study.part_status(part)]
        )
        row += 1
    sheet.colour(start, row - 1, 5)
    row += 1

    section(say("How to read this workbook"))
    for sentence in _guide(book):
        raw.merge_range(row, 0, row, last, "", book.style(text_wrap=True))
        raw.write_string(row, 0, sentence, book.style(text_wrap=True, valign="top"))
        raw.set_row(row, 14.5 * lines_of(sentence, sum(widths)) + 3)
        row += 1
    row += 1
    section(say("What was judged, and by what"))
    facts = [
        (say("County code"), record.code),
        (say("Standard"), f"{say.label(study.rules.standard.title)} ({study.rules.standard.id})"),
        (say("Rules in force on"), study.rules.date),
        (
            say("Concessions switched on"),
            say.join(sorted(study.concessions)) if study.concessions else say("none"),
        ),
        (say("Fingerprint of the data"), study.county.fingerprint),
        (say("Made with"), f"Junheng 均衡 {importlib.metadata.version('junheng')}"),
    ]
    for name, value in facts:
        raw.write_string(row, 0, name, label)
        raw.merge_range(row, 1, row, last, "", text)
        raw.write_string(row, 1, value, text)
        row += 1
    raw.activate()


def _guide(book: Book) -> list[str]:
    say, study = book.say, book.study
    names = {name: sheet.name for name, sheet in book.sheets.items()}
    text = [
        say(
            "Each sheet follows from the ones before it: {inputs} and {rules} hold what was reported "
            "and decided (blue), {apportionment}, {indicators}, {balance}, {schools} and "
            "{shortfalls} are formulas (black). Formula > Trace Precedents leads from any figure "
            "back to the inputs.",
            **names,
        ),
        say(
            "Change a blue cell and the verdict above says whether anything turns round. What was "
            "not reported is an empty cell: never a pass, never a fail; it leaves open what depends "
            "on it."
        ),
        say(
            "Not live: the list of schools and of the stages they have; in {items}, all that is not "
            "marked “formula”; the county's own targets, which are in the report only.",
            items=names["items"],
        ),
    ]
    others = sorted(study.concessions - {"pe_arts_part_time", "sports_venues"})
    if others:
        text.append(
            say(
                "These concessions are counted in {items} and cannot be switched here: {list}.",
                items=names["items"],
                list=say.join(others),
            )
        )
    return text
