"""A study as a workbook that recalculates: every figure a formula that leads back to the inputs.

Indicators, school rule, shortfalls, coefficients of variation and the verdict are live; whoever
audits a county changes a cell of the sheet of inputs or of rules and sees what follows. Each formula
carries the value that Python computed, so that programs that do not calculate show the same figures.
The arithmetic is that of `analysis.measure.apportioning`, `indicators`, `dispersion` and `evaluate`, step by step.
"""

from __future__ import annotations

from ...base.files import N_
from ...future.odds.chance import Chance
from ...measure.study import Study
from ...policy.entries import Text
from .apportionment import register_rows, write_apportionment
from .balance import write_balance
from .book import Book
from .conclusion import write_conclusion
from .indicators import write_indicators
from .inputs import write_inputs
from .requirements import write_requirements
from .rules import write_rules
from .schools import write_schools, write_shortfalls

NAMES = {
    "conclusion": N_("Conclusion"),
    "inputs": N_("School data"),
    "rules": N_("Rules"),
    "apportionment": N_("Apportionment"),
    "indicators": N_("Indicators"),
    "balance": N_("Variation"),
    "schools": N_("School rule"),
    "shortfalls": N_("Shortfalls"),
    "items": N_("Item by item"),
}


def write_workbook(
    study: Study, lang: str = "zh", aside: Text | None = None, chance: Chance | None = None
) -> bytes:
    """The judged year of a county as a workbook of live formulas.

    Parameters
    ----------
    study : Study
    lang : {"zh", "en"}
    aside : Text, optional
        Name of a scenario that the report of an observed year is about as well: the first sheet
        says that the workbook holds nothing of it.
    chance : Chance, optional
        Of the judged year, if that is projected.

    Returns
    -------
    bytes
        An .xlsx file; the same study gives the same bytes. Sheets: conclusion, school data, rules,
        apportionment, indicators, variation, school rule, shortfalls, requirements.

    Notes
    -----
    Live: the figures of the schools, thresholds, floors, limits, weights, the options
    `cv_weighting`, `decide_on`, `private_in_scope`, `special_education_in_scope`,
    `teaching_point_students` and the concessions `pe_arts_part_time` and `sports_venues`. Not live,
    and marked so: the list of schools and stages, and the items of government guarantee, quality,
    recognition and vetoes, which are computed from further tables.
    """
    book = Book(study, lang, NAMES, chance)
    inputs = write_inputs(book)
    rules = write_rules(book)
    register = register_rows(study)
    parts = write_apportionment(book, inputs, rules, register)
    blocks = write_indicators(book, rules, parts, register)
    balance = write_balance(book, rules, blocks)
    schools = write_schools(book, rules, blocks, register)
    write_shortfalls(book, blocks, register)
    items = write_requirements(book, rules, balance, schools)
    write_conclusion(book, items, aside)
    return book.close()
