"""The pages of a county's report in their order: the brief, the body, the annexes, the web page's own."""

from __future__ import annotations

from . import basis, development, remedies, resources, schools, verdict
from .brief import brief

#: What explains: few pages, one after the other.
BODY = (
    *(verdict.findings, verdict.unmet, verdict.targets),
    *(resources.schools, resources.balance, resources.shortfalls),
    remedies.cheapest,
    *(development.trends, development.plan, development.outlook),
    *(remedies.later, basis.firmness),
)
#: Everything else, once, under letters.
ANNEXES = (
    *(verdict.checklist, verdict.all_targets, resources.each_school, resources.variation),
    *(remedies.measures, development.all_years, development.whole_plan, development.scenario),
    *(basis.margins, basis.data_quality, basis.method, basis.form),
)
#: Each takes a `Report` and returns a `Page`.
PAGES = (brief, *BODY, *ANNEXES, schools.each_by_itself)
