"""A county's coming years: pupils by cohort, schools that open and close, classes, staff, sites.

In come an observed county and a scenario file; out go the same tables with projected years, bands and
probabilities, and comparisons of scenarios. It may import the data tables, the standard and the plan,
and what is measured by them, but no chart, report or command.

    assumptions  what one assumes, as files, and the schools that take part
    past         what the observed years say: breaks, entry, rates
    projection   the schools year after year
    project      a county and a scenario -> the same county with projected years
    analyze      read, project, judge: the one call
    odds         many seeded courses, bands, chances
    seats        where places run out, by when it must be decided
    other_stages kindergarten and senior school, for planning
    small_classes what smaller classes would take
    comparison   several courses side by side
    staffing     teachers against the staffing quota
    emptied      what is met only because pupils leave
    what_if    all of it for several scenarios
"""
