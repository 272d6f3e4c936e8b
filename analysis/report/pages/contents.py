"""The pages of a county's report in their order."""

from __future__ import annotations

from . import basis, development, remedies, resources, verdict

#: Each takes a `Report` and returns a `Page`.
PAGES = (
    *(verdict.cover, verdict.findings, verdict.checklist, verdict.targets),
    *(resources.schools, resources.indicators, resources.balance, resources.shortfalls),
    remedies.cheapest,
    *(development.trends, development.plan, development.outlook),
    remedies.later,
    *(basis.firmness, basis.data_quality, basis.method, basis.annex),
)
