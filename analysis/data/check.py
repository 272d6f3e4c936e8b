"""What is wrong with a county's tables: every problem at once, causes before consequences.

Single cells and keys are checked by the pandera schemas of `analysis.base.schema`; what takes two
columns or two tables to see is checked here, one small rule each.
"""

from __future__ import annotations

from ..base.files import Finding
from ..base.schema.tables import TABLES
from ..base.typefaces import check_typefaces
from .checks.amounts import amounts
from .checks.cells import check_cells
from .checks.doubts import area_jumps, jumps, large_rooms, rare_values
from .checks.roster import (
    future_years,
    impossible_grades,
    impossible_stages,
    outside_roster_years,
    ownership,
    roster_years,
    same_names,
    school_system,
    unknown_schools,
    year_gaps,
)
from .checks.sites import sites
from .checks.sums import ages, classes, grade_sums, subsets
from .checks.tables import Tables


def check_tables(tables: Tables) -> list[Finding]:
    """Check typed tables.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    list of Finding
        In the order of tables, then rules. Empty when nothing is wrong.
    """
    findings: list[Finding] = []
    for name in TABLES:
        if name in tables:
            findings.extend(check_cells(tables, name))
    rules = [
        future_years,
        roster_years,
        unknown_schools,
        outside_roster_years,
        impossible_stages,
        impossible_grades,
        grade_sums,
        classes,
        subsets,
        ages,
        amounts,
        ownership,
        sites,
        year_gaps,
        same_names,
        jumps,
        area_jumps,
        large_rooms,
        rare_values,
    ]
    if system := list(school_system(tables)):
        # grades in schools that cannot have them, and sums that differ, are what follows from it
        findings.extend(system)
        rules = [rule for rule in rules if rule not in (impossible_grades, grade_sums)]
    for rule in rules:
        findings.extend(rule(tables))
    findings.extend(check_typefaces(tables))
    return findings
