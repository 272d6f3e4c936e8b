"""What the template says to whoever fills it in, besides the help of its columns."""

from __future__ import annotations

from ...base.files import N_

COUNTY_HELP = {
    "code": N_("Six digits."),
    "standard": N_("cn-2017, or the name of a file beside this workbook."),
    "target_year": N_("Year in which the county means to be recognised; may stay blank."),
    "synthetic": N_("Yes only for invented data: every page of the report then says so."),
    "sources": N_("Title, and a note in the next column; one line per source."),
}
SETTING_HELP = {
    "form_year": N_(
        "The year in which the school year begins. It counts for every county item whose own year is blank."
    ),
    "money_unit": N_(
        "The unit of all amounts of the schools and of the education budget: yuan or 10,000 yuan (万元), one unit for the whole workbook. What is per person or per student is always in yuan."
    ),
}
SCHOOL_HELP = N_(
    "The name as it stands in the roster; it may be chosen from the list instead of entering the id. Where both are given they must belong together."
)
KINDS = {
    "integer": N_("Whole number."),
    "count": N_("Whole number, 0 or more."),
    "number": N_("Number, 0 or more."),
    "choice": N_("Choose from the list."),
    "value": N_("Number, or yes or no."),
}
INSTRUCTIONS = (
    N_("Fill in one sheet per table, one line per case; the note on each head says what is meant."),
    N_("A blank cell means “not reported”. It is never taken for 0: write 0 only where it is 0."),
    N_("Heads on a dark ground must be filled in; a column whose head is light may stay blank."),
    N_(
        "Give areas in square metres. Amounts are in the unit that the heads name; the unit of the whole workbook stands on the sheet of the county."
    ),
    N_(
        "A school is entered in the roster once, with its id. In the other sheets its name may be chosen instead of the id; the id is then found by itself."
    ),
    N_(
        "The county's items are printed row by row, in the order of the application form. Fill in the value, the year and the evidence; the year may be given once, on the sheet of the county (“School year of the form”). A row without a value is not read. For another year, copy the row below the last one and enter the year."
    ),
    N_(
        "Heads are protected against changes by mistake, without a password. The example rows may be deleted; they are not read."
    ),
    N_("Sheets, heads and choices may keep either language; do not rename, merge or hide them."),
    N_("To check, run: junheng check FILE.xlsx --out findings.xlsx."),
    N_(
        "The copy that comes back marks every wrong cell and lists them on its first sheet; correct it there and check it again."
    ),
    N_(
        "A plan stands beside this workbook under the same name with the ending .plan.yaml; a local standard is a file in the same folder, named on the sheet of the county."
    ),
)
