"""Reports: pages of a notebook, and the files that they become."""

FORMATS = ("pdf", "html", "docx", "xlsx")
#: What is made unless something else is asked for: of a report, of a brief alone.
USUAL = ("pdf", "html")
BRIEF = ("pdf", "docx")
