"""Files of ours that may lie among return sheets: one list for who reads, copies and merges them."""

from __future__ import annotations

#: Which school a site belongs to.
SITES = "sites.csv"
#: Tables that the sheets complete.
COMPLETED = ("schools", "county_years")
#: Tables that stand for themselves.
WHOLE = ("rooms", "staff_ages")
SETTINGS = ("plan.yaml", "standard.yaml")

#: What goes into the county's folder as it is.
TAKEN_OVER = (*(f"{table}.csv" for table in WHOLE), *SETTINGS)
#: All of them: none is a return sheet.
OURS = frozenset({"county.yaml", SITES, *TAKEN_OVER, *(f"{table}.csv" for table in COMPLETED)})
