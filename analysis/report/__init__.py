"""Reports: pages of a notebook, and the files that they become."""

FORMATS = ("pdf", "html", "docx", "xlsx")
