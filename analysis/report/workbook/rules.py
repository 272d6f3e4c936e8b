"""The sheet of rules: thresholds, floors, limits, weights and options, each with its source."""

from __future__ import annotations

from ...base.files import N_
from ...base.schema.terms import STAGE_LABELS, STAGES
from ...measure.apportioning.dividing import WEIGHTS
from ...measure.indicators import TOLERANCE
from ...measure.verdicts import SIGNS, source
from ...present.terms import OPTION_WORDS
from .book import HEADS, Book, Field, lines_of

CONFIDENCE = {
    "read": N_("read in the original"),
    "local": N_("in local official documents"),
    "secondary": N_("in a transcription"),
    "memory": N_("to be confirmed"),
    "inferred": N_("to be confirmed"),
}


def write_rules(book: Book) -> dict[str, str]:
    """Thresholds, floor, limits, weights and options -> address of each value by its id."""
    say, study = book.say, book.study
    lang, rules = say.code, study.rules
    fields = [
        Field(say("Id"), 32),
        Field(say("Rule or option"), 46),
        Field(say("Sign"), 6, align="center"),
        Field(say("Value"), 12),
        Field(say("Unit"), 14, align="center"),
        Field(say("Source"), 70),
        Field(say("How the value reached us"), 18),
    ]
    sheet = book.sheets["rules"]
    note = say(
        "In force on {date} by {standard}. Blue values may be changed; an empty one requires nothing.",
        date=rules.date,
        standard=say.label(rules.standard.title),
    )
    sheet.head(say("Rules by which the year is judged"), note, fields, 2)
    found: dict[str, str] = {}
    row = HEADS

    def add(name: str, title: str, sign: str, value, unit: str, where: str, how: str = "") -> None:
        nonlocal row
        for column, text in ((0, name), (1, title), (2, sign), (4, unit), (5, where), (6, how)):
            sheet.text(row, column, text, text_wrap=True)
        look = {"num_format": "0.00####", "align": "right"}
        if isinstance(value, float) and value % 1 == 0:
            look["num_format"] = "#,##0"
        elif name == "tolerance":
            look["num_format"] = "0E+00"
        sheet.input(row, 3, value, **look)
        texts = ((title, 46), (where, 70), (name, 32))
        sheet.sheet.set_row(row, 14.5 * max(lines_of(*each) for each in texts))
        found[name] = sheet.ref(row, 3)
        row += 1

    def entry(name: str, value=None) -> None:
        about = rules.entry(name)
        indicator = rules.indicators.get(name.split(".")[0])
        unit = indicator.unit if indicator else about.unit
        unit = say.label(unit) if unit else ""
        sign = SIGNS.get(rules.rule(name), "=")
        value = rules.number(name) if value is None else value
        how = say(CONFIDENCE[about.reference.confidence])
        add(name, say.label(about.title), sign, value, unit, source(rules, name), how)

    def choice(name: str) -> None:
        words = [rules[name], *(w for w in rules.entry(name).alternatives if isinstance(w, str))]
        if set(words) <= {"yes", "no"}:
            words = ["yes", "no"]
        entry(name, OPTION_WORDS[rules[name]][lang])
        options = [OPTION_WORDS[word][lang] for word in words]
        sheet.sheet.data_validation(row - 1, 3, row - 1, 3, {"validate": "list", "source": options})

    for indicator in rules.indicators:
        for stage in STAGES:
            entry(f"{indicator}.{stage}")
    entry("school.indicators_met")
    entry("school.floor")
    for stage in STAGES:
        entry(f"cv.{stage}")
    for name in rules.indicators:
        for stage in STAGES:
            if f"cv.{name}.{stage}" in rules:
                entry(f"cv.{name}.{stage}")
    for stage in STAGES:
        entry(f"composite_cv.{stage}")
    how = CONFIDENCE["secondary"]
    for stage, weight in WEIGHTS.items():
        title = say("Weight of a student: {stage}", stage=say.label(STAGE_LABELS[stage]))
        add(f"weight.{stage}", title, "=", weight, "", say("Formula for apportionment"), say(how))
    for name in ("cv_weighting", "decide_on", "private_in_scope", "special_education_in_scope"):
        choice(f"option.{name}")
    entry("option.teaching_point_students")
    for name in ("pe_arts_part_time", "sports_venues"):
        of_concession = f"concession.{name}."
        entries = [n for n in rules if n.startswith(of_concession)]
        if not entries:
            continue
        on = book.yes if name in study.concessions else book.no
        about = rules.entry(entries[0])
        title = say("Concession switched on: {name}", name=name)
        where = source(rules, entries[0])
        add(
            f"concession.{name}",
            title,
            "=",
            on,
            "",
            where,
            say(CONFIDENCE[about.reference.confidence]),
        )
        lists = {"validate": "list", "source": [book.yes, book.no]}
        sheet.sheet.data_validation(row - 1, 3, row - 1, 3, lists)
        if name == "pe_arts_part_time":
            for each in entries:
                entry(each)
    title = say("Tolerance: binary fractions are a hair off; no real difference is this small")
    add("tolerance", title, "=", TOLERANCE, "", say("Method of this software"))
    return found
