"""Texts of the start page, by the names that its script knows."""

from __future__ import annotations

from ..base.files import N_

TEXTS = {
    "title": N_("Junheng: from the tables to the report"),
    "skip": N_("Skip to the steps"),
    "language": N_("Language"),
    "private": N_(
        "Everything stays on this computer: files dropped here are sent nowhere, and the copies are removed when the program is ended."
    ),
    "end": N_(
        "The program runs in the window that opened with this page; closing that window ends it."
    ),
    "lost": N_("The program that serves this page does not answer; start it again."),
    "template": N_("Template: a workbook to fill in"),
    "template_help": N_(
        "Each sheet explains its columns; a blank cell means not reported, never 0. Fill it in with Excel or WPS."
    ),
    "template_with": N_("What it holds"),
    "template_empty": N_("empty"),
    "template_get": N_("Save the template"),
    "template_file": N_("template"),
    "returns": N_("Or: import the return sheets of education statistics"),
    "returns_help": N_(
        "The folder of the export, a .zip of it, or its workbooks (.xlsx, .xls); several school years at once will do. At most {megabytes} MB."
    ),
    "returns_drop": N_("Drop the folder, the .zip or the workbooks here, or"),
    "choose_folder": N_("Choose a folder …"),
    "returns_whose": N_("The sheets do not name their county: fill in these three"),
    "district": N_("District, if the tables hold several"),
    "without_broken": N_("Leave out workbooks that cannot be opened"),
    "returns_run": N_("Import"),
    "returns_chosen": N_("{n} files chosen ({size} MB)"),
    "returns_busy": N_("Reading {n} files; a large folder takes a minute …"),
    "returns_page": N_("Save the reconciliation page: where each figure stood"),
    "returns_book": N_("Save the county as a workbook"),
    "returns_folder": N_("Save the county's folder (.zip)"),
    "page_file": N_("reconciliation"),
    "missing_more": N_("{n} more stand in findings.xlsx."),
    "check": N_("Check: what is wrong or missing"),
    "check_help": N_(
        "One workbook (.xlsx), or the CSV tables of one county, with county.yaml and plan.yaml where there are any. At most {megabytes} MB and {files} files."
    ),
    "drop_here": N_("Drop the files here, or"),
    "choose": N_("Choose files …"),
    "record": N_("CSV tables without county.yaml: which county is it?"),
    "record_code": N_("Code of six digits"),
    "record_name": N_("Name of the county"),
    "record_province": N_("Province"),
    "again": N_("Check the same files again with these entries"),
    "checking": N_("Reading and checking {name} …"),
    "too_large": N_("These files have {size} MB; at most {limit} MB are read at once."),
    "too_many": N_("These are {n} files; at most {limit} belong to one county."),
    "unreadable": N_("A file could not be read; close it in Excel or WPS, and drop it again."),
    "findings_get": N_("Save findings.xlsx: your tables, wrong cells marked"),
    "findings_more": N_("{n} more stand in findings.xlsx."),
    "nothing": N_("Nothing to correct."),
    "severity": N_("Severity"),
    "error": N_("error"),
    "warning": N_("warning"),
    "file": N_("Sheet or file"),
    "cell": N_("Cell"),
    "head": N_("Head"),
    "value": N_("Value"),
    "what": N_("What is wrong"),
    "todo": N_("What to do"),
    "report": N_("Report: to read, to print, to sign"),
    "report_help": N_(
        "Made on this computer, in the language of this page; some seconds to a minute each."
    ),
    "county": N_("County"),
    "year": N_("School year"),
    "own": N_("{name} (your files)"),
    "sample": N_("{name} (sample, synthetic data of the schools)"),
    "kinds": N_("What to make"),
    "kind_brief": N_("Brief of two pages (PDF and Word)"),
    "kind_pdf": N_("Report as PDF"),
    "kind_html": N_("Report as web page"),
    "kind_docx": N_("Report as Word document"),
    "make": N_("Make it"),
    "none_chosen": N_("Choose at least one thing to make."),
    "waiting": N_("waiting"),
    "working": N_("in the making for {seconds} s"),
    "done": N_("ready after {seconds} s"),
    "failed": N_("could not be made"),
    "save": N_("Save {name}"),
    "planner": N_("Planner: what if"),
    "planner_help": N_(
        "Opens the planner's page on the county chosen above: move births, class sizes, the plan or recruitment and see what becomes of the county."
    ),
    "planner_open": N_("Open the planner"),
    "no_county": N_("none: drop the files of a county, or choose a sample"),
}
