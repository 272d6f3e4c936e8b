"""A county's coming years: pupils by cohort, schools that open and close, classes, staff, sites.

In come an observed county and a scenario file; out go the same tables with projected years, bands and
probabilities, and comparisons of scenarios. It may import the data tables, the standard and the plan,
and what is measured by them (`indicators`, `evaluate`, `study`), but no chart, report or command.
"""
